//! SEC-006: the devices that may connect must be the same in both Regions.

use super::compared::{self, Compares, Member};
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::directory::{AccessProperties, WorkspaceDirectory};
use crate::model::{Dataset, PairView, Subject, Unknown};
use crate::registered;
use crate::rule::{Rule, Sheet, Wording};

/// SEC-006 device-access.
pub(super) struct DeviceAccess;

/// Positions in the cases.
const SHUT_OUT: usize = 0;
const LET_IN: usize = 1;

static META: Meta = Meta {
    id: "SEC-006",
    name: "device-access",
    area: Area::Security,
    summary: "the directories differ in which kinds of device may connect",
    cases: &[
        Case { key: "shut-out", severity: Severity::High, effect: Effect::Strands, uncounted: true },
        Case { key: "let-in", severity: Severity::High, effect: Effect::Exposes, uncounted: false },
    ],
    reach: Reach::Pair,
    implies: &[],
    needs: &[Dataset::Registrations, Dataset::Aliases],
    controls: &[controls::REL13_BP04, controls::CM_6, controls::A_5_29, controls::A_5_30],
    remedy: "Set the device types that the finding names alike on both directories, to ALLOW or DENY: a type that was once set cannot be \
             unset.",
    options: &[],
    doc: include_str!("device_access.md"),
};

const NO_SUCH_VALUE: &str = "a device type's access is neither ALLOW nor DENY";
const NOWHERE: &str = "neither directory sets access by device type";

/// A device type's access, from the narrowest on. What holds where nothing is set is documented nowhere: it lies between the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Access {
    Deny,
    Unset,
    Allow,
}

impl Access {
    fn of(value: &str) -> Option<Self> {
        match value {
            "DENY" => Some(Self::Deny),
            "" => Some(Self::Unset),
            "ALLOW" => Some(Self::Allow),
            _ => None,
        }
    }
}

/// Every device type: the member, what people call it, and its value on a side.
type Device = (&'static str, &'static str, fn(&AccessProperties) -> &str);

const DEVICES: [Device; 9] = [
    ("DeviceTypeWindows", "Windows", |access| &access.device_type_windows),
    ("DeviceTypeOsx", "macOS", |access| &access.device_type_osx),
    ("DeviceTypeWeb", "web browsers", |access| &access.device_type_web),
    ("DeviceTypeIos", "iOS", |access| &access.device_type_ios),
    ("DeviceTypeAndroid", "Android", |access| &access.device_type_android),
    ("DeviceTypeChromeOs", "Chromebooks", |access| &access.device_type_chrome_os),
    ("DeviceTypeZeroClient", "zero clients", |access| &access.device_type_zero_client),
    ("DeviceTypeLinux", "Linux", |access| &access.device_type_linux),
    ("DeviceTypeWorkSpacesThinClient", "WorkSpaces Thin Client", |access| &access.device_type_workspaces_thin_client),
];

/// A device type on both sides.
fn compares(primary: &str, standby: &str) -> Compares {
    if primary == standby {
        return Compares::Same;
    }
    match (Access::of(primary), Access::of(standby)) {
        (Some(primary), Some(standby)) if standby < primary => Compares::Differs(SHUT_OUT),
        (Some(_), Some(_)) => Compares::Differs(LET_IN),
        (_, _) => Compares::Untold(Unknown::Undetermined(NO_SUCH_VALUE)),
    }
}

fn compare(p: &WorkspaceDirectory, s: &WorkspaceDirectory) -> Vec<Member> {
    let of = |side: &WorkspaceDirectory, value: fn(&AccessProperties) -> &str| {
        side.workspace_access_properties.as_ref().map_or("", value).to_owned()
    };
    DEVICES
        .iter()
        .map(|&(member, title, value)| {
            let (primary, standby) = (of(p, value), of(s, value));
            let compares = compares(&primary, &standby);
            Member::new(format!("WorkspaceAccessProperties.{member}"), title, (primary, standby), compares)
        })
        .collect()
}

