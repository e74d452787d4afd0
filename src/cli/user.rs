//! `deskpair user NAME`: what a failover would do to one person.

use super::error::{CommandError, Result};
use super::evidence::{self, Loaded};
use super::{Globals, exit, print, scan, settings, state};
use crate::collect::access::Access;
use clap::Args;
use deskpair_reports::person;
use deskpair_rules::engine::{Options, evaluate, needed};

/// Tell what a failover would do to one person, step by step: from the last run, or by looking afresh
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  deskpair user anna.berg                     from the last run
  deskpair user 'CORP\\anna.berg' --fresh       by asking AWS now
  deskpair user anna.berg --run ./deskpair-report")]
pub(super) struct User {
    /// The user name, with or without its domain
    #[arg(value_name = "NAME")]
    name: String,
    /// The run that is asked: the beginning of its id, a folder that a scan wrote, or `last`
    #[arg(long, value_name = "RUN", default_value = "last", conflicts_with = "fresh")]
    run: String,
    /// Collect again, and keep nothing
    #[arg(long)]
    fresh: bool,
}

impl User {
    pub(super) fn run(&self, globals: &Globals) -> Result {
        let (estate, options) = if self.fresh {
            let settings = settings::load(globals)?;
            let options = Options::at(crate::clock::now());
            let wanted = needed(&options, &settings.rules);
            let estate = scan::collected(globals, settings, &wanted, Access::Aws, None)?;
            let judged_at = estate.taken_at;
            (estate, Options { judged_at, ..options })
        } else {
            let Loaded { estate, options, .. } = evidence::load(&state::find(globals, &self.run)?)?;
            (estate, options)
        };
        let taken = estate.taken_at;
        let run = evaluate(&estate, options);
        let found = person::find(&run, &self.name);
        if found.is_empty() {
            let near = person::near(&run, &self.name, 8);
            let error = CommandError::usage(format!(
                "nobody called {:?} has a primary desktop in the estate of {taken}",
                self.name
            ));
            return Err(match run.pairs.iter().any(|pair| pair.readiness.hidden.is_some()) {
                true => error.hint("not everybody could be listed: a scan says what hides them"),
                false if near.is_empty() => error.hint("look afresh with --fresh, or name another run with --run"),
                false => error.hint(format!("did you mean {}?", near.join(", "))),
            });
        }
        let told: Vec<String> = found.into_iter().map(|(pair, who)| person::told(&run, pair, who)).collect();
        print(&format!("{}\nEstate of {taken}, run {}.\n", told.join("\n"), &run.id[..8]))?;
        Ok(exit::READY)
    }
}
