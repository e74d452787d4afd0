//! FSX-010: the standby file system must answer to the DNS aliases that people's paths rest on.

use crate::controls;
use crate::files::scope::{both, each_pair};
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::files::{FileSystem, FileSystemAlias};
use crate::model::pairing::dns_name;
use crate::model::{Dataset, PairView, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};

/// FSX-010 file-system-alias-missing.
pub(super) struct FileSystemAliasMissing;

static META: Meta = Meta {
    id: "FSX-010",
    name: "file-system-alias-missing",
    area: Area::Files,
    summary: "a DNS alias of the primary file system, on which people's paths rest, is missing on the standby one",
    cases: &[Case { key: "missing", severity: Severity::Medium, effect: Effect::Degrades, uncounted: false }],
    reach: Reach::Pair,
    implies: &[],
    needs: &[Dataset::FileSystems],
    controls: &[controls::REL13_BP04, controls::EUCREL02, controls::CP_6, controls::CM_6, controls::A_5_30],
    remedy: "Associate the alias with the standby file system (`aws fsx associate-file-system-aliases`), and plan who moves its DNS record and \
             its service principal names at a failover.",
    options: &[],
    doc: include_str!("file_system_alias_missing.md"),
};

const NO_ALIAS: &str = "the primary file system has no DNS alias";
const NOT_WINDOWS: Unknown = Unknown::Unsupported(
    "the standby file system is none of Windows', and which names ONTAP's storage virtual machines answer to beside their own is in no AWS \
     API: attest that they answer to the primary one's aliases",
);

/// Whether a file system answers to an alias: one that is being deleted or could not be made is none, and one whose deletion failed is one.
fn answers(alias: &FileSystemAlias) -> bool {
    ["AVAILABLE", "DELETE_FAILED"].contains(&alias.lifecycle.as_str())
}

fn aliases(file_system: &FileSystem) -> &[FileSystemAlias] {
    file_system.windows_configuration.as_ref().map_or(&[], |windows| &windows.aliases)
}

/// The primary file system's aliases to which the standby one does not answer, with the state of those that are there all the same.
fn missing<'e>(primary: &'e FileSystem, standby: &'e FileSystem) -> Vec<(&'e str, &'e str)> {
    let wanted = aliases(primary).iter().filter(|alias| answers(alias));
    wanted
        .filter_map(|alias| {
            let same = |other: &&FileSystemAlias| dns_name(&other.name) == dns_name(&alias.name);
            let found = aliases(standby).iter().find(same);
            match found {
                Some(found) if answers(found) => None,
                Some(found) => Some((alias.name.as_str(), found.lifecycle.as_str())),
                None => Some((alias.name.as_str(), "absent")),
            }
        })
        .collect()
}

impl Rule for FileSystemAliasMissing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        each_pair(pair, sheet, |sheet, subject, primary, standby| {
            if !aliases(primary).iter().any(answers) {
                sheet.not_applicable(NO_ALIAS);
            } else if standby.file_system_type != "WINDOWS" {
                sheet.unknown(subject, NOT_WINDOWS);
            } else if missing(primary, standby).is_empty() {
                sheet.pass();
            } else {
                sheet.fail(subject, 0);
            }
        });
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, _: usize) -> Wording {
        let names = subject.names(pair);
        let missing = both(pair, subject).map(|(primary, standby)| missing(primary, standby)).unwrap_or_default();
        let told: Vec<String> = missing
            .iter()
            .map(|(name, state)| if *state == "absent" { (*name).to_owned() } else { format!("{name} ({state})") })
            .collect();
        let mut wording = Wording::new(format!(
            "{} ({}) in {} does not answer to {}",
            names.name,
            names.standby,
            pair.settings.standby.region,
            told.join(" and ")
        ));
        for (name, state) in missing {
            wording = wording.with(format!("Aliases.{name}"), "AVAILABLE", state);
        }
        wording
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::settings::{MapEntry, MapKind};

    /// The clean estate with its file systems mapped.
    fn mapped() -> Fixture {
        let mut fixture = Fixture::clean();
        fixture.pair().maps.push(MapEntry {
            kind: MapKind::FileSystem,
            primary: "fs-p000000000000".to_owned(),
            standby: "fs-s000000000000".to_owned(),
        });
        fixture
    }

    fn aliases(fixture: &mut Fixture, on: On) -> &mut Vec<FileSystemAlias> {
        let file_system = &mut fixture.side(on).file_systems.items_mut()[0];
        &mut file_system.windows_configuration.as_mut().expect("Windows'").aliases
    }

    #[test]
    fn passes_where_both_answer() {
        assert_eq!(Fixture::clean().verdicts(&FileSystemAliasMissing), (1, vec![]));
        let mut fixture = mapped();
        aliases(&mut fixture, On::Standby)[0].name = "Profiles.corp.example.".to_owned();
        assert_eq!(fixture.verdicts(&FileSystemAliasMissing), (1, vec![]));
    }

    #[test]
    fn fails_where_one_is_missing() {
        let mut fixture = mapped();
        aliases(&mut fixture, On::Standby).clear();
        assert_eq!(fixture.verdicts(&FileSystemAliasMissing), (0, vec!["missing profiles".to_owned()]));
        let words = fixture.words(&FileSystemAliasMissing);
        assert_eq!(words.message, "profiles (fs-s000000000000) in us-west-2 does not answer to profiles.corp.example");
        assert_eq!(words.drift[0].path, "Aliases.profiles.corp.example");
        // Also where another alias paired the two.
        let mut fixture = Fixture::clean();
        let home = FileSystemAlias { name: "home.corp.example".to_owned(), lifecycle: "AVAILABLE".to_owned() };
        aliases(&mut fixture, On::Primary).push(home);
        assert_eq!(fixture.verdicts(&FileSystemAliasMissing).1, ["missing profiles"]);
    }

    #[test]
    fn an_alias_in_another_state_does_not_answer() {
        for state in ["CREATING", "CREATE_FAILED", "DELETING"] {
            let mut fixture = mapped();
            aliases(&mut fixture, On::Standby)[0].lifecycle = state.to_owned();
            assert_eq!(fixture.verdicts(&FileSystemAliasMissing).1, ["missing profiles"]);
            assert!(
                fixture.words(&FileSystemAliasMissing).message.ends_with(&format!("profiles.corp.example ({state})"))
            );
            // On the primary side nobody's path rests on it.
            let mut fixture = mapped();
            aliases(&mut fixture, On::Primary)[0].lifecycle = state.to_owned();
            assert_eq!(fixture.judge(&FileSystemAliasMissing).reasons(), [NO_ALIAS]);
        }
    }

    #[test]
    fn another_kind_of_file_system_cannot_tell() {
        let mut fixture = mapped();
        let standby = &mut fixture.side(On::Standby).file_systems.items_mut()[0];
        standby.file_system_type = "ONTAP".to_owned();
        standby.windows_configuration = None;
        assert!(matches!(fixture.judge(&FileSystemAliasMissing).unknowns(), [(_, Unknown::Unsupported(_))]));
    }

    #[test]
    fn does_not_apply_without_aliases() {
        for fixture in [Fixture::ontap(), Fixture::open_zfs()] {
            assert_eq!(fixture.judge(&FileSystemAliasMissing).reasons(), [NO_ALIAS]);
        }
    }

    #[test]
    fn denied_calls_are_named() {
        Fixture::clean().assert_gaps_are_no_passes(&FileSystemAliasMissing);
        let mut drifted = mapped();
        aliases(&mut drifted, On::Standby).clear();
        drifted.assert_gaps_are_no_passes(&FileSystemAliasMissing);
    }
}
