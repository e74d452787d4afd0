//! The desktops of a side and who is connected to them, as rows whose texts get their numbers in the estate last.

use super::Reader;
use super::around::Frame;
use crate::collect::paging::Listing;
use crate::collect::slice;
use crate::collect::tagging::{self, Tags};
use crate::collect::workspaces::{Desktops, WorkSpaces};
use deskpair_rules::model::workspace::{ConnectionRow, TagRow, WorkspaceRow};
use deskpair_rules::model::{Dataset, Estate, Sym};

/// The desktops, and the connection status of those on standby.
#[derive(Debug)]
pub(super) struct People {
    desktops: Option<Desktops>,
    connections: Option<Listing<ConnectionRow>>,
}

impl People {
    /// Asks who is connected, where the side is a standby one.
    pub(super) async fn read(
        reader: &Reader,
        workspaces: &WorkSpaces,
        frame: &Frame,
        mut desktops: Option<Desktops>,
    ) -> Self {
        let mut connections = None;
        if reader.wants(Dataset::Connections)
            && reader.roles.is_standby()
            && let Some(desktops) = &mut desktops
        {
            let mut listing = workspaces.connections(desktops, &frame.standby_directories(&reader.roles)).await;
            if let Some(gap) = frame.hides_standby(&reader.roles) {
                listing.cut(gap.clone());
            }
            connections = Some(listing);
        }
        Self { desktops, connections }
    }

    pub(super) fn put_into(self, estate: &mut Estate, at: usize) {
        let Some(Desktops { symbols, mut rows, extras, gap }) = self.desktops else { return };
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
        let connections = self.connections.map(|mut listing| {
            for row in &mut listing.items {
                *row = ConnectionRow { workspace: new(row.workspace), state: new(row.state), ..*row };
            }
            listing
        });
        estate.sides[at].workspaces = slice(estate, Some(Listing { items: rows, gap }));
        estate.sides[at].extras = extras;
        estate.sides[at].connections = slice(estate, connections);
    }
}

/// Puts the tags of a side in their place.
pub(super) fn put_tags(estate: &mut Estate, at: usize, tags: Tags, wanted: tagging::Wanted) {
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
