use super::*;
use crate::{File, samples, samples::written};

#[test]
fn the_headline_comes_first_and_causes_follow() {
    let fixture = samples::drifted();
    let run = samples::run(&fixture);
    let page = written(&run, File::Markdown);
    let (count, after) = outcome::headline(&run.pairs[0].readiness);
    let at = |wanted: &str| page.find(wanted).unwrap_or_else(|| panic!("{wanted} is not in {page}"));
    assert!(at(&format!("{count} {after}")) < at("### Causes"));
    assert!(at("| critical | WSP-001 user-without-standby | 1 |") < at("### Accepted for now"));
    assert!(at("BND-002 bundle-hardware-differs") < at("### Not evaluated"));
    assert!(page.contains("Exit code 3: inconclusive."));
    assert!(page.contains("| SEC-017 |") && page.contains("the outcome does not rest on it"));
}

#[test]
fn names_stay_text() {
    let fixture = samples::hostile();
    let page = written(&samples::run(&fixture), File::Markdown);
    assert!(!page.contains("<script") && !page.contains("](") && !page.contains('\u{1b}'));
    let columns = |line: &str| line.matches('|').count();
    for line in page.lines().filter(|line| line.starts_with('|')) {
        assert_eq!(columns(line), 6, "{line}");
    }
    assert_eq!(
        plain("@team <b>|[x](http://y) www.z"),
        "&#64;team &#60;b&#62;&#124;&#91;x&#93;(http&#58;//y) www&#46;z"
    );
    assert_eq!(plain("- 1"), "&#45; 1");
}

#[test]
fn it_stays_below_what_github_takes() {
    const {
        assert!(MOST_BYTES + 4096 <= 1 << 20);
    }
    let fixture = samples::repeated(samples::hostile(), 40);
    let run = samples::run(&fixture);
    let page = summary(&run, 20_000);
    assert!(page.len() <= 24_000, "{}", page.len());
    assert!(page.contains("pairs have no room here") && page.contains("Exit code 3"));
}

#[test]
fn a_rule_that_broke_is_told() {
    let fixture = samples::clean();
    let page = written(&samples::broken_run(&fixture), File::Markdown);
    assert!(page.contains("**Broken.**") && page.contains("WSP-016 broke"), "{page}");
}
