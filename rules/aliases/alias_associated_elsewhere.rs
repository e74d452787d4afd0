//! ALS-005: the account that associated the alias on a side must be that side's account. It cannot see into another account's directory.

use super::places;
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::accounts::account_of_side;
use crate::model::alias::{AliasAssociation, ConnectionAlias};
use crate::model::pairing::association;
use crate::model::{Dataset, PairView, Side, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};

/// ALS-005 alias-associated-elsewhere.
pub(super) struct AliasAssociatedElsewhere;

static META: Meta = Meta {
    id: "ALS-005",
    name: "alias-associated-elsewhere",
    area: Area::Aliases,
    summary: "the connection alias is associated with a directory of another account than the side's",
    cases: &[Case { key: "another-account", severity: Severity::Critical, effect: Effect::Strands, uncounted: false }],
    reach: Reach::Pair,
    // Another account's directory is not the declared one, and none of our people's desktops are in it.
    implies: &["ALS-004", "WSP-001"],
    needs: &[Dataset::Aliases],
    controls: &[
        controls::REL13_BP02,
        controls::EUCREL02,
        controls::CP_10,
        controls::CM_6,
        controls::A_5_30,
        controls::ARTICLE_11,
    ],
    remedy: "Have the account that associated the alias disassociate it, then associate it with the pair's directory, or read that side with \
             that account's credentials if its directory is the right one.",
    options: &[],
    doc: include_str!("alias_associated_elsewhere.md"),
};

const NO_ACCOUNT: Unknown = Unknown::Undetermined("the association does not tell which account made it");

/// What is said where there is nothing to compare: ALS-001 and ALS-003 say why.
const NOT_ASSOCIATED: &str = "the connection alias is associated in neither Region";

/// The account that associated an alias. An association with the owner is the owner's, also where it names no account.
fn associated_by<'e>(alias: &'e ConnectionAlias, association: &'e AliasAssociation) -> Option<&'e str> {
    let by_owner = association.association_status == "ASSOCIATED_WITH_OWNER_ACCOUNT";
    let owner = Some(alias.owner_account_id.as_str()).filter(|_| by_owner);
    Some(association.associated_account_id.as_str())
        .filter(|account| !account.is_empty())
        .or(owner)
        .filter(|account| !account.is_empty())
}

/// The side's account and the account that associated the alias there; `Ok(None)` where there is no association to look at.
fn accounts<'e>(pair: &PairView<'e>, side: &'e Side) -> Result<Option<(&'e str, &'e str)>, Unknown> {
    let Some(alias) = pair.alias(side)? else { return Ok(None) };
    let Some(association) = association(alias) else { return Ok(None) };
    let by = associated_by(alias, association).ok_or(NO_ACCOUNT)?;
    Ok(Some((account_of_side(side)?, by)))
}

