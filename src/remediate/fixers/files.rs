//! File services: a schedule that was switched off is switched on again, and where nothing has carried the files over, the newest backup is
//! copied. What carries files for good, a task, SnapMirror or copied snapshots, people set up: it needs their credentials.

use super::{Way, by_hand, word};
use crate::remediate::draft::{Draft, Wanted};
use crate::remediate::plan::{Call, Inverse, Made, MadeKind, Part, Risk};
use deskpair_rules::model::files::{Backup, FileSystem, SyncTask};
use deskpair_rules::model::{Side, Subject};
use serde_json::{Value, json};

pub(super) const WAYS: &[(&str, Way)] = &[
    (
        "FSX-001",
        Way::People(
            "A file system has a price, a size and a domain: its owners make it, or map the one that stands in.",
        ),
    ),
    ("FSX-002", Way::People("What is wrong with a file system its failure details say; mostly it is its domain.")),
    (
        "FSX-003",
        Way::Planned(
            "The newest backup of a Windows file system is copied to the standby Region. By hand where there is none, or the file system is of another kind.",
        ),
    ),
    (
        "FSX-004",
        Way::Planned(
            "The newest backup of a Windows file system is copied to the standby Region, where that is recent enough. What carries files too seldom people have to find out.",
        ),
    ),
    ("FSX-005", Way::Planned("The task's schedule is switched on again, as it was.")),
    ("FSX-006", Way::People("What a run failed of has to be removed before another one can do better.")),
    (
        "FSX-007",
        Way::People(
            "What a task carries and deletes changes what people find: its owners set it, and run it once over everything.",
        ),
    ),
    ("FSX-008", Way::People("Capacity has a price, and storage cannot be made smaller again.")),
    ("FSX-009", Way::People("A file system keeps the domain that it was made with.")),
    (
        "FSX-010",
        Way::People(
            "An alias rests on a DNS record and service principal names in the domain, which move with it at a failover.",
        ),
    ),
    ("FSX-011", Way::People("SnapMirror is in no AWS API: somebody looks at it in ONTAP, and attests it.")),
    ("FSX-012", Way::People("Which domain controllers are near the standby file system the domain's owners know.")),
    ("FSX-013", Way::People("Whether something is left behind on purpose a person has to say.")),
];

pub(super) fn plan(draft: &mut Draft<'_, '_>) {
    for wanted in draft.fails("FSX-003") {
        copy(draft, &wanted);
    }
    for wanted in draft.fails("FSX-004") {
        copy(draft, &wanted);
    }
    for wanted in draft.fails("FSX-005") {
        schedule(draft, &wanted);
    }
}

/// The two file systems of a finding.
fn both<'e>(draft: &Draft<'_, 'e>, subject: Subject) -> Option<(&'e FileSystem, &'e FileSystem)> {
    let Subject::FileSystem { p, s } = subject else { return None };
    let (primary, standby): (&'e Side, &'e Side) = (draft.view().primary, draft.view().standby);
    primary.file_systems.items().get(p as usize).zip(standby.file_systems.items().get(s as usize))
}

/// The newest backup of a whole file system that can be copied.
fn newest<'e>(primary: &'e Side, of: &FileSystem) -> Option<&'e Backup> {
    let whole = |backup: &&Backup| {
        backup.lifecycle == "AVAILABLE"
            && backup.volume.is_none()
            && backup.file_system.as_ref().is_some_and(|backed_up| backed_up.file_system_id == of.file_system_id)
    };
    primary.backups.items().iter().filter(whole).max_by_key(|backup| backup.creation_time)
}

/// Copies the newest backup.
fn copy(draft: &mut Draft<'_, '_>, wanted: &Wanted) {
    let Some((primary, standby)) = both(draft, wanted.subject) else { return };
    let view = draft.view();
    if primary.file_system_type != "WINDOWS" {
        return carried_by_hand(draft, wanted, primary, standby);
    }
    let Some(backup) = newest(view.primary, primary) else {
        return carried_by_hand(draft, wanted, primary, standby);
    };
    match (&view.primary.account, &view.standby.account) {
        (Ok(from), Ok(to)) if from == to => {}
        (_, _) => return draft.leave(wanted, "a backup is copied within one account, and the sides' are not one"),
    }
    let copied = |known: &&Backup| known.source_backup_id == backup.backup_id;
    if let Some(known) = view.standby.backups.items().iter().find(copied) {
        let why = format!("its newest backup {} is copied already: the copy is {}", backup.backup_id, known.lifecycle);
        return draft.leave(wanted, why);
    }
    let rpo = i64::from(view.settings.objectives.rpo_secs);
    let recent = backup.creation_time.is_some_and(|made| view.judged_at.secs_since(made) <= rpo);
    if wanted.fixed.rule == "FSX-004" && !recent {
        return draft.leave(
            wanted,
            "its newest backup is no younger than the recovery point objective: what carries the files, or makes backups, has to do so more often",
        );
    }
    let region = &view.settings.primary.region;
    let mut input = json!({ "SourceBackupId": backup.backup_id, "SourceRegion": region });
    if !standby.kms_key_id.is_empty() {
        input["KmsKeyId"] = standby.kms_key_id.as_str().into();
    }
    let made = Made { kind: MadeKind::Backup, part: Part::Standby, name: backup.backup_id.clone(), within: None };
    let undo = Call {
        service: "fsx".to_owned(),
        operation: "DeleteBackup".to_owned(),
        input: json!({ "BackupId": made.placeholder() }),
    };
    let name = primary.natural_name().to_owned();
    let call = Call { service: "fsx".to_owned(), operation: "CopyBackup".to_owned(), input };
    let taken = backup.creation_time.map(|at| format!(" of {at}")).unwrap_or_default();
    let change = draft
        .change(
            Part::Standby,
            &["file-system", &name, "backup"],
            format!("copy the newest backup{taken} of {name} to {}", view.settings.standby.region),
        )
        .fixing(wanted)
        .risk(Risk::Review)
        .costs("Backup storage in the standby Region, and the transfer between the Regions.")
        .field("SourceBackupId", None, Some(backup.backup_id.clone()))
        .by(call)
        .making(MadeKind::Backup, &backup.backup_id)
        .undone(Inverse::Exact(vec![undo]))
        .note("It is one copy and no schedule: without a task, or a backup plan that copies, it ages from now on.")
        .note("A copy has to be restored to a file system before anybody can use it.");
    draft.add(change);
}

