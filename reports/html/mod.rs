//! HTML: one offline file that shows causes, not rows.
//!
//! Every text of the estate passes through the template engine's escaping; only the embedded style and script, which are ours, are marked
//! as safe. A content security policy in the page names both by their digests and allows nothing else.

mod budget;
mod doc;
mod view;

#[cfg(test)]
mod tests;

use crate::Error;
use deskpair_rules::engine::Run;
use minijinja::Environment;
use minijinja::value::{Serde, Value};
use sha2::{Digest, Sha256};
use std::io::Write;

/// The page. Its name's ending, as that of each part, is what turns escaping on.
const TEMPLATE: &str = "report.html";
/// What the page is made of, by name.
const TEMPLATES: [(&str, &str); 9] = [
    (TEMPLATE, include_str!("templates/report.html")),
    ("parts.html", include_str!("templates/parts.html")),
    ("headline.html", include_str!("templates/headline.html")),
    ("tools.html", include_str!("templates/tools.html")),
    ("details.html", include_str!("templates/details.html")),
    ("causes.html", include_str!("templates/causes.html")),
    ("controls.html", include_str!("templates/controls.html")),
    ("evidence.html", include_str!("templates/evidence.html")),
    ("guide.html", include_str!("templates/guide.html")),
];
const STYLE: &str = concat!(
    include_str!("templates/style/base.css"),
    include_str!("templates/style/head.css"),
    include_str!("templates/style/causes.css"),
    include_str!("templates/style/media.css"),
);
const SCRIPT: &str = include_str!("templates/script.js");

/// Writes the page.
///
/// # Errors
/// Where `out` cannot be written.
pub fn write(run: &Run<'_>, out: &mut dyn Write) -> Result<(), Error> {
    let mut environment = Environment::new();
    for (name, template) in TEMPLATES {
        environment.add_template(name, template)?;
    }
    environment.add_global("policy", policy());
    environment.add_global("style", Value::from_safe_string(STYLE.to_owned()));
    environment.add_global("script", Value::from_safe_string(SCRIPT.to_owned()));
    let page = environment.get_template(TEMPLATE)?.render(Serde(view::page(run)))?;
    out.write_all(page.as_bytes())?;
    out.flush()?;
    Ok(())
}

/// What the page may load: nothing but its own style and script.
fn policy() -> String {
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; img-src data:; base-uri 'none'; form-action 'none'",
        base64(&Sha256::digest(STYLE.as_bytes())),
        base64(&Sha256::digest(SCRIPT.as_bytes())),
    )
}

/// RFC 4648, section 4: policies write digests so.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let at = |place: usize| u32::from(three.get(place).copied().unwrap_or(0));
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        for digit in 0..4 {
            if digit <= three.len() {
                text.push(char::from(DIGITS[(bits >> (18 - 6 * digit) & 63) as usize]));
            } else {
                text.push('=');
            }
        }
    }
    text
}
