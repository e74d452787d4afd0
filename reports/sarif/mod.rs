//! SARIF 2.1.0, for code scanning: a finding is a result at the line of deskpair.toml that declares its pair.
//!
//! A fail has the kind `fail` and a level by its severity; what was not evaluated has the kind `open` (the standard's word for "not enough
//! information", section 3.27.9) and, where it makes the run inconclusive, a notification of the invocation as well. What is waived is
//! suppressed, with its reason. Controls are taxa of the frameworks' taxonomies.
//!
//! GitHub takes 25,000 results and shows 5,000: no more are written, each rule having its share, and a notification counts the rest.

#[cfg(test)]
mod tests;

use crate::json::facts::{self, Prints};
use crate::json::v1;
use crate::{Error, lacking, outcome, text};
use deskpair_rules::controls::Framework;
use deskpair_rules::engine::{Finding, Outcome, PairRun, Run, Verdict};
use deskpair_rules::meta::{Meta, Severity};
use serde::Serialize;
use serde::ser::{Error as _, SerializeSeq, Serializer};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::Write;

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Results in a log.
const MOST_RESULTS: usize = 25_000;
/// Characters of a message.
const MOST_CHARACTERS: usize = 4_000;

/// Writes the log.
///
/// # Errors
/// Where `out` cannot be written.
pub fn write(run: &Run<'_>, out: &mut dyn Write) -> Result<(), Error> {
    let mut out = std::io::BufWriter::with_capacity(1 << 16, out);
    let log = Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [SarifRun {
            tool: tool(run),
            invocations: [invocation(run)],
            taxonomies: Framework::ALL.into_iter().map(taxonomy).collect(),
            original_uri_base_ids: json!({
                "SRCROOT": { "description": { "text": "The folder in which the scan ran." } },
            }),
            automation_details: json!({ "id": format!("deskpair/{}", run.id) }),
            column_kind: "unicodeCodePoints",
            results: Results(run),
        }],
    };
    serde_json::to_writer(&mut out, &log).map_err(std::io::Error::from)?;
    out.write_all(b"\n")?;
    out.flush()?;
    Ok(())
}

#[derive(Serialize)]
struct Log<'a, 'e> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [SarifRun<'a, 'e>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifRun<'a, 'e> {
    tool: Value,
    invocations: [Value; 1],
    taxonomies: Vec<Value>,
    original_uri_base_ids: Value,
    automation_details: Value,
    column_kind: &'static str,
    results: Results<'a, 'e>,
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "note",
    }
}

fn tool(run: &Run<'_>) -> Value {
    let rules: Vec<Value> = run.rules.iter().map(|rule| descriptor(run, rule.meta())).collect();
    let supported: Vec<Value> = Framework::ALL
        .iter()
        .enumerate()
        .map(|(index, framework)| json!({ "name": framework.id(), "index": index }))
        .collect();
    json!({
        "driver": {
            "name": "deskpair",
            "version": env!("CARGO_PKG_VERSION"),
            "semanticVersion": env!("CARGO_PKG_VERSION"),
            "rules": rules,
            "supportedTaxonomies": supported,
        },
    })
}

fn descriptor(run: &Run<'_>, meta: &Meta) -> Value {
    let configured = run.estate.settings.rules.get(meta.id).and_then(|rule| rule.severity);
    let relationships: Vec<Value> = meta
        .controls
        .iter()
        .map(|control| {
            json!({
                "target": { "id": control.id, "toolComponent": { "name": control.framework.id() } },
                "kinds": ["relevant"],
            })
        })
        .collect();
    json!({
        "id": meta.id,
        "name": meta.name,
        "shortDescription": { "text": text::sentence(meta.summary) },
        "help": { "text": meta.remedy, "markdown": meta.doc },
        "defaultConfiguration": { "level": level(configured.unwrap_or_else(|| meta.severity())) },
        "properties": { "tags": [meta.area.code()], "effect": meta.effect().as_str() },
        "relationships": relationships,
    })
}

fn taxonomy(framework: Framework) -> Value {
    let taxa: Vec<Value> = framework
        .controls()
        .map(|control| json!({ "id": control.id, "shortDescription": { "text": control.title } }))
        .collect();
    json!({ "name": framework.id(), "shortDescription": { "text": framework.title() }, "taxa": taxa })
}

/// How the run ended, and what it lacks: the results alone would not say.
fn invocation(run: &Run<'_>) -> Value {
    let mut notifications: Vec<Value> = Vec::new();
    let mut notify = |level: &str, text: &str| {
        notifications.push(json!({ "level": level, "message": { "text": message(text) } }));
    };
    for pair in &run.pairs {
        let name = &pair.view.settings.name;
        for lack in lacking::of(run, pair) {
            notify("error", &format!("{name}: {lack}"));
        }
        let open = pair.findings.iter().filter(|finding| run.is_inconclusive(finding)).count() as u64;
        if open > 0 {
            notify("error", &format!("{name}: {} could not be evaluated", text::counted(open, "result", "results")));
        }
    }
    let left_out = Share::of(run).left_out(run);
    if left_out > 0 {
        let more = text::counted(left_out as u64, "more finding has", "more findings have");
        notify("warning", &format!("{more} no room here: report.json has them all"));
    }
    notify("note", &outcome::meaning(run));
    let successful = match run.outcome {
        Outcome::Ready | Outcome::Drifted => true,
        Outcome::Inconclusive | Outcome::Broken => false,
    };
    json!({
        "executionSuccessful": successful,
        "exitCode": run.exit_code(),
        "exitCodeDescription": outcome::exit_code(run.outcome),
        "startTimeUtc": run.estate.taken_at.to_string(),
        "endTimeUtc": run.estate.finished_at.to_string(),
        "toolExecutionNotifications": notifications,
        "properties": { "run": run.id, "outcome": run.outcome.as_str(), "judgedAt": run.options.judged_at.to_string() },
    })
}

