//! IMG-005: an image and its counterpart must be shared with the same accounts. It cannot see what those accounts made of the image.

use super::in_use::{both, none_compared, paired_images};
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::accounts::OwnAccounts;
use crate::model::image::{Bundle, Image};
use crate::model::pairing::STANDBY_BUNDLE;
use crate::model::{Dataset, GapId, PairView, Subject};
use crate::rule::{Rule, Sheet, Wording};
use std::collections::BTreeSet;

/// IMG-005 image-permissions-differ.
pub(super) struct ImagePermissionsDiffer;

static META: Meta = Meta {
    id: "IMG-005",
    name: "image-permissions-differ",
    area: Area::Images,
    summary: "an image that desktops rest on and its counterpart are shared with different accounts",
    cases: &[Case { key: "differ", severity: Severity::Low, effect: Effect::None, uncounted: false }],
    reach: Reach::Desktop,
    implies: &[],
    needs: &[
        Dataset::Images,
        Dataset::ImagePermissions,
        Dataset::Bundles,
        Dataset::Workspaces,
        Dataset::Registrations,
        Dataset::Aliases,
        Dataset::ResourceTags,
    ],
    controls: &[controls::REL13_BP04, controls::CM_6, controls::A_5_29],
    remedy: "Share the standby image with the accounts that the primary's is shared with, and with no other.",
    options: &[],
    doc: include_str!("image_permissions_differ.md"),
};

/// What is said where no standby bundle rests on any counterpart.
const NONE_BUNDLED: &str = "no image in use has a counterpart on which a bundle of the standby Region rests";

/// With which accounts the two images of a pair are shared, on one side only: the accounts that only the primary's and that only the
/// standby's is shared with. The pair's own accounts are left out: sharing with them is how a copy crosses accounts.
type Difference<'e> = (Vec<&'e str>, Vec<&'e str>);

/// Whether a bundle makes that its image is asked for: one that people made.
fn is_asked_for(bundle: &Bundle, image: &str) -> bool {
    bundle.image_id == image && bundle.bundle_type != STANDBY_BUNDLE
}

/// The difference of two images; `Ok(None)` where nobody asked for the standby's, since no bundle rests on it.
fn difference<'e>(pair: &PairView<'e>, p: &Image, s: &Image) -> Result<Option<Difference<'e>>, GapId> {
    let of_s = match pair.standby.image_permissions.get(&s.image_id) {
        Some(permissions) => permissions.whole()?,
        None if pair.standby.bundles.find(|bundle| is_asked_for(bundle, &s.image_id))?.is_none() => return Ok(None),
        None => pair.standby.image_permissions_of(&s.image_id)?,
    };
    let of_p = pair.primary.image_permissions_of(&p.image_id)?;
    let accounts = |list: &'e [crate::model::image::ImagePermission]| -> BTreeSet<&'e str> {
        list.iter().map(|permission| permission.shared_account_id.as_str()).collect()
    };
    let (of_p, of_s) = (accounts(of_p), accounts(of_s));
    let own = OwnAccounts::of(pair);
    let lacks = own.strangers(of_p.difference(&of_s).copied())?;
    let adds = own.strangers(of_s.difference(&of_p).copied())?;
    Ok(Some((lacks, adds)))
}

