//! QTA-001: the standby Region's quota must hold the desktops that stand there and those that are still to be made there.
//!
//! It counts what all pairs of the configuration still have to make in that account and Region. What AWS really has of the hardware, no
//! quota tells.

use super::room::{About, NEEDS, room, still_to_make, told};
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::missing::{Missing, NOBODY_MISSING};
use crate::model::quota::{STANDBY_WORKSPACES, WORKSPACES, Watched};
use crate::model::stock::all;
use crate::model::{PairView, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};
use crate::workspaces::option;

/// QTA-001 workspaces-quota.
pub(super) struct WorkspacesQuota;

static META: Meta = Meta {
    id: "QTA-001",
    name: "workspaces-quota",
    area: Area::Quotas,
    summary: "the standby Region's quota of WorkSpaces does not hold the desktops that are still to be made there",
    cases: &[Case { key: "too-small", severity: Severity::Critical, effect: Effect::Strands, uncounted: false }],
    reach: Reach::Desktop,
    implies: &["WSP-001"],
    needs: NEEDS,
    controls: &[
        controls::REL13_BP02,
        controls::EUCREL02,
        controls::CP_2,
        controls::CP_7,
        controls::A_8_14,
        controls::A1_2,
        controls::ARTICLE_11,
        controls::ARTICLE_12,
    ],
    remedy: "Ask for a higher quota in the standby Region (`aws service-quotas request-service-quota-increase --service-code workspaces`) and make the missing desktops once it is granted.",
    options: &[(
        PLANNED,
        "`true`: the missing desktops are to be standby WorkSpaces, which have a quota of their own; otherwise ordinary WorkSpaces.",
    )],
    doc: include_str!("workspaces_quota.md"),
};

const PLANNED: &str = "standby_workspaces";

const BAD_OPTION: Unknown =
    Unknown::Undetermined("the option `standby_workspaces` of QTA-001 cannot be read: it is `true` or `false`");
const BOTH_KINDS: Unknown = Unknown::Undetermined(
    "the quota has room for the missing desktops only if standby WorkSpaces, which have a quota of their own, do not count towards the \
     quota of WorkSpaces too: AWS does not say",
);

/// The quota that the missing desktops will need.
fn watched(pair: &PairView<'_>) -> Result<Watched, Unknown> {
    let planned = option::flag(pair, META.id, PLANNED).map_err(|option::Unreadable| BAD_OPTION)?;
    Ok(if planned { STANDBY_WORKSPACES } else { WORKSPACES })
}

/// The desktops there that count towards a quota.
fn standing(pair: &PairView<'_>, watched: Watched) -> About {
    let stock = pair.stock();
    let standing = if watched == STANDBY_WORKSPACES {
        About::exactly(all(&stock.standby))
    } else {
        About::exactly(all(&stock.ordinary)).perhaps(all(&stock.standby), BOTH_KINDS)
    };
    standing.open(pair.standby.workspaces.gap().map(Unknown::Gap))
}

/// What other pairs will take.
fn of_others(pair: &PairView<'_>) -> About {
    let stock = pair.stock();
    let about = About::exactly(all(&stock.missing_of_others));
    match stock.doubt {
        Some(why) => about.perhaps(all(&stock.perhaps_of_others), why).open(Some(why).filter(|_| stock.open)),
        None => about,
    }
}

