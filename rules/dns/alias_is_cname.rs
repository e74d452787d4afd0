//! DNS-014: the TXT record should stand at the alias's own name. That it may be reached by way of a CNAME is documented nowhere.

use crate::controls;
use crate::dns::zone::at_alias;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::dns::{TxtAnswer, TxtOutcome};
use crate::model::{Dataset, PairView, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};
use std::collections::BTreeMap;

/// DNS-014 alias-is-cname.
pub(super) struct AliasIsCname;

static META: Meta = Meta {
    id: "DNS-014",
    name: "alias-is-cname",
    area: Area::Dns,
    summary: "the alias's name is a CNAME, and what clients make of that is not documented",
    cases: &[Case { key: "cname", severity: Severity::Medium, effect: Effect::None, uncounted: false }],
    reach: Reach::Pair,
    implies: &[],
    needs: &[Dataset::Zones, Dataset::RecordSets, Dataset::Txt],
    controls: &[controls::REL13_BP02, controls::EUCREL03, controls::CP_8, controls::A_5_30],
    remedy: "Put the TXT record at the alias's own name, in place of the CNAME.",
    options: &[],
    doc: include_str!("alias_is_cname.md"),
};

const NOBODY_TELLS: Unknown =
    Unknown::Undetermined("no zone was read and no name server tells what stands at the alias's name");

/// What one answer says of the name.
enum Said<'e> {
    /// It leads on to this name.
    Leads(&'e str),
    /// It has records of its own, or none.
    Own,
    /// Nothing stands there at all.
    Absent,
    Nothing,
}

fn said(answer: &TxtAnswer) -> Said<'_> {
    match &answer.outcome {
        TxtOutcome::Cname { canonical, .. } => Said::Leads(canonical),
        TxtOutcome::Found { canonical, .. } if !canonical.is_empty() => Said::Leads(canonical),
        TxtOutcome::Found { .. } | TxtOutcome::NoData { .. } => Said::Own,
        TxtOutcome::NxDomain { .. } => Said::Absent,
        TxtOutcome::Referral { .. }
        | TxtOutcome::ServFail
        | TxtOutcome::Refused
        | TxtOutcome::Timeout
        | TxtOutcome::Unreachable(_)
        | TxtOutcome::Wrong(_) => Said::Nothing,
    }
}

/// Where the name leads, and who says so.
fn targets(pair: &PairView<'_>) -> BTreeMap<String, Vec<String>> {
    let mut targets: BTreeMap<String, Vec<String>> = BTreeMap::new();
    if let Some(placed) = at_alias(pair).and_then(|here| here.cname) {
        let target = placed.set.resource_records.first().map_or("", String::as_str).trim_end_matches('.');
        let who = format!("the zone {} ({})", placed.zone.name, placed.zone.id);
        targets.entry(target.to_ascii_lowercase()).or_default().push(who);
    }
    for answer in pair.txt.answers.items() {
        if let Said::Leads(target) = said(answer) {
            targets.entry(target.to_owned()).or_default().push(format!("the server {}", answer.server));
        }
    }
    targets
}

impl Rule for AliasIsCname {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let here = at_alias(pair);
        let hidden = [here.as_ref().and_then(|here| here.gap()), pair.txt.answers.gap()];
        hidden.into_iter().flatten().for_each(|gap| sheet.unknown(Subject::Alias, gap));
        if !targets(pair).is_empty() {
            sheet.fail(Subject::Alias, 0);
        }
        let answers = pair.txt.answers.items();
        if here.is_some_and(|here| here.gap().is_none() && here.cname.is_none() && !here.zones.is_empty()) {
            sheet.pass();
        }
        let any = |wanted: fn(&Said<'_>) -> bool| answers.iter().any(|answer| wanted(&said(answer)));
        let leads = any(|said| matches!(said, Said::Leads(_)));
        if pair.txt.answers.gap().is_none() && !leads && any(|said| matches!(said, Said::Own)) {
            sheet.pass();
        }
        if sheet.is_empty() {
            if any(|said| matches!(said, Said::Absent)) {
                sheet.not_applicable("nothing stands at the alias's name");
            } else {
                sheet.unknown(Subject::Alias, NOBODY_TELLS);
            }
        }
    }

