//! ALS-002: the connection alias must be there for good, neither still being made nor on its way out. It cannot see how long either lasts.

use super::{NO_ALIAS, places};
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::{Dataset, PairView, Side, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};

/// ALS-002 alias-not-created.
pub(super) struct AliasNotCreated;

static META: Meta = Meta {
    id: "ALS-002",
    name: "alias-not-created",
    area: Area::Aliases,
    summary: "the connection alias is still being created in one of the Regions, or is being deleted",
    cases: &[Case { key: "not-created", severity: Severity::Critical, effect: Effect::Strands, uncounted: false }],
    reach: Reach::Pair,
    // Only an alias that is CREATED can be associated, and only one without an association can be deleted.
    implies: &["ALS-003", "DNS-002"],
    needs: &[Dataset::Aliases],
    controls: &[controls::REL13_BP02, controls::EUCREL02, controls::CP_10, controls::A_5_30, controls::ARTICLE_11],
    remedy: "Wait until an alias that is CREATING is CREATED, then associate it. One that is DELETING must be created anew by the account that \
             owns the connection string.",
    options: &[],
    doc: include_str!("alias_not_created.md"),
};

const NO_STATE: Unknown = Unknown::Undetermined(
    "the connection alias's state is missing from the answer, or is one that this version does not know",
);

/// Whether an alias in this state is there for good; `None` where it is not told.
fn is_created(state: &str) -> Option<bool> {
    match state {
        "CREATED" => Some(true),
        "CREATING" | "DELETING" => Some(false),
        _ => None,
    }
}

/// The state of a side's alias.
fn state<'e>(pair: &PairView<'e>, side: &'e Side) -> Option<&'e str> {
    pair.alias(side).ok().flatten().map(|alias| alias.state.as_str())
}

impl Rule for AliasNotCreated {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let mut unready = false;
        for (side, _) in places(pair) {
            match pair.alias(side).map(|alias| alias.map(|alias| is_created(&alias.state))) {
                Err(gap) => sheet.unknown(Subject::Alias, gap),
                Ok(None) => {}
                Ok(Some(Some(true))) => sheet.pass(),
                Ok(Some(Some(false))) => unready = true,
                Ok(Some(None)) => sheet.unknown(Subject::Alias, NO_STATE),
            }
        }
        // One alias is one subject, whether one Region's is unready or both are.
        if unready {
            sheet.fail(Subject::Alias, 0);
        } else if sheet.is_empty() {
            sheet.not_applicable(NO_ALIAS);
        }
    }

    fn word(&self, pair: &PairView<'_>, _: Subject, _: usize) -> Wording {
        let unready: Vec<String> = places(pair)
            .into_iter()
            .filter_map(|(side, settings)| Some((state(pair, side)?, settings)))
            .filter(|(state, _)| is_created(state) == Some(false))
            .map(|(state, settings)| format!("{state} in {}", settings.region))
            .collect();
        let [primary, standby] = places(pair).map(|(side, _)| match pair.alias(side) {
            Err(_) => "not read",
            Ok(None) => "absent",
            Ok(Some(alias)) => &alias.state,
        });
        Wording::new(format!("the connection alias {} is {}", pair.settings.alias, unready.join(" and ")))
            .with("State", primary, standby)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};

    fn in_states(primary: &str, standby: &str) -> Fixture {
        let mut fixture = Fixture::clean();
        for (on, state) in [(On::Primary, primary), (On::Standby, standby)] {
            fixture.side(on).aliases.items_mut()[0].state = state.to_owned();
        }
        fixture
    }

    #[test]
    fn passes_where_both_are_created() {
        assert_eq!(Fixture::clean().verdicts(&AliasNotCreated), (2, vec![]));
    }

    #[test]
    fn fails_where_one_is_being_made_or_deleted() {
        let fixture = in_states("CREATED", "CREATING");
        assert_eq!(fixture.verdicts(&AliasNotCreated), (1, vec!["not-created desktop.corp.example".to_owned()]));
        let words = fixture.words(&AliasNotCreated);
        assert_eq!(words.message, "the connection alias desktop.corp.example is CREATING in us-west-2");
        assert_eq!((&*words.drift[0].primary, &*words.drift[0].standby), ("CREATED", "CREATING"));
        assert_eq!(fixture.run(&[&AliasNotCreated]).pairs[0].readiness.stranded, 3);
        let both = in_states("DELETING", "CREATING");
        assert_eq!(both.verdicts(&AliasNotCreated), (0, vec!["not-created desktop.corp.example".to_owned()]));
        assert_eq!(
            both.words(&AliasNotCreated).message,
            "the connection alias desktop.corp.example is DELETING in us-east-1 and CREATING in us-west-2"
        );
    }

    #[test]
    fn that_it_leads_nowhere_yet_follows_from_it() {
        let mut fixture = in_states("CREATED", "CREATING");
        fixture.side(On::Standby).aliases.items_mut()[0].associations.clear();
        let run = fixture.run(&[&AliasNotCreated, crate::find("ALS-003").expect("registered")]);
        let roots: Vec<Option<u32>> = run.pairs[0].findings.iter().map(|finding| finding.root).collect();
        assert_eq!(roots, [None, Some(0)]);
    }

    #[test]
    fn a_state_that_is_not_told_or_not_known_is_no_pass() {
        for state in ["", "SLEEPING"] {
            let sheet = in_states("CREATED", state).judge(&AliasNotCreated);
            assert_eq!((sheet.passes(), sheet.unknowns()), (1, &[(Subject::Alias, NO_STATE)][..]));
        }
    }

    #[test]
    fn does_not_apply_without_an_alias() {
        let mut fixture = Fixture::clean();
        for on in [On::Primary, On::Standby] {
            fixture.side(on).aliases.items_mut().clear();
        }
        assert_eq!(fixture.judge(&AliasNotCreated).reasons(), [NO_ALIAS]);
    }

    #[test]
    fn gaps_are_no_passes() {
        Fixture::clean().assert_gaps_are_no_passes(&AliasNotCreated);
        in_states("CREATED", "DELETING").assert_gaps_are_no_passes(&AliasNotCreated);
    }
}
