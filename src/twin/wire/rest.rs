//! REST-XML, as Route 53 speaks it: method and path name the operation; members travel in path, query string and body.

use super::query::Form;
use crate::twin::error::ApiError;
use crate::twin::model::{Facts, Location, Operation, Shape};
use crate::xml::{Node, parse};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

/// The operation of a method and path, with the members that the path carries.
pub(crate) fn route<'a>(facts: &'a Facts, method: &str, path: &str) -> Option<(&'a str, &'a Operation, Form)> {
    let given: Vec<_> = path.trim_end_matches('/').split('/').collect();
    facts.operations.iter().find_map(|(name, operation)| {
        let pattern: Vec<_> = operation.uri.trim_end_matches('/').split('/').collect();
        if operation.method != method || pattern.len() != given.len() {
            return None;
        }
        let mut members = Form::new();
        for (wanted, part) in pattern.iter().zip(&given) {
            match wanted.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
                Some(member) if !part.is_empty() => {
                    members.insert(member.to_owned(), percent_decode_str(part).decode_utf8_lossy().into_owned());
                }
                Some(_) => return None,
                None if wanted == part => {}
                None => return None,
            }
        }
        Some((name.as_str(), operation, members))
    })
}

/// Reads path, query string and body into the operation's input.
///
/// # Errors
/// `InvalidInput`, with the XML schema's words, for a body that does not fit.
pub(crate) fn read(
    facts: &Facts,
    name: &str,
    operation: &Operation,
    path: &Form,
    query: &Form,
    body: &str,
) -> Result<Value, ApiError> {
    let mut out = Map::new();
    let Some(Shape::Structure { members, .. }) = operation.input.as_ref().map(|shape| &facts.shapes[shape]) else {
        return Ok(Value::Object(out));
    };
    let in_body = members.values().any(|member| member.location.is_none());
    let root = if in_body {
        let root = parse(body).map_err(|why| invalid(&why))?;
        let wanted = format!("{name}Request");
        if root.name != wanted {
            return Err(invalid(&format!("cvc-elt.1: Cannot find the declaration of element '{}'.", root.name)));
        }
        root
    } else {
        Node::default()
    };
    for child in &root.children {
        if !members.iter().any(|(name, member)| member.location.is_none() && member.wire(name) == child.name) {
            return Err(unexpected(&child.name));
        }
    }
    for (name, member) in members {
        let wire = member.wire(name);
        let found = match member.location {
            Some(Location::Uri) => path.get(wire).map(|text| Value::String(text.clone())),
            Some(Location::QueryString) => query.get(wire).map(|text| Value::String(text.clone())),
            None => match root.children.iter().find(|child| child.name == wire) {
                Some(node) => Some(value(facts, &member.shape, node)?),
                None => None,
            },
        };
        if let Some(found) = found {
            out.insert(name.clone(), found);
        }
    }
    Ok(Value::Object(out))
}

fn value(facts: &Facts, shape: &str, node: &Node) -> Result<Value, ApiError> {
    let text = node.text.trim();
    match &facts.shapes[shape] {
        Shape::Structure { members, .. } => {
            let mut out = Map::new();
            for child in &node.children {
                let Some((name, member)) = members.iter().find(|(name, member)| member.wire(name) == child.name) else {
                    return Err(unexpected(&child.name));
                };
                if out.insert(name.clone(), value(facts, &member.shape, child)?).is_some() {
                    return Err(unexpected(&child.name));
                }
            }
            Ok(Value::Object(out))
        }
        Shape::List { member, wire, .. } => {
            let wire = wire.as_deref().unwrap_or("member");
            let items = node.children.iter().map(|child| {
                if child.name == wire { value(facts, member, child) } else { Err(unexpected(&child.name)) }
            });
            items.collect::<Result<Vec<_>, _>>().map(Value::Array)
        }
        // No operation that the twin serves by XML takes a map.
        Shape::Map { .. } => Err(unexpected(&node.name)),
        // A record's value may begin or end with a space inside its quotes only; XML's own blanks around it do not count.
        Shape::String(_) | Shape::Blob(_) | Shape::Timestamp {} => Ok(Value::String(text.to_owned())),
        Shape::Integer(_) | Shape::Long(_) => text
            .parse::<i64>()
            .map(Value::from)
            .map_err(|_| invalid(&format!("cvc-datatype-valid.1.2.1: '{text}' is not a valid value for 'integer'."))),
        // No operation that the twin serves by XML takes a fraction.
        Shape::Double(_) => Err(unexpected(&node.name)),
        Shape::Boolean {} => match text {
            "true" | "1" => Ok(Value::Bool(true)),
            "false" | "0" => Ok(Value::Bool(false)),
            _ => Err(invalid(&format!("cvc-datatype-valid.1.2.1: '{text}' is not a valid value for 'boolean'."))),
        },
    }
}

