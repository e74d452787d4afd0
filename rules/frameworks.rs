//! How the controls of a framework stand, from a run's verdicts alone.
//!
//! A fail makes a control not satisfied, a waived one too: to accept a risk is not to satisfy a control. Otherwise whatever was not
//! evaluated makes it unknown, for whatever reason: denied, told by no API, a rule that was not judged or that broke. Only what was judged
//! whole is satisfied, and only as far as rules of deskpair are evidence for it.

use crate::controls::{Control, Framework, out_of_reach};
use crate::engine::{Run, Verdict};
use crate::meta::Meta;
use crate::registry;

/// How a control or a rule stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// Something fails, or its fail is accepted for now.
    NotSatisfied,
    /// Nothing that was judged fails, and something was not judged.
    Unknown,
    /// All was judged, and all of it is in order.
    Satisfied,
    /// There was nothing to compare.
    NotApplicable,
    /// No rule is evidence for it.
    OutOfReach,
}

impl Standing {
    /// The word for it, for machines.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotSatisfied => "not-satisfied",
            Self::Unknown => "unknown",
            Self::Satisfied => "satisfied",
            Self::NotApplicable => "not-applicable",
            Self::OutOfReach => "out-of-reach",
        }
    }

    /// The words for it, for people.
    pub const fn phrase(self) -> &'static str {
        match self {
            Self::NotSatisfied => "not satisfied",
            Self::Unknown => "unknown",
            Self::Satisfied => "satisfied",
            Self::NotApplicable => "not applicable",
            Self::OutOfReach => "out of reach",
        }
    }
}

