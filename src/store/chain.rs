//! The chain of a state's runs: a link a run, numbered, made if absent and never changed. Each vouches for its run's manifest and for the
//! link before it, so that no run can be taken out or put in between unseen.

use super::Digest;
use super::objects::{Created, Objects, StoreError};
use deskpair_rules::model::Moment;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

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
    /// Of the run that comes behind this link, or first.
    fn behind(before: Option<&(Link, Digest)>) -> Self {
        Self {
            schema: CHAINED.to_owned(),
            number: before.map_or(1, |(link, _)| link.number + 1),
            previous_run: before.map(|(link, _)| link.run.clone()),
            previous_manifest: before.map(|(link, _)| link.manifest.clone()),
            previous_link: before.map(|(_, digest)| digest.to_string()),
        }
    }

    /// As it is written.
    ///
    /// # Panics
    /// Never: a record of texts and numbers has a JSON form.
    pub fn text(&self) -> String {
        serde_json::to_string_pretty(self).expect("texts and numbers") + "\n"
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
#[derive(Clone, Copy, Debug)]
pub struct Links<'s> {
    state: &'s dyn Objects,
}

/// Where the links are.
const FOLDER: &str = "chain";

/// Where it is noted which runs were pruned.
const PRUNED: &str = "chain/pruned/";

impl<'s> Links<'s> {
    /// The chain of a state.
    pub fn of(state: &'s dyn Objects) -> Self {
        Self { state }
    }

    /// Every link with the digest of its bytes, the first one first.
    ///
    /// # Errors
    /// Where a link cannot be read, is none, or one between is missing.
    pub fn all(&self) -> Result<Vec<(Link, Digest)>, StoreError> {
        // How far it reached before it is read: whoever adds to it meanwhile adds behind that.
        let keys: Vec<String> = (1..=self.reached()?).map(key).collect();
        let read = self.state.get_all(&keys)?;
        let mut links = Vec::with_capacity(keys.len());
        for ((number, key), bytes) in (1..).zip(&keys).zip(read) {
            let wrong = |why: String| StoreError::wrong(self.state.shown(key), why);
            let Some(bytes) = bytes else {
                return Err(wrong(format!("the chain breaks off: link {number} is missing, and there are later ones")));
            };
            links.push((parse(&bytes, number).map_err(wrong)?, Digest::of(&bytes)));
        }
        Ok(links)
    }

    /// The highest number of a link; 0 where there is none.
    fn reached(&self) -> Result<u64, StoreError> {
        let number = |key: &String| -> Option<u64> {
            key.strip_prefix(FOLDER)?.strip_prefix('/')?.strip_suffix(".json")?.parse().ok()
        };
        Ok(self.state.list(FOLDER)?.iter().filter_map(number).max().unwrap_or(0))
    }

    /// Links a run to the end of the chain. `place` puts beside the run's files what its folder says of the runs before it, and the
    /// manifest that vouches for all, whose digest it gives; it is asked again where somebody else was faster. The link is the last that
    /// is made: a run without one is none. A run is linked once, so that its id tells whose link it is where an answer was lost.
    ///
    /// # Errors
    /// Where the chain cannot be read or written, and where the run was linked with another manifest.
    pub fn add(
        &self,
        kind: &Kind,
        mut place: impl FnMut(&Chained) -> Result<Digest, StoreError>,
    ) -> Result<Chained, StoreError> {
        loop {
            let links = self.all()?;
            if let Some(at) = position(&links, &kind.run) {
                let chained = Chained::behind(links[..at].last());
                if place(&chained)?.to_string() == links[at].0.manifest {
                    return Ok(chained);
                }
                let why = format!("run {} was kept by another scan meanwhile, compared with another run", kind.run);
                return Err(StoreError::wrong(self.state.shown(&key(chained.number)), why));
            }
            let chained = Chained::behind(links.last());
            let link = Link {
                schema: LINK.to_owned(),
                number: chained.number,
                run: kind.run.clone(),
                judged_at: kind.judged_at,
                pairs: kind.pairs.clone(),
                rules: kind.rules.clone(),
                redacted: kind.redacted,
                manifest: place(&chained)?.to_string(),
                previous: chained.previous_link.clone(),
            };
            let key = key(link.number);
            let text = serde_json::to_string_pretty(&link)
                .map_err(|error| StoreError::wrong(self.state.shown(&key), error.to_string()))?;
            match self.state.create(&key, (text + "\n").as_bytes())? {
                Created::Made => return Ok(chained),
                // Somebody else was faster: after theirs, then.
                Created::Taken => {}
            }
        }
    }

