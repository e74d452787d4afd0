//! Directories: as Directory Service describes them, as WorkSpaces registers them, and their client properties.

use super::Moment;
use super::wire::wire;

wire! {
    /// `ds:DirectoryDescription`, without the RADIUS shared secret, which is dropped where the answer is read.
    Directory as "PascalCase" {
        directory_id: String,
        name: String,
        short_name: String,
        size: String,
        edition: String,
        alias: String,
        access_url: String,
        description: String,
        dns_ip_addrs: Vec<String>,
        stage: String,
        stage_reason: String,
        share_status: String,
        launch_time: Option<Moment>,
        stage_last_updated_date_time: Option<Moment>,
        r#type: String,
        vpc_settings: Option<DirectoryVpcSettings>,
        connect_settings: Option<ConnectSettings>,
        radius_settings: Option<RadiusSettings>,
        radius_status: String,
        sso_enabled: Option<bool>,
        desired_number_of_domain_controllers: Option<i32>,
        regions_info: Option<RegionsInfo>,
        os_version: String,
        network_type: String,
    }

    /// `ds:DirectoryVpcSettingsDescription`.
    DirectoryVpcSettings as "PascalCase" {
        vpc_id: String,
        subnet_ids: Vec<String>,
        security_group_id: String,
        availability_zones: Vec<String>,
    }

    /// `ds:DirectoryConnectSettingsDescription`: an AD Connector's.
    ConnectSettings as "PascalCase" {
        vpc_id: String,
        subnet_ids: Vec<String>,
        customer_user_name: String,
        security_group_id: String,
        availability_zones: Vec<String>,
        connect_ips: Vec<String>,
    }

    /// `ds:RadiusSettings` without `SharedSecret`.
    RadiusSettings as "PascalCase" {
        radius_servers: Vec<String>,
        radius_port: Option<i32>,
        radius_timeout: Option<i32>,
        radius_retries: Option<i32>,
        authentication_protocol: String,
        display_label: String,
        use_same_username: Option<bool>,
    }

    /// `ds:ClientAuthenticationSettingInfo`.
    ClientAuthentication as "PascalCase" {
        r#type: String,
        status: String,
        last_updated_date_time: Option<Moment>,
    }

    /// `ds:LDAPSSettingInfo`.
    LdapsSetting as "PascalCase" {
        #[serde(rename = "LDAPSStatus")]
        ldaps_status: String,
        #[serde(rename = "LDAPSStatusReason")]
        ldaps_status_reason: String,
        last_updated_date_time: Option<Moment>,
    }

    /// `ds:CertificateInfo`: a certificate by which a directory trusts its domain controllers, or people's smart cards.
    DirectoryCertificate as "PascalCase" {
        certificate_id: String,
        common_name: String,
        state: String,
        expiry_date_time: Option<Moment>,
        r#type: String,
    }

    /// `ds:RegionDescription`: a Region of a managed AD, its own or one that it is replicated to.
    DirectoryRegion as "PascalCase" {
        directory_id: String,
        region_name: String,
        region_type: String,
        status: String,
        vpc_settings: Option<DirectoryVpcSettings>,
        desired_number_of_domain_controllers: Option<i32>,
        launch_time: Option<Moment>,
        status_last_updated_date_time: Option<Moment>,
        last_updated_date_time: Option<Moment>,
    }

    /// `ds:DomainController`: one of a managed AD, in the Region that was asked.
    DomainController as "PascalCase" {
        directory_id: String,
        domain_controller_id: String,
        dns_ip_addr: String,
        dns_ipv6_addr: String,
        vpc_id: String,
        subnet_id: String,
        availability_zone: String,
        status: String,
        status_reason: String,
        launch_time: Option<Moment>,
        status_last_updated_date_time: Option<Moment>,
    }

    /// `ds:Trust`: whom a managed AD trusts, or who trusts it.
    Trust as "PascalCase" {
        directory_id: String,
        trust_id: String,
        remote_domain_name: String,
        trust_type: String,
        trust_direction: String,
        trust_state: String,
        created_date_time: Option<Moment>,
        last_updated_date_time: Option<Moment>,
        state_last_updated_date_time: Option<Moment>,
        trust_state_reason: String,
        selective_auth: String,
    }

    /// `ds:RegionsInfo`.
    RegionsInfo as "PascalCase" {
        primary_region: String,
        additional_regions: Vec<String>,
    }

    /// `workspaces:WorkspaceDirectory`: a directory as it is registered with WorkSpaces, every comparable setting (AWS-FACTS §1.2).
    WorkspaceDirectory as "PascalCase" {
        directory_id: String,
        alias: String,
        directory_name: String,
        registration_code: String,
        subnet_ids: Vec<String>,
        dns_ip_addresses: Vec<String>,
        dns_ipv6_addresses: Vec<String>,
        customer_user_name: String,
        iam_role_id: String,
        directory_type: String,
        workspace_security_group_id: String,
        state: String,
        workspace_creation_properties: Option<CreationProperties>,
        #[serde(rename = "ipGroupIds")]
        ip_group_ids: Vec<String>,
        workspace_access_properties: Option<AccessProperties>,
        tenancy: String,
        selfservice_permissions: Option<SelfservicePermissions>,
        saml_properties: Option<SamlProperties>,
        certificate_based_auth_properties: Option<CertificateBasedAuthProperties>,
        endpoint_encryption_mode: String,
        microsoft_entra_config: Option<MicrosoftEntraConfig>,
        workspace_directory_name: String,
        workspace_directory_description: String,
        user_identity_type: String,
        workspace_type: String,
        #[serde(rename = "IDCConfig")]
        idc_config: Option<IdcConfig>,
        active_directory_config: Option<ActiveDirectoryConfig>,
        streaming_properties: Option<StreamingProperties>,
        #[serde(rename = "WorkspaceOsUserMode")]
        workspace_os_user_mode: String,
        error_message: String,
    }

    /// `workspaces:DefaultWorkspaceCreationProperties`. They apply to desktops made or rebuilt afterwards.
    CreationProperties as "PascalCase" {
        enable_internet_access: Option<bool>,
        default_ou: String,
        custom_security_group_id: String,
        user_enabled_as_local_administrator: Option<bool>,
        enable_maintenance_mode: Option<bool>,
        instance_iam_role_arn: String,
    }

    /// `workspaces:WorkspaceAccessProperties`. An absent device type is neither ALLOW nor DENY.
    AccessProperties as "PascalCase" {
        device_type_windows: String,
        device_type_osx: String,
        device_type_web: String,
        device_type_ios: String,
        device_type_android: String,
        device_type_chrome_os: String,
        device_type_zero_client: String,
        device_type_linux: String,
        #[serde(rename = "DeviceTypeWorkSpacesThinClient")]
        device_type_workspaces_thin_client: String,
        access_endpoint_config: Option<AccessEndpointConfig>,
    }

    /// `workspaces:AccessEndpointConfig`.
    AccessEndpointConfig as "PascalCase" {
        access_endpoints: Vec<AccessEndpoint>,
        internet_fallback_protocols: Vec<String>,
    }

    /// `workspaces:AccessEndpoint`.
    AccessEndpoint as "PascalCase" {
        access_endpoint_type: String,
        vpc_endpoint_id: String,
    }

    /// `workspaces:SelfservicePermissions`.
    SelfservicePermissions as "PascalCase" {
        restart_workspace: String,
        increase_volume_size: String,
        change_compute_type: String,
        switch_running_mode: String,
        rebuild_workspace: String,
        nested_virtualization: String,
        enable_end_user_advisor: String,
    }

    /// `workspaces:SamlProperties`.
    SamlProperties as "PascalCase" {
        status: String,
        user_access_url: String,
        relay_state_parameter_name: String,
    }

    /// `workspaces:CertificateBasedAuthProperties`.
    CertificateBasedAuthProperties as "PascalCase" {
        status: String,
        certificate_authority_arn: String,
    }

    /// `workspaces:MicrosoftEntraConfig`.
    MicrosoftEntraConfig as "PascalCase" {
        tenant_id: String,
        application_config_secret_arn: String,
    }

    /// `workspaces:IDCConfig`.
    IdcConfig as "PascalCase" {
        instance_arn: String,
        application_arn: String,
    }

    /// `workspaces:ActiveDirectoryConfig`.
    ActiveDirectoryConfig as "PascalCase" {
        domain_name: String,
        service_account_secret_arn: String,
    }

    /// `workspaces:StreamingProperties`.
    StreamingProperties as "PascalCase" {
        streaming_experience_preferred_protocol: String,
        user_settings: Vec<UserSetting>,
        storage_connectors: Vec<StorageConnector>,
        global_accelerator: Option<GlobalAccelerator>,
    }

    /// `workspaces:UserSetting`.
    UserSetting as "PascalCase" {
        action: String,
        permission: String,
        maximum_length: Option<i32>,
    }

    /// `workspaces:StorageConnector`.
    StorageConnector as "PascalCase" {
        connector_type: String,
        status: String,
    }

    /// `workspaces:GlobalAcceleratorForDirectory`.
    GlobalAccelerator as "PascalCase" {
        mode: String,
        preferred_protocol: String,
    }

    /// `workspaces:DescribeAccountResult`: what the account may have in this Region.
    AccountSettings as "PascalCase" {
        dedicated_tenancy_support: String,
        dedicated_tenancy_management_cidr_range: String,
        dedicated_tenancy_account_type: String,
    }

    /// `workspaces:ConnectClientAddIn`.
    ClientAddIn as "PascalCase" {
        add_in_id: String,
        resource_id: String,
        name: String,
        #[serde(rename = "URL")]
        url: String,
    }

    /// `workspaces:ClientPropertiesResult`: one directory's client properties.
    ClientPropertiesOf as "PascalCase" {
        resource_id: String,
        client_properties: Option<ClientProperties>,
    }

    /// `workspaces:ClientProperties`.
    ClientProperties as "PascalCase" {
        reconnect_enabled: String,
        log_upload_enabled: String,
        client_experience_policy: String,
    }
}
