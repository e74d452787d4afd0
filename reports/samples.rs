//! Estates and rules that every format's tests are fed: fails, gaps, waivers, consequences, hostile names.

use crate::fixes::{Fixes, Left, Planned, Risk, Undo};
use deskpair_rules::Run;
use deskpair_rules::controls::{self, Control};
use deskpair_rules::engine::{Options, Verdict, evaluate_with};
use deskpair_rules::fixture::{Fixture, HOUR, On, TAKEN_AT};
use deskpair_rules::meta::{Area, Case, Effect, Meta, Reach, Severity};
use deskpair_rules::model::desktops::Counterpart;
use deskpair_rules::model::settings::Waiver;
use deskpair_rules::model::{Dataset, Moment, PairView, Paired, Subject, Unknown};
use deskpair_rules::rule::{Rule, Sheet, Wording};

/// What somebody might call a user, a bundle or a group.
pub(crate) const HOSTILE: [&str; 8] = [
    "<img src=x onerror=alert(1)>",
    "=cmd|' /C calc'!A0",
    "]]><failure/>",
    "nul\0 bell\u{7}",
    "\u{202e}gnp.exe\u{2066}",
    "two\nlines\r\nand\ttabs",
    "\u{1b}[31mred\u{1b}]0;title\u{7}\u{9b}2J",
    "</script><script>alert(1)</script>\u{2028}&amp; \u{fffe}{{ 7 * 7 }}",
];

