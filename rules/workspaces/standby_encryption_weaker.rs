//! WSP-007: what is encrypted at rest on the primary desktop should be so on the standby one.

use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::workspace::{Flag, WorkspaceRow};
use crate::model::{PairView, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};
use crate::workspaces::row::{PAIRING, each_pair, primary, standby};

/// WSP-007 standby-encryption-weaker.
pub(super) struct StandbyEncryptionWeaker;

static META: Meta = Meta {
    id: "WSP-007",
    name: "standby-encryption-weaker",
    area: Area::Workspaces,
    summary: "a volume that is encrypted on the primary WorkSpace is not on the standby one",
    cases: &[Case { key: "weaker", severity: Severity::High, effect: Effect::Exposes, uncounted: false }],
    reach: Reach::Desktop,
    implies: &[],
    needs: PAIRING,
    controls: &[controls::REL13_BP04, controls::CM_6, controls::A_5_29],
    remedy: "Terminate the standby desktop and make it anew with encrypted volumes: encryption cannot be turned on later.",
    options: &[],
    doc: include_str!("standby_encryption_weaker.md"),
};

const UNTOLD: Unknown =
    Unknown::Undetermined("the answer names a desktop's key and does not tell which of its volumes are encrypted");

/// Whether a volume is encrypted. An answer that names neither a flag nor a key is of a desktop without encryption: an inference from
/// recorded answers, in which desktops without it have none of the three members.
fn encrypted(row: &WorkspaceRow, flag: Flag) -> Option<bool> {
    match flag {
        Flag::Yes => Some(true),
        Flag::No => Some(false),
        Flag::Absent => row.key.is_none().then_some(false),
    }
}

/// The volumes, each with whether it is encrypted on either side.
fn volumes(p: &WorkspaceRow, s: &WorkspaceRow) -> [(&'static str, &'static str, Option<bool>, Option<bool>); 2] {
    let root = |row: &WorkspaceRow| encrypted(row, row.root_volume_encrypted);
    let user = |row: &WorkspaceRow| encrypted(row, row.user_volume_encrypted);
    [
        ("RootVolumeEncryptionEnabled", "root volume", root(p), root(s)),
        ("UserVolumeEncryptionEnabled", "user volume", user(p), user(s)),
    ]
}

