//! SEC-007: what people may do to their own desktops must be the same in both Regions.

use super::compared::{self, Compares, Member};
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::directory::{SelfservicePermissions, WorkspaceDirectory};
use crate::model::{Dataset, PairView, Subject};
use crate::registered;
use crate::rule::{Rule, Sheet, Wording};

/// SEC-007 self-service.
pub(super) struct SelfService;

/// Positions in the cases.
const NARROWER: usize = 0;
const WIDER: usize = 1;

static META: Meta = Meta {
    id: "SEC-007",
    name: "self-service",
    area: Area::Security,
    summary: "the directories differ in what people may do to their own WorkSpaces",
    cases: &[
        Case { key: "narrower", severity: Severity::Medium, effect: Effect::Degrades, uncounted: false },
        // Whoever may do more works no worse.
        Case { key: "wider", severity: Severity::Medium, effect: Effect::None, uncounted: false },
    ],
    reach: Reach::Pair,
    implies: &[],
    needs: &[Dataset::Registrations, Dataset::Aliases],
    controls: &[controls::REL13_BP04, controls::CM_6, controls::A_5_30],
    remedy: "Set the permissions that the finding names alike on both directories, to ENABLED or DISABLED.",
    options: &[],
    doc: include_str!("self_service.md"),
};

const NOWHERE: &str = "neither directory tells its self-service permissions";

/// Every permission: the member, what people call it, its value on a side, and what documentedly holds where it is absent.
type Permission = (&'static str, &'static str, fn(&SelfservicePermissions) -> &str, &'static str);

const PERMISSIONS: [Permission; 7] = [
    ("RestartWorkspace", "restart", |may| &may.restart_workspace, ""),
    ("IncreaseVolumeSize", "larger volumes", |may| &may.increase_volume_size, ""),
    ("ChangeComputeType", "another compute type", |may| &may.change_compute_type, ""),
    ("SwitchRunningMode", "another running mode", |may| &may.switch_running_mode, ""),
    ("RebuildWorkspace", "rebuild", |may| &may.rebuild_workspace, ""),
    ("NestedVirtualization", "nested virtualization", |may| &may.nested_virtualization, "DISABLED"),
    ("EnableEndUserAdvisor", "End User Advisor", |may| &may.enable_end_user_advisor, "ENABLED"),
];

fn compare(p: &WorkspaceDirectory, s: &WorkspaceDirectory) -> Vec<Member> {
    let of = |side: &WorkspaceDirectory, value: fn(&SelfservicePermissions) -> &str| {
        side.selfservice_permissions.as_ref().map_or("", value).to_owned()
    };
    PERMISSIONS
        .iter()
        .map(|&(member, title, value, default)| {
            let (primary, standby) = (of(p, value), of(s, value));
            let meant = |told: &str| if told.is_empty() { default.to_owned() } else { told.to_owned() };
            let compares = Compares::switch(&meant(&primary), &meant(&standby), (WIDER, NARROWER));
            Member::new(format!("SelfservicePermissions.{member}"), title, (primary, standby), compares)
        })
        .collect()
}

impl Rule for SelfService {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let Some((p, s)) = registered::both(pair, sheet) else { return };
        compared::settle(&META, sheet, &compare(p, s), NOWHERE);
    }

    fn word(&self, pair: &PairView<'_>, _: Subject, _: usize) -> Wording {
        let members = compared::of(pair, compare);
        let ways = compared::ways(&members, &[(NARROWER, "is narrower for"), (WIDER, "is wider for")]);
        compared::wording(format!("self-service in {} {ways}", pair.settings.standby.region), &members)
    }
}

#[cfg(test)]
mod tests {
    use super::super::compared::{ABSENT, NO_SUCH_VALUE};
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::registered::NOT_BOTH;

    fn change(on: On, change: impl FnOnce(&mut SelfservicePermissions)) -> Fixture {
        let mut fixture = Fixture::clean();
        change(fixture.registration(on).selfservice_permissions.as_mut().expect("set"));
        fixture
    }

    /// The standby side's permission to rebuild; the primary's is `DISABLED`.
    fn rebuild(standby: &str) -> Fixture {
        change(On::Standby, |may| may.rebuild_workspace = standby.to_owned())
    }

