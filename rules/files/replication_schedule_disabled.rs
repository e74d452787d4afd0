//! FSX-005: a DataSync task that carries files must run by itself: its schedule must not be switched off.

use crate::controls;
use crate::files::links::Carriers;
use crate::files::scope::{both, each_pair};
use crate::files::transfers::{self, State, Transfer, Weighed, weigh};
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::{Dataset, PairView, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};

/// FSX-005 replication-schedule-disabled.
pub(super) struct ReplicationScheduleDisabled;

static META: Meta = Meta {
    id: "FSX-005",
    name: "replication-schedule-disabled",
    area: Area::Files,
    summary: "the schedule of the DataSync task that carries the files is switched off",
    cases: &[Case { key: "disabled", severity: Severity::High, effect: Effect::Degrades, uncounted: false }],
    reach: Reach::Pair,
    implies: &["FSX-004"],
    needs: &[Dataset::FileSystems, Dataset::SyncTasks, Dataset::SyncLocations],
    controls: &[
        controls::REL13_BP02,
        controls::EUCREL04,
        controls::CP_9,
        controls::A_8_13,
        controls::A1_2,
        controls::ARTICLE_12,
    ],
    remedy: "Switch the schedule on again. Where DataSync switched it off, find out first why the task kept failing.",
    options: &[],
    doc: include_str!("replication_schedule_disabled.md"),
};

const NO_SCHEDULE: &str = "no DataSync task that carries a file system's files has a schedule";
const UNTOLD: Unknown = Unknown::Undetermined("the schedule of a DataSync task is neither ENABLED nor DISABLED");

fn state(transfer: &Transfer<'_>) -> State {
    match transfer.task.schedule.as_ref().map(|schedule| schedule.status.as_str()) {
        // Something else starts it, or nothing does: how old its files are, FSX-004 says.
        None => State::Silent,
        Some("ENABLED") => State::Sound,
        Some("DISABLED") => State::Faulty,
        Some(_) => State::Unknown(vec![UNTOLD]),
    }
}

impl Rule for ReplicationScheduleDisabled {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let carriers = Carriers::of(pair);
        each_pair(pair, sheet, |sheet, subject, primary, standby| {
            let links = carriers.links(primary, standby);
            match weigh(&links.transfers, &links.hidden_transfers, state) {
                Weighed::Sound => sheet.pass(),
                Weighed::Faulty(_) => sheet.fail(subject, 0),
                Weighed::Unknown(why) => why.into_iter().for_each(|why| sheet.unknown(subject, why)),
                Weighed::Silent => sheet.not_applicable(NO_SCHEDULE),
            }
        });
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, _: usize) -> Wording {
        let names = subject.names(pair);
        let carriers = Carriers::of(pair);
        let links = both(pair, subject).map(|(primary, standby)| carriers.links(primary, standby)).unwrap_or_default();
        let Weighed::Faulty(off) = weigh(&links.transfers, &links.hidden_transfers, state) else {
            return Wording::new(format!(
                "a DataSync task that carries the files of {} has its schedule off",
                names.name
            ));
        };
        let why: Vec<String> = off.iter().copied().map(switched_off).collect();
        let rest = if links.backups.is_empty() {
            ""
        } else {
            "; copies of its backups lie there, and would have to be restored first"
        };
        let message = format!(
            "nothing starts what carries the files of {} to {} any more: {}{rest}",
            names.name,
            pair.settings.standby.region,
            why.join("; ")
        );
        let mut wording = Wording::new(message);
        for one in &off {
            let expression = one.task.schedule.as_ref().map_or("", |schedule| schedule.schedule_expression.as_str());
            wording =
                wording.with(format!("{}.Schedule.Status", one.name()), "ENABLED", format!("DISABLED ({expression})"));
        }
        let by_service = off.iter().any(|one| disabled_by(one) == "SERVICE");
        let first = off.first().map_or("", |one| one.arn());
        if by_service {
            wording.fixed_by(format!(
                "Look at the last runs of {} (`aws datasync list-task-executions --task-arn {first}`), remove the error, and enable the \
                 schedule again.",
                transfers::names(&off)
            ))
        } else {
            wording
        }
    }
}

fn disabled_by<'e>(transfer: &Transfer<'e>) -> &'e str {
    transfer.task.schedule_details.as_ref().map_or("", |details| details.disabled_by.as_str())
}

