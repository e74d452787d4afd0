//! deskpair against moto, a server that nobody here wrote: what it has is judged, what it lacks is not evaluated.

use crate::support::peers::Child;
use crate::support::python;
use crate::support::sandbox::Sandbox;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::net::UdpSocket;
use std::process::Stdio;

/// Where moto serves, and the directories it was given, by Region.
struct Moto {
    port: u16,
    directories: BTreeMap<String, String>,
    _server: Child,
}

fn moto(sandbox: &Sandbox) -> Option<Moto> {
    let python = python::program("python")?;
    let mut command = sandbox.program(python, [python::script("serve_moto.py")]).into_command();
    let mut server = Child(command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("moto starts"));
    let mut directories = BTreeMap::new();
    for line in BufReader::new(server.0.stdout.take().expect("it is piped")).lines() {
        let line = line.expect("its output is text");
        match line.split(' ').collect::<Vec<_>>()[..] {
            ["directory", region, id] => {
                directories.insert(region.to_owned(), id.to_owned());
            }
            ["ready", port] => {
                let port = port.parse().expect("a port");
                return Some(Moto { port, directories, _server: server });
            }
            _ => {}
        }
    }
    panic!("moto ended before it served: {:?}", server.0.wait());
}

#[test]
fn what_moto_has_is_judged_and_what_it_lacks_is_not_evaluated() {
    let sandbox = Sandbox::new();
    let Some(moto) = moto(&sandbox) else { return };
    // A name server that never answers.
    let silent = UdpSocket::bind("127.0.0.1:0").expect("a port");
    let silent = silent.local_addr().expect("it is bound");
    let (primary, standby) = (&moto.directories["us-east-1"], &moto.directories["us-west-2"]);
    sandbox.write(
        "deskpair.toml",
        format!(
            r#"
[[pair]]
name = "corp"
alias = "desktop.corp.example.com"
[pair.primary]
region = "us-east-1"
directory = "{primary}"
[pair.standby]
region = "us-west-2"
directory = "{standby}"
[pair.dns]
provider = "route53"
resolvers = ["authoritative"]
authoritative = ["{silent}"]
parent = ["{silent}"]
[limits]
workspaces = "none"
ds = "none"
fsx = "none"
datasync = "none"
tagging = "none"
route53 = "none"
sts = "none"
attempts = 2
backoff = "1ms"
dns_timeout = "200ms"
"#
        ),
    );
    let answer = sandbox
        .deskpair(["scan"])
        .env("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{}", moto.port))
        .env("AWS_ACCESS_KEY_ID", "testing")
        .env("AWS_SECRET_ACCESS_KEY", "testing")
        .run()
        .expect(3);
    let report = sandbox.json("deskpair-report/report.json");
    let pair = &report["pairs"][0];
    assert_eq!(pair["primary"]["account"], "123456789012", "moto's account: {answer}");
    assert_eq!(pair["readiness"]["users"], 3, "{answer}");
    assert_eq!(pair["readiness"]["ready"], 0, "nobody is ready where so much was not read");
    let findings = pair["findings"].as_array().expect("findings");
    let of = |rule: &str, verdict: &str| -> Vec<&Value> {
        findings.iter().filter(|finding| finding["rule"] == rule && finding["verdict"] == verdict).collect()
    };
    let stranded = of("WSP-001", "fail");
    assert_eq!(stranded.len(), 1, "{stranded:?}");
    assert_eq!(stranded[0]["subject"]["name"], "carla");
    assert!(answer.out.contains("carla"), "{answer}");
    // moto knows no connection aliases, no client branding and no record protections.
    for (rule, operation) in [
        ("ALS-001", "workspaces:DescribeConnectionAliases"),
        ("BRD-001", "workspaces:DescribeClientBranding"),
        ("DNS-012", "route53:ListResourceRecordSetProtections"),
    ] {
        let unread = of(rule, "not-evaluated");
        assert!(!unread.is_empty(), "{rule}: {findings:?}");
        for finding in unread {
            assert_eq!(finding["gap"]["operation"], operation, "{finding}");
        }
    }
    // It has the zone and says nothing of accelerated recovery, which is therefore not on.
    assert_eq!(of("DNS-011", "fail").len(), 1, "{findings:?}");
    let rules = pair["rules"].as_array().expect("rules");
    for rule in rules.iter().filter(|rule| ["ALS", "BRD"].contains(&rule["area"].as_str().unwrap_or_default())) {
        assert_eq!(rule["counts"]["pass"], 0, "{rule}");
    }
    // The silent name server is one that gives no answer, and no name without a record.
    assert!(of("DNS-001", "fail").is_empty(), "moto's zone has the record");
    assert_eq!(of("DNS-007", "not-evaluated").len() + of("DNS-007", "fail").len(), 1, "{:?}", of("DNS-007", "fail"));
}
