//! WSP-002: a standby desktop must be in a state from which somebody can work on it.

use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::{Dataset, PairView, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};
use crate::workspaces::row::{each_pair, primary, standby};

/// WSP-002 standby-unusable.
pub(super) struct StandbyUnusable;

const UNUSABLE: usize = 0;
const ALWAYS_ON_STOPPED: usize = 1;
const MANUAL_STOPPED: usize = 2;
const PASSING_STATE: usize = 3;

static META: Meta = Meta {
    id: "WSP-002",
    name: "standby-unusable",
    area: Area::Workspaces,
    summary: "a standby WorkSpace is in a state in which nobody can work on it",
    cases: &[
        Case { key: "unusable", severity: Severity::Critical, effect: Effect::Strands, uncounted: false },
        Case { key: "always-on-stopped", severity: Severity::Critical, effect: Effect::Strands, uncounted: false },
        Case { key: "manual-stopped", severity: Severity::Medium, effect: Effect::Degrades, uncounted: false },
        Case { key: "passing-state", severity: Severity::Low, effect: Effect::None, uncounted: false },
    ],
    reach: Reach::Desktop,
    implies: &[],
    needs: &[Dataset::Workspaces, Dataset::Registrations, Dataset::Directories, Dataset::Aliases],
    controls: &[
        controls::REL13_BP02,
        controls::EUCREL02,
        controls::EUCREL05,
        controls::CP_7,
        controls::CP_10,
        controls::A_8_14,
        controls::A1_2,
        controls::ARTICLE_12,
    ],
    remedy: "Bring the standby desktop to AVAILABLE, or to STOPPED with the running mode AUTO_STOP.",
    options: &[],
    doc: include_str!("standby_unusable.md"),
};

/// What a state says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Judged {
    Usable,
    Fails(usize),
    Untold(&'static str),
}

/// The states are those of `workspaces:WorkspaceState`, the modes those of `workspaces:RunningMode`.
fn judged(state: &str, running_mode: &str) -> Judged {
    match state {
        "AVAILABLE" => Judged::Usable,
        // Only AutoStop starts when its user connects. StartWorkspaces refuses AlwaysOn (AWS-FACTS §9); Manual needs somebody to call it.
        "STOPPED" | "STOPPING" => match running_mode {
            "AUTO_STOP" => Judged::Usable,
            "ALWAYS_ON" => Judged::Fails(ALWAYS_ON_STOPPED),
            "MANUAL" => Judged::Fails(MANUAL_STOPPED),
            _ => Judged::Untold("the standby desktop is stopped, and its running mode is none that deskpair knows"),
        },
        "MAINTENANCE" | "REBOOTING" | "UPDATING" | "STARTING" => Judged::Fails(PASSING_STATE),
        "PENDING" | "IMPAIRED" | "UNHEALTHY" | "REBUILDING" | "RESTORING" | "ADMIN_MAINTENANCE" | "TERMINATING"
        | "TERMINATED" | "SUSPENDED" | "ERROR" => Judged::Fails(UNUSABLE),
        _ => Judged::Untold("the standby desktop's state is none that deskpair knows"),
    }
}

