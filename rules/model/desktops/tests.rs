mod relations;

use super::*;
use crate::fixture::{Fixture, Kept, On};
use crate::model::settings::{MapEntry, MapKind};
use crate::model::workspace::{Extra, Related, WorkspaceRow};
use crate::model::{Dataset, Slice};

/// An estate with nobody in it.
fn empty() -> Fixture {
    let mut fixture = Fixture::clean();
    for on in [On::Primary, On::Standby] {
        fixture.side(on).workspaces.items_mut().clear();
    }
    fixture
}

/// An estate with these people, in these orders.
fn with(primary: &[&str], standby: &[&str]) -> Fixture {
    let mut fixture = empty();
    for user in primary {
        fixture.add_desktop(On::Primary, user, "standard");
    }
    for user in standby {
        fixture.add_desktop(On::Standby, user, "standard");
    }
    fixture
}

/// Each primary desktop's counterpart, in words.
fn counterparts(fixture: &Fixture) -> Vec<String> {
    let view = fixture.view();
    let text = |sym| view.estate.symbols.text(sym);
    let words = |desktop: &Desktop| match desktop.counterpart {
        Counterpart::Row(at) => text(view.standby.workspaces.items()[at as usize].id).to_owned(),
        Counterpart::Missing => "missing".to_owned(),
        Counterpart::Ambiguous => "ambiguous".to_owned(),
        Counterpart::Unknown(_) => "unknown".to_owned(),
    };
    view.desktops.primary.iter().map(words).collect()
}

fn orphans(fixture: &Fixture) -> Vec<String> {
    let view = fixture.view();
    let rows = view.standby.workspaces.items();
    let ids = view.desktops.orphans.iter().map(|orphan| rows[orphan.row as usize].id);
    ids.map(|id| view.estate.symbols.text(id).to_owned()).collect()
}

fn set_state(fixture: &mut Fixture, on: On, user: &str, state: &str) {
    let state = fixture.sym(state);
    fixture.desktop(on, user).state = state;
}

/// Makes a row user-decoupled: nobody's, with a name of its own.
fn decouple(fixture: &mut Fixture, on: On, user: &str, name: &str) {
    let (undefined, name) = (fixture.sym(UNDEFINED), fixture.sym(name));
    let row = fixture.desktop(on, user);
    (row.user, row.name) = (undefined, name);
}

fn relate(fixture: &mut Fixture, on: On, user: &str, kind: &str, other: &str, region: &str) {
    let related = Related {
        workspace_id: other.to_owned(),
        region: region.to_owned(),
        state: "AVAILABLE".to_owned(),
        r#type: kind.to_owned(),
    };
    let extra = fixture.side(on).extras.keep(Extra { related_workspaces: vec![related], ..Extra::default() });
    fixture.desktop(on, user).extra = extra;
}

fn map_user(fixture: &mut Fixture, primary: &str, standby: &str) {
    let entry = MapEntry { kind: MapKind::User, primary: primary.to_owned(), standby: standby.to_owned() };
    fixture.pair().maps.push(entry);
}

#[test]
fn user_names_pair_whatever_their_order_and_case() {
    let fixture = with(&["anna", "Bert", "ÉLODIE"], &["élodie", "bert", "ANNA"]);
    assert_eq!(counterparts(&fixture), ["ws-sANNA", "ws-sbert", "ws-sélodie"]);
    assert!(orphans(&fixture).is_empty());
}

