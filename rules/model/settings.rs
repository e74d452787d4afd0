//! The checked configuration: what the rules heed, and what an estate carries so that its audit can be repeated.

use super::Moment;
use crate::meta::Severity;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A configuration without a problem in it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The pairs, in the order of the file; at least one.
    pub pairs: Vec<PairSettings>,
    /// How hard AWS may be asked.
    #[serde(default)]
    pub limits: Limits,
    /// What is set for single rules, by id.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rules: BTreeMap<String, RuleSettings>,
    /// Accepted fails.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waivers: Vec<Waiver>,
    /// What a person vouches for where no API can tell.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attestations: Vec<Waiver>,
    /// Where the scan that collected the estate keeps its runs; none where it kept none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<StateStore>,
    /// The drills that the state knows; none where the scan that collected the estate kept none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drills: Option<Vec<Drill>>,
}

/// A drill that has ended, as the state keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Drill {
    /// The pair's name.
    pub pair: String,
    /// When it ended.
    pub ended_at: Moment,
    /// Whether it went as planned, and was taken back.
    pub succeeded: bool,
    /// The seconds from the change of the record until the cohort had reached the standby Region; none where that was not measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery_secs: Option<u32>,
}

/// Where runs are kept, and with them the last estate and the locks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum StateStore {
    /// In a folder of the machine that scanned.
    Folder,
    /// In a bucket of S3.
    Bucket {
        /// Its name.
        bucket: String,
        /// The Region that it is in (`s3:HeadBucket`, `x-amz-bucket-region`).
        region: String,
    },
}

/// One primary and one standby Region behind one connection alias.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PairSettings {
    /// The pair's name, unique in the file.
    pub name: String,
    /// The connection string: a fully qualified domain name, lower case, without a trailing dot.
    pub alias: String,
    /// A role in the account that owns the connection alias, where that is another account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_role_arn: Option<String>,
    /// The role that people assume who sign in through an identity provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub federation_role_arn: Option<String>,
    /// The Region where people work.
    pub primary: SideSettings,
    /// The Region they would land in.
    pub standby: SideSettings,
    /// What the business asks for.
    #[serde(default)]
    pub objectives: Objectives,
    /// The pilot alias of drills.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drill_alias: Option<String>,
    /// The role that drills and failovers run as.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drill_role_arn: Option<String>,
    /// How the alias's TXT record is asked for, and changed.
    #[serde(default)]
    pub dns: DnsSettings,
    /// Names that differ on purpose.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub maps: Vec<MapEntry>,
    /// What people have to do in a failover, each with the time that it takes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
    /// What else people need to work.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dependencies: Vec<Dependency>,
    /// Whether this was collected without the pair: others were asked for alone. What it claims is known all the same.
    #[serde(default, skip_serializing_if = "is_false")]
    pub left_out: bool,
    /// What is under way of it, or has sent its people to the standby Region and not back: as the state knew when the estate was collected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub under_way: Option<UnderWay>,
    /// Where it is declared; none where no file was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declared: Option<Declared>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_false(flag: &bool) -> bool {
    !*flag
}

/// A drill, a failover or a failback that goes on, or a failover that has ended and was not come back from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UnderWay {
    /// Which of them, and its id: `drill 3f2a81c0d4e59b67`.
    pub what: String,
    /// Since when.
    pub since: Moment,
}

/// A place in a configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Declared {
    /// The file: from the folder in which the scan ran where it lies in it, otherwise as it was named.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
}

/// One side of a pair: where it is, and as whom it is read.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SideSettings {
    /// The Region, `us-east-1`.
    pub region: String,
    /// A profile of the AWS configuration files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// A role to assume.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role_arn: Option<String>,
    /// The external id that the role's trust policy asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// The directory, where the alias's association does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub directory: Option<String>,
}

impl SideSettings {
    /// The same side without the directory: what is collected once for all pairs that share it.
    pub fn place(&self) -> Self {
        Self { directory: None, ..self.clone() }
    }
}

/// What the business asks for, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Objectives {
    /// Recovery time objective.
    pub rto_secs: u32,
    /// Recovery point objective.
    pub rpo_secs: u32,
    /// How old the last successful drill may be.
    pub drill_every_secs: u32,
    /// How long a stopped standby desktop takes to start, as drills have measured it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desktop_start_secs: Option<u32>,
}

impl Default for Objectives {
    /// 15 minutes, 24 hours and 90 days: the standby's documented 12 to 24 hour snapshots (AWS-FACTS §3) fit in the second.
    fn default() -> Self {
        Self { rto_secs: 15 * 60, rpo_secs: 24 * 3600, drill_every_secs: 90 * 86400, desktop_start_secs: None }
    }
}

