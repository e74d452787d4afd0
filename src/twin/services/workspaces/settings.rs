//! Settings of directories: a partial structure changes the members that it names, and no other (AWS-FACTS §1.2, §2).

use super::super::Call;
use super::changing::{declared, directory, place_of, realm, refusal};
use super::invalid;
use crate::twin::error::Trouble;
use crate::twin::model::{Facts, Shape, facts};
use crate::twin::world::World;
use deskpair_rules::model::directory::{ClientPropertiesOf, WorkspaceDirectory};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

/// Regions with FIPS endpoints (AWS-FACTS §0.6).
const FIPS: [&str; 4] = ["us-east-1", "us-west-2", "us-gov-east-1", "us-gov-west-1"];

/// What clients may be shown (the model's words for `ClientProperties$ClientExperiencePolicy`).
const EXPERIENCES: [&str; 3] = ["FORCE_CLASSIC", "FORCE_UI_2026", "USER_CHOICE"];

pub(super) fn creation(world: &mut World, call: &Call) -> Result<Value, Trouble> {
    let at = directory(world, call, "ResourceId")?;
    let given = given(call, "WorkspaceCreationProperties")?;
    let settings = &mut change(world, call, at)?.workspace_creation_properties;
    *settings = Some(merged(settings.as_ref(), given)?);
    Ok(json!({}))
}

pub(super) fn access(world: &mut World, call: &Call) -> Result<Value, Trouble> {
    let at = directory(world, call, "ResourceId")?;
    let given = given(call, "WorkspaceAccessProperties")?;
    let settings = &mut change(world, call, at)?.workspace_access_properties;
    *settings = Some(merged(settings.as_ref(), given)?);
    Ok(json!({}))
}

pub(super) fn self_service(world: &mut World, call: &Call) -> Result<Value, Trouble> {
    let at = directory(world, call, "ResourceId")?;
    let given = given(call, "SelfservicePermissions")?;
    let settings = &mut change(world, call, at)?.selfservice_permissions;
    *settings = Some(merged(settings.as_ref(), given)?);
    Ok(json!({}))
}

pub(super) fn client(world: &mut World, call: &Call) -> Result<Value, Trouble> {
    directory(world, call, "ResourceId")?;
    let given = given(call, "ClientProperties")?;
    if let Some(policy) = given.get("ClientExperiencePolicy").and_then(Value::as_str)
        && !EXPERIENCES.contains(&policy)
    {
        return Err(invalid(&format!("{policy} is no client experience policy.")));
    }
    let id = call.text("ResourceId").unwrap_or_default();
    let list = &realm(world, call, "directory")?.side.client_properties;
    // A directory whose properties were never touched has no entry.
    let at = match list.items().iter().position(|entry| entry.resource_id == id) {
        None if list.gap().is_none() => None,
        _ => Some(place_of(world, call, list, "directory", |entry| entry.resource_id == id)?),
    };
    let list = world.realm_or_new(&call.account, &call.region).side.client_properties.items_mut();
    let at = at.unwrap_or_else(|| {
        list.push(ClientPropertiesOf { resource_id: id.to_owned(), client_properties: None });
        list.len() - 1
    });
    let settings = &mut list[at].client_properties;
    *settings = Some(merged(settings.as_ref(), given)?);
    Ok(json!({}))
}

/// People who are sent to an address must have one: whoever is `ENABLED` without it is refused, by the twin's own strictness.
pub(super) fn saml(world: &mut World, call: &Call) -> Result<Value, Trouble> {
    const MEMBERS: [(&str, &str); 2] = [
        ("SAML_PROPERTIES_USER_ACCESS_URL", "UserAccessUrl"),
        ("SAML_PROPERTIES_RELAY_STATE_PARAMETER_NAME", "RelayStateParameterName"),
    ];
    let at = directory(world, call, "ResourceId")?;
    let (given, gone) = given_and_gone(call, "SamlProperties", &MEMBERS)?;
    let settings = &mut change(world, call, at)?.saml_properties;
    let mut new = merged(settings.as_ref(), given)?;
    for member in gone {
        match member {
            "UserAccessUrl" => new.user_access_url.clear(),
            _ => new.relay_state_parameter_name.clear(),
        }
    }
    if new.status.starts_with("ENABLED") && new.user_access_url.is_empty() {
        return Err(invalid("SAML 2.0 authentication that is enabled needs a user access URL."));
    }
    *settings = Some(new);
    Ok(json!({}))
}

