//! The cases of one suite, counted while they are written: a suite's tag carries the counts.

use crate::json::v1;
use crate::text;
use quick_xml::Writer;
use quick_xml::events::BytesText;
use std::collections::HashSet;
use std::io;

/// Characters of a message: it is one line in a list.
const MESSAGE: usize = 500;
/// Characters of a case's text.
const BODY: usize = 8_000;
/// Characters of a case's name.
const NAME: usize = 400;

/// How a case ended.
pub(crate) enum Ending<'a> {
    Passed,
    Failed { severity: &'static str, message: &'a str, body: &'a str },
    NotEvaluated { message: &'a str, body: &'a str },
    Skipped { message: &'a str, body: &'a str },
}

/// How a finding is shown.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Failed,
    NotEvaluated,
    Skipped,
}

impl Kind {
    pub(crate) const fn of(finding: &v1::Finding<'_>) -> Self {
        match finding.verdict {
            v1::Verdict::Fail => Self::Failed,
            v1::Verdict::NotEvaluated if finding.inconclusive => Self::NotEvaluated,
            v1::Verdict::NotEvaluated | v1::Verdict::Waived => Self::Skipped,
        }
    }

    /// What subjects of this kind do, for a sentence.
    pub(crate) const fn phrase(self) -> &'static str {
        match self {
            Self::Failed => "fail",
            Self::NotEvaluated => "could not be judged",
            Self::Skipped => "are accepted or left to a person",
        }
    }
}

impl<'a> Ending<'a> {
    pub(crate) const fn new(kind: Kind, severity: &'static str, message: &'a str, body: &'a str) -> Self {
        match kind {
            Kind::Failed => Self::Failed { severity, message, body },
            Kind::NotEvaluated => Self::NotEvaluated { message, body },
            Kind::Skipped => Self::Skipped { message, body },
        }
    }
}

/// What a suite's tag says of its cases.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) tests: u32,
    pub(crate) failures: u32,
    pub(crate) errors: u32,
    pub(crate) skipped: u32,
}

/// The cases of a suite, written.
#[derive(Default)]
pub(crate) struct Cases {
    written: Vec<u8>,
    counts: Counts,
    /// Milliseconds of the longest.
    longest: u64,
}

impl Cases {
    pub(crate) fn is_empty(&self) -> bool {
        self.written.is_empty()
    }

    pub(crate) fn bytes(&self) -> usize {
        self.written.len()
    }

    pub(crate) fn written(&self) -> &[u8] {
        &self.written
    }

    pub(crate) const fn counts(&self) -> Counts {
        self.counts
    }

    /// How long the longest took, in seconds: what they tell of went on side by side.
    pub(crate) fn time(&self) -> String {
        seconds(self.longest)
    }

    /// Writes a case. Its name is a [`Names::unique`] one.
    pub(crate) fn add(&mut self, name: &str, class: &str, ending: &Ending<'_>) -> io::Result<()> {
        self.add_timed(name, class, 0, ending)
    }

    /// Writes a case that took so many milliseconds.
    pub(crate) fn add_timed(&mut self, name: &str, class: &str, millis: u64, ending: &Ending<'_>) -> io::Result<()> {
        self.counts.tests += 1;
        self.longest = self.longest.max(millis);
        let time = seconds(millis);
        self.written.extend_from_slice(b"\n    ");
        let mut out = Writer::new(&mut self.written);
        let case =
            out.create_element("testcase").with_attributes([("name", name), ("classname", class), ("time", &time)]);
        let (count, element, kind, message, body) = match *ending {
            Ending::Passed => {
                case.write_empty()?;
                return Ok(());
            }
            Ending::Failed { severity, message, body } => {
                (&mut self.counts.failures, "failure", Some(severity), message, body)
            }
            Ending::NotEvaluated { message, body } => {
                (&mut self.counts.errors, "error", Some("not-evaluated"), message, body)
            }
            Ending::Skipped { message, body } => (&mut self.counts.skipped, "skipped", None, message, body),
        };
        *count += 1;
        let message = text::shortened(message, MESSAGE);
        let body = text::shortened(body, BODY);
        case.write_inner_content(|out| {
            let element = out.create_element(element).with_attribute(("message", &*text::line(&message)));
            let element = match kind {
                Some(kind) => element.with_attribute(("type", kind)),
                None => element,
            };
            element.write_text_content(BytesText::new(&text::block(&body)))?;
            Ok(())
        })?;
        Ok(())
    }
}

/// Milliseconds in seconds, as both schemas take them: `192`, `0.250`.
fn seconds(millis: u64) -> String {
    match (millis / 1000, millis % 1000) {
        (whole, 0) => whole.to_string(),
        (whole, part) => format!("{whole}.{part:03}"),
    }
}

/// The names that were given out: consumers drop a case whose name they have seen.
#[derive(Default)]
pub(crate) struct Names(HashSet<String>);

impl Names {
    /// The name as a schema's token, with a number where it was given out before.
    pub(crate) fn unique(&mut self, name: &str) -> String {
        let name = token(name);
        if self.0.insert(name.clone()) {
            return name;
        }
        let mut number = 2_u32;
        loop {
            let numbered = format!("{name} ({number})");
            if self.0.insert(numbered.clone()) {
                return numbered;
            }
            number += 1;
        }
    }
}

/// A text that reads the same after a schema's `token` has collapsed its white space; never empty.
pub(crate) fn token(name: &str) -> String {
    let line = text::line(name);
    let words: Vec<&str> = line.split_whitespace().collect();
    let token = words.join(" ");
    if token.is_empty() { "-".to_owned() } else { text::shortened(&token, NAME).into_owned() }
}
