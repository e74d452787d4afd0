//! Applications: which there are, and which ones images and bundles bring.

use super::{PAGE_SIZE, WorkSpaces};
use crate::collect::convert::{list, text, word};
use crate::collect::datasets::{DESCRIBE_APPLICATIONS, DESCRIBE_BUNDLE_ASSOCIATIONS, DESCRIBE_IMAGE_ASSOCIATIONS};
use crate::collect::paging::{Listing, Page, pages, token};
use aws_sdk_workspaces::types;
use deskpair_rules::model::image::{Application, ApplicationAssociation, AssociationStateReason};

impl WorkSpaces {
    /// The applications that desktops of the account may have, whoever owns them.
    pub(in crate::collect) async fn applications(&self) -> Listing<Application> {
        let Self { client, caller } = self;
        pages(caller, DESCRIBE_APPLICATIONS, "", |next: Option<String>| async move {
            let answer = caller
                .read(DESCRIBE_APPLICATIONS, "", || {
                    client.describe_applications().max_results(PAGE_SIZE).set_next_token(next.clone()).send()
                })
                .await?;
            let items = list(answer.applications, |application| Application {
                application_id: text(application.application_id),
                name: text(application.name),
                owner: text(application.owner),
                state: word(application.state),
            });
            Ok(Page { items, next: token(answer.next_token) })
        })
        .await
    }

    /// The applications of an image. The operation has no pages.
    pub(in crate::collect) async fn image_applications(&self, image: &str) -> Listing<ApplicationAssociation> {
        let ask = || {
            let request = self.client.describe_image_associations().image_id(image);
            request.associated_resource_types(types::ImageAssociatedResourceType::Application).send()
        };
        let answer = self.caller.read(DESCRIBE_IMAGE_ASSOCIATIONS, image, ask).await;
        Listing::from_result(answer.map(|answer| {
            list(answer.associations, |association| ApplicationAssociation {
                associated_resource_id: text(association.associated_resource_id),
                associated_resource_type: word(association.associated_resource_type),
                state: word(association.state),
                state_reason: association.state_reason.map(reason),
            })
        }))
    }

    /// The applications of a bundle. The operation has no pages.
    pub(in crate::collect) async fn bundle_applications(&self, bundle: &str) -> Listing<ApplicationAssociation> {
        let ask = || {
            let request = self.client.describe_bundle_associations().bundle_id(bundle);
            request.associated_resource_types(types::BundleAssociatedResourceType::Application).send()
        };
        let answer = self.caller.read(DESCRIBE_BUNDLE_ASSOCIATIONS, bundle, ask).await;
        Listing::from_result(answer.map(|answer| {
            list(answer.associations, |association| ApplicationAssociation {
                associated_resource_id: text(association.associated_resource_id),
                associated_resource_type: word(association.associated_resource_type),
                state: word(association.state),
                state_reason: association.state_reason.map(reason),
            })
        }))
    }
}

fn reason(reason: types::AssociationStateReason) -> AssociationStateReason {
    AssociationStateReason { error_code: word(reason.error_code), error_message: text(reason.error_message) }
}
