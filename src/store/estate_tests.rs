//! Estates as files: what goes in comes out, and whatever was done to the file in between is seen.

use super::estate_file::{EstateFileError, json_schema, read_estate, write_estate};
use super::estate_wire::{Header, ListLine, SCHEMA, TrailerLine};
use deskpair_rules::model::network::InterfaceRow;
use deskpair_rules::model::settings::{PairSettings, Settings, SideSettings};
use deskpair_rules::model::workspace::{ConnectionRow, TagRow, WorkspaceRecord, WorkspaceRow};
use deskpair_rules::model::{Calls, End, Estate, Gap, GapId, Moment, Slice};
use proptest::prelude::*;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::net::Ipv4Addr;
use std::rc::Rc;

/// Makes values of any type from the type's own schema, so that no member of any resource is forgotten.
struct Maker {
    schemas: BTreeMap<&'static str, Rc<Value>>,
    random: fastrand::Rng,
    gaps: u32,
}

/// Texts that have been trouble somewhere: markup, quotes, controls, line feeds, surrogates' neighbours, what looks like a list.
const TEXTS: [&str; 14] = [
    "",
    "anna",
    "ws-0a1b2c3d4",
    "Standard-Win",
    "<img src=x onerror=alert(1)>",
    "corp\\anna",
    "line\nfeed",
    "\"quoted\"",
    "\u{1b}[31m\u{0}\u{7f}",
    "日本語 \u{1f980}",
    "\u{2028}\u{202e}",
    "{\"list\":\"workspaces\"}",
    "{\"trailer\":1}",
    "[UNDEFINED]",
];

impl Maker {
    fn text(&mut self) -> String {
        TEXTS[self.random.usize(..TEXTS.len())].to_owned()
    }

    fn key(&mut self) -> String {
        format!("{}{}", self.text(), self.random.u8(..))
    }

    fn json<T: JsonSchema>(&mut self) -> Value {
        let made = || Rc::new(schemars::schema_for!(T).to_value());
        let schema = Rc::clone(self.schemas.entry(std::any::type_name::<T>()).or_insert_with(made));
        self.instance(&schema, &schema, 0)
    }

    fn make<T: JsonSchema + DeserializeOwned>(&mut self) -> T {
        let value = self.json::<T>();
        serde_json::from_value(value.clone()).unwrap_or_else(|error| panic!("{error}: {value}"))
    }

    fn some<T: JsonSchema + DeserializeOwned>(&mut self) -> Vec<T> {
        (0..self.random.usize(..4)).map(|_| self.make()).collect()
    }

    fn end(&mut self) -> End {
        if self.random.bool() { End::Whole } else { End::Gap(GapId(self.random.u32(..self.gaps))) }
    }

    fn slice<T: JsonSchema + DeserializeOwned>(&mut self) -> Slice<T> {
        Slice::new(self.some(), self.end())
    }

    fn slices<T: JsonSchema + DeserializeOwned>(&mut self) -> BTreeMap<String, Slice<T>> {
        (0..self.random.usize(..3)).map(|_| (self.key(), self.slice())).collect()
    }

