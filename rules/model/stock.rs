//! The desktops that stand in a pair's standby account and Region, and those that are still to be made there: of this pair, and of the
//! configuration's other pairs that fail over to the same place. AWS counts them together, whosever they are.
//!
//! It is reckoned once a pair, when somebody first asks: each of a hundred thousand findings may be worded with it.

use super::accounts::account_of_side;
use super::desktops::{Counterpart, is_leaving};
use super::pairing::{Located, PairView, Unknown};
use super::workspace::WorkspaceRow;
use super::{GapId, Sym};
use std::collections::{BTreeMap, BTreeSet};

/// What an ordinary standby WorkSpace names in `RelatedWorkspaces`: the other desktop is its primary (AWS-FACTS §1.8).
const ITS_PRIMARY: &str = "PRIMARY";

/// Desktops by compute type.
pub type ByCompute = BTreeMap<Sym, u64>;

/// The desktops of one pair's standby account and Region.
#[derive(Debug, Default)]
pub struct Stock {
    /// Those that stand there and were made with `CreateWorkspaces`, whosever they are.
    pub ordinary: ByCompute,
    /// Those that stand there and were made with `CreateStandbyWorkspaces`.
    pub standby: ByCompute,
    /// What this pair surely has to make there, by the compute type of the primary desktop.
    pub missing: ByCompute,
    /// The same of the other pairs that fail over there.
    pub missing_of_others: ByCompute,
    /// What other pairs may have to make there besides.
    pub perhaps_of_others: ByCompute,
    /// The names of the other pairs that surely have to make some there, in the order of the configuration.
    pub others: Vec<String>,
    /// Why other pairs may have to make more than they surely have to.
    pub doubt: Option<Unknown>,
    /// Whether that may be any number.
    pub open: bool,
}

/// How many of some desktops there are, whatever they are made of.
pub fn all(desktops: &ByCompute) -> u64 {
    desktops.values().sum()
}

fn one_more(desktops: &mut ByCompute, compute: Sym) {
    *desktops.entry(compute).or_default() += 1;
}

