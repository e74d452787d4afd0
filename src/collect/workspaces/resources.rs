//! Images, bundles and IP access control groups.

use super::{PAGE_SIZE, WorkSpaces};
use crate::collect::convert::{list, moment, text, word};
use crate::collect::datasets::{
    DESCRIBE_IP_GROUPS, DESCRIBE_WORKSPACE_BUNDLES, DESCRIBE_WORKSPACE_IMAGE_PERMISSIONS, DESCRIBE_WORKSPACE_IMAGES,
};
use crate::collect::paging::{Listing, Page, pages, token};
use aws_sdk_workspaces::types;
use deskpair_rules::model::image::{
    Bundle, ComputeType, Image, ImageErrorDetails, ImagePermission, ImageUpdates, IpGroup, IpRule, OperatingSystem,
    Storage,
};

/// The owner of the bundles that AWS offers to all (`workspaces:DescribeWorkspaceBundlesRequest`).
const AMAZON: &str = "AMAZON";

impl WorkSpaces {
    /// The account's own images: one that is shared with it must be copied before a bundle can rest on it.
    pub(in crate::collect) async fn images(&self) -> Listing<Image> {
        let Self { client, caller } = self;
        pages(caller, DESCRIBE_WORKSPACE_IMAGES, "", |next: Option<String>| async move {
            let answer = caller
                .read(DESCRIBE_WORKSPACE_IMAGES, "", || {
                    let request = client.describe_workspace_images().image_type(types::ImageType::Owned);
                    request.max_results(PAGE_SIZE).set_next_token(next.clone()).send()
                })
                .await?;
            Ok(Page { items: list(answer.images, image), next: token(answer.next_token) })
        })
        .await
    }

    /// With which accounts an image is shared.
    pub(in crate::collect) async fn image_permissions(&self, image: &str) -> Listing<ImagePermission> {
        let Self { client, caller } = self;
        pages(caller, DESCRIBE_WORKSPACE_IMAGE_PERMISSIONS, image, |next: Option<String>| async move {
            let answer = caller
                .read(DESCRIBE_WORKSPACE_IMAGE_PERMISSIONS, image, || {
                    let request = client.describe_workspace_image_permissions().image_id(image);
                    request.max_results(PAGE_SIZE).set_next_token(next.clone()).send()
                })
                .await?;
            let items = list(answer.image_permissions, |permission| ImagePermission {
                shared_account_id: text(permission.shared_account_id),
            });
            Ok(Page { items, next: token(answer.next_token) })
        })
        .await
    }

    /// The account's own bundles: those that no owner is named for.
    pub(in crate::collect) async fn bundles(&self) -> Listing<Bundle> {
        let Self { client, caller } = self;
        pages(caller, DESCRIBE_WORKSPACE_BUNDLES, "", |next: Option<String>| async move {
            let answer = caller
                .read(DESCRIBE_WORKSPACE_BUNDLES, "", || {
                    client.describe_workspace_bundles().set_next_token(next.clone()).send()
                })
                .await?;
            Ok(Page { items: list(answer.bundles, bundle), next: token(answer.next_token) })
        })
        .await
    }

    /// The bundles that Amazon offers in the Region. The operation takes no page size (AWS-FACTS §0.4).
    pub(in crate::collect) async fn amazon_bundles(&self) -> Listing<Bundle> {
        let Self { client, caller } = self;
        pages(caller, DESCRIBE_WORKSPACE_BUNDLES, AMAZON, |next: Option<String>| async move {
            let answer = caller
                .read(DESCRIBE_WORKSPACE_BUNDLES, AMAZON, || {
                    client.describe_workspace_bundles().owner(AMAZON).set_next_token(next.clone()).send()
                })
                .await?;
            Ok(Page { items: list(answer.bundles, bundle), next: token(answer.next_token) })
        })
        .await
    }

    /// The IP access control groups.
    pub(in crate::collect) async fn ip_groups(&self) -> Listing<IpGroup> {
        let Self { client, caller } = self;
        pages(caller, DESCRIBE_IP_GROUPS, "", |next: Option<String>| async move {
            let answer = caller
                .read(DESCRIBE_IP_GROUPS, "", || {
                    client.describe_ip_groups().max_results(PAGE_SIZE).set_next_token(next.clone()).send()
                })
                .await?;
            Ok(Page { items: list(answer.result, ip_group), next: token(answer.next_token) })
        })
        .await
    }
}

fn image(image: types::WorkspaceImage) -> Image {
    Image {
        image_id: text(image.image_id),
        name: text(image.name),
        description: text(image.description),
        operating_system: image.operating_system.map(|system| OperatingSystem { r#type: word(system.r#type) }),
        state: word(image.state),
        required_tenancy: word(image.required_tenancy),
        error_code: text(image.error_code),
        error_message: text(image.error_message),
        created: moment(image.created),
        owner_account_id: text(image.owner_account_id),
        updates: image.updates.map(|updates| ImageUpdates {
            update_available: updates.update_available,
            description: text(updates.description),
        }),
        error_details: list(image.error_details, |details| ImageErrorDetails {
            error_code: word(details.error_code),
            error_message: text(details.error_message),
        }),
    }
}

fn bundle(bundle: types::WorkspaceBundle) -> Bundle {
    Bundle {
        bundle_id: text(bundle.bundle_id),
        name: text(bundle.name),
        owner: text(bundle.owner),
        description: text(bundle.description),
        image_id: text(bundle.image_id),
        root_storage: bundle.root_storage.map(|storage| Storage { capacity: storage.capacity }),
        user_storage: bundle.user_storage.map(|storage| Storage { capacity: storage.capacity }),
        compute_type: bundle.compute_type.map(|compute| ComputeType { name: word(compute.name) }),
        last_updated_time: moment(bundle.last_updated_time),
        creation_time: moment(bundle.creation_time),
        state: word(bundle.state),
        bundle_type: word(bundle.bundle_type),
    }
}

fn ip_group(group: types::WorkspacesIpGroup) -> IpGroup {
    IpGroup {
        group_id: text(group.group_id),
        group_name: text(group.group_name),
        group_desc: text(group.group_desc),
        user_rules: list(group.user_rules, |rule| IpRule {
            ip_rule: text(rule.ip_rule),
            rule_desc: text(rule.rule_desc),
        }),
    }
}
