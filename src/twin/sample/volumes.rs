//! File systems with volumes: the designers' on ONTAP, mirrored by SnapMirror, and the data scientists' on OpenZFS, of which every six hours a
//! snapshot of each volume is made and copied (AWS-FACTS §1.10).

use super::company::ACCOUNT;
use super::files::{self_managed, tag};
use super::names::Mint;
use super::site::{DAY, HOUR, Site, Sites, before};
use deskpair_rules::model::files::{
    AdministrativeAction, FileSystem, MachineDirectory, OntapConfiguration, OntapVolume, OpenZfsConfiguration,
    OpenZfsVolume, Snapshot, StorageMachine, TargetVolume, Volume,
};
use deskpair_rules::model::{Moment, Side};

/// The designers' volumes, each with its size in MiB.
const DESIGN: [(&str, i32); 2] = [("projects", 1_048_576), ("library", 524_288)];
/// The data scientists' volumes.
const RESEARCH: [&str; 2] = ["home", "datasets"];
/// How old the snapshots of a volume are, in hours.
const SNAPSHOTS: [i64; 4] = [2, 8, 14, 20];

/// Adds both to the sides.
pub(super) fn fill(primary: &mut Side, standby: &mut Side, sites: &Sites, taken_at: Moment, mint: &mut Mint) {
    for (side, site, kind) in [(&mut *primary, &sites.primary, "RW"), (&mut *standby, &sites.standby, "DP")] {
        design(side, site, kind, taken_at, mint);
    }
    let sources = research(primary, &sites.primary, taken_at, mint);
    let targets = research(standby, &sites.standby, taken_at, mint);
    for (source, target) in sources.into_iter().zip(targets) {
        replicate((primary, &sites.primary, &source), (standby, &sites.standby, &target), taken_at, mint);
    }
}

fn arn(site: &Site, kind: &str, path: &str) -> String {
    format!("arn:aws:fsx:{}:{ACCOUNT}:{kind}/{path}", site.region.name)
}

/// A file system of a kind that has volumes.
fn file_system(site: &Site, id: &str, name: &str, kind: &str, gib: i32, taken_at: Moment) -> FileSystem {
    FileSystem {
        file_system_id: id.to_owned(),
        owner_id: ACCOUNT.to_owned(),
        creation_time: Some(before(taken_at, 290 * DAY)),
        file_system_type: kind.to_owned(),
        lifecycle: "AVAILABLE".to_owned(),
        storage_capacity: Some(gib),
        storage_type: "SSD".to_owned(),
        vpc_id: site.vpc.clone(),
        subnet_ids: site.subnets.to_vec(),
        kms_key_id: site.company_key.clone(),
        resource_arn: arn(site, "file-system", id),
        tags: vec![tag("Name", &format!("norhaven-{name}-{}", site.region.short)), tag("Owner", "euc-team")],
        ..FileSystem::default()
    }
}

fn volume(site: &Site, file_system: &str, name: &str, kind: &str, taken_at: Moment, mint: &mut Mint) -> Volume {
    let id = mint.hex("fsvol-", 17);
    Volume {
        resource_arn: arn(site, "volume", &format!("{file_system}/{id}")),
        volume_id: id,
        file_system_id: file_system.to_owned(),
        name: name.to_owned(),
        volume_type: kind.to_owned(),
        creation_time: Some(before(taken_at, 289 * DAY)),
        ..Volume::default()
    }
}

/// ONTAP: a storage virtual machine with its root and its volumes, on the standby side mirrors.
fn design(side: &mut Side, site: &Site, kind: &str, taken_at: Moment, mint: &mut Mint) {
    let id = &site.ontap;
    side.file_systems.items_mut().push(FileSystem {
        ontap_configuration: Some(OntapConfiguration {
            deployment_type: "MULTI_AZ_1".to_owned(),
            throughput_capacity: Some(512),
            automatic_backup_retention_days: Some(0),
            ha_pairs: Some(1),
            throughput_capacity_per_ha_pair: Some(512),
        }),
        ..file_system(site, id, "design", "ONTAP", 2048, taken_at)
    });
    let machine = mint.hex("svm-", 17);
    side.storage_machines.items_mut().push(StorageMachine {
        resource_arn: arn(site, "storage-virtual-machine", &format!("{id}/{machine}")),
        storage_virtual_machine_id: machine.clone(),
        file_system_id: id.clone(),
        name: format!("design-{}", site.region.short),
        lifecycle: "CREATED".to_owned(),
        subtype: "DEFAULT".to_owned(),
        creation_time: Some(before(taken_at, 289 * DAY)),
        tags: vec![tag("Owner", "euc-team")],
        active_directory_configuration: Some(MachineDirectory {
            net_bios_name: format!("DESIGN-{}", site.region.short.to_uppercase()),
            self_managed_active_directory_configuration: Some(self_managed(site)),
        }),
        ..StorageMachine::default()
    });
    let mut ontap = |name: &str, kind: &str, path: String, root: bool, size: i32| Volume {
        lifecycle: "CREATED".to_owned(),
        ontap_configuration: Some(OntapVolume {
            ontap_volume_type: kind.to_owned(),
            storage_virtual_machine_id: machine.clone(),
            storage_virtual_machine_root: Some(root),
            flex_cache_endpoint_type: "NONE".to_owned(),
            junction_path: path,
            size_in_megabytes: Some(size),
        }),
        ..volume(site, id, name, "ONTAP", taken_at, mint)
    };
    let root = ontap(&format!("design_{}_root", site.region.short), "RW", "/".to_owned(), true, 1024);
    let volumes = DESIGN.map(|(name, size)| ontap(name, kind, format!("/{name}"), false, size));
    side.volumes.items_mut().extend([root].into_iter().chain(volumes));
}

