//! A page around its contents: the common style, its own, its script, and the policy that allows these and nothing else.

use crate::Error;
use minijinja::Environment;
use minijinja::value::Value;
use sha2::{Digest, Sha256};
use std::io::Write;

/// Macros that every page has.
pub(crate) const PARTS: (&str, &str) = ("parts.html", include_str!("templates/parts.html"));
/// The look that pages share.
const STYLE: &str = concat!(
    include_str!("templates/style/base.css"),
    include_str!("templates/style/head.css"),
    include_str!("templates/style/causes.css"),
    include_str!("templates/style/media.css"),
);

/// What a kind of page is made of.
pub(crate) struct Source<'s> {
    /// The name of the page's template. Its ending, as that of each part, is what turns escaping on.
    pub(crate) template: &'s str,
    /// The templates, by name.
    pub(crate) templates: &'s [(&'static str, &'static str)],
    /// What it has beside the common style.
    pub(crate) style: &'s str,
    /// Its script; empty where it has none.
    pub(crate) script: &'s str,
}

impl Source<'_> {
    /// All of its style.
    pub(crate) fn whole_style(&self) -> String {
        format!("{STYLE}{}", self.style)
    }
}

/// Writes a page of these contents.
///
/// # Errors
/// Where `out` cannot be written.
pub(crate) fn write(source: &Source<'_>, contents: Value, out: &mut dyn Write) -> Result<(), Error> {
    let mut environment = Environment::new();
    for &(name, template) in [PARTS].iter().chain(source.templates) {
        environment.add_template(name, template)?;
    }
    let style = source.whole_style();
    environment.add_global("policy", policy(&style, source.script));
    environment.add_global("style", Value::from_safe_string(style));
    environment.add_global("script", Value::from_safe_string(source.script.to_owned()));
    let page = environment.get_template(source.template)?.render(contents)?;
    out.write_all(page.as_bytes())?;
    out.flush()?;
    Ok(())
}

/// What a page may load: nothing but its own style and script.
fn policy(style: &str, script: &str) -> String {
    let digest = |text: &str| base64(&Sha256::digest(text.as_bytes()));
    let script = if script.is_empty() { String::new() } else { format!("script-src 'sha256-{}'; ", digest(script)) };
    format!(
        "default-src 'none'; style-src 'sha256-{}'; {script}img-src data:; base-uri 'none'; form-action 'none'",
        digest(style)
    )
}

/// RFC 4648, section 4: policies write digests so.
pub(super) fn base64(bytes: &[u8]) -> String {
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
