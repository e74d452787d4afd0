//! Checks a parsed file against the grammar, key by key, and gives typed views of what stands there.

use super::KnownRule;
use super::grammar::{BUCKET, Key, Kind, Need, RULE, Table};
use super::problem::{Problem, visible};
use super::text::nearest;
use deskpair_rules::model::Moment;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use toml::value::Datetime;

type Value<'t> = Spanned<DeValue<'t>>;

/// A place in the file that holds tables and keys: how messages name it.
#[derive(Clone, Debug)]
struct Place {
    /// `[pair.dns]`, `[[waiver]]`; empty for the file.
    header: String,
    span: Range<usize>,
}

/// Checks every key and value against the grammar.
pub(super) struct Walk<'k> {
    known: &'k [KnownRule<'k>],
    problems: Vec<Problem>,
}

impl<'k> Walk<'k> {
    pub(super) fn new(known: &'k [KnownRule<'k>]) -> Self {
        Self { known, problems: Vec::new() }
    }

    /// The problems of the whole file.
    pub(super) fn file(mut self, file: &DeTable<'_>, grammar: &'static Table) -> Vec<Problem> {
        self.table(file, grammar, &Place { header: String::new(), span: 0..0 }, "");
        self.problems
    }

    fn table(&mut self, table: &DeTable<'_>, grammar: &'static Table, place: &Place, path: &str) {
        // A misspelt key is one problem, not also a missing one.
        let mut meant = Vec::new();
        for (name, value) in table {
            match grammar.key(name.get_ref()) {
                Some(key) => self.value(name, value, key, path),
                None => {
                    meant.extend(nearest(name.get_ref(), grammar.keys.iter().map(|key| key.name)));
                    self.unknown_key(name, place, grammar.keys.iter().map(|key| key.name));
                }
            }
        }
        for key in grammar.keys {
            if key.need == Need::Required && !table.contains_key(key.name) && !meant.contains(&key.name) {
                self.problems.push(missing(key, place));
            }
        }
    }

    fn unknown_key<'n>(
        &mut self,
        name: &Spanned<impl AsRef<str>>,
        place: &Place,
        candidates: impl Iterator<Item = &'n str>,
    ) {
        let candidates: Vec<&str> = candidates.collect();
        let typed = name.get_ref().as_ref();
        let home = if place.header.is_empty() { "the file".to_owned() } else { place.header.clone() };
        let help = match nearest(typed, candidates.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if candidates.is_empty() => format!("{home} takes no key of its own"),
            None => format!("{home} takes {}", candidates.join(", ")),
        };
        self.problems.push(Problem::error(name.span(), format!("unknown key `{typed}` in {home}")).help(help));
    }

    fn value(&mut self, name: &Spanned<impl AsRef<str>>, value: &Value<'_>, key: &'static Key, path: &str) {
        let path = if path.is_empty() { key.name.to_owned() } else { format!("{path}.{}", key.name) };
        let at = value.span();
        let wrong = |wanted: &str, help: String| {
            let title = format!("`{}` takes {wanted}, not {}", key.name, article(value.get_ref()));
            Some(Problem::error(at.clone(), title).help(help))
        };
        let problem = match (key.kind, value.get_ref()) {
            (Kind::Text(form), DeValue::String(text)) => bad_text(key, form, text, at),
            (Kind::Text(form), _) => wrong("a text", format!("{} = \"{}\"", key.name, form.example())),
            (Kind::Texts(form), DeValue::Array(items)) => {
                for item in items.iter() {
                    let problem = match item.get_ref() {
                        DeValue::String(text) => bad_text(key, form, text, item.span()),
                        other => Some(Problem::error(
                            item.span(),
                            format!("`{}` takes texts, not {}", key.name, article(other)),
                        )),
                    };
                    self.problems.extend(problem);
                }
                items.is_empty().then(|| {
                    Problem::error(at, format!("`{}` is empty", key.name)).help(format!(
                        "leave the key out, or write {} = [\"{}\"]",
                        key.name,
                        form.example()
                    ))
                })
            }
            (Kind::Texts(form), _) => wrong("a list of texts", format!("{} = [\"{}\"]", key.name, form.example())),
            (Kind::Choice(words), DeValue::String(text)) => {
                (!words.contains(&text.as_ref())).then(|| bad_choice(key, words, text, at))
            }
            (Kind::Choice(words), _) => wrong("a word", format!("one of {}", words.join(", "))),
            (Kind::Flag, DeValue::Boolean(_)) => None,
            (Kind::Flag, _) => wrong("true or false", "without quotes".to_owned()),
            (Kind::Count(most), DeValue::Integer(_)) => {
                let fits = whole(value.get_ref()).is_some_and(|number| (1..=i128::from(most)).contains(&number));
                (!fits).then(|| Problem::error(at, format!("`{}` is not from 1 to {most}", key.name)))
            }
            (Kind::Count(_), _) => wrong("a whole number", format!("{} = 10", key.name)),
            (Kind::Positive, DeValue::Integer(_) | DeValue::Float(_)) => {
                let fits = number(value.get_ref()).is_some_and(|number| number > 0.0 && number <= 1e6);
                (!fits).then(|| {
                    Problem::error(at, format!("`{}` is not a number above 0, a million at most", key.name))
                        .help("where there shall be no limit, write \"none\" for the service")
                })
            }
            (Kind::Positive, _) => wrong("a number", format!("{} = 2", key.name)),
            (Kind::Instant, DeValue::Datetime(when)) => {
                moment(when).err().map(|(what, help)| Problem::error(at, format!("`{}` {what}", key.name)).help(help))
            }
            (Kind::Instant, _) => {
                wrong("a date and time", format!("{} = 2027-01-31T00:00:00Z, without quotes", key.name))
            }
            (Kind::Bucket, DeValue::String(text)) if text == "none" => None,
            (Kind::Bucket, DeValue::Table(table)) => {
                self.table(table, &BUCKET, &Place { header: format!("`{path}`"), span: at }, &path);
                None
            }
            (Kind::Bucket, _) => {
                wrong("a rate and a burst", format!("{} = {{ rate = 2, burst = 5 }}, or \"none\"", key.name))
            }
            (Kind::Table(grammar), DeValue::Table(table)) => {
                self.table(table, grammar, &Place { header: format!("[{path}]"), span: at }, &path);
                None
            }
            (Kind::Table(_), _) => wrong("a table", format!("[{path}]")),
            (Kind::Tables(grammar), DeValue::Array(items)) => {
                for item in items.iter() {
                    match item.get_ref() {
                        DeValue::Table(table) => {
                            let place = Place { header: format!("[[{path}]]"), span: item.span() };
                            self.table(table, grammar, &place, &path);
                        }
                        other => {
                            let title = format!("`{}` takes tables, not {}", key.name, article(other));
                            self.problems.push(Problem::error(item.span(), title).help(format!("[[{path}]]")));
                        }
                    }
                }
                let needed = items.is_empty() && key.need == Need::Required;
                needed.then(|| Problem::error(at, format!("`{}` is empty", key.name)).help(format!("[[{path}]]")))
            }
            (Kind::Tables(_), DeValue::Table(_)) => Some(
                Problem::error(name.span(), format!("`{}` can be there several times", key.name))
                    .help(format!("write it with two brackets: [[{path}]]")),
            ),
            (Kind::Tables(_), _) => wrong("tables", format!("[[{path}]]")),
            (Kind::Rules, DeValue::Table(rules)) => {
                self.rules(rules);
                None
            }
            (Kind::Rules, _) => wrong("a table for each rule", "[rule.DNS-005]".to_owned()),
            (Kind::RuleId, DeValue::String(id)) => self.unknown_rule(id, at),
            (Kind::RuleId, _) => wrong("a rule's id", "rule = \"DNS-005\"".to_owned()),
        };
        self.problems.extend(problem);
    }

    fn unknown_rule(&self, id: &str, at: Range<usize>) -> Option<Problem> {
        if self.known.iter().any(|rule| rule.id == id) {
            return None;
        }
        let help = match nearest(id, self.known.iter().map(|rule| rule.id)) {
            Some(near) => format!("did you mean {near}?"),
            None => "`deskpair rules` lists the rules".to_owned(),
        };
        Some(Problem::error(at, format!("there is no rule `{id}`")).help(help))
    }

    fn rules(&mut self, rules: &DeTable<'_>) {
        for (id, value) in rules {
            if let Some(problem) = self.unknown_rule(id.get_ref(), id.span()) {
                self.problems.push(problem);
                continue;
            }
            let DeValue::Table(table) = value.get_ref() else {
                let title = format!("`rule.{}` takes a table, not {}", id.get_ref(), article(value.get_ref()));
                self.problems.push(Problem::error(value.span(), title).help(format!("[rule.{}]", id.get_ref())));
                continue;
            };
            let known: &'k [KnownRule<'k>] = self.known;
            let options = known.iter().find(|rule| rule.id == id.get_ref()).map_or(&[][..], |rule| rule.options);
            let place = Place { header: format!("[rule.{}]", id.get_ref()), span: value.span() };
            for (name, value) in table {
                if let Some(key) = RULE.key(name.get_ref()) {
                    self.value(name, value, key, "rule");
                } else if !options.iter().any(|(option, _)| option == name.get_ref()) {
                    let own = options.iter().map(|(option, _)| *option);
                    self.unknown_key(name, &place, RULE.keys.iter().map(|key| key.name).chain(own));
                } else if json(value.get_ref()).is_none() {
                    let title = format!("`{}` holds a number that is none", name.get_ref());
                    self.problems.push(Problem::error(value.span(), title));
                }
            }
        }
    }
}

