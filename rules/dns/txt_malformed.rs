//! DNS-004: at the alias's name stands one record, with one string in it, and that is an identifier's form. Whether anybody has such an
//! identifier is asked by DNS-002.

use crate::controls;
use crate::dns::seen::{Places, Seen, Source, record_words, sources};
use crate::dns::zone::{NOBODY_TELLS, is_told_absent};
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::{Dataset, PairView, Subject};
use crate::rule::{Rule, Sheet, Wording};

/// DNS-004 txt-malformed.
pub(super) struct TxtMalformed;

const SEVERAL_IDENTIFIERS: usize = 0;
const SEVERAL_STRINGS: usize = 1;
const STRAY_CHARACTERS: usize = 2;
const OTHER_TEXT: usize = 3;

const fn strands(key: &'static str) -> Case {
    Case { key, severity: Severity::Critical, effect: Effect::Strands, uncounted: false }
}

static META: Meta = Meta {
    id: "DNS-004",
    name: "txt-malformed",
    area: Area::Dns,
    summary: "what stands at the alias's name is not one connection identifier alone",
    cases: &[
        strands("several-identifiers"),
        strands("several-strings"),
        strands("stray-characters"),
        strands("other-text"),
    ],
    reach: Reach::Pair,
    // What is no identifier is no live one either.
    implies: &["DNS-002"],
    needs: &[Dataset::Zones, Dataset::RecordSets, Dataset::Txt],
    controls: &[
        controls::REL13_BP02,
        controls::EUCREL02,
        controls::CP_10,
        controls::CM_6,
        controls::A_5_30,
        controls::ARTICLE_11,
    ],
    remedy: "Leave one TXT record at the alias's name, with the connection identifier as its only string, in one pair of quotes.",
    options: &[],
    doc: include_str!("txt_malformed.md"),
};

/// Whether a text has a connection identifier's form: 1 to 20 letters and digits (AWS-FACTS §1.7).
pub(super) fn is_identifier(text: &str) -> bool {
    (1..=20).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// A text without blanks and quotes at its ends.
fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || c == '"' || c == '\'')
}

/// What is wrong with records that a client is given together, each way with the records that show it.
fn wrong<'s>(seen: &'s Seen<'_>) -> Vec<(usize, Vec<&'s [String]>)> {
    let records = || seen.records.iter().map(Vec::as_slice);
    let well = |record: &&[String]| matches!(record, [only] if is_identifier(only));
    let split = |record: &&[String]| record.len() > 1 && is_identifier(trimmed(&record.concat()));
    let stray = |record: &&[String]| matches!(record, [only] if !is_identifier(only) && is_identifier(trimmed(only)));
    // A text that is alone is taken for the identifier: whether it is one, DNS-002 says.
    let other = |record: &&[String]| seen.records.len() > 1 && !well(record) && !split(record) && !stray(record);
    let identifiers: Vec<&'s [String]> = records().filter(well).collect();
    [
        (SEVERAL_IDENTIFIERS, if identifiers.len() > 1 { identifiers } else { Vec::new() }),
        (SEVERAL_STRINGS, records().filter(split).collect()),
        (STRAY_CHARACTERS, records().filter(stray).collect()),
        (OTHER_TEXT, records().filter(other).collect()),
    ]
    .into_iter()
    .filter(|(_, shown)| !shown.is_empty())
    .collect()
}

