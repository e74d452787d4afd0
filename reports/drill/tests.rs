use super::facts::{Facts, ONE_WAY, commands};
use super::record::{Person, Record};
use super::{DrillFile, html, samples, terminal, write};
use crate::html::tests::{assert_harmless, between};
use crate::junit::tests::{Case, ending, read_of};
use crate::markdown::escape::plain;
use crate::text;
use unicode_width::UnicodeWidthStr;

fn written(record: &Record, file: DrillFile) -> String {
    let mut out = Vec::new();
    write(file, record, &mut out).expect("memory takes everything");
    String::from_utf8(out).expect("UTF-8")
}

fn junit(record: &Record) -> Vec<Case> {
    read_of(&written(record, DrillFile::Junit), "2026-06-01T1")
}

/// The summary without its styles.
fn unstyled(record: &Record) -> String {
    let mut plain = String::new();
    let mut rest = &*terminal(record);
    while let Some(at) = rest.find("\u{1b}[") {
        plain.push_str(&rest[..at]);
        rest = &rest[at + rest[at..].find('m').expect("it ends") + 1..];
    }
    plain + rest
}

/// As the page's template engine escapes.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#x27;")
        .replace('/', "&#x2f;")
}

/// Every element of a page is closed, in order.
fn assert_nested(page: &str) {
    const VOID: [&str; 2] = ["meta", "br"];
    let mut open: Vec<&str> = Vec::new();
    let mut rest = &page[page.find("<html").expect("a page")..];
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        let end = rest.find('>').expect("it ends");
        let (tag, after) = (&rest[..end], &rest[end + 1..]);
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "before {}", &rest[..rest.floor_char_boundary(80)]);
            continue;
        }
        let name = tag.split([' ', '/']).next().expect("a name");
        if tag.ends_with('/') || VOID.contains(&name) {
            continue;
        }
        open.push(name);
        if name == "style" {
            rest = &rest[rest.find("</style").expect("it is closed")..];
        }
    }
    assert!(open.is_empty(), "{open:?} are not closed");
}

#[test]
fn every_record_is_a_page_of_known_parts() {
    for (name, record) in samples::all() {
        let page = written(&record, DrillFile::Html);
        assert_harmless(&page);
        assert_nested(&page);
        assert!(page.len() < 5_000_000, "{name}: {}", page.len());
        assert!(!page.contains("<script"), "{name}");
        assert!(page == written(&record, DrillFile::Html), "the same record gives the same bytes");
    }
}

#[test]
fn templates_escape_everything_and_the_policy_allows_the_style_alone() {
    for (name, template) in html::SOURCE.templates {
        assert!(name.ends_with(".html"), "the ending of {name} turns escaping on");
        for way_out in ["safe", "autoescape", "{% raw", " style=", "onclick", "http:", "https:"] {
            assert!(!template.contains(way_out), "{way_out} in {name}");
        }
    }
    for reaching in ["url(h", "url(/", "@import", "url(\""] {
        assert!(!html::SOURCE.style.contains(reaching), "{reaching}");
    }
    let page = written(&samples::good(), DrillFile::Html);
    let policy = between(&page, "Content-Security-Policy\" content=\"", "\"").replace("&#x27;", "'");
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    assert!(!policy.contains("script-src") && !policy.contains("unsafe"), "{policy}");
}

