//! Output files that are whole or absent.
//!
//! Every output is opened before the first API call, so that a folder that cannot be written is told in the first second and not in
//! the fortieth minute. It is written beside its place under another name, and takes its place when it is whole and on the disk.

use crate::store::Digest;
use crate::store::digest::Hasher;
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// Why an output is not there.
#[derive(Debug)]
pub struct OutputError {
    /// The file that was to be written.
    pub path: PathBuf,
    /// What was being done: "create it".
    doing: &'static str,
    /// What the system said.
    pub source: io::Error,
}

impl OutputError {
    fn new(path: &Path, doing: &'static str, source: io::Error) -> Self {
        Self { path: path.to_owned(), doing, source }
    }

    /// The way out, where one is known.
    pub fn hint(&self) -> Option<&'static str> {
        match self.source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                Some("the disk is full: make room, or name another place with --output")
            }
            io::ErrorKind::FileTooLarge => Some("a limit on the size of files was reached: see `ulimit -f`"),
            io::ErrorKind::PermissionDenied => Some("name a place that this user may write to with --output"),
            io::ErrorKind::ReadOnlyFilesystem => Some("the file system is read-only: name another place with --output"),
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Some("name a folder that is there with --output"),
            io::ErrorKind::IsADirectory => Some("a folder has that name: name another file"),
            io::ErrorKind::AlreadyExists => Some("give each output a name of its own"),
            _ => None,
        }
    }
}

impl fmt::Display for OutputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot {} {}: {}", self.doing, self.path.display(), self.source)
    }
}

impl std::error::Error for OutputError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}

/// One output. Dropped before it is committed, it leaves nothing behind, and what stood in its place stands.
#[derive(Debug)]
pub struct Output {
    /// As it was named.
    path: PathBuf,
    /// Where it goes: through symbolic links.
    target: PathBuf,
    sink: Sink,
    hasher: Hasher,
    bytes: u64,
}

#[derive(Debug)]
enum Sink {
    /// A file that takes its place on commit.
    Beside(BufWriter<NamedTempFile>),
    /// A device or a pipe, which has no place to take: written straight away.
    Direct(BufWriter<File>),
}

impl Output {
    /// Opens an output in a folder that is there.
    ///
    /// # Errors
    /// Where nothing can be created beside it, where a folder has its name, and where a read-only file does.
    pub fn open(path: &Path) -> Result<Self, OutputError> {
        let fail = |doing, source| OutputError::new(path, doing, source);
        let target = through_links(path).map_err(|error| fail("find the folder of", error))?;
        let existing = match fs::metadata(&target) {
            Ok(existing) => Some(existing),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(fail("look at", error)),
        };
        let sink = match &existing {
            Some(existing) if existing.is_dir() => return Err(fail("write", io::ErrorKind::IsADirectory.into())),
            Some(existing) if !existing.is_file() => {
                let device = OpenOptions::new().write(true).open(&target).map_err(|error| fail("open", error))?;
                Sink::Direct(BufWriter::new(device))
            }
            // A rename would replace it all the same: whoever made it read-only meant to keep it.
            Some(existing) if existing.permissions().readonly() => {
                return Err(fail("replace", io::Error::new(io::ErrorKind::PermissionDenied, "the file is read-only")));
            }
            _ => Sink::Beside(BufWriter::with_capacity(
                64 << 10,
                beside(&target, existing.as_ref()).map_err(|error| fail("create", error))?,
            )),
        };
        Ok(Self { path: path.to_owned(), target, sink, hasher: Hasher::default(), bytes: 0 })
    }

    /// Where it goes, as it was named.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The digest of what has been written.
    pub fn digest(&self) -> Digest {
        self.hasher.clone().digest()
    }

    /// How many bytes have been written.
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// What has been written so far, to be read again from its beginning.
    ///
    /// # Errors
    /// Where it cannot be brought to the file or opened again; of a device or a pipe, nothing can be.
    pub fn reopen(&mut self) -> io::Result<File> {
        match &mut self.sink {
            Sink::Beside(file) => {
                file.flush()?;
                file.get_ref().reopen()
            }
            Sink::Direct(_) => Err(io::Error::new(io::ErrorKind::NotSeekable, "what was written cannot be read again")),
        }
    }

