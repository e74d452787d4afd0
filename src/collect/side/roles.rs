//! What a side is to its pairs, and so which of its directories and aliases are asked about.

use deskpair_rules::model::Estate;
use deskpair_rules::model::alias::ConnectionAlias;
use deskpair_rules::model::directory::WorkspaceDirectory;
use deskpair_rules::model::pairing::{association, dns_name};
use deskpair_rules::model::settings::MapKind;
use std::collections::BTreeSet;

/// What a side is to its pairs.
#[derive(Clone, Debug, Default)]
pub(in crate::collect) struct Roles {
    parts: Vec<Part>,
}

/// What a side is to one pair.
#[derive(Clone, Debug)]
struct Part {
    /// The connection string, as DNS compares it.
    alias: String,
    /// The directory that the configuration declares.
    declared: Option<String>,
    /// Directories that the configuration maps others to.
    mapped: Vec<String>,
    standby: bool,
}

impl Part {
    /// The directory that the pair's alias is associated with.
    fn associated(&self, aliases: &[ConnectionAlias]) -> Option<String> {
        let alias = aliases.iter().find(|alias| dns_name(&alias.connection_string) == self.alias);
        alias.and_then(association).map(|association| association.resource_id.clone())
    }
}

impl Roles {
    /// The roles of the side at this position.
    pub(in crate::collect) fn of(estate: &Estate, at: usize) -> Self {
        let mut parts = Vec::new();
        for (pair, places) in estate.collected_pairs() {
            let maps = || pair.maps.iter().filter(|entry| entry.kind == MapKind::Directory);
            let alias = dns_name(&pair.alias);
            if places.primary as usize == at {
                let mapped = maps().map(|entry| entry.primary.clone()).collect();
                parts.push(Part {
                    alias: alias.clone(),
                    declared: pair.primary.directory.clone(),
                    mapped,
                    standby: false,
                });
            }
            if places.standby as usize == at {
                let mapped = maps().map(|entry| entry.standby.clone()).collect();
                parts.push(Part { alias, declared: pair.standby.directory.clone(), mapped, standby: true });
            }
        }
        Self { parts }
    }

    /// Whether any pair fails over to this side.
    pub(super) fn is_standby(&self) -> bool {
        self.parts.iter().any(|part| part.standby)
    }

    /// Whether any pair fails over from this side.
    pub(super) fn is_primary(&self) -> bool {
        self.parts.iter().any(|part| !part.standby)
    }

    /// The pairs' aliases among those that were listed.
    pub(super) fn aliases(&self, aliases: &[ConnectionAlias]) -> BTreeSet<String> {
        let named: BTreeSet<&str> = self.parts.iter().map(|part| part.alias.as_str()).collect();
        let ours = aliases.iter().filter(|alias| named.contains(dns_name(&alias.connection_string).as_str()));
        ours.map(|alias| alias.alias_id.clone()).filter(|id| !id.is_empty()).collect()
    }

    /// The directories that can be the pairs': the declared or the associated one; where there is neither, all that the rules might
    /// yet find by its name.
    pub(super) fn directories(
        &self,
        standby_only: bool,
        aliases: &[ConnectionAlias],
        registrations: &[WorkspaceDirectory],
    ) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for part in self.parts.iter().filter(|part| part.standby || !standby_only) {
            match part.declared.clone().or_else(|| part.associated(aliases)) {
                Some(directory) => {
                    found.insert(directory);
                }
                None => {
                    found.extend(part.mapped.iter().cloned());
                    found.extend(registrations.iter().map(|registration| registration.directory_id.clone()));
                }
            }
        }
        found.remove("");
        found
    }

    /// Whether each standby directory is known by its id, so that none has to be found among the registrations.
    pub(super) fn knows_standby(&self, aliases: &[ConnectionAlias]) -> bool {
        let known = |part: &Part| part.declared.is_some() || part.associated(aliases).is_some();
        self.parts.iter().all(|part| !part.standby || known(part))
    }
}
