//! The network around a side's desktops.

use super::Reader;
use super::around::Frame;
use super::items;
use crate::collect::ec2::{Ec2, Interfaces};
use crate::collect::paging::Listing;
use crate::collect::slice;
use deskpair_rules::model::directory::{Directory, WorkspaceDirectory};
use deskpair_rules::model::network::{
    DhcpOptions, InterfaceRow, NO_OPTIONS, RouteTable, SecurityGroup, Subnet, Vpc, VpcEndpoint,
};
use deskpair_rules::model::{Dataset, Estate, Gap, Sym};
use std::collections::BTreeSet;

/// What the pairs' directories name, the VPCs, and what routes and resolves in those of the directories' subnets.
#[derive(Debug)]
pub(super) struct Network {
    security_groups: Option<Listing<SecurityGroup>>,
    vpc_endpoints: Option<Listing<VpcEndpoint>>,
    vpcs: Option<Listing<Vpc>>,
    subnets: Option<Listing<Subnet>>,
    route_tables: Option<Listing<RouteTable>>,
    dhcp_options: Option<Listing<DhcpOptions>>,
    interfaces: Option<Interfaces>,
}

impl Network {
    pub(super) async fn read(reader: &Reader, ec2: &Ec2, frame: &Frame, own_subnets: OwnSubnets) -> Self {
        let registered = || frame.registered(&reader.roles);
        let groups: BTreeSet<String> = registered().filter_map(custom_group).collect();
        let endpoints: BTreeSet<String> = registered().flat_map(access_endpoints).collect();
        let of_desktops: BTreeSet<String> =
            registered().flat_map(|directory| directory.subnet_ids.iter().cloned()).collect();
        let in_subnets: BTreeSet<String> = of_desktops.iter().cloned().chain(own_subnets.ids).collect();
        let routing = async {
            let mut subnets = reader.when(Dataset::Subnets, || ec2.subnets(&in_subnets)).await;
            hide(&mut subnets, frame.hidden().or(own_subnets.gap.as_ref()));
            let mut route_tables = reader.when(Dataset::RouteTables, || ec2.route_tables(items(&subnets))).await;
            hide(&mut route_tables, gap(&subnets));
            (subnets, route_tables)
        };
        let (mut security_groups, mut vpc_endpoints, vpcs, (subnets, route_tables), mut interfaces) = tokio::join!(
            reader.when(Dataset::SecurityGroups, || ec2.security_groups(&groups)),
            reader.when(Dataset::VpcEndpoints, || ec2.vpc_endpoints(&endpoints)),
            reader.when(Dataset::Vpcs, || ec2.vpcs()),
            routing,
            reader.when(Dataset::NetworkInterfaces, || ec2.network_interfaces(&of_desktops)),
        );
        hide(&mut security_groups, frame.hidden());
        hide(&mut vpc_endpoints, frame.hidden());
        if let (Some(interfaces), Some(gap)) = (&mut interfaces, frame.hidden()) {
            interfaces.rows.cut(gap.clone());
        }
        let options = options_of(items(&vpcs), items(&subnets));
        let mut dhcp_options = reader.when(Dataset::DhcpOptions, || ec2.dhcp_options(&options)).await;
        hide(&mut dhcp_options, gap(&subnets).or(gap(&vpcs)));
        Self { security_groups, vpc_endpoints, vpcs, subnets, route_tables, dhcp_options, interfaces }
    }

    pub(super) fn put_into(self, estate: &mut Estate, at: usize) {
        estate.sides[at].security_groups = slice(estate, self.security_groups);
        estate.sides[at].vpc_endpoints = slice(estate, self.vpc_endpoints);
        estate.sides[at].vpcs = slice(estate, self.vpcs);
        estate.sides[at].subnets = slice(estate, self.subnets);
        estate.sides[at].route_tables = slice(estate, self.route_tables);
        estate.sides[at].dhcp_options = slice(estate, self.dhcp_options);
        let interfaces = self.interfaces.map(|Interfaces { symbols, mut rows }| {
            let numbers = estate.symbols.absorb(&symbols);
            let new = |sym: Sym| numbers[sym.index()];
            for row in &mut rows.items {
                *row = InterfaceRow {
                    subnet: new(row.subnet),
                    groups: new(row.groups),
                    description: new(row.description),
                    ..*row
                };
            }
            rows
        });
        estate.sides[at].network_interfaces = slice(estate, interfaces);
    }
}

/// The subnets in which connectors and managed ADs stand: from there they ask domain controllers and RADIUS servers.
#[derive(Debug)]
pub(super) struct OwnSubnets {
    ids: Vec<String>,
    /// What hides a directory.
    gap: Option<Gap>,
}

/// Those of the pairs' directories.
pub(super) fn own_subnets(directories: &Option<Listing<Directory>>, located: &BTreeSet<String>) -> OwnSubnets {
    let ours = items(directories).iter().filter(|known| located.contains(&known.directory_id));
    let ids = ours.flat_map(|directory| {
        let connect = directory.connect_settings.iter().flat_map(|settings| &settings.subnet_ids);
        connect.chain(directory.vpc_settings.iter().flat_map(|settings| &settings.subnet_ids))
    });
    OwnSubnets { ids: ids.cloned().collect(), gap: gap(directories).cloned() }
}

/// Cuts a list of what others name where those may be missing: what is not known to be named is not known either.
fn hide<T>(listing: &mut Option<Listing<T>>, gap: Option<&Gap>) {
    if let (Some(listing), Some(gap)) = (listing, gap) {
        listing.cut(gap.clone());
    }
}

fn gap<T>(listing: &Option<Listing<T>>) -> Option<&Gap> {
    listing.as_ref().and_then(|listing| listing.gap.as_ref())
}

/// The DHCP options of these subnets' VPCs. `default` in the place of an id stands for a VPC without any (`ec2:AssociateDhcpOptionsRequest`).
fn options_of(vpcs: &[Vpc], subnets: &[Subnet]) -> BTreeSet<String> {
    let ours = vpcs.iter().filter(|vpc| subnets.iter().any(|subnet| subnet.vpc_id == vpc.vpc_id));
    ours.map(|vpc| vpc.dhcp_options_id.clone()).filter(|id| !id.is_empty() && id != NO_OPTIONS).collect()
}

/// The group that new desktops of a directory get beside the one that AWS made for it.
fn custom_group(directory: &WorkspaceDirectory) -> Option<String> {
    let creation = directory.workspace_creation_properties.as_ref()?;
    Some(creation.custom_security_group_id.clone()).filter(|id| !id.is_empty())
}

/// The endpoints through which people reach a directory's desktops from inside a VPC.
fn access_endpoints(directory: &WorkspaceDirectory) -> impl Iterator<Item = String> {
    let access = directory.workspace_access_properties.as_ref();
    let config = access.and_then(|access| access.access_endpoint_config.as_ref());
    let endpoints = config.into_iter().flat_map(|config| &config.access_endpoints);
    endpoints.map(|endpoint| endpoint.vpc_endpoint_id.clone()).filter(|id| !id.is_empty())
}
