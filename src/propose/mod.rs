//! A first configuration from what is there: the pairs that connection aliases make, with their directories, zones and file systems.
//!
//! It proposes only what it has seen; what it has not seen, or cannot tell, stands in the file as a comment.

mod text;

pub use text::{Remarks, text};

use deskpair_rules::model::alias::AliasAssociation;
use deskpair_rules::model::pairing::{association, dns_name};
use deskpair_rules::model::settings::{DnsProvider, DnsSettings, MapEntry, MapKind, PairSettings, SideSettings};
use deskpair_rules::model::{Estate, Side};
use std::collections::{BTreeMap, BTreeSet};

/// One connection alias and the Regions in which it is.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The connection string, as DNS compares it.
    pub alias: String,
    /// By position of the side in the estate: the association there, if there is one.
    pub places: BTreeMap<usize, Option<AliasAssociation>>,
}

/// What the TXT record at an alias's name says, and who says so.
#[derive(Clone, Debug)]
pub struct Told {
    /// The value: a connection identifier.
    pub value: String,
    /// Who says so.
    pub by: String,
}

/// A pair as it is proposed, and what is to be said of each part of it.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// The pair.
    pub pair: PairSettings,
    /// Why these two Regions, and which of them is the primary one.
    pub order: String,
    /// What is to be said of the primary side.
    pub primary: Vec<String>,
    /// What is to be said of the standby side.
    pub standby: Vec<String>,
    /// Where the TXT record is held.
    pub zone: String,
    /// File systems that might belong together: the primary's, the standby's, and why.
    pub maybe: Vec<(String, String, String)>,
}

/// The connection aliases, by name.
pub fn candidates(estate: &Estate) -> Vec<Candidate> {
    let mut found: BTreeMap<String, BTreeMap<usize, Option<AliasAssociation>>> = BTreeMap::new();
    for (at, side) in estate.sides.iter().enumerate() {
        for alias in side.aliases.items() {
            let places = found.entry(dns_name(&alias.connection_string)).or_default();
            places.insert(at, association(alias).cloned());
        }
    }
    found.into_iter().map(|(alias, places)| Candidate { alias, places }).collect()
}

/// How a side is read: the same way in every Region.
fn side(estate: &Estate, at: usize, association: Option<&AliasAssociation>) -> SideSettings {
    let directory = association.map(|association| association.resource_id.clone());
    SideSettings { directory, ..estate.sides[at].place.clone() }
}

/// The pairs of a candidate: the Region that its TXT record names, or else the first, with each of the others.
pub fn proposals(
    estate: &Estate,
    candidate: &Candidate,
    told: Option<&Told>,
    taken: &mut BTreeSet<String>,
) -> Vec<Proposal> {
    let live = told.and_then(|told| {
        let mut places = candidate.places.iter();
        places
            .find(|(_, place)| place.as_ref().is_some_and(|place| place.connection_identifier == told.value))
            .map(|(at, _)| *at)
    });
    let Some(primary) = live.or_else(|| candidate.places.keys().next().copied()) else { return Vec::new() };
    let order = match (live, told) {
        (Some(at), Some(told)) => format!(
            "The TXT record names {} ({}): people work there, and the other Region is taken to be the standby.",
            estate.sides[at].place.region, told.by
        ),
        (None, Some(told)) => format!(
            "CHECK WHICH SIDE IS THE PRIMARY: the TXT record's value {:?} ({}) is none of the alias's connection identifiers.",
            told.value, told.by
        ),
        (_, None) => {
            "CHECK WHICH SIDE IS THE PRIMARY: the TXT record could not be read, so nothing tells where people work."
                .to_owned()
        }
    };
    let others = candidate.places.keys().copied().filter(|at| *at != primary);
    let several = candidate.places.len() > 2;
    others
        .map(|standby| {
            let region = &estate.sides[standby].place.region;
            let name = pair_name(&candidate.alias, several.then_some(region.as_str()), taken);
            let (maps, maybe) = file_systems(&estate.sides[primary], &estate.sides[standby]);
            let of = |at: usize| candidate.places[&at].as_ref();
            Proposal {
                pair: PairSettings {
                    name,
                    alias: candidate.alias.clone(),
                    primary: side(estate, primary, of(primary)),
                    standby: side(estate, standby, of(standby)),
                    dns: DnsSettings { provider: DnsProvider::None, ..DnsSettings::default() },
                    maps,
                    ..PairSettings::default()
                },
                order: order.clone(),
                primary: remarks(estate, primary, of(primary)),
                standby: remarks(estate, standby, of(standby)),
                zone: String::new(),
                maybe,
            }
        })
        .collect()
}

