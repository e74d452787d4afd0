//! One side of pairs: everything that is Regional, the services side by side.

use super::calls::{Caller, Run, Tally};
use super::datasync::DataSync;
use super::fsx::{self, Fsx};
use super::paging::Listing;
use super::tagging::{self, Tags};
use super::workspaces::{Desktops, WorkSpaces};
use super::{AT_A_TIME, account, add_calls, directory, slice, slices, sts};
use aws_config::SdkConfig;
use deskpair_rules::model::alias::{AliasPermission, ConnectionAlias, PlatformBranding};
use deskpair_rules::model::directory::{ClientPropertiesOf, Directory, WorkspaceDirectory};
use deskpair_rules::model::files::{
    Backup, FileSystem, Snapshot, StorageMachine, SyncExecution, SyncLocation, SyncTask, Volume,
};
use deskpair_rules::model::image::{Bundle, Image, IpGroup};
use deskpair_rules::model::pairing::{association, dns_name};
use deskpair_rules::model::settings::MapKind;
use deskpair_rules::model::workspace::{ConnectionRow, TagRow, WorkspaceRow};
use deskpair_rules::model::{Dataset, Estate, Gap, Sym};
use futures_util::future::OptionFuture;
use futures_util::{StreamExt, future};
use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// How long the other calls wait for the account, which their buckets are named after. A Region whose STS does not answer must not
/// hold up what does.
pub(super) const IDENTITY_FIRST: Duration = Duration::from_secs(5);

/// What a side is to its pairs.
#[derive(Clone, Debug, Default)]
pub(super) struct Roles {
    parts: Vec<Part>,
}

/// What a side is to one pair.
#[derive(Clone, Debug)]
struct Part {
    /// The connection string, as DNS compares it.
    alias: String,
    /// The directory that the configuration declares.
    declared: Option<String>,
    /// Directories that the configuration maps others to.
    mapped: Vec<String>,
    standby: bool,
}

impl Part {
    /// The directory that the pair's alias is associated with.
    fn associated(&self, aliases: &[ConnectionAlias]) -> Option<String> {
        let alias = aliases.iter().find(|alias| dns_name(&alias.connection_string) == self.alias);
        alias.and_then(association).map(|association| association.resource_id.clone())
    }
}

impl Roles {
    /// The roles of the side at this position.
    pub(super) fn of(estate: &Estate, at: usize) -> Self {
        let mut parts = Vec::new();
        for (pair, places) in estate.settings.pairs.iter().zip(&estate.pairs) {
            let maps = || pair.maps.iter().filter(|entry| entry.kind == MapKind::Directory);
            let alias = dns_name(&pair.alias);
            if places.primary as usize == at {
                let mapped = maps().map(|entry| entry.primary.clone()).collect();
                parts.push(Part {
                    alias: alias.clone(),
                    declared: pair.primary.directory.clone(),
                    mapped,
                    standby: false,
                });
            }
            if places.standby as usize == at {
                let mapped = maps().map(|entry| entry.standby.clone()).collect();
                parts.push(Part { alias, declared: pair.standby.directory.clone(), mapped, standby: true });
            }
        }
        Self { parts }
    }

    /// Whether any pair fails over to this side.
    fn is_standby(&self) -> bool {
        self.parts.iter().any(|part| part.standby)
    }

    /// Whether any pair fails over from this side.
    fn is_primary(&self) -> bool {
        self.parts.iter().any(|part| !part.standby)
    }

    /// The pairs' aliases among those that were listed.
    fn aliases(&self, aliases: &[ConnectionAlias]) -> Vec<String> {
        let named: BTreeSet<&str> = self.parts.iter().map(|part| part.alias.as_str()).collect();
        let ours = aliases.iter().filter(|alias| named.contains(dns_name(&alias.connection_string).as_str()));
        ours.map(|alias| alias.alias_id.clone()).filter(|id| !id.is_empty()).collect()
    }

