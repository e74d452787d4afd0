//! WSP-005: a standby desktop should have no less hardware than the primary one, but for what the operator allows.

use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::hardware::Standing;
use crate::model::workspace::WorkspaceRow;
use crate::model::{Dataset, PairView, Subject, Symbols, Unknown};
use crate::rule::{Rule, Sheet, Wording};
use crate::workspaces::row::{each_pair, primary, standby};
use serde_json::Value;

/// WSP-005 standby-smaller.
pub(super) struct StandbySmaller;

static META: Meta = Meta {
    id: "WSP-005",
    name: "standby-smaller",
    area: Area::Workspaces,
    summary: "a standby WorkSpace has less hardware than the primary one: compute type, root or user volume",
    cases: &[Case { key: "smaller", severity: Severity::Medium, effect: Effect::Degrades, uncounted: false }],
    reach: Reach::Desktop,
    implies: &[],
    needs: &[Dataset::Workspaces, Dataset::Registrations, Dataset::Directories, Dataset::Aliases],
    controls: &[
        controls::REL13_BP04,
        controls::EUCREL02,
        controls::CP_7,
        controls::CM_2,
        controls::A_8_14,
        controls::A1_2,
        controls::ARTICLE_12,
    ],
    remedy: "Give the standby desktop the primary's compute type and volume sizes, or declare the smaller one as enough with the rule's \
             options.",
    options: &[
        ("allow", "Compute types that suffice for larger ones, a list of `PRIMARY=STANDBY`: `[\"POWER=STANDARD\"]`."),
        ("root_gib", "A standby root volume of this many GiB suffices, however large the primary's is."),
        ("user_gib", "A standby user volume of this many GiB suffices, however large the primary's is."),
    ],
    doc: include_str!("standby_smaller.md"),
};

const UNTOLD: Unknown =
    Unknown::Undetermined("a desktop's compute type or the size of a volume is missing from the answer");
const BAD_OPTION: Unknown = Unknown::Undetermined(
    "an option of WSP-005 cannot be read: `allow` is a list of texts of the form `PRIMARY=STANDBY`, `root_gib` and `user_gib` are numbers",
);

/// What the operator declares to be enough.
#[derive(Default)]
struct Allowance<'e> {
    compute: Vec<(&'e str, &'e str)>,
    root_gib: Option<u32>,
    user_gib: Option<u32>,
}

impl<'e> Allowance<'e> {
    fn of(pair: &PairView<'e>) -> Result<Self, Unknown> {
        let Some(rule) = pair.estate.settings.rules.get(META.id) else { return Ok(Self::default()) };
        let size = |name: &str| match rule.options.get(name) {
            None => Ok(None),
            Some(value) => value.as_u64().and_then(|gib| u32::try_from(gib).ok()).map(Some).ok_or(BAD_OPTION),
        };
        let compute = match rule.options.get("allow") {
            None => Vec::new(),
            Some(value) => {
                let entry = |entry: &'e Value| entry.as_str().and_then(|text| text.split_once('=')).ok_or(BAD_OPTION);
                value.as_array().ok_or(BAD_OPTION)?.iter().map(entry).collect::<Result<_, _>>()?
            }
        };
        Ok(Self { compute, root_gib: size("root_gib")?, user_gib: size("user_gib")? })
    }

    fn compute(&self, primary: &str, standby: &str) -> Standing {
        let is = |allowed: &str, name: &str| allowed.trim().eq_ignore_ascii_case(name);
        if self.compute.iter().any(|(of, enough)| is(of, primary) && is(enough, standby)) {
            return Standing::Enough;
        }
        Standing::of_compute(primary, standby)
    }

    /// How the members stand: compute type, root volume, user volume.
    fn compare(&self, symbols: &Symbols, p: &WorkspaceRow, s: &WorkspaceRow) -> [Standing; 3] {
        let compute = if p.compute == s.compute && p.compute.is_some() {
            Standing::Enough
        } else {
            self.compute(symbols.text(p.compute), symbols.text(s.compute))
        };
        let volume = |p: Option<u32>, s: Option<u32>, enough: Option<u32>| match (s, enough) {
            (Some(size), Some(enough)) if size >= enough => Standing::Enough,
            (_, _) => Standing::of_volume(p, s),
        };
        let root = volume(root_gib(p), root_gib(s), self.root_gib);
        [compute, root, volume(user_gib(p), user_gib(s), self.user_gib)]
    }
}

fn root_gib(row: &WorkspaceRow) -> Option<u32> {
    (row.root_gib != 0).then_some(u32::from(row.root_gib))
}

/// 0 is a size: a desktop without a user volume.
fn user_gib(row: &WorkspaceRow) -> Option<u32> {
    (row.user_gib != WorkspaceRow::ABSENT).then_some(u32::from(row.user_gib))
}

