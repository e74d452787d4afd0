//! A document of suites, and a suite around its cases.

use super::cases::{self, Cases};
use crate::{Error, text};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use std::io::{BufWriter, Write};

/// What suites are written on.
pub(crate) type Out<'w> = Writer<BufWriter<&'w mut dyn Write>>;

/// Writes a document: `fill` writes its suites.
///
/// # Errors
/// Where `out` cannot be written.
pub(crate) fn document(out: &mut dyn Write, fill: impl FnOnce(&mut Out<'_>) -> Result<(), Error>) -> Result<(), Error> {
    let mut out = Writer::new(BufWriter::with_capacity(1 << 16, out));
    out.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    newline(&mut out, 0)?;
    out.write_event(Event::Start(BytesStart::new("testsuites")))?;
    fill(&mut out)?;
    newline(&mut out, 0)?;
    out.write_event(Event::End(BytesEnd::new("testsuites")))?;
    newline(&mut out, 0)?;
    out.into_inner().flush()?;
    Ok(())
}

/// What a suite's tag says of it, beside the counts of its cases.
pub(crate) struct Suite<'s> {
    /// Its number in the document.
    pub(crate) id: u32,
    pub(crate) name: String,
    pub(crate) package: String,
    /// When what it tells of was: RFC 3339 in UTC.
    pub(crate) timestamp: &'s str,
    pub(crate) properties: Vec<(&'static str, String)>,
}

impl Suite<'_> {
    /// Writes it, with its cases.
    pub(crate) fn write(&self, out: &mut Out<'_>, cases: &Cases) -> Result<(), Error> {
        let name = cases::token(&self.name);
        let counts = cases.counts();
        let numbers = [self.id, counts.tests, counts.failures, counts.errors, counts.skipped].map(|n| n.to_string());
        let [id, tests, failures, errors, skipped] = &numbers;
        // Without fraction and zone: `2026-06-01T12:00:00`.
        let timestamp = self.timestamp.get(..19).unwrap_or("1970-01-01T00:00:00");
        newline(out, 1)?;
        let start = BytesStart::new("testsuite").with_attributes([
            ("name", name.as_str()),
            ("package", self.package.as_str()),
            ("id", id),
            ("hostname", "localhost"),
            ("timestamp", timestamp),
            ("tests", tests),
            ("failures", failures),
            ("errors", errors),
            ("skipped", skipped),
            ("time", &cases.time()),
        ]);
        out.write_event(Event::Start(start))?;
        newline(out, 2)?;
        if self.properties.is_empty() {
            out.create_element("properties").write_empty()?;
        } else {
            out.create_element("properties").write_inner_content(|out| {
                for (name, value) in &self.properties {
                    newline(out, 3)?;
                    let value = text::line(value);
                    out.create_element("property")
                        .with_attributes([("name", *name), ("value", &value)])
                        .write_empty()?;
                }
                newline(out, 2)
            })?;
        }
        out.get_mut().write_all(cases.written())?;
        for name in ["system-out", "system-err"] {
            newline(out, 2)?;
            out.create_element(name).write_empty()?;
        }
        newline(out, 1)?;
        out.write_event(Event::End(BytesEnd::new("testsuite")))?;
        Ok(())
    }
}

fn newline<W: Write>(out: &mut Writer<W>, depth: usize) -> std::io::Result<()> {
    const INDENT: &str = "\n      ";
    out.write_event(Event::Text(BytesText::from_escaped(&INDENT[..=depth * 2])))
}

/// A pair's name as a part of a package: consumers cut packages at full stops.
pub(crate) fn slug(name: &str) -> String {
    name.chars().map(|c| if c.is_alphanumeric() || c == '-' { c } else { '_' }).collect()
}
