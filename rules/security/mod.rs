//! SEC: the settings of the registered directories. Reach: the pair.

mod certificate_authority;
mod certificate_based_auth;
mod client_add_ins;
mod client_properties;
mod compared;
mod creation_default;
mod device_access;
mod distinguished_name;
mod endpoint_encryption;
mod instance_role;
mod internet_access;
mod local_administrator;
mod maintenance_mode;
mod organizational_unit;
mod saml;
mod saml_stream_permission;
mod security_group_rules;
mod self_service;
mod streaming_settings;
mod tenancy;
mod traffic;
mod trusted_device_certificates;
mod vpc_endpoint_access;

use crate::rule::Rule;

/// The area's rules, by id.
pub static RULES: &[&dyn Rule] = &[
    &internet_access::InternetAccess,
    &local_administrator::LocalAdministrator,
    &organizational_unit::OrganizationalUnit,
    &maintenance_mode::MaintenanceMode,
    &security_group_rules::SecurityGroupRules,
    &device_access::DeviceAccess,
    &self_service::SelfService,
    &saml::Saml,
    &certificate_based_auth::CertificateBasedAuth,
    &client_properties::ClientProperties,
    &streaming_settings::StreamingSettings,
    &endpoint_encryption::EndpointEncryption,
    &tenancy::Tenancy,
    &vpc_endpoint_access::VpcEndpointAccess,
    &client_add_ins::ClientAddIns,
    &instance_role::InstanceRole,
    &trusted_device_certificates::TrustedDeviceCertificates,
    &saml_stream_permission::SamlStreamPermission,
    &certificate_authority::CertificateAuthority,
];
