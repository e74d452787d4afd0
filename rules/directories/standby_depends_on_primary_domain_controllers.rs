//! DIR-007: the standby directory must find domain controllers and RADIUS servers without the primary Region.
//!
//! It compares addresses with the ranges of both Regions' VPCs. Whether anything answers at them, no AWS API tells.

use super::known::{self, Known};
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::directory::Directory;
use crate::model::{Dataset, PairView, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};
use crate::whereabouts::{Lies, lies, nearest};
use std::collections::BTreeSet;

/// DIR-007 standby-depends-on-primary-domain-controllers.
pub(super) struct StandbyDependsOnPrimaryDomainControllers;

/// Positions in the cases.
const DNS: usize = 0;
const RADIUS: usize = 1;
const SAME: usize = 2;

static META: Meta = Meta {
    id: "DIR-007",
    name: "standby-depends-on-primary-domain-controllers",
    area: Area::Directories,
    summary: "the standby directory finds its domain controllers or RADIUS servers in the primary Region alone",
    cases: &[
        Case { key: "dns", severity: Severity::Critical, effect: Effect::Strands, uncounted: false },
        Case { key: "radius", severity: Severity::Critical, effect: Effect::Strands, uncounted: false },
        Case { key: "same-outside", severity: Severity::Low, effect: Effect::None, uncounted: false },
    ],
    reach: Reach::Pair,
    // Where the standby Region has no domain controllers, its file systems have none either.
    implies: &["FSX-012"],
    needs: &[Dataset::Directories, Dataset::Registrations, Dataset::Aliases, Dataset::Vpcs],
    controls: &[
        controls::REL13_BP02,
        controls::EUCREL03,
        controls::CP_7,
        controls::A_8_14,
        controls::A1_2,
        controls::ARTICLE_11,
    ],
    remedy: "Run domain controllers and RADIUS servers in the standby Region, or where it reaches them without the primary, and give the \
             standby directory their addresses.",
    options: &[],
    doc: include_str!("standby_depends_on_primary_domain_controllers.md"),
};

const UNTOLD: Unknown = Unknown::Undetermined("the DNS addresses of the standby directory are missing from the answer");
const NOT_COMPARED: Unknown = Unknown::Undetermined(
    "a DNS address of the standby directory is no IPv4 address, or a VPC's range cannot be read, so where it lies is not known",
);
const NO_SERVERS: Unknown =
    Unknown::Undetermined("the standby directory asks a RADIUS server, and the answer names none");
const NAMED: Unknown = Unknown::Unsupported(
    "the standby directory's RADIUS servers are given by name or by IPv6 address, so no AWS API tells where they lie: attest that one of them \
     does without the primary Region",
);

/// Where the nearest domain controller lies.
fn controllers(pair: &PairView<'_>, directory: &Directory) -> Lies {
    nearest(pair, &directory.dns_ip_addrs, NOT_COMPARED, UNTOLD)
}

fn radius_servers(directory: &Directory) -> &[String] {
    directory.radius_settings.as_ref().map_or(&[], |radius| &radius.radius_servers)
}

/// Where the nearest RADIUS server lies; nothing where no one asks for one.
fn radius(pair: &PairView<'_>, directory: &Directory) -> Option<Lies> {
    directory.radius_settings.as_ref()?;
    Some(nearest(pair, radius_servers(directory), NAMED, NO_SERVERS))
}

/// Whether both directories have the same domain controllers, which lie in neither Region.
fn share(pair: &PairView<'_>, standby: &Directory) -> Result<bool, Unknown> {
    let places = standby.dns_ip_addrs.iter().map(|address| lies(pair, address, NOT_COMPARED));
    if places.into_iter().any(|one| one != Lies::Outside) {
        return Ok(false);
    }
    let primary = match known::primary(pair) {
        Known::Listed(primary) => primary,
        Known::Foreign | Known::Missing => return Ok(false),
        Known::Unknown(why) => return Err(why),
    };
    let set = |directory: &Directory| directory.dns_ip_addrs.iter().cloned().collect::<BTreeSet<String>>();
    if set(primary) != set(standby) {
        return Ok(false);
    }
    // They may lie in a range of the standby's that was not read.
    pair.standby.vpcs.gap().map_or(Ok(true), |gap| Err(gap.into()))
}

