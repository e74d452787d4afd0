//! Where desktops stand and where their packets go: subnets, route tables, DHCP options.

use super::{Ec2, PAGE_SIZE, named, tag};
use crate::collect::convert::{list, text, word};
use crate::collect::datasets::{DESCRIBE_DHCP_OPTIONS, DESCRIBE_ROUTE_TABLES, DESCRIBE_SUBNETS};
use crate::collect::paging::{Listing, Page, pages, token};
use aws_sdk_ec2::types;
use deskpair_rules::model::network::{
    DhcpConfiguration, DhcpOptions, DhcpValue, Route, RouteTable, RouteTableAssociation, RouteTableAssociationState,
    Subnet,
};
use std::collections::BTreeSet;

/// The most items of a page of route tables (`ec2:DescribeRouteTablesMaxResults`).
const ROUTE_TABLES_PAGE: i32 = 100;

impl Ec2 {
    /// The subnets with these ids, as far as they exist. Where there is no id, nobody is asked.
    pub(in crate::collect) async fn subnets(&self, ids: &BTreeSet<String>) -> Listing<Subnet> {
        if ids.is_empty() {
            return Listing::default();
        }
        let Self { client, caller } = self;
        let (operation, filter) = (DESCRIBE_SUBNETS, &named("subnet-id", ids));
        pages(caller, operation, "", |next: Option<String>| async move {
            let answer = caller
                .read(operation, "", || {
                    let request = client.describe_subnets().filters(filter.clone());
                    request.max_results(PAGE_SIZE).set_next_token(next.clone()).send()
                })
                .await?;
            Ok(Page { items: list(answer.subnets, subnet), next: token(answer.next_token) })
        })
        .await
    }

    /// The route tables that these subnets are associated with, and the main ones of their VPCs, which hold for subnets that are associated
    /// with none. Of a VPC all tables are asked for: no filter of `DescribeRouteTables` names the two kinds at once.
    pub(in crate::collect) async fn route_tables(&self, subnets: &[Subnet]) -> Listing<RouteTable> {
        let vpcs: BTreeSet<String> =
            subnets.iter().map(|subnet| subnet.vpc_id.clone()).filter(|id| !id.is_empty()).collect();
        if vpcs.is_empty() {
            return Listing::default();
        }
        let Self { client, caller } = self;
        let (operation, filter) = (DESCRIBE_ROUTE_TABLES, &named("vpc-id", &vpcs));
        let mut tables = pages(caller, operation, "", |next: Option<String>| async move {
            let answer = caller
                .read(operation, "", || {
                    let request = client.describe_route_tables().filters(filter.clone());
                    request.max_results(ROUTE_TABLES_PAGE).set_next_token(next.clone()).send()
                })
                .await?;
            Ok(Page { items: list(answer.route_tables, route_table), next: token(answer.next_token) })
        })
        .await;
        let ours = |association: &RouteTableAssociation| {
            association.main == Some(true) || subnets.iter().any(|subnet| subnet.subnet_id == association.subnet_id)
        };
        tables.items.retain(|table| table.associations.iter().any(ours));
        tables
    }

    /// The DHCP options with these ids, as far as they exist. Where there is no id, nobody is asked.
    pub(in crate::collect) async fn dhcp_options(&self, ids: &BTreeSet<String>) -> Listing<DhcpOptions> {
        if ids.is_empty() {
            return Listing::default();
        }
        let Self { client, caller } = self;
        let (operation, filter) = (DESCRIBE_DHCP_OPTIONS, &named("dhcp-options-id", ids));
        pages(caller, operation, "", |next: Option<String>| async move {
            let answer = caller
                .read(operation, "", || {
                    let request = client.describe_dhcp_options().filters(filter.clone());
                    request.max_results(PAGE_SIZE).set_next_token(next.clone()).send()
                })
                .await?;
            Ok(Page { items: list(answer.dhcp_options, dhcp_options), next: token(answer.next_token) })
        })
        .await
    }
}

fn subnet(subnet: types::Subnet) -> Subnet {
    Subnet {
        subnet_id: text(subnet.subnet_id),
        vpc_id: text(subnet.vpc_id),
        owner_id: text(subnet.owner_id),
        state: word(subnet.state),
        cidr_block: text(subnet.cidr_block),
        availability_zone: text(subnet.availability_zone),
        availability_zone_id: text(subnet.availability_zone_id),
        available_ip_address_count: subnet.available_ip_address_count,
        tags: list(subnet.tags, tag),
    }
}

fn route_table(table: types::RouteTable) -> RouteTable {
    RouteTable {
        route_table_id: text(table.route_table_id),
        vpc_id: text(table.vpc_id),
        owner_id: text(table.owner_id),
        associations: list(table.associations, association),
        routes: list(table.routes, route),
        tags: list(table.tags, tag),
    }
}

fn association(association: types::RouteTableAssociation) -> RouteTableAssociation {
    RouteTableAssociation {
        route_table_association_id: text(association.route_table_association_id),
        route_table_id: text(association.route_table_id),
        subnet_id: text(association.subnet_id),
        gateway_id: text(association.gateway_id),
        main: association.main,
        association_state: association.association_state.map(|state| RouteTableAssociationState {
            state: word(state.state),
            status_message: text(state.status_message),
        }),
    }
}

fn route(route: types::Route) -> Route {
    Route {
        destination_cidr_block: text(route.destination_cidr_block),
        destination_ipv6_cidr_block: text(route.destination_ipv6_cidr_block),
        destination_prefix_list_id: text(route.destination_prefix_list_id),
        egress_only_internet_gateway_id: text(route.egress_only_internet_gateway_id),
        gateway_id: text(route.gateway_id),
        instance_id: text(route.instance_id),
        nat_gateway_id: text(route.nat_gateway_id),
        transit_gateway_id: text(route.transit_gateway_id),
        local_gateway_id: text(route.local_gateway_id),
        carrier_gateway_id: text(route.carrier_gateway_id),
        network_interface_id: text(route.network_interface_id),
        vpc_peering_connection_id: text(route.vpc_peering_connection_id),
        core_network_arn: text(route.core_network_arn),
        origin: word(route.origin),
        state: word(route.state),
    }
}

fn dhcp_options(options: types::DhcpOptions) -> DhcpOptions {
    DhcpOptions {
        dhcp_options_id: text(options.dhcp_options_id),
        owner_id: text(options.owner_id),
        dhcp_configurations: list(options.dhcp_configurations, |configuration| DhcpConfiguration {
            key: text(configuration.key),
            values: list(configuration.values, |value| DhcpValue { value: text(value.value) }),
        }),
        tags: list(options.tags, tag),
    }
}
