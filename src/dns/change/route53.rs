//! Changes of record sets in Route 53: DELETE of what exactly stands there, and CREATE, in one batch that is done whole or not at all.

use super::find::quoted;
use super::{Spread, Standing, Swapped, sets};
use crate::collect::calls::{Caller, Operation, Run, Service};
use crate::collect::fault::{Effect, Fault, Retry, is_refusal};
use crate::collect::route53::Route53;
use aws_config::SdkConfig;
use aws_sdk_route53::types::ChangeStatus;
use deskpair_rules::dns::strings;
use deskpair_rules::model::pairing::dns_name;
use deskpair_rules::model::route53::RecordSet;
use serde_json::Value;
use std::sync::Arc;

const CHANGE: Operation = Operation::of(Service::Route53, "ChangeResourceRecordSets");
const GET_CHANGE: Operation = Operation::of(Service::Route53, "GetChange");

/// What a change says of itself in Route 53.
const COMMENT: &str = "deskpair: the connection alias's record, by compare-and-swap";

/// The record sets at one name of one zone.
#[derive(Debug)]
pub(super) struct Records {
    pub(super) api: Route53,
    zone: String,
    name: String,
}

/// A simple record, with the TTL that it has.
#[derive(Debug)]
pub(super) struct Simple {
    pub(super) records: Records,
    pub(super) ttl: i64,
}

impl Records {
    pub(super) fn new(config: &SdkConfig, run: &Arc<Run>, zone: &str, name: &str) -> Self {
        let region = config.region().map(ToString::to_string).unwrap_or_default();
        let caller = Caller::new(Arc::clone(run), &region);
        Self { api: Route53::new(config, &caller), zone: zone.to_owned(), name: name.to_owned() }
    }

    /// The record's name, for people.
    pub(super) fn shown(&self) -> String {
        dns_name(&self.name)
    }

    /// The record's name, as Route 53 keeps it.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// All that stands at the name.
    pub(super) async fn all(&self) -> Result<Vec<RecordSet>, String> {
        let listing = self.api.records_at(&self.zone, &[self.name.as_str()]).await.at_aliases;
        match listing.gap {
            None => Ok(listing.items),
            Some(gap) => Err(gap.to_string()),
        }
    }

    /// Makes these changes, all or none, once.
    pub(super) async fn change(&self, changes: &[(&str, &Value)]) -> Swapped {
        let input = sets::input(&self.zone, COMMENT, changes);
        let batch = match sets::batch(&input["ChangeBatch"]) {
            Ok(batch) => batch,
            Err(error) => {
                return Swapped::Refused(format!("the change of {} cannot be written: {error}", self.shown()));
            }
        };
        let request = self.api.client().change_resource_record_sets().hosted_zone_id(&self.zone).change_batch(batch);
        match self.api.caller().once(CHANGE, request.send()).await {
            Ok(answer) => Swapped::Done { change: answer.change_info().map(|info| info.id().to_owned()) },
            Err(fault) if fault.code == "InvalidChangeBatch" => Swapped::Refused(format!(
                "the record of {} is not what it was expected to be, or is protected: somebody else has changed it, and their edit stands ({})",
                self.shown(),
                fault.message
            )),
            Err(fault) => failed(&fault),
        }
    }

    /// Whether a change has reached Route 53's servers.
    pub(super) async fn spread(&self, change: &str) -> Result<Spread, String> {
        let ask = || self.api.client().get_change().id(change).send();
        match self.api.caller().read(GET_CHANGE, change, ask).await {
            Ok(answer) => match answer.change_info().map(|info| info.status()) {
                Some(ChangeStatus::Insync) => Ok(Spread::InSync),
                Some(ChangeStatus::Pending) => Ok(Spread::Pending),
                Some(other) => Err(format!("route53:GetChange tells of a state that is not known: {}", other.as_str())),
                None => Err("route53:GetChange tells nothing of the change".to_owned()),
            },
            Err(gap) if is_refusal(&gap, "NoSuchChange") => Ok(Spread::Lost),
            Err(gap) => Err(gap.to_string()),
        }
    }
}

/// What became of a change that was not answered well.
pub(super) fn failed(fault: &Fault) -> Swapped {
    let message = fault.message.clone();
    match (fault.effect, fault.retry) {
        (Effect::Unknown, _) => Swapped::Unclear(message),
        (Effect::None, Retry::Later) => Swapped::Later(message),
        (Effect::None, Retry::Never | Retry::NoCall) => Swapped::Refused(message),
    }
}

/// The one value of a simple TXT record set.
pub(super) fn simple_value(set: &RecordSet) -> Option<String> {
    let plain =
        set.set_identifier.is_empty() && set.alias_target.is_none() && set.traffic_policy_instance_id.is_empty();
    let [record] = set.resource_records.as_slice() else { return None };
    match strings(record).as_slice() {
        [value] if plain && set.r#type == "TXT" && *record == quoted(value) => Some(value.clone()),
        _ => None,
    }
}

/// What stands at the name, where it is no simple record of one value.
pub(super) fn standing(found: &[RecordSet]) -> Standing {
    let told: Vec<&RecordSet> = found.iter().filter(|set| matches!(set.r#type.as_str(), "TXT" | "CNAME")).collect();
    match told.as_slice() {
        [] => Standing::Absent,
        [one] => simple_value(one).map_or_else(|| Standing::Other(described(&told)), Standing::Is),
        _ => Standing::Other(described(&told)),
    }
}

fn described(sets: &[&RecordSet]) -> String {
    let one = |set: &&RecordSet| {
        let values =
            if set.resource_records.is_empty() { "an alias".to_owned() } else { set.resource_records.join(" and ") };
        let which = if set.set_identifier.is_empty() { String::new() } else { format!(" ({})", set.set_identifier) };
        format!("{} {values}{which}", set.r#type)
    };
    sets.iter().map(one).collect::<Vec<_>>().join("; ")
}

impl Simple {
    pub(super) async fn swap(&self, from: &str, to: &str) -> Swapped {
        let set = |value: &str| sets::txt(&self.records.name, self.ttl, &[quoted(value).into()]);
        self.records.change(&[("DELETE", &set(from)), ("CREATE", &set(to))]).await
    }

    pub(super) async fn read(&self) -> Result<Standing, String> {
        Ok(standing(&self.records.all().await?))
    }
}
