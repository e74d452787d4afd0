//! Exported scripts, run by bash with AWS's own CLI against the twin: they wait for what takes time, stop where it is not going to be, and find
//! what they made whatever its name.

use crate::bad_input::estate_file;
use crate::remediate::of_own_bundles;
use crate::support::line::company;
use crate::support::python;
use crate::support::sandbox::{Answer, Sandbox};
use crate::support::twin::TwinProcess;
use deskpair::twin::sample::Drift;
use deskpair_rules::model::{Estate, quota};
use serde_json::Value;
use std::path::Path;

/// A twin of an estate, and its configuration.
fn twin(sandbox: &Sandbox, scale: &str, faults: &[&str], change: impl FnOnce(&mut Estate)) -> TwinProcess {
    let mut estate = company(24, Drift::None);
    change(&mut estate);
    estate_file(sandbox, "given.jsonl.zst", &estate);
    let arguments = ["--estate", "given.jsonl.zst", "--time-scale", scale, "--write-config", "deskpair.toml"];
    let faults = faults.iter().flat_map(|fault| ["--fault", fault]);
    TwinProcess::start(sandbox, arguments.into_iter().chain(faults))
}

/// Somebody has no standby desktop, and the standby Region is granted too few.
fn one_too_few(estate: &mut Estate) {
    let missing = of_own_bundles(estate)[0];
    let standby = &mut estate.sides[estate.pairs[0].standby as usize];
    standby.workspaces.items_mut().remove(missing);
    let quotas = standby.quotas.items_mut();
    quotas
        .iter_mut()
        .filter(|known| known.quota_code == quota::WORKSPACES.code)
        .for_each(|known| known.value = Some(1));
}

/// What is planned for these rules.
fn planned(sandbox: &Sandbox, twin: &TwinProcess, rules: &str) -> Vec<Value> {
    sandbox.deskpair(["remediate", "plan", "--rule", rules]).envs(twin).run().expect(0);
    sandbox.json("deskpair-plan.json")["changes"].as_array().expect("changes").clone()
}

/// Exports the last plan, and runs that.
fn ran(sandbox: &Sandbox, twin: &TwinProcess, aws: &Path) -> Answer {
    let script = sandbox.deskpair(["remediate", "export"]).envs(twin).run().expect(0).out;
    sandbox.write("fix.sh", &script);
    let path = format!("{}:/usr/sbin:/usr/bin:/sbin:/bin", aws.parent().expect("a folder").display());
    sandbox.program("bash", ["fix.sh"]).envs(twin).env("PATH", path).run()
}

const BOTH: &str = "QTA-001,WSP-001";

/// AWS takes twenty seconds here to grant it: whoever does not wait is done before.
#[test]
fn a_script_waits_until_the_quota_is_granted() {
    let Some(aws) = python::program("aws") else { return };
    let sandbox = Sandbox::new();
    let twin = twin(&sandbox, "90", &[], one_too_few);
    let before = planned(&sandbox, &twin, BOTH);
    assert_eq!(before.len(), 2);
    ran(&sandbox, &twin, &aws).expect(0);
    let list = ["service-quotas", "list-service-quotas", "--region", "us-west-2", "--service-code", "workspaces"];
    let list = sandbox.program(aws.to_str().expect("Unicode"), list).envs(&twin).run().expect(0).out;
    let list: Value = serde_json::from_str(&list).expect("it is JSON");
    let mut known = list["Quotas"].as_array().expect("quotas").iter();
    let known = known.find(|known| known["QuotaCode"] == quota::WORKSPACES.code).expect("it is listed");
    assert_eq!(known["Value"], before[0]["action"]["calls"][0]["input"]["DesiredValue"], "it is granted by now");
    assert_eq!(planned(&sandbox, &twin, BOTH), Vec::<Value>::new());
}

/// AWS takes one open request a quota: a script that is run again while the first one is open waits for that, and asks for no second.
#[test]
fn a_script_asks_for_nothing_that_is_asked_for_already() {
    let Some(aws) = python::program("aws") else { return };
    let sandbox = Sandbox::new();
    let twin = twin(&sandbox, "180", &[], one_too_few);
    let asked = planned(&sandbox, &twin, BOTH)[0]["action"]["calls"][0]["input"].to_string();
    let request =
        ["service-quotas", "request-service-quota-increase", "--region", "us-west-2", "--cli-input-json", &asked];
    sandbox.program(aws.to_str().expect("Unicode"), request).envs(&twin).run().expect(0);
    ran(&sandbox, &twin, &aws).expect(0);
    assert_eq!(planned(&sandbox, &twin, BOTH), Vec::<Value>::new());
}

