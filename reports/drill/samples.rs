//! Records that every form's tests are fed: a good drill, stopped ones, a failover, one that goes on, hostile names, a crowd.
//!
//! The end-to-end tests include this file too, so it stands on `super::record` alone.

use super::record::{
    Answer, Approval, DataAge, Deviation, Happening, Journal, Kind, Person, Phase, Place, PreCheck, Probe, Record,
    Recovery, SCHEMA, Server, Step, Verdict,
};
use deskpair_rules::model::Moment;

/// 2026-06-01T12:00:00Z, when everything here begins.
const BEGAN: i64 = 1_780_315_200;

/// What somebody might call a user, a server or a reason.
pub(crate) const HOSTILE: [&str; 9] = [
    "<img src=x onerror=alert(1)>",
    "\"><script>document.title='owned'</script>",
    "]]><failure/>&amp;<!--",
    "nul\0 bell\u{7}",
    "\u{202e}gnp.exe\u{2066}",
    "two\nlines\r\nand\ttabs",
    "\u{1b}[31mred\u{1b}]0;title\u{7}\u{9b}2J",
    "{{ 7 * 7 }}{% raw %} | a | b | [x](http://a.example) @team",
    "' onmouseover='alert(1)' x='",
];

fn at(secs: i64) -> Moment {
    Moment::from_secs(BEGAN + secs)
}

fn text(text: &str) -> String {
    text.to_owned()
}

fn phase(name: &str, from: i64, to: impl Into<Option<i64>>, budget: impl Into<Option<u64>>, counts: bool) -> Phase {
    Phase { name: text(name), from: at(from), to: to.into().map(at), budget_secs: budget.into(), counts }
}

fn server(name: &str, kind: &str, answers: &[(i64, &str)]) -> Server {
    let answers = answers.iter().map(|(secs, sends)| Answer { at: at(*secs), sends: text(sends), said: String::new() });
    Server { server: text(name), kind: text(kind), answers: answers.collect() }
}

fn person(user: &str, reached: impl Into<Option<i64>>, back: impl Into<Option<i64>>) -> Person {
    Person {
        user: text(user),
        primary: format!("ws-p{user}"),
        standby: format!("ws-s{user}"),
        connected_before: Some(user.len().is_multiple_of(2)),
        reached_at: reached.into().map(at),
        back_at: back.into().map(at),
        started: true,
        stopped: true,
        hindrance: None,
    }
}

fn happening(secs: i64, kind: &str, what: &str) -> Happening {
    Happening { at: at(secs), kind: text(kind), what: text(what) }
}

fn step(what: &str, budget: impl Into<Option<u64>>, undoes: &str) -> Step {
    Step {
        what: text(what),
        budget_secs: budget.into(),
        approves: text("whoever runs it"),
        stops: text("q, SIGINT, SIGTERM, the file .deskpair/abort"),
        undoes: text(undoes),
        unreachable: text(
            "Route 53's control plane is in us-east-1: where it does not answer, the change is tried four times, then it stops",
        ),
    }
}

