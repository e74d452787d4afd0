//! The time line as a picture: phases as bands, a row a server that turns over and back, people as they come, and what went otherwise.
//!
//! Shapes have places and classes here, and become SVG in the template, which escapes their texts. Nothing is told by colour alone: bands and
//! marks have words or numbers, and what cannot be told apart on paper has a pattern.

use super::super::facts::{self, Facts};
use super::super::record::{Approval, Deviation, Happening, Server};
use super::scale::Scale;
use crate::html::shown;
use crate::text::{self, counted, number};
use deskpair_rules::model::Moment;
use deskpair_rules::model::moment::span;
use serde::Serialize;

/// Units across; on a wide screen one is a little more than a pixel.
const WIDTH: f64 = 960.0;
/// Where time begins and ends; names stand to the left.
const LEFT: f64 = 190.0;
const RIGHT: f64 = 944.0;
/// Units of a character, in a wide face as DejaVu Sans is, whose digits are 0.64 of its size: which one a reader has nobody knows.
const CHARACTER: f64 = 8.0;
/// Servers that have a row.
const MOST_SERVERS: usize = 14;
/// The height of a phase's band, and of it with the room below.
const BAND: f64 = 23.0;
const LANE: f64 = 26.0;
/// The height of a server's row, and of people's curve.
const ROW: f64 = 21.0;
const CURVE: f64 = 104.0;
/// Marks of a kind that are nearer to each other are one.
const NEAR: f64 = 13.0;
/// Marks that are one where a row has more than a few.
const FAR: f64 = 64.0;
const FEW: usize = 12;
/// People of whom each has a tick.
const CROWD: usize = 200;

/// A picture, ready for its template.
#[derive(Serialize)]
pub(super) struct Picture {
    width: String,
    height: String,
    /// What it shows, for those who do not see it.
    told: String,
    shapes: Vec<Shape>,
    /// What its patterns and marks mean.
    legend: Vec<Legend>,
    notes: Vec<String>,
}

#[derive(Serialize)]
struct Legend {
    class: &'static str,
    told: &'static str,
}

