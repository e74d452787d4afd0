//! OCSF, the Open Cybersecurity Schema Framework: Compliance Findings (class 2003) of version 1.3.0, one JSON object a line, for security
//! lakes and SIEMs.
//!
//! A finding is a line; so is what is in order or does not apply, of each rule and pair. What was not evaluated has the status Unknown,
//! what is waived the compliance status Fail and the finding's status Suppressed. What OCSF has no member for is in `unmapped`.

#[cfg(test)]
mod tests;

use crate::json::facts::{self, Prints};
use crate::json::v1;
use crate::{Error, lacking, text};
use deskpair_rules::controls::Framework;
use deskpair_rules::engine::{Finding, PairRun, Run, Tally, Verdict};
use deskpair_rules::meta::{Meta, Severity};
use serde_json::{Value, json};
use std::io::{self, BufWriter, Write};

/// A compliance status (`compliance.status_id`).
#[derive(Clone, Copy)]
enum Status {
    Unknown,
    Pass,
    Fail,
    Other,
}

impl Status {
    const fn id(self) -> u8 {
        match self {
            Self::Unknown => 0,
            Self::Pass => 1,
            Self::Fail => 3,
            Self::Other => 99,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Unknown => "Unknown",
            Self::Pass => "Pass",
            Self::Fail => "Fail",
            Self::Other => "Not applicable",
        }
    }
}

/// Writes the lines.
///
/// # Errors
/// Where `out` cannot be written.
pub fn write(run: &Run<'_>, out: &mut dyn Write) -> Result<(), Error> {
    let mut out = BufWriter::with_capacity(1 << 16, out);
    for pair in &run.pairs {
        let prints = Prints::of(run, pair);
        for (at, message) in lacking::of(run, pair).into_iter().enumerate() {
            let uid = format!("{}/{}/lacking/{at}", run.id, pair.view.settings.name);
            let mut event = event(run, pair, Severity::High, &uid, "not known", &message);
            event["compliance"] = compliance(None, Status::Unknown, &message);
            line(&mut out, &event)?;
        }
        for (rule, tally) in run.rules.iter().zip(&pair.tallies) {
            verdicts(run, pair, rule.meta(), tally, &mut out)?;
        }
        facts::each_finding(run, pair, &prints, |finding, worded| {
            line(&mut out, &of_finding(run, pair, finding, &worded))
        })?;
    }
    out.flush()?;
    Ok(())
}

/// An object in one line, for readers too that take other characters than the line feed for a line's end.
fn line(out: &mut impl Write, event: &Value) -> io::Result<()> {
    let text = serde_json::to_string(event)?;
    let mut from = 0;
    for (at, c) in text.char_indices().filter(|(_, c)| matches!(c, '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}')) {
        write!(out, "{}\\u{:04x}", &text[from..at], u32::from(c))?;
        from = at + c.len_utf8();
    }
    writeln!(out, "{}", &text[from..])
}

/// A line for what is in order, and one for what does not apply.
fn verdicts(run: &Run<'_>, pair: &PairRun<'_>, meta: &Meta, tally: &Tally, out: &mut impl Write) -> io::Result<()> {
    let attested = match tally.attested {
        0 => String::new(),
        attested => format!(", {attested} attested"),
    };
    let rows = [
        (Status::Pass, tally.pass + tally.attested, format!("{} in order{attested}", tally.pass)),
        (Status::Other, tally.not_applicable, format!("not applicable: {}", tally.reasons.join("; "))),
    ];
    for (status, count, message) in rows {
        if count == 0 {
            continue;
        }
        let uid = format!("{}/{}/{}/{}", run.id, pair.view.settings.name, meta.id, status.name());
        let title = format!("{} {}", meta.id, meta.name);
        let mut event = event(run, pair, Severity::Low, &uid, &title, &message);
        event["severity_id"] = json!(1);
        event["severity"] = json!("Informational");
        event["finding_info"]["types"] = json!([meta.area.title()]);
        event["compliance"] = compliance(Some(meta), status, &message);
        event["unmapped"]["subjects"] = json!(count);
        line(out, &event)?;
    }
    Ok(())
}