#[test]
fn the_directorys_own_domain_is_no_part_of_a_name() {
    // The fixture's directories are corp.example, CORP.
    for (primary, standby) in [
        ("CORP\\anna", "anna"),
        ("anna", "corp\\Anna"),
        ("anna@corp.example", "anna"),
        ("corp.example\\anna", "ANNA@CORP.EXAMPLE"),
        ("anna@corp", "CORP\\anna"),
    ] {
        let fixture = with(&[primary], &[standby]);
        assert_eq!(counterparts(&fixture), [format!("ws-s{standby}")], "{primary} {standby}");
    }
    // A trusted domain's people are others.
    for (primary, standby) in
        [("PARTNER\\anna", "anna"), ("anna@partner.example", "anna"), ("PARTNER\\anna", "CORP\\anna")]
    {
        assert_eq!(counterparts(&with(&[primary], &[standby])), ["missing"], "{primary} {standby}");
    }
    assert_eq!(counterparts(&with(&["partner\\anna"], &["PARTNER\\Anna"])), ["ws-sPARTNER\\Anna"]);
}

#[test]
fn a_domain_that_could_not_be_read_makes_nobody_missing() {
    let deny = |mut fixture: Fixture| {
        fixture.deny(On::Primary, Dataset::Directories);
        fixture.deny(On::Standby, Dataset::Directories);
        counterparts(&fixture)
    };
    // CORP is the NetBIOS name, which Directory Service alone tells; corp.example is in the registrations too.
    assert_eq!(deny(with(&["CORP\\anna"], &["anna"])), ["unknown"]);
    assert_eq!(deny(with(&["anna"], &["CORP\\anna"])), ["unknown"]);
    assert_eq!(deny(with(&["anna@corp.example"], &["anna"])), ["ws-sanna"]);
    // Where no name has a domain, none can be hidden.
    assert_eq!(deny(with(&["anna"], &["bert"])), ["missing"]);
}

#[test]
fn the_map_goes_before_the_name() {
    let mut fixture = with(&["anna", "bert"], &["anna", "a.smith", "bert"]);
    map_user(&mut fixture, "Anna", "A.Smith");
    assert_eq!(counterparts(&fixture), ["ws-sa.smith", "ws-sbert"]);
    assert_eq!(orphans(&fixture), ["ws-sanna"]);
    // It maps primary names alone: somebody of the standby side is not renamed by it.
    let mut fixture = with(&["bert"], &["anna"]);
    map_user(&mut fixture, "anna", "bert");
    assert_eq!(counterparts(&fixture), ["missing"]);
}

#[test]
fn several_candidates_are_ambiguous() {
    assert_eq!(counterparts(&with(&["anna"], &["anna", "ANNA"])), ["ambiguous"]);
    assert_eq!(counterparts(&with(&["anna", "ANNA"], &["anna"])), ["ambiguous", "ambiguous"]);
    // Two primary desktops of one person and none on the other side are not ambiguous.
    let fixture = with(&["anna", "ANNA"], &[]);
    assert_eq!(counterparts(&fixture), ["missing", "missing"]);
    assert_eq!(fixture.view().desktops.people.len(), 1);
}

#[test]
fn user_decoupled_desktops_are_nobodys_and_pair_by_their_own_name() {
    let mut fixture = with(&["p1", "p2", "p3", "p4"], &["s1", "s2", "s3"]);
    for (on, user, name) in [
        (On::Primary, "p1", "kiosk-1"),
        (On::Primary, "p2", "kiosk-2"),
        (On::Primary, "p3", ""),
        (On::Standby, "s1", "kiosk-2"),
        (On::Standby, "s2", "kiosk-1"),
        (On::Standby, "s3", ""),
    ] {
        decouple(&mut fixture, on, user, name);
    }
    // Two nameless desktops have nothing that makes them one.
    assert_eq!(counterparts(&fixture), ["ws-ss2", "ws-ss1", "missing", "missing"]);
    assert_eq!(orphans(&fixture), ["ws-ss3"]);
    let view = fixture.view();
    let people: Vec<&str> = view.desktops.people.iter().map(|person| view.estate.symbols.text(person.name)).collect();
    assert_eq!(people, ["kiosk-1", "kiosk-2", "ws-pp3", "p4"]);
}

