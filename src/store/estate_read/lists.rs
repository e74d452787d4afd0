//! Where the items of each list go in an estate.

use super::parse;
use crate::store::estate_file::EstateFileError;
use crate::store::estate_wire::{ConnectionRecord, InterfaceRecord, ListKey, TagRecord};
use deskpair_rules::model::dns::TxtView;
use deskpair_rules::model::network::InterfaceRow;
use deskpair_rules::model::workspace::{ConnectionRow, Extras, TagRow, WorkspaceRecord, WorkspaceRow};
use deskpair_rules::model::{Dataset, End, Estate, Side, Slice, Symbols, ZoneBook};
use rayon::prelude::*;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::ops::Range;

/// Lines that are items of one list.
pub(super) struct Items<'b> {
    pub(super) batch: &'b [u8],
    pub(super) ranges: &'b [Range<usize>],
    /// The number of the first one's line.
    pub(super) first: u64,
}

impl<'b> Items<'b> {
    fn each<T: Deserialize<'b>>(&self, mut take: impl FnMut(T)) -> Result<(), EstateFileError> {
        for (range, number) in self.ranges.iter().zip(self.first..) {
            take(parse(&self.batch[range.clone()], number)?);
        }
        Ok(())
    }

    /// Parsed by all threads, taken in order.
    fn each_of_many<T: Deserialize<'b> + Send>(&self, take: impl FnMut(T)) -> Result<(), EstateFileError> {
        let (batch, first) = (self.batch, self.first);
        let parsed: Result<Vec<T>, (usize, EstateFileError)> = self
            .ranges
            .par_iter()
            .enumerate()
            .with_min_len(256)
            .map(|(at, range)| {
                let slice: &'b [u8] = &batch[range.clone()];
                parse(slice, first + at as u64).map_err(|error| (at, error))
            })
            .collect();
        match parsed {
            Ok(items) => {
                items.into_iter().for_each(take);
                Ok(())
            }
            // Which of several faults was met first depends on the threads: the first line's is told.
            Err(_) => self.each::<T>(drop),
        }
    }
}

/// Where the items of a list go.
pub(super) trait TakeItems {
    fn set_end(&mut self, end: End);
    fn take(&mut self, items: &Items<'_>, symbols: &mut Symbols) -> Result<(), EstateFileError>;
}

impl<T: for<'d> Deserialize<'d>> TakeItems for Slice<T> {
    fn set_end(&mut self, end: End) {
        *self = Self::new(std::mem::take(self.items_mut()), end);
    }

