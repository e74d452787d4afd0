//! Tells others that a run brought something new: a program of the operator's, a webhook. What comes of it decides nothing: a run that was
//! kept is kept, and its exit code is its own.

use crate::collect::access::connector_to;
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorSettings};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use std::io::Write;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How long each of them may take.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Who is told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hook {
    /// A program and its arguments, which gets the notice on its standard input; empty for none.
    pub command: Vec<String>,
    /// An address that the notice is posted to.
    pub webhook: Option<String>,
}

/// Runs a program, with the notice on its standard input. What it prints to standard output is nobody's.
///
/// # Errors
/// In words, where it cannot be started, fails, or does not end in time: then it is ended.
pub fn run(command: &[String], body: &[u8], patience: Duration) -> Result<(), String> {
    let (program, arguments) = command.split_first().ok_or("it names no program")?;
    let spawned = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::inherit())
        .spawn();
    let mut child = spawned.map_err(|error| format!("it cannot be started: {error}"))?;
    if let Some(mut to) = child.stdin.take() {
        let body = body.to_vec();
        // A program that does not read must not hold up the one that writes; whether it read is its own affair.
        std::thread::spawn(move || to.write_all(&body));
    }
    let until = Instant::now() + patience;
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(status)) => return Err(format!("it ended with {status}")),
            Ok(None) if Instant::now() < until => std::thread::sleep(Duration::from_millis(20)),
            Ok(None) => {
                let ended = child.kill().and_then(|()| child.wait());
                let ended = if ended.is_ok() { "was ended" } else { "could not be ended" };
                return Err(format!("it had not ended after {} s, and {ended}", patience.as_secs()));
            }
            Err(error) => return Err(format!("it cannot be waited for: {error}")),
        }
    }
}

/// Posts the notice. A redirection is not followed: it could lead anywhere.
///
/// # Errors
/// In words, without the address, which may hold a secret.
pub async fn post(url: &str, body: &[u8], patience: Duration) -> Result<(), String> {
    let request = http::Request::builder()
        .method(http::Method::POST)
        .uri(url)
        .header("content-type", "application/json")
        .header("user-agent", concat!("deskpair/", env!("CARGO_PKG_VERSION")))
        .body(SdkBody::from(body));
    let request = request.map_err(|_| "it is no address")?;
    let request = HttpRequest::try_from(request).map_err(|_| "it is no address")?;
    let connector = connector_to(url, HttpConnectorSettings::builder().build());
    let answer = tokio::time::timeout(patience, connector.call(request)).await;
    let answer = answer.map_err(|_| format!("it gave no answer within {} s", patience.as_secs()))?;
    let status = answer.map_err(|_| "it could not be reached")?.status();
    if status.is_success() { Ok(()) } else { Err(format!("it answered with HTTP status {}", status.as_u16())) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn sh(script: &str) -> Vec<String> {
        ["sh", "-c", script].map(str::to_owned).into()
    }

    #[test]
    fn a_program_reads_the_notice_and_its_failures_are_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("notice");
        let large = vec![b'x'; 1 << 20];
        assert_eq!(run(&sh(&format!("cat > {}", file.display())), &large, PATIENCE), Ok(()));
        assert_eq!(fs::read(&file).expect("written"), large);
        assert_eq!(run(&sh("exit 0"), &large, PATIENCE), Ok(()), "one that does not read");
        assert!(run(&sh("exit 3"), b"{}", PATIENCE).expect_err("it fails").contains("3"));
        assert!(run(&["/nowhere/prog".to_owned()], b"{}", PATIENCE).expect_err("none").contains("cannot be started"));
        assert!(run(&[], b"{}", PATIENCE).is_err());
        let late = run(&["sleep".to_owned(), "600".to_owned()], b"{}", Duration::from_millis(100));
        assert!(late.expect_err("it does not end").contains("was ended"));
    }
}