    /// The directories that can be the pairs': the declared or the associated one; where there is neither, all that the rules might
    /// yet find by its name.
    fn directories(
        &self,
        standby_only: bool,
        aliases: &[ConnectionAlias],
        registrations: &[WorkspaceDirectory],
    ) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for part in self.parts.iter().filter(|part| part.standby || !standby_only) {
            match part.declared.clone().or_else(|| part.associated(aliases)) {
                Some(directory) => {
                    found.insert(directory);
                }
                None => {
                    found.extend(part.mapped.iter().cloned());
                    found.extend(registrations.iter().map(|registration| registration.directory_id.clone()));
                }
            }
        }
        found.remove("");
        found
    }
}

/// How the account of a side is heard of, once it is known.
pub(super) type Identity = watch::Receiver<Option<Result<String, Gap>>>;

/// Reads one side.
#[derive(Debug)]
pub(super) struct Reader {
    pub(super) config: SdkConfig,
    caller: Caller,
    roles: Roles,
    wanted: Arc<BTreeSet<Dataset>>,
    /// Tells the account to those who share the side's identity.
    identity: watch::Sender<Option<Result<String, Gap>>>,
}

/// What was read of one side, before gaps and texts have their numbers in the estate. `None` was not wanted.
#[derive(Debug)]
pub(super) struct Harvest {
    account: Result<String, Gap>,
    directories: Option<Listing<Directory>>,
    registrations: Option<Listing<WorkspaceDirectory>>,
    client_properties: Option<Listing<ClientPropertiesOf>>,
    images: Option<Listing<Image>>,
    bundles: Option<Listing<Bundle>>,
    ip_groups: Option<Listing<IpGroup>>,
    branding: BTreeMap<String, Listing<PlatformBranding>>,
    aliases: Option<Listing<ConnectionAlias>>,
    alias_permissions: BTreeMap<String, Listing<AliasPermission>>,
    desktops: Option<Desktops>,
    connections: Option<Listing<ConnectionRow>>,
    tags: Tags,
    wants_tags: tagging::Wanted,
    files: Files,
    backups: Option<Listing<Backup>>,
    sync_tasks: Option<Listing<SyncTask>>,
    sync_locations: Option<Listing<SyncLocation>>,
    sync_executions: BTreeMap<String, Listing<SyncExecution>>,
    tally: Tally,
}

/// What stands around the desktops of a side.
struct Frame {
    registrations: Option<Listing<WorkspaceDirectory>>,
    aliases: Option<Listing<ConnectionAlias>>,
    client_properties: Option<Listing<ClientPropertiesOf>>,
    branding: BTreeMap<String, Listing<PlatformBranding>>,
    alias_permissions: BTreeMap<String, Listing<AliasPermission>>,
}

/// File systems, and what is in them.
#[derive(Debug)]
struct Files {
    file_systems: Option<Listing<FileSystem>>,
    volumes: Option<Listing<Volume>>,
    snapshots: Option<Listing<Snapshot>>,
    storage_machines: Option<Listing<StorageMachine>>,
}

/// What DataSync knows.
struct Transfers {
    tasks: Option<Listing<SyncTask>>,
    locations: Option<Listing<SyncLocation>>,
    executions: BTreeMap<String, Listing<SyncExecution>>,
}

impl Reader {
    pub(super) fn new(
        run: &Arc<Run>,
        config: SdkConfig,
        region: &str,
        roles: Roles,
        wanted: &Arc<BTreeSet<Dataset>>,
    ) -> Self {
        let identity = watch::Sender::new(None);
        Self { config, caller: Caller::new(Arc::clone(run), region), roles, wanted: Arc::clone(wanted), identity }
    }

    /// Hears the account of this side when it is known.
    pub(super) fn identity(&self) -> Identity {
        self.identity.subscribe()
    }

    /// Reads what is wanted.
    pub(super) async fn read(self) -> Harvest {
        let identity = async {
            let account = sts::account(&self.config, &self.caller).await;
            self.identity.send_replace(Some(account.clone()));
            account
        };
        let mut identity = pin!(identity);
        match tokio::time::timeout(IDENTITY_FIRST, &mut identity).await {
            Ok(account) => self.resources(future::ready(account)).await,
            Err(_) => self.resources(identity).await,
        }
    }

