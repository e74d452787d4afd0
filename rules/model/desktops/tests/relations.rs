//! Desktops that AWS keeps in a relation.

use super::*;
use crate::model::workspace::StandbyProperties;

#[test]
fn the_relation_that_aws_keeps_goes_before_the_name() {
    // Told by the primary desktop: what it names is of the type STANDBY.
    let mut fixture = with(&["anna"], &["anna", "other"]);
    relate(&mut fixture, On::Primary, "anna", "STANDBY", "ws-sother", "us-west-2");
    assert_eq!(counterparts(&fixture), ["ws-sother"]);
    assert_eq!(orphans(&fixture), ["ws-sanna"]);
    // Told by the standby desktop alone.
    let mut fixture = with(&["anna"], &["anna", "other"]);
    relate(&mut fixture, On::Standby, "other", "PRIMARY", "ws-panna", "us-east-1");
    assert_eq!(counterparts(&fixture), ["ws-sother"]);
    // A relation to a third Region is not this pair's.
    let mut fixture = with(&["anna"], &["anna", "other"]);
    relate(&mut fixture, On::Primary, "anna", "STANDBY", "ws-sother", "eu-west-1");
    assert_eq!(counterparts(&fixture), ["ws-sanna"]);
    // A relation to a desktop that is not there falls back on the name.
    let mut fixture = with(&["anna"], &["anna"]);
    relate(&mut fixture, On::Primary, "anna", "STANDBY", "ws-gone", "us-west-2");
    assert_eq!(counterparts(&fixture), ["ws-sanna"]);
}

#[test]
fn a_linked_desktop_in_another_directory_is_no_landing() {
    for linked_by_primary in [true, false] {
        let mut fixture = with(&["anna"], &["other"]);
        if linked_by_primary {
            relate(&mut fixture, On::Primary, "anna", "STANDBY", "ws-sother", "us-west-2");
        } else {
            relate(&mut fixture, On::Standby, "other", "PRIMARY", "ws-panna", "us-east-1");
        }
        assert_eq!(counterparts(&fixture), ["ws-sother"]);
        let elsewhere = fixture.sym("d-92670000ff");
        fixture.desktop(On::Standby, "other").directory = elsewhere;
        assert_eq!(counterparts(&fixture), ["missing"], "the alias leads nobody there");
        let home = fixture.sym("d-92670000bb");
        fixture.desktop(On::Standby, "other").directory = home;
        // Which directory the alias leads to was not read.
        fixture.deny(On::Standby, Dataset::Aliases);
        fixture.deny(On::Standby, Dataset::Registrations);
        assert_eq!(counterparts(&fixture), ["unknown"]);
    }
}

#[test]
fn what_is_linked_is_nobody_elses_by_name() {
    // bert's standby WorkSpace bears anna's name.
    let mut fixture = with(&["anna", "bert"], &["anna", "bert"]);
    relate(&mut fixture, On::Primary, "bert", "STANDBY", "ws-sanna", "us-west-2");
    assert_eq!(counterparts(&fixture), ["missing", "ws-sanna"]);
    assert_eq!(orphans(&fixture), ["ws-sbert"]);
    // Somebody with two desktops on either side, of which two are linked: the others are left for each other.
    let mut fixture = with(&["anna", "ANNA"], &["anna", "Anna"]);
    relate(&mut fixture, On::Primary, "ANNA", "STANDBY", "ws-sanna", "us-west-2");
    assert_eq!(counterparts(&fixture), ["ws-sAnna", "ws-sanna"]);
}

#[test]
fn several_relations_of_one_desktop_are_ambiguous() {
    // Two standby desktops name one primary.
    let mut fixture = with(&["anna"], &["one", "two"]);
    for user in ["one", "two"] {
        relate(&mut fixture, On::Standby, user, "PRIMARY", "ws-panna", "us-east-1");
    }
    assert_eq!(counterparts(&fixture), ["ambiguous"]);
    assert_eq!(candidates(&fixture, 0), ["ws-sone", "ws-stwo"]);
    // Of two the one that both tell of holds.
    relate(&mut fixture, On::Primary, "anna", "STANDBY", "ws-stwo", "us-west-2");
    assert_eq!(counterparts(&fixture), ["ws-stwo"]);
    assert_eq!(orphans(&fixture), ["ws-sone"]);
    // Two primary desktops name one standby.
    let mut fixture = with(&["anna", "bert"], &["one", "bert"]);
    for user in ["anna", "bert"] {
        relate(&mut fixture, On::Primary, user, "STANDBY", "ws-sone", "us-west-2");
    }
    assert_eq!(counterparts(&fixture), ["ambiguous", "ambiguous"]);
    assert_eq!(
        (candidates(&fixture, 0), candidates(&fixture, 1)),
        (vec!["ws-sone".to_owned()], vec!["ws-sone".to_owned()])
    );
    assert_eq!(orphans(&fixture), ["ws-sbert"]);
}

