//! moto's S3 as a child process, and a wire to it on which answers get lost.

use super::peers::{Child, text};
use super::python;
use super::sandbox::{Answer, Invocation, Sandbox};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::{ChildStdin, ChildStdout, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// The state that the server has room for.
pub(crate) const STATE: &str = "s3://corp-dr/deskpair";

/// A policy for users who do not matter.
const EVERYBODY: &str =
    r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "*"}]}"#;

/// A running server. It ends with its owner.
pub(crate) struct Server {
    pub(crate) port: u16,
    /// Keys and secrets, by user.
    pub(crate) users: BTreeMap<String, (String, String)>,
    pipes: Mutex<(ChildStdin, BufReader<ChildStdout>)>,
    _process: Child,
}

impl Server {
    /// Starts it with the policy of a user who may do everything, or none after saying so loudly.
    pub(crate) fn start(sandbox: &Sandbox, policy: &str) -> Option<Self> {
        Self::start_with(sandbox, policy, &[])
    }

    /// Starts one on which everybody may do everything, as whoever they are: a twin's account, for one.
    pub(crate) fn start_open(sandbox: &Sandbox) -> Option<Self> {
        Self::start_with(sandbox, EVERYBODY, &["open"])
    }

    fn start_with(sandbox: &Sandbox, policy: &str, arguments: &[&str]) -> Option<Self> {
        let python = python::program("python")?;
        let script = python::script("serve_s3.py");
        let all = [&[text(&script)], arguments].concat();
        let mut command = sandbox.program(python, all).into_command();
        let log = std::fs::File::create(sandbox.tmp().join("moto.log")).expect("a log");
        let spawned = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(log).spawn();
        let mut process = Child(spawned.expect("moto starts"));
        let mut to = process.0.stdin.take().expect("it is piped");
        let policy: Value = serde_json::from_str(policy).expect("JSON");
        writeln!(to, "{policy}").expect("it reads the policy");
        let mut from = BufReader::new(process.0.stdout.take().expect("it is piped"));
        let mut users = BTreeMap::new();
        loop {
            let mut line = String::new();
            from.read_line(&mut line).expect("its output is text");
            match line.split_whitespace().collect::<Vec<_>>()[..] {
                ["user", user, key, secret] => {
                    users.insert(user.to_owned(), (key.to_owned(), secret.to_owned()));
                }
                ["ready", port] => {
                    let port = port.parse().expect("a port");
                    return Some(Self { port, users, pipes: Mutex::new((to, from)), _process: process });
                }
                _ => panic!("moto ended before it served: {line:?} {:?}", process.0.wait()),
            }
        }
    }

    /// `deskpair` as one of the users, who is told of this server for S3 alone, and from another Region than the bucket's.
    pub(crate) fn deskpair(&self, sandbox: &Sandbox, user: &str, arguments: &[&str]) -> Invocation {
        self.deskpair_over(self.port, sandbox, user, arguments)
    }

    /// The same, over another port.
    pub(crate) fn deskpair_over(&self, port: u16, sandbox: &Sandbox, user: &str, arguments: &[&str]) -> Invocation {
        let (key, secret) = &self.users[user];
        sandbox
            .deskpair(arguments)
            .env("DESKPAIR_STATE", STATE)
            .env("AWS_ENDPOINT_URL_S3", format!("http://127.0.0.1:{port}"))
            // Nothing answers there: whatever goes there fails.
            .env("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
            .env("AWS_REGION", "us-east-1")
            .env("AWS_ACCESS_KEY_ID", key)
            .env("AWS_SECRET_ACCESS_KEY", secret)
    }

    /// Runs a command as the user who may do everything.
    pub(crate) fn run(&self, sandbox: &Sandbox, arguments: &[&str]) -> Answer {
        self.deskpair(sandbox, "keeper", arguments).run()
    }

    fn told(&self, command: &str) -> Value {
        let mut pipes = self.pipes.lock().expect("nobody failed with it");
        writeln!(pipes.0, "{command}").expect("moto listens");
        let mut line = String::new();
        pipes.1.read_line(&mut line).expect("its output is text");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{command}: {error}: {line:?}"))
    }

    /// The keys below the state's prefix, without it.
    pub(crate) fn keys(&self) -> Vec<String> {
        let keys: Vec<String> = serde_json::from_value(self.told("list")).expect("texts");
        keys.iter().map(|key| key.strip_prefix("deskpair/").expect("it is the state's").to_owned()).collect()
    }

    /// An object, as text.
    pub(crate) fn object(&self, key: &str) -> String {
        self.told(&format!("get deskpair/{key}")).as_str().expect("text").to_owned()
    }

    /// Replaces an object.
    pub(crate) fn replace(&self, key: &str, content: &str) {
        self.told(&format!("put deskpair/{key} {}", Value::from(content)));
    }

    /// Removes an object.
    pub(crate) fn remove(&self, key: &str) {
        self.told(&format!("delete deskpair/{key}"));
    }
}

/// What becomes of a request on a wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is answered.
    Through,
    /// It is done, and the answer is lost.
    Unanswered,
    /// It never arrives.
    Lost,
}

/// A wire to a port: where it begins, and how many requests did not get through. `fate` decides by a request's first line.
pub(crate) fn wire(to: u16, fate: impl Fn(&str) -> Fate + Send + Sync + 'static) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("it is bound").port();
    let (fate, failed) = (Arc::new(fate), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&failed);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (fate, failed) = (Arc::clone(&fate), Arc::clone(&counted));
            std::thread::spawn(move || carry(stream, to, &*fate, &failed));
        }
    });
    (port, failed)
}

/// Carries one request: moto closes each connection after its answer.
fn carry(mut stream: TcpStream, to: u16, fate: &dyn Fn(&str) -> Fate, failed: &AtomicUsize) {
    let Some(request) = request(&mut stream) else { return };
    let line = String::from_utf8_lossy(request.split(|&byte| byte == b'\r').next().unwrap_or_default()).into_owned();
    let fate = fate(&line);
    let mut answer = Vec::new();
    if fate != Fate::Lost {
        let mut server = TcpStream::connect(("127.0.0.1", to)).expect("moto listens");
        server.write_all(&request).expect("moto reads");
        server.read_to_end(&mut answer).expect("moto answers");
    }
    if fate == Fate::Through {
        let _gone = stream.write_all(&answer);
    } else {
        failed.fetch_add(1, Ordering::SeqCst);
    }
    let _gone = stream.shutdown(Shutdown::Both);
}

/// The bytes of a request with its body.
fn request(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut request = Vec::new();
    let mut part = [0; 1 << 16];
    loop {
        if let Some(end) = request.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&request[..end]).to_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
            if request.len() >= end + 4 + length.unwrap_or(0) {
                return Some(request);
            }
        }
        match stream.read(&mut part) {
            Ok(read) if read > 0 => request.extend_from_slice(&part[..read]),
            _ => return None,
        }
    }
}
