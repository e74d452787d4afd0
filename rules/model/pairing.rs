//! Which resource of the standby side stands in for which of the primary side's.
//!
//! First the operator's map, then the tag that deskpair writes on what it makes, then the natural key. What cannot be paired safely
//! is said to be ambiguous, never guessed.

use super::alias::{AliasAssociation, ConnectionAlias};
use super::desktops::Desktops;
use super::directory::WorkspaceDirectory;
use super::dns::TxtView;
use super::files::FileSystem;
use super::interfaces::Interfaces;
use super::probe::Probe;
use super::settings::{MapKind, PairSettings};
use super::slice::{GapId, Slice};
use super::stock::Stock;
use super::tags::Tags;
use super::uses::Uses;
use super::workspace::WorkspaceRow;
use super::{Estate, Moment, Side, Sym, ZoneBook};
use std::sync::OnceLock;

mod counterpart;
mod located;
#[cfg(test)]
mod tests;

pub(super) use located::locate;

pub use counterpart::{Absence, NO_NAME, SHARED_BUNDLE, SHARED_IMAGE, SHARED_IP_GROUP};

/// The tag that deskpair writes on a copy: its value is `<Region>/<id>` of what it was copied from.
pub const COPY_OF_TAG: &str = "deskpair:copy-of";

/// The `BundleType` of the bundles that AWS makes for standby WorkSpaces.
pub const STANDBY_BUNDLE: &str = "STANDBY";

/// Why nothing can be said of an image whose counterpart is not the only one.
pub const SEVERAL_IMAGES: &str =
    "several images of the standby Region could be its counterpart: name the right one with a [[pair.map]]";

/// Why nothing can be said of a bundle whose counterpart is not the only one.
pub const SEVERAL_BUNDLES: &str =
    "several bundles of the standby Region could be its counterpart: name the right one with a [[pair.map]]";

/// Why nothing can be said of an IP access control group whose counterpart is not the only one.
pub const SEVERAL_IP_GROUPS: &str =
    "several groups of the standby Region could be its counterpart: name the right one with a [[pair.map]]";

/// Why a verdict could not be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unknown {
    /// Something was not read.
    Gap(GapId),
    /// Everything was read, and it does not tell: what is missing, in a sentence.
    Undetermined(&'static str),
    /// No API tells: what a person would have to attest, in a sentence.
    Unsupported(&'static str),
}

impl From<GapId> for Unknown {
    fn from(gap: GapId) -> Self {
        Self::Gap(gap)
    }
}

/// How a pair's directory on one side was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LocatedBy {
    /// The configuration declares it.
    Declared,
    /// The connection alias is associated with it.
    Association,
    /// The configuration maps the other side's to it.
    Map,
    /// It alone has the other side's domain name.
    DomainName,
    /// It alone is registered in that Region.
    OnlyOne,
}

/// The pair's directory on one side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Located {
    /// This one.
    Found {
        /// Its id.
        id: String,
        /// How it was found.
        by: LocatedBy,
    },
    /// There is surely none.
    Absent,
    /// It cannot be told.
    Unknown(Unknown),
}

impl Located {
    /// Its id, where it was found.
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::Found { id, .. } => Some(id),
            Self::Absent | Self::Unknown(_) => None,
        }
    }
}

/// What stands in for something on the standby side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Paired<'e, T> {
    /// This one, at this position of the standby side's list.
    With {
        /// Its position.
        at: u32,
        /// The resource.
        item: &'e T,
        /// What the pairing rests on.
        by: PairedBy,
    },
    /// There is surely none.
    Missing,
    /// Several, at these positions: it cannot be told which.
    Ambiguous(Vec<u32>),
    /// It cannot be told.
    Unknown(Unknown),
}

/// What a pairing rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PairedBy {
    /// The operator's map.
    Map,
    /// The tag that deskpair wrote on the copy.
    Tag,
    /// An equal name.
    Name,
}

