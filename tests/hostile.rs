//! Names made to do harm go through every report harmlessly, and unchanged.

use crate::bad_input::estate_file;
use crate::schemas::{junit_schemas, validate};
use crate::support::browser::Browser;
use crate::support::line::company;
use crate::support::peers;
use crate::support::python;
use crate::support::sandbox::Sandbox;
use crate::support::twin::TwinProcess;
use deskpair::twin::sample::Drift;
use deskpair_rules::model::probe::ProbeOutcome;
use deskpair_rules::model::{Estate, Slice};
use std::collections::BTreeSet;

const HOSTILE: [&str; 14] = [
    "<img src=x onerror=alert(1)>",
    "\"><script>document.title='owned'</script>",
    "</script><script>document.title='owned'</script>",
    "' onmouseover='alert(1)' x='",
    "=cmd|' /C calc'!A0",
    "javascript:alert(1)",
    "line\nbreak\r\nand\ttab",
    "esc\u{1b}[2J\u{1b}]0;owned\u{7}",
    "c1\u{9b}31m\u{85}",
    "rtl\u{202e}gnp.exe\u{2066}",
    "{{ 7 * 7 }}{% raw %}",
    "]]>&amp;&#x1b;<!--",
    "nul\u{0}and\u{fffe}\u{fffd}",
    "%s%n../../etc/passwd",
];

/// A company whose people, bundles, images, groups and tags have such names, on one side only, so that each is told of.
fn hostile() -> Estate {
    let mut estate = company(40, Drift::None);
    let long = "long".repeat(1000);
    let names: Vec<&str> = HOSTILE.into_iter().chain([long.as_str()]).collect();
    let (primary, standby) = (estate.pairs[0].primary as usize, estate.pairs[0].standby as usize);
    let mut stranded = BTreeSet::new();
    for (at, name) in names.iter().enumerate() {
        let user = estate.sides[primary].workspaces.items()[at].user;
        stranded.insert(user);
        let name = estate.symbols.intern(name);
        let row = &mut estate.sides[primary].workspaces.items_mut()[at];
        row.user = name;
        row.computer = name;
    }
    estate.sides[standby].workspaces.items_mut().retain(|row| !stranded.contains(&row.user));
    let kept: BTreeSet<_> = estate.sides[standby].workspaces.items().iter().map(|row| row.id).collect();
    estate.sides[standby].connections.items_mut().retain(|row| kept.contains(&row.workspace));
    let side = &mut estate.sides[primary];
    for (at, bundle) in side.bundles.items_mut().iter_mut().enumerate() {
        bundle.name = names[at % names.len()].to_owned();
        bundle.description = names[(at + 1) % names.len()].to_owned();
    }
    for (at, image) in side.images.items_mut().iter_mut().enumerate() {
        image.name = names[(at + 2) % names.len()].to_owned();
    }
    for (at, group) in side.ip_groups.items_mut().iter_mut().enumerate() {
        group.group_name = names[(at + 3) % names.len()].to_owned();
        for rule in &mut group.user_rules {
            rule.rule_desc = names[(at + 4) % names.len()].to_owned();
        }
    }
    // The configuration takes no control characters.
    let printable: Vec<&str> = names.iter().copied().filter(|name| !name.contains(char::is_control)).collect();
    let probes = estate.probes[0].items_mut();
    for (at, dependency) in estate.settings.pairs[0].dependencies.iter_mut().enumerate() {
        dependency.name = printable[at].to_owned();
        for probe in &mut probes[at * 2..at * 2 + 2] {
            probe.name = printable[at].to_owned();
        }
        // On the standby side it is refused, so that it is told of.
        probes[at * 2 + 1].outcome = ProbeOutcome::Refused;
    }
    for row in side.resource_tags.items_mut() {
        row.value = estate.symbols.intern(names[0]);
    }
    for row in side.desktop_tags.items_mut() {
        row.value = estate.symbols.intern(names[7]);
    }
    for brandings in side.branding.values_mut() {
        *brandings = Slice::whole_of(
            std::mem::replace(brandings, Slice::whole_of(Vec::new()))
                .items()
                .iter()
                .cloned()
                .map(|mut platform| {
                    platform.branding.support_link = "javascript:alert(1)".to_owned();
                    platform.branding.support_email = names[0].to_owned();
                    platform.branding.login_message.values_mut().for_each(|text| *text = names[1].to_owned());
                    platform
                })
                .collect(),
        );
    }
    estate
}

