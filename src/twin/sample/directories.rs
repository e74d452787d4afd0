//! Directories, their registrations with every comparable setting, client properties and branding (AWS-FACTS §1.1, §1.2, §1.6).

use super::company::{ACCOUNT, DOMAIN, NETBIOS, OU, Plan};
use super::picture::{CURRENT, picture};
use super::site::{DAY, Site, Sites, before};
use deskpair_rules::engine::hex;
use deskpair_rules::model::alias::{Branding, Logo, PLATFORMS, PlatformBranding};
use deskpair_rules::model::directory::{
    AccessEndpoint, AccessEndpointConfig, AccessProperties, AccountSettings, CertificateBasedAuthProperties,
    ClientAddIn, ClientAuthentication, ClientProperties, ClientPropertiesOf, ConnectSettings, CreationProperties,
    Directory, DirectoryCertificate, DirectoryRegion, DirectoryVpcSettings, DomainController, GlobalAccelerator,
    LdapsSetting, RadiusSettings, RegionsInfo, SamlProperties, SelfservicePermissions, StorageConnector,
    StreamingProperties, Trust, UserSetting, WorkspaceDirectory,
};
use deskpair_rules::model::{Estate, Moment, Side, Slice};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// Fills a side's directory, its registration, client properties and branding.
pub(super) fn fill(side: &mut Side, site: &Site, plan: &Plan, taken_at: Moment) {
    side.directories = Slice::whole_of(vec![connector(site, taken_at)]);
    side.registrations = Slice::whole_of(vec![registration(site)]);
    side.client_properties = Slice::whole_of(vec![client_properties(&site.directory)]);
    side.account_settings = Slice::whole_of(vec![account_settings(site)]);
    side.add_ins.insert(site.directory.clone(), Slice::whole_of(vec![softphone(site)]));
    let id = &site.directory;
    side.client_authentications.insert(id.clone(), Slice::whole_of(vec![smart_cards(taken_at)]));
    side.ldaps_settings.insert(id.clone(), Slice::whole_of(vec![ldaps(taken_at)]));
    side.certificates.insert(id.clone(), Slice::whole_of(certificates(site, taken_at)));
    side.branding.insert(site.directory.clone(), Slice::whole_of(branding(site, plan)));
    keep_logos(side);
}

/// The id of the company's managed AD, one in all Regions.
pub(super) fn managed_ad(home: &Site) -> String {
    home.derived("d-", 10, "managed AD")
}

/// Puts the company's managed AD behind every connector: it is at home in the first pair's primary Region, and replicated to all others.
pub(super) fn fill_managed_ad(estate: &mut Estate, pairs: &[&Sites]) {
    let (home, taken_at) = (&pairs[0].primary, estate.taken_at);
    let id = managed_ad(home);
    let sites: Vec<&Site> = pairs.iter().flat_map(|sites| [&sites.primary, &sites.standby]).collect();
    let regions: Vec<DirectoryRegion> = sites.iter().map(|site| region(&id, site, home, taken_at)).collect();
    let trusts = vec![trust(&id, home, taken_at)];
    for (at, sites) in pairs.iter().enumerate() {
        let places = estate.pairs[at];
        for (side, site) in [(places.primary, &sites.primary), (places.standby, &sites.standby)] {
            let side = &mut estate.sides[side as usize];
            side.directories.items_mut().push(managed(&id, site, &regions, taken_at));
            side.domain_controllers.insert(id.clone(), Slice::whole_of(controllers(&id, site, taken_at)));
        }
        let primary = &mut estate.sides[places.primary as usize];
        primary.directory_regions.insert(id.clone(), Slice::whole_of(regions.clone()));
        primary.trusts.insert(id.clone(), Slice::whole_of(trusts.clone()));
    }
}

