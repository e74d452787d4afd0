//! WorkSpaces: a million of them, so each is a row of numbers and interned text.

use super::wire::wire;
use super::{Moment, Sym, Symbols};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::net::Ipv4Addr;

wire! {
    /// `workspaces:RelatedWorkspaceProperties`. `Type` describes the *other* desktop: on a standby it is `PRIMARY` (AWS-FACTS §1.8).
    Related as "PascalCase" {
        workspace_id: String,
        region: String,
        state: String,
        r#type: String,
    }

    /// `workspaces:ModificationState`.
    Modification as "PascalCase" {
        resource: String,
        state: String,
    }

    /// `workspaces:DataReplicationSettings`.
    DataReplication as "PascalCase" {
        data_replication: String,
        recovery_snapshot_time: Option<Moment>,
    }

    /// `workspaces:StandbyWorkspacesProperties`.
    StandbyProperties as "PascalCase" {
        standby_workspace_id: String,
        data_replication: String,
        recovery_snapshot_time: Option<Moment>,
    }

    /// What few WorkSpaces have: kept apart from the rows.
    Extra as "PascalCase" {
        error_code: String,
        error_message: String,
        related_workspaces: Vec<Related>,
        modification_states: Vec<Modification>,
        data_replication_settings: Option<DataReplication>,
        standby_workspaces_properties: Vec<StandbyProperties>,
    }
}

/// One WorkSpace, 68 bytes. Texts are numbers in the estate's [`Symbols`]; the empty text means that the member was absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkspaceRow {
    /// `WorkspaceId`.
    pub id: Sym,
    /// `DirectoryId`.
    pub directory: Sym,
    /// `UserName`, as given. `[UNDEFINED]` for user-decoupled desktops.
    pub user: Sym,
    /// `WorkspaceName`: user-decoupled desktops alone have one.
    pub name: Sym,
    /// `BundleId`.
    pub bundle: Sym,
    /// `SubnetId`.
    pub subnet: Sym,
    /// `IpAddress` as a number; 0 for absent.
    pub address: u32,
    /// `ComputerName`.
    pub computer: Sym,
    /// `VolumeEncryptionKey`.
    pub key: Sym,
    /// `State`.
    pub state: Sym,
    /// `WorkspaceProperties.RunningMode`.
    pub running_mode: Sym,
    /// `WorkspaceProperties.ComputeTypeName`.
    pub compute: Sym,
    /// `WorkspaceProperties.OperatingSystemName`.
    pub operating_system: Sym,
    /// `WorkspaceProperties.Protocols`, joined by commas in the order given.
    pub protocols: Sym,
    /// Position + 1 in the side's `extras`; 0 for none.
    pub extra: u32,
    /// `WorkspaceProperties.RootVolumeSizeGib`; 0 for absent.
    pub root_gib: u16,
    /// `WorkspaceProperties.UserVolumeSizeGib`; [`WorkspaceRow::ABSENT`] for absent (0 is a size: no user volume).
    pub user_gib: u16,
    /// `WorkspaceProperties.RunningModeAutoStopTimeoutInMinutes`; 0 for absent.
    pub auto_stop_minutes: u16,
    /// `UserVolumeEncryptionEnabled`.
    pub user_volume_encrypted: Flag,
    /// `RootVolumeEncryptionEnabled`.
    pub root_volume_encrypted: Flag,
}

impl WorkspaceRow {
    /// A size that the answer did not have.
    pub const ABSENT: u16 = u16::MAX;
}

/// A boolean member that may be absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flag {
    /// The answer did not have it.
    #[default]
    Absent,
    /// `false`.
    No,
    /// `true`.
    Yes,
}

impl From<Option<bool>> for Flag {
    fn from(value: Option<bool>) -> Self {
        match value {
            None => Self::Absent,
            Some(false) => Self::No,
            Some(true) => Self::Yes,
        }
    }
}

impl From<Flag> for Option<bool> {
    fn from(flag: Flag) -> Self {
        match flag {
            Flag::Absent => None,
            Flag::No => Some(false),
            Flag::Yes => Some(true),
        }
    }
}

/// A WorkSpace with its texts: how it is collected, written to a file and read from one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct WorkspaceRecord<'a> {
    /// `workspaces:Workspace`.
    #[serde(borrow)]
    pub workspace_id: Cow<'a, str>,
    /// As in the service model.
    #[serde(borrow, default, skip_serializing_if = "is_blank")]
    pub directory_id: Cow<'a, str>,
    /// As in the service model.
    #[serde(borrow, default, skip_serializing_if = "is_blank")]
    pub user_name: Cow<'a, str>,
    /// As in the service model.
    #[serde(borrow, default, skip_serializing_if = "is_blank")]
    pub workspace_name: Cow<'a, str>,
    /// As in the service model.
    #[serde(borrow, default, skip_serializing_if = "is_blank")]
    pub state: Cow<'a, str>,
    /// As in the service model.
    #[serde(borrow, default, skip_serializing_if = "is_blank")]
    pub bundle_id: Cow<'a, str>,
    /// As in the service model.
    #[serde(borrow, default, skip_serializing_if = "is_blank")]
    pub subnet_id: Cow<'a, str>,
    /// As in the service model; absent where it is no IPv4 address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip_address: Option<Ipv4Addr>,
    /// As in the service model.
    #[serde(borrow, default, skip_serializing_if = "is_blank")]
    pub computer_name: Cow<'a, str>,
    /// As in the service model.
    #[serde(borrow, default, skip_serializing_if = "is_blank")]
    pub volume_encryption_key: Cow<'a, str>,
    /// As in the service model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_volume_encryption_enabled: Option<bool>,
    /// As in the service model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root_volume_encryption_enabled: Option<bool>,
    /// `WorkspaceProperties.RunningMode`.
    #[serde(borrow, default, skip_serializing_if = "is_blank")]
    pub running_mode: Cow<'a, str>,
    /// `WorkspaceProperties.RunningModeAutoStopTimeoutInMinutes`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub running_mode_auto_stop_timeout_in_minutes: Option<u16>,
    /// `WorkspaceProperties.RootVolumeSizeGib`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root_volume_size_gib: Option<u16>,
    /// `WorkspaceProperties.UserVolumeSizeGib`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_volume_size_gib: Option<u16>,
    /// `WorkspaceProperties.ComputeTypeName`.
    #[serde(borrow, default, skip_serializing_if = "is_blank")]
    pub compute_type_name: Cow<'a, str>,
    /// `WorkspaceProperties.Protocols`, joined by commas in the order given.
    #[serde(borrow, default, skip_serializing_if = "is_blank")]
    pub protocols: Cow<'a, str>,
    /// `WorkspaceProperties.OperatingSystemName`.
    #[serde(borrow, default, skip_serializing_if = "is_blank")]
    pub operating_system_name: Cow<'a, str>,
    /// The members that few WorkSpaces have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extra: Option<Box<Extra>>,
}

