//! The pages of docs/ hold: their commands are commands of the binary, their exit codes are those that it has, what they show is what it prints.

use crate::drill::Rig;
use crate::support::sandbox::{DESKPAIR, Sandbox};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every page of docs/, and the README, with its text.
fn pages() -> Vec<(PathBuf, String)> {
    let docs = fs::read_dir(root().join("docs")).expect("docs/").map(|entry| entry.expect("an entry").path());
    let mut pages: Vec<PathBuf> = docs.filter(|path| path.extension().is_some_and(|name| name == "md")).collect();
    pages.push(root().join("README.md"));
    pages.sort();
    assert!(pages.len() >= 3, "{pages:?}");
    pages.into_iter().map(|path| (path.clone(), fs::read_to_string(path).expect("a text"))).collect()
}

fn page(name: &str) -> String {
    fs::read_to_string(root().join("docs").join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The fenced blocks of a language.
fn blocks<'p>(page: &'p str, language: &str) -> Vec<&'p str> {
    let opening = format!("```{language}\n");
    page.split(opening.as_str()).skip(1).map(|rest| rest.split("\n```").next().unwrap_or_default()).collect()
}

/// The words of a command line, as a shell reads them up to what it does with the output.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote, mut open) = (Vec::new(), String::new(), None, false);
    for letter in line.chars() {
        match (quote, letter) {
            (Some(close), letter) if close == letter => quote = None,
            (Some(_), letter) => word.push(letter),
            (None, '\'' | '"') => (quote, open) = (Some(letter), true),
            (None, '>' | '|' | '&' | ';') => break,
            (None, '#') if word.is_empty() && !open => break,
            (None, ' ') => {
                if open || !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
                open = false;
            }
            (None, letter) => word.push(letter),
        }
    }
    if open || !word.is_empty() {
        words.push(word);
    }
    words
}

/// The commands of a page: in blocks to type, in blocks that show, and in its sentences.
fn commands(page: &str) -> Vec<Vec<String>> {
    let typed = blocks(page, "sh").into_iter().chain(blocks(page, "console")).flat_map(str::lines);
    let typed = typed.filter_map(|line| line.trim_start_matches("$ ").strip_prefix("deskpair "));
    // A block in a sentence stands between single marks.
    let fences: Vec<&str> = page.split("```").step_by(2).collect();
    let said = fences.into_iter().flat_map(|prose| prose.split('`').skip(1).step_by(2));
    let said = said.filter_map(|code| code.strip_prefix("deskpair ")).filter(|code| !code.contains('…'));
    typed
        .chain(said)
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .map(|line| words(&line))
        .collect()
}

/// `--help` at the end is answered only where all before it is understood.
#[test]
fn every_command_is_understood() {
    let sandbox = Sandbox::new();
    let all: BTreeSet<(String, Vec<String>)> = pages()
        .into_iter()
        .flat_map(|(path, text)| {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            commands(&text).into_iter().map(move |words| (name.clone(), words)).collect::<Vec<_>>()
        })
        .collect();
    for page in ["README.md", "runbook-bad-day.md", "runbook-drill.md"] {
        assert!(all.iter().filter(|(name, _)| name == page).count() >= 15, "{page} has few commands");
    }
    for (name, words) in &all {
        let answer = sandbox.deskpair(words.iter().map(String::as_str).chain(["--help"])).run();
        assert_eq!(answer.code, 0, "{name}: {words:?}: {answer}");
        // The same with a flag that there is not is refused: the check can fail.
        sandbox.deskpair(words.iter().map(String::as_str).chain(["--no-such-flag", "--help"])).run().expect(2);
    }
    for command in
        ["drill plan", "drill run", "drill status", "drill resume", "drill undo", "drill abort", "drill report"]
            .into_iter()
            .chain(["failover", "failback", "unlock", "permissions drill", "verify"])
    {
        let parts: Vec<&str> = command.split(' ').collect();
        let told = |(name, words): &(String, Vec<String>)| {
            name.starts_with("runbook") && parts.iter().all(|part| words.iter().any(|word| word == part))
        };
        assert!(all.iter().any(told), "no runbook tells of {command}");
    }
}

/// The codes of a table, each with what it means.
fn codes(page: &str) -> Vec<u8> {
    let rows = page.lines().skip_while(|line| !line.starts_with("| exit code |")).skip(2);
    let rows = rows.take_while(|line| line.starts_with('|'));
    rows.filter_map(|row| row.split('|').nth(1))
        .flat_map(|codes| codes.split(','))
        .map(|code| code.trim().parse().unwrap_or_else(|error| panic!("{code:?}: {error}")))
        .collect()
}

