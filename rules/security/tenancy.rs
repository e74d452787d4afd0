//! SEC-013: desktops that bring their own licences must find dedicated hardware in both Regions.
//!
//! It compares the directories' tenancy and, where the primary's is dedicated, what the account may have in the standby Region. Whether
//! images of one's own licence are there is the images' rules' matter.

use super::compared::{self, ABSENT, Compares, Member, NO_SUCH_VALUE};
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::directory::{AccountSettings, WorkspaceDirectory};
use crate::model::{Dataset, GapId, PairView, Side, Subject};
use crate::registered;
use crate::rule::{Rule, Sheet, Wording};

/// SEC-013 tenancy.
pub(super) struct Tenancy;

/// Positions in the cases.
const DIFFERS: usize = 0;
const NOT_SUPPORTED: usize = 1;

static META: Meta = Meta {
    id: "SEC-013",
    name: "tenancy",
    area: Area::Security,
    summary: "the directories differ in tenancy, or the account may not have dedicated hardware in the standby Region",
    cases: &[
        Case { key: "differs", severity: Severity::High, effect: Effect::Strands, uncounted: false },
        Case { key: "not-supported", severity: Severity::High, effect: Effect::Strands, uncounted: false },
    ],
    reach: Reach::Pair,
    implies: &[],
    needs: &[Dataset::Registrations, Dataset::Aliases, Dataset::Account],
    controls: &[
        controls::REL13_BP02,
        controls::EUCREL02,
        controls::CP_7,
        controls::CM_6,
        controls::A_8_14,
        controls::A1_2,
        controls::ARTICLE_12,
    ],
    remedy: "Register the standby directory anew with the primary's tenancy: no operation changes it afterwards. Dedicated tenancy needs bring \
             your own licence to be enabled for the account in the standby Region first (`aws workspaces modify-account`).",
    options: &[],
    doc: include_str!("tenancy.md"),
};

const NOWHERE: &str = "neither directory tells its tenancy";

/// What the account may have on a side; nothing where the answer was empty.
fn support(side: &Side) -> Result<&str, GapId> {
    let told = side.account_settings.whole()?.first();
    Ok(told.map_or("", |settings: &AccountSettings| settings.dedicated_tenancy_support.as_str()))
}

fn compare(pair: &PairView<'_>, p: &WorkspaceDirectory, s: &WorkspaceDirectory) -> Vec<Member> {
    let (primary, standby) = (p.tenancy.as_str(), s.tenancy.as_str());
    let mut members =
        vec![Member::new("Tenancy", "tenancy", (primary, standby), Compares::word(primary, standby, DIFFERS))];
    // Who shares hardware needs no support for another kind.
    if primary == "DEDICATED" {
        let (here, there) = (support(pair.primary), support(pair.standby));
        let compares = match there {
            Ok("ENABLED") => Compares::Same,
            Ok("DISABLED") => Compares::Differs(NOT_SUPPORTED),
            Ok("") => Compares::Untold(ABSENT),
            Ok(_) => Compares::Untold(NO_SUCH_VALUE),
            Err(gap) => Compares::Untold(gap.into()),
        };
        let told = (here.unwrap_or_default(), there.unwrap_or_default());
        members.push(Member::new("DedicatedTenancySupport", "support", told, compares));
    }
    members
}

