//! Security groups with their rules.

use super::super::Call;
use super::list::Kind;
use super::{tag_set, tag_values, there};
use crate::twin::error::{ApiError, Trouble};
use crate::twin::pages::Pages;
use crate::twin::wire::xml::Element;
use crate::twin::world::World;
use deskpair_rules::model::Slice;
use deskpair_rules::model::network::{IpPermission, SecurityGroup, UserIdGroupPair};

const GROUPS: Kind<SecurityGroup> = Kind {
    ids: ("GroupIds", "security group"),
    not_found: "InvalidGroup.NotFound",
    most: 1000,
    id: |group| &group.group_id,
    value: |group, filter| {
        Some(match filter {
            "group-id" => vec![group.group_id.clone()],
            "group-name" => vec![group.group_name.clone()],
            "description" => vec![group.description.clone()],
            "owner-id" => vec![group.owner_id.clone()],
            "vpc-id" => vec![group.vpc_id.clone()],
            _ => return tag_values(&group.tags, filter),
        })
    },
};

pub(super) fn security_groups(world: &World, pages: &Pages, call: &Call) -> Result<(Element, Option<String>), Trouble> {
    if call.texts("GroupNames").is_some() {
        // Names are taken in a default VPC alone, and the twin's VPCs are none.
        let words = "The groupName parameter can only be used with a default VPC; use the filter group-name instead.";
        return Err(ApiError::new("InvalidParameterCombination", words).into());
    }
    let empty = Slice::whole_of(Vec::new());
    let list = world.realm(&call.account, &call.region).map_or(&empty, |realm| &realm.side.security_groups);
    let (groups, next) = GROUPS.list(world, pages, call, list)?;
    Ok((Element::new("securityGroupInfo").children(groups.into_iter().map(group)), next))
}

fn group(group: &SecurityGroup) -> Element {
    let permissions = |name: &str, list: &[IpPermission]| Element::new(name).children(list.iter().map(permission));
    Element::new("item")
        .leaf_if("ownerId", there(&group.owner_id))
        .leaf("groupId", &group.group_id)
        .leaf_if("groupName", there(&group.group_name))
        .leaf_if("groupDescription", there(&group.description))
        .leaf_if("vpcId", there(&group.vpc_id))
        .child(permissions("ipPermissions", &group.ip_permissions))
        .child(permissions("ipPermissionsEgress", &group.ip_permissions_egress))
        .child(tag_set(&group.tags))
}

fn permission(permission: &IpPermission) -> Element {
    let described = |name: &str, text: &str, description: &str| {
        Element::new("item").leaf(name, text).leaf_if("description", there(description))
    };
    let ranges = permission.ip_ranges.iter().map(|range| described("cidrIp", &range.cidr_ip, &range.description));
    let ranges6 =
        permission.ipv6_ranges.iter().map(|range| described("cidrIpv6", &range.cidr_ipv6, &range.description));
    let prefixes = permission.prefix_list_ids.iter();
    let prefixes = prefixes.map(|list| described("prefixListId", &list.prefix_list_id, &list.description));
    Element::new("item")
        .leaf_if("ipProtocol", there(&permission.ip_protocol))
        .leaf_if("fromPort", permission.from_port)
        .leaf_if("toPort", permission.to_port)
        .child(Element::new("groups").children(permission.user_id_group_pairs.iter().map(pair)))
        .child(Element::new("ipRanges").children(ranges))
        .child(Element::new("ipv6Ranges").children(ranges6))
        .child(Element::new("prefixListIds").children(prefixes))
}

fn pair(pair: &UserIdGroupPair) -> Element {
    Element::new("item")
        .leaf_if("userId", there(&pair.user_id))
        .leaf_if("groupId", there(&pair.group_id))
        .leaf_if("groupName", there(&pair.group_name))
        .leaf_if("vpcId", there(&pair.vpc_id))
        .leaf_if("vpcPeeringConnectionId", there(&pair.vpc_peering_connection_id))
        .leaf_if("peeringStatus", there(&pair.peering_status))
        .leaf_if("description", there(&pair.description))
}
