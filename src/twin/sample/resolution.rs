//! Connection aliases, the zone with their TXT records, and what name servers answer (AWS-FACTS §1.7, §3).

use super::company::{ACCOUNT, ZONE};
use super::names::Mint;
use super::site::{Site, Sites, before};
use deskpair_rules::model::alias::{AliasAssociation, ConnectionAlias};
use deskpair_rules::model::dns::{
    DelegationAnswer, DelegationOutcome, DelegationRole, DnssecAnswer, DnssecOutcome, ServerKind, Transport, TxtAnswer,
    TxtOutcome,
};
use deskpair_rules::model::route53::{HealthCheck, HealthObservation, HostedZone, RecordSet, ZoneDetail};
use deskpair_rules::model::{Moment, Side, Slice, ZoneBook};

/// The resolver that the sample's configuration names: an address kept for documentation (RFC 5737).
pub(super) const RESOLVER: &str = "192.0.2.53";

/// The TTL of the alias's TXT record, in seconds: what Route 53 recommends where a health check may change the answer (AWS-FACTS §3).
pub(super) const TTL: u32 = 60;

/// The zone's servers, with names that Route 53 does not give and addresses kept for documentation.
const SERVERS: [(&str, &str); 2] =
    [("ns-2048.awsdns-64.example", "198.51.100.241"), ("ns-3072.awsdns-96.example", "203.0.113.241")];

/// The address of servers that hold the zone no more.
const LAME: &str = "192.0.2.242";

/// The server of the zone above, likewise.
const PARENT: (&str, &str) = ("ns.example", "192.0.2.241");

/// Fills a side's connection alias: associated with its directory, shared with nobody.
pub(super) fn alias(side: &mut Side, site: &Site, connection_string: &str) {
    side.aliases = Slice::whole_of(vec![associated(site, connection_string, &site.alias, &site.identifier)]);
    side.alias_permissions.insert(site.alias.clone(), Slice::whole_of(Vec::new()));
}

/// A connection alias that is associated with a side's directory.
pub(super) fn associated(site: &Site, connection_string: &str, id: &str, identifier: &str) -> ConnectionAlias {
    ConnectionAlias {
        connection_string: connection_string.to_owned(),
        alias_id: id.to_owned(),
        state: "CREATED".to_owned(),
        owner_account_id: ACCOUNT.to_owned(),
        associations: vec![AliasAssociation {
            association_status: "ASSOCIATED_WITH_OWNER_ACCOUNT".to_owned(),
            associated_account_id: ACCOUNT.to_owned(),
            resource_id: site.directory.clone(),
            connection_identifier: identifier.to_owned(),
        }],
    }
}

/// Fills the account's Route 53: the zone, the pairs' TXT records, and a health check of the company's portal.
pub(super) fn zones(book: &mut ZoneBook, pairs: &[Sites], taken_at: Moment, mint: &mut Mint) {
    let id = mint.upper("Z", 19);
    let apex = format!("{ZONE}.");
    // An estate holds what stands at the aliases; the zone's NS and SOA are counted alone.
    let mut records: Vec<RecordSet> = pairs
        .iter()
        .map(|sites| text(&format!("{}.", sites.plan.alias), TTL, std::slice::from_ref(&sites.primary.identifier)))
        .collect();
    records.sort_by(|one, other| one.name.cmp(&other.name));
    let texts = other_texts(mint);
    book.zones = Slice::whole_of(vec![HostedZone {
        id: id.clone(),
        name: apex,
        caller_reference: mint.uuid(),
        comment: "Public names of Norhaven".to_owned(),
        private_zone: Some(false),
        resource_record_set_count: Some((records.len() + texts.len()) as i64 + 2),
        accelerated_recovery_status: "ENABLED".to_owned(),
        ..HostedZone::default()
    }]);
    let detail = ZoneDetail {
        id: id.clone(),
        accelerated_recovery_status: "ENABLED".to_owned(),
        name_servers: server_names(),
        ..ZoneDetail::default()
    };
    book.details.insert(id.clone(), Slice::whole_of(vec![detail]));
    book.texts.insert(id.clone(), Slice::whole_of(texts));
    book.protections.insert(id.clone(), Slice::whole_of(Vec::new()));
    book.record_sets.insert(id, Slice::whole_of(records));
    book.health_checks = Slice::whole_of(vec![portal(taken_at, mint)]);
}

/// TXT records that have nothing to do with an alias, as every company's zone has them; in the API's order.
fn other_texts(mint: &mut Mint) -> Vec<RecordSet> {
    let apex = format!("{ZONE}.");
    let proof = format!("mail-site-verification={}", mint.mixed(32));
    [
        (apex, vec!["v=spf1 include:_spf.mail.example -all".to_owned(), proof]),
        (format!("_challenge-norhaven.{ZONE}."), vec![mint.hex("", 10)]),
        (format!("_dmarc.{ZONE}."), vec!["v=DMARC1; p=reject; rua=mailto:dmarc@norhaven.example".to_owned()]),
        (format!("s1._domainkey.{ZONE}."), vec![format!("v=DKIM1; k=rsa; p={}", mint.mixed(180))]),
        (format!("status.{ZONE}."), vec!["service=operational".to_owned()]),
    ]
    .into_iter()
    .map(|(name, values)| text(&name, 300, &values))
    .collect()
}

