//! The journal of a remediation: what was done, and what that means for each change.

use super::plan::{Call, Plan};
pub use crate::store::journal::JournalError;
use crate::store::journal::{self, Journalled};
use crate::store::objects::Objects;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// The plan was taken up.
    Opened(Box<Plan>),
    /// Somebody went on with it after it had ended.
    Resumed {
        /// What for: `apply` or `undo`.
        to: String,
    },
    /// A call is about to be made.
    Intent {
        /// The changes that it makes: several where AWS takes several at once.
        changes: Vec<String>,
        /// Which of their calls it is, from 0.
        call: usize,
        /// As it is sent.
        request: Call,
        /// Whether it takes a change back.
        undo: bool,
    },
    /// What became of a call.
    Result {
        /// The changes.
        changes: Vec<String>,
        /// Which of their calls it was.
        call: usize,
        /// What became of it.
        outcome: Outcome,
        /// Whether it took a change back.
        undo: bool,
    },
    /// Something that a change was to make is there.
    Made {
        /// The change.
        change: String,
        /// Its id.
        id: String,
    },
    /// A change is made, and what takes time has come to its end.
    Applied {
        /// The change.
        change: String,
        /// How it is known, where it was not by an answer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        found: Option<String>,
    },
    /// A rule passes where it failed.
    Proven {
        /// The rule's id.
        rule: String,
        /// The pair's name.
        pair: String,
        /// The findings that are gone.
        fingerprints: Vec<String>,
    },
    /// It stopped.
    Stopped {
        /// The change, where it was one.
        change: Option<String>,
        /// Why.
        why: String,
    },
    /// Every change that was to be made is made and proven.
    Finished,
    /// A change is taken back, and that was read back.
    Undone {
        /// The change.
        change: String,
        /// What stays changed, where anything does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        loses: Option<String>,
    },
    /// A change is not taken back.
    Kept {
        /// The change.
        change: String,
        /// Why.
        why: String,
    },
    /// Every change that was made is taken back or named.
    UndoFinished,
}

/// What became of a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The service did it.
    Done,
    /// The service refused it: nothing was changed.
    Refused(String),
    /// Nobody knows.
    Unclear(String),
}

/// An entry of a remediation's journal.
pub type Entry = journal::Entry<Event>;

/// The journal of a plan.
pub type Journal<'o> = journal::Journal<'o, Event>;

impl Journalled for Event {
    const SCHEMA: &'static str = "deskpair.journal/1";
    const FOLDER: &'static str = "remediations";
}

/// The ids of the plans that have journals, in the order of their names.
///
/// # Errors
/// Where they cannot be listed.
pub fn journals(objects: &dyn Objects) -> Result<Vec<String>, JournalError> {
    journal::journals::<Event>(objects)
}

/// Keeps a picture beside a journal's entries, under its digest.
///
/// # Errors
/// Where it cannot be written.
pub fn keep(journal: &Journal<'_>, sha256: &str, picture: &[u8]) -> Result<(), JournalError> {
    journal.attach(&name_of(sha256), picture)
}

/// A picture that was kept.
///
/// # Errors
/// Where that cannot be told.
pub fn kept(journal: &Journal<'_>, sha256: &str) -> Result<Option<Vec<u8>>, JournalError> {
    journal.attached(&name_of(sha256))
}

fn name_of(sha256: &str) -> String {
    let name: String = sha256.chars().filter(char::is_ascii_hexdigit).collect();
    format!("logos/{name}.png")
}

/// Where a change stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// Nothing was done.
    #[default]
    Pending,
    /// A call was made, or was about to be: reading back tells what became of it.
    Begun,
    /// It is made.
    Applied,
    /// It is taken back.
    Undone,
    /// It stays.
    Kept,
}

/// What a journal says.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    /// The plan.
    pub plan: Option<Plan>,
    /// Where each change stands that anything was done for.
    pub changes: BTreeMap<String, Standing>,
    /// The changes in the order in which they were made.
    pub order: Vec<String>,
    /// The ids of what changes made.
    pub made: BTreeMap<String, String>,
    /// Fingerprints of findings that are gone.
    pub proven: BTreeSet<String>,
    /// Why it stopped, where it did last.
    pub stopped: Option<String>,
    /// Whether every change is made.
    pub finished: bool,
    /// Whether an undo has begun.
    pub undoing: bool,
    /// Whether an undo has ended.
    pub undone: bool,
    /// Why changes stay, and what stays of those that were taken back.
    pub remarks: BTreeMap<String, String>,
}

impl Progress {
    /// What these entries say.
    pub fn of(entries: &[Entry]) -> Self {
        let mut progress = Self::default();
        for entry in entries {
            progress.take(&entry.event);
        }
        progress
    }

    /// Takes in what happened.
    pub fn take(&mut self, event: &Event) {
        match event {
            Event::Opened(plan) => self.plan = Some(plan.as_ref().clone()),
            Event::Resumed { to } => {
                self.stopped = None;
                self.undoing |= to == "undo";
            }
            Event::Intent { changes, undo: false, .. } => {
                for change in changes {
                    let standing = self.changes.entry(change.clone()).or_default();
                    if *standing == Standing::Pending {
                        *standing = Standing::Begun;
                    }
                }
            }
            Event::Intent { .. } | Event::Result { .. } => {}
            Event::Made { change, id } => {
                self.made.insert(change.clone(), id.clone());
            }
            Event::Applied { change, .. } => {
                self.changes.insert(change.clone(), Standing::Applied);
                self.order.push(change.clone());
            }
            Event::Proven { fingerprints, .. } => self.proven.extend(fingerprints.iter().cloned()),
            Event::Stopped { change, why } => {
                self.stopped = Some(match change {
                    Some(change) => format!("{change}: {why}"),
                    None => why.clone(),
                });
            }
            Event::Finished => self.finished = true,
            Event::Undone { change, loses } => {
                self.changes.insert(change.clone(), Standing::Undone);
                match loses {
                    Some(loses) => self.remarks.insert(change.clone(), loses.clone()),
                    // Why it stayed an earlier time is over.
                    None => self.remarks.remove(change),
                };
            }
            Event::Kept { change, why } => {
                self.changes.insert(change.clone(), Standing::Kept);
                self.remarks.insert(change.clone(), why.clone());
            }
            Event::UndoFinished => self.undone = true,
        }
    }

    /// Where a change stands.
    pub fn standing(&self, change: &str) -> Standing {
        self.changes.get(change).copied().unwrap_or_default()
    }
}

/// The JSON Schema of a journal's entry: `deskpair schema journal`.
pub fn json_schema() -> serde_json::Value {
    let mut schema = schemars::schema_for!(Entry).to_value();
    schema["title"] = Event::SCHEMA.into();
    schema
}
