//! Faults from a file, which is read again whenever it changes: one fault a line, `#` begins a comment at a line's start and after a space.
//! A file with a wrong line counts as not there: what held before holds on.

use super::FaultSwitch;
use super::faults::{FaultError, FaultRule};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;
use thiserror::Error;

/// How often the file is looked at. It counts once two looks have found the same in it, so that one that is being written is not half read.
const LOOKS: Duration = Duration::from_millis(100);

/// Why a file gives no faults.
#[derive(Debug, Error)]
pub enum FaultFileError {
    /// It cannot be read.
    #[error("it cannot be read: {0}")]
    Unreadable(io::Error),
    /// A line is no fault.
    #[error("line {line}: {error}")]
    Line {
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        error: FaultError,
    },
}

/// The faults of a file's text.
///
/// # Errors
/// The first wrong line.
pub fn parse(text: &str) -> Result<Vec<FaultRule>, FaultFileError> {
    let mut faults = Vec::new();
    for (line, at) in text.lines().zip(1..) {
        // A kind may have a `#` in it: `Drop#3`.
        let comment =
            line.char_indices().find(|&(at, c)| c == '#' && !line[..at].ends_with(|c: char| !c.is_whitespace()));
        let fault = line[..comment.map_or(line.len(), |(at, _)| at)].trim();
        if !fault.is_empty() {
            faults.push(fault.parse().map_err(|error| FaultFileError::Line { line: at, error })?);
        }
    }
    Ok(faults)
}

/// A file and what was last found in it.
#[derive(Debug)]
pub struct FaultFile {
    path: PathBuf,
    known: Vec<u8>,
    faults: Vec<FaultRule>,
}

impl FaultFile {
    /// Reads it.
    ///
    /// # Errors
    /// A file that cannot be read, or with a wrong line.
    pub fn open(path: &Path) -> Result<Self, FaultFileError> {
        let known = std::fs::read(path).map_err(FaultFileError::Unreadable)?;
        let faults = parse(&String::from_utf8_lossy(&known))?;
        Ok(Self { path: path.to_owned(), known, faults })
    }

    /// What it said when it was opened.
    pub fn faults(&self) -> &[FaultRule] {
        &self.faults
    }

    /// Watches it for ever: whenever it has changed, its faults are set beside those that always hold. Calls are then counted anew.
    /// `tell` hears how many faults it has now, or why they stay as they were.
    pub async fn watch(
        mut self,
        always: Vec<FaultRule>,
        switch: FaultSwitch,
        tell: impl Fn(Result<usize, FaultFileError>) + Send,
    ) {
        let mut seen: Option<Vec<u8>> = None;
        let mut misses = 0_u32;
        loop {
            tokio::time::sleep(LOOKS).await;
            let found = match tokio::fs::read(&self.path).await {
                Ok(found) => found,
                Err(error) => {
                    // Editors that replace a file leave none for a moment.
                    misses = misses.saturating_add(1);
                    if misses == 2 {
                        tell(Err(FaultFileError::Unreadable(error)));
                    }
                    continue;
                }
            };
            misses = 0;
            if found == self.known {
                seen = None;
                continue;
            }
            if seen.as_ref() != Some(&found) {
                seen = Some(found);
                continue;
            }
            seen = None;
            let faults = parse(&String::from_utf8_lossy(&found));
            self.known = found;
            tell(faults.map(|faults| {
                let count = faults.len();
                switch.set(always.iter().cloned().chain(faults).collect());
                count
            }));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_one_fault_a_line_and_comments() {
        let text = "# the drill\n\nus-east-1 * Down   # the whole Region\n  * route53:GetChange Drop#3\r\n#* * Drop";
        let faults = parse(text).expect("in order");
        let texts: Vec<String> = faults.iter().map(ToString::to_string).collect();
        assert_eq!(texts, ["us-east-1 * Down", "* route53:GetChange Drop#3"]);
        assert!(parse("").expect("nothing is no error").is_empty());
    }

    #[test]
    fn a_wrong_line_is_named_and_spoils_the_whole() {
        let error = parse("us-east-1 * Down\n\nus-east-1 * Dwon\n").expect_err("a wrong line").to_string();
        assert!(error.starts_with("line 3: `Dwon` is no kind of fault"), "{error}");
    }
}
