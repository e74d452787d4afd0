//! A small world of zones for the twin's name servers.

use deskpair::dns::ask::{AskPlan, Authoritative, ask};
use deskpair::twin::dns::{DnsOptions, DnsTwin, Node, NodeSet, Signing, ZoneInfo, ZoneSource};
use deskpair_rules::model::dns::{TxtAnswer, TxtOutcome};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// The alias of most tests.
pub(super) const ALIAS: &str = "desktop.example.com";

/// Record sets by zone and name, changed under the servers' feet.
pub(super) struct Zones {
    infos: Mutex<Vec<ZoneInfo>>,
    sets: Mutex<BTreeMap<(String, String), Vec<NodeSet>>>,
    seconds: AtomicU64,
}

impl ZoneSource for Zones {
    fn zones(&self) -> Vec<ZoneInfo> {
        self.infos.lock().unwrap().clone()
    }

    fn node(&self, zone_id: &str, name: &str) -> Node {
        let sets = self.sets.lock().unwrap();
        let below = format!(".{name}");
        Node {
            sets: sets.get(&(zone_id.to_owned(), name.to_owned())).cloned().unwrap_or_default(),
            has_descendants: sets.keys().any(|(zone, other)| zone == zone_id && other.ends_with(&below)),
        }
    }
}

impl Zones {
    /// `example.com` with a TXT record at the alias.
    pub(super) fn example() -> Arc<Self> {
        let zones = Self {
            infos: Mutex::new(vec![info("Z1", "example.com.", &["ns-1.awsdns-00.com.", "ns-2.awsdns-00.net."])]),
            sets: Mutex::new(BTreeMap::new()),
            seconds: AtomicU64::new(0),
        };
        zones.set("Z1", "desktop.example.com.", "TXT", 60, &["\"wsmrabc\""]);
        Arc::new(zones)
    }

    pub(super) fn set(&self, zone: &str, name: &str, kind: &str, ttl: u32, values: &[&str]) {
        let set = NodeSet { kind: kind.into(), ttl, values: values.iter().map(|&value| value.to_owned()).collect() };
        let mut sets = self.sets.lock().unwrap();
        let node = sets.entry((zone.to_owned(), name.to_owned())).or_default();
        node.retain(|old| old.kind != kind);
        node.push(set);
    }

    /// Signs every zone so.
    pub(super) fn sign(&self, signing: Signing) {
        self.change_infos(|infos| infos.iter_mut().for_each(|info| info.signing = signing));
    }

    pub(super) fn remove(&self, zone: &str, name: &str) {
        self.sets.lock().unwrap().remove(&(zone.to_owned(), name.to_owned()));
    }

    pub(super) fn change_infos(&self, change: impl FnOnce(&mut Vec<ZoneInfo>)) {
        change(&mut self.infos.lock().unwrap());
    }

    /// Lets the resolver's time pass.
    pub(super) fn pass(&self, seconds: u64) {
        self.seconds.fetch_add(seconds, Ordering::SeqCst);
    }

    /// The name servers over these zones, the resolver's clock in this hand.
    pub(super) async fn serve(self: &Arc<Self>) -> DnsTwin {
        self.serve_as(DnsOptions::default()).await
    }

    /// The same with other options.
    pub(super) async fn serve_as(self: &Arc<Self>, options: DnsOptions) -> DnsTwin {
        let clock = Arc::clone(self);
        let options = DnsOptions {
            clock: Arc::new(move || Duration::from_secs(clock.seconds.load(Ordering::SeqCst))),
            upstream_timeout: Duration::from_millis(150),
            ..options
        };
        let source: Arc<dyn ZoneSource> = Arc::<Self>::clone(self);
        DnsTwin::start(source, options).await.unwrap()
    }
}

pub(super) fn info(id: &str, name: &str, servers: &[&str]) -> ZoneInfo {
    ZoneInfo {
        id: id.to_owned(),
        name: name.to_owned(),
        name_servers: servers.iter().map(|&server| server.to_owned()).collect(),
        ..ZoneInfo::default()
    }
}

/// Nobody is asked yet, and nobody is waited for long.
pub(super) fn plan() -> AskPlan {
    AskPlan {
        authoritative: Authoritative::None,
        resolvers: Vec::new(),
        system: false,
        attempts: 2,
        timeout: Duration::from_secs(1),
        pause: Duration::from_millis(5),
        ..AskPlan::default()
    }
}

/// All of a twin's servers are asked.
pub(super) fn whole_plan(twin: &DnsTwin) -> AskPlan {
    AskPlan {
        authoritative: Authoritative::Given(twin.authoritative.clone()),
        parent: vec![twin.parent],
        resolvers: vec![twin.resolver],
        timeout: Duration::from_secs(2),
        ..plan()
    }
}

/// What one authoritative server says.
pub(super) async fn ask_authority(server: SocketAddr, name: &str) -> TxtAnswer {
    one(name, &AskPlan { authoritative: Authoritative::Given(vec![server]), ..plan() }).await
}

/// What one resolver says.
pub(super) async fn ask_resolver(server: SocketAddr, name: &str) -> TxtAnswer {
    // It may have to wait for its own servers first.
    one(name, &AskPlan { resolvers: vec![server], timeout: Duration::from_secs(2), ..plan() }).await
}

async fn one(name: &str, plan: &AskPlan) -> TxtAnswer {
    let (mut answers, gap) = ask(name, plan).await;
    assert_eq!(gap, None);
    assert_eq!(answers.len(), 1, "{answers:?}");
    answers.remove(0)
}

pub(super) fn found(value: &str, ttl: u32) -> TxtOutcome {
    TxtOutcome::Found { records: vec![vec![value.to_owned()]], ttl, canonical: String::new() }
}
