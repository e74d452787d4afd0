//! The pair's directories as Directory Service knows them. Those that WorkSpaces keeps itself (`wsd-…`) it does not know (AWS-FACTS §9).

use crate::model::directory::{ConnectSettings, Directory};
use crate::model::pairing::{Located, dns_name};
use crate::model::{PairView, Side, Subject, Unknown};
use crate::rule::Sheet;

/// What is said of a directory that WorkSpaces keeps itself.
pub(super) const FOREIGN: &str =
    "the pair's directory is one that WorkSpaces keeps itself, which Directory Service does not know";
/// What is said where the standby side has none: DIR-001 says that it should.
pub(super) const NOT_THERE: &str = "Directory Service lists no directory of the pair in the standby Region";
/// What is said where there are not two to compare.
pub(super) const NOT_BOTH: &str = "Directory Service lists no directory of the pair in one of its Regions";
/// What is said where not both are AD Connectors.
pub(super) const NOT_CONNECTORS: &str = "the pair's directories are not both AD Connectors";

const SEVERAL: Unknown = Unknown::Undetermined(
    "several directories of the standby Region have the domain's name and none is registered: name the right one with `directory` in the \
     configuration",
);
const NAMELESS: Unknown = Unknown::Undetermined(
    "the primary directory's domain name is missing from every answer, so that nothing tells its counterpart among directories that are \
     not registered",
);

/// What Directory Service tells of one of the pair's directories.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known<'e> {
    /// It lists it.
    Listed(&'e Directory),
    /// WorkSpaces keeps it, and Directory Service does not know it.
    Foreign,
    /// There surely is none.
    Missing,
    /// It cannot be told.
    Unknown(Unknown),
}

fn of<'e>(side: &'e Side, located: &Located) -> Known<'e> {
    match located {
        Located::Found { id, .. } if id.starts_with("wsd-") => Known::Foreign,
        Located::Found { id, .. } => match side.directories.find(|known| known.directory_id == *id) {
            Ok(Some(directory)) => Known::Listed(directory),
            Ok(None) => Known::Missing,
            Err(gap) => Known::Unknown(gap.into()),
        },
        Located::Absent => Known::Missing,
        Located::Unknown(why) => Known::Unknown(*why),
    }
}

/// The primary side's.
pub(super) fn primary<'e>(pair: &PairView<'e>) -> Known<'e> {
    of(pair.primary, &pair.primary_directory)
}

/// The standby side's: where none is registered, the one with the primary's domain name.
pub(super) fn standby<'e>(pair: &PairView<'e>) -> Known<'e> {
    match pair.standby_directory {
        Located::Absent => unregistered(pair),
        Located::Found { .. } | Located::Unknown(_) => of(pair.standby, &pair.standby_directory),
    }
}

/// The standby Region's directory of the primary's domain, of which it is known that none is registered.
fn unregistered<'e>(pair: &PairView<'e>) -> Known<'e> {
    let listed = primary(pair);
    let name = match (pair.primary_registration(), listed) {
        (_, Known::Foreign) => return Known::Foreign,
        (Ok(Some(registration)), _) if !registration.directory_name.is_empty() => &registration.directory_name,
        (_, Known::Listed(directory)) if !directory.name.is_empty() => &directory.name,
        (Err(why), _) | (_, Known::Unknown(why)) => return Known::Unknown(why),
        (Ok(_), _) if pair.primary_directory.id().is_none() => return Known::Missing,
        (Ok(_), _) => return Known::Unknown(NAMELESS),
    };
    let wanted = dns_name(name);
    let (list, region) = (&pair.standby.directories, &pair.settings.standby.region);
    let may_be = |directory: &&Directory| dns_name(&directory.name) == wanted && !is_copy(directory, region);
    let mut found = list.items().iter().filter(may_be);
    match (found.next(), found.next(), list.gap()) {
        (Some(only), None, _) => Known::Listed(only),
        (Some(_), Some(_), _) => Known::Unknown(SEVERAL),
        (None, _, None) => Known::Missing,
        (None, _, Some(gap)) => Known::Unknown(gap.into()),
    }
}

