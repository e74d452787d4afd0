//! OpenZFS: snapshots of volumes that were copied onto volumes of another file system.
//!
//! A volume tells which snapshot is being copied to it or was last copied to it, and its administrative actions, of which AWS keeps the last
//! ten of a kind, tell what became of each copy (AWS-FACTS §1.10). A copy carries one volume, and none of the volumes below it.

use crate::model::Moment;
use crate::model::files::{AdministrativeAction, OpenZfsVolume, Volume};

/// One copy of a snapshot onto a volume.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct VolumeCopy<'e> {
    /// The volume whose snapshot it is, by id.
    pub(super) source: &'e str,
    /// The snapshot, by id.
    pub(super) snapshot: &'e str,
    /// The volume that it was copied onto.
    pub(super) target: &'e Volume,
    /// When it was asked for: the snapshot is no younger. Absent where only the volume itself tells of the copy.
    pub(super) requested: Option<Moment>,
    /// Whether it has ended well.
    pub(super) done: bool,
}

/// What an administrative action tells of a copy.
const COPIES: [&str; 2] = ["VOLUME_UPDATE_WITH_SNAPSHOT", "VOLUME_INITIALIZE_WITH_SNAPSHOT"];

/// The Region, volume and snapshot of a snapshot's ARN: `arn:aws:fsx:<region>:<account>:snapshot/<volume id>/<snapshot id>`.
fn snapshot_of(arn: &str) -> Option<(&str, &str, &str)> {
    let mut parts = arn.splitn(6, ':').skip(3);
    let (region, resource) = (parts.next()?, parts.nth(1)?);
    let mut path = resource.strip_prefix("snapshot/")?.split('/');
    Some((region, path.next()?, path.next()?)).filter(|(_, volume, _)| volume.starts_with("fsvol-"))
}

/// The snapshot that a volume was made from, where that is a copy: a clone needs no other file system.
fn origin(zfs: &OpenZfsVolume) -> &str {
    zfs.origin_snapshot
        .as_ref()
        .filter(|origin| origin.copy_strategy != "CLONE")
        .map_or("", |origin| origin.snapshot_arn.as_str())
}

/// The administrative actions that copied something onto a volume.
pub(super) fn actions(volume: &Volume) -> impl Iterator<Item = &AdministrativeAction> {
    volume.administrative_actions.iter().filter(|action| COPIES.contains(&action.administrative_action_type.as_str()))
}

/// All copies of snapshots from a Region onto a volume.
pub(super) fn onto<'e>(target: &'e Volume, region: &str) -> Vec<VolumeCopy<'e>> {
    let Some(zfs) = &target.open_zfs_configuration else { return Vec::new() };
    let own = [zfs.source_snapshot_arn.as_str(), origin(zfs)];
    let mut told: Vec<(&'e str, Option<Moment>, bool)> = Vec::new();
    for action in actions(target) {
        let asked = action.target_volume_values.as_ref().and_then(|values| values.open_zfs_configuration.as_ref());
        let named = asked.map_or(["", ""], |asked| [asked.source_snapshot_arn.as_str(), origin(asked)]);
        // An action that does not name its snapshot is of the one that the volume names.
        let snapshot = named.into_iter().chain(own).find(|arn| !arn.is_empty());
        told.extend(snapshot.map(|arn| (arn, action.request_time, action.status == "COMPLETED")));
    }
    for arn in own {
        if !told.iter().any(|(known, ..)| *known == arn) {
            told.push((arn, None, true));
        }
    }
    let copy = |(arn, requested, done)| {
        let (from, source, snapshot) = snapshot_of(arn)?;
        (from == region).then_some(VolumeCopy { source, snapshot, target, requested, done })
    };
    told.into_iter().filter_map(copy).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::files::{OriginSnapshot, TargetVolume};

    const ONE: &str = "arn:aws:fsx:us-east-1:111122223333:snapshot/fsvol-0a/fsvolsnap-01";
    const TWO: &str = "arn:aws:fsx:us-east-1:111122223333:snapshot/fsvol-0a/fsvolsnap-02";

    fn zfs(source: &str, origin: Option<(&str, &str)>) -> OpenZfsVolume {
        OpenZfsVolume {
            source_snapshot_arn: source.to_owned(),
            origin_snapshot: origin.map(|(arn, strategy)| OriginSnapshot {
                snapshot_arn: arn.to_owned(),
                copy_strategy: strategy.to_owned(),
            }),
            ..OpenZfsVolume::default()
        }
    }

    fn volume(source: &str, origin: Option<(&str, &str)>, actions: &[(&str, &str, &str)]) -> Volume {
        let action = |(kind, status, arn): &(&str, &str, &str)| AdministrativeAction {
            administrative_action_type: (*kind).to_owned(),
            status: (*status).to_owned(),
            request_time: Some(Moment::from_secs(7)),
            target_volume_values: (!arn.is_empty())
                .then(|| TargetVolume { open_zfs_configuration: Some(zfs(arn, None)) }),
            ..AdministrativeAction::default()
        };
        Volume {
            open_zfs_configuration: Some(zfs(source, origin)),
            administrative_actions: actions.iter().map(action).collect(),
            ..Volume::default()
        }
    }

    fn told(volume: &Volume) -> Vec<(&str, bool, bool)> {
        onto(volume, "us-east-1").iter().map(|copy| (copy.snapshot, copy.requested.is_some(), copy.done)).collect()
    }

    #[test]
    fn arns_of_snapshots() {
        assert_eq!(snapshot_of(ONE), Some(("us-east-1", "fsvol-0a", "fsvolsnap-01")));
        for other in ["", "arn:aws:fsx:us-east-1:1:volume/fs-1/fsvol-1", "arn:aws:fsx:us-east-1:1:snapshot/fsvol-1"] {
            assert_eq!(snapshot_of(other), None, "{other}");
        }
    }

    #[test]
    fn actions_tell_what_became_of_each_copy() {
        let update = "VOLUME_UPDATE_WITH_SNAPSHOT";
        let both = volume(TWO, None, &[(update, "IN_PROGRESS", TWO), (update, "COMPLETED", ONE)]);
        assert_eq!(told(&both), [("fsvolsnap-02", true, false), ("fsvolsnap-01", true, true)]);
        // One that names no snapshot is of the volume's.
        assert_eq!(told(&volume(TWO, None, &[(update, "FAILED", "")])), [("fsvolsnap-02", true, false)]);
        // Other actions copy nothing, and a volume that names a snapshot was given it.
        assert_eq!(told(&volume(ONE, None, &[("VOLUME_UPDATE", "COMPLETED", "")])), [("fsvolsnap-01", false, true)]);
    }

    #[test]
    fn a_volume_made_from_a_copy_is_one_and_a_clone_is_none() {
        assert_eq!(told(&volume("", Some((ONE, "FULL_COPY")), &[])), [("fsvolsnap-01", false, true)]);
        assert_eq!(told(&volume("", Some((ONE, "CLONE")), &[])), []);
        assert_eq!(told(&volume("", None, &[])), []);
    }

    #[test]
    fn a_snapshot_of_another_region_is_none() {
        assert_eq!(onto(&volume(ONE, None, &[]), "eu-west-1"), []);
    }
}
