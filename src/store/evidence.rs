//! A folder of reports as evidence: `SHA256SUMS` names every file and its digest, for `sha256sum -c` and for [`verify`].

use super::digest::Digest;
use super::estate_file::read_estate_file;
use deskpair_rules::model::Estate;
use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// The manifest's name.
pub const MANIFEST: &str = "SHA256SUMS";

/// The name of an estate in a folder of evidence.
pub const ESTATE: &str = "estate.jsonl.zst";

/// No manifest is larger.
const MOST_BYTES: u64 = 16 << 20;

/// The text of a manifest, sorted by name, in the form of GNU coreutils: names with backslashes or line ends are escaped.
pub fn manifest<N: Into<String>>(files: impl IntoIterator<Item = (N, Digest)>) -> String {
    let files: BTreeMap<String, Digest> = files.into_iter().map(|(name, digest)| (name.into(), digest)).collect();
    files
        .iter()
        .map(|(name, digest)| {
            let escaped = name.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r");
            let mark = if escaped == *name { "" } else { "\\" };
            format!("{mark}{digest}  {escaped}\n")
        })
        .collect()
}

/// The names of the files that a manifest lists; none where it is no manifest.
pub fn listed(text: &str) -> Vec<String> {
    parse(text).map(|files| files.into_keys().collect()).unwrap_or_default()
}

/// What a manifest says; otherwise the line that says nothing.
fn parse(text: &str) -> Result<BTreeMap<String, Digest>, Mismatch> {
    let mut files = BTreeMap::new();
    for (number, line) in text.lines().enumerate() {
        let wrong = |why: &str| Mismatch::Manifest { line: number + 1, why: why.to_owned() };
        let (escaped, rest) = line.strip_prefix('\\').map_or((false, line), |rest| (true, rest));
        // Two blanks are for text, a blank and a star for binary: the digest is the same.
        let (digest, name) =
            rest.split_once("  ").or_else(|| rest.split_once(" *")).ok_or_else(|| wrong("has no digest and name"))?;
        let digest = Digest::parse(digest).ok_or_else(|| wrong("has no SHA-256 digest"))?;
        let name = if escaped { unescape(name).ok_or_else(|| wrong("has a wrong escape"))? } else { name.to_owned() };
        let inside = Path::new(&name).components().all(|part| matches!(part, std::path::Component::Normal(_)));
        if name.is_empty() || !inside {
            return Err(wrong("names a file outside the folder"));
        }
        if files.insert(name, digest).is_some() {
            return Err(wrong("names a file again"));
        }
    }
    Ok(files)
}

fn unescape(name: &str) -> Option<String> {
    let mut plain = String::new();
    let mut rest = name.chars();
    while let Some(c) = rest.next() {
        plain.push(match c {
            '\\' => match rest.next()? {
                '\\' => '\\',
                'n' => '\n',
                'r' => '\r',
                _ => return None,
            },
            other => other,
        });
    }
    Some(plain)
}

/// One way in which a folder is not what its manifest vouches for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mismatch {
    /// The manifest does not say what it should.
    Manifest {
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        why: String,
    },
    /// A file that it names is not there.
    Missing(String),
    /// A file is not what it was.
    Changed {
        /// The file.
        name: String,
        /// The digest that the manifest gives.
        listed: Digest,
        /// Its digest now.
        found: Digest,
    },
    /// A file that nothing vouches for.
    Unlisted(String),
    /// A symbolic link or a device: what it leads to is not in the folder.
    NotAFile(String),
    /// A file that cannot be read.
    Unreadable {
        /// The file.
        name: String,
        /// Why.
        why: String,
    },
    /// The estate is no estate.
    Estate {
        /// The file.
        name: String,
        /// Why.
        why: String,
    },
    /// The files contradict each other.
    Contradiction(String),
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Manifest { line, why } => write!(f, "{MANIFEST} line {line} {why}"),
            Self::Missing(name) => write!(f, "{name:?} is missing"),
            Self::Changed { name, listed, found } => {
                write!(f, "{name:?} has changed: its digest is {found}, and {MANIFEST} has {listed}")
            }
            Self::Unlisted(name) => write!(f, "{name:?} is not in {MANIFEST}: it was added, or left by a stopped run"),
            Self::NotAFile(name) => write!(f, "{name:?} is not a plain file"),
            Self::Unreadable { name, why } => write!(f, "{name:?} cannot be read: {why}"),
            Self::Estate { name, why } => write!(f, "{name:?} is not whole: {why}"),
            Self::Contradiction(why) => f.write_str(why),
        }
    }
}

