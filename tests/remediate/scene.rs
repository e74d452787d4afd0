//! A company with ills, its twin in this process, and a user who plans and applies.

use super::ills::Ill;
use crate::support::sandbox::{Answer, Invocation, Sandbox};
use deskpair::config;
use deskpair::twin::log::{LoggedCall, Outcome};
use deskpair::twin::stage::{Stage, StageOptions};
use deskpair_rules::model::Settings;
use serde_json::Value;
use std::time::Duration;

/// Makes a plan's changes, those among them that nothing takes back.
pub(super) const APPLY: [&str; 4] = ["remediate", "apply", "--yes", "--accept-irreversible"];

pub(super) struct Scene {
    pub(super) sandbox: Sandbox,
    pub(super) stage: Stage,
    rules: &'static str,
    for_good: bool,
}

impl Scene {
    /// The twin serves, and its configuration is written, with a change.
    pub(super) async fn of(ill: &Ill, change: impl FnOnce(&mut Settings)) -> Self {
        Self::in_time(ill, 3600.0, change).await
    }

    /// The same, with time that goes so many times as fast as it does.
    pub(super) async fn in_time(ill: &Ill, time_scale: f64, change: impl FnOnce(&mut Settings)) -> Self {
        let options = StageOptions { time_scale, ..StageOptions::default() };
        let stage = Stage::start(&ill.estate(), options).await.expect("the twin starts");
        let mut settings = stage.settings.clone();
        for pair in &mut settings.pairs {
            // What a resolver remembers it would answer until the TTL is over.
            pair.dns.resolvers = vec!["authoritative".to_owned()];
        }
        // Name servers are not what is tried here: on a busy machine they may take their time.
        settings.limits.dns_timeout_ms = 20_000;
        change(&mut settings);
        let sandbox = Sandbox::new();
        sandbox.write("deskpair.toml", config::write(&settings));
        Self { sandbox, stage, rules: ill.rules, for_good: ill.for_good }
    }

    pub(super) fn asks(&self, arguments: &[&str]) -> Invocation {
        self.as_user(self.sandbox.deskpair(arguments))
    }

    /// Runs a program with the user's credentials, against the twin.
    pub(super) fn as_user(&self, program: Invocation) -> Invocation {
        program
            .env("AWS_ACCESS_KEY_ID", deskpair::twin::access_key(&self.stage.account))
            .env("AWS_SECRET_ACCESS_KEY", deskpair::twin::secret_key())
            .env("AWS_REGION", &self.stage.region)
            .env("AWS_ENDPOINT_URL", self.stage.endpoint())
    }

    pub(super) fn run(&self, arguments: &[&str]) -> Answer {
        self.asks(arguments).run()
    }

    /// Plans for the ill's rules.
    pub(super) fn plan(&self) -> Value {
        self.run(&["remediate", "plan", "--rule", self.rules]).expect(0);
        self.sandbox.json("deskpair-plan.json")
    }

    /// Takes a plan back.
    pub(super) fn undo(plan: &Value) -> [&str; 4] {
        ["remediate", "undo", "--yes", plan["id"].as_str().expect("an id")]
    }

    /// Lets three hours pass: accelerated recovery comes and goes in two, and meanwhile Route 53 takes no other word on it.
    pub(super) fn hours_pass(&self) {
        self.stage.aws.with_world(|world| world.clock.advance(Duration::from_secs(3 * 3600)));
    }

    /// How taking everything back ends.
    pub(super) fn undone(&self) -> i32 {
        if self.for_good { 11 } else { 0 }
    }

    /// Asserts that nothing is left to be done.
    pub(super) fn is_well(&self) {
        let again = self.plan();
        assert_eq!(changes(&again).len(), 0, "{}: a second plan is empty: {again}", self.rules);
    }

    /// Asserts that everything is as it was when this was planned, but for what nothing takes back.
    pub(super) fn is_as_when(&self, planned: &Value) {
        if self.for_good {
            return;
        }
        // A desktop that is being terminated is there until it is gone.
        for _ in 0..20 {
            if fields(&self.plan()) == fields(planned) {
                break;
            }
            std::thread::sleep(Duration::from_millis(500));
        }
        assert_eq!(fields(&self.plan()), fields(planned), "{}: every field is as it was", self.rules);
    }

    /// Has these faults from now on.
    pub(super) fn strike(&self, faults: &[String]) {
        let parsed = faults.iter().map(|fault| fault.parse().unwrap_or_else(|error| panic!("{fault}: {error}")));
        self.stage.aws.fault_switch().set(parsed.collect());
    }

    /// The changing calls since so many, as faults name them.
    pub(super) fn asked(&self, since: usize) -> Vec<LoggedCall> {
        self.stage.aws.calls().into_iter().skip(since).filter(|call| call.mutating).collect()
    }

    /// The changing calls that were carried out since so many, those among them whose caller never heard of it.
    pub(super) fn carried_out(&self, since: usize) -> Vec<String> {
        let done = |call: &LoggedCall| matches!(call.outcome, Outcome::Answered | Outcome::Disturbed("Hang"));
        self.asked(since).iter().filter(|call| done(call)).map(named).collect()
    }
}

/// A call that was made, as faults name it.
pub(super) fn named(call: &LoggedCall) -> String {
    format!("{}:{}", call.service.signing_name(), call.operation)
}

pub(super) fn changes(plan: &Value) -> &Vec<Value> {
    plan["changes"].as_array().expect("changes")
}

pub(super) fn folder(plan: &Value) -> String {
    format!(".deskpair/remediations/{}", plan["id"].as_str().expect("an id"))
}

/// What changes make of what. (A logo that was imported anew has another address, and is the same picture.)
pub(super) fn fields(plan: &Value) -> Vec<(Value, Value)> {
    changes(plan).iter().map(|change| (change["id"].clone(), change["fields"].clone())).collect()
}

/// The calls that make a plan's changes (`action`), or that take them back (`inverse`), as faults name them.
pub(super) fn calls(plan: &Value, of: &str) -> Vec<String> {
    let named = |call: &Value| {
        let text = |member: &str| call[member].as_str().expect("text").to_owned();
        format!("{}:{}", text("service"), text("operation"))
    };
    let calls = changes(plan).iter().flat_map(|change| match of {
        "action" => change["action"]["calls"].as_array(),
        _ => change["inverse"]["exact"].as_array().or_else(|| change["inverse"]["partial"]["calls"].as_array()),
    });
    calls.flatten().map(named).collect()
}
