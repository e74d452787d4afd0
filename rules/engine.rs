//! From an estate to a run: every rule on every pair, in parallel, the same every time.

use crate::meta::{Area, Meta, Severity};
use crate::model::settings::RuleSettings;
use crate::model::{Dataset, Estate, GapCause, Moment, Names, PairView, Subject, Unknown};
use crate::readiness::{self, Readiness};
use crate::rule::{Rule, Sheet, Wording};
use crate::waivers;
use hashbrown::HashMap;
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What is judged, and how hard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// The instant as of which ages and expiries are reckoned.
    pub judged_at: Moment,
    /// The gate.
    pub fail_on: FailOn,
    /// Whether what no API can tell makes the run inconclusive.
    pub strict: bool,
    /// Only these rules, by id; all where it is empty.
    pub rules: BTreeSet<String>,
    /// Only these areas, by code; all where it is empty.
    pub areas: BTreeSet<Area>,
    /// Only these pairs, by name; all where it is empty.
    pub pairs: BTreeSet<String>,
    /// Rules, by id, whose missing evidence does not make the run inconclusive.
    pub allow_incomplete: BTreeSet<String>,
    /// SHA-256 of the estate as it is written to a file.
    pub estate_digest: [u8; 32],
}

impl Options {
    /// The usual options, for an instant.
    pub fn at(judged_at: Moment) -> Self {
        Self {
            judged_at,
            fail_on: FailOn::Severity(Severity::High),
            strict: false,
            rules: BTreeSet::new(),
            areas: BTreeSet::new(),
            pairs: BTreeSet::new(),
            allow_incomplete: BTreeSet::new(),
            estate_digest: [0; 32],
        }
    }

    /// Whether a rule is judged under these options and settings.
    pub fn wants(&self, meta: &Meta, settings: &BTreeMap<String, RuleSettings>) -> bool {
        settings.get(meta.id).and_then(|rule| rule.enabled) != Some(false)
            && (self.rules.is_empty() || self.rules.contains(meta.id))
            && (self.areas.is_empty() || self.areas.contains(&meta.area))
    }
}

/// From which severity on a fail fails the gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailOn {
    /// From this one on.
    Severity(Severity),
    /// No fail does.
    Never,
}

impl FailOn {
    /// Whether a fail of this severity fails the gate.
    pub fn holds(self, severity: Severity) -> bool {
        match self {
            Self::Severity(least) => severity >= least,
            Self::Never => false,
        }
    }
}

impl fmt::Display for FailOn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Severity(severity) => severity.fmt(f),
            Self::Never => f.pad("never"),
        }
    }
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// The gate passed, on whole evidence.
    Ready,
    /// A fail at or above the gate.
    Drifted,
    /// Something that could have been read was not.
    Inconclusive,
    /// A rule panicked.
    Broken,
}

impl Outcome {
    /// The process's exit code: 0, 1, 3 or 4.
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Ready => 0,
            Self::Drifted => 1,
            Self::Inconclusive => 3,
            Self::Broken => 4,
        }
    }

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Drifted => "drifted",
            Self::Inconclusive => "inconclusive",
            Self::Broken => "broken",
        }
    }
}

/// What a finding says of its subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It is not as it should be.
    Fail,
    /// It could not be judged.
    NotEvaluated,
    /// It fails, and that is accepted for now.
    Waived,
}

impl Verdict {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fail => "fail",
            Self::NotEvaluated => "not-evaluated",
            Self::Waived => "waived",
        }
    }
}

/// One finding: a rule, positions, and no words.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Position in [`Run::rules`].
    pub rule: u16,
    /// Position in the rule's cases; 0 for what was not evaluated.
    pub case: u8,
    /// What it says.
    pub verdict: Verdict,
    /// The subject; of a gap that hides several, the first.
    pub subject: Subject,
    /// Why it was not evaluated.
    pub unknown: Option<Unknown>,
    /// How many subjects it speaks of: 1, or those that a gap hides; 0 where a gap hides none, since other evidence carried their
    /// verdicts.
    pub subjects: u32,
    /// How many people it touches.
    pub people: u32,
    /// Position in the settings' waivers, where one covers it.
    pub waiver: Option<u16>,
    /// Position in the pair's findings of the one that this follows from.
    pub root: Option<u32>,
    /// How many findings before this one say the same of a namesake: their fingerprints must differ.
    pub namesakes: u32,
}

