//! IP access control groups: made, filled, and put in front of directories (AWS-FACTS §1.5).

use super::super::Call;
use super::changing::{declared, directory, here, place_of, realm, refusal, seen, tags};
use super::invalid;
use super::limits::most;
use crate::twin::error::Trouble;
use crate::twin::world::{Tagged, World};
use deskpair_rules::model::image::{IpGroup, IpRule};
use deskpair_rules::model::quota::CATALOGUE;
use deskpair_rules::model::ranges::Ranges;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Groups in a Region; the quota cannot be raised.
const QUOTA: usize = 100;
/// Groups of a directory; the quota cannot be raised.
const OF_A_DIRECTORY: usize = 25;
/// Rules of a group; the quota cannot be raised.
const RULES: usize = 10;

pub(super) fn create(world: &mut World, call: &Call) -> Result<Value, Trouble> {
    let name = call.text("GroupName").unwrap_or_default();
    if name.is_empty() {
        return Err(invalid("The name of the IP access control group is empty."));
    }
    let rules = rules(&call.input["UserRules"])?;
    let tags = tags(&call.input["Tags"])?;
    if let Some(realm) = world.realm(&call.account, &call.region) {
        let groups = &realm.side.ip_groups;
        if groups.items().iter().any(|group| group.group_name == name) {
            let words = "An IP access control group with this name already exists.";
            return Err(refusal("ResourceAlreadyExistsException", words));
        }
        seen(world, call, groups)?;
        if groups.items().len() >= most(&realm.side, CATALOGUE[3], QUOTA) {
            return Err(limit("You have reached the maximum number of IP access control groups in this Region."));
        }
    }
    fits(&rules)?;
    let id = world.new_id("wsipg-");
    let realm = world.realm_or_new(&call.account, &call.region);
    realm.side.ip_groups.items_mut().push(IpGroup {
        group_id: id.clone(),
        group_name: name.to_owned(),
        group_desc: call.text("GroupDesc").unwrap_or_default().to_owned(),
        user_rules: rules,
    });
    world.made(&here(call), Tagged::IpGroup, &id, &tags);
    Ok(json!({"GroupId": id}))
}

pub(super) fn delete(world: &mut World, call: &Call) -> Result<Value, Trouble> {
    let at = group(world, call)?;
    let side = &realm(world, call, WHAT)?.side;
    let id = side.ip_groups.items()[at].group_id.clone();
    if side.registrations.items().iter().any(|directory| directory.ip_group_ids.contains(&id)) {
        let words = "The IP access control group is associated with a directory. Disassociate it, and then try again.";
        return Err(refusal("ResourceAssociatedException", words));
    }
    seen(world, call, &side.registrations)?;
    groups(world, call).remove(at);
    world.untag(&here(call), &id);
    Ok(json!({}))
}

/// "Adds one or more rules" (the model's words). A range that the group has already is refused: the twin's own strictness.
pub(super) fn authorize(world: &mut World, call: &Call) -> Result<Value, Trouble> {
    let at = group(world, call)?;
    let added = some_rules(call)?;
    let mut all = groups(world, call)[at].user_rules.clone();
    if let Some(known) = added.iter().find(|rule| all.iter().any(|known| known.ip_rule == rule.ip_rule)) {
        return Err(invalid(&format!("The IP access control group has a rule for {} already.", known.ip_rule)));
    }
    all.extend(added);
    fits(&all)?;
    groups(world, call)[at].user_rules = all;
    Ok(json!({}))
}

/// A range that the group does not have is refused: the twin's own strictness.
pub(super) fn revoke(world: &mut World, call: &Call) -> Result<Value, Trouble> {
    let at = group(world, call)?;
    let gone = call.texts("UserRules").unwrap_or_default();
    if gone.is_empty() {
        return Err(invalid("At least one rule must be given."));
    }
    let rules = &mut groups(world, call)[at].user_rules;
    if let Some(unknown) = gone.iter().find(|range| !rules.iter().any(|rule| rule.ip_rule == **range)) {
        return Err(invalid(&format!("The IP access control group has no rule for {unknown}.")));
    }
    rules.retain(|rule| !gone.contains(&rule.ip_rule.as_str()));
    Ok(json!({}))
}

/// "Replaces the current rules … with the specified rules" (the model's words).
pub(super) fn replace(world: &mut World, call: &Call) -> Result<Value, Trouble> {
    let at = group(world, call)?;
    let rules = some_rules(call)?;
    fits(&rules)?;
    groups(world, call)[at].user_rules = rules;
    Ok(json!({}))
}

