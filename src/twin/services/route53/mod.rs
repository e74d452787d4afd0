//! Amazon Route 53.

mod change;
mod features;
mod health;
mod lists;
mod write;

use super::{Call, unserved};
use crate::twin::error::{ApiError, Trouble};
use crate::twin::model::facts;
use crate::twin::pages::Pages;
use crate::twin::wire::xml::Element;
use crate::twin::world::World;

pub(super) fn answer(world: &mut World, pages: &Pages, call: &Call) -> Result<String, Trouble> {
    let root = match call.operation {
        "ListHostedZones" => lists::zones(world, pages, call)?,
        "ListHostedZonesByName" => lists::zones_by_name(world, call)?,
        "GetHostedZone" => lists::zone(world, call)?,
        "ListResourceRecordSets" => lists::record_sets(world, call)?,
        "ListResourceRecordSetProtections" => lists::protections(world, pages, call)?,
        "ListHealthChecks" => lists::health_checks(world, pages, call)?,
        "GetHealthCheck" => health::get(world, call)?,
        "GetHealthCheckStatus" => health::status(world, call)?,
        "UpdateHealthCheck" => health::update(world, call)?,
        "ChangeResourceRecordSets" => change::change(world, call)?,
        "GetChange" => change::status(world, call)?,
        "UpdateHostedZoneFeatures" => features::update(world, call)?,
        other => return Err(unserved(call, other)),
    };
    Ok(root.attribute("xmlns", &facts(call.service).namespace).document())
}

/// An id without the kind that clients may put before it: `/hostedzone/Z1` is `Z1`.
fn bare<'a>(call: &'a Call, member: &str) -> &'a str {
    call.text(member).unwrap_or_default().rsplit('/').next().unwrap_or_default()
}

fn no_such_zone(id: &str) -> Trouble {
    ApiError::new("NoSuchHostedZone", format!("No hosted zone found with ID: {id}")).into()
}

fn invalid(words: impl Into<String>) -> Trouble {
    ApiError::new("InvalidInput", words).into()
}

fn response(call: &Call) -> Element {
    Element::new(format!("{}Response", call.operation))
}
