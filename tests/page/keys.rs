//! The keyboard alone: every control is reached, and the keys that are shown do what they say.

use super::Page;
use std::collections::BTreeSet;

#[test]
fn the_keys_do_what_they_say() {
    let Some(mut page) = Page::drifted() else { return };
    page.browser.press("/");
    assert_eq!(page.text("document.activeElement.id"), "search");
    page.browser.press("j");
    assert_eq!(page.text("document.getElementById('search').value"), "j", "letters are letters while one types");
    page.browser.press("Escape");
    page.browser.value("document.activeElement.blur()");
    let heads = "[...document.querySelectorAll('[data-cause] > summary')]";
    for (key, place) in [("j", 0), ("j", 1), ("j", 2), ("k", 1)] {
        page.browser.press(key);
        assert!(page.is(&format!("{heads}[{place}] === document.activeElement")), "{key} does not lead to {place}");
    }
    let open = "document.activeElement.parentElement.open";
    let before = page.is(open);
    page.browser.press("Enter");
    assert_ne!(page.is(open), before);
    let shut = "document.querySelectorAll('main details:not([open]):not(.keys)').length";
    page.browser.press("e");
    page.browser.settle();
    assert_eq!(
        (page.number(shut), page.text("document.getElementById('expand').textContent")),
        (0, "Fold all".to_owned())
    );
    page.browser.press("e");
    page.browser.settle();
    assert_eq!(page.number(shut), page.number("document.querySelectorAll('main details:not(.keys)').length"));
    page.browser.press("?");
    assert!(page.is("document.getElementById('keys').open && document.getElementById('keys-on').checkVisibility()"));
    // Keys without a modifier can be turned off: WCAG 2.1.4.
    page.browser.value("document.getElementById('keys-on').click()");
    page.browser.value("document.activeElement.blur()");
    page.browser.press("e");
    page.browser.settle();
    assert!(page.number(shut) > 0, "a key acts that was turned off");
    page.browser.press("Escape");
    assert!(page.is("!document.getElementById('keys').open"));
    page.end();
}

#[test]
fn tab_reaches_every_control() {
    let Some(mut page) = Page::drifted() else { return };
    page.browser.press("Tab");
    assert_eq!(page.text("document.activeElement.className"), "skip");
    page.browser.press("Enter");
    page.browser.settle();
    page.browser.press("Tab");
    assert!(page.is("document.activeElement.closest('main') !== null"), "the way past the head leads nowhere");
    page.browser.value("document.activeElement.blur(); scrollTo(0, 0); location.hash = ''");
    page.browser.value(
        "(() => { let number = 0; for (const element of document.querySelectorAll('a[href], button, select, input, summary')) \
         if (element.checkVisibility() && !element.disabled) element.dataset.stop = ++number; })()",
    );
    let stops = page.number("document.querySelectorAll('[data-stop]').length");
    assert!(stops > 40, "{stops}");
    let mut reached = BTreeSet::new();
    let mut hidden = Vec::new();
    for _ in 0..stops + 20 {
        page.browser.press("Tab");
        let stop = page.text("document.activeElement.dataset.stop ?? ''");
        // Whatever has the focus shows it.
        if !stop.is_empty() && page.is("getComputedStyle(document.activeElement).outlineStyle === 'none'") {
            hidden.push(stop.clone());
        }
        reached.insert(stop);
    }
    reached.remove("");
    assert!(hidden.is_empty(), "the focus is not to be seen on {hidden:?}");
    assert_eq!(reached.len() as u64, stops, "{reached:?}");
    page.end();
}
