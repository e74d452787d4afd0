//! IPG-002: a group and its counterpart must admit the same addresses.

use super::admitted::{named, ranges_of, unread_groups};
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::image::IpGroup;
use crate::model::pairing::SEVERAL_IP_GROUPS;
use crate::model::{Dataset, PairView, Paired, Subject, Unknown};
use crate::registered;
use crate::rule::{Rule, Sheet, Wording};

/// IPG-002 ip-group-rules-differ.
pub(super) struct IpGroupRulesDiffer;

static META: Meta = Meta {
    id: "IPG-002",
    name: "ip-group-rules-differ",
    area: Area::IpGroups,
    summary: "an IP access control group and its counterpart admit different addresses",
    cases: &[Case { key: "differ", severity: Severity::Medium, effect: Effect::None, uncounted: false }],
    reach: Reach::Pair,
    implies: &["IPG-005", "IPG-006"],
    needs: &[Dataset::IpGroups, Dataset::Registrations, Dataset::Aliases],
    controls: &[controls::REL13_BP04, controls::CM_6, controls::A_5_29],
    remedy: "Give the standby group the primary group's rules.",
    options: &[],
    doc: include_str!("ip_group_rules_differ.md"),
};

/// Whether two groups admit the same addresses.
fn same(p: &IpGroup, s: &IpGroup) -> Result<bool, Unknown> {
    Ok(ranges_of(p)? == ranges_of(s)?)
}

