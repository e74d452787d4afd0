//! DNS-008: the zone above must name servers that speak for the alias's zone, and the same ones that the zone names itself. It follows the
//! delegation from a server of the zone above; DNS-007 asks the zone's servers for the record.

use crate::controls;
use crate::dns::servers::server_words;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::dns::{DelegationAnswer, DelegationOutcome, DelegationRole, ServerKind, TxtOutcome};
use crate::model::{Dataset, PairView, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};
use std::collections::BTreeSet;

/// DNS-008 delegation-broken.
pub(super) struct DelegationBroken;

const NOBODY_SPEAKS: usize = 0;
const SETS_DIFFER: usize = 1;
const ONE_IS_LAME: usize = 2;

static META: Meta = Meta {
    id: "DNS-008",
    name: "delegation-broken",
    area: Area::Dns,
    summary: "the zone above does not delegate the alias's zone to servers that speak for it",
    cases: &[
        Case { key: "nobody-speaks", severity: Severity::Critical, effect: Effect::Strands, uncounted: false },
        Case { key: "sets-differ", severity: Severity::Medium, effect: Effect::None, uncounted: false },
        Case { key: "one-is-lame", severity: Severity::Medium, effect: Effect::None, uncounted: false },
    ],
    reach: Reach::Pair,
    // Resolvers find nothing, and a server that speaks for no zone does not give the record either.
    implies: &["DNS-007"],
    needs: &[Dataset::Delegation, Dataset::Txt],
    controls: &[
        controls::REL13_BP02,
        controls::EUCREL03,
        controls::CP_8,
        controls::CP_10,
        controls::A_5_30,
        controls::ARTICLE_11,
    ],
    remedy: "At the registrar, or in the zone above, name the servers that hold the zone: for Route 53 those of its own NS record.",
    options: &[],
    doc: include_str!("delegation_broken.md"),
};

const NOT_ASKED: &str = "the configuration lets no server be asked that speaks for zones: neither `authoritative` in `resolvers` nor `parent`";
const ALL_SILENT: Unknown = Unknown::Undetermined(
    "none of the servers that the zone above names gave any answer, which may be the fault of the network that deskpair runs in: many let \
     only their own resolvers ask",
);
const AN_INNER_ZONE: Unknown = Unknown::Undetermined(
    "the zone above delegates nothing, and resolvers find the record all the same: they may have the zone from elsewhere, and others may not",
);
const NOBODY_HAS_IT: Unknown = Unknown::Undetermined(
    "the zone above delegates nothing, and nobody who was asked holds a zone with the record, so it is not known which zone should be delegated",
);

/// What the zone above says.
enum Above<'e> {
    /// These servers hold this zone.
    Refers { zone: &'e str, servers: &'e [String] },
    /// It holds the zone itself.
    Holds,
    /// Nothing is delegated.
    Denies { zone: &'e str },
    /// It was not asked, or what it said is not known.
    Nothing,
}

fn above<'e>(pair: &PairView<'e>) -> Above<'e> {
    let parent = pair.txt.delegation.items().iter().find(|answer| answer.role == DelegationRole::Parent);
    match parent.map(|answer| &answer.outcome) {
        Some(DelegationOutcome::Referral { zone, servers }) => Above::Refers { zone, servers },
        Some(DelegationOutcome::Authority { .. }) => Above::Holds,
        Some(DelegationOutcome::Undelegated { zone }) => Above::Denies { zone },
        Some(
            DelegationOutcome::Hearsay
            | DelegationOutcome::NxDomain
            | DelegationOutcome::ServFail
            | DelegationOutcome::Refused
            | DelegationOutcome::Timeout
            | DelegationOutcome::Unreachable(_)
            | DelegationOutcome::Wrong(_),
        )
        | None => Above::Nothing,
    }
}

fn children<'e>(pair: &PairView<'e>) -> impl Iterator<Item = &'e DelegationAnswer> + use<'e> {
    pair.txt.delegation.items().iter().filter(|answer| answer.role == DelegationRole::Child)
}

const fn speaks(answer: &DelegationAnswer) -> bool {
    matches!(answer.outcome, DelegationOutcome::Authority { .. })
}

