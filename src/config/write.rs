//! Settings as a file: what `check` reads back to the same settings.

use super::grammar::{MAP_KINDS, PROVIDERS};
use deskpair_rules::model::Moment;
use deskpair_rules::model::settings::{
    DnsSettings, Limits, Objectives, PairSettings, RuleSettings, Settings, SideSettings, Waiver,
};
use toml::{Table, Value};

/// The text of a deskpair.toml with these settings. What stands at its default is left out.
pub fn write(settings: &Settings) -> String {
    let mut file = Table::new();
    file.insert("pair".to_owned(), tables(settings.pairs.iter().map(pair)));
    if settings.limits != Limits::default() {
        file.insert("limits".to_owned(), Value::Table(limits(&settings.limits)));
    }
    if !settings.rules.is_empty() {
        let rules = settings.rules.iter().map(|(id, set)| (id.clone(), Value::Table(rule(set))));
        file.insert("rule".to_owned(), Value::Table(rules.collect()));
    }
    for (key, waivers) in [("waiver", &settings.waivers), ("attestation", &settings.attestations)] {
        if !waivers.is_empty() {
            file.insert(key.to_owned(), tables(waivers.iter().map(waiver)));
        }
    }
    file.to_string()
}

fn tables(all: impl Iterator<Item = Table>) -> Value {
    Value::Array(all.map(Value::Table).collect())
}

fn put(table: &mut Table, key: &str, value: Option<&String>) {
    if let Some(value) = value {
        table.insert(key.to_owned(), Value::String(value.clone()));
    }
}

fn list(table: &mut Table, key: &str, values: &[String]) {
    if !values.is_empty() {
        table.insert(key.to_owned(), Value::Array(values.iter().cloned().map(Value::String).collect()));
    }
}

fn pair(pair: &PairSettings) -> Table {
    let mut table = Table::new();
    put(&mut table, "name", Some(&pair.name));
    put(&mut table, "alias", Some(&pair.alias));
    put(&mut table, "owner_role_arn", pair.owner_role_arn.as_ref());
    put(&mut table, "federation_role_arn", pair.federation_role_arn.as_ref());
    table.insert("primary".to_owned(), Value::Table(side(&pair.primary)));
    table.insert("standby".to_owned(), Value::Table(side(&pair.standby)));
    if pair.objectives != Objectives::default() {
        let Objectives { rto_secs, rpo_secs, drill_every_secs, desktop_start_secs } = pair.objectives;
        let times = [("rto", rto_secs), ("rpo", rpo_secs), ("drill_every", drill_every_secs)].into_iter();
        let times = times.chain(desktop_start_secs.map(|secs| ("desktop_start", secs)));
        let times = times.map(|(key, secs)| (key.to_owned(), Value::String(format!("{secs}s"))));
        table.insert("objectives".to_owned(), Value::Table(times.collect()));
    }
    let mut drill = Table::new();
    put(&mut drill, "alias", pair.drill_alias.as_ref());
    put(&mut drill, "role_arn", pair.drill_role_arn.as_ref());
    if !drill.is_empty() {
        table.insert("drill".to_owned(), Value::Table(drill));
    }
    if pair.dns != DnsSettings::default() {
        table.insert("dns".to_owned(), Value::Table(dns(&pair.dns)));
    }
    if !pair.maps.is_empty() {
        let map = |entry: &deskpair_rules::model::settings::MapEntry| {
            let mut table = Table::new();
            put(&mut table, "kind", Some(&MAP_KINDS[entry.kind as usize].to_owned()));
            put(&mut table, "primary", Some(&entry.primary));
            put(&mut table, "standby", Some(&entry.standby));
            table
        };
        table.insert("map".to_owned(), tables(pair.maps.iter().map(map)));
    }
    if !pair.steps.is_empty() {
        let step = |step: &deskpair_rules::model::settings::Step| {
            let mut table = Table::new();
            put(&mut table, "name", Some(&step.name));
            put(&mut table, "takes", Some(&format!("{}s", step.takes_secs)));
            table
        };
        table.insert("step".to_owned(), tables(pair.steps.iter().map(step)));
    }
    if !pair.dependencies.is_empty() {
        let dependency = |wanted: &deskpair_rules::model::settings::Dependency| {
            let mut table = Table::new();
            put(&mut table, "name", Some(&wanted.name));
            put(&mut table, "primary", wanted.primary.as_ref());
            put(&mut table, "standby", wanted.standby.as_ref());
            put(&mut table, "ca_file", wanted.ca_file.as_ref());
            if let Some(status) = wanted.expect_status {
                table.insert("expect_status".to_owned(), Value::Integer(i64::from(status)));
            }
            table
        };
        table.insert("dependency".to_owned(), tables(pair.dependencies.iter().map(dependency)));
    }
    table
}

