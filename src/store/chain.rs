//! The chain of a state's runs: a link a run, numbered, made if absent and never changed. Each vouches for its run's manifest and for the
//! link before it, so that no run can be taken out or put in between unseen.

use super::Digest;
use deskpair_rules::model::Moment;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// The schema of a link.
const LINK: &str = "deskpair.link/1";

/// The schema of [`Chained`].
const CHAINED: &str = "deskpair.chain/1";

/// What stands in a run's folder of the runs before it: its file's name.
pub const CHAIN: &str = "chain.json";

/// One run of a state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    schema: String,
    /// Its number, from 1, without a gap.
    pub number: u64,
    /// The run's id.
    pub run: String,
    /// The instant as of which it was judged.
    pub judged_at: Moment,
    /// The pairs that it judged, by name.
    pub pairs: BTreeSet<String>,
    /// The rules that it judged, by id.
    pub rules: BTreeSet<String>,
    /// Whether it names people by pseudonyms alone.
    pub redacted: bool,
    /// SHA-256 of the run's manifest, `SHA256SUMS`.
    pub manifest: String,
    /// SHA-256 of the link before it; none for the first.
    pub previous: Option<String>,
}

/// What a run's folder says of the runs before it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chained {
    schema: String,
    /// The number of the run's link.
    pub number: u64,
    /// The run before it, by id; none for the first.
    pub previous_run: Option<String>,
    /// SHA-256 of that run's manifest.
    pub previous_manifest: Option<String>,
    /// SHA-256 of that run's link.
    pub previous_link: Option<String>,
}

impl Chained {
    /// As it is written.
    ///
    /// # Errors
    /// None that can happen.
    pub fn text(&self) -> io::Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }
}

/// A run, as far as it decides what it can be compared with.
#[derive(Clone, Debug)]
pub struct Kind {
    /// Its id.
    pub run: String,
    /// The instant as of which it was judged.
    pub judged_at: Moment,
    /// The pairs that it judged, by name.
    pub pairs: BTreeSet<String>,
    /// The rules that it judged, by id.
    pub rules: BTreeSet<String>,
    /// Whether it names people by pseudonyms alone: it is compared with no run that names them.
    pub redacted: bool,
}

/// A state's chain.
#[derive(Clone, Debug)]
pub struct Links {
    folder: PathBuf,
}

/// The head of a chain: its last link, and the digest of its bytes.
type Head = Option<(Link, Digest)>;

impl Links {
    /// The chain of a state's folder.
    pub fn of(state: &Path) -> Self {
        Self { folder: state.join("chain") }
    }

    fn path(&self, number: u64) -> PathBuf {
        self.folder.join(format!("{number:08}.json"))
    }

    /// Every link with the digest of its bytes, the first one first.
    ///
    /// # Errors
    /// Where a link cannot be read, is none, or one between is missing.
    pub fn all(&self) -> io::Result<Vec<(Link, Digest)>> {
        // How far it reached before it is read: whoever adds to it meanwhile adds behind that.
        let reached = self.reached()?;
        let mut links = Vec::new();
        for number in 1.. {
            match fs::read(self.path(number)) {
                Ok(bytes) => links.push((parse(&bytes, number)?, Digest::of(&bytes))),
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                Err(_) if number > reached => break,
                Err(_) => {
                    let why = format!("the chain breaks off: link {number} is missing, and there are later ones");
                    return Err(io::Error::new(io::ErrorKind::InvalidData, why));
                }
            }
        }
        Ok(links)
    }

