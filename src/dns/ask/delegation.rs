//! Follows a zone's delegation from the zone above: whom does a server there name, and does each of those speak for the zone?

use super::answer::{Question, name_servers, referral};
use super::exchange::Failure;
use super::find::{Finder, Missing, glue_in};
use super::name::show_name;
use super::{AT_A_TIME, Authoritative, Inquiry, Reach, Target, Told};
use deskpair_rules::model::dns::{DelegationAnswer, DelegationOutcome, DelegationRole, ServerKind};
use deskpair_rules::model::{Gap, GapCause};
use futures_util::StreamExt;
use hickory_proto::op::{Message, ResponseCode};
use hickory_proto::rr::{Name, RData, RecordType};
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

/// The most servers of the zone above that are asked before none counts as answering: one answer is enough.
const MAX_PARENTS: usize = 4;
/// The most delegations that are followed, from the first server that is known down to the zone.
const MAX_DELEGATIONS: usize = 8;

/// The servers of the zone above, as far as they are known.
#[derive(Debug)]
pub(super) struct Parents {
    pub(super) targets: Vec<Target>,
    /// The zone that holds the name, where resolvers told it.
    zone: Option<Name>,
    /// The port of the servers that these name.
    port: u16,
    missing: Option<Gap>,
}

/// A delegation that a server told of: the zone, its servers' names, and the addresses that came along.
struct Cut {
    zone: Name,
    servers: Vec<Name>,
    glue: Vec<(Name, IpAddr)>,
}

impl Inquiry {
    /// What the parent says of the zone's servers, and what each of those says.
    ///
    /// Nobody is asked where the plan lets no server that speaks for zones be asked. The gap says that the parent's servers could not be
    /// determined or gave no answer, or that the addresses of some of the servers that they name are not known.
    pub async fn delegation(&self) -> Told<DelegationAnswer> {
        if !self.plan.asks_authority() {
            return (Vec::new(), None);
        }
        let parents = self.parents().await;
        if parents.targets.is_empty() {
            return (Vec::new(), parents.missing.clone());
        }
        let (mut told, mut cut) = match self.ask_parents(&parents.targets).await {
            Ok(asked) => asked,
            Err(gap) => return (Vec::new(), Some(*gap)),
        };
        let mut children: Told<DelegationAnswer> = (Vec::new(), None);
        for _ in 0..MAX_DELEGATIONS {
            let Some(here) = cut else { break };
            let (answers, missing) = self.ask_children(&here, parents.port).await;
            let known = parents.zone.as_ref() == Some(&here.zone);
            let deeper = if known { None } else { self.deeper(&here.zone, &answers).await };
            children = (answers, missing.map(|missing| self.missing("FindDelegatedServers", missing)));
            cut = deeper.map(|(parent, cut)| {
                told = parent;
                cut
            });
        }
        let mut answers = vec![told];
        answers.extend(children.0);
        (answers, children.1)
    }

    /// The servers of the zone above: those of the plan, or those that the resolvers lead to.
    pub(super) async fn parents(&self) -> &Parents {
        let found = self.parents.get_or_init(|| async {
            let nobody = Parents { targets: Vec::new(), zone: None, port: self.plan.port, missing: None };
            if let Some(first) = self.plan.parent.first() {
                let targets = self.plan.parent.iter().map(|&server| Target::at(ServerKind::Authoritative, server));
                return Parents { targets: targets.collect(), port: first.port(), ..nobody };
            }
            if self.plan.authoritative == Authoritative::None {
                return nobody;
            }
            match self.finder(self.plan.port).parents(&self.name).await {
                Ok((zone, targets)) => Parents { targets, zone, ..nobody },
                Err(missing) => Parents { missing: Some(self.missing("FindParentServers", missing)), ..nobody },
            }
        });
        found.await
    }

