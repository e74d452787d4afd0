//! FSX-008: the standby file system must not be smaller, slower or less redundant than the primary one.

use crate::controls;
use crate::files::scope::{both, each_pair};
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::files::FileSystem;
use crate::model::hardware::Standing;
use crate::model::{Dataset, PairView, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};

/// FSX-008 file-system-smaller.
pub(super) struct FileSystemSmaller;

static META: Meta = Meta {
    id: "FSX-008",
    name: "file-system-smaller",
    area: Area::Files,
    summary: "the standby file system has less than the primary one: capacity, throughput, kind of storage or zones",
    cases: &[Case { key: "smaller", severity: Severity::Medium, effect: Effect::Degrades, uncounted: false }],
    reach: Reach::Pair,
    implies: &[],
    needs: &[Dataset::FileSystems],
    controls: &[
        controls::REL13_BP04,
        controls::EUCREL04,
        controls::CP_6,
        controls::CM_2,
        controls::A_8_14,
        controls::A1_2,
        controls::ARTICLE_12,
    ],
    remedy: "Raise the standby file system's storage and throughput capacity (`aws fsx update-file-system`); its kind of storage and its zones \
             are chosen when it is made.",
    options: &[],
    doc: include_str!("file_system_smaller.md"),
};

const UNTOLD: Unknown = Unknown::Undetermined(
    "a file system's capacity, throughput, kind of storage or deployment type is missing from the answer, or is a kind that is not known",
);

/// The kind of storage that grows with what is in it, and has no capacity of its own.
const ELASTIC: &str = "INTELLIGENT_TIERING";

/// A member: its name, what people call it, both values in words, and how they stand.
struct Member {
    path: &'static str,
    what: &'static str,
    values: [String; 2],
    standing: Standing,
}

fn deployment(one: &FileSystem) -> &str {
    let windows = one.windows_configuration.as_ref().map(|windows| windows.deployment_type.as_str());
    let ontap = one.ontap_configuration.as_ref().map(|ontap| ontap.deployment_type.as_str());
    let zfs = one.open_zfs_configuration.as_ref().map(|zfs| zfs.deployment_type.as_str());
    windows.or(ontap).or(zfs).unwrap_or_default()
}

/// In MB/s. ONTAP's is that of all its pairs of file servers together.
fn throughput(one: &FileSystem) -> Option<i32> {
    let windows = one.windows_configuration.as_ref().and_then(|windows| windows.throughput_capacity);
    let zfs = one.open_zfs_configuration.as_ref().and_then(|zfs| zfs.throughput_capacity);
    let ontap = one.ontap_configuration.as_ref().and_then(|ontap| {
        let each = || ontap.throughput_capacity_per_ha_pair.zip(ontap.ha_pairs);
        ontap.throughput_capacity.or_else(|| each().map(|(each, pairs)| each.saturating_mul(pairs)))
    });
    windows.or(ontap).or(zfs)
}

/// The members in which the primary one may have more.
fn compare(primary: &FileSystem, standby: &FileSystem) -> [Member; 4] {
    let text =
        |value: Option<i32>, unit: &str| value.map_or_else(|| "absent".to_owned(), |value| format!("{value} {unit}"));
    let number = |p: Option<i32>, s: Option<i32>| match (p, s) {
        (Some(p), Some(s)) if s < p => Standing::Below,
        (Some(_), Some(_)) => Standing::Enough,
        (_, _) => Standing::Untold,
    };
    let capacities = [primary.storage_capacity, standby.storage_capacity];
    // Of elastic storage there is always enough; and what such a one holds is not told.
    let capacity = match (primary.storage_type.as_str(), standby.storage_type.as_str()) {
        (_, ELASTIC) => Standing::Enough,
        (ELASTIC, _) => Standing::Untold,
        (_, _) => number(capacities[0], capacities[1]),
    };
    let storages = [&primary.storage_type, &standby.storage_type];
    let storage = compare_storage(storages[0], storages[1]);
    let throughputs = [throughput(primary), throughput(standby)];
    let deployments = [deployment(primary), deployment(standby)];
    let zones = number(zones_rank(deployments[0]), zones_rank(deployments[1]));
    let member = |path, what, values, standing| Member { path, what, values, standing };
    [
        member("StorageCapacity", "storage capacity", capacities.map(|value| text(value, "GiB")), capacity),
        member(
            "ThroughputCapacity",
            "throughput",
            throughputs.map(|value| text(value, "MB/s")),
            number(throughputs[0], throughputs[1]),
        ),
        member("StorageType", "storage", storages.map(Clone::clone), storage),
        member("DeploymentType", "deployment", deployments.map(str::to_owned), zones),
    ]
}

