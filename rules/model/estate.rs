//! Everything collected, at one time.

use super::alias::{AliasPermission, ConnectionAlias, Logo, PlatformBranding};
use super::directory::{
    AccountSettings, ClientAddIn, ClientAuthentication, ClientPropertiesOf, Directory, DirectoryCertificate,
    DirectoryRegion, DomainController, LdapsSetting, Trust, WorkspaceDirectory,
};
use super::dns::TxtView;
use super::files::{Backup, FileSystem, Snapshot, StorageMachine, SyncExecution, SyncLocation, SyncTask, Volume};
use super::identity::{CertificateAuthority, Simulated};
use super::image::{Application, ApplicationAssociation, Bundle, Image, ImagePermission, IpGroup};
use super::key::Key;
use super::network::{DhcpOptions, InterfaceRow, RouteTable, SecurityGroup, Subnet, Vpc, VpcEndpoint};
use super::probe::Probe;
use super::quota::Quota;
use super::route53::{HealthCheck, HostedZone, RecordProtection, RecordSet, ZoneDetail};
use super::settings::{PairSettings, Settings, SideSettings};
use super::workspace::{ConnectionRow, Extras, TagRow, WorkspaceRow};
use super::{Gap, GapCause, GapId, Moment, Slice, Symbols};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A kind of thing that is collected. Rules name those they read; those name their calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Dataset {
    /// `ds:DescribeDirectories`.
    Directories,
    /// `workspaces:DescribeWorkspaceDirectories`.
    Registrations,
    /// `workspaces:DescribeClientProperties`.
    ClientProperties,
    /// `workspaces:DescribeAccount`: one item.
    Account,
    /// `workspaces:DescribeConnectClientAddIns`, of the pairs' directories.
    AddIns,
    /// `ds:DescribeClientAuthenticationSettings`, of the pairs' AD Connectors and managed ADs.
    ClientAuthentications,
    /// `ds:DescribeLDAPSSettings`, of the pairs' AD Connectors and managed ADs.
    LdapsSettings,
    /// `ds:ListCertificates`, of the pairs' AD Connectors and managed ADs.
    Certificates,
    /// `ds:DescribeRegions`, of the pairs' managed ADs; of primary sides alone.
    DirectoryRegions,
    /// `ds:DescribeDomainControllers`, of the pairs' managed ADs.
    DomainControllers,
    /// `ds:DescribeTrusts`, of the pairs' managed ADs.
    Trusts,
    /// `acm-pca:DescribeCertificateAuthority`, of the private CAs that the pairs' standby directories name.
    CertificateAuthorities,
    /// `iam:SimulatePrincipalPolicy`, of the roles that people assume to sign in; of standby sides alone.
    StreamPermissions,
    /// `iam:SimulatePrincipalPolicy`, of the roles that failovers run as; of standby sides alone.
    FailoverPermissions,
    /// `workspaces:DescribeWorkspaceImages`.
    Images,
    /// `workspaces:DescribeWorkspaceImagePermissions`, of images behind the account's own bundles.
    ImagePermissions,
    /// `workspaces:DescribeImageAssociations`, of images behind the account's own bundles.
    ImageApplications,
    /// `workspaces:DescribeWorkspaceBundles`, the account's own.
    Bundles,
    /// `workspaces:DescribeWorkspaceBundles` of Amazon's: the hardware that a Region offers. Of standby sides alone.
    AmazonBundles,
    /// `workspaces:DescribeBundleAssociations`, of the account's own bundles.
    BundleApplications,
    /// `workspaces:DescribeApplications`.
    Applications,
    /// `workspaces:DescribeIpGroups`.
    IpGroups,
    /// `workspaces:DescribeClientBranding`, of the pairs' directories.
    Branding,
    /// Logos, fetched from the addresses that the branding names.
    Logos,
    /// `workspaces:DescribeConnectionAliases`.
    Aliases,
    /// `workspaces:DescribeConnectionAliasPermissions`, of the pairs' aliases.
    AliasPermissions,
    /// `workspaces:DescribeWorkspaces`.
    Workspaces,
    /// `workspaces:DescribeWorkspacesConnectionStatus`, of the standby side.
    Connections,
    /// `tag:GetResources`, of images and bundles; of standby sides alone.
    ResourceTags,
    /// `tag:GetResources`, of WorkSpaces; of standby sides.
    DesktopTags,
    /// `tag:GetResources`, of WorkSpaces; of primary sides.
    PrimaryDesktopTags,
    /// `ec2:DescribeSecurityGroups`, of the groups that the pairs' directories name.
    SecurityGroups,
    /// `ec2:DescribeVpcEndpoints`, of the endpoints that the pairs' directories name.
    VpcEndpoints,
    /// `ec2:DescribeVpcs`.
    Vpcs,
    /// `ec2:DescribeSubnets`, of the subnets that the pairs' directories name: their desktops' and their own.
    Subnets,
    /// `ec2:DescribeRouteTables`, of those subnets: their own, and the main ones of their VPCs.
    RouteTables,
    /// `ec2:DescribeDhcpOptions`, of those subnets' VPCs.
    DhcpOptions,
    /// `ec2:DescribeNetworkInterfaces`, in the subnets of the pairs' directories' desktops.
    NetworkInterfaces,
    /// `fsx:DescribeFileSystems`.
    FileSystems,
    /// `fsx:DescribeVolumes`, where a file system has volumes.
    Volumes,
    /// `fsx:DescribeSnapshots`, where a file system is OpenZFS's. Of primary sides alone.
    Snapshots,
    /// `fsx:DescribeStorageVirtualMachines`, where a file system is ONTAP's.
    StorageMachines,
    /// `fsx:DescribeBackups`.
    Backups,
    /// `datasync:ListTasks` and `DescribeTask`.
    SyncTasks,
    /// `datasync:ListLocations`.
    SyncLocations,
    /// `datasync:ListTaskExecutions` and `DescribeTaskExecution`, of tasks that touch FSx.
    SyncExecutions,
    /// `servicequotas:ListServiceQuotas`, of WorkSpaces: what is granted. Of standby sides alone.
    Quotas,
    /// `servicequotas:ListAWSDefaultServiceQuotas`, where those leave out one that rules look at. Of standby sides alone.
    DefaultQuotas,
    /// `kms:DescribeKey`, of the keys that desktops in the pairs' directories name. Of standby sides alone.
    Keys,
    /// `route53:ListHostedZones`.
    Zones,
    /// `route53:GetHostedZone`, of zones that enclose a pair's alias.
    ZoneDetails,
    /// `route53:ListResourceRecordSets`, at the alias's name.
    RecordSets,
    /// `route53:ListResourceRecordSets`: the TXT records at all other names of zones that enclose a pair's alias.
    ZoneTexts,
    /// `route53:ListResourceRecordSetProtections`, of zones that enclose a pair's alias.
    Protections,
    /// `route53:ListHealthChecks` and `GetHealthCheckStatus`.
    HealthChecks,
    /// Questions to name servers: the TXT record at the alias's name.
    Txt,
    /// Questions to name servers: to whom the parent delegates the alias's zone, and whether those speak for it.
    Delegation,
    /// Questions to name servers: the chain of signatures from the trust anchor to the TXT record.
    Dnssec,
    /// Connections to the endpoints of the pairs' dependencies.
    Probes,
}

