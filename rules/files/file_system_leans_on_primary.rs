//! FSX-012: the standby file system must find its Active Directory without the primary Region.

use crate::controls;
use crate::files::domains;
use crate::files::scope::{both, each_pair};
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::files::SelfManagedActiveDirectory;
use crate::model::{Dataset, PairView, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};
use crate::whereabouts::{Lies, nearest};

/// FSX-012 file-system-leans-on-primary.
pub(super) struct FileSystemLeansOnPrimary;

static META: Meta = Meta {
    id: "FSX-012",
    name: "file-system-leans-on-primary",
    area: Area::Files,
    summary: "every DNS address by which the standby file system finds its Active Directory lies in the primary Region",
    cases: &[Case { key: "leans", severity: Severity::High, effect: Effect::Degrades, uncounted: false }],
    reach: Reach::Pair,
    implies: &[],
    needs: &[Dataset::FileSystems, Dataset::StorageMachines, Dataset::Vpcs],
    controls: &[controls::REL13_BP02, controls::EUCREL03, controls::CP_6, controls::A_8_14, controls::ARTICLE_11],
    remedy: "Give the standby file system DNS addresses of domain controllers in its own Region (`aws fsx update-file-system`, or \
             `update-storage-virtual-machine` for ONTAP).",
    options: &[],
    doc: include_str!("file_system_leans_on_primary.md"),
};

const NOT_OWN: &str = "the standby file system is joined to no Active Directory of the company's own";
const UNTOLD: Unknown = Unknown::Undetermined(
    "the DNS addresses of the standby file system's Active Directory are missing from the answer",
);
const NOT_COMPARED: Unknown = Unknown::Undetermined(
    "a DNS address of the standby file system's Active Directory is no IPv4 address, or a VPC's range cannot be read, so where it lies is not \
     known",
);

/// Whether all addresses of a directory lie on the primary side.
fn leans(pair: &PairView<'_>, directory: &SelfManagedActiveDirectory) -> Lies {
    nearest(pair, &directory.dns_ips, NOT_COMPARED, UNTOLD)
}

