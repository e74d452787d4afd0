//! A rule's documentation as parts that a template can show: the Markdown that rules are documented in, and no more of it.

use serde::Serialize;

/// A part of a text.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(super) enum Block {
    /// A paragraph.
    Paragraph {
        /// Its words.
        spans: Vec<Span>,
    },
    /// A list.
    List {
        /// Whether its items are numbered.
        numbered: bool,
        /// Its items' words.
        items: Vec<Vec<Span>>,
    },
    /// A table.
    Table {
        /// The words of its head's cells.
        head: Vec<Vec<Span>>,
        /// The words of its rows' cells.
        rows: Vec<Vec<Vec<Span>>>,
    },
    /// Preformatted lines.
    Code {
        /// The lines.
        text: String,
    },
}

/// Words of one kind.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Span {
    /// `text`, `code`, `strong`, `em` or `link`.
    pub(super) kind: &'static str,
    /// The words.
    pub(super) text: String,
    /// Where a link leads: an `https://` address.
    pub(super) href: Option<String>,
}

/// The part of a documentation below a heading of the second level, without the paragraph that names its source.
pub(super) fn section(doc: &str, heading: &str) -> Vec<Block> {
    let (mut inside, mut source) = (false, false);
    let mut lines = Vec::new();
    for line in doc.lines() {
        source = line.starts_with("Source:") || source && !line.trim().is_empty();
        match line.strip_prefix("## ") {
            Some(title) => inside = title.trim() == heading,
            None if inside && !source => lines.push(line),
            None => {}
        }
    }
    blocks(&lines)
}

/// What is being read, until a line ends it.
enum Open<'a> {
    Nothing,
    Paragraph(Vec<&'a str>),
    List { numbered: bool, items: Vec<String> },
    Table(Vec<&'a str>),
    Code(Vec<&'a str>),
}

fn blocks(lines: &[&str]) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open = Open::Nothing;
    for &line in lines {
        let text = line.trim();
        if let Open::Code(code) = &mut open {
            if text.starts_with("```") {
                close(&mut open, &mut blocks);
            } else {
                code.push(line);
            }
            continue;
        }
        if text.is_empty() {
            close(&mut open, &mut blocks);
        } else if text.starts_with("```") {
            close(&mut open, &mut blocks);
            open = Open::Code(Vec::new());
        } else if text.starts_with('|') {
            if !matches!(open, Open::Table(_)) {
                close(&mut open, &mut blocks);
                open = Open::Table(Vec::new());
            }
            if let Open::Table(rows) = &mut open {
                rows.push(text);
            }
        } else if let Some((numbered, item)) = item(text) {
            if !matches!(open, Open::List { numbered: other, .. } if other == numbered) {
                close(&mut open, &mut blocks);
                open = Open::List { numbered, items: Vec::new() };
            }
            if let Open::List { items, .. } = &mut open {
                items.push(item.to_owned());
            }
        } else {
            match &mut open {
                Open::Paragraph(lines) => lines.push(text),
                Open::List { items, .. } => {
                    if let Some(item) = items.last_mut() {
                        item.push(' ');
                        item.push_str(text);
                    }
                }
                Open::Nothing | Open::Table(_) | Open::Code(_) => {
                    close(&mut open, &mut blocks);
                    open = Open::Paragraph(vec![text]);
                }
            }
        }
    }
    close(&mut open, &mut blocks);
    blocks
}

/// Ends what is being read.
fn close(open: &mut Open<'_>, blocks: &mut Vec<Block>) {
    match std::mem::replace(open, Open::Nothing) {
        Open::Nothing => {}
        Open::Paragraph(lines) => blocks.push(Block::Paragraph { spans: spans(&lines.join(" ")) }),
        Open::List { numbered, items } => {
            blocks.push(Block::List { numbered, items: items.iter().map(|item| spans(item)).collect() });
        }
        Open::Table(lines) => {
            let mut rows = lines.into_iter().filter(|line| !is_rule(line)).map(cells);
            let head = rows.next().unwrap_or_default();
            blocks.push(Block::Table { head, rows: rows.collect() });
        }
        Open::Code(lines) => blocks.push(Block::Code { text: lines.join("\n") }),
    }
}

/// Whether a list's item begins here, a numbered one or not, and with what.
fn item(text: &str) -> Option<(bool, &str)> {
    if let Some(item) = text.strip_prefix("- ").or_else(|| text.strip_prefix("* ")) {
        return Some((false, item));
    }
    let (number, item) = text.split_once(". ")?;
    (!number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())).then_some((true, item))
}

/// Whether it is the line under a table's head.
fn is_rule(line: &str) -> bool {
    line.bytes().all(|byte| matches!(byte, b'|' | b'-' | b':' | b' '))
}

