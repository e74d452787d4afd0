//! A running BIND 9.

use crate::support::peers::{self, Child};
use std::fmt::Write;
use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;
use tempfile::TempDir;

/// How long BIND may take to start.
const STARTING: Duration = Duration::from_secs(20);

/// A running `named`, and the folder it lives in.
pub(crate) struct Named {
    pub(crate) address: SocketAddr,
    _process: Child,
    _folder: TempDir,
}

impl Named {
    /// Starts `named` with these options and zones, and these files.
    pub(crate) fn start(program: &Path, options: &str, zones: &str, files: &[(&str, &str)]) -> Self {
        // Another program may take the port between our looking and BIND's binding.
        (0..5).find_map(|_| Self::try_start(program, options, zones, files)).expect("named starts")
    }

    fn try_start(program: &Path, options: &str, zones: &str, files: &[(&str, &str)]) -> Option<Self> {
        let folder = TempDir::new().unwrap();
        let address = free_address();
        for (name, content) in files {
            std::fs::write(folder.path().join(name), content).unwrap();
        }
        let here = peers::text(folder.path());
        let validation = if options.contains("dnssec-validation") { "" } else { "dnssec-validation no;" };
        let config = format!(
            "options {{ directory \"{here}\"; pid-file none; session-keyfile none; managed-keys-directory \"{here}\";
               listen-on port {port} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }}; {validation} notify no;
               empty-zones-enable no; allow-query {{ any; }}; {options} }};
             controls {{ }};
             {zones}",
            port = address.port()
        );
        let path = folder.path().join("named.conf");
        std::fs::write(&path, config).unwrap();
        let mut process = Command::new(program)
            .args(["-g", "-4", "-n", "1", "-c", peers::text(&path)])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = BufReader::new(process.stderr.take().unwrap());
        let process = Child(process);
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            // Read to the end, lest BIND's log block.
            for line in log.lines().map_while(Result::ok) {
                let _nobody_listens = sender.send(line);
            }
        });
        let mut said = String::new();
        while let Ok(line) = lines.recv_timeout(STARTING) {
            let _written = writeln!(said, "{line}");
            if line.ends_with(" running") {
                return Some(Self { address, _process: process, _folder: folder });
            }
        }
        assert!(
            said.contains("address in use") || said.contains("address not available"),
            "named did not start:\n{said}"
        );
        None
    }
}

/// A port that is free for UDP and TCP at the moment.
fn free_address() -> SocketAddr {
    loop {
        let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
        let address = udp.local_addr().unwrap();
        if TcpListener::bind(address).is_ok() {
            return address;
        }
    }
}
