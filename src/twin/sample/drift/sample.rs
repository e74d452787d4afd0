//! The drifted sample: years of small neglect, as one finds it.
//!
//! The pair `corp` has findings that touch some people each (images, bundles, desktops) and, for everybody, only such as expose, hide
//! nobody's desktop, or cannot be counted. About nine in ten of its people are ready. The pair `emea` was set up in a hurry: its standby
//! alias was never associated, so that all its people are stranded, and beside it stand findings of branding, files, the TTL and
//! dependencies that would touch everybody once the alias is.

use super::super::company::{DATA, DESIGN, LEGAL, PERSONAS, STANDARD};
use super::super::dependencies::{DATABASE, LICENCES};
use super::super::names::Mint;
use super::super::site::{HOUR, Sites, before};
use super::super::{catalogue, sides};
use super::{aliases, branding, bundles, dependencies, directories, dns, files, images, terminate, workspaces};
use deskpair_rules::model::pairing::COPY_OF_TAG;
use deskpair_rules::model::probe::ProbeOutcome;
use deskpair_rules::model::workspace::WorkspaceRow;
use deskpair_rules::model::{Estate, Sym, Symbols};
use std::collections::BTreeSet;

/// Plants the mixture.
pub(in crate::twin::sample) fn rot(estate: &mut Estate, sites: &[Sites], mint: &mut Mint) {
    if let Some(corp) = sites.first() {
        corp_images_and_bundles(estate, corp, mint);
        corp_settings(estate, corp);
        corp_desktops(estate, corp, mint);
    }
    if let Some(emea) = sites.get(1) {
        emea_everything(estate, emea, mint);
    }
}

fn corp_images_and_bundles(estate: &mut Estate, sites: &Sites, mint: &mut Mint) {
    // The Linux desktops are new: their standby was made from one of Amazon's bundles, for want of the image.
    bundles::remove(estate, 0, sites, DATA, mint);
    let image = PERSONAS[DATA].image;
    images::untag(estate, 0, &sites.standby, &sites.standby.images[image]);
    let (_, standby) = sides(estate, 0);
    standby.images.items_mut().retain(|known| known.image_id != sites.standby.images[image]);
    // The legal image was renewed at home alone.
    images::make_stale(estate, 0, sites, PERSONAS[LEGAL].image, mint);
    // The designers' bundle grew at home alone.
    bundles::shrink(estate, 0, sites, DESIGN);
    // Of one copy nothing proves where it came from.
    images::untag(estate, 0, &sites.standby, &sites.standby.images[PERSONAS[STANDARD].image]);
    let (primary, _) = sides(estate, 0);
    let kiosk = primary.bundles.items().iter().find(|bundle| bundle.bundle_id == sites.primary.bundles[STANDARD]);
    if let Some(mut kiosk) = kiosk.cloned() {
        kiosk.bundle_id = mint.base36("wsb-", 9);
        kiosk.name = "NH-Kiosk-Trial".to_owned();
        kiosk.description = "Reception, a trial that ended".to_owned();
        primary.bundles.items_mut().push(kiosk);
    }
}

/// Settings for everybody: only such as degrade nobody.
fn corp_settings(estate: &mut Estate, sites: &Sites) {
    let (_, standby) = sides(estate, 0);
    if let Some(offices) = standby.ip_groups.items_mut().first_mut() {
        // Denver opened last spring; the test line was meant to go.
        offices.user_rules.retain(|rule| rule.rule_desc != "Denver branch");
        offices.user_rules.push(catalogue::ip_rule("198.51.100.248/29", "Test line, remove after the move"));
    }
    if let Some(directory) = standby.registrations.items_mut().first_mut() {
        if let Some(defaults) = &mut directory.workspace_creation_properties {
            defaults.user_enabled_as_local_administrator = Some(true);
            defaults.enable_maintenance_mode = Some(false);
        }
        if let Some(access) = &mut directory.workspace_access_properties {
            access.device_type_web = "ALLOW".to_owned();
        }
    }
    // The standby's connector was made in a hurry, with the account that was at hand.
    directories::share_account(estate, 0, sites);
    let (_, standby) = sides(estate, 0);
    // A migration partner's account, still allowed.
    aliases::share(standby);
    for platform in branding::standby(estate, 0, sites).into_iter().flatten() {
        match platform.device_type.as_str() {
            "DeviceTypeWindows" => branding::old_message(platform),
            "DeviceTypeLinux" => {
                platform.branding.support_link = "https://help.norhaven.example/desktops-west".to_owned()
            }
            _ => {}
        }
    }
}

