//! Sample estates: a believable company's deployment, for the demo, for tests and for sizes that nobody owns.
//!
//! The company has its people's desktops in `us-east-1` and their standby in `us-west-2` (the pair `corp`). A clean estate has nothing
//! that any rule of the catalogue would fail. A planted one differs from it by exactly one drift. The drifted sample has a second,
//! small pair (`emea`): findings that touch everybody of a pair are shown there, where they do not hide the rest.
//!
//! The same options give the same estate; there is no clock here. Nothing in an estate tells that it is a sample but its names.

mod catalogue;
mod company;
mod dependencies;
mod desktops;
mod directories;
mod drift;
mod files;
mod granted;
mod identity;
mod names;
mod network;
mod offered;
pub(crate) mod picture;
mod pilot;
mod resolution;
mod site;
#[cfg(test)]
mod tests;
mod volumes;

pub use company::ACCOUNT;
pub use drift::{Drift, Planted, Planting, Reached, UnknownDrift, plantings};
pub use pilot::{COHORT, COHORT_TAG};

use company::Plan;
use deskpair_rules::model::dns::DnssecOutcome;
use deskpair_rules::model::settings::{Drill, PairSettings, StateStore};
use deskpair_rules::model::{Estate, Moment, Settings, Side, Slice};
use desktops::Cast;
use names::Mint;
use site::Sites;
use std::ops::Range;

/// What a sample estate is made from.
#[derive(Clone, Debug)]
pub struct SampleOptions {
    /// How many people have a desktop, over all pairs; each has one on the primary side.
    pub people: u32,
    /// Where all that varies comes from.
    pub seed: u64,
    /// What is wrong.
    pub drift: Drift,
    /// When the estate is said to have been taken: everything in it is so many hours or days older.
    pub taken_at: Moment,
    /// Whether the first pair has a pilot alias for drills, and a cohort who use it.
    pub pilot: bool,
}

/// A sample estate.
pub fn estate(options: &SampleOptions) -> Estate {
    planted(options).0
}

/// A sample estate, and whom the one drift that was planted in it reaches; `None` where there is not exactly one.
pub fn planted(options: &SampleOptions) -> (Estate, Option<Planted>) {
    let mut mint = Mint::new(options.seed);
    let pairs: Vec<(Sites, Range<u64>)> =
        peopled(options).into_iter().map(|(plan, people)| (Sites::new(plan, &mut mint), people)).collect();
    let mut estate = laid_out(options, &pairs);
    let sites: Vec<Sites> = fill(&mut estate, pairs, options, &mut mint);
    if options.pilot {
        pilot::add(&mut estate, &sites[0]);
    }
    let planted = match &options.drift {
        Drift::None => None,
        Drift::Sample => {
            drift::sample::rot(&mut estate, &sites, &mut mint);
            None
        }
        Drift::Rules(plantings) => {
            let planted: Vec<Planted> =
                plantings.iter().map(|planting| (planting.plant)(&mut estate, &sites[0], &mut mint)).collect();
            <[Planted; 1]>::try_from(planted).ok().map(|[alone]| alone)
        }
    };
    estate.sides.iter_mut().for_each(catalogue::settle);
    estate.sides.iter_mut().for_each(|side| granted::settle(side, &estate.symbols));
    estate.sides.iter_mut().for_each(directories::keep_logos);
    identity::settle(&mut estate);
    (estate, planted)
}

/// One person in forty works in the second pair, which only a drifted sample of at least forty people has.
fn peopled(options: &SampleOptions) -> Vec<(&'static Plan, Range<u64>)> {
    let all = u64::from(options.people);
    let second = match options.drift {
        Drift::Sample => all / 40,
        Drift::None | Drift::Rules(_) => 0,
    };
    let mut pairs = vec![(&company::CORP, 0..all - second)];
    if second > 0 {
        pairs.push((&company::EMEA, all - second..all));
    }
    pairs
}

