//! Network interfaces: rendered from the estate's rows when they are asked for.

use super::super::Call;
use super::super::paging::{Reading, page};
use super::list::filters;
use super::network::Answered;
use super::there;
use crate::twin::error::ApiError;
use crate::twin::pages::Pages;
use crate::twin::wire::xml::Element;
use crate::twin::world::{Tail, World};
use deskpair_rules::model::network::InterfaceRow;
use deskpair_rules::model::{Slice, Sym};
use sha2::{Digest, Sha256};
use std::net::Ipv4Addr;

/// `ec2:DescribeNetworkInterfacesMaxResults` is 5 to 1000.
const MOST: usize = 1000;

/// What the row of an interface has of a filter of this name; absent for one that the twin does not know.
fn value(world: &World, row: &InterfaceRow, filter: &str) -> Option<Vec<String>> {
    let text = |sym: Sym| world.symbols.text(sym).to_owned();
    Some(match filter {
        "network-interface-id" => vec![id(world, row)],
        "subnet-id" => vec![text(row.subnet)],
        "private-ip-address" | "addresses.private-ip-address" => address(row).into_iter().collect(),
        "group-id" => groups(world, row).map(ToOwned::to_owned).collect(),
        "description" => vec![text(row.description)],
        _ => return None,
    })
}

pub(super) fn network_interfaces(world: &World, pages: &Pages, call: &Call) -> Answered {
    const NOTHING: InterfaceRow =
        InterfaceRow { subnet: Sym::NONE, address: 0, groups: Sym::NONE, description: Sym::NONE };
    let empty = Slice::whole_of(Vec::new());
    let list = world.realm(&call.account, &call.region).map_or(&empty, |realm| &realm.side.network_interfaces);
    let ids = call.texts("NetworkInterfaceIds");
    if ids.is_some() && call.number("MaxResults").is_some() {
        let words = "The parameter networkInterfaceIds cannot be used with the parameter maxResults";
        return Err(ApiError::new("InvalidParameterCombination", words).into());
    }
    let has = |wanted: &str| list.items().iter().any(|row| id(world, row) == wanted);
    if let Some(unknown) = ids.iter().flatten().find(|wanted| !has(wanted)) {
        // Where the list is cut, what it hides may have it.
        if let Tail::Trouble(trouble) = world.tail(list, call) {
            return Err(trouble);
        }
        let words = format!("The networkInterface ID '{unknown}' does not exist");
        return Err(ApiError::new("InvalidNetworkInterfaceID.NotFound", words).into());
    }
    let wanted = filters(call, |name| value(world, &NOTHING, name).is_some())?;
    let reading = Reading::of(call, "NextToken", "MaxResults", MOST);
    let page = page(pages, call, reading, list.items(), world.tail(list, call), |row| {
        ids.as_ref().is_none_or(|ids| ids.contains(&id(world, row).as_str()))
            && wanted.iter().all(|(name, values)| {
                let found = value(world, row, name).unwrap_or_default();
                found.iter().any(|found| values.contains(&found.as_str()))
            })
    })?;
    let items = page.items.into_iter().map(|row| interface(world, row));
    Ok((Element::new("networkInterfaceSet").children(items), page.next))
}

/// The estate keeps no ids of interfaces: the twin's follow from where they are.
fn id(world: &World, row: &InterfaceRow) -> String {
    let digest = Sha256::digest(format!("{} {}", world.symbols.text(row.subnet), row.address));
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("eni-{}", &hex[..17])
}

fn address(row: &InterfaceRow) -> Option<String> {
    (row.address != 0).then(|| Ipv4Addr::from(row.address).to_string())
}

fn groups<'w>(world: &'w World, row: &InterfaceRow) -> impl Iterator<Item = &'w str> {
    world.symbols.text(row.groups).split(',').filter(|id| !id.is_empty())
}

fn interface(world: &World, row: &InterfaceRow) -> Element {
    let text = |sym: Sym| there(world.symbols.text(sym));
    let groups = groups(world, row).map(|id| Element::new("item").leaf("groupId", id));
    Element::new("item")
        .leaf("networkInterfaceId", id(world, row))
        .leaf_if("subnetId", text(row.subnet))
        .leaf_if("description", text(row.description))
        .leaf_if("privateIpAddress", address(row))
        .child(Element::new("groupSet").children(groups))
}
