//! What stands around desktops: account settings, add-ins, applications, Amazon's bundles, security groups, endpoints.

use super::{config, sample, serve, twin};
use aws_sdk_ec2::types::Filter;
use aws_sdk_workspaces::types::{BundleAssociatedResourceType, ImageAssociatedResourceType};
use aws_smithy_runtime_api::client::result::{CreateUnhandledError, SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use deskpair::twin::{TwinOptions, World};
use deskpair_rules::model::image::ImagePermission;
use std::error::Error;
use std::fmt::Debug;

const S: &str = "us-west-2";

/// The code of a refusal.
#[track_caller]
pub(super) fn code<T: Debug, E, R>(answer: Result<T, SdkError<E, R>>) -> String
where
    E: ProvideErrorMetadata + Error + Send + Sync + CreateUnhandledError + 'static,
    R: Debug + Send + Sync + 'static,
{
    answer.expect_err("a refusal").into_service_error().meta().code().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn lists_of_one_thing_come_in_pages_and_of_nothing_not_at_all() {
    let mut estate = sample(5);
    let side = estate.sides.iter_mut().find(|side| side.place.region == S).unwrap();
    let image = side.images.items()[0].image_id.clone();
    let shared = (0..30).map(|at| ImagePermission { shared_account_id: format!("{at:012}") });
    side.image_permissions.get_mut(&image).unwrap().items_mut().extend(shared);
    let wanted = side.image_permissions[&image].items().len();
    let twin = serve(World::from_estate(&estate), TwinOptions::default()).await;
    let client = aws_sdk_workspaces::Client::new(&config(&twin, S));
    let first = client.describe_workspace_image_permissions().image_id(&image).send().await.unwrap();
    assert_eq!((first.image_id(), first.image_permissions().len()), (Some(image.as_str()), 25));
    let token = first.next_token().unwrap();
    let rest = client.describe_workspace_image_permissions().image_id(&image).next_token(token).send().await.unwrap();
    assert_eq!((25 + rest.image_permissions().len(), rest.next_token()), (wanted, None));
    let other = client.describe_applications().next_token(token).send().await;
    assert_eq!(code(other), "InvalidParameterValuesException", "a token of another list");
    assert_eq!(code(client.describe_applications().max_results(26).send().await), "ValidationException");

    let permissions = client.describe_workspace_image_permissions().image_id("wsi-000000000").send().await;
    assert_eq!(code(permissions), "ResourceNotFoundException");
    let add_ins = client.describe_connect_client_add_ins().resource_id("d-0000000000").send().await;
    assert_eq!(code(add_ins), "ResourceNotFoundException");
    let kind = ImageAssociatedResourceType::Application;
    let applications = client.describe_image_associations().image_id("wsi-000000000");
    assert_eq!(code(applications.associated_resource_types(kind).send().await), "ResourceNotFoundException");
    let kind = BundleAssociatedResourceType::Application;
    let applications = client.describe_bundle_associations().bundle_id("wsb-000000000");
    assert_eq!(code(applications.associated_resource_types(kind).send().await), "ResourceNotFoundException");
    assert_eq!(
        code(client.describe_bundle_associations().bundle_id("wsb-000000000").send().await),
        "ValidationException"
    );
    let kind = BundleAssociatedResourceType::from("DESKTOP");
    let applications = client.describe_bundle_associations().bundle_id("wsb-000000000");
    assert_eq!(code(applications.associated_resource_types(kind).send().await), "ValidationException");
    assert_eq!(
        code(client.describe_applications().application_ids("wsa-000000000").send().await),
        "ResourceNotFoundException"
    );
}

#[tokio::test]
async fn amazons_bundles_are_listed_apart_and_found_by_their_ids() {
    let twin = twin(5).await;
    let client = aws_sdk_workspaces::Client::new(&config(&twin, S));
    let mut offered = Vec::new();
    let mut pages = client.describe_workspace_bundles().owner("AMAZON").into_paginator().send();
    while let Some(page) = pages.next().await {
        offered.extend(page.unwrap().bundles.unwrap_or_default());
    }
    assert!(offered.len() > 25 && offered.iter().all(|bundle| bundle.owner() == Some("AMAZON")));
    let own = client.describe_workspace_bundles().send().await.unwrap();
    assert!(own.bundles().iter().all(|bundle| bundle.owner() != Some("AMAZON")));
    let (own, amazons) = (own.bundles()[0].bundle_id().unwrap(), offered[0].bundle_id().unwrap());
    let both = client.describe_workspace_bundles().bundle_ids(own).bundle_ids(amazons).send().await.unwrap();
    let ids: Vec<_> = both.bundles().iter().filter_map(|bundle| bundle.bundle_id()).collect();
    assert_eq!(ids, [own, amazons]);
}

#[tokio::test]
async fn an_unknown_id_is_an_error_and_an_unknown_value_of_a_filter_is_nothing() {
    let twin = twin(5).await;
    let client = aws_sdk_ec2::Client::new(&config(&twin, S));
    let filter = |name: &str, value: &str| Filter::builder().name(name).values(value).build();
    let groups = client.describe_security_groups().send().await.unwrap();
    let group = &groups.security_groups()[0];
    let id = group.group_id().unwrap();
    for (name, value) in
        [("group-id", id), ("group-name", "norhaven-desktops"), ("tag:Owner", "euc-team"), ("tag-key", "Name")]
    {
        let found = client.describe_security_groups().filters(filter(name, value)).send().await.unwrap();
        assert_eq!(found.security_groups(), std::slice::from_ref(group), "{name}");
    }
    let none = filter("group-id", "sg-00000000000000000");
    let found = client.describe_security_groups().filters(none).max_results(1000).send().await.unwrap();
    assert_eq!((found.security_groups().len(), found.next_token()), (0, None));
    let unknown = client.describe_security_groups().group_ids("sg-00000000000000000").send().await;
    assert_eq!(code(unknown), "InvalidGroup.NotFound");
    let few = client.describe_security_groups().max_results(4).send().await;
    assert_eq!(code(few), "InvalidParameterValue");
    let wrong = client.describe_security_groups().filters(filter("colour", "red")).send().await;
    assert_eq!(code(wrong), "InvalidParameterValue");

    let endpoints = client.describe_vpc_endpoints().send().await.unwrap();
    let endpoint = endpoints.vpc_endpoints()[0].vpc_endpoint_id().unwrap();
    for (name, value) in [("vpc-endpoint-id", endpoint), ("vpc-endpoint-state", "available")] {
        let found = client.describe_vpc_endpoints().filters(filter(name, value)).send().await.unwrap();
        assert_eq!(found.vpc_endpoints().len(), 1, "{name}");
    }
    let unknown = client.describe_vpc_endpoints().vpc_endpoint_ids("vpce-00000000000000000").send().await;
    assert_eq!(code(unknown), "InvalidVpcEndpointId.NotFound");
    let subnets = client.describe_subnets().send().await.unwrap();
    let subnet = &subnets.subnets()[0];
    let id = subnet.subnet_id().unwrap();
    for (name, value) in [("subnet-id", id), ("availability-zone-id", "usw2-az2"), ("cidr", "10.30.64.0/18")] {
        let found = client.describe_subnets().filters(filter(name, value)).send().await.unwrap();
        assert_eq!(found.subnets(), std::slice::from_ref(subnet), "{name}");
    }
    let unknown = client.describe_subnets().subnet_ids("subnet-00000000000000000").send().await;
    assert_eq!(code(unknown), "InvalidSubnetID.NotFound");
    let tables = client.describe_route_tables().filters(filter("association.subnet-id", id)).send().await.unwrap();
    let [table] = tables.route_tables() else { panic!("one table: {tables:?}") };
    assert_eq!(table.associations().len(), 2);
    let main = client.describe_route_tables().filters(filter("association.main", "true")).send().await.unwrap();
    let [main] = main.route_tables() else { panic!("one main table: {main:?}") };
    assert_eq!(main.routes()[0].gateway_id(), Some("local"));
    let many = client.describe_route_tables().max_results(101).send().await;
    assert_eq!(code(many), "InvalidParameterValue");
    let interfaces = client.describe_network_interfaces().filters(filter("subnet-id", id)).send().await.unwrap();
    let interface = interfaces.network_interfaces().last().unwrap();
    assert_eq!((interface.subnet_id(), interface.groups().len()), (Some(id), 2));
    let at = interface.private_ip_address().unwrap();
    let found = client.describe_network_interfaces().filters(filter("private-ip-address", at));
    let found = found.filters(filter("subnet-id", id)).send().await.unwrap();
    assert_eq!(found.network_interfaces(), std::slice::from_ref(interface));
    let own = interface.network_interface_id().unwrap();
    let found = client.describe_network_interfaces().network_interface_ids(own).send().await.unwrap();
    assert_eq!(found.network_interfaces(), std::slice::from_ref(interface));
    let unknown = client.describe_network_interfaces().network_interface_ids("eni-00000000000000000").send().await;
    assert_eq!(code(unknown), "InvalidNetworkInterfaceID.NotFound");
    let few = client.describe_network_interfaces().max_results(4).send().await;
    assert_eq!(code(few), "InvalidParameterValue");
    let options = client.describe_dhcp_options().filters(filter("key", "domain-name-servers")).send().await.unwrap();
    let options = options.dhcp_options()[0].dhcp_options_id().unwrap();
    let unknown = client.describe_dhcp_options().dhcp_options_ids("dopt-00000000000000000").send().await;
    assert_eq!(code(unknown), "InvalidDhcpOptionID.NotFound");
    let vpcs = client.describe_vpcs().filters(filter("dhcp-options-id", options)).send().await.unwrap();
    assert_eq!(vpcs.vpcs().len(), 1);
    let vpcs = client.describe_vpcs().filters(filter("cidr", "10.30.0.0/16")).send().await.unwrap();
    assert_eq!((vpcs.vpcs().len(), vpcs.vpcs()[0].is_default()), (1, Some(false)));
}

#[tokio::test]
async fn quotas_are_of_workspaces_and_come_in_pages() {
    let twin = twin(5).await;
    let client = aws_sdk_servicequotas::Client::new(&config(&twin, S));
    let first = client.list_service_quotas().service_code("workspaces").max_results(2).send().await.unwrap();
    assert_eq!((first.quotas().len(), first.quotas()[0].quota_code()), (2, Some("L-34278094")));
    assert_eq!(first.quotas()[0].value(), Some(200.0));
    let token = first.next_token().unwrap();
    let all = client.list_service_quotas().service_code("workspaces").send().await.unwrap();
    let rest = client.list_service_quotas().service_code("workspaces").next_token(token).send().await.unwrap();
    assert_eq!((2 + rest.quotas().len(), rest.next_token()), (all.quotas().len(), None));
    let one = client.list_service_quotas().service_code("workspaces").quota_code("L-18CE281C").send().await.unwrap();
    assert_eq!(one.quotas().iter().map(|quota| quota.quota_name()).collect::<Vec<_>>(), [Some("Images")]);
    let defaults = client.list_aws_default_service_quotas();
    let other = defaults.clone().service_code("workspaces").next_token(token).send().await;
    assert_eq!(code(other), "InvalidPaginationTokenException", "a token of another list");
    assert_eq!(code(defaults.clone().service_code("nosuch").send().await), "NoSuchResourceException");
    let many = defaults.service_code("workspaces").max_results(101).send().await;
    assert_eq!(code(many), "ValidationException");
}

#[tokio::test]
async fn a_key_is_known_by_its_arn_and_its_id_and_another_is_not() {
    let estate = sample(40);
    let side = estate.sides.iter().find(|side| side.place.region == S).unwrap();
    let key = side.keys.values().next().unwrap().items()[0].clone();
    let twin = twin(40).await;
    let client = aws_sdk_kms::Client::new(&config(&twin, S));
    for named in [&key.arn, &key.key_id] {
        let told = client.describe_key().key_id(named).send().await.unwrap().key_metadata.unwrap();
        assert_eq!((told.arn(), told.key_id()), (Some(key.arn.as_str()), key.key_id.as_str()));
    }
    for named in ["alias/none", "12345678-1234-1234-1234-123456789012", &key.arn.replace(S, "us-east-1")] {
        assert_eq!(code(client.describe_key().key_id(named).send().await), "NotFoundException", "{named}");
    }
    assert_eq!(code(client.describe_key().key_id("k".repeat(2049)).send().await), "ValidationException");
    twin.set_faults(vec![super::fault("* kms:DescribeKey AccessDenied")]);
    let refused = client.describe_key().key_id(&key.key_id).send().await.expect_err("denied").into_service_error();
    assert!(refused.meta().message().unwrap().contains(&format!("resource: {} ", key.arn)), "{refused:?}");
}
