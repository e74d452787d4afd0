//! Who would land on a working desktop: from effect and reach alone, never from severities or waivers.

use crate::engine::{Finding, Verdict};
use crate::meta::{Effect, Reach};
use crate::model::{PairView, Subject, Sym, Unknown};
use crate::rule::Rule;
use hashbrown::HashMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a failover would do to one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Configured to land on a working desktop.
    Ready,
    /// They work, and worse than before.
    Degraded,
    /// It cannot be told.
    Unknown,
    /// They do not reach a working desktop.
    Stranded,
}

impl State {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Degraded => "degraded",
            Self::Unknown => "unknown",
            Self::Stranded => "stranded",
        }
    }
}

/// Who would work, of one pair's people with a primary WorkSpace.
#[derive(Debug, Default)]
pub struct Readiness {
    /// The people that were read.
    pub users: u32,
    /// Those configured to work.
    pub ready: u32,
    /// Those who would work worse.
    pub degraded: u32,
    /// Those who would not.
    pub stranded: u32,
    /// Those of whom it cannot be told.
    pub unknown: u32,
    /// Why there may be more people than were read.
    pub hidden: Option<Unknown>,
    /// A state a person, as in the view's people.
    pub states: Vec<State>,
    /// Findings, by position, that touch everybody.
    pub everybody: Vec<u32>,
    /// Findings, by position, that strand somebody and nothing says whom.
    pub uncounted: Vec<u32>,
    /// Where each person's part of `causes` begins; one more entry than people.
    starts: Vec<u32>,
    /// Findings, by position, that touch single people.
    causes: Vec<u32>,
}

impl Readiness {
    /// The findings, by position, that make a person less than ready: their own, then those that touch everybody.
    pub fn causes_of(&self, person: usize) -> impl Iterator<Item = u32> + '_ {
        self.own_causes_of(person).iter().chain(&self.everybody).copied()
    }

    /// The findings, by position, that touch this person and do not touch everybody.
    pub fn own_causes_of(&self, person: usize) -> &[u32] {
        match (self.starts.get(person), self.starts.get(person + 1)) {
            (Some(&start), Some(&end)) => &self.causes[start as usize..end as usize],
            _ => &[],
        }
    }
}

/// Whom a finding touches.
enum Touched {
    Everybody,
    /// Positions in the view's people, sorted, each once.
    People(Vec<u32>),
}

fn touched(view: &PairView<'_>, reach: Reach, subjects: &[Subject]) -> Touched {
    match reach {
        Reach::Pair => Touched::Everybody,
        Reach::Desktop => {
            let mut people = Vec::new();
            for &subject in subjects {
                match people_of(view, subject) {
                    Touched::Everybody => return Touched::Everybody,
                    Touched::People(more) => people.extend(more),
                }
            }
            people.sort_unstable();
            people.dedup();
            Touched::People(people)
        }
    }
}

fn people_of(view: &PairView<'_>, subject: Subject) -> Touched {
    let desktops = &view.desktops;
    let on_bundle = |bundle: &crate::model::image::Bundle| -> Vec<u32> {
        let bundle = view.estate.symbols.find(&bundle.bundle_id).unwrap_or(Sym::NONE);
        desktops.on_bundle(bundle).iter().map(|&at| desktops.primary[at as usize].person).collect()
    };
    match subject {
        Subject::Desktop { p, .. } => {
            let at = desktops.primary.binary_search_by_key(&p, |desktop| desktop.row);
            Touched::People(at.map(|at| vec![desktops.primary[at].person]).unwrap_or_default())
        }
        Subject::Bundle { p, .. } => {
            Touched::People(view.primary.bundles.items().get(p as usize).map(on_bundle).unwrap_or_default())
        }
        Subject::Image { p, .. } => {
            let Some(image) = view.primary.images.items().get(p as usize) else {
                return Touched::People(Vec::new());
            };
            let bundles = view.primary.bundles.items().iter().filter(|bundle| bundle.image_id == image.image_id);
            Touched::People(bundles.flat_map(on_bundle).collect())
        }
        // They answer for findings that touch people themselves.
        Subject::Waiver(_) | Subject::Attestation(_) => Touched::People(Vec::new()),
        // What rests on the whole pair touches all of it: a gap that hides an unknown number of desktops may hide anybody's.
        Subject::Pair
        | Subject::Alias
        | Subject::Directories
        | Subject::IpGroup { .. }
        | Subject::Platform(_)
        | Subject::FileSystem { .. }
        | Subject::Server(_)
        | Subject::Dependency(_)
        | Subject::ZoneText { .. }
        | Subject::Outside(_)
        | Subject::Quota(_) => Touched::Everybody,
    }
}

