//! WSP-009: what a standby WorkSpace is replicated from should be no older than the recovery point objective.

use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::moment::span;
use crate::model::workspace::{DataReplication, Extra, WorkspaceRow};
use crate::model::{Moment, PairView, Side, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};
use crate::workspaces::option;
use crate::workspaces::row::{PAIRING, each_pair_or, primary, relation, standby};

/// WSP-009 replication-recovery-point.
pub(super) struct ReplicationRecoveryPoint;

const TOO_OLD: usize = 0;
const OFF: usize = 1;
const NO_SNAPSHOT: usize = 2;

static META: Meta = Meta {
    id: "WSP-009",
    name: "replication-recovery-point",
    area: Area::Workspaces,
    summary: "a standby WorkSpace is not replicated to, or from a snapshot that is older than the recovery point objective",
    cases: &[
        Case { key: "too-old", severity: Severity::Medium, effect: Effect::Degrades, uncounted: false },
        Case { key: "off", severity: Severity::Medium, effect: Effect::Degrades, uncounted: false },
        Case { key: "no-snapshot", severity: Severity::Medium, effect: Effect::Degrades, uncounted: false },
    ],
    reach: Reach::Desktop,
    implies: &[],
    needs: PAIRING,
    controls: &[
        controls::REL13_BP02,
        controls::EUCREL04,
        controls::CP_2,
        controls::CP_9,
        controls::A_8_13,
        controls::A1_2,
        controls::ARTICLE_12,
    ],
    remedy: "Turn data replication on at the primary desktop (`aws workspaces modify-workspace-properties --data-replication \
             PRIMARY_AS_SOURCE`), or ask AWS Support why no snapshot is taken.",
    options: &[(
        "required",
        "`true`: every standby WorkSpace has to be replicated to, also one for which it was never turned on.",
    )],
    doc: include_str!("replication_recovery_point.md"),
};

/// Nothing has to be replicated.
const NOT_REPLICATED: &str = "no standby WorkSpace of the pair is replicated to, and none has to be";

const BAD_OPTION: Unknown =
    Unknown::Undetermined("the option `required` of WSP-009 cannot be read: it is `true` or `false`");
const UNTOLD: Unknown =
    Unknown::Undetermined("neither desktop's answer tells whether a standby WorkSpace is replicated to");

/// What the two desktops say of their replication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    /// It is on: when the newest snapshot that either knows was taken.
    On(Option<Moment>),
    /// It is off.
    Off,
    /// One says that it is on, and the other that it is off.
    Contradicted,
    /// Neither says.
    Nothing,
}

fn told(pair: &PairView<'_>, p: &WorkspaceRow, s: &WorkspaceRow) -> Told {
    let (of_p, of_s) = (pair.primary.extras.of(p), pair.standby.extras.of(s));
    let id = pair.estate.symbols.text(s.id);
    let properties = of_p.into_iter().flat_map(|extra| &extra.standby_workspaces_properties);
    let properties = properties.filter(|standby| standby.standby_workspace_id == id).map(|standby| DataReplication {
        data_replication: standby.data_replication.clone(),
        recovery_snapshot_time: standby.recovery_snapshot_time,
    });
    let settings = |extra: Option<&Extra>| extra.and_then(|extra| extra.data_replication_settings.clone());
    // The primary's own settings may be about another standby WorkSpace: what it says of this one goes first.
    let on_primary = properties.chain(settings(of_p)).next();
    let of_this: Vec<DataReplication> = on_primary.into_iter().chain(settings(of_s)).collect();
    let says = |wanted: &str| of_this.iter().any(|said| said.data_replication == wanted);
    match (says("PRIMARY_AS_SOURCE"), says("NO_REPLICATION")) {
        (true, false) => Told::On(of_this.iter().filter_map(|said| said.recovery_snapshot_time).max()),
        (true, true) => Told::Contradicted,
        (false, true) => Told::Off,
        (false, false) => Told::Nothing,
    }
}

