//! DNS-001: the zone must hold a TXT record at the alias's name. It asks the API; DNS-007 asks name servers.

use crate::controls;
use crate::dns::zone::{AtAlias, OTHER_PROVIDER, at_alias, values_of};
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::dns::ServerKind;
use crate::model::{Dataset, PairView, Subject};
use crate::rule::{Rule, Sheet, Wording};

/// DNS-001 txt-missing.
pub(super) struct TxtMissing;

const MISSING: usize = 0;
const ANSWERED_ELSEWHERE: usize = 1;

static META: Meta = Meta {
    id: "DNS-001",
    name: "txt-missing",
    area: Area::Dns,
    summary: "no TXT record stands at the alias's name in Route 53",
    cases: &[
        Case { key: "missing", severity: Severity::Critical, effect: Effect::Strands, uncounted: false },
        Case { key: "answered-elsewhere", severity: Severity::Medium, effect: Effect::None, uncounted: false },
    ],
    reach: Reach::Pair,
    // Servers say that there is none, and resolvers keep that for as long as the zone says.
    implies: &["DNS-005", "DNS-007"],
    needs: &[Dataset::Zones, Dataset::RecordSets, Dataset::Txt],
    controls: &[
        controls::REL13_BP02,
        controls::EUCREL02,
        controls::EUCREL03,
        controls::CP_8,
        controls::CP_10,
        controls::A_5_30,
        controls::A1_2,
        controls::ARTICLE_11,
    ],
    remedy: "Create the TXT record at the alias's name, with the connection identifier of the primary Region's association as its value.",
    options: &[],
    doc: include_str!("txt_missing.md"),
};

const CNAME: &str = "the alias is a CNAME, so its TXT record stands at another name: DNS-007 asks whether it is found";

/// Whether a server that speaks for the zone has the record all the same: then it is another zone than those that were read.
fn is_answered(pair: &PairView<'_>) -> bool {
    !values_of(pair, |kind| kind == ServerKind::Authoritative).is_empty()
}

