//! What a collection would cost, from one call of each operation.

use super::Operation;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// What is written down while each operation is asked once for each identity and Region.
#[derive(Debug, Default)]
pub struct Probe {
    found: Mutex<BTreeMap<ProbedPlace, Probed>>,
}

/// Whose calls, and where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProbedPlace {
    /// The account; empty where it could not be told.
    pub account: String,
    /// The Region; empty for global services.
    pub region: String,
}

/// What one identity would call in one Region.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Probed {
    /// The ARN that signs the calls, where it was told.
    pub identity: String,
    /// By operation, the calls that are surely made, and whether its list has more pages than the one that was read.
    pub calls: BTreeMap<Operation, (u64, bool)>,
}

impl Probe {
    /// All that was found, by account and Region.
    pub fn found(&self) -> BTreeMap<ProbedPlace, Probed> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn at(&self, account: &str, region: &str, note: impl FnOnce(&mut Probed)) {
        let place = ProbedPlace { account: account.to_owned(), region: region.to_owned() };
        note(self.found.lock().unwrap_or_else(PoisonError::into_inner).entry(place).or_default());
    }

    pub(super) fn call(&self, account: &str, region: &str, operation: Operation) {
        self.at(account, region, |probed| probed.calls.entry(operation).or_default().0 += 1);
    }

    pub(super) fn more(&self, account: &str, region: &str, operation: Operation) {
        self.at(account, region, |probed| probed.calls.entry(operation).or_default().1 = true);
    }

    pub(super) fn identity(&self, account: &str, region: &str, arn: &str) {
        self.at(account, region, |probed| arn.clone_into(&mut probed.identity));
    }
}