    /// Puts it in its place, whole and on the disk.
    ///
    /// # Errors
    /// Where it cannot be: then what stood in its place stands.
    pub fn commit(self) -> Result<(), OutputError> {
        OutputSet { outputs: vec![self] }.commit()
    }

    /// On the disk under its other name.
    fn settle(self) -> Result<Settled, OutputError> {
        let Self { path, target, sink, .. } = self;
        let fail = |error| OutputError::new(&path, "write", error);
        let temporary = match sink {
            Sink::Direct(device) => {
                device.into_inner().map_err(|error| fail(error.into_error()))?;
                None
            }
            Sink::Beside(file) => {
                let file = file.into_inner().map_err(|error| fail(error.into_error()))?;
                file.as_file().sync_all().map_err(fail)?;
                Some(file)
            }
        };
        Ok(Settled { path, target, temporary })
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = match &mut self.sink {
            Sink::Beside(file) => file.write(bytes)?,
            Sink::Direct(file) => file.write(bytes)?,
        };
        self.hasher.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.sink {
            Sink::Beside(file) => file.flush(),
            Sink::Direct(file) => file.flush(),
        }
    }
}

/// An output that waits for its place.
struct Settled {
    path: PathBuf,
    target: PathBuf,
    temporary: Option<NamedTempFile>,
}

/// Several outputs that take their places together, or not at all.
#[derive(Debug, Default)]
pub struct OutputSet {
    outputs: Vec<Output>,
}

impl OutputSet {
    /// Opens each of these, in this order.
    ///
    /// # Errors
    /// The first that cannot be opened; two that are the same file. None is left behind then.
    pub fn open(paths: impl IntoIterator<Item = impl AsRef<Path>>) -> Result<Self, OutputError> {
        let mut set = Self::default();
        for path in paths {
            set.add(path.as_ref())?;
        }
        Ok(set)
    }

    /// Opens one more; its number in the set.
    ///
    /// # Errors
    /// Where it cannot be opened, and where the set has it.
    pub fn add(&mut self, path: &Path) -> Result<usize, OutputError> {
        let output = Output::open(path)?;
        let same = |known: &Output| known.target == output.target && matches!(known.sink, Sink::Beside(_));
        if self.outputs.iter().any(same) {
            let twice = io::Error::new(io::ErrorKind::AlreadyExists, "two outputs would be the same file");
            return Err(OutputError::new(path, "write", twice));
        }
        self.outputs.push(output);
        Ok(self.outputs.len() - 1)
    }

    /// Gives up an output: nothing of it is left, and those after it move up.
    pub fn discard(&mut self, number: usize) {
        self.outputs.remove(number);
    }

