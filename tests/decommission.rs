//! The clean-up that a person runs: AWS's own CLI runs it against the twin, in its order, and only with the words that each step asks for.

use crate::support::line::company;
use crate::support::python;
use crate::support::sandbox::{Answer, Sandbox};
use deskpair::twin::log::Outcome;
use deskpair::twin::stage::{Stage, StageOptions};
use deskpair_rules::model::Estate;
use std::io::Write as _;
use std::path::Path;
use std::process::{Output, Stdio};

const EXPORT: [&str; 3] = ["remediate", "export", "--decommission"];

async fn stage(sandbox: &Sandbox, estate: &Estate) -> Stage {
    let options = StageOptions { time_scale: 3600.0, ..StageOptions::default() };
    let stage = Stage::start(estate, options).await.expect("the twin starts");
    sandbox.write("deskpair.toml", stage.config_text());
    stage
}

fn asked(sandbox: &Sandbox, stage: &Stage, arguments: &[&str]) -> Answer {
    sandbox
        .deskpair(arguments)
        .env("AWS_ACCESS_KEY_ID", deskpair::twin::access_key(&stage.account))
        .env("AWS_SECRET_ACCESS_KEY", deskpair::twin::secret_key())
        .env("AWS_REGION", &stage.region)
        .env("AWS_ENDPOINT_URL", stage.endpoint())
        .run()
}

/// The words that a script asks for, in their order.
fn wanted(script: &str) -> Vec<String> {
    let asks = script.lines().filter_map(|line| line.strip_prefix("confirm '"));
    asks.map(|line| {
        let (_, typed) = line.trim_end_matches('\'').rsplit_once("' '").expect("two words");
        typed.to_owned()
    })
    .collect()
}

/// Runs a script with these lines to read.
fn ran(sandbox: &Sandbox, stage: &Stage, aws: &Path, lines: &[String], on_standby: bool) -> Output {
    let path = format!("{}:/usr/sbin:/usr/bin:/sbin:/bin", aws.parent().expect("a folder").display());
    let mut script = sandbox
        .program("bash", ["decommission.sh"])
        .env("AWS_ACCESS_KEY_ID", deskpair::twin::access_key(&stage.account))
        .env("AWS_SECRET_ACCESS_KEY", deskpair::twin::secret_key())
        .env("AWS_REGION", &stage.region)
        .env("AWS_ENDPOINT_URL", stage.endpoint())
        .env("AWS_DEFAULT_REGION", &stage.region)
        .env("DECOMMISSION_PAUSE", "0.2")
        .env("PATH", path);
    if on_standby {
        script = script.env("DECOMMISSION_WHILE_ON_STANDBY", "yes");
    }
    let mut command = script.into_command();
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("bash starts");
    let mut input = child.stdin.take().expect("it is piped");
    // One that stopped early reads no further.
    let _ = lines.iter().try_for_each(|line| writeln!(input, "{line}"));
    drop(input);
    child.wait_with_output().expect("it ends")
}

