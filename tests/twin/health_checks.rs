//! Health checks: read and updated as Route 53 lets them be.

use super::{config, serve};
use aws_sdk_route53::Client;
use aws_sdk_route53::operation::update_health_check::builders::UpdateHealthCheckFluentBuilder;
use deskpair::twin::{TwinOptions, World};
use deskpair_rules::model::Slice;
use deskpair_rules::model::route53::HealthCheck;

fn check(id: &str, kind: &str) -> HealthCheck {
    HealthCheck {
        id: id.to_owned(),
        caller_reference: id.to_owned(),
        r#type: kind.to_owned(),
        health_check_version: Some(3),
        ..HealthCheck::default()
    }
}

async fn client() -> (deskpair::twin::Twin, Client) {
    let mut estate = super::sample(1);
    let managed = HealthCheck {
        linked_service_principal: "servicediscovery.amazonaws.com".to_owned(),
        ..check("managed", "TCP")
    };
    estate.zones[0].health_checks = Slice::whole_of(vec![
        check("web", "HTTPS"),
        check("alarm", "CLOUDWATCH_METRIC"),
        check("sum", "CALCULATED"),
        managed,
    ]);
    let twin = serve(World::from_estate(&estate), TwinOptions::default()).await;
    let client = Client::new(&config(&twin, "us-east-1"));
    (twin, client)
}

/// The refusal's code.
async fn refused(request: UpdateHealthCheckFluentBuilder) -> String {
    let error = request.send().await.expect_err("it is refused").into_service_error();
    error.meta().code().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn an_update_keeps_what_is_not_given_and_moves_the_version() {
    let (_twin, client) = client().await;
    let update = || client.update_health_check().health_check_id("web");
    let answer = update().health_check_version(3).resource_path("/healthz").port(8443).send().await.unwrap();
    assert_eq!(answer.health_check.unwrap().health_check_version, 4);
    update().health_check_version(4).disabled(true).inverted(true).send().await.unwrap();
    // Without a version nothing is compared.
    update().failure_threshold(2).send().await.unwrap();
    update().reset_elements("ResourcePath".into()).send().await.unwrap();
    let check = client.get_health_check().health_check_id("web").send().await.unwrap().health_check.unwrap();
    let config = check.health_check_config.unwrap();
    assert_eq!((check.health_check_version, config.disabled, config.inverted), (7, Some(true), Some(true)));
    assert_eq!((config.port, config.failure_threshold, config.resource_path), (Some(8443), Some(2), None));
}

#[tokio::test]
async fn what_route_53_refuses_the_twin_refuses() {
    let (twin, client) = client().await;
    let update = |id: &str| client.update_health_check().health_check_id(id);
    for version in [2, 4] {
        assert_eq!(
            refused(update("web").health_check_version(version).disabled(true)).await,
            "HealthCheckVersionMismatch"
        );
    }
    assert_eq!(refused(update("gone").disabled(true)).await, "NoSuchHealthCheck");
    let gone = client.get_health_check().health_check_id("gone").send().await.unwrap_err().into_service_error();
    assert!(gone.is_no_such_health_check());
    for invalid in [
        update("web").health_check_version(0),
        update("web").port(0),
        update("web").failure_threshold(11),
        update("web").ip_address("192.0.2.1"),
        update("web").search_string("well"),
        update("web").child_health_checks("alarm"),
        update("alarm").port(80),
        update("sum").health_threshold(257),
        update("sum").insufficient_data_health_status("Healthy".into()),
        update("managed").disabled(true),
    ] {
        assert_eq!(refused(invalid).await, "InvalidInput");
    }
    let versions: Vec<Option<i64>> = twin.with_world(|world| {
        let book = world.book(deskpair::twin::sample::ACCOUNT).unwrap();
        book.health_checks.items().iter().map(|check| check.health_check_version).collect()
    });
    assert_eq!(versions, [Some(3); 4], "nothing was changed");
}
