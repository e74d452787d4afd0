//! A failover pair of record sets, moved by the health check of its PRIMARY set: Disabled and Inverted together are unhealthy for sure, and
//! `HealthCheckVersion` is what Route 53 compares (AWS-FACTS §9).
//!
//! Where the health checks' API does not answer, as in a failover of Route 53's own control plane (AWS-FACTS §4), the pair is replaced by one
//! simple record in one batch, and going back from there makes the pair again. Which of these it is, is decided by what stands there.

use super::find::quoted;
use super::route53::{Records, failed, simple_value, standing};
use super::{Standing, Swapped, sets};
use crate::collect::calls::{Operation, Service};
use crate::collect::fault::{Effect, Fault, Retry};
use deskpair_rules::dns::holds;
use deskpair_rules::model::GapCause;
use deskpair_rules::model::route53::{HealthCheck, RecordSet};
use serde_json::Value;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

const UPDATE: Operation = Operation::of(Service::Route53, "UpdateHealthCheck");

/// How often the check is asked for before its API counts as gone. A swap does not wait through all the patience of a read.
const TRIES: u32 = 3;

/// A health check's two switches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Flags {
    pub(super) disabled: bool,
    pub(super) inverted: bool,
}

impl Flags {
    /// Unhealthy, whatever it looks at.
    const AWAY: Self = Self { disabled: true, inverted: true };

    fn of(check: &HealthCheck) -> Self {
        Self { disabled: check.disabled == Some(true), inverted: check.inverted == Some(true) }
    }

    fn told(self) -> String {
        format!("Disabled is {} and Inverted is {}", self.disabled, self.inverted)
    }
}

/// A failover pair and what it was when it was planned.
#[derive(Debug)]
pub(super) struct ByHealth {
    pub(super) records: Records,
    pub(super) check: String,
    pub(super) version: i64,
    /// What going back restores.
    pub(super) home: Flags,
    pub(super) primary_set: Value,
    pub(super) standby_set: Value,
    pub(super) pause: Duration,
    /// Whether an update of the check was not answered well before: then the second that is not makes the records change instead.
    pub(super) failed_before: AtomicBool,
}

/// What stands at the name.
enum Found {
    /// The pair, as it was planned with.
    Pair,
    /// One simple record, exact, and its value.
    Simple(Value, String),
    /// Something else.
    Other(Standing),
}

/// The value of a record set in JSON, without its quotes.
fn value_of(set: &Value) -> &str {
    set["ResourceRecords"][0]["Value"].as_str().unwrap_or_default().trim_matches('"')
}

/// Whether the API did not answer, as far as can be told: not that it refused.
const fn is_away(fault: &Fault) -> bool {
    match fault.cause {
        GapCause::TimedOut | GapCause::Unreachable | GapCause::Malformed | GapCause::Unsupported => true,
        GapCause::Failed => matches!(fault.effect, Effect::Unknown),
        GapCause::Denied
        | GapCause::Partial
        | GapCause::Throttled
        | GapCause::Credentials
        | GapCause::NotCollected
        | GapCause::Deadline => false,
    }
}

impl ByHealth {
    fn primary(&self) -> &str {
        value_of(&self.primary_set)
    }

    fn standby(&self) -> &str {
        value_of(&self.standby_set)
    }

