//! Tags of desktops, looked up by the desktop: there may be a million of either, so the index is made when somebody first asks.

use super::pairing::PairView;
use super::workspace::TagRow;
use super::{Side, Sym, Symbols};
use std::sync::OnceLock;

/// The tags of both sides' desktops.
#[derive(Debug, Default)]
pub(super) struct Tags {
    primary: OnceLock<Index>,
    standby: OnceLock<Index>,
}

/// Tags by desktop: the desktop's id and the position among the side's tags, sorted.
#[derive(Debug)]
struct Index(Vec<(Sym, u32)>);

impl Index {
    fn of(side: &Side, symbols: &Symbols) -> Self {
        let tags = side.desktop_tags.items().iter().enumerate();
        let mut rows: Vec<(Sym, u32)> =
            tags.filter_map(|(at, tag)| Some((desktop(symbols, tag)?, at as u32))).collect();
        rows.sort_unstable();
        Self(rows)
    }

    fn tags<'a>(&'a self, side: &'a Side, desktop: Sym) -> impl Iterator<Item = &'a TagRow> {
        let from = self.0.partition_point(|&(known, _)| known < desktop);
        let own = self.0[from..].iter().take_while(move |&&(known, _)| known == desktop);
        own.map(|&(_, at)| &side.desktop_tags.items()[at as usize])
    }
}

impl PairView<'_> {
    /// The tags that were read of a primary desktop, by its id.
    pub fn primary_tags(&self, desktop: Sym) -> impl Iterator<Item = &TagRow> {
        let index = self.tags.primary.get_or_init(|| Index::of(self.primary, &self.estate.symbols));
        index.tags(self.primary, desktop)
    }

    /// The tags that were read of a standby desktop, by its id.
    pub fn standby_tags(&self, desktop: Sym) -> impl Iterator<Item = &TagRow> {
        let index = self.tags.standby.get_or_init(|| Index::of(self.standby, &self.estate.symbols));
        index.tags(self.standby, desktop)
    }
}

/// The desktop that a tag is on: the last part of its ARN, `arn:aws:workspaces:REGION:ACCOUNT:workspace/ws-…`.
fn desktop(symbols: &Symbols, tag: &TagRow) -> Option<Sym> {
    symbols.text(tag.arn).rsplit_once('/').and_then(|(_, id)| symbols.find(id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};

    #[test]
    fn tags_are_found_by_their_desktop_on_its_side_alone() {
        let mut fixture = Fixture::clean();
        for on in [On::Primary, On::Standby] {
            fixture.side(on).desktop_tags.items_mut().clear();
        }
        for (on, desktop, key, value) in [
            (On::Primary, "ws-pbert", "CostCenter", "CC-2"),
            (On::Primary, "ws-panna", "CostCenter", "CC-1"),
            (On::Primary, "ws-pbert", "Owner", "sales"),
            (On::Standby, "ws-sbert", "CostCenter", "CC-9"),
            (On::Standby, "ws-gone", "CostCenter", "CC-8"),
        ] {
            fixture.tag(on, desktop, key, value);
        }
        let bert = (fixture.sym("ws-pbert"), fixture.sym("ws-sbert"));
        let view = fixture.view();
        let text = |tag: &TagRow| [tag.key, tag.value].map(|sym| view.estate.symbols.text(sym).to_owned()).join("=");
        assert_eq!(view.primary_tags(bert.0).map(text).collect::<Vec<_>>(), ["CostCenter=CC-2", "Owner=sales"]);
        assert_eq!(view.standby_tags(bert.1).map(text).collect::<Vec<_>>(), ["CostCenter=CC-9"]);
        assert_eq!(view.standby_tags(bert.0).count() + view.primary_tags(bert.1).count(), 0);
    }
}
