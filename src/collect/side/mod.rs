//! One side of pairs: everything that is Regional, the services side by side. Each group of lists has a file, which reads it and puts it in
//! its place in the estate.

mod around;
mod authorities;
mod catalogue;
mod domains;
mod files;
mod granted;
mod network;
mod people;
mod roles;

pub(super) use roles::Roles;

use super::calls::{Caller, Run, Tally};
use super::datasync::DataSync;
use super::directory::DirectoryService;
use super::ec2::Ec2;
use super::fsx::Fsx;
use super::kms::Kms;
use super::paging::Listing;
use super::quotas::ServiceQuotas;
use super::tagging::{self, Tags};
use super::workspaces::WorkSpaces;
use super::{AT_A_TIME, account, add_calls, sts};
use around::{Around, Frame};
use authorities::Authorities;
use aws_config::SdkConfig;
use catalogue::Catalogue;
use deskpair_rules::model::{Dataset, Estate, Gap};
use domains::Domains;
use files::{Files, Transfers};
use futures_util::future::OptionFuture;
use futures_util::{StreamExt, future};
use granted::{Keys, Quotas};
use network::Network;
use people::People;
use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// How long the other calls wait for the account, which their buckets are named after. A Region whose STS does not answer must not
/// hold up what does.
pub(super) const IDENTITY_FIRST: Duration = Duration::from_secs(5);

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
    frame: Frame,
    domains: Domains,
    around: Around,
    network: Network,
    authorities: Authorities,
    people: People,
    catalogue: Catalogue,
    tags: Tags,
    wants_tags: tagging::Wanted,
    files: Files,
    transfers: Transfers,
    quotas: Quotas,
    keys: Keys,
    tally: Tally,
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
        let directory_service = &DirectoryService::new(config, caller);
        let ec2 = &Ec2::new(config, caller);
        let fsx = &Fsx::new(config, caller);
        let datasync = &DataSync::new(config, caller);
        let service_quotas = &ServiceQuotas::new(config, caller);
        let kms = &Kms::new(config, caller);
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
        let around = async {
            let (frame, directories) = tokio::join!(
                Frame::read(self, workspaces),
                self.when(Dataset::Directories, || directory_service.directories()),
            );
            let own_subnets = network::own_subnets(&directories, &frame.located(&self.roles));
            let (around, domains, network, authorities) = tokio::join!(
                Around::read(self, workspaces, &frame),
                Domains::read(self, directory_service, &frame, directories),
                Network::read(self, ec2, &frame, own_subnets),
                Authorities::read(self, &frame),
            );
            (frame, around, domains, network, authorities)
        };
        let desktops = self.when(Dataset::Workspaces, || workspaces.desktops());
        let people = async {
            let ((frame, around, domains, network, authorities), desktops) = tokio::join!(around, desktops);
            let keys = Keys::read(self, kms, &frame, desktops.as_ref()).await;
            let people = People::read(self, workspaces, &frame, desktops).await;
            (frame, around, domains, network, authorities, people, keys)
        };
        let (
            account,
            (frame, around, domains, network, authorities, people, keys),
            catalogue,
            tags,
            files,
            transfers,
            quotas,
        ) = tokio::join!(
            identity,
            Box::pin(people),
            Box::pin(Catalogue::read(self, workspaces)),
            tags,
            Box::pin(Files::read(self, fsx)),
            Box::pin(Transfers::read(self, datasync)),
            Box::pin(Quotas::read(self, service_quotas)),
        );
        Harvest {
            account,
            frame,
            domains,
            around,
            network,
            authorities,
            people,
            catalogue,
            tags,
            wants_tags,
            files,
            transfers,
            quotas,
            keys,
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

    /// These, where the dataset that asks about each of them is wanted; else none.
    fn about(&self, dataset: Dataset, ids: &BTreeSet<String>) -> BTreeSet<String> {
        if self.wants(dataset) { ids.clone() } else { BTreeSet::new() }
    }
}

impl Harvest {
    /// Puts everything in its place: gaps and texts get their numbers here, in an order of their own.
    pub(super) fn put_into(self, estate: &mut Estate, at: usize) {
        let known = self.account.as_deref().unwrap_or_default().to_owned();
        add_calls(&mut estate.calls, &known, &self.tally);
        self.authorities.elsewhere.iter().for_each(|tally| add_calls(&mut estate.calls, &known, tally));
        estate.sides[at].account = account(estate, self.account);
        self.domains.put_into(estate, at);
        self.frame.put_into(estate, at);
        self.around.put_into(estate, at);
        self.catalogue.put_into(estate, at);
        self.people.put_into(estate, at);
        people::put_tags(estate, at, self.tags, self.wants_tags);
        self.network.put_into(estate, at);
        self.authorities.put_into(estate, at);
        self.files.put_into(estate, at);
        self.transfers.put_into(estate, at);
        self.quotas.put_into(estate, at);
        self.keys.put_into(estate, at);
    }
}

/// Asks about each of these, several at a time.
async fn each<T, Answer>(
    about: impl IntoIterator<Item = String>,
    ask: impl Fn(String) -> Answer,
) -> BTreeMap<String, Listing<T>>
where
    Answer: Future<Output = Listing<T>>,
{
    let ask = |id: String| {
        let answer = ask(id.clone());
        async move { (id, answer.await) }
    };
    futures_util::stream::iter(about).map(ask).buffered(AT_A_TIME).collect().await
}

fn items<T>(listing: &Option<Listing<T>>) -> &[T] {
    listing.as_ref().map_or(&[], |listing| &listing.items)
}
