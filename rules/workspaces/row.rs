//! What the area's rules share: the rows behind a subject, and why there may be nothing to compare.

use crate::model::desktops::{Counterpart, ToldBy};
use crate::model::workspace::WorkspaceRow;
use crate::model::{Dataset, PairView, Subject, Unknown};
use crate::rule::Sheet;

/// What pairs people's desktops: every rule of the area reads it.
pub(crate) const PAIRING: &[Dataset] =
    &[Dataset::Workspaces, Dataset::Registrations, Dataset::Directories, Dataset::Aliases];

/// There is nobody to judge.
pub(super) const NOBODY: &str = "nobody has a WorkSpace in the pair's directory of the primary Region";

/// Nobody has a standby desktop to judge.
pub(crate) const NO_COUNTERPART: &str = "no primary WorkSpace has a standby one to compare with";

/// Why a desktop with several candidates gets no verdict from a rule that has to know which one it is.
pub(super) const AMBIGUOUS: Unknown =
    Unknown::Undetermined("several standby desktops could be this person's, and nothing tells which one it is");

/// The primary row of a subject.
pub(crate) fn primary<'e>(pair: &PairView<'e>, subject: Subject) -> Option<&'e WorkspaceRow> {
    match subject {
        Subject::Desktop { p, .. } => pair.primary.workspaces.items().get(p as usize),
        _ => None,
    }
}

/// The standby row of a subject.
pub(crate) fn standby<'e>(pair: &PairView<'e>, subject: Subject) -> Option<&'e WorkspaceRow> {
    match subject {
        Subject::Desktop { s, .. } => pair.standby.workspaces.items().get(s as usize),
        _ => None,
    }
}

/// Who tells of a relation that AWS keeps between a subject's two desktops; `None` where both are ordinary WorkSpaces.
pub(super) fn relation(pair: &PairView<'_>, subject: Subject) -> Option<ToldBy> {
    match subject {
        Subject::Desktop { p, s } => pair.desktops.relation(p, s),
        _ => None,
    }
}

/// Judges every primary desktop that has a standby one; the others get what is known of them: nothing from this rule where there surely is
/// no standby desktop (WSP-001 says so), no verdict where it cannot be told.
pub(super) fn each_pair<'e>(
    pair: &PairView<'e>,
    sheet: &mut Sheet,
    judge: impl FnMut(&mut Sheet, Subject, &'e WorkspaceRow, &'e WorkspaceRow),
) {
    each_pair_or(pair, sheet, NO_COUNTERPART, judge);
}

/// As [`each_pair`], for a rule that judges some pairs alone: what is said where there are pairs and it judged none of them.
pub(crate) fn each_pair_or<'e>(
    pair: &PairView<'e>,
    sheet: &mut Sheet,
    none_judged: &'static str,
    mut judge: impl FnMut(&mut Sheet, Subject, &'e WorkspaceRow, &'e WorkspaceRow),
) {
    let mut paired = false;
    let (rows, others) = (pair.primary.workspaces.items(), pair.standby.workspaces.items());
    for desktop in &pair.desktops.primary {
        let alone = Subject::Desktop { p: desktop.row, s: Subject::NONE };
        match desktop.counterpart {
            Counterpart::Row(s) => {
                paired = true;
                let subject = Subject::Desktop { p: desktop.row, s };
                judge(sheet, subject, &rows[desktop.row as usize], &others[s as usize]);
            }
            Counterpart::Missing => {}
            Counterpart::Ambiguous => sheet.unknown(alone, AMBIGUOUS),
            Counterpart::Unknown(why) => sheet.unknown(alone, why),
        }
    }
    if let Some(why) = pair.desktops.hidden {
        sheet.unknown(Subject::Pair, why);
    }
    if sheet.is_empty() {
        sheet.not_applicable(match (pair.desktops.primary.is_empty(), paired) {
            (true, _) => NOBODY,
            (false, false) => NO_COUNTERPART,
            (false, true) => none_judged,
        });
    }
}