fn told(output: &Output) -> String {
    format!(
        "{}\n{}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// What changed something, each name once where it follows itself, with its Region; what was refused is told.
fn changes(stage: &Stage) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for call in stage.aws.calls().into_iter().filter(|call| call.mutating) {
        let refused = if call.outcome == Outcome::Answered { "" } else { " refused" };
        let name = format!("{} {}{refused}", call.operation, call.region);
        if all.last() != Some(&name) {
            all.push(name);
        }
    }
    all
}

fn exported(sandbox: &Sandbox, stage: &Stage, more: &[&str]) -> String {
    let script = asked(sandbox, stage, &[&EXPORT[..], more].concat()).expect(0);
    let script = script.says(&["this script destroys"]).out;
    sandbox.write("decommission.sh", &script);
    script
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_goes_in_the_seeds_order_and_only_when_each_step_is_confirmed() {
    let Some(aws) = python::program("aws") else { return };
    let sandbox = Sandbox::new();
    let estate = company(24, "none".parse().expect("a drift"));
    let stage = stage(&sandbox, &estate).await;
    let script = exported(&sandbox, &stage, &["--with-primary"]);
    let words = wanted(&script);
    assert!(words.len() >= 9, "{script}");
    // Each desktop is named with whose it is.
    let primary = &estate.sides[estate.pairs[0].primary as usize];
    for row in primary.workspaces.items() {
        let text = |sym| estate.symbols.text(sym);
        assert!(script.contains(&format!("{}  {}", text(row.id), text(row.user))), "{script}");
    }

    // Nothing that changes anything is called without a word, with a wrong one, or with another step's.
    for lines in [Vec::new(), vec!["yes".to_owned()], vec![words[1].clone()]] {
        let output = ran(&sandbox, &stage, &aws, &lines, false);
        assert_eq!(output.status.code(), Some(1), "{}", told(&output));
        assert!(told(&output).contains("Stopped: nothing of this step was done."), "{}", told(&output));
        assert_eq!(changes(&stage), Vec::<String>::new());
    }
    // The first step's word alone does the first step alone.
    let output = ran(&sandbox, &stage, &aws, &words[..1], false);
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert_eq!(changes(&stage), ["ChangeResourceRecordSets us-east-1"], "{}", told(&output));

    // Exported anew, what is gone is not in it.
    let script = exported(&sandbox, &stage, &["--with-primary"]);
    let rest = wanted(&script);
    assert_eq!(rest, words[1..], "{script}");
    let output = ran(&sandbox, &stage, &aws, &rest, false);
    assert_eq!(output.status.code(), Some(0), "{script}\n{}", told(&output));
    let (p, s) = ("us-east-1", "us-west-2");
    let expected = [
        format!("ChangeResourceRecordSets {p}"),
        format!("DisassociateConnectionAlias {p}"),
        format!("DisassociateConnectionAlias {s}"),
        format!("TerminateWorkspaces {s}"),
        format!("TerminateWorkspaces {p}"),
        format!("DeregisterWorkspaceDirectory {s}"),
        format!("DeregisterWorkspaceDirectory {p}"),
        format!("DeleteDirectory {s}"),
        format!("DeleteDirectory {p}"),
    ];
    assert_eq!(changes(&stage), expected, "{}", told(&output));
    stage.aws.with_world(|world| {
        for region in [p, s] {
            let side = &world.realm(&stage.account, region).expect("a side").side;
            assert!(side.workspaces.items().is_empty() && side.registrations.items().is_empty(), "{region}");
            assert!(side.directories.items().is_empty(), "{region}: {:?}", side.directories.items());
            assert!(!side.aliases.items().is_empty(), "{region}: the string is reserved for ever, and its alias stays");
            assert!(!side.images.items().is_empty() && !side.ip_groups.items().is_empty(), "{region}");
        }
    });
    // What nobody confirmed is nowhere to be done any more.
    let nothing = exported(&sandbox, &stage, &["--with-primary"]);
    assert!(!nothing.contains("\nrun aws ds") && !nothing.contains("\nwhole aws"), "{nothing}");
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_standby_side_goes_alone_unless_more_is_asked_for() {
    let Some(aws) = python::program("aws") else { return };
    let sandbox = Sandbox::new();
    let estate = company(24, "none".parse().expect("a drift"));
    let stage = stage(&sandbox, &estate).await;
    let script = exported(&sandbox, &stage, &[]);
    let output = ran(&sandbox, &stage, &aws, &wanted(&script), false);
    assert_eq!(output.status.code(), Some(0), "{script}\n{}", told(&output));
    stage.aws.with_world(|world| {
        let side = |region: &str| &world.realm(&stage.account, region).expect("a side").side;
        assert!(side("us-west-2").workspaces.items().is_empty() && side("us-west-2").registrations.items().is_empty());
        let before = &estate.sides[estate.pairs[0].primary as usize];
        assert_eq!(side("us-east-1").workspaces.items().len(), before.workspaces.items().len());
        assert_eq!(side("us-east-1").registrations.items().len(), before.registrations.items().len());
        let managed = |region: &str| side(region).directories.items().iter().any(|known| known.r#type == "MicrosoftAD");
        assert!(managed("us-east-1"), "people sign in with it");
    });
    stage.stop().await;
}

/// The record of DNS-003's drift names the standby Region.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_stops_while_people_are_sent_to_the_standby_region() {
    let Some(aws) = python::program("aws") else { return };
    let sandbox = Sandbox::new();
    let estate = company(24, "DNS-003".parse().expect("a drift"));
    let stage = stage(&sandbox, &estate).await;
    let script = exported(&sandbox, &stage, &[]);
    let words = wanted(&script);
    let output = ran(&sandbox, &stage, &aws, &words, false);
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert!(told(&output).contains("the TXT record names the standby Region"), "{}", told(&output));
    assert_eq!(changes(&stage), Vec::<String>::new());
    let output = ran(&sandbox, &stage, &aws, &words[..1], true);
    assert_eq!(changes(&stage), ["ChangeResourceRecordSets us-east-1"], "{}", told(&output));
    stage.stop().await;
}

/// Names that are somebody else's stand in comments and in quotes, and end neither.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_names_stay_names() {
    let Some(aws) = python::program("aws") else { return };
    let sandbox = Sandbox::new();
    let mut estate = company(24, "none".parse().expect("a drift"));
    let hostile = "x'\n$(touch pwned) `touch pwned` \"; touch pwned #\u{2028}";
    let name = estate.symbols.intern(hostile);
    let standby = estate.pairs[0].standby as usize;
    for row in estate.sides[standby].workspaces.items_mut() {
        row.user = name;
    }
    for known in estate.sides[standby].registrations.items_mut() {
        known.directory_name = hostile.to_owned();
    }
    let stage = stage(&sandbox, &estate).await;
    let script = exported(&sandbox, &stage, &[]);
    for line in script.lines().filter(|line| line.contains("touch pwned")) {
        assert!(line.starts_with('#') || line.starts_with("confirm '"), "{line}");
    }
    let other = asked(&sandbox, &stage, &[&EXPORT[..], &["--shell", "powershell"]].concat()).expect(0).out;
    assert!(
        other.starts_with("#!/usr/bin/env pwsh\n")
            && other.contains("Assert-Whole (Invoke-AwsWith '{\"TerminateWorkspaceRequests\":"),
        "{other}"
    );
    for line in other.lines().filter(|line| line.contains("touch pwned")) {
        assert!(line.starts_with('#') || line.starts_with("Confirm-Step '"), "{line}");
    }
    let output = ran(&sandbox, &stage, &aws, &wanted(&script), false);
    assert_eq!(output.status.code(), Some(0), "{script}\n{}", told(&output));
    assert!(!sandbox.path("pwned").exists(), "{script}");
    stage.stop().await;
}

/// What is not listed would stay, or keep a directory from going.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_read_whole_is_no_script() {
    let sandbox = Sandbox::new();
    let estate = company(24, "none".parse().expect("a drift"));
    let faults = vec!["us-west-2 workspaces:DescribeWorkspaces AccessDenied".parse().expect("a fault")];
    let options = StageOptions { time_scale: 3600.0, faults, ..StageOptions::default() };
    let stage = Stage::start(&estate, options).await.expect("the twin starts");
    sandbox.write("deskpair.toml", stage.config_text());
    let refused = asked(&sandbox, &stage, &EXPORT).expect(3);
    assert_eq!(refused.out, "", "{refused}");
    refused.says(&["the WorkSpaces of the pair corp could not be read whole", "DescribeWorkspaces"]);
    asked(&sandbox, &stage, &["remediate", "export", "--with-primary"]).expect(2);
    stage.stop().await;
}