    #[test]
    fn each_permission_is_compared_and_the_direction_decides_what_it_does() {
        let set: [fn(&mut SelfservicePermissions) -> &mut String; 7] = [
            |may| &mut may.restart_workspace,
            |may| &mut may.increase_volume_size,
            |may| &mut may.change_compute_type,
            |may| &mut may.switch_running_mode,
            |may| &mut may.rebuild_workspace,
            |may| &mut may.nested_virtualization,
            |may| &mut may.enable_end_user_advisor,
        ];
        for ((member, title, ..), set) in PERMISSIONS.into_iter().zip(set) {
            for (standby, primary, case, way) in
                [("DISABLED", "ENABLED", "narrower", "narrower"), ("ENABLED", "DISABLED", "wider", "wider")]
            {
                let mut fixture = Fixture::clean();
                for (on, value) in [(On::Primary, primary), (On::Standby, standby)] {
                    let may = fixture.registration(on).selfservice_permissions.as_mut().expect("set");
                    *set(may) = value.to_owned();
                }
                assert_eq!(fixture.verdicts(&SelfService), (0, vec![format!("{case} corp.example")]), "{member}");
                let words = fixture.words(&SelfService);
                assert_eq!(words.message, format!("self-service in us-west-2 is {way} for {title}"));
                assert_eq!(words.drift[0].path, format!("SelfservicePermissions.{member}"));
                let degraded = fixture.run(&[&SelfService]).pairs[0].readiness.degraded;
                assert_eq!(degraded, if case == "narrower" { 3 } else { 0 });
            }
        }
    }

    #[test]
    fn passes_where_all_are_alike_also_by_documented_default() {
        assert_eq!(Fixture::clean().verdicts(&SelfService), (1, vec![]));
        let defaults = change(On::Standby, |may| {
            may.nested_virtualization.clear();
            may.enable_end_user_advisor.clear();
        });
        assert_eq!(defaults.verdicts(&SelfService), (1, vec![]));
    }

    #[test]
    fn where_they_differ_both_ways_the_worse_carries_and_both_are_shown() {
        let fixture = change(On::Standby, |may| {
            may.restart_workspace = "DISABLED".to_owned();
            may.rebuild_workspace = "ENABLED".to_owned();
        });
        assert_eq!(fixture.verdicts(&SelfService), (0, vec!["narrower corp.example".to_owned()]));
        let words = fixture.words(&SelfService);
        assert_eq!(words.message, "self-service in us-west-2 is narrower for restart and is wider for rebuild");
        assert_eq!(words.drift.len(), 2);
    }

    #[test]
    fn absent_is_neither_enabled_nor_disabled() {
        assert_eq!(rebuild("").judge(&SelfService).unknowns(), [(Subject::Directories, ABSENT)]);
        assert_eq!(rebuild("PERHAPS").judge(&SelfService).unknowns(), [(Subject::Directories, NO_SUCH_VALUE)]);
        // What surely differs is a fail. Only what could be worse than that is said besides.
        let worse = change(On::Standby, |may| {
            may.restart_workspace = "DISABLED".to_owned();
            may.rebuild_workspace.clear();
        });
        let sheet = worse.judge(&SelfService);
        assert_eq!((sheet.fails().len(), sheet.unknowns().len()), (1, 0));
        let better = change(On::Standby, |may| {
            may.rebuild_workspace = "ENABLED".to_owned();
            may.restart_workspace.clear();
        });
        let sheet = better.judge(&SelfService);
        assert_eq!((sheet.fails().len(), sheet.unknowns()), (1, &[(Subject::Directories, ABSENT)][..]));
        assert_eq!(better.run(&[&SelfService]).pairs[0].readiness.unknown, 3);
    }

    #[test]
    fn nothing_to_compare_is_said() {
        let mut fixture = Fixture::clean();
        for on in [On::Primary, On::Standby] {
            fixture.registration(on).selfservice_permissions = None;
        }
        assert_eq!(fixture.judge(&SelfService).reasons(), [NOWHERE]);
        fixture.side(On::Standby).registrations.items_mut().clear();
        assert_eq!(fixture.judge(&SelfService).reasons(), [NOT_BOTH]);
    }

    #[test]
    fn gaps_are_no_passes() {
        Fixture::clean().assert_gaps_are_no_passes(&SelfService);
        rebuild("ENABLED").assert_gaps_are_no_passes(&SelfService);
    }
}