/// Why a folder is not verified.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// There is no folder of evidence to look at.
    #[error("cannot read {path}: {source}")]
    Unreadable {
        /// The folder or its manifest.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It is not what its manifest vouches for, in each of these ways, sorted by name.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Mismatched(Vec<Mismatch>),
}

/// A folder that is what its manifest vouches for.
#[derive(Debug)]
pub struct Verified {
    /// Every file with its digest, sorted by name.
    pub files: BTreeMap<String, Digest>,
    /// The estate, where the folder has one, with the digest that runs name it by.
    pub estate: Option<(Estate, Digest)>,
}

/// Checks a folder, without any network: every file of the manifest is there and equal, there is no other, the estate is whole.
///
/// `agree` is asked last, where nothing else is wrong: whether the files agree with each other, such as a report's run with the estate
/// it was judged from.
///
/// # Errors
/// Everything that is wrong.
pub fn verify(
    folder: &Path,
    agree: impl FnOnce(&Path, &Verified) -> Result<(), String>,
) -> Result<Verified, VerifyError> {
    let path = folder.join(MANIFEST);
    let unreadable = |path: &Path, source| VerifyError::Unreadable { path: path.to_owned(), source };
    let size = fs::metadata(&path).map_err(|error| unreadable(&path, error))?.len();
    if size > MOST_BYTES {
        let source = io::Error::new(io::ErrorKind::InvalidData, "it is larger than any manifest");
        return Err(unreadable(&path, source));
    }
    let text = fs::read_to_string(&path).map_err(|error| unreadable(&path, error))?;
    let files = parse(&text).map_err(|mismatch| VerifyError::Mismatched(vec![mismatch]))?;
    let mut wrong = Vec::new();
    let mut there = Vec::new();
    walk(folder, "", &mut there, &mut wrong).map_err(|error| unreadable(folder, error))?;
    for name in &there {
        if name != MANIFEST && !files.contains_key(name) {
            wrong.push((name.clone(), Mismatch::Unlisted(name.clone())));
        }
    }
    for (name, listed) in &files {
        let complaint = if there.binary_search(name).is_err() {
            // What is there and no plain file has been complained of.
            let other = wrong.iter().any(|(complained, _)| complained == name);
            (!other).then(|| Mismatch::Missing(name.clone()))
        } else {
            match File::open(folder.join(name)).and_then(Digest::of_reader) {
                Ok(found) if found == *listed => None,
                Ok(found) => Some(Mismatch::Changed { name: name.clone(), listed: *listed, found }),
                Err(error) => Some(Mismatch::Unreadable { name: name.clone(), why: error.to_string() }),
            }
        };
        wrong.extend(complaint.map(|complaint| (name.clone(), complaint)));
    }
    let mut estate = None;
    if there.binary_search_by(|name| name.as_str().cmp(ESTATE)).is_ok() {
        match read_estate_file(&folder.join(ESTATE)) {
            Ok(read) => estate = Some(read),
            Err(error) => {
                wrong.push((ESTATE.to_owned(), Mismatch::Estate { name: ESTATE.to_owned(), why: error.to_string() }));
            }
        }
    }
    let verified = Verified { files, estate };
    if wrong.is_empty() {
        match agree(folder, &verified) {
            Ok(()) => return Ok(verified),
            Err(why) => wrong.push((String::new(), Mismatch::Contradiction(why))),
        }
    }
    wrong.sort_by(|(a, _), (b, _)| a.cmp(b));
    Err(VerifyError::Mismatched(wrong.into_iter().map(|(_, mismatch)| mismatch).collect()))
}

