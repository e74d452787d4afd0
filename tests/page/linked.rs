//! Links into the page: whatever they lead to is unfolded, shown and focused.

use super::Page;

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