impl Rule for StandbyDependsOnPrimaryDomainControllers {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let Some(standby) = known::standby_listed(pair, sheet) else { return };
        match (controllers(pair, standby), radius(pair, standby)) {
            (Lies::OnPrimary, _) => sheet.fail(Subject::Directories, DNS),
            (_, Some(Lies::OnPrimary)) => sheet.fail(Subject::Directories, RADIUS),
            (Lies::Unknown(why), _) | (_, Some(Lies::Unknown(why))) => sheet.unknown(Subject::Directories, why),
            (Lies::OnStandby | Lies::Outside, None | Some(Lies::OnStandby | Lies::Outside)) => {
                match share(pair, standby) {
                    Ok(true) => sheet.fail(Subject::Directories, SAME),
                    Ok(false) => sheet.pass(),
                    Err(why) => sheet.unknown(Subject::Directories, why),
                }
            }
        }
    }

    fn word(&self, pair: &PairView<'_>, _: Subject, case: usize) -> Wording {
        let (here, there) = (&pair.settings.primary.region, &pair.settings.standby.region);
        let Known::Listed(standby) = known::standby(pair) else { return Wording::new(META.summary) };
        let primary = match known::primary(pair) {
            Known::Listed(primary) => Some(primary),
            Known::Foreign | Known::Missing | Known::Unknown(_) => None,
        };
        let id = &standby.directory_id;
        let sorted = |addresses: &[String]| {
            let set: BTreeSet<&str> = addresses.iter().map(String::as_str).collect();
            known::shown(&set.into_iter().collect::<Vec<_>>().join(", "))
        };
        let both = |of: fn(&Directory) -> &[String]| {
            (primary.map_or_else(|| "not told".to_owned(), |primary| sorted(of(primary))), sorted(of(standby)))
        };
        let ((p_dns, s_dns), (p_radius, s_radius)) = (both(|directory| &directory.dns_ip_addrs), both(radius_servers));
        match case {
            DNS => Wording::new(format!(
                "{id} in {there} finds its domain controllers by addresses in {here} alone: {s_dns}. Without that Region it signs nobody in"
            ))
            .with("DnsIpAddrs", p_dns, s_dns),
            RADIUS => Wording::new(format!(
                "{id} in {there} asks RADIUS servers in {here} alone: {s_radius}. Without that Region nobody gets past the second factor"
            ))
            .with("RadiusSettings.RadiusServers", p_radius, s_radius),
            _ => Wording::new(format!(
                "{id} in {there} has the primary's domain controllers, which lie in neither Region: {s_dns}. Make sure that it reaches them \
                 without {here}"
            ))
            .with("DnsIpAddrs", p_dns, s_dns),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::known::NOT_THERE;
    use super::*;
    use crate::fixture::{Fixture, On};

    const RULE: StandbyDependsOnPrimaryDomainControllers = StandbyDependsOnPrimaryDomainControllers;

    fn texts(addresses: &[&str]) -> Vec<String> {
        addresses.iter().map(|&address| address.to_owned()).collect()
    }

    fn directory(fixture: &mut Fixture, on: On) -> &mut Directory {
        &mut fixture.side(on).directories.items_mut()[0]
    }

    fn dns(addresses: &[&str]) -> Fixture {
        let mut fixture = Fixture::clean();
        directory(&mut fixture, On::Standby).dns_ip_addrs = texts(addresses);
        fixture
    }

    fn radius_at(servers: &[&str]) -> Fixture {
        let mut fixture = Fixture::clean();
        let radius = directory(&mut fixture, On::Standby).radius_settings.as_mut().expect("set");
        radius.radius_servers = texts(servers);
        fixture
    }

    /// Both ask the same domain controllers on premises.
    fn on_premises() -> Fixture {
        let mut fixture = dns(&["192.168.7.8", "192.168.7.7"]);
        directory(&mut fixture, On::Primary).dns_ip_addrs = texts(&["192.168.7.7", "192.168.7.8"]);
        fixture
    }

    #[test]
    fn passes_where_one_lies_elsewhere() {
        assert_eq!(Fixture::clean().verdicts(&RULE), (1, vec![]));
        for other in ["10.30.11.10", "192.168.7.7"] {
            assert_eq!(dns(&["10.20.10.10", other]).verdicts(&RULE), (1, vec![]), "{other}");
            assert_eq!(radius_at(&["10.20.10.40", other]).verdicts(&RULE), (1, vec![]), "{other}");
        }
        let mut fixture = Fixture::clean();
        directory(&mut fixture, On::Standby).radius_settings = None;
        assert_eq!(fixture.verdicts(&RULE), (1, vec![]));
    }

    #[test]
    fn fails_where_all_lie_on_the_primary_side() {
        let fixture = dns(&["10.20.11.10", "10.20.10.10"]);
        assert_eq!(fixture.verdicts(&RULE), (0, vec!["dns corp.example".to_owned()]));
        let words = fixture.words(&RULE);
        assert_eq!(
            words.message,
            "d-92670000bb in us-west-2 finds its domain controllers by addresses in us-east-1 alone: 10.20.10.10, 10.20.11.10. Without that \
             Region it signs nobody in"
        );
        assert_eq!((words.drift[0].path.as_str(), words.drift[0].primary.as_str()), ("DnsIpAddrs", "10.20.10.10"));
        assert_eq!(fixture.run(&[&RULE]).pairs[0].readiness.stranded, 3);
        let fixture = radius_at(&["10.20.10.40"]);
        assert_eq!(fixture.verdicts(&RULE), (0, vec!["radius corp.example".to_owned()]));
        assert!(fixture.words(&RULE).message.contains("asks RADIUS servers in us-east-1 alone: 10.20.10.40."));
        assert_eq!(fixture.run(&[&RULE]).pairs[0].readiness.stranded, 3);
    }

    #[test]
    fn the_same_ones_outside_both_regions_are_said() {
        let fixture = on_premises();
        assert_eq!(fixture.verdicts(&RULE), (0, vec!["same-outside corp.example".to_owned()]));
        assert!(fixture.words(&RULE).message.contains("192.168.7.7, 192.168.7.8"));
        assert_eq!(fixture.run(&[&RULE]).pairs[0].readiness.ready, 3);
        let mut fixture = on_premises();
        directory(&mut fixture, On::Primary).dns_ip_addrs.push("192.168.9.9".to_owned());
        assert_eq!(fixture.verdicts(&RULE), (1, vec![]));
        // One of them in the standby Region is its own.
        let mut fixture = dns(&["192.168.7.7", "10.30.10.10"]);
        directory(&mut fixture, On::Primary).dns_ip_addrs = texts(&["192.168.7.7", "10.30.10.10"]);
        assert_eq!(fixture.verdicts(&RULE), (1, vec![]));
    }

    #[test]
    fn what_cannot_be_compared_is_no_pass_and_no_fail() {
        for addresses in [&[][..], &["10.20.10.10", "fd00::53"]] {
            let sheet = dns(addresses).judge(&RULE);
            assert!(matches!(sheet.unknowns(), [(_, Unknown::Undetermined(_))]), "{addresses:?}: {sheet:?}");
        }
        assert_eq!(radius_at(&[]).judge(&RULE).unknowns(), [(Subject::Directories, NO_SERVERS)]);
        // A name can be attested, and leaves people ready.
        let fixture = radius_at(&["radius.corp.example"]);
        assert_eq!(fixture.judge(&RULE).unknowns(), [(Subject::Directories, NAMED)]);
        assert_eq!(fixture.run(&[&RULE]).pairs[0].readiness.ready, 3);
    }

    #[test]
    fn does_not_apply_where_there_is_none() {
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).directories.items_mut().clear();
        assert_eq!(fixture.judge(&RULE).reasons(), [NOT_THERE]);
    }

    #[test]
    fn denied_calls_are_named() {
        for fixture in [
            Fixture::clean(),
            dns(&["10.20.10.10"]),
            dns(&["10.20.10.10", "192.168.7.7"]),
            radius_at(&["10.20.10.40"]),
            on_premises(),
        ] {
            fixture.assert_gaps_are_no_passes(&RULE);
        }
    }
}
