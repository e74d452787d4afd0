//! What calls change of images, bundles and connection aliases.

use super::mutations::{P, S, client, code, directory};
use super::{Credentials, config_as, sample, serve, twin};
use aws_sdk_workspaces::Client;
use aws_sdk_workspaces::types::{
    AssociationStatus, Compute, ComputeType, ConnectionAlias, ConnectionAliasPermission, ImageType, RootStorage, Tag,
    UserStorage, WorkspaceBundle, WorkspaceImage, WorkspaceImageState,
};
use deskpair::twin::{Twin, TwinOptions, World};
use std::time::Duration;

/// Another account that the twin knows.
const OTHER: &str = "444455556666";

/// A twin that knows the other account.
async fn of_two() -> (Twin, Client) {
    let mut world = World::from_estate(&sample(5));
    world.open_account(OTHER);
    let twin = serve(world, TwinOptions::default()).await;
    let credentials = Credentials::from_keys(format!("AKIATWIN{OTHER}"), "x", None);
    let client = Client::new(&config_as(&twin, P, credentials));
    (twin, client)
}

fn pass(twin: &Twin, minutes: u64) {
    twin.with_world(|world| world.clock.advance(Duration::from_secs(minutes * 60)));
}

async fn images(client: &Client) -> Vec<WorkspaceImage> {
    client.describe_workspace_images().send().await.unwrap().images().to_vec()
}

async fn image(client: &Client, id: &str) -> Option<WorkspaceImage> {
    client.describe_workspace_images().image_ids(id).send().await.unwrap().images().first().cloned()
}

async fn bundle(client: &Client, id: &str) -> Option<WorkspaceBundle> {
    client.describe_workspace_bundles().bundle_ids(id).send().await.unwrap().bundles().first().cloned()
}

#[tokio::test]
async fn an_image_is_copied_into_the_region_of_the_call_in_its_own_time() {
    let twin = twin(5).await;
    let (there, here) = (client(&twin, P), client(&twin, S));
    let source = images(&there).await.remove(0);
    let source_id = source.image_id().unwrap();
    let tag = Tag::builder().key("deskpair:copy-of").value(format!("{P}/{source_id}")).build().unwrap();
    let copy = |name: &str| {
        here.copy_workspace_image().name(name).source_image_id(source_id).source_region(P).tags(tag.clone())
    };
    let taken = source.name().unwrap();
    assert_eq!(code(copy(taken).send().await), "ResourceAlreadyExistsException");
    let made = copy("probe").send().await.unwrap();
    let id = made.image_id().unwrap();
    let now = image(&here, id).await.unwrap();
    assert_eq!((now.name(), now.state()), (Some("probe"), Some(&WorkspaceImageState::Pending)));
    assert_eq!(now.operating_system(), source.operating_system());
    assert_eq!(here.describe_tags().resource_id(id).send().await.unwrap().tag_list(), std::slice::from_ref(&tag));
    let tagging = aws_sdk_resourcegroupstagging::Client::new(&super::config(&twin, S));
    let tagged = tagging.get_resources().resource_type_filters("workspaces:workspaceimage").send().await.unwrap();
    let mut own = tagged.resource_tag_mapping_list().iter().filter(|one| one.resource_arn().unwrap().ends_with(id));
    assert_eq!(own.next().unwrap().tags()[0].key(), tag.key());
    // What is not there yet is neither copied nor used nor deleted.
    let early = there.copy_workspace_image().name("x").source_image_id(id).source_region(S).send().await;
    assert_eq!(code(early), "ResourceUnavailableException");
    assert_eq!(code(here.delete_workspace_image().image_id(id).send().await), "InvalidResourceStateException");
    pass(&twin, 44);
    assert_eq!(image(&here, id).await.unwrap().state(), Some(&WorkspaceImageState::Pending));
    pass(&twin, 2);
    assert_eq!(image(&here, id).await.unwrap().state(), Some(&WorkspaceImageState::Available));
    let none = here.copy_workspace_image().name("y").source_image_id("wsi-000000000").source_region(P).send().await;
    assert_eq!(code(none), "ResourceNotFoundException");
    let closed = copy("z").source_region("us-gov-west-1").send().await;
    assert_eq!(code(closed), "OperationNotSupportedException");

    let had = images(&here).await.len();
    for number in had..40 {
        copy(&format!("more{number}")).send().await.unwrap();
    }
    assert_eq!(code(copy("last").send().await), "ResourceLimitExceededException");
    here.delete_workspace_image().image_id(id).send().await.unwrap();
    assert_eq!(image(&here, id).await, None);
    assert_eq!(code(here.delete_workspace_image().image_id(id).send().await), "InvalidResourceStateException");
}

