//! `deskpair schema`: the formats that others read and write.

use super::error::{CommandError, Result};
use super::{exit, print};
use crate::config::known_rules;
use clap::{Args, ValueEnum};

/// Print the JSON Schema of a format
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  deskpair schema report > deskpair-report.schema.json\n  deskpair schema config\n  deskpair schema drill"
)]
pub(super) struct Schema {
    /// Which format
    #[arg(value_enum)]
    of: Of,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Of {
    /// deskpair.toml
    Config,
    /// A line of estate.jsonl.zst (deskpair.estate/1)
    Estate,
    /// report.json (deskpair.report/1)
    Report,
    /// What [notify] sends (deskpair.notice/1)
    Notice,
    /// What `remediate plan` writes (deskpair.plan/1)
    Plan,
    /// An entry of a remediation's journal (deskpair.journal/1)
    Journal,
    /// drill.json, the record of a drill, a failover or a failback (deskpair.drill/1)
    Drill,
    /// What `drill plan` writes (deskpair.drill-plan/1)
    DrillPlan,
    /// A line of a drill's journal.jsonl (deskpair.drill-journal/1)
    DrillJournal,
}

impl Schema {
    pub(super) fn run(&self) -> Result {
        let schema = match self.of {
            Of::Config => crate::config::json_schema(&known_rules()),
            Of::Estate => crate::store::estate_file::json_schema(),
            Of::Report => deskpair_reports::json::schema().into(),
            Of::Notice => deskpair_reports::notice::schema().into(),
            Of::Plan => crate::remediate::plan::json_schema(),
            Of::Journal => crate::remediate::journal::json_schema(),
            Of::Drill => deskpair_reports::drill::record::json_schema(),
            Of::DrillPlan => crate::drill::plan::json_schema(),
            Of::DrillJournal => crate::drill::journal::json_schema(),
        };
        let mut text = serde_json::to_string_pretty(&schema)
            .map_err(|error| CommandError::internal("cannot write the schema").because(error))?;
        text.push('\n');
        print(&text)?;
        Ok(exit::READY)
    }
}
