//! DNS-013: whoever resolves inside a network must get the same record as whoever resolves outside. It compares Route 53's public zone with
//! the private zones that shadow it, and the zone's servers with resolvers that speak for a zone of their own.

use crate::controls;
use crate::dns::servers::{kind_words, server_words, values_words};
use crate::dns::zone::{encloses, plain, strings};
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::dns::{ServerKind, TxtAnswer, TxtOutcome};
use crate::model::pairing::dns_name;
use crate::model::route53::HostedZone;
use crate::model::settings::DnsProvider;
use crate::model::{Dataset, Estate, GapId, PairView, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};
use std::collections::BTreeSet;

/// DNS-013 split-horizon.
pub(super) struct SplitHorizon;

const ZONES: usize = 0;
const RESOLVER: usize = 1;

static META: Meta = Meta {
    id: "DNS-013",
    name: "split-horizon",
    area: Area::Dns,
    summary: "the alias's TXT record is another one inside a network than outside",
    cases: &[
        Case { key: "zones", severity: Severity::High, effect: Effect::Strands, uncounted: true },
        Case { key: "resolver", severity: Severity::High, effect: Effect::Strands, uncounted: true },
    ],
    reach: Reach::Pair,
    // The private zone's record may be the other side's identifier.
    implies: &["DNS-003"],
    needs: &[Dataset::Zones, Dataset::ZoneDetails, Dataset::RecordSets, Dataset::Txt],
    controls: &[
        controls::REL13_BP02,
        controls::EUCREL03,
        controls::CP_8,
        controls::CM_6,
        controls::A_5_30,
        controls::ARTICLE_11,
    ],
    remedy: "Keep the same TXT record in every zone that answers for the alias, and flip them together; or take the alias out of the private zone.",
    options: &[],
    doc: include_str!("split_horizon.md"),
};

const LEADS_ELSEWHERE: Unknown = Unknown::Undetermined(
    "a private zone has a CNAME at the alias's name, and what stands at its end is not known: DNS-014 says that it is one",
);

/// The values of a name's TXT record, each with its strings joined.
type Values = BTreeSet<String>;

/// What a zone holds at a name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Held {
    values: Values,
    /// The target of a CNAME.
    leads: Option<String>,
}

/// A private zone that encloses the alias.
struct Private<'e> {
    zone: &'e HostedZone,
    /// What it holds at the alias's name, or what hides it.
    held: Result<Held, GapId>,
    /// Whether people of some network get its answer: of several private zones the longest that the network knows answers. `Err` where it is
    /// not known which networks know it.
    answers: Result<bool, GapId>,
}

/// What is known of both sides of the horizon.
struct Horizon<'e> {
    /// What is answered outside: by the word of the zone's servers, then by the public zone's list. Where neither tells, nothing.
    outside: Vec<Held>,
    private: Vec<Private<'e>>,
    /// What may hide another zone.
    zones_gap: Option<GapId>,
    /// What may hide what is answered outside.
    outside_gap: Option<GapId>,
}

impl<'e> Horizon<'e> {
    fn of(pair: &PairView<'e>) -> Self {
        let told = told_outside(pair).map(|values| Held { values, leads: None });
        let mut horizon =
            Self { outside: told.into_iter().collect(), private: Vec::new(), zones_gap: None, outside_gap: None };
        match pair.settings.dns.provider {
            DnsProvider::Route53 => horizon.read(pair),
            DnsProvider::Rfc2136 | DnsProvider::Command | DnsProvider::None => {}
        }
        horizon
    }

    fn read(&mut self, pair: &PairView<'e>) {
        let name = dns_name(&pair.settings.alias);
        let book = pair.zones;
        self.zones_gap = book.zones.gap();
        let enclosing: Vec<&HostedZone> =
            book.zones.items().iter().filter(|zone| encloses(&zone.name, &name)).collect();
        let length = |zone: &HostedZone| plain(&zone.name).len();
        let (private, public): (Vec<&HostedZone>, Vec<&HostedZone>) =
            enclosing.into_iter().partition(|zone| zone.private_zone == Some(true));
        let longest = public.iter().map(|zone| length(zone)).max();
        // Of several public zones with one name nobody knows here which one is delegated: each may be.
        for zone in public.into_iter().filter(|zone| Some(length(zone)) == longest) {
            match held_by(pair, zone, &name) {
                Ok(held) => self.outside.push(held),
                Err(gap) => self.outside_gap = Some(gap),
            }
        }
        for &zone in &private {
            let longer: Vec<&HostedZone> =
                private.iter().copied().filter(|other| length(other) > length(zone)).collect();
            let (held, answers) = (held_by(pair, zone, &name), answers(pair, zone, &longer));
            self.private.push(Private { zone, held, answers });
        }
        self.private.sort_by(|a, b| (&a.zone.name, &a.zone.id).cmp(&(&b.zone.name, &b.zone.id)));
    }