impl Rule for ImagePermissionsDiffer {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let mut unbundled = 0;
        for images in paired_images(pair, sheet) {
            match difference(pair, images.primary, images.standby) {
                Ok(Some((lacks, adds))) if lacks.is_empty() && adds.is_empty() => sheet.pass(),
                Ok(Some(_)) => sheet.fail(images.subject, 0),
                Ok(None) => unbundled += 1,
                Err(gap) => sheet.unknown(images.subject, gap),
            }
        }
        if sheet.is_empty() && unbundled > 0 {
            sheet.not_applicable(NONE_BUNDLED);
        }
        none_compared(pair, sheet);
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, _: usize) -> Wording {
        let region = &pair.settings.standby.region;
        let found = both(pair, subject);
        let difference = found.and_then(|(p, s)| difference(pair, p, s).ok().flatten());
        let Some(((_, standby), (lacks, adds))) = found.zip(difference) else {
            return Wording::new(format!("an image in {region} is shared with other accounts"));
        };
        let mut what: Vec<String> = Vec::new();
        if !lacks.is_empty() {
            what.push(format!("is not shared with {}", lacks.join(", ")));
        }
        if !adds.is_empty() {
            what.push(format!("is shared with {} besides", adds.join(", ")));
        }
        let only = |accounts: &[&str]| if accounts.is_empty() { "none".to_owned() } else { accounts.join(", ") };
        Wording::new(format!("the image {} in {region} {}", standby.name, what.join(" and "))).with(
            "ImagePermissions.SharedAccountId (on one side only)",
            only(&lacks),
            only(&adds),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::images::in_use::NONE_PAIRED;
    use crate::model::image::ImagePermission;
    use crate::model::{Estate, Unknown};

    fn shared(fixture: &mut Fixture, on: On, image: &str, accounts: &[&str]) {
        let permission = |account: &&str| ImagePermission { shared_account_id: (*account).to_owned() };
        let list = fixture.side(on).image_permissions.get_mut(image).expect("an image in use");
        *list.items_mut() = accounts.iter().map(permission).collect();
    }

    fn differing() -> Fixture {
        let mut fixture = Fixture::clean();
        shared(&mut fixture, On::Primary, "wsi-ppower", &["777788889999", "555566667777"]);
        shared(&mut fixture, On::Standby, "wsi-spower", &["444455556666", "777788889999"]);
        fixture
    }

    #[test]
    fn passes_where_both_are_shared_alike() {
        assert_eq!(Fixture::clean().verdicts(&ImagePermissionsDiffer), (2, vec![]));
        let mut fixture = Fixture::clean();
        shared(&mut fixture, On::Primary, "wsi-ppower", &[]);
        shared(&mut fixture, On::Standby, "wsi-spower", &[]);
        assert_eq!(fixture.verdicts(&ImagePermissionsDiffer), (2, vec![]));
    }

    #[test]
    fn fails_where_they_are_not_and_reaches_nobody() {
        let fixture = differing();
        assert_eq!(fixture.verdicts(&ImagePermissionsDiffer), (1, vec!["differ power-image".to_owned()]));
        let words = fixture.words(&ImagePermissionsDiffer);
        assert_eq!(
            words.message,
            "the image power-image in us-west-2 is not shared with 555566667777 and is shared with 444455556666 besides"
        );
        assert_eq!((&*words.drift[0].primary, &*words.drift[0].standby), ("555566667777", "444455556666"));
        assert_eq!(fixture.run(&[&ImagePermissionsDiffer]).pairs[0].readiness.ready, 3);
    }

    #[test]
    fn the_pairs_own_accounts_are_expected() {
        // The standby Region is another account's: the primary image is shared with it, so that it can be copied there.
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).account = Ok("444455556666".to_owned());
        shared(&mut fixture, On::Primary, "wsi-ppower", &["777788889999", "444455556666"]);
        assert_eq!(fixture.verdicts(&ImagePermissionsDiffer), (2, vec![]));
        let gap = fixture.gap("sts", "GetCallerIdentity");
        fixture.side(On::Standby).account = Err(gap);
        let sheet = fixture.judge(&ImagePermissionsDiffer);
        assert_eq!(sheet.unknowns(), [(Subject::Image { p: 1, s: 1 }, Unknown::Gap(gap))]);
    }

    #[test]
    fn an_image_that_no_bundle_rests_on_is_not_asked_for() {
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).bundles.items_mut().pop();
        fixture.side(On::Standby).image_permissions.remove("wsi-spower");
        assert_eq!(fixture.verdicts(&ImagePermissionsDiffer), (1, vec![]));
        let standby = fixture.side(On::Standby);
        standby.bundles.items_mut().clear();
        standby.image_permissions.clear();
        assert_eq!(fixture.judge(&ImagePermissionsDiffer).reasons(), [NONE_BUNDLED]);
        // One that a bundle rests on should have been.
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).image_permissions.remove("wsi-spower");
        let sheet = fixture.judge(&ImagePermissionsDiffer);
        assert_eq!(sheet.unknowns(), [(Subject::Image { p: 1, s: 1 }, Unknown::Gap(Estate::NOT_COLLECTED))]);
    }

    #[test]
    fn a_missing_counterpart_is_another_rules_matter() {
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).images.items_mut().clear();
        assert_eq!(fixture.judge(&ImagePermissionsDiffer).reasons(), [NONE_PAIRED]);
    }

    #[test]
    fn gaps_are_no_passes() {
        Fixture::clean().assert_gaps_are_no_passes(&ImagePermissionsDiffer);
        differing().assert_gaps_are_no_passes(&ImagePermissionsDiffer);
    }
}
