//! AWS KMS.

use super::{Call, unserved, wire};
use crate::twin::error::{ApiError, Trouble};
use crate::twin::world::{Realm, Tail, World};
use serde_json::{Value, json};

pub(super) fn answer(world: &World, call: &Call) -> Result<Value, Trouble> {
    match call.operation {
        "DescribeKey" => key(world, call),
        other => Err(unserved(call, other)),
    }
}

/// A key by the text with which a desktop names it, by its id or by its ARN. Aliases are known as far as a desktop names them.
fn key(world: &World, call: &Call) -> Result<Value, Trouble> {
    let named = call.text("KeyId").unwrap_or_default();
    world.recorded_fault(call, named)?;
    let realm = world.realm(&call.account, &call.region);
    if let Some(list) = realm.and_then(|realm| realm.side.keys.get(named))
        && let (None, Tail::Trouble(trouble)) = (list.items().first(), world.tail(list, call))
    {
        return Err(trouble);
    }
    let keys = || realm.into_iter().flat_map(|realm| &realm.side.keys);
    let by_name = keys().filter(|(name, _)| *name == named).flat_map(|(_, list)| list.items()).next();
    let found = by_name.or_else(|| {
        let mut all = keys().flat_map(|(_, list)| list.items());
        all.find(|key| key.key_id == named || key.arn == named)
    });
    match found {
        Some(key) => Ok(json!({"KeyMetadata": wire(key)})),
        None if realm.is_some_and(|realm| is_untold(world, realm, named)) => Err(world.not_collected(call)),
        None => {
            Err(ApiError::new("NotFoundException", format!("Key '{}' does not exist", call.arn_of_key(named))).into())
        }
    }
}

/// Whether a desktop names this key and nobody asked for it.
fn is_untold(world: &World, realm: &Realm, named: &str) -> bool {
    let key = world.symbols.find(named);
    !realm.side.keys.contains_key(named)
        && key.is_some_and(|key| realm.side.workspaces.items().iter().any(|row| row.key == key))
}
