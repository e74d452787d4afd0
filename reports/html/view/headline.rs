//! A pair's answer: how many are ready, what a failover would do to the others, and what to do first.

use super::{Link, Maker, Of, shown};
use crate::causes::{Cause, Causes, Touch};
use crate::json::v1;
use crate::outcome;
use crate::text::{self, counted, number};
use deskpair_rules::engine::PairRun;
use deskpair_rules::readiness::{Readiness, State};
use serde::Serialize;

/// Units of the readiness bar: hundredths of a percent.
const BAR: u64 = 10_000;
/// What somebody takes of it at the least, so that whoever is in a state is seen, however few they are.
const LEAST: u64 = 90;

#[derive(Serialize)]
pub(super) struct Headline {
    /// The count, to be read from afar, and what stands after it.
    pub(super) count: String,
    pub(super) after: &'static str,
    share: String,
    /// What a failover would do, in a sentence.
    meaning: Vec<Words>,
    /// Whether there is anybody to count.
    counted: bool,
    bar: Vec<Segment>,
    bar_told: String,
    /// Causes that strand somebody, of whom nothing says who it is.
    uncounted: Vec<Link>,
    first: Option<First>,
}

/// Some words of a sentence, and whether they are a Region's name, which does not break at its hyphens.
#[derive(Serialize)]
struct Words {
    text: String,
    region: bool,
}

#[derive(Serialize)]
struct Segment {
    state: &'static str,
    label: &'static str,
    count: String,
    /// Whether anybody is in it.
    filled: bool,
    /// Where it begins and how wide it is, in percent: `93.64%`.
    x: String,
    width: String,
}

/// What to do first.
#[derive(Serialize)]
struct First {
    link: Link,
    /// What fixes it.
    remedy: String,
    /// The rule, and whom it touches.
    about: String,
}

impl Maker<'_, '_> {
    pub(super) fn headline(&self, of: &Of<'_, '_>, facts: &v1::Pair<'_, (), ()>, causes: &Causes) -> Headline {
        let readiness = &of.pair.readiness;
        let (count, after) = outcome::headline(readiness);
        let regions = [shown(&facts.primary.region), shown(&facts.standby.region)];
        let (bar, bar_told) = bar(of.pair);
        let uncounted = causes.fails.iter().chain(&causes.waived).filter(|cause| cause.uncounted);
        Headline {
            count,
            after,
            share: share(readiness.ready, readiness.users),
            meaning: words(&meaning(readiness, &regions[0], &regions[1]).unwrap_or_default(), &regions),
            counted: readiness.users > 0,
            bar,
            bar_told,
            uncounted: uncounted.map(|cause| self.link(of, cause)).collect(),
            first: self.first(of, causes),
        }
    }

    /// A way to a cause, by what it says.
    fn link(&self, of: &Of<'_, '_>, cause: &Cause) -> Link {
        let first = cause.findings[0];
        Link {
            anchor: of.anchors[first as usize].clone(),
            text: text::sentence(self.run.meta(&of.pair.findings[first as usize]).summary),
        }
    }

    /// The cause that touches the most people; where none touches anybody, what must be read before anybody can tell.
    fn first(&self, of: &Of<'_, '_>, causes: &Causes) -> Option<First> {
        let fails = causes.fails.first();
        let missing = || causes.blind.iter().filter(|blind| blind.inconclusive);
        // What hides people comes before what hides things.
        let blind = missing()
            .find(|blind| Some(blind.why) == of.pair.readiness.hidden)
            .or_else(|| missing().find(|blind| blind.subjects > 0))
            .or_else(|| missing().next());
        let (position, link, touched) = match (fails, blind) {
            (Some(cause), _) if cause.touch() != Touch::Nobody => {
                (cause.findings[0], self.link(of, cause), super::cause::effect(cause).1)
            }
            (_, Some(blind)) => {
                let position = blind.findings[0];
                let link = Link {
                    anchor: of.anchors[position as usize].clone(),
                    text: super::unseen::title(self.run.estate, blind.why),
                };
                (position, link, super::unseen::hides(blind))
            }
            (Some(cause), None) => (cause.findings[0], self.link(of, cause), super::cause::effect(cause).1),
            (None, None) => return None,
        };
        let finding = &of.pair.findings[position as usize];
        let worded = self.run.word(of.pair, finding);
        let rule = format!("{} {}", worded.meta.id, worded.meta.name);
        // One subject's own fix is better than the rule's; of several the rule's holds for all.
        let alone = fails.is_none_or(|cause| cause.findings.len() == 1) || finding.unknown.is_some();
        let remedy = worded.wording.remedy.filter(|_| alone);
        Some(First {
            link,
            remedy: shown(remedy.as_deref().unwrap_or(worded.meta.remedy)),
            about: if touched.is_empty() { rule } else { format!("{touched} · {rule}") },
        })
    }
}

