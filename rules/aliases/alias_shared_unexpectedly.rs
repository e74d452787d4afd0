//! ALS-006: the connection alias should be shared with nobody but the pair's own accounts. It cannot see what another account does with it.

use super::{NO_ALIAS, places};
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::accounts::OwnAccounts;
use crate::model::{Dataset, Estate, PairView, Side, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};

/// ALS-006 alias-shared-unexpectedly.
pub(super) struct AliasSharedUnexpectedly;

static META: Meta = Meta {
    id: "ALS-006",
    name: "alias-shared-unexpectedly",
    area: Area::Aliases,
    summary: "the connection alias is shared with an account that the configuration does not name",
    cases: &[Case { key: "shared", severity: Severity::Medium, effect: Effect::Exposes, uncounted: false }],
    reach: Reach::Pair,
    implies: &[],
    needs: &[Dataset::Aliases, Dataset::AliasPermissions],
    controls: &[controls::REL13_BP04, controls::CM_6, controls::A_5_29],
    remedy: "Take the permission away, or name the account with the rule's option `accounts`.",
    options: &[("accounts", "Accounts that the alias may be shared with, a list of their ids: `[\"444455556666\"]`.")],
    doc: include_str!("alias_shared_unexpectedly.md"),
};

const BAD_OPTION: Unknown = Unknown::Undetermined(
    "an option of ALS-006 cannot be read: `accounts` is a list of account ids, each a text of 12 digits",
);

/// The accounts that the operator declares.
fn declared<'e>(pair: &PairView<'e>) -> Result<Vec<&'e str>, Unknown> {
    let option = pair.estate.settings.rules.get(META.id).and_then(|rule| rule.options.get("accounts"));
    let Some(option) = option else { return Ok(Vec::new()) };
    let is_account = |text: &&str| text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    let accounts = option.as_array().ok_or(BAD_OPTION)?.iter();
    accounts.map(|account| account.as_str().filter(is_account).ok_or(BAD_OPTION)).collect()
}

/// The accounts that a side's alias is shared with and should not be, sorted; `Ok(None)` where the side has no alias.
fn strangers<'e>(pair: &PairView<'e>, side: &'e Side) -> Result<Option<Vec<&'e str>>, Unknown> {
    let declared = declared(pair)?;
    let Some(alias) = pair.alias(side)? else { return Ok(None) };
    let permissions = side.alias_permissions.get(&alias.alias_id).ok_or(Estate::NOT_COLLECTED)?;
    // A permission that says no shares nothing.
    let shared = permissions.whole()?.iter().filter(|permission| permission.allow_association != Some(false));
    let shared = shared.map(|permission| permission.shared_account_id.as_str());
    let strangers = OwnAccounts::of(pair).strangers(shared.filter(|account| !declared.contains(account)))?;
    Ok(Some(strangers))
}