    fn take(&mut self, items: &Items<'_>, _: &mut Symbols) -> Result<(), EstateFileError> {
        items.each(|item| self.items_mut().push(item))
    }
}

/// A list of the estate, ready for items.
pub(super) enum Target<'e> {
    Plain(&'e mut dyn TakeItems),
    Workspaces(&'e mut Slice<WorkspaceRow>, &'e mut Extras),
    Connections(&'e mut Slice<ConnectionRow>),
    Interfaces(&'e mut Slice<InterfaceRow>),
    Tags(&'e mut Slice<TagRow>),
}

/// The list of a name, made where it is new and may be.
fn keyed<'e, T: for<'d> Deserialize<'d>>(
    lists: &'e mut BTreeMap<String, Slice<T>>,
    of: &str,
    make: bool,
) -> Option<Target<'e>> {
    if make {
        lists.insert(of.to_owned(), Slice::whole_of(Vec::new()));
    }
    lists.get_mut(of).map(|list| Target::Plain(list))
}

impl<'e> Target<'e> {
    /// The list of a key, where the estate has a place for it.
    pub(super) fn of(estate: &'e mut Estate, key: &ListKey, make: bool) -> Option<Self> {
        let ListKey { list, side, book, of } = key;
        let of = of.as_deref();
        match (side, book, of) {
            (Some(side), None, of) => Self::of_side(estate.sides.get_mut(*side as usize)?, *list, of, make),
            (None, Some(book), of) => Self::of_book(estate.zones.get_mut(*book as usize)?, *list, of, make),
            (None, None, Some(of)) if *list == Dataset::Probes => {
                let at = estate.settings.pairs.iter().position(|pair| pair.name == of)?;
                Some(Self::Plain(estate.probes.get_mut(at)?))
            }
            (None, None, Some(of)) => Self::of_view(estate.txt.iter_mut().find(|view| view.name == of)?, *list),
            (None, None, None) | (Some(_), Some(_), _) => None,
        }
    }

    fn of_side(side: &'e mut Side, list: Dataset, of: Option<&str>, make: bool) -> Option<Self> {
        if let Some(of) = of {
            return match list {
                Dataset::Branding => keyed(&mut side.branding, of, make),
                Dataset::AliasPermissions => keyed(&mut side.alias_permissions, of, make),
                Dataset::SyncExecutions => keyed(&mut side.sync_executions, of, make),
                Dataset::AddIns => keyed(&mut side.add_ins, of, make),
                Dataset::ClientAuthentications => keyed(&mut side.client_authentications, of, make),
                Dataset::LdapsSettings => keyed(&mut side.ldaps_settings, of, make),
                Dataset::Certificates => keyed(&mut side.certificates, of, make),
                Dataset::DirectoryRegions => keyed(&mut side.directory_regions, of, make),
                Dataset::DomainControllers => keyed(&mut side.domain_controllers, of, make),
                Dataset::Trusts => keyed(&mut side.trusts, of, make),
                Dataset::CertificateAuthorities => keyed(&mut side.certificate_authorities, of, make),
                Dataset::StreamPermissions => keyed(&mut side.stream_permissions, of, make),
                Dataset::FailoverPermissions => keyed(&mut side.failover_permissions, of, make),
                Dataset::ImagePermissions => keyed(&mut side.image_permissions, of, make),
                Dataset::ImageApplications => keyed(&mut side.image_applications, of, make),
                Dataset::BundleApplications => keyed(&mut side.bundle_applications, of, make),
                Dataset::Keys => keyed(&mut side.keys, of, make),
                Dataset::Directories
                | Dataset::Registrations
                | Dataset::ClientProperties
                | Dataset::Images
                | Dataset::Bundles
                | Dataset::IpGroups
                | Dataset::Aliases
                | Dataset::Workspaces
                | Dataset::Connections
                | Dataset::ResourceTags
                | Dataset::DesktopTags
                | Dataset::PrimaryDesktopTags
                | Dataset::FileSystems
                | Dataset::Backups
                | Dataset::SyncTasks
                | Dataset::SyncLocations
                | Dataset::Zones
                | Dataset::RecordSets
                | Dataset::HealthChecks
                | Dataset::Account
                | Dataset::AmazonBundles
                | Dataset::Applications
                | Dataset::Logos
                | Dataset::SecurityGroups
                | Dataset::VpcEndpoints
                | Dataset::Vpcs
                | Dataset::Subnets
                | Dataset::RouteTables
                | Dataset::DhcpOptions
                | Dataset::NetworkInterfaces
                | Dataset::Volumes
                | Dataset::Snapshots
                | Dataset::StorageMachines
                | Dataset::Quotas
                | Dataset::DefaultQuotas
                | Dataset::ZoneDetails
                | Dataset::ZoneTexts
                | Dataset::Protections
                | Dataset::Txt
                | Dataset::Delegation
                | Dataset::Dnssec
                | Dataset::Probes => None,
            };
        }
        Some(match list {
            Dataset::Directories => Self::Plain(&mut side.directories),
            Dataset::Registrations => Self::Plain(&mut side.registrations),
            Dataset::ClientProperties => Self::Plain(&mut side.client_properties),
            Dataset::Images => Self::Plain(&mut side.images),
            Dataset::Bundles => Self::Plain(&mut side.bundles),
            Dataset::IpGroups => Self::Plain(&mut side.ip_groups),
            Dataset::Aliases => Self::Plain(&mut side.aliases),
            Dataset::Workspaces => Self::Workspaces(&mut side.workspaces, &mut side.extras),
            Dataset::Connections => Self::Connections(&mut side.connections),
            Dataset::ResourceTags => Self::Tags(&mut side.resource_tags),
            Dataset::DesktopTags => Self::Tags(&mut side.desktop_tags),
            Dataset::FileSystems => Self::Plain(&mut side.file_systems),
            Dataset::Backups => Self::Plain(&mut side.backups),
            Dataset::SyncTasks => Self::Plain(&mut side.sync_tasks),
            Dataset::SyncLocations => Self::Plain(&mut side.sync_locations),
            Dataset::Account => Self::Plain(&mut side.account_settings),
            Dataset::AmazonBundles => Self::Plain(&mut side.amazon_bundles),
            Dataset::Applications => Self::Plain(&mut side.applications),
            Dataset::Logos => Self::Plain(&mut side.logos),
            Dataset::SecurityGroups => Self::Plain(&mut side.security_groups),
            Dataset::VpcEndpoints => Self::Plain(&mut side.vpc_endpoints),
            Dataset::Vpcs => Self::Plain(&mut side.vpcs),
            Dataset::Subnets => Self::Plain(&mut side.subnets),
            Dataset::RouteTables => Self::Plain(&mut side.route_tables),
            Dataset::DhcpOptions => Self::Plain(&mut side.dhcp_options),
            Dataset::NetworkInterfaces => Self::Interfaces(&mut side.network_interfaces),
            Dataset::Volumes => Self::Plain(&mut side.volumes),
            Dataset::Snapshots => Self::Plain(&mut side.snapshots),
            Dataset::StorageMachines => Self::Plain(&mut side.storage_machines),
            Dataset::Quotas => Self::Plain(&mut side.quotas),
            Dataset::DefaultQuotas => Self::Plain(&mut side.default_quotas),
            // Either side's are the list of that side.
            Dataset::PrimaryDesktopTags
            | Dataset::Branding
            | Dataset::AliasPermissions
            | Dataset::AddIns
            | Dataset::ClientAuthentications
            | Dataset::LdapsSettings
            | Dataset::Certificates
            | Dataset::DirectoryRegions
            | Dataset::DomainControllers
            | Dataset::Trusts
            | Dataset::CertificateAuthorities
            | Dataset::StreamPermissions
            | Dataset::FailoverPermissions
            | Dataset::ImagePermissions
            | Dataset::ImageApplications
            | Dataset::BundleApplications
            | Dataset::ZoneDetails
            | Dataset::ZoneTexts
            | Dataset::Protections
            | Dataset::SyncExecutions
            | Dataset::Keys
            | Dataset::Zones
            | Dataset::RecordSets
            | Dataset::HealthChecks
            | Dataset::Txt
            | Dataset::Delegation
            | Dataset::Dnssec
            | Dataset::Probes => return None,
        })
    }

    fn of_book(book: &'e mut ZoneBook, list: Dataset, of: Option<&str>, make: bool) -> Option<Self> {
        match (list, of) {
            (Dataset::Zones, None) => Some(Self::Plain(&mut book.zones)),
            (Dataset::HealthChecks, None) => Some(Self::Plain(&mut book.health_checks)),
            (Dataset::ZoneDetails, Some(of)) => keyed(&mut book.details, of, make),
            (Dataset::ZoneTexts, Some(of)) => keyed(&mut book.texts, of, make),
            (Dataset::Protections, Some(of)) => keyed(&mut book.protections, of, make),
            (Dataset::RecordSets, Some(of)) => keyed(&mut book.record_sets, of, make),
            _ => None,
        }
    }

    fn of_view(view: &'e mut TxtView, list: Dataset) -> Option<Self> {
        match list {
            Dataset::Txt => Some(Self::Plain(&mut view.answers)),
            Dataset::Delegation => Some(Self::Plain(&mut view.delegation)),
            Dataset::Dnssec => Some(Self::Plain(&mut view.signatures)),
            _ => None,
        }
    }

    pub(super) fn set_end(self, end: End) {
        match self {
            Self::Plain(list) => list.set_end(end),
            Self::Workspaces(rows, _) => *rows = Slice::new(std::mem::take(rows.items_mut()), end),
            Self::Connections(rows) => *rows = Slice::new(std::mem::take(rows.items_mut()), end),
            Self::Interfaces(rows) => *rows = Slice::new(std::mem::take(rows.items_mut()), end),
            Self::Tags(rows) => *rows = Slice::new(std::mem::take(rows.items_mut()), end),
        }
    }

    pub(super) fn take(self, items: &Items<'_>, symbols: &mut Symbols) -> Result<(), EstateFileError> {
        match self {
            Self::Plain(list) => list.take(items, symbols),
            Self::Workspaces(rows, extras) => items.each_of_many(|record: WorkspaceRecord<'_>| {
                rows.items_mut().push(WorkspaceRow::of(record, symbols, extras));
            }),
            Self::Connections(rows) => items.each_of_many(|record: ConnectionRecord<'_>| {
                rows.items_mut().push(record.row(symbols));
            }),
            Self::Interfaces(rows) => items.each_of_many(|record: InterfaceRecord<'_>| {
                rows.items_mut().push(record.row(symbols));
            }),
            Self::Tags(rows) => items.each_of_many(|record: TagRecord<'_>| rows.items_mut().push(record.row(symbols))),
        }
    }
}
