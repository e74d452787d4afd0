//! Each primary resource has one answer, whatever order the lists had; and nothing is guessed.

use super::*;
use crate::fixture::{Fixture, On};
use crate::model::image::{Bundle, Image, IpGroup};
use crate::model::settings::MapEntry;
use crate::model::workspace::TagRow;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// A resource of an estate that a test makes up.
#[derive(Clone, Debug)]
struct Made {
    id: String,
    name: String,
    /// Made by AWS for standby WorkSpaces; bundles alone.
    by_aws: bool,
    /// What its tag names as its source; of the standby side alone.
    copy_of: Option<String>,
}

fn made(id: &str, name: &str) -> Made {
    Made { id: id.to_owned(), name: name.to_owned(), by_aws: false, copy_of: None }
}

/// An estate with these images, bundles and groups, the same of each kind, and these maps.
fn estate(primary: &[Made], standby: &[Made], maps: &[(String, String)]) -> Fixture {
    let mut fixture = Fixture::clean();
    fixture.side(On::Standby).resource_tags.items_mut().clear();
    for (on, list) in [(On::Primary, primary), (On::Standby, standby)] {
        let side = fixture.side(on);
        let image = |made: &Made| Image { image_id: made.id.clone(), name: made.name.clone(), ..Image::default() };
        let bundle = |made: &Made| Bundle {
            bundle_id: made.id.clone(),
            name: made.name.clone(),
            bundle_type: if made.by_aws { STANDBY_BUNDLE } else { "REGULAR" }.to_owned(),
            ..Bundle::default()
        };
        let group =
            |made: &Made| IpGroup { group_id: made.id.clone(), group_name: made.name.clone(), ..IpGroup::default() };
        side.images = Slice::whole_of(list.iter().map(image).collect());
        side.bundles = Slice::whole_of(list.iter().map(bundle).collect());
        side.ip_groups = Slice::whole_of(list.iter().map(group).collect());
    }
    for (made, source) in standby.iter().filter_map(|made| Some((made, made.copy_of.as_ref()?))) {
        let tag = TagRow {
            arn: fixture.sym(&format!("arn:aws:workspaces:us-west-2:111122223333:thing/{}", made.id)),
            key: fixture.sym(COPY_OF_TAG),
            value: fixture.sym(&format!("us-east-1/{source}")),
        };
        fixture.side(On::Standby).resource_tags.items_mut().push(tag);
    }
    for (primary, standby) in maps {
        for kind in [MapKind::Image, MapKind::Bundle, MapKind::IpGroup] {
            fixture.pair().maps.push(MapEntry { kind, primary: primary.clone(), standby: standby.clone() });
        }
    }
    fixture
}

/// What stands in for something, by ids.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Answer {
    With(String, PairedBy),
    Missing,
    Ambiguous(Vec<String>),
    Unknown(Unknown),
}

/// What is paired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Images,
    Bundles,
    Groups,
}

const EVERY: [What; 3] = [What::Images, What::Bundles, What::Groups];

fn answer<T>(paired: Paired<'_, T>, list: &Slice<T>, id: fn(&T) -> &String) -> Answer {
    match paired {
        Paired::With { at, item, by } => {
            assert!(std::ptr::eq(item, &raw const list.items()[at as usize]), "the position is the item's");
            Answer::With(id(item).clone(), by)
        }
        Paired::Missing => Answer::Missing,
        Paired::Ambiguous(several) => {
            let mut ids: Vec<String> = several.iter().map(|&at| id(&list.items()[at as usize]).clone()).collect();
            ids.sort();
            Answer::Ambiguous(ids)
        }
        Paired::Unknown(why) => Answer::Unknown(why),
    }
}

