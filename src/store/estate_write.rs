//! Writes an estate file.

use super::digest::{Digest, Hasher};
use super::estate_wire::{
    ConnectionRecord, Counted, Header, InterfaceRecord, ListKey, ListLine, Place, SCHEMA, TagRecord, Trailer,
    TrailerLine,
};
use deskpair_rules::model::settings::SideSettings;
use deskpair_rules::model::{Dataset, End, Estate, GapId, Side, Slice, ZoneBook};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// zstd's own default: at 3 a WorkSpace takes about 20 bytes, and higher levels save little of that.
const LEVEL: i32 = 3;

/// How far back a line like one is looked for, as a power of two in bytes: lines of a kind stand together. Eight times as far makes the file no
/// smaller and takes two megabytes more.
pub(super) const WINDOW_LOG: u32 = 18;

/// Lines are gathered to this many bytes before they are digested and compressed.
const GATHER: usize = 256 << 10;

pub(super) fn write<W: Write>(estate: &Estate, out: W) -> io::Result<(W, Digest)> {
    let mut encoder = zstd::Encoder::new(out, LEVEL)?;
    encoder.window_log(WINDOW_LOG)?;
    // A flipped bit is seen when the file is read.
    encoder.include_checksum(true)?;
    let mut lines =
        Lines { encoder, hasher: Hasher::default(), gathered: Vec::with_capacity(GATHER * 2), lists: Vec::new() };
    lines.line(&header(estate))?;
    for (at, side) in estate.sides.iter().enumerate() {
        lines.side(at as u32, side, estate)?;
    }
    for (at, book) in estate.zones.iter().enumerate() {
        lines.book(at as u32, book)?;
    }
    for view in &estate.txt {
        let key = |list| ListKey { list, side: None, book: None, of: Some(view.name.clone()) };
        lines.list(key(Dataset::Txt), &view.answers)?;
        lines.list(key(Dataset::Delegation), &view.delegation)?;
        lines.list(key(Dataset::Dnssec), &view.signatures)?;
    }
    for (pair, probes) in estate.settings.pairs.iter().zip(&estate.probes) {
        let of = Some(pair.name.clone());
        lines.list(ListKey { list: Dataset::Probes, side: None, book: None, of }, probes)?;
    }
    let lists = std::mem::take(&mut lines.lists);
    let trailer = Trailer { lists, gaps: estate.gaps.clone(), calls: estate.calls.clone() };
    lines.line(&TrailerLine { trailer })?;
    lines.pass_on()?;
    let digest = lines.hasher.digest();
    Ok((lines.encoder.finish()?, digest))
}

fn header(estate: &Estate) -> Header {
    let place =
        |place: &SideSettings, account: &Result<String, GapId>| Place { place: place.clone(), account: account.into() };
    Header {
        schema: SCHEMA.to_owned(),
        tool_version: estate.tool_version.clone(),
        taken_at: estate.taken_at,
        finished_at: estate.finished_at,
        settings: estate.settings.clone(),
        sides: estate.sides.iter().map(|side| place(&side.place, &side.account)).collect(),
        zones: estate.zones.iter().map(|book| place(&book.place, &book.account)).collect(),
        names: estate.txt.iter().map(|view| view.name.clone()).collect(),
        pairs: estate.pairs.clone(),
    }
}

struct Lines<W: Write> {
    encoder: zstd::Encoder<'static, W>,
    hasher: Hasher,
    gathered: Vec<u8>,
    lists: Vec<Counted>,
}

impl<W: Write> Lines<W> {
    fn line(&mut self, value: &impl Serialize) -> io::Result<()> {
        serde_json::to_writer(&mut self.gathered, value)?;
        self.gathered.push(b'\n');
        if self.gathered.len() >= GATHER { self.pass_on() } else { Ok(()) }
    }

    fn pass_on(&mut self) -> io::Result<()> {
        self.hasher.update(&self.gathered);
        self.encoder.write_all(&self.gathered)?;
        self.gathered.clear();
        Ok(())
    }

    fn items<T: Serialize>(
        &mut self,
        key: ListKey,
        end: End,
        items: impl ExactSizeIterator<Item = T>,
    ) -> io::Result<()> {
        self.lists.push(Counted::new(key.clone(), items.len() as u64));
        self.line(&ListLine::new(key, end))?;
        for item in items {
            self.line(&item)?;
        }
        Ok(())
    }

    fn list<T: Serialize>(&mut self, key: ListKey, slice: &Slice<T>) -> io::Result<()> {
        self.items(key, slice.end(), slice.items().iter())
    }

    fn lists<T: Serialize>(&mut self, key: &ListKey, slices: &BTreeMap<String, Slice<T>>) -> io::Result<()> {
        for (of, slice) in slices {
            self.list(ListKey { of: Some(of.clone()), ..key.clone() }, slice)?;
        }
        Ok(())
    }