struct Test {
    meta: Meta,
    judge: fn(&PairView<'_>, &mut Sheet),
    word: fn(&PairView<'_>, Subject, usize) -> Wording,
}

impl Rule for Test {
    fn meta(&self) -> &'static Meta {
        // Found again by its id: a rule lends its own description for ever.
        RULES.iter().find(|rule| rule.meta.id == self.meta.id).map(|rule| &rule.meta).expect("it is in the list")
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        (self.judge)(pair, sheet);
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, case: usize) -> Wording {
        (self.word)(pair, subject, case)
    }
}

const fn meta(
    id: &'static str,
    name: &'static str,
    area: Area,
    controls: &'static [Control],
    cases: &'static [Case],
    reach: Reach,
) -> Meta {
    Meta {
        id,
        name,
        area,
        summary: "something of the standby side is not as on the primary side",
        cases,
        reach,
        implies: &[],
        needs: &[],
        controls,
        remedy: "Make the standby side like the primary side.",
        options: &[],
        doc: "## What it checks\n\nA thing, with `code` in it.\n\n## Why it matters\n\nPeople rest on it: *without* it they \
              cannot work, see <https://example.com>.\n\n- one\n- two\n\n## How to fix it\n\nBy hand.\n",
    }
}

const fn case(key: &'static str, severity: Severity, effect: Effect, uncounted: bool) -> Case {
    Case { key, severity, effect, uncounted }
}

static RULES: [Test; 8] = [
    Test {
        meta: meta(
            "BND-002",
            "bundle-hardware-differs",
            Area::Bundles,
            &[controls::CP_7, controls::A_8_14],
            &[case("smaller", Severity::Medium, Effect::Degrades, false)],
            Reach::Desktop,
        ),
        judge: |pair, sheet| {
            for (p, bundle) in pair.primary.bundles.items().iter().enumerate() {
                match pair.bundle(bundle) {
                    Paired::With { at, item, .. } if item.user_storage != bundle.user_storage => {
                        sheet.fail(Subject::Bundle { p: p as u32, s: at }, 0);
                    }
                    Paired::With { .. } => sheet.pass(),
                    Paired::Missing | Paired::Ambiguous(_) => {
                        sheet.fail(Subject::Bundle { p: p as u32, s: Subject::NONE }, 0);
                    }
                    Paired::Unknown(why) => sheet.unknown(Subject::Bundle { p: p as u32, s: Subject::NONE }, why),
                }
            }
        },
        word: |pair, subject, _| {
            let names = subject.names(pair);
            Wording::new(format!("the bundle {} offers less in {}", names.name, pair.settings.standby.region))
                .with("UserStorage.Capacity", "50", "10")
                .with("ComputeType.Name", "STANDARD", "VALUE")
        },
    },
    Test {
        meta: meta(
            "BRD-002",
            "branding-text-differs",
            Area::Branding,
            &[controls::CM_6],
            &[case("differs", Severity::Low, Effect::None, false)],
            Reach::Pair,
        ),
        judge: |pair, sheet| {
            let of = |side: &deskpair_rules::model::Side, id: Option<&str>| {
                side.branding_of(id.unwrap_or_default())
                    .map(|list| list.first().map(|of| of.branding.support_email.clone()))
            };
            let sides = [(pair.primary, pair.primary_directory.id()), (pair.standby, pair.standby_directory.id())];
            let [primary, standby] = sides.map(|(side, id)| of(side, id));
            match (primary, standby) {
                (Err(gap), _) | (_, Err(gap)) => sheet.unknown(Subject::Platform(0), gap),
                (Ok(primary), Ok(standby)) if primary != standby => sheet.fail(Subject::Platform(0), 0),
                (Ok(_), Ok(_)) => sheet.pass(),
            }
        },
        word: |pair, _, _| {
            let of = |side: &deskpair_rules::model::Side| {
                side.branding
                    .values()
                    .next()
                    .and_then(|list| list.items().first())
                    .map(|of| of.branding.support_email.clone())
            };
            Wording::new("the support address differs").with(
                "SupportEmail",
                of(pair.primary).unwrap_or_default(),
                of(pair.standby).unwrap_or_default(),
            )
        },
    },
    Test {
        meta: meta(
            "FSX-011",
            "snapmirror-health",
            Area::Files,
            &[controls::CP_9],
            &[case("unhealthy", Severity::Medium, Effect::Degrades, false)],
            Reach::Pair,
        ),
        judge: |_, sheet| sheet.not_applicable("neither Region has an ONTAP file system"),
        word: |_, _, _| Wording::default(),
    },
    Test {
        meta: Meta {
            implies: &["IPG-002"],
            ..meta(
                "IPG-001",
                "ip-group-missing",
                Area::IpGroups,
                &[controls::REL13_BP04, controls::CM_6],
                &[case("missing", Severity::High, Effect::Strands, true)],
                Reach::Pair,
            )
        },
        judge: |pair, sheet| judge_groups(pair, sheet),
        word: |pair, subject, _| Wording::new(format!("{} is missing", subject.names(pair).name)),
    },
    Test {
        meta: meta(
            "IPG-002",
            "ip-group-rules-differ",
            Area::IpGroups,
            &[controls::REL13_BP04, controls::CM_6],
            &[case("differ", Severity::Medium, Effect::None, false)],
            Reach::Pair,
        ),
        judge: |pair, sheet| judge_groups(pair, sheet),
        word: |pair, subject, _| {
            Wording::new(format!("the ranges of {} differ", subject.names(pair).name)).with(
                "userRules",
                "192.0.2.0/24, 198.51.100.0/25",
                "absent",
            )
        },
    },
    Test {
        meta: meta(
            "SEC-017",
            "trusted-device-certificates",
            Area::Security,
            &[controls::CM_6, controls::A_5_29],
            &[case("differ", Severity::High, Effect::Strands, true)],
            Reach::Pair,
        ),
        judge: |_, sheet| {
            sheet.unknown(
                Subject::Directories,
                Unknown::Unsupported("no API tells which root certificates are trusted"),
            );
        },
        word: |_, _, _| Wording::default(),
    },
    Test {
        meta: meta(
            "WSP-001",
            "user-without-standby",
            Area::Workspaces,
            &[controls::CP_7],
            &[case("missing", Severity::Critical, Effect::Strands, false)],
            Reach::Desktop,
        ),
        judge: |pair, sheet| {
            for desktop in &pair.desktops.primary {
                let subject = Subject::Desktop { p: desktop.row, s: Subject::NONE };
                match desktop.counterpart {
                    Counterpart::Row(_) => sheet.pass(),
                    Counterpart::Missing | Counterpart::Ambiguous => sheet.fail(subject, 0),
                    Counterpart::Unknown(why) => sheet.unknown(subject, why),
                }
            }
            if sheet.is_empty() {
                sheet.not_applicable("nobody has a primary desktop");
            }
        },
        word: |pair, subject, _| {
            let names = subject.names(pair);
            let region = &pair.settings.standby.region;
            Wording::new(format!("{} has no desktop in {region}", names.name))
                .fixed_by(format!("Create a standby WorkSpace for {} in {region}.", names.name))
        },
    },
    Test {
        meta: meta(
            "WSP-016",
            "standby-never-used",
            Area::Workspaces,
            &[controls::CP_7],
            &[case("breaks", Severity::Low, Effect::None, false)],
            Reach::Desktop,
        ),
        judge: |_, _| {},
        word: |_, _, _| Wording::default(),
    },
];

fn judge_groups(pair: &PairView<'_>, sheet: &mut Sheet) {
    for (p, group) in pair.primary.ip_groups.items().iter().enumerate() {
        match pair.ip_group(group) {
            Paired::With { .. } => sheet.pass(),
            Paired::Missing | Paired::Ambiguous(_) => {
                sheet.fail(Subject::IpGroup { p: p as u32, s: Subject::NONE }, 0);
            }
            Paired::Unknown(why) => sheet.unknown(Subject::Pair, why),
        }
    }
    if sheet.is_empty() {
        sheet.not_applicable("the primary side has no IP access control group");
    }
}

/// The rules that give a verdict each time, by id, with those of the catalogue that they leave room for.
pub(crate) fn rules() -> Vec<&'static dyn Rule> {
    let mut rules: Vec<&'static dyn Rule> = vec![deskpair_rules::find("ALS-003").expect("it is in the catalogue")];
    rules.extend(RULES[..RULES.len() - 1].iter().map(|rule| rule as &dyn Rule));
    rules
}

