use super::SOURCE;
use super::page::{PARTS, base64};
use crate::File;
use crate::samples::{self, written};
use deskpair_rules::engine::{Options, evaluate_with};
use deskpair_rules::fixture::{On, TAKEN_AT};
use sha2::{Digest, Sha256};
use std::collections::{BTreeSet, HashSet};

/// A tag of the page, outside its style and script: name and attributes.
struct Tag<'a> {
    name: &'a str,
    attributes: Vec<(&'a str, &'a str)>,
}

/// The page's tags, read as a browser does: a `<` that begins no tag of ours, or an attribute that is not quoted, is a fault.
fn tags(page: &str) -> Vec<Tag<'_>> {
    let page = page.strip_prefix("<!doctype html>").expect("a document");
    let mut tags = Vec::new();
    let mut rest = page;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if let Some(end) = rest.strip_prefix('/') {
            assert!(end.starts_with(|c: char| c.is_ascii_lowercase()), "{}", &end[..20.min(end.len())]);
            continue;
        }
        let end = rest.find('>').expect("it ends");
        let (inside, after) = (rest[..end].trim_end_matches('/'), &rest[end + 1..]);
        let name = &inside[..inside.find(' ').unwrap_or(inside.len())];
        let mut attributes = Vec::new();
        let mut left = inside[name.len()..].trim_start();
        while !left.is_empty() {
            let key = &left[..left.find(['=', ' ']).unwrap_or(left.len())];
            left = &left[key.len()..];
            let mut value = "";
            if let Some(quoted) = left.strip_prefix("=\"") {
                value = &quoted[..quoted.find('"').expect("it is closed")];
                left = &quoted[value.len() + 1..];
            }
            attributes.push((key, value));
            left = left.trim_start();
        }
        rest = after;
        if name == "style" || name == "script" {
            rest = &rest[rest.find("</").expect("it is closed")..];
        }
        tags.push(Tag { name, attributes });
    }
    tags
}

/// What a page of ours is made of, and nothing besides.
const ELEMENTS: &str = "html head meta title style body a header p svg defs pattern rect circle path time main h1 b span section h2 h3 h4 h5 \
                        h6 bdi ul ol li dl div dt dd form label input select option button kbd details summary table thead tbody tr th \
                        td code pre strong em mark script footer line text desc figure figcaption";
const ATTRIBUTES: &str = "lang charset http-equiv content name class href id tabindex viewBox width height aria-hidden focusable x y rx cx \
                          cy r d fill patternUnits patternTransform datetime role hidden type autocomplete spellcheck checked disabled \
                          aria-keyshortcuts value aria-labelledby aria-label data-cause data-pair data-name data-severity data-area \
                          data-verdict data-group data-filtered data-listed data-unready data-causes data-everybody data-state open \
                          data-subject scope colspan data-side rel start x1 x2 y1 y2 dx dy";

pub(crate) fn assert_harmless(page: &str) {
    let elements: HashSet<&str> = ELEMENTS.split_whitespace().collect();
    let known: HashSet<&str> = ATTRIBUTES.split_whitespace().collect();
    let tags = tags(page);
    let mut ids = HashSet::new();
    for tag in &tags {
        assert!(elements.contains(tag.name), "<{}> is none of ours", tag.name);
        for (key, value) in &tag.attributes {
            assert!(known.contains(key), "{key}={value} on <{}> is none of ours", tag.name);
            if *key == "id" {
                assert!(ids.insert(*value), "{value} is there twice");
            }
        }
    }
    for (_, href) in tags.iter().flat_map(|tag| &tag.attributes).filter(|(key, _)| *key == "href") {
        match href.strip_prefix('#') {
            Some(id) => assert!(ids.contains(id), "{href} leads nowhere"),
            None => assert!(href.starts_with("https:"), "{href}"),
        }
    }
    let acts =
        |c: char| (c.is_control() && c != '\n') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2028}' | '\u{fffe}');
    assert!(!page.contains(acts), "no control character reaches the page");
}

pub(crate) fn between<'a>(page: &'a str, start: &str, end: &str) -> &'a str {
    let from = page.find(start).expect("it starts") + start.len();
    &page[from..from + page[from..].find(end).expect("it ends")]
}

