//! What comes of verdicts: counts, outcome, readiness, fingerprints, and the same run from the same inputs.

use super::*;
use crate::fixture::{Fixture, HOUR, On, TAKEN_AT};
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::settings::Waiver;
use crate::model::workspace::TagRow;
use crate::model::{GapId, Moment, Subject, Unknown};
use crate::readiness::State;
use crate::rule::{Sheet, Wording};
use crate::waivers::drift_digest;

/// A rule that says what a test wants.
struct Scripted {
    meta: Meta,
    judge: fn(&PairView<'_>, &mut Sheet),
}

impl Rule for Scripted {
    fn meta(&self) -> &'static Meta {
        // Scripted rules are statics, each under an id of its own.
        SCRIPTED.iter().map(|rule| &rule.meta).find(|meta| meta.id == self.meta.id).expect("it is in the list")
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        (self.judge)(pair, sheet);
    }

    fn word(&self, _: &PairView<'_>, _: Subject, case: usize) -> Wording {
        Wording::new("it drifted").with("Member", "one", format!("other {case}"))
    }
}

const fn meta(id: &'static str, reach: Reach, cases: &'static [Case]) -> Meta {
    Meta {
        id,
        name: "scripted",
        area: Area::Workspaces,
        summary: "it drifted",
        cases,
        reach,
        implies: &[],
        needs: &[Dataset::Workspaces],
        controls: &[],
        remedy: "Mend it.",
        options: &[],
        doc: "",
    }
}

const STRANDS: &[Case] = &[
    Case { key: "strands", severity: Severity::High, effect: Effect::Strands, uncounted: false },
    Case { key: "degrades", severity: Severity::Medium, effect: Effect::Degrades, uncounted: false },
    Case { key: "uncounted", severity: Severity::High, effect: Effect::Strands, uncounted: true },
    Case { key: "nothing", severity: Severity::Low, effect: Effect::None, uncounted: false },
];
const NOTHING: &[Case] = &[Case { key: "nothing", severity: Severity::Low, effect: Effect::None, uncounted: false }];

const UNSUPPORTED: Unknown = Unknown::Unsupported("no API tells");
const UNDETERMINED: Unknown = Unknown::Undetermined("it cannot be told");
/// The gap that every estate has: what it was collected without.
const GAP: Unknown = Unknown::Gap(GapId(0));

fn desktop(p: u32) -> Subject {
    Subject::Desktop { p, s: p }
}

static SCRIPTED: [Scripted; 12] = [
    Scripted { meta: meta("TST-001", Reach::Desktop, STRANDS), judge: |_, sheet| sheet.pass() },
    Scripted { meta: meta("TST-002", Reach::Desktop, STRANDS), judge: |_, sheet| sheet.fail(desktop(0), 0) },
    Scripted { meta: meta("TST-003", Reach::Desktop, STRANDS), judge: |_, sheet| sheet.fail(desktop(1), 1) },
    Scripted { meta: meta("TST-004", Reach::Pair, NOTHING), judge: |_, sheet| sheet.fail(Subject::Alias, 0) },
    Scripted { meta: meta("TST-005", Reach::Desktop, STRANDS), judge: |_, sheet| sheet.unknown(desktop(2), GAP) },
    Scripted {
        meta: meta("TST-006", Reach::Pair, STRANDS),
        judge: |_, sheet| sheet.unknown(Subject::Pair, UNSUPPORTED),
    },
    Scripted { meta: meta("TST-007", Reach::Desktop, STRANDS), judge: |_, _| panic!("a fault of the rule") },
    Scripted { meta: meta("TST-008", Reach::Pair, NOTHING), judge: |_, _| {} },
    Scripted {
        meta: meta("TST-009", Reach::Desktop, STRANDS),
        judge: |_, sheet| {
            for p in [2, 0] {
                sheet.unknown(desktop(p), GAP);
            }
            sheet.unknown(desktop(1), UNDETERMINED);
            sheet.pass();
        },
    },
    Scripted { meta: meta("TST-010", Reach::Pair, STRANDS), judge: |_, sheet| sheet.fail(Subject::Alias, 2) },
    Scripted {
        meta: meta("TST-011", Reach::Desktop, STRANDS),
        judge: |pair, sheet| {
            for (desktop, case) in pair.desktops.primary.iter().zip([1, 0, 3]) {
                sheet.fail(Subject::Desktop { p: desktop.row, s: Subject::NONE }, case);
            }
        },
    },
    Scripted {
        meta: meta("TST-012", Reach::Pair, STRANDS),
        judge: |_, sheet| sheet.not_applicable("nothing is there"),
    },
];

