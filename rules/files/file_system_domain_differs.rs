//! FSX-009: the standby file system must be joined to the Active Directory domain that the primary one is joined to.

use crate::controls;
use crate::files::domains::domains;
use crate::files::scope::{both, each_pair};
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::{Dataset, PairView, Subject};
use crate::rule::{Rule, Sheet, Wording};

/// FSX-009 file-system-domain-differs.
pub(super) struct FileSystemDomainDiffers;

static META: Meta = Meta {
    id: "FSX-009",
    name: "file-system-domain-differs",
    area: Area::Files,
    summary: "the standby file system is not joined to the domain that the primary one is joined to",
    cases: &[Case { key: "another", severity: Severity::High, effect: Effect::Degrades, uncounted: false }],
    reach: Reach::Pair,
    implies: &[],
    needs: &[Dataset::FileSystems, Dataset::StorageMachines, Dataset::Directories],
    controls: &[controls::REL13_BP04, controls::EUCREL03, controls::CP_6, controls::CM_6, controls::A_5_30],
    remedy: "Join the standby file system to the primary one's domain. A Windows file system keeps the domain that it was made with: make \
             another one; a storage virtual machine of ONTAP's can be joined later.",
    options: &[],
    doc: include_str!("file_system_domain_differs.md"),
};

const NO_DOMAIN: &str = "the primary file system is joined to no domain";

