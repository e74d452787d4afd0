//! WSP-014: a standby desktop that is an ordinary WorkSpace looks unused to cost tooling, and needs the tag that tells it to look away.

use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::workspace::WorkspaceRow;
use crate::model::{Dataset, PairView, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};
use crate::workspaces::option;
use crate::workspaces::row::each_pair_or;

/// WSP-014 standby-unprotected-from-cleanup.
pub(super) struct StandbyUnprotectedFromCleanup;

static META: Meta = Meta {
    id: "WSP-014",
    name: "standby-unprotected-from-cleanup",
    area: Area::Workspaces,
    summary: "a standby desktop that is an ordinary WorkSpace has no tag that keeps cost tooling from taking it for an unused one",
    cases: &[Case { key: "unprotected", severity: Severity::Medium, effect: Effect::None, uncounted: false }],
    reach: Reach::Desktop,
    implies: &[],
    needs: &[Dataset::Workspaces, Dataset::Registrations, Dataset::Directories, Dataset::Aliases, Dataset::DesktopTags],
    controls: &[controls::REL13_BP02, controls::EUCREL02, controls::CP_7, controls::CM_3, controls::A_8_14],
    remedy: "Tag the standby desktop (`aws workspaces create-tags --tags Key=Skip_Convert,Value=standby`), or with what your own tooling \
             heeds, and name that in the rule's option `tags`.",
    options: &[(
        OPTION,
        "The keys of tags that your cost tooling heeds, any of which protects; `[\"Skip_Convert\"]` by default.",
    )],
    doc: include_str!("standby_unprotected_from_cleanup.md"),
};

const OPTION: &str = "tags";

/// The tag by which Cost Optimizer for Amazon WorkSpaces passes a WorkSpace over (AWS-FACTS §4).
const SKIP: &str = "Skip_Convert";

/// All standby desktops tell themselves that they are standby WorkSpaces.
const NONE_HAND_BUILT: &str = "every standby desktop is a standby WorkSpace, which cost tooling can tell by itself";

const BAD_OPTION: Unknown =
    Unknown::Undetermined("the option `tags` of WSP-014 cannot be read: it is a list of the keys of tags");

