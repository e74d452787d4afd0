//! What name servers showed of the zones when an estate was taken: to whom they are delegated, and how they are signed.

use super::World;
use super::zones::Zone;
use crate::twin::dns::Signing;
use deskpair_rules::model::dns::{
    BogusCause, DelegationAnswer, DelegationOutcome, DelegationRole, DnssecOutcome, TxtView,
};
use std::collections::BTreeSet;

impl World {
    /// Has the zones be delegated and signed as name servers showed them.
    pub(super) fn observe(&mut self, views: &[TxtView]) {
        for view in views {
            let Some(zone) = self.zone_of_name(&view.name) else { continue };
            zone.delegate_as(view.delegation.items());
            // One name's answer may be spoiled where another's is not, and the twin signs a zone as a whole.
            let signing = signing(view);
            if !matches!(signing, Signing::Unsigned) && !zone.signing.is_faulty() {
                zone.signing = signing;
            }
        }
    }

    /// The public zone that answers for a name: the deepest one.
    fn zone_of_name(&mut self, name: &str) -> Option<&mut Zone> {
        let zones = self.books.values_mut().flat_map(|book| book.zones.items_mut());
        let encloses = |zone: &str| name == zone || name.ends_with(&format!(".{zone}"));
        let enclosing = zones
            .filter(|zone| zone.facts.private_zone != Some(true) && encloses(zone.facts.name.trim_end_matches('.')));
        // Of several with one name the first is served.
        enclosing.reduce(|best, zone| if zone.facts.name.len() > best.facts.name.len() { zone } else { best })
    }
}

impl Zone {
    fn delegate_as(&mut self, told: &[DelegationAnswer]) {
        let children = || told.iter().filter(|answer| answer.role == DelegationRole::Child);
        let own = children().find_map(|answer| match &answer.outcome {
            DelegationOutcome::Authority { servers } if !servers.is_empty() => Some(servers.clone()),
            _ => None,
        });
        if let (Some(own), Err(_)) = (own, &self.detail) {
            self.rename_servers(own);
        }
        let parent = told.iter().find(|answer| answer.role == DelegationRole::Parent);
        match parent.map(|answer| &answer.outcome) {
            Some(DelegationOutcome::Referral { zone, servers }) if *zone == self.facts.name.trim_end_matches('.') => {
                let known: BTreeSet<&String> = self.name_servers.iter().collect();
                if servers.iter().collect::<BTreeSet<_>>() != known {
                    self.delegated_to = servers.iter().map(|server| format!("{server}.")).collect();
                }
            }
            Some(DelegationOutcome::Undelegated { .. }) => self.undelegated = true,
            Some(_) | None => {}
        }
        let speaks = |name: &str| {
            let mut of_name = children().filter(|answer| answer.server_name == name);
            of_name.any(|answer| matches!(answer.outcome, DelegationOutcome::Authority { .. }))
        };
        let lame = children().filter(|answer| !answer.server.is_empty() && !speaks(&answer.server_name));
        self.lame = lame.map(|answer| format!("{}.", answer.server_name)).collect();
        self.lame.sort_unstable();
        self.lame.dedup();
    }
}

/// How a zone is signed whose answers were checked with these results: its worst fault counts.
fn signing(view: &TxtView) -> Signing {
    let outcomes = || view.signatures.items().iter().map(|answer| &answer.outcome);
    let bogus = outcomes().find_map(|outcome| match outcome {
        DnssecOutcome::Bogus(cause) => Some(cause),
        DnssecOutcome::Secure | DnssecOutcome::Insecure => None,
    });
    match bogus {
        Some(BogusCause::Unsigned) => Signing::Stripped,
        Some(BogusCause::OutOfTime { .. }) => Signing::Expired,
        Some(BogusCause::NoKeyOfTheParents { .. }) => Signing::StrangeKey,
        Some(BogusCause::Broken) => Signing::Forged,
        None if outcomes().any(|outcome| *outcome == DnssecOutcome::Secure) => Signing::Signed,
        None => Signing::Unsigned,
    }
}