    fn word(&self, pair: &PairView<'_>, _: Subject, _: usize) -> Wording {
        let targets: Vec<String> = targets(pair)
            .into_iter()
            .map(|(target, mut who)| {
                who.dedup();
                format!("{target} ({})", who.join(", "))
            })
            .collect();
        Wording::new(format!("{} is a CNAME to {}", pair.settings.alias, targets.join(" and to ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::dns::CnameEnd;
    use crate::model::settings::DnsProvider;

    fn answer(fixture: &mut Fixture, outcome: &TxtOutcome) {
        for answer in fixture.estate.txt[0].answers.items_mut() {
            answer.outcome = outcome.clone();
        }
    }

    /// The alias's record is a CNAME, in the zone alone.
    fn in_zone() -> Fixture {
        let mut fixture = Fixture::clean();
        let set = &mut fixture.estate.zones[0].record_sets.get_mut("Z0CORP").expect("it was read").items_mut()[0];
        set.r#type = "CNAME".to_owned();
        set.resource_records = vec!["Txt.Corp.example.".to_owned()];
        fixture
    }

    fn by_query(end: Option<CnameEnd>) -> Fixture {
        let mut fixture = Fixture::clean();
        fixture.pair().dns.provider = DnsProvider::None;
        let canonical = "txt.corp.example".to_owned();
        let records = vec![vec![Fixture::identifier(On::Primary).to_owned()]];
        answer(
            &mut fixture,
            &match end {
                Some(end) => TxtOutcome::Cname { canonical, ttl: 60, end },
                None => TxtOutcome::Found { records, ttl: 60, canonical },
            },
        );
        fixture
    }

    #[test]
    fn passes_where_the_record_stands_at_the_name() {
        assert_eq!(Fixture::clean().verdicts(&AliasIsCname), (2, vec![]));
        let mut fixture = Fixture::clean();
        answer(&mut fixture, &TxtOutcome::NoData { negative_ttl: None });
        assert_eq!(fixture.verdicts(&AliasIsCname), (2, vec![]));
    }

    #[test]
    fn a_cname_is_seen_in_the_zone_and_by_asking() {
        let fails = vec!["cname desktop.corp.example".to_owned()];
        // Name servers that have not heard of it yet.
        assert_eq!(in_zone().verdicts(&AliasIsCname), (1, fails.clone()));
        assert_eq!(
            in_zone().words(&AliasIsCname).message,
            "desktop.corp.example is a CNAME to txt.corp.example (the zone corp.example. (Z0CORP))"
        );
        for end in [None, Some(CnameEnd::Elsewhere), Some(CnameEnd::NxDomain), Some(CnameEnd::NoData)] {
            assert_eq!(by_query(end).verdicts(&AliasIsCname), (0, fails.clone()));
        }
        assert_eq!(
            by_query(None).words(&AliasIsCname).message,
            "desktop.corp.example is a CNAME to txt.corp.example (the server 192.0.2.53:53, the server 192.0.2.54:53, the server 192.0.2.1:53)"
        );
        assert_eq!(by_query(None).run(&[&AliasIsCname]).pairs[0].readiness.ready, 3);
    }

    #[test]
    fn does_not_apply_where_nothing_stands_there_and_does_not_guess() {
        let mut fixture = by_query(None);
        answer(&mut fixture, &TxtOutcome::NxDomain { negative_ttl: None });
        assert_eq!(fixture.judge(&AliasIsCname).reasons().len(), 1);
        answer(&mut fixture, &TxtOutcome::Timeout);
        assert_eq!(fixture.judge(&AliasIsCname).unknowns(), [(Subject::Alias, NOBODY_TELLS)]);
    }

    #[test]
    fn denied_calls_are_named() {
        Fixture::clean().assert_gaps_are_no_passes(&AliasIsCname);
        in_zone().assert_gaps_are_no_passes(&AliasIsCname);
        by_query(None).assert_gaps_are_no_passes(&AliasIsCname);
    }
}
