//! The lines of an estate file.
//!
//! The first is a header, the last a trailer. Between them stand lists: a list header, then its items, one a line. Items are the
//! model's structs with the members of AWS's service models, so that `zstdcat estate.jsonl.zst | jq` shows what AWS said.

use deskpair_rules::model::alias::{AliasPermission, ConnectionAlias, Logo, PlatformBranding};
use deskpair_rules::model::directory::{
    AccountSettings, ClientAddIn, ClientAuthentication, ClientPropertiesOf, Directory, DirectoryCertificate,
    DirectoryRegion, DomainController, LdapsSetting, Trust, WorkspaceDirectory,
};
use deskpair_rules::model::dns::{DelegationAnswer, DnssecAnswer, TxtAnswer};
use deskpair_rules::model::files::{
    Backup, FileSystem, Snapshot, StorageMachine, SyncExecution, SyncLocation, SyncTask, Volume,
};
use deskpair_rules::model::identity::{CertificateAuthority, Simulated};
use deskpair_rules::model::image::{Application, ApplicationAssociation, Bundle, Image, ImagePermission, IpGroup};
use deskpair_rules::model::key::Key;
use deskpair_rules::model::network::{DhcpOptions, InterfaceRow, RouteTable, SecurityGroup, Subnet, Vpc, VpcEndpoint};
use deskpair_rules::model::probe::Probe;
use deskpair_rules::model::quota::Quota;
use deskpair_rules::model::route53::{HealthCheck, HostedZone, RecordProtection, RecordSet, ZoneDetail};
use deskpair_rules::model::settings::{Settings, SideSettings};
use deskpair_rules::model::workspace::{ConnectionRow, TagRow, WorkspaceRecord};
use deskpair_rules::model::{Calls, Dataset, End, Gap, GapId, Moment, PairPlaces, Symbols};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;
use std::net::Ipv4Addr;

/// The schema that this deskpair writes, and the only one that it reads.
pub(super) const SCHEMA: &str = "deskpair.estate/1";

/// Enough of a first line to tell what it begins.
#[derive(Debug, Deserialize)]
pub(super) struct Opening {
    pub(super) schema: String,
    #[serde(default)]
    pub(super) tool_version: String,
}

/// The first line.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Header {
    /// `deskpair.estate/1`.
    pub(super) schema: String,
    /// The deskpair that collected the estate.
    pub(super) tool_version: String,
    /// When collecting began.
    pub(super) taken_at: Moment,
    /// When collecting ended.
    pub(super) finished_at: Moment,
    /// The checked configuration.
    pub(super) settings: Settings,
    /// The sides: a list's `side` is a position here.
    pub(super) sides: Vec<Place>,
    /// Route 53 as each identity sees it: a list's `book` is a position here.
    pub(super) zones: Vec<Place>,
    /// The names whose TXT records were asked for, sorted.
    pub(super) names: Vec<String>,
    /// Where each of the settings' pairs finds its parts.
    pub(super) pairs: Vec<PairPlaces>,
}

/// Where, and as whom, something was collected.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Place {
    pub(super) place: SideSettings,
    pub(super) account: Account,
}

/// An account, or why it is not known.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum Account {
    Known(String),
    Unknown { gap: GapId },
}

impl From<&Result<String, GapId>> for Account {
    fn from(account: &Result<String, GapId>) -> Self {
        match account {
            Ok(account) => Self::Known(account.clone()),
            Err(gap) => Self::Unknown { gap: *gap },
        }
    }
}

impl From<Account> for Result<String, GapId> {
    fn from(account: Account) -> Self {
        match account {
            Account::Known(account) => Ok(account),
            Account::Unknown { gap } => Err(gap),
        }
    }
}

/// The line before a list's items.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ListLine {
    /// What is listed.
    list: Dataset,
    /// Of which side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    side: Option<u32>,
    /// Of which Route 53 identity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    book: Option<u32>,
    /// Of which directory, alias, task, key, zone, name or pair, where there is a list for each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    of: Option<String>,
    /// Where the list ends: whole, or at a gap, which is a position among the trailer's.
    end: EndMark,
}

impl ListLine {
    pub(super) fn new(key: ListKey, end: End) -> Self {
        let ListKey { list, side, book, of } = key;
        Self { list, side, book, of, end: end.into() }
    }

