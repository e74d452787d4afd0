//! WorkSpaces, their connections and tags: rendered from the estate's rows when they are asked for.

use super::super::paging::{Reading, page};
use super::super::{Call, kept, wire};
use super::{PAGE, invalid, not_found};
use crate::twin::error::Trouble;
use crate::twin::pages::Pages;
use crate::twin::world::{Place, Realm, Tagged, Tail, World};
use deskpair_rules::model::Sym;
use deskpair_rules::model::workspace::{ConnectionRow, WorkspaceRow};
use serde_json::{Map, Value, json};

pub(super) fn workspaces(world: &World, pages: &Pages, call: &Call) -> Result<Value, Trouble> {
    let ids = call.texts("WorkspaceIds");
    let (directory, user) = (call.text("DirectoryId"), call.text("UserName"));
    let (bundle, name) = (call.text("BundleId"), call.text("WorkspaceName"));
    let filters = [ids.is_some(), directory.is_some(), bundle.is_some(), name.is_some()];
    if filters.into_iter().filter(|&given| given).count() > 1 {
        return Err(invalid("WorkspaceIds, DirectoryId, BundleId and WorkspaceName cannot be combined."));
    }
    if user.is_some() && directory.is_none() {
        return Err(invalid("UserName must be specified with DirectoryId."));
    }
    let Some(realm) = world.realm(&call.account, &call.region) else { return Ok(json!({"Workspaces": []})) };
    let list = &realm.side.workspaces;
    if let Some(ids) = ids {
        let mut found = Vec::new();
        for id in kept(ids, call) {
            match world.symbols.find(id).filter(|id| realm.desktop(*id).is_some()) {
                Some(known) => found.extend(realm.listed(known).map(|row| render(world, realm, row))),
                // An id that the estate could not see may well exist.
                None => match world.tail(list, call) {
                    Tail::Whole => {}
                    Tail::Trouble(trouble) => return Err(trouble),
                },
            }
        }
        return Ok(json!({"Workspaces": found}));
    }
    // A text that no row has matches none.
    let symbol = |text: Option<&str>| text.map(|text| world.symbols.find(text));
    let (in_directory, of_bundle, named) = (symbol(directory), symbol(bundle), symbol(name));
    let is = |wanted: Option<Option<Sym>>, found: Sym| wanted.is_none_or(|wanted| wanted == Some(found));
    let reading = Reading::of(call, "NextToken", "Limit", PAGE);
    let page = page(pages, call, reading, list.items(), world.tail(list, call), |row| {
        !realm.unlisted.contains(&row.id)
            && is(in_directory, row.directory)
            && is(of_bundle, row.bundle)
            && is(named, row.name)
            // User names are not case-sensitive (AWS-FACTS §1.8).
            && user.is_none_or(|user| world.symbols.text(row.user).to_lowercase() == user.to_lowercase())
    })?;
    let rendered = page.items.iter().map(|row| render(world, realm, row)).collect();
    Ok(page.answer("Workspaces", rendered, "NextToken"))
}

