//! A plan for people: what a change board reads.

use super::plan::{Action, Change, Inverse, Plan, Risk};
use deskpair_reports::text::{counted, fitted};
use std::fmt::Write as _;

/// What stands under a change's title begins here.
const UNDER: &str = "     ";

/// The plan in text, with terminal styles, cut for so many columns; what is there to be copied, calls and commands, stays whole.
pub fn text(plan: &Plan, columns: usize) -> String {
    let bold = anstyle::Style::new().bold();
    let dim = anstyle::Style::new().dimmed();
    let by_hand = plan.changes.iter().filter(|change| change.is_manual()).count() as u64;
    let title = format!(
        "Plan {}  {}, {} for people, from the estate of {}",
        plan.id,
        counted(plan.automatic().count() as u64, "change", "changes"),
        counted(by_hand, "change", "changes"),
        plan.from.taken_at
    );
    let mut out = painted(&fitted("", &title, columns), bold);
    for (number, change) in plan.changes.iter().enumerate() {
        out.push('\n');
        self::change(&mut out, number + 1, change, columns);
    }
    if !plan.left.is_empty() {
        let _ = writeln!(out, "\n{bold}Left as it is{bold:#}");
        for left in &plan.left {
            let told = format!("{} {} ({}): {}", left.rule, left.subject, left.pair, left.why);
            out.push_str(&fitted("  ", &told, columns));
        }
    }
    if plan.changes.is_empty() && plan.left.is_empty() {
        let _ = writeln!(out, "{dim}Nothing is to be changed.{dim:#}");
    }
    out
}

fn style(risk: Risk) -> anstyle::Style {
    match risk {
        Risk::Safe => anstyle::AnsiColor::Green.on_default(),
        Risk::Review | Risk::Manual => anstyle::AnsiColor::Yellow.on_default(),
        Risk::Disruptive => anstyle::AnsiColor::Red.on_default().bold(),
    }
}

/// Lines in a style, each by itself.
fn painted(lines: &str, style: anstyle::Style) -> String {
    lines.lines().map(|line| format!("{style}{line}{style:#}\n")).collect()
}

fn change(out: &mut String, number: usize, change: &Change, columns: usize) {
    let bold = anstyle::Style::new().bold();
    let (risk, paint) = (change.risk, style(change.risk));
    out.push_str(&painted(&fitted(&format!("{number:>3}. "), &change.title, columns), bold));
    let place = &change.place;
    let account = if place.account.is_empty() { String::new() } else { format!(" account {}", place.account) };
    let region = if place.region.is_empty() { "global" } else { &place.region };
    let told = fitted(&format!("{UNDER}{risk}  "), &format!("{region}{account}  {}", change.id), columns);
    out.push_str(&told.replacen(risk.as_str(), &format!("{paint}{risk}{paint:#}"), 1));
    let mut row =
        |lead: &str, text: &str, columns: usize| out.push_str(&fitted(&format!("{UNDER}{lead}"), text, columns));
    for field in &change.fields {
        let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "(absent)".to_owned());
        row("", &format!("{}: {} → {}", field.path, shown(&field.before), shown(&field.after)), columns);
    }
    match &change.action {
        Action::Calls(calls) => {
            for call in calls {
                row("call: ", &format!("{} {}", call.iam_action(), call.input), usize::MAX);
            }
        }
        Action::Manual(manual) => {
            manual.steps.iter().for_each(|step| row("- ", step, columns));
            manual.commands.iter().for_each(|command| row("  $ ", command, usize::MAX));
        }
    }
    if let Some(cost) = &change.cost {
        row("cost: ", cost, columns);
    }
    let undo = match &change.inverse {
        Inverse::Exact(_) => "exactly, by a call".to_owned(),
        Inverse::Partial { loses, .. } => format!("in part: {loses}"),
        Inverse::None { why } => format!("not at all: {why}"),
    };
    row("undo: ", &undo, columns);
    if !change.after.is_empty() {
        row("after: ", &change.after.join(", "), columns);
    }
    let proof: Vec<String> = change.fixes.iter().map(|fixed| format!("{} on {}", fixed.rule, fixed.subject)).collect();
    row("proof: ", &proof.join(", "), columns);
    change.notes.iter().for_each(|note| row("note: ", note, columns));
}

#[cfg(test)]
mod tests {
    use super::super::plan::{Call, Field, Part, Place, Proof, Source};
    use super::*;
    use deskpair_rules::model::Moment;
    use serde_json::json;

    fn planned(action: Action) -> Plan {
        let long = "what is said of it goes on for longer than a narrow terminal has columns";
        let change = Change {
            id: "WSP-001/user/abc".to_owned(),
            pair: "corp".to_owned(),
            title: format!("Make a desktop: {long}"),
            place: Place { part: Part::Standby, region: "us-west-2".to_owned(), account: "111122223333".to_owned() },
            risk: Risk::Review,
            cost: Some(long.to_owned()),
            fields: vec![Field { path: "name".to_owned(), before: None, after: Some(long.to_owned()) }],
            action,
            makes: None,
            after: Vec::new(),
            inverse: Inverse::None { why: long.to_owned() },
            fixes: Vec::new(),
            proof: Proof::Rules,
            notes: vec![long.to_owned()],
        };
        let from = Source {
            run: "0".repeat(32),
            taken_at: Moment::from_secs(0),
            estate: "0".repeat(64),
            pairs: vec!["corp".to_owned()],
        };
        Plan::new(from, vec![change], Vec::new())
    }

    #[test]
    fn lines_fit_and_what_is_copied_stays_whole() {
        let command = "aws workspaces describe-workspaces --directory-id d-1234567890 --region us-west-2";
        let call = Call::workspaces("CreateWorkspaces", json!({ "Name": "a name with spaces in it, and a long one" }));
        let by_hand =
            super::super::plan::Manual { steps: vec!["Do it".to_owned()], commands: vec![command.to_owned()] };
        let whole = format!("call: workspaces:CreateWorkspaces {}", call.input);
        for (action, whole) in [(Action::Calls(vec![call]), whole), (Action::Manual(by_hand), format!("$ {command}"))] {
            let shown = anstream::adapter::strip_str(&text(&planned(action), 60)).to_string();
            let over: Vec<&str> = shown.lines().filter(|line| line.chars().count() > 60).collect();
            assert_eq!(over.len(), 1, "{shown}");
            assert_eq!(over.first().map(|line| line.trim()), Some(whole.as_str()), "{shown}");
        }
    }
}
