//! KEY-001: a key that encrypts a standby desktop's volumes must be there, and must be usable.
//!
//! It does not see whether the key's policy and grants let WorkSpaces use it.

use super::named::{NEEDS, Named, UNNAMED, named};
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::key::Key;
use crate::model::{PairView, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};
use crate::workspaces::row::{each_pair_or, standby};

/// KEY-001 key-unusable.
pub(super) struct KeyUnusable;

/// Positions in the cases.
const DISABLED: usize = 0;
const PENDING_DELETION: usize = 1;
const MISSING: usize = 2;
const UNAVAILABLE: usize = 3;

static META: Meta = Meta {
    id: "KEY-001",
    name: "key-unusable",
    area: Area::Keys,
    summary: "a key that encrypts a standby desktop's volumes is disabled, is to be deleted, is missing or cannot be used",
    cases: &[
        Case { key: "disabled", severity: Severity::Critical, effect: Effect::Strands, uncounted: false },
        Case { key: "pending-deletion", severity: Severity::Critical, effect: Effect::Strands, uncounted: false },
        Case { key: "missing", severity: Severity::Critical, effect: Effect::Strands, uncounted: false },
        Case { key: "unavailable", severity: Severity::Critical, effect: Effect::Strands, uncounted: false },
    ],
    reach: Reach::Desktop,
    implies: &[],
    needs: NEEDS,
    controls: &[
        controls::REL13_BP02,
        controls::EUCREL02,
        controls::CP_7,
        controls::CP_10,
        controls::A_8_14,
        controls::A1_2,
        controls::ARTICLE_11,
        controls::ARTICLE_12,
    ],
    remedy: "Enable the key in the standby Region, or cancel its deletion and enable it; of a key that is gone, make the standby desktops anew.",
    options: &[],
    doc: include_str!("key_unusable.md"),
};

/// What is said where no key is named.
const NOT_ENCRYPTED: &str = "no standby desktop's volumes are encrypted";

const NO_STATE: Unknown =
    Unknown::Undetermined("the state of a key is missing from the answer, or deskpair does not know it");
const BEING_MADE: Unknown = Unknown::Undetermined("the key is still being made");

/// How a key fails, `Ok(None)` where it can be used (service model, `kms:KeyState`; the states in which KMS uses a key are `Enabled` and
/// `Updating`).
fn fault(key: Option<&Key>) -> Result<Option<usize>, Unknown> {
    match key.map(|key| key.key_state.as_str()) {
        None => Ok(Some(MISSING)),
        Some("Enabled" | "Updating") => Ok(None),
        Some("Disabled") => Ok(Some(DISABLED)),
        Some("PendingDeletion" | "PendingReplicaDeletion") => Ok(Some(PENDING_DELETION)),
        Some("PendingImport" | "Unavailable") => Ok(Some(UNAVAILABLE)),
        Some("Creating") => Err(BEING_MADE),
        Some(_) => Err(NO_STATE),
    }
}

