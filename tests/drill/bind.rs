//! The zone is on a BIND that takes dynamic updates (RFC 2136), signed with a TSIG key.

use super::{PILOT, PRODUCTION, Rig, S};
use crate::dns::named::Named;
use crate::support::peers;
use std::path::Path;

const SECRET: &str = "ZGVza3BhaXIncyB0ZXN0cyBzaWduIHdpdGggdGhpcw==";

fn start(program: &Path, rig: &Rig) -> Named {
    let [pilot, production] = [PILOT, PRODUCTION].map(|alias| rig.identifier("us-east-1", alias));
    let zone = format!(
        "$TTL 60
@ IN SOA ns1.norhaven.example. hostmaster.norhaven.example. 1 7200 900 1209600 42
@ IN NS ns1.norhaven.example.
ns1 IN A 127.0.0.1
drill-desktop 5 IN TXT \"{pilot}\"
desktop 60 IN TXT \"{production}\"
"
    );
    let zones = format!(
        "key \"deskpair\" {{ algorithm hmac-sha256; secret \"{SECRET}\"; }};
         zone \"norhaven.example\" {{ type primary; file \"norhaven.example\"; allow-update {{ key \"deskpair\"; }}; }};"
    );
    Named::start(program, "recursion no;", &zones, &[("norhaven.example", &zone)])
}

/// The configuration of a pair whose zone is BIND's.
fn configured(rig: &Rig, named: &Named, secret: &str) {
    rig.sandbox.write("deskpair.key", format!("{secret}\n"));
    let address = named.address;
    let key_file = rig.sandbox.path("deskpair.key");
    let provider = format!(
        "provider = \"rfc2136\"\nserver = \"{address}\"\nzone = \"norhaven.example\"\nkey_name = \"deskpair\"\nkey_file = \"{}\"\n\
         algorithm = \"hmac-sha256\"\n",
        key_file.display()
    );
    provided(rig, named, &provider);
}

/// The configuration of a pair whose zone this provider changes.
fn provided(rig: &Rig, named: &Named, provider: &str) {
    let text = rig.sandbox.text("deskpair.toml");
    let address = named.address;
    let dns = format!("[pair.dns]\n{provider}authoritative = [\"{address}\"]\nresolvers = [\"authoritative\"]\n");
    let mut kept = Vec::new();
    let mut within = false;
    for line in text.lines() {
        if line.starts_with('[') {
            within = line == "[pair.dns]";
            if within {
                kept.push(dns.clone());
            }
        }
        if !within {
            kept.push(line.to_owned());
        }
    }
    rig.sandbox.write("deskpair.toml", kept.join("\n"));
}

/// What BIND gives, as `dig` reads it.
fn dug(rig: &Rig, named: &Named, dig: &Path) -> String {
    let port = named.address.port().to_string();
    let server = format!("@{}", named.address.ip());
    let answer = rig.sandbox.program(dig, ["+short", "+norecurse", "-p", &port, &server, PILOT, "TXT"]).run().expect(0);
    answer.out.trim().trim_matches('"').to_owned()
}

const RUN: [&str; 16] = [
    "drill",
    "run",
    "--tag",
    "deskpair-drill=yes",
    "--expect",
    "0",
    "--with-connected",
    "--margin",
    "1s",
    "--cool-for",
    "20s",
    "--override",
    "the parent zone here delegates to another",
    "--yes",
    "--hold",
    "2s",
];

