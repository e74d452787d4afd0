//! DNS-009: a failover pair of record sets must be able to flip: the primary's health check can fail, the secondary's holds, and each leads
//! to its own Region. It judges what stands there and what health checkers see now; whether they would see an outage is DNS-010's.

use crate::controls;
use crate::dns::health::{Checks, Health, is_switch};
use crate::dns::routing::{ALIAS_TARGET, Failover, NO_FAILOVER, Routing, routed};
use crate::dns::seen::{Live, identifier_words};
use crate::dns::zone::{AtAlias, OTHER_PROVIDER, at_alias, strings, zone_words};
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::route53::{HostedZone, RecordSet};
use crate::model::{Dataset, PairView, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};
use std::collections::BTreeSet;

/// DNS-009 failover-routing-ineffective.
pub(super) struct FailoverRoutingIneffective;

const SECONDARY_UNHEALTHY: usize = 0;
const NEVER_UNHEALTHY: usize = 1;
const SWAPPED: usize = 2;
const UNCHECKED: usize = 3;
const INCOMPLETE: usize = 4;
const ONE_CHECK: usize = 5;
const CHECK_GONE: usize = 6;

const fn strands(key: &'static str) -> Case {
    Case { key, severity: Severity::Critical, effect: Effect::Strands, uncounted: false }
}

static META: Meta = Meta {
    id: "DNS-009",
    name: "failover-routing-ineffective",
    area: Area::Dns,
    summary: "the failover pair of record sets at the alias's name cannot flip",
    cases: &[
        strands("secondary-unhealthy"),
        strands("never-unhealthy"),
        strands("swapped"),
        strands("unchecked"),
        strands("incomplete"),
        strands("one-check"),
        strands("check-gone"),
    ],
    reach: Reach::Pair,
    // Where the identifiers are swapped, people are sent to the standby Region while all is well.
    implies: &["DNS-003"],
    needs: &[Dataset::Aliases, Dataset::Zones, Dataset::RecordSets, Dataset::HealthChecks],
    controls: &[
        controls::REL13_BP05,
        controls::EUCREL02,
        controls::CP_10,
        controls::A_5_30,
        controls::A1_2,
        controls::ARTICLE_11,
    ],
    remedy: "Give the PRIMARY record set the primary Region's identifier and a health check that can fail, and the SECONDARY one the standby \
             Region's identifier and a health check that holds, or none.",
    options: &[],
    doc: include_str!("failover_routing_ineffective.md"),
};

/// What is wrong with one pair, and what cannot be told.
#[derive(Default)]
struct Found {
    /// Each with what shows it, in words.
    wrong: Vec<(usize, String)>,
    unknown: BTreeSet<Unknown>,
}

impl Found {
    fn of(pair: &PairView<'_>, here: &AtAlias<'_>, zone: &HostedZone, failover: Failover<'_>) -> Self {
        let mut found = Self::default();
        let place = zone_words(zone);
        let (primary, secondary) = match (failover.primary, failover.secondary, here.records_gap) {
            (Some(primary), Some(secondary), _) => (primary, secondary),
            // The other one may be among those that were not read.
            (_, _, Some(gap)) => {
                found.unknown.insert(gap.into());
                return found;
            }
            (primary, _, None) => {
                let missing = if primary.is_some() { "SECONDARY" } else { "PRIMARY" };
                found.wrong.push((INCOMPLETE, format!("{place} has no {missing} record set there")));
                return found;
            }
        };
        let checks = Checks::of(pair);
        found.look_at_primary(checks, primary, &place);
        found.look_at_secondary(checks, primary, secondary, &place);
        found.look_at_values(&Live::of(pair), secondary, &place);
        found
    }

