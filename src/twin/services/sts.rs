//! AWS STS: who is calling, and roles.

use super::Call;
use crate::twin::auth::temporary_key;
use crate::twin::error::{ApiError, Trouble};
use crate::twin::model::facts;
use crate::twin::wire::xml::Element;
use crate::twin::world::World;

pub(super) fn answer(world: &mut World, call: &Call) -> Result<String, Trouble> {
    let result = match call.operation {
        "GetCallerIdentity" => caller_identity(world, call)?,
        "AssumeRole" => assume_role(world, call)?,
        other => return Err(super::unserved(call, other)),
    };
    let metadata = Element::new("ResponseMetadata").leaf("RequestId", &call.request_id);
    let root = Element::new(format!("{}Response", call.operation)).attribute("xmlns", &facts(call.service).namespace);
    Ok(root.child(result).child(metadata).document())
}

fn caller_identity(world: &World, call: &Call) -> Result<Element, Trouble> {
    world.recorded_fault(call, &call.account)?;
    Ok(Element::new("GetCallerIdentityResult")
        .leaf("Arn", &call.caller.arn)
        .leaf("UserId", &call.caller.user_id)
        .leaf("Account", &call.account))
}

/// A role of any account of the world may be assumed; who trusts whom is not modelled.
fn assume_role(world: &mut World, call: &Call) -> Result<Element, Trouble> {
    let arn = call.text("RoleArn").unwrap_or_default();
    let parts: Vec<_> = arn.splitn(6, ':').collect();
    let ["arn", partition, "iam", "", account, resource] = parts[..] else {
        return Err(ApiError::new("ValidationError", format!("{arn} is invalid")).into());
    };
    let Some(role) = resource.strip_prefix("role/").filter(|role| !role.is_empty()) else {
        return Err(ApiError::new("ValidationError", format!("{arn} is invalid")).into());
    };
    if !world.knows(account) {
        let words =
            format!("User: {} is not authorized to perform: sts:AssumeRole on resource: {arn}", call.caller.arn);
        return Err(ApiError::with_status(403, "AccessDenied", words).into());
    }
    // The ARN of a session names the role without its path.
    let name = role.rsplit('/').next().unwrap_or(role);
    let session = call.text("RoleSessionName").unwrap_or_default();
    let lifetime = call.number("DurationSeconds").unwrap_or(3600);
    let given = world.open_session(partition, account, name, session, lifetime);
    let credentials = Element::new("Credentials")
        .leaf("AccessKeyId", temporary_key(account))
        .leaf("SecretAccessKey", crate::twin::secret_key())
        .leaf("SessionToken", &given.token)
        .leaf("Expiration", given.expires);
    let user =
        Element::new("AssumedRoleUser").leaf("AssumedRoleId", &given.caller.user_id).leaf("Arn", &given.caller.arn);
    Ok(Element::new("AssumeRoleResult").child(user).child(credentials))
}
