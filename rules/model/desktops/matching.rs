//! Who belongs together: first by the relation that AWS keeps, then by the owner's key; what has several answers has none.
//!
//! It knows positions and keys alone. It treats both sides alike, and heeds no order: swapped sides give the inverse, shuffled lists the
//! same.

use super::links::{Relation, ToldBy};
use crate::model::Sym;
use hashbrown::HashMap;

/// One desktop: its position in its side's list, and its owner's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Keyed {
    pub(super) row: u32,
    pub(super) key: Sym,
}

/// What came of one desktop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Match {
    /// Nothing belongs to it.
    Free,
    /// The desktop of the other side at this place of the matched list, and what that rests on.
    With(u32, By),
    /// Several could be it, or it could be several's: the number of a group of candidates.
    Contested(u32),
}

/// What a match rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// The relation that AWS keeps.
    Relation,
    /// The owner's key.
    Key,
}

/// Both sides' desktops, and what came of each.
#[derive(Debug)]
pub(super) struct Matching {
    /// What came of the primary desktops, in their order.
    pub(super) primary: Vec<Match>,
    /// What came of the standby desktops, in their order.
    pub(super) standby: Vec<Match>,
    /// Groups of places in the standby list: the candidates of contested primary desktops.
    pub(super) groups: Vec<Vec<u32>>,
}

impl Matching {
    /// Matches the first `live` of the standby desktops; what then is left of the primary ones, with the rest of them. Both lists are
    /// sorted by row within their parts.
    pub(super) fn of(
        primary: &[Keyed],
        standby: &[Keyed],
        live: usize,
        rest: bool,
        relations: &[Relation],
        keys: usize,
    ) -> Self {
        let mut matching = Self {
            primary: vec![Match::Free; primary.len()],
            standby: vec![Match::Free; standby.len()],
            groups: Vec::new(),
        };
        let links = Link::among(primary, standby, live, relations);
        let rounds = if rest { [Some(0..live), Some(live..standby.len())] } else { [Some(0..live), None] };
        for round in rounds.into_iter().flatten().filter(|round| !round.is_empty()) {
            let inside = |link: &&Link| round.contains(&(link.s as usize));
            let mutual = |link: &&Link| link.told_by == ToldBy::Both;
            matching.link(links.iter().filter(inside).filter(mutual));
            matching.link(links.iter().filter(inside));
            matching.by_key(primary, standby, round.start, round.end, keys);
        }
        matching
    }

    /// Matches by some links: the two ends of a link that alone touches either.
    fn link<'l>(&mut self, links: impl Iterator<Item = &'l Link> + Clone) {
        let free = |matching: &Self, link: &Link| {
            matching.primary[link.p as usize] == Match::Free && matching.standby[link.s as usize] == Match::Free
        };
        let links: Vec<&Link> = links.filter(|link| free(self, link)).collect();
        let mut of_primary: HashMap<u32, Vec<u32>> = HashMap::with_capacity(links.len());
        let mut of_standby: HashMap<u32, u32> = HashMap::with_capacity(links.len());
        for link in &links {
            of_primary.entry(link.p).or_default().push(link.s);
            *of_standby.entry(link.s).or_default() += 1;
        }
        for link in &links {
            let ends = &of_primary[&link.p];
            let (p, s) = (link.p as usize, link.s as usize);
            if ends.len() == 1 && of_standby[&link.s] == 1 {
                self.primary[p] = Match::With(link.s, By::Relation);
                self.standby[s] = Match::With(link.p, By::Relation);
                continue;
            }
            if self.primary[p] == Match::Free {
                self.groups.push(ends.clone());
                self.primary[p] = Match::Contested(self.groups.len() as u32 - 1);
            }
            if let Match::Contested(group) = self.primary[p] {
                self.standby[s] = Match::Contested(group);
            }
        }
    }

    /// Matches by key: the two free desktops that alone have one.
    fn by_key(&mut self, primary: &[Keyed], standby: &[Keyed], from: usize, to: usize, keys: usize) {
        const NOBODY: u32 = u32::MAX;
        const SEVERAL: u32 = u32::MAX - 1;
        let only = |free: &mut dyn Iterator<Item = (usize, Sym)>| {
            let mut only: Vec<u32> = vec![NOBODY; keys];
            for (at, key) in free {
                let slot = &mut only[key.index()];
                *slot = if *slot == NOBODY { at as u32 } else { SEVERAL };
            }
            only
        };
        let free = |matches: &[Match], at: usize| matches[at] == Match::Free;
        let of_primary = {
            let all = primary.iter().enumerate().filter(|&(at, _)| free(&self.primary, at));
            only(&mut all.map(|(at, keyed)| (at, keyed.key)))
        };
        let of_standby = {
            let all = standby.iter().enumerate().take(to).skip(from).filter(|&(at, _)| free(&self.standby, at));
            only(&mut all.map(|(at, keyed)| (at, keyed.key)))
        };
        // The groups of contested keys: by key, for they are few.
        let mut groups: HashMap<Sym, u32> = HashMap::new();
        for (at, Keyed { key, .. }) in standby.iter().copied().enumerate().take(to).skip(from) {
            if self.standby[at] != Match::Free || of_primary[key.index()] == NOBODY {
                continue;
            }
            match (of_primary[key.index()], of_standby[key.index()]) {
                (p, s) if p != SEVERAL && s != SEVERAL => self.standby[at] = Match::With(p, By::Key),
                (_, _) => {
                    let group = *groups.entry(key).or_insert_with(|| {
                        self.groups.push(Vec::new());
                        self.groups.len() as u32 - 1
                    });
                    self.groups[group as usize].push(at as u32);
                    self.standby[at] = Match::Contested(group);
                }
            }
        }
        for (at, keyed) in primary.iter().enumerate() {
            if self.primary[at] != Match::Free {
                continue;
            }
            self.primary[at] = match (of_primary[keyed.key.index()], of_standby[keyed.key.index()]) {
                (_, NOBODY) => Match::Free,
                (p, s) if p != SEVERAL && s != SEVERAL => Match::With(s, By::Key),
                (_, _) => Match::Contested(groups[&keyed.key]),
            };
        }
    }
}

/// A relation between two of the desktops that are matched: their places in the lists.
#[derive(Clone, Copy, Debug)]
struct Link {
    p: u32,
    s: u32,
    told_by: ToldBy,
}

impl Link {
    fn among(primary: &[Keyed], standby: &[Keyed], live: usize, relations: &[Relation]) -> Vec<Self> {
        let place = |list: &[Keyed], row: u32| list.binary_search_by_key(&row, |keyed| keyed.row).ok();
        let (alive, leaving) = standby.split_at(live);
        let links = relations.iter().filter_map(|relation| {
            let p = place(primary, relation.p)?;
            let s = place(alive, relation.s).or_else(|| place(leaving, relation.s).map(|at| live + at))?;
            Some(Self { p: p as u32, s: s as u32, told_by: relation.told_by })
        });
        links.collect()
    }
}
