//! What a plan would make of each finding. Reports cannot plan: whoever can hands this in, and reports show it.

use crate::json::v1;
use crate::text::{counted, number, shortened};
use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

pub use crate::json::v1::{Risk, Undo};

/// Characters of a title, or of a reason, that stand for many findings at once.
const MOST_CHARACTERS: usize = 240;

/// Titles that are told of one finding before the rest is counted.
const MOST_TITLES: usize = 3;

/// A change of a plan, as far as reports tell of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// Its id, the same in every plan that has it.
    pub id: String,
    /// What it does, in a sentence without its point.
    pub title: String,
    /// How careful one has to be.
    pub risk: Risk,
    /// How far it can be taken back.
    pub undo: Undo,
    /// What else is to be known.
    pub note: Option<Arc<str>>,
}

/// Why no change fixes a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Left {
    /// The fix of the finding that it follows from is its own.
    Follows(String),
    /// Why it is left to people.
    ToPeople(String),
}

/// What becomes of one finding.
#[derive(Clone, Debug, Default)]
struct Entry {
    /// Its changes, by position.
    changes: Vec<u32>,
    left: Option<Left>,
}

/// What a plan would make of findings, by fingerprint. The default knows of none, and nothing is said.
#[derive(Clone, Debug, Default)]
pub struct Fixes {
    changes: Vec<Planned>,
    findings: HashMap<u64, Entry>,
    notes: BTreeSet<Arc<str>>,
}

/// The number that a fingerprint's 16 hexadecimal digits are.
fn key(fingerprint: &str) -> Option<u64> {
    u64::from_str_radix(fingerprint, 16).ok()
}

impl Fixes {
    /// Adds a change: its position.
    pub fn add(&mut self, mut change: Planned) -> u32 {
        // What is to be known of one desktop's change is to be known of all of them: once in memory.
        if let Some(note) = change.note.take() {
            let kept = self.notes.get(&note).cloned().unwrap_or(note);
            self.notes.insert(Arc::clone(&kept));
            change.note = Some(kept);
        }
        self.changes.push(change);
        self.changes.len() as u32 - 1
    }

    /// Says that a change fixes a finding, alone or with others.
    pub fn link(&mut self, fingerprint: &str, change: u32) {
        let Some(key) = key(fingerprint) else { return };
        let entry = self.findings.entry(key).or_default();
        if !entry.changes.contains(&change) {
            entry.changes.push(change);
        }
    }

    /// Says why no change fixes a finding, or some of it. Of several reasons the first is kept.
    pub fn leave(&mut self, fingerprint: &str, left: Left) {
        let Some(key) = key(fingerprint) else { return };
        self.findings.entry(key).or_default().left.get_or_insert(left);
    }

    /// Whether anything was said of a finding.
    pub fn knows(&self, fingerprint: &str) -> bool {
        key(fingerprint).is_some_and(|key| self.findings.contains_key(&key))
    }

    fn entry(&self, fingerprint: &str) -> Option<&Entry> {
        self.findings.get(&key(fingerprint)?)
    }

    fn planned<'s>(&'s self, entry: &'s Entry) -> impl Iterator<Item = &'s Planned> {
        entry.changes.iter().map(|&at| &self.changes[at as usize])
    }

