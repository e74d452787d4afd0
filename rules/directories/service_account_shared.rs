//! DIR-005: each AD Connector should act as a service account of its own, so that one locked account does not take both Regions.
//!
//! It compares the names that Directory Service tells. Passwords and permissions are in the domain, which no AWS API reads.

use super::known::{self, service_account};
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::directory::Directory;
use crate::model::pairing::dns_name;
use crate::model::{Dataset, PairView, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};

/// DIR-005 service-account-shared.
pub(super) struct ServiceAccountShared;

static META: Meta = Meta {
    id: "DIR-005",
    name: "service-account-shared",
    area: Area::Directories,
    summary: "both AD Connectors act as one service account",
    cases: &[Case { key: "shared", severity: Severity::High, effect: Effect::None, uncounted: false }],
    reach: Reach::Pair,
    implies: &[],
    needs: &[Dataset::Directories, Dataset::Registrations, Dataset::Aliases],
    controls: &[controls::REL13_BP02, controls::EUCREL02, controls::CP_7, controls::CM_6, controls::A_8_14],
    remedy: "Make a second service account in the domain, delegate to it what the first has, and give it to the standby's connector (in the \
             console: no operation changes it).",
    options: &[],
    doc: include_str!("service_account_shared.md"),
};

const UNTOLD: Unknown = Unknown::Undetermined("the service account of one AD Connector is missing from the answer");

/// An account: its name, and its domain where that is not the connector's own.
fn account(directory: &Directory) -> (String, String) {
    let written = service_account(directory).to_lowercase();
    let (name, domain) = match (written.split_once('\\'), written.rsplit_once('@')) {
        (Some((domain, name)), _) | (None, Some((name, domain))) => (name.to_owned(), domain.to_owned()),
        (None, None) => (written, String::new()),
    };
    let is_own = dns_name(&domain) == dns_name(&directory.name) || domain == directory.short_name.to_lowercase();
    (name, if is_own { String::new() } else { dns_name(&domain) })
}

impl Rule for ServiceAccountShared {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let Some((p, s)) = known::connectors(pair, sheet) else { return };
        if service_account(p).is_empty() || service_account(s).is_empty() {
            sheet.unknown(Subject::Directories, UNTOLD);
        } else if account(p) == account(s) {
            sheet.fail(Subject::Directories, 0);
        } else {
            sheet.pass();
        }
    }

    fn word(&self, pair: &PairView<'_>, _: Subject, _: usize) -> Wording {
        let (p, s) = known::listed(pair).map_or(("", ""), |(p, s)| (service_account(p), service_account(s)));
        Wording::new(format!(
            "both AD Connectors act as the service account {s}: whatever locks it, or lets its password expire, takes both Regions at once"
        ))
        .with("ConnectSettings.CustomerUserName", p, s)
    }
}

#[cfg(test)]
mod tests {
    use super::super::known::{FOREIGN, NOT_BOTH, NOT_CONNECTORS};
    use super::*;
    use crate::fixture::{Fixture, On};

    fn accounts(primary: &str, standby: &str) -> Fixture {
        let mut fixture = Fixture::clean();
        for (on, name) in [(On::Primary, primary), (On::Standby, standby)] {
            let settings = fixture.side(on).directories.items_mut()[0].connect_settings.as_mut();
            settings.expect("a connector").customer_user_name = name.to_owned();
        }
        fixture
    }

    #[test]
    fn passes_for_two_accounts() {
        assert_eq!(Fixture::clean().verdicts(&ServiceAccountShared), (1, vec![]));
        // One name in two domains is two accounts.
        for (primary, standby) in [("svc@corp.example", "svc@other.example"), ("svc", "OTHER\\svc"), ("svc", "svc2")] {
            assert_eq!(accounts(primary, standby).verdicts(&ServiceAccountShared), (1, vec![]), "{primary} {standby}");
        }
    }

    #[test]
    fn fails_for_one_account_however_it_is_written() {
        for (primary, standby) in [
            ("svc_adconnector", "svc_adconnector"),
            ("svc_adconnector", "SVC_ADConnector"),
            ("svc", "CORP\\svc"),
            ("svc@corp.example", "corp\\SVC"),
            ("svc@CORP.example.", "svc"),
            ("svc@other.example", "SVC@other.example"),
        ] {
            let fixture = accounts(primary, standby);
            assert_eq!(
                fixture.verdicts(&ServiceAccountShared),
                (0, vec!["shared corp.example".to_owned()]),
                "{standby}"
            );
        }
        let fixture = accounts("svc", "CORP\\svc");
        let words = fixture.words(&ServiceAccountShared);
        assert!(
            words.message.starts_with("both AD Connectors act as the service account CORP\\svc"),
            "{}",
            words.message
        );
        assert_eq!(words.drift[0].primary, "svc");
        assert_eq!(fixture.run(&[&ServiceAccountShared]).pairs[0].readiness.ready, 3);
    }

    #[test]
    fn a_name_that_is_not_told_is_not_judged() {
        assert_eq!(accounts("svc", "").judge(&ServiceAccountShared).unknowns(), [(Subject::Directories, UNTOLD)]);
    }

    #[test]
    fn applies_to_two_connectors() {
        let mut fixture = accounts("svc", "svc");
        fixture.side(On::Primary).directories.items_mut()[0].r#type = "MicrosoftAD".to_owned();
        assert_eq!(fixture.judge(&ServiceAccountShared).reasons(), [NOT_CONNECTORS]);
        fixture.side(On::Primary).directories.items_mut().clear();
        assert_eq!(fixture.judge(&ServiceAccountShared).reasons(), [NOT_BOTH]);
        fixture.pair().standby.directory = Some("wsd-0000000aa".to_owned());
        assert_eq!(fixture.judge(&ServiceAccountShared).reasons(), [FOREIGN]);
    }

    #[test]
    fn denied_calls_are_named() {
        Fixture::clean().assert_gaps_are_no_passes(&ServiceAccountShared);
        accounts("svc", "svc").assert_gaps_are_no_passes(&ServiceAccountShared);
    }
}
