//! Reports of drills, failovers and failbacks: each is made from a [`Record`] alone, and judges nothing.
//!
//! Five forms of one record: a page, the record itself, JUnit's XML, Markdown, and a summary for a terminal. What they say alike, and how it
//! is worded, is in `facts.rs`.

mod facts;
mod html;
mod json;
mod junit;
mod markdown;
pub mod record;
#[cfg(test)]
mod samples;
mod terminal;
#[cfg(test)]
mod tests;

pub use record::Record;
pub use terminal::terminal;

use crate::Error;
use std::io::Write;

/// A file about a drill, a failover or a failback.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DrillFile {
    /// One offline page.
    Html,
    /// The record, complete.
    Json,
    /// JUnit's XML, for a gate.
    Junit,
    /// A summary for a ticket or a change board.
    Markdown,
}

impl DrillFile {
    /// Every file.
    pub const ALL: [Self; 4] = [Self::Html, Self::Json, Self::Junit, Self::Markdown];

    /// Its name in a folder of evidence.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Html => "drill.html",
            Self::Json => "drill.json",
            Self::Junit => "drill-junit.xml",
            Self::Markdown => "drill.md",
        }
    }
}

/// Writes one of a record's files.
///
/// # Errors
/// Where `out` cannot be written.
pub fn write(file: DrillFile, record: &Record, out: &mut dyn Write) -> Result<(), Error> {
    match file {
        DrillFile::Html => html::write(record, out),
        DrillFile::Json => json::write(record, out),
        DrillFile::Junit => junit::write(record, out),
        DrillFile::Markdown => markdown::write(record, out),
    }
}