/// A name of letters, digits and dashes that no other pair has: the first label of the alias, and more of it where that is taken.
fn pair_name(alias: &str, region: Option<&str>, taken: &mut BTreeSet<String>) -> String {
    let labels: Vec<&str> = alias.split('.').collect();
    let mut names: Vec<String> = (1..=labels.len()).map(|count| labels[..count].join("-")).collect();
    if let Some(region) = region {
        names = names.into_iter().map(|name| format!("{name}-{region}")).collect();
    }
    let shortened = names.into_iter().map(|name| name.chars().take(60).collect::<String>());
    let plain = shortened.map(|name| name.trim_matches('-').to_owned()).filter(|name| !name.is_empty());
    let names: Vec<String> = plain.collect();
    let first = names.first().cloned().unwrap_or_else(|| "pair".to_owned());
    let free = names.into_iter().find(|name| !taken.contains(name));
    let name = free.unwrap_or_else(|| {
        (2..).map(|number| format!("{first}-{number}")).find(|name| !taken.contains(name)).unwrap_or(first)
    });
    taken.insert(name.clone());
    name
}

fn remarks(estate: &Estate, at: usize, association: Option<&AliasAssociation>) -> Vec<String> {
    let side = &estate.sides[at];
    let Some(association) = association else {
        return vec![
            "The alias is here and associated with no directory: nobody could land here. Where the directory is known, name it \
             (`directory`)."
                .to_owned(),
        ];
    };
    let mut remarks = Vec::new();
    let registered = side.registrations.items().iter().find(|known| known.directory_id == association.resource_id);
    match registered {
        Some(known) => remarks.push(format!(
            "The alias is associated with {} ({}, {}).",
            association.resource_id, known.directory_name, known.directory_type
        )),
        None if side.registrations.whole().is_ok() => remarks.push(format!(
            "The alias is associated with {}, which is not registered with WorkSpaces in this account.",
            association.resource_id
        )),
        None => remarks.push(format!("The alias is associated with {}.", association.resource_id)),
    }
    if let Ok(account) = &side.account
        && !association.associated_account_id.is_empty()
        && association.associated_account_id != *account
    {
        remarks.push(format!(
            "That directory is in account {}, and this was read in {account}: give this side a profile or a role there.",
            association.associated_account_id
        ));
    }
    remarks
}

/// The name that people gave a file system.
fn name_of(side: &Side, at: usize) -> Option<&str> {
    let tags = &side.file_systems.items()[at].tags;
    tags.iter().find(|tag| tag.key == "Name").map(|tag| tag.value.as_str()).filter(|name| !name.is_empty())
}

