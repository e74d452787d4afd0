use crate::samples;
use deskpair_rules::Run;
use deskpair_rules::fixture::On;
use unicode_width::UnicodeWidthStr;

fn printed(run: &Run<'_>) -> String {
    let mut out = Vec::new();
    super::write(run, &["deskpair-report/report.html".to_owned()], &mut out).expect("a vector takes everything");
    String::from_utf8(out).expect("text")
}

/// Takes our own styles away; whatever else begins with ESC stays.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("\u{1b}[") {
        let end = rest[at + 2..].find(|c: char| !c.is_ascii_digit() && c != ';').expect("it ends") + at + 2;
        if rest[end..].starts_with('m') {
            plain.push_str(&rest[..at]);
            rest = &rest[end + 1..];
        } else {
            plain.push_str(&rest[..=at]);
            rest = &rest[at + 1..];
        }
    }
    plain.push_str(rest);
    plain
}

#[test]
fn the_drifted_sample_in_words() {
    let fixture = samples::drifted();
    let run = samples::run(&fixture);
    let text = plain(&printed(&run)).replace(&run.id, "RUN");
    insta::with_settings!({ prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("drifted_terminal", text);
    });
}

#[test]
fn no_escape_of_the_data_reaches_the_terminal_and_lines_stay_short() {
    let fixture = samples::hostile();
    let text = plain(&printed(&samples::run(&fixture)));
    assert!(text.contains("\\u{1b}[31mred"), "{text}");
    let harmless = |c: char| c == '\n' || !(c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c));
    assert!(text.chars().all(harmless), "{text:?}");
    for line in text.lines() {
        assert!(line.width() <= super::page::WIDTH, "{line}");
    }
}

#[test]
fn many_people_are_counted_and_the_first_are_named() {
    let mut fixture = samples::clean();
    for at in (0..25).rev() {
        fixture.add_desktop(On::Primary, &format!("user{at:02}"), "standard");
    }
    let text = plain(&printed(&samples::run(&fixture)));
    assert!(text.contains("3 of 28 people ready\n25 stranded\n"), "{text}");
    assert!(text.contains("user00, user01") && text.contains("user09\n  … and 15 more"), "{text}");
    assert!(!text.contains("user10,"), "{text}");
}

#[test]
fn a_headline_is_green_only_where_everybody_is_known_and_ready() {
    let green = |fixture: &deskpair_rules::fixture::Fixture| {
        let text = printed(&samples::run(fixture));
        text.lines().nth(1).expect("a headline").starts_with("\u{1b}[1m\u{1b}[32m")
    };
    assert!(green(&samples::clean()));
    // A group is missing: somebody is shut out, and nothing says who.
    let mut uncounted = samples::clean();
    uncounted.side(On::Standby).ip_groups.items_mut().clear();
    assert!(!green(&uncounted));
    assert!(plain(&printed(&samples::run(&uncounted))).contains("whom nothing names"));
    let mut nobody = samples::clean();
    nobody.side(On::Primary).workspaces.items_mut().clear();
    assert!(!green(&nobody));
}

#[test]
fn what_was_not_judged_or_not_read_is_said_where_the_gate_passes() {
    let fixture = samples::clean();
    let mut run = samples::run(&fixture);
    run.options.areas.insert(deskpair_rules::meta::Area::Bundles);
    assert!(crate::outcome::meaning(&run).contains(" rules were judged"), "{}", crate::outcome::meaning(&run));
    let mut fixture = samples::clean();
    fixture.deny(On::Standby, deskpair_rules::model::Dataset::Branding);
    let mut run = samples::run(&fixture);
    run.options.allow_incomplete.insert("BRD-002".to_owned());
    run.outcome = deskpair_rules::engine::Outcome::Ready;
    assert!(crate::outcome::meaning(&run).contains("told to let that pass"), "{}", crate::outcome::meaning(&run));
    run.rules.clear();
    assert!(crate::outcome::meaning(&run).starts_with("Nothing was judged"));
}

#[test]
fn desktops_that_no_pair_covers_are_told_beside_the_headline() {
    let mut fixture = samples::clean();
    let elsewhere = fixture.sym("d-90670000ff");
    fixture.desktop(On::Primary, "bert").directory = elsewhere;
    let text = plain(&printed(&samples::run(&fixture)));
    assert!(text.contains("2 of 2 people ready"), "{text}");
    assert!(text.contains("1 WorkSpace of us-east-1 in directories that no pair covers (d-90670000ff: 1)"), "{text}");
}

#[test]
fn an_estate_in_order_says_so() {
    let fixture = samples::clean();
    let text = plain(&printed(&samples::run(&fixture)));
    assert!(text.contains("3 of 3 people ready"), "{text}");
    assert!(text.contains(
        "Passed.\nNothing fails at high or above. All that could be read was read.\nExit code 0: gate passed."
    ));
}

#[test]
fn nobody_who_could_be_read_is_no_zero_of_zero() {
    let mut nobody = samples::clean();
    nobody.side(On::Primary).workspaces.items_mut().clear();
    let text = plain(&printed(&samples::run(&nobody)));
    assert!(text.contains("\nNobody has a desktop in the primary Region\n"), "{text}");
    let mut unread = samples::clean();
    unread.deny(On::Primary, deskpair_rules::model::Dataset::Workspaces);
    unread.side(On::Primary).workspaces.items_mut().clear();
    let text = plain(&printed(&samples::run(&unread)));
    assert!(text.contains("\nNobody could be counted\n"), "{text}");
    assert!(!text.contains("0 of 0"), "{text}");
}

#[test]
fn missing_credentials_are_told_once_with_the_way_out() {
    let mut fixture = samples::clean();
    for dataset in [deskpair_rules::model::Dataset::Workspaces, deskpair_rules::model::Dataset::Branding] {
        fixture.deny(On::Standby, dataset);
    }
    for gap in &mut fixture.estate.gaps {
        gap.cause = deskpair_rules::model::GapCause::Credentials;
        gap.message = "ExpiredTokenException: the token is expired".to_owned();
    }
    let text = plain(&printed(&samples::run(&fixture)));
    assert!(text.starts_with("No valid credentials in us-west-2: ExpiredTokenException"), "{text}");
    assert!(text.contains("  fix: Give the scan credentials"), "{text}");
    assert_eq!(text.matches("ExpiredTokenException").count(), 1, "{text}");
    assert!(text.contains("denied:Branding in us-west-2 had no valid credentials\n"), "{text}");
}
