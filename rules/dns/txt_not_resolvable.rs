//! DNS-007: the record must be found by asking, from every server that was asked. Each way of failing is told apart.

use crate::controls;
use crate::dns::servers::{kind_words, server_words};
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::dns::{CnameEnd, ServerKind, TxtAnswer, TxtOutcome};
use crate::model::{Dataset, PairView, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};

/// DNS-007 txt-not-resolvable.
pub(super) struct TxtNotResolvable;

const NOWHERE: usize = 0;
const ONE_SERVER: usize = 1;

static META: Meta = Meta {
    id: "DNS-007",
    name: "txt-not-resolvable",
    area: Area::Dns,
    summary: "a name server that was asked for the TXT record does not give it",
    cases: &[
        Case { key: "nowhere", severity: Severity::Critical, effect: Effect::Strands, uncounted: false },
        Case { key: "one-server", severity: Severity::High, effect: Effect::Strands, uncounted: true },
    ],
    reach: Reach::Pair,
    implies: &[],
    needs: &[Dataset::Txt],
    controls: &[
        controls::REL13_BP02,
        controls::EUCREL03,
        controls::CP_8,
        controls::CP_10,
        controls::A_5_30,
        controls::A1_2,
        controls::ARTICLE_11,
    ],
    remedy: "Find out why this server does not give the record: the zone's delegation, the server itself, or the way to it.",
    options: &[],
    doc: include_str!("txt_not_resolvable.md"),
};

const NOBODY_ASKED: Unknown = Unknown::Undetermined(
    "no name server was asked for the TXT record: name some in `resolvers` or `authoritative` of `[pair.dns]`",
);
const ALL_SILENT: Unknown = Unknown::Undetermined(
    "no name server gave any answer, which may be the fault of the network that deskpair runs in",
);
const AUTHORITY_SILENT: Unknown = Unknown::Undetermined(
    "no authoritative name server gave any answer, which may be the fault of the network that deskpair runs in: many let only their own \
     resolvers ask",
);
const LEADS_AWAY: Unknown =
    Unknown::Undetermined("the alias is a CNAME, and no server that was asked follows it to a TXT record");

/// What an answer is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    /// Here it is.
    Found,
    /// It stands at another name, which this server does not hold.
    Elsewhere,
    /// There is none, or not from me.
    No,
    /// Nothing.
    Silent,
}

fn said(answer: &TxtAnswer) -> Said {
    match &answer.outcome {
        TxtOutcome::Found { .. } => Said::Found,
        TxtOutcome::Cname { end: CnameEnd::Elsewhere, .. } => Said::Elsewhere,
        TxtOutcome::Cname { end: CnameEnd::NxDomain | CnameEnd::NoData, .. }
        | TxtOutcome::NxDomain { .. }
        | TxtOutcome::NoData { .. }
        | TxtOutcome::Referral { .. }
        | TxtOutcome::ServFail
        | TxtOutcome::Refused
        | TxtOutcome::Wrong(_) => Said::No,
        TxtOutcome::Timeout | TxtOutcome::Unreachable(_) => Said::Silent,
    }
}

/// What all the answers come to.
struct Overall {
    /// Somebody has the record.
    found: bool,
    /// Somebody said something.
    spoke: bool,
    /// An authoritative server has the record, or leads on to where somebody has it.
    authority_found: bool,
    /// An authoritative server said something.
    authority_spoke: bool,
}

impl Overall {
    fn of(answers: &[TxtAnswer]) -> Self {
        let any = |of: &dyn Fn(&TxtAnswer) -> bool| answers.iter().any(of);
        let is_authority = |answer: &TxtAnswer| answer.kind == ServerKind::Authoritative;
        let found = any(&|answer| said(answer) == Said::Found);
        Self {
            found,
            spoke: any(&|answer| said(answer) != Said::Silent),
            authority_found: any(&|answer| {
                is_authority(answer) && (said(answer) == Said::Found || (found && said(answer) == Said::Elsewhere))
            }),
            authority_spoke: any(&|answer| is_authority(answer) && said(answer) != Said::Silent),
        }
    }

