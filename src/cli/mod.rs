//! The command line: one file a command.
//!
//! Nothing else prints, parses arguments or sets an exit code; every other module may be used here, and none uses this one.

pub mod error;
pub mod exit;

mod collect;
mod columns;
mod compare;
mod completions;
mod demo;
mod drill;
mod evidence;
mod explain;
mod history;
mod init;
mod judging;
mod man;
mod merge;
mod notice;
mod past;
mod permissions;
mod plan;
mod progress;
mod prune;
mod remediate;
mod report;
mod rules;
mod scan;
mod schema;
mod settings;
mod signals;
mod state;
mod twin;
mod unlock;
mod user;
mod verify;
mod waive;

use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use error::Result;
use state::{State, parse_state};
use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;

/// If the primary Region went away now, which of our people would land on a working desktop in the standby Region, which would
/// not, why, and what fixes it?
#[derive(Debug, Parser)]
#[command(name = "deskpair", version, max_term_width = 100, propagate_version = true, after_long_help = exit::TABLE)]
struct Cli {
    #[command(flatten)]
    globals: Globals,
    #[command(subcommand)]
    command: Command,
}

/// What every command understands.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Everywhere")]
struct Globals {
    /// The configuration file
    #[arg(short, long, global = true, value_name = "FILE", env = "DESKPAIR_CONFIG", default_value = "deskpair.toml")]
    config: PathBuf,
    /// Only this pair of the configuration; may be given several times
    #[arg(long, global = true, value_name = "NAME", env = "DESKPAIR_PAIR", value_delimiter = ',')]
    pair: Vec<String>,
    /// Where runs are kept: a folder, or s3://BUCKET/PREFIX
    #[arg(long, global = true, value_name = "DIR|s3://…", env = "DESKPAIR_STATE", default_value = ".deskpair",
          value_parser = OsStringValueParser::new().try_map(parse_state))]
    state: State,
    /// When to colour what is shown
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto)]
    color: Color,
    /// Show no progress and no summary, only errors
    #[arg(short, long, global = true)]
    quiet: bool,
}

/// When to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

#[derive(Debug, Subcommand)]
enum Command {
    Demo(demo::Demo),
    Init(init::Init),
    Scan(scan::Scan),
    Collect(collect::Collect),
    Report(report::Report),
    Rules(rules::Rules),
    Explain(explain::Explain),
    User(user::User),
    Waive(waive::Waive),
    Compare(compare::Compare),
    History(history::History),
    Merge(merge::Merge),
    Remediate(remediate::Remediate),
    Drill(drill::Drill),
    Failover(drill::failover::Failover),
    Failback(drill::failover::Failback),
    Unlock(unlock::Unlock),
    Prune(prune::Prune),
    Twin(twin::Twin),
    Schema(schema::Schema),
    Verify(verify::Verify),
    Permissions(permissions::Permissions),
    Completions(completions::Completions),
    Man(man::Man),
}

/// Which of the settings were typed, rather than taken from the environment or left at their defaults.
#[derive(Clone, Copy, Debug)]
struct Typed {
    config: bool,
}

/// Parses the command line, does what it says, prints what goes wrong, and gives the exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let parsed = Cli::command().try_get_matches_from(arguments).and_then(|matches| {
        let typed = Typed { config: was_typed(&matches, "config") };
        Ok((Cli::from_arg_matches(&matches)?, typed))
    });
    let (cli, typed) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => {
            // Help and version are answers, not errors.
            let code = if error.use_stderr() { exit::USAGE } else { exit::READY };
            let _ = error.print();
            return code;
        }
    };
    match cli.globals.color {
        Color::Auto => {}
        Color::Always => anstream::ColorChoice::Always.write_global(),
        Color::Never => anstream::ColorChoice::Never.write_global(),
    }
    let result = dispatch(&cli, typed);
    result.unwrap_or_else(|error| {
        let _ = write!(anstream::stderr().lock(), "{}", error.render());
        error.exit_code()
    })
}

/// Whether an argument of any level was typed.
fn was_typed(matches: &clap::ArgMatches, name: &str) -> bool {
    matches.value_source(name) == Some(clap::parser::ValueSource::CommandLine)
        || matches.subcommand().is_some_and(|(_, inner)| was_typed(inner, name))
}

fn dispatch(cli: &Cli, typed: Typed) -> Result {
    let globals = &cli.globals;
    match &cli.command {
        Command::Demo(demo) => demo.run(globals),
        Command::Init(init) => init.run(globals),
        Command::Scan(scan) => scan.run(globals, typed),
        Command::Collect(collect) => collect.run(globals),
        Command::Report(report) => report.run(globals),
        Command::Rules(rules) => rules.run(),
        Command::Explain(explain) => explain.run(),
        Command::User(user) => user.run(globals),
        Command::Waive(waive) => waive.run(globals),
        Command::Compare(compare) => compare.run(globals),
        Command::History(history) => history.run(globals),
        Command::Merge(merge) => merge.run(globals),
        Command::Remediate(remediate) => remediate.run(globals),
        Command::Drill(drill) => drill.run(globals),
        Command::Failover(failover) => failover.run(globals),
        Command::Failback(failback) => failback.run(globals),
        Command::Unlock(unlock) => unlock.run(globals),
        Command::Prune(prune) => prune.run(globals),
        Command::Twin(twin) => twin.run(globals),
        Command::Schema(schema) => schema.run(),
        Command::Verify(verify) => verify.run(globals),
        Command::Permissions(permissions) => permissions.run(globals, typed),
        Command::Completions(completions) => completions.run(),
        Command::Man(man) => man.run(),
    }
}

/// Prints to standard output; a reader who has gone away is no error.
fn print(text: &str) -> Result<()> {
    let mut out = anstream::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(error::CommandError::internal("cannot write to standard output").because(error))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Says something beside the output, unless it is to be quiet.
fn say(globals: &Globals, text: &str) {
    if !globals.quiet {
        let _ = write!(anstream::stderr().lock(), "{text}");
    }
}

/// Warns of something, also where all else is quiet.
fn warn(text: &str) {
    let yellow = anstyle::AnsiColor::Yellow.on_default().bold();
    let _ = writeln!(anstream::stderr().lock(), "{yellow}warning:{yellow:#} {text}");
}

/// A runtime for the commands that talk to AWS and name servers.
fn runtime() -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| error::CommandError::internal("cannot start the asynchronous runtime").because(error))
}
