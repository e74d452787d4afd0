//! Quotas: a request for a higher one is a case that people at AWS decide, and that no call takes back, so a person makes it.

use super::{Way, by_hand};
use crate::remediate::draft::{Draft, Wanted};
use deskpair_rules::model::Subject;
use deskpair_rules::model::quota::CATALOGUE;

pub(super) const WAYS: &[(&str, Way)] = &[
    (
        "QTA-001",
        Way::ByHand(
            "People at AWS decide on a request, and nothing takes it back: the command that asks for enough is given.",
        ),
    ),
    (
        "QTA-002",
        Way::ByHand(
            "People at AWS decide on a request, and nothing takes it back: the command that asks for enough is given.",
        ),
    ),
    ("QTA-003", Way::ByHand("The command that asks for a higher quota is given, where AWS grants one.")),
];

pub(super) fn plan(draft: &mut Draft<'_, '_>) {
    for rule in ["QTA-001", "QTA-002"] {
        for wanted in draft.fails(rule) {
            too_small(draft, &wanted);
        }
    }
    for wanted in draft.fails("QTA-003") {
        near(draft, &wanted);
    }
}

fn ask(draft: &mut Draft<'_, '_>, wanted: &Wanted, name: &str, code: &str, value: u64) {
    let region = draft.view().settings.standby.region.clone();
    by_hand(
        draft,
        wanted,
        &["quota", code],
        format!("ask for a quota of {value} {name} in {region}"),
        &["Ask, with the standby as the reason, and wait until it is granted; what needs it can be made then."],
        vec![
            format!(
                "aws service-quotas request-service-quota-increase --region {region} --service-code workspaces --quota-code {code} --desired-value {value}"
            ),
            format!(
                "aws service-quotas list-requested-service-quota-change-history-by-quota --region {region} --service-code workspaces --quota-code {code}"
            ),
        ],
    );
}

/// Asks for as many as a finding says are needed.
fn too_small(draft: &mut Draft<'_, '_>, wanted: &Wanted) {
    let needed = wanted.drift.iter().find_map(|drift| {
        let code = drift.path.strip_prefix("Value of ")?;
        let value = drift.primary.strip_suffix(" needed")?.parse().ok()?;
        Some((code.to_owned(), value))
    });
    match needed {
        Some((code, value)) => ask(draft, wanted, "WorkSpaces", &code, value),
        None => draft.leave(wanted, "how many are needed is not known"),
    }
}

/// Asks for half as many again of what is nearly used up.
fn near(draft: &mut Draft<'_, '_>, wanted: &Wanted) {
    let Subject::Quota(at) = wanted.subject else { return };
    let Some(watched) = CATALOGUE.get(usize::from(at)) else { return };
    let standby = draft.view().standby;
    let lists = [standby.quotas.items(), standby.default_quotas.items()];
    let known = lists.into_iter().find_map(|quotas| watched.find(quotas));
    match known.map(|quota| (quota.adjustable, quota.value, quota.quota_code.clone())) {
        Some((Some(true), Some(value), code)) => ask(draft, wanted, watched.name, &code, value + value.div_ceil(2)),
        Some((Some(false), ..)) => draft.leave(wanted, "AWS grants no more of it: delete what nobody needs there"),
        Some(_) | None => draft.leave(wanted, "whether AWS grants more of it is not known"),
    }
}