/// One control, with the rules that are evidence for it.
#[derive(Clone, Debug)]
pub struct Assessed {
    /// The control.
    pub control: Control,
    /// How it stands.
    pub standing: Standing,
    /// Whether waived fails alone make it not satisfied.
    pub waived: bool,
    /// The rules behind it, by id, each with how it stands.
    pub rules: Vec<(&'static Meta, Standing)>,
    /// Why no rule is evidence for it.
    pub out_of_reach: Option<&'static str>,
}

/// How one rule stands on every pair that was judged.
#[derive(Clone, Copy, Default)]
struct Seen {
    fails: bool,
    waived: bool,
    open: bool,
    in_order: bool,
}

impl Seen {
    const fn standing(self) -> Standing {
        if self.fails || self.waived {
            Standing::NotSatisfied
        } else if self.open {
            Standing::Unknown
        } else if self.in_order {
            Standing::Satisfied
        } else {
            Standing::NotApplicable
        }
    }
}

/// Every control of a framework, in its own order.
pub fn assess(run: &Run<'_>, framework: Framework) -> Vec<Assessed> {
    let rules = seen(run);
    framework.controls().map(|control| assessed(control, &rules)).collect()
}

fn assessed(control: Control, rules: &[(&'static Meta, Seen)]) -> Assessed {
    let behind: Vec<&(&'static Meta, Seen)> =
        rules.iter().filter(|(meta, _)| meta.controls.contains(&control)).collect();
    let all = behind.iter().fold(Seen::default(), |all, (_, seen)| Seen {
        fails: all.fails || seen.fails,
        waived: all.waived || seen.waived,
        open: all.open || seen.open,
        in_order: all.in_order || seen.in_order,
    });
    Assessed {
        control,
        standing: if behind.is_empty() { Standing::OutOfReach } else { all.standing() },
        waived: all.waived && !all.fails,
        rules: behind.iter().map(|(meta, seen)| (*meta, seen.standing())).collect(),
        out_of_reach: out_of_reach(control),
    }
}

/// Every rule of the run and of the catalogue, by id. What was not judged is open: nobody looked.
fn seen(run: &Run<'_>) -> Vec<(&'static Meta, Seen)> {
    let judged = run.rules.iter().map(|rule| rule.meta());
    let mut rules: Vec<(&'static Meta, Seen)> = judged
        .enumerate()
        .map(|(at, meta)| {
            let mut seen = Seen { open: run.pairs.is_empty(), ..Seen::default() };
            for tally in run.pairs.iter().filter_map(|pair| pair.tallies.get(at)) {
                seen.in_order |= tally.pass > 0 || tally.attested > 0;
            }
            seen.open |= run.broken.iter().any(|broken| broken.rule == meta.id);
            (meta, seen)
        })
        .collect();
    for finding in run.pairs.iter().flat_map(|pair| &pair.findings) {
        let (_, seen) = &mut rules[usize::from(finding.rule)];
        match finding.verdict {
            Verdict::Fail => seen.fails = true,
            Verdict::Waived => seen.waived = true,
            Verdict::NotEvaluated => seen.open = true,
        }
    }
    let known = |rules: &[(&'static Meta, Seen)], id: &str| rules.iter().any(|(meta, _)| meta.id == id);
    let left_out = registry().iter().map(|rule| rule.meta()).filter(|meta| !known(&rules, meta.id));
    let left_out: Vec<_> = left_out.map(|meta| (meta, Seen { open: true, ..Seen::default() })).collect();
    rules.extend(left_out);
    rules.sort_by_key(|(meta, _)| meta.id);
    rules
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Options, evaluate};
    use crate::fixture::{Fixture, On, TAKEN_AT};
    use crate::model::settings::Waiver;
    use crate::model::{Dataset, Moment};

    fn standing(run: &Run<'_>, id: &str) -> Assessed {
        let mut all = Framework::ALL.into_iter().flat_map(|framework| assess(run, framework));
        all.find(|assessed| assessed.control.id == id).expect("a control of the list")
    }

    #[test]
    fn a_fail_is_not_satisfied_even_when_it_is_waived() {
        let mut fixture = Fixture::clean();
        fixture.remove_desktop(On::Standby, "bert");
        let run = evaluate(&fixture.estate, Options::at(TAKEN_AT));
        let before = standing(&run, "CP-7");
        assert_eq!((before.standing, before.waived), (Standing::NotSatisfied, false));
        assert!(
            before.rules.iter().any(|(meta, standing)| meta.id == "WSP-001" && *standing == Standing::NotSatisfied)
        );
        for rule in registry().iter().map(|rule| rule.meta().id) {
            fixture.estate.settings.waivers.push(Waiver {
                rule: rule.to_owned(),
                subject: None,
                pair: None,
                owner: "euc-team@example.com".to_owned(),
                reason: "it is known".to_owned(),
                expires: Moment::from_secs(TAKEN_AT.secs() + 90 * 86_400),
                drift: None,
            });
        }
        let run = evaluate(&fixture.estate, Options::at(TAKEN_AT));
        let after = standing(&run, "CP-7");
        assert_eq!((after.standing, after.waived), (Standing::NotSatisfied, true));
    }

    #[test]
    fn unknown_is_never_satisfied() {
        let mut fixture = Fixture::clean();
        fixture.declare_roles();
        let control = "A1.3";
        let run = evaluate(&fixture.estate, Options::at(TAKEN_AT));
        let clean = standing(&run, control).standing;
        assert!(matches!(clean, Standing::Satisfied | Standing::NotApplicable), "{clean:?}");
        fixture.deny(On::Standby, Dataset::Workspaces);
        let run = evaluate(&fixture.estate, Options::at(TAKEN_AT));
        assert_eq!(standing(&run, control).standing, Standing::Unknown);
        // A rule that was not judged proves nothing either.
        let fixture = Fixture::clean();
        let options = Options { rules: ["ALS-001".to_owned()].into(), ..Options::at(TAKEN_AT) };
        let run = evaluate(&fixture.estate, options);
        assert_eq!(standing(&run, control).standing, Standing::Unknown);
        let none = Options { pairs: ["nobody".to_owned()].into(), ..Options::at(TAKEN_AT) };
        let run = evaluate(&fixture.estate, none);
        for framework in Framework::ALL {
            for assessed in assess(&run, framework) {
                assert!(matches!(assessed.standing, Standing::Unknown | Standing::OutOfReach), "{assessed:?}");
            }
        }
    }

    #[test]
    fn what_no_rule_reaches_is_said() {
        let fixture = Fixture::clean();
        let run = evaluate(&fixture.estate, Options::at(TAKEN_AT));
        let assessed = standing(&run, "REL13-BP01");
        assert_eq!(assessed.standing, Standing::OutOfReach);
        assert!(assessed.rules.is_empty() && assessed.out_of_reach.is_some());
    }
}