/// What a failover would do, worst first; nothing where nobody was counted.
fn meaning(readiness: &Readiness, primary: &str, standby: &str) -> Option<String> {
    let people = |count: u32| counted(count.into(), "person", "people");
    let mut parts = Vec::new();
    if readiness.stranded > 0 {
        parts.push(format!("{} would not reach a working desktop in {standby}", people(readiness.stranded)));
    }
    match readiness.unknown {
        0 => {}
        unknown if parts.is_empty() => parts
            .push(format!("nobody can tell whether {} would reach a working desktop in {standby}", people(unknown))),
        unknown => parts.push(format!("of {} nobody can tell", number(unknown.into()))),
    }
    match readiness.degraded {
        0 => {}
        degraded if parts.is_empty() => {
            parts.push(format!("{} would work in {standby}, and worse than before", people(degraded)));
        }
        degraded => parts.push(format!("{} would work worse than before", number(degraded.into()))),
    }
    if parts.is_empty() && readiness.users > 0 {
        let everybody = if readiness.users == 1 {
            "the one person is".to_owned()
        } else {
            format!("all {} are", people(readiness.users))
        };
        parts.push(format!("{everybody} configured to land on a working desktop in {standby}"));
    }
    let last = parts.pop()?;
    let told = match parts.len() {
        0 => last,
        1 => format!("{} and {last}", parts[0]),
        _ => format!("{}, and {last}", parts.join(", ")),
    };
    Some(format!("If {primary} went away now, {told}."))
}

/// A sentence's words, with the Regions that it names apart.
fn words(mut sentence: &str, regions: &[String; 2]) -> Vec<Words> {
    let mut words = Vec::new();
    let mut push = |text: &str, region| {
        if !text.is_empty() {
            words.push(Words { text: text.to_owned(), region });
        }
    };
    let next = |text: &str| {
        let named = regions.iter().filter(|region| !region.is_empty());
        named.filter_map(|region| text.find(region.as_str()).map(|at| (at, region))).min()
    };
    while let Some((at, region)) = next(sentence) {
        push(&sentence[..at], false);
        push(region, true);
        sentence = &sentence[at + region.len()..];
    }
    push(sentence, false);
    words
}

/// In how many of several pairs people would not work, in a sentence; nothing where there is one.
pub(super) fn across(pairs: &[&Readiness]) -> Option<String> {
    if pairs.len() < 2 {
        return None;
    }
    let count = |holds: fn(&Readiness) -> bool| pairs.iter().filter(|pair| holds(pair)).count() as u64;
    let of = |count: u64| format!("{} of {} pairs", number(count), number(pairs.len() as u64));
    let strands = count(|pair| pair.stranded > 0 || !pair.uncounted.is_empty());
    let untold = count(|pair| pair.unknown > 0 || pair.hidden.is_some());
    Some(match (strands, untold) {
        (0, 0) => "A failover now would strand nobody in any pair.".to_owned(),
        (0, untold) => format!("In {} nobody can tell whom a failover now would strand.", of(untold)),
        (strands, _) => format!("A failover now would strand people in {}.", of(strands)),
    })
}

/// `96.2%`; never 100% while somebody is left, never 0% while somebody is ready.
pub(in crate::html) fn share(ready: u32, users: u32) -> String {
    if users == 0 {
        return String::new();
    }
    let tenths = u64::from(ready) * 1_000 / u64::from(users);
    match tenths {
        0 if ready > 0 => "under 0.1%".to_owned(),
        _ if tenths.is_multiple_of(10) => format!("{}%", tenths / 10),
        _ => format!("{}.{}%", tenths / 10, tenths % 10),
    }
}

