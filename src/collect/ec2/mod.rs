//! Amazon EC2: what stands around desktops in their network. Security groups and endpoints are asked for by filter, so that one that is
//! gone is absent from the answer; by its id alone it would be an error that hides the others.

mod interfaces;
mod routing;

pub(super) use interfaces::Interfaces;

use super::calls::Caller;
use super::convert::{list, text, word};
use super::datasets::{DESCRIBE_SECURITY_GROUPS, DESCRIBE_VPC_ENDPOINTS, DESCRIBE_VPCS};
use super::paging::{Listing, Page, pages, token};
use super::whole::client;
use aws_sdk_ec2::{Client, types};
use deskpair_rules::model::files::FileTag;
use deskpair_rules::model::network::{
    IpPermission, PrefixListId, SecurityGroup, SecurityRange, SecurityRange6, UserIdGroupPair, Vpc, VpcCidr,
    VpcCidrState, VpcEndpoint,
};
use std::collections::BTreeSet;

/// The most items of a page of each of these lists (`ec2:DescribeSecurityGroupsMaxResults` and its like).
const PAGE_SIZE: i32 = 1000;

/// Reads one account's network in one Region.
#[derive(Clone, Debug)]
pub(super) struct Ec2 {
    client: Client,
    caller: Caller,
}

impl Ec2 {
    pub(super) fn new(config: &aws_config::SdkConfig, caller: &Caller) -> Self {
        Self { client: client!(aws_sdk_ec2, config), caller: caller.clone() }
    }

    /// The security groups with these ids, as far as they exist. Where there is no id, nobody is asked.
    pub(super) async fn security_groups(&self, ids: &BTreeSet<String>) -> Listing<SecurityGroup> {
        if ids.is_empty() {
            return Listing::default();
        }
        let Self { client, caller } = self;
        let (operation, filter) = (DESCRIBE_SECURITY_GROUPS, &named("group-id", ids));
        pages(caller, operation, "", |next: Option<String>| async move {
            let answer = caller
                .read(operation, "", || {
                    let request = client.describe_security_groups().filters(filter.clone());
                    request.max_results(PAGE_SIZE).set_next_token(next.clone()).send()
                })
                .await?;
            Ok(Page { items: list(answer.security_groups, security_group), next: token(answer.next_token) })
        })
        .await
    }

    /// The VPC endpoints with these ids, as far as they exist. Where there is no id, nobody is asked.
    pub(super) async fn vpc_endpoints(&self, ids: &BTreeSet<String>) -> Listing<VpcEndpoint> {
        if ids.is_empty() {
            return Listing::default();
        }
        let Self { client, caller } = self;
        let (operation, filter) = (DESCRIBE_VPC_ENDPOINTS, &named("vpc-endpoint-id", ids));
        pages(caller, operation, "", |next: Option<String>| async move {
            let answer = caller
                .read(operation, "", || {
                    let request = client.describe_vpc_endpoints().filters(filter.clone());
                    request.max_results(PAGE_SIZE).set_next_token(next.clone()).send()
                })
                .await?;
            Ok(Page { items: list(answer.vpc_endpoints, vpc_endpoint), next: token(answer.next_token) })
        })
        .await
    }

    /// All VPCs.
    pub(super) async fn vpcs(&self) -> Listing<Vpc> {
        let Self { client, caller } = self;
        pages(caller, DESCRIBE_VPCS, "", |next: Option<String>| async move {
            let answer = caller
                .read(DESCRIBE_VPCS, "", || {
                    client.describe_vpcs().max_results(PAGE_SIZE).set_next_token(next.clone()).send()
                })
                .await?;
            Ok(Page { items: list(answer.vpcs, vpc), next: token(answer.next_token) })
        })
        .await
    }
}

fn named(filter: &str, ids: &BTreeSet<String>) -> types::Filter {
    types::Filter::builder().name(filter).set_values(Some(ids.iter().cloned().collect())).build()
}

fn security_group(group: types::SecurityGroup) -> SecurityGroup {
    SecurityGroup {
        group_id: text(group.group_id),
        group_name: text(group.group_name),
        description: text(group.description),
        owner_id: text(group.owner_id),
        vpc_id: text(group.vpc_id),
        ip_permissions: list(group.ip_permissions, permission),
        ip_permissions_egress: list(group.ip_permissions_egress, permission),
        tags: list(group.tags, tag),
    }
}

fn permission(permission: types::IpPermission) -> IpPermission {
    IpPermission {
        ip_protocol: text(permission.ip_protocol),
        from_port: permission.from_port,
        to_port: permission.to_port,
        ip_ranges: list(permission.ip_ranges, |range| SecurityRange {
            cidr_ip: text(range.cidr_ip),
            description: text(range.description),
        }),
        ipv6_ranges: list(permission.ipv6_ranges, |range| SecurityRange6 {
            cidr_ipv6: text(range.cidr_ipv6),
            description: text(range.description),
        }),
        prefix_list_ids: list(permission.prefix_list_ids, |prefixes| PrefixListId {
            prefix_list_id: text(prefixes.prefix_list_id),
            description: text(prefixes.description),
        }),
        user_id_group_pairs: list(permission.user_id_group_pairs, |pair| UserIdGroupPair {
            group_id: text(pair.group_id),
            group_name: text(pair.group_name),
            user_id: text(pair.user_id),
            vpc_id: text(pair.vpc_id),
            peering_status: text(pair.peering_status),
            vpc_peering_connection_id: text(pair.vpc_peering_connection_id),
            description: text(pair.description),
        }),
    }
}

fn vpc_endpoint(endpoint: types::VpcEndpoint) -> VpcEndpoint {
    VpcEndpoint {
        vpc_endpoint_id: text(endpoint.vpc_endpoint_id),
        vpc_endpoint_type: word(endpoint.vpc_endpoint_type),
        vpc_id: text(endpoint.vpc_id),
        service_name: text(endpoint.service_name),
        state: word(endpoint.state),
        subnet_ids: endpoint.subnet_ids.unwrap_or_default(),
        private_dns_enabled: endpoint.private_dns_enabled,
        tags: list(endpoint.tags, tag),
    }
}

fn vpc(vpc: types::Vpc) -> Vpc {
    Vpc {
        vpc_id: text(vpc.vpc_id),
        owner_id: text(vpc.owner_id),
        state: word(vpc.state),
        cidr_block: text(vpc.cidr_block),
        cidr_block_association_set: list(vpc.cidr_block_association_set, |association| VpcCidr {
            cidr_block: text(association.cidr_block),
            cidr_block_state: association.cidr_block_state.map(|state| VpcCidrState { state: word(state.state) }),
        }),
        dhcp_options_id: text(vpc.dhcp_options_id),
        is_default: vpc.is_default,
        tags: list(vpc.tags, tag),
    }
}

fn tag(tag: types::Tag) -> FileTag {
    FileTag { key: text(tag.key), value: text(tag.value) }
}
