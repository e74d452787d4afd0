//! Refuses an input that breaks the service model, in AWS's words.

use super::{Facts, Member, Operation, Protocol, Shape, Text};
use crate::twin::error::ApiError;
use aws_smithy_types::base64;
use serde_json::Value;

/// Checks an input against the operation's shape.
///
/// # Errors
/// One error that names every broken constraint, as the service would: `ValidationException`, FSx's `BadRequest`, Route 53's
/// `InvalidInput` (where a body is refused by its XML schema), Query's `ValidationError`.
pub fn check(facts: &Facts, operation: &Operation, input: &Value) -> Result<(), ApiError> {
    let Some(shape) = &operation.input else { return Ok(()) };
    let mut problems = Vec::new();
    walk(facts, shape, input, "", false, &mut problems);
    if problems.is_empty() {
        return Ok(());
    }
    if let Some(problem) = problems.iter().find(|problem| problem.in_xml_body) {
        return Err(ApiError::new("InvalidInput", format!("Invalid XML ; {}", problem.schema)));
    }
    let plural = if problems.len() == 1 { "" } else { "s" };
    let list: Vec<_> = problems.iter().map(|problem| problem.text.as_str()).collect();
    let message = format!("{} validation error{plural} detected: {}", problems.len(), list.join("; "));
    let code = match facts.protocol {
        Protocol::Json if facts.service == "fsx" => "BadRequest",
        Protocol::Json => "ValidationException",
        Protocol::RestXml => "InvalidInput",
        Protocol::Ec2 => "InvalidParameterValue",
        Protocol::Query => "ValidationError",
    };
    Err(ApiError::new(code, message))
}

/// A broken constraint, worded both ways: for a parameter, and for a body that an XML schema refuses.
struct Problem {
    text: String,
    schema: String,
    in_xml_body: bool,
}

fn walk(facts: &Facts, shape_name: &str, value: &Value, path: &str, in_xml_body: bool, out: &mut Vec<Problem>) {
    let Some(shape) = facts.shapes.get(shape_name) else { return };
    let mut refuse = |shown: &str, constraint: &str, schema: String| {
        out.push(Problem {
            text: format!("Value {shown} at '{path}' failed to satisfy constraint: {constraint}"),
            schema,
            in_xml_body,
        });
    };
    match shape {
        Shape::Structure { members, required } => {
            for (name, member) in members {
                let body = in_xml_body || (facts.protocol == Protocol::RestXml && member.location.is_none());
                let at = join(path, &camel(name));
                match value.get(name) {
                    Some(Value::Null) | None if required.contains(name) => out.push(missing(&at, name, member, body)),
                    Some(Value::Null) | None => {}
                    Some(inner) => walk(facts, &member.shape, inner, &at, body, out),
                }
            }
        }
        Shape::List { member, min, max, .. } => {
            let Some(items) = value.as_array() else { return };
            let shown = || format!("'[{}]'", items.iter().map(show).collect::<Vec<_>>().join(", "));
            if let Some(min) = min.filter(|&min| items.len() < min) {
                let constraint = format!("Member must have length greater than or equal to {min}");
                let schema = format!("cvc-complex-type.2.4.b: The content of element '{shape_name}' is not complete.");
                refuse(&shown(), &constraint, schema);
            }
            if let Some(max) = max.filter(|&max| items.len() > max) {
                let constraint = format!("Member must have length less than or equal to {max}");
                let schema = format!("cvc-complex-type.2.4.d: Invalid content was found in element '{shape_name}'.");
                refuse(&shown(), &constraint, schema);
            }
            for (at, item) in items.iter().enumerate() {
                walk(facts, member, item, &format!("{path}.{}.member", at + 1), in_xml_body, out);
            }
        }
        Shape::String(text) => {
            if let Some(found) = value.as_str() {
                for (constraint, schema) in broken(text, found, shape_name) {
                    refuse(&format!("'{found}'"), &constraint, schema);
                }
            }
        }
        Shape::Integer(range) | Shape::Long(range) => {
            let Some(number) = value.as_i64() else { return };
            if let Some(min) = range.min.filter(|&min| number < min) {
                let constraint = format!("Member must have value greater than or equal to {min}");
                let schema = format!(
                    "cvc-minInclusive-valid: Value '{number}' is not facet-valid with respect to minInclusive '{min}' for type '{shape_name}'."
                );
                refuse(&format!("'{number}'"), &constraint, schema);
            }
            if let Some(max) = range.max.filter(|&max| number > max) {
                let constraint = format!("Member must have value less than or equal to {max}");
                let schema = format!(
                    "cvc-maxInclusive-valid: Value '{number}' is not facet-valid with respect to maxInclusive '{max}' for type '{shape_name}'."
                );
                refuse(&format!("'{number}'"), &constraint, schema);
            }
        }
        Shape::Double(range) => {
            let Some(number) = value.as_f64() else { return };
            if let Some(min) = range.min.filter(|&min| number < min as f64) {
                let constraint = format!("Member must have value greater than or equal to {min}");
                refuse(&format!("'{number}'"), &constraint, constraint.clone());
            }
            if let Some(max) = range.max.filter(|&max| number > max as f64) {
                let constraint = format!("Member must have value less than or equal to {max}");
                refuse(&format!("'{number}'"), &constraint, constraint.clone());
            }
        }
        Shape::Map { key, value: inner } => {
            let Some(entries) = value.as_object() else { return };
            for (name, value) in entries {
                let sides = [(key, "keys", name.as_str()), (inner, "value", value.as_str().unwrap_or_default())];
                for (shape, side, found) in sides {
                    let Some(Shape::String(text)) = facts.shapes.get(shape) else { continue };
                    for (constraint, schema) in broken(text, found, shape) {
                        refuse(
                            &format!("'{found}'"),
                            &format!("Map {side} must satisfy constraint: [{constraint}]"),
                            schema,
                        );
                    }
                }
            }
        }
        Shape::Blob(range) => {
            let bytes = value.as_str().and_then(|text| base64::decode(text).ok()).map_or(0, |bytes| bytes.len());
            let length = i64::try_from(bytes).unwrap_or(i64::MAX);
            let shown = format!("'java.nio.HeapByteBuffer[pos=0 lim={length} cap={length}]'");
            if let Some(min) = range.min.filter(|&min| length < min) {
                let constraint = format!("Member must have length greater than or equal to {min}");
                refuse(&shown, &constraint, constraint.clone());
            }
            if let Some(max) = range.max.filter(|&max| length > max) {
                let constraint = format!("Member must have length less than or equal to {max}");
                refuse(&shown, &constraint, constraint.clone());
            }
        }
        Shape::Boolean {} | Shape::Timestamp {} => {}
    }
}

