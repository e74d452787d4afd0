//! Tags of WorkSpaces resources: rows as the tagging API lists them, desktops' apart from all others'.

use super::coming::Place;
use super::{Realm, World};
use deskpair_rules::model::workspace::TagRow;
use deskpair_rules::model::{Sym, Symbols};

/// What of WorkSpaces can be tagged (the model's words for `CreateTags`), by the kind in its ARN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tagged {
    Workspace,
    Directory,
    Image,
    Bundle,
    IpGroup,
    Alias,
}

impl Tagged {
    /// The kind in an ARN (the service-authorization reference's resource types).
    const fn kind(self) -> &'static str {
        match self {
            Self::Workspace => "workspace",
            Self::Directory => "directory",
            Self::Image => "workspaceimage",
            Self::Bundle => "workspacebundle",
            Self::IpGroup => "workspaceipgroup",
            Self::Alias => "connectionalias",
        }
    }
}

/// The partition of a Region, as ARNs name it.
fn partition(region: &str) -> &'static str {
    if region.starts_with("cn-") {
        "aws-cn"
    } else if region.starts_with("us-gov-") {
        "aws-us-gov"
    } else {
        "aws"
    }
}

impl Realm {
    /// What kind of thing it is that has this id here.
    pub(crate) fn kind_of(&self, symbols: &Symbols, id: &str) -> Option<Tagged> {
        let side = &self.side;
        let kinds = [
            (symbols.find(id).is_some_and(|id| self.listed(id).is_some()), Tagged::Workspace),
            (side.registrations.items().iter().any(|known| known.directory_id == id), Tagged::Directory),
            (side.images.items().iter().any(|known| known.image_id == id), Tagged::Image),
            (side.bundles.items().iter().any(|known| known.bundle_id == id), Tagged::Bundle),
            (side.ip_groups.items().iter().any(|known| known.group_id == id), Tagged::IpGroup),
            (side.aliases.items().iter().any(|known| known.alias_id == id), Tagged::Alias),
        ];
        kinds.into_iter().find_map(|(is, kind)| is.then_some(kind))
    }

    /// The rows that a kind's tags are among.
    fn tag_rows(&mut self, kind: Tagged) -> &mut Vec<TagRow> {
        match kind {
            Tagged::Workspace => self.side.desktop_tags.items_mut(),
            Tagged::Directory | Tagged::Image | Tagged::Bundle | Tagged::IpGroup | Tagged::Alias => {
                self.side.resource_tags.items_mut()
            }
        }
    }
}

/// Whether a row is of the resource with this id.
fn is_of(symbols: &Symbols, row: &TagRow, id: &str) -> bool {
    symbols.text(row.arn).rsplit('/').next() == Some(id)
}

impl World {
    /// Takes a resource that was just made into the books: nothing hides tags of what began under these eyes.
    pub(crate) fn made(&mut self, place: &Place, kind: Tagged, id: &str, tags: &[(String, String)]) {
        self.realm_or_new(&place.account, &place.region).made.insert(id.to_owned());
        self.tag(place, kind, id, tags);
    }

    /// Puts tags on a resource; a key that it has gets the new value.
    pub(crate) fn tag(&mut self, place: &Place, kind: Tagged, id: &str, tags: &[(String, String)]) {
        let Place { account, region } = place;
        let arn = format!("arn:{}:workspaces:{region}:{account}:{}/{id}", partition(region), kind.kind());
        let arn = self.symbols.intern(&arn);
        let tags: Vec<(Sym, Sym)> =
            tags.iter().map(|(key, value)| (self.symbols.intern(key), self.symbols.intern(value))).collect();
        let Some(realm) = self.realms.get_mut(&(account.clone(), region.clone())) else { return };
        let rows = realm.tag_rows(kind);
        // An estate may write the ARN another way; all tags of one resource stand together.
        let last = rows.iter().rposition(|row| row.arn == arn || is_of(&self.symbols, row, id));
        let (arn, mut end) = last.map_or((arn, rows.len()), |last| (rows[last].arn, last + 1));
        for (key, value) in tags {
            match rows.iter_mut().find(|row| row.arn == arn && row.key == key) {
                Some(row) => row.value = value,
                None => {
                    rows.insert(end, TagRow { arn, key, value });
                    end += 1;
                }
            }
        }
    }

    /// Takes these tags off a resource.
    pub(crate) fn untag_keys(&mut self, place: &Place, kind: Tagged, id: &str, keys: &[&str]) {
        let Self { realms, symbols, .. } = self;
        let Some(realm) = realms.get_mut(&(place.account.clone(), place.region.clone())) else { return };
        realm.tag_rows(kind).retain(|row| !is_of(symbols, row, id) || !keys.contains(&symbols.text(row.key)));
    }

    /// Forgets a resource that is no more, with all its tags.
    pub(crate) fn untag(&mut self, place: &Place, id: &str) {
        let Self { realms, symbols, .. } = self;
        let Some(realm) = realms.get_mut(&(place.account.clone(), place.region.clone())) else { return };
        for rows in [realm.side.resource_tags.items_mut(), realm.side.desktop_tags.items_mut()] {
            rows.retain(|row| !is_of(symbols, row, id));
        }
        realm.made.remove(id);
    }

    /// The tags of a resource, in the order in which they were put on.
    pub(crate) fn tags_of(&self, place: &Place, kind: Tagged, id: &str) -> Vec<(&str, &str)> {
        let Some(realm) = self.realm(&place.account, &place.region) else { return Vec::new() };
        let rows = match kind {
            Tagged::Workspace => &realm.side.desktop_tags,
            Tagged::Directory | Tagged::Image | Tagged::Bundle | Tagged::IpGroup | Tagged::Alias => {
                &realm.side.resource_tags
            }
        };
        let own = rows.items().iter().filter(|row| is_of(&self.symbols, row, id));
        own.map(|row| (self.symbols.text(row.key), self.symbols.text(row.value))).collect()
    }
}
