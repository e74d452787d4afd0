//! `deskpair unlock`: take over a lock that nobody will give up.

use super::error::{CommandError, Result};
use super::remediate::{confirmed, nonce};
use super::state::failed;
use super::{Globals, exit, say};
use crate::store::Objects;
use crate::store::lock::{self, LockError};
use clap::Args;
use deskpair_reports::text::line;
use std::collections::BTreeSet;

/// Give up a pair's lock in the place of a process that is gone; whoever still holds it stops before its next change
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  deskpair unlock --pair corp\n  deskpair unlock --pair corp --yes")]
pub(super) struct Unlock {
    /// Do not ask
    #[arg(short, long)]
    yes: bool,
}

impl Unlock {
    pub(super) fn run(&self, globals: &Globals) -> Result {
        let [pair] = globals.pair.as_slice() else {
            return Err(CommandError::usage("which pair's lock?").hint("name one: `deskpair unlock --pair NAME`"));
        };
        let objects = globals.state.objects()?;
        let (_, holder) = lock::last(objects, pair).map_err(|error| failed("cannot read the lock", error))?;
        let Some(holder) = holder.filter(|holder| !holder.released) else {
            say(globals, &format!("Nobody has the lock of {pair}.\n"));
            return Ok(exit::READY);
        };
        let age = crate::clock::now().secs_since(holder.since).unsigned_abs();
        let question = format!(
            "{pair} is locked by {}, to {}, for {}. Take it over?",
            holder.owner,
            holder.purpose,
            deskpair_rules::model::moment::span(age)
        );
        if !confirmed(&question, self.yes)? {
            return Ok(exit::DECLINED);
        }
        let taken = lock::take(objects, pair, &nonce(), "unlock", true).map_err(|error| match error {
            LockError::Store(error) => failed("cannot take the lock", error),
            error => CommandError::with_code(exit::STALE, error.to_string()),
        })?;
        taken.release().map_err(|error| failed("cannot give the lock up", error))?;
        say(globals, &format!("The lock of {pair} is free.\n"));
        Ok(exit::READY)
    }
}

/// Who has the locks of these pairs, a line each.
pub(super) fn held(objects: &dyn Objects, pairs: &BTreeSet<String>) -> Result<String> {
    let mut text = String::new();
    for pair in pairs {
        let (_, holder) = lock::last(objects, pair).map_err(|error| failed("cannot read the lock", error))?;
        if let Some(holder) = holder.filter(|holder| !holder.released) {
            let (owner, purpose) = (line(&holder.owner), line(&holder.purpose));
            text.push_str(&format!("The pair {pair} is locked by {owner}, to {purpose}, since {}.\n", holder.since));
        }
    }
    Ok(text)
}