#[test]
fn a_user_whose_name_is_that_of_a_decoupled_desktop_is_not_it() {
    let mut fixture = with(&["kiosk-1"], &["s1"]);
    decouple(&mut fixture, On::Standby, "s1", "kiosk-1");
    assert_eq!(counterparts(&fixture), ["missing"]);
}

#[test]
fn desktops_on_their_way_out_are_left_out_or_come_last() {
    for state in ["TERMINATING", "TERMINATED"] {
        let mut fixture = with(&["anna", "bert"], &["anna", "bert"]);
        set_state(&mut fixture, On::Primary, "bert", state);
        assert_eq!(counterparts(&fixture), ["ws-sanna"]);
        assert_eq!(orphans(&fixture), ["ws-sbert"]);

        // One that is being made anew while the old one goes is not ambiguous, whichever is listed first.
        for (first, second) in [("ANNA", "anna"), ("anna", "ANNA")] {
            let mut fixture = with(&["anna"], &[first, second]);
            set_state(&mut fixture, On::Standby, "ANNA", state);
            assert_eq!(counterparts(&fixture), ["ws-sanna"], "{first} {second}");
        }
        // The only one stands in, so that its state is seen.
        let mut fixture = with(&["anna"], &["anna"]);
        set_state(&mut fixture, On::Standby, "anna", state);
        assert_eq!(counterparts(&fixture), ["ws-sanna"]);
    }
}

#[test]
fn a_cut_list_shows_who_is_there_and_hides_who_is_missing() {
    let mut fixture = with(&["anna", "bert"], &["anna"]);
    let gap = fixture.gap("workspaces", "DescribeWorkspaces");
    let rows: Vec<WorkspaceRow> = fixture.side(On::Standby).workspaces.items().to_vec();
    fixture.side(On::Standby).workspaces = Slice::cut(rows, gap);
    assert_eq!(counterparts(&fixture), ["ws-sanna", "unknown"]);
    assert_eq!(fixture.view().desktops.hidden, None);

    let rows: Vec<WorkspaceRow> = fixture.side(On::Primary).workspaces.items().to_vec();
    fixture.side(On::Primary).workspaces = Slice::cut(rows, gap);
    assert_eq!(fixture.view().desktops.hidden, Some(Unknown::Gap(gap)));
    assert_eq!(counterparts(&fixture).len(), 2);
}

#[test]
fn other_directories_desktops_are_not_the_pairs() {
    let mut fixture = with(&["anna", "bert"], &["anna", "bert"]);
    let elsewhere = fixture.sym("d-90670000ff");
    fixture.desktop(On::Primary, "bert").directory = elsewhere;
    fixture.desktop(On::Standby, "anna").directory = elsewhere;
    assert_eq!(counterparts(&fixture), ["missing"]);
    assert_eq!(orphans(&fixture), ["ws-sbert"]);
}

#[test]
fn without_a_directory_there_is_no_counterpart_or_no_knowledge_of_one() {
    let mut absent = with(&["anna"], &["anna"]);
    absent.side(On::Standby).aliases.items_mut().clear();
    absent.side(On::Standby).registrations.items_mut().clear();
    assert_eq!(counterparts(&absent), ["missing"]);

    let mut denied = with(&["anna"], &["anna"]);
    denied.deny(On::Standby, Dataset::Aliases);
    let gap = denied.deny(On::Standby, Dataset::Registrations);
    assert_eq!(counterparts(&denied), ["unknown"]);

    let mut homeless = with(&["anna"], &["anna"]);
    homeless.side(On::Primary).aliases.items_mut().clear();
    homeless.side(On::Primary).registrations.items_mut().clear();
    assert!(homeless.view().desktops.primary.is_empty());
    assert!(matches!(homeless.view().desktops.hidden, Some(Unknown::Undetermined(_))));
    assert!(gap.0 > 0);
}

