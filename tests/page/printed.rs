//! On paper: everything that is folded on the screen is there, controls are not.

use super::Page;
use crate::support::peers;
use serde_json::json;

/// Every text of the page that a reader should have on paper, without its spaces.
pub(super) const TEXTS: &str = "[...document.querySelectorAll('main :is(h1,h2,h3,h4,h5,h6,p,li,td,th,dt,dd,pre,span)')] \
    .filter(e => !e.closest('.tools, .found, .roster, .share-line, .preview, .unseen-text') && !e.querySelector('p,li,td,table,ul,dl,details,.anchor,.preview,.unseen-text,svg')) \
    .map(e => e.textContent.replace(/\\s/g, '')).filter(Boolean)";

/// What is on paper, in small letters and without its spaces and the feet of its pages.
pub(super) fn printed(page: &mut Page) -> Option<String> {
    let pdftotext = peers::program("pdftotext", "poppler-utils")?;
    let file = page.file.with_extension("pdf");
    page.browser.print(&file);
    let output =
        std::process::Command::new(pdftotext).args(["-raw", peers::text(&file), "-"]).output().expect("it runs");
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let foot = |line: &&str| {
        !(["deskpair: failover readiness", "deskpair: drill report"].contains(&line.trim_end())
            || is_page(line.trim_end()))
    };
    Some(
        text.lines()
            .map(|line| line.trim_start_matches('\u{c}'))
            .filter(foot)
            .flat_map(|line| line.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase))
            .collect(),
    )
}

/// Whether it is the number at the foot of a page: `3 of 20`.
fn is_page(line: &str) -> bool {
    let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    line.split_once(" of ").is_some_and(|(page, pages)| number(page) && number(pages))
}

/// The least that is left of a text on one side of the end of a page or column, in characters.
const PART: usize = 12;

/// Whether a text is on paper: whole, or in parts where pages or columns end.
fn is_on(paper: &str, text: &str) -> bool {
    let mut rest = text;
    for _ in 0..4 {
        if paper.contains(rest) {
            return true;
        }
        let ends = rest.char_indices().map(|(at, _)| at).filter(|&at| at >= PART);
        let Some(end) = ends.take_while(|&at| paper.contains(&rest[..at])).last() else { return false };
        rest = &rest[end..];
    }
    false
}

/// Every text is on paper; there are this many at the least.
pub(super) fn assert_whole(paper: &str, texts: &serde_json::Value, least: usize) {
    let texts: Vec<String> =
        texts.as_array().expect("a list").iter().filter_map(|text| Some(text.as_str()?.to_lowercase())).collect();
    assert!(texts.len() > least, "{}", texts.len());
    let lost: Vec<&String> = texts.iter().filter(|text| !is_on(paper, text)).collect();
    assert!(lost.is_empty(), "not on paper: {lost:#?}");
}

#[test]
fn paper_has_no_folds() {
    let Some(mut page) = Page::drifted() else { return };
    let texts = page.browser.value(TEXTS);
    let Some(paper) = printed(&mut page) else { return };
    assert_whole(&paper, &texts, 500);
    for control in ["expandall", "searchpeople", "linktothiscause"] {
        assert!(!paper.contains(control), "{control} is on paper");
    }
    // After printing the screen is as it was.
    page.browser.settle();
    assert!(page.number("document.querySelectorAll('[data-cause]:not([open])').length") > 5);
    page.end();
}

#[test]
fn paper_has_no_folds_without_a_script_either() {
    let Some(mut page) = Page::drifted() else { return };
    let texts = page.browser.value(TEXTS);
    page.browser.call("Emulation.setScriptExecutionDisabled", json!({ "value": true }));
    page.open_at("");
    let Some(paper) = printed(&mut page) else { return };
    assert_whole(&paper, &texts, 500);
}

#[test]
fn paper_that_shows_a_part_says_so() {
    let Some(mut page) = Page::drifted() else { return };
    page.open_at("#?severity=critical");
    let Some(paper) = printed(&mut page) else { return };
    assert!(paper.contains("causesshown"), "a filtered page looks whole on paper");
    page.end();
}
