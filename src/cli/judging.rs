//! The flags that decide what is judged and how hard.

use super::Globals;
use super::error::{CommandError, Result};
use super::explain::unknown_rule;
use clap::{Args, ValueEnum};
use deskpair_rules::controls::Framework;
use deskpair_rules::engine::{Baseline, FailOn, Options};
use deskpair_rules::meta::{Area, Meta, Severity};
use deskpair_rules::model::{Moment, Settings};
use deskpair_rules::registry;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Which rules.
#[derive(Clone, Debug, Args)]
pub(super) struct Chosen {
    /// Judge only this rule; may be given several times
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    rule: Vec<String>,
    /// Judge only this area, by its code (IMG, WSP, …); may be given several times
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    area: Vec<String>,
    /// Count people by the values of this tag of their desktops too: a department, a site
    #[arg(long, value_name = "TAG", value_parser = parse_tag)]
    group_by: Option<String>,
}

/// What is judged, and how hard.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Judging")]
pub(super) struct Judging {
    /// The least severity that fails the gate
    #[arg(long, value_enum, value_name = "SEVERITY", default_value_t = Gate::High)]
    fail_on: Gate,
    #[command(flatten)]
    chosen: Chosen,
    /// Do not end inconclusive for what this rule could not read; may be given several times
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    allow_incomplete: Vec<String>,
    /// End inconclusive also for what no API can tell and nobody has attested
    #[arg(long)]
    strict: bool,
}

/// A tag's key: 1 to 127 characters (service model, `workspaces:TagKey`).
fn parse_tag(text: &str) -> std::result::Result<String, String> {
    match text.chars().count() {
        1..=127 => Ok(text.to_owned()),
        _ => Err("a tag's key has 1 to 127 characters".to_owned()),
    }
}

/// The gate, as it is typed and written to a run's folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Gate {
    /// Only what strands people
    Critical,
    /// Also what strands some, or weakens security
    High,
    /// Also what degrades people or misses an objective
    Medium,
    /// Also hygiene and cost
    Low,
    /// Nothing
    Never,
}

impl From<Gate> for FailOn {
    fn from(gate: Gate) -> Self {
        match gate {
            Gate::Critical => Self::Severity(Severity::Critical),
            Gate::High => Self::Severity(Severity::High),
            Gate::Medium => Self::Severity(Severity::Medium),
            Gate::Low => Self::Severity(Severity::Low),
            Gate::Never => Self::Never,
        }
    }
}

impl From<FailOn> for Gate {
    fn from(gate: FailOn) -> Self {
        match gate {
            FailOn::Severity(Severity::Critical) => Self::Critical,
            FailOn::Severity(Severity::High) => Self::High,
            FailOn::Severity(Severity::Medium) => Self::Medium,
            FailOn::Severity(Severity::Low) => Self::Low,
            FailOn::Never => Self::Never,
        }
    }
}

/// The ids of rules, as they are typed.
fn ids(typed: &[String]) -> Result<BTreeSet<String>> {
    let id =
        |id: &String| deskpair_rules::find(id).map(|rule| rule.meta().id.to_owned()).ok_or_else(|| unknown_rule(id));
    typed.iter().map(id).collect()
}

impl Chosen {
    /// The checked options, with the usual gate, for an instant that is set later.
    pub(super) fn options(&self, globals: &Globals) -> Result<Options> {
        let area = |code: &String| {
            Area::ALL.into_iter().find(|area| area.code().eq_ignore_ascii_case(code)).ok_or_else(|| {
                let codes = Area::ALL.map(Area::code).join(", ");
                CommandError::usage(format!("there is no area {code:?}")).hint(format!("the areas are {codes}"))
            })
        };
        let options = Options {
            rules: ids(&self.rule)?,
            areas: self.area.iter().map(area).collect::<Result<_>>()?,
            pairs: globals.pair.iter().cloned().collect(),
            group_by: self.group_by.clone(),
            ..Options::at(Moment::from_millis(0))
        };
        if judged(&options).is_empty() {
            return Err(CommandError::usage("--rule and --area have no rule in common")
                .hint("a rule's id begins with its area's code; leave one of the two out"));
        }
        Ok(options)
    }
}

/// The ids of the rules that options choose.
fn judged(options: &Options) -> BTreeSet<&'static str> {
    let metas = registry().iter().map(|rule| rule.meta());
    metas.filter(|meta| options.wants(meta, &BTreeMap::new())).map(|meta| meta.id).collect()
}

impl Judging {
    /// The checked options, for an instant that is set later.
    pub(super) fn options(&self, globals: &Globals) -> Result<Options> {
        let options = Options {
            fail_on: self.fail_on.into(),
            strict: self.strict,
            allow_incomplete: ids(&self.allow_incomplete)?,
            ..self.chosen.options(globals)?
        };
        let judged = judged(&options);
        if let Some(idle) = options.allow_incomplete.iter().find(|id| !judged.contains(id.as_str())) {
            return Err(CommandError::usage(format!(
                "--allow-incomplete {idle} does nothing: that rule is not judged"
            ))
            .hint("leave it out, or choose the rule with --rule or --area too"));
        }
        Ok(options)
    }
}

