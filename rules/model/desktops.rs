//! People, their primary desktops, and the standby desktop each would land on.

mod links;
mod matching;
mod names;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

use super::pairing::{Located, PairView, Unknown, locate};
use super::{GapId, Subject, Sym, Symbols};
use hashbrown::HashMap;
pub use links::{Relation, ToldBy};
use matching::{By, Keyed, Match, Matching};
pub use names::UNDEFINED;
use names::{Keys, Of, Owner, is_qualified};
pub(crate) use names::{fold, person};

/// The pair's people and desktops.
#[derive(Debug, Default)]
pub struct Desktops {
    /// The primary desktops in the pair's directory, in the order in which they were listed.
    pub primary: Vec<Desktop>,
    /// The people who have them, by name.
    pub people: Vec<Person>,
    /// Positions in the standby side's `workspaces`, of the pair's directory, that stand in for nobody's and could be nobody's who is
    /// known. Those on their way out are among them.
    pub orphans: Vec<Orphan>,
    /// Why an orphan may be somebody's all the same.
    pub orphans_doubt: Option<Unknown>,
    /// The relations that AWS keeps, of desktops in the pair's directories, sorted.
    pub relations: Vec<Relation>,
    /// Why there may be more people than these.
    pub hidden: Option<Unknown>,
    /// The primary Region's directories that are no pair's, and how many desktops each has, by id: nobody asks what becomes of their people.
    pub outside: Vec<(Sym, u32)>,
    /// Positions in `primary`, by bundle: for the reach of bundles and images.
    by_bundle: HashMap<Sym, Vec<u32>>,
    /// The primary desktops of which it cannot be told which one stands in for them, by row: each with its group of candidates.
    contested: Vec<(u32, u32)>,
    /// Groups of candidates: positions in the standby side's `workspaces`.
    candidates: Vec<Vec<u32>>,
}

/// One primary desktop.
#[derive(Clone, Copy, Debug)]
pub struct Desktop {
    /// Position in the primary side's `workspaces`.
    pub row: u32,
    /// Position in [`Desktops::people`].
    pub person: u32,
    /// What stands in for it.
    pub counterpart: Counterpart,
}

/// One person with a primary desktop, or one user-decoupled desktop, which is nobody's.
#[derive(Clone, Copy, Debug)]
pub struct Person {
    /// The name as the primary desktop has it; of several spellings the first in the order of texts.
    pub name: Sym,
    /// How many primary desktops they have.
    pub desktops: u32,
}

/// A standby desktop that stands in for nobody's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Orphan {
    /// Position in the standby side's `workspaces`.
    pub row: u32,
    /// Whether its user has a primary desktop all the same, for which another stands in.
    pub is_spare: bool,
}

/// What stands in for a desktop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counterpart {
    /// The standby desktop at this position of the standby side's `workspaces`.
    Row(u32),
    /// There surely is none.
    Missing,
    /// Several could be it.
    Ambiguous,
    /// It cannot be told.
    Unknown(Unknown),
}

impl Desktops {
    /// The positions in [`primary`](Self::primary) of the desktops on a bundle.
    pub fn on_bundle(&self, bundle: Sym) -> &[u32] {
        self.by_bundle.get(&bundle).map_or(&[], Vec::as_slice)
    }

    /// The bundles that somebody's primary desktop rests on.
    pub fn uses_bundle(&self, bundle: Sym) -> bool {
        self.by_bundle.contains_key(&bundle)
    }

