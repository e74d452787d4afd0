//! Directories that are registered with WorkSpaces, and taken off again (AWS-FACTS §1.2, §2).

use super::super::Call;
use super::changing::{directory, here, place_of, realm, refusal, seen, tags};
use super::invalid;
use crate::twin::error::Trouble;
use crate::twin::world::{DIRECTORY_SETTLES, Event, Tagged, World};
use deskpair_rules::model::Slice;
use deskpair_rules::model::directory::{
    AccessProperties, CertificateBasedAuthProperties, ClientProperties, ClientPropertiesOf, CreationProperties,
    Directory, SamlProperties, SelfservicePermissions, WorkspaceDirectory,
};
use deskpair_rules::model::network::{IpPermission, SecurityGroup, SecurityRange};
use serde_json::{Value, json};

/// Directories of an account in a Region; the quota cannot be raised (AWS-FACTS §1.12).
const QUOTA: usize = 50;

/// Registers a directory of Directory Service; the twin knows no other. Its settings are AWS's defaults as far as they are documented.
pub(super) fn register(world: &mut World, call: &Call) -> Result<Value, Trouble> {
    let other = |member: &str, usual: &str| call.text(member).is_some_and(|given| given != usual);
    let unknown = ["IdcInstanceArn", "MicrosoftEntraConfig", "ActiveDirectoryConfig"];
    if other("UserIdentityType", "AWS_DIRECTORY_SERVICE")
        || other("WorkspaceType", "PERSONAL")
        || unknown.iter().any(|member| call.input.get(*member).is_some_and(|given| !given.is_null()))
    {
        return Err(unsupported("This twin registers directories of Directory Service for personal WorkSpaces alone."));
    }
    let Some(id) = call.text("DirectoryId") else { return Err(invalid("The directory must be given.")) };
    let tags = tags(&call.input["Tags"])?;
    let side = &realm(world, call, "directory")?.side;
    let at = place_of(world, call, &side.directories, "directory", |known| known.directory_id == id)?;
    let found = &side.directories.items()[at];
    if found.stage != "Active" {
        let words = format!("The directory is in the stage {}.", found.stage);
        return Err(refusal("InvalidResourceStateException", words));
    }
    if side.registrations.items().iter().any(|known| known.directory_id == id) {
        return Err(refusal("ResourceAlreadyExistsException", "The directory is registered already."));
    }
    seen(world, call, &side.registrations)?;
    if side.registrations.items().len() >= QUOTA {
        let words = "You have reached the maximum number of directories in this Region.";
        return Err(refusal("ResourceLimitExceededException", words));
    }
    if found.regions_info.as_ref().is_some_and(|regions| regions.primary_region != call.region) {
        return Err(unsupported("Only the directory in its primary Region can be registered."));
    }
    let tenancy = call.text("Tenancy").unwrap_or("SHARED");
    let settings = side.account_settings.items().first();
    if tenancy == "DEDICATED" && settings.is_none_or(|settings| settings.dedicated_tenancy_support != "ENABLED") {
        return Err(invalid("The account is not enabled to bring its own licences in this Region."));
    }
    let (vpc, subnets) = subnets(world, call, found)?;
    let mut registration = registered(call, found, subnets, tenancy);
    let stem: String = call.region.split('-').filter_map(|part| part.chars().next()).collect();
    registration.registration_code = format!("WS{stem}+{:06X}", world.fresh() & 0xff_ffff);
    registration.workspace_security_group_id =
        format!("sg-{:08x}{:09x}", world.fresh() & 0xffff_ffff, world.fresh() & 0xf_ffff_ffff);
    let group = members(call, id, &registration.workspace_security_group_id, vpc);
    let account = call.account.clone();
    let side = &mut world.realm_or_new(&account, &call.region).side;
    side.registrations.items_mut().push(registration);
    side.security_groups.items_mut().push(group);
    side.branding.insert(id.to_owned(), Slice::whole_of(Vec::new()));
    side.add_ins.insert(id.to_owned(), Slice::whole_of(Vec::new()));
    side.client_properties.items_mut().push(ClientPropertiesOf {
        resource_id: id.to_owned(),
        client_properties: Some(ClientProperties {
            reconnect_enabled: "DISABLED".to_owned(),
            log_upload_enabled: "ENABLED".to_owned(),
            client_experience_policy: String::new(),
        }),
    });
    world.made(&here(call), Tagged::Directory, id, &tags);
    world.later(here(call), DIRECTORY_SETTLES, Event::DirectorySettles(id.to_owned()));
    Ok(json!({"DirectoryId": id, "State": "REGISTERING"}))
}

/// "If any WorkSpaces are registered to this directory, you must remove them" (the model's words). An alias that is associated with it loses
/// the association with it: an inference (AWS-FACTS §2).
pub(super) fn deregister(world: &mut World, call: &Call) -> Result<Value, Trouble> {
    let at = directory(world, call, "DirectoryId")?;
    let id = call.text("DirectoryId").unwrap_or_default();
    let side = &realm(world, call, "directory")?.side;
    let holds = world.symbols.find(id).is_some_and(|id| side.workspaces.items().iter().any(|row| row.directory == id));
    if holds {
        return Err(unsupported("The directory holds WorkSpaces. Terminate them, and then try again."));
    }
    seen(world, call, &side.workspaces)?;
    let side = &mut world.realm_or_new(&call.account, &call.region).side;
    "DEREGISTERING".clone_into(&mut side.registrations.items_mut()[at].state);
    world.later(here(call), DIRECTORY_SETTLES, Event::DirectorySettles(id.to_owned()));
    Ok(json!({}))
}

