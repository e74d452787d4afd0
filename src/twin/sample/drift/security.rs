//! Drift of a registered directory's settings.

use super::{Planted, sides};
use crate::twin::sample::company::PEOPLE_ROLE;
use crate::twin::sample::names::Mint;
use crate::twin::sample::site::{DAY, Sites, before};
use deskpair_rules::model::directory::WorkspaceDirectory;
use deskpair_rules::model::identity::{OrganizationsDecision, Simulated};
use deskpair_rules::model::{Estate, Slice};

/// SEC-001: people who browse from their desktops could not after a failover.
pub(super) fn internet(estate: &mut Estate, _sites: &Sites, _mint: &mut Mint) -> Planted {
    if let Some(defaults) = standby(estate).and_then(|directory| directory.workspace_creation_properties.as_mut()) {
        defaults.enable_internet_access = Some(false);
    }
    Planted::EVERYBODY
}

/// SEC-002: it exposes, and nobody works worse for it.
pub(super) fn administrator(estate: &mut Estate, _sites: &Sites, _mint: &mut Mint) -> Planted {
    if let Some(defaults) = standby(estate).and_then(|directory| directory.workspace_creation_properties.as_mut()) {
        defaults.user_enabled_as_local_administrator = Some(true);
    }
    Planted::NOBODY
}

/// SEC-006: those with a Mac would be turned away; nothing says who they are.
pub(super) fn device(estate: &mut Estate, _sites: &Sites, _mint: &mut Mint) -> Planted {
    if let Some(access) = standby(estate).and_then(|directory| directory.workspace_access_properties.as_mut()) {
        access.device_type_osx = "DENY".to_owned();
    }
    Planted::NOBODY
}

/// SEC-003: new desktops would get none of the policies that hang on the primary's unit.
pub(super) fn unit(estate: &mut Estate, _sites: &Sites, _mint: &mut Mint) -> Planted {
    if let Some(defaults) = standby(estate).and_then(|directory| directory.workspace_creation_properties.as_mut()) {
        defaults.default_ou = format!("OU=Pilot,{}", defaults.default_ou);
    }
    Planted::EVERYBODY
}

/// SEC-004: the standby's AutoStop desktops would wait for months without an update.
pub(super) fn maintenance(estate: &mut Estate, _sites: &Sites, _mint: &mut Mint) -> Planted {
    if let Some(defaults) = standby(estate).and_then(|directory| directory.workspace_creation_properties.as_mut()) {
        defaults.enable_maintenance_mode = Some(false);
    }
    Planted::NOBODY
}

/// SEC-005: shares could not be opened after a failover.
pub(super) fn group(estate: &mut Estate, _sites: &Sites, _mint: &mut Mint) -> Planted {
    for group in sides(estate, 0).1.security_groups.items_mut() {
        group.ip_permissions_egress.retain(|permission| permission.from_port != Some(445));
    }
    Planted::EVERYBODY
}

/// SEC-007: whoever has a desktop that hangs would wait for the help desk.
pub(super) fn self_service(estate: &mut Estate, _sites: &Sites, _mint: &mut Mint) -> Planted {
    if let Some(may) = standby(estate).and_then(|directory| directory.selfservice_permissions.as_mut()) {
        may.restart_workspace = "DISABLED".to_owned();
    }
    Planted::EVERYBODY
}

/// SEC-008: nobody of the primary side has ever signed in through the identity provider that the standby demands.
pub(super) fn saml(estate: &mut Estate, _sites: &Sites, _mint: &mut Mint) -> Planted {
    let (primary, standby) = sides(estate, 0);
    for (side, status) in [(primary, "DISABLED"), (standby, "ENABLED")] {
        for directory in side.registrations.items_mut() {
            if let Some(saml) = &mut directory.saml_properties {
                saml.status = status.to_owned();
            }
        }
    }
    Planted::EVERYBODY
}

/// SEC-009: desktops would ask for a password that people have not typed for years.
pub(super) fn certificates(estate: &mut Estate, _sites: &Sites, _mint: &mut Mint) -> Planted {
    if let Some(auth) = standby(estate).and_then(|directory| directory.certificate_based_auth_properties.as_mut()) {
        auth.status = "DISABLED".to_owned();
    }
    Planted::EVERYBODY
}

