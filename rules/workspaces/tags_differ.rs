//! WSP-012: tags that the operator lists should be the same on both desktops of a person.

use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::settings::RuleSettings;
use crate::model::workspace::{TagRow, WorkspaceRow};
use crate::model::{Dataset, GapId, PairView, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};
use crate::workspaces::option;
use crate::workspaces::row::{each_pair, primary, standby};

/// WSP-012 tags-differ.
pub(super) struct TagsDiffer;

static META: Meta = Meta {
    id: "WSP-012",
    name: "tags-differ",
    area: Area::Workspaces,
    summary: "a tag that the configuration lists differs between a person's primary and standby WorkSpace",
    cases: &[Case { key: "differ", severity: Severity::Low, effect: Effect::None, uncounted: false }],
    reach: Reach::Desktop,
    implies: &[],
    needs: &[
        Dataset::Workspaces,
        Dataset::Registrations,
        Dataset::Directories,
        Dataset::Aliases,
        Dataset::DesktopTags,
        Dataset::PrimaryDesktopTags,
    ],
    controls: &[controls::REL13_BP04, controls::CM_2, controls::A_5_30],
    remedy: "Give the standby desktop the primary's tags (`aws workspaces create-tags`).",
    options: &[(OPTION, "The keys of the tags that must be the same, as in `[\"CostCenter\"]`; none by default.")],
    doc: include_str!("tags_differ.md"),
};

const OPTION: &str = "tags";

/// The operator lists no tag.
const NONE_LISTED: &str = "the option `tags` of WSP-012 lists no tag";

const BAD_OPTION: Unknown =
    Unknown::Undetermined("the option `tags` of WSP-012 cannot be read: it is a list of the keys of tags");

/// How one tag stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing<'e> {
    Same,
    /// The values; `None` for a desktop that does not have it.
    Differs(Option<&'e str>, Option<&'e str>),
    Hidden(GapId),
}

/// How the tag with this key stands on two desktops. Keys and values are compared as AWS compares them: letter by letter.
fn compare<'e>(pair: &'e PairView<'_>, key: &str, p: &WorkspaceRow, s: &WorkspaceRow) -> Standing<'e> {
    let symbols = &pair.estate.symbols;
    let has = |tag: &&TagRow| symbols.text(tag.key) == key;
    let value = |tag: &TagRow| symbols.text(tag.value);
    let on_p = pair.primary_tags(p.id).find(has).map(value);
    let on_s = pair.standby_tags(s.id).find(has).map(value);
    // That a desktop does not have a tag is known only where all of them were read.
    let hidden = pair.primary.desktop_tags.gap().filter(|_| on_p.is_none());
    match hidden.or(pair.standby.desktop_tags.gap().filter(|_| on_s.is_none())) {
        Some(gap) => Standing::Hidden(gap),
        None if on_p == on_s => Standing::Same,
        None => Standing::Differs(on_p, on_s),
    }
}

