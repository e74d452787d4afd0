//! What is listed is what the estate holds.

use super::{config, config_as, raw, sample, serve, signed, twin};
use aws_credential_types::Credentials;
use deskpair::twin::sample::ACCOUNT;
use deskpair::twin::{Limits, Service, Twin, TwinOptions, World};
use deskpair_rules::model::Moment;
use std::collections::BTreeSet;

const P: &str = "us-east-1";
const S: &str = "us-west-2";

#[tokio::test]
async fn workspaces_come_in_pages_of_25_in_the_estates_order() {
    let estate = sample(60);
    let twin = serve(World::from_estate(&estate), TwinOptions::default()).await;
    let client = aws_sdk_workspaces::Client::new(&config(&twin, P));
    let mut pages = client.describe_workspaces().into_paginator().send();
    let mut sizes = Vec::new();
    let mut ids = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.unwrap();
        sizes.push(page.workspaces().len());
        ids.extend(page.workspaces().iter().map(|found| found.workspace_id().unwrap().to_owned()));
    }
    let side = estate.sides.iter().find(|side| side.place.region == P).unwrap();
    let rows = side.workspaces.items();
    assert_eq!(sizes, [vec![25; rows.len() / 25], vec![rows.len() % 25]].concat());
    let wanted: Vec<_> = rows.iter().map(|row| estate.symbols.text(row.id)).collect();
    assert_eq!(ids, wanted);

    let row = rows[3];
    let by_user = client
        .describe_workspaces()
        .directory_id(estate.symbols.text(row.directory))
        .user_name(estate.symbols.text(row.user).to_uppercase())
        .send()
        .await
        .unwrap();
    let found = &by_user.workspaces()[0];
    let record = row.record(&estate.symbols, &side.extras);
    assert_eq!(found.workspace_id().unwrap(), record.workspace_id);
    assert_eq!(found.bundle_id().unwrap(), record.bundle_id);
    let properties = found.workspace_properties().unwrap();
    assert_eq!(properties.running_mode().unwrap().as_str(), record.running_mode);
    assert_eq!(properties.root_volume_size_gib().map(|gib| gib as u16), record.root_volume_size_gib);
    let protocols: Vec<_> = properties.protocols().iter().map(|protocol| protocol.as_str()).collect();
    assert_eq!(protocols.join(","), record.protocols);
}

#[tokio::test]
async fn filters_exclude_each_other_and_a_foreign_token_is_refused() {
    let twin = twin(60).await;
    let client = aws_sdk_workspaces::Client::new(&config(&twin, P));
    let first = client.describe_workspaces().limit(10).send().await.unwrap();
    let token = first.next_token().unwrap();
    let refused = [
        client.describe_workspaces().workspace_ids("ws-000000000").bundle_id("wsb-000000000").send().await,
        client.describe_workspaces().user_name("anna").send().await,
        client.describe_workspaces().directory_id("d-0123456789").next_token(token).send().await,
        client.describe_workspaces().next_token("2").send().await,
    ];
    for answer in refused {
        let error = answer.unwrap_err().into_service_error();
        assert!(error.is_invalid_parameter_values_exception(), "{error:?}");
    }
    let error = client.describe_workspaces().limit(26).send().await.unwrap_err().into_service_error();
    assert_eq!(error.meta().code(), Some("ValidationException"));
    assert!(error.meta().message().unwrap().contains("at 'limit' failed to satisfy constraint"));
    let other_region = aws_sdk_workspaces::Client::new(&config(&twin, S));
    assert!(other_region.describe_workspaces().next_token(token).send().await.is_err());
}

