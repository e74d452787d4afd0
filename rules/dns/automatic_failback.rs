//! DNS-017: a failover pair must not send people back by itself, while what they work on is on the standby side (AWS-FACTS §3).

use crate::controls;
use crate::dns::health::{Checks, is_alarm, is_calculated, is_inverted, is_switch};
use crate::dns::routing::{NO_FAILOVER, Routing, routed};
use crate::dns::zone::{AtAlias, OTHER_PROVIDER, at_alias};
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::{Dataset, PairView, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};
use std::cell::RefCell;
use std::collections::BTreeSet;

/// DNS-017 automatic-failback.
pub(super) struct AutomaticFailback;

static META: Meta = Meta {
    id: "DNS-017",
    name: "automatic-failback",
    area: Area::Dns,
    summary: "the failover pair sends people back by itself once its primary health check recovers",
    cases: &[Case { key: "automatic", severity: Severity::Medium, effect: Effect::Degrades, uncounted: false }],
    reach: Reach::Pair,
    implies: &[],
    needs: &[Dataset::Zones, Dataset::RecordSets, Dataset::HealthChecks],
    controls: &[controls::REL13_BP05, controls::EUCREL02, controls::CP_10, controls::A_5_30, controls::ARTICLE_11],
    remedy: "Let people decide when to go back: rest the PRIMARY record set on a check that somebody switches.",
    options: &[],
    doc: include_str!("automatic_failback.md"),
};

const NO_CHECK: &str = "the primary of the failover pair has no health check that could recover: DNS-009 says so";

/// Follows the primary's check to what it looks at.
struct Search<'e> {
    checks: Checks<'e>,
    /// The checks that recover by themselves.
    found: RefCell<BTreeSet<&'e str>>,
}

impl<'e> Search<'e> {
    /// Whether a check becomes healthy again when what it looks at does; `inverted` where the checks above invert it once.
    fn recovers(&self, id: &str, inverted: bool, path: &mut Vec<&'e str>) -> Result<bool, Unknown> {
        let Some(check) = self.checks.find(id)? else { return Ok(false) };
        if self.checks.always(id)?.is_some() {
            return Ok(false);
        }
        let inverted = inverted != is_inverted(check);
        if is_calculated(check) {
            return self.checks.any_child(check, path, |child, path| self.recovers(child, inverted, path));
        }
        // An endpoint that makes the check unhealthy by answering is no probe of the Region: it is a switch that people made themselves.
        let recovers = !is_switch(check) && (is_alarm(check) || !inverted);
        if recovers {
            self.found.borrow_mut().insert(&check.id);
        }
        Ok(recovers)
    }
}

/// Of each failover pair whose primary has a health check, whether it comes back by itself, and by which checks.
fn found<'e>(pair: &PairView<'e>, here: &AtAlias<'e>) -> Vec<Result<BTreeSet<&'e str>, Unknown>> {
    let checks = Checks::of(pair);
    let mut found = Vec::new();
    for (_, routing) in routed(here) {
        match routing {
            Routing::Failover(failover) => {
                let id = failover.primary.map(|set| set.health_check_id.as_str()).filter(|id| !id.is_empty());
                let Some(id) = id else { continue };
                let search = Search { checks, found: RefCell::default() };
                let recovers = search.recovers(id, false, &mut Vec::new());
                found.push(recovers.map(|_| search.found.into_inner()));
            }
            Routing::Simple | Routing::Other(_) => {}
        }
    }
    found
}

