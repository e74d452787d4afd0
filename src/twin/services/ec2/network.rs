//! VPCs, their endpoints and route tables.

use super::super::Call;
use super::list::Kind;
use super::{tag_set, tag_values, there};
use crate::twin::error::Trouble;
use crate::twin::pages::Pages;
use crate::twin::wire::xml::Element;
use crate::twin::world::{Route, RouteTable, Tail, World};
use deskpair_rules::model::Slice;
use deskpair_rules::model::network::{Vpc, VpcCidr, VpcEndpoint};

/// A set of items, and the token of the next page.
type Answered = Result<(Element, Option<String>), Trouble>;

const VPCS: Kind<Vpc> = Kind {
    ids: ("VpcIds", "vpc"),
    not_found: "InvalidVpcID.NotFound",
    most: 1000,
    id: |vpc| &vpc.vpc_id,
    value: |vpc, filter| {
        Some(match filter {
            "vpc-id" => vec![vpc.vpc_id.clone()],
            "cidr" => vec![vpc.cidr_block.clone()],
            "cidr-block-association.cidr-block" => {
                vpc.cidr_block_association_set.iter().map(|association| association.cidr_block.clone()).collect()
            }
            "is-default" => vpc.is_default.iter().map(ToString::to_string).collect(),
            "owner-id" => vec![vpc.owner_id.clone()],
            "state" => vec![vpc.state.clone()],
            _ => return tag_values(&vpc.tags, filter),
        })
    },
};

const ENDPOINTS: Kind<VpcEndpoint> = Kind {
    ids: ("VpcEndpointIds", "vpc endpoint"),
    not_found: "InvalidVpcEndpointId.NotFound",
    most: 1000,
    id: |endpoint| &endpoint.vpc_endpoint_id,
    value: |endpoint, filter| {
        Some(match filter {
            "vpc-endpoint-id" => vec![endpoint.vpc_endpoint_id.clone()],
            "vpc-endpoint-type" => vec![endpoint.vpc_endpoint_type.clone()],
            // The filter's values begin in lower case, those of the answer in upper case (the model's words and enum).
            "vpc-endpoint-state" => {
                let mut letters = endpoint.state.chars();
                let first = letters.next().map(|letter| letter.to_ascii_lowercase());
                vec![first.into_iter().chain(letters).collect()]
            }
            "service-name" => vec![endpoint.service_name.clone()],
            "vpc-id" => vec![endpoint.vpc_id.clone()],
            _ => return tag_values(&endpoint.tags, filter),
        })
    },
};

/// `ec2:DescribeRouteTables` takes 5 to 100.
const TABLES: Kind<RouteTable> = Kind {
    ids: ("RouteTableIds", "routeTable"),
    not_found: "InvalidRouteTableID.NotFound",
    most: 100,
    id: |table| &table.id,
    value: |table, filter| {
        Some(match filter {
            "route-table-id" => vec![table.id.clone()],
            "vpc-id" => vec![table.vpc.clone()],
            "association.main" => vec![table.main.to_string()],
            "association.subnet-id" => table.subnets.clone(),
            _ => return None,
        })
    },
};

pub(super) fn vpcs(world: &World, pages: &Pages, call: &Call) -> Answered {
    let empty = Slice::whole_of(Vec::new());
    let list = world.realm(&call.account, &call.region).map_or(&empty, |realm| &realm.side.vpcs);
    let (vpcs, next) = VPCS.list(world, pages, call, list)?;
    Ok((Element::new("vpcSet").children(vpcs.into_iter().map(vpc)), next))
}

pub(super) fn vpc_endpoints(world: &World, pages: &Pages, call: &Call) -> Answered {
    let empty = Slice::whole_of(Vec::new());
    let list = world.realm(&call.account, &call.region).map_or(&empty, |realm| &realm.side.vpc_endpoints);
    let (endpoints, next) = ENDPOINTS.list(world, pages, call, list)?;
    Ok((Element::new("vpcEndpointSet").children(endpoints.into_iter().map(endpoint)), next))
}

pub(super) fn route_tables(world: &World, pages: &Pages, call: &Call) -> Answered {
    let all = world.realm(&call.account, &call.region).map_or(&[][..], |realm| &realm.route_tables);
    let (tables, next) = TABLES.page(pages, call, all, Tail::Whole)?;
    Ok((Element::new("routeTableSet").children(tables.into_iter().map(table)), next))
}

fn vpc(vpc: &Vpc) -> Element {
    let association = |association: &VpcCidr| {
        let state = association.cidr_block_state.iter();
        Element::new("item")
            .leaf("cidrBlock", &association.cidr_block)
            .children(state.map(|state| Element::new("cidrBlockState").leaf("state", &state.state)))
    };
    let associations = vpc.cidr_block_association_set.iter().map(association);
    Element::new("item")
        .leaf("vpcId", &vpc.vpc_id)
        .leaf_if("ownerId", there(&vpc.owner_id))
        .leaf_if("state", there(&vpc.state))
        .leaf_if("cidrBlock", there(&vpc.cidr_block))
        .child(Element::new("cidrBlockAssociationSet").children(associations))
        .leaf_if("isDefault", vpc.is_default)
        .child(tag_set(&vpc.tags))
}

fn endpoint(endpoint: &VpcEndpoint) -> Element {
    let subnets = Element::new("subnetIdSet").leaves("item", &endpoint.subnet_ids);
    Element::new("item")
        .leaf("vpcEndpointId", &endpoint.vpc_endpoint_id)
        .leaf_if("vpcEndpointType", there(&endpoint.vpc_endpoint_type))
        .leaf_if("vpcId", there(&endpoint.vpc_id))
        .leaf_if("serviceName", there(&endpoint.service_name))
        .leaf_if("state", there(&endpoint.state))
        .child(subnets)
        .leaf_if("privateDnsEnabled", endpoint.private_dns_enabled)
        .child(tag_set(&endpoint.tags))
}

fn table(table: &RouteTable) -> Element {
    let route = |route: &Route| {
        let state = if route.blackhole { "blackhole" } else { "active" };
        let target = (!route.target.0.is_empty()).then_some(route.target.1.as_str());
        Element::new("item")
            .leaf("destinationCidrBlock", &route.destination)
            .leaf_if(&route.target.0, target)
            .leaf("state", state)
    };
    let associated = |subnet: Option<&String>| {
        Element::new("item")
            .leaf("routeTableId", &table.id)
            .leaf_if("subnetId", subnet)
            .leaf("main", subnet.is_none())
            .child(Element::new("associationState").leaf("state", "associated"))
    };
    let main = table.main.then(|| associated(None));
    Element::new("item")
        .leaf("routeTableId", &table.id)
        .leaf("vpcId", &table.vpc)
        .child(Element::new("routeSet").children(table.routes.iter().map(route)))
        .child(
            Element::new("associationSet")
                .children(main.into_iter().chain(table.subnets.iter().map(|subnet| associated(Some(subnet))))),
        )
}