    pub(crate) fn of(pair: &PairView<'_>) -> Self {
        let symbols = &pair.estate.symbols;
        let mut desktops = Self::default();
        let directory = match &pair.primary_directory {
            Located::Found { id, .. } => id.as_str(),
            Located::Absent => {
                desktops.hidden = Some(Unknown::Undetermined(
                    "no directory of the primary Region belongs to the alias, so its people cannot be listed",
                ));
                return desktops;
            }
            Located::Unknown(why) => {
                desktops.hidden = Some(*why);
                return desktops;
            }
        };
        desktops.hidden = pair.primary.workspaces.gap().map(Unknown::Gap);
        desktops.outside = outside(pair, directory);

        let mut keys = Keys::new(pair);
        let mine = Mine::of(pair, directory, &mut keys);
        let standby = Standby::of(pair, &mut keys);
        let rows = |list: &[Keyed]| list.iter().map(|keyed| keyed.row).collect::<Vec<_>>();
        desktops.relations = links::relations(pair, &rows(&mine.keyed), &rows(&standby.keyed));
        let (list, keys_count) = (&pair.standby.workspaces, keys.names.count());
        // Where the list was cut, what is on its way out may not be the only one: another may be among what was not read.
        let rest = list.gap().is_none();
        let matching = Matching::of(&mine.keyed, &standby.keyed, standby.live, rest, &desktops.relations, keys_count);

        let mut people: Vec<u32> = vec![u32::MAX; keys_count];
        let doubts = Doubts::of(pair, &desktops.relations, keys.unread.filter(|_| mine.qualified || standby.qualified));
        for ((keyed, owner), found) in mine.keyed.iter().zip(&mine.owners).zip(&matching.primary) {
            let row = &pair.primary.workspaces.items()[keyed.row as usize];
            let person = desktops.person(&mut people, *owner, person(symbols, row), symbols);
            let counterpart = match *found {
                Match::With(at, by) => doubts.of_match(keyed.row, standby.keyed[at as usize].row, by),
                Match::Contested(group) => {
                    desktops.contested.push((keyed.row, group));
                    Counterpart::Ambiguous
                }
                Match::Free => {
                    doubts.of_absence(standby.absent, standby.qualified || is_qualified(symbols.text(row.user)))
                }
            };
            desktops.by_bundle.entry(row.bundle).or_default().push(desktops.primary.len() as u32);
            desktops.primary.push(Desktop { row: keyed.row, person, counterpart });
        }
        if desktops.primary.is_empty() && desktops.hidden.is_none() {
            desktops.hidden = unlisted(pair);
        }
        let row = |at: u32| standby.keyed[at as usize].row;
        desktops.candidates = matching.groups.into_iter().map(|group| group.into_iter().map(row).collect()).collect();
        let free = standby.keyed.iter().zip(&matching.standby).filter(|(_, found)| **found == Match::Free);
        let orphan = |keyed: &Keyed| Orphan { row: keyed.row, is_spare: people[keyed.key.index()] != u32::MAX };
        desktops.orphans = free.map(|(keyed, _)| orphan(keyed)).collect();
        desktops.orphans.sort_unstable_by_key(|orphan| orphan.row);
        desktops.orphans_doubt = desktops.hidden.or(doubts.unread.map(Unknown::Gap));
        desktops
    }

    /// Who tells of a relation that AWS keeps between a primary and a standby desktop, by position; `None` where neither does.
    pub fn relation(&self, p: u32, s: u32) -> Option<ToldBy> {
        let found = self.relations.binary_search_by(|known| (known.p, known.s).cmp(&(p, s)));
        found.ok().map(|at| self.relations[at].told_by)
    }

    /// The standby desktops, by position, that could stand in for the primary one at this position where it cannot be told which does.
    pub fn candidates_of(&self, row: u32) -> &[u32] {
        let found = self.contested.binary_search_by_key(&row, |&(row, _)| row);
        found.map_or(&[], |at| &self.candidates[self.contested[at].1 as usize])
    }

    /// The position in [`people`](Self::people) of a desktop's owner, who is added where they are new.
    fn person(&mut self, known: &mut [u32], owner: Owner, name: Sym, symbols: &Symbols) -> u32 {
        let slot = &mut known[owner.key.index()];
        if *slot == u32::MAX || !owner.is_person {
            *slot = self.people.len() as u32;
            self.people.push(Person { name, desktops: 1 });
        } else {
            let person = &mut self.people[*slot as usize];
            person.desktops += 1;
            person.name = std::cmp::min_by_key(name, person.name, |&name| symbols.text(name));
        }
        *slot
    }
}

/// The primary desktops in the pair's directory that are somebody's.
struct Mine {
    keyed: Vec<Keyed>,
    owners: Vec<Owner>,
    /// Whether a user name of these has a domain in it.
    qualified: bool,
}

impl Mine {
    fn of(pair: &PairView<'_>, directory: &str, keys: &mut Keys<'_>) -> Self {
        let symbols = &pair.estate.symbols;
        let home = symbols.find(directory);
        let mut mine = Self { keyed: Vec::new(), owners: Vec::new(), qualified: false };
        for (at, row) in pair.primary.workspaces.items().iter().enumerate() {
            if Some(row.directory) == home && !is_leaving(symbols.text(row.state)) {
                let owner = keys.of(row, Of::Primary);
                mine.qualified |= is_qualified(symbols.text(row.user));
                mine.keyed.push(Keyed { row: at as u32, key: owner.key });
                mine.owners.push(owner);
            }
        }
        mine
    }
}

/// The standby desktops in the pair's directory.
struct Standby {
    /// Those that stay, then those that are on their way out.
    keyed: Vec<Keyed>,
    /// How many stay.
    live: usize,
    /// What is said of a desktop for which there is none among these.
    absent: Counterpart,
    /// Whether a user name of these has a domain in it.
    qualified: bool,
}

