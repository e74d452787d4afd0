//! Connection aliases: Regional, asynchronous, their strings reserved to one account for ever.

use super::super::paging::{Reading, page};
use super::super::{Call, wires};
use super::changing::{here, tags};
use super::limits::most;
use super::{PAGE, invalid, not_found};
use crate::twin::error::{ApiError, Trouble};
use crate::twin::pages::Pages;
use crate::twin::world::{ALIAS_SETTLES, Event, Tagged, Tail, World};
use deskpair_rules::model::Slice;
use deskpair_rules::model::alias::{AliasAssociation, ConnectionAlias};
use deskpair_rules::model::quota::CATALOGUE;
use serde_json::{Value, json};

/// Connection aliases in a Region; the quota cannot be raised (AWS-FACTS §1.7).
const QUOTA: usize = 20;

pub(super) fn describe(world: &World, pages: &Pages, call: &Call) -> Result<Value, Trouble> {
    let (ids, directory) = (call.texts("AliasIds"), call.text("ResourceId"));
    if ids.is_some() && directory.is_some() {
        // AWS refuses the two together, in words that do not say so.
        return Err(invalid(
            "The value for the connection alias is null. Provide a value for the connection alias, and then try again.",
        ));
    }
    let Some(realm) = world.realm(&call.account, &call.region) else { return Ok(json!({"ConnectionAliases": []})) };
    let reading = Reading::of(call, "NextToken", "Limit", PAGE);
    let list = &realm.side.aliases;
    let page = page(pages, call, reading, list.items(), world.tail(list, call), |alias| {
        ids.as_ref().is_none_or(|ids| ids.contains(&alias.alias_id.as_str()))
            && directory.is_none_or(|directory| alias.associations.iter().any(|made| made.resource_id == directory))
    })?;
    Ok(page.answer("ConnectionAliases", wires(page.items.iter().copied()), "NextToken"))
}

pub(super) fn permissions(world: &World, pages: &Pages, call: &Call) -> Result<Value, Trouble> {
    let id = call.text("AliasId").unwrap_or_default();
    world.recorded_fault(call, id)?;
    let realm = world.realm(&call.account, &call.region).ok_or_else(|| not_found("connection alias"))?;
    if !realm.side.aliases.items().iter().any(|alias| alias.alias_id == id) {
        return Err(not_found("connection alias"));
    }
    let Some(list) = realm.side.alias_permissions.get(id) else { return Err(world.not_collected(call)) };
    let reading = Reading::of(call, "NextToken", "MaxResults", PAGE);
    let page = page(pages, call, reading, list.items(), world.tail(list, call), |_| true)?;
    let mut answer = page.answer("ConnectionAliasPermissions", wires(page.items.iter().copied()), "NextToken");
    answer["AliasId"] = Value::from(id);
    Ok(answer)
}

pub(super) fn create(world: &mut World, call: &Call) -> Result<Value, Trouble> {
    let given = call.text("ConnectionString").unwrap_or_default();
    let string = given.to_lowercase();
    if let Some(realm) = world.realm(&call.account, &call.region) {
        // What is hidden might be this very alias: the refusal that hides it is the honest answer.
        if let Tail::Trouble(trouble) = world.tail(&realm.side.aliases, call) {
            return Err(trouble);
        }
        let aliases = realm.side.aliases.items();
        if aliases.iter().any(|alias| alias.connection_string.to_lowercase() == string) {
            return Err(already_exists("The connection string already exists in this Region."));
        }
        if aliases.iter().filter(|alias| owned(alias, call)).count() >= most(&realm.side, CATALOGUE[2], QUOTA) {
            let words = "You have reached the maximum number of connection aliases allowed in this Region.";
            return Err(ApiError::new("ResourceLimitExceededException", words).into());
        }
    }
    if world.reserved.get(&string).is_some_and(|owner| *owner != call.account) {
        return Err(already_exists("The connection string is associated with another account."));
    }
    let tags = tags(&call.input["Tags"])?;
    let id = world.new_id("wsca-");
    world.reserved.insert(string, call.account.clone());
    let realm = world.realm_or_new(&call.account, &call.region);
    realm.side.aliases.items_mut().push(ConnectionAlias {
        connection_string: given.to_owned(),
        alias_id: id.clone(),
        state: "CREATING".to_owned(),
        owner_account_id: call.account.clone(),
        associations: vec![AliasAssociation {
            association_status: "NOT_ASSOCIATED".to_owned(),
            ..AliasAssociation::default()
        }],
    });
    realm.side.alias_permissions.insert(id.clone(), Slice::whole_of(Vec::new()));
    world.made(&here(call), Tagged::Alias, &id, &tags);
    world.later(here(call), ALIAS_SETTLES, Event::AliasSettles(id.clone()));
    Ok(json!({"AliasId": id}))
}

pub(super) fn delete(world: &mut World, call: &Call) -> Result<Value, Trouble> {
    let id = call.text("AliasId").unwrap_or_default();
    let realm = world.realm_mut(&call.account, &call.region).ok_or_else(|| not_found("connection alias"))?;
    let shared = realm.side.alias_permissions.get(id).is_some_and(|list| !list.items().is_empty());
    let alias = realm
        .side
        .aliases
        .items_mut()
        .iter_mut()
        .find(|alias| alias.alias_id == id)
        .ok_or_else(|| not_found("connection alias"))?;
    if !owned(alias, call) {
        return Err(call.denied().into());
    }
    if alias.associations.iter().any(|made| !made.resource_id.is_empty()) {
        let words = "The connection alias is associated with a directory. Disassociate it, and then try again.";
        return Err(ApiError::new("ResourceAssociatedException", words).into());
    }
    if shared || alias.state != "CREATED" {
        let words = if shared {
            "The connection alias is shared with another account. Unshare it, and then try again."
        } else {
            "The connection alias is not in the state CREATED."
        };
        return Err(ApiError::new("InvalidResourceStateException", words).into());
    }
    "DELETING".clone_into(&mut alias.state);
    world.later(here(call), ALIAS_SETTLES, Event::AliasSettles(id.to_owned()));
    Ok(json!({}))
}

fn owned(alias: &ConnectionAlias, call: &Call) -> bool {
    alias.owner_account_id.is_empty() || alias.owner_account_id == call.account
}

fn already_exists(words: &str) -> Trouble {
    ApiError::new("ResourceAlreadyExistsException", words).into()
}