impl Dataset {
    /// Every dataset.
    pub const ALL: [Self; 59] = [
        Self::Directories,
        Self::Registrations,
        Self::ClientProperties,
        Self::Account,
        Self::AddIns,
        Self::ClientAuthentications,
        Self::LdapsSettings,
        Self::Certificates,
        Self::DirectoryRegions,
        Self::DomainControllers,
        Self::Trusts,
        Self::CertificateAuthorities,
        Self::StreamPermissions,
        Self::FailoverPermissions,
        Self::Images,
        Self::ImagePermissions,
        Self::ImageApplications,
        Self::Bundles,
        Self::AmazonBundles,
        Self::BundleApplications,
        Self::Applications,
        Self::IpGroups,
        Self::Branding,
        Self::Logos,
        Self::Aliases,
        Self::AliasPermissions,
        Self::Workspaces,
        Self::Connections,
        Self::ResourceTags,
        Self::DesktopTags,
        Self::PrimaryDesktopTags,
        Self::SecurityGroups,
        Self::VpcEndpoints,
        Self::Vpcs,
        Self::Subnets,
        Self::RouteTables,
        Self::DhcpOptions,
        Self::NetworkInterfaces,
        Self::FileSystems,
        Self::Volumes,
        Self::Snapshots,
        Self::StorageMachines,
        Self::Backups,
        Self::SyncTasks,
        Self::SyncLocations,
        Self::SyncExecutions,
        Self::Quotas,
        Self::DefaultQuotas,
        Self::Keys,
        Self::Zones,
        Self::ZoneDetails,
        Self::RecordSets,
        Self::ZoneTexts,
        Self::Protections,
        Self::HealthChecks,
        Self::Txt,
        Self::Delegation,
        Self::Dnssec,
        Self::Probes,
    ];
}

