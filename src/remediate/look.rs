//! Finds what a change has made, by its name, whatever answer the call had: its id, and whether it is there for use yet.

use super::plan::{MADE, Made, MadeKind, QUOTED};
use super::send::{SendError, Sender};
use deskpair_rules::model::pairing::dns_name;
use serde_json::{Value, json};

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its id.
    pub id: String,
    /// Its state, as AWS names it.
    pub state: String,
    /// Whether it can be used.
    pub ready: Ready,
}

/// Whether something can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ready {
    /// It can.
    Yes,
    /// It takes time.
    NotYet,
    /// It has failed.
    Never,
}

fn text<'v>(value: &'v Value, member: &str) -> &'v str {
    value[member].as_str().unwrap_or_default()
}

/// Reads all pages of a list.
async fn all(sender: &Sender, operation: &str, input: Value, list: &str) -> Result<Vec<Value>, SendError> {
    all_of(sender, "workspaces", operation, input, list).await
}

/// Reads all pages of a list of a service.
async fn all_of(
    sender: &Sender,
    service: &str,
    operation: &str,
    mut input: Value,
    list: &str,
) -> Result<Vec<Value>, SendError> {
    let mut items = Vec::new();
    loop {
        let mut answer = sender.read(service, operation, &input).await?;
        if let Value::Array(page) = answer[list].take() {
            items.extend(page);
        }
        match answer["NextToken"].as_str().filter(|token| !token.is_empty()) {
            Some(token) => input["NextToken"] = token.into(),
            None => return Ok(items),
        }
    }
}

/// Looks for what is made; `None` where it is not there.
///
/// # Errors
/// Where that cannot be told.
pub async fn look(sender: &Sender, made: &Made) -> Result<Option<Found>, SendError> {
    let Made { kind, name, within, .. } = made;
    let within = within.as_deref().unwrap_or_default();
    if *kind == MadeKind::Quota {
        return quota(sender, name, within).await;
    }
    let (items, id, state): (Vec<Value>, &str, &str) = match kind {
        MadeKind::Image => (all(sender, "DescribeWorkspaceImages", json!({}), "Images").await?, "ImageId", "State"),
        MadeKind::Bundle => (all(sender, "DescribeWorkspaceBundles", json!({}), "Bundles").await?, "BundleId", "State"),
        MadeKind::IpGroup => (all(sender, "DescribeIpGroups", json!({}), "Result").await?, "groupId", ""),
        MadeKind::Alias | MadeKind::Association => {
            let items = all(sender, "DescribeConnectionAliases", json!({}), "ConnectionAliases").await?;
            (items, "AliasId", "State")
        }
        MadeKind::Workspace => {
            let input = json!({ "DirectoryId": within, "UserName": name });
            (all(sender, "DescribeWorkspaces", input, "Workspaces").await?, "WorkspaceId", "State")
        }
        MadeKind::Registration => {
            let input = json!({ "DirectoryIds": [name] });
            (all(sender, "DescribeWorkspaceDirectories", input, "Directories").await?, "DirectoryId", "State")
        }
        MadeKind::AddIn => {
            let input = json!({ "ResourceId": within });
            (all(sender, "DescribeConnectClientAddIns", input, "AddIns").await?, "AddInId", "")
        }
        MadeKind::Backup => {
            (all_of(sender, "fsx", "DescribeBackups", json!({}), "Backups").await?, "BackupId", "Lifecycle")
        }
        MadeKind::Quota => return Ok(None),
    };
    let named = |item: &&Value| match kind {
        MadeKind::Image | MadeKind::Bundle | MadeKind::AddIn => text(item, "Name") == name,
        MadeKind::IpGroup => text(item, "groupName") == name,
        MadeKind::Alias | MadeKind::Association => dns_name(text(item, "ConnectionString")) == dns_name(name),
        MadeKind::Workspace => {
            text(item, "UserName").eq_ignore_ascii_case(name) && !text(item, "State").starts_with("TERMINAT")
        }
        MadeKind::Registration => text(item, "DirectoryId") == name,
        MadeKind::Backup => text(item, "SourceBackupId") == name,
        MadeKind::Quota => false,
    };
    let Some(item) = items.iter().find(named) else { return Ok(None) };
    if *kind == MadeKind::Association {
        let association = &item["Associations"][0];
        let (id, state) = (text(association, "ConnectionIdentifier"), text(association, "AssociationStatus"));
        let ready = match state {
            "ASSOCIATED_WITH_OWNER_ACCOUNT" | "ASSOCIATED_WITH_SHARED_ACCOUNT" => Ready::Yes,
            "PENDING_ASSOCIATION" | "PENDING_DISASSOCIATION" => Ready::NotYet,
            _ => return Ok(None),
        };
        return Ok(Some(Found { id: id.to_owned(), state: state.to_owned(), ready }));
    }
    let state = if state.is_empty() { "" } else { text(item, state) };
    let ready = match state {
        "" | "AVAILABLE" | "CREATED" | "REGISTERED" | "STOPPED" => Ready::Yes,
        "ERROR" | "FAILED" | "UNHEALTHY" | "SUSPENDED" | "IMPAIRED" | "DELETED" => Ready::Never,
        _ => Ready::NotYet,
    };
    Ok(Some(Found { id: text(item, id).to_owned(), state: state.to_owned(), ready }))
}