/// A group that the directory has already is refused: the twin's own strictness.
pub(super) fn associate(world: &mut World, call: &Call) -> Result<Value, Trouble> {
    let at = directory(world, call, "DirectoryId")?;
    let ids = group_ids(call)?;
    let side = &realm(world, call, "directory")?.side;
    for id in &ids {
        place_of(world, call, &side.ip_groups, WHAT, |group| group.group_id == *id)?;
    }
    let had = &side.registrations.items()[at].ip_group_ids;
    if let Some(known) = ids.iter().find(|id| had.contains(id)) {
        return Err(invalid(&format!("The IP access control group {known} is associated with the directory already.")));
    }
    if had.len() + ids.len() > OF_A_DIRECTORY {
        return Err(limit("You have reached the maximum number of IP access control groups of a directory."));
    }
    if let Some(realm) = world.realm_mut(&call.account, &call.region) {
        realm.side.registrations.items_mut()[at].ip_group_ids.extend(ids);
    }
    Ok(json!({}))
}

/// A group that the directory does not have is refused: the twin's own strictness.
pub(super) fn disassociate(world: &mut World, call: &Call) -> Result<Value, Trouble> {
    let at = directory(world, call, "DirectoryId")?;
    let ids = group_ids(call)?;
    let had = &realm(world, call, "directory")?.side.registrations.items()[at].ip_group_ids;
    if let Some(unknown) = ids.iter().find(|id| !had.contains(id)) {
        let words = format!("The IP access control group {unknown} is not associated with the directory.");
        return Err(declared(call, &["ResourceNotFoundException"], words));
    }
    if let Some(realm) = world.realm_mut(&call.account, &call.region) {
        realm.side.registrations.items_mut()[at].ip_group_ids.retain(|id| !ids.contains(id));
    }
    Ok(json!({}))
}

const WHAT: &str = "IP access control group";

/// Where the group stands that the call is about.
fn group(world: &World, call: &Call) -> Result<usize, Trouble> {
    let id = call.text("GroupId").unwrap_or_default();
    place_of(world, call, &realm(world, call, WHAT)?.side.ip_groups, WHAT, |group| group.group_id == id)
}

fn groups<'a>(world: &'a mut World, call: &Call) -> &'a mut Vec<IpGroup> {
    world.realm_or_new(&call.account, &call.region).side.ip_groups.items_mut()
}

fn group_ids(call: &Call) -> Result<Vec<String>, Trouble> {
    let ids = call.texts("GroupIds").unwrap_or_default();
    if ids.is_empty() {
        return Err(invalid("At least one IP access control group must be given."));
    }
    if ids.iter().collect::<BTreeSet<_>>().len() < ids.len() {
        return Err(invalid("An IP access control group is given more than once."));
    }
    Ok(ids.into_iter().map(str::to_owned).collect())
}

fn some_rules(call: &Call) -> Result<Vec<IpRule>, Trouble> {
    let rules = rules(&call.input["UserRules"])?;
    if rules.is_empty() { Err(invalid("At least one rule must be given.")) } else { Ok(rules) }
}

/// "The IP address range, in CIDR notation" (the model's words): an address without its prefix length is none.
fn rules(given: &Value) -> Result<Vec<IpRule>, Trouble> {
    let rules = given.as_array().into_iter().flatten().map(|rule| {
        let text = |name: &str| rule[name].as_str().unwrap_or_default().to_owned();
        IpRule { ip_rule: text("ipRule"), rule_desc: text("ruleDesc") }
    });
    let rules: Vec<IpRule> = rules.collect();
    let is_range = |rule: &IpRule| rule.ip_rule.contains('/') && Ranges::of([rule.ip_rule.as_str()]).is_ok();
    if let Some(wrong) = rules.iter().find(|rule| !is_range(rule)) {
        return Err(invalid(&format!("{} is no range of IP addresses in CIDR notation.", wrong.ip_rule)));
    }
    if rules.iter().map(|rule| &rule.ip_rule).collect::<BTreeSet<_>>().len() < rules.len() {
        return Err(invalid("A range is given more than once."));
    }
    Ok(rules)
}

fn fits(rules: &[IpRule]) -> Result<(), Trouble> {
    if rules.len() <= RULES {
        return Ok(());
    }
    Err(limit("You have reached the maximum number of rules of an IP access control group."))
}

fn limit(words: &str) -> Trouble {
    refusal("ResourceLimitExceededException", words)
}
