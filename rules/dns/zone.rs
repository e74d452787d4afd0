//! What Route 53 holds at the alias's name, as text that can be compared.

use crate::model::dns::{CnameEnd, ServerKind, TxtOutcome};
use crate::model::pairing::dns_name;
use crate::model::route53::{HostedZone, RecordSet};
use crate::model::settings::DnsProvider;
use crate::model::{Estate, GapId, PairView, Unknown};

/// Why the zone is not read.
pub(super) const OTHER_PROVIDER: &str = "the zone is not held in Route 53 (`provider` in `[pair.dns]`)";

/// A record set of a zone.
#[derive(Clone, Copy, Debug)]
pub struct Placed<'e> {
    /// The zone.
    pub zone: &'e HostedZone,
    /// The record set.
    pub set: &'e RecordSet,
}

/// A zone in words: its name and its id.
pub fn zone_words(zone: &HostedZone) -> String {
    format!("the zone {} ({})", zone.name, zone.id)
}

/// What stands at the alias's name in the zones that would answer for it: of the public zones and of the private ones, those with the
/// longest name that encloses the alias.
#[derive(Debug, Default)]
pub struct AtAlias<'e> {
    /// Those zones.
    pub zones: Vec<&'e HostedZone>,
    /// Their TXT record sets at the name: several where they are weighted, failover, or in a public and a private zone.
    pub texts: Vec<Placed<'e>>,
    /// A CNAME at the name, where there is one: it leads away, and no TXT record can stand beside it.
    pub cname: Option<Placed<'e>>,
    /// What may hide another zone.
    pub zones_gap: Option<GapId>,
    /// What may hide another record set.
    pub records_gap: Option<GapId>,
}

impl AtAlias<'_> {
    /// What may hide something of all this.
    pub(super) fn gap(&self) -> Option<GapId> {
        self.zones_gap.or(self.records_gap)
    }
}

/// What Route 53 holds at the alias's name; `None` where the zone is held elsewhere.
pub fn at_alias<'e>(pair: &PairView<'e>) -> Option<AtAlias<'e>> {
    match pair.settings.dns.provider {
        DnsProvider::Route53 => {}
        DnsProvider::Rfc2136 | DnsProvider::Command | DnsProvider::None => return None,
    }
    let name = dns_name(&pair.settings.alias);
    let book = pair.zones;
    let mut here = AtAlias { zones_gap: book.zones.gap(), ..AtAlias::default() };
    for private in [false, true] {
        let enclosing = || {
            let of_kind = book.zones.items().iter().filter(|zone| (zone.private_zone == Some(true)) == private);
            of_kind.filter(|zone| encloses(&zone.name, &name))
        };
        let longest = enclosing().map(|zone| zone.name.trim_end_matches('.').len()).max();
        here.zones.extend(enclosing().filter(|zone| Some(zone.name.trim_end_matches('.').len()) == longest));
    }
    here.zones.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
    for &zone in &here.zones {
        let Some(sets) = book.record_sets.get(&zone.id) else {
            here.records_gap = here.records_gap.or(Some(Estate::NOT_COLLECTED));
            continue;
        };
        here.records_gap = here.records_gap.or(sets.gap());
        for set in sets.items().iter().filter(|set| plain(&set.name) == name) {
            match set.r#type.as_str() {
                "TXT" => here.texts.push(Placed { zone, set }),
                "CNAME" => here.cname = here.cname.or(Some(Placed { zone, set })),
                _ => {}
            }
        }
    }
    leave_out_undelegated(pair, &mut here);
    here.texts.sort_by(|a, b| {
        (&a.zone.name, &a.zone.id, &a.set.set_identifier).cmp(&(&b.zone.name, &b.zone.id, &b.set.set_identifier))
    });
    Some(here)
}