fn rule(number: usize) -> &'static dyn Rule {
    &SCRIPTED[number - 1]
}

fn rules(numbers: &[usize]) -> Vec<&'static dyn Rule> {
    numbers.iter().map(|&number| rule(number)).collect()
}

/// The run of scripted rules on an estate in which everything is in order.
fn judged<T>(numbers: &[usize], options: impl Fn(&mut Options), said: impl Fn(&Run<'_>) -> T) -> T {
    judged_on(&Fixture::clean(), numbers, options, said)
}

fn judged_on<T>(
    fixture: &Fixture,
    numbers: &[usize],
    options: impl Fn(&mut Options),
    said: impl Fn(&Run<'_>) -> T,
) -> T {
    let mut chosen = Options::at(TAKEN_AT);
    options(&mut chosen);
    said(&evaluate_with(&fixture.estate, chosen, &rules(numbers)))
}

fn outcome(numbers: &[usize]) -> Outcome {
    judged(numbers, |_| {}, |run| run.outcome)
}

fn states(numbers: &[usize]) -> Vec<State> {
    judged(numbers, |_| {}, |run| run.pairs[0].readiness.states.clone())
}

fn waiver(rule: &str, subject: Option<&str>) -> Waiver {
    Waiver {
        rule: rule.to_owned(),
        subject: subject.map(str::to_owned),
        pair: None,
        owner: "euc-team@corp.example".to_owned(),
        reason: "it is accepted".to_owned(),
        expires: Moment::from_secs(TAKEN_AT.secs() + HOUR),
        drift: None,
    }
}

#[test]
fn the_worst_outcome_goes_first() {
    assert_eq!(outcome(&[1]), Outcome::Ready);
    assert_eq!(outcome(&[1, 2]), Outcome::Drifted);
    assert_eq!(outcome(&[1, 2, 5]), Outcome::Inconclusive);
    assert_eq!(outcome(&[1, 2, 5, 7]), Outcome::Broken);
    assert_eq!(outcome(&[12]), Outcome::Ready);
    let codes = [Outcome::Ready, Outcome::Drifted, Outcome::Inconclusive, Outcome::Broken].map(Outcome::exit_code);
    assert_eq!(codes, [0, 1, 3, 4]);
}

#[test]
fn the_gate_holds_from_its_severity_on() {
    let gate =
        |fail_on: FailOn| judged(&[2, 3, 4], |options| options.fail_on = fail_on, |run| (run.outcome, run.gate_fails));
    assert_eq!(gate(FailOn::Severity(Severity::Critical)), (Outcome::Ready, 0));
    assert_eq!(gate(FailOn::Severity(Severity::High)), (Outcome::Drifted, 1));
    assert_eq!(gate(FailOn::Severity(Severity::Medium)), (Outcome::Drifted, 2));
    assert_eq!(gate(FailOn::Severity(Severity::Low)), (Outcome::Drifted, 3));
    assert_eq!(gate(FailOn::Never), (Outcome::Ready, 0));
}

#[test]
fn a_configured_severity_moves_the_gate_and_not_readiness() {
    let mut fixture = Fixture::clean();
    fixture.estate.settings.rules.entry("TST-002".to_owned()).or_default().severity = Some(Severity::Low);
    let said = |run: &Run<'_>| (run.outcome, run.pairs[0].readiness.stranded);
    assert_eq!(judged_on(&fixture, &[2], |_| {}, said), (Outcome::Ready, 1));
}

#[test]
fn who_is_asking_has_to_be_known() {
    let mut fixture = Fixture::clean();
    let gap = fixture.gap("sts", "GetCallerIdentity");
    fixture.side(On::Standby).account = Err(gap);
    assert_eq!(judged_on(&fixture, &[1], |_| {}, |run| run.outcome), Outcome::Inconclusive);
    fixture.side(On::Standby).account = Err(Estate::NOT_COLLECTED);
    assert_eq!(judged_on(&fixture, &[1], |_| {}, |run| run.outcome), Outcome::Ready);
}

#[test]
fn a_waived_fail_passes_the_gate_and_strands_all_the_same() {
    let said = |run: &Run<'_>| {
        let pair = &run.pairs[0];
        (run.outcome, pair.tallies[0].fail, pair.tallies[0].waived, pair.readiness.stranded, pair.findings[0].verdict)
    };
    let with = |waiver: Waiver| {
        let mut fixture = Fixture::clean();
        fixture.estate.settings.waivers = vec![waiver];
        judged_on(&fixture, &[2], |_| {}, said)
    };
    let waived = (Outcome::Ready, 0, 1, 1, Verdict::Waived);
    let failed = (Outcome::Drifted, 1, 0, 1, Verdict::Fail);
    assert_eq!(with(waiver("TST-002", None)), waived);
    assert_eq!(with(waiver("TST-002", Some("anna"))), waived);
    assert_eq!(with(waiver("TST-002", Some("bert"))), failed);
    assert_eq!(with(waiver("TST-003", None)), failed);
    assert_eq!(with(Waiver { expires: TAKEN_AT, ..waiver("TST-002", None) }), failed);
    assert_eq!(with(Waiver { pair: Some("corp".to_owned()), ..waiver("TST-002", None) }), waived);
    assert_eq!(with(Waiver { pair: Some("other".to_owned()), ..waiver("TST-002", None) }), failed);
    // A waiver for one drift does not cover another.
    let fixture = Fixture::clean();
    let accepted = |case| Some(drift_digest(&rule(2).word(&fixture.view(), desktop(0), case).drift));
    assert_eq!(with(Waiver { drift: accepted(0), ..waiver("TST-002", None) }), waived);
    assert_eq!(with(Waiver { drift: accepted(1), ..waiver("TST-002", None) }), failed);
}

#[test]
fn what_no_api_tells_is_shown_and_makes_inconclusive_only_if_asked_for() {
    let said = |run: &Run<'_>| (run.outcome, run.pairs[0].tallies[0].not_evaluated, run.pairs[0].readiness.ready);
    assert_eq!(judged(&[6], |_| {}, said), (Outcome::Ready, 1, 3));
    assert_eq!(judged(&[6], |options| options.strict = true, said), (Outcome::Inconclusive, 1, 3));

    let mut fixture = Fixture::clean();
    fixture.estate.settings.attestations = vec![waiver("TST-006", None)];
    let said = |run: &Run<'_>| (run.outcome, run.pairs[0].tallies[0].attested, run.pairs[0].findings.len());
    assert_eq!(judged_on(&fixture, &[6], |options| options.strict = true, said), (Outcome::Ready, 1, 0));
    // Nobody can vouch for what could have been read.
    fixture.estate.settings.attestations = vec![waiver("TST-005", None)];
    assert_eq!(judged_on(&fixture, &[5], |_| {}, said), (Outcome::Inconclusive, 0, 1));
}

#[test]
fn missing_evidence_is_allowed_rule_by_rule() {
    let allow = |id: &'static str, numbers: &[usize]| {
        judged(numbers, |options| options.allow_incomplete = [id.to_owned()].into(), |run| run.outcome)
    };
    assert_eq!(allow("TST-005", &[5]), Outcome::Ready);
    assert_eq!(allow("TST-005", &[2, 5]), Outcome::Drifted);
    assert_eq!(allow("TST-002", &[5]), Outcome::Inconclusive);
    assert_eq!(allow("TST-005", &[5, 9]), Outcome::Inconclusive);
    // It lifts the outcome, not what is known of people.
    let unknown = |run: &Run<'_>| run.pairs[0].readiness.unknown;
    assert_eq!(judged(&[5], |options| options.allow_incomplete = ["TST-005".to_owned()].into(), unknown), 1);
}

