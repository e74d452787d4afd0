//! AWS Directory Service.

use super::paging::{Reading, page};
use super::{Call, kept, unserved, wire, wires};
use crate::twin::error::{ApiError, Trouble};
use crate::twin::pages::Pages;
use crate::twin::world::{DIRECTORY_GOES, Event, Place, Realm, Tail, World};
use deskpair_rules::model::{Side, Slice};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The service's own page size is not published: this is the twin's.
const PAGE: usize = 25;

pub(super) fn answer(world: &mut World, pages: &Pages, call: &Call) -> Result<Value, Trouble> {
    match call.operation {
        "DescribeDirectories" => directories(world, pages, call),
        "DescribeClientAuthenticationSettings" => {
            let found = settings_of(world, call, |side| &side.client_authentications)?;
            let wanted = call.text("Type");
            let reading = Reading::of(call, "NextToken", "Limit", PAGE);
            let page = page(pages, call, reading, found.items(), world.tail(found, call), |setting| {
                wanted.is_none_or(|wanted| setting.r#type == wanted)
            })?;
            Ok(page.answer("ClientAuthenticationSettingsInfo", wires(page.items.iter().copied()), "NextToken"))
        }
        "DescribeLDAPSSettings" => {
            let found = settings_of(world, call, |side| &side.ldaps_settings)?;
            whole_list(world, pages, call, found, "LDAPSSettingsInfo")
        }
        "ListCertificates" => {
            let found = settings_of(world, call, |side| &side.certificates)?;
            whole_list(world, pages, call, found, "CertificatesInfo")
        }
        "DescribeRegions" => {
            let found = of_managed(world, call, "DirectoryDoesNotExistException", |side| &side.directory_regions)?;
            let wanted = call.text("RegionName");
            let reading = Reading::of(call, "NextToken", "Limit", PAGE);
            let page = page(pages, call, reading, found.items(), world.tail(found, call), |region| {
                wanted.is_none_or(|wanted| region.region_name == wanted)
            })?;
            Ok(page.answer("RegionsDescription", wires(page.items.iter().copied()), "NextToken"))
        }
        "DescribeDomainControllers" => domain_controllers(world, pages, call),
        "DescribeTrusts" => trusts(world, pages, call),
        "DeleteDirectory" => delete(world, call),
        other => Err(unserved(call, other)),
    }
}

fn directories(world: &World, pages: &Pages, call: &Call) -> Result<Value, Trouble> {
    const LIST: &str = "DirectoryDescriptions";
    let ids = call.texts("DirectoryIds");
    if ids.as_ref().is_some_and(Vec::is_empty) {
        // "An empty list results in an InvalidParameterException being thrown" (the model's words).
        return Err(ApiError::new("InvalidParameterException", "Directory Ids list cannot be empty.").into());
    }
    let realm = world.realm(&call.account, &call.region);
    if let Some(ids) = ids {
        let mut found = Vec::new();
        for id in ids {
            match realm.and_then(|realm| realm.side.directories.items().iter().find(|known| known.directory_id == id)) {
                Some(directory) => found.push(wire(directory)),
                None => {
                    let tail = realm.map_or(Tail::Whole, |realm| world.tail(&realm.side.directories, call));
                    return Err(match tail {
                        Tail::Trouble(trouble) => trouble,
                        Tail::Whole => {
                            let words = format!("Directory {id} does not exist.");
                            ApiError::new("EntityDoesNotExistException", words).into()
                        }
                    });
                }
            }
        }
        return Ok(json!({ LIST: kept(found, call) }));
    }
    let Some(realm) = realm else { return Ok(json!({ LIST: [] })) };
    let list = &realm.side.directories;
    let reading = Reading::of(call, "NextToken", "Limit", PAGE);
    let page = page(pages, call, reading, list.items(), world.tail(list, call), |_| true)?;
    Ok(page.answer(LIST, wires(page.items.iter().copied()), "NextToken"))
}

/// What is kept of one directory, which AD Connectors and managed ADs alone have.
fn settings_of<'a, T>(
    world: &'a World,
    call: &Call,
    lists: fn(&Side) -> &BTreeMap<String, Slice<T>>,
) -> Result<&'a Slice<T>, Trouble> {
    let id = call.text("DirectoryId").unwrap_or_default();
    world.recorded_fault(call, id)?;
    let realm = world.realm(&call.account, &call.region);
    let known = realm.and_then(|realm| realm.side.directories.items().iter().find(|known| known.directory_id == id));
    let (Some(realm), Some(directory)) = (realm, known) else {
        let words = format!("Directory {id} does not exist.");
        return Err(ApiError::new("DirectoryDoesNotExistException", words).into());
    };
    if !matches!(directory.r#type.as_str(), "ADConnector" | "MicrosoftAD") {
        let words = format!("The operation is not supported for directory type {}.", directory.r#type);
        return Err(ApiError::new("UnsupportedOperationException", words).into());
    }
    lists(&realm.side).get(id).ok_or_else(|| world.not_collected(call))
}

fn whole_list<T: Serialize>(
    world: &World,
    pages: &Pages,
    call: &Call,
    list: &Slice<T>,
    name: &str,
) -> Result<Value, Trouble> {
    let reading = Reading::of(call, "NextToken", "Limit", PAGE);
    let page = page(pages, call, reading, list.items(), world.tail(list, call), |_| true)?;
    Ok(page.answer(name, wires(page.items.iter().copied()), "NextToken"))
}

