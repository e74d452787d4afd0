//! SEC-011: what may pass between a desktop and a person's device must be the same in both Regions.
//!
//! It reads the directories' settings. What group policies on the desktops add or take, no API tells.

use super::compared::{self, ABSENT, Compares, Member, NO_SUCH_VALUE};
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::directory::{StreamingProperties, UserSetting, WorkspaceDirectory};
use crate::model::{Dataset, PairView, Subject};
use crate::registered;
use crate::rule::{Rule, Sheet, Wording};
use std::collections::BTreeSet;

/// SEC-011 streaming-settings.
pub(super) struct StreamingSettings;

/// Positions in the cases.
const CLOSED: usize = 0;
const OPENED: usize = 1;
const TRANSPORT: usize = 2;

static META: Meta = Meta {
    id: "SEC-011",
    name: "streaming-settings",
    area: Area::Security,
    summary: "the directories differ in what may pass between WorkSpaces and people's devices, or in how it is carried",
    cases: &[
        Case { key: "closed", severity: Severity::High, effect: Effect::Degrades, uncounted: false },
        Case { key: "opened", severity: Severity::High, effect: Effect::Exposes, uncounted: false },
        Case { key: "transport", severity: Severity::High, effect: Effect::Degrades, uncounted: false },
    ],
    reach: Reach::Pair,
    implies: &[],
    needs: &[Dataset::Registrations, Dataset::Aliases],
    controls: &[controls::REL13_BP04, controls::CM_6, controls::A_5_29],
    remedy: "Set the streaming properties that the finding names alike on both directories.",
    options: &[],
    doc: include_str!("streaming_settings.md"),
};

const NOWHERE: &str = "neither directory tells its streaming properties";

/// What people call an action.
fn title(action: &str) -> &'static str {
    match action {
        "CLIPBOARD_COPY_FROM_LOCAL_DEVICE" => "copying from the device",
        "CLIPBOARD_COPY_TO_LOCAL_DEVICE" => "copying to the device",
        "PRINTING_TO_LOCAL_DEVICE" => "printing on the device",
        "SMART_CARD" => "smart cards",
        _ => "an action that deskpair does not know",
    }
}

/// One action's setting: of a side that tells two different ones, nothing is known.
struct Setting {
    permission: String,
    most: Option<i32>,
    ambiguous: bool,
}

impl Setting {
    fn of(settings: &[UserSetting], action: &str) -> Self {
        let mut of_this = settings.iter().filter(|setting| setting.action == action);
        let first = of_this.next();
        Self {
            permission: first.map(|setting| setting.permission.clone()).unwrap_or_default(),
            most: first.and_then(|setting| setting.maximum_length),
            ambiguous: first.is_some_and(|first| {
                of_this
                    .any(|other| (&other.permission, other.maximum_length) != (&first.permission, first.maximum_length))
            }),
        }
    }

    fn compare(&self, standby: &Self) -> Compares {
        if self.ambiguous || standby.ambiguous {
            return Compares::Untold(NO_SUCH_VALUE);
        }
        match Compares::switch(&self.permission, &standby.permission, (OPENED, CLOSED)) {
            // How much may pass matters where something may.
            Compares::Same if self.permission == "ENABLED" => match (self.most, standby.most) {
                (p, s) if p == s => Compares::Same,
                (Some(p), Some(s)) => Compares::Differs(if s > p { OPENED } else { CLOSED }),
                (_, _) => Compares::Untold(ABSENT),
            },
            compares @ (Compares::Same | Compares::Differs(_) | Compares::Untold(_)) => compares,
        }
    }

    fn text(&self) -> String {
        match self.most {
            _ if self.ambiguous => "set twice".to_owned(),
            Some(most) if !self.permission.is_empty() => format!("{}, at most {most} characters", self.permission),
            Some(_) | None => self.permission.clone(),
        }
    }
}

