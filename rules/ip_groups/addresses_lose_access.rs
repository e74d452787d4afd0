//! IPG-005: whoever may connect in the primary Region must be let in by the standby Region too.

use super::admitted::{Admitted, named};
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::{Dataset, PairView, Subject};
use crate::registered;
use crate::rule::{Rule, Sheet, Wording};

/// IPG-005 addresses-lose-access.
pub(super) struct AddressesLoseAccess;

static META: Meta = Meta {
    id: "IPG-005",
    name: "addresses-lose-access",
    area: Area::IpGroups,
    summary: "client addresses that the primary directory admits are shut out by the standby directory",
    cases: &[Case { key: "shut-out", severity: Severity::High, effect: Effect::Strands, uncounted: true }],
    reach: Reach::Pair,
    implies: &[],
    needs: &[Dataset::IpGroups, Dataset::Registrations, Dataset::Aliases],
    controls: &[
        controls::REL13_BP04,
        controls::EUCREL03,
        controls::CP_10,
        controls::CM_6,
        controls::A_5_30,
        controls::ARTICLE_11,
    ],
    remedy: "Give the standby directory's IP access control groups rules for the addresses that the finding names.",
    options: &[],
    doc: include_str!("addresses_lose_access.md"),
};

impl Rule for AddressesLoseAccess {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let Some((p, s)) = registered::both(pair, sheet) else { return };
        let (primary, standby) = (Admitted::of(pair.primary, p), Admitted::of(pair.standby, s));
        match primary.beyond(&standby) {
            Ok(lost) if lost.is_empty() => sheet.pass(),
            Ok(_) => sheet.fail(Subject::Directories, 0),
            Err(why) => sheet.unknown(Subject::Directories, why),
        }
    }

    fn word(&self, pair: &PairView<'_>, _: Subject, _: usize) -> Wording {
        let region = &pair.settings.standby.region;
        let Some((primary, standby)) = Admitted::both(pair) else {
            return Wording::new(format!("{region} shuts addresses out"));
        };
        let lost = primary.known.without(&standby.known);
        let message = if standby.known.is_empty() {
            format!("{region} admits nobody: its groups have no rule, so {} would be shut out", named(&lost))
        } else if primary.by_default {
            format!("the primary directory admits every address, {region} only {}", named(&standby.known))
        } else {
            format!("{} would be shut out by {region}", named(&lost))
        };
        Wording::new(message).with("userRules.ipRule", primary.text(), standby.text())
    }
}

#[cfg(test)]
mod tests {
    use super::super::admitted::{NO_GROUP, NO_RANGE};
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::image::{IpGroup, IpRule};
    use crate::model::{Slice, Unknown};

    fn rules(texts: &[&str]) -> Vec<IpRule> {
        texts.iter().map(|text| IpRule { ip_rule: (*text).to_owned(), rule_desc: String::new() }).collect()
    }

