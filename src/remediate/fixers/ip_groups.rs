//! IP access control groups: missing ones are made with their rules, then rules are added before any is taken away, then all of them are
//! associated in one call, for the first association replaces the invisible group that lets everybody in (AWS-FACTS §2, §9).

use super::Way;
use crate::remediate::draft::{Draft, Wanted};
use crate::remediate::plan::{Call, Inverse, Made, MadeKind, Part, Risk};
use deskpair_rules::model::image::{IpGroup, IpRule};
use deskpair_rules::model::{Paired, Subject};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Rules in a group; it cannot be raised (AWS-FACTS §1.5).
const MOST_RULES: usize = 10;

pub(super) const WAYS: &[(&str, Way)] = &[
    ("IPG-001", Way::Planned("The group is made in the standby Region with the primary's rules, and associated.")),
    (
        "IPG-002",
        Way::Planned("The primary's rules are added first; what the standby's has besides is taken away after them."),
    ),
    ("IPG-003", Way::Planned("All groups that lack are associated with the standby directory in one call.")),
    ("IPG-004", Way::Planned("The group gets the primary group's rules.")),
    (
        "IPG-005",
        Way::Follows("It follows from a group that is missing, differs or is not associated: those are fixed."),
    ),
    ("IPG-006", Way::Follows("It follows from a group that differs or is not associated: those are fixed.")),
];

/// What association a group is to get: an id, or what stands for one.
type Id = Value;

pub(super) fn plan(draft: &mut Draft<'_, '_>) {
    let mut associate: Vec<(String, Id, Option<String>)> = Vec::new();
    let mut fixing: Vec<Wanted> = Vec::new();
    for wanted in draft.fails("IPG-001") {
        if let Some((name, after)) = create(draft, &wanted) {
            let made = Made { kind: MadeKind::IpGroup, part: Part::Standby, name: name.clone(), within: None };
            associate.push((name, made.placeholder(), Some(after)));
            fixing.push(wanted);
        }
    }
    for wanted in draft.fails("IPG-002") {
        level(draft, &wanted);
    }
    for wanted in draft.fails("IPG-004") {
        // The finding is the directory's: each of its groups that admits nobody is filled.
        let empty = empty_groups(draft);
        if empty.is_empty() {
            draft.leave(&wanted, "no group of the standby directory is known to be empty");
        }
        for subject in empty {
            level(draft, &Wanted { subject, ..wanted.clone() });
        }
    }
    for wanted in draft.fails("IPG-003") {
        match counterpart(draft, wanted.subject) {
            // What admits nobody is associated only after it has got rules.
            Some((group, _))
                if group.user_rules.is_empty()
                    && !draft.has(&draft.id(Part::Standby, &["ip-group", &group.group_name, "rules"])) =>
            {
                draft.leave(&wanted, "the group has no rule: associated, it would admit nobody");
            }
            Some((group, _)) => {
                let rules = draft.id(Part::Standby, &["ip-group", &group.group_name, "rules"]);
                associate.push((group.group_name.clone(), group.group_id.clone().into(), Some(rules)));
                fixing.push(wanted);
            }
            None => draft.leave(&wanted, "its counterpart is not known for sure"),
        }
    }
    if !associate.is_empty() {
        association(draft, associate, &fixing);
    }
}

fn rule(rule: &IpRule) -> Value {
    if rule.rule_desc.is_empty() {
        json!({ "ipRule": rule.ip_rule })
    } else {
        json!({ "ipRule": rule.ip_rule, "ruleDesc": rule.rule_desc })
    }
}

fn listed(rules: &[IpRule]) -> Option<String> {
    let mut ranges: Vec<&str> = rules.iter().map(|rule| rule.ip_rule.as_str()).collect();
    ranges.sort_unstable();
    (!ranges.is_empty()).then(|| ranges.join(", "))
}