const DEGRADES: u8 = 1;
const UNKNOWN: u8 = 2;
const STRANDS: u8 = 4;

pub(crate) fn reckon(
    view: &PairView<'_>,
    rules: &[&'static dyn Rule],
    findings: &mut [Finding],
    hidden: &[Vec<Subject>],
) -> Readiness {
    let people = view.desktops.people.len();
    let mut marks: Vec<u8> = vec![0; people];
    let mut for_all = 0_u8;
    let mut readiness = Readiness { users: people as u32, hidden: view.desktops.hidden, ..Readiness::default() };
    let mut links: Vec<(u32, u32)> = Vec::new();
    for (at, finding) in findings.iter_mut().enumerate() {
        let meta = rules[usize::from(finding.rule)].meta();
        let case = &meta.cases[usize::from(finding.case)];
        let own = [finding.subject];
        let subjects: &[Subject] = if hidden[at].is_empty() { &own } else { &hidden[at] };
        let reached = touched(view, meta.reach, subjects);
        let (mark, counted) = match finding.verdict {
            Verdict::Fail | Verdict::Waived => match case.effect {
                Effect::Strands if case.uncounted => {
                    readiness.uncounted.push(at as u32);
                    (0, false)
                }
                Effect::Strands => (STRANDS, true),
                Effect::Degrades => (DEGRADES, true),
                Effect::None | Effect::Exposes => (0, true),
            },
            // It hides nobody: other evidence carried the verdicts.
            Verdict::NotEvaluated if finding.subjects == 0 => (0, false),
            Verdict::NotEvaluated => match (meta.effect(), finding.unknown) {
                (_, Some(Unknown::Unsupported(_))) => (0, true),
                (Effect::Strands | Effect::Degrades, _) => (UNKNOWN, true),
                (Effect::None | Effect::Exposes, _) => (0, true),
            },
        };
        finding.people = match &reached {
            _ if !counted => 0,
            Touched::Everybody => people as u32,
            Touched::People(people) => people.len() as u32,
        };
        if mark == 0 {
            continue;
        }
        match reached {
            Touched::Everybody => {
                for_all |= mark;
                readiness.everybody.push(at as u32);
            }
            Touched::People(reached) => {
                for person in reached {
                    marks[person as usize] |= mark;
                    links.push((person, at as u32));
                }
            }
        }
    }
    links.sort_unstable();
    readiness.starts = vec![0; people + 1];
    for &(person, _) in &links {
        readiness.starts[person as usize + 1] += 1;
    }
    for person in 0..people {
        readiness.starts[person + 1] += readiness.starts[person];
    }
    readiness.causes = links.into_iter().map(|(_, finding)| finding).collect();
    readiness.states = marks
        .into_iter()
        .map(|mark| match mark | for_all {
            mark if mark & STRANDS != 0 => State::Stranded,
            mark if mark & UNKNOWN != 0 => State::Unknown,
            mark if mark & DEGRADES != 0 => State::Degraded,
            _ => State::Ready,
        })
        .collect();
    for state in &readiness.states {
        *match state {
            State::Ready => &mut readiness.ready,
            State::Degraded => &mut readiness.degraded,
            State::Unknown => &mut readiness.unknown,
            State::Stranded => &mut readiness.stranded,
        } += 1;
    }
    readiness
}

/// Marks the findings that follow from another: one cause reads as one cause.
pub(crate) fn link_roots(view: &PairView<'_>, rules: &[&'static dyn Rule], findings: &mut [Finding]) {
    let position: HashMap<&str, u16> = rules.iter().enumerate().map(|(at, rule)| (rule.meta().id, at as u16)).collect();
    for (root_rule, rule) in rules.iter().enumerate() {
        for implied in rule.meta().implies {
            let Some(&implied) = position.get(implied) else { continue };
            let failed = |finding: &Finding| finding.verdict != Verdict::NotEvaluated;
            let mut by_desktop: HashMap<u32, u32> = HashMap::new();
            let mut others: Vec<(u32, Subject)> = Vec::new();
            for (at, finding) in findings.iter().enumerate() {
                if usize::from(finding.rule) == root_rule && failed(finding) {
                    match finding.subject {
                        Subject::Desktop { p, .. } => {
                            by_desktop.insert(p, at as u32);
                        }
                        subject => others.push((at as u32, subject)),
                    }
                }
            }
            if by_desktop.is_empty() && others.is_empty() {
                continue;
            }
            for finding in findings.iter_mut().filter(|finding| finding.rule == implied && failed(finding)) {
                if finding.root.is_some() {
                    continue;
                }
                finding.root = match finding.subject {
                    Subject::Desktop { p, .. } => by_desktop.get(&p).copied(),
                    _ => None,
                }
                .or_else(|| others.iter().find(|(_, root)| follows(view, *root, finding.subject)).map(|(at, _)| *at));
            }
        }
    }
}

