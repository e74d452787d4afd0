//! What is not known never looks like what is in order; and namesakes are told apart.

use super::*;
use crate::fixture::{Fixture, On, TAKEN_AT};
use crate::meta::Area;
use crate::model::{GapId, Unknown};

fn run(fixture: &Fixture) -> Run<'_> {
    evaluate(&fixture.estate, Options::at(TAKEN_AT))
}

#[test]
fn a_clean_estate_is_ready() {
    let fixture = Fixture::clean();
    let run = run(&fixture);
    assert_eq!((run.outcome, run.pairs[0].readiness.ready), (Outcome::Ready, 3));
}

#[test]
fn where_nothing_is_judged_nothing_is_ready() {
    let mut fixture = Fixture::clean();
    let nobody = Options { pairs: BTreeSet::from(["another".to_owned()]), ..Options::at(TAKEN_AT) };
    assert_eq!(evaluate(&fixture.estate, nobody).outcome, Outcome::Inconclusive);
    let contradiction = Options {
        rules: BTreeSet::from(["WSP-001".to_owned()]),
        areas: BTreeSet::from([Area::Bundles]),
        ..Options::at(TAKEN_AT)
    };
    assert_eq!(evaluate(&fixture.estate, contradiction).outcome, Outcome::Inconclusive);
    let off = RuleSettings { enabled: Some(false), ..RuleSettings::default() };
    fixture.estate.settings.rules.insert("WSP-001".to_owned(), off);
    let only = Options { rules: BTreeSet::from(["WSP-001".to_owned()]), ..Options::at(TAKEN_AT) };
    assert_eq!(evaluate(&fixture.estate, only).outcome, Outcome::Inconclusive);
}

/// What rules read, and a gap that hides it: none may leave the outcome as it was.
#[test]
fn whatever_is_not_read_is_no_silence() {
    let needed = needed(&Options::at(TAKEN_AT), &BTreeMap::new());
    for &dataset in &needed {
        for on in [On::Primary, On::Standby] {
            // No task runs on the primary side, so there is none whose executions could be hidden; what is read of one side alone is not
            // hidden on the other.
            let is_read = match dataset {
                Dataset::SyncExecutions
                | Dataset::Keys
                | Dataset::CertificateAuthorities
                | Dataset::StreamPermissions
                | Dataset::FailoverPermissions => on == On::Standby,
                Dataset::DirectoryRegions | Dataset::Trusts => on == On::Primary,
                _ => true,
            };
            if !is_read {
                continue;
            }
            let mut fixture = Fixture::clean();
            fixture.add_managed_ad();
            fixture.declare_roles();
            let gap = fixture.deny(on, dataset);
            let run = run(&fixture);
            assert_eq!(run.outcome, Outcome::Inconclusive, "{dataset:?} of {on:?}");
            let names_it = |finding: &&Finding| finding.unknown == Some(Unknown::Gap(gap));
            assert!(
                run.pairs[0].findings.iter().any(|finding| names_it(&finding)),
                "{dataset:?} of {on:?} is not told"
            );
        }
    }
}

/// Where other evidence carries every verdict, a gap is told and touches nobody.
#[test]
fn a_gap_on_which_no_verdict_rests_is_told_and_touches_nobody() {
    let mut fixture = Fixture::clean();
    // The standby's addresses lie in its own ranges, so it does not matter what the primary's are.
    let gap = fixture.deny(On::Primary, Dataset::Vpcs);
    let run = run(&fixture);
    assert_eq!((run.outcome, run.pairs[0].readiness.ready), (Outcome::Inconclusive, 3));
    let told: Vec<&Finding> =
        run.pairs[0].findings.iter().filter(|finding| finding.unknown == Some(Unknown::Gap(gap))).collect();
    assert!(!told.is_empty());
    assert!(told.iter().all(|finding| (finding.subjects, finding.people) == (0, 0)), "{told:?}");
    // Whoever lives without it says so for each rule that reads it.
    let rules = told.iter().map(|finding| run.meta(finding).id.to_owned()).collect();
    let allowed = Options { allow_incomplete: rules, ..Options::at(TAKEN_AT) };
    assert_eq!(evaluate(&fixture.estate, allowed).outcome, Outcome::Ready);
}

#[test]
fn an_alias_that_leads_to_a_directory_of_others_lists_nobody() {
    let mut fixture = Fixture::clean();
    let association = &mut fixture.side(On::Primary).aliases.items_mut()[0].associations[0];
    association.association_status = "ASSOCIATED_WITH_SHARED_ACCOUNT".to_owned();
    association.resource_id = "d-90670000ee".to_owned();
    let run = run(&fixture);
    assert!(matches!(run.pairs[0].readiness.hidden, Some(Unknown::Undetermined(_))));
    assert_eq!((run.pairs[0].readiness.users, run.outcome), (0, Outcome::Inconclusive));
}

#[test]
fn namesakes_have_fingerprints_of_their_own() {
    let mut fixture = Fixture::clean();
    // Two file systems that people call the same, and neither has a counterpart.
    let mut other = fixture.side(On::Primary).file_systems.items()[0].clone();
    other.file_system_id = "fs-p000000000001".to_owned();
    fixture.side(On::Primary).file_systems.items_mut().push(other);
    fixture.side(On::Standby).file_systems.items_mut().clear();
    let prints = |fixture: &Fixture| -> Vec<String> {
        let run = fixture.run(&[crate::find("FSX-001").expect("registered")]);
        run.pairs[0].findings.iter().map(|finding| run.fingerprint(&run.pairs[0], finding)).collect()
    };
    let two = prints(&fixture);
    assert_eq!(two.len(), 2);
    assert_ne!(two[0], two[1]);
    // Neither knows an id: another file system in the place of the first is the same finding.
    fixture.side(On::Primary).file_systems.items_mut()[0].file_system_id = "fs-p000000000002".to_owned();
    assert_eq!(prints(&fixture), two);
    // One alone has the fingerprint of the first.
    fixture.side(On::Primary).file_systems.items_mut().pop();
    assert_eq!(prints(&fixture), two[..1]);
}

#[test]
fn a_gap_keeps_its_fingerprint_whatever_it_says() {
    let print = |message: &str| {
        let mut fixture = Fixture::clean();
        let GapId(at) = fixture.deny(On::Standby, Dataset::IpGroups);
        fixture.estate.gaps[at as usize].message = message.to_owned();
        let run = fixture.run(&[crate::find("IPG-005").expect("registered")]);
        run.fingerprint(&run.pairs[0], &run.pairs[0].findings[0])
    };
    assert_eq!(print("denied"), print("throttled"));
}
