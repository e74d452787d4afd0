//! AWS Directory Service. The RADIUS shared secret, which it answers in clear text, is dropped here.

use super::calls::{Caller, Operation};
use super::convert::{list, moment, text, word};
use super::datasets::{
    DESCRIBE_CLIENT_AUTHENTICATION_SETTINGS, DESCRIBE_DIRECTORIES, DESCRIBE_LDAPS_SETTINGS, LIST_CERTIFICATES,
};
use super::paging::{Listing, Page, pages, token};
use super::whole::client;
use aws_sdk_directory::Client;
use aws_sdk_directory::types;
use deskpair_rules::model::directory::{
    ClientAuthentication, ConnectSettings, Directory, DirectoryCertificate, DirectoryVpcSettings, LdapsSetting,
    RadiusSettings, RegionsInfo,
};

/// Directory Service in one Region.
#[derive(Debug)]
pub(super) struct DirectoryService {
    client: Client,
    caller: Caller,
}

impl DirectoryService {
    pub(super) fn new(config: &aws_config::SdkConfig, caller: &Caller) -> Self {
        Self { client: client!(aws_sdk_directory, config), caller: caller.clone() }
    }

    /// All directories of an account in a Region.
    pub(super) async fn directories(&self) -> Listing<Directory> {
        let Self { client, caller } = self;
        pages(caller, DESCRIBE_DIRECTORIES, "", |next: Option<String>| async move {
            let answer = caller
                .read(DESCRIBE_DIRECTORIES, "", || client.describe_directories().set_next_token(next.clone()).send())
                .await?;
            Ok(Page { items: list(answer.directory_descriptions, directory), next: token(answer.next_token) })
        })
        .await
    }

    /// The ways in which clients may authenticate to a directory, with whether each is on.
    pub(super) async fn client_authentications(&self, directory: &str) -> Listing<ClientAuthentication> {
        const OPERATION: Operation = DESCRIBE_CLIENT_AUTHENTICATION_SETTINGS;
        let Self { client, caller } = self;
        pages(caller, OPERATION, directory, |next: Option<String>| async move {
            let ask = || {
                let request = client.describe_client_authentication_settings().directory_id(directory);
                request.set_next_token(next.clone()).send()
            };
            let answer = caller.read(OPERATION, directory, ask).await?;
            let items = list(answer.client_authentication_settings_info, |setting| ClientAuthentication {
                r#type: word(setting.r#type),
                status: word(setting.status),
                last_updated_date_time: moment(setting.last_updated_date_time),
            });
            Ok(Page { items, next: token(answer.next_token) })
        })
        .await
    }

    /// Whether a directory talks to its domain controllers by LDAPS.
    pub(super) async fn ldaps_settings(&self, directory: &str) -> Listing<LdapsSetting> {
        const OPERATION: Operation = DESCRIBE_LDAPS_SETTINGS;
        let Self { client, caller } = self;
        pages(caller, OPERATION, directory, |next: Option<String>| async move {
            let ask = || {
                let request = client.describe_ldaps_settings().directory_id(directory);
                request.set_next_token(next.clone()).send()
            };
            let answer = caller.read(OPERATION, directory, ask).await?;
            let items = list(answer.ldaps_settings_info, |setting| LdapsSetting {
                ldaps_status: word(setting.ldaps_status),
                ldaps_status_reason: text(setting.ldaps_status_reason),
                last_updated_date_time: moment(setting.last_updated_date_time),
            });
            Ok(Page { items, next: token(answer.next_token) })
        })
        .await
    }

    /// The certificates that a directory trusts.
    pub(super) async fn certificates(&self, directory: &str) -> Listing<DirectoryCertificate> {
        let Self { client, caller } = self;
        pages(caller, LIST_CERTIFICATES, directory, |next: Option<String>| async move {
            let ask = || client.list_certificates().directory_id(directory).set_next_token(next.clone()).send();
            let answer = caller.read(LIST_CERTIFICATES, directory, ask).await?;
            let items = list(answer.certificates_info, |certificate| DirectoryCertificate {
                certificate_id: text(certificate.certificate_id),
                common_name: text(certificate.common_name),
                state: word(certificate.state),
                expiry_date_time: moment(certificate.expiry_date_time),
                r#type: word(certificate.r#type),
            });
            Ok(Page { items, next: token(answer.next_token) })
        })
        .await
    }
}

fn directory(directory: types::DirectoryDescription) -> Directory {
    Directory {
        directory_id: text(directory.directory_id),
        name: text(directory.name),
        short_name: text(directory.short_name),
        size: word(directory.size),
        edition: word(directory.edition),
        alias: text(directory.alias),
        access_url: text(directory.access_url),
        description: text(directory.description),
        dns_ip_addrs: directory.dns_ip_addrs.unwrap_or_default(),
        stage: word(directory.stage),
        stage_reason: text(directory.stage_reason),
        share_status: word(directory.share_status),
        launch_time: moment(directory.launch_time),
        stage_last_updated_date_time: moment(directory.stage_last_updated_date_time),
        r#type: word(directory.r#type),
        vpc_settings: directory.vpc_settings.map(|vpc| DirectoryVpcSettings {
            vpc_id: text(vpc.vpc_id),
            subnet_ids: vpc.subnet_ids.unwrap_or_default(),
            security_group_id: text(vpc.security_group_id),
            availability_zones: vpc.availability_zones.unwrap_or_default(),
        }),
        connect_settings: directory.connect_settings.map(|connect| ConnectSettings {
            vpc_id: text(connect.vpc_id),
            subnet_ids: connect.subnet_ids.unwrap_or_default(),
            customer_user_name: text(connect.customer_user_name),
            security_group_id: text(connect.security_group_id),
            availability_zones: connect.availability_zones.unwrap_or_default(),
            connect_ips: connect.connect_ips.unwrap_or_default(),
        }),
        // The SDK gives the members below that are plain booleans or numbers a default, so that their absence cannot be told.
        radius_settings: directory.radius_settings.map(|radius| RadiusSettings {
            radius_servers: radius.radius_servers.unwrap_or_default(),
            radius_port: radius.radius_port,
            radius_timeout: radius.radius_timeout,
            radius_retries: Some(radius.radius_retries),
            authentication_protocol: word(radius.authentication_protocol),
            display_label: text(radius.display_label),
            use_same_username: Some(radius.use_same_username),
        }),
        radius_status: word(directory.radius_status),
        sso_enabled: Some(directory.sso_enabled),
        desired_number_of_domain_controllers: directory.desired_number_of_domain_controllers,
        regions_info: directory.regions_info.map(|regions| RegionsInfo {
            primary_region: text(regions.primary_region),
            additional_regions: regions.additional_regions.unwrap_or_default(),
        }),
        os_version: word(directory.os_version),
        network_type: word(directory.network_type),
    }
}
