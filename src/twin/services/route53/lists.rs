//! What Route 53 lists and describes.

use super::super::Call;
use super::super::paging::{Page, Reading, page};
use super::{bare, invalid, no_such_zone, response, write};
use crate::twin::error::{ApiError, Trouble};
use crate::twin::pages::Pages;
use crate::twin::wire::xml::Element;
use crate::twin::world::{Tail, World, Zone, domain_name, order, reversed};
use deskpair_rules::model::Slice;
use deskpair_rules::model::route53::{HealthCheck, RecordProtection, RecordSet};
use std::cmp::Ordering;

/// Zones and health checks on a page (AWS-FACTS §4).
const PAGE: usize = 100;
/// Record sets on a page (AWS-FACTS §4).
const RECORDS: usize = 300;

/// `maxitems`, which is text on the wire: what it says, and what counts.
fn max_items(call: &Call, most: usize) -> Result<(String, usize), Trouble> {
    let Some(text) = call.text("MaxItems") else { return Ok((most.to_string(), most)) };
    let number = text.parse::<usize>().ok().filter(|&number| number > 0);
    let number = number.ok_or_else(|| invalid(format!("The value '{text}' of MaxItems is not valid.")))?;
    Ok((text.to_owned(), number.min(most)))
}

/// The page of a list whose markers are ids: `Marker` names the first item of the page. Where the list is cut, the marker after its last
/// item is a token.
fn marked<'a, T>(
    world: &World,
    pages: &Pages,
    call: &Call,
    list: &'a Slice<T>,
    size: usize,
    id: impl Fn(&T) -> &str,
) -> Result<Page<'a, T>, Trouble> {
    let tail = world.tail(list, call);
    let items = list.items();
    let end = || pages.token(&call.list(), items.len() as u64);
    let start = match call.text("Marker") {
        None => 0,
        Some(marker) if marker == end() && tail != Tail::Whole => items.len(),
        Some(marker) => items
            .iter()
            .position(|item| id(item) == marker.rsplit('/').next().unwrap_or_default())
            .ok_or_else(|| invalid("The specified marker is not valid."))?,
    };
    let size = if call.partial { (size / 2).max(1) } else { size };
    let stop = (start + size).min(items.len());
    let next = match (items.get(stop), tail) {
        (Some(item), _) => Some(id(item).to_owned()),
        (None, Tail::Whole) => None,
        (None, Tail::Trouble(trouble)) if start >= items.len() => return Err(trouble),
        (None, Tail::Trouble(_)) => Some(end()),
    };
    Ok(Page { items: items[start..stop].iter().collect(), next })
}

fn page_of<T>(call: &Call, list: Element, page: &Page<'_, T>, max_items: &str) -> Element {
    response(call)
        .child(list)
        .leaf("Marker", call.text("Marker").unwrap_or_default())
        .leaf("IsTruncated", page.next.is_some())
        .leaf_if("NextMarker", page.next.as_deref())
        .leaf("MaxItems", max_items)
}

pub(super) fn zones(world: &World, pages: &Pages, call: &Call) -> Result<Element, Trouble> {
    if let Some(id) = call.text("DelegationSetId") {
        let words = format!("A reusable delegation set with the specified ID {id} does not exist.");
        return Err(ApiError::new("NoSuchDelegationSet", words).into());
    }
    let (asked, size) = max_items(call, PAGE)?;
    let empty = Slice::whole_of(Vec::new());
    let all = world.book(&call.account).map_or(&empty, |book| &book.zones);
    let private;
    let list = if call.text("HostedZoneType").is_some() {
        let only = all.items().iter().filter(|zone| zone.facts.private_zone == Some(true)).cloned().collect();
        private = Slice::new(only, all.end());
        &private
    } else {
        all
    };
    let page = marked(world, pages, call, list, size, |zone: &Zone| &zone.facts.id)?;
    let zones = Element::new("HostedZones").children(page.items.iter().map(|zone| write::zone(zone)));
    Ok(page_of(call, zones, &page, &asked))
}

pub(super) fn zones_by_name(world: &World, call: &Call) -> Result<Element, Trouble> {
    let (asked, size) = max_items(call, PAGE)?;
    let (name, id) = (call.text("DNSName"), call.text("HostedZoneId").map(|_| bare(call, "HostedZoneId")));
    if id.is_some() && name.is_none() {
        return Err(invalid("HostedZoneId must be specified with DNSName."));
    }
    let book = world.book(&call.account);
    let mut sorted: Vec<&Zone> = book.map_or(&[][..], |book| book.zones.items()).iter().collect();
    sorted.sort_by(|a, b| key(a).cmp(&key(b)));
    let from = name.map(|name| (reversed(&domain_name(name)), id.unwrap_or_default()));
    let start = from.map_or(0, |(name, id)| sorted.partition_point(|zone| key(zone) < (name.clone(), id)));
    let stop = (start + size).min(sorted.len());
    // An order that lacks what is hidden would be a wrong one.
    if let Some(Tail::Trouble(trouble)) = book.map(|book| world.tail(&book.zones, call)) {
        return Err(trouble);
    }
    let next = sorted.get(stop);
    Ok(response(call)
        .child(Element::new("HostedZones").children(sorted[start..stop].iter().map(|zone| write::zone(zone))))
        .leaf_if("DNSName", name)
        .leaf_if("HostedZoneId", id)
        .leaf("IsTruncated", next.is_some())
        .leaf_if("NextDNSName", next.map(|zone| &zone.facts.name))
        .leaf_if("NextHostedZoneId", next.map(|zone| &zone.facts.id))
        .leaf("MaxItems", asked))
}

