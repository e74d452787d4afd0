//! From a run to the members of a report, one at a time.

use super::v1;
use deskpair_rules::controls::{Control, Framework};
use deskpair_rules::engine::{Age, FailOn, Finding, Gone, Outcome, PairRun, Run, Tally, Verdict, why_text};
use deskpair_rules::forecast::{self, Forecast};
use deskpair_rules::frameworks::{self, Standing};
use deskpair_rules::groups::{Group, GroupKey};
use deskpair_rules::meta::{Effect, Meta, Reach, Severity};
use deskpair_rules::model::pairing::Located;
use deskpair_rules::model::settings::{SideSettings, Waiver};
use deskpair_rules::model::{Estate, Gap, GapCause, GapId, Moment, Side, Unknown};
use deskpair_rules::readiness::State;
use rayon::prelude::*;
use std::borrow::Cow;
use std::io;

/// The fingerprints of one pair's findings, by position: 16 bytes each, however many mention them.
#[derive(Debug)]
pub(crate) struct Prints(Vec<[u8; 16]>);

impl Prints {
    pub(crate) fn of(run: &Run<'_>, pair: &PairRun<'_>) -> Self {
        let print = |finding: &Finding| {
            let text = run.fingerprint(pair, finding);
            text.as_bytes().try_into().expect("a fingerprint has 16 digits")
        };
        Self(pair.findings.par_iter().map(print).collect())
    }

    pub(crate) fn get(&self, finding: u32) -> &str {
        std::str::from_utf8(&self.0[finding as usize]).expect("hexadecimal digits are ASCII")
    }

    fn all(&self, findings: &[u32]) -> Vec<v1::Text<'_>> {
        findings.iter().map(|&finding| Cow::Borrowed(self.get(finding))).collect()
    }
}

/// The head of a report: everything but the pairs.
pub(crate) fn head<'a, P>(run: &'a Run<'_>, pairs: P) -> v1::Report<'a, P> {
    let settings = &run.estate.settings;
    let accepted = |waivers: &'a [Waiver]| waivers.iter().map(|waiver| acceptance(run, waiver)).collect();
    let calls = &run.estate.calls;
    v1::Report {
        schema: Cow::Borrowed(v1::SCHEMA),
        tool: v1::Tool { name: Cow::Borrowed("deskpair"), version: Cow::Borrowed(env!("CARGO_PKG_VERSION")) },
        run: v1::Run {
            id: Cow::Borrowed(&run.id),
            taken_at: instant(run.estate.taken_at),
            judged_at: instant(run.options.judged_at),
            finished_at: instant(run.estate.finished_at),
            outcome: run.outcome.into(),
            exit_code: run.exit_code(),
            fail_on: run.options.fail_on.into(),
            gate_fails: run.gate_fails,
            strict: run.options.strict,
            allow_incomplete: run.options.allow_incomplete.iter().map(|rule| Cow::Borrowed(rule.as_str())).collect(),
            only_rules: run.options.rules.iter().map(|rule| Cow::Borrowed(rule.as_str())).collect(),
            only_areas: run.options.areas.iter().map(|area| Cow::Borrowed(area.code())).collect(),
            group_by: run.options.group_by.as_deref().map(Cow::Borrowed),
            collected_by: Cow::Borrowed(&run.estate.tool_version),
            baseline: run.options.baseline.as_ref().map(|baseline| v1::Baseline {
                run: Cow::Borrowed(&baseline.run),
                judged_at: instant(baseline.judged_at),
            }),
            new_only: run.options.new_only,
        },
        api: v1::Api { calls: calls.made.clone(), throttled: calls.throttled, retried: calls.retried },
        broken: run
            .broken
            .iter()
            .map(|broken| v1::Broken {
                rule: Cow::Borrowed(broken.rule),
                pair: Cow::Borrowed(&broken.pair),
                message: Cow::Borrowed(&broken.message),
            })
            .collect(),
        attestations: accepted(&settings.attestations),
        waivers: accepted(&settings.waivers),
        frameworks: Framework::ALL.into_iter().map(|framework| self::framework(run, framework)).collect(),
        pairs,
    }
}

