//! The JSON Schema of deskpair.toml, made from the grammar that the parser goes by.

use super::KnownRule;
use super::grammar::{BUCKET, FILE, Kind, Need, RULE, Table};
use super::text::Text;
use serde_json::{Map, Value, json};

/// The schema, for editors: `deskpair schema config`.
pub fn json_schema(known: &[KnownRule<'_>]) -> Value {
    let mut schema = table(&FILE, known);
    let head = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "deskpair.toml",
        "description": "The configuration of deskpair, which audits the cross-Region failover of Amazon WorkSpaces.",
    });
    if let (Value::Object(schema), Value::Object(head)) = (&mut schema, head) {
        schema.extend(head);
    }
    schema
}

fn table(grammar: &Table, known: &[KnownRule<'_>]) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for key in grammar.keys {
        let mut property = kind(key.kind, known);
        if let Value::Object(property) = &mut property {
            property.insert("description".to_owned(), Value::from(key.about));
        }
        properties.insert(key.name.to_owned(), property);
        if key.need == Need::Required {
            required.push(key.name);
        }
    }
    let mut schema = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    if !required.is_empty() {
        schema["required"] = Value::from(required);
    }
    schema
}

fn text(form: Text) -> Value {
    let mut schema = json!({ "type": "string", "minLength": 1, "examples": [form.example()] });
    if let Some(pattern) = form.pattern() {
        schema["pattern"] = Value::from(pattern);
    }
    schema
}

fn kind(kind: Kind, known: &[KnownRule<'_>]) -> Value {
    match kind {
        Kind::Text(form) => text(form),
        Kind::Texts(form) => json!({ "type": "array", "minItems": 1, "items": text(form) }),
        Kind::Choice(words) => json!({ "type": "string", "enum": words }),
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Count(most) => json!({ "type": "integer", "minimum": 1, "maximum": most }),
        Kind::Positive => json!({ "type": "number", "exclusiveMinimum": 0, "maximum": 1_000_000 }),
        Kind::Instant => json!({ "type": "string", "format": "date-time" }),
        Kind::Bucket => json!({ "oneOf": [{ "const": "none" }, table(&BUCKET, known)] }),
        Kind::Table(grammar) => table(grammar, known),
        Kind::Tables(grammar) => json!({ "type": "array", "items": table(grammar, known) }),
        Kind::RuleId => json!({ "type": "string", "enum": known.iter().map(|rule| rule.id).collect::<Vec<_>>() }),
        Kind::Rules => {
            let rules: Map<String, Value> = known
                .iter()
                .map(|rule| {
                    let mut schema = table(&RULE, known);
                    schema["description"] = Value::from(format!("What is set for {}.", rule.id));
                    for (option, about) in rule.options {
                        schema["properties"][*option] = json!({ "description": about });
                    }
                    (rule.id.to_owned(), schema)
                })
                .collect();
            json!({ "type": "object", "properties": rules, "additionalProperties": false })
        }
    }
}
