//! OPS-006: what a failover starts from must not go away with the primary Region. It cannot see where a folder's machine stands.

use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::settings::StateStore;
use crate::model::{PairView, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};

/// OPS-006 failover-needs-primary.
pub(super) struct FailoverNeedsPrimary;

static META: Meta = Meta {
    id: "OPS-006",
    name: "failover-needs-primary",
    area: Area::Practice,
    summary: "the state, and the last estate with it, lives in the primary Region",
    cases: &[Case { key: "in-primary", severity: Severity::High, effect: Effect::None, uncounted: false }],
    reach: Reach::Pair,
    implies: &[],
    needs: &[],
    controls: &[
        controls::REL13_BP02,
        controls::EUCREL02,
        controls::CP_2,
        controls::CP_6,
        controls::A_5_29,
        controls::A_5_30,
        controls::A_8_14,
        controls::A1_2,
        controls::ARTICLE_11,
        controls::ARTICLE_12,
    ],
    remedy: "Keep the state in a bucket of the standby Region or of a third one: copy its objects there, and name it with `--state \
             s3://BUCKET/PREFIX` or DESKPAIR_STATE wherever deskpair runs.",
    options: &[],
    doc: include_str!("failover_needs_primary.md"),
};

/// Nothing is kept, so nothing can go away.
const NOT_KEPT: &str = "the estate was collected without a state";

const WHERE_IT_STANDS: Unknown = Unknown::Unsupported(
    "the state is a folder of the machine that scanned, and no API tells in which Region that machine and its disk are",
);

impl Rule for FailoverNeedsPrimary {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        match &pair.estate.settings.state {
            None => sheet.not_applicable(NOT_KEPT),
            Some(StateStore::Folder) => sheet.unknown(Subject::Pair, WHERE_IT_STANDS),
            Some(StateStore::Bucket { region, .. }) if *region == pair.settings.primary.region => {
                sheet.fail(Subject::Pair, 0);
            }
            Some(StateStore::Bucket { .. }) => sheet.pass(),
        }
    }

    fn word(&self, pair: &PairView<'_>, _: Subject, _: usize) -> Wording {
        let Some(StateStore::Bucket { bucket, region }) = &pair.estate.settings.state else {
            return Wording::default();
        };
        Wording::new(format!(
            "the state is in the bucket {bucket} in {region}, the Region that a failover leaves: its last estate, its locks and its journals \
             would be out of reach"
        ))
        .with("BucketRegion", region, "another Region")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;

    fn kept(state: StateStore) -> Fixture {
        let mut fixture = Fixture::clean();
        fixture.estate.settings.state = Some(state);
        fixture
    }

    fn bucket(region: &str) -> StateStore {
        StateStore::Bucket { bucket: "corp-dr".to_owned(), region: region.to_owned() }
    }

    #[test]
    fn passes_in_any_region_but_the_primary() {
        for region in ["us-west-2", "eu-central-1"] {
            assert_eq!(kept(bucket(region)).verdicts(&FailoverNeedsPrimary), (1, vec![]));
        }
    }

    #[test]
    fn fails_in_the_primary_region_and_strands_nobody() {
        let fixture = kept(bucket("us-east-1"));
        assert_eq!(fixture.verdicts(&FailoverNeedsPrimary), (0, vec!["in-primary corp".to_owned()]));
        assert!(
            fixture.words(&FailoverNeedsPrimary).message.starts_with("the state is in the bucket corp-dr in us-east-1")
        );
        let run = fixture.run(&[&FailoverNeedsPrimary]);
        assert_eq!((run.pairs[0].readiness.ready, run.pairs[0].tallies[0].fail), (3, 1));
    }

    #[test]
    fn of_two_pairs_in_opposite_directions_one_fails() {
        let mut fixture = kept(bucket("us-west-2"));
        let (mut settings, places) = (fixture.estate.settings.pairs[0].clone(), fixture.estate.pairs[0]);
        settings.name = "back".to_owned();
        std::mem::swap(&mut settings.primary, &mut settings.standby);
        fixture.estate.settings.pairs.push(settings);
        fixture.estate.pairs.push(places);
        let run = fixture.run(&[&FailoverNeedsPrimary]);
        assert_eq!(run.pairs.iter().map(|pair| pair.tallies[0].fail).collect::<Vec<_>>(), [0, 1]);
    }

    #[test]
    fn where_a_folder_stands_no_api_tells() {
        let fixture = kept(StateStore::Folder);
        let sheet = fixture.judge(&FailoverNeedsPrimary);
        assert_eq!(sheet.unknowns(), [(Subject::Pair, WHERE_IT_STANDS)]);
        let run = fixture.run(&[&FailoverNeedsPrimary]);
        assert_eq!((run.pairs[0].readiness.ready, run.pairs[0].tallies[0].not_evaluated), (3, 1));
    }

    #[test]
    fn does_not_apply_where_nothing_is_kept() {
        assert_eq!(Fixture::clean().judge(&FailoverNeedsPrimary).reasons(), [NOT_KEPT]);
    }
}
