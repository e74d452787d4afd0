//! What a drill, a failover or a failback was: `deskpair.drill/1`, complete. Every report of it is made from this alone.

use deskpair_rules::model::Moment;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The value of [`Record::schema`].
pub const SCHEMA: &str = "deskpair.drill/1";

/// A drill, a failover or a failback, as its journal tells it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// `deskpair.drill/1`.
    pub schema: String,
    /// The version of deskpair that wrote it.
    pub version: String,
    /// The drill's id.
    pub id: String,
    /// Which of the three.
    pub kind: Kind,
    /// The pair's name.
    pub pair: String,
    /// The connection alias whose record was changed.
    pub alias: String,
    /// Whether that is the alias that everybody works through.
    pub production: bool,
    /// The side that people work on in normal times.
    pub primary: Place,
    /// The side that they would land on.
    pub standby: Place,
    /// How the record is changed, for people: "the zone corp.example (Z123) in Route 53".
    pub switch: String,
    /// Whether whoever changes it compares before it sets.
    pub compares: bool,
    /// The record's TTL in seconds, before the change.
    pub ttl_secs: u32,
    /// When the plan was made.
    pub planned_at: Moment,
    /// When it began; none where it has not.
    pub began_at: Option<Moment>,
    /// When it ended; none while it goes on, and where its process died.
    pub ended_at: Option<Moment>,
    /// Where the machine is: `spreading`, `holding`, `undone` (`drill::machine::State::as_str`).
    pub state: String,
    /// What came of it.
    pub verdict: Verdict,
    /// What the business asks for, and what was reached.
    pub recovery: Recovery,
    /// How old the data is that people find on the standby side.
    pub data: Vec<DataAge>,
    /// The scan before it.
    pub precheck: PreCheck,
    /// The steps of the plan.
    pub steps: Vec<Step>,
    /// Who answered what when, a server each.
    pub servers: Vec<Server>,
    /// Who took part.
    pub people: Vec<Person>,
    /// What else people need, as it answered from where the drill ran.
    pub probes: Vec<Probe>,
    /// What happened, in order.
    pub timeline: Vec<Happening>,
    /// What went otherwise than planned.
    pub deviations: Vec<Deviation>,
    /// Who approved of what.
    pub approvals: Vec<Approval>,
    /// What was taken for granted as it could not be read.
    pub assumptions: Vec<String>,
    /// What is to be done now, the most urgent first.
    pub next_actions: Vec<String>,
    /// The journal that this was made from.
    pub journal: Journal,
}

/// Which of the three.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A rehearsal: there and back.
    Drill,
    /// The real day: there, and it stays.
    Failover,
    /// Back from a failover.
    Failback,
}

impl Kind {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Drill => "drill",
            Self::Failover => "failover",
            Self::Failback => "failback",
        }
    }
}

/// One side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// The Region.
    pub region: String,
    /// The account; empty where it could not be told.
    pub account: String,
    /// The directory that the alias is associated with; empty where it could not be told.
    pub directory: String,
    /// The connection identifier: the TXT value that sends people here.
    pub identifier: String,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Verdict {
    /// How it ended: `done`, `undone`, `unverified`, `incomplete`; none while it goes on.
    pub ending: Option<String>,
    /// Whether it showed what it should: it ended as planned, and no deviation says otherwise.
    pub succeeded: bool,
    /// The exit code of the command that ran it.
    pub exit_code: u8,
    /// In sentences, the first the headline.
    pub why: Vec<String>,
    /// Why it was stopped, where it was.
    pub stopped: Option<String>,
}

/// The recovery time that was reached, against the objective.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Recovery {
    /// The recovery time objective, in seconds.
    pub rto_secs: u64,
    /// The recovery point objective, in seconds.
    pub rpo_secs: u64,
    /// From the begin until the last of the cohort who got there had reached the standby side; until every server gave the new value, where
    /// nobody was to be reached. None where that never came.
    pub reached_secs: Option<u64>,
    /// Whether that is within the objective; none where it is not known.
    pub within: Option<bool>,
    /// Its parts, in their order.
    pub phases: Vec<Phase>,
}