    /// Notes that a run is to be pruned.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn note_pruned(&self, run: &str) -> Result<(), StoreError> {
        self.state.put(&format!("{PRUNED}{run}"), &mut std::io::empty())
    }

    /// The runs that were pruned, by id.
    ///
    /// # Errors
    /// Where that cannot be told.
    pub fn pruned(&self) -> Result<BTreeSet<String>, StoreError> {
        let keys = self.state.list(PRUNED.trim_end_matches('/'))?;
        Ok(keys.iter().filter_map(|key| key.strip_prefix(PRUNED)).map(str::to_owned).collect())
    }

    /// Whether there is a chain at all.
    ///
    /// # Errors
    /// Where that cannot be told.
    pub fn is_there(&self) -> Result<bool, StoreError> {
        Ok(!self.state.list(FOLDER)?.is_empty())
    }
}

/// The key of the link with this number.
fn key(number: u64) -> String {
    format!("{FOLDER}/{number:08}.json")
}

/// Where a run is in a chain.
fn position(links: &[(Link, Digest)], run: &str) -> Option<usize> {
    links.iter().position(|(link, _)| link.run == run)
}

/// Whether a run is in a chain: it was kept.
pub fn is_linked(links: &[(Link, Digest)], run: &str) -> bool {
    position(links, run).is_some()
}

/// The runs of a chain with which a later one may be compared, the best first: the latest that was judged as of an earlier instant, of all
/// its pairs and by all its rules; then the latest that has any of both.
pub fn comparable(links: &[(Link, Digest)], kind: &Kind) -> Vec<String> {
    let comes_before =
        |link: &&Link| link.judged_at < kind.judged_at && link.run != kind.run && link.redacted == kind.redacted;
    let earlier: Vec<&Link> = links.iter().map(|(link, _)| link).rev().filter(comes_before).collect();
    let whole = |link: &&&Link| kind.pairs.is_subset(&link.pairs) && kind.rules.is_subset(&link.rules);
    let part = |link: &&&Link| !kind.pairs.is_disjoint(&link.pairs) && !kind.rules.is_disjoint(&link.rules);
    let mut chosen: Vec<String> = earlier.iter().filter(whole).map(|link| link.run.clone()).collect();
    chosen.extend(earlier.iter().filter(part).map(|link| link.run.clone()));
    chosen
}

