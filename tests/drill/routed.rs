//! A failover-routed pair of record sets is flipped by the primary set's health check, and left as it was found.

use super::{PRODUCTION, Rig};
use serde_json::Value;

const RUN: [&str; 14] = [
    "drill",
    "run",
    "--production",
    PRODUCTION,
    "--everybody",
    "--hold",
    "0s",
    "--yes",
    "--expect",
    "0",
    "--with-connected",
    "--margin",
    "1s",
    "--override",
];

/// What a health check says of itself: its version, whether it is disabled, whether it is inverted.
fn checks(rig: &Rig) -> Vec<(i64, bool, bool)> {
    let client = aws_sdk_route53::Client::new(&rig.config("us-east-1"));
    rig.runtime.block_on(async {
        let checks = client.list_health_checks().send().await.expect("Route 53 answers");
        let one = |check: &aws_sdk_route53::types::HealthCheck| {
            let config = check.health_check_config();
            let flag = |flag: Option<bool>| flag.unwrap_or_default();
            (
                check.health_check_version(),
                flag(config.and_then(|config| config.disabled())),
                flag(config.and_then(|config| config.inverted())),
            )
        };
        checks.health_checks().iter().map(one).collect()
    })
}

#[test]
fn a_failover_pair_is_flipped_by_its_check_and_left_as_it_was() {
    let rig =
        Rig::of(&["--desktops", "24", "--drift", "DNS-017", "--time-scale", "1200", "--write-config", "deskpair.toml"]);
    let before = (rig.record(PRODUCTION), checks(&rig));
    let mut running =
        rig.start(&[&RUN[..6], &["10m"], &RUN[7..], &["a failover pair that comes back by itself"]].concat());
    rig.until(&mut running, "spread");
    // The records are as they were; the check says that the primary is not well.
    assert_eq!(rig.record(PRODUCTION), before.0);
    let (now, then) = (checks(&rig), &before.1);
    let moved: Vec<_> = now.iter().zip(then).filter(|(now, then)| now != then).collect();
    assert!(matches!(moved.as_slice(), [((_, true, true), _)]), "{now:?} {then:?}");
    let servers: Vec<Value> = rig.entries().iter().filter_map(|entry| entry["event"].get("answer").cloned()).collect();
    assert!(servers.iter().any(|answer| answer["sends"] == "standby"), "{servers:?}");
    running.signal(&rig, "-TERM");
    assert_eq!(running.wait(), 143, "{}", rig.said());
    let flags = |checks: &[(i64, bool, bool)]| checks.iter().map(|one| (one.1, one.2)).collect::<Vec<_>>();
    assert_eq!((rig.record(PRODUCTION), flags(&checks(&rig))), (before.0, flags(&before.1)));
}
