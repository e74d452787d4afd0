//! What a rule says of itself.

use crate::controls::Control;
use crate::model::Dataset;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How bad a fail is for the gate. It does not enter into readiness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
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

impl Severity {
    /// Every severity, worst first.
    pub const ALL: [Self; 4] = [Self::Critical, Self::High, Self::Medium, Self::Low];

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What a fail does to a person after a failover.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
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

impl Effect {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Exposes => "exposes",
            Self::Degrades => "degrades",
            Self::Strands => "strands",
        }
    }
}

/// Whom a rule's fails touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Reach {
    /// The desktops that rest on the subject, and no other.
    Desktop,
    /// Everybody of the pair.
    Pair,
}

/// The areas of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Area {
    /// Images.
    #[serde(rename = "IMG")]
    Images,
    /// Bundles.
    #[serde(rename = "BND")]
    Bundles,
    /// IP access control groups.
    #[serde(rename = "IPG")]
    IpGroups,
    /// Directory security options.
    #[serde(rename = "SEC")]
    Security,
    /// Client branding.
    #[serde(rename = "BRD")]
    Branding,
    /// File services.
    #[serde(rename = "FSX")]
    Files,
    /// Paired WorkSpaces.
    #[serde(rename = "WSP")]
    Workspaces,
    /// Connection aliases.
    #[serde(rename = "ALS")]
    Aliases,
    /// TXT resolvability.
    #[serde(rename = "DNS")]
    Dns,
    /// Directories, AD Connectors and their service accounts.
    #[serde(rename = "DIR")]
    Directories,
    /// The network in which standby desktops stand.
    #[serde(rename = "NET")]
    Network,
    /// Quotas: how much may be made in the standby Region.
    #[serde(rename = "QTA")]
    Quotas,
    /// Encryption keys of standby desktops.
    #[serde(rename = "KEY")]
    Keys,
    /// What people need beside their desktop.
    #[serde(rename = "DEP")]
    Dependencies,
    /// The practice: waivers, drills, and what no pair covers.
    #[serde(rename = "OPS")]
    Practice,
}

impl Area {
    /// Every area, in the catalogue's order.
    pub const ALL: [Self; 15] = [
        Self::Images,
        Self::Bundles,
        Self::IpGroups,
        Self::Security,
        Self::Branding,
        Self::Files,
        Self::Workspaces,
        Self::Aliases,
        Self::Dns,
        Self::Directories,
        Self::Network,
        Self::Quotas,
        Self::Keys,
        Self::Dependencies,
        Self::Practice,
    ];

    /// The first three letters of its rules' ids.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Images => "IMG",
            Self::Bundles => "BND",
            Self::IpGroups => "IPG",
            Self::Security => "SEC",
            Self::Branding => "BRD",
            Self::Files => "FSX",
            Self::Workspaces => "WSP",
            Self::Aliases => "ALS",
            Self::Dns => "DNS",
            Self::Directories => "DIR",
            Self::Network => "NET",
            Self::Quotas => "QTA",
            Self::Keys => "KEY",
            Self::Dependencies => "DEP",
            Self::Practice => "OPS",
        }
    }

    /// Its name, for people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Images => "Images",
            Self::Bundles => "Bundles",
            Self::IpGroups => "IP access control groups",
            Self::Security => "Directory security options",
            Self::Branding => "Client branding",
            Self::Files => "File services",
            Self::Workspaces => "Paired WorkSpaces",
            Self::Aliases => "Connection aliases",
            Self::Dns => "TXT resolvability",
            Self::Directories => "Directories",
            Self::Network => "Network",
            Self::Quotas => "Quotas",
            Self::Keys => "Encryption keys",
            Self::Dependencies => "Dependencies",
            Self::Practice => "The practice",
        }
    }
}

/// One way in which a rule can fail. The first of a rule's cases is its usual one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Case {
    /// A short key, unique in the rule: `missing`.
    pub key: &'static str,
    /// How bad it is for the gate.
    pub severity: Severity,
    /// What it does to a person.
    pub effect: Effect,
    /// Whether it strands or degrades somebody and nothing says whom: shown beside the headline, not in the per-user count.
    pub uncounted: bool,
}

/// What a rule says of itself.
#[derive(Clone, Copy, Debug)]
pub struct Meta {
    /// The permanent id, `ALS-003`.
    pub id: &'static str,
    /// The name, `alias-not-associated`; the file's name with hyphens.
    pub name: &'static str,
    /// The area; its code begins the id.
    pub area: Area,
    /// One sentence: what is wrong when it fails.
    pub summary: &'static str,
    /// The ways to fail, the usual one first.
    pub cases: &'static [Case],
    /// Whom its fails touch.
    pub reach: Reach,
    /// The ids of rules whose fails follow from this one's.
    pub implies: &'static [&'static str],
    /// What it reads.
    pub needs: &'static [Dataset],
    /// The controls that its verdicts are evidence for, in the order of [`CONTROLS`](crate::controls::CONTROLS).
    pub controls: &'static [Control],
    /// What fixes it, in a sentence or two, for a person.
    pub remedy: &'static str,
    /// The names of its own options in the configuration, each with what it sets.
    pub options: &'static [(&'static str, &'static str)],
    /// The documentation: the Markdown file beside the rule.
    pub doc: &'static str,
}

impl Meta {
    /// The worst severity that it declares.
    pub fn severity(&self) -> Severity {
        self.cases.iter().map(|case| case.severity).max().unwrap_or(Severity::Low)
    }

    /// The worst effect that it declares.
    pub fn effect(&self) -> Effect {
        self.cases.iter().map(|case| case.effect).max().unwrap_or(Effect::None)
    }
}
