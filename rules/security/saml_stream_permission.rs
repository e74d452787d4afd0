//! SEC-018: whom the identity provider has signed in must be allowed to open a session on the standby directory.
//!
//! IAM's policy simulator tells it of the role that the configuration declares. What else a real sign-in brings, it does not know.

use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::identity::Decision;
use crate::model::permissions::{Question, answer, of_streaming, parts_of_role, uses_saml};
use crate::model::{Dataset, Estate, PairView, Subject, Unknown};
use crate::registered;
use crate::rule::{Rule, Sheet, Wording};

/// SEC-018 saml-stream-permission.
pub(super) struct SamlStreamPermission;

/// Positions in the cases.
const DENIED: usize = 0;
const NO_ROLE: usize = 1;

static META: Meta = Meta {
    id: "SEC-018",
    name: "saml-stream-permission",
    area: Area::Security,
    summary: "the role that people assume to sign in may not open a session on the standby directory",
    cases: &[
        Case { key: "denied", severity: Severity::Critical, effect: Effect::Strands, uncounted: false },
        Case { key: "no-role", severity: Severity::Critical, effect: Effect::Strands, uncounted: false },
    ],
    reach: Reach::Pair,
    implies: &[],
    needs: &[Dataset::StreamPermissions, Dataset::Registrations, Dataset::Aliases],
    controls: &[
        controls::REL13_BP04,
        controls::EUCREL03,
        controls::CP_10,
        controls::CM_6,
        controls::A_5_29,
        controls::A_5_30,
        controls::ARTICLE_11,
    ],
    remedy: "Allow the role `workspaces:Stream` on the standby directory's ARN beside the primary's, under the condition that the session's user is \
             the desktop's.",
    options: &[],
    doc: include_str!("saml_stream_permission.md"),
};

const OFF: &str = "the standby directory does not use SAML";
const UNDECLARED: Unknown = Unknown::Unsupported(
    "which role people assume to sign in is in the identity provider alone: declare it with `federation_role_arn` in the pair, or attest that \
     it may workspaces:Stream on the standby directory",
);
const OTHER_ACCOUNT: Unknown = Unknown::Unsupported(
    "the declared federation role is of another account than the standby side, whose identity cannot ask about it: attest that people may \
     open sessions on the standby directory",
);
const UNCERTAIN: Unknown = Unknown::Unsupported(
    "the federation role's policies rest on what a real sign-in alone brings, so that IAM's simulation is not certain: attest that the role \
     may workspaces:Stream on the standby directory",
);
const UNTOLD: Unknown = Unknown::Undetermined("IAM's simulation of the federation role names no decision");

/// What IAM was asked of the declared role, where it could be.
fn asked(pair: &PairView<'_>) -> Option<(String, Question)> {
    let at = pair.estate.settings.pairs.iter().position(|settings| std::ptr::eq(settings, pair.settings))?;
    of_streaming(pair.estate, at)
}

/// What IAM says.
fn decision(pair: &PairView<'_>, role: &str, question: &Question) -> Result<Option<Decision>, Unknown> {
    let told = pair.standby.stream_permissions.get(role).ok_or(Estate::NOT_COLLECTED)?.whole()?;
    if told.is_empty() {
        return Ok(None);
    }
    let found = question.actions.first().and_then(|action| answer(told, action, &question.resource));
    // Another pair's question about this role was answered, and this one was not asked.
    found.map_or(Err(Estate::NOT_COLLECTED.into()), |found| Ok(Some(found.decision())))
}

