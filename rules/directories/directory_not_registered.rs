//! DIR-003: the standby directory must be registered with WorkSpaces.
//!
//! No API tells that AWS deregistered it: the rule says where it looks so.

use super::known::{self, Known};
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::{Dataset, PairView, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};

/// DIR-003 directory-not-registered.
pub(super) struct DirectoryNotRegistered;

/// Positions in the cases.
const MISSING: usize = 0;
const NOT_REGISTERED: usize = 1;

static META: Meta = Meta {
    id: "DIR-003",
    name: "directory-not-registered",
    area: Area::Directories,
    summary: "the standby directory is not registered with WorkSpaces",
    cases: &[
        Case { key: "missing", severity: Severity::Critical, effect: Effect::Strands, uncounted: false },
        Case { key: "not-registered", severity: Severity::Critical, effect: Effect::Strands, uncounted: false },
    ],
    reach: Reach::Pair,
    // A directory that holds WorkSpaces cannot be deregistered, and an alias leads to registered directories.
    implies: &["ALS-003", "WSP-001", "WSP-008"],
    needs: &[Dataset::Registrations, Dataset::Directories, Dataset::Aliases],
    controls: &[
        controls::REL13_BP02,
        controls::EUCREL02,
        controls::CP_7,
        controls::A_8_14,
        controls::A1_2,
        controls::ARTICLE_11,
        controls::ARTICLE_12,
    ],
    remedy: "Register it (`aws workspaces register-workspace-directory`), set it as the primary's is set, associate the alias again, and put the \
             new connection identifier where the old one is written down.",
    options: &[],
    doc: include_str!("directory_not_registered.md"),
};

const UNTOLD: Unknown =
    Unknown::Undetermined("the state of the standby directory's registration is missing from the answer");
const NOWHERE: &str = "the pair has no directory that could be registered in the standby Region";

/// After how long without use AWS deregisters a directory, in seconds: 30 days (AWS-FACTS §1.2).
pub(super) const DEREGISTERED_AFTER: i64 = 30 * 24 * 3600;

