//! What no single key can say: checks between keys, tables and pairs. A value that has the wrong form has been complained of and is
//! passed over here.

use super::grammar::{Need, OF_PROVIDER};
use super::problem::{Problem, visible};
use super::text::{Text, WORKSPACES_REGIONS, fqdn, nearest};
use super::walk::{View, whole};
use crate::probe::{Endpoint, Scheme};
use std::collections::BTreeMap;
use std::ops::Range;

/// Everything between keys that does not fit together, and what probably was not meant.
pub(super) fn problems(file: View<'_>) -> Vec<Problem> {
    let mut found = Vec::new();
    let pairs = file.tables("pair");
    pair_names(&pairs, &mut found);
    same_pairs(&pairs, &mut found);
    let production: BTreeMap<String, Range<usize>> = pairs.iter().filter_map(|pair| name_at(*pair, "alias")).collect();
    for pair in &pairs {
        sides(*pair, &mut found);
        drill(*pair, &production, &mut found);
        if let Some(dns) = pair.table("dns") {
            provider(dns, &mut found);
            zone(*pair, dns, &mut found);
            identity(dns, &mut found);
            for key in ["resolvers", "authoritative", "parent"] {
                twice(dns.texts_at(key), |text| format!("`{key}` names {text} twice"), &mut found);
            }
        }
        maps(*pair, &mut found);
        dependencies(*pair, &mut found);
    }
    for kind in ["waiver", "attestation"] {
        waivers(kind, &file.tables(kind), &pairs, &mut found);
    }
    if let Some(notify) = file.table("notify")
        && notify.value("command").is_none()
        && notify.value("webhook").is_none()
    {
        let help = "write `command = [\"prog\", \"argument\"]`, or `webhook = \"https://…\"`, or both";
        found.push(Problem::error(notify.span(), "[notify] tells nobody").help(help));
    }
    found
}

/// A domain name in its kept form, where it has one, and its place.
fn name_at(view: View<'_>, key: &str) -> Option<(String, Range<usize>)> {
    let (text, at) = view.text_at(key)?;
    Text::Fqdn.check(text).ok()?;
    Some((fqdn(text).ok()?, at))
}

fn twice<T: Ord>(
    items: impl IntoIterator<Item = (T, Range<usize>)>,
    title: impl Fn(&T) -> String,
    found: &mut Vec<Problem>,
) {
    let mut seen: BTreeMap<T, Range<usize>> = BTreeMap::new();
    for (item, at) in items {
        if let Some(first) = seen.get(&item) {
            found.push(Problem::error(at, title(&item)).label("again").also(first.clone(), "first here"));
        } else {
            seen.insert(item, at);
        }
    }
}