fn laid_out(options: &SampleOptions, pairs: &[(Sites, Range<u64>)]) -> Estate {
    let mut settings =
        Settings { pairs: pairs.iter().map(|(sites, _)| sites.settings()).collect(), ..Settings::default() };
    if let (true, [first, ..]) = (options.pilot, settings.pairs.as_mut_slice()) {
        first.drill_alias = Some(pilot::alias(&first.alias));
    }
    settings.state = pairs.first().map(|(sites, _)| bucket(sites.standby.region.name));
    // The company drills every quarter.
    let ended_at = Moment::from_secs(options.taken_at.secs() - 40 * 86_400);
    let drill =
        |pair: &PairSettings| Drill { pair: pair.name.clone(), ended_at, succeeded: true, recovery_secs: Some(420) };
    settings.drills = Some(settings.pairs.iter().map(drill).collect());
    // What the company bills by has to be on both desktops of a person.
    let tags = settings.rules.entry("WSP-012".to_owned()).or_default();
    tags.options.insert("tags".to_owned(), vec![desktops::COST_CENTRE].into());
    Estate::laid_out(settings, env!("CARGO_PKG_VERSION"), options.taken_at)
}

fn fill(estate: &mut Estate, pairs: Vec<(Sites, Range<u64>)>, options: &SampleOptions, mint: &mut Mint) -> Vec<Sites> {
    let taken_at = options.taken_at;
    for (at, (sites, people)) in pairs.iter().enumerate() {
        let places = estate.pairs[at];
        let (primary, standby) = two(&mut estate.sides, places.primary as usize, places.standby as usize);
        for (side, site) in [(&mut *primary, &sites.primary), (&mut *standby, &sites.standby)] {
            side.account = Ok(ACCOUNT.to_owned());
            directories::fill(side, site, sites.plan, taken_at);
            network::fill(side, site, people.end - people.start);
            offered::fill(side, site, taken_at);
            granted::quotas(side, people.end - people.start);
            resolution::alias(side, site, sites.plan.alias);
        }
        granted::keys(standby, &sites.standby);
        identity::fill_authority(standby, &sites.standby, taken_at);
        catalogue::fill(primary, standby, sites, taken_at, &mut estate.symbols);
        files::fill(primary, standby, sites, taken_at, mint);
        let cast = Cast { mint, seed: options.seed, taken_at };
        desktops::fill(primary, standby, sites, people, &cast, &mut estate.symbols);
        let view = &mut estate.txt[places.txt as usize];
        view.answers =
            Slice::whole_of(resolution::answers(resolution::found(&sites.primary.identifier, resolution::TTL)));
        view.delegation = Slice::whole_of(resolution::delegated());
        view.signatures = Slice::whole_of(resolution::signatures(&DnssecOutcome::Secure));
        estate.probes[at] = dependencies::answers(sites, taken_at);
    }
    directories::fill_managed_ad(estate, &pairs.iter().map(|(sites, _)| sites).collect::<Vec<_>>());
    let sites: Vec<Sites> = pairs.into_iter().map(|(sites, _)| sites).collect();
    for book in &mut estate.zones {
        book.account = Ok(ACCOUNT.to_owned());
        resolution::zones(book, &sites, taken_at, mint);
    }
    sites
}

/// The company's state, which it keeps outside the primary Region.
fn bucket(region: &str) -> StateStore {
    StateStore::Bucket { bucket: "norhaven-recovery".to_owned(), region: region.to_owned() }
}

/// Two different elements of a list, to be changed.
fn two<T>(list: &mut [T], one: usize, other: usize) -> (&mut T, &mut T) {
    let [one, other] = list.get_disjoint_mut([one, other]).expect("a pair's sides are two");
    (one, other)
}

/// The two sides of the estate's `at`th pair, to be changed.
fn sides(estate: &mut Estate, at: usize) -> (&mut Side, &mut Side) {
    let places = estate.pairs[at];
    two(&mut estate.sides, places.primary as usize, places.standby as usize)
}