    /// Whether the primary record set can be given up at all.
    fn look_at_primary(&mut self, checks: Checks<'_>, primary: &RecordSet, place: &str) {
        let id = primary.health_check_id.as_str();
        if id.is_empty() {
            let of_target =
                primary.alias_target.as_ref().is_some_and(|target| target.evaluate_target_health == Some(true));
            if of_target {
                self.unknown.insert(ALIAS_TARGET);
            } else {
                self.wrong.push((UNCHECKED, format!("the PRIMARY record set in {place} has no health check")));
            }
            return;
        }
        match (checks.find(id), checks.always(id)) {
            (Ok(None), _) => self.gone("PRIMARY", id, place),
            (Ok(Some(_)), Ok(Some(true))) => {
                let words = format!(
                    "the health check {id} of the PRIMARY record set in {place} is always healthy: it, or enough of its children, are disabled"
                );
                self.wrong.push((NEVER_UNHEALTHY, words));
            }
            // One that is always unhealthy has flipped the pair for good: people are on the standby Region already.
            (Ok(Some(_)), Ok(None | Some(false))) => {}
            (Err(gap), _) => {
                self.unknown.insert(gap.into());
            }
            (_, Err(why)) => {
                self.unknown.insert(why);
            }
        }
    }

    /// Whether there is something to flip to: Route 53 gives the primary, well or not, while the secondary is unhealthy (AWS-FACTS §3).
    fn look_at_secondary(&mut self, checks: Checks<'_>, primary: &RecordSet, secondary: &RecordSet, place: &str) {
        let id = secondary.health_check_id.as_str();
        if id.is_empty() {
            let of_target =
                secondary.alias_target.as_ref().is_some_and(|target| target.evaluate_target_health == Some(true));
            if of_target {
                self.unknown.insert(ALIAS_TARGET);
            }
            return;
        }
        if primary.health_check_id == id {
            let words = format!("both record sets in {place} rest on the health check {id}, and fail with it");
            return self.wrong.push((ONE_CHECK, words));
        }
        // A routing control that is off now is switched on, through its own data plane, when the other is switched off.
        if checks.find(id).is_ok_and(|check| check.is_some_and(is_switch)) {
            return;
        }
        match checks.now(id) {
            Health::Healthy => {}
            Health::Unhealthy => {
                let words = format!("the health check {id} of the SECONDARY record set in {place} is unhealthy");
                self.wrong.push((SECONDARY_UNHEALTHY, words));
            }
            Health::Gone => self.gone("SECONDARY", id, place),
            Health::Unknown(why) => {
                self.unknown.insert(why);
            }
        }
    }

    /// Whether the secondary leads anywhere else than the primary Region. What the primary names is DNS-002's and DNS-003's.
    fn look_at_values(&mut self, live: &Live<'_>, secondary: &RecordSet, place: &str) {
        if secondary.resource_records.is_empty() {
            self.unknown.insert(ALIAS_TARGET);
            return;
        }
        let values: Vec<String> = secondary.resource_records.iter().map(|value| strings(value).concat()).collect();
        let names = |identifier: &str| values.iter().any(|value| value == identifier);
        match (live.primary, live.standby) {
            (Ok(Some(primary)), _) if names(primary) => {
                let words =
                    format!("the SECONDARY record set in {place} names the primary Region's identifier {primary}");
                self.wrong.push((SWAPPED, words));
            }
            (Ok(_), _) => {}
            (Err(_), Ok(Some(standby))) if names(standby) => {}
            (Err(gap), _) => {
                self.unknown.insert(gap.into());
            }
        }
    }

    fn gone(&mut self, role: &str, id: &str, place: &str) {
        let words =
            format!("the {role} record set in {place} names the health check {id}, which the account does not have");
        self.wrong.push((CHECK_GONE, words));
    }
}

/// What is found of each failover pair at the alias's name.
fn found(pair: &PairView<'_>, here: &AtAlias<'_>) -> Vec<Found> {
    let failovers = routed(here).into_iter().filter_map(|(zone, routing)| match routing {
        Routing::Failover(failover) => Some((zone, failover)),
        Routing::Simple | Routing::Other(_) => None,
    });
    failovers.map(|(zone, failover)| Found::of(pair, here, zone, failover)).collect()
}