/// The standby side's; where there is none, the sheet says why.
pub(super) fn standby_listed<'e>(pair: &PairView<'e>, sheet: &mut Sheet) -> Option<&'e Directory> {
    match standby(pair) {
        Known::Listed(directory) => return Some(directory),
        Known::Foreign => sheet.not_applicable(FOREIGN),
        Known::Missing => sheet.not_applicable(NOT_THERE),
        Known::Unknown(why) => sheet.unknown(Subject::Directories, why),
    }
    None
}

/// Both; where there are not two to compare, the sheet says why.
pub(super) fn both<'e>(pair: &PairView<'e>, sheet: &mut Sheet) -> Option<(&'e Directory, &'e Directory)> {
    match (primary(pair), standby(pair)) {
        (Known::Listed(p), Known::Listed(s)) => return Some((p, s)),
        (Known::Foreign, _) | (_, Known::Foreign) => sheet.not_applicable(FOREIGN),
        (Known::Missing, _) | (_, Known::Missing) => sheet.not_applicable(NOT_BOTH),
        (Known::Unknown(why), _) | (_, Known::Unknown(why)) => sheet.unknown(Subject::Directories, why),
    }
    None
}

/// Both directories, to word what was found of them.
pub(super) fn listed<'e>(pair: &PairView<'e>) -> Option<(&'e Directory, &'e Directory)> {
    match (primary(pair), standby(pair)) {
        (Known::Listed(p), Known::Listed(s)) => Some((p, s)),
        (_, _) => None,
    }
}

/// Both, where both are AD Connectors; otherwise the sheet says why.
pub(super) fn connectors<'e>(pair: &PairView<'e>, sheet: &mut Sheet) -> Option<(&'e Directory, &'e Directory)> {
    let (p, s) = both(pair, sheet)?;
    if is_connector(p) && is_connector(s) {
        return Some((p, s));
    }
    sheet.not_applicable(NOT_CONNECTORS);
    None
}

/// Whether a directory is an AD Connector: no directory of its own, but a way to the company's.
pub(super) fn is_connector(directory: &Directory) -> bool {
    directory.r#type == "ADConnector"
}

/// The account as which an AD Connector acts in the company's domain; empty where the answer lacks it.
pub(super) fn service_account(directory: &Directory) -> &str {
    directory.connect_settings.as_ref().map_or("", |connect: &ConnectSettings| connect.customer_user_name.as_str())
}

/// What is said where Directory Service keeps no settings of clients.
pub(super) const NO_SETTINGS: &str = "Directory Service keeps ways of client authentication and LDAPS settings of registered AD Connectors and managed ADs alone";

/// Both, where Directory Service keeps settings of clients of both and these are asked for: registered AD Connectors and managed ADs.
/// Otherwise the sheet says why.
pub(super) fn with_settings<'e>(pair: &PairView<'e>, sheet: &mut Sheet) -> Option<(&'e Directory, &'e Directory)> {
    let (p, s) = both(pair, sheet)?;
    let has = |directory: &Directory| matches!(directory.r#type.as_str(), "ADConnector" | "MicrosoftAD");
    if has(p) && has(s) && pair.standby_directory.id().is_some() {
        return Some((p, s));
    }
    sheet.not_applicable(NO_SETTINGS);
    None
}

/// Whether a directory is the copy of a managed AD whose own Region is another. It cannot be registered with WorkSpaces, so that it is no
/// pair's directory (AWS-FACTS §1.1).
pub(super) fn is_copy(directory: &Directory, region: &str) -> bool {
    let home = directory.regions_info.as_ref().map_or("", |regions| regions.primary_region.as_str());
    !home.is_empty() && home != region
}

/// What is said where no managed AD is behind the primary side.
pub(super) const NO_MANAGED: &str = "no managed AD is behind the primary directory";

const SHARED_MANAGED: Unknown = Unknown::Unsupported(
    "the primary side's managed AD is one that another account shares: its owner alone may ask for its Regions, domain controllers and \
     trusts",
);

/// The managed AD behind the primary side: the pair's directory, or the one in its Region of the domain that its connector is of. Otherwise
/// the sheet says why.
pub(super) fn managed<'e>(pair: &PairView<'e>, p: &'e Directory, sheet: &mut Sheet) -> Option<&'e Directory> {
    let is_managed = |directory: &Directory| matches!(directory.r#type.as_str(), "MicrosoftAD" | "SharedMicrosoftAD");
    let named = !dns_name(&p.name).is_empty();
    let of_domain = |known: &Directory| is_managed(known) && dns_name(&known.name) == dns_name(&p.name);
    let found = if is_managed(p) {
        Ok(Some(p))
    } else if is_connector(p) && named {
        pair.primary.directories.find(of_domain)
    } else {
        Ok(None)
    };
    match found {
        Ok(Some(shared)) if shared.r#type != "MicrosoftAD" => sheet.unknown(Subject::Directories, SHARED_MANAGED),
        Ok(Some(managed)) => return Some(managed),
        Ok(None) => sheet.not_applicable(NO_MANAGED),
        Err(gap) => sheet.unknown(Subject::Directories, gap),
    }
    None
}

/// The managed AD behind the primary side, to word what was found of it.
pub(super) fn managed_listed<'e>(pair: &PairView<'e>) -> Option<&'e Directory> {
    let (p, _) = listed(pair)?;
    managed(pair, p, &mut Sheet::default())
}

