//! The Resource Groups Tagging API: it lists the tagged resources of a Region, whatever service they belong to.

use super::{Call, kept, unserved};
use crate::twin::error::{ApiError, Trouble};
use crate::twin::pages::Pages;
use crate::twin::world::{Realm, Tail, World};
use deskpair_rules::model::workspace::TagRow;
use serde_json::{Value, json};

/// Resources on a page, unless the caller says so.
const PAGE: usize = 50;

/// `ResourcesPerPage` "a minimum of 1 and a maximum value of 100" (the model's words).
const LARGEST: i64 = 100;

pub(super) fn answer(world: &World, pages: &Pages, call: &Call) -> Result<Value, Trouble> {
    match call.operation {
        "GetResources" => resources(world, pages, call),
        other => Err(unserved(call, other)),
    }
}

fn invalid(words: impl Into<String>) -> Trouble {
    ApiError::new("InvalidParameterException", words).into()
}

/// A resource and where its tags begin and end among all rows.
struct Tagged<'a> {
    arn: &'a str,
    tags: Vec<(&'a str, &'a str)>,
    end: usize,
}

fn resources(world: &World, pages: &Pages, call: &Call) -> Result<Value, Trouble> {
    let types = call.texts("ResourceTypeFilters").filter(|types| !types.is_empty());
    let filters = call.input.get("TagFilters").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let arns = call.texts("ResourceARNList");
    let token = call.text("PaginationToken").filter(|token| !token.is_empty());
    let paging = ["ResourcesPerPage", "TagsPerPage"].iter().any(|name| call.number(name).is_some()) || token.is_some();
    if arns.is_some() && (types.is_some() || !filters.is_empty() || paging) {
        return Err(invalid(
            "ResourceARNList cannot be combined with TagFilters, ResourceTypeFilters or pagination parameters.",
        ));
    }
    if call.number("ResourcesPerPage").is_some_and(|size| !(1..=LARGEST).contains(&size)) {
        return Err(invalid("ResourcesPerPage must be between 1 and 100."));
    }
    if call.number("TagsPerPage").is_some_and(|size| !(100..=500).contains(&size) || size % 100 != 0) {
        return Err(invalid("TagsPerPage must be between 100 and 500, in steps of 100."));
    }
    let excluded = call.input.get("ExcludeCompliantResources") == Some(&Value::Bool(true));
    if excluded && call.input.get("IncludeComplianceDetails") != Some(&Value::Bool(true)) {
        return Err(invalid("ExcludeCompliantResources needs IncludeComplianceDetails."));
    }
    let Some(realm) = world.realm(&call.account, &call.region) else {
        return Ok(json!({"ResourceTagMappingList": [], "PaginationToken": ""}));
    };
    let wanted = |tagged: &Tagged<'_>| {
        let kind = kind_of(tagged.arn);
        let service = kind.split(':').next().unwrap_or_default();
        types.as_ref().is_none_or(|types| types.iter().any(|&wanted| wanted == kind || wanted == service))
            && filters.iter().all(|filter| passes(filter, tagged))
    };
    let rows = Rows::new(world, realm);
    if let Some(arns) = arns {
        // "If a resource specified by this parameter doesn't exist, … it simply isn't included" (the model's words).
        let mut found = Vec::new();
        let mut at = 0;
        while let Some(tagged) = rows.resource(at) {
            at = tagged.end;
            if arns.contains(&tagged.arn) {
                found.push(render(&tagged));
            }
        }
        if found.len() < arns.len()
            && let Tail::Trouble(trouble) = rows.tail(world, call, types.as_deref())
        {
            return Err(trouble);
        }
        return Ok(json!({"ResourceTagMappingList": kept(found, call), "PaginationToken": ""}));
    }
    let start = usize::try_from(pages.position(&call.list(), token)?).unwrap_or(usize::MAX);
    let size = match (call.number("ResourcesPerPage"), call.number("TagsPerPage")) {
        (Some(size), _) => usize::try_from(size).unwrap_or(PAGE),
        // As many resources as tags is never too many.
        (None, Some(tags)) => usize::try_from(tags).unwrap_or(PAGE),
        (None, None) => PAGE,
    };
    let size = if call.partial { (size / 2).max(1) } else { size };
    let most_tags = call.number("TagsPerPage").and_then(|most| usize::try_from(most).ok()).unwrap_or(usize::MAX);
    let (mut found, mut tags, mut at) = (Vec::new(), 0, start);
    while let Some(tagged) = rows.resource(at) {
        if wanted(&tagged) {
            tags += tagged.tags.len().max(1);
            if found.len() == size || (tags > most_tags && !found.is_empty()) {
                break;
            }
            found.push(render(&tagged));
        }
        at = tagged.end;
    }
    let next = if at < rows.len() {
        Some(at)
    } else {
        match rows.tail(world, call, types.as_deref()) {
            Tail::Whole => None,
            Tail::Trouble(trouble) if start >= rows.len() => return Err(trouble),
            Tail::Trouble(_) => Some(rows.len()),
        }
    };
    // The last page has an empty token, not none.
    let token = next.map(|at| pages.token(&call.list(), at as u64)).unwrap_or_default();
    Ok(json!({"ResourceTagMappingList": found, "PaginationToken": token}))
}