#[test]
fn a_broken_rule_is_listed_and_hurts_no_other() {
    let alone = judged(&[2, 3], |_| {}, |run| run.pairs[0].tallies.clone());
    for (number, message) in [(7, "a fault of the rule"), (8, "it gave no verdict")] {
        let (outcome, broken, tallies) =
            judged(&[2, 3, number], |_| {}, |run| (run.outcome, run.broken.clone(), run.pairs[0].tallies.clone()));
        assert_eq!(outcome, Outcome::Broken);
        let id = SCRIPTED[number - 1].meta.id;
        assert_eq!(broken, [Broken { rule: id, pair: "corp".to_owned(), message: message.to_owned() }]);
        assert_eq!(tallies[..2], alone[..]);
        assert_eq!(tallies[2].not_evaluated, 1);
    }
    // Whoever rests on it is not known to be ready; of one that strands nobody, everybody is.
    assert_eq!(states(&[7]), [State::Unknown; 3]);
    assert_eq!(states(&[8]), [State::Ready; 3]);
}

#[test]
fn a_gap_is_one_finding_that_reaches_each_person_it_hides() {
    judged(
        &[9],
        |_| {},
        |run| {
            let pair = &run.pairs[0];
            assert_eq!((pair.tallies[0].not_evaluated, pair.tallies[0].pass), (3, 1));
            let found: Vec<(Option<Unknown>, u32, u32)> =
                pair.findings.iter().map(|finding| (finding.unknown, finding.subjects, finding.people)).collect();
            assert_eq!(found, [(Some(UNDETERMINED), 1, 1), (Some(GAP), 2, 2)]);
            assert_eq!(pair.readiness.unknown, 3);
            for (person, cause) in [(0, 1), (1, 0), (2, 1)] {
                assert_eq!(pair.readiness.causes_of(person).collect::<Vec<_>>(), [cause]);
            }
            let words = run.word(pair, &pair.findings[1]);
            assert!(words.wording.message.contains("was not collected"), "{}", words.wording.message);
        },
    );
}

