//! `UpdateHostedZoneFeatures`: accelerated recovery, which takes hours to come and go, and locks the zone for a short while at the end.

use super::super::Call;
use super::lists::known_zone;
use super::{bare, invalid, response};
use crate::twin::error::{ApiError, Trouble};
use crate::twin::wire::xml::Element;
use crate::twin::world::{Event, FEATURES_COME, FEATURES_LOCK, Place, World};

/// A private zone is refused: accelerated recovery never covers one.
pub(super) fn update(world: &mut World, call: &Call) -> Result<Element, Trouble> {
    let id = bare(call, "HostedZoneId");
    let zone = known_zone(world, call, id)?;
    let Some(enable) = call.input["EnableAcceleratedRecovery"].as_bool() else {
        return Err(invalid("EnableAcceleratedRecovery must be given."));
    };
    if zone.facts.private_zone == Some(true) {
        return Err(invalid("Accelerated recovery is for public hosted zones alone."));
    }
    let status = zone.detail.as_ref().map_or("", |detail| detail.accelerated_recovery_status.as_str());
    if status.starts_with("ENABLING") || status.starts_with("DISABLING") {
        let words = "Accelerated recovery of this hosted zone is being changed already.";
        return Err(ApiError::new("PriorRequestNotComplete", words).into());
    }
    let (verb, end) = if enable { ("ENABLING", "ENABLED") } else { ("DISABLING", "DISABLED") };
    if status == end {
        return Ok(response(call));
    }
    let place = Place::new(&call.account, "");
    world.zone_is(&call.account, id, verb);
    let locked = format!("{verb}_HOSTED_ZONE_LOCKED");
    world.later(place.clone(), FEATURES_COME, Event::ZoneIs(id.to_owned(), locked));
    world.later(place, FEATURES_COME + FEATURES_LOCK, Event::ZoneIs(id.to_owned(), end.to_owned()));
    Ok(response(call))
}
