//! What holds for every run, whatever the estate: totals add up, nobody is counted twice, and no order of AWS's lists alters anything.

use super::tests::drifted;
use super::*;
use crate::fixture::{Fixture, HOUR, Kept, On, TAKEN_AT};
use crate::meta::{Area, Effect, Reach};
use crate::model::desktops::UNDEFINED;
use crate::model::workspace::{DataReplication, Extra, Flag, Modification, Related, StandbyProperties};
use crate::model::{Moment, Slice, Subject, Sym, Unknown};
use crate::readiness::State;
use crate::rule::Sheet;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use std::collections::BTreeMap;

/// Everything that a report could say of a run, in its order.
fn said(run: &Run<'_>) -> Vec<String> {
    let mut said = vec![format!("{} {:?}", run.outcome.as_str(), run.broken)];
    for pair in &run.pairs {
        said.extend(pair.tallies.iter().map(|tally| format!("{tally:?}")));
        for finding in &pair.findings {
            let words = run.word(pair, finding);
            let root = finding.root.map(|root| run.fingerprint(pair, &pair.findings[root as usize]));
            said.push(format!(
                "{} {} {:?} {} {:?} {} people, {} subjects, root {root:?}",
                words.meta.id,
                words.fingerprint,
                finding.verdict,
                words.names.name,
                words.wording,
                finding.people,
                finding.subjects
            ));
        }
        let readiness = &pair.readiness;
        said.push(format!("{} {} {} {}", readiness.ready, readiness.degraded, readiness.stranded, readiness.unknown));
        let mut people: Vec<String> = (0..readiness.states.len())
            .map(|person| {
                let causes: BTreeSet<String> = readiness
                    .causes_of(person)
                    .map(|cause| run.fingerprint(pair, &pair.findings[cause as usize]))
                    .collect();
                let name = pair.view.estate.symbols.text(pair.view.desktops.people[person].name);
                format!("{name} {:?} {causes:?}", readiness.states[person])
            })
            .collect();
        people.sort();
        said.extend(people);
    }
    said
}

/// Puts a list in another order, the same for the same seed.
fn shuffle<T>(list: &mut Slice<T>, seed: &mut u64) {
    let items = list.items_mut();
    for at in (1..items.len()).rev() {
        // Knuth's multiplier: good enough to mix a list.
        *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        items.swap(at, (*seed >> 33) as usize % (at + 1));
    }
}

/// What can be the matter with somebody's desktops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Matter {
    NoStandby,
    SecondStandby,
    SecondPrimary,
    Left,
    Suspended,
    Rebooting,
    Leaving,
    AlwaysOn,
    Smaller,
    OtherProtocol,
    NoProtocol,
    Unencrypted,
    Linked,
    LinkedBySelf,
    LinkedToNobody,
    OldSnapshot,
    OtherKey,
    OtherDomain,
    OtherCase,
    Nameless,
    Retagged,
    Untagged,
    Modified,
    Unused,
    Elsewhere,
}

const MATTERS: [Matter; 25] = [
    Matter::NoStandby,
    Matter::SecondStandby,
    Matter::SecondPrimary,
    Matter::Left,
    Matter::Suspended,
    Matter::Rebooting,
    Matter::Leaving,
    Matter::AlwaysOn,
    Matter::Smaller,
    Matter::OtherProtocol,
    Matter::NoProtocol,
    Matter::Unencrypted,
    Matter::Linked,
    Matter::LinkedBySelf,
    Matter::LinkedToNobody,
    Matter::OldSnapshot,
    Matter::OtherKey,
    Matter::OtherDomain,
    Matter::OtherCase,
    Matter::Nameless,
    Matter::Retagged,
    Matter::Untagged,
    Matter::Modified,
    Matter::Unused,
    Matter::Elsewhere,
];

/// What is not read of an estate.
type Hidden = Option<(usize, bool, u8)>;

/// People, what is the matter with some of them, and what was not read.
#[derive(Clone, Debug)]
struct World {
    people: usize,
    matters: Vec<(usize, usize)>,
    hidden: Hidden,
}

fn worlds() -> impl Strategy<Value = World> {
    let matters = proptest::collection::vec((0..36usize, 0..MATTERS.len()), 0..24);
    let hidden = proptest::option::weighted(0.3, (any::<proptest::sample::Index>(), any::<bool>(), 0..3u8));
    (12..36usize, matters, hidden).prop_map(|(people, matters, hidden)| World {
        people,
        matters,
        hidden: hidden.map(|(dataset, on_primary, kept)| (dataset.index(Dataset::ALL.len()), on_primary, kept)),
    })
}

