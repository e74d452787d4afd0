//! What an endpoint does, and what is said of it.

use super::authority::Authority;
use super::{answer_request, answering, closed, collected, dependency, findings, judged, outcome, probes, server};
use crate::support::line::noon;
use deskpair_rules::model::GapCause;
use deskpair_rules::model::probe::{ProbeOutcome, ProbeSide};
use deskpair_rules::model::settings::Dependency;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::Notify;

#[tokio::test]
async fn each_way_of_failing_is_told_apart() {
    let (_kept, refusing) = closed();
    assert_eq!(outcome(format!("tcp://{refusing}")).await, ProbeOutcome::Refused);
    assert_eq!(outcome(format!("http://{refusing}/")).await, ProbeOutcome::Refused);
    let taking = server(|stream| async move { drop(stream) }).await;
    assert_eq!(outcome(format!("tcp://{taking}")).await, ProbeOutcome::Connected);
    let gone = "it closed the connection without an answer".to_owned();
    assert_eq!(outcome(format!("http://{taking}")).await, ProbeOutcome::Wrong(gone));
    let (other, _) = answering("SSH-2.0-OpenSSH_9.9\r\n\r\n").await;
    assert_eq!(outcome(format!("tcp://{other}")).await, ProbeOutcome::Connected);
    assert_eq!(outcome(format!("http://{other}/")).await, ProbeOutcome::Wrong("it is no HTTP".to_owned()));
}

#[tokio::test]
async fn one_that_holds_its_tongue_is_not_waited_for_for_ever() {
    let silent = server(|stream| async move {
        let _stream = stream;
        std::future::pending::<()>().await;
    })
    .await;
    // The machine that tests run on may know no authority of its own.
    let folder = tempfile::tempdir().expect("a folder");
    let ca_file = Authority::new().file(folder.path());
    let schemes = ["http", "https", "tls", "tcp"];
    let all = schemes.map(|scheme| Dependency {
        ca_file: Some(ca_file.clone()),
        ..dependency(scheme, None, Some(format!("{scheme}://{silent}")))
    });
    let estate = collected(all.into(), |settings, _| settings.limits.probe_timeout_ms = 1_000).await;
    let outcomes: Vec<&ProbeOutcome> = probes(&estate).iter().map(|probe| &probe.outcome).collect();
    let silent = &ProbeOutcome::Silent;
    assert_eq!(outcomes, [silent, silent, silent, &ProbeOutcome::Connected]);
}

/// A listener whose queue is full takes no more connections, and refuses none either.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn one_that_takes_no_connection_in_time_is_no_refusal() {
    let (socket, address) = closed();
    let _listener = socket.listen(1).expect("it listens");
    let mut waiting = Vec::new();
    let connect = || tokio::net::TcpStream::connect(address);
    while let Ok(stream) = tokio::time::timeout(Duration::from_millis(200), connect()).await {
        waiting.push(stream.expect("it is taken or waits"));
        assert!(waiting.len() < 100, "the queue has no end");
    }
    let there = dependency("it", None, Some(format!("tcp://{address}")));
    let estate = collected(vec![there], |settings, _| settings.limits.probe_timeout_ms = 100).await;
    assert_eq!(probes(&estate)[0].outcome, ProbeOutcome::Timeout);
}