#[test]
fn hostile_names_stay_text() {
    let fixture = samples::hostile();
    let page = written(&samples::run(&fixture), File::Html);
    assert_harmless(&page);
    assert!(page.contains("&lt;img src=x onerror=alert(1)&gt;"));
    assert!(page.contains("{{ 7 * 7 }}"), "names are no templates");
    assert_eq!(page.matches("<script>").count(), 1);
}

#[test]
fn every_sample_is_a_page_of_known_parts() {
    let mut empty = samples::clean();
    for on in [On::Primary, On::Standby] {
        for user in ["anna", "bert", "carla"] {
            empty.remove_desktop(on, user);
        }
    }
    for fixture in [samples::clean(), samples::drifted(), samples::many(3_000), empty] {
        assert_harmless(&written(&samples::run(&fixture), File::Html));
    }
    let fixture = samples::clean();
    assert_harmless(&written(&samples::broken_run(&fixture), File::Html));
}

#[test]
fn people_are_told_by_a_tags_values_where_that_is_asked_for() {
    let mut fixture = samples::hostile();
    fixture.tag(On::Primary, "ws-panna", "Department", "<b>Sales</b>");
    let page = |tag: Option<&str>| {
        let options = Options { group_by: tag.map(ToOwned::to_owned), ..Options::at(TAKEN_AT) };
        written(&evaluate_with(&fixture.estate, options, &samples::rules()), File::Html)
    };
    let by_tag = page(Some("Department"));
    assert_harmless(&by_tag);
    let rows = between(&by_tag, "by the tag <bdi>Department</bdi>", "</table>");
    assert!(rows.contains("<bdi>&lt;b&gt;Sales&lt;&#x2f;b&gt;</bdi></th><td>1</td>"), "{rows}");
    assert!(rows.contains("without the tag"), "{rows}");
    assert!(page(Some("department")).contains("No desktop of the primary Region has it."));
    assert!(!page(None).contains("by the tag"));
}

#[test]
fn the_policy_names_the_style_and_the_script_and_nothing_else() {
    let fixture = samples::drifted();
    let page = written(&samples::run(&fixture), File::Html);
    let digest = |text: &str| base64(&Sha256::digest(text.as_bytes())).replace('/', "&#x2f;");
    let policy = between(&page, "Content-Security-Policy\" content=\"", "\"").replace("&#x27;", "'");
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    assert!(policy.contains(&format!("style-src 'sha256-{}';", digest(between(&page, "<style>", "</style>")))));
    assert!(policy.contains(&format!("script-src 'sha256-{}';", digest(between(&page, "<script>", "</script>")))));
    assert!(!policy.contains("unsafe"));
    let style = SOURCE.whole_style();
    for (text, what) in [
        (style.as_str(), "url("),
        (&style, "@import"),
        (SOURCE.script, "innerHTML"),
        (SOURCE.script, "fetch("),
        (SOURCE.script, "</"),
    ] {
        assert!(!text.contains(what), "{what}");
    }
}

#[test]
fn templates_escape_everything() {
    for (name, template) in [PARTS].iter().chain(SOURCE.templates) {
        assert!(name.ends_with(".html"), "the ending of {name} turns escaping on");
        for way_out in ["safe", "autoescape", "{% raw", " style=", "onclick"] {
            assert!(!template.contains(way_out), "{way_out} in {name}");
        }
    }
}

#[test]
fn names_in_backticks_are_set_as_code_and_nothing_else_is_read_in_them() {
    let mut environment = minijinja::Environment::new();
    environment.add_template(PARTS.0, PARTS.1).expect("it is read");
    environment.add_template("one.html", "{% from 'parts.html' import coded %}{{ coded(text) }}").expect("it is read");
    let coded = |text: &str| {
        let page = environment.get_template("one.html").expect("it was added");
        page.render(minijinja::context! { text }).expect("it is written")
    };
    assert_eq!(coded("name it in `keys` of `x`."), "name it in <code>keys</code> of <code>x</code>.");
    assert_eq!(coded("`a` <b>"), "<code>a</code> &lt;b&gt;");
    assert_eq!(coded("`<b>`[x](https://a)"), "<code>&lt;b&gt;</code>[x](https:&#x2f;&#x2f;a)");
    // A backtick alone is somebody's own.
    assert_eq!(coded("the group `corp"), "the group `corp");
    assert_eq!(coded(""), "");
}