impl Rule for StandbyUnusable {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let text = |sym| pair.estate.symbols.text(sym);
        each_pair(pair, sheet, |sheet, subject, _, row| match judged(text(row.state), text(row.running_mode)) {
            Judged::Usable => sheet.pass(),
            Judged::Fails(case) => sheet.fail(subject, case),
            Judged::Untold(why) => sheet.unknown(subject, Unknown::Undetermined(why)),
        });
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, case: usize) -> Wording {
        let names = subject.names(pair);
        let text = |sym| pair.estate.symbols.text(sym);
        let Some((p, s)) = primary(pair, subject).zip(standby(pair, subject)) else {
            return Wording::new(format!("the standby desktop of {} cannot be used", names.name));
        };
        let state = text(s.state);
        let lead = format!("{}'s standby desktop {} is {state}", names.name, names.standby);
        let (message, remedy) = match case {
            ALWAYS_ON_STOPPED => (
                format!("{lead} and runs ALWAYS_ON: no API call starts it"),
                "Change its running mode to AUTO_STOP (`aws workspaces modify-workspace-properties`): then it starts when its user connects.",
            ),
            MANUAL_STOPPED => (
                format!("{lead} and runs in mode MANUAL: somebody has to start it after a failover"),
                "Change its running mode to AUTO_STOP, or have the failover start it (`aws workspaces start-workspaces`).",
            ),
            PASSING_STATE => (
                format!("{lead}, which usually passes"),
                "Scan again; a desktop that stays in this state for 24 hours is a case for AWS Support.",
            ),
            _ => (format!("{lead}{}", reason(pair, subject)), remedy_for(state)),
        };
        let mut wording = Wording::new(message).with("State", text(p.state), state);
        if case == ALWAYS_ON_STOPPED || case == MANUAL_STOPPED {
            wording = wording.with("RunningMode", text(p.running_mode), text(s.running_mode));
        }
        wording.fixed_by(remedy)
    }
}

/// AWS's own words on what is wrong, where it gives any.
fn reason(pair: &PairView<'_>, subject: Subject) -> String {
    let extra = standby(pair, subject).and_then(|row| pair.standby.extras.of(row));
    match extra.map(|extra| (extra.error_code.as_str(), extra.error_message.as_str())) {
        None | Some(("", "")) => String::new(),
        Some((code, "")) => format!(" ({code})"),
        Some(("", message)) => format!(": {message}"),
        Some((code, message)) => format!(" ({code}): {message}"),
    }
}