/// SEC-010: clients would ask for credentials at each reconnection.
pub(super) fn client(estate: &mut Estate, _sites: &Sites, _mint: &mut Mint) -> Planted {
    for of in sides(estate, 0).1.client_properties.items_mut() {
        if let Some(properties) = &mut of.client_properties {
            properties.reconnect_enabled = "DISABLED".to_owned();
        }
    }
    Planted::EVERYBODY
}

/// SEC-011: what must not leave the primary's desktops may leave the standby's.
pub(super) fn clipboard(estate: &mut Estate, _sites: &Sites, _mint: &mut Mint) -> Planted {
    let settings = standby(estate).and_then(|directory| directory.streaming_properties.as_mut());
    for setting in settings.into_iter().flat_map(|streaming| &mut streaming.user_settings) {
        if setting.action == "CLIPBOARD_COPY_TO_LOCAL_DEVICE" {
            setting.permission = "ENABLED".to_owned();
        }
    }
    Planted::NOBODY
}

/// SEC-012: the primary alone was brought to what the auditors ask for.
pub(super) fn encryption(estate: &mut Estate, _sites: &Sites, _mint: &mut Mint) -> Planted {
    for directory in sides(estate, 0).0.registrations.items_mut() {
        directory.endpoint_encryption_mode = "FIPS_VALIDATED".to_owned();
    }
    Planted::NOBODY
}

/// SEC-013: the standby directory was registered for hardware on which the primary's licences do not count.
pub(super) fn tenancy(estate: &mut Estate, _sites: &Sites, _mint: &mut Mint) -> Planted {
    for directory in sides(estate, 0).0.registrations.items_mut() {
        directory.tenancy = "DEDICATED".to_owned();
    }
    Planted::EVERYBODY
}

/// SEC-014: those whose desktops speak PCoIP would find no way to them; nothing says who they are.
pub(super) fn endpoint(estate: &mut Estate, _sites: &Sites, _mint: &mut Mint) -> Planted {
    let access = standby(estate).and_then(|directory| directory.workspace_access_properties.as_mut());
    if let Some(config) = access.and_then(|access| access.access_endpoint_config.as_mut()) {
        config.internet_fallback_protocols.clear();
    }
    Planted::NOBODY
}

/// SEC-015: agents would look for their telephone in vain.
pub(super) fn add_in(estate: &mut Estate, _sites: &Sites, _mint: &mut Mint) -> Planted {
    for add_ins in sides(estate, 0).1.add_ins.values_mut() {
        add_ins.items_mut().clear();
    }
    Planted::NOBODY
}

/// SEC-016: programs on new standby desktops would have another role.
pub(super) fn role(estate: &mut Estate, _sites: &Sites, _mint: &mut Mint) -> Planted {
    if let Some(defaults) = standby(estate).and_then(|directory| directory.workspace_creation_properties.as_mut()) {
        defaults.instance_iam_role_arn.push_str("Pilot");
    }
    Planted::EVERYBODY
}

/// SEC-018: the role's policy names the primary directory by its ARN, and no other.
pub(super) fn no_session(estate: &mut Estate, _sites: &Sites, _mint: &mut Mint) -> Planted {
    let role = PEOPLE_ROLE.to_owned();
    sides(estate, 0).1.stream_permissions.insert(role, Slice::whole_of(vec![denied("workspaces:Stream")]));
    Planted::EVERYBODY
}

/// SEC-019: somebody saved the monthly price of a CA that nobody seemed to use.
pub(super) fn authority_disabled(estate: &mut Estate, _sites: &Sites, _mint: &mut Mint) -> Planted {
    let since = before(estate.taken_at, 33 * DAY);
    for authorities in sides(estate, 0).1.certificate_authorities.values_mut() {
        for authority in authorities.items_mut() {
            authority.status = "DISABLED".to_owned();
            authority.last_state_change_at = Some(since);
        }
    }
    Planted::EVERYBODY
}

/// What IAM says of an action that no policy allows.
pub(super) fn denied(action: &str) -> Simulated {
    Simulated {
        eval_action_name: action.to_owned(),
        eval_decision: "implicitDeny".to_owned(),
        organizations_decision_detail: Some(OrganizationsDecision { allowed_by_organizations: Some(true) }),
        ..Simulated::default()
    }
}

fn standby(estate: &mut Estate) -> Option<&mut WorkspaceDirectory> {
    sides(estate, 0).1.registrations.items_mut().first_mut()
}
