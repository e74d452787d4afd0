//! Reads back what became of calls whose answers nobody has.

use super::now::Now;
use super::{Apply, ApplyError, Standing, Teller};
use crate::remediate::plan::Change;
use std::time::{Duration, Instant};

/// How long it may take until what was made is listed. AWS gives no figure: "If you immediately call DescribeWorkspaces with this identifier,
/// no information is returned" (`workspaces:DescribeWorkspaces`, `WorkspaceIds`); nor does it say when the setting of replication shows.
const SHOWS: Duration = Duration::from_secs(5);

/// Whether what a change does may be listed only after a while. Other settings show at once, and could be set again.
fn shows_late(change: &Change) -> bool {
    change.makes.is_some() || change.calls().iter().any(|call| !call.input["DataReplication"].is_null())
}

impl Apply<'_, '_> {
    /// The changes that were begun, and that no later entry of the journal says to be made.
    pub(in crate::remediate) fn begun(&self) -> Vec<Change> {
        let begun = |change: &&Change| self.progress.standing(&change.id) == Standing::Begun;
        self.plan.changes.iter().filter(begun).cloned().collect()
    }

    /// The plan of now, which tells what became of these changes, whose calls were made at `since` at the latest: that one of them is not there
    /// is not believed too soon, for it would be made twice, or be left behind.
    pub(in crate::remediate) fn reading(
        &self,
        begun: &[Change],
        since: Instant,
        teller: &mut dyn Teller,
    ) -> Result<Now, ApplyError> {
        let early = SHOWS.saturating_sub(since.elapsed());
        let now = self.now()?;
        let open = |change: &Change| shows_late(change) && now.change(&change.id).is_some();
        if early.is_zero() || !begun.iter().any(open) {
            return Ok(now);
        }
        teller.says("what was begun may take a moment to show: reading once more");
        self.sleep(early);
        self.now()
    }
}
