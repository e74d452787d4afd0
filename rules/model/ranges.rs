//! Sets of IP addresses, as IP access control groups admit them: union, difference, and back to the fewest CIDRs.

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// First and last address, as numbers.
type Span = (u128, u128);

const LAST_V4: u128 = u32::MAX as u128;

/// A set of IPv4 and IPv6 addresses. Equal sets are equal values, however they were written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ranges {
    /// Sorted, disjoint, no two adjacent.
    v4: Vec<Span>,
    /// Likewise.
    v6: Vec<Span>,
}

impl Ranges {
    /// No address.
    pub const fn none() -> Self {
        Self { v4: Vec::new(), v6: Vec::new() }
    }

    /// Every address.
    pub fn all() -> Self {
        Self { v4: vec![(0, LAST_V4)], v6: vec![(0, u128::MAX)] }
    }

    /// The addresses of several CIDRs. Bits behind a prefix are ignored, and an address alone is a range of one.
    ///
    /// # Errors
    /// The first text that is neither.
    pub fn of<'t>(texts: impl IntoIterator<Item = &'t str>) -> Result<Self, &'t str> {
        let (mut v4, mut v6) = (Vec::new(), Vec::new());
        for text in texts {
            match parse(text).ok_or(text)? {
                IpNet::V4(net) => v4.push((number_v4(net.network()), number_v4(net.broadcast()))),
                IpNet::V6(net) => v6.push((u128::from(net.network()), u128::from(net.broadcast()))),
            }
        }
        Ok(Self { v4: merge(v4), v6: merge(v6) })
    }

    /// Whether it has no address.
    pub fn is_empty(&self) -> bool {
        self.v4.is_empty() && self.v6.is_empty()
    }

    /// The addresses of either.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        let both = |left: &[Span], right: &[Span]| merge([left, right].concat());
        Self { v4: both(&self.v4, &other.v4), v6: both(&self.v6, &other.v6) }
    }

    /// The addresses of this set that are not in the other.
    #[must_use]
    pub fn without(&self, other: &Self) -> Self {
        Self { v4: subtract(&self.v4, &other.v4), v6: subtract(&self.v6, &other.v6) }
    }

    /// The fewest CIDRs that make up the set, IPv4 before IPv6, ascending.
    pub fn cidrs(&self) -> Vec<IpNet> {
        let v4 = self.v4.iter().flat_map(|&span| blocks(span, 32)).map(|(first, prefix)| {
            let first = u32::try_from(first).expect("a block of IPv4 addresses begins below 2^32");
            IpNet::V4(Ipv4Net::new_assert(Ipv4Addr::from(first), prefix))
        });
        let v6 = self.v6.iter().flat_map(|&span| blocks(span, 128));
        let v6 = v6.map(|(first, prefix)| IpNet::V6(Ipv6Net::new_assert(Ipv6Addr::from(first), prefix)));
        v4.chain(v6).collect()
    }

    /// The set for a sentence: at most this many CIDRs, and how many more there are.
    pub fn brief(&self, most: usize) -> String {
        let cidrs = self.cidrs();
        let shown: Vec<String> = cidrs.iter().take(most).map(IpNet::to_string).collect();
        match cidrs.len().saturating_sub(most) {
            _ if *self == Self::all() => "every address".to_owned(),
            _ if cidrs.is_empty() => "no address".to_owned(),
            0 => shown.join(", "),
            more => format!("{} and {more} more", shown.join(", ")),
        }
    }
}

/// Every CIDR, in words where there is none or nothing is left out.
impl fmt::Display for Ranges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.brief(usize::MAX))
    }
}

fn parse(text: &str) -> Option<IpNet> {
    let text = text.trim();
    text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from)).ok()
}

fn number_v4(address: Ipv4Addr) -> u128 {
    u128::from(u32::from(address))
}

/// Sorts spans, and joins those that overlap or touch.
fn merge(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable();
    let mut merged: Vec<Span> = Vec::with_capacity(spans.len());
    for (first, last) in spans {
        match merged.last_mut() {
            Some((_, end)) if first <= end.saturating_add(1) => *end = (*end).max(last),
            _ => merged.push((first, last)),
        }
    }
    merged
}

/// What of merged spans is in none of other merged spans.
fn subtract(from: &[Span], taken: &[Span]) -> Vec<Span> {
    let mut left = Vec::new();
    let mut taken = taken.iter().peekable();
    for &(mut first, last) in from {
        loop {
            // Spans that end before this one begins bear on no later one either.
            while taken.next_if(|(_, end)| *end < first).is_some() {}
            let Some(&&(start, end)) = taken.peek() else {
                left.push((first, last));
                break;
            };
            if start > last {
                left.push((first, last));
                break;
            }
            if start > first {
                left.push((first, start - 1));
            }
            if end >= last {
                break;
            }
            first = end + 1;
        }
    }
    left
}

