//! `deskpair drill plan`.

use super::asked::Wanted;
use super::prepare::prepared;
use crate::cli::error::{CommandError, Result};
use crate::cli::{Globals, columns, exit, print, say};
use crate::drill::plan::{Plan, SCHEMA};
use crate::output::Output;
use clap::Args;
use deskpair_reports::drill::record::Place;
use deskpair_reports::text::{counted, fitted};
use deskpair_rules::model::moment::span;
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
        print(&shown(&plan, columns::of_stdout()))?;
        let file = self.output.display();
        let told = fitted("", &format!("The plan is in {file}. This does it:"), columns::of_stderr());
        // A command is for copying: where it is too long, the terminal wraps it without a line break.
        say(globals, &format!("\n{told}  deskpair drill run --plan {file}\n"));
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

/// A plan for people, in lines of this many columns.
pub(super) fn shown(plan: &Plan, columns: usize) -> String {
    let mut text = String::new();
    let mut row = |lead: &str, row: &str| text.push_str(&fitted(lead, row, columns));
    let kind = plan.kind.as_str();
    let what = if plan.production { "the alias that everybody works through" } else { "the pilot alias" };
    row("Plan ", &format!("{} of a {kind}: {} of the pair {}, {what}", plan.id, plan.alias, plan.pair));
    let places = [("primary", &plan.primary), ("standby", &plan.standby)];
    let directory = |place: &Place| match place.directory.as_str() {
        "" => "(directory not known)".to_owned(),
        known => known.to_owned(),
    };
    let wide = places.map(|(_, place)| place.region.len()).into_iter().max().unwrap_or_default();
    let wider = places.map(|(_, place)| directory(place).len()).into_iter().max().unwrap_or_default();
    for (name, place) in places {
        let told = format!("{:<wide$}  {:<wider$}  {}", place.region, directory(place), place.identifier);
        row(&format!("  {name}  "), &told);
    }
    row("  record   ", &format!("{}, TTL {} s", plan.switch.told(), plan.ttl_secs));
    row("  people   ", &people(plan));
    // A failover is planned without a scan, and says so.
    let gate =
        if plan.precheck.run.is_some() { format!(" at --fail-on {}", plan.precheck.fail_on) } else { String::new() };
    let overridden = plan.precheck.overridden.as_ref();
    let overridden = overridden.map(|why| format!(", gone on with: {why}")).unwrap_or_default();
    row("  scan     ", &format!("{}{gate}{overridden}", plan.precheck.outcome));
    if plan.precheck.outside_stranded > 0 {
        let outside = plan.precheck.outside_stranded;
        row(
            "  RISK     ",
            &format!("{outside} people outside the cohort would be stranded, or of whom it is not known"),
        );
    }
    let (rto, rpo) = (span(u64::from(plan.rto_secs)), span(u64::from(plan.rpo_secs)));
    row("  aims     ", &format!("back at work within {rto}, data at most {rpo} old"));
    for assumption in &plan.assumptions {
        row("  ASSUMED  ", assumption);
    }
    text.push('\n');
    for (number, step) in plan.steps.iter().enumerate() {
        let budget =
            step.budget_secs.map_or_else(|| "until it is ended".to_owned(), |secs| format!("up to {}", span(secs)));
        text.push_str(&fitted(&format!("{:>3}. ", number + 1), &format!("{} ({budget})", step.what), columns));
        for (name, what) in [
            ("approves", &step.approves),
            ("stopped by", &step.stops),
            ("undone by", &step.undoes),
            ("unreachable", &step.unreachable),
        ] {
            text.push_str(&fitted(&format!("       {name:<12} "), what, columns));
        }
    }
    text
}