/// Those who did not get there are what the reports are for: no form leaves one out.
#[test]
fn everybody_who_did_not_get_there_is_in_every_form() {
    for (sample, record) in samples::all() {
        let page = written(&record, DrillFile::Html);
        let markdown = written(&record, DrillFile::Markdown);
        let json: Record = serde_json::from_str(&written(&record, DrillFile::Json)).expect("it reads");
        let cases = junit(&record);
        let missing: Vec<&Person> = record.people.iter().filter(|person| person.reached_at.is_none()).collect();
        for person in &missing {
            let shown = text::line(&person.user);
            let who = format!("<bdi>{}</bdi>", escaped(&shown));
            assert!(page.contains(&who), "{who} is not on the page of {sample}");
            assert!(markdown.contains(&plain(&shown)), "{shown} is not in the Markdown of {sample}");
            let token: String = shown.split_whitespace().collect::<Vec<_>>().join(" ");
            let case = cases.iter().find(|case| case.name.starts_with(&format!("{token} reaches ")));
            let case = case.unwrap_or_else(|| panic!("{token} has no case of {sample}"));
            let ending = &case.ending.as_ref().expect("it is not green").0;
            assert_eq!(ending, if record.verdict.ending.is_none() { "error" } else { "failure" });
        }
        assert_eq!(cases.iter().filter(|case| case.name.contains(" reaches ")).count(), missing.len(), "{sample}");
        assert_eq!(json, record, "the record is complete in JSON");
        for person in missing.iter().take(1) {
            let name = text::line(&person.user).into_owned();
            // It may be one of those behind "and 7 more".
            let summary = unstyled(&record).replace("\n  ", " ");
            assert!(
                summary.contains(&name) || record.people.len() > 10,
                "{name} is not in the summary of {sample}:\n{summary}"
            );
        }
    }
}

#[test]
fn json_is_the_record_for_people_too() {
    let json = written(&samples::good(), DrillFile::Json);
    assert!(
        json.ends_with("}\n") && json.starts_with("{\n  \"schema\": \"deskpair.drill/1\",\n  \"version\""),
        "{json}"
    );
    let schema = super::record::json_schema();
    assert_eq!(schema["title"], "deskpair.drill/1");
}

