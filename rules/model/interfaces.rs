//! Network interfaces of desktops, looked up by where they are: there are as many as desktops, so the index is made when somebody first asks.

use super::network::InterfaceRow;
use super::pairing::PairView;
use super::workspace::WorkspaceRow;
use super::{GapId, Side, Sym};
use std::sync::OnceLock;

/// The network interfaces of both sides.
#[derive(Debug, Default)]
pub(super) struct Interfaces {
    primary: OnceLock<Index>,
    standby: OnceLock<Index>,
}

/// Interfaces by subnet and address, with their position in the side's list, sorted.
#[derive(Debug)]
struct Index(Vec<(Sym, u32, u32)>);

impl Index {
    fn of(side: &Side) -> Self {
        let rows = side.network_interfaces.items().iter().enumerate();
        let mut rows: Vec<_> = rows.map(|(at, row)| (row.subnet, row.address, at as u32)).collect();
        rows.sort_unstable();
        Self(rows)
    }

    /// An address is another in each subnet, so both tell.
    fn interface<'e>(&self, side: &'e Side, row: &WorkspaceRow) -> Result<Option<&'e InterfaceRow>, GapId> {
        if row.address == 0 || row.subnet.is_none() {
            return Ok(None);
        }
        let place = (row.subnet, row.address);
        let at = self.0.partition_point(|&(subnet, address, _)| (subnet, address) < place);
        match (self.0.get(at), side.network_interfaces.gap()) {
            (Some(&(subnet, address, at)), _) if (subnet, address) == place => {
                Ok(Some(&side.network_interfaces.items()[at as usize]))
            }
            (_, None) => Ok(None),
            (_, Some(gap)) => Err(gap),
        }
    }
}

impl<'e> PairView<'e> {
    /// The network interface at a primary desktop's address; `Ok(None)` where there surely is none, or the desktop has no address.
    ///
    /// # Errors
    /// The gap that may hide it.
    pub fn primary_interface(&self, row: &WorkspaceRow) -> Result<Option<&'e InterfaceRow>, GapId> {
        self.interfaces.primary.get_or_init(|| Index::of(self.primary)).interface(self.primary, row)
    }

    /// The network interface at a standby desktop's address; likewise.
    ///
    /// # Errors
    /// The gap that may hide it.
    pub fn standby_interface(&self, row: &WorkspaceRow) -> Result<Option<&'e InterfaceRow>, GapId> {
        self.interfaces.standby.get_or_init(|| Index::of(self.standby)).interface(self.standby, row)
    }
}

#[cfg(test)]
mod tests {
    use crate::fixture::{Fixture, Kept, On};
    use crate::model::{Dataset, Sym};

    #[test]
    fn an_interface_is_found_by_subnet_and_address_on_its_side_alone() {
        let mut fixture = Fixture::clean();
        let (anna, bert) = (*fixture.desktop(On::Primary, "anna"), *fixture.desktop(On::Primary, "bert"));
        let other = fixture.sym("subnet-pb");
        // The same address in another subnet is another's.
        fixture.interface(On::Primary, "bert").subnet = other;
        let view = fixture.view();
        let found = view.primary_interface(&anna).expect("whole").expect("there");
        assert_eq!((found.subnet, found.address), (anna.subnet, anna.address));
        assert_eq!(view.primary_interface(&bert), Ok(None));
        assert_eq!(view.standby_interface(&anna), Ok(None));
    }

    #[test]
    fn absence_needs_a_whole_list_and_an_address() {
        let mut fixture = Fixture::clean();
        let (anna, carla) = (*fixture.desktop(On::Standby, "anna"), *fixture.desktop(On::Standby, "carla"));
        let gap = fixture.cut(On::Standby, Dataset::NetworkInterfaces, Kept::Half);
        let view = fixture.view();
        assert!(matches!(view.standby_interface(&anna), Ok(Some(_))));
        assert_eq!(view.standby_interface(&carla), Err(gap));
        let mut nowhere = carla;
        nowhere.address = 0;
        assert_eq!(view.standby_interface(&nowhere), Ok(None));
        nowhere = carla;
        nowhere.subnet = Sym::NONE;
        assert_eq!(view.standby_interface(&nowhere), Ok(None));
    }
}
