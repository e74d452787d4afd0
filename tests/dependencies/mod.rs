//! Dependencies: endpoints on loopback that answer, refuse, hold their tongue, lie, or show a certificate that does not hold.

mod asking;
mod authority;
mod certificates;
mod commands;

use crate::support::line::{company, noon};
use deskpair::collect::calls::Silent;
use deskpair::collect::{Surroundings, collect};
use deskpair::twin::sample::Drift;
use deskpair::twin::stage::{Stage, StageOptions};
use deskpair_rules::engine::{Options, Run, evaluate};
use deskpair_rules::model::probe::{Probe, ProbeOutcome};
use deskpair_rules::model::settings::{Dependency, Settings};
use deskpair_rules::model::{Dataset, Estate, Moment};
use std::collections::BTreeSet;
use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

const ANY: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// A server that does this with every connection, for as long as the test's runtime lives.
async fn server<M: Future<Output = ()> + Send + 'static>(meet: impl Fn(TcpStream) -> M + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind(ANY).await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(meet(stream));
        }
    });
    address
}

/// A server that answers every request with these bytes, and how many it has had.
async fn answering(answer: &'static str) -> (SocketAddr, Arc<AtomicUsize>) {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    let address = server(move |mut stream| {
        let counted = Arc::clone(&counted);
        async move {
            counted.fetch_add(1, Ordering::SeqCst);
            answer_request(&mut stream, answer).await;
        }
    })
    .await;
    (address, count)
}

/// Reads a request's head and writes these bytes; what was asked.
async fn answer_request(stream: &mut (impl AsyncReadExt + AsyncWriteExt + Unpin), answer: &str) -> String {
    let mut head = Vec::new();
    let mut buffer = [0; 1024];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut buffer).await {
            Ok(read) if read > 0 => head.extend_from_slice(&buffer[..read]),
            Ok(_) | Err(_) => break,
        }
    }
    // Whoever has heard enough goes.
    let _ = stream.write_all(answer.as_bytes()).await;
    let _ = stream.shutdown().await;
    String::from_utf8_lossy(&head).into_owned()
}

/// A port that refuses connections for as long as this is kept.
fn closed() -> (TcpSocket, SocketAddr) {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind(ANY).expect("a port");
    let address = socket.local_addr().expect("an address");
    (socket, address)
}

fn dependency(name: &str, primary: Option<String>, standby: Option<String>) -> Dependency {
    Dependency { name: name.to_owned(), primary, standby, ..Dependency::default() }
}

/// Collects these dependencies of a company whose twin is beside the point.
async fn collected(dependencies: Vec<Dependency>, change: impl FnOnce(&mut Settings, &mut Surroundings)) -> Estate {
    let stage = Stage::start(&company(3, Drift::None), StageOptions::default()).await.expect("the twin starts");
    let mut settings = stage.settings.clone();
    settings.pairs[0].dependencies = dependencies;
    settings.limits.probe_timeout_ms = 20_000;
    settings.limits.backoff_ms = 1;
    let mut surroundings =
        Surroundings { access: stage.access(), deadline: None, progress: Arc::new(Silent), clock: noon, seed: 7 };
    change(&mut settings, &mut surroundings);
    let wanted = BTreeSet::from([Dataset::Probes]);
    let estate = collect(&settings, &wanted, &surroundings).await.expect("the twin can be asked");
    stage.stop().await;
    estate
}

fn probes(estate: &Estate) -> &[Probe] {
    estate.probes[0].whole().expect("all were asked")
}

/// What one endpoint answers that is the standby's.
async fn outcome(endpoint: String) -> ProbeOutcome {
    let estate = collected(vec![dependency("it", None, Some(endpoint))], |_, _| {}).await;
    probes(&estate)[0].outcome.clone()
}

/// Judges dependencies as of an instant.
fn judged(estate: &Estate, at: Moment) -> Run<'_> {
    let rules = ["DEP-001", "DEP-002"].map(str::to_owned);
    evaluate(estate, Options { rules: rules.into(), ..Options::at(at) })
}

/// Every finding: `rule case subject`, or why there is no verdict.
fn findings(run: &Run<'_>) -> Vec<String> {
    let pair = &run.pairs[0];
    let told = pair.findings.iter().map(|finding| {
        let meta = run.meta(finding);
        let name = finding.subject.names(&pair.view).name;
        match finding.unknown {
            Some(_) => format!("{} unknown {name}", meta.id),
            None => format!("{} {} {name}", meta.id, meta.cases[usize::from(finding.case)].key),
        }
    });
    let mut told: Vec<String> = told.collect();
    told.sort();
    told
}
