//! `deskpair scan --plan`: what a scan would cost and lack, without scanning.

use crate::support::sandbox::Sandbox;
use crate::support::twin::TwinProcess;

#[test]
fn a_plan_tells_the_cost_and_writes_nothing() {
    let sandbox = Sandbox::new();
    let twin = TwinProcess::start(&sandbox, ["--desktops", "130", "--drift", "none"]);
    let plan = sandbox.deskpair(["--quiet", "scan", "--plan"]).envs(&twin).run().expect(0);
    let told = plan.out;
    for words in ["us-east-1", "us-west-2", "global", "account ", "arn:aws:", "every call that was tried was answered"]
    {
        assert!(told.contains(words), "no {words:?} in {told}");
    }
    assert!(told.contains("at least") && told.contains("a call for every 25 desktops"), "{told}");
    assert_eq!(sandbox.names("."), [""; 0], "a plan writes nothing");

    // What it says that it took is what it took: each operation once an identity and Region, and not a page more.
    let asked: u64 = told
        .lines()
        .find_map(|line| line.strip_prefix("This plan took ")?.split(' ').next()?.parse().ok())
        .expect("it tells its own calls");
    let scan = sandbox.deskpair(["--quiet", "scan"]).envs(&twin).run();
    assert!([0, 1].contains(&scan.code), "{scan}");
    let report = sandbox.json("deskpair-report/report.json");
    let regions = report["api"]["calls"].as_object().expect("accounts").values();
    let counts: Vec<u64> = regions
        .flat_map(|regions| regions.as_object().expect("regions").values())
        .flat_map(|operations| operations.as_object().expect("operations").values())
        .map(|count| count.as_u64().expect("a count"))
        .collect();
    assert!(asked <= counts.len() as u64 + 2 && asked > 20, "{asked} calls for {} operations", counts.len());

    // Once a run is known, so is the length of the lists, and the plan is the scan's own count.
    let again = sandbox.deskpair(["--quiet", "scan", "--plan"]).envs(&twin).run().expect(0).out;
    assert!(!again.contains("at least") && again.contains("as in the run of"), "{again}");
    let planned: u64 = again
        .lines()
        .filter_map(|line| line.trim().split_once(" calls, ")?.0.replace(',', "").parse::<u64>().ok())
        .sum();
    assert_eq!(planned, counts.iter().sum::<u64>(), "{again}");
}

#[test]
fn a_plan_names_what_is_denied_and_what_rests_on_it() {
    let sandbox = Sandbox::new();
    let faults = ["--fault", "us-west-2 workspaces:DescribeIpGroups AccessDenied", "--fault", "* fsx:* AccessDenied"];
    let twin = TwinProcess::start(&sandbox, ["--desktops", "30"].into_iter().chain(faults));
    let plan = sandbox.deskpair(["scan", "--plan"]).envs(&twin).run().expect(3);
    for words in [
        "workspaces:DescribeIpGroups in us-west-2 was denied",
        "allow: workspaces:DescribeIpGroups",
        "IPG-002",
        "allow: fsx:DescribeFileSystems",
        "deskpair permissions scan",
    ] {
        assert!(plan.out.contains(words), "no {words:?} in {plan}");
    }
    let of_one = sandbox.deskpair(["scan", "--plan", "--rule", "WSP-001"]).envs(&twin).run().expect(0);
    assert!(of_one.out.contains("A scan by 1 rule\n"), "{of_one}");
    for flags in [&["--estate", "x"][..], &["-o", "x"], &["-f", "json"], &["--strict"], &["--fail-on", "low"]] {
        sandbox.deskpair(["scan", "--plan"].iter().chain(flags)).envs(&twin).run().expect(2);
    }
}