/// What a person does so that something carries the files over.
fn carried_by_hand(draft: &mut Draft<'_, '_>, wanted: &Wanted, primary: &FileSystem, standby: &FileSystem) {
    if wanted.fixed.rule != "FSX-003" {
        return draft.leave(
            wanted,
            "what carries the files has to do so more often, or without the error that keeps it: see its last runs",
        );
    }
    let region = draft.view().settings.standby.region.clone();
    let name = primary.natural_name().to_owned();
    let title = format!("have the files of {name} carried to {region}");
    let what = ["file-system", &name, "replication"];
    let (from, to) = (word(&primary.resource_arn), word(&standby.resource_arn));
    match primary.file_system_type.as_str() {
        "WINDOWS" => {
            let location = |arn: &str| {
                format!(
                    "aws datasync create-location-fsx-windows --region {region} --fsx-filesystem-arn {arn} --security-group-arns GROUP_ARN --user USER --password \"$PASSWORD\""
                )
            };
            by_hand(
                draft,
                wanted,
                &what,
                title,
                &[
                    "Make a DataSync location of each file system, as a user of the domain who may read all files; his password stays with you.",
                    "Make a task between the two that carries access rights and deletions, on a schedule shorter than the recovery point objective, and run it once.",
                ],
                vec![
                    "read -rs PASSWORD".to_owned(),
                    location(&from),
                    location(&to),
                    format!(
                        "aws datasync create-task --region {region} --source-location-arn FROM --destination-location-arn TO --name {} --schedule 'ScheduleExpression=rate(6 hours)' --options SecurityDescriptorCopyFlags=OWNER_DACL,PreserveDeletedFiles=REMOVE",
                        word(&name)
                    ),
                ],
            );
        }
        "OPENZFS" => by_hand(
            draft,
            wanted,
            &what,
            title,
            &["Copy a snapshot of each volume onto a volume of the standby file system, and again on a schedule."],
            vec![
                "aws fsx create-snapshot --volume-id VOLUME --name NAME".to_owned(),
                format!(
                    "aws fsx copy-snapshot-and-update-volume --region {region} --volume-id STANDBY_VOLUME --source-snapshot-arn SNAPSHOT_ARN --copy-strategy INCREMENTAL_COPY"
                ),
            ],
        ),
        _ => by_hand(
            draft,
            wanted,
            &what,
            title,
            &[
                "Peer the two clusters and their storage virtual machines in ONTAP, and set up SnapMirror for each volume.",
                "Attest FSX-011 once somebody watches the relationships.",
            ],
            Vec::new(),
        ),
    }
}

/// What a DataSync task is called in findings.
fn called(task: &SyncTask) -> String {
    if task.name.is_empty() {
        format!("DataSync task {}", task.task_arn.rsplit('/').next().unwrap_or(&task.task_arn))
    } else {
        format!("DataSync task {:?}", task.name)
    }
}

/// Switches the schedules of a finding's tasks on again.
fn schedule(draft: &mut Draft<'_, '_>, wanted: &Wanted) {
    let view = draft.view();
    for drift in &wanted.drift {
        let named = drift.path.strip_suffix(".Schedule.Status").unwrap_or(&drift.path);
        let sides = [(Part::Primary, view.primary), (Part::Standby, view.standby)];
        let off = |task: &&SyncTask| {
            called(task) == named && task.schedule.as_ref().is_some_and(|schedule| schedule.status == "DISABLED")
        };
        let tasks: Vec<(Part, &SyncTask)> = sides
            .into_iter()
            .flat_map(|(part, side)| side.sync_tasks.items().iter().filter(off).map(move |task| (part, task)))
            .collect();
        let [(part, task)] = tasks[..] else {
            draft.leave(wanted, "several tasks have its name: which one is meant a person has to say");
            continue;
        };
        let expression = task.schedule.as_ref().map_or("", |schedule| schedule.schedule_expression.as_str());
        let call = |status: &str| -> Call {
            let schedule: Value = json!({ "ScheduleExpression": expression, "Status": status });
            Call {
                service: "datasync".to_owned(),
                operation: "UpdateTask".to_owned(),
                input: json!({ "TaskArn": task.task_arn, "Schedule": schedule }),
            }
        };
        let name = if task.name.is_empty() { task.task_arn.rsplit('/').next().unwrap_or_default() } else { &task.name };
        let mut change = draft
            .change(part, &["datasync-task", name, "schedule"], format!("switch the schedule of {named} on again"))
            .fixing(wanted)
            .risk(Risk::Review)
            .field("Schedule.Status", Some("DISABLED".to_owned()), Some("ENABLED".to_owned()))
            .by(call("ENABLED"))
            .undone(Inverse::Exact(vec![call("DISABLED")]))
            .note("What it carries from its next run on stays carried, whatever is taken back.");
        if task.schedule_details.as_ref().is_some_and(|details| details.disabled_by == "SERVICE") {
            change = change.note(
                "DataSync itself switched it off, after runs that failed: remove what they failed of first, or it will be off again.",
            );
        }
        draft.add(change);
    }
}