    /// Asks the zone above for the name, one server after the other until one answers.
    async fn ask_parents(&self, parents: &[Target]) -> Result<(DelegationAnswer, Option<Cut>), Box<Gap>> {
        let mut failed = None;
        for target in parents.iter().take(MAX_PARENTS) {
            let outcome = match &target.server {
                Reach::At(address) => {
                    let question = Question::plain(self.name.clone(), RecordType::TXT);
                    match self.session.ask(*address, &question).await.1 {
                        Ok(message) => {
                            if let Some(said) = said_by_parent(&message, &self.name) {
                                let cut = cut_of(&message, &self.name);
                                return Ok((answer(DelegationRole::Parent, target, said), cut));
                            }
                            code_of(&message)
                        }
                        Err(failure) => outcome_of(failure),
                    }
                }
                Reach::Nowhere(why) => DelegationOutcome::Unreachable(why.clone()),
            };
            failed = Some(answer(DelegationRole::Parent, target, outcome));
        }
        let missing = match failed {
            Some(DelegationAnswer { server, server_name, outcome, .. }) => {
                let who = if server.is_empty() { server_name } else { server };
                let cause = match outcome {
                    DelegationOutcome::Timeout => GapCause::TimedOut,
                    DelegationOutcome::Unreachable(_) => GapCause::Unreachable,
                    _ => GapCause::Failed,
                };
                (cause, format!("the zone above does not tell to whom it delegates; its server {who}: {outcome}"))
            }
            None => (GapCause::Failed, "no server of the zone above is known".to_owned()),
        };
        Err(Box::new(self.missing("AskParent", missing)))
    }

    /// Asks each server of a delegation for the zone's own name servers. One that has several names is asked once.
    async fn ask_children(&self, cut: &Cut, port: u16) -> (Vec<DelegationAnswer>, Option<Missing>) {
        let servers = self.finder(port).reach_all(&cut.servers, &cut.glue).await;
        let mut addresses: Vec<SocketAddr> = servers
            .targets
            .iter()
            .filter_map(|target| match target.server {
                Reach::At(address) => Some(address),
                Reach::Nowhere(_) => None,
            })
            .collect();
        addresses.sort_unstable();
        addresses.dedup();
        let outcomes: BTreeMap<SocketAddr, DelegationOutcome> = futures_util::stream::iter(addresses)
            .map(|address| async move {
                let question = Question::plain(cut.zone.clone(), RecordType::NS);
                let outcome = match self.session.ask(address, &question).await.1 {
                    Ok(message) => said_by_child(&message, &cut.zone),
                    Err(failure) => outcome_of(failure),
                };
                (address, outcome)
            })
            .buffered(AT_A_TIME)
            .collect()
            .await;
        let answers = servers.targets.iter().map(|target| {
            let outcome = match &target.server {
                Reach::At(address) => outcomes[address].clone(),
                Reach::Nowhere(why) => DelegationOutcome::Unreachable(why.clone()),
            };
            answer(DelegationRole::Child, target, outcome)
        });
        (answers.collect(), servers.missing)
    }

    /// The delegation of a deeper zone that holds the name, where a server of this zone knows one.
    async fn deeper(&self, zone: &Name, answers: &[DelegationAnswer]) -> Option<(DelegationAnswer, Cut)> {
        let speaks = answers.iter().find(|answer| matches!(answer.outcome, DelegationOutcome::Authority { .. }))?;
        let address = speaks.server.parse().ok()?;
        let question = Question::plain(self.name.clone(), RecordType::TXT);
        let message = self.session.ask(address, &question).await.1.ok()?;
        let cut = cut_of(&message, &self.name).filter(|cut| cut.zone != *zone && zone.zone_of(&cut.zone))?;
        let outcome = said_by_parent(&message, &self.name)?;
        Some((DelegationAnswer { role: DelegationRole::Parent, outcome, ..speaks.clone() }, cut))
    }
}

impl Finder<'_> {
    /// The servers of the zone above the one that holds the name, and that zone, where it answers at all.
    async fn parents(self, name: &Name) -> Result<(Option<Name>, Vec<Target>), Missing> {
        let found = self.enclosing_zone(name).await?;
        let (zone, above) = if found.below_failed {
            (None, found.zone)
        } else if found.zone.is_root() {
            return Err((GapCause::Unsupported, "the root holds the name, and nothing delegates the root".to_owned()));
        } else {
            let above = self.enclosing_zone(&found.zone.base_name()).await?.zone;
            (Some(found.zone), above)
        };
        let names = self.servers_of(&above).await?;
        let servers = self.reach_all(&names[..names.len().min(MAX_PARENTS)], &[]).await;
        match servers.missing {
            Some(missing) if servers.targets.is_empty() => Err(missing),
            Some(_) | None => Ok((zone, servers.targets)),
        }
    }
}

