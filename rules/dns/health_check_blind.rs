//! DNS-010: the health checks of a failover pair must see an outage of the primary Region. It judges the alarms that they follow; what an
//! endpoint tells of WorkSpaces nobody but its owner knows.

use crate::controls;
use crate::dns::health::{Checks, is_alarm, is_calculated, is_disabled, is_inverted};
use crate::dns::routing::{NO_FAILOVER, Routing, routed};
use crate::dns::zone::{AtAlias, OTHER_PROVIDER, at_alias};
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::route53::HealthCheck;
use crate::model::{Dataset, PairView, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};
use std::cell::RefCell;
use std::collections::BTreeSet;

/// DNS-010 health-check-blind.
pub(super) struct HealthCheckBlind;

const INSUFFICIENT_DATA: usize = 0;
const ALARM_IN_PRIMARY: usize = 1;

const fn strands(key: &'static str) -> Case {
    Case { key, severity: Severity::High, effect: Effect::Strands, uncounted: false }
}

static META: Meta = Meta {
    id: "DNS-010",
    name: "health-check-blind",
    area: Area::Dns,
    summary: "a health check of the failover pair would not see the primary Region fail",
    cases: &[strands("insufficient-data-healthy"), strands("alarm-in-primary")],
    reach: Reach::Pair,
    implies: &[],
    needs: &[Dataset::Zones, Dataset::RecordSets, Dataset::HealthChecks],
    controls: &[controls::REL13_BP05, controls::EUCREL05, controls::CP_10, controls::A_5_30, controls::ARTICLE_11],
    remedy: "Rest the health check on an alarm outside the primary Region, and count insufficient data as unhealthy.",
    options: &[],
    doc: include_str!("health_check_blind.md"),
};

/// What becomes of a check when the primary Region fails.
enum Outage<'e> {
    /// What the failover needs, as far as can be seen.
    Follows,
    /// It stays as it is, for want of these alarms; of none where it is disabled or looks at nothing, which is DNS-009's.
    Stuck(BTreeSet<Alarm<'e>>),
    /// It cannot be told.
    Unknown(Unknown),
}

/// A check that an alarm leaves in the dark, and how.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Alarm<'e> {
    case: usize,
    id: &'e str,
    name: &'e str,
    region: &'e str,
    insufficient: &'e str,
}

/// Follows one check into an outage of a Region.
struct Trial<'e> {
    checks: Checks<'e>,
    /// The primary Region.
    region: &'e str,
}

impl<'e> Trial<'e> {
    /// Whether a check has the wanted status once the Region is gone: the primary's must become unhealthy, the secondary's stay healthy.
    fn of(&self, id: &str, healthy: bool, path: &mut Vec<&'e str>) -> Outage<'e> {
        let check = match self.checks.find(id) {
            Ok(Some(check)) => check,
            // A check that was deleted sees nothing; DNS-009 says so.
            Ok(None) => return Outage::Stuck(BTreeSet::new()),
            Err(gap) => return Outage::Unknown(gap.into()),
        };
        // What it must see, so that it says what is wanted.
        let seen = healthy != is_inverted(check);
        if is_disabled(check) {
            return if seen { Outage::Follows } else { Outage::Stuck(BTreeSet::new()) };
        }
        if is_calculated(check) {
            return self.calculated(check, seen, path);
        }
        if !is_alarm(check) {
            return Outage::Follows;
        }
        let in_primary = check.alarm_region == self.region;
        let case = match (seen, check.insufficient_data_health_status.as_str()) {
            // No data come from a Region that is gone.
            (false, "Healthy") => INSUFFICIENT_DATA,
            (false, _) if in_primary => ALARM_IN_PRIMARY,
            (true, "Unhealthy") if in_primary => ALARM_IN_PRIMARY,
            (false | true, _) => return Outage::Follows,
        };
        Outage::Stuck(BTreeSet::from([Alarm {
            case,
            id: &check.id,
            name: &check.alarm_name,
            region: &check.alarm_region,
            insufficient: &check.insufficient_data_health_status,
        }]))
    }

    /// A calculated check follows while those of its children that do not are too few to hold it.
    fn calculated(&self, check: &'e HealthCheck, healthy: bool, path: &mut Vec<&'e str>) -> Outage<'e> {
        let blame = RefCell::new(BTreeSet::new());
        let healthy_then = self.checks.calculated(check, path, |child, path| match self.of(child, healthy, path) {
            Outage::Follows => Ok(healthy),
            Outage::Stuck(alarms) => {
                blame.borrow_mut().extend(alarms);
                Ok(!healthy)
            }
            Outage::Unknown(why) => Err(why),
        });
        match healthy_then {
            Ok(then) if then == healthy => Outage::Follows,
            Ok(_) => Outage::Stuck(blame.into_inner()),
            Err(why) => Outage::Unknown(why),
        }
    }
}