    /// The highest number of a link; 0 where there is none.
    fn reached(&self) -> io::Result<u64> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
            Err(error) => return Err(error),
        };
        let mut reached = 0;
        for entry in entries {
            let name = entry?.file_name();
            let number = name.to_str().and_then(|name| name.strip_suffix(".json")).and_then(|name| name.parse().ok());
            reached = reached.max(number.unwrap_or(0));
        }
        Ok(reached)
    }

    /// Links a run to the end of the chain. `manifest` gives the text of the run's manifest for what the run's folder will say of the runs
    /// before it; it is asked again where somebody else was faster.
    ///
    /// # Errors
    /// Where the chain cannot be read or written.
    pub fn add(&self, kind: &Kind, mut manifest: impl FnMut(&Chained) -> io::Result<String>) -> io::Result<Chained> {
        fs::create_dir_all(&self.folder)?;
        loop {
            let head: Head = self.all()?.pop();
            let number = head.as_ref().map_or(1, |(link, _)| link.number + 1);
            let chained = Chained {
                schema: CHAINED.to_owned(),
                number,
                previous_run: head.as_ref().map(|(link, _)| link.run.clone()),
                previous_manifest: head.as_ref().map(|(link, _)| link.manifest.clone()),
                previous_link: head.as_ref().map(|(_, digest)| digest.to_string()),
            };
            let link = Link {
                schema: LINK.to_owned(),
                number,
                run: kind.run.clone(),
                judged_at: kind.judged_at,
                pairs: kind.pairs.clone(),
                rules: kind.rules.clone(),
                redacted: kind.redacted,
                manifest: Digest::of(manifest(&chained)?.as_bytes()).to_string(),
                previous: chained.previous_link.clone(),
            };
            let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
            file.write_all(&serde_json::to_vec_pretty(&link)?)?;
            file.write_all(b"\n")?;
            file.as_file().sync_all()?;
            match file.persist_noclobber(self.path(number)) {
                Ok(_) => {
                    fs::File::open(&self.folder)?.sync_all()?;
                    return Ok(chained);
                }
                // Somebody else was faster: after theirs, then.
                Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error.error),
            }
        }
    }

    /// Notes that a run is to be pruned.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn note_pruned(&self, run: &str) -> io::Result<()> {
        fs::create_dir_all(self.folder.join("pruned"))?;
        let file = fs::File::create(self.folder.join("pruned").join(run))?;
        file.sync_all()
    }

    /// Whether a run was pruned.
    pub fn is_pruned(&self, run: &str) -> bool {
        self.folder.join("pruned").join(run).is_file()
    }

    /// Whether there is a chain at all.
    pub fn is_there(&self) -> bool {
        self.folder.is_dir()
    }

    /// The runs with which a later one may be compared, the best first: the latest that was judged as of an earlier instant, of all its
    /// pairs and by all its rules; then the latest that has any of both.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    pub fn comparable(&self, kind: &Kind) -> io::Result<Vec<String>> {
        let links = self.all()?;
        let comes_before =
            |link: &&Link| link.judged_at < kind.judged_at && link.run != kind.run && link.redacted == kind.redacted;
        let earlier: Vec<&Link> = links.iter().map(|(link, _)| link).rev().filter(comes_before).collect();
        let whole = |link: &&&Link| kind.pairs.is_subset(&link.pairs) && kind.rules.is_subset(&link.rules);
        let part = |link: &&&Link| !kind.pairs.is_disjoint(&link.pairs) && !kind.rules.is_disjoint(&link.rules);
        let mut chosen: Vec<String> = earlier.iter().filter(whole).map(|link| link.run.clone()).collect();
        chosen.extend(earlier.iter().filter(part).map(|link| link.run.clone()));
        Ok(chosen)
    }
}

fn parse(bytes: &[u8], number: u64) -> io::Result<Link> {
    let wrong = |why: String| io::Error::new(io::ErrorKind::InvalidData, format!("link {number} of the chain: {why}"));
    let link: Link = serde_json::from_slice(bytes).map_err(|error| wrong(error.to_string()))?;
    if link.schema != LINK {
        return Err(wrong(format!("it is {:?}, and this deskpair reads {LINK:?}", link.schema)));
    }
    if link.number != number {
        return Err(wrong(format!("it says that it is number {}", link.number)));
    }
    Ok(link)
}

