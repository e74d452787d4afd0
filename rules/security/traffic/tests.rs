//! One traffic has many rules: order, splits and spellings alter nothing, and what is let through agrees with counting.

use super::*;
use crate::model::network::{PrefixListId, SecurityRange, SecurityRange6, UserIdGroupPair};
use proptest::prelude::*;

fn rule(protocol: &str, ports: Option<(i32, i32)>, ranges: &[&str]) -> IpPermission {
    let (v6, v4): (Vec<&str>, Vec<&str>) = ranges.iter().partition(|range| range.contains(':'));
    IpPermission {
        ip_protocol: protocol.to_owned(),
        from_port: ports.map(|ports| ports.0),
        to_port: ports.map(|ports| ports.1),
        ip_ranges: v4
            .into_iter()
            .map(|cidr| SecurityRange { cidr_ip: cidr.to_owned(), ..SecurityRange::default() })
            .collect(),
        ipv6_ranges: v6
            .into_iter()
            .map(|cidr| SecurityRange6 { cidr_ipv6: cidr.to_owned(), ..SecurityRange6::default() })
            .collect(),
        ..IpPermission::default()
    }
}

fn peer(reference: Reference<'_>) -> Peer {
    match reference {
        Reference::Group { id, name: "" } => Peer::Group(id.to_owned()),
        Reference::Group { name, .. } => Peer::Named(name.to_owned()),
        Reference::List(id) => Peer::List(id.to_owned()),
    }
}

fn traffic(ip_permissions: Vec<IpPermission>) -> Result<Traffic, NoRule> {
    Traffic::of(&SecurityGroup { ip_permissions, ..SecurityGroup::default() }, &peer)
}

fn of(permissions: Vec<IpPermission>) -> Traffic {
    traffic(permissions).expect("rules")
}

fn kinds(primary: Vec<IpPermission>, standby: Vec<IpPermission>) -> Vec<String> {
    of(primary).differences(&of(standby)).iter().map(|difference| difference.what.text()).collect()
}

#[test]
fn protocols_have_names_and_numbers() {
    let any = &["10.0.0.0/8"];
    for (name, number) in [("tcp", "6"), ("TCP", "6"), ("udp", "17")] {
        assert_eq!(of(vec![rule(name, Some((1, 2)), any)]), of(vec![rule(number, Some((1, 2)), any)]));
    }
    for (name, number) in [("icmp", "1"), ("icmpv6", "58")] {
        assert_eq!(of(vec![rule(name, Some((-1, -1)), any)]), of(vec![rule(number, Some((-1, -1)), any)]));
    }
    assert_eq!(of(vec![rule("icmpv6", None, any)]), of(vec![rule("icmpv6", Some((-1, -1)), any)]));
    // Ports of other protocols mean nothing.
    assert_eq!(of(vec![rule("50", Some((7, 9)), any)]), of(vec![rule("50", None, any)]));
    assert_eq!(of(vec![rule("-1", Some((7, 9)), any)]), of(vec![rule("-1", None, any)]));
}

#[test]
fn all_protocols_hold_every_single_one() {
    let all = rule("-1", None, &["10.0.0.0/8"]);
    let within = rule("tcp", Some((443, 443)), &["10.1.0.0/16"]);
    assert_eq!(of(vec![all.clone(), within.clone()]), of(vec![all.clone()]));
    assert_eq!(kinds(vec![all.clone()], vec![rule("tcp", Some((0, 65535)), &["10.0.0.0/8"])]), ["all other protocols"]);
    assert_eq!(kinds(vec![all.clone()], Vec::new()), ["all protocols"]);
    assert_eq!(kinds(vec![all], vec![within]), ["tcp 0-442", "tcp 443", "tcp 444-65535", "all other protocols"]);
}

#[test]
fn a_rule_without_ends_permits_nothing() {
    assert_eq!(of(vec![rule("tcp", Some((443, 443)), &[])]), Traffic::default());
}