/// Whether what is said of `subject` can follow from what is said of `root`.
fn follows(view: &PairView<'_>, root: Subject, subject: Subject) -> bool {
    /// Whether two subjects name one thing, on either side.
    fn same(left: (u32, u32), right: (u32, u32)) -> bool {
        let equal = |left: u32, right: u32| left == right && left != Subject::NONE;
        equal(left.0, right.0) || equal(left.1, right.1)
    }
    let image_of = |p: u32| view.primary.images.items().get(p as usize).map(|image| image.image_id.as_str());
    let bundle_of = |p: u32| view.primary.bundles.items().get(p as usize);
    let bundles_image = |p: u32| bundle_of(p).map(|bundle| bundle.image_id.as_str());
    let desktops_bundle = |p: u32| {
        let desktop = view.primary.workspaces.items().get(p as usize)?;
        Some(view.estate.symbols.text(desktop.bundle))
    };
    match (root, subject) {
        (Subject::Image { p: root, s: theirs }, Subject::Image { p, s }) => same((root, theirs), (p, s)),
        (Subject::Bundle { p: root, s: theirs }, Subject::Bundle { p, s }) => same((root, theirs), (p, s)),
        (Subject::IpGroup { p: root, s: theirs }, Subject::IpGroup { p, s }) => same((root, theirs), (p, s)),
        (Subject::FileSystem { p: root, s: theirs }, Subject::FileSystem { p, s }) => same((root, theirs), (p, s)),
        (Subject::Platform(root), Subject::Platform(platform)) => root == platform,
        (Subject::Image { p: image, .. }, Subject::Bundle { p, .. })
        | (Subject::Bundle { p, .. }, Subject::Image { p: image, .. }) => {
            image_of(image).is_some_and(|image| bundles_image(p) == Some(image))
        }
        (Subject::Bundle { p: bundle, .. }, Subject::Desktop { p, .. }) => {
            bundle_of(bundle).is_some_and(|bundle| desktops_bundle(p) == Some(&bundle.bundle_id))
        }
        (Subject::Image { p: image, .. }, Subject::Desktop { p, .. }) => {
            let bundle = desktops_bundle(p);
            let bundle = view.primary.bundles.items().iter().find(|known| bundle == Some(&known.bundle_id));
            bundle.zip(image_of(image)).is_some_and(|(bundle, image)| bundle.image_id == image)
        }
        (Subject::Desktop { .. }, Subject::Desktop { .. }) => false,
        // What rests on the whole pair follows from anything that was said of a part of it.
        (_, _) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Options, evaluate};
    use crate::fixture::{Fixture, On, TAKEN_AT};

    #[test]
    fn the_words_are_those_that_reports_publish() {
        let words = [State::Ready, State::Degraded, State::Unknown, State::Stranded].map(State::as_str);
        assert_eq!(words, ["ready", "degraded", "unknown", "stranded"]);
        let written = [State::Ready, State::Degraded, State::Unknown, State::Stranded]
            .map(|state| serde_json::to_value(state).expect("a word"));
        assert_eq!(written, words);
    }

    /// An image touches those whose bundle rests on it, and a bundle those who are on it: by name, not by number.
    #[test]
    fn an_image_touches_those_on_its_bundles_and_nobody_else() {
        for (image, expected) in [("standard-image", ["anna", "zoe"].as_slice()), ("power-image", &["carl"])] {
            let mut fixture = Fixture::clean();
            for on in [On::Primary, On::Standby] {
                fixture.side(on).workspaces.items_mut().clear();
                for (user, bundle) in [("anna", "standard"), ("carl", "power"), ("zoe", "standard")] {
                    fixture.add_desktop(on, user, bundle);
                }
            }
            fixture.side(On::Standby).images.items_mut().retain(|known| known.name != image);
            let options = Options { rules: ["IMG-001".to_owned()].into(), ..Options::at(TAKEN_AT) };
            let run = evaluate(&fixture.estate, options);
            let pair = &run.pairs[0];
            let people = pair.view.desktops.people.iter().zip(&pair.readiness.states);
            let touched: Vec<&str> = people
                .filter(|(_, state)| **state != State::Ready)
                .map(|(person, _)| fixture.estate.symbols.text(person.name))
                .collect();
            assert_eq!(touched, expected, "{image}");
            assert_eq!(pair.findings[0].people as usize, expected.len());
        }
    }

    /// What strands somebody uncounted is beside the numbers, and in none of them.
    #[test]
    fn an_uncounted_fail_touches_nobody_in_the_counts() {
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).ip_groups.items_mut()[0].user_rules.pop();
        let options = Options { rules: ["IPG-005".to_owned()].into(), ..Options::at(TAKEN_AT) };
        let run = evaluate(&fixture.estate, options);
        let readiness = &run.pairs[0].readiness;
        assert_eq!((readiness.uncounted.as_slice(), readiness.ready), ([0].as_slice(), readiness.users));
        assert_eq!((run.pairs[0].findings[0].people, readiness.everybody.len()), (0, 0));
    }

    /// What is said of a thing follows from what is said of the same thing, or of what it rests on: of nothing else.
    #[test]
    fn a_consequence_follows_from_its_own_root_alone() {
        let mut fixture = Fixture::clean();
        for on in [On::Primary, On::Standby] {
            fixture.side(on).workspaces.items_mut().clear();
            for (user, bundle) in [("anna", "standard"), ("carl", "power")] {
                fixture.add_desktop(on, user, bundle);
            }
        }
        let view = fixture.view();
        let at = |name: &str| {
            let images = view.primary.images.items().iter().position(|image| image.name == format!("{name}-image"));
            let bundles =
                view.primary.bundles.items().iter().position(|bundle| bundle.name == format!("{name}-bundle"));
            (images.expect("an image") as u32, bundles.expect("a bundle") as u32)
        };
        let ((image, bundle), (other_image, other_bundle)) = (at("standard"), at("power"));
        const NONE: u32 = Subject::NONE;
        let of_image = |p: u32, s: u32| Subject::Image { p, s };
        // One thing, by either side; two things that lack the other side are two.
        assert!(follows(&view, of_image(0, 7), of_image(0, 8)) && follows(&view, of_image(3, 7), of_image(4, 7)));
        assert!(follows(&view, of_image(NONE, 7), of_image(NONE, 7)));
        assert!(!follows(&view, of_image(0, 7), of_image(1, 8)));
        assert!(!follows(&view, of_image(0, NONE), of_image(1, NONE)));
        assert!(!follows(&view, of_image(NONE, 1), of_image(NONE, 2)));
        // A bundle and its image, either way.
        let of_bundle = |p: u32| Subject::Bundle { p, s: NONE };
        for (root, theirs, not) in [
            (of_image(image, NONE), of_bundle(bundle), of_bundle(other_bundle)),
            (of_bundle(bundle), of_image(image, NONE), of_image(other_image, NONE)),
        ] {
            assert!(follows(&view, root, theirs) && !follows(&view, root, not), "{root:?}");
        }
        // A desktop, its bundle, and its bundle's image.
        let of_desktop = |p: u32| Subject::Desktop { p, s: NONE };
        for root in [of_bundle(bundle), of_image(image, NONE)] {
            assert!(follows(&view, root, of_desktop(0)) && !follows(&view, root, of_desktop(1)), "{root:?}");
        }
        assert!(!follows(&view, of_desktop(0), of_desktop(0)), "by its row alone");
    }
}
