//! QTA-003: what a standby Region must have besides desktops should not be about to reach its quota.
//!
//! It counts images, bundles, connection aliases and IP access control groups of the account; what is inside them has quotas that it does
//! not look at.

use super::room::{granted, told};
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::accounts::account_of_side;
use crate::model::alias::ConnectionAlias;
use crate::model::quota::CATALOGUE;
use crate::model::{Dataset, GapId, PairView, Slice, Subject};
use crate::rule::{Rule, Sheet, Wording};

/// QTA-003 quota-near-limit.
pub(super) struct QuotaNearLimit;

static META: Meta = Meta {
    id: "QTA-003",
    name: "quota-near-limit",
    area: Area::Quotas,
    summary: "images, bundles, connection aliases or IP access control groups of the standby Region are near their quota",
    cases: &[Case { key: "near", severity: Severity::Low, effect: Effect::None, uncounted: false }],
    reach: Reach::Pair,
    implies: &[],
    needs: &[
        Dataset::Quotas,
        Dataset::DefaultQuotas,
        Dataset::Images,
        Dataset::Bundles,
        Dataset::Aliases,
        Dataset::IpGroups,
    ],
    controls: &[
        controls::REL13_BP02,
        controls::EUCREL05,
        controls::CP_2,
        controls::CP_7,
        controls::A_8_14,
        controls::ARTICLE_12,
    ],
    remedy: "Delete what nobody needs in the standby Region, or ask for a higher quota where AWS grants one.",
    options: &[],
    doc: include_str!("quota_near_limit.md"),
};

/// Of a hundred, as many as are near the end.
const NEAR: u128 = 90;

/// How many there are, and what may hide more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Used {
    /// So many surely are the account's own.
    least: u64,
    /// Of those that were read, so many may be.
    most: u64,
    /// Why it is not told whose the others are.
    whose: Option<GapId>,
    /// What hides those that were not read.
    hidden: Option<GapId>,
}

impl Used {
    fn of<T>(list: &Slice<T>) -> Self {
        let count = list.items().len() as u64;
        Self { least: count, most: count, whose: None, hidden: list.gap() }
    }

    /// The aliases that are this account's own: those that others share with it count towards theirs.
    fn of_aliases(list: &Slice<ConnectionAlias>, account: Result<&str, GapId>) -> Self {
        let owners = || list.items().iter().map(|alias| alias.owner_account_id.as_str());
        let owned = |own: &[&str]| owners().filter(|owner| own.contains(owner)).count() as u64;
        let (least, most) = match account {
            Ok(account) => (owned(&["", account]), owned(&["", account])),
            Err(_) => (owned(&[""]), owners().count() as u64),
        };
        Self { least, most, whose: account.err(), hidden: list.gap() }
    }
}

/// Whether so many are near this quota.
const fn is_near(used: u64, quota: u64) -> bool {
    used as u128 * 100 >= quota as u128 * NEAR
}

/// How much is used of each of [`CATALOGUE`].
fn used(pair: &PairView<'_>) -> [Used; 4] {
    let side = pair.standby;
    [
        Used::of(&side.images),
        Used::of(&side.bundles),
        Used::of_aliases(&side.aliases, account_of_side(side)),
        Used::of(&side.ip_groups),
    ]
}

