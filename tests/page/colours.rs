//! Colours as they come out on the screen: every text stands out from what is behind it, in light, in dark and on paper.

use super::Page;
use crate::support::line::company;
use deskpair::twin::sample::Drift;
use serde_json::json;

/// WCAG 2.2, 1.4.3: the least contrast of a text.
const LEAST: f64 = 4.5;

/// Every text whose contrast with its background is less than wanted. Colours are read through a canvas, which knows every notation.
const FAINT: &str = r#"(() => {
    const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const rgba = (colour) => {
        context.clearRect(0, 0, 1, 1);
        context.fillStyle = colour;
        context.fillRect(0, 0, 1, 1);
        return [...context.getImageData(0, 0, 1, 1).data];
    };
    const over = ([r, g, b, a], back) => [r, g, b].map((part, at) => (part * a + back[at] * (255 - a)) / 255);
    const linear = (part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4);
    const luminance = (colour) => [0.2126, 0.7152, 0.0722].reduce((sum, weight, at) => sum + weight * linear(colour[at]), 0);
    const behind = (element) => {
        const layers = [];
        for (let at = element; at; at = at.parentElement) layers.push(rgba(getComputedStyle(at).backgroundColor));
        return layers.reverse().reduce((back, layer) => over(layer, back), over(rgba("Canvas"), [255, 255, 255]));
    };
    const faint = new Map();
    let texts = 0;
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const element = walker.currentNode.parentElement;
        if (!walker.currentNode.data.trim() || !element.checkVisibility() || element.closest("script, option")) continue;
        texts += 1;
        const back = behind(element);
        const [one, other] = [luminance(over(rgba(getComputedStyle(element).color), back)), luminance(back)];
        const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
        if (contrast < 4.5) faint.set(`${element.tagName}.${element.className} ${contrast.toFixed(2)}`, walker.currentNode.data.trim().slice(0, 60));
    }
    return { texts, faint: [...faint] };
})()"#;

/// Every text stands out; there are this many at the least, so that none is overlooked.
pub(super) fn assert_legible(page: &mut Page, media: &str, scheme: &str, texts: u64) {
    page.browser.call(
        "Emulation.setEmulatedMedia",
        json!({ "media": media, "features": [{ "name": "prefers-color-scheme", "value": scheme }] }),
    );
    let found = page.browser.value(FAINT);
    assert!(found["texts"].as_u64() > Some(texts), "{found}");
    assert!(found["faint"].as_array().expect("a list").is_empty(), "below {LEAST} on {media} in {scheme}: {found:#}");
}

#[test]
fn every_text_stands_out() {
    let mut estate = company(300, Drift::Sample);
    // A waived cause, and an area that could not be read, have colours of their own.
    estate.settings.waivers.push(deskpair_rules::model::settings::Waiver {
        rule: "WSP-001".to_owned(),
        subject: None,
        pair: None,
        owner: "euc-team@example.com".to_owned(),
        reason: "they are on leave".to_owned(),
        expires: deskpair_rules::model::Moment::from_secs(estate.taken_at.secs() + 3600),
        drift: None,
    });
    let gap = estate.gaps[0].clone();
    estate.gaps.push(deskpair_rules::model::Gap { message: "not today".to_owned(), ..gap });
    let standby = estate.pairs[0].standby as usize;
    estate.sides[standby].images = deskpair_rules::model::Slice::cut(Vec::new(), deskpair_rules::model::GapId(1));
    let Some(mut page) = Page::of(&estate) else { return };
    page.browser.value("document.querySelectorAll('details').forEach(part => part.open = true)");
    for (media, scheme) in [("screen", "light"), ("screen", "dark"), ("print", "light"), ("print", "dark")] {
        assert_legible(&mut page, media, scheme, 300);
    }
    // The search's own parts, and a place that a link leads to.
    page.open_at("#?q=a");
    for scheme in ["light", "dark"] {
        assert_legible(&mut page, "screen", scheme, 300);
    }
    page.end();
}
