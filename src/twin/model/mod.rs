//! What AWS's service model asks of the inputs of the operations that the twin serves.
//!
//! The JSON files beside this one are facts from botocore's service models (see their README); [`validate`] refuses what breaks them.

pub mod validate;

use super::Service;
use regex_lite::Regex;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::{LazyLock, OnceLock};

/// How a service speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Protocol {
    /// JSON 1.1: `X-Amz-Target` names the operation, the body is JSON.
    Json,
    /// Method and path name the operation, bodies are XML.
    RestXml,
    /// EC2's Query: a form in, XML out.
    Ec2,
    /// Query: a form in, XML out.
    Query,
}

/// One service's facts.
#[derive(Debug, Deserialize)]
pub struct Facts {
    /// The service's name in a credential scope.
    pub service: String,
    /// How it speaks.
    pub protocol: Protocol,
    /// Its API version.
    pub version: String,
    /// What stands before the operation in `X-Amz-Target`.
    #[serde(default)]
    pub target: String,
    /// The namespace of its XML.
    #[serde(default)]
    pub namespace: String,
    /// The operations served.
    pub operations: BTreeMap<String, Operation>,
    /// The errors that these declare.
    pub errors: BTreeMap<String, ErrorFacts>,
    /// The shapes that their inputs are made of.
    pub shapes: BTreeMap<String, Shape>,
}

/// One operation's facts.
#[derive(Debug, Deserialize)]
pub struct Operation {
    /// The shape of its input.
    #[serde(default)]
    pub input: Option<String>,
    /// The HTTP method, where it tells operations apart.
    #[serde(default)]
    pub method: String,
    /// The path, with `{Name}` for a member.
    #[serde(default)]
    pub uri: String,
    /// The errors it declares.
    #[serde(default)]
    pub errors: Vec<String>,
}

impl Operation {
    /// The first of these errors that the operation declares.
    pub fn first_declared(&self, wanted: &[&str]) -> Option<&str> {
        wanted.iter().find_map(|name| self.errors.iter().find(|declared| declared == name)).map(String::as_str)
    }
}

/// How an error is written.
#[derive(Debug, Deserialize)]
pub struct ErrorFacts {
    /// Its code on the wire, where that is not its name.
    #[serde(default)]
    pub code: Option<String>,
    /// Its HTTP status; 400 where the model names none.
    #[serde(default)]
    pub status: Option<u16>,
}

/// One member of a structure.
#[derive(Debug, Deserialize)]
pub struct Member {
    /// The shape of its value.
    pub shape: String,
    /// Its name on the wire, where that is another.
    #[serde(default)]
    pub wire: Option<String>,
    /// Where it travels in HTTP: absent for the body.
    #[serde(default)]
    pub location: Option<Location>,
}

impl Member {
    /// Its name on the wire.
    pub fn wire<'a>(&'a self, name: &'a str) -> &'a str {
        self.wire.as_deref().unwrap_or(name)
    }
}

/// Where a member travels, outside the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Location {
    /// In the path.
    Uri,
    /// In the query string.
    QueryString,
}

/// A shape and its constraints.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Shape {
    /// Named members.
    Structure {
        /// The members, by name.
        members: BTreeMap<String, Member>,
        /// Those that must be there.
        #[serde(default)]
        required: Vec<String>,
    },
    /// Values by key.
    Map {
        /// The shape of each key.
        key: String,
        /// The shape of each value.
        value: String,
    },
    /// Any number of one shape.
    List {
        /// The shape of each.
        member: String,
        /// The element's name in XML.
        #[serde(default)]
        wire: Option<String>,
        /// The fewest.
        #[serde(default)]
        min: Option<usize>,
        /// The most.
        #[serde(default)]
        max: Option<usize>,
    },
    /// Text.
    String(Text),
    /// A whole number of 32 bits.
    Integer(Range),
    /// A whole number of 64 bits.
    Long(Range),
    /// A number with a fraction.
    Double(Range),
    /// Bytes: base64 in JSON.
    Blob(Range),
    /// True or false.
    Boolean {},
    /// An instant.
    Timestamp {},
}

/// The bounds of a number, or of how many bytes there are.
#[derive(Debug, Deserialize)]
pub struct Range {
    /// The least.
    #[serde(default)]
    pub min: Option<i64>,
    /// The greatest.
    #[serde(default)]
    pub max: Option<i64>,
}

/// What a text must look like.
#[derive(Debug, Deserialize)]
pub struct Text {
    /// The fewest characters.
    #[serde(default)]
    pub min: Option<usize>,
    /// The most characters.
    #[serde(default)]
    pub max: Option<usize>,
    /// What the whole text must match.
    #[serde(default)]
    pub pattern: Option<String>,
    /// The texts allowed.
    #[serde(default, rename = "enum")]
    pub values: Vec<String>,
    #[serde(skip)]
    matcher: OnceLock<Matcher>,
}

#[derive(Debug)]
enum Matcher {
    Regex(Regex),
    /// Every character must pass; the flag tells whether there must be one.
    Characters(fn(char) -> bool, bool),
}

impl Text {
    /// Whether the whole text matches the pattern, as Java's `Matcher.matches` reads it; `true` without one.
    pub fn matches(&self, text: &str) -> bool {
        let Some(pattern) = &self.pattern else { return true };
        match self.matcher.get_or_init(|| matcher(pattern)) {
            Matcher::Regex(regex) => regex.is_match(text),
            Matcher::Characters(allowed, needs_one) => (!needs_one || !text.is_empty()) && text.chars().all(*allowed),
        }
    }
}

