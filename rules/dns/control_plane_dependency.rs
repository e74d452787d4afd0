//! DNS-011: a record that only an edit can move needs Route 53's control plane, which lives in us-east-1 (AWS-FACTS §4). Accelerated
//! recovery is what helps when that is gone.

use crate::controls;
use crate::dns::routing::{Failover, Routing, routed};
use crate::dns::zone::{OTHER_PROVIDER, at_alias, zone_words};
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::route53::{HostedZone, ZoneDetail};
use crate::model::{Dataset, Estate, GapId, PairView, Subject};
use crate::rule::{Rule, Sheet, Wording};

/// DNS-011 control-plane-dependency.
pub(super) struct ControlPlaneDependency;

const ELSEWHERE: usize = 0;
const WITH_THE_PRIMARY: usize = 1;

/// Where Route 53's control plane lives.
const CONTROL_PLANE: &str = "us-east-1";

static META: Meta = Meta {
    id: "DNS-011",
    name: "control-plane-dependency",
    area: Area::Dns,
    summary: "only an edit through Route 53's control plane in us-east-1 can move the record, and accelerated recovery is off",
    cases: &[
        Case { key: "control-plane", severity: Severity::Medium, effect: Effect::None, uncounted: false },
        Case { key: "control-plane-in-primary", severity: Severity::High, effect: Effect::None, uncounted: false },
    ],
    reach: Reach::Pair,
    implies: &[],
    needs: &[Dataset::Zones, Dataset::ZoneDetails, Dataset::RecordSets],
    controls: &[
        controls::REL13_BP05,
        controls::EUCREL02,
        controls::CP_8,
        controls::CP_10,
        controls::A_5_30,
        controls::ARTICLE_11,
    ],
    remedy: "Turn on accelerated recovery for the zone, or let a failover pair with health checks move the record without an edit.",
    options: &[],
    doc: include_str!("control_plane_dependency.md"),
};

const CNAME: &str = "the alias is a CNAME: where its TXT record stands is another zone's matter";
const NO_ZONE: &str = "no zone that was read encloses the alias: DNS-001 says so";

/// Whether a zone's records can be changed while the control plane in us-east-1 is gone.
enum Recovery<'e> {
    On,
    Off(Why<'e>),
    Hidden(GapId),
}

/// Why they cannot.
enum Why<'e> {
    /// It is a private zone, which accelerated recovery never covers.
    Private,
    /// Its status, and why it could not be turned on or off, where that is told.
    Status(&'e ZoneDetail),
}

fn recovery<'e>(pair: &PairView<'e>, zone: &HostedZone) -> Recovery<'e> {
    if zone.private_zone == Some(true) {
        return Recovery::Off(Why::Private);
    }
    let Some(details) = pair.zones.details.get(&zone.id) else { return Recovery::Hidden(Estate::NOT_COLLECTED) };
    match (details.items().first(), details.gap()) {
        (Some(detail), _) if detail.accelerated_recovery_status == "ENABLED" => Recovery::On,
        (Some(detail), _) => Recovery::Off(Why::Status(detail)),
        (None, gap) => Recovery::Hidden(gap.unwrap_or(Estate::NOT_COLLECTED)),
    }
}

/// The zones in which an edit alone can move the record, each with what becomes of an edit. Where no record stands yet, it must be made by
/// one.
fn edited<'e>(pair: &PairView<'e>) -> Option<Vec<(&'e HostedZone, Recovery<'e>)>> {
    let here = at_alias(pair)?;
    let routed = routed(&here);
    let mut edited: Vec<&HostedZone> = Vec::new();
    for &zone in &here.zones {
        let by_edit = match routed.iter().find(|(placed, _)| placed.id == zone.id).map(|(_, routing)| routing) {
            Some(Routing::Failover(Failover { primary: Some(_), secondary: Some(_) })) => false,
            Some(Routing::Simple | Routing::Other(_) | Routing::Failover(_)) => true,
            None => routed.is_empty(),
        };
        edited.extend(by_edit.then_some(zone));
    }
    Some(edited.into_iter().map(|zone| (zone, recovery(pair, zone))).collect())
}

