//! Subnets, route tables and DHCP options.

use super::super::Call;
use super::list::Kind;
use super::network::Answered;
use super::{tag_set, tag_values, there};
use crate::twin::pages::Pages;
use crate::twin::wire::xml::Element;
use crate::twin::world::World;
use deskpair_rules::model::Slice;
use deskpair_rules::model::network::{
    DhcpConfiguration, DhcpOptions, Route, RouteTable, RouteTableAssociation, Subnet,
};

const SUBNETS: Kind<Subnet> = Kind {
    ids: ("SubnetIds", "subnet"),
    not_found: "InvalidSubnetID.NotFound",
    most: 1000,
    id: |subnet| &subnet.subnet_id,
    value: |subnet, filter| {
        Some(match filter {
            "subnet-id" => vec![subnet.subnet_id.clone()],
            "vpc-id" => vec![subnet.vpc_id.clone()],
            "owner-id" => vec![subnet.owner_id.clone()],
            "state" => vec![subnet.state.clone()],
            "cidr-block" | "cidr" | "cidrBlock" => vec![subnet.cidr_block.clone()],
            "availability-zone" | "availabilityZone" => vec![subnet.availability_zone.clone()],
            "availability-zone-id" | "availabilityZoneId" => vec![subnet.availability_zone_id.clone()],
            _ => return tag_values(&subnet.tags, filter),
        })
    },
};

/// `ec2:DescribeRouteTables` takes 5 to 100.
const TABLES: Kind<RouteTable> = Kind {
    ids: ("RouteTableIds", "routeTable"),
    not_found: "InvalidRouteTableID.NotFound",
    most: 100,
    id: |table| &table.route_table_id,
    value: |table, filter| {
        let of = |value: fn(&RouteTableAssociation) -> String| table.associations.iter().map(value).collect();
        Some(match filter {
            "route-table-id" => vec![table.route_table_id.clone()],
            "vpc-id" => vec![table.vpc_id.clone()],
            "owner-id" => vec![table.owner_id.clone()],
            "association.main" => of(|association| (association.main == Some(true)).to_string()),
            "association.subnet-id" => of(|association| association.subnet_id.clone()),
            "association.route-table-association-id" => {
                of(|association| association.route_table_association_id.clone())
            }
            "route.state" => table.routes.iter().map(|route| route.state.clone()).collect(),
            "route.destination-cidr-block" => {
                table.routes.iter().map(|route| route.destination_cidr_block.clone()).collect()
            }
            _ => return tag_values(&table.tags, filter),
        })
    },
};

const OPTIONS: Kind<DhcpOptions> = Kind {
    ids: ("DhcpOptionsIds", "dhcpOptions"),
    not_found: "InvalidDhcpOptionID.NotFound",
    most: 1000,
    id: |options| &options.dhcp_options_id,
    value: |options, filter| {
        let configurations = options.dhcp_configurations.iter();
        Some(match filter {
            "dhcp-options-id" => vec![options.dhcp_options_id.clone()],
            "owner-id" => vec![options.owner_id.clone()],
            "key" => configurations.map(|configuration| configuration.key.clone()).collect(),
            "value" => configurations.flat_map(|one| one.values.iter().map(|value| value.value.clone())).collect(),
            _ => return tag_values(&options.tags, filter),
        })
    },
};

pub(super) fn subnets(world: &World, pages: &Pages, call: &Call) -> Answered {
    let empty = Slice::whole_of(Vec::new());
    let list = world.realm(&call.account, &call.region).map_or(&empty, |realm| &realm.side.subnets);
    let (subnets, next) = SUBNETS.list(world, pages, call, list)?;
    Ok((Element::new("subnetSet").children(subnets.into_iter().map(subnet)), next))
}

pub(super) fn route_tables(world: &World, pages: &Pages, call: &Call) -> Answered {
    let empty = Slice::whole_of(Vec::new());
    let list = world.realm(&call.account, &call.region).map_or(&empty, |realm| &realm.side.route_tables);
    let (tables, next) = TABLES.list(world, pages, call, list)?;
    Ok((Element::new("routeTableSet").children(tables.into_iter().map(table)), next))
}