    pub(super) fn parts(self) -> (ListKey, End) {
        let Self { list, side, book, of, end } = self;
        (ListKey { list, side, book, of }, end.into())
    }
}

/// Which list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ListKey {
    pub(super) list: Dataset,
    pub(super) side: Option<u32>,
    pub(super) book: Option<u32>,
    pub(super) of: Option<String>,
}

impl fmt::Display for ListKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = serde_json::to_value(self.list).ok();
        write!(f, "{}", list.as_ref().and_then(serde_json::Value::as_str).unwrap_or("?"))?;
        if let Some(side) = self.side {
            write!(f, " of side {side}")?;
        }
        if let Some(book) = self.book {
            write!(f, " of book {book}")?;
        }
        if let Some(of) = &self.of {
            write!(f, " of {of:?}")?;
        }
        Ok(())
    }
}

/// Where a list ends.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum EndMark {
    Whole,
    Gap(GapId),
}

impl From<End> for EndMark {
    fn from(end: End) -> Self {
        match end {
            End::Whole => Self::Whole,
            End::Gap(gap) => Self::Gap(gap),
        }
    }
}

impl From<EndMark> for End {
    fn from(end: EndMark) -> Self {
        match end {
            EndMark::Whole => Self::Whole,
            EndMark::Gap(gap) => Self::Gap(gap),
        }
    }
}

/// The last line.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TrailerLine {
    pub(super) trailer: Trailer,
}

/// What the file holds, so that a part that is missing is seen.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Trailer {
    /// Every list with the number of its items.
    pub(super) lists: Vec<Counted>,
    /// Everything that could not be read.
    pub(super) gaps: Vec<Gap>,
    /// The calls that were made.
    pub(super) calls: Calls,
}

/// A list and how many items it has.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Counted {
    list: Dataset,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    side: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    book: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    of: Option<String>,
    items: u64,
}

impl Counted {
    pub(super) fn new(key: ListKey, items: u64) -> Self {
        let ListKey { list, side, book, of } = key;
        Self { list, side, book, of, items }
    }

    pub(super) fn parts(self) -> (ListKey, u64) {
        let Self { list, side, book, of, items } = self;
        (ListKey { list, side, book, of }, items)
    }
}

/// `workspaces:WorkspaceConnectionStatus`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ConnectionRecord<'a> {
    #[serde(borrow)]
    workspace_id: Cow<'a, str>,
    #[serde(borrow, default, skip_serializing_if = "str::is_empty")]
    connection_state: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    connection_state_check_timestamp: Option<Moment>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_known_user_connection_timestamp: Option<Moment>,
}

impl<'a> ConnectionRecord<'a> {
    pub(super) fn of(row: &ConnectionRow, symbols: &'a Symbols) -> Self {
        Self {
            workspace_id: Cow::Borrowed(symbols.text(row.workspace)),
            connection_state: Cow::Borrowed(symbols.text(row.state)),
            connection_state_check_timestamp: row.checked,
            last_known_user_connection_timestamp: row.last_known,
        }
    }

    pub(super) fn row(&self, symbols: &mut Symbols) -> ConnectionRow {
        ConnectionRow {
            workspace: symbols.intern(&self.workspace_id),
            state: symbols.intern(&self.connection_state),
            checked: self.connection_state_check_timestamp,
            last_known: self.last_known_user_connection_timestamp,
        }
    }
}

/// `ec2:NetworkInterface`, with the ids of its groups alone.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct InterfaceRecord<'a> {
    #[serde(borrow, default, skip_serializing_if = "str::is_empty")]
    subnet_id: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    private_ip_address: Option<Ipv4Addr>,
    /// `Groups[].GroupId`, sorted.
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    group_ids: Vec<Cow<'a, str>>,
    #[serde(borrow, default, skip_serializing_if = "str::is_empty")]
    description: Cow<'a, str>,
}

