//! `report.html` and `drill.html` as a reader has them: in Chromium, with eyes, with a keyboard, on paper.

mod colours;
mod drill;
mod found;
mod keys;
mod linked;
mod printed;
mod read;

use crate::bad_input::estate_file;
use crate::support::browser::Browser;
use crate::support::line::company;
use crate::support::sandbox::Sandbox;
use deskpair::twin::sample::Drift;
use deskpair_rules::model::Estate;
use std::path::PathBuf;

/// A page in a browser.
struct Page {
    browser: Browser,
    file: PathBuf,
    _sandbox: Sandbox,
}

impl Page {
    /// The page of an estate, opened; none where there is no browser, which is then said loudly.
    fn of(estate: &Estate) -> Option<Self> {
        let sandbox = Sandbox::new();
        estate_file(&sandbox, "estate.jsonl.zst", estate);
        sandbox.deskpair(["scan", "--estate", "estate.jsonl.zst", "-f", "html", "--fail-on", "never"]).run();
        let file = sandbox.path("deskpair-report/report.html");
        Self::at(sandbox, file)
    }

    /// A page that was written, opened.
    fn at(sandbox: Sandbox, file: PathBuf) -> Option<Self> {
        let mut browser = Browser::start(&sandbox)?;
        browser.open(&file);
        Some(Self { browser, file, _sandbox: sandbox })
    }

    /// The page of a company whose standby has rotted.
    fn drifted() -> Option<Self> {
        Self::of(&company(300, Drift::Sample))
    }

    /// Opens it anew, at a place.
    fn open_at(&mut self, place: &str) {
        self.browser.open_at(&self.file, place);
    }

    /// A number in the page.
    fn number(&mut self, expression: &str) -> u64 {
        let value = self.browser.value(expression);
        value.as_u64().unwrap_or_else(|| panic!("{expression} is {value}"))
    }

    /// A text in the page.
    fn text(&mut self, expression: &str) -> String {
        let value = self.browser.value(expression);
        value.as_str().unwrap_or_else(|| panic!("{expression} is {value}")).to_owned()
    }

    /// Whether something is so in the page.
    fn is(&mut self, expression: &str) -> bool {
        let value = self.browser.value(expression);
        value.as_bool().unwrap_or_else(|| panic!("{expression} is {value}"))
    }

    /// The texts of everything that a selector finds.
    fn texts(&mut self, selector: &str) -> Vec<String> {
        let found =
            self.browser.value(&format!("[...document.querySelectorAll({selector:?})].map(e => e.textContent)"));
        let found = found.as_array().expect("a list");
        found.iter().map(|text| text.as_str().expect("a text").to_owned()).collect()
    }

    /// Ends a test: the page did nothing that it should not have.
    fn end(mut self) {
        let misdeeds = self.browser.misdeeds();
        assert!(misdeeds.is_empty(), "{misdeeds:#?}");
    }
}
