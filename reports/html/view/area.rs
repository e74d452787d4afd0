//! The catalogue's areas: each at a glance, and what every rule counted.

use super::Of;
use crate::causes::Causes;
use crate::json::v1;
use crate::text::{self, counted, number};
use deskpair_rules::engine::{Run, Verdict};
use deskpair_rules::meta::Area;
use deskpair_rules::model::Unknown;
use serde::Serialize;
use std::collections::BTreeSet;

/// An area at a glance.
#[derive(Serialize)]
pub(super) struct Glance {
    title: &'static str,
    /// `fail`, `unseen`, `waived`, `ok` or `none`: the worst that there is.
    state: &'static str,
    told: String,
    /// What is worst in it.
    anchor: Option<String>,
}

/// What an area's rules counted.
#[derive(Serialize)]
pub(super) struct Coverage {
    title: &'static str,
    rules: String,
    counts: [String; 6],
    clean: bool,
}

/// A rule, and what is said of it.
#[derive(Serialize)]
pub(super) struct RuleRow {
    id: String,
    name: String,
    told: String,
}

/// What is told of a rule, from its worst finding.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    Fails,
    Unread,
    Untold,
    Waived,
    InOrder,
    Idle,
}

/// Every area that was judged, at a glance.
pub(super) fn glances(run: &Run<'_>, of: &Of<'_, '_>, causes: &Causes) -> Vec<Glance> {
    let unread: BTreeSet<u16> = of
        .pair
        .findings
        .iter()
        .filter(|finding| {
            finding.verdict == Verdict::NotEvaluated && !matches!(finding.unknown, Some(Unknown::Unsupported(_)))
        })
        .map(|finding| finding.rule)
        .collect();
    let standing = |at: usize| {
        let tally = &of.pair.tallies[at];
        if tally.fail > 0 {
            Standing::Fails
        } else if unread.contains(&(at as u16)) {
            Standing::Unread
        } else if tally.not_evaluated > 0 {
            Standing::Untold
        } else if tally.waived > 0 {
            Standing::Waived
        } else if tally.pass + tally.attested > 0 {
            Standing::InOrder
        } else {
            Standing::Idle
        }
    };
    let mut glances = Vec::new();
    for area in Area::ALL {
        let mine: Vec<Standing> = run
            .rules
            .iter()
            .enumerate()
            .filter(|(_, rule)| rule.meta().area == area)
            .map(|(at, _)| standing(at))
            .collect();
        if mine.is_empty() {
            continue;
        }
        let anchor = |positions: &[u32]| {
            let mine = positions.iter().find(|&&at| run.meta(&of.pair.findings[at as usize]).area == area)?;
            Some(of.anchors[*mine as usize].clone())
        };
        let fails = causes.fails.iter().find_map(|cause| anchor(&cause.findings[..1]));
        let hidden = || causes.blind.iter().find_map(|blind| anchor(&blind.findings));
        let waived = || causes.waived.iter().find_map(|cause| anchor(&cause.findings[..1]));
        let (state, told) = glance(&mine);
        glances.push(Glance { title: area.title(), state, told, anchor: fails.or_else(hidden).or_else(waived) });
    }
    glances
}

/// What is said of an area whose rules stand so.
fn glance(rules: &[Standing]) -> (&'static str, String) {
    let count = |wanted: Standing| rules.iter().filter(|&&standing| standing == wanted).count() as u64;
    let of = |count: u64| format!("{} of {}", number(count), counted(rules.len() as u64, "rule", "rules"));
    let fails = count(Standing::Fails);
    let (unread, untold) = (count(Standing::Unread), count(Standing::Untold));
    let (waived, in_order) = (count(Standing::Waived), count(Standing::InOrder));
    let mut told = Vec::new();
    for (count, words) in [
        (fails, if fails == 1 { "fails" } else { "fail" }),
        (unread, "not looked at"),
        (untold, "no API tells"),
        (waived, "waived"),
    ] {
        match count {
            0 => {}
            count if told.is_empty() => told.push(format!("{} {words}", of(count))),
            count => told.push(format!("{} {words}", number(count))),
        }
    }
    let state = if fails > 0 {
        "fail"
    } else if unread + untold > 0 {
        "unseen"
    } else if waived > 0 {
        "waived"
    } else if in_order > 0 {
        told.push(format!("{} in order", counted(in_order, "rule", "rules")));
        "ok"
    } else {
        told.push("nothing to compare".to_owned());
        "none"
    };
    (state, told.join(", "))
}

/// What each area's rules counted.
pub(super) fn coverage(rules: &[v1::Rule<'_>]) -> Vec<Coverage> {
    let mut rows = Vec::new();
    for area in Area::ALL {
        let mine: Vec<&v1::Counts> =
            rules.iter().filter(|rule| rule.area == area.code()).map(|rule| &rule.counts).collect();
        if mine.is_empty() {
            continue;
        }
        let sum = |of: fn(&v1::Counts) -> u64| mine.iter().map(|counts| of(counts)).sum::<u64>();
        let counts = [
            sum(|counts| counts.pass),
            sum(|counts| counts.fail),
            sum(|counts| counts.waived),
            sum(|counts| counts.not_evaluated),
            sum(|counts| counts.attested),
            sum(|counts| counts.not_applicable),
        ];
        rows.push(Coverage {
            title: area.title(),
            rules: number(mine.len() as u64),
            clean: counts[1] + counts[2] + counts[3] == 0,
            counts: counts.map(number),
        });
    }
    rows
}

/// The rules that found everything in order.
pub(super) fn passed(rules: &[v1::Rule<'_>]) -> Vec<RuleRow> {
    rows(rules, |rule| {
        let counts = &rule.counts;
        let clean = counts.fail == 0 && counts.not_evaluated == 0 && counts.waived == 0;
        let attested = match counts.attested {
            0 => String::new(),
            attested => format!(", {} attested", number(attested)),
        };
        let told = format!("{} in order{attested}", number(counts.pass));
        (clean && counts.pass + counts.attested > 0).then_some(told)
    })
}

/// The rules that had nothing to compare.
pub(super) fn not_applicable(rules: &[v1::Rule<'_>]) -> Vec<RuleRow> {
    rows(rules, |rule| (rule.counts.not_applicable > 0).then(|| text::sentence(&rule.reasons.join("; "))))
}

fn rows(rules: &[v1::Rule<'_>], told: impl Fn(&v1::Rule<'_>) -> Option<String>) -> Vec<RuleRow> {
    rules
        .iter()
        .filter_map(|rule| {
            told(rule).map(|told| RuleRow { id: rule.id.to_string(), name: rule.name.to_string(), told })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_area_is_as_good_as_its_worst_rule_and_what_was_not_seen_is_never_in_order() {
        use Standing::{Fails, Idle, InOrder, Unread, Untold, Waived};
        let cases: [(&[Standing], &str, &str); 7] = [
            (&[InOrder, InOrder, Idle], "ok", "2 rules in order"),
            (&[Idle], "none", "nothing to compare"),
            (&[InOrder, Untold], "unseen", "1 of 2 rules no API tells"),
            (&[InOrder, Unread, Unread], "unseen", "2 of 3 rules not looked at"),
            (&[InOrder, Waived], "waived", "1 of 2 rules waived"),
            (&[Fails], "fail", "1 of 1 rule fails"),
            (
                &[Fails, Fails, Unread, Untold, Waived, InOrder],
                "fail",
                "2 of 6 rules fail, 1 not looked at, 1 no API tells, 1 waived",
            ),
        ];
        for (rules, state, told) in cases {
            assert_eq!(glance(rules), (state, told.to_owned()));
        }
    }
}
