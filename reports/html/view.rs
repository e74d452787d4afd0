//! What the page's templates are given: texts, counts and anchors, worded and cut to size.

use super::budget::Budget;
use super::doc::{self, Block};
use crate::causes::{Blind, Cause, Causes};
use crate::json::facts::{self, Prints};
use crate::json::v1;
use crate::text::{self, counted, number};
use crate::{outcome, people};
use deskpair_rules::engine::{Finding, PairRun, Run, Verdict, why_text};
use deskpair_rules::meta::{Area, Effect};
use deskpair_rules::model::Unknown;
use deskpair_rules::readiness::State;
use serde::Serialize;
use std::collections::HashSet;

/// Subjects shown of one cause.
const MOST_SUBJECTS: usize = 50;
/// People shown of one state.
const MOST_PEOPLE: usize = 200;
/// Subjects shown of one consequence.
const MOST_CONSEQUENCES: usize = 10;
/// Characters of one text of the estate.
const MOST_CHARACTERS: usize = 1_000;
/// Units of the readiness bar.
const BAR: u64 = 1_000;

#[derive(Serialize)]
pub(super) struct Page {
    title: String,
    outcome: Outcome,
    broken: Vec<String>,
    pairs: Vec<Pair>,
    /// The areas that something is shown of: code and title.
    areas: Vec<(&'static str, &'static str)>,
    calls: Vec<Call>,
    calls_made: String,
    throttled: String,
    retried: String,
    run: RunFacts,
    caveat: &'static str,
}

#[derive(Serialize)]
struct Outcome {
    word: &'static str,
    title: &'static str,
    meaning: String,
    exit_code: u8,
    exit_meaning: &'static str,
}

#[derive(Serialize)]
struct RunFacts {
    id: String,
    taken_at: String,
    finished_at: String,
    judged_at: String,
    fail_on: String,
    version: &'static str,
    collected_by: String,
}

#[derive(Serialize)]
struct Call {
    account: String,
    region: String,
    operation: String,
    count: String,
}

#[derive(Serialize)]
struct Pair {
    /// Its number on the page, for anchors.
    number: usize,
    name: String,
    alias: String,
    sides: [Side; 2],
    /// The headline, in two parts.
    count: String,
    after: &'static str,
    share: String,
    bar: Vec<Segment>,
    bar_told: String,
    notes: Vec<String>,
    /// Causes that strand somebody, of whom nothing says who it is.
    uncounted: Vec<Link>,
    causes: Vec<CauseView>,
    waived: Vec<CauseView>,
    blind: Vec<BlindView>,
    unsupported: Vec<BlindView>,
    people: Vec<Crowd>,
    coverage: Vec<Coverage>,
    passed: Vec<RuleRow>,
    not_applicable: Vec<RuleRow>,
}

#[derive(Serialize)]
struct Side {
    role: &'static str,
    region: String,
    account: String,
    directory: String,
}

#[derive(Serialize)]
struct Segment {
    state: &'static str,
    label: &'static str,
    count: String,
    x: u64,
    width: u64,
}

#[derive(Serialize)]
struct Link {
    anchor: String,
    text: String,
}

#[derive(Serialize)]
struct CauseView {
    anchor: String,
    rule: &'static str,
    name: &'static str,
    case: Option<&'static str>,
    title: String,
    area: &'static str,
    severity: &'static str,
    verdict: &'static str,
    effect: &'static str,
    touched: String,
    found: String,
    open: bool,
    why: Vec<Block>,
    unseen: Vec<Block>,
    remedy: String,
    subjects: Vec<SubjectView>,
    more: Option<String>,
    consequences: Vec<Consequence>,
}

#[derive(Serialize)]
struct SubjectView {
    /// The finding's fingerprint; the first of two equal ones carries the anchor.
    fingerprint: String,
    anchored: bool,
    name: String,
    ids: String,
    message: String,
    drift: Vec<DriftView>,
    remedy: Option<String>,
    waiver: Option<String>,
    people: Option<String>,
}

#[derive(Serialize)]
struct DriftView {
    path: String,
    primary: String,
    standby: String,
}

#[derive(Serialize)]
struct Consequence {
    rule: &'static str,
    name: &'static str,
    title: String,
    found: String,
    subjects: Vec<SubjectView>,
    more: Option<String>,
}