impl Rule for AutomaticFailback {
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
        let mut fails = false;
        for found in found(pair, &here) {
            match found {
                Ok(checks) if checks.is_empty() => sheet.pass(),
                Ok(_) => fails = true,
                Err(why) => {
                    unknown.insert(why);
                }
            }
        }
        if fails {
            sheet.fail(Subject::Alias, 0);
        }
        unknown.into_iter().for_each(|why| sheet.unknown(Subject::Alias, why));
        if sheet.is_empty() {
            let is_pair = |routing: &Routing<'_>| match routing {
                Routing::Failover(_) => true,
                Routing::Simple | Routing::Other(_) => false,
            };
            let any = routed(&here).iter().any(|(_, routing)| is_pair(routing));
            sheet.not_applicable(if any { NO_CHECK } else { NO_FAILOVER });
        }
    }

    fn word(&self, pair: &PairView<'_>, _: Subject, _: usize) -> Wording {
        let here = at_alias(pair).unwrap_or_default();
        let checks: BTreeSet<&str> = found(pair, &here).into_iter().flatten().flatten().collect();
        let checks: Vec<&str> = checks.into_iter().collect();
        let (primary, standby) = (&pair.settings.primary.region, &pair.settings.standby.region);
        Wording::new(format!(
            "the failover pair of {} goes back to {primary} as soon as the health check {} is healthy again, while people's newer work is \
             in {standby}",
            pair.settings.alias,
            checks.join(", ")
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;
    use crate::model::route53::HealthCheck;
    use crate::model::settings::DnsProvider;
    use crate::readiness::State;

    /// A failover pair whose primary rests on a check of this kind.
    fn on(kind: &str) -> Fixture {
        let mut fixture = Fixture::failover();
        fixture.check("hc-primary").r#type = kind.to_owned();
        fixture
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

    fn fails() -> (u64, Vec<String>) {
        (0, vec!["automatic desktop.corp.example".to_owned()])
    }

    #[test]
    fn passes_where_people_decide() {
        assert_eq!(on("RECOVERY_CONTROL").verdicts(&AutomaticFailback), (1, vec![]));
        // A switch that people made of an endpoint: it answers, and the primary is unhealthy.
        let mut switch = on("HTTPS");
        switch.check("hc-primary").inverted = Some(true);
        assert_eq!(switch.verdicts(&AutomaticFailback), (1, vec![]));
        // Nothing recovers that never changes.
        let mut off = on("HTTPS");
        (off.check("hc-primary").disabled, off.check("hc-primary").inverted) = (Some(true), Some(true));
        assert_eq!(off.verdicts(&AutomaticFailback), (1, vec![]));
    }

    #[test]
    fn fails_where_it_recovers_by_itself() {
        for kind in ["HTTP", "HTTPS", "HTTP_STR_MATCH", "HTTPS_STR_MATCH", "TCP", "CLOUDWATCH_METRIC"] {
            assert_eq!(on(kind).verdicts(&AutomaticFailback), fails(), "{kind}");
        }
        let mut alarm = on("CLOUDWATCH_METRIC");
        alarm.check("hc-primary").inverted = Some(true);
        assert_eq!(alarm.verdicts(&AutomaticFailback), fails(), "an alarm may mean that all is well");
        let fixture = on("HTTPS");
        assert_eq!(
            fixture.words(&AutomaticFailback).message,
            "the failover pair of desktop.corp.example goes back to us-east-1 as soon as the health check hc-primary is healthy again, while \
             people's newer work is in us-west-2"
        );
        let run = fixture.run(&[&AutomaticFailback]);
        assert!(run.pairs[0].readiness.states.iter().all(|state| *state == State::Degraded));
    }

    #[test]
    fn a_calculated_check_recovers_with_any_of_its_children() {
        let with = |threshold: i32, children: &[&str], inverted: bool| {
            let mut fixture = Fixture::failover();
            fixture.add_check("switch", "RECOVERY_CONTROL", "");
            fixture.add_check("probe", "HTTPS", "Success");
            fixture.add_check("answers", "HTTPS", "Success");
            fixture.check("answers").inverted = Some(true);
            fixture.add_check("inner", "TCP", "");
            sum(&mut fixture, "inner", 1, &["probe"]);
            sum(&mut fixture, "hc-primary", threshold, children);
            fixture.check("hc-primary").inverted = Some(inverted);
            fixture
        };
        assert_eq!(with(1, &["switch"], false).verdicts(&AutomaticFailback), (1, vec![]));
        assert_eq!(with(2, &["switch", "probe"], false).verdicts(&AutomaticFailback), fails());
        assert_eq!(with(2, &["switch", "inner"], false).verdicts(&AutomaticFailback), fails());
        assert!(with(1, &["inner"], false).words(&AutomaticFailback).message.contains("the health check probe is"));
        assert_eq!(with(1, &["answers"], false).verdicts(&AutomaticFailback), (1, vec![]));
        assert_eq!(with(1, &["answers"], true).verdicts(&AutomaticFailback), fails(), "twice inverted is not inverted");
        assert_eq!(with(1, &["hc-primary"], false).judge(&AutomaticFailback).unknowns().len(), 1, "it counts itself");
    }

    #[test]
    fn does_not_apply_without_a_pair_or_a_check() {
        let mut fixture = Fixture::failover();
        fixture.record("PRIMARY").health_check_id.clear();
        assert_eq!(fixture.judge(&AutomaticFailback).reasons(), [NO_CHECK]);
        let mut fixture = Fixture::clean();
        assert_eq!(fixture.judge(&AutomaticFailback).reasons(), [NO_FAILOVER]);
        fixture.pair().dns.provider = DnsProvider::None;
        assert_eq!(fixture.judge(&AutomaticFailback).reasons(), [OTHER_PROVIDER]);
    }

    #[test]
    fn denied_calls_are_named() {
        let mut nested = Fixture::failover();
        nested.add_check("switch", "RECOVERY_CONTROL", "");
        nested.add_check("probe", "HTTPS", "Success");
        sum(&mut nested, "hc-primary", 2, &["switch", "probe"]);
        for fixture in [Fixture::clean(), on("HTTPS"), on("RECOVERY_CONTROL"), nested] {
            fixture.assert_gaps_are_no_passes(&AutomaticFailback);
        }
    }
}
