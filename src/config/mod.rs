//! deskpair.toml: read, checked whole, every problem told at once at its place in the file.
//!
//! What comes out is the model's `Settings`; nothing after this reads TOML.

mod build;
mod cross;
mod grammar;
mod problem;
mod schema;
mod stanza;
#[cfg(test)]
mod tests;
mod text;
mod walk;
mod write;

pub use problem::{ConfigError, Paint, Problem, Problems, Weight};
pub use schema::json_schema;
pub use stanza::{Kind as StanzaKind, stanza};
pub use text::{WORKSPACES_REGIONS, distance};
pub use write::write;

use crate::notify::Hook;
use deskpair_rules::meta::Meta;
use deskpair_rules::model::Settings;
use deskpair_rules::model::settings::Declared;
use problem::line_of;
use std::io::Read;
use std::path::Path;
use toml::de::DeTable;
use walk::{View, Walk};

/// A configuration with every part explained: a test loads it.
pub const EXAMPLE: &str = include_str!("example.toml");

/// No configuration is this large; what is, is some other file.
const MOST_BYTES: u64 = 8 << 20;

/// A rule that the configuration may name: its id, and its own options with what they set.
#[derive(Clone, Copy, Debug)]
pub struct KnownRule<'a> {
    /// `DNS-005`.
    pub id: &'a str,
    /// Each option's name, and what it sets.
    pub options: &'a [(&'a str, &'a str)],
}

impl From<&Meta> for KnownRule<'static> {
    fn from(meta: &Meta) -> Self {
        Self { id: meta.id, options: meta.options }
    }
}

/// The rules of this deskpair.
pub fn known_rules() -> Vec<KnownRule<'static>> {
    deskpair_rules::registry().iter().map(|rule| KnownRule::from(rule.meta())).collect()
}

/// A configuration without a problem in it.
#[derive(Clone, Debug)]
pub struct Checked {
    /// What it says.
    pub settings: Settings,
    /// Who is told of what is new: no part of the settings, for those go into estates, and an address may be a secret.
    pub notify: Option<Hook>,
    /// What it probably does not mean.
    pub warnings: Problems,
    /// The line, from 1, on which each of `settings.pairs` begins.
    pub pair_lines: Vec<usize>,
}

/// Reads and checks a configuration.
///
/// # Errors
/// Where the file cannot be read, and where anything in it is wrong: then all of it is told.
pub fn load(path: &Path, known: &[KnownRule<'_>]) -> Result<Checked, ConfigError> {
    let unreadable =
        |why: String, help: &str| ConfigError::Unreadable { path: path.to_owned(), why, help: help.to_owned() };
    let io = |error: std::io::Error| {
        let help = match error.kind() {
            std::io::ErrorKind::NotFound => {
                "a short one stands in README.md; `deskpair schema config` describes the rest; `-c FILE` names another file"
            }
            std::io::ErrorKind::IsADirectory => "name the file itself: `-c FILE`",
            _ => "make it readable for this user, or name another file: `-c FILE`",
        };
        unreadable(error.to_string(), help)
    };
    let mut bytes = Vec::new();
    std::fs::File::open(path).map_err(io)?.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(io)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(unreadable("it is larger than 8 MiB".to_owned(), "name a deskpair.toml: `-c FILE`"));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let line = 1 + error.as_bytes()[..at].iter().filter(|&&byte| byte == b'\n').count();
        unreadable(format!("line {line} is not UTF-8"), "save the file as UTF-8")
    })?;
    let mut checked = check(&text, &path.display().to_string(), known)?;
    beside(&mut checked.settings, path);
    let file = from_here(path);
    for (pair, &line) in checked.settings.pairs.iter_mut().zip(&checked.pair_lines) {
        pair.declared = u32::try_from(line).ok().map(|line| Declared { file: file.clone(), line });
    }
    Ok(checked)
}

/// A path as code hosts name files: from the folder that this runs in, with slashes; as it is where it lies elsewhere.
fn from_here(path: &Path) -> String {
    let here = std::env::current_dir().ok();
    let inside = here.and_then(|here| path.strip_prefix(here).ok());
    let parts = inside.unwrap_or(path).components().filter(|part| !matches!(part, std::path::Component::CurDir));
    parts.collect::<std::path::PathBuf>().display().to_string().replace(std::path::MAIN_SEPARATOR, "/")
}

/// Files that a configuration names stand beside it, where their paths are relative.
fn beside(settings: &mut Settings, path: &Path) {
    let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) else { return };
    for pair in &mut settings.pairs {
        let of_dns = [&mut pair.dns.trust_anchor, &mut pair.dns.key_file];
        let of_dependencies = pair.dependencies.iter_mut().map(|dependency| &mut dependency.ca_file);
        for file in of_dns.into_iter().chain(of_dependencies).flatten() {
            if Path::new(file).is_relative() {
                *file = folder.join(&*file).display().to_string();
            }
        }
    }
}

/// Checks the text of a configuration; `file` is how messages call it.
///
/// # Errors
/// All problems, where there is one. Where the text is no TOML, only that is told: what it says cannot be known.
pub fn check(text: &str, file: &str, known: &[KnownRule<'_>]) -> Result<Checked, ConfigError> {
    let (parsed, faults) = DeTable::parse_recoverable(text);
    if !faults.is_empty() {
        return Err(ConfigError::Invalid(Problems::new(file, text, syntax(text, &faults))));
    }
    let view = View::of(parsed.get_ref(), 0..0);
    let mut problems = Walk::new(known).file(parsed.get_ref(), &grammar::FILE);
    problems.extend(cross::problems(view));
    if problems.iter().any(|problem| problem.weight == Weight::Error) {
        return Err(ConfigError::Invalid(Problems::new(file, text, problems)));
    }
    let pair_lines = view.tables("pair").iter().map(|pair| line_of(text, pair.span().start)).collect();
    let warnings = Problems::new(file, text, problems);
    Ok(Checked { settings: build::settings(view), notify: build::notify(view), warnings, pair_lines })
}

/// Faults of the TOML itself, the first of each line: the parser goes on behind a fault, and what follows it on a line follows from it.
fn syntax(text: &str, faults: &[toml::de::Error]) -> Vec<Problem> {
    let mut problems: Vec<Problem> = Vec::new();
    for fault in faults {
        let span = fault.span().unwrap_or(0..0);
        let line = line_of(text, span.start);
        if problems.iter().any(|problem| line_of(text, problem.span.start) == line) {
            continue;
        }
        let problem = Problem::error(span, format!("this is not TOML: {}", fault.message()));
        problems.push(if fault.message().contains("duplicate key") {
            problem.help("write the key once; tables that may be there several times have two brackets")
        } else {
            problem.help("the rest is checked once the file is TOML")
        });
    }
    problems
}
