//! A plan: what would be changed, where, by which calls, in which order, and how each change is taken back and proven.
//!
//! It is `deskpair.plan/1`, for machines and for a change board alike. What is reviewed is what is sent: a call's input stands in the plan as
//! it goes over the wire, but for what does not exist yet ([`MADE`]) or is too large to read ([`LOGO`]).

use deskpair_rules::model::Moment;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::fmt;

/// The value of [`Plan::schema`].
pub const SCHEMA: &str = "deskpair.plan/1";

/// The one member of an object that stands, in an input, for the id of something that an earlier change makes: `{"$made": Made}`.
pub const MADE: &str = "$made";

/// Beside [`MADE`], says that the id stands in double quotes, as Route 53 keeps TXT values.
pub const QUOTED: &str = "$quoted";

/// The one member of an object that stands, in an input, for the bytes of a logo, in base64: `{"$logo": {"url", "sha256"}}`.
pub const LOGO: &str = "$logo";

/// A plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// `deskpair.plan/1`.
    pub schema: String,
    /// A digest of everything below: equal plans have equal ids.
    pub id: String,
    /// The deskpair that made it.
    pub tool_version: String,
    /// What it was planned from.
    pub from: Source,
    /// The changes, each after those that it rests on.
    pub changes: Vec<Change>,
    /// The findings that no change fixes, and why.
    pub left: Vec<Left>,
}

/// What a plan was made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The run's id.
    pub run: String,
    /// When the estate was taken.
    pub taken_at: Moment,
    /// SHA-256 of the estate, in hexadecimal.
    pub estate: String,
    /// The pairs that were judged.
    pub pairs: Vec<String>,
}

/// A finding that no change fixes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Left {
    /// The pair's name.
    pub pair: String,
    /// The rule's id.
    pub rule: String,
    /// The subject's name.
    pub subject: String,
    /// The finding's fingerprint.
    pub fingerprint: String,
    /// Why.
    pub why: String,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// What is changed, by natural names: `corp/standby/ip-group/headquarters/rules`. The same change has the same id in every plan.
    pub id: String,
    /// The pair's name.
    pub pair: String,
    /// What it does, in a sentence without its point.
    pub title: String,
    /// Where it is made.
    pub place: Place,
    /// How careful one has to be.
    pub risk: Risk,
    /// What it costs, where it costs anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<String>,
    /// What it makes of each member.
    pub fields: Vec<Field>,
    /// How it is made.
    pub action: Action,
    /// What it makes that was not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub makes: Option<Made>,
    /// The ids of the changes that have to be made before it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<String>,
    /// How it is taken back.
    pub inverse: Inverse,
    /// The findings that it fixes, alone or with others: their rules prove it.
    pub fixes: Vec<Fixed>,
    /// How it is known to have worked.
    #[serde(default)]
    pub proof: Proof,
    /// What else is to be known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// How a change is known to have worked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Proof {
    /// The rules whose findings it fixes pass.
    #[default]
    Rules,
    /// A plan of then has no such change any more: the rules pass later, when what was set has had its effect.
    Replanned,
}

/// A finding that a change fixes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fixed {
    /// The rule's id.
    pub rule: String,
    /// The finding's fingerprint.
    pub fingerprint: String,
    /// The subject's name.
    pub subject: String,
}

/// Which part of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// The primary side.
    Primary,
    /// The standby side.
    Standby,
    /// The alias's zone.
    Zone,
}

impl Part {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Standby => "standby",
            Self::Zone => "zone",
        }
    }
}

/// Where a change is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Which part of the pair.
    pub part: Part,
    /// The Region; empty for the zone.
    pub region: String,
    /// The account; empty where it is not known.
    pub account: String,
}

/// How careful one has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Risk {
    /// Nobody who works now can notice it, and it can be taken back.
    Safe,
    /// Somebody should look at it first: it opens something, costs something, or cannot be taken back whole.
    Review,
    /// People may notice it while they work.
    Disruptive,
    /// A person has to do it.
    Manual,
}

impl Risk {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Review => "review",
            Self::Disruptive => "disruptive",
            Self::Manual => "manual",
        }
    }
}

impl fmt::Display for Risk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What a change makes of one member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// The member, as AWS names it.
    pub path: String,
    /// What it is; null where it is not there.
    pub before: Option<String>,
    /// What it is to be; null where it is to be gone.
    pub after: Option<String>,
}

/// How a change is made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// By these calls, in their order.
    Calls(Vec<Call>),
    /// By a person.
    Manual(Manual),
}