#[test]
fn standby_properties_name_a_standby_workspace_too() {
    let mut fixture = with(&["anna"], &["anna", "other"]);
    let properties =
        |id: &str| StandbyProperties { standby_workspace_id: id.to_owned(), ..StandbyProperties::default() };
    let extra = Extra { standby_workspaces_properties: vec![properties("ws-sother")], ..Extra::default() };
    let extra = fixture.side(On::Primary).extras.keep(extra);
    fixture.desktop(On::Primary, "anna").extra = extra;
    assert_eq!(counterparts(&fixture), ["ws-sother"]);
    // They name no Region: what stands in another by the related WorkSpaces is not here.
    relate(&mut fixture, On::Primary, "anna", "STANDBY", "ws-sother", "eu-west-1");
    let row = *fixture.desktop(On::Primary, "anna");
    let extra = fixture.side(On::Primary).extras.of_mut(&row).expect("it was related");
    extra.standby_workspaces_properties = vec![properties("ws-sother"), properties("")];
    assert_eq!(counterparts(&fixture), ["ws-sanna"]);
    assert!(fixture.view().desktops.relations.is_empty());
}

#[test]
fn a_relation_whose_region_is_not_told_holds_where_its_desktop_is() {
    let mut fixture = with(&["anna"], &["anna", "other"]);
    relate(&mut fixture, On::Standby, "other", "PRIMARY", "ws-panna", "");
    assert_eq!(counterparts(&fixture), ["ws-sother"]);
    relate(&mut fixture, On::Standby, "other", "PRIMARY", "ws-panna", "eu-west-1");
    assert_eq!(counterparts(&fixture), ["ws-sanna"]);
    // A standby desktop that names a standby one tells of a chain that this pair does not know.
    relate(&mut fixture, On::Standby, "other", "STANDBY", "ws-panna", "us-east-1");
    assert_eq!(counterparts(&fixture), ["ws-sanna"]);
}

#[test]
fn who_tells_of_a_relation_is_known() {
    let told = |fixture: &Fixture| {
        let relations = fixture.view().desktops.relations;
        relations.iter().map(|relation| (relation.p, relation.s, relation.told_by)).collect::<Vec<_>>()
    };
    let mut fixture = with(&["anna", "bert"], &["bert", "anna"]);
    relate(&mut fixture, On::Primary, "anna", "STANDBY", "ws-sanna", "us-west-2");
    assert_eq!(told(&fixture), [(0, 1, ToldBy::Primary)]);
    relate(&mut fixture, On::Standby, "anna", "PRIMARY", "ws-panna", "us-east-1");
    assert_eq!(told(&fixture), [(0, 1, ToldBy::Both)]);
    relate(&mut fixture, On::Standby, "bert", "PRIMARY", "ws-pbert", "us-east-1");
    relate(&mut fixture, On::Primary, "bert", "STANDBY", "ws-gone", "us-west-2");
    let bert = [(1, 0, ToldBy::Standby), (1, Subject::NONE, ToldBy::Primary)];
    assert_eq!(told(&fixture), [(0, 1, ToldBy::Both), bert[0], bert[1]]);
    // What a desktop in another directory says of the relation counts.
    let elsewhere = fixture.sym("d-92670000ff");
    fixture.desktop(On::Standby, "anna").directory = elsewhere;
    assert_eq!(told(&fixture)[0], (0, 1, ToldBy::Both));
    assert_eq!(counterparts(&fixture), ["missing", "ws-sbert"]);
}

#[test]
fn one_that_stays_goes_before_one_on_its_way_out_whatever_that_is_linked_to() {
    let mut fixture = with(&["anna"], &["old", "anna"]);
    set_state(&mut fixture, On::Standby, "old", "TERMINATING");
    relate(&mut fixture, On::Primary, "anna", "STANDBY", "ws-sold", "us-west-2");
    relate(&mut fixture, On::Standby, "old", "PRIMARY", "ws-panna", "us-east-1");
    assert_eq!(counterparts(&fixture), ["ws-sanna"]);
    assert_eq!(orphans(&fixture), ["ws-sold"]);
    // The only one stands in, so that its state is seen.
    fixture.remove_desktop(On::Standby, "anna");
    assert_eq!(counterparts(&fixture), ["ws-sold"]);
    // A name does as well as a relation.
    let mut fixture = with(&["anna"], &["anna", "ANNA"]);
    for user in ["anna", "ANNA"] {
        set_state(&mut fixture, On::Standby, user, "TERMINATED");
    }
    assert_eq!(counterparts(&fixture), ["ambiguous"]);
}

#[test]
fn a_name_is_no_match_where_the_named_one_may_be_among_what_was_not_read() {
    // anna's own standby WorkSpace is not among those that were read.
    let mut fixture = with(&["anna", "bert"], &["anna", "bert"]);
    relate(&mut fixture, On::Primary, "anna", "STANDBY", "ws-unread", "us-west-2");
    let mut cut = fixture.clone();
    cut.cut(On::Standby, Dataset::Workspaces, Kept::All);
    assert_eq!(counterparts(&cut), ["unknown", "ws-sbert"]);
    assert_eq!(counterparts(&fixture), ["ws-sanna", "ws-sbert"]);
    // The standby desktop that bears bert's name is the standby WorkSpace of one that was not read.
    relate(&mut fixture, On::Standby, "bert", "PRIMARY", "ws-unread", "us-east-1");
    let gap = fixture.cut(On::Primary, Dataset::Workspaces, Kept::All);
    assert_eq!(counterparts(&fixture), ["ws-sanna", "unknown"]);
    let view = fixture.view();
    assert_eq!(view.desktops.primary[1].counterpart, Counterpart::Unknown(Unknown::Gap(gap)));
    assert_eq!(view.desktops.orphans_doubt, Some(Unknown::Gap(gap)));
}
