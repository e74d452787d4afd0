//! Directories as they are registered with WorkSpaces, and their client properties.

use super::newer::{Body, Newer};
use super::{PAGE, PAGE_SIZE, WorkSpaces};
use crate::collect::convert::{list, required, text, word, words};
use crate::collect::datasets::{DESCRIBE_CLIENT_PROPERTIES, DESCRIBE_WORKSPACE_DIRECTORIES};
use crate::collect::fault::{Effect, Fault, Retry};
use crate::collect::paging::{Listing, Page, pages, token};
use aws_sdk_workspaces::types;
use deskpair_rules::model::GapCause;
use deskpair_rules::model::directory::{
    AccessEndpoint, AccessEndpointConfig, AccessProperties, ActiveDirectoryConfig, CertificateBasedAuthProperties,
    ClientProperties, ClientPropertiesOf, CreationProperties, GlobalAccelerator, IdcConfig, MicrosoftEntraConfig,
    SamlProperties, SelfservicePermissions, StorageConnector, StreamingProperties, UserSetting, WorkspaceDirectory,
};

impl WorkSpaces {
    /// All registered directories.
    pub(in crate::collect) async fn registrations(&self) -> Listing<WorkspaceDirectory> {
        let Self { client, caller } = self;
        let operation = DESCRIBE_WORKSPACE_DIRECTORIES;
        pages(caller, operation, "", |next: Option<String>| async move {
            let body = Body::default();
            let answer = caller
                .read(operation, "", || {
                    let request = client.describe_workspace_directories().set_next_token(next.clone()).limit(PAGE_SIZE);
                    request.customize().interceptor(body.clone()).send()
                })
                .await?;
            let directories = answer.directories.unwrap_or_default();
            let newer = body.directories().ok().filter(|newer| newer.len() == directories.len()).ok_or_else(|| {
                let message = "the answer's body is not the JSON that its directories were read from".to_owned();
                caller.gap(operation, "", Fault::new(GapCause::Malformed, message, Retry::Never, Effect::None))
            })?;
            let items = directories.into_iter().zip(newer).map(|(known, newer)| directory(known, newer)).collect();
            Ok(Page { items, next: token(answer.next_token) })
        })
        .await
    }

    /// The client properties of these directories, 25 a call.
    pub(in crate::collect) async fn client_properties(
        &self,
        directories: &[WorkspaceDirectory],
    ) -> Listing<ClientPropertiesOf> {
        let mut listing = Listing::default();
        for batch in directories.chunks(PAGE) {
            let ids: Vec<String> = batch.iter().map(|directory| directory.directory_id.clone()).collect();
            let ask = || self.client.describe_client_properties().set_resource_ids(Some(ids.clone())).send();
            match self.caller.read(DESCRIBE_CLIENT_PROPERTIES, "", ask).await {
                Ok(answer) => listing.items.extend(list(answer.client_properties_list, client_properties)),
                Err(gap) => listing.cut(gap),
            }
        }
        listing
    }
}

