//! Where a directory's desktops stand, and where what signs people in to them does: subnets, as EC2 describes them.

use super::routes::table_of;
use crate::model::directory::{Directory, WorkspaceDirectory};
use crate::model::network::{RouteTable, Subnet};
use crate::model::{Side, Unknown};

/// What is said where the standby side has no directory: other rules say that it should.
pub(super) const NO_DIRECTORY: &str = "the pair has no registered directory in the standby Region";

const NO_SUBNET: Unknown = Unknown::Undetermined("the directory's registration names no subnet");
const UNLISTED: Unknown = Unknown::Undetermined(
    "EC2 lists no subnet of an id that the directory's registration names: it is gone, or this account does not see it",
);

const UNLISTED_OWN: Unknown = Unknown::Undetermined(
    "EC2 lists no subnet of an id in which Directory Service says that the standby directory stands: this account does not see it",
);
const NO_DNS: Unknown = Unknown::Undetermined("the DNS addresses of the standby directory are missing from the answer");
const NO_OWN_SUBNET: Unknown =
    Unknown::Undetermined("Directory Service names no subnet of the standby directory's own");

/// What is said of a directory that WorkSpaces keeps itself.
pub(super) const NO_DOMAIN: &str =
    "the standby directory is one that WorkSpaces keeps itself, which names no DNS servers";

/// The subnets of a registered directory, in which its desktops are made.
///
/// # Errors
/// Why they cannot all be told.
pub(super) fn subnets<'e>(side: &'e Side, directory: &WorkspaceDirectory) -> Result<Vec<&'e Subnet>, Unknown> {
    if directory.subnet_ids.is_empty() {
        return Err(NO_SUBNET);
    }
    let find = |id: &String| side.subnets.find(|subnet| subnet.subnet_id == *id)?.ok_or(UNLISTED);
    directory.subnet_ids.iter().map(find).collect()
}

/// A subnet and the route table that holds for it.
pub(super) type Placed<'e> = (&'e Subnet, &'e RouteTable);

/// The subnets of a registered directory with their route tables.
///
/// # Errors
/// Why they cannot all be told.
pub(super) fn placed<'e>(side: &'e Side, directory: &WorkspaceDirectory) -> Result<Vec<Placed<'e>>, Unknown> {
    subnets(side, directory)?.into_iter().map(|subnet| Ok((subnet, table_of(side, subnet)?))).collect()
}

/// The subnets in which an AD Connector or a managed AD itself stands, with their route tables. They may be others than its desktops'.
///
/// # Errors
/// Why they cannot all be told.
pub(super) fn own_placed<'e>(side: &'e Side, directory: &Directory) -> Result<Vec<Placed<'e>>, Unknown> {
    let connect = directory.connect_settings.as_ref().map(|settings| &settings.subnet_ids);
    let ids = connect.or(directory.vpc_settings.as_ref().map(|settings| &settings.subnet_ids));
    let ids = ids.filter(|ids| !ids.is_empty()).ok_or(NO_OWN_SUBNET)?;
    let place = |id: &String| {
        let subnet = side.subnets.find(|subnet| subnet.subnet_id == *id)?.ok_or(UNLISTED_OWN)?;
        Ok((subnet, table_of(side, subnet)?))
    };
    ids.iter().map(place).collect()
}

/// A registered directory as Directory Service describes it; `None` where that does not know it (AWS-FACTS §9).
///
/// # Errors
/// What hides it.
pub(super) fn described<'e>(side: &'e Side, directory: &WorkspaceDirectory) -> Result<Option<&'e Directory>, Unknown> {
    if directory.directory_id.starts_with("wsd-") {
        return Ok(None);
    }
    Ok(side.directories.find(|known| known.directory_id == directory.directory_id)?)
}

/// The addresses at which a directory's desktops ask for their domain; `None` for a directory that WorkSpaces keeps itself and that has
/// none.
///
/// # Errors
/// Where the answer lacks them.
pub(super) fn name_servers(directory: &WorkspaceDirectory) -> Result<Option<Vec<&str>>, Unknown> {
    let both = directory.dns_ip_addresses.iter().chain(&directory.dns_ipv6_addresses);
    let all: Vec<&str> = both.map(String::as_str).filter(|address| !address.is_empty()).collect();
    match all.is_empty() {
        false => Ok(Some(all)),
        true if directory.directory_id.starts_with("wsd-") => Ok(None),
        true => Err(NO_DNS),
    }
}