/// How the TXT record is asked for and changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DnsSettings {
    /// Who holds the zone.
    pub provider: DnsProvider,
    /// A profile for Route 53, where it is not the primary side's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// A role for Route 53, where it is not the primary side's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role_arn: Option<String>,
    /// The external id of that role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// Who is asked: `authoritative`, `system`, an address, or an address and port.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resolvers: Vec<String>,
    /// The authoritative servers' addresses, where they cannot be found from here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authoritative: Vec<String>,
    /// The parent zone's servers, where they cannot be found from here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parent: Vec<String>,
    /// A file with the trust anchor for DNSSEC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trust_anchor: Option<String>,
    /// The server that takes dynamic updates (RFC 2136).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    /// The zone to update.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// The TSIG key's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_name: Option<String>,
    /// The file that holds the TSIG key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_file: Option<String>,
    /// The TSIG algorithm.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub algorithm: Option<String>,
    /// The program and arguments that set a value, given the expected one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub set_command: Vec<String>,
    /// The program and arguments that read the value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub read_command: Vec<String>,
}

/// Who holds the zone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DnsProvider {
    /// Amazon Route 53: the zone is read through its API too.
    #[default]
    Route53,
    /// A server with dynamic updates.
    Rfc2136,
    /// Any other, through a program of the operator's.
    Command,
    /// Nobody that deskpair can ask: queries only.
    None,
}

/// A primary and a standby name that belong together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MapEntry {
    /// What kind of resource is mapped.
    pub kind: MapKind,
    /// The name or id on the primary side.
    pub primary: String,
    /// The name or id on the standby side.
    pub standby: String,
}

/// The kinds of resource whose names may be mapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MapKind {
    /// An image, by name or id.
    Image,
    /// A bundle, by name or id.
    Bundle,
    /// An IP access control group, by name or id.
    IpGroup,
    /// A directory, by id.
    Directory,
    /// An FSx file system, by id.
    FileSystem,
    /// A security group, or a prefix list that stands in its rules, by id.
    SecurityGroup,
    /// An organizational unit, by distinguished name.
    Ou,
    /// A user name.
    User,
}

impl MapKind {
    /// The word for it in the configuration.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Bundle => "bundle",
            Self::IpGroup => "ip-group",
            Self::Directory => "directory",
            Self::FileSystem => "file-system",
            Self::SecurityGroup => "security-group",
            Self::Ou => "ou",
            Self::User => "user",
        }
    }
}

/// Something that people do in a failover.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// What they do.
    pub name: String,
    /// How long it takes, in seconds.
    pub takes_secs: u32,
}

/// Something people need beside their desktop.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dependency {
    /// Its name, for people.
    pub name: String,
    /// Where the primary side finds it: a `tcp://`, `tls://`, `http://` or `https://` address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub primary: Option<String>,
    /// Where the standby side finds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standby: Option<String>,
    /// A file with the authorities that its certificates come from, in place of the machine's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<String>,
    /// The HTTP status that is an answer; any below 500 where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expect_status: Option<u16>,
}

/// How hard AWS may be asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Buckets by service; a service that is not here has its default. `null` is no limit.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub services: BTreeMap<String, Option<Rate>>,
    /// How often a read is tried in all.
    pub attempts: u32,
    /// How long one attempt may take, in milliseconds.
    pub attempt_timeout_ms: u64,
    /// The first pause between attempts, in milliseconds; it doubles, with full jitter, up to 20 s.
    pub backoff_ms: u64,
    /// How long one question to a name server may take, in milliseconds.
    pub dns_timeout_ms: u64,
    /// How long one try to reach a dependency's endpoint may take, in milliseconds.
    #[serde(default = "probe_timeout_ms")]
    pub probe_timeout_ms: u64,
}

const fn probe_timeout_ms() -> u64 {
    5_000
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            services: BTreeMap::new(),
            attempts: 10,
            attempt_timeout_ms: 20_000,
            backoff_ms: 200,
            dns_timeout_ms: 3_000,
            probe_timeout_ms: probe_timeout_ms(),
        }
    }
}

/// A bucket: calls a second, and how many may come at once.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// Calls a second.
    pub rate: f64,
    /// Calls at once.
    pub burst: u32,
}

/// What is set for one rule.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleSettings {
    /// `false` leaves the rule out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// Another severity for the gate. Readiness does not heed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// The rule's own options, which its documentation lists.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, serde_json::Value>,
}

/// An accepted fail, or an attestation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Waiver {
    /// The rule's id.
    pub rule: String,
    /// The subject's name as findings show it; absent for every subject of the rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The pair; absent for every pair.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pair: Option<String>,
    /// Who answers for it.
    pub owner: String,
    /// Why it is accepted.
    pub reason: String,
    /// When it ends.
    pub expires: Moment,
    /// The digest of the drift that was accepted: it does not cover another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drift: Option<String>,
}
