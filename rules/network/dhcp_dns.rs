//! NET-004: the DHCP options of standby desktops' networks must name DNS servers of their directory.
//!
//! It compares addresses. Whether another resolver forwards the domain's names is not read, and whether any of them answers no AWS API
//! tells.

use super::places::{NO_DIRECTORY, NO_DOMAIN, name_servers, subnets};
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::directory::WorkspaceDirectory;
use crate::model::network::{DhcpOptions, NO_OPTIONS, Vpc};
use crate::model::{Dataset, PairView, Side, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};
use std::net::IpAddr;

/// NET-004 dhcp-dns.
pub(super) struct DhcpDns;

/// Positions in the cases, the surer first.
const OTHERS: usize = 0;
const AMAZONS: usize = 1;

static META: Meta = Meta {
    id: "NET-004",
    name: "dhcp-dns",
    area: Area::Network,
    summary: "the DHCP options of standby desktops' networks name no DNS server of the directory",
    cases: &[
        Case { key: "others", severity: Severity::High, effect: Effect::Degrades, uncounted: false },
        Case { key: "amazons", severity: Severity::High, effect: Effect::Degrades, uncounted: false },
    ],
    reach: Reach::Pair,
    implies: &[],
    needs: &[
        Dataset::DhcpOptions,
        Dataset::Vpcs,
        Dataset::Subnets,
        Dataset::Registrations,
        Dataset::Directories,
        Dataset::Aliases,
    ],
    controls: &[
        controls::REL13_BP02,
        controls::EUCREL03,
        controls::CP_8,
        controls::CM_6,
        controls::A_8_14,
        controls::A1_2,
        controls::ARTICLE_11,
    ],
    remedy: "Make DHCP options whose domain-name-servers are the standby directory's DNS addresses, and associate them with the VPC of its \
             subnets.",
    options: &[],
    doc: include_str!("dhcp_dns.md"),
};

const NO_VPC: Unknown = Unknown::Undetermined("EC2 lists no VPC of the id that a directory's subnet names");
const NO_ID: Unknown = Unknown::Undetermined("the DHCP options of a VPC are missing from the answer");
const GONE: Unknown = Unknown::Undetermined(
    "EC2 lists no DHCP options of the id that a VPC names: they are gone, or this account does not see them",
);

/// Amazon's own resolver, as DHCP options name it.
const AMAZONS_WORD: &str = "AmazonProvidedDNS";
/// Its address, the same in every VPC.
const AMAZONS_ADDRESS: &str = "169.254.169.253";

/// A VPC of desktops, and the servers that its DHCP options name.
type Asked<'e> = (&'e Vpc, Vec<&'e str>);

/// The VPCs of a directory's subnets, each with the servers that its desktops are told to ask.
fn asked<'e>(side: &'e Side, directory: &WorkspaceDirectory) -> Result<Vec<Result<Asked<'e>, Unknown>>, Unknown> {
    let mut ids: Vec<&str> = subnets(side, directory)?.into_iter().map(|subnet| subnet.vpc_id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    let of_vpc = |id: &str| -> Result<Asked<'e>, Unknown> {
        let vpc = side.vpcs.find(|vpc| vpc.vpc_id == id)?.ok_or(NO_VPC)?;
        match vpc.dhcp_options_id.as_str() {
            "" => Err(NO_ID),
            NO_OPTIONS => Ok((vpc, Vec::new())),
            options => {
                let found = side.dhcp_options.find(|known| known.dhcp_options_id == options)?.ok_or(GONE)?;
                Ok((vpc, servers(found)))
            }
        }
    };
    Ok(ids.into_iter().map(of_vpc).collect())
}

/// The servers that DHCP options name. The console takes several in one field.
fn servers(options: &DhcpOptions) -> Vec<&str> {
    let named = options.dhcp_configurations.iter().filter(|one| one.key.eq_ignore_ascii_case("domain-name-servers"));
    let values = named.flat_map(|one| &one.values).flat_map(|value| value.value.split(','));
    values.map(str::trim).filter(|value| !value.is_empty()).collect()
}

/// Whether two texts are one address: IPv6 has many spellings of it.
fn same(left: &str, right: &str) -> bool {
    match (left.parse::<IpAddr>(), right.parse::<IpAddr>()) {
        (Ok(left), Ok(right)) => left == right,
        (Ok(_), Err(_)) | (Err(_), Ok(_) | Err(_)) => left == right,
    }
}

