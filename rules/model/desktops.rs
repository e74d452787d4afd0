//! People, their primary desktops, and the standby desktop each would land on.

use super::pairing::{Located, PairView, Unknown, locate};
use super::settings::MapKind;
use super::workspace::WorkspaceRow;
use super::{GapId, Sym, Symbols};
use hashbrown::HashMap;
use std::borrow::Cow;

/// The user name of user-decoupled desktops (service model, `CreateWorkspaces`).
pub const UNDEFINED: &str = "[UNDEFINED]";

/// The pair's people and desktops.
#[derive(Debug, Default)]
pub struct Desktops {
    /// The primary desktops in the pair's directory, in the order in which they were listed.
    pub primary: Vec<Desktop>,
    /// The people who have them, by name.
    pub people: Vec<Person>,
    /// Positions in the standby side's `workspaces`, of the pair's directory, that stand in for nobody's.
    pub orphans: Vec<u32>,
    /// Why there may be more people than these.
    pub hidden: Option<Unknown>,
    /// The primary Region's directories that are no pair's, and how many desktops each has, by id: nobody asks what becomes of their people.
    pub outside: Vec<(Sym, u32)>,
    /// Positions in `primary`, by bundle: for the reach of bundles and images.
    by_bundle: HashMap<Sym, Vec<u32>>,
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
    /// The name as the primary desktop has it.
    pub name: Sym,
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

/// The name that stands for a desktop's person.
pub(crate) fn person(symbols: &Symbols, row: &WorkspaceRow) -> Sym {
    if row.user.is_some() && symbols.text(row.user) != UNDEFINED {
        row.user
    } else if row.name.is_some() {
        row.name
    } else {
        row.id
    }
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
        let mut keys = Keys::new(pair);
        let standby = Standby::of(pair, &mut keys);

        desktops.outside = outside(pair, directory);

        // Whom each primary desktop belongs to; a key that several desktops have stands in for none of them safely.
        let home = symbols.find(directory);
        let mut mine: Vec<(u32, Sym)> = Vec::new();
        for (at, row) in pair.primary.workspaces.items().iter().enumerate() {
            if Some(row.directory) == home && !is_leaving(symbols.text(row.state)) {
                mine.push((at as u32, keys.of(row, true)));
            }
        }
        let mut mentions: Vec<u32> = vec![0; keys.names.count()];
        for &(_, key) in &mine {
            mentions[key.index()] += 1;
        }
        let mut people: Vec<u32> = vec![u32::MAX; keys.names.count()];
        let mut taken: Vec<u32> = Vec::new();
        for (at, key) in mine {
            let row = &pair.primary.workspaces.items()[at as usize];
            if people[key.index()] == u32::MAX {
                people[key.index()] = desktops.people.len() as u32;
                desktops.people.push(Person { name: person(symbols, row) });
            }
            let counterpart = standby.counterpart(pair, row, key, mentions[key.index()]);
            if let Counterpart::Row(taken_row) = counterpart {
                taken.push(taken_row);
            }
            desktops.by_bundle.entry(row.bundle).or_default().push(desktops.primary.len() as u32);
            desktops.primary.push(Desktop { row: at, person: people[key.index()], counterpart });
        }
        taken.sort_unstable();
        if desktops.primary.is_empty() && desktops.hidden.is_none() {
            desktops.hidden = unlisted(pair);
        }
        desktops.orphans = standby.rows.into_iter().filter(|row| taken.binary_search(row).is_err()).collect();
        desktops
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
fn is_leaving(state: &str) -> bool {
    matches!(state, "TERMINATING" | "TERMINATED")
}

/// User names as two directories compare them.
struct Keys<'e> {
    symbols: &'e Symbols,
    names: Symbols,
    maps: HashMap<String, String>,
    /// Lower case: the directory's domain and NetBIOS names.
    own_domains: Vec<String>,
    /// What may hide more of the directory's names. A user name with a domain in it may then be somebody's under another.
    unread: Option<GapId>,
}

impl<'e> Keys<'e> {
    fn new(pair: &PairView<'e>) -> Self {
        let mut own_domains: Vec<String> = Vec::new();
        let mut unread = None;
        for (side, directory) in [(pair.primary, &pair.primary_directory), (pair.standby, &pair.standby_directory)] {
            let Some(id) = directory.id() else { continue };
            // Directory Service tells both names; a directory that it does not hold has but the one of its registration.
            let named = side.directories.find(|known| known.directory_id == id).and_then(|known| match known {
                Some(_) => Ok(()),
                None => side.registrations.find(|registered| registered.directory_id == id).map(|_| ()),
            });
            unread = unread.or(named.err());
            let known = side.directories.items().iter().filter(|known| known.directory_id == id);
            own_domains.extend(known.flat_map(|known| [known.name.to_lowercase(), known.short_name.to_lowercase()]));
            let registered = side.registrations.items().iter().filter(|registered| registered.directory_id == id);
            own_domains.extend(registered.map(|registered| registered.directory_name.to_lowercase()));
        }
        own_domains.retain(|domain| !domain.is_empty());
        own_domains.sort();
        own_domains.dedup();
        let maps = pair.settings.maps.iter().filter(|entry| entry.kind == MapKind::User);
        let maps = maps.map(|entry| (entry.primary.to_lowercase(), entry.standby.to_lowercase())).collect();
        Self { symbols: &pair.estate.symbols, names: Symbols::default(), maps, own_domains, unread }
    }

