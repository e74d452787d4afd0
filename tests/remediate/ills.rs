//! Estates with several ills at once. Together they need every fixer: of each rule that `deskpair remediate` plans changes for, one of them has
//! the drift.

use super::{Scene, of_own_bundles};
use deskpair::remediate::fixers::{Way, way};
use deskpair_rules::model::workspace::WorkspaceRow;
use deskpair_rules::model::{Estate, Moment, Sym};
use std::collections::BTreeSet;

/// What a company suffers from.
pub(crate) struct Ill {
    /// The rules whose drifts are planted, with commas between them.
    drift: &'static str,
    /// The rules that are planned for.
    pub(crate) rules: &'static str,
    /// What else is made of the estate.
    change: fn(&mut Estate),
    /// Whether nothing takes back some of what is made.
    pub(crate) for_good: bool,
}

impl Ill {
    const fn of(rules: &'static str) -> Self {
        Self { drift: rules, rules, change: |_| {}, for_good: false }
    }

    const fn for_good(self) -> Self {
        Self { for_good: true, ..self }
    }

    /// The estate, of this moment.
    pub(crate) fn estate(&self) -> Estate {
        let mut estate = super::company_of_now(self.drift);
        (self.change)(&mut estate);
        estate
    }
}

pub(crate) const IP_GROUPS: Ill = Ill::of("IPG-001,IPG-002,IPG-003,IPG-004");
pub(crate) const SECURITY: Ill =
    Ill::of("SEC-001,SEC-002,SEC-003,SEC-004,SEC-006,SEC-007,SEC-010,SEC-011,SEC-012,SEC-015,SEC-016");
pub(crate) const MISSING_IMAGE: Ill = Ill::of("IMG-001,BND-001");
pub(crate) const OLD_IMAGE: Ill = Ill::of("IMG-003,BND-003");
pub(crate) const SHARED_IMAGE: Ill = Ill::of("IMG-005");
pub(crate) const BRANDING: Ill = Ill::of("BRD-001,BRD-002,BRD-003");
pub(crate) const FILES: Ill = Ill::of("FSX-003");
pub(crate) const OLD_FILES: Ill =
    Ill { drift: "FSX-004,FSX-005", rules: "FSX-004,FSX-005", change: a_young_backup, for_good: false };
pub(crate) const DESKTOPS: Ill = Ill {
    drift: "WSP-004,WSP-012,WSP-014",
    rules: "WSP-001,WSP-002,WSP-004,WSP-009,WSP-012,WSP-014",
    change: desktops,
    for_good: false,
};
pub(crate) const ALIAS: Ill = Ill::of("ALS-003,ALS-006");
pub(crate) const NO_ALIAS: Ill = Ill::of("ALS-001").for_good();
pub(crate) const RECORD: Ill = Ill::of("DNS-002,DNS-005,DNS-011");
pub(crate) const TWO_IDENTIFIERS: Ill = Ill::of("DNS-004");
pub(crate) const NO_RECORD: Ill = Ill::of("DNS-001");
pub(crate) const DIRECTORY: Ill = Ill::of("DIR-003,QTA-001,QTA-002,QTA-003").for_good();

const ALL: [&Ill; 15] = [
    &IP_GROUPS,
    &SECURITY,
    &MISSING_IMAGE,
    &OLD_IMAGE,
    &SHARED_IMAGE,
    &BRANDING,
    &FILES,
    &OLD_FILES,
    &DESKTOPS,
    &ALIAS,
    &NO_ALIAS,
    &RECORD,
    &TWO_IDENTIFIERS,
    &NO_RECORD,
    &DIRECTORY,
];

/// People of each kind have no standby desktop: one who can have a standby WorkSpace, and two who get a desktop of their own.
pub(crate) const DESKTOPS_OF_EACH_KIND: Ill =
    Ill { drift: "none", rules: "WSP-001", change: without_desktops, for_good: false };

/// Two people who get a desktop of their own have none.
pub(crate) const DESKTOPS_OF_THEIR_OWN: Ill =
    Ill { drift: "none", rules: "WSP-001", change: without_desktops_of_their_own, for_good: false };

/// Nothing has carried the files over for too long, and the primary Region has a backup that is young enough.
fn a_young_backup(estate: &mut Estate) {
    let places = estate.pairs[0];
    let (taken_at, primary) = (estate.taken_at, &mut estate.sides[places.primary as usize]);
    for backup in primary.backups.items_mut() {
        backup.creation_time = Some(Moment::from_millis(taken_at.millis() - 3_600_000));
    }
    let made: Vec<String> = primary.backups.items().iter().map(|backup| backup.backup_id.clone()).collect();
    let standby = &mut estate.sides[places.standby as usize];
    standby.backups.items_mut().retain(|copy| !made.contains(&copy.source_backup_id));
}

