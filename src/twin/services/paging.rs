//! One page of a list.

use super::Call;
use crate::twin::error::Trouble;
use crate::twin::pages::Pages;
use crate::twin::world::Tail;
use serde_json::{Map, Value};

/// The items of a page and the token of the next.
pub(super) struct Page<'a, T> {
    /// The items.
    pub(super) items: Vec<&'a T>,
    /// Absent on the last page.
    pub(super) next: Option<String>,
}

impl<T> Page<'_, T> {
    /// An answer with these items under one name, and the token under another where there is one.
    pub(super) fn answer(&self, items: &str, rendered: Vec<Value>, token: &str) -> Value {
        let mut answer = Map::from_iter([(items.to_owned(), Value::Array(rendered))]);
        if let Some(next) = &self.next {
            answer.insert(token.to_owned(), Value::from(next.as_str()));
        }
        Value::Object(answer)
    }
}

/// How a list is read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reading<'a> {
    /// The token that the caller sent.
    pub(super) token: Option<&'a str>,
    /// The most items of a page.
    pub(super) size: usize,
}

impl<'a> Reading<'a> {
    /// A page as large as the caller asks, but no larger than the service's own.
    pub(super) fn of(call: &'a Call, token: &str, size: &str, most: usize) -> Self {
        let asked = call.number(size).and_then(|asked| usize::try_from(asked).ok()).filter(|&asked| asked > 0);
        Self { token: call.text(token), size: asked.map_or(most, |asked| asked.min(most)) }
    }
}

/// The page of the wanted items that the caller asks for. A list that is cut ends with one more page, which is answered as its gap says.
///
/// # Errors
/// A foreign token, and that last page.
pub(super) fn page<'a, T>(
    pages: &Pages,
    call: &Call,
    reading: Reading<'_>,
    list: &'a [T],
    tail: Tail,
    wanted: impl Fn(&T) -> bool,
) -> Result<Page<'a, T>, Trouble> {
    let start = usize::try_from(pages.position(&call.list(), reading.token)?).unwrap_or(usize::MAX);
    // A page may be shorter than asked for: nothing is lost by it, for the rest follows.
    let size = if call.partial { (reading.size / 2).max(1) } else { reading.size };
    let mut items = Vec::new();
    let mut at = start;
    while let Some(item) = list.get(at) {
        if wanted(item) {
            if items.len() == size {
                break;
            }
            items.push(item);
        }
        at += 1;
    }
    let next = match tail {
        _ if at < list.len() => Some(at),
        Tail::Whole => None,
        Tail::Trouble(trouble) if start >= list.len() => return Err(trouble),
        Tail::Trouble(_) => Some(list.len()),
    };
    Ok(Page { items, next: next.map(|at| pages.token(&call.list(), at as u64)) })
}