/// Solid state drives are the fastest of the kinds and spinning disks the slowest; whether people feel elastic storage as slower depends on
/// what they open.
fn compare_storage(primary: &str, standby: &str) -> Standing {
    const KINDS: [&str; 3] = ["HDD", ELASTIC, "SSD"];
    match (primary, standby) {
        _ if ![primary, standby].iter().all(|kind| KINDS.contains(kind)) => Standing::Untold,
        (p, s) if p == s => Standing::Enough,
        ("HDD", _) | (_, "SSD") => Standing::Enough,
        (_, "HDD") => Standing::Below,
        (_, _) => Standing::Incomparable,
    }
}

/// A file system in several zones outlives one of them; one with a second file server in its zone outlives the first.
fn zones_rank(deployment: &str) -> Option<i32> {
    match deployment {
        kind if kind.starts_with("MULTI_AZ") => Some(2),
        kind if kind.starts_with("SINGLE_AZ_HA") => Some(1),
        kind if kind.starts_with("SINGLE_AZ") => Some(0),
        _ => None,
    }
}

impl Rule for FileSystemSmaller {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        each_pair(pair, sheet, |sheet, subject, primary, standby| {
            let members = compare(primary, standby);
            // What is surely less is a fail, whatever else is not told.
            if members.iter().any(|member| member.standing.differs()) {
                sheet.fail(subject, 0);
            } else if members.iter().any(|member| member.standing == Standing::Untold) {
                sheet.unknown(subject, UNTOLD);
            } else {
                sheet.pass();
            }
        });
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, _: usize) -> Wording {
        let names = subject.names(pair);
        let members = both(pair, subject).into_iter().flat_map(|(primary, standby)| compare(primary, standby));
        let mut wording = Wording::default();
        let mut less: Vec<String> = Vec::new();
        for Member { path, what, values: [p, s], .. } in members.filter(|member| member.standing.differs()) {
            less.push(format!("{what} {s} for {p}"));
            wording = wording.with(path, p, s);
        }
        wording.message = format!(
            "{} ({}) in {} has less than the primary one: {}",
            names.name,
            names.standby,
            pair.settings.standby.region,
            less.join(", ")
        );
        wording
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::files::WindowsConfiguration;

    fn standby(fixture: &mut Fixture) -> &mut FileSystem {
        &mut fixture.side(On::Standby).file_systems.items_mut()[0]
    }

    fn windows(one: &mut FileSystem) -> &mut WindowsConfiguration {
        one.windows_configuration.as_mut().expect("Windows'")
    }

    #[test]
    fn passes_where_it_has_no_less() {
        for fixture in [Fixture::clean(), Fixture::ontap(), Fixture::open_zfs()] {
            assert_eq!(fixture.verdicts(&FileSystemSmaller), (1, vec![]));
        }
        let mut fixture = Fixture::clean();
        standby(&mut fixture).storage_capacity = Some(4096);
        windows(standby(&mut fixture)).throughput_capacity = Some(512);
        assert_eq!(fixture.verdicts(&FileSystemSmaller), (1, vec![]));
    }

    #[test]
    fn fails_where_a_member_is_less() {
        let changes: [fn(&mut FileSystem); 4] = [
            |one| one.storage_capacity = Some(512),
            |one| one.storage_type = "HDD".to_owned(),
            |one| windows(one).throughput_capacity = Some(32),
            |one| windows(one).deployment_type = "SINGLE_AZ_2".to_owned(),
        ];
        for change in changes {
            let mut fixture = Fixture::clean();
            change(standby(&mut fixture));
            assert_eq!(fixture.verdicts(&FileSystemSmaller), (0, vec!["smaller profiles".to_owned()]));
        }
        let mut fixture = Fixture::clean();
        changes.iter().for_each(|change| change(standby(&mut fixture)));
        let words = fixture.words(&FileSystemSmaller);
        assert_eq!(
            words.message,
            "profiles (fs-s000000000000) in us-west-2 has less than the primary one: storage capacity 512 GiB for 1024 GiB, throughput \
             32 MB/s for 64 MB/s, storage HDD for SSD, deployment SINGLE_AZ_2 for MULTI_AZ_1"
        );
        assert_eq!(words.drift.len(), 4);
    }

    #[test]
    fn ontaps_throughput_is_that_of_all_its_servers() {
        let mut fixture = Fixture::ontap();
        let ontap = standby(&mut fixture).ontap_configuration.as_mut().expect("ONTAP's");
        (ontap.throughput_capacity, ontap.ha_pairs) = (None, Some(2));
        ontap.throughput_capacity_per_ha_pair = Some(128);
        assert_eq!(fixture.verdicts(&FileSystemSmaller), (1, vec![]));
        standby(&mut fixture).ontap_configuration.as_mut().expect("ONTAP's").ha_pairs = Some(1);
        assert_eq!(fixture.verdicts(&FileSystemSmaller).1, ["smaller profiles"]);
    }

    #[test]
    fn of_elastic_storage_there_is_enough() {
        let mut fixture = Fixture::open_zfs();
        for on in [On::Primary, On::Standby] {
            let one = &mut fixture.side(on).file_systems.items_mut()[0];
            (one.storage_type, one.storage_capacity) = (ELASTIC.to_owned(), None);
        }
        assert_eq!(fixture.verdicts(&FileSystemSmaller), (1, vec![]));
        let one = standby(&mut fixture);
        (one.storage_type, one.storage_capacity) = ("SSD".to_owned(), Some(1024));
        assert!(matches!(fixture.judge(&FileSystemSmaller).unknowns(), [(_, Unknown::Undetermined(_))]));
    }

    #[test]
    fn kinds_of_storage() {
        let kinds = ["SSD", ELASTIC, "HDD"];
        let stand = |p| kinds.map(|s| compare_storage(p, s));
        assert_eq!(stand("SSD"), [Standing::Enough, Standing::Incomparable, Standing::Below]);
        assert_eq!(stand(ELASTIC), [Standing::Enough, Standing::Enough, Standing::Below]);
        assert_eq!(stand("HDD"), [Standing::Enough; 3]);
        assert_eq!(stand("TAPE"), [Standing::Untold; 3]);
    }

    #[test]
    fn a_server_more_in_the_zone_is_more() {
        let deployed = |p: &str, s: &str| {
            let mut fixture = Fixture::open_zfs();
            for (on, kind) in [(On::Primary, p), (On::Standby, s)] {
                let one = &mut fixture.side(on).file_systems.items_mut()[0];
                one.open_zfs_configuration.as_mut().expect("OpenZFS's").deployment_type = kind.to_owned();
            }
            fixture.verdicts(&FileSystemSmaller)
        };
        assert_eq!(deployed("SINGLE_AZ_HA_2", "SINGLE_AZ_2").1, ["smaller profiles"]);
        assert_eq!(deployed("SINGLE_AZ_1", "SINGLE_AZ_2"), (1, vec![]), "generations of a kind");
        assert_eq!(deployed("MULTI_AZ_1", "GALACTIC_1"), (0, vec![]));
    }

    #[test]
    fn what_is_not_told_is_no_pass() {
        let mut fixture = Fixture::clean();
        windows(standby(&mut fixture)).throughput_capacity = None;
        assert!(matches!(fixture.judge(&FileSystemSmaller).unknowns(), [(_, Unknown::Undetermined(_))]));
        standby(&mut fixture).storage_capacity = Some(1);
        assert_eq!(fixture.verdicts(&FileSystemSmaller).1, ["smaller profiles"]);
    }

    #[test]
    fn denied_calls_are_named() {
        Fixture::clean().assert_gaps_are_no_passes(&FileSystemSmaller);
        let mut drifted = Fixture::clean();
        standby(&mut drifted).storage_capacity = Some(512);
        drifted.assert_gaps_are_no_passes(&FileSystemSmaller);
    }
}
