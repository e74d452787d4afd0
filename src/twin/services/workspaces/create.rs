//! WorkSpaces that are made: 25 a call, and what fails is told inside an answer with status 200 (AWS-FACTS §1.8, §2).

use super::super::Call;
use super::changing::{failures, here, seen, tags};
use super::desktops::render;
use super::limits::room;
use super::modify::{auto_stop, fits};
use crate::twin::error::Trouble;
use crate::twin::world::{DESKTOP_IS_MADE, DESKTOP_SHOWS, Event, Realm, Tagged, World};
use deskpair_rules::model::image::Bundle;
use deskpair_rules::model::workspace::{WorkspaceRecord, WorkspaceRow};
use serde_json::{Value, json};
use std::borrow::Cow;

/// The user name of desktops that are nobody's (the model's words for `CreateWorkspaces`).
const DECOUPLED: &str = "[UNDEFINED]";

/// A request's refusal: the error's code and words.
pub(super) type Refused = (&'static str, String);

/// Whether the user exists in the directory is not in the world. A WorkSpace that names no running mode is `ALWAYS_ON`: the twin's own.
pub(super) fn create(world: &mut World, call: &Call) -> Result<Value, Trouble> {
    if let Some(realm) = world.realm(&call.account, &call.region) {
        seen(world, call, &realm.side.workspaces)?;
    }
    let requests = call.input["Workspaces"].as_array().map_or(&[][..], Vec::as_slice);
    // A tag that is wrong is the whole call's affair, and nothing is done yet.
    for request in requests {
        tags(&request["Tags"])?;
    }
    let mut pending = Vec::new();
    let failed = failures(call, requests, |request| {
        let tags = tags(&request["Tags"])?;
        Ok(match planned(world, call, request) {
            Ok(record) => {
                pending.push(make(world, call, record, &tags));
                None
            }
            Err(refused) => Some(refused),
        })
    })?;
    let failed = failed
        .into_iter()
        .map(|(request, code, words)| json!({"WorkspaceRequest": request, "ErrorCode": code, "ErrorMessage": words}));
    Ok(json!({"FailedRequests": failed.collect::<Vec<_>>(), "PendingRequests": pending}))
}

/// Adds a WorkSpace that is being made; what the answer tells of it.
pub(super) fn make(
    world: &mut World,
    call: &Call,
    record: WorkspaceRecord<'static>,
    tags: &[(String, String)],
) -> Value {
    let id = record.workspace_id.to_string();
    // The row's rare part goes to the realm that it is in.
    let mut extras = std::mem::take(&mut world.realm_or_new(&call.account, &call.region).side.extras);
    let row = WorkspaceRow::of(record, &mut world.symbols, &mut extras);
    let realm = world.realm_or_new(&call.account, &call.region);
    realm.side.extras = extras;
    realm.add_desktop(row);
    realm.unlisted.insert(row.id);
    world.made(&here(call), Tagged::Workspace, &id, tags);
    world.later(here(call), DESKTOP_SHOWS, Event::DesktopShows(row.id));
    world.later(here(call), DESKTOP_IS_MADE, Event::DesktopLeaves(row.id, "PENDING"));
    world.realm(&call.account, &call.region).map_or(Value::Null, |realm| render(world, realm, &row))
}

fn planned(world: &mut World, call: &Call, request: &Value) -> Result<WorkspaceRecord<'static>, Refused> {
    let text = |name: &str| request[name].as_str().unwrap_or_default();
    let (directory, user, bundle) = (text("DirectoryId"), text("UserName"), text("BundleId"));
    let key = text("VolumeEncryptionKey");
    let subnet = subnet(world, call, directory)?;
    let nowhere = || missing("Directory");
    let realm = world.realm(&call.account, &call.region).ok_or_else(nowhere)?;
    free(world, realm, directory, user, text("WorkspaceName"))?;
    let bundles = realm.side.bundles.items().iter().chain(realm.side.amazon_bundles.items());
    let bundle = bundles.into_iter().find(|known| known.bundle_id == bundle).ok_or_else(|| missing("Bundle"))?;
    if bundle.state != "AVAILABLE" && !bundle.state.is_empty() {
        return Err(("ResourceUnavailable.Bundle", "The bundle is not in the state AVAILABLE.".to_owned()));
    }
    let flags = ["UserVolumeEncryptionEnabled", "RootVolumeEncryptionEnabled"].map(|name| request[name].as_bool());
    let encrypted = flags.contains(&Some(true));
    if encrypted == key.is_empty() {
        return Err(wrong("A WorkSpace has a volume encryption key if and only if a volume is encrypted."));
    }
    let properties = &request["WorkspaceProperties"];
    let given = |name: &str| properties[name].as_str();
    let mode = given("RunningMode").unwrap_or("ALWAYS_ON");
    if mode == "MANUAL" {
        return Err(wrong("The account may not use the running mode MANUAL."));
    }
    let minutes = auto_stop(mode, properties["RunningModeAutoStopTimeoutInMinutes"].as_i64());
    let minutes = minutes.map_err(|_| wrong("The AutoStop timeout is configured in 60-minute intervals."))?;
    let gib = |name: &str, of_bundle: Option<u16>| match properties[name].as_i64() {
        Some(given) => u16::try_from(given).map(Some).map_err(|_| wrong("The volume is too large.")),
        None => Ok(of_bundle),
    };
    let capacity = |storage: &Option<deskpair_rules::model::image::Storage>| {
        storage.as_ref().and_then(|storage| storage.capacity.parse().ok())
    };
    let root = gib("RootVolumeSizeGib", capacity(&bundle.root_storage))?;
    let user_gib = gib("UserVolumeSizeGib", capacity(&bundle.user_storage))?;
    if properties["RootVolumeSizeGib"].is_i64() || properties["UserVolumeSizeGib"].is_i64() {
        fits(root.unwrap_or(0), user_gib.unwrap_or(0)).map_err(|_| wrong("Volumes of these sizes are not offered."))?;
    }
    let like = alike(world, realm, bundle);
    let like = |of: fn(&WorkspaceRow) -> deskpair_rules::model::Sym| like.map_or("", |row| world.symbols.text(of(row)));
    let compute = bundle.compute_type.as_ref().map_or("", |compute| compute.name.as_str());
    let protocols: Vec<&str> =
        properties["Protocols"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let protocols = match (protocols.is_empty(), like(|row| row.protocols)) {
        (false, _) => protocols.join(","),
        (true, "") => "WSP".to_owned(),
        (true, known) => known.to_owned(),
    };
    let owned = |text: &str| Cow::Owned(text.to_owned());
    let record = WorkspaceRecord {
        directory_id: owned(directory),
        user_name: owned(user),
        workspace_name: owned(text("WorkspaceName")),
        state: owned("PENDING"),
        bundle_id: owned(&bundle.bundle_id),
        subnet_id: Cow::Owned(subnet),
        volume_encryption_key: owned(key),
        user_volume_encryption_enabled: Some(flags[0] == Some(true)),
        root_volume_encryption_enabled: Some(flags[1] == Some(true)),
        running_mode: owned(mode),
        running_mode_auto_stop_timeout_in_minutes: (minutes != 0).then_some(minutes),
        root_volume_size_gib: root,
        user_volume_size_gib: user_gib,
        compute_type_name: owned(given("ComputeTypeName").unwrap_or(compute)),
        protocols: Cow::Owned(protocols),
        operating_system_name: owned(given("OperatingSystemName").unwrap_or_else(|| like(|row| row.operating_system))),
        ..WorkspaceRecord::default()
    };
    room(world, call, &record.compute_type_name, false)?;
    let workspace_id = Cow::Owned(world.new_id("ws-"));
    Ok(WorkspaceRecord { workspace_id, ..record })
}

/// A desktop of the same bundle, or of another with the same image: what a bundle does not tell, its desktops do.
fn alike<'a>(world: &World, realm: &'a Realm, bundle: &Bundle) -> Option<&'a WorkspaceRow> {
    let of_image = |known: &&Bundle| !known.image_id.is_empty() && known.image_id == bundle.image_id;
    let siblings = realm.side.bundles.items().iter().filter(of_image).map(|known| known.bundle_id.as_str());
    let ids = std::iter::once(bundle.bundle_id.as_str()).chain(siblings);
    let ids: Vec<_> = ids.filter_map(|id| world.symbols.find(id)).collect();
    ids.into_iter().find_map(|id| realm.side.workspaces.items().iter().find(|row| row.bundle == id))
}