#[test]
fn a_drill_with_dynamic_updates_goes_there_and_back() {
    let (Some(program), Some(dig)) = (peers::program("named", "bind9"), peers::program("dig", "dnsutils")) else {
        return;
    };
    let rig = Rig::new(&[]);
    let named = start(&program, &rig);
    configured(&rig, &named, SECRET);
    let (primary, standby) = (rig.identifier("us-east-1", PILOT), rig.identifier(S, PILOT));
    let states = rig.before().states;
    let mut running = rig.start(&RUN);
    rig.until(&mut running, "spread");
    assert_eq!(dug(&rig, &named, &dig), standby, "{}", rig.said());
    assert_eq!(running.wait(), 0, "{}", rig.said());
    assert_eq!(dug(&rig, &named, &dig), primary);
    assert_eq!(rig.before().states, states);
    rig.run(&["verify", "deskpair-drill"]).expect(0);
    let record = rig.sandbox.json("deskpair-drill/drill.json");
    assert!(record["switch"].as_str().is_some_and(|told| told.contains("norhaven.example")), "{}", record["switch"]);
    assert_eq!(record["compares"], true);

    // Killed while people are there, it comes back.
    let mut running = rig.start(&[&RUN[..14], &["--hold", "10m"]].concat());
    rig.until(&mut running, "spread");
    assert!(running.kill());
    assert_eq!(dug(&rig, &named, &dig), standby);
    rig.run(&["drill", "undo", "--yes", "-o", "undone"]).expect(0);
    assert_eq!(dug(&rig, &named, &dig), primary);
}

/// A key that BIND does not know changes nothing, and says why.
#[test]
fn a_wrong_key_changes_nothing() {
    let (Some(program), Some(dig)) = (peers::program("named", "bind9"), peers::program("dig", "dnsutils")) else {
        return;
    };
    let rig = Rig::new(&[]);
    let named = start(&program, &rig);
    configured(&rig, &named, "YW5vdGhlciBzZWNyZXQgdGhhdCBubyBzZXJ2ZXIga25vd3M=");
    let primary = rig.identifier("us-east-1", PILOT);
    let answer = rig.run(&RUN).expect(20);
    assert!(answer.err.contains("BADSIG") || answer.err.contains("key"), "{answer}");
    assert_eq!(dug(&rig, &named, &dig), primary);
}

/// Any other DNS, through programs of the operator's: one that sets a value where the expected one is there, one that reads it.
#[test]
fn a_drill_through_programs_goes_there_and_back() {
    let (Some(program), Some(dig)) = (peers::program("named", "bind9"), peers::program("dig", "dnsutils")) else {
        return;
    };
    let Some(nsupdate) = peers::program("nsupdate", "bind9-dnsutils") else { return };
    let rig = Rig::new(&[]);
    let named = start(&program, &rig);
    let (ip, port) = (named.address.ip(), named.address.port());
    let script = |name: &str, text: String| {
        let path = rig.sandbox.write(name, text);
        rig.sandbox.program("chmod", ["+x", peers::text(&path)]).run().expect(0);
        peers::text(&path).to_owned()
    };
    let set = script(
        "set",
        format!(
            "#!/bin/sh\nanswer=$({} -y hmac-sha256:deskpair:{SECRET} 2>&1 <<END\nserver {ip} {port}\nzone norhaven.example\n\
             prereq yxrrset $DESKPAIR_NAME. TXT \"$DESKPAIR_EXPECTED\"\nupdate delete $DESKPAIR_NAME. TXT\n\
             update add $DESKPAIR_NAME. 5 TXT \"$DESKPAIR_VALUE\"\nsend\nEND\n) && exit 0\necho \"$answer\" >&2\nexit 3\n",
            nsupdate.display()
        ),
    );
    let read =
        script("read", format!("#!/bin/sh\nexec {} +short -p {port} @{ip} \"$DESKPAIR_NAME\" TXT\n", dig.display()));
    provided(&rig, &named, &format!("provider = \"command\"\nset = [\"{set}\"]\nread = [\"{read}\"]\n"));
    let (primary, standby) = (rig.identifier("us-east-1", PILOT), rig.identifier(S, PILOT));
    let mut running = rig.start(&RUN);
    rig.until(&mut running, "spread");
    assert_eq!(dug(&rig, &named, &dig), standby, "{}", rig.said());
    assert_eq!(running.wait(), 0, "{}", rig.said());
    assert_eq!(dug(&rig, &named, &dig), primary);
    let record = rig.sandbox.json("deskpair-drill/drill.json");
    assert_eq!(record["compares"], false, "nobody promises that a program compares");
}
