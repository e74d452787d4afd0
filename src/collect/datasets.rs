//! Which calls each dataset costs, and which other datasets it cannot do without.

use super::calls::{Operation, Service};
use deskpair_rules::model::Dataset;
use std::collections::BTreeSet;

/// `sts:GetCallerIdentity`: each side's account. Every scan asks it; AWS permits it to everybody.
pub const GET_CALLER_IDENTITY: Operation = Operation::of(Service::Sts, "GetCallerIdentity");

macro_rules! operations {
    ($($constant:ident = $service:ident $name:literal;)*) => {
        $(pub(super) const $constant: Operation = Operation::of(Service::$service, $name);)*
    };
}

operations! {
    DESCRIBE_DIRECTORIES = Directory "DescribeDirectories";
    DESCRIBE_CLIENT_AUTHENTICATION_SETTINGS = Directory "DescribeClientAuthenticationSettings";
    DESCRIBE_LDAPS_SETTINGS = Directory "DescribeLDAPSSettings";
    LIST_CERTIFICATES = Directory "ListCertificates";
    DESCRIBE_REGIONS = Directory "DescribeRegions";
    DESCRIBE_DOMAIN_CONTROLLERS = Directory "DescribeDomainControllers";
    DESCRIBE_TRUSTS = Directory "DescribeTrusts";
    DESCRIBE_CERTIFICATE_AUTHORITY = PrivateCa "DescribeCertificateAuthority";
    SIMULATE_PRINCIPAL_POLICY = Iam "SimulatePrincipalPolicy";
    DESCRIBE_WORKSPACE_DIRECTORIES = WorkSpaces "DescribeWorkspaceDirectories";
    DESCRIBE_CLIENT_PROPERTIES = WorkSpaces "DescribeClientProperties";
    DESCRIBE_WORKSPACE_IMAGES = WorkSpaces "DescribeWorkspaceImages";
    DESCRIBE_WORKSPACE_BUNDLES = WorkSpaces "DescribeWorkspaceBundles";
    DESCRIBE_IP_GROUPS = WorkSpaces "DescribeIpGroups";
    DESCRIBE_CLIENT_BRANDING = WorkSpaces "DescribeClientBranding";
    DESCRIBE_CONNECTION_ALIASES = WorkSpaces "DescribeConnectionAliases";
    DESCRIBE_CONNECTION_ALIAS_PERMISSIONS = WorkSpaces "DescribeConnectionAliasPermissions";
    DESCRIBE_WORKSPACES = WorkSpaces "DescribeWorkspaces";
    DESCRIBE_WORKSPACES_CONNECTION_STATUS = WorkSpaces "DescribeWorkspacesConnectionStatus";
    DESCRIBE_ACCOUNT = WorkSpaces "DescribeAccount";
    DESCRIBE_CONNECT_CLIENT_ADD_INS = WorkSpaces "DescribeConnectClientAddIns";
    DESCRIBE_WORKSPACE_IMAGE_PERMISSIONS = WorkSpaces "DescribeWorkspaceImagePermissions";
    DESCRIBE_IMAGE_ASSOCIATIONS = WorkSpaces "DescribeImageAssociations";
    DESCRIBE_BUNDLE_ASSOCIATIONS = WorkSpaces "DescribeBundleAssociations";
    DESCRIBE_APPLICATIONS = WorkSpaces "DescribeApplications";
    DESCRIBE_SECURITY_GROUPS = Ec2 "DescribeSecurityGroups";
    DESCRIBE_VPC_ENDPOINTS = Ec2 "DescribeVpcEndpoints";
    DESCRIBE_VPCS = Ec2 "DescribeVpcs";
    DESCRIBE_SUBNETS = Ec2 "DescribeSubnets";
    DESCRIBE_ROUTE_TABLES = Ec2 "DescribeRouteTables";
    DESCRIBE_DHCP_OPTIONS = Ec2 "DescribeDhcpOptions";
    DESCRIBE_NETWORK_INTERFACES = Ec2 "DescribeNetworkInterfaces";
    GET_RESOURCES = Tagging "GetResources";
    DESCRIBE_FILE_SYSTEMS = Fsx "DescribeFileSystems";
    DESCRIBE_BACKUPS = Fsx "DescribeBackups";
    DESCRIBE_VOLUMES = Fsx "DescribeVolumes";
    DESCRIBE_SNAPSHOTS = Fsx "DescribeSnapshots";
    DESCRIBE_STORAGE_VIRTUAL_MACHINES = Fsx "DescribeStorageVirtualMachines";
    LIST_TASKS = DataSync "ListTasks";
    DESCRIBE_TASK = DataSync "DescribeTask";
    LIST_LOCATIONS = DataSync "ListLocations";
    LIST_TASK_EXECUTIONS = DataSync "ListTaskExecutions";
    DESCRIBE_TASK_EXECUTION = DataSync "DescribeTaskExecution";
    LIST_SERVICE_QUOTAS = Quotas "ListServiceQuotas";
    LIST_AWS_DEFAULT_SERVICE_QUOTAS = Quotas "ListAWSDefaultServiceQuotas";
    DESCRIBE_KEY = Kms "DescribeKey";
    LIST_HOSTED_ZONES = Route53 "ListHostedZones";
    LIST_RESOURCE_RECORD_SETS = Route53 "ListResourceRecordSets";
    GET_HOSTED_ZONE = Route53 "GetHostedZone";
    LIST_RESOURCE_RECORD_SET_PROTECTIONS = Route53 "ListResourceRecordSetProtections";
    LIST_HEALTH_CHECKS = Route53 "ListHealthChecks";
    GET_HEALTH_CHECK_STATUS = Route53 "GetHealthCheckStatus";
}