    /// How a private zone compares with what is answered outside.
    fn compare(&self, private: &Private<'_>) -> View {
        match &private.held {
            Err(gap) => View::Hidden(*gap),
            Ok(held) if self.outside.contains(held) => View::Same,
            // Nobody asks it.
            Ok(_) if private.answers == Ok(false) => View::Unasked,
            Ok(_) if self.outside_gap.is_some() || self.outside.is_empty() => {
                self.outside_gap.map_or(View::Unasked, View::Hidden)
            }
            Ok(_) if private.answers.is_err() => private.answers.map_or_else(View::Hidden, |_| View::Unasked),
            Ok(held) if held.leads.is_some() => View::LeadsElsewhere,
            Ok(_) => View::Other,
        }
    }

    /// What is answered outside, in words.
    fn outside_words(&self) -> String {
        self.outside.first().map(held_words).unwrap_or_default()
    }
}

/// How a private zone compares with what is answered outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum View {
    Same,
    Other,
    /// Nobody asks it, or there is nothing outside to compare it with.
    Unasked,
    /// By way of a CNAME that is not outside.
    LeadsElsewhere,
    Hidden(GapId),
}

fn held_words(held: &Held) -> String {
    match &held.leads {
        Some(target) => format!("a CNAME to {target}"),
        None => values_words(&held.values),
    }
}

/// What a zone holds at a name.
fn held_by(pair: &PairView<'_>, zone: &HostedZone, name: &str) -> Result<Held, GapId> {
    let sets = pair.zones.record_sets.get(&zone.id).ok_or(Estate::NOT_COLLECTED)?.whole()?;
    let mut held = Held::default();
    for set in sets.iter().filter(|set| plain(&set.name) == name) {
        match set.r#type.as_str() {
            "TXT" => held.values.extend(set.resource_records.iter().map(|value| strings(value).concat())),
            "CNAME" => held.leads = set.resource_records.first().map(|target| plain(target)),
            _ => {}
        }
    }
    Ok(held)
}

/// Whether some network asks this private zone: one that knows it and none of the longer ones.
fn answers(pair: &PairView<'_>, zone: &HostedZone, longer: &[&HostedZone]) -> Result<bool, GapId> {
    let networks = |zone: &HostedZone| -> Result<BTreeSet<&str>, GapId> {
        let detail = pair.zones.details.get(&zone.id).ok_or(Estate::NOT_COLLECTED)?.whole()?;
        Ok(detail.iter().flat_map(|detail| &detail.vpcs).map(|vpc| vpc.vpc_id.as_str()).collect())
    };
    let mut left = networks(zone)?;
    for other in longer {
        let known = networks(other)?;
        left.retain(|vpc| !known.contains(vpc));
    }
    Ok(!left.is_empty())
}

/// What the zone's servers say, where they say it alike.
fn told_outside(pair: &PairView<'_>) -> Option<Values> {
    let mut told: Option<Values> = None;
    for answer in pair.txt.answers.items().iter().filter(|answer| answer.kind == ServerKind::Authoritative) {
        let Some(values) = said(answer) else { continue };
        match &told {
            Some(known) if *known != values => return None,
            Some(_) => {}
            None => told = Some(values),
        }
    }
    told
}

fn said(answer: &TxtAnswer) -> Option<Values> {
    match &answer.outcome {
        TxtOutcome::Found { .. } => Some(answer.outcome.values().into_iter().collect()),
        TxtOutcome::NxDomain { .. } | TxtOutcome::NoData { .. } => Some(Values::new()),
        TxtOutcome::Cname { .. }
        | TxtOutcome::Referral { .. }
        | TxtOutcome::ServFail
        | TxtOutcome::Refused
        | TxtOutcome::Timeout
        | TxtOutcome::Unreachable(_)
        | TxtOutcome::Wrong(_) => None,
    }
}