impl World {
    fn fixture(&self) -> Fixture {
        let mut fixture = Fixture::clean();
        for at in 3..self.people {
            for on in [On::Primary, On::Standby] {
                fixture.add_desktop(on, &user(at), if at.is_multiple_of(3) { "power" } else { "standard" });
            }
        }
        let tags = fixture.estate.settings.rules.entry("WSP-012".to_owned()).or_default();
        tags.options.insert("tags".to_owned(), serde_json::json!(["CostCenter"]));
        // One thing is the matter with one person: another would look for desktops that bear other names by then.
        let matters: BTreeMap<usize, usize> =
            self.matters.iter().map(|&(person, at)| (person % self.people, at)).collect();
        for (person, at) in matters {
            matter(&mut fixture, &user(person), MATTERS[at]);
        }
        if let Some((dataset, on_primary, kept)) = self.hidden {
            let on = if on_primary { On::Primary } else { On::Standby };
            let kept = [Kept::Nothing, Kept::Half, Kept::All][usize::from(kept)];
            fixture.cut(on, Dataset::ALL[dataset], kept);
        }
        fixture
    }
}

fn user(at: usize) -> String {
    match at {
        0 => "anna".to_owned(),
        1 => "bert".to_owned(),
        2 => "carla".to_owned(),
        _ => format!("person{at}"),
    }
}

/// Puts a user's desktop of a side in a relation.
fn relate(fixture: &mut Fixture, on: On, user: &str, other: &str, hours: i64) {
    let (kind, region) = if on == On::Primary { ("STANDBY", "us-west-2") } else { ("PRIMARY", "us-east-1") };
    let (replication, time) = ("PRIMARY_AS_SOURCE", Some(Moment::from_secs(TAKEN_AT.secs() - hours * HOUR)));
    let properties = StandbyProperties {
        standby_workspace_id: other.to_owned(),
        data_replication: replication.to_owned(),
        recovery_snapshot_time: time,
    };
    let extra = Extra {
        related_workspaces: vec![Related {
            workspace_id: other.to_owned(),
            region: region.to_owned(),
            state: "STOPPED".to_owned(),
            r#type: kind.to_owned(),
        }],
        standby_workspaces_properties: if on == On::Primary { vec![properties] } else { Vec::new() },
        data_replication_settings: Some(DataReplication {
            data_replication: replication.to_owned(),
            recovery_snapshot_time: time,
        }),
        ..Extra::default()
    };
    let extra = fixture.side(on).extras.keep(extra);
    fixture.desktop(on, user).extra = extra;
}

