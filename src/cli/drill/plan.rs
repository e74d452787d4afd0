//! `deskpair drill plan`.

use super::asked::Wanted;
use super::prepare::prepared;
use crate::cli::error::{CommandError, Result};
use crate::cli::{Globals, exit, print, say};
use crate::drill::plan::{Plan, SCHEMA};
use crate::output::Output;
use clap::Args;
use deskpair_reports::text::{counted, line};
use deskpair_rules::model::moment::span;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Where a plan is written, and read, unless it is named.
pub(super) const PLAN: &str = "deskpair-drill.json";

/// Show what a drill would do, step by step: how long, who approves, what stops it, what undoes it; change nothing
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  deskpair drill plan
  deskpair drill plan --users anna.berg,tom.lee --hold 20m
  deskpair drill plan --production desktop.example.com --everybody --hold 1h")]
pub(super) struct PlanCommand {
    #[command(flatten)]
    wanted: Wanted,
    /// Where to write the plan
    #[arg(short, long, value_name = "FILE", default_value = PLAN)]
    output: PathBuf,
}

impl PlanCommand {
    pub(super) fn run(&self, globals: &Globals) -> Result {
        let cannot = |error: Box<dyn std::error::Error + Send + Sync>| {
            CommandError::internal(format!("cannot write the plan to {}", self.output.display()))
                .because(error)
                .hint("name another file with `--output FILE`")
        };
        let mut output = Output::open(&self.output).map_err(|error| cannot(error.into()))?;
        let plan = prepared(globals, &self.wanted)?.plan;
        let mut text = serde_json::to_string_pretty(&plan)
            .map_err(|error| CommandError::internal("cannot word the plan").because(error))?;
        text.push('\n');
        output.write_all(text.as_bytes()).map_err(|error| cannot(error.into()))?;
        output.commit().map_err(|error| cannot(error.into()))?;
        print(&shown(&plan))?;
        say(
            globals,
            &format!("\nThe plan is in {0}: `deskpair drill run --plan {0}` does it.\n", self.output.display()),
        );
        Ok(exit::READY)
    }
}

/// Reads a plan, as it was written.
pub(in crate::cli) fn read(path: &Path) -> Result<Plan> {
    let wrong = |why: String| {
        CommandError::usage(format!("{} is no plan of a drill", path.display()))
            .because(why)
            .hint("`deskpair drill plan` writes one")
    };
    let text = std::fs::read_to_string(path).map_err(|error| {
        CommandError::usage(format!("cannot read the plan {}", path.display()))
            .because(error)
            .hint("`deskpair drill plan` writes one")
    })?;
    let plan: Plan = serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
    if plan.schema != SCHEMA {
        return Err(wrong(format!("it is of the schema {:?}", plan.schema)));
    }
    if plan.digest() != plan.id {
        return Err(wrong("it was changed after it was written: its id is not its digest".to_owned()));
    }
    Ok(plan)
}

/// A plan for people.
pub(super) fn shown(plan: &Plan) -> String {
    let mut text = String::new();
    let kind = plan.kind.as_str();
    let what = if plan.production { "the alias that everybody works through" } else { "the pilot alias" };
    let _ =
        writeln!(text, "Plan {} of a {kind}: {} of the pair {}, {what}", plan.id, line(&plan.alias), line(&plan.pair));
    let _ = writeln!(
        text,
        "  primary  {:<12} {}  {}",
        plan.primary.region, plan.primary.directory, plan.primary.identifier
    );
    let _ = writeln!(
        text,
        "  standby  {:<12} {}  {}",
        plan.standby.region, plan.standby.directory, plan.standby.identifier
    );
    let _ = writeln!(text, "  record   {}, TTL {} s", line(&plan.switch.told()), plan.ttl_secs);
    let stopped = plan.cohort.iter().filter(|one| one.can_be_started() && one.state == "STOPPED").count() as u64;
    let without = plan.cohort.iter().filter(|one| one.standby.is_empty()).count() as u64;
    let cohort = plan.cohort.len() as u64;
    if cohort == 0 {
        text.push_str(
            "  people   nobody takes part: the record alone is rehearsed (--users, --tag, --share, --everybody)\n",
        );
    } else {
        let _ = writeln!(
            text,
            "  people   {}, {stopped} of whose standby desktops are stopped{}; {} to be seen on the {} side",
            counted(cohort, "person", "people"),
            if without > 0 { format!(", {without} without one") } else { String::new() },
            if plan.expect == 1 { "1 has".to_owned() } else { format!("{} have", plan.expect) },
            plan.destination()
        );
    }
    // A failover is planned without a scan, and says so.
    let gate =
        if plan.precheck.run.is_some() { format!(" at --fail-on {}", plan.precheck.fail_on) } else { String::new() };
    let _ = writeln!(
        text,
        "  scan     {}{gate}{}",
        plan.precheck.outcome,
        plan.precheck.overridden.as_ref().map(|why| format!(", gone on with: {}", line(why))).unwrap_or_default()
    );
    if plan.precheck.outside_stranded > 0 {
        let _ = writeln!(
            text,
            "  RISK     {} people outside the cohort would be stranded, or of whom it is not known",
            plan.precheck.outside_stranded
        );
    }
    let _ = writeln!(
        text,
        "  aims     back at work within {}, data at most {} old",
        span(u64::from(plan.rto_secs)),
        span(u64::from(plan.rpo_secs))
    );
    for assumption in &plan.assumptions {
        let _ = writeln!(text, "  ASSUMED  {}", line(assumption));
    }
    text.push('\n');
    for (number, step) in plan.steps.iter().enumerate() {
        let budget =
            step.budget_secs.map_or_else(|| "until it is ended".to_owned(), |secs| format!("up to {}", span(secs)));
        let _ = writeln!(text, "{:>3}. {} ({budget})", number + 1, line(&step.what));
        for (name, what) in [
            ("approves", &step.approves),
            ("stopped by", &step.stops),
            ("undone by", &step.undoes),
            ("unreachable", &step.unreachable),
        ] {
            let _ = writeln!(text, "       {name:<12} {}", line(what));
        }
    }
    text
}