#[test]
fn a_script_stops_where_a_quota_is_denied_and_makes_nothing_that_rests_on_it() {
    let Some(aws) = python::program("aws") else { return };
    let sandbox = Sandbox::new();
    let faults = ["* servicequotas:RequestServiceQuotaIncrease Partial"];
    let twin = twin(&sandbox, "3600", &faults, one_too_few);
    let before = planned(&sandbox, &twin, BOTH);
    let stopped = ran(&sandbox, &twin, &aws).expect(1);
    let stopped = stopped.says(&["AWS has not granted", quota::WORKSPACES.code, "the request is DENIED"]);
    assert!(!stopped.out.contains("PendingRequests"), "{stopped}");
    assert_eq!(planned(&sandbox, &twin, BOTH), before, "no desktop was made");
}

/// `apply` tells it too.
#[test]
fn a_plan_stops_where_a_quota_is_denied() {
    let sandbox = Sandbox::new();
    let faults = ["* servicequotas:RequestServiceQuotaIncrease Partial"];
    let twin = twin(&sandbox, "3600", &faults, one_too_few);
    let before = planned(&sandbox, &twin, BOTH);
    let apply = ["remediate", "apply", "--yes", "--accept-irreversible"];
    let stopped = sandbox.deskpair(apply).envs(&twin).run();
    assert_ne!(stopped.code, 0, "{stopped}");
    stopped.says(&["DENIED"]);
    assert_eq!(planned(&sandbox, &twin, BOTH), before, "no desktop was made");
}

/// A directory takes its time to be registered, and until then no alias can be associated with it.
#[test]
fn a_script_waits_until_a_directory_is_registered() {
    let Some(aws) = python::program("aws") else { return };
    let sandbox = Sandbox::new();
    let twin = twin(&sandbox, "30", &[], |estate| *estate = company(24, "DIR-003".parse().expect("a rule")));
    let changes = planned(&sandbox, &twin, "DIR-003,ALS-003");
    let operations: Vec<&Value> = changes.iter().map(|change| &change["action"]["calls"][0]["operation"]).collect();
    assert_eq!(operations, ["RegisterWorkspaceDirectory", "AssociateConnectionAlias"]);
    ran(&sandbox, &twin, &aws).expect(0);
    assert_eq!(planned(&sandbox, &twin, "DIR-003,ALS-003"), Vec::<Value>::new());
}

/// JMESPath and bash each have their own quotes; names have all of them, and there are more groups than a page of a list has.
#[test]
fn a_script_finds_what_it_made_whatever_its_name() {
    let Some(aws) = python::program("aws") else { return };
    let sandbox = Sandbox::new();
    let name = "it's \"q\" \\ `t` $(id) \u{2018}x\u{2019}";
    let twin = twin(&sandbox, "3600", &[], |estate| {
        let places = estate.pairs[0];
        let primary = estate.sides[places.primary as usize].ip_groups.items_mut();
        let of_old = std::mem::replace(&mut primary[0].group_name, name.to_owned());
        let standby = &mut estate.sides[places.standby as usize];
        let gone =
            standby.ip_groups.items().iter().position(|group| group.group_name == of_old).expect("its counterpart");
        let gone = standby.ip_groups.items_mut().remove(gone);
        for directory in standby.registrations.items_mut() {
            directory.ip_group_ids.retain(|id| *id != gone.group_id);
        }
        for at in 0..60 {
            let mut other = gone.clone();
            (other.group_id, other.group_name) = (format!("wsipg-00000{at:04}"), format!("of another team {at}"));
            standby.ip_groups.items_mut().push(other);
        }
    });
    let changes = planned(&sandbox, &twin, "IPG-001,IPG-003");
    assert!(changes.iter().any(|change| change["action"].to_string().contains("$made")), "{changes:?}");
    ran(&sandbox, &twin, &aws).expect(0);
    assert_eq!(planned(&sandbox, &twin, "IPG-001,IPG-003"), Vec::<Value>::new());
}