impl Rule for AliasAssociatedElsewhere {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let mut elsewhere = false;
        for (side, _) in places(pair) {
            match accounts(pair, side) {
                Ok(None) => {}
                Ok(Some((own, by))) if own == by => sheet.pass(),
                Ok(Some(_)) => elsewhere = true,
                Err(why) => sheet.unknown(Subject::Alias, why),
            }
        }
        // One alias is one subject, on whichever side it leads elsewhere.
        if elsewhere {
            sheet.fail(Subject::Alias, 0);
        } else if sheet.is_empty() {
            sheet.not_applicable(NOT_ASSOCIATED);
        }
    }

    fn word(&self, pair: &PairView<'_>, _: Subject, _: usize) -> Wording {
        let strays: Vec<String> = places(pair)
            .into_iter()
            .filter_map(|(side, settings)| Some((accounts(pair, side).ok().flatten()?, settings)))
            .filter(|((own, by), _)| own != by)
            .map(|((own, by), settings)| format!("of account {by} in {}, where the side is {own}'s", settings.region))
            .collect();
        let [primary, standby] = places(pair).map(|(side, _)| match accounts(pair, side) {
            Ok(Some((_, by))) => by,
            Ok(None) => "not associated",
            Err(_) => "not read",
        });
        Wording::new(format!("{} leads to a directory {}", pair.settings.alias, strays.join(", and to one "))).with(
            "AssociatedAccountId",
            primary,
            standby,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};

    /// The alias of these sides is shared with another account, which associated it.
    fn elsewhere(sides: &[On]) -> Fixture {
        let mut fixture = Fixture::clean();
        for &on in sides {
            let association = &mut fixture.side(on).aliases.items_mut()[0].associations[0];
            association.association_status = "ASSOCIATED_WITH_SHARED_ACCOUNT".to_owned();
            association.associated_account_id = "444455556666".to_owned();
        }
        fixture
    }

    #[test]
    fn passes_where_each_side_associated_its_own() {
        assert_eq!(Fixture::clean().verdicts(&AliasAssociatedElsewhere), (2, vec![]));
        // The standby Region is another account's, with which the owner shares the alias.
        let mut fixture = elsewhere(&[On::Standby]);
        fixture.side(On::Standby).account = Ok("444455556666".to_owned());
        assert_eq!(fixture.verdicts(&AliasAssociatedElsewhere), (2, vec![]));
        // The owner's association need not name the owner twice.
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).aliases.items_mut()[0].associations[0].associated_account_id.clear();
        assert_eq!(fixture.verdicts(&AliasAssociatedElsewhere), (2, vec![]));
    }

    #[test]
    fn fails_where_another_account_did() {
        let fixture = elsewhere(&[On::Standby]);
        assert_eq!(
            fixture.verdicts(&AliasAssociatedElsewhere),
            (1, vec!["another-account desktop.corp.example".to_owned()])
        );
        let words = fixture.words(&AliasAssociatedElsewhere);
        assert_eq!(
            words.message,
            "desktop.corp.example leads to a directory of account 444455556666 in us-west-2, where the side is 111122223333's"
        );
        assert_eq!((&*words.drift[0].primary, &*words.drift[0].standby), ("111122223333", "444455556666"));
        assert_eq!(fixture.run(&[&AliasAssociatedElsewhere]).pairs[0].readiness.stranded, 3);
        let both = elsewhere(&[On::Primary, On::Standby]);
        assert_eq!(both.verdicts(&AliasAssociatedElsewhere).1.len(), 1);
        assert_eq!(
            both.words(&AliasAssociatedElsewhere).message,
            "desktop.corp.example leads to a directory of account 444455556666 in us-east-1, where the side is 111122223333's, and to one \
             of account 444455556666 in us-west-2, where the side is 111122223333's"
        );
    }

    #[test]
    fn an_account_that_is_not_told_is_no_pass() {
        let mut fixture = elsewhere(&[On::Standby]);
        fixture.side(On::Standby).aliases.items_mut()[0].associations[0].associated_account_id.clear();
        assert_eq!(fixture.judge(&AliasAssociatedElsewhere).unknowns(), [(Subject::Alias, NO_ACCOUNT)]);
        let mut fixture = Fixture::clean();
        let gap = fixture.gap("sts", "GetCallerIdentity");
        fixture.side(On::Standby).account = Err(gap);
        let sheet = fixture.judge(&AliasAssociatedElsewhere);
        assert_eq!((sheet.passes(), sheet.unknowns()), (1, &[(Subject::Alias, Unknown::Gap(gap))][..]));
        fixture.side(On::Standby).place.role_arn = Some("arn:aws:iam::111122223333:role/reader".to_owned());
        assert_eq!(fixture.verdicts(&AliasAssociatedElsewhere), (2, vec![]));
    }

    #[test]
    fn does_not_apply_without_an_association() {
        let mut fixture = Fixture::clean();
        for on in [On::Primary, On::Standby] {
            fixture.side(on).aliases.items_mut()[0].associations.clear();
        }
        assert_eq!(fixture.judge(&AliasAssociatedElsewhere).reasons(), [NOT_ASSOCIATED]);
    }

    #[test]
    fn gaps_are_no_passes() {
        Fixture::clean().assert_gaps_are_no_passes(&AliasAssociatedElsewhere);
        elsewhere(&[On::Standby]).assert_gaps_are_no_passes(&AliasAssociatedElsewhere);
    }
}