    /// Reads the resources while the identity may still be on its way.
    async fn resources(&self, identity: impl Future<Output = Result<String, Gap>>) -> Harvest {
        let Self { config, caller, .. } = self;
        let workspaces = &WorkSpaces::new(config, caller);
        let fsx = &Fsx::new(config, caller);
        let wants_tags = tagging::Wanted {
            // A copy names its source: the tags that pair images and bundles are those of the standby side.
            of_resources: self.wants(Dataset::ResourceTags) && self.roles.is_standby(),
            of_desktops: self.wants(Dataset::DesktopTags) && self.roles.is_standby()
                || self.wants(Dataset::PrimaryDesktopTags) && self.roles.is_primary(),
        };
        let tags = async {
            if wants_tags.of_resources || wants_tags.of_desktops {
                tagging::tags(config, caller, wants_tags).await
            } else {
                Tags::default()
            }
        };
        let (
            account,
            directories,
            (frame, desktops, connections),
            images,
            bundles,
            ip_groups,
            tags,
            files,
            backups,
            transfers,
        ) = tokio::join!(
            identity,
            self.when(Dataset::Directories, || directory::directories(config, caller)),
            self.people(workspaces),
            self.when(Dataset::Images, || workspaces.images()),
            self.when(Dataset::Bundles, || workspaces.bundles()),
            self.when(Dataset::IpGroups, || workspaces.ip_groups()),
            tags,
            self.files(fsx),
            self.when(Dataset::Backups, || fsx.backups()),
            self.transfers(),
        );
        Harvest {
            account,
            directories,
            registrations: frame.registrations,
            client_properties: frame.client_properties,
            images,
            bundles,
            ip_groups,
            branding: frame.branding,
            aliases: frame.aliases,
            alias_permissions: frame.alias_permissions,
            desktops,
            connections,
            tags,
            wants_tags,
            files,
            backups,
            sync_tasks: transfers.tasks,
            sync_locations: transfers.locations,
            sync_executions: transfers.executions,
            tally: caller.tally(),
        }
    }

    fn wants(&self, dataset: Dataset) -> bool {
        self.wanted.contains(&dataset)
    }

    /// Reads a dataset where it is wanted.
    fn when<F: Future>(&self, dataset: Dataset, read: impl FnOnce() -> F) -> OptionFuture<F> {
        self.wants(dataset).then(read).into()
    }

    /// The desktops, what they rest on, and who is connected to them.
    async fn people(&self, workspaces: &WorkSpaces) -> (Frame, Option<Desktops>, Option<Listing<ConnectionRow>>) {
        let desktops = self.when(Dataset::Workspaces, || workspaces.desktops());
        let (frame, mut desktops) = tokio::join!(self.frame(workspaces), desktops);
        let mut connections = None;
        if self.wants(Dataset::Connections)
            && self.roles.is_standby()
            && let Some(desktops) = &mut desktops
        {
            let mut listing = workspaces.connections(desktops, &frame.directories(&self.roles, true)).await;
            if let Some(gap) = frame.hides_directories(&self.roles) {
                listing.cut(gap.clone());
            }
            connections = Some(listing);
        }
        (frame, desktops, connections)
    }

    async fn frame(&self, workspaces: &WorkSpaces) -> Frame {
        let (registrations, aliases) = tokio::join!(
            self.when(Dataset::Registrations, || workspaces.registrations()),
            self.when(Dataset::Aliases, || workspaces.aliases()),
        );
        let mut frame = Frame {
            registrations,
            aliases,
            client_properties: None,
            branding: BTreeMap::new(),
            alias_permissions: BTreeMap::new(),
        };
        let registered: Vec<String> =
            items(&frame.registrations).iter().map(|registration| registration.directory_id.clone()).collect();
        let mut branded = BTreeSet::new();
        if self.wants(Dataset::Branding) {
            branded = frame.directories(&self.roles, false);
            // A directory that is surely not registered has no branding, and asking for it is an error.
            if frame.registrations.as_ref().is_some_and(|listing| listing.gap.is_none()) {
                branded.retain(|directory| registered.contains(directory));
            }
        }
        let shared =
            if self.wants(Dataset::AliasPermissions) { self.roles.aliases(items(&frame.aliases)) } else { Vec::new() };
        let (client_properties, branding, alias_permissions) = tokio::join!(
            self.when(Dataset::ClientProperties, || workspaces.client_properties(&registered)),
            each(branded, |directory| async move {
                let branding = workspaces.branding(&directory).await;
                (directory, branding)
            }),
            each(shared, |alias| async move {
                let permissions = workspaces.alias_permissions(&alias).await;
                (alias, permissions)
            }),
        );
        frame.client_properties = client_properties;
        if let (Some(properties), Some(Listing { gap: Some(gap), .. })) =
            (&mut frame.client_properties, &frame.registrations)
        {
            // Of directories that are not known, neither are the properties.
            properties.cut(gap.clone());
        }
        frame.branding = branding;
        frame.alias_permissions = alias_permissions;
        frame
    }

