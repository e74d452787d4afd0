//! Network interfaces: there is one a desktop, so they are rows of numbers and interned text.

use super::{Ec2, PAGE_SIZE, named};
use crate::collect::datasets::DESCRIBE_NETWORK_INTERFACES;
use crate::collect::paging::{Listing, Page, each_page, token};
use aws_sdk_ec2::types;
use deskpair_rules::model::Symbols;
use deskpair_rules::model::network::InterfaceRow;
use std::collections::BTreeSet;
use std::net::Ipv4Addr;

/// Interfaces, with a table of texts of their own.
#[derive(Debug, Default)]
pub(in crate::collect) struct Interfaces {
    /// The texts of all rows.
    pub(in crate::collect) symbols: Symbols,
    /// The interfaces, in the order of the pages.
    pub(in crate::collect) rows: Listing<InterfaceRow>,
}

impl Ec2 {
    /// The network interfaces in these subnets. Where there is no subnet, nobody is asked.
    pub(in crate::collect) async fn network_interfaces(&self, subnets: &BTreeSet<String>) -> Interfaces {
        let mut interfaces = Interfaces::default();
        if subnets.is_empty() {
            return interfaces;
        }
        let Self { client, caller } = self;
        let (operation, filter) = (DESCRIBE_NETWORK_INTERFACES, &named("subnet-id", subnets));
        let Interfaces { symbols, rows } = &mut interfaces;
        let ask = |next: Option<String>| async move {
            let answer = caller
                .read(operation, "", || {
                    // An account may hide from its lists what services manage; desktops' interfaces may be among that.
                    let request = client.describe_network_interfaces().include_managed_resources(true);
                    let request = request.filters(filter.clone()).max_results(PAGE_SIZE);
                    request.set_next_token(next.clone()).send()
                })
                .await?;
            Ok(Page { items: answer.network_interfaces.unwrap_or_default(), next: token(answer.next_token) })
        };
        let gap = each_page(caller, operation, "", ask, |page| {
            rows.items.extend(page.iter().map(|interface| row(interface, symbols)));
        })
        .await;
        rows.gap = gap;
        interfaces
    }
}

fn row(interface: &types::NetworkInterface, symbols: &mut Symbols) -> InterfaceRow {
    let mut groups: Vec<&str> = interface.groups().iter().filter_map(|group| group.group_id()).collect();
    groups.sort_unstable();
    InterfaceRow {
        subnet: symbols.intern(interface.subnet_id().unwrap_or_default()),
        address: interface.private_ip_address().and_then(|text| text.parse().ok()).map_or(0, |at: Ipv4Addr| at.into()),
        groups: symbols.intern(&groups.join(",")),
        description: symbols.intern(interface.description().unwrap_or_default()),
    }
}
