use crate::File;
use crate::samples::{self, written};
use deskpair_rules::fixture::On;
use deskpair_rules::model::Dataset;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;
use std::collections::HashSet;

/// A case as a consumer reads it.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) name: String,
    /// The element inside, its message and its text.
    pub(crate) ending: Option<(String, String, String)>,
}

fn attributes(start: &BytesStart<'_>) -> Vec<(String, String)> {
    start
        .attributes()
        .map(|attribute| {
            let attribute = attribute.expect("well formed");
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).expect("no unknown entity");
            (attribute.key.as_ref().to_owned(), value.into_owned())
        })
        .collect()
}

fn names(attributes: &[(String, String)]) -> Vec<&str> {
    attributes.iter().map(|(name, _)| name.as_str()).collect()
}

/// Reads a file of a scan.
fn read(xml: &str) -> Vec<Case> {
    read_of(xml, "2026-06-01T12:00:00")
}

/// Reads a file and holds it to the dialect: elements in order, attributes, counts, unique names, legal characters; suites of this instant,
/// which may be told in part.
pub(crate) fn read_of(xml: &str, instant: &str) -> Vec<Case> {
    assert!(xml.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"));
    let legal = |c: char| matches!(c, '\t' | '\n' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    assert!(xml.chars().all(legal), "XML 1.0 cannot hold it");
    let mut reader = Reader::from_str(xml);
    let mut path: Vec<String> = Vec::new();
    let mut suites = 0;
    let mut declared = [0_usize; 4];
    let mut seen = [0_usize; 4];
    let mut children: Vec<String> = Vec::new();
    let mut cases: Vec<Case> = Vec::new();
    let mut text = String::new();
    loop {
        let event = reader.read_event().expect("well formed");
        let (start, empty) = match &event {
            Event::Start(start) => (start, false),
            Event::Empty(start) => (start, true),
            Event::Text(content) => {
                text.push_str(&content.xml10_content());
                continue;
            }
            Event::GeneralRef(reference) => {
                let entity = quick_xml::escape::unescape(&format!("&{};", &**reference)).expect("known").into_owned();
                text.push_str(&entity);
                continue;
            }
            Event::End(_) => {
                let element = path.pop().expect("it was opened");
                match element.as_str() {
                    "testsuite" => {
                        assert_eq!(declared, seen, "the suite's counts");
                        assert_eq!(children.first().map(String::as_str), Some("properties"));
                        let tail: Vec<&str> = children.iter().rev().take(2).map(String::as_str).collect();
                        assert_eq!(tail, ["system-err", "system-out"]);
                        assert!(children[1..children.len() - 2].iter().all(|child| child == "testcase"));
                    }
                    "failure" | "error" | "skipped" => {
                        let case = cases.last_mut().expect("inside a case");
                        case.ending.as_mut().expect("it was opened").2 = std::mem::take(&mut text);
                    }
                    _ => {}
                }
                continue;
            }
            Event::Eof => break,
            Event::Decl(_) => continue,
            other => panic!("{other:?} has no place here"),
        };
        let element = start.name().as_ref().to_owned();
        let attributes = attributes(start);
        let value = |name: &str| attributes.iter().find(|(known, _)| known == name).expect("it has it").1.clone();
        text.clear();
        match (path.last().map(String::as_str), element.as_str()) {
            (None, "testsuites") => assert!(attributes.is_empty()),
            (Some("testsuites"), "testsuite") => {
                let wanted = "name package id hostname timestamp tests failures errors skipped time";
                assert_eq!(names(&attributes).join(" "), wanted);
                assert_eq!(value("id"), suites.to_string());
                let timestamp = value("timestamp");
                assert!(timestamp.starts_with(instant) && timestamp.len() == 19, "{timestamp}");
                declared =
                    ["tests", "failures", "errors", "skipped"].map(|name| value(name).parse().expect("a number"));
                seen = [0; 4];
                children.clear();
                suites += 1;
            }
            (Some("testsuite"), "properties" | "system-out" | "system-err") => assert!(attributes.is_empty()),
            (Some("properties"), "property") => assert_eq!(names(&attributes), ["name", "value"]),
            (Some("testsuite"), "testcase") => {
                assert_eq!(names(&attributes), ["name", "classname", "time"]);
                seen[0] += 1;
                let name = value("name");
                assert_eq!(name.split_whitespace().collect::<Vec<_>>().join(" "), name, "a token");
                cases.push(Case { name, ending: None });
            }
            (Some("testcase"), "failure" | "error" | "skipped") => {
                let typed = element != "skipped";
                assert_eq!(names(&attributes), if typed { vec!["message", "type"] } else { vec!["message"] });
                seen[["", "failure", "error", "skipped"].iter().position(|known| *known == element).expect("known")] +=
                    1;
                let case = cases.last_mut().expect("inside a case");
                assert!(case.ending.is_none(), "one ending a case");
                case.ending = Some((element.clone(), value("message"), String::new()));
            }
            (parent, child) => panic!("{child} inside {parent:?}"),
        }
        if path.len() == 2 {
            children.push(element.clone());
        }
        if !empty {
            path.push(element);
        }
    }
    assert!(suites > 0);
    let mut unique = HashSet::new();
    assert!(cases.iter().all(|case| unique.insert(&case.name)), "names are unique");
    cases
}

pub(crate) fn ending<'a>(cases: &'a [Case], name: &str) -> (&'a str, &'a str) {
    let case = cases.iter().find(|case| case.name == name);
    let case =
        case.unwrap_or_else(|| panic!("{name} among {:#?}", cases.iter().map(|case| &case.name).collect::<Vec<_>>()));
    case.ending.as_ref().map_or(("passed", ""), |(element, message, _)| (element.as_str(), message.as_str()))
}

#[test]
fn an_estate_in_order_lists_what_passed() {
    let fixture = samples::clean();
    let cases = read(&written(&samples::run(&fixture), File::Junit));
    assert_eq!(ending(&cases, "ALS-003 alias-not-associated: 2 in order [corp]").0, "passed");
    let skipped = ending(&cases, "FSX-011 snapmirror-health: not applicable [corp]");
    assert_eq!(skipped, ("skipped", "not applicable: neither Region has an ONTAP file system"));
    // What no API can tell does not make the run inconclusive, so it is not red; neither is it green.
    assert_eq!(ending(&cases, "SEC-017 corp.example [corp]").0, "skipped");
    assert!(cases.iter().all(|case| case.ending.as_ref().is_none_or(|(element, ..)| element == "skipped")));
}

#[test]
fn fails_gaps_and_waivers_are_told_apart() {
    let fixture = samples::drifted();
    let cases = read(&written(&samples::run(&fixture), File::Junit));
    assert_eq!(ending(&cases, "WSP-001 bert [corp]"), ("failure", "bert has no desktop in us-west-2"));
    assert_eq!(ending(&cases, "BRD-002 Windows [corp]").0, "error");
    let waived = ending(&cases, "BND-002 power-bundle [corp]");
    assert_eq!(waived.0, "skipped");
    assert!(waived.1.starts_with("waived until 2026-06-02T12:00:00Z by euc-team@example.com"));
    let text = &cases.iter().find(|case| case.name == "BND-002 standard-bundle [corp]").expect("it fails").ending;
    let text = &text.as_ref().expect("it fails").2;
    assert!(text.contains("UserStorage.Capacity: 50 on the primary side, 10 on the standby side"), "{text}");
    assert!(text.contains("Touches 2 people."), "{text}");
}

#[test]
fn names_cannot_break_the_file() {
    let fixture = samples::hostile();
    let cases = read(&written(&samples::run(&fixture), File::Junit));
    assert!(cases.iter().any(|case| case.name.starts_with("WSP-001 <img src=x onerror=alert(1)>")));
    assert!(cases.iter().any(|case| case.name.starts_with("WSP-001 two\\nlines")));
}

#[test]
fn an_account_that_could_not_be_told_is_an_error() {
    let mut fixture = samples::clean();
    let gap = fixture.deny(On::Primary, Dataset::Workspaces);
    fixture.side(On::Standby).account = Err(gap);
    let cases = read(&written(&samples::run(&fixture), File::Junit));
    assert_eq!(ending(&cases, "account of the primary Region us-east-1 [corp]").0, "passed");
    assert_eq!(ending(&cases, "account of the standby Region us-west-2 [corp]").0, "error");
    assert_eq!(ending(&cases, "everybody of the primary Region is listed [corp]").0, "error");
}

#[test]
fn a_rule_that_broke_is_an_error() {
    let fixture = samples::clean();
    let cases = read(&written(&samples::broken_run(&fixture), File::Junit));
    assert_eq!(ending(&cases, "WSP-016 broke [corp]").0, "error");
}

#[test]
fn a_thousand_cases_a_rule_then_one_for_the_rest() {
    let mut fixture = samples::many(0);
    for at in 0..2_500 {
        fixture.add_desktop(On::Primary, &format!("user{at:06}"), "standard");
    }
    let xml = written(&samples::run(&fixture), File::Junit);
    let cases = read(&xml);
    let failed = cases.iter().filter(|case| case.name.starts_with("WSP-001 user0")).count();
    assert_eq!(failed, 1000);
    let rest = "WSP-001 user-without-standby: 1,500 more fail: report.json has them all [corp]";
    assert_eq!(ending(&cases, rest).0, "failure");
    assert!(xml.len() < 30_000_000);
}

#[test]
fn no_name_is_given_twice() {
    let mut fixture = samples::drifted();
    // A second desktop of the same person, and no standby for either.
    fixture.add_desktop(On::Primary, "bert", "power");
    let fixture = samples::repeated(fixture, 3);
    let cases = read(&written(&samples::run(&fixture), File::Junit));
    assert_eq!(ending(&cases, "WSP-001 bert [corp]").0, "failure");
    assert_eq!(ending(&cases, "WSP-001 bert [corp] (2)").0, "failure");
    assert_eq!(ending(&cases, "WSP-001 bert [corp 3]").0, "failure");
}

#[test]
fn the_file_stays_small_whatever_people_are_called() {
    let mut fixture = samples::clean();
    for at in 0..1_000 {
        fixture.add_desktop(On::Primary, &format!("{at:04}{}", "</&\"'>".repeat(300)), "standard");
    }
    let fixture = samples::repeated(fixture, 12);
    let xml = written(&samples::run(&fixture), File::Junit);
    assert!(xml.len() < 30_000_000, "{}", xml.len());
    assert!(read(&xml).iter().any(|case| case.name.contains("more fail: report.json has them all")));
}
