//! Scripts for PowerShell, as far as they can be tried without one: a grammar that nobody here wrote reads them, every program's end is looked
//! at, and whatever somebody has named something is inside of one string, which means that name.
//!
//! What this cannot see: whether PowerShell and its cmdlets do what their documentation says.

use crate::bad_input::estate_file;
use crate::support::line::company;
use crate::support::sandbox::Sandbox;
use crate::support::{peers, python};
use deskpair::remediate::export::{Shell, script};
use deskpair::remediate::plan::{
    Action, Call, Change, Inverse, Made, MadeKind, Part, Place, Plan, Proof, Risk, Source,
};
use deskpair_rules::model::Moment;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// What means something to PowerShell somewhere, around a word that is found again.
const HOSTILE: [&str; 13] = [
    "hostile @@made_0@@ @@0_made_0@@ @@0_logo_0@@",
    "hostile' ; Remove-Item -Recurse / ; '",
    "hostile \u{2018};x;\u{2018}",
    "hostile\u{2019};x;\u{2019}",
    "hostile \u{201a};x;\u{201b} '\u{2019}' \u{2018}'",
    "hostile \" ; x ; \u{201c}y\u{201d} \u{201e}z",
    "hostile $(Remove-Item x) ${env:PATH} $x @args",
    "hostile `n `` `\"",
    "hostile\nRemove-Item x\r\n'@\n\"@",
    "hostile # no comment <# none #>",
    "hostile --% /c x",
    "hostile { } ( ) [x] | & && || ; , > <",
    "hostile \\\" \\' \u{1f600} \u{2013}x \u{a0} \u{85} \u{2028}",
];

