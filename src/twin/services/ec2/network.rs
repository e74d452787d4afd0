//! VPCs and their endpoints.

use super::super::Call;
use super::list::Kind;
use super::{tag_set, tag_values, there};
use crate::twin::error::Trouble;
use crate::twin::pages::Pages;
use crate::twin::wire::xml::Element;
use crate::twin::world::World;
use deskpair_rules::model::Slice;
use deskpair_rules::model::network::{Vpc, VpcCidr, VpcEndpoint};

/// A set of items, and the token of the next page.
pub(super) type Answered = Result<(Element, Option<String>), Trouble>;

const VPCS: Kind<Vpc> = Kind {
    ids: ("VpcIds", "vpc"),
    not_found: "InvalidVpcID.NotFound",
    most: 1000,
    id: |vpc| &vpc.vpc_id,
    value: |vpc, filter| {
        Some(match filter {
            "vpc-id" => vec![vpc.vpc_id.clone()],
            "cidr" => vec![vpc.cidr_block.clone()],
            "dhcp-options-id" => vec![vpc.dhcp_options_id.clone()],
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
        .leaf_if("dhcpOptionsId", there(&vpc.dhcp_options_id))
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