impl Rule for WorkspacesQuota {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let missing = Missing::of(pair, |_| true);
        if missing.is_empty() {
            return sheet.not_applicable(NOBODY_MISSING);
        }
        match watched(pair) {
            Ok(watched) => {
                missing.weigh(sheet, room(pair, watched, standing(pair, watched).and(of_others(pair))), 0);
            }
            Err(why) => missing.cannot_tell(sheet, why),
        }
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, _: usize) -> Wording {
        let names = subject.names(pair);
        let there = &pair.settings.standby.region;
        let watched = watched(pair).unwrap_or(WORKSPACES);
        let stock = pair.stock();
        let (ours, others) = (all(&stock.missing), all(&stock.missing_of_others));
        let standing = standing(pair, watched).least;
        let what = if watched == STANDBY_WORKSPACES { "standby WorkSpaces" } else { "WorkSpaces" };
        Wording::new(format!(
            "{} has no desktop in {there}, where {standing} {what} stand and {}: {}",
            names.name,
            still_to_make(ours, others, &stock.others),
            told(pair, watched)
        ))
        .with(
            format!("Value of {}", watched.code),
            format!("{} needed", standing + ours + others),
            super::room::granted(pair, watched).map_or_else(|_| "not known".to_owned(), |(value, _)| value.to_string()),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::Slice;
    use crate::model::workspace::{Extra, Related};
    use crate::readiness::State;
    use crate::workspaces;

    /// Bert and Carla have no standby desktop, Anna has one, and the quota is this.
    fn with_quota(value: u64) -> Fixture {
        let mut fixture = Fixture::clean();
        fixture.remove_desktop(On::Standby, "bert");
        fixture.remove_desktop(On::Standby, "carla");
        fixture.grant(WORKSPACES, value);
        fixture
    }

    fn planned(fixture: &mut Fixture, value: serde_json::Value) {
        fixture.estate.settings.rules.entry(META.id.to_owned()).or_default().options.insert(PLANNED.to_owned(), value);
    }

    /// Makes Anna's standby desktop a standby WorkSpace.
    fn related(fixture: &mut Fixture) {
        let related = Related { r#type: "PRIMARY".to_owned(), ..Related::default() };
        let extra = Extra { related_workspaces: vec![related], ..Extra::default() };
        let extra = fixture.side(On::Standby).extras.keep(extra);
        fixture.desktop(On::Standby, "anna").extra = extra;
    }

    #[test]
    fn passes_where_all_of_them_fit() {
        for value in [3, 4, 1000] {
            assert_eq!(with_quota(value).verdicts(&WorkspacesQuota), (2, vec![]), "{value}");
        }
    }

    #[test]
    fn fails_for_those_without_a_desktop_and_nobody_else() {
        for value in [0, 1, 2] {
            let fixture = with_quota(value);
            let fails = ["too-small bert".to_owned(), "too-small carla".to_owned()];
            assert_eq!(fixture.verdicts(&WorkspacesQuota), (0, fails.into()), "{value}");
        }
        let fixture = with_quota(2);
        let words = fixture.words(&WorkspacesQuota);
        assert_eq!(
            words.message,
            "bert has no desktop in us-west-2, where 1 WorkSpaces stand and 2 are still to be made: the quota is 2"
        );
        assert_eq!((words.drift[0].primary.as_str(), words.drift[0].standby.as_str()), ("3 needed", "2"));
        let run = fixture.run(&[&WorkspacesQuota]);
        let readiness = &run.pairs[0].readiness;
        assert_eq!((readiness.ready, readiness.stranded), (1, 2));
        assert_eq!(readiness.states[0], State::Ready, "anna has her desktop already");
    }

    #[test]
    fn a_default_that_is_too_small_fails_as_what_it_is() {
        let mut fixture = with_quota(0);
        let side = fixture.side(On::Standby);
        let mut quota = side.quotas.items_mut().pop().expect("the one that was granted");
        quota.value = Some(1);
        side.default_quotas.items_mut().push(quota);
        assert_eq!(fixture.verdicts(&WorkspacesQuota).1.len(), 2);
        let message = fixture.words(&WorkspacesQuota).message;
        assert!(message.ends_with(": no more than the default of 1 is known to be granted"), "{message}");
    }

    #[test]
    fn other_pairs_that_fail_over_there_need_room_too() {
        // The other pair's bert and carla have none either: two of ours, two of theirs, and anna's that stands there.
        for (value, passes) in [(5, 2), (4, 0)] {
            let mut fixture = with_quota(value);
            fixture.add_pair("labs", "eu-west-1");
            assert_eq!(fixture.verdicts(&WorkspacesQuota).0, passes, "{value}");
        }
        let mut fixture = with_quota(4);
        fixture.add_pair("labs", "eu-west-1");
        assert_eq!(
            fixture.words(&WorkspacesQuota).message,
            "bert has no desktop in us-west-2, where 1 WorkSpaces stand and 4 are still to be made, 2 of them of the pair labs: the quota \
             is 4"
        );
        // What was not read of the other pair may be any number, and does not unmake a fail.
        let gap = fixture.gap("workspaces", "DescribeWorkspaces");
        let at = fixture.estate.pairs[1].primary as usize;
        fixture.estate.sides[at].workspaces = Slice::cut(Vec::new(), gap);
        let sheet = fixture.judge(&WorkspacesQuota);
        assert!(matches!(sheet.unknowns(), [(_, why), _] if *why == Unknown::Gap(gap)), "{sheet:?}");
        fixture.grant(WORKSPACES, 2);
        assert_eq!(fixture.verdicts(&WorkspacesQuota).1.len(), 2);
    }

    #[test]
    fn standby_workspaces_have_a_quota_of_their_own() {
        let mut fixture = with_quota(0);
        related(&mut fixture);
        planned(&mut fixture, true.into());
        for (value, passes) in [(3, 2), (2, 0)] {
            fixture.grant(STANDBY_WORKSPACES, value);
            assert_eq!(fixture.verdicts(&WorkspacesQuota).0, passes, "{value}");
        }
        let message = fixture.words(&WorkspacesQuota).message;
        assert!(
            message.contains("where 1 standby WorkSpaces stand and 2 are still to be made: the quota is 2"),
            "{message}"
        );
        planned(&mut fixture, "yes".into());
        assert!(fixture.judge(&WorkspacesQuota).unknowns().iter().all(|(_, why)| *why == BAD_OPTION));
    }

    #[test]
    fn where_it_matters_whether_standby_workspaces_count_twice_there_is_no_verdict() {
        let mut fixture = with_quota(2);
        related(&mut fixture);
        let sheet = fixture.judge(&WorkspacesQuota);
        assert!(matches!(sheet.unknowns(), [(_, why), _] if *why == BOTH_KINDS), "{sheet:?}");
        fixture.grant(WORKSPACES, 3);
        assert_eq!(fixture.verdicts(&WorkspacesQuota).0, 2);
        fixture.grant(WORKSPACES, 1);
        assert_eq!(fixture.verdicts(&WorkspacesQuota).1.len(), 2);
    }

    #[test]
    fn what_is_not_told_is_no_room() {
        let mut absent = with_quota(900);
        absent.side(On::Standby).quotas.items_mut().clear();
        let mut untold = with_quota(900);
        untold.side(On::Standby).quotas.items_mut().iter_mut().for_each(|quota| quota.value = None);
        for fixture in [absent, untold] {
            let sheet = fixture.judge(&WorkspacesQuota);
            assert_eq!((sheet.passes(), sheet.fails().len()), (0, 0));
            assert!(matches!(sheet.unknowns(), [(_, Unknown::Undetermined(_)), _]), "{sheet:?}");
        }
    }

    #[test]
    fn does_not_apply_where_nobody_is_missing() {
        assert_eq!(Fixture::clean().judge(&WorkspacesQuota).reasons(), [NOBODY_MISSING]);
    }

    #[test]
    fn the_missing_desktop_is_its_consequence() {
        let fixture = with_quota(1);
        let run = fixture.run(&[&WorkspacesQuota, workspaces::RULES[0]]);
        let findings = &run.pairs[0].findings;
        assert!(findings.iter().all(|finding| (finding.rule == 1) == finding.root.is_some()), "{findings:?}");
    }

    #[test]
    fn denied_calls_are_named() {
        for fixture in [with_quota(1000), with_quota(2), with_quota(0)] {
            fixture.assert_gaps_are_no_passes(&WorkspacesQuota);
        }
    }
}
