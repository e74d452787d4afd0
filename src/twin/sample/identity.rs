//! Who vouches for the company's people, and what its roles may do.

use super::company::ACCOUNT;
use super::directories::authority;
use super::site::{DAY, Site, before};
use deskpair_rules::model::identity::{CertificateAuthority, OrganizationsDecision, Simulated};
use deskpair_rules::model::permissions::{Question, of_failover, of_streaming};
use deskpair_rules::model::{Estate, Moment, Side, Slice};

/// Gives a standby side the CA that its directory names.
pub(super) fn fill_authority(side: &mut Side, site: &Site, taken_at: Moment) {
    let arn = authority(site);
    let authority = CertificateAuthority {
        arn: arn.clone(),
        owner_account: ACCOUNT.to_owned(),
        created_at: Some(before(taken_at, 400 * DAY)),
        last_state_change_at: Some(before(taken_at, 399 * DAY)),
        r#type: "SUBORDINATE".to_owned(),
        serial: site.derived("", 32, "private CA"),
        status: "ACTIVE".to_owned(),
        not_before: Some(before(taken_at, 399 * DAY)),
        not_after: Some(before(taken_at, -(1400 * DAY))),
        key_storage_security_standard: "FIPS_140_2_LEVEL_3_OR_HIGHER".to_owned(),
        usage_mode: "SHORT_LIVED_CERTIFICATE".to_owned(),
        ..CertificateAuthority::default()
    };
    side.certificate_authorities.insert(arn, Slice::whole_of(vec![authority]));
}

/// Has IAM answer what is asked about the pairs' roles, which may do all of it, but for the denials that were planted: of other questions
/// there are no answers.
pub(super) fn settle(estate: &mut Estate) {
    for pair in 0..estate.pairs.len() {
        let streaming = of_streaming(estate, pair).map(|(role, question)| (role, vec![question]));
        let failover = of_failover(estate, pair);
        let side = &mut estate.sides[estate.pairs[pair].standby as usize];
        for (asked, lists) in [(streaming, &mut side.stream_permissions), (failover, &mut side.failover_permissions)] {
            let known = std::mem::take(lists);
            if let Some((role, questions)) = asked {
                let known = known.get(&role).map_or(&[][..], |known| known.items());
                let told = questions.iter().flat_map(|question| answers(question, known)).collect();
                lists.insert(role, Slice::whole_of(told));
            }
        }
    }
}

/// The answers to a question: what is known already, else that it is allowed.
fn answers(question: &Question, known: &[Simulated]) -> Vec<Simulated> {
    let answer = |action: &&'static str| {
        let denied = known.iter().find(|told| told.eval_action_name == **action);
        let allowed = Simulated {
            eval_action_name: (*action).to_owned(),
            eval_resource_name: question.resource.clone(),
            eval_decision: "allowed".to_owned(),
            organizations_decision_detail: Some(OrganizationsDecision { allowed_by_organizations: Some(true) }),
            ..Simulated::default()
        };
        denied.map_or(allowed.clone(), |denied| Simulated {
            eval_resource_name: question.resource.clone(),
            ..denied.clone()
        })
    };
    question.actions.iter().map(answer).collect()
}
