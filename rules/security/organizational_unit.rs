//! SEC-003: the computers of new desktops must be put where the primary's are, so that the same policies hold for them.
//!
//! It compares names: whether a unit exists, and what policies are linked to it, Active Directory alone knows.

use super::creation_default;
use super::distinguished_name::DistinguishedName;
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::settings::MapKind;
use crate::model::{Dataset, PairView, Subject};
use crate::rule::{Rule, Sheet, Wording};

/// SEC-003 organizational-unit.
pub(super) struct OrganizationalUnit;

static META: Meta = Meta {
    id: "SEC-003",
    name: "organizational-unit",
    area: Area::Security,
    summary: "the directories put the computer accounts of new WorkSpaces into different organizational units",
    cases: &[Case { key: "differs", severity: Severity::Medium, effect: Effect::Degrades, uncounted: false }],
    reach: Reach::Pair,
    implies: &[],
    needs: &[Dataset::Registrations, Dataset::Aliases],
    controls: &[controls::REL13_BP04, controls::CM_6, controls::A_5_29, controls::A_5_30],
    remedy: "Set DefaultOu on the standby directory to the primary's, or name a deliberate difference with a [[pair.map]] of kind \"ou\". It \
             applies to WorkSpaces that are made or rebuilt afterwards: those that exist stay where they are until they are rebuilt, or \
             moved in Active Directory.",
    options: &[],
    doc: include_str!("organizational_unit.md"),
};

const NOWHERE: &str = "neither directory names an organizational unit for new WorkSpaces";

/// The unit that the map names for the standby side.
fn mapped<'e>(pair: &PairView<'e>, primary: &str) -> Option<&'e str> {
    let name = DistinguishedName::of(primary);
    let entries = pair.settings.maps.iter().filter(|entry| entry.kind == MapKind::Ou);
    entries.into_iter().find(|entry| DistinguishedName::of(&entry.primary) == name).map(|entry| entry.standby.as_str())
}

