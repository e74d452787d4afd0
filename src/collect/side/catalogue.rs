//! What a side's desktops are made from: images, bundles and their applications; and who may connect to them.

use super::{Reader, each, items};
use crate::collect::paging::Listing;
use crate::collect::workspaces::WorkSpaces;
use crate::collect::{slice, slices};
use deskpair_rules::model::image::{Application, ApplicationAssociation, Bundle, Image, ImagePermission, IpGroup};
use deskpair_rules::model::pairing::STANDBY_BUNDLE;
use deskpair_rules::model::{Dataset, Estate};
use std::collections::{BTreeMap, BTreeSet};

/// Images, bundles, applications and IP access control groups.
#[derive(Debug)]
pub(super) struct Catalogue {
    images: Option<Listing<Image>>,
    image_permissions: BTreeMap<String, Listing<ImagePermission>>,
    image_applications: BTreeMap<String, Listing<ApplicationAssociation>>,
    bundles: Option<Listing<Bundle>>,
    amazon_bundles: Option<Listing<Bundle>>,
    bundle_applications: BTreeMap<String, Listing<ApplicationAssociation>>,
    applications: Option<Listing<Application>>,
    ip_groups: Option<Listing<IpGroup>>,
}

impl Catalogue {
    pub(super) async fn read(reader: &Reader, workspaces: &WorkSpaces) -> Self {
        let amazon_bundles = async {
            // Where desktops are to be made or enlarged in a failover, the Region must have the hardware.
            if reader.wants(Dataset::AmazonBundles) && reader.roles.is_standby() {
                Some(workspaces.amazon_bundles().await)
            } else {
                None
            }
        };
        let (own, amazon_bundles, applications, ip_groups) = tokio::join!(
            Own::read(reader, workspaces),
            amazon_bundles,
            reader.when(Dataset::Applications, || workspaces.applications()),
            reader.when(Dataset::IpGroups, || workspaces.ip_groups()),
        );
        let Own { images, bundles, image_permissions, image_applications, bundle_applications } = own;
        Self {
            images,
            image_permissions,
            image_applications,
            bundles,
            amazon_bundles,
            bundle_applications,
            applications,
            ip_groups,
        }
    }

    pub(super) fn put_into(self, estate: &mut Estate, at: usize) {
        estate.sides[at].images = slice(estate, self.images);
        estate.sides[at].image_permissions = slices(estate, self.image_permissions);
        estate.sides[at].image_applications = slices(estate, self.image_applications);
        estate.sides[at].bundles = slice(estate, self.bundles);
        estate.sides[at].amazon_bundles = slice(estate, self.amazon_bundles);
        estate.sides[at].bundle_applications = slices(estate, self.bundle_applications);
        estate.sides[at].applications = slice(estate, self.applications);
        estate.sides[at].ip_groups = slice(estate, self.ip_groups);
    }
}

/// The account's own images and bundles, and what is asked of each.
struct Own {
    images: Option<Listing<Image>>,
    bundles: Option<Listing<Bundle>>,
    image_permissions: BTreeMap<String, Listing<ImagePermission>>,
    image_applications: BTreeMap<String, Listing<ApplicationAssociation>>,
    bundle_applications: BTreeMap<String, Listing<ApplicationAssociation>>,
}

impl Own {
    async fn read(reader: &Reader, workspaces: &WorkSpaces) -> Self {
        let (images, bundles) = tokio::join!(
            reader.when(Dataset::Images, || workspaces.images()),
            reader.when(Dataset::Bundles, || workspaces.bundles()),
        );
        let in_use = &images_in_use(&images, items(&bundles));
        let made = ids(made_by_people(items(&bundles)).map(|bundle| &bundle.bundle_id));
        let (image_permissions, image_applications, bundle_applications) = tokio::join!(
            each(reader.about(Dataset::ImagePermissions, in_use), |image| async move {
                workspaces.image_permissions(&image).await
            }),
            each(reader.about(Dataset::ImageApplications, in_use), |image| async move {
                workspaces.image_applications(&image).await
            }),
            each(reader.about(Dataset::BundleApplications, &made), |bundle| async move {
                workspaces.bundle_applications(&bundle).await
            }),
        );
        Self { images, bundles, image_permissions, image_applications, bundle_applications }
    }
}

/// The images that bundles rest on. One that is surely not the account's own has nothing to tell, and asking for it is an error.
fn images_in_use(images: &Option<Listing<Image>>, bundles: &[Bundle]) -> BTreeSet<String> {
    let mut in_use = ids(made_by_people(bundles).map(|bundle| &bundle.image_id));
    if let Some(Listing { items: own, gap: None }) = images {
        in_use.retain(|id| own.iter().any(|image| image.image_id == *id));
    }
    in_use
}

/// The bundles that are no by-product of standby WorkSpaces: those are compared with nothing (AWS-FACTS §1.4).
fn made_by_people(bundles: &[Bundle]) -> impl Iterator<Item = &Bundle> {
    bundles.iter().filter(|bundle| bundle.bundle_type != STANDBY_BUNDLE)
}

fn ids<'a>(ids: impl Iterator<Item = &'a String>) -> BTreeSet<String> {
    ids.filter(|id| !id.is_empty()).cloned().collect()
}
