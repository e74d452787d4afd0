//! What calls change of WorkSpaces, their directories' registration, tags and add-ins.

use super::mutations::{P, S, client, code, directory};
use super::{fault, sample, serve, twin};
use aws_sdk_workspaces::Client;
use aws_sdk_workspaces::types::{
    Compute, DataReplication, ModificationStateEnum, RunningMode, StandbyWorkspace, StandbyWorkspaceRelationshipType,
    StartRequest, StopRequest, Tag, TerminateRequest, Workspace, WorkspaceDirectoryState, WorkspaceProperties,
    WorkspaceRequest, WorkspaceState,
};
use deskpair::twin::sample::ACCOUNT;
use deskpair::twin::{Twin, TwinOptions, World};
use deskpair_rules::model::quota;
use std::time::Duration;

fn pass(twin: &Twin, minutes: u64) {
    twin.with_world(|world| world.clock.advance(Duration::from_secs(minutes * 60)));
}

async fn all(client: &Client) -> Vec<Workspace> {
    let mut found = Vec::new();
    let mut pages = client.describe_workspaces().into_paginator().send();
    while let Some(page) = pages.next().await {
        found.extend(page.unwrap().workspaces().iter().cloned());
    }
    found
}

async fn one(client: &Client, id: &str) -> Option<Workspace> {
    client.describe_workspaces().workspace_ids(id).send().await.unwrap().workspaces().first().cloned()
}

async fn state(client: &Client, id: &str) -> Option<WorkspaceState> {
    one(client, id).await.and_then(|found| found.state().cloned())
}

fn id(workspace: &Workspace) -> &str {
    workspace.workspace_id().unwrap()
}

async fn start(client: &Client, ids: &[&str]) -> Vec<(String, String)> {
    let requests = ids.iter().map(|id| StartRequest::builder().workspace_id(*id).build()).collect();
    let answer = client.start_workspaces().set_start_workspace_requests(Some(requests)).send().await.unwrap();
    let failed = answer.failed_requests().iter();
    failed.map(|one| (one.workspace_id().unwrap().to_owned(), one.error_code().unwrap().to_owned())).collect()
}

async fn stop(client: &Client, ids: &[&str]) -> Vec<String> {
    let requests = ids.iter().map(|id| StopRequest::builder().workspace_id(*id).build()).collect();
    let answer = client.stop_workspaces().set_stop_workspace_requests(Some(requests)).send().await.unwrap();
    answer.failed_requests().iter().map(|one| one.error_code().unwrap().to_owned()).collect()
}