#[test]
fn what_is_no_rule_is_refused() {
    for (protocol, ports) in [
        ("tcp", None),
        ("tcp", Some((-1, -1))),
        ("udp", Some((9, 8))),
        ("tcp", Some((0, 65536))),
        ("icmp", None),
        ("icmp", Some((256, -1))),
        ("icmp", Some((-1, 3))),
        ("256", None),
        ("", None),
        ("sctp", None),
    ] {
        assert_eq!(traffic(vec![rule(protocol, ports, &["10.0.0.0/8"])]), Err(NoRule), "{protocol} {ports:?}");
    }
    assert_eq!(traffic(vec![rule("tcp", Some((1, 1)), &["10.0.0.0/33"])]), Err(NoRule));
}

#[test]
fn traffic_is_named_as_people_name_it() {
    let any = &["10.0.0.0/8"];
    let named = |protocol: &str, ports| kinds(vec![rule(protocol, ports, any)], Vec::new());
    assert_eq!(named("tcp", Some((443, 443))), ["tcp 443"]);
    assert_eq!(named("udp", Some((4172, 4173))), ["udp 4172-4173"]);
    assert_eq!(named("tcp", Some((0, 65535))), ["tcp"]);
    assert_eq!(named("icmp", Some((-1, -1))), ["icmp"]);
    assert_eq!(named("icmp", Some((8, -1))), ["icmp type 8"]);
    assert_eq!(named("icmpv6", Some((3, 4))), ["icmpv6 type 3 code 4"]);
    assert_eq!(named("50", None), ["protocol 50"]);
    let two = vec![rule("icmp", Some((3, -1)), any), rule("icmp", Some((4, -1)), any)];
    assert_eq!(kinds(two, Vec::new()), ["icmp types 3-4"]);
    let odd = vec![rule("icmp", Some((3, -1)), any), rule("icmp", Some((4, 0)), any)];
    assert_eq!(kinds(odd, Vec::new()), ["icmp type 3 code 0 to type 4 code 0"]);
}

fn ends(addresses: &[&str], peers: &[Peer]) -> Ends {
    let addresses = Ranges::of(addresses.iter().copied()).expect("CIDRs");
    Ends { addresses, peers: peers.iter().cloned().collect() }
}

#[test]
fn what_ends_have_beyond_others() {
    use Beyond::{Nothing, Something, Untold};
    let group = |id: &str| Peer::Group(id.to_owned());
    let named = |name: &str| Peer::Named(name.to_owned());
    let list = |id: &str| Peer::List(id.to_owned());
    let ten: &[&str] = &["10.0.0.0/8"];
    for (left, right, there, back) in [
        (ends(ten, &[]), ends(ten, &[]), Nothing, Nothing),
        (ends(ten, &[]), ends(&["10.0.0.0/9"], &[]), Something, Nothing),
        (ends(&[], &[Peer::Itself]), ends(&[], &[Peer::OfDirectory]), Something, Something),
        (ends(&[], &[Peer::Mapped(0)]), ends(&[], &[group("a")]), Something, Something),
        (ends(&[], &[group("a")]), ends(&[], &[group("b")]), Untold, Untold),
        (ends(&[], &[group("a")]), ends(&[], &[group("a")]), Nothing, Nothing),
        (ends(&[], &[group("a"), named("x")]), ends(&[], &[named("y")]), Something, Untold),
        (ends(&[], &[named("x")]), ends(&[], &[named("y")]), Something, Something),
        (ends(&[], &[list("a")]), ends(&[], &[list("b")]), Untold, Untold),
        (ends(&[], &[list("a")]), ends(&[], &[group("b")]), Something, Something),
        // A list may hold the addresses that the other side spells out, and a group's members do not stand for a range.
        (ends(ten, &[]), ends(&[], &[list("a")]), Untold, Untold),
        (ends(ten, &[]), ends(&[], &[group("a")]), Something, Something),
        (ends(ten, &[]), ends(ten, &[list("a")]), Nothing, Something),
        (ends(&["0.0.0.0/0", "::/0"], &[]), ends(&[], &[group("a"), Peer::Itself]), Something, Nothing),
        (ends(&["0.0.0.0/0"], &[]), ends(&[], &[Peer::Itself]), Something, Something),
    ] {
        assert_eq!((left.beyond(&right), right.beyond(&left)), (there, back), "{left:?} {right:?}");
    }
}

