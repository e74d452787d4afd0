//! Watches the name servers: who gives which of the two values, from when on.

use super::plan::Plan;
use crate::dns::ask::{AskPlan, Authoritative, Inquiry};
use deskpair_rules::model::dns::{ServerKind, TxtAnswer, TxtOutcome};
use deskpair_rules::model::settings::DnsSettings;
use std::collections::BTreeMap;
use std::time::Duration;

/// How long one question may take: whoever does not answer by then is asked again a moment later.
const TIMEOUT: Duration = Duration::from_millis(1500);

/// What one server says now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Of which kind it is.
    pub kind: ServerKind,
    /// Where that sends people: `primary`, `standby`, `other`; `none` where it gave no answer.
    pub sends: &'static str,
    /// What it said, where that is neither of the two.
    pub said: String,
}

/// The word for a kind of server.
pub const fn kind(kind: ServerKind) -> &'static str {
    match kind {
        ServerKind::Authoritative => "authoritative",
        ServerKind::Recursive => "recursive",
        ServerKind::System => "system",
    }
}

/// Asks everybody who is watched.
#[derive(Debug)]
pub struct Watcher {
    inquiry: Inquiry,
}

impl Watcher {
    /// Watches an alias's record, at the servers that speak for its zone and those that the configuration names.
    ///
    /// # Errors
    /// A sentence about a name or an address that cannot be asked.
    pub fn new(alias: &str, dns: &DnsSettings) -> Result<Self, String> {
        let mut plan = AskPlan::of(dns, TIMEOUT)?;
        // A drill is about what the zone's own servers say, whoever else is named.
        if plan.authoritative == Authoritative::None {
            plan.authoritative = Authoritative::Find;
        }
        plan.attempts = 1;
        plan.longest_wait = Duration::ZERO;
        let inquiry = Inquiry::new(alias, &plan).map_err(|gap| gap.message.clone())?;
        Ok(Self { inquiry })
    }

    /// What every server says now, by its address and name, and what hides others.
    pub async fn look(&self, plan: &Plan) -> (BTreeMap<String, Said>, Option<String>) {
        let (answers, gap) = self.inquiry.texts().await;
        let said = answers.iter().map(|answer| (named(answer), said(plan, answer))).collect();
        (said, gap.map(|gap| gap.message))
    }
}

fn named(answer: &TxtAnswer) -> String {
    match (answer.server.is_empty(), answer.server_name.is_empty()) {
        (false, false) => format!("{} ({})", answer.server_name, answer.server),
        (false, true) => answer.server.clone(),
        (true, _) => answer.server_name.clone(),
    }
}

fn said(plan: &Plan, answer: &TxtAnswer) -> Said {
    let (sends, said) = match &answer.outcome {
        TxtOutcome::Found { .. } => match answer.outcome.values().as_slice() {
            [one] => match plan.sends(one) {
                Some(sends) => (sends, String::new()),
                None => ("other", one.clone()),
            },
            several => ("other", several.join(", ")),
        },
        // It has spoken, and what it said sends nobody anywhere.
        TxtOutcome::NxDomain { .. } | TxtOutcome::NoData { .. } | TxtOutcome::Cname { .. } => {
            ("other", answer.outcome.to_string())
        }
        TxtOutcome::Timeout
        | TxtOutcome::Unreachable(_)
        | TxtOutcome::Refused
        | TxtOutcome::ServFail
        | TxtOutcome::Referral { .. }
        | TxtOutcome::Wrong(_) => ("none", answer.outcome.to_string()),
    };
    Said { kind: answer.kind, sends, said }
}

/// How far a change has spread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spread {
    /// A server that speaks for the zone gives another value.
    Authority,
    /// They all give the new one; a resolver still gives another.
    Resolvers,
    /// Everybody gives the new one.
    Everywhere,
}

/// How far the value that sends people to this side has spread; those that never answered are left out.
pub fn spread(said: &BTreeMap<String, Said>, side: &str, silent: impl Fn(&str) -> bool) -> Spread {
    let lag = |authority: bool| {
        said.iter().any(|(server, said)| {
            (said.kind == ServerKind::Authoritative) == authority && said.sends != side && !silent(server)
        })
    };
    // Where nobody who speaks for the zone was asked, nobody has said that it is there.
    let spoken = said.values().any(|said| said.kind == ServerKind::Authoritative && said.sends == side);
    match (lag(true) || !spoken, lag(false)) {
        (true, _) => Spread::Authority,
        (false, true) => Spread::Resolvers,
        (false, false) => Spread::Everywhere,
    }
}
