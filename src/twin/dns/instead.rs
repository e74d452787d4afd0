//! What single servers say in place of what the zone holds: one that lags behind the others, one that answers from a zone of its own.

use super::text::parse_name;
use super::{Node, NodeSet, ZoneSource};
use hickory_proto::rr::Name;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// What a server says of a name's TXT record in place of what the zone holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instead {
    /// The values as Route 53 holds them; empty where it says that there is none.
    pub values: Vec<String>,
    /// Seconds.
    pub ttl: u32,
    /// Whether a resolver says so with authority, as one does that holds a zone of its own.
    pub authoritative: bool,
}

/// One server's own words, by name. They hold until the zone's record is another one: a server that lagged has caught up by then.
#[derive(Debug, Default)]
pub(super) struct Words(Mutex<BTreeMap<Name, (Instead, Vec<String>)>>);

impl Words {
    pub(super) fn set(&self, source: &dyn ZoneSource, name: &Name, instead: Instead) {
        let current = txt_at(source, name).map(|set| set.values).unwrap_or_default();
        let mut words = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        words.insert(name.to_lowercase(), (instead, current));
    }

    /// What is said of a name whose TXT record in the zone is this one.
    pub(super) fn of(&self, name: &Name, current: Option<&NodeSet>) -> Option<Instead> {
        let words = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (instead, known) = words.get(&name.to_lowercase())?;
        let values = current.map(|set| set.values.as_slice()).unwrap_or_default();
        (values == known.as_slice()).then(|| instead.clone())
    }

    /// A node as this server has it.
    pub(super) fn on(&self, name: &Name, mut node: Node) -> Node {
        let at = node.sets.iter().position(|set| set.kind == "TXT");
        let Some(instead) = self.of(name, at.map(|at| &node.sets[at])) else { return node };
        if let Some(at) = at {
            node.sets.remove(at);
        }
        if !instead.values.is_empty() {
            node.sets.push(NodeSet { kind: "TXT".to_owned(), ttl: instead.ttl, values: instead.values });
        }
        node
    }
}

/// The TXT record set that the deepest zone has at a name itself.
pub(super) fn txt_at(source: &dyn ZoneSource, name: &Name) -> Option<NodeSet> {
    let zones = source.zones().into_iter().filter_map(|info| Some((parse_name(&info.name).ok()?, info.id)));
    let (_, id) = zones.filter(|(zone, _)| zone.zone_of(name)).max_by_key(|(zone, _)| zone.num_labels())?;
    source.node(&id, &super::text::show_name(name)).sets.into_iter().find(|set| set.kind == "TXT")
}