fn directory(known: types::WorkspaceDirectory, newer: Newer) -> WorkspaceDirectory {
    WorkspaceDirectory {
        directory_id: text(known.directory_id),
        alias: text(known.alias),
        directory_name: text(known.directory_name),
        registration_code: text(known.registration_code),
        subnet_ids: known.subnet_ids.unwrap_or_default(),
        dns_ip_addresses: known.dns_ip_addresses.unwrap_or_default(),
        dns_ipv6_addresses: known.dns_ipv6_addresses.unwrap_or_default(),
        customer_user_name: text(known.customer_user_name),
        iam_role_id: text(known.iam_role_id),
        directory_type: word(known.directory_type),
        workspace_security_group_id: text(known.workspace_security_group_id),
        state: word(known.state),
        workspace_creation_properties: known.workspace_creation_properties.map(|creation| CreationProperties {
            enable_internet_access: creation.enable_internet_access,
            default_ou: text(creation.default_ou),
            custom_security_group_id: text(creation.custom_security_group_id),
            user_enabled_as_local_administrator: creation.user_enabled_as_local_administrator,
            enable_maintenance_mode: creation.enable_maintenance_mode,
            instance_iam_role_arn: text(creation.instance_iam_role_arn),
        }),
        ip_group_ids: known.ip_group_ids.unwrap_or_default(),
        workspace_access_properties: known.workspace_access_properties.map(access),
        tenancy: word(known.tenancy),
        selfservice_permissions: permissions(known.selfservice_permissions, newer.selfservice_permissions),
        saml_properties: known.saml_properties.map(|saml| SamlProperties {
            status: word(saml.status),
            user_access_url: text(saml.user_access_url),
            relay_state_parameter_name: text(saml.relay_state_parameter_name),
        }),
        certificate_based_auth_properties: known.certificate_based_auth_properties.map(|certificates| {
            CertificateBasedAuthProperties {
                status: word(certificates.status),
                certificate_authority_arn: text(certificates.certificate_authority_arn),
            }
        }),
        endpoint_encryption_mode: word(known.endpoint_encryption_mode),
        microsoft_entra_config: known.microsoft_entra_config.map(|entra| MicrosoftEntraConfig {
            tenant_id: text(entra.tenant_id),
            application_config_secret_arn: text(entra.application_config_secret_arn),
        }),
        workspace_directory_name: text(known.workspace_directory_name),
        workspace_directory_description: text(known.workspace_directory_description),
        user_identity_type: word(known.user_identity_type),
        workspace_type: word(known.workspace_type),
        idc_config: known.idc_config.map(|center| IdcConfig {
            instance_arn: text(center.instance_arn),
            application_arn: text(center.application_arn),
        }),
        active_directory_config: known.active_directory_config.map(|active| ActiveDirectoryConfig {
            domain_name: active.domain_name,
            service_account_secret_arn: active.service_account_secret_arn,
        }),
        streaming_properties: known.streaming_properties.map(streaming),
        workspace_os_user_mode: text(newer.workspace_os_user_mode),
        error_message: text(known.error_message),
    }
}

fn access(access: types::WorkspaceAccessProperties) -> AccessProperties {
    AccessProperties {
        device_type_windows: word(access.device_type_windows),
        device_type_osx: word(access.device_type_osx),
        device_type_web: word(access.device_type_web),
        device_type_ios: word(access.device_type_ios),
        device_type_android: word(access.device_type_android),
        device_type_chrome_os: word(access.device_type_chrome_os),
        device_type_zero_client: word(access.device_type_zero_client),
        device_type_linux: word(access.device_type_linux),
        device_type_workspaces_thin_client: word(access.device_type_work_spaces_thin_client),
        access_endpoint_config: access.access_endpoint_config.map(|config| AccessEndpointConfig {
            access_endpoints: list(Some(config.access_endpoints), |endpoint| AccessEndpoint {
                access_endpoint_type: word(endpoint.access_endpoint_type),
                vpc_endpoint_id: text(endpoint.vpc_endpoint_id),
            }),
            internet_fallback_protocols: words(config.internet_fallback_protocols),
        }),
    }
}

fn permissions(
    known: Option<types::SelfservicePermissions>,
    newer: Option<super::newer::NewerPermissions>,
) -> Option<SelfservicePermissions> {
    let newer = newer.unwrap_or_default();
    known.map(|known| SelfservicePermissions {
        restart_workspace: word(known.restart_workspace),
        increase_volume_size: word(known.increase_volume_size),
        change_compute_type: word(known.change_compute_type),
        switch_running_mode: word(known.switch_running_mode),
        rebuild_workspace: word(known.rebuild_workspace),
        nested_virtualization: text(newer.nested_virtualization),
        enable_end_user_advisor: text(newer.enable_end_user_advisor),
    })
}

fn streaming(streaming: types::StreamingProperties) -> StreamingProperties {
    StreamingProperties {
        streaming_experience_preferred_protocol: word(streaming.streaming_experience_preferred_protocol),
        user_settings: list(streaming.user_settings, |setting| UserSetting {
            action: required(setting.action),
            permission: required(setting.permission),
            maximum_length: setting.maximum_length,
        }),
        storage_connectors: list(streaming.storage_connectors, |connector| StorageConnector {
            connector_type: required(connector.connector_type),
            status: required(connector.status),
        }),
        global_accelerator: streaming.global_accelerator.map(|accelerator| GlobalAccelerator {
            mode: required(accelerator.mode),
            preferred_protocol: word(accelerator.preferred_protocol),
        }),
    }
}

fn client_properties(result: types::ClientPropertiesResult) -> ClientPropertiesOf {
    ClientPropertiesOf {
        resource_id: text(result.resource_id),
        client_properties: result.client_properties.map(|properties| ClientProperties {
            reconnect_enabled: word(properties.reconnect_enabled),
            log_upload_enabled: word(properties.log_upload_enabled),
            client_experience_policy: text(properties.client_experience_policy),
        }),
    }
}
