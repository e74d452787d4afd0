//! The pair's two registered directories, for rules that compare their settings.

use crate::model::directory::WorkspaceDirectory;
use crate::model::{PairView, Subject};
use crate::rule::Sheet;

/// What is said where a side has none: other rules say that it should.
pub(crate) const NOT_BOTH: &str = "the pair has no registered directory in one of its Regions";

/// Both registrations; where there are not two to compare, the sheet says why.
pub(crate) fn both<'e>(
    pair: &PairView<'e>,
    sheet: &mut Sheet,
) -> Option<(&'e WorkspaceDirectory, &'e WorkspaceDirectory)> {
    match pair.registrations() {
        Ok(Some(both)) => Some(both),
        Ok(None) => {
            sheet.not_applicable(NOT_BOTH);
            None
        }
        Err(why) => {
            sheet.unknown(Subject::Directories, why);
            None
        }
    }
}