/// The plain files of a folder and the folders in it, sorted, with slashes between the parts of their names.
fn walk(folder: &Path, prefix: &str, files: &mut Vec<String>, wrong: &mut Vec<(String, Mismatch)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        let kind = entry.file_type()?;
        if kind.is_dir() {
            walk(&entry.path(), &format!("{name}/"), files, wrong)?;
        } else if kind.is_file() {
            files.push(name);
        } else {
            wrong.push((name.clone(), Mismatch::NotAFile(name)));
        }
    }
    files.sort();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::write_estate;
    use super::*;
    use deskpair_rules::model::{Moment, Settings};

    /// A folder with a report, an estate and an odd name, and its manifest.
    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        let estate = Estate::laid_out(Settings::default(), "0.1.0", Moment::from_secs(1_800_000_000));
        fs::write(folder.path().join(ESTATE), write_estate(&estate, Vec::new()).expect("writes").0).expect("writes");
        fs::write(folder.path().join("report.json"), "{}").expect("writes");
        fs::create_dir(folder.path().join("drill")).expect("makes");
        fs::write(folder.path().join("drill/odd\\name\n"), "x").expect("writes");
        let digest = |name: &str| Digest::of(&fs::read(folder.path().join(name)).expect("reads"));
        let text = manifest([ESTATE, "report.json", "drill/odd\\name\n"].map(|name| (name, digest(name))));
        fs::write(folder.path().join(MANIFEST), text).expect("writes");
        folder
    }

    fn told(folder: &Path) -> Vec<String> {
        match verify(folder, |_, _| Ok(())) {
            Ok(_) => Vec::new(),
            Err(error) => error.to_string().lines().map(str::to_owned).collect(),
        }
    }

    #[test]
    fn a_whole_folder_is_verified_here_and_by_sha256sum() {
        let folder = folder();
        let verified = verify(folder.path(), |_, verified| {
            assert_eq!(verified.files.len(), 3);
            Ok(())
        });
        assert!(verified.expect("verified").estate.is_some());
        let run = std::process::Command::new("sha256sum")
            .args(["--check", "--strict", MANIFEST])
            .current_dir(folder.path())
            .output()
            .expect("coreutils");
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    }

    #[test]
    fn whatever_was_changed_is_told() {
        let changed = folder();
        fs::write(changed.path().join("report.json"), "{ }").expect("writes");
        assert_eq!(told(changed.path()).len(), 1);
        assert!(told(changed.path())[0].starts_with("\"report.json\" has changed: its digest is "));

        let more = folder();
        fs::remove_file(more.path().join("report.json")).expect("removes");
        fs::write(more.path().join("added.html"), "").expect("writes");
        std::os::unix::fs::symlink("/etc/hostname", more.path().join("link")).expect("links");
        assert_eq!(
            told(more.path()),
            [
                "\"added.html\" is not in SHA256SUMS: it was added, or left by a stopped run",
                "\"link\" is not a plain file",
                "\"report.json\" is missing",
            ]
        );

        let cut = folder();
        let estate = fs::read(cut.path().join(ESTATE)).expect("reads");
        fs::write(cut.path().join(ESTATE), &estate[..estate.len() / 2]).expect("writes");
        assert_eq!(told(cut.path()).len(), 2);
        assert!(told(cut.path())[1].contains("is not whole: it is cut off after"), "{:?}", told(cut.path()));

        let contradicted = folder();
        let error = verify(contradicted.path(), |_, _| Err("report.json is of another estate".to_owned()));
        assert_eq!(error.map(drop).expect_err("contradicted").to_string(), "report.json is of another estate");
    }

    #[test]
    fn manifests_that_lead_elsewhere_are_refused() {
        let digest = Digest::of(b"");
        for (text, why) in [
            (format!("{digest}  ../secret\n"), "SHA256SUMS line 1 names a file outside the folder"),
            (format!("{digest}  /etc/passwd\n"), "SHA256SUMS line 1 names a file outside the folder"),
            (format!("{digest}  a\n{digest}  a\n"), "SHA256SUMS line 2 names a file again"),
            ("hello\n".to_owned(), "SHA256SUMS line 1 has no digest and name"),
            ("abc  a\n".to_owned(), "SHA256SUMS line 1 has no SHA-256 digest"),
            (format!("\\{digest}  a\\x\n"), "SHA256SUMS line 1 has a wrong escape"),
        ] {
            let folder = folder();
            fs::write(folder.path().join(MANIFEST), text).expect("writes");
            assert_eq!(told(folder.path()), [why]);
        }
        let empty = tempfile::tempdir().expect("a folder");
        assert!(matches!(verify(empty.path(), |_, _| Ok(())), Err(VerifyError::Unreadable { .. })));
    }
}
