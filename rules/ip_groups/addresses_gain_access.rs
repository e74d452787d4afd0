//! IPG-006: the standby Region must not let in whom the primary Region keeps out.

use super::admitted::{Admitted, named};
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::{Dataset, PairView, Subject};
use crate::registered;
use crate::rule::{Rule, Sheet, Wording};

/// IPG-006 addresses-gain-access.
pub(super) struct AddressesGainAccess;

static META: Meta = Meta {
    id: "IPG-006",
    name: "addresses-gain-access",
    area: Area::IpGroups,
    summary: "the standby directory admits client addresses that the primary directory does not",
    cases: &[Case { key: "let-in", severity: Severity::High, effect: Effect::Exposes, uncounted: false }],
    reach: Reach::Pair,
    implies: &[],
    needs: &[Dataset::IpGroups, Dataset::Registrations, Dataset::Aliases],
    controls: &[controls::REL13_BP04, controls::CM_6, controls::A_5_29],
    remedy: "Take the rules for the addresses that the finding names out of the standby directory's groups; where it has no group, \
             associate the counterparts of the primary's, with their rules in place.",
    options: &[],
    doc: include_str!("addresses_gain_access.md"),
};

impl Rule for AddressesGainAccess {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let Some((p, s)) = registered::both(pair, sheet) else { return };
        let (primary, standby) = (Admitted::of(pair.primary, p), Admitted::of(pair.standby, s));
        match standby.beyond(&primary) {
            Ok(gained) if gained.is_empty() => sheet.pass(),
            Ok(_) => sheet.fail(Subject::Directories, 0),
            Err(why) => sheet.unknown(Subject::Directories, why),
        }
    }

    fn word(&self, pair: &PairView<'_>, _: Subject, _: usize) -> Wording {
        let region = &pair.settings.standby.region;
        let Some((primary, standby)) = Admitted::both(pair) else {
            return Wording::new(format!("{region} admits more addresses"));
        };
        let message = if standby.by_default {
            format!(
                "the directory in {region} has no IP access control group, so it admits every address; the primary's admits {}",
                named(&primary.known)
            )
        } else {
            let gained = standby.known.without(&primary.known);
            format!("{region} admits {}, which the primary directory keeps out", named(&gained))
        };
        Wording::new(message).with("userRules.ipRule", primary.text(), standby.text())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::image::IpRule;

    fn with_rule(on: On, text: &str) -> Fixture {
        let mut fixture = Fixture::clean();
        let rule = IpRule { ip_rule: text.to_owned(), rule_desc: String::new() };
        fixture.side(on).ip_groups.items_mut()[0].user_rules.push(rule);
        fixture
    }

    #[test]
    fn passes_where_the_standby_admits_the_same_or_less() {
        assert_eq!(Fixture::clean().verdicts(&AddressesGainAccess), (1, vec![]));
        assert_eq!(with_rule(On::Primary, "203.0.113.0/24").verdicts(&AddressesGainAccess), (1, vec![]));
        assert_eq!(with_rule(On::Standby, "192.0.2.17").verdicts(&AddressesGainAccess), (1, vec![]));
        let mut fixture = Fixture::clean();
        fixture.registration(On::Primary).ip_group_ids.clear();
        assert_eq!(fixture.verdicts(&AddressesGainAccess), (1, vec![]), "the primary admits everybody");
    }

    #[test]
    fn fails_where_it_admits_more() {
        let fixture = with_rule(On::Standby, "198.51.100.0/24");
        assert_eq!(fixture.verdicts(&AddressesGainAccess), (0, vec!["let-in corp.example".to_owned()]));
        assert_eq!(
            fixture.words(&AddressesGainAccess).message,
            "us-west-2 admits 198.51.100.128/25, which the primary directory keeps out"
        );
        let run = fixture.run(&[&AddressesGainAccess]);
        assert_eq!(run.pairs[0].readiness.ready, 3, "an exposure takes nobody's desktop");
    }

    #[test]
    fn fails_where_the_standby_has_no_group() {
        let mut fixture = Fixture::clean();
        fixture.registration(On::Standby).ip_group_ids.clear();
        assert_eq!(fixture.verdicts(&AddressesGainAccess).1.len(), 1);
        let words = fixture.words(&AddressesGainAccess);
        assert_eq!(
            words.message,
            "the directory in us-west-2 has no IP access control group, so it admits every address; the primary's admits \
             192.0.2.0/24, 198.51.100.0/25"
        );
        assert_eq!(words.drift[0].standby, "every address (no group is associated)");
        // Neither has one: both admit everybody.
        fixture.registration(On::Primary).ip_group_ids.clear();
        assert_eq!(fixture.verdicts(&AddressesGainAccess), (1, vec![]));
    }

    #[test]
    fn gaps_are_no_passes() {
        Fixture::clean().assert_gaps_are_no_passes(&AddressesGainAccess);
        with_rule(On::Standby, "203.0.113.0/24").assert_gaps_are_no_passes(&AddressesGainAccess);
        let sheet = with_rule(On::Primary, "somewhere").judge(&AddressesGainAccess);
        assert_eq!(
            (sheet.passes(), sheet.fails().len()),
            (1, 0),
            "what the primary admits beyond what was read adds nothing"
        );
        assert_eq!(with_rule(On::Standby, "somewhere").judge(&AddressesGainAccess).unknowns().len(), 1);
    }
}