impl Rule for DeviceAccess {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let Some((p, s)) = registered::both(pair, sheet) else { return };
        compared::settle(&META, sheet, &compare(p, s), NOWHERE);
    }

    fn word(&self, pair: &PairView<'_>, _: Subject, _: usize) -> Wording {
        let members = compared::of(pair, compare);
        let ways = compared::ways(&members, &[(SHUT_OUT, "is narrower for"), (LET_IN, "is wider for")]);
        let mut wording =
            compared::wording(format!("device access in {} {ways}", pair.settings.standby.region), &members);
        if wording.drift.iter().any(|line| line.primary == "absent" || line.standby == "absent") {
            wording
                .message
                .push_str("; where a type is set on one side alone, no document says what holds on the other");
        }
        wording
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};

    /// Web and Android on both sides.
    fn web(primary: &str, standby: &str) -> Fixture {
        let mut fixture = Fixture::clean();
        for (on, value) in [(On::Primary, primary), (On::Standby, standby)] {
            let access = fixture.registration(on).workspace_access_properties.as_mut().expect("set");
            access.device_type_web = value.to_owned();
        }
        fixture
    }

    #[test]
    fn three_values_that_may_differ_in_two_directions() {
        for (primary, standby, case) in [
            ("ALLOW", "DENY", "shut-out"),
            ("", "DENY", "shut-out"),
            ("ALLOW", "", "shut-out"),
            ("DENY", "ALLOW", "let-in"),
            ("DENY", "", "let-in"),
            ("", "ALLOW", "let-in"),
        ] {
            let expected = (0, vec![format!("{case} corp.example")]);
            assert_eq!(web(primary, standby).verdicts(&DeviceAccess), expected, "{primary:?} {standby:?}");
        }
        for same in ["ALLOW", "DENY", ""] {
            assert_eq!(web(same, same).verdicts(&DeviceAccess), (1, vec![]), "{same:?}");
        }
    }

    #[test]
    fn whom_it_strands_is_not_counted() {
        let fixture = web("ALLOW", "DENY");
        let run = fixture.run(&[&DeviceAccess]);
        assert_eq!((run.pairs[0].readiness.ready, run.pairs[0].readiness.uncounted.as_slice()), (3, &[0][..]));
        assert_eq!(fixture.words(&DeviceAccess).message, "device access in us-west-2 is narrower for web browsers");
    }

    #[test]
    fn where_devices_differ_both_ways_the_worse_carries_and_both_are_shown() {
        let mut fixture = web("ALLOW", "DENY");
        let access = fixture.registration(On::Standby).workspace_access_properties.as_mut().expect("set");
        access.device_type_android = "ALLOW".to_owned();
        access.device_type_linux = String::new();
        assert_eq!(fixture.verdicts(&DeviceAccess), (0, vec!["shut-out corp.example".to_owned()]));
        let words = fixture.words(&DeviceAccess);
        assert_eq!(
            words.message,
            "device access in us-west-2 is narrower for web browsers, Linux and is wider for Android; where a type is set on one side \
             alone, no document says what holds on the other"
        );
        let drift: Vec<(&str, &str)> =
            words.drift.iter().map(|line| (line.path.as_str(), line.standby.as_str())).collect();
        assert_eq!(
            drift,
            [
                ("WorkspaceAccessProperties.DeviceTypeWeb", "DENY"),
                ("WorkspaceAccessProperties.DeviceTypeAndroid", "ALLOW"),
                ("WorkspaceAccessProperties.DeviceTypeLinux", "absent"),
            ]
        );
    }

    #[test]
    fn a_value_that_is_neither_is_not_judged() {
        let sheet = web("ALLOW", "TRUST").judge(&DeviceAccess);
        assert_eq!(sheet.unknowns(), [(Subject::Directories, Unknown::Undetermined(NO_SUCH_VALUE))]);
        assert_eq!(web("TRUST", "TRUST").verdicts(&DeviceAccess), (1, vec![]));
    }

    #[test]
    fn does_not_apply_where_nothing_is_set() {
        let mut fixture = Fixture::clean();
        for on in [On::Primary, On::Standby] {
            fixture.registration(on).workspace_access_properties = None;
        }
        assert_eq!(fixture.judge(&DeviceAccess).reasons(), [NOWHERE]);
    }

    #[test]
    fn gaps_are_no_passes() {
        Fixture::clean().assert_gaps_are_no_passes(&DeviceAccess);
        web("ALLOW", "DENY").assert_gaps_are_no_passes(&DeviceAccess);
    }
}
