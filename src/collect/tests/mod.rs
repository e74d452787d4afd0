//! Recorded answers against the collectors, over real sockets.

mod answers;
mod faults;

use super::access::Access;
use super::calls::Silent;
use super::recorded::{Answers, Asked, Recorded, Reply};
use super::*;
use answers::answer;
use aws_credential_types::Credentials;
use deskpair_rules::model::GapCause;
use deskpair_rules::model::settings::{DnsSettings, PairSettings, SideSettings};
use deskpair_rules::model::workspace::Flag;
use serde_json::json;

const PRIMARY: &str = "us-east-1";
const STANDBY: &str = "us-west-2";

fn settings() -> Settings {
    let side = |region: &str| SideSettings { region: region.to_owned(), ..SideSettings::default() };
    let pair = PairSettings {
        name: "corp".to_owned(),
        alias: "desktop.example.com".to_owned(),
        federation_role_arn: Some("arn:aws:iam::111111111111:role/people".to_owned()),
        drill_role_arn: Some("arn:aws:iam::111111111111:role/failover".to_owned()),
        primary: side(PRIMARY),
        standby: side(STANDBY),
        dns: DnsSettings { resolvers: vec!["127.0.0.1:1".to_owned()], ..DnsSettings::default() },
        ..PairSettings::default()
    };
    let mut settings = Settings { pairs: vec![pair], ..Settings::default() };
    for service in calls::Service::ALL {
        settings.limits.services.insert(service.name().to_owned(), None);
    }
    settings.limits.attempts = 3;
    settings.limits.backoff_ms = 1;
    settings.limits.attempt_timeout_ms = 2_000;
    settings
}

fn everything() -> BTreeSet<Dataset> {
    let asked = [Dataset::Txt, Dataset::Delegation, Dataset::Dnssec, Dataset::Probes];
    Dataset::ALL.into_iter().filter(|dataset| !asked.contains(dataset)).collect()
}

async fn collected(settings: &Settings, wanted: &BTreeSet<Dataset>, answers: Answers) -> (Estate, Recorded) {
    let server = Recorded::start(answers).await;
    let surroundings = Surroundings {
        access: Access::Local {
            endpoint: server.endpoint.clone(),
            credentials: Credentials::from_keys("AKIATWIN111111111111", "secret", None),
        },
        deadline: Some(Duration::from_secs(30)),
        progress: Arc::new(Silent),
        clock: || Moment::from_secs(1_800_000_000),
        seed: 1,
    };
    let estate = collect(settings, wanted, &surroundings).await.expect("clients can be made");
    (estate, server)
}

