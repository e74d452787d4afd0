//! What holds for every pairing, whatever stands in the two Regions.

use super::*;
use crate::fixture::{Fixture, Kept, On};
use crate::model::settings::{MapEntry, MapKind};
use crate::model::workspace::{Extra, Related, StandbyProperties};
use crate::model::{Dataset, Subject};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use std::collections::{BTreeMap, BTreeSet};

/// User names that are often one person's, and sometimes nobody's.
const USERS: [&str; 12] = [
    "anna",
    "ANNA",
    "CORP\\anna",
    "anna@corp.example",
    "PARTNER\\anna",
    "bert",
    "Bert",
    "bernard",
    "b.old",
    "carla",
    UNDEFINED,
    "",
];
/// Names of user-decoupled desktops.
const NAMES: [&str; 3] = ["kiosk-1", "kiosk-2", ""];
/// Which of bert's names the operator maps to which.
const MAP: [(&str, &str); 2] = [("bert", "bernard"), ("CORP\\b.old", "Bert")];

#[derive(Clone, Debug)]
struct Spec {
    user: usize,
    name: usize,
    elsewhere: bool,
    leaving: bool,
}

#[derive(Clone, Debug)]
struct World {
    sides: [Vec<Spec>; 2],
    /// Positions on both sides, and who tells: 0 both, 1 the primary one, 2 the standby one, 3 the primary one's standby properties.
    links: Vec<(usize, usize, u8)>,
    mapped: bool,
}

fn specs() -> impl Strategy<Value = Vec<Spec>> {
    let spec = (0..USERS.len(), 0..NAMES.len(), 0..10u8, 0..10u8);
    let spec = spec.prop_map(|(user, name, elsewhere, leaving)| Spec {
        user,
        name,
        elsewhere: elsewhere == 0,
        leaving: leaving == 0,
    });
    proptest::collection::vec(spec, 0..10)
}

fn worlds() -> impl Strategy<Value = World> {
    let links = proptest::collection::vec((0..12usize, 0..12usize, 0..4u8), 0..6);
    (specs(), specs(), links, any::<bool>()).prop_map(|(primary, standby, links, mapped)| World {
        sides: [primary, standby],
        links,
        mapped,
    })
}

impl World {
    /// The world as an estate: the desktop at each position has an id that tells its side and position in the world.
    fn fixture(&self, orders: [&[usize]; 2]) -> Fixture {
        let mut fixture = Fixture::clean();
        for (at, on) in [On::Primary, On::Standby].into_iter().enumerate() {
            fixture.side(on).workspaces.items_mut().clear();
            for &position in orders[at] {
                self.add(&mut fixture, at, on, position);
            }
        }
        for (primary, standby) in MAP.into_iter().filter(|_| self.mapped) {
            let entry = MapEntry { kind: MapKind::User, primary: primary.to_owned(), standby: standby.to_owned() };
            fixture.pair().maps.push(entry);
        }
        fixture
    }

    fn in_order(&self) -> Fixture {
        let orders = self.sides.each_ref().map(|side| (0..side.len()).collect::<Vec<_>>());
        self.fixture([&orders[0], &orders[1]])
    }

    fn add(&self, fixture: &mut Fixture, at: usize, on: On, position: usize) {
        let spec = &self.sides[at][position];
        fixture.add_desktop(on, "somebody", "standard");
        let id = fixture.sym(&id(at, position));
        let (user, name) = (fixture.sym(USERS[spec.user]), fixture.sym(NAMES[spec.name]));
        let (elsewhere, leaving) = (fixture.sym("d-00000000ff"), fixture.sym("TERMINATING"));
        let extra = fixture.side(on).extras.keep(self.extra(at, position));
        let row = fixture.side(on).workspaces.items_mut().last_mut().expect("it was added");
        (row.id, row.user, row.extra) = (id, user, extra);
        row.name = if USERS[spec.user] == UNDEFINED { name } else { Sym::NONE };
        if spec.elsewhere {
            row.directory = elsewhere;
        }
        if spec.leaving {
            row.state = leaving;
        }
    }

    fn extra(&self, at: usize, position: usize) -> Extra {
        let mut extra = Extra::default();
        for &(p, s, told) in &self.links {
            let (own, other) = if at == 0 { (p, s) } else { (s, p) };
            let tells = if at == 0 { told != 2 } else { told == 0 || told == 2 };
            if own != position || !tells {
                continue;
            }
            let workspace_id = id(1 - at, other);
            if told == 3 {
                let standby_workspace_id = workspace_id;
                extra
                    .standby_workspaces_properties
                    .push(StandbyProperties { standby_workspace_id, ..StandbyProperties::default() });
            } else {
                let (kind, region) = [("STANDBY", "us-west-2"), ("PRIMARY", "us-east-1")][at];
                extra.related_workspaces.push(Related {
                    workspace_id,
                    region: region.to_owned(),
                    state: "AVAILABLE".to_owned(),
                    r#type: kind.to_owned(),
                });
            }
        }
        extra
    }

