//! AWS IAM: what its policy simulator said of roles. The twin has no policies: it repeats what an estate was told.

use super::Call;
use super::paging::{Reading, page};
use crate::twin::error::{ApiError, Trouble};
use crate::twin::model::facts;
use crate::twin::pages::Pages;
use crate::twin::wire::xml::Element;
use crate::twin::world::{Tail, World};
use deskpair_rules::model::Slice;
use deskpair_rules::model::identity::Simulated;
use deskpair_rules::model::permissions;

/// The most results of a page (`iam:SimulatePrincipalPolicyRequest$MaxItems`).
const PAGE: usize = 100;

pub(super) fn answer(world: &World, pages: &Pages, call: &Call) -> Result<String, Trouble> {
    let result = match call.operation {
        "SimulatePrincipalPolicy" => simulate(world, pages, call)?,
        other => return Err(super::unserved(call, other)),
    };
    let metadata = Element::new("ResponseMetadata").leaf("RequestId", &call.request_id);
    let root = Element::new(format!("{}Response", call.operation)).attribute("xmlns", &facts(call.service).namespace);
    Ok(root.child(result).child(metadata).document())
}

/// One action on every resource that the call names.
type Evaluated<'w> = (&'w str, Vec<(&'w str, &'w Simulated)>);

/// What was told of an action on a resource. As the collector has one desktop stand for all, so does the twin, for others may come and go;
/// of directories each has its own answer.
fn told_of<'w>(told: &'w Slice<Simulated>, action: &str, resource: &str) -> Option<&'w Simulated> {
    let kind = |resource: &str| resource.rsplit_once('/').map(|(kind, _)| kind.to_owned());
    let like = || {
        let like = |one: &&Simulated| {
            one.eval_action_name == action
                && kind(resource).is_some()
                && kind(&one.eval_resource_name) == kind(resource)
        };
        told.items().iter().find(like).filter(|_| action != "workspaces:Stream")
    };
    permissions::answer(told.items(), action, resource).or_else(like)
}

fn simulate(world: &World, pages: &Pages, call: &Call) -> Result<Element, Trouble> {
    let role = call.text("PolicySourceArn").unwrap_or_default();
    world.recorded_fault(call, role)?;
    let lists = || {
        let sides = world.realms_of(&call.account).map(|realm| &realm.side);
        sides.flat_map(|side| [&side.stream_permissions, &side.failover_permissions])
    };
    let known: Vec<&Slice<Simulated>> = lists().filter_map(|lists| lists.get(role)).collect();
    if known.is_empty() && lists().all(|lists| lists.is_empty()) {
        return Err(world.not_collected(call));
    }
    if known.iter().all(|told| told.items().is_empty() && told.gap().is_none()) {
        let name = role.rsplit('/').next().unwrap_or(role);
        let words = format!("The role with name {name} cannot be found.");
        return Err(ApiError::new("NoSuchEntityException", words).into());
    }
    let actions = call.texts("ActionNames").unwrap_or_default();
    let resources = call.texts("ResourceArns").unwrap_or_else(|| vec!["*"]);
    let mut results: Vec<Evaluated<'_>> = Vec::new();
    for action in actions {
        let on = |resource| Some((resource, known.iter().find_map(|told| told_of(told, action, resource))?));
        match resources.iter().copied().map(on).collect::<Option<Vec<_>>>() {
            Some(told) => results.push((action, told)),
            // Nobody asked this of IAM when the estate was taken.
            None => return Err(world.not_collected(call)),
        }
    }
    let reading = Reading::of(call, "Marker", "MaxItems", PAGE);
    let page = page(pages, call, reading, &results, Tail::Whole, |_| true)?;
    let members = page.items.iter().map(|(action, told)| evaluated(action, told));
    Ok(Element::new("SimulatePrincipalPolicyResult")
        .child(Element::new("EvaluationResults").children(members))
        .leaf("IsTruncated", page.next.is_some())
        .leaf_if("Marker", page.next))
}

/// Of several decisions the least generous one is told for all, and each for its own resource.
fn evaluated(action: &str, told: &[(&str, &Simulated)]) -> Element {
    let all = || told.iter().map(|(_, one)| *one);
    let decided = |wanted: &&str| all().any(|one| one.eval_decision == **wanted);
    let decision = ["explicitDeny", "implicitDeny"].into_iter().find(|wanted| decided(wanted));
    let decision = decision.or(all().next().map(|one| one.eval_decision.as_str())).unwrap_or_default();
    let is_one_for_all = told.iter().all(|(resource, _)| *resource == "*");
    let missing = |one: &Simulated| {
        let keys = one.missing_context_values.iter();
        keys.fold(Element::new("MissingContextValues"), |list, key| list.leaf("member", key))
    };
    let detail = |name: &str, member: &str, allowed: Option<bool>| {
        allowed.map(|allowed| Element::new(name).leaf(member, allowed))
    };
    let boundary = |one: &Simulated| {
        let told = one.permissions_boundary_decision_detail.as_ref();
        let allowed = told.and_then(|told| told.allowed_by_permissions_boundary);
        detail("PermissionsBoundaryDecisionDetail", "AllowedByPermissionsBoundary", allowed)
    };
    let organizations = all().filter_map(|one| one.organizations_decision_detail.as_ref()?.allowed_by_organizations);
    let organizations = organizations.reduce(|all, allowed| all && allowed);
    let result = Element::new("member")
        .leaf("EvalActionName", action)
        .leaf_if("EvalResourceName", is_one_for_all.then_some("*"))
        .leaf("EvalDecision", decision)
        .child(Element::new("MatchedStatements"))
        .children(detail("OrganizationsDecisionDetail", "AllowedByOrganizations", organizations));
    if is_one_for_all {
        return result.children(all().next().map(missing)).children(all().next().and_then(boundary));
    }
    let of_each = told.iter().map(|(resource, one)| {
        Element::new("member")
            .leaf("EvalResourceName", resource)
            .leaf("EvalResourceDecision", &one.eval_decision)
            .child(Element::new("MatchedStatements"))
            .child(missing(one))
            .children(boundary(one))
    });
    result.child(Element::new("ResourceSpecificResults").children(of_each))
}
