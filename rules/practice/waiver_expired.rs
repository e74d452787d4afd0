//! OPS-003: what was accepted until a day, and that day has come. A waiver that has ended covers nothing any more: its fails count at the
//! gate again, and whoever owns it must decide again.

use super::accepted::{self, NONE};
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::{Moment, PairView, Subject};
use crate::rule::{Rule, Sheet, Wording};

/// OPS-003 waiver-expired.
pub(super) struct WaiverExpired;

const SOON: usize = 4;

const fn case(key: &'static str, severity: Severity) -> Case {
    Case { key, severity, effect: Effect::None, uncounted: false }
}

static META: Meta = Meta {
    id: "OPS-003",
    name: "waiver-expired",
    area: Area::Practice,
    summary: "a waiver or an attestation has ended, or will end soon",
    // Each as bad as the rule that it is of.
    cases: &[
        case("critical", Severity::Critical),
        case("high", Severity::High),
        case("medium", Severity::Medium),
        case("low", Severity::Low),
        case("soon", Severity::Low),
    ],
    // They answer for what touches people, and touch nobody themselves.
    reach: Reach::Desktop,
    implies: &[],
    needs: &[],
    controls: &[controls::REL13_BP04, controls::EUCREL07, controls::CM_3, controls::CM_6, controls::A_5_30],
    remedy: "Fix what was accepted, and take the waiver out of the configuration; or have its owner decide again, and give it another end. \
             An attestation needs somebody to look again.",
    options: &[("warn_days", "how many days before its end a waiver or an attestation is told, 14 unless set")],
    doc: include_str!("waiver_expired.md"),
};

const DAY_SECS: i64 = 86_400;

/// From when on an end is told beforehand.
fn warned(pair: &PairView<'_>) -> Moment {
    let option = pair.estate.settings.rules.get(META.id).and_then(|rule| rule.options.get("warn_days"));
    let days = option.and_then(serde_json::Value::as_i64).unwrap_or(14);
    Moment::from_secs(pair.judged_at.secs().saturating_add(days.saturating_mul(DAY_SECS)))
}

/// The case of an ended waiver of a rule: as bad as the rule, as configured.
fn ended(pair: &PairView<'_>, rule: &str) -> usize {
    let configured = pair.estate.settings.rules.get(rule).and_then(|rule| rule.severity);
    let declared = || crate::find(rule).map(|rule| rule.meta().severity());
    match configured.or_else(declared).unwrap_or(Severity::Low) {
        Severity::Critical => 0,
        Severity::High => 1,
        Severity::Medium => 2,
        Severity::Low => 3,
    }
}

impl Rule for WaiverExpired {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn is_late(&self) -> bool {
        true
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let warned = warned(pair);
        for accepted in accepted::all(pair) {
            if accepted.waiver.expires <= pair.judged_at {
                sheet.fail(accepted.subject, ended(pair, &accepted.waiver.rule));
            } else if accepted.waiver.expires <= warned {
                sheet.fail(accepted.subject, SOON);
            } else {
                sheet.pass();
            }
        }
        if sheet.is_empty() {
            sheet.not_applicable(NONE);
        }
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, case: usize) -> Wording {
        let Some(accepted) = accepted::one(pair, subject) else { return Wording::default() };
        let (kind, waiver) = (accepted.kind, accepted.waiver);
        let about = waiver.subject.as_ref().map_or_else(String::new, |subject| format!(" on {subject}"));
        let ends = accepted::day(waiver.expires);
        let days = (waiver.expires.secs() - pair.judged_at.secs()).abs() / DAY_SECS;
        let when = match (case == SOON, days) {
            (true, 0) => format!("ends on {ends}, within a day"),
            (true, 1) => format!("ends on {ends}, in a day"),
            (true, days) => format!("ends on {ends}, in {days} days"),
            (false, 0) => format!("has ended on {ends}, less than a day ago"),
            (false, 1) => format!("has ended on {ends}, a day ago"),
            (false, days) => format!("has ended on {ends}, {days} days ago"),
        };
        let article = if kind == "waiver" { "the waiver" } else { "the attestation" };
        Wording::new(format!("{article} of {}{about} by {} {when}: {}", waiver.rule, waiver.owner, waiver.reason))
            .fixed_by(format!("{} Its owner: {}.", META.remedy, waiver.owner))
    }
}

