//! What was not read of a pair, by dataset: also where other evidence carries the verdict, a reader must know that this was not seen.

use super::pairing::dns_name;
use super::{Dataset, Estate, GapId, PairView, Side, Slice};
use std::collections::BTreeMap;

impl PairView<'_> {
    /// The gaps in what was to be read of a dataset for this pair, sorted; what nobody asked for is no gap.
    pub fn gaps_in(&self, dataset: Dataset) -> Vec<GapId> {
        let sides = [self.primary, self.standby];
        let of_sides = |gap: fn(&Side) -> Option<GapId>| sides.into_iter().filter_map(gap).collect::<Vec<_>>();
        let mut gaps = match dataset {
            Dataset::Directories => of_sides(|side| side.directories.gap()),
            Dataset::Registrations => of_sides(|side| side.registrations.gap()),
            Dataset::ClientProperties => of_sides(|side| side.client_properties.gap()),
            Dataset::Images => of_sides(|side| side.images.gap()),
            Dataset::Bundles => of_sides(|side| side.bundles.gap()),
            Dataset::IpGroups => of_sides(|side| side.ip_groups.gap()),
            Dataset::Branding => [(self.primary, &self.primary_directory), (self.standby, &self.standby_directory)]
                .into_iter()
                .filter_map(|(side, directory)| side.branding.get(directory.id()?)?.gap())
                .collect(),
            Dataset::Aliases => of_sides(|side| side.aliases.gap()),
            Dataset::AliasPermissions => sides
                .into_iter()
                .filter_map(|side| side.alias_permissions.get(&self.alias(side).ok()??.alias_id)?.gap())
                .collect(),
            Dataset::Workspaces => of_sides(|side| side.workspaces.gap()),
            Dataset::Connections => of_sides(|side| side.connections.gap()),
            Dataset::ResourceTags => of_sides(|side| side.resource_tags.gap()),
            Dataset::DesktopTags => self.standby.desktop_tags.gap().into_iter().collect(),
            Dataset::PrimaryDesktopTags => self.primary.desktop_tags.gap().into_iter().collect(),
            Dataset::FileSystems => of_sides(|side| side.file_systems.gap()),
            Dataset::Backups => of_sides(|side| side.backups.gap()),
            Dataset::SyncTasks => of_sides(|side| side.sync_tasks.gap()),
            Dataset::SyncLocations => of_sides(|side| side.sync_locations.gap()),
            Dataset::SyncExecutions => sides
                .into_iter()
                .flat_map(|side| side.sync_executions.values().filter_map(|executions| executions.gap()))
                .collect(),
            Dataset::Quotas => of_sides(|side| side.quotas.gap()),
            Dataset::DefaultQuotas => of_sides(|side| side.default_quotas.gap()),
            Dataset::Keys => self.standby.keys.values().filter_map(Slice::gap).collect(),
            Dataset::Account => of_sides(|side| side.account_settings.gap()),
            Dataset::AddIns => [(self.primary, &self.primary_directory), (self.standby, &self.standby_directory)]
                .into_iter()
                .filter_map(|(side, directory)| side.add_ins.get(directory.id()?)?.gap())
                .collect(),
            Dataset::ClientAuthentications => self.gaps_of_directories(|side| &side.client_authentications),
            Dataset::LdapsSettings => self.gaps_of_directories(|side| &side.ldaps_settings),
            Dataset::Certificates => self.gaps_of_directories(|side| &side.certificates),
            Dataset::DirectoryRegions => of_lists(sides, |side| &side.directory_regions),
            Dataset::DomainControllers => of_lists(sides, |side| &side.domain_controllers),
            Dataset::Trusts => of_lists(sides, |side| &side.trusts),
            Dataset::CertificateAuthorities => of_lists(sides, |side| &side.certificate_authorities),
            Dataset::StreamPermissions => of_lists(sides, |side| &side.stream_permissions),
            Dataset::FailoverPermissions => of_lists(sides, |side| &side.failover_permissions),
            Dataset::ImagePermissions => sides
                .into_iter()
                .flat_map(|side| side.image_permissions.values().filter_map(|list| list.gap()))
                .collect(),
            Dataset::ImageApplications => sides
                .into_iter()
                .flat_map(|side| side.image_applications.values().filter_map(|list| list.gap()))
                .collect(),
            Dataset::AmazonBundles => of_sides(|side| side.amazon_bundles.gap()),
            Dataset::BundleApplications => sides
                .into_iter()
                .flat_map(|side| side.bundle_applications.values().filter_map(|list| list.gap()))
                .collect(),
            Dataset::Applications => of_sides(|side| side.applications.gap()),
            Dataset::Logos => of_sides(|side| side.logos.gap()),
            Dataset::SecurityGroups => of_sides(|side| side.security_groups.gap()),
            Dataset::VpcEndpoints => of_sides(|side| side.vpc_endpoints.gap()),
            Dataset::Vpcs => of_sides(|side| side.vpcs.gap()),
            Dataset::Subnets => of_sides(|side| side.subnets.gap()),
            Dataset::RouteTables => of_sides(|side| side.route_tables.gap()),
            Dataset::DhcpOptions => of_sides(|side| side.dhcp_options.gap()),
            Dataset::NetworkInterfaces => of_sides(|side| side.network_interfaces.gap()),
            Dataset::Volumes => of_sides(|side| side.volumes.gap()),
            Dataset::Snapshots => of_sides(|side| side.snapshots.gap()),
            Dataset::StorageMachines => of_sides(|side| side.storage_machines.gap()),
            Dataset::Zones => self.zones.zones.gap().into_iter().collect(),
            Dataset::RecordSets => self.gaps_of_zones(&self.zones.record_sets),
            Dataset::ZoneDetails => self.gaps_of_zones(&self.zones.details),
            Dataset::ZoneTexts => self.gaps_of_zones(&self.zones.texts),
            Dataset::Protections => self.gaps_of_zones(&self.zones.protections),
            Dataset::HealthChecks => self.zones.health_checks.gap().into_iter().collect(),
            Dataset::Txt => self.txt.answers.gap().into_iter().collect(),
            Dataset::Delegation => self.txt.delegation.gap().into_iter().collect(),
            Dataset::Dnssec => self.txt.signatures.gap().into_iter().collect(),
            Dataset::Probes => self.probes.gap().into_iter().collect(),
        };
        gaps.retain(|gap| *gap != Estate::NOT_COLLECTED);
        gaps.sort_unstable();
        gaps.dedup();
        gaps
    }

    /// The gaps in lists of the pair's directories.
    fn gaps_of_directories<T>(&self, lists: fn(&Side) -> &BTreeMap<String, Slice<T>>) -> Vec<GapId> {
        [(self.primary, &self.primary_directory), (self.standby, &self.standby_directory)]
            .into_iter()
            .filter_map(|(side, directory)| lists(side).get(directory.id()?)?.gap())
            .collect()
    }

    /// The gaps in lists of zones that enclose the pair's alias, or may.
    fn gaps_of_zones<T>(&self, lists: &BTreeMap<String, Slice<T>>) -> Vec<GapId> {
        let encloses = |id: &String| {
            let zone = self.zones.zones.items().iter().find(|zone| zone.id == *id);
            let (alias, zone) = (dns_name(&self.settings.alias), zone.map(|zone| dns_name(&zone.name)));
            zone.is_none_or(|zone| alias == zone || alias.ends_with(&format!(".{zone}")))
        };
        lists.iter().filter(|(id, _)| encloses(id)).filter_map(|(_, list)| list.gap()).collect()
    }
}

/// The gaps in lists of both sides, whatever each is of.
fn of_lists<T>(sides: [&Side; 2], lists: fn(&Side) -> &BTreeMap<String, Slice<T>>) -> Vec<GapId> {
    sides.into_iter().flat_map(|side| lists(side).values().filter_map(Slice::gap)).collect()
}
