//! `deskpair.report/1`: the members of a report, as they are published. Members are added; none is renamed, removed or given another
//! meaning within version 1.

mod finding;

pub use finding::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The value of [`Report::schema`].
pub const SCHEMA: &str = "deskpair.report/1";

/// A text that is borrowed while a report is written and owned when one is read.
pub type Text<'a> = Cow<'a, str>;

/// A whole report.
///
/// The lists that grow with the number of people are type parameters: writing takes one entry at a time, reading gives vectors.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Report")]
pub struct Report<'a, P = Vec<Pair<'a>>> {
    /// `deskpair.report/1`.
    pub schema: Text<'a>,
    /// What wrote it.
    pub tool: Tool<'a>,
    /// When and how it was judged, and how that ended.
    pub run: Run<'a>,
    /// The calls that collecting the estate took.
    pub api: Api,
    /// Rules that gave no honest verdict.
    pub broken: Vec<Broken<'a>>,
    /// What people vouched for where no API can tell.
    pub attestations: Vec<Acceptance<'a>>,
    /// The waivers of the configuration, with or without a fail that they cover.
    #[serde(default)]
    pub waivers: Vec<Acceptance<'a>>,
    /// How the controls of every framework stand, on all pairs together.
    #[serde(default)]
    pub frameworks: Vec<Framework<'a>>,
    /// The pairs, as configured.
    pub pairs: P,
}

/// A framework and how its controls stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Framework<'a> {
    /// Its name, as it is asked for: `nist-800-53`.
    pub id: Text<'a>,
    /// Its name, for people.
    pub title: Text<'a>,
    /// Its controls, in its own order.
    pub controls: Vec<Assessed<'a>>,
}

/// How a control stands, as far as rules are evidence for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Assessed<'a> {
    /// How the framework names it: `CP-7`.
    pub id: Text<'a>,
    /// What it asks for, in short.
    pub title: Text<'a>,
    /// How it stands.
    pub standing: Standing,
    /// Whether waived fails alone make it not satisfied.
    pub waived: bool,
    /// The rules behind it, by id.
    pub rules: Vec<Behind<'a>>,
    /// Why no rule is evidence for it; null where one is.
    pub out_of_reach: Option<Text<'a>>,
}

/// A rule behind a control.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Behind<'a> {
    /// The rule's id.
    pub rule: Text<'a>,
    /// How it stands.
    pub standing: Standing,
}

/// How a control or a rule stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Something fails, or its fail is accepted for now.
    NotSatisfied,
    /// Nothing that was judged fails, and something was not judged.
    Unknown,
    /// All was judged, and all of it is in order.
    Satisfied,
    /// There was nothing to compare.
    NotApplicable,
    /// No rule is evidence for it.
    OutOfReach,
}

/// The program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tool<'a> {
    /// `deskpair`.
    pub name: Text<'a>,
    /// Its version.
    pub version: Text<'a>,
}

/// When and how an estate was judged. Instants are RFC 3339, in UTC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Run<'a> {
    /// A digest of estate, configuration and options: equal inputs have equal ids.
    pub id: Text<'a>,
    /// When collecting the estate began.
    pub taken_at: Text<'a>,
    /// The instant as of which ages and expiries were reckoned.
    pub judged_at: Text<'a>,
    /// When collecting the estate ended.
    pub finished_at: Text<'a>,
    /// How it ended.
    pub outcome: Outcome,
    /// The process's exit code for this outcome.
    pub exit_code: u8,
    /// From which severity on a fail fails the gate.
    pub fail_on: FailOn,
    /// Fails at or above the gate, not counting waived ones.
    #[serde(default)]
    pub gate_fails: u64,
    /// Whether what no API can tell makes the run inconclusive.
    #[serde(default)]
    pub strict: bool,
    /// Rules whose missing evidence does not make the run inconclusive.
    #[serde(default)]
    pub allow_incomplete: Vec<Text<'a>>,
    /// The rules that were asked for; empty for all.
    #[serde(default)]
    pub only_rules: Vec<Text<'a>>,
    /// The areas that were asked for, by code; empty for all.
    #[serde(default)]
    pub only_areas: Vec<Text<'a>>,
    /// The tag by whose values people were counted too; left out where none was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_by: Option<Text<'a>>,
    /// The version of deskpair that collected the estate.
    #[serde(default)]
    pub collected_by: Text<'a>,
    /// The earlier run that this one is compared with; null where there is none.
    #[serde(default)]
    pub baseline: Option<Baseline<'a>>,
    /// Whether only what is new since then fails the gate.
    #[serde(default)]
    pub new_only: bool,
}