/// One pair of an estate, with its pairings made.
#[derive(Debug)]
pub struct PairView<'e> {
    /// The whole estate.
    pub estate: &'e Estate,
    /// The instant as of which ages and expiries are reckoned: rules have no clock.
    pub judged_at: Moment,
    /// The pair's configuration.
    pub settings: &'e PairSettings,
    /// The primary side.
    pub primary: &'e Side,
    /// The standby side.
    pub standby: &'e Side,
    /// Route 53.
    pub zones: &'e ZoneBook,
    /// What name servers said of the alias.
    pub txt: &'e TxtView,
    /// What the endpoints of its dependencies answered.
    pub probes: &'e Slice<Probe>,
    /// The pair's directory on the primary side.
    pub primary_directory: Located,
    /// The pair's directory on the standby side.
    pub standby_directory: Located,
    /// The pair's people and desktops.
    pub desktops: Desktops,
    /// Whether this pair is the one that tells of what is the whole primary side's: the first, of those that are judged, that fails over
    /// from there.
    pub tells_of_primary: bool,
    /// The waivers and attestations of which this pair tells; empty until every other rule has been judged.
    pub uses: Uses,
    /// Tags by desktop.
    pub(super) tags: Tags,
    /// What stands in the standby account and Region, and what is to be made there.
    pub(super) stock: OnceLock<Stock>,
    /// Network interfaces by where they are.
    pub(super) interfaces: Interfaces,
}

impl<'e> PairView<'e> {
    /// The pair at this position of the estate's settings, judged as of an instant.
    ///
    /// # Panics
    /// Where the estate has no such pair.
    pub fn new(estate: &'e Estate, pair: usize, judged_at: Moment) -> Self {
        let settings = &estate.settings.pairs[pair];
        let places = &estate.pairs[pair];
        let primary = &estate.sides[places.primary as usize];
        let standby = &estate.sides[places.standby as usize];
        let (primary_directory, standby_directory) = locate(settings, primary, standby);
        let mut view = Self {
            estate,
            judged_at,
            settings,
            primary,
            standby,
            zones: &estate.zones[places.zones as usize],
            txt: &estate.txt[places.txt as usize],
            probes: estate.probes_of(pair),
            primary_directory,
            standby_directory,
            desktops: Desktops::default(),
            tells_of_primary: true,
            uses: Uses::default(),
            tags: Tags::default(),
            stock: OnceLock::new(),
            interfaces: Interfaces::default(),
        };
        view.desktops = Desktops::of(&view);
        view
    }

    /// The directories of the pair at this position of the estate's settings, the primary side's first.
    ///
    /// # Panics
    /// Where the estate has no such pair.
    pub fn located(&self, pair: usize) -> (Located, Located) {
        let places = &self.estate.pairs[pair];
        let [primary, standby] = [places.primary, places.standby].map(|side| &self.estate.sides[side as usize]);
        locate(&self.estate.settings.pairs[pair], primary, standby)
    }

    /// The pair's connection alias on a side: the one with the configured connection string.
    ///
    /// # Errors
    /// The gap that may hide it.
    pub fn alias(&self, side: &'e Side) -> Result<Option<&'e ConnectionAlias>, GapId> {
        find_alias(self.settings, side)
    }

    /// The identifier that a TXT record names to send people to this side: of the alias's live association there.
    ///
    /// # Errors
    /// The gap that may hide it.
    pub fn identifier(&self, side: &'e Side) -> Result<Option<&'e str>, GapId> {
        Ok(self
            .alias(side)?
            .and_then(association)
            .map(|association| association.connection_identifier.as_str())
            .filter(|identifier| !identifier.is_empty()))
    }

    /// The registration of the pair's directory on the primary side; `Ok(None)` where there surely is none.
    ///
    /// # Errors
    /// Why it cannot be told.
    pub fn primary_registration(&self) -> Result<Option<&'e WorkspaceDirectory>, Unknown> {
        registration(self.primary, &self.primary_directory)
    }

    /// The registration of the pair's directory on the standby side; `Ok(None)` where there surely is none.
    ///
    /// # Errors
    /// Why it cannot be told.
    pub fn standby_registration(&self) -> Result<Option<&'e WorkspaceDirectory>, Unknown> {
        registration(self.standby, &self.standby_directory)
    }

    /// Both registrations, for a rule that compares a setting; `Ok(None)` where a side surely has none.
    ///
    /// # Errors
    /// Why it cannot be told.
    pub fn registrations(&self) -> Result<Option<(&'e WorkspaceDirectory, &'e WorkspaceDirectory)>, Unknown> {
        Ok(self.primary_registration()?.zip(self.standby_registration()?))
    }

