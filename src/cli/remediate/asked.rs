//! What the commands of a remediation share: the plan's file, a question, the terminal's lines, errors as people meet them.

use crate::cli::error::{CommandError, Result};
use crate::cli::signals::Signals;
use crate::cli::state::failed;
use crate::cli::{Globals, columns, exit, say};
use crate::remediate::apply::{ApplyError, Moved, Teller};
use crate::remediate::journal::JournalError;
use crate::remediate::plan::{Change, Made, Plan, SCHEMA};
use crate::store::lock::LockError;
use deskpair_reports::text::{fitted, line};
use std::fs;
use std::io::{BufRead, IsTerminal, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use tokio::runtime::Runtime;

/// Where a plan is written, and read, unless it is named.
pub(in crate::cli) const PLAN: &str = "deskpair-plan.json";

/// Reads a plan, as it was written.
pub(in crate::cli) fn read_plan(path: &Path) -> Result<Plan> {
    let wrong = |why: String| {
        CommandError::usage(format!("{} is no plan", path.display()))
            .because(why)
            .hint("`deskpair remediate plan` writes one")
    };
    let text = fs::read_to_string(path).map_err(|error| {
        CommandError::usage(format!("cannot read the plan {}", path.display()))
            .because(error)
            .hint("`deskpair remediate plan` writes one")
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

/// Asks a question that only `yes` answers.
pub(in crate::cli) fn confirmed(question: &str, yes: bool) -> Result<bool> {
    if yes {
        return Ok(true);
    }
    let input = std::io::stdin();
    if !input.is_terminal() {
        return Err(CommandError::usage("nobody is there to be asked").hint("look at the plan, then say `--yes`"));
    }
    let mut out = anstream::stderr().lock();
    let _ = write!(out, "{question} Type yes to go on: ");
    let _ = out.flush();
    let mut answer = String::new();
    input
        .lock()
        .read_line(&mut answer)
        .map_err(|error| CommandError::internal("cannot read the answer").because(error))?;
    Ok(answer.trim() == "yes")
}

/// Tells what goes on, a line each.
pub(super) struct Lines<'g> {
    globals: &'g Globals,
    signal: Arc<AtomicU8>,
}

impl<'g> Lines<'g> {
    /// Begins to listen for signals.
    pub(super) fn new(globals: &'g Globals, runtime: &Runtime) -> Result<Self> {
        let signal = Arc::new(AtomicU8::new(0));
        let heard = Arc::clone(&signal);
        let mut signals = runtime.block_on(async { Signals::listen() })?;
        runtime.spawn(async move {
            loop {
                heard.store(signals.received().await, Ordering::Relaxed);
            }
        });
        Ok(Self { globals, signal })
    }
}

/// Stands before what is told of a change.
const UNDER: &str = "        ";

impl Teller for Lines<'_> {
    fn begins(&mut self, change: &Change, number: usize, of: usize) {
        say(self.globals, &fitted(&format!("[{number}/{of}] "), &change.title, columns::of_stderr()));
    }

    fn waits(&mut self, made: &Made, state: &str) {
        say(self.globals, &fitted(UNDER, &format!("waiting for {made}: {state}"), columns::of_stderr()));
    }

    fn says(&mut self, text: &str) {
        say(self.globals, &fitted(UNDER, text, columns::of_stderr()));
    }

    fn interrupted(&mut self) -> Option<u8> {
        Some(self.signal.load(Ordering::Relaxed)).filter(|code| *code != 0)
    }
}

/// A text that nobody else has.
pub(in crate::cli) fn nonce() -> String {
    let mut bytes = [0_u8; 16];
    // Without the system's randomness the process and the time have to do.
    if getrandom::fill(&mut bytes).is_err() {
        bytes[..4].copy_from_slice(&std::process::id().to_le_bytes());
        bytes[8..].copy_from_slice(&crate::clock::now().millis().to_le_bytes());
    }
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What moved, member by member.
fn told(moved: &Moved) -> String {
    if moved.fields.is_empty() {
        return format!("{}: {}", moved.change, moved.what);
    }
    let fields: Vec<String> =
        moved.fields.iter().map(|(path, planned, now)| format!("{path} was {planned}, and is {now}")).collect();
    format!("{}: {}", moved.change, fields.join("; "))
}

/// Why it stopped, as people meet it; `begun` says whether anything was changed.
pub(super) fn stopped(error: ApplyError, begun: bool, undo: bool) -> CommandError {
    let code = match (begun, undo) {
        (true, true) => exit::UNDO_INCOMPLETE,
        (true, false) => exit::APPLY_FAILED,
        (false, _) => exit::INCONCLUSIVE,
    };
    match error {
        ApplyError::Stale(moved) => {
            let mut shown =
                CommandError::with_code(exit::STALE, "the plan is stale: the estate has moved since it was made");
            for moved in &moved {
                shown = shown.detail(line(&told(moved)).into_owned());
            }
            shown.hint("nothing more was changed; `deskpair remediate plan` makes a plan of now")
        }
        error @ ApplyError::OnStandby(_) => CommandError::with_code(exit::STALE, error.to_string())
            .hint("after the failback, when the record names the primary Region again, apply anew"),
        ApplyError::Lock(LockError::Store(error)) => failed("cannot use the lock", error),
        ApplyError::Lock(error @ LockError::Held { .. }) => locked(&error),
        ApplyError::Lock(error) => CommandError::with_code(code, error.to_string()),
        ApplyError::Journal(JournalError::Store(error)) => failed("cannot write the journal", error),
        ApplyError::Journal(error) => CommandError::with_code(code, error.to_string()),
        ApplyError::Access(error) => CommandError::usage("AWS cannot be asked")
            .because(error)
            .hint("see the configuration's profiles and endpoints"),
        error @ ApplyError::Unread(_) => CommandError::with_code(code, error.to_string())
            .hint("grant what it names, or wait until the service answers, then run the same command again"),
        ApplyError::Failed { change, why } => CommandError::with_code(code, format!("{change}: {why}"))
            .hint("what was made before it is proven and written down: `deskpair remediate status` tells all of it")
            .hint("run the same command again to go on, or `deskpair remediate undo` to take it back"),
        ApplyError::Interrupted(code) => CommandError::with_code(code, "interrupted between two changes")
            .hint("run the same command again to go on, or `deskpair remediate undo` to take back what was made"),
    }
}

/// Somebody has the lock.
pub(super) fn locked(error: &LockError) -> CommandError {
    CommandError::with_code(exit::STALE, error.to_string())
        .hint("wait for them; if that process is surely gone, `deskpair unlock` takes the lock over")
}