/// Which schedule is off, by whom, since when and why.
fn switched_off(transfer: &Transfer<'_>) -> String {
    let details = transfer.task.schedule_details.as_ref();
    let who = match disabled_by(transfer) {
        "SERVICE" => "DataSync itself switched off the schedule of",
        "USER" => "somebody switched off the schedule of",
        _ => "the schedule is off of",
    };
    let since =
        details.and_then(|details| details.status_update_time).map(|at| format!(" at {at}")).unwrap_or_default();
    let why = match details.map(|details| details.disabled_reason.as_str()) {
        Some(reason) if disabled_by(transfer) == "SERVICE" && !reason.is_empty() => format!(" ({reason})"),
        Some(_) | None => String::new(),
    };
    format!("{who} {}{since}{why}", transfer.name())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On, TAKEN_AT};
    use crate::model::Slice;
    use crate::model::files::{SyncScheduleDetails, SyncTask};

    fn task(fixture: &mut Fixture) -> &mut SyncTask {
        &mut fixture.side(On::Standby).sync_tasks.items_mut()[0]
    }

    fn switched(status: &str) -> Fixture {
        let mut fixture = Fixture::clean();
        task(&mut fixture).schedule.as_mut().expect("it has one").status = status.to_owned();
        fixture
    }

    #[test]
    fn passes_where_it_is_on() {
        assert_eq!(Fixture::clean().verdicts(&ReplicationScheduleDisabled), (1, vec![]));
    }

    #[test]
    fn fails_where_it_is_off_and_says_who_did_it() {
        let mut fixture = switched("DISABLED");
        assert_eq!(fixture.verdicts(&ReplicationScheduleDisabled), (0, vec!["disabled profiles".to_owned()]));
        let details = |by: &str, reason: &str| {
            Some(SyncScheduleDetails {
                status_update_time: Some(TAKEN_AT),
                disabled_reason: reason.to_owned(),
                disabled_by: by.to_owned(),
            })
        };
        task(&mut fixture).schedule_details = details("USER", "Manually disabled by user.");
        let words = fixture.words(&ReplicationScheduleDisabled);
        assert_eq!(
            words.message,
            "nothing starts what carries the files of profiles to us-west-2 any more: somebody switched off the schedule of DataSync \
             task \"profiles east to west\" at 2026-06-01T12:00:00Z"
        );
        assert_eq!(words.drift[0].standby, "DISABLED (rate(6 hours))");
        assert_eq!(words.remedy, None);
        task(&mut fixture).schedule_details = details("SERVICE", "Access to the source was denied");
        let words = fixture.words(&ReplicationScheduleDisabled);
        assert!(
            words.message.ends_with(
                "DataSync itself switched off the schedule of DataSync task \"profiles east to west\" at 2026-06-01T12:00:00Z \
                 (Access to the source was denied)"
            ),
            "{}",
            words.message
        );
        assert!(
            words.remedy.expect("a remedy").contains("--task-arn arn:aws:datasync:us-west-2:111122223333:task/task-0")
        );
    }

    #[test]
    fn a_task_that_another_covers_may_be_off() {
        let mut fixture = switched("DISABLED");
        let mut other = task(&mut fixture).clone();
        other.task_arn.push_str("-2");
        other.schedule.as_mut().expect("it has one").status = "ENABLED".to_owned();
        fixture.side(On::Standby).sync_tasks.items_mut().push(other);
        assert_eq!(fixture.verdicts(&ReplicationScheduleDisabled), (1, vec![]));
        // But not where that one leaves something out, or cannot run.
        let other = &mut fixture.side(On::Standby).sync_tasks.items_mut()[1];
        other.excludes.push(crate::model::files::SyncFilter::default());
        assert_eq!(fixture.verdicts(&ReplicationScheduleDisabled).1, ["disabled profiles"]);
        let other = &mut fixture.side(On::Standby).sync_tasks.items_mut()[1];
        other.excludes.clear();
        other.status = "UNAVAILABLE".to_owned();
        assert_eq!(fixture.verdicts(&ReplicationScheduleDisabled).1, ["disabled profiles"]);
    }

    #[test]
    fn a_task_without_a_schedule_is_started_by_something_else() {
        let mut fixture = Fixture::clean();
        task(&mut fixture).schedule = None;
        assert_eq!(fixture.judge(&ReplicationScheduleDisabled).reasons(), [NO_SCHEDULE]);
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).sync_tasks.items_mut().clear();
        assert_eq!(fixture.judge(&ReplicationScheduleDisabled).reasons(), [NO_SCHEDULE]);
    }

    #[test]
    fn a_status_that_is_not_known_is_no_pass() {
        assert!(matches!(
            switched("PAUSED").judge(&ReplicationScheduleDisabled).unknowns(),
            [(_, Unknown::Undetermined(_))]
        ));
    }

    #[test]
    fn a_task_that_was_not_read_may_make_up_for_it() {
        let mut fixture = switched("DISABLED");
        let gap = fixture.gap("datasync", "ListTasks");
        let tasks = fixture.side(On::Standby).sync_tasks.items().to_vec();
        fixture.side(On::Standby).sync_tasks = Slice::cut(tasks, gap);
        assert!(
            matches!(fixture.judge(&ReplicationScheduleDisabled).unknowns(), [(_, Unknown::Gap(by))] if *by == gap)
        );
    }

    #[test]
    fn denied_calls_are_named() {
        Fixture::clean().assert_gaps_are_no_passes(&ReplicationScheduleDisabled);
        switched("DISABLED").assert_gaps_are_no_passes(&ReplicationScheduleDisabled);
    }
}