/// Everything in order.
pub(crate) fn clean() -> Fixture {
    let mut fixture = Fixture::clean();
    fixture.estate.calls.made.insert(
        "111122223333".to_owned(),
        [("us-east-1".to_owned(), [("workspaces:DescribeWorkspaces".to_owned(), 2)].into())].into(),
    );
    fixture
}

/// Bert has no standby desktop, a bundle is smaller (waived for power), a group is missing, branding is denied, certificates unread.
pub(crate) fn drifted() -> Fixture {
    let mut fixture = clean();
    fixture.remove_desktop(On::Standby, "bert");
    for bundle in fixture.side(On::Standby).bundles.items_mut() {
        bundle.user_storage = None;
    }
    fixture.side(On::Standby).ip_groups.items_mut().clear();
    fixture.deny(On::Standby, Dataset::Branding);
    fixture.estate.settings.waivers.push(Waiver {
        rule: "BND-002".to_owned(),
        subject: Some("power-bundle".to_owned()),
        pair: None,
        owner: "euc-team@example.com".to_owned(),
        reason: "the power users keep little".to_owned(),
        expires: Moment::from_secs(TAKEN_AT.secs() + 24 * HOUR),
        drift: None,
    });
    fixture
}

/// The same with hostile names wherever people give names.
pub(crate) fn hostile() -> Fixture {
    let mut fixture = drifted();
    for name in HOSTILE {
        fixture.add_desktop(On::Primary, name, "standard");
    }
    for (at, bundle) in fixture.side(On::Primary).bundles.items_mut().iter_mut().enumerate() {
        bundle.name = HOSTILE[at].to_owned();
    }
    fixture.side(On::Primary).ip_groups.items_mut()[0].group_name = HOSTILE[7].to_owned();
    fixture.pair().name = HOSTILE[0].to_owned();
    fixture.estate.settings.waivers[0].subject = Some(HOSTILE[1].to_owned());
    fixture.estate.settings.waivers[0].reason = HOSTILE[2].to_owned();
    fixture.estate.settings.waivers[0].owner = HOSTILE[6].to_owned();
    fixture.estate.gaps.last_mut().expect("branding is denied").message = HOSTILE.join(" ");
    fixture
}

/// Three people in a thousand have no standby desktop.
pub(crate) fn many(people: usize) -> Fixture {
    let mut fixture = clean();
    for at in 0..people {
        let user = format!("user{at:06}");
        fixture.add_desktop(On::Primary, &user, "standard");
        if at % 1000 >= 3 {
            fixture.add_desktop(On::Standby, &user, "standard");
        }
    }
    fixture
}

/// The same pair several times over, under as many names.
pub(crate) fn repeated(mut fixture: Fixture, pairs: usize) -> Fixture {
    for number in 2..=pairs {
        let mut settings = fixture.estate.settings.pairs[0].clone();
        settings.name = format!("{} {number}", settings.name);
        fixture.estate.settings.pairs.push(settings);
        let places = fixture.estate.pairs[0];
        fixture.estate.pairs.push(places);
    }
    fixture
}

/// Judges a sample.
pub(crate) fn run(fixture: &Fixture) -> Run<'_> {
    evaluate_with(&fixture.estate, Options::at(TAKEN_AT), &rules())
}

/// Judges a sample by a rule that breaks, too.
pub(crate) fn broken_run(fixture: &Fixture) -> Run<'_> {
    let mut rules = rules();
    rules.push(&RULES[RULES.len() - 1]);
    evaluate_with(&fixture.estate, Options::at(TAKEN_AT), &rules)
}

/// What a planner might say of a sample's fails: desktops are made by calls, groups by hand, and the rest is left.
pub(crate) fn fixes(run: &Run<'_>) -> Fixes {
    let mut fixes = Fixes::default();
    for pair in &run.pairs {
        for finding in pair.findings.iter().filter(|finding| finding.verdict == Verdict::Fail) {
            let (print, name) = (run.fingerprint(pair, finding), finding.subject.names(&pair.view).name);
            let mut change = |what: &str, risk: Risk, undo: Undo| {
                let change = Planned {
                    id: format!("{}/standby/{what}/{name}", pair.view.settings.name),
                    title: format!("make the {what} of {name}"),
                    risk,
                    undo,
                    note: (risk == Risk::Review).then(|| "It costs something.".into()),
                };
                let at = fixes.add(change);
                fixes.link(&print, at);
            };
            match (run.meta(finding).id, finding.root) {
                ("WSP-001", _) => change("desktop", Risk::Review, Undo::Exact),
                ("IPG-001", _) => change("group", Risk::Manual, Undo::None),
                (_, Some(_)) => fixes.leave(&print, Left::Follows("it follows from another".to_owned())),
                _ => fixes.leave(&print, Left::ToPeople(format!("nobody but people can do it for {name}"))),
            }
        }
    }
    fixes
}

/// Judges a sample and writes it in a format.
pub(crate) fn written(run: &Run<'_>, file: crate::File) -> String {
    let mut out = Vec::new();
    crate::write(file, run, &fixes(run), &mut out).expect("a vector takes everything");
    String::from_utf8(out).expect("reports are UTF-8")
}
