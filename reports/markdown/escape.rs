//! Other people's text in Markdown.

use std::fmt::Write;

/// A line of text that Markdown, its extensions and HTML show as it is: what they would act on becomes a character reference, which
/// CommonMark (2.5) never takes for structure. That covers links that are made of bare addresses, and mentions.
pub(crate) fn plain(line: &str) -> String {
    let mut plain = String::with_capacity(line.len() + 16);
    for (at, c) in line.char_indices() {
        let www = c == '.' && line[..at].to_ascii_lowercase().ends_with("www");
        let acts = matches!(
            c,
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '#' | '!' | '|' | '~' | '&' | '@' | ':' | '$'
        );
        // A list, a heading of the underlined kind, a rule: only at the beginning of a line.
        let begins = at == 0 && matches!(c, '+' | '-' | '=' | '0'..='9');
        if acts || begins || www {
            let _ = write!(plain, "&#{};", u32::from(c));
        } else {
            plain.push(c);
        }
    }
    plain
}
