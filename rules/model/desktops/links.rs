//! The relations that AWS keeps between a primary WorkSpace and its standby WorkSpace, as both of them tell.

use crate::model::pairing::PairView;
use crate::model::workspace::{Extra, WorkspaceRow};
use crate::model::{Side, Sym};
use hashbrown::HashMap;

/// A relation between a primary and a standby WorkSpace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Relation {
    /// The primary WorkSpace: its position in the primary side's `workspaces`; [`Subject::NONE`](crate::model::Subject::NONE) where it
    /// was not found there.
    pub p: u32,
    /// The standby WorkSpace: its position in the standby side's `workspaces`, or likewise.
    pub s: u32,
    /// Which of them tells of it.
    pub told_by: ToldBy,
}

/// Which of two WorkSpaces names the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ToldBy {
    /// Each names the other.
    Both,
    /// The primary one alone.
    Primary,
    /// The standby one alone.
    Standby,
}

const NOWHERE: u32 = crate::model::Subject::NONE;

/// The relations of these primary and these standby rows, sorted, each once. Either end may lie in another directory of its side.
pub(super) fn relations(pair: &PairView<'_>, primary: &[u32], standby: &[u32]) -> Vec<Relation> {
    let symbols = &pair.estate.symbols;
    let (rows, others) = (pair.primary.workspaces.items(), pair.standby.workspaces.items());
    let mut by_primary: Vec<(u32, Sym)> = Vec::new();
    for (at, extra) in extras(pair.primary, primary) {
        let named = standbys(extra, &pair.settings.standby.region);
        by_primary.extend(named.map(|id| (at, symbols.find(id).unwrap_or(Sym::NONE))));
    }
    let mut by_standby: Vec<(u32, Sym)> = Vec::new();
    for (at, extra) in extras(pair.standby, standby) {
        let named = related(extra, "PRIMARY", &pair.settings.primary.region);
        by_standby.extend(named.map(|id| (at, symbols.find(id).unwrap_or(Sym::NONE))));
    }
    let of_standby = positions(others, by_primary.iter().map(|&(_, id)| id));
    let of_primary = positions(rows, by_standby.iter().map(|&(_, id)| id));

    let mut relations: Vec<Relation> = Vec::with_capacity(by_primary.len());
    for (p, id) in by_primary {
        relations.push(Relation { p, s: at(&of_standby, id), told_by: ToldBy::Primary });
    }
    for (s, id) in by_standby {
        relations.push(Relation { p: at(&of_primary, id), s, told_by: ToldBy::Standby });
    }
    // A desktop of another directory may be named by the one of this: what it says itself was not looked at above.
    for relation in &mut relations {
        let (Some(p), Some(s)) = (rows.get(relation.p as usize), others.get(relation.s as usize)) else { continue };
        let p_tells = pair
            .primary
            .extras
            .of(p)
            .is_some_and(|extra| standbys(extra, &pair.settings.standby.region).any(|id| id == symbols.text(s.id)));
        let s_tells = pair.standby.extras.of(s).is_some_and(|extra| {
            related(extra, "PRIMARY", &pair.settings.primary.region).any(|id| id == symbols.text(p.id))
        });
        if p_tells && s_tells {
            relation.told_by = ToldBy::Both;
        }
    }
    relations.sort_unstable();
    relations.dedup();
    relations
}

/// The standby WorkSpaces that a primary one names in a Region.
fn standbys<'e>(extra: &'e Extra, region: &'e str) -> impl Iterator<Item = &'e str> {
    let named = |id: &str| extra.related_workspaces.iter().any(|related| related.workspace_id == id);
    // `StandbyWorkspacesProperties` names no Region: what `RelatedWorkspaces` has too is of the Region that it names there.
    let others = extra.standby_workspaces_properties.iter().map(|standby| standby.standby_workspace_id.as_str());
    related(extra, "STANDBY", region).chain(others.filter(move |id| !id.is_empty() && !named(id)))
}

/// The ids that `RelatedWorkspaces` has of a type and in a Region.
fn related<'e>(extra: &'e Extra, kind: &'static str, region: &'e str) -> impl Iterator<Item = &'e str> {
    let here = move |named: &str| named.is_empty() || named == region;
    let wanted = extra.related_workspaces.iter().filter(move |related| related.r#type == kind && here(&related.region));
    wanted.map(|related| related.workspace_id.as_str()).filter(|id| !id.is_empty())
}

fn extras<'e>(side: &'e Side, rows: &'e [u32]) -> impl Iterator<Item = (u32, &'e Extra)> {
    let list = side.workspaces.items();
    rows.iter().filter_map(move |&at| Some((at, side.extras.of(&list[at as usize])?)))
}

/// Where the WorkSpaces with these ids stand in a list; those that are not there are at [`NOWHERE`].
fn positions(rows: &[WorkspaceRow], ids: impl Iterator<Item = Sym>) -> HashMap<Sym, u32> {
    let mut found: HashMap<Sym, u32> = ids.filter(|id| id.is_some()).map(|id| (id, NOWHERE)).collect();
    if found.is_empty() {
        return found;
    }
    for (at, row) in rows.iter().enumerate() {
        if let Some(position) = found.get_mut(&row.id) {
            *position = at as u32;
        }
    }
    found
}

fn at(positions: &HashMap<Sym, u32>, id: Sym) -> u32 {
    positions.get(&id).copied().unwrap_or(NOWHERE)
}
