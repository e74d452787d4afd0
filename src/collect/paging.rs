//! Lists that come in pages. Half of the operations have no paginator in any SDK, so one loop of ours serves all.

use super::calls::{Caller, Operation};
use super::fault::{Effect, Fault, Retry};
use deskpair_rules::model::{Gap, GapCause};
use std::collections::HashSet;
use std::future::Future;
use std::hash::Hash;

/// What was read of a list, before its gap has a number in an estate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing<T> {
    /// The items that were read.
    pub items: Vec<T>,
    /// What hides the rest; nothing where all was read.
    pub gap: Option<Gap>,
}

impl<T> Default for Listing<T> {
    fn default() -> Self {
        Self { items: Vec::new(), gap: None }
    }
}

impl<T> Listing<T> {
    /// All of a list, or nothing of it.
    pub fn from_result(answer: Result<Vec<T>, Gap>) -> Self {
        match answer {
            Ok(items) => Self { items, gap: None },
            Err(gap) => Self { items: Vec::new(), gap: Some(gap) },
        }
    }

    /// Records that something is hidden. The first gap stands: what comes after it is no more complete.
    pub fn cut(&mut self, gap: Gap) {
        self.gap.get_or_insert(gap);
    }
}

/// A page's items, and what asks for the next.
pub struct Page<T, Token> {
    /// The items.
    pub items: Vec<T>,
    /// What asks for the next page; `None` on the last. [`token`] makes one of what services answer.
    pub next: Option<Token>,
}

/// A page token, where there is one: services end a list with an absent token or with an empty one (EC2 answers the latter).
pub fn token(answered: Option<String>) -> Option<String> {
    answered.filter(|token| !token.is_empty())
}

/// Reads all pages, one after another. A page that fails ends the list with its gap and keeps what was read.
pub async fn pages<T, Token, Ask, Answer>(caller: &Caller, operation: Operation, about: &str, ask: Ask) -> Listing<T>
where
    Token: Clone + Eq + Hash,
    Ask: Fn(Option<Token>) -> Answer,
    Answer: Future<Output = Result<Page<T, Token>, Gap>>,
{
    let mut items = Vec::new();
    let gap = each_page(caller, operation, about, ask, |page| items.extend(page)).await;
    Listing { items, gap }
}

/// As [`pages`], handing each page's items on as they come. Answers what hides the rest.
pub async fn each_page<T, Token, Ask, Answer>(
    caller: &Caller,
    operation: Operation,
    about: &str,
    ask: Ask,
    mut keep: impl FnMut(Vec<T>),
) -> Option<Gap>
where
    Token: Clone + Eq + Hash,
    Ask: Fn(Option<Token>) -> Answer,
    Answer: Future<Output = Result<Page<T, Token>, Gap>>,
{
    let mut asked = HashSet::new();
    let mut next = None;
    loop {
        let page = match ask(next).await {
            Ok(page) => page,
            Err(gap) => {
                // The lists that are only counted end here; those about one thing have a page each, as far as anybody knows.
                if gap.cause == GapCause::NotCollected && about.is_empty() {
                    caller.has_more(operation);
                }
                return Some(gap);
            }
        };
        keep(page.items);
        next = Some(page.next?);
        if !next.clone().is_some_and(|token| asked.insert(token)) {
            let message = "the service answered a page token that it had answered before".to_owned();
            let fault = Fault::new(GapCause::Malformed, message, Retry::Never, Effect::None);
            return Some(caller.gap(operation, about, fault));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::calls::{Patience, Run, Service, Silent};
    use crate::collect::limits::Limits;
    use deskpair_rules::model::settings;
    use std::sync::{Arc, Mutex};

    const OPERATION: Operation = Operation::of(Service::WorkSpaces, "DescribeConnectionAliases");

    fn caller() -> Caller {
        let patience = Patience::from(&settings::Limits::default());
        Caller::new(Arc::new(Run::new(Limits::none(), patience, None, Arc::new(Silent), 1)), "us-west-2")
    }

    /// Asks for pages that answer these tokens, and tells which tokens were sent.
    async fn read(tokens: &[Result<Option<&str>, ()>]) -> (Listing<usize>, Vec<Option<String>>) {
        let caller = caller();
        let sent = Mutex::new(Vec::new());
        let ask = |next: Option<String>| {
            let mut sent = sent.lock().expect("one thread");
            let page = sent.len();
            sent.push(next);
            let answer = match tokens[page] {
                Ok(next) => Ok(Page { items: vec![page], next: token(next.map(ToOwned::to_owned)) }),
                Err(()) => {
                    let fault = Fault::new(GapCause::Denied, "no".to_owned(), Retry::Never, Effect::None);
                    Err(caller.gap(OPERATION, "", fault))
                }
            };
            std::future::ready(answer)
        };
        let listing = pages(&caller, OPERATION, "", ask).await;
        (listing, sent.into_inner().expect("one thread"))
    }

    #[tokio::test]
    async fn follows_tokens_until_one_is_absent_or_empty() {
        for last in [None, Some("")] {
            let (listing, sent) = read(&[Ok(Some("a")), Ok(Some("b")), Ok(last)]).await;
            assert_eq!(listing, Listing { items: vec![0, 1, 2], gap: None });
            assert_eq!(sent, [None, Some("a".to_owned()), Some("b".to_owned())]);
        }
    }

    #[tokio::test]
    async fn a_repeated_token_ends_the_list_with_a_gap() {
        let (listing, sent) = read(&[Ok(Some("a")), Ok(Some("b")), Ok(Some("a")), Ok(None)]).await;
        assert_eq!((listing.items, sent.len()), (vec![0, 1, 2], 3));
        assert_eq!(listing.gap.map(|gap| gap.cause), Some(GapCause::Malformed));
    }

    #[tokio::test]
    async fn a_page_that_fails_keeps_what_was_read() {
        let (listing, _) = read(&[Ok(Some("a")), Err(())]).await;
        assert_eq!(listing.items, [0]);
        let gap = listing.gap.expect("a gap");
        assert_eq!((gap.cause, gap.iam_action.as_str()), (GapCause::Denied, "workspaces:DescribeConnectionAliases"));
        assert_eq!((gap.region.as_str(), gap.service.as_str()), ("us-west-2", "workspaces"));
    }
}
