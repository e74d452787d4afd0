//! The settings of the standby directory: each member that differs gets the primary's value, and no other is touched.

use super::Way;
use crate::remediate::draft::{Draft, Wanted};
use crate::remediate::plan::{Call, Inverse, Part, Risk};
use deskpair_rules::model::directory::{StorageConnector, StreamingProperties, UserSetting};
use deskpair_rules::model::settings::MapKind;
use deskpair_rules::rule::Drift;
use serde_json::{Map, Value, json};

pub(super) const WAYS: &[(&str, Way)] = &[
    (
        "SEC-001",
        Way::Planned(
            "The standby directory's creation default gets the primary's value; desktops that exist are unaffected.",
        ),
    ),
    (
        "SEC-002",
        Way::Planned(
            "The standby directory's creation default gets the primary's value; desktops that exist are unaffected.",
        ),
    ),
    (
        "SEC-003",
        Way::Planned(
            "The standby directory's organizational unit gets the primary's, or the one it is mapped to; AWS does not look whether it exists.",
        ),
    ),
    (
        "SEC-004",
        Way::Planned(
            "The standby directory's creation default gets the primary's value; desktops that exist are unaffected.",
        ),
    ),
    (
        "SEC-006",
        Way::Planned(
            "Each kind of device gets the primary's access. One that the primary does not tell cannot be set so.",
        ),
    ),
    ("SEC-007", Way::Planned("Each self-service permission gets the primary's value.")),
    ("SEC-010", Way::Planned("Each client property gets the primary's value.")),
    ("SEC-011", Way::Planned("Each streaming permission gets the primary's value.")),
    ("SEC-012", Way::Planned("The standby directory's endpoint encryption gets the primary's mode.")),
    ("SEC-016", Way::Planned("The standby directory's instance role gets the primary's.")),
    (
        "SEC-005",
        Way::People(
            "Rules of a security group hold at once for all who have it, and name groups and prefix lists of their own Region, which a person has to translate.",
        ),
    ),
    (
        "SEC-008",
        Way::People(
            "SAML needs an application of its own in the identity provider first: switched on without it, nobody gets in; off, nobody is asked for a second factor.",
        ),
    ),
    ("SEC-009", Way::People("It needs a private CA of the standby's Region that the domain trusts.")),
    ("SEC-013", Way::People("No operation changes a registered directory's tenancy.")),
    (
        "SEC-014",
        Way::People(
            "Access endpoints are the standby VPC's own, and which clients' networks lead to them is the operator's design.",
        ),
    ),
    ("SEC-017", Way::People("Root certificates are imported in the console alone: no API reads or writes them.")),
    (
        "SEC-018",
        Way::People("No tool should widen what a role may do: its owner adds the standby directory to its policy."),
    ),
    ("SEC-019", Way::People("A certificate authority is renewed, or enabled again, by whoever keeps it.")),
];

/// A structure of settings, the operation that changes the members it is given, and how its input names the directory.
struct Group {
    /// What drift paths of it begin with.
    prefix: &'static str,
    operation: &'static str,
    /// The member of the input that names the directory.
    resource: &'static str,
    /// The member of the input that holds the settings.
    member: &'static str,
    /// What is to be known of it.
    note: Option<&'static str>,
}

const EXISTING: &str = "It is a default for new and rebuilt WorkSpaces: those that exist are unaffected, and their people stay degraded until \
                        theirs are made anew.";

const GROUPS: &[Group] = &[
    Group {
        prefix: "WorkspaceCreationProperties.",
        operation: "ModifyWorkspaceCreationProperties",
        resource: "ResourceId",
        member: "WorkspaceCreationProperties",
        note: Some(EXISTING),
    },
    Group {
        prefix: "WorkspaceAccessProperties.",
        operation: "ModifyWorkspaceAccessProperties",
        resource: "ResourceId",
        member: "WorkspaceAccessProperties",
        note: None,
    },
    Group {
        prefix: "SelfservicePermissions.",
        operation: "ModifySelfservicePermissions",
        resource: "ResourceId",
        member: "SelfservicePermissions",
        note: None,
    },
    Group {
        prefix: "ClientProperties.",
        operation: "ModifyClientProperties",
        resource: "ResourceId",
        member: "ClientProperties",
        note: None,
    },
    Group {
        prefix: "StreamingProperties.",
        operation: "ModifyStreamingProperties",
        resource: "ResourceId",
        member: "StreamingProperties",
        note: None,
    },
    Group {
        prefix: "EndpointEncryptionMode",
        operation: "ModifyEndpointEncryptionMode",
        resource: "DirectoryId",
        member: "",
        note: None,
    },
];

