//! What the recorded AWS says.

use super::PRIMARY;
use crate::collect::recorded::{Asked, Reply};
use serde_json::json;

/// One side's directory and desktops: the primary has 51 desktops, the standby two in the pair's directory and one in another.
pub(super) fn answer(asked: &Asked) -> Reply {
    let primary = asked.region == PRIMARY;
    let directory = if primary { "d-1111111111" } else { "d-2222222222" };
    let token = asked.member("NextToken");
    let body = match asked.operation.as_str() {
        "GetCallerIdentity" => return Reply::Ok(IDENTITY.to_owned()),
        "DescribeCertificateAuthority" => json!({ "CertificateAuthority": { "Arn": AUTHORITY, "Status": "EXPIRED",
            "Type": "SUBORDINATE", "NotAfter": 1_700_000_000, "UsageMode": "SHORT_LIVED_CERTIFICATE" } }),
        "SimulatePrincipalPolicy" => return Reply::Ok(simulation(&asked.body)),
        "DescribeDirectories" => json!({ "DirectoryDescriptions": [{
            "DirectoryId": directory, "Name": "corp.example.com", "Type": "ADConnector", "Stage": "Transmogrifying",
            "ConnectSettings": { "CustomerUserName": "svc", "ConnectIps": ["10.0.0.1"], "SubnetIds": ["subnet-2", "subnet-3"] },
            "RadiusSettings": { "RadiusServers": ["10.0.0.9"], "RadiusPort": 1812, "SharedSecret": "hunter2" },
            "LaunchTime": 1_700_000_000.123,
        }, { "DirectoryId": "d-4444444444", "Name": "CORP.example.com.", "Type": "MicrosoftAD",
            "RegionsInfo": { "PrimaryRegion": PRIMARY, "AdditionalRegions": ["us-west-2"] } },
        { "DirectoryId": "d-5555555555", "Name": "lab.example.com", "Type": "MicrosoftAD" }], "NextToken": "" }),
        "DescribeRegions" => match token.as_str() {
            "" => json!({ "RegionsDescription": [{ "DirectoryId": "d-4444444444", "RegionName": PRIMARY,
                "RegionType": "Primary", "Status": "Active",
                "VpcSettings": { "VpcId": "vpc-1", "SubnetIds": ["subnet-1", "subnet-2"] } }], "NextToken": "a" }),
            _ => json!({ "RegionsDescription": [{ "RegionName": "us-west-2", "RegionType": "Additional",
                "Status": "Creating", "DesiredNumberOfDomainControllers": 3 }] }),
        },
        "DescribeDomainControllers" => json!({ "DomainControllers": [{ "DomainControllerId": "dc-1234567890",
            "DnsIpAddr": "10.0.0.2", "AvailabilityZone": "a", "Status": "Failed", "StatusReason": "gone" }] }),
        "DescribeTrusts" => json!({ "Trusts": [{ "TrustId": "t-1234567890", "RemoteDomainName": "people.example.com",
            "TrustType": "Forest", "TrustDirection": "One-Way: Outgoing", "TrustState": "VerifyFailed",
            "TrustStateReason": "no answer", "SelectiveAuth": "Disabled" }] }),
        "DescribeClientAuthenticationSettings" => {
            json!({ "ClientAuthenticationSettingsInfo": [{ "Type": "SmartCard", "Status": "Enabled" }] })
        }
        "DescribeLDAPSSettings" => {
            json!({ "LDAPSSettingsInfo": [{ "LDAPSStatus": "EnableFailed", "LDAPSStatusReason": "no certificate" }] })
        }
        "ListCertificates" => json!({ "CertificatesInfo": [{ "CertificateId": "c-1234567890", "CommonName": "CA",
            "State": "Registered", "ExpiryDateTime": 1_900_000_000, "Type": "ClientLDAPS" }] }),
        "DescribeWorkspaceDirectories" => json!({ "Directories": [{
            "DirectoryId": directory, "DirectoryName": "corp.example.com", "State": "REGISTERED",
            "ipGroupIds": ["wsipg-1"], "WorkspaceOsUserMode": "MULTI", "SubnetIds": ["subnet-1", "subnet-2"],
            "WorkspaceCreationProperties": { "CustomSecurityGroupId": "sg-1" },
            "SamlProperties": { "Status": "ENABLED" },
            "CertificateBasedAuthProperties": { "Status": "ENABLED", "CertificateAuthorityArn": AUTHORITY },
            "WorkspaceAccessProperties": { "DeviceTypeWindows": "ALLOW", "DeviceTypeWorkSpacesThinClient": "DENY",
                "AccessEndpointConfig": { "AccessEndpoints": if primary { json!([{ "VpcEndpointId": "vpce-1" }]) } else { json!([]) } } },
            "SelfservicePermissions": { "RestartWorkspace": "ENABLED", "NestedVirtualization": "DISABLED" },
            "StreamingProperties": { "UserSettings": [{ "Action": "SMART_CARD", "Permission": "ENABLED" }] },
        }, { "DirectoryId": "d-3333333333", "DirectoryName": "other.example.com",
            "WorkspaceCreationProperties": { "CustomSecurityGroupId": "sg-3" } }] }),
        "DescribeClientProperties" => json!({ "ClientPropertiesList": [
            { "ResourceId": directory, "ClientProperties": { "ReconnectEnabled": "ENABLED" } }] }),
        "DescribeWorkspaceImages" => json!({ "Images": [
            { "ImageId": "wsi-1", "Name": "<img src=x>", "Created": 1 }, { "ImageId": "wsi-2" }, { "ImageId": "wsi-9" }] }),
        "DescribeWorkspaceImagePermissions" => match token.as_str() {
            "" => {
                json!({ "ImageId": "wsi-1", "ImagePermissions": [{ "SharedAccountId": "222222222222" }], "NextToken": "a" })
            }
            _ => json!({ "ImageId": "wsi-1", "ImagePermissions": [{ "SharedAccountId": "333333333333" }] }),
        },
        "DescribeImageAssociations" => json!({ "Associations": [{ "ImageId": "wsi-1", "AssociatedResourceId": "wsa-1",
            "AssociatedResourceType": "APPLICATION", "State": "COMPLETED", "Created": 1 }] }),
        "DescribeBundleAssociations" => json!({ "Associations": [{ "AssociatedResourceId": "wsa-1", "State": "ERROR",
            "StateReason": { "ErrorCode": "DeploymentError.InternalServerError", "ErrorMessage": "no" } }] }),
        "DescribeApplications" => match token.as_str() {
            "" => json!({ "Applications": [{ "ApplicationId": "wsa-1", "Name": "Office", "Owner": "AMAZON",
                "State": "AVAILABLE" }], "NextToken": "a" }),
            _ => json!({ "Applications": [{ "ApplicationId": "wsa-2" }] }),
        },
        "DescribeAccount" => {
            json!({ "DedicatedTenancySupport": "ENABLED", "DedicatedTenancyAccountType": "SOURCE_ACCOUNT",
            "DedicatedTenancyManagementCidrRange": "198.19.0.0/16" })
        }
        "DescribeConnectClientAddIns" => json!({ "AddIns": [{ "ResourceId": directory, "Name": "Softphone",
            "URL": "https://connect.example.com/ccp" }], "NextToken": "" }),
        "DescribeWorkspaceBundles" => match (asked.member("Owner").as_str(), token.as_str()) {
            ("", "") => {
                json!({ "Bundles": [{ "BundleId": "wsb-1", "ImageId": "wsi-1", "UserStorage": { "Capacity": "50" } }],
                "NextToken": "a" })
            }
            ("", "a") => json!({ "Bundles": [
                { "BundleId": "wsb-2", "ImageId": "wsi-of-another", "ComputeType": { "Name": "QUANTUM" } },
                { "BundleId": "wsb-3", "ImageId": "wsi-2", "BundleType": "STANDBY" }], "NextToken": "" }),
            ("AMAZON", "") => json!({ "Bundles": [{ "BundleId": "wsb-a", "Name": "Value" }], "NextToken": "b" }),
            ("AMAZON", "b") => json!({ "Bundles": [{ "BundleId": "wsb-b", "Name": "Standard" }] }),
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
                desktops[0]["VolumeEncryptionKey"] = "key-1".into();
                desktops[1]["VolumeEncryptionKey"] = "alias/gone".into();
                desktops[2]["VolumeEncryptionKey"] = "key-of-others".into();
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
        "ListServiceQuotas" => match token.as_str() {
            "" => {
                json!({ "NextToken": "a", "Quotas": [{ "ServiceCode": asked.member("ServiceCode"), "QuotaCode": "L-34278094",
                "QuotaName": "WorkSpaces", "Value": 1200.0, "Adjustable": true, "UsageMetric": { "MetricName": "not read" } }] })
            }
            _ => {
                json!({ "Quotas": [{ "QuotaCode": "L-FFFFFFFF", "ErrorReason": { "ErrorCode": "SERVICE_QUOTA_NOT_AVAILABLE_ERROR" } }] })
            }
        },
        "ListAWSDefaultServiceQuotas" => json!({ "Quotas": [
            { "QuotaCode": "L-34278094", "QuotaName": "WorkSpaces", "Value": 1.0 },
            { "QuotaCode": "L-18CE281C", "QuotaName": "Images", "Value": 40.0 }] }),
        "DescribeKey" if asked.member("KeyId") == "key-1" => {
            json!({ "KeyMetadata": { "KeyId": "key-1", "KeyManager": "CUSTOMER",
            "Arn": "arn:aws:kms:us-west-2:1:key/key-1", "KeyState": "PendingDeletion", "Enabled": false,
            "DeletionDate": 1_900_000_000 } })
        }
        "DescribeKey" => return Reply::Error(400, "NotFoundException"),
        "DescribeSecurityGroups"
        | "DescribeVpcEndpoints"
        | "DescribeVpcs"
        | "DescribeSubnets"
        | "DescribeRouteTables"
        | "DescribeDhcpOptions"
        | "DescribeNetworkInterfaces" => {
            return Reply::Ok(network_answer(&asked.operation));
        }
        route => return Reply::Ok(zone_answer(route)),
    };
    Reply::Ok(body.to_string())
}

const IDENTITY: &str = "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>111111111111</Account>\
    </GetCallerIdentityResult></GetCallerIdentityResponse>";

fn desktop(at: usize, directory: &str) -> serde_json::Value {
    json!({ "WorkspaceId": format!("ws-{at}"), "DirectoryId": directory, "UserName": format!("user{at}"), "State": "AVAILABLE",
        "IpAddress": format!("10.0.1.{}", at + 7), "SubnetId": "subnet-1",
        "RootVolumeEncryptionEnabled": true,
        "WorkspaceProperties": { "Protocols": ["WSP"], "UserVolumeSizeGib": 0, "RootVolumeSizeGib": 80 },
        "RelatedWorkspaces": [{ "WorkspaceId": format!("ws-r{at}"), "Type": "STANDBY" }] })
}

/// EC2 ends a list with an empty token.
fn network_answer(operation: &str) -> String {
    let set = match operation {
        "DescribeSecurityGroups" => {
            "<securityGroupInfo><item><groupId>sg-1</groupId><groupName>desktops</groupName>\
            <groupDescription>ours</groupDescription><vpcId>vpc-1</vpcId><ipPermissions><item><ipProtocol>tcp</ipProtocol>\
            <fromPort>443</fromPort><toPort>443</toPort><groups><item><userId>111111111111</userId><groupId>sg-9</groupId>\
            </item></groups><ipRanges><item><cidrIp>10.0.0.0/8</cidrIp><description>inside</description></item></ipRanges>\
            <ipv6Ranges><item><cidrIpv6>::/0</cidrIpv6></item></ipv6Ranges><prefixListIds><item>\
            <prefixListId>pl-1</prefixListId></item></prefixListIds></item></ipPermissions><ipPermissionsEgress><item>\
            <ipProtocol>-1</ipProtocol></item></ipPermissionsEgress><tagSet><item><key>team</key><value>euc</value></item>\
            </tagSet></item></securityGroupInfo>"
        }
        "DescribeVpcEndpoints" => {
            "<vpcEndpointSet><item><vpcEndpointId>vpce-1</vpcEndpointId>\
            <vpcEndpointType>Interface</vpcEndpointType><state>available</state><subnetIdSet><item>subnet-1</item>\
            </subnetIdSet><privateDnsEnabled>true</privateDnsEnabled></item></vpcEndpointSet>"
        }
        "DescribeSubnets" => {
            "<subnetSet><item><subnetId>subnet-1</subnetId><vpcId>vpc-1</vpcId><state>available</state>\
            <cidrBlock>10.0.1.0/24</cidrBlock><availabilityZone>us-east-1a</availabilityZone>\
            <availabilityZoneId>use1-az4</availabilityZoneId><availableIpAddressCount>251</availableIpAddressCount></item>\
            <item><subnetId>subnet-2</subnetId><vpcId>vpc-1</vpcId></item></subnetSet>"
        }
        "DescribeRouteTables" => {
            "<routeTableSet><item><routeTableId>rtb-1</routeTableId><vpcId>vpc-1</vpcId><routeSet><item>\
            <destinationCidrBlock>0.0.0.0/0</destinationCidrBlock><natGatewayId>nat-1</natGatewayId><origin>CreateRoute</origin>\
            <state>blackhole</state></item></routeSet><associationSet><item><routeTableAssociationId>rtbassoc-1\
            </routeTableAssociationId><routeTableId>rtb-1</routeTableId><subnetId>subnet-1</subnetId><main>false</main>\
            <associationState><state>associated</state></associationState></item></associationSet></item>\
            <item><routeTableId>rtb-2</routeTableId><vpcId>vpc-1</vpcId><associationSet><item><main>true</main></item>\
            </associationSet></item><item><routeTableId>rtb-3</routeTableId><vpcId>vpc-1</vpcId><associationSet><item>\
            <subnetId>subnet-9</subnetId><main>false</main></item></associationSet></item></routeTableSet>"
        }
        "DescribeDhcpOptions" => {
            "<dhcpOptionsSet><item><dhcpOptionsId>dopt-1</dhcpOptionsId><dhcpConfigurationSet><item>\
            <key>domain-name-servers</key><valueSet><item><value>10.0.0.2</value></item><item><value>10.0.0.3</value></item>\
            </valueSet></item></dhcpConfigurationSet></item></dhcpOptionsSet>"
        }
        "DescribeNetworkInterfaces" => {
            "<networkInterfaceSet><item><networkInterfaceId>eni-1</networkInterfaceId><subnetId>subnet-1</subnetId>\
            <description>Created By Amazon Workspaces for AWS Account ID 111111111111</description><groupSet><item>\
            <groupId>sg-9</groupId><groupName>members</groupName></item><item><groupId>sg-1</groupId></item></groupSet>\
            <privateIpAddress>10.0.1.7</privateIpAddress></item><item><networkInterfaceId>eni-2</networkInterfaceId>\
            <subnetId>subnet-2</subnetId></item></networkInterfaceSet>"
        }
        _ => {
            "<vpcSet><item><vpcId>vpc-1</vpcId><state>available</state><cidrBlock>10.0.0.0/16</cidrBlock>\
            <cidrBlockAssociationSet><item><cidrBlock>10.1.0.0/16</cidrBlock><cidrBlockState><state>associated</state>\
            </cidrBlockState></item></cidrBlockAssociationSet><dhcpOptionsId>dopt-1</dhcpOptionsId><isDefault>false</isDefault></item></vpcSet>"
        }
    };
    format!("<{operation}Response>{set}<nextToken/></{operation}Response>")
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

/// The private CA of both directories, in a Region that is neither's.
pub(super) const AUTHORITY: &str = "arn:aws:acm-pca:eu-west-1:111111111111:certificate-authority/1";

/// One action a page. An action that starts something is denied on its resource, and a session's context is not whole.
fn simulation(body: &str) -> String {
    let member = |name: &str| {
        let mut members = body.split('&').filter_map(|pair| pair.split_once('='));
        let found = members.find(|(key, _)| *key == name).map(|(_, value)| value.replace("%3A", ":"));
        found.map(|value| value.replace("%2F", "/").replace("%2A", "*"))
    };
    let page = member("Marker").map_or(1, |marker| marker.len());
    let action = member(&format!("ActionNames.member.{page}")).expect("an action a page");
    let resource = member("ResourceArns.member.1").expect("one resource");
    let own = if action.contains(":Start") { "explicitDeny" } else { "allowed" };
    let missing = if action.ends_with(":Stream") { "<member>saml:sub_type</member>" } else { "" };
    let more = member(&format!("ActionNames.member.{}", page + 1)).is_some();
    let marker = if more { format!("<Marker>{}</Marker>", "m".repeat(page + 1)) } else { String::new() };
    format!(
        "<SimulatePrincipalPolicyResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><SimulatePrincipalPolicyResult>\
         <EvaluationResults><member><EvalActionName>{action}</EvalActionName><EvalResourceName>{resource}</EvalResourceName>\
         <EvalDecision>allowed</EvalDecision><MissingContextValues/>\
         <OrganizationsDecisionDetail><AllowedByOrganizations>true</AllowedByOrganizations></OrganizationsDecisionDetail>\
         <ResourceSpecificResults><member><EvalResourceName>{resource}</EvalResourceName>\
         <EvalResourceDecision>{own}</EvalResourceDecision><MissingContextValues>{missing}</MissingContextValues>\
         <PermissionsBoundaryDecisionDetail><AllowedByPermissionsBoundary>false</AllowedByPermissionsBoundary>\
         </PermissionsBoundaryDecisionDetail></member></ResourceSpecificResults>\
         </member></EvaluationResults><IsTruncated>{more}</IsTruncated>{marker}</SimulatePrincipalPolicyResult>\
         </SimulatePrincipalPolicyResponse>"
    )
}