fn cells(line: &str) -> Vec<Vec<Span>> {
    line.trim_matches('|').split('|').map(|cell| spans(cell.trim())).collect()
}

fn spans(text: &str) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        match marked(rest) {
            Some((span, length)) => {
                if !plain.is_empty() {
                    spans.push(Span { kind: "text", text: std::mem::take(&mut plain), href: None });
                }
                spans.push(span);
                rest = &rest[length..];
            }
            None => {
                plain.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    if !plain.is_empty() {
        spans.push(Span { kind: "text", text: plain, href: None });
    }
    spans
}

/// The marked words that a text begins with, and how long they are with their marks.
fn marked(text: &str) -> Option<(Span, usize)> {
    let enclosed = |open: &str, close: &str| {
        let inner = text.strip_prefix(open)?;
        let end = inner.find(close).filter(|&end| end > 0)?;
        Some((inner[..end].to_owned(), open.len() + end + close.len()))
    };
    let span = |kind, (text, length): (String, usize)| Some((Span { kind, text, href: None }, length));
    match text.as_bytes()[0] {
        b'`' => span("code", enclosed("`", "`")?),
        b'*' if text.starts_with("**") => span("strong", enclosed("**", "**")?),
        b'*' => span("em", enclosed("*", "*").filter(|(inner, _)| !inner.starts_with(' '))?),
        b'<' => {
            let (address, length) = enclosed("<", ">").filter(|(address, _)| address.starts_with("https://"))?;
            Some((Span { kind: "link", text: address.clone(), href: Some(address) }, length))
        }
        b'[' => {
            let (words, length) = enclosed("[", "](")?;
            let end = text[length..].find(')')?;
            let address = &text[length..length + end];
            let href = address.starts_with("https://").then(|| address.to_owned());
            let kind = if href.is_some() { "link" } else { "text" };
            Some((Span { kind, text: words, href }, length + end + 1))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(blocks: &[Block]) -> String {
        let of = |spans: &[Span]| {
            spans.iter().map(|span| format!("{}:{}", span.kind, span.text)).collect::<Vec<_>>().join("|")
        };
        let block = |block: &Block| match block {
            Block::Paragraph { spans } => format!("p {}", of(spans)),
            Block::List { numbered, items } => {
                let items: Vec<String> = items.iter().map(|item| of(item)).collect();
                format!("{} {}", if *numbered { "n" } else { "l" }, items.join(" / "))
            }
            Block::Table { head, rows } => {
                let row = |row: &Vec<Vec<Span>>| row.iter().map(|cell| of(cell)).collect::<Vec<_>>().join(" ; ");
                let rows: Vec<String> = std::iter::once(head).chain(rows).map(row).collect();
                format!("t {}", rows.join(" / "))
            }
            Block::Code { text } => format!("c {text}"),
        };
        blocks.iter().map(block).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_section_is_cut_into_its_parts() {
        let doc = "## Why\n\nOne `x < y`\nand **two** *three* 4 * 5.\n\n- a\n  b\n- [c](https://example.com)\n\n```\nd  e\n```\n## Next\nno";
        let expected =
            "p text:One |code:x < y|text: and |strong:two|text: |em:three|text: 4 * 5.\nl text:a b / link:c\nc d  e";
        assert_eq!(words(&section(doc, "Why")), expected);
        assert!(section(doc, "Nothing").is_empty());
    }

    #[test]
    fn the_source_is_left_out_to_its_last_line() {
        let doc = "## Why\n\nOne.\n\nSource: two,\nthree.\n\nFour.\n\n## Next\n\nFive.\n\nSource: six,\nseven.\n## Last\n\nEight.";
        assert_eq!(words(&section(doc, "Why")), "p text:One.\np text:Four.");
        assert_eq!(words(&section(doc, "Next")), "p text:Five.");
        assert_eq!(words(&section(doc, "Last")), "p text:Eight.");
    }

    #[test]
    fn tables_and_numbered_lists_are_read_too() {
        let doc = [
            "As follows:",
            "1. one",
            "   more",
            "2. two",
            "- three",
            "| a | `b` |",
            "| --- | :-- |",
            "| c | d |",
            "",
            "2026. Then",
        ];
        let expected = "p text:As follows:\nn text:one more / text:two\nl text:three\nt text:a ; code:b / text:c ; text:d\nn text:Then";
        assert_eq!(words(&blocks(&doc)), expected);
        assert_eq!(words(&blocks(&["```", "| a |", "```", "```", "open"])), "c | a |\nc open");
    }

    #[test]
    fn only_https_is_a_link() {
        assert_eq!(words(&blocks(&["[x](javascript:alert) <b> `"])), "p text:x|text: <b> `");
    }
}