    /// The key of a desktop's person; equal keys on both sides are one person.
    fn of(&mut self, row: &WorkspaceRow, primary: bool) -> Sym {
        let user = self.symbols.text(row.user);
        // A user name that the answer lacked is nobody's either: it must not make one of all who have none.
        if user == UNDEFINED || user.is_empty() {
            // User-decoupled desktops pair by their own name, and one without a name with none.
            let own = if row.name.is_some() { row.name } else { row.id };
            return self.names.intern(&format!("{UNDEFINED} {}", self.symbols.text(own)));
        }
        let bare = fold(user);
        let bare = self.without_domain(&bare);
        match self.maps.get(bare).filter(|_| primary) {
            Some(mapped) => self.names.intern(mapped),
            None => self.names.intern(bare),
        }
    }

    fn without_domain<'n>(&self, user: &'n str) -> &'n str {
        let own = |domain: &str| self.own_domains.binary_search_by(|known| known.as_str().cmp(domain)).is_ok();
        if let Some((domain, name)) = user.split_once('\\')
            && own(domain)
        {
            return name;
        }
        if let Some((name, domain)) = user.rsplit_once('@')
            && own(domain)
        {
            return name;
        }
        user
    }
}

/// Whether a user name has a domain before or behind it.
fn is_qualified(user: &str) -> bool {
    user.contains(['\\', '@'])
}

/// User names are not case-sensitive (AWS-FACTS §1.8).
fn fold(user: &str) -> Cow<'_, str> {
    if user.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) {
        Cow::Borrowed(user)
    } else {
        Cow::Owned(user.to_lowercase())
    }
}

/// The standby side's desktops, to be looked up.
struct Standby {
    /// Positions of the pair's directory's desktops.
    rows: Vec<u32>,
    /// By key: the only candidate, or [`SEVERAL`].
    by_key: Vec<u32>,
    /// By WorkSpace id.
    by_id: HashMap<Sym, u32>,
    /// By the primary desktop's id that a standby desktop names as its primary.
    by_named_primary: HashMap<Sym, u32>,
    absent: Counterpart,
    /// Why a name with a domain in it may be somebody's under another name.
    unread: Option<GapId>,
    /// Whether a desktop of these has such a name.
    qualified: bool,
}

const NOBODY: u32 = u32::MAX;
const SEVERAL: u32 = u32::MAX - 1;

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
        let mut standby = Self {
            rows: Vec::new(),
            by_key: Vec::new(),
            by_id: HashMap::new(),
            by_named_primary: HashMap::new(),
            absent,
            unread: keys.unread,
            qualified: false,
        };
        let linked = pair.primary.workspaces.items().iter().chain(list.items()).any(|row| row.extra != 0);
        let mut leaving: Vec<(u32, Sym)> = Vec::new();
        for (at, row) in list.items().iter().enumerate() {
            let at = at as u32;
            // The alias leads to the pair's directory: a desktop in another one, whatever it is linked to, is nobody's landing.
            if home.is_none() || Some(row.directory) != home {
                continue;
            }
            if linked {
                standby.by_id.insert(row.id, at);
                for related in pair.standby.extras.of(row).iter().flat_map(|extra| &extra.related_workspaces) {
                    if related.r#type == "PRIMARY"
                        && let Some(primary) = symbols.find(&related.workspace_id)
                    {
                        standby.by_named_primary.insert(primary, at);
                    }
                }
            }
            standby.rows.push(at);
            standby.qualified |= is_qualified(symbols.text(row.user));
            let key = keys.of(row, false);
            if is_leaving(symbols.text(row.state)) {
                leaving.push((at, key));
            } else {
                standby.add(at, key);
            }
        }
        // A desktop on its way out stands in only where there is no other.
        // Where the list was cut, another may be among what was not read.
        let leaving = if list.gap().is_none() { leaving } else { Vec::new() };
        for (at, key) in leaving {
            if standby.by_key.get(key.index()).is_none_or(|&known| known == NOBODY) {
                standby.add(at, key);
            }
        }
        standby
    }

    fn add(&mut self, at: u32, key: Sym) {
        if self.by_key.len() <= key.index() {
            self.by_key.resize(key.index() + 1, NOBODY);
        }
        let slot = &mut self.by_key[key.index()];
        *slot = if *slot == NOBODY { at } else { SEVERAL };
    }

    fn counterpart(&self, pair: &PairView<'_>, row: &WorkspaceRow, key: Sym, mentions: u32) -> Counterpart {
        let symbols = &pair.estate.symbols;
        let region = pair.settings.standby.region.as_str();
        let named = pair
            .primary
            .extras
            .of(row)
            .into_iter()
            .flat_map(|extra| &extra.related_workspaces)
            .find(|related| related.r#type == "STANDBY" && related.region == region);
        let linked = named
            .and_then(|related| symbols.find(&related.workspace_id))
            .and_then(|id| self.by_id.get(&id))
            .or_else(|| self.by_named_primary.get(&row.id));
        if let Some(&at) = linked {
            return Counterpart::Row(at);
        }
        match self.by_key.get(key.index()).copied().unwrap_or(NOBODY) {
            NOBODY => match (self.absent, self.unread) {
                (Counterpart::Missing, Some(gap)) if self.qualified || is_qualified(symbols.text(row.user)) => {
                    Counterpart::Unknown(Unknown::Gap(gap))
                }
                (absent, _) => absent,
            },
            SEVERAL => Counterpart::Ambiguous,
            _ if mentions > 1 => Counterpart::Ambiguous,
            at => Counterpart::Row(at),
        }
    }
}

#[cfg(test)]
mod tests;
