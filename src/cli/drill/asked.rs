//! The flags that drills share: who takes part, how long, what is overridden, who steers it, and where the evidence goes.

use super::screen;
use crate::cli::error::{CommandError, Result};
use crate::cli::signals::Signals;
use crate::cli::twin::parse_time;
use crate::drill::control::{Control, Word};
use crate::drill::draft::{Cohort, Wants};
use crate::drill::machine::Stop;
use crate::drill::plan::{Patience, Plan};
use clap::{Args, ValueEnum};
use deskpair_reports::drill::record::Kind;
use deskpair_rules::engine::FailOn;
use deskpair_rules::meta::Severity;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;

/// Who takes part.
#[derive(Clone, Debug, Args)]
#[group(multiple = false)]
pub(super) struct People {
    /// These people, by user name; may be given several times
    #[arg(long, value_name = "NAME", value_delimiter = ',', help_heading = "Who takes part")]
    users: Vec<String>,
    /// The people in this file, a user name a line
    #[arg(long, value_name = "FILE", help_heading = "Who takes part")]
    users_from: Option<PathBuf>,
    /// Those whose primary desktop has this tag
    #[arg(long, value_name = "KEY=VALUE", value_parser = parse_tag, help_heading = "Who takes part")]
    tag: Option<(String, String)>,
    /// This share of the people, in percent: the first by name
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(1..=100), help_heading = "Who takes part")]
    share: Option<u8>,
    /// Everybody of the pair
    #[arg(long, help_heading = "Who takes part")]
    everybody: bool,
}

fn parse_tag(text: &str) -> std::result::Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("write the tag's key and value: deskpair-drill=yes".to_owned()),
    }
}

impl People {
    fn cohort(&self) -> Result<Cohort> {
        if let Some(path) = &self.users_from {
            let text = std::fs::read_to_string(path).map_err(|error| {
                CommandError::usage(format!("cannot read {}", path.display()))
                    .because(error)
                    .hint("it has a user name a line")
            })?;
            let users: BTreeSet<String> = text
                .lines()
                .map(str::trim)
                .filter(|line| !line.is_empty() && !line.starts_with('#'))
                .map(str::to_owned)
                .collect();
            if users.is_empty() {
                return Err(
                    CommandError::usage(format!("{} names nobody", path.display())).hint("it has a user name a line")
                );
            }
            return Ok(Cohort::Users(users));
        }
        Ok(match (&self.tag, self.share) {
            _ if !self.users.is_empty() => Cohort::Users(self.users.iter().cloned().collect()),
            (Some((key, value)), _) => Cohort::Tag(key.clone(), value.clone()),
            (None, Some(percent)) => Cohort::Share(percent),
            (None, None) if self.everybody => Cohort::Everybody,
            (None, None) => Cohort::Nobody,
        })
    }
}

/// What is wanted of a drill.
#[derive(Clone, Debug, Args)]
pub(super) struct Wanted {
    #[command(flatten)]
    people: People,
    /// Flip the alias that everybody works through, typed out here, instead of the pilot alias
    #[arg(long, value_name = "ALIAS", help_heading = "What is risked")]
    production: Option<String>,
    /// Go on though so many people outside the cohort would be stranded, or of whom it is not known
    #[arg(long, value_name = "N", requires = "production", help_heading = "What is risked")]
    strand: Option<u64>,
    /// Go on though the scan does not pass, for this reason, which is recorded
    #[arg(long = "override", value_name = "REASON", help_heading = "What is risked")]
    overridden: Option<String>,
    /// People may be connected on the primary side: they are told to sign out and in again
    #[arg(long, help_heading = "What is risked")]
    with_connected: bool,
    /// The least severity of a fail that the scan before it does not pass with
    #[arg(long, value_enum, value_name = "SEVERITY", default_value_t = Gate::High)]
    fail_on: Gate,
    /// How long people stay on the standby side; until somebody ends it, unless it is said
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    hold: Option<Duration>,
    /// How many of the cohort have to be seen on the standby side, lest it failed; one unless it is said
    #[arg(long, value_name = "N")]
    expect: Option<u32>,
    /// Ask once more, when everything is warm, before the record is changed
    #[arg(long)]
    approve: bool,
    /// How long standby desktops may take to start
    #[arg(long, value_name = "TIME", value_parser = parse_time, default_value = "15m", help_heading = "Patience")]
    warm_for: Duration,
    /// How long the zone's own servers may take to give the new value
    #[arg(long, value_name = "TIME", value_parser = parse_time, default_value = "5m", help_heading = "Patience")]
    spread_for: Duration,
    /// What resolvers are granted beyond the record's TTL
    #[arg(long, value_name = "TIME", value_parser = parse_time, default_value = "30s", help_heading = "Patience")]
    margin: Duration,
    /// How long people may take to leave the desktops that were started, before these are left to AutoStop
    #[arg(long, value_name = "TIME", value_parser = parse_time, default_value = "2m", help_heading = "Patience")]
    cool_for: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
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

impl Wanted {
    /// What a drill of this pair's alias is to be.
    pub(super) fn wants(&self, alias: &str) -> Result<Wants> {
        if let Some(typed) =
            self.production.as_ref().filter(|typed| !typed.trim_end_matches('.').eq_ignore_ascii_case(alias))
        {
            return Err(CommandError::usage(format!("--production names {typed:?}, and the pair's alias is {alias}"))
                .hint(
                    "it sends everybody to the standby Region: type the alias out as it stands in the configuration",
                ));
        }
        if self.overridden.as_ref().is_some_and(|reason| reason.trim().is_empty()) {
            return Err(CommandError::usage("--override has no reason").hint("say why: it is recorded with the drill"));
        }
        Ok(Wants {
            kind: Kind::Drill,
            production: self.production.is_some(),
            cohort: self.people.cohort()?,
            hold_secs: self.hold.map(|hold| hold.as_secs()),
            expect: self.expect,
            approve_flip: self.approve,
            with_connected: self.with_connected,
            overridden: self.overridden.clone(),
            strand: self.strand,
            patience: Patience {
                warm: self.warm_for.as_secs(),
                authority: self.spread_for.as_secs(),
                margin: self.margin.as_secs(),
                cool: self.cool_for.as_secs(),
            },
        })
    }

