//! One pair: its answer, its two Regions side by side, and everything that was found.

use super::area::{self, Coverage, Glance, RuleRow};
use super::cause::{CauseView, Group};
use super::changed::Changed;
use super::forecast::ForecastView;
use super::headline::Headline;
use super::people::People;
use super::tagged::Tagged;
use super::unseen::{self, BlindView};
use super::{Maker, Of, shown};
use crate::causes::{Blind, Causes};
use crate::json::facts::{self, Prints};
use crate::json::v1;
use crate::outcome;
use crate::text::number;
use deskpair_rules::engine::{PairRun, Run};
use deskpair_rules::model::{Estate, Gap, GapCause, Side, Slice, Unknown};
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct Pair {
    /// Its number on the page, for anchors.
    pub(super) number: usize,
    pub(super) name: String,
    alias: String,
    /// The primary and the standby Region.
    regions: [String; 2],
    sides: Vec<SideRow>,
    headline: Headline,
    notes: Vec<String>,
    /// What has changed since an earlier run, where one is compared with.
    changed: Option<Changed>,
    glances: Vec<Glance>,
    pub(super) groups: Vec<Group>,
    /// How many causes the groups hold.
    fails: usize,
    pub(super) waived: Vec<CauseView>,
    pub(super) blind: Vec<BlindView>,
    /// The IAM actions that would end those gaps.
    denied: Vec<String>,
    pub(super) unsupported: Vec<BlindView>,
    /// How long a failover would take, where what that rests on was collected.
    forecast: Option<ForecastView>,
    /// The same people by the values of a tag, where that was asked for.
    tagged: Option<Tagged>,
    pub(super) people: People,
    coverage: Coverages,
}

/// What was checked.
#[derive(Serialize)]
struct Coverages {
    areas: Vec<Coverage>,
    passed: Vec<RuleRow>,
    not_applicable: Vec<RuleRow>,
}

/// Something of both Regions.
#[derive(Serialize)]
struct SideRow {
    what: &'static str,
    primary: String,
    standby: String,
}

impl Pair {
    /// The headline in one line, with the pair's name.
    pub(super) fn headline(&self) -> String {
        format!("{}: {} {}", self.name, self.headline.count, self.headline.after)
    }
}

impl Maker<'_, '_> {
    pub(super) fn pair(&mut self, at: usize, pair: &PairRun<'_>) -> Pair {
        let run = self.run;
        let prints = Prints::of(run, pair);
        let facts = facts::pair(run, pair, &prints, (), ());
        let causes = Causes::of(run, pair);
        let anchors = anchors(run, pair, &causes, at);
        let of = Of { pair, prints: &prints, anchors: &anchors };
        let groups = self.groups(&of, &causes.fails);
        let waived = causes.waived.iter().map(|cause| self.cause(&of, cause, "waived", false)).collect();
        let (blind, unsupported): (Vec<&Blind>, Vec<&Blind>) =
            causes.blind.iter().partition(|blind| !matches!(blind.why, Unknown::Unsupported(_)));
        // What carries no verdict comes last: nothing is hidden by it.
        let (hides, carried): (Vec<&Blind>, Vec<&Blind>) = blind.into_iter().partition(|blind| blind.subjects > 0);
        let blind = hides.into_iter().chain(carried).collect::<Vec<_>>();
        let blind: Vec<BlindView> = blind.into_iter().map(|blind| self.blind(&of, blind)).collect();
        Pair {
            number: at,
            name: shown(&facts.name),
            alias: shown(&facts.alias),
            regions: [shown(&facts.primary.region), shown(&facts.standby.region)],
            sides: sides(&facts, pair.view.primary, pair.view.standby),
            headline: self.headline(&of, &facts, &causes),
            notes: notes(run, &of, &facts),
            changed: self.changed(&of),
            glances: area::glances(run, &of, &causes),
            fails: causes.fails.len(),
            groups,
            waived,
            denied: unseen::denied(&blind),
            blind,
            unsupported: unsupported.into_iter().map(|blind| self.blind(&of, blind)).collect(),
            forecast: facts.forecast.map(ForecastView::of),
            tagged: self.tagged(pair),
            people: self.people(&of),
            coverage: Coverages {
                areas: area::coverage(&facts.rules),
                passed: area::passed(&facts.rules),
                not_applicable: area::not_applicable(&facts.rules),
            },
        }
    }
}

