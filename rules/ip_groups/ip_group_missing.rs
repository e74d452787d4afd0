//! IPG-001: a group that the primary directory is associated with must be in the standby Region too. It cannot see who sits at which
//! address.

use super::admitted::{Admitted, named, ranges_of, unread_groups};
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::directory::WorkspaceDirectory;
use crate::model::image::IpGroup;
use crate::model::pairing::SEVERAL_IP_GROUPS;
use crate::model::{Dataset, PairView, Paired, Subject, Unknown};
use crate::registered;
use crate::rule::{Rule, Sheet, Wording};

/// IPG-001 ip-group-missing.
pub(super) struct IpGroupMissing;

/// Positions in the cases.
const MISSING: usize = 0;
const COVERED: usize = 1;

static META: Meta = Meta {
    id: "IPG-001",
    name: "ip-group-missing",
    area: Area::IpGroups,
    summary: "an IP access control group of the primary directory has no counterpart in the standby Region",
    cases: &[
        Case { key: "missing", severity: Severity::High, effect: Effect::Strands, uncounted: true },
        // Whoever it admits is let in all the same, by other groups or by none.
        Case { key: "missing-and-covered", severity: Severity::Medium, effect: Effect::None, uncounted: false },
    ],
    reach: Reach::Pair,
    implies: &["IPG-005", "IPG-006"],
    needs: &[Dataset::IpGroups, Dataset::Registrations, Dataset::Aliases],
    controls: &[controls::REL13_BP04, controls::EUCREL03, controls::CM_6, controls::A_5_30, controls::ARTICLE_11],
    remedy: "Create the group in the standby Region under the same name, with the primary's rules, and then associate it with the standby \
             directory.",
    options: &[],
    doc: include_str!("ip_group_missing.md"),
};

/// What is said where there is none.
pub(super) const NONE_ASSOCIATED: &str =
    "the primary directory has no IP access control group, or none whose counterpart could be looked for";

/// Whether the standby directory surely admits all that a group does, whichever groups of its own do so.
pub(super) fn is_covered(pair: &PairView<'_>, standby: &WorkspaceDirectory, group: &IpGroup) -> bool {
    let admitted = Admitted::of(pair.standby, standby);
    ranges_of(group).is_ok_and(|ranges| ranges.without(&admitted.known).is_empty())
}

