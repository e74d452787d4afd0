//! A group of companies: many pairs over several accounts, pairs of one account sharing its Regions.

use super::line::noon;
use deskpair::store::{read_estate, write_estate};
use deskpair::twin::sample::{self, ACCOUNT, Drift, SampleOptions};
use deskpair_rules::model::{Estate, Settings};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::Write;

/// The lines of an estate's file.
fn lines(estate: &Estate) -> Vec<String> {
    let (file, _) = write_estate(estate, Vec::new()).expect("an estate is written");
    let text = zstd::decode_all(file.as_slice()).expect("it is zstd");
    String::from_utf8(text).expect("it is UTF-8").lines().map(str::to_owned).collect()
}

/// What the companies of a group do not share, by the names of the one that all are made from.
fn renamed(line: &str, number: usize, account: &str) -> String {
    let mut line = line.replace("norhaven.example", &format!("norhaven{number}.example"));
    line = line.replace("DC=norhaven,", &format!("DC=norhaven{number},")).replace(ACCOUNT, account);
    for name in ["NH-", "nh-", "offices-americas", "remote-access", "contact-centre-partner"] {
        line = line.replace(&format!("\"{name}"), &format!("\"c{number}-{name}"));
    }
    line
}

/// So many pairs, the accounts taken in turn: the first is the caller's own, the others are reached by a role.
pub(crate) fn group(pairs: usize, accounts: &[&str], people: u32) -> Estate {
    let mut settings = Settings::default();
    let mut companies = Vec::new();
    for number in 0..pairs {
        let account = accounts[number % accounts.len()];
        let options =
            SampleOptions { people, seed: 100 + number as u64, drift: Drift::None, taken_at: noon(), pilot: false };
        let company: Vec<String> =
            lines(&sample::estate(&options)).iter().map(|line| renamed(line, number, account)).collect();
        let header: Value = serde_json::from_str(&company[0]).expect("a header");
        let mut one: Settings = serde_json::from_value(header["settings"].clone()).expect("settings");
        let pair = &mut one.pairs[0];
        pair.name = format!("pair-{number:02}");
        if number % accounts.len() > 0 {
            for side in [&mut pair.primary, &mut pair.standby] {
                side.role_arn = Some(format!("arn:aws:iam::{account}:role/deskpair-scan"));
            }
        }
        settings.pairs.append(&mut one.pairs);
        (settings.rules, settings.limits) = (one.rules, one.limits);
        companies.push((account, company));
    }
    let mut whole = Estate::laid_out(settings, env!("CARGO_PKG_VERSION"), noon());
    for (at, (account, _)) in companies.iter().enumerate() {
        let places = whole.pairs[at];
        for side in [places.primary, places.standby] {
            whole.sides[side as usize].account = Ok((*account).to_owned());
        }
        whole.zones[places.zones as usize].account = Ok((*account).to_owned());
    }
    let mut lists: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (at, (_, company)) in companies.iter().enumerate() {
        let (places, mut key) = (whole.pairs[at], String::new());
        for line in &company[1..company.len() - 1] {
            if !line.starts_with("{\"list\":") {
                let items = lists.get_mut(&key).expect("a list goes before its items");
                if !items.contains(line) {
                    items.push(line.clone());
                }
                continue;
            }
            let mut list: Value = serde_json::from_str(line).expect("a list");
            match list["side"].as_u64() {
                Some(0) => list["side"] = places.primary.into(),
                Some(_) => list["side"] = places.standby.into(),
                None => {}
            }
            if !list["book"].is_null() {
                list["book"] = places.zones.into();
            }
            if list["list"] == "probes" {
                list["of"] = whole.settings.pairs[at].name.clone().into();
            }
            key = list.to_string();
            lists.entry(key.clone()).or_default();
        }
    }
    let header = lines(&whole).swap_remove(0);
    let trailer: Value = serde_json::from_str(&lines(&whole).pop().expect("a trailer")).expect("a trailer");
    let counted = |(key, items): (&String, &Vec<String>)| {
        let mut list: Value = serde_json::from_str(key).expect("a list");
        list.as_object_mut().expect("an object").remove("end");
        list["items"] = items.len().into();
        list
    };
    let counts: Vec<Value> = lists.iter().map(counted).collect();
    let trailer = json!({ "trailer": {
        "lists": counts, "gaps": trailer["trailer"]["gaps"], "calls": trailer["trailer"]["calls"]
    } });
    let mut file = zstd::Encoder::new(Vec::new(), 1).expect("zstd");
    file.include_checksum(true).expect("zstd");
    writeln!(file, "{header}").expect("memory");
    for (key, items) in &lists {
        // The list's kind is told by its first member.
        let list: Value = serde_json::from_str(key).expect("a list");
        writeln!(file, "{{\"list\":{},{}", list["list"], rest(&list)).expect("memory");
        for item in items {
            writeln!(file, "{item}").expect("memory");
        }
    }
    writeln!(file, "{trailer}").expect("memory");
    let file = file.finish().expect("zstd");
    read_estate(file.as_slice()).unwrap_or_else(|error| panic!("the group's estate: {error}")).0
}

fn rest(list: &Value) -> String {
    let mut list = list.clone();
    list.as_object_mut().expect("an object").remove("list");
    list.to_string()[1..].to_owned()
}
