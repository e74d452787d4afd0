//! What is set on a directory for the desktops that are made or rebuilt in it.

use crate::model::directory::{CreationProperties, WorkspaceDirectory};
use crate::model::{PairView, Subject, Unknown};
use crate::registered;
use crate::rule::Sheet;

/// How the standby's default departs from the primary's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Departs {
    /// The standby says yes, the primary no: position 0 in the cases.
    Opens,
    /// The standby says no, the primary yes: position 1 in the cases.
    Closes,
}

impl Departs {
    /// The position in the cases of the rules that compare a default.
    pub(super) const fn case(self) -> usize {
        match self {
            Self::Opens => 0,
            Self::Closes => 1,
        }
    }

    /// Which way the case at this position departs.
    pub(super) const fn of_case(case: usize) -> Self {
        if case == 0 { Self::Opens } else { Self::Closes }
    }
}

/// What is said where one directory's answer has no defaults at all.
pub(super) const UNTOLD: &str = "one of the directories does not tell with what defaults new WorkSpaces are made";

/// Both directories' defaults; where there are not two to compare, the sheet says why.
pub(super) fn both<'e>(
    pair: &PairView<'e>,
    sheet: &mut Sheet,
    nowhere: &'static str,
) -> Option<(&'e CreationProperties, &'e CreationProperties)> {
    let (p, s) = registered::both(pair, sheet)?;
    let defaults = of(p, s);
    match (&p.workspace_creation_properties, &s.workspace_creation_properties) {
        (None, None) => sheet.not_applicable(nowhere),
        (None, Some(_)) | (Some(_), None) => sheet.unknown(Subject::Directories, Unknown::Undetermined(UNTOLD)),
        (Some(_), Some(_)) => {}
    }
    defaults
}

/// Both directories' defaults, to word what was found of them.
pub(super) fn read<'e>(pair: &PairView<'e>) -> Option<(&'e CreationProperties, &'e CreationProperties)> {
    let (p, s) = pair.registrations().ok().flatten()?;
    of(p, s)
}

fn of<'e>(
    p: &'e WorkspaceDirectory,
    s: &'e WorkspaceDirectory,
) -> Option<(&'e CreationProperties, &'e CreationProperties)> {
    p.workspace_creation_properties.as_ref().zip(s.workspace_creation_properties.as_ref())
}

/// Compares one default of the pair's directories. An answer without it is neither yes nor no: no document says what then holds.
pub(super) fn judge(
    pair: &PairView<'_>,
    sheet: &mut Sheet,
    pick: impl Fn(&CreationProperties) -> Option<bool>,
    (untold, nowhere): (&'static str, &'static str),
) {
    let Some((p, s)) = registered::both(pair, sheet) else { return };
    let of = |properties: &Option<CreationProperties>| properties.as_ref().and_then(&pick);
    match (of(&p.workspace_creation_properties), of(&s.workspace_creation_properties)) {
        (Some(primary), Some(standby)) if primary == standby => sheet.pass(),
        (Some(_), Some(true)) => sheet.fail(Subject::Directories, Departs::Opens.case()),
        (Some(_), Some(false)) => sheet.fail(Subject::Directories, Departs::Closes.case()),
        (None, None) => sheet.not_applicable(nowhere),
        (None, Some(_)) | (Some(_), None) => sheet.unknown(Subject::Directories, Unknown::Undetermined(untold)),
    }
}
