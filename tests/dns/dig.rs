//! `dig` as a client of the twin's name servers.

use super::zones::Zones;
use crate::support::peers;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;

/// What dig prints of one question.
struct Dig(PathBuf);

impl Dig {
    fn installed() -> Option<Self> {
        peers::program("dig", "dnsutils").map(Self)
    }

    async fn ask(&self, server: SocketAddr, arguments: &[&str]) -> String {
        let (at, port) = (format!("@{}", server.ip()), server.port().to_string());
        // `-r`: no settings of the user's.
        let fixed = ["-r", &at, "-p", &port, "+tries=1", "+timeout=2", "+nocookie"];
        let mut command = Command::new(&self.0);
        command.args(fixed).args(arguments);
        // Off this thread, on which the servers run.
        let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
        String::from_utf8(output.stdout).unwrap()
    }
}

/// Whether each part stands in the text, spaces as one.
fn shows(text: &str, parts: &[&str]) {
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in parts {
        assert!(flat.contains(part), "no {part:?} in:\n{text}");
    }
}

#[tokio::test]
async fn dig_understands_the_authoritative_servers() {
    let Some(dig) = Dig::installed() else { return };
    let zones = Zones::example();
    zones.set("Z1", "hostile.example.com.", "TXT", 60, &[r#""<img src=x>\012\377\"" "second""#]);
    zones.set("Z1", "big.example.com.", "TXT", 60, &[&format!("\"{}\" ", "z".repeat(255)).repeat(6)]);
    zones.set("Z1", "many.example.com.", "A", 60, &["192.0.2.1", "192.0.2.2"]);
    let twin = zones.serve().await;
    for &server in &twin.authoritative {
        let text = dig.ask(server, &["DeskTop.example.com", "TXT", "+norecurse"]).await;
        shows(&text, &["status: NOERROR", "flags: qr aa;", "udp: 1232", r#"DeskTop.example.com. 60 IN TXT "wsmrabc""#]);
    }
    let server = twin.authoritative[0];
    shows(
        &dig.ask(server, &["hostile.example.com", "TXT"]).await,
        &[r#"hostile.example.com. 60 IN TXT "<img src=x>\010\255\"" "second""#],
    );
    // Recursion was desired and is not offered.
    shows(
        &dig.ask(server, &["desktop.example.com", "TXT"]).await,
        &["flags: qr aa rd;", "recursion requested but not"],
    );
    shows(&dig.ask(server, &["many.example.com", "A"]).await, &["ANSWER: 2", "IN A 192.0.2.1", "IN A 192.0.2.2"]);
    let soa = "example.com. 900 IN SOA ns-1.awsdns-00.com. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400";
    shows(
        &dig.ask(server, &["nobody.example.com", "TXT"]).await,
        &["status: NXDOMAIN", "aa", "ANSWER: 0, AUTHORITY: 1", soa],
    );
    shows(&dig.ask(server, &["desktop.example.com", "A"]).await, &["status: NOERROR", "ANSWER: 0, AUTHORITY: 1", soa]);
    shows(&dig.ask(server, &["example.com", "SOA"]).await, &["ANSWER: 1", soa]);
    shows(
        &dig.ask(server, &["example.com", "NS"]).await,
        &[
            "ANSWER: 2",
            "example.com. 172800 IN NS ns-1.awsdns-00.com.",
            "example.com. 172800 IN NS ns-2.awsdns-00.net.",
        ],
    );
    shows(&dig.ask(server, &["example.org", "TXT"]).await, &["status: REFUSED"]);
    shows(&dig.ask(server, &["version.bind", "TXT", "CH"]).await, &["status: REFUSED"]);
    shows(&dig.ask(server, &["desktop.example.com", "TXT", "+opcode=NOTIFY"]).await, &["status: NOTIMP"]);
    shows(&dig.ask(server, &["desktop.example.com", "TXT", "+edns=1", "+noednsneg"]).await, &["status: BADVERS"]);
    shows(&dig.ask(server, &["example.com", "AXFR"]).await, &["Transfer failed"]);
    let plain = dig.ask(server, &["desktop.example.com", "TXT", "+noedns"]).await;
    shows(&plain, &["status: NOERROR", "ANSWER: 1", "ADDITIONAL: 0"]);

    // Six strings of 255 octets fit neither 512 nor 1232 octets.
    for arguments in [&["+ignore", "+noedns"][..], &["+ignore", "+bufsize=4096"]] {
        let text = dig.ask(server, &[&["big.example.com", "TXT"], arguments].concat()).await;
        shows(&text, &["flags: qr aa tc rd;", "ANSWER: 0"]);
    }
    shows(
        &dig.ask(server, &["big.example.com", "TXT"]).await,
        &["retrying in TCP mode", "ANSWER: 1", &"z".repeat(255)],
    );
    // Three fit the larger one alone.
    zones.set("Z1", "big.example.com.", "TXT", 60, &[&format!("\"{}\" ", "z".repeat(255)).repeat(3)]);
    shows(&dig.ask(server, &["big.example.com", "TXT", "+ignore", "+noedns"]).await, &["tc", "ANSWER: 0"]);
    shows(
        &dig.ask(server, &["big.example.com", "TXT", "+ignore", "+bufsize=1232"]).await,
        &["flags: qr aa rd;", "ANSWER: 1"],
    );
    twin.stop().await;
}

#[tokio::test]
async fn dig_understands_the_parent_and_the_resolver() {
    let Some(dig) = Dig::installed() else { return };
    let zones = Zones::example();
    let twin = zones.serve().await;
    shows(
        &dig.ask(twin.parent, &["desktop.example.com", "TXT", "+norecurse"]).await,
        &[
            "status: NOERROR",
            "flags: qr;",
            "ANSWER: 0, AUTHORITY: 2, ADDITIONAL: 3",
            "example.com. 172800 IN NS ns-1.awsdns-00.com.",
            "ns-1.awsdns-00.com. 172800 IN A 127.0.0.1",
        ],
    );
    shows(&dig.ask(twin.parent, &["com", "SOA"]).await, &["ANSWER: 1", "com. 900 IN SOA parent.twin.invalid."]);
    shows(&dig.ask(twin.parent, &["example.com", "DS"]).await, &["status: NOERROR", "ANSWER: 0", "com. 900 IN SOA"]);
    shows(&dig.ask(twin.parent, &["nobody.org", "A"]).await, &["status: NXDOMAIN", ". 900 IN SOA"]);

    let asked = ["desktop.example.com", "TXT"];
    shows(&dig.ask(twin.resolver, &asked).await, &["flags: qr rd ra;", r#"desktop.example.com. 60 IN TXT "wsmrabc""#]);
    zones.pass(17);
    shows(&dig.ask(twin.resolver, &asked).await, &[r#"desktop.example.com. 43 IN TXT "wsmrabc""#]);
    shows(&dig.ask(twin.resolver, &["ns-1.awsdns-00.com", "A"]).await, &["ns-1.awsdns-00.com. 172800 IN A 127.0.0.1"]);
    shows(
        &dig.ask(twin.resolver, &["nobody.example.com", "A"]).await,
        &["status: NXDOMAIN", "example.com. 900 IN SOA"],
    );
    zones.pass(100);
    shows(
        &dig.ask(twin.resolver, &["nobody.example.com", "TXT"]).await,
        &["status: NXDOMAIN", "example.com. 800 IN SOA"],
    );
    twin.stop().await;
}