#[test]
fn headlines() {
    let headlines: Vec<String> = samples::all()
        .iter()
        .filter(|(name, _)| *name != "hostile")
        .map(|(name, record)| format!("{name}: {} ({})", Facts::of(record).headline(), Facts::of(record).word()))
        .collect();
    insta::assert_snapshot!(headlines.join("\n"), @r#"
    good: Drill of corp: 12 of 12 people reached us-west-2 in 3 min 12 s; the objective is 15 min (succeeded)
    aborted: Drill of corp: 11 of 12 people reached us-west-2 in 3 min 12 s; the objective is 15 min (stopped and undone)
    declined: Drill of corp: 0 of 12 people reached us-west-2 without a recovery time; the objective is 15 min (stopped and undone)
    unverified: Drill of corp: 12 of 12 people reached us-west-2 in 3 min 12 s; the objective is 15 min (unverified)
    failover: Failover of corp: 9 of 12 people reached us-west-2 in 21 min; the objective is 15 min (failed)
    failback: Failback of corp: 12 of 12 people reached us-east-1 in 10 min 40 s; the objective is 15 min (succeeded)
    unfinished: Drill of corp: 3 of 12 people reached us-west-2 so far; the objective is 15 min (goes on)
    planned: Drill of corp: 0 of 12 people reached us-west-2 so far; the objective is 15 min (not begun)
    crowd: Drill of corp: 4,739 of 5,000 people reached us-west-2 in 30 min 50 s; the objective is 15 min (failed)
    "#);
}

#[test]
fn the_page_says_what_matters() {
    let page = written(&samples::good(), DrillFile::Html);
    for text in [
        "<title>Drill of corp: 12 of 12 people reached us-west-2 in 3 min 12 s; the objective is 15 min · deskpair</title>",
        "<span class=\"big\">12 of 12</span> <span class=\"after\">people reached us-west-2</span>",
        "tone-ready\">Succeeded</b>",
        "Exit code 0: it succeeded.",
        ONE_WAY,
        "objective 15 min",
        "all 4 turned over and back",
        "until a person ends it",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    ] {
        assert!(page.contains(text), "{text}");
    }
    let page = written(&samples::failover(), DrillFile::Html);
    assert!(!page.contains(ONE_WAY), "a failover brings nobody back");
    for text in
        ["beyond the objective", "no standby desktop", "no atomicity is promised", "There was no scan before it."]
    {
        assert!(page.contains(text), "{text}");
    }
    let page = written(&samples::failback(), DrillFile::Html);
    assert!(page.contains(ONE_WAY) && page.contains("people reached us-east-1"));
    let page = written(&samples::unverified(), DrillFile::Html);
    for text in [
        "tone-drifted\">Unverified</b>",
        "TXT &quot;not-ours-0000&quot;",
        "SERVFAIL",
        "CHG-4711",
        "<code>deskpair drill undo drl-unverified</code>",
    ] {
        assert!(page.contains(text), "{text}");
    }
}

#[test]
fn a_recovery_time_far_below_its_objective_is_drawn_larger_too() {
    let mut record = samples::good();
    assert!(!written(&record, DrillFile::Html).contains("drawn larger"));
    record.recovery.rto_secs = 14_400;
    let page = written(&record, DrillFile::Html);
    let larger = between(&page, "drawn larger\">", "</svg>");
    // 48 s of 192 s.
    assert!(larger.contains("phase-warm-up\" x=\"0.00%\" y=\"1\" width=\"25.00%\""), "{larger}");
}

#[test]
fn commands_are_code_wherever_a_text_names_them() {
    let mut record = samples::good();
    record.steps[4].undoes = "`deskpair drill undo` goes on".to_owned();
    record.assumptions.push("a `b | c` d".to_owned());
    let page = written(&record, DrillFile::Html);
    assert!(page.contains("<dd><code>deskpair drill undo</code> goes on</dd>"));
    assert!(page.contains("A <code>b | c</code> d."));
    let markdown = written(&record, DrillFile::Markdown);
    assert!(markdown.contains("| `deskpair drill undo` goes on |"));
    assert!(markdown.contains("- A b &#124; c d."), "{markdown}");
}

#[test]
fn what_is_not_over_is_not_told_as_its_end() {
    for record in [samples::unfinished(), samples::planned()] {
        let page = written(&record, DrillFile::Html);
        let markdown = written(&record, DrillFile::Markdown);
        for (form, told) in [("page", &page), ("Markdown", &markdown), ("summary", &unstyled(&record))] {
            assert!(!told.contains("Exit code"), "{form}");
            assert!(!told.contains("Succeeded"), "{form}");
        }
        let cases = junit(&record);
        for name in ["it ended as planned, and nothing says otherwise", "the record was read back as it was before"] {
            assert_eq!(ending(&cases, &format!("{name} [corp]")).0, "error");
        }
        assert_eq!(ending(&cases, "recovery time within the objective of 15 min [corp]").0, "error");
        assert_eq!(ending(&cases, "nothing went otherwise than planned [corp]").0, "error");
    }
    let page = written(&samples::unfinished(), DrillFile::Html);
    assert!(page.contains("This drill goes on, or its process is gone: it is spreading."), "{page}");
    assert!(page.contains("9 not there yet"));
    let cases = junit(&samples::unfinished());
    assert_eq!(ending(&cases, "9.9.9.9 (recursive) turned over [corp]").0, "error");
    assert_eq!(ending(&cases, "127.0.0.53 (system) turned over [corp]").0, "passed");
    assert_eq!(ending(&cases, "127.0.0.53 (system) turned back [corp]").0, "error");
}

/// A gate is red exactly where the command was.
#[test]
fn junit_is_red_nowhere_where_it_succeeded_and_somewhere_where_it_did_not() {
    for (name, record) in samples::all() {
        let text = written(&record, DrillFile::Junit);
        let red = text.contains("<failure") || text.contains("<error");
        assert_eq!(red, !record.verdict.succeeded, "{name}");
    }
}

#[test]
fn junit_takes_what_the_record_says() {
    let cases = junit(&samples::good());
    assert!(cases.iter().all(|case| case.ending.is_none()), "{cases:#?}");
    assert_eq!(ending(&cases, "12 people reached us-west-2 [corp]").0, "passed");

    let cases = junit(&samples::aborted());
    assert_eq!(ending(&cases, "it ended as planned, and nothing says otherwise [corp]").0, "failure");
    assert_eq!(ending(&cases, "the record was read back as it was before [corp]").0, "passed");
    let late = ending(&cases, "jonas has not reached the standby side within 5 min [corp]");
    assert_eq!(late.0, "skipped", "it does not fail by that");
    assert_eq!(ending(&cases, "the ERP database did not answer three times in a row [corp]").0, "failure");
    let jonas = ending(&cases, "jonas reaches us-west-2 [corp]");
    assert_eq!(jonas, ("failure", "jonas did not reach us-west-2: the standby desktop stayed STARTING until the end"));
    let probe = ending(&cases, "ERP database at tcp://erp.usw2.corp.example:1433 answers [corp]");
    assert_eq!(probe.0, "failure");
    assert!(probe.1.starts_with("answered 3 of 6 times"), "{}", probe.1);

    let cases = junit(&samples::unverified());
    assert_eq!(ending(&cases, "the record was read back as it was before [corp]").0, "failure");
    assert_eq!(ending(&cases, "9.9.9.9 (recursive) turned back [corp]").0, "failure");
    assert_eq!(ending(&cases, "127.0.0.53 (system) turned back [corp]").0, "failure");
    let silent = "ns-2.example (192.0.2.54) (authoritative) turned back [corp]";
    assert_eq!(ending(&cases, silent).0, "failure", "it gave nothing last");
    assert_eq!(ending(&cases, "the data of 1 person is not known to be within the objective of 1 d [corp]").0, "error");
    assert_eq!(ending(&cases, "file system fs-0a1b2c3d (profiles) within the objective of 1 d [corp]").0, "failure");
    assert_eq!(ending(&cases, "pre-check [corp]").0, "skipped");

    let cases = junit(&samples::declined());
    assert_eq!(ending(&cases, "9.9.9.9 (recursive) turned over [corp]"), ("skipped", "the record was not changed"));
    let xml = written(&samples::good(), DrillFile::Junit);
    assert!(xml.contains(
        "<testcase name=\"12 people reached us-west-2 [corp]\" classname=\"deskpair.corp.drill.people\" time=\"192\"/>"
    ));
    assert!(xml.contains("name=\"recovery time within the objective of 15 min [corp]\" classname=\"deskpair.corp.drill.drill\" time=\"192\""));
}

#[test]
fn a_crowd_is_told_by_causes_and_everything_stays_small() {
    let record = samples::crowd();
    let page = written(&record, DrillFile::Html);
    assert!(page.contains("4,739 of 5,000"), "the headline");
    assert!(page.contains("No standby desktop.") && page.contains("Nothing tells why"));
    assert!(page.contains("and 4,439 more: see <code>drill.json</code>"), "who got there is cut to size");
    assert!(page.contains("16 more servers are in the table of servers"));
    assert!(page.matches("<tr>").count() < 2_000, "{} rows", page.matches("<tr>").count());
    assert!(page.len() < 1_500_000, "{}", page.len());
    assert!(written(&record, DrillFile::Markdown).len() < 1 << 20);

    // Whatever people are called, and though nobody gets there.
    let mut record = record;
    for (number, person) in record.people.iter_mut().enumerate() {
        person.user = format!("{number:04}{}", "</&\"'>|".repeat(300));
        person.reached_at = None;
        person.hindrance = Some(format!("{} {}", number % 40, "<|>".repeat(400)));
    }
    let page = written(&record, DrillFile::Html);
    assert_harmless(&page);
    assert!(page.len() < 5_000_000, "{}", page.len());
    let markdown = written(&record, DrillFile::Markdown);
    assert!(markdown.len() < 1 << 20, "{}", markdown.len());
    assert!(markdown.contains("more: drill.json has them all"));
    let xml = written(&record, DrillFile::Junit);
    assert!(xml.len() < 30_000_000, "{}", xml.len());
    read_of(&xml, "2026-06-01T1");
}

#[test]
fn names_stay_text_in_markdown() {
    let page = written(&samples::hostile(), DrillFile::Markdown);
    for acting in ["<img", "<script", "](", "\u{1b}", "\u{202e}", "{{ 7 * 7 }}", " @team"] {
        assert!(!page.contains(acting), "{acting:?}");
    }
    let mut columns = 0;
    for line in page.lines() {
        match line.starts_with('|') {
            true if columns == 0 => columns = line.matches('|').count(),
            true => assert_eq!(line.matches('|').count(), columns, "{line}"),
            false => columns = 0,
        }
    }
}

#[test]
fn the_summary_is_a_screen_of_80_columns() {
    for (name, record) in samples::all() {
        let summary = unstyled(&record);
        assert!(summary.lines().count() <= 40, "{name}: {}", summary.lines().count());
        assert!(summary.ends_with('\n') && !summary.contains("\n\n"));
        assert!(!summary.contains(|c: char| (c.is_control() && c != '\n') || c == '\u{202e}'), "{name}");
        if name != "hostile" {
            assert!(summary.lines().all(|line| line.width() <= 80), "{name}: {summary}");
        }
    }
    // What to do is there though all else has no room.
    let mut record = samples::crowd();
    record.verdict.why = vec!["why ".repeat(200); 9];
    record.next_actions = vec!["do ".repeat(60); 30];
    let summary = unstyled(&record);
    assert!(summary.lines().count() <= 40, "{}", summary.lines().count());
    assert!(summary.contains("What to do now\n  1. Do do"), "{summary}");
}

#[test]
fn summaries() {
    insta::assert_snapshot!(unstyled(&samples::good()), @r#"
    Drill of corp: 12 of 12 people reached us-west-2 in 3 min 12 s; the objective is
    15 min.
    Succeeded.
      12 of 12 people reached us-west-2 in 3 min 12 s, and the record is back as it
      was.
      The recovery time was 3 min 12 s, within the objective of 15 min.
    Recovery time 3 min 12 s                  objective 15 min: within the objective
      warm-up      48 s                                                 budget 5 min
      approval     5 s
      DNS change   2 s                                                  budget 1 min
      propagation  49 s                                                 budget 2 min
      connection   1 min 28 s                                           budget 5 min
      hold         31 min 28 s (not counted)                           budget 30 min
      return       1 min 8 s (not counted)                              budget 3 min
      cool-down    3 min 5 s (not counted)                              budget 5 min
    People 12 of 12 people there
    Work saved on standby desktops is not carried back: replication goes one way,
    from the primary Region to the standby Region.
    Exit code 0: it succeeded. Drill drl-5f2c9a41.
    "#);
    insta::assert_snapshot!(unstyled(&samples::aborted()), @r#"
    Drill of corp: 11 of 12 people reached us-west-2 in 3 min 12 s; the objective is
    15 min.
    Stopped and undone.
      It was stopped during the hold.
      The record was read back as it was before.
      Stopped: The ERP database did not answer three times in a row.
    Recovery time 3 min 12 s                  objective 15 min: within the objective
      warm-up      48 s                                                 budget 5 min
      approval     5 s
      DNS change   2 s                                                  budget 1 min
      propagation  49 s                                                 budget 2 min
      connection   1 min 28 s                                           budget 5 min
      hold         6 min 36 s (not counted)                            budget 30 min
      return       1 min 6 s (not counted)                              budget 3 min
      cool-down    2 min 14 s (not counted)                             budget 5 min
    People 11 of 12 people there
      the standby desktop stayed STARTING until the end: jonas
    2 deviations
      12:08:20 the ERP database did not answer three times in a row
      12:06:20 jonas has not reached the standby side within 5 min
    What to do now
      1. Find out why erp.usw2.corp.example:1433 refuses connections from the
      standby Region's network.
      2. Reboot jonas' standby desktop ws-sjonas, and see whether it comes up.
      3. Plan it anew: `deskpair drill plan`.
    Work saved on standby desktops is not carried back: replication goes one way,
    from the primary Region to the standby Region.
    Exit code 20: failed or stopped, and undone. Drill drl-0aborted.
    "#);
    insta::assert_snapshot!(unstyled(&samples::unfinished()), @r#"
    Drill of corp: 3 of 12 people reached us-west-2 so far; the objective is 15 min.
    Goes on.
      This drill goes on, or its process is gone: it is spreading. The last that is
      known is of 2026-06-01T12:01:31Z. Nothing here is its end.
    Recovery time not reached                        objective 15 min: not known yet
      warm-up      48 s                                                 budget 5 min
      approval     5 s
      DNS change   2 s                                                  budget 1 min
      propagation  36 s, goes on                                        budget 2 min
    People 3 of 12 people there
      not there yet: dmitri, eva, farid, gundula, hiro and 4 more
    Work saved on standby desktops is not carried back: replication goes one way,
    from the primary Region to the standby Region.
    Drill drl-goes-on.
    "#);
}

#[test]
fn a_change_board_reads_the_verdict_first() {
    let markdown = written(&samples::aborted(), DrillFile::Markdown);
    let head: String = markdown.lines().take(36).collect::<Vec<_>>().join("\n");
    insta::assert_snapshot!(head, @r#"
    # Drill of corp

    **Stopped and undone.** 11 of 12 people reached us-west-2 in 3 min 12 s; the objective is 15 min.

    - It was stopped during the hold.
    - The record was read back as it was before.
    - It was stopped: The ERP database did not answer three times in a row.
    - Exit code 20: failed or stopped, and undone.

    **Work saved on standby desktops is not carried back: replication goes one way, from the primary Region to the standby Region.**

    ## What to do now

    1. Find out why erp.usw2.corp.example&#58;1433 refuses connections from the standby Region's network.
    2. Reboot jonas' standby desktop ws-sjonas, and see whether it comes up.
    3. Plan it anew&#58; `deskpair drill plan`.

    ## Recovery time

    3 min 12 s; objective 15 min: within the objective.

    | phase | after the begin | took | budget | counts to it |
    |---|---|---|---|---|
    | warm-up | 0 s | 48 s | 5 min | yes |
    | approval | 48 s | 5 s |  | yes |
    | DNS change | 53 s | 2 s | 1 min | yes |
    | propagation | 55 s | 49 s | 2 min | yes |
    | connection | 1 min 44 s | 1 min 28 s | 5 min | yes |
    | hold | 1 min 44 s | 6 min 36 s | 30 min | no |
    | return | 8 min 20 s | 1 min 6 s | 3 min | no |
    | cool-down | 9 min 26 s | 2 min 14 s | 5 min | no |

    ## People

    11 of 12 people there.
    "#);
}

#[test]
fn servers_turn_once_they_stay() {
    let record = samples::unverified();
    let facts = Facts::of(&record);
    let turned: Vec<(bool, bool, usize)> = record
        .servers
        .iter()
        .map(|server| facts.turned(server))
        .map(|turned| (turned.over.is_some(), turned.back.is_some(), turned.strays.len()))
        .collect();
    // In order; silent in the end; never back; elsewhere in the end.
    assert_eq!(turned, [(true, true, 0), (true, false, 1), (true, false, 0), (true, false, 1)]);
}

#[test]
fn commands_are_told_apart() {
    assert_eq!(commands("try `a b` now"), [(false, "try "), (true, "a b"), (false, " now")]);
    assert_eq!(commands("a ` b"), [(false, "a "), (false, " b")]);
    assert_eq!(commands("`a`"), [(true, "a")]);
    assert!(commands("").is_empty());
}