#[tokio::test]
async fn an_image_is_shared_before_another_account_copies_it() {
    let (twin, other) = of_two().await;
    let owner = client(&twin, P);
    let source = images(&owner).await.remove(0);
    let id = source.image_id().unwrap();
    let copy = || other.copy_workspace_image().name("probe").source_image_id(id).source_region(P).send();
    assert_eq!(code(copy().await), "ResourceNotFoundException");
    let share = |allow: bool, account: &str| {
        owner.update_workspace_image_permission().image_id(id).shared_account_id(account).allow_copy_image(allow).send()
    };
    assert_eq!(code(share(false, OTHER).await), "InvalidParameterValuesException");
    assert_eq!(code(share(true, super::ACCOUNT).await), "InvalidParameterValuesException");
    share(true, OTHER).await.unwrap();
    let shared = other.describe_workspace_images().image_type(ImageType::Shared).send().await.unwrap();
    assert_eq!(shared.images()[0].owner_account_id(), Some(super::ACCOUNT));
    let told = owner.describe_workspace_image_permissions().image_id(id).send().await.unwrap();
    assert!(told.image_permissions().iter().any(|one| one.shared_account_id() == Some(OTHER)));
    let theirs = other.update_workspace_image_permission().image_id(id).shared_account_id(super::ACCOUNT);
    assert_eq!(code(theirs.allow_copy_image(true).send().await), "AccessDeniedException");
    let made = copy().await.unwrap().image_id().unwrap().to_owned();
    assert_eq!(image(&other, &made).await.unwrap().owner_account_id(), Some(OTHER));
    share(false, OTHER).await.unwrap();
    assert_eq!(image(&other, id).await, None);
}

#[tokio::test]
async fn a_bundle_is_made_of_an_image_and_outlives_no_desktop() {
    let twin = twin(5).await;
    let client = client(&twin, S);
    let sources = images(&client).await;
    let source = sources[0].image_id().unwrap();
    let create = |name: &str, image: &str, compute: Compute, user: &str| {
        let tag = Tag::builder().key("Owner").value("euc").build().unwrap();
        client
            .create_workspace_bundle()
            .bundle_name(name)
            .bundle_description("A probe")
            .image_id(image)
            .compute_type(ComputeType::builder().name(compute).build())
            .user_storage(UserStorage::builder().capacity(user).build().unwrap())
            .root_storage(RootStorage::builder().capacity("175").build().unwrap())
            .tags(tag)
            .send()
    };
    let made = create("probe", source, Compute::Power, "100").await.unwrap();
    let made = made.workspace_bundle().unwrap();
    let id = made.bundle_id().unwrap();
    assert_eq!((made.state().unwrap().as_str(), made.owner()), ("PENDING", Some(super::ACCOUNT)));
    assert_eq!(client.describe_tags().resource_id(id).send().await.unwrap().tag_list().len(), 1);
    let update = |id: &str, image: Option<&str>| {
        client.update_workspace_bundle().bundle_id(id).set_image_id(image.map(str::to_owned)).send()
    };
    let other = sources[1].image_id().unwrap();
    assert_eq!(code(update(id, Some(other)).await), "ResourceUnavailableException");
    pass(&twin, 3);
    let before = bundle(&client, id).await.unwrap();
    assert_eq!(before.state().unwrap().as_str(), "AVAILABLE");
    update(id, Some(other)).await.unwrap();
    let after = bundle(&client, id).await.unwrap();
    assert_eq!((after.image_id(), after.creation_time()), (Some(other), before.creation_time()));
    assert!(after.last_updated_time() > before.last_updated_time());
    assert_eq!(code(update(id, None).await), "InvalidParameterValuesException");
    for (name, image, compute, user, why) in [
        ("probe", source, Compute::Power, "100", "ResourceAlreadyExistsException"),
        ("p2", "wsi-000000000", Compute::Power, "100", "ResourceNotFoundException"),
        ("p2", source, Compute::Graphics, "100", "InvalidParameterValuesException"),
        ("p2", source, Compute::Power, "large", "InvalidParameterValuesException"),
        ("p 2", source, Compute::Power, "100", "ValidationException"),
    ] {
        assert_eq!(code(create(name, image, compute, user).await), why);
    }
    let delete = |id: &str| client.delete_workspace_bundle().bundle_id(id).send();
    let desktops = client.describe_workspaces().send().await.unwrap();
    let used = desktops.workspaces()[0].bundle_id().unwrap();
    assert_eq!(code(delete(used).await), "ResourceAssociatedException");
    let used = bundle(&client, used).await.unwrap();
    let image = client.delete_workspace_image().image_id(used.image_id().unwrap()).send().await;
    assert_eq!(code(image), "ResourceAssociatedException");
    let amazon = client.describe_workspace_bundles().owner("AMAZON").send().await.unwrap();
    assert_eq!(code(delete(amazon.bundles()[0].bundle_id().unwrap()).await), "AccessDeniedException");
    let had = client.describe_workspace_bundles().send().await.unwrap().bundles().len();
    for number in had..50 {
        create(&format!("more{number}"), source, Compute::Value, "10").await.unwrap();
    }
    assert_eq!(code(create("last", source, Compute::Value, "10").await), "ResourceLimitExceededException");
    delete(id).await.unwrap();
    assert_eq!(code(delete(id).await), "ResourceNotFoundException");
}

