//! Tags of WorkSpaces, registered directories, images, bundles, IP access control groups and connection aliases.

use super::super::Call;
use super::changing::{MOST_TAGS, here, realm, refusal, tags};
use super::{invalid, not_found};
use crate::twin::error::Trouble;
use crate::twin::world::{Tagged, World};
use serde_json::{Value, json};

pub(super) fn create(world: &mut World, call: &Call) -> Result<Value, Trouble> {
    let (id, kind) = resource(world, call)?;
    let tags = tags(&call.input["Tags"])?;
    if tags.is_empty() {
        return Err(invalid("At least one tag must be given."));
    }
    let known = world.tags_of(&here(call), kind, &id);
    let new = tags.iter().filter(|(key, _)| !known.iter().any(|(known, _)| known == key)).count();
    if known.len() + new > MOST_TAGS {
        return Err(refusal("ResourceLimitExceededException", "A resource has at most 50 tags."));
    }
    world.tag(&here(call), kind, &id, &tags);
    Ok(json!({}))
}

/// A key that the resource does not have is overlooked, as other services of AWS do.
pub(super) fn delete(world: &mut World, call: &Call) -> Result<Value, Trouble> {
    let (id, kind) = resource(world, call)?;
    let keys = call.texts("TagKeys").unwrap_or_default();
    if keys.is_empty() {
        return Err(invalid("At least one tag key must be given."));
    }
    world.untag_keys(&here(call), kind, &id, &keys);
    Ok(json!({}))
}

fn resource(world: &World, call: &Call) -> Result<(String, Tagged), Trouble> {
    let id = call.text("ResourceId").unwrap_or_default();
    let kind = realm(world, call, "resource")?.kind_of(&world.symbols, id);
    Ok((id.to_owned(), kind.ok_or_else(|| not_found("resource"))?))
}