impl Rule for FailoverRoutingIneffective {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let Some(here) = at_alias(pair) else { return sheet.not_applicable(OTHER_PROVIDER) };
        if let Some(gap) = here.zones_gap {
            // A longer zone among those that were not read would answer in place of these.
            return sheet.unknown(Subject::Alias, gap);
        }
        let mut unknown: BTreeSet<Unknown> = here.records_gap.into_iter().map(Unknown::Gap).collect();
        let mut fails = BTreeSet::new();
        let found = found(pair, &here);
        for found in &found {
            if found.wrong.is_empty() && found.unknown.is_empty() {
                sheet.pass();
            }
            fails.extend(found.wrong.iter().map(|(case, _)| *case));
            unknown.extend(&found.unknown);
        }
        fails.into_iter().for_each(|case| sheet.fail(Subject::Alias, case));
        unknown.into_iter().for_each(|why| sheet.unknown(Subject::Alias, why));
        if found.is_empty() && sheet.is_empty() {
            sheet.not_applicable(NO_FAILOVER);
        }
    }

    fn word(&self, pair: &PairView<'_>, _: Subject, case: usize) -> Wording {
        let here = at_alias(pair).unwrap_or_default();
        let shown: Vec<String> = found(pair, &here)
            .into_iter()
            .flat_map(|found| found.wrong)
            .filter(|(found, _)| *found == case)
            .map(|(_, words)| words)
            .collect();
        let shown = shown.join("; ");
        let wording = Wording::new(match case {
            SECONDARY_UNHEALTHY => {
                format!("{shown}: while it is, Route 53 gives the primary record, whatever happens there")
            }
            NEVER_UNHEALTHY | UNCHECKED => format!("{shown}: Route 53 never gives the secondary record"),
            SWAPPED => format!("{shown}: a failover leads to the Region that failed"),
            INCOMPLETE => format!("the failover pair of {} is half a pair: {shown}", pair.settings.alias),
            ONE_CHECK => format!("{shown}: Route 53 then gives the primary record"),
            _ => format!("{shown}: what Route 53 makes of a check that was deleted cannot be foretold"),
        });
        if case == SWAPPED {
            let identifiers = [pair.primary, pair.standby].map(|side| identifier_words(pair, side));
            let [primary, standby] = identifiers;
            return wording.with("ConnectionIdentifier", primary, standby);
        }
        wording
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::route53::{AliasTarget, HealthCheck};
    use crate::model::settings::DnsProvider;
    use crate::readiness::State;

    const ILL: &str = "Failure: Connection timed out";

    fn fails(fixture: &Fixture) -> Vec<String> {
        let (passes, fails) = fixture.verdicts(&FailoverRoutingIneffective);
        assert_eq!(passes, u64::from(fails.is_empty()));
        fails.into_iter().map(|fail| fail.replace(" desktop.corp.example", "")).collect()
    }

    fn drifted(drift: impl FnOnce(&mut Fixture)) -> Fixture {
        let mut fixture = Fixture::failover();
        drift(&mut fixture);
        fixture
    }

    fn sicken(fixture: &mut Fixture, id: &str) {
        fixture.check(id).observations.iter_mut().for_each(|seen| seen.status = ILL.to_owned());
    }

    fn calculate(fixture: &mut Fixture, id: &str, threshold: i32, children: &[&str]) {
        *fixture.check(id) = HealthCheck {
            id: id.to_owned(),
            r#type: "CALCULATED".to_owned(),
            health_threshold: Some(threshold),
            child_health_checks: children.iter().map(|&child| child.to_owned()).collect(),
            ..HealthCheck::default()
        };
    }

    #[test]
    fn passes_where_the_pair_can_flip() {
        assert_eq!(fails(&Fixture::failover()), Vec::<String>::new());
        // The secondary needs no check, and the primary may be ill: then it has flipped.
        assert!(fails(&drifted(|fixture| fixture.record("SECONDARY").health_check_id.clear())).is_empty());
        assert!(fails(&drifted(|fixture| sicken(fixture, "hc-primary"))).is_empty());
        // Disabled and inverted, the primary's check has flipped the pair for good; the secondary's, disabled, holds for good.
        let switched = drifted(|fixture| {
            let check = fixture.check("hc-primary");
            (check.disabled, check.inverted) = (Some(true), Some(true));
            fixture.check("hc-secondary").disabled = Some(true);
        });
        assert!(fails(&switched).is_empty());
        // Nobody reports routing controls, and people switch both.
        let controls = drifted(|fixture| {
            for id in ["hc-primary", "hc-secondary"] {
                let check = fixture.check(id);
                check.r#type = "RECOVERY_CONTROL".to_owned();
                check.observations.clear();
            }
        });
        assert!(fails(&controls).is_empty());
    }

    #[test]
    fn fails_where_the_secondary_is_unhealthy() {
        let fixture = drifted(|fixture| sicken(fixture, "hc-secondary"));
        assert_eq!(fails(&fixture), ["secondary-unhealthy"]);
        assert_eq!(
            fixture.words(&FailoverRoutingIneffective).message,
            "the health check hc-secondary of the SECONDARY record set in the zone corp.example. (Z0CORP) is unhealthy: while it is, Route \
             53 gives the primary record, whatever happens there"
        );
        let run = fixture.run(&[&FailoverRoutingIneffective]);
        assert!(run.pairs[0].readiness.states.iter().all(|state| *state == State::Stranded));
        let inverted = drifted(|fixture| fixture.check("hc-secondary").inverted = Some(true));
        assert_eq!(fails(&inverted), ["secondary-unhealthy"]);
    }

    #[test]
    fn a_calculated_check_is_judged_by_its_children() {
        let with = |threshold: i32, children: &[&str]| {
            drifted(|fixture| {
                fixture.add_check("well", "TCP", "Success");
                fixture.add_check("ill", "TCP", ILL);
                fixture.add_check("inner", "TCP", "");
                calculate(fixture, "inner", 1, &["ill", "well"]);
                calculate(fixture, "hc-secondary", threshold, children);
            })
        };
        assert!(fails(&with(1, &["well", "ill"])).is_empty());
        assert!(fails(&with(2, &["well", "inner"])).is_empty());
        assert_eq!(fails(&with(2, &["well", "ill"])), ["secondary-unhealthy"]);
        assert_eq!(fails(&with(1, &["ill"])), ["secondary-unhealthy"]);
        let round = with(2, &["well", "hc-secondary"]);
        let sheet = round.judge(&FailoverRoutingIneffective);
        assert_eq!((sheet.passes(), sheet.fails().len(), sheet.unknowns().len()), (0, 0, 1), "it counts itself");
    }

    #[test]
    fn fails_where_the_primary_is_never_given_up() {
        let disabled = drifted(|fixture| fixture.check("hc-primary").disabled = Some(true));
        assert_eq!(fails(&disabled), ["never-unhealthy"]);
        assert!(disabled.words(&FailoverRoutingIneffective).message.ends_with("never gives the secondary record"));
        let zero = drifted(|fixture| calculate(fixture, "hc-primary", 0, &["hc-secondary"]));
        assert_eq!(fails(&zero), ["never-unhealthy"]);
        let or = drifted(|fixture| {
            fixture.add_check("off", "TCP", "");
            fixture.check("off").disabled = Some(true);
            fixture.add_check("on", "TCP", "Success");
            calculate(fixture, "hc-primary", 1, &["on", "off"]);
        });
        assert_eq!(fails(&or), ["never-unhealthy"]);
        let unchecked = drifted(|fixture| fixture.record("PRIMARY").health_check_id.clear());
        assert_eq!(fails(&unchecked), ["unchecked"]);
        let alias = |evaluate: bool| {
            drifted(|fixture| {
                let primary = fixture.record("PRIMARY");
                primary.health_check_id.clear();
                primary.alias_target =
                    Some(AliasTarget { evaluate_target_health: Some(evaluate), ..AliasTarget::default() });
            })
        };
        assert_eq!(fails(&alias(false)), ["unchecked"]);
        assert_eq!(alias(true).judge(&FailoverRoutingIneffective).unknowns(), [(Subject::Alias, ALIAS_TARGET)]);
    }

    #[test]
    fn fails_where_the_identifiers_are_swapped() {
        let fixture = drifted(|fixture| {
            let values = [On::Standby, On::Primary].map(|on| vec![format!("\"{}\"", Fixture::identifier(on))]);
            let [primary, secondary] = values;
            fixture.record("PRIMARY").resource_records = primary;
            fixture.record("SECONDARY").resource_records = secondary;
        });
        assert_eq!(fails(&fixture), ["swapped"]);
        let words = fixture.words(&FailoverRoutingIneffective);
        assert!(words.message.ends_with("a failover leads to the Region that failed"), "{}", words.message);
        assert_eq!(words.drift[0].standby, Fixture::identifier(On::Standby));
        let twice = drifted(|fixture| {
            let value = fixture.record("PRIMARY").resource_records.clone();
            fixture.record("SECONDARY").resource_records = value;
        });
        assert_eq!(fails(&twice), ["swapped"]);
    }

    #[test]
    fn fails_where_a_part_is_missing_or_shared() {
        for (role, other) in [("PRIMARY", "SECONDARY"), ("SECONDARY", "PRIMARY")] {
            let half = drifted(|fixture| fixture.records().retain(|set| set.failover == role));
            assert_eq!(fails(&half), ["incomplete"]);
            assert!(half.words(&FailoverRoutingIneffective).message.contains(&format!("has no {other} record set")));
            let gone = drifted(|fixture| fixture.record(role).health_check_id = "hc-deleted".to_owned());
            assert_eq!(fails(&gone), ["check-gone"]);
        }
        let shared = drifted(|fixture| fixture.record("SECONDARY").health_check_id = "hc-primary".to_owned());
        assert_eq!(fails(&shared), ["one-check"]);
        // Several things at once are several findings.
        let both = drifted(|fixture| {
            sicken(fixture, "hc-secondary");
            fixture.check("hc-primary").disabled = Some(true);
        });
        assert_eq!(fails(&both), ["never-unhealthy", "secondary-unhealthy"]);
    }

    #[test]
    fn does_not_apply_to_a_simple_record_or_elsewhere() {
        let mut fixture = Fixture::clean();
        assert_eq!(fixture.judge(&FailoverRoutingIneffective).reasons(), [NO_FAILOVER]);
        fixture.records().clear();
        assert_eq!(fixture.judge(&FailoverRoutingIneffective).reasons(), [NO_FAILOVER]);
        fixture.pair().dns.provider = DnsProvider::None;
        assert_eq!(fixture.judge(&FailoverRoutingIneffective).reasons(), [OTHER_PROVIDER]);
    }

    #[test]
    fn denied_calls_are_named() {
        let nested = drifted(|fixture| {
            fixture.add_check("off", "TCP", "");
            fixture.check("off").disabled = Some(true);
            fixture.add_check("ill", "TCP", ILL);
            calculate(fixture, "hc-primary", 1, &["off", "ill"]);
            calculate(fixture, "hc-secondary", 1, &["ill"]);
        });
        assert_eq!(fails(&nested), ["never-unhealthy", "secondary-unhealthy"]);
        for fixture in [
            Fixture::clean(),
            Fixture::failover(),
            drifted(|fixture| sicken(fixture, "hc-secondary")),
            drifted(|fixture| fixture.records().retain(|set| set.failover == "PRIMARY")),
            nested,
        ] {
            fixture.assert_gaps_are_no_passes(&FailoverRoutingIneffective);
        }
        // What the checkers see was denied: the secondary may be ill.
        let mut unseen = drifted(|fixture| fixture.check("hc-secondary").observations.clear());
        let gap = unseen.cut(On::Primary, Dataset::HealthChecks, crate::fixture::Kept::All);
        assert_eq!(unseen.judge(&FailoverRoutingIneffective).unknowns(), [(Subject::Alias, Unknown::Gap(gap))]);
    }
}
