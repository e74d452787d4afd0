//! BND-001: a bundle of the account's own must be in the standby Region too.

use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::image::Bundle;
use crate::model::pairing::SEVERAL_BUNDLES;
use crate::model::{Dataset, PairView, Paired, Subject, Sym, Unknown};
use crate::rule::{Rule, Sheet, Wording};
use hashbrown::HashSet;

/// BND-001 bundle-missing.
pub(super) struct BundleMissing;

/// Positions in the cases.
const IN_USE: usize = 0;
const UNUSED: usize = 1;

static META: Meta = Meta {
    id: "BND-001",
    name: "bundle-missing",
    area: Area::Bundles,
    summary: "a bundle of the account's own in the primary Region has no counterpart in the standby Region",
    cases: &[
        Case { key: "in-use", severity: Severity::High, effect: Effect::Degrades, uncounted: false },
        Case { key: "unused", severity: Severity::Low, effect: Effect::Degrades, uncounted: false },
    ],
    reach: Reach::Desktop,
    implies: &[],
    needs: &[Dataset::Bundles, Dataset::Workspaces, Dataset::Registrations, Dataset::Aliases, Dataset::ResourceTags],
    controls: &[
        controls::REL13_BP04,
        controls::EUCREL02,
        controls::CP_7,
        controls::CM_2,
        controls::A_8_14,
        controls::A1_2,
        controls::ARTICLE_12,
    ],
    remedy: "Create the bundle in the standby Region under the same name, on the copy of its image, with the same hardware.",
    options: &[],
    doc: include_str!("bundle_missing.md"),
};

/// How many primary desktops are on a bundle.
fn desktops_on(pair: &PairView<'_>, bundle: &Bundle) -> usize {
    pair.desktops.on_bundle(pair.estate.symbols.find(&bundle.bundle_id).unwrap_or(Sym::NONE)).len()
}

impl Rule for BundleMissing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        for (at, bundle) in super::own(pair) {
            let subject = Subject::Bundle { p: at, s: Subject::NONE };
            match (pair.bundle(bundle), pair.desktops.hidden) {
                (Paired::With { .. }, _) => sheet.pass(),
                (Paired::Missing, _) if desktops_on(pair, bundle) > 0 => sheet.fail(subject, IN_USE),
                (Paired::Missing, None) => sheet.fail(subject, UNUSED),
                // It is missing, and whether that is somebody's loss is what cannot be told.
                (Paired::Missing, Some(why)) => sheet.unknown(subject, why),
                (Paired::Ambiguous(_), _) => sheet.unknown(subject, Unknown::Undetermined(SEVERAL_BUNDLES)),
                (Paired::Unknown(why), _) => sheet.unknown(subject, why),
            }
        }
        if let Some(gap) = pair.primary.bundles.gap() {
            unseen(pair, sheet, gap.into());
        }
        if sheet.is_empty() {
            sheet.not_applicable(super::NONE_OWNED);
        }
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, _: usize) -> Wording {
        let names = subject.names(pair);
        let bundle =
            if let Subject::Bundle { p, .. } = subject { pair.primary.bundles.items().get(p as usize) } else { None };
        let whose = match bundle.map_or(0, |bundle| desktops_on(pair, bundle)) {
            0 => "on which nobody's desktop is".to_owned(),
            1 => "on which 1 desktop is".to_owned(),
            desktops => format!("on which {desktops} desktops are"),
        };
        let (primary, standby) = (&pair.settings.primary.region, &pair.settings.standby.region);
        let absence = bundle.map(|bundle| pair.bundle_absence(bundle));
        let (phrase, advice) = absence.map_or_else(Default::default, |absence| (absence.phrase, absence.advice));
        let remedy = format!(
            "Create the bundle in {standby} under the same name, on the copy of its image, with the same compute type and volumes. \
             {advice}"
        );
        Wording::new(format!("the bundle {}, {whose} in {primary}, {phrase}", names.name))
            .with("BundleId", names.primary, "absent")
            .fixed_by(remedy)
    }
}

