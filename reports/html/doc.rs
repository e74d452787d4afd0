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
        /// Its items' words.
        items: Vec<Vec<Span>>,
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

/// The part of a documentation below a heading of the second level, without the line that names its source.
pub(super) fn section(doc: &str, heading: &str) -> Vec<Block> {
    let mut inside = false;
    let mut lines = Vec::new();
    for line in doc.lines() {
        match line.strip_prefix("## ") {
            Some(title) => inside = title.trim() == heading,
            None if inside && !line.starts_with("Source:") => lines.push(line),
            None => {}
        }
    }
    blocks(&lines)
}

fn blocks(lines: &[&str]) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut paragraph: Vec<&str> = Vec::new();
    let mut items: Vec<String> = Vec::new();
    let mut code: Option<Vec<&str>> = None;
    // One line more than there are ends whatever is open.
    for line in lines.iter().copied().chain([""]) {
        if let Some(open) = &mut code {
            if line.trim_start().starts_with("```") {
                blocks.push(Block::Code { text: open.join("\n") });
                code = None;
            } else {
                open.push(line);
            }
            continue;
        }
        let text = line.trim();
        let item = text.strip_prefix("- ").or_else(|| text.strip_prefix("* "));
        let ends = text.starts_with("```") || text.is_empty() || item.is_some();
        if ends && !paragraph.is_empty() {
            blocks.push(Block::Paragraph { spans: spans(&paragraph.join(" ")) });
            paragraph.clear();
        }
        if !items.is_empty() && item.is_none() && (text.is_empty() || text.starts_with("```")) {
            blocks.push(Block::List { items: items.drain(..).map(|item| spans(&item)).collect() });
        }
        if text.starts_with("```") {
            code = Some(Vec::new());
        } else if let Some(item) = item {
            items.push(item.to_owned());
        } else if let Some(open) = items.last_mut() {
            open.push(' ');
            open.push_str(text);
        } else if !text.is_empty() {
            paragraph.push(text);
        }
    }
    blocks
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
            Block::List { items } => format!("l {}", items.iter().map(|item| of(item)).collect::<Vec<_>>().join(" / ")),
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
    fn only_https_is_a_link() {
        assert_eq!(words(&blocks(&["[x](javascript:alert) <b> `"])), "p text:x|text: <b> `");
    }
}
