//! The record on a BIND that takes dynamic updates, signed with a TSIG key.

use super::changing::{P, S, run};
use super::named::Named;
use super::zones::ask_authority;
use crate::support::peers;
use deskpair::collect::access::Access;
use deskpair::dns::change::{Changer, Spread, Standing, Swapped, Switch};
use deskpair_rules::fixture::Fixture;
use deskpair_rules::model::dns::TxtOutcome;
use deskpair_rules::model::settings::{DnsProvider, PairSettings};
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;

const SECRET: &str = "ZGVza3BhaXIncyB0ZXN0cyBzaWduIHdpdGggdGhpcw==";
const OTHER: &str = "YW5vdGhlciBzZWNyZXQgdGhhdCBubyBzZXJ2ZXIga25vd3M=";

fn statement(name: &str, algorithm: &str, secret: &str) -> String {
    format!("key \"{name}\" {{ algorithm {algorithm}; secret \"{secret}\"; }};")
}

fn zone() -> String {
    format!(
        "$TTL 60
@ IN SOA ns1.corp.example. hostmaster.corp.example. 1 7200 900 1209600 42
@ IN NS ns1.corp.example.
ns1 IN A 127.0.0.1
desktop 30 IN TXT \"{P}\"
desktop IN A 192.0.2.1
"
    )
}

