//! How large the page may grow: what does not fit is counted, and is in report.json.

/// Bytes that single subjects, people and explanations may take together: the page stays below 5 MB with what frames them.
const BYTES: usize = 3_500_000;

/// What is left to spend.
#[derive(Debug)]
pub(crate) struct Budget(usize);

impl Default for Budget {
    fn default() -> Self {
        Self(BYTES)
    }
}

impl Budget {
    /// Whether markup of this size around these texts still fits; then it is spent.
    pub(crate) fn take<'t>(&mut self, markup: usize, texts: impl IntoIterator<Item = &'t str>) -> bool {
        let cost = markup + texts.into_iter().map(escaped).sum::<usize>();
        let fits = cost <= self.0;
        if fits {
            self.0 -= cost;
        }
        fits
    }
}

/// The most that a text can take once it is escaped: `/` becomes six characters.
fn escaped(text: &str) -> usize {
    let special = text.bytes().filter(|byte| matches!(byte, b'<' | b'>' | b'&' | b'"' | b'\'' | b'/')).count();
    text.len() + 5 * special
}
