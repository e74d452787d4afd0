//! DNS-016: no other name of the alias's zone may still carry the identifier of an alias that is gone. That a text was one is an inference:
//! no API knows the identifiers of aliases that were deleted.

use crate::controls;
use crate::dns::txt_malformed::is_identifier;
use crate::dns::zone::{OTHER_PROVIDER, encloses, plain, strings};
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::pairing::dns_name;
use crate::model::route53::{HostedZone, RecordSet};
use crate::model::settings::DnsProvider;
use crate::model::{Dataset, Estate, GapId, PairView, Subject};
use crate::rule::{Rule, Sheet, Wording};
use std::collections::BTreeSet;

/// DNS-016 identifier-left-behind.
pub(super) struct IdentifierLeftBehind;

static META: Meta = Meta {
    id: "DNS-016",
    name: "identifier-left-behind",
    area: Area::Dns,
    summary: "another name in the zone carries what looks like the connection identifier of an alias that is gone",
    cases: &[Case { key: "left-behind", severity: Severity::High, effect: Effect::Exposes, uncounted: false }],
    reach: Reach::Pair,
    implies: &[],
    needs: &[Dataset::Aliases, Dataset::Zones, Dataset::ZoneTexts],
    controls: &[controls::REL13_BP04, controls::CM_6, controls::A_5_29],
    remedy: "Find out whose record it is, and delete it where its alias is gone; where it is something else, waive it by its name.",
    options: &[],
    doc: include_str!("identifier_left_behind.md"),
};

const NO_OTHER_TEXT: &str = "no other name in the alias's zone has a TXT record";
const NO_FORM: &str = "no alias has a live connection identifier whose form others could be compared with";

/// What is known of the aliases of all sides that were read.
struct Aliases<'e> {
    /// The connection strings, and those that the configuration names.
    names: BTreeSet<String>,
    /// The identifiers of associations, whatever their status.
    identifiers: BTreeSet<&'e str>,
    /// The lengths of these.
    lengths: BTreeSet<usize>,
    /// What may hide an alias.
    hidden: Option<GapId>,
}

impl<'e> Aliases<'e> {
    fn of(pair: &PairView<'e>) -> Self {
        let estate = pair.estate;
        let all = || estate.sides.iter().flat_map(|side| side.aliases.items());
        let configured = estate.settings.pairs.iter().flat_map(|pair| [Some(&pair.alias), pair.drill_alias.as_ref()]);
        let names = all().map(|alias| &alias.connection_string).chain(configured.flatten()).map(|name| dns_name(name));
        let identifiers: BTreeSet<&str> = all()
            .flat_map(|alias| &alias.associations)
            .map(|association| association.connection_identifier.as_str())
            .filter(|identifier| !identifier.is_empty())
            .collect();
        Self {
            names: names.collect(),
            lengths: identifiers.iter().map(|identifier| identifier.len()).collect(),
            identifiers,
            hidden: estate.sides.iter().find_map(|side| side.aliases.gap()),
        }
    }
}

/// A name that a connection alias could have (service model, `ConnectionString`): letters, digits, hyphens and dots. Proofs of a domain's
/// owner stand at names with an underscore as a rule.
fn could_be_an_alias(name: &str) -> bool {
    (1..=255).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'))
}

/// The one string of a record set that looks like an identifier at a name that could be an alias: letters and digits, some of each.
fn suspect(set: &RecordSet) -> Option<String> {
    let [value] = set.resource_records.as_slice() else { return None };
    let strings = strings(value);
    let [text] = strings.as_slice() else { return None };
    let has = |kind: fn(&u8) -> bool| text.bytes().any(|byte| kind(&byte));
    let mixed = has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic);
    (mixed && is_identifier(text) && could_be_an_alias(&plain(&set.name))).then(|| text.clone())
}

/// The zones that enclose the alias, each with its position among the book's texts.
fn zones<'e>(pair: &PairView<'e>) -> impl Iterator<Item = (u32, &'e HostedZone)> {
    let alias = dns_name(&pair.settings.alias);
    let book = pair.zones;
    book.texts.keys().zip(0..).filter_map(move |(id, at)| {
        let zone = book.zones.items().iter().find(|zone| zone.id == *id)?;
        encloses(&zone.name, &alias).then_some((at, zone))
    })
}

