//! DIR-010: people must be asked for a second factor in the same way in both Regions.
//!
//! It compares what the directories are set to. What the RADIUS servers are set to, and who has a token, no AWS API tells.

use super::known::{self, shown};
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::directory::{Directory, RadiusSettings};
use crate::model::{Dataset, PairView, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};

/// DIR-010 multi-factor-differs.
pub(super) struct MultiFactorDiffers;

/// Positions in the cases.
const NOT_WORKING: usize = 0;
const DEMANDED: usize = 1;
const SETTINGS: usize = 2;
const DROPPED: usize = 3;

static META: Meta = Meta {
    id: "DIR-010",
    name: "multi-factor-differs",
    area: Area::Directories,
    summary: "the directories differ in whether and how they ask for a second factor, or the standby's does not work",
    cases: &[
        Case { key: "not-working", severity: Severity::High, effect: Effect::Strands, uncounted: false },
        Case { key: "demanded", severity: Severity::High, effect: Effect::Strands, uncounted: false },
        Case { key: "settings", severity: Severity::High, effect: Effect::Strands, uncounted: true },
        Case { key: "dropped", severity: Severity::High, effect: Effect::Exposes, uncounted: false },
    ],
    reach: Reach::Pair,
    implies: &[],
    needs: &[Dataset::Directories, Dataset::Registrations, Dataset::Aliases],
    controls: &[
        controls::REL13_BP04,
        controls::EUCREL03,
        controls::CP_10,
        controls::CM_6,
        controls::A_5_29,
        controls::A_5_30,
        controls::ARTICLE_11,
    ],
    remedy: "Give the standby directory the primary's RADIUS settings, with RADIUS servers of its own Region (`aws ds enable-radius`, \
             `update-radius`).",
    options: &[],
    doc: include_str!("multi_factor_differs.md"),
};

const NOWHERE: &str = "neither directory asks a RADIUS server for a second factor";
const NO_STATUS: Unknown = Unknown::Undetermined(
    "the standby directory asks for a second factor, and whether that works is missing from the answer",
);
const UNTOLD: Unknown = Unknown::Undetermined("one directory's answer lacks a RADIUS setting that the other's has");

/// Whether a directory asks for a second factor.
fn asks(directory: &Directory) -> bool {
    directory.radius_settings.is_some() || !directory.radius_status.is_empty()
}

