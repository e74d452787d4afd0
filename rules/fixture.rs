//! A small estate in which everything is in order, for tests: change one thing and judge.
//!
//! Three people (anna, bert, carla) on two bundles, us-east-1 → us-west-2, taken on 2026-06-01 at noon UTC.

mod gaps;

use crate::engine::{Options, Run, evaluate_with};
use crate::model::alias::{AliasAssociation, Branding, ConnectionAlias, PLATFORMS, PlatformBranding};
use crate::model::directory::{
    AccessProperties, ClientProperties, ClientPropertiesOf, ConnectSettings, CreationProperties, Directory,
    SelfservicePermissions, WorkspaceDirectory,
};
use crate::model::dns::{ServerKind, Transport, TxtAnswer, TxtOutcome};
use crate::model::files::{
    BackedUpFileSystem, Backup, FileSystem, FileSystemAlias, FileTag, SelfManagedActiveDirectory, SyncExecution,
    SyncLocation, SyncOptions, SyncSchedule, SyncTask, WindowsConfiguration,
};
use crate::model::image::{Bundle, ComputeType, Image, IpGroup, IpRule, OperatingSystem, Storage};
use crate::model::route53::{HostedZone, RecordSet};
use crate::model::settings::{PairSettings, Settings, SideSettings};
use crate::model::workspace::{ConnectionRow, WorkspaceRecord, WorkspaceRow};
use crate::model::{Dataset, Estate, Gap, GapCause, GapId, Moment, PairView, Side, Slice, Subject, Sym};
use crate::rule::{Rule, Sheet, Wording};

/// 2026-06-01T12:00:00Z, when the fixture's estate was taken.
pub const TAKEN_AT: Moment = Moment::from_secs(1_780_315_200);

/// An hour, in seconds.
pub const HOUR: i64 = 3600;

/// Which side of the pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    /// us-east-1.
    Primary,
    /// us-west-2.
    Standby,
}

/// A small estate to change and judge.
#[derive(Clone, Debug)]
pub struct Fixture {
    /// The estate.
    pub estate: Estate,
}

impl Fixture {
    /// An estate in which every rule passes or does not apply.
    pub fn clean() -> Self {
        let side = |region: &str| SideSettings { region: region.to_owned(), ..SideSettings::default() };
        let pair = PairSettings {
            name: "corp".to_owned(),
            alias: "desktop.corp.example".to_owned(),
            primary: side("us-east-1"),
            standby: side("us-west-2"),
            ..PairSettings::default()
        };
        let settings = Settings { pairs: vec![pair], ..Settings::default() };
        let mut fixture = Self { estate: Estate::laid_out(settings, "0.0.0", TAKEN_AT) };
        for on in [On::Primary, On::Standby] {
            fixture.fill(on);
        }
        fixture.fill_dns();
        for (at, user) in ["anna", "bert", "carla"].into_iter().enumerate() {
            let bundle = if at == 2 { "power" } else { "standard" };
            fixture.add_desktop(On::Primary, user, bundle);
            fixture.add_desktop(On::Standby, user, bundle);
        }
        fixture
    }