#[test]
fn bundles_know_who_rests_on_them() {
    let mut fixture = with(&["anna", "bert"], &[]);
    fixture.add_desktop(On::Primary, "carla", "power");
    let (standard, power, other) = (fixture.sym("wsb-pstandard"), fixture.sym("wsb-ppower"), fixture.sym("wsb-other"));
    let view = fixture.view();
    assert_eq!(view.desktops.on_bundle(standard), [0, 1]);
    assert_eq!(view.desktops.on_bundle(power), [2]);
    assert!(!view.desktops.uses_bundle(other) && view.desktops.uses_bundle(power));
}

#[test]
fn where_the_list_was_cut_one_on_its_way_out_is_not_the_only_one() {
    let mut fixture = with(&["anna"], &["anna"]);
    set_state(&mut fixture, On::Standby, "anna", "TERMINATING");
    fixture.cut(On::Standby, Dataset::Workspaces, Kept::All);
    assert_eq!(counterparts(&fixture), ["unknown"]);
}

#[test]
fn desktops_without_a_user_name_are_not_one_persons() {
    let mut fixture = with(&["p1"], &["s1"]);
    let none = Sym::NONE;
    fixture.desktop(On::Primary, "p1").user = none;
    fixture.desktop(On::Standby, "s1").user = none;
    assert_eq!(counterparts(&fixture), ["missing"]);
    let view = fixture.view();
    assert_eq!(view.estate.symbols.text(view.desktops.people[0].name), "ws-pp1");
}

#[test]
fn nobody_in_a_directory_that_is_not_ours_to_see_is_not_nobody() {
    let mut fixture = empty();
    assert_eq!(fixture.view().desktops.hidden, None);
    let gap = fixture.deny(On::Primary, Dataset::Registrations);
    assert_eq!(fixture.view().desktops.hidden, Some(Unknown::Gap(gap)));
    fixture.side(On::Primary).registrations = Slice::whole_of(Vec::new());
    assert!(matches!(fixture.view().desktops.hidden, Some(Unknown::Undetermined(_))));
}

#[test]
fn desktops_in_directories_of_no_pair_are_counted() {
    let mut fixture = with(&["anna", "bert", "carla", "dora"], &["anna"]);
    for (user, directory, state) in [
        ("bert", "d-90670000ff", "AVAILABLE"),
        ("carla", "d-90670000ff", "TERMINATING"),
        ("dora", "d-90670000ee", "STOPPED"),
    ] {
        let directory = fixture.sym(directory);
        fixture.desktop(On::Primary, user).directory = directory;
        set_state(&mut fixture, On::Primary, user, state);
    }
    let outside = |fixture: &Fixture| {
        let view = fixture.view();
        let named = view.desktops.outside.iter();
        named.map(|&(directory, count)| (view.estate.symbols.text(directory).to_owned(), count)).collect::<Vec<_>>()
    };
    assert_eq!(outside(&fixture), [("d-90670000ee".to_owned(), 1), ("d-90670000ff".to_owned(), 1)]);
    // Another pair covers one of them.
    let mut other = fixture.estate.settings.pairs[0].clone();
    other.primary.directory = Some("d-90670000ee".to_owned());
    fixture.estate.settings.pairs.push(other);
    let places = fixture.estate.pairs[0];
    fixture.estate.pairs.push(places);
    assert_eq!(outside(&fixture), [("d-90670000ff".to_owned(), 1)]);
}

#[test]
fn the_map_knows_the_directorys_own_domain_too() {
    for (primary, standby) in
        [("CORP\\anna", "a.smith@corp.example"), ("anna@CORP", "corp\\A.Smith"), ("ANNA", "a.smith")]
    {
        let mut fixture = with(&["CORP\\anna"], &["A.Smith"]);
        map_user(&mut fixture, primary, standby);
        assert_eq!(counterparts(&fixture), ["ws-sA.Smith"], "{primary} {standby}");
    }
    // Of two entries for one person the first holds.
    let mut fixture = with(&["anna"], &["one", "two"]);
    map_user(&mut fixture, "anna", "one");
    map_user(&mut fixture, "CORP\\anna", "two");
    assert_eq!(counterparts(&fixture), ["ws-sone"]);
}

