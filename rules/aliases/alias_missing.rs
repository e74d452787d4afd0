//! ALS-001: the connection alias must exist in both Regions. It is a Regional resource: one Region's says nothing of the other's.

use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::{Dataset, PairView, Side, Subject};
use crate::rule::{Rule, Sheet, Wording};

/// ALS-001 alias-missing.
pub(super) struct AliasMissing;

static META: Meta = Meta {
    id: "ALS-001",
    name: "alias-missing",
    area: Area::Aliases,
    summary: "the connection alias does not exist in one of the Regions",
    cases: &[Case { key: "missing", severity: Severity::Critical, effect: Effect::Strands, uncounted: false }],
    reach: Reach::Pair,
    // A record that names an alias which is gone names no live identifier.
    implies: &["DNS-002"],
    needs: &[Dataset::Aliases],
    controls: &[
        controls::REL13_BP02,
        controls::EUCREL02,
        controls::CP_10,
        controls::A_5_30,
        controls::A1_2,
        controls::ARTICLE_11,
    ],
    remedy: "Create the connection alias in that Region, in the account that owns the connection string, then associate it with the \
             pair's directory there.",
    options: &[],
    doc: include_str!("alias_missing.md"),
};

/// Whether a side surely lacks the alias.
fn lacks<'e>(pair: &PairView<'e>, side: &'e Side) -> bool {
    matches!(pair.alias(side), Ok(None))
}

impl Rule for AliasMissing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let sides = [pair.primary, pair.standby];
        for side in sides {
            match pair.alias(side) {
                Err(gap) => sheet.unknown(Subject::Alias, gap),
                Ok(None) => {}
                Ok(Some(_)) => sheet.pass(),
            }
        }
        // One alias is one subject, whether one Region lacks it or both do.
        if sides.into_iter().any(|side| lacks(pair, side)) {
            sheet.fail(Subject::Alias, 0);
        }
    }

    fn word(&self, pair: &PairView<'_>, _: Subject, _: usize) -> Wording {
        let id = |side| match pair.alias(side) {
            Ok(Some(alias)) => alias.alias_id.clone(),
            Ok(None) => "absent".to_owned(),
            Err(_) => "not read".to_owned(),
        };
        let missing: Vec<&str> = [(pair.primary, &pair.settings.primary), (pair.standby, &pair.settings.standby)]
            .into_iter()
            .filter(|(side, _)| lacks(pair, side))
            .map(|(_, settings)| settings.region.as_str())
            .collect();
        Wording::new(format!("{} has no connection alias in {}", pair.settings.alias, missing.join(" and "))).with(
            "AliasId",
            id(pair.primary),
            id(pair.standby),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::Unknown;

    #[test]
    fn passes_where_both_regions_have_it_however_it_is_spelled() {
        assert_eq!(Fixture::clean().verdicts(&AliasMissing), (2, vec![]));
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).aliases.items_mut()[0].connection_string = "Desktop.CORP.example.".to_owned();
        assert_eq!(fixture.verdicts(&AliasMissing), (2, vec![]));
    }

    #[test]
    fn fails_where_a_region_has_only_another() {
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).aliases.items_mut()[0].connection_string = "other.corp.example".to_owned();
        assert_eq!(fixture.verdicts(&AliasMissing), (1, vec!["missing desktop.corp.example".to_owned()]));
        let words = fixture.words(&AliasMissing);
        assert_eq!(words.message, "desktop.corp.example has no connection alias in us-west-2");
        assert_eq!((&*words.drift[0].primary, &*words.drift[0].standby), ("wsca-palias0", "absent"));
    }

    #[test]
    fn both_regions_lacking_it_is_one_fail() {
        let mut fixture = Fixture::clean();
        for on in [On::Primary, On::Standby] {
            fixture.side(on).aliases.items_mut().clear();
        }
        assert_eq!(fixture.verdicts(&AliasMissing), (0, vec!["missing desktop.corp.example".to_owned()]));
        assert_eq!(
            fixture.words(&AliasMissing).message,
            "desktop.corp.example has no connection alias in us-east-1 and us-west-2"
        );
    }

    #[test]
    fn a_gap_is_no_pass_and_no_fail() {
        for on in [On::Primary, On::Standby] {
            let mut fixture = Fixture::clean();
            let gap = fixture.deny(on, Dataset::Aliases);
            let sheet = fixture.judge(&AliasMissing);
            assert_eq!(sheet.unknowns(), [(Subject::Alias, Unknown::Gap(gap))]);
            assert_eq!((sheet.passes(), sheet.fails().len()), (1, 0));
        }
    }

    #[test]
    fn what_was_read_before_the_list_was_cut_is_there() {
        let mut fixture = Fixture::clean();
        let gap = fixture.gap("workspaces", "DescribeConnectionAliases");
        let aliases = fixture.side(On::Standby).aliases.items().to_vec();
        fixture.side(On::Standby).aliases = crate::model::Slice::cut(aliases, gap);
        assert_eq!(fixture.verdicts(&AliasMissing), (2, vec![]));
    }

    #[test]
    fn denied_calls_are_named() {
        Fixture::clean().assert_gaps_are_no_passes(&AliasMissing);
        let mut drifted = Fixture::clean();
        drifted.side(On::Standby).aliases.items_mut().clear();
        drifted.assert_gaps_are_no_passes(&AliasMissing);
    }
}
