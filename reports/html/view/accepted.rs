//! What people answer for instead of deskpair: waivers, attestations, and rules that were not judged.

use super::{RuleName, shown};
use deskpair_rules::engine::Run;
use deskpair_rules::model::settings::Waiver;
use deskpair_rules::registry;
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct Accepted {
    waivers: Vec<Acceptance>,
    attestations: Vec<Acceptance>,
    /// Rules that were left out.
    left_out: Vec<RuleName>,
    /// Rules whose missing evidence the run was told to let pass.
    incomplete: Vec<String>,
}

#[derive(Serialize)]
struct Acceptance {
    rule: String,
    /// The subject and the pair, as far as they are narrowed down.
    scope: String,
    owner: String,
    reason: String,
    expires: String,
    live: bool,
}

impl Accepted {
    pub(super) fn of(run: &Run<'_>) -> Self {
        let acceptance = |waiver: &Waiver| Acceptance {
            rule: shown(&waiver.rule),
            scope: match (&waiver.subject, &waiver.pair) {
                (Some(subject), Some(pair)) => shown(&format!("{subject}, on {pair}")),
                (Some(subject), None) => shown(subject),
                (None, Some(pair)) => shown(&format!("everything on {pair}")),
                (None, None) => "everything".to_owned(),
            },
            owner: shown(&waiver.owner),
            reason: shown(&waiver.reason),
            expires: waiver.expires.to_string(),
            live: run.options.judged_at < waiver.expires,
        };
        let settings = &run.estate.settings;
        let judged = |id: &str| run.rules.iter().any(|rule| rule.meta().id == id);
        Self {
            waivers: settings.waivers.iter().map(acceptance).collect(),
            attestations: settings.attestations.iter().map(acceptance).collect(),
            left_out: registry()
                .iter()
                .map(|rule| rule.meta())
                .filter(|meta| !judged(meta.id))
                .map(|meta| RuleName { id: meta.id, name: meta.name })
                .collect(),
            incomplete: run.options.allow_incomplete.iter().cloned().collect(),
        }
    }
}
