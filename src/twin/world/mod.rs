//! What the services answer from and change: resources as AWS would list them, per account and Region, Route 53 per account.

mod aliases;
mod clock;
mod coming;
mod connections;
mod desktops;
mod directories;
mod identity;
mod images;
mod load;
mod observed;
mod quotas;
mod recorded;
mod resolve;
mod tags;
mod zones;

pub(crate) use aliases::ALIAS_SETTLES;
pub(crate) use clock::After;
pub use clock::Clock;
pub(crate) use coming::{Event, Place};
pub(crate) use connections::Attempt;
pub(crate) use desktops::{
    DESKTOP_IS_MADE, DESKTOP_SHOWS, DESKTOP_STARTS, DESKTOP_STOPS, DESKTOP_TERMINATES, MODIFICATION_PROCEEDS, Modified,
    REPLICATION_SETTLES, change_extra,
};
pub(crate) use directories::{DIRECTORY_GOES, DIRECTORY_SETTLES};
pub use identity::Caller;
pub(crate) use images::{BACKUP_IS_COPIED, BUNDLE_SETTLES, IMAGE_IS_COPIED};
pub(crate) use quotas::{QUOTA_IS_DECIDED, QuotaRequest};
pub(crate) use recorded::Tail;
pub use resolve::WorldZones;
pub(crate) use tags::Tagged;
pub use zones::{Book, Zone};
pub(crate) use zones::{FEATURES_COME, FEATURES_LOCK, PROPAGATION, domain_name, order, reversed};

use coming::Coming;
use deskpair_rules::model::estate::Side;
use deskpair_rules::model::settings::SideSettings;
use deskpair_rules::model::workspace::Extras;
use deskpair_rules::model::{Gap, Moment, Slice, Sym, Symbols};
use identity::Session;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// One world.
#[derive(Debug)]
pub struct World {
    /// Its time.
    pub clock: Clock,
    /// When it began.
    began: Moment,
    /// The texts of the rows.
    pub symbols: Symbols,
    /// What lists that are cut refer to: their calls answer as these say.
    gaps: Vec<Gap>,
    /// Resources by account and Region.
    realms: BTreeMap<(String, String), Realm>,
    /// Route 53 by account.
    books: BTreeMap<String, Book>,
    /// The accounts that access keys may name.
    accounts: BTreeSet<String>,
    /// Accounts whose identity could not be read.
    nameless: BTreeMap<String, u32>,
    sessions: BTreeMap<String, Session>,
    /// Connection strings ever created, lower case, and the account that each belongs to for ever (AWS-FACTS §9).
    pub(crate) reserved: BTreeMap<String, String>,
    /// How many ids have been given out.
    given_out: u64,
    /// Pictures that were imported, by the addresses that they got.
    pub(crate) pictures: BTreeMap<String, Vec<u8>>,
    /// Copies of backups that were asked for with a token: with which input, and the copy's id.
    pub(crate) copies: BTreeMap<String, (Value, String)>,
    /// What is to come, by its instant and the order in which it was set going.
    coming: BTreeMap<(Moment, u64), Coming>,
    /// How much was ever set going.
    set_going: u64,
}

/// One account's resources in one Region.
#[derive(Debug)]
pub struct Realm {
    /// The resources.
    pub side: Side,
    /// Where each WorkSpace stands among the rows.
    pub(crate) rows: HashMap<Sym, u32>,
    /// WorkSpaces that are made, and cannot be found yet.
    pub(crate) unlisted: BTreeSet<Sym>,
    /// Where each WorkSpace stands among the connection rows.
    pub(crate) connections: HashMap<Sym, u32>,
    /// Ids of what was made since: whatever an estate could not see, of these everything is known.
    pub(crate) made: BTreeSet<String>,
    /// Requests for higher quotas, in their order.
    pub(crate) quota_requests: Vec<QuotaRequest>,
}

impl Realm {
    /// A realm over a side's resources.
    pub fn new(side: Side) -> Self {
        let mut realm = Self {
            side,
            rows: HashMap::new(),
            unlisted: BTreeSet::new(),
            connections: HashMap::new(),
            made: BTreeSet::new(),
            quota_requests: Vec::new(),
        };
        realm.index();
        realm
    }

    /// Notes again where each row stands.
    fn index(&mut self) {
        let side = &self.side;
        self.rows = side.workspaces.items().iter().enumerate().map(|(at, row)| (row.id, at as u32)).collect();
        self.connections =
            side.connections.items().iter().enumerate().map(|(at, row)| (row.workspace, at as u32)).collect();
    }
}

impl World {
    /// A world without an account in it.
    pub fn empty(now: Moment) -> Self {
        Self {
            clock: Clock::starting_at(now),
            began: now,
            symbols: Symbols::default(),
            gaps: Vec::new(),
            realms: BTreeMap::new(),
            books: BTreeMap::new(),
            accounts: BTreeSet::new(),
            nameless: BTreeMap::new(),
            sessions: BTreeMap::new(),
            reserved: BTreeMap::new(),
            given_out: 0,
            pictures: BTreeMap::new(),
            copies: BTreeMap::new(),
            coming: BTreeMap::new(),
            set_going: 0,
        }
    }