/// An earlier run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Baseline<'a> {
    /// Its id.
    pub run: Text<'a>,
    /// The instant as of which it was judged.
    pub judged_at: Text<'a>,
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
    /// A rule gave no honest verdict.
    Broken,
}

/// From which severity on a fail fails the gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum FailOn {
    /// Any fail.
    Low,
    /// From medium on.
    Medium,
    /// From high on.
    High,
    /// Critical alone.
    Critical,
    /// No fail does.
    Never,
}

/// How bad a fail is for the gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Hygiene or cost.
    Low,
    /// Degrades people or misses an objective.
    Medium,
    /// Strands some or weakens security.
    High,
    /// Strands people.
    Critical,
}

/// What a fail does to a person after a failover.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// Nothing that they would feel.
    None,
    /// Something is open to others that should not be.
    Exposes,
    /// They work, and worse than before.
    Degrades,
    /// They do not reach a working desktop.
    Strands,
}

/// Whom a rule's fails touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Reach {
    /// The desktops that rest on the subject.
    Desktop,
    /// Everybody of the pair.
    Pair,
}

/// Calls made, by account, Region and `service:Operation`. Every attempt counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Api {
    /// By account (`unknown` where it could not be told), by Region (`global`), by `service:Operation`.
    pub calls: BTreeMap<String, BTreeMap<String, BTreeMap<String, u64>>>,
    /// Answers that asked for slower calls.
    pub throttled: u64,
    /// Attempts after the first.
    pub retried: u64,
}

/// A rule that gave no honest verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Broken<'a> {
    /// The rule's id.
    pub rule: Text<'a>,
    /// The pair's name.
    pub pair: Text<'a>,
    /// What happened.
    pub message: Text<'a>,
}

/// A waiver or an attestation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Acceptance<'a> {
    /// The rule's id.
    pub rule: Text<'a>,
    /// The subject's name; null for every subject of the rule.
    pub subject: Option<Text<'a>>,
    /// The pair; null for every pair.
    pub pair: Option<Text<'a>>,
    /// Who answers for it.
    pub owner: Text<'a>,
    /// Why it is accepted.
    pub reason: Text<'a>,
    /// When it ends, RFC 3339.
    pub expires: Text<'a>,
    /// Whether it had not ended at `judged_at`.
    pub live: bool,
    /// The digest of the drift that was accepted; null for any.
    #[serde(default)]
    pub drift: Option<Text<'a>>,
}

/// One primary and one standby Region behind one connection alias.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Pair")]
pub struct Pair<'a, U = Vec<User<'a>>, F = Vec<Finding<'a>>> {
    /// Its name in the configuration.
    pub name: Text<'a>,
    /// The connection string.
    pub alias: Text<'a>,
    /// Where people work.
    pub primary: Side<'a>,
    /// Where they would land.
    pub standby: Side<'a>,
    /// How many would work.
    pub readiness: Readiness<'a>,
    /// How long a failover would take: an estimate. Null where what it rests on was not collected.
    #[serde(default)]
    pub forecast: Option<Forecast<'a>>,
    /// The same by the values of a tag, where that was asked for: the group with the most people who are not ready first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Group<'a>>,
    /// Everybody who is not ready, by name.
    pub users: U,
    /// The rules that were judged, by id.
    pub rules: Vec<Rule<'a>>,
    /// What they found: by rule, verdict, then the subject's name. Passes are in the rules' counts.
    pub findings: F,
    /// What the earlier run found and is there no more; left out where there is nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gone: Vec<Gone<'a>>,
}

/// How long a failover would take, in seconds: an estimate, its parts one after the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Forecast<'a> {
    /// The recovery time objective.
    pub objective: u64,
    /// The sum of the parts that are known.
    pub seconds: u64,
    /// Whether every part is known; where not, the sum is a lower bound.
    pub complete: bool,
    /// How it stands against the objective.
    pub standing: ForecastStanding,
    /// In a sentence.
    pub message: Text<'a>,
    /// What takes time, in the order of a failover.
    pub parts: Vec<ForecastPart<'a>>,
    /// What the estimate leaves out.
    pub caveat: Text<'a>,
}

/// How an estimate stands against the recovery time objective.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ForecastStanding {
    /// Every part is known, and they fit.
    Within,
    /// The parts that are known do not fit.
    Exceeds,
    /// A part is not known, and the others fit.
    Unknown,
}