/// Whether it is the network that may be at fault. A name without an address is not.
const fn is_silent(answer: &DelegationAnswer) -> bool {
    match answer.outcome {
        DelegationOutcome::Timeout => true,
        DelegationOutcome::Unreachable(_) => !answer.server.is_empty(),
        DelegationOutcome::Referral { .. }
        | DelegationOutcome::Authority { .. }
        | DelegationOutcome::Undelegated { .. }
        | DelegationOutcome::Hearsay
        | DelegationOutcome::NxDomain
        | DelegationOutcome::ServFail
        | DelegationOutcome::Refused
        | DelegationOutcome::Wrong(_) => false,
    }
}

/// The servers that the zone names itself, by the word of each server that speaks for it.
fn own_sets<'e>(pair: &PairView<'e>) -> BTreeSet<&'e [String]> {
    let set = |answer: &'e DelegationAnswer| match &answer.outcome {
        DelegationOutcome::Authority { servers } => Some(servers.as_slice()),
        _ => None,
    };
    children(pair).filter_map(set).collect()
}

fn finds(pair: &PairView<'_>, of: impl Fn(ServerKind) -> bool) -> bool {
    let mut answers = pair.txt.answers.items().iter().filter(|answer| of(answer.kind));
    answers.any(|answer| matches!(answer.outcome, TxtOutcome::Found { .. }))
}

