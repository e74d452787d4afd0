//! ALS-003: the alias must lead to a directory on each side.

use super::NO_ALIAS;
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::alias::ConnectionAlias;
use crate::model::pairing::association;
use crate::model::{Dataset, PairView, Side, Subject};
use crate::rule::{Rule, Sheet, Wording};

/// ALS-003 alias-not-associated.
pub(super) struct AliasNotAssociated;

static META: Meta = Meta {
    id: "ALS-003",
    name: "alias-not-associated",
    area: Area::Aliases,
    summary: "the connection alias is not associated with a directory in one of the Regions",
    cases: &[Case { key: "not-associated", severity: Severity::Critical, effect: Effect::Strands, uncounted: false }],
    reach: Reach::Pair,
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
    remedy: "Associate the alias with the pair's directory in that Region, then set the TXT record to the new identifier where it \
             names that Region.",
    options: &[],
    doc: include_str!("alias_not_associated.md"),
};

/// The alias of a side that exists and leads nowhere.
fn unassociated<'e>(pair: &PairView<'e>, side: &'e Side) -> Option<&'e ConnectionAlias> {
    pair.alias(side).ok().flatten().filter(|alias| association(alias).is_none())
}

impl Rule for AliasNotAssociated {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let sides = [pair.primary, pair.standby];
        let mut found = 0;
        for side in sides {
            match pair.alias(side) {
                Err(gap) => sheet.unknown(Subject::Alias, gap),
                Ok(None) => {}
                Ok(Some(alias)) => {
                    found += 1;
                    if association(alias).is_some() {
                        sheet.pass();
                    }
                }
            }
        }
        // Both sides' associations are one subject: one alias, one finding.
        if sides.into_iter().any(|side| unassociated(pair, side).is_some()) {
            sheet.fail(Subject::Alias, 0);
        } else if found == 0 && sheet.is_empty() {
            sheet.not_applicable(NO_ALIAS);
        }
    }

    fn word(&self, pair: &PairView<'_>, _: Subject, _: usize) -> Wording {
        let status = |side| match pair.alias(side) {
            Err(_) => "not read".to_owned(),
            Ok(None) => "absent".to_owned(),
            Ok(Some(alias)) => match association(alias).or(alias.associations.first()) {
                Some(association) => association.association_status.clone(),
                None => "NOT_ASSOCIATED".to_owned(),
            },
        };
        let missing: Vec<&str> = [(pair.primary, &pair.settings.primary), (pair.standby, &pair.settings.standby)]
            .into_iter()
            .filter(|(side, _)| unassociated(pair, side).is_some())
            .map(|(_, settings)| settings.region.as_str())
            .collect();
        Wording::new(format!("{} leads to no directory in {}", pair.settings.alias, missing.join(" and "))).with(
            "AssociationStatus",
            status(pair.primary),
            status(pair.standby),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::Unknown;

    #[test]
    fn passes_where_both_sides_are_associated() {
        assert_eq!(Fixture::clean().verdicts(&AliasNotAssociated), (2, vec![]));
    }

    #[test]
    fn fails_where_a_side_is_not_or_is_pending() {
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).aliases.items_mut()[0].associations.clear();
        assert_eq!(fixture.verdicts(&AliasNotAssociated), (1, vec!["not-associated desktop.corp.example".to_owned()]));
        assert_eq!(
            fixture.words(&AliasNotAssociated).message,
            "desktop.corp.example leads to no directory in us-west-2"
        );

        let mut fixture = Fixture::clean();
        fixture.side(On::Primary).aliases.items_mut()[0].associations[0].association_status =
            "PENDING_ASSOCIATION".to_owned();
        let words = fixture.words(&AliasNotAssociated);
        assert_eq!(words.message, "desktop.corp.example leads to no directory in us-east-1");
        assert_eq!(words.drift[0].primary, "PENDING_ASSOCIATION");
    }

    #[test]
    fn a_gap_is_no_pass() {
        let mut fixture = Fixture::clean();
        let gap = fixture.deny(On::Standby, Dataset::Aliases);
        let sheet = fixture.judge(&AliasNotAssociated);
        assert_eq!(sheet.unknowns(), [(Subject::Alias, Unknown::Gap(gap))]);
        assert_eq!((sheet.passes(), sheet.fails().len()), (1, 0));
    }

    #[test]
    fn a_side_that_was_not_read_is_not_said_to_be_associated() {
        let mut fixture = Fixture::clean();
        fixture.side(On::Primary).aliases.items_mut()[0].associations.clear();
        assert_eq!(fixture.words(&AliasNotAssociated).drift[0].standby, "ASSOCIATED_WITH_OWNER_ACCOUNT");
        fixture.deny(On::Standby, Dataset::Aliases);
        assert_eq!(fixture.words(&AliasNotAssociated).drift[0].standby, "not read");
    }

    #[test]
    fn does_not_apply_without_an_alias() {
        let mut fixture = Fixture::clean();
        for on in [On::Primary, On::Standby] {
            fixture.side(on).aliases.items_mut().clear();
        }
        assert_eq!(fixture.judge(&AliasNotAssociated).reasons(), [NO_ALIAS]);
    }
}