#[derive(Serialize)]
struct BlindView {
    anchor: String,
    fingerprint: String,
    message: String,
    operation: Option<String>,
    cause: Option<&'static str>,
    iam_action: Option<String>,
    remedy: String,
    hides: String,
    rules: Vec<RuleName>,
    areas: String,
    inconclusive: bool,
}

#[derive(Serialize)]
struct RuleName {
    id: &'static str,
    name: &'static str,
}

#[derive(Serialize)]
struct Crowd {
    state: &'static str,
    title: &'static str,
    count: String,
    people: Vec<Person>,
    more: Option<String>,
}

#[derive(Serialize)]
struct Person {
    name: String,
    causes: Vec<Link>,
}

#[derive(Serialize)]
struct Coverage {
    title: &'static str,
    rules: String,
    counts: [String; 6],
    clean: bool,
}

#[derive(Serialize)]
struct RuleRow {
    id: String,
    name: String,
    told: String,
}

/// The whole page.
pub(super) fn page(run: &Run<'_>) -> Page {
    let mut maker = Maker { run, budget: Budget::default(), anchors: HashSet::new(), areas: HashSet::new() };
    let pairs: Vec<Pair> = run.pairs.iter().enumerate().map(|(at, pair)| maker.pair(at + 1, pair)).collect();
    let headline: Vec<String> =
        pairs.iter().map(|pair| format!("{}: {} {}", pair.name, pair.count, pair.after)).collect();
    let made = &run.estate.calls.made;
    let mut calls = Vec::new();
    let mut total = 0;
    for (account, regions) in made {
        for (region, operations) in regions {
            for (operation, count) in operations {
                total += count;
                calls.push(Call {
                    account: shown(account),
                    region: shown(region),
                    operation: shown(operation),
                    count: number(*count),
                });
            }
        }
    }
    let areas = Area::ALL.into_iter().filter(|area| maker.areas.contains(area.code()));
    Page {
        title: text::shortened(&headline.join("; "), 200).into_owned(),
        outcome: Outcome {
            word: run.outcome.as_str(),
            title: outcome::title(run.outcome),
            meaning: outcome::meaning(run),
            exit_code: run.exit_code(),
            exit_meaning: outcome::exit_code(run.outcome),
        },
        broken: run
            .broken
            .iter()
            .map(|broken| shown(&format!("{} on {}: {}", broken.rule, broken.pair, broken.message)))
            .collect(),
        areas: areas.map(|area| (area.code(), area.title())).collect(),
        pairs,
        calls,
        calls_made: counted(total, "API call", "API calls"),
        throttled: number(run.estate.calls.throttled),
        retried: number(run.estate.calls.retried),
        run: RunFacts {
            id: run.id.clone(),
            taken_at: run.estate.taken_at.to_string(),
            finished_at: run.estate.finished_at.to_string(),
            judged_at: run.options.judged_at.to_string(),
            fail_on: run.options.fail_on.to_string(),
            version: env!("CARGO_PKG_VERSION"),
            collected_by: shown(&run.estate.tool_version),
        },
        caveat: outcome::CAVEAT,
    }
}

/// A text of the estate as the page shows it.
fn shown(text: &str) -> String {
    text::line(&text::shortened(text, MOST_CHARACTERS)).into_owned()
}

/// What is made from one pair, with what the whole page shares.
struct Maker<'r, 'e> {
    run: &'r Run<'e>,
    budget: Budget,
    /// Fingerprints that have their anchor.
    anchors: HashSet<String>,
    areas: HashSet<&'static str>,
}

