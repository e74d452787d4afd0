//! One health check: what it is, what its checkers see, and how it is updated.

use super::super::Call;
use super::{invalid, response, write};
use crate::twin::error::{ApiError, Trouble};
use crate::twin::wire::xml::Element;
use crate::twin::world::World;
use deskpair_rules::model::route53::HealthCheck;
use serde_json::Value;

/// A health check of the caller's account. What a cut list hides may be this one.
fn known_check<'w>(world: &'w World, call: &Call) -> Result<&'w HealthCheck, Trouble> {
    let id = call.text("HealthCheckId").unwrap_or_default();
    world.recorded_fault(call, id)?;
    let gone = || ApiError::new("NoSuchHealthCheck", format!("No health check exists with the specified ID {id}."));
    let Some(checks) = world.book(&call.account).map(|book| &book.health_checks) else { return Err(gone().into()) };
    checks
        .items()
        .iter()
        .find(|check| check.id == id)
        .ok_or_else(|| checks.gap().and_then(|gap| world.trouble(gap, call)).unwrap_or_else(|| gone().into()))
}

pub(super) fn get(world: &World, call: &Call) -> Result<Element, Trouble> {
    Ok(response(call).child(write::health_check(known_check(world, call)?)))
}

pub(super) fn status(world: &World, call: &Call) -> Result<Element, Trouble> {
    let check = known_check(world, call)?;
    if check.r#type == "CALCULATED" {
        // The operation does not report calculated checks (AWS-FACTS §9).
        return Err(invalid("Health check status is not available for calculated health checks."));
    }
    let seen = check.observations.iter().map(write::observation);
    Ok(response(call).child(Element::new("HealthCheckObservations").children(seen)))
}

/// `UpdateHealthCheck` (service model, `route53:UpdateHealthCheckRequest`): what is not given stays, the version is compared where it is
/// given, and goes up by one. What estates do not carry of a check (its search string, SNI, the checkers' Regions) is checked and not kept.
pub(super) fn update(world: &mut World, call: &Call) -> Result<Element, Trouble> {
    let known = known_check(world, call)?.clone();
    let input = &call.input;
    if !known.linked_service_principal.is_empty() {
        // "When a health check is created by another service, you can't edit or delete it using Route 53"; the words are the twin's own.
        let words = format!("The health check is managed by {}.", known.linked_service_principal);
        return Err(invalid(words));
    }
    let version = known.health_check_version.unwrap_or(1);
    if input["HealthCheckVersion"].as_i64().is_some_and(|given| given != version) {
        let words = "The value of HealthCheckVersion in the request doesn't match the value of HealthCheckVersion in the health check.";
        return Err(ApiError::new("HealthCheckVersionMismatch", words).into());
    }
    let updated = HealthCheck { health_check_version: Some(version + 1), ..updated(&known, input)? };
    let now = world.clock.now();
    let answer = response(call).child(write::health_check(&updated));
    world.book_or_new(&call.account).replace_check(updated, now);
    Ok(answer)
}

/// The check with what the input changes.
fn updated(known: &HealthCheck, input: &Value) -> Result<HealthCheck, Trouble> {
    let given = |member: &str| !input[member].is_null();
    let of = |kinds: &[&str]| kinds.contains(&known.r#type.as_str());
    // The type of a check never changes, and what belongs to another is refused; the words are the twin's own.
    let foreign =
        |member: &str| invalid(format!("{member} can't be specified for a health check of type {}.", known.r#type));
    let endpoint = !of(&["CALCULATED", "CLOUDWATCH_METRIC", "RECOVERY_CONTROL"]);
    for (member, belongs) in [
        ("IPAddress", endpoint),
        ("Port", endpoint),
        ("FailureThreshold", endpoint),
        ("EnableSNI", of(&["HTTPS", "HTTPS_STR_MATCH"])),
        ("SearchString", of(&["HTTP_STR_MATCH", "HTTPS_STR_MATCH"])),
        ("ResourcePath", endpoint && !of(&["TCP"])),
        ("HealthThreshold", of(&["CALCULATED"])),
        ("ChildHealthChecks", of(&["CALCULATED"])),
        ("AlarmIdentifier", of(&["CLOUDWATCH_METRIC"])),
        ("InsufficientDataHealthStatus", of(&["CLOUDWATCH_METRIC"])),
    ] {
        if given(member) && !belongs {
            return Err(foreign(member));
        }
    }
    if given("IPAddress") && known.ip_address.is_empty() {
        return Err(invalid("You can't update an existing health check to add the value of IPAddress."));
    }
    let mut check = known.clone();
    let text = |member: &str, into: &mut String| {
        if let Some(text) = input[member].as_str() {
            text.clone_into(into);
        }
    };
    let number = |member: &str, into: &mut Option<i32>| {
        if let Some(number) = input[member].as_i64() {
            *into = i32::try_from(number).ok();
        }
    };
    text("IPAddress", &mut check.ip_address);
    text("ResourcePath", &mut check.resource_path);
    text("FullyQualifiedDomainName", &mut check.fully_qualified_domain_name);
    text("InsufficientDataHealthStatus", &mut check.insufficient_data_health_status);
    number("Port", &mut check.port);
    number("FailureThreshold", &mut check.failure_threshold);
    number("HealthThreshold", &mut check.health_threshold);
    check.inverted = input["Inverted"].as_bool().or(check.inverted);
    check.disabled = input["Disabled"].as_bool().or(check.disabled);
    if let Some(children) = input["ChildHealthChecks"].as_array() {
        check.child_health_checks = children.iter().filter_map(|id| id.as_str().map(str::to_owned)).collect();
    }
    if let Some(alarm) = input["AlarmIdentifier"].as_object() {
        let member = |name: &str| alarm.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        (check.alarm_region, check.alarm_name) = (member("Region"), member("Name"));
    }
    for element in input["ResetElements"].as_array().into_iter().flatten() {
        match element.as_str() {
            Some("FullyQualifiedDomainName") => check.fully_qualified_domain_name.clear(),
            Some("ResourcePath") => check.resource_path.clear(),
            Some("ChildHealthChecks") => check.child_health_checks.clear(),
            _ => {}
        }
    }
    Ok(check)
}