impl Rule for IpGroupRulesDiffer {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let Some((of_p, of_s)) = registered::both(pair, sheet) else { return };
        for (at, group) in pair.primary.ip_groups.items().iter().enumerate() {
            let (p, ours) = (at as u32, of_p.ip_group_ids.contains(&group.group_id));
            let lone = Subject::IpGroup { p, s: Subject::NONE };
            match pair.ip_group(group) {
                // One side's association is enough: where the other's is lacking, IPG-003 says so.
                Paired::With { at, item, .. } if ours || of_s.ip_group_ids.contains(&item.group_id) => {
                    let subject = Subject::IpGroup { p, s: at };
                    match same(group, item) {
                        Ok(true) => sheet.pass(),
                        Ok(false) => sheet.fail(subject, 0),
                        Err(why) => sheet.unknown(subject, why),
                    }
                }
                Paired::Ambiguous(_) if ours => sheet.unknown(lone, Unknown::Undetermined(SEVERAL_IP_GROUPS)),
                Paired::Unknown(why) if ours => sheet.unknown(lone, why),
                Paired::With { .. } | Paired::Missing | Paired::Ambiguous(_) | Paired::Unknown(_) => {}
            }
        }
        // A directory's groups that were not among those read. The standby's pair with a primary one, which may be what was not read.
        let mut hidden = unread_groups(pair.primary, of_p);
        hidden.extend(unread_groups(pair.standby, of_s));
        if !of_s.ip_group_ids.is_empty() {
            hidden.extend(pair.primary.ip_groups.gap().map(Unknown::Gap));
        }
        for why in hidden {
            sheet.unknown(Subject::Directories, why);
        }
        if sheet.is_empty() {
            sheet.not_applicable("no IP access control group of the pair's directories has a counterpart");
        }
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, _: usize) -> Wording {
        let names = subject.names(pair);
        let region = &pair.settings.standby.region;
        let found = if let Subject::IpGroup { p, s } = subject {
            pair.primary.ip_groups.items().get(p as usize).zip(pair.standby.ip_groups.items().get(s as usize))
        } else {
            None
        };
        let ranges = found.and_then(|(p, s)| Some((ranges_of(p).ok()?, ranges_of(s).ok()?)));
        let Some((p, s)) = ranges else {
            return Wording::new(format!("the group {} differs in {region}", names.name));
        };
        let (lacks, adds) = (p.without(&s), s.without(&p));
        let mut what: Vec<String> = Vec::new();
        if !lacks.is_empty() {
            what.push(format!("does not admit {}", named(&lacks)));
        }
        if !adds.is_empty() {
            what.push(format!("admits {} besides", named(&adds)));
        }
        Wording::new(format!("the group {} in {region} {}", names.name, what.join(" and "))).with(
            "userRules.ipRule",
            p.to_string(),
            s.to_string(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::super::admitted::{NO_GROUP, NO_RANGE};
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::image::IpRule;

    fn standby(texts: &[&str]) -> Fixture {
        let mut fixture = Fixture::clean();
        let rule = |text: &&str| IpRule { ip_rule: (*text).to_owned(), rule_desc: "other words".to_owned() };
        fixture.side(On::Standby).ip_groups.items_mut()[0].user_rules = texts.iter().map(rule).collect();
        fixture
    }

    #[test]
    fn passes_where_both_admit_the_same_however_spelled() {
        assert_eq!(Fixture::clean().verdicts(&IpGroupRulesDiffer), (1, vec![]));
        let spelled = standby(&["198.51.100.0/26", "198.51.100.64/26", "192.0.2.77/24", "192.0.2.1"]);
        assert_eq!(spelled.verdicts(&IpGroupRulesDiffer), (1, vec![]));
    }

    #[test]
    fn fails_where_they_differ_and_what_people_lose_follows_from_it() {
        let fixture = standby(&["192.0.2.0/24", "203.0.113.8"]);
        assert_eq!(fixture.verdicts(&IpGroupRulesDiffer), (0, vec!["differ headquarters".to_owned()]));
        let words = fixture.words(&IpGroupRulesDiffer);
        assert_eq!(
            words.message,
            "the group headquarters in us-west-2 does not admit 198.51.100.0/25 and admits 203.0.113.8/32 besides"
        );
        assert_eq!(words.drift[0].primary, "192.0.2.0/24, 198.51.100.0/25");
        let others = ["IPG-005", "IPG-006"].map(|id| crate::find(id).expect("registered"));
        let run = fixture.run(&[&IpGroupRulesDiffer, others[0], others[1]]);
        let roots: Vec<Option<u32>> = run.pairs[0].findings.iter().map(|finding| finding.root).collect();
        assert_eq!(roots, [None, Some(0), Some(0)]);
    }

    #[test]
    fn only_groups_of_the_pairs_directories_count() {
        let mut fixture = standby(&["203.0.113.0/24"]);
        fixture.registration(On::Primary).ip_group_ids.clear();
        assert_eq!(fixture.verdicts(&IpGroupRulesDiffer).1.len(), 1, "the standby directory has it");
        fixture.registration(On::Standby).ip_group_ids.clear();
        assert_eq!(
            fixture.judge(&IpGroupRulesDiffer).reasons(),
            ["no IP access control group of the pair's directories has a counterpart"]
        );
    }

    #[test]
    fn what_cannot_be_read_or_paired_is_no_pass() {
        let sheet = standby(&["192.0.2.0/24", "198.51.100.0/25", "\u{202e}/8"]).judge(&IpGroupRulesDiffer);
        assert_eq!(sheet.unknowns(), [(Subject::IpGroup { p: 0, s: 0 }, Unknown::Undetermined(NO_RANGE))]);
        let mut fixture = Fixture::clean();
        let mut twin = fixture.side(On::Standby).ip_groups.items()[0].clone();
        twin.group_id = "wsipg-stwin000".to_owned();
        fixture.side(On::Standby).ip_groups.items_mut().push(twin);
        assert_eq!(fixture.judge(&IpGroupRulesDiffer).unknowns()[0].1, Unknown::Undetermined(SEVERAL_IP_GROUPS));
        let mut fixture = Fixture::clean();
        fixture.registration(On::Primary).ip_group_ids.push("wsipg-pgone0000".to_owned());
        let sheet = fixture.judge(&IpGroupRulesDiffer);
        assert_eq!(sheet.unknowns(), [(Subject::Directories, Unknown::Undetermined(NO_GROUP))]);
    }

    #[test]
    fn gaps_are_no_passes() {
        Fixture::clean().assert_gaps_are_no_passes(&IpGroupRulesDiffer);
        standby(&["192.0.2.0/24"]).assert_gaps_are_no_passes(&IpGroupRulesDiffer);
        // A group of the standby's alone: its counterpart is on the primary's list, were that read.
        let mut theirs = standby(&["192.0.2.0/24"]);
        theirs.registration(On::Primary).ip_group_ids.clear();
        theirs.assert_gaps_are_no_passes(&IpGroupRulesDiffer);
    }
}
