//! SEC-015: the add-in that people's clients offer must be the same in both Regions.

use super::compared::{self, Compares, Member};
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::directory::{ClientAddIn, WorkspaceDirectory};
use crate::model::{Dataset, GapId, PairView, Subject};
use crate::registered;
use crate::rule::{Rule, Sheet, Wording};

/// SEC-015 client-add-ins.
pub(super) struct ClientAddIns;

static META: Meta = Meta {
    id: "SEC-015",
    name: "client-add-ins",
    area: Area::Security,
    summary: "the directories' clients offer different add-ins for Amazon Connect",
    cases: &[Case { key: "differ", severity: Severity::Low, effect: Effect::None, uncounted: false }],
    reach: Reach::Pair,
    implies: &[],
    needs: &[Dataset::AddIns, Dataset::Registrations, Dataset::Aliases],
    controls: &[controls::REL13_BP04, controls::CM_6, controls::A_5_30],
    remedy: "Create, change or delete the standby directory's Connect add-in, so that it has the primary's name and address.",
    options: &[],
    doc: include_str!("client_add_ins.md"),
};

const NOWHERE: &str = "neither directory has a Connect add-in";

fn compare(p: &[ClientAddIn], s: &[ClientAddIn]) -> Vec<Member> {
    let member = |path: &str, title: &'static str, value: fn(&ClientAddIn) -> &String| {
        let shown = |side: &[ClientAddIn]| {
            let mut sorted: Vec<&ClientAddIn> = side.iter().collect();
            sorted.sort_by_key(|add_in| (&add_in.name, &add_in.url));
            sorted.into_iter().map(value).cloned().collect::<Vec<_>>().join(", ")
        };
        let (primary, standby) = (shown(p), shown(s));
        // Where there is none, there is none: its list is never absent.
        let compares = if primary == standby { Compares::Same } else { Compares::Differs(0) };
        Member::new(path, title, (primary, standby), compares)
    };
    vec![member("AddIns.Name", "name", |add_in| &add_in.name), member("AddIns.URL", "address", |add_in| &add_in.url)]
}

/// Both sides' add-ins, compared.
fn members(pair: &PairView<'_>, p: &WorkspaceDirectory, s: &WorkspaceDirectory) -> Result<Vec<Member>, Vec<GapId>> {
    match (pair.primary.add_ins_of(&p.directory_id), pair.standby.add_ins_of(&s.directory_id)) {
        (Ok(p), Ok(s)) => Ok(compare(p, s)),
        (p, s) => Err([p.err(), s.err()].into_iter().flatten().collect()),
    }
}

impl Rule for ClientAddIns {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let Some((p, s)) = registered::both(pair, sheet) else { return };
        match members(pair, p, s) {
            Ok(members) => compared::settle(&META, sheet, &members, NOWHERE),
            Err(gaps) => gaps.into_iter().for_each(|gap| sheet.unknown(Subject::Directories, gap)),
        }
    }

    fn word(&self, pair: &PairView<'_>, _: Subject, _: usize) -> Wording {
        let both = pair.registrations().ok().flatten();
        let members = both.and_then(|(p, s)| members(pair, p, s).ok()).unwrap_or_default();
        let ways = compared::ways(&members, &[(0, "differ in")]);
        compared::wording(
            format!("the Connect add-ins of clients in {} {ways}", pair.settings.standby.region),
            &members,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::{Estate, Unknown};
    use crate::registered::NOT_BOTH;

    fn add_ins(fixture: &mut Fixture, on: On) -> &mut Vec<ClientAddIn> {
        let directory = fixture.directory_id(on);
        fixture.side(on).add_ins.get_mut(&directory).expect("asked for").items_mut()
    }

    #[test]
    fn passes_for_the_same_add_in_whatever_its_id() {
        assert_eq!(Fixture::clean().verdicts(&ClientAddIns), (1, vec![]));
    }

    #[test]
    fn fails_for_another_address_another_name_or_none() {
        let mut fixture = Fixture::clean();
        add_ins(&mut fixture, On::Standby)[0].url = "https://west.my.connect.example/".to_owned();
        assert_eq!(fixture.verdicts(&ClientAddIns), (0, vec!["differ corp.example".to_owned()]));
        let words = fixture.words(&ClientAddIns);
        assert_eq!(words.message, "the Connect add-ins of clients in us-west-2 differ in address");
        assert_eq!((words.drift.len(), words.drift[0].path.as_str()), (1, "AddIns.URL"));
        assert_eq!(fixture.run(&[&ClientAddIns]).pairs[0].readiness.ready, 3);

        add_ins(&mut fixture, On::Standby).clear();
        let words = fixture.words(&ClientAddIns);
        assert_eq!(words.message, "the Connect add-ins of clients in us-west-2 differ in name, address");
        assert_eq!(words.drift[0].standby, "absent");
        add_ins(&mut fixture, On::Primary).clear();
        assert_eq!(fixture.judge(&ClientAddIns).reasons(), [NOWHERE]);
    }

    #[test]
    fn what_was_not_asked_for_is_not_none() {
        let mut fixture = Fixture::clean();
        fixture.side(On::Primary).add_ins.clear();
        let sheet = fixture.judge(&ClientAddIns);
        assert_eq!(sheet.unknowns(), [(Subject::Directories, Unknown::Gap(Estate::NOT_COLLECTED))]);
        fixture.side(On::Standby).registrations.items_mut().clear();
        assert_eq!(fixture.judge(&ClientAddIns).reasons(), [NOT_BOTH]);
    }

    #[test]
    fn gaps_are_no_passes() {
        Fixture::clean().assert_gaps_are_no_passes(&ClientAddIns);
        let mut fixture = Fixture::clean();
        add_ins(&mut fixture, On::Standby).clear();
        fixture.assert_gaps_are_no_passes(&ClientAddIns);
    }
}