/// Checks that whatever was asked for will be judged. A gate that passes because nothing stood in it is the worst of all.
///
/// # Errors
/// A rule or an area that the other flags or the configuration leave out.
pub(super) fn settled(options: Options, settings: &Settings) -> Result<Options> {
    let wanted: Vec<&Meta> =
        registry().iter().map(|rule| rule.meta()).filter(|meta| options.wants(meta, &settings.rules)).collect();
    let hint = "the configuration turns it off (`enabled = false`), or --rule and --area leave nothing of each other";
    if let Some(id) = options.rules.iter().find(|id| !wanted.iter().any(|meta| meta.id == id.as_str())) {
        return Err(CommandError::usage(format!("the rule {id} would not be judged")).hint(hint));
    }
    if let Some(area) = options.areas.iter().find(|area| !wanted.iter().any(|meta| meta.area == **area)) {
        return Err(CommandError::usage(format!("no rule of the area {} would be judged", area.code())).hint(hint));
    }
    if wanted.is_empty() {
        return Err(CommandError::usage("no rule would be judged")
            .hint("the configuration turns every rule off (`enabled = false`): leave at least one on"));
    }
    Ok(options)
}

/// How a run was judged, as its folder keeps it (`run.json`).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Judged {
    schema: String,
    /// The run's id.
    pub(super) id: String,
    judged_at_ms: i64,
    fail_on: Gate,
    strict: bool,
    rules: BTreeSet<String>,
    areas: BTreeSet<Area>,
    allow_incomplete: BTreeSet<String>,
    pairs: BTreeSet<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    group_by: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    frameworks: BTreeSet<Framework>,
    /// The run that it was compared with, by id: its findings lie beside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) baseline: Option<String>,
    #[serde(default)]
    new_only: bool,
}

/// The schema of `run.json`.
pub(super) const JUDGED_SCHEMA: &str = "deskpair.run/1";

impl Judged {
    /// How this run was judged.
    pub(super) fn of(id: &str, options: &Options) -> Self {
        Self {
            schema: JUDGED_SCHEMA.to_owned(),
            id: id.to_owned(),
            judged_at_ms: options.judged_at.millis(),
            fail_on: options.fail_on.into(),
            strict: options.strict,
            rules: options.rules.clone(),
            areas: options.areas.clone(),
            allow_incomplete: options.allow_incomplete.clone(),
            pairs: options.pairs.clone(),
            group_by: options.group_by.clone(),
            frameworks: options.frameworks.clone(),
            baseline: options.baseline.as_ref().map(|baseline| baseline.run.clone()),
            new_only: options.new_only,
        }
    }

    /// As it is written.
    pub(super) fn text(&self) -> String {
        serde_json::to_string_pretty(self).expect("flags, texts and numbers have a JSON form") + "\n"
    }

    /// The options to judge the same estate the same way again, compared with the same run.
    pub(super) fn options(&self, estate_digest: [u8; 32], baseline: Option<Arc<Baseline>>) -> Options {
        Options {
            judged_at: Moment::from_millis(self.judged_at_ms),
            fail_on: self.fail_on.into(),
            strict: self.strict,
            rules: self.rules.clone(),
            areas: self.areas.clone(),
            allow_incomplete: self.allow_incomplete.clone(),
            pairs: self.pairs.clone(),
            group_by: self.group_by.clone(),
            frameworks: self.frameworks.clone(),
            baseline,
            new_only: self.new_only,
            estate_digest,
        }
    }

    /// Whether it is of this version.
    pub(super) fn is_known(&self) -> bool {
        self.schema == JUDGED_SCHEMA
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use deskpair_rules::model::settings::RuleSettings;

    fn asked(rules: &[&str], areas: &[Area], off: &[&str]) -> Result<Options> {
        let mut settings = Settings::default();
        for id in off {
            let rule = RuleSettings { enabled: Some(false), ..RuleSettings::default() };
            settings.rules.insert((*id).to_owned(), rule);
        }
        let options = Options {
            rules: rules.iter().map(|&id| id.to_owned()).collect(),
            areas: areas.iter().copied().collect(),
            ..Options::at(Moment::from_millis(0))
        };
        settled(options, &settings)
    }

    #[test]
    fn what_is_asked_for_is_judged_or_refused() {
        assert!(asked(&[], &[], &[]).is_ok());
        assert!(asked(&["WSP-001"], &[Area::Workspaces], &["WSP-002"]).is_ok());
        assert!(asked(&["WSP-001"], &[Area::Bundles], &[]).is_err(), "they leave nothing of each other");
        assert!(asked(&["WSP-001", "WSP-002"], &[], &["WSP-001"]).is_err(), "the configuration turns it off");
        let area: Vec<&str> = registry()
            .iter()
            .map(|rule| rule.meta())
            .filter(|meta| meta.area == Area::Branding)
            .map(|meta| meta.id)
            .collect();
        assert!(asked(&[], &[Area::Branding, Area::Workspaces], &area).is_err(), "an area without a rule");
        let all: Vec<&str> = registry().iter().map(|rule| rule.meta().id).collect();
        assert!(asked(&[], &[], &all).is_err(), "nothing is left");
    }
}