impl Rule for AliasSharedUnexpectedly {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let mut shared = false;
        for (side, _) in places(pair) {
            match strangers(pair, side) {
                Ok(None) => {}
                Ok(Some(strangers)) if strangers.is_empty() => sheet.pass(),
                Ok(Some(_)) => shared = true,
                Err(why) => sheet.unknown(Subject::Alias, why),
            }
        }
        // One alias is one subject, on whichever side it is shared.
        if shared {
            sheet.fail(Subject::Alias, 0);
        } else if sheet.is_empty() {
            sheet.not_applicable(NO_ALIAS);
        }
    }

    fn word(&self, pair: &PairView<'_>, _: Subject, _: usize) -> Wording {
        let shared: Vec<String> = places(pair)
            .into_iter()
            .filter_map(|(side, settings)| Some((strangers(pair, side).ok().flatten()?, settings)))
            .filter(|(strangers, _)| !strangers.is_empty())
            .map(|(strangers, settings)| format!("with {} in {}", strangers.join(", "), settings.region))
            .collect();
        let [primary, standby] = places(pair).map(|(side, _)| match strangers(pair, side) {
            Ok(Some(strangers)) if strangers.is_empty() => "none but the pair's own".to_owned(),
            Ok(Some(strangers)) => strangers.join(", "),
            Ok(None) => "no alias".to_owned(),
            Err(_) => "not read".to_owned(),
        });
        Wording::new(format!(
            "{} is shared {}, which the configuration does not name: whoever has that account may lead the alias to a directory of theirs",
            pair.settings.alias,
            shared.join(" and ")
        ))
        .with("SharedAccountId", primary, standby)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::alias::AliasPermission;
    use serde_json::json;

    /// The alias of this side is shared with this account.
    fn shared(on: On, account: &str, allow: Option<bool>) -> Fixture {
        let mut fixture = Fixture::clean();
        let permission = AliasPermission { shared_account_id: account.to_owned(), allow_association: allow };
        let lists = fixture.side(on).alias_permissions.values_mut();
        lists.for_each(|list| list.items_mut().push(permission.clone()));
        fixture
    }

    fn with_option(mut fixture: Fixture, accounts: serde_json::Value) -> Fixture {
        let rule = fixture.estate.settings.rules.entry(META.id.to_owned()).or_default();
        rule.options.insert("accounts".to_owned(), accounts);
        fixture
    }

    #[test]
    fn passes_where_it_is_shared_with_nobody_or_with_the_pairs_own() {
        assert_eq!(Fixture::clean().verdicts(&AliasSharedUnexpectedly), (2, vec![]));
        // The standby Region is another account's.
        let mut fixture = shared(On::Standby, "444455556666", Some(true));
        fixture.side(On::Standby).account = Ok("444455556666".to_owned());
        assert_eq!(fixture.verdicts(&AliasSharedUnexpectedly), (2, vec![]));
        // The owner is named by its role.
        let mut fixture = shared(On::Standby, "444455556666", Some(true));
        fixture.pair().owner_role_arn = Some("arn:aws:iam::444455556666:role/owner".to_owned());
        assert_eq!(fixture.verdicts(&AliasSharedUnexpectedly), (2, vec![]));
        assert_eq!(shared(On::Standby, "444455556666", Some(false)).verdicts(&AliasSharedUnexpectedly), (2, vec![]));
    }

    #[test]
    fn fails_where_another_account_may_associate_it() {
        let fixture = shared(On::Standby, "444455556666", Some(true));
        assert_eq!(fixture.verdicts(&AliasSharedUnexpectedly), (1, vec!["shared desktop.corp.example".to_owned()]));
        let words = fixture.words(&AliasSharedUnexpectedly);
        assert_eq!(
            words.message,
            "desktop.corp.example is shared with 444455556666 in us-west-2, which the configuration does not name: whoever has that account \
             may lead the alias to a directory of theirs"
        );
        assert_eq!((&*words.drift[0].primary, &*words.drift[0].standby), ("none but the pair's own", "444455556666"));
        assert_eq!(fixture.run(&[&AliasSharedUnexpectedly]).pairs[0].readiness.ready, 3);
        assert_eq!(shared(On::Primary, "444455556666", None).verdicts(&AliasSharedUnexpectedly).1.len(), 1);
    }

    #[test]
    fn the_operator_may_name_others() {
        let fixture = || shared(On::Standby, "444455556666", Some(true));
        assert_eq!(with_option(fixture(), json!(["444455556666"])).verdicts(&AliasSharedUnexpectedly), (2, vec![]));
        assert_eq!(with_option(fixture(), json!(["777788889999"])).verdicts(&AliasSharedUnexpectedly).1.len(), 1);
        for bad in [json!("444455556666"), json!([444_455_556_666_u64]), json!(["everybody"])] {
            let sheet = with_option(fixture(), bad).judge(&AliasSharedUnexpectedly);
            assert_eq!(sheet.unknowns(), [(Subject::Alias, BAD_OPTION), (Subject::Alias, BAD_OPTION)]);
        }
    }

    #[test]
    fn an_account_that_was_not_read_may_be_the_one() {
        let mut fixture = shared(On::Standby, "444455556666", Some(true));
        let gap = fixture.gap("sts", "GetCallerIdentity");
        fixture.side(On::Standby).account = Err(gap);
        let sheet = fixture.judge(&AliasSharedUnexpectedly);
        assert_eq!((sheet.passes(), sheet.unknowns()), (1, &[(Subject::Alias, Unknown::Gap(gap))][..]));
    }

    #[test]
    fn does_not_apply_without_an_alias() {
        let mut fixture = Fixture::clean();
        for on in [On::Primary, On::Standby] {
            fixture.side(on).aliases.items_mut().clear();
        }
        assert_eq!(fixture.judge(&AliasSharedUnexpectedly).reasons(), [NO_ALIAS]);
    }

    #[test]
    fn gaps_are_no_passes() {
        Fixture::clean().assert_gaps_are_no_passes(&AliasSharedUnexpectedly);
        shared(On::Standby, "444455556666", Some(true)).assert_gaps_are_no_passes(&AliasSharedUnexpectedly);
    }
}