impl Maker<'_, '_> {
    fn pair(&mut self, at: usize, pair: &PairRun<'_>) -> Pair {
        let run = self.run;
        let prints = Prints::of(run, pair);
        let facts = facts::pair(run, pair, &prints, (), ());
        let causes = Causes::of(run, pair);
        let anchors = anchors(run, pair, &causes, at);
        let readiness = &pair.readiness;
        let (bar, bar_told) = bar(pair);
        let (count, after) = outcome::headline(readiness);
        let uncounted = causes.fails.iter().chain(&causes.waived).filter(|cause| cause.uncounted);
        let uncounted = uncounted
            .map(|cause| {
                let meta = run.meta(&pair.findings[cause.findings[0] as usize]);
                Link {
                    anchor: anchors[cause.findings[0] as usize].clone(),
                    text: format!("{} {}", meta.id, text::sentence(meta.summary)),
                }
            })
            .collect();
        let of = Of { pair, prints: &prints, anchors: &anchors };
        // The worst are open, so that a page without a script, or on paper, begins with what matters.
        let fails = causes.fails.iter().enumerate();
        let fails = fails.map(|(place, cause)| self.cause(&of, cause, "fail", place < 3)).collect();
        let waived = causes.waived.iter().map(|cause| self.cause(&of, cause, "waived", false)).collect();
        let (blind, unsupported): (Vec<&Blind>, Vec<&Blind>) =
            causes.blind.iter().partition(|blind| !matches!(blind.why, Unknown::Unsupported(_)));
        let blind = blind.into_iter().map(|blind| self.blind(&of, blind)).collect();
        let unsupported = unsupported.into_iter().map(|blind| self.blind(&of, blind)).collect();
        let people = [
            (State::Stranded, readiness.stranded, "Stranded"),
            (State::Unknown, readiness.unknown, "Cannot be told"),
            (State::Degraded, readiness.degraded, "Degraded"),
        ];
        let people = people.into_iter().filter(|(_, count, _)| *count > 0);
        let people = people.map(|(state, count, title)| self.crowd(&of, state, count, title)).collect();
        Pair {
            number: at,
            name: shown(&facts.name),
            alias: shown(&facts.alias),
            sides: [side("primary", &facts.primary), side("standby", &facts.standby)],
            count,
            after,
            share: share(readiness.ready, readiness.users),
            bar,
            bar_told,
            notes: notes(&facts, outcome::hidden(readiness)),
            uncounted,
            causes: fails,
            waived,
            blind,
            unsupported,
            people,
            coverage: coverage(&facts.rules),
            passed: rule_rows(&facts.rules, |rule| {
                let counts = &rule.counts;
                let clean = counts.fail == 0 && counts.not_evaluated == 0 && counts.waived == 0;
                let attested = match counts.attested {
                    0 => String::new(),
                    attested => format!(", {} attested", number(attested)),
                };
                let told = format!("{} in order{attested}", number(counts.pass));
                (clean && counts.pass + counts.attested > 0).then_some(told)
            }),
            not_applicable: rule_rows(&facts.rules, |rule| {
                (rule.counts.not_applicable > 0).then(|| text::sentence(&rule.reasons.join("; ")))
            }),
        }
    }

    fn cause(&mut self, of: &Of<'_, '_>, cause: &Cause, verdict: &'static str, open: bool) -> CauseView {
        let first = &of.pair.findings[cause.findings[0] as usize];
        let (meta, case) = (self.run.meta(first), self.run.case(first));
        self.areas.insert(meta.area.code());
        let (effect, touched) = effect(cause);
        let documented = self.budget.take(0, [meta.doc]);
        let section = |heading| if documented { doc::section(meta.doc, heading) } else { Vec::new() };
        let (subjects, more) = self.subjects(of, &cause.findings, MOST_SUBJECTS);
        let mut consequences = Vec::new();
        for ((rule, _), findings) in &cause.consequences {
            let meta = self.run.rules[usize::from(*rule)].meta();
            let (subjects, more) = self.subjects(of, findings, MOST_CONSEQUENCES);
            consequences.push(Consequence {
                rule: meta.id,
                name: meta.name,
                title: text::sentence(meta.summary),
                found: found(of.pair, findings),
                subjects,
                more,
            });
        }
        CauseView {
            anchor: of.anchors[cause.findings[0] as usize].clone(),
            rule: meta.id,
            name: meta.name,
            case: (meta.cases.len() > 1).then_some(case.key),
            title: text::sentence(meta.summary),
            area: meta.area.code(),
            severity: cause.severity.as_str(),
            verdict,
            effect,
            touched,
            found: found(of.pair, &cause.findings),
            open,
            why: section("Why it matters"),
            unseen: section("What it cannot see"),
            remedy: meta.remedy.to_owned(),
            subjects,
            more,
            consequences,
        }
    }

