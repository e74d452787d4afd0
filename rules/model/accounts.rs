//! The accounts that are a pair's own: those that its sides are read as, and those that its configuration names in role ARNs. What is
//! shared with one of them is shared within the deployment.

use super::{GapId, PairView, Side};
use std::collections::BTreeSet;

/// The accounts that are a pair's own.
#[derive(Debug)]
pub struct OwnAccounts<'e> {
    known: BTreeSet<&'e str>,
    /// Why a side's account is not among them.
    unread: Option<GapId>,
}

/// The account in a role's ARN: `arn:aws:iam::111122223333:role/name`.
fn account_of(role_arn: &str) -> Option<&str> {
    role_arn.split(':').nth(4).filter(|account| !account.is_empty())
}

/// The account that a side is read in: as the session says, else as the role that it is read with says.
///
/// # Errors
/// The gap that hides it.
pub fn account_of_side(side: &Side) -> Result<&str, GapId> {
    match &side.account {
        Ok(account) => Ok(account),
        Err(gap) => side.place.role_arn.as_deref().and_then(account_of).ok_or(*gap),
    }
}

impl<'e> OwnAccounts<'e> {
    /// Those of a pair. The owner of a connection alias, either side, and the zone may each be in an account of its own.
    pub fn of(pair: &PairView<'e>) -> Self {
        let settings = pair.settings;
        let mut own = Self { known: BTreeSet::new(), unread: None };
        let roles = [&settings.owner_role_arn, &settings.primary.role_arn, &settings.standby.role_arn];
        let roles = roles.into_iter().chain([&settings.dns.role_arn]).flatten();
        own.known.extend(roles.filter_map(|role| account_of(role)));
        own.known.extend(pair.zones.account.as_ref().map(String::as_str));
        for side in [pair.primary, pair.standby] {
            match account_of_side(side) {
                Ok(account) => {
                    own.known.insert(account);
                }
                Err(gap) => own.unread = own.unread.or(Some(gap)),
            }
        }
        own
    }

    /// Those of some accounts that are not the pair's own, sorted, each once.
    ///
    /// # Errors
    /// The gap that hides an account of the pair's, where one of these could be it.
    pub fn strangers<'a>(&self, accounts: impl IntoIterator<Item = &'a str>) -> Result<Vec<&'a str>, GapId> {
        let accounts: BTreeSet<&str> = accounts.into_iter().collect();
        let strangers: Vec<&str> = accounts.into_iter().filter(|account| !self.known.contains(account)).collect();
        match self.unread {
            Some(gap) if !strangers.is_empty() => Err(gap),
            Some(_) | None => Ok(strangers),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};

    const OTHERS: [&str; 4] = ["444455556666", "111122223333", "210987654321", "444455556666"];

    fn strangers(fixture: &Fixture) -> Result<Vec<&'static str>, GapId> {
        OwnAccounts::of(&fixture.view()).strangers(OTHERS)
    }

    #[test]
    fn the_sides_accounts_and_those_of_roles_are_the_pairs_own() {
        let mut fixture = Fixture::clean();
        assert_eq!(strangers(&fixture), Ok(vec!["210987654321", "444455556666"]));
        fixture.pair().owner_role_arn = Some("arn:aws:iam::210987654321:role/owner".to_owned());
        assert_eq!(strangers(&fixture), Ok(vec!["444455556666"]));
        fixture.side(On::Standby).account = Ok("444455556666".to_owned());
        assert_eq!(strangers(&fixture), Ok(vec![]));
        fixture.pair().owner_role_arn = Some("no ARN".to_owned());
        assert_eq!(strangers(&fixture), Ok(vec!["210987654321"]));
    }

    #[test]
    fn an_account_that_was_not_read_may_be_any_of_them() {
        let mut fixture = Fixture::clean();
        let gap = fixture.gap("sts", "GetCallerIdentity");
        fixture.side(On::Standby).account = Err(gap);
        assert_eq!(strangers(&fixture), Err(gap));
        assert_eq!(OwnAccounts::of(&fixture.view()).strangers(["111122223333"]), Ok(vec![]));
        // The role by which a side is read names its account.
        fixture.side(On::Standby).place.role_arn = Some("arn:aws:iam::444455556666:role/reader".to_owned());
        fixture.pair().standby.role_arn = Some("arn:aws:iam::444455556666:role/reader".to_owned());
        assert_eq!(strangers(&fixture), Ok(vec!["210987654321"]));
    }
}