/// What the service model lets one do from a state (`RebootWorkspaces`, `RebuildWorkspaces`, `ModifyWorkspaceState`, `TerminateWorkspaces`).
fn remedy_for(state: &str) -> &'static str {
    match state {
        "UNHEALTHY" => "Reboot it (`aws workspaces reboot-workspaces`); restore or rebuild it if it stays so.",
        "ERROR" => {
            "Rebuild it (`aws workspaces rebuild-workspaces`), or terminate it and make it anew: a standby WorkSpace \
             cannot be rebuilt. Both lose what is on its volumes."
        }
        "SUSPENDED" | "IMPAIRED" => "No API call leads out of this state: ask AWS Support.",
        "ADMIN_MAINTENANCE" => "Set its state back to AVAILABLE (`aws workspaces modify-workspace-state`).",
        "TERMINATING" | "TERMINATED" => "Make another standby desktop for this person.",
        _ => "Wait until it is AVAILABLE or STOPPED, then scan again.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::Slice;
    use crate::model::workspace::Extra;
    use crate::readiness::State;
    use crate::workspaces::row::{AMBIGUOUS, NO_COUNTERPART};

    fn with(state: &str, mode: &str) -> Fixture {
        let mut fixture = Fixture::clean();
        let (state, mode) = (fixture.sym(state), fixture.sym(mode));
        let row = fixture.desktop(On::Standby, "bert");
        (row.state, row.running_mode) = (state, mode);
        fixture
    }

    fn key(state: &str, mode: &str) -> String {
        let fixture = with(state, mode);
        let sheet = fixture.judge(&StandbyUnusable);
        assert_eq!(sheet.passes() + sheet.fails().len() as u64 + sheet.unknowns().len() as u64, 3, "{state} {mode}");
        match (sheet.fails(), sheet.unknowns()) {
            ([], []) => "pass".to_owned(),
            ([(_, case)], []) => META.cases[*case].key.to_owned(),
            ([], [(_, Unknown::Undetermined(_))]) => "unknown".to_owned(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_state_has_its_verdict() {
        assert_eq!(Fixture::clean().verdicts(&StandbyUnusable), (3, vec![]));
        for mode in ["AUTO_STOP", "ALWAYS_ON", "MANUAL", ""] {
            assert_eq!(key("AVAILABLE", mode), "pass");
            for state in [
                "ERROR",
                "UNHEALTHY",
                "SUSPENDED",
                "IMPAIRED",
                "TERMINATING",
                "TERMINATED",
                "ADMIN_MAINTENANCE",
                "PENDING",
                "REBUILDING",
                "RESTORING",
            ] {
                assert_eq!(key(state, mode), "unusable", "{state}");
            }
            for state in ["MAINTENANCE", "REBOOTING", "UPDATING", "STARTING"] {
                assert_eq!(key(state, mode), "passing-state", "{state}");
            }
            for state in ["", "HIBERNATING", "available"] {
                assert_eq!(key(state, mode), "unknown", "{state}");
            }
        }
        for state in ["STOPPED", "STOPPING"] {
            assert_eq!(key(state, "AUTO_STOP"), "pass");
            assert_eq!(key(state, "ALWAYS_ON"), "always-on-stopped");
            assert_eq!(key(state, "MANUAL"), "manual-stopped");
            assert_eq!(key(state, ""), "unknown");
        }
    }

    #[test]
    fn readiness_follows_the_case() {
        let state = |state: &str, mode: &str| with(state, mode).run(&[&StandbyUnusable]).pairs[0].readiness.states[1];
        assert_eq!(state("SUSPENDED", "AUTO_STOP"), State::Stranded);
        assert_eq!(state("STOPPED", "ALWAYS_ON"), State::Stranded);
        assert_eq!(state("STOPPED", "MANUAL"), State::Degraded);
        assert_eq!(state("MAINTENANCE", "AUTO_STOP"), State::Ready);
        assert_eq!(state("HIBERNATING", "AUTO_STOP"), State::Unknown);
    }

    #[test]
    fn words_name_the_desktop_the_state_and_what_aws_says() {
        let mut fixture = with("ERROR", "AUTO_STOP");
        let error = Extra {
            error_code: "DomainJoinFailure".to_owned(),
            error_message: "the domain <img src=x>\nwas not reached".to_owned(),
            ..Extra::default()
        };
        let extra = fixture.side(On::Standby).extras.keep(error);
        fixture.desktop(On::Standby, "bert").extra = extra;
        let words = fixture.words(&StandbyUnusable);
        assert_eq!(
            words.message,
            "bert's standby desktop ws-sbert is ERROR (DomainJoinFailure): the domain <img src=x>\nwas not reached"
        );
        assert_eq!((&*words.drift[0].path, &*words.drift[0].standby), ("State", "ERROR"));

        let words = with("STOPPED", "ALWAYS_ON").words(&StandbyUnusable);
        assert_eq!(
            words.message,
            "bert's standby desktop ws-sbert is STOPPED and runs ALWAYS_ON: no API call starts it"
        );
        assert_eq!(words.drift[1].path, "RunningMode");
    }

    #[test]
    fn gaps_and_ambiguity_are_no_pass() {
        for dataset in [Dataset::Workspaces, Dataset::Aliases] {
            let mut fixture = Fixture::clean();
            for on in [On::Primary, On::Standby] {
                fixture.deny(on, dataset);
                // Without the alias the directories have to be found by name, which needs their registrations.
                fixture.deny(on, Dataset::Registrations);
            }
            let sheet = fixture.judge(&StandbyUnusable);
            assert_eq!((sheet.passes(), sheet.fails().len()), (0, 0), "{dataset:?}");
            assert!(!sheet.unknowns().is_empty());
        }
        let mut fixture = Fixture::clean();
        fixture.add_desktop(On::Standby, "BERT", "standard");
        let sheet = fixture.judge(&StandbyUnusable);
        assert_eq!(sheet.unknowns(), [(Subject::Desktop { p: 1, s: Subject::NONE }, AMBIGUOUS)]);
        assert_eq!(sheet.passes(), 2);
    }

    #[test]
    fn says_nothing_of_those_who_have_no_standby_desktop() {
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).workspaces = Slice::whole_of(Vec::new());
        assert_eq!(fixture.judge(&StandbyUnusable).reasons(), [NO_COUNTERPART]);
    }

    #[test]
    fn denied_calls_are_named() {
        Fixture::clean().assert_gaps_are_no_passes(&StandbyUnusable);
        with("ERROR", "AUTO_STOP").assert_gaps_are_no_passes(&StandbyUnusable);
    }
}
