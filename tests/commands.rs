//! Every command by itself: help, examples, lists, and what is typed wrong.

use crate::support::peers;
use crate::support::sandbox::{Answer, DESKPAIR, Sandbox};
use crate::support::twin::TwinProcess;

/// The commands that `--help` lists.
fn commands(sandbox: &Sandbox) -> Vec<String> {
    let help = sandbox.deskpair(["--help"]).run().expect(0).out;
    let list = help.split("Commands:\n").nth(1).expect("a list of commands").split("\n\n").next().expect("its end");
    // A command's line is indented by two; what goes on below it, by more.
    let names = list.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    names.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help").map(str::to_owned).collect()
}

#[test]
fn every_command_has_help_with_an_example() {
    let sandbox = Sandbox::new();
    let commands = commands(&sandbox);
    for known in [
        "demo",
        "scan",
        "collect",
        "report",
        "rules",
        "explain",
        "twin",
        "schema",
        "verify",
        "permissions",
        "completions",
        "man",
    ] {
        assert!(commands.iter().any(|command| command == known), "no {known} in {commands:?}");
    }
    for command in &commands {
        for flag in ["--help", "-h"] {
            let help = sandbox.deskpair([command, flag]).run().expect(0).out;
            assert!(help.contains("Usage: deskpair"), "{command} {flag}: {help}");
            assert!(no_escape(&help), "{command} {flag}");
        }
        let help = sandbox.deskpair([command, "--help"]).run().expect(0).out;
        let example = format!("  deskpair {command}");
        assert!(help.contains("Examples:") && help.contains(&example), "{command} has no example: {help}");
        for line in help.lines() {
            assert!(line.chars().count() <= 140, "{command} --help has a long line: {line}");
        }
    }
    let help = sandbox.deskpair(["--help"]).run().expect(0).out;
    for code in ["0  ", "1  ", "2  ", "3  ", "4  ", "130", "143"] {
        assert!(help.contains(&format!("\n  {code}")), "no exit code {code} in {help}");
    }
    assert!(sandbox.deskpair(["--version"]).run().expect(0).out.contains(env!("CARGO_PKG_VERSION")));
    assert_eq!(sandbox.names("."), [""; 0], "help writes nothing");
}

fn no_escape(text: &str) -> bool {
    !text.contains('\u{1b}')
}

#[test]
fn the_catalogue_is_printed_in_every_form() {
    let sandbox = Sandbox::new();
    let registry = deskpair_rules::registry();
    assert!(registry.len() >= 26, "{} rules", registry.len());
    let table = sandbox.deskpair(["rules"]).run().expect(0).out;
    let markdown = sandbox.deskpair(["rules", "--format", "markdown"]).run().expect(0).out;
    let json = sandbox.deskpair(["rules", "--format", "json"]).run().expect(0).out;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["rules"].as_array().map(Vec::len), Some(registry.len()));
    for (rule, listed) in registry.iter().zip(json["rules"].as_array().expect("a list")) {
        let meta = rule.meta();
        assert_eq!(listed["id"], meta.id);
        assert!(table.contains(meta.id) && table.contains(meta.name), "{}", meta.id);
        assert!(markdown.contains(&format!("| {} | {} |", meta.id, meta.name)), "{}", meta.id);
        let controls: Vec<&str> = meta.controls.iter().map(|control| control.id).collect();
        let ids: Vec<&str> = listed["controls"]
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(|control| control["id"].as_str())
            .collect();
        assert_eq!(ids, controls, "{}", meta.id);
        let controls = controls.join(", ");
        assert!(table.contains(&controls) && markdown.contains(&format!("| {controls} |")), "{}", meta.id);
    }
    assert!(no_escape(&table));
}

#[test]
fn every_rule_explains_itself() {
    let sandbox = Sandbox::new();
    for rule in deskpair_rules::registry() {
        let meta = rule.meta();
        let by_id = sandbox.deskpair(["explain", meta.id]).run().expect(0).out;
        let by_name = sandbox.deskpair(["explain", meta.name]).run().expect(0).out;
        assert_eq!(by_id, by_name);
        let last = meta.doc.trim().lines().last().expect("a line");
        assert!(by_id.contains(meta.summary) && by_id.contains(last), "{}: {by_id}", meta.id);
        for control in meta.controls {
            assert!(by_id.contains(&format!("{}: {}, {}", control.framework.title(), control.id, control.title)));
        }
        assert!(no_escape(&by_id), "{}", meta.id);
    }
    sandbox.deskpair(["explain", &deskpair_rules::registry()[0].meta().id.to_lowercase()]).run().expect(0);
}

#[test]
fn every_schema_is_json() {
    let sandbox = Sandbox::new();
    for name in ["config", "estate", "report", "notice", "plan", "journal", "drill", "drill-plan", "drill-journal"] {
        let text = sandbox.deskpair(["schema", name]).run().expect(0).out;
        let schema: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert!(schema["$schema"].is_string(), "{name}");
    }
    let listed = sandbox.deskpair(["schema", "--help"]).run().expect(0).out;
    for name in ["drill", "drill-plan", "drill-journal"] {
        let text = sandbox.deskpair(["schema", name]).run().expect(0).out;
        let schema: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let title = schema["title"].as_str().expect("a title");
        assert!(title == format!("deskpair.{name}/1") && listed.contains(title), "{name}: {title}");
    }
}