/// What the grammar finds in a script.
#[derive(Debug, Deserialize)]
struct Read {
    /// What is wrong with it.
    wrong: Vec<String>,
    /// The values of all strings in single quotes.
    strings: Vec<String>,
    commands: Vec<Command>,
    functions: Vec<String>,
    /// All strings in which variables are filled in, as they are written.
    expandable: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Command {
    name: String,
    is_program: bool,
    is_checked: bool,
    arguments: Vec<String>,
}

/// Python, where it has the grammar.
fn grammar() -> Option<PathBuf> {
    let python = python::program("python")?;
    let has = std::process::Command::new(&python).args(["-c", "import tree_sitter, tree_sitter_powershell"]).output();
    if has.is_ok_and(|has| has.status.success()) {
        return Some(python);
    }
    peers::missing("tree-sitter's PowerShell grammar is not there (`tests/run` makes the Python environment)");
    None
}

fn read(sandbox: &Sandbox, python: &Path, script: &str) -> Read {
    let file = sandbox.write("script.ps1", script);
    let reader = python::script("read_powershell.py");
    let answer = sandbox.program(peers::text(python), [peers::text(&reader), peers::text(&file)]).run().expect(0);
    serde_json::from_str(&answer.out).expect("it is JSON")
}

/// All that holds for every script; what it found.
fn sound(sandbox: &Sandbox, python: &Path, script: &str) -> Read {
    let read = read(sandbox, python, script);
    assert_eq!(read.wrong, Vec::<String>::new(), "{script}");
    assert!(script.contains("\n#Requires -Version 7.3\n"), "earlier ones refuse it: {script}");
    // Blocks of the script's own, which it calls by their variables.
    let block = |name: &str| ["$Ask", "$asked_", "$granted_"].iter().any(|start| name.starts_with(start));
    let programs = read.commands.iter().filter(|command| command.is_program && !block(&command.name));
    let programs: Vec<&Command> = programs.collect();
    assert!(programs.iter().any(|command| command.name == "aws"), "{programs:?}");
    for command in programs {
        assert!(["aws", "nsupdate"].contains(&command.name.as_str()), "{command:?}");
        assert!(command.is_checked, "nothing looks at how it ended: {command:?}\n{script}");
    }
    for command in read.commands.iter().filter(|command| command.name.starts_with("Invoke-Aws")) {
        assert!(read.functions.contains(&command.name), "{command:?}");
        let input = usize::from(command.name == "Invoke-AwsWith");
        for argument in command.arguments.iter().skip(input).filter(|argument| !argument.starts_with("\"file://$(")) {
            assert!(!argument.contains('"'), "double quotes do not reach every program: {command:?}");
            assert!(!argument.contains("hostile"), "{command:?}");
        }
        if input == 1 && command.arguments[0] != "$Json" {
            assert!(command.arguments[0].is_ascii() || command.arguments[0].contains('\u{fffc}'), "{command:?}");
            let read: Result<Value, _> = serde_json::from_str(&command.arguments[0]);
            assert!(read.is_ok(), "{:?}: {command:?}", read.err());
        }
    }
    assert!(!read.expandable.iter().any(|text| text.contains("hostile")), "{:?}", read.expandable);
    read
}

/// All texts in JSON, but for what stands for something that is not known before.
fn texts(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => drop(found.insert(text.clone())),
        Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Value::Object(members) if members.keys().any(|key| key.starts_with('$')) => {}
        Value::Object(members) => members.values().for_each(|item| texts(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// All that the strings of a script mean, those of JSON in them with them.
fn meant(read: &Read) -> BTreeSet<String> {
    let mut meant: BTreeSet<String> = read.strings.iter().cloned().collect();
    for command in read.commands.iter().filter(|command| command.name == "Invoke-AwsWith") {
        if let Ok(input) = serde_json::from_str(&command.arguments[0]) {
            texts(&input, &mut meant);
        }
    }
    meant
}

/// A company in which much is missing on the standby side, and everything that people name has a hostile name; its plan.
fn hostile_plan(sandbox: &Sandbox) -> Value {
    let drift = "QTA-001,SEC-001,SEC-002,SEC-015,BRD-001,WSP-012,IMG-005,FSX-003,DIR-012".parse();
    let mut estate = company(24, drift.expect("rules"));
    let places = estate.pairs[0];
    let users: Vec<_> = HOSTILE.iter().map(|name| estate.symbols.intern(name)).collect();
    let primary = &mut estate.sides[places.primary as usize];
    let mut next = HOSTILE.iter().cycle();
    let mut name = || (*next.next().expect("it goes round")).to_owned();
    let renamed: BTreeSet<_> = primary.workspaces.items().iter().take(users.len()).map(|row| row.user).collect();
    for (row, user) in primary.workspaces.items_mut().iter_mut().zip(&users) {
        row.user = *user;
    }
    for group in primary.ip_groups.items_mut() {
        group.group_name = name();
        group.group_desc = name();
        group.user_rules.iter_mut().for_each(|rule| rule.rule_desc = name());
    }
    for bundle in primary.bundles.items_mut() {
        bundle.name = name();
        bundle.description = name();
    }
    primary.images.items_mut().iter_mut().for_each(|image| image.name = name());
    for known in primary.registrations.items_mut() {
        known.workspace_creation_properties.iter_mut().for_each(|properties| properties.default_ou = name());
    }
    for add_ins in primary.add_ins.values_mut() {
        add_ins.items_mut().iter_mut().for_each(|add_in| add_in.name = name());
    }
    for (row, user) in primary.desktop_tags.items_mut().iter_mut().zip(users.iter().cycle()) {
        row.value = *user;
    }
    let standby = &mut estate.sides[places.standby as usize];
    standby.workspaces.items_mut().retain(|row| !renamed.contains(&row.user));
    estate_file(sandbox, "given.jsonl.zst", &estate);
    sandbox.deskpair(["remediate", "plan", "--estate", "given.jsonl.zst"]).run().expect(0);
    sandbox.json("deskpair-plan.json")
}

#[test]
fn a_broad_plan_with_hostile_names_is_read_as_it_is_meant() {
    let Some(python) = grammar() else { return };
    let sandbox = Sandbox::new();
    let plan = hostile_plan(&sandbox);
    let script = sandbox.deskpair(["remediate", "export", "--shell", "powershell"]).run().expect(0).out;
    let read = sound(&sandbox, &python, &script);
    let meant = meant(&read);
    let (mut wanted, mut operations) = (BTreeSet::new(), BTreeSet::new());
    for call in
        plan["changes"].as_array().expect("changes").iter().flat_map(|change| change["action"]["calls"].as_array())
    {
        for call in call {
            texts(&call["input"], &mut wanted);
            operations.insert(call["operation"].as_str().expect("a name").to_owned());
        }
    }
    for text in &wanted {
        assert!(meant.contains(text), "{text:?} is in no string: {script}");
    }
    for name in HOSTILE {
        assert!(wanted.iter().any(|text| text.contains(name)), "{name:?} is planned with: {wanted:?}");
    }
    assert!(operations.len() >= 8, "the plan is broad: {operations:?}");
}

/// One of each thing that a script looks for, fetches, asks for, updates or waits for.
#[test]
fn everything_that_a_script_can_say_is_read_as_it_is_meant() {
    let Some(python) = grammar() else { return };
    let sandbox = Sandbox::new();
    for name in HOSTILE {
        let made = |kind, within: Option<&str>| Made {
            kind,
            part: Part::Standby,
            name: name.to_owned(),
            within: within.map(str::to_owned),
        };
        let change = |calls: Vec<Call>, makes: Option<Made>| Change {
            id: "x".to_owned(),
            pair: "corp".to_owned(),
            title: name.to_owned(),
            place: Place { part: Part::Standby, region: "us-west-2".to_owned(), account: String::new() },
            risk: Risk::Safe,
            cost: Some(name.to_owned()),
            fields: Vec::new(),
            action: Action::Calls(calls),
            makes,
            after: Vec::new(),
            inverse: Inverse::None { why: String::new() },
            fixes: Vec::new(),
            proof: Proof::Rules,
            notes: vec![name.to_owned()],
        };
        let kinds = [
            MadeKind::Image,
            MadeKind::Bundle,
            MadeKind::IpGroup,
            MadeKind::Alias,
            MadeKind::Association,
            MadeKind::Workspace,
            MadeKind::Registration,
            MadeKind::AddIn,
            MadeKind::Backup,
        ];
        let ids: Vec<Value> = kinds.iter().map(|&kind| made(kind, Some("d-1")).placeholder()).collect();
        let logo = json!({ "$logo": { "url": "https://logo.example/hostile'\u{2019}.png", "sha256": "aa" } });
        let mut changes: Vec<Change> = kinds
            .iter()
            .map(|&kind| change(vec![Call::workspaces("MakeIt", json!({ "Name": name }))], Some(made(kind, None))))
            .collect();
        changes
            .push(change(vec![Call::workspaces("CreateStandbyWorkspaces", json!({ "Ids": ids, "Name": name }))], None));
        changes
            .push(change(vec![Call::workspaces("ImportClientBranding", json!({ "Logo": logo, "Text": name }))], None));
        let ask = Call {
            service: "servicequotas".to_owned(),
            operation: "RequestServiceQuotaIncrease".to_owned(),
            input: json!({ "ServiceCode": "workspaces", "QuotaCode": "L-1", "DesiredValue": 25.0 }),
        };
        let quota = Made { name: "L-1".to_owned(), ..made(MadeKind::Quota, Some("25")) };
        changes.push(change(vec![ask], Some(quota)));
        let update = Call {
            service: "dns".to_owned(),
            operation: "Update".to_owned(),
            input: json!({
                "Server": "192.0.2.1:53", "Zone": "corp.example", "Name": "desktop.corp.example", "KeyName": "key.",
                "KeyFile": name, "Algorithm": "hmac-sha256", "Expected": [[name.replace(['\n', '\r'], "")]],
                "Records": [[made(MadeKind::Association, None).placeholder()]], "TTL": 60,
            }),
        };
        changes.push(change(vec![update], None));
        let from =
            Source { run: String::new(), taken_at: Moment::from_millis(0), estate: String::new(), pairs: Vec::new() };
        let script = script(&Plan::new(from, changes, Vec::new()), Shell::PowerShell, &BTreeMap::new());
        let read = sound(&sandbox, &python, &script);
        let times = read.strings.iter().filter(|text| *text == name).count();
        // By each of the five lists, by its own name alone, of what waits; in the update's file.
        assert!(times >= 12, "{times} times: {script}");
        let named = |wanted: &str| read.commands.iter().filter(|command| command.name == wanted).count();
        assert_eq!((named("nsupdate"), named("aws")), (1, 1), "{script}");
        assert!(named("Start-Sleep") >= 4 && named("Assert-Found") >= 6, "{script}");
        assert!(!script.replace(name, "").contains("@@"), "{script}");
        assert!(meant(&read).contains(name), "{script}");
    }
}

#[test]
fn a_clean_up_with_hostile_names_is_read_as_it_is_meant() {
    let Some(python) = grammar() else { return };
    let sandbox = Sandbox::new();
    let mut estate = company(24, "none".parse().expect("a drift"));
    let (users, standby) = (HOSTILE.map(|name| estate.symbols.intern(name)), estate.pairs[0].standby as usize);
    for (row, user) in estate.sides[standby].workspaces.items_mut().iter_mut().zip(users.iter().cycle()) {
        row.user = *user;
    }
    for name in HOSTILE {
        for known in estate.sides[standby].registrations.items_mut() {
            known.directory_name = name.to_owned();
        }
        estate_file(&sandbox, "given.jsonl.zst", &estate);
        let export = [
            "remediate",
            "export",
            "--decommission",
            "--with-primary",
            "--estate",
            "given.jsonl.zst",
            "--shell",
            "powershell",
        ];
        let script = sandbox.deskpair(export).run().expect(0).out;
        let read = sound(&sandbox, &python, &script);
        let asks: Vec<&Command> = read.commands.iter().filter(|command| command.name == "Confirm-Step").collect();
        assert!(asks.len() > 5, "{script}");
        let inputs = |member: &str| {
            let named = |command: &&Command| command.arguments.first().is_some_and(|input| input.starts_with(member));
            read.commands.iter().filter(named).count()
        };
        assert!(inputs("{\"TerminateWorkspaceRequests\":[") > 0 && inputs("{\"ChangeBatch\":{") > 0, "{script}");
    }
}

/// What is looked for above is found where it is there.
#[test]
fn what_is_wrong_with_a_script_is_seen() {
    let Some(python) = grammar() else { return };
    let sandbox = Sandbox::new();
    let wrong = |script: &str| read(&sandbox, &python, script).wrong;
    assert_eq!(wrong("Write-Host 'it''s \u{2019}\u{2019} # --%'\n"), Vec::<String>::new());
    assert!(wrong("Write-Host 'a\u{2019}; b'\n")[0].contains("ends the string early"));
    assert!(wrong("Write-Host 'a' \u{2018}b\u{2019}\n").iter().any(|wrong| wrong.contains("U+2018")));
    assert!(wrong("Write-Host (1\n").iter().any(|wrong| wrong.contains("no PowerShell")));
    assert!(wrong("aws --% x\n").iter().any(|wrong| wrong.contains("--%")));
    let check = "if ($LASTEXITCODE -ne 0) { throw 'it failed' }";
    let checked = |script: &str| read(&sandbox, &python, script).commands[0].is_checked;
    assert!(checked(&format!("aws x\n{check}\n")));
    assert!(checked(&format!("$y = aws x\n{check}\n")));
    assert!(!checked(&format!("aws x\nWrite-Host y\n{check}\n")));
    assert!(!checked("aws x\n"));
}
