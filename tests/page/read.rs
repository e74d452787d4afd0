//! What a reader finds, with eyes or with a screen reader: one outline, a name for every control, nothing wider than the screen.

use super::Page;
use crate::support::line::company;
use deskpair::twin::sample::Drift;
use serde_json::{Value, json};

#[test]
fn headings_are_one_outline() {
    let Some(mut page) = Page::drifted() else { return };
    let levels =
        page.browser.value("[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => Number(h.tagName[1]))");
    let levels: Vec<u64> = levels.as_array().expect("a list").iter().filter_map(Value::as_u64).collect();
    assert_eq!(levels.iter().filter(|&&level| level == 1).count(), 1, "{levels:?}");
    assert_eq!(levels[0], 1);
    let skipped = levels.windows(2).find(|pair| pair[1] > pair[0] + 1);
    assert_eq!(skipped, None, "a level is skipped");
    let empty =
        page.texts("h1,h2:not(#found-title),h3,h4,h5,h6").into_iter().filter(|text| text.trim().is_empty()).count();
    assert_eq!(empty, 0, "a heading says nothing");
    page.end();
}

#[test]
fn every_control_and_every_picture_has_a_name() {
    let Some(mut page) = Page::drifted() else { return };
    page.browser.value("document.querySelectorAll('details').forEach(part => part.open = true)");
    let tree = page.browser.call("Accessibility.getFullAXTree", json!({}));
    let nodes = tree["nodes"].as_array().expect("nodes");
    let roles = [
        "button",
        "searchbox",
        "textbox",
        "combobox",
        "checkbox",
        "link",
        "DisclosureTriangle",
        "image",
        "table",
        "region",
    ];
    let of = |node: &Value, member: &str| node[member]["value"].as_str().unwrap_or_default().trim().to_owned();
    let mut seen = Vec::new();
    for node in nodes.iter().filter(|node| node["ignored"] != true) {
        let role = of(node, "role");
        if roles.contains(&role.as_str()) {
            // A table may be named by the section that it stands in.
            assert!(!of(node, "name").is_empty() || role == "table", "a {role} has no name: {node}");
            seen.push(role);
        }
    }
    for role in ["button", "searchbox", "combobox", "checkbox", "link", "DisclosureTriangle", "image", "table"] {
        assert!(seen.iter().any(|seen| seen == role), "no {role} was looked at: the browser names it otherwise");
    }
    page.end();
}

#[test]
fn the_answer_comes_first_and_the_worst_cause_is_open() {
    let Some(mut page) = Page::drifted() else { return };
    let text = page.text("document.querySelector('main').innerText");
    let place = |words: &str| text.find(words).unwrap_or_else(|| panic!("{words} is not on the page: {text}"));
    let order = [
        "people ready",
        "would not reach a working desktop in us-west-2",
        "Start here",
        "At a glance",
        "Strands people",
    ];
    let places: Vec<usize> = order.into_iter().map(place).collect();
    assert!(places.is_sorted(), "{places:?}");
    let open = "[...document.querySelectorAll('[data-cause]')].map(cause => cause.open)";
    let open = page.browser.value(open);
    let open: Vec<bool> = open.as_array().expect("a list").iter().filter_map(Value::as_bool).collect();
    assert!(open[0], "the worst cause is folded");
    assert_eq!(
        open.iter().filter(|open| **open).count() as u64,
        page.number("document.querySelectorAll('.details[data-pair]').length")
    );
    page.end();
}

#[test]
fn several_pairs_begin_with_a_list_of_them() {
    let mut estate = company(40, Drift::Sample);
    let (settings, places) = (estate.settings.pairs[0].clone(), estate.pairs[0]);
    for number in 0..4 {
        let mut settings = settings.clone();
        settings.name = format!("another-{number}");
        estate.settings.pairs.push(settings);
        estate.pairs.push(places);
    }
    let Some(mut page) = Page::of(&estate) else { return };
    let rows = page.number("document.querySelectorAll('.index tbody tr').length");
    assert_eq!(rows, page.number("document.querySelectorAll('.details[data-pair]').length"));
    assert!(rows >= 5);
    for width in [360, 1280] {
        page.browser.resize(width, 800);
        assert!(page.number("document.documentElement.scrollWidth") <= width, "wider than {width} pixels");
    }
    page.end();
}

#[test]
fn it_fits_a_telephone_with_everything_unfolded() {
    let Some(mut page) = Page::drifted() else { return };
    page.browser.value("document.querySelectorAll('main details').forEach(part => part.open = true)");
    for width in [320, 360, 800, 1920] {
        page.browser.resize(width, 800);
        let wide = page.number("document.documentElement.scrollWidth");
        assert!(wide <= width, "{wide} pixels wide on a screen of {width}");
    }
    page.end();
}

/// An account's number, cut in two by the end of a line, is not compared at a glance.
#[test]
fn accounts_and_directories_stand_on_one_line() {
    let Some(mut page) = Page::drifted() else { return };
    for width in [320, 930, 960, 1280] {
        page.browser.resize(width, 800);
        let cut = "[...document.querySelectorAll('.sides tbody td')].filter(cell => { const all = document.createRange(); \
                   all.selectNodeContents(cell); return all.getClientRects().length > 1; }).length";
        assert_eq!(page.number(cut), 0, "on a screen of {width}");
    }
    assert!(page.number("document.querySelectorAll('.sides tbody td').length") > 4);
    page.end();
}