    /// How bad it is that this server does not give the record.
    fn case(&self, kind: ServerKind) -> usize {
        // Where no server of the zone has it, resolvers have it for as long as they remember. One resolver of several that fails strands
        // those who ask it, and nothing says who they are.
        match kind {
            ServerKind::Authoritative if self.authority_found => ONE_SERVER,
            ServerKind::Recursive | ServerKind::System if self.found => ONE_SERVER,
            ServerKind::Authoritative | ServerKind::Recursive | ServerKind::System => NOWHERE,
        }
    }
}

impl Rule for TxtNotResolvable {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let answers = pair.txt.answers.items();
        let overall = Overall::of(answers);
        for (at, answer) in answers.iter().enumerate() {
            let subject = Subject::Server(at as u32);
            match said(answer) {
                Said::Found => sheet.pass(),
                // Somebody follows it: this server need not.
                Said::Elsewhere if overall.found => {}
                Said::Elsewhere => sheet.unknown(subject, LEADS_AWAY),
                Said::No => sheet.fail(subject, overall.case(answer.kind)),
                // One that is silent among its like is at fault; where all are, the fault may be nearer.
                Said::Silent => match answer.kind {
                    _ if !overall.spoke => sheet.unknown(subject, ALL_SILENT),
                    ServerKind::Authoritative if !overall.authority_spoke => sheet.unknown(subject, AUTHORITY_SILENT),
                    ServerKind::Authoritative | ServerKind::Recursive | ServerKind::System => {
                        sheet.fail(subject, overall.case(answer.kind));
                    }
                },
            }
        }
        match pair.txt.answers.gap() {
            Some(gap) => sheet.unknown(Subject::Pair, gap),
            None if answers.is_empty() => sheet.unknown(Subject::Pair, NOBODY_ASKED),
            None => {}
        }
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, _: usize) -> Wording {
        let alias = &pair.settings.alias;
        let answer = match subject {
            Subject::Server(at) => pair.txt.answers.items().get(at as usize),
            _ => None,
        };
        let Some(answer) = answer else {
            return Wording::new(format!("a name server does not give the TXT record of {alias}"));
        };
        let (kind, server) = (kind_words(answer.kind), server_words(&answer.server_name, &answer.server));
        Wording::new(format!("the {kind} {server} does not give the TXT record of {alias}: {}", answer.outcome))
            .fixed_by(remedy(&answer.outcome))
    }
}

