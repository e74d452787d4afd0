//! DNS-003: outside a drill or a failover that the state knows of, the record must send people to the primary Region.

use crate::controls;
use crate::dns::health::{Checks, GONE, Health};
use crate::dns::routing::{ALIAS_TARGET, Failover, Routing, policy, routed};
use crate::dns::seen::{Live, Places, Seen, Source, identifier_words, record_words, sources};
use crate::dns::zone::{NOBODY_TELLS, at_alias, is_told_absent};
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::route53::RecordSet;
use crate::model::{Dataset, PairView, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};
use std::collections::BTreeSet;

/// DNS-003 txt-points-to-standby.
pub(super) struct TxtPointsToStandby;

static META: Meta = Meta {
    id: "DNS-003",
    name: "txt-points-to-standby",
    area: Area::Dns,
    summary: "the TXT record sends people to the standby Region, and nothing says that this is meant",
    cases: &[Case { key: "standby", severity: Severity::High, effect: Effect::None, uncounted: false }],
    reach: Reach::Pair,
    implies: &[],
    needs: &[Dataset::Aliases, Dataset::Zones, Dataset::RecordSets, Dataset::HealthChecks, Dataset::Txt],
    controls: &[controls::REL13_BP04, controls::EUCREL07, controls::CP_10, controls::CM_3, controls::A_5_30],
    remedy: "When people are to work in the primary Region again, set the TXT record to the connection identifier of its association.",
    options: &[],
    doc: include_str!("txt_points_to_standby.md"),
};

const ROUTED: Unknown = Unknown::Undetermined(
    "a routing policy decides which value of the alias's TXT record is given, and no name server told which it is",
);
const MEANT: &str = "the TXT record sends people to the standby Region, as a drill or a failover of deskpair's has it";
const NO_IDENTIFIER: &str = "the TXT record names no live identifier of the alias: DNS-002 and DNS-004 say so";

/// Where some records send people.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Leads {
    /// To the standby Region, all of them.
    Standby,
    /// At least one to the primary Region.
    Primary,
    /// Nowhere that is known.
    Nowhere,
    /// They may name an identifier that was not read.
    Hidden,
}

fn leads(live: &Live<'_>, seen: &Seen<'_>) -> Leads {
    let is = |record: &Vec<String>, known: Option<&str>| matches!(record.as_slice(), [only] if known == Some(only));
    let (primary, standby) = (live.primary.ok().flatten(), live.standby.ok().flatten());
    if seen.records.iter().any(|record| is(record, primary)) {
        Leads::Primary
    } else if seen.records.iter().all(|record| is(record, standby)) {
        Leads::Standby
    } else if live.hidden().next().is_some() {
        Leads::Hidden
    } else {
        Leads::Nowhere
    }
}

/// What people are given: of record sets among which a routing policy chooses, what name servers say they are given, and where none does,
/// what Route 53 would choose.
fn given<'e>(pair: &PairView<'e>, unknown: &mut BTreeSet<Unknown>) -> Vec<Vec<Seen<'e>>> {
    let mut given: Vec<Vec<Seen<'e>>> = Vec::new();
    for source in sources(pair) {
        match source {
            Source::Hidden(gap) => {
                unknown.insert(gap.into());
            }
            Source::Told(seen) => given.push(seen),
        }
    }
    let is_routed = |set: &RecordSet| !set.failover.is_empty() || policy(set).is_some();
    let told = given.iter().flatten().any(|seen| seen.set.is_none());
    let mut chosen: Vec<&RecordSet> = Vec::new();
    if !told {
        for (_, routing) in at_alias(pair).iter().flat_map(routed) {
            match routing {
                Routing::Simple => {}
                Routing::Other(_) => {
                    unknown.insert(ROUTED);
                }
                Routing::Failover(failover) => match answered(Checks::of(pair), failover) {
                    Ok(set) => chosen.extend(set),
                    Err(why) => {
                        unknown.insert(why);
                    }
                },
            }
        }
    }
    for seen in &mut given {
        seen.retain(|seen| {
            seen.set.is_none_or(|set| !is_routed(set) || chosen.iter().any(|one| std::ptr::eq(*one, set)))
        });
    }
    given.retain(|seen| !seen.is_empty());
    given
}