/// What is wrong with the servers of a VPC, as a case.
fn wrong((_, named): &Asked<'_>, wanted: &[&str]) -> Option<usize> {
    let any = |is: &dyn Fn(&str) -> bool| named.iter().any(|server| is(server));
    if any(&|server| wanted.iter().any(|one| same(one, server))) {
        return None;
    }
    let is_amazons = |server: &str| server.eq_ignore_ascii_case(AMAZONS_WORD) || server == AMAZONS_ADDRESS;
    Some(if any(&is_amazons) { AMAZONS } else { OTHERS })
}

fn listed(servers: &[&str]) -> String {
    if servers.is_empty() { "none".to_owned() } else { servers.join(", ") }
}

impl Rule for DhcpDns {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let standby = match pair.standby_registration() {
            Ok(Some(standby)) => standby,
            Ok(None) => return sheet.not_applicable(NO_DIRECTORY),
            Err(why) => return sheet.unknown(Subject::Directories, why),
        };
        let verdict = || -> Result<Option<Option<usize>>, Unknown> {
            let Some(wanted) = name_servers(standby)? else { return Ok(None) };
            let all: Vec<_> =
                asked(pair.standby, standby)?.into_iter().map(|vpc| vpc.map(|vpc| wrong(&vpc, &wanted))).collect();
            match all.iter().filter_map(|one| one.ok().flatten()).min() {
                Some(case) => Ok(Some(Some(case))),
                None => all.into_iter().collect::<Result<Vec<_>, _>>().map(|_| Some(None)),
            }
        };
        match verdict() {
            Ok(None) => sheet.not_applicable(NO_DOMAIN),
            Ok(Some(None)) => sheet.pass(),
            Ok(Some(Some(case))) => sheet.fail(Subject::Directories, case),
            Err(why) => sheet.unknown(Subject::Directories, why),
        }
    }

    fn word(&self, pair: &PairView<'_>, _: Subject, case: usize) -> Wording {
        let there = &pair.settings.standby.region;
        let known = |side, directory: Option<&WorkspaceDirectory>| -> Vec<Asked<'_>> {
            let all = directory.and_then(|directory| asked(side, directory).ok()).unwrap_or_default();
            all.into_iter().filter_map(Result::ok).collect()
        };
        let standby = pair.standby_registration().ok().flatten();
        let wanted = standby.and_then(|standby| name_servers(standby).ok().flatten()).unwrap_or_default();
        let ours = known(pair.primary, pair.primary_registration().ok().flatten());
        let theirs = known(pair.standby, standby);
        let told = |list: &[Asked<'_>]| {
            let one = |(vpc, servers): &Asked<'_>| format!("{}: {}", vpc.vpc_id, listed(servers));
            list.iter().map(one).collect::<Vec<_>>().join("; ")
        };
        let broken = theirs.iter().filter(|vpc| wrong(vpc, &wanted) == Some(case));
        let broken = broken.map(|(vpc, _)| vpc.vpc_id.as_str()).collect::<Vec<_>>().join(", ");
        let dns = listed(&wanted);
        let message = match case {
            OTHERS => format!(
                "the DHCP options of {broken} in {there} name none of the directory's DNS servers, {dns}: desktops there may not find their domain"
            ),
            _ => format!(
                "desktops of {broken} in {there} ask Amazon's resolver in place of the directory's DNS servers, {dns}: they find their domain \
                 only if a forwarding rule leads to it, which is not read"
            ),
        };
        Wording::new(message).with("DhcpConfigurations[domain-name-servers]", told(&ours), told(&theirs))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::Slice;
    use crate::model::network::DhcpValue;

    /// The standby side's DHCP options name these servers.
    fn naming(servers: &[&str]) -> Fixture {
        let mut fixture = Fixture::clean();
        let options = &mut fixture.side(On::Standby).dhcp_options.items_mut()[0];
        let value = |server: &&str| DhcpValue { value: (*server).to_owned() };
        options.dhcp_configurations[1].values = servers.iter().map(value).collect();
        fixture
    }

    #[test]
    fn passes_where_one_of_them_is_named() {
        assert_eq!(Fixture::clean().verdicts(&DhcpDns), (1, vec![]));
        for servers in [&["10.30.10.10", "192.0.2.53"][..], &["192.0.2.53, 10.30.10.10"]] {
            assert_eq!(naming(servers).verdicts(&DhcpDns), (1, vec![]), "{servers:?}");
        }
        let mut fixture = naming(&["FD00:0::53"]);
        fixture.registration(On::Standby).dns_ipv6_addresses = vec!["fd00::53".to_owned()];
        assert_eq!(fixture.verdicts(&DhcpDns), (1, vec![]), "one address in two spellings");
    }

    #[test]
    fn fails_where_others_or_none_are_named() {
        for servers in [&["10.20.10.10"][..], &[]] {
            let fixture = naming(servers);
            assert_eq!(fixture.verdicts(&DhcpDns), (0, vec!["others corp.example".to_owned()]), "{servers:?}");
            assert_eq!(fixture.run(&[&DhcpDns]).pairs[0].readiness.degraded, 3);
        }
        let words = naming(&["10.20.10.10"]).words(&DhcpDns);
        assert_eq!(
            words.message,
            "the DHCP options of vpc-s0000000000000000 in us-west-2 name none of the directory's DNS servers, 10.30.10.10: desktops there may not find their \
             domain"
        );
        let line = &words.drift[0];
        assert_eq!(
            (line.primary.as_str(), line.standby.as_str()),
            ("vpc-p0000000000000000: 10.20.10.10", "vpc-s0000000000000000: 10.20.10.10")
        );
        // A VPC without options tells its desktops of no server.
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).vpcs.items_mut()[0].dhcp_options_id = NO_OPTIONS.to_owned();
        assert_eq!(fixture.verdicts(&DhcpDns), (0, vec!["others corp.example".to_owned()]));
        assert_eq!(fixture.words(&DhcpDns).drift[0].standby, "vpc-s0000000000000000: none");
    }

    #[test]
    fn amazons_resolver_is_said_to_need_a_rule() {
        for servers in [&["AmazonProvidedDNS"][..], &["169.254.169.253", "192.0.2.53"]] {
            let fixture = naming(servers);
            assert_eq!(fixture.verdicts(&DhcpDns), (0, vec!["amazons corp.example".to_owned()]), "{servers:?}");
            let message = fixture.words(&DhcpDns).message;
            assert!(message.contains("only if a forwarding rule leads to it, which is not read"), "{message}");
        }
    }

    #[test]
    fn what_is_not_told_is_not_judged() {
        let mut unnamed = Fixture::clean();
        unnamed.registration(On::Standby).dns_ip_addresses.clear();
        let mut gone = Fixture::clean();
        gone.side(On::Standby).dhcp_options = Slice::whole_of(Vec::new());
        let mut untold = Fixture::clean();
        untold.side(On::Standby).vpcs.items_mut()[0].dhcp_options_id.clear();
        let mut elsewhere = Fixture::clean();
        elsewhere
            .side(On::Standby)
            .subnets
            .items_mut()
            .iter_mut()
            .for_each(|subnet| subnet.vpc_id = "vpc-0".to_owned());
        for fixture in [unnamed, gone, untold, elsewhere] {
            let sheet = fixture.judge(&DhcpDns);
            assert!(matches!(sheet.unknowns(), [(_, Unknown::Undetermined(_))]), "{sheet:?}");
            assert_eq!((sheet.passes(), sheet.fails().len()), (0, 0));
        }
        // One VPC that surely is wrong fails, whatever is not known of the other.
        let mut fixture = naming(&["10.20.10.10"]);
        fixture.side(On::Standby).subnets.items_mut()[0].vpc_id = "vpc-0".to_owned();
        assert_eq!(fixture.verdicts(&DhcpDns).1, ["others corp.example"]);
    }

    #[test]
    fn does_not_apply_where_there_is_no_directory_or_no_domain() {
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).registrations = Slice::whole_of(Vec::new());
        assert_eq!(fixture.judge(&DhcpDns).reasons(), [NO_DIRECTORY]);
        let mut fixture = Fixture::clean();
        fixture.pair().standby.directory = Some("wsd-0000000bb".to_owned());
        let registration = fixture.registration(On::Standby);
        registration.directory_id = "wsd-0000000bb".to_owned();
        registration.dns_ip_addresses.clear();
        assert_eq!(fixture.judge(&DhcpDns).reasons(), [NO_DOMAIN]);
    }

    #[test]
    fn denied_calls_are_named() {
        for fixture in [Fixture::clean(), naming(&["10.20.10.10"]), naming(&["AmazonProvidedDNS"])] {
            fixture.assert_gaps_are_no_passes(&DhcpDns);
        }
    }
}
