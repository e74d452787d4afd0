//! IPG-003: the counterpart of a group of the primary directory must be associated with the standby directory. It cannot see who sits at
//! which address.

use super::admitted::{named, ranges_of, unread_groups};
use super::ip_group_missing::is_covered;
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::pairing::SEVERAL_IP_GROUPS;
use crate::model::{Dataset, PairView, Paired, Subject, Unknown};
use crate::registered;
use crate::rule::{Rule, Sheet, Wording};

/// IPG-003 ip-group-not-associated.
pub(super) struct IpGroupNotAssociated;

/// Positions in the cases.
const NOT_ASSOCIATED: usize = 0;
const COVERED: usize = 1;

static META: Meta = Meta {
    id: "IPG-003",
    name: "ip-group-not-associated",
    area: Area::IpGroups,
    summary: "the counterpart of a group of the primary directory is not associated with the standby directory",
    cases: &[
        Case { key: "not-associated", severity: Severity::High, effect: Effect::Strands, uncounted: true },
        // Whoever the primary's group admits is let in all the same, by other groups or by none.
        Case { key: "not-associated-and-covered", severity: Severity::Medium, effect: Effect::None, uncounted: false },
    ],
    reach: Reach::Pair,
    implies: &["IPG-005", "IPG-006"],
    needs: &[Dataset::IpGroups, Dataset::Registrations, Dataset::Aliases],
    controls: &[controls::REL13_BP04, controls::EUCREL03, controls::CM_6, controls::A_5_30, controls::ARTICLE_11],
    remedy: "Associate the group with the standby directory, once its rules are in place.",
    options: &[],
    doc: include_str!("ip_group_not_associated.md"),
};

/// What is said where there is nothing to judge.
const NONE_PAIRED: &str = "no IP access control group of the primary directory has a counterpart";