#[expect(clippy::ptr_arg, reason = "serde hands the field over as it is")]
fn is_blank(text: &Cow<'_, str>) -> bool {
    text.is_empty()
}

/// The rows of one side and what few of them have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extras(Vec<Extra>);

impl Extras {
    /// What a row has beside its numbers.
    pub fn of(&self, row: &WorkspaceRow) -> Option<&Extra> {
        (row.extra as usize).checked_sub(1).and_then(|at| self.0.get(at))
    }

    /// Keeps a rare part; the number for [`WorkspaceRow::extra`].
    pub fn keep(&mut self, extra: Extra) -> u32 {
        if extra == Extra::default() {
            return 0;
        }
        self.0.push(extra);
        u32::try_from(self.0.len()).expect("fewer than 2^32 extras")
    }

    /// For a builder of estates: the rare part of a row that has one.
    pub fn of_mut(&mut self, row: &WorkspaceRow) -> Option<&mut Extra> {
        (row.extra as usize).checked_sub(1).and_then(|at| self.0.get_mut(at))
    }
}

impl WorkspaceRow {
    /// The row of a record.
    pub fn of(record: WorkspaceRecord<'_>, symbols: &mut Symbols, extras: &mut Extras) -> Self {
        Self {
            id: symbols.intern(&record.workspace_id),
            directory: symbols.intern(&record.directory_id),
            user: symbols.intern(&record.user_name),
            name: symbols.intern(&record.workspace_name),
            bundle: symbols.intern(&record.bundle_id),
            subnet: symbols.intern(&record.subnet_id),
            address: record.ip_address.map_or(0, u32::from),
            computer: symbols.intern(&record.computer_name),
            key: symbols.intern(&record.volume_encryption_key),
            state: symbols.intern(&record.state),
            running_mode: symbols.intern(&record.running_mode),
            compute: symbols.intern(&record.compute_type_name),
            operating_system: symbols.intern(&record.operating_system_name),
            protocols: symbols.intern(&record.protocols),
            extra: record.extra.map_or(0, |extra| extras.keep(*extra)),
            root_gib: record.root_volume_size_gib.unwrap_or(0),
            user_gib: record.user_volume_size_gib.unwrap_or(Self::ABSENT),
            auto_stop_minutes: record.running_mode_auto_stop_timeout_in_minutes.unwrap_or(0),
            user_volume_encrypted: record.user_volume_encryption_enabled.into(),
            root_volume_encrypted: record.root_volume_encryption_enabled.into(),
        }
    }

    /// The record of a row.
    pub fn record<'a>(&self, symbols: &'a Symbols, extras: &Extras) -> WorkspaceRecord<'a> {
        let text = |sym| Cow::Borrowed(symbols.text(sym));
        WorkspaceRecord {
            workspace_id: text(self.id),
            directory_id: text(self.directory),
            user_name: text(self.user),
            workspace_name: text(self.name),
            state: text(self.state),
            bundle_id: text(self.bundle),
            subnet_id: text(self.subnet),
            ip_address: (self.address != 0).then(|| Ipv4Addr::from(self.address)),
            computer_name: text(self.computer),
            volume_encryption_key: text(self.key),
            user_volume_encryption_enabled: self.user_volume_encrypted.into(),
            root_volume_encryption_enabled: self.root_volume_encrypted.into(),
            running_mode: text(self.running_mode),
            running_mode_auto_stop_timeout_in_minutes: (self.auto_stop_minutes != 0).then_some(self.auto_stop_minutes),
            root_volume_size_gib: (self.root_gib != 0).then_some(self.root_gib),
            user_volume_size_gib: (self.user_gib != Self::ABSENT).then_some(self.user_gib),
            compute_type_name: text(self.compute),
            protocols: text(self.protocols),
            operating_system_name: text(self.operating_system),
            extra: extras.of(self).cloned().map(Box::new),
        }
    }
}

/// `workspaces:WorkspaceConnectionStatus` of one WorkSpace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionRow {
    /// `WorkspaceId`.
    pub workspace: Sym,
    /// `ConnectionState`.
    pub state: Sym,
    /// `ConnectionStateCheckTimestamp`.
    pub checked: Option<Moment>,
    /// `LastKnownUserConnectionTimestamp`; absent where nobody has ever connected.
    pub last_known: Option<Moment>,
}

/// One tag of one resource, as the tagging API lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TagRow {
    /// The resource's ARN.
    pub arn: Sym,
    /// The tag's key.
    pub key: Sym,
    /// The tag's value.
    pub value: Sym,
}