/// Of several public zones with one name only one is delegated. Where the authoritative servers say what one of them holds, that one is.
fn leave_out_undelegated(pair: &PairView<'_>, here: &mut AtAlias<'_>) {
    let is_public = |zone: &HostedZone| zone.private_zone != Some(true);
    if here.zones.iter().filter(|zone| is_public(zone)).count() < 2 {
        return;
    }
    let told = values_of(pair, |kind| kind == ServerKind::Authoritative);
    let is_served = |id: &str| {
        let values =
            here.texts.iter().filter(|placed| placed.zone.id == id).flat_map(|placed| &placed.set.resource_records);
        values.map(|value| strings(value)).any(|value| told.iter().any(|(_, told)| *told == value))
    };
    let served: Vec<String> = here.zones.iter().map(|zone| zone.id.clone()).filter(|id| is_served(id)).collect();
    if !served.is_empty() {
        here.zones.retain(|zone| !is_public(zone) || served.contains(&zone.id));
        here.texts.retain(|placed| !is_public(placed.zone) || served.contains(&placed.zone.id));
    }
}

/// What servers of some kinds gave, an entry an answer: who said it, and its TXT records as their character-strings.
pub(super) fn answers_of<'e>(
    pair: &PairView<'e>,
    of: impl Fn(ServerKind) -> bool,
) -> Vec<(&'e str, &'e [Vec<String>])> {
    let mut given = Vec::new();
    for answer in pair.txt.answers.items().iter().filter(|answer| of(answer.kind)) {
        match &answer.outcome {
            TxtOutcome::Found { records, .. } => given.push((answer.server.as_str(), records.as_slice())),
            TxtOutcome::NxDomain { .. }
            | TxtOutcome::NoData { .. }
            | TxtOutcome::Cname { .. }
            | TxtOutcome::Referral { .. }
            | TxtOutcome::ServFail
            | TxtOutcome::Refused
            | TxtOutcome::Timeout
            | TxtOutcome::Unreachable(_)
            | TxtOutcome::Wrong(_) => {}
        }
    }
    given
}

/// The TXT records that servers of some kinds gave: who said it, and the record's character-strings.
pub(super) fn values_of<'e>(pair: &PairView<'e>, of: impl Fn(ServerKind) -> bool) -> Vec<(&'e str, Vec<String>)> {
    let given = answers_of(pair, of).into_iter();
    given.flat_map(|(server, records)| records.iter().map(move |record| (server, record.clone()))).collect()
}

/// Why there is no verdict where nobody who should know says anything of the record, not even that there is none.
pub(super) const NOBODY_TELLS: Unknown =
    Unknown::Undetermined("no zone was read and no name server tells whether a TXT record stands at the alias's name");

/// Whether somebody who should know says that no TXT record stands at the alias's name.
pub(super) fn is_told_absent(pair: &PairView<'_>) -> bool {
    let by_zone = at_alias(pair).is_some_and(|here| here.gap().is_none() && here.texts.is_empty());
    by_zone
        || pair.txt.answers.items().iter().any(|answer| {
            matches!(
                answer.outcome,
                TxtOutcome::NxDomain { .. }
                    | TxtOutcome::NoData { .. }
                    | TxtOutcome::Cname { end: CnameEnd::NxDomain | CnameEnd::NoData, .. }
            )
        })
}