/// Everything collected of the configured pairs.
#[derive(Clone, Debug)]
pub struct Estate {
    /// The deskpair that collected it.
    pub tool_version: String,
    /// When collecting began: everything was true at this instant or later.
    pub taken_at: Moment,
    /// When collecting ended.
    pub finished_at: Moment,
    /// The configuration it was collected with.
    pub settings: Settings,
    /// All texts of the rows.
    pub symbols: Symbols,
    /// The sides, each once, however many pairs share it.
    pub sides: Vec<Side>,
    /// Route 53 as each configured identity sees it, each once.
    pub zones: Vec<ZoneBook>,
    /// What name servers said, a view an alias, sorted by name.
    pub txt: Vec<TxtView>,
    /// What the endpoints of each of `settings.pairs`' dependencies answered: in the order of the configuration, the primary side's first.
    pub probes: Vec<Slice<Probe>>,
    /// Where each of `settings.pairs` finds its parts.
    pub pairs: Vec<PairPlaces>,
    /// Everything that could not be read. The first entry stands for what this estate was collected without.
    pub gaps: Vec<Gap>,
    /// The calls that were made.
    pub calls: Calls,
}

/// Where a pair finds its parts in the estate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PairPlaces {
    /// Position in `sides`.
    pub primary: u32,
    /// Position in `sides`.
    pub standby: u32,
    /// Position in `zones`.
    pub zones: u32,
    /// Position in `txt`.
    pub txt: u32,
}