impl Standby {
    fn of(pair: &PairView<'_>, keys: &mut Keys<'_>) -> Self {
        let symbols = &pair.estate.symbols;
        let list = &pair.standby.workspaces;
        let absent = match (&pair.standby_directory, list.gap()) {
            (Located::Unknown(why), _) => Counterpart::Unknown(*why),
            (Located::Found { .. } | Located::Absent, Some(gap)) => Counterpart::Unknown(Unknown::Gap(gap)),
            (Located::Found { .. } | Located::Absent, None) => Counterpart::Missing,
        };
        let home = pair.standby_directory.id().and_then(|id| symbols.find(id));
        let mut standby = Self { keyed: Vec::new(), live: 0, absent, qualified: false };
        let mut leaving = Vec::new();
        for (at, row) in list.items().iter().enumerate() {
            // The alias leads to the pair's directory: a desktop in another one, whatever it is linked to, is nobody's landing.
            if home.is_none() || Some(row.directory) != home {
                continue;
            }
            standby.qualified |= is_qualified(symbols.text(row.user));
            let keyed = Keyed { row: at as u32, key: keys.of(row, Of::Standby).key };
            if is_leaving(symbols.text(row.state)) {
                leaving.push(keyed);
            } else {
                standby.keyed.push(keyed);
            }
        }
        standby.live = standby.keyed.len();
        // A desktop on its way out stands in only where there is no other.
        standby.keyed.append(&mut leaving);
        standby
    }
}

/// What was not read, and whom it could belong to.
struct Doubts {
    /// What may hide a domain that names have in them.
    unread: Option<GapId>,
    /// Primary rows that name a standby WorkSpace which may be among what was not read, sorted.
    primary: Vec<u32>,
    /// Standby rows that name a primary one likewise, sorted.
    standby: Vec<u32>,
    /// What hides the standby WorkSpace, and the primary one.
    gaps: [Option<GapId>; 2],
}

impl Doubts {
    fn of(pair: &PairView<'_>, relations: &[Relation], unread: Option<GapId>) -> Self {
        let gaps = [pair.standby.workspaces.gap(), pair.primary.workspaces.gap()];
        // Where nothing hides it, whatever is not among the rows is not there, and no gap is said.
        let rows = |of: fn(&Relation) -> (u32, u32)| {
            let unfound = relations.iter().map(of).filter(|&(_, named)| named == Subject::NONE);
            let mut rows: Vec<u32> = unfound.map(|(row, _)| row).collect();
            rows.sort_unstable();
            rows
        };
        let primary = rows(|relation| (relation.p, relation.s));
        let standby = rows(|relation| (relation.s, relation.p));
        Self { unread, primary, standby, gaps }
    }

    /// What is said of a match: one that rests on a name alone is none where AWS names another that may be among what was not read.
    fn of_match(&self, p: u32, s: u32, by: By) -> Counterpart {
        let named = |rows: &[u32], row: u32| by == By::Key && rows.binary_search(&row).is_ok();
        let gap = match (named(&self.primary, p), named(&self.standby, s)) {
            (true, _) => self.gaps[0],
            (false, true) => self.gaps[1],
            (false, false) => None,
        };
        gap.map_or(Counterpart::Row(s), |gap| Counterpart::Unknown(Unknown::Gap(gap)))
    }

    /// What is said where there is no match.
    fn of_absence(&self, absent: Counterpart, qualified: bool) -> Counterpart {
        match (absent, self.unread) {
            (Counterpart::Missing, Some(gap)) if qualified => Counterpart::Unknown(Unknown::Gap(gap)),
            (absent, _) => absent,
        }
    }
}

/// Why a directory in which nobody was found may have people all the same: it is not one of those that this identity sees. Another
/// account's directory can be associated with the alias, and a declared one can be misspelled.
fn unlisted(pair: &PairView<'_>) -> Option<Unknown> {
    match pair.primary_registration() {
        Ok(Some(_)) => None,
        Ok(None) => Some(Unknown::Undetermined(
            "the pair's directory is not registered with WorkSpaces in the primary Region, as far as this account sees, so its people \
             cannot be listed",
        )),
        Err(why) => Some(why),
    }
}

/// The desktops of the primary side that are in no configured pair's directory, by directory.
fn outside(pair: &PairView<'_>, home: &str) -> Vec<(Sym, u32)> {
    let (estate, symbols) = (pair.estate, &pair.estate.symbols);
    let mut ours: Vec<Sym> = symbols.find(home).into_iter().collect();
    for (settings, places) in estate.settings.pairs.iter().zip(&estate.pairs) {
        let primary = &estate.sides[places.primary as usize];
        if std::ptr::eq(primary, pair.primary) {
            let (located, _) = locate(settings, primary, &estate.sides[places.standby as usize]);
            ours.extend(located.id().and_then(|id| symbols.find(id)));
        }
    }
    let mut counts: HashMap<Sym, u32> = HashMap::new();
    for row in pair.primary.workspaces.items() {
        if !ours.contains(&row.directory) && !is_leaving(symbols.text(row.state)) {
            *counts.entry(row.directory).or_default() += 1;
        }
    }
    let mut outside: Vec<(Sym, u32)> = counts.into_iter().collect();
    outside.sort_by(|a, b| symbols.text(a.0).cmp(symbols.text(b.0)));
    outside
}

/// Whether a desktop in this state is on its way out and will not be anybody's.
pub(crate) fn is_leaving(state: &str) -> bool {
    matches!(state, "TERMINATING" | "TERMINATED")
}
