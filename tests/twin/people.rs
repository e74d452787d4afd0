//! People at work on a stage: a record is flipped, a Region goes away, and they reconnect.

use super::config_at;
use crate::support::python;
use crate::support::sandbox::Sandbox;
use crate::support::twin::TwinProcess;
use aws_credential_types::Credentials;
use aws_smithy_types::DateTime;
use deskpair::twin::sample::ACCOUNT;
use deskpair::twin::{access_key, secret_key};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

const P: &str = "us-east-1";
const S: &str = "us-west-2";
const PILOT: &str = "drill-desktop.norhaven.example";
const PRODUCTION: &str = "desktop.norhaven.example";

/// An hour of the twin's is three seconds: people restart their clients within 150 milliseconds, and looks at the world are 200 apart.
const HURRIED: [&str; 2] = ["--time-scale", "1200"];

/// The AWS CLI on a twin with people.
struct Cli<'t> {
    aws: PathBuf,
    sandbox: &'t Sandbox,
    twin: &'t TwinProcess,
    runtime: Runtime,
}

impl Cli<'_> {
    fn try_call(&self, region: &str, arguments: &[&str]) -> Result<Value, String> {
        let all = [arguments, &["--region", region, "--output", "json"]].concat();
        let run = self.sandbox.program(&self.aws, &all).envs(self.twin).env("AWS_MAX_ATTEMPTS", "1");
        let answer = run.run();
        if answer.code != 0 {
            return Err(answer.err);
        }
        Ok(serde_json::from_str(&answer.out).unwrap_or(Value::Null))
    }

    fn call(&self, region: &str, arguments: &[&str]) -> Value {
        self.try_call(region, arguments).unwrap_or_else(|error| panic!("{arguments:?}: {error}"))
    }

    /// What a Region's directory has: each user's WorkSpace, with its state and connection. Asked by the SDK, for it is asked often.
    fn desktops(&self, region: &str) -> BTreeMap<String, Desktop> {
        let credentials = Credentials::from_keys(access_key(ACCOUNT), secret_key(), None);
        let config = config_at(self.twin.value("AWS_ENDPOINT_URL"), region, credentials);
        let client = aws_sdk_workspaces::Client::new(&config);
        self.runtime.block_on(async {
            // The SDK has no paginator for it.
            let mut statuses = Vec::new();
            let mut token = None;
            loop {
                let page = client.describe_workspaces_connection_status().set_next_token(token).send().await;
                let page = page.expect("the Region answers");
                token = page.next_token().filter(|token| !token.is_empty()).map(str::to_owned);
                statuses.extend(page.workspaces_connection_status.unwrap_or_default());
                if token.is_none() {
                    break;
                }
            }
            let desktops = client.describe_workspaces().into_paginator().send();
            let desktops = desktops.collect::<Result<Vec<_>, _>>().await.expect("the Region answers");
            let one = |desktop: &aws_sdk_workspaces::types::Workspace| {
                let status = statuses.iter().find(|status| status.workspace_id() == desktop.workspace_id());
                let status = status.expect("every desktop has a status");
                let mode = desktop.workspace_properties().and_then(|properties| properties.running_mode());
                let millis = |at: Option<&DateTime>| at.map(|at| at.to_millis().expect("in range"));
                let found = Desktop {
                    id: desktop.workspace_id().expect("an id").to_owned(),
                    state: desktop.state().expect("a state").as_str().to_owned(),
                    mode: mode.expect("a running mode").as_str().to_owned(),
                    connection: status.connection_state().expect("a connection state").as_str().to_owned(),
                    checked: millis(status.connection_state_check_timestamp()),
                    last_known: millis(status.last_known_user_connection_timestamp()),
                };
                (desktop.user_name().expect("a user").to_owned(), found)
            };
            desktops.iter().flat_map(|page| page.workspaces()).map(one).collect()
        })
    }

    fn connected(&self, region: &str) -> BTreeSet<String> {
        let desktops = self.desktops(region);
        desktops.into_iter().filter(|(_, one)| one.connection == "CONNECTED").map(|(user, _)| user).collect()
    }

    /// The users whose primary WorkSpaces have the cohort's tag.
    fn cohort(&self) -> BTreeSet<String> {
        let filter = ["resourcegroupstaggingapi", "get-resources", "--tag-filters", "Key=deskpair-drill,Values=yes"];
        let tagged = self.call(P, &filter);
        let ids: BTreeSet<String> = list(&tagged, "ResourceTagMappingList")
            .iter()
            .filter_map(|one| one["ResourceARN"].as_str()?.rsplit('/').next().map(str::to_owned))
            .collect();
        self.desktops(P).into_iter().filter(|(_, one)| ids.contains(&one.id)).map(|(user, _)| user).collect()
    }

    /// The connection identifier of an alias in a Region.
    fn identifier(&self, region: &str, alias: &str) -> String {
        let aliases = self.call(region, &["workspaces", "describe-connection-aliases"]);
        let aliases = list(&aliases, "ConnectionAliases");
        let found = aliases.iter().find(|one| one["ConnectionString"] == alias).expect("an alias");
        found["Associations"][0]["ConnectionIdentifier"].as_str().expect("an identifier").to_owned()
    }

    /// Flips an alias's record, by compare and swap.
    fn flip(&self, alias: &str, from: &str, to: &str, ttl: u32) -> Result<Value, String> {
        let zones = self.call(P, &["route53", "list-hosted-zones"]);
        let zone = zones["HostedZones"][0]["Id"].as_str().expect("a zone").to_owned();
        let change = |action: &str, value: &str| {
            format!(
                r#"{{"Action":"{action}","ResourceRecordSet":{{"Name":"{alias}.","Type":"TXT","TTL":{ttl},"ResourceRecords":[{{"Value":"\"{value}\""}}]}}}}"#
            )
        };
        let batch = format!(r#"{{"Changes":[{},{}]}}"#, change("DELETE", from), change("CREATE", to));
        let call = ["route53", "change-resource-record-sets", "--hosted-zone-id", &zone, "--change-batch", &batch];
        self.try_call(P, &call)
    }
}