/// Resolvers that gave an answer, by their positions, with what they said.
fn resolvers<'e>(pair: &PairView<'e>) -> impl Iterator<Item = (u32, &'e TxtAnswer, Values)> + use<'e> {
    let all = pair.txt.answers.items().iter().enumerate();
    let others = all.filter(|(_, answer)| answer.kind != ServerKind::Authoritative);
    others.filter_map(|(at, answer)| Some((at as u32, answer, said(answer)?)))
}

impl Rule for SplitHorizon {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let horizon = Horizon::of(pair);
        let hidden = [horizon.zones_gap, pair.txt.answers.gap()];
        let mut hidden: BTreeSet<GapId> = hidden.into_iter().flatten().collect();
        let mut fails = false;
        for private in &horizon.private {
            match horizon.compare(private) {
                View::Same => sheet.pass(),
                View::Other => fails = true,
                View::Unasked => {}
                View::LeadsElsewhere => sheet.unknown(Subject::Alias, LEADS_ELSEWHERE),
                View::Hidden(gap) => {
                    hidden.insert(gap);
                }
            }
        }
        if fails {
            sheet.fail(Subject::Alias, ZONES);
        }
        for (at, answer, values) in resolvers(pair) {
            if horizon.outside.iter().any(|outside| outside.values == values) {
                sheet.pass();
            } else if answer.authoritative && !horizon.outside.is_empty() {
                // A resolver that has its answer from others may remember an older one: DNS-006 knows whether it may.
                sheet.fail(Subject::Server(at), RESOLVER);
            }
        }
        hidden.into_iter().for_each(|gap| sheet.unknown(Subject::Alias, gap));
        if sheet.is_empty() {
            sheet.not_applicable("there is one view of the alias's name: no private zone encloses it, and no resolver has a zone of its own");
        }
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, _: usize) -> Wording {
        let alias = &pair.settings.alias;
        let horizon = Horizon::of(pair);
        let outside = horizon.outside_words();
        let answer = match subject {
            Subject::Server(at) => pair.txt.answers.items().get(at as usize),
            _ => None,
        };
        if let Some(answer) = answer {
            return Wording::new(format!(
                "the {} {} speaks for a zone of its own and gives {} for {alias}; outside it is {outside}",
                kind_words(answer.kind),
                server_words(&answer.server_name, &answer.server),
                values_words(&said(answer).unwrap_or_default()),
            ))
            .fixed_by("Keep the same TXT record in this resolver's zone, and flip it with the other; or have it ask the public zone.");
        }
        let others = horizon.private.iter().filter(|private| horizon.compare(private) == View::Other);
        let inside: Vec<String> = others
            .filter_map(|private| {
                let words = held_words(private.held.as_ref().ok()?);
                Some(format!("{words} in the private zone {} ({})", private.zone.name, private.zone.id))
            })
            .collect();
        Wording::new(format!("the TXT record of {alias} is {outside} outside, and inside {}", inside.join("; ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::Slice;
    use crate::model::route53::{RecordSet, ZoneDetail, ZoneVpc};

    /// Adds a private zone that these networks know, with this value at the alias's name.
    fn add_private(fixture: &mut Fixture, id: &str, name: &str, vpcs: &[&str], value: Option<&str>) {
        let book = &mut fixture.estate.zones[0];
        book.zones.items_mut().push(HostedZone {
            id: id.to_owned(),
            name: name.to_owned(),
            private_zone: Some(true),
            ..HostedZone::default()
        });
        let vpcs = vpcs.iter().map(|&vpc| ZoneVpc { vpc_region: "us-east-1".to_owned(), vpc_id: vpc.to_owned() });
        let detail = ZoneDetail { id: id.to_owned(), vpcs: vpcs.collect(), ..ZoneDetail::default() };
        book.details.insert(id.to_owned(), Slice::whole_of(vec![detail]));
        let set = value.map(|value| RecordSet {
            name: "desktop.corp.example.".to_owned(),
            r#type: "TXT".to_owned(),
            ttl: Some(60),
            resource_records: vec![format!("\"{value}\"")],
            ..RecordSet::default()
        });
        book.record_sets.insert(id.to_owned(), Slice::whole_of(set.into_iter().collect()));
    }

    fn with(value: Option<&str>) -> Fixture {
        let mut fixture = Fixture::clean();
        add_private(&mut fixture, "Z1PRIVATE", "corp.example.", &["vpc-1"], value);
        fixture
    }

    fn one_fails(fixture: &Fixture) -> String {
        let (_, fails) = fixture.verdicts(&SplitHorizon);
        assert_eq!(fails, ["zones desktop.corp.example"]);
        fixture.words(&SplitHorizon).message
    }

    #[test]
    fn passes_where_inside_is_as_outside() {
        assert_eq!(Fixture::clean().verdicts(&SplitHorizon), (1, vec![]));
        assert_eq!(with(Some(Fixture::identifier(On::Primary))).verdicts(&SplitHorizon), (2, vec![]));
    }

    #[test]
    fn a_private_zone_shadows_the_public_one() {
        assert_eq!(
            one_fails(&with(None)),
            "the TXT record of desktop.corp.example is \"1234567890abcdef\" outside, and inside no TXT record in the private zone \
             corp.example. (Z1PRIVATE)"
        );
        assert!(one_fails(&with(Some("fedcba0987654321"))).contains("inside \"fedcba0987654321\" in the private zone"));
        let run = with(None);
        let run = run.run(&[&SplitHorizon]);
        assert_eq!((run.pairs[0].readiness.ready, run.pairs[0].readiness.uncounted.len()), (3, 1));
    }

    #[test]
    fn of_several_private_zones_a_network_asks_the_longest_that_it_knows() {
        let primary = Fixture::identifier(On::Primary);
        let mut fixture = with(None);
        add_private(&mut fixture, "Z2DEEPER", "desktop.corp.example.", &["vpc-1"], Some(primary));
        assert_eq!(fixture.verdicts(&SplitHorizon), (2, vec![]));
        // Another network does not know the deeper one.
        let detail = fixture.estate.zones[0].details.get_mut("Z1PRIVATE").expect("it is there");
        detail.items_mut()[0].vpcs.push(ZoneVpc { vpc_id: "vpc-2".to_owned(), ..ZoneVpc::default() });
        one_fails(&fixture);
        // A zone that no network knows answers nobody.
        fixture.estate.zones[0].details.get_mut("Z1PRIVATE").expect("it is there").items_mut()[0].vpcs.clear();
        assert_eq!(fixture.verdicts(&SplitHorizon), (2, vec![]));
    }

    #[test]
    fn a_resolver_with_a_zone_of_its_own_is_another_view() {
        let mut fixture = Fixture::clean();
        let resolver = &mut fixture.estate.txt[0].answers.items_mut()[2];
        resolver.outcome = TxtOutcome::NxDomain { negative_ttl: Some(60) };
        assert_eq!(fixture.judge(&SplitHorizon).reasons().len(), 1, "it may remember that there was none");
        fixture.estate.txt[0].answers.items_mut()[2].authoritative = true;
        assert_eq!(fixture.verdicts(&SplitHorizon), (0, vec!["resolver 192.0.2.1:53".to_owned()]));
        assert_eq!(
            fixture.words(&SplitHorizon).message,
            "the resolver of this machine 192.0.2.1:53 speaks for a zone of its own and gives no TXT record for desktop.corp.example; outside \
             it is \"1234567890abcdef\""
        );
    }

    #[test]
    fn a_cname_is_the_same_where_it_is_outside_too() {
        let mut fixture = with(Some("unused"));
        let to_cname = |fixture: &mut Fixture, zone: &str| {
            let sets = fixture.estate.zones[0].record_sets.get_mut(zone).expect("it was read").items_mut();
            sets[0].r#type = "CNAME".to_owned();
            sets[0].resource_records = vec!["txt.corp.example.".to_owned()];
        };
        to_cname(&mut fixture, "Z1PRIVATE");
        assert_eq!(fixture.judge(&SplitHorizon).unknowns(), [(Subject::Alias, LEADS_ELSEWHERE)]);
        to_cname(&mut fixture, "Z0CORP");
        assert_eq!(fixture.verdicts(&SplitHorizon), (2, vec![]));
    }

    #[test]
    fn the_public_zone_speaks_where_its_servers_were_not_asked() {
        let mut fixture = with(None);
        fixture.estate.txt[0].answers.items_mut().retain(|answer| answer.kind != ServerKind::Authoritative);
        one_fails(&fixture);
        fixture.pair().dns.provider = DnsProvider::None;
        assert_eq!(fixture.judge(&SplitHorizon).reasons().len(), 1, "nothing tells what is outside");
        // Nor does it where this account has the private zone alone.
        let mut fixture = with(None);
        fixture.estate.txt[0].answers.items_mut().clear();
        fixture.estate.zones[0].zones.items_mut().remove(0);
        assert_eq!(fixture.judge(&SplitHorizon).reasons().len(), 1);
    }

    #[test]
    fn denied_calls_are_named() {
        Fixture::clean().assert_gaps_are_no_passes(&SplitHorizon);
        with(None).assert_gaps_are_no_passes(&SplitHorizon);
        with(Some(Fixture::identifier(On::Primary))).assert_gaps_are_no_passes(&SplitHorizon);
        let mut fixture = with(None);
        let gap = fixture.deny(On::Primary, Dataset::ZoneDetails);
        assert_eq!(fixture.judge(&SplitHorizon).unknowns(), [(Subject::Alias, Unknown::Gap(gap))]);
    }
}