/// One Region as one identity sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Side {
    /// Where, and as whom; without a directory.
    pub place: SideSettings,
    /// The account, or why `sts:GetCallerIdentity` did not tell.
    pub account: Result<String, GapId>,
    /// Directory Service's directories.
    pub directories: Slice<Directory>,
    /// The directories registered with WorkSpaces.
    pub registrations: Slice<WorkspaceDirectory>,
    /// Client properties, an entry a registered directory.
    pub client_properties: Slice<ClientPropertiesOf>,
    /// What the account may have: one item.
    pub account_settings: Slice<AccountSettings>,
    /// Connect client add-ins by directory id.
    pub add_ins: BTreeMap<String, Slice<ClientAddIn>>,
    /// Ways of client authentication by directory id.
    pub client_authentications: BTreeMap<String, Slice<ClientAuthentication>>,
    /// LDAPS settings by directory id.
    pub ldaps_settings: BTreeMap<String, Slice<LdapsSetting>>,
    /// Certificates by directory id.
    pub certificates: BTreeMap<String, Slice<DirectoryCertificate>>,
    /// Regions of managed ADs by directory id, of primary sides.
    pub directory_regions: BTreeMap<String, Slice<DirectoryRegion>>,
    /// Domain controllers of managed ADs in this Region by directory id, which is one in all Regions.
    pub domain_controllers: BTreeMap<String, Slice<DomainController>>,
    /// Trusts of managed ADs by directory id.
    pub trusts: BTreeMap<String, Slice<Trust>>,
    /// Private CAs by ARN, of standby sides: one item, or none where there is no such CA.
    pub certificate_authorities: BTreeMap<String, Slice<CertificateAuthority>>,
    /// What IAM says of roles that people assume to sign in, by ARN; nothing where there is no such role.
    pub stream_permissions: BTreeMap<String, Slice<Simulated>>,
    /// What IAM says of roles that failovers run as, by ARN; nothing where there is no such role.
    pub failover_permissions: BTreeMap<String, Slice<Simulated>>,
    /// The account's own images.
    pub images: Slice<Image>,
    /// With whom images are shared, by image id.
    pub image_permissions: BTreeMap<String, Slice<ImagePermission>>,
    /// Applications of images, by image id.
    pub image_applications: BTreeMap<String, Slice<ApplicationAssociation>>,
    /// The account's own bundles.
    pub bundles: Slice<Bundle>,
    /// Amazon's bundles, of standby sides.
    pub amazon_bundles: Slice<Bundle>,
    /// Applications of bundles, by bundle id.
    pub bundle_applications: BTreeMap<String, Slice<ApplicationAssociation>>,
    /// The applications that there are.
    pub applications: Slice<Application>,
    /// IP access control groups.
    pub ip_groups: Slice<IpGroup>,
    /// Branding by directory id; a platform that is not branded has no entry.
    pub branding: BTreeMap<String, Slice<PlatformBranding>>,
    /// Logos by address.
    pub logos: Slice<Logo>,
    /// Connection aliases, those shared with this account too.
    pub aliases: Slice<ConnectionAlias>,
    /// Permissions by alias id.
    pub alias_permissions: BTreeMap<String, Slice<AliasPermission>>,
    /// The WorkSpaces, in the order in which they came.
    pub workspaces: Slice<WorkspaceRow>,
    /// What few WorkSpaces have.
    pub extras: Extras,
    /// Connection status by WorkSpace.
    pub connections: Slice<ConnectionRow>,
    /// Tags of images and bundles.
    pub resource_tags: Slice<TagRow>,
    /// Tags of WorkSpaces.
    pub desktop_tags: Slice<TagRow>,
    /// Security groups of the directories.
    pub security_groups: Slice<SecurityGroup>,
    /// VPC endpoints of the directories.
    pub vpc_endpoints: Slice<VpcEndpoint>,
    /// VPCs.
    pub vpcs: Slice<Vpc>,
    /// Subnets of the directories.
    pub subnets: Slice<Subnet>,
    /// Route tables of those subnets and of their VPCs.
    pub route_tables: Slice<RouteTable>,
    /// DHCP options of those subnets' VPCs.
    pub dhcp_options: Slice<DhcpOptions>,
    /// Network interfaces in the subnets of the directories' desktops.
    pub network_interfaces: Slice<InterfaceRow>,
    /// FSx file systems.
    pub file_systems: Slice<FileSystem>,
    /// Volumes of ONTAP and OpenZFS file systems.
    pub volumes: Slice<Volume>,
    /// Snapshots of OpenZFS file systems' volumes, of primary sides.
    pub snapshots: Slice<Snapshot>,
    /// Storage virtual machines of ONTAP file systems.
    pub storage_machines: Slice<StorageMachine>,
    /// FSx backups.
    pub backups: Slice<Backup>,
    /// DataSync tasks.
    pub sync_tasks: Slice<SyncTask>,
    /// DataSync locations.
    pub sync_locations: Slice<SyncLocation>,
    /// Executions by task ARN, of tasks that touch FSx.
    pub sync_executions: BTreeMap<String, Slice<SyncExecution>>,
    /// What WorkSpaces' quotas grant, of standby sides.
    pub quotas: Slice<Quota>,
    /// The defaults of quotas that are not among those.
    pub default_quotas: Slice<Quota>,
    /// Keys by the text with which desktops name them, of standby sides: one item, none where there is no such key.
    pub keys: BTreeMap<String, Slice<Key>>,
}

