//! Standby desktops: missing ones are made, running modes and tags are put right. Nothing that exists is taken away or rebuilt.

use super::Way;
use super::quotas::request_id;
use crate::remediate::draft::{Builder, Draft, Wanted};
use crate::remediate::plan::{Call, Inverse, Made, MadeKind, Part, Risk};
use deskpair_rules::model::directory::WorkspaceDirectory;
use deskpair_rules::model::image::Bundle;
use deskpair_rules::model::quota::{HARDWARE, STANDBY_WORKSPACES, WORKSPACES, Watched};
use deskpair_rules::model::workspace::{Flag, WorkspaceRow};
use deskpair_rules::model::{Paired, Subject, Sym};
use deskpair_rules::workspaces::can_have_standby_workspace;
use serde_json::{Value, json};

pub(super) const WAYS: &[(&str, Way)] = &[
    (
        "WSP-001",
        Way::Planned(
            "A standby WorkSpace is made where there can be one, else an ordinary one with AutoStop and tags.",
        ),
    ),
    (
        "WSP-002",
        Way::Planned(
            "A stopped desktop that nothing starts gets the running mode AUTO_STOP; what is broken is for people.",
        ),
    ),
    (
        "WSP-003",
        Way::People("Whether a desktop without an owner may go is for a person to say: nothing is ever terminated."),
    ),
    ("WSP-004", Way::Planned("The running mode is set to AUTO_STOP.")),
    (
        "WSP-005",
        Way::People("A desktop's hardware is changed with its user away, and a standby WorkSpace's cannot be."),
    ),
    ("WSP-006", Way::People("Another platform is another desktop: nothing is ever terminated.")),
    ("WSP-007", Way::People("Encryption is chosen when a desktop is made: nothing is ever terminated.")),
    ("WSP-008", Way::People("What is left of a broken relation has to be terminated, and nothing is ever terminated.")),
    (
        "WSP-009",
        Way::Planned(
            "Replication is switched on at the primary desktop, where it is off; a late snapshot no call hastens.",
        ),
    ),
    ("WSP-010", Way::People("Which of several desktops is meant a person has to say: a map of kind `user` does.")),
    ("WSP-011", Way::People("User names are the directory's.")),
    ("WSP-012", Way::Planned("The standby desktop gets the primary's tags that you have listed.")),
    (
        "WSP-013",
        Way::People("A desktop cannot be turned into a standby WorkSpace: it would have to be terminated first."),
    ),
    ("WSP-014", Way::Planned("The desktop gets the tag that keeps cost tooling away.")),
    ("WSP-015", Way::People("A modification ends by itself, or with AWS Support.")),
    ("WSP-016", Way::People("Somebody has to sign in to it once.")),
    ("WSP-017", Way::People("Applications come with images: see IMG-003.")),
];

/// The tag that names the primary desktop for which one was made.
const STANDBY_FOR: &str = "deskpair:standby-for";

/// The tag by which Cost Optimizer for Amazon WorkSpaces passes a WorkSpace over (AWS-FACTS §4).
const SKIP: &str = "Skip_Convert";

/// The rule whose settings list the tags that both desktops of a person have to have.
pub(super) const TAGS_DIFFER: &str = "WSP-012";

/// The rule whose settings list the tags that keep cost tooling away.
const UNPROTECTED: &str = "WSP-014";

/// The least time to AutoStop, in minutes (`workspaces:RunningModeAutoStopTimeoutInMinutes`: in steps of 60).
const AUTO_STOP_MINUTES: u16 = 60;

pub(super) fn plan(draft: &mut Draft<'_, '_>) {
    for wanted in draft.fails("WSP-001") {
        missing(draft, &wanted);
    }
    for wanted in draft.fails("WSP-002") {
        match wanted.case {
            "always-on-stopped" | "manual-stopped" => running_mode(draft, &wanted),
            _ => {}
        }
    }
    for wanted in draft.fails("WSP-004") {
        running_mode(draft, &wanted);
    }
    for wanted in draft.fails("WSP-009") {
        if wanted.case == "off" {
            replication(draft, &wanted);
        }
    }
    for wanted in draft.fails("WSP-012") {
        tags(draft, &wanted);
    }
    for wanted in draft.fails("WSP-014") {
        protect(draft, &wanted);
    }
}