#[tokio::test]
async fn a_backup_is_copied_once_however_often_it_is_asked_for() {
    let twin = twin(5).await;
    let [there, here] = [P, S].map(|region| aws_sdk_fsx::Client::new(&super::config(&twin, region)));
    let source = there.describe_backups().send().await.unwrap().backups()[0].clone();
    let id = source.backup_id().unwrap();
    let copy = |token: &str| here.copy_backup().source_backup_id(id).source_region(P).client_request_token(token);
    let made = copy("probe").copy_tags(true).send().await.unwrap().backup().unwrap().clone();
    assert_eq!((made.lifecycle().unwrap().as_str(), made.source_backup_id()), ("COPYING", Some(id)));
    assert_eq!((made.source_backup_region(), made.tags()), (Some(P), source.tags()));
    let again = copy("probe").copy_tags(true).send().await.unwrap();
    assert_eq!(again.backup().unwrap().backup_id(), made.backup_id());
    assert_eq!(code(copy("probe").send().await), "IncompatibleParameterError");
    for token in ["1", "2", "3", "4"] {
        copy(token).send().await.unwrap();
    }
    assert_eq!(code(copy("5").send().await), "ServiceLimitExceeded");
    let early = here.copy_backup().source_backup_id(made.backup_id().unwrap()).send().await;
    assert_eq!(code(early), "SourceBackupUnavailable");
    pass(&twin, 31);
    copy("5").kms_key_id(format!("arn:aws:kms:{S}:111122223333:key/x")).send().await.unwrap();
    let key = copy("6").kms_key_id(format!("arn:aws:kms:{P}:111122223333:key/x")).send().await;
    assert_eq!(code(key), "InvalidDestinationKmsKey");
    let told = here.describe_backups().backup_ids(made.backup_id().unwrap()).send().await.unwrap();
    assert_eq!(told.backups()[0].lifecycle().unwrap().as_str(), "AVAILABLE");
    let none = here.copy_backup().source_backup_id("backup-00000000").source_region(P).send().await;
    assert_eq!(code(none), "BackupNotFound");
}

async fn alias(client: &Client, id: &str) -> Option<ConnectionAlias> {
    client.describe_connection_aliases().alias_ids(id).send().await.unwrap().connection_aliases().first().cloned()
}

fn status(alias: &Option<ConnectionAlias>) -> &AssociationStatus {
    alias.as_ref().unwrap().associations()[0].association_status().unwrap()
}