impl Rule for IpGroupMissing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let Some((of_p, of_s)) = registered::both(pair, sheet) else { return };
        for (at, group) in pair.primary.ip_groups.items().iter().enumerate() {
            if !of_p.ip_group_ids.contains(&group.group_id) {
                continue;
            }
            let subject = Subject::IpGroup { p: at as u32, s: Subject::NONE };
            match pair.ip_group(group) {
                Paired::With { .. } => sheet.pass(),
                Paired::Missing => sheet.fail(subject, if is_covered(pair, of_s, group) { COVERED } else { MISSING }),
                Paired::Ambiguous(_) => sheet.unknown(subject, Unknown::Undetermined(SEVERAL_IP_GROUPS)),
                Paired::Unknown(why) => sheet.unknown(subject, why),
            }
        }
        for why in unread_groups(pair.primary, of_p) {
            sheet.unknown(Subject::Directories, why);
        }
        if sheet.is_empty() {
            sheet.not_applicable(NONE_ASSOCIATED);
        }
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, case: usize) -> Wording {
        let names = subject.names(pair);
        let (primary, standby) = (&pair.settings.primary.region, &pair.settings.standby.region);
        let group = if let Subject::IpGroup { p, .. } = subject {
            pair.primary.ip_groups.items().get(p as usize)
        } else {
            None
        };
        let Some(group) = group else { return Wording::new(format!("a group has no counterpart in {standby}")) };
        let absence = pair.ip_group_absence(group);
        let admits = ranges_of(group).map_or_else(|_| "what cannot be read".to_owned(), |ranges| named(&ranges));
        let message = format!("the group {}, which admits {admits} in {primary}, {}", names.name, absence.phrase);
        let message = if case == COVERED {
            format!("{message}; the directory there admits these addresses all the same")
        } else {
            message
        };
        Wording::new(message).with("groupId", names.primary, "absent").fixed_by(format!(
            "Create the group in {standby} under the same name with all its rules, then associate it with the standby directory: the \
             first association takes the default group away, and a group without rules admits nobody. {}",
            absence.advice
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::super::admitted::NO_GROUP;
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::settings::{MapEntry, MapKind};

    /// The standby Region has a group of another name in its place, with these rules.
    fn renamed(rules: usize) -> Fixture {
        let mut fixture = Fixture::clean();
        let group = &mut fixture.side(On::Standby).ip_groups.items_mut()[0];
        group.group_name = "Head Quarters".to_owned();
        group.user_rules.truncate(rules);
        fixture
    }

    #[test]
    fn passes_where_every_group_of_the_directory_has_a_counterpart() {
        assert_eq!(Fixture::clean().verdicts(&IpGroupMissing), (1, vec![]));
        // A group of another directory's is not the pair's.
        let mut fixture = Fixture::clean();
        let other =
            IpGroup { group_id: "wsipg-pother0".to_owned(), group_name: "labs".to_owned(), ..IpGroup::default() };
        fixture.side(On::Primary).ip_groups.items_mut().push(other);
        assert_eq!(fixture.verdicts(&IpGroupMissing), (1, vec![]));
    }

    #[test]
    fn fails_where_one_has_none_and_lost_addresses_follow_from_it() {
        let fixture = renamed(1);
        assert_eq!(fixture.verdicts(&IpGroupMissing), (0, vec!["missing headquarters".to_owned()]));
        let words = fixture.words(&IpGroupMissing);
        assert_eq!(
            words.message,
            "the group headquarters, which admits 192.0.2.0/24, 198.51.100.0/25 in us-east-1, has no counterpart in us-west-2"
        );
        assert!(words.remedy.expect("a remedy").ends_with("us-west-2 has Head Quarters, which may be meant."));
        let run = fixture.run(&[&IpGroupMissing, crate::find("IPG-005").expect("registered")]);
        let roots: Vec<Option<u32>> = run.pairs[0].findings.iter().map(|finding| finding.root).collect();
        assert_eq!(roots, [None, Some(0)]);
        assert_eq!((run.pairs[0].readiness.ready, run.pairs[0].readiness.uncounted.as_slice()), (3, &[0, 1][..]));
    }

    #[test]
    fn strands_nobody_where_others_admit_the_same() {
        let fixture = renamed(2);
        assert_eq!(fixture.verdicts(&IpGroupMissing), (0, vec!["missing-and-covered headquarters".to_owned()]));
        assert!(
            fixture
                .words(&IpGroupMissing)
                .message
                .ends_with("; the directory there admits these addresses all the same")
        );
        assert!(fixture.run(&[&IpGroupMissing]).pairs[0].readiness.uncounted.is_empty());
        // No group at all admits everybody, which IPG-006 speaks of.
        let mut open = renamed(1);
        open.registration(On::Standby).ip_group_ids.clear();
        assert_eq!(open.verdicts(&IpGroupMissing).1, ["missing-and-covered headquarters"]);
        // What cannot be read is not surely admitted.
        let mut fixture = renamed(2);
        fixture.side(On::Primary).ip_groups.items_mut()[0].user_rules[0].ip_rule = "here".to_owned();
        assert_eq!(fixture.verdicts(&IpGroupMissing).1, ["missing headquarters"]);
        assert!(fixture.words(&IpGroupMissing).message.contains("which admits what cannot be read in us-east-1"));
    }

    #[test]
    fn a_map_pairs_other_names_and_one_that_names_nothing_is_said_to() {
        let map = |fixture: &mut Fixture, standby: &str| {
            fixture.pair().maps.push(MapEntry {
                kind: MapKind::IpGroup,
                primary: "headquarters".to_owned(),
                standby: standby.to_owned(),
            });
        };
        let mut fixture = renamed(2);
        map(&mut fixture, "wsipg-shq00000");
        assert_eq!(fixture.verdicts(&IpGroupMissing), (1, vec![]));
        let mut fixture = Fixture::clean();
        map(&mut fixture, "head-quarters");
        let message = fixture.words(&IpGroupMissing).message;
        assert!(message.contains("is mapped to head-quarters, which us-west-2 does not have"), "{message}");
    }

    #[test]
    fn what_cannot_be_read_or_paired_is_no_pass() {
        let mut fixture = Fixture::clean();
        let mut twin = fixture.side(On::Standby).ip_groups.items()[0].clone();
        twin.group_id = "wsipg-stwin000".to_owned();
        fixture.side(On::Standby).ip_groups.items_mut().push(twin);
        assert_eq!(fixture.judge(&IpGroupMissing).unknowns()[0].1, Unknown::Undetermined(SEVERAL_IP_GROUPS));
        let mut fixture = Fixture::clean();
        fixture.registration(On::Primary).ip_group_ids.push("wsipg-pgone000".to_owned());
        let sheet = fixture.judge(&IpGroupMissing);
        assert_eq!(sheet.unknowns(), [(Subject::Directories, Unknown::Undetermined(NO_GROUP))]);
    }

    #[test]
    fn does_not_apply_without_a_group_or_without_two_directories() {
        let mut fixture = Fixture::clean();
        fixture.registration(On::Primary).ip_group_ids.clear();
        assert_eq!(fixture.judge(&IpGroupMissing).reasons(), [NONE_ASSOCIATED]);
        fixture.side(On::Standby).registrations.items_mut().clear();
        assert_eq!(fixture.judge(&IpGroupMissing).reasons(), [registered::NOT_BOTH]);
    }

    #[test]
    fn gaps_are_no_passes() {
        for fixture in [Fixture::clean(), renamed(1)] {
            fixture.assert_gaps_are_no_passes(&IpGroupMissing);
        }
    }
}