/// File systems that belong together by a name that no other has on either side, and those that may: alone of their kind.
fn file_systems(primary: &Side, standby: &Side) -> (Vec<MapEntry>, Vec<(String, String, String)>) {
    let (here, there) = (primary.file_systems.items(), standby.file_systems.items());
    let aliases = |side: &Side, at: usize| -> BTreeSet<String> {
        let windows = side.file_systems.items()[at].windows_configuration.as_ref();
        windows.into_iter().flat_map(|windows| &windows.aliases).map(|alias| dns_name(&alias.name)).collect()
    };
    let (mut maps, mut maybe) = (Vec::new(), Vec::new());
    let mut mapped = BTreeSet::new();
    for (at, system) in here.iter().enumerate() {
        // Those that share a DNS alias are paired by it.
        let theirs = aliases(primary, at);
        if let Some(other) = (0..there.len()).find(|&other| !theirs.is_disjoint(&aliases(standby, other))) {
            mapped.insert(other);
            continue;
        }
        let Some(name) = name_of(primary, at) else { continue };
        let same = |side: &Side| -> Vec<usize> {
            (0..side.file_systems.items().len()).filter(|&at| name_of(side, at) == Some(name)).collect()
        };
        if let ([_], [other]) = (same(primary).as_slice(), same(standby).as_slice())
            && there[*other].file_system_type == system.file_system_type
        {
            mapped.insert(*other);
            maps.push(MapEntry {
                kind: MapKind::FileSystem,
                primary: system.file_system_id.clone(),
                standby: there[*other].file_system_id.clone(),
            });
        }
    }
    for kind in ["WINDOWS", "ONTAP", "OPENZFS", "LUSTRE"] {
        let open = |side: &Side, known: &dyn Fn(usize) -> bool| -> Vec<usize> {
            let systems = side.file_systems.items().iter().enumerate();
            systems.filter(|(at, system)| system.file_system_type == kind && !known(*at)).map(|(at, _)| at).collect()
        };
        let is_mapped = |at: usize| {
            let id = &here[at].file_system_id;
            maps.iter().any(|entry| entry.primary == *id)
                || (0..there.len()).any(|other| !aliases(primary, at).is_disjoint(&aliases(standby, other)))
        };
        let (ours, theirs) = (open(primary, &is_mapped), open(standby, &|at| mapped.contains(&at)));
        if let ([one], [other]) = (ours.as_slice(), theirs.as_slice()) {
            let why = format!("each is the only {kind} file system of its Region that nothing else pairs");
            maybe.push((here[*one].file_system_id.clone(), there[*other].file_system_id.clone(), why));
        }
    }
    (maps, maybe)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{check, known_rules};
    use deskpair_rules::fixture::{Fixture, On};

    fn told(value: &str) -> Told {
        Told { value: value.to_owned(), by: "the zone".to_owned() }
    }

    #[test]
    fn the_side_that_the_record_names_is_the_primary_one() {
        let fixture = Fixture::clean();
        let [candidate] = &candidates(&fixture.estate)[..] else { panic!("one alias") };
        for (on, first) in [(On::Primary, "us-east-1"), (On::Standby, "us-west-2")] {
            let told = told(Fixture::identifier(on));
            let [proposal] = &proposals(&fixture.estate, candidate, Some(&told), &mut BTreeSet::new())[..] else {
                panic!("one pair")
            };
            assert_eq!(proposal.pair.primary.region, first);
            assert!(!proposal.order.contains("CHECK"), "{}", proposal.order);
            assert_eq!(proposal.pair.name, "desktop");
            assert!(proposal.pair.primary.directory.is_some());
        }
        for told in [None, Some(told("nobodys"))] {
            let proposal = &proposals(&fixture.estate, candidate, told.as_ref(), &mut BTreeSet::new())[0];
            assert!(proposal.order.contains("CHECK WHICH SIDE"), "{}", proposal.order);
        }
    }

    #[test]
    fn file_systems_are_mapped_by_a_name_of_their_own_alone() {
        let mut fixture = Fixture::clean();
        let proposal = |fixture: &Fixture| {
            let candidate = &candidates(&fixture.estate)[0];
            let told = told(Fixture::identifier(On::Primary));
            proposals(&fixture.estate, candidate, Some(&told), &mut BTreeSet::new()).remove(0)
        };
        assert!(proposal(&fixture).pair.maps.is_empty(), "they share a DNS alias");
        let unaliased = |fixture: &mut Fixture, on: On| {
            for system in fixture.side(on).file_systems.items_mut() {
                if let Some(windows) = &mut system.windows_configuration {
                    windows.aliases.clear();
                }
            }
        };
        unaliased(&mut fixture, On::Primary);
        unaliased(&mut fixture, On::Standby);
        assert_eq!(proposal(&fixture).pair.maps.len(), 1, "they share a name");
        fixture.side(On::Standby).file_systems.items_mut()[0].tags.clear();
        let proposal = proposal(&fixture);
        assert!(proposal.pair.maps.is_empty());
        assert_eq!(proposal.maybe.len(), 1, "each is alone");
    }

    #[test]
    fn names_are_unique_and_of_the_form_that_a_configuration_takes() {
        let mut taken = BTreeSet::new();
        let mut name = |alias: &str, region| pair_name(alias, region, &mut taken);
        assert_eq!(name("desktop.example.com", None), "desktop");
        assert_eq!(name("desktop.emea.example.com", None), "desktop-emea");
        assert_eq!(name("desktop.emea.example.com", Some("eu-west-1")), "desktop-eu-west-1");
        assert_eq!(name("desktop", None), "desktop-2");
    }

    #[test]
    fn what_is_written_is_read_back_whatever_things_are_called() {
        let mut fixture = Fixture::clean();
        fixture.registration(On::Primary).directory_name = "evil\n[[pair]]\n# \u{1b}[31m\"".to_owned();
        let candidate = &candidates(&fixture.estate)[0];
        let all = proposals(&fixture.estate, candidate, None, &mut BTreeSet::new());
        let remarks = Remarks {
            unseen: vec!["us-east-2: denied\nalias = 1".to_owned()],
            beside: vec!["\r\n[limits]".to_owned()],
        };
        let text = text(&all, &remarks);
        let settings = check(&text, "deskpair.toml", &known_rules()).expect(&text).settings;
        assert_eq!(settings.pairs.len(), 1);
        assert_eq!(settings.pairs[0].primary, all[0].pair.primary);
    }
}
