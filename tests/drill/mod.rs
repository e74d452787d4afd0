//! Drills, failovers and failbacks on a twin, by the binary: start to finish, stopped in every way, killed at every entry.

mod bind;
mod bucket;
mod failing;
mod failover;
mod killed;
mod routed;
mod stopped;
mod whole;

use crate::support::peers::Child;
use crate::support::s3;
use crate::support::sandbox::{Answer, Invocation, Sandbox};
use crate::support::twin::TwinProcess;
use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_route53::types::{Change, ChangeAction, ChangeBatch, ResourceRecord, ResourceRecordSet, RrType};
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_async::time::SystemTimeSource;
use deskpair::twin::sample::ACCOUNT;
use deskpair::twin::{access_key, secret_key};
use serde_json::Value;
use std::collections::BTreeMap;
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

pub(crate) const PILOT: &str = "drill-desktop.norhaven.example";
pub(crate) const PRODUCTION: &str = "desktop.norhaven.example";
pub(crate) const P: &str = "us-east-1";
pub(crate) const S: &str = "us-west-2";

/// How long anything may take that a test waits for.
const PATIENCE: Duration = Duration::from_secs(90);

/// A twin of a company in order, with a pilot alias, and the folder in which commands run.
pub(crate) struct Rig {
    pub(crate) sandbox: Sandbox,
    pub(crate) twin: TwinProcess,
    pub(crate) runtime: Runtime,
    /// Where the state is, where it is in a bucket.
    pub(crate) bucket: Option<s3::Server>,
}

impl Rig {
    /// A company whose drills turn over as soon as the zone's own servers do: no resolver is asked.
    pub(crate) fn quick(arguments: &[&str]) -> Self {
        let rig = Self::new(arguments);
        rig.asks_no_resolver();
        rig
    }

    /// A company whose standby has rotted, without a pilot alias.
    pub(crate) fn rotten() -> Self {
        Self::of(&["--desktops", "60", "--drift", "WSP-001", "--time-scale", "1200", "--write-config", "deskpair.toml"])
    }

    /// A twin with these arguments alone, of whose resolver nothing is asked.
    pub(crate) fn of(arguments: &[&str]) -> Self {
        let sandbox = Sandbox::new();
        let twin = TwinProcess::start(&sandbox, arguments);
        let rig = Self { sandbox, twin, runtime: Runtime::new().expect("a runtime"), bucket: None };
        rig.asks_no_resolver();
        rig
    }

    fn asks_no_resolver(&self) {
        let text = self.sandbox.text("deskpair.toml");
        let own = |line: &str| {
            let asks = line.trim_start().starts_with("resolvers");
            if asks { "resolvers = [\"authoritative\"]".to_owned() } else { line.to_owned() }
        };
        let lines: Vec<String> = text.lines().map(own).collect();
        self.sandbox.write("deskpair.toml", lines.join("\n"));
    }

