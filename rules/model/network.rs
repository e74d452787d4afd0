//! Security groups, VPC endpoints, VPCs, subnets, route tables, DHCP options and network interfaces, as Amazon EC2 describes them.

use super::Sym;
use super::files::FileTag;
use super::wire::wire;

/// What stands in the place of an id where a VPC has no DHCP options (`ec2:AssociateDhcpOptionsRequest$DhcpOptionsId`).
pub const NO_OPTIONS: &str = "default";

/// One `ec2:NetworkInterface` in a subnet of desktops, 16 bytes, for there are as many as desktops. Texts are numbers in the estate's
/// [`Symbols`](super::Symbols); the empty text means that the member was absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InterfaceRow {
    /// `SubnetId`.
    pub subnet: Sym,
    /// `PrivateIpAddress` as a number; 0 for absent.
    pub address: u32,
    /// The `GroupId` of each of its `Groups`, sorted, joined by commas.
    pub groups: Sym,
    /// `Description`.
    pub description: Sym,
}

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
        dhcp_options_id: String,
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

    /// `ec2:Subnet`.
    Subnet as "PascalCase" {
        subnet_id: String,
        vpc_id: String,
        owner_id: String,
        state: String,
        cidr_block: String,
        availability_zone: String,
        availability_zone_id: String,
        available_ip_address_count: Option<i32>,
        tags: Vec<FileTag>,
    }

    /// `ec2:RouteTable`.
    RouteTable as "PascalCase" {
        route_table_id: String,
        vpc_id: String,
        owner_id: String,
        associations: Vec<RouteTableAssociation>,
        routes: Vec<Route>,
        tags: Vec<FileTag>,
    }

    /// `ec2:RouteTableAssociation`: of a subnet, of a gateway, or of the VPC whose main table it is.
    RouteTableAssociation as "PascalCase" {
        route_table_association_id: String,
        route_table_id: String,
        subnet_id: String,
        gateway_id: String,
        main: Option<bool>,
        association_state: Option<RouteTableAssociationState>,
    }

    /// `ec2:RouteTableAssociationState`.
    RouteTableAssociationState as "PascalCase" {
        state: String,
        status_message: String,
    }

    /// `ec2:Route`: one destination and one target. `State` is `active` or `blackhole`.
    Route as "PascalCase" {
        destination_cidr_block: String,
        destination_ipv6_cidr_block: String,
        destination_prefix_list_id: String,
        egress_only_internet_gateway_id: String,
        gateway_id: String,
        instance_id: String,
        nat_gateway_id: String,
        transit_gateway_id: String,
        local_gateway_id: String,
        carrier_gateway_id: String,
        network_interface_id: String,
        vpc_peering_connection_id: String,
        core_network_arn: String,
        origin: String,
        state: String,
    }

    /// `ec2:DhcpOptions`.
    DhcpOptions as "PascalCase" {
        dhcp_options_id: String,
        owner_id: String,
        dhcp_configurations: Vec<DhcpConfiguration>,
        tags: Vec<FileTag>,
    }

    /// `ec2:DhcpConfiguration`: `domain-name-servers` and its values.
    DhcpConfiguration as "PascalCase" {
        key: String,
        values: Vec<DhcpValue>,
    }

    /// `ec2:AttributeValue`.
    DhcpValue as "PascalCase" {
        value: String,
    }
}