fn missing(key: &'static Key, place: &Place) -> Problem {
    if place.header.is_empty() {
        return Problem::error(0..0, format!("there is no [[{}]]", key.name))
            .help("name the two Regions of a connection alias: a short example stands in README.md");
    }
    let help = match key.kind {
        Kind::Text(form) => format!("add {} = \"{}\"", key.name, form.example()),
        Kind::Texts(form) => format!("add {} = [\"{}\"]", key.name, form.example()),
        Kind::Choice(words) => format!("add {} = \"{}\", or another of {}", key.name, words[0], words.join(", ")),
        Kind::Instant => format!("add {} = 2027-01-31T00:00:00Z", key.name),
        Kind::RuleId => format!("add {} = \"DNS-005\", or another of `deskpair rules`", key.name),
        Kind::Count(_) => format!("add {} = 5", key.name),
        Kind::Positive => format!("add {} = 2", key.name),
        Kind::Table(table) => {
            let inside = table.keys.iter().find(|key| key.need == Need::Required).map_or("…", |key| key.name);
            format!("add a table `{}` with its `{inside}`", key.name)
        }
        Kind::Flag | Kind::Bucket | Kind::Tables(_) | Kind::Rules => format!("add `{}`", key.name),
    };
    Problem::error(place.span.clone(), format!("{} has no `{}`", place.header, key.name)).label(key.about).help(help)
}