fn managed(id: &str, site: &Site, regions: &[DirectoryRegion], taken_at: Moment) -> Directory {
    let (homes, others): (Vec<&DirectoryRegion>, Vec<&DirectoryRegion>) =
        regions.iter().partition(|known| known.region_type == "Primary");
    let name = |known: &&DirectoryRegion| known.region_name.clone();
    Directory {
        directory_id: id.to_owned(),
        name: DOMAIN.to_owned(),
        short_name: NETBIOS.to_owned(),
        edition: "Enterprise".to_owned(),
        alias: "norhaven-ad".to_owned(),
        access_url: "norhaven-ad.awsapps.com".to_owned(),
        description: format!("Domain controllers of {DOMAIN} in {}", site.region.name),
        dns_ip_addrs: site.domain_controllers(),
        stage: "Active".to_owned(),
        launch_time: Some(before(taken_at, 902 * DAY)),
        stage_last_updated_date_time: Some(before(taken_at, 901 * DAY)),
        r#type: "MicrosoftAD".to_owned(),
        vpc_settings: Some(DirectoryVpcSettings {
            vpc_id: site.vpc.clone(),
            subnet_ids: site.subnets.to_vec(),
            security_group_id: site.derived("sg-", 17, "managed AD"),
            availability_zones: site.region.zones.map(str::to_owned).to_vec(),
        }),
        sso_enabled: Some(false),
        desired_number_of_domain_controllers: Some(2),
        regions_info: Some(RegionsInfo {
            primary_region: homes.first().map(name).unwrap_or_default(),
            additional_regions: others.iter().map(name).collect(),
        }),
        network_type: "IPv4".to_owned(),
        ..Directory::default()
    }
}

fn region(id: &str, site: &Site, home: &Site, taken_at: Moment) -> DirectoryRegion {
    let is_home = site.region.name == home.region.name;
    let since = Some(before(taken_at, if is_home { 902 } else { 640 } * DAY));
    DirectoryRegion {
        directory_id: id.to_owned(),
        region_name: site.region.name.to_owned(),
        region_type: if is_home { "Primary" } else { "Additional" }.to_owned(),
        status: "Active".to_owned(),
        vpc_settings: Some(DirectoryVpcSettings {
            vpc_id: site.vpc.clone(),
            subnet_ids: site.subnets.to_vec(),
            ..DirectoryVpcSettings::default()
        }),
        desired_number_of_domain_controllers: Some(2),
        launch_time: since,
        status_last_updated_date_time: since,
        last_updated_date_time: since,
    }
}

/// One domain controller a zone.
fn controllers(id: &str, site: &Site, taken_at: Moment) -> Vec<DomainController> {
    let addresses = site.domain_controllers();
    let controller = |(at, address): (usize, &String)| DomainController {
        directory_id: id.to_owned(),
        domain_controller_id: site.derived("dc-", 10, address),
        dns_ip_addr: address.clone(),
        vpc_id: site.vpc.clone(),
        subnet_id: site.subnets[at % site.subnets.len()].clone(),
        availability_zone: site.region.zones[at % site.region.zones.len()].to_owned(),
        status: "Active".to_owned(),
        launch_time: Some(before(taken_at, 639 * DAY)),
        status_last_updated_date_time: Some(before(taken_at, 21 * DAY)),
        ..DomainController::default()
    };
    addresses.iter().enumerate().map(controller).collect()
}

/// People have their accounts in the domain of the offices.
fn trust(id: &str, home: &Site, taken_at: Moment) -> Trust {
    Trust {
        directory_id: id.to_owned(),
        trust_id: home.derived("t-", 10, "people"),
        remote_domain_name: "people.norhaven.example".to_owned(),
        trust_type: "Forest".to_owned(),
        trust_direction: "One-Way: Outgoing".to_owned(),
        trust_state: "Verified".to_owned(),
        created_date_time: Some(before(taken_at, 900 * DAY)),
        last_updated_date_time: Some(before(taken_at, 900 * DAY)),
        state_last_updated_date_time: Some(before(taken_at, 900 * DAY)),
        selective_auth: "Disabled".to_owned(),
        ..Trust::default()
    }
}

