//! `CopyBackup`: called in the destination Region, with a token that makes it safe to repeat (AWS-FACTS §2, §9).

use super::super::Call;
use super::render;
use crate::twin::error::{ApiError, Trouble};
use crate::twin::world::{BACKUP_IS_COPIED, Event, Place, World};
use deskpair_rules::model::files::{Backup, FileTag};
use serde_json::{Value, json};

/// "You can have up to five backup copy requests in progress to a single destination Region per account" (the model's words).
const IN_PROGRESS: usize = 5;
/// The most tags of one resource (the model's bound of `Tags`).
const MOST_TAGS: usize = 50;

/// What the twin does not know is whether a Region's Availability Zones fit a Multi-AZ file system: it takes every one.
pub(super) fn copy(world: &mut World, call: &Call) -> Result<Value, Trouble> {
    let refuse = |code: &str, words: &str| Trouble::from(ApiError::new(code, words));
    let id = call.text("SourceBackupId").unwrap_or_default();
    let region = call.text("SourceRegion").unwrap_or(&call.region).to_owned();
    let token = call.text("ClientRequestToken").map(|token| format!("{} {} {token}", call.account, call.region));
    if let Some((input, made)) = token.as_ref().and_then(|token| world.copies.get(token)) {
        if *input != call.input {
            let words = "The client request token was used with other parameters.";
            return Err(refuse("IncompatibleParameterError", words));
        }
        let realm = world.realm(&call.account, &call.region);
        let known = realm.and_then(|realm| realm.side.backups.items().iter().find(|known| known.backup_id == *made));
        return Ok(json!({"Backup": known.map(render)}));
    }
    let source = source(world, call, &region, id)?;
    if source.lifecycle != "AVAILABLE" {
        return Err(refuse("SourceBackupUnavailable", "The source backup is not in the lifecycle state AVAILABLE."));
    }
    let key = call.text("KmsKeyId").unwrap_or_default();
    if key.starts_with("arn:") && key.split(':').nth(3) != Some(call.region.as_str()) {
        return Err(refuse("InvalidDestinationKmsKey", "The key is not one of the destination Region."));
    }
    let here = world.realm(&call.account, &call.region);
    let copying = here
        .map_or(0, |realm| realm.side.backups.items().iter().filter(|backup| backup.lifecycle == "COPYING").count());
    if copying >= IN_PROGRESS {
        return Err(refuse("ServiceLimitExceeded", "Five backups are being copied to this Region already."));
    }
    let tags = tags(call, &source)?;
    let made = format!("backup-{:017x}", world.fresh() & 0xfff_ffff_ffff_ffff);
    let backup = Backup {
        backup_id: made.clone(),
        lifecycle: "COPYING".to_owned(),
        r#type: "USER_INITIATED".to_owned(),
        creation_time: Some(world.clock.now()),
        kms_key_id: key.to_owned(),
        resource_arn: format!("arn:aws:fsx:{}:{}:backup/{made}", call.region, call.account),
        tags,
        owner_id: call.account.clone(),
        source_backup_id: id.to_owned(),
        source_backup_region: region,
        failure_details: None,
        ..source
    };
    let answer = json!({"Backup": render(&backup)});
    world.realm_or_new(&call.account, &call.region).side.backups.items_mut().push(backup);
    if let Some(token) = token {
        world.copies.insert(token, (call.input.clone(), made.clone()));
    }
    world.later(Place::new(&call.account, &call.region), BACKUP_IS_COPIED, Event::BackupIsCopied(made));
    Ok(answer)
}

fn source(world: &World, call: &Call, region: &str, id: &str) -> Result<Backup, Trouble> {
    let list = world.realm(&call.account, region).map(|realm| &realm.side.backups);
    if let Some(backup) = list.and_then(|list| list.items().iter().find(|known| known.backup_id == id)) {
        return Ok(backup.clone());
    }
    let hidden = list.and_then(|list| list.gap()).and_then(|gap| world.trouble(gap, call));
    Err(hidden.unwrap_or_else(|| ApiError::new("BackupNotFound", format!("Backup '{id}' does not exist.")).into()))
}

/// Those that are given, and with `CopyTags` those of the source: of one key, the given one counts.
fn tags(call: &Call, source: &Backup) -> Result<Vec<FileTag>, Trouble> {
    let text = |tag: &Value, name: &str| tag[name].as_str().unwrap_or_default().to_owned();
    let given = call.input["Tags"].as_array().into_iter().flatten();
    let mut tags: Vec<FileTag> =
        given.map(|tag| FileTag { key: text(tag, "Key"), value: text(tag, "Value") }).collect();
    if call.input["CopyTags"] == Value::Bool(true) {
        let kept: Vec<_> =
            source.tags.iter().filter(|tag| !tags.iter().any(|given| given.key == tag.key)).cloned().collect();
        tags.extend(kept);
    }
    if tags.len() > MOST_TAGS {
        return Err(ApiError::new("BadRequest", "A backup has at most 50 tags.").into());
    }
    Ok(tags)
}
