//! Amazon EC2: what a scan asks of the network around desktops.

mod groups;
mod interfaces;
mod list;
mod network;
mod routing;

use super::{Call, unserved};
use crate::twin::error::{ApiError, Trouble};
use crate::twin::model::facts;
use crate::twin::pages::Pages;
use crate::twin::wire::xml::Element;
use crate::twin::world::World;
use deskpair_rules::model::files::FileTag;
use serde_json::Value;

pub(super) fn answer(world: &World, pages: &Pages, call: &Call) -> Result<String, Trouble> {
    if call.input.get("DryRun") == Some(&Value::Bool(true)) {
        let words = "Request would have succeeded, but DryRun flag is set.";
        return Err(ApiError::with_status(412, "DryRunOperation", words).into());
    }
    let (set, next) = match call.operation {
        "DescribeVpcs" => network::vpcs(world, pages, call)?,
        "DescribeSubnets" => routing::subnets(world, pages, call)?,
        "DescribeRouteTables" => routing::route_tables(world, pages, call)?,
        "DescribeDhcpOptions" => routing::dhcp_options(world, pages, call)?,
        "DescribeNetworkInterfaces" => interfaces::network_interfaces(world, pages, call)?,
        "DescribeVpcEndpoints" => network::vpc_endpoints(world, pages, call)?,
        "DescribeSecurityGroups" => groups::security_groups(world, pages, call)?,
        other => return Err(unserved(call, other)),
    };
    let root = Element::new(format!("{}Response", call.operation))
        .attribute("xmlns", &format!("{}/", facts(call.service).namespace.trim_end_matches('/')))
        .leaf("requestId", &call.request_id)
        .child(set)
        .leaf_if("nextToken", next);
    Ok(root.document())
}

/// What a filter of tags sees; absent for a filter of anything else.
fn tag_values(tags: &[FileTag], filter: &str) -> Option<Vec<String>> {
    if filter == "tag-key" {
        return Some(tags.iter().map(|tag| tag.key.clone()).collect());
    }
    let wanted = filter.strip_prefix("tag:")?;
    Some(tags.iter().filter(|tag| tag.key == wanted).map(|tag| tag.value.clone()).collect())
}

fn tag_set(tags: &[FileTag]) -> Element {
    let tags = tags.iter().map(|tag| Element::new("item").leaf("key", &tag.key).leaf("value", &tag.value));
    Element::new("tagSet").children(tags)
}

/// A text that is there.
fn there(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}
