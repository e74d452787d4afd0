//! Search and filters: what is shown is what was asked for, and all of it comes back.

use super::Page;

const SHOWN: &str = "[...document.querySelectorAll('[data-cause]')].filter(cause => !cause.closest('[hidden]')).length";

#[test]
fn a_person_is_found_with_the_reasons() {
    let Some(mut page) = Page::drifted() else { return };
    let all = page.number(SHOWN);
    let folds = page.text("[...document.querySelectorAll('main details')].map(fold => Number(fold.open)).join('')");
    // Somebody of whom a folded cause tells.
    let name = page.text("document.querySelector('[data-cause]:not([open]) [data-subject] .who').textContent");
    page.browser.focus("#search");
    page.browser.insert(&name.to_uppercase());
    assert_eq!(page.text("document.querySelector('#found .person').textContent"), name);
    let reasons = page.texts("#found li:first-child a");
    assert!(!reasons.is_empty() && reasons.iter().all(|reason| reason.contains("-0")), "{reasons:?}");
    let shown = page.number(SHOWN);
    assert!(0 < shown && shown < all, "{shown} of {all}");
    let status = page.text("document.getElementById('status').textContent");
    assert!(status.starts_with(&format!("{shown} of ")) && status.contains("found"), "{status}");
    let subject = format!(
        "[...document.querySelectorAll('[data-subject] .who')].find(who => who.textContent === {name:?} && who.checkVisibility())"
    );
    assert!(page.is(&format!("Boolean({subject})")), "what is found stays folded");
    // The way from the person to the cause.
    page.browser.value("document.querySelector('#found li a').click()");
    assert!(page.is("document.activeElement.matches('summary') && document.activeElement.parentElement.open"));
    // Escape brings everything back as it was.
    page.browser.focus("#search");
    page.browser.press("Escape");
    assert_eq!(page.number(SHOWN), all);
    assert!(page.is("document.getElementById('found').hidden"));
    assert_eq!(page.text("document.getElementById('status').textContent"), "");
    let after = page.text("[...document.querySelectorAll('main details')].map(fold => Number(fold.open)).join('')");
    assert_eq!(after, folds, "folds are not as they were");
    page.end();
}

#[test]
fn everybody_who_is_not_ready_can_be_found_and_who_is_ready_is_told_apart() {
    let Some(mut page) = Page::drifted() else { return };
    let unready = page.number(
        "[...document.querySelectorAll('.roster')].reduce((sum, roster) => sum + Number(roster.dataset.unready), 0)",
    );
    let listed = page.number("[...document.querySelectorAll('.roster')].reduce((sum, roster) => sum + roster.textContent.split('\\n').filter(Boolean).length, 0)");
    assert_eq!(listed, unready);
    page.browser.focus("#search");
    page.browser.insert("nobody.of.that.name");
    assert_eq!(page.number(SHOWN), 0);
    let told = page.text("document.getElementById('found').innerText");
    assert!(told.contains("Nobody matches") && told.contains("People who are ready are not listed"), "{told}");
    page.end();
}

#[test]
fn filters_hold_together_and_keep_what_they_count() {
    let Some(mut page) = Page::drifted() else { return };
    for select in ["severity", "area", "verdict", "pair"] {
        let options = format!("[...document.getElementById('{select}').options].map(option => option.value).join()");
        for value in page.text(&options).split(',') {
            let label = page.text(&format!(
                "(() => {{ const select = document.getElementById('{select}'); select.value = '{value}'; \
                 select.dispatchEvent(new Event('input', {{ bubbles: true }})); return select.selectedOptions[0].textContent; }})()"
            ));
            let shown = page.number(SHOWN);
            if let Some(count) = label.split('(').nth(1) {
                assert_eq!(count.trim_end_matches(')'), shown.to_string(), "{label}");
            }
            assert_eq!(page.is("document.getElementById('clear').disabled"), value.is_empty());
        }
        page.browser.value("document.getElementById('clear').click()");
        page.browser.settle();
        assert_eq!(page.number(SHOWN), page.number("document.querySelectorAll('[data-cause]').length"), "{select}");
    }
    page.end();
}

#[test]
fn what_is_searched_for_is_in_the_address_and_comes_back_with_it() {
    let Some(mut page) = Page::drifted() else { return };
    page.browser.focus("#search");
    page.browser.insert("standby & more");
    page.browser.value(
        "(() => { const select = document.getElementById('severity'); select.value = 'high'; \
         select.dispatchEvent(new Event('input', { bubbles: true })); })()",
    );
    let place = page.text("location.hash");
    assert_eq!(place, "#?q=standby+%26+more&severity=high");
    page.open_at("#?q=standby&severity=critical&area=none-of-ours");
    assert_eq!(page.text("document.getElementById('search').value"), "standby");
    assert_eq!(page.text("document.getElementById('severity').value"), "critical");
    assert_eq!(page.text("document.getElementById('area').value"), "", "an area that there is not is none");
    let shown = page.number(SHOWN);
    assert!(0 < shown && shown < page.number("document.querySelectorAll('[data-cause]').length"));
    page.end();
}
