//! The record in Route 53, changed by compare-and-swap on a twin.

use deskpair::collect::access::Access;
use deskpair::collect::calls::{Patience, Run, Silent};
use deskpair::collect::limits::Limits;
use deskpair::dns::change::{Changer, Spread, Standing, Swapped, Switch};
use deskpair::twin::dns::{DnsOptions, DnsTwin};
use deskpair::twin::{Twin, TwinOptions, World, access_key, secret_key};
use deskpair_rules::fixture::{Fixture, On};
use deskpair_rules::model::dns::TxtOutcome;
use deskpair_rules::model::route53::RecordSet;
use std::sync::Arc;
use std::time::Duration;

pub(super) const P: &str = Fixture::identifier(On::Primary);
pub(super) const S: &str = Fixture::identifier(On::Standby);

/// A twin of a fixture, its name servers, and the way to change the record.
pub(super) struct Scene {
    pub(super) twin: Twin,
    dns: DnsTwin,
    pub(super) fixture: Fixture,
    pub(super) switch: Switch,
    pub(super) changer: Changer,
}

/// The account of the zone.
pub(super) fn account(fixture: &Fixture) -> String {
    fixture.estate.zones[0].account.clone().expect("the fixture tells it")
}

/// Attempts that hang end soon, and reads are not repeated for long.
pub(super) fn run(attempt_timeout: Duration) -> Arc<Run> {
    let patience = Patience { attempts: 2, attempt_timeout, backoff: Duration::from_millis(1) };
    Arc::new(Run::new(Limits::none(), patience, None, Arc::new(Silent), 1))
}

impl Scene {
    pub(super) async fn of(fixture: Fixture) -> Self {
        let twin = Twin::start(World::from_estate(&fixture.estate), TwinOptions::default()).await.unwrap();
        let dns = DnsTwin::start(twin.zones(), DnsOptions::default()).await.unwrap();
        let switch = Switch::find(&fixture.estate, &fixture.view(), P, S).expect("it is ours");
        let changer = Self::open(&twin, &fixture, &switch).await;
        Self { twin, dns, fixture, switch, changer }
    }

    async fn open(twin: &Twin, fixture: &Fixture, switch: &Switch) -> Changer {
        let account = &fixture.estate.zones[0].account;
        let account = account.as_deref().expect("the fixture tells it");
        let credentials = aws_credential_types::Credentials::from_keys(access_key(account), secret_key(), None);
        let access = Access::Local { endpoint: twin.endpoint(), credentials };
        let pair = &fixture.estate.settings.pairs[0];
        Changer::open(switch, pair, &access, &run(Duration::from_millis(700))).await.expect("it opens")
    }

    /// Another process's way.
    pub(super) async fn again(&self) -> Changer {
        Self::open(&self.twin, &self.fixture, &self.switch).await
    }

    pub(super) fn faults(&self, faults: &[&str]) {
        self.twin.set_faults(faults.iter().map(|fault| fault.parse().expect(fault)).collect());
    }

    pub(super) fn pass(&self, seconds: u64) {
        self.twin.with_world(|world| world.clock.advance(Duration::from_secs(seconds)));
    }

    /// What the zone's own name servers answer.
    pub(super) async fn served(&self) -> Vec<String> {
        let answer = super::zones::ask_authority(self.dns.authoritative[0], "desktop.corp.example").await;
        match answer.outcome {
            TxtOutcome::Found { records, .. } => records.concat(),
            other => vec![format!("{other:?}")],
        }
    }

    /// The calls that were made so far, of one operation.
    pub(super) fn called(&self, operation: &str) -> usize {
        self.twin.calls().iter().filter(|call| call.operation == operation).count()
    }