impl Rule for FileSystemLeansOnPrimary {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        each_pair(pair, sheet, |sheet, subject, _, standby| {
            let found: Vec<Lies> =
                domains::self_managed(pair.standby, standby).into_iter().map(|one| leans(pair, one)).collect();
            let mut unknown: Vec<Unknown> = domains::hidden(pair.standby, standby).into_iter().collect();
            unknown.extend(found.iter().filter_map(|one| match one {
                Lies::Unknown(why) => Some(*why),
                Lies::OnPrimary | Lies::OnStandby | Lies::Outside => None,
            }));
            if found.contains(&Lies::OnPrimary) {
                sheet.fail(subject, 0);
            } else if !unknown.is_empty() {
                unknown.sort_unstable();
                unknown.dedup();
                unknown.into_iter().for_each(|why| sheet.unknown(subject, why));
            } else if found.is_empty() {
                sheet.not_applicable(NOT_OWN);
            } else {
                sheet.pass();
            }
        });
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, _: usize) -> Wording {
        let names = subject.names(pair);
        let (here, there) = (&pair.settings.primary.region, &pair.settings.standby.region);
        let own =
            both(pair, subject).map(|(_, standby)| domains::self_managed(pair.standby, standby)).unwrap_or_default();
        let mut addresses: Vec<&str> = own
            .into_iter()
            .filter(|one| leans(pair, one) == Lies::OnPrimary)
            .flat_map(|one| one.dns_ips.iter().map(String::as_str))
            .collect();
        addresses.sort_unstable();
        addresses.dedup();
        let addresses = addresses.join(", ");
        Wording::new(format!(
            "{} ({}) in {there} finds its Active Directory by addresses in {here} alone: {addresses}",
            names.name, names.standby
        ))
        .with("SelfManagedActiveDirectoryConfiguration.DnsIps", "", addresses)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::network::{VpcCidr, VpcCidrState};

    fn with_addresses(addresses: &[&str]) -> Fixture {
        let mut fixture = Fixture::clean();
        *dns_ips(&mut fixture) = addresses.iter().map(|&address| address.to_owned()).collect();
        fixture
    }

    fn dns_ips(fixture: &mut Fixture) -> &mut Vec<String> {
        let windows = fixture.side(On::Standby).file_systems.items_mut()[0].windows_configuration.as_mut();
        let own = windows.expect("Windows'").self_managed_active_directory_configuration.as_mut();
        &mut own.expect("its own").dns_ips
    }

    #[test]
    fn passes_where_one_lies_elsewhere() {
        assert_eq!(Fixture::clean().verdicts(&FileSystemLeansOnPrimary), (1, vec![]));
        assert_eq!(Fixture::ontap().verdicts(&FileSystemLeansOnPrimary), (1, vec![]));
        for other in ["10.30.11.10", "192.168.7.7"] {
            assert_eq!(
                with_addresses(&["10.20.10.10", other]).verdicts(&FileSystemLeansOnPrimary),
                (1, vec![]),
                "{other}"
            );
        }
    }

    #[test]
    fn fails_where_all_lie_on_the_primary_side() {
        let fixture = with_addresses(&["10.20.11.10", "10.20.10.10"]);
        assert_eq!(fixture.verdicts(&FileSystemLeansOnPrimary), (0, vec!["leans profiles".to_owned()]));
        let words = fixture.words(&FileSystemLeansOnPrimary);
        assert_eq!(
            words.message,
            "profiles (fs-s000000000000) in us-west-2 finds its Active Directory by addresses in us-east-1 alone: 10.20.10.10, \
             10.20.11.10"
        );
        assert_eq!(words.drift[0].standby, "10.20.10.10, 10.20.11.10");
    }

    #[test]
    fn each_storage_virtual_machine_counts() {
        let mut fixture = Fixture::ontap();
        let mut other = fixture.side(On::Standby).storage_machines.items()[0].clone();
        let joined = other.active_directory_configuration.as_mut().expect("joined");
        joined.self_managed_active_directory_configuration.as_mut().expect("joined").dns_ips =
            vec!["10.20.10.10".to_owned()];
        fixture.side(On::Standby).storage_machines.items_mut().push(other);
        assert_eq!(fixture.verdicts(&FileSystemLeansOnPrimary).1, ["leans profiles"]);
    }

    #[test]
    fn every_range_of_a_vpc_counts_while_it_is_there() {
        let mut fixture = with_addresses(&["100.64.3.4"]);
        let block = |state: &str| VpcCidr {
            cidr_block: "100.64.0.0/16".to_owned(),
            cidr_block_state: Some(VpcCidrState { state: state.to_owned() }),
        };
        fixture.side(On::Primary).vpcs.items_mut()[0].cidr_block_association_set.push(block("associated"));
        assert_eq!(fixture.verdicts(&FileSystemLeansOnPrimary).1, ["leans profiles"]);
        fixture.side(On::Primary).vpcs.items_mut()[0].cidr_block_association_set[0] = block("disassociated");
        assert_eq!(fixture.verdicts(&FileSystemLeansOnPrimary), (1, vec![]));
        // A range that both have is the standby's own there.
        fixture.side(On::Primary).vpcs.items_mut()[0].cidr_block_association_set[0] = block("associated");
        fixture.side(On::Standby).vpcs.items_mut()[0].cidr_block_association_set.push(block("associated"));
        assert_eq!(fixture.verdicts(&FileSystemLeansOnPrimary), (1, vec![]));
    }

    #[test]
    fn what_cannot_be_compared_is_no_pass_and_no_fail() {
        for addresses in [&[][..], &["10.20.10.10", "fd00::53"], &["dc1.corp.example"]] {
            let sheet = with_addresses(addresses).judge(&FileSystemLeansOnPrimary);
            assert!(matches!(sheet.unknowns(), [(_, Unknown::Undetermined(_))]), "{addresses:?}: {sheet:?}");
        }
        let mut fixture = with_addresses(&["10.20.10.10"]);
        fixture.side(On::Standby).vpcs.items_mut()[0].cidr_block = "10.30/16".to_owned();
        assert!(matches!(fixture.judge(&FileSystemLeansOnPrimary).unknowns(), [(_, Unknown::Undetermined(_))]));
    }

    #[test]
    fn does_not_apply_where_the_directory_is_managed() {
        let mut fixture = Fixture::clean();
        let windows = fixture.side(On::Standby).file_systems.items_mut()[0].windows_configuration.as_mut();
        let windows = windows.expect("Windows'");
        windows.self_managed_active_directory_configuration = None;
        windows.active_directory_id = "d-92670000bb".to_owned();
        assert_eq!(fixture.judge(&FileSystemLeansOnPrimary).reasons(), [NOT_OWN]);
        assert_eq!(Fixture::open_zfs().judge(&FileSystemLeansOnPrimary).reasons(), [NOT_OWN]);
    }

    #[test]
    fn denied_calls_are_named() {
        for on in [On::Primary, On::Standby] {
            let mut fixture = with_addresses(&[Fixture::domain_controller(On::Primary)]);
            let gap = fixture.deny(on, Dataset::Vpcs);
            let sheet = fixture.judge(&FileSystemLeansOnPrimary);
            assert!(matches!(sheet.unknowns(), [(_, Unknown::Gap(by))] if *by == gap), "{on:?}: {sheet:?}");
        }
        for fixture in [
            Fixture::clean(),
            with_addresses(&["10.20.10.10"]),
            with_addresses(&["10.20.10.10", "192.168.7.7"]),
            Fixture::ontap(),
        ] {
            fixture.assert_gaps_are_no_passes(&FileSystemLeansOnPrimary);
        }
    }
}
