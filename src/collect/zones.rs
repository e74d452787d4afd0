//! Route 53 as one identity sees it. It is global, and as a rule read with the identity of a pair's primary side.

use super::access::{Access, AccessError};
use super::calls::{Caller, Run, Tally};
use super::paging::Listing;
use super::route53::{Route53, encloses};
use super::side::{self, IDENTITY_FIRST, Identity};
use super::{account, add_calls, slice, sts};
use aws_config::SdkConfig;
use deskpair_rules::model::route53::{HealthCheck, HostedZone, RecordSet};
use deskpair_rules::model::settings::{DnsProvider, SideSettings};
use deskpair_rules::model::{Dataset, Estate, Gap};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Reads one identity's Route 53.
#[derive(Debug)]
pub(super) struct Reader {
    config: SdkConfig,
    caller: Caller,
    who: Who,
    /// The pairs' aliases whose zone is to be read through the API. Where there is none, nothing is asked.
    aliases: BTreeSet<String>,
    wanted: Arc<BTreeSet<Dataset>>,
}

/// Who tells the account.
#[derive(Debug)]
enum Who {
    /// A side with the same identity, which asks anyway; the first that is answered.
    Sides(Vec<Identity>),
    /// Nobody else has this identity: it is asked here.
    Ask,
}

/// What was read. `None` was not wanted.
#[derive(Debug)]
pub(super) struct Harvest {
    account: Option<Result<String, Gap>>,
    zones: Option<Listing<HostedZone>>,
    record_sets: BTreeMap<String, Listing<RecordSet>>,
    health_checks: Option<Listing<HealthCheck>>,
    tally: Tally,
}

impl Reader {
    /// The reader of the book at this position.
    pub(super) async fn new(
        estate: &Estate,
        at: usize,
        sides: &[side::Reader],
        run: &Arc<Run>,
        access: &Access,
        wanted: &Arc<BTreeSet<Dataset>>,
    ) -> Result<Self, AccessError> {
        let place = &estate.zones[at].place;
        let pairs =
            || estate.settings.pairs.iter().zip(&estate.pairs).filter(|(_, places)| places.zones as usize == at);
        let aliases = pairs()
            .filter(|(pair, _)| pair.dns.provider == DnsProvider::Route53)
            .map(|(pair, _)| pair.alias.clone())
            .collect();
        let same = |side: &SideSettings| SideSettings { region: String::new(), ..side.clone() } == *place;
        let alike: Vec<&side::Reader> =
            estate.sides.iter().zip(sides).filter(|(side, _)| same(&side.place)).map(|(_, reader)| reader).collect();
        let (config, who) = match alike.first() {
            Some(first) => (first.config.clone(), Who::Sides(alike.iter().map(|side| side.identity()).collect())),
            None => {
                // The Region tells the partition, and where the account is asked for.
                let region = pairs().next().map(|(pair, _)| pair.primary.region.clone()).unwrap_or_default();
                (access.configure(&SideSettings { region, ..place.clone() }).await?, Who::Ask)
            }
        };
        let region = config.region().map(ToString::to_string).unwrap_or_default();
        let caller = Caller::new(Arc::clone(run), &region);
        Ok(Self { config, caller, who, aliases, wanted: Arc::clone(wanted) })
    }

    /// Reads what is wanted.
    pub(super) async fn read(mut self) -> Harvest {
        let wants = |dataset| self.wanted.contains(&dataset);
        if self.aliases.is_empty() || ![Dataset::Zones, Dataset::HealthChecks].into_iter().any(wants) {
            let account = None;
            return Harvest {
                account,
                zones: None,
                record_sets: BTreeMap::new(),
                health_checks: None,
                tally: Tally::default(),
            };
        }
        let head_start = tokio::time::timeout(IDENTITY_FIRST, self.account()).await;
        let route53 = Route53::new(&self.config, &self.caller);
        let zones = route53.zones().await;
        let mut record_sets = BTreeMap::new();
        if self.wanted.contains(&Dataset::RecordSets) {
            for zone in &zones.items {
                let mut listing: Option<Listing<RecordSet>> = None;
                for alias in self.aliases.iter().filter(|alias| encloses(&zone.name, alias)) {
                    let here = route53.record_sets(&zone.id, alias).await;
                    let listing = listing.get_or_insert_default();
                    listing.items.extend(here.items);
                    if let Some(gap) = here.gap {
                        listing.cut(gap);
                    }
                }
                record_sets.extend(listing.map(|listing| (zone.id.clone(), listing)));
            }
        }
        let mut health_checks = None;
        if self.wanted.contains(&Dataset::HealthChecks) {
            let sets = record_sets.values().flat_map(|listing| &listing.items);
            let referenced = sets.map(|set| set.health_check_id.clone()).filter(|id| !id.is_empty()).collect();
            health_checks = Some(route53.health_checks(&referenced).await);
        }
        let account = match head_start {
            Ok(account) => account,
            Err(_) => self.account().await,
        };
        Harvest { account: Some(account), zones: Some(zones), record_sets, health_checks, tally: self.caller.tally() }
    }

    async fn account(&mut self) -> Result<String, Gap> {
        let Who::Sides(sides) = &mut self.who else { return sts::account(&self.config, &self.caller).await };
        let mut first = None;
        for side in sides {
            // A side that ends without a word has panicked, which ends the whole collection.
            let Ok(told) = side.wait_for(Option::is_some).await.map(|told| told.clone()) else { continue };
            match told {
                Some(Ok(account)) => {
                    self.caller.set_account(&account);
                    return Ok(account);
                }
                Some(Err(gap)) => {
                    first.get_or_insert(gap);
                }
                None => {}
            }
        }
        match first {
            Some(gap) => Err(gap),
            None => sts::account(&self.config, &self.caller).await,
        }
    }
}

impl Harvest {
    /// Puts everything in its place.
    pub(super) fn put_into(self, estate: &mut Estate, at: usize) {
        let Some(who) = self.account else { return };
        add_calls(&mut estate.calls, who.as_deref().unwrap_or_default(), &self.tally);
        estate.zones[at].account = account(estate, who);
        estate.zones[at].zones = slice(estate, self.zones);
        let record_sets = self.record_sets.into_iter();
        estate.zones[at].record_sets =
            record_sets.map(|(zone, listing)| (zone, slice(estate, Some(listing)))).collect();
        estate.zones[at].health_checks = slice(estate, self.health_checks);
    }
}