impl Rule for KeyUnusable {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        each_pair_or(pair, sheet, NOT_ENCRYPTED, |sheet, subject, _, s| {
            let key = match named(pair, s) {
                Named::As(key) => pair.standby.key_of(key),
                Named::Nothing => return,
                Named::Untold => return sheet.unknown(subject, UNNAMED),
            };
            match key.map_err(Unknown::Gap).and_then(fault) {
                Ok(Some(case)) => sheet.fail(subject, case),
                Ok(None) => sheet.pass(),
                Err(why) => sheet.unknown(subject, why),
            }
        });
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, case: usize) -> Wording {
        let names = subject.names(pair);
        let key = standby(pair, subject).map(|row| named(pair, row));
        let key = if let Some(Named::As(key)) = key { key } else { "a key" };
        let found = pair.standby.key_of(key).ok().flatten();
        let state = found.map_or("missing", |key| key.key_state.as_str());
        let when = found.and_then(|key| key.deletion_date);
        let what = match (case, when) {
            (DISABLED, _) => "is disabled".to_owned(),
            (PENDING_DELETION, Some(when)) => format!("is to be deleted on {when}"),
            (PENDING_DELETION, None) => "is to be deleted".to_owned(),
            (UNAVAILABLE, _) => format!("cannot be used: its state is {state}"),
            _ => "is not there".to_owned(),
        };
        Wording::new(format!(
            "{}'s standby desktop {} is encrypted with {key}, which {what}",
            names.name, names.standby
        ))
        .with("KeyState", "Enabled needed", state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On, TAKEN_AT};
    use crate::model::workspace::Flag;
    use crate::model::{Dataset, Slice, Sym};
    use crate::readiness::State;

    const KEY: &str = "arn:aws:kms:us-west-2:111122223333:key/mrk-0123456789abcdef0123456789abcdef";

    /// The clean estate, with bert's standby desktop encrypted with a key of this state; none for a key that is not there.
    fn with(state: Option<&str>) -> Fixture {
        let mut fixture = Fixture::clean();
        fixture.desktop(On::Standby, "bert").key = Sym::NONE;
        let key = fixture.sym(KEY);
        fixture.desktop(On::Standby, "bert").key = key;
        let key = |state: &str| Key { key_id: "mrk-0".to_owned(), key_state: state.to_owned(), ..Key::default() };
        let keys = Slice::whole_of(state.map(key).into_iter().collect());
        fixture.side(On::Standby).keys.insert(KEY.to_owned(), keys);
        fixture
    }

    #[test]
    fn passes_where_the_key_can_be_used() {
        assert_eq!(Fixture::clean().verdicts(&KeyUnusable), (3, vec![]));
        for state in ["Enabled", "Updating"] {
            assert_eq!(with(Some(state)).verdicts(&KeyUnusable), (3, vec![]), "{state}");
        }
    }

    #[test]
    fn fails_for_those_whose_desktop_it_locks() {
        for (state, case, words) in [
            (Some("Disabled"), "disabled", "is disabled"),
            (Some("PendingDeletion"), "pending-deletion", "is to be deleted"),
            (Some("PendingReplicaDeletion"), "pending-deletion", "is to be deleted"),
            (Some("PendingImport"), "unavailable", "cannot be used: its state is PendingImport"),
            (Some("Unavailable"), "unavailable", "cannot be used: its state is Unavailable"),
            (None, "missing", "is not there"),
        ] {
            let fixture = with(state);
            assert_eq!(fixture.verdicts(&KeyUnusable), (2, vec![format!("{case} bert")]), "{state:?}");
            let message = fixture.words(&KeyUnusable).message;
            assert_eq!(message, format!("bert's standby desktop ws-sbert is encrypted with {KEY}, which {words}"));
            let run = fixture.run(&[&KeyUnusable]);
            let states = &run.pairs[0].readiness.states;
            assert_eq!(states.iter().filter(|state| **state == State::Stranded).count(), 1);
        }
    }

    #[test]
    fn it_says_when_the_key_will_be_gone() {
        let mut fixture = with(Some("PendingDeletion"));
        let keys = fixture.side(On::Standby).keys.get_mut(KEY).expect("the key");
        keys.items_mut()[0].deletion_date = Some(TAKEN_AT);
        let message = fixture.words(&KeyUnusable).message;
        assert!(message.ends_with("which is to be deleted on 2026-06-01T12:00:00Z"), "{message}");
    }

    #[test]
    fn what_is_not_told_of_a_key_is_not_passed() {
        for (state, why) in [("Creating", BEING_MADE), ("", NO_STATE), ("Melted", NO_STATE)] {
            let sheet = with(Some(state)).judge(&KeyUnusable);
            assert_eq!((sheet.passes(), sheet.unknowns()), (2, &[(Subject::Desktop { p: 1, s: 1 }, why)][..]));
        }
        let mut fixture = with(Some("Enabled"));
        fixture.desktop(On::Standby, "bert").key = Sym::NONE;
        assert_eq!(fixture.judge(&KeyUnusable).unknowns(), [(Subject::Desktop { p: 1, s: 1 }, UNNAMED)]);
        // Its policy hides this key, and no other.
        let mut fixture = with(Some("Enabled"));
        let gap = fixture.gap("kms", "DescribeKey");
        fixture.side(On::Standby).keys.insert(KEY.to_owned(), Slice::cut(Vec::new(), gap));
        let sheet = fixture.judge(&KeyUnusable);
        assert_eq!(
            (sheet.passes(), sheet.unknowns()),
            (2, &[(Subject::Desktop { p: 1, s: 1 }, Unknown::Gap(gap))][..])
        );
        let run = fixture.run(&[&KeyUnusable]);
        assert_eq!(run.pairs[0].readiness.states[1], State::Unknown);
    }

    #[test]
    fn a_desktop_without_encryption_rests_on_no_key() {
        let mut fixture = with(Some("Disabled"));
        let row = fixture.desktop(On::Standby, "bert");
        (row.root_volume_encrypted, row.user_volume_encrypted) = (Flag::No, Flag::No);
        assert_eq!(fixture.verdicts(&KeyUnusable), (2, vec![]));
        for user in ["anna", "bert", "carla"] {
            let row = fixture.desktop(On::Standby, user);
            (row.root_volume_encrypted, row.user_volume_encrypted, row.key) = (Flag::Absent, Flag::Absent, Sym::NONE);
        }
        assert_eq!(fixture.judge(&KeyUnusable).reasons(), [NOT_ENCRYPTED]);
    }

    #[test]
    fn denied_calls_are_named() {
        for fixture in [Fixture::clean(), with(Some("Disabled")), with(Some("Enabled"))] {
            fixture.assert_gaps_are_no_passes(&KeyUnusable);
        }
        let mut fixture = with(Some("Enabled"));
        let gap = fixture.deny(On::Standby, Dataset::Keys);
        assert!(fixture.judge(&KeyUnusable).unknowns().iter().all(|(_, why)| *why == Unknown::Gap(gap)));
    }
}