#[test]
fn the_worst_of_a_persons_verdicts_and_desktops_counts() {
    assert_eq!(states(&[2, 3, 5]), [State::Stranded, State::Degraded, State::Unknown]);
    // Stranded before unknown before degraded.
    assert_eq!(states(&[2, 9]), [State::Stranded, State::Unknown, State::Unknown]);
    assert_eq!(states(&[3, 9]), [State::Unknown; 3]);
    assert_eq!(states(&[4]), [State::Ready; 3]);

    // anna has three desktops: one degraded, one stranded, one with a flaw that nobody feels.
    let mut fixture = Fixture::clean();
    for user in ["bert", "carla"] {
        fixture.remove_desktop(On::Primary, user);
    }
    for user in ["ANNA", "Anna"] {
        fixture.add_desktop(On::Primary, user, "standard");
    }
    judged_on(
        &fixture,
        &[11],
        |_| {},
        |run| {
            let readiness = &run.pairs[0].readiness;
            assert_eq!((readiness.users, readiness.stranded), (1, 1));
            assert_eq!(readiness.states, [State::Stranded]);
            assert_eq!(readiness.causes_of(0).count(), 2);
        },
    );
}

#[test]
fn what_strands_somebody_uncounted_is_shown_beside() {
    judged(
        &[10],
        |_| {},
        |run| {
            let readiness = &run.pairs[0].readiness;
            assert_eq!((readiness.ready, readiness.uncounted.as_slice()), (3, &[0][..]));
            assert_eq!(run.pairs[0].findings[0].people, 0);
        },
    );
}