/// Whether a desktop's own answer says that it is a standby WorkSpace, by which tooling tells it (AWS-FACTS §1.8).
fn tells_itself(pair: &PairView<'_>, row: &WorkspaceRow) -> bool {
    let extra = pair.standby.extras.of(row);
    extra.is_some_and(|extra| extra.related_workspaces.iter().any(|related| related.r#type == "PRIMARY"))
}

impl Rule for StandbyUnprotectedFromCleanup {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let keys = match option::texts(pair, META.id, OPTION) {
            Ok(keys) => keys.unwrap_or_else(|| vec![SKIP]),
            Err(option::Unreadable) => return sheet.unknown(Subject::Pair, BAD_OPTION),
        };
        let symbols = &pair.estate.symbols;
        // The tool heeds no case.
        let protects = |key: &str| keys.iter().any(|wanted| wanted.eq_ignore_ascii_case(key));
        each_pair_or(pair, sheet, NONE_HAND_BUILT, |sheet, subject, _, s| {
            if tells_itself(pair, s) {
                return;
            }
            if pair.standby_tags(s.id).any(|tag| protects(symbols.text(tag.key))) {
                sheet.pass();
            } else if let Some(gap) = pair.standby.desktop_tags.gap() {
                sheet.unknown(subject, gap);
            } else {
                sheet.fail(subject, 0);
            }
        });
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, _: usize) -> Wording {
        let names = subject.names(pair);
        let keys = option::texts(pair, META.id, OPTION).ok().flatten().unwrap_or_else(|| vec![SKIP]);
        let tags = if keys.is_empty() { "that protects it".to_owned() } else { keys.join(" or ") };
        let message = format!(
            "{}'s standby desktop {} is an ordinary WorkSpace without a tag {tags}: cost tooling that removes unused WorkSpaces may \
             terminate it",
            names.name, names.standby
        );
        Wording::new(message).with(format!("Tags.{}", keys.first().unwrap_or(&"")), "not compared", "absent")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::workspace::{Extra, Related};
    use crate::readiness::State;
    use serde_json::{Value, json};

    fn set(fixture: &mut Fixture, value: Value) {
        let rule = fixture.estate.settings.rules.entry(META.id.to_owned()).or_default();
        rule.options.insert(OPTION.to_owned(), value);
    }

    /// The clean estate, in which bert's standby desktop is tagged with this alone.
    fn with(key: Option<&str>) -> Fixture {
        let mut fixture = Fixture::clean();
        let symbols = fixture.estate.symbols.clone();
        let tags = fixture.side(On::Standby).desktop_tags.items_mut();
        tags.retain(|tag| !symbols.text(tag.arn).ends_with("ws-sbert"));
        if let Some(key) = key {
            fixture.tag(On::Standby, "ws-sbert", key, "");
        }
        fixture
    }

    #[test]
    fn passes_with_the_tag_whatever_its_case_and_value() {
        assert_eq!(Fixture::clean().verdicts(&StandbyUnprotectedFromCleanup), (3, vec![]));
        assert_eq!(with(Some("skip_convert")).verdicts(&StandbyUnprotectedFromCleanup), (3, vec![]));
    }

    #[test]
    fn fails_without_it_and_leaves_people_ready() {
        for key in [None, Some("Owner")] {
            let fixture = with(key);
            assert_eq!(fixture.verdicts(&StandbyUnprotectedFromCleanup), (2, vec!["unprotected bert".to_owned()]));
            let words = fixture.words(&StandbyUnprotectedFromCleanup);
            assert_eq!(
                words.message,
                "bert's standby desktop ws-sbert is an ordinary WorkSpace without a tag Skip_Convert: cost tooling that removes unused \
                 WorkSpaces may terminate it"
            );
            let run = fixture.run(&[&StandbyUnprotectedFromCleanup]);
            assert!(run.pairs[0].readiness.states.iter().all(|state| *state == State::Ready));
        }
    }

    #[test]
    fn the_operators_own_tags_go_in_its_place() {
        let mut fixture = with(Some("KeepAlive"));
        set(&mut fixture, json!(["KeepAlive", "Standby"]));
        let fails = vec!["unprotected anna".to_owned(), "unprotected carla".to_owned()];
        assert_eq!(fixture.verdicts(&StandbyUnprotectedFromCleanup), (1, fails));
        assert!(fixture.words(&StandbyUnprotectedFromCleanup).message.contains("without a tag KeepAlive or Standby:"));
        set(&mut fixture, json!([]));
        assert_eq!(fixture.verdicts(&StandbyUnprotectedFromCleanup).1.len(), 3);
        for value in [json!("KeepAlive"), json!([true])] {
            set(&mut fixture, value);
            assert_eq!(fixture.judge(&StandbyUnprotectedFromCleanup).unknowns(), [(Subject::Pair, BAD_OPTION)]);
        }
    }

    /// Puts bert's standby desktop in a relation, as it tells.
    fn relate(fixture: &mut Fixture, kind: &str) {
        let related = Related {
            workspace_id: "ws-pbert".to_owned(),
            region: "us-east-1".to_owned(),
            r#type: kind.to_owned(),
            ..Related::default()
        };
        let extra = Extra { related_workspaces: vec![related], ..Extra::default() };
        let extra = fixture.side(On::Standby).extras.keep(extra);
        fixture.desktop(On::Standby, "bert").extra = extra;
    }

    #[test]
    fn a_standby_workspace_that_says_so_needs_no_tag() {
        let mut fixture = with(None);
        relate(&mut fixture, "PRIMARY");
        assert_eq!(fixture.verdicts(&StandbyUnprotectedFromCleanup), (2, vec![]));
        relate(&mut fixture, "STANDBY");
        assert_eq!(fixture.verdicts(&StandbyUnprotectedFromCleanup).1, ["unprotected bert"]);
        relate(&mut fixture, "PRIMARY");
        for user in ["anna", "carla"] {
            fixture.remove_desktop(On::Primary, user);
        }
        assert_eq!(fixture.judge(&StandbyUnprotectedFromCleanup).reasons(), [NONE_HAND_BUILT]);
    }

    #[test]
    fn a_tag_that_was_not_read_is_not_absent() {
        let mut fixture = with(None);
        let gap = fixture.cut(On::Standby, Dataset::DesktopTags, crate::fixture::Kept::All);
        let sheet = fixture.judge(&StandbyUnprotectedFromCleanup);
        assert_eq!((sheet.passes(), sheet.fails().len()), (2, 0));
        assert_eq!(sheet.unknowns(), [(Subject::Desktop { p: 1, s: 1 }, Unknown::Gap(gap))]);
    }

    #[test]
    fn denied_calls_are_named() {
        Fixture::clean().assert_gaps_are_no_passes(&StandbyUnprotectedFromCleanup);
        with(None).assert_gaps_are_no_passes(&StandbyUnprotectedFromCleanup);
    }
}
