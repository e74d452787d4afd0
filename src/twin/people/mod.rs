//! People at work: what their clients would do, so that a drill on a twin has somebody to move.
//!
//! What AWS documents of clients (AWS-FACTS §3): a client that was given a connection string asks DNS for its TXT record and goes where the
//! connection identifier leads; flipping the record moves no live session; in an outage people are thrown off, log in again, and
//! sometimes have to close and restart the client. What is the twin's own: that everybody does so, without being asked twice, within some
//! minutes; that each client asks anew whenever it has to connect; and that those of one alias ask together, once a second at most.

mod crowd;

use super::FaultSwitch;
use super::sample::COHORT_TAG;
use super::world::{Place, World};
use crowd::{Crowd, Person};
use deskpair_rules::model::pairing::{association, dns_name};
use deskpair_rules::model::workspace::WorkspaceRow;
use deskpair_rules::model::{Estate, Settings, Side, Sym};
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// The most people of one alias.
const MOST: usize = 200;

/// Whoever was last seen this long before the twin began is at work, in seconds.
const AT_WORK: i64 = 12 * 3600;

/// What the people of a stage have to do with.
#[derive(Clone, Debug)]
pub(super) struct Around {
    /// The world that they work in.
    pub(super) world: Arc<Mutex<World>>,
    /// What takes Regions away.
    pub(super) faults: FaultSwitch,
    /// Where their clients resolve names.
    pub(super) resolver: SocketAddr,
    /// What all that varies comes from.
    pub(super) seed: u64,
    /// How many times faster than ours the world's time runs.
    pub(super) time_scale: f64,
}

/// People at work, until this is dropped.
#[derive(Debug)]
pub(super) struct People {
    stop: watch::Sender<bool>,
    crowds: Vec<JoinHandle<()>>,
}

impl People {
    /// Has the people of an estate's aliases work. Of a pilot alias they are those whose primary WorkSpace has the cohort's tag, of a production
    /// alias all others who are on their WorkSpace or were not long ago.
    pub(super) fn start(estate: &Estate, settings: &Settings, around: &Around) -> Self {
        let mut crowds = Vec::new();
        {
            let mut world = around.world.lock().unwrap_or_else(PoisonError::into_inner);
            for (pair, places) in settings.pairs.iter().zip(&estate.pairs) {
                let place = |side: &Side| {
                    let account = side.account.as_ref().ok()?;
                    Some(Place::new(account, &side.place.region))
                };
                let sides = [places.primary, places.standby].map(|at| &estate.sides[at as usize]);
                let [Some(primary), Some(standby)] = sides.map(place) else { continue };
                let untold = sides[0].connections.items().is_empty();
                [&primary, &standby].into_iter().for_each(|place| world.make_up_connections(place));
                let tagged = tagged(estate, sides[0]);
                let desktops = || own_desktops(estate, sides[0], &pair.alias, pair.primary.directory.as_deref());
                let person = |row: &WorkspaceRow| {
                    let text = |sym| estate.symbols.text(sym);
                    let on = world.is_connected(&primary, row.id);
                    let there = (primary.clone(), text(row.directory).to_owned());
                    Person::new(text(row.user), text(row.name), on.then_some((there, row.id)))
                };
                let regions = [primary.region.clone(), standby.region.clone()];
                let mut gather = |alias: &str, people: Vec<Person>| {
                    crowds.extend(Crowd::new(alias, people, regions.clone(), around.clone()));
                };
                let is_of_the_cohort = |row: &WorkspaceRow| pair.drill_alias.is_some() && tagged.contains(&row.id);
                let at_work = |row: &WorkspaceRow| {
                    world.is_connected(&primary, row.id)
                        || world
                            .last_known(&primary, row.id)
                            .is_some_and(|at| estate.taken_at.secs_since(at) <= AT_WORK)
                        || (untold && world.symbols.text(row.state) == "AVAILABLE")
                };
                if let Some(pilot) = &pair.drill_alias {
                    gather(pilot, desktops().filter(|row| is_of_the_cohort(row)).take(MOST).map(person).collect());
                }
                let others = desktops().filter(|row| !is_of_the_cohort(row) && at_work(row));
                gather(&pair.alias, others.take(MOST).map(person).collect());
            }
        }
        let (stop, stopped) = watch::channel(false);
        let crowds = crowds.into_iter().map(|crowd| tokio::spawn(crowd.work(stopped.clone()))).collect();
        Self { stop, crowds }
    }

    /// Sends everybody home: nothing of the world changes by them any more.
    pub(super) async fn stop(mut self) {
        self.stop.send_replace(true);
        for crowd in self.crowds.drain(..) {
            // A panic of theirs leaves nothing to wait for.
            drop(crowd.await);
        }
    }
}

impl Drop for People {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}

/// The WorkSpaces of a side that have the cohort's tag.
fn tagged(estate: &Estate, side: &Side) -> BTreeSet<Sym> {
    let (Some(key), Some(value)) = (estate.symbols.find(COHORT_TAG.0), estate.symbols.find(COHORT_TAG.1)) else {
        return BTreeSet::new();
    };
    let rows = side.desktop_tags.items().iter().filter(|row| row.key == key && row.value == value);
    rows.filter_map(|row| estate.symbols.find(estate.symbols.text(row.arn).rsplit('/').next()?)).collect()
}

/// The WorkSpaces of the directory that an alias is associated with on a side, or that is declared to be the pair's; all where neither is known.
fn own_desktops<'e>(
    estate: &'e Estate,
    side: &'e Side,
    alias: &str,
    declared: Option<&'e str>,
) -> impl Iterator<Item = &'e WorkspaceRow> {
    let known = side.aliases.items().iter().find(|known| dns_name(&known.connection_string) == dns_name(alias));
    let directory = known.and_then(association).map(|live| live.resource_id.as_str()).or(declared);
    let directory = directory.map(|directory| estate.symbols.find(directory));
    let rows = side.workspaces.items().iter();
    rows.filter(move |row| directory.is_none_or(|directory| directory == Some(row.directory)))
}

/// How long a crowd sleeps between two looks at the world.
const LOOKS: Duration = Duration::from_millis(200);