/// A part of the picture.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Shape {
    Rect { class: String, x: String, y: String, width: String, height: String, title: String },
    Line { class: &'static str, x1: String, y1: String, x2: String, y2: String },
    Path { class: &'static str, d: String, title: String },
    Text { class: &'static str, x: String, y: String, text: String },
}

/// A coordinate, to a tenth of a unit.
pub(super) fn units(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or_else(|| text.clone(), ToOwned::to_owned)
}

struct Drawing<'r> {
    facts: Facts<'r>,
    scale: Scale,
    shapes: Vec<Shape>,
    legend: Vec<Legend>,
    notes: Vec<String>,
    /// How far down it has come.
    y: f64,
}

/// The picture of a record; none where it has not begun.
pub(super) fn of(facts: Facts<'_>) -> Option<Picture> {
    let scale = Scale::of(&facts, LEFT, RIGHT)?;
    let mut drawing = Drawing { facts, scale, shapes: Vec::new(), legend: Vec::new(), notes: Vec::new(), y: 16.0 };
    let ticks = drawing.ticks();
    drawing.phases();
    drawing.marks();
    drawing.servers();
    drawing.people();
    drawing.grid(&ticks);
    drawing.objective();
    let told = told(&drawing.facts);
    Some(Picture {
        width: units(WIDTH),
        height: units(drawing.y),
        told,
        shapes: drawing.shapes,
        legend: drawing.legend,
        notes: drawing.notes,
    })
}

impl Drawing<'_> {
    fn rect(&mut self, class: impl Into<String>, x: f64, y: f64, width: f64, height: f64, title: String) {
        let [x, y, width, height] = [x, y, width, height].map(units);
        self.shapes.push(Shape::Rect { class: class.into(), x, y, width, height, title });
    }

    fn line(&mut self, class: &'static str, from: (f64, f64), to: (f64, f64)) {
        let [x1, y1, x2, y2] = [from.0, from.1, to.0, to.1].map(units);
        self.shapes.push(Shape::Line { class, x1, y1, x2, y2 });
    }

    fn text(&mut self, class: &'static str, x: f64, y: f64, text: impl Into<String>) {
        self.shapes.push(Shape::Text { class, x: units(x), y: units(y), text: text.into() });
    }

    /// Words to the left of a row.
    fn name(&mut self, class: &'static str, y: f64, name: &str) {
        let most = ((LEFT - 14.0) / CHARACTER) as usize;
        self.text(class, LEFT - 12.0, y, text::shortened(name, most).into_owned());
    }

    /// The axis' words: the time since the begin.
    fn ticks(&mut self) -> Vec<f64> {
        self.text("pic-head", LEFT - 28.0, self.y, "time since the begin");
        let ticks = self.scale.ticks();
        for tick in &ticks {
            let class = if tick.x > RIGHT - 24.0 { "pic-tick pic-end" } else { "pic-tick" };
            let x = if tick.x > RIGHT - 24.0 { RIGHT } else { tick.x };
            self.text(class, x, self.y, tick.told.clone());
        }
        self.y += 10.0;
        ticks.into_iter().map(|tick| tick.x).collect()
    }

    /// Faint lines behind everything.
    fn grid(&mut self, ticks: &[f64]) {
        let lines = ticks.iter().map(|&x| Shape::Line {
            class: "pic-grid",
            x1: units(x),
            y1: units(22.0),
            x2: units(x),
            y2: units(self.y - 6.0),
        });
        self.shapes.splice(0..0, lines);
        if let Some((from, to)) = self.scale.shortened() {
            let [x, y, width, height] = [from, 22.0, to - from, self.y - 28.0].map(units);
            let class = "pic-short".to_owned();
            self.shapes.insert(0, Shape::Rect { class, x, y, width, height, title: String::new() });
            self.learn("pic-short", "a part of the hold, drawn shorter than it was");
        }
    }

    /// A band a phase; those that overlap are below each other.
    fn phases(&mut self) {
        let facts = self.facts;
        let phases = &facts.record.recovery.phases;
        if phases.is_empty() {
            return;
        }
        let end = facts.end();
        // Bands that are too narrow for their numbers have them above.
        let top = self.y + 16.0;
        let mut free = LEFT - 8.0;
        let mut lanes: Vec<Moment> = Vec::new();
        for (at, phase) in phases.iter().enumerate() {
            let Some(until) = phase.to.or(end) else { continue };
            let lane = lanes.iter().position(|taken| *taken <= phase.from).unwrap_or(lanes.len());
            lanes.resize(lanes.len().max(lane + 1), until);
            lanes[lane] = until;
            let y = top + lane as f64 * LANE;
            let (from, to) = (self.scale.x(phase.from), self.scale.x(until));
            let width = (to - from).max(2.0);
            let name = facts::phase(&phase.name);
            let open = if phase.to.is_none() { " pic-open" } else { "" };
            let title = format!("{}. {}: {}", at + 1, shown(name), facts.took(phase));
            self.rect(format!("{}{open}", class(&phase.name)), from, y, width, BAND, title);
            let middle = f64::midpoint(from, from + width);
            let numbered = format!("{} {}", at + 1, shown(name));
            if width > (numbered.chars().count() + 1) as f64 * CHARACTER {
                self.text(on(&phase.name), middle, y + 16.0, numbered);
            } else if width > 15.0 {
                self.text(on(&phase.name), middle, y + 16.0, (at + 1).to_string());
            } else if lane == 0 {
                let x = middle.max(free + 12.0).min(RIGHT);
                free = x;
                self.line("pic-lead", (middle, y), (x, y - 4.0));
                self.text("pic-number", x, y - 6.0, (at + 1).to_string());
            } else {
                self.text("pic-number", from + width + 7.0, y + 16.0, (at + 1).to_string());
            }
        }
        self.name("pic-name", top + 16.0, "phases");
        self.y = top + lanes.len() as f64 * LANE + 10.0;
    }

    /// Approvals and stops, and below them what went otherwise.
    fn marks(&mut self) {
        let facts = self.facts;
        let record = facts.record;
        let approval = |approval: &Approval| {
            (approval.at, Mark::Approval, format!("approved: {}, by {}", approval.of, approval.by))
        };
        let mut hands: Vec<_> = record.approvals.iter().map(approval).collect();
        hands.extend(facts.stops().map(|Happening { at, what, .. }| (*at, Mark::Stop, what.clone())));
        self.lane("approvals, stops", hands);
        let deviation = |deviation: &Deviation| {
            let mark = if deviation.fails { Mark::Fails } else { Mark::Deviation };
            (deviation.at, mark, deviation.what.clone())
        };
        self.lane("deviations", record.deviations.iter().map(deviation).collect());
    }

    /// A row of marks; those of a kind that are near to each other are one, with their number.
    fn lane(&mut self, name: &str, mut marks: Vec<(Moment, Mark, String)>) {
        if marks.is_empty() {
            return;
        }
        let near = if marks.len() > FEW { FAR } else { NEAR };
        marks.sort_by_key(|(at, mark, _)| (*at, *mark));
        let y = self.y + 8.0;
        self.name("pic-name", y + 4.5, name);
        let mut placed: Vec<(f64, Mark, Vec<String>)> = Vec::new();
        for (at, mark, what) in marks {
            let x = self.scale.x(at);
            let what = format!("{}: {}", self.facts.clock(at), shown(&what));
            match placed.iter_mut().rev().find(|(first, kind, _)| *kind == mark && x - *first < near) {
                Some((_, _, texts)) => texts.push(what),
                None => placed.push((x, mark, vec![what])),
            }
        }
        let mut free = f64::MIN;
        for (x, mark, texts) in placed {
            // Marks of several kinds at one place stand beside each other.
            let x = x.max(free).min(RIGHT);
            free = x + NEAR;
            let more =
                if texts.len() > 3 { format!("; and {} more", number(texts.len() as u64 - 3)) } else { String::new() };
            let title = format!("{}{more}", texts.iter().take(3).cloned().collect::<Vec<_>>().join("; "));
            self.shapes.push(Shape::Path { class: mark.class(), d: mark.path(x, y), title });
            if texts.len() > 1 {
                let count = number(texts.len() as u64);
                free += CHARACTER * count.len() as f64 + 3.0;
                self.text("pic-count", x + 8.0, y + 4.5, count);
            }
            self.learn(mark.class(), mark.told());
        }
        self.y = y + 8.0 + 6.0;
    }

    /// A row a server.
    fn servers(&mut self) {
        let facts = self.facts;
        let servers = &facts.record.servers;
        let Some(end) = facts.end().filter(|_| !servers.is_empty()) else { return };
        self.name("pic-head", self.y + 10.0, "who answered what");
        self.y += 17.0;
        let mut order: Vec<&Server> = servers.iter().collect();
        if order.len() > MOST_SERVERS {
            // Those that did not turn, or gave something else, are the ones to be seen.
            order.sort_by_key(|server| {
                let turned = facts.turned(server);
                (turned.over.is_some() && turned.strays.is_empty(), std::cmp::Reverse(turned.over))
            });
        }
        for server in order.iter().take(MOST_SERVERS) {
            let (name, y) = (shown(&server.server), self.y);
            self.name("pic-name", y + 12.5, &name);
            self.line("pic-rail", (LEFT, y + 8.0), (RIGHT, y + 8.0));
            for (at, answer) in server.answers.iter().enumerate() {
                let until = server.answers.get(at + 1).map_or(end, |next| next.at);
                let (from, to) = (self.scale.x(answer.at), self.scale.x(until));
                let (class, sends) = sends(&answer.sends);
                let said = if answer.said.is_empty() { String::new() } else { format!(" ({})", shown(&answer.said)) };
                let title = format!("{name}: {sends}{said} from {} on", facts.clock(answer.at));
                self.rect(class, from, y, (to - from).max(2.0), 16.0, title);
                self.learn(class, sends);
            }
            self.y += ROW;
        }
        if order.len() > MOST_SERVERS {
            let more = counted((order.len() - MOST_SERVERS) as u64, "more server is", "more servers are");
            self.notes.push(format!("{more} in the table of servers: drawn are those that turned late, or not."));
        }
        self.y += 10.0;
    }

    fn learn(&mut self, class: &'static str, told: &'static str) {
        if !self.legend.iter().any(|known| known.class == class) {
            self.legend.push(Legend { class, told });
        }
    }

    /// People as they come and go back.
    fn people(&mut self) {
        let facts = self.facts;
        let everybody = facts.record.people.len();
        let Some(end) = facts.end().filter(|_| everybody > 0) else { return };
        let (top, bottom) = (self.y + 6.0, self.y + 6.0 + CURVE);
        let height = |count: usize| bottom - count as f64 / everybody as f64 * CURVE;
        self.name("pic-name", top + 5.0, &facts::people(everybody));
        self.name("pic-name", bottom + 3.0, "0");
        self.line("pic-rail", (LEFT, top), (RIGHT, top));
        self.line("pic-base", (LEFT, bottom), (RIGHT, bottom));
        let came: Vec<Moment> = facts.reached().map(|(at, _)| at).collect();
        let mut back: Vec<Moment> = facts.record.people.iter().filter_map(|person| facts.way_back(person)).collect();
        back.sort_unstable();
        let stop = self.scale.x(end);
        if !came.is_empty() {
            let (steps, last) = self.steps(&came, &height, stop);
            let title = format!("{} of {}", number(came.len() as u64), facts::people(everybody));
            let area = format!("M{} {}{steps}L{} {}Z", units(LEFT), units(bottom), units(stop), units(bottom));
            self.shapes.push(Shape::Path { class: "pic-area", d: area, title: String::new() });
            let d = format!("M{} {}{steps}", units(LEFT), units(bottom));
            self.shapes.push(Shape::Path { class: "pic-came", d, title: title.clone() });
            let (label, at) = (format!("{title} there"), self.scale.x(came[came.len() - 1]) + 7.0);
            let wide = label.chars().count() as f64 * CHARACTER;
            // Below the curve, where it has come to its height and nobody is on the way back yet.
            let free = back.first().map_or(RIGHT, |first| self.scale.x(*first));
            let y = (last + 15.0).min(bottom - 5.0);
            if at + wide < free {
                self.text("pic-label", at, y, label);
            } else {
                self.text("pic-label pic-end", free.min(stop) - 5.0, y, label);
            }
            self.learn("pic-came", "people who were seen there, added up");
        }
        if !back.is_empty() {
            let (steps, _) = self.steps(&back, &height, stop);
            let d = format!("M{} {}{steps}", units(self.scale.x(back[0])), units(bottom));
            let title = format!("{} back", facts::people(back.len()));
            self.shapes.push(Shape::Path { class: "pic-back", d, title });
            self.learn("pic-back", "people who were seen back, added up");
        }
        for (times, class, from, to) in
            [(&came, "pic-rug", bottom + 2.0, bottom + 8.0), (&back, "pic-rug pic-home", bottom + 10.0, bottom + 16.0)]
        {
            // Of a crowd the curve tells more.
            for at in times.iter().filter(|_| everybody <= CROWD) {
                let x = self.scale.x(*at);
                self.line(class, (x, from), (x, to));
            }
        }
        self.y = bottom + 16.0 + 10.0;
    }

    /// A curve that goes up a step at each instant, and how high it comes.
    fn steps(&self, times: &[Moment], height: &impl Fn(usize) -> f64, stop: f64) -> (String, f64) {
        let mut d = String::new();
        let mut drawn = String::new();
        for (at, time) in times.iter().enumerate() {
            let x = units(self.scale.x(*time));
            // Steps at one place are one.
            if times.get(at + 1).is_some_and(|next| units(self.scale.x(*next)) == x) {
                continue;
            }
            let y = units(height(at + 1));
            if y != drawn {
                d.push_str(&format!("H{x}V{y}"));
                drawn = y;
            }
        }
        d.push_str(&format!("H{}", units(stop)));
        (d, height(times.len()))
    }

    /// A line where the objective would have been missed.
    fn objective(&mut self) {
        let facts = self.facts;
        let rto = facts.record.recovery.rto_secs;
        let Some(began) = facts.record.began_at else { return };
        let missed_at = i64::try_from(rto.saturating_mul(1000)).unwrap_or(i64::MAX);
        let at = Moment::from_millis(began.millis().saturating_add(missed_at));
        if !self.scale.has(at) {
            self.notes.push(format!("The objective of {} lies beyond the end of the picture.", span(rto)));
            return;
        }
        let (x, bottom) = (self.scale.x(at), self.y - 6.0);
        self.line("pic-objective", (x, 24.0), (x, bottom));
        let class = if x > RIGHT - 130.0 { "pic-limit pic-end" } else { "pic-limit" };
        let beside = if x > RIGHT - 130.0 { x - 5.0 } else { x + 5.0 };
        self.text(class, beside, bottom + 9.0, format!("objective {}", span(rto)));
        self.y += 10.0;
    }
}

