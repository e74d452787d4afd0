//! WSP-003: a standby desktop that is nobody's costs, takes quota, and keeps a leaver's data.

use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::desktops::is_leaving;
use crate::model::pairing::Located;
use crate::model::{PairView, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};
use crate::workspaces::row::PAIRING;
use std::collections::BTreeSet;

/// WSP-003 standby-orphaned.
pub(super) struct StandbyOrphaned;

const ORPHANED: usize = 0;
const SPARE: usize = 1;

static META: Meta = Meta {
    id: "WSP-003",
    name: "standby-orphaned",
    area: Area::Workspaces,
    summary: "a WorkSpace in the standby Region stands in for nobody's",
    cases: &[
        Case { key: "orphaned", severity: Severity::Low, effect: Effect::None, uncounted: false },
        Case { key: "spare", severity: Severity::Low, effect: Effect::None, uncounted: false },
    ],
    reach: Reach::Desktop,
    implies: &[],
    needs: PAIRING,
    controls: &[controls::REL13_BP04, controls::CM_2, controls::A_5_30],
    remedy: "Terminate the desktop where its user has left, after making sure that nobody needs what is on it; otherwise give its user a \
             primary one, or map its user name to the right one.",
    options: &[],
    doc: include_str!("standby_orphaned.md"),
};

/// The pair's directory of the standby Region has nothing in it.
const NO_DESKTOP: &str = "the pair's directory of the standby Region has no WorkSpace that stays";

/// Whose the desktops of the pair's standby directory are beside the pair's own people.
struct Others<'e> {
    /// Other pairs that land in this directory.
    landing: Vec<PairView<'e>>,
    /// Whether people of another pair have their primary desktops in it.
    is_home: bool,
    /// Why a pair may be one of those all the same.
    doubt: Option<Unknown>,
}

impl<'e> Others<'e> {
    fn of(pair: &PairView<'e>) -> Self {
        let mut others = Self { landing: Vec::new(), is_home: false, doubt: None };
        let (estate, ours) = (pair.estate, pair.standby_directory.id());
        for (at, (settings, places)) in estate.settings.pairs.iter().zip(&estate.pairs).enumerate() {
            let [primary, standby] = [places.primary, places.standby].map(|side| &estate.sides[side as usize]);
            let (lands_here, lives_here) = (std::ptr::eq(standby, pair.standby), std::ptr::eq(primary, pair.standby));
            if std::ptr::eq(settings, pair.settings) || !(lands_here || lives_here) {
                continue;
            }
            let (theirs, landing) = pair.located(at);
            let mut is_ours = |directory: &Located| match directory {
                Located::Found { id, .. } => Some(id.as_str()) == ours,
                Located::Absent => false,
                Located::Unknown(why) => {
                    others.doubt = others.doubt.or(Some(*why));
                    false
                }
            };
            let (is_home, lands) = (lives_here && is_ours(&theirs), lands_here && is_ours(&landing));
            others.is_home |= is_home;
            if lands {
                others.landing.push(PairView::new(estate, at, pair.judged_at));
            }
        }
        others
    }

    /// The standby rows of this directory that are somebody's of another pair: all but those that are each pair's orphans.
    fn orphans(&self, ours: BTreeSet<u32>) -> BTreeSet<u32> {
        let of = |pair: &PairView<'_>| pair.desktops.orphans.iter().map(|orphan| orphan.row).collect::<BTreeSet<u32>>();
        self.landing.iter().fold(ours, |left, pair| &left & &of(pair))
    }
}

