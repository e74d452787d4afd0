//! `drill.html`: it reaches for nothing, fits every screen, and its picture can be read.

use super::Page;
use super::colours::assert_legible;
use super::printed::{TEXTS, assert_whole, printed};
use crate::drill_reports::{samples, written};
use crate::support::sandbox::Sandbox;
use deskpair_reports::drill::{DrillFile, Record};

impl Page {
    /// The page of a drill, opened.
    fn of_drill(record: &Record) -> Option<Self> {
        let sandbox = Sandbox::new();
        let file = sandbox.path(written(&sandbox, "a", DrillFile::Html, record));
        Self::at(sandbox, file)
    }
}

/// Texts of the picture that are cut off by its edge, or lie on each other.
const MISPLACED: &str = r#"(() => {
    const svg = document.querySelector(".timeline");
    if (!svg) return [];
    const { width, height } = svg.viewBox.baseVal;
    const boxes = [...svg.querySelectorAll("text")].map((text) => [text.textContent, text.getBBox()]);
    const cut = boxes.filter(([, box]) => box.x < 0 || box.y < 0 || box.x + box.width > width || box.y + box.height > height);
    const meet = (one, other) =>
        one.x + 1 < other.x + other.width && other.x + 1 < one.x + one.width &&
        one.y + 4 < other.y + other.height && other.y + 4 < one.y + one.height;
    const on = boxes.flatMap(([text, box], at) =>
        boxes.slice(at + 1).filter(([, other]) => meet(box, other)).map(([other]) => `${text} / ${other}`));
    return [...cut.map(([text]) => text), ...on];
})()"#;

/// Has the pictures' texts in a wide face, which some reader's machine has for its own.
const WIDE: &str =
    r#"document.querySelectorAll("svg text").forEach((text) => { text.style.fontFamily = "DejaVu Sans, Verdana" })"#;

#[test]
fn every_drill_is_a_page_of_its_own_that_fits() {
    for (name, record) in samples::all() {
        let Some(mut page) = Page::of_drill(&record) else { return };
        page.browser.value("document.querySelectorAll('details').forEach(part => part.open = true)");
        for width in [320, 360, 800, 1280, 1920] {
            page.browser.resize(width, 800);
            let wide = page.number("document.documentElement.scrollWidth");
            assert!(wide <= width, "{name}: {wide} pixels wide on a screen of {width}");
        }
        for face in ["true", WIDE] {
            page.browser.value(face);
            let misplaced = page.browser.value(MISPLACED);
            assert_eq!(misplaced.as_array().map(Vec::len), Some(0), "{name}: {misplaced:#}");
        }
        assert_ne!(page.browser.value("document.title"), "owned");
        let foreign = "document.querySelectorAll('img, script, [onerror], [onmouseover], iframe, object, a:not([href^=\"#\"])').length";
        assert_eq!(page.number(foreign), 0, "{name} has something foreign");
        page.end();
    }
}

#[test]
fn names_of_a_drill_are_texts() {
    let Some(mut page) = Page::of_drill(&samples::hostile()) else { return };
    let text = page.text("document.documentElement.textContent");
    for name in ["<img src=x onerror=alert(1)>", "]]><failure/>&amp;<!--", "{{ 7 * 7 }}{% raw %} | a"] {
        assert!(text.contains(name), "{name:?} is not shown");
    }
    page.end();
}

#[test]
fn every_text_of_a_drill_stands_out() {
    for record in [samples::unverified(), samples::unfinished()] {
        let Some(mut page) = Page::of_drill(&record) else { return };
        page.browser.value("document.querySelectorAll('details').forEach(part => part.open = true)");
        for (media, scheme) in [("screen", "light"), ("screen", "dark"), ("print", "light"), ("print", "dark")] {
            assert_legible(&mut page, media, scheme, 150);
        }
        page.end();
    }
}

#[test]
fn a_drill_is_whole_on_paper() {
    let Some(mut page) = Page::of_drill(&samples::unverified()) else { return };
    let texts = page.browser.value(TEXTS);
    let Some(paper) = printed(&mut page) else { return };
    assert_whole(&paper, &texts, 150);
    page.end();
}

#[test]
fn the_picture_has_words_for_those_who_do_not_see_it() {
    let Some(mut page) = Page::of_drill(&samples::good()) else { return };
    let described = page.text("document.getElementById('picture-told').textContent");
    for words in
        ["12 of 12 people reached us-west-2", "warm-up 48 s", "4 of 4 servers turned over, the last after 1 min 44 s"]
    {
        assert!(described.contains(words), "{words} is not in {described}");
    }
    // What it is called and described by is there.
    let named = "document.querySelector('.timeline').getAttribute('aria-labelledby').split(' ').every(id => document.getElementById(id))";
    assert!(page.is(named));
    page.end();
}
