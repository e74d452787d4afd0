//! Members of the pair's two directories, side by side: which differ and in which way, and of which it cannot be told.

use crate::meta::Meta;
use crate::model::directory::WorkspaceDirectory;
use crate::model::{PairView, Subject, Unknown};
use crate::rule::{Sheet, Wording};
use std::cmp::Reverse;

/// One answer lacks what the other has. Absent is a value of its own: neither yes nor no.
pub(super) const ABSENT: Unknown = Unknown::Undetermined(
    "one directory's answer lacks a setting that the other's has, and no document says what holds without it",
);

/// A value outside the service model's list, which the other side does not share.
pub(super) const NO_SUCH_VALUE: Unknown = Unknown::Undetermined("a setting has a value that no document knows");

/// How a member compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compares {
    /// Both sides have the same.
    Same,
    /// They differ, in the way of this position of the rule's cases.
    Differs(usize),
    /// What was read does not tell.
    Untold(Unknown),
}

impl Compares {
    /// A member that is `ENABLED`, `DISABLED` or absent: the cases where the standby allows more, and where it allows less.
    pub(super) fn switch(primary: &str, standby: &str, (opens, closes): (usize, usize)) -> Self {
        match (primary, standby) {
            (p, s) if p == s => Self::Same,
            ("DISABLED", "ENABLED") => Self::Differs(opens),
            ("ENABLED", "DISABLED") => Self::Differs(closes),
            ("", _) | (_, "") => Self::Untold(ABSENT),
            (_, _) => Self::Untold(NO_SUCH_VALUE),
        }
    }

    /// A member in which every difference is of the same kind.
    pub(super) fn word(primary: &str, standby: &str, case: usize) -> Self {
        match (primary, standby) {
            (p, s) if p == s => Self::Same,
            ("", _) | (_, "") => Self::Untold(ABSENT),
            (_, _) => Self::Differs(case),
        }
    }
}

/// One member on both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Member {
    /// As AWS names it.
    path: String,
    /// What people call it.
    title: &'static str,
    /// The primary side's value; empty where it has none.
    primary: String,
    /// The standby side's value.
    standby: String,
    /// How they compare.
    compares: Compares,
}

impl Member {
    /// A member with its verdict.
    pub(super) fn new(
        path: impl Into<String>,
        title: &'static str,
        (primary, standby): (impl Into<String>, impl Into<String>),
        compares: Compares,
    ) -> Self {
        Self { path: path.into(), title, primary: primary.into(), standby: standby.into(), compares }
    }
}

/// Gives the directories the verdict of their members: there is nothing to compare where neither side has any.
pub(super) fn settle(meta: &Meta, sheet: &mut Sheet, members: &[Member], nowhere: &'static str) {
    if members.iter().all(|member| member.primary.is_empty() && member.standby.is_empty()) {
        sheet.not_applicable(nowhere);
        return;
    }
    conclude(meta, sheet, members.iter().map(|member| member.compares));
}

/// One verdict of several comparisons: where they differ in several ways, the worst carries the finding.
pub(super) fn conclude(meta: &Meta, sheet: &mut Sheet, compared: impl Iterator<Item = Compares>) {
    let (mut cases, mut untold) = (Vec::new(), Vec::new());
    for compares in compared {
        match compares {
            Compares::Same => {}
            Compares::Differs(case) => cases.push(case),
            Compares::Untold(why) => untold.push(why),
        }
    }
    let worst = cases.into_iter().max_by_key(|&case| {
        let declared = &meta.cases[case];
        (declared.severity, declared.effect, Reverse(case))
    });
    // Of several reasons the first in order stays: a gap, which can be put right, before what no call would tell.
    match (worst, untold.into_iter().min()) {
        (None, None) => sheet.pass(),
        (None, Some(why)) => sheet.unknown(Subject::Directories, why),
        (Some(case), why) => {
            sheet.fail(Subject::Directories, case);
            // What surely differs is a fail, whatever else is not told; where that could be worse for people, it is said too.
            if let Some(why) = why.filter(|_| meta.cases[case].effect < meta.effect()) {
                sheet.unknown(Subject::Directories, why);
            }
        }
    }
}

/// The members of the pair's directories, to word what was found of them.
pub(super) fn of(
    pair: &PairView<'_>,
    compare: impl Fn(&WorkspaceDirectory, &WorkspaceDirectory) -> Vec<Member>,
) -> Vec<Member> {
    pair.registrations().ok().flatten().map(|(p, s)| compare(p, s)).unwrap_or_default()
}

/// The members that differ, for a sentence: each way with its words, "is narrower for restart, rebuild and is wider for …".
pub(super) fn ways(members: &[Member], ways: &[(usize, &str)]) -> String {
    let what = ways.iter().filter_map(|(case, words)| {
        let of_this = members.iter().filter(|member| member.compares == Compares::Differs(*case));
        let titles: Vec<&str> = of_this.map(|member| member.title).collect();
        (!titles.is_empty()).then(|| format!("{words} {}", titles.join(", ")))
    });
    what.collect::<Vec<String>>().join(" and ")
}

/// A sentence with a line for each member that is not surely the same.
pub(super) fn wording(message: String, members: &[Member]) -> Wording {
    let shown = |value: &str| if value.is_empty() { "absent".to_owned() } else { value.to_owned() };
    members.iter().filter(|member| member.compares != Compares::Same).fold(Wording::new(message), |wording, member| {
        wording.with(member.path.clone(), shown(&member.primary), shown(&member.standby))
    })
}