impl Rule for StandbyOrphaned {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let desktops = &pair.desktops;
        match &pair.standby_directory {
            Located::Unknown(why) => return sheet.unknown(Subject::Pair, *why),
            Located::Absent => return sheet.not_applicable(NO_DESKTOP),
            Located::Found { .. } => {}
        }
        let symbols = &pair.estate.symbols;
        let (rows, home) =
            (pair.standby.workspaces.items(), pair.standby_directory.id().and_then(|id| symbols.find(id)));
        let stays = |at: u32| !is_leaving(symbols.text(rows[at as usize].state));
        let all = rows.iter().filter(|row| Some(row.directory) == home && !is_leaving(symbols.text(row.state)));
        let (mut orphans, mut doubt) = (BTreeSet::new(), desktops.orphans_doubt);
        let mut passes = all.count();
        // Without a directory of the primary side, whose a desktop is was not asked.
        if pair.primary_directory.id().is_none()
            && let (Some(why), 1..) = (desktops.hidden, passes)
        {
            return sheet.unknown(Subject::Pair, why);
        }
        let found: BTreeSet<u32> = desktops.orphans.iter().map(|orphan| orphan.row).filter(|&row| stays(row)).collect();
        if !found.is_empty() {
            let others = Others::of(pair);
            if !others.is_home {
                orphans = others.orphans(found);
            }
            let theirs = others.landing.iter().find_map(|other| other.desktops.orphans_doubt);
            doubt = doubt.or(others.doubt).or(theirs);
        }
        for orphan in desktops.orphans.iter().filter(|orphan| orphans.contains(&orphan.row)) {
            let subject = Subject::Desktop { p: Subject::NONE, s: orphan.row };
            passes -= 1;
            match doubt {
                Some(why) => sheet.unknown(subject, why),
                None => sheet.fail(subject, if orphan.is_spare { SPARE } else { ORPHANED }),
            }
        }
        (0..passes).for_each(|_| sheet.pass());
        if let Some(gap) = pair.standby.workspaces.gap() {
            sheet.unknown(Subject::Pair, gap);
        }
        if sheet.is_empty() {
            sheet.not_applicable(NO_DESKTOP);
        }
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, case: usize) -> Wording {
        let names = subject.names(pair);
        let (here, there) = (&pair.settings.standby.region, &pair.settings.primary.region);
        let message = if case == SPARE {
            format!(
                "{} in {here} bears the name of {}, for whose desktop in {there} another stands in",
                names.standby, names.name
            )
        } else {
            format!("{} in {here} is {}'s, who has no desktop in {there}", names.standby, names.name)
        };
        Wording::new(message).with("WorkspaceId", "absent", names.standby.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, Kept, On};
    use crate::model::settings::PairSettings;
    use crate::model::workspace::{Extra, Related};
    use crate::model::{Dataset, Slice};
    use crate::readiness::State;

    /// The clean estate, and a desktop of somebody who has left.
    fn left() -> Fixture {
        let mut fixture = Fixture::clean();
        fixture.add_desktop(On::Standby, "dora", "standard");
        fixture
    }

    #[test]
    fn passes_where_every_standby_desktop_is_somebodys() {
        assert_eq!(Fixture::clean().verdicts(&StandbyOrphaned), (3, vec![]));
    }

    #[test]
    fn fails_for_a_leavers_desktop_and_touches_nobody() {
        let fixture = left();
        assert_eq!(fixture.verdicts(&StandbyOrphaned), (3, vec!["orphaned dora".to_owned()]));
        let words = fixture.words(&StandbyOrphaned);
        assert_eq!(words.message, "ws-sdora in us-west-2 is dora's, who has no desktop in us-east-1");
        assert_eq!((&*words.drift[0].primary, &*words.drift[0].standby), ("absent", "ws-sdora"));
        let run = fixture.run(&[&StandbyOrphaned]);
        assert!(run.pairs[0].readiness.states.iter().all(|state| *state == State::Ready));
        assert_eq!(run.pairs[0].findings[0].people, 0);
    }

    #[test]
    fn one_whose_primary_desktop_is_on_its_way_out_is_a_leaver() {
        let mut fixture = Fixture::clean();
        let terminating = fixture.sym("TERMINATING");
        fixture.desktop(On::Primary, "bert").state = terminating;
        assert_eq!(fixture.verdicts(&StandbyOrphaned), (2, vec!["orphaned bert".to_owned()]));
        // Their standby desktop goes as well.
        fixture.desktop(On::Standby, "bert").state = terminating;
        assert_eq!(fixture.verdicts(&StandbyOrphaned), (2, vec![]));
    }

    #[test]
    fn one_beside_the_linked_one_is_spare() {
        let mut fixture = Fixture::clean();
        fixture.add_desktop(On::Standby, "Bert", "standard");
        // Two candidates are not one too many: WSP-010 says that nobody can tell.
        assert_eq!(fixture.verdicts(&StandbyOrphaned), (4, vec![]));
        let related = Related {
            workspace_id: "ws-sbert".to_owned(),
            region: "us-west-2".to_owned(),
            r#type: "STANDBY".to_owned(),
            ..Related::default()
        };
        let extra = Extra { related_workspaces: vec![related], ..Extra::default() };
        let extra = fixture.side(On::Primary).extras.keep(extra);
        fixture.desktop(On::Primary, "bert").extra = extra;
        assert_eq!(fixture.verdicts(&StandbyOrphaned), (3, vec!["spare Bert".to_owned()]));
        assert_eq!(
            fixture.words(&StandbyOrphaned).message,
            "ws-sBert in us-west-2 bears the name of Bert, for whose desktop in us-east-1 another stands in"
        );
    }

    /// Adds a second pair with a primary side of its own, whose people are these.
    fn second(fixture: &mut Fixture, change: impl Fn(&mut PairSettings), people: &[&str]) {
        let mut other = fixture.estate.settings.pairs[0].clone();
        "other".clone_into(&mut other.name);
        other.primary.directory = Some("d-90670000ee".to_owned());
        other.standby.directory = Some("d-92670000bb".to_owned());
        change(&mut other);
        let directory = fixture.sym("d-90670000ee");
        for user in people {
            fixture.add_desktop(On::Primary, user, "standard");
            fixture.desktop(On::Primary, user).directory = directory;
        }
        fixture.estate.settings.pairs.push(other);
        let places = fixture.estate.pairs[0];
        fixture.estate.pairs.push(places);
    }

    #[test]
    fn people_of_another_pair_that_lands_here_are_no_leavers() {
        let mut fixture = left();
        second(&mut fixture, |_| {}, &["dora"]);
        assert_eq!(fixture.verdicts(&StandbyOrphaned), (4, vec![]));
        // One that lands in another directory says nothing of this.
        let mut fixture = left();
        second(&mut fixture, |pair| pair.standby.directory = Some("d-92670000ee".to_owned()), &["dora"]);
        assert_eq!(fixture.verdicts(&StandbyOrphaned), (3, vec!["orphaned dora".to_owned()]));
        // Where it cannot be told where it lands, neither can this.
        let mut fixture = left();
        second(&mut fixture, |pair| pair.alias = "other.corp.example".to_owned(), &["dora"]);
        fixture.estate.settings.pairs[1].standby.directory = None;
        let mut spare = fixture.side(On::Standby).registrations.items()[0].clone();
        spare.directory_id = "d-92670000ee".to_owned();
        fixture.side(On::Standby).registrations.items_mut().push(spare);
        let sheet = fixture.judge(&StandbyOrphaned);
        assert_eq!((sheet.passes(), sheet.fails().len(), sheet.unknowns().len()), (3, 0, 1));
    }

    #[test]
    fn people_of_another_pair_who_work_here_are_no_leavers() {
        let mut fixture = left();
        let mut back = fixture.estate.settings.pairs[0].clone();
        "back".clone_into(&mut back.name);
        std::mem::swap(&mut back.primary, &mut back.standby);
        fixture.estate.settings.pairs.push(back);
        let places = fixture.estate.pairs[0];
        fixture.estate.pairs.push(crate::model::PairPlaces {
            primary: places.standby,
            standby: places.primary,
            ..places
        });
        assert_eq!(fixture.verdicts(&StandbyOrphaned), (4, vec![]));
    }

    #[test]
    fn where_people_were_not_listed_nobody_is_a_leaver() {
        let mut fixture = left();
        let gap = fixture.cut(On::Primary, Dataset::Workspaces, Kept::All);
        let sheet = fixture.judge(&StandbyOrphaned);
        assert_eq!((sheet.passes(), sheet.fails().len()), (3, 0));
        assert_eq!(sheet.unknowns(), [(Subject::Desktop { p: Subject::NONE, s: 3 }, Unknown::Gap(gap))]);
        let mut fixture = left();
        fixture.side(On::Primary).aliases.items_mut().clear();
        fixture.side(On::Primary).registrations.items_mut().clear();
        let sheet = fixture.judge(&StandbyOrphaned);
        assert!(matches!(sheet.unknowns(), [(Subject::Pair, Unknown::Undetermined(_))]), "{sheet:?}");
        assert_eq!((sheet.passes(), sheet.fails().len()), (0, 0));
    }

    #[test]
    fn does_not_apply_to_an_empty_directory() {
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).workspaces = Slice::whole_of(Vec::new());
        assert_eq!(fixture.judge(&StandbyOrphaned).reasons(), [NO_DESKTOP]);
        fixture.side(On::Standby).aliases.items_mut().clear();
        fixture.side(On::Standby).registrations.items_mut().clear();
        assert_eq!(fixture.judge(&StandbyOrphaned).reasons(), [NO_DESKTOP]);
    }

    #[test]
    fn denied_calls_are_named() {
        Fixture::clean().assert_gaps_are_no_passes(&StandbyOrphaned);
        left().assert_gaps_are_no_passes(&StandbyOrphaned);
    }
}