impl Rule for StandbyEncryptionWeaker {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        each_pair(pair, sheet, |sheet, subject, p, s| {
            let volumes = volumes(p, s).map(|(_, _, p, s)| match (p, s) {
                (Some(true), Some(false)) => Some(false),
                (Some(false), _) | (_, Some(true)) => Some(true),
                (Some(true) | None, None) | (None, Some(false)) => None,
            });
            // What surely is weaker is a fail, whatever else is not told.
            if volumes.contains(&Some(false)) {
                sheet.fail(subject, 0);
            } else if volumes.contains(&None) {
                sheet.unknown(subject, UNTOLD);
            } else {
                sheet.pass();
            }
        });
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, _: usize) -> Wording {
        let names = subject.names(pair);
        let Some((p, s)) = primary(pair, subject).zip(standby(pair, subject)) else {
            return Wording::new(format!("the standby desktop of {} is not encrypted as the primary is", names.name));
        };
        let (mut wording, mut weaker) = (Wording::default(), Vec::new());
        for (member, what, on_p, on_s) in volumes(p, s) {
            if (on_p, on_s) == (Some(true), Some(false)) {
                weaker.push(what);
                wording = wording.with(member, "true", "false");
            }
        }
        wording.message = format!(
            "{}'s standby desktop {} does not encrypt its {}, as {} does",
            names.name,
            names.standby,
            weaker.join(" and its "),
            names.primary
        );
        wording
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::Sym;
    use crate::readiness::State;

    /// The clean estate, with bert's desktop on a side as given: root volume, user volume, and whether a key is named.
    fn with(on: On, root: Flag, user: Flag, key: bool) -> Fixture {
        let mut fixture = Fixture::clean();
        let key = if key { fixture.sym("arn:aws:kms:us-west-2:111122223333:key/mrk-0") } else { Sym::NONE };
        let row = fixture.desktop(on, "bert");
        (row.root_volume_encrypted, row.user_volume_encrypted, row.key) = (root, user, key);
        fixture
    }

    #[test]
    fn as_much_or_more_passes() {
        assert_eq!(Fixture::clean().verdicts(&StandbyEncryptionWeaker), (3, vec![]));
        for (root, user) in [(Flag::No, Flag::No), (Flag::Absent, Flag::Absent), (Flag::Yes, Flag::No)] {
            let fixture = with(On::Primary, root, user, false);
            assert_eq!(fixture.verdicts(&StandbyEncryptionWeaker), (3, vec![]), "{root:?} {user:?}");
        }
    }

    #[test]
    fn a_volume_that_is_not_encrypted_fails_and_leaves_people_ready() {
        for (root, user, words) in [
            (Flag::No, Flag::Yes, "root volume"),
            (Flag::Yes, Flag::No, "user volume"),
            (Flag::No, Flag::No, "root volume and its user volume"),
        ] {
            let fixture = with(On::Standby, root, user, true);
            assert_eq!(fixture.verdicts(&StandbyEncryptionWeaker), (2, vec!["weaker bert".to_owned()]));
            let message = fixture.words(&StandbyEncryptionWeaker).message;
            assert_eq!(
                message,
                format!("bert's standby desktop ws-sbert does not encrypt its {words}, as ws-pbert does")
            );
            let run = fixture.run(&[&StandbyEncryptionWeaker]);
            assert!(run.pairs[0].readiness.states.iter().all(|state| *state == State::Ready));
        }
    }

    #[test]
    fn neither_flags_nor_a_key_is_no_encryption() {
        let fixture = with(On::Standby, Flag::Absent, Flag::Absent, false);
        assert_eq!(fixture.verdicts(&StandbyEncryptionWeaker), (2, vec!["weaker bert".to_owned()]));
        let words = fixture.words(&StandbyEncryptionWeaker);
        assert_eq!(words.drift.iter().map(|drift| drift.standby.as_str()).collect::<Vec<_>>(), ["false", "false"]);
    }

    #[test]
    fn what_is_not_told_is_not_passed() {
        let unclear = with(On::Standby, Flag::Absent, Flag::Yes, true);
        assert_eq!(unclear.judge(&StandbyEncryptionWeaker).unknowns(), [(Subject::Desktop { p: 1, s: 1 }, UNTOLD)]);
        // What surely is weaker fails all the same.
        let mixed = with(On::Standby, Flag::Absent, Flag::No, true);
        assert_eq!(mixed.verdicts(&StandbyEncryptionWeaker), (2, vec!["weaker bert".to_owned()]));
        // It may be that there is nothing to be weaker than, or nothing that could be.
        let mut fixture = with(On::Primary, Flag::Absent, Flag::Absent, true);
        assert_eq!(fixture.verdicts(&StandbyEncryptionWeaker), (3, vec![]));
        fixture.desktop(On::Standby, "bert").root_volume_encrypted = Flag::No;
        let sheet = fixture.judge(&StandbyEncryptionWeaker);
        assert_eq!((sheet.passes(), sheet.unknowns()), (2, &[(Subject::Desktop { p: 1, s: 1 }, UNTOLD)][..]));
    }

    #[test]
    fn nobody_to_judge_is_said() {
        let mut fixture = Fixture::clean();
        fixture.side(On::Primary).workspaces.items_mut().clear();
        assert_eq!(fixture.judge(&StandbyEncryptionWeaker).reasons(), [crate::workspaces::row::NOBODY]);
    }

    #[test]
    fn denied_calls_are_named() {
        Fixture::clean().assert_gaps_are_no_passes(&StandbyEncryptionWeaker);
        with(On::Standby, Flag::No, Flag::No, false).assert_gaps_are_no_passes(&StandbyEncryptionWeaker);
    }
}
