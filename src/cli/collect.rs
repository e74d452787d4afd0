//! `deskpair collect`: the estate, to a file.

use super::error::{CommandError, Result};
use super::evidence::Redaction;
use super::scan::collected;
use super::twin::parse_time;
use super::{Globals, exit, print, settings};
use crate::collect::access::Access;
use crate::output::Output;
use crate::redact::redact;
use crate::store::estate_file;
use clap::Args;
use deskpair_rules::model::Dataset;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

/// Read everything that any rule could ask for, and write it to a file: to be judged offline, or while the primary Region is down
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  deskpair collect\n  deskpair collect estate.jsonl.zst && zstdcat estate.jsonl.zst | jq -c .\n  deskpair scan \
                  --estate estate.jsonl.zst"
)]
pub(super) struct Collect {
    /// The file to write
    #[arg(value_name = "FILE", default_value = "estate.jsonl.zst")]
    file: PathBuf,
    #[command(flatten)]
    redaction: Redaction,
    /// Stop asking AWS after this long; what was not read by then is recorded as such
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    deadline: Option<Duration>,
}

impl Collect {
    pub(super) fn run(&self, globals: &Globals) -> Result {
        let settings = settings::load(globals)?;
        let shown = self.file.display();
        let unwritable = |error: Box<dyn std::error::Error + Send + Sync>| {
            CommandError::internal(format!("cannot write the estate {shown}"))
                .because(error)
                .hint("name another file, in a folder that is there and has room")
        };
        // Before the first call: half an hour of reading must not end in a full disk or a missing folder that could be seen now.
        let mut output = Output::open(&self.file).map_err(|error| unwritable(error.into()))?;
        let wanted: BTreeSet<Dataset> = Dataset::ALL.into_iter().collect();
        let key = self.redaction.key(globals)?;
        let mut estate = collected(globals, settings, &wanted, Access::Aws, self.deadline)?;
        if let Some(key) = &key {
            redact(&mut estate, key);
        }
        estate_file::write_estate(&estate, &mut output).map_err(|error| unwritable(error.into()))?;
        output.commit().map_err(|error| unwritable(error.into()))?;
        // The first gap stands for what was not asked for.
        let gaps = &estate.gaps[1..];
        if !globals.quiet {
            let desktops: usize = estate.sides.iter().map(|side| side.workspaces.items().len()).sum();
            print(&format!("{shown}: {desktops} WorkSpaces in {} Regions\n", estate.sides.len()))?;
            for gap in gaps {
                print(&format!("  not read: {gap}; it takes {}\n", gap.iam_action))?;
            }
        }
        Ok(if gaps.is_empty() { exit::READY } else { exit::INCONCLUSIVE })
    }
}