/// `workspaces:Workspace`.
pub(super) fn render(world: &World, realm: &Realm, row: &WorkspaceRow) -> Value {
    let record = row.record(&world.symbols, &realm.side.extras);
    let mut out = Map::new();
    let mut put = |name: &str, text: &str| {
        if !text.is_empty() {
            out.insert(name.to_owned(), Value::from(text));
        }
    };
    put("WorkspaceId", &record.workspace_id);
    put("DirectoryId", &record.directory_id);
    put("UserName", &record.user_name);
    put("WorkspaceName", &record.workspace_name);
    put("State", &record.state);
    put("BundleId", &record.bundle_id);
    put("SubnetId", &record.subnet_id);
    put("IpAddress", &record.ip_address.map_or_else(String::new, |address| address.to_string()));
    put("ComputerName", &record.computer_name);
    put("VolumeEncryptionKey", &record.volume_encryption_key);
    let mut properties = Map::new();
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            properties.insert(name.to_owned(), value);
        }
    };
    let text = |text: &str| (!text.is_empty()).then(|| Value::from(text));
    put("RunningMode", text(&record.running_mode));
    put("RunningModeAutoStopTimeoutInMinutes", record.running_mode_auto_stop_timeout_in_minutes.map(Value::from));
    put("RootVolumeSizeGib", record.root_volume_size_gib.map(Value::from));
    put("UserVolumeSizeGib", record.user_volume_size_gib.map(Value::from));
    put("ComputeTypeName", text(&record.compute_type_name));
    let protocols = text(&record.protocols).map(|_| Value::from(record.protocols.split(',').collect::<Vec<_>>()));
    put("Protocols", protocols);
    put("OperatingSystemName", text(&record.operating_system_name));
    for (name, flag) in [
        ("UserVolumeEncryptionEnabled", record.user_volume_encryption_enabled),
        ("RootVolumeEncryptionEnabled", record.root_volume_encryption_enabled),
    ] {
        if let Some(flag) = flag {
            out.insert(name.to_owned(), Value::from(flag));
        }
    }
    if !properties.is_empty() {
        out.insert("WorkspaceProperties".to_owned(), Value::Object(properties));
    }
    if let Some(Value::Object(extra)) = record.extra.as_deref().map(wire) {
        out.extend(extra);
    }
    Value::Object(out)
}

pub(super) fn connection_status(world: &World, pages: &Pages, call: &Call) -> Result<Value, Trouble> {
    const LIST: &str = "WorkspacesConnectionStatus";
    let Some(realm) = world.realm(&call.account, &call.region) else { return Ok(json!({ LIST: [] })) };
    let list = &realm.side.connections;
    let status = |row: &ConnectionRow| {
        let mut out = Map::from_iter([("WorkspaceId".to_owned(), Value::from(world.symbols.text(row.workspace)))]);
        if row.state.is_some() {
            out.insert("ConnectionState".to_owned(), Value::from(world.symbols.text(row.state)));
        }
        if let Some(at) = world.last_check(row) {
            out.insert("ConnectionStateCheckTimestamp".to_owned(), wire(&at));
        }
        if let Some(at) = row.last_known {
            out.insert("LastKnownUserConnectionTimestamp".to_owned(), wire(&at));
        }
        Value::Object(out)
    };
    if let Some(ids) = call.texts("WorkspaceIds") {
        let mut found = Vec::new();
        for id in kept(ids, call) {
            match world.symbols.find(id).and_then(|id| realm.connections.get(&id)) {
                Some(&at) => found.push(status(&list.items()[at as usize])),
                None => match world.tail(list, call) {
                    Tail::Whole => {}
                    Tail::Trouble(trouble) => return Err(trouble),
                },
            }
        }
        return Ok(json!({ LIST: found }));
    }
    let reading = Reading { token: call.text("NextToken"), size: PAGE };
    let page = page(pages, call, reading, list.items(), world.tail(list, call), |_| true)?;
    let rendered = page.items.iter().map(|row| status(row)).collect();
    Ok(page.answer(LIST, rendered, "NextToken"))
}

/// The tags of one resource: there is no page and no batch (AWS-FACTS §0.3).
pub(super) fn tags(world: &World, call: &Call) -> Result<Value, Trouble> {
    let id = call.text("ResourceId").unwrap_or_default();
    let realm = world.realm(&call.account, &call.region).ok_or_else(|| not_found("resource"))?;
    let kind = realm.kind_of(&world.symbols, id).ok_or_else(|| not_found("resource"))?;
    let rows = if kind == Tagged::Workspace { &realm.side.desktop_tags } else { &realm.side.resource_tags };
    if !realm.made.contains(id)
        && let Tail::Trouble(trouble) = world.tail(rows, call)
    {
        return Err(trouble);
    }
    let tags = world.tags_of(&Place::new(&call.account, &call.region), kind, id).into_iter();
    let list: Vec<_> = tags.map(|(key, value)| json!({"Key": key, "Value": value})).collect();
    Ok(json!({"TagList": list}))
}
