//! JSON 1.1: types are checked before constraints, with AWS's words for a value of the wrong type.

use crate::twin::error::ApiError;
use crate::twin::model::{Facts, Operation, Shape};
use aws_smithy_types::base64;
use serde_json::{Map, Value};

/// Reads a body into the operation's input. An empty body is an empty input.
///
/// # Errors
/// `SerializationException`.
pub(crate) fn read(facts: &Facts, operation: &Operation, body: &[u8]) -> Result<Value, ApiError> {
    let value = if body.is_empty() {
        Value::Object(Map::new())
    } else {
        serde_json::from_slice(body).map_err(|_| refuse("Start of structure or map expected."))?
    };
    if let Some(shape) = &operation.input {
        fits(facts, shape, &value, true)?;
    }
    Ok(value)
}

fn refuse(message: impl Into<String>) -> ApiError {
    ApiError::new("SerializationException", message)
}

fn fits(facts: &Facts, shape: &str, value: &Value, top: bool) -> Result<(), ApiError> {
    if value.is_null() && !top {
        return Ok(());
    }
    match &facts.shapes[shape] {
        Shape::Structure { members, .. } => {
            let Value::Object(given) = value else { return Err(refuse("Expected null")) };
            for (name, member) in members {
                if let Some(inner) = given.get(name) {
                    fits(facts, &member.shape, inner, false)?;
                }
            }
            Ok(())
        }
        Shape::List { member, .. } => match value {
            Value::Array(items) => items.iter().try_for_each(|item| fits(facts, member, item, false)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
                Err(refuse("Expected list or null"))
            }
        },
        Shape::String(_) => {
            if value.is_string() {
                Ok(())
            } else {
                Err(unfit(value, "a String"))
            }
        }
        Shape::Integer(_) => {
            if value.as_i64().is_some_and(|number| i32::try_from(number).is_ok()) {
                Ok(())
            } else {
                Err(unfit(value, "an Integer"))
            }
        }
        Shape::Long(_) => {
            if value.is_i64() {
                Ok(())
            } else {
                Err(unfit(value, "a Long"))
            }
        }
        Shape::Double(_) => {
            if value.is_number() {
                Ok(())
            } else {
                Err(unfit(value, "a Double"))
            }
        }
        Shape::Map { key: _, value: inner } => match value {
            Value::Object(entries) => entries.values().try_for_each(|value| fits(facts, inner, value, false)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                Err(refuse("Expected map or null"))
            }
        },
        Shape::Blob(_) => match value.as_str().map(base64::decode) {
            Some(Ok(_)) => Ok(()),
            Some(Err(_)) => Err(refuse("Blob is not base64.")),
            None => Err(unfit(value, "a ByteBuffer")),
        },
        Shape::Boolean {} => {
            if value.is_boolean() {
                Ok(())
            } else {
                Err(unfit(value, "a Boolean"))
            }
        }
        Shape::Timestamp {} => {
            if value.is_number() {
                Ok(())
            } else {
                Err(unfit(value, "milliseconds since epoch"))
            }
        }
    }
}

fn unfit(value: &Value, wanted: &str) -> ApiError {
    let kind = match value {
        Value::Object(_) | Value::Array(_) => {
            return refuse("Start of structure or map found where not expected.");
        }
        Value::Number(number) if number.is_f64() => "DECIMAL_VALUE",
        Value::Number(_) => "NUMBER_VALUE",
        Value::String(_) => "STRING_VALUE",
        Value::Bool(true) => "TRUE_VALUE",
        Value::Bool(false) => "FALSE_VALUE",
        Value::Null => "NULL_VALUE",
    };
    refuse(format!("{kind} can not be converted to {wanted}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::twin::Service;
    use crate::twin::model::facts;

    #[test]
    fn a_value_of_the_wrong_type_is_refused_before_any_constraint() {
        let facts = facts(Service::WorkSpaces);
        let read = |body: &str| read(facts, &facts.operations["DescribeWorkspaces"], body.as_bytes());
        assert!(read("").is_ok() && read("{}").is_ok() && read(r#"{"Limit":99,"Limit2":"x","UserName":null}"#).is_ok());
        for (body, words) in [
            (r#"{"Limit":"5"}"#, "STRING_VALUE can not be converted to an Integer"),
            (r#"{"Limit":5.5}"#, "DECIMAL_VALUE can not be converted to an Integer"),
            (r#"{"UserName":5}"#, "NUMBER_VALUE can not be converted to a String"),
            (r#"{"WorkspaceIds":"ws-1"}"#, "Expected list or null"),
            ("not json", "Start of structure or map expected."),
        ] {
            let error = read(body).expect_err(body);
            assert_eq!((error.code.as_str(), error.message.as_str()), ("SerializationException", words));
        }
    }

    #[test]
    fn bytes_are_base64_and_maps_have_entries() {
        let facts = facts(Service::WorkSpaces);
        let import = &facts.operations["ImportClientBranding"];
        let read = |attributes: &str| read(facts, import, format!(r#"{{"DeviceTypeWeb":{attributes}}}"#).as_bytes());
        assert!(read(r#"{"Logo":"iVBORw==","LoginMessage":{"en_US":"x"}}"#).is_ok());
        for wrong in [r#"{"Logo":"?"}"#, r#"{"Logo":1}"#, r#"{"LoginMessage":["x"]}"#, r#"{"LoginMessage":{"a":1}}"#] {
            assert_eq!(read(wrong).expect_err(wrong).code, "SerializationException");
        }
    }
}
