//! The ids of one side's resources, made before the resources, for they name each other.

use super::company::{ACCOUNT, FAILOVER_ROLE, IMAGES, PEOPLE_ROLE, PERSONAS, Plan, Region};
use super::names::Mint;
use deskpair_rules::model::Moment;
use deskpair_rules::model::settings::{DnsSettings, MapEntry, MapKind, PairSettings, SideSettings};
use sha2::{Digest, Sha256};

/// One side's ids.
pub(super) struct Site {
    pub(super) region: &'static Region,
    pub(super) directory: String,
    pub(super) registration_code: String,
    pub(super) vpc: String,
    /// The desktops' and the connector's subnets, one a zone.
    pub(super) subnets: [String; 2],
    /// The group AWS made for the directory's desktops.
    pub(super) desktop_group: String,
    /// The connector's group.
    pub(super) connector_group: String,
    /// The company's own group for desktops.
    pub(super) custom_group: String,
    /// Ids of [`IMAGES`].
    pub(super) images: Vec<String>,
    /// Ids of [`PERSONAS`]' bundles.
    pub(super) bundles: Vec<String>,
    /// Ids of the plan's offices.
    pub(super) ip_groups: Vec<String>,
    pub(super) alias: String,
    /// The TXT value that sends people to this side.
    pub(super) identifier: String,
    pub(super) file_system: String,
    /// The designers' file system, where the plan has one.
    pub(super) ontap: String,
    /// The data scientists' file system, where the plan has one.
    pub(super) zfs: String,
    /// The ARN of the key that AWS manages for WorkSpaces.
    pub(super) managed_key: String,
    /// The ARN of this Region's replica of the company's multi-Region key.
    pub(super) company_key: String,
}

impl Site {
    fn new(region: &'static Region, plan: &Plan, multi_region_key: &str, mint: &mut Mint) -> Self {
        let key = |id: &str| format!("arn:aws:kms:{}:{ACCOUNT}:key/{id}", region.name);
        Self {
            region,
            directory: mint.hex("d-", 10),
            registration_code: mint.upper(&format!("WS{}+", region.stem), 6),
            vpc: mint.hex("vpc-", 17),
            subnets: [mint.hex("subnet-", 17), mint.hex("subnet-", 17)],
            desktop_group: mint.hex("sg-", 17),
            connector_group: mint.hex("sg-", 17),
            custom_group: mint.hex("sg-", 17),
            images: IMAGES.iter().map(|_| mint.base36("wsi-", 9)).collect(),
            bundles: PERSONAS.iter().map(|_| mint.base36("wsb-", 9)).collect(),
            ip_groups: plan.offices.iter().map(|_| mint.base36("wsipg-", 9)).collect(),
            alias: mint.base36("wsca-", 9),
            identifier: mint.mixed(12),
            file_system: mint.hex("fs-", 17),
            managed_key: key(&mint.uuid()),
            company_key: key(multi_region_key),
            ontap: mint.hex("fs-", 17),
            zfs: mint.hex("fs-", 17),
        }
    }

    /// An address in the side's VPC.
    pub(super) fn address(&self, third: u8, fourth: u8) -> String {
        format!("10.{}.{third}.{fourth}", self.region.octet)
    }

    /// The addresses of the side's own domain controllers.
    pub(super) fn domain_controllers(&self) -> Vec<String> {
        vec![self.address(10, 10), self.address(11, 10)]
    }

    /// The ARN of a resource of WorkSpaces: `workspace/ws-…`.
    pub(super) fn arn(&self, resource: &str) -> String {
        workspaces_arn(self.region.name, resource)
    }

    /// An id that follows from the side and a name: lower-case hexadecimal digits after a prefix. It is drawn from nothing, so that what a
    /// side comes to have leaves the ids of all else as they were.
    pub(super) fn derived(&self, prefix: &str, digits: usize, name: &str) -> String {
        let digest = Sha256::digest(format!("{} {prefix}{name}", self.directory));
        let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{prefix}{}", &hex[..digits])
    }

    /// The VPC endpoint that the directory names.
    pub(super) fn endpoint(&self) -> String {
        self.derived("vpce-", 17, "streaming")
    }

    fn settings(&self) -> SideSettings {
        SideSettings {
            region: self.region.name.to_owned(),
            directory: Some(self.directory.clone()),
            ..SideSettings::default()
        }
    }
}

/// The ARN of a resource of WorkSpaces: `workspace/ws-…`.
pub(super) fn workspaces_arn(region: &str, resource: &str) -> String {
    format!("arn:aws:workspaces:{region}:{ACCOUNT}:{resource}")
}

/// One pair's ids.
pub(super) struct Sites {
    pub(super) plan: &'static Plan,
    pub(super) primary: Site,
    pub(super) standby: Site,
}

impl Sites {
    /// Both sides' ids.
    pub(super) fn new(plan: &'static Plan, mint: &mut Mint) -> Self {
        let key = mint.hex("mrk-", 32);
        Self {
            plan,
            primary: Site::new(&plan.primary, plan, &key, mint),
            standby: Site::new(&plan.standby, plan, &key, mint),
        }
    }

    /// The pair's part of the configuration. Objectives are the defaults: 15 minutes, 24 hours, 90 days.
    pub(super) fn settings(&self) -> PairSettings {
        let map = |kind, primary: &str, standby: &str| MapEntry {
            kind,
            primary: primary.to_owned(),
            standby: standby.to_owned(),
        };
        let mut maps = vec![
            map(MapKind::FileSystem, &self.primary.file_system, &self.standby.file_system),
            map(MapKind::SecurityGroup, &self.primary.custom_group, &self.standby.custom_group),
        ];
        if self.plan.has_volumes {
            maps.push(map(MapKind::FileSystem, &self.primary.ontap, &self.standby.ontap));
            maps.push(map(MapKind::FileSystem, &self.primary.zfs, &self.standby.zfs));
        }
        PairSettings {
            name: self.plan.name.to_owned(),
            alias: self.plan.alias.to_owned(),
            federation_role_arn: Some(PEOPLE_ROLE.to_owned()),
            drill_role_arn: Some(FAILOVER_ROLE.to_owned()),
            primary: self.primary.settings(),
            standby: self.standby.settings(),
            dns: DnsSettings {
                resolvers: vec!["authoritative".to_owned(), super::resolution::RESOLVER.to_owned()],
                ..DnsSettings::default()
            },
            maps,
            dependencies: super::dependencies::declared(&self.primary, &self.standby),
            ..PairSettings::default()
        }
    }
}

/// The instant this many seconds before `at`, in whole seconds as AWS gives most of its times.
pub(super) fn before(at: Moment, secs: i64) -> Moment {
    Moment::from_secs(at.secs() - secs)
}

/// An hour, in seconds.
pub(super) const HOUR: i64 = 3600;
/// A day, in seconds.
pub(super) const DAY: i64 = 24 * HOUR;
