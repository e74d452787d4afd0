//! AWS Directory Service. The RADIUS shared secret, which it answers in clear text, is dropped here.

use super::calls::Caller;
use super::convert::{list, moment, text, word};
use super::datasets::DESCRIBE_DIRECTORIES;
use super::paging::{Listing, Page, pages, token};
use super::whole::client;
use aws_sdk_directory::types;
use deskpair_rules::model::directory::{ConnectSettings, Directory, DirectoryVpcSettings, RadiusSettings, RegionsInfo};

/// All directories of an account in a Region.
pub(super) async fn directories(config: &aws_config::SdkConfig, caller: &Caller) -> Listing<Directory> {
    let client = &client!(aws_sdk_directory, config);
    pages(caller, DESCRIBE_DIRECTORIES, "", |next: Option<String>| async move {
        let answer = caller
            .read(DESCRIBE_DIRECTORIES, "", || client.describe_directories().set_next_token(next.clone()).send())
            .await?;
        Ok(Page { items: list(answer.directory_descriptions, directory), next: token(answer.next_token) })
    })
    .await
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