/// One WorkSpace.
#[derive(Clone, Debug)]
struct Desktop {
    id: String,
    state: String,
    mode: String,
    connection: String,
    checked: Option<i64>,
    last_known: Option<i64>,
}

fn list(answer: &Value, member: &str) -> Vec<Value> {
    answer[member].as_array().unwrap_or_else(|| panic!("no {member} in {answer}")).clone()
}

/// Looks until it is so.
#[track_caller]
fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < Duration::from_secs(90), "it never is: {what}");
        std::thread::sleep(Duration::from_millis(200));
    }
}

fn with_people(arguments: &[&str], test: impl FnOnce(&Cli<'_>)) {
    let Some(aws) = python::program("aws") else { return };
    let sandbox = Sandbox::new();
    let given = ["--desktops", "40", "--drift", "none", "--pilot", "--people"];
    let all = [&given[..], &HURRIED, arguments].concat();
    let faults = sandbox.write("faults.txt", "# nothing yet\n");
    let twin =
        TwinProcess::start(&sandbox, all.iter().copied().chain(["--faults-from", faults.to_str().expect("Unicode")]));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    test(&Cli { aws, sandbox: &sandbox, twin: &twin, runtime });
}

/// Every one of them is on a WorkSpace there, and none on one here.
fn are(cli: &Cli<'_>, people: &BTreeSet<String>, there: &str, here: &str) -> bool {
    people.is_subset(&cli.connected(there)) && people.is_disjoint(&cli.connected(here))
}

#[test]
fn people_follow_a_flip_of_the_pilot_alias_and_come_back_with_it() {
    with_people(&[], |cli| {
        let cohort = cli.cohort();
        assert_eq!(cohort.len(), 12);
        // Whoever finds an AUTO_STOP desktop stopped starts it by coming.
        until("the cohort is at work", || are(cli, &cohort, P, S));
        let others: BTreeSet<String> = cli.connected(P).difference(&cohort).cloned().collect();
        assert!(!others.is_empty(), "others work as well");
        let before = cli.desktops(S);
        let stopped: Vec<&String> = cohort.iter().filter(|user| before[*user].state == "STOPPED").collect();
        assert!(!stopped.is_empty() && stopped.iter().all(|user| before[*user].mode == "AUTO_STOP"));

        let (primary, standby) = (cli.identifier(P, PILOT), cli.identifier(S, PILOT));
        assert_ne!(primary, cli.identifier(P, PRODUCTION));
        cli.flip(PILOT, &primary, &standby, 5).expect("the record is flipped");
        until("the cohort is in the standby Region", || are(cli, &cohort, S, P));
        let now = cli.desktops(S);
        let told = cli.call(S, &["workspaces", "describe-workspaces-connection-status"]);
        let told = list(&told, "WorkspacesConnectionStatus");
        assert_eq!(told.iter().filter(|one| one["ConnectionState"] == "CONNECTED").count(), 12, "the AWS CLI sees it");
        for user in &cohort {
            let (was, is) = (&before[user], &now[user]);
            assert_eq!(is.state, "AVAILABLE", "{user}");
            assert!(is.last_known > was.last_known && is.checked > was.checked, "{was:?} {is:?}");
            assert!(is.checked >= is.last_known, "{is:?}");
        }
        // Nobody else moved, and nobody started their desktops.
        let moved: BTreeSet<String> = cli.connected(S).difference(&cohort).cloned().collect();
        assert_eq!(moved, BTreeSet::new());
        assert!(others.is_subset(&cli.connected(P)));

        cli.flip(PILOT, &standby, &primary, 5).expect("the record is flipped back");
        until("the cohort is back", || are(cli, &cohort, P, S));
        // What stops by itself does so an hour after its user has left.
        until("the desktops that were started are stopped", || {
            let now = cli.desktops(S);
            stopped.iter().all(|user| now[*user].state == "STOPPED" && now[*user].connection == "UNKNOWN")
        });
    });
}

#[test]
fn a_record_that_leads_nowhere_strands_them_and_a_stop_throws_them_off() {
    with_people(&[], |cli| {
        let cohort = cli.cohort();
        until("the cohort is at work", || are(cli, &cohort, P, S));
        let primary = cli.identifier(P, PILOT);
        cli.flip(PILOT, &primary, "leftbehind12", 5).expect("the record is changed");
        until("nobody of the cohort is anywhere", || {
            cohort.is_disjoint(&cli.connected(P)) && cohort.is_disjoint(&cli.connected(S))
        });
        cli.flip(PILOT, "leftbehind12", &primary, 5).expect("the record is mended");
        until("the cohort is at work again", || are(cli, &cohort, P, S));

        // An administrator stops one under its user, who starts it again by coming back.
        let here = cli.desktops(P);
        let (user, desktop) =
            here.iter().find(|(user, one)| cohort.contains(*user) && one.mode == "AUTO_STOP").expect("one");
        let request = format!("WorkspaceId={}", desktop.id);
        let stopped = cli.call(P, &["workspaces", "stop-workspaces", "--stop-workspace-requests", &request]);
        assert_eq!(list(&stopped, "FailedRequests"), Vec::<Value>::new());
        until("the user is back", || {
            let now = &cli.desktops(P)[user];
            now.connection == "CONNECTED" && now.last_known > desktop.last_known
        });
        let always = here.iter().find(|(user, one)| cohort.contains(*user) && one.mode == "ALWAYS_ON").expect("one");
        let request = format!("WorkspaceId={}", always.1.id);
        for operation in ["start", "stop"] {
            let call = format!("{operation}-workspaces");
            let requests = format!("--{operation}-workspace-requests");
            let failed = list(&cli.call(P, &["workspaces", &call, &requests, &request]), "FailedRequests");
            assert_eq!(failed[0]["WorkspaceId"], always.1.id.as_str());
            assert_eq!(failed[0]["ErrorCode"], "OperationNotSupported.RunningMode");
        }
    });
}

#[test]
fn a_region_that_goes_away_and_comes_back_in_the_middle() {
    with_people(&[], |cli| {
        let cohort = cli.cohort();
        until("the cohort is at work", || are(cli, &cohort, P, S));
        let (primary, standby) = (cli.identifier(P, PILOT), cli.identifier(S, PILOT));
        let fault = |text: &str| cli.sandbox.write("faults.txt", text);

        // A wrong line changes nothing.
        fault("us-east-1 * Down\nus-east-1 * Dwon\n");
        std::thread::sleep(Duration::from_millis(600));
        cli.call(P, &["workspaces", "describe-account"]);

        fault("# the control plane of Route 53 goes with the Region\nus-east-1 * Down\n");
        let asked = || cli.try_call(P, &["workspaces", "describe-account"]);
        until("the primary Region is gone", || asked().is_err());
        assert!(asked().is_err_and(|error| error.contains("ServiceUnavailableException")));
        assert!(cli.try_call(P, &["sts", "get-caller-identity"]).is_err());
        assert!(cli.try_call(P, &["route53", "list-hosted-zones"]).is_err());
        assert!(cohort.is_disjoint(&cli.connected(S)), "the record still leads to the primary Region");

        // Nothing but Route 53 fails now, each in its way; the Region has thrown everybody off, and everybody has come back.
        for (kind, words) in [("Throttle", "Throttling"), ("Down", "ServiceUnavailable"), ("Drop", "onnection")] {
            fault(&format!("* route53:ChangeResourceRecordSets {kind}\n"));
            until("the Region is back", || asked().is_ok());
            until("Route 53 takes no change", || {
                cli.flip(PILOT, &primary, &standby, 5).is_err_and(|error| error.contains(words))
            });
        }
        until("everybody has come back", || are(cli, &cohort, P, S));

        fault("");
        until("the record is flipped", || cli.flip(PILOT, &primary, &standby, 5).is_ok());
        until("the cohort is in the standby Region", || are(cli, &cohort, S, P));
    });
}

#[test]
fn a_resolver_that_sticks_leaves_people_where_they_are() {
    with_people(&["--resolver-sticks"], |cli| {
        let cohort = cli.cohort();
        until("the cohort is at work", || are(cli, &cohort, P, S));
        let (primary, standby) = (cli.identifier(P, PILOT), cli.identifier(S, PILOT));
        cli.flip(PILOT, &primary, &standby, 5).expect("the record is flipped");
        // Longer than the TTL and all that comes after it.
        std::thread::sleep(Duration::from_secs(8));
        assert!(are(cli, &cohort, P, S));
    });
}

#[test]
fn an_estate_with_a_pilot_alias_and_people_at_work_is_as_ready_as_without() {
    let found = [&[][..], &["--pilot"], &["--pilot", "--people"]].map(|more| {
        let sandbox = Sandbox::new();
        let twin = TwinProcess::start(&sandbox, [&["--desktops", "40", "--drift", "none"], more].concat());
        sandbox.scan(&twin, [] as [&str; 0]).expect(0);
        let report = sandbox.json("deskpair-report/report.json");
        let pair = &report["pairs"][0];
        assert_eq!((&pair["readiness"]["users"], &pair["readiness"]["ready"]), (&Value::from(40), &Value::from(40)));
        // What every rule said of how many subjects, and what is missing beside: the state that a twin does not keep.
        let of_rule = |rule: &Value| {
            (rule["id"].to_string(), rule["counts"]["fail"].clone(), rule["counts"]["not_evaluated"].clone())
        };
        list(pair, "rules").iter().map(of_rule).collect::<Vec<_>>()
    });
    assert_eq!(found[1], found[0], "with a pilot alias");
    assert_eq!(found[2], found[0], "with people");
}

#[test]
fn a_wrong_file_of_faults_is_told_with_its_line() {
    let sandbox = Sandbox::new();
    let path = sandbox.write("faults.txt", "us-east-1 * Down\nus-east-1 * Dwon\n");
    let path = path.to_str().expect("Unicode");
    let answer = sandbox.deskpair(["twin", "--faults-from", path]).run().expect(2);
    answer.says(&["faults.txt", "line 2: `Dwon` is no kind of fault"]);
    let answer = sandbox.deskpair(["twin", "--faults-from", "nowhere.txt"]).run().expect(2);
    answer.says(&["nowhere.txt", "it cannot be read"]);
}