/// As with SAML: what is `ENABLED` without its authority is refused, by the twin's own strictness.
pub(super) fn certificates(world: &mut World, call: &Call) -> Result<Value, Trouble> {
    const MEMBERS: [(&str, &str); 1] =
        [("CERTIFICATE_BASED_AUTH_PROPERTIES_CERTIFICATE_AUTHORITY_ARN", "CertificateAuthorityArn")];
    let at = directory(world, call, "ResourceId")?;
    let (given, gone) = given_and_gone(call, "CertificateBasedAuthProperties", &MEMBERS)?;
    let settings = &mut change(world, call, at)?.certificate_based_auth_properties;
    let mut new = merged(settings.as_ref(), given)?;
    if !gone.is_empty() {
        new.certificate_authority_arn.clear();
    }
    if new.status == "ENABLED" && new.certificate_authority_arn.is_empty() {
        return Err(invalid("Certificate-based authentication that is enabled needs a certificate authority."));
    }
    *settings = Some(new);
    Ok(json!({}))
}

/// A list that is named is replaced whole, `UserSettings` too: the twin's own strictness, for the model does not tell.
pub(super) fn streaming(world: &mut World, call: &Call) -> Result<Value, Trouble> {
    let at = directory(world, call, "ResourceId")?;
    let given = given(call, "StreamingProperties")?;
    let settings = &mut change(world, call, at)?.streaming_properties;
    *settings = Some(merged(settings.as_ref(), given)?);
    Ok(json!({}))
}

pub(super) fn encryption(world: &mut World, call: &Call) -> Result<Value, Trouble> {
    let at = directory(world, call, "DirectoryId")?;
    let mode = call.text("EndpointEncryptionMode").unwrap_or_default();
    if mode == "FIPS_VALIDATED" && !FIPS.contains(&call.region.as_str()) {
        return Err(refusal("OperationNotSupportedException", "This Region has no FIPS endpoints."));
    }
    mode.clone_into(&mut change(world, call, at)?.endpoint_encryption_mode);
    Ok(json!({}))
}

fn change<'a>(world: &'a mut World, call: &Call, at: usize) -> Result<&'a mut WorkspaceDirectory, Trouble> {
    let realm = world.realm_mut(&call.account, &call.region);
    let found = realm.and_then(|realm| realm.side.registrations.items_mut().get_mut(at));
    found.ok_or_else(|| super::not_found("directory"))
}

/// The members of a structure of the input that the model knows. One that names none is refused: the twin's own strictness.
fn given(call: &Call, member: &str) -> Result<Map<String, Value>, Trouble> {
    let given = known_members(call, member);
    if given.is_empty() { Err(invalid(&format!("{member} names nothing to change."))) } else { Ok(given) }
}

/// Those, and the members that `PropertiesToDelete` names. To set and delete one at once is refused: the twin's own strictness.
fn given_and_gone<'m>(
    call: &Call,
    member: &str,
    deletable: &[(&str, &'m str)],
) -> Result<(Map<String, Value>, Vec<&'m str>), Trouble> {
    let given = known_members(call, member);
    let named = call.texts("PropertiesToDelete").unwrap_or_default();
    let gone: Vec<&str> =
        deletable.iter().filter(|(name, _)| named.contains(name)).map(|&(_, member)| member).collect();
    if let Some(both) = gone.iter().find(|member| given.contains_key(**member)) {
        return Err(declared(call, &[], format!("{both} cannot be set and deleted at once.")));
    }
    if given.is_empty() && gone.is_empty() {
        return Err(invalid(&format!("{member} names nothing to change, and PropertiesToDelete nothing to delete.")));
    }
    Ok((given, gone))
}

fn known_members(call: &Call, member: &str) -> Map<String, Value> {
    let facts = facts(call.service);
    let input = facts.operations[call.operation].input.as_ref().and_then(|shape| facts.shapes.get(shape));
    let Some(Shape::Structure { members, .. }) = input else { return Map::new() };
    match known(facts, &members[member].shape, &call.input[member]) {
        Value::Object(given) => given,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Map::new(),
    }
}

/// A value without the members that the model does not know, which AWS overlooks.
fn known(facts: &Facts, shape: &str, value: &Value) -> Value {
    match (&facts.shapes[shape], value) {
        (Shape::Structure { members, .. }, Value::Object(given)) => {
            let known = members.iter().filter_map(|(name, member)| {
                let inner = given.get(name).filter(|inner| !inner.is_null())?;
                Some((name.clone(), known(facts, &member.shape, inner)))
            });
            Value::Object(known.collect())
        }
        (Shape::List { member, .. }, Value::Array(items)) => {
            Value::Array(items.iter().map(|item| known(facts, member, item)).collect())
        }
        (_, other) => other.clone(),
    }
}

/// A structure with these members in place of its own.
fn merged<T: Serialize + DeserializeOwned>(old: Option<&T>, given: Map<String, Value>) -> Result<T, Trouble> {
    let mut whole = match old.map(super::super::wire) {
        Some(Value::Object(whole)) => whole,
        _ => Map::new(),
    };
    whole.extend(given);
    serde_json::from_value(Value::Object(whole)).map_err(|error| invalid(&error.to_string()))
}