/// What is kept of a managed AD. Its id is one in all Regions, and what is global is told in each of them.
fn of_managed<'a, T>(
    world: &'a World,
    call: &'a Call,
    nowhere: &str,
    lists: fn(&Side) -> &BTreeMap<String, Slice<T>>,
) -> Result<&'a Slice<T>, Trouble> {
    let id = call.text("DirectoryId").unwrap_or_default();
    world.recorded_fault(call, id)?;
    let realm = world.realm(&call.account, &call.region);
    let known = realm.and_then(|realm| realm.side.directories.items().iter().find(|known| known.directory_id == id));
    let (Some(realm), Some(directory)) = (realm, known) else {
        return Err(ApiError::new(nowhere, format!("Directory {id} does not exist.")).into());
    };
    if directory.r#type != "MicrosoftAD" {
        let words = format!("The operation is not supported for directory type {}.", directory.r#type);
        return Err(ApiError::new("UnsupportedOperationException", words).into());
    }
    let told = lists(&realm.side).get(id);
    let elsewhere = || world.realms_of(&call.account).find_map(|realm| lists(&realm.side).get(id));
    told.or_else(elsewhere).ok_or_else(|| world.not_collected(call))
}

/// A directory that an application still uses is refused, in words seen in the wild: WorkSpaces is the one that the twin knows of. A managed AD
/// is deleted in its primary Region, and goes from all of them (`ds:RemoveRegion`: "You cannot remove the primary Region with this
/// operation. Instead, use the `DeleteDirectory` API").
fn delete(world: &mut World, call: &Call) -> Result<Value, Trouble> {
    let refuse = |words: &str| Trouble::from(ApiError::new("ClientException", words));
    let id = call.text("DirectoryId").unwrap_or_default();
    let realm = world.realm(&call.account, &call.region);
    let known = realm.and_then(|realm| realm.side.directories.items().iter().find(|known| known.directory_id == id));
    let Some(directory) = known else {
        return Err(match realm.map_or(Tail::Whole, |realm| world.tail(&realm.side.directories, call)) {
            Tail::Trouble(trouble) => trouble,
            Tail::Whole => {
                ApiError::new("EntityDoesNotExistException", format!("Directory {id} does not exist.")).into()
            }
        });
    };
    if directory.stage == "Deleting" {
        return Err(refuse("The directory is being deleted already."));
    }
    if directory.regions_info.as_ref().is_some_and(|regions| regions.primary_region != call.region) {
        return Err(refuse("The directory can be deleted in its primary Region alone."));
    }
    let uses = |realm: &Realm| realm.side.registrations.items().iter().any(|known| known.directory_id == id);
    if world.realms_of(&call.account).any(uses) {
        return Err(refuse("Cannot delete the directory because it still has authorized applications."));
    }
    // What is hidden might be registered.
    if let Some(realm) = realm
        && let Tail::Trouble(trouble) = world.tail(&realm.side.registrations, call)
    {
        return Err(trouble);
    }
    for realm in world.realms_of_mut(&call.account) {
        let directories = realm.side.directories.items_mut();
        directories
            .iter_mut()
            .filter(|known| known.directory_id == id)
            .for_each(|known| "Deleting".clone_into(&mut known.stage));
    }
    world.later(Place::new(&call.account, &call.region), DIRECTORY_GOES, Event::DirectoryGoes(id.to_owned()));
    Ok(json!({ "DirectoryId": id }))
}

/// A Region's own alone: another's are not told of here.
fn domain_controllers(world: &World, pages: &Pages, call: &Call) -> Result<Value, Trouble> {
    const LIST: &str = "DomainControllers";
    let id = call.text("DirectoryId").unwrap_or_default();
    let here =
        world.realm(&call.account, &call.region).is_some_and(|realm| realm.side.domain_controllers.contains_key(id));
    let found = of_managed(world, call, "EntityDoesNotExistException", |side| &side.domain_controllers)?;
    if !here {
        return Err(world.not_collected(call));
    }
    let ids = call.texts("DomainControllerIds");
    let unknown = |wanted: &&&str| !found.items().iter().any(|known| known.domain_controller_id == ***wanted);
    if let Some(unknown) = ids.iter().flatten().find(unknown) {
        let words = format!("Domain controller {unknown} does not exist.");
        return Err(ApiError::new("EntityDoesNotExistException", words).into());
    }
    let reading = Reading::of(call, "NextToken", "Limit", PAGE);
    let page = page(pages, call, reading, found.items(), world.tail(found, call), |known| {
        ids.as_ref().is_none_or(|ids| ids.contains(&known.domain_controller_id.as_str()))
    })?;
    Ok(page.answer(LIST, wires(page.items.iter().copied()), "NextToken"))
}

/// The trusts of one directory. Without an id AWS tells those of the whole account, for which the twin has no one list.
fn trusts(world: &World, pages: &Pages, call: &Call) -> Result<Value, Trouble> {
    if call.text("DirectoryId").is_none() {
        return Err(world.not_collected(call));
    }
    let ids = call.texts("TrustIds");
    if ids.as_ref().is_some_and(Vec::is_empty) {
        // As the model says of an empty list.
        return Err(ApiError::new("InvalidParameterException", "Trust Ids list cannot be empty.").into());
    }
    let found = of_managed(world, call, "EntityDoesNotExistException", |side| &side.trusts)?;
    let unknown = |wanted: &&&str| !found.items().iter().any(|known| known.trust_id == ***wanted);
    if let Some(unknown) = ids.iter().flatten().find(unknown) {
        return Err(ApiError::new("EntityDoesNotExistException", format!("Trust {unknown} does not exist.")).into());
    }
    let reading = Reading::of(call, "NextToken", "Limit", PAGE);
    let page = page(pages, call, reading, found.items(), world.tail(found, call), |known| {
        ids.as_ref().is_none_or(|ids| ids.contains(&known.trust_id.as_str()))
    })?;
    Ok(page.answer("Trusts", wires(page.items.iter().copied()), "NextToken"))
}