impl Rule for TagsDiffer {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn needs(&self, settings: Option<&RuleSettings>) -> &'static [Dataset] {
        let listed = settings.and_then(|rule| rule.options.get(OPTION)?.as_array());
        if listed.is_none_or(Vec::is_empty) { &[] } else { META.needs }
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let keys = match option::texts(pair, META.id, OPTION) {
            Ok(keys) => keys.unwrap_or_default(),
            Err(option::Unreadable) => return sheet.unknown(Subject::Pair, BAD_OPTION),
        };
        if keys.is_empty() {
            return sheet.not_applicable(NONE_LISTED);
        }
        each_pair(pair, sheet, |sheet, subject, p, s| {
            let (mut differs, mut hidden) = (false, None);
            for key in &keys {
                match compare(pair, key, p, s) {
                    Standing::Same => {}
                    Standing::Differs(..) => differs = true,
                    Standing::Hidden(gap) => hidden = hidden.or(Some(gap)),
                }
            }
            // What surely differs is a fail, whatever else was not read.
            match (differs, hidden) {
                (true, _) => sheet.fail(subject, 0),
                (false, Some(gap)) => sheet.unknown(subject, gap),
                (false, None) => sheet.pass(),
            }
        });
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, _: usize) -> Wording {
        let names = subject.names(pair);
        let keys = option::texts(pair, META.id, OPTION).ok().flatten().unwrap_or_default();
        let (mut wording, mut other) = (Wording::default(), Vec::new());
        if let Some((p, s)) = primary(pair, subject).zip(standby(pair, subject)) {
            for key in keys {
                if let Standing::Differs(on_p, on_s) = compare(pair, key, p, s) {
                    let (on_p, on_s) = (on_p.unwrap_or("absent"), on_s.unwrap_or("absent"));
                    other.push(format!("{key} {on_s} for {on_p}"));
                    wording = wording.with(format!("Tags.{key}"), on_p, on_s);
                }
            }
        }
        wording.message = format!(
            "{}'s standby desktop {} is tagged otherwise than {}: {}",
            names.name,
            names.standby,
            names.primary,
            other.join(", ")
        );
        wording
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Options, needed};
    use crate::fixture::{Fixture, On, TAKEN_AT};
    use crate::readiness::State;
    use serde_json::{Value, json};

    fn list(fixture: &mut Fixture, value: Value) {
        let rule = fixture.estate.settings.rules.entry(META.id.to_owned()).or_default();
        rule.options.insert(OPTION.to_owned(), value);
    }

    /// The clean estate with these tags listed.
    fn listed(keys: &[&str]) -> Fixture {
        let mut fixture = Fixture::clean();
        list(&mut fixture, json!(keys));
        fixture
    }

    /// Tags bert's desktop on a side, in the place of the tag with the same key.
    fn retag(fixture: &mut Fixture, on: On, key: &str, value: Option<&str>) {
        let id = if on == On::Primary { "ws-pbert" } else { "ws-sbert" };
        let symbols = fixture.estate.symbols.clone();
        let tags = fixture.side(on).desktop_tags.items_mut();
        tags.retain(|tag| !(symbols.text(tag.arn).ends_with(id) && symbols.text(tag.key) == key));
        if let Some(value) = value {
            fixture.tag(on, id, key, value);
        }
    }

    #[test]
    fn the_same_tags_pass_and_so_do_absent_ones() {
        assert_eq!(listed(&["CostCenter"]).verdicts(&TagsDiffer), (3, vec![]));
        assert_eq!(listed(&["CostCenter", "Owner"]).verdicts(&TagsDiffer), (3, vec![]));
        // What is not listed is not compared: the standby side alone has this one.
        assert_eq!(listed(&["Skip_Convert"]).verdicts(&TagsDiffer).0, 0);
    }

    #[test]
    fn a_listed_tag_that_differs_fails_and_leaves_people_ready() {
        let mut fixture = listed(&["CostCenter", "Owner"]);
        retag(&mut fixture, On::Standby, "CostCenter", Some("CC-2"));
        retag(&mut fixture, On::Primary, "Owner", Some("sales"));
        assert_eq!(fixture.verdicts(&TagsDiffer), (2, vec!["differ bert".to_owned()]));
        let words = fixture.words(&TagsDiffer);
        assert_eq!(
            words.message,
            "bert's standby desktop ws-sbert is tagged otherwise than ws-pbert: CostCenter CC-2 for CC-1, Owner absent for sales"
        );
        assert_eq!(
            (&*words.drift[1].path, &*words.drift[1].primary, &*words.drift[1].standby),
            ("Tags.Owner", "sales", "absent")
        );
        let run = fixture.run(&[&TagsDiffer]);
        assert!(run.pairs[0].readiness.states.iter().all(|state| *state == State::Ready));
        // Case matters, in keys and values.
        let mut fixture = listed(&["costcenter"]);
        retag(&mut fixture, On::Standby, "CostCenter", Some("CC-2"));
        assert_eq!(fixture.verdicts(&TagsDiffer), (3, vec![]));
        let mut fixture = listed(&["CostCenter"]);
        retag(&mut fixture, On::Standby, "CostCenter", Some("cc-1"));
        assert_eq!(fixture.verdicts(&TagsDiffer).0, 2);
    }

    #[test]
    fn a_tag_is_absent_only_where_all_were_read() {
        let mut fixture = listed(&["CostCenter"]);
        retag(&mut fixture, On::Standby, "CostCenter", None);
        assert_eq!(fixture.verdicts(&TagsDiffer), (2, vec!["differ bert".to_owned()]));
        let gap = fixture.cut(On::Standby, Dataset::DesktopTags, crate::fixture::Kept::All);
        let sheet = fixture.judge(&TagsDiffer);
        assert_eq!((sheet.passes(), sheet.fails().len()), (2, 0));
        assert_eq!(sheet.unknowns(), [(Subject::Desktop { p: 1, s: 1 }, Unknown::Gap(gap))]);
    }

    #[test]
    fn nothing_listed_is_nothing_to_compare_and_nothing_to_read() {
        for value in [json!([]), json!(["CostCenter"])] {
            let mut fixture = Fixture::clean();
            list(&mut fixture, value.clone());
            let reads =
                needed(&Options::at(TAKEN_AT), &fixture.estate.settings.rules).contains(&Dataset::PrimaryDesktopTags);
            let judged = fixture.judge(&TagsDiffer);
            assert_eq!(reads, judged.reasons().is_empty(), "{value}");
        }
        let mut fixture = Fixture::clean();
        assert_eq!(fixture.judge(&TagsDiffer).reasons(), [NONE_LISTED]);
        assert!(!needed(&Options::at(TAKEN_AT), &fixture.estate.settings.rules).contains(&Dataset::PrimaryDesktopTags));
        // Then what was not read of them is nothing to tell of.
        fixture.deny(On::Primary, Dataset::PrimaryDesktopTags);
        assert!(fixture.run(&[&TagsDiffer]).pairs[0].findings.is_empty());
    }

    #[test]
    fn an_option_that_cannot_be_read_gives_no_verdict() {
        for value in [json!("CostCenter"), json!([1]), json!([" "])] {
            let mut fixture = Fixture::clean();
            list(&mut fixture, value);
            assert_eq!(fixture.judge(&TagsDiffer).unknowns(), [(Subject::Pair, BAD_OPTION)]);
        }
    }

    #[test]
    fn nobody_to_judge_is_said() {
        let mut fixture = listed(&["CostCenter"]);
        fixture.side(On::Primary).workspaces.items_mut().clear();
        assert_eq!(fixture.judge(&TagsDiffer).reasons(), [crate::workspaces::row::NOBODY]);
    }

    #[test]
    fn denied_calls_are_named() {
        listed(&["CostCenter"]).assert_gaps_are_no_passes(&TagsDiffer);
        let mut drifted = listed(&["CostCenter"]);
        retag(&mut drifted, On::Standby, "CostCenter", Some("CC-2"));
        drifted.assert_gaps_are_no_passes(&TagsDiffer);
    }
}
