//! DNS-001: the zone must hold a TXT record at the alias's name. Where Route 53 holds the zone it asks the API, and elsewhere all the servers
//! that speak for the zone together; what each server answers is DNS-007's.

use crate::controls;
use crate::dns::seen::Places;
use crate::dns::servers::server_words;
use crate::dns::zone::{AtAlias, at_alias, values_of};
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::dns::{ServerKind, TxtAnswer, TxtOutcome};
use crate::model::{Dataset, PairView, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};

/// DNS-001 txt-missing.
pub(super) struct TxtMissing;

const MISSING: usize = 0;
const ANSWERED_ELSEWHERE: usize = 1;

static META: Meta = Meta {
    id: "DNS-001",
    name: "txt-missing",
    area: Area::Dns,
    summary: "no TXT record stands at the alias's name in the zone",
    cases: &[
        Case { key: "missing", severity: Severity::Critical, effect: Effect::Strands, uncounted: false },
        Case { key: "answered-elsewhere", severity: Severity::Medium, effect: Effect::None, uncounted: false },
    ],
    reach: Reach::Pair,
    // Servers say that there is none, and resolvers keep that for as long as the zone says.
    implies: &["DNS-005", "DNS-007"],
    needs: &[Dataset::Zones, Dataset::RecordSets, Dataset::Txt],
    controls: &[
        controls::REL13_BP02,
        controls::EUCREL02,
        controls::EUCREL03,
        controls::CP_8,
        controls::CP_10,
        controls::A_5_30,
        controls::A1_2,
        controls::ARTICLE_11,
    ],
    remedy: "Create the TXT record at the alias's name, with the connection identifier of the primary Region's association as its value.",
    options: &[],
    doc: include_str!("txt_missing.md"),
};

const CNAME: &str = "the alias is a CNAME, so its TXT record stands at another name: DNS-007 asks whether it is found";

const NOBODY_SPEAKS: &str = "the zone is not held in Route 53, and no server that speaks for it is asked (`resolvers` of `[pair.dns]`): DNS-007 \
                             says what the resolvers answer";

const NOT_ALL_SAY: Unknown = Unknown::Undetermined(
    "no server of the zone gave the TXT record, and not all of them said that there is none: DNS-007 says what each one answered",
);

/// What a zone that no API lists holds at the alias's name, by the word of the servers that speak for it.
#[derive(Debug, PartialEq, Eq)]
enum Told {
    /// A TXT record, as one of them says. Where others say otherwise, DNS-006 tells.
    Record,
    /// A CNAME.
    Cname,
    /// None, as all of them say.
    Absent,
    /// Nobody was to be asked.
    Nothing,
    /// Not all of them said what it is.
    Hidden(Unknown),
}

/// The answers of those that speak for the zone: its own servers, and resolvers that answer with authority, as a directory's do.
fn speakers<'e>(pair: &PairView<'e>) -> impl Iterator<Item = &'e TxtAnswer> + use<'e> {
    let answers = pair.txt.answers.items().iter();
    answers.filter(|answer| answer.kind == ServerKind::Authoritative || answer.authoritative)
}

impl Told {
    fn of(pair: &PairView<'_>) -> Self {
        let (mut cname, mut absent, mut silent) = (false, false, false);
        for answer in speakers(pair) {
            match &answer.outcome {
                TxtOutcome::Found { canonical, .. } if canonical.is_empty() => return Self::Record,
                TxtOutcome::Found { .. } | TxtOutcome::Cname { .. } => cname = true,
                TxtOutcome::NxDomain { .. } | TxtOutcome::NoData { .. } => absent = true,
                TxtOutcome::Referral { .. }
                | TxtOutcome::ServFail
                | TxtOutcome::Refused
                | TxtOutcome::Timeout
                | TxtOutcome::Unreachable(_)
                | TxtOutcome::Wrong(_) => silent = true,
            }
        }
        match pair.txt.answers.gap() {
            _ if cname => Self::Cname,
            Some(gap) => Self::Hidden(gap.into()),
            None if silent => Self::Hidden(NOT_ALL_SAY),
            None if absent => Self::Absent,
            None => Self::Nothing,
        }
    }
}

/// A zone that is held elsewhere than in Route 53.
fn judge_told(pair: &PairView<'_>, sheet: &mut Sheet) {
    match Told::of(pair) {
        Told::Record => sheet.pass(),
        Told::Cname => sheet.not_applicable(CNAME),
        Told::Absent => sheet.fail(Subject::Alias, MISSING),
        Told::Nothing => sheet.not_applicable(NOBODY_SPEAKS),
        Told::Hidden(why) => sheet.unknown(Subject::Alias, why),
    }
}