/// "The subnets must also be in separate Availability Zones" (the model's words): those that are given, or the directory's own. Their VPC
/// comes first.
fn subnets(world: &World, call: &Call, found: &Directory) -> Result<(String, Vec<String>), Trouble> {
    let connect = found.connect_settings.as_ref().map(|of| (&of.vpc_id, &of.subnet_ids));
    let vpc = connect.or_else(|| found.vpc_settings.as_ref().map(|of| (&of.vpc_id, &of.subnet_ids)));
    let Some((vpc, own)) = vpc else { return Err(world.not_collected(call)) };
    let Some(given) = call.texts("SubnetIds").filter(|given| !given.is_empty()) else {
        return Ok((vpc.clone(), own.clone()));
    };
    let [one, two] = given[..] else { return Err(invalid("Two subnets must be given.")) };
    let list = &realm(world, call, "subnet")?.side.subnets;
    let mut zones = Vec::new();
    for id in [one, two] {
        // The directory's own subnets are there, whatever an estate has seen of them.
        match list.items().iter().find(|subnet| subnet.subnet_id == id) {
            Some(subnet) if subnet.vpc_id != *vpc => {
                return Err(unsupported("A subnet is not in the directory's VPC."));
            }
            Some(subnet) => zones.push(subnet.availability_zone_id.clone()),
            None if own.iter().any(|known| known == id) => zones.push(id.to_owned()),
            None => {
                seen(world, call, list)?;
                return Err(super::not_found("subnet"));
            }
        }
    }
    if zones[0] == zones[1] {
        return Err(unsupported("The subnets are not in separate Availability Zones."));
    }
    Ok((vpc.clone(), vec![one.to_owned(), two.to_owned()]))
}

fn registered(call: &Call, found: &Directory, subnet_ids: Vec<String>, tenancy: &str) -> WorkspaceDirectory {
    let text = |name: &str| call.text(name).unwrap_or_default().to_owned();
    let allow = || "ALLOW".to_owned();
    let deny = || "DENY".to_owned();
    let self_service = if call.input["EnableSelfService"] == Value::Bool(true) { "ENABLED" } else { "DISABLED" };
    let service = || self_service.to_owned();
    WorkspaceDirectory {
        directory_id: found.directory_id.clone(),
        alias: found.alias.clone(),
        directory_name: found.name.clone(),
        subnet_ids,
        dns_ip_addresses: found.dns_ip_addrs.clone(),
        customer_user_name: found.connect_settings.as_ref().map_or(String::new(), |of| of.customer_user_name.clone()),
        iam_role_id: format!("arn:aws:iam::{}:role/workspaces_DefaultRole", call.account),
        directory_type: if found.r#type == "ADConnector" { "AD_CONNECTOR" } else { "SIMPLE_AD" }.to_owned(),
        state: "REGISTERING".to_owned(),
        workspace_creation_properties: Some(CreationProperties {
            enable_internet_access: Some(false),
            user_enabled_as_local_administrator: Some(true),
            enable_maintenance_mode: Some(true),
            ..CreationProperties::default()
        }),
        workspace_access_properties: Some(AccessProperties {
            device_type_windows: allow(),
            device_type_osx: allow(),
            device_type_web: deny(),
            device_type_ios: allow(),
            device_type_android: allow(),
            device_type_chrome_os: allow(),
            device_type_zero_client: allow(),
            device_type_linux: deny(),
            ..AccessProperties::default()
        }),
        tenancy: tenancy.to_owned(),
        selfservice_permissions: Some(SelfservicePermissions {
            restart_workspace: "ENABLED".to_owned(),
            increase_volume_size: service(),
            change_compute_type: service(),
            switch_running_mode: service(),
            rebuild_workspace: service(),
            nested_virtualization: "DISABLED".to_owned(),
            enable_end_user_advisor: "ENABLED".to_owned(),
        }),
        saml_properties: Some(SamlProperties {
            status: "DISABLED".to_owned(),
            relay_state_parameter_name: "RelayState".to_owned(),
            ..SamlProperties::default()
        }),
        certificate_based_auth_properties: Some(CertificateBasedAuthProperties {
            status: "DISABLED".to_owned(),
            ..CertificateBasedAuthProperties::default()
        }),
        endpoint_encryption_mode: "STANDARD_TLS".to_owned(),
        workspace_directory_name: text("WorkspaceDirectoryName"),
        workspace_directory_description: text("WorkspaceDirectoryDescription"),
        user_identity_type: "AWS_DIRECTORY_SERVICE".to_owned(),
        workspace_type: "PERSONAL".to_owned(),
        workspace_os_user_mode: call.text("WorkspaceOsUserMode").unwrap_or("DOMAIN_JOIN").to_owned(),
        ..WorkspaceDirectory::default()
    }
}

/// The security group that WorkSpaces makes for the desktops of a directory: everything may go out.
fn members(call: &Call, directory: &str, id: &str, vpc_id: String) -> SecurityGroup {
    SecurityGroup {
        group_id: id.to_owned(),
        group_name: format!("{directory}_workspacesMembers"),
        description: "Amazon WorkSpaces Security Group".to_owned(),
        owner_id: call.account.clone(),
        vpc_id,
        ip_permissions_egress: vec![IpPermission {
            ip_protocol: "-1".to_owned(),
            ip_ranges: vec![SecurityRange { cidr_ip: "0.0.0.0/0".to_owned(), ..SecurityRange::default() }],
            ..IpPermission::default()
        }],
        ..SecurityGroup::default()
    }
}

fn unsupported(words: &str) -> Trouble {
    refusal("OperationNotSupportedException", words)
}