/// The bundles that were not read: those whom their desktops belong to, or, where no desktop is on any of them, nobody.
pub(super) fn unseen(pair: &PairView<'_>, sheet: &mut Sheet, why: Unknown) {
    let symbols = &pair.estate.symbols;
    let bundles = pair.primary.bundles.items();
    let seen: HashSet<Sym> = bundles.iter().filter_map(|bundle| symbols.find(&bundle.bundle_id)).collect();
    let mut hidden = 0;
    for desktop in &pair.desktops.primary {
        let row = &pair.primary.workspaces.items()[desktop.row as usize];
        if !seen.contains(&row.bundle) {
            hidden += 1;
            sheet.unknown(Subject::Desktop { p: desktop.row, s: Subject::NONE }, why);
        }
    }
    if hidden == 0 {
        sheet.unknown(Subject::Bundle { p: Subject::NONE, s: Subject::NONE }, why);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::Slice;
    use crate::model::settings::{MapEntry, MapKind};

    fn missing() -> Fixture {
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).bundles.items_mut().retain(|bundle| bundle.name != "power-bundle");
        fixture
    }

    #[test]
    fn passes_where_every_bundle_has_a_counterpart() {
        assert_eq!(Fixture::clean().verdicts(&BundleMissing), (2, vec![]));
    }

    #[test]
    fn fails_high_where_people_are_on_it_and_low_where_nobody_is() {
        let fixture = missing();
        assert_eq!(fixture.verdicts(&BundleMissing), (1, vec!["in-use power-bundle".to_owned()]));
        assert_eq!(
            fixture.words(&BundleMissing).message,
            "the bundle power-bundle, on which 1 desktop is in us-east-1, has no counterpart in us-west-2"
        );
        let run = fixture.run(&[&BundleMissing]);
        assert_eq!((run.pairs[0].readiness.degraded, run.pairs[0].readiness.ready), (1, 2));

        let mut fixture = missing();
        fixture.remove_desktop(On::Primary, "carla");
        assert_eq!(fixture.verdicts(&BundleMissing), (1, vec!["unused power-bundle".to_owned()]));
        let run = fixture.run(&[&BundleMissing]);
        assert_eq!((run.pairs[0].readiness.degraded, run.pairs[0].readiness.ready), (0, 2));
        assert_eq!(run.severity(&run.pairs[0].findings[0]), Severity::Low);
    }

    #[test]
    fn a_missing_image_is_its_cause() {
        let mut fixture = missing();
        fixture.side(On::Standby).images.items_mut().retain(|image| image.name != "power-image");
        let image = crate::find("IMG-001").expect("registered");
        let run = fixture.run(&[image, &BundleMissing]);
        let roots: Vec<Option<u32>> = run.pairs[0].findings.iter().map(|finding| finding.root).collect();
        assert_eq!(roots, [None, Some(0)]);
    }

    #[test]
    fn what_aws_makes_for_standby_workspaces_is_left_out_on_both_sides() {
        let mut fixture = missing();
        let made = Bundle {
            bundle_id: "wsb-smade".to_owned(),
            name: "power-bundle".to_owned(),
            bundle_type: "STANDBY".to_owned(),
            ..Bundle::default()
        };
        fixture.side(On::Standby).bundles.items_mut().push(made.clone());
        assert_eq!(fixture.verdicts(&BundleMissing), (1, vec!["in-use power-bundle".to_owned()]));
        let mut fixture = Fixture::clean();
        fixture.side(On::Primary).bundles.items_mut().push(Bundle { name: "only here".to_owned(), ..made });
        assert_eq!(fixture.verdicts(&BundleMissing), (2, vec![]));
    }

    #[test]
    fn a_map_pairs_other_names_and_several_are_not_guessed_at() {
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).bundles.items_mut()[1].name = "power-west".to_owned();
        fixture.pair().maps.push(MapEntry {
            kind: MapKind::Bundle,
            primary: "power-bundle".to_owned(),
            standby: "power-west".to_owned(),
        });
        assert_eq!(fixture.verdicts(&BundleMissing), (2, vec![]));
        let mut twin = fixture.side(On::Standby).bundles.items()[1].clone();
        twin.bundle_id = "wsb-stwin".to_owned();
        fixture.side(On::Standby).bundles.items_mut().push(twin);
        assert_eq!(fixture.judge(&BundleMissing).unknowns()[0].1, Unknown::Undetermined(SEVERAL_BUNDLES));
    }

    #[test]
    fn a_map_that_names_nothing_is_said_to_and_near_names_are_offered() {
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).bundles.items_mut()[1].name = "Power Bundle".to_owned();
        assert_eq!(fixture.verdicts(&BundleMissing).1, ["in-use power-bundle"]);
        let remedy = |fixture: &Fixture| fixture.words(&BundleMissing).remedy.expect("a remedy");
        assert!(remedy(&fixture).ends_with("us-west-2 has Power Bundle, which may be meant."), "{}", remedy(&fixture));
        fixture.pair().maps.push(MapEntry {
            kind: MapKind::Bundle,
            primary: "power-bundle".to_owned(),
            standby: "Power-Bundle".to_owned(),
        });
        assert_eq!(
            fixture.words(&BundleMissing).message,
            "the bundle power-bundle, on which 1 desktop is in us-east-1, is mapped to Power-Bundle, which us-west-2 does not have"
        );
        assert!(remedy(&fixture).contains("correct it"), "{}", remedy(&fixture));
    }

    #[test]
    fn gaps_are_no_passes() {
        Fixture::clean().assert_gaps_are_no_passes(&BundleMissing);
        missing().assert_gaps_are_no_passes(&BundleMissing);
        let mut unused = missing();
        unused.remove_desktop(On::Primary, "carla");
        unused.assert_gaps_are_no_passes(&BundleMissing);
    }

    #[test]
    fn a_list_that_was_cut_hides_those_on_what_was_not_read() {
        let mut fixture = Fixture::clean();
        let gap = fixture.gap("workspaces", "DescribeWorkspaceBundles");
        let bundles = &mut fixture.side(On::Primary).bundles;
        *bundles = Slice::cut(bundles.items()[..1].to_vec(), gap);
        let run = fixture.run(&[&BundleMissing]);
        assert_eq!((run.pairs[0].readiness.unknown, run.pairs[0].readiness.ready), (1, 2));

        // Everybody's bundle was read: nobody is hidden, and the list is still not whole.
        let mut fixture = Fixture::clean();
        let gap = fixture.gap("workspaces", "DescribeWorkspaceBundles");
        let bundles = &mut fixture.side(On::Primary).bundles;
        *bundles = Slice::cut(bundles.items().to_vec(), gap);
        let run = fixture.run(&[&BundleMissing]);
        assert_eq!((run.pairs[0].readiness.unknown, run.pairs[0].tallies[0].not_evaluated), (0, 1));
    }

    #[test]
    fn does_not_apply_where_the_account_owns_none() {
        let mut fixture = Fixture::clean();
        fixture.side(On::Primary).bundles.items_mut().clear();
        assert_eq!(fixture.judge(&BundleMissing).reasons(), [super::super::NONE_OWNED]);
    }
}