impl Rule for TxtMalformed {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let mut fails = [false; META.cases.len()];
        for source in sources(pair) {
            match source {
                Source::Hidden(gap) => sheet.unknown(Subject::Alias, gap),
                Source::Told(seen) if seen.is_empty() => {}
                Source::Told(seen) => {
                    let wrong: Vec<usize> = seen.iter().flat_map(wrong).map(|(case, _)| case).collect();
                    if wrong.is_empty() {
                        sheet.pass();
                    }
                    wrong.into_iter().for_each(|case| fails[case] = true);
                }
            }
        }
        for (case, _) in fails.iter().enumerate().filter(|(_, fails)| **fails) {
            sheet.fail(Subject::Alias, case);
        }
        if sheet.is_empty() && !is_told_absent(pair) {
            sheet.unknown(Subject::Alias, NOBODY_TELLS);
        } else if sheet.is_empty() {
            sheet.not_applicable("no TXT record was seen at the alias's name");
        }
    }

    fn word(&self, pair: &PairView<'_>, _: Subject, case: usize) -> Wording {
        let mut shown = Places::default();
        for source in sources(pair) {
            let Source::Told(seen) = source else { continue };
            for seen in seen {
                for (_, records) in wrong(&seen).into_iter().filter(|(found, _)| *found == case) {
                    let records: Vec<String> = records.into_iter().map(record_words).collect();
                    shown.add(records.join(" beside "), &seen.place);
                }
            }
        }
        let (alias, shown) = (&pair.settings.alias, shown.words());
        Wording::new(match case {
            SEVERAL_IDENTIFIERS => format!(
                "several connection identifiers stand at {alias}: {shown}; which of them a client takes is not documented, and one of them \
                 is not where it should go"
            ),
            SEVERAL_STRINGS => format!("the TXT record of {alias} is cut into several strings: {shown}"),
            STRAY_CHARACTERS => {
                format!("the TXT record of {alias} has blanks or quotes beside its connection identifier: {shown}")
            }
            _ => {
                format!("TXT records that are no connection identifier stand at {alias} beside another record: {shown}")
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::dns::{ServerKind, TxtOutcome};
    use crate::model::settings::DnsProvider;

    fn in_zone(values: &[&str]) -> Fixture {
        let mut fixture = Fixture::clean();
        fixture.records()[0].resource_records = values.iter().map(|value| (*value).to_owned()).collect();
        fixture
    }

    fn answered(records: &[&[&str]]) -> Fixture {
        let mut fixture = Fixture::clean();
        let records: Vec<Vec<String>> =
            records.iter().map(|record| record.iter().map(|string| (*string).to_owned()).collect()).collect();
        for answer in fixture.estate.txt[0].answers.items_mut() {
            answer.outcome = TxtOutcome::Found { records: records.clone(), ttl: 60, canonical: String::new() };
        }
        fixture
    }

    const ID: &str = Fixture::identifier(On::Primary);

    #[test]
    fn passes_with_one_identifier_live_or_not() {
        // The zone and its servers are two sources.
        assert_eq!(Fixture::clean().verdicts(&TxtMalformed), (2, vec![]));
        // Each record set of a failover pair is given alone.
        assert_eq!(Fixture::failover().verdicts(&TxtMalformed), (2, vec![]));
        for alone in ["\"stale\"", "\"wsca-0000\"", "\"v=spf1 -all\"", "\"v=DKIM1;\" \"p=abc\"", "\"\"", "bare"] {
            assert_eq!(in_zone(&[alone]).verdicts(&TxtMalformed), (2, vec![]), "{alone}: it is DNS-002's");
        }
    }

    #[test]
    fn fails_in_each_way() {
        let (id, other) = (format!("\"{ID}\""), format!("\"{}\"", Fixture::identifier(On::Standby)));
        let (front, back) = ID.split_at(8);
        for (values, key) in [
            (vec![id.as_str(), &other], "several-identifiers"),
            (vec![&id, "\"stale\""], "several-identifiers"),
            (vec![&format!("\"{front}\" \"{back}\"")], "several-strings"),
            (vec![&format!("\" {ID}\"")], "stray-characters"),
            (vec![&format!("\"\\\"{ID}\\\"\"")], "stray-characters"),
            (vec![&format!("\"'{ID}'\"")], "stray-characters"),
            (vec![&id, "\"v=spf1 -all\""], "other-text"),
            (vec![&id, "\"v=DKIM1;\" \"p=abc\""], "other-text"),
            (vec![&id, "\"012345678901234567890\""], "other-text"),
        ] {
            assert_eq!(in_zone(&values).verdicts(&TxtMalformed), (1, vec![format!("{key} desktop.corp.example")]));
        }
        assert_eq!(
            answered(&[&[ID], &[&format!("{ID} ")]]).verdicts(&TxtMalformed).1,
            ["stray-characters desktop.corp.example"]
        );
        assert_eq!(answered(&[&[front, back]]).verdicts(&TxtMalformed).1, ["several-strings desktop.corp.example"]);
    }

    #[test]
    fn says_what_was_seen_and_where() {
        let other = Fixture::identifier(On::Standby);
        let mut fixture = in_zone(&[&format!("\"{ID}\""), &format!("\"{other}\"")]);
        assert_eq!(
            fixture.words(&TxtMalformed).message,
            "several connection identifiers stand at desktop.corp.example: \"1234567890abcdef\" beside \"fedcba0987654321\" (the zone \
             corp.example. (Z0CORP)); which of them a client takes is not documented, and one of them is not where it should go"
        );
        assert_eq!(
            answered(&[&[&format!(" {ID}")]]).words(&TxtMalformed).message,
            "the TXT record of desktop.corp.example has blanks or quotes beside its connection identifier: \" 1234567890abcdef\" (the \
             server 192.0.2.53:53, the server 192.0.2.54:53)"
        );
        // That DNS-002 does not know such an identifier follows from it.
        fixture = in_zone(&[&format!("\" {ID}\"")]);
        let run = fixture.run(&[&TxtMalformed, crate::find("DNS-002").expect("it is a rule")]);
        let roots: Vec<Option<u32>> = run.pairs[0].findings.iter().map(|finding| finding.root).collect();
        assert_eq!(roots, [None, Some(0)]);
    }

    #[test]
    fn what_a_resolver_remembers_counts_where_nobody_knows_better() {
        let mut fixture = answered(&[&[ID, ID]]);
        fixture.estate.txt[0].answers.items_mut().retain(|answer| answer.kind == ServerKind::System);
        assert_eq!(fixture.verdicts(&TxtMalformed), (1, vec![]));
        fixture.pair().dns.provider = DnsProvider::None;
        // Twice sixteen characters are no identifier.
        assert_eq!(fixture.verdicts(&TxtMalformed), (1, vec![]));
        fixture = answered(&[&[&ID[..4], &ID[4..]]]);
        fixture.pair().dns.provider = DnsProvider::None;
        fixture.estate.txt[0].answers.items_mut().retain(|answer| answer.kind == ServerKind::System);
        assert_eq!(fixture.verdicts(&TxtMalformed).1, ["several-strings desktop.corp.example"]);
    }

    #[test]
    fn does_not_apply_without_a_record() {
        let mut fixture = in_zone(&[]);
        for answer in fixture.estate.txt[0].answers.items_mut() {
            answer.outcome = TxtOutcome::NoData { negative_ttl: None };
        }
        assert_eq!(fixture.judge(&TxtMalformed).reasons(), ["no TXT record was seen at the alias's name"]);
        fixture.pair().dns.provider = DnsProvider::None;
        for answer in fixture.estate.txt[0].answers.items_mut() {
            answer.outcome = TxtOutcome::Timeout;
        }
        assert_eq!(fixture.judge(&TxtMalformed).unknowns(), [(Subject::Alias, NOBODY_TELLS)]);
    }

    #[test]
    fn denied_calls_are_named() {
        Fixture::clean().assert_gaps_are_no_passes(&TxtMalformed);
        in_zone(&[&format!("\"{ID}\""), "\"stale\""]).assert_gaps_are_no_passes(&TxtMalformed);
        answered(&[&[ID, ID]]).assert_gaps_are_no_passes(&TxtMalformed);
    }
}