fn key(zone: &Zone) -> (String, &str) {
    (reversed(&zone.facts.name), &zone.facts.id)
}

pub(super) fn zone(world: &World, call: &Call) -> Result<Element, Trouble> {
    let zone = known_zone(world, call, bare(call, "Id"))?;
    let detail = match &zone.detail {
        Ok(detail) => detail,
        Err(gap) => return Err(world.trouble(*gap, call).unwrap_or_else(|| world.not_collected(call))),
    };
    let root = response(call).child(write::zone_with(zone, detail));
    if zone.facts.private_zone == Some(true) {
        let vpcs = detail.vpcs.iter().map(|vpc| {
            let region = (!vpc.vpc_region.is_empty()).then_some(&vpc.vpc_region);
            Element::new("VPC").leaf_if("VPCRegion", region).leaf("VPCId", &vpc.vpc_id)
        });
        return Ok(root.child(Element::new("VPCs").children(vpcs)));
    }
    let servers =
        detail.name_servers.iter().fold(Element::new("NameServers"), |list, name| list.leaf("NameServer", name));
    Ok(root.child(Element::new("DelegationSet").child(servers)))
}

/// A zone of the caller's account. What a cut list hides may be this zone.
pub(super) fn known_zone<'a>(world: &'a World, call: &Call, id: &str) -> Result<&'a Zone, Trouble> {
    world.recorded_fault(call, id)?;
    let book = world.book(&call.account);
    book.and_then(|book| book.zone(id)).ok_or_else(|| match book.and_then(|book| book.zones.gap()) {
        Some(gap) => world.trouble(gap, call).unwrap_or_else(|| no_such_zone(id)),
        None => no_such_zone(id),
    })
}

pub(super) fn record_sets(world: &World, call: &Call) -> Result<Element, Trouble> {
    let zone = known_zone(world, call, bare(call, "HostedZoneId"))?;
    let (asked, size) = max_items(call, RECORDS)?;
    let (name, kind) = (call.text("StartRecordName"), call.text("StartRecordType"));
    // Who begins at a name looks for what stands there.
    let gap = if name.is_none() { zone.gap_of_all() } else { zone.gap() };
    if let Some(trouble) = gap.and_then(|gap| world.trouble(gap, call)) {
        return Err(trouble);
    }
    let identifier = call.text("StartRecordIdentifier");
    if (kind.is_some() && name.is_none()) || (identifier.is_some() && kind.is_none()) {
        return Err(invalid("A start type needs a start name, and a start identifier needs both."));
    }
    let sets = zone.records();
    let start = match name {
        None => 0,
        Some(name) => {
            let from = RecordSet {
                name: domain_name(name),
                r#type: kind.unwrap_or_default().to_owned(),
                set_identifier: identifier.unwrap_or_default().to_owned(),
                ..RecordSet::default()
            };
            sets.partition_point(|set| order(set, &from) == Ordering::Less)
        }
    };
    let size = if call.partial { (size / 2).max(1) } else { size };
    let stop = (start + size).min(sets.len());
    let next = sets.get(stop);
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Ok(response(call)
        .child(Element::new("ResourceRecordSets").children(sets[start..stop].iter().map(write::record_set)))
        .leaf("IsTruncated", next.is_some())
        .leaf_if("NextRecordName", next.map(|set| &set.name))
        .leaf_if("NextRecordType", next.map(|set| &set.r#type))
        .leaf_if("NextRecordIdentifier", next.and_then(|set| text(&set.set_identifier)))
        .leaf("MaxItems", asked))
}

pub(super) fn protections(world: &World, pages: &Pages, call: &Call) -> Result<Element, Trouble> {
    let zone = known_zone(world, call, bare(call, "HostedZoneId"))?;
    let size = match call.text("MaxResults") {
        None => RECORDS,
        Some(text) => {
            let number = text.parse::<usize>().ok().filter(|&number| number > 0);
            number.ok_or_else(|| invalid(format!("The value '{text}' of MaxResults is not valid.")))?.min(RECORDS)
        }
    };
    let (name, kind) = (call.text("StartRecordName"), call.text("StartRecordType"));
    if kind.is_some() && name.is_none() {
        return Err(invalid("A start type needs a start name."));
    }
    let from = name.map(|name| (reversed(&domain_name(name)), kind.unwrap_or_default()));
    // Where there is a token, the start does not count.
    let from = from.filter(|_| call.text("NextToken").is_none());
    let key = |one: &RecordProtection| reversed(&domain_name(&one.record_name));
    let wanted =
        |one: &RecordProtection| from.as_ref().is_none_or(|from| (key(one), one.record_type.as_str()) >= *from);
    let (list, reading) = (&zone.protections, Reading { token: call.text("NextToken"), size });
    let page = page(pages, call, reading, list.items(), world.tail(list, call), wanted)?;
    let items = page.items.iter().map(|one| write::protection(one));
    Ok(response(call)
        .child(Element::new("ResourceRecordSetProtections").children(items))
        .leaf_if("NextToken", page.next.as_deref()))
}

pub(super) fn health_checks(world: &World, pages: &Pages, call: &Call) -> Result<Element, Trouble> {
    let (asked, size) = max_items(call, PAGE)?;
    let empty = Slice::whole_of(Vec::new());
    let list = world.book(&call.account).map_or(&empty, |book| &book.health_checks);
    let page = marked(world, pages, call, list, size, |check: &HealthCheck| &check.id)?;
    let checks = Element::new("HealthChecks").children(page.items.iter().map(|check| write::health_check(check)));
    Ok(page_of(call, checks, &page, &asked))
}