fn answer(role: DelegationRole, target: &Target, outcome: DelegationOutcome) -> DelegationAnswer {
    let server = match target.server {
        Reach::At(address) => address.to_string(),
        Reach::Nowhere(_) => String::new(),
    };
    DelegationAnswer { role, server, server_name: target.server_name.clone(), outcome }
}

fn cut_of(message: &Message, name: &Name) -> Option<Cut> {
    let (zone, servers) = referral(message, name)?;
    Some(Cut { zone: zone.to_lowercase(), servers, glue: glue_in(message) })
}

/// What a server of the zone above says of the name, where it says anything of it.
fn said_by_parent(message: &Message, name: &Name) -> Option<DelegationOutcome> {
    if !matches!(message.metadata.response_code, ResponseCode::NoError | ResponseCode::NXDomain) {
        return None;
    }
    if let Some(referred) = referred(message, name) {
        return Some(referred);
    }
    if !message.metadata.authoritative {
        return None;
    }
    // It holds the zone itself, as one that serves both does.
    let absent = message.answers.is_empty().then(|| soa_above(message, name)).flatten();
    Some(absent.unwrap_or(DelegationOutcome::Authority { servers: Vec::new() }))
}

/// What a server that the zone above names says of the zone.
fn said_by_child(message: &Message, zone: &Name) -> DelegationOutcome {
    match message.metadata.response_code {
        ResponseCode::NoError if message.metadata.authoritative => {
            let servers = shown(&name_servers(&message.answers, zone));
            match soa_above(message, zone) {
                Some(DelegationOutcome::Undelegated { zone: above })
                    if servers.is_empty() && above != show_name(zone) =>
                {
                    DelegationOutcome::Undelegated { zone: above }
                }
                Some(_) | None => DelegationOutcome::Authority { servers },
            }
        }
        ResponseCode::NoError => referred(message, zone).unwrap_or(DelegationOutcome::Hearsay),
        ResponseCode::NXDomain => {
            soa_above(message, zone).filter(|_| message.metadata.authoritative).unwrap_or(DelegationOutcome::NxDomain)
        }
        _ => code_of(message),
    }
}

fn referred(message: &Message, name: &Name) -> Option<DelegationOutcome> {
    let (zone, servers) = referral(message, name)?;
    Some(DelegationOutcome::Referral { zone: show_name(&zone), servers: shown(&servers) })
}

/// The zone that denies a name, by its SOA.
fn soa_above(message: &Message, name: &Name) -> Option<DelegationOutcome> {
    let soa =
        message.authorities.iter().find(|record| matches!(record.data, RData::SOA(_)) && record.name.zone_of(name))?;
    Some(DelegationOutcome::Undelegated { zone: show_name(&soa.name) })
}

fn code_of(message: &Message) -> DelegationOutcome {
    match message.metadata.response_code {
        ResponseCode::ServFail => DelegationOutcome::ServFail,
        ResponseCode::Refused => DelegationOutcome::Refused,
        ResponseCode::NXDomain => DelegationOutcome::NxDomain,
        ResponseCode::NoError => DelegationOutcome::Hearsay,
        other => DelegationOutcome::Wrong(format!("RCODE {}", u16::from(other))),
    }
}

fn outcome_of(failure: Failure) -> DelegationOutcome {
    match failure {
        Failure::Timeout => DelegationOutcome::Timeout,
        Failure::Unreachable(why) => DelegationOutcome::Unreachable(why),
        Failure::Wrong(why) => DelegationOutcome::Wrong(why),
    }
}

fn shown(names: &[Name]) -> Vec<String> {
    let mut shown: Vec<String> = names.iter().map(show_name).collect();
    shown.sort_unstable();
    shown
}