/// A pair: its lists of people and findings are the caller's.
pub(crate) fn pair<'a, U, F>(
    run: &'a Run<'_>,
    pair: &'a PairRun<'_>,
    prints: &'a Prints,
    users: U,
    findings: F,
) -> v1::Pair<'a, U, F> {
    let view = &pair.view;
    v1::Pair {
        name: Cow::Borrowed(&view.settings.name),
        alias: Cow::Borrowed(&view.settings.alias),
        primary: side(run.estate, &view.settings.primary, view.primary, &view.primary_directory),
        standby: side(run.estate, &view.settings.standby, view.standby, &view.standby_directory),
        readiness: readiness(run, pair, prints),
        forecast: forecast(run, pair),
        groups: pair.groups.iter().map(|group| self::group(run, group)).collect(),
        users,
        rules: run.rules.iter().zip(&pair.tallies).map(|(rule, tally)| rule_row(run, rule.meta(), tally)).collect(),
        findings,
        gone: pair.changes.gone.iter().map(gone).collect(),
    }
}

fn forecast(run: &Run<'_>, pair: &PairRun<'_>) -> Option<v1::Forecast<'static>> {
    let forecast = Forecast::of_run(&pair.view)?;
    Some(v1::Forecast {
        objective: forecast.objective_secs,
        seconds: forecast.secs(),
        complete: forecast.is_complete(),
        standing: match forecast.standing() {
            forecast::Standing::Within => v1::ForecastStanding::Within,
            forecast::Standing::Exceeds => v1::ForecastStanding::Exceeds,
            forecast::Standing::Unknown => v1::ForecastStanding::Unknown,
        },
        message: Cow::Owned(forecast.told()),
        parts: forecast
            .parts
            .into_iter()
            .map(|part| v1::ForecastPart {
                kind: Cow::Borrowed(part.kind),
                what: part.what,
                seconds: part.secs.ok(),
                source: part.source,
                unknown: part.secs.err().map(|why| Cow::Owned(why_text(run.estate, why))),
            })
            .collect(),
        caveat: Cow::Borrowed(forecast::CAVEAT),
    })
}

fn gone(gone: &Gone) -> v1::Gone<'_> {
    let known = &gone.known;
    v1::Gone {
        fingerprint: Cow::Borrowed(&gone.fingerprint),
        rule: Cow::Borrowed(&known.rule),
        kind: Cow::Borrowed(&known.kind),
        name: Cow::Borrowed(&known.name),
        severity: known.severity.into(),
        verdict: known.verdict.into(),
        since: instant(known.since),
        resolved: gone.is_resolved,
    }
}

fn group<'a>(run: &'a Run<'_>, group: &Group) -> v1::Group<'a> {
    let (value, hidden) = match group.key {
        GroupKey::Value(value) => (Some(Cow::Borrowed(run.estate.symbols.text(value))), None),
        GroupKey::Untagged => (None, None),
        GroupKey::Unread(id) => (None, Some(gap(run.estate, id))),
    };
    v1::Group {
        tag: Cow::Borrowed(run.options.group_by.as_deref().unwrap_or_default()),
        value,
        gap: hidden,
        users: group.users,
        ready: group.ready,
        degraded: group.degraded,
        stranded: group.stranded,
        unknown: group.unknown,
    }
}

fn side<'a>(estate: &'a Estate, settings: &'a SideSettings, side: &'a Side, directory: &'a Located) -> v1::Side<'a> {
    let (id, missing) = match directory {
        Located::Found { id, .. } => (Some(Cow::Borrowed(id.as_str())), None),
        Located::Absent => (None, Some(Cow::Borrowed("there is none for this alias"))),
        Located::Unknown(why) => (None, Some(Cow::Owned(why_text(estate, *why)))),
    };
    v1::Side {
        account: side.account.as_ref().ok().map(|account| Cow::Borrowed(account.as_str())),
        region: Cow::Borrowed(&settings.region),
        directory: id,
        account_gap: side.account.as_ref().err().map(|id| gap(estate, *id)),
        directory_missing: missing,
    }
}