/// The marks above the rows, in the order in which they stand at one place.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Mark {
    Approval,
    Deviation,
    Fails,
    Stop,
}

impl Mark {
    const fn class(self) -> &'static str {
        match self {
            Self::Approval => "pic-approval",
            Self::Deviation => "pic-deviation",
            Self::Fails => "pic-fails",
            Self::Stop => "pic-stop",
        }
    }

    const fn told(self) -> &'static str {
        match self {
            Self::Approval => "an approval",
            Self::Deviation => "something went otherwise",
            Self::Fails => "something went otherwise, and it failed by that",
            Self::Stop => "a stop",
        }
    }

    /// Its outline around a place: a diamond, a triangle, a cross, a square.
    fn path(self, x: f64, y: f64) -> String {
        let at = |points: &[(f64, f64)]| {
            let mut d = String::new();
            for (step, (dx, dy)) in points.iter().enumerate() {
                d.push_str(&format!("{}{} {}", if step == 0 { 'M' } else { 'L' }, units(x + dx), units(y + dy)));
            }
            d
        };
        match self {
            Self::Approval => at(&[(0.0, -6.0), (5.5, 0.0), (0.0, 6.0), (-5.5, 0.0), (0.0, -6.0)]),
            Self::Deviation | Self::Fails => at(&[(0.0, -6.0), (6.0, 5.0), (-6.0, 5.0), (0.0, -6.0)]),
            Self::Stop => at(&[(-5.0, -5.0), (5.0, -5.0), (5.0, 5.0), (-5.0, 5.0), (-5.0, -5.0)]),
        }
    }
}

