//! WSP-013: where a standby WorkSpace could be, it should be one; and nobody should plan one where there can be none.

use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::desktops::Counterpart;
use crate::model::workspace::{Flag, WorkspaceRow};
use crate::model::{PairView, Subject, Sym, Unknown};
use crate::rule::{Rule, Sheet, Wording};
use crate::workspaces::option;
use crate::workspaces::row::{AMBIGUOUS, NO_COUNTERPART, NOBODY, PAIRING, primary};
use hashbrown::HashSet;

/// WSP-013 standby-relation-ineligible.
pub(super) struct StandbyRelationIneligible;

const HAND_BUILT: usize = 0;
const RULED_OUT: usize = 1;

static META: Meta = Meta {
    id: "WSP-013",
    name: "standby-relation-ineligible",
    area: Area::Workspaces,
    summary: "a standby desktop was built by hand where a standby WorkSpace could be, or a standby WorkSpace is planned where none can be",
    cases: &[
        Case { key: "hand-built", severity: Severity::Low, effect: Effect::None, uncounted: false },
        Case { key: "ruled-out", severity: Severity::Low, effect: Effect::None, uncounted: false },
    ],
    reach: Reach::Desktop,
    implies: &[],
    needs: PAIRING,
    controls: &[controls::REL13_BP02, controls::EUCREL02, controls::CP_7, controls::A_8_14],
    remedy: "Make a standby WorkSpace from the primary (`aws workspaces create-standby-workspaces`) in the place of the one built by hand.",
    options: &[
        (PLANNED, "`true`: everybody's standby desktop is to be a standby WorkSpace."),
        (
            KEYS,
            "The customer managed keys of desktops, by ARN or id; every other single-Region key is then taken for AWS's.",
        ),
    ],
    doc: include_str!("standby_relation_ineligible.md"),
};

const PLANNED: &str = "planned";
const KEYS: &str = "customer_keys";

const BAD_OPTION: Unknown = Unknown::Undetermined(
    "an option of WSP-013 cannot be read: `planned` is `true` or `false`, `customer_keys` is a list of keys, by ARN or id",
);
const UNTOLD: Unknown =
    Unknown::Undetermined("the primary desktop's operating system, compute type or key is missing from the answer");
const WHOSE_KEY: Unknown = Unknown::Unsupported(
    "WorkSpaces does not tell whether a key is customer managed, without which there is no standby WorkSpace: name such keys in the \
     option `customer_keys` of WSP-013",
);

/// The Regions of Multi-Region Resilience (AWS-FACTS §3).
const REGIONS: [&str; 4] = ["us-east-1", "us-west-2", "eu-central-1", "eu-west-1"];

/// Whether a primary desktop can have a standby WorkSpace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Eligible {
    Yes,
    /// Why there can be none, for a sentence.
    No(&'static str),
    Untold(Unknown),
}

/// What rules standby WorkSpaces out or in.
struct Conditions<'e> {
    regions: bool,
    planned: bool,
    /// The customer managed keys, where the operator lists them.
    listed: Option<Vec<&'e str>>,
    /// Keys of desktops that have a standby WorkSpace: they are customer managed, or AWS would have made none.
    proven: HashSet<Sym>,
}

impl<'e> Conditions<'e> {
    fn of(pair: &PairView<'e>) -> Result<Self, Unknown> {
        let planned = option::flag(pair, META.id, PLANNED).map_err(|option::Unreadable| BAD_OPTION)?;
        let listed = option::texts(pair, META.id, KEYS).map_err(|option::Unreadable| BAD_OPTION)?;
        let here = |region: &String| REGIONS.contains(&region.as_str());
        let regions = here(&pair.settings.primary.region) && here(&pair.settings.standby.region);
        Ok(Self { regions, planned, listed, proven: HashSet::new() })
    }

    /// With the keys that relations prove to be customer managed.
    fn proven_by(mut self, pair: &PairView<'_>) -> Self {
        let rows = pair.primary.workspaces.items();
        let related = pair.desktops.relations.iter().filter_map(|relation| rows.get(relation.p as usize));
        self.proven.extend(related.map(|row| row.key).filter(|key| key.is_some()));
        self
    }