/// A part of an estimate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ForecastPart<'a> {
    /// Its kind: `declared-step`, `start-calls`, `desktop-start`, `record-change`, `record-kept`.
    pub kind: Text<'a>,
    /// What happens.
    pub what: Text<'a>,
    /// How long it takes; null where that is not known.
    pub seconds: Option<u64>,
    /// Who says so.
    pub source: Text<'a>,
    /// Why it is not known; null where it is.
    pub unknown: Option<Text<'a>>,
}

/// An earlier finding that is there no more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Gone<'a> {
    /// Its fingerprint.
    pub fingerprint: Text<'a>,
    /// The rule's id.
    pub rule: Text<'a>,
    /// The subject's kind.
    pub kind: Text<'a>,
    /// The subject's name.
    pub name: Text<'a>,
    /// The severity of then.
    pub severity: Severity,
    /// The verdict of then.
    pub verdict: Verdict,
    /// When it was first found, as far as runs remember.
    pub since: Text<'a>,
    /// Whether its rule was judged on whole evidence this time: where it was not, it may be there still, unseen.
    pub resolved: bool,
}

/// What has become of a finding since an earlier run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Age {
    /// It was not there, or was accepted then and is no more.
    New,
    /// It was there.
    Persisting,
}

/// One Region of a pair.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Side<'a> {
    /// The account that was read; null where it could not be told.
    pub account: Option<Text<'a>>,
    /// The Region.
    pub region: Text<'a>,
    /// The pair's directory; null where there is none or it could not be told.
    pub directory: Option<Text<'a>>,
    /// Why the account could not be told.
    #[serde(default)]
    pub account_gap: Option<Gap<'a>>,
    /// Why the directory is not named.
    #[serde(default)]
    pub directory_missing: Option<Text<'a>>,
}

/// How many of a pair's people with a primary WorkSpace would work after a failover.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Readiness<'a> {
    /// The people that were read.
    pub users: u32,
    /// Configured to land on a working desktop. AWS reserves no capacity.
    pub ready: u32,
    /// They would work, and worse than before.
    pub degraded: u32,
    /// They would not reach a working desktop.
    pub stranded: u32,
    /// It cannot be told.
    pub unknown: u32,
    /// Why there may be more people than were read; null where there are surely not.
    #[serde(default)]
    pub hidden: Option<Hidden<'a>>,
    /// The primary Region's directories that no pair covers: their people are in no count. Left out where there is none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outside: Vec<Outside<'a>>,
    /// Fingerprints of findings that touch everybody.
    #[serde(default)]
    pub everybody: Vec<Text<'a>>,
    /// Fingerprints of findings that strand somebody, of whom nothing says who it is: they are not in the counts.
    #[serde(default)]
    pub uncounted: Vec<Text<'a>>,
}

/// The people whose primary desktop has one value of a tag. Somebody whose desktops have several counts in each group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Group<'a> {
    /// The tag's key.
    pub tag: Text<'a>,
    /// Its value; null for those whose desktops do not have the tag, or were not asked.
    pub value: Option<Text<'a>>,
    /// The call that hides these desktops' tags; null where they were read.
    pub gap: Option<Gap<'a>>,
    /// How many people.
    pub users: u32,
    /// Configured to land on a working desktop.
    pub ready: u32,
    /// They would work, and worse than before.
    pub degraded: u32,
    /// They would not reach a working desktop.
    pub stranded: u32,
    /// It cannot be told.
    pub unknown: u32,
}

/// A directory that no pair covers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Outside<'a> {
    /// Its id.
    pub directory: Text<'a>,
    /// How many WorkSpaces it has.
    pub workspaces: u32,
}

/// Why there may be more people than were read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Hidden<'a> {
    /// In a sentence.
    pub message: Text<'a>,
    /// The call that failed, where it was one.
    pub gap: Option<Gap<'a>>,
}

/// What a failover would do to one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Configured to land on a working desktop.
    Ready,
    /// They work, and worse than before.
    Degraded,
    /// It cannot be told.
    Unknown,
    /// They do not reach a working desktop.
    Stranded,
}

/// Somebody who is not ready.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct User<'a> {
    /// The name as the primary desktop has it.
    pub name: Text<'a>,
    /// What a failover would do to them.
    pub readiness: State,
    /// Fingerprints of the findings that make it so: their own, then those that touch everybody.
    pub causes: Vec<Text<'a>>,
}
