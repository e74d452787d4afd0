//! Where a state's objects are kept: one shape for a folder and a bucket.
//!
//! An object is bytes under a key, `runs/ID/run.json`. It is there whole or not at all; what decides who was first is [`create`], which
//! never replaces.
//!
//! [`create`]: Objects::create

use super::folder::Folder;
use super::place::Place;
use super::s3::Bucket;
use crate::output::MadeFolders;
use std::error::Error;
use std::fmt;
use std::io::{self, Read, Write};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// What came of making an object that was not to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Created {
    /// It is there, with these bytes.
    Made,
    /// Another was there before, with other bytes, and is as it was.
    Taken,
}

/// The objects of a state.
pub trait Objects: fmt::Debug + Send + Sync {
    /// How an object is named to people; the whole state, for an empty key.
    fn shown(&self, key: &str) -> String;

    /// Where an object or a folder of objects lies on this machine.
    fn local(&self, key: &str) -> Option<PathBuf>;

    /// The Region that they are in, where that is known.
    fn region(&self) -> Option<&str>;

    /// Makes sure, before anything else is asked, that runs can be kept here. Folders that were made for it go again with what this
    /// returns, unless something was put there.
    ///
    /// # Errors
    /// What stands in the way.
    fn ready(&self) -> Result<MadeFolders, StoreError>;

    /// An object's bytes; none where it is not there.
    ///
    /// # Errors
    /// Where that cannot be told.
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError>;

    /// The bytes of several objects, in their order.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    fn get_all(&self, keys: &[String]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        keys.iter().map(|key| self.get(key)).collect()
    }

    /// Writes an object's bytes elsewhere; whether it is there.
    ///
    /// # Errors
    /// Where it cannot be read, or its bytes cannot be written.
    fn copy(&self, key: &str, to: &mut dyn Write) -> Result<bool, StoreError>;

    /// Puts an object in its place, whole and lasting, whatever was there.
    ///
    /// # Errors
    /// Where it cannot be: then its place has what it had.
    fn put(&self, key: &str, from: &mut dyn Read) -> Result<(), StoreError>;

    /// Makes an object where none is. Where the same bytes are there already, they are taken to be ours: an answer may have been lost.
    ///
    /// # Errors
    /// Where it cannot be told whether it was made.
    fn create(&self, key: &str, bytes: &[u8]) -> Result<Created, StoreError>;

    /// The keys of all objects in a folder and the folders in it, sorted.
    ///
    /// # Errors
    /// Where they cannot be listed. A folder that is not there has none.
    fn list(&self, folder: &str) -> Result<Vec<String>, StoreError>;

    /// Removes all objects of a folder, `first` before the others; what is not there is as good as removed.
    ///
    /// # Errors
    /// Where one cannot be removed.
    fn remove(&self, folder: &str, first: &str) -> Result<(), StoreError>;
}

impl Place {
    /// Opens the state at this place. A folder is not looked at before it is used; a bucket is asked for.
    ///
    /// # Errors
    /// Where a bucket is not there or cannot be reached.
    pub fn open(&self) -> Result<Arc<dyn Objects>, StoreError> {
        Ok(match self {
            Self::Folder(path) => Arc::new(Folder::at(path)),
            Self::Bucket(place) => Arc::new(Bucket::open(place)?),
        })
    }
}

/// Copies a folder of objects into a folder of this machine.
///
/// # Errors
/// Where one cannot be read or written, or its key leads out of the folder.
pub fn copy_folder(objects: &dyn Objects, folder: &str, to: &Path) -> Result<(), StoreError> {
    for key in objects.list(folder)? {
        let name = Path::new(key.strip_prefix(folder).unwrap_or(&key).trim_start_matches('/'));
        if name.components().any(|part| !matches!(part, Component::Normal(_))) {
            return Err(StoreError::wrong(objects.shown(&key), "its name leads out of its folder"));
        }
        let path = to.join(name);
        let failed = |error: io::Error| StoreError::io("write", path.display().to_string(), error);
        if let Some(above) = path.parent() {
            std::fs::create_dir_all(above).map_err(failed)?;
        }
        let mut file = std::fs::File::create(&path).map_err(failed)?;
        objects.copy(&key, &mut file)?;
    }
    Ok(())
}

/// Why an object cannot be had, or cannot be kept.
#[derive(Debug)]
pub struct StoreError {
    /// What was being done: "read".
    doing: &'static str,
    /// The object, as people know it.
    object: String,
    why: Why,
    hint: Option<String>,
}

#[derive(Debug)]
enum Why {
    Io(io::Error),
    Said(String),
    /// SIGINT, or SIGTERM.
    Interrupted(Signal),
}

/// A signal that ends a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// SIGINT.
    Interrupt,
    /// SIGTERM.
    Terminate,
}

impl StoreError {
    /// What the system said.
    pub fn io(doing: &'static str, object: impl Into<String>, error: io::Error) -> Self {
        Self { doing, object: object.into(), why: Why::Io(error), hint: None }
    }

    /// What a server said, or did not.
    pub(super) fn said(doing: &'static str, object: impl Into<String>, why: impl Into<String>) -> Self {
        Self { doing, object: object.into(), why: Why::Said(why.into()), hint: None }
    }

    /// An object that does not hold what it should.
    pub fn wrong(object: impl Into<String>, why: impl Into<String>) -> Self {
        Self::said("use", object, why)
    }

    /// A signal came.
    pub(super) fn interrupted(signal: Signal) -> Self {
        Self { doing: "wait for", object: "the state".to_owned(), why: Why::Interrupted(signal), hint: None }
    }

    /// With a way out.
    #[must_use]
    pub(super) fn hinted(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// The way out, where one is known.
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// The signal that ended it.
    pub const fn signal(&self) -> Option<Signal> {
        match self.why {
            Why::Interrupted(signal) => Some(signal),
            Why::Io(_) | Why::Said(_) => None,
        }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot {} {}: ", self.doing, self.object)?;
        match &self.why {
            Why::Io(error) => error.fmt(f),
            Why::Said(why) => f.write_str(why),
            Why::Interrupted(_) => f.write_str("interrupted"),
        }
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.why {
            Why::Io(error) => Some(error),
            Why::Said(_) | Why::Interrupted(_) => None,
        }
    }
}