/// Whether it looks as if AWS had deregistered a directory: it does so to Simple AD and AD Connector after 30 days without use.
fn looks_deregistered(pair: &PairView<'_>) -> bool {
    let Known::Listed(directory) = known::standby(pair) else { return false };
    let age = directory.launch_time.map(|launched| pair.judged_at.secs_since(launched));
    matches!(directory.r#type.as_str(), "ADConnector" | "SimpleAD") && age.is_some_and(|age| age >= DEREGISTERED_AFTER)
}

impl Rule for DirectoryNotRegistered {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let registration = match pair.standby_registration() {
            Ok(registration) => registration,
            Err(why) => return sheet.unknown(Subject::Directories, why),
        };
        match registration.map(|registration| registration.state.as_str()) {
            Some("REGISTERED") => sheet.pass(),
            Some("") => sheet.unknown(Subject::Directories, UNTOLD),
            Some(_) => sheet.fail(Subject::Directories, NOT_REGISTERED),
            // What is not there at all is DIR-001's to say; of those that WorkSpaces keeps itself, this rule's.
            None => match known::standby(pair) {
                Known::Listed(_) | Known::Foreign => sheet.fail(Subject::Directories, MISSING),
                Known::Missing => sheet.not_applicable(NOWHERE),
                Known::Unknown(why) => sheet.unknown(Subject::Directories, why),
            },
        }
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, case: usize) -> Wording {
        let names = subject.names(pair);
        let region = &pair.settings.standby.region;
        let registration = pair.standby_registration().ok().flatten();
        let state = registration.map_or("", |registration| registration.state.as_str());
        let id = match known::standby(pair) {
            Known::Listed(directory) => directory.directory_id.as_str(),
            Known::Foreign | Known::Missing | Known::Unknown(_) => &names.standby,
        };
        let what = if id.is_empty() { format!("no directory for {}", names.name) } else { format!("directory {id}") };
        let mut message = if case == NOT_REGISTERED {
            let why =
                registration.map(|registration| registration.error_message.as_str()).filter(|why| !why.is_empty());
            let why = why.map_or_else(String::new, |why| format!(": {why}"));
            format!("{what} in {region} is {state} with WorkSpaces and not REGISTERED{why}")
        } else if id.is_empty() {
            format!("{what} is registered with WorkSpaces in {region}")
        } else {
            format!("{what} in {region} is not registered with WorkSpaces")
        };
        if case == MISSING && looks_deregistered(pair) {
            message.push_str(
                ". It looks as if AWS had deregistered it, as it does after 30 days in which no WorkSpace of a Simple AD or an AD Connector is \
                 used; no API tells",
            );
        }
        let primary = pair.primary_registration().ok().flatten().map_or("", |registration| registration.state.as_str());
        Wording::new(message).with("State", known::shown(primary), known::shown(state))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, HOUR, On, TAKEN_AT};
    use crate::model::Moment;

    fn unregistered(kind: &str, days: i64) -> Fixture {
        let mut fixture = Fixture::clean();
        let side = fixture.side(On::Standby);
        side.registrations.items_mut().clear();
        side.aliases.items_mut().clear();
        let directory = &mut side.directories.items_mut()[0];
        directory.r#type = kind.to_owned();
        directory.launch_time = Some(Moment::from_secs(TAKEN_AT.secs() - days * 24 * HOUR));
        fixture
    }

    fn in_state(state: &str) -> Fixture {
        let mut fixture = Fixture::clean();
        fixture.registration(On::Standby).state = state.to_owned();
        fixture
    }

    #[test]
    fn passes_for_a_registered_directory() {
        assert_eq!(Fixture::clean().verdicts(&DirectoryNotRegistered), (1, vec![]));
    }

    #[test]
    fn fails_where_it_is_not_and_says_when_it_looks_deregistered() {
        for (kind, days, looks) in
            [("ADConnector", 31, true), ("SimpleAD", 30, true), ("ADConnector", 29, false), ("MicrosoftAD", 400, false)]
        {
            let fixture = unregistered(kind, days);
            assert_eq!(fixture.verdicts(&DirectoryNotRegistered), (0, vec!["missing corp.example".to_owned()]));
            let message = fixture.words(&DirectoryNotRegistered).message;
            assert!(
                message.starts_with("directory d-92670000bb in us-west-2 is not registered with WorkSpaces"),
                "{message}"
            );
            assert_eq!(message.contains("AWS had deregistered it"), looks, "{kind} of {days} days");
        }
        assert_eq!(unregistered("ADConnector", 31).run(&[&DirectoryNotRegistered]).pairs[0].readiness.stranded, 3);
    }

    #[test]
    fn fails_in_every_other_state() {
        for state in ["REGISTERING", "DEREGISTERING", "DEREGISTERED", "ERROR"] {
            let mut fixture = in_state(state);
            assert_eq!(fixture.verdicts(&DirectoryNotRegistered), (0, vec!["not-registered corp.example".to_owned()]));
            fixture.registration(On::Standby).error_message = "no such role".to_owned();
            assert_eq!(
                fixture.words(&DirectoryNotRegistered).message,
                format!(
                    "directory d-92670000bb in us-west-2 is {state} with WorkSpaces and not REGISTERED: no such role"
                )
            );
        }
        assert_eq!(in_state("").judge(&DirectoryNotRegistered).unknowns(), [(Subject::Directories, UNTOLD)]);
    }

    #[test]
    fn what_workspaces_keeps_must_be_registered_too() {
        let mut fixture = Fixture::clean();
        fixture.pair().standby.directory = Some("wsd-0000000aa".to_owned());
        assert_eq!(fixture.verdicts(&DirectoryNotRegistered).1, ["missing corp.example"]);
        let mut fixture = unregistered("ADConnector", 31);
        fixture.pair().primary.directory = Some("wsd-0000000bb".to_owned());
        let message = fixture.words(&DirectoryNotRegistered).message;
        assert_eq!(message, "no directory for corp is registered with WorkSpaces in us-west-2");
    }

    #[test]
    fn does_not_apply_where_there_is_none() {
        let mut fixture = unregistered("ADConnector", 31);
        fixture.side(On::Standby).directories.items_mut().clear();
        assert_eq!(fixture.judge(&DirectoryNotRegistered).reasons(), [NOWHERE]);
    }

    #[test]
    fn denied_calls_are_named() {
        Fixture::clean().assert_gaps_are_no_passes(&DirectoryNotRegistered);
        in_state("ERROR").assert_gaps_are_no_passes(&DirectoryNotRegistered);
        unregistered("ADConnector", 31).assert_gaps_are_no_passes(&DirectoryNotRegistered);
    }
}
