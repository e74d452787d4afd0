//! OPS-007: the role that drills and failovers run as must be allowed what they do, before the day on which they do it.
//!
//! IAM's policy simulator tells it of the role that the configuration declares. It does not call anything.

use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::identity::Decision;
use crate::model::pairing::Located;
use crate::model::permissions::{Question, answer, changes_route53, of_failover, parts_of_role};
use crate::model::{Dataset, Estate, PairView, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};

/// OPS-007 failover-permission.
pub(super) struct FailoverPermission;

/// Positions in the cases.
const DENIED: usize = 0;
const NO_ROLE: usize = 1;

static META: Meta = Meta {
    id: "OPS-007",
    name: "failover-permission",
    area: Area::Practice,
    summary: "the role that failovers run as is denied what a failover calls",
    cases: &[
        Case { key: "denied", severity: Severity::High, effect: Effect::None, uncounted: false },
        Case { key: "no-role", severity: Severity::High, effect: Effect::None, uncounted: false },
    ],
    reach: Reach::Pair,
    implies: &[],
    needs: &[
        Dataset::FailoverPermissions,
        Dataset::Zones,
        Dataset::RecordSets,
        Dataset::Workspaces,
        Dataset::Registrations,
        Dataset::Aliases,
    ],
    controls: &[
        controls::REL13_BP03,
        controls::EUCREL06,
        controls::CP_4,
        controls::CP_10,
        controls::A_5_29,
        controls::A_5_30,
        controls::A1_3,
        controls::ARTICLE_11,
    ],
    remedy: "Allow the role these actions on these resources, in its own policies and in the organization's service control policies.",
    options: &[],
    doc: include_str!("failover_permission.md"),
};

const UNDECLARED: Unknown = Unknown::Unsupported(
    "no API tells as whom a failover will be run: declare the role with `role_arn` in [pair.drill], or attest that it may do what a failover \
     does",
);
const OTHER_ACCOUNT: Unknown = Unknown::Unsupported(
    "the declared drill role is of another account than the standby side, whose identity cannot ask about it: attest that it may do what a \
     failover does",
);
const ZONE_ELSEWHERE: Unknown = Unknown::Unsupported(
    "the alias's zone is in another account than the drill role, so that a simulation of this role says nothing of the flip: attest that a \
     failover may change the record",
);
const UNCERTAIN: Unknown = Unknown::Unsupported(
    "the drill role's policies rest on what real requests alone bring, so that IAM's simulation is not certain: attest that it may do what a \
     failover does",
);
const UNTOLD: Unknown = Unknown::Undetermined("IAM's simulation of the drill role names no decision");

/// What IAM was asked of the declared role, where it could be.
fn asked(pair: &PairView<'_>) -> Option<(String, Vec<Question>)> {
    let at = pair.estate.settings.pairs.iter().position(|settings| std::ptr::eq(settings, pair.settings))?;
    of_failover(pair.estate, at)
}

/// An action on a resource, and what IAM says of it.
type Told<'q> = (&'static str, &'q str, Decision);

/// Everything that was answered, or why not; `None` where there is no such role.
fn told<'q>(pair: &PairView<'_>, role: &str, questions: &'q [Question]) -> Result<Option<Vec<Told<'q>>>, Unknown> {
    let answers = pair.standby.failover_permissions.get(role).ok_or(Estate::NOT_COLLECTED)?.whole()?;
    if answers.is_empty() {
        return Ok(None);
    }
    let mut all = Vec::new();
    for question in questions {
        for action in &question.actions {
            // What another list hid when IAM was asked is not answered.
            let found = answer(answers, action, &question.resource).ok_or(Estate::NOT_COLLECTED)?;
            all.push((*action, question.resource.as_str(), found.decision()));
        }
    }
    Ok(Some(all))
}

/// Why something was not asked about: it was not read, or nobody can tell.
fn unasked(pair: &PairView<'_>, questions: &[Question]) -> Option<Unknown> {
    let desktops = questions.iter().any(|question| question.actions.contains(&"workspaces:StartWorkspaces"));
    match (&pair.standby_directory, pair.standby.workspaces.gap()) {
        (Located::Unknown(why), _) if !desktops => return Some(*why),
        (Located::Found { .. }, Some(gap)) if !desktops => return Some(gap.into()),
        (Located::Found { .. } | Located::Absent | Located::Unknown(_), _) => {}
    }
    if !changes_route53(pair.settings) {
        return None;
    }
    match (&pair.zones.account, &pair.standby.account) {
        (Ok(zones), Ok(standby)) if zones != standby => return Some(ZONE_ELSEWHERE),
        (Err(gap), _) | (_, Err(gap)) => return Some((*gap).into()),
        (Ok(_), Ok(_)) => {}
    }
    let hidden = pair.zones.record_sets.values().find_map(|sets| sets.gap());
    pair.zones.zones.gap().or(hidden).map(Unknown::Gap)
}