#[test]
fn a_name_that_the_map_gives_to_somebody_is_nobody_elses() {
    let mut fixture = with(&["anna", "a.smith"], &["a.smith"]);
    map_user(&mut fixture, "anna", "a.smith");
    assert_eq!(counterparts(&fixture), ["ws-sa.smith", "missing"]);
    fixture.remove_desktop(On::Primary, "anna");
    assert_eq!(counterparts(&fixture), ["missing"]);
    assert_eq!(orphans(&fixture), ["ws-sa.smith"]);
    // Names that are mapped to themselves, and crosswise, are no riddle.
    let mut fixture = with(&["anna", "bert", "carla"], &["anna", "bert", "carla"]);
    for (primary, standby) in [("anna", "anna"), ("bert", "carla"), ("carla", "bert")] {
        map_user(&mut fixture, primary, standby);
    }
    assert_eq!(counterparts(&fixture), ["ws-sanna", "ws-scarla", "ws-sbert"]);
}

#[test]
fn user_decoupled_desktops_of_one_name_are_not_one_person() {
    let mut fixture = with(&["p1", "p2"], &["s1"]);
    for (on, user) in [(On::Primary, "p1"), (On::Primary, "p2"), (On::Standby, "s1")] {
        decouple(&mut fixture, on, user, "kiosk");
    }
    assert_eq!(counterparts(&fixture), ["ambiguous", "ambiguous"]);
    let desktops: Vec<u32> = fixture.view().desktops.people.iter().map(|person| person.desktops).collect();
    assert_eq!(desktops, [1, 1]);
}

#[test]
fn a_persons_name_rests_on_no_order() {
    for users in [["bert", "ANNA", "anna", "Anna"], ["anna", "Anna", "ANNA", "bert"]] {
        let fixture = with(&users, &[]);
        let view = fixture.view();
        let mut people: Vec<(&str, u32)> = view
            .desktops
            .people
            .iter()
            .map(|person| (view.estate.symbols.text(person.name), person.desktops))
            .collect();
        people.sort_unstable();
        assert_eq!(people, [("ANNA", 3), ("bert", 1)]);
    }
}

/// The ids of a primary desktop's candidates, sorted.
fn candidates(fixture: &Fixture, at: usize) -> Vec<String> {
    let view = fixture.view();
    let rows = view.standby.workspaces.items();
    let found = view.desktops.candidates_of(view.desktops.primary[at].row).iter();
    let mut ids: Vec<String> = found.map(|&row| view.estate.symbols.text(rows[row as usize].id).to_owned()).collect();
    ids.sort();
    ids
}

#[test]
fn the_candidates_of_what_is_ambiguous_are_known_and_are_no_orphans() {
    let fixture = with(&["anna", "bert", "carla"], &["anna", "ANNA", "bert", "dora"]);
    assert_eq!(counterparts(&fixture), ["ambiguous", "ws-sbert", "missing"]);
    assert_eq!(candidates(&fixture, 0), ["ws-sANNA", "ws-sanna"]);
    assert!(candidates(&fixture, 1).is_empty() && candidates(&fixture, 2).is_empty());
    assert_eq!(orphans(&fixture), ["ws-sdora"]);
    assert_eq!(fixture.view().desktops.orphans_doubt, None);
}

/// Desktops are many and riddles few: nothing is kept for a pair that is none.
#[test]
fn only_what_is_contested_has_candidates() {
    let kept = |fixture: &Fixture| fixture.view().desktops.candidates.len();
    assert_eq!(kept(&with(&["anna", "bert"], &["anna", "bert", "dora"])), 0);
    assert_eq!(kept(&with(&["anna", "bert", "carla"], &["anna", "ANNA", "bert"])), 1);
}

