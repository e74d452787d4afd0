//! Applications that bundles and images bring, with whom images are shared, and the hardware that Amazon's bundles offer.
//!
//! All ids are of the side's own: they are spread from its alias's, so that they differ from side to side.

use super::company::{IMAGES, PERSONAS};
use super::site::{DAY, Site, before};
use deskpair_rules::model::image::{
    Application, ApplicationAssociation, Bundle, ComputeType, ImagePermission, Storage,
};
use deskpair_rules::model::{Moment, Side, Slice};

/// The account that builds kiosks for the company on its images.
const PARTNER: &str = "555566667777";

/// Applications of the Windows images, then those of the engineers' and the designers' bundles.
const OFFICE: &str = "Office Suite";
const BUILD_TOOLS: &str = "Build Tools";
const DRAWING: &str = "Drawing Tools";
const APPLICATIONS: [&str; 3] = [OFFICE, BUILD_TOOLS, DRAWING];

/// Amazon's bundles of a Region: title, compute type, root and user volume in GiB.
const OFFERED: [(&str, &str, &str, &str); 8] = [
    ("Value", "VALUE", "80", "10"),
    ("Standard", "STANDARD", "80", "50"),
    ("Performance", "PERFORMANCE", "80", "100"),
    ("Power", "POWER", "175", "100"),
    ("PowerPro", "POWERPRO", "175", "100"),
    ("General Purpose 4xlarge", "GENERALPURPOSE_4XLARGE", "175", "100"),
    ("Graphics.g4dn", "GRAPHICS_G4DN", "100", "100"),
    ("GraphicsPro.g4dn", "GRAPHICSPRO_G4DN", "100", "100"),
];

/// What is one of a side's: nine base-36 digits of its alias's id.
fn own_digits(site: &Site) -> &str {
    &site.alias["wsca-".len()..]
}

/// Fills what belongs to a side's images and bundles, once these are there.
pub(super) fn fill(side: &mut Side, site: &Site, taken_at: Moment) {
    let applications = APPLICATIONS.iter().map(|name| Application {
        application_id: id_of(site, name),
        name: (*name).to_owned(),
        owner: "AWS".to_owned(),
        state: "AVAILABLE".to_owned(),
    });
    side.applications = Slice::whole_of(applications.collect());
    for (plan, id) in IMAGES.iter().zip(&site.images) {
        let brought = if plan.system == "WINDOWS" { vec![installed(site, OFFICE)] } else { Vec::new() };
        side.image_applications.insert(id.clone(), Slice::whole_of(brought));
        let partner = ImagePermission { shared_account_id: PARTNER.to_owned() };
        let shared = if plan.name.contains("standard") { vec![partner] } else { Vec::new() };
        side.image_permissions.insert(id.clone(), Slice::whole_of(shared));
    }
    for (persona, id) in PERSONAS.iter().zip(&site.bundles) {
        let brought = match persona.bundle {
            "NH-Engineering" => vec![installed(site, BUILD_TOOLS)],
            "NH-Design" => vec![installed(site, DRAWING)],
            _ => Vec::new(),
        };
        side.bundle_applications.insert(id.clone(), Slice::whole_of(brought));
    }
    let offered = OFFERED.iter().enumerate().map(|(at, offer)| amazons(site, at, offer, taken_at));
    side.amazon_bundles = Slice::whole_of(offered.collect());
}

/// The id of an application in the side's Region.
fn id_of(site: &Site, name: &str) -> String {
    let at = APPLICATIONS.iter().position(|known| *known == name).unwrap_or_default();
    format!("wsa-{}{at}", own_digits(site))
}

fn installed(site: &Site, name: &str) -> ApplicationAssociation {
    ApplicationAssociation {
        associated_resource_id: id_of(site, name),
        associated_resource_type: "APPLICATION".to_owned(),
        state: "COMPLETED".to_owned(),
        ..ApplicationAssociation::default()
    }
}

fn amazons(
    site: &Site,
    at: usize,
    (title, compute, root, user): &(&str, &str, &str, &str),
    taken_at: Moment,
) -> Bundle {
    Bundle {
        bundle_id: format!("wsb-{}{at}", own_digits(site)),
        name: format!("{title} with Windows Server 2022"),
        owner: "AMAZON".to_owned(),
        description: format!("{title} with Windows Server 2022, {root} GB root and {user} GB user volume"),
        image_id: format!("wsi-{}0", own_digits(site)),
        root_storage: Some(Storage { capacity: (*root).to_owned() }),
        user_storage: Some(Storage { capacity: (*user).to_owned() }),
        compute_type: Some(ComputeType { name: (*compute).to_owned() }),
        last_updated_time: Some(before(taken_at, 20 * DAY)),
        creation_time: Some(before(taken_at, 900 * DAY)),
        state: "AVAILABLE".to_owned(),
        bundle_type: "REGULAR".to_owned(),
    }
}

/// Leaves a side with what is asked of it: applications of the bundles that it has, and permissions and applications of the images that
/// these rest on.
pub(super) fn keep_what_is_asked(side: &mut Side) {
    let bundles = side.bundles.items();
    let images = side.images.items();
    let asked = |id: &String| {
        bundles.iter().any(|bundle| bundle.image_id == *id) && images.iter().any(|image| image.image_id == *id)
    };
    side.image_permissions.retain(|id, _| asked(id));
    side.image_applications.retain(|id, _| asked(id));
    side.bundle_applications.retain(|id, _| bundles.iter().any(|bundle| bundle.bundle_id == *id));
    for bundle in bundles {
        side.bundle_applications.entry(bundle.bundle_id.clone()).or_insert_with(|| Slice::whole_of(Vec::new()));
    }
    for image in images.iter().filter(|image| asked(&image.image_id)) {
        let nothing = || Slice::whole_of(Vec::new());
        side.image_permissions.entry(image.image_id.clone()).or_insert_with(nothing);
        side.image_applications.entry(image.image_id.clone()).or_insert_with(|| Slice::whole_of(Vec::new()));
    }
}