async fn terminate(client: &Client, id: &str) -> Vec<String> {
    let request = TerminateRequest::builder().workspace_id(id).build().unwrap();
    let answer = client.terminate_workspaces().terminate_workspace_requests(request).send().await.unwrap();
    answer.failed_requests().iter().map(|one| one.error_code().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn desktops_start_and_stop_in_their_own_time_unless_they_always_run() {
    let twin = twin(40).await;
    let client = client(&twin, P);
    let desktops = all(&client).await;
    let is = |mode: RunningMode, state: WorkspaceState| {
        let found = desktops.iter().find(|one| {
            one.workspace_properties().unwrap().running_mode() == Some(&mode) && one.state() == Some(&state)
        });
        id(found.unwrap())
    };
    let stopped = is(RunningMode::AutoStop, WorkspaceState::Stopped);
    let always = is(RunningMode::AlwaysOn, WorkspaceState::Available);
    let failed = start(&client, &[stopped, always, "ws-000000000"]).await;
    let expected = [(always, "OperationNotSupported.RunningMode"), ("ws-000000000", "ResourceNotFound.WorkSpace")];
    assert_eq!(failed, expected.map(|(id, code)| (id.to_owned(), code.to_owned())));
    assert_eq!(state(&client, stopped).await, Some(WorkspaceState::Starting));
    assert_eq!(start(&client, &[stopped]).await[0].1, "InvalidResourceState.WorkSpace");
    pass(&twin, 3);
    assert_eq!(state(&client, stopped).await, Some(WorkspaceState::Available));
    let status = client.describe_workspaces_connection_status().workspace_ids(stopped).send().await.unwrap();
    assert_eq!(status.workspaces_connection_status()[0].connection_state().unwrap().as_str(), "DISCONNECTED");
    assert_eq!(stop(&client, &[stopped, always]).await, ["OperationNotSupported.RunningMode"]);
    assert_eq!(state(&client, stopped).await, Some(WorkspaceState::Stopping));
    pass(&twin, 3);
    assert_eq!(state(&client, stopped).await, Some(WorkspaceState::Stopped));
    let many: Vec<_> = (0..26).map(|_| StartRequest::builder().workspace_id(stopped).build()).collect();
    let many = client.start_workspaces().set_start_workspace_requests(Some(many)).send().await;
    assert_eq!(code(many), "ValidationException");
    twin.set_faults(vec![fault("* workspaces:StartWorkspaces Partial")]);
    assert_eq!(start(&client, &[stopped, always]).await, [(always.to_owned(), "InternalFailure".to_owned())]);
    assert_eq!(state(&client, stopped).await, Some(WorkspaceState::Starting));
}

fn request(directory: &str, user: &str, bundle: &str) -> WorkspaceRequest {
    let properties = WorkspaceProperties::builder().running_mode(RunningMode::AutoStop).build();
    let tag = Tag::builder().key("Owner").value("euc").build().unwrap();
    let request = WorkspaceRequest::builder().directory_id(directory).user_name(user).bundle_id(bundle).tags(tag);
    request.workspace_properties(properties).build().unwrap()
}

#[tokio::test]
async fn what_cannot_be_made_is_told_inside_an_answer_and_the_rest_is_made() {
    let twin = twin(5).await;
    let client = client(&twin, S);
    let known = all(&client).await.remove(0);
    let (directory, bundle) = (known.directory_id().unwrap(), known.bundle_id().unwrap());
    let taken = known.user_name().unwrap().to_uppercase();
    let requests = vec![
        request(directory, "probe", bundle),
        request(directory, &taken, bundle),
        request(directory, "other", "wsb-000000000"),
        request("d-0000000000", "other", bundle),
        request(directory, "PROBE", bundle),
    ];
    let answer = client.create_workspaces().set_workspaces(Some(requests)).send().await.unwrap();
    let failed: Vec<_> = answer.failed_requests().iter().map(|one| one.error_code().unwrap()).collect();
    assert_eq!(
        failed,
        [
            "ResourceExists.WorkSpace",
            "ResourceNotFound.Bundle",
            "ResourceNotFound.Directory",
            "ResourceExists.WorkSpace"
        ]
    );
    assert_eq!(answer.failed_requests()[0].workspace_request().unwrap().user_name(), taken);
    let [made] = answer.pending_requests() else { panic!("{answer:?}") };
    assert_eq!(made.state(), Some(&WorkspaceState::Pending));
    let made_id = id(made);
    // "If you immediately call DescribeWorkspaces with this identifier, no information is returned."
    assert!(one(&client, made_id).await.is_none());
    assert!(!all(&client).await.iter().any(|one| id(one) == made_id));
    assert_eq!(terminate(&client, made_id).await, ["ResourceNotFound.WorkSpace"]);
    assert_eq!(code(client.describe_tags().resource_id(made_id).send().await), "ResourceNotFoundException");
    pass(&twin, 1);
    assert_eq!(one(&client, made_id).await.unwrap().computer_name(), None);
    pass(&twin, 20);
    let now = one(&client, made_id).await.unwrap();
    assert_eq!(now.state(), Some(&WorkspaceState::Available));
    assert!(now.computer_name().is_some());
    let (of_bundle, properties) = (known.workspace_properties().unwrap(), now.workspace_properties().unwrap());
    assert_eq!(properties.compute_type_name(), of_bundle.compute_type_name());
    assert_eq!(properties.operating_system_name(), of_bundle.operating_system_name());
    assert_eq!(
        (properties.root_volume_size_gib(), properties.user_volume_size_gib()),
        (of_bundle.root_volume_size_gib(), of_bundle.user_volume_size_gib())
    );
    let status = client.describe_workspaces_connection_status().workspace_ids(made_id).send().await.unwrap();
    assert_eq!(status.workspaces_connection_status()[0].last_known_user_connection_timestamp(), None);
    let tagging = aws_sdk_resourcegroupstagging::Client::new(&super::config(&twin, S));
    let tagged = tagging.get_resources().resource_type_filters("workspaces:workspace").send().await.unwrap();
    let tagged =
        |of: &str| tagged.resource_tag_mapping_list().iter().any(|one| one.resource_arn().unwrap().ends_with(of));
    assert!(tagged(made_id));

    assert_eq!(terminate(&client, made_id).await, Vec::<String>::new());
    assert_eq!(state(&client, made_id).await, Some(WorkspaceState::Terminating));
    assert_eq!(terminate(&client, made_id).await, ["InvalidResourceState.WorkSpace"]);
    pass(&twin, 6);
    assert_eq!(one(&client, made_id).await, None);
    // The rows that stood behind it are found where they stand now.
    for known in all(&client).await {
        assert_eq!(one(&client, id(&known)).await.as_ref(), Some(&known));
    }
    assert_eq!(terminate(&client, made_id).await, ["ResourceNotFound.WorkSpace"]);
}

/// A primary desktop that could have a standby, and has none.
async fn alone(twin: &Twin) -> Workspace {
    let candidates = all(&client(twin, P)).await;
    let paired = |one: &&Workspace| one.related_workspaces().iter().next().is_some();
    let replicated = candidates.iter().find(paired).expect("somebody has a standby WorkSpace").clone();
    let standby = replicated.related_workspaces()[0].workspace_id().unwrap();
    assert_eq!(terminate(&client(twin, S), standby).await, Vec::<String>::new());
    pass(twin, 6);
    one(&client(twin, P), id(&replicated)).await.unwrap()
}

#[tokio::test]
async fn a_standby_is_made_in_the_other_region_and_both_desktops_know_each_other() {
    let twin = twin(60).await;
    let (there, here) = (client(&twin, P), client(&twin, S));
    let primary = alone(&twin).await;
    assert!(primary.related_workspaces().is_empty() && primary.standby_workspaces_properties().is_empty());
    let standby_directory = directory(&here).await.directory_id().unwrap().to_owned();
    let key = primary.volume_encryption_key().unwrap().replace(P, S);
    let create = |primary: &str, key: &str| {
        let wanted = StandbyWorkspace::builder()
            .primary_workspace_id(primary)
            .directory_id(&standby_directory)
            .volume_encryption_key(key)
            .data_replication(DataReplication::PrimaryAsSource)
            .build()
            .unwrap();
        here.create_standby_workspaces().primary_region(P).standby_workspaces(wanted).send()
    };
    let unencrypted = all(&there).await.into_iter().find(|one| one.volume_encryption_key().is_none()).unwrap();
    for (of, key, why) in [
        (id(&primary), "alias/aws/workspaces", "UnsupportedWorkspaceConfiguration"),
        (id(&primary), primary.volume_encryption_key().unwrap(), "InvalidParameterValues"),
        (id(&unencrypted), &key, "UnsupportedWorkspaceConfiguration"),
        ("ws-000000000", &key, "ResourceNotFound.WorkSpace"),
    ] {
        let answer = create(of, key).await.unwrap();
        assert_eq!(answer.failed_standby_requests()[0].error_code(), Some(why));
        assert!(answer.pending_standby_requests().is_empty());
    }
    let made = create(id(&primary), &key).await.unwrap();
    assert!(made.failed_standby_requests().is_empty(), "{made:?}");
    let made = &made.pending_standby_requests()[0];
    assert_eq!(made.user_name(), primary.user_name());
    let standby = made.workspace_id().unwrap();
    let again = create(id(&primary), &key).await.unwrap();
    assert_eq!(again.failed_standby_requests()[0].error_code(), Some("ResourceExists.StandbyWorkSpace"));
    pass(&twin, 21);
    let (now, of) = (one(&here, standby).await.unwrap(), one(&there, id(&primary)).await.unwrap());
    assert_eq!(now.state(), Some(&WorkspaceState::Available));
    let (back, forth) = (&now.related_workspaces()[0], &of.related_workspaces()[0]);
    assert_eq!(
        (back.r#type(), back.workspace_id()),
        (Some(&StandbyWorkspaceRelationshipType::Primary), Some(id(&primary)))
    );
    assert_eq!(
        (forth.r#type(), forth.state()),
        (Some(&StandbyWorkspaceRelationshipType::Standby), Some(&WorkspaceState::Available))
    );
    let replicated = |one: &Workspace| {
        let settings = one.data_replication_settings().unwrap();
        (settings.data_replication().cloned(), settings.recovery_snapshot_time().is_some())
    };
    assert_eq!(replicated(&now), (Some(DataReplication::PrimaryAsSource), false));
    pass(&twin, 13 * 60);
    let (now, of) = (one(&here, standby).await.unwrap(), one(&there, id(&primary)).await.unwrap());
    assert_eq!((replicated(&now), replicated(&of)), ((Some(DataReplication::PrimaryAsSource), true), replicated(&now)));
    assert!(of.standby_workspaces_properties()[0].recovery_snapshot_time().is_some());

    let modify = |client: &Client, id: &str| client.modify_workspace_properties().workspace_id(id);
    let off = modify(&here, standby).data_replication(DataReplication::NoReplication).send().await;
    assert_eq!(code(off), "UnsupportedWorkspaceConfigurationException");
    modify(&there, id(&primary)).data_replication(DataReplication::NoReplication).send().await.unwrap();
    assert_eq!(replicated(&one(&there, id(&primary)).await.unwrap()).0, Some(DataReplication::PrimaryAsSource));
    pass(&twin, 6);
    assert_eq!(replicated(&one(&here, standby).await.unwrap()).0, Some(DataReplication::NoReplication));
    let without = modify(&there, id(&unencrypted)).data_replication(DataReplication::PrimaryAsSource).send().await;
    assert_eq!(code(without), "UnsupportedWorkspaceConfigurationException");
    let far = here.create_standby_workspaces().primary_region("ap-south-1").standby_workspaces(
        StandbyWorkspace::builder()
            .primary_workspace_id(id(&primary))
            .directory_id(&standby_directory)
            .build()
            .unwrap(),
    );
    assert_eq!(code(far.send().await), "OperationNotSupportedException");
}

/// A quota is what the account is granted; standby WorkSpaces, images and bundles have their own.
#[tokio::test]
async fn no_more_is_made_than_the_account_is_granted() {
    let mut estate = sample(60);
    let standby = &mut estate.sides[estate.pairs[0].standby as usize];
    let codes = [quota::WORKSPACES, quota::STANDBY_WORKSPACES, quota::CATALOGUE[0]];
    for granted in standby.quotas.items_mut() {
        if codes.iter().any(|watched| watched.code == granted.quota_code) {
            granted.value = Some(1);
        }
    }
    let twin = serve(World::from_estate(&estate), TwinOptions::default()).await;
    let (there, here) = (client(&twin, P), client(&twin, S));
    let directory = directory(&here).await.directory_id().unwrap().to_owned();
    let bundle = here.describe_workspace_bundles().send().await.unwrap().bundles()[0].bundle_id().unwrap().to_owned();
    let wanted = |user: &str| {
        WorkspaceRequest::builder().directory_id(&directory).bundle_id(&bundle).user_name(user).build().unwrap()
    };
    let answer = here.create_workspaces().workspaces(wanted("new.one")).send().await.unwrap();
    assert_eq!(answer.failed_requests()[0].error_code(), Some("ResourceLimitExceeded.WorkSpace"), "{answer:?}");
    assert!(answer.pending_requests().is_empty());

    let primary = alone(&twin).await;
    let key = primary.volume_encryption_key().unwrap().replace(P, S);
    let relation = StandbyWorkspace::builder().primary_workspace_id(id(&primary)).directory_id(&directory);
    let relation = relation.volume_encryption_key(key).build().unwrap();
    let answer = here.create_standby_workspaces().primary_region(P).standby_workspaces(relation).send().await.unwrap();
    assert_eq!(answer.failed_standby_requests()[0].error_code(), Some("ResourceLimitExceeded.WorkSpace"));
    let image = there.describe_workspace_images().send().await.unwrap().images()[0].image_id().unwrap().to_owned();
    let copied = here.copy_workspace_image().name("copy").source_image_id(image).source_region(P).send().await;
    assert_eq!(code(copied), "ResourceLimitExceededException");

    // One more is granted: one more is made, and no other.
    let many = all(&here).await.iter().filter(|one| one.related_workspaces().is_empty()).count();
    twin.with_world(|world| {
        let realm = world.realm_mut(ACCOUNT, S).unwrap();
        let quotas = realm.side.quotas.items_mut().iter_mut();
        quotas
            .filter(|known| known.quota_code == quota::WORKSPACES.code)
            .for_each(|known| known.value = Some(many as u64 + 1));
    });
    let answer =
        here.create_workspaces().workspaces(wanted("new.one")).workspaces(wanted("new.two")).send().await.unwrap();
    assert_eq!((answer.pending_requests().len(), answer.failed_requests().len()), (1, 1), "{answer:?}");
}

#[tokio::test]
async fn one_property_of_a_desktop_is_modified_at_a_time_and_shows_when_it_is_done() {
    let twin = twin(40).await;
    let client = client(&twin, P);
    let desktops = all(&client).await;
    let small = desktops.iter().find(|one| {
        let of = one.workspace_properties().unwrap();
        of.user_volume_size_gib() == Some(50) && of.compute_type_name() == Some(&Compute::Standard)
    });
    let id = id(small.unwrap());
    let modify = |properties: WorkspaceProperties| {
        client.modify_workspace_properties().workspace_id(id).workspace_properties(properties).send()
    };
    let with = WorkspaceProperties::builder;
    let read = async || one(&client, id).await.unwrap();
    modify(with().running_mode(RunningMode::AlwaysOn).build()).await.unwrap();
    let now = read().await;
    let properties = now.workspace_properties().unwrap();
    assert_eq!(
        (properties.running_mode(), properties.running_mode_auto_stop_timeout_in_minutes()),
        (Some(&RunningMode::AlwaysOn), None)
    );
    modify(with().running_mode(RunningMode::AutoStop).running_mode_auto_stop_timeout_in_minutes(120).build())
        .await
        .unwrap();
    for (wrong, why) in [
        (with().running_mode_auto_stop_timeout_in_minutes(90), "InvalidParameterValuesException"),
        (with().user_volume_size_gib(10), "InvalidParameterValuesException"),
        (with().user_volume_size_gib(100).compute_type_name(Compute::Power), "InvalidParameterValuesException"),
        (with().root_volume_size_gib(175), "UnsupportedWorkspaceConfigurationException"),
        (with().compute_type_name(Compute::GraphicsG4Dn), "UnsupportedWorkspaceConfigurationException"),
        (with(), "InvalidParameterValuesException"),
    ] {
        assert_eq!(code(modify(wrong.build()).await), why);
    }
    modify(with().user_volume_size_gib(100).build()).await.unwrap();
    let states =
        |one: &Workspace| one.modification_states().iter().map(|of| of.state().unwrap().clone()).collect::<Vec<_>>();
    let now = read().await;
    assert_eq!(
        (states(&now), now.workspace_properties().unwrap().user_volume_size_gib()),
        (vec![ModificationStateEnum::UpdateInitiated], Some(50))
    );
    let busy = modify(with().compute_type_name(Compute::Power).build()).await;
    assert_eq!(code(busy), "OperationInProgressException");
    pass(&twin, 11);
    assert_eq!(states(&read().await), [ModificationStateEnum::UpdateInProgress]);
    pass(&twin, 11);
    let now = read().await;
    assert_eq!((states(&now).len(), now.workspace_properties().unwrap().user_volume_size_gib()), (0, Some(100)));
    modify(with().compute_type_name(Compute::Power).build()).await.unwrap();
    pass(&twin, 22);
    assert_eq!(read().await.workspace_properties().unwrap().compute_type_name(), Some(&Compute::Power));
}

#[tokio::test]
async fn tags_are_put_on_and_taken_off_all_that_can_have_them() {
    let twin = twin(5).await;
    let client = client(&twin, S);
    let tag = |key: &str, value: &str| Tag::builder().key(key).value(value).build().unwrap();
    let desktop = all(&client).await.remove(0);
    let group = client.describe_ip_groups().send().await.unwrap().result()[0].group_id().unwrap().to_owned();
    let of_directory = directory(&client).await.directory_id().unwrap().to_owned();
    for resource in [id(&desktop), &group, &of_directory] {
        let read = async || client.describe_tags().resource_id(resource).send().await.unwrap().tag_list().to_vec();
        let before = read().await;
        let create = |tags: Vec<Tag>| client.create_tags().resource_id(resource).set_tags(Some(tags)).send();
        create(vec![tag("probe", "1"), tag("other", "x")]).await.unwrap();
        create(vec![tag("probe", "2")]).await.unwrap();
        assert_eq!(read().await, [&before[..], &[tag("probe", "2"), tag("other", "x")]].concat());
        assert_eq!(code(create(vec![tag("aws:x", "1")]).await), "InvalidParameterValuesException");
        assert_eq!(code(create(vec![tag("a", "1"), tag("a", "2")]).await), "InvalidParameterValuesException");
        let many = (0..50).map(|at| tag(&format!("many{at}"), "")).collect();
        assert_eq!(code(create(many).await), "ResourceLimitExceededException");
        client.delete_tags().resource_id(resource).tag_keys("probe").tag_keys("other").send().await.unwrap();
        assert_eq!(read().await, before);
    }
    let nothing = client.create_tags().resource_id("ws-000000000").tags(tag("a", "b")).send().await;
    assert_eq!(code(nothing), "ResourceNotFoundException");
}

#[tokio::test]
async fn a_directory_is_deregistered_when_it_is_empty_and_comes_back_with_other_settings() {
    let mut estate = sample(5);
    let side = &mut estate.sides[estate.pairs[0].standby as usize];
    side.workspaces.items_mut().truncate(1);
    let twin = serve(World::from_estate(&estate), TwinOptions::default()).await;
    let client = client(&twin, S);
    let before = directory(&client).await;
    let of_directory = before.directory_id().unwrap();
    let deregister = || client.deregister_workspace_directory().directory_id(of_directory).send();
    let register = || client.register_workspace_directory().directory_id(of_directory);
    assert_eq!(code(deregister().await), "OperationNotSupportedException");
    assert_eq!(code(register().send().await), "ResourceAlreadyExistsException");
    terminate(&client, id(&all(&client).await[0])).await;
    pass(&twin, 6);
    deregister().await.unwrap();
    assert_eq!(directory(&client).await.state(), Some(&WorkspaceDirectoryState::Deregistering));
    assert_eq!(code(deregister().await), "InvalidResourceStateException");
    pass(&twin, 6);
    assert!(client.describe_workspace_directories().send().await.unwrap().directories().is_empty());
    let aliases = client.describe_connection_aliases().send().await.unwrap();
    assert!(aliases.connection_aliases()[0].associations()[0].connection_identifier().is_none());

    let same = &before.subnet_ids()[0];
    let twice = register().set_subnet_ids(Some(vec![same.clone(), same.clone()])).send().await;
    assert_eq!(code(twice), "OperationNotSupportedException");
    let answer = register().set_subnet_ids(Some(before.subnet_ids().to_vec())).send().await.unwrap();
    assert_eq!(answer.state(), Some(&WorkspaceDirectoryState::Registering));
    pass(&twin, 6);
    let now = directory(&client).await;
    assert_eq!((now.state(), now.subnet_ids()), (Some(&WorkspaceDirectoryState::Registered), before.subnet_ids()));
    assert_ne!(now.registration_code(), before.registration_code());
    assert!(now.ip_group_ids().is_empty() && now.saml_properties().unwrap().user_access_url().is_none());
    assert!(
        client.describe_client_branding().resource_id(of_directory).send().await.unwrap().device_type_web().is_none()
    );
    let ec2 = aws_sdk_ec2::Client::new(&super::config(&twin, S));
    let group = now.workspace_security_group_id().unwrap();
    assert_eq!(ec2.describe_security_groups().group_ids(group).send().await.unwrap().security_groups().len(), 1);
}

#[tokio::test]
async fn a_directory_has_one_add_in() {
    let twin = twin(5).await;
    let client = client(&twin, P);
    let of_directory = directory(&client).await.directory_id().unwrap().to_owned();
    let read = async || client.describe_connect_client_add_ins().resource_id(&of_directory).send().await.unwrap();
    let had = read().await.add_ins()[0].clone();
    let create = || {
        client.create_connect_client_add_in().resource_id(&of_directory).name("probe").url("https://a.example").send()
    };
    assert_eq!(code(create().await), "ResourceAlreadyExistsException");
    let delete = |id: &str| client.delete_connect_client_add_in().resource_id(&of_directory).add_in_id(id).send();
    delete(had.add_in_id().unwrap()).await.unwrap();
    assert_eq!(code(delete(had.add_in_id().unwrap()).await), "ResourceNotFoundException");
    let made = create().await.unwrap().add_in_id().unwrap().to_owned();
    let update = client.update_connect_client_add_in().resource_id(&of_directory).add_in_id(&made);
    update.url("https://b.example").send().await.unwrap();
    let now = read().await.add_ins()[0].clone();
    assert_eq!(
        (now.name(), now.url(), now.add_in_id()),
        (Some("probe"), Some("https://b.example"), Some(made.as_str()))
    );
}