impl Rule for SamlStreamPermission {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let Some((_, s)) = registered::both(pair, sheet) else { return };
        if !s.saml_properties.as_ref().is_some_and(|saml| uses_saml(&saml.status)) {
            return sheet.not_applicable(OFF);
        }
        let Some(role) = &pair.settings.federation_role_arn else {
            return sheet.unknown(Subject::Directories, UNDECLARED);
        };
        match (&pair.standby.account, parts_of_role(role)) {
            (Err(gap), _) => return sheet.unknown(Subject::Directories, *gap),
            (Ok(ours), Some((_, theirs))) if ours == theirs => {}
            (Ok(_), _) => return sheet.unknown(Subject::Directories, OTHER_ACCOUNT),
        }
        let Some((role, question)) = asked(pair) else { return sheet.unknown(Subject::Directories, UNTOLD) };
        match decision(pair, &role, &question) {
            Ok(Some(Decision::Allowed)) => sheet.pass(),
            Ok(Some(Decision::Denied(_))) => sheet.fail(Subject::Directories, DENIED),
            Ok(Some(Decision::Uncertain)) => sheet.unknown(Subject::Directories, UNCERTAIN),
            Ok(Some(Decision::Untold)) => sheet.unknown(Subject::Directories, UNTOLD),
            Ok(None) => sheet.fail(Subject::Directories, NO_ROLE),
            Err(why) => sheet.unknown(Subject::Directories, why),
        }
    }

    fn word(&self, pair: &PairView<'_>, _: Subject, case: usize) -> Wording {
        let Some((role, question)) = asked(pair) else { return Wording::new(META.summary) };
        let region = &pair.settings.standby.region;
        if case == NO_ROLE {
            return Wording::new(format!(
                "IAM knows no role {role}, which people are declared to assume: nobody is signed in to desktops in {region}"
            ))
            .with("PolicySourceArn", "", "NoSuchEntity");
        }
        let why = match decision(pair, &role, &question) {
            Ok(Some(Decision::Denied(why))) => why,
            Ok(_) | Err(_) => "it is denied",
        };
        Wording::new(format!(
            "by IAM's simulation the role {role} may not open sessions on the directory in {region}: {why}"
        ))
        .with(format!("workspaces:Stream on {}", question.resource), "", why)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, HOUR, On, TAKEN_AT};
    use crate::model::Moment;
    use crate::model::identity::{BoundaryDecision, OrganizationsDecision, Simulated};
    use crate::model::settings::Waiver;
    use crate::registered::NOT_BOTH;

    fn declared() -> Fixture {
        let mut fixture = Fixture::clean();
        fixture.declare_roles();
        fixture
    }

    fn told(change: impl Fn(&mut Simulated)) -> Fixture {
        let mut fixture = declared();
        let told = fixture.side(On::Standby).stream_permissions.get_mut(Fixture::FEDERATION_ROLE).expect("asked");
        change(&mut told.items_mut()[0]);
        fixture
    }

    fn decided(decision: &str) -> Fixture {
        told(|one| one.eval_decision = decision.to_owned())
    }

    fn unknowns(fixture: &Fixture) -> Vec<(Subject, Unknown)> {
        fixture.judge(&SamlStreamPermission).unknowns().to_vec()
    }

    fn fails(fixture: &Fixture, case: &str) -> Wording {
        assert_eq!(fixture.verdicts(&SamlStreamPermission), (0, vec![format!("{case} corp.example")]));
        assert_eq!(fixture.run(&[&SamlStreamPermission]).pairs[0].readiness.stranded, 3);
        fixture.words(&SamlStreamPermission)
    }

    #[test]
    fn passes_for_a_role_that_is_allowed() {
        assert_eq!(declared().verdicts(&SamlStreamPermission), (1, vec![]));
        let allowed = told(|one| {
            one.organizations_decision_detail = Some(OrganizationsDecision { allowed_by_organizations: Some(true) });
            one.permissions_boundary_decision_detail =
                Some(BoundaryDecision { allowed_by_permissions_boundary: Some(true) });
        });
        assert_eq!(allowed.verdicts(&SamlStreamPermission), (1, vec![]));
    }

    #[test]
    fn fails_for_every_kind_of_denial() {
        for (fixture, why) in [
            (decided("implicitDeny"), "no policy allows it"),
            (decided("explicitDeny"), "a policy denies it"),
            (
                told(|one| {
                    one.permissions_boundary_decision_detail =
                        Some(BoundaryDecision { allowed_by_permissions_boundary: Some(false) });
                }),
                "permissions boundary",
            ),
            (
                told(|one| {
                    one.organizations_decision_detail =
                        Some(OrganizationsDecision { allowed_by_organizations: Some(false) });
                }),
                "service control policies",
            ),
        ] {
            let words = fails(&fixture, "denied");
            assert!(words.message.contains(why) && words.message.starts_with("by IAM's simulation"), "{words:?}");
            assert!(words.drift[0].path.ends_with("us-west-2:111122223333:directory/d-92670000bb"), "{words:?}");
        }
        let mut fixture = declared();
        fixture.side(On::Standby).stream_permissions.values_mut().for_each(|told| told.items_mut().clear());
        assert!(fails(&fixture, "no-role").message.starts_with("IAM knows no role"));
    }

    #[test]
    fn an_uncertain_simulation_is_no_verdict() {
        for decision in ["allowed", "implicitDeny", "explicitDeny"] {
            let fixture = told(|one| {
                one.eval_decision = decision.to_owned();
                one.missing_context_values = vec!["saml:sub_type".to_owned()];
            });
            assert_eq!(unknowns(&fixture), [(Subject::Directories, UNCERTAIN)], "{decision}");
            assert_eq!(fixture.run(&[&SamlStreamPermission]).pairs[0].readiness.stranded, 0);
        }
        assert_eq!(unknowns(&decided("")), [(Subject::Directories, UNTOLD)]);
        assert_eq!(unknowns(&decided("perhaps")), [(Subject::Directories, UNTOLD)]);
    }

    #[test]
    fn a_role_that_nobody_declares_is_to_be_attested() {
        let mut fixture = Fixture::clean();
        assert_eq!(unknowns(&fixture), [(Subject::Directories, UNDECLARED)]);
        fixture.estate.settings.attestations.push(Waiver {
            rule: META.id.to_owned(),
            subject: None,
            pair: None,
            owner: "identity-team@corp.example".to_owned(),
            reason: "the policy names both directories".to_owned(),
            expires: Moment::from_secs(TAKEN_AT.secs() + HOUR),
            drift: None,
        });
        assert_eq!(fixture.run(&[&SamlStreamPermission]).pairs[0].tallies[0].attested, 1);
        let mut fixture = declared();
        fixture.side(On::Standby).account = Ok("444455556666".to_owned());
        assert_eq!(unknowns(&fixture), [(Subject::Directories, OTHER_ACCOUNT)]);
        let gap = fixture.gap("sts", "GetCallerIdentity");
        fixture.side(On::Standby).account = Err(gap);
        assert_eq!(unknowns(&fixture), [(Subject::Directories, Unknown::Gap(gap))]);
    }

    #[test]
    fn does_not_apply_without_saml() {
        let mut fixture = Fixture::clean();
        fixture.registration(On::Standby).saml_properties.as_mut().expect("set").status = "DISABLED".to_owned();
        assert_eq!(fixture.judge(&SamlStreamPermission).reasons(), [OFF]);
        fixture.registration(On::Standby).saml_properties = None;
        assert_eq!(fixture.judge(&SamlStreamPermission).reasons(), [OFF]);
        fixture.side(On::Standby).registrations.items_mut().clear();
        assert_eq!(fixture.judge(&SamlStreamPermission).reasons(), [NOT_BOTH]);
    }

    #[test]
    fn denied_calls_are_named() {
        declared().assert_gaps_are_no_passes(&SamlStreamPermission);
        decided("implicitDeny").assert_gaps_are_no_passes(&SamlStreamPermission);
    }
}