/// What fits the way of failing.
fn remedy(outcome: &TxtOutcome) -> &'static str {
    match outcome {
        TxtOutcome::NxDomain { .. } | TxtOutcome::NoData { .. } => {
            "Create the TXT record in the zone that this server answers from: a record in a private zone does not show in the public one."
        }
        TxtOutcome::Cname { .. } => {
            "Create the TXT record at the name to which the CNAME leads, or at the alias in place of the CNAME."
        }
        TxtOutcome::Referral { .. } => "Mend the delegation: the parent names a server that does not hold the zone.",
        TxtOutcome::ServFail => {
            "Look at the zone's delegation and its DNSSEC signatures: a resolver says this where it cannot get, or cannot \
                                 trust, an answer."
        }
        TxtOutcome::Refused => {
            "Let this server answer for the zone, or take it out of the delegation or of `resolvers`."
        }
        TxtOutcome::Timeout | TxtOutcome::Unreachable(_) => {
            "Bring the server back, or take it out of the delegation or of `resolvers`; make sure that this machine may ask it on port 53, \
             by UDP and TCP."
        }
        TxtOutcome::Wrong(_) => {
            "Look at what stands between this machine and the server: something answers in its place."
        }
        TxtOutcome::Found { .. } => "Nothing: the record was found.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::{GapId, Slice};
    use crate::readiness::State;

    fn found() -> TxtOutcome {
        let records = vec![vec![Fixture::identifier(On::Primary).to_owned()]];
        TxtOutcome::Found { records, ttl: 60, canonical: String::new() }
    }

    fn nxdomain() -> TxtOutcome {
        TxtOutcome::NxDomain { negative_ttl: None }
    }

    fn elsewhere() -> TxtOutcome {
        TxtOutcome::Cname { canonical: "txt.corp.example".to_owned(), ttl: 60, end: CnameEnd::Elsewhere }
    }

    /// Two authoritative servers and a resolver, which answer so.
    fn with(authoritative: [TxtOutcome; 2], resolver: TxtOutcome) -> Fixture {
        let mut fixture = Fixture::clean();
        let [first, second] = authoritative;
        for (answer, outcome) in fixture.estate.txt[0].answers.items_mut().iter_mut().zip([first, second, resolver]) {
            answer.outcome = outcome;
        }
        fixture
    }

    /// The verdicts in words, the servers in order.
    fn verdicts(fixture: &Fixture) -> Vec<String> {
        let sheet = fixture.judge(&TxtNotResolvable);
        let mut words: Vec<(Subject, String)> = sheet
            .fails()
            .iter()
            .map(|(subject, case)| (*subject, META.cases[*case].key.to_owned()))
            .chain(sheet.unknowns().iter().map(|(subject, why)| (*subject, why_in_short(*why))))
            .collect();
        words.sort();
        let mut all: Vec<String> =
            words.into_iter().map(|(subject, word)| format!("{} {word}", fixture.name(subject))).collect();
        all.insert(0, sheet.passes().to_string());
        all
    }

    fn why_in_short(why: Unknown) -> String {
        match why {
            Unknown::Gap(GapId(_)) => "gap",
            ALL_SILENT => "all-silent",
            AUTHORITY_SILENT => "authority-silent",
            LEADS_AWAY => "leads-away",
            NOBODY_ASKED => "nobody-asked",
            Unknown::Undetermined(other) | Unknown::Unsupported(other) => other,
        }
        .to_owned()
    }

    #[test]
    fn passes_where_every_server_has_it() {
        assert_eq!(verdicts(&Fixture::clean()), ["3"]);
    }

    #[test]
    fn each_way_of_failing_has_its_words() {
        let cname = |end| TxtOutcome::Cname { canonical: "gone.example".to_owned(), ttl: 60, end };
        for (outcome, words) in [
            (nxdomain(), "NXDOMAIN: the name does not exist"),
            (TxtOutcome::NoData { negative_ttl: None }, "no data: the name exists without a TXT record"),
            (cname(CnameEnd::NxDomain), "a CNAME to gone.example, which does not exist"),
            (cname(CnameEnd::NoData), "a CNAME to gone.example, which has no TXT record"),
            (
                TxtOutcome::Referral { zone: "corp.example".to_owned(), servers: Vec::new() },
                "not its zone: it points to the name servers of corp.example",
            ),
            (TxtOutcome::ServFail, "SERVFAIL"),
            (TxtOutcome::Refused, "REFUSED"),
            (TxtOutcome::Timeout, "no answer in time"),
            (TxtOutcome::Unreachable("no route".to_owned()), "unreachable: no route"),
            (TxtOutcome::Wrong("another id".to_owned()), "a wrong answer: another id"),
        ] {
            let fixture = with([found(), outcome], found());
            assert_eq!(verdicts(&fixture), ["2", "192.0.2.54:53 one-server"], "{words}");
            assert_eq!(
                fixture.words(&TxtNotResolvable).message,
                format!(
                    "the authoritative server 192.0.2.54:53 does not give the TXT record of desktop.corp.example: {words}"
                )
            );
        }
    }

    #[test]
    fn one_server_strands_nobody_who_is_counted_and_all_of_them_everybody() {
        let one = with([found(), found()], nxdomain());
        assert_eq!(verdicts(&one), ["2", "192.0.2.1:53 one-server"]);
        let run = one.run(&[&TxtNotResolvable]);
        assert_eq!((run.pairs[0].readiness.ready, run.pairs[0].readiness.uncounted.len()), (3, 1));

        // What a resolver still remembers does not help for long.
        let all = with([nxdomain(), TxtOutcome::Timeout], found());
        assert_eq!(verdicts(&all), ["1", "192.0.2.53:53 nowhere", "192.0.2.54:53 nowhere"]);
        let run = all.run(&[&TxtNotResolvable]);
        assert!(run.pairs[0].readiness.states.iter().all(|state| *state == State::Stranded));
    }

    #[test]
    fn silence_is_a_fault_among_those_that_speak_and_else_tells_nothing() {
        let silent = || TxtOutcome::Timeout;
        assert_eq!(verdicts(&with([silent(), found()], found())), ["2", "192.0.2.53:53 one-server"]);
        assert_eq!(verdicts(&with([found(), found()], silent())), ["2", "192.0.2.1:53 one-server"]);
        assert_eq!(
            verdicts(&with([silent(), TxtOutcome::Unreachable("no route".to_owned())], found())),
            ["1", "192.0.2.53:53 authority-silent", "192.0.2.54:53 authority-silent"]
        );
        assert_eq!(
            verdicts(&with([silent(), silent()], silent())),
            ["0", "192.0.2.53:53 all-silent", "192.0.2.54:53 all-silent", "192.0.2.1:53 all-silent"]
        );
        // A resolver that cannot get an answer from silent authorities is an answer.
        assert_eq!(
            verdicts(&with([silent(), silent()], TxtOutcome::ServFail)),
            ["0", "192.0.2.53:53 authority-silent", "192.0.2.54:53 authority-silent", "192.0.2.1:53 nowhere"]
        );
    }

    #[test]
    fn a_cname_is_followed_by_those_who_can() {
        assert_eq!(verdicts(&with([elsewhere(), elsewhere()], found())), ["1"]);
        assert_eq!(
            verdicts(&with([elsewhere(), elsewhere()], TxtOutcome::Timeout)),
            ["0", "192.0.2.53:53 leads-away", "192.0.2.54:53 leads-away", "192.0.2.1:53 nowhere"]
        );
    }

    #[test]
    fn a_zone_that_resolvers_alone_were_asked_for() {
        let asked = |first: TxtOutcome, second: TxtOutcome| {
            let mut fixture = with([found(), first], second);
            fixture.estate.txt[0].answers.items_mut().remove(0);
            fixture.estate.txt[0].answers.items_mut()[0].kind = ServerKind::Recursive;
            verdicts(&fixture)
        };
        assert_eq!(asked(found(), nxdomain()), ["1", "192.0.2.1:53 one-server"]);
        assert_eq!(asked(nxdomain(), nxdomain()), ["0", "192.0.2.54:53 nowhere", "192.0.2.1:53 nowhere"]);
    }

    #[test]
    fn servers_that_were_not_found_or_not_asked_are_not_passed_over() {
        let mut fixture = Fixture::clean();
        let gap = fixture.gap("dns", "FindAuthoritativeServers");
        let resolvers = fixture.estate.txt[0].answers.items()[2..].to_vec();
        fixture.estate.txt[0].answers = Slice::cut(resolvers, gap);
        assert_eq!(verdicts(&fixture), ["1", "corp gap"]);

        let mut fixture = Fixture::clean();
        fixture.estate.txt[0].answers.items_mut().clear();
        assert_eq!(verdicts(&fixture), ["0", "corp nobody-asked"]);
    }

    #[test]
    fn denied_calls_are_named() {
        Fixture::clean().assert_gaps_are_no_passes(&TxtNotResolvable);
        with([nxdomain(), nxdomain()], nxdomain()).assert_gaps_are_no_passes(&TxtNotResolvable);
    }
}