fn readiness<'a>(run: &'a Run<'_>, pair: &'a PairRun<'_>, prints: &'a Prints) -> v1::Readiness<'a> {
    let counted = &pair.readiness;
    v1::Readiness {
        users: counted.users,
        ready: counted.ready,
        degraded: counted.degraded,
        stranded: counted.stranded,
        unknown: counted.unknown,
        hidden: counted
            .hidden
            .map(|why| v1::Hidden { message: Cow::Owned(why_text(run.estate, why)), gap: gap_behind(run.estate, why) }),
        outside: pair
            .view
            .desktops
            .outside
            .iter()
            .map(|&(directory, workspaces)| v1::Outside {
                directory: Cow::Borrowed(run.estate.symbols.text(directory)),
                workspaces,
            })
            .collect(),
        everybody: prints.all(&counted.everybody),
        uncounted: prints.all(&counted.uncounted),
    }
}

fn rule_row<'a>(run: &'a Run<'_>, meta: &'static Meta, tally: &'a Tally) -> v1::Rule<'a> {
    let configured = run.estate.settings.rules.get(meta.id).and_then(|rule| rule.severity);
    v1::Rule {
        id: Cow::Borrowed(meta.id),
        name: Cow::Borrowed(meta.name),
        area: Cow::Borrowed(meta.area.code()),
        severity: configured.unwrap_or_else(|| meta.severity()).into(),
        effect: meta.effect().into(),
        reach: match meta.reach {
            Reach::Desktop => v1::Reach::Desktop,
            Reach::Pair => v1::Reach::Pair,
        },
        summary: Cow::Borrowed(meta.summary),
        controls: meta.controls.iter().map(control).collect(),
        counts: v1::Counts {
            pass: tally.pass,
            fail: tally.fail,
            not_evaluated: tally.not_evaluated,
            not_applicable: tally.not_applicable,
            attested: tally.attested,
            waived: tally.waived,
        },
        reasons: tally.reasons.iter().map(|&reason| Cow::Borrowed(reason)).collect(),
    }
}

fn framework(run: &Run<'_>, framework: Framework) -> v1::Framework<'static> {
    let controls = frameworks::assess(run, framework).into_iter().map(|assessed| v1::Assessed {
        id: Cow::Borrowed(assessed.control.id),
        title: Cow::Borrowed(assessed.control.title),
        standing: assessed.standing.into(),
        waived: assessed.waived,
        rules: assessed
            .rules
            .into_iter()
            .map(|(meta, standing)| v1::Behind { rule: Cow::Borrowed(meta.id), standing: standing.into() })
            .collect(),
        out_of_reach: assessed.out_of_reach.map(Cow::Borrowed),
    });
    v1::Framework {
        id: Cow::Borrowed(framework.id()),
        title: Cow::Borrowed(framework.title()),
        controls: controls.collect(),
    }
}

fn control(control: &Control) -> v1::Control<'static> {
    v1::Control {
        framework: Cow::Borrowed(control.framework.id()),
        id: Cow::Borrowed(control.id),
        title: Cow::Borrowed(control.title),
    }
}

/// Somebody who is not ready, by position; nothing for somebody who is.
pub(crate) fn user<'a>(pair: &'a PairRun<'_>, prints: &'a Prints, person: u32) -> Option<v1::User<'a>> {
    let readiness = match pair.readiness.states[person as usize] {
        State::Ready => return None,
        state @ (State::Degraded | State::Unknown | State::Stranded) => state.into(),
    };
    Some(v1::User {
        name: Cow::Borrowed(pair.view.estate.symbols.text(pair.view.desktops.people[person as usize].name)),
        readiness,
        causes: pair.readiness.causes_of(person as usize).map(|cause| Cow::Borrowed(prints.get(cause))).collect(),
    })
}

/// How many findings are worded at once, in parallel.
const CHUNK: u32 = 4096;

