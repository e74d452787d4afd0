//! Chromium without a head, spoken to through its debugging pipe. It reaches no network: every name resolves to nothing.

use super::peers::{self, Child};
use super::sandbox::Sandbox;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{ChildStdin, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// What a page may take to answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// A browser with one page.
pub(crate) struct Browser {
    to: ChildStdin,
    from: Receiver<Value>,
    session: Option<String>,
    calls: u64,
    events: Vec<Value>,
    _process: Child,
}

impl Browser {
    /// Starts it, or none after saying so loudly.
    pub(crate) fn start(sandbox: &Sandbox) -> Option<Self> {
        let chromium = peers::program("chromium", "chromium")?;
        // Its commands come on descriptor 3 and its answers go to 4 (chrome's `--remote-debugging-pipe`): our pipes, moved there by a shell.
        let shell = r#"exec "$0" "$@" 3<&0 4>&1 </dev/null >/dev/null 2>"$TMPDIR/chromium.log""#;
        let profile = format!("--user-data-dir={}", sandbox.tmp().join("chromium").display());
        let mut command = sandbox
            .program("sh", ["-c", shell])
            .env("XDG_CONFIG_HOME", sandbox.tmp())
            .env("XDG_CACHE_HOME", sandbox.tmp())
            .into_command();
        command.arg(chromium).args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-extensions",
            "--disable-sync",
            "--no-first-run",
            "--no-pings",
            "--host-resolver-rules=MAP * ~NOTFOUND",
            "--remote-debugging-pipe",
            &profile,
            "about:blank",
        ]);
        let mut process = Child(command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("chromium starts"));
        let to = process.0.stdin.take().expect("it is piped");
        let mut out = BufReader::new(process.0.stdout.take().expect("it is piped"));
        let (sender, from) = channel();
        std::thread::spawn(move || {
            let mut message = Vec::new();
            while out.read_until(0, &mut message).is_ok_and(|read| read > 0) {
                let value = serde_json::from_slice(message.strip_suffix(&[0]).unwrap_or(&message));
                message.clear();
                if value.is_ok_and(|value| sender.send(value).is_err()) {
                    return;
                }
            }
        });
        let mut browser = Self { to, from, session: None, calls: 0, events: Vec::new(), _process: process };
        let page = browser.call("Target.createTarget", json!({ "url": "about:blank" }));
        let attached = browser.call("Target.attachToTarget", json!({ "targetId": page["targetId"], "flatten": true }));
        browser.session = Some(attached["sessionId"].as_str().expect("a session").to_owned());
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.call(&format!("{domain}.enable"), json!({}));
        }
        Some(browser)
    }

    /// Asks it something, and waits for the answer.
    ///
    /// # Panics
    /// Where it refuses, or does not answer.
    pub(crate) fn call(&mut self, method: &str, parameters: Value) -> Value {
        self.calls += 1;
        let mut message = json!({ "id": self.calls, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        self.to.write_all(format!("{message}\0").as_bytes()).expect("chromium takes commands");
        let until = Instant::now() + PATIENCE;
        loop {
            let message = self.next(until).unwrap_or_else(|| panic!("chromium gave no answer to {method}"));
            if message["id"] == self.calls {
                assert!(message["error"].is_null(), "{method}: {}", message["error"]);
                return message["result"].clone();
            }
            self.events.push(message);
        }
    }

    fn next(&self, until: Instant) -> Option<Value> {
        self.from.recv_timeout(until.saturating_duration_since(Instant::now())).ok()
    }

    /// Opens a file and waits until it is loaded.
    pub(crate) fn open(&mut self, file: &Path) {
        self.open_at(file, "");
    }

    /// Opens a file at a place, which begins with `#`, and waits until it is loaded.
    pub(crate) fn open_at(&mut self, file: &Path, place: &str) {
        // Another place of the same file is no other page to a browser: it goes away first, and only then comes the page whose end of loading
        // is waited for.
        self.load("about:blank");
        self.load(&format!("file://{}{place}", file.display()));
    }

    /// Goes somewhere and waits until it is loaded.
    fn load(&mut self, url: &str) {
        let before = self.events.len();
        self.call("Page.navigate", json!({ "url": url }));
        let until = Instant::now() + PATIENCE;
        while !self.events[before..].iter().any(|event| event["method"] == "Page.loadEventFired") {
            let event = self.next(until).unwrap_or_else(|| panic!("{url} does not load"));
            self.events.push(event);
        }
    }

    /// The value of an expression in the page.
    ///
    /// # Panics
    /// Where it throws.
    pub(crate) fn value(&mut self, expression: &str) -> Value {
        let given = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let result = self.call("Runtime.evaluate", given);
        assert!(result["exceptionDetails"].is_null(), "{expression}: {result}");
        result["result"]["value"].clone()
    }

    /// Gives the page another size, in CSS pixels.
    pub(crate) fn resize(&mut self, width: u64, height: u64) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.call("Emulation.setDeviceMetricsOverride", size);
    }

    /// Gives an element the keyboard's focus.
    pub(crate) fn focus(&mut self, selector: &str) {
        self.value(&format!("document.querySelector({selector:?}).focus()"));
    }

    /// Types a text at once, as from a clipboard.
    pub(crate) fn insert(&mut self, text: &str) {
        self.call("Input.insertText", json!({ "text": text }));
        self.settle();
    }

    /// Presses a key: a character, or `Tab`, `Enter`, `Escape`.
    pub(crate) fn press(&mut self, key: &str) {
        let (text, code) = match key {
            "Tab" => ("", 9),
            "Enter" => ("\r", 13),
            "Escape" => ("", 27),
            character => (character, 0),
        };
        let kind = if text.is_empty() { "rawKeyDown" } else { "keyDown" };
        let down = json!({ "type": kind, "key": key, "text": text, "windowsVirtualKeyCode": code });
        self.call("Input.dispatchKeyEvent", down);
        self.call("Input.dispatchKeyEvent", json!({ "type": "keyUp", "key": key, "windowsVirtualKeyCode": code }));
    }

    /// Waits until what an event began has been done and drawn, and nothing scrolls any more.
    pub(crate) fn settle(&mut self) {
        self.value(
            "(async () => { let place; do { place = scrollY; \
             await new Promise(done => setTimeout(() => requestAnimationFrame(() => setTimeout(done)), 60)); \
             } while (place !== scrollY); })()",
        );
    }

    /// Prints the page into a PDF.
    pub(crate) fn print(&mut self, file: &Path) {
        let printed = self.call("Page.printToPDF", json!({ "preferCSSPageSize": true }));
        let coded = printed["data"].as_str().expect("a PDF").as_bytes();
        std::fs::write(file, decoded(coded)).expect("a file is written");
    }

    /// Waits until the page has nothing left to do, and gives everything that it did of its own accord and should not have: errors,
    /// messages, dialogs, requests beside the file's own.
    pub(crate) fn misdeeds(&mut self) -> Vec<String> {
        self.value("new Promise(done => setTimeout(done, 300))");
        let misdeed = |event: &Value| {
            let parameters = &event["params"];
            match event["method"].as_str()? {
                "Log.entryAdded" => Some(format!("log: {}", parameters["entry"])),
                "Runtime.exceptionThrown" => Some(format!("exception: {parameters}")),
                "Runtime.consoleAPICalled" => Some(format!("console: {parameters}")),
                "Page.javascriptDialogOpening" => Some(format!("dialog: {parameters}")),
                "Network.requestWillBeSent" => {
                    let url = parameters["request"]["url"].as_str().unwrap_or_default();
                    let own = parameters["type"] == "Document" || url.starts_with("data:");
                    (!own).then(|| format!("request: {url}"))
                }
                _ => None,
            }
        };
        self.events.iter().filter_map(misdeed).collect()
    }
}

/// What Base64 stands for (RFC 4648, section 4).
fn decoded(coded: &[u8]) -> Vec<u8> {
    let digit = |byte: u8| match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let mut bytes = Vec::with_capacity(coded.len() / 4 * 3);
    for four in coded.chunks(4) {
        let digits = four.iter().take_while(|&&byte| byte != b'=').count();
        let bits = four.iter().fold(0_u32, |bits, &byte| bits << 6 | u32::from(digit(byte)));
        bytes.extend_from_slice(&bits.to_be_bytes()[1..digits]);
    }
    bytes
}