    fn found(&self, all: &[RecordSet]) -> Found {
        let texts: Vec<&RecordSet> = all.iter().filter(|set| matches!(set.r#type.as_str(), "TXT" | "CNAME")).collect();
        let exact: Vec<Value> = texts.iter().map(|set| sets::exact(set)).collect();
        if let [one, other] = exact.as_slice() {
            let pair = [&self.primary_set, &self.standby_set];
            if [one, other] == pair || [other, one] == pair {
                return Found::Pair;
            }
        }
        if let ([set], [exact]) = (texts.as_slice(), exact.as_slice())
            && let Some(value) = simple_value(set)
        {
            return Found::Simple(exact.clone(), value);
        }
        Found::Other(standing(all))
    }

    /// The check as it is.
    async fn now(&self) -> Result<HealthCheck, Fault> {
        let mut answer = self.records.api.health_check(&self.check).await;
        for _ in 1..TRIES {
            match &answer {
                Err(fault) if fault.retry == Retry::Later => {
                    tokio::time::sleep(self.pause).await;
                    answer = self.records.api.health_check(&self.check).await;
                }
                Ok(_) | Err(_) => break,
            }
        }
        answer
    }

    pub(super) async fn swap(&self, from: &str, to: &str) -> Swapped {
        let away = (from, to) == (self.primary(), self.standby());
        if !away && (to, from) != (self.primary(), self.standby()) {
            return Swapped::Refused(format!(
                "the failover pair of {} is \"{}\" and \"{}\": it cannot be changed from \"{from}\" to \"{to}\"",
                self.records.shown(),
                self.primary(),
                self.standby()
            ));
        }
        let all = match self.records.all().await {
            Ok(all) => all,
            Err(why) => {
                return Swapped::Later(format!("what stands at {} could not be read: {why}", self.records.shown()));
            }
        };
        match self.found(&all) {
            Found::Pair if away => self.move_away(to).await,
            Found::Pair => self.move_home(to).await,
            Found::Simple(set, value) if !away && value == from => self.pair_again(&set).await,
            Found::Simple(_, value) => Swapped::Refused(format!(
                "one simple record \"{value}\" stands at {} in place of the failover pair: nothing was changed",
                self.records.shown()
            )),
            Found::Other(found) => Swapped::Refused(format!(
                "the failover pair of {} is not what it was: somebody else has changed it, and their edit stands ({})",
                self.records.shown(),
                match found {
                    Standing::Is(value) => format!("\"{value}\""),
                    Standing::Absent => "no record is there".to_owned(),
                    Standing::Other(what) => what,
                }
            )),
        }
    }

    async fn move_away(&self, to: &str) -> Swapped {
        let check = match self.now().await {
            Ok(check) => check,
            Err(fault) if is_away(&fault) => return self.replace_pair(to).await,
            Err(fault) => return self.refused(&fault),
        };
        let version = check.health_check_version.unwrap_or_default();
        // A plan of coming back that has been carried out has moved the version by its own update.
        let carried_out = self.home == Flags { disabled: true, inverted: false } && version == self.version + 1;
        if (version != self.version && !carried_out) || Flags::of(&check) != self.home {
            return Swapped::Refused(format!(
                "the health check {} is not what it was: version {} then, {version} now, and {}; somebody else has changed it",
                self.check,
                self.version,
                Flags::of(&check).told()
            ));
        }
        self.update(version, Flags::AWAY, to).await
    }

    async fn move_home(&self, to: &str) -> Swapped {
        let check = match self.now().await {
            Ok(check) => check,
            Err(fault) if is_away(&fault) => return self.replace_pair(to).await,
            Err(fault) => return self.refused(&fault),
        };
        let flags = Flags::of(&check);
        if flags != Flags::AWAY {
            let which =
                if flags == self.home { "as it was before" } else { "something else: somebody else has changed it" };
            return Swapped::Refused(format!("the health check {} is {which} ({})", self.check, flags.told()));
        }
        self.update(check.health_check_version.unwrap_or_default(), self.home, to).await
    }

    /// Sets the switches, where the check still has this version.
    async fn update(&self, version: i64, flags: Flags, to: &str) -> Swapped {
        let fault = match self.set(version, flags).await {
            Ok(()) => return Swapped::Done { change: None },
            Err(fault) => fault,
        };
        if fault.code == "HealthCheckVersionMismatch" {
            return Swapped::Refused(format!(
                "the health check {} has been changed by somebody else meanwhile, and their edit stands ({})",
                self.check, fault.message
            ));
        }
        if !is_away(&fault) {
            return self.refused(&fault);
        }
        if fault.effect == Effect::None {
            return self.replace_pair(to).await;
        }
        // The version makes it harmless to look: an update that came through has moved it.
        if let Ok(check) = self.now().await
            && Flags::of(&check) == flags
        {
            return Swapped::Done { change: None };
        }
        if self.failed_before.swap(true, Ordering::SeqCst) {
            // One simple record serves this value whatever becomes of the check.
            return self.replace_pair(to).await;
        }
        Swapped::Unclear(format!("the health check {} may have been updated or not: {}", self.check, fault.message))
    }

    async fn set(&self, version: i64, flags: Flags) -> Result<(), Fault> {
        let client = self.records.api.client();
        let request = client
            .update_health_check()
            .health_check_id(&self.check)
            .health_check_version(version)
            .disabled(flags.disabled)
            .inverted(flags.inverted);
        self.records.api.caller().once(UPDATE, request.send()).await.map(drop)
    }

    fn refused(&self, fault: &Fault) -> Swapped {
        match failed(fault) {
            Swapped::Refused(why) => Swapped::Refused(format!("the health check {}: {why}", self.check)),
            Swapped::Later(why) => Swapped::Later(format!("the health check {}: {why}", self.check)),
            // To ask changes nothing, and an update whose answer is unclear is no refusal.
            Swapped::Unclear(why) => Swapped::Unclear(format!("the health check {}: {why}", self.check)),
            done @ Swapped::Done { .. } => done,
        }
    }

    /// Without the health checks' API: one simple record in place of the pair.
    async fn replace_pair(&self, to: &str) -> Swapped {
        let ttl = self.primary_set["TTL"].as_i64().unwrap_or_default();
        let simple = sets::txt(self.records.name(), ttl, &[quoted(to).into()]);
        let changes = [("DELETE", &self.primary_set), ("DELETE", &self.standby_set), ("CREATE", &simple)];
        self.without_health(self.records.change(&changes).await)
    }

    /// From one simple record back to the pair. A check that an update of ours may have reached is put back first, so that the pair serves
    /// its PRIMARY set at once; where its API does not answer, the record's own servers tell whether it does.
    async fn pair_again(&self, simple: &Value) -> Swapped {
        if let Ok(check) = self.now().await
            && Flags::of(&check) == Flags::AWAY
            && self.home != Flags::AWAY
            && let Err(fault) = self.set(check.health_check_version.unwrap_or_default(), self.home).await
            && !is_away(&fault)
        {
            return self.refused(&fault);
        }
        let changes = [("DELETE", simple), ("CREATE", &self.primary_set), ("CREATE", &self.standby_set)];
        self.without_health(self.records.change(&changes).await)
    }

    fn without_health(&self, swapped: Swapped) -> Swapped {
        let said =
            |why: String| format!("by the record sets of {}, not by the health check: {why}", self.records.shown());
        match swapped {
            Swapped::Refused(why) => Swapped::Refused(said(why)),
            Swapped::Later(why) => Swapped::Later(said(why)),
            Swapped::Unclear(why) => Swapped::Unclear(said(why)),
            done @ Swapped::Done { .. } => done,
        }
    }

    /// What Route 53 serves, as far as its settings and its checkers tell.
    pub(super) async fn read(&self) -> Result<Standing, String> {
        let all = self.records.all().await?;
        match self.found(&all) {
            Found::Simple(_, value) => return Ok(Standing::Is(value)),
            Found::Other(found) => return Ok(found),
            Found::Pair => {}
        }
        if self.health(&self.check).await? {
            return Ok(Standing::Is(self.primary().to_owned()));
        }
        // An unhealthy SECONDARY set is passed over, and the PRIMARY one is served all the same (AWS-FACTS §3).
        match self.standby_set["HealthCheckId"].as_str() {
            None => Ok(Standing::Is(self.standby().to_owned())),
            Some(check) if self.health(check).await? => Ok(Standing::Is(self.standby().to_owned())),
            Some(_) => Ok(Standing::Is(self.primary().to_owned())),
        }
    }

    /// Whether a check is healthy now.
    async fn health(&self, id: &str) -> Result<bool, String> {
        let told = |why: String| format!("the health check {id}: {why}");
        let mut check = self.records.api.health_check(id).await;
        if check.as_ref().is_err_and(|fault| fault.retry == Retry::Later) {
            tokio::time::sleep(self.pause).await;
            check = self.records.api.health_check(id).await;
        }
        let mut check = check.map_err(|fault| told(fault.message))?;
        if check.disabled != Some(true) && check.r#type != "CALCULATED" {
            check.observations = self.records.api.observations(id).await.map_err(|gap| gap.to_string())?;
        }
        if check.r#type == "CALCULATED" && check.disabled != Some(true) {
            return Err(told("it is calculated from others, and Route 53 reports none of that".to_owned()));
        }
        holds(&check).map_err(|_| told("none of Route 53's checkers has told yet what it sees".to_owned()))
    }
}