/// How many of a pair's people in a thousand have each finding.
fn share(people: usize, of_a_thousand: usize) -> usize {
    let count = (people * of_a_thousand + 500) / 1000;
    if people >= 50 { count.max(1) } else { count }
}

/// What a finding does to a standby desktop.
type Change = fn(&mut WorkspaceRow, &mut Symbols);

/// Desktops: each finding has people of its own.
fn corp_desktops(estate: &mut Estate, sites: &Sites, mint: &mut Mint) {
    let primary = &estate.sides[estate.pairs[0].primary as usize];
    let all = primary.workspaces.items().len();
    let rare: BTreeSet<Sym> =
        [DATA, DESIGN, LEGAL].iter().filter_map(|&at| estate.symbols.find(&sites.primary.bundles[at])).collect();
    let plain = |row: &&WorkspaceRow| row.extra == 0 && !rare.contains(&row.bundle);
    let mut pool: Vec<Sym> = primary.workspaces.items().iter().filter(plain).map(|row| row.user).collect();
    let related = primary.workspaces.items().iter().find(|row| row.extra != 0 && !rare.contains(&row.bundle)).copied();
    // People of one finding stand apart: the pool is walked in strides, and who was taken is not taken again.
    let mut take = |of_a_thousand: usize| -> Vec<Sym> {
        let wanted = share(all, of_a_thousand).min(pool.len());
        let stride = pool.len() / wanted.max(1);
        let taken: BTreeSet<usize> = (0..wanted).map(|at| at * stride + stride / 2).collect();
        let users = taken.iter().map(|&at| pool[at]).collect();
        let mut at = 0;
        pool.retain(|_| {
            at += 1;
            !taken.contains(&(at - 1))
        });
        users
    };
    let none: BTreeSet<Sym> = take(8).into_iter().collect();
    let findings: [(Vec<Sym>, Change); 7] = [
        (take(3), |row, symbols| row.state = symbols.intern("SUSPENDED")),
        (take(2), |row, symbols| {
            workspaces::keep_on(row, symbols);
            row.state = symbols.intern("STOPPED");
        }),
        (take(8), workspaces::shrink),
        (take(6), workspaces::keep_on),
        (take(4), workspaces::capitalise),
        (take(2), |row, symbols| row.state = symbols.intern("REBOOTING")),
        (take(4), workspaces::decrypt),
    ];
    let (broken, unused, growing) = (take(4), take(20), take(2));
    terminate(estate, 0, sites, |row| none.contains(&row.user));
    workspaces::break_down(estate, 0, &broken.into_iter().collect());
    workspaces::grow(estate, &growing.into_iter().collect());
    if let Some(related) = related {
        workspaces::part(estate, &related);
    }
    workspaces::never_use(estate, &unused.into_iter().collect());
    // Last, for these may rename the users by whom desktops are found.
    for (users, change) in findings {
        let users: BTreeSet<Sym> = users.into_iter().collect();
        let standby = &mut estate.sides[estate.pairs[0].standby as usize];
        for row in standby.workspaces.items_mut().iter_mut().filter(|row| users.contains(&row.user)) {
            change(row, &mut estate.symbols);
        }
    }
    workspaces::leave(estate, share(all, 6), mint);
}

fn emea_everything(estate: &mut Estate, sites: &Sites, mint: &mut Mint) {
    aliases::part(sides(estate, 1).1);
    if let Some(platforms) = branding::standby(estate, 1, sites) {
        platforms.retain(|platform| platform.device_type != "DeviceTypeIos");
    }
    files::age(estate, 1, mint);
    files::fail_newest(estate, 1, mint);
    // After it had failed at every try since the last success.
    let at = before(estate.taken_at, HOUR - 900);
    files::switch_off(estate, 1, at, "SERVICE", "The source location could not be mounted");
    dns::lengthen(estate, 1, sites);
    // The databases were copied; the licences were to follow.
    dependencies::fail(estate, 1, DATABASE, ProbeOutcome::Refused);
    dependencies::forget(estate, 1, LICENCES);
    // Here no image is tagged: they were copied by hand.
    let tag = estate.symbols.find(COPY_OF_TAG);
    sides(estate, 1).1.resource_tags.items_mut().retain(|row| Some(row.key) != tag);
}