impl Rule for FailoverPermission {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let Some(role) = &pair.settings.drill_role_arn else { return sheet.unknown(Subject::Pair, UNDECLARED) };
        match (&pair.standby.account, parts_of_role(role)) {
            (Err(gap), _) => return sheet.unknown(Subject::Pair, *gap),
            (Ok(ours), Some((_, theirs))) if ours == theirs => {}
            (Ok(_), _) => return sheet.unknown(Subject::Pair, OTHER_ACCOUNT),
        }
        let Some((role, questions)) = asked(pair) else { return sheet.unknown(Subject::Pair, UNTOLD) };
        let told = match told(pair, &role, &questions) {
            Ok(Some(told)) => told,
            Ok(None) => return sheet.fail(Subject::Pair, NO_ROLE),
            Err(why) => return sheet.unknown(Subject::Pair, unasked(pair, &questions).unwrap_or(why)),
        };
        let any = |wanted: fn(&Decision) -> bool| told.iter().any(|(_, _, decision)| wanted(decision));
        let why = if any(|decision| *decision == Decision::Untold) {
            Some(UNTOLD)
        } else if any(|decision| *decision == Decision::Uncertain) {
            Some(UNCERTAIN)
        } else {
            None
        };
        // One that is denied is, whatever else was not asked.
        match (any(|decision| matches!(decision, Decision::Denied(_))), unasked(pair, &questions).or(why)) {
            (true, _) => sheet.fail(Subject::Pair, DENIED),
            (false, Some(why)) => sheet.unknown(Subject::Pair, why),
            (false, None) => sheet.pass(),
        }
    }

    fn word(&self, pair: &PairView<'_>, _: Subject, case: usize) -> Wording {
        let Some((role, questions)) = asked(pair) else { return Wording::new(META.summary) };
        if case == NO_ROLE {
            return Wording::new(format!("IAM knows no role {role}, which failovers are declared to run as")).with(
                "PolicySourceArn",
                "",
                "NoSuchEntity",
            );
        }
        let told = told(pair, &role, &questions).ok().flatten().unwrap_or_default();
        let denied: Vec<(&str, &str, &str)> = told
            .iter()
            .filter_map(|(action, resource, decision)| match decision {
                Decision::Denied(why) => Some((*action, *resource, *why)),
                Decision::Allowed | Decision::Uncertain | Decision::Untold => None,
            })
            .collect();
        let named: Vec<String> = denied.iter().map(|(action, resource, _)| format!("{action} on {resource}")).collect();
        let message =
            format!("by IAM's simulation the role {role} may not do what a failover does: {}", named.join(", "));
        denied
            .iter()
            .zip(named)
            .fold(Wording::new(message), |wording, ((_, _, why), named)| wording.with(named, "", *why))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::identity::{OrganizationsDecision, Simulated};
    use crate::model::settings::DnsProvider;

    fn declared() -> Fixture {
        let mut fixture = Fixture::clean();
        fixture.declare_roles();
        fixture
    }

    fn told(action: &str, change: impl Fn(&mut Simulated)) -> Fixture {
        let mut fixture = declared();
        let told = fixture.side(On::Standby).failover_permissions.get_mut(Fixture::DRILL_ROLE).expect("asked");
        let found = told.items_mut().iter_mut().find(|one| one.eval_action_name == action);
        change(found.unwrap_or_else(|| panic!("{action} was not asked about")));
        fixture
    }

    fn denied(action: &str) -> Fixture {
        told(action, |one| one.eval_decision = "implicitDeny".to_owned())
    }

    fn unknowns(fixture: &Fixture) -> Vec<(Subject, Unknown)> {
        fixture.judge(&FailoverPermission).unknowns().to_vec()
    }

    #[test]
    fn passes_for_a_role_that_may_do_all() {
        assert_eq!(declared().verdicts(&FailoverPermission), (1, vec![]));
    }

    #[test]
    fn fails_for_each_action_that_is_denied_and_names_it() {
        for (action, resource) in [
            ("route53:ChangeResourceRecordSets", "arn:aws:route53:::hostedzone/Z0CORP"),
            ("route53:ListResourceRecordSets", "arn:aws:route53:::hostedzone/Z0CORP"),
            ("route53:GetHostedZone", "arn:aws:route53:::hostedzone/Z0CORP"),
            ("route53:ListHostedZones", "*"),
            ("route53:ListHealthChecks", "*"),
            ("ds:DescribeDirectories", "*"),
            ("workspaces:DescribeWorkspaceDirectories", "*"),
            ("route53:GetChange", "arn:aws:route53:::change/C00000000000000000000"),
            ("workspaces:StartWorkspaces", "arn:aws:workspaces:us-west-2:111122223333:workspace/ws-sanna"),
            ("workspaces:StopWorkspaces", "arn:aws:workspaces:us-west-2:111122223333:workspace/ws-sanna"),
            ("workspaces:DescribeWorkspaces", "*"),
            ("workspaces:DescribeWorkspacesConnectionStatus", "*"),
            ("workspaces:DescribeConnectionAliases", "*"),
        ] {
            let fixture = denied(action);
            assert_eq!(fixture.verdicts(&FailoverPermission), (0, vec!["denied corp".to_owned()]));
            let words = fixture.words(&FailoverPermission);
            assert!(words.message.ends_with(&format!("{action} on {resource}")), "{}", words.message);
            assert_eq!(words.drift[0].standby, "no policy allows it");
            assert_eq!(fixture.run(&[&FailoverPermission]).pairs[0].readiness.ready, 3);
        }
        let fixture = told("workspaces:StartWorkspaces", |one| {
            one.organizations_decision_detail = Some(OrganizationsDecision { allowed_by_organizations: Some(false) });
        });
        assert!(fixture.words(&FailoverPermission).drift[0].standby.contains("service control policies"));
        let mut fixture = declared();
        fixture.side(On::Standby).failover_permissions.values_mut().for_each(|told| told.items_mut().clear());
        assert_eq!(fixture.verdicts(&FailoverPermission), (0, vec!["no-role corp".to_owned()]));
    }

    #[test]
    fn a_failover_pair_is_flipped_by_its_health_check() {
        let mut fixture = Fixture::clean();
        for sets in fixture.estate.zones[0].record_sets.values_mut() {
            let set = &mut sets.items_mut()[0];
            (set.failover, set.health_check_id) = ("PRIMARY".to_owned(), "hc-1".to_owned());
        }
        fixture.declare_roles();
        assert_eq!(fixture.verdicts(&FailoverPermission), (1, vec![]));
        let told = fixture.side(On::Standby).failover_permissions.get_mut(Fixture::DRILL_ROLE).expect("asked");
        told.items_mut().retain(|one| one.eval_action_name != "route53:UpdateHealthCheck");
        assert_eq!(unknowns(&fixture), [(Subject::Pair, Estate::NOT_COLLECTED.into())], "it is asked about");
    }

    #[test]
    fn what_is_held_elsewhere_is_not_asked_of_route_53() {
        let mut fixture = Fixture::clean();
        fixture.pair().dns.provider = DnsProvider::Rfc2136;
        fixture.declare_roles();
        let told = &fixture.side(On::Standby).failover_permissions[Fixture::DRILL_ROLE];
        assert!(told.items().iter().all(|one| !one.eval_action_name.starts_with("route53:")));
        assert_eq!(fixture.verdicts(&FailoverPermission), (1, vec![]));
        let mut fixture = Fixture::clean();
        fixture.estate.zones[0].account = Ok("444455556666".to_owned());
        fixture.declare_roles();
        assert_eq!(unknowns(&fixture), [(Subject::Pair, ZONE_ELSEWHERE)]);
    }

    #[test]
    fn an_uncertain_simulation_is_no_pass() {
        let fixture = told("workspaces:StartWorkspaces", |one| {
            one.missing_context_values = vec!["aws:ResourceTag/Role".to_owned()];
        });
        assert_eq!(unknowns(&fixture), [(Subject::Pair, UNCERTAIN)]);
        let fixture = told("route53:GetChange", |one| one.eval_decision.clear());
        assert_eq!(unknowns(&fixture), [(Subject::Pair, UNTOLD)]);
    }

    #[test]
    fn a_role_that_nobody_declares_is_to_be_attested() {
        assert_eq!(unknowns(&Fixture::clean()), [(Subject::Pair, UNDECLARED)]);
        let mut fixture = declared();
        fixture.side(On::Standby).account = Ok("444455556666".to_owned());
        assert_eq!(unknowns(&fixture), [(Subject::Pair, OTHER_ACCOUNT)]);
        let gap = fixture.gap("sts", "GetCallerIdentity");
        fixture.side(On::Standby).account = Err(gap);
        assert_eq!(unknowns(&fixture), [(Subject::Pair, Unknown::Gap(gap))]);
    }

    #[test]
    fn denied_calls_are_named() {
        declared().assert_gaps_are_no_passes(&FailoverPermission);
        denied("workspaces:DescribeWorkspaces").assert_gaps_are_no_passes(&FailoverPermission);
    }
}
