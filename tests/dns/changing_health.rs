//! A failover pair of record sets, moved by its health check on a twin, and by its record sets where no health check answers.

use super::changing::{P, S, Scene, account};
use deskpair::dns::change::{Standing, Swapped};
use deskpair_rules::fixture::Fixture;
use deskpair_rules::model::route53::HealthCheck;

const AWAY: &str = "* route53:GetHealthCheck Down";

fn failover() -> Fixture {
    let mut fixture = Fixture::failover();
    for check in ["hc-primary", "hc-secondary"] {
        fixture.check(check).health_check_version = Some(7);
    }
    fixture
}

impl Scene {
    fn check(&self) -> HealthCheck {
        self.twin.with_world(|world| {
            let checks = world.book(&account(&self.fixture)).unwrap().health_checks.items();
            checks.iter().find(|check| check.id == "hc-primary").unwrap().clone()
        })
    }

    fn flags(&self) -> (Option<bool>, Option<bool>, Option<i64>) {
        let check = self.check();
        (check.disabled, check.inverted, check.health_check_version)
    }
}

fn is(value: &str) -> Result<Standing, String> {
    Ok(Standing::Is(value.to_owned()))
}

#[tokio::test]
async fn its_flags_move_it_there_and_back() {
    let scene = Scene::of(failover()).await;
    let before = scene.standing();
    assert_eq!(scene.changer.read().await, is(P));
    assert_eq!(scene.changer.swap(P, S).await, Swapped::Done { change: None });
    assert_eq!(scene.flags(), (Some(true), Some(true), Some(8)));
    assert_eq!(scene.changer.read().await, is(S));
    assert_eq!(scene.served().await, [P], "not yet");
    scene.pass(61);
    assert_eq!(scene.served().await, [S]);
    let again = scene.again().await;
    assert!(matches!(again.swap(P, S).await, Swapped::Refused(_)), "it is there");
    assert_eq!(again.swap(S, P).await, Swapped::Done { change: None });
    assert_eq!(scene.flags(), (Some(false), Some(false), Some(9)));
    scene.pass(61);
    assert_eq!((scene.served().await, scene.changer.read().await), (vec![P.to_owned()], is(P)));
    assert_eq!(scene.standing(), before, "no record set was touched");
    assert_eq!(scene.called("ChangeResourceRecordSets"), 0);
}

#[tokio::test]
async fn somebody_elses_edit_of_the_check_or_the_pair_stands() {
    let account = account(&failover());
    let edited = |change: fn(&mut HealthCheck)| {
        let account = account.clone();
        move |world: &mut deskpair::twin::World| {
            let checks = world.book_or_new(&account).health_checks.items_mut().iter_mut();
            checks.filter(|check| check.id == "hc-primary").for_each(change);
        }
    };
    let scene = Scene::of(failover()).await;
    scene.edit(edited(|check| check.health_check_version = Some(8)));
    let Swapped::Refused(why) = scene.changer.swap(P, S).await else { panic!("another version") };
    assert!(why.contains("version 7 then, 8 now"), "{why}");

    let scene = Scene::of(failover()).await;
    assert!(matches!(scene.changer.swap(P, S).await, Swapped::Done { .. }));
    scene.edit(edited(|check| check.inverted = Some(false)));
    let Swapped::Refused(why) = scene.changer.swap(S, P).await else { panic!("other flags") };
    assert!(why.contains("somebody else"), "{why}");
    assert_eq!(scene.flags(), (Some(true), Some(false), Some(8)));

    let scene = Scene::of(failover()).await;
    let client = scene.client();
    let changed = super::changing::record("\"other\"", 60);
    let changed = aws_sdk_route53::types::ResourceRecordSet::builder()
        .name(changed.name())
        .r#type("TXT".into())
        .ttl(60)
        .set_resource_records(Some(changed.resource_records().to_vec()))
        .set_identifier("secondary")
        .failover("SECONDARY".into())
        .health_check_id("hc-secondary")
        .build()
        .unwrap();
    let batch =
        aws_sdk_route53::types::ChangeBatch::builder().changes(super::changing::upsert(changed)).build().unwrap();
    client.change_resource_record_sets().hosted_zone_id("Z0CORP").change_batch(batch).send().await.unwrap();
    let Swapped::Refused(why) = scene.changer.swap(P, S).await else { panic!("another pair") };
    assert!(why.contains("\"other\""), "{why}");
    assert_eq!(scene.called("UpdateHealthCheck"), 0);
    assert!(matches!(scene.changer.read().await, Ok(Standing::Other(_))));
}

