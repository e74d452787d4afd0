//! Certificates that hold, end soon, have ended, are for another name, or of a stranger.

use super::authority::{Authority, midnight};
use super::{collected, dependency, findings, judged, probes, server};
use deskpair_rules::model::probe::{CertificateFault, Probe, ProbeOutcome};
use deskpair_rules::model::{Estate, GapCause};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const OK: &str = "HTTP/1.1 200 OK\r\n\r\n";

/// An authority, and its file in a folder.
fn authority() -> (Authority, String, TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let authority = Authority::new();
    let file = authority.file(folder.path());
    (authority, file, folder)
}

/// What an endpoint answers under the authorities of a file, by the clock on the wall.
async fn asked(endpoint: String, ca_file: Option<&str>) -> Estate {
    let mut there = dependency("site", None, Some(endpoint));
    there.ca_file = ca_file.map(str::to_owned);
    collected(vec![there], |_, surroundings| surroundings.clock = deskpair::clock::now).await
}

async fn probe(endpoint: String, ca_file: &str) -> Probe {
    probes(&asked(endpoint, Some(ca_file)).await)[0].clone()
}

fn told(estate: &Estate) -> Vec<String> {
    findings(&judged(estate, estate.taken_at))
}

#[tokio::test]
async fn one_that_holds_is_in_order_and_its_end_is_told() {
    let (authority, file, _folder) = authority();
    let address = authority.server("127.0.0.1", -1..60, OK).await;
    let by_name = authority.server("localhost", -1..60, OK).await;
    for (endpoint, outcome) in [
        (format!("tls://{address}"), ProbeOutcome::Connected),
        (format!("https://{address}/health"), ProbeOutcome::Status(200)),
        (format!("https://localhost:{}/health", by_name.port()), ProbeOutcome::Status(200)),
    ] {
        let estate = asked(endpoint.clone(), Some(&file)).await;
        let probe = &probes(&estate)[0];
        assert_eq!((&probe.outcome, probe.not_after), (&outcome, Some(midnight(60))), "{endpoint}");
        assert_eq!(told(&estate), [""; 0]);
    }
}

#[tokio::test]
async fn one_that_ends_soon_is_said_in_time() {
    let (authority, file, _folder) = authority();
    let soon = authority.server("127.0.0.1", -80..10, OK).await;
    let estate = asked(format!("https://{soon}/"), Some(&file)).await;
    assert_eq!(probes(&estate)[0].outcome, ProbeOutcome::Status(200));
    assert_eq!(told(&estate), ["DEP-001 certificate-ends site"]);
    let later = authority.server("127.0.0.1", -80..16, OK).await;
    assert_eq!(told(&asked(format!("tls://{later}"), Some(&file)).await), [""; 0]);
}

#[tokio::test]
async fn one_that_does_not_hold_says_why_and_when_it_ends() {
    let (authority, file, _folder) = authority();
    for (name, days, fault) in [
        ("127.0.0.1", -60..-1, CertificateFault::Expired),
        ("127.0.0.1", 2..60, CertificateFault::NotYetValid),
        ("other.example", -1..60, CertificateFault::OtherName),
    ] {
        let end = days.end;
        let address = authority.server(name, days, OK).await;
        for scheme in ["tls", "https"] {
            let estate = asked(format!("{scheme}://{address}"), Some(&file)).await;
            let probe = &probes(&estate)[0];
            assert_eq!(probe.outcome, ProbeOutcome::Certificate(fault.clone()), "{scheme}");
            assert_eq!(probe.not_after, Some(midnight(end)), "{scheme} {fault}");
            assert_eq!(told(&estate), ["DEP-001 certificate site"]);
        }
    }
}

#[tokio::test]
async fn a_stranger_is_known_for_one() {
    let (authority, _, _folder) = authority();
    // Of the same name, and with another key.
    let (_, other, _kept) = self::authority();
    let address = authority.server("127.0.0.1", -1..60, OK).await;
    let stranger = ProbeOutcome::Certificate(CertificateFault::UnknownAuthority);
    assert_eq!(probe(format!("tls://{address}"), &other).await.outcome, stranger);
    // By the machine's own authorities; where it has none, that is said and nobody is accused.
    let estate = asked(format!("tls://{address}"), None).await;
    match estate.probes[0].gap() {
        None => assert_eq!(probes(&estate)[0].outcome, stranger),
        Some(gap) => assert_eq!(estate.gap_of(gap).cause, GapCause::Failed),
    }
    assert_eq!(told(&estate), ["DEP-001 unknown site"]);
}

#[tokio::test]
async fn what_speaks_no_tls_says_so() {
    let (_, file, _folder) = authority();
    let plain = server(|mut stream| async move {
        let mut buffer = [0; 1024];
        let _ = stream.read(&mut buffer).await;
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        // Until the peer goes.
        while stream.read(&mut buffer).await.is_ok_and(|read| read > 0) {}
    })
    .await;
    let no_tls = ProbeOutcome::Handshake("what it says is no TLS".to_owned());
    assert_eq!(probe(format!("https://{plain}/"), &file).await.outcome, no_tls);
    let gone = server(|stream| async move { drop(stream) }).await;
    let outcome = probe(format!("tls://{gone}"), &file).await.outcome;
    assert!(matches!(outcome, ProbeOutcome::Wrong(_)), "{outcome}");
}

#[tokio::test]
async fn authorities_that_cannot_be_read_accuse_nobody() {
    let (authority, ..) = authority();
    let address = authority.server("127.0.0.1", -1..60, OK).await;
    let estate = asked(format!("tls://{address}"), Some("/nonexistent/authority.pem")).await;
    let gap = estate.gap_of(estate.probes[0].gap().expect("a gap"));
    assert!(gap.cause == GapCause::Failed && gap.message.contains("/nonexistent/authority.pem"), "{gap}");
    assert_eq!(told(&estate), ["DEP-001 unknown site"]);
}
