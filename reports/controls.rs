//! The frameworks that a run was asked to show, in words: the same in every format.

use crate::text::counted;
use deskpair_rules::controls::Framework;
use deskpair_rules::engine::Run;
use deskpair_rules::frameworks::{Assessed, Standing, assess};

/// Rules named behind a control.
const MOST_RULES: usize = 8;

/// What a table of controls does not say.
pub(crate) const CAVEAT: &str =
    "A control is satisfied as far as deskpair's rules are evidence for it: the rest of it is an auditor's.";

/// Every framework that was asked for, with its controls.
pub(crate) fn asked<'r>(run: &'r Run<'_>) -> impl Iterator<Item = (Framework, Vec<Assessed>)> + 'r {
    run.options.frameworks.iter().map(|&framework| (framework, assess(run, framework)))
}

/// How a control stands: "not satisfied (waived)".
pub(crate) fn standing(assessed: &Assessed) -> String {
    let waived = if assessed.waived { " (waived)" } else { "" };
    format!("{}{waived}", assessed.standing.phrase())
}

/// The rules that make it stand so, or why no rule does.
pub(crate) fn behind(assessed: &Assessed) -> String {
    if let Some(why) = assessed.out_of_reach {
        return why.to_owned();
    }
    let alike: Vec<&str> =
        assessed.rules.iter().filter(|(_, standing)| *standing == assessed.standing).map(|(meta, _)| meta.id).collect();
    let more = match alike.len().saturating_sub(MOST_RULES) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let named = alike[..alike.len().min(MOST_RULES)].join(", ");
    let of = match assessed.standing {
        Standing::NotSatisfied | Standing::Unknown => {
            format!(", of {}", counted(assessed.rules.len() as u64, "rule", "rules"))
        }
        Standing::Satisfied | Standing::NotApplicable | Standing::OutOfReach => String::new(),
    };
    format!("{named}{more}{of}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{File, samples, samples::written};
    use deskpair_rules::engine::{Options, evaluate};

    #[test]
    fn every_form_shows_what_was_asked_for_and_nothing_else() {
        let fixture = samples::drifted();
        let options = Options { frameworks: [Framework::Nist80053].into(), ..Options::at(fixture.estate.taken_at) };
        let run = evaluate(&fixture.estate, options);
        let plain = evaluate(&fixture.estate, Options::at(fixture.estate.taken_at));
        assert_eq!(run.id, plain.id, "what is shown alters no verdict");
        let assessed = assess(&run, Framework::Nist80053);
        let failing = assessed.iter().find(|assessed| assessed.control.id == "CP-7").expect("it is of the framework");
        assert_eq!(standing(failing), "not satisfied");
        assert!(behind(failing).contains("WSP-001"), "{}", behind(failing));
        let terminal = |run: &Run<'_>| {
            let mut out = Vec::new();
            crate::terminal::write(run, &[], &mut out).expect("a vector takes everything");
            String::from_utf8(out).expect("text")
        };
        for (with, without) in [
            (written(&run, File::Html), written(&plain, File::Html)),
            (written(&run, File::Markdown), written(&plain, File::Markdown)),
            (terminal(&run), terminal(&plain)),
        ] {
            assert!(with.contains("NIST SP 800-53 r5") && with.contains("not satisfied"), "{with}");
            assert!(!with.contains("SOC 2 (availability)") && !without.contains("NIST SP 800-53 r5"));
        }
        assert_eq!(written(&run, File::Json), written(&plain, File::Json), "it has all of them always");
        assert!(written(&run, File::Json).contains("\"standing\":\"not-satisfied\""));
    }
}
