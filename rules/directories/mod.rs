//! DIR: directories, AD Connectors and their service accounts. Reach: the pair. The pair's directories are those that its connection alias
//! leads to, else those of one domain name; their types may differ.

mod auto_deregistration_near;
mod connector_smaller;
mod delegation_group;
mod directory_certificates;
mod directory_missing;
mod directory_not_active;
mod directory_not_registered;
mod domain_differs;
mod known;
mod managed_ad_not_replicated;
mod multi_factor_differs;
mod service_account_shared;
mod single_availability_zone;
mod smart_card_auth;
mod standby_depends_on_primary_domain_controllers;
mod trust_not_verified;

use crate::rule::Rule;

/// The area's rules, by id.
pub static RULES: &[&dyn Rule] = &[
    &directory_missing::DirectoryMissing,
    &directory_not_active::DirectoryNotActive,
    &directory_not_registered::DirectoryNotRegistered,
    &auto_deregistration_near::AutoDeregistrationNear,
    &service_account_shared::ServiceAccountShared,
    &domain_differs::DomainDiffers,
    &standby_depends_on_primary_domain_controllers::StandbyDependsOnPrimaryDomainControllers,
    &single_availability_zone::SingleAvailabilityZone,
    &multi_factor_differs::MultiFactorDiffers,
    &connector_smaller::ConnectorSmaller,
    &delegation_group::DelegationGroup,
    &smart_card_auth::SmartCardAuth,
    &directory_certificates::DirectoryCertificates,
    &managed_ad_not_replicated::ManagedAdNotReplicated,
    &trust_not_verified::TrustNotVerified,
];
