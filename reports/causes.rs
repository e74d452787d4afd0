//! Findings by cause: a rule's way of failing with all its subjects, what follows from them folded beneath, the most people first.

use deskpair_rules::engine::{Finding, PairRun, Run, Verdict, why_text};
use deskpair_rules::meta::{Effect, Severity};
use deskpair_rules::model::Unknown;
use std::collections::BTreeMap;

/// One way of failing, on one pair.
#[derive(Debug)]
pub(crate) struct Cause {
    /// Positions of its findings, none of which follows from another fail.
    pub(crate) findings: Vec<u32>,
    /// Positions of the findings that follow from those, by rule and case.
    pub(crate) consequences: BTreeMap<(u16, u8), Vec<u32>>,
    pub(crate) severity: Severity,
    pub(crate) effect: Effect,
    /// Whether it strands somebody and nothing says whom.
    pub(crate) uncounted: bool,
    /// How many people it strands or degrades, each once.
    pub(crate) people: u32,
}

/// One reason for which something could not be judged, on one pair.
#[derive(Debug)]
pub(crate) struct Blind {
    pub(crate) why: Unknown,
    /// Positions of its findings, one a rule.
    pub(crate) findings: Vec<u32>,
    pub(crate) subjects: u64,
    /// How many people's readiness it hides, each once.
    pub(crate) people: u32,
    pub(crate) inconclusive: bool,
}

/// A pair's findings by cause.
#[derive(Debug, Default)]
pub(crate) struct Causes {
    pub(crate) fails: Vec<Cause>,
    /// Those that are accepted for now.
    pub(crate) waived: Vec<Cause>,
    /// What could not be judged.
    pub(crate) blind: Vec<Blind>,
}

/// Where a finding belongs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Fail { rule: u16, case: u8 },
    Waived { rule: u16, case: u8 },
    Blind(Unknown),
}

impl Causes {
    pub(crate) fn of(run: &Run<'_>, pair: &PairRun<'_>) -> Self {
        let key = |finding: &Finding| match (finding.verdict, finding.unknown) {
            (Verdict::NotEvaluated, Some(why)) => Key::Blind(why),
            (Verdict::Waived, _) => Key::Waived { rule: finding.rule, case: finding.case },
            (Verdict::Fail | Verdict::NotEvaluated, _) => Key::Fail { rule: finding.rule, case: finding.case },
        };
        let tops: Vec<u32> = (0..pair.findings.len() as u32).map(|at| top(&pair.findings, at)).collect();
        let mut numbers: BTreeMap<Key, usize> = BTreeMap::new();
        for &top in &tops {
            numbers.entry(key(&pair.findings[top as usize])).or_default();
        }
        for (number, (_, place)) in numbers.iter_mut().enumerate() {
            *place = number;
        }
        let homes: Vec<usize> = tops.iter().map(|&top| numbers[&key(&pair.findings[top as usize])]).collect();
        let people = people(pair, &homes, numbers.len());
        let mut members: Vec<Vec<u32>> = vec![Vec::new(); numbers.len()];
        for (at, &home) in homes.iter().enumerate() {
            members[home].push(at as u32);
        }
        let mut causes = Self::default();
        for (key, number) in numbers {
            let (members, people) = (std::mem::take(&mut members[number]), people[number]);
            match key {
                Key::Fail { .. } => causes.fails.push(Cause::of(run, pair, members, &tops, people)),
                Key::Waived { .. } => causes.waived.push(Cause::of(run, pair, members, &tops, people)),
                Key::Blind(why) => {
                    let all = || members.iter().map(|&at| &pair.findings[at as usize]);
                    causes.blind.push(Blind {
                        why,
                        subjects: all().map(|finding| u64::from(finding.subjects)).sum(),
                        inconclusive: all().any(|finding| run.is_inconclusive(finding)),
                        people,
                        findings: members,
                    });
                }
            }
        }
        causes.fails.sort_by_key(|cause| cause.rank());
        causes.waived.sort_by_key(|cause| cause.rank());
        causes.blind.sort_by_cached_key(|blind| {
            (!blind.inconclusive, u32::MAX - blind.people, why_text(run.estate, blind.why))
        });
        causes
    }
}

impl Cause {
    fn of(run: &Run<'_>, pair: &PairRun<'_>, members: Vec<u32>, tops: &[u32], people: u32) -> Self {
        let finding = |at: u32| &pair.findings[at as usize];
        let worst = |of: fn(&deskpair_rules::meta::Case) -> Effect| {
            members.iter().map(|&at| of(run.case(finding(at)))).max().unwrap_or(Effect::None)
        };
        let mut cause = Self {
            severity: members.iter().map(|&at| run.severity(finding(at))).max().unwrap_or(Severity::Low),
            effect: worst(|case| case.effect),
            uncounted: worst(|case| if case.uncounted { case.effect } else { Effect::None }) == Effect::Strands,
            people,
            findings: Vec::new(),
            consequences: BTreeMap::new(),
        };
        for at in members {
            if tops[at as usize] == at {
                cause.findings.push(at);
            } else {
                let of = (finding(at).rule, finding(at).case);
                cause.consequences.entry(of).or_default().push(at);
            }
        }
        cause
    }