/// The answers for the primary side's, by id.
fn answers(fixture: &Fixture, what: What) -> BTreeMap<String, Answer> {
    let view = fixture.view();
    let (p, s) = (view.primary, view.standby);
    let answers: Vec<(&String, Answer)> = match what {
        What::Images => {
            let of = |item| answer(view.image(item), &s.images, |image| &image.image_id);
            p.images.items().iter().map(|item| (&item.image_id, of(item))).collect()
        }
        What::Bundles => {
            let of = |item| answer(view.bundle(item), &s.bundles, |bundle| &bundle.bundle_id);
            p.bundles.items().iter().map(|item| (&item.bundle_id, of(item))).collect()
        }
        What::Groups => {
            let of = |item| answer(view.ip_group(item), &s.ip_groups, |group| &group.group_id);
            p.ip_groups.items().iter().map(|item| (&item.group_id, of(item))).collect()
        }
    };
    answers.into_iter().map(|(id, answer)| (id.clone(), answer)).collect()
}

/// The answer for one bundle.
fn bundle(fixture: &Fixture, id: &str) -> Answer {
    answers(fixture, What::Bundles).remove(id).expect("a primary bundle")
}

fn with(id: &str, by: PairedBy) -> Answer {
    Answer::With(id.to_owned(), by)
}

fn map(primary: &str, standby: &str) -> (String, String) {
    (primary.to_owned(), standby.to_owned())
}

#[test]
fn a_map_names_by_id_or_by_name_and_an_id_comes_first() {
    let primary = [made("p-1", "Standard"), made("p-2", "Standard")];
    let standby = [made("s-1", "West"), made("s-2", "Other"), made("s-3", "Standard")];
    let fixture = estate(&primary, &standby, &[map("Standard", "West"), map("p-2", "s-2")]);
    for what in EVERY {
        let answers = answers(&fixture, what);
        assert_eq!(answers["p-1"], with("s-1", PairedBy::Map), "{what:?}");
        assert_eq!(answers["p-2"], with("s-2", PairedBy::Map), "{what:?}");
    }
    // A name that looks like an id of another's is that other's.
    let standby = [made("s-1", "s-2"), made("s-2", "West")];
    let fixture = estate(&primary[..1], &standby, &[map("p-1", "s-2")]);
    assert_eq!(bundle(&fixture, "p-1"), with("s-2", PairedBy::Map));
}

#[test]
fn a_map_that_names_nothing_is_said_to_and_no_name_takes_its_place() {
    let primary = [made("p-1", "Standard")];
    let standby = [made("s-1", "Standard")];
    let fixture = estate(&primary, &standby, &[map("Standard", "Standrad")]);
    for what in EVERY {
        assert_eq!(answers(&fixture, what)["p-1"], Answer::Missing, "{what:?}");
    }
    let view = fixture.view();
    let absence = view.bundle_absence(&view.primary.bundles.items()[0]);
    assert_eq!(absence.phrase, "is mapped to Standrad, which us-west-2 does not have");
    assert_eq!(
        absence.advice,
        "Where the [[pair.map]] of kind \"bundle\" is misspelled, correct it: Standrad is neither the name nor the id of one in us-west-2."
    );
}

#[test]
fn advice_names_maps_that_name_nothing_and_what_is_spelled_nearly_alike() {
    let primary = [made("p-1", "Power User"), made("p-2", "Other")];
    let standby = [made("s-1", "power_user"), made("s-2", "Other"), made("s-3", "unlike")];
    let fixture = estate(&primary, &standby, &[map("Powr User", "power_user")]);
    let view = fixture.view();
    let absence = view.image_absence(&view.primary.images.items()[0]);
    assert_eq!(absence.phrase, "has no counterpart in us-west-2");
    assert_eq!(
        absence.advice,
        "Where a counterpart has another name on purpose, say so with a [[pair.map]] of kind \"image\". The map names Powr User, which \
         us-east-1 does not have: it may be meant. us-west-2 has power_user, which may be meant."
    );
    // What a map names by its name or by its id is there.
    let primary = [made("p-1", "Power User"), made("p-2", "Other"), made("p-3", "Third")];
    let fixture = estate(&primary, &standby, &[map("Other", "Other"), map("p-3", "unlike")]);
    let view = fixture.view();
    assert_eq!(
        view.image_absence(&view.primary.images.items()[0]).advice,
        "Where a counterpart has another name on purpose, say so with a [[pair.map]] of kind \"image\". us-west-2 has power_user, which \
         may be meant."
    );
    // What somebody else's name is, is not meant; and a list that was cut may have what the map names.
    let mut fixture = estate(&[made("p-1", "A"), made("p-2", "a")], &[made("s-1", "a")], &[map("b", "c")]);
    let gap = fixture.gap("workspaces", "DescribeIpGroups");
    let groups = &mut fixture.side(On::Primary).ip_groups;
    *groups = Slice::cut(groups.items().to_vec(), gap);
    let view = fixture.view();
    assert_eq!(
        view.ip_group_absence(&view.primary.ip_groups.items()[0]).advice,
        "Where a counterpart has another name on purpose, say so with a [[pair.map]] of kind \"ip-group\"."
    );
}

