//! How many of a kind there may be in a Region: what the account is granted, or AWS's default.

use super::super::Call;
use super::create::Refused;
use crate::twin::world::{Realm, World};
use deskpair_rules::model::Side;
use deskpair_rules::model::quota::{Granted, HARDWARE, STANDBY_WORKSPACES, WORKSPACES, Watched};
use deskpair_rules::model::workspace::WorkspaceRow;

/// What a quota grants; AWS's default where it is told nowhere.
pub(super) fn most(side: &Side, watched: Watched, default: usize) -> usize {
    match side.granted(watched) {
        Ok(Some(Granted { value: Some(value), .. })) => usize::try_from(value).unwrap_or(usize::MAX),
        Ok(_) | Err(_) => default,
    }
}

/// Whether there is room for one more desktop of a compute type, or standby WorkSpace. What the account is granted has to be told: that AWS grants
/// one desktop where nobody asked for more says nothing of an account that has hundreds. The model has `ResourceLimitExceededException` for the
/// whole call and a list of requests that failed; that one too many is in the list, under this code, is inferred.
pub(super) fn room(world: &World, call: &Call, compute: &str, is_standby: bool) -> Result<(), Refused> {
    let Some(realm) = world.realm(&call.account, &call.region) else { return Ok(()) };
    let of_hardware = HARDWARE.iter().find(|(known, _)| *known == compute).map(|(_, watched)| *watched);
    let kind = if is_standby { STANDBY_WORKSPACES } else { WORKSPACES };
    let counts = |row: &WorkspaceRow| standby(realm, row) == is_standby;
    let alike = |row: &WorkspaceRow| counts(row) && world.symbols.text(row.compute) == compute;
    let full = |watched: Watched, taken: &dyn Fn(&WorkspaceRow) -> bool| {
        let Ok(Some(Granted { value: Some(value), is_default: false })) = realm.side.granted(watched) else {
            return false;
        };
        realm.side.workspaces.items().iter().filter(|row| taken(row)).count() as u64 >= value
    };
    if full(kind, &counts) || of_hardware.is_some_and(|watched| full(watched, &alike)) {
        return Err((
            "ResourceLimitExceeded.WorkSpace",
            "The account may have no more WorkSpaces of this kind in this Region.".to_owned(),
        ));
    }
    Ok(())
}

/// Whether a desktop is the standby of another.
fn standby(realm: &Realm, row: &WorkspaceRow) -> bool {
    let extra = realm.side.extras.of(row);
    extra.is_some_and(|extra| extra.related_workspaces.iter().any(|related| related.r#type == "PRIMARY"))
}
