//! Route 53 as one identity sees it. It is global, and as a rule read with the identity of a pair's primary side.

use super::access::{Access, AccessError};
use super::calls::{Caller, Run, Tally};
use super::paging::Listing;
use super::route53::{Records, Route53, encloses};
use super::side::{self, IDENTITY_FIRST, Identity};
use super::{account, add_calls, slice, slices, sts};
use aws_config::SdkConfig;
use deskpair_rules::model::route53::{HealthCheck, HostedZone, RecordProtection, RecordSet, ZoneDetail};
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
#[derive(Debug, Default)]
pub(super) struct Harvest {
    account: Option<Result<String, Gap>>,
    zones: Option<Listing<HostedZone>>,
    details: BTreeMap<String, Listing<ZoneDetail>>,
    record_sets: BTreeMap<String, Listing<RecordSet>>,
    texts: BTreeMap<String, Listing<RecordSet>>,
    protections: BTreeMap<String, Listing<RecordProtection>>,
    health_checks: Option<Listing<HealthCheck>>,
    tally: Tally,
}

impl Reader {
    /// The reader of the book at this position.
    pub(super) async fn new(
        estate: &Estate,
        at: usize,
        sides: &BTreeMap<usize, side::Reader>,
        run: &Arc<Run>,
        access: &Access,
        wanted: &Arc<BTreeSet<Dataset>>,
    ) -> Result<Self, AccessError> {
        let place = &estate.zones[at].place;
        let pairs = || estate.collected_pairs().filter(|(_, places)| places.zones as usize == at);
        let aliases = pairs()
            .filter(|(pair, _)| pair.dns.provider == DnsProvider::Route53)
            .map(|(pair, _)| pair.alias.clone())
            .collect();
        let same = |side: &SideSettings| SideSettings { region: String::new(), ..side.clone() } == *place;
        let alike = sides.iter().filter(|(at, _)| same(&estate.sides[**at].place));
        let alike: Vec<&side::Reader> = alike.map(|(_, reader)| reader).collect();
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
        // Everything else rests on the zones.
        if self.aliases.is_empty() || !self.wants(Dataset::Zones) {
            return Harvest::default();
        }
        let head_start = tokio::time::timeout(IDENTITY_FIRST, self.account()).await;
        let route53 = Route53::new(&self.config, &self.caller);
        let zones = route53.zones().await;
        let mut harvest = Harvest::default();
        for zone in &zones.items {
            let aliases: Vec<&str> =
                self.aliases.iter().filter(|alias| encloses(&zone.name, alias)).map(String::as_str).collect();
            if !aliases.is_empty() {
                self.read_zone(&route53, &zone.id, &aliases, &mut harvest).await;
            }
        }
        if self.wants(Dataset::HealthChecks) {
            let sets = harvest.record_sets.values().flat_map(|listing| &listing.items);
            let referenced = sets.map(|set| set.health_check_id.clone()).filter(|id| !id.is_empty()).collect();
            harvest.health_checks = Some(route53.health_checks(&referenced).await);
        }
        let account = match head_start {
            Ok(account) => account,
            Err(_) => self.account().await,
        };
        Harvest { account: Some(account), zones: Some(zones), tally: self.caller.tally(), ..harvest }
    }

    fn wants(&self, dataset: Dataset) -> bool {
        self.wanted.contains(&dataset)
    }

    /// Reads what is wanted of a zone that encloses these aliases.
    async fn read_zone(&self, route53: &Route53, zone: &str, aliases: &[&str], harvest: &mut Harvest) {
        let detail = async { if self.wants(Dataset::ZoneDetails) { Some(route53.detail(zone).await) } else { None } };
        let records = async {
            if self.wants(Dataset::ZoneTexts) {
                Some(route53.records_and_texts(zone, aliases).await)
            } else if self.wants(Dataset::RecordSets) {
                Some(route53.records_at(zone, aliases).await)
            } else {
                None
            }
        };
        let protections =
            async { if self.wants(Dataset::Protections) { Some(route53.protections(zone).await) } else { None } };
        let (detail, records, protections) = tokio::join!(detail, records, protections);
        harvest.details.extend(detail.map(|detail| (zone.to_owned(), detail)));
        harvest.protections.extend(protections.map(|protections| (zone.to_owned(), protections)));
        if let Some(Records { at_aliases, texts }) = records {
            if self.wants(Dataset::RecordSets) {
                harvest.record_sets.insert(zone.to_owned(), at_aliases);
            }
            harvest.texts.extend(texts.map(|texts| (zone.to_owned(), texts)));
        }
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
        estate.zones[at].details = slices(estate, self.details);
        estate.zones[at].record_sets = slices(estate, self.record_sets);
        estate.zones[at].texts = slices(estate, self.texts);
        estate.zones[at].protections = slices(estate, self.protections);
        estate.zones[at].health_checks = slice(estate, self.health_checks);
    }
}
