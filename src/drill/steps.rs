//! The steps of a plan, for those who approve of it: how long each takes, who approves, what stops it, what undoes it, and what happens where
//! Route 53's control plane or the primary Region does not answer.

use super::draft::warm_budget;
use super::plan::Plan;
use crate::dns::change::Switch;
use deskpair_reports::drill::record::{Kind, Step};

/// Route 53's changes generally reach all of its name servers within 60 seconds (`route53:ChangeResourceRecordSets`).
const CHANGE: u64 = 60;

struct Words<'a> {
    what: String,
    budget: Option<u64>,
    approves: &'a str,
    stops: &'a str,
    undoes: String,
    unreachable: String,
}

/// The steps of a plan.
pub(super) fn steps(plan: &Plan) -> Vec<Step> {
    let route53 = matches!(plan.switch, Switch::Route53 { .. } | Switch::HealthCheck { .. });
    let returns = plan.kind == Kind::Drill;
    let (from, to) = if plan.kind == Kind::Failback {
        (&plan.standby.region, &plan.primary.region)
    } else {
        (&plan.primary.region, &plan.standby.region)
    };
    let startable = plan.cohort.iter().filter(|member| member.can_be_started()).count();
    let control_plane = || {
        match &plan.switch {
        Switch::Route53 { accelerated_recovery, .. } if accelerated_recovery == "ENABLED" => {
            "Route 53's control plane lives in us-east-1. This zone has accelerated recovery: AWS aims at taking changes again within about 60 \
             minutes. The swap is tried four times, then nothing is changed."
                .to_owned()
        }
        Switch::Route53 { .. } => {
            "Route 53's control plane lives in us-east-1, and this zone has no accelerated recovery: while it is away the record cannot be \
             changed by anybody. The swap is tried four times, then nothing is changed."
                .to_owned()
        }
        Switch::HealthCheck { .. } => {
            "The health check's API does not work while Route 53's control plane is being recovered: then both failover records are swapped for \
             one simple record in one batch, if records can be changed."
                .to_owned()
        }
        Switch::Rfc2136 { server, .. } => format!("Route 53 has no part in it. Where {server} does not answer, nothing is changed."),
        Switch::Command { .. } => {
            "Route 53 has no part in it, unless the program uses it. Where the program fails, the record is read back.".to_owned()
        }
    }
    };
    let mut words = vec![Words {
        what: if returns {
            format!(
                "Look at name servers, people and endpoints; start {startable} standby desktops, 25 a call, and wait for them"
            )
        } else {
            "Look at name servers, people and endpoints".to_owned()
        },
        budget: Some(if returns { warm_budget(&plan.cohort) } else { 0 }),
        approves: "whoever begins it",
        stops: if returns { "an endpoint that does not answer; an abort" } else { "an abort" },
        undoes: if returns {
            "desktops that were started are stopped, where nobody is connected".to_owned()
        } else {
            "nothing to undo".to_owned()
        },
        unreachable: if plan.kind == Kind::Failover {
            "The primary Region is not asked.".to_owned()
        } else {
            "The primary Region is asked who is connected there; where it does not answer, that is a deviation."
                .to_owned()
        },
    }];
    if plan.approve_flip {
        words.push(Words {
            what: "Ask whether the record may be changed".to_owned(),
            budget: None,
            approves: "the operator, by a key or a file",
            stops: "no; an abort",
            undoes: "nothing to undo".to_owned(),
            unreachable: "Nothing is asked.".to_owned(),
        });
    }
    words.push(Words {
        what: format!(
            "Swap the TXT record of {} from {} ({from}) to {} ({to}), in {}{}",
            plan.alias,
            plan.from(),
            plan.to(),
            plan.switch.told(),
            if plan.switch.compares() { "" } else { " (no atomicity is promised: the program need not compare)" }
        ),
        budget: Some(CHANGE),
        approves: "whoever begins it",
        stops: "a record that is another than expected",
        undoes: if returns {
            "the same swap the other way".to_owned()
        } else {
            "`deskpair failback`, by a plan of its own".to_owned()
        },
        unreachable: control_plane(),
    });
    words.push(Words {
        what: format!(
            "Watch until every server that speaks for the zone, and every resolver, gives the new value{}",
            // Desktops of the primary side start when their people come.
            if plan.kind == Kind::Failover {
                format!("; start {startable} standby desktops meanwhile, 25 a call")
            } else {
                String::new()
            }
        ),
        budget: Some(u64::from(plan.ttl_secs) + plan.patience.margin),
        approves: "nobody",
        stops: if returns { "somebody else's edit; an abort" } else { "an abort: the record stays as it is" },
        undoes: if returns { "the swap back, at once".to_owned() } else { "nothing by itself".to_owned() },
        unreachable: "Name servers answer without the control plane.".to_owned(),
    });
    words.push(Words {
        what: if returns {
            "Let people work on the standby side; watch who gets there".to_owned()
        } else {
            format!("Watch people reach {to}")
        },
        budget: plan.hold_secs,
        approves: if plan.hold_secs.is_none() { "the operator ends it" } else { "the plan's time ends it" },
        stops: if returns {
            "an endpoint that does not answer; somebody else's edit; an abort by key, signal, file or object"
        } else {
            "an abort by key, signal, file or object: the record stays as it is"
        },
        undoes: if returns { "the swap back, at once".to_owned() } else { "nothing by itself".to_owned() },
        unreachable: "People who are connected stay connected.".to_owned(),
    });
    if returns {
        words.push(Words {
            what: format!("Swap the record back to {} ({from}), read it back, and watch until every server gives it", plan.from()),
            budget: Some(CHANGE + u64::from(plan.ttl_secs) + plan.patience.margin),
            approves: "nobody: it always comes back",
            stops: "nothing",
            undoes: "it is the undo".to_owned(),
            unreachable: if route53 {
                "It is tried four times; then it ends with 21, and `deskpair drill undo` goes on as soon as the control plane is back.".to_owned()
            } else {
                "It is tried four times; then it ends with 21, and `deskpair drill undo` goes on.".to_owned()
            },
        });
        words.push(Words {
            what: "Stop the desktops that were started and that are freshly read as disconnected; name the rest"
                .to_owned(),
            budget: Some(plan.patience.cool),
            approves: "nobody",
            stops: "nothing",
            undoes: "it is the undo".to_owned(),
            unreachable: "What still runs is listed; AutoStop takes it.".to_owned(),
        });
    }
    words.into_iter().map(Words::step).collect()
}

impl Words<'_> {
    fn step(self) -> Step {
        Step {
            what: self.what,
            budget_secs: self.budget,
            approves: self.approves.to_owned(),
            stops: self.stops.to_owned(),
            undoes: self.undoes,
            unreachable: self.unreachable,
        }
    }
}