impl Rule for TxtMissing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let Some(here) = at_alias(pair) else { return sheet.not_applicable(OTHER_PROVIDER) };
        match here {
            // A longer zone among those that were not read would answer in place of these.
            AtAlias { zones_gap: Some(gap), .. } => sheet.unknown(Subject::Alias, gap),
            AtAlias { texts, .. } if !texts.is_empty() => sheet.pass(),
            AtAlias { records_gap: Some(gap), .. } => sheet.unknown(Subject::Alias, gap),
            AtAlias { cname: Some(_), .. } => sheet.not_applicable(CNAME),
            AtAlias { .. } if is_answered(pair) => sheet.fail(Subject::Alias, ANSWERED_ELSEWHERE),
            // Where the servers were not asked whether they have it all the same, the zone's word stands.
            AtAlias { .. } => sheet.fail(Subject::Alias, MISSING),
        }
    }

    fn word(&self, pair: &PairView<'_>, _: Subject, case: usize) -> Wording {
        let alias = &pair.settings.alias;
        let zones = at_alias(pair).unwrap_or_default().zones;
        let names: Vec<String> = zones.iter().map(|zone| format!("{} ({})", zone.name, zone.id)).collect();
        let account = pair.zones.account.as_deref().unwrap_or("that was read");
        let lead = if names.is_empty() {
            format!("the account {account} has no Route 53 zone that encloses {alias}")
        } else {
            format!("no TXT record stands at {alias} in the zone {}", names.join(" or in "))
        };
        if case == ANSWERED_ELSEWHERE {
            return Wording::new(format!(
                "{lead}, and authoritative servers have one all the same: people are sent where it says, and nobody can change it from \
                 here"
            ))
            .fixed_by(
                "Name the identity that holds the zone (`profile` or `role_arn` in `[pair.dns]`), or the `provider` that does; a \
                 wildcard record deserves one of its own at the alias's name.",
            );
        }
        Wording::new(lead)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::dns::TxtOutcome;
    use crate::model::route53::RecordSet;
    use crate::model::settings::DnsProvider;
    use crate::model::{Slice, Unknown};
    use crate::readiness::State;

    fn records(fixture: &mut Fixture) -> &mut Slice<RecordSet> {
        fixture.estate.zones[0].record_sets.get_mut("Z0CORP").expect("the zone's records were read")
    }

    fn answer(fixture: &mut Fixture, outcome: &TxtOutcome) {
        for answer in fixture.estate.txt[0].answers.items_mut() {
            answer.outcome = outcome.clone();
        }
    }

    /// The clean estate without its record, in the zone and in what servers say.
    fn without() -> Fixture {
        let mut fixture = Fixture::clean();
        records(&mut fixture).items_mut().clear();
        answer(&mut fixture, &TxtOutcome::NxDomain { negative_ttl: Some(60) });
        fixture
    }

    #[test]
    fn passes_where_the_zone_holds_it_however_it_is_written() {
        assert_eq!(Fixture::clean().verdicts(&TxtMissing), (1, vec![]));
        let mut fixture = Fixture::clean();
        records(&mut fixture).items_mut()[0].name = "\\144esktop.CORP.example".to_owned();
        assert_eq!(fixture.verdicts(&TxtMissing), (1, vec![]));
    }

    #[test]
    fn fails_where_the_zone_holds_it_not() {
        let fixture = without();
        assert_eq!(fixture.verdicts(&TxtMissing), (0, vec!["missing desktop.corp.example".to_owned()]));
        assert_eq!(
            fixture.words(&TxtMissing).message,
            "no TXT record stands at desktop.corp.example in the zone corp.example. (Z0CORP)"
        );
        let run = fixture.run(&[&TxtMissing]);
        assert!(run.pairs[0].readiness.states.iter().all(|state| *state == State::Stranded));

        // Other names' records and other types are not it.
        let mut fixture = without();
        let set = |name: &str, kind: &str| RecordSet {
            name: name.to_owned(),
            r#type: kind.to_owned(),
            ..RecordSet::default()
        };
        records(&mut fixture).items_mut().extend([
            set("desktop.corp.example.", "A"),
            set("other.corp.example.", "TXT"),
            set("\\052.corp.example.", "TXT"),
        ]);
        assert_eq!(fixture.verdicts(&TxtMissing).1, ["missing desktop.corp.example"]);
    }

    #[test]
    fn fails_where_no_zone_encloses_the_alias() {
        let mut fixture = without();
        fixture.estate.zones[0].zones.items_mut()[0].name = "other.example.".to_owned();
        assert_eq!(
            fixture.words(&TxtMissing).message,
            "the account 111122223333 has no Route 53 zone that encloses desktop.corp.example"
        );
    }

    #[test]
    fn a_record_that_servers_have_all_the_same_strands_nobody() {
        let mut fixture = Fixture::clean();
        records(&mut fixture).items_mut().clear();
        assert_eq!(fixture.verdicts(&TxtMissing).1, ["answered-elsewhere desktop.corp.example"]);
        assert!(fixture.words(&TxtMissing).message.contains("authoritative servers have one all the same"));
        let run = fixture.run(&[&TxtMissing]);
        assert!(run.pairs[0].readiness.states.iter().all(|state| *state == State::Ready));
    }

    #[test]
    fn does_not_apply_elsewhere_or_behind_a_cname() {
        let mut fixture = without();
        for provider in [DnsProvider::Rfc2136, DnsProvider::Command, DnsProvider::None] {
            fixture.pair().dns.provider = provider;
            assert_eq!(fixture.judge(&TxtMissing).reasons(), [OTHER_PROVIDER]);
        }
        let mut fixture = without();
        let cname =
            RecordSet { name: "desktop.corp.example.".to_owned(), r#type: "CNAME".to_owned(), ..RecordSet::default() };
        records(&mut fixture).items_mut().push(cname);
        assert_eq!(fixture.judge(&TxtMissing).reasons(), [CNAME]);
    }

    #[test]
    fn denied_calls_are_named() {
        for fixture in [Fixture::clean(), without()] {
            fixture.assert_gaps_are_no_passes(&TxtMissing);
            for dataset in [Dataset::Zones, Dataset::RecordSets] {
                let mut fixture = fixture.clone();
                let gap = fixture.deny(On::Primary, dataset);
                let sheet = fixture.judge(&TxtMissing);
                assert_eq!(sheet.unknowns(), [(Subject::Alias, Unknown::Gap(gap))]);
                assert_eq!((sheet.passes(), sheet.fails().len()), (0, 0));
            }
        }
        // A zone that was read is no answer where a longer one may not have been.
        let mut fixture = Fixture::clean();
        let gap = fixture.gap("route53", "ListHostedZones");
        let zones = fixture.estate.zones[0].zones.items().to_vec();
        fixture.estate.zones[0].zones = Slice::cut(zones, gap);
        assert_eq!(fixture.judge(&TxtMissing).unknowns(), [(Subject::Alias, Unknown::Gap(gap))]);
    }
}
