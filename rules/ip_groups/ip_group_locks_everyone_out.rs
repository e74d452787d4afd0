//! IPG-004: the groups of the standby directory must admit somebody: a group without rules admits nobody. It cannot see whether those whom
//! they admit are the right ones.

use super::admitted::unread_groups;
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::image::IpGroup;
use crate::model::{Dataset, PairView, Subject};
use crate::rule::{Rule, Sheet, Wording};

/// IPG-004 ip-group-locks-everyone-out.
pub(super) struct IpGroupLocksEveryoneOut;

/// Positions in the cases.
const EVERYONE: usize = 0;
const ONE_OF_SEVERAL: usize = 1;

static META: Meta = Meta {
    id: "IPG-004",
    name: "ip-group-locks-everyone-out",
    area: Area::IpGroups,
    summary: "the standby directory's IP access control groups have no rule, so that it admits nobody",
    cases: &[
        Case { key: "everyone", severity: Severity::Critical, effect: Effect::Strands, uncounted: false },
        Case { key: "one-of-several", severity: Severity::High, effect: Effect::Strands, uncounted: true },
    ],
    reach: Reach::Pair,
    // An empty group has other rules than its counterpart, and what that one admits is lost.
    implies: &["IPG-002", "IPG-005"],
    needs: &[Dataset::IpGroups, Dataset::Registrations, Dataset::Aliases],
    controls: &[
        controls::REL13_BP04,
        controls::EUCREL03,
        controls::CP_10,
        controls::CM_6,
        controls::A_5_30,
        controls::A1_2,
        controls::ARTICLE_11,
    ],
    remedy: "Give the group the rules of its counterpart in the primary Region, or take it off the standby directory.",
    options: &[],
    doc: include_str!("ip_group_locks_everyone_out.md"),
};

/// What is said where there is nothing to judge.
const NO_DIRECTORY: &str = "the pair has no registered directory in the standby Region";
const NO_GROUPS: &str = "the standby directory has no IP access control group";

/// The groups of the standby directory that were read, each with its position.
fn associated<'e>(pair: &PairView<'e>, ids: &[String]) -> Vec<(u32, &'e IpGroup)> {
    let groups = pair.standby.ip_groups.items().iter().enumerate();
    groups.filter(|(_, group)| ids.contains(&group.group_id)).map(|(at, group)| (at as u32, group)).collect()
}