/// How many results each rule may have on each pair.
struct Share(usize);

impl Share {
    fn of(run: &Run<'_>) -> Self {
        let all: usize = run.pairs.iter().map(|pair| pair.findings.len()).sum();
        if all <= MOST_RESULTS {
            return Self(MOST_RESULTS);
        }
        let finders: usize = run.pairs.iter().map(|pair| counts(pair).len()).sum();
        Self(MOST_RESULTS / finders.max(1))
    }

    fn left_out(&self, run: &Run<'_>) -> usize {
        let over = |count: usize| count.saturating_sub(self.0);
        run.pairs.iter().flat_map(|pair| counts(pair).into_values()).map(over).sum()
    }
}

fn counts(pair: &PairRun<'_>) -> BTreeMap<u16, usize> {
    let mut counts = BTreeMap::new();
    for finding in &pair.findings {
        *counts.entry(finding.rule).or_default() += 1;
    }
    counts
}

struct Results<'a, 'e>(&'a Run<'e>);

impl Serialize for Results<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(run) = *self;
        let share = Share::of(run);
        let mut results = serializer.serialize_seq(None)?;
        for pair in &run.pairs {
            let prints = Prints::of(run, pair);
            let mut taken: BTreeMap<u16, usize> = BTreeMap::new();
            let mut failed = None;
            facts::each_finding(run, pair, &prints, |finding, worded| {
                let taken = taken.entry(finding.rule).or_default();
                if *taken < share.0 && failed.is_none() {
                    *taken += 1;
                    failed = results.serialize_element(&result(run, pair, finding, &worded)).err();
                }
                Ok(())
            })
            .map_err(S::Error::custom)?;
            if let Some(error) = failed {
                return Err(error);
            }
        }
        results.end()
    }
}

fn result(run: &Run<'_>, pair: &PairRun<'_>, finding: &Finding, worded: &v1::Finding<'_>) -> Value {
    let settings = &pair.view.settings;
    let (kind, level) = match finding.verdict {
        Verdict::Fail | Verdict::Waived => ("fail", level(run.severity(finding))),
        // "If kind has any value other than fail, then level shall be none" (3.27.10).
        Verdict::NotEvaluated => ("open", "none"),
    };
    let mut lines = vec![worded.message.to_string()];
    for drift in &worded.drift {
        lines.push(format!(
            "{}: {} on the primary side, {} on the standby side",
            drift.path, drift.primary, drift.standby
        ));
    }
    lines.push(format!("Fix: {}", worded.remedy));
    let subject = text::line(&worded.subject.name);
    let mut location = json!({
        "logicalLocations": [{
            "name": subject,
            "kind": worded.subject.kind,
            "fullyQualifiedName": format!("{}/{}/{subject}", settings.name, worded.subject.kind),
        }],
    });
    if let Some(declared) = &settings.declared {
        location["physicalLocation"] = json!({
            "artifactLocation": artifact(&declared.file),
            "region": { "startLine": declared.line },
        });
    }
    let suppressions: Vec<Value> = worded
        .waiver
        .iter()
        .map(|waiver| {
            let why = format!("{} (until {}, {})", waiver.reason, waiver.expires, waiver.owner);
            json!({ "kind": "external", "status": "accepted", "justification": text::block(&why) })
        })
        .collect();
    let mut result = json!({
        "ruleId": run.meta(finding).id,
        "ruleIndex": finding.rule,
        "kind": kind,
        "level": level,
        "message": { "text": message(&lines.join("\n")) },
        "locations": [location],
        // GitHub tells results apart by the second: without it, those at one line would be one.
        "partialFingerprints": {
            "deskpairFinding/v1": worded.fingerprint,
            "primaryLocationLineHash": format!("{}:1", worded.fingerprint),
        },
        "suppressions": suppressions,
        "properties": {
            "pair": settings.name,
            "severity": run.severity(finding).as_str(),
            "effect": facts::effect(run, finding).as_str(),
            "usersAffected": finding.people,
            "inconclusive": worded.inconclusive,
        },
    });
    // 3.27.24: in relation to the run that this one is compared with; what that run did not judge has none.
    if let Some(age) = worded.age {
        result["baselineState"] = match age {
            v1::Age::New => json!("new"),
            v1::Age::Persisting => json!("unchanged"),
        };
    }
    result
}

/// Other people's text as a plain message: links in brackets are escaped (3.11.6), and braces stay, since no message has arguments.
fn message(text: &str) -> String {
    let text = text::block(text);
    let text = text::shortened(&text, MOST_CHARACTERS);
    if text.contains("](") {
        text.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]")
    } else {
        text.into_owned()
    }
}

/// A file as a URI: within the folder in which the scan ran, or of this machine.
fn artifact(file: &str) -> Value {
    let mut uri = String::with_capacity(file.len());
    for byte in file.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    if file.starts_with('/') {
        json!({ "uri": format!("file://{uri}") })
    } else {
        json!({ "uri": uri, "uriBaseId": "SRCROOT" })
    }
}
