//! No source file lies about that is not compiled: a test that is in no module list runs nowhere, and nobody is told.

use std::fs;
use std::path::{Path, PathBuf};

/// The file that lists a folder's modules, and that list. There are several in `src`, the library's and the binary's.
fn lists(folder: &Path) -> Vec<(PathBuf, String)> {
    let inside = ["mod.rs", "lib.rs", "main.rs"].map(|name| folder.join(name));
    let known = inside.into_iter().chain([folder.with_extension("rs")]);
    known.filter_map(|path| fs::read_to_string(&path).ok().map(|text| (path, text))).collect()
}

fn declares(list: &str, module: &str) -> bool {
    let forms = ["mod", "pub mod", "pub(crate) mod", "pub(super) mod"].map(|form| format!("{form} {module};"));
    list.lines().any(|line| forms.iter().any(|form| line == form))
}

/// What of a folder no list has; whether there is any source in it.
fn walk(folder: &Path, forgotten: &mut Vec<PathBuf>) -> bool {
    let lists = lists(folder);
    let mut sources = false;
    for entry in fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        let is_source = if path.is_dir() {
            walk(&path, forgotten)
        } else {
            path.extension().is_some_and(|extension| extension == "rs")
        };
        if !is_source {
            continue;
        }
        sources = true;
        let module = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let is_list = lists.iter().any(|(list, _)| *list == path);
        if !is_list && !lists.iter().any(|(_, text)| declares(text, module)) {
            forgotten.push(path);
        }
    }
    sources
}

#[test]
fn every_source_file_is_in_a_module_list() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut forgotten = Vec::new();
    for folder in ["src", "rules", "reports", "tests"] {
        assert!(walk(&root.join(folder), &mut forgotten), "{folder} has no sources");
    }
    assert!(
        forgotten.is_empty(),
        "declare them where their folder's modules are listed, or delete them: {forgotten:#?}"
    );
}

#[test]
fn a_file_that_is_only_spoken_of_is_not_declared() {
    let list =
        "//! Not mod spoken;\n#[cfg(test)]\nmod one;\npub(crate) mod two;\n// mod three;\nuse super::mod_four;\n";
    let declared: Vec<&str> =
        ["spoken", "one", "two", "three", "four"].into_iter().filter(|name| declares(list, name)).collect();
    assert_eq!(declared, ["one", "two"]);
}