#[test]
fn of_several_copies_it_is_the_one_that_has_the_name() {
    let copy = |id: &str, name: &str| Made { copy_of: Some("p-1".to_owned()), ..made(id, name) };
    let primary = [made("p-1", "Standard")];
    let fixture = estate(&primary, &[copy("s-1", "Standard-try"), copy("s-2", "Standard")], &[]);
    assert_eq!(bundle(&fixture, "p-1"), with("s-2", PairedBy::Tag));
    let fixture = estate(&primary, &[copy("s-1", "first"), copy("s-2", "second"), made("s-3", "Standard")], &[]);
    assert_eq!(bundle(&fixture, "p-1"), Answer::Ambiguous(vec!["s-1".to_owned(), "s-2".to_owned()]));
}

#[test]
fn what_is_listed_twice_is_one() {
    let primary = [made("p-1", "Standard"), made("p-1", "Standard")];
    let fixture = estate(&primary, &[made("s-1", "Standard"), made("s-1", "Standard")], &[]);
    for what in EVERY {
        assert_eq!(answers(&fixture, what)["p-1"], with("s-1", PairedBy::Name), "{what:?}");
    }
}

#[test]
fn two_of_one_name_do_not_share_a_counterpart() {
    let primary = [made("p-1", "Standard"), made("p-2", "Standard")];
    let fixture = estate(&primary, &[made("s-1", "Standard")], &[]);
    for (what, why) in EVERY.into_iter().zip([SHARED_IMAGE, SHARED_BUNDLE, SHARED_IP_GROUP]) {
        let answers = answers(&fixture, what);
        assert_eq!(answers["p-1"], Answer::Unknown(Unknown::Undetermined(why)), "{what:?}");
        assert_eq!(answers["p-2"], answers["p-1"], "{what:?}");
    }
    // The operator may say that they do.
    let fixture = estate(&primary, &[made("s-1", "Standard")], &[map("Standard", "Standard")]);
    assert_eq!((bundle(&fixture, "p-1"), bundle(&fixture, "p-2")), {
        let shared = with("s-1", PairedBy::Map);
        (shared.clone(), shared)
    });
    // One that is mapped elsewhere leaves the name to the other; one that is mapped here takes it.
    let standby = [made("s-1", "Standard"), made("s-2", "West")];
    let fixture = estate(&primary, &standby, &[map("p-2", "West")]);
    assert_eq!(bundle(&fixture, "p-1"), with("s-1", PairedBy::Name));
    let fixture = estate(&[made("p-1", "Standard"), made("p-2", "East")], &standby, &[map("East", "Standard")]);
    assert_eq!(bundle(&fixture, "p-1"), Answer::Unknown(Unknown::Undetermined(SHARED_BUNDLE)));
}

#[test]
fn a_tag_binds_a_bundle_to_its_source_and_makes_an_image_a_stale_namesake() {
    let primary = [made("p-1", "Standard"), made("p-2", "Standard-2025")];
    let standby = [Made { copy_of: Some("p-2".to_owned()), ..made("s-1", "Standard") }];
    let fixture = estate(&primary, &standby, &[]);
    assert_eq!(bundle(&fixture, "p-2"), with("s-1", PairedBy::Tag));
    assert_eq!(bundle(&fixture, "p-1"), Answer::Unknown(Unknown::Undetermined(SHARED_BUNDLE)));
    assert_eq!(answers(&fixture, What::Images)["p-1"], with("s-1", PairedBy::Name));
    // A source that is gone claims nothing.
    let fixture = estate(&primary[..1], &standby, &[]);
    assert_eq!(bundle(&fixture, "p-1"), with("s-1", PairedBy::Name));
}

