//! A plan for people: what a change board reads.

use super::plan::{Action, Change, Inverse, Plan, Risk};
use deskpair_reports::text::{counted, line};
use std::fmt::Write as _;

/// The plan in text, with terminal styles.
pub fn text(plan: &Plan) -> String {
    let bold = anstyle::Style::new().bold();
    let dim = anstyle::Style::new().dimmed();
    let mut out = String::new();
    let by_hand = plan.changes.iter().filter(|change| change.is_manual()).count() as u64;
    let _ = writeln!(
        out,
        "{bold}Plan {}{bold:#}  {}, {} for people, from the estate of {}",
        plan.id,
        counted(plan.automatic().count() as u64, "change", "changes"),
        counted(by_hand, "change", "changes"),
        plan.from.taken_at
    );
    for (number, change) in plan.changes.iter().enumerate() {
        out.push('\n');
        self::change(&mut out, number + 1, change);
    }
    if !plan.left.is_empty() {
        let _ = writeln!(out, "\n{bold}Left as it is{bold:#}");
        for left in &plan.left {
            let _ =
                writeln!(out, "  {} {} ({}): {}", left.rule, line(&left.subject), line(&left.pair), line(&left.why));
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

fn change(out: &mut String, number: usize, change: &Change) {
    let bold = anstyle::Style::new().bold();
    let dim = anstyle::Style::new().dimmed();
    let (risk, paint) = (change.risk, style(change.risk));
    let _ = writeln!(out, "{bold}{number:>3}. {}{bold:#}  {paint}{risk}{paint:#}", line(&change.title));
    let place = &change.place;
    let account = if place.account.is_empty() { String::new() } else { format!(" account {}", place.account) };
    let region = if place.region.is_empty() { "global" } else { &place.region };
    let _ = writeln!(out, "     {dim}{}  {region}{account}{dim:#}", line(&change.id));
    for field in &change.fields {
        let shown =
            |value: &Option<String>| value.as_ref().map_or("(absent)".to_owned(), |text| line(text).into_owned());
        let _ = writeln!(out, "     {}: {} → {}", line(&field.path), shown(&field.before), shown(&field.after));
    }
    match &change.action {
        Action::Calls(calls) => {
            for call in calls {
                let _ = writeln!(out, "     call: {} {}", call.iam_action(), line(&call.input.to_string()));
            }
        }
        Action::Manual(manual) => {
            manual.steps.iter().for_each(|step| {
                let _ = writeln!(out, "     - {}", line(step));
            });
            manual.commands.iter().for_each(|command| {
                let _ = writeln!(out, "       $ {}", line(command));
            });
        }
    }
    if let Some(cost) = &change.cost {
        let _ = writeln!(out, "     cost: {}", line(cost));
    }
    let undo = match &change.inverse {
        Inverse::Exact(_) => "exactly, by a call".to_owned(),
        Inverse::Partial { loses, .. } => format!("in part: {loses}"),
        Inverse::None { why } => format!("not at all: {why}"),
    };
    let _ = writeln!(out, "     undo: {}", line(&undo));
    if !change.after.is_empty() {
        let _ = writeln!(out, "     after: {}", line(&change.after.join(", ")));
    }
    let proof: Vec<String> = change.fixes.iter().map(|fixed| format!("{} on {}", fixed.rule, fixed.subject)).collect();
    let _ = writeln!(out, "     proof: {}", line(&proof.join(", ")));
    for note in &change.notes {
        let _ = writeln!(out, "     note: {}", line(note));
    }
}