#[test]
fn the_exit_codes_are_those_of_the_binary() {
    let help = Sandbox::new().deskpair(["--help"]).run().expect(0).out;
    let table = help.split("Exit codes:\n").nth(1).expect("a table");
    let published: Vec<u8> =
        table.lines().filter_map(|line| line.split_whitespace().next()).filter_map(|code| code.parse().ok()).collect();
    let readme = fs::read_to_string(root().join("README.md")).expect("README.md");
    assert_eq!(codes(&readme), published, "README.md on the left, --help on the right");
    assert_eq!(codes(&page("runbook-drill.md")), [0, 1, 2, 3, 4, 5, 6, 20, 21, 130, 143]);
    assert_eq!(codes(&page("runbook-bad-day.md")), [0, 2, 3, 4, 5, 6, 22, 130, 143]);
}

/// The anchor of a heading, as GitHub makes it.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().to_lowercase();
    let kept = kept.chars().filter(|letter| letter.is_alphanumeric() || [' ', '-', '_'].contains(letter));
    kept.collect::<String>().replace(' ', "-")
}

#[test]
fn links_between_pages_lead_somewhere() {
    let mut followed = 0;
    for (path, text) in pages() {
        let links = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        for link in links.filter(|link| !link.contains("://")) {
            let (file, wanted) = link.split_once('#').unwrap_or((link, ""));
            let file = if file.is_empty() { path.clone() } else { path.parent().expect("a folder").join(file) };
            assert!(file.exists(), "{}: {link}", path.display());
            if !wanted.is_empty() {
                let text = fs::read_to_string(&file).expect("a text");
                let mut headings = text.lines().filter(|line| line.starts_with('#'));
                assert!(
                    headings.any(|line| anchor(line.trim_start_matches('#')) == wanted),
                    "{}: no heading for {link}",
                    path.display()
                );
            }
            followed += 1;
        }
    }
    assert!(followed >= 8, "{followed} links");
}

/// A text without what differs from run to run: numbers, and words that are ids.
fn still(text: &str) -> String {
    let word = |word: &str| {
        let bare = word.trim_matches(|letter: char| !letter.is_alphanumeric());
        let has_digit = bare.contains(|letter: char| letter.is_ascii_digit());
        let is_id = has_digit && bare.len() >= 10 && !bare.contains("us-") || word.starts_with("/change/");
        if is_id || (bare.len() == 12 && bare.chars().any(char::is_uppercase) && bare.chars().any(char::is_lowercase)) {
            return "#".to_owned();
        }
        let mut out = String::new();
        for letter in word.chars() {
            let letter = if letter.is_ascii_digit() { '0' } else { letter };
            if letter != '0' || !out.ends_with('0') {
                out.push(letter);
            }
        }
        out
    };
    text.split_whitespace().map(word).collect::<Vec<_>>().join(" ")
}

/// Each line of a block that shows a command is printed by that command, in its order. Where it ends is not compared: numbers and ids of other
/// lengths let texts be wrapped at other words.
fn shows(block: &str, printed: &str) {
    let printed = format!(" {} ", still(printed));
    let mut rest = printed.as_str();
    for line in block.lines().skip(1).filter(|line| *line != "[…]") {
        let wanted = still(line);
        let after = rest.split_once(&format!(" {wanted} ")).map(|(_, after)| after.len());
        let after = after.unwrap_or_else(|| panic!("not in order, or not there: {wanted:?} in\n{rest}"));
        // The blank that ends one line begins the next.
        rest = &rest[rest.len() - after - 1..];
    }
}

#[test]
fn what_they_show_is_what_is_printed() {
    let rig = Rig::quick(&["--people"]);
    let mut shown = 0;
    for name in ["runbook-drill.md", "runbook-bad-day.md"] {
        for block in blocks(&page(name), "console") {
            let command = block.lines().next().and_then(|line| line.strip_prefix("$ deskpair ")).expect("a command");
            if command.contains("failback") {
                rig.run(&["--pair", "corp", "failover", "--yes", "--hold", "0s", "-o", "failover"]).expect(0);
            }
            if command.contains("failover") {
                rig.run(&["--pair", "corp", "scan", "-o", "last"]).expect(0);
                rig.faults("us-east-1 workspaces:* Down\nus-east-1 ds:* Down\n");
            }
            // Both streams, as a terminal mixes them.
            let script = format!("exec {DESKPAIR} {command} 2>&1");
            let answer = rig.sandbox.program("sh", ["-c", &script]).envs(&rig.twin).run().expect(0);
            rig.faults("");
            shows(block, &answer.out);
            shown += 1;
        }
    }
    assert_eq!(shown, 4);
}
