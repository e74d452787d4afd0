//! Which directory is the pair's on each side: never by its type, for a managed AD in one Region and a connector in the other is right.

use super::{Located, LocatedBy, Unknown, association, find_alias};
use crate::model::directory::WorkspaceDirectory;
use crate::model::pairing::dns_name;
use crate::model::settings::{MapKind, PairSettings};
use crate::model::{GapId, Side};

/// Why a directory is not known where several could be it.
const SEVERAL: Unknown = Unknown::Undetermined(
    "several directories could be the alias's: name the right one with `directory` in the configuration",
);

/// Why a directory is not known where the other side's has no name to find it by.
const NAMELESS: Unknown = Unknown::Undetermined(
    "the other side's directory has no domain name by which this side's could be found: name it with `directory` in the configuration",
);

/// The pair's directory on each side: declared, associated, mapped, or alone in having the other's domain name.
pub(in crate::model) fn locate(settings: &PairSettings, primary: &Side, standby: &Side) -> (Located, Located) {
    let direct = |side: &Side, declared: Option<&String>| -> Result<Option<Located>, GapId> {
        if let Some(id) = declared {
            return Ok(Some(Located::Found { id: id.clone(), by: LocatedBy::Declared }));
        }
        Ok(find_alias(settings, side)?
            .and_then(association)
            .filter(|association| !association.resource_id.is_empty())
            .map(|association| Located::Found { id: association.resource_id.clone(), by: LocatedBy::Association }))
    };
    let p = direct(primary, settings.primary.directory.as_ref());
    let s = direct(standby, settings.standby.directory.as_ref());
    let theirs = s.as_ref().ok().and_then(Option::as_ref);
    let p = match p {
        Ok(Some(located)) => located,
        Ok(None) => {
            mapped(settings, theirs, Direction::Back).unwrap_or_else(|| by_domain(primary, standby, theirs, None))
        }
        Err(gap) => {
            mapped(settings, theirs, Direction::Back).unwrap_or_else(|| by_domain(primary, standby, theirs, Some(gap)))
        }
    };
    let there = || mapped(settings, Some(&p), Direction::There);
    let s = match s {
        Ok(Some(located)) => located,
        Ok(None) => there().unwrap_or_else(|| by_domain(standby, primary, Some(&p), None)),
        Err(gap) => there().unwrap_or_else(|| by_domain(standby, primary, Some(&p), Some(gap))),
    };
    (p, s)
}

/// Which way a map is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    There,
    Back,
}

/// The directory that the operator's map gives to one of the other side's. Two entries for it say nothing.
fn mapped(settings: &PairSettings, known: Option<&Located>, direction: Direction) -> Option<Located> {
    let known = known?.id()?;
    let entries = settings.maps.iter().filter(|entry| entry.kind == MapKind::Directory);
    let mut found = entries
        .map(|entry| match direction {
            Direction::There => (&entry.primary, &entry.standby),
            Direction::Back => (&entry.standby, &entry.primary),
        })
        .filter(|(of, _)| *of == known);
    let (_, id) = found.next()?;
    found.next().is_none().then(|| Located::Found { id: id.clone(), by: LocatedBy::Map })
}

/// The domain name of a directory, as its registration or Directory Service tells it; `Ok(None)` where it surely has none.
fn domain_of<'e>(side: &'e Side, id: &str) -> Result<Option<&'e str>, GapId> {
    let registered = side.registrations.items().iter().find(|known| known.directory_id == id);
    let known = side.directories.items().iter().find(|known| known.directory_id == id);
    let names = [registered.map(|known| &known.directory_name), known.map(|known| &known.name)];
    // Two directories without a domain name have nothing that makes them one.
    if let Some(name) = names.into_iter().flatten().find(|name| !name.is_empty()) {
        return Ok(Some(name));
    }
    let hidden = side.registrations.gap().filter(|_| registered.is_none());
    hidden.or(side.directories.gap().filter(|_| known.is_none())).map_or(Ok(None), Err)
}

