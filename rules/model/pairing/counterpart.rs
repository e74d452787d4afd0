//! The counterparts of images, bundles and IP access control groups: by the operator's map, by the tag on a copy, else by an equal name.
//!
//! A name is the weakest of the three: where somebody else has a claim on what it leads to, it is not enough.

use super::{COPY_OF_TAG, PairView, Paired, PairedBy, STANDBY_BUNDLE, Unknown, single};
use crate::model::image::{Bundle, Image, IpGroup};
use crate::model::settings::MapKind;
use crate::model::workspace::TagRow;
use crate::model::{GapId, Slice, Sym};

/// Why nothing can be said of an image whose counterpart another one may have.
pub const SHARED_IMAGE: &str = "another image of the primary Region has a claim on the only image of the standby Region that has its name: name the \
     right one of each with a [[pair.map]]";

/// Why nothing can be said of a bundle whose counterpart another one may have.
pub const SHARED_BUNDLE: &str = "another bundle of the primary Region has a claim on the only bundle of the standby Region that has its name: name the \
     right one of each with a [[pair.map]]";

/// Why nothing can be said of an IP access control group whose counterpart another one may have.
pub const SHARED_IP_GROUP: &str = "another group of the primary Region has a claim on the only group of the standby Region that has its name: name the \
     right one of each with a [[pair.map]]";

/// Why nothing can be said of what the answer gives no name.
pub const NO_NAME: &str = "its name is missing from the answer, and nothing else pairs it";

/// How many names a sentence of advice lists.
const LISTED: usize = 3;

/// A kind of resource that is paired by map, tag and name.
struct Kind<'e, T> {
    /// Its maps.
    map: MapKind,
    /// The primary side's.
    primary: &'e Slice<T>,
    /// The standby side's.
    standby: &'e Slice<T>,
    /// Its name and its id.
    names: fn(&T) -> (&str, &str),
    /// Whether a tag or a name may pair it, on either side. A map may name anything.
    ordinary: fn(&T) -> bool,
    /// Whether its copies carry the tag that names their source.
    tagged: bool,
    /// Whether a tag that names another source than a namesake settles that it is no counterpart.
    tag_binds: bool,
    /// What is said where a name is not enough.
    shared: &'static str,
}

/// What is said of something that has no counterpart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absence {
    /// The end of a sentence: "has no counterpart in us-west-2".
    pub phrase: String,
    /// What to look at in the configuration and in the standby Region, in sentences.
    pub advice: String,
}