fn side(side: &SideSettings) -> Table {
    let mut table = Table::new();
    put(&mut table, "region", Some(&side.region));
    put(&mut table, "profile", side.profile.as_ref());
    put(&mut table, "role_arn", side.role_arn.as_ref());
    put(&mut table, "external_id", side.external_id.as_ref());
    put(&mut table, "directory", side.directory.as_ref());
    table
}

fn dns(dns: &DnsSettings) -> Table {
    let mut table = Table::new();
    put(&mut table, "provider", Some(&PROVIDERS[dns.provider as usize].to_owned()));
    put(&mut table, "profile", dns.profile.as_ref());
    put(&mut table, "role_arn", dns.role_arn.as_ref());
    put(&mut table, "external_id", dns.external_id.as_ref());
    list(&mut table, "resolvers", &dns.resolvers);
    list(&mut table, "authoritative", &dns.authoritative);
    list(&mut table, "parent", &dns.parent);
    put(&mut table, "trust_anchor", dns.trust_anchor.as_ref());
    put(&mut table, "server", dns.server.as_ref());
    put(&mut table, "zone", dns.zone.as_ref());
    put(&mut table, "key_name", dns.key_name.as_ref());
    put(&mut table, "key_file", dns.key_file.as_ref());
    put(&mut table, "algorithm", dns.algorithm.as_ref());
    list(&mut table, "set", &dns.set_command);
    list(&mut table, "read", &dns.read_command);
    table
}

fn limits(limits: &Limits) -> Table {
    let mut table: Table = limits
        .services
        .iter()
        .map(|(service, rate)| {
            let bucket = match rate {
                None => Value::String("none".to_owned()),
                Some(rate) => Value::Table(
                    [
                        ("rate".to_owned(), Value::Float(rate.rate)),
                        ("burst".to_owned(), Value::Integer(i64::from(rate.burst))),
                    ]
                    .into_iter()
                    .collect(),
                ),
            };
            (service.clone(), bucket)
        })
        .collect();
    let millis = |millis: u64| Value::String(format!("{millis}ms"));
    table.insert("attempts".to_owned(), Value::Integer(i64::from(limits.attempts)));
    table.insert("attempt_timeout".to_owned(), millis(limits.attempt_timeout_ms));
    table.insert("backoff".to_owned(), millis(limits.backoff_ms));
    table.insert("dns_timeout".to_owned(), millis(limits.dns_timeout_ms));
    table.insert("probe_timeout".to_owned(), millis(limits.probe_timeout_ms));
    table
}

fn rule(rule: &RuleSettings) -> Table {
    let mut table = Table::new();
    if let Some(enabled) = rule.enabled {
        table.insert("enabled".to_owned(), Value::Boolean(enabled));
    }
    put(&mut table, "severity", rule.severity.map(|severity| severity.to_string()).as_ref());
    // Options came from TOML, so each has a form in it.
    let options = rule.options.iter().filter_map(|(name, value)| Some((name.clone(), Value::try_from(value).ok()?)));
    table.extend(options);
    table
}

fn waiver(waiver: &Waiver) -> Table {
    let mut table = Table::new();
    put(&mut table, "rule", Some(&waiver.rule));
    put(&mut table, "subject", waiver.subject.as_ref());
    put(&mut table, "pair", waiver.pair.as_ref());
    put(&mut table, "owner", Some(&waiver.owner));
    put(&mut table, "reason", Some(&waiver.reason));
    put(&mut table, "drift", waiver.drift.as_ref());
    table.insert("expires".to_owned(), instant(waiver.expires));
    table
}

fn instant(at: Moment) -> Value {
    let text = at.to_string();
    text.parse().map_or(Value::String(text), Value::Datetime)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{EXAMPLE, KnownRule, check};

    #[test]
    fn what_is_written_is_read_back_the_same() {
        let known: Vec<KnownRule<'_>> = [("DNS-005", "share"), ("BRD-002", "none"), ("SEC-017", "none")]
            .iter()
            .map(|(id, _)| KnownRule { id, options: &[("share", "a share")] })
            .chain(deskpair_rules::registry().iter().map(|rule| rule.meta().into()))
            .collect();
        let mut settings = check(EXAMPLE, "example.toml", &known).expect("the example is in order").settings;
        settings.rules.entry("DNS-005".to_owned()).or_default().enabled = Some(false);
        settings.limits.services.insert("fsx".to_owned(), None);
        settings.waivers.push(Waiver {
            rule: "BRD-002".to_owned(),
            subject: Some("Web \"Access\"".to_owned()),
            pair: None,
            owner: "euc@example.com".to_owned(),
            reason: "ünïcode".to_owned(),
            expires: Moment::from_millis(1_800_000_000_500),
            drift: None,
        });
        let text = write(&settings);
        let again = check(&text, "written.toml", &known).unwrap_or_else(|error| panic!("{}\n{text}", error.summary()));
        assert_eq!(again.settings, settings, "{text}");
    }
}