fn invalid(why: &str) -> ApiError {
    ApiError::new("InvalidInput", format!("Invalid XML ; {why}"))
}

fn unexpected(name: &str) -> ApiError {
    invalid(&format!("cvc-complex-type.2.4.a: Invalid content was found starting with element '{name}'."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::twin::Service;
    use crate::twin::model::facts;
    use serde_json::json;

    #[test]
    fn method_and_path_name_the_operation() {
        let facts = facts(Service::Route53);
        let named =
            |method, path| route(facts, method, path).map(|(name, _, members)| (name, members.get("Id").cloned()));
        assert_eq!(named("GET", "/2013-04-01/hostedzone"), Some(("ListHostedZones", None)));
        assert_eq!(named("GET", "/2013-04-01/hostedzone/Z1"), Some(("GetHostedZone", Some("Z1".to_owned()))));
        assert_eq!(
            named("POST", "/2013-04-01/hostedzone/Z1/rrset/"),
            Some(("ChangeResourceRecordSets", Some("Z1".to_owned())))
        );
        assert_eq!(
            named("GET", "/2013-04-01/hostedzone/Z1/rrset"),
            Some(("ListResourceRecordSets", Some("Z1".to_owned())))
        );
        assert_eq!(named("DELETE", "/2013-04-01/hostedzone/Z1"), None);
        assert_eq!(named("GET", "/2013-04-01/change/C1").map(|(name, _)| name), Some("GetChange"));
    }

    #[test]
    fn a_body_becomes_the_input_or_is_refused_as_its_schema_refuses_it() {
        let facts = facts(Service::Route53);
        let body = |inner: &str| {
            let text = format!(
                "<?xml version=\"1.0\"?><ChangeResourceRecordSetsRequest xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\">{inner}</ChangeResourceRecordSetsRequest>"
            );
            let path = Form::from([("Id".to_owned(), "Z1".to_owned())]);
            read(
                facts,
                "ChangeResourceRecordSets",
                &facts.operations["ChangeResourceRecordSets"],
                &path,
                &Form::new(),
                &text,
            )
        };
        let good = "<ChangeBatch><Changes><Change><Action>CREATE</Action><ResourceRecordSet><Name>a.example.</Name><Type>TXT</Type><TTL>60</TTL><ResourceRecords><ResourceRecord><Value>&quot;x&quot;</Value></ResourceRecord></ResourceRecords></ResourceRecordSet></Change></Changes></ChangeBatch>";
        assert_eq!(
            body(good),
            Ok(json!({"HostedZoneId": "Z1", "ChangeBatch": {"Changes": [{"Action": "CREATE", "ResourceRecordSet":
                {"Name": "a.example.", "Type": "TXT", "TTL": 60, "ResourceRecords": [{"Value": "\"x\""}]}}]}}))
        );
        assert!(body("<Surprise/>").is_err());
        assert!(body(&good.replace("60", "soon")).is_err());
        assert!(body("<ChangeBatch>").is_err());
    }
}