fn number(value: Option<i32>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// The settings that are to be the same: name, primary's value, standby's. Servers are each Region's own.
fn settings(p: &Directory, s: &Directory) -> Vec<(&'static str, String, String)> {
    let both = |of: fn(&RadiusSettings) -> String| {
        let value = |directory: &Directory| directory.radius_settings.as_ref().map(of).unwrap_or_default();
        (value(p), value(s))
    };
    let port = both(|radius| number(radius.radius_port));
    let timeout = both(|radius| number(radius.radius_timeout));
    let retries = both(|radius| number(radius.radius_retries));
    let protocol = both(|radius| radius.authentication_protocol.clone());
    vec![
        ("RadiusSettings.RadiusPort", port.0, port.1),
        ("RadiusSettings.RadiusTimeout", timeout.0, timeout.1),
        ("RadiusSettings.RadiusRetries", retries.0, retries.1),
        ("RadiusSettings.AuthenticationProtocol", protocol.0, protocol.1),
    ]
}

impl Rule for MultiFactorDiffers {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let Some((p, s)) = known::both(pair, sheet) else { return };
        match (asks(p), asks(s)) {
            (false, false) => return sheet.not_applicable(NOWHERE),
            (true, false) => return sheet.fail(Subject::Directories, DROPPED),
            (false, true) => return sheet.fail(Subject::Directories, DEMANDED),
            (true, true) => {}
        }
        let told = settings(p, s);
        let differ = told.iter().any(|(_, p, s)| p != s && !p.is_empty() && !s.is_empty());
        let untold = told.iter().any(|(_, p, s)| p != s && (p.is_empty() || s.is_empty()));
        match s.radius_status.as_str() {
            "Completed" | "" if differ => sheet.fail(Subject::Directories, SETTINGS),
            "" => sheet.unknown(Subject::Directories, NO_STATUS),
            "Completed" if untold => sheet.unknown(Subject::Directories, UNTOLD),
            "Completed" => sheet.pass(),
            _ => sheet.fail(Subject::Directories, NOT_WORKING),
        }
    }

    fn word(&self, pair: &PairView<'_>, _: Subject, case: usize) -> Wording {
        let Some((p, s)) = known::listed(pair) else { return Wording::new(META.summary) };
        let region = &pair.settings.standby.region;
        let asked = |directory: &Directory| if asks(directory) { "asked for" } else { "not asked for" };
        match case {
            NOT_WORKING => Wording::new(format!(
                "the directory in {region} asks for a second factor, and its connection to the RADIUS servers is {}: as long as it is, it \
                 probably lets nobody in",
                s.radius_status
            ))
            .with("RadiusStatus", shown(&p.radius_status), shown(&s.radius_status)),
            DEMANDED => Wording::new(format!(
                "the directory in {region} asks for a second factor, and the primary's does not: who has none does not get in"
            ))
            .with("RadiusSettings", asked(p), asked(s)),
            DROPPED => Wording::new(format!(
                "the directory in {region} asks for no second factor, and the primary's does: a password alone opens a desktop there"
            ))
            .with("RadiusSettings", asked(p), asked(s)),
            _ => settings(p, s).into_iter().filter(|(_, p, s)| p != s).fold(
                Wording::new(format!(
                    "the directory in {region} talks to its RADIUS servers in another way than the primary's, so that some may not get in"
                )),
                |wording, (path, p, s)| wording.with(path, shown(&p), shown(&s)),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::known::{FOREIGN, NOT_BOTH};
    use super::*;
    use crate::fixture::{Fixture, On};

    fn directory(fixture: &mut Fixture, on: On) -> &mut Directory {
        &mut fixture.side(on).directories.items_mut()[0]
    }

    fn without(sides: &[On]) -> Fixture {
        let mut fixture = Fixture::clean();
        for &on in sides {
            let directory = directory(&mut fixture, on);
            directory.radius_settings = None;
            directory.radius_status.clear();
        }
        fixture
    }

    fn in_status(status: &str) -> Fixture {
        let mut fixture = Fixture::clean();
        directory(&mut fixture, On::Standby).radius_status = status.to_owned();
        fixture
    }

    fn set(change: fn(&mut RadiusSettings)) -> Fixture {
        let mut fixture = Fixture::clean();
        change(directory(&mut fixture, On::Standby).radius_settings.as_mut().expect("set"));
        fixture
    }

    #[test]
    fn passes_for_the_same_settings_and_other_servers() {
        assert_eq!(Fixture::clean().verdicts(&MultiFactorDiffers), (1, vec![]));
    }

    #[test]
    fn fails_for_a_factor_that_one_side_alone_asks_for() {
        let fixture = without(&[On::Standby]);
        assert_eq!(fixture.verdicts(&MultiFactorDiffers), (0, vec!["dropped corp.example".to_owned()]));
        assert_eq!(fixture.run(&[&MultiFactorDiffers]).pairs[0].readiness.ready, 3);
        assert!(fixture.words(&MultiFactorDiffers).message.contains("us-west-2 asks for no second factor"));
        let fixture = without(&[On::Primary]);
        assert_eq!(fixture.verdicts(&MultiFactorDiffers), (0, vec!["demanded corp.example".to_owned()]));
        assert_eq!(fixture.run(&[&MultiFactorDiffers]).pairs[0].readiness.stranded, 3);
    }

    #[test]
    fn fails_where_it_does_not_work() {
        for status in ["Creating", "Failed"] {
            let fixture = in_status(status);
            assert_eq!(fixture.verdicts(&MultiFactorDiffers), (0, vec!["not-working corp.example".to_owned()]));
            assert_eq!(fixture.words(&MultiFactorDiffers).drift[0].standby, status);
            assert_eq!(fixture.run(&[&MultiFactorDiffers]).pairs[0].readiness.stranded, 3);
        }
        assert_eq!(in_status("").judge(&MultiFactorDiffers).unknowns(), [(Subject::Directories, NO_STATUS)]);
    }

    #[test]
    fn fails_for_other_settings() {
        type Change = fn(&mut RadiusSettings);
        let changes: [(&str, Change); 4] = [
            ("RadiusSettings.RadiusPort", |radius| radius.radius_port = Some(1645)),
            ("RadiusSettings.RadiusTimeout", |radius| radius.radius_timeout = Some(1)),
            ("RadiusSettings.RadiusRetries", |radius| radius.radius_retries = Some(0)),
            ("RadiusSettings.AuthenticationProtocol", |radius| radius.authentication_protocol = "PAP".to_owned()),
        ];
        for (path, change) in changes {
            let fixture = set(change);
            assert_eq!(fixture.verdicts(&MultiFactorDiffers), (0, vec!["settings corp.example".to_owned()]), "{path}");
            let words = fixture.words(&MultiFactorDiffers);
            assert_eq!(words.drift.iter().map(|line| line.path.as_str()).collect::<Vec<_>>(), [path]);
            let run = fixture.run(&[&MultiFactorDiffers]);
            assert_eq!((run.pairs[0].readiness.ready, run.pairs[0].readiness.uncounted.len()), (3, 1));
        }
        let fixture = set(|radius| radius.radius_port = None);
        assert_eq!(fixture.judge(&MultiFactorDiffers).unknowns(), [(Subject::Directories, UNTOLD)]);
    }

    #[test]
    fn nothing_to_compare_is_said() {
        assert_eq!(without(&[On::Primary, On::Standby]).judge(&MultiFactorDiffers).reasons(), [NOWHERE]);
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).directories.items_mut().clear();
        assert_eq!(fixture.judge(&MultiFactorDiffers).reasons(), [NOT_BOTH]);
        fixture.pair().standby.directory = Some("wsd-0000000aa".to_owned());
        assert_eq!(fixture.judge(&MultiFactorDiffers).reasons(), [FOREIGN]);
    }

    #[test]
    fn denied_calls_are_named() {
        Fixture::clean().assert_gaps_are_no_passes(&MultiFactorDiffers);
        in_status("Failed").assert_gaps_are_no_passes(&MultiFactorDiffers);
        without(&[On::Standby]).assert_gaps_are_no_passes(&MultiFactorDiffers);
    }
}
