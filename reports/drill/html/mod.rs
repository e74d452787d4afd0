//! HTML: one offline page about a drill, a failover or a failback, with the look of the report's page and no script at all.
//!
//! Every text of the record passes through the template engine's escaping, those in the picture too.

mod glances;
mod picture;
mod recovery;
mod scale;
mod view;

use super::Record;
use super::facts::Facts;
use crate::Error;
use crate::html::page::{self, Source};
use minijinja::value::{Serde, Value};
use serde::Serialize;
use std::io::Write;

/// What the page is made of, by name.
const TEMPLATES: [(&str, &str); 5] = [
    ("drill.html", include_str!("templates/drill.html")),
    ("head.html", include_str!("templates/head.html")),
    ("picture.html", include_str!("templates/picture.html")),
    ("happened.html", include_str!("templates/happened.html")),
    ("planned.html", include_str!("templates/planned.html")),
];
pub(super) const SOURCE: Source<'_> =
    Source { template: "drill.html", templates: &TEMPLATES, style: include_str!("templates/drill.css"), script: "" };

#[derive(Serialize)]
struct Contents {
    page: view::Page,
}

/// Writes the page.
pub(super) fn write(record: &Record, out: &mut dyn Write) -> Result<(), Error> {
    let contents = Contents { page: view::page(Facts::of(record)) };
    page::write(&SOURCE, Value::from(Serde(contents)), out)
}
