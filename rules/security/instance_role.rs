//! SEC-016: programs on new desktops must have the same role in AWS.
//!
//! It compares which role is set: what its policies permit, in which Region, is IAM's to tell.

use super::creation_default;
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::{Dataset, PairView, Subject};
use crate::rule::{Rule, Sheet, Wording};

/// SEC-016 instance-role.
pub(super) struct InstanceRole;

static META: Meta = Meta {
    id: "SEC-016",
    name: "instance-role",
    area: Area::Security,
    summary: "the directories give new WorkSpaces different roles in AWS",
    cases: &[Case { key: "differs", severity: Severity::Medium, effect: Effect::Degrades, uncounted: false }],
    reach: Reach::Pair,
    implies: &[],
    needs: &[Dataset::Registrations, Dataset::Aliases],
    controls: &[controls::REL13_BP04, controls::CM_6, controls::A_5_29],
    remedy: "Set InstanceIamRoleArn on the standby directory to the primary's role: IAM is global, so the same role serves both Regions. It \
             applies to WorkSpaces that are made or rebuilt afterwards: those that exist keep what they have until they are rebuilt. A \
             role that was once set cannot be unset.",
    options: &[],
    doc: include_str!("instance_role.md"),
};

const NOWHERE: &str = "neither directory gives new WorkSpaces a role";

/// A role by what makes it the same one: its ARN in one account; in another account, its path and name alone.
fn same(primary: &str, standby: &str) -> bool {
    let parts = |arn: &str| -> Option<(String, String)> {
        let mut fields = arn.splitn(6, ':').skip(4);
        Some((fields.next()?.to_owned(), fields.next()?.to_owned()))
    };
    match (parts(primary), parts(standby)) {
        (Some((p, role)), Some((s, other))) if p != s => role == other,
        (_, _) => primary == standby,
    }
}

impl Rule for InstanceRole {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let Some((p, s)) = creation_default::both(pair, sheet, NOWHERE) else { return };
        match (p.instance_iam_role_arn.as_str(), s.instance_iam_role_arn.as_str()) {
            ("", "") => sheet.not_applicable(NOWHERE),
            (primary, standby) if same(primary, standby) => sheet.pass(),
            (_, _) => sheet.fail(Subject::Directories, 0),
        }
    }

    fn word(&self, pair: &PairView<'_>, _: Subject, _: usize) -> Wording {
        let region = &pair.settings.standby.region;
        let (p, s) = creation_default::read(pair)
            .map_or(("", ""), |(p, s)| (p.instance_iam_role_arn.as_str(), s.instance_iam_role_arn.as_str()));
        let what = match (p, s) {
            (_, "") => "no role in AWS, and the primary's get one",
            ("", _) => "a role in AWS, and the primary's get none",
            (_, _) => "another role in AWS than the primary's",
        };
        let shown = |arn: &str| if arn.is_empty() { "absent".to_owned() } else { arn.to_owned() };
        Wording::new(format!("WorkSpaces that are made or rebuilt in {region} get {what}")).with(
            "WorkspaceCreationProperties.InstanceIamRoleArn",
            shown(p),
            shown(s),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::super::creation_default::UNTOLD;
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::Unknown;
    use crate::registered::NOT_BOTH;

    const DESKTOP: &str = "arn:aws:iam::111122223333:role/euc/Desktop";

    fn roles(primary: &str, standby: &str) -> Fixture {
        let mut fixture = Fixture::clean();
        for (on, arn) in [(On::Primary, primary), (On::Standby, standby)] {
            let defaults = fixture.registration(on).workspace_creation_properties.as_mut();
            defaults.expect("set").instance_iam_role_arn = arn.to_owned();
        }
        fixture
    }

    #[test]
    fn passes_for_one_role_and_for_its_namesake_in_another_account() {
        assert_eq!(Fixture::clean().verdicts(&InstanceRole), (1, vec![]));
        assert_eq!(roles(DESKTOP, DESKTOP).verdicts(&InstanceRole), (1, vec![]));
        for other in ["arn:aws:iam::444455556666:role/euc/Desktop", "arn:aws-us-gov:iam::444455556666:role/euc/Desktop"]
        {
            assert_eq!(roles(DESKTOP, other).verdicts(&InstanceRole), (1, vec![]), "{other}");
        }
    }

    #[test]
    fn fails_for_another_role_and_for_none() {
        for (primary, standby, words) in [
            (DESKTOP, "arn:aws:iam::111122223333:role/Desktop", "another role in AWS than the primary's"),
            (DESKTOP, "arn:aws:iam::444455556666:role/Desktop", "another role in AWS than the primary's"),
            (DESKTOP, "", "no role in AWS, and the primary's get one"),
            ("", DESKTOP, "a role in AWS, and the primary's get none"),
        ] {
            let fixture = roles(primary, standby);
            assert_eq!(fixture.verdicts(&InstanceRole), (0, vec!["differs corp.example".to_owned()]));
            assert_eq!(fixture.run(&[&InstanceRole]).pairs[0].readiness.degraded, 3);
            let message = fixture.words(&InstanceRole).message;
            assert_eq!(message, format!("WorkSpaces that are made or rebuilt in us-west-2 get {words}"));
        }
    }

    #[test]
    fn nothing_to_compare_is_said() {
        assert_eq!(roles("", "").judge(&InstanceRole).reasons(), [NOWHERE]);
        let mut fixture = roles(DESKTOP, DESKTOP);
        fixture.registration(On::Primary).workspace_creation_properties = None;
        let sheet = fixture.judge(&InstanceRole);
        assert_eq!(sheet.unknowns(), [(Subject::Directories, Unknown::Undetermined(UNTOLD))]);
        fixture.side(On::Standby).registrations.items_mut().clear();
        assert_eq!(fixture.judge(&InstanceRole).reasons(), [NOT_BOTH]);
    }

    #[test]
    fn gaps_are_no_passes() {
        roles(DESKTOP, DESKTOP).assert_gaps_are_no_passes(&InstanceRole);
        roles(DESKTOP, "").assert_gaps_are_no_passes(&InstanceRole);
    }
}