/// The bar's parts, and what they say.
fn bar(pair: &PairRun<'_>) -> (Vec<Segment>, String) {
    let readiness = &pair.readiness;
    let states = [
        (State::Ready, "ready", readiness.ready),
        (State::Degraded, "degraded", readiness.degraded),
        (State::Unknown, "cannot be told", readiness.unknown),
        (State::Stranded, "stranded", readiness.stranded),
    ];
    let least = |count: u32| if count > 0 { LEAST } else { 0 };
    let reserved: u64 = states.iter().map(|(.., count)| least(*count)).sum();
    let users = u64::from(readiness.users.max(1));
    let last = states.iter().rposition(|(.., count)| *count > 0);
    let percent = |units: u64| format!("{}.{:02}%", units / 100, units % 100);
    let mut x = 0;
    let mut segments = Vec::new();
    for (at, (state, label, count)) in states.into_iter().enumerate() {
        let share = least(count) + (BAR - reserved) * u64::from(count) / users;
        // What rounding leaves over goes to the last part that is there.
        let width = if Some(at) == last { BAR - x } else { share };
        segments.push(Segment {
            state: state.as_str(),
            label,
            count: number(count.into()),
            filled: count > 0,
            x: percent(x),
            width: percent(width),
        });
        x += width;
    }
    let told: Vec<String> = segments.iter().map(|segment| format!("{} {}", segment.count, segment.label)).collect();
    (segments, told.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use deskpair_rules::model::Unknown;

    fn readiness(change: impl FnOnce(&mut Readiness)) -> Readiness {
        let mut readiness = Readiness::default();
        change(&mut readiness);
        readiness
    }

    fn told(ready: u32, degraded: u32, stranded: u32, unknown: u32) -> Option<String> {
        let users = ready + degraded + stranded + unknown;
        let readiness = readiness(|all| {
            (all.users, all.ready, all.degraded, all.stranded, all.unknown) =
                (users, ready, degraded, stranded, unknown)
        });
        meaning(&readiness, "A", "B").map(|told| told.trim_start_matches("If A went away now, ").to_owned())
    }

    #[test]
    fn regions_are_words_of_their_own() {
        let regions = ["us-east-1".to_owned(), "us-west-2".to_owned()];
        let told = words("If us-east-1 went, all reach us-west-2.", &regions);
        let told: Vec<(&str, bool)> = told.iter().map(|words| (words.text.as_str(), words.region)).collect();
        let expected =
            [("If ", false), ("us-east-1", true), (" went, all reach ", false), ("us-west-2", true), (".", false)];
        assert_eq!(told, expected);
        assert!(words("", &regions).is_empty());
        assert_eq!(words("nowhere", &[String::new(), String::new()]).len(), 1);
    }

    #[test]
    fn several_pairs_are_told_by_the_worst() {
        let stranded = readiness(|all| (all.stranded, all.unknown) = (1, 1));
        let unnamed = readiness(|all| all.uncounted.push(0));
        let unknown = readiness(|all| all.unknown = 1);
        let hidden = readiness(|all| all.hidden = Some(Unknown::Undetermined("")));
        let ready = Readiness::default();
        let told = |pairs: &[&Readiness]| across(pairs).unwrap_or_default();
        assert_eq!(told(&[&stranded]), "");
        assert_eq!(told(&[&stranded, &unnamed, &ready]), "A failover now would strand people in 2 of 3 pairs.");
        assert_eq!(told(&[&unknown, &hidden]), "In 2 of 2 pairs nobody can tell whom a failover now would strand.");
        assert_eq!(told(&[&ready, &ready]), "A failover now would strand nobody in any pair.");
    }

    #[test]
    fn a_failover_is_told_worst_first() {
        let cases = [
            ((0, 0, 0, 0), None),
            ((1, 0, 0, 0), Some("the one person is configured to land on a working desktop in B.")),
            ((5000, 0, 0, 0), Some("all 5,000 people are configured to land on a working desktop in B.")),
            ((1, 0, 1, 0), Some("1 person would not reach a working desktop in B.")),
            ((1, 2, 8, 0), Some("8 people would not reach a working desktop in B and 2 would work worse than before.")),
            (
                (1, 2, 8, 3),
                Some(
                    "8 people would not reach a working desktop in B, of 3 nobody can tell, and 2 would work worse than before.",
                ),
            ),
            ((1, 0, 0, 9), Some("nobody can tell whether 9 people would reach a working desktop in B.")),
            ((1, 1, 0, 0), Some("1 person would work in B, and worse than before.")),
        ];
        for ((ready, degraded, stranded, unknown), expected) in cases {
            assert_eq!(told(ready, degraded, stranded, unknown).as_deref(), expected);
        }
    }
}
