//! Amazon WorkSpaces.

mod account;
mod add_ins;
mod aliases;
mod applications;
mod associations;
mod branding;
mod bundles;
mod changing;
mod create;
mod desktops;
mod images;
mod ip_groups;
mod limits;
mod modify;
mod register;
mod resources;
mod settings;
mod standby;
mod states;
mod tagging;

use super::{Call, unserved};
use crate::twin::error::{ApiError, Trouble};
use crate::twin::pages::Pages;
use crate::twin::world::World;
use deskpair_rules::model::{Side, Slice};
use serde_json::Value;

/// Nearly every list of WorkSpaces has pages of 25 (AWS-FACTS §0.3).
const PAGE: usize = 25;

pub(super) fn answer(world: &mut World, pages: &Pages, call: &Call) -> Result<Value, Trouble> {
    match call.operation {
        "DescribeWorkspaces" => desktops::workspaces(world, pages, call),
        "DescribeWorkspacesConnectionStatus" => desktops::connection_status(world, pages, call),
        "DescribeTags" => desktops::tags(world, call),
        "DescribeAccount" => account::account(world, call),
        "DescribeConnectClientAddIns" => account::add_ins(world, pages, call),
        "DescribeApplications" => applications::applications(world, pages, call),
        "DescribeImageAssociations" => applications::of_image(world, call),
        "DescribeBundleAssociations" => applications::of_bundle(world, call),
        "DescribeWorkspaceDirectories" => resources::directories(world, pages, call),
        "DescribeClientProperties" => resources::client_properties(world, call),
        "DescribeWorkspaceImages" => resources::images(world, pages, call),
        "DescribeWorkspaceImagePermissions" => resources::image_permissions(world, pages, call),
        "DescribeWorkspaceBundles" => resources::bundles(world, pages, call),
        "DescribeIpGroups" => resources::ip_groups(world, pages, call),
        "DescribeClientBranding" => resources::branding(world, call),
        "DescribeConnectionAliases" => aliases::describe(world, pages, call),
        "DescribeConnectionAliasPermissions" => aliases::permissions(world, pages, call),
        "CreateConnectionAlias" => aliases::create(world, call),
        "DeleteConnectionAlias" => aliases::delete(world, call),
        "CreateIpGroup" => ip_groups::create(world, call),
        "DeleteIpGroup" => ip_groups::delete(world, call),
        "AuthorizeIpRules" => ip_groups::authorize(world, call),
        "RevokeIpRules" => ip_groups::revoke(world, call),
        "UpdateRulesOfIpGroup" => ip_groups::replace(world, call),
        "AssociateIpGroups" => ip_groups::associate(world, call),
        "DisassociateIpGroups" => ip_groups::disassociate(world, call),
        "ModifyWorkspaceCreationProperties" => settings::creation(world, call),
        "ModifyWorkspaceAccessProperties" => settings::access(world, call),
        "ModifySelfservicePermissions" => settings::self_service(world, call),
        "ModifyClientProperties" => settings::client(world, call),
        "ModifySamlProperties" => settings::saml(world, call),
        "ModifyCertificateBasedAuthProperties" => settings::certificates(world, call),
        "ModifyStreamingProperties" => settings::streaming(world, call),
        "ModifyEndpointEncryptionMode" => settings::encryption(world, call),
        "ImportClientBranding" => branding::import(world, call),
        "DeleteClientBranding" => branding::delete(world, call),
        "CopyWorkspaceImage" => images::copy(world, call),
        "DeleteWorkspaceImage" => images::delete(world, call),
        "UpdateWorkspaceImagePermission" => images::permit(world, call),
        "CreateWorkspaceBundle" => bundles::create(world, call),
        "UpdateWorkspaceBundle" => bundles::update(world, call),
        "DeleteWorkspaceBundle" => bundles::delete(world, call),
        "AssociateConnectionAlias" => associations::associate(world, call),
        "DisassociateConnectionAlias" => associations::disassociate(world, call),
        "UpdateConnectionAliasPermission" => associations::permit(world, call),
        "CreateWorkspaces" => create::create(world, call),
        "CreateStandbyWorkspaces" => standby::create(world, call),
        "ModifyWorkspaceProperties" => modify::modify(world, call),
        "StartWorkspaces" => states::change(world, call, states::Asked::Start),
        "StopWorkspaces" => states::change(world, call, states::Asked::Stop),
        "TerminateWorkspaces" => states::change(world, call, states::Asked::Terminate),
        "CreateTags" => tagging::create(world, call),
        "DeleteTags" => tagging::delete(world, call),
        "RegisterWorkspaceDirectory" => register::register(world, call),
        "DeregisterWorkspaceDirectory" => register::deregister(world, call),
        "CreateConnectClientAddIn" => add_ins::create(world, call),
        "UpdateConnectClientAddIn" => add_ins::update(world, call),
        "DeleteConnectClientAddIn" => add_ins::delete(world, call),
        other => Err(unserved(call, other)),
    }
}

/// The list that belongs to the one thing which a member of the input names. `find` looks it up by id, and tells whether there is such a
/// thing at all.
fn list_of<'a, T>(
    world: &'a World,
    call: &Call,
    (member, what): (&str, &str),
    find: impl Fn(&'a Side, &str) -> (Option<&'a Slice<T>>, bool),
) -> Result<&'a Slice<T>, Trouble> {
    let id = call.text(member).unwrap_or_default();
    world.recorded_fault(call, id)?;
    let realm = world.realm(&call.account, &call.region).ok_or_else(|| not_found(what))?;
    match find(&realm.side, id) {
        (Some(list), _) => Ok(list),
        (None, true) => Err(world.not_collected(call)),
        (None, false) => Err(not_found(what)),
    }
}

fn invalid(message: &str) -> Trouble {
    ApiError::new("InvalidParameterValuesException", message).into()
}

fn not_found(what: &str) -> Trouble {
    ApiError::new("ResourceNotFoundException", format!("The specified {what} could not be found.")).into()
}