/// How a rule's verdicts on a pair add up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Subjects in order.
    pub pass: u64,
    /// Subjects that fail.
    pub fail: u64,
    /// Subjects that could not be judged.
    pub not_evaluated: u64,
    /// Times there was nothing to compare.
    pub not_applicable: u64,
    /// Subjects that a person vouched for.
    pub attested: u64,
    /// Subjects whose fail is accepted.
    pub waived: u64,
    /// Why there was nothing to compare.
    pub reasons: Vec<&'static str>,
}

/// What came of one pair.
#[derive(Debug)]
pub struct PairRun<'e> {
    /// The pair, to word its findings with.
    pub view: PairView<'e>,
    /// A tally a rule, as in [`Run::rules`].
    pub tallies: Vec<Tally>,
    /// The findings: by rule, verdict, then the subject's name.
    pub findings: Vec<Finding>,
    /// Who would work.
    pub readiness: Readiness,
}

/// A rule that gave no honest verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The rule's id.
    pub rule: &'static str,
    /// The pair's name.
    pub pair: String,
    /// What happened.
    pub message: String,
}

/// Everything that came of an estate. Outcome, counts and exit code are here before any report is written.
pub struct Run<'e> {
    /// The estate.
    pub estate: &'e Estate,
    /// The options it was judged under.
    pub options: Options,
    /// A digest of the estate, the configuration and the options: equal inputs have equal ids.
    pub id: String,
    /// The rules that were judged, by id.
    pub rules: Vec<&'static dyn Rule>,
    /// The pairs, as configured.
    pub pairs: Vec<PairRun<'e>>,
    /// Rules that gave no honest verdict.
    pub broken: Vec<Broken>,
    /// How it ended.
    pub outcome: Outcome,
    /// Fails at or above the gate, not counting waived ones.
    pub gate_fails: u64,
}

impl fmt::Debug for Run<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Run").field("id", &self.id).field("outcome", &self.outcome).finish_non_exhaustive()
    }
}

/// A finding in words.
#[derive(Clone, Debug)]
pub struct Worded<'e> {
    /// 16 hexadecimal digits that stay the same while ids change.
    pub fingerprint: String,
    /// The rule.
    pub meta: &'static Meta,
    /// The severity for the gate, as configured.
    pub severity: Severity,
    /// The subject.
    pub names: Names<'e>,
    /// What is wrong, what differs, what fixes it.
    pub wording: Wording,
}

/// The datasets that the wanted rules read.
pub fn needed(options: &Options, settings: &BTreeMap<String, RuleSettings>) -> BTreeSet<Dataset> {
    crate::registry()
        .iter()
        .map(|rule| rule.meta())
        .filter(|meta| options.wants(meta, settings))
        .flat_map(|meta| meta.needs.iter().copied())
        .collect()
}

/// Judges an estate by the catalogue.
pub fn evaluate(estate: &Estate, options: Options) -> Run<'_> {
    evaluate_with(estate, options, crate::registry())
}

