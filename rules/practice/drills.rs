//! What the state knows of a pair's drills.

use crate::model::settings::Drill;
use crate::model::{PairView, Unknown};

/// How the end of the last drill is called where it is compared.
pub(super) const LAST: &str = "last successful drill";

/// Nobody looked.
pub(super) const UNKNOWN: Unknown = Unknown::Unsupported(
    "the estate was collected without a state, which knows the drills: attest when the last one was, and what it took",
);

/// The pair's drills; `None` where nobody looked.
pub(super) fn of<'e>(pair: &PairView<'e>) -> Option<impl Iterator<Item = &'e Drill> + use<'e>> {
    let name = pair.settings.name.clone();
    pair.estate.settings.drills.as_ref().map(|drills| drills.iter().filter(move |drill| drill.pair == name))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::fixture::{Fixture, TAKEN_AT};
    use crate::model::Moment;

    /// An estate whose pair was drilled: so many seconds ago, with or without success, in so many seconds.
    pub(in crate::practice) fn drilled(drills: &[(i64, bool, u32)]) -> Fixture {
        let mut fixture = Fixture::clean();
        let drill = |&(ago, succeeded, secs): &(i64, bool, u32)| {
            let ended_at = Moment::from_secs(TAKEN_AT.secs() - ago);
            Drill {
                pair: fixture.estate.settings.pairs[0].name.clone(),
                ended_at,
                succeeded,
                recovery_secs: Some(secs),
            }
        };
        let drills = drills.iter().map(drill).collect();
        fixture.estate.settings.drills = Some(drills);
        fixture
    }
}
