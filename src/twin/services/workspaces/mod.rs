//! Amazon WorkSpaces.

mod aliases;
mod desktops;
mod resources;

use super::{Call, unserved};
use crate::twin::error::{ApiError, Trouble};
use crate::twin::pages::Pages;
use crate::twin::world::World;
use serde_json::Value;

/// Nearly every list of WorkSpaces has pages of 25 (AWS-FACTS §0.3).
const PAGE: usize = 25;

pub(super) fn answer(world: &mut World, pages: &Pages, call: &Call) -> Result<Value, Trouble> {
    world.settle_aliases(&call.account, &call.region);
    match call.operation {
        "DescribeWorkspaces" => desktops::workspaces(world, pages, call),
        "DescribeWorkspacesConnectionStatus" => desktops::connection_status(world, pages, call),
        "DescribeTags" => desktops::tags(world, call),
        "DescribeWorkspaceDirectories" => resources::directories(world, pages, call),
        "DescribeClientProperties" => resources::client_properties(world, call),
        "DescribeWorkspaceImages" => resources::images(world, pages, call),
        "DescribeWorkspaceBundles" => resources::bundles(world, pages, call),
        "DescribeIpGroups" => resources::ip_groups(world, pages, call),
        "DescribeClientBranding" => resources::branding(world, call),
        "DescribeConnectionAliases" => aliases::describe(world, pages, call),
        "DescribeConnectionAliasPermissions" => aliases::permissions(world, pages, call),
        "CreateConnectionAlias" => aliases::create(world, call),
        "DeleteConnectionAlias" => aliases::delete(world, call),
        other => Err(unserved(call, other)),
    }
}

fn invalid(message: &str) -> Trouble {
    ApiError::new("InvalidParameterValuesException", message).into()
}

fn not_found(what: &str) -> Trouble {
    ApiError::new("ResourceNotFoundException", format!("The specified {what} could not be found.")).into()
}