impl Side {
    /// A side of which nothing has been collected.
    pub fn uncollected(place: SideSettings) -> Self {
        Self {
            place,
            account: Err(Estate::NOT_COLLECTED),
            directories: Slice::cut(Vec::new(), Estate::NOT_COLLECTED),
            registrations: Slice::cut(Vec::new(), Estate::NOT_COLLECTED),
            client_properties: Slice::cut(Vec::new(), Estate::NOT_COLLECTED),
            account_settings: Slice::cut(Vec::new(), Estate::NOT_COLLECTED),
            add_ins: BTreeMap::new(),
            client_authentications: BTreeMap::new(),
            ldaps_settings: BTreeMap::new(),
            certificates: BTreeMap::new(),
            directory_regions: BTreeMap::new(),
            domain_controllers: BTreeMap::new(),
            trusts: BTreeMap::new(),
            certificate_authorities: BTreeMap::new(),
            stream_permissions: BTreeMap::new(),
            failover_permissions: BTreeMap::new(),
            images: Slice::cut(Vec::new(), Estate::NOT_COLLECTED),
            image_permissions: BTreeMap::new(),
            image_applications: BTreeMap::new(),
            bundles: Slice::cut(Vec::new(), Estate::NOT_COLLECTED),
            amazon_bundles: Slice::cut(Vec::new(), Estate::NOT_COLLECTED),
            bundle_applications: BTreeMap::new(),
            applications: Slice::cut(Vec::new(), Estate::NOT_COLLECTED),
            ip_groups: Slice::cut(Vec::new(), Estate::NOT_COLLECTED),
            branding: BTreeMap::new(),
            logos: Slice::cut(Vec::new(), Estate::NOT_COLLECTED),
            aliases: Slice::cut(Vec::new(), Estate::NOT_COLLECTED),
            alias_permissions: BTreeMap::new(),
            workspaces: Slice::cut(Vec::new(), Estate::NOT_COLLECTED),
            extras: Extras::default(),
            connections: Slice::cut(Vec::new(), Estate::NOT_COLLECTED),
            resource_tags: Slice::cut(Vec::new(), Estate::NOT_COLLECTED),
            desktop_tags: Slice::cut(Vec::new(), Estate::NOT_COLLECTED),
            security_groups: Slice::cut(Vec::new(), Estate::NOT_COLLECTED),
            vpc_endpoints: Slice::cut(Vec::new(), Estate::NOT_COLLECTED),
            vpcs: Slice::cut(Vec::new(), Estate::NOT_COLLECTED),
            subnets: Slice::cut(Vec::new(), Estate::NOT_COLLECTED),
            route_tables: Slice::cut(Vec::new(), Estate::NOT_COLLECTED),
            dhcp_options: Slice::cut(Vec::new(), Estate::NOT_COLLECTED),
            network_interfaces: Slice::cut(Vec::new(), Estate::NOT_COLLECTED),
            file_systems: Slice::cut(Vec::new(), Estate::NOT_COLLECTED),
            volumes: Slice::cut(Vec::new(), Estate::NOT_COLLECTED),
            snapshots: Slice::cut(Vec::new(), Estate::NOT_COLLECTED),
            storage_machines: Slice::cut(Vec::new(), Estate::NOT_COLLECTED),
            backups: Slice::cut(Vec::new(), Estate::NOT_COLLECTED),
            sync_tasks: Slice::cut(Vec::new(), Estate::NOT_COLLECTED),
            sync_locations: Slice::cut(Vec::new(), Estate::NOT_COLLECTED),
            sync_executions: BTreeMap::new(),
            quotas: Slice::cut(Vec::new(), Estate::NOT_COLLECTED),
            default_quotas: Slice::cut(Vec::new(), Estate::NOT_COLLECTED),
            keys: BTreeMap::new(),
        }
    }

    /// The branding of a directory.
    ///
    /// # Errors
    /// The gap, also where this directory's branding was not asked for.
    pub fn branding_of(&self, directory: &str) -> Result<&[PlatformBranding], GapId> {
        self.branding.get(directory).ok_or(Estate::NOT_COLLECTED)?.whole()
    }

    /// The Connect client add-ins of a directory.
    ///
    /// # Errors
    /// The gap, also where this directory's add-ins were not asked for.
    pub fn add_ins_of(&self, directory: &str) -> Result<&[ClientAddIn], GapId> {
        self.add_ins.get(directory).ok_or(Estate::NOT_COLLECTED)?.whole()
    }

    /// Ways of client authentication of a directory.
    ///
    /// # Errors
    /// The gap, also where this directory was not asked about.
    pub fn client_authentications_of(&self, directory: &str) -> Result<&[ClientAuthentication], GapId> {
        self.client_authentications.get(directory).ok_or(Estate::NOT_COLLECTED)?.whole()
    }

    /// LDAPS settings of a directory.
    ///
    /// # Errors
    /// The gap, also where this directory was not asked about.
    pub fn ldaps_settings_of(&self, directory: &str) -> Result<&[LdapsSetting], GapId> {
        self.ldaps_settings.get(directory).ok_or(Estate::NOT_COLLECTED)?.whole()
    }

    /// Certificates of a directory.
    ///
    /// # Errors
    /// The gap, also where this directory was not asked about.
    pub fn certificates_of(&self, directory: &str) -> Result<&[DirectoryCertificate], GapId> {
        self.certificates.get(directory).ok_or(Estate::NOT_COLLECTED)?.whole()
    }