fn missing(at: &str, name: &str, member: &Member, in_xml_body: bool) -> Problem {
    Problem {
        text: format!("Value null at '{at}' failed to satisfy constraint: Member must not be null"),
        schema: format!(
            "cvc-complex-type.2.4.b: The content of the element is not complete. One of '{{{}}}' is expected.",
            member.wire(name)
        ),
        in_xml_body,
    }
}

/// The constraints of a text that `found` breaks, each in both wordings.
fn broken(text: &Text, found: &str, shape: &str) -> Vec<(String, String)> {
    let mut out = Vec::new();
    let length = found.chars().count();
    if let Some(max) = text.max.filter(|&max| length > max) {
        out.push((
            format!("Member must have length less than or equal to {max}"),
            format!(
                "cvc-maxLength-valid: Value '{found}' with length = '{length}' is not facet-valid with respect to maxLength '{max}' for type '{shape}'."
            ),
        ));
    }
    if let Some(min) = text.min.filter(|&min| length < min) {
        out.push((
            format!("Member must have length greater than or equal to {min}"),
            format!(
                "cvc-minLength-valid: Value '{found}' with length = '{length}' is not facet-valid with respect to minLength '{min}' for type '{shape}'."
            ),
        ));
    }
    if !text.matches(found) {
        let pattern = text.pattern.as_deref().unwrap_or_default();
        out.push((
            format!("Member must satisfy regular expression pattern: {pattern}"),
            format!(
                "cvc-pattern-valid: Value '{found}' is not facet-valid with respect to pattern '{pattern}' for type '{shape}'."
            ),
        ));
    }
    if !text.values.is_empty() && !text.values.iter().any(|value| value == found) {
        let values = text.values.join(", ");
        out.push((
            format!("Member must satisfy enum value set: [{values}]"),
            format!(
                "cvc-enumeration-valid: Value '{found}' is not facet-valid with respect to enumeration '[{values}]'. It must be a value from the enumeration."
            ),
        ));
    }
    out
}

