//! What a standby side's desktops need of AWS besides themselves: quotas, and keys.

use super::around::Frame;
use super::{Reader, each};
use crate::collect::kms::Kms;
use crate::collect::paging::Listing;
use crate::collect::quotas::ServiceQuotas;
use crate::collect::workspaces::Desktops;
use crate::collect::{slice, slices};
use deskpair_rules::model::key::Key;
use deskpair_rules::model::quota::Quota;
use deskpair_rules::model::{Dataset, Estate};
use std::collections::{BTreeMap, BTreeSet};

/// What WorkSpaces' quotas grant.
#[derive(Debug)]
pub(super) struct Quotas {
    applied: Option<Listing<Quota>>,
    defaults: Option<Listing<Quota>>,
}

impl Quotas {
    /// Asks where desktops are to be made in a failover.
    pub(super) async fn read(reader: &Reader, service: &ServiceQuotas) -> Self {
        if !reader.roles.is_standby() {
            return Self { applied: None, defaults: None };
        }
        let applied = reader.when(Dataset::Quotas, || service.applied()).await;
        let defaults = match &applied {
            Some(applied) => reader.when(Dataset::DefaultQuotas, || service.defaults(applied)).await,
            None => None,
        };
        Self { applied, defaults }
    }

    pub(super) fn put_into(self, estate: &mut Estate, at: usize) {
        estate.sides[at].quotas = slice(estate, self.applied);
        estate.sides[at].default_quotas = slice(estate, self.defaults);
    }
}

/// The keys that a standby side's desktops name, each once.
#[derive(Debug)]
pub(super) struct Keys(BTreeMap<String, Listing<Key>>);

impl Keys {
    pub(super) async fn read(reader: &Reader, kms: &Kms, frame: &Frame, desktops: Option<&Desktops>) -> Self {
        let named = match desktops.filter(|_| reader.roles.is_standby()) {
            Some(desktops) => named(desktops, &frame.standby_directories(&reader.roles)),
            None => BTreeSet::new(),
        };
        Self(each(reader.about(Dataset::Keys, &named), |named| async move { kms.key(&named).await }).await)
    }

    pub(super) fn put_into(self, estate: &mut Estate, at: usize) {
        estate.sides[at].keys = slices(estate, self.0);
    }
}

/// The keys of desktops in these directories.
fn named(desktops: &Desktops, directories: &BTreeSet<String>) -> BTreeSet<String> {
    let text = |sym| desktops.symbols.text(sym);
    let keys: BTreeSet<_> = desktops
        .rows
        .iter()
        .filter(|row| row.key.is_some() && directories.contains(text(row.directory)))
        .map(|row| row.key)
        .collect();
    keys.into_iter().map(|key| text(key).to_owned()).collect()
}