    async fn files(&self, fsx: &Fsx) -> Files {
        let file_systems = self.when(Dataset::FileSystems, || fsx.file_systems()).await;
        let known = file_systems.as_ref();
        let (volumes, snapshots, storage_machines) = tokio::join!(
            self.inside(Dataset::Volumes, known, fsx::WITH_VOLUMES, || fsx.volumes()),
            async {
                // What is carried over are snapshots of the volumes that fail over.
                if !self.roles.is_primary() {
                    return None;
                }
                self.inside(Dataset::Snapshots, known, fsx::WITH_SNAPSHOTS, || fsx.snapshots()).await
            },
            self.inside(Dataset::StorageMachines, known, fsx::WITH_MACHINES, || fsx.storage_machines()),
        );
        Files { file_systems, volumes, snapshots, storage_machines }
    }

    /// Reads what file systems of these types have in them: there is nothing to ask for where surely no such file system is.
    async fn inside<T, F: Future<Output = Listing<T>>>(
        &self,
        dataset: Dataset,
        file_systems: Option<&Listing<FileSystem>>,
        types: &[&str],
        read: impl FnOnce() -> F,
    ) -> Option<Listing<T>> {
        let file_systems = file_systems.filter(|_| self.wants(dataset))?;
        if file_systems.items.iter().any(|system| types.contains(&system.file_system_type.as_str())) {
            Some(read().await)
        } else {
            Some(Listing { items: Vec::new(), gap: file_systems.gap.clone() })
        }
    }

    async fn transfers(&self) -> Transfers {
        let datasync = &DataSync::new(&self.config, &self.caller);
        let (tasks, locations) = tokio::join!(
            self.when(Dataset::SyncTasks, || datasync.tasks()),
            self.when(Dataset::SyncLocations, || datasync.locations()),
        );
        let wanted = if self.wants(Dataset::SyncExecutions) {
            of_file_systems(items(&tasks), items(&locations))
        } else {
            Vec::new()
        };
        let executions = each(wanted, |task| async move {
            let executions = datasync.executions(&task).await;
            (task, executions)
        })
        .await;
        Transfers { tasks, locations, executions }
    }
}

impl Frame {
    fn directories(&self, roles: &Roles, standby_only: bool) -> BTreeSet<String> {
        roles.directories(standby_only, items(&self.aliases), items(&self.registrations))
    }

    /// The gap because of which a standby directory may be missing among [`directories`](Self::directories).
    fn hides_directories(&self, roles: &Roles) -> Option<&Gap> {
        let aliases = items(&self.aliases);
        let known = |part: &Part| part.declared.is_some() || part.associated(aliases).is_some();
        if roles.parts.iter().all(|part| !part.standby || known(part)) {
            return None;
        }
        self.registrations.as_ref().and_then(|listing| listing.gap.as_ref())
    }
}

/// Asks about each of these, several at a time.
async fn each<T, Answer>(
    about: impl IntoIterator<Item = String>,
    ask: impl Fn(String) -> Answer,
) -> BTreeMap<String, Listing<T>>
where
    Answer: Future<Output = (String, Listing<T>)>,
{
    futures_util::stream::iter(about).map(ask).buffered(AT_A_TIME).collect().await
}

/// The tasks of which one end is an FSx file system. Its location says so: `fsxw://<region>.<file system>/…` (AWS-FACTS §1.10).
fn of_file_systems(tasks: &[SyncTask], locations: &[SyncLocation]) -> Vec<String> {
    let fsx: BTreeSet<&str> = locations
        .iter()
        .filter(|location| location.location_uri.starts_with("fsx"))
        .map(|location| location.location_arn.as_str())
        .collect();
    tasks
        .iter()
        .filter(|task| {
            [&task.source_location_arn, &task.destination_location_arn].iter().any(|end| fsx.contains(end.as_str()))
        })
        .map(|task| task.task_arn.clone())
        .collect()
}

