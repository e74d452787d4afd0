//! Recorded answers against the collectors, over real sockets.

use super::access::Access;
use super::calls::Silent;
use super::recorded::{Answers, Asked, Recorded, Reply};
use super::*;
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
    let asked = [Dataset::Txt, Dataset::Delegation, Dataset::Dnssec];
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

/// One side's directory and desktops: the primary has 51 desktops, the standby two in the pair's directory and one in another.
fn answer(asked: &Asked) -> Reply {
    let primary = asked.region == PRIMARY;
    let directory = if primary { "d-1111111111" } else { "d-2222222222" };
    let token = asked.member("NextToken");
    let body = match asked.operation.as_str() {
        "GetCallerIdentity" => return Reply::Ok(IDENTITY.to_owned()),
        "DescribeDirectories" => json!({ "DirectoryDescriptions": [{
            "DirectoryId": directory, "Name": "corp.example.com", "Type": "ADConnector", "Stage": "Transmogrifying",
            "ConnectSettings": { "CustomerUserName": "svc", "ConnectIps": ["10.0.0.1"] },
            "RadiusSettings": { "RadiusServers": ["10.0.0.9"], "RadiusPort": 1812, "SharedSecret": "hunter2" },
            "LaunchTime": 1_700_000_000.123,
        }], "NextToken": "" }),
        "DescribeWorkspaceDirectories" => json!({ "Directories": [{
            "DirectoryId": directory, "DirectoryName": "corp.example.com", "State": "REGISTERED",
            "ipGroupIds": ["wsipg-1"], "WorkspaceOsUserMode": "MULTI",
            "WorkspaceAccessProperties": { "DeviceTypeWindows": "ALLOW", "DeviceTypeWorkSpacesThinClient": "DENY" },
            "SelfservicePermissions": { "RestartWorkspace": "ENABLED", "NestedVirtualization": "DISABLED" },
            "StreamingProperties": { "UserSettings": [{ "Action": "SMART_CARD", "Permission": "ENABLED" }] },
        }, { "DirectoryId": "d-3333333333", "DirectoryName": "other.example.com" }] }),
        "DescribeClientProperties" => json!({ "ClientPropertiesList": [
            { "ResourceId": directory, "ClientProperties": { "ReconnectEnabled": "ENABLED" } }] }),
        "DescribeWorkspaceImages" => json!({ "Images": [{ "ImageId": "wsi-1", "Name": "<img src=x>", "Created": 1 }] }),
        "DescribeWorkspaceBundles" => match token.as_str() {
            "" => {
                json!({ "Bundles": [{ "BundleId": "wsb-1", "UserStorage": { "Capacity": "50" } }], "NextToken": "a" })
            }
            "a" => {
                json!({ "Bundles": [{ "BundleId": "wsb-2", "ComputeType": { "Name": "QUANTUM" } }], "NextToken": "" })
            }
            _ => return Reply::Error(400, "InvalidParameterValuesException"),
        },
        "DescribeIpGroups" => {
            json!({ "Result": [{ "groupId": "wsipg-1", "userRules": [{ "ipRule": "192.0.2.0/24" }] }] })
        }
        "DescribeClientBranding" => json!({
            "DeviceTypeWeb": { "SupportEmail": "help@example.com", "LoginMessage": { "en_US": "hello" } },
            "DeviceTypeIos": { "Logo2xUrl": "https://logo.example/2x" },
        }),
        "DescribeConnectionAliases" => json!({ "ConnectionAliases": [
            { "AliasId": "wsca-1", "ConnectionString": "Desktop.Example.Com", "State": "CREATED", "Associations": [
                { "AssociationStatus": "ASSOCIATED_WITH_OWNER_ACCOUNT", "ResourceId": directory,
                  "ConnectionIdentifier": "abc" }] },
            { "AliasId": "wsca-2", "ConnectionString": "other.example.com" }] }),
        "DescribeConnectionAliasPermissions" => json!({ "ConnectionAliasPermissions": [
            { "SharedAccountId": "222222222222", "AllowAssociation": true }] }),
        "DescribeWorkspaces" => {
            let page: usize = token.parse().unwrap_or(0);
            let (total, id) = if primary { (51, directory) } else { (2, directory) };
            let mut desktops: Vec<_> = (page * 25..total.min(page * 25 + 25)).map(|at| desktop(at, id)).collect();
            if !primary {
                desktops.push(desktop(99, "d-3333333333"));
            }
            let next = if (page + 1) * 25 < total { (page + 1).to_string() } else { String::new() };
            json!({ "Workspaces": desktops, "NextToken": next })
        }
        "DescribeWorkspacesConnectionStatus" => {
            let body: serde_json::Value = serde_json::from_str(&asked.body).expect("JSON");
            let ids = body["WorkspaceIds"].as_array().expect("ids").iter();
            json!({ "WorkspacesConnectionStatus": ids.map(|id| json!({
                "WorkspaceId": id, "ConnectionState": "DISCONNECTED", "LastKnownUserConnectionTimestamp": 5 }))
                .collect::<Vec<_>>() })
        }
        "GetResources" => json!({ "PaginationToken": "", "ResourceTagMappingList": [
            { "ResourceARN": format!("arn:aws:workspaces:{}:111111111111:workspace/ws-0", asked.region),
              "Tags": [{ "Key": "team", "Value": "a\nb" }] },
            { "ResourceARN": format!("arn:aws:workspaces:{}:111111111111:workspaceimage/wsi-1", asked.region),
              "Tags": [{ "Key": "source", "Value": "wsi-9" }] }] }),
        "DescribeFileSystems" => json!({ "FileSystems": [{
            "FileSystemId": "fs-1", "FileSystemType": "WINDOWS", "DNSName": "amznfs.corp.example.com",
            "WindowsConfiguration": { "ThroughputCapacity": 32, "Aliases": [{ "Name": "files.corp.example.com" }] } },
            { "FileSystemId": "fs-2", "FileSystemType": "ONTAP", "OntapConfiguration": {
                "HAPairs": 2, "ThroughputCapacityPerHAPair": 1536 } },
            { "FileSystemId": "fs-3", "FileSystemType": "OPENZFS" }] }),
        "DescribeVolumes" => match token.as_str() {
            "" => json!({ "NextToken": "dm9s", "Volumes": [{
                "VolumeId": "fsvol-1", "FileSystemId": "fs-2", "Lifecycle": "CREATED", "OntapConfiguration": {
                    "OntapVolumeType": "DP", "StorageVirtualMachineId": "svm-1", "StorageVirtualMachineRoot": false,
                    "FlexCacheEndpointType": "NONE", "JunctionPath": "/home", "UUID": "not read" } }] }),
            _ => json!({ "Volumes": [{
                "VolumeId": "fsvol-2", "FileSystemId": "fs-3", "OpenZFSConfiguration": {
                    "VolumePath": "/fsx/home", "OriginSnapshot": { "SnapshotARN": "arn:old", "CopyStrategy": "FULL_COPY" } },
                "AdministrativeActions": [{ "AdministrativeActionType": "VOLUME_UPDATE_WITH_SNAPSHOT", "Status": "FAILED",
                    "RequestTime": 1_699_997_847.438, "FailureDetails": { "Message": "no room" },
                    "TargetVolumeValues": { "OpenZFSConfiguration": { "SourceSnapshotARN": "arn:new" } } }] }] }),
        },
        "DescribeSnapshots" => json!({ "Snapshots": [{
            "SnapshotId": "fsvolsnap-1", "VolumeId": "fsvol-2", "CreationTime": 7, "Lifecycle": "AVAILABLE" }] }),
        "DescribeStorageVirtualMachines" => json!({ "StorageVirtualMachines": [{
            "StorageVirtualMachineId": "svm-1", "FileSystemId": "fs-2", "Lifecycle": "MISCONFIGURED",
            "LifecycleTransitionReason": { "Message": "no domain" }, "ActiveDirectoryConfiguration": {
                "NetBiosName": "FILES", "SelfManagedActiveDirectoryConfiguration": {
                    "DomainName": "corp.example.com", "DnsIps": ["10.0.0.2"] } } }] }),
        "DescribeBackups" => json!({ "Backups": [{
            "BackupId": "backup-1", "FileSystem": { "FileSystemId": "fs-1" }, "SourceBackupRegion": PRIMARY },
            { "BackupId": "backup-2", "Volume": { "VolumeId": "fsvol-1" } }] }),
        "ListTasks" => json!({ "Tasks": [{ "TaskArn": "arn:task/1" }, { "TaskArn": "arn:task/2" }] }),
        "DescribeTask" => {
            let arn = asked.member("TaskArn");
            let source = if arn == "arn:task/1" { "arn:location/fsx" } else { "arn:location/s3" };
            json!({ "TaskArn": arn, "Status": "AVAILABLE", "SourceLocationArn": source,
                "ScheduleDetails": { "DisabledBy": "SERVICE" }, "Options": { "Uid": "NONE", "PosixPermissions": "PRESERVE" } })
        }
        "ListLocations" => json!({ "Locations": [
            { "LocationArn": "arn:location/fsx", "LocationUri": "fsxw://us-east-1.fs-1/share/" },
            { "LocationArn": "arn:location/s3", "LocationUri": "s3://us-east-1.bucket/" }] }),
        "ListTaskExecutions" => json!({ "TaskExecutions": [{ "TaskExecutionArn": "arn:task/1/execution/1" }] }),
        "DescribeTaskExecution" => json!({ "TaskExecutionArn": asked.member("TaskExecutionArn"), "Status": "SUCCESS",
            "StartTime": 100, "Result": { "TotalDuration": 7 } }),
        route => return Reply::Ok(zone_answer(route)),
    };
    Reply::Ok(body.to_string())
}