#[test]
fn what_is_typed_wrong_is_answered_with_the_way_out() {
    let sandbox = Sandbox::new();
    let wrong = |arguments: &[&str], words: &[&str]| -> Answer {
        let answer = sandbox.deskpair(arguments).run().expect(2).says(words);
        assert!(answer.out.is_empty(), "errors go to standard error: {answer}");
        assert!(no_escape(&answer.err), "{answer}");
        answer
    };
    wrong(&["scna"], &["scna", "scan"]);
    wrong(&[], &["Usage:"]);
    wrong(&["scan", "--fromat", "json"], &["--fromat", "--format"]);
    wrong(&["scan", "--format", "pdf"], &["pdf", "html"]);
    wrong(&["scan", "--fail-on", "terrible"], &["terrible", "critical"]);
    wrong(&["scan", "--rule", "WSP-999"], &["WSP-999", "hint:", "WSP-001"]);
    wrong(&["scan", "--rule", "nonsense"], &["nonsense", "hint:", "deskpair rules"]);
    wrong(&["scan", "--allow-incomplete", "ALS-099"], &["ALS-099", "hint:"]);
    wrong(&["scan", "--area", "XYZ"], &["XYZ", "hint:", "WSP"]);
    wrong(&["explain", "ALS-099"], &["ALS-099", "hint:", "ALS-001"]);
    wrong(&["explain"], &["ID"]);
    wrong(&["schema", "nothing"], &["nothing", "report"]);
    wrong(&["report", "last"], &["last", "hint:"]);
    wrong(&["verify"], &["DIR"]);
    wrong(&["twin", "--drift", "NIX-001"], &["NIX-001", "sample"]);
    wrong(&["twin", "--fault", "nowhere * Down"], &["nowhere", "us-east-1"]);
    wrong(&["twin", "--listen", "0.0.0.0:0"], &["0.0.0.0", "loopback"]);
    wrong(&["twin", "--dns", "0.0.0.0:0"], &["0.0.0.0", "loopback"]);
    wrong(&["twin", "--latency", "soon"], &["soon", "20ms"]);
    assert_eq!(sandbox.names("."), [""; 0], "nothing was written");
}

#[test]
fn a_flag_that_cannot_act_is_an_error() {
    let sandbox = Sandbox::new();
    sandbox.deskpair(["twin", "--desktops", "10", "--no-serve", "--save", "e.jsonl.zst"]).run().expect(0);
    let before = sandbox.names(".");
    for (arguments, words) in [
        (&["scan", "--at", "now"][..], &["--estate"][..]),
        (&["scan", "--estate", "e.jsonl.zst", "--deadline", "5m"], &["--deadline", "--estate"]),
        (&["scan", "--estate", "e.jsonl.zst", "--config", "other.toml"], &["--config", "--estate"]),
        (&["scan", "--estate", "e.jsonl.zst", "--pair", "nobody"], &["nobody", "hint:", "corp"]),
        (&["scan", "--estate", "e.jsonl.zst", "--rule", "IMG-001", "--area", "WSP"], &["--rule", "--area"]),
        (
            &["scan", "--estate", "e.jsonl.zst", "--rule", "IMG-001", "--allow-incomplete", "WSP-001"],
            &["--allow-incomplete", "WSP-001"],
        ),
        (&["twin", "--no-serve"], &["--save"]),
        (&["twin", "--estate", "e.jsonl.zst", "--desktops", "5"], &["--desktops", "--estate"]),
        (&["twin", "--estate", "e.jsonl.zst", "--drift", "none"], &["--drift", "--estate"]),
        (&["twin", "--time-scale", "0"], &["--time-scale"]),
    ] {
        let answer = sandbox.deskpair(arguments).run();
        assert_eq!(answer.code, 2, "{answer}");
        answer.says(words);
    }
    assert_eq!(sandbox.names("."), before);
}

#[test]
fn colours_are_for_terminals_that_want_them() {
    let sandbox = Sandbox::new();
    assert!(no_escape(&sandbox.deskpair(["rules"]).run().expect(0).out));
    assert!(!no_escape(&sandbox.deskpair(["--color", "always", "rules"]).run().expect(0).out), "or this tests nothing");
    // On a terminal of its own.
    let Some(script) = peers::program("script", "bsdutils") else { return };
    let on_terminal = |set: &[(&str, &str)], arguments: &str| {
        let command = format!("{DESKPAIR} {arguments}");
        let mut run = sandbox.program(&script, ["-qec", &command, "/dev/null"]).env("TERM", "xterm-256color");
        for (name, value) in set {
            run = run.env(name, value);
        }
        run.run().expect(0).out
    };
    assert!(!no_escape(&on_terminal(&[], "rules")));
    assert!(no_escape(&on_terminal(&[("NO_COLOR", "1")], "rules")));
    assert!(no_escape(&on_terminal(&[], "--color never rules")));
    assert!(no_escape(&on_terminal(&[("TERM", "dumb")], "rules")));
}

#[test]
fn a_twin_ends_with_0_on_a_signal_and_takes_its_temporary_file_along() {
    let sandbox = Sandbox::new();
    for signal in ["-INT", "-TERM"] {
        let twin = TwinProcess::start(&sandbox, ["--desktops", "10"]);
        let config = std::path::PathBuf::from(twin.value("DESKPAIR_CONFIG"));
        assert!(config.is_file());
        sandbox.program("kill", [signal, &twin.id().to_string()]).run().expect(0);
        assert_eq!(twin.wait(), Some(0), "{signal}");
        assert!(!config.exists(), "{} stays behind", config.display());
    }
}

#[test]
fn a_reader_who_goes_away_is_no_error() {
    let sandbox = Sandbox::new();
    let answer = sandbox.program("sh", ["-c", &format!("{DESKPAIR} schema estate | head -n 1")]).run().expect(0);
    assert!(!answer.err.contains("panicked") && !answer.err.contains("Broken pipe"), "{answer}");
}
