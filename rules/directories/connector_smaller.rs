//! DIR-012: the standby's AD Connector must bear as many sign-ins as the primary's.

use super::known::{self, shown};
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::{Dataset, PairView, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};

/// DIR-012 connector-smaller.
pub(super) struct ConnectorSmaller;

static META: Meta = Meta {
    id: "DIR-012",
    name: "connector-smaller",
    area: Area::Directories,
    summary: "the standby's AD Connector is smaller than the primary's",
    cases: &[Case { key: "smaller", severity: Severity::Medium, effect: Effect::Degrades, uncounted: false }],
    reach: Reach::Pair,
    implies: &[],
    needs: &[Dataset::Directories, Dataset::Registrations, Dataset::Aliases],
    controls: &[controls::REL13_BP02, controls::EUCREL02, controls::CP_7, controls::A_8_14, controls::ARTICLE_12],
    remedy: "Make a large AD Connector in the standby Region and move the registration and the alias to it: no operation resizes one.",
    options: &[],
    doc: include_str!("connector_smaller.md"),
};

const UNTOLD: Unknown =
    Unknown::Undetermined("the size of one AD Connector is missing from the answer, or is one that no document knows");

/// How large a size is.
fn rank(size: &str) -> Option<u8> {
    match size {
        "Small" => Some(1),
        "Large" => Some(2),
        _ => None,
    }
}

impl Rule for ConnectorSmaller {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let Some((p, s)) = known::connectors(pair, sheet) else { return };
        match (rank(&p.size), rank(&s.size)) {
            (Some(primary), Some(standby)) if standby < primary => sheet.fail(Subject::Directories, 0),
            (Some(_), Some(_)) => sheet.pass(),
            (_, _) => sheet.unknown(Subject::Directories, UNTOLD),
        }
    }

    fn word(&self, pair: &PairView<'_>, _: Subject, _: usize) -> Wording {
        let (p, s) = known::listed(pair).map_or(("", ""), |(p, s)| (p.size.as_str(), s.size.as_str()));
        let region = &pair.settings.standby.region;
        Wording::new(format!(
            "the AD Connector in {region} is {s}, and the primary's is {p}: sign-ins of a whole morning may queue"
        ))
        .with("Size", shown(p), shown(s))
    }
}

#[cfg(test)]
mod tests {
    use super::super::known::NOT_CONNECTORS;
    use super::*;
    use crate::fixture::{Fixture, On};

    fn sizes(primary: &str, standby: &str) -> Fixture {
        let mut fixture = Fixture::clean();
        fixture.side(On::Primary).directories.items_mut()[0].size = primary.to_owned();
        fixture.side(On::Standby).directories.items_mut()[0].size = standby.to_owned();
        fixture
    }

    #[test]
    fn passes_for_as_large_a_one() {
        for (primary, standby) in [("Small", "Small"), ("Large", "Large"), ("Small", "Large")] {
            assert_eq!(sizes(primary, standby).verdicts(&ConnectorSmaller), (1, vec![]));
        }
    }

    #[test]
    fn fails_for_a_smaller_one() {
        let fixture = sizes("Large", "Small");
        assert_eq!(fixture.verdicts(&ConnectorSmaller), (0, vec!["smaller corp.example".to_owned()]));
        assert_eq!(fixture.run(&[&ConnectorSmaller]).pairs[0].readiness.degraded, 3);
        assert!(fixture.words(&ConnectorSmaller).message.starts_with("the AD Connector in us-west-2 is Small"));
    }

    #[test]
    fn a_size_that_is_not_told_is_not_judged() {
        for (primary, standby) in [("", "Small"), ("Large", ""), ("Large", "Huge")] {
            let sheet = sizes(primary, standby).judge(&ConnectorSmaller);
            assert_eq!(sheet.unknowns(), [(Subject::Directories, UNTOLD)]);
        }
    }

    #[test]
    fn applies_to_two_connectors() {
        let mut fixture = sizes("Large", "Small");
        fixture.side(On::Standby).directories.items_mut()[0].r#type = "MicrosoftAD".to_owned();
        assert_eq!(fixture.judge(&ConnectorSmaller).reasons(), [NOT_CONNECTORS]);
    }

    #[test]
    fn denied_calls_are_named() {
        Fixture::clean().assert_gaps_are_no_passes(&ConnectorSmaller);
        sizes("Large", "Small").assert_gaps_are_no_passes(&ConnectorSmaller);
    }
}