/// The anchor under which each finding of a pair is shown.
fn anchors(run: &Run<'_>, pair: &PairRun<'_>, causes: &Causes, number: usize) -> Vec<String> {
    let mut anchors = vec![String::new(); pair.findings.len()];
    for (word, group) in [("cause", &causes.fails), ("waived", &causes.waived)] {
        for cause in group {
            let first = &pair.findings[cause.findings[0] as usize];
            let anchor = format!("{word}-{number}-{}-{}", run.meta(first).id, run.case(first).key);
            for &at in cause.findings.iter().chain(cause.consequences.values().flatten()) {
                anchors[at as usize].clone_from(&anchor);
            }
        }
    }
    for (place, blind) in causes.blind.iter().enumerate() {
        for &at in &blind.findings {
            anchors[at as usize] = format!("unseen-{number}-{}", place + 1);
        }
    }
    anchors
}

/// Both Regions, and how much of each was read.
fn sides(facts: &v1::Pair<'_, (), ()>, primary: &Side, standby: &Side) -> Vec<SideRow> {
    let or_unknown =
        |text: &Option<v1::Text<'_>>| text.as_ref().map_or_else(|| "not known".to_owned(), |text| shown(text));
    let row = |what, [primary, standby]: [String; 2]| SideRow { what, primary, standby };
    let both = |told: fn(&Side) -> String| [told(primary), told(standby)];
    vec![
        row("Account", [&facts.primary.account, &facts.standby.account].map(or_unknown)),
        row("Directory", [&facts.primary.directory, &facts.standby.directory].map(or_unknown)),
        row("WorkSpaces", both(|side| count(&side.workspaces))),
        row("Bundles", both(|side| count(&side.bundles))),
        row("Images", both(|side| count(&side.images))),
        row("IP access control groups", both(|side| count(&side.ip_groups))),
    ]
}

/// How many of something were read: never a number that might be taken for all of them.
fn count<T>(slice: &Slice<T>) -> String {
    let read = slice.items().len() as u64;
    match slice.gap() {
        None => number(read),
        Some(Estate::NOT_COLLECTED) if read == 0 => "not asked for".to_owned(),
        Some(_) if read == 0 => "not read".to_owned(),
        Some(_) => format!("{} read, not all", number(read)),
    }
}

/// What the counts leave out, and what keeps the two Regions from being told.
fn notes(run: &Run<'_>, of: &Of<'_, '_>, facts: &v1::Pair<'_, (), ()>) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(why) = of.pair.readiness.hidden {
        let title = unseen::title(run.estate, why);
        notes.push(format!("{}: {title}", outcome::hidden(&of.pair.readiness)));
    }
    let outside: Vec<(&str, u32)> =
        facts.readiness.outside.iter().map(|outside| (&*outside.directory, outside.workspaces)).collect();
    notes.extend(outcome::uncovered(&facts.primary.region, &outside).map(|told| shown(&told)));
    let gap = |side: &Side| {
        let gap = run.estate.gap_of(side.account.clone().err()?);
        // Whom a denial was told to is what could not be told: the words say nothing more.
        let message = if gap.cause == GapCause::Denied { String::new() } else { gap.message.clone() };
        Some(shown(&Gap { message, region: String::new(), ..gap.clone() }.to_string()))
    };
    match (gap(of.pair.view.primary), gap(of.pair.view.standby)) {
        (Some(primary), Some(standby)) if primary == standby => {
            notes.push(format!("The account of neither Region could be told: {primary}"));
        }
        (primary, standby) => {
            for (role, gap) in [("primary", primary), ("standby", standby)] {
                notes.extend(gap.map(|gap| format!("The account of the {role} Region could not be told: {gap}")));
            }
        }
    }
    // Where it is the primary side's, the reason for which people are hidden says so.
    if let Some(missing) = &facts.standby.directory_missing {
        notes.push(shown(&format!("The directory of the standby Region is not known: {missing}")));
    }
    notes
}
