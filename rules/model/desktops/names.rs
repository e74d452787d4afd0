//! Whose a desktop is, as two directories compare names.

use crate::model::pairing::PairView;
use crate::model::settings::MapKind;
use crate::model::workspace::WorkspaceRow;
use crate::model::{GapId, Sym, Symbols};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// The user name of user-decoupled desktops (service model, `CreateWorkspaces`).
pub const UNDEFINED: &str = "[UNDEFINED]";

/// Stands before the keys that come from the operator's map: they are compared with each other alone. No name begins with it.
const MAPPED: char = '\u{1}';

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

/// Whom a desktop belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Owner {
    /// Equal keys on both sides belong together.
    pub(super) key: Sym,
    /// Whether it is a person; a user-decoupled desktop is nobody's.
    pub(super) is_person: bool,
}

/// Which side a name is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Of {
    Primary,
    Standby,
}

/// User names as two directories compare them.
pub(super) struct Keys<'e> {
    symbols: &'e Symbols,
    /// The keys that were given out.
    pub(super) names: Symbols,
    /// The operator's map, from primary names to standby ones, without the directories' own domains.
    maps: BTreeMap<String, String>,
    /// The standby names that the map gives to somebody: by it they are theirs, and nobody's by their own name.
    targets: BTreeSet<String>,
    /// Lower case: the directories' domain and NetBIOS names.
    own_domains: Vec<String>,
    /// What may hide more of the directories' names. A user name with a domain in it may then be somebody's under another.
    pub(super) unread: Option<GapId>,
}

impl<'e> Keys<'e> {
    pub(super) fn new(pair: &PairView<'e>) -> Self {
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
            own_domains
                .extend(known.flat_map(|known| [fold(&known.name), fold(&known.short_name)].map(Cow::into_owned)));
            let registered = side.registrations.items().iter().filter(|registered| registered.directory_id == id);
            own_domains.extend(registered.map(|registered| fold(&registered.directory_name).into_owned()));
        }
        own_domains.retain(|domain| !domain.is_empty());
        own_domains.sort();
        own_domains.dedup();
        let mut keys = Self {
            symbols: &pair.estate.symbols,
            names: Symbols::default(),
            maps: BTreeMap::new(),
            targets: BTreeSet::new(),
            own_domains,
            unread,
        };
        for entry in pair.settings.maps.iter().filter(|entry| entry.kind == MapKind::User) {
            let [primary, standby] =
                [&entry.primary, &entry.standby].map(|name| keys.without_domain(&fold(name)).to_owned());
            keys.targets.insert(standby.clone());
            keys.maps.entry(primary).or_insert(standby);
        }
        keys
    }

    /// Whom a desktop belongs to.
    pub(super) fn of(&mut self, row: &WorkspaceRow, side: Of) -> Owner {
        let user = self.symbols.text(row.user);
        // A user name that the answer lacked is nobody's either: it must not make one of all who have none.
        if user == UNDEFINED || user.is_empty() {
            // User-decoupled desktops pair by their own name, and one without a name with none.
            let own = if row.name.is_some() { row.name } else { row.id };
            let key = self.names.intern(&format!("{UNDEFINED} {}", self.symbols.text(own)));
            return Owner { key, is_person: false };
        }
        let folded = fold(user);
        let bare = self.without_domain(&folded);
        let mapped = match side {
            Of::Primary => self.maps.get(bare).map(String::as_str),
            Of::Standby => self.targets.get(bare).map(String::as_str),
        };
        let key = match mapped {
            Some(mapped) => self.names.intern(&format!("{MAPPED}{mapped}")),
            None => self.names.intern(bare),
        };
        Owner { key, is_person: true }
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
pub(super) fn is_qualified(user: &str) -> bool {
    user.contains(['\\', '@'])
}

/// A name as directories compare it: they heed no case (AWS-FACTS §1.8). Letter by letter, so that a name folds the same wherever it stands.
pub(crate) fn fold(user: &str) -> Cow<'_, str> {
    if user.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) {
        Cow::Borrowed(user)
    } else {
        Cow::Owned(user.chars().flat_map(char::to_lowercase).collect())
    }
}