/// What the checks of the failover pairs at the alias's name would miss.
fn found<'e>(pair: &PairView<'e>, here: &AtAlias<'e>) -> Vec<Outage<'e>> {
    let trial = Trial { checks: Checks::of(pair), region: &pair.settings.primary.region };
    let mut found = Vec::new();
    for (_, routing) in routed(here) {
        match routing {
            Routing::Failover(failover) => {
                for (set, healthy) in [(failover.primary, false), (failover.secondary, true)] {
                    let id = set.map(|set| set.health_check_id.as_str()).filter(|id| !id.is_empty());
                    found.extend(id.map(|id| trial.of(id, healthy, &mut Vec::new())));
                }
            }
            Routing::Simple | Routing::Other(_) => {}
        }
    }
    found
}

impl Rule for HealthCheckBlind {
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
        let is_pair = |routing: &Routing<'_>| match routing {
            Routing::Failover(_) => true,
            Routing::Simple | Routing::Other(_) => false,
        };
        let any = routed(&here).iter().any(|(_, routing)| is_pair(routing));
        for outage in found(pair, &here) {
            match outage {
                Outage::Follows => sheet.pass(),
                Outage::Stuck(alarms) => fails.extend(alarms.into_iter().map(|alarm| alarm.case)),
                Outage::Unknown(why) => {
                    unknown.insert(why);
                }
            }
        }
        fails.into_iter().for_each(|case| sheet.fail(Subject::Alias, case));
        unknown.into_iter().for_each(|why| sheet.unknown(Subject::Alias, why));
        if sheet.is_empty() {
            sheet.not_applicable(if any { NO_CHECK } else { NO_FAILOVER });
        }
    }

    fn word(&self, pair: &PairView<'_>, _: Subject, case: usize) -> Wording {
        let here = at_alias(pair).unwrap_or_default();
        let mut alarms = BTreeSet::new();
        for outage in found(pair, &here) {
            match outage {
                Outage::Stuck(stuck) => alarms.extend(stuck.into_iter().filter(|alarm| alarm.case == case)),
                Outage::Follows | Outage::Unknown(_) => {}
            }
        }
        let shown: Vec<String> = alarms
            .into_iter()
            .map(|alarm| {
                let Alarm { id, name, region, insufficient, .. } = alarm;
                format!("the health check {id} follows the alarm {name:?} in {region} (InsufficientDataHealthStatus {insufficient})")
            })
            .collect();
        let shown = shown.join("; ");
        let region = &pair.settings.primary.region;
        Wording::new(if case == INSUFFICIENT_DATA {
            format!(
                "{shown}: no data come from {region} while it is down, and the check then counts as healthy, so that nothing flips"
            )
        } else {
            format!("{shown}: the alarm lives in the Region whose outage it is to tell of, and may fail with it")
        })
    }
}

