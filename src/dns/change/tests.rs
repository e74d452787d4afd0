//! How a record is changed, found out from estates.

use super::*;
use deskpair_rules::fixture::{Fixture, On};
use deskpair_rules::model::dns::{ServerKind, TxtOutcome};
use deskpair_rules::model::route53::{HostedZone, RecordProtection, RecordSet};
use deskpair_rules::model::settings::DnsProvider;

const P: &str = Fixture::identifier(On::Primary);
const S: &str = Fixture::identifier(On::Standby);

fn found(fixture: &Fixture) -> Result<Switch, String> {
    let view = fixture.view();
    Switch::find(&fixture.estate, &view, P, S)
}

fn failover() -> Fixture {
    let mut fixture = Fixture::failover();
    fixture.check("hc-primary").health_check_version = Some(7);
    fixture
}

#[track_caller]
fn refused(mut fixture: Fixture, words: &str, change: impl FnOnce(&mut Fixture)) {
    change(&mut fixture);
    let why = found(&fixture).expect_err(words);
    assert!(why.contains(words), "{why}");
}

#[test]
fn a_simple_record_is_swapped_as_it_stands() {
    let fixture = Fixture::clean();
    let switch = found(&fixture).expect("it is ours");
    let Switch::Route53 { zone, zone_name, name, ttl, .. } = &switch else { panic!("{switch:?}") };
    assert_eq!(
        (zone.as_str(), zone_name.as_str(), name.as_str()),
        ("Z0CORP", "corp.example.", "desktop.corp.example.")
    );
    assert_eq!(*ttl, 60);
    assert!(switch.compares());
    assert_eq!(switch.told(), "the zone corp.example (Z0CORP) in Route 53");
    let json = serde_json::to_value(&switch).expect("it is serializable");
    assert_eq!(json["route53"]["zone"], "Z0CORP");
    assert_eq!(serde_json::from_value::<Switch>(json.clone()).expect("and back"), switch);
    let mut more = json;
    more["route53"]["extra"] = 1.into();
    assert!(serde_json::from_value::<Switch>(more).is_err(), "an unknown member is refused");
}

#[test]
fn what_cannot_be_swapped_is_told() {
    let clean = Fixture::clean;
    let set = |fixture: &mut Fixture, change: &dyn Fn(&mut RecordSet)| change(&mut fixture.records()[0]);
    refused(clean(), "no TXT record stands", |fixture| fixture.records().clear());
    refused(clean(), "and not", |f| set(f, &|set| set.resource_records = vec![format!("\"{S}\"")]));
    refused(clean(), "and not", |f| set(f, &|set| set.resource_records.push("\"more\"".to_owned())));
    refused(clean(), "and not", |f| {
        set(f, &|set| set.resource_records = vec![format!("\"{}\" \"{}\"", &P[..4], &P[4..])])
    });
    refused(clean(), "weighted routing", |f| {
        set(f, &|set| {
            set.weight = Some(1);
            set.set_identifier = "one".to_owned();
        });
    });
    refused(clean(), "traffic policy instance", |f| set(f, &|set| set.traffic_policy_instance_id = "tp-1".to_owned()));
    refused(clean(), "a CNAME stands", |f| {
        set(f, &|set| {
            set.r#type = "CNAME".to_owned();
            set.resource_records = vec!["elsewhere.example.".to_owned()];
        });
    });
    refused(clean(), "no hosted zone", |f| f.estate.zones[0].zones.items_mut().clear());
    refused(clean(), "belongs to servicediscovery", |f| {
        f.estate.zones[0].zones.items_mut()[0].linked_service_principal = "servicediscovery.amazonaws.com".to_owned();
    });
    refused(clean(), "protection", |f| {
        let one = RecordProtection {
            record_name: "desktop.corp.example.".to_owned(),
            record_type: "TXT".to_owned(),
            ..RecordProtection::default()
        };
        f.estate.zones[0].protections.get_mut("Z0CORP").expect("they were read").items_mut().push(one);
    });
    refused(clean(), "in the zone corp.example. (Z0CORP) and in the zone corp.example. (ZPRIVATE)", |f| {
        let book = &mut f.estate.zones[0];
        let private =
            HostedZone { id: "ZPRIVATE".to_owned(), private_zone: Some(true), ..book.zones.items()[0].clone() };
        book.zones.items_mut().push(private);
        let sets = book.record_sets["Z0CORP"].clone();
        book.record_sets.insert("ZPRIVATE".to_owned(), sets);
    });
    refused(clean(), "were not read whole", |f| {
        f.estate.zones[0].zones = deskpair_rules::model::Slice::cut(Vec::new(), Estate::NOT_COLLECTED);
    });
    refused(clean(), "\"none\"", |f| f.pair().dns.provider = DnsProvider::None);
    let fixture = clean();
    for (from, to, words) in
        [("a\" \"b", S, "no connection identifier"), (P, "", "no connection identifier"), (P, P, "nothing to change")]
    {
        let why = Switch::find(&fixture.estate, &fixture.view(), from, to).expect_err(words);
        assert!(why.contains(words), "{why}");
    }
}

