//! AWS Directory Service. The RADIUS shared secret, which it answers in clear text, is dropped here.

use super::calls::{Caller, Operation};
use super::convert::{list, moment, text, word};
use super::datasets::{
    DESCRIBE_CLIENT_AUTHENTICATION_SETTINGS, DESCRIBE_DIRECTORIES, DESCRIBE_DOMAIN_CONTROLLERS,
    DESCRIBE_LDAPS_SETTINGS, DESCRIBE_REGIONS, DESCRIBE_TRUSTS, LIST_CERTIFICATES,
};
use super::paging::{Listing, Page, pages, token};
use super::whole::client;
use aws_sdk_directory::Client;
use aws_sdk_directory::types;
use deskpair_rules::model::directory::{
    ClientAuthentication, ConnectSettings, Directory, DirectoryCertificate, DirectoryRegion, DirectoryVpcSettings,
    DomainController, LdapsSetting, RadiusSettings, RegionsInfo, Trust,
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

    /// The Regions of a managed AD: its own, and those that it is replicated to.
    pub(super) async fn regions(&self, directory: &str) -> Listing<DirectoryRegion> {
        let Self { client, caller } = self;
        pages(caller, DESCRIBE_REGIONS, directory, |next: Option<String>| async move {
            let ask = || client.describe_regions().directory_id(directory).set_next_token(next.clone()).send();
            let answer = caller.read(DESCRIBE_REGIONS, directory, ask).await?;
            Ok(Page { items: list(answer.regions_description, region), next: token(answer.next_token) })
        })
        .await
    }

    /// The domain controllers that a managed AD has in this Region.
    pub(super) async fn domain_controllers(&self, directory: &str) -> Listing<DomainController> {
        const OPERATION: Operation = DESCRIBE_DOMAIN_CONTROLLERS;
        let Self { client, caller } = self;
        pages(caller, OPERATION, directory, |next: Option<String>| async move {
            let ask = || {
                let request = client.describe_domain_controllers().directory_id(directory);
                request.set_next_token(next.clone()).send()
            };
            let answer = caller.read(OPERATION, directory, ask).await?;
            Ok(Page { items: list(answer.domain_controllers, domain_controller), next: token(answer.next_token) })
        })
        .await
    }

    /// The trusts of a managed AD with other domains.
    pub(super) async fn trusts(&self, directory: &str) -> Listing<Trust> {
        let Self { client, caller } = self;
        pages(caller, DESCRIBE_TRUSTS, directory, |next: Option<String>| async move {
            let ask = || client.describe_trusts().directory_id(directory).set_next_token(next.clone()).send();
            let answer = caller.read(DESCRIBE_TRUSTS, directory, ask).await?;
            Ok(Page { items: list(answer.trusts, trust), next: token(answer.next_token) })
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

fn region(region: types::RegionDescription) -> DirectoryRegion {
    DirectoryRegion {
        directory_id: text(region.directory_id),
        region_name: text(region.region_name),
        region_type: word(region.region_type),
        status: word(region.status),
        vpc_settings: region.vpc_settings.map(|vpc| DirectoryVpcSettings {
            vpc_id: vpc.vpc_id,
            subnet_ids: vpc.subnet_ids,
            ..DirectoryVpcSettings::default()
        }),
        desired_number_of_domain_controllers: region.desired_number_of_domain_controllers,
        launch_time: moment(region.launch_time),
        status_last_updated_date_time: moment(region.status_last_updated_date_time),
        last_updated_date_time: moment(region.last_updated_date_time),
    }
}

fn domain_controller(controller: types::DomainController) -> DomainController {
    DomainController {
        directory_id: text(controller.directory_id),
        domain_controller_id: text(controller.domain_controller_id),
        dns_ip_addr: text(controller.dns_ip_addr),
        dns_ipv6_addr: text(controller.dns_ipv6_addr),
        vpc_id: text(controller.vpc_id),
        subnet_id: text(controller.subnet_id),
        availability_zone: text(controller.availability_zone),
        status: word(controller.status),
        status_reason: text(controller.status_reason),
        launch_time: moment(controller.launch_time),
        status_last_updated_date_time: moment(controller.status_last_updated_date_time),
    }
}

fn trust(trust: types::Trust) -> Trust {
    Trust {
        directory_id: text(trust.directory_id),
        trust_id: text(trust.trust_id),
        remote_domain_name: text(trust.remote_domain_name),
        trust_type: word(trust.trust_type),
        trust_direction: word(trust.trust_direction),
        trust_state: word(trust.trust_state),
        created_date_time: moment(trust.created_date_time),
        last_updated_date_time: moment(trust.last_updated_date_time),
        state_last_updated_date_time: moment(trust.state_last_updated_date_time),
        trust_state_reason: text(trust.trust_state_reason),
        selective_auth: word(trust.selective_auth),
    }
}