/// A value for a sentence or a line of differences.
pub(super) fn shown(value: &str) -> String {
    if value.is_empty() { "absent".to_owned() } else { value.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::{Dataset, Unknown};

    /// Nothing is registered in the standby Region, and no alias leads there.
    fn unregistered() -> Fixture {
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).registrations.items_mut().clear();
        fixture.side(On::Standby).aliases.items_mut().clear();
        fixture
    }

    fn is_listed(fixture: &Fixture, id: &str) -> bool {
        matches!(standby(&fixture.view()), Known::Listed(directory) if directory.directory_id == id)
    }

    #[test]
    fn one_that_is_not_registered_is_found_by_its_domain() {
        let mut fixture = unregistered();
        let id = fixture.directory_id(On::Standby);
        assert!(is_listed(&fixture, &id));
        fixture.side(On::Standby).directories.items_mut()[0].name = "CORP.example.".to_owned();
        assert!(is_listed(&fixture, &id), "as DNS compares names");
        fixture.side(On::Standby).directories.items_mut()[0].name = "other.example".to_owned();
        assert_eq!(standby(&fixture.view()), Known::Missing);
        // Where the registration's name is not told, Directory Service's is.
        let mut fixture = unregistered();
        fixture.registration(On::Primary).directory_name.clear();
        assert!(is_listed(&fixture, &id));
        fixture.side(On::Primary).directories.items_mut()[0].name.clear();
        assert_eq!(standby(&fixture.view()), Known::Unknown(NAMELESS));
    }

    #[test]
    fn the_copy_of_a_managed_ad_is_nobodys_directory() {
        let mut fixture = unregistered();
        let id = fixture.directory_id(On::Standby);
        fixture.add_managed_ad();
        assert!(is_listed(&fixture, &id), "the connector alone can be registered");
        fixture.side(On::Standby).directories.items_mut().retain(|known| known.r#type == "MicrosoftAD");
        assert_eq!(standby(&fixture.view()), Known::Missing);
    }

    #[test]
    fn several_are_not_guessed_and_absence_needs_a_whole_list() {
        let mut fixture = unregistered();
        let mut other = fixture.side(On::Standby).directories.items()[0].clone();
        other.directory_id = "d-92670000ee".to_owned();
        fixture.side(On::Standby).directories.items_mut().push(other);
        assert_eq!(standby(&fixture.view()), Known::Unknown(SEVERAL));
        let mut fixture = unregistered();
        let gap = fixture.deny(On::Standby, Dataset::Directories);
        assert_eq!(standby(&fixture.view()), Known::Unknown(Unknown::Gap(gap)));
    }

    #[test]
    fn what_workspaces_keeps_is_not_looked_for() {
        let mut fixture = Fixture::clean();
        fixture.pair().standby.directory = Some("wsd-0000000aa".to_owned());
        assert_eq!(standby(&fixture.view()), Known::Foreign);
        let mut fixture = unregistered();
        fixture.pair().primary.directory = Some("wsd-0000000aa".to_owned());
        assert_eq!((primary(&fixture.view()), standby(&fixture.view())), (Known::Foreign, Known::Foreign));
    }
}