/// Words a pair's findings in parallel, a chunk at a time, and hands them over in order: never more than a chunk of them exists.
pub(crate) fn each_finding<'a>(
    run: &'a Run<'_>,
    pair: &'a PairRun<'_>,
    prints: &'a Prints,
    mut take: impl FnMut(&'a Finding, v1::Finding<'a>) -> io::Result<()>,
) -> io::Result<()> {
    let all = pair.findings.len() as u32;
    let mut start = 0;
    while start < all {
        let end = all.min(start + CHUNK);
        let worded: Vec<v1::Finding<'_>> =
            (start..end).into_par_iter().map(|at| finding(run, pair, prints, at)).collect();
        for (at, worded) in (start..end).zip(worded) {
            take(&pair.findings[at as usize], worded)?;
        }
        start = end;
    }
    Ok(())
}

/// What a finding does to a person; of what was not evaluated, what the rule's worst fail would do.
pub(crate) fn effect(run: &Run<'_>, finding: &Finding) -> Effect {
    match finding.verdict {
        Verdict::NotEvaluated => run.meta(finding).effect(),
        Verdict::Fail | Verdict::Waived => run.case(finding).effect,
    }
}

/// A finding in words, by position; what a plan would make of it is not in it.
pub(crate) fn finding<'a>(run: &'a Run<'_>, pair: &'a PairRun<'_>, prints: &'a Prints, at: u32) -> v1::Finding<'a> {
    let finding = &pair.findings[at as usize];
    let case = run.case(finding);
    let worded = run.word(pair, finding);
    let id = |id: Cow<'a, str>| Some(id).filter(|id| !id.is_empty());
    let evaluated = finding.verdict != Verdict::NotEvaluated;
    let (age, since) = match pair.changes.age(at as usize) {
        Age::New => (Some(v1::Age::New), None),
        Age::Since(since) => (Some(v1::Age::Persisting), Some(instant(since))),
        Age::Unknown => (None, None),
    };
    v1::Finding {
        fingerprint: Cow::Borrowed(prints.get(at)),
        rule: Cow::Borrowed(worded.meta.id),
        case: evaluated.then_some(Cow::Borrowed(case.key)),
        severity: worded.severity.into(),
        effect: effect(run, finding).into(),
        verdict: finding.verdict.into(),
        subject: v1::Subject {
            kind: Cow::Borrowed(worded.names.kind),
            name: worded.names.name,
            primary: id(worded.names.primary),
            standby: id(worded.names.standby),
        },
        subjects: finding.subjects,
        message: Cow::Owned(worded.wording.message),
        implied_by: finding.root.map(|root| Cow::Borrowed(prints.get(root))),
        drift_digest: (!worded.wording.drift.is_empty())
            .then(|| Cow::Owned(deskpair_rules::waivers::drift_digest(&worded.wording.drift))),
        drift: worded
            .wording
            .drift
            .into_iter()
            .map(|drift| v1::Drift {
                path: Cow::Owned(drift.path),
                primary: Cow::Owned(drift.primary),
                standby: Cow::Owned(drift.standby),
            })
            .collect(),
        unknown: finding.unknown.map(|why| match why {
            Unknown::Gap(_) => v1::Unknown::Gap,
            Unknown::Undetermined(_) => v1::Unknown::Undetermined,
            Unknown::Unsupported(_) => v1::Unknown::Unsupported,
        }),
        gap: finding.unknown.and_then(|why| gap_behind(run.estate, why)),
        inconclusive: run.is_inconclusive(finding),
        users_affected: finding.people,
        remedy: worded.wording.remedy.map_or(Cow::Borrowed(worded.meta.remedy), Cow::Owned),
        fix: None,
        waiver: finding.waiver.map(|at| acceptance(run, &run.estate.settings.waivers[usize::from(at)])),
        age,
        since,
    }
}

fn acceptance<'a>(run: &Run<'_>, waiver: &'a Waiver) -> v1::Acceptance<'a> {
    let borrowed = |text: &'a Option<String>| text.as_deref().map(Cow::Borrowed);
    v1::Acceptance {
        rule: Cow::Borrowed(&waiver.rule),
        subject: borrowed(&waiver.subject),
        pair: borrowed(&waiver.pair),
        owner: Cow::Borrowed(&waiver.owner),
        reason: Cow::Borrowed(&waiver.reason),
        expires: instant(waiver.expires),
        live: run.options.judged_at < waiver.expires,
        drift: borrowed(&waiver.drift),
    }
}