/// The rules whose every differing member can be set.
const SETTABLE: [&str; 10] =
    ["SEC-001", "SEC-002", "SEC-003", "SEC-004", "SEC-006", "SEC-007", "SEC-010", "SEC-011", "SEC-012", "SEC-016"];

/// How findings word a member that is not there.
const ABSENT: &str = "absent";

pub(super) fn plan(draft: &mut Draft<'_, '_>) {
    let directory = match draft.view().standby_registration() {
        Ok(Some(directory)) => directory.directory_id.clone(),
        Ok(None) | Err(_) => return,
    };
    for rule in SETTABLE {
        for wanted in draft.fails(rule) {
            let lists = ["StreamingProperties.UserSettings.", "StreamingProperties.StorageConnectors."];
            let of_list = |path: &str| lists.iter().any(|list| path.starts_with(list));
            if wanted.drift.iter().any(|drift| of_list(&drift.path)) {
                streaming_lists(draft, &wanted, &directory);
            }
            for drift in wanted.drift.clone().into_iter().filter(|drift| !of_list(&drift.path)) {
                let (primary, path) = (primary_value(draft, &drift.path, &drift.primary), path_of(rule, &drift.path));
                member(draft, &wanted, &directory, &path, &primary, &drift.standby);
            }
        }
    }
}

/// The member's path as the groups have it: client properties are worded without their structure.
fn path_of(rule: &str, path: &str) -> String {
    if rule == "SEC-010" && !path.contains('.') { format!("ClientProperties.{path}") } else { path.to_owned() }
}

/// What the standby's member is to be: the primary's value, or what that is mapped to.
fn primary_value(draft: &Draft<'_, '_>, path: &str, worded: &str) -> String {
    if path != "WorkspaceCreationProperties.DefaultOu" {
        return worded.to_owned();
    }
    let view = draft.view();
    let primary =
        view.primary_registration().ok().flatten().and_then(|known| known.workspace_creation_properties.as_ref());
    let unit = primary.map_or("", |creation| creation.default_ou.as_str());
    let mapped = view.mapped(MapKind::Ou, unit, unit).unwrap_or(unit);
    if mapped.is_empty() { ABSENT.to_owned() } else { mapped.to_owned() }
}

/// The value of a member as it travels.
fn value(text: &str) -> Value {
    match text {
        "true" => true.into(),
        "false" => false.into(),
        text => text.into(),
    }
}

/// A structure with this member alone.
fn structure(group: &Group, member: &str, text: &str) -> Value {
    let mut settings = Map::new();
    // Members of members: `GlobalAccelerator.Mode`.
    match member.split_once('.') {
        Some((outer, inner)) => {
            settings.insert(outer.to_owned(), json!({ inner: value(text) }));
        }
        None => {
            settings.insert(member.to_owned(), value(text));
        }
    }
    debug_assert!(!group.member.is_empty());
    Value::Object(settings)
}

fn call(group: &Group, directory: &str, member: &str, text: &str) -> Call {
    let mut input = json!({ group.resource: directory });
    if group.member.is_empty() {
        input[group.prefix] = text.into();
    } else {
        input[group.member] = structure(group, member, text);
    }
    Call::workspaces(group.operation, input)
}

