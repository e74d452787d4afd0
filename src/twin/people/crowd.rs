//! The people of one alias: they hear from DNS where to work, and go there one by one.

use super::{Around, LOOKS};
use crate::dns::ask::{Question, Recursion, check_name, exchange, outcome, to_wire};
use crate::twin::world::{After, Attempt, Place, World};
use deskpair_rules::model::dns::TxtOutcome;
use deskpair_rules::model::{Moment, Sym};
use hickory_proto::rr::{Name, RecordType};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::RangeInclusive;
use std::sync::PoisonError;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// After this many seconds of the world somebody who has heard of a failover, or was thrown off, has restarted the client: the twin's own.
const RESTARTS: RangeInclusive<u64> = 30..=180;

/// How often a client asks for its TXT record, in the world's time: AWS documents none. The twin's own.
const ASKS: Duration = Duration::from_secs(2);

/// How often an alias's people ask at most, in ours.
const ASKS_AT_MOST: Duration = Duration::from_secs(1);

/// How long a client waits for its resolver.
const PATIENCE: Duration = Duration::from_secs(2);

/// A directory in a place.
pub(super) type There = (Place, String);

/// Somebody with a client.
#[derive(Debug)]
pub(super) struct Person {
    /// Whose WorkSpaces are this person's: the user name and the WorkSpace's own, in lower case, for user names are not case-sensitive
    /// (AWS-FACTS §1.8), and one name may stand for all users of a directory whose WorkSpaces have names of their own.
    key: (String, String),
    /// This person's WorkSpaces, by where they are.
    desktops: BTreeMap<There, Sym>,
    /// Where the person is, and on which WorkSpace.
    on: Option<(There, Sym)>,
    /// When the person restarts the client.
    restarts: Option<Moment>,
    /// How often the person had to.
    turns: u64,
}

impl Person {
    /// A person, by the user name and the name of the WorkSpace, who may be on one.
    pub(super) fn new(user: &str, name: &str, on: Option<(There, Sym)>) -> Self {
        let key = (user.to_lowercase(), name.to_lowercase());
        Self { key, desktops: BTreeMap::new(), on, restarts: None, turns: 0 }
    }
}

/// What the people of an alias know of its TXT record.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Heard {
    /// Nothing, as yet.
    Nothing,
    /// It leads to no directory, or there is none.
    Nowhere,
    /// It leads there.
    There(There),
}

/// The people of one alias.
#[derive(Debug)]
pub(super) struct Crowd {
    alias: String,
    name: Name,
    people: Vec<Person>,
    heard: Heard,
    /// Whether the last question was answered: nobody can connect whose client resolves nothing.
    resolves: bool,
    around: Around,
    regions: [String; 2],
    gone: BTreeSet<String>,
    random: fastrand::Rng,
    /// Which of the people has WorkSpaces with these user names and names.
    owners: HashMap<(Sym, Sym), Option<usize>>,
    /// When it was last looked up whose WorkSpaces are whose.
    searched: Option<Instant>,
}

impl Crowd {
    /// The people of an alias; nobody where it is no name that can be asked for.
    pub(super) fn new(alias: &str, people: Vec<Person>, regions: [String; 2], around: Around) -> Option<Self> {
        let name = to_wire(&check_name(alias).ok()?);
        let seed = alias.bytes().fold(around.seed, |seed, byte| seed.wrapping_mul(31).wrapping_add(u64::from(byte)));
        Some(Self {
            alias: alias.to_owned(),
            name,
            people,
            heard: Heard::Nothing,
            resolves: false,
            around,
            regions,
            gone: BTreeSet::new(),
            random: fastrand::Rng::with_seed(seed),
            owners: HashMap::new(),
            searched: None,
        })
    }

    /// Works until it is told to stop.
    pub(super) async fn work(mut self, mut stopped: watch::Receiver<bool>) {
        let asks = ASKS.div_f64(self.around.time_scale).max(ASKS_AT_MOST);
        let mut due = Instant::now();
        loop {
            if Instant::now() >= due {
                due = Instant::now() + asks.mul_f64(self.random.f64().mul_add(0.5, 1.0));
                let told = tokio::select! {
                    told = self.ask() => told,
                    _ = stopped.wait_for(|&stop| stop) => return,
                };
                self.hear(told);
            }
            self.look();
            tokio::select! {
                () = tokio::time::sleep(LOOKS) => {}
                _ = stopped.wait_for(|&stop| stop) => return,
            }
        }
    }

    /// Asks the resolver for the alias's TXT record.
    async fn ask(&self) -> TxtOutcome {
        let question =
            Question { recursion: Recursion::Desired, ..Question::plain(self.name.clone(), RecordType::TXT) };
        match exchange(self.around.resolver, &question, PATIENCE).await {
            (_, Ok(message)) => outcome(&message, &self.name),
            (_, Err(_)) => TxtOutcome::Timeout,
        }
    }