impl PairView<'_> {
    /// What stands where this pair fails over to, and what is still to be made there.
    pub fn stock(&self) -> &Stock {
        self.stock.get_or_init(|| Stock::of(self))
    }

    /// Whether a desktop is a standby WorkSpace.
    fn is_standby_workspace(&self, row: &WorkspaceRow) -> bool {
        let extra = self.standby.extras.of(row);
        extra.is_some_and(|extra| extra.related_workspaces.iter().any(|related| related.r#type == ITS_PRIMARY))
    }

    /// Why the pair at this position may fail over to where this one does; `None` where it surely does, `Err` where it surely does not.
    fn shares_standby(&self, other: usize) -> Result<Option<GapId>, Elsewhere> {
        let estate = self.estate;
        let theirs = &estate.sides[estate.pairs[other].standby as usize];
        if std::ptr::eq(theirs, self.standby) {
            return Ok(None);
        }
        if theirs.place.region != self.standby.place.region {
            return Err(Elsewhere);
        }
        match (account_of_side(self.standby), account_of_side(theirs)) {
            (Ok(ours), Ok(theirs)) if ours == theirs => Ok(None),
            (Ok(_), Ok(_)) => Err(Elsewhere),
            (Err(gap), _) | (_, Err(gap)) => Ok(Some(gap)),
        }
    }

    /// Whose desktops a pair is about: pairs of one directory in both Regions have the same people.
    fn people_of_directories(&self) -> Option<(u32, String, String)> {
        let at = self.estate.sides.iter().position(|side| std::ptr::eq(side, self.primary))?;
        match (&self.primary_directory, &self.standby_directory) {
            (Located::Found { id: p, .. }, Located::Found { id: s, .. }) => Some((at as u32, p.clone(), s.clone())),
            _ => None,
        }
    }
}

/// It fails over to another account or Region.
struct Elsewhere;

impl Stock {
    fn of(pair: &PairView<'_>) -> Self {
        let mut stock = Self::default();
        for row in pair.standby.workspaces.items() {
            if !is_leaving(pair.estate.symbols.text(row.state)) {
                let kind = if pair.is_standby_workspace(row) { &mut stock.standby } else { &mut stock.ordinary };
                one_more(kind, row.compute);
            }
        }
        for desktop in &pair.desktops.primary {
            if desktop.counterpart == Counterpart::Missing {
                one_more(&mut stock.missing, pair.primary.workspaces.items()[desktop.row as usize].compute);
            }
        }
        let mut known: BTreeSet<_> = pair.people_of_directories().into_iter().collect();
        for (at, settings) in pair.estate.settings.pairs.iter().enumerate() {
            if std::ptr::eq(settings, pair.settings) {
                continue;
            }
            let Ok(unsure) = pair.shares_standby(at) else { continue };
            let other = PairView::new(pair.estate, at, pair.judged_at);
            if other.people_of_directories().is_none_or(|people| known.insert(people)) {
                stock.add(&other, unsure.map(Unknown::Gap));
            }
        }
        stock
    }

    /// Adds what another pair still has to make, or may have to.
    fn add(&mut self, other: &PairView<'_>, unsure: Option<Unknown>) {
        let before = all(&self.missing_of_others);
        for desktop in &other.desktops.primary {
            let doubt = match (desktop.counterpart, unsure) {
                (Counterpart::Missing, None) => None,
                (Counterpart::Missing, Some(why)) | (Counterpart::Unknown(why), _) => Some(why),
                // Several candidates are several desktops that exist.
                (Counterpart::Row(_) | Counterpart::Ambiguous, _) => continue,
            };
            let desktops = if doubt.is_some() { &mut self.perhaps_of_others } else { &mut self.missing_of_others };
            one_more(desktops, other.primary.workspaces.items()[desktop.row as usize].compute);
            self.doubt = self.doubt.or(doubt);
        }
        self.doubt = self.doubt.or(other.desktops.hidden);
        self.open |= other.desktops.hidden.is_some();
        if all(&self.missing_of_others) > before {
            self.others.push(other.settings.name.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::{Estate, Slice};

    /// The clean estate, with a second pair `labs` whose primary side is another Region's, a copy of the first's.
    fn two_pairs() -> Fixture {
        let mut fixture = Fixture::clean();
        fixture.add_pair("labs", "eu-west-1");
        fixture
    }

    fn told(estate: &Estate) -> (u64, u64, u64, Vec<String>, bool) {
        let view = PairView::new(estate, 0, crate::fixture::TAKEN_AT);
        let stock = view.stock();
        let (missing, perhaps) = (all(&stock.missing_of_others), all(&stock.perhaps_of_others));
        (all(&stock.missing), missing, perhaps, stock.others.clone(), stock.doubt.is_some())
    }

    #[test]
    fn whoever_fails_over_to_the_same_place_is_counted() {
        let mut fixture = two_pairs();
        assert_eq!(told(&fixture.estate), (0, 0, 0, vec![], false));
        fixture.remove_desktop(On::Standby, "bert");
        // Both pairs' people have desktops in the one directory.
        assert_eq!(told(&fixture.estate), (1, 1, 0, vec!["labs".to_owned()], false));
        fixture.estate.settings.pairs[1].standby.region = "eu-central-1".to_owned();
        fixture.estate.sides.push(fixture.estate.sides[fixture.estate.pairs[0].standby as usize].clone());
        fixture.estate.sides.last_mut().expect("a side").place.region = "eu-central-1".to_owned();
        fixture.estate.pairs[1].standby = fixture.estate.sides.len() as u32 - 1;
        assert_eq!(told(&fixture.estate), (1, 0, 0, vec![], false), "that is another Region");
    }

    #[test]
    fn one_account_read_by_two_identities_is_one_and_another_is_not() {
        let mut fixture = two_pairs();
        fixture.remove_desktop(On::Standby, "bert");
        let mut theirs = fixture.estate.sides[fixture.estate.pairs[0].standby as usize].clone();
        theirs.place.profile = Some("labs".to_owned());
        fixture.estate.sides.push(theirs);
        fixture.estate.pairs[1].standby = fixture.estate.sides.len() as u32 - 1;
        assert_eq!(told(&fixture.estate).1, 1);
        fixture.estate.sides.last_mut().expect("a side").account = Ok("999988887777".to_owned());
        assert_eq!(told(&fixture.estate), (1, 0, 0, vec![], false));
        let gap = fixture.gap("sts", "GetCallerIdentity");
        fixture.estate.sides.last_mut().expect("a side").account = Err(gap);
        assert_eq!(told(&fixture.estate), (1, 0, 1, vec![], true), "it may be the same account");
    }

    #[test]
    fn pairs_of_the_same_people_are_counted_once() {
        let mut fixture = two_pairs();
        fixture.remove_desktop(On::Standby, "bert");
        fixture.estate.pairs[1].primary = fixture.estate.pairs[0].primary;
        assert_eq!(told(&fixture.estate), (1, 0, 0, vec![], false));
    }

    #[test]
    fn what_was_not_read_of_another_pair_may_be_any_number() {
        let mut fixture = two_pairs();
        let gap = fixture.gap("workspaces", "DescribeWorkspaces");
        let at = fixture.estate.pairs[1].primary as usize;
        fixture.estate.sides[at].workspaces = Slice::cut(Vec::new(), gap);
        let view = fixture.view();
        assert!(view.stock().open && view.stock().doubt == Some(Unknown::Gap(gap)));
    }

    #[test]
    fn what_stands_there_is_counted_by_how_it_was_made_and_what_is_leaving_is_not() {
        use crate::model::workspace::{Extra, Related};
        let mut fixture = Fixture::clean();
        let related = Related { r#type: "PRIMARY".to_owned(), ..Related::default() };
        let extra = Extra { related_workspaces: vec![related], ..Extra::default() };
        let extra = fixture.side(On::Standby).extras.keep(extra);
        fixture.desktop(On::Standby, "anna").extra = extra;
        let leaving = fixture.sym("TERMINATING");
        fixture.desktop(On::Standby, "carla").state = leaving;
        let (standard, view) = (fixture.sym("STANDARD"), fixture.view());
        assert_eq!(view.stock().standby, ByCompute::from([(standard, 1)]));
        assert_eq!(view.stock().ordinary, ByCompute::from([(standard, 1)]));
    }
}
