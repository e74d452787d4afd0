//! How recent the files are that people would find on the standby side: for drills and failovers, which report it.

use super::carried::Carried;
use super::links::Carriers;
use super::scope::each_pair;
use crate::model::{Moment, PairView, Unknown};
use crate::rule::Sheet;

/// How recent the copy of one file system is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecoveryPoint {
    /// The file system's name.
    pub name: String,
    /// The state of the files that was carried over is of this instant; none where nothing was yet.
    pub at: Result<Option<Moment>, Unknown>,
    /// What carries it; empty where nothing does, or it is not known.
    pub by: String,
}

/// How recent the copies of a pair's file systems are; those that have none are left out (FSX-001).
pub fn recovery_points(pair: &PairView<'_>) -> Vec<RecoveryPoint> {
    let carriers = Carriers::of(pair);
    // Nothing is as recent as this: so what there is, is told.
    let never = Moment::from_millis(i64::MAX);
    let mut points = Vec::new();
    each_pair(pair, &mut Sheet::default(), |_, _, primary, standby| {
        let point = |at, by| RecoveryPoint { name: primary.natural_name().to_owned(), at, by };
        points.push(match carriers.carried(&carriers.links(primary, standby), primary, never) {
            Carried::Old { at, by } => point(Ok(at), by),
            Carried::Nothing | Carried::Recent => point(Ok(None), String::new()),
            Carried::Unknown(why) => {
                let why = why.first().copied().unwrap_or(Unknown::Undetermined("it was not read"));
                point(Err(why), String::new())
            }
        });
    });
    points
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, HOUR, TAKEN_AT};

    #[test]
    fn what_was_carried_last_is_told_however_recent() {
        let mut fixture = Fixture::clean();
        let points = |fixture: &Fixture| recovery_points(&fixture.view());
        let found = points(&fixture);
        assert_eq!(found.len(), 1);
        assert_eq!(
            (found[0].name.as_str(), found[0].by.as_str()),
            ("profiles", "DataSync task \"profiles east to west\"")
        );
        let at = found[0].at.expect("known").expect("carried");
        assert!(TAKEN_AT.secs_since(at) < 24 * HOUR, "{at}");
        fixture
            .side(crate::fixture::On::Standby)
            .sync_executions
            .values_mut()
            .for_each(|runs| runs.items_mut().clear());
        assert_eq!(points(&fixture)[0].at, Ok(None));
    }
}