/// Twelve people, four servers, there and back within everything.
pub(crate) fn good() -> Record {
    let users = ["anna", "bert", "carla", "dmitri", "eva", "farid", "gundula", "hiro", "ines", "jonas", "katja", "li"];
    let people: Vec<Person> = users
        .iter()
        .zip([108, 112, 117, 121, 126, 131, 139, 147, 152, 166, 181, 192])
        .zip([2_104, 2_109, 2_111, 2_118, 2_126, 2_129, 2_140, 2_144, 2_151, 2_163, 2_170, 2_188])
        .map(|((user, reached), back)| person(user, reached, back))
        .collect();
    let mut timeline = vec![
        happening(0, "step", "standby desktops of 12 people are started"),
        happening(48, "step", "12 of 12 standby desktops are available"),
        happening(48, "approval", "the change of the record is approved by m.weber at the terminal"),
        happening(53, "call", "Route 53 ChangeResourceRecordSets in us-east-1: DELETE and CREATE in one batch"),
        happening(55, "answer", "ns-1.example gives the standby side"),
    ];
    timeline.extend(people.iter().map(|person| {
        let what = format!("{} is connected in us-west-2", person.user);
        Happening { at: person.reached_at.unwrap_or(at(0)), kind: text("person"), what }
    }));
    timeline.extend([
        happening(1_992, "approval", "the way back is approved by m.weber at the terminal"),
        happening(1_993, "call", "Route 53 ChangeResourceRecordSets in us-east-1: DELETE and CREATE in one batch"),
        happening(2_060, "answer", "every server gives the primary side"),
        happening(2_240, "step", "12 standby desktops are stopped"),
    ]);
    Record {
        schema: text(SCHEMA),
        version: text("0.1.0"),
        id: text("drl-5f2c9a41"),
        kind: Kind::Drill,
        pair: text("corp"),
        alias: text("drill-desktop.example.com"),
        production: false,
        primary: Place {
            region: text("us-east-1"),
            account: text("111122223333"),
            directory: text("d-9067012345"),
            identifier: text("b1b1b1b1c2"),
        },
        standby: Place {
            region: text("us-west-2"),
            account: text("111122223333"),
            directory: text("d-9267067890"),
            identifier: text("e5e5e5e5f6"),
        },
        switch: text("the zone example.com (Z0123456789) in Route 53"),
        compares: true,
        ttl_secs: 60,
        planned_at: at(-3_600),
        began_at: Some(at(0)),
        ended_at: Some(at(2_245)),
        state: text("done"),
        verdict: Verdict {
            ending: Some(text("done")),
            succeeded: true,
            exit_code: 0,
            why: vec![
                text("12 of 12 people reached us-west-2 in 3 min 12 s, and the record is back as it was"),
                text("the recovery time was 3 min 12 s, within the objective of 15 min"),
            ],
            stopped: None,
        },
        recovery: Recovery {
            rto_secs: 900,
            rpo_secs: 86_400,
            reached_secs: Some(192),
            within: Some(true),
            phases: vec![
                phase("warm-up", 0, 48, 300, true),
                phase("approval", 48, 53, None, true),
                phase("dns-change", 53, 55, 60, true),
                phase("propagation", 55, 104, 120, true),
                phase("connection", 104, 192, 300, true),
                phase("hold", 104, 1_992, 1_800, false),
                phase("return", 1_992, 2_060, 180, false),
                phase("cool-down", 2_060, 2_245, 300, false),
            ],
        },
        data: vec![
            DataAge {
                name: text("fs-0a1b2c3d (profiles)"),
                kind: text("file-system"),
                age_secs: Some(5_400),
                note: text("the last DataSync execution that succeeded"),
                within: Some(true),
            },
            DataAge {
                name: text("anna"),
                kind: text("person"),
                age_secs: Some(41_000),
                note: text("the recovery snapshot of her standby desktop"),
                within: Some(true),
            },
            DataAge {
                name: text("bert"),
                kind: text("person"),
                age_secs: Some(43_500),
                note: text("the recovery snapshot of his standby desktop"),
                within: Some(true),
            },
        ],
        precheck: PreCheck {
            run: Some(text("4be0c1d27a90")),
            outcome: text("ready"),
            fail_on: text("high"),
            overridden: None,
            outside_stranded: 0,
            objections: Vec::new(),
        },
        steps: vec![
            step(
                "start the cohort's standby desktops, and wait until they are available",
                300,
                "those that were started are stopped",
            ),
            step("change the record to the standby identifier", 60, "the record is changed back"),
            step("watch the servers until all agree", 120, "the record is changed back"),
            step("hold while people work on the standby side", None, "the record is changed back"),
            step("change the record back, and read it back", 180, "nothing: this is the undo"),
            step("stop what was started and is not worked on", 300, "nothing: AutoStop takes the rest"),
        ],
        servers: vec![
            server(
                "ns-1.example (192.0.2.53)",
                "authoritative",
                &[(-5, "primary"), (55, "standby"), (1_995, "primary")],
            ),
            server(
                "ns-2.example (192.0.2.54)",
                "authoritative",
                &[(-5, "primary"), (57, "standby"), (1_996, "primary")],
            ),
            server("9.9.9.9", "recursive", &[(-5, "primary"), (104, "standby"), (2_060, "primary")]),
            server("127.0.0.53", "system", &[(-5, "primary"), (91, "standby"), (2_049, "primary")]),
        ],
        people,
        probes: (0..6)
            .map(|round| Probe {
                name: text("ERP database"),
                endpoint: text("tcp://erp.usw2.corp.example:1433"),
                at: at(200 + round * 300),
                answered: true,
                said: text("it accepts connections"),
            })
            .collect(),
        timeline,
        deviations: Vec::new(),
        approvals: vec![
            Approval { at: at(-20), of: text("begin"), by: text("m.weber at the terminal") },
            Approval { at: at(53), of: text("flip"), by: text("m.weber at the terminal") },
            Approval { at: at(1_992), of: text("return"), by: text("m.weber at the terminal") },
        ],
        assumptions: vec![text("desktops have the capacity that they are configured for: AWS reserves none")],
        next_actions: Vec::new(),
        journal: Journal {
            entries: 41,
            last: text("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
        },
    }
}

/// Stopped during the hold by a probe that did not answer; undone and read back.
pub(crate) fn aborted() -> Record {
    let mut record = good();
    record.id = text("drl-0aborted");
    record.ended_at = Some(at(700));
    record.state = text("undone");
    record.verdict = Verdict {
        ending: Some(text("undone")),
        succeeded: false,
        exit_code: 20,
        why: vec![text("It was stopped during the hold"), text("The record was read back as it was before")],
        stopped: Some(text("the ERP database did not answer three times in a row")),
    };
    record.recovery.phases.truncate(5);
    record.recovery.phases.extend([
        phase("hold", 104, 500, 1_800, false),
        phase("return", 500, 566, 180, false),
        phase("cool-down", 566, 700, 300, false),
    ]);
    for (person, user) in record.people.iter_mut().zip(0..) {
        person.back_at = (user % 3 != 0).then(|| at(590 + user * 7));
    }
    for server in &mut record.servers {
        let back = if server.kind == "authoritative" { 503 } else { 560 };
        server.answers[2].at = at(back);
    }
    let lost = &mut record.people[9];
    (lost.reached_at, lost.hindrance) = (None, Some(text("the standby desktop stayed STARTING until the end")));
    record.probes = (0..6)
        .map(|round| Probe {
            name: text("ERP database"),
            endpoint: text("tcp://erp.usw2.corp.example:1433"),
            at: at(200 + round * 60),
            answered: round < 3,
            said: text(if round < 3 { "it accepts connections" } else { "connection refused" }),
        })
        .collect();
    record.deviations = vec![
        Deviation { at: at(380), what: text("jonas has not reached the standby side within 5 min"), fails: false },
        Deviation { at: at(500), what: text("the ERP database did not answer three times in a row"), fails: true },
    ];
    record.timeline.retain(|happening| happening.at < at(500));
    record.timeline.extend([
        happening(380, "deviation", "jonas has not reached the standby side within 5 min"),
        happening(500, "stop", "the ERP database did not answer three times in a row"),
        happening(500, "call", "Route 53 ChangeResourceRecordSets in us-east-1: DELETE and CREATE in one batch"),
        happening(566, "answer", "every server gives the primary side"),
    ]);
    record.approvals.truncate(2);
    record.next_actions = vec![
        text("find out why erp.usw2.corp.example:1433 refuses connections from the standby Region's network"),
        text("reboot jonas' standby desktop ws-sjonas, and see whether it comes up"),
        text("plan it anew: `deskpair drill plan`"),
    ];
    record
}

/// Stopped before the record was changed: nobody approved.
pub(crate) fn declined() -> Record {
    let mut record = aborted();
    record.id = text("drl-declined");
    record.ended_at = Some(at(180));
    record.verdict.why = vec![text("Nobody approved of the change within its time")];
    record.verdict.stopped = Some(text("no approval within 2 min"));
    record.recovery.reached_secs = None;
    record.recovery.within = None;
    record.recovery.phases = vec![
        phase("warm-up", 0, 48, 300, true),
        phase("approval", 48, 168, 120, true),
        phase("cool-down", 168, 180, 300, false),
    ];
    for person in &mut record.people {
        (person.reached_at, person.back_at) = (None, None);
        person.hindrance = Some(text("the record was not changed"));
    }
    for server in &mut record.servers {
        server.answers.truncate(1);
    }
    record.deviations.clear();
    record.probes.clear();
    record.approvals.truncate(1);
    record.timeline = vec![
        happening(0, "step", "standby desktops of 12 people are started"),
        happening(48, "step", "12 of 12 standby desktops are available"),
        happening(168, "stop", "no approval within 2 min"),
    ];
    record
}

/// The way back is not verified: a server still sends people to the standby side, another elsewhere.
pub(crate) fn unverified() -> Record {
    let mut record = good();
    record.id = text("drl-unverified");
    record.state = text("unverified");
    record.verdict = Verdict {
        ending: Some(text("unverified")),
        succeeded: false,
        exit_code: 21,
        why: vec![
            text("The record could not be read back as it was before"),
            text("Route 53 did not answer four times"),
        ],
        stopped: None,
    };
    record.servers[2].answers.truncate(2);
    record.servers[3].answers[2] = Answer { at: at(2_049), sends: text("other"), said: text("TXT \"not-ours-0000\"") };
    record.servers[1].answers.push(Answer { at: at(2_100), sends: text("none"), said: text("SERVFAIL") });
    for person in record.people.iter_mut().skip(4) {
        person.back_at = None;
    }
    record.deviations = vec![
        Deviation {
            at: at(2_060),
            what: text("9.9.9.9 still gives the standby side after the TTL and a margin"),
            fails: true,
        },
        Deviation { at: at(2_062), what: text("127.0.0.53 gives a value that is neither side's"), fails: true },
        Deviation { at: at(2_190), what: text("Route 53 did not answer ListResourceRecordSets"), fails: true },
    ];
    record.data[0].within = Some(false);
    record.data[0].age_secs = Some(190_000);
    record.data[2].within = None;
    record.data[2].age_secs = None;
    record.data[2].note = text("DescribeWorkspaces gave no snapshot time");
    record.precheck.overridden = Some(text("the change board accepts BND-002 until July (CHG-4711)"));
    record.precheck.objections = vec![text("BND-002: 3 bundles offer less in us-west-2")];
    record.next_actions = vec![
        text("read the TXT of drill-desktop.example.com now, and set it to b1b1b1b1c2 if it is not that"),
        text("`deskpair drill undo drl-unverified` tries again to take it back, and reads it"),
    ];
    record
}

/// The real day: there, and it stays; three people do not get there, and it takes too long.
pub(crate) fn failover() -> Record {
    let mut record = good();
    record.id = text("fov-20260601");
    record.kind = Kind::Failover;
    record.alias = text("desktop.example.com");
    record.production = true;
    record.compares = false;
    record.switch = text("the command /usr/local/bin/set-txt");
    record.recovery.reached_secs = Some(1_260);
    record.recovery.within = Some(false);
    record.recovery.phases = vec![
        phase("warm-up", 0, 410, 300, true),
        phase("dns-change", 410, 470, 60, true),
        phase("propagation", 470, 700, 120, true),
        phase("connection", 700, 1_260, 300, true),
    ];
    record.ended_at = Some(at(1_500));
    record.verdict.exit_code = 22;
    record.verdict.succeeded = false;
    record.verdict.why = vec![text("The record names the standby side"), text("3 of 12 people did not get there")];
    for (number, person) in (0..).zip(&mut record.people) {
        person.back_at = None;
        person.stopped = false;
        person.connected_before = None;
        person.reached_at = (number < 9).then(|| at(720 + number * 67));
        if number >= 9 {
            person.hindrance = (number < 11).then(|| text("no standby desktop"));
            person.standby.clear();
            person.started = false;
        }
    }
    for server in &mut record.servers {
        server.answers.truncate(2);
        server.answers[1].at = at(if server.kind == "authoritative" { 468 } else { 697 });
    }
    record.precheck = PreCheck {
        run: None,
        outcome: String::new(),
        fail_on: String::new(),
        overridden: None,
        outside_stranded: 0,
        objections: Vec::new(),
    };
    record.deviations = vec![Deviation {
        at: at(900),
        what: text("the recovery time objective of 15 min has passed, and 5 people are not there"),
        fails: true,
    }];
    record.approvals = vec![Approval { at: at(-10), of: text("begin"), by: text("--yes of m.weber") }];
    record.assumptions.push(text("the primary Region did not answer: who was connected there is not known"));
    record.timeline.retain(|happening| happening.kind != "person" && happening.at < at(1_000));
    record.next_actions = vec![
        text("create standby desktops for jonas, katja and li"),
        text("when us-east-1 is back: deskpair failback plan"),
    ];
    record
}

/// Back from it.
pub(crate) fn failback() -> Record {
    let mut record = failover();
    record.id = text("fbk-20260602");
    record.kind = Kind::Failback;
    record.verdict.succeeded = true;
    record.verdict.exit_code = 0;
    record.verdict.why = vec![text("The record names the primary side again")];
    record.recovery.within = Some(true);
    record.recovery.reached_secs = Some(640);
    record.recovery.phases = vec![
        phase("dns-change", 0, 3, 60, true),
        phase("propagation", 3, 190, 120, true),
        phase("connection", 190, 640, 300, true),
    ];
    record.ended_at = Some(at(660));
    for (number, person) in (0..).zip(&mut record.people) {
        (person.back_at, person.hindrance) = (None, None);
        person.reached_at = Some(at(200 + number * 40));
    }
    for server in &mut record.servers {
        server.answers = vec![
            Answer { at: at(-5), sends: text("standby"), said: String::new() },
            Answer {
                at: at(if server.kind == "authoritative" { 3 } else { 190 }),
                sends: text("primary"),
                said: String::new(),
            },
        ];
    }
    record.deviations.clear();
    record.timeline = vec![happening(0, "step", "the record is changed to the primary identifier")];
    record.next_actions = vec![text("copy what people saved on their standby desktops by hand")];
    record
}

/// It spreads, and nobody knows more.
pub(crate) fn unfinished() -> Record {
    let mut record = good();
    record.id = text("drl-goes-on");
    record.ended_at = None;
    record.state = text("spreading");
    record.verdict = Verdict { ending: None, succeeded: false, exit_code: 0, why: Vec::new(), stopped: None };
    record.recovery.reached_secs = None;
    record.recovery.within = None;
    record.recovery.phases.truncate(4);
    record.recovery.phases[3].to = None;
    for (number, person) in (0..).zip(&mut record.people) {
        person.stopped = false;
        person.back_at = None;
        person.reached_at = (number < 3).then(|| at(80 + number * 4));
    }
    for server in &mut record.servers {
        let turned = if server.kind == "recursive" { 1 } else { 2 };
        server.answers.truncate(turned);
    }
    record.timeline.retain(|happening| happening.at < at(92) && happening.kind != "person");
    record.approvals.truncate(2);
    record.probes.clear();
    record
}

/// Planned, and no more.
pub(crate) fn planned() -> Record {
    let mut record = unfinished();
    record.id = text("drl-planned");
    record.began_at = None;
    record.state = text("planned");
    record.recovery.phases.clear();
    record.timeline.clear();
    record.approvals.clear();
    for server in &mut record.servers {
        server.answers.clear();
    }
    for person in &mut record.people {
        (person.reached_at, person.started) = (None, false);
    }
    record
}

/// Names made to do harm, wherever there is a text.
pub(crate) fn hostile() -> Record {
    let mut record = aborted();
    let name = |number: usize| text(HOSTILE[number % HOSTILE.len()]);
    for (number, person) in record.people.iter_mut().enumerate() {
        person.user = name(number);
        (person.primary, person.standby) = (name(number + 1), name(number + 2));
        if number % 2 == 0 {
            person.reached_at = None;
            person.hindrance = Some(name(number + 3));
        }
    }
    for (number, server) in record.servers.iter_mut().enumerate() {
        (server.server, server.kind) = (name(number), name(number + 1));
        server.answers.push(Answer { at: at(640), sends: text("other"), said: name(number + 2) });
    }
    for (number, happening) in record.timeline.iter_mut().enumerate() {
        happening.what = name(number);
    }
    for (number, deviation) in record.deviations.iter_mut().enumerate() {
        deviation.what = name(number + 4);
    }
    for (number, probe) in record.probes.iter_mut().enumerate() {
        (probe.name, probe.endpoint, probe.said) = (name(number), name(number + 1), name(number + 2));
    }
    for (number, age) in record.data.iter_mut().enumerate() {
        (age.name, age.note) = (name(number), name(number + 5));
    }
    for (number, step) in record.steps.iter_mut().enumerate() {
        (step.what, step.approves, step.stops) = (name(number), name(number + 1), name(number + 2));
        (step.undoes, step.unreachable) = (name(number + 3), name(number + 4));
    }
    for (number, approval) in record.approvals.iter_mut().enumerate() {
        (approval.of, approval.by) = (name(number), name(number + 6));
    }
    record.pair = name(0);
    record.alias = name(1);
    record.switch = name(2);
    record.id = name(3);
    record.version = name(4);
    record.state = name(5);
    (record.primary.region, record.standby.region) = (name(6), name(7));
    (record.primary.account, record.standby.directory) = (name(8), name(0));
    record.verdict.why = HOSTILE.iter().map(|name| text(name)).collect();
    record.verdict.stopped = Some(name(1));
    record.recovery.phases[3].name = name(2);
    record.precheck.overridden = Some(name(3));
    record.precheck.run = Some(name(4));
    record.precheck.objections = vec![name(5)];
    record.assumptions = vec![name(6)];
    record.next_actions = HOSTILE.iter().map(|name| text(name)).collect();
    record.journal.last = name(7);
    record
}

/// Five thousand people, of whom 261 do not get there, 30 servers, endpoints asked for hours.
pub(crate) fn crowd() -> Record {
    let mut record = good();
    record.id = text("drl-crowd");
    record.alias = text("desktop.example.com");
    record.production = true;
    record.verdict.succeeded = false;
    record.verdict.exit_code = 20;
    record.verdict.why = vec![text("261 of 5,000 people did not reach the standby side")];
    record.recovery.reached_secs = Some(1_850);
    record.recovery.within = Some(false);
    record.recovery.phases[4] = phase("connection", 104, 1_850, 300, true);
    record.recovery.phases[5] = phase("hold", 104, 9_000, 7_200, false);
    record.recovery.phases[6] = phase("return", 9_000, 9_070, 180, false);
    record.recovery.phases[7] = phase("cool-down", 9_070, 9_400, 300, false);
    record.ended_at = Some(at(9_400));
    record.approvals[2].at = at(9_000);
    record.people = (0..5_000_i64)
        .map(|number| {
            let user = format!("user{number:04}");
            // They come in a rush, and thin out.
            let reached = 110 + (f64::from(number as i32) / 5_000.0).powi(3).mul_add(1_740.0, 0.0) as i64;
            let mut person = person(&user, reached, 9_020 + number % 300);
            if number % 19 == 7 && number < 4_966 {
                (person.reached_at, person.back_at) = (None, None);
                person.hindrance = match number % 5 {
                    0 | 1 => Some(text("no standby desktop")),
                    2 | 3 => Some(text("the standby desktop stayed STARTING until the end")),
                    _ => None,
                };
            }
            person
        })
        .collect();
    record.people.iter_mut().rev().find(|person| person.reached_at.is_some()).expect("most do").reached_at =
        Some(at(1_850));
    for server in &mut record.servers {
        server.answers[2].at = at(9_060);
    }
    for number in 0..26 {
        let name = format!("10.20.{number}.53");
        let turned = 60 + number * 3;
        record.servers.push(server(
            &name,
            "recursive",
            &[(-5, "primary"), (turned, "standby"), (9_030 + number, "primary")],
        ));
    }
    record.servers[17].answers.truncate(1);
    let events = record.people.iter().filter_map(|person| Some((person.reached_at?, &person.user)));
    let mut events: Vec<Happening> = events
        .map(|(at, user)| Happening { at, kind: text("person"), what: format!("{user} is connected in us-west-2") })
        .collect();
    events.sort_by_key(|happening| happening.at);
    let (before, after): (Vec<_>, Vec<_>) =
        record.timeline.drain(..).filter(|happening| happening.kind != "person").partition(|each| each.at < at(100));
    record.timeline = before.into_iter().chain(events).collect();
    record.timeline.extend(after.into_iter().map(|happening| Happening { at: at(9_000), ..happening }));
    record.data.truncate(1);
    record.data.extend(record.people.iter().enumerate().map(|(number, person)| DataAge {
        name: person.user.clone(),
        kind: text("person"),
        age_secs: (number % 50 != 3).then_some(40_000 + number as u64 * 12),
        note: text("the recovery snapshot of the standby desktop"),
        within: (number % 50 != 3).then_some(number < 3_900),
    }));
    record.probes = (0..1_200)
        .map(|round| Probe {
            name: format!("dependency {}", round % 4),
            endpoint: format!("tcp://dep{}.usw2.corp.example:443", round % 4),
            at: at(200 + round * 7),
            answered: round % 4 != 2 || round % 40 != 2,
            said: text("it accepts connections"),
        })
        .collect();
    record.deviations = (0..60)
        .map(|number| Deviation {
            at: at(300 + number * 25),
            what: format!("user{:04} has not reached the standby side within 5 min", number * 19 + 7),
            fails: number == 59,
        })
        .collect();
    record.next_actions =
        vec![text("create standby desktops for those who have none: deskpair remediate plan --only WSP-001")];
    record
}

/// Every one of them, by a name for a file.
pub(crate) fn all() -> Vec<(&'static str, Record)> {
    vec![
        ("good", good()),
        ("aborted", aborted()),
        ("declined", declined()),
        ("unverified", unverified()),
        ("failover", failover()),
        ("failback", failback()),
        ("unfinished", unfinished()),
        ("planned", planned()),
        ("hostile", hostile()),
        ("crowd", crowd()),
    ]
}
