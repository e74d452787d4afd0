//! DNS-006: every server of the zone must give the same record, and every resolver the one that they give, once its copies of an older one
//! must have faded. It compares answers; a server that gives none is DNS-007's, a resolver with a zone of its own DNS-013's.

use crate::controls;
use crate::dns::servers::{kind_words, server_words, values_words};
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::dns::{CnameEnd, ServerKind, TxtAnswer, TxtOutcome};
use crate::model::{Dataset, PairView, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};
use std::collections::{BTreeMap, BTreeSet};

/// DNS-006 resolvers-disagree.
pub(super) struct ResolversDisagree;

const AUTHORITIES: usize = 0;
const RESOLVER: usize = 1;

static META: Meta = Meta {
    id: "DNS-006",
    name: "resolvers-disagree",
    area: Area::Dns,
    summary: "name servers give different TXT records for the alias",
    cases: &[
        Case { key: "authorities", severity: Severity::High, effect: Effect::Strands, uncounted: true },
        Case { key: "resolver", severity: Severity::High, effect: Effect::Strands, uncounted: true },
    ],
    reach: Reach::Pair,
    // What a server says that lags is an older identifier, the other side's, or nothing.
    implies: &["DNS-002", "DNS-003", "DNS-004", "DNS-007"],
    needs: &[Dataset::Txt],
    controls: &[
        controls::REL13_BP02,
        controls::EUCREL03,
        controls::CP_8,
        controls::CP_10,
        controls::A_5_30,
        controls::ARTICLE_11,
    ],
    remedy: "Find out why this server has another record: a zone transfer that failed, a copy of the zone, a cache that heeds no TTL.",
    options: &[],
    doc: include_str!("resolvers_disagree.md"),
};

const MAY_REMEMBER: Unknown = Unknown::Undetermined(
    "a resolver gives another TXT record than the zone's servers, and may rightly remember an older one: it keeps it for no longer than the \
     zone's TTL, and nobody waited until then",
);
const NO_MEASURE: Unknown = Unknown::Undetermined(
    "resolvers give different TXT records, and no server of the zone says which one is the zone's: name `authoritative` in `resolvers`",
);
const SILENT: Unknown = Unknown::Undetermined("too few name servers gave an answer that could be compared");

/// The values that a server gives, each with its strings joined; none where it says that there is no record. `None` where it says nothing of
/// the record.
fn said(answer: &TxtAnswer) -> Option<BTreeSet<String>> {
    match &answer.outcome {
        TxtOutcome::Found { .. } => Some(answer.outcome.values().into_iter().collect()),
        TxtOutcome::NxDomain { .. }
        | TxtOutcome::NoData { .. }
        | TxtOutcome::Cname { end: CnameEnd::NxDomain | CnameEnd::NoData, .. } => Some(BTreeSet::new()),
        TxtOutcome::Cname { end: CnameEnd::Elsewhere, .. }
        | TxtOutcome::Referral { .. }
        | TxtOutcome::ServFail
        | TxtOutcome::Refused
        | TxtOutcome::Timeout
        | TxtOutcome::Unreachable(_)
        | TxtOutcome::Wrong(_) => None,
    }
}

const fn is_silent(answer: &TxtAnswer) -> bool {
    matches!(answer.outcome, TxtOutcome::Timeout | TxtOutcome::Unreachable(_))
}

/// How long an answer may be kept, in seconds.
const fn ttl(answer: &TxtAnswer) -> Option<u32> {
    match answer.outcome {
        TxtOutcome::Found { ttl, .. } => Some(ttl),
        _ => None,
    }
}

/// What the zone's servers say, by value: who says it.
type Camps<'e> = BTreeMap<BTreeSet<String>, Vec<&'e TxtAnswer>>;

fn authorities<'e>(pair: &PairView<'e>) -> Camps<'e> {
    let mut camps = Camps::new();
    for answer in pair.txt.answers.items().iter().filter(|answer| answer.kind == ServerKind::Authoritative) {
        if let Some(values) = said(answer) {
            camps.entry(values).or_default().push(answer);
        }
    }
    camps
}

/// What a resolver's answer is worth beside the zone's record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Held {
    Same,
    /// It may be a copy of an older record.
    Older,
    /// It is none that it may still keep.
    Other,
    /// It says nothing that could be a copy.
    Nothing,
}

/// A copy of the zone's record has at most that record's TTL left, and an older record's copies are gone when that time has passed.
fn held(answer: &TxtAnswer, current: &BTreeSet<String>, zone_ttl: u32) -> Held {
    match (said(answer), ttl(answer)) {
        // With authority it speaks of a zone of its own.
        (Some(values), Some(left)) if !answer.authoritative => {
            if values == *current {
                Held::Same
            } else if left > zone_ttl || answer.asked_again_after.is_some_and(|after| after > zone_ttl) {
                Held::Other
            } else {
                Held::Older
            }
        }
        (Some(_) | None, _) => Held::Nothing,
    }
}

