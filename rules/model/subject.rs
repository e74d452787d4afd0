//! What a verdict is about.

use super::pairing::{PairView, dns_name};
use super::probe::without_query;
use super::settings::{Dependency, Waiver};
use std::borrow::Cow;

/// What a verdict is about: positions in the pair's sides, so that a million of them are small. Words come from [`Subject::names`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// The pair as a whole.
    Pair,
    /// The connection alias on one side or both.
    Alias,
    /// The pair's two directories.
    Directories,
    /// An image: positions in the sides' `images`, [`Subject::NONE`] for a side that has none.
    Image {
        /// On the primary side.
        p: u32,
        /// On the standby side.
        s: u32,
    },
    /// A bundle: positions in the sides' `bundles`.
    Bundle {
        /// On the primary side.
        p: u32,
        /// On the standby side.
        s: u32,
    },
    /// An IP access control group: positions in the sides' `ip_groups`.
    IpGroup {
        /// On the primary side.
        p: u32,
        /// On the standby side.
        s: u32,
    },
    /// A platform of client branding: position in [`PLATFORMS`](super::alias::PLATFORMS).
    Platform(u8),
    /// A file system: positions in the sides' `file_systems`.
    FileSystem {
        /// On the primary side.
        p: u32,
        /// On the standby side.
        s: u32,
    },
    /// A desktop: positions in the sides' `workspaces`.
    Desktop {
        /// On the primary side.
        p: u32,
        /// On the standby side.
        s: u32,
    },
    /// A name server's answer: position in the view's answers.
    Server(u32),
    /// What people need beside their desktop: position in the pair's `dependencies`.
    Dependency(u32),
    /// A TXT record set at another name than an alias's.
    ZoneText {
        /// Position among the zones of the book's `texts`.
        zone: u32,
        /// Position in that zone's list.
        at: u32,
    },
    /// A directory of the primary Region that is no pair's: position in the desktops' `outside`.
    Outside(u32),
    /// A quota of the standby Region: position in [`CATALOGUE`](super::quota::CATALOGUE).
    Quota(u8),
    /// An accepted fail: position in the settings' `waivers`.
    Waiver(u16),
    /// What a person vouches for: position in the settings' `attestations`.
    Attestation(u16),
}

/// The words for a subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names<'e> {
    /// Its kind: `image`.
    pub kind: &'static str,
    /// Its natural name, which survives when ids change: an image's name, a user's name.
    pub name: Cow<'e, str>,
    /// Its id on the primary side; empty where it has none.
    pub primary: Cow<'e, str>,
    /// Its id on the standby side; empty where it has none.
    pub standby: Cow<'e, str>,
}

impl Subject {
    /// No such position: that side has none.
    pub const NONE: u32 = u32::MAX;

