//! Service Quotas, of WorkSpaces alone.

use super::paging::{Reading, page};
use super::{Call, unserved, wire};
use crate::twin::error::{ApiError, Trouble};
use crate::twin::pages::Pages;
use crate::twin::world::World;
use deskpair_rules::model::quota::Quota;
use serde_json::{Value, json};

/// `servicequotas:MaxResults`.
const PAGE: usize = 100;

pub(super) fn answer(world: &World, pages: &Pages, call: &Call) -> Result<Value, Trouble> {
    let defaults = match call.operation {
        "ListServiceQuotas" => false,
        "ListAWSDefaultServiceQuotas" => true,
        other => return Err(unserved(call, other)),
    };
    if call.text("ServiceCode") != Some("workspaces") {
        return Err(ApiError::new(
            "NoSuchResourceException",
            "The request failed because the specified service does not exist.",
        )
        .into());
    }
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