impl Rule for QuotaNearLimit {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        for (at, (used, watched)) in used(pair).into_iter().zip(CATALOGUE).enumerate() {
            let subject = Subject::Quota(at as u8);
            match (granted(pair, watched), used.hidden) {
                (Err(why), _) => sheet.unknown(subject, why),
                (Ok((quota, _)), _) if is_near(used.least, quota) => sheet.fail(subject, 0),
                (Ok(_), Some(gap)) => sheet.unknown(subject, gap),
                (Ok((quota, _)), None) => match used.whose {
                    Some(gap) if is_near(used.most, quota) => sheet.unknown(subject, gap),
                    Some(_) | None => sheet.pass(),
                },
            }
        }
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, _: usize) -> Wording {
        let Subject::Quota(at) = subject else { return Wording::new(META.summary) };
        let (watched, used) = (CATALOGUE[usize::from(at)], used(pair)[usize::from(at)]);
        let what = ["images", "bundles", "connection aliases", "IP access control groups"][usize::from(at)];
        let there = &pair.settings.standby.region;
        let quota = granted(pair, watched).map_or_else(|_| "not known".to_owned(), |(value, _)| value.to_string());
        Wording::new(format!("{there} has {} {what}, and {}", used.least, told(pair, watched))).with(
            format!("Value of {}", watched.code),
            format!("{} in use", used.least),
            quota,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::Unknown;

    fn fails(fixture: &Fixture) -> Vec<String> {
        fixture.verdicts(&QuotaNearLimit).1
    }

    #[test]
    fn passes_where_there_is_room() {
        assert_eq!(Fixture::clean().verdicts(&QuotaNearLimit), (4, vec![]));
    }

    #[test]
    fn fails_from_nine_in_ten_on() {
        // The clean estate has two images, two bundles, an alias and a group.
        for (at, name, used) in
            [(0, "Images", 2), (1, "Bundles", 2), (2, "Connection aliases", 1), (3, "IP access control groups", 1)]
        {
            let mut fixture = Fixture::clean();
            for (quota, near) in [(used, true), (used - 1, true), (0, true), (used + 1, false)] {
                fixture.grant(CATALOGUE[at], quota);
                let wanted: Vec<String> = near.then(|| format!("near {name}")).into_iter().collect();
                assert_eq!(fails(&fixture), wanted, "{quota}");
            }
        }
        assert!(is_near(36, 40) && !is_near(35, 40));
        assert!(is_near(9, 10) && !is_near(8, 10));
    }

    #[test]
    fn what_it_says_tells_a_default_from_what_was_granted() {
        let mut fixture = Fixture::clean();
        fixture.grant(CATALOGUE[0], 2);
        let words = fixture.words(&QuotaNearLimit);
        assert_eq!(words.message, "us-west-2 has 2 images, and the quota is 2");
        assert_eq!((words.drift[0].primary.as_str(), words.drift[0].standby.as_str()), ("2 in use", "2"));
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).default_quotas.items_mut()[0].value = Some(2);
        let message = fixture.words(&QuotaNearLimit).message;
        assert_eq!(message, "us-west-2 has 2 bundles, and no more than the default of 2 is known to be granted");
        assert_eq!(fixture.run(&[&QuotaNearLimit]).pairs[0].readiness.ready, 3, "nobody is worse off");
    }

    #[test]
    fn aliases_of_others_count_towards_theirs() {
        let mut fixture = Fixture::clean();
        fixture.grant(CATALOGUE[2], 2);
        let alias = fixture.side(On::Standby).aliases.items()[0].clone();
        let shared = ConnectionAlias { owner_account_id: "999988887777".to_owned(), ..alias };
        fixture.side(On::Standby).aliases.items_mut().push(shared);
        assert_eq!(fails(&fixture), Vec::<String>::new());
        let gap = fixture.gap("sts", "GetCallerIdentity");
        fixture.side(On::Standby).account = Err(gap);
        assert_eq!(fixture.judge(&QuotaNearLimit).unknowns(), [(Subject::Quota(2), Unknown::Gap(gap))]);
        // Where all of them together are far from it, it does not matter whose they are.
        fixture.grant(CATALOGUE[2], 20);
        assert_eq!(fixture.verdicts(&QuotaNearLimit), (4, vec![]));
    }

    #[test]
    fn denied_calls_are_named() {
        Fixture::clean().assert_gaps_are_no_passes(&QuotaNearLimit);
        let mut fixture = Fixture::clean();
        fixture.grant(CATALOGUE[0], 2);
        fixture.grant(CATALOGUE[3], 1);
        fixture.assert_gaps_are_no_passes(&QuotaNearLimit);
    }
}