#[tokio::test]
async fn any_status_is_told_and_no_redirection_is_followed() {
    let (elsewhere, visits) = answering("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
    let moved: &'static str =
        format!("HTTP/1.1 302 Found\r\nlocation: http://{elsewhere}/\r\ncontent-length: 0\r\n\r\n").leak();
    for (answer, status) in [
        ("HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n", 503),
        ("HTTP/1.1 401 Unauthorized\r\n\r\n", 401),
        ("HTTP/1.0 200 OK\r\n\r\na body that nobody reads", 200),
        (moved, 302),
    ] {
        let (address, _) = answering(answer).await;
        assert_eq!(outcome(format!("http://{address}/health?deep=1")).await, ProbeOutcome::Status(status));
    }
    assert_eq!(visits.load(Ordering::SeqCst), 0, "a redirection was followed");
}

#[tokio::test]
async fn a_get_names_its_host_and_its_asker_and_nothing_else() {
    let (send, mut asked) = tokio::sync::mpsc::channel(1);
    let address = server(move |mut stream| {
        let send = send.clone();
        async move {
            let head = answer_request(&mut stream, "HTTP/1.1 204 No Content\r\n\r\n").await;
            send.send(head).await.expect("the test waits for it");
        }
    })
    .await;
    assert_eq!(outcome(format!("http://{address}/health?deep=1#part")).await, ProbeOutcome::Status(204));
    let head = asked.recv().await.expect("a request");
    assert!(head.starts_with("GET /health?deep=1 HTTP/1.1\r\n"), "{head}");
    let mut names: Vec<&str> = head.lines().skip(1).filter_map(|line| Some(line.split_once(": ")?.0)).collect();
    names.sort_unstable();
    assert_eq!(names, ["accept", "connection", "host", "user-agent"]);
    assert!(head.contains(&format!("host: {address}\r\n")) && head.contains("user-agent: deskpair/"), "{head}");
}

#[tokio::test]
async fn what_may_pass_is_tried_again_once() {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    let address = server(move |mut stream| {
        let first = counted.fetch_add(1, Ordering::SeqCst) == 0;
        async move {
            let status = if first { "503 Starting" } else { "200 OK" };
            answer_request(&mut stream, &format!("HTTP/1.1 {status}\r\n\r\n")).await;
        }
    })
    .await;
    assert_eq!(outcome(format!("http://{address}/")).await, ProbeOutcome::Status(200));
    assert_eq!(count.load(Ordering::SeqCst), 2);
    let (broken, count) = answering("HTTP/1.1 500 Broken\r\n\r\n").await;
    assert_eq!(outcome(format!("http://{broken}/")).await, ProbeOutcome::Status(500));
    assert_eq!(count.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn both_sides_are_asked_side_by_side_and_one_endpoint_once() {
    // The primary's answers when the standby's has been asked.
    let told = Arc::new(Notify::new());
    let (waits, tells) = (Arc::clone(&told), told);
    let primary = server(move |mut stream| {
        let waits = Arc::clone(&waits);
        async move {
            waits.notified().await;
            answer_request(&mut stream, "HTTP/1.1 200 OK\r\n\r\n").await;
        }
    })
    .await;
    let standby = server(move |mut stream| {
        let tells = Arc::clone(&tells);
        async move {
            answer_request(&mut stream, "HTTP/1.1 200 OK\r\n\r\n").await;
            tells.notify_one();
        }
    })
    .await;
    let (shared, visits) = answering("HTTP/1.1 200 OK\r\n\r\n").await;
    let at = |address| Some(format!("http://{address}/"));
    let all = vec![
        dependency("pair", at(primary), at(standby)),
        dependency("shared", at(shared), at(shared)),
        dependency("again", at(shared), None),
    ];
    let estate = collected(all, |_, _| {}).await;
    let told: Vec<(&str, ProbeSide)> = probes(&estate).iter().map(|probe| (probe.name.as_str(), probe.side)).collect();
    let (p, s) = (ProbeSide::Primary, ProbeSide::Standby);
    assert_eq!(told, [("pair", p), ("pair", s), ("shared", p), ("shared", s), ("again", p)]);
    assert!(probes(&estate).iter().all(|probe| probe.outcome == ProbeOutcome::Status(200)));
    assert!(probes(&estate).iter().all(|probe| probe.answered_at == noon() && probe.not_after.is_none()));
    assert_eq!(visits.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn verdicts_follow_from_what_was_reached() {
    let (_kept, refusing) = closed();
    let taking = server(|stream| async move { drop(stream) }).await;
    let (broken, _) = answering("HTTP/1.1 503 Broken\r\n\r\n").await;
    let (up, down) = (|| Some(format!("tcp://{taking}")), || Some(format!("tcp://{refusing}")));
    let mut expecting = dependency("expecting", None, Some(format!("http://{broken}/")));
    expecting.expect_status = Some(503);
    let all = vec![
        dependency("both up", up(), up()),
        dependency("primary down", down(), up()),
        dependency("standby down", up(), down()),
        dependency("both down", down(), down()),
        dependency("forgotten", up(), None),
        dependency("broken", down(), Some(format!("http://{broken}/"))),
        expecting,
    ];
    let estate = collected(all, |_, _| {}).await;
    assert_eq!(
        findings(&judged(&estate, noon())),
        [
            "DEP-001 unknown both down",
            "DEP-001 unreachable standby down",
            "DEP-001 wrong-answer broken",
            "DEP-002 only-on-primary forgotten",
        ]
    );
}

#[tokio::test]
async fn beside_a_twin_no_endpoint_elsewhere_is_contacted() {
    let taking = server(|stream| async move { drop(stream) }).await;
    let here = || Some(format!("tcp://{taking}"));
    // Kept for documentation (RFC 5737): nobody is there, and nobody is asked.
    let all = vec![
        dependency("elsewhere", here(), Some("tcp://192.0.2.1:1433".to_owned())),
        dependency("here", here(), here()),
    ];
    let estate = collected(all, |_, _| {}).await;
    let gap = estate.probes[0].gap().expect("one was not asked");
    let gap = estate.gap_of(gap);
    assert_eq!((gap.cause, gap.about.as_str()), (GapCause::Unsupported, "tcp://192.0.2.1:1433"));
    assert_eq!(estate.probes[0].items().len(), 3);
    assert_eq!(findings(&judged(&estate, noon())), ["DEP-001 unknown elsewhere"]);
}

#[tokio::test]
async fn the_deadline_of_the_whole_run_leaves_a_gap_and_no_verdict() {
    let silent = server(|stream| async move {
        let _stream = stream;
        std::future::pending::<()>().await;
    })
    .await;
    let there = dependency("slow", None, Some(format!("http://{silent}/")));
    let estate = collected(vec![there], |_, surroundings| {
        surroundings.deadline = Some(Duration::from_millis(300));
    })
    .await;
    let gap = estate.probes[0].gap().expect("it was not waited for");
    assert_eq!(estate.gap_of(gap).cause, GapCause::Deadline);
    assert_eq!(findings(&judged(&estate, noon())), ["DEP-001 unknown slow"]);
}