fn compare(p: &WorkspaceDirectory, s: &WorkspaceDirectory) -> Vec<Member> {
    let none = StreamingProperties::default();
    let (p, s) = (p.streaming_properties.as_ref().unwrap_or(&none), s.streaming_properties.as_ref().unwrap_or(&none));
    let actions: BTreeSet<&str> =
        p.user_settings.iter().chain(&s.user_settings).map(|setting| setting.action.as_str()).collect();
    let mut members: Vec<Member> = actions
        .into_iter()
        .map(|action| {
            let (primary, standby) = (Setting::of(&p.user_settings, action), Setting::of(&s.user_settings, action));
            let path = format!("StreamingProperties.UserSettings.{action}");
            Member::new(path, title(action), (primary.text(), standby.text()), primary.compare(&standby))
        })
        .collect();
    let connectors: BTreeSet<&str> = p
        .storage_connectors
        .iter()
        .chain(&s.storage_connectors)
        .map(|connector| connector.connector_type.as_str())
        .collect();
    for connector in connectors {
        let status = |side: &StreamingProperties| {
            let of_this = |other: &&crate::model::directory::StorageConnector| other.connector_type == connector;
            side.storage_connectors.iter().find(of_this).map(|found| found.status.clone()).unwrap_or_default()
        };
        let (primary, standby) = (status(p), status(s));
        let compares = Compares::switch(&primary, &standby, (OPENED, CLOSED));
        let path = format!("StreamingProperties.StorageConnectors.{connector}");
        members.push(Member::new(path, "storage connectors", (primary, standby), compares));
    }
    let accelerator = |side: &StreamingProperties| side.global_accelerator.clone().unwrap_or_default();
    let (of_p, of_s) = (accelerator(p), accelerator(s));
    for (member, title, primary, standby) in [
        (
            "StreamingExperiencePreferredProtocol",
            "the preferred protocol",
            &p.streaming_experience_preferred_protocol,
            &s.streaming_experience_preferred_protocol,
        ),
        ("GlobalAccelerator.Mode", "Global Accelerator", &of_p.mode, &of_s.mode),
        (
            "GlobalAccelerator.PreferredProtocol",
            "Global Accelerator's protocol",
            &of_p.preferred_protocol,
            &of_s.preferred_protocol,
        ),
    ] {
        let compares = Compares::word(primary, standby, TRANSPORT);
        members.push(Member::new(format!("StreamingProperties.{member}"), title, (primary, standby), compares));
    }
    members
}