/// Leaves a side with the pictures behind the addresses that its branding names; where nothing is said of one, it is the current logo.
pub(super) fn keep_logos(side: &mut Side) {
    let platforms = side.branding.values().flat_map(|platforms| platforms.items()).map(|platform| &platform.branding);
    let urls = platforms.flat_map(|of| [&of.logo_url, &of.logo_2x_url, &of.logo_3x_url]);
    let urls: BTreeSet<&String> = urls.filter(|url| !url.is_empty()).collect();
    let known = |url: &String| side.logos.items().iter().find(|logo| logo.url == *url).cloned();
    let kept = urls.into_iter().map(|url| known(url).unwrap_or_else(|| logo(url, CURRENT))).collect();
    side.logos = Slice::whole_of(kept);
}

/// A logo whose picture is that of a name.
pub(super) fn logo(url: &str, of: &str) -> Logo {
    let picture = picture(of);
    Logo {
        url: url.to_owned(),
        sha256: hex(&Sha256::digest(&picture)),
        bytes: i64::try_from(picture.len()).ok(),
        failure: String::new(),
    }
}

/// The company may bring licences of its own. The management range is one a Region, and none of the company's own.
fn account_settings(site: &Site) -> AccountSettings {
    AccountSettings {
        dedicated_tenancy_support: "ENABLED".to_owned(),
        dedicated_tenancy_management_cidr_range: format!("172.{}.0.0/16", site.region.octet),
        dedicated_tenancy_account_type: String::new(),
    }
}

/// The contact centre's telephone.
fn softphone(site: &Site) -> ClientAddIn {
    let digits = site.derived("", 32, "softphone");
    let (a, b, c, d, e) = (&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]);
    ClientAddIn {
        add_in_id: format!("{a}-{b}-{c}-{d}-{e}"),
        resource_id: site.directory.clone(),
        name: "Norhaven softphone".to_owned(),
        url: "https://norhaven.my.connect.aws/ccp-v2/softphone".to_owned(),
    }
}

/// Administrators sign in with their smart cards.
fn smart_cards(taken_at: Moment) -> ClientAuthentication {
    ClientAuthentication {
        r#type: "SmartCard".to_owned(),
        status: "Enabled".to_owned(),
        last_updated_date_time: Some(before(taken_at, 390 * DAY)),
    }
}

/// The connector talks to domain controllers by LDAPS alone.
fn ldaps(taken_at: Moment) -> LdapsSetting {
    LdapsSetting {
        ldaps_status: "Enabled".to_owned(),
        last_updated_date_time: Some(before(taken_at, 400 * DAY)),
        ..LdapsSetting::default()
    }
}

/// The company's own authority issues to domain controllers and to smart cards.
fn certificates(site: &Site, taken_at: Moment) -> Vec<DirectoryCertificate> {
    let certificate = |kind: &str, name: &str| DirectoryCertificate {
        certificate_id: site.derived("c-", 10, kind),
        common_name: name.to_owned(),
        state: "Registered".to_owned(),
        expiry_date_time: Some(before(taken_at, -(700 * DAY))),
        r#type: kind.to_owned(),
    };
    vec![certificate("ClientLDAPS", "Norhaven Issuing CA 2"), certificate("ClientCertAuth", "Norhaven Smart Card CA 1")]
}

/// The service account of the side's AD Connector: each side has its own (DIR-005).
fn service_account(site: &Site) -> String {
    format!("svc-adc-{}", site.region.short)
}

