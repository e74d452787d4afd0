//! Lines of a terminal: at most 80 columns, styled with ANSI codes that the caller may strip.

use crate::text;
use anstyle::Style;
use std::io::{self, Write};
use unicode_width::UnicodeWidthStr;

/// Columns of a page.
pub(crate) const WIDTH: usize = 80;

/// What is printed on. Texts are made harmless by whoever passes them: see `text::line`.
pub(crate) struct Page<'w> {
    out: &'w mut dyn Write,
}

impl<'w> Page<'w> {
    pub(crate) fn new(out: &'w mut dyn Write) -> Self {
        Self { out }
    }

    /// An empty line.
    pub(crate) fn gap(&mut self) -> io::Result<()> {
        writeln!(self.out)
    }

    /// A heading, on a line of its own.
    pub(crate) fn heading(&mut self, text: &str) -> io::Result<()> {
        self.gap()?;
        self.paragraph(0, Style::new().bold(), text)
    }

    /// Words between an indent and the right edge.
    pub(crate) fn paragraph(&mut self, indent: usize, style: Style, text: &str) -> io::Result<()> {
        for line in text::wrapped(text, WIDTH - indent) {
            writeln!(self.out, "{:indent$}{style}{line}{style:#}", "")?;
        }
        Ok(())
    }

    /// A line in parts, the last one at the right edge where there is room for it.
    pub(crate) fn row(&mut self, indent: usize, parts: &[(Style, &str)], right: (Style, &str)) -> io::Result<()> {
        write!(self.out, "{:indent$}", "")?;
        let mut used = indent;
        for (style, text) in parts {
            write!(self.out, "{style}{text}{style:#}")?;
            used += text.width();
        }
        let (style, text) = right;
        if !text.is_empty() {
            let room = WIDTH.saturating_sub(used + text.width()).max(2);
            write!(self.out, "{:room$}{style}{text}{style:#}", "")?;
        }
        writeln!(self.out)
    }
}