fn matter(fixture: &mut Fixture, user: &str, matter: Matter) {
    let (on_p, on_s) = (format!("ws-p{user}"), format!("ws-s{user}"));
    match matter {
        Matter::NoStandby => fixture.remove_desktop(On::Standby, user),
        Matter::Left => fixture.remove_desktop(On::Primary, user),
        Matter::SecondStandby => fixture.add_desktop(On::Standby, &user.to_uppercase(), "power"),
        Matter::SecondPrimary => fixture.add_desktop(On::Primary, &user.to_uppercase(), "standard"),
        Matter::Suspended => set(fixture, user, "SUSPENDED", |row, value| row.state = value),
        Matter::Rebooting => set(fixture, user, "REBOOTING", |row, value| row.state = value),
        Matter::Leaving => set(fixture, user, "TERMINATING", |row, value| row.state = value),
        Matter::AlwaysOn => set(fixture, user, "ALWAYS_ON", |row, value| row.running_mode = value),
        Matter::Smaller => set(fixture, user, "VALUE", |row, value| row.compute = value),
        Matter::OtherProtocol => set(fixture, user, "PCOIP", |row, value| row.protocols = value),
        Matter::NoProtocol => set(fixture, user, "", |row, value| row.protocols = value),
        Matter::Elsewhere => set(fixture, user, "d-92670000ff", |row, value| row.directory = value),
        Matter::OtherDomain => {
            let name = format!("PARTNER\\{user}");
            set(fixture, user, &name, |row, value| row.user = value);
        }
        Matter::OtherCase => {
            let name = user.to_uppercase();
            set(fixture, user, &name, |row, value| row.user = value);
        }
        Matter::Unencrypted => {
            let row = fixture.desktop(On::Standby, user);
            (row.root_volume_encrypted, row.user_volume_encrypted, row.key) = (Flag::No, Flag::No, Sym::NONE);
        }
        Matter::Linked | Matter::OldSnapshot => {
            let hours = if matter == Matter::Linked { 3 } else { 50 };
            relate(fixture, On::Primary, user, &on_s, hours);
            relate(fixture, On::Standby, user, &on_p, hours);
        }
        Matter::LinkedBySelf => relate(fixture, On::Standby, user, &on_p, 3),
        Matter::LinkedToNobody => relate(fixture, On::Primary, user, "ws-nobody", 3),
        Matter::OtherKey => {
            let key = fixture.sym("arn:aws:kms:us-east-1:111122223333:key/mrk-0");
            fixture.desktop(On::Primary, user).key = key;
        }
        Matter::Nameless => {
            let (nobody, name) = (fixture.sym(UNDEFINED), fixture.sym(&format!("kiosk-{user}")));
            for on in [On::Primary, On::Standby] {
                let row = fixture.desktop(on, user);
                (row.user, row.name) = (nobody, name);
            }
        }
        Matter::Retagged | Matter::Untagged => {
            let symbols = fixture.estate.symbols.clone();
            let other = fixture.sym("CC-9");
            let of_this = |arn: Sym| symbols.text(arn).ends_with(&format!("/{on_s}"));
            let tags = fixture.side(On::Standby).desktop_tags.items_mut();
            if matter == Matter::Untagged {
                tags.retain(|tag| !of_this(tag.arn));
            } else {
                tags.iter_mut().filter(|tag| of_this(tag.arn)).for_each(|tag| tag.value = other);
            }
        }
        Matter::Modified => {
            let modification = Modification { resource: "USER_VOLUME".to_owned(), state: "UPDATE_FAILED".to_owned() };
            let extra = Extra { modification_states: vec![modification], ..Extra::default() };
            let extra = fixture.side(On::Standby).extras.keep(extra);
            fixture.desktop(On::Standby, user).extra = extra;
        }
        Matter::Unused => {
            let id = fixture.desktop(On::Standby, user).id;
            let connections = fixture.side(On::Standby).connections.items_mut();
            connections.iter_mut().filter(|row| row.workspace == id).for_each(|row| row.last_known = None);
        }
    }
}

/// Gives a member of a user's standby desktop a value.
fn set(fixture: &mut Fixture, user: &str, value: &str, change: fn(&mut crate::model::workspace::WorkspaceRow, Sym)) {
    let value = fixture.sym(value);
    change(fixture.desktop(On::Standby, user), value);
}

fn judged(fixture: &Fixture) -> Run<'_> {
    evaluate(&fixture.estate, Options::at(TAKEN_AT))
}

/// The same estate with its lists in another order.
fn shuffled(fixture: &Fixture, mut seed: u64) -> Fixture {
    let mut shuffled = fixture.clone();
    for on in [On::Primary, On::Standby] {
        let side = shuffled.side(on);
        shuffle(&mut side.workspaces, &mut seed);
        shuffle(&mut side.connections, &mut seed);
        shuffle(&mut side.desktop_tags, &mut seed);
        shuffle(&mut side.images, &mut seed);
        shuffle(&mut side.bundles, &mut seed);
        shuffle(&mut side.ip_groups, &mut seed);
        shuffle(&mut side.backups, &mut seed);
        shuffle(&mut side.sync_locations, &mut seed);
        side.sync_executions.values_mut().for_each(|runs| shuffle(runs, &mut seed));
        side.branding.values_mut().for_each(|branding| shuffle(branding, &mut seed));
    }
    shuffle(&mut shuffled.estate.txt[0].answers, &mut seed);
    shuffled
}

