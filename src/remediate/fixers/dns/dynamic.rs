//! The TXT record in a zone that takes dynamic updates (RFC 2136), by prerequisites: what every server of the zone gave has to stand there
//! still, and where they had none there must still be none (§2.4.2, §2.4.3).

use super::{NEGATIVE_TTL, NO_IDENTIFIER, Named, TTL, named};
use crate::remediate::draft::{Draft, Wanted};
use crate::remediate::operations::DNS_UPDATE;
use crate::remediate::plan::{Call, Inverse, Part, Risk};
use deskpair_rules::model::dns::{ServerKind, TxtOutcome};
use serde_json::{Value, json};

/// The record as the zone's own servers give it: its records, each a list of strings, none where there is no such record; and its TTL.
struct Given {
    records: Vec<Vec<String>>,
    ttl: Option<u32>,
}

/// What all of the zone's servers give that answered.
fn given(draft: &Draft<'_, '_>) -> Result<Given, &'static str> {
    let mut given: Option<Given> = None;
    let answers = draft.view().txt.answers.items().iter();
    for answer in answers.filter(|answer| answer.kind == ServerKind::Authoritative) {
        let this = match &answer.outcome {
            TxtOutcome::Found { records, ttl, canonical } if canonical.is_empty() => {
                Given { records: records.clone(), ttl: Some(*ttl) }
            }
            TxtOutcome::NxDomain { .. } | TxtOutcome::NoData { .. } => Given { records: Vec::new(), ttl: None },
            TxtOutcome::Found { .. } | TxtOutcome::Cname { .. } => {
                return Err("a CNAME stands at the name: a person has to take it away first");
            }
            TxtOutcome::Referral { .. }
            | TxtOutcome::ServFail
            | TxtOutcome::Refused
            | TxtOutcome::Timeout
            | TxtOutcome::Unreachable(_)
            | TxtOutcome::Wrong(_) => continue,
        };
        given = match given {
            None => Some(this),
            Some(known) if known.records == this.records => {
                Some(Given { ttl: known.ttl.max(this.ttl), records: known.records })
            }
            Some(known) if known.records.is_empty() || this.records.is_empty() => {
                return Err("one of the zone's servers has no such record: it has to catch up first");
            }
            Some(_) => return Err("the zone's servers differ: one of them has to catch up first"),
        };
    }
    given.ok_or("none of the zone's servers was asked or answered: what stands there now is not known")
}

pub(super) fn identifier(draft: &mut Draft<'_, '_>, wanted: &Wanted) {
    let given = match given(draft) {
        Ok(given) => given,
        Err(why) => return draft.leave(wanted, why),
    };
    let Some(named) = named(draft) else { return draft.leave(wanted, NO_IDENTIFIER) };
    let ttl = given.ttl.map_or(short(), |ttl| ttl.min(short()));
    let Named { value, shown, after } = named;
    update(draft, wanted, &given, &json!([[value]]), shown, ttl, after);
}

pub(super) fn ttl(draft: &mut Draft<'_, '_>, wanted: &Wanted) {
    let given = match given(draft) {
        Ok(given) => given,
        Err(why) => return draft.leave(wanted, why),
    };
    if given.ttl.is_none_or(|ttl| ttl <= short()) {
        return draft.leave(wanted, NEGATIVE_TTL);
    }
    update(draft, wanted, &given, &json!(given.records), shown(&given.records), short(), None);
}

fn short() -> u32 {
    u32::try_from(TTL).unwrap_or(u32::MAX)
}

fn shown(records: &[Vec<String>]) -> String {
    let one = |strings: &Vec<String>| strings.iter().map(|text| format!("\"{text}\"")).collect::<Vec<_>>().join(" ");
    records.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn update(
    draft: &mut Draft<'_, '_>,
    wanted: &Wanted,
    given: &Given,
    records: &Value,
    named: String,
    ttl: u32,
    after: Option<String>,
) {
    let view = draft.view();
    let (alias, dns) = (&view.settings.alias, &view.settings.dns);
    let call = |expected: &Value, records: &Value, ttl: u32| Call {
        service: DNS_UPDATE.0.to_owned(),
        operation: DNS_UPDATE.1.to_owned(),
        input: json!({
            "Server": dns.server,
            "Zone": dns.zone,
            "Name": alias,
            "KeyName": dns.key_name,
            "KeyFile": dns.key_file,
            "Algorithm": dns.algorithm.as_deref().unwrap_or("hmac-sha256"),
            "Expected": expected,
            "Records": records,
            "TTL": ttl,
        }),
    };
    let before = json!(given.records);
    // The inverse gives back the TTL that stood there; where there was none, it adds no record that could have one.
    let old_ttl = given.ttl.unwrap_or(ttl);
    let mut change = draft
        .change(Part::Zone, &["txt", alias], format!("set the TXT record of {alias} to {named} with a TTL of {ttl} s"))
        .fixing(wanted)
        .risk(Risk::Disruptive)
        .field("TXT", given.ttl.map(|_| shown(&given.records)), Some(named))
        .field("TTL", given.ttl.map(|ttl| ttl.to_string()), Some(ttl.to_string()))
        .by(call(&before, records, ttl))
        .undone(Inverse::Exact(vec![call(records, &before, old_ttl)]))
        .note("It decides where everybody's client connects from the next lookup on.")
        // What resolvers have kept of the old record they answer until its TTL is over: the zone tells.
        .proven_by_replanning();
    if let Some(after) = after {
        change = change.after(after);
    }
    draft.add(change);
}
