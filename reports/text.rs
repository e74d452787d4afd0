//! Texts of an estate are other people's: before one is shown to a person, what could act on the reader or the terminal is spelled out.

use std::borrow::Cow;
use std::fmt::Write;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// One line: every control character, line break and direction override in a visible spelling, `\u{1b}`.
pub fn line(text: &str) -> Cow<'_, str> {
    spelled(text, acts)
}

/// Several lines: like [`line`], with line feeds kept.
pub(crate) fn block(text: &str) -> Cow<'_, str> {
    spelled(text, |c| c != '\n' && acts(c))
}

fn spelled(text: &str, acts: impl Fn(char) -> bool) -> Cow<'_, str> {
    let Some(first) = text.find(&acts) else { return Cow::Borrowed(text) };
    let mut spelled = String::with_capacity(text.len() + 16);
    spelled.push_str(&text[..first]);
    for c in text[first..].chars() {
        match c {
            _ if !acts(c) => spelled.push(c),
            '\n' => spelled.push_str("\\n"),
            '\r' => spelled.push_str("\\r"),
            '\t' => spelled.push_str("\\t"),
            c => {
                let _ = write!(spelled, "\\u{{{:x}}}", u32::from(c));
            }
        }
    }
    Cow::Owned(spelled)
}

/// Whether a character does something instead of being seen: C0 and C1 controls, line and paragraph separators, the bidirectional
/// marks and overrides, invisible tags, and what XML 1.0 cannot hold (its section 2.2).
const fn acts(c: char) -> bool {
    matches!(
        c,
        '\0'..='\u{1f}'
            | '\u{7f}'..='\u{9f}'
            | '\u{61c}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{fffe}'
            | '\u{ffff}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// The first `most` characters, with an ellipsis where there are more.
pub(crate) fn shortened(text: &str, most: usize) -> Cow<'_, str> {
    match text.char_indices().nth(most) {
        None => Cow::Borrowed(text),
        Some((end, _)) => Cow::Owned(format!("{}…", text[..end].trim_end())),
    }
}

/// A number with its thousands apart: `4,812`.
pub fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A count and what is counted: `1 person`, `4,812 people`.
pub fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(count), if count == 1 { one } else { many })
}

/// A kind of subject, for people: `connection-alias` is `connection alias`.
pub(crate) fn kind(kind: &str, count: u64) -> String {
    let (one, many) = match kind {
        "connection-alias" => ("connection alias", "connection aliases"),
        "directory" => ("directory", "directories"),
        "ip-group" => ("IP access control group", "IP access control groups"),
        "workspace" => ("WorkSpace", "WorkSpaces"),
        "file-system" => ("file system", "file systems"),
        "name-server" => ("name server", "name servers"),
        "dependency" => ("dependency", "dependencies"),
        other => return counted(count, other, &format!("{other}s")),
    };
    counted(count, one, many)
}

/// A sentence from one of our fragments: a capital to begin with, a full stop to end with.
pub(crate) fn sentence(fragment: &str) -> String {
    let mut chars = fragment.chars();
    let mut sentence: String = match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => return String::new(),
    };
    if !sentence.ends_with(['.', '!', '?', '…']) {
        sentence.push('.');
    }
    sentence
}

/// Cuts a text between words; a word that is too long for a line is cut where the line ends.
pub fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for word in text.split_whitespace() {
        let wide = word.width();
        if used > 0 && used + 1 + wide > width {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        if used > 0 {
            line.push(' ');
            used += 1;
        }
        if wide <= width {
            line.push_str(word);
            used += wide;
            continue;
        }
        for c in word.chars() {
            let wide = c.width().unwrap_or(0);
            if used + wide > width {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            line.push(c);
            used += wide;
        }
    }
    if used > 0 {
        lines.push(line);
    }
    lines
}

/// What is left of a line beside what leads it, however narrow the terminal is.
const LEAST: usize = 20;

/// A text after what leads it, cut as [`wrapped`] does it: further lines stand under the first one's text. What acts is spelled out; one that
/// fits keeps its columns.
pub fn fitted(lead: &str, text: &str, width: usize) -> String {
    let (indent, text) = (lead.width(), line(text));
    let room = width.saturating_sub(indent).max(LEAST);
    if !text.trim().is_empty() && text.width() <= room {
        return format!("{lead}{}\n", text.trim_end());
    }
    let mut shown = String::new();
    for (number, line) in wrapped(&text, room).iter().enumerate() {
        let _ = if number == 0 { writeln!(shown, "{lead}{line}") } else { writeln!(shown, "{:indent$}{line}", "") };
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_is_spelled_out() {
        assert_eq!(line("anna"), "anna");
        assert!(matches!(line("bérangère 王"), Cow::Borrowed(_)));
        assert_eq!(line("a\0b\u{1b}[31m\u{9b}c"), "a\\u{0}b\\u{1b}[31m\\u{9b}c");
        assert_eq!(line("two\r\nlines\t"), "two\\r\\nlines\\t");
        assert_eq!(block("two\r\nlines"), "two\\r\nlines");
        assert_eq!(line("\u{202e}gnp.exe\u{2028}"), "\\u{202e}gnp.exe\\u{2028}");
    }

    #[test]
    fn numbers_and_sentences_read_well() {
        assert_eq!([0, 999, 1000, 4_812_000].map(number), ["0", "999", "1,000", "4,812,000"]);
        assert_eq!(counted(1, "person", "people"), "1 person");
        assert_eq!(kind("ip-group", 2), "2 IP access control groups");
        assert_eq!(sentence("the alias leads nowhere"), "The alias leads nowhere.");
        assert_eq!(shortened("straße", 4), "stra…");
        assert_eq!(shortened("stra", 4), "stra");
    }

    #[test]
    fn lines_end_between_words_and_inside_long_ones() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("abcdefghij k", 4), ["abcd", "efgh", "ij k"]);
        assert_eq!(wrapped("王王王", 4), ["王王", "王"]);
        assert!(wrapped(" ", 4).is_empty());
    }
    #[test]
    fn a_text_stands_beside_what_leads_it() {
        let told = fitted("[12/30] ", "let the bundle Standard rest on the image golden-2026", 40);
        assert_eq!(told, "[12/30] let the bundle Standard rest on\n        the image golden-2026\n");
        assert!(fitted("        ", &"word ".repeat(60), 80).lines().all(|line| line.chars().count() <= 80));
        assert_eq!(fitted("  ", "a\u{1b}[2Jb", 80), "  a\\u{1b}[2Jb\n", "what acts is spelled out");
        assert!(fitted("[1/1] ", "narrow terminals still show something", 3).lines().all(|line| line.len() <= 26));
        assert_eq!(fitted("  ", "us-east-1    d-1  id", 22), "  us-east-1    d-1  id\n", "columns stay where they fit");
        assert_eq!(fitted("  ", "us-east-1    d-1  identifier", 26), "  us-east-1 d-1 identifier\n");
        assert_eq!(fitted("王 ", "one two three four five six", 23), "王 one two three four\n   five six\n");
        assert_eq!(fitted("  ", " ", 80), "");
    }
}
