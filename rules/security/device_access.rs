//! SEC-006: the devices that may connect must be the same in both Regions.

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

/// One device type on both sides.
struct Compared<'e> {
    member: &'static str,
    title: &'static str,
    primary: &'e str,
    standby: &'e str,
}

impl Compared<'_> {
    /// The case of a difference; `None` where there is none.
    fn case(&self) -> Result<Option<usize>, Unknown> {
        if self.primary == self.standby {
            return Ok(None);
        }
        match (Access::of(self.primary), Access::of(self.standby)) {
            (Some(primary), Some(standby)) if standby < primary => Ok(Some(SHUT_OUT)),
            (Some(_), Some(_)) => Ok(Some(LET_IN)),
            (_, _) => Err(Unknown::Undetermined(NO_SUCH_VALUE)),
        }
    }
}

fn compare<'e>(p: &'e WorkspaceDirectory, s: &'e WorkspaceDirectory) -> Vec<Compared<'e>> {
    let of = |side: &'e WorkspaceDirectory, device: &Device| -> &'e str {
        side.workspace_access_properties.as_ref().map_or("", device.2)
    };
    DEVICES
        .iter()
        .map(|device| Compared { member: device.0, title: device.1, primary: of(p, device), standby: of(s, device) })
        .collect()
}

impl Rule for DeviceAccess {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let Some((p, s)) = registered::both(pair, sheet) else { return };
        let devices = compare(p, s);
        if devices.iter().all(|device| device.primary.is_empty() && device.standby.is_empty()) {
            sheet.not_applicable(NOWHERE);
            return;
        }
        let verdicts: Vec<Result<Option<usize>, Unknown>> = devices.iter().map(Compared::case).collect();
        // Where devices differ both ways the worse carries the finding. What surely differs is a fail, whatever else is not told.
        let worst = verdicts.iter().filter_map(|verdict| verdict.ok().flatten()).min();
        match (worst, verdicts.iter().find_map(|verdict| verdict.err())) {
            (Some(case), _) => sheet.fail(Subject::Directories, case),
            (None, Some(why)) => sheet.unknown(Subject::Directories, why),
            (None, None) => sheet.pass(),
        }
    }

    fn word(&self, pair: &PairView<'_>, _: Subject, _: usize) -> Wording {
        let region = &pair.settings.standby.region;
        let Some((p, s)) = pair.registrations().ok().flatten() else {
            return Wording::new(format!("device access differs in {region}"));
        };
        let (mut shut_out, mut let_in): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
        let mut unset = false;
        let mut wording = Wording::default();
        for device in compare(p, s) {
            match device.case() {
                Ok(None) => continue,
                Ok(Some(SHUT_OUT)) => shut_out.push(device.title),
                Ok(Some(_)) => let_in.push(device.title),
                Err(_) => {}
            }
            unset |= device.primary.is_empty() || device.standby.is_empty();
            let value = |value: &str| if value.is_empty() { "absent".to_owned() } else { value.to_owned() };
            wording = wording.with(
                format!("WorkspaceAccessProperties.{}", device.member),
                value(device.primary),
                value(device.standby),
            );
        }
        let mut what: Vec<String> = Vec::new();
        if !shut_out.is_empty() {
            what.push(format!("is narrower for {}", shut_out.join(", ")));
        }
        if !let_in.is_empty() {
            what.push(format!("is wider for {}", let_in.join(", ")));
        }
        wording.message = format!("device access in {region} {}", what.join(" and "));
        if unset {
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
