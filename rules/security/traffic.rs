//! What a security group lets through, in a normal form: groups that let the same through are equal values, however their rules are split,
//! ordered or spelled.
//!
//! A rule is a protocol, a range of ports, and ends: ranges of addresses, prefix lists, other groups. Rules only ever permit, so a group is
//! the union of its rules, and that union is kept by protocol as ranges of ports with equal ends.

use crate::model::network::{IpPermission, SecurityGroup};
use crate::model::ranges::Ranges;
use std::collections::{BTreeMap, BTreeSet};

/// Which way traffic goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Direction {
    /// To the desktop.
    In,
    /// From the desktop.
    Out,
}

/// A protocol's number, or every protocol that the group does not name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Protocol {
    /// IANA's number.
    Number(u8),
    /// All that has no entry of its own.
    Rest,
}

const ICMP: u8 = 1;
const TCP: u8 = 6;
const UDP: u8 = 17;
const ICMPV6: u8 = 58;

impl Protocol {
    /// `ec2:IpPermission$IpProtocol`: a name of four, a number, or -1 for all.
    fn of(text: &str) -> Option<Self> {
        match text.trim().to_ascii_lowercase().as_str() {
            "-1" => Some(Self::Rest),
            "icmp" => Some(Self::Number(ICMP)),
            "tcp" => Some(Self::Number(TCP)),
            "udp" => Some(Self::Number(UDP)),
            "icmpv6" => Some(Self::Number(ICMPV6)),
            number => number.parse().ok().map(Self::Number),
        }
    }
}

/// First and last port; of ICMP, type and code as one number.
pub(super) type Ports = (u16, u16);

/// All of them: also of protocols that have none.
pub(super) const ALL_PORTS: Ports = (0, u16::MAX);

/// A group or a list that a rule names in place of addresses.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Peer {
    /// The group itself.
    Itself,
    /// The group that WorkSpaces made for the directory's desktops.
    OfDirectory,
    /// What this entry of the pair's map names on the group's side.
    Mapped(usize),
    /// Another group, known by its name.
    Named(String),
    /// Another group, of which only the id is known.
    Group(String),
    /// A prefix list.
    List(String),
}

impl Peer {
    /// Whether this one could be the counterpart of the other side's, for all that is known.
    fn may_be(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Group(_), Self::Group(_) | Self::Named(_)) | (Self::Named(_), Self::Group(_)) => true,
            (Self::List(_), Self::List(_)) => true,
            (
                Self::Itself | Self::OfDirectory | Self::Mapped(_) | Self::Named(_) | Self::Group(_) | Self::List(_),
                Self::Itself | Self::OfDirectory | Self::Mapped(_) | Self::Named(_) | Self::Group(_) | Self::List(_),
            ) => false,
        }
    }
}

/// Where traffic may come from or go to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Ends {
    /// Addresses.
    pub(super) addresses: Ranges,
    /// Groups and lists.
    pub(super) peers: BTreeSet<Peer>,
}

/// What one set of ends has that another lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Beyond {
    /// Nothing.
    Nothing,
    /// Something.
    Something,
    /// It cannot be told: a group or a list may be the other's, or hold the addresses.
    Untold,
}

impl Ends {
    /// Whether there is none.
    fn is_empty(&self) -> bool {
        self.addresses.is_empty() && self.peers.is_empty()
    }

    fn join(&mut self, other: &Self) {
        self.addresses = self.addresses.union(&other.addresses);
        self.peers.extend(other.peers.iter().cloned());
    }

    /// What these ends have that the others lack.
    pub(super) fn beyond(&self, other: &Self) -> Beyond {
        let addresses = self.addresses.without(&other.addresses);
        // Whoever admits every address admits every group's members and every list's entries.
        let covered = other.addresses == Ranges::all();
        let ours: Vec<&Peer> = self.peers.difference(&other.peers).filter(|_| !covered).collect();
        let theirs: Vec<&Peer> = other.peers.difference(&self.peers).collect();
        let is_list = |peer: &&&Peer| matches!(peer, Peer::List(_));
        // A list's entries are addresses: it may hold those that the other side spells out, and the other way round.
        let spelled = !other.addresses.without(&self.addresses).is_empty();
        let listed = theirs.iter().any(|peer| is_list(&peer));
        let mut found = match (addresses.is_empty(), listed) {
            (true, _) => Beyond::Nothing,
            (false, false) => Beyond::Something,
            (false, true) => Beyond::Untold,
        };
        for peer in &ours {
            let untold = theirs.iter().any(|other| peer.may_be(other)) || (is_list(&peer) && spelled);
            found = match (found, untold) {
                (_, false) => Beyond::Something,
                (Beyond::Nothing, true) => Beyond::Untold,
                (known @ (Beyond::Something | Beyond::Untold), true) => known,
            };
        }
        found
    }
}

