//! Where an address lies: in a VPC of the pair's primary Region, or elsewhere.

use crate::model::network::Vpc;
use crate::model::ranges::Ranges;
use crate::model::{PairView, Unknown};
use std::net::IpAddr;

/// Where an address lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lies {
    /// In a VPC of the primary Region, and in none of the standby's.
    OnPrimary,
    /// In a VPC of the standby Region, whatever the primary's ranges are.
    OnStandby,
    /// In no VPC of the primary Region, nor in one that was read of the standby's.
    Outside,
    /// It cannot be told.
    Unknown(Unknown),
}

/// The addresses of a Region's VPCs; `None` where a range cannot be read.
fn ranges(vpcs: &[Vpc]) -> Option<Ranges> {
    let blocks = vpcs.iter().flat_map(|vpc| {
        let associated = vpc.cidr_block_association_set.iter().filter(|block| {
            block
                .cidr_block_state
                .as_ref()
                .is_none_or(|state| ["associating", "associated"].contains(&state.state.as_str()))
        });
        associated
            .map(|block| block.cidr_block.as_str())
            .chain([vpc.cidr_block.as_str()])
            .filter(|block| !block.is_empty())
    });
    Ranges::of(blocks).ok()
}

/// Where an address lies; `unreadable` where it is no IPv4 address, or a VPC's range cannot be read.
pub(crate) fn lies(pair: &PairView<'_>, address: &str, unreadable: Unknown) -> Lies {
    let Ok(IpAddr::V4(_)) = address.parse::<IpAddr>() else { return Lies::Unknown(unreadable) };
    let Ok(only) = Ranges::of([address]) else { return Lies::Unknown(unreadable) };
    let within = |vpcs: &[Vpc]| ranges(vpcs).map(|ranges| only.without(&ranges).is_empty());
    let (p, s) = (&pair.primary.vpcs, &pair.standby.vpcs);
    // What lies in the standby's own ranges is nearer there, whatever the primary's are.
    match (within(s.items()), within(p.items())) {
        (Some(true), _) => Lies::OnStandby,
        (None, _) | (_, None) => Lies::Unknown(unreadable),
        (Some(false), Some(true)) => s.gap().map_or(Lies::OnPrimary, |gap| Lies::Unknown(gap.into())),
        (Some(false), Some(false)) => p.gap().map_or(Lies::Outside, |gap| Lies::Unknown(gap.into())),
    }
}

/// Where the nearest of several addresses lies, for one that answers is enough: [`Lies::OnPrimary`] where all lie there. `untold` where
/// there is none.
pub(crate) fn nearest<'a>(
    pair: &PairView<'_>,
    addresses: impl IntoIterator<Item = &'a String>,
    unreadable: Unknown,
    untold: Unknown,
) -> Lies {
    let all: Vec<Lies> = addresses.into_iter().map(|address| lies(pair, address, unreadable)).collect();
    let elsewhere = all.iter().find(|one| matches!(one, Lies::OnStandby | Lies::Outside));
    let unknown = all.iter().find(|one| matches!(one, Lies::Unknown(_)));
    elsewhere.or(unknown).or(all.first()).copied().unwrap_or(Lies::Unknown(untold))
}
