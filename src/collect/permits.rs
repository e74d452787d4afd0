//! AWS IAM: what its policy simulator says of the roles that pairs declare. It is asked last, when what the roles are to be allowed is known,
//! and as the standby side, in whose account the roles are.

use super::calls::{Caller, Run};
use super::convert::required;
use super::datasets::SIMULATE_PRINCIPAL_POLICY;
use super::fault::{Effect, Fault, Retry, is_refusal};
use super::paging::{Listing, Page, pages, token};
use super::whole::client;
use super::{add_calls, slice};
use aws_config::SdkConfig;
use aws_sdk_iam::Client;
use aws_sdk_iam::types::{ContextEntry, ContextKeyTypeEnum, EvaluationResult};
use deskpair_rules::model::identity::{BoundaryDecision, OrganizationsDecision, Simulated};
use deskpair_rules::model::permissions::{ContextValue, Question, of_failover, of_streaming};
use deskpair_rules::model::{Dataset, Estate, Gap, GapCause};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Which of a side's lists answers are for, and of which role.
type Key = (usize, Dataset, String);

/// Asks IAM about the pairs' roles. `configs` are the sides', in their order.
pub(super) async fn read(
    estate: &mut Estate,
    configs: &BTreeMap<usize, SdkConfig>,
    run: &Arc<Run>,
    wanted: &BTreeSet<Dataset>,
) {
    let mut callers: BTreeMap<usize, Caller> = BTreeMap::new();
    for ((at, dataset, role), questions) in questions(estate, wanted) {
        let side = &estate.sides[at];
        let caller = callers.entry(at).or_insert_with(|| Caller::new(Arc::clone(run), &side.place.region));
        if let Ok(account) = &side.account {
            caller.set_account(account);
        }
        let told = simulated(&client!(aws_sdk_iam, &configs[&at]), caller, &role, &questions).await;
        let told = slice(estate, Some(told));
        let side = &mut estate.sides[at];
        let is_streaming = dataset == Dataset::StreamPermissions;
        let lists = if is_streaming { &mut side.stream_permissions } else { &mut side.failover_permissions };
        lists.insert(role, told);
    }
    for caller in callers.into_values() {
        add_calls(&mut estate.calls, caller.account(), &caller.tally());
    }
}

/// What is to be asked, each question once, however many pairs share a side and a role.
fn questions(estate: &Estate, wanted: &BTreeSet<Dataset>) -> BTreeMap<Key, Vec<Question>> {
    let mut all: BTreeMap<Key, Vec<Question>> = BTreeMap::new();
    for (pair, places) in estate.pairs.iter().enumerate() {
        if estate.settings.pairs[pair].left_out {
            continue;
        }
        let mut ask = |dataset: Dataset, role: String, questions: Vec<Question>| {
            let known = all.entry((places.standby as usize, dataset, role)).or_default();
            for question in questions {
                if !known.contains(&question) {
                    known.push(question);
                }
            }
        };
        if wanted.contains(&Dataset::StreamPermissions)
            && let Some((role, question)) = of_streaming(estate, pair)
        {
            ask(Dataset::StreamPermissions, role, vec![question]);
        }
        if wanted.contains(&Dataset::FailoverPermissions)
            && let Some((role, questions)) = of_failover(estate, pair)
        {
            ask(Dataset::FailoverPermissions, role, questions);
        }
    }
    all
}

/// All answers about a role, or none; nothing is to be told where IAM knows no such role.
async fn simulated(client: &Client, caller: &Caller, role: &str, questions: &[Question]) -> Listing<Simulated> {
    let (mut items, mut counted) = (Vec::new(), None);
    for question in questions {
        let told = answers(client, caller, role, question).await;
        match told.gap {
            None => items.extend(told.items),
            Some(gap) if is_refusal(&gap, "NoSuchEntity") => return Listing::default(),
            // Where calls are only counted, the others count too.
            Some(gap) if gap.cause == GapCause::NotCollected => counted = Some(gap),
            Some(gap) => return Listing { items: Vec::new(), gap: Some(gap) },
        }
    }
    Listing { items, gap: counted }
}

