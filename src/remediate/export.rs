//! A plan as a script for the AWS CLI: for whoever may not, or does not want to, let deskpair make the changes.

mod update;

use super::logos;
use super::look::named;
use super::operations;
use super::plan::{Action, Change, MADE, Made, MadeKind, Plan, QUOTED};
use deskpair_rules::model::settings::SideSettings;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The shell that a script is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shell {
    /// bash.
    Bash,
    /// PowerShell.
    PowerShell,
}

/// Text as one word.
pub(super) fn quoted(shell: Shell, text: &str) -> String {
    match shell {
        Shell::Bash => format!("'{}'", text.replace('\'', r"'\''")),
        Shell::PowerShell => format!("'{}'", text.replace('\'', "''")),
    }
}

/// A comment of one line, whatever the text is.
pub(super) fn comment(out: &mut String, text: &str) {
    let _ = writeln!(out, "# {}", deskpair_reports::text::line(&text.replace(['\r', '\n'], " ")));
}

/// The AWS CLI's name for a service that requests are signed for by another.
fn command(service: &str) -> &str {
    if service == "servicequotas" { "service-quotas" } else { service }
}

/// The command of an operation: `authorize-ip-rules` for `AuthorizeIpRules`.
fn kebab(operation: &str) -> String {
    let mut command = String::new();
    for (at, letter) in operation.char_indices() {
        if letter.is_ascii_uppercase() && at > 0 {
            command.push('-');
        }
        command.push(letter.to_ascii_lowercase());
    }
    command
}

/// How the AWS CLI finds something that was made, by its name.
fn lookup(made: &Made, shell: Shell) -> String {
    let name = made.name.replace('\\', "\\\\").replace('\'', "\\'").replace('`', "\\`");
    let (command, query) = match made.kind {
        MadeKind::Image => ("describe-workspace-images".to_owned(), format!("Images[?Name=='{name}'].ImageId | [0]")),
        MadeKind::Bundle => {
            ("describe-workspace-bundles".to_owned(), format!("Bundles[?Name=='{name}'].BundleId | [0]"))
        }
        MadeKind::IpGroup => ("describe-ip-groups".to_owned(), format!("Result[?groupName=='{name}'].groupId | [0]")),
        MadeKind::Alias => (
            "describe-connection-aliases".to_owned(),
            format!("ConnectionAliases[?ConnectionString=='{name}'].AliasId | [0]"),
        ),
        MadeKind::Association => (
            "describe-connection-aliases".to_owned(),
            format!("ConnectionAliases[?ConnectionString=='{name}'].Associations[0].ConnectionIdentifier | [0]"),
        ),
        MadeKind::Workspace => (
            format!(
                "describe-workspaces --directory-id {} --user-name {}",
                quoted(shell, made.within.as_deref().unwrap_or_default()),
                quoted(shell, &made.name)
            ),
            "Workspaces[0].WorkspaceId".to_owned(),
        ),
        MadeKind::Registration | MadeKind::AddIn | MadeKind::Backup | MadeKind::Quota => {
            return format!("echo {}", quoted(shell, &made.name));
        }
    };
    format!("aws workspaces {command} --output text --query {}", quoted(shell, &query))
}

/// The script. Each call is made in its place; what one makes, later ones find by its name. `sides` says as whom: by pair and part.
pub fn script(plan: &Plan, shell: Shell, sides: &BTreeMap<(String, &'static str), SideSettings>) -> String {
    let mut out = String::new();
    match shell {
        Shell::Bash => out.push_str("#!/usr/bin/env bash\n"),
        Shell::PowerShell => out.push_str("#!/usr/bin/env pwsh\n"),
    }
    comment(&mut out, &format!("deskpair plan {}, of the estate of {}.", plan.id, plan.from.taken_at));
    comment(
        &mut out,
        "Read it before you run it. It stops at the first call that fails; run again, it repeats what was made already.",
    );
    match shell {
        Shell::Bash => out.push_str("set -euo pipefail\nexport AWS_PAGER=\n"),
        Shell::PowerShell => out.push_str(
            "$ErrorActionPreference = 'Stop'\n$PSNativeCommandUseErrorActionPreference = $true\n$env:AWS_PAGER = ''\n",
        ),
    }
    let zones = control_region(plan);
    for (number, change) in plan.changes.iter().enumerate() {
        out.push('\n');
        self::change(&mut out, number + 1, change, shell, sides, zones);
    }
    if plan.changes.is_empty() {
        comment(&mut out, "Nothing is to be changed.");
    }
    out
}

/// The Region of Route 53's control plane, by the partition that the plan's Regions are of (AWS-FACTS §4: us-east-1). The AWS CLI needs one
/// where an endpoint is given.
fn control_region(plan: &Plan) -> &'static str {
    let mut regions = plan.changes.iter().map(|change| change.place.region.as_str());
    match regions.find(|region| !region.is_empty()) {
        Some(region) if region.starts_with("cn-") => "cn-northwest-1",
        Some(region) if region.starts_with("us-gov-") => "us-gov-west-1",
        _ => "us-east-1",
    }
}