fn bad_text(key: &Key, form: super::text::Text, text: &str, at: Range<usize>) -> Option<Problem> {
    let complaint = form.check(text).err()?;
    let title = format!("`{}` {}", key.name, complaint.what);
    Some(Problem::error(at, title).help(complaint.help))
}

fn bad_choice(key: &Key, words: &[&str], text: &str, at: Range<usize>) -> Problem {
    let help = match nearest(text, words.iter().copied()) {
        Some(near) => format!("did you mean \"{near}\"?"),
        None => format!("one of {}", words.join(", ")),
    };
    Problem::error(at, format!("`{}` cannot be \"{}\"", key.name, visible(text))).help(help)
}

fn article(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// The instant of a date and time with a zone; otherwise what is wrong, and the way out.
pub(super) fn moment(when: &Datetime) -> Result<Moment, (String, String)> {
    let text = when.to_string();
    if when.offset.is_none() {
        let day = when.date.map_or_else(|| "2027-01-31".to_owned(), |date| date.to_string());
        let what = if when.date.is_none() { "is a time without a date" } else { "has no zone" };
        return Err((
            what.to_owned(),
            format!("add one: {day}T00:00:00Z is in UTC, {day}T00:00:00-05:00 five hours behind it"),
        ));
    }
    match text.parse::<jiff::Timestamp>() {
        Ok(at) => Ok(Moment::from(at)),
        Err(_) => Err(("is no instant of the calendar".to_owned(), "for example 2027-01-31T00:00:00Z".to_owned())),
    }
}

/// A whole number, where it is one.
pub(super) fn whole(value: &DeValue<'_>) -> Option<i128> {
    let DeValue::Integer(number) = value else { return None };
    i128::from_str_radix(number.as_str(), number.radix()).ok()
}

/// A number, where it is finite.
pub(super) fn number(value: &DeValue<'_>) -> Option<f64> {
    match value {
        DeValue::Integer(_) => whole(value).map(|number| number as f64),
        DeValue::Float(number) => number.as_str().parse().ok().filter(|number: &f64| number.is_finite()),
        DeValue::String(_) | DeValue::Boolean(_) | DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_) => None,
    }
}

