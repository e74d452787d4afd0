//! HTML: one offline file that shows causes, not rows.
//!
//! Every text of the estate passes through the template engine's escaping; only the embedded style and script, which are ours, are marked
//! as safe. A content security policy in the page names both by their digests and allows nothing else.

pub(crate) mod budget;
mod doc;
pub(crate) mod instant;
pub(crate) mod page;
mod view;

#[cfg(test)]
pub(crate) mod tests;

pub(crate) use view::shown;

use crate::{Error, Fixes};
use deskpair_rules::engine::Run;
use minijinja::value::{Serde, Value};
use page::Source;
use std::io::Write;

/// What the page is made of, by name.
const TEMPLATES: [(&str, &str); 8] = [
    ("report.html", include_str!("templates/report.html")),
    ("headline.html", include_str!("templates/headline.html")),
    ("tools.html", include_str!("templates/tools.html")),
    ("details.html", include_str!("templates/details.html")),
    ("causes.html", include_str!("templates/causes.html")),
    ("controls.html", include_str!("templates/controls.html")),
    ("evidence.html", include_str!("templates/evidence.html")),
    ("guide.html", include_str!("templates/guide.html")),
];
const SOURCE: Source<'_> =
    Source { template: "report.html", templates: &TEMPLATES, style: "", script: include_str!("templates/script.js") };

/// Writes the page.
///
/// # Errors
/// Where `out` cannot be written.
pub fn write(run: &Run<'_>, fixes: &Fixes, out: &mut dyn Write) -> Result<(), Error> {
    page::write(&SOURCE, Value::from(Serde(view::page(run, fixes))), out)
}