    /// Takes what the resolver says for where to work. One record with one identifier leads somewhere: what a client does with several is not
    /// documented (AWS-FACTS §3).
    fn hear(&mut self, told: TxtOutcome) {
        self.resolves = match &told {
            TxtOutcome::Found { .. }
            | TxtOutcome::NxDomain { .. }
            | TxtOutcome::NoData { .. }
            | TxtOutcome::Cname { .. } => true,
            TxtOutcome::Referral { .. }
            | TxtOutcome::ServFail
            | TxtOutcome::Refused
            | TxtOutcome::Timeout
            | TxtOutcome::Unreachable(_)
            | TxtOutcome::Wrong(_) => false,
        };
        if !self.resolves {
            return;
        }
        let world = self.around.world.lock().unwrap_or_else(PoisonError::into_inner);
        let led = match told.values().as_slice() {
            [identifier] => world.led_by(&self.alias, identifier),
            [] | [_, _, ..] => None,
        };
        self.heard = led.map_or(Heard::Nowhere, Heard::There);
    }

    /// Lets everybody do what is due.
    fn look(&mut self) {
        let around = self.around.clone();
        let gone: BTreeSet<String> =
            self.regions.iter().filter(|region| around.faults.is_gone(region)).cloned().collect();
        let mut world = around.world.lock().unwrap_or_else(PoisonError::into_inner);
        world.settle();
        for region in gone.difference(&self.gone) {
            world.cut_off(region);
        }
        self.gone = gone;
        self.search(&world);
        let now = world.clock.now();
        for at in 0..self.people.len() {
            self.notice(&world, at, now);
            self.act(&mut world, at, now);
        }
    }

    /// What somebody notices: that the session has ended, or that others work elsewhere by now.
    fn notice(&mut self, world: &World, at: usize, now: Moment) {
        let restarts = now.after(Duration::from_secs(self.wait(at)));
        let heard = &self.heard;
        let person = &mut self.people[at];
        if person.on.as_ref().is_some_and(|((place, _), id)| !world.is_connected(place, *id)) {
            person.on = None;
            person.restarts = Some(restarts);
        }
        match (&person.on, heard) {
            // Whoever has not gone yet when the record is what it was never noticed.
            (Some((there, _)), Heard::There(wanted)) if there == wanted => person.restarts = None,
            (Some(_), Heard::Nothing) => {}
            (Some(_), Heard::There(_) | Heard::Nowhere) | (None, _) => {
                person.restarts.get_or_insert(restarts);
            }
        }
    }

    /// What somebody does whose time to restart the client has come.
    fn act(&mut self, world: &mut World, at: usize, now: Moment) {
        let person = &mut self.people[at];
        if person.restarts.is_none_or(|restarts| restarts > now) || !self.resolves {
            return;
        }
        if let Some(((place, _), id)) = person.on.take() {
            world.leave(&place, id);
        }
        // Whoever finds no WorkSpace goes on trying.
        let Heard::There(there) = &self.heard else { return };
        if self.gone.contains(&there.0.region) {
            return;
        }
        let Some(&id) = person.desktops.get(there) else { return };
        if world.connect(&there.0, id) == Attempt::Connected {
            person.on = Some((there.clone(), id));
            person.restarts = None;
            person.turns += 1;
        }
    }

    /// Looks up the WorkSpaces that people do not have where they are led, once a second at most; and takes those who are on one already for
    /// being there.
    fn search(&mut self, world: &World) {
        let Heard::There(there) = &self.heard else { return };
        let Some(realm) = world.realm(&there.0.account, &there.0.region) else { return };
        for person in &mut self.people {
            person.desktops.retain(|known, id| known != there || realm.desktop(*id).is_some());
        }
        let lacks = |person: &Person| person.on.is_none() && !person.desktops.contains_key(there);
        let is_recent = self.searched.is_some_and(|at| at.elapsed() < ASKS_AT_MOST);
        if is_recent || !self.people.iter().any(lacks) {
            return;
        }
        let begins = self.searched.is_none();
        self.searched = Some(Instant::now());
        let Some(directory) = world.symbols.find(&there.1) else { return };
        for row in realm.side.workspaces.items().iter().filter(|row| row.directory == directory) {
            let people = &self.people;
            let owner = *self.owners.entry((row.user, row.name)).or_insert_with(|| {
                let text = |sym| world.symbols.text(sym).to_lowercase();
                let key = (text(row.user), text(row.name));
                people.iter().position(|person| person.key == key)
            });
            let Some(person) = owner.map(|at| &mut self.people[at]) else { continue };
            // Of several the first.
            let id = *person.desktops.entry(there.clone()).or_insert(row.id);
            if begins && person.on.is_none() && world.is_connected(&there.0, id) {
                person.on = Some((there.clone(), id));
            }
        }
    }

    /// How many seconds somebody takes to restart the client: drawn from the seed, the person and how often it was necessary.
    fn wait(&self, at: usize) -> u64 {
        let person = &self.people[at];
        let text = format!("{} {} {}", person.key.0, person.key.1, person.turns);
        let seed =
            text.bytes().fold(self.around.seed, |seed, byte| (seed ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        fastrand::Rng::with_seed(seed).u64(RESTARTS)
    }
}