    /// Whether a key is customer managed, as far as its name and the operator tell.
    fn is_customer_managed(&self, key: &str) -> Option<bool> {
        let id = key.rsplit('/').next().unwrap_or(key);
        if key.ends_with("alias/aws/workspaces") {
            Some(false)
        } else if id.starts_with("mrk-") {
            // Keys that AWS manages are of one Region.
            Some(true)
        } else {
            self.listed.as_ref().map(|listed| listed.iter().any(|known| *known == key || *known == id))
        }
    }

    /// What rules out goes before what is not told: one condition that is not met is enough. The key comes last, for what a relation
    /// proves of it is known in the judging alone.
    fn eligible(&self, pair: &PairView<'_>, row: &WorkspaceRow) -> Eligible {
        let text = |sym| pair.estate.symbols.text(sym);
        let regions = if self.regions { Eligible::Yes } else { Eligible::No("a Region of the pair offers none") };
        let conditions = [
            regions,
            system(text(row.operating_system)),
            hardware(text(row.compute)),
            self.key(row.key, text(row.key), row),
        ];
        let no = conditions.iter().find(|known| matches!(known, Eligible::No(_)));
        let untold = conditions.iter().find(|known| matches!(known, Eligible::Untold(_)));
        no.or(untold).copied().unwrap_or(Eligible::Yes)
    }

    fn key(&self, key: Sym, text: &str, row: &WorkspaceRow) -> Eligible {
        let encrypted = [row.root_volume_encrypted, row.user_volume_encrypted].contains(&Flag::Yes);
        if key.is_none() {
            return if encrypted { Eligible::Untold(UNTOLD) } else { Eligible::No("it is not encrypted") };
        }
        if self.proven.contains(&key) {
            return Eligible::Yes;
        }
        match self.is_customer_managed(text) {
            Some(true) => Eligible::Yes,
            Some(false) => Eligible::No("it is encrypted with a key that AWS manages"),
            None => Eligible::Untold(WHOSE_KEY),
        }
    }
}

/// Whether a primary desktop, by its position among the primary side's WorkSpaces, can have a standby WorkSpace; `None` where nothing tells.
pub fn can_have_standby_workspace(pair: &PairView<'_>, row: u32) -> Option<bool> {
    let conditions = Conditions::of(pair).ok()?.proven_by(pair);
    match conditions.eligible(pair, pair.primary.workspaces.items().get(row as usize)?) {
        Eligible::Yes => Some(true),
        Eligible::No(_) => Some(false),
        Eligible::Untold(_) => None,
    }
}

/// Windows, brought along or not (service model, `workspaces:OperatingSystemName`).
fn system(name: &str) -> Eligible {
    const OTHERS: [&str; 4] = ["AMAZON_LINUX", "UBUNTU", "RHEL", "ROCKY"];
    if name.starts_with("WINDOWS") {
        Eligible::Yes
    } else if OTHERS.iter().any(|other| name.starts_with(other)) {
        Eligible::No("it does not run Windows")
    } else {
        Eligible::Untold(UNTOLD)
    }
}

/// The compute types are those of `workspaces:Compute`.
fn hardware(compute: &str) -> Eligible {
    match compute {
        "VALUE" | "STANDARD" | "PERFORMANCE" | "POWER" | "POWERPRO" => Eligible::Yes,
        "GENERALPURPOSE_4XLARGE" | "GENERALPURPOSE_8XLARGE" => Eligible::No("its compute type has none"),
        graphics if graphics.starts_with("GRAPHICS") => Eligible::No("it has a graphics card"),
        _ => Eligible::Untold(UNTOLD),
    }
}