fn change(
    out: &mut String,
    number: usize,
    change: &Change,
    shell: Shell,
    sides: &BTreeMap<(String, &'static str), SideSettings>,
    zones: &str,
) {
    comment(out, &format!("{number}. {} ({})", change.title, change.risk));
    for field in &change.fields {
        let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "(absent)".to_owned());
        comment(out, &format!("   {}: {} -> {}", field.path, shown(&field.before), shown(&field.after)));
    }
    if let Some(cost) = &change.cost {
        comment(out, &format!("   cost: {cost}"));
    }
    change.notes.iter().for_each(|note| comment(out, &format!("   note: {note}")));
    let calls = match &change.action {
        Action::Calls(calls) => calls,
        Action::Manual(manual) => {
            manual.steps.iter().for_each(|step| comment(out, &format!("   by hand: {step}")));
            manual.commands.iter().for_each(|command| comment(out, &format!("   $ {command}")));
            return;
        }
    };
    let side = sides.get(&(change.pair.clone(), change.place.part.as_str()));
    let mut options = String::new();
    let region = if change.place.region.is_empty() { zones } else { &change.place.region };
    let _ = write!(options, " --region {}", quoted(shell, region));
    if let Some(profile) = side.and_then(|side| side.profile.as_ref()) {
        let _ = write!(options, " --profile {}", quoted(shell, profile));
    }
    if let Some(role) = side.and_then(|side| side.role_arn.as_ref()) {
        comment(out, &format!("   as the role {role}"));
    }
    for call in calls {
        let made = named(&call.input);
        for (at, made) in made.iter().enumerate() {
            let lookup = format!("{}{options}", lookup(made, shell));
            let _ = match shell {
                Shell::Bash => writeln!(out, "made_{number}_{at}=$({lookup})"),
                Shell::PowerShell => writeln!(out, "$made_{number}_{at} = {lookup}"),
            };
        }
        if operations::is_dns_update(&call.service, &call.operation) {
            if let Err(why) = update::script(out, shell, number, call) {
                comment(out, &format!("   by hand: this update cannot be written for a script: {why}"));
            }
            continue;
        }
        let pictures = logos::named(&call.input);
        pictures.iter().enumerate().for_each(|(at, logo)| fetch(out, shell, (number, at), logo));
        let mut input = with_variables(&call.input, number, shell);
        if !pictures.is_empty() {
            input = in_a_file(out, shell, number, &input, pictures.len());
            // Version 1 of the AWS CLI would send the base64 text itself as the picture: it does not know the option, and refuses.
            input.push_str(" --cli-binary-format base64");
        }
        let line =
            format!("aws {} {}{options} --cli-input-json {input}", command(&call.service), kebab(&call.operation));
        let _ = match failures(&call.operation) {
            None => writeln!(out, "{line}"),
            Some(list) => whole(out, shell, number, &line, list),
        };
    }
    if let Some(made) = &change.makes {
        wait(out, made, shell, &options);
    }
}

/// The list in an answer of status 200 that holds what was not done (AWS-FACTS §2).
fn failures(operation: &str) -> Option<&'static str> {
    match operation {
        "CreateWorkspaces" => Some("FailedRequests"),
        "CreateStandbyWorkspaces" => Some("FailedStandbyRequests"),
        _ => None,
    }
}

/// Makes a call, and stops where its answer lists what was not done.
fn whole(out: &mut String, shell: Shell, number: usize, line: &str, list: &str) -> std::fmt::Result {
    let query = quoted(shell, &format!("{list}[].ErrorMessage"));
    match shell {
        Shell::Bash => writeln!(
            out,
            "failed_{number}=$({line} --output text --query {query})\n\
             [ -z \"$failed_{number}\" ] || [ \"$failed_{number}\" = None ] || {{ printf '%s\\n' \"$failed_{number}\" >&2; exit 1; }}"
        ),
        Shell::PowerShell => writeln!(
            out,
            "$failed_{number} = {line} --output text --query {query}\n\
             if ($failed_{number} -and $failed_{number} -ne 'None') {{ throw \"$failed_{number}\" }}"
        ),
    }
}