fn connector(site: &Site, taken_at: Moment) -> Directory {
    Directory {
        directory_id: site.directory.clone(),
        name: DOMAIN.to_owned(),
        short_name: NETBIOS.to_owned(),
        size: "Large".to_owned(),
        alias: format!("norhaven-{}", site.region.short),
        access_url: format!("norhaven-{}.awsapps.com", site.region.short),
        description: format!("Connector to {DOMAIN} for desktops in {}", site.region.name),
        dns_ip_addrs: site.domain_controllers(),
        stage: "Active".to_owned(),
        launch_time: Some(before(taken_at, 411 * DAY)),
        stage_last_updated_date_time: Some(before(taken_at, 410 * DAY)),
        r#type: "ADConnector".to_owned(),
        connect_settings: Some(ConnectSettings {
            vpc_id: site.vpc.clone(),
            subnet_ids: site.subnets.to_vec(),
            customer_user_name: service_account(site),
            security_group_id: site.connector_group.clone(),
            availability_zones: site.region.zones.map(str::to_owned).to_vec(),
            connect_ips: vec![site.address(64, 21), site.address(128, 21)],
        }),
        radius_settings: Some(RadiusSettings {
            radius_servers: vec![site.address(10, 40), site.address(11, 40)],
            radius_port: Some(1812),
            radius_timeout: Some(20),
            radius_retries: Some(3),
            authentication_protocol: "MS-CHAPv2".to_owned(),
            display_label: "Norhaven token".to_owned(),
            use_same_username: Some(true),
        }),
        radius_status: "Completed".to_owned(),
        sso_enabled: Some(false),
        network_type: "IPv4".to_owned(),
        ..Directory::default()
    }
}

fn registration(site: &Site) -> WorkspaceDirectory {
    let region = site.region.name;
    WorkspaceDirectory {
        directory_id: site.directory.clone(),
        alias: format!("norhaven-{}", site.region.short),
        directory_name: DOMAIN.to_owned(),
        registration_code: site.registration_code.clone(),
        subnet_ids: site.subnets.to_vec(),
        dns_ip_addresses: site.domain_controllers(),
        customer_user_name: service_account(site),
        iam_role_id: format!("arn:aws:iam::{ACCOUNT}:role/workspaces_DefaultRole"),
        directory_type: "AD_CONNECTOR".to_owned(),
        workspace_security_group_id: site.desktop_group.clone(),
        state: "REGISTERED".to_owned(),
        workspace_creation_properties: Some(CreationProperties {
            enable_internet_access: Some(true),
            default_ou: OU.to_owned(),
            custom_security_group_id: site.custom_group.clone(),
            user_enabled_as_local_administrator: Some(false),
            enable_maintenance_mode: Some(true),
            instance_iam_role_arn: format!("arn:aws:iam::{ACCOUNT}:role/NorhavenDesktop"),
        }),
        ip_group_ids: site.ip_groups.clone(),
        workspace_access_properties: Some(access(site)),
        tenancy: "SHARED".to_owned(),
        selfservice_permissions: Some(SelfservicePermissions {
            restart_workspace: "ENABLED".to_owned(),
            increase_volume_size: "DISABLED".to_owned(),
            change_compute_type: "DISABLED".to_owned(),
            switch_running_mode: "DISABLED".to_owned(),
            rebuild_workspace: "DISABLED".to_owned(),
            nested_virtualization: "DISABLED".to_owned(),
            enable_end_user_advisor: "ENABLED".to_owned(),
        }),
        saml_properties: Some(SamlProperties {
            status: "ENABLED_WITH_DIRECTORY_LOGIN_FALLBACK".to_owned(),
            user_access_url: format!("https://sso.norhaven.example/apps/workspaces-{}", site.region.short),
            relay_state_parameter_name: "RelayState".to_owned(),
        }),
        certificate_based_auth_properties: Some(CertificateBasedAuthProperties {
            status: "ENABLED".to_owned(),
            certificate_authority_arn: authority(site),
        }),
        endpoint_encryption_mode: "STANDARD_TLS".to_owned(),
        workspace_directory_name: format!("norhaven-{}", site.region.short),
        workspace_directory_description: format!("Desktops of Norhaven in {region}"),
        user_identity_type: "AWS_DIRECTORY_SERVICE".to_owned(),
        workspace_type: "PERSONAL".to_owned(),
        streaming_properties: Some(streaming()),
        workspace_os_user_mode: "DOMAIN_JOIN".to_owned(),
        ..WorkspaceDirectory::default()
    }
}

/// The private CA of certificate-based authentication, one a Region: its id is the directory's, spread to a UUID's form.
pub(super) fn authority(site: &Site) -> String {
    let digits = &site.directory[2..];
    format!(
        "arn:aws:acm-pca:{}:{ACCOUNT}:certificate-authority/{}-{}-4{}-8{}-{}{}",
        site.region.name,
        &digits[..8],
        &digits[6..],
        &digits[..3],
        &digits[3..6],
        digits,
        &digits[..2],
    )
}