/// A TXT record set.
pub(super) fn text(name: &str, ttl: u32, values: &[String]) -> RecordSet {
    RecordSet {
        name: name.to_owned(),
        r#type: "TXT".to_owned(),
        ttl: Some(i64::from(ttl)),
        resource_records: values.iter().map(|value| quoted(value)).collect(),
        ..RecordSet::default()
    }
}

/// A TXT value as Route 53 keeps it: in double quotes.
pub(super) fn quoted(value: &str) -> String {
    format!("\"{value}\"")
}

/// A health check that has nothing to do with the alias: most accounts have some.
fn portal(taken_at: Moment, mint: &mut Mint) -> HealthCheck {
    let checkers = [("us-east-1", "54.243.31.192"), ("eu-west-1", "54.228.16.0"), ("ap-southeast-1", "54.251.31.128")];
    HealthCheck {
        id: mint.uuid(),
        caller_reference: mint.uuid(),
        health_check_version: Some(1),
        r#type: "HTTPS".to_owned(),
        port: Some(443),
        resource_path: "/healthz".to_owned(),
        fully_qualified_domain_name: format!("portal.{ZONE}"),
        request_interval: Some(30),
        failure_threshold: Some(3),
        inverted: Some(false),
        disabled: Some(false),
        observations: checkers
            .iter()
            .map(|&(region, address)| HealthObservation {
                region: region.to_owned(),
                ip_address: address.to_owned(),
                status: "Success: HTTP Status Code 200, OK".to_owned(),
                checked_time: Some(before(taken_at, 20)),
            })
            .collect(),
        ..HealthCheck::default()
    }
}

/// What every server says of a name, in the order of the model: the zone's own servers, then the resolver.
pub(super) fn answers(said: impl Fn(ServerKind) -> TxtOutcome) -> Vec<TxtAnswer> {
    let own = SERVERS.iter().map(|&(name, address)| (ServerKind::Authoritative, address, name));
    own.chain([(ServerKind::Recursive, RESOLVER, "")])
        .map(|(kind, address, name)| {
            let outcome = said(kind);
            let refuses = matches!(outcome, TxtOutcome::Refused | TxtOutcome::ServFail);
            TxtAnswer {
                kind,
                server: format!("{address}:53"),
                server_name: name.to_owned(),
                transport: Transport::Udp,
                authoritative: kind == ServerKind::Authoritative && !refuses,
                outcome,
                asked_again_after: None,
            }
        })
        .collect()
}

/// The zone's servers, by name.
pub(super) fn server_names() -> Vec<String> {
    SERVERS.iter().map(|&(name, _)| name.to_owned()).collect()
}

/// What the delegation leads to: the zone above names these servers, of which those of the zone itself say this.
pub(super) fn delegation(
    named: &[String],
    said: impl Fn() -> DelegationOutcome,
    others: &DelegationOutcome,
) -> Vec<DelegationAnswer> {
    let referral = DelegationOutcome::Referral { zone: ZONE.to_owned(), servers: named.to_vec() };
    let parent = DelegationAnswer {
        role: DelegationRole::Parent,
        server: format!("{}:53", PARENT.1),
        server_name: PARENT.0.to_owned(),
        outcome: referral,
    };
    let children = named.iter().map(|name| {
        let own = SERVERS.iter().find(|(own, _)| own == name);
        let (address, outcome) = own.map_or((LAME, others.clone()), |&(_, address)| (address, said()));
        DelegationAnswer {
            role: DelegationRole::Child,
            server: format!("{address}:53"),
            server_name: name.clone(),
            outcome,
        }
    });
    std::iter::once(parent).chain(children).collect()
}

/// A delegation in order.
pub(super) fn delegated() -> Vec<DelegationAnswer> {
    delegation(
        &server_names(),
        || DelegationOutcome::Authority { servers: server_names() },
        &DelegationOutcome::Refused,
    )
}

/// What comes of checking each server's signatures.
pub(super) fn signatures(outcome: &DnssecOutcome) -> Vec<DnssecAnswer> {
    let of = |&(name, address): &(&str, &str)| DnssecAnswer {
        kind: ServerKind::Authoritative,
        server: format!("{address}:53"),
        server_name: name.to_owned(),
        outcome: outcome.clone(),
    };
    SERVERS.iter().map(of).collect()
}

/// One TXT record with one string. A resolver has kept it for a while: its TTL is a part of the zone's.
pub(super) fn found(value: &str, ttl: u32) -> impl Fn(ServerKind) -> TxtOutcome {
    let value = value.to_owned();
    move |kind| TxtOutcome::Found {
        records: vec![vec![value.clone()]],
        ttl: if kind == ServerKind::Authoritative { ttl } else { ttl - ttl / 4 },
        canonical: String::new(),
    }
}

/// How long resolvers keep that a name is not there: the lesser of the SOA's TTL and its MINIMUM, in seconds (RFC 2308 §5); those that
/// Route 53 gives are 900 and 86,400.
pub(super) const NEGATIVE_TTL: u32 = 900;
