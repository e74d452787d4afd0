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
fn an_estate_in_order_says_so() {
    let fixture = samples::clean();
    let text = plain(&printed(&samples::run(&fixture)));
    assert!(text.contains("3 of 3 people ready"), "{text}");
    assert!(text.contains(
        "Ready.\nNothing fails at high or above. All that could be read was read.\nExit code 0: gate passed."
    ));
}