fn items<T>(listing: &Option<Listing<T>>) -> &[T] {
    listing.as_ref().map_or(&[], |listing| &listing.items)
}

impl Harvest {
    /// Puts everything in its place: gaps and texts get their numbers here, in an order of their own.
    pub(super) fn put_into(self, estate: &mut Estate, at: usize) {
        let known = self.account.as_deref().unwrap_or_default().to_owned();
        add_calls(&mut estate.calls, &known, &self.tally);
        estate.sides[at].account = account(estate, self.account);
        estate.sides[at].directories = slice(estate, self.directories);
        estate.sides[at].registrations = slice(estate, self.registrations);
        estate.sides[at].client_properties = slice(estate, self.client_properties);
        estate.sides[at].images = slice(estate, self.images);
        estate.sides[at].bundles = slice(estate, self.bundles);
        estate.sides[at].ip_groups = slice(estate, self.ip_groups);
        estate.sides[at].branding = slices(estate, self.branding);
        estate.sides[at].aliases = slice(estate, self.aliases);
        estate.sides[at].alias_permissions = slices(estate, self.alias_permissions);
        put_desktops(estate, at, self.desktops, self.connections);
        put_tags(estate, at, self.tags, self.wants_tags);
        estate.sides[at].file_systems = slice(estate, self.files.file_systems);
        estate.sides[at].volumes = slice(estate, self.files.volumes);
        estate.sides[at].snapshots = slice(estate, self.files.snapshots);
        estate.sides[at].storage_machines = slice(estate, self.files.storage_machines);
        estate.sides[at].backups = slice(estate, self.backups);
        estate.sides[at].sync_tasks = slice(estate, self.sync_tasks);
        estate.sides[at].sync_locations = slice(estate, self.sync_locations);
        estate.sides[at].sync_executions = slices(estate, self.sync_executions);
    }
}

fn put_desktops(
    estate: &mut Estate,
    at: usize,
    desktops: Option<Desktops>,
    connections: Option<Listing<ConnectionRow>>,
) {
    let Some(Desktops { symbols, mut rows, extras, gap }) = desktops else { return };
    let numbers = estate.symbols.absorb(&symbols);
    let new = |sym: Sym| numbers[sym.index()];
    for row in &mut rows {
        *row = WorkspaceRow {
            id: new(row.id),
            directory: new(row.directory),
            user: new(row.user),
            name: new(row.name),
            bundle: new(row.bundle),
            subnet: new(row.subnet),
            computer: new(row.computer),
            key: new(row.key),
            state: new(row.state),
            running_mode: new(row.running_mode),
            compute: new(row.compute),
            operating_system: new(row.operating_system),
            protocols: new(row.protocols),
            ..*row
        };
    }
    let connections = connections.map(|mut listing| {
        for row in &mut listing.items {
            *row = ConnectionRow { workspace: new(row.workspace), state: new(row.state), ..*row };
        }
        listing
    });
    estate.sides[at].workspaces = slice(estate, Some(Listing { items: rows, gap }));
    estate.sides[at].extras = extras;
    estate.sides[at].connections = slice(estate, connections);
}

fn put_tags(estate: &mut Estate, at: usize, tags: Tags, wanted: tagging::Wanted) {
    let Tags { symbols, of_resources, of_desktops, gap } = tags;
    let numbers = estate.symbols.absorb(&symbols);
    let new = |sym: Sym| numbers[sym.index()];
    let listing = |rows: Vec<TagRow>, wanted: bool| {
        let row = |row: TagRow| TagRow { arn: new(row.arn), key: new(row.key), value: new(row.value) };
        wanted.then(|| Listing { items: rows.into_iter().map(row).collect(), gap: gap.clone() })
    };
    estate.sides[at].resource_tags = slice(estate, listing(of_resources, wanted.of_resources));
    estate.sides[at].desktop_tags = slice(estate, listing(of_desktops, wanted.of_desktops));
}
