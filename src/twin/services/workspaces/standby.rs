//! Standby WorkSpaces: made in the secondary Region of a primary WorkSpace (AWS-FACTS §2, §3).

use super::super::Call;
use super::changing::{failures, refusal, seen, tags};
use super::create::{Refused, free, make, missing, subnet, wrong};
use super::invalid;
use super::limits::room;
use crate::twin::error::Trouble;
use crate::twin::world::{Event, Place, REPLICATION_SETTLES, World, change_extra};
use deskpair_rules::model::Slice;
use deskpair_rules::model::image::Bundle;
use deskpair_rules::model::pairing::STANDBY_BUNDLE;
use deskpair_rules::model::workspace::{DataReplication, Extra, Related, StandbyProperties, WorkspaceRecord};
use serde_json::{Value, json};
use std::borrow::Cow;

/// The Regions of Multi-Region Resilience (AWS-FACTS §3).
const REGIONS: [&str; 4] = ["eu-central-1", "eu-west-1", "us-east-1", "us-west-2"];

pub(super) fn create(world: &mut World, call: &Call) -> Result<Value, Trouble> {
    let primary = call.text("PrimaryRegion").unwrap_or_default();
    if primary == call.region {
        return Err(invalid("The primary Region must be another one than that of the standby WorkSpaces."));
    }
    if ![primary, &call.region].into_iter().all(|region| REGIONS.contains(&region)) {
        let words = format!("Standby WorkSpaces of {primary} are not supported in {}.", call.region);
        return Err(refusal("OperationNotSupportedException", words));
    }
    let requests = call.input["StandbyWorkspaces"].as_array().map_or(&[][..], Vec::as_slice);
    if requests.is_empty() {
        return Err(invalid("At least one standby WorkSpace must be given."));
    }
    for region in [primary, &call.region] {
        if let Some(realm) = world.realm(&call.account, region) {
            seen(world, call, &realm.side.workspaces)?;
        }
    }
    let there = Place::new(&call.account, primary);
    // A tag that is wrong is the whole call's affair, and nothing is done yet.
    for request in requests {
        tags(&request["Tags"])?;
    }
    let mut pending = Vec::new();
    let failed = failures(call, requests, |request| {
        let tags = tags(&request["Tags"])?;
        let record = match planned(world, call, &there, request) {
            Ok(record) => record,
            Err(refused) => return Ok(Some(refused)),
        };
        let (user, directory) = (record.user_name.to_string(), record.directory_id.to_string());
        let standby = record.workspace_id.to_string();
        make(world, call, record, &tags);
        introduce(world, call, &there, request, &standby);
        pending.push(json!({
            "UserName": user,
            "DirectoryId": directory,
            "State": "PENDING",
            "WorkspaceId": standby,
        }));
        Ok(None)
    })?;
    let failed = failed.into_iter().map(
        |(request, code, words)| json!({"StandbyWorkspaceRequest": request, "ErrorCode": code, "ErrorMessage": words}),
    );
    Ok(json!({"FailedStandbyRequests": failed.collect::<Vec<_>>(), "PendingStandbyRequests": pending}))
}