    /// The first of some findings, and how many more there are.
    fn subjects(&mut self, of: &Of<'_, '_>, findings: &[u32], most: usize) -> (Vec<SubjectView>, Option<String>) {
        let mut subjects = Vec::new();
        for &at in findings.iter().take(most) {
            let subject = self.subject(of, at);
            let texts = [&subject.name, &subject.ids, &subject.message].into_iter();
            let texts =
                texts.chain(subject.drift.iter().flat_map(|drift| [&drift.path, &drift.primary, &drift.standby]));
            let texts = texts.chain(&subject.remedy).chain(&subject.waiver).map(String::as_str);
            if !self.budget.take(500 + 150 * subject.drift.len(), texts) {
                break;
            }
            subjects.push(subject);
        }
        for subject in &mut subjects {
            subject.anchored = self.anchors.insert(subject.fingerprint.clone());
        }
        let more = (findings.len() - subjects.len()) as u64;
        (subjects, (more > 0).then(|| number(more)))
    }

    fn subject(&self, of: &Of<'_, '_>, at: u32) -> SubjectView {
        let finding = facts::finding(self.run, of.pair, of.prints, at);
        let meta = self.run.meta(&of.pair.findings[at as usize]);
        let ids: Vec<&str> =
            [&finding.subject.primary, &finding.subject.standby].into_iter().flatten().map(|id| &**id).collect();
        SubjectView {
            fingerprint: finding.fingerprint.to_string(),
            anchored: false,
            name: shown(&finding.subject.name),
            ids: shown(&ids.join(" · ")),
            message: shown(&finding.message),
            drift: finding
                .drift
                .iter()
                .map(|drift| DriftView {
                    path: shown(&drift.path),
                    primary: shown(&drift.primary),
                    standby: shown(&drift.standby),
                })
                .collect(),
            remedy: (finding.remedy != meta.remedy).then(|| shown(&finding.remedy)),
            waiver: finding.waiver.map(|waiver| {
                shown(&format!("Waived until {} by {}: {}", waiver.expires, waiver.owner, waiver.reason))
            }),
            // Of a desktop it is the person whose name is shown.
            people: (finding.users_affected > 0
                && finding.subject.kind != "workspace"
                && finding.effect >= v1::Effect::Degrades)
                .then(|| counted(finding.users_affected.into(), "person", "people")),
        }
    }

    fn blind(&mut self, of: &Of<'_, '_>, blind: &Blind) -> BlindView {
        let first = facts::finding(self.run, of.pair, of.prints, blind.findings[0]);
        let metas: Vec<_> = blind.findings.iter().map(|&at| self.run.meta(&of.pair.findings[at as usize])).collect();
        let mut areas: Vec<&'static str> = metas.iter().map(|meta| meta.area.code()).collect();
        self.areas.extend(&areas);
        areas.dedup();
        let mut hides = match blind.subjects {
            0 => "No verdict rests on it: other evidence carries them".to_owned(),
            subjects => format!("Hides {}", counted(subjects, "subject", "subjects")),
        };
        if blind.people > 0 {
            hides.push_str(&format!(", and whether {} can work", counted(blind.people.into(), "person", "people")));
        }
        let gap = first.gap.as_ref();
        BlindView {
            anchor: of.anchors[blind.findings[0] as usize].clone(),
            fingerprint: first.fingerprint.to_string(),
            message: shown(&why_text(self.run.estate, blind.why)),
            operation: gap.map(|gap| shown(&gap.operation)),
            cause: gap.map(|gap| cause_word(gap.cause)),
            iam_action: gap.filter(|gap| gap.cause == v1::Cause::Denied).map(|gap| shown(&gap.iam_action)),
            remedy: shown(&first.remedy),
            hides,
            rules: metas.iter().map(|meta| RuleName { id: meta.id, name: meta.name }).collect(),
            areas: areas.join(" "),
            inconclusive: blind.inconclusive,
        }
    }

    /// How far down a finding comes among a person's causes.
    fn weight(&self, finding: &Finding) -> u8 {
        match (finding.verdict, self.run.case(finding).effect) {
            (Verdict::Fail | Verdict::Waived, Effect::Strands) => 0,
            (Verdict::NotEvaluated, _) => 1,
            (Verdict::Fail | Verdict::Waived, Effect::Degrades | Effect::Exposes | Effect::None) => 2,
        }
    }

