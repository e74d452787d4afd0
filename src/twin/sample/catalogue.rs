//! Images, bundles and IP access control groups.

use super::company::{ACCOUNT, IMAGES, ImagePlan, PERSONAS, Persona, Plan};
use super::site::{DAY, HOUR, Site, Sites, before};
use deskpair_rules::model::image::{
    Bundle, ComputeType, Image, ImagePermission, ImageUpdates, IpGroup, IpRule, OperatingSystem, Storage,
};
use deskpair_rules::model::pairing::{COPY_OF_TAG, STANDBY_BUNDLE};
use deskpair_rules::model::workspace::TagRow;
use deskpair_rules::model::{Moment, Side, Slice, Symbols};
use std::collections::{BTreeMap, BTreeSet};

/// Fills both sides' images, bundles, their tags, and IP groups.
pub(super) fn fill(primary: &mut Side, standby: &mut Side, sites: &Sites, taken_at: Moment, symbols: &mut Symbols) {
    let mut tags = Tags { symbols, rows: [Vec::new(), Vec::new()] };
    let mut images = [Vec::new(), Vec::new()];
    for (at, plan) in IMAGES.iter().enumerate() {
        let made = plan.days * DAY + at as i64 * 2711;
        // A copy takes some hours; its own creation is later than its source's.
        images[0].push(image(&sites.primary, at, plan, before(taken_at, made)));
        images[1].push(image(&sites.standby, at, plan, before(taken_at, made - 5 * HOUR)));
        let source = format!("{}/{}", sites.primary.region.name, sites.primary.images[at]);
        let arn = sites.standby.arn(&format!("workspaceimage/{}", sites.standby.images[at]));
        tags.add(1, &arn, COPY_OF_TAG, &source);
        let arn = sites.primary.arn(&format!("workspaceimage/{}", sites.primary.images[at]));
        tags.add(0, &arn, "Owner", "euc-team");
    }
    let mut bundles = [Vec::new(), Vec::new()];
    for (at, persona) in PERSONAS.iter().enumerate() {
        let renewed = IMAGES[persona.image].days * DAY - DAY - at as i64 * 1303;
        bundles[0].push(bundle(&sites.primary, at, persona, taken_at, renewed));
        bundles[1].push(bundle(&sites.standby, at, persona, taken_at, renewed - 3 * HOUR));
        for (side, site) in [&sites.primary, &sites.standby].into_iter().enumerate() {
            tags.add(side, &site.arn(&format!("workspacebundle/{}", site.bundles[at])), "Owner", "euc-team");
        }
    }
    let [primary_tags, standby_tags] = tags.rows;
    let [primary_images, standby_images] = images;
    let [primary_bundles, standby_bundles] = bundles;
    primary.resource_tags = Slice::whole_of(primary_tags);
    standby.resource_tags = Slice::whole_of(standby_tags);
    primary.images = Slice::whole_of(primary_images);
    standby.images = Slice::whole_of(standby_images);
    for (side, site) in [(&mut *primary, &sites.primary), (&mut *standby, &sites.standby)] {
        let shared = IMAGES.iter().zip(&site.images).map(|(plan, id)| (id.clone(), Slice::whole_of(permissions(plan))));
        side.image_permissions.extend(shared);
    }
    primary.bundles = Slice::whole_of(primary_bundles);
    standby.bundles = Slice::whole_of(standby_bundles);
    primary.ip_groups = Slice::whole_of(ip_groups(&sites.primary, sites.plan));
    standby.ip_groups = Slice::whole_of(ip_groups(&sites.standby, sites.plan));
}

/// Lays out what is asked of each image and bundle as a collection would find it: of images and bundles that are there, and of images that a
/// bundle rests on. Where a drift put another there, nothing is known of it but that it is shared with nobody and brings nothing.
pub(super) fn settle(side: &mut Side) {
    let made = || side.bundles.items().iter().filter(|bundle| bundle.bundle_type != STANDBY_BUNDLE);
    let bundles: BTreeSet<String> = made().map(|bundle| bundle.bundle_id.clone()).collect();
    let used: BTreeSet<&str> = made().map(|bundle| bundle.image_id.as_str()).collect();
    let own = side.images.items().iter().filter(|image| used.contains(image.image_id.as_str()));
    let images: BTreeSet<String> = own.map(|image| image.image_id.clone()).collect();
    keep(&mut side.image_permissions, &images);
    keep(&mut side.image_applications, &images);
    keep(&mut side.bundle_applications, &bundles);
}

fn keep<T>(lists: &mut BTreeMap<String, Slice<T>>, ids: &BTreeSet<String>) {
    lists.retain(|id, _| ids.contains(id));
    for id in ids {
        lists.entry(id.clone()).or_insert_with(|| Slice::whole_of(Vec::new()));
    }
}

/// Tags of resources, by side.
struct Tags<'a> {
    symbols: &'a mut Symbols,
    rows: [Vec<TagRow>; 2],
}

impl Tags<'_> {
    fn add(&mut self, side: usize, arn: &str, key: &str, value: &str) {
        let (arn, key, value) = (self.symbols.intern(arn), self.symbols.intern(key), self.symbols.intern(value));
        self.rows[side].push(TagRow { arn, key, value });
    }
}

fn image(site: &Site, at: usize, plan: &ImagePlan, created: Moment) -> Image {
    Image {
        image_id: site.images[at].clone(),
        name: plan.name.to_owned(),
        description: plan.about.to_owned(),
        operating_system: Some(OperatingSystem { r#type: plan.system.to_owned() }),
        state: "AVAILABLE".to_owned(),
        required_tenancy: "DEFAULT".to_owned(),
        created: Some(created),
        owner_account_id: ACCOUNT.to_owned(),
        updates: Some(ImageUpdates { update_available: Some(false), description: String::new() }),
        ..Image::default()
    }
}

/// With whom an image is shared: engineers try theirs in an account of their own.
fn permissions(plan: &ImagePlan) -> Vec<ImagePermission> {
    let shared = plan.shared.iter();
    shared.map(|&account| ImagePermission { shared_account_id: account.to_owned() }).collect()
}

fn bundle(site: &Site, at: usize, persona: &Persona, taken_at: Moment, renewed_before: i64) -> Bundle {
    Bundle {
        bundle_id: site.bundles[at].clone(),
        name: persona.bundle.to_owned(),
        owner: ACCOUNT.to_owned(),
        description: persona.about.to_owned(),
        image_id: site.images[persona.image].clone(),
        root_storage: Some(Storage { capacity: persona.root.to_string() }),
        user_storage: Some(Storage { capacity: persona.user.to_string() }),
        compute_type: Some(ComputeType { name: persona.compute.to_owned() }),
        last_updated_time: Some(before(taken_at, renewed_before)),
        creation_time: Some(before(taken_at, 395 * DAY - at as i64 * DAY)),
        state: "AVAILABLE".to_owned(),
        bundle_type: "REGULAR".to_owned(),
    }
}

fn ip_groups(site: &Site, plan: &Plan) -> Vec<IpGroup> {
    let groups = plan.offices.iter().zip(&site.ip_groups);
    groups
        .map(|(offices, id)| IpGroup {
            group_id: id.clone(),
            group_name: offices.name.to_owned(),
            group_desc: offices.about.to_owned(),
            user_rules: offices.ranges.iter().map(|&(range, about)| ip_rule(range, about)).collect(),
        })
        .collect()
}

/// One range of an IP group.
pub(super) fn ip_rule(range: &str, about: &str) -> IpRule {
    IpRule { ip_rule: range.to_owned(), rule_desc: about.to_owned() }
}