const IDENTITY: &str = "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>111111111111</Account>\
    </GetCallerIdentityResult></GetCallerIdentityResponse>";

fn desktop(at: usize, directory: &str) -> serde_json::Value {
    json!({ "WorkspaceId": format!("ws-{at}"), "DirectoryId": directory, "UserName": format!("user{at}"), "State": "AVAILABLE",
        "RootVolumeEncryptionEnabled": true,
        "WorkspaceProperties": { "Protocols": ["WSP"], "UserVolumeSizeGib": 0, "RootVolumeSizeGib": 80 },
        "RelatedWorkspaces": [{ "WorkspaceId": format!("ws-r{at}"), "Type": "STANDBY" }] })
}

fn zone_answer(route: &str) -> String {
    let (path, query) = route.split_once('?').unwrap_or((route, ""));
    match path {
        "/2013-04-01/hostedzone" => {
            let (zone, rest) = if query.contains("marker=Z2") {
                ("<HostedZone><Id>/hostedzone/Z2</Id><Name>example.org.</Name><CallerReference>r</CallerReference></HostedZone>",
                 "<IsTruncated>false</IsTruncated>")
            } else {
                ("<HostedZone><Id>/hostedzone/Z1</Id><Name>example.com.</Name><CallerReference>r</CallerReference>\
                  <Config><PrivateZone>false</PrivateZone></Config><Features><AcceleratedRecoveryStatus>ENABLED\
                  </AcceleratedRecoveryStatus></Features></HostedZone>",
                 "<IsTruncated>true</IsTruncated><NextMarker>Z2</NextMarker>")
            };
            format!("<ListHostedZonesResponse><HostedZones>{zone}</HostedZones>{rest}<MaxItems>100</MaxItems>\
                </ListHostedZonesResponse>")
        }
        "/2013-04-01/hostedzone/Z1/rrset" => {
            let txt = |id: &str| format!("<ResourceRecordSet><Name>desktop.example.com.</Name><Type>TXT</Type>\
                <SetIdentifier>{id}</SetIdentifier><TTL>60</TTL><ResourceRecords><ResourceRecord><Value>\"abc\"</Value>\
                </ResourceRecord></ResourceRecords><HealthCheckId>h-sum</HealthCheckId></ResourceRecordSet>");
            let (sets, rest) = if query.contains("name=other.example.com.") {
                ("<ResourceRecordSet><Name>other.example.com.</Name><Type>A</Type></ResourceRecordSet>\
                  <ResourceRecordSet><Name>other.example.com.</Name><Type>TXT</Type><TTL>300</TTL><ResourceRecords>\
                  <ResourceRecord><Value>\"v=spf1 -all\"</Value></ResourceRecord></ResourceRecords></ResourceRecordSet>".to_owned(),
                 "<IsTruncated>false</IsTruncated>")
            } else if query.contains("identifier=two") {
                (txt("two") + "<ResourceRecordSet><Name>next.example.com.</Name><Type>A</Type></ResourceRecordSet>",
                 "<IsTruncated>true</IsTruncated><NextRecordName>other.example.com.</NextRecordName>\
                  <NextRecordType>A</NextRecordType>")
            } else {
                (txt("one"), "<IsTruncated>true</IsTruncated><NextRecordName>desktop.example.com.</NextRecordName>\
                  <NextRecordType>TXT</NextRecordType><NextRecordIdentifier>two</NextRecordIdentifier>")
            };
            format!("<ListResourceRecordSetsResponse><ResourceRecordSets>{sets}</ResourceRecordSets>{rest}\
                <MaxItems>100</MaxItems></ListResourceRecordSetsResponse>")
        }
        "/2013-04-01/hostedzone/Z1" => "<GetHostedZoneResponse><HostedZone><Id>/hostedzone/Z1</Id><Name>example.com.</Name>\
            <CallerReference>r</CallerReference><Features><AcceleratedRecoveryStatus>ENABLE_FAILED</AcceleratedRecoveryStatus>\
            <FailureReasons><AcceleratedRecovery>in use</AcceleratedRecovery></FailureReasons></Features></HostedZone>\
            <DelegationSet><NameServers><NameServer>ns-1.example</NameServer><NameServer>ns-2.example</NameServer></NameServers>\
            </DelegationSet><VPCs><VPC><VPCRegion>us-east-1</VPCRegion><VPCId>vpc-1</VPCId></VPC></VPCs></GetHostedZoneResponse>"
            .to_owned(),
        "/2013-04-01/hostedzone/Z1/rrsetprotection" => {
            let protection = |name: &str| format!("<ResourceRecordSetProtection><RecordName>{name}</RecordName>\
                <RecordType>TXT</RecordType><Comment>kept &amp; closed</Comment></ResourceRecordSetProtection>");
            let (name, next) = if query.contains("nexttoken=a%2Fb%3D") {
                ("other.example.com.", "")
            } else {
                ("desktop.example.com.", "<NextToken>a/b=</NextToken>")
            };
            format!("<ListResourceRecordSetProtectionsResponse><ResourceRecordSetProtections>{}</ResourceRecordSetProtections>\
                {next}</ListResourceRecordSetProtectionsResponse>", protection(name))
        }
        "/2013-04-01/healthcheck" => {
            let check = |id: &str, config: &str| format!("<HealthCheck><Id>{id}</Id><CallerReference>r</CallerReference>\
                <HealthCheckConfig>{config}</HealthCheckConfig><HealthCheckVersion>1</HealthCheckVersion></HealthCheck>");
            let sum = "<Type>CALCULATED</Type><ChildHealthChecks><ChildHealthCheck>h-1</ChildHealthCheck></ChildHealthChecks>";
            format!("<ListHealthChecksResponse><HealthChecks>{}{}{}</HealthChecks><Marker></Marker>\
                <IsTruncated>false</IsTruncated><MaxItems>100</MaxItems></ListHealthChecksResponse>",
                check("h-sum", sum), check("h-1", "<Type>HTTPS</Type>"), check("h-other", "<Type>TCP</Type>"))
        }
        "/2013-04-01/healthcheck/h-1/status" => "<GetHealthCheckStatusResponse><HealthCheckObservations>\
            <HealthCheckObservation><Region>us-east-1</Region><IPAddress>192.0.2.1</IPAddress><StatusReport>\
            <Status>Success: HTTP Status Code 200, OK</Status><CheckedTime>2026-01-01T00:00:00Z</CheckedTime></StatusReport>\
            </HealthCheckObservation></HealthCheckObservations></GetHealthCheckStatusResponse>".to_owned(),
        _ => format!("no answer is recorded for {route}"),
    }
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
        ("workspaces:DescribeWorkspaceDirectories", 1, 1),
        ("workspaces:DescribeClientProperties", 1, 1),
        ("workspaces:DescribeWorkspaceImages", 1, 1),
        ("workspaces:DescribeWorkspaceBundles", 2, 2),
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

/// Which lists of a side are cut when an operation is denied.
fn cut_lists(estate: &Estate, side: usize) -> Vec<&'static str> {
    let side = &estate.sides[side];
    let cut = |gap: Option<GapId>| gap.is_some_and(|gap| gap != Estate::NOT_COLLECTED);
    let lists = [
        ("account", side.account.as_ref().err().copied()),
        ("directories", side.directories.gap()),
        ("registrations", side.registrations.gap()),
        ("client_properties", side.client_properties.gap()),
        ("images", side.images.gap()),
        ("bundles", side.bundles.gap()),
        ("ip_groups", side.ip_groups.gap()),
        ("branding", side.branding.values().find_map(Slice::gap)),
        ("aliases", side.aliases.gap()),
        ("alias_permissions", side.alias_permissions.values().find_map(Slice::gap)),
        ("workspaces", side.workspaces.gap()),
        ("connections", side.connections.gap()),
        ("resource_tags", side.resource_tags.gap()),
        ("desktop_tags", side.desktop_tags.gap()),
        ("file_systems", side.file_systems.gap()),
        ("volumes", side.volumes.gap()),
        ("snapshots", side.snapshots.gap()),
        ("storage_machines", side.storage_machines.gap()),
        ("backups", side.backups.gap()),
        ("sync_tasks", side.sync_tasks.gap()),
        ("sync_locations", side.sync_locations.gap()),
        ("sync_executions", side.sync_executions.values().find_map(Slice::gap)),
    ];
    lists.into_iter().filter(|(_, gap)| cut(*gap)).map(|(name, _)| name).collect()
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
async fn a_denied_operation_costs_what_rests_on_it_and_nothing_else() {
    for (operation, lists) in [
        ("GetCallerIdentity", &["account"][..]),
        ("DescribeDirectories", &["directories"]),
        ("DescribeWorkspaceDirectories", &["registrations", "client_properties"]),
        ("DescribeClientProperties", &["client_properties"]),
        ("DescribeWorkspaceImages", &["images"]),
        ("DescribeWorkspaceBundles", &["bundles"]),
        ("DescribeIpGroups", &["ip_groups"]),
        ("DescribeClientBranding", &["branding"]),
        ("DescribeConnectionAliases", &["aliases"]),
        ("DescribeConnectionAliasPermissions", &["alias_permissions"]),
        ("DescribeWorkspaces", &["workspaces", "connections"]),
        ("DescribeWorkspacesConnectionStatus", &["connections"]),
        ("GetResources", &["resource_tags", "desktop_tags"]),
        ("DescribeFileSystems", &["file_systems", "volumes", "storage_machines"]),
        ("DescribeVolumes", &["volumes"]),
        ("DescribeStorageVirtualMachines", &["storage_machines"]),
        ("DescribeBackups", &["backups"]),
        ("ListTasks", &["sync_tasks"]),
        ("DescribeTask", &["sync_tasks"]),
        ("ListLocations", &["sync_locations"]),
        ("ListTaskExecutions", &["sync_executions"]),
        ("DescribeTaskExecution", &["sync_executions"]),
    ] {
        let answers = move |asked: &Asked| {
            if asked.operation == operation { Reply::Error(400, "AccessDeniedException") } else { answer(asked) }
        };
        let (estate, _server) = collected(&settings(), &everything(), Arc::new(answers)).await;
        assert_eq!(cut_lists(&estate, 1), lists, "{operation}");
        for gap in &estate.gaps[1..] {
            assert_eq!((gap.cause, gap.operation.as_str()), (GapCause::Denied, operation));
            assert!(gap.iam_action.ends_with(&format!(":{operation}")), "{gap:?}");
        }
        assert_eq!(estate.calls.retried, 0, "{operation}: a refusal is not repeated");
    }
}

#[tokio::test]
async fn a_page_that_fails_keeps_what_was_read() {
    let answers = |asked: &Asked| match (asked.operation.as_str(), asked.member("NextToken").as_str()) {
        ("DescribeWorkspaces", "1") => Reply::Error(500, "InternalServerException"),
        (_, _) => answer(asked),
    };
    let (estate, server) = collected(&settings(), &BTreeSet::from([Dataset::Workspaces]), Arc::new(answers)).await;
    let desktops = &estate.sides[0].workspaces;
    assert_eq!(desktops.items().len(), 25);
    let gap = estate.gap_of(desktops.gap().expect("a gap"));
    assert_eq!(gap.cause, GapCause::Failed);
    assert_eq!(gap.message, "InternalServerException: said InternalServerException");
    assert_eq!(server.counts()[&(PRIMARY.to_owned(), "workspaces:DescribeWorkspaces".to_owned())], 4);
    assert_eq!(estate.calls.retried, 2);
    assert!(estate.sides[1].workspaces.whole().is_ok());
}

#[tokio::test]
async fn answers_cut_short_dropped_and_throttled_are_asked_for_again() {
    let failed = Arc::new(std::sync::Mutex::new(BTreeSet::new()));
    let answers = move |asked: &Asked| {
        let first = failed.lock().expect("no panic").insert(asked.clone());
        match asked.operation.as_str() {
            "DescribeIpGroups" if first => match answer(asked) {
                Reply::Ok(body) => Reply::Cut(body),
                other => other,
            },
            "DescribeWorkspaceImages" if first => Reply::Drop,
            "DescribeWorkspaceBundles" if first => Reply::Error(400, "ThrottlingException"),
            _ => answer(asked),
        }
    };
    let wanted = BTreeSet::from([Dataset::IpGroups, Dataset::Images, Dataset::Bundles]);
    let (estate, _server) = collected(&settings(), &wanted, Arc::new(answers)).await;
    assert_eq!(estate.gaps.len(), 1, "{:#?}", estate.gaps);
    assert_eq!((estate.calls.throttled, estate.calls.retried), (4, 8), "two pages of bundles in each Region");
}

#[tokio::test]
async fn answers_that_end_early_without_a_word_are_no_answers() {
    let failed = Arc::new(std::sync::Mutex::new(BTreeSet::new()));
    let answers = move |asked: &Asked| match answer(asked) {
        Reply::Ok(body) if failed.lock().expect("no panic").insert(asked.clone()) => {
            // What the SDK would take for a shorter list, and for an empty one.
            let end = if body.starts_with('<') { body.rfind("</").expect("an end tag") } else { 0 };
            Reply::Ok(body[..end].to_owned())
        }
        reply => reply,
    };
    let (estate, _server) = collected(&settings(), &everything(), Arc::new(answers)).await;
    let (expected, _server) = collected(&settings(), &everything(), Arc::new(answer)).await;
    assert_eq!(estate.gaps.len(), 1, "{:#?}", estate.gaps);
    assert!(estate.calls.retried > 0);
    assert_eq!((&estate.sides, &estate.zones), (&expected.sides, &expected.zones));
}

#[tokio::test]
async fn a_body_that_stays_cut_is_malformed_and_a_status_left_out_is_partial() {
    let answers = |asked: &Asked| match asked.operation.as_str() {
        "DescribeIpGroups" => Reply::Cut(r#"{"Result":[]}"#.to_owned()),
        "DescribeWorkspacesConnectionStatus" => {
            Reply::Ok(json!({ "WorkspacesConnectionStatus": [{ "WorkspaceId": "ws-0" }] }).to_string())
        }
        "DescribeFileSystems" => Reply::Error(400, "UnknownOperationException"),
        _ => answer(asked),
    };
    let wanted = BTreeSet::from([Dataset::IpGroups, Dataset::Connections, Dataset::FileSystems]);
    let (estate, _server) = collected(&settings(), &wanted, Arc::new(answers)).await;
    let cause = |gap: Option<GapId>| estate.gap_of(gap.expect("a gap")).cause;
    assert_eq!(cause(estate.sides[1].ip_groups.gap()), GapCause::Malformed);
    assert_eq!(cause(estate.sides[1].connections.gap()), GapCause::Partial);
    assert_eq!(estate.sides[1].connections.items().len(), 1);
    assert_eq!(cause(estate.sides[1].file_systems.gap()), GapCause::Unsupported);
}

#[tokio::test]
async fn a_side_that_is_down_leaves_the_other_whole() {
    let answers = |asked: &Asked| if asked.region == PRIMARY { Reply::Drop } else { answer(asked) };
    let (estate, _server) = collected(&settings(), &everything(), Arc::new(answers)).await;
    assert_eq!(cut_lists(&estate, 1), Vec::<&str>::new());
    assert_eq!(cut_lists(&estate, 0).len(), 17);
    assert_eq!(estate.zones[0].account.as_deref(), Ok("111111111111"), "the standby side has the same identity");
    assert!(estate.gaps[1..].iter().all(|gap| gap.cause == GapCause::Unreachable), "{:#?}", estate.gaps);
}

#[tokio::test]
async fn equal_answers_make_equal_estates() {
    let (one, _server) = collected(&settings(), &everything(), Arc::new(answer)).await;
    let (other, _server) = collected(&settings(), &everything(), Arc::new(answer)).await;
    assert_eq!((&one.sides, &one.zones, &one.gaps), (&other.sides, &other.zones, &other.gaps));
    assert_eq!(one.symbols.count(), other.symbols.count());
}
