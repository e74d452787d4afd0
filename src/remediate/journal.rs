//! What was done: written ahead of each call and after it, each entry an object of its own that is created and never changed, chained by
//! digests to the one before.
//!
//! Whoever finds an entry made by somebody else where his own should go is fenced: he stops before the next call.

use super::plan::{Call, Plan};
use crate::store::objects::{Created, Objects, StoreError};
use deskpair_rules::model::Moment;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// The value of [`Entry::schema`].
pub const SCHEMA: &str = "deskpair.journal/1";

/// Where the journals are.
const FOLDER: &str = "remediations";

/// One entry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// `deskpair.journal/1`.
    pub schema: String,
    /// Its number, from 1.
    pub number: u32,
    /// When it was written.
    pub at: Moment,
    /// SHA-256 of the entry before, in hexadecimal; empty for the first.
    pub before: String,
    /// Who wrote it: a text that nobody else has.
    pub writer: String,
    /// What happened.
    pub event: Event,
}

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

/// Why a journal cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The state does not do what it should.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Somebody else writes it.
    #[error("somebody else has written entry {0} of this journal: nothing more is done here")]
    Fenced(u32),
    /// It does not hold what it should.
    #[error("entry {0} of the journal {1} is not as it was written: {2}")]
    Broken(u32, String, String),
}

/// A journal.
#[derive(Debug)]
pub struct Journal<'o> {
    objects: &'o dyn Objects,
    folder: String,
    writer: String,
    next: u32,
    last: String,
}

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The ids of the plans that have journals, in the order of their names.
///
/// # Errors
/// Where they cannot be listed.
pub fn journals(objects: &dyn Objects) -> Result<Vec<String>, JournalError> {
    let mut ids: BTreeSet<String> = BTreeSet::new();
    for key in objects.list(FOLDER)? {
        if let Some(id) = key.strip_prefix(FOLDER).and_then(|rest| rest.trim_start_matches('/').split('/').next()) {
            ids.insert(id.to_owned());
        }
    }
    Ok(ids.into_iter().filter(|id| !id.is_empty()).collect())
}

impl<'o> Journal<'o> {
    /// The journal of a plan, with what it says so far: nothing where it is new.
    ///
    /// # Errors
    /// Where it cannot be read, or an entry is not as it was written.
    pub fn open(objects: &'o dyn Objects, plan: &str, writer: &str) -> Result<(Self, Vec<Entry>), JournalError> {
        let folder = format!("{FOLDER}/{plan}");
        let mut journal =
            Self { objects, folder: folder.clone(), writer: writer.to_owned(), next: 1, last: String::new() };
        let mut entries = Vec::new();
        while let Some(bytes) = objects.get(&journal.key(journal.next))? {
            let broken = |why: String| JournalError::Broken(journal.next, plan.to_owned(), why);
            let entry: Entry = serde_json::from_slice(&bytes).map_err(|error| broken(error.to_string()))?;
            if entry.schema != SCHEMA {
                return Err(broken(format!("it is of the schema {:?}", entry.schema)));
            }
            if entry.number != journal.next || entry.before != journal.last {
                return Err(broken("it does not follow the one before".to_owned()));
            }
            journal.last = digest(&bytes);
            journal.next += 1;
            entries.push(entry);
        }
        Ok((journal, entries))
    }

    fn key(&self, number: u32) -> String {
        format!("{}/{number:08}.json", self.folder)
    }

    /// Keeps a picture beside the entries, under its digest.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn keep(&self, sha256: &str, picture: &[u8]) -> Result<(), JournalError> {
        self.objects.create(&self.picture(sha256), picture)?;
        Ok(())
    }

    /// A picture that was kept.
    ///
    /// # Errors
    /// Where that cannot be told.
    pub fn kept(&self, sha256: &str) -> Result<Option<Vec<u8>>, JournalError> {
        Ok(self.objects.get(&self.picture(sha256))?)
    }

    fn picture(&self, sha256: &str) -> String {
        let name: String = sha256.chars().filter(char::is_ascii_hexdigit).collect();
        format!("{}/logos/{name}.png", self.folder)
    }

    /// Writes an entry: once this returns, it lasts.
    ///
    /// # Errors
    /// Where it cannot be written, and where somebody else has written one in its place.
    pub fn append(&mut self, event: Event) -> Result<(), JournalError> {
        let entry = Entry {
            schema: SCHEMA.to_owned(),
            number: self.next,
            at: crate::clock::now(),
            before: self.last.clone(),
            writer: self.writer.clone(),
            event,
        };
        let bytes = serde_json::to_vec(&entry).expect("structs of texts and lists are written");
        match self.objects.create(&self.key(self.next), &bytes)? {
            Created::Made => {}
            Created::Taken => return Err(JournalError::Fenced(self.next)),
        }
        self.last = digest(&bytes);
        self.next += 1;
        Ok(())
    }
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
                if let Some(loses) = loses {
                    self.remarks.insert(change.clone(), loses.clone());
                }
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
    schema["title"] = SCHEMA.into();
    schema
}
