//! WSP-017: the applications that bundles and images bring must be the same on both sides. It judges what AWS installs for WorkSpaces, and
//! cannot see what else is on a desktop.

use crate::bundles::{self, paired_bundles};
use crate::controls;
use crate::images::in_use::{self, paired_images};
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::image::{ApplicationAssociation, Bundle};
use crate::model::pairing::STANDBY_BUNDLE;
use crate::model::{Dataset, Estate, GapId, PairView, Side, Slice, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};
use std::collections::{BTreeMap, BTreeSet};

/// WSP-017 applications-differ.
pub(super) struct ApplicationsDiffer;

/// Positions in the cases.
const LACKING: usize = 0;
const MORE: usize = 1;

static META: Meta = Meta {
    id: "WSP-017",
    name: "applications-differ",
    area: Area::Workspaces,
    summary: "a bundle or an image and its counterpart bring different applications",
    cases: &[
        Case { key: "lacking", severity: Severity::Medium, effect: Effect::Degrades, uncounted: false },
        // Nobody misses what is there besides.
        Case { key: "more", severity: Severity::Low, effect: Effect::None, uncounted: false },
    ],
    reach: Reach::Desktop,
    implies: &[],
    needs: &[
        Dataset::Bundles,
        Dataset::BundleApplications,
        Dataset::Images,
        Dataset::ImageApplications,
        Dataset::Applications,
        Dataset::Workspaces,
        Dataset::Registrations,
        Dataset::Aliases,
        Dataset::ResourceTags,
    ],
    controls: &[controls::REL13_BP04, controls::EUCREL02, controls::CM_2, controls::A_5_30],
    remedy: "Copy the primary's image to the standby Region and update the standby bundle to the copy; give desktops that exist what they lack \
             one by one.",
    options: &[],
    doc: include_str!("applications_differ.md"),
};

const NO_NAME: Unknown = Unknown::Undetermined(
    "an application that a bundle or an image brings is not among the Region's applications, so that it has no name to be compared by",
);
const NO_STATE: Unknown = Unknown::Undetermined(
    "the state of an application's association is missing from the answer, or is one that this version does not know",
);

/// What is said where there is nothing to compare.
const NONE_PAIRED: &str = "no bundle of the account's own, and no image in use, has a counterpart";

/// Whether desktops get an application whose association is in this state: it is there, or on its way.
fn is_brought(state: &str) -> Option<bool> {
    match state {
        "COMPLETED" | "INSTALLING" | "PENDING_INSTALL" | "PENDING_INSTALL_DEPLOYMENT" => Some(true),
        "ERROR" | "UNINSTALLING" | "PENDING_UNINSTALL" | "PENDING_UNINSTALL_DEPLOYMENT" | "REMOVED" => Some(false),
        _ => None,
    }
}

/// The applications of a bundle or an image, by name: what is said of each, where it is not brought all the same.
#[derive(Debug, Default)]
struct Brought<'e> {
    /// Those that desktops get.
    names: BTreeSet<&'e str>,
    /// Those that are associated and that desktops do not get, each with the state of the association.
    failing: BTreeMap<&'e str, &'e str>,
    /// Why there may be others.
    hidden: Option<Unknown>,
}

impl<'e> Brought<'e> {
    fn of(side: &'e Side, list: &'e Slice<ApplicationAssociation>) -> Self {
        let mut brought = Self { hidden: list.gap().map(Unknown::Gap), ..Self::default() };
        let applications = list.items().iter().filter(|item| item.associated_resource_type == "APPLICATION");
        for association in applications {
            let known = side.applications.find(|known| known.application_id == association.associated_resource_id);
            let name = match known {
                Ok(Some(known)) if !known.name.is_empty() => known.name.as_str(),
                Ok(_) => {
                    brought.hide(NO_NAME);
                    continue;
                }
                Err(gap) => {
                    brought.hide(gap.into());
                    continue;
                }
            };
            match is_brought(&association.state) {
                Some(true) => {
                    brought.names.insert(name);
                }
                Some(false) => {
                    brought.failing.insert(name, &association.state);
                }
                None => brought.hide(NO_STATE),
            }
        }
        brought
    }