/// Somebody has no standby desktop, somebody has one that nothing starts, and one is not replicated to though each has to be.
fn desktops(estate: &mut Estate) {
    let places = estate.pairs[0];
    let own = of_own_bundles(estate);
    let (always, stopped) = (estate.symbols.intern("ALWAYS_ON"), estate.symbols.intern("STOPPED"));
    let (primary, standby) = (places.primary as usize, places.standby as usize);
    let replicated = |row: &&WorkspaceRow| {
        let extra = estate.sides[primary].extras.of(row);
        extra.is_some_and(|extra| !extra.standby_workspaces_properties.is_empty())
    };
    let source =
        *estate.sides[primary].workspaces.items().iter().find(replicated).expect("one with a standby WorkSpace");
    for side in [primary, standby] {
        let side = &mut estate.sides[side];
        let row = *side.workspaces.items().iter().find(|row| row.user == source.user).expect("both have one");
        let Some(extra) = side.extras.of_mut(&row) else { continue };
        for properties in &mut extra.standby_workspaces_properties {
            (properties.data_replication, properties.recovery_snapshot_time) = ("NO_REPLICATION".to_owned(), None);
        }
        if let Some(settings) = &mut extra.data_replication_settings {
            (settings.data_replication, settings.recovery_snapshot_time) = ("NO_REPLICATION".to_owned(), None);
        }
    }
    let rows = estate.sides[standby].workspaces.items_mut();
    (rows[own[1]].running_mode, rows[own[1]].state, rows[own[1]].auto_stop_minutes) = (always, stopped, 0);
    // What the tags' drifts are of stays.
    rows.remove(own[0]);
    let settings = estate.settings.rules.entry("WSP-009".to_owned()).or_default();
    settings.options.insert("required".to_owned(), true.into());
}

fn without_desktops_of_their_own(estate: &mut Estate) {
    let missing: Vec<usize> = of_own_bundles(estate).into_iter().take(2).collect();
    let standby = estate.pairs[0].standby as usize;
    let mut at = 0..;
    estate.sides[standby].workspaces.items_mut().retain(|_| at.next().is_none_or(|at| !missing.contains(&at)));
}

fn without_desktops(estate: &mut Estate) {
    let own = of_own_bundles(estate);
    let places = estate.pairs[0];
    let (primary, standby) = (places.primary as usize, places.standby as usize);
    let paired = |row: &&WorkspaceRow| {
        let extra = estate.sides[primary].extras.of(row);
        extra.is_some_and(|extra| !extra.standby_workspaces_properties.is_empty())
    };
    let paired: Vec<Sym> =
        estate.sides[primary].workspaces.items().iter().filter(paired).take(1).map(|row| row.user).collect();
    let rows = estate.sides[standby].workspaces.items();
    let gone: Vec<Sym> = own.iter().take(2).map(|&at| rows[at].user).chain(paired.iter().copied()).collect();
    estate.sides[standby].workspaces.items_mut().retain(|row| !gone.contains(&row.user));
    for row in estate.sides[primary].workspaces.items().to_vec() {
        if let (true, Some(extra)) = (paired.contains(&row.user), estate.sides[primary].extras.of_mut(&row)) {
            extra.standby_workspaces_properties.clear();
            extra.related_workspaces.clear();
            extra.data_replication_settings = None;
        }
    }
}

/// A rule that something is planned for, and that no ill has, would be missed by all that is tried on them.
#[test]
fn every_rule_that_is_planned_for_is_among_the_ills() {
    let known: BTreeSet<&str> = ALL.iter().flat_map(|ill| ill.rules.split(',')).collect();
    let planned = deskpair_rules::registry().iter().map(|rule| rule.meta().id);
    let planned: BTreeSet<&str> = planned.filter(|id| matches!(way(id), Some(Way::Planned(_)))).collect();
    assert_eq!(planned, known);
}

/// Each rule's drift is planned for: some change fixes it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_ill_is_planned_for_whole() {
    for ill in ALL {
        let scene = Scene::of(ill, |_| {}).await;
        let planned = scene.plan();
        let fixes = planned["changes"].as_array().expect("changes").iter().flat_map(|change| {
            change["fixes"].as_array().expect("fixes").iter().map(|fixed| fixed["rule"].as_str().expect("a rule"))
        });
        let fixed: BTreeSet<&str> = fixes.collect();
        let missed: Vec<&str> = ill.rules.split(',').filter(|rule| !fixed.contains(rule)).collect();
        assert!(missed.is_empty(), "{}: nothing fixes {missed:?}: {planned}", ill.rules);
        scene.stage.stop().await;
    }
}