    /// Small lists first: what reads the file knows the directories before it meets a million desktops.
    fn side(&mut self, at: u32, side: &Side, estate: &Estate) -> io::Result<()> {
        let key = |list| ListKey { list, side: Some(at), book: None, of: None };
        self.list(key(Dataset::Directories), &side.directories)?;
        self.list(key(Dataset::Registrations), &side.registrations)?;
        self.list(key(Dataset::ClientProperties), &side.client_properties)?;
        self.list(key(Dataset::Account), &side.account_settings)?;
        self.lists(&key(Dataset::AddIns), &side.add_ins)?;
        self.lists(&key(Dataset::ClientAuthentications), &side.client_authentications)?;
        self.lists(&key(Dataset::LdapsSettings), &side.ldaps_settings)?;
        self.lists(&key(Dataset::Certificates), &side.certificates)?;
        self.lists(&key(Dataset::DirectoryRegions), &side.directory_regions)?;
        self.lists(&key(Dataset::DomainControllers), &side.domain_controllers)?;
        self.lists(&key(Dataset::Trusts), &side.trusts)?;
        self.lists(&key(Dataset::CertificateAuthorities), &side.certificate_authorities)?;
        self.lists(&key(Dataset::StreamPermissions), &side.stream_permissions)?;
        self.lists(&key(Dataset::FailoverPermissions), &side.failover_permissions)?;
        self.list(key(Dataset::Images), &side.images)?;
        self.lists(&key(Dataset::ImagePermissions), &side.image_permissions)?;
        self.lists(&key(Dataset::ImageApplications), &side.image_applications)?;
        self.list(key(Dataset::Bundles), &side.bundles)?;
        self.list(key(Dataset::AmazonBundles), &side.amazon_bundles)?;
        self.lists(&key(Dataset::BundleApplications), &side.bundle_applications)?;
        self.list(key(Dataset::Applications), &side.applications)?;
        self.list(key(Dataset::IpGroups), &side.ip_groups)?;
        self.lists(&key(Dataset::Branding), &side.branding)?;
        self.list(key(Dataset::Logos), &side.logos)?;
        self.list(key(Dataset::Aliases), &side.aliases)?;
        self.lists(&key(Dataset::AliasPermissions), &side.alias_permissions)?;
        self.list(key(Dataset::FileSystems), &side.file_systems)?;
        self.list(key(Dataset::Volumes), &side.volumes)?;
        self.list(key(Dataset::Snapshots), &side.snapshots)?;
        self.list(key(Dataset::StorageMachines), &side.storage_machines)?;
        self.list(key(Dataset::Backups), &side.backups)?;
        self.list(key(Dataset::SyncTasks), &side.sync_tasks)?;
        self.list(key(Dataset::SyncLocations), &side.sync_locations)?;
        self.lists(&key(Dataset::SyncExecutions), &side.sync_executions)?;
        self.list(key(Dataset::SecurityGroups), &side.security_groups)?;
        self.list(key(Dataset::VpcEndpoints), &side.vpc_endpoints)?;
        self.list(key(Dataset::Vpcs), &side.vpcs)?;
        self.list(key(Dataset::Subnets), &side.subnets)?;
        self.list(key(Dataset::RouteTables), &side.route_tables)?;
        self.list(key(Dataset::DhcpOptions), &side.dhcp_options)?;
        self.list(key(Dataset::Quotas), &side.quotas)?;
        self.list(key(Dataset::DefaultQuotas), &side.default_quotas)?;
        self.lists(&key(Dataset::Keys), &side.keys)?;
        let symbols = &estate.symbols;
        let tags = &side.resource_tags;
        self.items(key(Dataset::ResourceTags), tags.end(), tags.items().iter().map(|row| TagRecord::of(row, symbols)))?;
        let rows = &side.workspaces;
        let records = rows.items().iter().map(|row| row.record(symbols, &side.extras));
        self.items(key(Dataset::Workspaces), rows.end(), records)?;
        let rows = &side.network_interfaces;
        let records = rows.items().iter().map(|row| InterfaceRecord::of(row, symbols));
        self.items(key(Dataset::NetworkInterfaces), rows.end(), records)?;
        let rows = &side.connections;
        let records = rows.items().iter().map(|row| ConnectionRecord::of(row, symbols));
        self.items(key(Dataset::Connections), rows.end(), records)?;
        let tags = &side.desktop_tags;
        self.items(key(Dataset::DesktopTags), tags.end(), tags.items().iter().map(|row| TagRecord::of(row, symbols)))
    }

    fn book(&mut self, at: u32, book: &ZoneBook) -> io::Result<()> {
        let key = |list| ListKey { list, side: None, book: Some(at), of: None };
        self.list(key(Dataset::Zones), &book.zones)?;
        self.lists(&key(Dataset::ZoneDetails), &book.details)?;
        self.lists(&key(Dataset::RecordSets), &book.record_sets)?;
        self.lists(&key(Dataset::ZoneTexts), &book.texts)?;
        self.lists(&key(Dataset::Protections), &book.protections)?;
        self.list(key(Dataset::HealthChecks), &book.health_checks)
    }
}
