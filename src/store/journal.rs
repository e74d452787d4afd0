//! What was done, written ahead: each entry an object of its own that is created and never changed, chained by digests to the one before.
//!
//! Whoever finds an entry made by somebody else where his own should go is fenced: he stops before the next call.

use super::objects::{Created, Objects, StoreError};
use deskpair_rules::model::Moment;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;
use std::marker::PhantomData;

/// What a journal tells of.
pub trait Journalled: Serialize + DeserializeOwned {
    /// The value of [`Entry::schema`].
    const SCHEMA: &'static str;
    /// Where the journals of its kind are.
    const FOLDER: &'static str;
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Entry<E> {
    /// `deskpair.journal/1` of a remediation, `deskpair.drill-journal/1` of a drill.
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
    pub event: E,
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
pub struct Journal<'o, E> {
    objects: &'o dyn Objects,
    folder: String,
    writer: String,
    next: u32,
    last: String,
    of: PhantomData<E>,
}

/// SHA-256 in hexadecimal.
pub fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The names of the journals of a kind, in their order.
///
/// # Errors
/// Where they cannot be listed.
pub fn journals<E: Journalled>(objects: &dyn Objects) -> Result<Vec<String>, JournalError> {
    let mut names: BTreeSet<String> = BTreeSet::new();
    for key in objects.list(E::FOLDER)? {
        if let Some(name) = key.strip_prefix(E::FOLDER).and_then(|rest| rest.trim_start_matches('/').split('/').next())
        {
            names.insert(name.to_owned());
        }
    }
    Ok(names.into_iter().filter(|name| !name.is_empty()).collect())
}

impl<'o, E: Journalled> Journal<'o, E> {
    /// The journal of this name, with what it says so far: nothing where it is new.
    ///
    /// # Errors
    /// Where it cannot be read, or an entry is not as it was written.
    pub fn open(objects: &'o dyn Objects, name: &str, writer: &str) -> Result<(Self, Vec<Entry<E>>), JournalError> {
        let folder = format!("{}/{name}", E::FOLDER);
        let mut journal = Self {
            objects,
            folder: folder.clone(),
            writer: writer.to_owned(),
            next: 1,
            last: String::new(),
            of: PhantomData,
        };
        let mut entries = Vec::new();
        while let Some(bytes) = objects.get(&journal.key(journal.next))? {
            let broken = |why: String| JournalError::Broken(journal.next, name.to_owned(), why);
            let entry: Entry<E> = serde_json::from_slice(&bytes).map_err(|error| broken(error.to_string()))?;
            if entry.schema != E::SCHEMA {
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

    /// The folder that it is in, as the state's keys have it.
    pub fn folder(&self) -> &str {
        &self.folder
    }

    fn key(&self, number: u32) -> String {
        format!("{}/{number:08}.json", self.folder)
    }

    /// Keeps a file beside the entries.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn attach(&self, name: &str, bytes: &[u8]) -> Result<(), JournalError> {
        self.objects.create(&format!("{}/{name}", self.folder), bytes)?;
        Ok(())
    }

    /// A file that was kept beside the entries.
    ///
    /// # Errors
    /// Where that cannot be told.
    pub fn attached(&self, name: &str) -> Result<Option<Vec<u8>>, JournalError> {
        Ok(self.objects.get(&format!("{}/{name}", self.folder))?)
    }

    /// Writes an entry: once this returns, it lasts.
    ///
    /// # Errors
    /// Where it cannot be written, and where somebody else has written one in its place.
    pub fn append(&mut self, event: E) -> Result<Entry<E>, JournalError> {
        let entry = Entry {
            schema: E::SCHEMA.to_owned(),
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
        Ok(entry)
    }
}