impl Rule for Tenancy {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let Some((p, s)) = registered::both(pair, sheet) else { return };
        compared::settle(&META, sheet, &compare(pair, p, s), NOWHERE);
    }

    fn word(&self, pair: &PairView<'_>, _: Subject, case: usize) -> Wording {
        let region = &pair.settings.standby.region;
        let message = if case == DIFFERS {
            format!(
                "the directory in {region} has another tenancy than the primary's: bundles that run in one do not run in the other"
            )
        } else {
            format!(
                "the primary's desktops run on dedicated hardware under licences of one's own, for which the account is not enabled in \
                 {region}"
            )
        };
        compared::wording(message, &compared::of(pair, |p, s| compare(pair, p, s)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::Unknown;
    use crate::registered::NOT_BOTH;

    fn tenancies(primary: &str, standby: &str) -> Fixture {
        let mut fixture = Fixture::clean();
        fixture.registration(On::Primary).tenancy = primary.to_owned();
        fixture.registration(On::Standby).tenancy = standby.to_owned();
        fixture
    }

    /// Both dedicated, and this support in the standby Region.
    fn support(standby: &str) -> Fixture {
        let mut fixture = tenancies("DEDICATED", "DEDICATED");
        fixture.side(On::Standby).account_settings.items_mut()[0].dedicated_tenancy_support = standby.to_owned();
        fixture
    }

    #[test]
    fn passes_for_one_tenancy_that_the_account_may_have() {
        assert_eq!(Fixture::clean().verdicts(&Tenancy), (1, vec![]));
        assert_eq!(support("ENABLED").verdicts(&Tenancy), (1, vec![]));
        let mut shared = support("DISABLED");
        for on in [On::Primary, On::Standby] {
            shared.registration(on).tenancy = "SHARED".to_owned();
        }
        assert_eq!(shared.verdicts(&Tenancy), (1, vec![]), "nobody of the pair needs it");
    }

    #[test]
    fn fails_for_another_tenancy_and_for_an_account_that_may_not() {
        for (primary, standby) in [("DEDICATED", "SHARED"), ("SHARED", "DEDICATED")] {
            let fixture = tenancies(primary, standby);
            assert_eq!(fixture.verdicts(&Tenancy), (0, vec!["differs corp.example".to_owned()]));
            assert_eq!(fixture.run(&[&Tenancy]).pairs[0].readiness.stranded, 3);
            assert_eq!(fixture.words(&Tenancy).drift[0].standby, standby);
        }
        let fixture = support("DISABLED");
        assert_eq!(fixture.verdicts(&Tenancy), (0, vec!["not-supported corp.example".to_owned()]));
        assert_eq!(fixture.run(&[&Tenancy]).pairs[0].readiness.stranded, 3);
        let words = fixture.words(&Tenancy);
        assert!(words.message.ends_with("the account is not enabled in us-west-2"), "{}", words.message);
        let line = &words.drift[0];
        assert_eq!((line.path.as_str(), line.primary.as_str()), ("DedicatedTenancySupport", "ENABLED"));
    }

    #[test]
    fn what_is_not_told_is_not_judged() {
        let sheet = tenancies("", "SHARED").judge(&Tenancy);
        assert_eq!(sheet.unknowns(), [(Subject::Directories, ABSENT)]);
        assert_eq!(support("").judge(&Tenancy).unknowns(), [(Subject::Directories, ABSENT)]);
        assert_eq!(support("MAYBE").judge(&Tenancy).unknowns(), [(Subject::Directories, NO_SUCH_VALUE)]);
        let mut fixture = support("ENABLED");
        let gap = fixture.deny(On::Standby, Dataset::Account);
        assert_eq!(fixture.judge(&Tenancy).unknowns(), [(Subject::Directories, Unknown::Gap(gap))]);
        // Of two reasons the gap is said, which can be put right.
        fixture.registration(On::Standby).tenancy.clear();
        assert_eq!(fixture.judge(&Tenancy).unknowns(), [(Subject::Directories, Unknown::Gap(gap))]);
        assert_eq!(tenancies("", "").judge(&Tenancy).reasons(), [NOWHERE]);
    }

    #[test]
    fn does_not_apply_without_two_directories() {
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).registrations.items_mut().clear();
        assert_eq!(fixture.judge(&Tenancy).reasons(), [NOT_BOTH]);
    }

    #[test]
    fn gaps_are_no_passes() {
        Fixture::clean().assert_gaps_are_no_passes(&Tenancy);
        support("ENABLED").assert_gaps_are_no_passes(&Tenancy);
        support("DISABLED").assert_gaps_are_no_passes(&Tenancy);
        tenancies("DEDICATED", "SHARED").assert_gaps_are_no_passes(&Tenancy);
    }
}
