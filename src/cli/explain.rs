//! `deskpair explain ID`: one rule's documentation.

use super::error::{CommandError, Result};
use super::{exit, print};
use clap::Args;
use std::fmt::Write as _;

/// Tell of one rule: what it checks, why it matters, how to fix it, what it cannot see
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  deskpair explain ALS-003\n  deskpair explain alias-not-associated")]
pub(super) struct Explain {
    /// The rule's id or name
    #[arg(value_name = "ID")]
    id: String,
}

impl Explain {
    pub(super) fn run(&self) -> Result {
        let registry = deskpair_rules::registry();
        let wanted = self.id.to_ascii_lowercase();
        let rule = registry
            .iter()
            .find(|rule| rule.meta().id.eq_ignore_ascii_case(&wanted) || rule.meta().name == wanted)
            .ok_or_else(|| unknown_rule(&self.id))?;
        let meta = rule.meta();
        let bold = anstyle::Style::new().bold();
        let mut text = format!("{bold}{} {}{bold:#}\n{}\n\n", meta.id, meta.name, meta.summary);
        for case in meta.cases {
            let whom = match (case.effect, case.uncounted) {
                (deskpair_rules::meta::Effect::None, _) => "touches nobody's desktop".to_owned(),
                (effect, true) => format!("{} people, and nothing says whom", effect.as_str()),
                (effect, false) => format!("{} people", effect.as_str()),
            };
            let _ = writeln!(text, "  {:<20} {:<9} {whom}", case.key, case.severity);
        }
        if !meta.implies.is_empty() {
            let _ = writeln!(text, "\nWhat follows from it: {}", meta.implies.join(", "));
        }
        if !meta.options.is_empty() {
            let _ = writeln!(text, "\nOptions, under [rule.{}] in deskpair.toml:", meta.id);
            for (name, what) in meta.options {
                let _ = writeln!(text, "  {name}: {what}");
            }
        }
        if let Some(way) = crate::remediate::fixers::way(meta.id) {
            let _ = writeln!(text, "\nFix:\n  {}\n  {}", way.told(), way.text());
        }
        let _ = writeln!(text, "\nEvidence for:");
        for control in meta.controls {
            let _ = writeln!(text, "  {}: {}, {}", control.framework.title(), control.id, control.title);
        }
        let _ = writeln!(text, "\n{}", meta.doc.trim());
        print(&text)?;
        Ok(exit::READY)
    }
}

/// There is no such rule: with the nearest ids.
pub(super) fn unknown_rule(id: &str) -> CommandError {
    let wanted = id.to_ascii_uppercase();
    let near: Vec<&str> = deskpair_rules::registry()
        .iter()
        .map(|rule| rule.meta().id)
        .filter(|known| wanted.len() >= 3 && known.get(..3) == wanted.get(..3))
        .collect();
    let error = CommandError::usage(format!("there is no rule {id:?}"));
    if near.is_empty() {
        error.hint("`deskpair rules` lists them")
    } else {
        error.hint(format!("rules of that area: {}", near.join(", ")))
    }
}
