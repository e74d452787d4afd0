//! DIR-004: AWS deregisters a directory whose desktops nobody uses, and a cold standby is just that.
//!
//! What "used" means exactly is not documented (AWS-FACTS §1.2): the rule takes the last known connection of a user, which is an inference.

use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::directory::WorkspaceDirectory;
use crate::model::{Dataset, Moment, PairView, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};

/// DIR-004 auto-deregistration-near.
pub(super) struct AutoDeregistrationNear;

/// Positions in the cases.
const EMPTY: usize = 0;
const UNUSED: usize = 1;

static META: Meta = Meta {
    id: "DIR-004",
    name: "auto-deregistration-near",
    area: Area::Directories,
    summary: "AWS may soon deregister the standby directory, for nobody uses a WorkSpace of it",
    cases: &[
        Case { key: "empty", severity: Severity::High, effect: Effect::None, uncounted: false },
        Case { key: "unused", severity: Severity::Low, effect: Effect::None, uncounted: false },
    ],
    reach: Reach::Pair,
    implies: &[],
    needs: &[Dataset::Registrations, Dataset::Directories, Dataset::Aliases, Dataset::Workspaces, Dataset::Connections],
    controls: &[controls::REL13_BP02, controls::EUCREL05, controls::CP_7, controls::A_5_30],
    remedy: "Keep a desktop in the standby directory and have somebody sign in to it every week or two; a drill counts.",
    options: &[],
    doc: include_str!("auto_deregistration_near.md"),
};

const NOT_REGISTERED: &str = "the pair has no registered directory in the standby Region";
const SPARED: &str = "AWS deregisters only directories of Simple AD and AD Connector by itself";
const KINDLESS: Unknown = Unknown::Undetermined("the type of the standby directory is missing from the answer");
const UNTOLD: Unknown = Unknown::Undetermined("the answer left out the connection status of a standby desktop");

/// For how long nobody may have used a desktop before it is said, in seconds: 23 days, a week before AWS deregisters the directory.
const QUIET: i64 = 23 * 24 * 3600;

/// What is known of the use of a directory's desktops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    /// It holds none.
    Empty,
    /// Somebody was last seen at this instant; `None` where nobody ever was.
    Last(Option<Moment>),
}

/// Who used a directory's desktops, and why that may not be all.
fn usage(pair: &PairView<'_>, directory: &WorkspaceDirectory) -> (Use, Option<Unknown>) {
    let symbols = &pair.estate.symbols;
    let (desktops, connections) = (&pair.standby.workspaces, &pair.standby.connections);
    let is_leaving = |state: &str| matches!(state, "TERMINATING" | "TERMINATED");
    // A table by the texts' numbers: a byte each, where a set of a million desktops would cost more.
    let mut unheard = vec![false; symbols.count()];
    let mut count = 0_u32;
    if let Some(id) = symbols.find(&directory.directory_id) {
        for row in desktops.items().iter().filter(|row| row.directory == id && !is_leaving(symbols.text(row.state))) {
            unheard[row.id.index()] = true;
            count += 1;
        }
    }
    if count == 0 {
        return (Use::Empty, desktops.gap().map(Unknown::Gap));
    }
    let mut last: Option<Moment> = None;
    for row in connections.items() {
        if std::mem::take(&mut unheard[row.workspace.index()]) {
            last = last.max(row.last_known);
            count -= 1;
        }
    }
    let untold = (count > 0).then(|| connections.gap().map_or(UNTOLD, Unknown::Gap));
    (Use::Last(last), untold.or(desktops.gap().map(Unknown::Gap)))
}

fn is_quiet(pair: &PairView<'_>, last: Option<Moment>) -> bool {
    last.is_none_or(|last| pair.judged_at.secs_since(last) >= QUIET)
}

