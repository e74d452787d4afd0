//! WSP-006: people should land on the operating system and the streaming protocol that they left.

use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::workspace::WorkspaceRow;
use crate::model::{PairView, Subject, Symbols, Unknown};
use crate::rule::{Rule, Sheet, Wording};
use crate::workspaces::row::{PAIRING, each_pair, primary, standby};
use std::collections::BTreeSet;

/// WSP-006 standby-platform-differs.
pub(super) struct StandbyPlatformDiffers;

static META: Meta = Meta {
    id: "WSP-006",
    name: "standby-platform-differs",
    area: Area::Workspaces,
    summary: "a standby WorkSpace has another operating system or streaming protocol than the primary one",
    cases: &[Case { key: "differs", severity: Severity::High, effect: Effect::Degrades, uncounted: false }],
    reach: Reach::Desktop,
    implies: &[],
    needs: PAIRING,
    controls: &[controls::REL13_BP04, controls::EUCREL02, controls::CP_7, controls::CM_2, controls::A_5_30],
    remedy: "Make the standby desktop anew from the counterpart of the primary's bundle; a protocol alone can be modified.",
    options: &[],
    doc: include_str!("standby_platform_differs.md"),
};

const UNTOLD: Unknown =
    Unknown::Undetermined("a desktop's operating system or streaming protocol is missing from the answer");

/// How a member of two desktops stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Same,
    Differs,
    Untold,
}

/// `UNKNOWN` is a value of the service model, and says as much as none.
fn systems(symbols: &Symbols, p: &WorkspaceRow, s: &WorkspaceRow) -> Standing {
    let untold = |name: &str| name.is_empty() || name == "UNKNOWN";
    let (p, s) = (symbols.text(p.operating_system), symbols.text(s.operating_system));
    match (untold(p) || untold(s), p == s) {
        (true, _) => Standing::Untold,
        (false, true) => Standing::Same,
        (false, false) => Standing::Differs,
    }
}

/// The list has no order of its own.
fn protocols(symbols: &Symbols, p: &WorkspaceRow, s: &WorkspaceRow) -> Standing {
    match (p.protocols.is_none() || s.protocols.is_none(), p.protocols == s.protocols) {
        (true, _) => Standing::Untold,
        (false, true) => Standing::Same,
        (false, false) => {
            let set = |row: &WorkspaceRow| symbols.text(row.protocols).split(',').collect::<BTreeSet<_>>();
            if set(p) == set(s) { Standing::Same } else { Standing::Differs }
        }
    }
}

impl Rule for StandbyPlatformDiffers {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let symbols = &pair.estate.symbols;
        each_pair(pair, sheet, |sheet, subject, p, s| {
            let members = [systems(symbols, p, s), protocols(symbols, p, s)];
            // What surely differs is a fail, whatever else is not told.
            if members.contains(&Standing::Differs) {
                sheet.fail(subject, 0);
            } else if members.contains(&Standing::Untold) {
                sheet.unknown(subject, UNTOLD);
            } else {
                sheet.pass();
            }
        });
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, _: usize) -> Wording {
        let names = subject.names(pair);
        let Some((p, s)) = primary(pair, subject).zip(standby(pair, subject)) else {
            return Wording::new(format!("the standby desktop of {} is of another platform", names.name));
        };
        let symbols = &pair.estate.symbols;
        let members = [
            ("OperatingSystemName", "operating system", systems(symbols, p, s), p.operating_system, s.operating_system),
            ("Protocols", "protocol", protocols(symbols, p, s), p.protocols, s.protocols),
        ];
        let (mut wording, mut other) = (Wording::default(), Vec::new());
        for (member, what, standing, p, s) in members {
            if standing == Standing::Differs {
                let (p, s) = (symbols.text(p), symbols.text(s));
                other.push(format!("{what} {s} for {p}"));
                wording = wording.with(member, p, s);
            }
        }
        wording.message = format!(
            "{}'s standby desktop {} is not like {}: {}",
            names.name,
            names.standby,
            names.primary,
            other.join(", ")
        );
        wording
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::readiness::State;

    /// The clean estate, with bert's standby desktop as given.
    fn with(system: &str, protocols: &str) -> Fixture {
        let mut fixture = Fixture::clean();
        let (system, protocols) = (fixture.sym(system), fixture.sym(protocols));
        let row = fixture.desktop(On::Standby, "bert");
        (row.operating_system, row.protocols) = (system, protocols);
        fixture
    }

    #[test]
    fn the_same_platform_passes() {
        assert_eq!(Fixture::clean().verdicts(&StandbyPlatformDiffers), (3, vec![]));
        let mut fixture = with("WINDOWS_SERVER_2022", "PCOIP,WSP");
        let protocols = fixture.sym("WSP,PCOIP");
        fixture.desktop(On::Primary, "bert").protocols = protocols;
        assert_eq!(fixture.verdicts(&StandbyPlatformDiffers), (3, vec![]));
    }

    #[test]
    fn another_system_or_protocol_fails_and_degrades() {
        for (system, protocols, message) in [
            ("WINDOWS_SERVER_2019", "WSP", "operating system WINDOWS_SERVER_2019 for WINDOWS_SERVER_2022"),
            ("WINDOWS_SERVER_2022", "PCOIP", "protocol PCOIP for WSP"),
            ("UBUNTU_22_04", "PCOIP", "operating system UBUNTU_22_04 for WINDOWS_SERVER_2022, protocol PCOIP for WSP"),
            ("", "PCOIP", "protocol PCOIP for WSP"),
            ("WINDOWS_11", "", "operating system WINDOWS_11 for WINDOWS_SERVER_2022"),
        ] {
            let fixture = with(system, protocols);
            assert_eq!(fixture.verdicts(&StandbyPlatformDiffers), (2, vec!["differs bert".to_owned()]), "{message}");
            let words = fixture.words(&StandbyPlatformDiffers);
            assert_eq!(words.message, format!("bert's standby desktop ws-sbert is not like ws-pbert: {message}"));
            let run = fixture.run(&[&StandbyPlatformDiffers]);
            assert_eq!(run.pairs[0].readiness.states, [State::Ready, State::Degraded, State::Ready]);
        }
        let words = with("WINDOWS_11", "PCOIP").words(&StandbyPlatformDiffers);
        let paths: Vec<&str> = words.drift.iter().map(|drift| drift.path.as_str()).collect();
        assert_eq!(paths, ["OperatingSystemName", "Protocols"]);
    }

    #[test]
    fn what_is_not_told_is_not_passed() {
        for fixture in [with("", "WSP"), with("UNKNOWN", "WSP"), with("WINDOWS_SERVER_2022", "")] {
            let sheet = fixture.judge(&StandbyPlatformDiffers);
            assert_eq!(sheet.unknowns(), [(Subject::Desktop { p: 1, s: 1 }, UNTOLD)]);
            assert_eq!((sheet.passes(), sheet.fails().len()), (2, 0));
        }
    }

    #[test]
    fn nobody_to_judge_is_said() {
        let mut fixture = Fixture::clean();
        fixture.side(On::Primary).workspaces.items_mut().clear();
        assert_eq!(fixture.judge(&StandbyPlatformDiffers).reasons(), [crate::workspaces::row::NOBODY]);
    }

    #[test]
    fn denied_calls_are_named() {
        Fixture::clean().assert_gaps_are_no_passes(&StandbyPlatformDiffers);
        with("WINDOWS_11", "WSP").assert_gaps_are_no_passes(&StandbyPlatformDiffers);
    }
}