/// The operations that read a dataset, without those of the datasets it [`needs`].
pub const fn operations(dataset: Dataset) -> &'static [Operation] {
    match dataset {
        Dataset::Directories => &[DESCRIBE_DIRECTORIES],
        Dataset::Registrations => &[DESCRIBE_WORKSPACE_DIRECTORIES],
        Dataset::ClientProperties => &[DESCRIBE_CLIENT_PROPERTIES],
        Dataset::Images => &[DESCRIBE_WORKSPACE_IMAGES],
        Dataset::Bundles => &[DESCRIBE_WORKSPACE_BUNDLES],
        Dataset::IpGroups => &[DESCRIBE_IP_GROUPS],
        Dataset::Branding => &[DESCRIBE_CLIENT_BRANDING],
        Dataset::Aliases => &[DESCRIBE_CONNECTION_ALIASES],
        Dataset::AliasPermissions => &[DESCRIBE_CONNECTION_ALIAS_PERMISSIONS],
        Dataset::Workspaces => &[DESCRIBE_WORKSPACES],
        Dataset::Connections => &[DESCRIBE_WORKSPACES_CONNECTION_STATUS],
        Dataset::ResourceTags | Dataset::DesktopTags | Dataset::PrimaryDesktopTags => &[GET_RESOURCES],
        Dataset::FileSystems => &[DESCRIBE_FILE_SYSTEMS],
        Dataset::Backups => &[DESCRIBE_BACKUPS],
        Dataset::SyncTasks => &[LIST_TASKS, DESCRIBE_TASK],
        Dataset::SyncLocations => &[LIST_LOCATIONS],
        Dataset::SyncExecutions => &[LIST_TASK_EXECUTIONS, DESCRIBE_TASK_EXECUTION],
        Dataset::Quotas => &[LIST_SERVICE_QUOTAS],
        Dataset::DefaultQuotas => &[LIST_AWS_DEFAULT_SERVICE_QUOTAS],
        Dataset::Keys => &[DESCRIBE_KEY],
        Dataset::Zones => &[LIST_HOSTED_ZONES],
        Dataset::RecordSets => &[LIST_RESOURCE_RECORD_SETS],
        Dataset::HealthChecks => &[LIST_HEALTH_CHECKS, GET_HEALTH_CHECK_STATUS],
        Dataset::Account => &[DESCRIBE_ACCOUNT],
        Dataset::AddIns => &[DESCRIBE_CONNECT_CLIENT_ADD_INS],
        Dataset::ClientAuthentications => &[DESCRIBE_CLIENT_AUTHENTICATION_SETTINGS],
        Dataset::LdapsSettings => &[DESCRIBE_LDAPS_SETTINGS],
        Dataset::Certificates => &[LIST_CERTIFICATES],
        Dataset::DirectoryRegions => &[DESCRIBE_REGIONS],
        Dataset::DomainControllers => &[DESCRIBE_DOMAIN_CONTROLLERS],
        Dataset::Trusts => &[DESCRIBE_TRUSTS],
        Dataset::CertificateAuthorities => &[DESCRIBE_CERTIFICATE_AUTHORITY],
        Dataset::StreamPermissions | Dataset::FailoverPermissions => &[SIMULATE_PRINCIPAL_POLICY],
        Dataset::ImagePermissions => &[DESCRIBE_WORKSPACE_IMAGE_PERMISSIONS],
        Dataset::ImageApplications => &[DESCRIBE_IMAGE_ASSOCIATIONS],
        Dataset::AmazonBundles => &[DESCRIBE_WORKSPACE_BUNDLES],
        Dataset::BundleApplications => &[DESCRIBE_BUNDLE_ASSOCIATIONS],
        Dataset::Applications => &[DESCRIBE_APPLICATIONS],
        Dataset::SecurityGroups => &[DESCRIBE_SECURITY_GROUPS],
        Dataset::VpcEndpoints => &[DESCRIBE_VPC_ENDPOINTS],
        Dataset::Vpcs => &[DESCRIBE_VPCS],
        Dataset::Subnets => &[DESCRIBE_SUBNETS],
        Dataset::RouteTables => &[DESCRIBE_ROUTE_TABLES],
        Dataset::DhcpOptions => &[DESCRIBE_DHCP_OPTIONS],
        Dataset::NetworkInterfaces => &[DESCRIBE_NETWORK_INTERFACES],
        Dataset::Volumes => &[DESCRIBE_VOLUMES],
        Dataset::Snapshots => &[DESCRIBE_SNAPSHOTS],
        Dataset::StorageMachines => &[DESCRIBE_STORAGE_VIRTUAL_MACHINES],
        Dataset::ZoneDetails => &[GET_HOSTED_ZONE],
        Dataset::ZoneTexts => &[LIST_RESOURCE_RECORD_SETS],
        Dataset::Protections => &[LIST_RESOURCE_RECORD_SET_PROTECTIONS],
        // None is an AWS API.
        Dataset::Logos | Dataset::Txt | Dataset::Delegation | Dataset::Dnssec | Dataset::Probes => &[],
    }
}