#[cfg(test)]
mod tests {
    use super::super::accepted::tests::{said, waiver};
    use super::*;
    use crate::fixture::{Fixture, TAKEN_AT};
    use crate::model::settings::RuleSettings;

    fn at(days: i64) -> Moment {
        Moment::from_secs(TAKEN_AT.secs() + days * DAY_SECS)
    }

    /// A clean company with one waiver that ends so many days after it was taken.
    fn ending(rule: &str, days: i64) -> Fixture {
        let mut fixture = Fixture::clean();
        fixture.estate.settings.waivers.push(waiver(rule, Some("web"), at(days)));
        fixture
    }

    #[test]
    fn passes_long_before_the_end() {
        assert_eq!(said(&ending("BRD-002", 15), "OPS-003"), (1, vec![]));
    }

    #[test]
    fn warns_before_the_end_and_fails_from_it_on_as_badly_as_the_waived_rule() {
        for (rule, days, key) in [
            ("BRD-002", 14, "soon"),
            ("BRD-002", 1, "soon"),
            ("BRD-002", 0, "low"),
            ("BRD-001", -1, "medium"),
            ("IMG-001", -40, "high"),
            ("WSP-001", -1, "critical"),
            ("NIX-999", -1, "low"),
        ] {
            let name = format!("{key} {rule} web");
            assert_eq!(said(&ending(rule, days), "OPS-003"), (0, vec![name]), "{rule} {days}");
        }
    }

    #[test]
    fn the_waived_rules_severity_is_the_configured_one_and_the_warning_may_come_at_another_time() {
        let mut fixture = ending("BRD-002", -1);
        let severity = Some(Severity::Critical);
        fixture
            .estate
            .settings
            .rules
            .insert("BRD-002".to_owned(), RuleSettings { severity, ..RuleSettings::default() });
        assert_eq!(said(&fixture, "OPS-003"), (0, vec!["critical BRD-002 web".to_owned()]));
        let mut fixture = ending("BRD-002", 14);
        let options = [("warn_days".to_owned(), 7.into())].into();
        fixture.estate.settings.rules.insert("OPS-003".to_owned(), RuleSettings { options, ..RuleSettings::default() });
        assert_eq!(said(&fixture, "OPS-003"), (1, vec![]));
    }

    #[test]
    fn attestations_end_too() {
        let mut fixture = Fixture::clean();
        fixture.estate.settings.attestations.push(waiver("SEC-017", None, at(-2)));
        assert_eq!(said(&fixture, "OPS-003"), (0, vec!["high SEC-017".to_owned()]));
    }

    #[test]
    fn who_accepted_what_and_until_when_is_said() {
        for (days, when) in [
            (3, "ends on 2026-01-04, in 3 days"),
            (1, "ends on 2026-01-02, in a day"),
            (0, "has ended on 2026-01-01, less than a day ago"),
            (-1, "has ended on 2025-12-31, a day ago"),
            (-9, "has ended on 2025-12-23, 9 days ago"),
        ] {
            let fixture = ending("BRD-002", days);
            let run = fixture.run(crate::registry());
            let pair = &run.pairs[0];
            let finding = pair.findings.iter().find(|finding| run.meta(finding).id == "OPS-003").expect("it fails");
            let message = run.word(pair, finding).wording.message;
            let wanted = format!("the waiver of BRD-002 on web by euc-team@example.com {when}: web access is closed");
            assert_eq!(message.replace(&accepted::day(at(days)), &when[when.find("20").unwrap()..][..10]), wanted);
            assert_eq!(finding.people, 0, "it touches nobody by itself");
        }
    }

    #[test]
    fn does_not_apply_where_nothing_was_accepted() {
        assert_eq!(Fixture::clean().judge(&WaiverExpired).reasons(), [NONE]);
        assert_eq!(said(&Fixture::clean(), "OPS-003"), (0, vec![]));
    }
}
