//! DNS-002: the record must name a connection identifier that is live now. One that is left from an earlier association leads nowhere,
//! and looks like any other.

use crate::controls;
use crate::dns::seen::{Live, Places, Source, identifier_words, record_words, sources};
use crate::dns::zone::{NOBODY_TELLS, is_told_absent};
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::{Dataset, PairView, Subject};
use crate::rule::{Rule, Sheet, Wording};

/// DNS-002 txt-unknown-identifier.
pub(super) struct TxtUnknownIdentifier;

static META: Meta = Meta {
    id: "DNS-002",
    name: "txt-unknown-identifier",
    area: Area::Dns,
    summary: "the TXT record names neither live connection identifier of the alias",
    cases: &[Case {
        key: "unknown-identifier",
        severity: Severity::Critical,
        effect: Effect::Strands,
        uncounted: false,
    }],
    reach: Reach::Pair,
    implies: &[],
    needs: &[Dataset::Aliases, Dataset::Zones, Dataset::RecordSets, Dataset::Txt],
    controls: &[
        controls::REL13_BP02,
        controls::EUCREL02,
        controls::CP_10,
        controls::CM_6,
        controls::A_5_30,
        controls::ARTICLE_11,
    ],
    remedy: "Set the TXT record to the connection identifier of the primary Region's association.",
    options: &[],
    doc: include_str!("txt_unknown_identifier.md"),
};

