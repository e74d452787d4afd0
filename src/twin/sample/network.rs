//! The network around the desktops: the directory's security group, the endpoint through which offices stream, the VPC, its subnets and
//! routes.

use super::company::{ACCOUNT, DOMAIN};
use super::site::Site;
use deskpair_rules::model::files::FileTag;
use deskpair_rules::model::network::{
    DhcpConfiguration, DhcpOptions, DhcpValue, IpPermission, Route, RouteTable, RouteTableAssociation,
    RouteTableAssociationState, SecurityGroup, SecurityRange, Subnet, UserIdGroupPair, Vpc, VpcCidr, VpcCidrState,
    VpcEndpoint,
};
use deskpair_rules::model::{Side, Slice};

/// Everything inside the company, whatever its Region.
const INSIDE: &str = "10.0.0.0/8";

/// The addresses of a subnet of 2^14, without the five that AWS keeps.
const SUBNET: u64 = (1 << 14) - 5;

/// The third octets at which the desktops' two subnets begin.
pub(super) const THIRD: [u8; 2] = [64, 128];

/// The groups of a side's desktops, as an estate keeps them: what AWS made for the directory, and the company's own.
pub(super) fn groups(site: &Site) -> String {
    let mut groups = [site.desktop_group.as_str(), site.custom_group.as_str()];
    groups.sort_unstable();
    groups.join(",")
}

/// Fills a side's security groups, VPC endpoints, VPCs, subnets, route tables and DHCP options, with this many people's desktops in it.
pub(super) fn fill(side: &mut Side, site: &Site, people: u64) {
    side.security_groups = Slice::whole_of(vec![desktops(site)]);
    side.vpc_endpoints = Slice::whole_of(vec![streaming(site)]);
    side.vpcs = Slice::whole_of(vec![vpc(site)]);
    side.subnets = Slice::whole_of(vec![subnet(site, 0, people), subnet(site, 1, people)]);
    side.route_tables = Slice::whole_of(vec![main_table(site), desktop_table(site)]);
    side.dhcp_options = Slice::whole_of(vec![dhcp_options(site)]);
}

/// The company's own group for desktops: what it lets through names no Region.
fn desktops(site: &Site) -> SecurityGroup {
    let mut among = permission("-1", None, &[]);
    among.user_id_group_pairs = vec![UserIdGroupPair {
        group_id: site.desktop_group.clone(),
        user_id: ACCOUNT.to_owned(),
        description: "Agents of the desktops".to_owned(),
        ..UserIdGroupPair::default()
    }];
    SecurityGroup {
        group_id: site.custom_group.clone(),
        group_name: "norhaven-desktops".to_owned(),
        description: "Norhaven's own rules for desktops".to_owned(),
        owner_id: ACCOUNT.to_owned(),
        vpc_id: site.vpc.clone(),
        ip_permissions: vec![permission("tcp", Some((5985, 5986)), &[(INSIDE, "Remote management")])],
        ip_permissions_egress: vec![
            permission("tcp", Some((443, 443)), &[("0.0.0.0/0", "Web and AWS")]),
            permission("tcp", Some((445, 445)), &[(INSIDE, "File shares")]),
            permission("tcp", Some((88, 88)), &[(INSIDE, "Kerberos")]),
            permission("tcp", Some((389, 389)), &[(INSIDE, "LDAP")]),
            permission("udp", Some((53, 53)), &[(INSIDE, "DNS")]),
            among,
        ],
        tags: vec![tag("Name", "norhaven-desktops"), tag("Owner", "euc-team")],
    }
}

fn permission(protocol: &str, ports: Option<(i32, i32)>, ranges: &[(&str, &str)]) -> IpPermission {
    let ranges =
        ranges.iter().map(|&(range, about)| SecurityRange { cidr_ip: range.to_owned(), description: about.to_owned() });
    IpPermission {
        ip_protocol: protocol.to_owned(),
        from_port: ports.map(|(from, _)| from),
        to_port: ports.map(|(_, to)| to),
        ip_ranges: ranges.collect(),
        ..IpPermission::default()
    }
}

/// The endpoint that the directory names: offices stream through it over their private lines.
fn streaming(site: &Site) -> VpcEndpoint {
    VpcEndpoint {
        vpc_endpoint_id: site.endpoint(),
        vpc_endpoint_type: "Interface".to_owned(),
        vpc_id: site.vpc.clone(),
        service_name: format!("com.amazonaws.{}.highlander", site.region.name),
        // As the model's enum has it; its words, and some answers, begin in lower case.
        state: "Available".to_owned(),
        subnet_ids: site.subnets.to_vec(),
        private_dns_enabled: Some(true),
        tags: vec![tag("Name", "norhaven-streaming")],
    }
}