/// How a quota stands of which so many are wanted: granted, or asked for. Of several requests the last one counts.
async fn quota(sender: &Sender, code: &str, wanted: &str) -> Result<Option<Found>, SendError> {
    let wanted: f64 = wanted.parse().unwrap_or(f64::INFINITY);
    let of = json!({ "ServiceCode": "workspaces", "QuotaCode": code });
    let applied = all_of(sender, "servicequotas", "ListServiceQuotas", of.clone(), "Quotas").await?;
    let granted = applied.iter().find(|quota| text(quota, "QuotaCode") == code);
    if granted.and_then(|quota| quota["Value"].as_f64()).is_some_and(|value| value >= wanted) {
        return Ok(Some(Found { id: code.to_owned(), state: "granted".to_owned(), ready: Ready::Yes }));
    }
    let operation = "ListRequestedServiceQuotaChangeHistoryByQuota";
    let requests = all_of(sender, "servicequotas", operation, of, "RequestedQuotas").await?;
    let enough =
        requests.iter().filter(|request| request["DesiredValue"].as_f64().is_some_and(|value| value >= wanted));
    let made = |request: &&Value| request["Created"].as_f64().unwrap_or_default();
    let last = enough.max_by(|one, other| made(one).total_cmp(&made(other)));
    Ok(last.map(|request| {
        let state = text(request, "Status").to_owned();
        // What is approved is applied a little later.
        let ready =
            if matches!(state.as_str(), "PENDING" | "CASE_OPENED" | "APPROVED") { Ready::NotYet } else { Ready::Never };
        Found { id: text(request, "Id").to_owned(), state, ready }
    }))
}

/// What an object stands for, and whether in double quotes, as a TXT value is.
fn stands_for(members: &serde_json::Map<String, Value>) -> Option<(Made, bool)> {
    let quoted = members.get(QUOTED) == Some(&Value::Bool(true));
    let made = members.get(MADE).filter(|_| members.len() == 1 + usize::from(quoted))?;
    serde_json::from_value(made.clone()).ok().map(|made| (made, quoted))
}

/// The things that an input names and that are made by other changes.
pub fn named(input: &Value) -> Vec<Made> {
    match input {
        Value::Object(members) => match stands_for(members) {
            Some((made, _)) => vec![made],
            None => members.values().flat_map(named).collect(),
        },
        Value::Array(items) => items.iter().flat_map(named).collect(),
        _ => Vec::new(),
    }
}

/// The input with ids in place of what it names.
///
/// # Errors
/// The first thing that has no id.
pub fn filled(input: &Value, id: &impl Fn(&Made) -> Option<String>) -> Result<Value, Made> {
    Ok(match input {
        Value::Object(members) => {
            if let Some((made, quoted)) = stands_for(members) {
                let text = |id: String| Value::String(if quoted { format!("\"{id}\"") } else { id });
                return id(&made).map(text).ok_or(made);
            }
            let filled = members.iter().map(|(key, value)| Ok((key.clone(), filled(value, id)?)));
            Value::Object(filled.collect::<Result<_, Made>>()?)
        }
        Value::Array(items) => Value::Array(items.iter().map(|item| filled(item, id)).collect::<Result<_, _>>()?),
        other => other.clone(),
    })
}