    /// What becomes of a finding; nothing where nothing was said of it.
    pub(crate) fn of(&self, fingerprint: &str) -> Option<v1::Fix<'_>> {
        let entry = self.entry(fingerprint)?;
        let by_call: Vec<&Planned> = self.planned(entry).filter(|change| change.risk != Risk::Manual).collect();
        let by_hand: Vec<&Planned> = self.planned(entry).filter(|change| change.risk == Risk::Manual).collect();
        let told = if by_call.is_empty() { &by_hand } else { &by_call };
        let kind = match (&entry.left, told.is_empty(), by_call.is_empty()) {
            (_, false, false) => v1::FixKind::Planned,
            (_, false, true) => v1::FixKind::Manual,
            (Some(Left::Follows(_)), true, _) => v1::FixKind::Follows,
            (Some(Left::ToPeople(_)) | None, true, _) => v1::FixKind::Left,
        };
        let mut notes: Vec<Cow<'_, str>> = Vec::new();
        if !by_call.is_empty() {
            notes.extend(by_hand.iter().map(|change| Cow::Owned(format!("For people: {}.", change.title))));
        }
        match &entry.left {
            Some(Left::Follows(why)) => notes.push(Cow::Borrowed(why)),
            Some(Left::ToPeople(why)) if told.is_empty() => notes.push(Cow::Borrowed(why)),
            Some(Left::ToPeople(why)) => notes.push(Cow::Owned(format!("Not all of it: {why}."))),
            None => {}
        }
        let mut known: Vec<&str> = Vec::new();
        for note in told.iter().filter_map(|change| change.note.as_deref()) {
            if !known.contains(&note) {
                known.push(note);
                notes.push(Cow::Borrowed(note));
            }
        }
        Some(v1::Fix {
            kind,
            risk: told.iter().map(|change| change.risk).max(),
            undo: told.iter().map(|change| change.undo).max(),
            title: titles(told),
            changes: self.planned(entry).map(|change| Cow::Borrowed(change.id.as_str())).collect(),
            note: match notes.as_slice() {
                [] => None,
                [one] => Some(one.clone()),
                several => Some(Cow::Owned(several.join(" "))),
            },
        })
    }

    /// What becomes of findings that fail alike: a line for what is planned, one for what is planned for people, one for what is left.
    pub(crate) fn lines<'f>(&self, fingerprints: impl Iterator<Item = &'f str>) -> Vec<Line> {
        let mut groups = [Group::default(), Group::default()];
        // The first reason, for how many findings there is one, and whether it is one for all of them.
        let mut left: Option<(&str, u64, bool)> = None;
        let mut findings = 0_u64;
        for entry in fingerprints.filter_map(|fingerprint| self.entry(fingerprint)) {
            findings += 1;
            for &at in &entry.changes {
                let change = &self.changes[at as usize];
                groups[usize::from(change.risk == Risk::Manual)].take(at, change);
            }
            if let Some(Left::ToPeople(why)) = &entry.left {
                left = Some(match left {
                    None => (why, 1, true),
                    Some((first, count, alike)) => (first, count + 1, alike && first == why),
                });
            }
        }
        let [by_call, by_hand] = groups;
        let mut lines: Vec<Line> = Vec::new();
        for (kind, group) in [(v1::FixKind::Planned, by_call), (v1::FixKind::Manual, by_hand)] {
            if let Some((first, risk, undo)) = group.told {
                let first = &self.changes[first as usize];
                let more = group.changes.len() as u64 - 1;
                let title = shortened(&first.title, MOST_CHARACTERS);
                let text = if more == 0 {
                    title.into_owned()
                } else {
                    format!("{title}, and {}", counted(more, "more change", "more changes"))
                };
                let short = counted(more + 1, "change", "changes");
                lines.push(Line { kind, text, short, risk: Some(risk), undo: Some(undo) });
            }
        }
        if let Some((why, count, alike)) = left {
            let why = shortened(why, MOST_CHARACTERS);
            let of = counted(findings, "finding", "findings");
            let whom = if count < findings { format!("{} of {of}", number(count)) } else { format!("all {of}") };
            let text = match (alike, count < findings || !lines.is_empty()) {
                (true, false) => why.into_owned(),
                (true, true) => format!("{whom}: {why}"),
                (false, _) => format!("{whom}, the first: {why}"),
            };
            let short = counted(count, "finding", "findings");
            lines.push(Line { kind: v1::FixKind::Left, text, short, risk: None, undo: None });
        }
        lines
    }
}

/// Changes of one kind, over the findings of a cause.
#[derive(Default)]
struct Group {
    changes: BTreeSet<u32>,
    /// The first, and the worst of all of them.
    told: Option<(u32, Risk, Undo)>,
}

impl Group {
    fn take(&mut self, at: u32, change: &Planned) {
        self.changes.insert(at);
        self.told = Some(match self.told {
            None => (at, change.risk, change.undo),
            Some((first, risk, undo)) => (first, risk.max(change.risk), undo.max(change.undo)),
        });
    }
}

/// What becomes of findings that fail alike, in a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) kind: v1::FixKind,
    pub(crate) text: String,
    /// The same without a name in it: where there is no room.
    pub(crate) short: String,
    /// The worst of its changes.
    pub(crate) risk: Option<Risk>,
    pub(crate) undo: Option<Undo>,
}