#[tokio::test]
async fn without_the_health_checks_api_one_simple_record_stands_in_and_goes_again() {
    let scene = Scene::of(failover()).await;
    let before = scene.standing();
    scene.faults(&[AWAY, "* route53:UpdateHealthCheck Down", "* route53:GetHealthCheckStatus Down"]);
    assert!(scene.changer.read().await.is_err(), "what is served nobody can tell");
    assert!(matches!(scene.changer.swap(P, S).await, Swapped::Done { change: Some(_) }));
    let standing = scene.standing();
    assert_eq!((standing.len(), standing[0].resource_records[0].as_str()), (1, "\"fedcba0987654321\""));
    assert_eq!(scene.changer.read().await, is(S));
    scene.pass(61);
    assert_eq!(scene.served().await, [S]);
    // Back, while it is still away: the pair as it was.
    let again = scene.again().await;
    assert!(matches!(again.swap(S, P).await, Swapped::Done { change: Some(_) }));
    assert_eq!(scene.standing(), before);
    scene.pass(61);
    assert_eq!(scene.served().await, [P]);
}

#[tokio::test]
async fn a_check_that_was_moved_and_a_record_that_was_too_both_go_back() {
    let scene = Scene::of(failover()).await;
    let before = scene.standing();
    // The update is done and its answer withheld, and nothing answers then.
    scene.faults(&["* route53:UpdateHealthCheck HangAfter", "* route53:GetHealthCheck Down#2.."]);
    assert!(matches!(scene.changer.swap(P, S).await, Swapped::Unclear(_)));
    assert!(matches!(scene.changer.swap(P, S).await, Swapped::Done { change: Some(_) }), "by the record sets");
    assert_eq!(scene.flags(), (Some(true), Some(true), Some(8)));
    scene.faults(&[]);
    assert_eq!(scene.changer.read().await, is(S));
    assert!(matches!(scene.again().await.swap(S, P).await, Swapped::Done { change: Some(_) }));
    assert_eq!(scene.flags(), (Some(false), Some(false), Some(9)));
    assert_eq!(scene.standing(), before);
    scene.pass(61);
    assert_eq!((scene.served().await, scene.changer.read().await), (vec![P.to_owned()], is(P)));
}

#[tokio::test]
async fn an_update_without_an_answer_is_looked_after() {
    let scene = Scene::of(failover()).await;
    scene.faults(&["* route53:UpdateHealthCheck HangAfter#1"]);
    assert_eq!(scene.changer.swap(P, S).await, Swapped::Done { change: None }, "the check shows it");
    scene.faults(&["* route53:UpdateHealthCheck Drop"]);
    assert!(matches!(scene.changer.swap(S, P).await, Swapped::Unclear(_)));
    assert_eq!(scene.changer.read().await, is(S), "it was not done");
    // Twice without an answer: the record sets are what is left.
    assert!(matches!(scene.changer.swap(S, P).await, Swapped::Done { change: Some(_) }));
    assert_eq!((scene.standing().len(), scene.changer.read().await), (1, is(P)));
    for (fault, later) in [("Throttle", true), ("AccessDenied", false)] {
        let scene = Scene::of(failover()).await;
        scene.faults(&[&format!("* route53:UpdateHealthCheck {fault}")]);
        match scene.changer.swap(P, S).await {
            Swapped::Later(_) if later => {}
            Swapped::Refused(_) if !later => {}
            other => panic!("{fault}: {other:?}"),
        }
        assert_eq!((scene.called("UpdateHealthCheck"), scene.changer.read().await), (1, is(P)));
    }
}