    fn instance(&mut self, schema: &Value, root: &Value, depth: usize) -> Value {
        if let Some(path) = schema["$ref"].as_str() {
            let name = path.rsplit('/').next().unwrap_or_default();
            return self.instance(&root["$defs"][name], root, depth);
        }
        if let Some(value) = schema.get("const") {
            return value.clone();
        }
        for choices in ["enum", "oneOf", "anyOf"] {
            if let Some(list) = schema[choices].as_array() {
                let chosen = &list[self.random.usize(..list.len())];
                return if choices == "enum" { chosen.clone() } else { self.instance(chosen, root, depth) };
            }
        }
        if let Some(all) = schema["allOf"].as_array() {
            return self.instance(&all[0], root, depth);
        }
        let kind = match &schema["type"] {
            Value::String(kind) => kind.as_str(),
            Value::Array(kinds) => kinds[self.random.usize(..kinds.len())].as_str().unwrap_or("null"),
            _ => return json!([1, "two", { "three": null }]),
        };
        match kind {
            "string" if schema["format"] == "ipv4" => Ipv4Addr::from(self.random.u32(1..)).to_string().into(),
            "string" => self.text().into(),
            "boolean" => self.random.bool().into(),
            "integer" => self.random.u16(1..30_000).into(),
            "number" if schema["format"] == "double" => json!(f64::from(self.random.u16(..)) / 8.0),
            "number" if self.random.bool() => self.random.u32(..).into(),
            "number" => json!(f64::from(self.random.u32(..)) + f64::from(self.random.u16(..1000)) / 1000.0),
            "array" => {
                let length = if depth > 6 { 0 } else { self.random.usize(..3) };
                (0..length).map(|_| self.instance(&schema["items"], root, depth + 1)).collect()
            }
            "object" => {
                let needed: Vec<&str> =
                    schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
                let mut object = serde_json::Map::new();
                for (name, property) in schema["properties"].as_object().into_iter().flatten() {
                    if needed.contains(&name.as_str()) || (depth < 7 && self.random.u8(..3) > 0) {
                        object.insert(name.clone(), self.instance(property, root, depth + 1));
                    }
                }
                if schema["additionalProperties"].is_object() && depth < 7 {
                    for _ in 0..self.random.usize(..3) {
                        let value = self.instance(&schema["additionalProperties"], root, depth + 1);
                        object.insert(self.key(), value);
                    }
                }
                object.into()
            }
            _ => Value::Null,
        }
    }
}

fn pair(name: &str, alias: &str, primary: &str, standby: &str) -> PairSettings {
    let side = |region: &str| SideSettings { region: region.to_owned(), ..SideSettings::default() };
    PairSettings {
        name: name.to_owned(),
        alias: alias.to_owned(),
        primary: side(primary),
        standby: side(standby),
        ..PairSettings::default()
    }
}

/// An estate in which everything is somewhere.
fn made(seed: u64, desktops: usize) -> Estate {
    let mut maker = Maker { schemas: BTreeMap::new(), random: fastrand::Rng::with_seed(seed), gaps: 1 };
    let gaps: Vec<Gap> = maker.some();
    maker.gaps = 1 + gaps.len() as u32;
    let mut settings: Settings = maker.make();
    settings.pairs.truncate(2);
    // No configuration has two pairs of one name.
    for (at, pair) in settings.pairs.iter_mut().enumerate() {
        pair.name.push_str(&at.to_string());
    }
    settings.pairs.push(pair("corp", "desktop.example.com", "us-east-1", "us-west-2"));
    settings.pairs.push(pair("far", "desktop.example.com", "us-east-1", "eu-west-1"));
    let mut estate = Estate::laid_out(settings, "0.1.0", Moment::from_millis(1_800_000_000_123));
    estate.finished_at = Moment::from_secs(1_800_000_100);
    estate.gaps.extend(gaps);
    estate.calls = maker.make::<Calls>();
    for side in &mut estate.sides {
        side.account = if maker.random.bool() { Ok(maker.text()) } else { Err(GapId(maker.random.u32(..maker.gaps))) };
        side.directories = maker.slice();
        side.registrations = maker.slice();
        side.client_properties = maker.slice();
        side.images = maker.slice();
        side.bundles = maker.slice();
        side.ip_groups = maker.slice();
        side.branding = maker.slices();
        side.aliases = maker.slice();
        side.alias_permissions = maker.slices();
        side.file_systems = maker.slice();
        side.backups = maker.slice();
        side.sync_tasks = maker.slice();
        side.sync_locations = maker.slice();
        side.sync_executions = maker.slices();
        let symbols = &mut estate.symbols;
        let rows = (0..desktops).map(|_| {
            let text = maker.json::<WorkspaceRecord<'static>>().to_string();
            let record: WorkspaceRecord<'_> = serde_json::from_str(&text).expect("as its schema says");
            WorkspaceRow::of(record, symbols, &mut side.extras)
        });
        let rows: Vec<_> = rows.collect();
        side.workspaces = Slice::new(rows, maker.end());
        let mut tags = |maker: &mut Maker| {
            let rows = (0..maker.random.usize(..4)).map(|_| TagRow {
                arn: symbols.intern(&maker.text()),
                key: symbols.intern(&maker.text()),
                value: symbols.intern(&maker.text()),
            });
            let rows: Vec<_> = rows.collect();
            Slice::new(rows, maker.end())
        };
        side.resource_tags = tags(&mut maker);
        side.desktop_tags = tags(&mut maker);
        let moment = |maker: &mut Maker| maker.random.bool().then(|| Moment::from_millis(maker.random.i64(0..1 << 42)));
        let rows = (0..maker.random.usize(..4)).map(|_| ConnectionRow {
            workspace: symbols.intern(&maker.text()),
            state: symbols.intern(&maker.text()),
            checked: moment(&mut maker),
            last_known: moment(&mut maker),
        });
        let rows: Vec<_> = rows.collect();
        side.connections = Slice::new(rows, maker.end());
        let rows = (0..maker.random.usize(..4)).map(|at| InterfaceRow {
            subnet: symbols.intern(&maker.text()),
            address: maker.random.u32(..),
            groups: symbols.intern(["", "sg-1", "sg-1,sg-2", "sg-3"][at]),
            description: symbols.intern(&maker.text()),
        });
        let rows: Vec<_> = rows.collect();
        side.network_interfaces = Slice::new(rows, maker.end());
    }
    for book in &mut estate.zones {
        book.account = Ok(maker.text());
        book.zones = maker.slice();
        book.record_sets = maker.slices();
        book.health_checks = maker.slice();
    }
    for view in &mut estate.txt {
        view.answers = maker.slice();
    }
    for probes in &mut estate.probes {
        *probes = maker.slice();
    }
    estate
}