pub(super) fn dhcp_options(world: &World, pages: &Pages, call: &Call) -> Answered {
    let empty = Slice::whole_of(Vec::new());
    let list = world.realm(&call.account, &call.region).map_or(&empty, |realm| &realm.side.dhcp_options);
    let (options, next) = OPTIONS.list(world, pages, call, list)?;
    Ok((Element::new("dhcpOptionsSet").children(options.into_iter().map(of_dhcp)), next))
}

fn subnet(subnet: &Subnet) -> Element {
    Element::new("item")
        .leaf("subnetId", &subnet.subnet_id)
        .leaf_if("vpcId", there(&subnet.vpc_id))
        .leaf_if("ownerId", there(&subnet.owner_id))
        .leaf_if("state", there(&subnet.state))
        .leaf_if("cidrBlock", there(&subnet.cidr_block))
        .leaf_if("availabilityZone", there(&subnet.availability_zone))
        .leaf_if("availabilityZoneId", there(&subnet.availability_zone_id))
        .leaf_if("availableIpAddressCount", subnet.available_ip_address_count)
        .child(tag_set(&subnet.tags))
}

fn table(table: &RouteTable) -> Element {
    Element::new("item")
        .leaf("routeTableId", &table.route_table_id)
        .leaf_if("vpcId", there(&table.vpc_id))
        .leaf_if("ownerId", there(&table.owner_id))
        .child(Element::new("routeSet").children(table.routes.iter().map(route)))
        .child(Element::new("associationSet").children(table.associations.iter().map(association)))
        .child(tag_set(&table.tags))
}

fn route(route: &Route) -> Element {
    Element::new("item")
        .leaf_if("destinationCidrBlock", there(&route.destination_cidr_block))
        .leaf_if("destinationIpv6CidrBlock", there(&route.destination_ipv6_cidr_block))
        .leaf_if("destinationPrefixListId", there(&route.destination_prefix_list_id))
        .leaf_if("egressOnlyInternetGatewayId", there(&route.egress_only_internet_gateway_id))
        .leaf_if("gatewayId", there(&route.gateway_id))
        .leaf_if("instanceId", there(&route.instance_id))
        .leaf_if("natGatewayId", there(&route.nat_gateway_id))
        .leaf_if("transitGatewayId", there(&route.transit_gateway_id))
        .leaf_if("localGatewayId", there(&route.local_gateway_id))
        .leaf_if("carrierGatewayId", there(&route.carrier_gateway_id))
        .leaf_if("networkInterfaceId", there(&route.network_interface_id))
        .leaf_if("vpcPeeringConnectionId", there(&route.vpc_peering_connection_id))
        .leaf_if("coreNetworkArn", there(&route.core_network_arn))
        .leaf_if("origin", there(&route.origin))
        .leaf_if("state", there(&route.state))
}

fn association(association: &RouteTableAssociation) -> Element {
    let state = association.association_state.iter().map(|state| {
        Element::new("associationState")
            .leaf_if("state", there(&state.state))
            .leaf_if("statusMessage", there(&state.status_message))
    });
    Element::new("item")
        .leaf_if("routeTableAssociationId", there(&association.route_table_association_id))
        .leaf_if("routeTableId", there(&association.route_table_id))
        .leaf_if("subnetId", there(&association.subnet_id))
        .leaf_if("gatewayId", there(&association.gateway_id))
        .leaf_if("main", association.main)
        .children(state)
}

fn of_dhcp(options: &DhcpOptions) -> Element {
    let configuration = |configuration: &DhcpConfiguration| {
        let values = configuration.values.iter().map(|value| Element::new("item").leaf("value", &value.value));
        Element::new("item").leaf("key", &configuration.key).child(Element::new("valueSet").children(values))
    };
    Element::new("item")
        .leaf("dhcpOptionsId", &options.dhcp_options_id)
        .leaf_if("ownerId", there(&options.owner_id))
        .child(Element::new("dhcpConfigurationSet").children(options.dhcp_configurations.iter().map(configuration)))
        .child(tag_set(&options.tags))
}
