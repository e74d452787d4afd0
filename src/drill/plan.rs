//! What a drill, a failover or a failback is going to do: shown, reviewed, and then done as it stands here.

use super::machine::{Course, Way};
use crate::dns::change::Switch;
use crate::store::journal::digest;
use deskpair_reports::drill::record::{DataAge, Kind, Place, PreCheck, Step};
use deskpair_rules::model::Moment;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The value of [`Plan::schema`].
pub const SCHEMA: &str = "deskpair.drill-plan/1";

/// A plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// `deskpair.drill-plan/1`.
    pub schema: String,
    /// The digest of all the rest, its first 16 digits: a plan that was edited by hand has another.
    pub id: String,
    /// The version of deskpair that made it.
    pub version: String,
    /// What it is.
    pub kind: Kind,
    /// The pair's name.
    pub pair: String,
    /// The connection alias whose record is changed.
    pub alias: String,
    /// Whether that is the pair's own alias, through which everybody works.
    pub production: bool,
    /// When it was made.
    pub made_at: Moment,
    /// The primary side.
    pub primary: Place,
    /// The standby side.
    pub standby: Place,
    /// How the record is changed.
    pub switch: Switch,
    /// The record's TTL, in seconds: how long a resolver may keep what it was told before the change.
    pub ttl_secs: u32,
    /// The recovery time objective, in seconds.
    pub rto_secs: u32,
    /// The recovery point objective, in seconds.
    pub rpo_secs: u32,
    /// Who takes part.
    pub cohort: Vec<Member>,
    /// How many of them have to be seen on the standby side, lest it failed.
    pub expect: u32,
    /// Whether people of the cohort may be connected on the primary side when it begins.
    pub with_connected: bool,
    /// Whether somebody approves of the change of the record once everything is warm.
    pub approve_flip: bool,
    /// How long people stay on the standby side, in seconds; until somebody ends it, where there is none.
    pub hold_secs: Option<u64>,
    /// How long what takes time is waited for.
    pub patience: Patience,
    /// The scan before it.
    pub precheck: PreCheck,
    /// How old data on the standby side is.
    pub data: Vec<DataAge>,
    /// What is taken for granted as it could not be read.
    pub assumptions: Vec<String>,
    /// What is done, one after the other.
    pub steps: Vec<Step>,
}

/// Somebody who takes part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// The user name.
    pub user: String,
    /// The desktop on the primary side; empty where there is none.
    pub primary: String,
    /// The desktop on the standby side; empty where there is none.
    pub standby: String,
    /// The state of that one when the plan was made; empty where it was not known.
    pub state: String,
    /// Its running mode.
    pub running_mode: String,
    /// Whether they were connected on the primary side when the plan was made; none where that was not known.
    pub connected: Option<bool>,
}

impl Member {
    /// Whether the API starts their standby desktop: `StartWorkspaces` takes those that run by `AUTO_STOP` or `MANUAL` and are `STOPPED`
    /// (service model; AWS-FACTS §9).
    pub fn can_be_started(&self) -> bool {
        !self.standby.is_empty() && matches!(self.running_mode.as_str(), "AUTO_STOP" | "MANUAL")
    }
}

/// How long what takes time is waited for, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Patience {
    /// Until the standby desktops are there.
    pub warm: u64,
    /// Until every server that speaks for the zone gives the new value. Route 53 takes generally 60 seconds
    /// (`route53:ChangeResourceRecordSets`).
    pub authority: u64,
    /// What resolvers are granted beyond the record's TTL.
    pub margin: u64,
    /// Until people have left the desktops that we started.
    pub cool: u64,
}

impl Default for Patience {
    fn default() -> Self {
        Self { warm: 900, authority: 300, margin: 30, cool: 120 }
    }
}

impl Plan {
    /// The digest of all but the id.
    pub fn digest(&self) -> String {
        let plan = Self { id: String::new(), ..self.clone() };
        let bytes = serde_json::to_vec(&plan).expect("structs of texts and numbers are written");
        digest(&bytes)[..16].to_owned()
    }

    /// What the machine has to know.
    pub fn course(&self) -> Course {
        Course { returns: self.kind == Kind::Drill, approve_flip: self.approve_flip }
    }

    /// The value that it starts from.
    pub fn from(&self) -> &str {
        if self.kind == Kind::Failback { &self.standby.identifier } else { &self.primary.identifier }
    }

    /// The value that it leads to.
    pub fn to(&self) -> &str {
        if self.kind == Kind::Failback { &self.primary.identifier } else { &self.standby.identifier }
    }

    /// The values before and after a swap.
    pub fn swap(&self, way: Way) -> (&str, &str) {
        match way {
            Way::Out => (self.from(), self.to()),
            Way::Back => (self.to(), self.from()),
        }
    }

    /// Where a value sends people: `primary`, `standby`; nothing for any other.
    pub fn sends(&self, value: &str) -> Option<&'static str> {
        if value == self.primary.identifier {
            Some("primary")
        } else if value == self.standby.identifier {
            Some("standby")
        } else {
            None
        }
    }

    /// The side that people are to be on after the change: `primary` or `standby`.
    pub fn destination(&self) -> &'static str {
        if self.kind == Kind::Failback { "primary" } else { "standby" }
    }
}

/// The JSON Schema of a plan: `deskpair schema drill-plan`.
pub fn json_schema() -> serde_json::Value {
    let mut schema = schemars::schema_for!(Plan).to_value();
    schema["title"] = SCHEMA.into();
    schema
}