#[test]
fn base64_is_as_the_standard_has_it() {
    let pairs = [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE=")];
    assert!(pairs.iter().all(|(text, coded)| base64(text.as_bytes()) == *coded));
}

#[test]
fn what_matters_is_on_the_page() {
    let fixture = samples::drifted();
    let run = samples::run(&fixture);
    let page = written(&run, File::Html);
    for text in [
        "<span class=\"big\">0 of 3</span>",
        "aria-label=\"0 ready, 2 degraded, 0 cannot be told, 1 stranded\"",
        "Exit code 3: inconclusive.",
        "strands 1 person",
        "strands somebody: nothing tells whom",
        "Follows from it:",
        "Allow denied:Branding to the scanning identity, then scan again.",
        "Waived until 2026-06-02T12:00:00Z by euc-team@example.com: the power users keep little",
        "AWS reserves no capacity",
        "Neither Region has an ONTAP file system.",
        "<p class=\"planned\"><b>Planned:</b> make the desktop of bert (review) — <code>deskpair remediate plan</code></p>",
        "<p class=\"planned\"><b>Planned for a person:</b> make the group of ",
        "<p class=\"planned\"><b>Left to people:</b> nobody but people can do it for ",
    ] {
        assert!(page.contains(text), "{text}");
    }
    // What strands people comes before what degrades more of them.
    let place = |text: &str| page.find(text).unwrap_or_else(|| panic!("{text}"));
    assert!(place("id=\"cause-1-WSP-001-missing\" data") < place("id=\"cause-1-BND-002-smaller\" data"));
    assert!(page == written(&run, File::Html), "the same run gives the same bytes");
}

#[test]
fn the_page_stays_small_whatever_people_are_called_and_however_many_pairs() {
    let mut fixture = samples::clean();
    for at in 0..1_000 {
        fixture.add_desktop(On::Primary, &format!("{at:04}{}", "</&\"'>".repeat(300)), "standard");
    }
    let page = written(&samples::run(&fixture), File::Html);
    assert!(page.contains("and 950 more: see <code>report.json</code>"));
    assert_harmless(&page);
    let fixture = samples::repeated(fixture, 12);
    let page = written(&samples::run(&fixture), File::Html);
    assert!(page.len() < 5_000_000, "{}", page.len());
    assert!(page.contains("and 1,000 more: see <code>report.json</code>"), "what does not fit is counted");
    assert_harmless(&page);
}

#[test]
fn what_a_plan_would_make_of_many_is_a_line() {
    let fixture = samples::many(3_000);
    let run = samples::run(&fixture);
    let page = written(&run, File::Html);
    let lines: Vec<&str> = page.split("<p class=\"planned\">").skip(1).collect();
    let (causes, planned) = (page.matches("data-cause data-pair").count(), lines.len());
    assert!(planned > 0 && planned <= causes, "{planned} lines for {causes} causes");
    assert!(lines.iter().any(|line| line.contains("more changes (review) — ")), "{:?}", lines.first());
    // Of a waived cause nothing is planned, and where no planner was asked nothing is said.
    let mut silent = Vec::new();
    crate::write(File::Html, &run, &crate::Fixes::default(), &mut silent).expect("a vector takes everything");
    assert!(!String::from_utf8(silent).expect("UTF-8").contains("<p class=\"planned\">"));
}

#[test]
fn the_share_is_never_rounded_up() {
    let shares = [(0, 5), (1, 5_000), (4_999, 5_000), (5_000, 5_000), (2, 4), (0, 0)];
    let shares: BTreeSet<String> =
        shares.into_iter().map(|(ready, users)| super::view::headline::share(ready, users)).collect();
    assert_eq!(shares.into_iter().collect::<Vec<_>>(), ["", "0%", "100%", "50%", "99.9%", "under 0.1%"]);
}

#[test]
fn every_rule_says_why_it_matters() {
    for rule in deskpair_rules::registry() {
        let meta = rule.meta();
        assert!(!super::doc::section(meta.doc, "Why it matters").is_empty(), "{}", meta.id);
    }
}

#[test]
fn what_strands_somebody_is_named_first() {
    let fixture = samples::drifted();
    let page = written(&samples::run(&fixture), File::Html);
    let bert = between(&page, "<bdi>bert</bdi>", "</li>");
    assert!(bert.find("WSP-001") < bert.find("BND-002"), "{bert}");
}
