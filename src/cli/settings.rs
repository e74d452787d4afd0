//! The configuration, as commands want it.

use super::error::{CommandError, Result};
use super::{Globals, say};
use crate::config::{self, Paint, known_rules};
use crate::dns::ask::read_trust_anchors;
use crate::notify::Hook;
use crate::probe::Trust;
use deskpair_rules::model::Settings;

/// Reads and checks the configuration, and marks the pairs that are not wanted.
///
/// # Errors
/// All its problems, each at its line; a `--pair` that it does not have.
pub(super) fn load(globals: &Globals) -> Result<Settings> {
    load_with_hook(globals).map(|(settings, _)| settings)
}

/// The same, with who is told of what is new.
///
/// # Errors
/// As [`load`].
pub(super) fn load_with_hook(globals: &Globals) -> Result<(Settings, Option<Hook>)> {
    let checked = config::load(&globals.config, &known_rules())
        .map_err(|error| CommandError::rendered(error.render(Paint::Colour)))?;
    if !checked.warnings.is_empty() {
        say(globals, &format!("{}\n\n", checked.warnings.render(Paint::Colour)));
    }
    let mut settings = checked.settings;
    for file in settings.pairs.iter().filter_map(|pair| pair.dns.trust_anchor.as_ref()) {
        read_trust_anchors(&[file.into()]).map_err(|error| {
            CommandError::usage(error.to_string())
                .hint("write its DNSKEY records as a zone file has them: `. IN DNSKEY 257 3 8 …`; DS records are not read")
                .hint("leave `trust_anchor` out where the Internet's root is the anchor")
        })?;
    }
    let dependencies = settings.pairs.iter().flat_map(|pair| &pair.dependencies);
    for file in dependencies.filter_map(|dependency| dependency.ca_file.as_ref()) {
        Trust::of_file(file.as_ref()).map_err(|error| {
            CommandError::usage(error.to_string())
                .hint("`ca_file` names a file of PEM certificates: `-----BEGIN CERTIFICATE-----`")
        })?;
    }
    wanted_exist(globals, settings.pairs.iter().map(|pair| pair.name.as_str()))?;
    if !globals.pair.is_empty() {
        // They stay: what is theirs must not look as if it were nobody's.
        for pair in &mut settings.pairs {
            pair.left_out = !globals.pair.contains(&pair.name);
        }
    }
    Ok((settings, checked.notify))
}

/// Checks that each `--pair` is one of these.
///
/// # Errors
/// The first that is not, with those that are.
pub(super) fn wanted_exist<'a>(globals: &Globals, names: impl Iterator<Item = &'a str>) -> Result<()> {
    let names: Vec<&str> = names.collect();
    match globals.pair.iter().find(|wanted| !names.contains(&wanted.as_str())) {
        None => Ok(()),
        Some(wanted) => Err(CommandError::usage(format!("there is no pair {wanted:?}"))
            .hint(format!("the configuration has: {}", names.join(", ")))),
    }
}

/// Checks that the configuration has these pairs.
///
/// # Errors
/// The first that it has not.
pub(super) fn pairs_exist(settings: &Settings, wanted: &[String]) -> Result<()> {
    let known = |name: &String| settings.pairs.iter().any(|pair| pair.name == *name);
    match wanted.iter().find(|name| !known(name)) {
        None => Ok(()),
        Some(missing) => {
            Err(CommandError::usage(format!("the configuration has no pair {missing:?}, which the plan is of"))
                .hint("name the configuration that it was made with: `-c FILE`"))
        }
    }
}
