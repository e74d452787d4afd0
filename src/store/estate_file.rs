//! An estate as a file, `estate.jsonl.zst`: zstd over JSON lines, `deskpair.estate/1`.
//!
//! A header, the lists, a trailer that counts them. Whatever is cut off, changed or left out is an error when the file is read, or a
//! gap in the estate: never a list that seems whole.

use super::digest::Digest;
use super::{estate_read, estate_wire, estate_write};
use deskpair_rules::model::Estate;
use std::io::{self, BufRead, Write};
use std::path::Path;

/// Why a file is no estate to go by.
#[derive(Debug, thiserror::Error)]
pub enum EstateFileError {
    /// The file could not be opened or read.
    #[error("cannot read it: {0}")]
    Io(#[from] io::Error),
    /// It does not begin as a zstd file does.
    #[error("it is not a zstd file, which an estate is: `deskpair collect` writes one")]
    NotZstd,
    /// It ends before its end.
    #[error("it is cut off after {lines} whole lines: copy it again, or collect again")]
    Truncated {
        /// The lines that could be read.
        lines: u64,
    },
    /// Its compression or its checksum is wrong.
    #[error("it is damaged after {lines} whole lines ({why}): copy it again, or collect again")]
    Damaged {
        /// The lines that could be read.
        lines: u64,
        /// What the decompressor said.
        why: String,
    },
    /// Its first line is no estate's header.
    #[error("it is not an estate: its first line does not name the schema {}", estate_wire::SCHEMA)]
    NotAnEstate,
    /// Another version's.
    #[error("it is of the schema {schema:?}{}, and this deskpair reads {}", by(.written_by), estate_wire::SCHEMA)]
    OtherVersion {
        /// The schema it names.
        schema: String,
        /// The version of the deskpair that wrote it; may be empty.
        written_by: String,
    },
    /// A line does not say what belongs there.
    #[error("line {line}: {why}")]
    Line {
        /// The line, from 1, as `zstdcat` shows it.
        line: u64,
        /// What is wrong with it.
        why: String,
    },
    /// What it holds is not what its trailer counts.
    #[error("the list {list} has {found} items, and the trailer counts {counted}: lines were added or taken away")]
    Miscounted {
        /// The list.
        list: String,
        /// The items that are there.
        found: u64,
        /// The items that the trailer counts.
        counted: u64,
    },
    /// The trailer counts a list that is not there.
    #[error("the list {list} is missing: lines were taken away")]
    MissingList {
        /// The list.
        list: String,
    },
    /// A list is there that the trailer does not count.
    #[error("the list {list} with its {found} items is not in the trailer: lines were added")]
    UncountedList {
        /// The list.
        list: String,
        /// The items that are there.
        found: u64,
    },
    /// Something points to a place that is not there.
    #[error("line {line}: it points to {what}, which the file does not have")]
    Dangling {
        /// The line.
        line: u64,
        /// What it points to.
        what: String,
    },
    /// It goes on behind its end.
    #[error("it goes on behind its trailer: something was appended to it")]
    Trailing,
    /// It is larger than any estate.
    #[error("it holds more than an estate can: {what}")]
    TooLarge {
        /// What there is too much of.
        what: String,
    },
}

fn by(version: &str) -> String {
    if version.is_empty() { String::new() } else { format!(", written by deskpair {version:?}") }
}

/// Writes an estate; gives the writer back, and the digest of the stream before compression.
///
/// # Errors
/// As the writer's. Nothing is whole then: see [`crate::output`].
pub fn write_estate<W: Write>(estate: &Estate, out: W) -> io::Result<(W, Digest)> {
    estate_write::write(estate, out)
}

/// Reads an estate, and the digest of the stream before compression: the same that the writer gave.
///
/// # Errors
/// Whatever is not exactly as it was written: see [`EstateFileError`].
pub fn read_estate(from: impl BufRead + Send) -> Result<(Estate, Digest), EstateFileError> {
    estate_read::read(from)
}

/// Reads the estate in a file.
///
/// # Errors
/// As [`read_estate`], and where the file cannot be opened.
pub fn read_estate_file(path: &Path) -> Result<(Estate, Digest), EstateFileError> {
    let file = std::fs::File::open(path)?;
    read_estate(io::BufReader::with_capacity(1 << 20, file))
}

/// The JSON Schema of one line: `deskpair schema estate`.
pub fn json_schema() -> serde_json::Value {
    estate_wire::json_schema()
}