impl Rule for OrganizationalUnit {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let Some((p, s)) = creation_default::both(pair, sheet, NOWHERE) else { return };
        if p.default_ou.is_empty() && s.default_ou.is_empty() {
            sheet.not_applicable(NOWHERE);
            return;
        }
        let wanted = mapped(pair, &p.default_ou).unwrap_or(&p.default_ou);
        if DistinguishedName::of(wanted) == DistinguishedName::of(&s.default_ou) {
            sheet.pass();
        } else {
            sheet.fail(Subject::Directories, 0);
        }
    }

    fn word(&self, pair: &PairView<'_>, _: Subject, _: usize) -> Wording {
        let region = &pair.settings.standby.region;
        let (p, s) =
            creation_default::read(pair).map_or(("", ""), |(p, s)| (p.default_ou.as_str(), s.default_ou.as_str()));
        let than = match mapped(pair, p) {
            _ if s.is_empty() => "none, where the primary's get theirs in one that is named",
            _ if p.is_empty() => "one that is named, where the primary's get theirs in none",
            Some(_) => "another than the map names",
            None => "another than the primary's",
        };
        let shown = |ou: &str| if ou.is_empty() { "absent".to_owned() } else { ou.to_owned() };
        let wording = Wording::new(format!(
            "the organizational unit in which WorkSpaces that are made or rebuilt in {region} get their computer accounts is {than}"
        ));
        match mapped(pair, p) {
            Some(wanted) => {
                wording.with("WorkspaceCreationProperties.DefaultOu", format!("{p} (mapped to {wanted})"), shown(s))
            }
            None => wording.with("WorkspaceCreationProperties.DefaultOu", shown(p), shown(s)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::creation_default::UNTOLD;
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::Unknown;
    use crate::model::settings::MapEntry;
    use crate::registered::NOT_BOTH;

    fn ou(primary: &str, standby: &str) -> Fixture {
        let mut fixture = Fixture::clean();
        for (on, ou) in [(On::Primary, primary), (On::Standby, standby)] {
            let defaults = fixture.registration(on).workspace_creation_properties.as_mut();
            defaults.expect("set").default_ou = ou.to_owned();
        }
        fixture
    }

    fn map(fixture: &mut Fixture, primary: &str, standby: &str) {
        let entry = MapEntry { kind: MapKind::Ou, primary: primary.to_owned(), standby: standby.to_owned() };
        fixture.pair().maps.push(entry);
    }

    const DIFFERS: &str = "differs corp.example";

    #[test]
    fn passes_for_one_unit_however_it_is_written() {
        assert_eq!(Fixture::clean().verdicts(&OrganizationalUnit), (1, vec![]));
        let spelled = ou("OU=Desktops,DC=corp,DC=example", "ou=desktops, dc=corp, dc=EXAMPLE");
        assert_eq!(spelled.verdicts(&OrganizationalUnit), (1, vec![]));
    }

    #[test]
    fn fails_for_another_unit_and_says_whom_it_concerns() {
        let fixture = ou("OU=Desktops,DC=corp,DC=example", "OU=Test,DC=corp,DC=example");
        assert_eq!(fixture.verdicts(&OrganizationalUnit), (0, vec![DIFFERS.to_owned()]));
        assert_eq!(fixture.run(&[&OrganizationalUnit]).pairs[0].readiness.degraded, 3);
        let words = fixture.words(&OrganizationalUnit);
        assert_eq!(
            words.message,
            "the organizational unit in which WorkSpaces that are made or rebuilt in us-west-2 get their computer accounts is another \
             than the primary's"
        );
        assert_eq!(words.drift[0].standby, "OU=Test,DC=corp,DC=example");
    }

    #[test]
    fn none_is_not_one() {
        for (primary, standby, words) in [("OU=a,DC=x", "", "is none"), ("", "OU=a,DC=x", "is one that is named")] {
            let fixture = ou(primary, standby);
            assert_eq!(fixture.verdicts(&OrganizationalUnit), (0, vec![DIFFERS.to_owned()]));
            let message = fixture.words(&OrganizationalUnit).message;
            assert!(message.contains(words), "{message}");
        }
        assert_eq!(ou("", "").judge(&OrganizationalUnit).reasons(), [NOWHERE]);
    }

    #[test]
    fn the_map_names_deliberate_differences_and_nothing_else_passes_then() {
        let mut fixture = ou("OU=East,DC=x", "OU=West,DC=x");
        map(&mut fixture, "ou=east, dc=x", "ou=WEST,dc=x");
        assert_eq!(fixture.verdicts(&OrganizationalUnit), (1, vec![]));
        let mut fixture = ou("OU=East,DC=x", "OU=East,DC=x");
        map(&mut fixture, "OU=East,DC=x", "OU=West,DC=x");
        assert_eq!(fixture.verdicts(&OrganizationalUnit), (0, vec![DIFFERS.to_owned()]));
        let words = fixture.words(&OrganizationalUnit);
        assert!(words.message.ends_with("another than the map names"), "{}", words.message);
        assert_eq!(words.drift[0].primary, "OU=East,DC=x (mapped to OU=West,DC=x)");
    }

    #[test]
    fn defaults_that_one_side_does_not_tell_are_not_judged() {
        let mut fixture = Fixture::clean();
        fixture.registration(On::Primary).workspace_creation_properties = None;
        let sheet = fixture.judge(&OrganizationalUnit);
        assert_eq!(sheet.unknowns(), [(Subject::Directories, Unknown::Undetermined(UNTOLD))]);
        fixture.registration(On::Standby).workspace_creation_properties = None;
        assert_eq!(fixture.judge(&OrganizationalUnit).reasons(), [NOWHERE]);
    }

    #[test]
    fn gaps_are_no_passes() {
        Fixture::clean().assert_gaps_are_no_passes(&OrganizationalUnit);
        ou("OU=a,DC=x", "OU=b,DC=x").assert_gaps_are_no_passes(&OrganizationalUnit);
    }

    #[test]
    fn does_not_apply_without_two_directories() {
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).registrations.items_mut().clear();
        assert_eq!(fixture.judge(&OrganizationalUnit).reasons(), [NOT_BOTH]);
    }
}
