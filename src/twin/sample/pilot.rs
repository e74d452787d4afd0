//! The pilot alias: a second connection alias of a pair's two directories, which drills flip so that nobody outside the drill is moved,
//! and the people who use it.
//!
//! Nothing here is drawn: with a pilot or without one, everything else of a sample is the same.

use super::resolution::{associated, text};
use super::sides;
use super::site::{Site, Sites};
use crate::twin::world::order;
use deskpair_rules::model::Estate;
use deskpair_rules::model::workspace::TagRow;

/// How many people use the pilot alias.
pub const COHORT: usize = 12;

/// The tag on the primary WorkSpaces of these people.
pub const COHORT_TAG: (&str, &str) = ("deskpair-drill", "yes");

/// The TTL of the pilot alias's TXT record, in seconds: short, so that drills turn over quickly.
const TTL: u32 = 5;

/// The pilot alias beside this production alias.
pub(super) fn alias(production: &str) -> String {
    format!("drill-{production}")
}

/// Gives the first pair its pilot alias, with the record that sends its users to the primary side, and the users.
pub(super) fn add(estate: &mut Estate, sites: &Sites) {
    let name = alias(sites.plan.alias);
    let (primary, standby) = sides(estate, 0);
    for (side, site) in [(primary, &sites.primary), (standby, &sites.standby)] {
        let id = site.derived("wsca-", 9, "pilot");
        side.aliases.items_mut().push(associated(site, &name, &id, &identifier(site)));
    }
    let zones = estate.pairs[0].zones as usize;
    let book = &mut estate.zones[zones];
    if let Some(zone) = book.zones.items_mut().first_mut()
        && let Some(texts) = book.texts.get_mut(&zone.id)
    {
        texts.items_mut().push(text(&format!("{name}."), TTL, &[identifier(&sites.primary)]));
        texts.items_mut().sort_by(order);
        zone.resource_record_set_count = zone.resource_record_set_count.map(|count| count + 1);
    }
    tag(estate, sites);
}

/// The TXT value that sends users of the pilot alias to this side.
fn identifier(site: &Site) -> String {
    site.derived("", 12, "pilot")
}

/// Tags the first people's primary WorkSpaces.
fn tag(estate: &mut Estate, sites: &Sites) {
    let (key, value) = (estate.symbols.intern(COHORT_TAG.0), estate.symbols.intern(COHORT_TAG.1));
    let side = &estate.sides[estate.pairs[0].primary as usize];
    let first = side.workspaces.items().iter().take(COHORT);
    let arns: Vec<String> =
        first.map(|row| sites.primary.arn(&format!("workspace/{}", estate.symbols.text(row.id)))).collect();
    for arn in arns {
        let arn = estate.symbols.intern(&arn);
        let tags = estate.sides[estate.pairs[0].primary as usize].desktop_tags.items_mut();
        // All tags of one resource stand together.
        let end = tags.iter().rposition(|row| row.arn == arn).map_or(tags.len(), |last| last + 1);
        tags.insert(end, TagRow { arn, key, value });
    }
}
