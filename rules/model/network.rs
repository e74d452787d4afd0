//! Security groups, VPC endpoints and VPCs, as Amazon EC2 describes them.

use super::files::FileTag;
use super::wire::wire;

wire! {
    /// `ec2:SecurityGroup`.
    SecurityGroup as "PascalCase" {
        group_id: String,
        group_name: String,
        description: String,
        owner_id: String,
        vpc_id: String,
        ip_permissions: Vec<IpPermission>,
        ip_permissions_egress: Vec<IpPermission>,
        tags: Vec<FileTag>,
    }

    /// `ec2:IpPermission`: what may come in, or go out. `IpProtocol` is a name, a number, or `-1` for all.
    IpPermission as "PascalCase" {
        ip_protocol: String,
        from_port: Option<i32>,
        to_port: Option<i32>,
        ip_ranges: Vec<SecurityRange>,
        ipv6_ranges: Vec<SecurityRange6>,
        prefix_list_ids: Vec<PrefixListId>,
        user_id_group_pairs: Vec<UserIdGroupPair>,
    }

    /// `ec2:IpRange`.
    SecurityRange as "PascalCase" {
        cidr_ip: String,
        description: String,
    }

    /// `ec2:Ipv6Range`.
    SecurityRange6 as "PascalCase" {
        cidr_ipv6: String,
        description: String,
    }

    /// `ec2:PrefixListId`.
    PrefixListId as "PascalCase" {
        prefix_list_id: String,
        description: String,
    }

    /// `ec2:UserIdGroupPair`: another group, or the group itself.
    UserIdGroupPair as "PascalCase" {
        group_id: String,
        group_name: String,
        user_id: String,
        vpc_id: String,
        peering_status: String,
        vpc_peering_connection_id: String,
        description: String,
    }

    /// `ec2:VpcEndpoint`.
    VpcEndpoint as "PascalCase" {
        vpc_endpoint_id: String,
        vpc_endpoint_type: String,
        vpc_id: String,
        service_name: String,
        state: String,
        subnet_ids: Vec<String>,
        private_dns_enabled: Option<bool>,
        tags: Vec<FileTag>,
    }

    /// `ec2:Vpc`.
    Vpc as "PascalCase" {
        vpc_id: String,
        owner_id: String,
        state: String,
        cidr_block: String,
        cidr_block_association_set: Vec<VpcCidr>,
        is_default: Option<bool>,
        tags: Vec<FileTag>,
    }

    /// `ec2:VpcCidrBlockAssociation`.
    VpcCidr as "PascalCase" {
        cidr_block: String,
        cidr_block_state: Option<VpcCidrState>,
    }

    /// `ec2:VpcCidrBlockState`.
    VpcCidrState as "PascalCase" {
        state: String,
    }
}