impl Rule for IdentifierLeftBehind {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        match pair.settings.dns.provider {
            DnsProvider::Route53 => {}
            DnsProvider::Rfc2136 | DnsProvider::Command | DnsProvider::None => {
                return sheet.not_applicable(OTHER_PROVIDER);
            }
        }
        let (aliases, book, alias) = (Aliases::of(pair), pair.zones, dns_name(&pair.settings.alias));
        let mut hidden: BTreeSet<GapId> = book.zones.gap().into_iter().collect();
        let unread = |zone: &&HostedZone| encloses(&zone.name, &alias) && !book.texts.contains_key(&zone.id);
        hidden.extend(book.zones.items().iter().find(unread).map(|_| Estate::NOT_COLLECTED));
        if aliases.lengths.is_empty() && aliases.hidden.is_none() {
            hidden.iter().for_each(|&gap| sheet.unknown(Subject::Alias, gap));
            return sheet.not_applicable(NO_FORM);
        }
        for (position, zone) in zones(pair) {
            let texts = &book.texts[&zone.id];
            hidden.extend(texts.gap());
            for (set, at) in texts.items().iter().zip(0..) {
                let subject = Subject::ZoneText { zone: position, at };
                let Some(text) = suspect(set) else {
                    sheet.pass();
                    continue;
                };
                let known = aliases.identifiers.contains(text.as_str()) || aliases.names.contains(&plain(&set.name));
                match aliases.hidden {
                    _ if known => sheet.pass(),
                    // It may be that of an alias that was not read.
                    Some(gap) => sheet.unknown(subject, gap),
                    None if aliases.lengths.contains(&text.len()) => sheet.fail(subject, 0),
                    None => sheet.pass(),
                }
            }
        }
        hidden.into_iter().for_each(|gap| sheet.unknown(Subject::Alias, gap));
        if sheet.is_empty() {
            sheet.not_applicable(NO_OTHER_TEXT);
        }
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, _: usize) -> Wording {
        let Subject::ZoneText { zone, at } = subject else { return Wording::default() };
        let texts = pair.zones.texts.values().nth(zone as usize);
        let text = texts.and_then(|texts| texts.items().get(at as usize)).and_then(suspect).unwrap_or_default();
        let mut regions: Vec<&str> = pair.estate.sides.iter().map(|side| side.place.region.as_str()).collect();
        regions.sort_unstable();
        regions.dedup();
        Wording::new(format!(
            "the TXT record of {} is {text:?}, which has the form of a connection identifier and is none that an alias in {} has: it looks \
             left behind from an alias that is gone",
            subject.names(pair).name,
            regions.join(" or ")
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, Kept, On};
    use crate::model::alias::ConnectionAlias;
    use crate::model::{Slice, Unknown};
    use crate::readiness::State;

    /// As long as the fixture's identifiers.
    const OLD: &str = "0f1e2d3c4b5a6978";

    fn with(name: &str, values: &[&str]) -> Fixture {
        let mut fixture = Fixture::clean();
        texts(&mut fixture).push(RecordSet {
            name: name.to_owned(),
            r#type: "TXT".to_owned(),
            resource_records: values.iter().map(|value| format!("\"{value}\"")).collect(),
            ..RecordSet::default()
        });
        fixture
    }

    fn texts(fixture: &mut Fixture) -> &mut Vec<RecordSet> {
        fixture.estate.zones[0].texts.get_mut("Z0CORP").expect("they were read").items_mut()
    }

    #[test]
    fn passes_what_is_no_identifier_of_a_lost_alias() {
        assert_eq!(Fixture::clean().verdicts(&IdentifierLeftBehind), (3, vec![]));
        for (name, values) in [
            ("a.corp.example.", vec!["v=spf1 -all"]),
            ("a.corp.example.", vec!["operational"]),
            ("a.corp.example.", vec!["0123456789012345"]),
            ("a.corp.example.", vec!["0f1e2d3c4b5a"]),
            ("a.corp.example.", vec![OLD, "v=spf1 -all"]),
            ("_github.corp.example.", vec![OLD]),
            ("\\052.corp.example.", vec![OLD]),
            ("a.corp.example.", vec![Fixture::identifier(On::Standby)]),
        ] {
            assert_eq!(with(name, &values).verdicts(&IdentifierLeftBehind), (4, vec![]), "{name} {values:?}");
        }
    }

    #[test]
    fn fails_what_looks_like_one_and_says_that_it_only_looks_so() {
        let fixture = with("Old-Desktop.corp.example.", &[OLD]);
        assert_eq!(
            fixture.verdicts(&IdentifierLeftBehind),
            (3, vec!["left-behind old-desktop.corp.example".to_owned()])
        );
        assert_eq!(
            fixture.words(&IdentifierLeftBehind).message,
            "the TXT record of old-desktop.corp.example is \"0f1e2d3c4b5a6978\", which has the form of a connection identifier and is none \
             that an alias in us-east-1 or us-west-2 has: it looks left behind from an alias that is gone"
        );
        let run = fixture.run(&[&IdentifierLeftBehind]);
        assert!(run.pairs[0].readiness.states.iter().all(|state| *state == State::Ready));
    }

    #[test]
    fn a_name_that_is_an_alias_is_no_lost_one() {
        let mut fixture = with("pilot.corp.example.", &[OLD]);
        fixture.pair().drill_alias = Some("Pilot.corp.example".to_owned());
        assert_eq!(fixture.verdicts(&IdentifierLeftBehind), (4, vec![]));
        let mut fixture = with("pilot.corp.example.", &[OLD]);
        fixture
            .side(On::Standby)
            .aliases
            .items_mut()
            .push(ConnectionAlias { connection_string: "PILOT.corp.example".to_owned(), ..ConnectionAlias::default() });
        assert_eq!(fixture.verdicts(&IdentifierLeftBehind), (4, vec![]));
    }

    #[test]
    fn only_zones_that_enclose_the_alias_are_looked_through() {
        let mut fixture = Fixture::clean();
        let book = &mut fixture.estate.zones[0];
        let mut other = book.zones.items()[0].clone();
        (other.id, other.name) = ("Z0OTHER".to_owned(), "other.example.".to_owned());
        book.zones.items_mut().push(other);
        let lost = with("a.other.example.", &[OLD]).estate.zones[0].texts["Z0CORP"].clone();
        book.texts.insert("Z0OTHER".to_owned(), lost);
        assert_eq!(fixture.verdicts(&IdentifierLeftBehind), (3, vec![]));
    }

    #[test]
    fn does_not_apply_where_there_is_nothing_to_compare() {
        let mut fixture = Fixture::clean();
        texts(&mut fixture).clear();
        assert_eq!(fixture.judge(&IdentifierLeftBehind).reasons(), [NO_OTHER_TEXT]);
        let mut fixture = with("a.corp.example.", &[OLD]);
        for on in [On::Primary, On::Standby] {
            fixture.side(on).aliases.items_mut().clear();
        }
        assert_eq!(fixture.judge(&IdentifierLeftBehind).reasons(), [NO_FORM]);
        fixture.pair().dns.provider = DnsProvider::Command;
        assert_eq!(fixture.judge(&IdentifierLeftBehind).reasons(), [OTHER_PROVIDER]);
    }

    #[test]
    fn denied_calls_are_named() {
        Fixture::clean().assert_gaps_are_no_passes(&IdentifierLeftBehind);
        let mut drifted = with("old.corp.example.", &[OLD]);
        drifted.assert_gaps_are_no_passes(&IdentifierLeftBehind);
        let gap = drifted.deny(On::Standby, Dataset::Aliases);
        assert_eq!(
            drifted.judge(&IdentifierLeftBehind).unknowns(),
            [(Subject::ZoneText { zone: 0, at: 3 }, Unknown::Gap(gap))]
        );
        let mut fixture = Fixture::clean();
        let gap = fixture.cut(On::Primary, Dataset::ZoneTexts, Kept::All);
        let sheet = fixture.judge(&IdentifierLeftBehind);
        assert_eq!((sheet.passes(), sheet.unknowns()), (3, &[(Subject::Alias, Unknown::Gap(gap))][..]));
        let mut fixture = Fixture::clean();
        fixture.estate.zones[0].texts.clear();
        assert_eq!(
            fixture.judge(&IdentifierLeftBehind).unknowns(),
            [(Subject::Alias, Unknown::Gap(Estate::NOT_COLLECTED))]
        );
        assert_eq!(fixture.estate.zones[0].texts.get("Z0CORP").map(Slice::items), None);
    }
}
