//! Makes the checked settings of a file in which nothing is wrong.

use super::grammar::SERVICES;
use super::text::{fqdn, millis, seconds};
use super::walk::{View, json, moment, number, whole};
use crate::notify::Hook;
use deskpair_rules::meta::Severity;
use deskpair_rules::model::settings::{
    Dependency, DnsProvider, DnsSettings, Limits, MapEntry, MapKind, Objectives, PairSettings, Rate, RuleSettings,
    Settings, SideSettings, Step, Waiver,
};
use std::collections::BTreeMap;
use toml::de::DeValue;

/// The settings. Keys that are absent have their defaults.
pub(super) fn settings(file: View<'_>) -> Settings {
    Settings {
        pairs: file.tables("pair").into_iter().map(pair).collect(),
        limits: file.table("limits").map(limits).unwrap_or_default(),
        rules: file.table("rule").map(rules).unwrap_or_default(),
        waivers: file.tables("waiver").into_iter().filter_map(waiver).collect(),
        attestations: file.tables("attestation").into_iter().filter_map(waiver).collect(),
        // The command line says where, and S3 in which Region that is.
        state: None,
        drills: None,
    }
}

/// Who is told of what is new.
pub(super) fn notify(file: View<'_>) -> Option<Hook> {
    let view = file.table("notify")?;
    Some(Hook { command: view.texts("command"), webhook: view.text("webhook") })
}

fn name(view: View<'_>, key: &str) -> Option<String> {
    fqdn(view.text_at(key)?.0).ok()
}

fn pair(view: View<'_>) -> PairSettings {
    let side = |key| view.table(key).map(side).unwrap_or_default();
    PairSettings {
        name: view.text("name").unwrap_or_default(),
        alias: name(view, "alias").unwrap_or_default(),
        owner_role_arn: view.text("owner_role_arn"),
        federation_role_arn: view.text("federation_role_arn"),
        primary: side("primary"),
        standby: side("standby"),
        objectives: view.table("objectives").map(objectives).unwrap_or_default(),
        drill_alias: view.table("drill").and_then(|drill| name(drill, "alias")),
        drill_role_arn: view.table("drill").and_then(|drill| drill.text("role_arn")),
        dns: dns(view.table("dns")),
        maps: view.tables("map").into_iter().filter_map(map).collect(),
        steps: view.tables("step").into_iter().map(step).collect(),
        dependencies: view.tables("dependency").into_iter().map(dependency).collect(),
        left_out: false,
        under_way: None,
        declared: None,
    }
}

fn side(view: View<'_>) -> SideSettings {
    SideSettings {
        region: view.text("region").unwrap_or_default(),
        profile: view.text("profile"),
        role_arn: view.text("role_arn"),
        external_id: view.text("external_id"),
        directory: view.text("directory"),
    }
}

fn objectives(view: View<'_>) -> Objectives {
    let default = Objectives::default();
    let time = |key| view.text_at(key).and_then(|(text, _)| seconds(text).ok());
    Objectives {
        rto_secs: time("rto").unwrap_or(default.rto_secs),
        rpo_secs: time("rpo").unwrap_or(default.rpo_secs),
        drill_every_secs: time("drill_every").unwrap_or(default.drill_every_secs),
        desktop_start_secs: time("desktop_start"),
    }
}

fn step(view: View<'_>) -> Step {
    let takes = view.text_at("takes").and_then(|(text, _)| seconds(text).ok());
    Step { name: view.text("name").unwrap_or_default(), takes_secs: takes.unwrap_or_default() }
}