    /// With a resolver that remembers for the record's TTL.
    pub(crate) fn new(arguments: &[&str]) -> Self {
        let sandbox = Sandbox::new();
        sandbox.write("faults.txt", "");
        let mut all = vec![
            "--desktops",
            "24",
            "--drift",
            "none",
            "--pilot",
            "--faults-from",
            "faults.txt",
            "--write-config",
            "deskpair.toml",
        ];
        if !arguments.contains(&"--time-scale") {
            all.extend(["--time-scale", "1200"]);
        }
        all.extend(arguments);
        let twin = TwinProcess::start(&sandbox, all);
        let rig = Self { sandbox, twin, runtime: Runtime::new().expect("a runtime"), bucket: None };
        // Calls are few here, and what does not answer need not be waited for.
        let text = rig.sandbox.text("deskpair.toml");
        let text = if text.contains("[limits]") {
            text.replace("[limits]", "[limits]\nattempt_timeout = \"3s\"\nattempts = 3\nbackoff = \"50ms\"")
        } else {
            format!("{text}\n[limits]\nattempt_timeout = \"3s\"\nattempts = 3\nbackoff = \"50ms\"\n")
        };
        let mut seen: Vec<&str> = Vec::new();
        let mut kept: Vec<&str> = Vec::new();
        // What the twin wrote itself gives way.
        for line in text.lines() {
            let key = line.split('=').next().unwrap_or_default().trim();
            if ["attempt_timeout", "attempts", "backoff"].contains(&key) {
                if seen.contains(&key) {
                    continue;
                }
                seen.push(key);
            }
            kept.push(line);
        }
        let text = kept.join("\n");
        rig.sandbox.write("deskpair.toml", text);
        rig
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Answer {
        self.invocation(arguments).run()
    }

    fn invocation(&self, arguments: &[&str]) -> Invocation {
        let invocation = self.sandbox.deskpair(arguments).envs(&self.twin);
        match &self.bucket {
            Some(server) => invocation
                .env("DESKPAIR_STATE", s3::STATE)
                .env("AWS_ENDPOINT_URL_S3", format!("http://127.0.0.1:{}", server.port)),
            None => invocation,
        }
    }

    /// Starts a command, to be met while it goes on.
    pub(crate) fn start(&self, arguments: &[&str]) -> Running {
        let mut command = self.invocation(arguments).into_command();
        let log = std::fs::File::create(self.sandbox.tmp().join("running.log")).expect("a log");
        let errors = log.try_clone().expect("a log");
        Running {
            child: Child(command.stdout(Stdio::from(log)).stderr(Stdio::from(errors)).spawn().expect("it starts")),
        }
    }

    /// What a command that was started has said.
    pub(crate) fn said(&self) -> String {
        std::fs::read_to_string(self.sandbox.tmp().join("running.log")).unwrap_or_default()
    }

    fn config(&self, region: &str) -> SdkConfig {
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .credentials_provider(SharedCredentialsProvider::new(Credentials::from_keys(
                access_key(ACCOUNT),
                secret_key(),
                None,
            )))
            .endpoint_url(self.twin.value("AWS_ENDPOINT_URL"))
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .region(Region::new(region.to_owned()))
            .retry_config(RetryConfig::disabled())
            .sleep_impl(TokioSleep::new())
            .time_source(SystemTimeSource::new())
            .build()
    }

    /// What the zone holds for an alias, as Route 53 says.
    pub(crate) fn record(&self, alias: &str) -> Vec<String> {
        let client = aws_sdk_route53::Client::new(&self.config(P));
        self.runtime.block_on(async {
            let zones = client.list_hosted_zones().send().await.expect("Route 53 answers");
            let zone = zones.hosted_zones()[0].id().to_owned();
            let sets = client
                .list_resource_record_sets()
                .hosted_zone_id(&zone)
                .start_record_name(alias)
                .start_record_type(RrType::Txt)
                .send()
                .await
                .expect("Route 53 answers");
            let own = sets
                .resource_record_sets()
                .iter()
                .filter(|set| set.name().trim_end_matches('.') == alias && *set.r#type() == RrType::Txt);
            own.flat_map(|set| set.resource_records().iter().map(|one| one.value().trim_matches('"').to_owned()))
                .collect()
        })
    }

    /// Somebody else's edit.
    pub(crate) fn edit(&self, alias: &str, value: &str, ttl: i64) {
        let client = aws_sdk_route53::Client::new(&self.config(P));
        self.runtime.block_on(async {
            let zones = client.list_hosted_zones().send().await.expect("Route 53 answers");
            let record = ResourceRecord::builder().value(format!("\"{value}\"")).build().expect("a value");
            let set = ResourceRecordSet::builder()
                .name(format!("{alias}."))
                .r#type(RrType::Txt)
                .ttl(ttl)
                .resource_records(record)
                .build()
                .expect("a set");
            let change =
                Change::builder().action(ChangeAction::Upsert).resource_record_set(set).build().expect("a change");
            let batch = ChangeBatch::builder().changes(change).build().expect("a batch");
            client
                .change_resource_record_sets()
                .hosted_zone_id(zones.hosted_zones()[0].id())
                .change_batch(batch)
                .send()
                .await
                .expect("Route 53 takes it");
        });
    }

    /// The identifier of an alias's association on a side.
    pub(crate) fn identifier(&self, region: &str, alias: &str) -> String {
        let client = aws_sdk_workspaces::Client::new(&self.config(region));
        self.runtime.block_on(async {
            let aliases = client.describe_connection_aliases().send().await.expect("the Region answers");
            let own = aliases.connection_aliases().iter().find(|one| one.connection_string() == Some(alias));
            let association = own.expect("the alias").associations().first().expect("an association").clone();
            association.connection_identifier().expect("an identifier").to_owned()
        })
    }

    /// The states of a side's desktops, by id.
    pub(crate) fn states(&self, region: &str) -> BTreeMap<String, String> {
        let client = aws_sdk_workspaces::Client::new(&self.config(region));
        self.runtime.block_on(async {
            let pages = client.describe_workspaces().into_paginator().send();
            let pages = pages.collect::<Result<Vec<_>, _>>().await.expect("the Region answers");
            let one = |desktop: &aws_sdk_workspaces::types::Workspace| {
                let state = desktop.state().map(|state| state.as_str()).unwrap_or_default();
                (desktop.workspace_id().unwrap_or_default().to_owned(), state.to_owned())
            };
            pages.iter().flat_map(|page| page.workspaces()).map(one).collect()
        })
    }

    /// The pilot alias is associated anew on the standby side, which gives it another identifier.
    pub(crate) fn associate_anew(&self) {
        let client = aws_sdk_workspaces::Client::new(&self.config(S));
        self.runtime.block_on(async {
            let aliases = client.describe_connection_aliases().send().await.expect("the Region answers");
            let own = aliases
                .connection_aliases()
                .iter()
                .find(|one| one.connection_string() == Some(PILOT))
                .expect("the alias");
            let id = own.alias_id().expect("an id");
            let directory = own.associations().first().and_then(|one| one.resource_id()).expect("a directory");
            client.disassociate_connection_alias().alias_id(id).send().await.expect("it goes");
            let patience = Instant::now() + PATIENCE;
            // Both take their time.
            while client.associate_connection_alias().alias_id(id).resource_id(directory).send().await.is_err() {
                assert!(Instant::now() < patience, "it cannot be associated again");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        });
    }

    pub(crate) fn faults(&self, faults: &str) {
        self.sandbox.write("faults.txt", faults);
        // The twin looks at it every 100 ms, and twice before it counts.
        std::thread::sleep(Duration::from_millis(600));
    }

    /// The entries of the newest journal, in their order.
    pub(crate) fn entries(&self) -> Vec<Value> {
        let folder = ".deskpair/drill-journals";
        let mut all: BTreeMap<String, Vec<(String, Value)>> = BTreeMap::new();
        let listing = match &self.bucket {
            None => self.sandbox.listing(folder),
            Some(server) => {
                let own = |key: &String| Some(key.strip_prefix("drill-journals/")?.to_owned());
                let keys: Vec<String> =
                    server.keys().iter().filter_map(own).filter(|key| key.ends_with(".json")).collect();
                let object = |key: String| {
                    let bytes = server.object(&format!("drill-journals/{key}")).into_bytes();
                    (key, bytes)
                };
                keys.into_iter().map(object).collect()
            }
        };
        for (name, bytes) in listing {
            let Some((journal, entry)) = name.split_once('/') else { continue };
            if let (true, Ok(value)) = (entry.ends_with(".json"), serde_json::from_slice(&bytes)) {
                all.entry(journal.to_owned()).or_default().push((entry.to_owned(), value));
            }
        }
        let newest =
            all.into_values().max_by_key(|entries| entries.iter().filter_map(|(_, one)| instant(&one["at"])).max());
        let mut newest = newest.unwrap_or_default();
        newest.sort_by(|a, b| a.0.cmp(&b.0));
        newest.into_iter().map(|(_, entry)| entry).collect()
    }

    /// The events that the machine was told, by name.
    pub(crate) fn events(&self) -> Vec<String> {
        let event = |entry: &Value| match &entry["event"]["event"] {
            Value::String(name) => Some(name.clone()),
            Value::Object(members) => members.keys().next().cloned(),
            _ => None,
        };
        self.entries().iter().filter_map(event).collect()
    }

    /// Whether the newest journal is of a drill that goes on, or whose process died.
    pub(crate) fn is_open(&self) -> bool {
        let entries = self.entries();
        !entries.is_empty() && !entries.iter().any(|entry| entry["event"].get("closed").is_some())
    }

    /// Waits until the machine was told this.
    pub(crate) fn until(&self, running: &mut Running, event: &str) {
        let patience = Instant::now() + PATIENCE;
        while !(self.is_open() && self.events().iter().any(|known| known == event)) {
            let ended = running.child.0.try_wait().expect("it is ours");
            assert!(ended.is_none(), "it ended before {event}: {}", self.said());
            assert!(Instant::now() < patience, "it never came to {event}: {}", self.said());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Checks that everything is as it was: the record, and the desktops.
    #[track_caller]
    pub(crate) fn is_as_before(&self, before: &Before) {
        assert_eq!(self.record(PILOT), before.record, "the record: {}", self.said());
        let now = self.settled();
        assert_eq!(now, before.states, "the standby desktops: {}", self.said());
    }

    /// The standby desktops once none is on its way.
    fn settled(&self) -> BTreeMap<String, String> {
        let patience = Instant::now() + PATIENCE;
        loop {
            let states = self.states(S);
            if !states.values().any(|state| state.ends_with("ING")) {
                return states;
            }
            assert!(Instant::now() < patience, "desktops are on their way for ever: {states:?}");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    pub(crate) fn before(&self) -> Before {
        Before { record: self.record(PILOT), states: self.settled() }
    }
}

/// Times are written as seconds, whole or not.
fn instant(at: &Value) -> Option<u64> {
    at.as_f64().map(|secs| (secs * 1000.0) as u64)
}

/// How everything was.
pub(crate) struct Before {
    pub(crate) record: Vec<String>,
    pub(crate) states: BTreeMap<String, String>,
}

/// A command that goes on.
pub(crate) struct Running {
    child: Child,
}

impl Running {
    /// Waits for its end: the exit code.
    pub(crate) fn wait(&mut self) -> i32 {
        let patience = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.0.try_wait().expect("it is ours") {
                return status.code().unwrap_or(-1);
            }
            assert!(Instant::now() < patience, "it does not end");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub(crate) fn signal(&self, rig: &Rig, signal: &str) {
        rig.sandbox.program("kill", [signal, &self.child.0.id().to_string()]).run().expect(0);
    }

    /// Kills it; whether it had not ended by itself.
    pub(crate) fn kill(&mut self) -> bool {
        self.child.0.kill().expect("it is ours");
        self.child.0.wait().expect("it is ours").code().is_none()
    }
}

/// A drill of two people that waits for nobody.
pub(crate) const BRIEF: [&str; 14] = [
    "drill",
    "run",
    "--tag",
    "deskpair-drill=yes",
    "--hold",
    "0s",
    "--expect",
    "0",
    "--with-connected",
    "--margin",
    "1s",
    "--cool-for",
    "20s",
    "--yes",
];

/// The same, that goes on until somebody ends it.
pub(crate) const LONG: [&str; 14] = [
    "drill",
    "run",
    "--tag",
    "deskpair-drill=yes",
    "--hold",
    "10m",
    "--expect",
    "0",
    "--with-connected",
    "--margin",
    "1s",
    "--cool-for",
    "20s",
    "--yes",
];