    /// The words for it.
    pub fn names<'e>(self, pair: &PairView<'e>) -> Names<'e> {
        /// A resource that is on one side or both, named after the primary one where there is one.
        fn two<'e, T>(
            kind: &'static str,
            (p, s): (u32, u32),
            (primary, standby): (&'e [T], &'e [T]),
            name: impl Fn(&'e T) -> &'e str,
            id: impl Fn(&'e T) -> &'e str,
        ) -> Names<'e> {
            let (p, s) = (primary.get(p as usize), standby.get(s as usize));
            Names {
                kind,
                // A verdict on what was not read has no name to give.
                name: Cow::Borrowed(p.or(s).map_or("(not read)", &name)),
                primary: Cow::Borrowed(p.map_or("", &id)),
                standby: Cow::Borrowed(s.map_or("", &id)),
            }
        }
        /// A waiver or an attestation, by what it is about.
        fn accepted<'e>(kind: &'static str, waiver: Option<&'e Waiver>) -> Names<'e> {
            let name = waiver.map_or_else(String::new, |waiver| match &waiver.subject {
                Some(subject) => format!("{} {subject}", waiver.rule),
                None => waiver.rule.clone(),
            });
            Names { kind, name: Cow::Owned(name), primary: Cow::Borrowed(""), standby: Cow::Borrowed("") }
        }
        let (primary, standby) = (pair.primary, pair.standby);
        match self {
            Self::Pair => Names {
                kind: "pair",
                name: Cow::Borrowed(&pair.settings.name),
                primary: Cow::Borrowed(&pair.settings.primary.region),
                standby: Cow::Borrowed(&pair.settings.standby.region),
            },
            Self::Alias => Names {
                kind: "connection-alias",
                name: Cow::Borrowed(&pair.settings.alias),
                primary: Cow::Borrowed(pair.alias(pair.primary).ok().flatten().map_or("", |alias| &alias.alias_id)),
                standby: Cow::Borrowed(pair.alias(pair.standby).ok().flatten().map_or("", |alias| &alias.alias_id)),
            },
            Self::Directories => Names {
                kind: "directory",
                name: Cow::Owned(pair.domain().unwrap_or(&pair.settings.name).to_owned()),
                primary: Cow::Owned(pair.primary_directory.id().unwrap_or("").to_owned()),
                standby: Cow::Owned(pair.standby_directory.id().unwrap_or("").to_owned()),
            },
            Self::Image { p, s } => two(
                "image",
                (p, s),
                (primary.images.items(), standby.images.items()),
                |image| &image.name,
                |image| &image.image_id,
            ),
            Self::Bundle { p, s } => two(
                "bundle",
                (p, s),
                (primary.bundles.items(), standby.bundles.items()),
                |bundle| &bundle.name,
                |bundle| &bundle.bundle_id,
            ),
            Self::IpGroup { p, s } => two(
                "ip-group",
                (p, s),
                (primary.ip_groups.items(), standby.ip_groups.items()),
                |group| &group.group_name,
                |group| &group.group_id,
            ),
            Self::Platform(at) => {
                let (member, title) = super::alias::PLATFORMS[usize::from(at)];
                Names {
                    kind: "platform",
                    name: Cow::Borrowed(title),
                    primary: Cow::Borrowed(member),
                    standby: Cow::Borrowed(member),
                }
            }
            Self::FileSystem { p, s } => two(
                "file-system",
                (p, s),
                (primary.file_systems.items(), standby.file_systems.items()),
                |file_system| file_system.natural_name(),
                |file_system| &file_system.file_system_id,
            ),
            Self::Desktop { p, s } => {
                let text = |sym| pair.estate.symbols.text(sym);
                let row = |side: &'e super::Side, at: u32| side.workspaces.items().get(at as usize);
                let (p, s) = (row(primary, p), row(standby, s));
                Names {
                    kind: "workspace",
                    name: Cow::Borrowed(p.or(s).map_or("", |row| text(pair.person_of(row)))),
                    primary: Cow::Borrowed(p.map_or("", |row| text(row.id))),
                    standby: Cow::Borrowed(s.map_or("", |row| text(row.id))),
                }
            }
            Self::Server(at) => Names {
                kind: "name-server",
                // One name may have several addresses, and each answers for itself.
                name: pair.txt.answers.items().get(at as usize).map_or(Cow::Borrowed(""), |answer| {
                    match (answer.server_name.as_str(), answer.server.as_str()) {
                        ("", server) => Cow::Borrowed(server),
                        (name, "") => Cow::Borrowed(name),
                        (name, server) => Cow::Owned(format!("{name} ({server})")),
                    }
                }),
                primary: Cow::Borrowed(""),
                standby: Cow::Borrowed(""),
            },
            Self::Dependency(at) => {
                let dependency = pair.settings.dependencies.get(at as usize);
                let endpoint = |of: fn(&'e Dependency) -> &'e Option<String>| {
                    let declared = dependency.and_then(|dependency| of(dependency).as_deref());
                    Cow::Borrowed(declared.map_or("", without_query))
                };
                Names {
                    kind: "dependency",
                    name: Cow::Borrowed(dependency.map_or("", |dependency| &dependency.name)),
                    primary: endpoint(|dependency| &dependency.primary),
                    standby: endpoint(|dependency| &dependency.standby),
                }
            }
            Self::ZoneText { zone, at } => Names {
                kind: "record-set",
                name: pair
                    .zones
                    .texts
                    .values()
                    .nth(zone as usize)
                    .and_then(|texts| texts.items().get(at as usize))
                    .map_or(Cow::Borrowed("(not read)"), |set| Cow::Owned(dns_name(&set.name))),
                primary: Cow::Borrowed(""),
                standby: Cow::Borrowed(""),
            },
            Self::Outside(at) => {
                let id = pair.desktops.outside.get(at as usize).map_or("", |(id, _)| pair.estate.symbols.text(*id));
                let registered = primary.registrations.items().iter().find(|known| known.directory_id == id);
                let name = registered.map_or("", |registered| registered.directory_name.as_str());
                Names {
                    kind: "directory",
                    name: Cow::Borrowed(if name.is_empty() { id } else { name }),
                    primary: Cow::Borrowed(id),
                    standby: Cow::Borrowed(""),
                }
            }
            Self::Quota(at) => {
                let watched = super::quota::CATALOGUE[usize::from(at)];
                Names {
                    kind: "quota",
                    name: Cow::Borrowed(watched.name),
                    primary: Cow::Borrowed(""),
                    standby: Cow::Borrowed(watched.code),
                }
            }
            Self::Waiver(at) => accepted("waiver", pair.estate.settings.waivers.get(usize::from(at))),
            Self::Attestation(at) => accepted("attestation", pair.estate.settings.attestations.get(usize::from(at))),
        }
    }
}