/// What stands in the way of a standby is AWS-FACTS §3's list.
fn planned(
    world: &mut World,
    call: &Call,
    there: &Place,
    request: &Value,
) -> Result<WorkspaceRecord<'static>, Refused> {
    let text = |name: &str| request[name].as_str().unwrap_or_default();
    let (directory, key) = (text("DirectoryId"), text("VolumeEncryptionKey"));
    let subnet = subnet(world, call, directory)?;
    let realm = world.realm(&there.account, &there.region).ok_or_else(|| missing("WorkSpace"))?;
    let known = world.symbols.find(text("PrimaryWorkspaceId")).and_then(|id| realm.listed(id));
    let primary = *known.ok_or_else(|| missing("WorkSpace"))?;
    let record = primary.record(&world.symbols, &realm.side.extras);
    if !matches!(record.state.as_ref(), "AVAILABLE" | "STOPPED") {
        return Err(("InvalidResourceState.WorkSpace", format!("The WorkSpace is in the state {}.", record.state)));
    }
    let related = record.extra.iter().flat_map(|extra| &extra.related_workspaces);
    if related.into_iter().next().is_some() {
        return Err(("ResourceExists.StandbyWorkSpace", "The WorkSpace has a related WorkSpace already.".to_owned()));
    }
    let unsupported = |words: &str| Err(("UnsupportedWorkspaceConfiguration", words.to_owned()));
    let compute = record.compute_type_name.as_ref();
    if !record.operating_system_name.starts_with("WINDOWS") {
        return unsupported("Standby WorkSpaces are of Windows alone.");
    }
    if compute.starts_with("GENERALPURPOSE") || compute.starts_with("GRAPHICS") {
        return unsupported("Standby WorkSpaces of this compute type are not supported.");
    }
    let managed = |key: &str| key.is_empty() || key.ends_with("alias/aws/workspaces");
    if managed(&record.volume_encryption_key) || managed(key) {
        return unsupported("Both WorkSpaces need customer managed keys.");
    }
    let regional = |key: &str| !key.starts_with("arn:") || key.split(':').nth(3) == Some(call.region.as_str());
    if !regional(key) {
        return Err(wrong("The volume encryption key of the standby WorkSpace is of another Region."));
    }
    let directories = realm.side.registrations.items().iter();
    let domain = directories.clone().find(|known| known.directory_id == record.directory_id);
    let here = world.realm(&call.account, &call.region).ok_or_else(|| missing("Directory"))?;
    let own = here.side.registrations.items().iter().find(|known| known.directory_id == directory);
    let (Some(domain), Some(own)) = (domain, own) else { return Err(missing("Directory")) };
    if domain.directory_name.to_lowercase() != own.directory_name.to_lowercase() {
        return unsupported("The directories of the two Regions are not of one domain.");
    }
    if text("DataReplication") == "PRIMARY_AS_SOURCE" && "SIMPLE_AD" == domain.directory_type {
        return unsupported("Data replication is not supported for Simple AD.");
    }
    free(world, here, directory, &record.user_name, &record.workspace_name)?;
    let bundles = realm.side.bundles.items().iter().chain(realm.side.amazon_bundles.items());
    let model = bundles.into_iter().find(|bundle| bundle.bundle_id == record.bundle_id).cloned();
    let owned = |text: &str| Cow::Owned(text.to_owned());
    let record = WorkspaceRecord {
        workspace_id: Cow::Borrowed(""),
        directory_id: owned(directory),
        user_name: owned(&record.user_name),
        workspace_name: owned(&record.workspace_name),
        state: owned("PENDING"),
        bundle_id: Cow::Borrowed(""),
        subnet_id: Cow::Owned(subnet),
        ip_address: None,
        computer_name: Cow::Borrowed(""),
        volume_encryption_key: owned(key),
        user_volume_encryption_enabled: record.user_volume_encryption_enabled,
        root_volume_encryption_enabled: record.root_volume_encryption_enabled,
        // How a standby runs is not documented: AutoStop, as AWS advises for WorkSpaces that are seldom used.
        running_mode: owned("AUTO_STOP"),
        running_mode_auto_stop_timeout_in_minutes: Some(60),
        root_volume_size_gib: record.root_volume_size_gib,
        user_volume_size_gib: record.user_volume_size_gib,
        compute_type_name: owned(&record.compute_type_name),
        protocols: owned(&record.protocols),
        operating_system_name: owned(&record.operating_system_name),
        extra: Some(Box::new(Extra {
            related_workspaces: vec![Related {
                workspace_id: record.workspace_id.to_string(),
                region: there.region.clone(),
                state: record.state.to_string(),
                r#type: "PRIMARY".to_owned(),
            }],
            data_replication_settings: Some(not_replicated()),
            ..Extra::default()
        })),
    };
    room(world, call, &record.compute_type_name, true)?;
    let bundle = mirrored(world, call, model);
    Ok(WorkspaceRecord { workspace_id: Cow::Owned(world.new_id("ws-")), bundle_id: Cow::Owned(bundle), ..record })
}

/// The primary WorkSpace learns of its standby, and replication begins where it was asked for.
fn introduce(world: &mut World, call: &Call, there: &Place, request: &Value, standby: &str) {
    let primary = world.symbols.intern(request["PrimaryWorkspaceId"].as_str().unwrap_or_default());
    world.change_desktop(there, primary, |row, extras| {
        change_extra(row, extras, |extra| {
            extra.related_workspaces.push(Related {
                workspace_id: standby.to_owned(),
                region: call.region.clone(),
                state: "PENDING".to_owned(),
                r#type: "STANDBY".to_owned(),
            });
            extra.standby_workspaces_properties.push(StandbyProperties {
                standby_workspace_id: standby.to_owned(),
                data_replication: not_replicated().data_replication,
                recovery_snapshot_time: None,
            });
            extra.data_replication_settings.get_or_insert_with(not_replicated);
        });
    });
    if let Some(replication) = request["DataReplication"].as_str().filter(|wanted| *wanted != "NO_REPLICATION") {
        world.later(there.clone(), REPLICATION_SETTLES, Event::ReplicationSettles(primary, replication.to_owned()));
    }
}

fn not_replicated() -> DataReplication {
    DataReplication { data_replication: "NO_REPLICATION".to_owned(), recovery_snapshot_time: None }
}

/// The bundle that AWS mirrors for standby WorkSpaces of a primary bundle: one a bundle, of the type `STANDBY`.
fn mirrored(world: &mut World, call: &Call, model: Option<Bundle>) -> String {
    let model = model.unwrap_or_default();
    let bundles = world.realm_or_new(&call.account, &call.region).side.bundles.items();
    let is_it = |bundle: &&Bundle| bundle.bundle_type == STANDBY_BUNDLE && bundle.name == model.name;
    if let Some(known) = bundles.iter().find(is_it) {
        return known.bundle_id.clone();
    }
    let id = world.new_id("wsb-");
    let now = Some(world.clock.now());
    let side = &mut world.realm_or_new(&call.account, &call.region).side;
    side.bundles.items_mut().push(Bundle {
        bundle_id: id.clone(),
        owner: call.account.clone(),
        image_id: String::new(),
        last_updated_time: now,
        creation_time: now,
        state: "AVAILABLE".to_owned(),
        bundle_type: STANDBY_BUNDLE.to_owned(),
        ..model
    });
    side.bundle_applications.insert(id.clone(), Slice::whole_of(Vec::new()));
    id
}