    fn fill(&mut self, on: On) {
        let primary = on == On::Primary;
        let pick = |p: &str, s: &str| if primary { p.to_owned() } else { s.to_owned() };
        let (region, tag) = (pick("us-east-1", "us-west-2"), pick("p", "s"));
        let directory = self.directory_id(on);
        let side = self.side(on);
        side.account = Ok("111122223333".to_owned());
        side.directories = Slice::whole_of(vec![Directory {
            directory_id: directory.clone(),
            name: "corp.example".to_owned(),
            short_name: "CORP".to_owned(),
            size: "Small".to_owned(),
            stage: "Active".to_owned(),
            r#type: "ADConnector".to_owned(),
            connect_settings: Some(ConnectSettings {
                customer_user_name: pick("svc-adc-east", "svc-adc-west"),
                ..ConnectSettings::default()
            }),
            ..Directory::default()
        }]);
        let allow = || "ALLOW".to_owned();
        let deny = || "DENY".to_owned();
        side.registrations = Slice::whole_of(vec![WorkspaceDirectory {
            directory_id: directory.clone(),
            directory_name: "corp.example".to_owned(),
            directory_type: "AD_CONNECTOR".to_owned(),
            state: "REGISTERED".to_owned(),
            tenancy: "SHARED".to_owned(),
            workspace_type: "PERSONAL".to_owned(),
            ip_group_ids: vec![format!("wsipg-{tag}hq00000")],
            workspace_creation_properties: Some(CreationProperties {
                enable_internet_access: Some(false),
                default_ou: "OU=Desktops,DC=corp,DC=example".to_owned(),
                user_enabled_as_local_administrator: Some(false),
                enable_maintenance_mode: Some(true),
                ..CreationProperties::default()
            }),
            workspace_access_properties: Some(AccessProperties {
                device_type_windows: allow(),
                device_type_osx: allow(),
                device_type_web: deny(),
                device_type_ios: allow(),
                device_type_android: deny(),
                device_type_chrome_os: deny(),
                device_type_zero_client: deny(),
                device_type_linux: allow(),
                ..AccessProperties::default()
            }),
            selfservice_permissions: Some(SelfservicePermissions {
                restart_workspace: "ENABLED".to_owned(),
                ..SelfservicePermissions::default()
            }),
            ..WorkspaceDirectory::default()
        }]);
        side.client_properties = Slice::whole_of(vec![ClientPropertiesOf {
            resource_id: directory.clone(),
            client_properties: Some(ClientProperties {
                reconnect_enabled: "ENABLED".to_owned(),
                log_upload_enabled: "DISABLED".to_owned(),
                ..ClientProperties::default()
            }),
        }]);
        // Copies are made after their source.
        let created = Moment::from_secs(TAKEN_AT.secs() - if primary { 30 } else { 29 } * 24 * HOUR);
        side.images = Slice::whole_of(
            ["standard", "power"]
                .into_iter()
                .map(|name| Image {
                    image_id: format!("wsi-{tag}{name}"),
                    name: format!("{name}-image"),
                    operating_system: Some(OperatingSystem { r#type: "WINDOWS".to_owned() }),
                    state: "AVAILABLE".to_owned(),
                    required_tenancy: "DEFAULT".to_owned(),
                    created: Some(created),
                    owner_account_id: "111122223333".to_owned(),
                    ..Image::default()
                })
                .collect(),
        );
        side.bundles = Slice::whole_of(
            [("standard", "STANDARD", "50"), ("power", "POWER", "100")]
                .into_iter()
                .map(|(name, compute, user)| Bundle {
                    bundle_id: format!("wsb-{tag}{name}"),
                    name: format!("{name}-bundle"),
                    owner: "111122223333".to_owned(),
                    image_id: format!("wsi-{tag}{name}"),
                    root_storage: Some(Storage { capacity: "80".to_owned() }),
                    user_storage: Some(Storage { capacity: user.to_owned() }),
                    compute_type: Some(ComputeType { name: compute.to_owned() }),
                    last_updated_time: Some(created),
                    state: "AVAILABLE".to_owned(),
                    bundle_type: "REGULAR".to_owned(),
                    ..Bundle::default()
                })
                .collect(),
        );
        let rule = |range: &str, what: &str| IpRule { ip_rule: range.to_owned(), rule_desc: what.to_owned() };
        side.ip_groups = Slice::whole_of(vec![IpGroup {
            group_id: format!("wsipg-{tag}hq00000"),
            group_name: "headquarters".to_owned(),
            user_rules: vec![rule("192.0.2.0/24", "Lisbon"), rule("198.51.100.0/25", "Porto")],
            ..IpGroup::default()
        }]);
        let branding = PLATFORMS
            .into_iter()
            .filter(|(device, _)| ["DeviceTypeWindows", "DeviceTypeOsx"].contains(device))
            .map(|(device, _)| PlatformBranding {
                device_type: device.to_owned(),
                branding: Branding {
                    logo_url: format!("https://branding.{region}.example/{directory}/{device}.png"),
                    support_email: "help@corp.example".to_owned(),
                    login_message: [("en_US".to_owned(), "Welcome to Corp".to_owned())].into(),
                    ..Branding::default()
                },
            })
            .collect();
        side.branding.insert(directory.clone(), Slice::whole_of(branding));
        side.aliases = Slice::whole_of(vec![ConnectionAlias {
            connection_string: "desktop.corp.example".to_owned(),
            alias_id: format!("wsca-{tag}alias0"),
            state: "CREATED".to_owned(),
            owner_account_id: "111122223333".to_owned(),
            associations: vec![AliasAssociation {
                association_status: "ASSOCIATED_WITH_OWNER_ACCOUNT".to_owned(),
                associated_account_id: "111122223333".to_owned(),
                resource_id: directory,
                connection_identifier: Self::identifier(on).to_owned(),
            }],
        }]);
        side.alias_permissions.insert(format!("wsca-{tag}alias0"), Slice::whole_of(Vec::new()));
        side.workspaces = Slice::whole_of(Vec::new());
        side.connections = Slice::whole_of(Vec::new());
        side.resource_tags = Slice::whole_of(Vec::new());
        side.desktop_tags = Slice::whole_of(Vec::new());
        self.fill_files(on);
    }

    fn fill_files(&mut self, on: On) {
        let (tag, region) = if on == On::Primary { ("p", "us-east-1") } else { ("s", "us-west-2") };
        let ago = |hours: i64| Some(Moment::from_secs(TAKEN_AT.secs() - hours * HOUR));
        let side = self.side(on);
        side.file_systems = Slice::whole_of(vec![FileSystem {
            file_system_id: format!("fs-{tag}000000000000"),
            file_system_type: "WINDOWS".to_owned(),
            lifecycle: "AVAILABLE".to_owned(),
            storage_capacity: Some(1024),
            storage_type: "SSD".to_owned(),
            resource_arn: format!("arn:aws:fsx:{region}:111122223333:file-system/fs-{tag}000000000000"),
            tags: vec![FileTag { key: "Name".to_owned(), value: "profiles".to_owned() }],
            windows_configuration: Some(WindowsConfiguration {
                deployment_type: "MULTI_AZ_1".to_owned(),
                throughput_capacity: Some(64),
                aliases: vec![FileSystemAlias {
                    name: "profiles.corp.example".to_owned(),
                    lifecycle: "AVAILABLE".to_owned(),
                }],
                self_managed_active_directory_configuration: Some(SelfManagedActiveDirectory {
                    domain_name: "corp.example".to_owned(),
                    ..SelfManagedActiveDirectory::default()
                }),
                ..WindowsConfiguration::default()
            }),
            ..FileSystem::default()
        }]);
        side.backups = Slice::whole_of(vec![Backup {
            backup_id: format!("backup-{tag}0"),
            lifecycle: "AVAILABLE".to_owned(),
            r#type: "AUTOMATIC".to_owned(),
            creation_time: ago(10),
            file_system: Some(BackedUpFileSystem {
                file_system_id: format!("fs-{tag}000000000000"),
                file_system_type: "WINDOWS".to_owned(),
            }),
            ..Backup::default()
        }]);
        side.sync_tasks = Slice::whole_of(Vec::new());
        side.sync_locations = Slice::whole_of(Vec::new());
        if on == On::Standby {
            // The task runs in the standby Region: it is there when the primary is not.
            let arn = |what: &str| format!("arn:aws:datasync:us-west-2:111122223333:{what}");
            let location = |id: &str, region: &str, tag: &str| SyncLocation {
                location_arn: arn(&format!("location/{id}")),
                location_uri: format!("fsxw://{region}.fs-{tag}000000000000/share/"),
            };
            side.sync_locations = Slice::whole_of(vec![
                location("loc-source", "us-east-1", "p"),
                location("loc-target", "us-west-2", "s"),
            ]);
            side.sync_tasks = Slice::whole_of(vec![SyncTask {
                task_arn: arn("task/task-0"),
                status: "AVAILABLE".to_owned(),
                name: "profiles east to west".to_owned(),
                source_location_arn: arn("location/loc-source"),
                destination_location_arn: arn("location/loc-target"),
                schedule: Some(SyncSchedule {
                    schedule_expression: "rate(6 hours)".to_owned(),
                    status: "ENABLED".to_owned(),
                }),
                options: Some(SyncOptions {
                    preserve_deleted_files: "REMOVE".to_owned(),
                    security_descriptor_copy_flags: "OWNER_DACL".to_owned(),
                    ..SyncOptions::default()
                }),
                ..SyncTask::default()
            }]);
            let execution = |at: u32, hours: i64| SyncExecution {
                task_execution_arn: arn(&format!("task/task-0/execution/exec-{at}")),
                status: "SUCCESS".to_owned(),
                start_time: ago(hours),
                ..SyncExecution::default()
            };
            let executions = vec![execution(0, 9), execution(1, 3)];
            side.sync_executions.insert(arn("task/task-0"), Slice::whole_of(executions));
        }
    }

    fn fill_dns(&mut self) {
        let book = &mut self.estate.zones[0];
        book.account = Ok("111122223333".to_owned());
        book.zones = Slice::whole_of(vec![HostedZone {
            id: "Z0CORP".to_owned(),
            name: "corp.example.".to_owned(),
            caller_reference: "corp".to_owned(),
            private_zone: Some(false),
            ..HostedZone::default()
        }]);
        book.health_checks = Slice::whole_of(Vec::new());
        let value = Self::identifier(On::Primary);
        book.record_sets.insert(
            "Z0CORP".to_owned(),
            Slice::whole_of(vec![RecordSet {
                name: "desktop.corp.example.".to_owned(),
                r#type: "TXT".to_owned(),
                ttl: Some(60),
                resource_records: vec![format!("\"{value}\"")],
                ..RecordSet::default()
            }]),
        );
        let answer = |kind: ServerKind, server: &str, ttl: u32| TxtAnswer {
            kind,
            server: server.to_owned(),
            server_name: String::new(),
            transport: Transport::Udp,
            authoritative: kind == ServerKind::Authoritative,
            outcome: TxtOutcome::Found { records: vec![vec![value.to_owned()]], ttl, canonical: String::new() },
        };
        self.estate.txt[0].answers = Slice::whole_of(vec![
            answer(ServerKind::Authoritative, "192.0.2.53:53", 60),
            answer(ServerKind::Authoritative, "192.0.2.54:53", 60),
            answer(ServerKind::System, "192.0.2.1:53", 41),
        ]);
    }

    /// The connection identifier of a side.
    pub const fn identifier(on: On) -> &'static str {
        match on {
            On::Primary => "1234567890abcdef",
            On::Standby => "fedcba0987654321",
        }
    }

    /// The directory of a side.
    pub fn directory_id(&self, on: On) -> String {
        match on {
            On::Primary => "d-90670000aa".to_owned(),
            On::Standby => "d-92670000bb".to_owned(),
        }
    }

    /// A side, to change.
    pub fn side(&mut self, on: On) -> &mut Side {
        let at = match on {
            On::Primary => self.estate.pairs[0].primary,
            On::Standby => self.estate.pairs[0].standby,
        };
        &mut self.estate.sides[at as usize]
    }

    /// The registered directory of a side, to change.
    pub fn registration(&mut self, on: On) -> &mut WorkspaceDirectory {
        &mut self.side(on).registrations.items_mut()[0]
    }

    /// The pair's configuration, to change.
    pub fn pair(&mut self) -> &mut PairSettings {
        &mut self.estate.settings.pairs[0]
    }

    /// The number of a text.
    pub fn sym(&mut self, text: &str) -> Sym {
        self.estate.symbols.intern(text)
    }

    /// Adds a person's desktop on `standard` or `power`: AlwaysOn and AVAILABLE on P, AutoStop and STOPPED on S.
    pub fn add_desktop(&mut self, on: On, user: &str, bundle: &str) {
        let directory = self.directory_id(on);
        let (tag, mode, state) = match on {
            On::Primary => ("p", "ALWAYS_ON", "AVAILABLE"),
            On::Standby => ("s", "AUTO_STOP", "STOPPED"),
        };
        let (compute, user_gib) = if bundle == "power" { ("POWER", 100) } else { ("STANDARD", 50) };
        let record = WorkspaceRecord {
            workspace_id: format!("ws-{tag}{user}").into(),
            directory_id: directory.into(),
            user_name: user.into(),
            state: state.into(),
            bundle_id: format!("wsb-{tag}{bundle}").into(),
            computer_name: format!("EC-{user}").into(),
            user_volume_encryption_enabled: Some(true),
            root_volume_encryption_enabled: Some(true),
            running_mode: mode.into(),
            running_mode_auto_stop_timeout_in_minutes: (on == On::Standby).then_some(60),
            root_volume_size_gib: Some(80),
            user_volume_size_gib: Some(user_gib),
            compute_type_name: compute.into(),
            protocols: "DCV".into(),
            operating_system_name: "WINDOWS_SERVER_2022".into(),
            ..WorkspaceRecord::default()
        };
        let mut extras = std::mem::take(&mut self.side(on).extras);
        let row = WorkspaceRow::of(record, &mut self.estate.symbols, &mut extras);
        let (known, stopped) = (Moment::from_secs(TAKEN_AT.secs() - 48 * HOUR), self.sym("DISCONNECTED"));
        let side = self.side(on);
        side.extras = extras;
        side.workspaces.items_mut().push(row);
        if on == On::Standby {
            side.connections.items_mut().push(ConnectionRow {
                workspace: row.id,
                state: stopped,
                checked: Some(TAKEN_AT),
                last_known: Some(known),
            });
        }
    }

    /// A person's desktop, to change.
    pub fn desktop(&mut self, on: On, user: &str) -> &mut WorkspaceRow {
        let user = self.sym(user);
        self.side(on).workspaces.items_mut().iter_mut().find(|row| row.user == user).expect("they have a desktop")
    }

    /// Takes a person's desktop away.
    pub fn remove_desktop(&mut self, on: On, user: &str) {
        let user = self.sym(user);
        self.side(on).workspaces.items_mut().retain(|row| row.user != user);
    }

    /// The people by whose primary desktop a subject is named, or the subject's name: for short assertions.
    pub fn name(&self, subject: Subject) -> String {
        subject.names(&self.view()).name.into_owned()
    }

    /// Records a denied call, for a list that a test cuts.
    pub fn gap(&mut self, service: &str, operation: &str) -> GapId {
        self.estate.gap(Gap {
            service: service.to_owned(),
            operation: operation.to_owned(),
            region: "us-west-2".to_owned(),
            about: String::new(),
            cause: GapCause::Denied,
            iam_action: format!("{service}:{operation}"),
            message: "no identity-based policy allows it".to_owned(),
        })
    }

    /// Denies a dataset on one side (of Route 53 and of name servers there is one): nothing of it was read.
    pub fn deny(&mut self, on: On, dataset: Dataset) -> GapId {
        let gap = self.gap("denied", &format!("{dataset:?}"));
        let directory = self.directory_id(on);
        let side = self.side(on);
        match dataset {
            Dataset::Directories => side.directories = Slice::cut(Vec::new(), gap),
            Dataset::Registrations => side.registrations = Slice::cut(Vec::new(), gap),
            Dataset::ClientProperties => side.client_properties = Slice::cut(Vec::new(), gap),
            Dataset::Images => side.images = Slice::cut(Vec::new(), gap),
            Dataset::Bundles => side.bundles = Slice::cut(Vec::new(), gap),
            Dataset::IpGroups => side.ip_groups = Slice::cut(Vec::new(), gap),
            Dataset::Branding => {
                side.branding.insert(directory, Slice::cut(Vec::new(), gap));
            }
            Dataset::Aliases => side.aliases = Slice::cut(Vec::new(), gap),
            Dataset::AliasPermissions => {
                for permissions in side.alias_permissions.values_mut() {
                    *permissions = Slice::cut(Vec::new(), gap);
                }
            }
            Dataset::Workspaces => side.workspaces = Slice::cut(Vec::new(), gap),
            Dataset::Connections => side.connections = Slice::cut(Vec::new(), gap),
            Dataset::ResourceTags => side.resource_tags = Slice::cut(Vec::new(), gap),
            Dataset::DesktopTags => side.desktop_tags = Slice::cut(Vec::new(), gap),
            Dataset::FileSystems => side.file_systems = Slice::cut(Vec::new(), gap),
            Dataset::Backups => side.backups = Slice::cut(Vec::new(), gap),
            Dataset::SyncTasks => side.sync_tasks = Slice::cut(Vec::new(), gap),
            Dataset::SyncLocations => side.sync_locations = Slice::cut(Vec::new(), gap),
            Dataset::SyncExecutions => {
                for executions in side.sync_executions.values_mut() {
                    *executions = Slice::cut(Vec::new(), gap);
                }
            }
            Dataset::Zones => self.estate.zones[0].zones = Slice::cut(Vec::new(), gap),
            Dataset::RecordSets => {
                for records in self.estate.zones[0].record_sets.values_mut() {
                    *records = Slice::cut(Vec::new(), gap);
                }
            }
            Dataset::HealthChecks => self.estate.zones[0].health_checks = Slice::cut(Vec::new(), gap),
            Dataset::Txt => self.estate.txt[0].answers = Slice::cut(Vec::new(), gap),
        }
        gap
    }

    /// The pair with its pairings made, judged when it was taken.
    pub fn view(&self) -> PairView<'_> {
        PairView::new(&self.estate, 0, TAKEN_AT)
    }

    /// What one rule says of the pair.
    pub fn judge(&self, rule: &dyn Rule) -> Sheet {
        let mut sheet = Sheet::default();
        rule.judge(&self.view(), &mut sheet);
        sheet
    }

    /// What one rule says, for short assertions: how many pass, and each fail as `case-key name`, sorted.
    pub fn verdicts(&self, rule: &dyn Rule) -> (u64, Vec<String>) {
        let sheet = self.judge(rule);
        let mut fails: Vec<String> = sheet
            .fails()
            .iter()
            .map(|(subject, case)| format!("{} {}", rule.meta().cases[*case].key, self.name(*subject)))
            .collect();
        fails.sort();
        (sheet.passes(), fails)
    }

    /// The words for a rule's first fail.
    pub fn words(&self, rule: &dyn Rule) -> Wording {
        let sheet = self.judge(rule);
        let (subject, case) = sheet.fails()[0];
        rule.word(&self.view(), subject, case)
    }

    /// Judges the estate by some rules, when it was taken.
    pub fn run<'e>(&'e self, rules: &[&'static dyn Rule]) -> Run<'e> {
        evaluate_with(&self.estate, Options::at(TAKEN_AT), rules)
    }
}