#[test]
fn groups_and_lists_are_ends_like_addresses() {
    let mut both = rule("tcp", Some((443, 443)), &["10.0.0.0/8", "2001:db8::/32"]);
    both.user_id_group_pairs = vec![UserIdGroupPair { group_id: "sg-1".to_owned(), ..UserIdGroupPair::default() }];
    both.prefix_list_ids = vec![PrefixListId { prefix_list_id: "pl-1".to_owned(), ..PrefixListId::default() }];
    let mut parts = [rule("tcp", Some((443, 443)), &["2001:db8::/32"]), rule("tcp", Some((443, 443)), &["10.0.0.0/8"])];
    parts[0].user_id_group_pairs = both.user_id_group_pairs.clone();
    parts[1].prefix_list_ids = both.prefix_list_ids.clone();
    assert_eq!(of(vec![both.clone()]), of(parts.to_vec()));
    assert_ne!(of(vec![both]), of(parts[..1].to_vec()));
}

/// A rule of a small world: five kinds of protocol, ports 0 to 15 (of ICMP, types), sixteen addresses of each family, three groups.
#[derive(Clone, Copy, Debug)]
struct Small {
    protocol: usize,
    ports: (u16, u16),
    /// First address and prefix length, 28 to 32 (IPv4) or 124 to 128.
    range: Option<(u8, u8, bool)>,
    group: Option<u8>,
}

const PROTOCOLS: [&str; 5] = ["-1", "tcp", "udp", "icmp", "50"];

fn small() -> impl Strategy<Value = Small> {
    let range = proptest::option::of((0..16_u8, 0..=4_u8, any::<bool>()));
    (0..PROTOCOLS.len(), (0..16_u16, 0..16_u16), range, proptest::option::of(0..3_u8)).prop_map(
        |(protocol, (one, other), range, group)| Small {
            protocol,
            // A type of ICMP has no range.
            ports: if protocol == 3 { (one, one) } else { (one.min(other), one.max(other)) },
            range,
            group,
        },
    )
}

impl Small {
    fn permission(self) -> IpPermission {
        let range = self.range.map(|(address, free, v6)| {
            if v6 {
                format!("2001:db8::{address:x}/{}", 128 - free)
            } else {
                format!("192.0.2.{address}/{}", 32 - free)
            }
        });
        let ports = (i32::from(self.ports.0), if self.protocol == 3 { -1 } else { i32::from(self.ports.1) });
        let ranges: Vec<&str> = range.iter().map(String::as_str).collect();
        let mut permission = rule(PROTOCOLS[self.protocol], Some(ports), &ranges);
        permission.user_id_group_pairs.extend(
            self.group.map(|group| UserIdGroupPair { group_id: format!("sg-{group}"), ..UserIdGroupPair::default() }),
        );
        permission
    }

    /// Everything it lets through: protocol (5 for any other), port or type, and the end.
    fn all(self) -> BTreeSet<(usize, u16, String)> {
        let protocols = if self.protocol == 0 { 1..6 } else { self.protocol..self.protocol + 1 };
        let mut ends: Vec<String> = self.group.map(|group| format!("sg-{group}")).into_iter().collect();
        ends.extend(self.range.into_iter().flat_map(|(address, free, v6)| {
            let first = address >> free << free;
            (first..first + (1 << free)).map(move |address| format!("{v6} {address}"))
        }));
        protocols
            .flat_map(|protocol| {
                let free = self.protocol == 0 || protocol > 3;
                let ports = if free { 0..16 } else { self.ports.0..self.ports.1 + 1 };
                ports.map(move |port| (protocol, port))
            })
            .flat_map(|(protocol, port)| ends.iter().map(move |end| (protocol, port, end.clone())))
            .collect()
    }
}