fn primary<'d>(draft: &Draft<'d, '_>, subject: Subject) -> Option<(u32, &'d WorkspaceRow)> {
    let Subject::Desktop { p, .. } = subject else { return None };
    draft.view().primary.workspaces.items().get(p as usize).map(|row| (p, row))
}

fn standby<'d>(draft: &Draft<'d, '_>, subject: Subject) -> Option<&'d WorkspaceRow> {
    let Subject::Desktop { s, .. } = subject else { return None };
    draft.view().standby.workspaces.items().get(s as usize)
}

/// Makes a standby desktop for somebody who has none.
fn missing(draft: &mut Draft<'_, '_>, wanted: &Wanted) {
    let view = draft.view();
    let text = |sym: Sym| view.estate.symbols.text(sym).to_owned();
    let Some((at, row)) = primary(draft, wanted.subject) else { return };
    let (user, id) = (text(row.user), text(row.id));
    let Ok(Some(directory)) = view.standby_registration() else {
        return draft.leave(wanted, "the standby directory is not known for sure, or not registered");
    };
    let directory = directory.directory_id.clone();
    if row.name.is_some() {
        return draft
            .leave(wanted, "it is a user-decoupled desktop: how its counterpart is to be named a person has to say");
    }
    if can_have_standby_workspace(view, at) == Some(true) {
        return standby_workspace(draft, wanted, &id, &user, &directory);
    }
    let own = view.primary.bundles.items().iter().find(|bundle| bundle.bundle_id == text(row.bundle));
    let Some((bundle, bundle_name, after)) = own.and_then(|own| counterpart(draft, own)) else {
        return draft.leave(
            wanted,
            "the bundle of the primary desktop has no counterpart that is known for sure (one of Amazon's has another id in each Region): \
             make the desktop by hand, or map the bundle",
        );
    };
    let encryption = match key(draft, row) {
        Ok(key) => key,
        Err(why) => return draft.leave(wanted, why),
    };
    let mut properties =
        json!({ "RunningMode": "AUTO_STOP", "RunningModeAutoStopTimeoutInMinutes": AUTO_STOP_MINUTES });
    if row.root_gib > 0 {
        properties["RootVolumeSizeGib"] = row.root_gib.into();
    }
    if row.user_gib != WorkspaceRow::ABSENT {
        properties["UserVolumeSizeGib"] = row.user_gib.into();
    }
    if row.compute.is_some() {
        properties["ComputeTypeName"] = text(row.compute).into();
    }
    let (tags, untold) = tags_of_new(draft, row, Some(guard(draft)));
    let mut request = json!({
        "DirectoryId": directory,
        "UserName": user,
        "BundleId": bundle,
        "WorkspaceProperties": properties,
        "Tags": tags,
    });
    if let Some(key) = &encryption {
        request["VolumeEncryptionKey"] = key.as_str().into();
        request["RootVolumeEncryptionEnabled"] = (row.root_volume_encrypted == Flag::Yes).into();
        request["UserVolumeEncryptionEnabled"] = (row.user_volume_encrypted == Flag::Yes).into();
    }
    let mut change = draft
        .change(Part::Standby, &["workspace", &user], format!("make a standby desktop for {user}"))
        .fixing(wanted)
        .risk(Risk::Review)
        .costs("an AutoStop WorkSpace: its monthly fee, and its hours while somebody works")
        .field("UserName", None, Some(user.clone()))
        .field("BundleId", None, Some(bundle_name))
        .field("RunningMode", None, Some("AUTO_STOP".to_owned()))
        .field("VolumeEncryptionKey", None, encryption)
        .by(Call::workspaces("CreateWorkspaces", json!({ "Workspaces": [request] })))
        .making(MadeKind::Workspace, &user)
        .within(&directory)
        .undone(terminate(&user, &directory));
    for after in after.into_iter().chain(room(draft, WORKSPACES, row)) {
        change = change.after(after);
    }
    change = untold.into_iter().fold(change, Builder::note);
    draft.add(change);
}