/// Each question is about one resource, so that a decision for all of an answer's resources is that for this one.
async fn answers(client: &Client, caller: &Caller, role: &str, question: &Question) -> Listing<Simulated> {
    let actions: Vec<String> = question.actions.iter().map(|&action| action.to_owned()).collect();
    let (actions, context) = (&actions, &question.context.iter().map(entry).collect::<Vec<_>>());
    let mut listing = pages(caller, SIMULATE_PRINCIPAL_POLICY, role, |next: Option<String>| async move {
        let ask = || {
            let request = client.simulate_principal_policy().policy_source_arn(role).resource_arns(&question.resource);
            let request = request.set_action_names(Some(actions.clone())).set_context_entries(Some(context.clone()));
            request.set_marker(next.clone()).send()
        };
        let answer = caller.read(SIMULATE_PRINCIPAL_POLICY, role, ask).await?;
        let next = match (answer.is_truncated, token(answer.marker)) {
            (false, _) => None,
            (true, Some(next)) => Some(next),
            (true, None) => return Err(incomplete(caller, role, GapCause::Malformed)),
        };
        let results = answer.evaluation_results.unwrap_or_default();
        Ok(Page { items: results.into_iter().map(|result| simulated_on(result, &question.resource)).collect(), next })
    })
    .await;
    let answered =
        |action: &&String| listing.items.iter().any(|told| told.eval_action_name.eq_ignore_ascii_case(action));
    if listing.gap.is_none() && !actions.iter().all(|action| answered(&action)) {
        listing.cut(incomplete(caller, role, GapCause::Partial));
    }
    listing
}

fn incomplete(caller: &Caller, role: &str, cause: GapCause) -> Gap {
    let message = "the answer left out actions that were asked about".to_owned();
    caller.gap(SIMULATE_PRINCIPAL_POLICY, role, Fault::new(cause, message, Retry::Never, Effect::None))
}

fn entry(value: &ContextValue) -> ContextEntry {
    let kind = if value.is_list { ContextKeyTypeEnum::StringList } else { ContextKeyTypeEnum::String };
    let entry = ContextEntry::builder().context_key_name(value.key).context_key_type(kind);
    entry.set_context_key_values(Some(value.values.clone())).build()
}

/// A result for one resource: what is told of the resource itself counts, and of two decisions the less generous.
fn simulated_on(result: EvaluationResult, resource: &str) -> Simulated {
    let of_resource = result.resource_specific_results.unwrap_or_default();
    let of_resource = of_resource.into_iter().find(|told| told.eval_resource_name == resource);
    let mut decision = required(&result.eval_decision);
    let mut missing: BTreeSet<String> = result.missing_context_values.unwrap_or_default().into_iter().collect();
    let mut boundary = result.permissions_boundary_decision_detail.map(|told| told.allowed_by_permissions_boundary);
    if let Some(told) = of_resource {
        let own = required(&told.eval_resource_decision);
        if severity(&own) > severity(&decision) {
            decision = own;
        }
        missing.extend(told.missing_context_values.unwrap_or_default());
        let own = told.permissions_boundary_decision_detail.map(|told| told.allowed_by_permissions_boundary);
        boundary = if own == Some(false) { own } else { boundary.or(own) };
    }
    Simulated {
        eval_action_name: required(&result.eval_action_name),
        eval_resource_name: resource.to_owned(),
        eval_decision: decision,
        missing_context_values: missing.into_iter().collect(),
        organizations_decision_detail: result
            .organizations_decision_detail
            .map(|told| OrganizationsDecision { allowed_by_organizations: Some(told.allowed_by_organizations) }),
        permissions_boundary_decision_detail: boundary
            .map(|allowed| BoundaryDecision { allowed_by_permissions_boundary: Some(allowed) }),
    }
}

/// How far a decision is from an allowance. One that is not known is no allowance.
fn severity(decision: &str) -> u8 {
    match decision {
        "allowed" => 0,
        "implicitDeny" => 2,
        "explicitDeny" => 3,
        _ => 1,
    }
}
