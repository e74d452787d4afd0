//! Whether two estates say the same. Their texts may be numbered differently, so rows are compared through their texts.

use super::network::InterfaceRow;
use super::workspace::{ConnectionRow, TagRow};
use super::{Estate, Side, Slice, Sym, Symbols};

impl PartialEq for Estate {
    fn eq(&self, other: &Self) -> bool {
        // Every field is named, so that a new one cannot be forgotten.
        let Self {
            tool_version,
            taken_at,
            finished_at,
            settings,
            symbols,
            sides,
            zones,
            txt,
            probes,
            pairs,
            gaps,
            calls,
        } = self;
        *tool_version == other.tool_version
            && *taken_at == other.taken_at
            && *finished_at == other.finished_at
            && *settings == other.settings
            && *zones == other.zones
            && *txt == other.txt
            && *probes == other.probes
            && *pairs == other.pairs
            && *gaps == other.gaps
            && *calls == other.calls
            && sides.len() == other.sides.len()
            && sides.iter().zip(&other.sides).all(|(a, b)| Texts(symbols, &other.symbols).same_side(a, b))
    }
}

/// The texts of one estate and of another.
#[derive(Clone, Copy)]
struct Texts<'s>(&'s Symbols, &'s Symbols);

impl Texts<'_> {
    fn same(self, a: Sym, b: Sym) -> bool {
        self.0.text(a) == self.1.text(b)
    }

    fn same_side(self, a: &Side, b: &Side) -> bool {
        let Side {
            place,
            account,
            directories,
            registrations,
            client_properties,
            images,
            bundles,
            ip_groups,
            branding,
            aliases,
            alias_permissions,
            workspaces,
            extras,
            connections,
            resource_tags,
            desktop_tags,
            file_systems,
            backups,
            sync_tasks,
            sync_locations,
            sync_executions,
            account_settings,
            add_ins,
            client_authentications,
            ldaps_settings,
            certificates,
            directory_regions,
            domain_controllers,
            trusts,
            certificate_authorities,
            stream_permissions,
            failover_permissions,
            image_permissions,
            image_applications,
            amazon_bundles,
            bundle_applications,
            applications,
            logos,
            security_groups,
            vpc_endpoints,
            vpcs,
            subnets,
            route_tables,
            dhcp_options,
            network_interfaces,
            volumes,
            snapshots,
            storage_machines,
            quotas,
            default_quotas,
            keys,
        } = a;
        *place == b.place
            && *account == b.account
            && *directories == b.directories
            && *registrations == b.registrations
            && *client_properties == b.client_properties
            && *images == b.images
            && *bundles == b.bundles
            && *ip_groups == b.ip_groups
            && *branding == b.branding
            && *aliases == b.aliases
            && *alias_permissions == b.alias_permissions
            && *file_systems == b.file_systems
            && *backups == b.backups
            && *sync_tasks == b.sync_tasks
            && *sync_locations == b.sync_locations
            && *sync_executions == b.sync_executions
            && *account_settings == b.account_settings
            && *add_ins == b.add_ins
            && *client_authentications == b.client_authentications
            && *ldaps_settings == b.ldaps_settings
            && *certificates == b.certificates
            && *directory_regions == b.directory_regions
            && *domain_controllers == b.domain_controllers
            && *trusts == b.trusts
            && *certificate_authorities == b.certificate_authorities
            && *stream_permissions == b.stream_permissions
            && *failover_permissions == b.failover_permissions
            && *image_permissions == b.image_permissions
            && *image_applications == b.image_applications
            && *amazon_bundles == b.amazon_bundles
            && *bundle_applications == b.bundle_applications
            && *applications == b.applications
            && *logos == b.logos
            && *security_groups == b.security_groups
            && *vpc_endpoints == b.vpc_endpoints
            && *vpcs == b.vpcs
            && *subnets == b.subnets
            && *route_tables == b.route_tables
            && *dhcp_options == b.dhcp_options
            && *volumes == b.volumes
            && *snapshots == b.snapshots
            && *storage_machines == b.storage_machines
            && *quotas == b.quotas
            && *default_quotas == b.default_quotas
            && *keys == b.keys
            && same_rows(workspaces, &b.workspaces, |row, other| {
                row.record(self.0, extras) == other.record(self.1, &b.extras)
            })
            && same_rows(connections, &b.connections, |row, other| self.same_connection(row, other))
            && same_rows(network_interfaces, &b.network_interfaces, |row, other| self.same_interface(row, other))
            && same_rows(resource_tags, &b.resource_tags, |row, other| self.same_tag(row, other))
            && same_rows(desktop_tags, &b.desktop_tags, |row, other| self.same_tag(row, other))
    }

    fn same_connection(self, a: &ConnectionRow, b: &ConnectionRow) -> bool {
        let ConnectionRow { workspace, state, checked, last_known } = *a;
        self.same(workspace, b.workspace)
            && self.same(state, b.state)
            && checked == b.checked
            && last_known == b.last_known
    }

    fn same_interface(self, a: &InterfaceRow, b: &InterfaceRow) -> bool {
        let InterfaceRow { subnet, address, groups, description } = *a;
        self.same(subnet, b.subnet)
            && address == b.address
            && self.same(groups, b.groups)
            && self.same(description, b.description)
    }

    fn same_tag(self, a: &TagRow, b: &TagRow) -> bool {
        let TagRow { arn, key, value } = *a;
        self.same(arn, b.arn) && self.same(key, b.key) && self.same(value, b.value)
    }
}

fn same_rows<T>(a: &Slice<T>, b: &Slice<T>, same: impl Fn(&T, &T) -> bool) -> bool {
    a.end() == b.end() && a.items().len() == b.items().len() && a.items().iter().zip(b.items()).all(|(a, b)| same(a, b))
}
