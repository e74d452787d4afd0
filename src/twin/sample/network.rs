//! The network around the desktops: the directory's security group, the endpoint through which offices stream, the VPC.

use super::company::ACCOUNT;
use super::site::Site;
use deskpair_rules::model::files::FileTag;
use deskpair_rules::model::network::{
    IpPermission, SecurityGroup, SecurityRange, UserIdGroupPair, Vpc, VpcCidr, VpcCidrState, VpcEndpoint,
};
use deskpair_rules::model::{Side, Slice};

/// Everything inside the company, whatever its Region.
const INSIDE: &str = "10.0.0.0/8";

/// Fills a side's security groups, VPC endpoints and VPCs.
pub(super) fn fill(side: &mut Side, site: &Site) {
    side.security_groups = Slice::whole_of(vec![desktops(site)]);
    side.vpc_endpoints = Slice::whole_of(vec![streaming(site)]);
    side.vpcs = Slice::whole_of(vec![vpc(site)]);
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
        is_default: Some(false),
        tags: vec![tag("Name", &format!("norhaven-desktops-{}", site.region.short))],
    }
}

fn tag(key: &str, value: &str) -> FileTag {
    FileTag { key: key.to_owned(), value: value.to_owned() }
}
