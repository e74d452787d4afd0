//! Service Quotas, of WorkSpaces alone.

use super::paging::{Reading, page};
use super::{Call, unserved, wire};
use crate::twin::error::{ApiError, Trouble};
use crate::twin::pages::Pages;
use crate::twin::world::{Event, Place, QUOTA_IS_DECIDED, QuotaRequest, Tail, World};
use deskpair_rules::model::quota::Quota;
use serde_json::{Value, json};

/// `servicequotas:MaxResults`.
const PAGE: usize = 100;

pub(super) fn answer(world: &mut World, pages: &Pages, call: &Call) -> Result<Value, Trouble> {
    if call.text("ServiceCode") != Some("workspaces") {
        return Err(refusal(
            "NoSuchResourceException",
            "The request failed because the specified service does not exist.",
        ));
    }
    match call.operation {
        "ListServiceQuotas" => list(world, pages, call, false),
        "ListAWSDefaultServiceQuotas" => list(world, pages, call, true),
        "ListRequestedServiceQuotaChangeHistoryByQuota" => history(world, pages, call),
        "RequestServiceQuotaIncrease" => request(world, call),
        other => Err(unserved(call, other)),
    }
}

fn refusal(code: &str, words: impl Into<String>) -> Trouble {
    ApiError::new(code, words).into()
}

fn list(world: &World, pages: &Pages, call: &Call, defaults: bool) -> Result<Value, Trouble> {
    let Some(realm) = world.realm(&call.account, &call.region) else { return Ok(json!({"Quotas": []})) };
    let list = if defaults { &realm.side.default_quotas } else { &realm.side.quotas };
    let code = call.text("QuotaCode");
    // WorkSpaces has no quotas of single resources.
    let level = call.text("QuotaAppliedAtLevel") != Some("RESOURCE");
    let reading = Reading::of(call, "NextToken", "MaxResults", PAGE);
    let page = page(pages, call, reading, list.items(), world.tail(list, call), |quota: &Quota| {
        level && code.is_none_or(|code| quota.quota_code == code)
    })?;
    let quotas = page.items.iter().map(|quota| {
        let mut shown = wire(*quota);
        if let Some(value) = quota.value {
            shown["Value"] = json!(value as f64);
        }
        shown
    });
    Ok(page.answer("Quotas", quotas.collect(), "NextToken"))
}

/// The quota that a call names: the applied value, or where none is known, everybody's default.
fn quota<'a>(world: &'a World, call: &Call) -> Result<&'a Quota, Trouble> {
    let code = call.text("QuotaCode").unwrap_or_default();
    let none = || refusal("NoSuchResourceException", "The request failed because the specified quota does not exist.");
    let side = &world.realm(&call.account, &call.region).ok_or_else(none)?.side;
    for list in [&side.quotas, &side.default_quotas] {
        if let Some(found) = list.items().iter().find(|quota| quota.quota_code == code) {
            return Ok(found);
        }
        // What is hidden might be this very quota.
        if let Tail::Trouble(trouble) = world.tail(list, call) {
            return Err(trouble);
        }
    }
    Err(none())
}

fn history(world: &World, pages: &Pages, call: &Call) -> Result<Value, Trouble> {
    let code = quota(world, call)?.quota_code.as_str();
    let status = call.text("Status");
    let requests = world.realm(&call.account, &call.region).map_or(&[][..], |realm| realm.quota_requests.as_slice());
    let reading = Reading::of(call, "NextToken", "MaxResults", PAGE);
    // The last ones first.
    let requests: Vec<QuotaRequest> = requests.iter().rev().cloned().collect();
    let page = page(pages, call, reading, &requests, Tail::Whole, |request: &QuotaRequest| {
        request.code == code && status.is_none_or(|status| request.status == status)
    })?;
    let shown = page.items.iter().map(|request| render(call, request)).collect();
    Ok(page.answer("RequestedQuotas", shown, "NextToken"))
}

/// Opens a request. The words of a second one, and of one that asks for no more, have been seen in the wild; that what cannot be adjusted is
/// refused follows from `Adjustable` ("whether the quota value can be increased"), the words are the twin's own.
fn request(world: &mut World, call: &Call) -> Result<Value, Trouble> {
    let quota = quota(world, call)?;
    let desired = call.input["DesiredValue"].as_f64().unwrap_or_default();
    if quota.adjustable == Some(false) {
        return Err(refusal("IllegalArgumentException", "The quota is not adjustable."));
    }
    if quota.value.is_some_and(|value| desired <= value as f64) {
        let words = "You must provide a quota value greater than the current quota value.";
        return Err(refusal("IllegalArgumentException", words));
    }
    let (code, name) = (quota.quota_code.clone(), quota.quota_name.clone());
    let known = world.realm(&call.account, &call.region).map_or(&[][..], |realm| realm.quota_requests.as_slice());
    if known.iter().any(|request| request.code == code && request.is_open()) {
        let words = "Only one open service quota increase request is allowed per quota.";
        return Err(refusal("ResourceAlreadyExistsException", words));
    }
    let (a, b) = (world.fresh(), world.fresh());
    let now = world.clock.now();
    let made = QuotaRequest {
        id: format!("{a:016x}{b:016x}"),
        code,
        name,
        desired,
        status: "PENDING",
        requester: call.caller.arn.clone(),
        created: now,
        updated: now,
    };
    let answer = json!({ "RequestedQuota": render(call, &made) });
    let id = made.id.clone();
    world.realm_or_new(&call.account, &call.region).quota_requests.push(made);
    let decision = if call.partial { Event::QuotaIsDenied(id) } else { Event::QuotaIsGranted(id) };
    world.later(Place::new(&call.account, &call.region), QUOTA_IS_DECIDED, decision);
    Ok(answer)
}

/// A request as it travels: instants are seconds since the Unix epoch.
fn render(call: &Call, request: &QuotaRequest) -> Value {
    json!({
        "Id": request.id,
        "ServiceCode": "workspaces",
        "ServiceName": "Amazon WorkSpaces",
        "QuotaCode": request.code,
        "QuotaName": request.name,
        "DesiredValue": request.desired,
        "Status": request.status,
        "Created": request.created.millis() as f64 / 1000.0,
        "LastUpdated": request.updated.millis() as f64 / 1000.0,
        "Requester": json!({ "accountId": call.account, "callerArn": request.requester }).to_string(),
        "QuotaArn": format!("arn:aws:servicequotas:{}:{}:workspaces/{}", call.region, call.account, request.code),
        "GlobalQuota": false,
        "Unit": "None",
        "QuotaRequestedAtLevel": "ACCOUNT",
    })
}