/// OpenZFS: the root volume, and the volumes below it. Answers the ids of these.
fn research(side: &mut Side, site: &Site, taken_at: Moment, mint: &mut Mint) -> Vec<String> {
    let id = &site.zfs;
    let mut zfs = |name: &str, parent: &str, path: &str| Volume {
        lifecycle: "AVAILABLE".to_owned(),
        open_zfs_configuration: Some(OpenZfsVolume {
            parent_volume_id: parent.to_owned(),
            volume_path: path.to_owned(),
            ..OpenZfsVolume::default()
        }),
        ..volume(site, id, name, "OPENZFS", taken_at, mint)
    };
    let root = zfs("fsx", "", "/fsx");
    let below: Vec<Volume> = RESEARCH.iter().map(|name| zfs(name, &root.volume_id, &format!("/fsx/{name}"))).collect();
    side.file_systems.items_mut().push(FileSystem {
        dns_name: format!("{id}.fsx.{}.amazonaws.com", site.region.name),
        open_zfs_configuration: Some(OpenZfsConfiguration {
            deployment_type: "MULTI_AZ_1".to_owned(),
            throughput_capacity: Some(320),
            automatic_backup_retention_days: Some(7),
            root_volume_id: root.volume_id.clone(),
        }),
        ..file_system(site, id, "research", "OPENZFS", 1024, taken_at)
    });
    let ids = below.iter().map(|volume| volume.volume_id.clone()).collect();
    side.volumes.items_mut().extend([root].into_iter().chain(below));
    ids
}

/// Copies each snapshot of a volume onto its counterpart: a minute after it was made, as the schedule does.
fn replicate(
    (primary, here, source): (&mut Side, &Site, &str),
    (standby, there, target): (&mut Side, &Site, &str),
    taken_at: Moment,
    mint: &mut Mint,
) {
    let mut actions = Vec::new();
    for hours in SNAPSHOTS {
        let made = before(taken_at, hours * HOUR);
        let snapshot = snapshot(here, source, made, mint);
        let copied = Moment::from_secs(made.secs() + 60);
        let copy = Snapshot { name: snapshot.name.clone(), ..self::snapshot(there, target, copied, mint) };
        actions.push(AdministrativeAction {
            administrative_action_type: "VOLUME_UPDATE_WITH_SNAPSHOT".to_owned(),
            status: "COMPLETED".to_owned(),
            progress_percent: Some(100),
            request_time: Some(copied),
            target_volume_values: Some(TargetVolume {
                open_zfs_configuration: Some(OpenZfsVolume {
                    source_snapshot_arn: snapshot.resource_arn.clone(),
                    destination_snapshot: copy.snapshot_id.clone(),
                    copy_strategy: "INCREMENTAL_COPY".to_owned(),
                    ..OpenZfsVolume::default()
                }),
            }),
            ..AdministrativeAction::default()
        });
        primary.snapshots.items_mut().push(snapshot);
        standby.snapshots.items_mut().push(copy);
    }
    let newest = actions[0].target_volume_values.clone().and_then(|values| values.open_zfs_configuration);
    let volume = standby.volumes.items_mut().iter_mut().find(|volume| volume.volume_id == target);
    if let Some((volume, newest)) = volume.zip(newest) {
        volume.administrative_actions = actions;
        if let Some(zfs) = &mut volume.open_zfs_configuration {
            zfs.source_snapshot_arn = newest.source_snapshot_arn;
            zfs.destination_snapshot = newest.destination_snapshot;
            zfs.copy_strategy = newest.copy_strategy;
        }
    }
}

fn snapshot(site: &Site, volume: &str, made: Moment, mint: &mut Mint) -> Snapshot {
    let id = mint.hex("fsvolsnap-", 17);
    Snapshot {
        resource_arn: arn(site, "snapshot", &format!("{volume}/{id}")),
        snapshot_id: id,
        name: format!("fsx-scheduled-snapshot-{}", made.secs()),
        volume_id: volume.to_owned(),
        lifecycle: "AVAILABLE".to_owned(),
        creation_time: Some(made),
    }
}