    /// The domain controllers of a managed AD in this Region.
    ///
    /// # Errors
    /// The gap, also where this directory was not asked about.
    pub fn domain_controllers_of(&self, directory: &str) -> Result<&[DomainController], GapId> {
        self.domain_controllers.get(directory).ok_or(Estate::NOT_COLLECTED)?.whole()
    }

    /// The trusts of a managed AD.
    ///
    /// # Errors
    /// The gap, also where this directory was not asked about.
    pub fn trusts_of(&self, directory: &str) -> Result<&[Trust], GapId> {
        self.trusts.get(directory).ok_or(Estate::NOT_COLLECTED)?.whole()
    }

    /// A private CA; `Ok(None)` where there surely is none of this ARN.
    ///
    /// # Errors
    /// The gap, also where this CA was not asked for.
    pub fn certificate_authority_of(&self, arn: &str) -> Result<Option<&CertificateAuthority>, GapId> {
        Ok(self.certificate_authorities.get(arn).ok_or(Estate::NOT_COLLECTED)?.whole()?.first())
    }

    /// With whom an image is shared.
    ///
    /// # Errors
    /// The gap, also where this image's permissions were not asked for.
    pub fn image_permissions_of(&self, image: &str) -> Result<&[ImagePermission], GapId> {
        self.image_permissions.get(image).ok_or(Estate::NOT_COLLECTED)?.whole()
    }

    /// The applications that an image brings.
    ///
    /// # Errors
    /// The gap, also where this image's applications were not asked for.
    pub fn image_applications_of(&self, image: &str) -> Result<&[ApplicationAssociation], GapId> {
        self.image_applications.get(image).ok_or(Estate::NOT_COLLECTED)?.whole()
    }

    /// The applications that a bundle brings.
    ///
    /// # Errors
    /// The gap, also where this bundle's applications were not asked for.
    pub fn bundle_applications_of(&self, bundle: &str) -> Result<&[ApplicationAssociation], GapId> {
        self.bundle_applications.get(bundle).ok_or(Estate::NOT_COLLECTED)?.whole()
    }

    /// The key that a desktop names with this text; `Ok(None)` where there surely is none.
    ///
    /// # Errors
    /// The gap, also where nobody asked for this key.
    pub fn key_of(&self, named: &str) -> Result<Option<&Key>, GapId> {
        Ok(self.keys.get(named).ok_or(Estate::NOT_COLLECTED)?.whole()?.first())
    }

    /// The executions of a DataSync task, as far as they were read.
    pub fn executions_of(&self, task: &str) -> Option<&Slice<SyncExecution>> {
        self.sync_executions.get(task)
    }
}

/// Route 53 as one identity sees it: it is global, so it belongs to no side.
#[derive(Clone, Debug, PartialEq)]
pub struct ZoneBook {
    /// As whom; the Region is empty.
    pub place: SideSettings,
    /// The account, or why `sts:GetCallerIdentity` did not tell.
    pub account: Result<String, GapId>,
    /// The hosted zones, public and private.
    pub zones: Slice<HostedZone>,
    /// By zone id, for zones that enclose a pair's alias: one item.
    pub details: BTreeMap<String, Slice<ZoneDetail>>,
    /// By zone id, for zones that enclose a pair's alias: the record sets at the aliases' names.
    pub record_sets: BTreeMap<String, Slice<RecordSet>>,
    /// Likewise: the TXT record sets at all other names.
    pub texts: BTreeMap<String, Slice<RecordSet>>,
    /// Likewise: the record sets that no change may touch.
    pub protections: BTreeMap<String, Slice<RecordProtection>>,
    /// The health checks.
    pub health_checks: Slice<HealthCheck>,
}

impl ZoneBook {
    /// A book of which nothing has been read.
    pub fn uncollected(place: SideSettings) -> Self {
        Self {
            place,
            account: Err(Estate::NOT_COLLECTED),
            zones: Slice::cut(Vec::new(), Estate::NOT_COLLECTED),
            details: BTreeMap::new(),
            record_sets: BTreeMap::new(),
            texts: BTreeMap::new(),
            protections: BTreeMap::new(),
            health_checks: Slice::cut(Vec::new(), Estate::NOT_COLLECTED),
        }
    }
}