/// The record set of a failover pair that Route 53 gives now (AWS-FACTS §3); nothing where it has none to give.
fn answered<'e>(checks: Checks<'e>, failover: Failover<'e>) -> Result<Option<&'e RecordSet>, Unknown> {
    let is_well = |set: &'e RecordSet| match (set.health_check_id.as_str(), &set.alias_target) {
        ("", Some(target)) if target.evaluate_target_health == Some(true) => Err(ALIAS_TARGET),
        ("", _) => Ok(true),
        (id, _) => match checks.now(id) {
            Health::Healthy => Ok(true),
            Health::Unhealthy => Ok(false),
            Health::Gone => Err(GONE),
            Health::Unknown(why) => Err(why),
        },
    };
    let chosen = match (failover.primary, failover.secondary) {
        (Some(primary), Some(secondary)) if !is_well(primary)? && is_well(secondary)? => Some(secondary),
        (Some(primary), _) => Some(primary),
        (None, secondary) => secondary,
    };
    match chosen {
        Some(set) if set.resource_records.is_empty() => Err(ALIAS_TARGET),
        set => Ok(set),
    }
}

impl Rule for TxtPointsToStandby {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let live = Live::of(pair);
        let mut unknown = BTreeSet::new();
        let given = given(pair, &mut unknown);
        let mut fails = false;
        for source in &given {
            let leads: Vec<Leads> = source.iter().map(|seen| leads(&live, seen)).collect();
            if leads.contains(&Leads::Standby) {
                fails = true;
            } else if leads.contains(&Leads::Hidden) {
                unknown.extend(live.hidden().map(Unknown::Gap));
            } else if leads.contains(&Leads::Primary) {
                sheet.pass();
            }
        }
        unknown.into_iter().for_each(|why| sheet.unknown(Subject::Alias, why));
        if fails && pair.settings.under_way.is_some() {
            return sheet.not_applicable(MEANT);
        }
        if fails {
            sheet.fail(Subject::Alias, 0);
        }
        match (sheet.is_empty(), given.is_empty()) {
            (false, _) => {}
            (true, false) => sheet.not_applicable(NO_IDENTIFIER),
            (true, true) if is_told_absent(pair) => {
                sheet.not_applicable("no TXT record was seen at the alias's name");
            }
            (true, true) => sheet.unknown(Subject::Alias, NOBODY_TELLS),
        }
    }

    fn word(&self, pair: &PairView<'_>, _: Subject, _: usize) -> Wording {
        let live = Live::of(pair);
        let mut shown = Places::default();
        for seen in given(pair, &mut BTreeSet::new()).into_iter().flatten() {
            if leads(&live, &seen) == Leads::Standby {
                shown.add(record_words(&seen.records[0]), &seen.place);
            }
        }
        let (primary, standby) = (&pair.settings.primary.region, &pair.settings.standby.region);
        Wording::new(format!(
            "the TXT record of {} sends people to {standby}, not to {primary}: {}; the state knows of no drill or failover that is under way",
            pair.settings.alias,
            shown.words()
        ))
        .with("ConnectionIdentifier", identifier_words(pair, pair.primary), identifier_words(pair, pair.standby))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::dns::{ServerKind, TxtOutcome};
    use crate::model::route53::AliasTarget;
    use crate::model::settings::DnsProvider;

    const P: &str = Fixture::identifier(On::Primary);
    const S: &str = Fixture::identifier(On::Standby);
    const ILL: &str = "Failure: Connection timed out";

    fn answer(fixture: &mut Fixture, of: impl Fn(ServerKind) -> bool, value: &str) {
        for answer in fixture.estate.txt[0].answers.items_mut().iter_mut().filter(|answer| of(answer.kind)) {
            let records = vec![vec![value.to_owned()]];
            answer.outcome = TxtOutcome::Found { records, ttl: 60, canonical: String::new() };
        }
    }

    #[test]
    fn what_a_drill_or_a_failover_has_changed_is_meant() {
        let mut fixture = Fixture::clean();
        answer(&mut fixture, |_| true, S);
        fixture.pair().dns.provider = DnsProvider::None;
        assert_eq!(fixture.verdicts(&TxtPointsToStandby).1, ["standby desktop.corp.example".to_owned()]);
        let since = crate::fixture::TAKEN_AT;
        fixture.pair().under_way = Some(crate::model::settings::UnderWay { what: "failover 1".to_owned(), since });
        let sheet = fixture.judge(&TxtPointsToStandby);
        assert_eq!((sheet.passes(), sheet.fails().len(), sheet.unknowns().len()), (0, 0, 0));
    }

    fn silence(fixture: &mut Fixture) {
        for answer in fixture.estate.txt[0].answers.items_mut() {
            answer.outcome = TxtOutcome::Timeout;
        }
    }

    /// The clean estate with this value in the zone and in every answer.
    fn everywhere(value: &str) -> Fixture {
        let mut fixture = Fixture::clean();
        fixture.records()[0].resource_records = vec![format!("\"{value}\"")];
        answer(&mut fixture, |_| true, value);
        fixture
    }

    fn fails() -> Vec<String> {
        vec!["standby desktop.corp.example".to_owned()]
    }

    #[test]
    fn passes_while_it_names_the_primary() {
        assert_eq!(Fixture::clean().verdicts(&TxtPointsToStandby), (2, vec![]));
        assert_eq!(everywhere(P).verdicts(&TxtPointsToStandby), (2, vec![]));
    }

    #[test]
    fn fails_while_it_names_the_standby_anywhere() {
        let fixture = everywhere(S);
        assert_eq!(fixture.verdicts(&TxtPointsToStandby), (0, fails()));
        let words = fixture.words(&TxtPointsToStandby);
        assert_eq!(
            words.message,
            "the TXT record of desktop.corp.example sends people to us-west-2, not to us-east-1: \"fedcba0987654321\" (the zone \
             corp.example. (Z0CORP), the server 192.0.2.53:53, the server 192.0.2.54:53); the state knows of no drill or failover that is \
             under way"
        );
        assert_eq!((words.drift[0].primary.as_str(), words.drift[0].standby.as_str()), (P, S));
        let mut fixture = Fixture::clean();
        answer(&mut fixture, |kind| kind == ServerKind::Authoritative, S);
        assert_eq!(fixture.verdicts(&TxtPointsToStandby), (1, fails()));
        // What a resolver remembers counts where nobody knows better.
        let mut fixture = Fixture::clean();
        answer(&mut fixture, |kind| kind == ServerKind::System, S);
        assert_eq!(fixture.verdicts(&TxtPointsToStandby), (2, vec![]));
        fixture.pair().dns.provider = DnsProvider::None;
        fixture.estate.txt[0].answers.items_mut().retain(|answer| answer.kind == ServerKind::System);
        assert_eq!(fixture.verdicts(&TxtPointsToStandby), (0, fails()));
    }

    #[test]
    fn of_a_failover_pair_the_servers_say_which_is_given() {
        assert_eq!(Fixture::failover().verdicts(&TxtPointsToStandby), (1, vec![]));
        let mut fixture = Fixture::failover();
        answer(&mut fixture, |kind| kind == ServerKind::Authoritative, S);
        assert_eq!(fixture.verdicts(&TxtPointsToStandby), (0, fails()));
    }

    #[test]
    fn and_where_they_are_silent_the_health_checks_do() {
        let mut fixture = Fixture::failover();
        silence(&mut fixture);
        assert_eq!(fixture.verdicts(&TxtPointsToStandby), (1, vec![]));
        let ill = |fixture: &mut Fixture, id: &str| {
            fixture.check(id).observations.iter_mut().for_each(|seen| seen.status = ILL.to_owned());
        };
        ill(&mut fixture, "hc-primary");
        assert_eq!(fixture.verdicts(&TxtPointsToStandby), (0, fails()));
        assert!(
            fixture
                .words(&TxtPointsToStandby)
                .message
                .contains("\"fedcba0987654321\" (the zone corp.example. (Z0CORP));")
        );
        ill(&mut fixture, "hc-secondary");
        assert_eq!(fixture.verdicts(&TxtPointsToStandby), (1, vec![]), "Route 53 gives the primary where both are ill");
        fixture.record("SECONDARY").health_check_id.clear();
        assert_eq!(fixture.verdicts(&TxtPointsToStandby), (0, fails()));
        fixture.check("hc-primary").observations.clear();
        assert_eq!(fixture.judge(&TxtPointsToStandby).unknowns().len(), 1);
        fixture.record("PRIMARY").health_check_id = "hc-deleted".to_owned();
        assert_eq!(fixture.judge(&TxtPointsToStandby).unknowns(), [(Subject::Alias, GONE)]);
        let primary = fixture.record("PRIMARY");
        primary.health_check_id.clear();
        primary.alias_target = Some(AliasTarget { evaluate_target_health: Some(true), ..AliasTarget::default() });
        assert_eq!(fixture.judge(&TxtPointsToStandby).unknowns(), [(Subject::Alias, ALIAS_TARGET)]);
        // A pair of which one half is missing gives the other.
        fixture.records().retain(|set| set.failover == "SECONDARY");
        assert_eq!(fixture.verdicts(&TxtPointsToStandby), (0, fails()));
    }

    #[test]
    fn where_another_policy_decides_somebody_must_ask() {
        let mut fixture = Fixture::clean();
        fixture.records()[0].weight = Some(10);
        assert_eq!(fixture.verdicts(&TxtPointsToStandby), (1, vec![]));
        silence(&mut fixture);
        assert_eq!(fixture.judge(&TxtPointsToStandby).unknowns(), [(Subject::Alias, ROUTED)]);
    }

    #[test]
    fn other_values_are_other_rules() {
        assert_eq!(everywhere("stale").judge(&TxtPointsToStandby).reasons(), [NO_IDENTIFIER]);
        let mut both = Fixture::clean();
        both.records()[0].resource_records = vec![format!("\"{S}\""), format!("\"{P}\"")];
        assert_eq!(both.verdicts(&TxtPointsToStandby), (2, vec![]), "two identifiers are DNS-004's");
        both.records()[0].resource_records[1] = "\"stale\"".to_owned();
        assert_eq!(both.verdicts(&TxtPointsToStandby), (1, vec![]), "and so is one beside another text");
        let mut none = everywhere(P);
        none.records().clear();
        for answer in none.estate.txt[0].answers.items_mut() {
            answer.outcome = TxtOutcome::NxDomain { negative_ttl: None };
        }
        assert_eq!(none.judge(&TxtPointsToStandby).reasons(), ["no TXT record was seen at the alias's name"]);
        none.pair().dns.provider = DnsProvider::None;
        silence(&mut none);
        assert_eq!(none.judge(&TxtPointsToStandby).unknowns(), [(Subject::Alias, NOBODY_TELLS)]);
    }

    #[test]
    fn denied_calls_are_named() {
        for fixture in [Fixture::clean(), Fixture::failover(), everywhere(S), everywhere("stale")] {
            fixture.assert_gaps_are_no_passes(&TxtPointsToStandby);
        }
        // One identifier is enough to know that a record names it.
        let mut fixture = everywhere(S);
        fixture.deny(On::Primary, Dataset::Aliases);
        assert_eq!(fixture.verdicts(&TxtPointsToStandby), (0, fails()));
    }
}