impl Rule for StandbyRelationIneligible {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let conditions = match Conditions::of(pair) {
            Ok(conditions) => conditions.proven_by(pair),
            Err(why) => return sheet.unknown(Subject::Pair, why),
        };
        let desktops = &pair.desktops;
        for desktop in &desktops.primary {
            let alone = Subject::Desktop { p: desktop.row, s: Subject::NONE };
            let (subject, hand_built) = match desktop.counterpart {
                Counterpart::Row(s) if desktops.relation(desktop.row, s).is_some() => {
                    // That it is there shows that it can be.
                    sheet.pass();
                    continue;
                }
                Counterpart::Row(s) => (Subject::Desktop { p: desktop.row, s }, true),
                // What is planned can be ruled out before it is made.
                Counterpart::Missing if conditions.planned => (alone, false),
                Counterpart::Missing => continue,
                Counterpart::Ambiguous => {
                    sheet.unknown(alone, AMBIGUOUS);
                    continue;
                }
                Counterpart::Unknown(why) => {
                    sheet.unknown(alone, why);
                    continue;
                }
            };
            let row = &pair.primary.workspaces.items()[desktop.row as usize];
            match (conditions.eligible(pair, row), hand_built, conditions.planned) {
                (Eligible::Yes, true, _) => sheet.fail(subject, HAND_BUILT),
                (Eligible::No(_), _, true) => sheet.fail(subject, RULED_OUT),
                (Eligible::Yes, false, _) | (Eligible::No(_), _, false) => sheet.pass(),
                (Eligible::Untold(why), _, _) => sheet.unknown(subject, why),
            }
        }
        if let Some(why) = desktops.hidden {
            sheet.unknown(Subject::Pair, why);
        }
        if sheet.is_empty() {
            sheet.not_applicable(if desktops.primary.is_empty() { NOBODY } else { NO_COUNTERPART });
        }
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, case: usize) -> Wording {
        let names = subject.names(pair);
        if case == HAND_BUILT {
            let message = format!(
                "{}'s standby desktop {} was built by hand, and {} could have a standby WorkSpace",
                names.name, names.standby, names.primary
            );
            return Wording::new(message).with("RelatedWorkspaces", "absent", "absent");
        }
        let eligible =
            primary(pair, subject).zip(Conditions::of(pair).ok()).map(|(row, known)| known.eligible(pair, row));
        let why = match eligible {
            Some(Eligible::No(why)) => why,
            Some(Eligible::Yes | Eligible::Untold(_)) | None => "it is ruled out",
        };
        Wording::new(format!("{}'s desktop {} cannot have a standby WorkSpace, which is planned: {why}", names.name, names.primary))
            .fixed_by("Build an ordinary WorkSpace for the user in the standby Region, or change what rules a standby WorkSpace out.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::Dataset;
    use crate::model::workspace::{Extra, Related};
    use crate::readiness::State;
    use serde_json::{Value, json};

    const MULTI_REGION: &str = "arn:aws:kms:us-east-1:111122223333:key/mrk-0123456789abcdef0123456789abcdef";
    const SINGLE_REGION: &str = "arn:aws:kms:us-east-1:111122223333:key/01234567-89ab-cdef-0123-456789abcdef";

    /// The clean estate, with bert's primary desktop as given.
    fn with(system: &str, compute: &str, key: &str) -> Fixture {
        let mut fixture = Fixture::clean();
        let (system, compute, key) = (fixture.sym(system), fixture.sym(compute), fixture.sym(key));
        let row = fixture.desktop(On::Primary, "bert");
        (row.operating_system, row.compute, row.key) = (system, compute, key);
        fixture
    }

    fn eligible() -> Fixture {
        with("WINDOWS_SERVER_2022", "STANDARD", MULTI_REGION)
    }

    fn set(fixture: &mut Fixture, name: &str, value: Value) {
        let rule = fixture.estate.settings.rules.entry(META.id.to_owned()).or_default();
        rule.options.insert(name.to_owned(), value);
    }

    /// Puts the two desktops of a user in a relation, as the primary one tells.
    fn relate(fixture: &mut Fixture, user: &str) {
        let related = Related {
            workspace_id: format!("ws-s{user}"),
            region: "us-west-2".to_owned(),
            r#type: "STANDBY".to_owned(),
            ..Related::default()
        };
        let extra = Extra { related_workspaces: vec![related], ..Extra::default() };
        let extra = fixture.side(On::Primary).extras.keep(extra);
        fixture.desktop(On::Primary, user).extra = extra;
    }

    #[test]
    fn a_hand_built_one_passes_where_there_can_be_no_other() {
        assert_eq!(Fixture::clean().verdicts(&StandbyRelationIneligible), (3, vec![]));
        for fixture in [
            with("AMAZON_LINUX_2", "STANDARD", MULTI_REGION),
            with("UBUNTU_22_04", "", MULTI_REGION),
            with("ROCKY_9", "STANDARD", ""),
            with("RHEL_8", "STANDARD", SINGLE_REGION),
            with("WINDOWS_11", "GENERALPURPOSE_4XLARGE", MULTI_REGION),
            with("WINDOWS_11", "GENERALPURPOSE_8XLARGE", MULTI_REGION),
            with("WINDOWS_11", "GRAPHICS_G4DN", MULTI_REGION),
            with("WINDOWS_11", "STANDARD", "arn:aws:kms:us-east-1:111122223333:alias/aws/workspaces"),
        ] {
            assert_eq!(fixture.verdicts(&StandbyRelationIneligible), (3, vec![]));
        }
        let mut fixture = eligible();
        fixture.pair().standby.region = "ca-central-1".to_owned();
        assert_eq!(fixture.verdicts(&StandbyRelationIneligible), (3, vec![]));
        let mut fixture = eligible();
        fixture.pair().primary.region = "ap-south-1".to_owned();
        assert_eq!(fixture.verdicts(&StandbyRelationIneligible), (3, vec![]));
    }

    #[test]
    fn one_fails_where_a_standby_workspace_could_be_and_leaves_people_ready() {
        for compute in ["VALUE", "STANDARD", "PERFORMANCE", "POWER", "POWERPRO"] {
            let fixture = with("WINDOWS_SERVER_2019", compute, MULTI_REGION);
            assert_eq!(fixture.verdicts(&StandbyRelationIneligible), (2, vec!["hand-built bert".to_owned()]));
        }
        let fixture = eligible();
        let words = fixture.words(&StandbyRelationIneligible);
        assert_eq!(
            words.message,
            "bert's standby desktop ws-sbert was built by hand, and ws-pbert could have a standby WorkSpace"
        );
        let run = fixture.run(&[&StandbyRelationIneligible]);
        assert!(run.pairs[0].readiness.states.iter().all(|state| *state == State::Ready));
        let mut related = eligible();
        relate(&mut related, "bert");
        assert_eq!(related.verdicts(&StandbyRelationIneligible), (3, vec![]));
    }

    #[test]
    fn whose_a_key_is_is_told_by_the_operator_or_by_a_relation_or_not_at_all() {
        let mut fixture = with("WINDOWS_SERVER_2022", "STANDARD", SINGLE_REGION);
        let unsupported = [(Subject::Desktop { p: 1, s: 1 }, WHOSE_KEY)];
        assert_eq!(fixture.judge(&StandbyRelationIneligible).unknowns(), unsupported);
        for (listed, fails) in [
            (json!([SINGLE_REGION]), 1),
            (json!(["01234567-89ab-cdef-0123-456789abcdef"]), 1),
            (json!(["another"]), 0),
            (json!([]), 0),
        ] {
            set(&mut fixture, KEYS, listed.clone());
            let sheet = fixture.judge(&StandbyRelationIneligible);
            assert_eq!((sheet.fails().len(), sheet.unknowns().len()), (fails, 0), "{listed}");
        }
        // anna has a standby WorkSpace and the same key, so it is customer managed, whatever the list forgot.
        let key = fixture.sym(SINGLE_REGION);
        fixture.desktop(On::Primary, "anna").key = key;
        relate(&mut fixture, "anna");
        assert_eq!(fixture.verdicts(&StandbyRelationIneligible), (2, vec!["hand-built bert".to_owned()]));
    }

    #[test]
    fn what_is_not_told_is_not_passed() {
        for fixture in [
            with("", "STANDARD", MULTI_REGION),
            with("UNKNOWN", "STANDARD", MULTI_REGION),
            with("WINDOWS_11", "", MULTI_REGION),
            with("WINDOWS_11", "QUANTUM", MULTI_REGION),
            with("WINDOWS_11", "STANDARD", ""),
        ] {
            let sheet = fixture.judge(&StandbyRelationIneligible);
            assert_eq!(sheet.unknowns(), [(Subject::Desktop { p: 1, s: 1 }, UNTOLD)]);
            assert_eq!((sheet.passes(), sheet.fails().len()), (2, 0));
        }
    }

    #[test]
    fn a_plan_that_is_ruled_out_fails_before_anything_is_made() {
        for (fixture, why) in [
            (with("UBUNTU_22_04", "STANDARD", MULTI_REGION), "it does not run Windows"),
            (with("WINDOWS_11", "GRAPHICS_G4DN", MULTI_REGION), "it has a graphics card"),
            (with("WINDOWS_11", "GENERALPURPOSE_4XLARGE", MULTI_REGION), "its compute type has none"),
            (with("WINDOWS_11", "STANDARD", "alias/aws/workspaces"), "it is encrypted with a key that AWS manages"),
        ] {
            for exists in [true, false] {
                let mut fixture = fixture.clone();
                set(&mut fixture, PLANNED, true.into());
                if !exists {
                    fixture.remove_desktop(On::Standby, "bert");
                }
                for user in ["anna", "carla"] {
                    fixture.remove_desktop(On::Primary, user);
                }
                assert_eq!(fixture.verdicts(&StandbyRelationIneligible), (0, vec!["ruled-out bert".to_owned()]));
                let words = fixture.words(&StandbyRelationIneligible);
                assert_eq!(
                    words.message,
                    format!("bert's desktop ws-pbert cannot have a standby WorkSpace, which is planned: {why}")
                );
            }
        }
        let mut fixture = with("WINDOWS_11", "STANDARD", "");
        let row = fixture.desktop(On::Primary, "bert");
        (row.root_volume_encrypted, row.user_volume_encrypted) = (Flag::No, Flag::No);
        set(&mut fixture, PLANNED, true.into());
        fixture.desktop(On::Primary, "bert");
        let fails = fixture.verdicts(&StandbyRelationIneligible).1;
        assert_eq!(fails, ["ruled-out anna", "ruled-out bert", "ruled-out carla"]);
        // One that can be made is not yet missing here: WSP-001 says that it is.
        let mut fixture = eligible();
        set(&mut fixture, PLANNED, true.into());
        fixture.remove_desktop(On::Standby, "bert");
        assert_eq!(fixture.verdicts(&StandbyRelationIneligible).0, 1);
    }

    #[test]
    fn a_region_that_offers_none_rules_every_plan_out() {
        let mut fixture = eligible();
        fixture.pair().standby.region = "ca-central-1".to_owned();
        set(&mut fixture, PLANNED, true.into());
        assert_eq!(fixture.verdicts(&StandbyRelationIneligible).1.len(), 3);
        assert!(fixture.words(&StandbyRelationIneligible).message.ends_with(": a Region of the pair offers none"));
    }

    #[test]
    fn an_option_that_cannot_be_read_gives_no_verdict() {
        for (name, value) in [(PLANNED, json!("yes")), (KEYS, json!("key")), (KEYS, json!([1]))] {
            let mut fixture = Fixture::clean();
            set(&mut fixture, name, value);
            assert_eq!(fixture.judge(&StandbyRelationIneligible).unknowns(), [(Subject::Pair, BAD_OPTION)]);
        }
    }

    #[test]
    fn those_without_a_standby_desktop_or_with_several_are_not_judged() {
        let mut fixture = eligible();
        fixture.add_desktop(On::Standby, "BERT", "standard");
        assert_eq!(
            fixture.judge(&StandbyRelationIneligible).unknowns(),
            [(Subject::Desktop { p: 1, s: Subject::NONE }, AMBIGUOUS)]
        );
        fixture.side(On::Standby).workspaces.items_mut().clear();
        assert_eq!(fixture.judge(&StandbyRelationIneligible).reasons(), [NO_COUNTERPART]);
        let gap = fixture.deny(On::Standby, Dataset::Workspaces);
        assert!(fixture.judge(&StandbyRelationIneligible).unknowns().iter().all(|(_, why)| *why == Unknown::Gap(gap)));
        fixture.side(On::Primary).workspaces.items_mut().clear();
        assert_eq!(fixture.judge(&StandbyRelationIneligible).reasons(), [NOBODY]);
    }

    #[test]
    fn denied_calls_are_named() {
        Fixture::clean().assert_gaps_are_no_passes(&StandbyRelationIneligible);
        eligible().assert_gaps_are_no_passes(&StandbyRelationIneligible);
    }
}
