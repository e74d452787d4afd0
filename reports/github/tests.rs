use super::*;
use crate::{File, samples, samples::written};

fn declared(mut fixture: deskpair_rules::fixture::Fixture) -> deskpair_rules::fixture::Fixture {
    fixture.pair().declared =
        Some(deskpair_rules::model::settings::Declared { file: "ops/a,b:c.toml".to_owned(), line: 7 });
    fixture
}

#[test]
fn a_cause_is_a_line_that_points_at_its_pair() {
    let fixture = declared(samples::drifted());
    let run = samples::run(&fixture);
    let text = written(&run, File::Annotations);
    let lines: Vec<&str> = text.lines().collect();
    let place = "file=ops/a%2Cb%3Ac.toml,line=7,title=";
    let error = lines.iter().find(|line| line.contains("WSP-001")).expect("bert is stranded");
    assert!(error.starts_with(&format!("::error {place}WSP-001")), "{error}");
    assert!(error.contains("%0AFix: ") && error.contains("Touches 1 person."), "{error}");
    assert!(lines.iter().any(|line| line.starts_with(&format!("::notice {place}BND-002")) && line.contains("waived")));
    assert!(lines.iter().any(|line| line.starts_with(&format!("::error {place}not evaluated%3A BRD-002"))));
    assert!(lines.iter().any(|line| line.starts_with(&format!("::notice {place}not evaluated%3A SEC-017"))));
    assert!(!text.contains("IPG-002 "), "what follows from another cause is part of it");
}

#[test]
fn names_stay_text_in_one_line() {
    for fixture in [samples::hostile(), declared(samples::hostile())] {
        let text = written(&samples::run(&fixture), File::Annotations);
        for line in text.lines() {
            let command = Level::ALL.iter().any(|level| line.starts_with(&format!("::{} ", level.command())));
            assert!(command || line.starts_with("deskpair: "), "{line}");
            assert!(!line.chars().any(|c| c.is_control() || c == '\u{202e}'), "{line:?}");
        }
    }
    assert_eq!(property("a%,:\n::error::b"), "a%25%2C%3A%0A%3A%3Aerror%3A%3Ab");
}

#[test]
fn no_more_than_github_shows() {
    let fixture = samples::repeated(samples::drifted(), 30);
    let text = written(&samples::run(&fixture), File::Annotations);
    for level in Level::ALL {
        let lines: Vec<&str> =
            text.lines().filter(|line| line.starts_with(&format!("::{} ", level.command()))).collect();
        assert!(lines.len() <= MOST, "{}", lines.len());
    }
    assert!(text.contains("more causes"), "{text}");
}

#[test]
fn a_clean_run_says_so_and_a_broken_one_does_not() {
    let fixture = samples::clean();
    let text = written(&samples::broken_run(&fixture), File::Annotations);
    assert!(text.contains("::error title=not known [") && text.contains("WSP-016 broke"), "{text}");
}