impl Rule for DelegationBroken {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let gap = pair.txt.delegation.gap();
        if let Some(gap) = gap {
            sheet.unknown(Subject::Alias, gap);
        }
        match above(pair) {
            Above::Nothing if gap.is_none() => sheet.not_applicable(NOT_ASKED),
            Above::Nothing => {}
            Above::Holds => sheet.pass(),
            Above::Denies { .. } => match pair.txt.answers.gap() {
                Some(gap) => sheet.unknown(Subject::Alias, gap),
                None if finds(pair, |kind| kind != ServerKind::Authoritative) => {
                    sheet.unknown(Subject::Alias, AN_INNER_ZONE);
                }
                None if finds(pair, |kind| kind == ServerKind::Authoritative) => {
                    sheet.fail(Subject::Alias, NOBODY_SPEAKS);
                }
                None => sheet.unknown(Subject::Alias, NOBODY_HAS_IT),
            },
            Above::Refers { servers, .. } => {
                if children(pair).any(speaks) {
                    sheet.pass();
                    if own_sets(pair).into_iter().any(|own| own != servers) {
                        sheet.fail(Subject::Alias, SETS_DIFFER);
                    } else if children(pair).any(|answer| !speaks(answer)) {
                        sheet.fail(Subject::Alias, ONE_IS_LAME);
                    } else if gap.is_none() {
                        sheet.pass();
                    }
                } else if gap.is_some() {
                    // One that was not reached may speak for the zone.
                } else if children(pair).all(is_silent) && children(pair).next().is_some() {
                    sheet.unknown(Subject::Alias, ALL_SILENT);
                } else {
                    sheet.fail(Subject::Alias, NOBODY_SPEAKS);
                }
            }
        }
    }

    fn word(&self, pair: &PairView<'_>, _: Subject, case: usize) -> Wording {
        let alias = &pair.settings.alias;
        let (zone, servers) = match above(pair) {
            Above::Refers { zone, servers } => (zone, servers),
            Above::Denies { zone } => {
                let zone = if zone.is_empty() { "the root" } else { zone };
                return Wording::new(format!(
                    "the zone {zone} delegates nothing on the way to {alias}, and servers hold a zone with the record all the same: nobody is \
                     led to them"
                ));
            }
            Above::Holds | Above::Nothing => {
                return Wording::new(format!("the delegation of the zone of {alias} is broken"));
            }
        };
        let lame: Vec<String> = children(pair)
            .filter(|answer| !speaks(answer))
            .map(|answer| format!("{}: {}", server_words(&answer.server_name, &answer.server), answer.outcome))
            .collect();
        match case {
            SETS_DIFFER => {
                let own: Vec<String> = own_sets(pair)
                    .into_iter()
                    .map(|own| if own.is_empty() { "none".to_owned() } else { own.join(", ") })
                    .collect();
                let lame = if lame.is_empty() { String::new() } else { format!(" ({})", lame.join("; ")) };
                Wording::new(format!(
                    "the zone above names {} as the servers of {zone}, and {zone} itself names {}{lame}",
                    servers.join(", "),
                    own.join("; and ")
                ))
            }
            ONE_IS_LAME => Wording::new(format!(
                "of the servers that the zone above names for {zone} not all speak for it: {}",
                lame.join("; ")
            )),
            _ => Wording::new(format!(
                "none of the servers that the zone above names for {zone} speaks for it: {}",
                if lame.is_empty() { "it names none".to_owned() } else { lame.join("; ") }
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;
    use crate::model::Slice;
    use crate::readiness::State;

    fn told(fixture: &mut Fixture) -> &mut Vec<DelegationAnswer> {
        fixture.estate.txt[0].delegation.items_mut()
    }

    /// The clean estate, whose two delegated servers say this.
    fn with(children: [DelegationOutcome; 2]) -> Fixture {
        let mut fixture = Fixture::clean();
        for (answer, outcome) in told(&mut fixture)[1..].iter_mut().zip(children) {
            answer.outcome = outcome;
        }
        fixture
    }

    fn servers(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    fn speaking(names: &[&str]) -> DelegationOutcome {
        DelegationOutcome::Authority { servers: servers(names) }
    }

    const OWN: [&str; 2] = ["ns1.corp.example", "ns2.corp.example"];

    #[test]
    fn passes_where_the_named_servers_speak_and_name_themselves() {
        assert_eq!(Fixture::clean().verdicts(&DelegationBroken), (2, vec![]));
        // A server of the zone above that holds the zone too needs no delegation.
        let mut fixture = Fixture::clean();
        told(&mut fixture).truncate(1);
        told(&mut fixture)[0].outcome = speaking(&[]);
        assert_eq!(fixture.verdicts(&DelegationBroken), (1, vec![]));
    }

    #[test]
    fn nobody_is_served_where_no_server_speaks() {
        let lame = [
            DelegationOutcome::Refused,
            DelegationOutcome::ServFail,
            DelegationOutcome::NxDomain,
            DelegationOutcome::Hearsay,
            DelegationOutcome::Undelegated { zone: "example".to_owned() },
            DelegationOutcome::Referral { zone: String::new(), servers: servers(&["a.root-servers.net"]) },
            DelegationOutcome::Wrong("another id".to_owned()),
        ];
        for outcome in lame {
            let fixture = with([outcome.clone(), DelegationOutcome::Timeout]);
            assert_eq!(
                fixture.verdicts(&DelegationBroken),
                (0, vec!["nobody-speaks desktop.corp.example".to_owned()]),
                "{outcome}"
            );
        }
        let mut fixture =
            with([DelegationOutcome::Refused, DelegationOutcome::Unreachable("it has no address".to_owned())]);
        told(&mut fixture)[2].server.clear();
        assert_eq!(
            fixture.words(&DelegationBroken).message,
            "none of the servers that the zone above names for corp.example speaks for it: ns1.corp.example (192.0.2.53:53): REFUSED; \
             ns2.corp.example: unreachable: it has no address"
        );
        let run = fixture.run(&[&DelegationBroken]);
        assert!(run.pairs[0].readiness.states.iter().all(|state| *state == State::Stranded));
        // Names that lead nowhere are no fault of the network.
        told(&mut fixture).remove(1);
        assert_eq!(fixture.verdicts(&DelegationBroken).1.len(), 1);
    }

    #[test]
    fn silence_of_all_may_be_the_networks_fault() {
        let silent = || DelegationOutcome::Unreachable("no route".to_owned());
        let sheet = with([DelegationOutcome::Timeout, silent()]).judge(&DelegationBroken);
        assert_eq!(sheet.unknowns(), [(Subject::Alias, ALL_SILENT)]);
        assert_eq!((sheet.passes(), sheet.fails().len()), (0, 0));
    }

    #[test]
    fn the_two_sets_of_servers_must_be_the_same() {
        let drifted = with([speaking(&[OWN[0], "ns3.corp.example"]), speaking(&[OWN[0], "ns3.corp.example"])]);
        assert_eq!(drifted.verdicts(&DelegationBroken), (1, vec!["sets-differ desktop.corp.example".to_owned()]));
        assert_eq!(
            drifted.words(&DelegationBroken).message,
            "the zone above names ns1.corp.example, ns2.corp.example as the servers of corp.example, and corp.example itself names \
             ns1.corp.example, ns3.corp.example"
        );
        // The zone's own servers may not agree about it either, and one of the parent's may be lame.
        let both = with([speaking(&OWN), speaking(&[])]);
        assert!(
            both.words(&DelegationBroken)
                .message
                .ends_with("itself names none; and ns1.corp.example, ns2.corp.example")
        );
        let left_over = with([speaking(&OWN[..1]), DelegationOutcome::Refused]);
        assert!(
            left_over
                .words(&DelegationBroken)
                .message
                .ends_with("names ns1.corp.example (ns2.corp.example (192.0.2.54:53): REFUSED)")
        );
    }

    #[test]
    fn one_lame_server_of_several_slows_people_down() {
        let drifted = with([speaking(&OWN), DelegationOutcome::Timeout]);
        assert_eq!(drifted.verdicts(&DelegationBroken), (1, vec!["one-is-lame desktop.corp.example".to_owned()]));
        assert_eq!(
            drifted.words(&DelegationBroken).message,
            "of the servers that the zone above names for corp.example not all speak for it: ns2.corp.example (192.0.2.54:53): no answer in \
             time"
        );
    }

    #[test]
    fn a_zone_that_is_not_delegated_is_broken_where_only_its_own_servers_have_the_record() {
        let mut fixture = Fixture::clean();
        told(&mut fixture).truncate(1);
        told(&mut fixture)[0].outcome = DelegationOutcome::Undelegated { zone: "example".to_owned() };
        assert_eq!(fixture.judge(&DelegationBroken).unknowns(), [(Subject::Alias, AN_INNER_ZONE)]);
        let absent = TxtOutcome::NxDomain { negative_ttl: None };
        fixture.estate.txt[0].answers.items_mut()[2].outcome = absent.clone();
        assert_eq!(fixture.verdicts(&DelegationBroken), (0, vec!["nobody-speaks desktop.corp.example".to_owned()]));
        assert!(
            fixture.words(&DelegationBroken).message.starts_with("the zone example delegates nothing on the way to")
        );
        fixture.assert_gaps_are_no_passes(&DelegationBroken);
        for answer in fixture.estate.txt[0].answers.items_mut() {
            answer.outcome = absent.clone();
        }
        assert_eq!(fixture.judge(&DelegationBroken).unknowns(), [(Subject::Alias, NOBODY_HAS_IT)]);
    }

    #[test]
    fn does_not_apply_where_nobody_may_be_asked() {
        let mut fixture = Fixture::clean();
        told(&mut fixture).clear();
        assert_eq!(fixture.judge(&DelegationBroken).reasons(), [NOT_ASKED]);
    }

    #[test]
    fn denied_calls_are_named() {
        Fixture::clean().assert_gaps_are_no_passes(&DelegationBroken);
        with([DelegationOutcome::Refused, DelegationOutcome::Refused]).assert_gaps_are_no_passes(&DelegationBroken);
        with([speaking(&OWN), DelegationOutcome::Refused]).assert_gaps_are_no_passes(&DelegationBroken);
        // An address that could not be found may be the one that is well.
        let mut fixture = with([DelegationOutcome::Refused, DelegationOutcome::Refused]);
        let gap = fixture.gap("dns", "FindDelegatedServers");
        let first = fixture.estate.txt[0].delegation.items()[..2].to_vec();
        fixture.estate.txt[0].delegation = Slice::cut(first, gap);
        assert_eq!(fixture.verdicts(&DelegationBroken), (0, vec![]));
        assert_eq!(fixture.judge(&DelegationBroken).unknowns(), [(Subject::Alias, Unknown::Gap(gap))]);
    }
}