/// A part of the recovery time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Phase {
    /// Which: `warm-up`, `approval`, `dns-change`, `propagation`, `connection`; and of the way back `hold`, `return`, `cool-down`, which do
    /// not count to the recovery time.
    pub name: String,
    /// When it began.
    pub from: Moment,
    /// When it ended; none where it did not.
    pub to: Option<Moment>,
    /// Its time budget in the plan, in seconds.
    pub budget_secs: Option<u64>,
    /// Whether it counts to the recovery time.
    pub counts: bool,
}

/// How old data on the standby side was when the drill began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DataAge {
    /// Whose, or of which file system.
    pub name: String,
    /// `person` or `file-system`.
    pub kind: String,
    /// Its age in seconds; none where it is not known.
    pub age_secs: Option<u64>,
    /// Where the age comes from, or why it is not known.
    pub note: String,
    /// Whether that is within the recovery point objective; none where it is not known.
    pub within: Option<bool>,
}

/// The scan before it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PreCheck {
    /// The run's id; none where there was no scan: a failover asks what it can.
    pub run: Option<String>,
    /// The run's outcome: `ready`, `drifted`, `inconclusive`, `broken`.
    pub outcome: String,
    /// The severity from which on it would have been refused.
    pub fail_on: String,
    /// Why it was gone on with all the same.
    pub overridden: Option<String>,
    /// People outside the cohort who would be stranded, or of whom it is not known, and whom a change of the production alias takes along.
    pub outside_stranded: u64,
    /// What stood against it, in sentences.
    pub objections: Vec<String>,
}

/// A step of the plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// What is done.
    pub what: String,
    /// How long it may take, in seconds; none where a person ends it.
    pub budget_secs: Option<u64>,
    /// Who approves of it.
    pub approves: String,
    /// What stops it.
    pub stops: String,
    /// What undoes it.
    pub undoes: String,
    /// What happens where Route 53's control plane, or the primary Region, does not answer.
    pub unreachable: String,
}

/// A server that was watched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Its address, and its name where it has one.
    pub server: String,
    /// `authoritative`, `recursive` or `system`.
    pub kind: String,
    /// What it answered from when on, one after the other.
    pub answers: Vec<Answer>,
}

/// What a server answered from an instant on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// From when on.
    pub at: Moment,
    /// Where that sends people: `primary`, `standby`, `other` or `none`.
    pub sends: String,
    /// What it said, where that is neither of the two.
    pub said: String,
}

/// Somebody who took part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// The user name.
    pub user: String,
    /// The desktop on the primary side; empty where there is none.
    pub primary: String,
    /// The desktop on the standby side; empty where there is none.
    pub standby: String,
    /// Whether they were connected on the primary side when it began; none where that was not known.
    pub connected_before: Option<bool>,
    /// When they were first seen connected on the standby side.
    pub reached_at: Option<Moment>,
    /// When they were first seen connected on the primary side again, after the way back.
    pub back_at: Option<Moment>,
    /// Whether we started their standby desktop.
    pub started: bool,
    /// Whether we stopped it again.
    pub stopped: bool,
    /// Why they did not reach it, as far as is known.
    pub hindrance: Option<String>,
}

/// What an endpoint answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Probe {
    /// The dependency's name.
    pub name: String,
    /// The endpoint.
    pub endpoint: String,
    /// When it was asked.
    pub at: Moment,
    /// Whether it answered as it should.
    pub answered: bool,
    /// What it said, or why not.
    pub said: String,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Happening {
    /// When.
    pub at: Moment,
    /// Of which kind: `step`, `call`, `answer`, `person`, `approval`, `stop`, `deviation`.
    pub kind: String,
    /// What, in a sentence.
    pub what: String,
}

/// Something that went otherwise than planned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Deviation {
    /// When it was noticed.
    pub at: Moment,
    /// What, in a sentence.
    pub what: String,
    /// Whether the drill failed by it.
    pub fails: bool,
}

/// Who approved of something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// When.
    pub at: Moment,
    /// Of what: `begin`, `flip`, `return`.
    pub of: String,
    /// Who, or by what.
    pub by: String,
}

/// The journal that a record was made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Journal {
    /// How many entries it has.
    pub entries: u32,
    /// SHA-256 of the last, in hexadecimal.
    pub last: String,
}

/// The JSON Schema of a record: `deskpair schema drill`.
pub fn json_schema() -> serde_json::Value {
    let mut schema = schemars::schema_for!(Record).to_value();
    schema["title"] = SCHEMA.into();
    schema
}