fn vpc(site: &Site) -> Vpc {
    let range = format!("10.{}.0.0/16", site.region.octet);
    Vpc {
        vpc_id: site.vpc.clone(),
        owner_id: ACCOUNT.to_owned(),
        state: "available".to_owned(),
        cidr_block: range.clone(),
        cidr_block_association_set: vec![VpcCidr {
            cidr_block: range,
            cidr_block_state: Some(VpcCidrState { state: "associated".to_owned() }),
        }],
        dhcp_options_id: options_id(site),
        is_default: Some(false),
        tags: vec![tag("Name", &format!("norhaven-desktops-{}", site.region.short))],
    }
}

/// One of the desktops' two subnets, which the connector and a few endpoints share with them. Sizes that nobody owns leave a quarter of it.
fn subnet(site: &Site, at: usize, people: u64) -> Subnet {
    let left = SUBNET.saturating_sub(people / 2 + 12).max(SUBNET / 4);
    Subnet {
        subnet_id: site.subnets[at].clone(),
        vpc_id: site.vpc.clone(),
        owner_id: ACCOUNT.to_owned(),
        state: "available".to_owned(),
        cidr_block: format!("10.{}.{}.0/18", site.region.octet, THIRD[at]),
        availability_zone: site.region.zones[at].to_owned(),
        availability_zone_id: site.region.zone_ids[at].to_owned(),
        available_ip_address_count: i32::try_from(left).ok(),
        tags: vec![tag("Name", &format!("norhaven-desktops-{}", site.region.zones[at]))],
    }
}

/// The VPC's main table, which leads nowhere else: a subnet that nobody looked after stays by itself.
fn main_table(site: &Site) -> RouteTable {
    let table = site.derived("rtb-", 17, "main");
    let association = RouteTableAssociation { main: Some(true), ..associated(site, &table, "main") };
    RouteTable {
        routes: vec![local(site)],
        associations: vec![association],
        tags: vec![tag("Name", "norhaven-main")],
        ..empty_table(site, table)
    }
}

/// The desktops' table: the internet, the company's other networks, and S3 without a way over the internet.
fn desktop_table(site: &Site) -> RouteTable {
    let table = site.derived("rtb-", 17, "desktops");
    let associations = site
        .subnets
        .iter()
        .map(|subnet| RouteTableAssociation { subnet_id: subnet.clone(), ..associated(site, &table, subnet) });
    let internet = Route { gateway_id: site.derived("igw-", 17, "internet"), ..to("0.0.0.0/0") };
    let company = Route { transit_gateway_id: site.derived("tgw-", 17, "company"), ..to(INSIDE) };
    let storage = Route {
        destination_prefix_list_id: site.derived("pl-", 8, "s3"),
        gateway_id: site.derived("vpce-", 17, "s3"),
        ..to("")
    };
    RouteTable {
        routes: vec![company, local(site), internet, storage],
        associations: associations.collect(),
        tags: vec![tag("Name", "norhaven-desktops")],
        ..empty_table(site, table)
    }
}

fn empty_table(site: &Site, route_table_id: String) -> RouteTable {
    RouteTable { route_table_id, vpc_id: site.vpc.clone(), owner_id: ACCOUNT.to_owned(), ..RouteTable::default() }
}

fn associated(site: &Site, table: &str, what: &str) -> RouteTableAssociation {
    RouteTableAssociation {
        route_table_association_id: site.derived("rtbassoc-", 17, what),
        route_table_id: table.to_owned(),
        main: Some(false),
        association_state: Some(RouteTableAssociationState {
            state: "associated".to_owned(),
            status_message: String::new(),
        }),
        ..RouteTableAssociation::default()
    }
}

fn local(site: &Site) -> Route {
    let range = format!("10.{}.0.0/16", site.region.octet);
    Route { gateway_id: "local".to_owned(), origin: "CreateRouteTable".to_owned(), ..to(&range) }
}

fn to(destination: &str) -> Route {
    Route {
        destination_cidr_block: destination.to_owned(),
        origin: "CreateRoute".to_owned(),
        state: "active".to_owned(),
        ..Route::default()
    }
}

fn options_id(site: &Site) -> String {
    site.derived("dopt-", 17, "desktops")
}

/// Desktops ask the side's own domain controllers.
fn dhcp_options(site: &Site) -> DhcpOptions {
    let configuration = |key: &str, values: Vec<String>| DhcpConfiguration {
        key: key.to_owned(),
        values: values.into_iter().map(|value| DhcpValue { value }).collect(),
    };
    DhcpOptions {
        dhcp_options_id: options_id(site),
        owner_id: ACCOUNT.to_owned(),
        dhcp_configurations: vec![
            configuration("domain-name", vec![DOMAIN.to_owned()]),
            configuration("domain-name-servers", site.domain_controllers()),
        ],
        tags: vec![tag("Name", "norhaven-desktops")],
    }
}

fn tag(key: &str, value: &str) -> FileTag {
    FileTag { key: key.to_owned(), value: value.to_owned() }
}