/// Sets the lists of streaming settings whole: what a list that is sent leaves out, nobody says that it stays. What the primary does not
/// have stays as the standby has it.
fn streaming_lists(draft: &mut Draft<'_, '_>, wanted: &Wanted, directory: &str) {
    let Ok(Some((p, s))) = draft.view().registrations() else { return };
    let none = StreamingProperties::default();
    let (p, s) = (p.streaming_properties.as_ref().unwrap_or(&none), s.streaming_properties.as_ref().unwrap_or(&none));
    let merged = |ours: Vec<(String, Value)>, theirs: Vec<(String, Value)>| -> Vec<Value> {
        let kept =
            theirs.into_iter().filter(|(key, _)| !ours.iter().any(|(known, _)| known == key)).collect::<Vec<_>>();
        ours.into_iter().chain(kept).map(|(_, value)| value).collect()
    };
    let settings = |side: &StreamingProperties| -> Vec<(String, Value)> {
        let value = |setting: &UserSetting| {
            let mut value = json!({ "Action": setting.action, "Permission": setting.permission });
            if let Some(most) = setting.maximum_length {
                value["MaximumLength"] = most.into();
            }
            (setting.action.clone(), value)
        };
        side.user_settings.iter().map(value).collect()
    };
    let connectors = |side: &StreamingProperties| -> Vec<(String, Value)> {
        let value = |one: &StorageConnector| {
            (one.connector_type.clone(), json!({ "ConnectorType": one.connector_type, "Status": one.status }))
        };
        side.storage_connectors.iter().map(value).collect()
    };
    let all = [("UserSettings", settings(p), settings(s)), ("StorageConnectors", connectors(p), connectors(s))];
    for (list, ours, theirs) in all {
        let prefix = format!("StreamingProperties.{list}.");
        let drift: Vec<Drift> = wanted.drift.iter().filter(|drift| drift.path.starts_with(&prefix)).cloned().collect();
        if drift.is_empty() {
            continue;
        }
        if theirs.is_empty() {
            draft.leave(
                wanted,
                format!("the standby directory has no {list}, and no API call takes them away again: set them by hand"),
            );
            continue;
        }
        let before: Vec<Value> = theirs.iter().map(|(_, value)| value.clone()).collect();
        let call = |values: Vec<Value>| {
            let input = json!({ "ResourceId": directory, "StreamingProperties": { list: values } });
            Call::workspaces("ModifyStreamingProperties", input)
        };
        let opened = drift.iter().any(|drift| opens(&drift.standby, &drift.primary));
        let mut change = draft
            .change(
                Part::Standby,
                &["directory", "StreamingProperties", list],
                format!("set {list} of the standby directory as the primary has them"),
            )
            .fixing(wanted)
            .risk(if opened { Risk::Review } else { Risk::Safe })
            .by(call(merged(ours, theirs)))
            .undone(Inverse::Exact(vec![call(before)]));
        for Drift { path, primary, standby } in drift {
            let told = |text: String| Some(text).filter(|text| text != ABSENT && !text.is_empty());
            change = change.field(&path, told(standby), told(primary));
        }
        draft.add(change);
    }
}

/// Whether a value lets in, or lets do, more than the other.
fn opens(before: &str, after: &str) -> bool {
    matches!((before, after), ("false" | "DISABLED" | "DENY", "true" | "ENABLED" | "ALLOW"))
        || before == "FIPS_VALIDATED"
}

/// Sets one member of the standby directory.
fn member(draft: &mut Draft<'_, '_>, wanted: &Wanted, directory: &str, path: &str, primary: &str, standby: &str) {
    let Some(group) = GROUPS.iter().find(|group| path.starts_with(group.prefix)) else {
        return draft.leave(wanted, format!("{path} cannot be set by itself"));
    };
    if primary == ABSENT || primary.is_empty() {
        return draft.leave(
            wanted,
            format!("the primary directory does not tell {path}, and no API call takes the standby's away"),
        );
    }
    let name = path[group.prefix.len()..].to_owned();
    let inverse = if standby == ABSENT || standby.is_empty() {
        Inverse::None { why: format!("no API call makes {path} absent again (AWS-FACTS §9)") }
    } else {
        Inverse::Exact(vec![call(group, directory, &name, standby)])
    };
    let before = (standby != ABSENT && !standby.is_empty()).then(|| standby.to_owned());
    let risk =
        if opens(standby, primary) || matches!(inverse, Inverse::None { .. }) { Risk::Review } else { Risk::Safe };
    let mut change = draft
        .change(Part::Standby, &["directory", path], format!("set {path} of the standby directory to {primary}"))
        .fixing(wanted)
        .risk(risk)
        .field(path, before, Some(primary.to_owned()))
        .by(call(group, directory, &name, primary))
        .undone(inverse);
    if let Some(note) = group.note {
        change = change.note(note);
    }
    draft.add(change);
}
