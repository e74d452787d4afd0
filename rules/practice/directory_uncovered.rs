//! OPS-005: people whose directory belongs to no pair are in no headline. It cannot see directories of other Regions or accounts.

use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::{Dataset, PairView, Subject};
use crate::rule::{Rule, Sheet, Wording};

/// OPS-005 directory-uncovered.
pub(super) struct DirectoryUncovered;

static META: Meta = Meta {
    id: "OPS-005",
    name: "directory-uncovered",
    area: Area::Practice,
    summary: "a directory with WorkSpaces in the primary Region belongs to no pair",
    cases: &[Case { key: "uncovered", severity: Severity::High, effect: Effect::Strands, uncounted: true }],
    reach: Reach::Pair,
    implies: &[],
    needs: &[Dataset::Workspaces, Dataset::Registrations, Dataset::Aliases],
    controls: &[
        controls::REL13_BP02,
        controls::EUCREL02,
        controls::CP_2,
        controls::CP_7,
        controls::A_5_30,
        controls::A_8_14,
        controls::A1_2,
        controls::ARTICLE_11,
        controls::ARTICLE_12,
    ],
    remedy: "Give the directory a pair of its own: a connection alias, a standby directory, a TXT record, and a [[pair]] in the \
             configuration. Where its people need no failover, waive it, with an owner.",
    options: &[],
    doc: include_str!("directory_uncovered.md"),
};

const TOLD_ELSEWHERE: &str = "another pair with the same primary Region tells of it";

impl Rule for DirectoryUncovered {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        if !pair.tells_of_primary {
            return sheet.not_applicable(TOLD_ELSEWHERE);
        }
        let desktops = &pair.desktops;
        for at in 0..desktops.outside.len() {
            sheet.fail(Subject::Outside(at as u32), 0);
        }
        match desktops.hidden {
            Some(why) => sheet.unknown(Subject::Pair, why),
            None if desktops.outside.is_empty() => sheet.pass(),
            None => {}
        }
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, _: usize) -> Wording {
        let Subject::Outside(at) = subject else { return Wording::default() };
        let Some(&(id, count)) = pair.desktops.outside.get(at as usize) else { return Wording::default() };
        let (id, region) = (pair.estate.symbols.text(id), &pair.settings.primary.region);
        let name = subject.names(pair).name;
        let directory = if name == id { id.to_owned() } else { format!("{name} ({id})") };
        let has = if count == 1 { "a WorkSpace".to_owned() } else { format!("{count} WorkSpaces") };
        Wording::new(format!(
            "the directory {directory} has {has} in {region} and belongs to no pair: its people are in no number of this report"
        ))
        .with("DirectoryId", id, "absent")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};

    /// Bert works in a directory that no pair knows.
    fn elsewhere() -> Fixture {
        let mut fixture = Fixture::clean();
        let id = fixture.sym("d-90670000ff");
        fixture.desktop(On::Primary, "bert").directory = id;
        fixture
    }

    #[test]
    fn passes_where_everybody_is_in_a_pair() {
        assert_eq!(Fixture::clean().verdicts(&DirectoryUncovered), (1, vec![]));
    }

    #[test]
    fn fails_for_a_directory_that_no_pair_covers_and_counts_nobody() {
        let mut fixture = elsewhere();
        assert_eq!(fixture.verdicts(&DirectoryUncovered), (0, vec!["uncovered d-90670000ff".to_owned()]));
        let words = fixture.words(&DirectoryUncovered).message;
        assert_eq!(
            words,
            "the directory d-90670000ff has a WorkSpace in us-east-1 and belongs to no pair: its people are in no number of this report"
        );
        {
            let run = fixture.run(&[&DirectoryUncovered]);
            assert_eq!((run.pairs[0].readiness.users, run.pairs[0].readiness.uncounted.len()), (2, 1));
        }
        let mut registration = fixture.registration(On::Primary).clone();
        registration.directory_id = "d-90670000ff".to_owned();
        registration.directory_name = "labs.example".to_owned();
        fixture.side(On::Primary).registrations.items_mut().push(registration);
        assert_eq!(fixture.verdicts(&DirectoryUncovered), (0, vec!["uncovered labs.example".to_owned()]));
        assert!(fixture.words(&DirectoryUncovered).message.contains("labs.example (d-90670000ff)"));
    }

    #[test]
    fn of_pairs_that_share_a_primary_region_the_first_tells() {
        let mut fixture = elsewhere();
        let (mut settings, places) = (fixture.estate.settings.pairs[0].clone(), fixture.estate.pairs[0]);
        settings.name = "another".to_owned();
        fixture.estate.settings.pairs.push(settings);
        fixture.estate.pairs.push(places);
        let run = fixture.run(&[&DirectoryUncovered]);
        let fails: Vec<usize> = run.pairs.iter().map(|pair| pair.findings.len()).collect();
        assert_eq!(fails, [1, 0]);
        assert_eq!(run.pairs[1].tallies[0].reasons, [TOLD_ELSEWHERE]);
    }

    #[test]
    fn gaps_are_no_passes() {
        Fixture::clean().assert_gaps_are_no_passes(&DirectoryUncovered);
        elsewhere().assert_gaps_are_no_passes(&DirectoryUncovered);
    }
}