/// Ports with equal ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    ports: Ports,
    ends: Ends,
}

/// What a group lets through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Traffic {
    /// Cells in the order of their ports, disjoint, none without ends, no two adjacent ones with equal ends. A protocol whose cells are
    /// those of the rest has no entry.
    cells: BTreeMap<(Direction, Protocol), Vec<Cell>>,
}

/// A rule that is none: a protocol, port or range that no document knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NoRule;

impl Traffic {
    /// What a group lets through. `peer` tells which group an id and a name in its rules stand for, and which list an id.
    ///
    /// # Errors
    /// One of its rules is none.
    pub(super) fn of(group: &SecurityGroup, peer: &dyn Fn(Reference<'_>) -> Peer) -> Result<Self, NoRule> {
        let mut cells = BTreeMap::new();
        for (direction, permissions) in
            [(Direction::In, &group.ip_permissions), (Direction::Out, &group.ip_permissions_egress)]
        {
            let mut boxes: BTreeMap<Protocol, Vec<Cell>> = BTreeMap::from([(Protocol::Rest, Vec::new())]);
            for permission in permissions {
                let protocol = Protocol::of(&permission.ip_protocol).ok_or(NoRule)?;
                let cell = Cell { ports: ports(protocol, permission)?, ends: ends(permission, peer)? };
                boxes.entry(protocol).or_default().push(cell);
            }
            let rest = boxes.remove(&Protocol::Rest).unwrap_or_default();
            let all = merge(&rest);
            for (protocol, own) in boxes {
                let merged = merge(&[own, rest.clone()].concat());
                if merged != all {
                    cells.insert((direction, protocol), merged);
                }
            }
            if !all.is_empty() {
                cells.insert((direction, Protocol::Rest), all);
            }
        }
        Ok(Self { cells })
    }

    fn over(&self, direction: Direction, protocol: Protocol) -> &[Cell] {
        let of = |protocol| self.cells.get(&(direction, protocol)).map(Vec::as_slice);
        of(protocol).or_else(|| of(Protocol::Rest)).unwrap_or_default()
    }

    /// Where this group and another differ, in order: the fewest ranges of ports in which the difference is the same throughout.
    pub(super) fn differences(&self, other: &Self) -> Vec<Difference> {
        let mut found: Vec<Difference> = Vec::new();
        for direction in [Direction::In, Direction::Out] {
            let mut protocols: BTreeSet<Protocol> =
                self.cells.keys().chain(other.cells.keys()).filter(|key| key.0 == direction).map(|key| key.1).collect();
            protocols.insert(Protocol::Rest);
            let alone = protocols.len() == 1;
            for protocol in protocols {
                let (ours, theirs) = (self.over(direction, protocol), other.over(direction, protocol));
                for ports in pieces(ours.iter().chain(theirs).map(|cell| cell.ports)) {
                    let at = |cells: &[Cell]| {
                        cells.iter().find(|cell| within(ports, cell.ports)).map(|cell| cell.ends.clone())
                    };
                    let (primary, standby) = (at(ours).unwrap_or_default(), at(theirs).unwrap_or_default());
                    if primary == standby {
                        continue;
                    }
                    // Where a piece ends, the ends of one group change: no two neighbours have the same difference.
                    let what = What { direction, protocol: (protocol, alone), ports };
                    found.push(Difference { what, primary, standby });
                }
            }
        }
        found
    }
}

/// A group or a list as a rule names it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Reference<'e> {
    /// A group: its id, and its name where the answer has it.
    Group {
        /// `sg-…`.
        id: &'e str,
        /// Mostly empty (`ec2:UserIdGroupPair$GroupName`).
        name: &'e str,
    },
    /// A prefix list: its id.
    List(&'e str),
}

/// Traffic of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct What {
    /// Which way it goes.
    pub(super) direction: Direction,
    /// Its protocol, and whether no other is named.
    protocol: (Protocol, bool),
    /// Its ports.
    ports: Ports,
}

impl What {
    /// Protocol and ports, for people: `tcp 443`, `icmp type 8`, `all protocols`.
    pub(super) fn text(&self) -> String {
        let (first, last) = self.ports;
        let name = match self.protocol {
            (Protocol::Rest, true) => "all protocols".to_owned(),
            (Protocol::Rest, false) => "all other protocols".to_owned(),
            (Protocol::Number(ICMP), _) => "icmp".to_owned(),
            (Protocol::Number(TCP), _) => "tcp".to_owned(),
            (Protocol::Number(UDP), _) => "udp".to_owned(),
            (Protocol::Number(ICMPV6), _) => "icmpv6".to_owned(),
            (Protocol::Number(number), _) => format!("protocol {number}"),
        };
        match self.protocol.0 {
            _ if self.ports == ALL_PORTS => name,
            Protocol::Number(ICMP | ICMPV6) => {
                let ([from, code], [to, end]) = (first.to_be_bytes(), last.to_be_bytes());
                match (code, end) {
                    (0, u8::MAX) if from == to => format!("{name} type {from}"),
                    (0, u8::MAX) => format!("{name} types {from}-{to}"),
                    _ if first == last => format!("{name} type {from} code {code}"),
                    _ => format!("{name} type {from} code {code} to type {to} code {end}"),
                }
            }
            Protocol::Number(_) | Protocol::Rest if first == last => format!("{name} {first}"),
            Protocol::Number(_) | Protocol::Rest => format!("{name} {first}-{last}"),
        }
    }
}