/// What a dataset cannot be read without: which directories, aliases, tasks or zones its calls are about.
pub const fn needs(dataset: Dataset) -> &'static [Dataset] {
    match dataset {
        Dataset::ClientProperties => &[Dataset::Registrations],
        Dataset::Branding => &[Dataset::Aliases, Dataset::Registrations],
        Dataset::AliasPermissions => &[Dataset::Aliases],
        Dataset::Connections => &[Dataset::Aliases, Dataset::Registrations, Dataset::Workspaces],
        Dataset::SyncExecutions => &[Dataset::SyncTasks, Dataset::SyncLocations],
        Dataset::DefaultQuotas => &[Dataset::Quotas],
        Dataset::Keys => &[Dataset::Aliases, Dataset::Registrations, Dataset::Workspaces],
        Dataset::RecordSets | Dataset::ZoneDetails | Dataset::ZoneTexts | Dataset::Protections => &[Dataset::Zones],
        Dataset::AddIns
        | Dataset::SecurityGroups
        | Dataset::VpcEndpoints
        | Dataset::NetworkInterfaces
        | Dataset::CertificateAuthorities
        | Dataset::StreamPermissions => &[Dataset::Aliases, Dataset::Registrations],
        Dataset::FailoverPermissions => {
            &[Dataset::Aliases, Dataset::Registrations, Dataset::Workspaces, Dataset::RecordSets]
        }
        Dataset::Subnets
        | Dataset::ClientAuthentications
        | Dataset::LdapsSettings
        | Dataset::Certificates
        | Dataset::DirectoryRegions
        | Dataset::DomainControllers
        | Dataset::Trusts => &[Dataset::Aliases, Dataset::Registrations, Dataset::Directories],
        Dataset::RouteTables => &[Dataset::Subnets],
        Dataset::DhcpOptions => &[Dataset::Subnets, Dataset::Vpcs],
        Dataset::ImagePermissions | Dataset::ImageApplications => &[Dataset::Images, Dataset::Bundles],
        Dataset::BundleApplications => &[Dataset::Bundles],
        Dataset::Logos => &[Dataset::Branding],
        Dataset::Volumes | Dataset::Snapshots | Dataset::StorageMachines => &[Dataset::FileSystems],
        Dataset::HealthChecks => &[Dataset::RecordSets],
        Dataset::Directories
        | Dataset::Registrations
        | Dataset::Images
        | Dataset::Bundles
        | Dataset::IpGroups
        | Dataset::Aliases
        | Dataset::Workspaces
        | Dataset::ResourceTags
        | Dataset::DesktopTags
        | Dataset::PrimaryDesktopTags
        | Dataset::FileSystems
        | Dataset::Backups
        | Dataset::SyncTasks
        | Dataset::SyncLocations
        | Dataset::Quotas
        | Dataset::Account
        | Dataset::AmazonBundles
        | Dataset::Applications
        | Dataset::Vpcs
        | Dataset::Zones
        | Dataset::Txt
        | Dataset::Delegation
        | Dataset::Dnssec
        | Dataset::Probes => &[],
    }
}

