//! Where a directory's desktops stand: its registered subnets, as EC2 describes them.

use crate::model::directory::WorkspaceDirectory;
use crate::model::network::Subnet;
use crate::model::{Side, Unknown};

/// What is said where the standby side has no directory: other rules say that it should.
pub(super) const NO_DIRECTORY: &str = "the pair has no registered directory in the standby Region";

const NO_SUBNET: Unknown = Unknown::Undetermined("the directory's registration names no subnet");
const UNLISTED: Unknown = Unknown::Undetermined(
    "EC2 lists no subnet of an id that the directory's registration names: it is gone, or this account does not see it",
);

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
