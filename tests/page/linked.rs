//! Links into the page: whatever they lead to is unfolded, shown and focused.

use super::Page;

/// Checks that something is to be seen on the screen, below the bar that stays at the top.
#[track_caller]
fn assert_seen(page: &mut Page, id: &str) {
    page.browser.settle();
    let places = page.browser.value(&format!(
        "(() => {{ const element = document.getElementById({id:?}); const box = element.getBoundingClientRect(); \
         const bar = document.getElementById('tools').getBoundingClientRect(); \
         return {{ visible: element.checkVisibility(), top: box.top, bar: [bar.top, bar.bottom], height: innerHeight, scrolled: scrollY }}; }})()"
    ));
    let number = |value: &serde_json::Value| value.as_f64().expect("a number");
    let top = number(&places["top"]);
    let below = if number(&places["bar"][0]) < 1.0 { number(&places["bar"][1]) - 1.0 } else { 0.0 };
    let seen = places["visible"] == true && top >= below && top < number(&places["height"]);
    assert!(seen, "{id} is not to be seen: {places}");
}

#[test]
fn a_link_to_a_folded_finding_opens_it() {
    let Some(mut page) = Page::drifted() else { return };
    let ids = page.browser.value(
        "[...document.querySelectorAll('[id^=finding-]')].filter(finding => !finding.checkVisibility()).map(finding => finding.id)",
    );
    let ids: Vec<String> =
        ids.as_array().expect("a list").iter().map(|id| id.as_str().expect("an id").to_owned()).collect();
    assert!(ids.len() > 10, "{ids:?}");
    for id in [&ids[0], &ids[ids.len() / 2], &ids[ids.len() - 1]] {
        page.open_at(&format!("#{id}"));
        assert_seen(&mut page, id);
        assert_eq!(page.text("document.activeElement.id"), **id, "it is not focused");
    }
    page.end();
}

#[test]
fn a_link_leads_out_of_a_filter_that_hides_its_end() {
    let Some(mut page) = Page::drifted() else { return };
    let id = page.text("[...document.querySelectorAll('[data-cause]')].at(-1).id");
    page.browser.focus("#search");
    page.browser.insert("nothing.has.that.name");
    page.browser.value(&format!("location.hash = '#{id}'"));
    page.browser.settle();
    assert_seen(&mut page, &id);
    assert_eq!(page.text("document.getElementById('search').value"), "");
    page.end();
}

#[test]
fn every_link_of_the_page_leads_to_something_that_can_be_seen() {
    let Some(mut page) = Page::drifted() else { return };
    let led = page.browser.value(
        "(async () => { const lost = []; const links = new Set([...document.querySelectorAll(\"a[href^='#']\")].map(a => a.hash)); \
         for (const link of links) { location.hash = link; await new Promise(done => setTimeout(done)); \
         const end = document.getElementById(link.slice(1)); if (!end || !end.checkVisibility()) lost.push(link); } \
         return { lost, links: links.size }; })()",
    );
    assert!(led["lost"].as_array().expect("a list").is_empty(), "{led}");
    assert!(led["links"].as_u64() > Some(20), "{led}");
    page.end();
}

#[test]
fn a_finding_that_is_not_on_the_page_is_said_to_be_elsewhere() {
    let Some(mut page) = Page::drifted() else { return };
    page.open_at("#finding-0000000000000000");
    assert!(page.text("document.getElementById('status').textContent").contains("report.json"));
    page.open_at("#%E0%A4%A");
    page.end();
}
