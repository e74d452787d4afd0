//! Managed ADs, private CAs, and IAM's policy simulator.

use super::around::code;
use super::{config, sample, serve, twin};
use deskpair::twin::sample::ACCOUNT;
use deskpair::twin::{TwinOptions, World};

const P: &str = "us-east-1";
const S: &str = "us-west-2";

#[tokio::test]
async fn a_managed_ad_has_one_id_and_controllers_of_its_own_in_each_region() {
    let estate = sample(5);
    let managed = estate.sides[0].directories.items().iter().find(|known| known.r#type == "MicrosoftAD").unwrap();
    let (id, connector) = (managed.directory_id.as_str(), estate.sides[0].directories.items()[0].directory_id.as_str());
    let twin = twin(5).await;
    let mut addresses = Vec::new();
    for region in [P, S] {
        let client = aws_sdk_directory::Client::new(&config(&twin, region));
        let regions = client.describe_regions().directory_id(id).send().await.unwrap();
        assert_eq!(regions.regions_description().len(), 2, "told in {region} too");
        let one = client.describe_regions().directory_id(id).region_name(S).send().await.unwrap();
        assert_eq!(one.regions_description()[0].region_name(), Some(S));
        let trusts = client.describe_trusts().directory_id(id).send().await.unwrap();
        assert_eq!(trusts.trusts().len(), 1, "told in {region} too");
        let controllers = client.describe_domain_controllers().directory_id(id).limit(1).send().await.unwrap();
        let next = client.describe_domain_controllers().directory_id(id).set_next_token(controllers.next_token);
        let next = next.send().await.unwrap();
        let known = next.domain_controllers()[0].domain_controller_id().unwrap();
        let named = client.describe_domain_controllers().directory_id(id).domain_controller_ids(known);
        assert_eq!(named.send().await.unwrap().domain_controllers(), next.domain_controllers());
        addresses.push(next.domain_controllers()[0].dns_ip_addr().unwrap().to_owned());
    }
    assert_ne!(addresses[0], addresses[1]);
    let client = aws_sdk_directory::Client::new(&config(&twin, P));
    let of = |id: &str| client.describe_regions().directory_id(id).send();
    assert_eq!(code(of("d-0000000000").await), "DirectoryDoesNotExistException");
    assert_eq!(code(of(connector).await), "UnsupportedOperationException");
    let unknown = client.describe_domain_controllers().directory_id(id).domain_controller_ids("dc-0000000000");
    assert_eq!(code(unknown.send().await), "EntityDoesNotExistException");
    let nobody = client.describe_trusts().directory_id("d-0000000000").send().await;
    assert_eq!(code(nobody), "EntityDoesNotExistException");
    let none = client.describe_trusts().directory_id(id).set_trust_ids(Some(Vec::new())).send().await;
    assert_eq!(code(none), "InvalidParameterException");
    let unknown = client.describe_trusts().directory_id(id).trust_ids("t-0000000000").send().await;
    assert_eq!(code(unknown), "EntityDoesNotExistException");
}

#[tokio::test]
async fn a_private_ca_is_found_in_its_own_region_alone() {
    let estate = sample(5);
    let side = &estate.sides[estate.pairs[0].standby as usize];
    let arn = side.certificate_authorities.keys().next().unwrap();
    let twin = twin(5).await;
    let ask = |region: &str, arn: &str| {
        let client = aws_sdk_acmpca::Client::new(&config(&twin, region));
        client.describe_certificate_authority().certificate_authority_arn(arn).send()
    };
    let told = ask(S, arn).await.unwrap().certificate_authority.unwrap();
    assert_eq!((told.arn(), told.status().map(|status| status.as_str())), (Some(arn.as_str()), Some("ACTIVE")));
    assert_eq!(code(ask(P, arn).await), "ResourceNotFoundException");
    assert_eq!(code(ask(S, &format!("{arn}0")).await), "ResourceNotFoundException");
    assert_eq!(code(ask(S, "arn:aws:acm:us-west-2::certificate/1").await), "ValidationException");
}

#[tokio::test]
async fn simulations_come_in_pages_and_the_least_generous_decision_is_that_of_all() {
    let mut estate = sample(5);
    let side = &mut estate.sides[1];
    let (role, told) = side.failover_permissions.iter_mut().next().unwrap();
    let role = role.clone();
    let start = told.items_mut().iter_mut().find(|one| one.eval_action_name == "workspaces:StartWorkspaces").unwrap();
    start.eval_decision = "implicitDeny".to_owned();
    start.missing_context_values = vec!["aws:ResourceTag/Team".to_owned()];
    let (desktop, other) =
        (start.eval_resource_name.clone(), "arn:aws:workspaces:us-west-2:111122223333:workspace/ws-000000000");
    let twin = serve(World::from_estate(&estate), TwinOptions::default()).await;
    let client = aws_sdk_iam::Client::new(&config(&twin, P));
    let ask = || {
        let ask = client.simulate_principal_policy().policy_source_arn(&role).resource_arns(&desktop);
        ask.action_names("workspaces:StartWorkspaces").action_names("workspaces:StopWorkspaces").max_items(1)
    };
    let first = ask().send().await.unwrap();
    assert!(first.is_truncated);
    let rest = ask().set_marker(first.marker.clone()).send().await.unwrap();
    assert!(!rest.is_truncated && rest.marker().is_none());
    let (start, stop) = (&first.evaluation_results()[0], &rest.evaluation_results()[0]);
    assert_eq!(
        (start.eval_action_name(), stop.eval_action_name()),
        ("workspaces:StartWorkspaces", "workspaces:StopWorkspaces")
    );
    assert_eq!((start.eval_decision().as_str(), stop.eval_decision().as_str()), ("implicitDeny", "allowed"));
    let of_desktop = &start.resource_specific_results()[0];
    assert_eq!((of_desktop.eval_resource_name(), start.missing_context_values().len()), (desktop.as_str(), 0));
    assert_eq!(of_desktop.missing_context_values(), ["aws:ResourceTag/Team"]);
    assert_eq!(start.organizations_decision_detail().map(|told| told.allowed_by_organizations), Some(true));
    // One desktop stands for all; what nobody asked of IAM, the twin does not know.
    let of_other = client.simulate_principal_policy().policy_source_arn(&role).resource_arns(other);
    let of_other = of_other.action_names("workspaces:StopWorkspaces").send().await.unwrap();
    assert_eq!(of_other.evaluation_results()[0].eval_decision().as_str(), "allowed");
    let unasked = client.simulate_principal_policy().policy_source_arn(&role).action_names("ec2:RunInstances");
    assert_eq!(code(unasked.send().await), "InvalidAction");
    let nobody = client.simulate_principal_policy().policy_source_arn(format!("arn:aws:iam::{ACCOUNT}:role/Nobody"));
    assert_eq!(code(nobody.action_names("workspaces:Stream").send().await), "NoSuchEntity");
    let short = client.simulate_principal_policy().policy_source_arn("role").action_names("workspaces:Stream");
    assert_eq!(code(short.send().await), "ValidationError");
}