/// The first titles, and how many more there are.
fn titles<'a>(changes: &[&'a Planned]) -> Option<Cow<'a, str>> {
    match changes {
        [] => None,
        [one] => Some(Cow::Borrowed(&one.title)),
        several => {
            let mut told: Vec<Cow<'_, str>> =
                several.iter().take(MOST_TITLES).map(|change| Cow::Borrowed(change.title.as_str())).collect();
            if several.len() > MOST_TITLES {
                told.push(Cow::Owned(format!(
                    "and {}",
                    counted((several.len() - MOST_TITLES) as u64, "more change", "more changes")
                )));
            }
            Some(Cow::Owned(told.join("; ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(id: &str, risk: Risk) -> Planned {
        Planned { id: id.to_owned(), title: format!("do {id}"), risk, undo: Undo::Exact, note: None }
    }

    fn print(of: u64) -> String {
        format!("{of:016x}")
    }

    #[test]
    fn of_a_finding_its_changes_are_told_the_riskiest_first() {
        let mut fixes = Fixes::default();
        let one = fixes.add(change("one", Risk::Safe));
        let two = fixes.add(Planned { undo: Undo::None, ..change("two", Risk::Review) });
        let hand = fixes.add(change("hand", Risk::Manual));
        for at in [one, two, two, hand] {
            fixes.link(&print(1), at);
        }
        fixes.leave(&print(1), Left::ToPeople("a part is not known".to_owned()));
        let fix = fixes.of(&print(1)).expect("it is known");
        assert_eq!((fix.kind, fix.risk, fix.undo), (v1::FixKind::Planned, Some(Risk::Review), Some(Undo::None)));
        assert_eq!(fix.title.as_deref(), Some("do one; do two"));
        assert_eq!(fix.changes, ["one", "two", "hand"]);
        assert_eq!(fix.note.as_deref(), Some("For people: do hand. Not all of it: a part is not known."));
        assert_eq!(fixes.of(&print(2)), None, "nothing was said of it");
    }

    #[test]
    fn what_nothing_fixes_says_why() {
        let mut fixes = Fixes::default();
        fixes.leave(&print(1), Left::ToPeople("nobody can".to_owned()));
        fixes.leave(&print(2), Left::Follows("it follows from IPG-001 office".to_owned()));
        let hand = fixes.add(change("hand", Risk::Manual));
        fixes.link(&print(3), hand);
        let kinds = [1, 2, 3].map(|at| fixes.of(&print(at)).expect("it is known").kind);
        assert_eq!(kinds, [v1::FixKind::Left, v1::FixKind::Follows, v1::FixKind::Manual]);
        assert_eq!(fixes.of(&print(2)).and_then(|fix| fix.note).as_deref(), Some("it follows from IPG-001 office"));
    }

    #[test]
    fn ten_thousand_findings_are_a_line() {
        let mut fixes = Fixes::default();
        for at in 0..10_000 {
            let change = fixes.add(change(&format!("corp/standby/workspace/{at}"), Risk::Review));
            fixes.link(&print(at), change);
        }
        fixes.leave(&print(10_000), Left::ToPeople("its bundle has no counterpart".to_owned()));
        let prints: Vec<String> = (0..=10_001).map(print).collect();
        let lines = fixes.lines(prints.iter().map(String::as_str));
        let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(
            texts,
            [
                "do corp/standby/workspace/0, and 9,999 more changes",
                "1 of 10,001 findings: its bundle has no counterpart"
            ]
        );
        assert_eq!(lines[0].short, "10,000 changes");
        let of = |fixes: &Fixes| fixes.lines([print(1), print(2)].iter().map(String::as_str))[0].text.clone();
        let mut fixes = Fixes::default();
        fixes.leave(&print(1), Left::ToPeople("nobody can".to_owned()));
        assert_eq!(of(&fixes), "nobody can", "of the other nothing is known");
        fixes.leave(&print(2), Left::ToPeople("nobody can".to_owned()));
        assert_eq!(of(&fixes), "nobody can", "one reason for all is told once");
        let mut fixes = Fixes::default();
        fixes.leave(&print(1), Left::ToPeople("nobody can".to_owned()));
        fixes.leave(&print(2), Left::ToPeople("nobody may".to_owned()));
        assert_eq!(of(&fixes), "all 2 findings, the first: nobody can");
    }
}
