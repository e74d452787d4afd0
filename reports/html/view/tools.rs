//! What the page can be narrowed down to, with how much each choice would leave.

use super::pair::Pair;
use deskpair_rules::meta::{Area, Severity};
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct Tools {
    all: usize,
    severities: Vec<Choice>,
    areas: Vec<Choice>,
    verdicts: Vec<Choice>,
    pairs: Vec<Choice>,
}

#[derive(Serialize)]
struct Choice {
    value: String,
    label: String,
    count: usize,
}

/// One foldable part of the page.
struct Part<'a> {
    pair: usize,
    severity: Option<&'a str>,
    areas: Vec<&'a str>,
    verdict: &'a str,
}

impl Tools {
    pub(super) fn of(pairs: &[Pair]) -> Self {
        let parts: Vec<Part<'_>> = pairs.iter().flat_map(parts).collect();
        let choice = |value: &str, label: &str, holds: &dyn Fn(&Part<'_>) -> bool| Choice {
            value: value.to_owned(),
            label: label.to_owned(),
            count: parts.iter().filter(|part| holds(part)).count(),
        };
        let named = |part: &Part<'_>, severity: Severity| part.severity == Some(severity.as_str());
        let mut severities = Vec::new();
        // As a gate counts: a severity and what is worse.
        for (place, least) in Severity::ALL.into_iter().enumerate().take(Severity::ALL.len() - 1) {
            let worse = &Severity::ALL[..=place];
            let label = if place == 0 { least.as_str().to_owned() } else { format!("{least} and above") };
            let holds = |part: &Part<'_>| worse.iter().any(|&severity| named(part, severity));
            severities.push(choice(least.as_str(), &label, &holds));
        }
        let area = |area: Area| choice(area.code(), area.title(), &|part: &Part<'_>| part.areas.contains(&area.code()));
        let verdict = |value: &str, label: &str| choice(value, label, &|part: &Part<'_>| part.verdict == value);
        Self {
            all: parts.len(),
            severities,
            areas: Area::ALL.into_iter().map(area).filter(|choice| choice.count > 0).collect(),
            verdicts: vec![
                verdict("fail", "fail"),
                verdict("not-evaluated", "not evaluated"),
                verdict("waived", "waived"),
            ],
            pairs: pairs
                .iter()
                .map(|pair| choice(&pair.number.to_string(), &pair.name, &|part: &Part<'_>| part.pair == pair.number))
                .collect(),
        }
    }
}

fn parts(pair: &Pair) -> Vec<Part<'_>> {
    let causes = pair.groups.iter().flat_map(|group| &group.causes).chain(&pair.waived);
    let causes = causes.map(|cause| Part {
        pair: pair.number,
        severity: Some(cause.severity),
        areas: vec![cause.area],
        verdict: cause.verdict,
    });
    let blind = pair.blind.iter().chain(&pair.unsupported).map(|blind| Part {
        pair: pair.number,
        severity: None,
        areas: blind.areas.split(' ').collect(),
        verdict: "not-evaluated",
    });
    causes.chain(blind).collect()
}
