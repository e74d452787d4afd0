//! Connection aliases that are shared, and associated with directories (AWS-FACTS §1.7, §2, §9).

use super::super::Call;
use super::changing::{directory, here, place_of, realm, refusal, seen};
use super::invalid;
use crate::twin::error::Trouble;
use crate::twin::world::{ALIAS_SETTLES, Event, World};
use deskpair_rules::model::alias::{AliasAssociation, AliasPermission, ConnectionAlias};
use serde_json::{Value, json};

/// One directory an alias and Region. Whether a directory takes several aliases AWS does not document; that it does is an inference from the
/// error's words ("The resource is associated with a directory"), on which pilot aliases rest.
pub(super) fn associate(world: &mut World, call: &Call) -> Result<Value, Trouble> {
    let alias = settled(world, call)?;
    if !owned(&alias, call) && !permitted(world, call, &alias) {
        return Err(call.denied().into());
    }
    let at = directory(world, call, "ResourceId")?;
    let side = &realm(world, call, WHAT)?.side;
    let id = side.registrations.items()[at].directory_id.clone();
    if alias.associations.iter().any(|made| made.association_status != "NOT_ASSOCIATED") {
        let words = "The connection alias is associated with a directory in this Region already.";
        return Err(refusal("ResourceAssociatedException", words));
    }
    seen(world, call, &side.aliases)?;
    let identifier = format!("{:012x}", world.fresh() & 0xffff_ffff_ffff);
    let made = AliasAssociation {
        association_status: "PENDING_ASSOCIATION".to_owned(),
        associated_account_id: call.account.clone(),
        resource_id: id,
        connection_identifier: identifier.clone(),
    };
    world.each_alias(&call.region, &alias.alias_id, |alias| alias.associations = vec![made.clone()]);
    world.later(here(call), ALIAS_SETTLES, Event::AssociationSettles(alias.alias_id));
    Ok(json!({"ConnectionIdentifier": identifier}))
}

/// Only the account whose directory it is may end an association.
pub(super) fn disassociate(world: &mut World, call: &Call) -> Result<Value, Trouble> {
    let alias = settled(world, call)?;
    let state = |words: &str| refusal("InvalidResourceStateException", words);
    let made = alias.associations.iter().find(|made| made.association_status != "NOT_ASSOCIATED");
    let made = made.ok_or_else(|| state("The connection alias is not associated with a directory."))?;
    if made.associated_account_id != call.account && !made.associated_account_id.is_empty() {
        return Err(call.denied().into());
    }
    if made.association_status.starts_with("PENDING") {
        return Err(state("The connection alias is being associated or disassociated."));
    }
    world.each_alias(&call.region, &alias.alias_id, |alias| {
        for made in &mut alias.associations {
            "PENDING_DISASSOCIATION".clone_into(&mut made.association_status);
        }
    });
    world.later(here(call), ALIAS_SETTLES, Event::AssociationSettles(alias.alias_id));
    Ok(json!({}))
}

/// "Shares or unshares a connection alias with one account" (the model's words): a second one is refused. The account sees the alias among
/// its own, where the twin knows the account.
pub(super) fn permit(world: &mut World, call: &Call) -> Result<Value, Trouble> {
    let alias = settled(world, call)?;
    if !owned(&alias, call) {
        return Err(call.denied().into());
    }
    let given = &call.input["ConnectionAliasPermission"];
    let account = given["SharedAccountId"].as_str().unwrap_or_default().to_owned();
    let allow = given["AllowAssociation"].as_bool() == Some(true);
    if account == call.account {
        return Err(invalid("A connection alias cannot be shared with the account that owns it."));
    }
    let id = alias.alias_id.clone();
    let Some(list) = realm(world, call, WHAT)?.side.alias_permissions.get(&id) else {
        return Err(world.not_collected(call));
    };
    seen(world, call, list)?;
    let others = list.items().iter().any(|permission| permission.shared_account_id != account);
    let shared = list.items().iter().any(|permission| permission.shared_account_id == account);
    if allow && others {
        let words = "The connection alias is shared with another account already.";
        return Err(refusal("ResourceLimitExceededException", words));
    }
    if !allow && !shared {
        return Err(invalid("The connection alias is not shared with this account."));
    }
    if !allow && alias.associations.iter().any(|made| made.associated_account_id == account) {
        let words = "The account that the connection alias is shared with has associated it with a directory.";
        return Err(refusal("ResourceAssociatedException", words));
    }
    let realm = world.realm_or_new(&call.account, &call.region);
    if let Some(list) = realm.side.alias_permissions.get_mut(&id) {
        list.items_mut().retain(|permission| permission.shared_account_id != account);
        if allow {
            let shared_account_id = account.clone();
            list.items_mut().push(AliasPermission { shared_account_id, allow_association: Some(true) });
        }
    }
    if world.knows(&account) {
        let aliases = world.realm_or_new(&account, &call.region).side.aliases.items_mut();
        aliases.retain(|known| known.alias_id != id);
        if allow {
            aliases.push(ConnectionAlias { owner_account_id: call.account.clone(), ..alias });
        }
    }
    Ok(json!({}))
}

const WHAT: &str = "connection alias";

/// The alias that the call is about, which must be in the state `CREATED`.
fn settled(world: &World, call: &Call) -> Result<ConnectionAlias, Trouble> {
    let id = call.text("AliasId").unwrap_or_default();
    let list = &realm(world, call, WHAT)?.side.aliases;
    let at = place_of(world, call, list, WHAT, |alias| alias.alias_id == id)?;
    let alias = list.items()[at].clone();
    if alias.state == "CREATED" {
        return Ok(alias);
    }
    Err(refusal("InvalidResourceStateException", "The connection alias is not in the state CREATED."))
}

/// Whether the owner lets the caller associate the alias. Where the owner's permissions are not in the world, that the caller sees the
/// alias tells.
fn permitted(world: &World, call: &Call, alias: &ConnectionAlias) -> bool {
    let owner = world.realm(&alias.owner_account_id, &call.region);
    let list = owner.and_then(|realm| realm.side.alias_permissions.get(&alias.alias_id));
    list.is_none_or(|list| {
        list.items().iter().any(|permission| {
            permission.shared_account_id == call.account && permission.allow_association == Some(true)
        })
    })
}

fn owned(alias: &ConnectionAlias, call: &Call) -> bool {
    alias.owner_account_id.is_empty() || alias.owner_account_id == call.account
}