/// All rows of a realm as one list: images and bundles, WorkSpaces, then file systems and their backups.
struct Rows<'a> {
    world: &'a World,
    realm: &'a Realm,
    resources: &'a [TagRow],
    desktops: &'a [TagRow],
}

impl<'a> Rows<'a> {
    fn new(world: &'a World, realm: &'a Realm) -> Self {
        let side = &realm.side;
        Self { world, realm, resources: side.resource_tags.items(), desktops: side.desktop_tags.items() }
    }

    fn files(&self) -> usize {
        self.realm.side.file_systems.items().len() + self.realm.side.backups.items().len()
    }

    fn len(&self) -> usize {
        self.resources.len() + self.desktops.len() + self.files()
    }

    /// The resource whose rows begin here.
    fn resource(&self, at: usize) -> Option<Tagged<'a>> {
        let (rows, from, before) = if at < self.resources.len() {
            (self.resources, at, 0)
        } else if at < self.resources.len() + self.desktops.len() {
            (self.desktops, at - self.resources.len(), self.resources.len())
        } else {
            return self.file(at);
        };
        let first = rows[from];
        let own = rows[from..].iter().take_while(|row| row.arn == first.arn);
        let text = |sym| self.world.symbols.text(sym);
        let tags: Vec<_> = own.map(|row| (text(row.key), text(row.value))).collect();
        Some(Tagged { arn: text(first.arn), end: before + from + tags.len(), tags })
    }

    fn file(&self, at: usize) -> Option<Tagged<'a>> {
        let side = &self.realm.side;
        let systems = side.file_systems.items();
        let from = at - self.resources.len() - self.desktops.len();
        let (arn, tags) = match systems.get(from) {
            Some(system) => (&system.resource_arn, &system.tags),
            None => {
                let backup = side.backups.items().get(from - systems.len())?;
                (&backup.resource_arn, &backup.tags)
            }
        };
        let tags = tags.iter().map(|tag| (tag.key.as_str(), tag.value.as_str())).collect();
        Some(Tagged { arn, tags, end: at + 1 })
    }

    /// How the list ends: the lists of tags that the call reads may be cut.
    fn tail(&self, world: &World, call: &Call, types: Option<&[&str]>) -> Tail {
        let side = &self.realm.side;
        let reads = |kinds: &[&str]| types.is_none_or(|types| types.iter().any(|kind| kinds.contains(kind)));
        let desktops = reads(&["workspaces", "workspaces:workspace"]).then_some(&side.desktop_tags);
        let resources = reads(&["workspaces", "workspaces:workspaceimage", "workspaces:workspacebundle"])
            .then_some(&side.resource_tags);
        let mut tails = [resources, desktops].into_iter().flatten().map(|list| world.tail(list, call));
        tails.find(|tail| *tail != Tail::Whole).unwrap_or(Tail::Whole)
    }
}

/// `arn:aws:workspaces:us-east-1:111122223333:workspace/ws-1` is a `workspaces:workspace`.
fn kind_of(arn: &str) -> String {
    let parts: Vec<_> = arn.splitn(6, ':').collect();
    let [_, _, service, _, _, resource] = parts[..] else { return String::new() };
    format!("{service}:{}", resource.split(['/', ':']).next().unwrap_or_default())
}

fn passes(filter: &Value, tagged: &Tagged<'_>) -> bool {
    let key = filter["Key"].as_str().unwrap_or_default();
    let values = filter["Values"].as_array().filter(|values| !values.is_empty());
    tagged
        .tags
        .iter()
        .any(|(known, value)| *known == key && values.is_none_or(|values| values.iter().any(|wanted| wanted == value)))
}

fn render(tagged: &Tagged<'_>) -> Value {
    let tags: Vec<_> = tagged.tags.iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect();
    json!({"ResourceARN": tagged.arn, "Tags": tags})
}