impl Rule for AutoDeregistrationNear {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let directory = match pair.standby_registration() {
            Ok(Some(directory)) if directory.state == "REGISTERED" => directory,
            Ok(_) => return sheet.not_applicable(NOT_REGISTERED),
            Err(why) => return sheet.unknown(Subject::Directories, why),
        };
        match directory.directory_type.as_str() {
            "AD_CONNECTOR" | "SIMPLE_AD" => {}
            "" => return sheet.unknown(Subject::Directories, KINDLESS),
            _ => return sheet.not_applicable(SPARED),
        }
        match usage(pair, directory) {
            (Use::Last(last), _) if !is_quiet(pair, last) => sheet.pass(),
            (_, Some(why)) => sheet.unknown(Subject::Directories, why),
            (Use::Empty, None) => sheet.fail(Subject::Directories, EMPTY),
            (Use::Last(_), None) => sheet.fail(Subject::Directories, UNUSED),
        }
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, _: usize) -> Wording {
        let names = subject.names(pair);
        let (id, region) = (&names.standby, &pair.settings.standby.region);
        let found = pair.standby_registration().ok().flatten().map(|directory| usage(pair, directory).0);
        let what = match found {
            Some(Use::Last(Some(last))) => {
                let days = pair.judged_at.secs_since(last) / (24 * 3600);
                format!("nobody has connected to a desktop of {id} in {region} for {days} days")
            }
            Some(Use::Last(None)) => format!("nobody has ever connected to a desktop of {id} in {region}"),
            Some(Use::Empty) | None => format!("{id} in {region} is registered and holds no desktop"),
        };
        Wording::new(format!(
            "{what}: AWS deregisters a Simple AD or an AD Connector of which no WorkSpace is used for 30 days"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, HOUR, On, TAKEN_AT};

    /// The clean estate, in which the last connection to a standby desktop was so many days ago.
    fn quiet_for(days: i64) -> Fixture {
        let mut fixture = Fixture::clean();
        for (at, row) in fixture.side(On::Standby).connections.items_mut().iter_mut().enumerate() {
            row.last_known = Some(Moment::from_secs(TAKEN_AT.secs() - (days + at as i64) * 24 * HOUR));
        }
        fixture
    }

    fn empty() -> Fixture {
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).workspaces.items_mut().clear();
        fixture.side(On::Standby).connections.items_mut().clear();
        fixture
    }

    #[test]
    fn passes_while_somebody_uses_a_desktop() {
        assert_eq!(Fixture::clean().verdicts(&AutoDeregistrationNear), (1, vec![]));
        assert_eq!(quiet_for(22).verdicts(&AutoDeregistrationNear), (1, vec![]), "one of them is enough");
    }

    #[test]
    fn fails_a_week_before_for_desktops_that_nobody_uses() {
        let fixture = quiet_for(23);
        assert_eq!(fixture.verdicts(&AutoDeregistrationNear), (0, vec!["unused corp.example".to_owned()]));
        let message = fixture.words(&AutoDeregistrationNear).message;
        assert!(
            message.starts_with("nobody has connected to a desktop of d-92670000bb in us-west-2 for 23 days: "),
            "{message}"
        );
        let mut fixture = quiet_for(23);
        fixture.side(On::Standby).connections.items_mut().iter_mut().for_each(|row| row.last_known = None);
        assert_eq!(fixture.verdicts(&AutoDeregistrationNear).1, ["unused corp.example"]);
        assert!(fixture.words(&AutoDeregistrationNear).message.starts_with("nobody has ever connected"));
        assert_eq!(fixture.run(&[&AutoDeregistrationNear]).pairs[0].readiness.ready, 3);
    }

    #[test]
    fn fails_for_a_directory_without_desktops() {
        let fixture = empty();
        assert_eq!(fixture.verdicts(&AutoDeregistrationNear), (0, vec!["empty corp.example".to_owned()]));
        let message = fixture.words(&AutoDeregistrationNear).message;
        assert!(message.starts_with("d-92670000bb in us-west-2 is registered and holds no desktop: "), "{message}");
        // Those of another directory, and those on their way out, are none.
        let mut fixture = Fixture::clean();
        let (other, leaving) = (fixture.sym("d-92670000ee"), fixture.sym("TERMINATING"));
        fixture.desktop(On::Standby, "anna").directory = other;
        fixture.desktop(On::Standby, "bert").directory = other;
        fixture.desktop(On::Standby, "carla").state = leaving;
        assert_eq!(fixture.verdicts(&AutoDeregistrationNear).1, ["empty corp.example"]);
    }

    #[test]
    fn a_status_that_was_left_out_is_not_never() {
        let mut fixture = quiet_for(40);
        fixture.side(On::Standby).connections.items_mut().remove(1);
        assert_eq!(fixture.judge(&AutoDeregistrationNear).unknowns(), [(Subject::Directories, UNTOLD)]);
    }

    #[test]
    fn other_types_are_spared() {
        let mut fixture = empty();
        fixture.registration(On::Standby).directory_type = "SIMPLE_AD".to_owned();
        assert_eq!(fixture.verdicts(&AutoDeregistrationNear).1, ["empty corp.example"]);
        for kind in ["MICROSOFT_AD", "CUSTOMER_MANAGED", "AWS_IAM_IDENTITY_CENTER"] {
            fixture.registration(On::Standby).directory_type = kind.to_owned();
            assert_eq!(fixture.judge(&AutoDeregistrationNear).reasons(), [SPARED]);
        }
        fixture.registration(On::Standby).directory_type.clear();
        assert_eq!(fixture.judge(&AutoDeregistrationNear).unknowns(), [(Subject::Directories, KINDLESS)]);
        fixture.registration(On::Standby).state = "ERROR".to_owned();
        assert_eq!(fixture.judge(&AutoDeregistrationNear).reasons(), [NOT_REGISTERED]);
    }

    #[test]
    fn denied_calls_are_named() {
        Fixture::clean().assert_gaps_are_no_passes(&AutoDeregistrationNear);
        quiet_for(40).assert_gaps_are_no_passes(&AutoDeregistrationNear);
        empty().assert_gaps_are_no_passes(&AutoDeregistrationNear);
    }
}
