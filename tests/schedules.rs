//! docs/schedules holds: files are of the forms that they claim, their commands are commands of the binary, and the role of the ECS task is
//! allowed what a scan calls and nothing else.

use crate::schemas::validate;
use crate::support::sandbox::{DESKPAIR, Sandbox};
use crate::support::{peers, python};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schedules")
}

fn text(name: &str) -> String {
    fs::read_to_string(folder().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The documents of a YAML file, read by a parser that nobody here wrote; none where there is none.
fn yaml(sandbox: &Sandbox, name: &str) -> Option<Vec<Value>> {
    let python = python::program("python")?;
    let path = folder().join(name);
    let answer = validate(sandbox, &python, "yaml", Path::new("-"), peers::text(&path)).expect(0);
    Some(serde_json::from_str(&answer.out).expect("it prints JSON"))
}

fn template() -> Value {
    serde_json::from_str(&text("ecs-scheduled-task.json")).expect("JSON")
}

fn words(list: &Value) -> Vec<String> {
    list.as_array().expect("a list").iter().map(|word| word.as_str().expect("a word").to_owned()).collect()
}

/// Every command of the files, as words after `deskpair`.
fn commands(sandbox: &Sandbox) -> Vec<(String, Vec<String>)> {
    let mut found = Vec::new();
    for name in ["github-actions.yml", "gitlab-ci.yml", "Jenkinsfile", "systemd/deskpair.service", "README.md"] {
        for line in text(name).lines() {
            let line = line.trim().trim_start_matches("- ").trim_start_matches("ExecStart=/usr/local/bin/");
            let line = line.trim_start_matches("sh '").trim_end_matches('\'');
            if let Some(rest) = line.strip_prefix("deskpair ") {
                found.push((name.to_owned(), rest.split_whitespace().map(str::to_owned).collect()));
            }
        }
    }
    let task = &template()["Resources"]["Task"]["Properties"]["ContainerDefinitions"][0]["Command"];
    found.push(("ecs-scheduled-task.json".to_owned(), words(task)));
    let cron = "kubernetes-cronjob.yaml";
    if let Some(documents) = yaml(sandbox, cron) {
        let job = documents.iter().find(|document| document["kind"] == "CronJob").expect("a CronJob");
        let arguments = &job["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"][0]["args"];
        found.push((cron.to_owned(), words(arguments)));
    }
    found
}

/// `--help` at the end is answered only where all before it is understood.
#[test]
fn every_command_is_understood() {
    let sandbox = Sandbox::new();
    let commands = commands(&sandbox);
    for wanted in ["github-actions.yml", "gitlab-ci.yml", "Jenkinsfile", "systemd/deskpair.service"] {
        assert!(commands.iter().any(|(name, _)| name == wanted), "{wanted} runs no deskpair");
    }
    for (name, words) in commands {
        let answer = sandbox.deskpair(words.iter().map(String::as_str).chain(["--help"])).run();
        assert_eq!(answer.code, 0, "{name}: {answer}");
        // The same with a flag that there is not is refused: the check can fail.
        sandbox.deskpair(words.iter().map(String::as_str).chain(["--no-such-flag", "--help"])).run().expect(2);
    }
}

#[test]
fn the_pipelines_are_yaml_and_read_files_that_the_scan_writes() {
    let sandbox = Sandbox::new();
    let Some(github) = yaml(&sandbox, "github-actions.yml") else { return };
    let steps = github[0]["jobs"]["scan"]["steps"].as_array().expect("steps");
    let scan = steps.iter().filter_map(|step| step["run"].as_str()).find(|run| run.contains("deskpair scan"));
    let scan = scan.expect("it scans");
    let format = scan.split_once("--format ").and_then(|(_, rest)| rest.split_whitespace().next()).expect("formats");
    let files: BTreeSet<&str> = deskpair_reports::Format::ALL
        .into_iter()
        .filter(|known| format.split(',').any(|asked| asked == known.as_str()))
        .flat_map(|known| known.files())
        .map(|file| file.name())
        .collect();
    let told = text("github-actions.yml");
    for name in ["summary.md", "annotations.txt", "report.sarif"] {
        assert!(told.contains(&format!("deskpair-report/{name}")) && files.contains(name), "{name}");
    }
    let gitlab = yaml(&sandbox, "gitlab-ci.yml").expect("the same parser");
    assert_eq!(gitlab[0]["failover-readiness"]["artifacts"]["reports"]["junit"], "deskpair-report/junit.xml");
    let kubernetes = yaml(&sandbox, "kubernetes-cronjob.yaml").expect("the same parser");
    let map = kubernetes.iter().find(|document| document["kind"] == "ConfigMap").expect("a configuration");
    sandbox.write("deskpair.toml", map["data"]["deskpair.toml"].as_str().expect("text"));
    let rules: Vec<_> = deskpair_rules::registry().iter().map(|rule| rule.meta().into()).collect();
    deskpair::config::load(&sandbox.path("deskpair.toml"), &rules).expect("it is in order");
}

/// The names that a template refers to.
fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                match (key.as_str(), value) {
                    ("Ref", Value::String(name)) => found.extend([name.clone()]),
                    ("Fn::GetAtt", Value::Array(parts)) => found.extend(parts[0].as_str().map(str::to_owned)),
                    ("Fn::Sub", Value::String(text)) => {
                        let names = text.split("${").skip(1).filter_map(|rest| rest.split_once('}'));
                        found.extend(names.map(|(name, _)| name.to_owned()));
                    }
                    _ => references(value, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn the_task_may_do_what_a_scan_does_and_nothing_else() {
    let template = template();
    let policies = template["Resources"]["ScanRole"]["Properties"]["Policies"].as_array().expect("policies");
    let policies: BTreeMap<&str, &Value> = policies
        .iter()
        .map(|policy| (policy["PolicyName"].as_str().expect("a name"), &policy["PolicyDocument"]))
        .collect();
    assert_eq!(policies.keys().copied().collect::<Vec<_>>(), ["files", "scan"]);
    let sandbox = Sandbox::new();
    let printed = sandbox.deskpair(["permissions", "scan"]).run().expect(0).out;
    let printed: Value = serde_json::from_str(&printed).expect("JSON");
    let actions = |policy: &Value| -> BTreeSet<String> {
        let statements = policy["Statement"].as_array().expect("statements").iter();
        statements.flat_map(|statement| words(&statement["Action"])).collect()
    };
    assert_eq!(actions(policies["scan"]), actions(&printed), "the template on the left, what is printed on the right");
    let mut known: BTreeSet<String> = ["AWS::AccountId", "AWS::Partition", "AWS::Region"].map(str::to_owned).into();
    for part in ["Parameters", "Resources"] {
        known.extend(template[part].as_object().expect("names").keys().cloned());
    }
    let mut wanted = BTreeSet::new();
    references(&template, &mut wanted);
    assert!(wanted.is_subset(&known), "{:?}", wanted.difference(&known));
}

#[test]
fn systemd_takes_the_units() {
    let Some(analyze) = peers::program("systemd-analyze", "systemd") else { return };
    let sandbox = Sandbox::new();
    let unit = text("systemd/deskpair.service");
    assert!(unit.contains("ExecStart=/usr/local/bin/deskpair "));
    sandbox.write("deskpair.service", unit.replace("/usr/local/bin/deskpair", DESKPAIR));
    sandbox.write("deskpair.timer", text("systemd/deskpair.timer"));
    let answer = sandbox.program(&analyze, ["verify", "deskpair.service", "deskpair.timer"]).run();
    assert!(answer.code == 0 && !answer.err.contains("deskpair."), "{answer}");
    sandbox.write("deskpair.service", unit.replace("Type=oneshot", "Type=sometimes"));
    let answer = sandbox.program(&analyze, ["verify", "deskpair.service", "deskpair.timer"]).run();
    assert!(answer.code != 0 || answer.err.contains("sometimes"), "it can say no: {answer}");
}

#[test]
fn the_image_is_small_and_not_roots() {
    let lines: Vec<String> = text("Containerfile").lines().map(str::to_owned).collect();
    let of =
        |word: &str| -> Vec<&str> { lines.iter().filter_map(|line| line.strip_prefix(word)).map(str::trim).collect() };
    let from = of("FROM ");
    assert_eq!(from.len(), 2);
    let version =
        include_str!("../Cargo.toml").lines().find_map(|line| line.strip_prefix("rust-version = ")).expect("one");
    assert!(from[0].contains(&format!("rust:{}", version.trim_matches('"'))), "{}: {version}", from[0]);
    assert_eq!(of("USER "), ["65532:65532"]);
    let entry: Vec<String> = serde_json::from_str(of("ENTRYPOINT ")[0]).expect("its exec form is JSON");
    let copied = of("COPY --from=build ")[0].split_whitespace().nth(1).expect("a place");
    assert_eq!(entry, [copied]);
    let default: Vec<String> = serde_json::from_str(of("CMD ")[0]).expect("its exec form is JSON");
    Sandbox::new().deskpair(default.iter().map(String::as_str).chain(["--help"])).run().expect(0);
}
