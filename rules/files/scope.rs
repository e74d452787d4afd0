//! Which file systems the area's rules are about.
//!
//! An account's file systems serve many things; only some of them hold what people need on their desktops. A primary file system is in
//! scope where the operator maps it (`kind = "file-system"`), where a tag says so (`deskpair:pair` with the pair's name, or the tag that
//! the option `scope_tag` of FSX-001 names), where a standby file system is tagged as its copy, or where it has a DNS alias, on which
//! people's paths rest. The others are candidates: they are counted, never judged.

use crate::model::files::FileSystem;
use crate::model::pairing::COPY_OF_TAG;
use crate::model::settings::MapKind;
use crate::model::{PairView, Paired, Subject, Unknown};
use crate::rule::Sheet;

/// The tag by which an operator says that a file system belongs to a pair: its value is the pair's name.
const PAIR_TAG: &str = "deskpair:pair";

/// The option, of FSX-001, that names another such tag: `key`, or `key=value`.
pub(super) const SCOPE_TAG: (&str, &str) = (
    "scope_tag",
    "The tag that puts a file system in scope for every rule of the area, as `key` or `key=value`; `deskpair:pair` with the \
     pair's name does so always.",
);

/// The id of the rule whose options hold for the whole area.
const SETTLED_BY: &str = "FSX-001";

pub(super) const NONE_AT_ALL: &str = "the primary Region has no FSx file system";
const CANDIDATE: &str = "a file system of the primary Region is neither mapped, tagged nor known by a DNS alias, so it is not \
                         compared: map it or tag it with `deskpair:pair` where people's desktops need it";
const SEVERAL: Unknown =
    Unknown::Undetermined("several standby file systems could be this one's counterpart: map the right one");
const BAD_TAG: Unknown =
    Unknown::Undetermined("the option `scope_tag` of FSX-001 is not a text of the form `key` or `key=value`");

/// The tag that the settings name.
fn scope_tag<'e>(pair: &PairView<'e>) -> Result<Option<(&'e str, Option<&'e str>)>, Unknown> {
    let Some(value) = pair.estate.settings.rules.get(SETTLED_BY).and_then(|rule| rule.options.get(SCOPE_TAG.0)) else {
        return Ok(None);
    };
    match value.as_str().map(|text| text.split_once('=').map_or((text, None), |(key, value)| (key, Some(value)))) {
        None | Some(("", _)) => Err(BAD_TAG),
        Some(tag) => Ok(Some(tag)),
    }
}

fn is_in_scope(pair: &PairView<'_>, file_system: &FileSystem, tag: Option<(&str, Option<&str>)>) -> bool {
    let id = file_system.file_system_id.as_str();
    let has = |key: &str, value: Option<&str>| {
        file_system.tags.iter().any(|tag| tag.key == key && value.is_none_or(|value| tag.value == value))
    };
    let copied = || {
        let source = (pair.settings.primary.region.as_str(), id);
        pair.standby.file_systems.items().iter().flat_map(|other| &other.tags).any(|tag| {
            tag.key == COPY_OF_TAG && tag.value.split_once('/').is_some_and(|(region, id)| (region, id) == source)
        })
    };
    pair.mapped(MapKind::FileSystem, file_system.natural_name(), id).is_some()
        || has(PAIR_TAG, Some(&pair.settings.name))
        || tag.is_some_and(|(key, value)| has(key, value))
        || file_system.dns_aliases().next().is_some()
        || copied()
}

/// Hands every primary file system in scope, with its position and what is known of its counterpart, to `judge`; says of the rest why they
/// are not judged.
pub(super) fn each_in_scope<'e>(
    pair: &PairView<'e>,
    sheet: &mut Sheet,
    mut judge: impl FnMut(&mut Sheet, u32, &'e FileSystem, Paired<'e, FileSystem>),
) {
    let tag = match scope_tag(pair) {
        Ok(tag) => tag,
        Err(why) => return sheet.unknown(Subject::Pair, why),
    };
    let list = &pair.primary.file_systems;
    for (p, file_system) in list.items().iter().enumerate() {
        if is_in_scope(pair, file_system, tag) {
            judge(sheet, p as u32, file_system, pair.file_system(file_system));
        } else if let Some(gap) = pair.standby.file_systems.gap() {
            // One of those that were not read could be tagged as its copy.
            sheet.unknown(Subject::FileSystem { p: p as u32, s: Subject::NONE }, gap);
        } else {
            sheet.not_applicable(CANDIDATE);
        }
    }
    match list.gap() {
        Some(gap) => sheet.unknown(Subject::Pair, gap),
        None if list.items().is_empty() => sheet.not_applicable(NONE_AT_ALL),
        None => {}
    }
}

/// Hands every pair of file systems to `judge`, with its subject. A primary one that surely has no counterpart is FSX-001's; where it
/// cannot be told which it is, there is no verdict.
pub(super) fn each_pair<'e>(
    pair: &PairView<'e>,
    sheet: &mut Sheet,
    mut judge: impl FnMut(&mut Sheet, Subject, &'e FileSystem, &'e FileSystem),
) {
    each_in_scope(pair, sheet, |sheet, p, file_system, paired| match paired {
        Paired::With { at, item, .. } => judge(sheet, Subject::FileSystem { p, s: at }, file_system, item),
        Paired::Missing => sheet.not_applicable("a file system has no counterpart in the standby Region"),
        Paired::Ambiguous(_) => sheet.unknown(Subject::FileSystem { p, s: Subject::NONE }, SEVERAL),
        Paired::Unknown(why) => sheet.unknown(Subject::FileSystem { p, s: Subject::NONE }, why),
    });
}

/// The two file systems of a subject.
pub(super) fn both<'e>(pair: &PairView<'e>, subject: Subject) -> Option<(&'e FileSystem, &'e FileSystem)> {
    match subject {
        Subject::FileSystem { p, s } => {
            let (p, s) =
                (pair.primary.file_systems.items().get(p as usize), pair.standby.file_systems.items().get(s as usize));
            p.zip(s)
        }
        _ => None,
    }
}

/// Says of one file system what [`each_pair`] says of those whose counterpart cannot be told: for FSX-001.
pub(super) const fn several() -> Unknown {
    SEVERAL
}