fn gap_behind<'a>(estate: &'a Estate, why: Unknown) -> Option<v1::Gap<'a>> {
    match why {
        Unknown::Gap(id) => Some(gap(estate, id)),
        Unknown::Undetermined(_) | Unknown::Unsupported(_) => None,
    }
}

fn gap(estate: &Estate, id: GapId) -> v1::Gap<'_> {
    let gap = estate.gap_of(id);
    v1::Gap {
        operation: operation(gap),
        cause: gap.cause.into(),
        iam_action: Cow::Borrowed(&gap.iam_action),
        message: Cow::Borrowed(&gap.message),
        region: Cow::Borrowed(&gap.region),
        about: Cow::Borrowed(&gap.about),
    }
}

fn operation(gap: &Gap) -> Cow<'_, str> {
    if gap.service.is_empty() {
        Cow::Borrowed(&gap.operation)
    } else {
        Cow::Owned(format!("{}:{}", gap.service, gap.operation))
    }
}

/// RFC 3339 in UTC.
pub(crate) fn instant(at: Moment) -> v1::Text<'static> {
    Cow::Owned(at.to_string())
}

impl From<Severity> for v1::Severity {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Low => Self::Low,
            Severity::Medium => Self::Medium,
            Severity::High => Self::High,
            Severity::Critical => Self::Critical,
        }
    }
}

impl From<Effect> for v1::Effect {
    fn from(effect: Effect) -> Self {
        match effect {
            Effect::None => Self::None,
            Effect::Exposes => Self::Exposes,
            Effect::Degrades => Self::Degrades,
            Effect::Strands => Self::Strands,
        }
    }
}

impl From<Standing> for v1::Standing {
    fn from(standing: Standing) -> Self {
        match standing {
            Standing::NotSatisfied => Self::NotSatisfied,
            Standing::Unknown => Self::Unknown,
            Standing::Satisfied => Self::Satisfied,
            Standing::NotApplicable => Self::NotApplicable,
            Standing::OutOfReach => Self::OutOfReach,
        }
    }
}

impl From<Outcome> for v1::Outcome {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Ready => Self::Ready,
            Outcome::Drifted => Self::Drifted,
            Outcome::Inconclusive => Self::Inconclusive,
            Outcome::Broken => Self::Broken,
        }
    }
}

impl From<FailOn> for v1::FailOn {
    fn from(fail_on: FailOn) -> Self {
        match fail_on {
            FailOn::Severity(Severity::Low) => Self::Low,
            FailOn::Severity(Severity::Medium) => Self::Medium,
            FailOn::Severity(Severity::High) => Self::High,
            FailOn::Severity(Severity::Critical) => Self::Critical,
            FailOn::Never => Self::Never,
        }
    }
}

impl From<Verdict> for v1::Verdict {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Fail => Self::Fail,
            Verdict::NotEvaluated => Self::NotEvaluated,
            Verdict::Waived => Self::Waived,
        }
    }
}

impl From<State> for v1::State {
    fn from(state: State) -> Self {
        match state {
            State::Ready => Self::Ready,
            State::Degraded => Self::Degraded,
            State::Unknown => Self::Unknown,
            State::Stranded => Self::Stranded,
        }
    }
}

impl From<GapCause> for v1::Cause {
    fn from(cause: GapCause) -> Self {
        match cause {
            GapCause::Denied => Self::Denied,
            GapCause::Throttled => Self::Throttled,
            GapCause::TimedOut => Self::TimedOut,
            GapCause::Unreachable => Self::Unreachable,
            GapCause::Malformed => Self::Malformed,
            GapCause::Credentials => Self::Credentials,
            GapCause::Failed => Self::Failed,
            GapCause::Partial => Self::Partial,
            GapCause::Unsupported => Self::Unsupported,
            GapCause::Deadline => Self::Deadline,
            GapCause::NotCollected => Self::NotCollected,
        }
    }
}