/// What a person has to do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Manual {
    /// In sentences.
    pub steps: Vec<String>,
    /// Commands of the AWS CLI, where there are some.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub commands: Vec<String>,
}

/// One call to AWS.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// The service, as requests are signed for it: `workspaces`.
    pub service: String,
    /// The operation: `AuthorizeIpRules`.
    pub operation: String,
    /// The input, by the service model's member names.
    pub input: Value,
}

impl Call {
    /// A call of WorkSpaces.
    pub fn workspaces(operation: &str, input: Value) -> Self {
        Self { service: "workspaces".to_owned(), operation: operation.to_owned(), input }
    }

    /// The IAM action that permits it.
    pub fn iam_action(&self) -> String {
        format!("{}:{}", self.service, self.operation)
    }
}

/// Something that a change makes: found again by its name, whatever answer the call had.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Made {
    /// What it is.
    pub kind: MadeKind,
    /// On which part of the pair.
    pub part: Part,
    /// Its natural name: of a desktop, its user's.
    pub name: String,
    /// The directory that it belongs to, where it does to one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<String>,
}

/// A kind of thing that changes make.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MadeKind {
    /// An image, by its name.
    Image,
    /// A bundle, by its name.
    Bundle,
    /// An IP access control group, by its name.
    IpGroup,
    /// A connection alias, by its connection string.
    Alias,
    /// The association of a connection alias, by its connection string: its id is the connection identifier.
    Association,
    /// A WorkSpace, by its user's name.
    Workspace,
    /// A registered directory, by its id.
    Registration,
    /// A Connect client add-in, by its name.
    AddIn,
    /// A copy of an FSx backup, by its source's id.
    Backup,
    /// A higher quota, by its code; what it is within is how many are asked for.
    Quota,
}

impl MadeKind {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Bundle => "bundle",
            Self::IpGroup => "IP access control group",
            Self::Alias => "connection alias",
            Self::Association => "association of the connection alias",
            Self::Workspace => "WorkSpace of",
            Self::Registration => "registration of",
            Self::AddIn => "client add-in",
            Self::Backup => "copy of the backup",
            Self::Quota => "higher quota",
        }
    }
}

impl Made {
    /// What stands for its id in an input.
    pub fn placeholder(&self) -> Value {
        serde_json::json!({ MADE: self })
    }
}

impl fmt::Display for Made {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the {} {}", self.kind.as_str(), self.name)
    }
}

/// How a change is taken back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Inverse {
    /// Every field is as it was again.
    Exact(Vec<Call>),
    /// All but what is told.
    Partial {
        /// The calls.
        calls: Vec<Call>,
        /// What stays changed.
        loses: String,
    },
    /// No API call takes it back.
    None {
        /// Why.
        why: String,
    },
}

impl Inverse {
    /// The word for it.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Exact(_) => "exact",
            Self::Partial { .. } => "partial",
            Self::None { .. } => "none",
        }
    }

    /// The calls that take it back.
    pub fn calls(&self) -> &[Call] {
        match self {
            Self::Exact(calls) | Self::Partial { calls, .. } => calls,
            Self::None { .. } => &[],
        }
    }
}

impl Change {
    /// The calls that make it; none where a person makes it.
    pub fn calls(&self) -> &[Call] {
        match &self.action {
            Action::Calls(calls) => calls,
            Action::Manual(_) => &[],
        }
    }

    /// Whether a person has to make it.
    pub const fn is_manual(&self) -> bool {
        matches!(self.action, Action::Manual(_))
    }
}

impl Plan {
    /// A plan of these changes, with its id.
    pub fn new(from: Source, changes: Vec<Change>, left: Vec<Left>) -> Self {
        let plan = Self {
            schema: SCHEMA.to_owned(),
            id: String::new(),
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            from,
            changes,
            left,
        };
        Self { id: plan.digest(), ..plan }
    }

    /// The digest that is its id: 16 hexadecimal digits.
    pub fn digest(&self) -> String {
        let bare = Self { id: String::new(), ..self.clone() };
        let text = serde_json::to_vec(&bare).expect("structs of texts and lists are written");
        Sha256::digest(text).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }

    /// The change of an id.
    pub fn change(&self, id: &str) -> Option<&Change> {
        self.changes.iter().find(|change| change.id == id)
    }

    /// The changes that deskpair makes itself.
    pub fn automatic(&self) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(|change| !change.is_manual())
    }
}

/// The JSON Schema of a plan: `deskpair schema plan`.
pub fn json_schema() -> Value {
    let mut schema = schemars::schema_for!(Plan).to_value();
    schema["title"] = SCHEMA.into();
    schema
}