#[test]
fn several_copies_of_another_claim_what_is_among_them_and_nothing_else() {
    let copy = |id: &str, name: &str| Made { copy_of: Some("p-2".to_owned()), ..made(id, name) };
    let primary = [made("p-1", "Standard"), made("p-2", "Other")];
    let among = estate(&primary, &[copy("s-1", "Standard"), copy("s-2", "West")], &[]);
    assert_eq!(bundle(&among, "p-1"), Answer::Unknown(Unknown::Undetermined(SHARED_BUNDLE)));
    assert_eq!(answers(&among, What::Images)["p-1"], with("s-1", PairedBy::Name), "a stale namesake");
    let beside = estate(&primary, &[made("s-1", "Standard"), copy("s-2", "West"), copy("s-3", "East")], &[]);
    for what in EVERY {
        assert_eq!(answers(&beside, what)["p-1"], with("s-1", PairedBy::Name), "{what:?}");
    }
}

#[test]
fn what_aws_made_pairs_by_map_alone() {
    let by_aws = |made: Made| Made { by_aws: true, ..made };
    let primary = [made("p-1", "Standard")];
    let standby = [by_aws(Made { copy_of: Some("p-1".to_owned()), ..made("s-1", "Standard") })];
    assert_eq!(bundle(&estate(&primary, &standby, &[]), "p-1"), Answer::Missing);
    let fixture = estate(&primary, &standby, &[map("Standard", "s-1")]);
    assert_eq!(bundle(&fixture, "p-1"), with("s-1", PairedBy::Map));
    // Its copies by tag leave another of the name a rival.
    let copy = |id: &str, source: &str| by_aws(Made { copy_of: Some(source.to_owned()), ..made(id, "other") });
    let two = [made("p-1", "Standard"), made("p-2", "Standard")];
    let fixture = estate(&two, &[made("s-1", "Standard"), copy("s-2", "p-1"), copy("s-3", "p-2")], &[]);
    assert_eq!(bundle(&fixture, "p-1"), Answer::Unknown(Unknown::Undetermined(SHARED_BUNDLE)));
    // A primary one is nobody's rival.
    let primary = [made("p-1", "Standard"), by_aws(made("p-2", "Standard"))];
    let fixture = estate(&primary, &[made("s-1", "Standard")], &[]);
    assert_eq!(bundle(&fixture, "p-1"), with("s-1", PairedBy::Name));
    assert_eq!(bundle(&fixture, "p-2"), Answer::Missing);
}

#[test]
fn without_a_name_nothing_is_a_namesake() {
    let fixture = estate(&[made("p-1", "")], &[made("s-1", "")], &[]);
    for what in EVERY {
        assert_eq!(answers(&fixture, what)["p-1"], Answer::Unknown(Unknown::Undetermined(NO_NAME)), "{what:?}");
    }
    let fixture = estate(&[made("p-1", "")], &[made("s-1", "West")], &[map("p-1", "West")]);
    assert_eq!(bundle(&fixture, "p-1"), with("s-1", PairedBy::Map));
}