/// The requests for quotas that have to be granted before a desktop like this one can be made.
fn room(draft: &Draft<'_, '_>, kind: Watched, row: &WorkspaceRow) -> Vec<String> {
    let compute = draft.view().estate.symbols.text(row.compute);
    let hardware = HARDWARE.iter().filter(|(known, _)| *known == compute).map(|(_, watched)| *watched);
    let wanted = hardware.chain([kind]).map(|watched| request_id(draft, watched.code));
    wanted.filter(|id| draft.has(id)).collect()
}

/// Takes away a desktop that was made: nobody may have connected to it, which is read first.
fn terminate(user: &str, directory: &str) -> Inverse {
    let made = Made {
        kind: MadeKind::Workspace,
        part: Part::Standby,
        name: user.to_owned(),
        within: Some(directory.to_owned()),
    };
    let input = json!({ "TerminateWorkspaceRequests": [{ "WorkspaceId": made.placeholder() }] });
    Inverse::Exact(vec![Call::workspaces("TerminateWorkspaces", input)])
}

fn standby_workspace(draft: &mut Draft<'_, '_>, wanted: &Wanted, id: &str, user: &str, directory: &str) {
    let region = draft.view().settings.primary.region.clone();
    let Some((_, row)) = primary(draft, wanted.subject) else { return };
    let key = match key(draft, row) {
        Ok(Some(key)) => key,
        Ok(None) => return draft.leave(wanted, "it is not encrypted, and a standby WorkSpace has to be"),
        Err(why) => return draft.leave(wanted, why),
    };
    let (tags, untold) = tags_of_new(draft, row, None);
    let request = json!({
        "PrimaryWorkspaceId": id,
        "DirectoryId": directory,
        "VolumeEncryptionKey": key,
        "Tags": tags,
    });
    let input = json!({ "PrimaryRegion": region, "StandbyWorkspaces": [request] });
    let room = room(draft, STANDBY_WORKSPACES, row);
    let change = draft
        .change(Part::Standby, &["workspace", user], format!("make a standby WorkSpace for {user}"))
        .fixing(wanted)
        .risk(Risk::Review)
        .costs("a standby WorkSpace: its fee, and replication's where that is switched on")
        .field("PrimaryWorkspaceId", None, Some(id.to_owned()))
        .field("VolumeEncryptionKey", None, Some(key))
        .by(Call::workspaces("CreateStandbyWorkspaces", input))
        .making(MadeKind::Workspace, user)
        .within(directory)
        .undone(terminate(user, directory));
    let change = room.into_iter().fold(change, |change, id| change.after(id));
    draft.add(untold.into_iter().fold(change, Builder::note));
}

/// The key for a standby desktop's volumes: none where the primary's are not encrypted.
fn key(draft: &Draft<'_, '_>, row: &WorkspaceRow) -> Result<Option<String>, &'static str> {
    let view = draft.view();
    if ![row.root_volume_encrypted, row.user_volume_encrypted].contains(&Flag::Yes) {
        return Ok(None);
    }
    let key = view.estate.symbols.text(row.key);
    if key.ends_with("alias/aws/workspaces") {
        return Ok(Some("alias/aws/workspaces".to_owned()));
    }
    let id = key.rsplit('/').next().unwrap_or(key);
    if id.starts_with("mrk-") {
        // A multi-Region key has the same id in every Region that it is replicated to (`kms:ReplicateKey`).
        let (from, to) = (&view.settings.primary.region, &view.settings.standby.region);
        return Ok(Some(key.replace(&format!(":{from}:"), &format!(":{to}:"))));
    }
    Err(
        "its volumes are encrypted with a key of the primary Region alone: which one the standby's are to have a person has to say",
    )
}