    fn crowd(&mut self, of: &Of<'_, '_>, state: State, count: u32, title: &'static str) -> Crowd {
        let mut shown_people = Vec::new();
        for person in people::first(of.pair, state, MOST_PEOPLE) {
            let name = shown(people::name(of.pair, person));
            let mut causes: Vec<Link> = Vec::new();
            // What made the state first: a stranded person's page begins with what strands them.
            let mut positions: Vec<u32> = of.pair.readiness.causes_of(person as usize).collect();
            positions.sort_by_key(|&cause| self.weight(&of.pair.findings[cause as usize]));
            for cause in positions {
                let anchor = &of.anchors[cause as usize];
                if !causes.iter().any(|link| link.anchor == *anchor) {
                    let text = self.run.meta(&of.pair.findings[cause as usize]).id.to_owned();
                    causes.push(Link { anchor: anchor.clone(), text });
                }
            }
            if !self.budget.take(80 + 80 * causes.len(), [name.as_str()]) {
                break;
            }
            shown_people.push(Person { name, causes });
        }
        let more = u64::from(count) - shown_people.len() as u64;
        Crowd {
            state: state.as_str(),
            title,
            count: counted(count.into(), "person", "people"),
            people: shown_people,
            more: (more > 0).then(|| number(more)),
        }
    }
}

/// One pair while it is being shown.
struct Of<'a, 'e> {
    pair: &'a PairRun<'e>,
    prints: &'a Prints,
    /// Of each finding, by position, the anchor of what it is shown under.
    anchors: &'a [String],
}

/// The anchor under which each finding of a pair is shown.
fn anchors(run: &Run<'_>, pair: &PairRun<'_>, causes: &Causes, number: usize) -> Vec<String> {
    let mut anchors = vec![String::new(); pair.findings.len()];
    for (word, group) in [("cause", &causes.fails), ("waived", &causes.waived)] {
        for cause in group {
            let first = &pair.findings[cause.findings[0] as usize];
            let anchor = format!("{word}-{number}-{}-{}", run.meta(first).id, run.case(first).key);
            for &at in cause.findings.iter().chain(cause.consequences.values().flatten()) {
                anchors[at as usize].clone_from(&anchor);
            }
        }
    }
    for (place, blind) in causes.blind.iter().enumerate() {
        for &at in &blind.findings {
            anchors[at as usize] = format!("unseen-{number}-{}", place + 1);
        }
    }
    anchors
}

fn side(role: &'static str, side: &v1::Side<'_>) -> Side {
    let or_unknown =
        |text: &Option<v1::Text<'_>>| text.as_ref().map_or_else(|| "not known".to_owned(), |text| shown(text));
    Side {
        role,
        region: shown(&side.region),
        account: or_unknown(&side.account),
        directory: or_unknown(&side.directory),
    }
}

fn notes(pair: &v1::Pair<'_, (), ()>, why_hidden: &str) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(hidden) = &pair.readiness.hidden {
        notes.push(shown(&format!("{why_hidden}: {}", hidden.message)));
    }
    let outside: Vec<(&str, u32)> =
        pair.readiness.outside.iter().map(|outside| (&*outside.directory, outside.workspaces)).collect();
    notes.extend(outcome::uncovered(&pair.primary.region, &outside).map(|told| shown(&told)));
    for (role, side) in [("primary", &pair.primary), ("standby", &pair.standby)] {
        if let Some(gap) = &side.account_gap {
            let told = format!("The account of the {role} Region could not be told: {} {}", gap.operation, gap.message);
            notes.push(shown(&told));
        }
        // Where it is the primary side's, the reason for which people are hidden says so.
        if role == "standby"
            && let Some(missing) = &side.directory_missing
        {
            notes.push(shown(&format!("The directory of the {role} Region is not known: {missing}")));
        }
    }
    notes
}

/// `96.2%`; never 100% while somebody is left, never 0% while somebody is ready.
pub(super) fn share(ready: u32, users: u32) -> String {
    if users == 0 {
        return String::new();
    }
    let tenths = u64::from(ready) * 1_000 / u64::from(users);
    match tenths {
        0 if ready > 0 => "under 0.1%".to_owned(),
        _ if tenths.is_multiple_of(10) => format!("{}%", tenths / 10),
        _ => format!("{}.{}%", tenths / 10, tenths % 10),
    }
}

