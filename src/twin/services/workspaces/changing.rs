//! What the calls that change something have in common.

use super::super::Call;
use super::{invalid, not_found};
use crate::twin::error::{ApiError, Trouble};
use crate::twin::model::facts;
use crate::twin::world::{Place, Realm, World};
use deskpair_rules::model::Slice;
use serde_json::Value;
use std::collections::BTreeSet;

/// The most tags of one resource (the model's words for `CreateTags`).
pub(super) const MOST_TAGS: usize = 50;

/// A refusal by its name.
pub(super) fn refusal(code: &str, words: impl Into<String>) -> Trouble {
    ApiError::new(code, words).into()
}

/// A refusal by the first of these names that the operation declares.
pub(super) fn declared(call: &Call, codes: &[&str], words: impl Into<String>) -> Trouble {
    let operation = &facts(call.service).operations[call.operation];
    refusal(operation.first_declared(codes).unwrap_or("InvalidParameterValuesException"), words)
}

/// Where the call is.
pub(super) fn here(call: &Call) -> Place {
    Place::new(&call.account, &call.region)
}

/// What the caller has in the Region. Where nothing is there, neither is the thing that the call is about.
pub(super) fn realm<'a>(world: &'a World, call: &Call, what: &str) -> Result<&'a Realm, Trouble> {
    world.realm(&call.account, &call.region).ok_or_else(|| not_found(what))
}

/// Fails where part of a list is hidden: it might hold what the call would conflict with, and to guess would be to lie.
pub(super) fn seen<T>(world: &World, call: &Call, list: &Slice<T>) -> Result<(), Trouble> {
    list.gap().and_then(|gap| world.trouble(gap, call)).map_or(Ok(()), Err)
}

/// Where in a list the thing is that a call is about. What is hidden might be this very thing: the refusal that hides it is the honest
/// answer.
pub(super) fn place_of<T>(
    world: &World,
    call: &Call,
    list: &Slice<T>,
    what: &str,
    is: impl Fn(&T) -> bool,
) -> Result<usize, Trouble> {
    match list.items().iter().position(is) {
        Some(at) => Ok(at),
        None => Err(seen(world, call, list).err().unwrap_or_else(|| not_found(what))),
    }
}

/// Where the directory stands among the registered ones that a member of the input names. One that is not in the state `REGISTERED` is
/// refused: the twin's own strictness, for the model does not tell.
pub(super) fn directory(world: &World, call: &Call, member: &str) -> Result<usize, Trouble> {
    let id = call.text(member).unwrap_or_default();
    let list = &realm(world, call, "directory")?.side.registrations;
    let at = place_of(world, call, list, "directory", |known| known.directory_id == id)?;
    if list.items()[at].state == "REGISTERED" {
        return Ok(at);
    }
    let words = format!("The directory {id} is not in the state REGISTERED.");
    Err(declared(call, &["InvalidResourceStateException", "OperationNotSupportedException"], words))
}

/// The tags of a list of the input.
pub(super) fn tags(value: &Value) -> Result<Vec<(String, String)>, Trouble> {
    let tags = value.as_array().into_iter().flatten().map(|tag| {
        let text = |name: &str| tag[name].as_str().unwrap_or_default().to_owned();
        (text("Key"), text("Value"))
    });
    let tags: Vec<_> = tags.collect();
    if tags.iter().any(|(key, _)| key.to_lowercase().starts_with("aws:")) {
        return Err(invalid("Tag keys that begin with aws: are reserved."));
    }
    if tags.iter().map(|(key, _)| key).collect::<BTreeSet<_>>().len() < tags.len() {
        return Err(invalid("A tag key is given more than once."));
    }
    if tags.len() > MOST_TAGS {
        return Err(invalid("A resource has at most 50 tags."));
    }
    Ok(tags)
}

/// A request of a batch that failed: the request, the error's code and words.
pub(super) type Failed<'r> = (&'r Value, &'static str, String);

/// Does each request of a batch; those that failed. Of a partial answer, all but the first half fail. Of the codes, `ResourceExists.WorkSpace`
/// has been seen in the wild; the others are formed like it.
///
/// # Errors
/// What ends the whole batch: something about one request is hidden.
pub(super) fn failures<'r>(
    call: &Call,
    requests: &'r [Value],
    mut done: impl FnMut(&'r Value) -> Result<Option<(&'static str, String)>, Trouble>,
) -> Result<Vec<Failed<'r>>, Trouble> {
    let within = if call.partial { requests.len() / 2 } else { requests.len() };
    let mut failed = Vec::new();
    for (at, request) in requests.iter().enumerate() {
        let why = if at < within {
            done(request)?
        } else {
            Some(("InternalFailure", "The request could not be processed. Please try again.".to_owned()))
        };
        failed.extend(why.map(|(code, words)| (request, code, words)));
    }
    Ok(failed)
}
