//! Amazon EC2, as far as the seed's steps look at VPCs and routes.

use super::paging::{Reading, page};
use super::{Call, unserved};
use crate::twin::error::{ApiError, Trouble};
use crate::twin::model::facts;
use crate::twin::pages::Pages;
use crate::twin::wire::xml::Element;
use crate::twin::world::{RouteTable, Tail, Vpc, World};
use serde_json::Value;

/// `ec2:DescribeRouteTables` takes 5 to 100, `DescribeVpcs` 5 to 1000.
const PAGE: (usize, usize) = (100, 1000);

pub(super) fn answer(world: &World, pages: &Pages, call: &Call) -> Result<String, Trouble> {
    if call.input.get("DryRun") == Some(&Value::Bool(true)) {
        let words = "Request would have succeeded, but DryRun flag is set.";
        return Err(ApiError::with_status(412, "DryRunOperation", words).into());
    }
    let realm = world.realm(&call.account, &call.region);
    let (set, next) = match call.operation {
        "DescribeVpcs" => {
            let all = realm.map_or(&[][..], |realm| &realm.vpcs);
            list(pages, call, all, ("VpcIds", "InvalidVpcID.NotFound", "vpc"), PAGE.1, |vpc| &vpc.id, vpc_value)
                .map(|(items, next)| (Element::new("vpcSet").children(items.into_iter().map(vpc)), next))?
        }
        "DescribeRouteTables" => {
            let all = realm.map_or(&[][..], |realm| &realm.route_tables);
            let named = ("RouteTableIds", "InvalidRouteTableID.NotFound", "routeTable");
            list(pages, call, all, named, PAGE.0, |table| &table.id, table_value)
                .map(|(items, next)| (Element::new("routeTableSet").children(items.into_iter().map(table)), next))?
        }
        other => return Err(unserved(call, other)),
    };
    let root = Element::new(format!("{}Response", call.operation))
        .attribute("xmlns", &format!("{}/", facts(call.service).namespace.trim_end_matches('/')))
        .leaf("requestId", &call.request_id)
        .child(set)
        .leaf_if("nextToken", next);
    Ok(root.document())
}

type Listed<'a, T> = (Vec<&'a T>, Option<String>);

fn list<'a, T>(
    pages: &Pages,
    call: &Call,
    all: &'a [T],
    (ids, not_found, what): (&str, &str, &str),
    most: usize,
    id: impl Fn(&T) -> &String,
    value: impl Fn(&T, &str) -> Option<Vec<String>>,
) -> Result<Listed<'a, T>, Trouble> {
    let ids = call.texts(ids);
    if ids.is_some() && call.number("MaxResults").is_some() {
        let words = format!("The parameter {what}Ids cannot be used with the parameter maxResults");
        return Err(ApiError::new("InvalidParameterCombination", words).into());
    }
    if let Some(unknown) = ids.iter().flatten().find(|wanted| !all.iter().any(|item| id(item) == *wanted)) {
        let words = format!("The {what} ID '{unknown}' does not exist");
        return Err(ApiError::new(not_found, words).into());
    }
    let filters = call.input.get("Filters").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let mut wanted = Vec::new();
    for filter in filters {
        let name = filter["Name"].as_str().unwrap_or_default();
        let values: Vec<_> = filter["Values"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        if let Some(item) = all.first()
            && value(item, name).is_none()
        {
            let words = format!("The filter '{name}' is invalid");
            return Err(ApiError::new("InvalidParameterValue", words).into());
        }
        wanted.push((name, values));
    }
    let reading = Reading::of(call, "NextToken", "MaxResults", most);
    let page = page(pages, call, reading, all, Tail::Whole, |item| {
        ids.as_ref().is_none_or(|ids| ids.contains(&id(item).as_str()))
            && wanted.iter().all(|(name, values)| {
                value(item, name).is_some_and(|found| found.iter().any(|found| values.contains(&found.as_str())))
            })
    })?;
    Ok((page.items, page.next))
}

/// What a filter of this name sees of a VPC; absent for a filter that the twin does not know.
fn vpc_value(vpc: &Vpc, filter: &str) -> Option<Vec<String>> {
    Some(match filter {
        "vpc-id" => vec![vpc.id.clone()],
        "cidr" => vec![vpc.cidr.clone()],
        "is-default" => vec![vpc.default.to_string()],
        "state" => vec!["available".to_owned()],
        "tag-key" => vpc.tags.iter().map(|(key, _)| key.clone()).collect(),
        _ => {
            let wanted = filter.strip_prefix("tag:")?;
            vpc.tags.iter().filter(|(key, _)| key == wanted).map(|(_, value)| value.clone()).collect()
        }
    })
}

fn table_value(table: &RouteTable, filter: &str) -> Option<Vec<String>> {
    Some(match filter {
        "route-table-id" => vec![table.id.clone()],
        "vpc-id" => vec![table.vpc.clone()],
        "association.main" => vec![table.main.to_string()],
        "association.subnet-id" => table.subnets.clone(),
        _ => return None,
    })
}

fn vpc(vpc: &Vpc) -> Element {
    let tags = vpc.tags.iter().map(|(key, value)| Element::new("item").leaf("key", key).leaf("value", value));
    Element::new("item")
        .leaf("vpcId", &vpc.id)
        .leaf("state", "available")
        .leaf("cidrBlock", &vpc.cidr)
        .leaf("instanceTenancy", "default")
        .leaf("isDefault", vpc.default)
        .child(Element::new("tagSet").children(tags))
}

fn table(table: &RouteTable) -> Element {
    let route = |route: &crate::twin::world::Route| {
        let state = if route.blackhole { "blackhole" } else { "active" };
        let target = (!route.target.0.is_empty()).then_some(route.target.1.as_str());
        Element::new("item")
            .leaf("destinationCidrBlock", &route.destination)
            .leaf_if(&route.target.0, target)
            .leaf("state", state)
    };
    let associated = |subnet: Option<&String>| {
        Element::new("item")
            .leaf("routeTableId", &table.id)
            .leaf_if("subnetId", subnet)
            .leaf("main", subnet.is_none())
            .child(Element::new("associationState").leaf("state", "associated"))
    };
    let main = table.main.then(|| associated(None));
    Element::new("item")
        .leaf("routeTableId", &table.id)
        .leaf("vpcId", &table.vpc)
        .child(Element::new("routeSet").children(table.routes.iter().map(route)))
        .child(
            Element::new("associationSet")
                .children(main.into_iter().chain(table.subnets.iter().map(|subnet| associated(Some(subnet))))),
        )
}
