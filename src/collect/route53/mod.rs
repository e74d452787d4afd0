//! Amazon Route 53: the hosted zones, what stands at the aliases' names and beside them, what no change may touch, and the health checks
//! that decide about it.

mod protections;
mod shapes;

use super::AT_A_TIME;
use super::calls::{Caller, Operation, Service};
use super::convert::{list, moment, text, word};
use super::datasets::{
    GET_HEALTH_CHECK_STATUS, GET_HOSTED_ZONE, LIST_HEALTH_CHECKS, LIST_HOSTED_ZONES, LIST_RESOURCE_RECORD_SETS,
};
use super::fault::{Effect, Fault, Retry};
use super::paging::{Listing, Page, each_page, pages, token};
use super::whole::client;
use aws_sdk_route53::Client;
use aws_sdk_route53::operation::list_resource_record_sets::ListResourceRecordSetsOutput;
use deskpair_rules::model::route53::{HealthCheck, HealthObservation, HostedZone, RecordSet, ZoneDetail};
use deskpair_rules::model::{Gap, GapCause};
use futures_util::StreamExt;
use std::collections::{BTreeMap, BTreeSet};

/// The most zones, and the most health checks, of a page (AWS-FACTS §4).
const PAGE_SIZE: i32 = 100;
/// The most record sets of a page (AWS-FACTS §4), where a whole zone is read. At one name there are seldom more than a few.
const RECORDS: i32 = 300;

/// One health check, as it is.
const GET_HEALTH_CHECK: Operation = Operation::of(Service::Route53, "GetHealthCheck");

/// Reads one account's zones.
#[derive(Clone, Debug)]
pub(crate) struct Route53 {
    client: Client,
    caller: Caller,
}

/// A zone's record sets, each read once.
#[derive(Debug, Default)]
pub(crate) struct Records {
    /// Those of all types at the aliases' names: alias by alias, in the zone's order.
    pub(crate) at_aliases: Listing<RecordSet>,
    /// The TXT record sets at all other names. `None` where nobody asked for them.
    pub(crate) texts: Option<Listing<RecordSet>>,
}

/// Where a page of record sets begins.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Start {
    name: String,
    r#type: String,
    identifier: Option<String>,
}

impl Route53 {
    /// Reads with this configuration, each call made by this caller.
    pub(crate) fn new(config: &aws_config::SdkConfig, caller: &Caller) -> Self {
        Self { client: client!(aws_sdk_route53, config), caller: caller.clone() }
    }

    /// All hosted zones, public and private.
    pub(super) async fn zones(&self) -> Listing<HostedZone> {
        let Self { client, caller } = self;
        pages(caller, LIST_HOSTED_ZONES, "", |next: Option<String>| async move {
            let answer = caller
                .read(LIST_HOSTED_ZONES, "", || {
                    client.list_hosted_zones().max_items(PAGE_SIZE).set_marker(next.clone()).send()
                })
                .await?;
            let next = marker(answer.is_truncated, answer.next_marker)
                .map_err(|fault| caller.gap(LIST_HOSTED_ZONES, "", fault))?;
            Ok(Page { items: list(Some(answer.hosted_zones), shapes::zone), next })
        })
        .await
    }

    /// What a zone's own answer tells beside the list's: one item.
    pub(super) async fn detail(&self, zone: &str) -> Listing<ZoneDetail> {
        let Self { client, caller } = self;
        let answer = caller.read(GET_HOSTED_ZONE, zone, || client.get_hosted_zone().id(zone).send()).await;
        let detail = match answer {
            Ok(answer) => match shapes::detail(answer) {
                Ok(detail) => Ok(vec![detail]),
                Err(fault) => Err(caller.gap(GET_HOSTED_ZONE, zone, fault)),
            },
            Err(gap) => Err(gap),
        };
        Listing::from_result(detail)
    }

    /// The record sets at these names of a zone, and of no other: a list for each name, which costs a zone of many names little.
    pub(crate) async fn records_at(&self, zone: &str, names: &[&str]) -> Records {
        let mut records = Records::default();
        for name in names {
            let here = self.record_sets(zone, name).await;
            records.at_aliases.items.extend(here.items);
            if let Some(gap) = here.gap {
                records.at_aliases.cut(gap);
            }
        }
        records
    }