    /// Of two reasons the first in order stays: a gap, which can be put right, before what no call would tell.
    fn hide(&mut self, why: Unknown) {
        self.hidden = Some(self.hidden.map_or(why, |known| known.min(why)));
    }

    /// What this one brings and the other does not.
    ///
    /// # Errors
    /// Why it cannot be told: what else this one may bring, or what the other may.
    fn beyond(&self, other: &Self) -> Result<Vec<&'e str>, Unknown> {
        let beyond: Vec<&str> = self.names.difference(&other.names).copied().collect();
        match (self.hidden, other.hidden) {
            // Whatever else this one brings, these are surely not the other's; and whatever else the other brings, none was lacking.
            (_, None) if !beyond.is_empty() => Ok(beyond),
            (None, _) if beyond.is_empty() => Ok(beyond),
            (Some(why), _) | (None, Some(why)) => Err(why),
            (None, None) => Ok(beyond),
        }
    }

    /// What it brings, for a difference.
    fn text(&self) -> String {
        let names: Vec<&str> = self.names.iter().copied().collect();
        match (names.is_empty(), self.hidden) {
            (true, None) => "none".to_owned(),
            (true, Some(_)) => "not read".to_owned(),
            (false, None) => names.join(", "),
            (false, Some(_)) => format!("{}, and what could not be read", names.join(", ")),
        }
    }
}

/// Two lists of applications, the primary's and the standby's.
type Lists<'e> = (Brought<'e>, Brought<'e>);

/// Whether people made a bundle, so that its applications and its image's are asked for.
fn is_own(bundle: &Bundle) -> bool {
    bundle.bundle_type != STANDBY_BUNDLE
}

/// The applications of a side's bundle.
fn of_bundle<'e>(side: &'e Side, bundle: &str) -> Result<Brought<'e>, GapId> {
    let list = side.bundle_applications.get(bundle).ok_or(Estate::NOT_COLLECTED)?;
    Ok(Brought::of(side, list))
}

/// The applications of a side's image; `Ok(None)` where nobody asked for them, since no bundle of the side's own rests on it.
fn of_image<'e>(side: &'e Side, image: &str) -> Result<Option<Brought<'e>>, GapId> {
    match side.image_applications.get(image) {
        Some(list) => Ok(Some(Brought::of(side, list))),
        None if side.bundles.find(|bundle| bundle.image_id == image && is_own(bundle))?.is_none() => Ok(None),
        None => Err(Estate::NOT_COLLECTED),
    }
}

fn of_bundles<'e>(pair: &PairView<'e>, p: &str, s: &str) -> Result<Lists<'e>, GapId> {
    Ok((of_bundle(pair.primary, p)?, of_bundle(pair.standby, s)?))
}

fn of_images<'e>(pair: &PairView<'e>, p: &str, s: &str) -> Result<Option<Lists<'e>>, GapId> {
    Ok(of_image(pair.primary, p)?.zip(of_image(pair.standby, s)?))
}

/// The verdict on two lists: a position in the cases where it fails.
fn compare((p, s): &Lists<'_>) -> Result<Option<usize>, Unknown> {
    if !p.beyond(s)?.is_empty() {
        return Ok(Some(LACKING));
    }
    Ok(if s.beyond(p)?.is_empty() { None } else { Some(MORE) })
}