/// The bar's parts; whoever is in a state is seen, however few they are.
fn bar(pair: &PairRun<'_>) -> (Vec<Segment>, String) {
    let readiness = &pair.readiness;
    let states = [
        (State::Ready, "ready", readiness.ready),
        (State::Degraded, "degraded", readiness.degraded),
        (State::Unknown, "cannot be told", readiness.unknown),
        (State::Stranded, "stranded", readiness.stranded),
    ];
    let least = |count: u32| if count > 0 { 8 } else { 0 };
    let reserved: u64 = states.iter().map(|(.., count)| least(*count)).sum();
    let users = u64::from(readiness.users.max(1));
    let mut x = 0;
    let mut segments = Vec::new();
    for (state, label, count) in states {
        let width = least(count) + (BAR - reserved) * u64::from(count) / users;
        segments.push(Segment { state: state.as_str(), label, count: number(count.into()), x, width });
        x += width;
    }
    // What rounding leaves over goes to the last part that is there.
    if let Some(last) = segments.iter_mut().rev().find(|segment| segment.width > 0) {
        last.width = BAR - last.x;
    }
    let told: Vec<String> = segments.iter().map(|segment| format!("{} {}", segment.count, segment.label)).collect();
    (segments, told.join(", "))
}

/// What a cause does, in a word and with whom it does it to.
fn effect(cause: &Cause) -> (&'static str, String) {
    let people = counted(cause.people.into(), "person", "people");
    match (cause.effect, cause.people) {
        (Effect::Strands, 0) if cause.uncounted => ("strands", "strands somebody: nothing tells whom".to_owned()),
        (Effect::Strands, 0) => ("strands", "strands nobody listed".to_owned()),
        (Effect::Strands, _) => ("strands", format!("strands {people}")),
        (Effect::Degrades, 0) => ("degrades", "degrades nobody listed".to_owned()),
        (Effect::Degrades, _) => ("degrades", format!("degrades {people}")),
        (Effect::Exposes, _) => ("exposes", "exposes".to_owned()),
        (Effect::None, _) => ("none", String::new()),
    }
}

fn found(pair: &PairRun<'_>, findings: &[u32]) -> String {
    let kinds: Vec<&'static str> =
        findings.iter().map(|&at| pair.findings[at as usize].subject.names(&pair.view).kind).collect();
    let count = findings.len() as u64;
    match kinds.first() {
        Some(first) if kinds.iter().all(|kind| kind == first) => text::kind(first, count),
        _ => counted(count, "subject", "subjects"),
    }
}

const fn cause_word(cause: v1::Cause) -> &'static str {
    match cause {
        v1::Cause::Denied => "denied",
        v1::Cause::Throttled => "throttled",
        v1::Cause::TimedOut => "timed out",
        v1::Cause::Unreachable => "unreachable",
        v1::Cause::Malformed => "malformed",
        v1::Cause::Credentials => "credentials",
        v1::Cause::Failed => "failed",
        v1::Cause::Partial => "partial",
        v1::Cause::Unsupported => "not offered",
        v1::Cause::Deadline => "deadline",
        v1::Cause::NotCollected => "not collected",
    }
}

fn coverage(rules: &[v1::Rule<'_>]) -> Vec<Coverage> {
    let mut rows = Vec::new();
    for area in Area::ALL {
        let mine: Vec<&v1::Counts> =
            rules.iter().filter(|rule| rule.area == area.code()).map(|rule| &rule.counts).collect();
        if mine.is_empty() {
            continue;
        }
        let sum = |of: fn(&v1::Counts) -> u64| mine.iter().map(|counts| of(counts)).sum::<u64>();
        let counts = [
            sum(|counts| counts.pass),
            sum(|counts| counts.fail),
            sum(|counts| counts.waived),
            sum(|counts| counts.not_evaluated),
            sum(|counts| counts.attested),
            sum(|counts| counts.not_applicable),
        ];
        rows.push(Coverage {
            title: area.title(),
            rules: number(mine.len() as u64),
            clean: counts[1] + counts[2] + counts[3] == 0,
            counts: counts.map(number),
        });
    }
    rows
}

fn rule_rows(rules: &[v1::Rule<'_>], told: impl Fn(&v1::Rule<'_>) -> Option<String>) -> Vec<RuleRow> {
    rules
        .iter()
        .filter_map(|rule| {
            told(rule).map(|told| RuleRow { id: rule.id.to_string(), name: rule.name.to_string(), told })
        })
        .collect()
}