    /// The output of this number.
    pub fn get_mut(&mut self, number: usize) -> &mut Output {
        &mut self.outputs[number]
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &Output> {
        self.outputs.iter()
    }

    /// Puts all of them in their places. First each is brought to the disk, which is where a full disk shows; then each is renamed.
    /// Where a renaming fails, those before it are undone. A machine that stops in between leaves some old and some new files, each
    /// of them whole: name the one that vouches for the others last.
    ///
    /// # Errors
    /// Where one cannot be put in its place: then every place has what it had.
    pub fn commit(self) -> Result<(), OutputError> {
        let settled: Vec<Settled> = self.outputs.into_iter().map(Output::settle).collect::<Result<_, _>>()?;
        let mut placed: Vec<Placed> = Vec::new();
        for output in settled {
            let Some(temporary) = output.temporary else { continue };
            match place(&output.target, temporary) {
                Ok(done) => placed.push(done),
                Err(error) => {
                    let error = OutputError::new(&output.path, "put in its place", error);
                    return Err(take_back(placed, error));
                }
            }
        }
        let folders: std::collections::BTreeSet<PathBuf> =
            placed.iter().map(|done| folder_of(&done.target).to_owned()).collect();
        for folder in folders {
            if let Err(error) = sync_folder(&folder) {
                return Err(take_back(placed, OutputError::new(&folder, "bring to the disk", error)));
            }
        }
        Ok(())
    }
}

/// A file that has taken its place, and what stood there.
struct Placed {
    target: PathBuf,
    /// The former file under another name; removed when dropped.
    former: Option<tempfile::TempPath>,
}

fn place(target: &Path, temporary: NamedTempFile) -> io::Result<Placed> {
    let former = keep_former(target)?;
    temporary.persist(target).map_err(|error| error.error)?;
    Ok(Placed { target: target.to_owned(), former })
}

/// A second name for what stands in a place, so that it can be put back. The place is never empty meanwhile.
fn keep_former(target: &Path) -> io::Result<Option<tempfile::TempPath>> {
    if !target.try_exists()? {
        return Ok(None);
    }
    let kept = builder(target).make_in(folder_of(target), |path| match fs::hard_link(target, path) {
        // Some file systems have no second names: a copy does as well.
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => fs::copy(target, path).map(drop),
        done => done,
    })?;
    Ok(Some(kept.into_temp_path()))
}

/// Puts back what stood in each place; the error says so where that failed too.
fn take_back(placed: Vec<Placed>, error: OutputError) -> OutputError {
    for done in placed.into_iter().rev() {
        let undone = match done.former {
            Some(former) => former.persist(&done.target).map_err(|error| error.error),
            None => fs::remove_file(&done.target),
        };
        if let Err(again) = undone {
            let both = format!("{}; and {} could not be taken back: {again}", error.source, done.target.display());
            return OutputError { source: io::Error::new(error.source.kind(), both), ..error };
        }
    }
    error
}

/// Makes a folder for outputs, and those above it, where it is not there.
///
/// # Errors
/// Where it cannot be made.
pub fn make_folder(path: &Path) -> Result<MadeFolders, OutputError> {
    let missing = path.ancestors().filter(|folder| !folder.as_os_str().is_empty() && !folder.exists());
    let made = MadeFolders(missing.map(Path::to_owned).collect());
    fs::create_dir_all(path).map_err(|error| OutputError::new(path, "make the folder", error))?;
    Ok(made)
}

/// Folders that were made for outputs, the innermost first. Those that are still empty when this is dropped are removed: a command that
/// fails leaves no folder behind that looks like a report's.
#[derive(Debug, Default)]
pub struct MadeFolders(Vec<PathBuf>);

impl Drop for MadeFolders {
    fn drop(&mut self) {
        for folder in &self.0 {
            // A folder with something in it stays.
            if fs::remove_dir(folder).is_err() {
                return;
            }
        }
    }
}

/// The name of temporary files says whose they are: a killed process leaves them behind.
fn builder(target: &Path) -> Named {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    Named(format!(".{name}.deskpair-"))
}

struct Named(String);

impl Named {
    fn make_in<R>(&self, folder: &Path, make: impl FnMut(&Path) -> io::Result<R>) -> io::Result<NamedTempFile<R>> {
        tempfile::Builder::new().prefix(&self.0).suffix(".tmp").make_in(folder, make)
    }
}

fn beside(target: &Path, existing: Option<&fs::Metadata>) -> io::Result<NamedTempFile> {
    let named = builder(target);
    let mut building = tempfile::Builder::new();
    building.prefix(&named.0).suffix(".tmp");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // As any other new file, not as a secret one; the umask is heeded.
        building.permissions(fs::Permissions::from_mode(0o666));
    }
    let file = building.tempfile_in(folder_of(target))?;
    if let Some(existing) = existing {
        file.as_file().set_permissions(existing.permissions())?;
    }
    Ok(file)
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// The file that a path leads to, through symbolic links, also where the last of them leads nowhere yet.
fn through_links(path: &Path) -> io::Result<PathBuf> {
    const MOST_LINKS: usize = 40;
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        match fs::symlink_metadata(&path) {
            Ok(found) if found.file_type().is_symlink() => {
                path = folder_of(&path).join(fs::read_link(&path)?);
            }
            Ok(_) | Err(_) => {
                let name = path.file_name().ok_or(io::ErrorKind::IsADirectory)?.to_owned();
                return Ok(fs::canonicalize(folder_of(&path))?.join(name));
            }
        }
    }
    Err(io::Error::other("too many symbolic links"))
}

/// Brings names to the disk: without this a renaming may be lost with the power.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests;
