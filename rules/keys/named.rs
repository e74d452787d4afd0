//! The key that a desktop names for its volumes.

use crate::model::workspace::{Flag, WorkspaceRow};
use crate::model::{Dataset, PairView, Unknown};

/// What the area's rules read.
pub(super) const NEEDS: &[Dataset] =
    &[Dataset::Keys, Dataset::Workspaces, Dataset::Registrations, Dataset::Directories, Dataset::Aliases];

/// A desktop is encrypted, and nothing tells with what.
pub(super) const UNNAMED: Unknown =
    Unknown::Undetermined("the answer tells that a desktop's volumes are encrypted and does not name the key");

/// The key of a desktop's volumes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Named<'e> {
    /// The key's ARN, its id or an alias of it.
    As(&'e str),
    /// No volume is encrypted.
    Nothing,
    /// A volume is, with what is not told.
    Untold,
}

/// The key that a desktop names. One that is named while no volume is encrypted locks nothing.
pub(super) fn named<'e>(pair: &PairView<'e>, row: &WorkspaceRow) -> Named<'e> {
    let flags = [row.root_volume_encrypted, row.user_volume_encrypted];
    match pair.estate.symbols.text(row.key) {
        _ if flags == [Flag::No; 2] => Named::Nothing,
        "" if flags.contains(&Flag::Yes) => Named::Untold,
        "" => Named::Nothing,
        key => Named::As(key),
    }
}