impl Rule for ApplicationsDiffer {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let put = |sheet: &mut Sheet, subject: Subject, verdict: Result<Option<usize>, Unknown>| match verdict {
            Ok(None) => sheet.pass(),
            Ok(Some(case)) => sheet.fail(subject, case),
            Err(why) => sheet.unknown(subject, why),
        };
        // A map may lead to a bundle that AWS made, of which nobody asks what it brings.
        for bundles in paired_bundles(pair, sheet).into_iter().filter(|bundles| is_own(bundles.standby)) {
            let lists = of_bundles(pair, &bundles.primary.bundle_id, &bundles.standby.bundle_id);
            put(sheet, bundles.subject, lists.map_err(Unknown::Gap).and_then(|lists| compare(&lists)));
        }
        for images in paired_images(pair, sheet) {
            match of_images(pair, &images.primary.image_id, &images.standby.image_id) {
                Ok(Some(lists)) => put(sheet, images.subject, compare(&lists)),
                // No standby bundle rests on it: BND-001 or BND-003 speaks of that.
                Ok(None) => {}
                Err(gap) => sheet.unknown(images.subject, gap),
            }
        }
        // Somebody whose bundle is hidden rests on a hidden image too.
        sheet.name_each_unknown_once();
        if sheet.is_empty() {
            sheet.not_applicable(NONE_PAIRED);
        }
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, case: usize) -> Wording {
        let region = &pair.settings.standby.region;
        let found = if matches!(subject, Subject::Image { .. }) {
            in_use::both(pair, subject).and_then(|(p, s)| {
                let lists = of_images(pair, &p.image_id, &s.image_id).ok().flatten()?;
                Some(("image", s.name.as_str(), lists))
            })
        } else {
            bundles::both(pair, subject).and_then(|(p, s)| {
                let lists = of_bundles(pair, &p.bundle_id, &s.bundle_id).ok()?;
                Some(("bundle", s.name.as_str(), lists))
            })
        };
        let Some((kind, name, (p, s))) = found else {
            return Wording::new(format!("a bundle or an image in {region} brings other applications"));
        };
        let (verb, of, other) = if case == LACKING { ("lacks", &p, &s) } else { ("brings besides", &s, &p) };
        let what: Vec<String> = of
            .names
            .difference(&other.names)
            .map(|name| match other.failing.get(name) {
                Some(state) if case == LACKING => format!("{name} ({state})"),
                Some(_) | None => (*name).to_owned(),
            })
            .collect();
        Wording::new(format!("the {kind} {name} in {region} {verb} {}", what.join(", "))).with(
            "Associations (APPLICATION)",
            p.text(),
            s.text(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};

    fn association(id: &str, state: &str) -> ApplicationAssociation {
        ApplicationAssociation {
            associated_resource_id: id.to_owned(),
            associated_resource_type: "APPLICATION".to_owned(),
            state: state.to_owned(),
            ..ApplicationAssociation::default()
        }
    }

    /// The applications of `power-bundle` on a side.
    fn bundle(fixture: &mut Fixture, on: On) -> &mut Vec<ApplicationAssociation> {
        let id = if on == On::Primary { "wsb-ppower" } else { "wsb-spower" };
        fixture.side(on).bundle_applications.get_mut(id).expect("it has some").items_mut()
    }

    /// The applications of `power-image` on a side.
    fn image(fixture: &mut Fixture, on: On) -> &mut Vec<ApplicationAssociation> {
        let id = if on == On::Primary { "wsi-ppower" } else { "wsi-spower" };
        fixture.side(on).image_applications.get_mut(id).expect("it has some").items_mut()
    }

    fn lacking() -> Fixture {
        let mut fixture = Fixture::clean();
        bundle(&mut fixture, On::Standby).clear();
        fixture
    }

    #[test]
    fn passes_where_both_bring_the_same_by_name() {
        assert_eq!(Fixture::clean().verdicts(&ApplicationsDiffer), (4, vec![]));
        // What is on its way is as good as there; what is going, or never came, is not.
        let mut fixture = Fixture::clean();
        bundle(&mut fixture, On::Standby)[0].state = "INSTALLING".to_owned();
        bundle(&mut fixture, On::Standby).push(association("wsa-soffice", "REMOVED"));
        bundle(&mut fixture, On::Primary).push(association("wsa-poffice", "ERROR"));
        assert_eq!(fixture.verdicts(&ApplicationsDiffer), (4, vec![]));
    }

    #[test]
    fn fails_where_the_standby_lacks_one() {
        let mut fixture = lacking();
        assert_eq!(fixture.verdicts(&ApplicationsDiffer), (3, vec!["lacking power-bundle".to_owned()]));
        let words = fixture.words(&ApplicationsDiffer);
        assert_eq!(words.message, "the bundle power-bundle in us-west-2 lacks Drawing Tools");
        assert_eq!((&*words.drift[0].primary, &*words.drift[0].standby), ("Drawing Tools", "none"));
        let run = fixture.run(&[&ApplicationsDiffer]);
        assert_eq!((run.pairs[0].readiness.degraded, run.pairs[0].readiness.ready), (1, 2));
        bundle(&mut fixture, On::Standby).push(association("wsa-sdrawing", "ERROR"));
        assert_eq!(
            fixture.words(&ApplicationsDiffer).message,
            "the bundle power-bundle in us-west-2 lacks Drawing Tools (ERROR)"
        );
    }

    #[test]
    fn an_image_is_judged_like_a_bundle_and_a_stale_one_is_the_cause() {
        let mut fixture = Fixture::clean();
        image(&mut fixture, On::Standby).clear();
        assert_eq!(fixture.verdicts(&ApplicationsDiffer), (3, vec!["lacking power-image".to_owned()]));
        assert_eq!(fixture.words(&ApplicationsDiffer).message, "the image power-image in us-west-2 lacks Office Suite");
        fixture.copied("wsi-spower", Some("us-east-1/wsi-pbefore"));
        let run = fixture.run(&[crate::find("IMG-003").expect("registered"), &ApplicationsDiffer]);
        let roots: Vec<Option<u32>> = run.pairs[0].findings.iter().map(|finding| finding.root).collect();
        assert_eq!(roots, [None, Some(0)]);
    }

    #[test]
    fn what_is_there_besides_degrades_nobody() {
        let mut fixture = Fixture::clean();
        bundle(&mut fixture, On::Primary).clear();
        assert_eq!(fixture.verdicts(&ApplicationsDiffer), (3, vec!["more power-bundle".to_owned()]));
        assert_eq!(
            fixture.words(&ApplicationsDiffer).message,
            "the bundle power-bundle in us-west-2 brings besides Drawing Tools"
        );
        assert_eq!(fixture.run(&[&ApplicationsDiffer]).pairs[0].readiness.ready, 3);
    }

    #[test]
    fn what_has_no_name_or_no_known_state_is_no_pass_and_hides_nothing_that_is_sure() {
        let subject = Subject::Bundle { p: 1, s: 1 };
        for (id, state, why) in [("wsa-selse", "COMPLETED", NO_NAME), ("wsa-soffice", "DREAMING", NO_STATE)] {
            let mut fixture = Fixture::clean();
            bundle(&mut fixture, On::Standby).push(association(id, state));
            assert_eq!(fixture.judge(&ApplicationsDiffer).unknowns(), [(subject, why)]);
            // The nameless one may be what is lacking.
            bundle(&mut fixture, On::Standby).remove(0);
            assert_eq!(fixture.judge(&ApplicationsDiffer).unknowns(), [(subject, why)]);
        }
        let mut fixture = lacking();
        bundle(&mut fixture, On::Primary).push(association("wsa-pelse", "COMPLETED"));
        assert_eq!(fixture.verdicts(&ApplicationsDiffer).1, ["lacking power-bundle"]);
        // What is associated and is no application is not compared.
        let mut fixture = Fixture::clean();
        let other = ApplicationAssociation { associated_resource_type: "OTHER".to_owned(), ..association("x", "") };
        bundle(&mut fixture, On::Standby).push(other);
        assert_eq!(fixture.verdicts(&ApplicationsDiffer), (4, vec![]));
    }

    #[test]
    fn an_image_that_no_bundle_rests_on_is_not_asked_for() {
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).bundles.items_mut()[1].image_id = "wsi-sstandard".to_owned();
        fixture.side(On::Standby).image_applications.remove("wsi-spower");
        assert_eq!(fixture.verdicts(&ApplicationsDiffer), (3, vec![]));
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).image_applications.remove("wsi-spower");
        let sheet = fixture.judge(&ApplicationsDiffer);
        assert_eq!(sheet.unknowns(), [(Subject::Image { p: 1, s: 1 }, Unknown::Gap(Estate::NOT_COLLECTED))]);
    }

    #[test]
    fn does_not_apply_where_nothing_is_paired() {
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).bundles.items_mut().clear();
        fixture.side(On::Standby).images.items_mut().clear();
        assert_eq!(fixture.judge(&ApplicationsDiffer).reasons(), [NONE_PAIRED]);
    }

    #[test]
    fn gaps_are_no_passes() {
        let mut more = Fixture::clean();
        bundle(&mut more, On::Primary).clear();
        for fixture in [Fixture::clean(), lacking(), more] {
            fixture.assert_gaps_are_no_passes(&ApplicationsDiffer);
        }
    }
}