/// The class of a phase's band.
pub(super) fn class(name: &str) -> &'static str {
    match name {
        "warm-up" => "phase phase-warm-up",
        "approval" => "phase phase-approval",
        "dns-change" => "phase phase-dns-change",
        "propagation" => "phase phase-propagation",
        "connection" => "phase phase-connection",
        "hold" => "phase phase-hold",
        "return" => "phase phase-return",
        "cool-down" => "phase phase-cool-down",
        _ => "phase phase-other",
    }
}

/// The class of a text on that band.
fn on(name: &str) -> &'static str {
    match name {
        "dns-change" | "connection" => "pic-on pic-on-dark",
        _ => "pic-on",
    }
}

/// The class of what a server gives, and its words.
fn sends(sends: &str) -> (&'static str, &'static str) {
    match sends {
        "primary" => ("gives gives-primary", "sends people to the primary side"),
        "standby" => ("gives gives-standby", "sends people to the standby side"),
        "none" => ("gives gives-none", "gave no answer, or none of use"),
        _ => ("gives gives-other", "sends people elsewhere"),
    }
}

/// The picture in words.
fn told(facts: &Facts<'_>) -> String {
    let record = facts.record;
    let mut told = vec![facts.headline()];
    if let (Some(from), Some(to)) = (record.began_at, facts.end()) {
        told.push(format!("From {} to {} UTC", facts.clock(from), facts.clock(to)));
    }
    let phases: Vec<String> = record
        .recovery
        .phases
        .iter()
        .map(|phase| format!("{} {}", shown(facts::phase(&phase.name)), facts.took(phase)))
        .collect();
    if !phases.is_empty() {
        told.push(format!("Phases: {}", phases.join(", ")));
    }
    let mut over: Vec<Moment> = record.servers.iter().filter_map(|server| facts.turned(server).over).collect();
    over.sort_unstable();
    if let Some(last) = over.last() {
        let servers = counted(record.servers.len() as u64, "server", "servers");
        told.push(format!("{} of {servers} turned over, the last after {}", over.len(), facts.after(*last)));
    }
    if !record.deviations.is_empty() {
        told.push(counted(record.deviations.len() as u64, "deviation", "deviations"));
    }
    told.push("The tables below have all of it".to_owned());
    let mut text = shown(&told.join(". "));
    text.push('.');
    text
}
