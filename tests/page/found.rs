//! Search and filters: what is shown is what was asked for, and all of it comes back.

use super::Page;

const SHOWN: &str = "[...document.querySelectorAll('[data-cause]')].filter(cause => !cause.closest('[hidden]')).length";

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
