//! DEP-002: what people need beside their desktop on the primary side must be declared for the standby side too.
//!
//! It reads the configuration alone: whether something answers there is DEP-001's.

use super::NONE_DECLARED;
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::{PairView, Subject};
use crate::rule::{Rule, Sheet, Wording};

/// DEP-002 dependency-only-on-primary.
pub(super) struct DependencyOnlyOnPrimary;

static META: Meta = Meta {
    id: "DEP-002",
    name: "dependency-only-on-primary",
    area: Area::Dependencies,
    summary: "what people need beside their desktop is declared for the primary side alone",
    cases: &[Case { key: "only-on-primary", severity: Severity::Medium, effect: Effect::Degrades, uncounted: false }],
    reach: Reach::Pair,
    implies: &[],
    needs: &[],
    controls: &[
        controls::REL13_BP02,
        controls::EUCREL02,
        controls::CP_2,
        controls::A_5_30,
        controls::A_8_14,
        controls::A1_2,
        controls::ARTICLE_12,
    ],
    remedy: "Make a copy of it that desktops in the standby Region reach, and declare its endpoint as `standby` in `[[pair.dependency]]`; where both \
             sides use the same one, declare it for both.",
    options: &[],
    doc: include_str!("dependency_only_on_primary.md"),
};

const ON_STANDBY_ALONE: &str = "a dependency is declared for the standby side alone";

impl Rule for DependencyOnlyOnPrimary {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        if pair.settings.dependencies.is_empty() {
            sheet.not_applicable(NONE_DECLARED);
        }
        for (at, dependency) in pair.settings.dependencies.iter().enumerate() {
            match (&dependency.primary, &dependency.standby) {
                (Some(_), Some(_)) => sheet.pass(),
                (Some(_), None) => sheet.fail(Subject::Dependency(at as u32), 0),
                (None, _) => sheet.not_applicable(ON_STANDBY_ALONE),
            }
        }
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, _: usize) -> Wording {
        let dependency = match subject {
            Subject::Dependency(at) => pair.settings.dependencies.get(at as usize),
            _ => None,
        };
        let Some(dependency) = dependency else { return Wording::new(META.summary) };
        Wording::new(format!(
            "{} is declared for {} alone: nothing says what people in {} would use",
            dependency.name, pair.settings.primary.region, pair.settings.standby.region
        ))
        .with("Endpoint", "declared", "absent")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;

    #[test]
    fn passes_where_both_sides_are_declared_also_with_the_same_endpoint() {
        assert_eq!(Fixture::clean().verdicts(&DependencyOnlyOnPrimary), (2, vec![]));
        let mut fixture = Fixture::clean();
        let dependency = &mut fixture.pair().dependencies[0];
        dependency.standby.clone_from(&dependency.primary);
        assert_eq!(fixture.verdicts(&DependencyOnlyOnPrimary), (2, vec![]));
    }

    #[test]
    fn fails_where_only_the_primary_is() {
        let mut fixture = Fixture::clean();
        fixture.pair().dependencies[0].standby = None;
        assert_eq!(fixture.verdicts(&DependencyOnlyOnPrimary), (1, vec!["only-on-primary ERP database".to_owned()]));
        let words = fixture.words(&DependencyOnlyOnPrimary);
        assert_eq!(
            words.message,
            "ERP database is declared for us-east-1 alone: nothing says what people in us-west-2 would use"
        );
        assert_eq!((words.drift[0].primary.as_str(), words.drift[0].standby.as_str()), ("declared", "absent"));
        assert_eq!(fixture.run(&[&DependencyOnlyOnPrimary]).pairs[0].readiness.degraded, 3);
    }

    #[test]
    fn does_not_apply_to_what_is_on_the_standby_side_alone_or_not_declared() {
        let mut fixture = Fixture::clean();
        fixture.pair().dependencies[0].primary = None;
        let sheet = fixture.judge(&DependencyOnlyOnPrimary);
        assert_eq!((sheet.passes(), sheet.reasons()), (1, [ON_STANDBY_ALONE].as_slice()));
        fixture.pair().dependencies.clear();
        assert_eq!(fixture.judge(&DependencyOnlyOnPrimary).reasons(), [NONE_DECLARED]);
    }

    /// There is no gap to name: nothing is read but the configuration.
    #[test]
    fn is_judged_without_a_single_answer() {
        let mut fixture = Fixture::clean();
        fixture.estate.probes.clear();
        assert_eq!(fixture.verdicts(&DependencyOnlyOnPrimary), (2, vec![]));
        fixture.pair().dependencies[1].standby = None;
        assert_eq!(fixture.verdicts(&DependencyOnlyOnPrimary).1, ["only-on-primary Intranet"]);
    }
}