/// A span as the fewest aligned blocks: each one's first address and prefix length, in a family of this many bits.
fn blocks((mut first, last): Span, bits: u8) -> Vec<(u128, u8)> {
    let mut blocks = Vec::new();
    loop {
        // The largest block that begins here is bounded by the alignment of its first address, and by the span's end.
        let aligned = first.trailing_zeros().min(u32::from(bits));
        let fitting = match (last - first).checked_add(1) {
            Some(count) => count.ilog2(),
            None => 128,
        };
        let size = aligned.min(fitting);
        blocks.push((first, bits - size as u8));
        let next = 1_u128.checked_shl(size).and_then(|count| first.checked_add(count));
        match next {
            Some(next) if next <= last => first = next,
            Some(_) | None => return blocks,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn of(texts: &[&str]) -> Ranges {
        Ranges::of(texts.iter().copied()).expect("CIDRs")
    }

    #[test]
    fn one_set_has_many_spellings() {
        let halves = of(&["198.51.100.128/25", "198.51.100.0/25"]);
        assert_eq!(halves, of(&["198.51.100.0/24"]));
        assert_eq!(of(&["192.0.2.77/24", "192.0.2.1"]), of(&["192.0.2.0/24"]));
        assert_eq!(of(&[" 192.0.2.1 "]), of(&["192.0.2.1/32"]));
        assert_eq!(of(&["2001:DB8::/33", "2001:db8:8000::/33"]), of(&["2001:db8:0:0::/32"]));
        assert_eq!(of(&["0.0.0.0/0", "::/0"]), Ranges::all());
        assert_ne!(of(&["0.0.0.0/0"]), Ranges::all());
        assert_eq!(of(&[]), Ranges::none());
    }

    #[test]
    fn what_is_no_range_is_named() {
        for text in
            ["", "anywhere", "192.0.2.0/33", "192.0.2.0/255.255.255.0", "192.0.2.0-192.0.2.9", "10.1", "<img src=x>"]
        {
            assert_eq!(Ranges::of(["192.0.2.0/24", text]), Err(text), "{text}");
        }
    }

    #[test]
    fn shown_in_the_fewest_cidrs() {
        assert_eq!(of(&["192.0.2.0/24"]).without(&of(&["192.0.2.64/26"])).to_string(), "192.0.2.0/26, 192.0.2.128/25");
        assert_eq!(Ranges::all().without(&of(&["128.0.0.0/1"])).to_string(), "0.0.0.0/1, ::/0");
        assert_eq!(Ranges::all().without(&of(&["::/1", "0.0.0.0/0"])).to_string(), "8000::/1");
        assert_eq!(Ranges::all().to_string(), "every address");
        assert_eq!(Ranges::none().to_string(), "no address");
        assert_eq!(of(&["10.0.0.0/8", "192.0.2.1", "192.0.2.9"]).brief(2), "10.0.0.0/8, 192.0.2.1/32 and 1 more");
    }

    /// A span of a small space, which begins at `base`.
    fn spans(base: u128, picked: &[(u8, u8)]) -> Vec<Span> {
        picked
            .iter()
            .map(|&(one, other)| (base + u128::from(one.min(other)), base + u128::from(one.max(other))))
            .collect()
    }

    fn members(spans: &[Span]) -> BTreeSet<u128> {
        spans.iter().flat_map(|&(first, last)| first..=last).collect()
    }

    fn is_canonical(spans: &[Span]) -> bool {
        spans.iter().all(|(first, last)| first <= last)
            && spans.windows(2).all(|two| two[0].1.checked_add(1).is_some_and(|next| next < two[1].0))
    }

    fn picked() -> impl Strategy<Value = Vec<(u8, u8)>> {
        proptest::collection::vec((0..64_u8, 0..64_u8), 0..6)
    }

    proptest! {
        /// At the beginning, the middle and the very end of both families, against sets of single addresses.
        #[test]
        fn agrees_with_counting_address_by_address(left in picked(), right in picked(), place in 0..5_usize) {
            let (base, bits) = [(0, 32), (LAST_V4 - 63, 32), (0, 128), (1 << 100, 128), (u128::MAX - 63, 128)][place];
            let (left, right) = (spans(base, &left), spans(base, &right));
            let (all_left, all_right) = (members(&left), members(&right));
            let (left, right) = (merge(left), merge(right));
            prop_assert!(is_canonical(&left));
            prop_assert_eq!(members(&left), all_left.clone());

            let both = merge([left.clone(), right.clone()].concat());
            prop_assert!(is_canonical(&both));
            prop_assert_eq!(members(&both), all_left.union(&all_right).copied().collect::<BTreeSet<_>>());

            let rest = subtract(&left, &right);
            prop_assert!(is_canonical(&rest));
            prop_assert_eq!(members(&rest), all_left.difference(&all_right).copied().collect::<BTreeSet<_>>());

            for &span in &left {
                let blocks = blocks(span, bits);
                let mut covered = BTreeSet::new();
                for &(first, prefix) in &blocks {
                    let size = 1_u128 << (bits - prefix);
                    prop_assert_eq!(first % size, 0, "aligned");
                    covered.extend(first..=first + (size - 1));
                }
                prop_assert_eq!(&covered, &members(&[span]));
                prop_assert_eq!(blocks.len(), fewest(span));
            }
        }
    }

    /// A CIDR of a small space: where the space is, an address in it, and how many bits behind the prefix.
    type Picked = (usize, u8, u8);

    /// The spaces: the beginning, the middle and the end of each family, 64 addresses each.
    const SPACES: [(&str, u8); 6] = [
        ("0.0.0.0", 32),
        ("192.0.2.64", 32),
        ("255.255.255.192", 32),
        ("::", 128),
        ("2001:db8::40", 128),
        (LAST_SPACE, 128),
    ];

    const LAST_SPACE: &str = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffc0";

    fn cidrs_picked() -> impl Strategy<Value = Vec<Picked>> {
        proptest::collection::vec((0..SPACES.len(), 0..64_u8, 0..=6_u8), 0..8)
    }

    /// As somebody may write it: the address need not be the block's first, and one alone needs no prefix.
    fn written(&(space, at, free): &Picked) -> String {
        let (base, bits) = SPACES[space];
        let address = match base.parse().expect("an address") {
            IpAddr::V4(base) => IpAddr::from(Ipv4Addr::from(u32::from(base) + u32::from(at))),
            IpAddr::V6(base) => IpAddr::from(Ipv6Addr::from(u128::from(base) + u128::from(at))),
        };
        if free == 0 && at % 2 == 0 { address.to_string() } else { format!("{address}/{}", bits - free) }
    }

    /// Its addresses, by space and place in it.
    fn counted(picked: &[Picked]) -> BTreeSet<(usize, u8)> {
        picked
            .iter()
            .flat_map(|&(space, at, free)| {
                let first = u32::from(at) >> free << free;
                (first..first + (1 << free)).map(move |at| (space, u8::try_from(at).expect("one of 64")))
            })
            .collect()
    }

    fn read(picked: &[Picked]) -> Ranges {
        let texts: Vec<String> = picked.iter().map(written).collect();
        Ranges::of(texts.iter().map(String::as_str)).expect("CIDRs")
    }

    /// The set of the addresses that were counted, each written alone.
    fn alone(addresses: &BTreeSet<(usize, u8)>) -> Ranges {
        read(&addresses.iter().map(|&(space, at)| (space, at, 0)).collect::<Vec<_>>())
    }

    proptest! {
        /// From texts to texts, both families at once: what is one's own is touched by nothing of the other's.
        #[test]
        fn written_sets_agree_with_counting(left in cidrs_picked(), right in cidrs_picked(), most in 0..9_usize) {
            let (all_left, all_right) = (counted(&left), counted(&right));
            let (left, right) = (read(&left), read(&right));
            prop_assert_eq!(&left, &alone(&all_left));
            prop_assert_eq!(left.is_empty(), all_left.is_empty());
            prop_assert_eq!(left == right, all_left == all_right);
            prop_assert_eq!(left.union(&right), alone(&all_left.union(&all_right).copied().collect()));
            prop_assert_eq!(left.without(&right), alone(&all_left.difference(&all_right).copied().collect()));

            // What is shown is the set again, and the same set always reads the same.
            let shown: Vec<String> = left.cidrs().iter().map(IpNet::to_string).collect();
            prop_assert_eq!(&Ranges::of(shown.iter().map(String::as_str)).expect("CIDRs"), &left);
            prop_assert_eq!(left.to_string(), alone(&all_left).to_string());
            let brief = left.brief(most);
            let named = brief.split(" and ").next().unwrap_or_default().split(", ").filter(|text| text.contains('/')).count();
            prop_assert_eq!(named, shown.len().min(most));
            prop_assert_eq!(brief.contains(" more"), shown.len() > most);
        }
    }

    /// How few aligned blocks make up a span, by trying: halves of halves.
    fn fewest((first, last): Span) -> usize {
        fn within(block: Span, span: Span) -> usize {
            let (start, end) = block;
            if end < span.0 || span.1 < start {
                0
            } else if span.0 <= start && end <= span.1 {
                1
            } else {
                let middle = start + (end - start) / 2;
                within((start, middle), span) + within((middle + 1, end), span)
            }
        }
        let start = first / 64 * 64;
        within((start, start + 63), (first, last))
    }

    #[test]
    fn the_whole_of_a_family_is_one_block() {
        assert_eq!(blocks((0, u128::MAX), 128), [(0, 0)]);
        assert_eq!(blocks((0, LAST_V4), 32), [(0, 0)]);
        assert_eq!(subtract(&[(0, u128::MAX)], &[(u128::MAX, u128::MAX)]), [(0, u128::MAX - 1)]);
        assert_eq!(subtract(&[(0, u128::MAX)], &[(0, 0)]), [(1, u128::MAX)]);
    }
}