/// A BIND whose zone the keys `deskpair-256`, `-384`, `-512` may change, and the key `reader` may not.
fn start(program: &Path) -> Named {
    let keys: Vec<String> = ["256", "384", "512"]
        .map(|size| statement(&format!("deskpair-{size}"), &format!("hmac-sha{size}"), SECRET))
        .into_iter()
        .chain([statement("reader", "hmac-sha256", SECRET)])
        .collect();
    let zones = format!(
        "{} zone \"corp.example\" {{ type primary; file \"corp.example\";
           allow-update {{ key \"deskpair-256\"; key \"deskpair-384\"; key \"deskpair-512\"; }}; }};",
        keys.join("\n")
    );
    Named::start(program, "recursion no;", &zones, &[("corp.example", &zone())])
}

/// A key file, and a way to change the record with it.
struct Hand {
    folder: TempDir,
    pair: PairSettings,
    switch: Switch,
}

impl Hand {
    fn with(server: &str, key_name: &str, algorithm: &str, file: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("corp.key");
        std::fs::write(&path, file).unwrap();
        let mut fixture = Fixture::clean();
        let dns = &mut fixture.pair().dns;
        dns.provider = DnsProvider::Rfc2136;
        dns.server = Some(server.to_owned());
        dns.zone = Some("corp.example".to_owned());
        dns.key_name = Some(key_name.to_owned());
        dns.key_file = Some(path.display().to_string());
        dns.algorithm = Some(algorithm.to_owned());
        let switch = Switch::find(&fixture.estate, &fixture.view(), P, S).expect("it is told where");
        Self { folder, pair: fixture.pair().clone(), switch }
    }

    fn of(server: SocketAddr) -> Self {
        Self::with(&server.to_string(), "deskpair-256", "hmac-sha256", SECRET)
    }

    async fn open(&self) -> Result<Changer, String> {
        let credentials = aws_credential_types::Credentials::from_keys("none", "none", None);
        // No call to AWS is made: there is nobody at the endpoint.
        let access = Access::Local { endpoint: "http://127.0.0.1:9".to_owned(), credentials };
        Changer::open(&self.switch, &self.pair, &access, &run(Duration::from_millis(1500))).await
    }

    async fn opened(&self) -> Changer {
        self.open().await.expect("it opens")
    }
}

fn is(value: &str) -> Result<Standing, String> {
    Ok(Standing::Is(value.to_owned()))
}

#[tokio::test]
async fn there_and_back_with_each_algorithm_and_form_of_key() {
    let Some(program) = peers::program("named", "bind9") else { return };
    let named = start(&program);
    let server = named.address.to_string();
    for (size, in_bind_form) in [("256", true), ("384", true), ("512", false)] {
        let (name, algorithm) = (format!("deskpair-{size}."), format!("hmac-sha{size}"));
        let file = if in_bind_form { statement(&name, &algorithm, SECRET) } else { format!("{SECRET}\n") };
        let changer = Hand::with(&server, &name, &algorithm, &file).opened().await;
        assert_eq!(changer.read().await, is(P));
        assert_eq!(changer.swap(P, S).await, Swapped::Done { change: None });
        assert_eq!((changer.read().await, changer.spread("").await), (is(S), Ok(Spread::InSync)));
        let answer = ask_authority(named.address, "desktop.corp.example").await;
        let TxtOutcome::Found { records, ttl, .. } = answer.outcome else { panic!("{answer:?}") };
        // The TTL is the collected estate's.
        assert_eq!((records, ttl), (vec![vec![S.to_owned()]], 60));
        assert_eq!(changer.swap(S, P).await, Swapped::Done { change: None });
        assert_eq!(changer.read().await, is(P));
    }
}

#[tokio::test]
async fn somebody_elses_edit_stands() {
    let Some(program) = peers::program("named", "bind9") else { return };
    let named = start(&program);
    let changer = Hand::of(named.address).opened().await;
    assert_eq!(changer.swap(P, "other1").await, Swapped::Done { change: None });
    let Swapped::Refused(why) = changer.swap(P, S).await else { panic!("it is another") };
    assert!(why.contains("NXRRSET") && why.contains("somebody else"), "{why}");
    assert_eq!(changer.read().await, is("other1"));
    // A value more is another record, too.
    nsupdate(&named, "update add desktop.corp.example 60 TXT \"more\"");
    assert!(matches!(changer.swap("other1", P).await, Swapped::Refused(_)));
    assert!(
        matches!(changer.read().await, Ok(Standing::Other(both)) if both.contains("more") && both.contains("other1"))
    );
    nsupdate(&named, "update delete desktop.corp.example TXT");
    assert!(matches!(changer.swap(P, S).await, Swapped::Refused(_)));
    assert_eq!(changer.read().await, Ok(Standing::Absent));
}

/// Somebody else at work.
fn nsupdate(named: &Named, line: &str) {
    let program = peers::program("nsupdate", "bind9-dnsutils").expect("it comes with dig");
    let folder = TempDir::new().unwrap();
    let script = folder.path().join("script");
    let (ip, port) = (named.address.ip(), named.address.port());
    let key = format!("hmac-sha256:deskpair-256 {SECRET}");
    std::fs::write(&script, format!("server {ip} {port}\nzone corp.example\nkey {key}\n{line}\nsend\n")).unwrap();
    let ended = std::process::Command::new(program).arg(&script).output().unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
}

#[tokio::test]
async fn what_the_server_refuses_is_told_in_words() {
    let Some(program) = peers::program("named", "bind9") else { return };
    let named = start(&program);
    let server = named.address.to_string();
    let refused = async |hand: Hand, words: &[&str]| {
        let Swapped::Refused(why) = hand.opened().await.swap(P, S).await else { panic!("{words:?}") };
        assert!(words.iter().all(|word| why.contains(word)) && !why.contains(SECRET), "{why}");
    };
    let hand = |key: &str, algorithm: &str, secret: &str| Hand::with(&server, key, algorithm, secret);
    refused(hand("unknown", "hmac-sha256", SECRET), &["BADKEY", "unknown"]).await;
    refused(hand("deskpair-256", "hmac-sha256", OTHER), &["BADSIG", "deskpair-256"]).await;
    refused(hand("deskpair-256", "hmac-sha512", SECRET), &["BADKEY"]).await;
    refused(hand("reader", "hmac-sha256", SECRET), &["REFUSED", "reader", "corp.example"]).await;
    let mut elsewhere = Hand::of(named.address);
    if let Switch::Rfc2136 { zone, .. } = &mut elsewhere.switch {
        "example.org".clone_into(zone);
    }
    refused(elsewhere, &["NOTAUTH", "example.org"]).await;
    let mut outside = Hand::of(named.address);
    if let Switch::Rfc2136 { name, .. } = &mut outside.switch {
        "desktop.example.org".clone_into(name);
    }
    refused(outside, &["NOTZONE"]).await;
    // To read is let to those who may not change.
    assert_eq!(hand("reader", "hmac-sha256", SECRET).opened().await.read().await, is(P));
    assert!(hand("deskpair-256", "hmac-sha256", OTHER).opened().await.read().await.unwrap_err().contains("BADSIG"));

    let broken = Hand::of(named.address);
    let file = broken.folder.path().join("corp.key");
    std::fs::remove_file(&file).unwrap();
    let why = broken.open().await.unwrap_err();
    assert!(why.contains(&file.display().to_string()), "{why}");
    let why = Hand::with(&server, "deskpair-256", "hmac-md5", SECRET).open().await.unwrap_err();
    assert!(why.contains("hmac-md5") && why.contains("hmac-sha256"), "{why}");
}

#[tokio::test]
async fn silence_is_unclear_and_no_server_is_for_later() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let hand = Hand::of(silent.local_addr().unwrap());
    let Swapped::Unclear(why) = hand.opened().await.swap(P, S).await else { panic!("it may have come through") };
    assert!(why.contains("1.5 s"), "{why}");
    let address = silent.local_addr().unwrap();
    drop(silent);
    let hand = Hand::of(address);
    let Swapped::Later(why) = hand.opened().await.swap(P, S).await else { panic!("nothing was sent") };
    assert!(why.contains(&address.to_string()), "{why}");
    assert!(hand.opened().await.read().await.is_err());
}

/// A man in the middle answers that all is well.
#[tokio::test]
async fn an_answer_that_is_not_signed_proves_nothing() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let forger = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let hand = Hand::of(forger.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = forger.accept().await {
            let length = stream.read_u16().await.unwrap();
            let mut packet = vec![0; usize::from(length)];
            stream.read_exact(&mut packet).await.unwrap();
            // The header alone, as an answer without an error.
            let answer = [packet[0], packet[1], packet[2] | 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0];
            stream.write_u16(12).await.unwrap();
            stream.write_all(&answer).await.unwrap();
        }
    });
    let Swapped::Unclear(why) = hand.opened().await.swap(P, S).await else { panic!("nobody knows who said it") };
    assert!(why.contains("not signed"), "{why}");
}
