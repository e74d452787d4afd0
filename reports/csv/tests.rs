use super::*;
use crate::samples;
use crate::{File, samples::written};

/// A strict reader of RFC 4180: quoted cells alone, a row a line.
fn rows(text: &str) -> Vec<Vec<String>> {
    assert!(text.ends_with("\r\n"));
    let read = |line: &str| {
        let inner = line.strip_prefix('"').and_then(|line| line.strip_suffix('"')).expect("every cell is quoted");
        let cells: Vec<String> = inner.split("\",\"").map(|cell| cell.replace("\"\"", "\u{1}")).collect();
        assert!(cells.iter().all(|cell| !cell.contains('"')), "{line}");
        cells.into_iter().map(|cell| cell.replace('\u{1}', "\"")).collect()
    };
    text.trim_end_matches("\r\n").split("\r\n").map(read).collect()
}

#[test]
fn every_finding_and_everybody_has_a_row() {
    let fixture = samples::drifted();
    let run = samples::run(&fixture);
    let findings = rows(&written(&run, File::FindingsCsv));
    assert_eq!(findings[0], FINDINGS);
    assert_eq!(findings.len(), 1 + run.pairs[0].findings.len());
    assert!(findings.iter().all(|row| row.len() == FINDINGS.len()));
    let waived: Vec<&Vec<String>> = findings.iter().filter(|row| row[6] == "waived").collect();
    assert_eq!(waived[0][20], "the power users keep little");
    assert!(findings.iter().any(|row| row[6] == "not-evaluated" && row[13] == "true" && row[17].contains(':')));
    let users = rows(&written(&run, File::UsersCsv));
    assert_eq!(users.len(), 1 + run.pairs[0].readiness.users as usize);
    let bert = users.iter().find(|row| row[1] == "bert").expect("bert is listed");
    assert_eq!(bert[2], "stranded");
    assert!(bert[3].split(' ').all(|print| findings.iter().any(|row| row[24] == print)));
}

#[test]
fn no_cell_begins_a_formula_or_a_row() {
    for (text, cell) in [
        ("=cmd|'/c calc'!A1", "'=cmd|'/c calc'!A1"),
        (" =1+1", "' =1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("＝1", "'＝1"),
        ("\t=1", "'\\t=1"),
        ("a\r\nb", "a\\r\\nb"),
        ("\",=1", "\"\",=1"),
        ("anna", "anna"),
    ] {
        assert_eq!(safe(text), cell);
    }
    let mut fixture = samples::hostile();
    fixture.add_desktop(deskpair_rules::fixture::On::Primary, "=HYPERLINK(\"http://x\")", "standard");
    let run = samples::run(&fixture);
    for file in [File::FindingsCsv, File::UsersCsv] {
        for cell in rows(&written(&run, file)).iter().flatten() {
            assert!(!cell.trim_start().starts_with(['=', '+', '-', '@']), "{cell}");
            assert!(!cell.contains('\u{1b}') && !cell.contains('\n'), "{cell:?}");
        }
    }
}

#[test]
fn a_rule_that_broke_is_a_row() {
    let fixture = samples::clean();
    let findings = rows(&written(&samples::broken_run(&fixture), File::FindingsCsv));
    assert!(
        findings.iter().any(|row| row[6] == "not-evaluated" && row[14].starts_with("WSP-016 broke")),
        "{findings:?}"
    );
}