/// The subnet of the next WorkSpace of a directory, which must be registered.
pub(super) fn subnet(world: &mut World, call: &Call, directory: &str) -> Result<String, Refused> {
    let turn = world.fresh();
    let realm = world.realm(&call.account, &call.region);
    let known = realm.and_then(|realm| {
        let mut registered = realm.side.registrations.items().iter();
        registered.find(|known| known.directory_id == directory)
    });
    let known = known.ok_or_else(|| missing("Directory"))?;
    if known.state != "REGISTERED" {
        return Err(("InvalidResourceState.Directory", "The directory is not in the state REGISTERED.".to_owned()));
    }
    let subnets = &known.subnet_ids;
    Ok(subnets.get(turn as usize % subnets.len().max(1)).cloned().unwrap_or_default())
}

/// A user has one WorkSpace in a directory; user names are not case-sensitive (AWS-FACTS §1.8). What is nobody's is told apart by its name.
pub(super) fn free(world: &World, realm: &Realm, directory: &str, user: &str, name: &str) -> Result<(), Refused> {
    if (user == DECOUPLED) == name.is_empty() {
        return Err(wrong("A WorkSpace has a name if and only if it is user-decoupled."));
    }
    let text = |sym| world.symbols.text(sym);
    let rows = realm.side.workspaces.items().iter().filter(|row| text(row.directory) == directory);
    let mut same = rows.filter(|row| {
        if user == DECOUPLED { text(row.name) == name } else { text(row.user).to_lowercase() == user.to_lowercase() }
    });
    match same.next() {
        None => Ok(()),
        Some(_) => Err(("ResourceExists.WorkSpace", "A WorkSpace already exists for the specified user.".to_owned())),
    }
}

pub(super) fn missing(what: &'static str) -> Refused {
    let (code, words) = match what {
        "Directory" => ("ResourceNotFound.Directory", "directory"),
        "Bundle" => ("ResourceNotFound.Bundle", "bundle"),
        _ => ("ResourceNotFound.WorkSpace", "WorkSpace"),
    };
    (code, format!("The specified {words} could not be found in the specified Region."))
}

pub(super) fn wrong(words: &str) -> Refused {
    ("InvalidParameterValues", words.to_owned())
}