    /// How long people stay, in seconds, where it is said.
    pub(super) fn hold_secs(&self) -> Option<u64> {
        self.hold.map(|hold| hold.as_secs())
    }

    /// Whether somebody is asked once more.
    pub(super) fn approves(&self) -> bool {
        self.approve
    }

    /// What a reviewed plan wanted: so that a plan of now can be held against it.
    pub(super) fn like(&self, plan: &Plan) -> Self {
        let mut wanted = self.clone();
        let mut users: Vec<String> = plan.cohort.iter().map(|member| member.user.clone()).collect();
        users.dedup();
        wanted.people = People { users, users_from: None, tag: None, share: None, everybody: false };
        wanted.production = plan.production.then(|| plan.alias.clone());
        wanted.strand = (plan.precheck.outside_stranded > 0).then_some(plan.precheck.outside_stranded);
        wanted.overridden.clone_from(&plan.precheck.overridden);
        wanted.with_connected = plan.with_connected;
        wanted.hold = plan.hold_secs.map(Duration::from_secs);
        wanted.expect = Some(plan.expect);
        wanted.approve = plan.approve_flip;
        wanted
    }

    /// The gate of the scan before it.
    pub(super) fn fail_on(&self) -> FailOn {
        match self.fail_on {
            Gate::Critical => FailOn::Severity(Severity::Critical),
            Gate::High => FailOn::Severity(Severity::High),
            Gate::Medium => FailOn::Severity(Severity::Medium),
            Gate::Low => FailOn::Severity(Severity::Low),
            Gate::Never => FailOn::Never,
        }
    }
}

/// Who steers it while it goes on, and where the evidence goes.
#[derive(Clone, Debug, Args)]
pub(super) struct Steering {
    /// Do not ask before it begins
    #[arg(short, long)]
    pub(super) yes: bool,
    /// End it, and come back, as soon as this file is there
    #[arg(long, value_name = "FILE", help_heading = "Steering")]
    pub(super) abort_file: Option<PathBuf>,
    /// Take this file, whenever it is there, for an approval, with who approves in its first line; it is taken away
    #[arg(long, value_name = "FILE", help_heading = "Steering")]
    pub(super) approve_by_file: Option<PathBuf>,
    /// The folder for the evidence: reports, journal, estate, checksums
    #[arg(short, long, value_name = "DIR", default_value = "deskpair-drill")]
    pub(super) output: PathBuf,
}

impl Steering {
    /// Makes sure that somebody can end what has no time of its own.
    pub(super) fn can_be_ended(&self, hold: Option<u64>, approve: bool) -> Result<()> {
        let somebody = self.approve_by_file.is_some() || screen::has_keys();
        if somebody || (hold.is_some() && !approve) {
            return Ok(());
        }
        Err(CommandError::usage("nobody is there to end it: no terminal, and no file to approve by")
            .hint("say how long it lasts: `--hold 30m`")
            .hint("or name a file that approves: `--approve-by-file FILE`"))
    }

    /// Begins to listen: to signals, files, keys, and `drill abort` in the state.
    pub(super) fn control(
        &self,
        runtime: &Runtime,
        objects: Option<Arc<dyn crate::store::Objects>>,
        drill: &str,
    ) -> Result<Control> {
        let control = Control::default();
        signals(runtime, &control)?;
        if let Some(path) = &self.abort_file {
            control.abort_by_file(runtime, path.clone());
        }
        if let Some(path) = &self.approve_by_file {
            control.approve_by_file(runtime, path.clone());
        }
        if let Some(objects) = objects {
            control.abort_by_object(runtime, objects, drill);
        }
        screen::keys(control.speaker());
        Ok(control)
    }
}

/// Lets signals end it.
pub(super) fn signals(runtime: &Runtime, control: &Control) -> Result<()> {
    let mut signals = runtime.block_on(async { Signals::listen() })?;
    let say = control.speaker();
    runtime.spawn(async move {
        loop {
            let code = signals.received().await;
            if say.send(Word::Stop(Stop::Signal(code))).is_err() {
                return;
            }
        }
    });
    Ok(())
}