    /// The directories' domain name, where a registration tells it.
    pub fn domain(&self) -> Option<&'e str> {
        let of = |registration: Result<Option<&'e WorkspaceDirectory>, Unknown>| {
            registration.ok().flatten().map(|registration| registration.directory_name.as_str())
        };
        of(self.primary_registration()).or_else(|| of(self.standby_registration())).filter(|name| !name.is_empty())
    }

    /// The name that stands for a desktop's person: the user's, or of a user-decoupled desktop its own.
    pub fn person_of(&self, row: &WorkspaceRow) -> Sym {
        super::desktops::person(&self.estate.symbols, row)
    }

    /// The standby side's counterpart of a primary file system: by map, by tag, else by a DNS alias that both have. Other equal names
    /// are too weak to rest people's files on.
    pub fn file_system(&self, file_system: &FileSystem) -> Paired<'e, FileSystem> {
        let list = &self.standby.file_systems;
        let id: fn(&FileSystem) -> &str = |other| &other.file_system_id;
        if let Some(target) = self.mapped(MapKind::FileSystem, file_system.natural_name(), &file_system.file_system_id)
        {
            return single(list, PairedBy::Map, id, |other| {
                other.file_system_id == target || other.natural_name() == target
            });
        }
        let source = format!("{}/{}", self.settings.primary.region, file_system.file_system_id);
        let tagged = |other: &FileSystem| other.tags.iter().any(|tag| tag.key == COPY_OF_TAG && tag.value == source);
        match single(list, PairedBy::Tag, id, tagged) {
            Paired::Missing => {}
            found @ (Paired::With { .. } | Paired::Ambiguous(_) | Paired::Unknown(_)) => return found,
        }
        single(list, PairedBy::Name, id, |other| {
            file_system.dns_aliases().any(|alias| other.dns_aliases().any(|theirs| theirs.eq_ignore_ascii_case(alias)))
        })
    }
}

impl FileSystem {
    /// The name that people gave it: its `Name` tag, else its first DNS alias, else its id.
    pub fn natural_name(&self) -> &str {
        self.tags
            .iter()
            .find(|tag| tag.key == "Name" && !tag.value.is_empty())
            .map(|tag| tag.value.as_str())
            .or_else(|| self.dns_aliases().next())
            .unwrap_or(&self.file_system_id)
    }

    /// Its DNS aliases, which Windows file systems have.
    pub fn dns_aliases(&self) -> impl Iterator<Item = &str> {
        self.windows_configuration.iter().flat_map(|windows| windows.aliases.iter().map(|alias| alias.name.as_str()))
    }
}

/// An association that sends people to its directory, not one that is pending.
pub fn association(alias: &ConnectionAlias) -> Option<&AliasAssociation> {
    alias.associations.iter().find(|association| {
        matches!(
            association.association_status.as_str(),
            "ASSOCIATED_WITH_OWNER_ACCOUNT" | "ASSOCIATED_WITH_SHARED_ACCOUNT"
        )
    })
}

/// A name as DNS compares it: lower case, without the trailing dot.
pub fn dns_name(name: &str) -> String {
    name.trim_end_matches('.').to_ascii_lowercase()
}

fn find_alias<'e>(settings: &PairSettings, side: &'e Side) -> Result<Option<&'e ConnectionAlias>, GapId> {
    let wanted = dns_name(&settings.alias);
    side.aliases.find(|alias| dns_name(&alias.connection_string) == wanted)
}

fn registration<'e>(side: &'e Side, directory: &Located) -> Result<Option<&'e WorkspaceDirectory>, Unknown> {
    match directory {
        Located::Found { id, .. } => Ok(side.registrations.find(|registration| registration.directory_id == *id)?),
        Located::Absent => Ok(None),
        Located::Unknown(why) => Err(*why),
    }
}

/// The one item that is wanted. What is listed twice under one id is one item.
fn single<T>(list: &Slice<T>, by: PairedBy, id: impl Fn(&T) -> &str, wanted: impl Fn(&T) -> bool) -> Paired<'_, T> {
    let mut found: Vec<u32> = Vec::new();
    for (at, item) in list.items().iter().enumerate().filter(|(_, item)| wanted(item)) {
        let known = |&known: &u32| !id(item).is_empty() && id(&list.items()[known as usize]) == id(item);
        if !found.iter().any(known) {
            found.push(at as u32);
        }
    }
    match (found.as_slice(), list.gap()) {
        ([at], _) => Paired::With { at: *at, item: &list.items()[*at as usize], by },
        ([], None) => Paired::Missing,
        ([], Some(gap)) => Paired::Unknown(Unknown::Gap(gap)),
        (_, _) => Paired::Ambiguous(found),
    }
}