    /// Lets access keys name this account. It has nothing until something is put there.
    pub fn open_account(&mut self, account: &str) {
        self.accounts.insert(account.to_owned());
    }

    /// Whether access keys may name this account.
    pub fn knows(&self, account: &str) -> bool {
        self.accounts.contains(account)
    }

    /// The accounts, sorted.
    pub fn accounts(&self) -> impl Iterator<Item = &str> {
        self.accounts.iter().map(String::as_str)
    }

    /// What an account has in a Region.
    pub fn realm(&self, account: &str, region: &str) -> Option<&Realm> {
        self.realms.get(&(account.to_owned(), region.to_owned()))
    }

    /// What an account has, Region by Region.
    pub(crate) fn realms_of<'w>(&'w self, account: &'w str) -> impl Iterator<Item = &'w Realm> {
        self.realms.iter().filter(move |((owner, _), _)| owner == account).map(|(_, realm)| realm)
    }

    /// What an account has, Region by Region, to change it.
    pub(crate) fn realms_of_mut<'w>(&'w mut self, account: &'w str) -> impl Iterator<Item = &'w mut Realm> {
        self.realms.iter_mut().filter(move |((owner, _), _)| owner == account).map(|(_, realm)| realm)
    }

    /// The digest of the picture behind the address of a logo, where an estate fetched it.
    pub(crate) fn logo(&self, url: &str) -> Option<&str> {
        let logos = self.realms.values().flat_map(|realm| realm.side.logos.items());
        let mut known = logos.filter(|logo| logo.url == url && !logo.sha256.is_empty());
        known.next().map(|logo| logo.sha256.as_str())
    }

    /// What an account has in a Region, to change it.
    pub fn realm_mut(&mut self, account: &str, region: &str) -> Option<&mut Realm> {
        self.realms.get_mut(&(account.to_owned(), region.to_owned()))
    }

    /// What an account has in a Region: everything is known of a Region that nothing is in.
    pub fn realm_or_new(&mut self, account: &str, region: &str) -> &mut Realm {
        self.open_account(account);
        self.realms.entry((account.to_owned(), region.to_owned())).or_insert_with(|| Realm::new(nothing(region)))
    }

    /// An account's Route 53.
    pub fn book(&self, account: &str) -> Option<&Book> {
        self.books.get(account)
    }

    /// An account's Route 53: nothing is in it at first.
    pub fn book_or_new(&mut self, account: &str) -> &mut Book {
        self.open_account(account);
        self.books.entry(account.to_owned()).or_default()
    }

    /// A number that has not been given out, spread so that ids made of it look like AWS's.
    pub(crate) fn fresh(&mut self) -> u64 {
        self.given_out += 1;
        self.given_out.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5bf0_3635
    }

    /// An id that has not been given out.
    pub(crate) fn new_id(&mut self, prefix: &str) -> String {
        format!("{prefix}{:09x}", self.fresh() & 0xf_ffff_ffff)
    }
}

/// A side that was looked at, with nothing in it.
fn nothing(region: &str) -> Side {
    Side {
        place: SideSettings { region: region.to_owned(), ..SideSettings::default() },
        account: Ok(String::new()),
        directories: Slice::whole_of(Vec::new()),
        registrations: Slice::whole_of(Vec::new()),
        client_properties: Slice::whole_of(Vec::new()),
        account_settings: Slice::whole_of(Vec::new()),
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
        images: Slice::whole_of(Vec::new()),
        image_permissions: BTreeMap::new(),
        image_applications: BTreeMap::new(),
        bundles: Slice::whole_of(Vec::new()),
        amazon_bundles: Slice::whole_of(Vec::new()),
        bundle_applications: BTreeMap::new(),
        applications: Slice::whole_of(Vec::new()),
        ip_groups: Slice::whole_of(Vec::new()),
        branding: BTreeMap::new(),
        logos: Slice::whole_of(Vec::new()),
        aliases: Slice::whole_of(Vec::new()),
        alias_permissions: BTreeMap::new(),
        workspaces: Slice::whole_of(Vec::new()),
        extras: Extras::default(),
        connections: Slice::whole_of(Vec::new()),
        resource_tags: Slice::whole_of(Vec::new()),
        desktop_tags: Slice::whole_of(Vec::new()),
        security_groups: Slice::whole_of(Vec::new()),
        vpc_endpoints: Slice::whole_of(Vec::new()),
        vpcs: Slice::whole_of(Vec::new()),
        subnets: Slice::whole_of(Vec::new()),
        route_tables: Slice::whole_of(Vec::new()),
        dhcp_options: Slice::whole_of(Vec::new()),
        network_interfaces: Slice::whole_of(Vec::new()),
        file_systems: Slice::whole_of(Vec::new()),
        volumes: Slice::whole_of(Vec::new()),
        snapshots: Slice::whole_of(Vec::new()),
        storage_machines: Slice::whole_of(Vec::new()),
        backups: Slice::whole_of(Vec::new()),
        sync_tasks: Slice::whole_of(Vec::new()),
        sync_locations: Slice::whole_of(Vec::new()),
        sync_executions: BTreeMap::new(),
        quotas: Slice::whole_of(Vec::new()),
        default_quotas: Slice::whole_of(Vec::new()),
        keys: BTreeMap::new(),
    }
}