/// Makes a group with the primary's rules: its name, and the change's id.
fn create(draft: &mut Draft<'_, '_>, wanted: &Wanted) -> Option<(String, String)> {
    let Subject::IpGroup { p, .. } = wanted.subject else { return None };
    let group = draft.view().primary.ip_groups.items().get(p as usize)?.clone();
    let IpGroup { group_name: name, group_desc: about, user_rules: rules, .. } = &group;
    if draft.view().mapped(deskpair_rules::model::settings::MapKind::IpGroup, name, &group.group_id).is_some() {
        draft.leave(
            wanted,
            "the configuration maps it to a group that is not there: correct the map, or make that group",
        );
        return None;
    }
    if rules.is_empty() {
        draft.leave(
            wanted,
            "the primary's group has no rule: a group without rules admits nobody, and its like would lock everybody out of the standby Region",
        );
        return None;
    }
    let mut input = json!({ "GroupName": name, "UserRules": rules.iter().map(rule).collect::<Vec<_>>() });
    if !about.is_empty() {
        input["GroupDesc"] = about.as_str().into();
    }
    let made = Made { kind: MadeKind::IpGroup, part: Part::Standby, name: name.clone(), within: None };
    let undo = Call::workspaces("DeleteIpGroup", json!({ "GroupId": made.placeholder() }));
    let change = draft
        .change(Part::Standby, &["ip-group", name], format!("make the IP access control group {name}"))
        .fixing(wanted)
        .field("groupName", None, Some(name.clone()))
        .field("userRules.ipRule", None, listed(rules))
        .by(Call::workspaces("CreateIpGroup", input))
        .making(MadeKind::IpGroup, name)
        .undone(Inverse::Exact(vec![undo]));
    let id = draft.add(change);
    Some((name.clone(), id))
}

/// The standby directory's groups that admit nobody.
fn empty_groups(draft: &Draft<'_, '_>) -> Vec<Subject> {
    let view = draft.view();
    let Ok(Some(directory)) = view.standby_registration() else { return Vec::new() };
    let groups = view.standby.ip_groups.items().iter().enumerate();
    groups
        .filter(|(_, group)| directory.ip_group_ids.contains(&group.group_id) && group.user_rules.is_empty())
        .map(|(at, _)| Subject::IpGroup { p: Subject::NONE, s: at as u32 })
        .collect()
}

/// The standby group and the primary one of a finding.
fn counterpart(draft: &Draft<'_, '_>, subject: Subject) -> Option<(IpGroup, Option<IpGroup>)> {
    let Subject::IpGroup { p, s } = subject else { return None };
    let view = draft.view();
    let primary = view.primary.ip_groups.items().get(p as usize);
    let standby = match view.standby.ip_groups.items().get(s as usize) {
        Some(group) => group,
        None => match view.ip_group(primary?) {
            Paired::With { item, .. } => item,
            Paired::Missing | Paired::Ambiguous(_) | Paired::Unknown(_) => return None,
        },
    };
    // One that was found by its own side alone has a namesake on the other.
    let primary = primary.or_else(|| {
        view.primary.ip_groups.items().iter().find(|group| match view.ip_group(group) {
            Paired::With { item, .. } => item.group_id == standby.group_id,
            Paired::Missing | Paired::Ambiguous(_) | Paired::Unknown(_) => false,
        })
    });
    Some((standby.clone(), primary.cloned()))
}