    fn standby(texts: &[&str]) -> Fixture {
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).ip_groups.items_mut()[0].user_rules = rules(texts);
        fixture
    }

    #[test]
    fn passes_where_the_standby_admits_the_same_or_more() {
        assert_eq!(Fixture::clean().verdicts(&AddressesLoseAccess), (1, vec![]));
        let spelled = standby(&["198.51.100.64/26", "192.0.2.9/24", "198.51.100.0/26"]);
        assert_eq!(spelled.verdicts(&AddressesLoseAccess), (1, vec![]));
        assert_eq!(standby(&["0.0.0.0/0"]).verdicts(&AddressesLoseAccess), (1, vec![]));
        let mut open = Fixture::clean();
        open.registration(On::Standby).ip_group_ids.clear();
        assert_eq!(open.verdicts(&AddressesLoseAccess), (1, vec![]), "no group admits everybody");
    }

    #[test]
    fn passes_where_the_same_ranges_are_split_over_other_groups() {
        let mut fixture = standby(&["192.0.2.0/24"]);
        fixture.side(On::Standby).ip_groups.items_mut().push(IpGroup {
            group_id: "wsipg-sporto000".to_owned(),
            group_name: "porto".to_owned(),
            user_rules: rules(&["198.51.100.0/25"]),
            ..IpGroup::default()
        });
        fixture.registration(On::Standby).ip_group_ids.push("wsipg-sporto000".to_owned());
        assert_eq!(fixture.verdicts(&AddressesLoseAccess), (1, vec![]));
    }

    #[test]
    fn fails_where_some_are_shut_out_and_counts_nobody() {
        let fixture = standby(&["192.0.2.0/24", "198.51.100.0/26"]);
        assert_eq!(fixture.verdicts(&AddressesLoseAccess), (0, vec!["shut-out corp.example".to_owned()]));
        let words = fixture.words(&AddressesLoseAccess);
        assert_eq!(words.message, "198.51.100.64/26 would be shut out by us-west-2");
        assert_eq!(words.drift[0].standby, "192.0.2.0/24, 198.51.100.0/26");
        let run = fixture.run(&[&AddressesLoseAccess]);
        assert_eq!((run.pairs[0].readiness.ready, run.pairs[0].readiness.uncounted.as_slice()), (3, &[0][..]));
    }

    #[test]
    fn fails_where_the_primary_admits_everybody_by_default() {
        let mut fixture = Fixture::clean();
        fixture.registration(On::Primary).ip_group_ids.clear();
        assert_eq!(fixture.verdicts(&AddressesLoseAccess).1.len(), 1);
        assert_eq!(
            fixture.words(&AddressesLoseAccess).message,
            "the primary directory admits every address, us-west-2 only 192.0.2.0/24, 198.51.100.0/25"
        );
    }

    #[test]
    fn a_group_without_rules_shuts_everybody_out() {
        let fixture = standby(&[]);
        assert_eq!(fixture.verdicts(&AddressesLoseAccess).1.len(), 1);
        assert_eq!(
            fixture.words(&AddressesLoseAccess).message,
            "us-west-2 admits nobody: its groups have no rule, so 192.0.2.0/24, 198.51.100.0/25 would be shut out"
        );
    }

    #[test]
    fn what_cannot_be_read_is_no_pass() {
        let sheet = standby(&["192.0.2.0/24", "everywhere"]).judge(&AddressesLoseAccess);
        assert_eq!(sheet.unknowns(), [(Subject::Directories, Unknown::Undetermined(NO_RANGE))]);
        let mut gone = Fixture::clean();
        gone.side(On::Standby).ip_groups.items_mut().clear();
        let sheet = gone.judge(&AddressesLoseAccess);
        assert_eq!(sheet.unknowns(), [(Subject::Directories, Unknown::Undetermined(NO_GROUP))]);
    }

    #[test]
    fn gaps_are_no_passes_and_do_not_hide_what_is_sure() {
        Fixture::clean().assert_gaps_are_no_passes(&AddressesLoseAccess);
        standby(&["192.0.2.0/24"]).assert_gaps_are_no_passes(&AddressesLoseAccess);
        // One of the primary's two groups was not read: what the other lacks in the standby Region is lost all the same.
        let mut fixture = standby(&["192.0.2.0/25"]);
        fixture.registration(On::Primary).ip_group_ids.push("wsipg-pmore0000".to_owned());
        let gap = fixture.gap("workspaces", "DescribeIpGroups");
        let groups = &mut fixture.side(On::Primary).ip_groups;
        *groups = Slice::cut(groups.items().to_vec(), gap);
        assert_eq!(fixture.verdicts(&AddressesLoseAccess).1.len(), 1);
    }

    #[test]
    fn does_not_apply_without_two_directories() {
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).registrations.items_mut().clear();
        assert_eq!(fixture.judge(&AddressesLoseAccess).reasons(), [registered::NOT_BOTH]);
    }
}