impl Rule for FileSystemDomainDiffers {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        each_pair(pair, sheet, |sheet, subject, primary, standby| {
            let (ours, mut untold) = domains(pair.primary, primary);
            let (theirs, hidden) = domains(pair.standby, standby);
            let missing = ours.keys().any(|domain| !theirs.contains_key(domain));
            match (missing, hidden.is_empty()) {
                (true, true) => return sheet.fail(subject, 0),
                (true, false) => untold.extend(hidden),
                (false, _) => {}
            }
            match (untold.is_empty(), ours.is_empty()) {
                (false, _) => untold.into_iter().for_each(|why| sheet.unknown(subject, why)),
                (true, true) => sheet.not_applicable(NO_DOMAIN),
                (true, false) => sheet.pass(),
            }
        });
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, _: usize) -> Wording {
        let names = subject.names(pair);
        let (ours, theirs) = both(pair, subject)
            .map(|(primary, standby)| (domains(pair.primary, primary).0, domains(pair.standby, standby).0))
            .unwrap_or_default();
        let told = |domains: &std::collections::BTreeMap<String, &str>| match domains.len() {
            0 => "none".to_owned(),
            _ => domains.values().copied().collect::<Vec<_>>().join(" and "),
        };
        let (p, s) = (told(&ours), told(&theirs));
        let joined = if theirs.is_empty() { "is joined to no domain".to_owned() } else { format!("is joined to {s}") };
        Wording::new(format!(
            "{} ({}) in {} {joined}, and the primary one to {p}",
            names.name, names.standby, pair.settings.standby.region
        ))
        .with("DomainName", p, s)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::Unknown;
    use crate::model::files::{SelfManagedActiveDirectory, WindowsConfiguration};

    fn windows(fixture: &mut Fixture, on: On) -> &mut WindowsConfiguration {
        fixture.side(on).file_systems.items_mut()[0].windows_configuration.as_mut().expect("Windows'")
    }

    fn joined(domain: &str) -> Fixture {
        let mut fixture = Fixture::clean();
        let own =
            SelfManagedActiveDirectory { domain_name: domain.to_owned(), ..SelfManagedActiveDirectory::default() };
        windows(&mut fixture, On::Standby).self_managed_active_directory_configuration = Some(own);
        fixture
    }

    #[test]
    fn passes_where_both_are_in_one_domain() {
        assert_eq!(Fixture::clean().verdicts(&FileSystemDomainDiffers), (1, vec![]));
        assert_eq!(joined("CORP.example.").verdicts(&FileSystemDomainDiffers), (1, vec![]));
        assert_eq!(Fixture::ontap().verdicts(&FileSystemDomainDiffers), (1, vec![]));
    }

    #[test]
    fn fails_where_it_is_in_another() {
        let fixture = joined("dr.example");
        assert_eq!(fixture.verdicts(&FileSystemDomainDiffers), (0, vec!["another profiles".to_owned()]));
        let words = fixture.words(&FileSystemDomainDiffers);
        assert_eq!(
            words.message,
            "profiles (fs-s000000000000) in us-west-2 is joined to dr.example, and the primary one to corp.example"
        );
        assert_eq!((words.drift[0].primary.as_str(), words.drift[0].standby.as_str()), ("corp.example", "dr.example"));
    }

    #[test]
    fn fails_where_it_is_in_none() {
        let mut fixture = Fixture::ontap();
        fixture.side(On::Standby).storage_machines.items_mut()[0].active_directory_configuration = None;
        assert_eq!(fixture.verdicts(&FileSystemDomainDiffers).1, ["another profiles"]);
        assert!(fixture.words(&FileSystemDomainDiffers).message.contains("is joined to no domain"));
    }

    #[test]
    fn a_managed_directory_has_the_name_that_directory_service_gives() {
        let mut fixture = Fixture::clean();
        let directory = fixture.directory_id(On::Standby);
        let standby = windows(&mut fixture, On::Standby);
        standby.self_managed_active_directory_configuration = None;
        standby.active_directory_id = directory;
        assert_eq!(fixture.verdicts(&FileSystemDomainDiffers), (1, vec![]));
        fixture.side(On::Standby).directories.items_mut()[0].name = "dr.example".to_owned();
        assert_eq!(fixture.verdicts(&FileSystemDomainDiffers).1, ["another profiles"]);
        // One that is shared from another account may not be listed.
        windows(&mut fixture, On::Standby).active_directory_id = "d-0000000000".to_owned();
        assert!(matches!(fixture.judge(&FileSystemDomainDiffers).unknowns(), [(_, Unknown::Undetermined(_))]));
        let gap = fixture.deny(On::Standby, Dataset::Directories);
        assert!(matches!(fixture.judge(&FileSystemDomainDiffers).unknowns(), [(_, Unknown::Gap(by))] if *by == gap));
    }

    #[test]
    fn a_domain_more_is_no_harm() {
        let mut fixture = Fixture::ontap();
        let mut other = fixture.side(On::Standby).storage_machines.items()[0].clone();
        let joined = other.active_directory_configuration.as_mut().expect("joined");
        joined.self_managed_active_directory_configuration.as_mut().expect("joined").domain_name =
            "x.example".to_owned();
        fixture.side(On::Standby).storage_machines.items_mut().push(other.clone());
        assert_eq!(fixture.verdicts(&FileSystemDomainDiffers), (1, vec![]));
        fixture.side(On::Primary).storage_machines.items_mut()[0] =
            crate::model::files::StorageMachine { file_system_id: "fs-p000000000000".to_owned(), ..other };
        fixture.side(On::Standby).storage_machines.items_mut().truncate(1);
        assert_eq!(fixture.verdicts(&FileSystemDomainDiffers).1, ["another profiles"]);
    }

    #[test]
    fn a_domain_without_a_name_is_no_pass() {
        assert!(matches!(joined("").judge(&FileSystemDomainDiffers).unknowns(), [(_, Unknown::Undetermined(_))]));
        let mut fixture = Fixture::clean();
        let own = &mut windows(&mut fixture, On::Primary).self_managed_active_directory_configuration;
        own.as_mut().expect("joined").domain_name.clear();
        assert!(matches!(fixture.judge(&FileSystemDomainDiffers).unknowns(), [(_, Unknown::Undetermined(_))]));
    }

    #[test]
    fn does_not_apply_where_the_primary_one_is_in_none() {
        assert_eq!(Fixture::open_zfs().judge(&FileSystemDomainDiffers).reasons(), [NO_DOMAIN]);
    }

    #[test]
    fn denied_calls_are_named() {
        let mut managed = Fixture::clean();
        for on in [On::Primary, On::Standby] {
            let directory = managed.directory_id(on);
            let windows = windows(&mut managed, on);
            windows.self_managed_active_directory_configuration = None;
            windows.active_directory_id = directory;
        }
        let mut apart = managed.clone();
        apart.side(On::Standby).directories.items_mut()[0].name = "dr.example".to_owned();
        let mut unjoined = Fixture::ontap();
        unjoined.side(On::Standby).storage_machines.items_mut()[0].active_directory_configuration = None;
        for fixture in [Fixture::clean(), joined("dr.example"), Fixture::ontap(), managed, apart, unjoined] {
            fixture.assert_gaps_are_no_passes(&FileSystemDomainDiffers);
        }
    }
}