/// Few names, so that they meet; ids of their own; some tags and maps, of which some name nothing.
fn lists() -> impl Strategy<Value = (Vec<Made>, Vec<Made>, Vec<(String, String)>)> {
    let name = || prop_oneof![4 => "[abc]", 1 => "p-[0-2]", 1 => "s-[0-2]", 1 => Just(String::new())];
    let primary = proptest::collection::vec((name(), any::<bool>()), 0..5);
    let standby = proptest::collection::vec((name(), any::<bool>(), proptest::option::of(0..6_usize)), 0..6);
    let end = |side: &'static str| prop_oneof![name(), (0..6_usize).prop_map(move |at| format!("{side}-{at}"))];
    let maps = proptest::collection::btree_map(end("p"), end("s"), 0..3);
    (primary, standby, maps).prop_map(|(primary, standby, maps)| {
        let primary = primary.into_iter().enumerate();
        let standby = standby.into_iter().enumerate();
        (
            primary.map(|(at, (name, by_aws))| Made { by_aws, ..made(&format!("p-{at}"), &name) }).collect(),
            standby
                .map(|(at, (name, by_aws, source))| Made {
                    by_aws,
                    copy_of: source.map(|at| format!("p-{at}")),
                    ..made(&format!("s-{at}"), &name)
                })
                .collect(),
            // The configuration's texts are not empty.
            maps.into_iter().filter(|(primary, standby)| !primary.is_empty() && !standby.is_empty()).collect(),
        )
    })
}

proptest! {
    #[test]
    fn the_order_of_the_lists_does_not_matter((primary, standby, maps) in lists(), turn in 0..6_usize) {
        let fixture = estate(&primary, &standby, &maps);
        let (mut others, mut theirs) = (primary.clone(), standby.clone());
        others.reverse();
        theirs.reverse();
        theirs.rotate_left(turn % standby.len().max(1));
        let turned = estate(&others, &theirs, &maps);
        for what in EVERY {
            prop_assert_eq!(answers(&fixture, what), answers(&turned, what), "{:?}", what);
        }
    }

    /// Every primary resource has an answer, and what the answer rests on is there.
    #[test]
    fn each_has_one_answer_for_which_there_is_a_reason((primary, standby, maps) in lists()) {
        let fixture = estate(&primary, &standby, &maps);
        let theirs = |id: &str| standby.iter().find(|made| made.id == *id).expect("of the standby side");
        for what in EVERY {
            let answers = answers(&fixture, what);
            prop_assert_eq!(answers.len(), primary.len());
            for made in &primary {
                let (tagged, bundles) = (what != What::Groups, what == What::Bundles);
                let target = maps.iter().find(|(from, _)| *from == made.id)
                    .or_else(|| maps.iter().find(|(from, _)| *from == made.name))
                    .map(|(_, to)| to);
                let points = |other: &Made| target.is_some_and(|to| *to == other.id || *to == other.name);
                let is_copy = |other: &Made| tagged && other.copy_of.as_ref() == Some(&made.id);
                let usable = |other: &Made| !bundles || !other.by_aws;
                match &answers[&made.id] {
                    Answer::With(id, PairedBy::Map) => prop_assert!(points(theirs(id))),
                    Answer::With(id, PairedBy::Tag) => {
                        prop_assert!(target.is_none() && is_copy(theirs(id)) && usable(theirs(id)));
                    }
                    Answer::With(id, PairedBy::Name) => {
                        let other = theirs(id);
                        prop_assert!(target.is_none() && other.name == made.name && usable(other));
                        prop_assert!(!standby.iter().any(|other| usable(other) && is_copy(other)));
                    }
                    Answer::Missing if target.is_none() && bundles && made.by_aws => {}
                    Answer::Missing if target.is_some() => prop_assert!(!standby.iter().any(points)),
                    Answer::Missing => {
                        let could = |other: &Made| usable(other) && (is_copy(other) || other.name == made.name);
                        prop_assert!(!standby.iter().any(could) && !made.name.is_empty());
                    }
                    Answer::Ambiguous(ids) => prop_assert!(ids.len() > 1),
                    Answer::Unknown(why) => prop_assert!(matches!(why, Unknown::Undetermined(_)), "nothing was cut"),
                }
            }
        }
    }

    /// Two share a counterpart where the map says so of one of them, or where the tag tells that a namesake is stale.
    #[test]
    fn no_two_share_a_counterpart_in_silence((primary, standby, maps) in lists()) {
        let fixture = estate(&primary, &standby, &maps);
        for what in EVERY {
            let mut claims: BTreeMap<String, Vec<(String, PairedBy)>> = BTreeMap::new();
            for (id, answer) in answers(&fixture, what) {
                if let Answer::With(theirs, by) = answer {
                    claims.entry(theirs).or_default().push((id, by));
                }
            }
            for (theirs, claims) in claims {
                let source = standby.iter().find(|made| made.id == theirs).and_then(|made| made.copy_of.as_ref());
                let silent = claims.iter().filter(|(id, by)| match by {
                    PairedBy::Map => false,
                    PairedBy::Tag => true,
                    PairedBy::Name => what != What::Images || source.is_none_or(|source| source == id),
                });
                prop_assert!(silent.count() <= 1, "{:?} {}: {:?}", what, theirs, claims);
                let by_name = claims.iter().any(|(_, by)| *by == PairedBy::Name);
                let mapped = claims.iter().any(|(_, by)| *by == PairedBy::Map);
                prop_assert!(!(by_name && mapped), "a name is not enough against a map");
            }
        }
    }

    /// A list that was cut hides what it hides: nothing is said to be missing, and what was found stays found. What AWS made has no
    /// counterpart to be hidden.
    #[test]
    fn nothing_is_missing_from_a_list_that_was_cut((primary, standby, maps) in lists()) {
        let whole = estate(&primary, &standby, &maps);
        let mut cut = whole.clone();
        let gap = cut.gap("workspaces", "Describe");
        let side = cut.side(On::Standby);
        side.images = Slice::cut(side.images.items().to_vec(), gap);
        side.bundles = Slice::cut(side.bundles.items().to_vec(), gap);
        side.ip_groups = Slice::cut(side.ip_groups.items().to_vec(), gap);
        for what in EVERY {
            for (id, answer) in answers(&whole, what) {
                let stays = what == What::Bundles && primary.iter().any(|made| made.id == id && made.by_aws);
                let hidden = [Answer::Missing, Answer::Unknown(Unknown::Gap(gap))];
                if stays && hidden.contains(&answers(&cut, what)[&id]) {
                    continue;
                }
                let wanted = if answer == Answer::Missing { Answer::Unknown(Unknown::Gap(gap)) } else { answer };
                prop_assert_eq!(&answers(&cut, what)[&id], &wanted);
            }
        }
    }
}

