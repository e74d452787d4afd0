//! What could not be judged, by the reason, and what must be allowed so that it can be.

use super::{Maker, Of, RuleName, shown};
use crate::causes::Blind;
use crate::json::{facts, v1};
use crate::text::{self, counted};
use deskpair_rules::model::{Estate, Gap, Unknown};
use serde::Serialize;
use std::collections::BTreeSet;

#[derive(Serialize)]
pub(super) struct BlindView {
    anchor: String,
    fingerprint: String,
    /// Which call, and what became of it.
    title: String,
    /// The service's own words.
    message: Option<String>,
    cause: Option<&'static str>,
    iam_action: Option<String>,
    remedy: String,
    hides: String,
    rules: Vec<RuleName>,
    /// Codes of areas, with spaces between them.
    pub(super) areas: String,
    pub(super) inconclusive: bool,
}

impl Maker<'_, '_> {
    pub(super) fn blind(&self, of: &Of<'_, '_>, blind: &Blind) -> BlindView {
        let first = facts::finding(self.run, of.pair, of.prints, blind.findings[0]);
        let metas: Vec<_> = blind.findings.iter().map(|&at| self.run.meta(&of.pair.findings[at as usize])).collect();
        let areas: BTreeSet<&'static str> = metas.iter().map(|meta| meta.area.code()).collect();
        let gap = first.gap.as_ref();
        BlindView {
            anchor: of.anchors[blind.findings[0] as usize].clone(),
            fingerprint: first.fingerprint.to_string(),
            title: title(self.run.estate, blind.why),
            message: gap.map(|gap| shown(&gap.message)).filter(|message| !message.is_empty()),
            cause: gap.map(|gap| cause_word(gap.cause)),
            iam_action: gap.filter(|gap| gap.cause == v1::Cause::Denied).map(|gap| shown(&gap.iam_action)),
            remedy: shown(&first.remedy),
            hides: hides(blind),
            rules: metas.iter().map(|meta| RuleName { id: meta.id, name: meta.name }).collect(),
            areas: areas.into_iter().collect::<Vec<_>>().join(" "),
            inconclusive: blind.inconclusive,
        }
    }
}

/// Why something could not be judged, without the service's own words.
pub(super) fn title(estate: &Estate, why: Unknown) -> String {
    match why {
        Unknown::Gap(gap) => shown(&Gap { message: String::new(), ..estate.gap_of(gap).clone() }.to_string()),
        Unknown::Undetermined(text) | Unknown::Unsupported(text) => text::sentence(text),
    }
}

/// The IAM actions that were denied, each once.
pub(super) fn denied(views: &[BlindView]) -> Vec<String> {
    let actions: BTreeSet<&String> = views.iter().filter_map(|view| view.iam_action.as_ref()).collect();
    actions.into_iter().cloned().collect()
}

/// What cannot be told for this reason.
pub(super) fn hides(blind: &Blind) -> String {
    let mut hides = match blind.subjects {
        0 => "no verdict rests on it: other evidence carries them".to_owned(),
        subjects => format!("hides {}", counted(subjects, "subject", "subjects")),
    };
    if blind.people > 0 {
        hides.push_str(&format!(", and whether {} can work", counted(blind.people.into(), "person", "people")));
    }
    hides
}

const fn cause_word(cause: v1::Cause) -> &'static str {
    match cause {
        v1::Cause::Denied => "denied",
        v1::Cause::Throttled => "throttled",
        v1::Cause::TimedOut => "timed out",
        v1::Cause::Unreachable => "unreachable",
        v1::Cause::Malformed => "malformed",
        v1::Cause::Credentials => "credentials",
        v1::Cause::Failed => "failed",
        v1::Cause::Partial => "partial",
        v1::Cause::Unsupported => "not offered",
        v1::Cause::Deadline => "deadline",
        v1::Cause::NotCollected => "not collected",
    }
}
