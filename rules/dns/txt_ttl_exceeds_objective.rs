//! DNS-005: what resolvers remember must fade well inside the recovery time objective.

use crate::controls;
use crate::dns::zone::{NOBODY_TELLS, at_alias, is_told_absent};
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::dns::{ServerKind, TxtOutcome};
use crate::model::moment::span;
use crate::model::{Dataset, GapId, PairView, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};

/// DNS-005 txt-ttl-exceeds-objective.
pub(super) struct TxtTtlExceedsObjective;

static META: Meta = Meta {
    id: "DNS-005",
    name: "txt-ttl-exceeds-objective",
    area: Area::Dns,
    summary: "resolvers may keep the TXT record for longer than the recovery time objective has room for",
    cases: &[Case { key: "too-long", severity: Severity::Medium, effect: Effect::Degrades, uncounted: false }],
    reach: Reach::Pair,
    implies: &[],
    needs: &[Dataset::Zones, Dataset::RecordSets, Dataset::Txt],
    controls: &[
        controls::REL13_BP02,
        controls::EUCREL02,
        controls::CP_2,
        controls::CP_10,
        controls::A_5_30,
        controls::A1_2,
        controls::ARTICLE_11,
        controls::ARTICLE_12,
    ],
    remedy: "Lower the TTL of the TXT record, to 60 seconds where nothing speaks against it; where the record is not there, the negative \
             caching time in the zone's SOA record.",
    options: &[(
        "share",
        "The share of the recovery time objective that a TTL may take, above 0 and up to 1; a third where it is not set.",
    )],
    doc: include_str!("txt_ttl_exceeds_objective.md"),
};

/// No TTL up to this one is too long: resolvers seldom heed less.
const ALWAYS_SHORT_ENOUGH: u32 = 60;

const BAD_SHARE: Unknown = Unknown::Undetermined("the option `share` of DNS-005 is not a number above 0 and up to 1");
const TIME_LEFT: Unknown = Unknown::Undetermined(
    "resolvers alone answered, and theirs is the time that they have left to keep the record, not the record's TTL",
);

/// How long something may be kept, and who says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    /// So many seconds.
    pub(crate) secs: u32,
    /// Who says so: the zone, or a server.
    pub(crate) place: String,
    /// Whether it is the record's absence that is kept.
    pub(crate) absence: bool,
}

/// How long resolvers may keep what stands at the alias's name: the longest that is told.
///
/// # Errors
/// Why nobody tells.
pub(crate) fn longest_kept(pair: &PairView<'_>) -> Result<Kept, Unknown> {
    let Evidence { zone, told, left, hidden } = evidence(pair);
    let longest = zone.into_iter().chain(told).max_by(|a, b| a.secs.cmp(&b.secs).then_with(|| b.place.cmp(&a.place)));
    longest.ok_or_else(|| match hidden.first() {
        Some(&gap) => Unknown::Gap(gap),
        None if left.is_empty() => NOBODY_TELLS,
        None => TIME_LEFT,
    })
}

/// The longest TTL that the objective has room for, in seconds.
fn limit(pair: &PairView<'_>) -> Result<u32, Unknown> {
    let rto = pair.settings.objectives.rto_secs;
    let share = pair.estate.settings.rules.get(META.id).and_then(|rule| rule.options.get("share"));
    let limit = match share {
        None => rto / 3,
        Some(share) => {
            let share = share.as_f64().filter(|share| *share > 0.0 && *share <= 1.0).ok_or(BAD_SHARE)?;
            (f64::from(rto) * share) as u32
        }
    };
    Ok(limit.max(ALWAYS_SHORT_ENOUGH))
}

/// What is known of TTLs.
#[derive(Default)]
struct Evidence {
    zone: Vec<Kept>,
    /// Of servers that speak for the zone.
    told: Vec<Kept>,
    /// The time that resolvers have left: the TTL is no shorter.
    left: Vec<Kept>,
    hidden: Vec<GapId>,
}

fn evidence(pair: &PairView<'_>) -> Evidence {
    let mut evidence = Evidence::default();
    if let Some(here) = at_alias(pair) {
        for placed in here.texts.iter().chain(&here.cname) {
            // A set that is an alias of another has that one's TTL, which the answers tell.
            if let Some(ttl) = placed.set.ttl {
                let place = format!("the zone {} ({})", placed.zone.name, placed.zone.id);
                evidence.zone.push(Kept { secs: u32::try_from(ttl).unwrap_or(u32::MAX), place, absence: false });
            }
        }
        evidence.hidden.extend(here.gap());
    }
    for answer in pair.txt.answers.items() {
        let (secs, absence) = match &answer.outcome {
            TxtOutcome::Found { ttl, .. } | TxtOutcome::Cname { ttl, .. } => (*ttl, false),
            TxtOutcome::NxDomain { negative_ttl: Some(ttl) } | TxtOutcome::NoData { negative_ttl: Some(ttl) } => {
                (*ttl, true)
            }
            TxtOutcome::NxDomain { negative_ttl: None }
            | TxtOutcome::NoData { negative_ttl: None }
            | TxtOutcome::Referral { .. }
            | TxtOutcome::ServFail
            | TxtOutcome::Refused
            | TxtOutcome::Timeout
            | TxtOutcome::Unreachable(_)
            | TxtOutcome::Wrong(_) => continue,
        };
        let kept = Kept { secs, place: format!("the server {}", answer.server), absence };
        match answer.kind {
            ServerKind::Authoritative if answer.authoritative => evidence.told.push(kept),
            ServerKind::Authoritative | ServerKind::Recursive | ServerKind::System => evidence.left.push(kept),
        }
    }
    evidence.hidden.extend(pair.txt.answers.gap());
    evidence
}