impl<'e> PairView<'e> {
    /// What the map says stands in for this name or id. An entry for the id comes first: it is of one thing alone.
    pub fn mapped(&self, kind: MapKind, name: &str, id: &str) -> Option<&'e str> {
        let of = |wanted: &str| {
            let entries = self.settings.maps.iter();
            entries.filter(|_| !wanted.is_empty()).find(|entry| entry.kind == kind && entry.primary == wanted)
        };
        of(id).or_else(|| of(name)).map(|entry| entry.standby.as_str())
    }

    /// What a standby image or bundle was copied from, by the tag that deskpair wrote on it: `<Region>/<id>`. `Ok(None)` where it surely
    /// has no such tag.
    ///
    /// # Errors
    /// The gap that may hide the tag.
    pub fn copy_source(&self, id: &str) -> Result<Option<&'e str>, GapId> {
        let symbols = &self.estate.symbols;
        let tags = &self.standby.resource_tags;
        let Some(key) = symbols.find(COPY_OF_TAG) else { return tags.whole().map(|_| None) };
        let of_this = |tag: &TagRow| tag.key == key && symbols.text(tag.arn).rsplit('/').next() == Some(id);
        Ok(tags.find(of_this)?.map(|tag| symbols.text(tag.value)))
    }

    /// The standby side's counterpart of a primary image. A namesake whose tag names another source is one all the same: that it is no
    /// copy of this image is IMG-003's finding.
    pub fn image(&self, image: &Image) -> Paired<'e, Image> {
        self.counterpart(&self.images(), image)
    }

    /// The standby side's counterpart of a primary bundle. What AWS made for standby WorkSpaces is none, unless the map names it.
    pub fn bundle(&self, bundle: &Bundle) -> Paired<'e, Bundle> {
        self.counterpart(&self.bundles(), bundle)
    }

    /// The standby side's counterpart of a primary IP access control group.
    pub fn ip_group(&self, group: &IpGroup) -> Paired<'e, IpGroup> {
        self.counterpart(&self.ip_groups(), group)
    }

    /// What is said of an image that has no counterpart.
    pub fn image_absence(&self, image: &Image) -> Absence {
        self.absence(&self.images(), image)
    }

    /// What is said of a bundle that has no counterpart.
    pub fn bundle_absence(&self, bundle: &Bundle) -> Absence {
        self.absence(&self.bundles(), bundle)
    }

    /// What is said of an IP access control group that has no counterpart.
    pub fn ip_group_absence(&self, group: &IpGroup) -> Absence {
        self.absence(&self.ip_groups(), group)
    }

    fn images(&self) -> Kind<'e, Image> {
        Kind {
            map: MapKind::Image,
            primary: &self.primary.images,
            standby: &self.standby.images,
            names: |image| (&image.name, &image.image_id),
            ordinary: |_| true,
            tagged: true,
            tag_binds: false,
            shared: SHARED_IMAGE,
        }
    }

    fn bundles(&self) -> Kind<'e, Bundle> {
        Kind {
            map: MapKind::Bundle,
            primary: &self.primary.bundles,
            standby: &self.standby.bundles,
            names: |bundle| (&bundle.name, &bundle.bundle_id),
            ordinary: |bundle| bundle.bundle_type != STANDBY_BUNDLE,
            tagged: true,
            tag_binds: true,
            shared: SHARED_BUNDLE,
        }
    }

    fn ip_groups(&self) -> Kind<'e, IpGroup> {
        Kind {
            map: MapKind::IpGroup,
            primary: &self.primary.ip_groups,
            standby: &self.standby.ip_groups,
            names: |group| (&group.group_name, &group.group_id),
            ordinary: |_| true,
            tagged: false,
            tag_binds: false,
            shared: SHARED_IP_GROUP,
        }
    }

    /// Map, then tag, then name.
    fn counterpart<T>(&self, kind: &Kind<'e, T>, item: &T) -> Paired<'e, T> {
        let (name, id) = (kind.names)(item);
        if let Some(target) = self.mapped(kind.map, name, id) {
            return kind.pointed_at(target);
        }
        if !(kind.ordinary)(item) {
            return Paired::Missing;
        }
        match self.tagged_copy(kind, name, id) {
            Paired::Missing => {}
            // The tag is on none of those that were read; the name may be.
            Paired::Unknown(_) => {}
            found @ (Paired::With { .. } | Paired::Ambiguous(_)) => return found,
        }
        if name.is_empty() {
            return Paired::Unknown(Unknown::Undetermined(NO_NAME));
        }
        let found = kind.single(PairedBy::Name, |other| (kind.ordinary)(other) && (kind.names)(other).0 == name);
        let unread_tags = if kind.tagged { self.standby.resource_tags.gap() } else { None };
        match (found, unread_tags) {
            (Paired::With { item: theirs, .. }, _) if self.has_rival(kind, item, theirs) => {
                Paired::Unknown(Unknown::Undetermined(kind.shared))
            }
            // A copy under another name could carry a tag that was not read.
            (Paired::Missing, Some(gap)) => Paired::Unknown(Unknown::Gap(gap)),
            (paired, _) => paired,
        }
    }

    /// The standby side's copy of what has this id, by its tag. Of several copies it is the one that has the name too.
    fn tagged_copy<T>(&self, kind: &Kind<'e, T>, name: &str, id: &str) -> Paired<'e, T> {
        let copies = self.copies_of(kind, id);
        let is_copy = |other: &T| (kind.ordinary)(other) && copies.contains(&(kind.names)(other).1);
        match kind.single(PairedBy::Tag, is_copy) {
            Paired::Ambiguous(several) => {
                let both = |other: &T| is_copy(other) && (kind.names)(other).0 == name;
                match kind.single(PairedBy::Tag, both) {
                    found @ Paired::With { .. } => found,
                    Paired::Missing | Paired::Ambiguous(_) | Paired::Unknown(_) => Paired::Ambiguous(several),
                }
            }
            found @ (Paired::With { .. } | Paired::Missing | Paired::Unknown(_)) => found,
        }
    }

    /// The ids of the standby side's resources whose tag names this one as their source, as far as tags were read.
    fn copies_of<T>(&self, kind: &Kind<'e, T>, id: &str) -> Vec<&'e str> {
        let symbols = &self.estate.symbols;
        if !kind.tagged || id.is_empty() {
            return Vec::new();
        }
        // Tags are many and copies few: the tag's two texts are looked up once, and compared as numbers.
        let source = symbols.find(&format!("{}/{id}", self.settings.primary.region));
        let wanted: Option<(Sym, Sym)> = symbols.find(COPY_OF_TAG).zip(source);
        let tags = self.standby.resource_tags.items().iter();
        tags.filter(|tag| wanted == Some((tag.key, tag.value)))
            .filter_map(|tag| symbols.text(tag.arn).rsplit('/').next())
            .collect()
    }

    /// Whether another primary resource has a claim on what this one's name leads to: the operator maps it there, a tag says that it was
    /// copied from it, or it has the same name and nothing better.
    fn has_rival<T>(&self, kind: &Kind<'e, T>, item: &T, theirs: &T) -> bool {
        let (name, id) = (kind.names)(item);
        let (their_name, their_id) = (kind.names)(theirs);
        kind.primary.items().iter().any(|other| {
            let (other_name, other_id) = (kind.names)(other);
            if other_id == id {
                return false;
            }
            if let Some(target) = self.mapped(kind.map, other_name, other_id) {
                return target == their_name || target == their_id;
            }
            if !(kind.ordinary)(other) {
                return false;
            }
            match self.tagged_copy(kind, other_name, other_id) {
                Paired::With { item, .. } => kind.tag_binds && (kind.names)(item).1 == their_id,
                Paired::Ambiguous(several) => {
                    let is_theirs = |&at: &u32| (kind.names)(&kind.standby.items()[at as usize]).1 == their_id;
                    kind.tag_binds && several.iter().any(is_theirs)
                }
                Paired::Missing | Paired::Unknown(_) => other_name == name,
            }
        })
    }

    fn absence<T>(&self, kind: &Kind<'e, T>, item: &T) -> Absence {
        let (name, id) = (kind.names)(item);
        let (primary, standby) = (&self.settings.primary.region, &self.settings.standby.region);
        let word = kind.map.as_str();
        if let Some(target) = self.mapped(kind.map, name, id) {
            return Absence {
                phrase: format!("is mapped to {target}, which {standby} does not have"),
                advice: format!(
                    "Where the [[pair.map]] of kind \"{word}\" is misspelled, correct it: {target} is neither the name nor the id of one \
                     in {standby}."
                ),
            };
        }
        let mut advice =
            format!("Where a counterpart has another name on purpose, say so with a [[pair.map]] of kind \"{word}\".");
        let dead = self.dead_maps(kind);
        if !dead.is_empty() {
            advice += &format!(" The map names {}, which {primary} does not have: it may be meant.", listed(&dead));
        }
        let alike = self.lookalikes(kind, name);
        if !alike.is_empty() {
            advice += &format!(" {standby} has {}, which may be meant.", listed(&alike));
        }
        Absence { phrase: format!("has no counterpart in {standby}"), advice }
    }

    /// What the operator's map names on the primary side, and no resource there has as its name or id.
    fn dead_maps<T>(&self, kind: &Kind<'e, T>) -> Vec<&'e str> {
        let Ok(items) = kind.primary.whole() else { return Vec::new() };
        let entries = self.settings.maps.iter().filter(|entry| entry.kind == kind.map);
        entries
            .map(|entry| entry.primary.as_str())
            .filter(|named| !items.iter().any(|item| (kind.names)(item).0 == *named || (kind.names)(item).1 == *named))
            .collect()
    }

    /// The names of the standby side's resources that differ from this one in case, spaces and punctuation alone, and are nobody's
    /// namesakes.
    fn lookalikes<T>(&self, kind: &Kind<'e, T>, name: &str) -> Vec<&'e str> {
        let bare = |name: &str| name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        let wanted: String = bare(name);
        let theirs = kind.standby.items().iter().filter(|other| (kind.ordinary)(other));
        let mut alike: Vec<&'e str> = theirs
            .map(|other| (kind.names)(other).0)
            .filter(|theirs| !wanted.is_empty() && bare(theirs) == wanted)
            .filter(|theirs| !kind.primary.items().iter().any(|item| (kind.names)(item).0 == *theirs))
            .collect();
        alike.sort_unstable();
        alike.dedup();
        alike
    }
}

impl<'e, T> Kind<'e, T> {
    /// What a map's text names on the standby side: an id before a name.
    fn pointed_at(&self, target: &str) -> Paired<'e, T> {
        match self.single(PairedBy::Map, |other| (self.names)(other).1 == target) {
            found @ (Paired::With { .. } | Paired::Ambiguous(_)) => found,
            Paired::Missing | Paired::Unknown(_) => self.single(PairedBy::Map, |other| (self.names)(other).0 == target),
        }
    }

    /// The one of the standby side's that is wanted.
    fn single(&self, by: PairedBy, wanted: impl Fn(&T) -> bool) -> Paired<'e, T> {
        single(self.standby, by, |item| (self.names)(item).1, wanted)
    }
}

/// Names for a sentence: the first few, and how many more there are.
fn listed(names: &[&str]) -> String {
    let shown = names[..names.len().min(LISTED)].join(", ");
    match names.len().saturating_sub(LISTED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