/// Gives a standby group the primary's rules: what lacks is added, then what is there besides is taken away.
fn level(draft: &mut Draft<'_, '_>, wanted: &Wanted) {
    let Some((standby, Some(primary))) = counterpart(draft, wanted.subject) else {
        return draft
            .leave(wanted, "no primary group is its counterpart: which addresses it should admit nobody can tell");
    };
    let name = standby.group_name.clone();
    let ranges =
        |group: &IpGroup| -> BTreeSet<String> { group.user_rules.iter().map(|rule| rule.ip_rule.clone()).collect() };
    let (ours, theirs) = (ranges(&primary), ranges(&standby));
    let lacking: Vec<IpRule> =
        primary.user_rules.iter().filter(|rule| !theirs.contains(&rule.ip_rule)).cloned().collect();
    let besides: Vec<IpRule> =
        standby.user_rules.iter().filter(|rule| !ours.contains(&rule.ip_rule)).cloned().collect();
    if standby.user_rules.len() + lacking.len() > MOST_RULES {
        return draft.leave(
            wanted,
            "the group has no room for the primary's rules beside its own (10 is the most), and none is taken away before they are there: \
             take some away by hand",
        );
    }
    let id = Value::from(standby.group_id.clone());
    let texts = |rules: &[IpRule]| rules.iter().map(|rule| rule.ip_rule.clone()).collect::<Vec<_>>();
    let mut after = None;
    if !lacking.is_empty() {
        let mut all = standby.user_rules.clone();
        all.extend(lacking.iter().cloned());
        let undo = Call::workspaces("RevokeIpRules", json!({ "GroupId": id, "UserRules": texts(&lacking) }));
        let add = Call::workspaces(
            "AuthorizeIpRules",
            json!({ "GroupId": id, "UserRules": lacking.iter().map(rule).collect::<Vec<_>>() }),
        );
        let change = draft
            .change(
                Part::Standby,
                &["ip-group", &name, "rules"],
                format!("admit in {name} what the primary group admits"),
            )
            .fixing(wanted)
            .field("userRules.ipRule", listed(&standby.user_rules), listed(&all))
            .by(add)
            .undone(Inverse::Exact(vec![undo]));
        after = Some(draft.add(change));
    }
    if !besides.is_empty() {
        let mut before = standby.user_rules.clone();
        before.extend(lacking.iter().cloned());
        let undo = Call::workspaces(
            "AuthorizeIpRules",
            json!({ "GroupId": id, "UserRules": besides.iter().map(rule).collect::<Vec<_>>() }),
        );
        let revoke = Call::workspaces("RevokeIpRules", json!({ "GroupId": id, "UserRules": texts(&besides) }));
        let mut change = draft
            .change(
                Part::Standby,
                &["ip-group", &name, "other-rules"],
                format!("stop admitting in {name} what the primary group does not admit"),
            )
            .fixing(wanted)
            .risk(Risk::Disruptive)
            .field("userRules.ipRule (besides)", listed(&besides), None)
            .by(revoke)
            .undone(Inverse::Exact(vec![undo]))
            .note(
                "Whoever is connected from one of these addresses is disconnected (WorkSpaces administration guide).",
            );
        if let Some(after) = after {
            change = change.after(after);
        }
        draft.add(change);
    }
}

/// Associates all of them with the standby directory in one call.
fn association(draft: &mut Draft<'_, '_>, groups: Vec<(String, Id, Option<String>)>, fixing: &[Wanted]) {
    let directory = match draft.view().standby_registration() {
        Ok(Some(directory)) => directory.clone(),
        Ok(None) | Err(_) => {
            for wanted in fixing {
                draft.leave(wanted, "the standby directory is not known for sure, or not registered");
            }
            return;
        }
    };
    let known: Vec<String> = {
        let all = draft.view().standby.ip_groups.items();
        let name = |id: &String| {
            all.iter().find(|group| group.group_id == *id).map_or(id.clone(), |group| group.group_name.clone())
        };
        directory.ip_group_ids.iter().map(name).collect()
    };
    let mut names: Vec<String> = groups.iter().map(|(name, ..)| name.clone()).collect();
    names.sort();
    let mut all = known.clone();
    all.extend(names.iter().cloned());
    let text = |names: &[String]| (!names.is_empty()).then(|| names.join(", "));
    let ids: Vec<Id> = groups.iter().map(|(_, id, _)| id.clone()).collect();
    let input = json!({ "DirectoryId": directory.directory_id, "GroupIds": ids });
    let first = known.is_empty();
    let mut change = draft
        .change(
            Part::Standby,
            &["directory", "ip-groups"],
            format!("associate {} with the standby directory", names.join(", ")),
        )
        .field("ipGroupIds", text(&known), text(&all))
        .by(Call::workspaces("AssociateIpGroups", input.clone()))
        .undone(Inverse::Exact(vec![Call::workspaces("DisassociateIpGroups", input)]));
    if first {
        change = change.risk(Risk::Review).note(
            "No group is associated yet, so that everybody is admitted: from now on only the addresses of these groups are.",
        );
    }
    for (_, _, after) in &groups {
        if let Some(after) = after {
            change = change.after(after.clone());
        }
    }
    for wanted in fixing {
        change = change.fixing(wanted);
    }
    draft.add(change);
}