impl Rule for StreamingSettings {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let Some((p, s)) = registered::both(pair, sheet) else { return };
        compared::settle(&META, sheet, &compare(p, s), NOWHERE);
    }

    fn word(&self, pair: &PairView<'_>, _: Subject, _: usize) -> Wording {
        let members = compared::of(pair, compare);
        let ways = compared::ways(
            &members,
            &[(CLOSED, "allows less of"), (OPENED, "allows more of"), (TRANSPORT, "carries it otherwise by")],
        );
        compared::wording(format!("streaming in {} {ways}", pair.settings.standby.region), &members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::directory::{GlobalAccelerator, StorageConnector};
    use crate::registered::NOT_BOTH;

    const TO_DEVICE: &str = "CLIPBOARD_COPY_TO_LOCAL_DEVICE";

    fn standby(change: impl FnOnce(&mut StreamingProperties)) -> Fixture {
        let mut fixture = Fixture::clean();
        change(fixture.registration(On::Standby).streaming_properties.as_mut().expect("set"));
        fixture
    }

    fn set(action: &str, permission: &str, maximum_length: Option<i32>) -> impl FnOnce(&mut StreamingProperties) {
        let setting = UserSetting { action: action.to_owned(), permission: permission.to_owned(), maximum_length };
        move |streaming| {
            streaming.user_settings.retain(|other| other.action != setting.action);
            streaming.user_settings.push(setting);
        }
    }

    fn is(fixture: &Fixture, case: &str, message: &str) {
        assert_eq!(fixture.verdicts(&StreamingSettings), (0, vec![format!("{case} corp.example")]));
        assert_eq!(fixture.words(&StreamingSettings).message, format!("streaming in us-west-2 {message}"));
    }

    #[test]
    fn passes_where_all_are_alike_in_whatever_order() {
        assert_eq!(Fixture::clean().verdicts(&StreamingSettings), (1, vec![]));
        let turned = standby(|streaming| streaming.user_settings.reverse());
        assert_eq!(turned.verdicts(&StreamingSettings), (1, vec![]));
    }

    #[test]
    fn actions_are_compared_by_their_key_and_the_direction_decides() {
        let opened = standby(set(TO_DEVICE, "ENABLED", None));
        is(&opened, "opened", "allows more of copying to the device");
        assert_eq!(opened.run(&[&StreamingSettings]).pairs[0].readiness.ready, 3);
        assert_eq!(
            opened.words(&StreamingSettings).drift[0].path,
            "StreamingProperties.UserSettings.CLIPBOARD_COPY_TO_LOCAL_DEVICE"
        );
        let closed = standby(set("CLIPBOARD_COPY_FROM_LOCAL_DEVICE", "DISABLED", None));
        is(&closed, "closed", "allows less of copying from the device");
        assert_eq!(closed.run(&[&StreamingSettings]).pairs[0].readiness.degraded, 3);
        is(&standby(set("SMART_CARD", "ENABLED", None)), "opened", "allows more of smart cards");
    }

    #[test]
    fn a_limit_counts_where_something_may_pass() {
        let fewer = standby(set("CLIPBOARD_COPY_FROM_LOCAL_DEVICE", "ENABLED", Some(10)));
        is(&fewer, "closed", "allows less of copying from the device");
        assert_eq!(fewer.words(&StreamingSettings).drift[0].standby, "ENABLED, at most 10 characters");
        let more = standby(set("CLIPBOARD_COPY_FROM_LOCAL_DEVICE", "ENABLED", Some(30_000_000)));
        is(&more, "opened", "allows more of copying from the device");
        let irrelevant = standby(set(TO_DEVICE, "DISABLED", Some(10)));
        assert_eq!(irrelevant.verdicts(&StreamingSettings), (1, vec![]));
        let sheet = standby(set("CLIPBOARD_COPY_FROM_LOCAL_DEVICE", "ENABLED", None)).judge(&StreamingSettings);
        assert_eq!(sheet.unknowns(), [(Subject::Directories, ABSENT)]);
    }

    #[test]
    fn connectors_and_transport_are_compared_too() {
        let connector = StorageConnector { connector_type: "HOME_FOLDER".to_owned(), status: "ENABLED".to_owned() };
        let fixture = standby(|streaming| streaming.storage_connectors = vec![connector]);
        is(&fixture, "opened", "allows more of storage connectors");
        let fixture = standby(|streaming| streaming.streaming_experience_preferred_protocol = "TCP".to_owned());
        is(&fixture, "transport", "carries it otherwise by the preferred protocol");
        let fixture = standby(|streaming| {
            let accelerator =
                GlobalAccelerator { mode: "ENABLED_AUTO".to_owned(), preferred_protocol: "TCP".to_owned() };
            streaming.global_accelerator = Some(accelerator);
        });
        is(&fixture, "transport", "carries it otherwise by Global Accelerator, Global Accelerator's protocol");
        assert_eq!(fixture.run(&[&StreamingSettings]).pairs[0].readiness.degraded, 3);
    }

    #[test]
    fn where_they_differ_both_ways_the_worse_carries_and_both_are_shown() {
        let fixture = standby(|streaming| {
            set(TO_DEVICE, "ENABLED", None)(streaming);
            set("CLIPBOARD_COPY_FROM_LOCAL_DEVICE", "DISABLED", None)(streaming);
        });
        is(&fixture, "closed", "allows less of copying from the device and allows more of copying to the device");
    }

    #[test]
    fn what_is_not_told_or_told_twice_is_not_judged() {
        let gone = standby(|streaming| streaming.user_settings.retain(|setting| setting.action != TO_DEVICE));
        assert_eq!(gone.judge(&StreamingSettings).unknowns(), [(Subject::Directories, ABSENT)]);
        let twice = standby(|streaming| {
            let mut other = streaming.user_settings[0].clone();
            other.maximum_length = Some(1);
            streaming.user_settings.push(other);
        });
        assert_eq!(twice.judge(&StreamingSettings).unknowns(), [(Subject::Directories, NO_SUCH_VALUE)]);
        let new = standby(set("CAMERA", "ENABLED", None)).judge(&StreamingSettings);
        assert_eq!(new.unknowns(), [(Subject::Directories, ABSENT)]);
        let mut fixture = Fixture::clean();
        fixture.registration(On::Standby).streaming_properties = None;
        assert_eq!(fixture.judge(&StreamingSettings).unknowns(), [(Subject::Directories, ABSENT)]);
    }

    #[test]
    fn nothing_to_compare_is_said() {
        let mut fixture = Fixture::clean();
        for on in [On::Primary, On::Standby] {
            fixture.registration(on).streaming_properties = None;
        }
        assert_eq!(fixture.judge(&StreamingSettings).reasons(), [NOWHERE]);
        fixture.side(On::Standby).registrations.items_mut().clear();
        assert_eq!(fixture.judge(&StreamingSettings).reasons(), [NOT_BOTH]);
    }

    #[test]
    fn gaps_are_no_passes() {
        Fixture::clean().assert_gaps_are_no_passes(&StreamingSettings);
        standby(set(TO_DEVICE, "ENABLED", None)).assert_gaps_are_no_passes(&StreamingSettings);
    }
}
