//! Who is told of a run that brought something new.

use super::runtime;
use crate::notify::{Hook, PATIENCE, post, run as run_program};
use deskpair_reports::notice;
use deskpair_rules::engine::Run;
use std::io::Write;

/// Tells what is new, where anything is. What fails is a warning, and nothing more.
pub(super) fn tell(hook: &Hook, run: &Run<'_>) {
    let Some(notice) = notice::of(run) else { return };
    let mut body = match serde_json::to_vec(&notice) {
        Ok(body) => body,
        Err(error) => return warn("the notice", &format!("it cannot be written: {error}")),
    };
    body.push(b'\n');
    if let [program, ..] = hook.command.as_slice()
        && let Err(why) = run_program(&hook.command, &body, PATIENCE)
    {
        warn(&format!("`{program}`"), &why);
    }
    if let Some(url) = &hook.webhook {
        let posted = match runtime() {
            Ok(runtime) => runtime.block_on(post(url, &body, PATIENCE)),
            Err(error) => Err(error.to_string()),
        };
        if let Err(why) = posted {
            warn(&format!("the webhook at {}", host(url)), &why);
        }
    }
}

/// The host alone: the rest of a webhook's address may be what lets anybody in.
fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or_default()
}

/// Said also where all else is quiet: somebody who waits to be told would wait in vain.
fn warn(what: &str, why: &str) {
    let yellow = anstyle::AnsiColor::Yellow.on_default().bold();
    let hint = "the run is kept, and its exit code is its own; see [notify] in the configuration, or use --no-notify";
    let _ = writeln!(
        anstream::stderr().lock(),
        "{yellow}warning:{yellow:#} nobody was told of what is new by {what}: {why}\n  {hint}"
    );
}
