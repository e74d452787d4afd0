//! An estate becomes a world.

use super::zones::Book;
use super::{Realm, World};
use deskpair_rules::model::workspace::TagRow;
use deskpair_rules::model::{Estate, GapId};
use std::collections::HashSet;

impl World {
    /// Like [`World::of`], for an estate that is still needed.
    pub fn from_estate(estate: &Estate) -> Self {
        Self::of(estate.clone())
    }

    /// The world that this estate was collected from. Where two sides of one account share a Region, the first one counts.
    ///
    /// Its clock begins when the estate was taken. A side whose account could not be read stands in the account of its role, or in one that
    /// is made up.
    pub fn of(estate: Estate) -> Self {
        let mut world = Self::empty(estate.taken_at);
        world.symbols = estate.symbols;
        world.gaps = estate.gaps;
        for mut side in estate.sides {
            let account = world.account_of(&side.account, side.place.role_arn.as_deref());
            let key = (account.clone(), side.place.region.clone());
            if world.realms.contains_key(&key) {
                continue;
            }
            for alias in side.aliases.items() {
                let owner = if alias.owner_account_id.is_empty() { &account } else { &alias.owner_account_id };
                world.reserved.insert(alias.connection_string.to_lowercase(), owner.clone());
            }
            together(side.resource_tags.items_mut());
            together(side.desktop_tags.items_mut());
            world.realms.insert(key, Realm::new(side));
        }
        for book in &estate.zones {
            let account = world.account_of(&book.account, book.place.role_arn.as_deref());
            world.books.entry(account).or_insert_with(|| Book::of(book));
        }
        world.observe(&estate.txt);
        let roles = estate.settings.pairs.iter().flat_map(|pair| {
            [&pair.owner_role_arn, &pair.primary.role_arn, &pair.standby.role_arn, &pair.dns.role_arn]
        });
        for role in roles.flatten() {
            if let Some(account) = account_of_role(role) {
                world.open_account(account);
            }
        }
        world
    }

    fn account_of(&mut self, account: &Result<String, GapId>, role: Option<&str>) -> String {
        let account = match account {
            Ok(account) => account.clone(),
            Err(gap) => {
                let account = role
                    .and_then(account_of_role)
                    .map_or_else(|| format!("{:012}", self.accounts.len()), str::to_owned);
                self.nameless.insert(account.clone(), gap.0);
                account
            }
        };
        self.open_account(&account);
        account
    }
}

/// The tagging API lists a resource with all its tags: where an estate has them scattered, they are brought together.
fn together(rows: &mut [TagRow]) {
    let mut seen = HashSet::new();
    let scattered = rows.chunk_by(|a, b| a.arn == b.arn).any(|chunk| !seen.insert(chunk[0].arn));
    if scattered {
        rows.sort_by_key(|row| row.arn);
    }
}

/// The account in a role's ARN, `arn:aws:iam::111122223333:role/audit`.
fn account_of_role(arn: &str) -> Option<&str> {
    arn.split(':').nth(4).filter(|account| account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit()))
}