/// A file system is bound by the tag that names its source: another tag with that value, and the tag with another value, say nothing.
#[test]
fn a_tag_binds_a_file_system_by_its_key_and_its_value() {
    let tagged = |key: &str, value: &str| {
        let mut fixture = Fixture::clean();
        for on in [On::Primary, On::Standby] {
            for system in fixture.side(on).file_systems.items_mut() {
                system.windows_configuration = None;
            }
        }
        let source = fixture.side(On::Primary).file_systems.items()[0].file_system_id.clone();
        let value = value.replace("SOURCE", &source);
        fixture.side(On::Standby).file_systems.items_mut()[0].tags =
            vec![crate::model::files::FileTag { key: key.to_owned(), value }];
        let view = fixture.view();
        let paired = view.file_system(&view.primary.file_systems.items()[0]);
        matches!(paired, Paired::With { by: PairedBy::Tag, .. })
    };
    assert!(tagged(COPY_OF_TAG, "us-east-1/SOURCE"));
    assert!(!tagged(COPY_OF_TAG, "us-east-1/fs-another"));
    assert!(!tagged("team", "us-east-1/SOURCE"));
}

/// A file system goes by its `Name` tag where that says anything, else by its first DNS alias, else by its id.
#[test]
fn a_file_system_goes_by_the_name_that_people_gave_it() {
    let mut fixture = Fixture::clean();
    let system = &mut fixture.side(On::Primary).file_systems.items_mut()[0];
    let tag = |key: &str, value: &str| crate::model::files::FileTag { key: key.to_owned(), value: value.to_owned() };
    system.tags = vec![tag("team", "euc"), tag("Name", "profiles")];
    assert_eq!(system.natural_name(), "profiles");
    system.tags = vec![tag("team", "euc"), tag("Name", "")];
    assert_eq!(system.natural_name(), "profiles.corp.example");
    system.windows_configuration = None;
    let id = system.file_system_id.clone();
    assert_eq!(system.natural_name(), id);
}