#[tokio::test]
async fn every_list_of_a_side_is_the_estates() {
    let estate = sample(30);
    let twin = serve(World::from_estate(&estate), TwinOptions::default()).await;
    for side in &estate.sides {
        let config = config(&twin, &side.place.region);
        let client = aws_sdk_workspaces::Client::new(&config);
        let directories = client.describe_workspace_directories().send().await.unwrap();
        let registered = side.registrations.items();
        assert_eq!(directories.directories().len(), registered.len());
        let (found, wanted) = (&directories.directories()[0], &registered[0]);
        assert_eq!(found.registration_code(), Some(wanted.registration_code.as_str()));
        assert_eq!(found.ip_group_ids(), wanted.ip_group_ids);
        let saml = wanted.saml_properties.as_ref().map(|saml| saml.status.as_str());
        assert_eq!(found.saml_properties().and_then(|saml| saml.status()).map(|status| status.as_str()), saml);

        let id = &wanted.directory_id;
        let properties = client.describe_client_properties().resource_ids(id).send().await.unwrap();
        assert_eq!(properties.client_properties_list()[0].resource_id(), Some(id.as_str()));
        let branding = client.describe_client_branding().resource_id(id).send().await.unwrap();
        let windows = side.branding[id].items().iter().find(|entry| entry.device_type == "DeviceTypeWindows");
        assert_eq!(
            branding.device_type_windows().and_then(|given| given.support_email()),
            windows.map(|entry| entry.branding.support_email.as_str()).filter(|email| !email.is_empty())
        );
        let images = client.describe_workspace_images().send().await.unwrap();
        assert_eq!(images.images().len(), side.images.items().len());
        assert_eq!(images.images()[0].created().map(|at| at.secs()), side.images.items()[0].created.map(Moment::secs));
        let bundles = client.describe_workspace_bundles().send().await.unwrap();
        assert_eq!(bundles.bundles().len(), side.bundles.items().len());
        let public = client.describe_workspace_bundles().owner("AMAZON").send().await.unwrap();
        assert_eq!(public.bundles().len(), side.amazon_bundles.items().len().min(25));
        let groups = client.describe_ip_groups().send().await.unwrap();
        assert_eq!(groups.result().len(), side.ip_groups.items().len());
        assert_eq!(groups.result()[0].user_rules().len(), side.ip_groups.items()[0].user_rules.len());
        let aliases = client.describe_connection_aliases().send().await.unwrap();
        let alias = &aliases.connection_aliases()[0];
        assert_eq!(alias.connection_string(), Some(side.aliases.items()[0].connection_string.as_str()));
        let permissions = client.describe_connection_alias_permissions().alias_id(alias.alias_id().unwrap());
        assert!(permissions.send().await.unwrap().connection_alias_permissions().is_empty());

        let directories = aws_sdk_directory::Client::new(&config).describe_directories().send().await.unwrap();
        assert_eq!(directories.directory_descriptions().len(), side.directories.items().len());
        let fsx = aws_sdk_fsx::Client::new(&config);
        let systems = fsx.describe_file_systems().send().await.unwrap();
        assert_eq!(systems.file_systems().len(), side.file_systems.items().len());
        assert_eq!(fsx.describe_backups().send().await.unwrap().backups().len(), side.backups.items().len());
        let datasync = aws_sdk_datasync::Client::new(&config);
        let tasks = datasync.list_tasks().send().await.unwrap();
        assert_eq!(tasks.tasks().len(), side.sync_tasks.items().len());
        assert_eq!(
            datasync.list_locations().send().await.unwrap().locations().len(),
            side.sync_locations.items().len()
        );
        for task in &side.sync_tasks.items().to_vec() {
            let described = datasync.describe_task().task_arn(&task.task_arn).send().await.unwrap();
            assert_eq!(described.source_location_arn(), Some(task.source_location_arn.as_str()));
            let Some(executions) = side.executions_of(&task.task_arn) else { continue };
            let listed = datasync.list_task_executions().task_arn(&task.task_arn).send().await.unwrap();
            assert_eq!(listed.task_executions().len(), executions.items().len());
            let arn = &executions.items()[0].task_execution_arn;
            let execution = datasync.describe_task_execution().task_execution_arn(arn).send().await.unwrap();
            assert_eq!(execution.status().unwrap().as_str(), executions.items()[0].status);
        }
        let form = "content-type: application/x-www-form-urlencoded";
        let head = format!("POST / HTTP/1.1\r\n{form}\r\n{}", signed("ec2", P));
        let (_, vpcs) = raw(&twin, &head, "Action=DescribeVpcs&Version=2016-11-15").await;
        let own = estate.sides.iter().find(|side| side.place.region == P).unwrap().vpcs.items();
        assert!(
            !own.is_empty() && own.iter().all(|vpc| vpcs.contains(&format!("<vpcId>{}</vpcId>", vpc.vpc_id))),
            "{vpcs}"
        );
    }
}