impl Rule for IpGroupLocksEveryoneOut {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let directory = match pair.standby_registration() {
            Ok(Some(directory)) => directory,
            Ok(None) => return sheet.not_applicable(NO_DIRECTORY),
            Err(why) => return sheet.unknown(Subject::Directories, why),
        };
        if directory.ip_group_ids.is_empty() {
            return sheet.not_applicable(NO_GROUPS);
        }
        let groups = associated(pair, &directory.ip_group_ids);
        // Groups that the directory names and that were not read may have rules.
        let unread = unread_groups(pair.standby, directory);
        // A rule that cannot be read is one all the same, and admits somebody.
        let admits_somebody = groups.iter().any(|(_, group)| !group.user_rules.is_empty());
        if admits_somebody {
            for (s, group) in groups {
                match group.user_rules.is_empty() {
                    false => sheet.pass(),
                    true => sheet.fail(Subject::IpGroup { p: Subject::NONE, s }, ONE_OF_SEVERAL),
                }
            }
        } else if unread.is_empty() {
            sheet.fail(Subject::Directories, EVERYONE);
        }
        for why in unread {
            sheet.unknown(Subject::Directories, why);
        }
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, case: usize) -> Wording {
        let names = subject.names(pair);
        let region = &pair.settings.standby.region;
        let ids = pair.standby_registration().ok().flatten().map_or(&[][..], |directory| &directory.ip_group_ids);
        let groups = associated(pair, ids);
        if case == EVERYONE {
            let mut named: Vec<&str> = groups.iter().map(|(_, group)| group.group_name.as_str()).collect();
            named.sort_unstable();
            let whose = match named.as_slice() {
                [only] => format!("its only IP access control group, {only}, has no rule"),
                named => format!("none of its IP access control groups ({}) has a rule", named.join(", ")),
            };
            return Wording::new(format!("the directory in {region} admits nobody: {whose}")).with(
                "userRules",
                "not compared",
                "no rule",
            );
        }
        Wording::new(format!(
            "the group {} of the directory in {region} has no rule: it admits nobody, and whoever it is for is let in by other groups or \
             not at all",
            names.name
        ))
        .with("userRules", "not compared", "no rule")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::ip_groups::admitted::NO_GROUP;
    use crate::model::image::IpRule;
    use crate::model::{Slice, Unknown};
    use crate::readiness::State;

    /// The standby directory's groups: the counterpart, and others with so many rules each.
    fn with_groups(own_rules: usize, others: &[usize]) -> Fixture {
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).ip_groups.items_mut()[0].user_rules.truncate(own_rules);
        for (at, &rules) in others.iter().enumerate() {
            let id = format!("wsipg-sother0{at}");
            let rule = IpRule { ip_rule: "203.0.113.0/24".to_owned(), rule_desc: String::new() };
            fixture.side(On::Standby).ip_groups.items_mut().push(IpGroup {
                group_id: id.clone(),
                group_name: format!("other-{at}"),
                user_rules: vec![rule; rules],
                ..IpGroup::default()
            });
            fixture.registration(On::Standby).ip_group_ids.push(id);
        }
        fixture
    }

    #[test]
    fn passes_where_every_group_has_a_rule() {
        assert_eq!(Fixture::clean().verdicts(&IpGroupLocksEveryoneOut), (1, vec![]));
        assert_eq!(with_groups(1, &[1, 2]).verdicts(&IpGroupLocksEveryoneOut), (3, vec![]));
        // A group that the directory is not associated with locks nobody out.
        let mut fixture = with_groups(1, &[0]);
        fixture.registration(On::Standby).ip_group_ids.pop();
        assert_eq!(fixture.verdicts(&IpGroupLocksEveryoneOut), (1, vec![]));
    }

    #[test]
    fn fails_where_none_has_a_rule_and_strands_everybody() {
        let fixture = with_groups(0, &[]);
        assert_eq!(fixture.verdicts(&IpGroupLocksEveryoneOut), (0, vec!["everyone corp.example".to_owned()]));
        assert_eq!(
            fixture.words(&IpGroupLocksEveryoneOut).message,
            "the directory in us-west-2 admits nobody: its only IP access control group, headquarters, has no rule"
        );
        let others = ["IPG-002", "IPG-005"].map(|id| crate::find(id).expect("registered"));
        let run = fixture.run(&[&IpGroupLocksEveryoneOut, others[0], others[1]]);
        let roots: Vec<Option<u32>> = run.pairs[0].findings.iter().map(|finding| finding.root).collect();
        assert_eq!(roots, [None, Some(0), Some(0)]);
        assert!(run.pairs[0].readiness.states.iter().all(|state| *state == State::Stranded));
        let two = with_groups(0, &[0]);
        assert_eq!(
            two.words(&IpGroupLocksEveryoneOut).message,
            "the directory in us-west-2 admits nobody: none of its IP access control groups (headquarters, other-0) has a rule"
        );
    }

    #[test]
    fn fails_where_one_of_several_has_none_and_counts_nobody() {
        let fixture = with_groups(0, &[1]);
        assert_eq!(fixture.verdicts(&IpGroupLocksEveryoneOut), (1, vec!["one-of-several headquarters".to_owned()]));
        assert_eq!(
            fixture.words(&IpGroupLocksEveryoneOut).message,
            "the group headquarters of the directory in us-west-2 has no rule: it admits nobody, and whoever it is for is let in by other \
             groups or not at all"
        );
        let run = fixture.run(&[&IpGroupLocksEveryoneOut, crate::find("IPG-002").expect("registered")]);
        let roots: Vec<Option<u32>> = run.pairs[0].findings.iter().map(|finding| finding.root).collect();
        assert_eq!(roots, [None, Some(0)]);
        assert_eq!((run.pairs[0].readiness.ready, run.pairs[0].readiness.uncounted.as_slice()), (3, &[0][..]));
    }

    #[test]
    fn a_rule_that_cannot_be_read_is_one_all_the_same() {
        let mut fixture = with_groups(1, &[]);
        fixture.side(On::Standby).ip_groups.items_mut()[0].user_rules[0].ip_rule = "somewhere".to_owned();
        assert_eq!(fixture.verdicts(&IpGroupLocksEveryoneOut), (1, vec![]));
    }

    #[test]
    fn groups_that_were_not_read_may_have_rules() {
        let mut fixture = with_groups(0, &[1]);
        let gap = fixture.gap("workspaces", "DescribeIpGroups");
        let groups = &mut fixture.side(On::Standby).ip_groups;
        *groups = Slice::cut(groups.items()[..1].to_vec(), gap);
        // Whether it locks out everybody or some rests on the other.
        let sheet = fixture.judge(&IpGroupLocksEveryoneOut);
        assert_eq!((sheet.fails(), sheet.unknowns()), (&[][..], &[(Subject::Directories, Unknown::Gap(gap))][..]));
        let mut fixture = with_groups(0, &[]);
        fixture.registration(On::Standby).ip_group_ids.push("wsipg-sgone000".to_owned());
        let sheet = fixture.judge(&IpGroupLocksEveryoneOut);
        assert_eq!(sheet.unknowns(), [(Subject::Directories, Unknown::Undetermined(NO_GROUP))]);
    }

    #[test]
    fn does_not_apply_without_a_group_or_a_directory() {
        let mut fixture = Fixture::clean();
        fixture.registration(On::Standby).ip_group_ids.clear();
        assert_eq!(fixture.judge(&IpGroupLocksEveryoneOut).reasons(), [NO_GROUPS]);
        fixture.side(On::Standby).registrations.items_mut().clear();
        assert_eq!(fixture.judge(&IpGroupLocksEveryoneOut).reasons(), [NO_DIRECTORY]);
    }

    #[test]
    fn gaps_are_no_passes() {
        for fixture in
            [Fixture::clean(), with_groups(1, &[1]), with_groups(0, &[1]), with_groups(0, &[]), with_groups(0, &[0])]
        {
            fixture.assert_gaps_are_no_passes(&IpGroupLocksEveryoneOut);
        }
    }
}
