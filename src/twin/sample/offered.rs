//! What Amazon offers in a Region, bundles and applications, and which applications the company's images and bundles bring.

use super::company::{IMAGES, PERSONAS};
use super::site::{DAY, Site, before};
use deskpair_rules::model::image::{Application, ApplicationAssociation, Bundle, ComputeType, Storage};
use deskpair_rules::model::{Moment, Side, Slice};

/// The owner of all of these.
const AMAZON: &str = "AMAZON";

/// Hardware: `ComputeTypeName`, the word in the bundle's name, root and user volume in GiB. The compute types are those of the service model
/// that AWS has not retired (AWS-FACTS §0.7).
static HARDWARE: [(&str, &str, u16, u16); 12] = [
    ("VALUE", "Value", 80, 10),
    ("STANDARD", "Standard", 80, 50),
    ("PERFORMANCE", "Performance", 80, 100),
    ("POWER", "Power", 175, 100),
    ("POWERPRO", "PowerPro", 175, 100),
    ("GENERALPURPOSE_4XLARGE", "GeneralPurpose.4xlarge", 175, 100),
    ("GENERALPURPOSE_8XLARGE", "GeneralPurpose.8xlarge", 175, 100),
    ("GRAPHICS_G4DN", "Graphics.g4dn", 100, 100),
    ("GRAPHICSPRO_G4DN", "GraphicsPro.g4dn", 100, 100),
    ("GRAPHICS_G6_XLARGE", "Graphics.g6.xlarge", 150, 100),
    ("GRAPHICS_G6_2XLARGE", "Graphics.g6.2xlarge", 150, 100),
    ("GRAPHICS_G6_4XLARGE", "Graphics.g6.4xlarge", 150, 100),
];

/// Operating systems, as they stand in the names of bundles.
static SYSTEMS: [&str; 3] =
    ["Windows 10 (Server 2022 based) (WSP)", "Windows 11 (Server 2025 based) (WSP)", "Ubuntu 22.04 (WSP)"];

/// An application, and the positions of the images that bring it.
struct Brought {
    name: &'static str,
    images: &'static [usize],
}

/// The applications that Amazon offers for Windows desktops, as far as the company looks at them.
static APPLICATIONS: [Brought; 5] = [
    Brought { name: "Microsoft Office LTSC Professional Plus 2021", images: &[2, 4] },
    Brought { name: "Microsoft Office LTSC Standard 2021", images: &[0, 1] },
    Brought { name: "Microsoft Project Professional 2021", images: &[] },
    Brought { name: "Microsoft Visio LTSC Professional 2021", images: &[5] },
    Brought { name: "Microsoft Visual Studio Professional 2022", images: &[3] },
];

/// Fills what Amazon offers on a side, and what the side's images and bundles bring of it.
pub(super) fn fill(side: &mut Side, site: &Site, taken_at: Moment) {
    side.amazon_bundles = Slice::whole_of(bundles(site, taken_at));
    side.applications = Slice::whole_of(APPLICATIONS.iter().map(|brought| application(site, brought)).collect());
    for (at, image) in site.images.iter().enumerate().take(IMAGES.len()) {
        side.image_applications.insert(image.clone(), Slice::whole_of(brought_by(site, at)));
    }
    for (persona, bundle) in PERSONAS.iter().zip(&site.bundles) {
        side.bundle_applications.insert(bundle.clone(), Slice::whole_of(brought_by(site, persona.image)));
    }
}

fn bundles(site: &Site, taken_at: Moment) -> Vec<Bundle> {
    let all = SYSTEMS.iter().flat_map(|system| HARDWARE.iter().map(move |hardware| (system, hardware)));
    all.enumerate()
        .map(|(at, (system, &(compute, word, root, user)))| {
            let name = format!("{word} with {system}");
            Bundle {
                bundle_id: site.derived("wsb-", 9, &name),
                description: format!("{name}, offered by Amazon"),
                image_id: site.derived("wsi-", 9, system),
                name,
                owner: AMAZON.to_owned(),
                root_storage: Some(Storage { capacity: root.to_string() }),
                user_storage: Some(Storage { capacity: user.to_string() }),
                compute_type: Some(ComputeType { name: compute.to_owned() }),
                last_updated_time: Some(before(taken_at, 33 * DAY + at as i64 * 97)),
                creation_time: Some(before(taken_at, 700 * DAY)),
                state: "AVAILABLE".to_owned(),
                bundle_type: "REGULAR".to_owned(),
            }
        })
        .collect()
}

fn application_id(site: &Site, brought: &Brought) -> String {
    site.derived("wsa-", 9, brought.name)
}

fn application(site: &Site, brought: &Brought) -> Application {
    Application {
        application_id: application_id(site, brought),
        name: brought.name.to_owned(),
        owner: AMAZON.to_owned(),
        state: "AVAILABLE".to_owned(),
    }
}

/// The applications of the image at this position.
fn brought_by(site: &Site, image: usize) -> Vec<ApplicationAssociation> {
    let brought = APPLICATIONS.iter().filter(|brought| brought.images.contains(&image));
    brought
        .map(|brought| ApplicationAssociation {
            associated_resource_id: application_id(site, brought),
            associated_resource_type: "APPLICATION".to_owned(),
            state: "COMPLETED".to_owned(),
            state_reason: None,
        })
        .collect()
}