impl Rule for TxtTtlExceedsObjective {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let limit = match limit(pair) {
            Ok(limit) => limit,
            Err(why) => return sheet.unknown(Subject::Alias, why),
        };
        let evidence = evidence(pair);
        let too_long = |kept: &[Kept]| kept.iter().any(|kept| kept.secs > limit);
        for source in [&evidence.zone, &evidence.told] {
            if !source.is_empty() && !too_long(source) {
                sheet.pass();
            }
        }
        evidence.hidden.iter().for_each(|&gap| sheet.unknown(Subject::Alias, gap));
        if [&evidence.zone, &evidence.told, &evidence.left].into_iter().any(|source| too_long(source)) {
            sheet.fail(Subject::Alias, 0);
        } else if sheet.is_empty() {
            if evidence.left.is_empty() && !is_told_absent(pair) {
                sheet.unknown(Subject::Alias, NOBODY_TELLS);
            } else if evidence.left.is_empty() {
                sheet.not_applicable("nothing was seen at the alias's name that a resolver would keep");
            } else {
                sheet.unknown(Subject::Alias, TIME_LEFT);
            }
        }
    }

    fn word(&self, pair: &PairView<'_>, _: Subject, _: usize) -> Wording {
        let rto = pair.settings.objectives.rto_secs;
        let limit = limit(pair).unwrap_or(rto);
        let evidence = evidence(pair);
        let mut kept: Vec<Kept> = [evidence.zone, evidence.told, evidence.left]
            .into_iter()
            .flatten()
            .filter(|kept| kept.secs > limit)
            .collect();
        kept.sort_by(|a, b| {
            b.secs.cmp(&a.secs).then_with(|| a.absence.cmp(&b.absence)).then_with(|| a.place.cmp(&b.place))
        });
        let said: Vec<String> = kept
            .chunk_by(|a, b| (a.secs, a.absence) == (b.secs, b.absence))
            .map(|same| {
                let places: Vec<&str> = same.iter().map(|kept| kept.place.as_str()).collect();
                let what = if same[0].absence { ", that there is none" } else { "" };
                format!("{} s{what} ({})", same[0].secs, places.join(", "))
            })
            .collect();
        // The verdict stands before the servers, of which there may be many: a summary cuts long messages at the end.
        let longest = kept.first().map_or(limit, |kept| kept.secs);
        Wording::new(format!(
            "resolvers may keep an answer for the TXT record of {} for {}, and {} is the most that a recovery time objective of {} has room \
             for: {}",
            pair.settings.alias,
            span(u64::from(longest)),
            span(u64::from(limit)),
            span(u64::from(rto)),
            said.join("; ")
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::settings::DnsProvider;

    fn in_zone(fixture: &mut Fixture, ttl: Option<i64>) {
        let sets = fixture.estate.zones[0].record_sets.get_mut("Z0CORP").expect("the zone's records were read");
        sets.items_mut()[0].ttl = ttl;
    }

    fn answer(fixture: &mut Fixture, of: ServerKind, outcome: &TxtOutcome) {
        for answer in fixture.estate.txt[0].answers.items_mut().iter_mut().filter(|answer| answer.kind == of) {
            answer.outcome = outcome.clone();
        }
    }

    fn found(ttl: u32) -> TxtOutcome {
        TxtOutcome::Found { records: vec![vec!["x".to_owned()]], ttl, canonical: String::new() }
    }

    fn share(fixture: &mut Fixture, value: serde_json::Value) {
        fixture.estate.settings.rules.entry(META.id.to_owned()).or_default().options.insert("share".to_owned(), value);
    }

    #[test]
    fn a_third_of_the_objective_passes_and_a_second_more_does_not() {
        assert_eq!(Fixture::clean().verdicts(&TxtTtlExceedsObjective), (2, vec![]));
        // A third of 15 minutes.
        for (ttl, verdicts) in [(300, (2, 0)), (301, (1, 1))] {
            let mut fixture = Fixture::clean();
            in_zone(&mut fixture, Some(ttl));
            let (passes, fails) = fixture.verdicts(&TxtTtlExceedsObjective);
            assert_eq!((passes, fails.len()), verdicts, "{ttl}");
        }
        let mut fixture = Fixture::clean();
        answer(&mut fixture, ServerKind::Authoritative, &found(3600));
        assert_eq!(
            fixture.words(&TxtTtlExceedsObjective).message,
            "resolvers may keep an answer for the TXT record of desktop.corp.example for 1 h, and 5 min is the most that a recovery time \
             objective of 15 min has room for: 3600 s (the server 192.0.2.53:53, the server 192.0.2.54:53)"
        );
    }

    #[test]
    fn the_objective_and_the_share_are_the_operators() {
        let mut fixture = Fixture::clean();
        in_zone(&mut fixture, Some(900));
        share(&mut fixture, serde_json::json!(1));
        assert_eq!(fixture.verdicts(&TxtTtlExceedsObjective), (2, vec![]));
        fixture.pair().objectives.rto_secs = 899;
        assert_eq!(fixture.verdicts(&TxtTtlExceedsObjective).1.len(), 1);
        // A minute is short enough for any objective.
        let mut fixture = Fixture::clean();
        fixture.pair().objectives.rto_secs = 60;
        assert_eq!(fixture.verdicts(&TxtTtlExceedsObjective), (2, vec![]));
        for value in [serde_json::json!("a third"), serde_json::json!(0), serde_json::json!(1.5)] {
            share(&mut fixture, value);
            assert_eq!(fixture.judge(&TxtTtlExceedsObjective).unknowns(), [(Subject::Alias, BAD_SHARE)]);
        }
    }

    #[test]
    fn an_absence_that_is_kept_too_long_fails() {
        for outcome in
            [TxtOutcome::NxDomain { negative_ttl: Some(86_400) }, TxtOutcome::NoData { negative_ttl: Some(86_400) }]
        {
            let mut fixture = Fixture::clean();
            answer(&mut fixture, ServerKind::Authoritative, &outcome);
            assert_eq!(fixture.verdicts(&TxtTtlExceedsObjective).1.len(), 1);
            assert!(fixture.words(&TxtTtlExceedsObjective).message.contains("86400 s, that there is none ("));
        }
    }

    #[test]
    fn the_time_a_resolver_has_left_can_fail_and_cannot_pass() {
        let mut fixture = Fixture::clean();
        fixture.pair().dns.provider = DnsProvider::None;
        fixture.estate.txt[0].answers.items_mut().retain(|answer| answer.kind == ServerKind::System);
        assert_eq!(fixture.judge(&TxtTtlExceedsObjective).unknowns(), [(Subject::Alias, TIME_LEFT)]);
        answer(&mut fixture, ServerKind::System, &found(301));
        assert_eq!(fixture.verdicts(&TxtTtlExceedsObjective), (0, vec!["too-long desktop.corp.example".to_owned()]));
    }

    #[test]
    fn does_not_apply_where_nothing_is_kept() {
        let mut fixture = Fixture::clean();
        fixture.pair().dns.provider = DnsProvider::None;
        for kind in [ServerKind::Authoritative, ServerKind::Recursive, ServerKind::System] {
            answer(&mut fixture, kind, &TxtOutcome::NoData { negative_ttl: None });
        }
        assert_eq!(fixture.judge(&TxtTtlExceedsObjective).reasons().len(), 1);
    }

    #[test]
    fn denied_calls_are_named() {
        Fixture::clean().assert_gaps_are_no_passes(&TxtTtlExceedsObjective);
        let mut drifted = Fixture::clean();
        in_zone(&mut drifted, Some(3600));
        drifted.assert_gaps_are_no_passes(&TxtTtlExceedsObjective);
        let mut fixture = Fixture::clean();
        fixture.deny(On::Primary, Dataset::Txt);
        let sheet = fixture.judge(&TxtTtlExceedsObjective);
        assert_eq!((sheet.passes(), sheet.unknowns().len()), (1, 1));
    }

    #[test]
    fn silence_of_all_is_not_absence() {
        let mut fixture = Fixture::clean();
        fixture.pair().dns.provider = DnsProvider::None;
        for outcome in [TxtOutcome::Timeout, TxtOutcome::ServFail, TxtOutcome::Refused] {
            for answer in fixture.estate.txt[0].answers.items_mut() {
                answer.outcome = outcome.clone();
            }
            let sheet = fixture.judge(&TxtTtlExceedsObjective);
            assert_eq!((sheet.unknowns().len(), sheet.reasons().len()), (1, 0), "{outcome}");
        }
        fixture.estate.txt[0].answers.items_mut()[0].outcome = TxtOutcome::NxDomain { negative_ttl: None };
        assert_eq!(fixture.judge(&TxtTtlExceedsObjective).reasons().len(), 1);
    }
}
