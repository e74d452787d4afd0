//! A state in a folder of this machine: every object a file, brought to the disk before it is in its place.

use super::objects::{Created, Objects, StoreError};
use crate::output::{MadeFolders, Output, OutputError, make_folder};
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// A folder.
#[derive(Clone, Debug)]
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// This one, whether or not it is there.
    pub fn at(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    fn path(&self, key: &str) -> PathBuf {
        if key.is_empty() { self.root.clone() } else { self.root.join(key) }
    }
}

/// None where a file is not there.
fn unless_absent<T>(done: io::Result<T>) -> io::Result<Option<T>> {
    match done {
        Ok(done) => Ok(Some(done)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

impl Objects for Folder {
    fn shown(&self, key: &str) -> String {
        self.path(key).display().to_string()
    }

    fn local(&self, key: &str) -> Option<PathBuf> {
        Some(self.path(key))
    }

    fn region(&self) -> Option<&str> {
        None
    }

    fn ready(&self) -> Result<MadeFolders, StoreError> {
        let runs = self.path("runs");
        let failed = |error: OutputError| StoreError::io("write to", runs.display().to_string(), error.source);
        let made = make_folder(&runs).map_err(failed)?;
        drop(Output::open(&runs.join("run.json")).map_err(failed)?);
        Ok(made)
    }

    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        unless_absent(fs::read(self.path(key))).map_err(|error| StoreError::io("read", self.shown(key), error))
    }

    fn copy(&self, key: &str, to: &mut dyn Write) -> Result<bool, StoreError> {
        let opened = unless_absent(fs::File::open(self.path(key)));
        let copied = opened.and_then(|file| file.map(|mut file| io::copy(&mut file, to)).transpose());
        copied.map(|bytes| bytes.is_some()).map_err(|error| StoreError::io("read", self.shown(key), error))
    }

    fn put(&self, key: &str, from: &mut dyn Read) -> Result<(), StoreError> {
        let path = self.path(key);
        let failed = |error: OutputError| StoreError::io("write", self.shown(key), error.source);
        let _made = path.parent().map(make_folder).transpose().map_err(failed)?;
        let mut output = Output::open(&path).map_err(failed)?;
        io::copy(from, &mut output).map_err(|error| StoreError::io("write", self.shown(key), error))?;
        output.commit().map_err(failed)
    }

    fn create(&self, key: &str, bytes: &[u8]) -> Result<Created, StoreError> {
        let path = self.path(key);
        let failed = |error: io::Error| StoreError::io("write", self.shown(key), error);
        let folder = path.parent().unwrap_or(&self.root);
        fs::create_dir_all(folder).map_err(failed)?;
        // It appears whole or not at all, and never over another that came first.
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
        file.write_all(bytes).map_err(failed)?;
        file.as_file().sync_all().map_err(failed)?;
        match file.persist_noclobber(&path) {
            // The name must be on the disk too.
            Ok(_) => fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)?,
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {
                let same = self.get(key)?.is_some_and(|there| there == bytes);
                return Ok(if same { Created::Made } else { Created::Taken });
            }
            Err(error) => return Err(failed(error.error)),
        }
        Ok(Created::Made)
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, StoreError> {
        let mut keys = Vec::new();
        walk(&self.path(folder), folder, &mut keys)
            .map_err(|error| StoreError::io("list", self.shown(folder), error))?;
        keys.sort();
        Ok(keys)
    }

    fn remove(&self, folder: &str, first: &str) -> Result<(), StoreError> {
        let path = self.path(folder);
        let failed = |error| StoreError::io("remove", self.shown(folder), error);
        unless_absent(fs::remove_file(path.join(first))).map_err(failed)?;
        unless_absent(fs::remove_dir_all(path)).map(drop).map_err(failed)
    }
}

/// The files of a folder and the folders in it, with slashes between the parts of their keys.
fn walk(folder: &Path, prefix: &str, keys: &mut Vec<String>) -> io::Result<()> {
    for entry in unless_absent(fs::read_dir(folder))?.into_iter().flatten() {
        let entry = entry?;
        let name = entry.file_name();
        let key = format!("{prefix}{}{}", if prefix.is_empty() { "" } else { "/" }, name.to_string_lossy());
        let kind = entry.file_type()?;
        if kind.is_dir() {
            walk(&entry.path(), &key, keys)?;
        } else if kind.is_file() {
            keys.push(key);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_files_and_the_first_one_stays() {
        let state = tempfile::tempdir().expect("a folder");
        let folder = Folder::at(&state.path().join("state"));
        assert_eq!(folder.get("chain/1").expect("none"), None);
        assert!(folder.list("").expect("none").is_empty());
        assert_eq!(folder.create("chain/1", b"a").expect("made"), Created::Made);
        assert_eq!(folder.create("chain/1", b"b").expect("taken"), Created::Taken);
        assert_eq!(folder.create("chain/1", b"a").expect("ours"), Created::Made);
        folder.put("runs/x/run.json", &mut &b"one"[..]).expect("put");
        folder.put("runs/x/run.json", &mut &b"two"[..]).expect("put again");
        assert_eq!(folder.get("runs/x/run.json").expect("there").as_deref(), Some(&b"two"[..]));
        assert_eq!(folder.list("").expect("listed"), ["chain/1", "runs/x/run.json"]);
        assert_eq!(folder.list("runs/x").expect("listed"), ["runs/x/run.json"]);
        folder.remove("runs/x", "run.json").expect("removed");
        folder.remove("runs/x", "run.json").expect("as good as removed");
        assert_eq!(folder.list("runs").expect("listed"), [""; 0]);
    }
}
