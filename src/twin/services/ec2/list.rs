//! How EC2 lists: by ids, of which each must exist, or by filters, which may match nothing; in pages.

use super::super::Call;
use super::super::paging::{Reading, page};
use crate::twin::error::{ApiError, Trouble};
use crate::twin::pages::Pages;
use crate::twin::world::{Tail, World};
use deskpair_rules::model::Slice;
use serde_json::Value;

/// A kind of thing that is listed.
pub(super) struct Kind<T: 'static> {
    /// The member that names ids, and EC2's word for the thing in its refusals.
    pub(super) ids: (&'static str, &'static str),
    /// The error for an id that does not exist.
    pub(super) not_found: &'static str,
    /// The most items of a page.
    pub(super) most: usize,
    /// A thing's id.
    pub(super) id: fn(&T) -> &str,
    /// What a filter of this name sees of a thing; absent for a filter that the twin does not know.
    pub(super) value: fn(&T, &str) -> Option<Vec<String>>,
}

/// A page's things, and the token of the next.
pub(super) type Listed<'a, T> = (Vec<&'a T>, Option<String>);

impl<T: Default> Kind<T> {
    /// The page that the call asks for. Where a list is cut, what it hides may exist: an id that is not in it is answered as the gap says.
    pub(super) fn list<'a>(
        &self,
        world: &World,
        pages: &Pages,
        call: &Call,
        list: &'a Slice<T>,
    ) -> Result<Listed<'a, T>, Trouble> {
        self.page(pages, call, list.items(), world.tail(list, call))
    }

    /// Like [`list`](Self::list), of things that no estate has.
    pub(super) fn page<'a>(
        &self,
        pages: &Pages,
        call: &Call,
        all: &'a [T],
        tail: Tail,
    ) -> Result<Listed<'a, T>, Trouble> {
        let (member, what) = self.ids;
        let ids = call.texts(member);
        if ids.is_some() && call.number("MaxResults").is_some() {
            let words = format!("The parameter {what}Ids cannot be used with the parameter maxResults");
            return Err(ApiError::new("InvalidParameterCombination", words).into());
        }
        if let Some(unknown) = ids.iter().flatten().find(|wanted| !all.iter().any(|item| (self.id)(item) == **wanted)) {
            if let Tail::Trouble(trouble) = tail {
                return Err(trouble);
            }
            let words = format!("The {what} ID '{unknown}' does not exist");
            return Err(ApiError::new(self.not_found, words).into());
        }
        let wanted = filters(call, |name| (self.value)(&T::default(), name).is_some())?;
        let reading = Reading::of(call, "NextToken", "MaxResults", self.most);
        let page = page(pages, call, reading, all, tail, |item| {
            ids.as_ref().is_none_or(|ids| ids.contains(&(self.id)(item)))
                && wanted.iter().all(|(name, values)| {
                    let found = (self.value)(item, name).unwrap_or_default();
                    found.iter().any(|found| values.contains(&found.as_str()))
                })
        })?;
        Ok((page.items, page.next))
    }
}

/// The filters of a call: what each looks at, and the values of which one must be there.
pub(super) fn filters(call: &Call, is_known: impl Fn(&str) -> bool) -> Result<Vec<(&str, Vec<&str>)>, Trouble> {
    let mut wanted = Vec::new();
    for filter in call.input.get("Filters").and_then(Value::as_array).into_iter().flatten() {
        let name = filter["Name"].as_str().unwrap_or_default();
        let values: Vec<_> = filter["Values"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        if !is_known(name) {
            let words = format!("The filter '{name}' is invalid");
            return Err(ApiError::new("InvalidParameterValue", words).into());
        }
        wanted.push((name, values));
    }
    Ok(wanted)
}