#[test]
fn hostile_names_reach_the_report_over_the_wire_and_from_a_file() {
    let sandbox = Sandbox::new();
    estate_file(&sandbox, "hostile.jsonl.zst", &hostile());
    let twin = TwinProcess::start(&sandbox, ["--estate", "hostile.jsonl.zst"]);
    let over_the_wire = sandbox.scan(&twin, ["-o", "wire"]).expect(1);
    let from_a_file = sandbox.deskpair(["scan", "--estate", "hostile.jsonl.zst", "-o", "file"]).run().expect(1);
    for (answer, folder) in [(over_the_wire, "wire"), (from_a_file, "file")] {
        for (stream, text) in [("standard output", &answer.out), ("standard error", &answer.err)] {
            let harmful = |c: char| (c.is_control() && c != '\n') || "\u{202e}\u{2066}\u{fffe}".contains(c);
            assert!(!text.contains(harmful), "{stream} of {folder}: {text:?}");
        }
        let report = sandbox.json(format!("{folder}/report.json"));
        let found: BTreeSet<&str> = report["pairs"][0]["findings"]
            .as_array()
            .expect("findings")
            .iter()
            .filter(|finding| finding["rule"] == "WSP-001")
            .map(|finding| finding["subject"]["name"].as_str().expect("a name"))
            .collect();
        for name in HOSTILE {
            // Rules fold the case of user names.
            let there = found.iter().any(|found| found.to_lowercase() == name.to_lowercase());
            assert!(there, "{name:?} is not told of in {folder}: {found:?}");
        }
        sandbox.deskpair(["verify", folder]).run().expect(0);
    }
}

#[test]
fn hostile_names_leave_junit_valid() {
    let sandbox = Sandbox::new();
    estate_file(&sandbox, "hostile.jsonl.zst", &hostile());
    sandbox.deskpair(["scan", "--estate", "hostile.jsonl.zst"]).run().expect(1);
    if let Some(xmllint) = peers::program("xmllint", "libxml2-utils") {
        sandbox.program(xmllint, ["--noout", "--nonet", "deskpair-report/junit.xml"]).run().expect(0);
    }
    let (Some(python), Some(schemas)) = (python::program("python"), junit_schemas()) else { return };
    for schema in schemas {
        validate(&sandbox, &python, "xsd", &schema, "deskpair-report/junit.xml").expect(0);
    }
}

#[test]
fn hostile_names_are_texts_in_the_browser() {
    let sandbox = Sandbox::new();
    estate_file(&sandbox, "hostile.jsonl.zst", &hostile());
    sandbox.deskpair(["scan", "--estate", "hostile.jsonl.zst", "--fail-on", "never"]).run().expect(0);
    let Some(mut browser) = Browser::start(&sandbox) else { return };
    browser.open(&sandbox.path("deskpair-report/report.html"));
    // Everything that a reader can unfold.
    browser.value("document.querySelectorAll('details').forEach(part => part.open = true)");
    let misdeeds = browser.misdeeds();
    assert!(misdeeds.is_empty(), "{misdeeds:#?}");
    assert_ne!(browser.value("document.title"), "owned");
    for (selector, what) in [
        ("img", "an image"),
        ("[onerror], [onmouseover], [onclick]", "a handler"),
        ("a[href^='javascript:' i]", "a link that is a script"),
        ("iframe, object, embed, base, meta[http-equiv=refresh]", "something foreign"),
    ] {
        let found = browser.value(&format!("document.querySelectorAll({selector:?}).length"));
        assert_eq!(found, 0, "the page has {what}");
    }
    let text = browser.value("document.documentElement.textContent");
    let text = text.as_str().expect("text");
    for name in ["<img src=x onerror=alert(1)>", "=cmd|' /C calc'!A0", "{{ 7 * 7 }}{% raw %}", "]]>&amp;&#x1b;<!--"] {
        assert!(text.contains(name), "{name:?} is not shown");
    }
}

#[test]
fn the_report_is_a_page_of_its_own() {
    let sandbox = Sandbox::new();
    sandbox.deskpair(["demo"]).run().expect(0);
    let Some(mut browser) = Browser::start(&sandbox) else { return };
    let page = sandbox.path("deskpair-report/report.html");
    browser.open(&page);
    let misdeeds = browser.misdeeds();
    assert!(misdeeds.is_empty(), "{misdeeds:#?}");
    let report = sandbox.json("deskpair-report/report.json");
    let readiness = &report["pairs"][0]["readiness"];
    let text = browser.value("document.body.innerText");
    let text = text.as_str().expect("text").replace(',', "");
    for count in ["ready", "stranded", "users"] {
        assert!(text.contains(&readiness[count].to_string()), "{count} of {readiness} is not to be seen:\n{text}");
    }
    for width in [360, 1280] {
        let size = serde_json::json!({ "width": width, "height": 800, "deviceScaleFactor": 1, "mobile": false });
        browser.call("Emulation.setDeviceMetricsOverride", size);
        let wide = browser.value("document.documentElement.scrollWidth");
        assert!(wide.as_u64() <= Some(width), "{wide} pixels wide on a screen of {width}");
    }
    // The browser can tell: the same page with a foreign part is caught.
    let spoilt = sandbox.text("deskpair-report/report.html").replacen(
        "</body>",
        "<img src='http://a.example/x.png' onerror='alert(1)'></body>",
        1,
    );
    sandbox.write("spoilt.html", spoilt);
    browser.open(&sandbox.path("spoilt.html"));
    assert!(!browser.misdeeds().is_empty(), "a page that reaches out is not noticed");
}