#[tokio::test]
async fn tags_are_listed_a_hundred_resources_at_a_time() {
    let estate = sample(150);
    let twin = serve(World::from_estate(&estate), TwinOptions::default()).await;
    let side = estate.sides.iter().find(|side| side.place.region == P).unwrap();
    let client = aws_sdk_resourcegroupstagging::Client::new(&config(&twin, P));
    let mut pages = client
        .get_resources()
        .resource_type_filters("workspaces:workspace")
        .resources_per_page(100)
        .into_paginator()
        .send();
    let (mut found, mut counts) = (Vec::new(), Vec::new());
    while let Some(page) = pages.next().await {
        let page = page.unwrap();
        counts.push(page.resource_tag_mapping_list().len());
        for resource in page.resource_tag_mapping_list() {
            let arn = resource.resource_arn().unwrap();
            found.extend(resource.tags().iter().map(|tag| (arn.to_owned(), tag.key.clone(), tag.value.clone())));
        }
    }
    let text = |sym| estate.symbols.text(sym).to_owned();
    let wanted: Vec<_> =
        side.desktop_tags.items().iter().map(|row| (text(row.arn), text(row.key), text(row.value))).collect();
    assert!(!wanted.is_empty() && counts[0] == 100, "{counts:?}");
    assert_eq!(found, wanted);
    let one = client.get_resources().resource_arn_list(&wanted[0].0).send().await.unwrap();
    assert_eq!(one.resource_tag_mapping_list().len(), 1);
    let both = client.get_resources().resource_arn_list(&wanted[0].0).resources_per_page(5).send().await;
    assert!(both.unwrap_err().into_service_error().is_invalid_parameter_exception());
    let id = wanted[0].0.rsplit('/').next().unwrap();
    let workspaces = aws_sdk_workspaces::Client::new(&config(&twin, P));
    let own = workspaces.describe_tags().resource_id(id).send().await.unwrap();
    assert_eq!(own.tag_list()[0].key(), wanted[0].1);
}

#[tokio::test]
async fn the_account_comes_from_the_key_and_a_role_brings_another() {
    let mut world = World::from_estate(&sample(5));
    world.open_account("999988887777");
    let twin = serve(world, TwinOptions::default()).await;
    let sts = aws_sdk_sts::Client::new(&config(&twin, P));
    assert_eq!(sts.get_caller_identity().send().await.unwrap().account(), Some(ACCOUNT));
    let role = "arn:aws:iam::999988887777:role/audit/reader";
    let given = sts.assume_role().role_arn(role).role_session_name("nightly").send().await.unwrap();
    let credentials = given.credentials().unwrap();
    let session = |token: &str| {
        let keys = Credentials::from_keys(credentials.access_key_id(), "x", Some(token.to_owned()));
        aws_sdk_sts::Client::new(&config_as(&twin, P, keys))
    };
    let who = session(credentials.session_token()).get_caller_identity().send().await.unwrap();
    assert_eq!(who.arn(), Some("arn:aws:sts::999988887777:assumed-role/reader/nightly"));
    let forged = session("forged").get_caller_identity().send().await.unwrap_err().into_service_error();
    assert_eq!(forged.meta().code(), Some("InvalidClientTokenId"));
    let stranger = sts.assume_role().role_arn("arn:aws:iam::555566667777:role/x").role_session_name("nightly");
    assert_eq!(stranger.send().await.unwrap_err().into_service_error().meta().code(), Some("AccessDenied"));
}

#[tokio::test]
async fn requests_without_a_name_are_refused_by_each_protocols_rules() {
    let twin = twin(5).await;
    let (head, body) = raw(&twin, "POST / HTTP/1.1\r\nx-amz-target: WorkspacesService.DescribeWorkspaces", "{}").await;
    assert!(head.starts_with("HTTP/1.1 400") && body.contains("MissingAuthenticationTokenException"), "{head}{body}");
    assert!(head.contains("x-amzn-requestid: ") && head.contains("x-amzn-errortype: "));
    let (head, body) = raw(&twin, "GET /2013-04-01/hostedzone HTTP/1.1", "").await;
    assert!(head.starts_with("HTTP/1.1 403") && body.contains("<Code>MissingAuthenticationToken</Code>"), "{body}");
    let json = |target: &str, service: &str| {
        format!(
            "POST / HTTP/1.1\r\nx-amz-target: {target}\r\ncontent-type: application/x-amz-json-1.1\r\n{}",
            signed(service, P)
        )
    };
    let (_, body) = raw(&twin, &json("WorkspacesService.RebootWorkspaces", "workspaces"), "{}").await;
    assert!(body.contains("UnknownOperationException"), "{body}");
    let (_, body) = raw(&twin, &json("WorkspacesService.DescribeWorkspaces", "fsx"), "{}").await;
    assert!(body.contains("Credential should be scoped to correct service: 'workspaces'"), "{body}");
    let (_, body) = raw(&twin, &json("WorkspacesService.DescribeWorkspaces", "workspaces"), "{\"Limit\":\"9\"}").await;
    assert!(body.contains("SerializationException"), "{body}");
    let unknown = json("WorkspacesService.DescribeWorkspaces", "workspaces").replace(ACCOUNT, "000011112222");
    let (_, body) = raw(&twin, &unknown, "{}").await;
    assert!(body.contains("UnrecognizedClientException"), "{body}");
    let form = format!("POST / HTTP/1.1\r\ncontent-type: application/x-www-form-urlencoded\r\n{}", signed("ec2", P));
    let (_, body) = raw(&twin, &form, "Action=RunInstances&Version=2016-11-15").await;
    assert!(body.contains("<Errors><Error><Code>InvalidAction</Code>"), "{body}");
}