#[test]
fn a_failover_pair_is_moved_by_its_health_check() {
    let switch = found(&failover()).expect("it is ours");
    let Switch::HealthCheck { check, version, disabled, inverted, primary_set, standby_set, .. } = &switch else {
        panic!("{switch:?}")
    };
    assert_eq!((check.as_str(), *version, *disabled, *inverted), ("hc-primary", 7, false, false));
    assert_eq!(primary_set["ResourceRecords"][0]["Value"], format!("\"{P}\""));
    assert_eq!(
        (&standby_set["Failover"], &standby_set["HealthCheckId"]),
        (&"SECONDARY".into(), &"hc-secondary".into())
    );
    let shared = |fixture: &mut Fixture, name: &str, kind: &str| {
        let other = RecordSet {
            name: name.to_owned(),
            r#type: kind.to_owned(),
            health_check_id: "hc-primary".to_owned(),
            ..RecordSet::default()
        };
        fixture.records().push(other);
    };
    refused(failover(), "is shared: the A record of www.corp.example", |f| shared(f, "www.corp.example.", "A"));
    refused(failover(), "is shared: the calculated check sum", |f| {
        f.add_check("sum", "CALCULATED", "");
        f.check("sum").child_health_checks = vec!["hc-primary".to_owned()];
    });
    refused(failover(), "routing control", |f| f.check("hc-primary").r#type = "RECOVERY_CONTROL".to_owned());
    refused(failover(), "calculated from others", |f| f.check("hc-primary").r#type = "CALCULATED".to_owned());
    refused(failover(), "belongs to", |f| f.check("hc-primary").linked_service_principal = "cloudmap".to_owned());
    refused(failover(), "both record sets", |f| f.record("SECONDARY").health_check_id = "hc-primary".to_owned());
    refused(failover(), "has no health check", |f| f.record("PRIMARY").health_check_id.clear());
    refused(failover(), "not in the account", |f| f.record("PRIMARY").health_check_id = "gone".to_owned());
    refused(failover(), "version", |f| f.check("hc-primary").health_check_version = None);
    refused(failover(), "the PRIMARY one is served whatever happens", |f| {
        (f.check("hc-secondary").disabled, f.check("hc-secondary").inverted) = (Some(true), Some(true));
    });
    refused(failover(), "only one set", |f| f.records().retain(|set| set.failover == "PRIMARY"));
    refused(failover(), "the SECONDARY TXT record", |f| {
        f.record("SECONDARY").resource_records = vec!["\"x\"".to_owned()]
    });
    refused(failover(), "already", |f| {
        (f.check("hc-primary").disabled, f.check("hc-primary").inverted) = (Some(true), Some(true));
    });
}

#[test]
fn a_pair_that_was_moved_is_found_on_the_way_back() {
    let mut fixture = failover();
    let back = |fixture: &Fixture| Switch::find(&fixture.estate, &fixture.view(), S, P);
    assert!(back(&fixture).expect_err("it is at the primary").contains("is not Disabled and Inverted"));
    (fixture.check("hc-primary").disabled, fixture.check("hc-primary").inverted) = (Some(true), Some(true));
    let switch = back(&fixture).expect("it is at the standby");
    assert!(matches!(switch, Switch::HealthCheck { disabled: true, inverted: false, version: 7, .. }), "{switch:?}");
}

#[test]
fn other_providers_are_taken_from_the_configuration() {
    let mut fixture = Fixture::clean();
    let dns = &mut fixture.pair().dns;
    dns.provider = DnsProvider::Rfc2136;
    dns.server = Some("ns1.corp.example".to_owned());
    dns.zone = Some("corp.example".to_owned());
    dns.key_name = Some("deskpair.".to_owned());
    dns.key_file = Some("corp.key".to_owned());
    let switch = found(&fixture).expect("it is told where");
    let Switch::Rfc2136 { name, ttl, algorithm, .. } = &switch else { panic!("{switch:?}") };
    assert_eq!((name.as_str(), *ttl, algorithm.as_str()), ("desktop.corp.example", 60, "hmac-sha256"));
    assert_eq!(serde_json::to_value(&switch).expect("json")["rfc2136"]["zone"], "corp.example");
    // What the zone's servers say otherwise is no ground to stand on.
    for answer in fixture.estate.txt[0].answers.items_mut().iter_mut().filter(|a| a.kind == ServerKind::Authoritative) {
        answer.outcome = TxtOutcome::Found { records: vec![vec![S.to_owned()]], ttl: 60, canonical: String::new() };
    }
    assert!(found(&fixture).expect_err("it says otherwise").contains(S));
    fixture.estate.txt[0].answers.items_mut().clear();
    let dns = &mut fixture.pair().dns;
    dns.provider = DnsProvider::Command;
    assert!(found(&fixture).is_err());
    let dns = &mut fixture.pair().dns;
    dns.set_command = vec!["lab-dns".to_owned(), "set".to_owned()];
    dns.read_command = vec!["lab-dns".to_owned(), "get".to_owned()];
    let switch = found(&fixture).expect("it is told by what");
    assert_eq!((switch.compares(), switch.told().as_str()), (false, "the program lab-dns"));
    assert_eq!(serde_json::to_value(&switch).expect("json")["command"]["set"][1], "set");
}