/// The bundle that stands for the primary one: its id or what stands for it, its name, and the change that makes it.
fn counterpart(draft: &Draft<'_, '_>, bundle: &Bundle) -> Option<(Value, String, Option<String>)> {
    let id = draft.id(Part::Standby, &["bundle", &bundle.name]);
    if draft.has(&id) {
        let made = Made { kind: MadeKind::Bundle, part: Part::Standby, name: bundle.name.clone(), within: None };
        return Some((made.placeholder(), bundle.name.clone(), Some(id)));
    }
    match draft.view().bundle(bundle) {
        Paired::With { item, .. } => Some((item.bundle_id.clone().into(), item.name.clone(), None)),
        Paired::Missing | Paired::Ambiguous(_) | Paired::Unknown(_) => None,
    }
}

/// Sets the running mode of a standby desktop.
fn running_mode(draft: &mut Draft<'_, '_>, wanted: &Wanted) {
    let Some(row) = standby(draft, wanted.subject) else { return };
    let text = |sym: Sym| draft.view().estate.symbols.text(sym).to_owned();
    let (id, user, before) = (text(row.id), text(row.user), text(row.running_mode));
    if before.is_empty() {
        return draft.leave(wanted, "its running mode is not told");
    }
    let call = |properties: Value| {
        Call::workspaces("ModifyWorkspaceProperties", json!({ "WorkspaceId": id, "WorkspaceProperties": properties }))
    };
    let to = json!({ "RunningMode": "AUTO_STOP", "RunningModeAutoStopTimeoutInMinutes": AUTO_STOP_MINUTES });
    let change = draft
        .change(
            Part::Standby,
            &["workspace", &user, "running-mode"],
            format!("let {user}'s standby desktop stop by itself and start when it is needed"),
        )
        .fixing(wanted)
        .field("WorkspaceProperties.RunningMode", Some(before.clone()), Some("AUTO_STOP".to_owned()))
        .by(call(to))
        .undone(Inverse::Exact(vec![call(json!({ "RunningMode": before }))]));
    draft.add(change);
}

/// Switches replication on.
fn replication(draft: &mut Draft<'_, '_>, wanted: &Wanted) {
    let Some((_, row)) = primary(draft, wanted.subject) else { return };
    let text = |sym: Sym| draft.view().estate.symbols.text(sym).to_owned();
    let (id, user) = (text(row.id), text(row.user));
    // With a Simple AD there is no replication (AWS-FACTS §2).
    let simple = |known: &WorkspaceDirectory| known.directory_type == "SIMPLE_AD";
    if draft.view().primary_registration().ok().flatten().is_some_and(simple) {
        return draft.leave(wanted, "its directory is a Simple AD, with which nothing is replicated");
    }
    let call = |value: &str| {
        Call::workspaces("ModifyWorkspaceProperties", json!({ "WorkspaceId": id, "DataReplication": value }))
    };
    let change = draft
        .change(
            Part::Primary,
            &["workspace", &user, "replication"],
            format!("replicate {user}'s desktop to its standby WorkSpace"),
        )
        .fixing(wanted)
        .risk(Risk::Review)
        .costs("a monthly charge for data replication")
        .field("DataReplication", Some("NO_REPLICATION".to_owned()), Some("PRIMARY_AS_SOURCE".to_owned()))
        .by(call("PRIMARY_AS_SOURCE"))
        .undone(Inverse::Exact(vec![call("NO_REPLICATION")]))
        .proven_by_replanning()
        .note("The first snapshot may be 12 hours away: until it is there, WSP-009 still says so.");
    draft.add(change);
}

/// One tag of a standby desktop.
fn tag(draft: &mut Draft<'_, '_>, wanted: &Wanted, row: &WorkspaceRow, key: &str, before: Option<String>, value: &str) {
    let text = |sym: Sym| draft.view().estate.symbols.text(sym).to_owned();
    let (id, user) = (text(row.id), text(row.user));
    let create = |value: &str| {
        Call::workspaces("CreateTags", json!({ "ResourceId": id, "Tags": [{ "Key": key, "Value": value }] }))
    };
    let undo = match &before {
        Some(before) => create(before),
        None => Call::workspaces("DeleteTags", json!({ "ResourceId": id, "TagKeys": [key] })),
    };
    let change = draft
        .change(Part::Standby, &["workspace", &user, "tag", key], format!("tag {user}'s standby desktop {key}={value}"))
        .fixing(wanted)
        .field(&format!("Tags.{key}"), before, Some(value.to_owned()))
        .by(create(value))
        .undone(Inverse::Exact(vec![undo]));
    draft.add(change);
}