    /// The world seen from its other side, where that is well-defined: what is on its way out is not treated alike.
    fn swapped(&self) -> Self {
        let [primary, standby] = self.sides.clone();
        let told = |told| match told {
            0 => 0,
            1 | 3 => 2,
            _ => 1,
        };
        let links = self.links.iter().map(|&(p, s, by)| (s, p, told(by))).collect();
        Self { sides: [standby, primary], links, mapped: false }
    }
}

fn id(at: usize, position: usize) -> String {
    format!("ws-{}{position}", ["p", "s"][at])
}

/// What is said of each primary desktop, by id, and of the standby desktops that are nobody's.
#[derive(Debug, PartialEq, Eq)]
struct Said {
    counterparts: BTreeMap<String, String>,
    orphans: BTreeSet<String>,
    candidates: BTreeSet<String>,
    people: Vec<(String, u32)>,
    relations: BTreeSet<String>,
}

fn said(fixture: &Fixture) -> Said {
    let view = fixture.view();
    let (desktops, symbols) = (&view.desktops, &view.estate.symbols);
    let (rows, others) = (view.primary.workspaces.items(), view.standby.workspaces.items());
    let other = |row: u32| symbols.text(others[row as usize].id).to_owned();
    let mut candidates = BTreeSet::new();
    let counterparts = desktops.primary.iter().map(|desktop| {
        let words = match desktop.counterpart {
            Counterpart::Row(row) => other(row),
            Counterpart::Missing => "missing".to_owned(),
            Counterpart::Ambiguous => {
                let group: BTreeSet<String> = desktops.candidates_of(desktop.row).iter().copied().map(other).collect();
                candidates.extend(group.iter().cloned());
                format!("one of {group:?}")
            }
            Counterpart::Unknown(why) => format!("{why:?}"),
        };
        (symbols.text(rows[desktop.row as usize].id).to_owned(), words)
    });
    let counterparts = counterparts.collect();
    let mut people: Vec<(String, u32)> =
        desktops.people.iter().map(|person| (symbols.text(person.name).to_owned(), person.desktops)).collect();
    people.sort();
    let text = |list: &[crate::model::workspace::WorkspaceRow], at: u32| {
        list.get(at as usize).map_or("nowhere", |row| symbols.text(row.id)).to_owned()
    };
    let relations = desktops.relations.iter();
    Said {
        counterparts,
        orphans: desktops.orphans.iter().map(|orphan| other(orphan.row)).collect(),
        candidates,
        people,
        relations: relations
            .map(|known| format!("{} {} {:?}", text(rows, known.p), text(others, known.s), known.told_by))
            .collect(),
    }
}

