//! KEY-002: where customer managed keys are required, standby desktops' volumes must be encrypted with such.
//!
//! AWS requires them of standby WorkSpaces; of ordinary ones the operator may. It does not see how well a key is kept.

use super::named::{NEEDS, Named, UNNAMED, named};
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::{PairView, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};
use crate::workspaces::option;
use crate::workspaces::row::{each_pair_or, relation, standby};

/// KEY-002 key-kind.
pub(super) struct KeyKind;

/// Positions in the cases.
const AWS_MANAGED: usize = 0;
const NOT_ENCRYPTED: usize = 1;

static META: Meta = Meta {
    id: "KEY-002",
    name: "key-kind",
    area: Area::Keys,
    summary: "customer managed keys are required, and a standby desktop's volumes are not encrypted with one",
    cases: &[
        Case { key: "aws-managed", severity: Severity::Medium, effect: Effect::None, uncounted: false },
        Case { key: "not-encrypted", severity: Severity::Medium, effect: Effect::None, uncounted: false },
    ],
    reach: Reach::Desktop,
    implies: &[],
    needs: NEEDS,
    controls: &[controls::REL13_BP04, controls::CM_6, controls::A_5_29],
    remedy: "Make the standby desktop anew with a customer managed key of the standby Region: the key of a WorkSpace cannot be changed.",
    options: &[(
        REQUIRED,
        "`true`: every standby desktop must be encrypted with a customer managed key, not only standby WorkSpaces, of which AWS requires it.",
    )],
    doc: include_str!("key_kind.md"),
};

const REQUIRED: &str = "customer_managed";

/// What is said where nothing requires such keys.
const NOT_REQUIRED: &str = "no standby desktop is a standby WorkSpace, and the option `customer_managed` of KEY-002 does not require customer managed keys";

const BAD_OPTION: Unknown =
    Unknown::Undetermined("the option `customer_managed` of KEY-002 cannot be read: it is `true` or `false`");
const WHOSE: Unknown = Unknown::Undetermined("the answer does not tell who manages a key");
const GONE: Unknown = Unknown::Undetermined("the key is not there, and so nobody can tell whose it was");

/// How a desktop's key fails; `Ok(None)` where it is customer managed.
fn fault(pair: &PairView<'_>, key: Named<'_>) -> Result<Option<usize>, Unknown> {
    let key = match key {
        Named::As(key) => key,
        Named::Nothing => return Ok(Some(NOT_ENCRYPTED)),
        Named::Untold => return Err(UNNAMED),
    };
    match pair.standby.key_of(key) {
        // Only AWS's own keys have aliases that begin like this, and those are of one Region, which multi-Region keys are not.
        _ if key.starts_with("alias/aws/") || key.contains(":alias/aws/") => Ok(Some(AWS_MANAGED)),
        _ if key.rsplit('/').next().is_some_and(|id| id.starts_with("mrk-")) => Ok(None),
        Err(gap) => Err(gap.into()),
        Ok(None) => Err(GONE),
        Ok(Some(known)) => match known.key_manager.as_str() {
            "CUSTOMER" => Ok(None),
            "AWS" => Ok(Some(AWS_MANAGED)),
            _ => Err(WHOSE),
        },
    }
}