fn value_of(draft: &Draft<'_, '_>, row: &WorkspaceRow, of_primary: bool, key: &str) -> Option<String> {
    let view = draft.view();
    let text = |sym: Sym| view.estate.symbols.text(sym);
    let find = |mut tags: Box<dyn Iterator<Item = &deskpair_rules::model::workspace::TagRow> + '_>| {
        tags.find(|tag| text(tag.key) == key).map(|tag| text(tag.value).to_owned())
    };
    if of_primary { find(Box::new(view.primary_tags(row.id))) } else { find(Box::new(view.standby_tags(row.id))) }
}

/// The tags of a desktop that is made for the one of this row: whose it stands for, the one that keeps cost tooling away where it needs that,
/// and the primary's of those that both have to have. Beside them, what could not be read of them.
fn tags_of_new(draft: &Draft<'_, '_>, row: &WorkspaceRow, guard: Option<String>) -> (Vec<Value>, Option<String>) {
    let view = draft.view();
    let source = format!("{}/{}", view.settings.primary.region, view.estate.symbols.text(row.id));
    let mut tags = vec![(STANDBY_FOR.to_owned(), source)];
    tags.extend(guard.map(|key| (key, "standby".to_owned())));
    let mut untold = Vec::new();
    for key in listed(draft, TAGS_DIFFER) {
        if tags.iter().any(|(known, _)| *known == key) {
            continue;
        }
        match value_of(draft, row, true, &key) {
            Some(value) => tags.push((key, value)),
            None if view.primary.desktop_tags.gap().is_some() => untold.push(key),
            None => {}
        }
    }
    let note = || {
        let keys = untold.join(", ");
        format!(
            "The primary desktop's tags could not be read whole: whether it has {keys}, which {TAGS_DIFFER} lists, is not known."
        )
    };
    let tags = tags.into_iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect();
    (tags, (!untold.is_empty()).then(note))
}

/// The keys of tags that a rule's settings list.
fn listed(draft: &Draft<'_, '_>, rule: &str) -> Vec<String> {
    let options = draft.view().estate.settings.rules.get(rule).and_then(|rule| rule.options.get("tags"));
    let keys = options.and_then(Value::as_array).into_iter().flatten();
    keys.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The key of the tag that keeps cost tooling away.
fn guard(draft: &Draft<'_, '_>) -> String {
    listed(draft, UNPROTECTED).into_iter().next().unwrap_or_else(|| SKIP.to_owned())
}

/// Gives the standby desktop the primary's listed tags.
fn tags(draft: &mut Draft<'_, '_>, wanted: &Wanted) {
    let (Some((_, ours)), Some(theirs)) = (primary(draft, wanted.subject), standby(draft, wanted.subject)) else {
        return;
    };
    let (ours, theirs) = (*ours, *theirs);
    for drift in wanted.drift.clone() {
        let key = drift.path.trim_start_matches("Tags.").to_owned();
        match value_of(draft, &ours, true, &key) {
            Some(value) => {
                let before = value_of(draft, &theirs, false, &key);
                tag(draft, wanted, &theirs, &key, before, &value);
            }
            None => draft.leave(
                wanted,
                format!("the primary desktop has no tag {key}; whether the standby's is wrong a person has to say"),
            ),
        }
    }
}

/// Keeps cost tooling away from a standby desktop.
fn protect(draft: &mut Draft<'_, '_>, wanted: &Wanted) {
    let Some(row) = standby(draft, wanted.subject).copied() else { return };
    let key = guard(draft);
    let before = value_of(draft, &row, false, &key);
    tag(draft, wanted, &row, &key, before, "standby");
}