/// Every device type is said, so that none is left to a default.
fn access(site: &Site) -> AccessProperties {
    let allow = || "ALLOW".to_owned();
    let deny = || "DENY".to_owned();
    AccessProperties {
        device_type_windows: allow(),
        device_type_osx: allow(),
        device_type_web: deny(),
        device_type_ios: allow(),
        device_type_android: deny(),
        device_type_chrome_os: deny(),
        device_type_zero_client: allow(),
        device_type_linux: allow(),
        device_type_workspaces_thin_client: allow(),
        access_endpoint_config: Some(AccessEndpointConfig {
            access_endpoints: vec![AccessEndpoint {
                access_endpoint_type: "STREAMING_WSP".to_owned(),
                vpc_endpoint_id: site.endpoint(),
            }],
            // The contact centre's zero clients speak it.
            internet_fallback_protocols: vec!["PCOIP".to_owned()],
        }),
    }
}

fn streaming() -> StreamingProperties {
    let setting = |action: &str, permission: &str, maximum_length| UserSetting {
        action: action.to_owned(),
        permission: permission.to_owned(),
        maximum_length,
    };
    StreamingProperties {
        streaming_experience_preferred_protocol: "UDP".to_owned(),
        user_settings: vec![
            setting("CLIPBOARD_COPY_FROM_LOCAL_DEVICE", "ENABLED", Some(20_971_520)),
            setting("CLIPBOARD_COPY_TO_LOCAL_DEVICE", "DISABLED", None),
            setting("PRINTING_TO_LOCAL_DEVICE", "DISABLED", None),
            setting("SMART_CARD", "DISABLED", None),
        ],
        storage_connectors: vec![StorageConnector {
            connector_type: "HOME_FOLDER".to_owned(),
            status: "DISABLED".to_owned(),
        }],
        global_accelerator: Some(GlobalAccelerator {
            mode: "DISABLED".to_owned(),
            preferred_protocol: "NONE".to_owned(),
        }),
    }
}

/// A directory's client properties.
pub(super) fn client_properties(directory: &str) -> ClientPropertiesOf {
    ClientPropertiesOf {
        resource_id: directory.to_owned(),
        client_properties: Some(ClientProperties {
            reconnect_enabled: "ENABLED".to_owned(),
            log_upload_enabled: "DISABLED".to_owned(),
            client_experience_policy: "USER_CHOICE".to_owned(),
        }),
    }
}

/// All platforms, in the order of [`PLATFORMS`]. A platform has a support link or a support address, never both (AWS-FACTS §1.6).
fn branding(site: &Site, plan: &Plan) -> Vec<PlatformBranding> {
    let logo = |device: &str, scale: &str| {
        let (region, directory) = (site.region.name, &site.directory);
        format!("https://d-branding.{region}.norhaven.example/{directory}/{device}/logo{scale}.png")
    };
    PLATFORMS
        .iter()
        .map(|(device, platform)| {
            let by_mail = *device == "DeviceTypeWeb";
            let scaled = *device == "DeviceTypeIos";
            PlatformBranding {
                device_type: (*device).to_owned(),
                branding: Branding {
                    logo_url: logo(device, ""),
                    logo_2x_url: if scaled { logo(device, "@2x") } else { String::new() },
                    logo_3x_url: if scaled { logo(device, "@3x") } else { String::new() },
                    support_email: if by_mail { "norhaven-desktops@example.com".to_owned() } else { String::new() },
                    support_link: if by_mail {
                        String::new()
                    } else {
                        "https://help.norhaven.example/desktops".to_owned()
                    },
                    forgot_password_link: "https://password.norhaven.example".to_owned(),
                    login_message: [("en_US".to_owned(), login_message(platform, plan))].into(),
                },
            }
        })
        .collect()
}

fn login_message(platform: &str, plan: &Plan) -> String {
    format!("Norhaven staff only. You are signing in to {} with {platform}. Activity is recorded.", plan.alias)
}
