//! The TXT record in a zone that takes dynamic updates (RFC 2136), by prerequisites: what every server of the zone gave has to stand there
//! still.

use super::{NO_IDENTIFIER, Named, TTL, named};
use crate::remediate::draft::{Draft, Wanted};
use crate::remediate::operations::DNS_UPDATE;
use crate::remediate::plan::{Call, Inverse, Part, Risk};
use deskpair_rules::model::dns::{ServerKind, TxtOutcome};
use serde_json::{Value, json};

/// The record as the zone's own servers give it: its records, each a list of strings, and its TTL.
struct Given {
    records: Vec<Vec<String>>,
    ttl: u32,
}

/// What all of the zone's servers give that answered.
fn given(draft: &Draft<'_, '_>) -> Result<Given, &'static str> {
    let mut given: Option<Given> = None;
    let answers = draft.view().txt.answers.items().iter();
    for answer in answers.filter(|answer| answer.kind == ServerKind::Authoritative) {
        let this = match &answer.outcome {
            TxtOutcome::Found { records, ttl, canonical } if canonical.is_empty() => {
                Given { records: records.clone(), ttl: *ttl }
            }
            TxtOutcome::NxDomain { .. } | TxtOutcome::NoData { .. } => {
                return Err("one of the zone's servers has no such record: it has to catch up first");
            }
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
    let ttl = given.ttl.min(short());
    let Named { value, shown, after } = named;
    update(draft, wanted, &given, &json!([[value]]), shown, ttl, after);
}

pub(super) fn ttl(draft: &mut Draft<'_, '_>, wanted: &Wanted) {
    let given = match given(draft) {
        Ok(given) => given,
        Err(why) => return draft.leave(wanted, why),
    };
    if given.ttl <= short() {
        return draft.leave(
            wanted,
            "the record's own TTL is short: the negative caching time in the zone's SOA record is what is long",
        );
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
    let mut change = draft
        .change(Part::Zone, &["txt", alias], format!("set the TXT record of {alias} to {named} with a TTL of {ttl} s"))
        .fixing(wanted)
        .risk(Risk::Disruptive)
        .field("TXT", Some(shown(&given.records)), Some(named))
        .field("TTL", Some(given.ttl.to_string()), Some(ttl.to_string()))
        .by(call(&before, records, ttl))
        .undone(Inverse::Exact(vec![call(records, &before, given.ttl)]))
        .note("It decides where everybody's client connects from the next lookup on.")
        // What resolvers have kept of the old record they answer until its TTL is over: the zone tells.
        .proven_by_replanning();
    if let Some(after) = after {
        change = change.after(after);
    }
    draft.add(change);
}