fn show(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// `WorkspaceIds` is `workspaceIds` in these messages.
fn camel(name: &str) -> String {
    let mut characters = name.chars();
    match characters.next() {
        Some(first) => first.to_lowercase().chain(characters).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::facts;
    use super::*;
    use crate::twin::Service;
    use serde_json::json;

    fn refusal(service: Service, operation: &str, input: Value) -> String {
        let facts = facts(service);
        match check(facts, &facts.operations[operation], &input) {
            Ok(()) => String::new(),
            Err(error) => format!("{}: {}", error.code, error.message),
        }
    }

    #[test]
    fn words_each_constraint_as_aws_does() {
        use Service::{Directory, Fsx, Route53, WorkSpaces};
        assert_eq!(
            refusal(WorkSpaces, "DescribeWorkspaces", json!({"Limit": 26})),
            "ValidationException: 1 validation error detected: Value '26' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 25"
        );
        assert_eq!(
            refusal(WorkSpaces, "DescribeClientProperties", json!({})),
            "ValidationException: 1 validation error detected: Value null at 'resourceIds' failed to satisfy constraint: Member must not be null"
        );
        assert_eq!(
            refusal(WorkSpaces, "DescribeWorkspaces", json!({"WorkspaceIds": ["ws-abcdefgh1", "nope"]})),
            "ValidationException: 1 validation error detected: Value 'nope' at 'workspaceIds.2.member' failed to satisfy constraint: Member must satisfy regular expression pattern: ^ws-[0-9a-z]{8,63}$"
        );
        assert_eq!(
            refusal(WorkSpaces, "DescribeWorkspaceImages", json!({"ImageType": "STOLEN", "MaxResults": 0})),
            "ValidationException: 2 validation errors detected: Value 'STOLEN' at 'imageType' failed to satisfy constraint: Member must satisfy enum value set: [OWNED, SHARED]; Value '0' at 'maxResults' failed to satisfy constraint: Member must have value greater than or equal to 1"
        );
        assert!(
            refusal(Directory, "DescribeDirectories", json!({"DirectoryIds": ["d-1"]}))
                .starts_with("ValidationException")
        );
        assert!(
            refusal(Fsx, "DescribeFileSystems", json!({"FileSystemIds": ["x"]}))
                .starts_with("BadRequest: 2 validation errors")
        );
        assert!(
            refusal(Route53, "GetHostedZone", json!({"Id": "Z".repeat(40)}))
                .ends_with("at 'id' failed to satisfy constraint: Member must have length less than or equal to 32")
        );
        let batch = json!({"HostedZoneId": "Z1", "ChangeBatch": {"Changes": [{"Action": "PATCH", "ResourceRecordSet": {"Name": "a", "Type": "TXT"}}]}});
        assert_eq!(
            refusal(Route53, "ChangeResourceRecordSets", batch),
            "InvalidInput: Invalid XML ; cvc-enumeration-valid: Value 'PATCH' is not facet-valid with respect to enumeration '[CREATE, DELETE, UPSERT]'. It must be a value from the enumeration."
        );
    }

    #[test]
    fn measures_bytes_and_the_entries_of_maps() {
        let import = |attributes: Value| {
            let input = json!({"ResourceId": "d-90670a1234", "DeviceTypeIos": attributes});
            refusal(Service::WorkSpaces, "ImportClientBranding", input)
        };
        assert_eq!(import(json!({"Logo": "iVBORw0KGgo=", "LoginMessage": {"en_US": ""}})), "");
        assert_eq!(
            import(json!({"Logo": ""})),
            "ValidationException: 1 validation error detected: Value 'java.nio.HeapByteBuffer[pos=0 lim=0 cap=0]' at 'deviceTypeIos.logo' failed to satisfy constraint: Member must have length greater than or equal to 1"
        );
        let large = base64::encode(vec![0; 447_001]);
        assert!(
            import(json!({"Logo": large}))
                .ends_with("[pos=0 lim=447001 cap=447001]' at 'deviceTypeIos.logo' failed to satisfy constraint: Member must have length less than or equal to 447000")
        );
        assert!(import(json!({"Logo2x": large})).is_empty());
        assert_eq!(
            import(json!({"LoginMessage": {"en-US": "x"}})),
            "ValidationException: 1 validation error detected: Value 'en-US' at 'deviceTypeIos.loginMessage' failed to satisfy constraint: Map keys must satisfy constraint: [Member must satisfy regular expression pattern: ^[a-z]{2}_[A-Z]{2}$]"
        );
        assert!(import(json!({"LoginMessage": {"en_US": "x".repeat(2001)}})).contains("Map value must satisfy"));
    }

    #[test]
    fn lets_good_inputs_and_unknown_members_pass() {
        let good = json!({"WorkspaceIds": ["ws-abcdefgh1"], "Limit": 25, "FutureMember": 1, "NextToken": null});
        assert_eq!(refusal(Service::WorkSpaces, "DescribeWorkspaces", good), "");
        assert_eq!(refusal(Service::Sts, "GetCallerIdentity", json!({})), "");
    }
}