impl Rule for TxtUnknownIdentifier {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let live = Live::of(pair);
        let mut fails = false;
        for source in sources(pair) {
            match source {
                Source::Hidden(gap) => sheet.unknown(Subject::Alias, gap),
                Source::Told(seen) if seen.is_empty() => {}
                Source::Told(seen) if seen.iter().flat_map(|seen| &seen.records).all(|record| live.has(record)) => {
                    sheet.pass();
                }
                // It may be the identifier that was not read.
                Source::Told(_) if live.hidden().next().is_some() => {
                    live.hidden().for_each(|gap| sheet.unknown(Subject::Alias, gap));
                }
                Source::Told(_) => fails = true,
            }
        }
        if fails {
            sheet.fail(Subject::Alias, 0);
        } else if sheet.is_empty() && !is_told_absent(pair) {
            sheet.unknown(Subject::Alias, NOBODY_TELLS);
        } else if sheet.is_empty() {
            sheet.not_applicable("no TXT record was seen at the alias's name");
        }
    }

    fn word(&self, pair: &PairView<'_>, _: Subject, _: usize) -> Wording {
        let live = Live::of(pair);
        let mut strangers = Places::default();
        for source in sources(pair) {
            let Source::Told(seen) = source else { continue };
            for seen in seen {
                for record in seen.records.iter().filter(|record| !live.has(record)) {
                    strangers.add(record_words(record), &seen.place);
                }
            }
        }
        Wording::new(format!(
            "the TXT record of {} is {}, which is no live connection identifier of the alias",
            pair.settings.alias,
            strangers.words()
        ))
        .with(
            "ConnectionIdentifier",
            identifier_words(pair, pair.primary),
            identifier_words(pair, pair.standby),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::Unknown;
    use crate::model::dns::{ServerKind, TxtOutcome};
    use crate::model::settings::DnsProvider;

    fn in_zone(fixture: &mut Fixture, values: &[&str]) {
        let sets = fixture.estate.zones[0].record_sets.get_mut("Z0CORP").expect("the zone's records were read");
        sets.items_mut()[0].resource_records = values.iter().map(|value| (*value).to_owned()).collect();
    }

    fn in_answers(fixture: &mut Fixture, of: impl Fn(ServerKind) -> bool, record: &[&str]) {
        for answer in fixture.estate.txt[0].answers.items_mut().iter_mut().filter(|answer| of(answer.kind)) {
            let records = vec![record.iter().map(|string| (*string).to_owned()).collect()];
            answer.outcome = TxtOutcome::Found { records, ttl: 60, canonical: String::new() };
        }
    }

    fn everywhere(value: &str) -> Fixture {
        let mut fixture = Fixture::clean();
        in_zone(&mut fixture, &[&format!("\"{value}\"")]);
        in_answers(&mut fixture, |_| true, &[value]);
        fixture
    }

    #[test]
    fn passes_with_either_regions_identifier() {
        // The zone and its servers are two sources.
        assert_eq!(Fixture::clean().verdicts(&TxtUnknownIdentifier), (2, vec![]));
        assert_eq!(everywhere(Fixture::identifier(On::Standby)).verdicts(&TxtUnknownIdentifier), (2, vec![]));
    }

    #[test]
    fn fails_with_any_other_text() {
        let id = Fixture::identifier(On::Primary);
        for stranger in
            ["0000000000000000", "", " ", "wsca-palias0", &format!(" {id}"), &format!("{id} "), &id.to_uppercase()]
        {
            let fixture = everywhere(stranger);
            let fails = fixture.verdicts(&TxtUnknownIdentifier);
            assert_eq!(fails, (0, vec!["unknown-identifier desktop.corp.example".to_owned()]), "{stranger:?}");
        }
        let words = everywhere("stale").words(&TxtUnknownIdentifier);
        assert_eq!(
            words.message,
            "the TXT record of desktop.corp.example is \"stale\" (the zone corp.example. (Z0CORP), the server 192.0.2.53:53, the server \
             192.0.2.54:53), which is no live connection identifier of the alias"
        );
        assert_eq!(words.drift[0].primary, id);
    }

    #[test]
    fn stray_quotes_several_strings_and_a_second_record_are_no_identifier() {
        let id = Fixture::identifier(On::Primary);
        for values in [
            vec![format!("\"\\\"{id}\\\"\"")],
            vec![format!("\"{}\" \"{}\"", &id[..8], &id[8..])],
            vec![format!("\"{id}\""), "\"v=spf1 -all\"".to_owned()],
        ] {
            let mut fixture = Fixture::clean();
            in_zone(&mut fixture, &values.iter().map(String::as_str).collect::<Vec<_>>());
            // The servers still say what the zone said before.
            assert_eq!(fixture.verdicts(&TxtUnknownIdentifier).0, 1, "{values:?}");
            assert_eq!(fixture.verdicts(&TxtUnknownIdentifier).1.len(), 1, "{values:?}");
        }
        let mut fixture = Fixture::clean();
        in_answers(&mut fixture, |kind| kind == ServerKind::Authoritative, &[&id[..8], &id[8..]]);
        assert_eq!(fixture.verdicts(&TxtUnknownIdentifier).1.len(), 1);
    }

    #[test]
    fn an_identifier_dies_with_its_association() {
        let mut fixture = Fixture::clean();
        fixture.side(On::Primary).aliases.items_mut()[0].associations.clear();
        assert_eq!(fixture.verdicts(&TxtUnknownIdentifier).1, ["unknown-identifier desktop.corp.example"]);
        let words = fixture.words(&TxtUnknownIdentifier);
        assert_eq!(words.drift[0].primary, "absent");
        // That follows from what ALS-003 finds, and reads as one cause.
        let rules = [crate::find("ALS-003").expect("it is a rule"), &TxtUnknownIdentifier as &'static dyn Rule];
        let run = fixture.run(&rules);
        assert_eq!(run.pairs[0].findings[1].root, Some(0));
    }

    #[test]
    fn what_a_resolver_remembers_counts_where_nobody_knows_better() {
        let mut fixture = Fixture::clean();
        in_answers(&mut fixture, |kind| kind == ServerKind::System, &["stale"]);
        assert_eq!(fixture.verdicts(&TxtUnknownIdentifier), (2, vec![]));
        fixture.pair().dns.provider = DnsProvider::None;
        fixture.estate.txt[0].answers.items_mut().retain(|answer| answer.kind == ServerKind::System);
        assert_eq!(
            fixture.verdicts(&TxtUnknownIdentifier),
            (0, vec!["unknown-identifier desktop.corp.example".to_owned()])
        );
    }

    #[test]
    fn an_identifier_that_was_not_read_is_neither_known_nor_unknown() {
        let mut fixture = everywhere(Fixture::identifier(On::Standby));
        let gap = fixture.deny(On::Standby, Dataset::Aliases);
        let sheet = fixture.judge(&TxtUnknownIdentifier);
        assert_eq!((sheet.passes(), sheet.fails().len()), (0, 0));
        assert!(sheet.unknowns().iter().all(|(_, why)| *why == Unknown::Gap(gap)));
        // The one that was read is.
        let mut fixture = Fixture::clean();
        fixture.deny(On::Standby, Dataset::Aliases);
        assert_eq!(fixture.verdicts(&TxtUnknownIdentifier), (2, vec![]));
    }

    #[test]
    fn does_not_apply_without_a_record() {
        let mut fixture = Fixture::clean();
        in_zone(&mut fixture, &[]);
        for answer in fixture.estate.txt[0].answers.items_mut() {
            answer.outcome = TxtOutcome::NoData { negative_ttl: None };
        }
        assert_eq!(fixture.judge(&TxtUnknownIdentifier).reasons(), ["no TXT record was seen at the alias's name"]);
    }

    #[test]
    fn denied_calls_are_named() {
        Fixture::clean().assert_gaps_are_no_passes(&TxtUnknownIdentifier);
        everywhere("stale").assert_gaps_are_no_passes(&TxtUnknownIdentifier);
    }

    #[test]
    fn silence_of_all_is_not_absence() {
        let mut fixture = Fixture::clean();
        fixture.pair().dns.provider = DnsProvider::None;
        for outcome in [TxtOutcome::Timeout, TxtOutcome::ServFail, TxtOutcome::Refused] {
            for answer in fixture.estate.txt[0].answers.items_mut() {
                answer.outcome = outcome.clone();
            }
            let sheet = fixture.judge(&TxtUnknownIdentifier);
            assert_eq!((sheet.unknowns().len(), sheet.reasons().len()), (1, 0), "{outcome}");
        }
        fixture.estate.txt[0].answers.items_mut()[0].outcome = TxtOutcome::NxDomain { negative_ttl: None };
        assert_eq!(fixture.judge(&TxtUnknownIdentifier).reasons().len(), 1);
    }
}