    /// The TXT record sets at the alias.
    pub(super) fn standing(&self) -> Vec<RecordSet> {
        self.twin.with_world(|world| {
            let (_, zone) = world.public_zones().next().unwrap();
            let here = zone.records().iter().filter(|set| set.name == "desktop.corp.example." && set.r#type == "TXT");
            here.cloned().collect()
        })
    }

    /// Somebody else's edit, behind our back.
    pub(super) fn edit(&self, change: impl FnOnce(&mut World)) {
        self.twin.with_world(change);
    }
}

fn is(value: &str) -> Result<Standing, String> {
    Ok(Standing::Is(value.to_owned()))
}

#[tokio::test]
async fn there_and_back_and_when_it_has_spread() {
    let scene = Scene::of(Fixture::clean()).await;
    assert_eq!(scene.changer.read().await, is(P));
    let Swapped::Done { change: Some(change) } = scene.changer.swap(P, S).await else { panic!("done") };
    assert_eq!(scene.changer.read().await, is(S));
    assert_eq!(scene.changer.spread(&change).await, Ok(Spread::Pending));
    assert_eq!(scene.served().await, [P]);
    scene.pass(61);
    assert_eq!(scene.changer.spread(&change).await, Ok(Spread::InSync));
    assert_eq!(scene.served().await, [S]);
    assert_eq!(scene.changer.spread("/change/C000LOST").await, Ok(Spread::Lost));
    assert!(matches!(scene.again().await.swap(S, P).await, Swapped::Done { .. }));
    assert_eq!(scene.changer.read().await, is(P));
    let [set] = scene.standing().try_into().unwrap();
    assert_eq!((set.ttl, set.set_identifier.as_str()), (Some(60), ""));
}

#[tokio::test]
async fn somebody_elses_edit_stands() {
    let scene = Scene::of(Fixture::clean()).await;
    // The same swap twice: the second finds the first's value.
    assert!(matches!(scene.changer.swap(P, S).await, Swapped::Done { .. }));
    let Swapped::Refused(why) = scene.changer.swap(P, S).await else { panic!("it is at the standby") };
    assert!(why.contains("desktop.corp.example") && why.contains("InvalidChangeBatch"), "{why}");
    assert_eq!(scene.changer.read().await, is(S));
    // Another value, another TTL.
    for (value, ttl) in [("\"other\"", 60), ("\"1234567890abcdef\"", 300)] {
        let scene = Scene::of(Fixture::clean()).await;
        let client = scene.client();
        let batch = aws_sdk_route53::types::ChangeBatch::builder().changes(upsert(record(value, ttl))).build().unwrap();
        client.change_resource_record_sets().hosted_zone_id("Z0CORP").change_batch(batch).send().await.unwrap();
        assert!(matches!(scene.changer.swap(P, S).await, Swapped::Refused(_)));
        assert_eq!(scene.standing()[0].resource_records, [value]);
        assert_eq!(scene.standing()[0].ttl, Some(ttl));
    }
}

#[tokio::test]
async fn what_is_unclear_is_read_back_and_what_passes_is_for_later() {
    let scene = Scene::of(Fixture::clean()).await;
    scene.faults(&["* route53:ChangeResourceRecordSets HangAfter#1", "* route53:ChangeResourceRecordSets Drop#2"]);
    assert!(matches!(scene.changer.swap(P, S).await, Swapped::Unclear(_)));
    assert_eq!(scene.changer.read().await, is(S), "it was done");
    assert!(matches!(scene.changer.swap(S, P).await, Swapped::Unclear(_)));
    assert_eq!(scene.changer.read().await, is(S), "it was not");
    assert_eq!(scene.called("ChangeResourceRecordSets"), 2, "each went out once");
    for fault in ["Throttle", "AccessDenied", "Down", "HangBefore", "Malformed"] {
        let scene = Scene::of(Fixture::clean()).await;
        scene.faults(&[&format!("* route53:ChangeResourceRecordSets {fault}")]);
        let swapped = scene.changer.swap(P, S).await;
        let as_it_should = match fault {
            "Throttle" => matches!(swapped, Swapped::Later(_)),
            "AccessDenied" => matches!(swapped, Swapped::Refused(_)),
            _ => matches!(swapped, Swapped::Unclear(_)),
        };
        assert!(as_it_should, "{fault}: {swapped:?}");
        let now = if fault == "Malformed" { S } else { P };
        assert_eq!(scene.changer.read().await, is(now), "{fault}");
        assert_eq!(scene.called("ChangeResourceRecordSets"), 1, "{fault}");
    }
    // The zone takes no other change while accelerated recovery is being switched.
    let scene = Scene::of(Fixture::clean()).await;
    scene.edit(|world| {
        let zone = world.book_or_new(&account(&scene.fixture)).zone_mut("Z0CORP").unwrap();
        if let Ok(detail) = &mut zone.detail {
            detail.accelerated_recovery_status = "ENABLING_HOSTED_ZONE_LOCKED".to_owned();
        }
    });
    let Swapped::Later(why) = scene.changer.swap(P, S).await else { panic!("it is locked") };
    assert!(why.contains("PriorRequestNotComplete"), "{why}");
    // Reads are repeated, and told of where they come to nothing.
    scene.faults(&["* route53:ListResourceRecordSets Down"]);
    assert!(scene.changer.read().await.is_err());
}

#[tokio::test]
async fn nothing_in_the_primary_region_is_called() {
    let scene = Scene::of(Fixture::clean()).await;
    scene.faults(&["us-east-1 workspaces:* Down", "us-east-1 sts:* Down"]);
    assert!(matches!(scene.changer.swap(P, S).await, Swapped::Done { .. }));
    assert_eq!(scene.changer.read().await, is(S));
    let services: Vec<String> = scene.twin.calls().iter().map(|call| call.service.to_string()).collect();
    assert!(services.iter().all(|service| service == "route53"), "{services:?}");
    let hostile = scene.changer.swap("a\" \"b", S).await;
    assert!(matches!(hostile, Swapped::Refused(_)), "{hostile:?}");
}

impl Scene {
    /// Somebody else's client.
    pub(super) fn client(&self) -> aws_sdk_route53::Client {
        let account = account(&self.fixture);
        let credentials = aws_credential_types::Credentials::from_keys(access_key(&account), secret_key(), None);
        let config = aws_sdk_route53::Config::builder()
            .behavior_version_latest()
            .credentials_provider(credentials)
            .endpoint_url(self.twin.endpoint())
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .region(aws_sdk_route53::config::Region::new("eu-west-1"))
            .build();
        aws_sdk_route53::Client::from_conf(config)
    }
}

/// The alias's simple record set.
pub(super) fn record(value: &str, ttl: i64) -> aws_sdk_route53::types::ResourceRecordSet {
    aws_sdk_route53::types::ResourceRecordSet::builder()
        .name("desktop.corp.example.")
        .r#type("TXT".into())
        .ttl(ttl)
        .resource_records(aws_sdk_route53::types::ResourceRecord::builder().value(value).build().unwrap())
        .build()
        .unwrap()
}

/// What deskpair never does.
pub(super) fn upsert(set: aws_sdk_route53::types::ResourceRecordSet) -> aws_sdk_route53::types::Change {
    aws_sdk_route53::types::Change::builder().action("UPSERT".into()).resource_record_set(set).build().unwrap()
}