fn parse(bytes: &[u8], number: u64) -> Result<Link, String> {
    let link: Link = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    if link.schema != LINK {
        return Err(format!("it is {:?}, and this deskpair reads {LINK:?}", link.schema));
    }
    if link.number != number {
        return Err(format!("it says that it is number {}", link.number));
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
    use super::super::folder::Folder;
    use super::*;
    use std::fs;

    fn set(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    fn kind(run: &str, at: i64, pairs: &[&str]) -> Kind {
        let (pairs, rules) = (set(pairs), set(&["WSP-001"]));
        Kind { run: run.to_owned(), judged_at: Moment::from_secs(at), pairs, rules, redacted: false }
    }

    fn add(state: &Folder, run: &str, at: i64, pairs: &[&str]) -> Chained {
        let manifest = |chained: &Chained| Ok(Digest::of(format!("{run} after {:?}", chained.previous_run).as_bytes()));
        Links::of(state).add(&kind(run, at, pairs), manifest).expect("linked")
    }

    #[test]
    fn links_vouch_for_those_before_them() {
        let folder = tempfile::tempdir().expect("a folder");
        let state = Folder::at(folder.path());
        let links = Links::of(&state);
        assert!(links.all().expect("none yet").is_empty());
        let first = add(&state, "a", 1, &["corp"]);
        assert_eq!((first.number, first.previous_run), (1, None));
        let second = add(&state, "b", 2, &["corp"]);
        assert_eq!((second.number, second.previous_run.as_deref()), (2, Some("a")));
        assert_eq!(second.previous_manifest, Some(Digest::of(b"a after None").to_string()));
        add(&state, "c", 3, &["corp"]);
        assert!(broken(&links.all().expect("whole")).is_empty());
        let path = folder.path().join(key(2));
        let text = fs::read_to_string(&path).expect("reads");
        fs::write(&path, text.replace("\"run\": \"b\"", "\"run\": \"x\"")).expect("writes");
        assert_eq!(broken(&links.all().expect("readable")), ["link 3 vouches for another link than 2"]);
        fs::remove_file(&path).expect("removes");
        assert!(links.all().expect_err("a link is missing").to_string().contains("link 2 is missing"));
    }

    #[test]
    fn a_run_is_linked_once_whoever_asks() {
        let folder = tempfile::tempdir().expect("a folder");
        let state = Folder::at(folder.path());
        add(&state, "a", 1, &["corp"]);
        let first = add(&state, "b", 2, &["corp"]);
        add(&state, "c", 3, &["corp"]);
        assert_eq!(add(&state, "b", 2, &["corp"]), first, "an answer was lost, or two scans judged the same");
        assert_eq!(Links::of(&state).all().expect("whole").len(), 3);
        let other = Links::of(&state).add(&kind("b", 2, &["corp"]), |_| Ok(Digest::of(b"another")));
        assert!(other.expect_err("it vouches for other files").to_string().contains("compared with another run"));
        Links::of(&state).note_pruned("a").expect("noted");
        assert_eq!(Links::of(&state).pruned().expect("listed"), set(&["a"]));
        assert_eq!(Links::of(&state).all().expect("whole").len(), 3);
    }

    #[test]
    fn whoever_comes_second_is_linked_after_and_nothing_is_lost() {
        let state = tempfile::tempdir().expect("a folder");
        std::thread::scope(|threads| {
            for worker in 0..4 {
                let state = Folder::at(state.path());
                threads.spawn(move || {
                    for run in 0..10 {
                        add(&state, &format!("{worker}-{run}"), 1, &["corp"]);
                    }
                });
            }
        });
        let all = Links::of(&Folder::at(state.path())).all().expect("whole");
        assert_eq!(all.iter().map(|(link, _)| &link.run).collect::<BTreeSet<_>>().len(), 40);
        assert!(broken(&all).is_empty());
    }

    #[test]
    fn a_run_is_compared_with_the_latest_of_its_kind() {
        let folder = tempfile::tempdir().expect("a folder");
        let state = Folder::at(folder.path());
        for (run, at, pairs) in
            [("old", 1, &["corp", "emea"][..]), ("both", 5, &["corp", "emea"]), ("part", 6, &["corp"])]
        {
            add(&state, run, at, pairs);
        }
        let links = Links::of(&state).all().expect("reads");
        let with = |at: i64, pairs: &[&str]| comparable(&links, &kind("now", at, pairs));
        assert_eq!(with(9, &["corp", "emea"])[0], "both");
        assert_eq!(with(9, &["corp"])[0], "part");
        assert_eq!(with(4, &["corp"])[0], "old", "what was judged later is no past");
        assert_eq!(with(9, &["corp", "apac"])[0], "part", "for want of a better one");
        assert!(with(9, &["apac"]).is_empty() && with(1, &["corp"]).is_empty());
        let redacted = Kind { redacted: true, ..kind("now", 9, &["corp"]) };
        assert!(comparable(&links, &redacted).is_empty(), "those name people");
    }
}