impl Rule for KeyKind {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let everywhere = match option::flag(pair, META.id, REQUIRED) {
            Ok(everywhere) => everywhere,
            Err(option::Unreadable) => return sheet.unknown(Subject::Pair, BAD_OPTION),
        };
        each_pair_or(pair, sheet, NOT_REQUIRED, |sheet, subject, _, s| {
            if !everywhere && relation(pair, subject).is_none() {
                return;
            }
            match fault(pair, named(pair, s)) {
                Ok(Some(case)) => sheet.fail(subject, case),
                Ok(None) => sheet.pass(),
                Err(why) => sheet.unknown(subject, why),
            }
        });
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, case: usize) -> Wording {
        let names = subject.names(pair);
        let key = standby(pair, subject).map(|row| named(pair, row));
        let key = if let Some(Named::As(key)) = key { key } else { "no key" };
        let why = match relation(pair, subject) {
            Some(_) => "of a standby WorkSpace AWS requires a customer managed key",
            None => "the configuration requires a customer managed key",
        };
        let what = match case {
            NOT_ENCRYPTED => "is not encrypted".to_owned(),
            _ => format!("is encrypted with {key}, which AWS manages"),
        };
        Wording::new(format!("{}'s standby desktop {} {what}, and {why}", names.name, names.standby)).with(
            "KeyManager",
            "CUSTOMER needed",
            if case == NOT_ENCRYPTED { "absent" } else { "AWS" },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::key::Key;
    use crate::model::workspace::{Extra, Flag, Related};
    use crate::model::{Slice, Sym};
    use serde_json::Value;

    const KEY: &str = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    const MULTI_REGION: &str = "arn:aws:kms:us-west-2:111122223333:key/mrk-0123456789abcdef0123456789abcdef";

    /// The clean estate, with bert's two desktops in a relation, and the standby one encrypted with this key of this manager.
    fn related(key: &str, manager: &str) -> Fixture {
        let mut fixture = Fixture::clean();
        let related = Related {
            workspace_id: "ws-sbert".to_owned(),
            region: "us-west-2".to_owned(),
            r#type: "STANDBY".to_owned(),
            ..Related::default()
        };
        let extra = Extra { related_workspaces: vec![related], ..Extra::default() };
        fixture.desktop(On::Primary, "bert").extra = 0;
        let extra = fixture.side(On::Primary).extras.keep(extra);
        fixture.desktop(On::Primary, "bert").extra = extra;
        let sym = fixture.sym(key);
        fixture.desktop(On::Standby, "bert").key = sym;
        let known = Key { key_manager: manager.to_owned(), key_state: "Enabled".to_owned(), ..Key::default() };
        fixture.side(On::Standby).keys.insert(key.to_owned(), Slice::whole_of(vec![known]));
        fixture
    }

    fn required(mut fixture: Fixture, value: Value) -> Fixture {
        fixture.estate.settings.rules.entry(META.id.to_owned()).or_default().options.insert(REQUIRED.to_owned(), value);
        fixture
    }

    #[test]
    fn nothing_is_required_of_desktops_that_were_made_by_hand() {
        assert_eq!(Fixture::clean().judge(&KeyKind).reasons(), [NOT_REQUIRED]);
        assert_eq!(required(Fixture::clean(), false.into()).judge(&KeyKind).reasons(), [NOT_REQUIRED]);
    }

    #[test]
    fn a_standby_workspace_passes_with_a_customers_key() {
        assert_eq!(related(KEY, "CUSTOMER").verdicts(&KeyKind), (1, vec![]));
        // A multi-Region key is a customer's, whatever hides it.
        let mut fixture = related(MULTI_REGION, "CUSTOMER");
        fixture.side(On::Standby).keys.clear();
        assert_eq!(fixture.verdicts(&KeyKind), (1, vec![]));
    }

    #[test]
    fn it_fails_with_one_that_aws_manages_and_leaves_people_ready() {
        let fixture = related(KEY, "AWS");
        assert_eq!(fixture.verdicts(&KeyKind), (0, vec!["aws-managed bert".to_owned()]));
        assert_eq!(
            fixture.words(&KeyKind).message,
            format!(
                "bert's standby desktop ws-sbert is encrypted with {KEY}, which AWS manages, and of a standby WorkSpace AWS requires a \
                 customer managed key"
            )
        );
        assert_eq!(fixture.run(&[&KeyKind]).pairs[0].readiness.ready, 3);
        // The alias says whose it is, whatever hides the key.
        for alias in ["alias/aws/workspaces", "arn:aws:kms:us-west-2:111122223333:alias/aws/workspaces"] {
            let mut fixture = related(alias, "");
            fixture.side(On::Standby).keys.clear();
            assert_eq!(fixture.verdicts(&KeyKind).1, ["aws-managed bert"], "{alias}");
        }
    }

    #[test]
    fn the_operator_may_require_them_of_everybody() {
        let fixture = required(related(KEY, "CUSTOMER"), true.into());
        assert_eq!(
            fixture.verdicts(&KeyKind),
            (1, vec!["aws-managed anna".to_owned(), "aws-managed carla".to_owned()])
        );
        assert!(fixture.words(&KeyKind).message.ends_with(", and the configuration requires a customer managed key"));
        let mut fixture = required(related(KEY, "CUSTOMER"), true.into());
        let row = fixture.desktop(On::Standby, "anna");
        (row.root_volume_encrypted, row.user_volume_encrypted, row.key) = (Flag::No, Flag::No, Sym::NONE);
        assert!(fixture.verdicts(&KeyKind).1.contains(&"not-encrypted anna".to_owned()));
        assert_eq!(fixture.words(&KeyKind).drift[0].standby, "absent");
    }

    #[test]
    fn what_is_not_told_is_not_passed() {
        let untold = related(KEY, "");
        let mut gone = related(KEY, "CUSTOMER");
        gone.side(On::Standby).keys.insert(KEY.to_owned(), Slice::whole_of(Vec::new()));
        let mut unnamed = related(KEY, "CUSTOMER");
        unnamed.desktop(On::Standby, "bert").key = Sym::NONE;
        let mut hidden = related(KEY, "CUSTOMER");
        let gap = hidden.gap("kms", "DescribeKey");
        hidden.side(On::Standby).keys.insert(KEY.to_owned(), Slice::cut(Vec::new(), gap));
        for (fixture, why) in [(untold, WHOSE), (gone, GONE), (unnamed, UNNAMED), (hidden, Unknown::Gap(gap))] {
            let sheet = fixture.judge(&KeyKind);
            assert_eq!((sheet.passes(), sheet.unknowns()), (0, &[(Subject::Desktop { p: 1, s: 1 }, why)][..]));
        }
        let fixture = required(related(KEY, "CUSTOMER"), "always".into());
        assert_eq!(fixture.judge(&KeyKind).unknowns(), [(Subject::Pair, BAD_OPTION)]);
    }

    #[test]
    fn denied_calls_are_named() {
        for fixture in [related(KEY, "CUSTOMER"), related(KEY, "AWS"), required(Fixture::clean(), true.into())] {
            fixture.assert_gaps_are_no_passes(&KeyKind);
        }
    }
}