/// Fetches a logo, and stops where it is another than the one that was planned with.
fn fetch(out: &mut String, shell: Shell, (number, at): (usize, usize), logo: &logos::Logo) {
    let (url, sha256) = (quoted(shell, &logo.url), quoted(shell, &logo.sha256));
    let _ = match shell {
        Shell::Bash => writeln!(
            out,
            "logo_{number}_{at}=$(mktemp)\ncurl --fail --silent --show-error --output \"$logo_{number}_{at}\" {url}\n\
             [ \"$( (sha256sum \"$logo_{number}_{at}\" 2> /dev/null || shasum -a 256 \"$logo_{number}_{at}\") | cut -d ' ' -f 1)\" = {sha256} ]"
        ),
        Shell::PowerShell => writeln!(
            out,
            "$logo_{number}_{at} = New-TemporaryFile\nInvoke-WebRequest -Uri {url} -OutFile $logo_{number}_{at}\n\
             if ((Get-FileHash $logo_{number}_{at} -Algorithm SHA256).Hash -ne {sha256}) {{ throw 'it is another logo' }}"
        ),
    };
}

/// Writes an input into a file, with its logos in their places: it is too large for a word.
fn in_a_file(out: &mut String, shell: Shell, number: usize, input: &str, logos: usize) -> String {
    let mut parts = input.to_owned();
    for at in 0..logos {
        let picture = match shell {
            Shell::Bash => format!("'; base64 < \"$logo_{number}_{at}\" | tr -d '\\n'; printf %s '"),
            Shell::PowerShell => {
                format!("' + [Convert]::ToBase64String([IO.File]::ReadAllBytes($logo_{number}_{at})) + '")
            }
        };
        parts = parts.replace(&format!("@@logo_{at}@@"), &picture);
    }
    let _ = match shell {
        Shell::Bash => writeln!(out, "input_{number}=$(mktemp)\n{{ printf %s {parts}; }} > \"$input_{number}\""),
        Shell::PowerShell => {
            writeln!(out, "$input_{number} = New-TemporaryFile\n[IO.File]::WriteAllText($input_{number}, ({parts}))")
        }
    };
    format!("\"file://$input_{number}\"")
}

/// The input as one word, with variables in place of what earlier calls made.
fn with_variables(input: &Value, number: usize, shell: Shell) -> String {
    let mut count = 0;
    let pictures = std::cell::Cell::new(0);
    let input = logos::filled(input, &|_| {
        let at = pictures.replace(pictures.get() + 1);
        Some(format!("@@logo_{at}@@"))
    });
    let marked = mark(&input, &mut count);
    let mut word = quoted(shell, &marked.to_string());
    for at in 0..count {
        let marker = format!("@@made_{at}@@");
        word = match shell {
            Shell::Bash => word.replace(&marker, &format!("'\"$made_{number}_{at}\"'")),
            Shell::PowerShell => word.replace(&marker, &format!("' + $made_{number}_{at} + '")),
        };
    }
    if shell == Shell::PowerShell && count > 0 { format!("({word})") } else { word }
}

fn mark(value: &Value, count: &mut usize) -> Value {
    match value {
        Value::Object(members) if members.contains_key(MADE) => {
            let marked = format!("@@made_{count}@@");
            let marked = if members.contains_key(QUOTED) { format!("\"{marked}\"") } else { marked };
            *count += 1;
            Value::String(marked)
        }
        Value::Object(members) => {
            Value::Object(members.iter().map(|(key, value)| (key.clone(), mark(value, count))).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(|item| mark(item, count)).collect()),
        other => other.clone(),
    }
}

/// Waits until what was made can be used.
fn wait(out: &mut String, made: &Made, shell: Shell, options: &str) {
    let name = made.name.replace('\\', "\\\\").replace('\'', "\\'");
    let (command, query, good) = match made.kind {
        MadeKind::Image => ("describe-workspace-images", format!("Images[?Name=='{name}'].State | [0]"), "AVAILABLE"),
        MadeKind::Bundle => {
            ("describe-workspace-bundles", format!("Bundles[?Name=='{name}'].State | [0]"), "AVAILABLE")
        }
        MadeKind::Alias => (
            "describe-connection-aliases",
            format!("ConnectionAliases[?ConnectionString=='{name}'].State | [0]"),
            "CREATED",
        ),
        _ => return,
    };
    let look = format!("aws workspaces {command}{options} --output text --query {}", quoted(shell, &query));
    let _ = match shell {
        Shell::Bash => writeln!(
            out,
            "until state=$({look}); [ \"$state\" = {good} ]; do [ \"$state\" != ERROR ] || exit 1; sleep 10; done"
        ),
        Shell::PowerShell => writeln!(
            out,
            "while (($state = {look}) -ne '{good}') {{ if ($state -eq 'ERROR') {{ throw 'it failed' }}; Start-Sleep 10 }}"
        ),
    };
}