/// What is wrong with a chain by itself: a link that does not vouch for the one before it.
pub fn broken(links: &[(Link, Digest)]) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut before: Option<String> = None;
    for (link, digest) in links {
        if link.previous != before {
            wrong.push(format!("link {} vouches for another link than {}", link.number, link.number - 1));
        }
        before = Some(digest.to_string());
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    fn kind(run: &str, at: i64, pairs: &[&str]) -> Kind {
        let (pairs, rules) = (set(pairs), set(&["WSP-001"]));
        Kind { run: run.to_owned(), judged_at: Moment::from_secs(at), pairs, rules, redacted: false }
    }

    fn add(links: &Links, run: &str, at: i64, pairs: &[&str]) -> Chained {
        let text = |chained: &Chained| Ok(format!("{run} after {:?}", chained.previous_run));
        links.add(&kind(run, at, pairs), text).expect("linked")
    }

    #[test]
    fn links_vouch_for_those_before_them() {
        let state = tempfile::tempdir().expect("a folder");
        let links = Links::of(state.path());
        assert!(links.all().expect("none yet").is_empty());
        let first = add(&links, "a", 1, &["corp"]);
        assert_eq!((first.number, first.previous_run), (1, None));
        let second = add(&links, "b", 2, &["corp"]);
        assert_eq!((second.number, second.previous_run.as_deref()), (2, Some("a")));
        assert_eq!(second.previous_manifest, Some(Digest::of(b"a after None").to_string()));
        add(&links, "c", 3, &["corp"]);
        assert!(broken(&links.all().expect("whole")).is_empty());
        let path = links.path(2);
        let text = fs::read_to_string(&path).expect("reads");
        fs::write(&path, text.replace("\"run\": \"b\"", "\"run\": \"x\"")).expect("writes");
        assert_eq!(broken(&links.all().expect("readable")), ["link 3 vouches for another link than 2"]);
        fs::remove_file(&path).expect("removes");
        assert!(links.all().expect_err("a link is missing").to_string().contains("link 2 is missing"));
    }

    #[test]
    fn whoever_comes_second_is_linked_after_and_nothing_is_lost() {
        let state = tempfile::tempdir().expect("a folder");
        std::thread::scope(|threads| {
            for worker in 0..4 {
                let links = Links::of(state.path());
                threads.spawn(move || {
                    for run in 0..10 {
                        add(&links, &format!("{worker}-{run}"), 1, &["corp"]);
                    }
                });
            }
        });
        let all = Links::of(state.path()).all().expect("whole");
        assert_eq!(all.iter().map(|(link, _)| &link.run).collect::<BTreeSet<_>>().len(), 40);
        assert!(broken(&all).is_empty());
    }

    #[test]
    fn a_run_is_compared_with_the_latest_of_its_kind() {
        let state = tempfile::tempdir().expect("a folder");
        let links = Links::of(state.path());
        for (run, at, pairs) in
            [("old", 1, &["corp", "emea"][..]), ("both", 5, &["corp", "emea"]), ("part", 6, &["corp"])]
        {
            add(&links, run, at, pairs);
        }
        let with = |at: i64, pairs: &[&str]| links.comparable(&kind("now", at, pairs)).expect("reads");
        assert_eq!(with(9, &["corp", "emea"])[0], "both");
        assert_eq!(with(9, &["corp"])[0], "part");
        assert_eq!(with(4, &["corp"])[0], "old", "what was judged later is no past");
        assert_eq!(with(9, &["corp", "apac"])[0], "part", "for want of a better one");
        assert!(with(9, &["apac"]).is_empty() && with(1, &["corp"]).is_empty());
        let redacted = Kind { redacted: true, ..kind("now", 9, &["corp"]) };
        assert!(links.comparable(&redacted).expect("reads").is_empty(), "those name people");
    }
}
