//! AWS Private CA.

use super::{Call, unserved, wire};
use crate::twin::error::{ApiError, Trouble};
use crate::twin::world::World;
use serde_json::{Value, json};

pub(super) fn answer(world: &World, call: &Call) -> Result<Value, Trouble> {
    match call.operation {
        "DescribeCertificateAuthority" => authority(world, call),
        other => Err(unserved(call, other)),
    }
}

/// An authority is told of in its own Region alone. An estate keeps it with the side that names it.
fn authority(world: &World, call: &Call) -> Result<Value, Trouble> {
    let arn = call.text("CertificateAuthorityArn").unwrap_or_default();
    world.recorded_fault(call, arn)?;
    let lists = || world.realms_of(&call.account).map(|realm| &realm.side.certificate_authorities);
    let is_here = arn.split(':').nth(3) == Some(call.region.as_str());
    let told = lists().find_map(|list| list.get(arn)).filter(|_| is_here);
    match told.and_then(|told| told.items().first()) {
        Some(authority) => Ok(json!({ "CertificateAuthority": wire(authority) })),
        // What no side names was never asked for: of an estate that asked for none, nothing is known.
        None if told.is_none() && lists().all(|list| list.is_empty()) => Err(world.not_collected(call)),
        None => {
            let words = format!("Could not find Certificate Authority {arn}.");
            Err(ApiError::new("ResourceNotFoundException", words).into())
        }
    }
}