/// A value as a rule's option takes it: instants become texts. `None` for numbers that JSON does not have.
pub(super) fn json(value: &DeValue<'_>) -> Option<serde_json::Value> {
    use serde_json::Value as Json;
    Some(match value {
        DeValue::String(text) => Json::String(text.to_string()),
        DeValue::Integer(_) => Json::from(i64::try_from(whole(value)?).ok()?),
        DeValue::Float(_) => Json::from(number(value)?),
        DeValue::Boolean(flag) => Json::Bool(*flag),
        DeValue::Datetime(when) => Json::String(when.to_string()),
        DeValue::Array(items) => Json::Array(items.iter().map(|item| json(item.get_ref())).collect::<Option<_>>()?),
        DeValue::Table(table) => Json::Object(
            table
                .iter()
                .map(|(name, value)| Some((name.get_ref().to_string(), json(value.get_ref())?)))
                .collect::<Option<_>>()?,
        ),
    })
}

/// A table, with getters that answer for what has the right kind. What has not has been complained of.
#[derive(Clone, Copy)]
pub(super) struct View<'t> {
    table: &'t DeTable<'t>,
    /// Where the table stands.
    at: (usize, usize),
}

impl<'t> View<'t> {
    pub(super) fn of(table: &'t DeTable<'t>, at: Range<usize>) -> Self {
        Self { table, at: (at.start, at.end) }
    }

    pub(super) fn span(&self) -> Range<usize> {
        self.at.0..self.at.1
    }

    pub(super) fn value(&self, key: &str) -> Option<&'t DeValue<'t>> {
        self.table.get(key).map(Spanned::get_ref)
    }

    /// The place of a key's value.
    pub(super) fn at(&self, key: &str) -> Option<Range<usize>> {
        self.table.get(key).map(Spanned::span)
    }

    /// The place of a key.
    pub(super) fn key_at(&self, key: &str) -> Option<Range<usize>> {
        self.table.get_key_value(key).map(|(name, _)| name.span())
    }

    /// A text and its place.
    pub(super) fn text_at(&self, key: &str) -> Option<(&'t str, Range<usize>)> {
        let value = self.table.get(key)?;
        Some((value.get_ref().as_str()?, value.span()))
    }

    pub(super) fn text(&self, key: &str) -> Option<String> {
        self.text_at(key).map(|(text, _)| text.to_owned())
    }

    pub(super) fn texts_at(&self, key: &str) -> Vec<(&'t str, Range<usize>)> {
        let items = self.table.get(key).and_then(|value| value.get_ref().as_array());
        items
            .into_iter()
            .flat_map(|items| items.iter())
            .filter_map(|item| Some((item.get_ref().as_str()?, item.span())))
            .collect()
    }

    pub(super) fn texts(&self, key: &str) -> Vec<String> {
        self.texts_at(key).into_iter().map(|(text, _)| text.to_owned()).collect()
    }

    pub(super) fn table(&self, key: &str) -> Option<Self> {
        let value = self.table.get(key)?;
        Some(Self::of(value.get_ref().as_table()?, value.span()))
    }

    pub(super) fn tables(&self, key: &str) -> Vec<Self> {
        let items = self.table.get(key).and_then(|value| value.get_ref().as_array());
        items
            .into_iter()
            .flat_map(|items| items.iter())
            .filter_map(|item| Some(Self::of(item.get_ref().as_table()?, item.span())))
            .collect()
    }

    /// Every key with its value.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&'t str, &'t DeValue<'t>, Range<usize>)> + use<'t> {
        self.table.iter().map(|(name, value)| (name.get_ref().as_ref(), value.get_ref(), value.span()))
    }
}