impl Rule for StandbySmaller {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let allowance = match Allowance::of(pair) {
            Ok(allowance) => allowance,
            Err(why) => return sheet.unknown(Subject::Pair, why),
        };
        each_pair(pair, sheet, |sheet, subject, p, s| {
            let members = allowance.compare(&pair.estate.symbols, p, s);
            // What is surely less is a fail, whatever else is not told.
            if members.iter().any(|standing| standing.differs()) {
                sheet.fail(subject, 0);
            } else if members.contains(&Standing::Untold) {
                sheet.unknown(subject, UNTOLD);
            } else {
                sheet.pass();
            }
        });
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, _: usize) -> Wording {
        let names = subject.names(pair);
        let rows = primary(pair, subject).zip(standby(pair, subject));
        let Some(((p, s), allowance)) = rows.zip(Allowance::of(pair).ok()) else {
            return Wording::new(format!("the standby desktop of {} is smaller", names.name));
        };
        let text = |sym| pair.estate.symbols.text(sym).to_owned();
        let gib = |size: Option<u32>| size.map_or_else(|| "absent".to_owned(), |size| size.to_string());
        let members = [
            ("ComputeTypeName", "compute type", "", text(p.compute), text(s.compute)),
            ("RootVolumeSizeGib", "root volume", " GiB", gib(root_gib(p)), gib(root_gib(s))),
            ("UserVolumeSizeGib", "user volume", " GiB", gib(user_gib(p)), gib(user_gib(s))),
        ];
        let mut less: Vec<String> = Vec::new();
        let mut wording = Wording::default();
        let standings = allowance.compare(&pair.estate.symbols, p, s);
        for ((member, what, unit, of_p, of_s), standing) in members.into_iter().zip(standings) {
            if standing.differs() {
                less.push(format!("{what} {of_s}{unit} for {of_p}{unit}"));
                wording = wording.with(member, of_p, of_s);
            }
        }
        wording.message = format!(
            "{}'s standby desktop {} has less than {}: {}",
            names.name,
            names.standby,
            names.primary,
            less.join(", ")
        );
        wording
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};

    /// The clean estate with a standby desktop for carla (POWER, 80 and 100 GiB) as given.
    fn with(compute: &str, root: u16, user: u16) -> Fixture {
        let mut fixture = Fixture::clean();
        let compute = fixture.sym(compute);
        let row = fixture.desktop(On::Standby, "carla");
        (row.compute, row.root_gib, row.user_gib) = (compute, root, user);
        fixture
    }

    fn allow(fixture: &mut Fixture, option: &str, value: Value) {
        fixture.estate.settings.rules.entry(META.id.to_owned()).or_default().options.insert(option.to_owned(), value);
    }

    #[test]
    fn as_much_or_more_passes() {
        assert_eq!(Fixture::clean().verdicts(&StandbySmaller), (3, vec![]));
        assert_eq!(with("POWERPRO", 175, 200).verdicts(&StandbySmaller), (3, vec![]));
    }

    #[test]
    fn less_of_anything_fails() {
        for fixture in
            [with("STANDARD", 80, 100), with("POWER", 79, 100), with("POWER", 80, 0), with("GRAPHICS_G4DN", 80, 100)]
        {
            assert_eq!(fixture.verdicts(&StandbySmaller), (2, vec!["smaller carla".to_owned()]));
        }
        let words = with("STANDARD", 80, 50).words(&StandbySmaller);
        assert_eq!(
            words.message,
            "carla's standby desktop ws-scarla has less than ws-pcarla: compute type STANDARD for POWER, user volume 50 GiB for 100 GiB"
        );
        let paths: Vec<&str> = words.drift.iter().map(|drift| drift.path.as_str()).collect();
        assert_eq!(paths, ["ComputeTypeName", "UserVolumeSizeGib"]);
    }

    #[test]
    fn what_the_operator_allows_is_enough() {
        let mut fixture = with("STANDARD", 50, 50);
        allow(&mut fixture, "allow", serde_json::json!(["performance=value", "power = standard"]));
        let paths = |fixture: &Fixture| {
            fixture.words(&StandbySmaller).drift.into_iter().map(|drift| drift.path).collect::<Vec<_>>()
        };
        assert_eq!(paths(&fixture), ["RootVolumeSizeGib", "UserVolumeSizeGib"]);
        allow(&mut fixture, "root_gib", 50.into());
        assert_eq!(paths(&fixture), ["UserVolumeSizeGib"]);
        allow(&mut fixture, "user_gib", 50.into());
        assert_eq!(fixture.verdicts(&StandbySmaller), (3, vec![]));
        allow(&mut fixture, "user_gib", 51.into());
        assert_eq!(fixture.verdicts(&StandbySmaller).0, 2);
        // One allowance is not another.
        allow(&mut fixture, "allow", serde_json::json!(["STANDARD=POWER", "POWER=VALUE"]));
        assert_eq!(paths(&fixture), ["ComputeTypeName", "UserVolumeSizeGib"]);
    }

    #[test]
    fn an_option_that_cannot_be_read_gives_no_verdict() {
        for (option, value) in [
            ("allow", serde_json::json!("POWER=STANDARD")),
            ("allow", serde_json::json!(["POWER"])),
            ("root_gib", serde_json::json!("80")),
            ("user_gib", serde_json::json!(-1)),
        ] {
            let mut fixture = Fixture::clean();
            allow(&mut fixture, option, value);
            assert_eq!(fixture.judge(&StandbySmaller).unknowns(), [(Subject::Pair, BAD_OPTION)], "{option}");
        }
    }

    #[test]
    fn what_is_not_told_is_not_passed() {
        for fixture in [with("", 80, 100), with("POWER", 0, 100), with("POWER", 80, WorkspaceRow::ABSENT)] {
            let sheet = fixture.judge(&StandbySmaller);
            assert!(matches!(sheet.unknowns(), [(Subject::Desktop { .. }, Unknown::Undetermined(_))]));
            assert_eq!((sheet.passes(), sheet.fails().len()), (2, 0));
        }
        // What is surely less fails all the same.
        assert_eq!(with("", 50, 100).verdicts(&StandbySmaller), (2, vec!["smaller carla".to_owned()]));
    }

    #[test]
    fn denied_calls_are_named() {
        Fixture::clean().assert_gaps_are_no_passes(&StandbySmaller);
        with("STANDARD", 80, 100).assert_gaps_are_no_passes(&StandbySmaller);
    }
}