/// Whether a dataset is read of standby sides alone: who connects to a desktop there, what was copied there, what that Region offers and
/// grants, what its desktops are encrypted with, who vouches for people there, and what roles may do there.
pub const fn of_standby_alone(dataset: Dataset) -> bool {
    matches!(
        dataset,
        Dataset::Connections
            | Dataset::ResourceTags
            | Dataset::AmazonBundles
            | Dataset::Quotas
            | Dataset::DefaultQuotas
            | Dataset::Keys
            | Dataset::CertificateAuthorities
            | Dataset::StreamPermissions
            | Dataset::FailoverPermissions
    )
}

/// Whether a dataset is read of primary sides alone: what is carried over from there, whom its people belong to, and to where its managed ADs
/// are replicated.
pub const fn of_primary_alone(dataset: Dataset) -> bool {
    matches!(dataset, Dataset::Snapshots | Dataset::PrimaryDesktopTags | Dataset::DirectoryRegions)
}

/// The wanted datasets and everything they need.
pub fn with_needs(wanted: &BTreeSet<Dataset>) -> BTreeSet<Dataset> {
    let mut all = wanted.clone();
    let mut open: Vec<Dataset> = wanted.iter().copied().collect();
    while let Some(dataset) = open.pop() {
        open.extend(needs(dataset).iter().copied().filter(|&needed| all.insert(needed)));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn needs_are_followed_to_their_end() {
        let all = with_needs(&BTreeSet::from([Dataset::HealthChecks, Dataset::SyncExecutions]));
        let expected = [
            Dataset::SyncTasks,
            Dataset::SyncLocations,
            Dataset::SyncExecutions,
            Dataset::Zones,
            Dataset::RecordSets,
            Dataset::HealthChecks,
        ];
        assert_eq!(all, BTreeSet::from(expected));
        let everything: BTreeSet<Dataset> = Dataset::ALL.into_iter().collect();
        assert_eq!(with_needs(&everything), everything);
    }
}