#[test]
fn totals_add_up() {
    for numbers in [&[1][..], &[2, 3, 5], &[7, 9], &[6, 10, 11, 12]] {
        judged(
            numbers,
            |_| {},
            |run| {
                let pair = &run.pairs[0];
                let readiness = &pair.readiness;
                assert_eq!(readiness.users as usize, readiness.states.len());
                assert_eq!(
                    readiness.users,
                    readiness.ready + readiness.degraded + readiness.stranded + readiness.unknown,
                    "{numbers:?}"
                );
                for (at, tally) in pair.tallies.iter().enumerate() {
                    let of = |verdict| {
                        let mine = pair.findings.iter().filter(|finding| usize::from(finding.rule) == at);
                        mine.filter(|finding| finding.verdict == verdict)
                            .map(|finding| u64::from(finding.subjects))
                            .sum::<u64>()
                    };
                    assert_eq!(tally.fail, of(Verdict::Fail), "{numbers:?}");
                    assert_eq!(tally.waived, of(Verdict::Waived), "{numbers:?}");
                    assert_eq!(tally.not_evaluated, of(Verdict::NotEvaluated), "{numbers:?}");
                }
            },
        );
    }
}

#[test]
fn rules_and_pairs_can_be_chosen() {
    let ids = |run: &Run<'_>| run.rules.iter().map(|rule| rule.meta().id).collect::<Vec<_>>();
    assert_eq!(judged(&[1, 2], |options| options.rules = ["TST-002".to_owned()].into(), ids), ["TST-002"]);
    assert!(judged(&[1, 2], |options| options.areas = [Area::Dns].into(), ids).is_empty());
    let mut fixture = Fixture::clean();
    fixture.estate.settings.rules.entry("TST-002".to_owned()).or_default().enabled = Some(false);
    assert_eq!(judged_on(&fixture, &[1, 2], |_| {}, ids), ["TST-001"]);

    let mut other = fixture.pair().clone();
    other.name = "other".to_owned();
    fixture.estate.settings.pairs.push(other);
    let places = fixture.estate.pairs[0];
    fixture.estate.pairs.push(places);
    let names = |run: &Run<'_>| run.pairs.iter().map(|pair| pair.view.settings.name.clone()).collect::<Vec<_>>();
    assert_eq!(judged_on(&fixture, &[1], |_| {}, names), ["corp", "other"]);
    assert_eq!(judged_on(&fixture, &[1], |options| options.pairs = ["other".to_owned()].into(), names), ["other"]);
}

#[test]
fn a_runs_id_is_that_of_its_inputs() {
    let id = |options: &dyn Fn(&mut Options)| judged(&[1], options, |run| run.id.clone());
    let usual = id(&|_| {});
    assert_eq!(usual, id(&|_| {}));
    let others: [&dyn Fn(&mut Options); 6] = [
        &|options| options.judged_at = Moment::from_secs(TAKEN_AT.secs() + 1),
        &|options| options.fail_on = FailOn::Never,
        &|options| options.strict = true,
        &|options| options.rules = ["TST-001".to_owned()].into(),
        &|options| options.allow_incomplete = ["TST-001".to_owned()].into(),
        &|options| options.estate_digest = [1; 32],
    ];
    for (at, other) in others.into_iter().enumerate() {
        assert_ne!(usual, id(other), "{at}");
    }
}

