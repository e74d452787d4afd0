//! Query and EC2's Query: a form whose dotted names are paths into the input.

use crate::twin::error::ApiError;
use crate::twin::model::{Facts, Operation, Protocol, Shape};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A form or a query string, by name.
pub(crate) type Form = BTreeMap<String, String>;

/// Reads a form or a query string. Of a name that is given twice the last value counts.
pub(crate) fn form(text: &str) -> Form {
    let decode = |part: &str| percent_decode_str(&part.replace('+', " ")).decode_utf8_lossy().into_owned();
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        })
        .collect()
}

/// Reads a form into the operation's input.
///
/// # Errors
/// A number or flag that is none; EC2 names a parameter that it does not know.
pub(crate) fn read(facts: &Facts, operation: &Operation, form: &Form) -> Result<Value, ApiError> {
    let Some(shape) = &operation.input else { return Ok(Value::Object(Map::new())) };
    let value = value(facts, shape, "", form)?.unwrap_or(Value::Object(Map::new()));
    if facts.protocol == Protocol::Ec2 {
        for name in form.keys() {
            let first = name.split('.').next().unwrap_or_default();
            let known = match &facts.shapes[shape] {
                Shape::Structure { members, .. } => members.iter().any(|(member, facts)| facts.wire(member) == first),
                Shape::List { .. }
                | Shape::String(_)
                | Shape::Integer(_)
                | Shape::Long(_)
                | Shape::Double(_)
                | Shape::Map { .. }
                | Shape::Blob(_)
                | Shape::Boolean {}
                | Shape::Timestamp {} => false,
            };
            if !known && !["Action", "Version"].contains(&first) && !first.starts_with("X-Amz-") {
                return Err(ApiError::new("UnknownParameter", format!("The parameter {name} is not recognized")));
            }
        }
    }
    Ok(value)
}

fn value(facts: &Facts, shape: &str, at: &str, form: &Form) -> Result<Option<Value>, ApiError> {
    let refuse = |text: &str, kind: &str| match facts.protocol {
        Protocol::Ec2 => ApiError::new(
            "InvalidParameterValue",
            format!("Value ({text}) for parameter {at} is invalid. Expected {kind}."),
        ),
        Protocol::Json | Protocol::RestXml | Protocol::Query => {
            ApiError::new("MalformedInput", format!("{text} is not {kind}"))
        }
    };
    match &facts.shapes[shape] {
        Shape::Structure { members, .. } => {
            let mut out = Map::new();
            for (name, member) in members {
                let wire = member.wire(name);
                let at = if at.is_empty() { wire.to_owned() } else { format!("{at}.{wire}") };
                if let Some(inner) = value(facts, &member.shape, &at, form)? {
                    out.insert(name.clone(), inner);
                }
            }
            Ok((!out.is_empty() || at.is_empty()).then_some(Value::Object(out)))
        }
        Shape::List { member, .. } => {
            let prefix = match facts.protocol {
                Protocol::Ec2 => at.to_owned(),
                Protocol::Json | Protocol::RestXml | Protocol::Query => format!("{at}.member"),
            };
            let mut out = Vec::new();
            while let Some(inner) = value(facts, member, &format!("{prefix}.{}", out.len() + 1), form)? {
                out.push(inner);
            }
            Ok((!out.is_empty()).then_some(Value::Array(out)))
        }
        // No operation that the twin serves by Query takes a map, bytes or a fraction.
        Shape::Map { .. } | Shape::Blob(_) | Shape::Double(_) => Ok(None),
        Shape::String(_) | Shape::Timestamp {} => Ok(form.get(at).map(|text| Value::String(text.clone()))),
        Shape::Integer(_) | Shape::Long(_) => form
            .get(at)
            .map(|text| text.parse::<i64>().map(Value::from).map_err(|_| refuse(text, "an integer")))
            .transpose(),
        Shape::Boolean {} => form
            .get(at)
            .map(|text| match text.as_str() {
                "true" => Ok(Value::Bool(true)),
                "false" => Ok(Value::Bool(false)),
                other => Err(refuse(other, "true or false")),
            })
            .transpose(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::twin::Service;
    use crate::twin::model::facts;
    use serde_json::json;

    #[test]
    fn dotted_names_become_structures() {
        let facts = facts(Service::Ec2);
        let read = |text: &str| read(facts, &facts.operations["DescribeVpcs"], &form(text));
        assert_eq!(
            read(
                "Action=DescribeVpcs&Version=2016-11-15&VpcId.1=vpc-1&VpcId.2=vpc-2&Filter.1.Name=vpc-id&Filter.1.Value.1=a%20b+c&MaxResults=5"
            ),
            Ok(
                json!({"VpcIds": ["vpc-1", "vpc-2"], "Filters": [{"Name": "vpc-id", "Values": ["a b c"]}], "MaxResults": 5})
            )
        );
        assert_eq!(read("Action=DescribeVpcs&MaxResults=x").expect_err("no number").code, "InvalidParameterValue");
        assert_eq!(read("Action=DescribeVpcs&Surprise=1").expect_err("unknown").code, "UnknownParameter");
    }
}
