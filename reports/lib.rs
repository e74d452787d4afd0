//! What deskpair shows. Reports render and cannot judge: outcome, counts and exit code are in the run before any of them is written.
//!
//! A folder for each format, fed the same [`Run`]; what several say alike (causes, people, the outcome's words) is in the files beside
//! this one. It depends on `deskpair-rules` alone.

mod causes;
mod controls;
pub mod csv;
pub mod drill;
pub mod fixes;
pub mod github;
pub mod html;
pub mod json;
pub mod junit;
mod lacking;
pub mod markdown;
pub mod notice;
pub mod ocsf;
mod outcome;
mod people;
pub mod sarif;
pub mod terminal;

pub mod person;
#[cfg(test)]
mod samples;
pub mod text;

use deskpair_rules::engine::Run;
pub use fixes::Fixes;
use std::io::{self, Write};

/// A format that is written to a file, or to several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// One offline page.
    Html,
    /// `deskpair.report/1`, complete.
    Json,
    /// JUnit's XML, for a gate.
    Junit,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// OCSF Compliance Findings, for security lakes.
    Ocsf,
    /// Findings and people, for spreadsheets.
    Csv,
    /// A summary for a pull request or a job.
    Markdown,
    /// GitHub's workflow commands.
    Github,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 8] =
        [Self::Html, Self::Json, Self::Junit, Self::Sarif, Self::Ocsf, Self::Csv, Self::Markdown, Self::Github];

    /// Those that are written where none is asked for.
    pub const USUAL: [Self; 3] = [Self::Html, Self::Json, Self::Junit];

    /// The name by which it is asked for.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Json => "json",
            Self::Junit => "junit",
            Self::Sarif => "sarif",
            Self::Ocsf => "ocsf",
            Self::Csv => "csv",
            Self::Markdown => "markdown",
            Self::Github => "github",
        }
    }

    /// Its files.
    pub const fn files(self) -> &'static [File] {
        match self {
            Self::Html => &[File::Html],
            Self::Json => &[File::Json],
            Self::Junit => &[File::Junit],
            Self::Sarif => &[File::Sarif],
            Self::Ocsf => &[File::Ocsf],
            Self::Csv => &[File::FindingsCsv, File::UsersCsv],
            Self::Markdown => &[File::Markdown],
            Self::Github => &[File::Annotations],
        }
    }
}

/// A file of a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum File {
    /// The page.
    Html,
    /// The complete report.
    Json,
    /// JUnit's XML.
    Junit,
    /// The SARIF log.
    Sarif,
    /// OCSF, an object a line.
    Ocsf,
    /// A finding a row.
    FindingsCsv,
    /// A person a row.
    UsersCsv,
    /// The summary.
    Markdown,
    /// The workflow commands.
    Annotations,
}

impl File {
    /// Whether it tells what a plan would make of the findings.
    pub const fn shows_fixes(self) -> bool {
        matches!(self, Self::Html | Self::Json)
    }

    /// Its name in a folder of reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Html => "report.html",
            Self::Json => "report.json",
            Self::Junit => "junit.xml",
            Self::Sarif => "report.sarif",
            Self::Ocsf => "report.ocsf.jsonl",
            Self::FindingsCsv => "findings.csv",
            Self::UsersCsv => "users.csv",
            Self::Markdown => "summary.md",
            Self::Annotations => "annotations.txt",
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

/// Writes one of a run's files. What a plan would make of its findings stands in the page and in the complete report, as far as it is given.
///
/// # Errors
/// Where `out` cannot be written.
pub fn write(file: File, run: &Run<'_>, fixes: &Fixes, out: &mut dyn Write) -> Result<(), Error> {
    match file {
        File::Html => html::write(run, fixes, out),
        File::Json => json::write(run, fixes, out),
        File::Junit => junit::write(run, out),
        File::Sarif => sarif::write(run, out),
        File::Ocsf => ocsf::write(run, out),
        File::FindingsCsv => csv::write_findings(run, out),
        File::UsersCsv => csv::write_users(run, out),
        File::Markdown => markdown::write(run, out),
        File::Annotations => github::write(run, out),
    }
}