const NO_CHECK: &str = "no health check of the failover pair looks at anything: DNS-009 says so";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;
    use crate::model::settings::DnsProvider;
    use crate::readiness::State;

    fn follow(fixture: &mut Fixture, id: &str, region: &str, insufficient: &str) {
        *fixture.check(id) = HealthCheck {
            id: id.to_owned(),
            r#type: "CLOUDWATCH_METRIC".to_owned(),
            alarm_region: region.to_owned(),
            alarm_name: "desktops-reachable".to_owned(),
            insufficient_data_health_status: insufficient.to_owned(),
            ..HealthCheck::default()
        };
    }

    fn sum(fixture: &mut Fixture, id: &str, threshold: i32, children: &[&str]) {
        *fixture.check(id) = HealthCheck {
            id: id.to_owned(),
            r#type: "CALCULATED".to_owned(),
            health_threshold: Some(threshold),
            child_health_checks: children.iter().map(|&child| child.to_owned()).collect(),
            ..HealthCheck::default()
        };
    }

    fn verdicts(fixture: &Fixture) -> (u64, Vec<String>) {
        let (passes, fails) = fixture.verdicts(&HealthCheckBlind);
        (passes, fails.into_iter().map(|fail| fail.replace(" desktop.corp.example", "")).collect())
    }

    fn with(id: &str, region: &str, insufficient: &str) -> Fixture {
        let mut fixture = Fixture::failover();
        follow(&mut fixture, id, region, insufficient);
        fixture
    }

    #[test]
    fn passes_where_the_checks_see_an_outage() {
        assert_eq!(verdicts(&Fixture::failover()), (2, vec![]));
        for insufficient in ["Unhealthy", "LastKnownStatus", ""] {
            assert_eq!(verdicts(&with("hc-primary", "us-west-2", insufficient)), (2, vec![]), "{insufficient}");
        }
        for insufficient in ["Healthy", "LastKnownStatus"] {
            assert_eq!(verdicts(&with("hc-secondary", "us-east-1", insufficient)), (2, vec![]), "{insufficient}");
        }
        assert_eq!(verdicts(&with("hc-secondary", "us-west-2", "Unhealthy")), (2, vec![]));
    }

    #[test]
    fn fails_where_missing_data_count_as_healthy() {
        let fixture = with("hc-primary", "us-west-2", "Healthy");
        assert_eq!(verdicts(&fixture), (1, vec!["insufficient-data-healthy".to_owned()]));
        assert_eq!(
            fixture.words(&HealthCheckBlind).message,
            "the health check hc-primary follows the alarm \"desktops-reachable\" in us-west-2 (InsufficientDataHealthStatus Healthy): no \
             data come from us-east-1 while it is down, and the check then counts as healthy, so that nothing flips"
        );
        let run = fixture.run(&[&HealthCheckBlind]);
        assert!(run.pairs[0].readiness.states.iter().all(|state| *state == State::Stranded));
        // Inverted, it is the other way round.
        let mut inverted = with("hc-primary", "us-west-2", "Healthy");
        inverted.check("hc-primary").inverted = Some(true);
        assert_eq!(verdicts(&inverted), (2, vec![]));
    }

    #[test]
    fn fails_where_the_alarm_lives_in_the_primary_region() {
        for insufficient in ["Unhealthy", "LastKnownStatus"] {
            let fixture = with("hc-primary", "us-east-1", insufficient);
            assert_eq!(verdicts(&fixture), (1, vec!["alarm-in-primary".to_owned()]), "{insufficient}");
            assert!(fixture.words(&HealthCheckBlind).message.ends_with("may fail with it"));
        }
        // Without data the secondary's check would take the way out.
        assert_eq!(verdicts(&with("hc-secondary", "us-east-1", "Unhealthy")), (1, vec!["alarm-in-primary".to_owned()]));
        // One thing reads as one thing.
        assert_eq!(
            verdicts(&with("hc-primary", "us-east-1", "Healthy")),
            (1, vec!["insufficient-data-healthy".to_owned()])
        );
    }

    #[test]
    fn of_a_calculated_check_so_many_children_must_see() {
        let with = |threshold: i32, children: &[&str], inverted: bool| {
            let mut fixture = Fixture::failover();
            fixture.add_check("blind", "TCP", "");
            follow(&mut fixture, "blind", "us-west-2", "Healthy");
            fixture.add_check("seeing", "HTTPS", "Success");
            fixture.add_check("off", "HTTPS", "");
            fixture.check("off").disabled = Some(true);
            fixture.add_check("not", "HTTPS", "");
            sum(&mut fixture, "not", 1, &["blind"]);
            fixture.check("not").inverted = Some(true);
            sum(&mut fixture, "hc-primary", threshold, children);
            fixture.check("hc-primary").inverted = Some(inverted);
            verdicts(&fixture)
        };
        let blind = vec!["insufficient-data-healthy".to_owned()];
        assert_eq!(with(2, &["blind", "seeing"], false), (2, vec![]));
        assert_eq!(with(1, &["blind", "seeing"], false), (1, blind.clone()));
        assert_eq!(with(2, &["blind", "off", "seeing"], false), (1, blind.clone()), "two stay healthy");
        assert_eq!(with(3, &["blind", "off", "seeing"], false), (2, vec![]));
        assert_eq!(with(1, &["not"], true), (1, blind), "twice inverted");
        assert_eq!(with(1, &["hc-primary"], false).0, 1, "it counts itself");
    }

    #[test]
    fn what_looks_at_nothing_is_another_rules() {
        let mut fixture = Fixture::failover();
        fixture.check("hc-primary").disabled = Some(true);
        fixture.record("SECONDARY").health_check_id = "hc-deleted".to_owned();
        assert_eq!(fixture.judge(&HealthCheckBlind).reasons(), [NO_CHECK]);
        // Disabled and inverted, it has flipped the pair for good.
        fixture.check("hc-primary").inverted = Some(true);
        assert_eq!(verdicts(&fixture), (1, vec![]));
    }

    #[test]
    fn does_not_apply_to_a_simple_record_or_elsewhere() {
        let mut fixture = Fixture::clean();
        assert_eq!(fixture.judge(&HealthCheckBlind).reasons(), [NO_FAILOVER]);
        fixture.pair().dns.provider = DnsProvider::None;
        assert_eq!(fixture.judge(&HealthCheckBlind).reasons(), [OTHER_PROVIDER]);
    }

    #[test]
    fn denied_calls_are_named() {
        let mut nested = Fixture::failover();
        nested.add_check("blind", "TCP", "");
        follow(&mut nested, "blind", "us-west-2", "Healthy");
        sum(&mut nested, "hc-primary", 1, &["blind", "hc-secondary"]);
        for fixture in [Fixture::clean(), Fixture::failover(), with("hc-primary", "us-east-1", "Healthy"), nested] {
            fixture.assert_gaps_are_no_passes(&HealthCheckBlind);
        }
    }
}