/// How often each operation was called: every attempt counts, as AWS counts them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Calls {
    /// By account (`unknown` where it could not be told), by Region (`global`), by `service:Operation`.
    pub made: BTreeMap<String, BTreeMap<String, BTreeMap<String, u64>>>,
    /// Answers that asked for slower calls.
    pub throttled: u64,
    /// Attempts after the first.
    pub retried: u64,
}

/// What is known of endpoints that nobody asked.
static UNASKED: Slice<Probe> = Slice::cut(Vec::new(), Estate::NOT_COLLECTED);

impl Estate {
    /// The gap of everything that this estate was collected without.
    pub const NOT_COLLECTED: GapId = GapId(0);

    /// An estate of which nothing has been collected: its sides, books and views are laid out for the settings' pairs.
    pub fn laid_out(settings: Settings, tool_version: &str, taken_at: Moment) -> Self {
        let mut sides: Vec<Side> = Vec::new();
        let mut zones: Vec<ZoneBook> = Vec::new();
        let mut names: Vec<String> = settings.pairs.iter().map(|pair| pair.alias.clone()).collect();
        names.sort();
        names.dedup();
        let mut pairs = Vec::with_capacity(settings.pairs.len());
        for pair in &settings.pairs {
            let mut side = |wanted: &SideSettings| {
                let place = wanted.place();
                let at = sides.iter().position(|side| side.place == place).unwrap_or_else(|| {
                    sides.push(Side::uncollected(place));
                    sides.len() - 1
                });
                at as u32
            };
            let (primary, standby) = (side(&pair.primary), side(&pair.standby));
            let place = pair.zones_place();
            let book = zones.iter().position(|book| book.place == place).unwrap_or_else(|| {
                zones.push(ZoneBook::uncollected(place));
                zones.len() - 1
            });
            let view = names.binary_search(&pair.alias).expect("every alias is among the names");
            pairs.push(PairPlaces { primary, standby, zones: book as u32, txt: view as u32 });
        }
        let txt = names.into_iter().map(TxtView::unasked).collect();
        let probes = pairs.iter().map(|_| UNASKED.clone()).collect();
        let not_collected = Gap {
            service: String::new(),
            operation: String::new(),
            region: String::new(),
            about: String::new(),
            cause: GapCause::NotCollected,
            iam_action: String::new(),
            message: "this estate was collected without it".to_owned(),
        };
        Self {
            tool_version: tool_version.to_owned(),
            taken_at,
            finished_at: taken_at,
            settings,
            symbols: Symbols::default(),
            sides,
            zones,
            txt,
            probes,
            pairs,
            gaps: vec![not_collected],
            calls: Calls::default(),
        }
    }

    /// The pairs that this was collected for, with where each finds its parts.
    pub fn collected_pairs(&self) -> impl Iterator<Item = (&PairSettings, &PairPlaces)> {
        self.settings.pairs.iter().zip(&self.pairs).filter(|(pair, _)| !pair.left_out)
    }

    /// What the endpoints of a pair's dependencies answered, by the pair's position.
    pub fn probes_of(&self, pair: usize) -> &Slice<Probe> {
        self.probes.get(pair).unwrap_or(&UNASKED)
    }

    /// Records a gap; an equal one is recorded once.
    pub fn gap(&mut self, gap: Gap) -> GapId {
        let at = self.gaps.iter().position(|known| *known == gap).unwrap_or_else(|| {
            self.gaps.push(gap);
            self.gaps.len() - 1
        });
        GapId(u32::try_from(at).expect("fewer than 2^32 gaps"))
    }

    /// The gap with this number.
    pub fn gap_of(&self, id: GapId) -> &Gap {
        &self.gaps[id.0 as usize]
    }
}

impl PairSettings {
    /// As whom the pair's zone is read: the DNS settings' identity, otherwise the primary side's.
    pub fn zones_place(&self) -> SideSettings {
        let dns = &self.dns;
        if dns.profile.is_some() || dns.role_arn.is_some() {
            SideSettings {
                region: String::new(),
                profile: dns.profile.clone(),
                role_arn: dns.role_arn.clone(),
                external_id: dns.external_id.clone(),
                directory: None,
            }
        } else {
            SideSettings { region: String::new(), directory: None, ..self.primary.clone() }
        }
    }
}