/// An estate with drift of many kinds, and a gap.
pub(super) fn drifted() -> Fixture {
    let mut fixture = Fixture::clean();
    for (at, user) in ["dora", "emil", "fatma", "gustav", "héloïse"].into_iter().enumerate() {
        fixture.add_desktop(On::Primary, user, if at % 2 == 0 { "power" } else { "standard" });
        if at != 1 {
            fixture.add_desktop(On::Standby, user, "standard");
        }
    }
    let (suspended, always_on) = (fixture.sym("SUSPENDED"), fixture.sym("ALWAYS_ON"));
    fixture.desktop(On::Standby, "bert").state = suspended;
    fixture.desktop(On::Standby, "fatma").state = suspended;
    fixture.desktop(On::Standby, "anna").running_mode = always_on;
    fixture.add_desktop(On::Standby, "CARLA", "power");
    fixture.side(On::Standby).bundles.items_mut().remove(0);
    fixture.side(On::Standby).file_systems.items_mut().clear();
    fixture.deny(On::Standby, Dataset::Branding);
    fixture.deny(On::Standby, Dataset::ClientProperties);
    fixture.estate.txt[0].answers.items_mut()[1].outcome = crate::model::dns::TxtOutcome::Refused;
    fixture
}

#[test]
fn drift_of_many_kinds_is_found_before_its_order_is_compared() {
    let fixture = drifted();
    let run = evaluate(&fixture.estate, Options::at(TAKEN_AT));
    let ids: BTreeSet<&str> = run.pairs[0].findings.iter().map(|finding| run.meta(finding).id).collect();
    for id in ["WSP-001", "WSP-002", "WSP-004", "WSP-005", "FSX-001", "DNS-007", "BND-001"] {
        assert!(ids.contains(id), "{id} is not among {ids:?}");
    }
    assert_eq!(run.outcome, Outcome::Inconclusive);
}

#[test]
fn fingerprints_outlive_ids_and_tell_findings_apart() {
    let prints = |fixture: &Fixture| {
        let run = evaluate(&fixture.estate, Options::at(TAKEN_AT));
        let pair = &run.pairs[0];
        let fails = pair.findings.iter().filter(|finding| finding.verdict == Verdict::Fail);
        let mut prints: Vec<String> = fails.map(|finding| run.fingerprint(pair, finding)).collect();
        prints.sort();
        prints
    };
    let fixture = drifted();
    let before = prints(&fixture);
    let apart: BTreeSet<&String> = before.iter().collect();
    assert!(apart.len() == before.len() && before.len() > 10, "{before:?}");

    let mut renamed = fixture.clone();
    for on in [On::Primary, On::Standby] {
        let rows: Vec<u32> = (0..renamed.side(on).workspaces.items().len() as u32).collect();
        let ids: Vec<_> = rows.iter().map(|row| renamed.sym(&format!("ws-{on:?}-{row}-renamed"))).collect();
        let arns: Vec<_> = rows
            .iter()
            .map(|row| renamed.sym(&format!("arn:aws:workspaces:x:y:workspace/ws-{on:?}-{row}-renamed")))
            .collect();
        let symbols = renamed.estate.symbols.clone();
        let side = renamed.side(on);
        for ((row, id), arn) in side.workspaces.items_mut().iter_mut().zip(ids).zip(arns) {
            // What else is known of the desktop follows it.
            let old = std::mem::replace(&mut row.id, id);
            side.connections
                .items_mut()
                .iter_mut()
                .filter(|known| known.workspace == old)
                .for_each(|known| known.workspace = id);
            let of_old = |tag: &&mut TagRow| symbols.text(tag.arn).ends_with(&format!("/{}", symbols.text(old)));
            side.desktop_tags.items_mut().iter_mut().filter(of_old).for_each(|tag| tag.arn = arn);
        }
        side.aliases.items_mut()[0].alias_id.push_str("-renamed");
        side.file_systems
            .items_mut()
            .iter_mut()
            .for_each(|file_system| file_system.file_system_id.push_str("-renamed"));
    }
    assert_eq!(prints(&renamed), before);

    let mut elsewhere = fixture.clone();
    elsewhere.pair().name = "other".to_owned();
    assert!(prints(&elsewhere).iter().all(|print| !before.contains(print)));
}