/// Judges an estate by the given rules.
pub fn evaluate_with<'e>(estate: &'e Estate, options: Options, registry: &[&'static dyn Rule]) -> Run<'e> {
    let rules: Vec<&'static dyn Rule> =
        registry.iter().copied().filter(|rule| options.wants(rule.meta(), &estate.settings.rules)).collect();
    let wanted: Vec<usize> = (0..estate.settings.pairs.len())
        .filter(|&pair| options.pairs.is_empty() || options.pairs.contains(&estate.settings.pairs[pair].name))
        .collect();
    let judged: Vec<(PairRun<'e>, Vec<Broken>)> = wanted
        .into_par_iter()
        .map(|pair| judge_pair(PairView::new(estate, pair, options.judged_at), &rules, &options))
        .collect();
    let mut pairs = Vec::with_capacity(judged.len());
    let mut broken = Vec::new();
    for (pair, broke) in judged {
        pairs.push(pair);
        broken.extend(broke);
    }
    let mut run = Run {
        estate,
        id: run_id(estate, &options),
        options,
        rules,
        pairs,
        broken,
        outcome: Outcome::Ready,
        gate_fails: 0,
    };
    run.gate_fails = run.count_gate_fails();
    run.outcome = run.decide();
    run
}

fn judge_pair<'e>(view: PairView<'e>, rules: &[&'static dyn Rule], options: &Options) -> (PairRun<'e>, Vec<Broken>) {
    let sheets: Vec<Result<Sheet, String>> = rules
        .par_iter()
        .map(|rule| {
            let mut sheet = Sheet::default();
            catch_unwind(AssertUnwindSafe(|| rule.judge(&view, &mut sheet))).map_err(|panic| {
                let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
                text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "it panicked".to_owned())
            })?;
            if sheet.is_empty() { Err("it gave no verdict".to_owned()) } else { Ok(sheet) }
        })
        .collect();
    let mentioned: BTreeSet<Unknown> =
        sheets.iter().flatten().flat_map(|sheet| sheet.unknowns.iter().map(|(_, why)| *why)).collect();
    let mut broken = Vec::new();
    let mut tallies = Vec::with_capacity(rules.len());
    let mut findings = Vec::new();
    let mut hidden: Vec<Vec<Subject>> = Vec::new();
    for (at, (rule, sheet)) in rules.iter().zip(sheets).enumerate() {
        let meta = rule.meta();
        let sheet = sheet.unwrap_or_else(|message| {
            broken.push(Broken { rule: meta.id, pair: view.settings.name.clone(), message });
            // Whoever rests on a broken rule is not known to be ready.
            let mut sheet = Sheet::default();
            sheet.unknown(Subject::Pair, Unknown::Undetermined("the rule itself broke: this is a fault of deskpair"));
            sheet
        });
        let mut tally = Tally { pass: sheet.passes, ..Tally::default() };
        tally.not_applicable = sheet.not_applicable.len() as u64;
        tally.reasons = sheet.not_applicable;
        tally.reasons.sort_unstable();
        tally.reasons.dedup();

        let first = findings.len();
        for (subject, case) in sheet.fails {
            let waiver = waivers::covering(&view, *rule, subject, case, options.judged_at);
            match waiver {
                Some(_) => tally.waived += 1,
                None => tally.fail += 1,
            }
            hidden.push(Vec::new());
            findings.push(Finding {
                rule: at as u16,
                case: case as u8,
                verdict: if waiver.is_some() { Verdict::Waived } else { Verdict::Fail },
                subject,
                unknown: None,
                subjects: 1,
                people: 0,
                waiver,
                root: None,
                namesakes: 0,
            });
        }
        let mut by_reason: BTreeMap<Unknown, Vec<Subject>> = BTreeMap::new();
        for (subject, why) in sheet.unknowns {
            let attested =
                matches!(why, Unknown::Unsupported(_)) && waivers::attested(&view, meta, subject, options.judged_at);
            if attested {
                tally.attested += 1;
            } else {
                tally.not_evaluated += 1;
                by_reason.entry(why).or_default().push(subject);
            }
        }
        // Other evidence carried every verdict, so these hide no subject; but what could be read and was not is told, and no run
        // that lacks it is more than inconclusive.
        for gap in meta.needs.iter().flat_map(|dataset| view.gaps_in(*dataset)).map(Unknown::Gap) {
            if !mentioned.contains(&gap) {
                by_reason.entry(gap).or_default();
            }
        }
        for (why, mut subjects) in by_reason {
            subjects.sort_unstable();
            findings.push(Finding {
                rule: at as u16,
                case: 0,
                verdict: Verdict::NotEvaluated,
                subject: if subjects.len() == 1 { subjects[0] } else { Subject::Pair },
                unknown: Some(why),
                subjects: subjects.len() as u32,
                people: 0,
                waiver: None,
                root: None,
                namesakes: 0,
            });
            hidden.push(subjects);
        }
        sort_by_name(&view, &mut findings[first..], &mut hidden[first..]);
        tallies.push(tally);
    }
    readiness::link_roots(&view, rules, &mut findings);
    let readiness = readiness::reckon(&view, rules, &mut findings, &hidden);
    (PairRun { view, tallies, findings, readiness }, broken)
}

/// Orders one rule's findings by verdict and the subject's words, whatever order the estate's lists had.
fn sort_by_name(view: &PairView<'_>, findings: &mut [Finding], hidden: &mut [Vec<Subject>]) {
    let mut order: Vec<u32> = (0..findings.len() as u32).collect();
    order.par_sort_by(|&a, &b| {
        let (left, right) = (&findings[a as usize], &findings[b as usize]);
        left.verdict
            .cmp(&right.verdict)
            .then_with(|| {
                let (left, right) = (left.subject.names(view), right.subject.names(view));
                (left.name, left.primary, left.standby).cmp(&(right.name, right.primary, right.standby))
            })
            .then_with(|| left.case.cmp(&right.case))
            .then_with(|| {
                let reason = |finding: &Finding| finding.unknown.map(|why| why_text(view.estate, why));
                reason(left).cmp(&reason(right))
            })
    });
    let sorted: Vec<(Finding, Vec<Subject>)> =
        order.into_iter().map(|at| (findings[at as usize].clone(), std::mem::take(&mut hidden[at as usize]))).collect();
    for (at, (finding, subjects)) in sorted.into_iter().enumerate() {
        findings[at] = finding;
        hidden[at] = subjects;
    }
    // Waived and not, a subject is the same one: namesakes are counted over both.
    let mut known: HashMap<(&'static str, Cow<'_, str>, Cow<'_, str>), u32> = HashMap::new();
    for finding in findings {
        let names = finding.subject.names(view);
        let before = known.entry((names.kind, names.name, lasting(view.estate, finding.unknown))).or_default();
        finding.namesakes = *before;
        *before += 1;
    }
}

/// What mends missing, wrong and expired credentials.
pub const CREDENTIALS_REMEDY: &str = "Give the scan credentials that are valid in that Region (`AWS_PROFILE`, `aws sso login`, or `profile` and \
                                      `role_arn` of the side in the configuration), then scan again.";

/// Why something was not evaluated, in a sentence.
pub fn why_text(estate: &Estate, why: Unknown) -> String {
    match why {
        Unknown::Gap(gap) => estate.gap_of(gap).to_string(),
        Unknown::Undetermined(text) | Unknown::Unsupported(text) => text.to_owned(),
    }
}

/// What of a reason stays the same from scan to scan: a gap's words change with the weather, its operation does not.
fn lasting(estate: &Estate, why: Option<Unknown>) -> Cow<'static, str> {
    match why {
        None => Cow::Borrowed(""),
        Some(Unknown::Gap(gap)) => {
            let gap = estate.gap_of(gap);
            Cow::Owned(format!("{}:{} {} {}", gap.service, gap.operation, gap.region, gap.about))
        }
        Some(Unknown::Undetermined(text) | Unknown::Unsupported(text)) => Cow::Borrowed(text),
    }
}

impl<'e> Run<'e> {
    /// The exit code for the process.
    pub const fn exit_code(&self) -> u8 {
        self.outcome.exit_code()
    }

    /// The severity of a finding for the gate: as configured, else as the rule declares.
    pub fn severity(&self, finding: &Finding) -> Severity {
        let meta = self.meta(finding);
        self.estate
            .settings
            .rules
            .get(meta.id)
            .and_then(|rule| rule.severity)
            .unwrap_or_else(|| self.case(finding).severity)
    }

    /// The way in which a finding fails; of what was not evaluated, the rule's usual one.
    pub fn case(&self, finding: &Finding) -> &'static crate::meta::Case {
        &self.meta(finding).cases[usize::from(finding.case)]
    }

    /// What the finding's rule says of itself.
    pub fn meta(&self, finding: &Finding) -> &'static Meta {
        self.rules[usize::from(finding.rule)].meta()
    }

    /// A finding in words.
    pub fn word(&self, pair: &PairRun<'e>, finding: &Finding) -> Worded<'e> {
        let rule = self.rules[usize::from(finding.rule)];
        let meta = rule.meta();
        let names = finding.subject.names(&pair.view);
        let wording = match finding.unknown {
            None => rule.word(&pair.view, finding.subject, usize::from(finding.case)),
            Some(why) => Wording {
                message: why_text(self.estate, why),
                drift: Vec::new(),
                remedy: Some(match why {
                    Unknown::Gap(gap) => self.gap_remedy(gap),
                    Unknown::Undetermined(_) => {
                        "What was read does not tell. Settle what the message names, then scan again.".to_owned()
                    }
                    Unknown::Unsupported(_) => {
                        format!("Look at it by hand, then attest it with an [[attestation]] for {}.", meta.id)
                    }
                }),
            },
        };
        Worded { fingerprint: self.fingerprint(pair, finding), meta, severity: self.severity(finding), names, wording }
    }

    fn gap_remedy(&self, gap: crate::model::GapId) -> String {
        let gap = self.estate.gap_of(gap);
        match gap.cause {
            GapCause::Denied => format!("Allow {} to the scanning identity, then scan again.", gap.iam_action),
            GapCause::Throttled => {
                "Scan when fewer other callers use this account's API, or raise `--deadline`.".into()
            }
            GapCause::TimedOut | GapCause::Unreachable => {
                "Check the network path to the service's endpoint in that Region, then scan again.".into()
            }
            GapCause::Credentials => CREDENTIALS_REMEDY.into(),
            GapCause::Malformed | GapCause::Failed | GapCause::Partial => {
                "Scan again; if it stays, ask AWS Support.".into()
            }
            GapCause::Unsupported => "The endpoint does not offer this operation: look at it by hand.".into(),
            GapCause::Deadline => "Raise `--deadline`, then scan again.".into(),
            GapCause::NotCollected => "Collect the estate again, with every rule that is to be judged.".into(),
        }
    }

    /// What stays the same while ids change: the rule, the pair, and the subject's natural name; of a gap, its operation.
    pub fn fingerprint(&self, pair: &PairRun<'e>, finding: &Finding) -> String {
        let names = finding.subject.names(&pair.view);
        let mut digest = Sha256::new();
        // A gap is itself whether it hides one subject today or many tomorrow.
        let (kind, name) = match finding.unknown {
            None => (names.kind, names.name.as_ref()),
            Some(_) => ("gap", ""),
        };
        for part in ["deskpair.finding/1", self.meta(finding).id, &pair.view.settings.name, kind, name] {
            digest.update(part.as_bytes());
            digest.update([0]);
        }
        digest.update(lasting(self.estate, finding.unknown).as_bytes());
        if finding.namesakes > 0 {
            digest.update(format!("\0{}", finding.namesakes).as_bytes());
        }
        hex(&digest.finalize()[..8])
    }

    fn count_gate_fails(&self) -> u64 {
        let fails = |pair: &PairRun<'e>| {
            pair.findings
                .iter()
                .filter(|finding| finding.verdict == Verdict::Fail)
                .filter(|finding| self.options.fail_on.holds(self.severity(finding)))
                .count() as u64
        };
        self.pairs.iter().map(fails).sum()
    }

    /// Whether a finding means that something which could have been read was not.
    pub fn is_inconclusive(&self, finding: &Finding) -> bool {
        let Some(why) = finding.unknown else { return false };
        let counts = match why {
            Unknown::Gap(_) | Unknown::Undetermined(_) => true,
            Unknown::Unsupported(_) => self.options.strict,
        };
        counts && !self.options.allow_incomplete.contains(self.meta(finding).id)
    }

    fn decide(&self) -> Outcome {
        if !self.broken.is_empty() {
            return Outcome::Broken;
        }
        // Where nothing was judged, nothing is in order.
        if self.rules.is_empty() || self.pairs.is_empty() {
            return Outcome::Inconclusive;
        }
        // Who is asking decides what is seen: an identity that could not be told is missing evidence too.
        let identity = self.pairs.iter().any(|pair| {
            [pair.view.primary, pair.view.standby]
                .iter()
                .any(|side| side.account.as_ref().is_err_and(|gap| *gap != Estate::NOT_COLLECTED))
        });
        if identity || self.pairs.iter().flat_map(|pair| &pair.findings).any(|finding| self.is_inconclusive(finding)) {
            return Outcome::Inconclusive;
        }
        if self.gate_fails > 0 { Outcome::Drifted } else { Outcome::Ready }
    }
}

/// The id of the run that judges an estate under these options: the same inputs have the same one.
pub fn run_id(estate: &Estate, options: &Options) -> String {
    let mut digest = Sha256::new();
    digest.update(b"deskpair.run/1\0");
    // Another version's rules may judge the same estate differently.
    digest.update(concat!(env!("CARGO_PKG_VERSION"), "\0"));
    digest.update(options.estate_digest);
    // The estate's digest covers the configuration that it carries; what was asked for on the command line comes on top.
    digest.update(estate.tool_version.as_bytes());
    digest.update(
        format!(
            "\0{}\0{}\0{}\0{:?}\0{:?}\0{:?}\0{:?}",
            options.judged_at.millis(),
            options.fail_on,
            options.strict,
            options.rules,
            options.areas,
            options.pairs,
            options.allow_incomplete
        )
        .as_bytes(),
    );
    hex(&digest.finalize()[..16])
}

/// Bytes as lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod silence;
#[cfg(test)]
mod tests;