/// The same rules in another order, each split into two by its ports or its range where it can be.
fn respelled(rules: &[Small], split: &[bool], order: &[usize]) -> Vec<IpPermission> {
    let mut parts: Vec<Small> = Vec::new();
    for (rule, split) in rules.iter().zip(split.iter().cycle()) {
        match (rule.range, rule.ports) {
            (Some((address, free, v6)), _) if *split && free > 0 => {
                let first = address >> free << free;
                let half = 1 << (free - 1);
                parts.push(Small { range: Some((first, free - 1, v6)), ..*rule });
                parts.push(Small { range: Some((first + half, free - 1, v6)), group: None, ..*rule });
            }
            (_, (first, last)) if first < last && rule.protocol != 3 => {
                let middle = first + (last - first) / 2;
                parts.push(Small { ports: (middle + 1, last), ..*rule });
                parts.push(Small { ports: (first, middle), ..*rule });
                parts.push(Small { ports: (first, middle), ..*rule });
            }
            (_, _) => parts.push(*rule),
        }
    }
    for (at, to) in order.iter().enumerate() {
        let count = parts.len();
        if at < count {
            parts.swap(at, to % count);
        }
    }
    parts.into_iter().map(Small::permission).collect()
}

fn rules() -> impl Strategy<Value = Vec<Small>> {
    proptest::collection::vec(small(), 0..6)
}

proptest! {
    #[test]
    fn order_and_splitting_alter_nothing(
        rules in rules(),
        split in proptest::collection::vec(any::<bool>(), 6),
        order in proptest::collection::vec(any::<usize>(), 12),
    ) {
        let plain = of(rules.iter().copied().map(Small::permission).collect());
        let other = of(respelled(&rules, &split, &order));
        prop_assert_eq!(&plain, &other);
        prop_assert!(plain.differences(&other).is_empty());
    }

    /// Two groups are equal just where they let the same through, and differ just where one lets through what the other does not.
    #[test]
    fn agrees_with_counting_packet_by_packet(left in rules(), right in rules()) {
        let everything = |rules: &[Small]| -> BTreeSet<_> { rules.iter().copied().flat_map(Small::all).collect() };
        let (all_left, all_right) = (everything(&left), everything(&right));
        let normal = |rules: &[Small]| of(rules.iter().copied().map(Small::permission).collect());
        let (left, right) = (normal(&left), normal(&right));
        prop_assert_eq!(left == right, all_left == all_right);

        let differences = left.differences(&right);
        prop_assert_eq!(differences.is_empty(), left == right);
        let one = |two: &[Difference]| {
            let [this, next] = [&two[0], &two[1]];
            let meet = this.what.ports.1.checked_add(1) == Some(next.what.ports.0);
            meet && (&this.primary, &this.standby, this.what.protocol, this.what.direction)
                == (&next.primary, &next.standby, next.what.protocol, next.what.direction)
        };
        prop_assert!(!differences.windows(2).any(one), "two of these are one: {:?}", differences);
        // Addresses alone: what groups may be is no matter of sets.
        let addresses = |all: &BTreeSet<(usize, u16, String)>| -> BTreeSet<(usize, u16, String)> {
            all.iter().filter(|(.., end)| !end.starts_with("sg-")).cloned().collect()
        };
        let lost = addresses(&all_left).difference(&addresses(&all_right)).count() > 0;
        let found = differences.iter().any(|difference| {
            !difference.primary.addresses.without(&difference.standby.addresses).is_empty()
        });
        prop_assert_eq!(found, lost);
    }
}
