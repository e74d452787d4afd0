//! What deskpair shows. Reports render and cannot judge: outcome, counts and exit code are in the run before any of them is written.
//!
//! A folder for each format, fed the same [`Run`]; what several say alike (causes, people, the outcome's words) is in the files beside
//! this one. It depends on `deskpair-rules` alone.

mod causes;
pub mod html;
pub mod json;
pub mod junit;
mod outcome;
mod people;
pub mod terminal;

#[cfg(test)]
mod samples;
pub mod text;

use deskpair_rules::engine::Run;
use std::io::{self, Write};

/// A format that is written to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// One offline page.
    Html,
    /// `deskpair.report/1`, complete.
    Json,
    /// JUnit's XML, for a gate.
    Junit,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 3] = [Self::Html, Self::Json, Self::Junit];

    /// The name by which it is asked for.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Json => "json",
            Self::Junit => "junit",
        }
    }

    /// The name of its file in a folder of reports.
    pub const fn file_name(self) -> &'static str {
        match self {
            Self::Html => "report.html",
            Self::Json => "report.json",
            Self::Junit => "junit.xml",
        }
    }
}

/// Why a report could not be written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file or stream refused it.
    #[error("could not write the report")]
    Write(#[from] io::Error),
    /// The page's own template failed: a fault of deskpair.
    #[error("could not make the page")]
    Page(#[from] minijinja::Error),
}

/// Writes a run in a format.
///
/// # Errors
/// Where `out` cannot be written.
pub fn write(format: Format, run: &Run<'_>, out: &mut dyn Write) -> Result<(), Error> {
    match format {
        Format::Html => html::write(run, out),
        Format::Json => json::write(run, out),
        Format::Junit => junit::write(run, out),
    }
}