/// Whether a zone holds a name, or a parent of the zone that does. The name is in the form of [`dns_name`].
pub(super) fn encloses(zone: &str, name: &str) -> bool {
    let zone = plain(zone);
    !zone.is_empty() && name.strip_suffix(&zone).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// A name as Route 53 writes it, in the form of [`dns_name`]. Route 53 escapes all but letters, digits, `-`, `_` and `.` as three octal
/// digits; an escaped dot stays escaped, since it ends no label.
pub(super) fn plain(name: &str) -> String {
    let name = dns_name(name);
    if !name.contains('\\') {
        return name;
    }
    let mut plain = String::with_capacity(name.len());
    let mut rest = name.as_str();
    while let Some((before, escape)) = rest.split_once('\\') {
        plain.push_str(before);
        match escape.get(..3).and_then(octal) {
            Some(byte) if byte != b'.' && byte.is_ascii() => {
                plain.push(char::from(byte.to_ascii_lowercase()));
                rest = &escape[3..];
            }
            _ => {
                plain.push('\\');
                rest = escape;
            }
        }
    }
    plain.push_str(rest);
    plain
}

fn octal(digits: &str) -> Option<u8> {
    digits.bytes().all(|digit| (b'0'..=b'7').contains(&digit)).then(|| u8::from_str_radix(digits, 8).ok()).flatten()
}

/// The character-strings of a TXT record as Route 53 keeps it: each in double quotes, with `\"`, `\\` and three octal digits as escapes.
/// What is not in quotes is one string as it stands.
pub fn strings(value: &str) -> Vec<String> {
    let mut strings = Vec::new();
    let mut chars = value.chars().peekable();
    while let Some(first) = chars.next() {
        if first.is_whitespace() {
            continue;
        }
        let quoted = first == '"';
        let mut string = String::new();
        let mut next = if quoted { chars.next() } else { Some(first) };
        while let Some(at) = next {
            match at {
                '"' if quoted => break,
                '\\' => {
                    let digits: String = chars.clone().take(3).collect();
                    match octal(&digits).filter(|_| digits.len() == 3) {
                        Some(byte) => {
                            string.push(char::from(byte));
                            chars.nth(2);
                        }
                        None => string.extend(chars.next()),
                    }
                }
                at if !quoted && at.is_whitespace() => break,
                at => string.push(at),
            }
            next = chars.next();
        }
        strings.push(string);
    }
    strings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;

    #[test]
    fn names_lose_case_dot_and_escapes() {
        assert_eq!(plain("Desktop.Corp.example."), "desktop.corp.example");
        assert_eq!(plain("\\052.corp.example."), "*.corp.example");
        assert_eq!(plain("a\\056b.example."), "a\\056b.example");
        assert_eq!(plain("odd\\9.example"), "odd\\9.example");
        assert_eq!(plain("odd\\"), "odd\\");
        assert!(encloses("corp.example.", "desktop.corp.example"));
        assert!(encloses("desktop.corp.example", "desktop.corp.example"));
        assert!(!encloses("p.example.", "desktop.corp.example"));
        assert!(!encloses("", "desktop.corp.example") && !encloses(".", "desktop.corp.example"));
    }

    #[test]
    fn strings_lose_their_quotes_and_nothing_else() {
        assert_eq!(strings("\"1234\""), ["1234"]);
        assert_eq!(strings("\"12\" \"34\""), ["12", "34"]);
        assert_eq!(strings("\" 1234 \""), [" 1234 "]);
        assert_eq!(strings("\"\\\"1234\\\"\""), ["\"1234\""]);
        assert_eq!(strings("\"a\\\\b\\040c\""), ["a\\b c"]);
        assert_eq!(strings("\"\""), [""]);
        assert_eq!(strings("1234"), ["1234"]);
        assert_eq!(strings("\"unended"), ["unended"]);
        assert!(strings("").is_empty());
    }

    fn zone(id: &str, name: &str, private: bool) -> HostedZone {
        HostedZone { id: id.to_owned(), name: name.to_owned(), private_zone: Some(private), ..HostedZone::default() }
    }

    #[test]
    fn the_longest_zone_of_each_kind_answers() {
        let mut fixture = Fixture::clean();
        let book = &mut fixture.estate.zones[0];
        book.zones.items_mut().extend([
            zone("ZPARENT", "example.", false),
            zone("ZPRIVATE", "desktop.corp.example.", true),
            zone("ZOTHER", "other.example.", true),
        ]);
        let view = fixture.view();
        let here = at_alias(&view).expect("it is Route 53");
        let ids: Vec<&str> = here.zones.iter().map(|zone| zone.id.as_str()).collect();
        assert_eq!(ids, ["Z0CORP", "ZPRIVATE"]);
        // The private zone's records were not read.
        assert_eq!((here.texts.len(), here.gap()), (1, Some(Estate::NOT_COLLECTED)));
    }

    #[test]
    fn of_twin_zones_the_one_that_is_served_counts() {
        let mut fixture = Fixture::clean();
        let book = &mut fixture.estate.zones[0];
        book.zones.items_mut().insert(0, zone("Z0OLD", "corp.example.", false));
        let mut stale = book.record_sets["Z0CORP"].clone();
        stale.items_mut()[0].resource_records = vec!["\"stale\"".to_owned()];
        book.record_sets.insert("Z0OLD".to_owned(), stale);
        let ids = |fixture: &Fixture| {
            let view = fixture.view();
            at_alias(&view)
                .expect("it is Route 53")
                .texts
                .iter()
                .map(|placed| placed.zone.id.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(ids(&fixture), ["Z0CORP"]);
        // Where nobody says which, both count.
        fixture.estate.txt[0].answers.items_mut().clear();
        assert_eq!(ids(&fixture), ["Z0CORP", "Z0OLD"]);
    }
}
