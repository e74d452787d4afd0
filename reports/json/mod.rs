//! JSON, `deskpair.report/1`: complete, written a finding and a person at a time.

pub(crate) mod facts;
pub mod v1;

#[cfg(test)]
mod tests;

use crate::{Error, Fixes, people};
use deskpair_rules::engine::{PairRun, Run, Verdict};
use deskpair_rules::readiness::State;
use facts::Prints;
use rayon::prelude::*;
use serde::Serialize;
use serde::ser::{SerializeSeq, Serializer};
use std::io::Write;

/// How many findings or people are worded at once, in parallel, before they are written in order.
const CHUNK: usize = 4096;

/// Writes the report, one line of compact JSON.
///
/// # Errors
/// Where `out` cannot be written.
pub fn write(run: &Run<'_>, fixes: &Fixes, out: &mut dyn Write) -> Result<(), Error> {
    let mut out = std::io::BufWriter::with_capacity(1 << 16, out);
    serde_json::to_writer(&mut out, &facts::head(run, Pairs(run, fixes))).map_err(std::io::Error::from)?;
    out.write_all(b"\n")?;
    out.flush()?;
    Ok(())
}

/// The JSON Schema of a report.
pub fn schema() -> schemars::Schema {
    let mut schema = schemars::schema_for!(v1::Report<'static>);
    schema.insert("title".to_owned(), v1::SCHEMA.into());
    schema
}

struct Pairs<'a, 'e>(&'a Run<'e>, &'a Fixes);

impl Serialize for Pairs<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(run, fixes) = *self;
        let mut pairs = serializer.serialize_seq(Some(run.pairs.len()))?;
        for pair in &run.pairs {
            let prints = Prints::of(run, pair);
            let (users, findings) = (Users { pair, prints: &prints }, Findings { run, fixes, pair, prints: &prints });
            pairs.serialize_element(&facts::pair(run, pair, &prints, users, findings))?;
        }
        pairs.end()
    }
}

struct Users<'a, 'e> {
    pair: &'a PairRun<'e>,
    prints: &'a Prints,
}

impl Serialize for Users<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let order = people::by_name(self.pair, |state| state != State::Ready);
        in_chunks(serializer, &order, |person| facts::user(self.pair, self.prints, person))
    }
}

struct Findings<'a, 'e> {
    run: &'a Run<'e>,
    fixes: &'a Fixes,
    pair: &'a PairRun<'e>,
    prints: &'a Prints,
}

impl Serialize for Findings<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let order: Vec<u32> = (0..self.pair.findings.len() as u32).collect();
        in_chunks(serializer, &order, |at| {
            let fix = match self.pair.findings[at as usize].verdict {
                Verdict::Fail => self.fixes.of(self.prints.get(at)),
                Verdict::NotEvaluated | Verdict::Waived => None,
            };
            Some(v1::Finding { fix, ..facts::finding(self.run, self.pair, self.prints, at) })
        })
    }
}

/// Makes entries in parallel, a chunk at a time, and writes them in order: never more than a chunk of them exists.
fn in_chunks<S: Serializer, T: Serialize + Send>(
    serializer: S,
    order: &[u32],
    make: impl Fn(u32) -> Option<T> + Sync,
) -> Result<S::Ok, S::Error> {
    let mut entries = serializer.serialize_seq(None)?;
    for chunk in order.chunks(CHUNK) {
        let made: Vec<T> = chunk.par_iter().filter_map(|&at| make(at)).collect();
        for entry in made {
            entries.serialize_element(&entry)?;
        }
    }
    entries.end()
}