impl Rule for ResolversDisagree {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let gap = pair.txt.answers.gap();
        if let Some(gap) = gap {
            sheet.unknown(Subject::Alias, gap);
        }
        let camps = authorities(pair);
        let resolvers = || {
            let all = pair.txt.answers.items().iter().enumerate();
            all.filter(|(_, answer)| answer.kind != ServerKind::Authoritative)
        };
        match camps.iter().next() {
            Some(_) if camps.len() > 1 => sheet.fail(Subject::Alias, AUTHORITIES),
            Some((current, who)) => {
                if who.len() > 1 && gap.is_none() {
                    sheet.pass();
                }
                let zone_ttl = who.iter().filter_map(|answer| ttl(answer)).max();
                for (at, answer) in resolvers() {
                    // Where the record is gone, DNS-001 and DNS-007 say so.
                    let Some(zone_ttl) = zone_ttl else { break };
                    let subject = Subject::Server(at as u32);
                    match held(answer, current, zone_ttl) {
                        Held::Same => sheet.pass(),
                        Held::Older => sheet.unknown(subject, MAY_REMEMBER),
                        Held::Other => sheet.fail(subject, RESOLVER),
                        Held::Nothing => {}
                    }
                }
            }
            None => {
                let given: Vec<BTreeSet<String>> = resolvers().filter_map(|(_, answer)| said(answer)).collect();
                match given.as_slice() {
                    [first, rest @ ..] if !rest.is_empty() => {
                        if rest.iter().any(|values| values != first) {
                            sheet.unknown(Subject::Alias, NO_MEASURE);
                        } else if gap.is_none() {
                            sheet.pass();
                        }
                    }
                    _ => {}
                }
            }
        }
        if sheet.is_empty() {
            if pair.txt.answers.items().iter().any(is_silent) {
                sheet.unknown(Subject::Alias, SILENT);
            } else {
                sheet.not_applicable("fewer than two name servers gave an answer that could be compared");
            }
        }
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, _: usize) -> Wording {
        let alias = &pair.settings.alias;
        let camps = authorities(pair);
        let answer = match subject {
            Subject::Server(at) => pair.txt.answers.items().get(at as usize),
            _ => None,
        };
        let Some(answer) = answer else {
            let said: Vec<String> = camps
                .iter()
                .map(|(values, who)| {
                    let who: Vec<String> =
                        who.iter().map(|answer| server_words(&answer.server_name, &answer.server)).collect();
                    format!("{} ({})", values_words(values), who.join(", "))
                })
                .collect();
            return Wording::new(format!("the zone's own name servers disagree about {alias}: {}", said.join("; ")));
        };
        let (current, who) = camps.into_iter().next().unwrap_or_default();
        let zone_ttl = who.iter().filter_map(|answer| ttl(answer)).max().unwrap_or_default();
        let how = match answer.asked_again_after {
            Some(after) => format!("still, {after} s after its first answer: the zone's TTL is {zone_ttl} s"),
            None => {
                let left = ttl(answer).unwrap_or_default();
                format!("for {left} s more: the zone's TTL is {zone_ttl} s")
            }
        };
        Wording::new(format!(
            "the {} {} gives {} for {alias} where the zone's servers give {}, and keeps it {how}",
            kind_words(answer.kind),
            server_words(&answer.server_name, &answer.server),
            values_words(&said(answer).unwrap_or_default()),
            values_words(&current),
        ))
        .fixed_by("Empty this resolver's cache, and find out why it keeps records for longer than their TTL, or where it gets them from.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};

    fn found(value: &str, ttl: u32) -> TxtOutcome {
        TxtOutcome::Found { records: vec![vec![value.to_owned()]], ttl, canonical: String::new() }
    }

    fn answers(fixture: &mut Fixture) -> &mut Vec<TxtAnswer> {
        fixture.estate.txt[0].answers.items_mut()
    }

    /// The clean estate, in which the answer at this place is another one.
    fn with(at: usize, outcome: TxtOutcome) -> Fixture {
        let mut fixture = Fixture::clean();
        answers(&mut fixture)[at].outcome = outcome;
        fixture
    }

    #[test]
    fn passes_where_all_say_the_same() {
        assert_eq!(Fixture::clean().verdicts(&ResolversDisagree), (2, vec![]));
        // In whatever order, and in however many strings.
        let (mut fixture, value) = (Fixture::clean(), Fixture::identifier(On::Primary));
        let split = vec![vec!["other".to_owned()], vec![value[..4].to_owned(), value[4..].to_owned()]];
        let whole = vec![vec![value.to_owned()], vec!["other".to_owned()]];
        for (answer, records) in answers(&mut fixture).iter_mut().zip([split, whole.clone(), whole]) {
            answer.outcome = TxtOutcome::Found { records, ttl: 60, canonical: String::new() };
        }
        assert_eq!(fixture.verdicts(&ResolversDisagree), (2, vec![]));
    }

    #[test]
    fn the_zones_servers_must_agree() {
        let standby = Fixture::identifier(On::Standby);
        let drifted = with(1, found(standby, 60));
        assert_eq!(drifted.verdicts(&ResolversDisagree), (0, vec!["authorities desktop.corp.example".to_owned()]));
        assert_eq!(
            drifted.words(&ResolversDisagree).message,
            "the zone's own name servers disagree about desktop.corp.example: \"1234567890abcdef\" (192.0.2.53:53); \"fedcba0987654321\" \
             (192.0.2.54:53)"
        );
        let absent = with(1, TxtOutcome::NxDomain { negative_ttl: Some(900) });
        assert_eq!(absent.verdicts(&ResolversDisagree).1.len(), 1);
        assert!(absent.words(&ResolversDisagree).message.contains("no TXT record (192.0.2.54:53)"));
        // One that says nothing disagrees with nobody.
        for outcome in [TxtOutcome::Refused, TxtOutcome::Timeout, TxtOutcome::ServFail] {
            assert_eq!(with(1, outcome).verdicts(&ResolversDisagree), (1, vec![]));
        }
        let run = drifted.run(&[&ResolversDisagree]);
        assert_eq!((run.pairs[0].readiness.ready, run.pairs[0].readiness.uncounted.len()), (3, 1));
    }

    #[test]
    fn a_resolver_may_remember_for_as_long_as_the_ttl_says() {
        let standby = Fixture::identifier(On::Standby);
        let sheet = with(2, found(standby, 60)).judge(&ResolversDisagree);
        assert_eq!((sheet.passes(), sheet.fails().len()), (1, 0));
        assert_eq!(sheet.unknowns(), [(Subject::Server(2), MAY_REMEMBER)]);

        let longer = with(2, found(standby, 61));
        assert_eq!(longer.verdicts(&ResolversDisagree), (1, vec!["resolver 192.0.2.1:53".to_owned()]));
        assert_eq!(
            longer.words(&ResolversDisagree).message,
            "the resolver of this machine 192.0.2.1:53 gives \"fedcba0987654321\" for desktop.corp.example where the zone's servers give \
             \"1234567890abcdef\", and keeps it for 61 s more: the zone's TTL is 60 s"
        );

        let mut asked_again = with(2, found(standby, 20));
        for (after, fails) in [(60, 0), (61, 1)] {
            answers(&mut asked_again)[2].asked_again_after = Some(after);
            assert_eq!(asked_again.verdicts(&ResolversDisagree).1.len(), fails, "{after}");
        }
        assert!(
            asked_again
                .words(&ResolversDisagree)
                .message
                .ends_with("still, 61 s after its first answer: the zone's TTL is 60 s")
        );
    }

    #[test]
    fn a_resolver_with_a_zone_of_its_own_or_without_an_answer_is_another_rules() {
        let mut fixture = with(2, found("inside", 3600));
        answers(&mut fixture)[2].authoritative = true;
        assert_eq!(fixture.verdicts(&ResolversDisagree), (1, vec![]));
        for outcome in [TxtOutcome::NxDomain { negative_ttl: None }, TxtOutcome::ServFail, TxtOutcome::Timeout] {
            assert_eq!(with(2, outcome).verdicts(&ResolversDisagree), (1, vec![]));
        }
        // Gone at the zone's servers: whoever remembers it will not for long.
        let mut gone = Fixture::clean();
        for answer in &mut answers(&mut gone)[..2] {
            answer.outcome = TxtOutcome::NoData { negative_ttl: None };
        }
        assert_eq!(gone.verdicts(&ResolversDisagree), (1, vec![]));
    }

    #[test]
    fn resolvers_alone_tell_whether_they_agree_and_not_who_is_right() {
        let mut fixture = Fixture::clean();
        answers(&mut fixture).remove(0);
        answers(&mut fixture)[0].kind = ServerKind::Recursive;
        assert_eq!(fixture.verdicts(&ResolversDisagree), (1, vec![]));
        answers(&mut fixture)[0].outcome = found("older", 60);
        assert_eq!(fixture.judge(&ResolversDisagree).unknowns(), [(Subject::Alias, NO_MEASURE)]);
        answers(&mut fixture).remove(0);
        assert_eq!(fixture.judge(&ResolversDisagree).reasons().len(), 1);
        answers(&mut fixture)[0].outcome = TxtOutcome::Timeout;
        assert_eq!(fixture.judge(&ResolversDisagree).unknowns(), [(Subject::Alias, SILENT)]);
        answers(&mut fixture).clear();
        assert_eq!(fixture.judge(&ResolversDisagree).reasons().len(), 1);
    }

    #[test]
    fn denied_calls_are_named() {
        Fixture::clean().assert_gaps_are_no_passes(&ResolversDisagree);
        with(1, found("older", 60)).assert_gaps_are_no_passes(&ResolversDisagree);
        with(2, found("older", 600)).assert_gaps_are_no_passes(&ResolversDisagree);
    }
}