/// What the servers say of a record that is not there.
fn absence_words(pair: &PairView<'_>) -> String {
    let mut said = Places::default();
    for answer in speakers(pair) {
        said.add(answer.outcome.to_string(), &server_words(&answer.server_name, &answer.server));
    }
    format!("no server of its zone has a TXT record at {}: {}", pair.settings.alias, said.words())
}

/// Whether a server that speaks for the zone has the record all the same: then it is another zone than those that were read.
fn is_answered(pair: &PairView<'_>) -> bool {
    !values_of(pair, |kind| kind == ServerKind::Authoritative).is_empty()
}

impl Rule for TxtMissing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let Some(here) = at_alias(pair) else { return judge_told(pair, sheet) };
        match here {
            // A longer zone among those that were not read would answer in place of these.
            AtAlias { zones_gap: Some(gap), .. } => sheet.unknown(Subject::Alias, gap),
            AtAlias { texts, .. } if !texts.is_empty() => sheet.pass(),
            AtAlias { records_gap: Some(gap), .. } => sheet.unknown(Subject::Alias, gap),
            AtAlias { cname: Some(_), .. } => sheet.not_applicable(CNAME),
            AtAlias { .. } if is_answered(pair) => sheet.fail(Subject::Alias, ANSWERED_ELSEWHERE),
            // Where the servers were not asked whether they have it all the same, the zone's word stands.
            AtAlias { .. } => sheet.fail(Subject::Alias, MISSING),
        }
    }

    fn word(&self, pair: &PairView<'_>, _: Subject, case: usize) -> Wording {
        let alias = &pair.settings.alias;
        let Some(AtAlias { zones, .. }) = at_alias(pair) else { return Wording::new(absence_words(pair)) };
        let names: Vec<String> = zones.iter().map(|zone| format!("{} ({})", zone.name, zone.id)).collect();
        let account = pair.zones.account.as_deref().unwrap_or("that was read");
        let lead = if names.is_empty() {
            format!("the account {account} has no Route 53 zone that encloses {alias}")
        } else {
            format!("no TXT record stands at {alias} in the zone {}", names.join(" or in "))
        };
        if case == ANSWERED_ELSEWHERE {
            return Wording::new(format!(
                "{lead}, and authoritative servers have one all the same: people are sent where it says, and nobody can change it from \
                 here"
            ))
            .fixed_by(
                "Name the identity that holds the zone (`profile` or `role_arn` in `[pair.dns]`), or the `provider` that does; a \
                 wildcard record deserves one of its own at the alias's name.",
            );
        }
        Wording::new(lead)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::Slice;
    use crate::model::dns::CnameEnd;
    use crate::model::route53::RecordSet;
    use crate::model::settings::DnsProvider;
    use crate::readiness::State;

    fn records(fixture: &mut Fixture) -> &mut Slice<RecordSet> {
        fixture.estate.zones[0].record_sets.get_mut("Z0CORP").expect("the zone's records were read")
    }

    fn answer(fixture: &mut Fixture, outcome: &TxtOutcome) {
        for answer in fixture.estate.txt[0].answers.items_mut() {
            answer.outcome = outcome.clone();
        }
    }

    /// The clean estate without its record, in the zone and in what servers say.
    fn without() -> Fixture {
        let mut fixture = Fixture::clean();
        records(&mut fixture).items_mut().clear();
        answer(&mut fixture, &TxtOutcome::NxDomain { negative_ttl: Some(60) });
        fixture
    }

    #[test]
    fn passes_where_the_zone_holds_it_however_it_is_written() {
        assert_eq!(Fixture::clean().verdicts(&TxtMissing), (1, vec![]));
        let mut fixture = Fixture::clean();
        records(&mut fixture).items_mut()[0].name = "\\144esktop.CORP.example".to_owned();
        assert_eq!(fixture.verdicts(&TxtMissing), (1, vec![]));
    }

    #[test]
    fn fails_where_the_zone_holds_it_not() {
        let fixture = without();
        assert_eq!(fixture.verdicts(&TxtMissing), (0, vec!["missing desktop.corp.example".to_owned()]));
        assert_eq!(
            fixture.words(&TxtMissing).message,
            "no TXT record stands at desktop.corp.example in the zone corp.example. (Z0CORP)"
        );
        let run = fixture.run(&[&TxtMissing]);
        assert!(run.pairs[0].readiness.states.iter().all(|state| *state == State::Stranded));

        // Other names' records and other types are not it.
        let mut fixture = without();
        let set = |name: &str, kind: &str| RecordSet {
            name: name.to_owned(),
            r#type: kind.to_owned(),
            ..RecordSet::default()
        };
        records(&mut fixture).items_mut().extend([
            set("desktop.corp.example.", "A"),
            set("other.corp.example.", "TXT"),
            set("\\052.corp.example.", "TXT"),
        ]);
        assert_eq!(fixture.verdicts(&TxtMissing).1, ["missing desktop.corp.example"]);
    }

    #[test]
    fn fails_where_no_zone_encloses_the_alias() {
        let mut fixture = without();
        fixture.estate.zones[0].zones.items_mut()[0].name = "other.example.".to_owned();
        assert_eq!(
            fixture.words(&TxtMissing).message,
            "the account 111122223333 has no Route 53 zone that encloses desktop.corp.example"
        );
    }

    #[test]
    fn a_record_that_servers_have_all_the_same_strands_nobody() {
        let mut fixture = Fixture::clean();
        records(&mut fixture).items_mut().clear();
        assert_eq!(fixture.verdicts(&TxtMissing).1, ["answered-elsewhere desktop.corp.example"]);
        assert!(fixture.words(&TxtMissing).message.contains("authoritative servers have one all the same"));
        let run = fixture.run(&[&TxtMissing]);
        assert!(run.pairs[0].readiness.states.iter().all(|state| *state == State::Ready));

        // A resolver may remember what is gone: the zone's own servers decide.
        for answer in fixture.estate.txt[0].answers.items_mut() {
            if answer.kind == ServerKind::Authoritative {
                answer.outcome = no_data();
            }
        }
        assert_eq!(fixture.verdicts(&TxtMissing).1, ["missing desktop.corp.example"]);
    }

    /// The clean estate with its zone elsewhere: two authoritative servers and a resolver answer so.
    fn elsewhere(provider: DnsProvider, answers: [TxtOutcome; 3]) -> Fixture {
        let mut fixture = Fixture::clean();
        records(&mut fixture).items_mut().clear();
        fixture.pair().dns.provider = provider;
        for (answer, outcome) in fixture.estate.txt[0].answers.items_mut().iter_mut().zip(answers) {
            answer.outcome = outcome;
        }
        fixture
    }

    fn by_updates(answers: [TxtOutcome; 3]) -> Fixture {
        elsewhere(DnsProvider::Rfc2136, answers)
    }

    fn found() -> TxtOutcome {
        let records = vec![vec![Fixture::identifier(On::Primary).to_owned()]];
        TxtOutcome::Found { records, ttl: 60, canonical: String::new() }
    }

    const fn nxdomain() -> TxtOutcome {
        TxtOutcome::NxDomain { negative_ttl: Some(60) }
    }

    const fn no_data() -> TxtOutcome {
        TxtOutcome::NoData { negative_ttl: Some(60) }
    }

    #[test]
    fn in_a_zone_elsewhere_all_its_servers_say_that_there_is_none() {
        for provider in [DnsProvider::Rfc2136, DnsProvider::Command, DnsProvider::None] {
            let fixture = elsewhere(provider, [nxdomain(), no_data(), nxdomain()]);
            assert_eq!(fixture.verdicts(&TxtMissing), (0, vec!["missing desktop.corp.example".to_owned()]));
            assert_eq!(
                fixture.words(&TxtMissing).message,
                "no server of its zone has a TXT record at desktop.corp.example: NXDOMAIN: the name does not exist (192.0.2.53:53) and no \
                 data: the name exists without a TXT record (192.0.2.54:53)"
            );
            let run = fixture.run(&[&TxtMissing]);
            assert!(run.pairs[0].readiness.states.iter().all(|state| *state == State::Stranded));
            // What a resolver still remembers is no record of the zone's.
            let remembered = elsewhere(provider, [nxdomain(), nxdomain(), found()]);
            assert_eq!(remembered.verdicts(&TxtMissing).1.len(), 1);
        }
    }

    #[test]
    fn in_a_zone_elsewhere_one_servers_record_is_one() {
        assert_eq!(by_updates([found(), found(), found()]).verdicts(&TxtMissing), (1, vec![]));
        // That the others have none, or are silent, other rules say.
        for other in [nxdomain(), TxtOutcome::Timeout] {
            assert_eq!(by_updates([other, found(), nxdomain()]).verdicts(&TxtMissing), (1, vec![]));
        }
        // A resolver that answers with authority holds a zone that people are answered from.
        let mut inside = by_updates([nxdomain(), nxdomain(), found()]);
        inside.estate.txt[0].answers.items_mut()[2].authoritative = true;
        assert_eq!(inside.verdicts(&TxtMissing), (1, vec![]));
    }

    #[test]
    fn in_a_zone_elsewhere_a_server_that_says_nothing_may_have_it() {
        let mute = || {
            let referral = TxtOutcome::Referral { zone: "corp.example".to_owned(), servers: Vec::new() };
            let (unreachable, wrong) =
                (TxtOutcome::Unreachable("no route".to_owned()), TxtOutcome::Wrong("another id".to_owned()));
            [referral, TxtOutcome::ServFail, TxtOutcome::Refused, TxtOutcome::Timeout, unreachable, wrong]
        };
        for (silent, also) in mute().into_iter().zip(mute()) {
            for fixture in
                [by_updates([nxdomain(), silent.clone(), nxdomain()]), by_updates([silent, also, nxdomain()])]
            {
                let sheet = fixture.judge(&TxtMissing);
                assert_eq!(sheet.unknowns(), [(Subject::Alias, NOT_ALL_SAY)]);
                assert_eq!((sheet.passes(), sheet.fails().len()), (0, 0));
            }
        }
        let mut fixture = by_updates([nxdomain(), nxdomain(), nxdomain()]);
        let gap = fixture.gap("dns", "FindAuthoritativeServers");
        let answers = fixture.estate.txt[0].answers.items()[2..].to_vec();
        fixture.estate.txt[0].answers = Slice::cut(answers, gap);
        assert_eq!(fixture.judge(&TxtMissing).unknowns(), [(Subject::Alias, Unknown::Gap(gap))]);
    }

    #[test]
    fn in_a_zone_elsewhere_it_does_not_apply_to_resolvers_alone_or_behind_a_cname() {
        let mut fixture = by_updates([nxdomain(), nxdomain(), nxdomain()]);
        fixture.estate.txt[0].answers.items_mut().drain(..2);
        assert_eq!(fixture.judge(&TxtMissing).reasons(), [NOBODY_SPEAKS]);
        fixture.estate.txt[0].answers.items_mut()[0].authoritative = true;
        assert_eq!(fixture.verdicts(&TxtMissing).1.len(), 1, "a directory's own server speaks for its zone");

        let canonical = || "txt.corp.example".to_owned();
        let followed = TxtOutcome::Found { records: Vec::new(), ttl: 60, canonical: canonical() };
        for cname in [
            TxtOutcome::Cname { canonical: canonical(), ttl: 60, end: CnameEnd::Elsewhere },
            TxtOutcome::Cname { canonical: canonical(), ttl: 60, end: CnameEnd::NxDomain },
            followed,
        ] {
            assert_eq!(by_updates([nxdomain(), cname, found()]).judge(&TxtMissing).reasons(), [CNAME]);
        }
    }

    #[test]
    fn does_not_apply_behind_a_cname() {
        let mut fixture = without();
        let cname =
            RecordSet { name: "desktop.corp.example.".to_owned(), r#type: "CNAME".to_owned(), ..RecordSet::default() };
        records(&mut fixture).items_mut().push(cname);
        assert_eq!(fixture.judge(&TxtMissing).reasons(), [CNAME]);
    }

    #[test]
    fn denied_calls_are_named() {
        by_updates([found(), found(), found()]).assert_gaps_are_no_passes(&TxtMissing);
        by_updates([nxdomain(), nxdomain(), nxdomain()]).assert_gaps_are_no_passes(&TxtMissing);
        for fixture in [Fixture::clean(), without()] {
            fixture.assert_gaps_are_no_passes(&TxtMissing);
            for dataset in [Dataset::Zones, Dataset::RecordSets] {
                let mut fixture = fixture.clone();
                let gap = fixture.deny(On::Primary, dataset);
                let sheet = fixture.judge(&TxtMissing);
                assert_eq!(sheet.unknowns(), [(Subject::Alias, Unknown::Gap(gap))]);
                assert_eq!((sheet.passes(), sheet.fails().len()), (0, 0));
            }
        }
        // A zone that was read is no answer where a longer one may not have been.
        let mut fixture = Fixture::clean();
        let gap = fixture.gap("route53", "ListHostedZones");
        let zones = fixture.estate.zones[0].zones.items().to_vec();
        fixture.estate.zones[0].zones = Slice::cut(zones, gap);
        assert_eq!(fixture.judge(&TxtMissing).unknowns(), [(Subject::Alias, Unknown::Gap(gap))]);
    }
}
