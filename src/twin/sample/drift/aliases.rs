//! Drift of connection aliases.

use super::{Planted, sides};
use crate::twin::sample::company::ZONE;
use crate::twin::sample::names::Mint;
use crate::twin::sample::site::Sites;
use deskpair_rules::model::alias::AliasPermission;
use deskpair_rules::model::{Estate, Side};

/// An account that is not the company's.
const STRANGER: &str = "444455556666";

/// ALS-001: the alias was never made in the standby Region.
pub(super) fn missing(estate: &mut Estate, sites: &Sites, _mint: &mut Mint) -> Planted {
    let (_, standby) = sides(estate, 0);
    standby.aliases.items_mut().clear();
    standby.alias_permissions.remove(&sites.standby.alias);
    Planted::EVERYBODY
}

/// ALS-002: the alias is still being made, so that it could not be associated yet.
pub(super) fn being_created(estate: &mut Estate, _sites: &Sites, _mint: &mut Mint) -> Planted {
    let (_, standby) = sides(estate, 0);
    part(standby);
    for alias in standby.aliases.items_mut() {
        alias.state = "CREATING".to_owned();
    }
    Planted::EVERYBODY
}

/// ALS-003: the alias was made in the standby Region and never associated.
pub(super) fn not_associated(estate: &mut Estate, _sites: &Sites, _mint: &mut Mint) -> Planted {
    let (_, standby) = sides(estate, 0);
    part(standby);
    Planted::EVERYBODY
}

/// Takes the association of a side's alias away.
pub(super) fn part(side: &mut Side) {
    for alias in side.aliases.items_mut() {
        alias.associations.clear();
    }
}

/// ALS-004: the alias leads to a directory that tests were run on, which the configuration does not name and nobody works in.
pub(super) fn another_directory(estate: &mut Estate, sites: &Sites, mint: &mut Mint) -> Planted {
    let (own, test) = (&sites.standby.directory, mint.hex("d-", 10));
    let identifier = mint.mixed(12);
    let (_, standby) = sides(estate, 0);
    let domain = format!("test.{ZONE}");
    if let Some(directory) = standby.directories.items().iter().find(|known| known.directory_id == *own) {
        let mut directory = directory.clone();
        directory.directory_id.clone_from(&test);
        directory.name.clone_from(&domain);
        directory.short_name = "NHTEST".to_owned();
        directory.alias.push_str("-test");
        directory.access_url = format!("{}.awsapps.com", directory.alias);
        standby.directories.items_mut().push(directory);
    }
    if let Some(registration) = standby.registrations.items().iter().find(|known| known.directory_id == *own) {
        let mut registration = registration.clone();
        registration.directory_id.clone_from(&test);
        registration.directory_name = domain;
        registration.alias.push_str("-test");
        registration.registration_code = mint.upper(&format!("WS{}+", sites.standby.region.stem), 6);
        standby.registrations.items_mut().push(registration);
    }
    if let Some(properties) = standby.client_properties.items().first() {
        let mut properties = properties.clone();
        properties.resource_id.clone_from(&test);
        standby.client_properties.items_mut().push(properties);
    }
    if let Some(branding) = standby.branding.get(own).cloned() {
        standby.branding.insert(test.clone(), branding);
    }
    for association in standby.aliases.items_mut().iter_mut().flat_map(|alias| &mut alias.associations) {
        association.resource_id.clone_from(&test);
        association.connection_identifier.clone_from(&identifier);
    }
    Planted::EVERYBODY
}

/// ALS-005: the alias was shared with the account of a company that was bought, and leads to a directory there.
pub(super) fn associated_elsewhere(estate: &mut Estate, _sites: &Sites, mint: &mut Mint) -> Planted {
    let directory = mint.hex("d-", 10);
    let (_, standby) = sides(estate, 0);
    for association in standby.aliases.items_mut().iter_mut().flat_map(|alias| &mut alias.associations) {
        association.association_status = "ASSOCIATED_WITH_SHARED_ACCOUNT".to_owned();
        association.associated_account_id = STRANGER.to_owned();
        association.resource_id.clone_from(&directory);
    }
    Planted::EVERYBODY
}

/// ALS-006: a migration partner's account is still allowed to associate the alias.
pub(super) fn shared(estate: &mut Estate, _sites: &Sites, _mint: &mut Mint) -> Planted {
    let (_, standby) = sides(estate, 0);
    share(standby);
    Planted::NOBODY
}

/// Shares a side's alias with an account that is not the company's.
pub(super) fn share(side: &mut Side) {
    for alias in side.aliases.items() {
        if let Some(permissions) = side.alias_permissions.get_mut(&alias.alias_id) {
            let stranger = AliasPermission { shared_account_id: STRANGER.to_owned(), allow_association: Some(true) };
            permissions.items_mut().push(stranger);
        }
    }
}