/// White space that is neither a control character nor the end of a line or paragraph: what Unicode calls `Zs`.
fn is_space(c: char) -> bool {
    c.is_whitespace() && !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}')
}

/// Some patterns of STS, FSx and DataSync use Unicode classes and surrogates that the small regex engine leaves out.
fn matcher(pattern: &str) -> Matcher {
    let tag = |c: char| c.is_alphanumeric() || c.is_whitespace() || "_.:/=+-@".contains(c);
    match pattern {
        r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+" => Matcher::Characters(tag, true),
        r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*" | r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$" => Matcher::Characters(tag, false),
        r"^[a-zA-Z0-9_\-\+\./\(\)\p{Zs}]*$" => {
            Matcher::Characters(|c| c.is_ascii_alphanumeric() || "_-+./()".contains(c) || is_space(c), false)
        }
        text if text.starts_with(r"[\u0009\u000A\u000D\u0020-\u007E\u0085") => {
            Matcher::Characters(|c| matches!(c, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..), true)
        }
        _ => Matcher::Regex(Regex::new(&format!("^(?:{pattern})$")).expect("every pattern compiles: tested")),
    }
}

/// The facts of a service.
pub fn facts(service: Service) -> &'static Facts {
    static WORKSPACES: LazyLock<Facts> = LazyLock::new(|| read(include_str!("workspaces.json")));
    static DIRECTORY: LazyLock<Facts> = LazyLock::new(|| read(include_str!("ds.json")));
    static FSX: LazyLock<Facts> = LazyLock::new(|| read(include_str!("fsx.json")));
    static DATASYNC: LazyLock<Facts> = LazyLock::new(|| read(include_str!("datasync.json")));
    static TAGGING: LazyLock<Facts> = LazyLock::new(|| read(include_str!("resourcegroupstaggingapi.json")));
    static ROUTE53: LazyLock<Facts> = LazyLock::new(|| read(include_str!("route53.json")));
    static EC2: LazyLock<Facts> = LazyLock::new(|| read(include_str!("ec2.json")));
    static STS: LazyLock<Facts> = LazyLock::new(|| read(include_str!("sts.json")));
    static QUOTAS: LazyLock<Facts> = LazyLock::new(|| read(include_str!("service-quotas.json")));
    static KMS: LazyLock<Facts> = LazyLock::new(|| read(include_str!("kms.json")));
    static PRIVATE_CA: LazyLock<Facts> = LazyLock::new(|| read(include_str!("acm-pca.json")));
    static IAM: LazyLock<Facts> = LazyLock::new(|| read(include_str!("iam.json")));
    match service {
        Service::WorkSpaces => &WORKSPACES,
        Service::Directory => &DIRECTORY,
        Service::Fsx => &FSX,
        Service::DataSync => &DATASYNC,
        Service::Tagging => &TAGGING,
        Service::Route53 => &ROUTE53,
        Service::Ec2 => &EC2,
        Service::Sts => &STS,
        Service::Quotas => &QUOTAS,
        Service::Kms => &KMS,
        Service::PrivateCa => &PRIVATE_CA,
        Service::Iam => &IAM,
    }
}

fn read(text: &str) -> Facts {
    serde_json::from_str(text).expect("the embedded model is read by a test")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_model_is_whole_and_every_pattern_compiles() {
        for service in Service::ALL {
            let facts = facts(service);
            assert_eq!(facts.service, service.signing_name());
            for operation in facts.operations.values() {
                assert!(operation.input.iter().all(|shape| facts.shapes.contains_key(shape)));
                assert!(operation.errors.iter().all(|error| facts.errors.contains_key(error)));
            }
            for (name, shape) in &facts.shapes {
                match shape {
                    Shape::Structure { members, required } => {
                        assert!(required.iter().all(|member| members.contains_key(member)), "{name}");
                        assert!(members.values().all(|member| facts.shapes.contains_key(&member.shape)), "{name}");
                    }
                    Shape::List { member, .. } => assert!(facts.shapes.contains_key(member), "{name}"),
                    Shape::Map { key, value } => {
                        assert!([key, value].into_iter().all(|shape| facts.shapes.contains_key(shape)), "{name}");
                    }
                    Shape::String(text) => {
                        text.matches("");
                    }
                    Shape::Integer(_)
                    | Shape::Long(_)
                    | Shape::Double(_)
                    | Shape::Blob(_)
                    | Shape::Boolean {}
                    | Shape::Timestamp {} => {}
                }
            }
        }
    }

    #[test]
    fn a_pattern_binds_the_whole_text() {
        let shape = |service, name: &str| match &facts(service).shapes[name] {
            Shape::String(text) => text,
            other => panic!("{other:?}"),
        };
        let directory = shape(Service::WorkSpaces, "DirectoryId");
        assert!(directory.matches("d-90670a1234") && directory.matches("wsd-abcdefgh9"));
        assert!(!directory.matches("d-XYZ") && !directory.matches("xx d-90670a1234") && !directory.matches(""));
        let tag = shape(Service::Sts, "tagKeyType");
        assert!(tag.matches("Kostenstelle Zürich") && !tag.matches("a;b") && !tag.matches(""));
    }
}
