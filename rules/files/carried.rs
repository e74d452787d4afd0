//! How recent what was carried over is.
//!
//! A file system's files may be carried in parts: by a task a directory, by a copy a volume. Each part is as recent as the most recent of all
//! that carries it, and the whole no more recent than its oldest part.

use crate::files::copies::VolumeCopy;
use crate::files::links::{BackupCopy, Carriers, Links};
use crate::files::transfers::Transfer;
use crate::files::volumes;
use crate::model::files::{FileSystem, Volume};
use crate::model::{Moment, Unknown};
use std::collections::BTreeMap;

/// How recent something that carries is.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Age {
    /// The state of the files that it last carried over is of this instant; `None` where it is not known to have carried any.
    at: Option<Moment>,
    /// What it is: `DataSync task "nightly"`.
    by: String,
    /// Why it may be more recent.
    hidden: Vec<Unknown>,
}

/// What was carried over, weighed against an instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Carried {
    /// All of it is as recent as that, or more.
    Recent,
    /// It cannot be told, for these reasons.
    Unknown(Vec<Unknown>),
    /// Some of it is older.
    Old {
        /// Of this instant; `None` where nothing was carried over yet.
        at: Option<Moment>,
        /// By this.
        by: String,
    },
    /// Nothing carries.
    Nothing,
}

/// A part of a file system that is carried for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part<'e> {
    /// All of it.
    All,
    /// A volume, by id.
    Volume(&'e str),
    /// What a task carries, by the task's ARN.
    Task(&'e str),
}

const UNTIMED: Unknown =
    Unknown::Undetermined("the answer gives no time at which a backup or a snapshot that was copied was made");
const SNAPSHOT_GONE: Unknown = Unknown::Undetermined(
    "a snapshot was copied to the standby file system and is gone, so how old the files in the copy are cannot be told",
);
const LAG: Unknown = Unknown::Unsupported(
    "how far SnapMirror lags behind is in no AWS API: only ONTAP itself tells (`snapmirror show -fields lag-time`)",
);

impl<'e> Carriers<'e> {
    /// Weighs what was carried over against the oldest instant that is `enough`.
    pub(super) fn carried(&self, links: &Links<'e>, primary: &FileSystem, enough: Moment) -> Carried {
        let is_recent = |age: &Age| age.at.is_some_and(|at| at >= enough);
        let whole = links.transfers.iter().filter(|one| one.is_whole()).map(age_of_transfer);
        let backups = links.backups.iter().filter(|backup| backup.volume().is_none());
        // Whatever was not read could carry nothing that these do not.
        if whole.chain(backups.map(|backup| self.age_of_backup(backup, enough))).any(|age| is_recent(&age)) {
            return Carried::Recent;
        }
        let parts = self.parts(links, primary, enough);
        let old = || parts.values().filter(|ages| !ages.iter().any(is_recent));
        let surely = |ages: &&Vec<Age>| ages.iter().all(|age| age.hidden.is_empty());
        let mut hidden = links.hidden();
        // Of each part the most recent, of these the oldest.
        let newest = |ages: &Vec<Age>| ages.iter().max_by_key(|age| (age.at, std::cmp::Reverse(&age.by))).cloned();
        let oldest = old().filter(surely).filter_map(newest).min_by_key(|age| (age.at, age.by.clone()));
        if oldest.is_none() {
            hidden.extend(old().flatten().flat_map(|age| age.hidden.iter().copied()));
            hidden.sort_unstable();
            hidden.dedup();
        }
        match oldest {
            _ if !hidden.is_empty() => Carried::Unknown(hidden),
            Some(Age { at, by, .. }) => Carried::Old { at, by },
            None if parts.is_empty() => Carried::Nothing,
            None => Carried::Recent,
        }
    }

    /// Every part that is carried for itself, with all that carries it.
    fn parts(&self, links: &Links<'e>, primary: &FileSystem, enough: Moment) -> BTreeMap<Part<'e>, Vec<Age>> {
        let mut parts: BTreeMap<Part<'e>, Vec<Age>> = BTreeMap::new();
        let mut of_all = Vec::new();
        for backup in &links.backups {
            let age = self.age_of_backup(backup, enough);
            match backup.volume() {
                Some(volume) => parts.entry(Part::Volume(volume)).or_default().push(age),
                None => of_all.push(age),
            }
        }
        for copy in &links.copies {
            parts.entry(Part::Volume(copy.source)).or_default().push(self.age_of_copy(copy, enough));
        }
        let volumes: Vec<&'e Volume> = volumes::with_data(self.pair.primary, primary).collect();
        for one in &links.transfers {
            let covering = links.transfers.iter().filter(|other| other.covers(one));
            let ages: Vec<Age> = covering.map(age_of_transfer).collect();
            let mut carried = volumes.iter().filter(|volume| volumes::is_carried(volume, one)).peekable();
            if carried.peek().is_none() {
                parts.entry(Part::Task(one.arn())).or_default().extend(ages.iter().cloned());
            }
            for volume in carried {
                parts.entry(Part::Volume(&volume.volume_id)).or_default().extend(ages.iter().cloned());
            }
        }
        if !links.mirrors.is_empty() {
            // Which volume is mirrored onto which is not known: each could be.
            for volume in volumes {
                parts.entry(Part::Volume(&volume.volume_id)).or_default();
            }
            of_all.push(Age { at: None, by: "SnapMirror".to_owned(), hidden: vec![LAG] });
        }
        if parts.is_empty() && !of_all.is_empty() {
            parts.insert(Part::All, Vec::new());
        }
        for ages in parts.values_mut() {
            ages.extend(of_all.iter().cloned());
        }
        parts
    }

    fn age_of_backup(&self, backup: &BackupCopy<'_>, enough: Moment) -> Age {
        let by = format!("backup copy {}", backup.copy.backup_id);
        match backup.source {
            Some(source) => Age::made(source.creation_time, by),
            None => Age::no_later_than(backup.copy.creation_time, by, enough, self.source_gone()),
        }
    }

    /// What a copy carries over is the state of the volume when the snapshot was made.
    fn age_of_copy(&self, copy: &VolumeCopy<'_>, enough: Moment) -> Age {
        let by = format!("snapshot {} on volume {}", copy.snapshot, copy.target.name);
        if !copy.done {
            return Age { at: None, by, hidden: Vec::new() };
        }
        match self.pair.primary.snapshots.find(|known| known.snapshot_id == copy.snapshot) {
            Ok(Some(snapshot)) => Age::made(snapshot.creation_time, by),
            Ok(None) => Age::no_later_than(copy.requested, by, enough, SNAPSHOT_GONE),
            Err(gap) => Age::no_later_than(copy.requested, by, enough, Unknown::Gap(gap)),
        }
    }
}

fn age_of_transfer(one: &Transfer<'_>) -> Age {
    let (at, hidden) = one.last_success();
    Age { at, by: one.name(), hidden: hidden.into_iter().collect() }
}

impl Age {
    /// Of what was made then.
    fn made(at: Option<Moment>, by: String) -> Self {
        Self { at, by, hidden: at.is_none().then_some(UNTIMED).into_iter().collect() }
    }

    /// Of what was made then or earlier: where that is not recent enough, what it was made from is not either.
    fn no_later_than(at: Option<Moment>, by: String, enough: Moment, why: Unknown) -> Self {
        match at {
            Some(at) if at < enough => {
                Self { at: Some(at), by: format!("{by}, made of older ones"), hidden: Vec::new() }
            }
            Some(_) | None => Self { at: None, by, hidden: vec![why] },
        }
    }
}
