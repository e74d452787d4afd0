//! A plan as a script for the AWS CLI: for whoever may not, or does not want to, let deskpair make the changes.

mod bash;
pub(super) mod powershell;
mod update;

use super::logos;
use super::look::named;
use super::operations;
use super::plan::{Action, Change, MADE, MadeKind, Plan, QUOTED};
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
        Shell::Bash => bash::quoted(text),
        Shell::PowerShell => powershell::quoted(text),
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

/// Where things of a kind are listed, and by which of their members they are found and named. Nothing lists what is known by its name alone.
struct Listed {
    command: &'static str,
    list: &'static str,
    /// The member that has the name.
    name: &'static str,
    /// The way to the id.
    id: &'static str,
    /// The way to its state, where it takes its time, and the states in which it can be used.
    ready: Option<(&'static str, &'static [&'static str])>,
}

fn listed(kind: MadeKind) -> Option<Listed> {
    let listed = |command, list, name, id, ready| Some(Listed { command, list, name, id, ready });
    let available: Option<(&str, &[&str])> = Some(("State", &["AVAILABLE"]));
    match kind {
        MadeKind::Image => listed("describe-workspace-images", "Images", "Name", "ImageId", available),
        MadeKind::Bundle => listed("describe-workspace-bundles", "Bundles", "Name", "BundleId", available),
        MadeKind::IpGroup => listed("describe-ip-groups", "Result", "groupName", "groupId", None),
        MadeKind::Alias => listed(
            "describe-connection-aliases",
            "ConnectionAliases",
            "ConnectionString",
            "AliasId",
            Some(("State", &["CREATED"])),
        ),
        MadeKind::Association => listed(
            "describe-connection-aliases",
            "ConnectionAliases",
            "ConnectionString",
            "Associations[0].ConnectionIdentifier",
            Some((
                "Associations[0].AssociationStatus",
                &["ASSOCIATED_WITH_OWNER_ACCOUNT", "ASSOCIATED_WITH_SHARED_ACCOUNT"],
            )),
        ),
        MadeKind::Registration => listed(
            "describe-workspace-directories",
            "Directories",
            "DirectoryId",
            "DirectoryId",
            Some(("State", &["REGISTERED"])),
        ),
        MadeKind::Workspace | MadeKind::AddIn | MadeKind::Backup | MadeKind::Quota => None,
    }
}

/// The states of a request for a higher quota that AWS has not decided on, or that it has granted and not applied yet
/// (`servicequotas:RequestStatus`); the rest of them ends it. [`look`](super::look::look) has the same.
const OPEN: [&str; 3] = ["PENDING", "CASE_OPENED", "APPROVED"];

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
        Shell::PowerShell => out.push_str(powershell::START),
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
        for (at, made) in named(&call.input).iter().enumerate() {
            let variable = format!("made_{number}_{at}");
            match shell {
                Shell::Bash => bash::find(out, &variable, made, &options),
                Shell::PowerShell => powershell::find(out, &variable, made, &options),
            }
        }
        if operations::is_dns_update(&call.service, &call.operation) {
            if let Err(why) = update::script(out, shell, number, call) {
                comment(out, &format!("   by hand: this update cannot be written for a script: {why}"));
            }
            continue;
        }
        let pictures = logos::named(&call.input);
        for (at, logo) in pictures.iter().enumerate() {
            match shell {
                Shell::Bash => bash::fetch(out, (number, at), logo),
                Shell::PowerShell => powershell::fetch(out, (number, at), logo),
            }
        }
        if let Some(made) = change.makes.as_ref().filter(|made| made.kind == MadeKind::Quota) {
            match shell {
                Shell::Bash => bash::quota(out, number, made, call, &options),
                Shell::PowerShell => powershell::quota(out, number, made, call, &options),
            }
            continue;
        }
        match shell {
            Shell::Bash => bash::call(out, number, call, pictures.len(), &options),
            Shell::PowerShell => powershell::call(out, number, call, pictures.len(), &options),
        }
    }
    if let Some(made) = &change.makes {
        match shell {
            Shell::Bash => bash::wait(out, number, made, &options),
            Shell::PowerShell => powershell::wait(out, number, made, &options),
        }
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

/// What stands in a call's input where a script has a variable: words that the input itself does not have, whatever people named their things.
struct Marks {
    salt: String,
}

impl Marks {
    fn for_input(input: &Value) -> Marks {
        let text = input.to_string();
        let mut salts = (0_u64..).map(|at| format!("@@{at}_"));
        let salt =
            salts.find(|salt| !text.contains(salt.as_str())).expect("a text that ends does not have all of them");
        Marks { salt }
    }

    /// For what an earlier call made, in the order of the input.
    fn made(&self, at: usize) -> String {
        format!("{}made_{at}@@", self.salt)
    }

    /// For a picture, in the order of the input.
    fn logo(&self, at: usize) -> String {
        format!("{}logo_{at}@@", self.salt)
    }
}

/// A call's input as JSON, with marks in place of what earlier calls made, and of pictures.
struct Marked {
    json: String,
    marks: Marks,
    /// How many of what earlier calls made it names.
    made: usize,
}

fn marked(input: &Value) -> Marked {
    let marks = Marks::for_input(input);
    let pictures = std::cell::Cell::new(0);
    let input = logos::filled(input, &|_| {
        let at = pictures.replace(pictures.get() + 1);
        Some(marks.logo(at))
    });
    let mut made = 0;
    let json = mark(&input, &marks, &mut made).to_string();
    Marked { json, marks, made }
}

fn mark(value: &Value, marks: &Marks, count: &mut usize) -> Value {
    match value {
        Value::Object(members) if members.contains_key(MADE) => {
            let marked = marks.made(*count);
            let marked = if members.contains_key(QUOTED) { format!("\"{marked}\"") } else { marked };
            *count += 1;
            Value::String(marked)
        }
        Value::Object(members) => {
            Value::Object(members.iter().map(|(key, value)| (key.clone(), mark(value, marks, count))).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(|item| mark(item, marks, count)).collect()),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_people_wrote_is_never_taken_for_a_mark() {
        let made = json!({ MADE: { "kind": "image", "part": "standby", "name": "x" } });
        let input = json!({ "Name": "@@0_made_0@@ @@1_", "Description": "@@made_0@@", "ImageId": made });
        let Marked { json, marks, made } = marked(&input);
        assert_eq!(made, 1);
        assert_eq!(json.matches(&marks.made(0)).count(), 1, "{json}");
        assert!(json.contains("@@0_made_0@@ @@1_") && json.contains("\"@@made_0@@\""), "{json}");
    }
}
