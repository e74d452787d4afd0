//! What the rules said of a pair: how many subjects got which verdict, what is not in order and what a plan would make of it, and what could
//! not be read.

use super::{Acceptance, Age, Effect, Reach, Severity, Text};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What one rule said of a pair.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Rule<'a> {
    /// The permanent id, `ALS-003`.
    pub id: Text<'a>,
    /// Its name, `alias-not-associated`.
    pub name: Text<'a>,
    /// The area's code, `ALS`.
    pub area: Text<'a>,
    /// The worst severity of its fails, as configured.
    pub severity: Severity,
    /// The worst effect of its fails on a person.
    pub effect: Effect,
    /// Whom its fails touch.
    pub reach: Reach,
    /// What is wrong when it fails.
    #[serde(default)]
    pub summary: Text<'a>,
    /// The controls of frameworks that its verdicts are evidence for.
    #[serde(default)]
    pub controls: Vec<Control<'a>>,
    /// Its verdicts.
    pub counts: Counts,
    /// Why there was nothing to compare.
    pub reasons: Vec<Text<'a>>,
}

/// A control, criterion, question or article of a framework.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Control<'a> {
    /// The framework's name, as it is asked for: `nist-800-53`.
    pub framework: Text<'a>,
    /// How the framework names it: `CP-7`.
    pub id: Text<'a>,
    /// What it asks for, in short.
    pub title: Text<'a>,
}

/// How many subjects got which verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Counts {
    /// In order.
    pub pass: u64,
    /// Not as it should be.
    pub fail: u64,
    /// Could not be judged.
    pub not_evaluated: u64,
    /// Nothing to compare.
    pub not_applicable: u64,
    /// A person vouched for it.
    pub attested: u64,
    /// It fails, and that is accepted for now.
    pub waived: u64,
}

/// What a finding says of its subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It is not as it should be.
    Fail,
    /// It could not be judged.
    NotEvaluated,
    /// It fails, and that is accepted for now.
    Waived,
}

/// One thing that is not in order, or of which it could not be told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Finding<'a> {
    /// 16 hexadecimal digits that stay the same while ids change.
    pub fingerprint: Text<'a>,
    /// The rule's id.
    pub rule: Text<'a>,
    /// In which of the rule's ways it fails; null where it was not evaluated.
    #[serde(default)]
    pub case: Option<Text<'a>>,
    /// The severity for the gate, as configured.
    pub severity: Severity,
    /// What it does to a person.
    #[serde(default = "no_effect")]
    pub effect: Effect,
    /// What it says.
    pub verdict: Verdict,
    /// What it is about; of a gap that hides several subjects, the pair.
    pub subject: Subject<'a>,
    /// How many subjects it speaks of: 1, or those that a gap hides; 0 where a gap hides none, since other evidence carries the verdicts.
    pub subjects: u32,
    /// What is wrong, in a sentence.
    pub message: Text<'a>,
    /// The fingerprint of the finding that this one follows from.
    pub implied_by: Option<Text<'a>>,
    /// Both sides of what differs.
    pub drift: Vec<Drift<'a>>,
    /// The digest by which a waiver's `drift` names exactly this difference; null where nothing is compared.
    #[serde(default)]
    pub drift_digest: Option<Text<'a>>,
    /// Why it was not evaluated; null for a fail.
    #[serde(default)]
    pub unknown: Option<Unknown>,
    /// The call that failed, where one did.
    pub gap: Option<Gap<'a>>,
    /// Whether it makes the run inconclusive.
    #[serde(default)]
    pub inconclusive: bool,
    /// How many people it touches; 0 where nothing says who they are.
    pub users_affected: u32,
    /// What fixes it, for people.
    pub remedy: Text<'a>,
    /// What `deskpair remediate plan` would make of it; left out of what does not fail, or is waived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<Fix<'a>>,
    /// The waiver that covers it.
    pub waiver: Option<Acceptance<'a>>,
    /// What has become of it since the earlier run; null where nothing is compared, and where that run did not judge its rule.
    #[serde(default)]
    pub age: Option<Age>,
    /// When it was first found, as far as runs remember; null where it is new or of unknown age.
    #[serde(default)]
    pub since: Option<Text<'a>>,
}

const fn no_effect() -> Effect {
    Effect::None
}

/// What a plan would make of a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Fix<'a> {
    /// What becomes of it.
    pub kind: FixKind,
    /// The riskiest of its changes; null where none is planned.
    pub risk: Option<Risk>,
    /// How far its changes can be taken back, as the one that can be least; null where none is planned.
    pub undo: Option<Undo>,
    /// What its changes do, in a sentence without its point; null where none is planned.
    pub title: Option<Text<'a>>,
    /// The ids of its changes, as the plan has them.
    pub changes: Vec<Text<'a>>,
    /// Why it is left, or what else is to be known.
    pub note: Option<Text<'a>>,
}

/// What becomes of a finding that fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FixKind {
    /// `deskpair remediate apply` makes it good.
    Planned,
    /// It is planned for a person to do, with instructions.
    Manual,
    /// It goes with the fix of the finding that it follows from.
    Follows,
    /// It is left to people: the note says why.
    Left,
}

/// How careful one has to be with a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Risk {
    /// Nobody who works now can notice it, and it can be taken back.
    Safe,
    /// Somebody should look at it first.
    Review,
    /// People may notice it while they work.
    Disruptive,
    /// A person has to do it.
    Manual,
}

/// How far a change can be taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Undo {
    /// Every field is as it was again.
    Exact,
    /// All but what the plan tells.
    Partial,
    /// No API call takes it back.
    None,
}

/// What a finding is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Subject<'a> {
    /// Its kind, `image`.
    pub kind: Text<'a>,
    /// Its natural name.
    pub name: Text<'a>,
    /// Its id on the primary side; null where it has none.
    pub primary: Option<Text<'a>>,
    /// Its id on the standby side; null where it has none.
    pub standby: Option<Text<'a>>,
}

/// One member that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Drift<'a> {
    /// The member, as AWS names it.
    pub path: Text<'a>,
    /// The primary side's value.
    pub primary: Text<'a>,
    /// The standby side's value.
    pub standby: Text<'a>,
}

/// Why something could not be judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Unknown {
    /// A call failed: see the gap.
    Gap,
    /// Everything was read, and it does not tell.
    Undetermined,
    /// No API tells; a person may attest it.
    Unsupported,
}

/// Why a call failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// The caller may not do this.
    Denied,
    /// Throttled at every attempt.
    Throttled,
    /// No answer in time.
    TimedOut,
    /// The connection failed or was dropped.
    Unreachable,
    /// The answer could not be understood.
    Malformed,
    /// No credentials, or none that the service took.
    Credentials,
    /// The service refused or failed.
    Failed,
    /// An answer that left out some of what was asked.
    Partial,
    /// Not offered in this Region.
    Unsupported,
    /// The deadline of the whole scan came first.
    Deadline,
    /// The estate was collected without it.
    NotCollected,
}

/// Something that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Gap<'a> {
    /// The call, `workspaces:DescribeWorkspaces`; empty where the estate was collected without it.
    pub operation: Text<'a>,
    /// Why it failed.
    pub cause: Cause,
    /// The IAM action that permits the call.
    pub iam_action: Text<'a>,
    /// The service's own words.
    pub message: Text<'a>,
    /// The Region that was asked; empty for a global service.
    #[serde(default)]
    pub region: Text<'a>,
    /// What the call was about, where it was about one thing.
    #[serde(default)]
    pub about: Text<'a>,
}
