//! On paper: a page that was filtered on the screen says that it shows a part.

use super::Page;
use crate::support::peers;

fn printed(page: &mut Page) -> Option<String> {
    let pdftotext = peers::program("pdftotext", "poppler-utils")?;
    let file = page.file.with_extension("pdf");
    page.browser.print(&file);
    let output =
        std::process::Command::new(pdftotext).args(["-raw", peers::text(&file), "-"]).output().expect("it runs");
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let foot = |line: &&str| !(line.trim_end() == "deskpair: failover readiness" || is_page(line.trim_end()));
    Some(
        text.lines()
            .map(|line| line.trim_start_matches('\u{c}'))
            .filter(foot)
            .flat_map(|line| line.chars().filter(|c| !c.is_whitespace()))
            .collect(),
    )
}

/// Whether it is the number at the foot of a page: `3 of 20`.
fn is_page(line: &str) -> bool {
    let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    line.split_once(" of ").is_some_and(|(page, pages)| number(page) && number(pages))
}

#[test]
fn paper_that_shows_a_part_says_so() {
    let Some(mut page) = Page::drifted() else { return };
    page.open_at("#?severity=critical");
    let Some(paper) = printed(&mut page) else { return };
    assert!(paper.contains("causesshown"), "a filtered page looks whole on paper");
    page.end();
}
