//! A loopback server that gives recorded answers, for the tests of the collectors.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A request, as far as an answer may rest on it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Asked {
    /// The service of the signature's credential scope.
    pub(super) service: String,
    /// The Region of the same.
    pub(super) region: String,
    /// The operation; for Route 53 the path and query.
    pub(super) operation: String,
    /// The body.
    pub(super) body: String,
}

impl Asked {
    /// A member of a JSON body, as text.
    pub(super) fn member(&self, name: &str) -> String {
        let body: serde_json::Value = serde_json::from_str(&self.body).unwrap_or_default();
        body.get(name).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
    }
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reply {
    /// Status 200.
    Ok(String),
    /// An error: its status and code.
    Error(u16, &'static str),
    /// Status 200, and half of this body before the connection ends.
    Cut(String),
    /// The connection ends without an answer.
    Drop,
}

/// What answers requests.
pub(super) type Answers = Arc<dyn Fn(&Asked) -> Reply + Send + Sync>;

/// The server; it ends when it is dropped.
pub(super) struct Recorded {
    /// Its URL.
    pub(super) endpoint: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    server: JoinHandle<()>,
}

impl Drop for Recorded {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Recorded {
    /// Starts on a free port.
    pub(super) async fn start(answers: Answers) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&asked);
        let server = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&answers), Arc::clone(&log)));
            }
        });
        Self { endpoint, asked, server }
    }

    /// All requests so far, in an order of their own.
    pub(super) fn asked(&self) -> Vec<Asked> {
        let mut asked = self.asked.lock().expect("no panic").clone();
        asked.sort();
        asked
    }

    /// How often each operation was asked for in each Region.
    pub(super) fn counts(&self) -> BTreeMap<(String, String), u64> {
        let mut counts = BTreeMap::new();
        for asked in self.asked() {
            *counts.entry((asked.region, format!("{}:{}", asked.service, asked.operation))).or_default() += 1;
        }
        counts
    }
}

async fn serve(stream: TcpStream, answers: Answers, log: Arc<Mutex<Vec<Asked>>>) {
    let mut stream = BufReader::new(stream);
    while let Some(asked) = read_request(&mut stream).await {
        log.lock().expect("no panic").push(asked.clone());
        let (status, body, promised) = match answers(&asked) {
            Reply::Ok(body) => (200, body.clone(), body.len()),
            Reply::Error(status, code) if ["sts", "route53", "iam"].contains(&asked.service.as_str()) => {
                let body = format!(
                    "<ErrorResponse><Error><Code>{code}</Code><Message>said {code}</Message></Error></ErrorResponse>"
                );
                (status, body.clone(), body.len())
            }
            Reply::Error(status, code) if asked.service == "ec2" => {
                let error = format!("<Error><Code>{code}</Code><Message>said {code}</Message></Error>");
                let body = format!("<Response><Errors>{error}</Errors><RequestID>r</RequestID></Response>");
                (status, body.clone(), body.len())
            }
            Reply::Error(status, code) => {
                let body = format!(r#"{{"__type":"com.amazonaws#{code}","message":"said {code}"}}"#);
                (status, body.clone(), body.len())
            }
            Reply::Cut(body) => (200, body[..body.len() / 2].to_owned(), body.len()),
            Reply::Drop => return,
        };
        let kind = if body.starts_with('<') { "text/xml" } else { "application/x-amz-json-1.1" };
        let head = format!("HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\ncontent-length: {promised}\r\n\r\n");
        if stream.write_all(format!("{head}{body}").as_bytes()).await.is_err() || body.len() < promised {
            return;
        }
    }
}

async fn read_request(stream: &mut BufReader<TcpStream>) -> Option<Asked> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        let line = line.trim_end().to_owned();
        if line.is_empty() {
            break;
        }
        lines.push(line);
    }
    let header = |name: &str| {
        let mut found = lines.iter().filter_map(|line| line.split_once(": "));
        found.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned())
    };
    let mut body = vec![0; header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0)];
    stream.read_exact(&mut body).await.ok()?;
    let body = String::from_utf8(body).ok()?;
    let scope = header("authorization")?;
    let mut scope = scope.split('/').skip(2);
    let (region, service) = (scope.next()?.to_owned(), scope.next()?.to_owned());
    let operation = match header("x-amz-target") {
        Some(target) => target.rsplit('.').next()?.to_owned(),
        None if ["sts", "ec2", "iam"].contains(&service.as_str()) => {
            body.split('&').find_map(|pair| pair.strip_prefix("Action="))?.to_owned()
        }
        None => lines.first()?.split(' ').nth(1)?.to_owned(),
    };
    Some(Asked { service, region, operation, body })
}