    /// The whole zone in one list: the record sets at these names, and the TXT record sets at all others.
    pub(super) async fn records_and_texts(&self, zone: &str, names: &[&str]) -> Records {
        let mut at: Vec<Vec<RecordSet>> = names.iter().map(|_| Vec::new()).collect();
        let mut texts = Vec::new();
        let ask = |next| self.page_of_records(zone, next, RECORDS);
        let gap = each_page(&self.caller, LIST_RESOURCE_RECORD_SETS, zone, ask, |sets| {
            for set in sets {
                match names.iter().position(|name| same_name(&set.name, name)) {
                    Some(position) => at[position].push(set),
                    None if set.r#type == "TXT" => texts.push(set),
                    None => {}
                }
            }
        })
        .await;
        let at_aliases = Listing { items: at.into_iter().flatten().collect(), gap: gap.clone() };
        Records { at_aliases, texts: Some(Listing { items: texts, gap }) }
    }

    /// The record sets of all types at a name. Route 53 lists a zone in order, so the list begins at the name and ends when it has
    /// passed.
    async fn record_sets(&self, zone: &str, name: &str) -> Listing<RecordSet> {
        let first = Start { name: name.to_owned(), r#type: String::new(), identifier: None };
        let first = &first;
        pages(&self.caller, LIST_RESOURCE_RECORD_SETS, zone, |next: Option<Start>| async move {
            let mut page = self.page_of_records(zone, Some(next.unwrap_or_else(|| first.clone())), PAGE_SIZE).await?;
            page.items.retain(|set| same_name(&set.name, name));
            page.next = page.next.filter(|start| same_name(&start.name, name));
            Ok(page)
        })
        .await
    }

    async fn page_of_records(
        &self,
        zone: &str,
        start: Option<Start>,
        most: i32,
    ) -> Result<Page<RecordSet, Start>, Gap> {
        let Self { client, caller } = self;
        let ask = || {
            let request = client.list_resource_record_sets().hosted_zone_id(zone).max_items(most);
            match start.clone() {
                None => request,
                Some(start) => {
                    let kind = (!start.r#type.is_empty()).then(|| start.r#type.as_str().into());
                    let request = request.start_record_name(start.name).set_start_record_type(kind);
                    request.set_start_record_identifier(start.identifier)
                }
            }
            .send()
        };
        let answer = caller.read(LIST_RESOURCE_RECORD_SETS, zone, ask).await?;
        let next = next_start(&answer).map_err(|fault| caller.gap(LIST_RESOURCE_RECORD_SETS, zone, fault))?;
        Ok(Page { items: list(Some(answer.resource_record_sets), shapes::record_set), next })
    }

    /// All health checks, and what Route 53's checkers observed of those in `referenced` and of the children of calculated ones.
    pub(super) async fn health_checks(&self, referenced: &BTreeSet<String>) -> Listing<HealthCheck> {
        let Self { client, caller } = self;
        let mut listing = pages(caller, LIST_HEALTH_CHECKS, "", |next: Option<String>| async move {
            let answer = caller
                .read(LIST_HEALTH_CHECKS, "", || {
                    client.list_health_checks().max_items(PAGE_SIZE).set_marker(next.clone()).send()
                })
                .await?;
            let next = marker(answer.is_truncated, answer.next_marker)
                .map_err(|fault| caller.gap(LIST_HEALTH_CHECKS, "", fault))?;
            Ok(Page { items: list(Some(answer.health_checks), shapes::health_check), next })
        })
        .await;
        let observed = to_observe(&listing.items, referenced);
        caller.announce(observed.len() as u64);
        let mut answers = futures_util::stream::iter(observed)
            .map(|at| {
                let id = listing.items[at].id.clone();
                async move { (at, self.observations(&id).await) }
            })
            .buffered(AT_A_TIME)
            .collect::<Vec<_>>()
            .await;
        for (at, answer) in answers.drain(..) {
            match answer {
                Ok(observations) => listing.items[at].observations = observations,
                Err(gap) => listing.cut(gap),
            }
        }
        listing
    }

    /// What the calls go out by.
    pub(crate) const fn client(&self) -> &Client {
        &self.client
    }

    /// Who makes the calls.
    pub(crate) const fn caller(&self) -> &Caller {
        &self.caller
    }

    /// One health check, without what its checkers observed. It is asked for once: who changes it next cannot wait through a read's patience.
    pub(crate) async fn health_check(&self, id: &str) -> Result<HealthCheck, Fault> {
        let answer =
            self.caller.once(GET_HEALTH_CHECK, self.client.get_health_check().health_check_id(id).send()).await?;
        answer.health_check.map(shapes::health_check).ok_or_else(|| malformed("the answer has no health check in it"))
    }

    /// What Route 53's checkers observed of a health check.
    pub(crate) async fn observations(&self, id: &str) -> Result<Vec<HealthObservation>, Gap> {
        let ask = || self.client.get_health_check_status().health_check_id(id).send();
        let answer = self.caller.read(GET_HEALTH_CHECK_STATUS, id, ask).await?;
        Ok(list(Some(answer.health_check_observations), |observation| {
            let report = observation.status_report;
            HealthObservation {
                region: word(observation.region),
                ip_address: text(observation.ip_address),
                status: text(report.as_ref().and_then(|report| report.status.clone())),
                checked_time: moment(report.and_then(|report| report.checked_time)),
            }
        }))
    }
}

/// Positions of the health checks to be asked about: those that are referenced, with the children of calculated ones in their place,
/// because `GetHealthCheckStatus` does not report calculated checks (AWS-FACTS §9).
fn to_observe(checks: &[HealthCheck], referenced: &BTreeSet<String>) -> Vec<usize> {
    let at: BTreeMap<&str, usize> = checks.iter().enumerate().map(|(at, check)| (check.id.as_str(), at)).collect();
    let mut open: Vec<&str> = referenced.iter().map(String::as_str).collect();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut observed = BTreeSet::new();
    while let Some(id) = open.pop() {
        let Some(&at) = at.get(id).filter(|_| seen.insert(id)) else { continue };
        if checks[at].r#type == "CALCULATED" {
            open.extend(checks[at].child_health_checks.iter().map(String::as_str));
        } else {
            observed.insert(at);
        }
    }
    observed.into_iter().collect()
}

/// What asks for the next page. An answer that says it is not all, and not how to go on, is no whole list.
fn marker(is_truncated: bool, next: Option<String>) -> Result<Option<String>, Fault> {
    match (is_truncated, token(next)) {
        (false, _) => Ok(None),
        (true, Some(next)) => Ok(Some(next)),
        (true, None) => Err(malformed("the answer says that it is truncated, and not where it goes on")),
    }
}

fn malformed(message: &str) -> Fault {
    Fault::new(GapCause::Malformed, message.to_owned(), Retry::Never, Effect::None)
}

fn next_start(answer: &ListResourceRecordSetsOutput) -> Result<Option<Start>, Fault> {
    let name = marker(answer.is_truncated, answer.next_record_name.clone())?;
    Ok(name.map(|name| Start {
        name,
        r#type: word(answer.next_record_type.as_ref()),
        identifier: answer.next_record_identifier.clone(),
    }))
}

/// Names are compared without case and the trailing dot.
pub(super) fn same_name(one: &str, other: &str) -> bool {
    one.trim_end_matches('.').eq_ignore_ascii_case(other.trim_end_matches('.'))
}

/// Whether a zone holds a name, or a parent of the zone that does.
pub(super) fn encloses(zone: &str, name: &str) -> bool {
    let (zone, name) =
        (zone.trim_end_matches('.').to_ascii_lowercase(), name.trim_end_matches('.').to_ascii_lowercase());
    !zone.is_empty() && name.strip_suffix(&zone).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_encloses_whole_labels_only() {
        for (zone, name, holds) in [
            ("example.com.", "desktop.example.com", true),
            ("Example.COM", "desktop.example.com.", true),
            ("desktop.example.com.", "desktop.example.com", true),
            ("ample.com.", "desktop.example.com", false),
            ("a.desktop.example.com.", "desktop.example.com", false),
            (".", "desktop.example.com", false),
        ] {
            assert_eq!(encloses(zone, name), holds, "{zone} {name}");
        }
    }

    #[test]
    fn a_list_that_is_truncated_goes_on_or_is_not_whole() {
        let next = |is_truncated, next: &str| marker(is_truncated, Some(next.to_owned()));
        assert_eq!(next(false, "left over"), Ok(None));
        assert_eq!(next(true, "more"), Ok(Some("more".to_owned())));
        assert_eq!(marker(false, None), Ok(None));
        for lost in [next(true, ""), marker(true, None)] {
            assert_eq!(lost.expect_err("it is not whole").cause, GapCause::Malformed);
        }
    }

    #[test]
    fn calculated_checks_are_observed_through_their_children() {
        let check = |id: &str, r#type: &str, children: &[&str]| HealthCheck {
            id: id.to_owned(),
            r#type: r#type.to_owned(),
            child_health_checks: children.iter().map(|&child| child.to_owned()).collect(),
            ..HealthCheck::default()
        };
        let checks = [
            check("plain", "HTTPS", &[]),
            check("sum", "CALCULATED", &["child", "inner", "gone"]),
            check("inner", "CALCULATED", &["child", "sum"]),
            check("child", "TCP", &[]),
            check("other", "TCP", &[]),
        ];
        let referenced = BTreeSet::from(["plain".to_owned(), "sum".to_owned(), "unknown".to_owned()]);
        assert_eq!(to_observe(&checks, &referenced), [0, 3]);
    }
}