/// Traffic that two groups let through to and from different ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Difference {
    /// The traffic.
    pub(super) what: What,
    /// The ends that the first group permits.
    pub(super) primary: Ends,
    /// Those of the other.
    pub(super) standby: Ends,
}

/// The ports of a rule. A protocol other than TCP, UDP and the two ICMP has all, whatever is written (`ec2:IpPermission$IpProtocol`).
fn ports(protocol: Protocol, permission: &IpPermission) -> Result<Ports, NoRule> {
    let (from, to) = (permission.from_port, permission.to_port);
    match protocol {
        Protocol::Number(TCP | UDP) => {
            let port = |port: Option<i32>| port.and_then(|port| u16::try_from(port).ok()).ok_or(NoRule);
            let (first, last) = (port(from)?, port(to)?);
            if first <= last { Ok((first, last)) } else { Err(NoRule) }
        }
        Protocol::Number(protocol @ (ICMP | ICMPV6)) => {
            let byte = |value: i32| u8::try_from(value).map_err(|_| NoRule);
            match (from, to) {
                // ICMPv6 may leave them out.
                (None, None) if protocol == ICMPV6 => Ok(ALL_PORTS),
                (Some(-1), Some(-1) | None) => Ok(ALL_PORTS),
                (Some(kind), Some(-1)) => {
                    let kind = byte(kind)?;
                    Ok((u16::from_be_bytes([kind, 0]), u16::from_be_bytes([kind, u8::MAX])))
                }
                (Some(kind), Some(code)) => {
                    let both = u16::from_be_bytes([byte(kind)?, byte(code)?]);
                    Ok((both, both))
                }
                (_, _) => Err(NoRule),
            }
        }
        Protocol::Number(_) | Protocol::Rest => Ok(ALL_PORTS),
    }
}

/// The ends of a rule.
fn ends(permission: &IpPermission, peer: &dyn Fn(Reference<'_>) -> Peer) -> Result<Ends, NoRule> {
    let v4 = permission.ip_ranges.iter().map(|range| range.cidr_ip.as_str());
    let v6 = permission.ipv6_ranges.iter().map(|range| range.cidr_ipv6.as_str());
    let addresses = Ranges::of(v4.chain(v6)).map_err(|_| NoRule)?;
    let groups = permission
        .user_id_group_pairs
        .iter()
        .map(|pair| peer(Reference::Group { id: &pair.group_id, name: &pair.group_name }));
    let lists = permission.prefix_list_ids.iter().map(|list| peer(Reference::List(&list.prefix_list_id)));
    Ok(Ends { addresses, peers: groups.chain(lists).collect() })
}

fn within(inner: Ports, outer: Ports) -> bool {
    outer.0 <= inner.0 && inner.1 <= outer.1
}

/// The ranges between all bounds of several ranges, in order: each range is a union of some of them.
fn pieces(ranges: impl Iterator<Item = Ports>) -> Vec<Ports> {
    let mut starts: BTreeSet<u32> = BTreeSet::new();
    for (first, last) in ranges {
        starts.extend([u32::from(first), u32::from(last) + 1]);
    }
    let starts: Vec<u32> = starts.into_iter().collect();
    let port = |port: u32| u16::try_from(port).expect("a port, or the last one's successor less one");
    starts.windows(2).map(|two| (port(two[0]), port(two[1] - 1))).collect()
}

/// Overlapping ports with ends, as cells.
fn merge(boxes: &[Cell]) -> Vec<Cell> {
    let mut cells: Vec<Cell> = Vec::new();
    for ports in pieces(boxes.iter().map(|cell| cell.ports)) {
        let mut ends = Ends::default();
        for cell in boxes.iter().filter(|cell| within(ports, cell.ports)) {
            ends.join(&cell.ends);
        }
        match cells.last_mut() {
            _ if ends.is_empty() => {}
            Some(last) if last.ports.1.checked_add(1) == Some(ports.0) && last.ends == ends => last.ports.1 = ports.1,
            _ => cells.push(Cell { ports, ends }),
        }
    }
    cells
}

#[cfg(test)]
mod tests;