/// Who takes part.
fn people(plan: &Plan) -> String {
    let cohort = plan.cohort.len() as u64;
    if cohort == 0 {
        return "nobody takes part: the record alone is rehearsed (--users, --tag, --share, --everybody)".to_owned();
    }
    let stopped = plan.cohort.iter().filter(|one| one.can_be_started() && one.state == "STOPPED").count() as u64;
    let without = plan.cohort.iter().filter(|one| one.standby.is_empty()).count() as u64;
    format!(
        "{}, {stopped} of whose standby desktops are stopped{}; {} to be seen on the {} side",
        counted(cohort, "person", "people"),
        if without > 0 { format!(", {without} without one") } else { String::new() },
        if plan.expect == 1 { "1 has".to_owned() } else { format!("{} have", plan.expect) },
        plan.destination()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dns::change::Switch;
    use crate::drill::plan::{Member, Patience};
    use deskpair_reports::drill::record::{Kind, PreCheck, Step};
    use deskpair_rules::model::Moment;

    /// A plan whose names are as long as they may be, and one that acts on terminals.
    fn long() -> Plan {
        let place = |region: &str| Place {
            region: region.to_owned(),
            account: "111122223333".to_owned(),
            directory: "d-0123456789".to_owned(),
            identifier: "abcdefghij0123456789".to_owned(),
        };
        let zone = format!("{}.example", vec!["a-long-label".repeat(5); 3].join("."));
        let step = |what: &str| Step {
            what: what.to_owned(),
            budget_secs: Some(91),
            approves: "whoever begins it".to_owned(),
            stops: "an endpoint that does not answer; an abort".to_owned(),
            undoes: "desktops that were started are stopped, where nobody is connected".to_owned(),
            unreachable: format!("the record stays; somebody who may change {zone} is called"),
        };
        let member = Member {
            user: "anna.berg".to_owned(),
            primary: "ws-1".to_owned(),
            standby: String::new(),
            state: String::new(),
            running_mode: String::new(),
            connected: None,
        };
        Plan {
            schema: SCHEMA.to_owned(),
            id: "2c98a2f75523102e".to_owned(),
            version: "0.1.0".to_owned(),
            kind: Kind::Failover,
            pair: "the pair of the \u{1b}[31mlongest name".to_owned(),
            alias: format!("desktop.{zone}"),
            production: true,
            made_at: Moment::from_millis(0),
            primary: place("ap-southeast-1"),
            standby: place("us-west-2"),
            switch: Switch::Rfc2136 {
                server: format!("ns1.{zone}:5353"),
                zone: zone.clone(),
                name: format!("desktop.{zone}"),
                ttl: 60,
                key_name: "deskpair.".to_owned(),
                algorithm: "hmac-sha256".to_owned(),
            },
            ttl_secs: 60,
            rto_secs: 900,
            rpo_secs: 86_400,
            cohort: vec![member],
            expect: 1,
            with_connected: false,
            approve_flip: false,
            hold_secs: None,
            patience: Patience::default(),
            precheck: PreCheck {
                run: Some("run".to_owned()),
                outcome: "drifted".to_owned(),
                fail_on: "high".to_owned(),
                overridden: Some(
                    "the auditors are here today, and the change board has accepted what is open".to_owned(),
                ),
                outside_stranded: 4_812,
                objections: Vec::new(),
            },
            data: Vec::new(),
            assumptions: vec![
                "who has which desktops is as of 2026-11-29T10:17:10.666Z, from the last estate".to_owned(),
            ],
            steps: (1..=12)
                .map(|_| step("Look at name servers, people and endpoints; start 12 standby desktops"))
                .collect(),
        }
    }

    #[test]
    fn a_plan_fits_the_terminal_and_loses_nothing() {
        let plan = long();
        let bare = |text: &str| text.split_whitespace().collect::<String>();
        let whole = shown(&plan, 10_000);
        assert!(whole.lines().any(|line| line.len() > 200), "{whole}");
        for columns in [120, 80, 40] {
            let text = shown(&plan, columns);
            let widest = text.lines().map(|line| line.chars().count()).max();
            assert!(widest.is_some_and(|widest| widest <= columns), "{columns}: {widest:?}\n{text}");
            assert_eq!(bare(&text), bare(&whole), "{columns}");
            assert!(!text.contains('\u{1b}') && !text.lines().any(|line| line.ends_with(' ')), "{text}");
        }
        // Columns stand one under the other where they fit, and further lines under the first one's text.
        let text = shown(&plan, 80);
        for line in [
            "  primary  ap-southeast-1  d-0123456789  abcdefghij0123456789",
            "  standby  us-west-2       d-0123456789  abcdefghij0123456789",
            "           and the change board has accepted what is open",
            "     to 1 min 31 s)",
        ] {
            assert!(text.lines().any(|known| known == line), "{line:?} in\n{text}");
        }
    }

    #[test]
    fn a_directory_that_nobody_could_tell_leaves_no_hole() {
        let plan = long();
        let primary = Place { directory: String::new(), ..plan.primary.clone() };
        let text = shown(&Plan { primary, ..plan }, 80);
        for line in [
            "  primary  ap-southeast-1  (directory not known)  abcdefghij0123456789",
            "  standby  us-west-2       d-0123456789           abcdefghij0123456789",
        ] {
            assert!(text.lines().any(|known| known == line), "{line:?} in\n{text}");
        }
    }

    #[test]
    fn a_plan_for_nobody_says_how_people_are_named() {
        let plan = Plan { cohort: Vec::new(), ..long() };
        let text = shown(&plan, 80);
        assert!(
            text.contains("  people   nobody takes part: the record alone is rehearsed (--users, --tag,\n"),
            "{text}"
        );
    }
}