fn pair_names(pairs: &[View<'_>], found: &mut Vec<Problem>) {
    let names = pairs.iter().filter_map(|pair| pair.text_at("name"));
    twice(names, |name| format!("two pairs are called {}", visible(name)), found);
}

/// Two pairs that are one: the same alias between the same places.
fn same_pairs(pairs: &[View<'_>], found: &mut Vec<Problem>) {
    let keys = pairs.iter().filter_map(|pair| {
        let (alias, at) = name_at(*pair, "alias")?;
        let place = |side: &str| {
            let side = pair.table(side)?;
            let text = |key| side.text(key).unwrap_or_default();
            Some([side.text("region")?, text("profile"), text("role_arn")])
        };
        Some(((alias, place("primary")?, place("standby")?), at))
    });
    twice(keys, |(alias, ..)| format!("two pairs serve {alias} between the same Regions"), found);
}

fn sides(pair: View<'_>, found: &mut Vec<Problem>) {
    let region = |side: &str| pair.table(side).and_then(|side| side.text_at("region"));
    if let (Some((primary, first)), Some((standby, second))) = (region("primary"), region("standby"))
        && primary == standby
    {
        found.push(
            Problem::error(second, format!("primary and standby are both {}", visible(primary)))
                .label("the standby Region")
                .also(first, "the primary Region")
                .help("a failover needs another Region: deskpair does not audit one Region against itself"),
        );
    }
    for side in ["primary", "standby"].into_iter().filter_map(|side| pair.table(side)) {
        identity(side, found);
        if let Some((region, at)) = side.text_at("region")
            && Text::Region.check(region).is_ok()
            && !WORKSPACES_REGIONS.contains(&region)
        {
            let help = match nearest(region, WORKSPACES_REGIONS.iter().copied()) {
                Some(near) => format!("did you mean \"{near}\"? If the Region is new, nothing need be done"),
                None => "if the Region is new, nothing need be done: this version's list may be older".to_owned(),
            };
            found.push(Problem::warning(at, format!("no WorkSpaces are known to be offered in {region}")).help(help));
        }
    }
}

/// An external id is sent when a role is assumed, and at no other time.
fn identity(view: View<'_>, found: &mut Vec<Problem>) {
    if let (Some(at), None) = (view.key_at("external_id"), view.at("role_arn")) {
        found.push(
            Problem::error(at, "`external_id` without `role_arn`")
                .help("an external id is sent when a role is assumed: add the role, or leave both out"),
        );
    }
}

fn drill(pair: View<'_>, production: &BTreeMap<String, Range<usize>>, found: &mut Vec<Problem>) {
    let Some(drill) = pair.table("drill") else { return };
    if drill.value("alias").is_none() && drill.value("role_arn").is_none() {
        found.push(
            Problem::error(drill.span(), "[pair.drill] says nothing").help(
                "add `alias`, the pilot alias, or `role_arn`, the role that drills run as; or leave the table out",
            ),
        );
    }
    let Some((alias, at)) = name_at(drill, "alias") else { return };
    if let Some(first) = production.get(&alias) {
        found.push(
            Problem::error(at, format!("the drill alias {alias} is a production alias"))
                .label("drills would flip this record")
                .also(first.clone(), "people work through it")
                .help(
                    "make a second connection alias for drills; a drill of production is asked for with --production",
                ),
        );
    }
}

fn provider(dns: View<'_>, found: &mut Vec<Problem>) {
    let (provider, at) = match dns.text_at("provider") {
        Some((provider, at)) => (provider, at),
        None if dns.value("provider").is_some() => return,
        None => ("route53", dns.span()),
    };
    if !super::grammar::PROVIDERS.contains(&provider) {
        return;
    }
    for (key, of, need) in OF_PROVIDER {
        if let (Some(key_at), true) = (dns.key_at(key), *of != provider) {
            found.push(
                Problem::error(key_at, format!("`{key}` is for the provider {of}"))
                    .also(at.clone(), format!("the provider is {provider}"))
                    .help(format!("leave `{key}` out, or write provider = \"{of}\"")),
            );
        }
        if *need == Need::Required && *of == provider && dns.value(key).is_none() {
            found.push(
                Problem::error(at.clone(), format!("the provider {provider} needs `{key}`"))
                    .help(format!("add `{key}` to [pair.dns]")),
            );
        }
    }
}

fn zone(pair: View<'_>, dns: View<'_>, found: &mut Vec<Problem>) {
    let Some((zone, zone_at)) = name_at(dns, "zone") else { return };
    let names = [name_at(pair, "alias"), pair.table("drill").and_then(|drill| name_at(drill, "alias"))];
    for (alias, at) in names.into_iter().flatten() {
        if alias != zone && !alias.ends_with(&format!(".{zone}")) {
            found.push(
                Problem::error(zone_at.clone(), format!("the zone {zone} does not hold {alias}"))
                    .also(at, "the alias")
                    .help("name the zone that the alias's TXT record stands in"),
            );
        }
    }
}

fn maps(pair: View<'_>, found: &mut Vec<Problem>) {
    let entries = pair.tables("map");
    let keys = entries.iter().filter_map(|entry| {
        let (kind, _) = entry.text_at("kind")?;
        let (primary, at) = entry.text_at("primary")?;
        // User names are not case-sensitive (AWS-FACTS §1.8).
        let primary = if kind == "user" { primary.to_lowercase() } else { primary.to_owned() };
        Some(((kind, primary), at))
    });
    twice(keys, |(kind, primary)| format!("the {kind} {} is mapped twice", visible(primary)), found);
    for entry in &entries {
        let Some((kind, _)) = entry.text_at("kind") else { continue };
        // fsx:FileSystemId and ec2's security group ids.
        let form = match kind {
            "directory" => ("^(d-[0-9a-f]{8,63}|wsd-[0-9a-z]{8,63})$", Text::Directory.example()),
            "file-system" => ("^fs-[0-9a-f]{8,18}$", "fs-0123456789abcdef0"),
            // Prefix lists stand in security groups' rules as groups do.
            "security-group" => ("^(sg|pl)-[0-9a-f]{8,17}$", "sg-0123456789abcdef0"),
            _ => continue,
        };
        for side in ["primary", "standby"] {
            if let Some((id, at)) = entry.text_at(side)
                && !id.trim().is_empty()
                && !regex_lite::Regex::new(form.0).expect("the forms of ids are regular expressions").is_match(id)
            {
                found.push(
                    Problem::error(at, format!("`{side}` is not the id of a {}", kind.replace('-', " ")))
                        .help(format!("things of this kind are mapped by id, as in \"{}\"", form.1)),
                );
            }
        }
    }
}

fn dependencies(pair: View<'_>, found: &mut Vec<Problem>) {
    let entries = pair.tables("dependency");
    let names = entries.iter().filter_map(|entry| entry.text_at("name"));
    twice(names, |name| format!("two dependencies are called {}", visible(name)), found);
    for entry in &entries {
        if entry.value("primary").is_none() && entry.value("standby").is_none() {
            found.push(
                Problem::error(entry.span(), "a dependency without an address")
                    .help("add `primary`, `standby` or both, as in \"tcp://erp.example.com:1433\""),
            );
            continue;
        }
        let schemes: Vec<Scheme> = ["primary", "standby"]
            .into_iter()
            .filter_map(|side| Some(Endpoint::parse(entry.text_at(side)?.0)?.scheme()))
            .collect();
        if let (Some(at), false) = (entry.key_at("ca_file"), schemes.iter().any(|scheme| scheme.is_secured())) {
            found.push(
                Problem::error(at, "`ca_file` without a tls:// or https:// address")
                    .help("there is no certificate to check: leave it out, or write the address that shows one"),
            );
        }
        let Some(at) = entry.key_at("expect_status") else { continue };
        if !schemes.iter().any(|scheme| scheme.is_http()) {
            found.push(
                Problem::error(at.clone(), "`expect_status` without an http:// or https:// address")
                    .help("nothing else answers with a status: leave it out, or write the address that does"),
            );
        }
        if entry.value("expect_status").and_then(whole).is_some_and(|status| status < 100) {
            found.push(
                Problem::error(at, "`expect_status` is no HTTP status").help("statuses are 100 to 599: 200, 401"),
            );
        }
    }
}

fn waivers(kind: &str, list: &[View<'_>], pairs: &[View<'_>], found: &mut Vec<Problem>) {
    for waiver in list {
        let Some((pair, at)) = waiver.text_at("pair") else { continue };
        let names: Vec<&str> = pairs.iter().filter_map(|pair| pair.text_at("name")).map(|(name, _)| name).collect();
        if !names.contains(&pair) {
            let help = match nearest(pair, names.iter().copied()) {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => format!("the pairs are {}", names.join(", ")),
            };
            found.push(Problem::error(at, format!("there is no pair {}", visible(pair))).help(help));
        }
    }
    let keys = list.iter().filter_map(|waiver| {
        let (rule, at) = waiver.text_at("rule")?;
        Some(((rule, waiver.text("subject"), waiver.text("pair"), waiver.text("drift")), at))
    });
    twice(keys, |(rule, ..)| format!("two {kind}s of {} for the same subject", visible(rule)), found);
}

#[cfg(test)]
mod tests {
    use super::super::grammar::PROVIDERS;
    use super::*;

    #[test]
    fn keys_of_providers_are_keys_and_providers() {
        for (_, provider, _) in OF_PROVIDER {
            assert!(PROVIDERS.contains(provider));
        }
    }
}
