//! The state that `--state` names, and the runs in it.

use super::Globals;
use super::error::{CommandError, Result};
use super::exit;
use crate::output::MadeFolders;
use crate::store::chain::Links;
use crate::store::evidence::{ESTATE, MANIFEST};
use crate::store::objects::{Objects, Signal, StoreError, copy_folder};
use crate::store::place::Place;
use deskpair_rules::model::settings::StateStore;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use tempfile::TempDir;

/// Where runs are kept: opened when it is first needed, and once.
#[derive(Clone, Debug)]
pub(super) struct State {
    place: Place,
    opened: Arc<OnceLock<Arc<dyn Objects>>>,
}

/// As it is typed.
pub(super) fn parse_state(text: OsString) -> std::result::Result<State, String> {
    Ok(State { place: Place::parse(text)?, opened: Arc::default() })
}

impl std::fmt::Display for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.place.fmt(f)
    }
}

impl State {
    /// The folder, where it is one.
    pub(super) fn folder(&self) -> Option<&Path> {
        self.place.folder()
    }

    /// Its objects.
    ///
    /// # Errors
    /// Where its bucket is not there or cannot be reached.
    pub(super) fn objects(&self) -> Result<&dyn Objects> {
        self.opened().map(AsRef::as_ref)
    }

    /// The same, for a task that outlives this.
    ///
    /// # Errors
    /// As [`objects`](Self::objects).
    pub(super) fn shared(&self) -> Result<Arc<dyn Objects>> {
        self.opened().map(Arc::clone)
    }

    fn opened(&self) -> Result<&Arc<dyn Objects>> {
        if self.opened.get().is_none() {
            let opened = self.place.open().map_err(|error| failed(format!("cannot open the state {self}"), error))?;
            // Nothing else opens it meanwhile: a command uses it from one thread.
            let _ = self.opened.set(opened);
        }
        Ok(self.opened.get().expect("it was opened"))
    }
}

impl State {
    /// What an estate says of it.
    ///
    /// # Errors
    /// As [`objects`](Self::objects).
    pub(super) fn kind(&self) -> Result<StateStore> {
        let region = self.objects()?.region().unwrap_or_default().to_owned();
        Ok(match &self.place {
            Place::Folder(_) => StateStore::Folder,
            Place::Bucket(place) => StateStore::Bucket { bucket: place.bucket.clone(), region },
        })
    }
}

/// What could not be done, because of what, with the way out.
pub(super) fn failed(what: impl Into<String>, error: StoreError) -> CommandError {
    match error.signal() {
        Some(Signal::Interrupt) => return CommandError::signal(exit::INTERRUPTED),
        Some(Signal::Terminate) => return CommandError::signal(exit::TERMINATED),
        None => {}
    }
    let hint = error.hint().map(str::to_owned);
    let told = CommandError::internal(what).because(error);
    match hint {
        Some(hint) => told.hint(hint),
        None => told,
    }
}

/// Makes sure that a run can be kept in the state, before anything is asked: folders that were made for it go again with what this
/// returns, unless something was kept there.
///
/// # Errors
/// Where nothing can be written there.
pub(super) fn ready_to_keep(globals: &Globals) -> Result<MadeFolders> {
    globals.state.objects()?.ready().map_err(|error| {
        failed(format!("cannot keep runs in {}", globals.state), error)
            .hint("name another place with `--state DIR` or `--state s3://BUCKET/PREFIX`")
    })
}

/// The files of one run: in its folder, or a copy of what a bucket has, which goes with this.
#[derive(Debug)]
pub(super) struct RunFolder {
    path: PathBuf,
    _copy: Option<TempDir>,
}

impl RunFolder {
    fn here(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), _copy: None }
    }
}

impl Deref for RunFolder {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.path
    }
}

/// Where a run is.
pub(super) enum Located {
    /// In a folder that was named.
    Folder(PathBuf),
    /// In the state, under this id.
    Kept(String),
}

/// The key of a run's file; of its folder, for an empty name.
pub(super) fn run_key(id: &str, name: &str) -> String {
    if name.is_empty() { format!("runs/{id}") } else { format!("runs/{id}/{name}") }
}

/// The ids of the runs that are whole in a state: a run's manifest comes after all its files.
///
/// # Errors
/// Where they cannot be listed.
pub(super) fn whole_runs(objects: &dyn Objects) -> std::result::Result<BTreeSet<String>, StoreError> {
    let id = |key: &String| Some(key.strip_prefix("runs/")?.strip_suffix(MANIFEST)?.strip_suffix('/')?.to_owned());
    Ok(objects.list("runs")?.iter().filter_map(id).collect())
}

/// Where a run is: a folder's path, the beginning of a run's id, or `last`.
///
/// # Errors
/// Where there is no such run, or several.
pub(super) fn locate(globals: &Globals, wanted: &str) -> Result<Located> {
    let path = Path::new(wanted);
    if path.join(ESTATE).is_file() {
        return Ok(Located::Folder(path.to_owned()));
    }
    let none = || {
        CommandError::usage(format!("there is no run {wanted:?} in {}", globals.state))
            .hint("name a folder that a scan wrote, the beginning of a run's id, or `last`")
    };
    let objects = globals.state.objects()?;
    let unreadable = |error| failed(format!("cannot look for runs in {}", globals.state), error);
    let there = whole_runs(objects).map_err(unreadable)?;
    if wanted == "last" {
        if there.is_empty() {
            return Err(none());
        }
        let links = Links::of(objects).all().map_err(|error| {
            unreadable(error).hint("the chain tells which run is the last: name one by its id, and verify the state")
        })?;
        let last = links.into_iter().rev().map(|(link, _)| link.run).find(|run| there.contains(run));
        return last.map(Located::Kept).ok_or_else(none);
    }
    let matching: Vec<&String> = there.iter().filter(|id| id.starts_with(wanted)).collect();
    match matching.as_slice() {
        [one] => Ok(Located::Kept((*one).clone())),
        [] => Err(none()),
        several => {
            let names: Vec<&str> = several.iter().map(|name| name.as_str()).collect();
            Err(CommandError::usage(format!("{wanted:?} begins several runs")).hint(names.join(", ")))
        }
    }
}

/// The files of a run: a folder's path, the beginning of a run's id, or `last`.
///
/// # Errors
/// As [`locate`], and where they cannot be read.
pub(super) fn find(globals: &Globals, wanted: &str) -> Result<RunFolder> {
    match locate(globals, wanted)? {
        Located::Folder(path) => Ok(RunFolder::here(path)),
        Located::Kept(id) => kept(globals, &id),
    }
}

/// The files of a run that the state has.
///
/// # Errors
/// Where they cannot be read.
pub(super) fn kept(globals: &Globals, id: &str) -> Result<RunFolder> {
    copied(globals.state.objects()?, &run_key(id, ""))
        .map_err(|error| failed(format!("cannot read run {id} in {}", globals.state), error))
}

/// The files of a folder of objects: where they are, or copied here.
///
/// # Errors
/// Where they cannot be read, or not be written here.
pub(super) fn copied(objects: &dyn Objects, folder: &str) -> std::result::Result<RunFolder, StoreError> {
    if let Some(path) = objects.local(folder) {
        return Ok(RunFolder::here(path));
    }
    let made = tempfile::Builder::new().prefix("deskpair-").tempdir();
    let copy = made.map_err(|error| StoreError::io("copy", objects.shown(folder), error))?;
    copy_folder(objects, folder, copy.path())?;
    Ok(RunFolder { path: copy.path().to_owned(), _copy: Some(copy) })
}
