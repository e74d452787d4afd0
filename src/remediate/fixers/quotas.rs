//! Quotas: a higher one is asked for. AWS decides on the request, and nothing takes it back (AWS-FACTS §9); what needs it is made once it is
//! granted.

use super::Way;
use crate::remediate::draft::{Draft, Wanted};
use crate::remediate::plan::{Call, Inverse, MadeKind, Part, Risk};
use deskpair_rules::model::Subject;
use deskpair_rules::model::quota::{CATALOGUE, Quota, WORKSPACES, watched};
use deskpair_rules::model::stock::all;
use serde_json::json;

/// What is said of each of the three.
const ASKED: Way = Way::Planned(
    "A request asks AWS for enough; AWS decides on it, and nothing takes it back, so that it has to be accepted apart.",
);

pub(super) const WAYS: &[(&str, Way)] = &[("QTA-001", ASKED), ("QTA-002", ASKED), ("QTA-003", ASKED)];

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

/// The request that a quota's code stands in: what rests on more of it is made after it.
pub(super) fn request_id(draft: &Draft<'_, '_>, code: &str) -> String {
    draft.id(Part::Standby, &["quota", code])
}

fn ask(draft: &mut Draft<'_, '_>, wanted: &Wanted, quota: &Quota, value: u64) {
    let region = draft.view().settings.standby.region.clone();
    let (code, name) = (quota.quota_code.as_str(), quota.quota_name.as_str());
    // "Specifies the new, increased value for the quota" (`servicequotas:DesiredValue`): a double.
    let input = json!({ "ServiceCode": "workspaces", "QuotaCode": code, "DesiredValue": value as f64 });
    let call = Call { service: "servicequotas".to_owned(), operation: "RequestServiceQuotaIncrease".to_owned(), input };
    let change = draft
        .change(Part::Standby, &["quota", code], format!("ask AWS for {value} {name} in {region}"))
        .fixing(wanted)
        .risk(Risk::Review)
        .field("Value", quota.value.map(|value| value.to_string()), Some(value.to_string()))
        .by(call)
        .making(MadeKind::Quota, code)
        .within(&value.to_string())
        .undone(Inverse::None { why: "no API call withdraws a request, or lowers a quota again (AWS-FACTS §9)".to_owned() })
        .note("AWS decides on the request, at once or after days: apply again once it is granted, and the plan goes on from there.")
        .note("A quota reserves no capacity.");
    draft.add(change);
}

/// What is granted of a quota now.
fn granted(draft: &Draft<'_, '_>, code: &str) -> Option<Quota> {
    let standby = draft.view().standby;
    let mut lists = [standby.quotas.items(), standby.default_quotas.items()].into_iter();
    let watched = watched().find(|watched| watched.code == code)?;
    lists.find_map(|quotas| watched.find(quotas)).cloned()
}

/// Asks for as many as a finding says are needed.
fn too_small(draft: &mut Draft<'_, '_>, wanted: &Wanted) {
    let needed = wanted.drift.iter().find_map(|drift| {
        let code = drift.path.strip_prefix("Value of ")?;
        let value: u64 = drift.primary.strip_suffix(" needed")?.parse().ok()?;
        Some((code, value))
    });
    let Some((code, value)) = needed else { return draft.leave(wanted, "how many are needed is not known") };
    match granted(draft, code) {
        Some(quota) if quota.adjustable == Some(false) => draft.leave(wanted, "AWS grants no more of it to anybody"),
        Some(quota) => {
            let more = perhaps(draft, code);
            ask(draft, wanted, &quota, value + more);
        }
        None => draft.leave(wanted, "Service Quotas does not list it: ask AWS Support"),
    }
}

/// What may count towards the quota of WorkSpaces besides, and may not: the standby WorkSpaces there, which have a quota of their own (AWS does
/// not say), and what other pairs perhaps still have to make. A request that leaves them out might not be enough.
fn perhaps(draft: &Draft<'_, '_>, code: &str) -> u64 {
    if code != WORKSPACES.code {
        return 0;
    }
    let stock = draft.view().stock();
    all(&stock.standby) + all(&stock.perhaps_of_others)
}

/// Asks for half as many again of what is nearly used up.
fn near(draft: &mut Draft<'_, '_>, wanted: &Wanted) {
    let Subject::Quota(at) = wanted.subject else { return };
    let Some(watched) = CATALOGUE.get(usize::from(at)) else { return };
    let known = granted(draft, watched.code);
    match known.map(|quota| (quota.adjustable, quota.value, quota)) {
        Some((Some(true), Some(value), quota)) => ask(draft, wanted, &quota, value + value.div_ceil(2)),
        Some((Some(false), ..)) => draft.leave(wanted, "AWS grants no more of it: delete what nobody needs there"),
        Some(_) | None => draft.leave(wanted, "whether AWS grants more of it is not known"),
    }
}