/// A person's state by the definition, from the findings and nothing else.
fn state_of(run: &Run<'_>, pair: &PairRun<'_>, person: usize) -> State {
    let mut state = State::Ready;
    for cause in pair.readiness.causes_of(person) {
        let finding = &pair.findings[cause as usize];
        let found = match (finding.unknown, run.case(finding).effect) {
            (Some(_), _) => State::Unknown,
            (None, Effect::Strands) => State::Stranded,
            (None, Effect::Degrades) => State::Degraded,
            (None, Effect::None | Effect::Exposes) => State::Ready,
        };
        // The worst counts: stranded before unknown before degraded before ready.
        state = state.max(found);
    }
    state
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn totals_add_up_and_each_desktop_has_one_verdict(world in worlds()) {
        let fixture = world.fixture();
        let run = judged(&fixture);
        prop_assert!(run.broken.is_empty(), "{:?}", run.broken);
        let pair = &run.pairs[0];
        let (view, readiness) = (&pair.view, &pair.readiness);
        prop_assert_eq!(readiness.users as usize, view.desktops.people.len());
        prop_assert_eq!(readiness.users as usize, readiness.states.len());
        let count = |state| readiness.states.iter().filter(|known| **known == state).count() as u32;
        let counts = [count(State::Ready), count(State::Degraded), count(State::Unknown), count(State::Stranded)];
        prop_assert_eq!([readiness.ready, readiness.degraded, readiness.unknown, readiness.stranded], counts);
        prop_assert_eq!(readiness.users, counts.iter().sum::<u32>());
        for person in 0..readiness.states.len() {
            prop_assert_eq!(readiness.states[person], state_of(&run, pair, person));
        }
        for (at, (rule, tally)) in run.rules.iter().zip(&pair.tallies).enumerate() {
            let id = rule.meta().id;
            let of = |verdict| {
                let mine = pair.findings.iter().filter(|finding| usize::from(finding.rule) == at);
                mine.filter(|finding| finding.verdict == verdict).map(|finding| u64::from(finding.subjects)).sum::<u64>()
            };
            prop_assert_eq!(tally.fail, of(Verdict::Fail), "{}", id);
            prop_assert_eq!(tally.not_evaluated, of(Verdict::NotEvaluated), "{}", id);
            prop_assert_eq!((tally.waived, tally.attested), (0, 0), "{}", id);
            prop_assert_eq!(tally.not_applicable == 0, tally.reasons.is_empty(), "{}", id);
        }
        for finding in &pair.findings {
            prop_assert!(finding.people <= readiness.users, "{:?}", finding);
            prop_assert!(finding.root.is_none_or(|root| (root as usize) < pair.findings.len()));
        }
        // A rule on people's desktops speaks of each at most once.
        for rule in run.rules.iter().filter(|rule| rule.meta().area == Area::Workspaces && rule.meta().reach == Reach::Desktop) {
            let mut sheet = Sheet::default();
            rule.judge(view, &mut sheet);
            let id = rule.meta().id;
            let named = sheet.fails().iter().map(|(subject, _)| *subject).chain(sheet.unknowns().iter().map(|(subject, _)| *subject));
            let mut spoken = BTreeSet::new();
            for subject in named.filter(|subject| *subject != Subject::Pair) {
                let Subject::Desktop { p, s } = subject else { continue };
                let key = if p == Subject::NONE { (p, s) } else { (p, 0) };
                prop_assert!(spoken.insert(key), "{} speaks twice of {:?}", id, subject);
            }
            let desktops = view.desktops.primary.len().max(view.standby.workspaces.items().len());
            prop_assert!(sheet.passes() as usize + spoken.len() <= desktops, "{}: {} passes", id, sheet.passes());
        }
    }

    #[test]
    fn the_order_of_the_lists_alters_no_verdict(world in worlds(), seed in any::<u64>()) {
        let mut fixture = world.fixture();
        if let Some((_, _, 1)) = world.hidden {
            // Which half of a list comes first is another estate.
            fixture = World { hidden: None, ..world }.fixture();
        }
        let other = shuffled(&fixture, seed);
        prop_assert_eq!(said(&judged(&other)), said(&judged(&fixture)));
    }

    #[test]
    fn the_order_of_the_lists_alters_nothing_of_drift_of_many_kinds(seed in any::<u64>()) {
        let fixture = drifted();
        prop_assert_eq!(said(&judged(&shuffled(&fixture, seed))), said(&judged(&fixture)));
    }
}

#[test]
fn the_worlds_hold_what_the_rules_on_desktops_find() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (mut found, mut states): (BTreeSet<&str>, BTreeSet<State>) = (BTreeSet::new(), BTreeSet::new());
    for _ in 0..64 {
        let fixture = worlds().new_tree(&mut runner).expect("a world").current().fixture();
        let run = judged(&fixture);
        let fails = run.pairs[0].findings.iter().filter(|finding| finding.unknown.is_none());
        found.extend(fails.map(|finding| run.meta(finding).id));
        states.extend(&run.pairs[0].readiness.states);
        let gaps = run.pairs[0].findings.iter().any(|finding| matches!(finding.unknown, Some(Unknown::Gap(_))));
        if gaps {
            found.insert("gap");
        }
    }
    let of_desktops = crate::registry().iter().map(|rule| rule.meta()).filter(|meta| meta.area == Area::Workspaces);
    let missing: Vec<&str> = of_desktops.map(|meta| meta.id).chain(["gap"]).filter(|id| !found.contains(id)).collect();
    // What applications a bundle has is no desktop's own matter.
    assert!(missing.iter().all(|id| *id == "WSP-017"), "{missing:?}");
    assert_eq!(states.len(), 4, "{states:?}");
}
