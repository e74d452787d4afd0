//! `deskpair rules`: the catalogue.

use super::error::{CommandError, Result};
use super::{exit, print};
use clap::{Args, ValueEnum};
use deskpair_rules::meta::Meta;
use serde_json::json;
use std::fmt::Write as _;

/// List the rules: what is checked, how bad it is, whom it touches
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  deskpair rules\n  deskpair rules --format json | jq '.rules[].id'")]
pub(super) struct Rules {
    /// How to write the list
    #[arg(short, long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// For a terminal
    Table,
    /// For machines
    Json,
    /// For a wiki
    Markdown,
}

impl Rules {
    pub(super) fn run(&self) -> Result {
        let rules: Vec<&Meta> = deskpair_rules::registry().iter().map(|rule| rule.meta()).collect();
        let text = match self.format {
            Format::Table => table(&rules),
            Format::Json => as_json(&rules)?,
            Format::Markdown => markdown(&rules),
        };
        print(&text)?;
        Ok(exit::READY)
    }
}

fn table(rules: &[&Meta]) -> String {
    let bold = anstyle::Style::new().bold();
    let mut text = String::new();
    let mut area = None;
    for meta in rules {
        if area != Some(meta.area) {
            area = Some(meta.area);
            let _ = writeln!(text, "\n{bold}{} {}{bold:#}", meta.area.code(), meta.area.title());
        }
        let controls = listed(meta);
        let (severity, effect) = (meta.severity(), meta.effect().as_str());
        let _ = writeln!(text, "  {}  {:<32} {severity:<9} {effect:<9} {controls}", meta.id, meta.name);
    }
    let _ = writeln!(text, "\n{} rules. `deskpair explain ID` tells of one.", rules.len());
    text
}

/// The ids of the controls that a rule is evidence for.
fn listed(meta: &Meta) -> String {
    let ids: Vec<&str> = meta.controls.iter().map(|control| control.id).collect();
    ids.join(", ")
}

fn as_json(rules: &[&Meta]) -> Result<String> {
    let rules: Vec<_> = rules
        .iter()
        .map(|meta| {
            let cases: Vec<_> = meta
                .cases
                .iter()
                .map(|case| {
                    json!({
                        "key": case.key,
                        "severity": case.severity,
                        "effect": case.effect,
                        "uncounted": case.uncounted,
                    })
                })
                .collect();
            let options: serde_json::Map<_, _> =
                meta.options.iter().map(|(name, what)| ((*name).to_owned(), json!(what))).collect();
            let controls: Vec<_> = meta
                .controls
                .iter()
                .map(|control| json!({ "framework": control.framework.id(), "id": control.id, "title": control.title }))
                .collect();
            json!({
                "id": meta.id,
                "name": meta.name,
                "area": meta.area,
                "summary": meta.summary,
                "severity": meta.severity(),
                "effect": meta.effect(),
                "reach": meta.reach,
                "cases": cases,
                "implies": meta.implies,
                "needs": meta.needs,
                "controls": controls,
                "remedy": meta.remedy,
                "fix": crate::remediate::fixers::way(meta.id).map(|way| json!({ "way": way.as_str(), "text": way.text() })),
                "options": options,
            })
        })
        .collect();
    let mut text = serde_json::to_string_pretty(&json!({ "schema": "deskpair.rules/1", "rules": rules }))
        .map_err(|error| CommandError::internal("cannot write the catalogue as JSON").because(error))?;
    text.push('\n');
    Ok(text)
}

fn markdown(rules: &[&Meta]) -> String {
    let mut text = String::from("| id | name | severity · effect | fails when | controls |\n|---|---|---|---|---|\n");
    for meta in rules {
        let _ = writeln!(
            text,
            "| {} | {} | {} · {} | {} | {} |",
            meta.id,
            meta.name,
            meta.severity(),
            meta.effect().as_str(),
            meta.summary.replace('|', "\\|"),
            listed(meta)
        );
    }
    text
}