/// The directory of `side` that alone has the domain name of the other side's, or alone is registered where the other is unknown too.
/// `hidden` is the gap that hid a better answer, which is blamed where this one fails.
fn by_domain(side: &Side, other: &Side, theirs: Option<&Located>, hidden: Option<GapId>) -> Located {
    let blame = |why: Unknown| Located::Unknown(hidden.map_or(why, Unknown::Gap));
    let registrations = match side.registrations.whole() {
        Ok(registrations) => registrations,
        Err(gap) => return blame(Unknown::Gap(gap)),
    };
    let personal: Vec<&WorkspaceDirectory> =
        registrations.iter().filter(|registration| registration.workspace_type != "POOLS").collect();
    let (candidates, by): (Vec<&WorkspaceDirectory>, LocatedBy) = match theirs.and_then(Located::id) {
        None => (personal, LocatedBy::OnlyOne),
        Some(id) => match domain_of(other, id) {
            Ok(Some(domain)) => {
                let same = |known: &&WorkspaceDirectory| dns_name(&known.directory_name) == dns_name(domain);
                (personal.into_iter().filter(same).collect(), LocatedBy::DomainName)
            }
            Ok(None) if !personal.is_empty() => return blame(NAMELESS),
            Err(gap) if !personal.is_empty() => return blame(Unknown::Gap(gap)),
            Ok(None) | Err(_) => (personal, LocatedBy::DomainName),
        },
    };
    match (candidates.as_slice(), hidden) {
        ([only], _) => Located::Found { id: only.directory_id.clone(), by },
        ([], None) => Located::Absent,
        ([], Some(gap)) => Located::Unknown(Unknown::Gap(gap)),
        (_, _) => blame(SEVERAL),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::directory::Directory;
    use crate::model::settings::MapEntry;
    use crate::model::{Dataset, Slice};

    const P: &str = "d-90670000aa";
    const S: &str = "d-92670000bb";

    fn found(id: &str, by: LocatedBy) -> Located {
        Located::Found { id: id.to_owned(), by }
    }

    fn located(fixture: &Fixture) -> (Located, Located) {
        let view = fixture.view();
        (view.primary_directory.clone(), view.standby_directory.clone())
    }

    /// The clean estate, with nothing of the alias on these sides.
    fn without_alias(sides: &[On]) -> Fixture {
        let mut fixture = Fixture::clean();
        for &on in sides {
            fixture.side(on).aliases.items_mut().clear();
        }
        fixture
    }

    /// Registers another directory on a side.
    fn register(fixture: &mut Fixture, on: On, id: &str, domain: &str, kind: &str) {
        let mut other = fixture.registration(on).clone();
        (other.directory_id, other.directory_name) = (id.to_owned(), domain.to_owned());
        kind.clone_into(&mut other.workspace_type);
        fixture.side(on).registrations.items_mut().push(other);
    }

    fn map(fixture: &mut Fixture, primary: &str, standby: &str) {
        let entry = MapEntry { kind: MapKind::Directory, primary: primary.to_owned(), standby: standby.to_owned() };
        fixture.pair().maps.push(entry);
    }

    #[test]
    fn the_alias_leads_to_it_unless_it_is_declared() {
        let mut fixture = Fixture::clean();
        assert_eq!(located(&fixture), (found(P, LocatedBy::Association), found(S, LocatedBy::Association)));
        map(&mut fixture, P, "d-92670000ee");
        assert_eq!(located(&fixture).1, found(S, LocatedBy::Association), "people land where the alias leads");
        fixture.pair().standby.directory = Some("d-92670000ff".to_owned());
        assert_eq!(located(&fixture).1, found("d-92670000ff", LocatedBy::Declared));
        // An association that is pending leads nowhere, nor does one without a directory.
        let association =
            |fixture: &mut Fixture| fixture.side(On::Standby).aliases.items_mut()[0].associations[0].clone();
        let mut fixture = Fixture::clean();
        let mut pending = association(&mut fixture);
        pending.association_status = "PENDING_ASSOCIATION".to_owned();
        fixture.side(On::Standby).aliases.items_mut()[0].associations = vec![pending];
        assert_eq!(located(&fixture).1, found(S, LocatedBy::DomainName));
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).aliases.items_mut()[0].associations[0].resource_id.clear();
        assert_eq!(located(&fixture).1, found(S, LocatedBy::DomainName));
    }

    #[test]
    fn a_map_goes_before_the_domain_name_and_both_ways() {
        let mut fixture = without_alias(&[On::Standby]);
        map(&mut fixture, P, "d-92670000ee");
        assert_eq!(located(&fixture), (found(P, LocatedBy::Association), found("d-92670000ee", LocatedBy::Map)));
        let mut fixture = without_alias(&[On::Primary]);
        map(&mut fixture, "d-90670000ee", S);
        assert_eq!(located(&fixture), (found("d-90670000ee", LocatedBy::Map), found(S, LocatedBy::Association)));
        map(&mut fixture, "d-90670000ef", S);
        assert_eq!(located(&fixture).0, found(P, LocatedBy::DomainName), "two entries say nothing");
        // A map of something else, or of another directory, does not.
        let mut fixture = without_alias(&[On::Standby]);
        map(&mut fixture, "d-90670000ee", "d-92670000ee");
        fixture.pair().maps.push(MapEntry {
            kind: MapKind::User,
            primary: P.to_owned(),
            standby: "d-92670000ee".to_owned(),
        });
        assert_eq!(located(&fixture).1, found(S, LocatedBy::DomainName));
    }

    #[test]
    fn a_managed_directory_and_a_connector_to_it_are_a_pair() {
        for (on, kind) in [(On::Standby, "MicrosoftAD"), (On::Primary, "SharedMicrosoftAD"), (On::Primary, "SimpleAD")]
        {
            let mut fixture = without_alias(&[On::Standby]);
            kind.clone_into(&mut fixture.side(on).directories.items_mut()[0].r#type);
            "SIMPLE_AD".clone_into(&mut fixture.registration(on).directory_type);
            assert_eq!(
                located(&fixture),
                (found(P, LocatedBy::Association), found(S, LocatedBy::DomainName)),
                "{kind}"
            );
        }
        // A replicated managed AD has one id in both Regions.
        let mut fixture = Fixture::clean();
        P.clone_into(&mut fixture.side(On::Standby).aliases.items_mut()[0].associations[0].resource_id);
        assert_eq!(located(&fixture), (found(P, LocatedBy::Association), found(P, LocatedBy::Association)));
    }

    #[test]
    fn the_domain_name_is_compared_as_dns_does_and_may_come_from_directory_service() {
        let mut fixture = without_alias(&[On::Standby]);
        "Corp.Example.".clone_into(&mut fixture.registration(On::Standby).directory_name);
        register(&mut fixture, On::Standby, "d-92670000ee", "test.example", "PERSONAL");
        assert_eq!(located(&fixture).1, found(S, LocatedBy::DomainName));
        // The primary side's registrations were not read, and Directory Service tells the name.
        fixture.deny(On::Primary, Dataset::Registrations);
        assert_eq!(located(&fixture).1, found(S, LocatedBy::DomainName));
        let gap = fixture.deny(On::Primary, Dataset::Directories);
        let first = fixture.estate.sides[0].registrations.gap().expect("it was denied");
        assert!(gap != first);
        assert_eq!(located(&fixture).1, Located::Unknown(Unknown::Gap(first)));
    }

    #[test]
    fn the_domain_name_is_that_of_the_pairs_own_directory() {
        let mut fixture = without_alias(&[On::Standby]);
        for (on, id) in [(On::Primary, "d-90670000ee"), (On::Standby, "d-92670000ee")] {
            register(&mut fixture, on, id, "test.example", "PERSONAL");
            fixture.side(on).registrations.items_mut().reverse();
        }
        assert_eq!(located(&fixture), (found(P, LocatedBy::Association), found(S, LocatedBy::DomainName)));
    }

    #[test]
    fn several_of_one_name_and_several_at_all_are_not_guessed() {
        let mut fixture = without_alias(&[On::Standby]);
        register(&mut fixture, On::Standby, "d-92670000ee", "corp.example", "PERSONAL");
        assert_eq!(located(&fixture).1, Located::Unknown(SEVERAL));
        // Pools have directories of their own.
        "POOLS".clone_into(&mut fixture.side(On::Standby).registrations.items_mut()[1].workspace_type);
        assert_eq!(located(&fixture).1, found(S, LocatedBy::DomainName));

        let mut fixture = without_alias(&[On::Primary, On::Standby]);
        assert_eq!(located(&fixture), (found(P, LocatedBy::OnlyOne), found(S, LocatedBy::DomainName)));
        register(&mut fixture, On::Primary, "d-90670000ee", "corp.example", "PERSONAL");
        assert_eq!(located(&fixture), (Located::Unknown(SEVERAL), found(S, LocatedBy::OnlyOne)));
    }

    #[test]
    fn one_without_a_name_is_found_by_none() {
        let mut fixture = without_alias(&[On::Standby]);
        fixture.registration(On::Primary).directory_name.clear();
        fixture.side(On::Primary).directories = Slice::whole_of(Vec::<Directory>::new());
        assert_eq!(located(&fixture).1, Located::Unknown(NAMELESS));
        fixture.registration(On::Standby).directory_name.clear();
        assert_eq!(located(&fixture).1, Located::Unknown(NAMELESS));
        fixture.side(On::Standby).registrations.items_mut().clear();
        assert_eq!(located(&fixture).1, Located::Absent);
        // Where none is registered there is none, whatever name could not be read.
        fixture.deny(On::Primary, Dataset::Registrations);
        fixture.deny(On::Primary, Dataset::Directories);
        assert_eq!(located(&fixture).1, Located::Absent);
    }

    #[test]
    fn absence_needs_whole_lists() {
        let mut fixture = without_alias(&[On::Standby]);
        fixture.side(On::Standby).registrations.items_mut().clear();
        assert_eq!(located(&fixture).1, Located::Absent);
        let aliases = fixture.deny(On::Standby, Dataset::Aliases);
        assert_eq!(located(&fixture).1, Located::Unknown(Unknown::Gap(aliases)));
        let mut fixture = without_alias(&[On::Standby]);
        let registrations = fixture.deny(On::Standby, Dataset::Registrations);
        assert_eq!(located(&fixture).1, Located::Unknown(Unknown::Gap(registrations)));
        // The better answer is blamed first.
        let aliases = fixture.deny(On::Standby, Dataset::Aliases);
        assert_eq!(located(&fixture).1, Located::Unknown(Unknown::Gap(aliases)));
        // One that alone has the name is it, whether or not the alias could be asked.
        let mut fixture = Fixture::clean();
        fixture.deny(On::Standby, Dataset::Aliases);
        assert_eq!(located(&fixture).1, found(S, LocatedBy::DomainName));
        register(&mut fixture, On::Standby, "d-92670000ee", "corp.example", "PERSONAL");
        assert!(matches!(located(&fixture).1, Located::Unknown(Unknown::Gap(_))));
    }

    #[test]
    fn a_side_in_another_account_is_found_by_its_own_association() {
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).account = Ok("444455556666".to_owned());
        let alias = &mut fixture.side(On::Standby).aliases.items_mut()[0];
        let association = &mut alias.associations[0];
        "ASSOCIATED_WITH_SHARED_ACCOUNT".clone_into(&mut association.association_status);
        "444455556666".clone_into(&mut association.associated_account_id);
        assert_eq!(located(&fixture).1, found(S, LocatedBy::Association));
    }
}