impl Rule for IpGroupNotAssociated {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let Some((of_p, of_s)) = registered::both(pair, sheet) else { return };
        for (at, group) in pair.primary.ip_groups.items().iter().enumerate() {
            if !of_p.ip_group_ids.contains(&group.group_id) {
                continue;
            }
            let p = at as u32;
            let lone = Subject::IpGroup { p, s: Subject::NONE };
            match pair.ip_group(group) {
                Paired::With { item, .. } if of_s.ip_group_ids.contains(&item.group_id) => sheet.pass(),
                Paired::With { at, .. } => {
                    let case = if is_covered(pair, of_s, group) { COVERED } else { NOT_ASSOCIATED };
                    sheet.fail(Subject::IpGroup { p, s: at }, case);
                }
                // That is what IPG-001 says.
                Paired::Missing => {}
                Paired::Ambiguous(_) => sheet.unknown(lone, Unknown::Undetermined(SEVERAL_IP_GROUPS)),
                Paired::Unknown(why) => sheet.unknown(lone, why),
            }
        }
        for why in unread_groups(pair.primary, of_p) {
            sheet.unknown(Subject::Directories, why);
        }
        if sheet.is_empty() {
            sheet.not_applicable(NONE_PAIRED);
        }
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, case: usize) -> Wording {
        let names = subject.names(pair);
        let region = &pair.settings.standby.region;
        let groups = if let Subject::IpGroup { p, s } = subject {
            pair.primary.ip_groups.items().get(p as usize).zip(pair.standby.ip_groups.items().get(s as usize))
        } else {
            None
        };
        let Some((p, s)) = groups else { return Wording::new(format!("a group is not associated in {region}")) };
        let admits = ranges_of(p).map_or_else(|_| "what cannot be read".to_owned(), |ranges| named(&ranges));
        let so =
            if case == COVERED { "which admits these addresses all the same" } else { "which shuts some of them out" };
        let associated = |registration: Option<&crate::model::directory::WorkspaceDirectory>| {
            registration.map_or_else(|| "not read".to_owned(), |registration| registration.ip_group_ids.join(", "))
        };
        let standby = match associated(pair.standby_registration().ok().flatten()) {
            ids if ids.is_empty() => "no group is associated".to_owned(),
            ids => ids,
        };
        Wording::new(format!(
            "the group {} is there in {region} and is not associated with the directory, {so}: the primary's admits {admits}",
            s.group_name
        ))
        .with("ipGroupIds", associated(pair.primary_registration().ok().flatten()), standby)
        .fixed_by(format!(
            "Look at the rules of {} first, then associate it with the standby directory, together with all others that are lacking: the \
             first association takes the default group away, and a group without rules admits nobody.",
            names.standby
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::Slice;
    use crate::model::image::{IpGroup, IpRule};

    /// The standby directory has another group in the place of the counterpart, which admits this range.
    fn other_group(range: &str) -> Fixture {
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).ip_groups.items_mut().push(IpGroup {
            group_id: "wsipg-sother00".to_owned(),
            group_name: "other".to_owned(),
            user_rules: vec![IpRule { ip_rule: range.to_owned(), rule_desc: String::new() }],
            ..IpGroup::default()
        });
        fixture.registration(On::Standby).ip_group_ids = vec!["wsipg-sother00".to_owned()];
        fixture
    }

    #[test]
    fn passes_where_the_counterpart_is_associated() {
        assert_eq!(Fixture::clean().verdicts(&IpGroupNotAssociated), (1, vec![]));
    }

    #[test]
    fn fails_where_it_is_not_and_lost_addresses_follow_from_it() {
        let fixture = other_group("203.0.113.0/24");
        assert_eq!(fixture.verdicts(&IpGroupNotAssociated), (0, vec!["not-associated headquarters".to_owned()]));
        let words = fixture.words(&IpGroupNotAssociated);
        assert_eq!(
            words.message,
            "the group headquarters is there in us-west-2 and is not associated with the directory, which shuts some of them out: the \
             primary's admits 192.0.2.0/24, 198.51.100.0/25"
        );
        assert_eq!((&*words.drift[0].primary, &*words.drift[0].standby), ("wsipg-phq00000", "wsipg-sother00"));
        let others = ["IPG-005", "IPG-006"].map(|id| crate::find(id).expect("registered"));
        let run = fixture.run(&[&IpGroupNotAssociated, others[0], others[1]]);
        let roots: Vec<Option<u32>> = run.pairs[0].findings.iter().map(|finding| finding.root).collect();
        assert_eq!(roots, [None, Some(0), Some(0)]);
        assert_eq!((run.pairs[0].readiness.ready, run.pairs[0].readiness.uncounted.as_slice()), (3, &[0, 1][..]));
    }

    #[test]
    fn strands_nobody_where_others_admit_the_same() {
        assert_eq!(
            other_group("0.0.0.0/0").verdicts(&IpGroupNotAssociated).1,
            ["not-associated-and-covered headquarters"]
        );
        let mut open = Fixture::clean();
        open.registration(On::Standby).ip_group_ids.clear();
        assert_eq!(open.verdicts(&IpGroupNotAssociated).1, ["not-associated-and-covered headquarters"]);
        let words = open.words(&IpGroupNotAssociated);
        assert!(words.message.contains("which admits these addresses all the same"), "{}", words.message);
        assert_eq!(words.drift[0].standby, "no group is associated");
    }

    #[test]
    fn what_cannot_be_paired_is_no_pass() {
        let mut fixture = Fixture::clean();
        let mut twin = fixture.side(On::Standby).ip_groups.items()[0].clone();
        twin.group_id = "wsipg-stwin000".to_owned();
        fixture.side(On::Standby).ip_groups.items_mut().push(twin);
        assert_eq!(fixture.judge(&IpGroupNotAssociated).unknowns()[0].1, Unknown::Undetermined(SEVERAL_IP_GROUPS));
        let mut fixture = Fixture::clean();
        let gap = fixture.gap("workspaces", "DescribeIpGroups");
        fixture.side(On::Standby).ip_groups = Slice::cut(Vec::new(), gap);
        assert_eq!(
            fixture.judge(&IpGroupNotAssociated).unknowns(),
            [(Subject::IpGroup { p: 0, s: Subject::NONE }, Unknown::Gap(gap))]
        );
    }

    #[test]
    fn does_not_apply_without_a_counterpart_or_without_two_directories() {
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).ip_groups.items_mut().clear();
        assert_eq!(fixture.judge(&IpGroupNotAssociated).reasons(), [NONE_PAIRED]);
        fixture.side(On::Standby).registrations.items_mut().clear();
        assert_eq!(fixture.judge(&IpGroupNotAssociated).reasons(), [registered::NOT_BOTH]);
    }

    #[test]
    fn gaps_are_no_passes() {
        Fixture::clean().assert_gaps_are_no_passes(&IpGroupNotAssociated);
        other_group("203.0.113.0/24").assert_gaps_are_no_passes(&IpGroupNotAssociated);
    }
}