/// Where the resolvers are not told, the authoritative servers and this machine's own resolvers are asked.
fn dns(view: Option<View<'_>>) -> DnsSettings {
    let resolvers = || vec!["authoritative".to_owned(), "system".to_owned()];
    let Some(view) = view else { return DnsSettings { resolvers: resolvers(), ..DnsSettings::default() } };
    DnsSettings {
        provider: match view.text_at("provider").map(|(text, _)| text) {
            Some("rfc2136") => DnsProvider::Rfc2136,
            Some("command") => DnsProvider::Command,
            Some("none") => DnsProvider::None,
            Some(_) | None => DnsProvider::Route53,
        },
        profile: view.text("profile"),
        role_arn: view.text("role_arn"),
        external_id: view.text("external_id"),
        resolvers: if view.value("resolvers").is_some() { view.texts("resolvers") } else { resolvers() },
        authoritative: view.texts("authoritative"),
        parent: view.texts("parent"),
        trust_anchor: view.text("trust_anchor"),
        server: view.text("server"),
        zone: name(view, "zone"),
        key_name: view.text("key_name"),
        key_file: view.text("key_file"),
        algorithm: view.text("algorithm"),
        set_command: view.texts("set"),
        read_command: view.texts("read"),
    }
}

fn map(view: View<'_>) -> Option<MapEntry> {
    let kind = match view.text_at("kind")?.0 {
        "image" => MapKind::Image,
        "bundle" => MapKind::Bundle,
        "ip-group" => MapKind::IpGroup,
        "directory" => MapKind::Directory,
        "file-system" => MapKind::FileSystem,
        "security-group" => MapKind::SecurityGroup,
        "ou" => MapKind::Ou,
        "user" => MapKind::User,
        _ => return None,
    };
    Some(MapEntry { kind, primary: view.text("primary")?, standby: view.text("standby")? })
}

fn dependency(view: View<'_>) -> Dependency {
    Dependency {
        name: view.text("name").unwrap_or_default(),
        primary: view.text("primary"),
        standby: view.text("standby"),
        ca_file: view.text("ca_file"),
        expect_status: count(view, "expect_status").and_then(|status| u16::try_from(status).ok()),
    }
}

fn limits(view: View<'_>) -> Limits {
    let default = Limits::default();
    let time = |key| view.text_at(key).and_then(|(text, _)| millis(text).ok());
    Limits {
        services: SERVICES.iter().filter_map(|service| Some(((*service).to_owned(), bucket(view, service)?))).collect(),
        attempts: count(view, "attempts").unwrap_or(default.attempts),
        attempt_timeout_ms: time("attempt_timeout").unwrap_or(default.attempt_timeout_ms),
        backoff_ms: time("backoff").unwrap_or(default.backoff_ms),
        dns_timeout_ms: time("dns_timeout").unwrap_or(default.dns_timeout_ms),
        probe_timeout_ms: time("probe_timeout").unwrap_or(default.probe_timeout_ms),
    }
}

fn count(view: View<'_>, key: &str) -> Option<u32> {
    u32::try_from(whole(view.value(key)?)?).ok()
}

fn bucket(limits: View<'_>, service: &str) -> Option<Option<Rate>> {
    limits.value(service)?;
    let rate = limits
        .table(service)
        .and_then(|bucket| Some(Rate { rate: number(bucket.value("rate")?)?, burst: count(bucket, "burst")? }));
    Some(rate)
}

fn rules(view: View<'_>) -> BTreeMap<String, RuleSettings> {
    let mut all = BTreeMap::new();
    for (id, value, at) in view.entries() {
        let Some(table) = value.as_table() else { continue };
        let rule = View::of(table, at);
        let severity = rule.text_at("severity").map(|(text, _)| text);
        let options = rule
            .entries()
            .filter(|(key, ..)| !matches!(*key, "enabled" | "severity"))
            .filter_map(|(key, value, _)| Some((key.to_owned(), json(value)?)))
            .collect();
        let settings = RuleSettings {
            enabled: rule.value("enabled").and_then(DeValue::as_bool),
            severity: Severity::ALL.into_iter().find(|known| Some(known.as_str()) == severity),
            options,
        };
        all.insert(id.to_owned(), settings);
    }
    all
}

fn waiver(view: View<'_>) -> Option<Waiver> {
    Some(Waiver {
        rule: view.text("rule")?,
        subject: view.text("subject"),
        pair: view.text("pair"),
        owner: view.text("owner")?,
        reason: view.text("reason")?,
        expires: moment(view.value("expires")?.as_datetime()?).ok()?,
        drift: view.text("drift"),
    })
}