#[tokio::test]
async fn an_alias_leaves_its_directory_and_comes_back_with_another_identifier() {
    let twin = twin(5).await;
    let client = client(&twin, S);
    let known = client.describe_connection_aliases().send().await.unwrap().connection_aliases()[0].clone();
    let (id, made) = (known.alias_id().unwrap(), &known.associations()[0]);
    let directory = made.resource_id().unwrap();
    let associate = |alias: &str| client.associate_connection_alias().alias_id(alias).resource_id(directory).send();
    assert_eq!(code(associate(id).await), "ResourceAssociatedException");
    let second = client.create_connection_alias().connection_string("probe.example.com").send().await.unwrap();
    let second = second.alias_id().unwrap();
    assert_eq!(code(associate(second).await), "InvalidResourceStateException");
    pass(&twin, 1);
    // A directory takes a second alias, as pilot aliases need: an inference, which the twin's own words tell.
    let pilot = associate(second).await.unwrap();
    assert_ne!(pilot.connection_identifier(), made.connection_identifier());
    let disassociate = || client.disassociate_connection_alias().alias_id(id).send();
    disassociate().await.unwrap();
    assert_eq!(status(&alias(&client, id).await), &AssociationStatus::PendingDisassociation);
    assert_eq!(code(disassociate().await), "InvalidResourceStateException");
    assert_eq!(code(associate(id).await), "ResourceAssociatedException");
    pass(&twin, 1);
    let now = alias(&client, id).await;
    assert_eq!(
        (status(&now), now.as_ref().unwrap().associations()[0].connection_identifier()),
        (&AssociationStatus::NotAssociated, None)
    );
    assert_eq!(code(disassociate().await), "InvalidResourceStateException");
    let none = client.associate_connection_alias().alias_id(id).resource_id("d-0000000000").send().await;
    assert_eq!(code(none), "ResourceNotFoundException");
    let again = associate(id).await.unwrap();
    assert_ne!(again.connection_identifier(), made.connection_identifier());
    assert_eq!(status(&alias(&client, id).await), &AssociationStatus::PendingAssociation);
    assert_eq!(code(disassociate().await), "InvalidResourceStateException");
    pass(&twin, 1);
    let now = alias(&client, id).await;
    assert_eq!(status(&now), &AssociationStatus::AssociatedWithOwnerAccount);
    assert_eq!(now.unwrap().associations()[0].connection_identifier(), again.connection_identifier());
}

#[tokio::test]
async fn an_alias_is_shared_with_one_account_which_alone_ends_what_it_began() {
    let (twin, other) = of_two().await;
    let owner = client(&twin, P);
    let own = owner.create_connection_alias().connection_string("probe.example.com").send().await.unwrap();
    let id = own.alias_id().unwrap();
    pass(&twin, 1);
    // The other account has a directory like the owner's.
    twin.with_world(|world| {
        let known = world.realm(super::ACCOUNT, P).unwrap().side.registrations.items()[0].clone();
        world.realm_or_new(OTHER, P).side.registrations.items_mut().push(known);
    });
    let theirs = directory(&other).await.directory_id().unwrap().to_owned();
    let associate = || other.associate_connection_alias().alias_id(id).resource_id(&theirs).send();
    assert_eq!(code(associate().await), "ResourceNotFoundException");
    let share = |account: &str, allow: bool| {
        let permission = ConnectionAliasPermission::builder().shared_account_id(account).allow_association(allow);
        owner
            .update_connection_alias_permission()
            .alias_id(id)
            .connection_alias_permission(permission.build().unwrap())
            .send()
    };
    assert_eq!(code(share(OTHER, false).await), "InvalidParameterValuesException");
    share(OTHER, true).await.unwrap();
    assert_eq!(code(share("777788889999", true).await), "ResourceLimitExceededException");
    associate().await.unwrap();
    pass(&twin, 1);
    for seen in [alias(&owner, id).await, alias(&other, id).await] {
        assert_eq!(status(&seen), &AssociationStatus::AssociatedWithSharedAccount);
        assert_eq!(seen.unwrap().associations()[0].associated_account_id(), Some(OTHER));
    }
    assert_eq!(code(owner.disassociate_connection_alias().alias_id(id).send().await), "AccessDeniedException");
    assert_eq!(code(share(OTHER, false).await), "ResourceAssociatedException");
    other.disassociate_connection_alias().alias_id(id).send().await.unwrap();
    pass(&twin, 1);
    share(OTHER, false).await.unwrap();
    assert_eq!(alias(&other, id).await, None);
    owner.delete_connection_alias().alias_id(id).send().await.unwrap();
    pass(&twin, 1);
    assert_eq!(alias(&owner, id).await, None);
}