/// The numbers below `count` in an order that rests on the seed.
fn shuffled(count: usize, mut seed: u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    for at in (1..count).rev() {
        // Knuth's multiplier: good enough to mix a list.
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        order.swap(at, (seed >> 33) as usize % (at + 1));
    }
    order
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    /// Every desktop of the pair has exactly one verdict, and no standby desktop stands in for two.
    #[test]
    fn a_pairing_is_total(world in worlds()) {
        let fixture = world.in_order();
        let view = fixture.view();
        let desktops = &view.desktops;
        let here = |at: usize| world.sides[at].iter().enumerate().filter(|(_, spec)| !spec.elsewhere);
        let rows: Vec<u32> = desktops.primary.iter().map(|desktop| desktop.row).collect();
        let expected: Vec<u32> = here(0).filter(|(_, spec)| !spec.leaving).map(|(at, _)| at as u32).collect();
        prop_assert_eq!(rows, expected);

        let mut of_standby: BTreeMap<u32, &str> = BTreeMap::new();
        for desktop in &desktops.primary {
            match desktop.counterpart {
                Counterpart::Row(row) => {
                    let before = of_standby.insert(row, "counterpart");
                    prop_assert_eq!(before, None, "the standby desktop {} is taken twice", row);
                }
                Counterpart::Ambiguous => {
                    let group = desktops.candidates_of(desktop.row);
                    prop_assert!(!group.is_empty());
                    for &row in group {
                        let before = of_standby.insert(row, "candidate");
                        prop_assert!(before.is_none_or(|before| before == "candidate"), "{} is a {:?}", row, before);
                    }
                }
                Counterpart::Missing => prop_assert!(desktops.candidates_of(desktop.row).is_empty()),
                Counterpart::Unknown(why) => prop_assert!(false, "everything was read: {:?}", why),
            }
        }
        for &Orphan { row, .. } in &desktops.orphans {
            prop_assert_eq!(of_standby.insert(row, "orphan"), None, "the orphan {} is somebody's", row);
        }
        let known: Vec<u32> = of_standby.into_keys().collect();
        prop_assert_eq!(known, here(1).map(|(at, _)| at as u32).collect::<Vec<_>>());

        let of_people: u32 = desktops.people.iter().map(|person| person.desktops).sum();
        prop_assert_eq!(of_people as usize, desktops.primary.len());
        prop_assert!(desktops.primary.iter().all(|desktop| (desktop.person as usize) < desktops.people.len()));
    }

    #[test]
    fn the_order_of_the_lists_pairs_nobody_otherwise(world in worlds(), seed in any::<u64>()) {
        let orders = [shuffled(world.sides[0].len(), seed), shuffled(world.sides[1].len(), seed.rotate_left(32))];
        let other = world.fixture([&orders[0], &orders[1]]);
        prop_assert_eq!(said(&other), said(&world.in_order()));
    }

    /// Nobody is on their way out, and nothing is mapped, for the map has a direction.
    #[test]
    fn seen_from_the_other_side_it_is_the_inverse(mut world in worlds()) {
        world.sides.iter_mut().flatten().for_each(|spec| spec.leaving = false);
        world.mapped = false;
        let (there, back) = (said(&world.in_order()), said(&world.swapped().in_order()));
        // Ids tell the place in the world they were made for.
        let turned = |id: &str| {
            let (side, position) = id.split_at("ws-p".len());
            format!("{}{position}", if side == "ws-p" { "ws-s" } else { "ws-p" })
        };
        let pairs = |said: &Said| -> BTreeSet<(String, String)> {
            let found = said.counterparts.iter().filter(|(_, other)| other.starts_with("ws-"));
            found.map(|(own, other)| (own.clone(), other.clone())).collect()
        };
        let inverse: BTreeSet<(String, String)> =
            pairs(&back).into_iter().map(|(own, other)| (turned(&other), turned(&own))).collect();
        prop_assert_eq!(pairs(&there), inverse);
        let of = |said: &Said, words: &str| -> BTreeSet<String> {
            let found = said.counterparts.iter().filter(|(_, other)| other.starts_with(words));
            found.map(|(own, _)| own.clone()).collect()
        };
        let turn = |ids: BTreeSet<String>| ids.iter().map(|id| turned(id)).collect::<BTreeSet<String>>();
        prop_assert_eq!(of(&there, "missing"), turn(back.orphans.clone()));
        prop_assert_eq!(there.orphans.clone(), turn(of(&back, "missing")));
        prop_assert_eq!(of(&there, "one of"), turn(back.candidates.clone()));
        prop_assert_eq!(there.candidates.clone(), turn(of(&back, "one of")));
    }

    /// Of what was not read nobody says that it is not there.
    #[test]
    fn what_was_not_read_is_never_missing(world in worlds(), half in any::<bool>()) {
        let kept = if half { Kept::Half } else { Kept::All };
        let mut fixture = world.in_order();
        let gap = fixture.cut(On::Standby, Dataset::Workspaces, kept);
        let view = fixture.view();
        for desktop in &view.desktops.primary {
            match desktop.counterpart {
                Counterpart::Row(_) | Counterpart::Ambiguous => {}
                Counterpart::Missing => prop_assert!(false, "nothing says that there is none"),
                Counterpart::Unknown(why) => prop_assert_eq!(why, Unknown::Gap(gap)),
            }
        }
        let mut fixture = world.in_order();
        let gap = fixture.cut(On::Primary, Dataset::Workspaces, kept);
        let view = fixture.view();
        prop_assert_eq!(view.desktops.orphans_doubt, Some(Unknown::Gap(gap)));
        prop_assert_eq!(view.desktops.hidden, Some(Unknown::Gap(gap)));
        // What a desktop of the primary side is to the standby side does not become worse by what was not read beside it.
        let whole = said(&world.in_order());
        let cut = said(&fixture);
        for (id, words) in &cut.counterparts {
            prop_assert!(words != "missing" || whole.counterparts[id] == "missing", "{} is missing", id);
        }
    }
}

#[test]
fn the_worlds_hold_every_kind_of_verdict() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for _ in 0..400 {
        let world = worlds().new_tree(&mut runner).expect("a world").current();
        let fixture = world.in_order();
        let view = fixture.view();
        for desktop in &view.desktops.primary {
            seen.insert(match desktop.counterpart {
                Counterpart::Row(_) => "row",
                Counterpart::Missing => "missing",
                Counterpart::Ambiguous => "ambiguous",
                Counterpart::Unknown(_) => "unknown",
            });
        }
        for relation in &view.desktops.relations {
            seen.insert(match (relation.p == Subject::NONE || relation.s == Subject::NONE, relation.told_by) {
                (true, _) => "unfound",
                (false, ToldBy::Both) => "both",
                (false, ToldBy::Primary) => "by primary",
                (false, ToldBy::Standby) => "by standby",
            });
        }
        if !view.desktops.orphans.is_empty() {
            seen.insert("orphan");
        }
    }
    let all = ["row", "missing", "ambiguous", "unfound", "both", "by primary", "by standby", "orphan"];
    assert_eq!(seen, BTreeSet::from(all));
}