impl Rule for ControlPlaneDependency {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let Some(here) = at_alias(pair) else { return sheet.not_applicable(OTHER_PROVIDER) };
        if let Some(gap) = here.gap() {
            // Another zone or another record set may be what answers.
            return sheet.unknown(Subject::Alias, gap);
        }
        if here.cname.is_some() && here.texts.is_empty() {
            return sheet.not_applicable(CNAME);
        }
        if here.zones.is_empty() {
            return sheet.not_applicable(NO_ZONE);
        }
        let case = if pair.settings.primary.region == CONTROL_PLANE { WITH_THE_PRIMARY } else { ELSEWHERE };
        let mut off = false;
        let mut hidden = None;
        for (_, recovery) in edited(pair).unwrap_or_default() {
            match recovery {
                Recovery::On => {}
                Recovery::Off(_) => off = true,
                Recovery::Hidden(gap) => hidden = Some(gap),
            }
        }
        if off {
            sheet.fail(Subject::Alias, case);
        }
        match hidden {
            Some(gap) => sheet.unknown(Subject::Alias, gap),
            None if !off => sheet.pass(),
            None => {}
        }
    }

    fn word(&self, pair: &PairView<'_>, _: Subject, case: usize) -> Wording {
        let mut shown = Vec::new();
        for (zone, recovery) in edited(pair).unwrap_or_default() {
            let Recovery::Off(why) = recovery else { continue };
            let why = match why {
                Why::Private => "is private, which accelerated recovery never covers".to_owned(),
                Why::Status(ZoneDetail { accelerated_recovery_status: status, failure_reason: reason, .. }) => {
                    let status = if status.is_empty() { "not set" } else { status };
                    let reason = if reason.is_empty() { String::new() } else { format!(" ({reason})") };
                    format!("has accelerated recovery {status}{reason}")
                }
            };
            shown.push(format!("{} {why}", zone_words(zone)));
        }
        let alias = &pair.settings.alias;
        let lead = format!(
            "only an edit through Route 53's control plane in {CONTROL_PLANE} can move the TXT record of {alias}: {}",
            shown.join(", and ")
        );
        Wording::new(if case == WITH_THE_PRIMARY {
            format!("{lead}; that is the primary Region, whose outage is what the edit is for")
        } else {
            lead
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::route53::RecordSet;
    use crate::model::settings::DnsProvider;
    use crate::model::{Slice, Unknown};
    use crate::readiness::State;

    fn with_status(status: &str) -> Fixture {
        let mut fixture = Fixture::clean();
        detail(&mut fixture).accelerated_recovery_status = status.to_owned();
        fixture
    }

    fn detail(fixture: &mut Fixture) -> &mut ZoneDetail {
        &mut fixture.estate.zones[0].details.get_mut("Z0CORP").expect("it was read").items_mut()[0]
    }

    fn private(fixture: &mut Fixture) {
        let book = &mut fixture.estate.zones[0];
        let mut zone = book.zones.items()[0].clone();
        zone.id = "Z1PRIVATE".to_owned();
        zone.private_zone = Some(true);
        book.zones.items_mut().push(zone);
        let sets = book.record_sets["Z0CORP"].clone();
        book.record_sets.insert("Z1PRIVATE".to_owned(), sets);
    }

    #[test]
    fn passes_where_an_edit_is_not_needed_or_recovers() {
        assert_eq!(Fixture::clean().verdicts(&ControlPlaneDependency), (1, vec![]));
        let mut failover = Fixture::failover();
        detail(&mut failover).accelerated_recovery_status = "DISABLED".to_owned();
        assert_eq!(failover.verdicts(&ControlPlaneDependency), (1, vec![]));
    }

    #[test]
    fn fails_where_accelerated_recovery_is_not_on() {
        for status in ["DISABLED", "ENABLING", "ENABLE_FAILED", "DISABLING", ""] {
            let fixture = with_status(status);
            let fails = fixture.verdicts(&ControlPlaneDependency);
            assert_eq!(fails, (0, vec!["control-plane-in-primary desktop.corp.example".to_owned()]), "{status}");
        }
        let mut fixture = with_status("ENABLE_FAILED");
        detail(&mut fixture).failure_reason = "too many zones".to_owned();
        assert_eq!(
            fixture.words(&ControlPlaneDependency).message,
            "only an edit through Route 53's control plane in us-east-1 can move the TXT record of desktop.corp.example: the zone \
             corp.example. (Z0CORP) has accelerated recovery ENABLE_FAILED (too many zones); that is the primary Region, whose outage is \
             what the edit is for"
        );
        let run = fixture.run(&[&ControlPlaneDependency]);
        assert!(run.pairs[0].readiness.states.iter().all(|state| *state == State::Ready));
        // Another primary Region does not take the control plane with it.
        let mut fixture = with_status("");
        fixture.pair().primary.region = "eu-west-1".to_owned();
        assert_eq!(fixture.verdicts(&ControlPlaneDependency).1, ["control-plane desktop.corp.example"]);
        assert!(fixture.words(&ControlPlaneDependency).message.ends_with("has accelerated recovery not set"));
        // Half a failover pair does not flip.
        let mut half = Fixture::failover();
        detail(&mut half).accelerated_recovery_status = "DISABLED".to_owned();
        half.records().pop();
        assert_eq!(half.verdicts(&ControlPlaneDependency).1.len(), 1);
        // Nor does a record that is not there yet make itself.
        let mut none = with_status("DISABLED");
        none.records().clear();
        assert_eq!(none.verdicts(&ControlPlaneDependency).1.len(), 1);
    }

    #[test]
    fn a_private_zone_is_never_covered() {
        let mut fixture = Fixture::clean();
        private(&mut fixture);
        assert_eq!(fixture.verdicts(&ControlPlaneDependency).1.len(), 1);
        assert!(fixture.words(&ControlPlaneDependency).message.contains(
            ": the zone corp.example. (Z1PRIVATE) is private, which accelerated recovery never covers; that is the primary Region"
        ));
        // One that holds nothing at the name is not what is edited.
        fixture.estate.zones[0].record_sets.insert("Z1PRIVATE".to_owned(), Slice::whole_of(Vec::new()));
        assert_eq!(fixture.verdicts(&ControlPlaneDependency), (1, vec![]));
    }

    #[test]
    fn does_not_apply_elsewhere_or_behind_a_cname() {
        let mut fixture = with_status("DISABLED");
        let cname =
            RecordSet { name: "desktop.corp.example.".to_owned(), r#type: "CNAME".to_owned(), ..RecordSet::default() };
        *fixture.records() = vec![cname];
        assert_eq!(fixture.judge(&ControlPlaneDependency).reasons(), [CNAME]);
        fixture.estate.zones[0].zones.items_mut().clear();
        assert_eq!(fixture.judge(&ControlPlaneDependency).reasons(), [NO_ZONE]);
        fixture.pair().dns.provider = DnsProvider::Rfc2136;
        assert_eq!(fixture.judge(&ControlPlaneDependency).reasons(), [OTHER_PROVIDER]);
    }

    #[test]
    fn denied_calls_are_named() {
        let mut both = with_status("DISABLED");
        private(&mut both);
        for fixture in [Fixture::clean(), Fixture::failover(), with_status("DISABLED"), both] {
            fixture.assert_gaps_are_no_passes(&ControlPlaneDependency);
        }
        let mut fixture = Fixture::clean();
        let gap = fixture.deny(On::Primary, Dataset::ZoneDetails);
        assert_eq!(fixture.judge(&ControlPlaneDependency).unknowns(), [(Subject::Alias, Unknown::Gap(gap))]);
    }
}
