//! FSX-001: a file system that people's desktops need must have a counterpart in the standby Region.

use crate::controls;
use crate::files::scope::{SCOPE_TAG, each_in_scope, several};
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::{Dataset, PairView, Paired, Subject};
use crate::rule::{Rule, Sheet, Wording};

/// FSX-001 file-system-missing.
pub(super) struct FileSystemMissing;

static META: Meta = Meta {
    id: "FSX-001",
    name: "file-system-missing",
    area: Area::Files,
    summary: "a file system that people's desktops need has no counterpart in the standby Region",
    cases: &[Case { key: "missing", severity: Severity::High, effect: Effect::Degrades, uncounted: false }],
    reach: Reach::Pair,
    implies: &[],
    needs: &[Dataset::FileSystems],
    controls: &[
        controls::REL13_BP02,
        controls::EUCREL04,
        controls::CP_6,
        controls::A_8_14,
        controls::A1_2,
        controls::ARTICLE_12,
    ],
    remedy: "Make the counterpart in the standby Region, or map the one that stands in (`[[pair.map]]`, kind `file-system`).",
    options: &[SCOPE_TAG],
    doc: include_str!("file_system_missing.md"),
};

impl Rule for FileSystemMissing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        each_in_scope(pair, sheet, |sheet, p, _, paired| {
            let subject = Subject::FileSystem { p, s: Subject::NONE };
            match paired {
                Paired::With { .. } => sheet.pass(),
                Paired::Missing => sheet.fail(subject, 0),
                Paired::Ambiguous(_) => sheet.unknown(subject, several()),
                Paired::Unknown(why) => sheet.unknown(subject, why),
            }
        });
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, _: usize) -> Wording {
        let names = subject.names(pair);
        let (here, there) = (&pair.settings.primary.region, &pair.settings.standby.region);
        let kind = match subject {
            Subject::FileSystem { p, .. } => pair.primary.file_systems.items().get(p as usize),
            _ => None,
        }
        .map_or("", |file_system| file_system.file_system_type.as_str());
        let same = if names.name == names.primary { String::new() } else { format!(" ({})", names.primary) };
        Wording::new(format!("{}{same} in {here} has no counterpart in {there}", names.name))
            .with("FileSystemId", names.primary.as_ref(), "absent")
            .with("FileSystemType", kind, "absent")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::files::FileTag;
    use crate::model::settings::{MapEntry, MapKind};
    use crate::model::{Slice, Unknown};

    fn without_aliases(fixture: &mut Fixture, on: On) {
        for file_system in fixture.side(on).file_systems.items_mut() {
            file_system.windows_configuration = None;
        }
    }

    fn tag(fixture: &mut Fixture, on: On, key: &str, value: &str) {
        let tag = FileTag { key: key.to_owned(), value: value.to_owned() };
        fixture.side(on).file_systems.items_mut()[0].tags.push(tag);
    }

    #[test]
    fn passes_where_both_sides_answer_to_one_alias() {
        assert_eq!(Fixture::clean().verdicts(&FileSystemMissing), (1, vec![]));
    }

    #[test]
    fn fails_where_it_has_no_counterpart() {
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).file_systems.items_mut().clear();
        assert_eq!(fixture.verdicts(&FileSystemMissing), (0, vec!["missing profiles".to_owned()]));
        let words = fixture.words(&FileSystemMissing);
        assert_eq!(words.message, "profiles (fs-p000000000000) in us-east-1 has no counterpart in us-west-2");
        assert_eq!(words.drift[0].path, "FileSystemId");
    }

    #[test]
    fn an_equal_name_tag_alone_pairs_nothing() {
        let mut fixture = Fixture::clean();
        without_aliases(&mut fixture, On::Standby);
        assert_eq!(fixture.verdicts(&FileSystemMissing), (0, vec!["missing profiles".to_owned()]));
    }

    #[test]
    fn what_nothing_marks_is_a_candidate() {
        let mut fixture = Fixture::clean();
        for on in [On::Primary, On::Standby] {
            without_aliases(&mut fixture, on);
        }
        let sheet = fixture.judge(&FileSystemMissing);
        assert_eq!((sheet.passes(), sheet.fails().len(), sheet.unknowns().len()), (0, 0, 0));
        assert!(sheet.reasons()[0].contains("neither mapped, tagged nor known by a DNS alias"));

        // Until something does.
        let mut tagged = fixture.clone();
        tag(&mut tagged, On::Primary, "deskpair:pair", "corp");
        assert_eq!(tagged.verdicts(&FileSystemMissing).1, ["missing profiles"]);
        let mut another = fixture.clone();
        tag(&mut another, On::Primary, "deskpair:pair", "other");
        assert_eq!(another.verdicts(&FileSystemMissing), (0, vec![]));
        let mut copied = fixture.clone();
        tag(&mut copied, On::Standby, "deskpair:copy-of", "us-east-1/fs-p000000000000");
        assert_eq!(copied.verdicts(&FileSystemMissing), (1, vec![]));
        let mut mapped = fixture.clone();
        let entry = MapEntry {
            kind: MapKind::FileSystem,
            primary: "fs-p000000000000".to_owned(),
            standby: "fs-s000000000000".to_owned(),
        };
        mapped.pair().maps.push(entry);
        assert_eq!(mapped.verdicts(&FileSystemMissing), (1, vec![]));
        mapped.pair().maps[0].standby = "fs-elsewhere".to_owned();
        assert_eq!(mapped.verdicts(&FileSystemMissing).1, ["missing profiles"]);
    }

    #[test]
    fn the_operators_own_tag_puts_in_scope() {
        let option = |fixture: &mut Fixture, value: serde_json::Value| {
            fixture
                .estate
                .settings
                .rules
                .entry("FSX-001".to_owned())
                .or_default()
                .options
                .insert("scope_tag".to_owned(), value);
        };
        let mut fixture = Fixture::clean();
        for on in [On::Primary, On::Standby] {
            without_aliases(&mut fixture, on);
        }
        tag(&mut fixture, On::Primary, "euc", "yes");
        for (value, fails) in [("euc", 1), ("euc=yes", 1), ("euc=no", 0), ("Euc", 0)] {
            option(&mut fixture, value.into());
            assert_eq!(fixture.verdicts(&FileSystemMissing).1.len(), fails, "{value}");
        }
        for value in [serde_json::json!(7), serde_json::json!("")] {
            option(&mut fixture, value);
            assert!(matches!(
                fixture.judge(&FileSystemMissing).unknowns(),
                [(Subject::Pair, Unknown::Undetermined(_))]
            ));
        }
    }

    #[test]
    fn gaps_and_ambiguity_are_no_pass_and_no_fail() {
        for on in [On::Primary, On::Standby] {
            let mut fixture = Fixture::clean();
            let gap = fixture.deny(on, Dataset::FileSystems);
            let sheet = fixture.judge(&FileSystemMissing);
            assert_eq!((sheet.passes(), sheet.fails().len(), sheet.reasons().len()), (0, 0, 0));
            assert!(matches!(sheet.unknowns(), [(_, Unknown::Gap(by))] if *by == gap));
        }
        let mut fixture = Fixture::clean();
        let mut twice = fixture.side(On::Standby).file_systems.items()[0].clone();
        twice.file_system_id = "fs-s000000000001".to_owned();
        fixture.side(On::Standby).file_systems.items_mut().push(twice);
        let sheet = fixture.judge(&FileSystemMissing);
        assert!(matches!(sheet.unknowns(), [(Subject::FileSystem { p: 0, .. }, Unknown::Undetermined(_))]));
        assert_eq!(sheet.passes(), 0);

        // A cut list may hide the tag that would put this one in scope.
        let mut fixture = Fixture::clean();
        without_aliases(&mut fixture, On::Primary);
        let gap = fixture.gap("fsx", "DescribeFileSystems");
        fixture.side(On::Standby).file_systems = Slice::cut(Vec::new(), gap);
        assert_eq!(fixture.judge(&FileSystemMissing).unknowns().len(), 1);
    }

    #[test]
    fn does_not_apply_without_file_systems() {
        let mut fixture = Fixture::clean();
        fixture.side(On::Primary).file_systems.items_mut().clear();
        assert_eq!(fixture.judge(&FileSystemMissing).reasons(), [crate::files::scope::NONE_AT_ALL]);
    }

    #[test]
    fn denied_calls_are_named() {
        Fixture::clean().assert_gaps_are_no_passes(&FileSystemMissing);
        let mut drifted = Fixture::clean();
        drifted.side(On::Standby).file_systems.items_mut().clear();
        drifted.assert_gaps_are_no_passes(&FileSystemMissing);
    }
}