    /// What it does to people, which is what causes are ordered by first.
    pub(crate) const fn touch(&self) -> Touch {
        match self.effect {
            Effect::Strands if self.people > 0 => Touch::Strands,
            Effect::Strands if self.uncounted => Touch::StrandsUnnamed,
            Effect::Degrades if self.people > 0 => Touch::Degrades,
            Effect::Strands | Effect::Degrades | Effect::Exposes | Effect::None => Touch::Nobody,
        }
    }

    /// The rank by which causes are ordered: those that strand people, those that strand nobody knows whom, those that degrade people,
    /// then the rest; in each the most people, then the worst, then the rule's order.
    fn rank(&self) -> (Touch, u32, std::cmp::Reverse<Severity>, u32) {
        let first = self.findings.first().copied().unwrap_or(u32::MAX);
        (self.touch(), u32::MAX - self.people, std::cmp::Reverse(self.severity), first)
    }
}

/// What a cause does to people, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Touch {
    /// It strands people who are known.
    Strands,
    /// It strands somebody, and nothing says whom.
    StrandsUnnamed,
    /// It degrades people.
    Degrades,
    /// It keeps nobody who is listed from working as before.
    Nobody,
}

impl Touch {
    /// Every one, the worst first.
    pub(crate) const ALL: [Self; 4] = [Self::Strands, Self::StrandsUnnamed, Self::Degrades, Self::Nobody];
}

/// The fail from which a finding follows in the end; itself where there is none. An accepted fail keeps what follows from it visible.
fn top(findings: &[Finding], start: u32) -> u32 {
    let fails = |at: u32| findings[at as usize].verdict == Verdict::Fail;
    let mut at = start;
    for _ in 0..64 {
        match findings[at as usize].root {
            // Rules whose consequences make a circle must not vanish into one another.
            Some(root) if root == start => return start,
            Some(root) if fails(start) && fails(root) => at = root,
            Some(_) | None => return at,
        }
    }
    start
}

/// How many people each group of findings touches, each person once.
fn people(pair: &PairRun<'_>, homes: &[usize], groups: usize) -> Vec<u32> {
    let readiness = &pair.readiness;
    let mut counts = vec![0_u32; groups];
    let mut last = vec![u32::MAX; groups];
    for person in 0..readiness.states.len() {
        for &cause in readiness.own_causes_of(person) {
            let home = homes[cause as usize];
            if last[home] != person as u32 {
                last[home] = person as u32;
                counts[home] += 1;
            }
        }
    }
    for &cause in &readiness.everybody {
        counts[homes[cause as usize]] = readiness.users;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;
    use deskpair_rules::fixture::On;

    fn ids<'a>(run: &Run<'_>, pair: &PairRun<'_>, causes: &'a [Cause]) -> Vec<(&'static str, &'a Cause)> {
        let id = |cause: &Cause| run.meta(&pair.findings[cause.findings[0] as usize]).id;
        causes.iter().map(|cause| (id(cause), cause)).collect()
    }

    #[test]
    fn the_most_stranded_come_first_and_consequences_are_folded() {
        let fixture = samples::drifted();
        let run = samples::run(&fixture);
        let causes = Causes::of(&run, &run.pairs[0]);
        let fails = ids(&run, &run.pairs[0], &causes.fails);
        let order: Vec<(&str, u32)> = fails.iter().map(|(id, cause)| (*id, cause.people)).collect();
        assert_eq!(order, [("WSP-001", 1), ("IPG-001", 0), ("BND-002", 2)]);
        assert!(fails[1].1.uncounted);
        assert_eq!(fails[1].1.consequences.len(), 1, "IPG-002 follows from IPG-001");
        let waived = ids(&run, &run.pairs[0], &causes.waived);
        assert_eq!((waived[0].0, waived[0].1.people), ("BND-002", 1));
        let blind: Vec<bool> = causes.blind.iter().map(|blind| blind.inconclusive).collect();
        assert_eq!(blind, [true, false]);
    }

    #[test]
    fn nobody_is_counted_twice() {
        let mut fixture = samples::clean();
        // A second desktop of the same person, and no standby for either.
        fixture.add_desktop(On::Primary, "bert", "power");
        fixture.remove_desktop(On::Standby, "bert");
        let run = samples::run(&fixture);
        let causes = Causes::of(&run, &run.pairs[0]);
        let fails = ids(&run, &run.pairs[0], &causes.fails);
        assert_eq!((fails[0].0, fails[0].1.findings.len(), fails[0].1.people), ("WSP-001", 2, 1));
    }

    #[test]
    fn a_circle_of_consequences_stays_visible() {
        let fixture = samples::drifted();
        let mut run = samples::run(&fixture);
        let findings = &mut run.pairs[0].findings;
        let of = |findings: &[Finding], rule: u16| {
            findings.iter().position(|finding| finding.rule == rule).expect("it is there") as u32
        };
        let rule = |id: &str| run.rules.iter().position(|rule| rule.meta().id == id).expect("it is judged") as u16;
        let (missing, differ) = (of(findings, rule("IPG-001")), of(findings, rule("IPG-002")));
        findings[missing as usize].root = Some(differ);
        let causes = Causes::of(&run, &run.pairs[0]);
        let shown: Vec<&str> = ids(&run, &run.pairs[0], &causes.fails).into_iter().map(|(id, _)| id).collect();
        assert!(shown.contains(&"IPG-001") && shown.contains(&"IPG-002"), "{shown:?}");
    }
}
