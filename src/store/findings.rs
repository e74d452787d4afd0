//! What a run found, as a later one needs it: `findings.jsonl.zst` (`deskpair.findings/1`), zstd over JSON lines. A head with the run, its
//! numbers and the numbers of the runs before it; a line a finding; a last line that counts them, so that a file that was cut is seen.

use deskpair_rules::engine::{Baseline, Known, Point, Run, Verdict};
use deskpair_rules::meta::Severity;
use deskpair_rules::model::Moment;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead, BufReader, Read, Write};

/// The schema's name.
const SCHEMA: &str = "deskpair.findings/1";

/// As many earlier runs as a file remembers.
const MOST_POINTS: usize = 90;

/// No file unpacks to more, in bytes: a million findings take a fifth of it.
const MOST_BYTES: u64 = 1 << 30;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    schema: String,
    run: Point,
    rules: BTreeSet<String>,
    /// Whether it names people by pseudonyms alone.
    redacted: bool,
    trend: Vec<Point>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    pair: u32,
    fingerprint: String,
    rule: String,
    kind: String,
    name: String,
    verdict: Verdict,
    severity: Severity,
    since: Moment,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tail {
    findings: u64,
}

/// Writes what a run found, and the numbers of the runs before it.
///
/// # Errors
/// As the output's.
pub fn write(run: &Run<'_>, redacted: bool, out: impl Write) -> io::Result<()> {
    let baseline = run.as_baseline();
    let trend = run.options.baseline.as_ref().map_or(&[][..], |before| &before.trend);
    let mut out = zstd::Encoder::new(out, 3)?;
    out.window_log(super::estate_write::WINDOW_LOG)?;
    let mut line = |value: &dyn erased::Line| -> io::Result<()> {
        value.write(&mut out)?;
        out.write_all(b"\n")
    };
    let surplus = trend.len().saturating_sub(MOST_POINTS);
    let trend = trend[surplus..].to_vec();
    line(&Head { schema: SCHEMA.to_owned(), run: run.point(), rules: baseline.rules.clone(), redacted, trend })?;
    let mut findings = 0;
    for (at, pair) in run.pairs.iter().enumerate() {
        for (fingerprint, known) in &baseline.pairs[&pair.view.settings.name] {
            findings += 1;
            line(&Line {
                pair: at as u32,
                fingerprint: fingerprint.clone(),
                rule: known.rule.clone(),
                kind: known.kind.clone(),
                name: known.name.clone(),
                verdict: known.verdict,
                severity: known.severity,
                since: known.since,
            })?;
        }
    }
    line(&Tail { findings })?;
    out.finish()?;
    Ok(())
}

/// What serde_json writes, whatever its type.
mod erased {
    use serde::Serialize;
    use std::io::{self, Write};

    pub(super) trait Line {
        fn write(&self, out: &mut dyn Write) -> io::Result<()>;
    }

    impl<T: Serialize> Line for T {
        fn write(&self, out: &mut dyn Write) -> io::Result<()> {
            serde_json::to_writer(out, self).map_err(io::Error::from)
        }
    }
}