#[tokio::test]
async fn every_member_arrives_in_its_place() {
    let (estate, _server) = collected(&settings(), &everything(), Arc::new(answer)).await;
    assert_eq!(estate.gaps.len(), 1, "only what was not collected: {:#?}", estate.gaps);
    let [primary, standby] = estate.sides.as_slice() else { panic!("two sides") };
    assert_eq!(primary.account.as_deref(), Ok("111111111111"));

    let directory = &primary.directories.whole().expect("whole")[0];
    assert_eq!(directory.stage, "Transmogrifying", "a value that the SDK does not know");
    assert_eq!(directory.launch_time, Some(Moment::from_millis(1_700_000_000_123)));
    assert_eq!(directory.radius_settings.as_ref().expect("RADIUS").radius_port, Some(1812));
    assert!(!format!("{estate:?}").contains("hunter2"), "the shared secret was kept");

    let registration = &primary.registrations.whole().expect("whole")[0];
    assert_eq!(registration.workspace_os_user_mode, "MULTI");
    let permissions = registration.selfservice_permissions.as_ref().expect("permissions");
    assert_eq!(
        (permissions.restart_workspace.as_str(), permissions.nested_virtualization.as_str()),
        ("ENABLED", "DISABLED")
    );
    assert_eq!((permissions.rebuild_workspace.as_str(), permissions.enable_end_user_advisor.as_str()), ("", ""));
    let access = registration.workspace_access_properties.as_ref().expect("access");
    assert_eq!((access.device_type_windows.as_str(), access.device_type_osx.as_str()), ("ALLOW", ""));
    assert_eq!(access.device_type_workspaces_thin_client, "DENY");
    assert_eq!(primary.client_properties.whole().expect("whole").len(), 1);

    assert_eq!(primary.images.items()[0].name, "<img src=x>");
    assert_eq!(primary.bundles.whole().expect("whole")[1].compute_type.as_ref().expect("compute").name, "QUANTUM");
    assert_eq!(primary.ip_groups.items()[0].user_rules[0].ip_rule, "192.0.2.0/24");
    let branding = primary.branding_of("d-1111111111").expect("whole");
    let types: Vec<&str> = branding.iter().map(|platform| platform.device_type.as_str()).collect();
    assert_eq!(types, ["DeviceTypeIos", "DeviceTypeWeb"]);
    assert_eq!(branding[1].branding.login_message["en_US"], "hello");
    assert_eq!(primary.branding.len(), 1, "the pair's directory alone");
    assert_eq!(primary.alias_permissions.keys().collect::<Vec<_>>(), ["wsca-1"]);

    let rows = primary.workspaces.whole().expect("whole");
    assert_eq!(rows.len(), 51);
    let row = rows[50];
    assert_eq!((estate.symbols.text(row.id), estate.symbols.text(row.user)), ("ws-50", "user50"));
    assert_eq!((row.root_gib, row.user_gib, estate.symbols.text(row.protocols)), (80, 0, "WSP"));
    assert_eq!((row.root_volume_encrypted, row.user_volume_encrypted), (Flag::Yes, Flag::Absent));
    let related = &primary.extras.of(&row).expect("extra").related_workspaces;
    assert_eq!((related[0].workspace_id.as_str(), related[0].r#type.as_str()), ("ws-r50", "STANDBY"));
    assert_eq!(primary.connections.gap(), Some(Estate::NOT_COLLECTED));
    let connected: Vec<&str> =
        standby.connections.whole().expect("whole").iter().map(|row| estate.symbols.text(row.workspace)).collect();
    assert_eq!(connected, ["ws-0", "ws-1"], "of the pair's standby directory alone");

    let settings = &primary.account_settings.whole().expect("whole")[0];
    assert_eq!(settings.dedicated_tenancy_support, "ENABLED");
    assert_eq!(settings.dedicated_tenancy_management_cidr_range, "198.19.0.0/16");
    assert_eq!(settings.dedicated_tenancy_account_type, "SOURCE_ACCOUNT");
    assert_eq!(primary.add_ins.len(), 1, "of the pair's directory alone");
    assert_eq!(primary.add_ins_of("d-1111111111").expect("whole")[0].url, "https://connect.example.com/ccp");
    let cards = &primary.client_authentications_of("d-1111111111").expect("whole")[0];
    assert_eq!((cards.r#type.as_str(), cards.status.as_str()), ("SmartCard", "Enabled"));
    let ldaps = &primary.ldaps_settings_of("d-1111111111").expect("whole")[0];
    assert_eq!((ldaps.ldaps_status.as_str(), ldaps.ldaps_status_reason.as_str()), ("EnableFailed", "no certificate"));
    let certificates = primary.certificates_of("d-1111111111").expect("whole");
    assert_eq!(certificates[0].expiry_date_time, Some(Moment::from_secs(1_900_000_000)));
    assert_eq!((certificates[0].state.as_str(), certificates[0].r#type.as_str()), ("Registered", "ClientLDAPS"));
    assert_eq!(primary.certificates.len(), 1, "of the pair's directory alone");
    assert_eq!(primary.directory_regions.keys().collect::<Vec<_>>(), ["d-4444444444"], "the AD of the pair's domain");
    let [home, copy] = primary.directory_regions["d-4444444444"].whole().expect("whole") else { panic!("two pages") };
    assert_eq!((home.region_type.as_str(), copy.region_name.as_str()), ("Primary", STANDBY));
    assert_eq!((copy.status.as_str(), copy.desired_number_of_domain_controllers), ("Creating", Some(3)));
    assert_eq!(home.vpc_settings.as_ref().expect("a VPC").subnet_ids.len(), 2);
    assert_eq!(standby.directory_regions.len(), 0, "of primary sides alone");
    let controllers = standby.domain_controllers_of("d-4444444444").expect("whole");
    assert_eq!((controllers[0].status.as_str(), controllers[0].status_reason.as_str()), ("Failed", "gone"));
    assert_eq!(controllers[0].dns_ip_addr, "10.0.0.2");
    let trusts = primary.trusts_of("d-4444444444").expect("whole");
    assert_eq!((trusts[0].trust_state.as_str(), trusts[0].trust_state_reason.as_str()), ("VerifyFailed", "no answer"));
    assert_eq!(standby.trusts.len(), 0, "a copy has those of its own Region");
    let authority = standby.certificate_authority_of(answers::AUTHORITY).expect("whole").expect("one");
    assert_eq!((authority.status.as_str(), authority.not_after), ("EXPIRED", Some(Moment::from_secs(1_700_000_000))));
    assert!(primary.certificate_authorities.is_empty(), "of standby sides alone");
    let [session] = standby.stream_permissions["arn:aws:iam::111111111111:role/people"].whole().expect("whole") else {
        panic!("one question")
    };
    assert_eq!(session.eval_resource_name, "arn:aws:workspaces:us-west-2:111111111111:directory/d-2222222222");
    assert_eq!(session.missing_context_values, ["saml:sub_type"]);
    let organizations = session.organizations_decision_detail.as_ref().expect("told");
    assert_eq!(organizations.allowed_by_organizations, Some(true));
    let boundary = session.permissions_boundary_decision_detail.as_ref().expect("told of the resource");
    assert_eq!(boundary.allowed_by_permissions_boundary, Some(false));
    let failover = standby.failover_permissions["arn:aws:iam::111111111111:role/failover"].whole().expect("whole");
    let told = |action: &str| failover.iter().find(|told| told.eval_action_name == action).expect(action);
    assert_eq!(told("workspaces:StartWorkspaces").eval_decision, "explicitDeny", "the less generous decision");
    assert_eq!(told("workspaces:StopWorkspaces").eval_decision, "allowed");
    assert_eq!(told("route53:ChangeResourceRecordSets").eval_resource_name, "arn:aws:route53:::hostedzone/Z1");
    assert_eq!(primary.image_permissions.keys().collect::<Vec<_>>(), ["wsi-1"], "the image that a bundle rests on");
    let shared = primary.image_permissions_of("wsi-1").expect("whole");
    let shared: Vec<&str> = shared.iter().map(|permission| permission.shared_account_id.as_str()).collect();
    assert_eq!(shared, ["222222222222", "333333333333"]);
    let application = &primary.image_applications["wsi-1"].whole().expect("whole")[0];
    assert_eq!((application.associated_resource_id.as_str(), application.state.as_str()), ("wsa-1", "COMPLETED"));
    assert_eq!(primary.bundle_applications.keys().collect::<Vec<_>>(), ["wsb-1", "wsb-2"], "not of a by-product");
    let reason = &primary.bundle_applications["wsb-2"].whole().expect("whole")[0].state_reason;
    assert_eq!(reason.as_ref().expect("a reason").error_code, "DeploymentError.InternalServerError");
    let applications = primary.applications.whole().expect("whole");
    assert_eq!((applications[0].name.as_str(), applications[1].application_id.as_str()), ("Office", "wsa-2"));
    assert_eq!(primary.amazon_bundles.gap(), Some(Estate::NOT_COLLECTED));
    let offered = standby.amazon_bundles.whole().expect("whole").iter().map(|bundle| bundle.name.as_str());
    assert_eq!(offered.collect::<Vec<_>>(), ["Value", "Standard"]);

    let [group] = primary.security_groups.whole().expect("whole") else { panic!("one group") };
    assert_eq!((group.group_id.as_str(), group.description.as_str(), group.vpc_id.as_str()), ("sg-1", "ours", "vpc-1"));
    assert_eq!((group.tags[0].key.as_str(), group.tags[0].value.as_str()), ("team", "euc"));
    let [inside] = group.ip_permissions.as_slice() else { panic!("one permission") };
    assert_eq!((inside.ip_protocol.as_str(), inside.from_port, inside.to_port), ("tcp", Some(443), Some(443)));
    assert_eq!(
        (inside.ip_ranges[0].cidr_ip.as_str(), inside.ip_ranges[0].description.as_str()),
        ("10.0.0.0/8", "inside")
    );
    assert_eq!(
        (inside.ipv6_ranges[0].cidr_ipv6.as_str(), inside.prefix_list_ids[0].prefix_list_id.as_str()),
        ("::/0", "pl-1")
    );
    assert_eq!(inside.user_id_group_pairs[0].group_id, "sg-9");
    let egress = &group.ip_permissions_egress[0];
    assert_eq!((egress.ip_protocol.as_str(), egress.from_port), ("-1", None));
    let [endpoint] = primary.vpc_endpoints.whole().expect("whole") else { panic!("one endpoint") };
    assert_eq!((endpoint.vpc_endpoint_type.as_str(), endpoint.state.as_str()), ("Interface", "available"));
    assert_eq!(
        (endpoint.subnet_ids.as_slice(), endpoint.private_dns_enabled),
        (&["subnet-1".to_owned()][..], Some(true))
    );
    assert_eq!(standby.vpc_endpoints.whole(), Ok(&[][..]), "no directory names one");
    let [vpc] = primary.vpcs.whole().expect("whole") else { panic!("one VPC") };
    assert_eq!((vpc.cidr_block.as_str(), vpc.is_default), ("10.0.0.0/16", Some(false)));
    let other = &vpc.cidr_block_association_set[0];
    assert_eq!(other.cidr_block, "10.1.0.0/16");
    assert_eq!(other.cidr_block_state.as_ref().expect("a state").state, "associated");
    let [subnet, _] = primary.subnets.whole().expect("whole") else { panic!("two subnets") };
    assert_eq!((subnet.subnet_id.as_str(), subnet.availability_zone_id.as_str()), ("subnet-1", "use1-az4"));
    assert_eq!((subnet.state.as_str(), subnet.available_ip_address_count), ("available", Some(251)));
    let [own, main] = primary.route_tables.whole().expect("whole") else { panic!("the third is of another subnet") };
    let [route] = own.routes.as_slice() else { panic!("one route") };
    assert_eq!((route.nat_gateway_id.as_str(), route.state.as_str()), ("nat-1", "blackhole"));
    let association = &own.associations[0];
    assert_eq!((association.subnet_id.as_str(), association.main), ("subnet-1", Some(false)));
    assert_eq!(association.association_state.as_ref().expect("a state").state, "associated");
    assert_eq!((main.associations[0].main, main.routes.len()), (Some(true), 0));
    let [options] = primary.dhcp_options.whole().expect("whole") else { panic!("one set") };
    let [servers] = options.dhcp_configurations.as_slice() else { panic!("one configuration") };
    let values: Vec<&str> = servers.values.iter().map(|value| value.value.as_str()).collect();
    assert_eq!((servers.key.as_str(), values), ("domain-name-servers", vec!["10.0.0.2", "10.0.0.3"]));

    let [desktops, other] = primary.network_interfaces.whole().expect("whole") else { panic!("two interfaces") };
    assert_eq!((desktops.address, other.address), (u32::from_be_bytes([10, 0, 1, 7]), 0));
    assert_eq!(desktops.address, primary.workspaces.items()[0].address);
    assert_eq!(desktops.subnet, primary.workspaces.items()[0].subnet, "texts are the estate's");
    assert_eq!((estate.symbols.text(desktops.groups), estate.symbols.text(other.groups)), ("sg-1,sg-9", ""));
    assert!(estate.symbols.text(desktops.description).starts_with("Created By Amazon Workspaces"));

    let tag = primary.desktop_tags.whole().expect("whole")[0];
    assert_eq!((estate.symbols.text(tag.key), estate.symbols.text(tag.value)), ("team", "a\nb"));
    assert_eq!(primary.resource_tags.gap(), Some(Estate::NOT_COLLECTED));
    assert_eq!(standby.resource_tags.whole().expect("whole").len(), 1);
    assert_eq!(primary.file_systems.items()[0].dns_aliases().collect::<Vec<_>>(), ["files.corp.example.com"]);
    assert_eq!(primary.backups.items()[0].file_system.as_ref().expect("file system").file_system_id, "fs-1");
    assert_eq!(primary.backups.items()[1].volume.as_ref().expect("volume").volume_id, "fsvol-1");
    let ontap = primary.file_systems.items()[1].ontap_configuration.as_ref().expect("ONTAP's");
    assert_eq!((ontap.ha_pairs, ontap.throughput_capacity_per_ha_pair), (Some(2), Some(1536)));
    let [mirror, copy] = standby.volumes.whole().expect("whole") else { panic!("two pages") };
    let mirror = mirror.ontap_configuration.as_ref().expect("ONTAP's");
    assert_eq!((mirror.ontap_volume_type.as_str(), mirror.junction_path.as_str()), ("DP", "/home"));
    assert_eq!(mirror.storage_virtual_machine_root, Some(false));
    let origin = copy.open_zfs_configuration.as_ref().and_then(|zfs| zfs.origin_snapshot.as_ref()).expect("an origin");
    assert_eq!((origin.snapshot_arn.as_str(), origin.copy_strategy.as_str()), ("arn:old", "FULL_COPY"));
    let action = &copy.administrative_actions[0];
    assert_eq!(action.request_time, Some(Moment::from_millis(1_699_997_847_438)));
    assert_eq!(action.failure_details.as_ref().expect("details").message, "no room");
    let target = action.target_volume_values.as_ref().and_then(|target| target.open_zfs_configuration.as_ref());
    assert_eq!(target.expect("a target").source_snapshot_arn, "arn:new");
    assert_eq!(primary.snapshots.whole().expect("whole")[0].creation_time, Some(Moment::from_secs(7)));
    assert_eq!(standby.snapshots.gap(), Some(Estate::NOT_COLLECTED), "of primary sides alone");
    let machine = &standby.storage_machines.whole().expect("whole")[0];
    assert_eq!(machine.lifecycle_transition_reason.as_ref().expect("a reason").message, "no domain");
    let joined = machine.active_directory_configuration.as_ref().expect("joined");
    let own = joined.self_managed_active_directory_configuration.as_ref().expect("its own");
    assert_eq!((own.domain_name.as_str(), own.dns_ips.as_slice()), ("corp.example.com", &["10.0.0.2".to_owned()][..]));
    let options = primary.sync_tasks.items()[0].options.as_ref().expect("options");
    assert_eq!((options.uid.as_str(), options.posix_permissions.as_str()), ("NONE", "PRESERVE"));
    assert_eq!(primary.sync_executions.keys().collect::<Vec<_>>(), ["arn:task/1"], "the other task touches no FSx");

    let [granted, odd] = standby.quotas.whole().expect("whole") else { panic!("two pages") };
    assert_eq!((granted.quota_code.as_str(), granted.quota_name.as_str()), ("L-34278094", "WorkSpaces"));
    assert_eq!((granted.value, granted.adjustable), (Some(1200), Some(true)));
    assert_eq!((odd.quota_code.as_str(), odd.value), ("L-FFFFFFFF", None));
    let [default] = standby.default_quotas.whole().expect("whole") else { panic!("the other is granted") };
    assert_eq!((default.quota_code.as_str(), default.value), ("L-18CE281C", Some(40)));
    assert_eq!(primary.quotas.gap(), Some(Estate::NOT_COLLECTED), "of standby sides alone");
    assert_eq!(standby.keys.keys().collect::<Vec<_>>(), ["alias/gone", "key-1"], "each once, of the pair's directory");
    let key = standby.key_of("key-1").expect("whole").expect("a key");
    assert_eq!((key.arn.as_str(), key.key_state.as_str()), ("arn:aws:kms:us-west-2:1:key/key-1", "PendingDeletion"));
    assert_eq!((key.key_manager.as_str(), key.deletion_date), ("CUSTOMER", Some(Moment::from_secs(1_900_000_000))));
    assert_eq!(standby.key_of("alias/gone"), Ok(None), "that there is no such key is an answer");

    let [book] = estate.zones.as_slice() else { panic!("one book") };
    assert_eq!(book.account.as_deref(), Ok("111111111111"));
    let zones = book.zones.whole().expect("whole");
    assert_eq!((zones[0].id.as_str(), zones[0].accelerated_recovery_status.as_str()), ("Z1", "ENABLED"));
    let sets = book.record_sets["Z1"].whole().expect("whole");
    assert_eq!(sets.iter().map(|set| set.set_identifier.as_str()).collect::<Vec<_>>(), ["one", "two"]);
    assert_eq!(sets[0].resource_records, ["\"abc\""]);
    let texts = book.texts["Z1"].whole().expect("whole");
    assert_eq!(texts.iter().map(|set| set.name.as_str()).collect::<Vec<_>>(), ["other.example.com."]);
    assert_eq!(texts[0].resource_records, ["\"v=spf1 -all\""]);
    let [detail] = book.details["Z1"].whole().expect("whole") else { panic!("one detail") };
    assert_eq!((detail.id.as_str(), detail.accelerated_recovery_status.as_str()), ("Z1", "ENABLE_FAILED"));
    assert_eq!((detail.failure_reason.as_str(), detail.name_servers.len()), ("in use", 2));
    assert_eq!((detail.vpcs[0].vpc_region.as_str(), detail.vpcs[0].vpc_id.as_str()), ("us-east-1", "vpc-1"));
    let protections = book.protections["Z1"].whole().expect("whole");
    assert_eq!(
        protections.iter().map(|one| one.record_name.as_str()).collect::<Vec<_>>(),
        ["desktop.example.com.", "other.example.com."]
    );
    assert_eq!((protections[0].record_type.as_str(), protections[0].comment.as_str()), ("TXT", "kept & closed"));
    assert_eq!(book.details.keys().collect::<Vec<_>>(), ["Z1"], "the other zone encloses no alias");
    let checks = book.health_checks.whole().expect("whole");
    let observed: Vec<usize> = checks.iter().map(|check| check.observations.len()).collect();
    assert_eq!(observed, [0, 1, 0]);
}

#[tokio::test]
async fn no_call_is_wasted_and_all_are_counted() {
    let (estate, server) = collected(&settings(), &everything(), Arc::new(answer)).await;
    let counts = server.counts();
    let asked = |region: &str, operation: &str| {
        counts.get(&(region.to_owned(), operation.to_owned())).copied().unwrap_or_default()
    };
    for (operation, primary, standby) in [
        ("sts:GetCallerIdentity", 1, 1),
        ("ds:DescribeDirectories", 1, 1),
        ("ds:DescribeClientAuthenticationSettings", 1, 1),
        ("ds:DescribeLDAPSSettings", 1, 1),
        ("ds:ListCertificates", 1, 1),
        ("ds:DescribeRegions", 2, 0),
        ("ds:DescribeDomainControllers", 1, 1),
        ("ds:DescribeTrusts", 1, 0),
        ("workspaces:DescribeWorkspaceDirectories", 1, 1),
        ("workspaces:DescribeClientProperties", 1, 1),
        ("workspaces:DescribeWorkspaceImages", 1, 1),
        ("workspaces:DescribeWorkspaceBundles", 2, 4),
        ("workspaces:DescribeAccount", 1, 1),
        ("workspaces:DescribeConnectClientAddIns", 1, 1),
        ("workspaces:DescribeWorkspaceImagePermissions", 2, 2),
        ("workspaces:DescribeImageAssociations", 1, 1),
        ("workspaces:DescribeBundleAssociations", 2, 2),
        ("workspaces:DescribeApplications", 2, 2),
        ("ec2:DescribeSecurityGroups", 1, 1),
        ("ec2:DescribeVpcEndpoints", 1, 0),
        ("ec2:DescribeVpcs", 1, 1),
        ("ec2:DescribeSubnets", 1, 1),
        ("ec2:DescribeRouteTables", 1, 1),
        ("ec2:DescribeDhcpOptions", 1, 1),
        ("ec2:DescribeNetworkInterfaces", 1, 1),
        ("workspaces:DescribeIpGroups", 1, 1),
        ("workspaces:DescribeClientBranding", 1, 1),
        ("workspaces:DescribeConnectionAliases", 1, 1),
        ("workspaces:DescribeConnectionAliasPermissions", 1, 1),
        ("workspaces:DescribeWorkspaces", 3, 1),
        ("workspaces:DescribeWorkspacesConnectionStatus", 0, 1),
        ("tagging:GetResources", 1, 1),
        ("fsx:DescribeFileSystems", 1, 1),
        ("fsx:DescribeVolumes", 2, 2),
        ("fsx:DescribeSnapshots", 1, 0),
        ("fsx:DescribeStorageVirtualMachines", 1, 1),
        ("fsx:DescribeBackups", 1, 1),
        ("datasync:ListTasks", 1, 1),
        ("datasync:DescribeTask", 2, 2),
        ("datasync:ListLocations", 1, 1),
        ("datasync:ListTaskExecutions", 1, 1),
        ("datasync:DescribeTaskExecution", 1, 1),
        ("servicequotas:ListServiceQuotas", 0, 2),
        ("servicequotas:ListAWSDefaultServiceQuotas", 0, 1),
        ("kms:DescribeKey", 0, 2),
    ] {
        assert_eq!((asked(PRIMARY, operation), asked(STANDBY, operation)), (primary, standby), "{operation}");
        let made = |region: &str| estate.calls.made["111111111111"][region].get(operation).copied().unwrap_or_default();
        assert_eq!((made(PRIMARY), made(STANDBY)), (primary, standby), "{operation} as counted");
    }
    let global = &estate.calls.made["111111111111"]["global"];
    let route53 = |name: &str| global[&format!("route53:{name}")];
    // One list of the zone serves its records at the alias and its other texts.
    assert_eq!((route53("ListHostedZones"), route53("ListResourceRecordSets")), (2, 3));
    assert_eq!((route53("GetHostedZone"), route53("ListResourceRecordSetProtections")), (1, 2));
    assert_eq!((route53("ListHealthChecks"), route53("GetHealthCheckStatus")), (1, 1));
    assert_eq!(global["iam:SimulatePrincipalPolicy"], 14, "a page an action");
    assert_eq!(estate.calls.made["111111111111"]["eu-west-1"]["acm-pca:DescribeCertificateAuthority"], 1);
    let counted: u64 =
        estate.calls.made.values().flat_map(|regions| regions.values()).flat_map(|calls| calls.values()).sum();
    assert_eq!(counted, server.asked().len() as u64);
    assert_eq!((estate.calls.throttled, estate.calls.retried), (0, 0));
}

#[tokio::test]
async fn what_is_not_wanted_is_not_asked_for() {
    let wanted = BTreeSet::from([Dataset::IpGroups]);
    let (estate, server) = collected(&settings(), &wanted, Arc::new(answer)).await;
    let asked: Vec<String> = server.counts().into_keys().map(|(_, operation)| operation).collect();
    let each = ["sts:GetCallerIdentity", "workspaces:DescribeIpGroups"];
    assert_eq!(asked, [each, each].concat());
    assert_eq!(estate.sides[0].images.gap(), Some(Estate::NOT_COLLECTED));
    assert_eq!(estate.zones[0].account, Err(Estate::NOT_COLLECTED));
}

#[tokio::test]
async fn a_zone_is_read_at_the_alias_alone_where_nobody_asks_for_more() {
    let (estate, server) = collected(&settings(), &BTreeSet::from([Dataset::RecordSets]), Arc::new(answer)).await;
    let routes: Vec<String> =
        server.asked().into_iter().filter(|asked| asked.service == "route53").map(|asked| asked.operation).collect();
    assert_eq!(routes.len(), 4, "{routes:?}");
    let lists: Vec<&String> = routes.iter().filter(|route| route.contains("/rrset")).collect();
    assert!(lists.iter().all(|route| route.contains("name=desktop.example.com") && !route.contains("protection")));
    let book = &estate.zones[0];
    let (whole, _server) = collected(&settings(), &everything(), Arc::new(answer)).await;
    assert_eq!(book.record_sets, whole.zones[0].record_sets);
    assert!(book.texts.is_empty() && book.details.is_empty() && book.protections.is_empty());
    assert_eq!(book.health_checks.gap(), Some(Estate::NOT_COLLECTED));
}

#[tokio::test]
async fn what_the_sdk_lacks_is_refused_retried_and_signed_as_all_else() {
    let failed = Arc::new(std::sync::Mutex::new(BTreeSet::new()));
    let of = |asked: &Asked| asked.operation.contains("/rrsetprotection");
    let answers = move |asked: &Asked| match of(asked) {
        true if failed.lock().expect("no panic").insert(asked.clone()) => Reply::Drop,
        true | false => answer(asked),
    };
    let wanted = BTreeSet::from([Dataset::Protections]);
    let (estate, server) = collected(&settings(), &wanted, Arc::new(answers)).await;
    assert_eq!(estate.zones[0].protections["Z1"].whole().expect("whole").len(), 2);
    assert_eq!((estate.calls.retried, estate.calls.made["111111111111"]["global"].len()), (2, 2));
    let asked: Vec<Asked> = server.asked().into_iter().filter(of).collect();
    assert_eq!(asked.len(), 4);
    assert!(asked.iter().all(|asked| asked.region == PRIMARY && asked.operation.contains("maxresults=300")));
    for (reply, cause) in [
        (Reply::Error(403, "AccessDenied"), GapCause::Denied),
        (Reply::Error(400, "Throttling"), GapCause::Throttled),
        (Reply::Error(400, "InvalidPaginationToken"), GapCause::Failed),
        (Reply::Error(404, ""), GapCause::Unsupported),
        (Reply::Ok("<GetHostedZoneResponse/>".to_owned()), GapCause::Malformed),
        (Reply::Ok("<ListResourceRecordSetProtectionsResponse/>".to_owned()), GapCause::Malformed),
        (Reply::Ok("<Html/>".to_owned()), GapCause::Malformed),
        (
            Reply::Cut(
                "<ListResourceRecordSetProtectionsResponse></ListResourceRecordSetProtectionsResponse>".to_owned(),
            ),
            GapCause::Malformed,
        ),
    ] {
        let given = reply.clone();
        let answers = move |asked: &Asked| if of(asked) { given.clone() } else { answer(asked) };
        let (estate, _server) = collected(&settings(), &wanted, Arc::new(answers)).await;
        let gap = estate.gap_of(estate.zones[0].protections["Z1"].gap().expect("a gap"));
        assert_eq!((gap.cause, gap.about.as_str()), (cause, "Z1"), "{reply:?}: {gap}");
        assert_eq!(gap.iam_action, "route53:ListResourceRecordSetProtections");
        assert!(!gap.message.contains("bug in the SDK"), "{gap}");
    }
}

#[tokio::test]
async fn a_side_that_pairs_share_is_read_once() {
    let mut settings = settings();
    let mut second = settings.pairs[0].clone();
    "second".clone_into(&mut second.name);
    "eu-west-1".clone_into(&mut second.standby.region);
    settings.pairs.push(second);
    let (estate, server) = collected(&settings, &BTreeSet::from([Dataset::Workspaces]), Arc::new(answer)).await;
    assert_eq!(estate.sides.len(), 3);
    assert_eq!(server.counts()[&(PRIMARY.to_owned(), "workspaces:DescribeWorkspaces".to_owned())], 3);
}

#[tokio::test]
async fn of_the_network_only_what_the_pairs_directories_name_is_asked_for() {
    let wanted = BTreeSet::from([Dataset::SecurityGroups, Dataset::VpcEndpoints]);
    let (estate, server) = collected(&settings(), &wanted, Arc::new(answer)).await;
    let asked: Vec<Asked> = server.asked().into_iter().filter(|asked| asked.service == "ec2").collect();
    for asked in &asked {
        let name = if asked.operation == "DescribeVpcEndpoints" { "vpc-endpoint-id" } else { "group-id" };
        assert!(asked.body.contains(&format!("Filter.1.Name={name}&Filter.1.Value.1=")), "{asked:?}");
        assert!(!asked.body.contains("sg-3") && !asked.body.contains("Value.2"), "{asked:?}");
    }
    assert_eq!(asked.len(), 3);
    assert!(estate.sides.iter().all(|side| side.vpcs.gap() == Some(Estate::NOT_COLLECTED)));
}

#[tokio::test]
async fn a_connectors_own_subnets_are_asked_for_with_those_of_its_desktops() {
    let wanted = datasets::with_needs(&BTreeSet::from([Dataset::Subnets]));
    let (_estate, server) = collected(&settings(), &wanted, Arc::new(answer)).await;
    let asked: Vec<Asked> = server.asked().into_iter().filter(|asked| asked.operation == "DescribeSubnets").collect();
    assert_eq!(asked.len(), 2);
    for asked in &asked {
        let values = "Filter.1.Value.1=subnet-1&Filter.1.Value.2=subnet-2&Filter.1.Value.3=subnet-3&MaxResults";
        assert!(asked.body.contains(values), "{asked:?}");
    }
}

#[tokio::test]
async fn tags_of_images_and_bundles_are_asked_for_where_copies_are() {
    let (_estate, server) = collected(&settings(), &BTreeSet::from([Dataset::ResourceTags]), Arc::new(answer)).await;
    let asked = |region: &str| server.counts().get(&(region.to_owned(), "tagging:GetResources".to_owned())).copied();
    assert_eq!((asked(PRIMARY), asked(STANDBY)), (None, Some(1)));
}

#[tokio::test]
async fn what_is_in_file_systems_is_asked_for_where_they_may_have_it() {
    for (kind, expected) in [("WINDOWS", [0, 0, 0]), ("OPENZFS", [1, 1, 0]), ("ONTAP", [1, 0, 1])] {
        let answers = move |asked: &Asked| match asked.operation.as_str() {
            "DescribeFileSystems" => {
                Reply::Ok(json!({ "FileSystems": [{ "FileSystemId": "fs-1", "FileSystemType": kind }] }).to_string())
            }
            "DescribeVolumes" => Reply::Ok(json!({ "Volumes": [] }).to_string()),
            _ => answer(asked),
        };
        let wanted = BTreeSet::from([Dataset::Volumes, Dataset::Snapshots, Dataset::StorageMachines]);
        let (estate, server) = collected(&settings(), &datasets::with_needs(&wanted), Arc::new(answers)).await;
        let asked = ["DescribeVolumes", "DescribeSnapshots", "DescribeStorageVirtualMachines"].map(|operation| {
            server.counts().get(&(PRIMARY.to_owned(), format!("fsx:{operation}"))).copied().unwrap_or_default()
        });
        assert_eq!(asked, expected, "{kind}");
        // What there surely is none of was read.
        let side = &estate.sides[0];
        assert_eq!([side.volumes.gap(), side.snapshots.gap(), side.storage_machines.gap()], [None; 3], "{kind}");
    }
}

#[tokio::test]
async fn what_may_be_in_file_systems_that_were_not_read_is_hidden() {
    let answers = |asked: &Asked| match (asked.operation.as_str(), asked.member("NextToken").as_str()) {
        ("DescribeFileSystems", "") => {
            let windows = json!({ "FileSystemId": "fs-1", "FileSystemType": "WINDOWS" });
            Reply::Ok(json!({ "FileSystems": [windows], "NextToken": "bW9yZQ==" }).to_string())
        }
        ("DescribeFileSystems", _) => Reply::Error(400, "AccessDeniedException"),
        (_, _) => answer(asked),
    };
    let (estate, server) = collected(&settings(), &everything(), Arc::new(answers)).await;
    let side = &estate.sides[0];
    let hidden = side.file_systems.gap().expect("a gap");
    assert_eq!([side.volumes.gap(), side.snapshots.gap(), side.storage_machines.gap()], [Some(hidden); 3]);
    assert!(server.counts().keys().all(|(_, operation)| operation != "fsx:DescribeVolumes"));
}

#[tokio::test]
async fn equal_answers_make_equal_estates() {
    let (one, _server) = collected(&settings(), &everything(), Arc::new(answer)).await;
    let (other, _server) = collected(&settings(), &everything(), Arc::new(answer)).await;
    assert_eq!((&one.sides, &one.zones, &one.gaps), (&other.sides, &other.zones, &other.gaps));
    assert_eq!(one.symbols.count(), other.symbols.count());
}