impl Rule for ReplicationRecoveryPoint {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let Ok(required) = option::flag(pair, META.id, "required") else {
            return sheet.unknown(Subject::Pair, BAD_OPTION);
        };
        let objective = i64::from(pair.settings.objectives.rpo_secs);
        each_pair_or(pair, sheet, NOT_REPLICATED, |sheet, subject, p, s| {
            if relation(pair, subject).is_none() {
                return;
            }
            match told(pair, p, s) {
                Told::On(None) => sheet.fail(subject, NO_SNAPSHOT),
                Told::On(Some(at)) if pair.judged_at.secs_since(at) > objective => sheet.fail(subject, TOO_OLD),
                Told::On(Some(_)) => sheet.pass(),
                Told::Contradicted => sheet.fail(subject, OFF),
                Told::Off if required => sheet.fail(subject, OFF),
                Told::Nothing if required => sheet.unknown(subject, UNTOLD),
                Told::Off | Told::Nothing => {}
            }
        });
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, case: usize) -> Wording {
        let names = subject.names(pair);
        let Some((p, s)) = primary(pair, subject).zip(standby(pair, subject)) else {
            return Wording::new(format!("the standby desktop of {} is not replicated to as it should be", names.name));
        };
        let lead = format!("{}'s standby WorkSpace {}", names.name, names.standby);
        let time = match told(pair, p, s) {
            Told::On(time) => time,
            Told::Off | Told::Contradicted | Told::Nothing => None,
        };
        let objective = pair.settings.objectives.rpo_secs;
        match (case, time) {
            (TOO_OLD, Some(at)) => {
                let age = span(u64::try_from(pair.judged_at.secs_since(at)).unwrap_or(0));
                let allowed = span(u64::from(objective));
                let message = format!(
                    "{lead} would start from a snapshot of {at}, {age} ago, where the recovery point objective is {allowed}"
                );
                // No member: it would be another drift at every scan, and no waiver could name it.
                Wording::new(message)
            }
            (NO_SNAPSHOT, _) => {
                Wording::new(format!("{lead} is replicated to, and no snapshot that it could start from is known"))
                    .with("RecoverySnapshotTime", "absent", "absent")
            }
            (_, _) => {
                let said = |side: &Side, row: &WorkspaceRow| {
                    let settings = side.extras.of(row).and_then(|extra| extra.data_replication_settings.as_ref());
                    settings.map_or_else(|| "absent".to_owned(), |settings| settings.data_replication.clone())
                };
                Wording::new(format!(
                    "{lead} is not replicated to: what is saved on {} would be left behind",
                    names.primary
                ))
                .with("DataReplication", said(pair.primary, p), said(pair.standby, s))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, HOUR, On, TAKEN_AT};
    use crate::model::workspace::{Related, StandbyProperties};
    use crate::readiness::State;
    use serde_json::Value;

    const ON: &str = "PRIMARY_AS_SOURCE";
    const OFF_: &str = "NO_REPLICATION";

    fn ago(hours: i64) -> Option<Moment> {
        Some(Moment::from_secs(TAKEN_AT.secs() - hours * HOUR))
    }

    /// The clean estate, in which bert's standby desktop is a standby WorkSpace: what his primary one says of it, what that says of
    /// itself, and what the standby one says, each with the age of the snapshot in hours.
    fn with(
        properties: Option<(&str, Option<i64>)>,
        primary: Option<(&str, Option<i64>)>,
        standby: Option<(&str, Option<i64>)>,
    ) -> Fixture {
        let mut fixture = Fixture::clean();
        let related = |id: &str, region: &str, kind: &str| Related {
            workspace_id: id.to_owned(),
            region: region.to_owned(),
            state: "AVAILABLE".to_owned(),
            r#type: kind.to_owned(),
        };
        let settings = |said: Option<(&str, Option<i64>)>| {
            said.map(|(data_replication, hours)| DataReplication {
                data_replication: data_replication.to_owned(),
                recovery_snapshot_time: hours.and_then(ago),
            })
        };
        let of_this = settings(properties).map(|said| StandbyProperties {
            standby_workspace_id: "ws-sbert".to_owned(),
            data_replication: said.data_replication,
            recovery_snapshot_time: said.recovery_snapshot_time,
        });
        // Of another standby WorkSpace, in a Region that is not the pair's.
        let of_other = StandbyProperties {
            standby_workspace_id: "ws-ireland".to_owned(),
            data_replication: OFF_.to_owned(),
            recovery_snapshot_time: ago(900),
        };
        let extra = Extra {
            related_workspaces: vec![
                related("ws-ireland", "eu-west-1", "STANDBY"),
                related("ws-sbert", "us-west-2", "STANDBY"),
            ],
            standby_workspaces_properties: [of_other].into_iter().chain(of_this).collect(),
            data_replication_settings: settings(primary),
            ..Extra::default()
        };
        let extra = fixture.side(On::Primary).extras.keep(extra);
        fixture.desktop(On::Primary, "bert").extra = extra;
        let extra = Extra {
            related_workspaces: vec![related("ws-pbert", "us-east-1", "PRIMARY")],
            data_replication_settings: settings(standby),
            ..Extra::default()
        };
        let extra = fixture.side(On::Standby).extras.keep(extra);
        fixture.desktop(On::Standby, "bert").extra = extra;
        fixture
    }

    fn require(fixture: &mut Fixture, value: Value) {
        let rule = fixture.estate.settings.rules.entry(META.id.to_owned()).or_default();
        rule.options.insert("required".to_owned(), value);
    }

    fn verdict(fixture: &Fixture) -> String {
        let sheet = fixture.judge(&ReplicationRecoveryPoint);
        match (sheet.passes(), sheet.fails(), sheet.unknowns(), sheet.reasons()) {
            (1, [], [], []) => "pass".to_owned(),
            (0, [(_, case)], [], []) => META.cases[*case].key.to_owned(),
            (0, [], [(_, UNTOLD)], []) => "unknown".to_owned(),
            (0, [], [], [NOT_REPLICATED]) => "not applicable".to_owned(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_snapshot_within_the_objective_passes() {
        assert_eq!(verdict(&with(Some((ON, Some(24))), None, None)), "pass");
        assert_eq!(verdict(&with(None, Some((ON, Some(20))), Some((ON, Some(20))))), "pass");
        assert_eq!(verdict(&with(None, None, Some((ON, Some(1))))), "pass");
        // The newest that is known counts; a clock that is ahead ages nothing.
        assert_eq!(verdict(&with(Some((ON, Some(30))), None, Some((ON, Some(3))))), "pass");
        assert_eq!(verdict(&with(Some((ON, Some(-2))), None, None)), "pass");
        // What the primary says of itself may be about another standby WorkSpace.
        assert_eq!(verdict(&with(Some((ON, Some(3))), Some((OFF_, None)), Some((ON, Some(3))))), "pass");
    }

    #[test]
    fn an_older_one_fails_and_degrades() {
        let fixture = with(Some((ON, Some(31))), Some((ON, Some(31))), Some((ON, Some(31))));
        assert_eq!(verdict(&fixture), "too-old");
        let words = fixture.words(&ReplicationRecoveryPoint);
        assert_eq!(
            words.message,
            "bert's standby WorkSpace ws-sbert would start from a snapshot of 2026-05-31T05:00:00Z, 1 d 7 h ago, where the recovery \
             point objective is 1 d"
        );
        assert!(words.drift.is_empty());
        let run = fixture.run(&[&ReplicationRecoveryPoint]);
        assert_eq!(run.pairs[0].readiness.states, [State::Ready, State::Degraded, State::Ready]);
        // A second more than the objective is more.
        let mut fixture = with(Some((ON, Some(4))), None, None);
        fixture.pair().objectives.rpo_secs = 4 * 3600;
        assert_eq!(verdict(&fixture), "pass");
        fixture.pair().objectives.rpo_secs -= 1;
        assert_eq!(verdict(&fixture), "too-old");
    }

    #[test]
    fn one_that_is_on_without_a_snapshot_fails() {
        let fixture = with(Some((ON, None)), None, None);
        assert_eq!(verdict(&fixture), "no-snapshot");
        assert_eq!(
            fixture.words(&ReplicationRecoveryPoint).message,
            "bert's standby WorkSpace ws-sbert is replicated to, and no snapshot that it could start from is known"
        );
    }

    #[test]
    fn off_fails_where_it_is_required() {
        for said in [with(Some((OFF_, None)), None, None), with(None, Some((OFF_, None)), Some((OFF_, Some(1))))] {
            assert_eq!(verdict(&said), "not applicable");
            let mut fixture = said;
            require(&mut fixture, true.into());
            assert_eq!(verdict(&fixture), "off");
            require(&mut fixture, false.into());
            assert_eq!(verdict(&fixture), "not applicable");
        }
        // The primary's properties say that it is on.
        let fixture = with(Some((ON, Some(1))), None, Some((OFF_, None)));
        assert_eq!(verdict(&fixture), "off");
        let words = fixture.words(&ReplicationRecoveryPoint);
        assert_eq!(
            words.message,
            "bert's standby WorkSpace ws-sbert is not replicated to: what is saved on ws-pbert would be left behind"
        );
        assert_eq!((&*words.drift[0].primary, &*words.drift[0].standby), ("absent", OFF_));
    }

    #[test]
    fn what_neither_tells_is_not_passed_where_it_is_required() {
        let mut fixture = with(None, None, None);
        assert_eq!(verdict(&fixture), "not applicable");
        require(&mut fixture, true.into());
        assert_eq!(verdict(&fixture), "unknown");
        require(&mut fixture, "yes".into());
        assert_eq!(fixture.judge(&ReplicationRecoveryPoint).unknowns(), [(Subject::Pair, BAD_OPTION)]);
    }

    #[test]
    fn ordinary_desktops_are_not_judged() {
        let mut fixture = Fixture::clean();
        require(&mut fixture, true.into());
        assert_eq!(verdict(&fixture), "not applicable");
        fixture.side(On::Standby).workspaces.items_mut().clear();
        assert_eq!(fixture.judge(&ReplicationRecoveryPoint).reasons(), [crate::workspaces::row::NO_COUNTERPART]);
        fixture.side(On::Primary).workspaces.items_mut().clear();
        assert_eq!(fixture.judge(&ReplicationRecoveryPoint).reasons(), [crate::workspaces::row::NOBODY]);
    }

    #[test]
    fn denied_calls_are_named() {
        with(Some((ON, Some(3))), None, Some((ON, Some(3)))).assert_gaps_are_no_passes(&ReplicationRecoveryPoint);
        with(Some((ON, Some(31))), None, Some((ON, Some(31)))).assert_gaps_are_no_passes(&ReplicationRecoveryPoint);
    }
}