fn of_finding(run: &Run<'_>, pair: &PairRun<'_>, finding: &Finding, worded: &v1::Finding<'_>) -> Value {
    let meta = run.meta(finding);
    let title = format!("{} {}", meta.id, meta.name);
    let mut event = event(run, pair, run.severity(finding), &worded.fingerprint, &title, &worded.message);
    let status = match finding.verdict {
        Verdict::Fail | Verdict::Waived => Status::Fail,
        Verdict::NotEvaluated => Status::Unknown,
    };
    event["finding_info"]["types"] = json!([meta.area.title()]);
    event["compliance"] = compliance(Some(meta), status, &worded.message);
    event["remediation"] = json!({ "desc": text::block(&worded.remedy) });
    event["resources"] = resources(pair, &worded.subject);
    if finding.verdict == Verdict::Waived {
        event["status_id"] = json!(3);
        event["status"] = json!("Suppressed");
    }
    let unmapped = &mut event["unmapped"];
    unmapped["verdict"] = json!(finding.verdict.as_str());
    unmapped["effect"] = json!(facts::effect(run, finding).as_str());
    unmapped["subjects"] = json!(finding.subjects);
    unmapped["users_affected"] = json!(finding.people);
    unmapped["inconclusive"] = json!(worded.inconclusive);
    unmapped["drift"] = json!(worded.drift);
    for (member, value) in
        [("gap", json!(worded.gap)), ("waiver", json!(worded.waiver)), ("implied_by", json!(worded.implied_by))]
    {
        if !value.is_null() {
            unmapped[member] = value;
        }
    }
    event
}

/// What every line has.
fn event(run: &Run<'_>, pair: &PairRun<'_>, severity: Severity, uid: &str, title: &str, message: &str) -> Value {
    let settings = &pair.view.settings;
    let (severity_id, severity) = match severity {
        Severity::Low => (2, "Low"),
        Severity::Medium => (3, "Medium"),
        Severity::High => (4, "High"),
        Severity::Critical => (5, "Critical"),
    };
    let message = text::block(message);
    let mut cloud = json!({ "provider": "AWS", "region": settings.standby.region });
    if let Ok(account) = &pair.view.standby.account {
        cloud["account"] = json!({ "uid": account, "name": account, "type": "AWS Account", "type_id": 10 });
    }
    json!({
        "activity_id": 1,
        "activity_name": "Create",
        "category_uid": 2,
        "category_name": "Findings",
        "class_uid": 2003,
        "class_name": "Compliance Finding",
        "type_uid": 200_301,
        "type_name": "Compliance Finding: Create",
        "time": run.options.judged_at.millis(),
        "severity_id": severity_id,
        "severity": severity,
        "status_id": 1,
        "status": "New",
        "message": message,
        "metadata": {
            "version": "1.3.0",
            "profiles": ["cloud"],
            "product": { "name": "deskpair", "vendor_name": "deskpair", "version": env!("CARGO_PKG_VERSION") },
        },
        "cloud": cloud,
        "finding_info": {
            "uid": uid,
            "title": title,
            "desc": message,
            "created_time": run.options.judged_at.millis(),
        },
        "unmapped": {
            "run": run.id,
            "outcome": run.outcome.as_str(),
            "pair": settings.name,
            "alias": settings.alias,
        },
    })
}

fn compliance(meta: Option<&Meta>, status: Status, detail: &str) -> Value {
    let controls = meta.map_or(&[][..], |meta| meta.controls);
    let standards: Vec<&str> = Framework::ALL
        .into_iter()
        .filter(|framework| controls.iter().any(|control| control.framework == *framework))
        .map(Framework::title)
        .collect();
    let requirements: Vec<&str> = controls.iter().map(|control| control.id).collect();
    let mut compliance = json!({
        "standards": standards,
        "requirements": requirements,
        "status_id": status.id(),
        "status": status.name(),
        "status_detail": text::block(detail),
    });
    if let Some(meta) = meta {
        compliance["control"] = json!(meta.id);
        compliance["desc"] = json!(meta.summary);
    }
    compliance
}

/// The subject on both sides; by its name alone where it has an id on neither.
fn resources(pair: &PairRun<'_>, subject: &v1::Subject<'_>) -> Value {
    let settings = &pair.view.settings;
    let sides = [(&subject.primary, &settings.primary.region), (&subject.standby, &settings.standby.region)];
    let named = |id: &str, region: &str| json!({ "uid": id, "name": text::line(&subject.name), "type": subject.kind, "region": region });
    let known: Vec<Value> =
        sides.iter().filter_map(|(id, region)| id.as_ref().map(|id| named(&text::line(id), region))).collect();
    if known.is_empty() { json!([named(&text::line(&subject.name), &settings.standby.region)]) } else { json!(known) }
}