/// Reads a file of findings: and whether it names people by pseudonyms alone.
///
/// # Errors
/// Where it is no such file, of a newer version, or cut.
pub fn read(file: impl Read) -> io::Result<(Baseline, bool)> {
    let wrong = |why: String| io::Error::new(io::ErrorKind::InvalidData, why);
    let mut lines = BufReader::new(zstd::Decoder::new(file)?.take(MOST_BYTES)).lines();
    let first = lines.next().ok_or_else(|| wrong("it is empty".to_owned()))??;
    let head: Head = serde_json::from_str(&first).map_err(|error| wrong(format!("line 1: {error}")))?;
    if head.schema != SCHEMA {
        return Err(wrong(format!("it is {:?}, and this deskpair reads {SCHEMA:?}", head.schema)));
    }
    let mut pairs: BTreeMap<String, BTreeMap<String, Known>> =
        head.run.pairs.iter().map(|pair| (pair.name.clone(), BTreeMap::new())).collect();
    for (number, text) in lines.enumerate() {
        let text = text?;
        let at = |error: serde_json::Error| wrong(format!("line {}: {error}", number + 2));
        if let Ok(tail) = serde_json::from_str::<Tail>(&text) {
            if tail.findings != number as u64 {
                return Err(wrong(format!("it has {number} findings, and its last line speaks of {}", tail.findings)));
            }
            let (run, judged_at) = (head.run.run.clone(), head.run.judged_at);
            let mut trend = head.trend;
            trend.push(head.run);
            return Ok((Baseline { run, judged_at, rules: head.rules, pairs, trend }, head.redacted));
        }
        let line: Line = serde_json::from_str(&text).map_err(at)?;
        let pair = head
            .run
            .pairs
            .get(line.pair as usize)
            .ok_or_else(|| wrong(format!("line {}: no such pair", number + 2)))?;
        let known = Known {
            rule: line.rule,
            kind: line.kind,
            name: line.name,
            verdict: line.verdict,
            severity: line.severity,
            since: line.since,
        };
        pairs.get_mut(&pair.name).expect("every pair has its map").insert(line.fingerprint, known);
    }
    Err(wrong("it is cut off: its last line is missing".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use deskpair_rules::engine::{Options, evaluate};
    use deskpair_rules::fixture::{Fixture, On, TAKEN_AT};
    use std::sync::Arc;

    fn drifted() -> Fixture {
        let mut fixture = Fixture::clean();
        fixture.remove_desktop(On::Standby, "anna");
        fixture
    }

    #[test]
    fn what_is_written_is_read_back_the_same() {
        let fixture = drifted();
        let run = evaluate(&fixture.estate, Options::at(TAKEN_AT));
        let mut file = Vec::new();
        write(&run, false, &mut file).expect("writes");
        let (first, redacted) = read(file.as_slice()).expect("reads");
        assert!(!redacted);
        assert_eq!(first, run.as_baseline());
        assert_eq!((first.trend[0].pairs[0].stranded, first.trend[0].pairs[0].new), (1, None));
        let later = Options { baseline: Some(Arc::new(first)), ..Options::at(TAKEN_AT) };
        let run = evaluate(&fixture.estate, later);
        let mut file = Vec::new();
        write(&run, false, &mut file).expect("writes");
        let (second, _) = read(file.as_slice()).expect("reads");
        assert_eq!(second.trend.len(), 2);
        assert_eq!(second.trend[1].pairs[0].new, Some(0));
    }

    #[test]
    fn the_trend_has_an_end() {
        let fixture = drifted();
        let mut before = evaluate(&fixture.estate, Options::at(TAKEN_AT)).as_baseline();
        before.trend = (0..200).map(|at| Point { run: at.to_string(), ..before.trend[0].clone() }).collect();
        let run = evaluate(&fixture.estate, Options { baseline: Some(Arc::new(before)), ..Options::at(TAKEN_AT) });
        let mut file = Vec::new();
        write(&run, false, &mut file).expect("writes");
        let (read, _) = read(file.as_slice()).expect("reads");
        assert_eq!((read.trend.len(), read.trend[0].run.as_str()), (MOST_POINTS + 1, "110"));
    }

    #[test]
    fn what_is_cut_or_something_else_is_refused() {
        let fixture = drifted();
        let run = evaluate(&fixture.estate, Options::at(TAKEN_AT));
        let mut file = Vec::new();
        write(&run, false, &mut file).expect("writes");
        let text = String::from_utf8(zstd::decode_all(file.as_slice()).expect("zstd")).expect("text");
        let lines: Vec<&str> = text.lines().collect();
        let packed = |lines: &[&str]| zstd::encode_all(lines.join("\n").as_bytes(), 1).expect("packs");
        for (lines, why) in [
            (&lines[..lines.len() - 1], "cut off"),
            (&[lines[0], lines[lines.len() - 1]][..], "speaks of"),
            (&[][..], "it is empty"),
            (&["{}"][..], "line 1"),
            (&[lines[0].replace("findings/1", "findings/2").leak() as &str][..], "deskpair.findings/2"),
        ] {
            let error = read(packed(lines).as_slice()).expect_err(why).to_string();
            assert!(error.contains(why), "{error}");
        }
        assert!(read(&file[..file.len() / 2]).is_err());
        assert!(read(&b"hello"[..]).is_err());
    }
}