/// The model's file and the service's file must not drift apart.
#[tokio::test]
async fn every_operation_of_the_model_is_served() {
    let twin = twin(5).await;
    let speaking_json = Service::ALL
        .into_iter()
        .filter(|service| deskpair::twin::model::facts(*service).protocol == deskpair::twin::model::Protocol::Json);
    for service in speaking_json {
        let facts = deskpair::twin::model::facts(service);
        for name in facts.operations.keys() {
            let head = format!(
                "POST / HTTP/1.1\r\nx-amz-target: {}.{name}\r\ncontent-type: application/x-amz-json-1.1\r\n{}",
                facts.target,
                signed(&facts.service, P)
            );
            // Without a directory AWS tells the trusts of all of them: the twin says that it cannot.
            let input = if name == "DescribeTrusts" { r#"{"DirectoryId":"d-0123456789"}"# } else { "{}" };
            let (_, body) = raw(&twin, &head, input).await;
            assert!(!body.contains("UnknownOperation"), "{service}:{name}: {body}");
        }
    }
    let zone = twin.with_world(|world| world.public_zones().next().unwrap().1.facts.id.clone());
    for (name, operation) in &deskpair::twin::model::facts(Service::Route53).operations {
        let path = operation.uri.replace("{Id}", &zone).replace("{HealthCheckId}", "x");
        let (_, body) =
            raw(&twin, &format!("{} {path} HTTP/1.1\r\n{}", operation.method, signed("route53", P)), "").await;
        assert!(!body.contains("UnknownOperation"), "{name}: {body}");
    }
}

#[tokio::test]
async fn the_sixth_call_at_once_is_throttled_per_account_and_region() {
    let options = TwinOptions { limits: Limits::Aws, ..TwinOptions::default() };
    let twin = serve(World::from_estate(&sample(5)), options).await;
    let codes = async |twin: &Twin, region: &str, calls: usize| {
        let client = aws_sdk_workspaces::Client::new(&config(twin, region));
        let mut codes = Vec::new();
        for _ in 0..calls {
            let answer = client.describe_ip_groups().send().await;
            codes.push(answer.err().and_then(|error| error.into_service_error().meta().code().map(str::to_owned)));
        }
        codes
    };
    let codes_of_p: BTreeSet<_> = codes(&twin, P, 12).await.into_iter().skip(6).collect();
    assert!(codes_of_p.contains(&Some("ThrottlingException".to_owned())), "{codes_of_p:?}");
    assert_eq!(codes(&twin, S, 5).await, vec![None; 5]);
}

#[tokio::test]
async fn it_listens_on_loopback_only_and_stops() {
    let options = TwinOptions { listen: "0.0.0.0:0".parse().unwrap(), ..TwinOptions::default() };
    let error = Twin::start(World::empty(Moment::from_secs(0)), options).await.unwrap_err();
    assert!(error.to_string().contains("loopback only"), "{error}");
    let twin = twin(5).await;
    let addr = twin.addr();
    let client = aws_sdk_workspaces::Client::new(&config(&twin, P));
    client.describe_ip_groups().send().await.unwrap();
    twin.set_faults(vec![super::fault("* * HangBefore")]);
    let hung = tokio::spawn(async move { client.describe_ip_groups().send().await.is_err() });
    while twin.calls().len() < 2 {
        tokio::task::yield_now().await;
    }
    twin.stop().await;
    assert!(hung.await.unwrap());
    assert!(tokio::net::TcpStream::connect(addr).await.is_err());
}
