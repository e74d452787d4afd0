//! `deskpair remediate plan`.

use super::asked::PLAN;
use crate::cli::error::{CommandError, Result};
use crate::cli::judging::{Chosen, settled};
use crate::cli::scan::collected;
use crate::cli::twin::{parse_time, read_estate};
use crate::cli::{Globals, columns, exit, print, say, settings};
use crate::collect::access::Access;
use crate::output::Output;
use crate::remediate::draft;
use crate::remediate::fixers::with_needs;
use crate::remediate::text::text;
use crate::store::estate_file;
use clap::{Args, ValueEnum};
use deskpair_rules::engine::{Options, evaluate, needed};
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::time::Duration;

/// Say what would be changed, in which order, by which calls, and how each change is taken back; change nothing
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  deskpair remediate plan
  deskpair remediate plan --rule IPG-001,IPG-003 --format json
  deskpair remediate plan --estate deskpair-report/estate.jsonl.zst -o plan.json")]
pub(super) struct PlanCommand {
    #[command(flatten)]
    chosen: Chosen,
    /// Plan from this estate instead of asking AWS
    #[arg(long, value_name = "FILE")]
    estate: Option<PathBuf>,
    /// Where to write the plan
    #[arg(short, long, value_name = "FILE", default_value = PLAN)]
    output: PathBuf,
    /// How to show it
    #[arg(long, value_enum, default_value_t = Shown::Text)]
    format: Shown,
    /// Stop asking AWS after this long
    #[arg(long, value_name = "TIME", value_parser = parse_time, conflicts_with = "estate")]
    deadline: Option<Duration>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Shown {
    /// For people
    Text,
    /// `deskpair.plan/1`
    Json,
}

impl PlanCommand {
    pub(super) fn run(&self, globals: &Globals) -> Result {
        let options = self.chosen.options(globals)?;
        let unwritable = |error: Box<dyn std::error::Error + Send + Sync>| {
            CommandError::internal(format!("cannot write the plan {}", self.output.display()))
                .because(error)
                .hint("name another file with `--output FILE`, in a folder that is there and has room")
        };
        let mut output = Output::open(&self.output).map_err(|error| unwritable(error.into()))?;
        let (estate, estate_digest, options) = match &self.estate {
            Some(path) => {
                let (estate, digest) = read_estate(path)?;
                settings::wanted_exist(globals, estate.collected_pairs().map(|(pair, _)| pair.name.as_str()))?;
                let options = settled(options, &estate.settings)?;
                (estate, digest, options)
            }
            None => {
                let settings = settings::load(globals)?;
                let options = settled(options, &settings)?;
                let wanted = with_needs(needed(&options, &settings.rules), &settings.rules);
                let estate = collected(globals, settings, &wanted, Access::Aws, self.deadline)?;
                let written = estate_file::write_estate(&estate, io::sink());
                let (_, digest) = written.map_err(|error| unwritable(error.into()))?;
                (estate, *digest.bytes(), options)
            }
        };
        let options = Options { judged_at: estate.taken_at, estate_digest, ..options };
        let run = evaluate(&estate, options);
        let plan =
            draft::plan(&run).map_err(|cycle| CommandError::internal("cannot order the changes").because(cycle))?;
        let mut file = serde_json::to_string_pretty(&plan)
            .map_err(|error| CommandError::internal("cannot write the plan").because(error))?;
        file.push('\n');
        output.write_all(file.as_bytes()).map_err(|error| unwritable(error.into()))?;
        output.commit().map_err(|error| unwritable(error.into()))?;
        match self.format {
            Shown::Json => print(&file)?,
            Shown::Text => print(&text(&plan, columns::of_stdout()))?,
        }
        let unread = run.pairs.iter().flat_map(|pair| &pair.findings).any(|finding| run.is_inconclusive(finding));
        if unread {
            say(
                globals,
                "note: some rules could not be evaluated; what they would find is in no plan. `deskpair scan` names them\n",
            );
        }
        if plan.automatic().next().is_some() {
            say(
                globals,
                &format!("Written to {}. Rehearse it: deskpair remediate apply --twin\n", self.output.display()),
            );
        }
        Ok(if unread { exit::INCONCLUSIVE } else { exit::READY })
    }
}