fn written(estate: &Estate) -> Vec<u8> {
    write_estate(estate, Vec::new()).expect("memory takes it").0
}

fn lines_of(file: &[u8]) -> Vec<String> {
    let text = String::from_utf8(zstd::decode_all(file).expect("zstd")).expect("UTF-8");
    text.lines().map(str::to_owned).collect()
}

fn file_of(lines: &[String]) -> Vec<u8> {
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    zstd::encode_all(text.as_bytes(), 1).expect("compresses")
}

fn refused(file: &[u8]) -> EstateFileError {
    match read_estate(file) {
        Ok(_) => panic!("taken"),
        Err(error) => error,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn any_estate_comes_back_whole(seed: u64, desktops in 0usize..12) {
        let estate = made(seed, desktops);
        let (file, digest) = write_estate(&estate, Vec::new()).expect("memory takes it");
        let (read, read_digest) = read_estate(&file[..]).expect("reads");
        prop_assert!(read == estate);
        prop_assert_eq!(read_digest, digest);
        let stream = zstd::decode_all(&file[..]).expect("zstd");
        prop_assert_eq!(super::Digest::of(&stream), digest);
        prop_assert_eq!(written(&read), file);
    }
}

#[test]
fn estates_that_differ_are_not_equal() {
    let estate = made(7, 3);
    assert!(estate == estate.clone());
    let mut other = estate.clone();
    other.sides[0].workspaces.items_mut()[1].user = other.symbols.intern("somebody else");
    assert!(estate != other);
    let mut other = estate.clone();
    other.sides[1].desktop_tags = Slice::whole_of(Vec::new());
    other.sides[1].desktop_tags.items_mut().push(TagRow {
        arn: other.symbols.intern("a"),
        key: other.symbols.intern("b"),
        value: other.symbols.intern("c"),
    });
    assert!(estate != other);
}

#[test]
fn a_file_that_is_cut_off_anywhere_is_refused() {
    let file = written(&made(1, 40));
    for part in 0..64 {
        let cut = file.len() * part / 64;
        match refused(&file[..cut]) {
            EstateFileError::Truncated { .. } => {}
            other => panic!("cut at {cut}: {other}"),
        }
    }
    for cut in (file.len() - 40)..file.len() {
        let told = refused(&file[..cut]);
        assert!(matches!(told, EstateFileError::Truncated { .. }), "cut at {cut} of {}: {told}", file.len());
    }
    let lines = lines_of(&written(&made(1, 2)));
    for whole in 0..lines.len() {
        match refused(&file_of(&lines[..whole])) {
            EstateFileError::Truncated { lines } => assert_eq!(lines, whole as u64),
            other => panic!("{whole} lines: {other}"),
        }
    }
    assert!(read_estate(&file_of(&lines)[..]).is_ok());
    let without_feed = lines.join("\n");
    let file = zstd::encode_all(without_feed.as_bytes(), 1).expect("compresses");
    assert!(matches!(refused(&file), EstateFileError::Truncated { .. }));
}

#[test]
fn a_line_that_is_left_out_or_said_twice_is_seen() {
    let lines = lines_of(&written(&made(3, 1)));
    for at in 0..lines.len() {
        let mut fewer = lines.clone();
        fewer.remove(at);
        assert!(read_estate(&file_of(&fewer)[..]).is_err(), "without line {}: {}", at + 1, lines[at]);
        let mut more = lines.clone();
        more.insert(at, lines[at].clone());
        assert!(read_estate(&file_of(&more)[..]).is_err(), "line {} twice: {}", at + 1, lines[at]);
    }
}

#[test]
fn flipped_bits_are_seen() {
    let estate = made(5, 10);
    let file = written(&estate);
    for at in (0..file.len()).step_by(1 + file.len() / 300) {
        let mut flipped = file.clone();
        flipped[at] ^= 1 << (at % 8);
        // A bit of the frame's header may mean nothing: then the estate is the same.
        if let Ok((read, _)) = read_estate(&flipped[..]) {
            assert!(read == estate, "byte {at} changed the estate unseen");
        }
    }
}

#[test]
fn strangers_are_told_apart() {
    assert!(matches!(refused(b""), EstateFileError::Truncated { lines: 0 }));
    assert!(matches!(refused(b"PK\x03\x04 not zstd"), EstateFileError::NotZstd));
    let foreign = |line: &str| refused(&file_of(&[line.to_owned()]));
    assert!(matches!(foreign("hello"), EstateFileError::NotAnEstate));
    assert!(matches!(foreign("{\"schema\":\"other/1\"}"), EstateFileError::NotAnEstate));
    let newer = foreign("{\"schema\":\"deskpair.estate/2\",\"tool_version\":\"9.0.0\",\"more\":{}}");
    assert_eq!(
        newer.to_string(),
        "it is of the schema \"deskpair.estate/2\", written by deskpair \"9.0.0\", and this deskpair reads deskpair.estate/1"
    );
    let mut twice = written(&made(1, 1));
    twice.extend(twice.clone());
    assert!(matches!(refused(&twice), EstateFileError::Trailing));
}

fn changed(change: impl Fn(&mut Vec<String>)) -> EstateFileError {
    let mut lines = lines_of(&written(&made(11, 4)));
    change(&mut lines);
    refused(&file_of(&lines))
}

fn position(lines: &[String], start: &str) -> usize {
    lines.iter().position(|line| line.starts_with(start)).expect("there is such a line")
}

#[test]
fn faults_name_their_line() {
    let told = changed(|lines| {
        let at = position(lines, "{\"list\":\"workspaces\"");
        lines[at + 1] = lines[at + 1].replacen("\"WorkspaceId\"", "\"Workspace\"", 1);
    });
    assert!(told.to_string().starts_with("line ") && told.to_string().contains("unknown field `Workspace`"), "{told}");
    let told = changed(|lines| {
        let at = position(lines, "{\"list\":\"images\"");
        lines[at] = lines[at].replace("\"side\":0", "\"side\":77");
    });
    assert!(
        told.to_string().ends_with("it points to the list images of side 77, which the file does not have"),
        "{told}"
    );
    let told = changed(|lines| {
        let at = position(lines, "{\"list\":\"images\"");
        lines[at] = "{\"list\":\"images\",\"side\":0,\"end\":{\"gap\":4000000000}}".to_owned();
    });
    assert!(told.to_string().contains("it points to gap 4000000000"), "{told}");
    let told = changed(|lines| {
        let at = position(lines, "{\"list\":\"images\"");
        lines[at] = lines[at].replace("\"images\"", "\"sounds\"");
    });
    assert!(told.to_string().contains("unknown variant `sounds`"), "{told}");
    let told = changed(|lines| {
        let mut header: Value = serde_json::from_str(&lines[0]).expect("JSON");
        header["pairs"][0]["primary"] = json!(99);
        lines[0] = header.to_string();
    });
    assert!(told.to_string().starts_with("line 1: it points to places of the pair"), "{told}");
    let told = changed(|lines| {
        let last = lines.len() - 1;
        let mut trailer: Value = serde_json::from_str(&lines[last]).expect("JSON");
        trailer["trailer"]["gaps"] = json!([]);
        lines[last] = trailer.to_string();
    });
    assert!(told.to_string().contains("it points to gap"), "{told}");
    let told = changed(|lines| lines.insert(1, "{}".to_owned()));
    assert_eq!(told.to_string(), "line 2: an item before any list");
    let told = changed(|lines| lines.push("{}".to_owned()));
    assert!(matches!(told, EstateFileError::Trailing), "{told}");
}

#[test]
fn hostile_sizes_are_refused_in_bounded_memory() {
    let header = lines_of(&written(&made(11, 0)))[0].clone();
    let mut bomb = zstd::Encoder::new(Vec::new(), 1).expect("encodes");
    bomb.write_all(header.as_bytes()).expect("writes");
    bomb.write_all(b"\n{\"list\":\"").expect("writes");
    let mebibyte = vec![b'a'; 1 << 20];
    for _ in 0..64 {
        bomb.write_all(&mebibyte).expect("writes");
    }
    let told = refused(&bomb.finish().expect("finishes"));
    assert_eq!(told.to_string(), "it holds more than an estate can: line 2 is longer than 16 MiB");
    let mut deep = header;
    deep.push_str("\n{\"list\":\"images\",\"side\":0,\"end\":\"whole\"}\n");
    deep.push_str(&"[".repeat(1 << 20));
    assert!(matches!(refused(&file_of(&[deep])), EstateFileError::Line { line: 3, .. }));
}

#[test]
fn what_was_not_written_is_a_gap_and_never_an_empty_list() {
    let mut lines = lines_of(&written(&made(11, 4)));
    let from = position(&lines, "{\"list\":\"images\"");
    let to = from + 1 + lines[from + 1..].iter().position(|line| line.starts_with("{\"list\"")).expect("another list");
    lines.drain(from..to);
    let last = lines.len() - 1;
    let mut trailer: Value = serde_json::from_str(&lines[last]).expect("JSON");
    let lists = trailer["trailer"]["lists"].as_array_mut().expect("lists");
    lists.retain(|list| !(list["list"] == "images" && list["side"] == 0));
    lines[last] = trailer.to_string();
    let (estate, _) = read_estate(&file_of(&lines)[..]).expect("reads");
    assert_eq!(estate.sides[0].images.whole(), Err(Estate::NOT_COLLECTED));
}

#[test]
fn a_failing_disk_is_told_and_a_failing_source_too() {
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let error = write_estate(&made(1, 10), Full).map(drop).expect_err("the disk is full");
    assert_eq!(error.kind(), io::ErrorKind::StorageFull);
}

#[test]
fn lines_are_as_the_schema_says() {
    let schema = json_schema();
    assert_eq!(schema["title"], SCHEMA);
    for definition in ["Header", "ListLine", "TrailerLine", "WorkspaceRecord", "TagRecord", "TxtAnswer", "Gap"] {
        assert!(schema["$defs"][definition].is_object(), "{definition}");
    }
    let lines = lines_of(&written(&made(2, 2)));
    serde_json::from_str::<Header>(&lines[0]).expect("a header");
    serde_json::from_str::<TrailerLine>(&lines[lines.len() - 1]).expect("a trailer");
    serde_json::from_str::<ListLine>(&lines[1]).expect("a list");
}