impl<'a> InterfaceRecord<'a> {
    pub(super) fn of(row: &InterfaceRow, symbols: &'a Symbols) -> Self {
        let text = |sym| symbols.text(sym);
        Self {
            subnet_id: Cow::Borrowed(text(row.subnet)),
            private_ip_address: (row.address != 0).then(|| Ipv4Addr::from(row.address)),
            group_ids: text(row.groups).split(',').filter(|id| !id.is_empty()).map(Cow::Borrowed).collect(),
            description: Cow::Borrowed(text(row.description)),
        }
    }

    pub(super) fn row(&self, symbols: &mut Symbols) -> InterfaceRow {
        InterfaceRow {
            subnet: symbols.intern(&self.subnet_id),
            address: self.private_ip_address.map_or(0, u32::from),
            groups: symbols.intern(&self.group_ids.join(",")),
            description: symbols.intern(&self.description),
        }
    }
}

/// One tag of one resource, after `tag:ResourceTagMapping`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct TagRecord<'a> {
    #[serde(borrow, rename = "ResourceARN")]
    arn: Cow<'a, str>,
    #[serde(borrow, default, skip_serializing_if = "str::is_empty")]
    key: Cow<'a, str>,
    #[serde(borrow, default, skip_serializing_if = "str::is_empty")]
    value: Cow<'a, str>,
}

impl<'a> TagRecord<'a> {
    pub(super) fn of(row: &TagRow, symbols: &'a Symbols) -> Self {
        let text = |sym| Cow::Borrowed(symbols.text(sym));
        Self { arn: text(row.arn), key: text(row.key), value: text(row.value) }
    }

    pub(super) fn row(&self, symbols: &mut Symbols) -> TagRow {
        TagRow { arn: symbols.intern(&self.arn), key: symbols.intern(&self.key), value: symbols.intern(&self.value) }
    }
}

/// Any line, for the schema.
#[derive(JsonSchema)]
#[schemars(untagged)]
#[expect(dead_code, reason = "the schema is made from the variants, which are never built")]
enum Line {
    Header(Box<Header>),
    List(ListLine),
    Trailer(TrailerLine),
    Directory(Box<Directory>),
    Registration(Box<WorkspaceDirectory>),
    ClientProperties(ClientPropertiesOf),
    Image(Image),
    Bundle(Bundle),
    IpGroup(IpGroup),
    Branding(PlatformBranding),
    Alias(ConnectionAlias),
    AliasPermission(AliasPermission),
    Workspace(Box<WorkspaceRecord<'static>>),
    Connection(ConnectionRecord<'static>),
    Tag(TagRecord<'static>),
    FileSystem(Box<FileSystem>),
    Backup(Backup),
    SyncTask(SyncTask),
    SyncLocation(SyncLocation),
    SyncExecution(SyncExecution),
    Zone(HostedZone),
    RecordSet(RecordSet),
    HealthCheck(HealthCheck),
    Txt(TxtAnswer),
    Delegation(DelegationAnswer),
    Dnssec(DnssecAnswer),
    AccountSettings(AccountSettings),
    AddIn(ClientAddIn),
    ClientAuthentication(ClientAuthentication),
    LdapsSetting(LdapsSetting),
    DirectoryCertificate(DirectoryCertificate),
    DirectoryRegion(DirectoryRegion),
    DomainController(DomainController),
    Trust(Trust),
    CertificateAuthority(CertificateAuthority),
    Simulated(Simulated),
    ImagePermission(ImagePermission),
    ApplicationAssociation(ApplicationAssociation),
    Application(Application),
    Logo(Logo),
    SecurityGroup(SecurityGroup),
    VpcEndpoint(VpcEndpoint),
    Vpc(Vpc),
    Subnet(Subnet),
    RouteTable(RouteTable),
    DhcpOptions(DhcpOptions),
    NetworkInterface(InterfaceRecord<'static>),
    Volume(Box<Volume>),
    Snapshot(Snapshot),
    StorageMachine(Box<StorageMachine>),
    ZoneDetail(ZoneDetail),
    Protection(RecordProtection),
    Quota(Quota),
    Key(Key),
    Probe(Probe),
}

/// The JSON Schema of a line: `deskpair schema estate`.
pub(super) fn json_schema() -> serde_json::Value {
    let mut schema = schemars::schema_for!(Line).to_value();
    schema["title"] = SCHEMA.into();
    schema["description"] = "A line of an estate file: the header, a list's header, an item, or the trailer.".into();
    schema
}