#[test]
fn an_orphan_whose_domain_could_not_be_read_is_in_doubt() {
    let doubt = |mut fixture: Fixture| {
        let gap = fixture.deny(On::Standby, Dataset::Directories);
        fixture.view().desktops.orphans_doubt == Some(Unknown::Gap(gap))
    };
    assert!(doubt(with(&["anna"], &["CORP\\anna"])));
    assert!(doubt(with(&["CORP\\anna"], &["anna"])));
    assert!(!doubt(with(&["anna"], &["bert"])));
}

#[test]
fn names_fold_the_same_wherever_a_letter_stands() {
    assert_eq!(fold("anna"), "anna");
    assert_eq!(fold("ANNA@CORP"), "anna@corp");
    // The last letter of a Greek word has a small form of its own, which depends on what follows.
    assert_eq!(fold("ΝΙΚΟΣ"), fold("νικοσ"));
    assert_eq!(fold("Ébène"), "ébène");
}

#[test]
fn one_person_in_two_directories_is_in_two_pairs() {
    let mut fixture = with(&["anna", "bert"], &["anna"]);
    // The second pair: another directory in each Region, where anna has desktops too, and her standby one is gone.
    let (there, back) = (fixture.sym("d-90670000ee"), fixture.sym("d-92670000ee"));
    for (on, directory) in [(On::Primary, there), (On::Standby, back)] {
        fixture.add_desktop(on, "Anna", "standard");
        fixture.desktop(on, "Anna").directory = directory;
    }
    let mut other = fixture.estate.settings.pairs[0].clone();
    other.primary.directory = Some("d-90670000ee".to_owned());
    other.standby.directory = Some("d-92670000ee".to_owned());
    fixture.estate.settings.pairs.push(other);
    let places = fixture.estate.pairs[0];
    fixture.estate.pairs.push(places);
    let people = |fixture: &Fixture, pair: usize| {
        let view = PairView::new(&fixture.estate, pair, crate::fixture::TAKEN_AT);
        let found = view.desktops.primary.iter().map(|desktop| match desktop.counterpart {
            Counterpart::Row(row) => view.estate.symbols.text(view.standby.workspaces.items()[row as usize].id),
            Counterpart::Missing => "missing",
            Counterpart::Ambiguous | Counterpart::Unknown(_) => "unclear",
        });
        found.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(people(&fixture, 0), ["ws-sanna", "missing"]);
    assert_eq!(people(&fixture, 1), ["ws-sAnna"]);
    fixture.remove_desktop(On::Standby, "Anna");
    assert_eq!(people(&fixture, 1), ["missing"]);
    assert_eq!(people(&fixture, 0), ["ws-sanna", "missing"]);
}

/// A domain that could not be read may be part of a qualified name: a plain one is the same with it and without it.
#[test]
fn an_unread_domain_makes_nobody_unknown_whose_name_has_none() {
    let mut fixture = with(&["anna", "corp\\bert"], &["corp\\carl"]);
    fixture.deny(On::Primary, Dataset::Directories);
    fixture.registration(On::Primary).directory_name.clear();
    let found = counterparts(&fixture);
    assert_eq!(found.len(), 2);
    assert!(found.contains(&"unknown".to_owned()), "{found:?}: the domain may be corp");
    let mut fixture = with(&["anna", "corp\\bert"], &["corp\\bert"]);
    fixture.deny(On::Primary, Dataset::Directories);
    fixture.registration(On::Primary).directory_name.clear();
    assert_eq!(counterparts(&fixture), ["unknown", "ws-scorp\\bert"], "anna may be corp's, whose names are there");
    let mut fixture = with(&["anna", "corp\\bert"], &["dora"]);
    fixture.deny(On::Primary, Dataset::Directories);
    fixture.registration(On::Primary).directory_name.clear();
    assert_eq!(counterparts(&fixture), ["missing", "unknown"], "no name there has a domain, and neither has anna's");
}
