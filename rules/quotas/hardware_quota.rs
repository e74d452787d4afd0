//! QTA-002: hardware with a quota of its own must be granted in the standby Region for those whose desktops are still to be made there.
//!
//! It takes a person's standby desktop to need the primary's compute type.

use super::room::{About, NEEDS, granted, room, still_to_make, told};
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::missing::{Missing, NOBODY_MISSING};
use crate::model::quota::{HARDWARE, Watched};
use crate::model::stock::ByCompute;
use crate::model::{PairView, Subject, Sym, Unknown};
use crate::rule::{Rule, Sheet, Wording};
use std::collections::BTreeSet;
use std::mem;

/// QTA-002 hardware-quota.
pub(super) struct HardwareQuota;

static META: Meta = Meta {
    id: "QTA-002",
    name: "hardware-quota",
    area: Area::Quotas,
    summary: "the standby Region's quota of a compute type does not hold the desktops that are still to be made there",
    cases: &[Case { key: "too-small", severity: Severity::High, effect: Effect::Strands, uncounted: false }],
    reach: Reach::Desktop,
    implies: &["WSP-001"],
    needs: NEEDS,
    controls: &[
        controls::REL13_BP02,
        controls::EUCREL02,
        controls::CP_2,
        controls::CP_7,
        controls::A_8_14,
        controls::A1_2,
        controls::ARTICLE_11,
        controls::ARTICLE_12,
    ],
    remedy: "Ask for a higher quota of this hardware in the standby Region (`aws service-quotas request-service-quota-increase --service-code workspaces`) and make the missing desktops once it is granted.",
    options: &[],
    doc: include_str!("hardware_quota.md"),
};

/// What is said where those who are missing need no such hardware.
const ORDINARY_HARDWARE: &str = "nobody who lacks a standby desktop has hardware with a quota of its own";

const UNTOLD: Unknown = Unknown::Undetermined("the compute type of a desktop is missing from the answer");
/// No list that deskpair knows tells it: somebody who has looked may attest it.
const WHICH_QUOTA: Unknown = Unknown::Unsupported(
    "the desktop has a graphics card, and deskpair does not know which quota, if any, AWS counts this compute type towards",
);

/// How a compute type is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Limited {
    /// By this quota.
    By(Watched),
    /// As all desktops are.
    No,
    Untold(Unknown),
}

fn limited(compute: &str) -> Limited {
    match HARDWARE.iter().find(|(known, _)| *known == compute) {
        Some((_, watched)) => Limited::By(*watched),
        None if compute.is_empty() => Limited::Untold(UNTOLD),
        None if compute.starts_with("GRAPHICS") => Limited::Untold(WHICH_QUOTA),
        None => Limited::No,
    }
}

fn compute(pair: &PairView<'_>, row: u32) -> Sym {
    pair.primary.workspaces.items()[row as usize].compute
}

/// What takes of a compute type's quota: what stands there, and what other pairs still have to make.
fn taken(pair: &PairView<'_>, compute: Sym) -> About {
    let stock = pair.stock();
    let of = |desktops: &ByCompute, compute| desktops.get(&compute).copied().unwrap_or(0);
    let there = |compute| of(&stock.ordinary, compute) + of(&stock.standby, compute);
    let standing = About::exactly(there(compute))
        .perhaps(there(Sym::NONE), UNTOLD)
        .open(pair.standby.workspaces.gap().map(Unknown::Gap));
    let others =
        About::exactly(of(&stock.missing_of_others, compute)).perhaps(of(&stock.missing_of_others, Sym::NONE), UNTOLD);
    let others = match stock.doubt {
        Some(why) => {
            let more = of(&stock.perhaps_of_others, compute) + of(&stock.perhaps_of_others, Sym::NONE);
            others.perhaps(more, why).open(Some(why).filter(|_| stock.open))
        }
        None => others,
    };
    standing.and(others)
}

impl Rule for HardwareQuota {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        if Missing::of(pair, |_| true).is_empty() {
            return sheet.not_applicable(NOBODY_MISSING);
        }
        let text = |compute| pair.estate.symbols.text(compute);
        let computes: BTreeSet<Sym> = pair.desktops.primary.iter().map(|desktop| compute(pair, desktop.row)).collect();
        for &wanted in &computes {
            let missing = Missing::of(pair, |row| compute(pair, row) == wanted);
            match limited(text(wanted)) {
                Limited::By(watched) => missing.weigh(sheet, room(pair, watched, taken(pair, wanted)), 0),
                Limited::Untold(why) => missing.cannot_tell(sheet, why),
                Limited::No => {}
            }
        }
        if let Some(why) = pair.desktops.hidden {
            sheet.unknown(Subject::Pair, why);
        }
        // Those who are hidden are so once, whatever hardware they may have.
        let mut told = false;
        sheet.unknowns.retain(|(subject, _)| *subject != Subject::Pair || !mem::replace(&mut told, true));
        if sheet.is_empty() {
            sheet.not_applicable(ORDINARY_HARDWARE);
        }
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, _: usize) -> Wording {
        let names = subject.names(pair);
        let there = &pair.settings.standby.region;
        let wanted = match subject {
            Subject::Desktop { p, .. } => compute(pair, p),
            _ => Sym::NONE,
        };
        let hardware = pair.estate.symbols.text(wanted);
        let Limited::By(watched) = limited(hardware) else {
            return Wording::new(format!("{} has no desktop in {there}, and no quota for {hardware}", names.name));
        };
        let stock = pair.stock();
        let of = |desktops: &ByCompute| desktops.get(&wanted).copied().unwrap_or(0);
        let (ours, others) = (of(&stock.missing), of(&stock.missing_of_others));
        let standing = of(&stock.ordinary) + of(&stock.standby);
        Wording::new(format!(
            "{} has no desktop in {there}, where {standing} {hardware} desktops stand and {}: {}",
            names.name,
            still_to_make(ours, others, &stock.others),
            told(pair, watched)
        ))
        .with(
            format!("Value of {}", watched.code),
            format!("{} needed", standing + ours + others),
            granted(pair, watched).map_or_else(|_| "not known".to_owned(), |(value, _)| value.to_string()),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::Slice;

    const LARGE: Watched = HARDWARE[0].1;

    /// Bert and Carla have no standby desktop, and primary ones of this compute type, of which the quota is this.
    fn with(hardware: &str, value: u64) -> Fixture {
        let mut fixture = Fixture::clean();
        for user in ["bert", "carla"] {
            fixture.remove_desktop(On::Standby, user);
            let compute = fixture.sym(hardware);
            fixture.desktop(On::Primary, user).compute = compute;
        }
        fixture.grant(LARGE, value);
        fixture
    }

    #[test]
    fn passes_where_each_fits() {
        assert_eq!(with("GENERALPURPOSE_4XLARGE", 2).verdicts(&HardwareQuota), (2, vec![]));
        assert_eq!(with("GRAPHICS_G4DN", 0).verdicts(&HardwareQuota), (2, vec![]), "that is another quota");
    }

    #[test]
    fn fails_for_those_without_a_desktop() {
        let fixture = with("GENERALPURPOSE_4XLARGE", 1);
        assert_eq!(
            fixture.verdicts(&HardwareQuota),
            (0, vec!["too-small bert".to_owned(), "too-small carla".to_owned()])
        );
        let words = fixture.words(&HardwareQuota);
        assert_eq!(
            words.message,
            "bert has no desktop in us-west-2, where 0 GENERALPURPOSE_4XLARGE desktops stand and 2 are still to be made: the quota is 1"
        );
        assert_eq!(words.drift[0].path, "Value of L-465DA8AF");
        let run = fixture.run(&[&HardwareQuota]);
        assert_eq!((run.pairs[0].readiness.ready, run.pairs[0].readiness.stranded), (1, 2));
    }

    #[test]
    fn each_compute_type_is_weighed_by_itself() {
        let mut fixture = with("GENERALPURPOSE_4XLARGE", 0);
        let graphics = fixture.sym("GRAPHICS_G4DN");
        fixture.desktop(On::Primary, "carla").compute = graphics;
        assert_eq!(fixture.verdicts(&HardwareQuota), (1, vec!["too-small bert".to_owned()]));
    }

    #[test]
    fn what_stands_there_and_what_other_pairs_make_takes_of_it() {
        let mut fixture = with("GENERALPURPOSE_4XLARGE", 3);
        let large = fixture.sym("GENERALPURPOSE_4XLARGE");
        fixture.desktop(On::Standby, "anna").compute = large;
        assert_eq!(fixture.verdicts(&HardwareQuota).0, 2);
        fixture.add_pair("labs", "eu-west-1");
        assert_eq!(fixture.verdicts(&HardwareQuota).1.len(), 2);
        assert!(fixture.words(&HardwareQuota).message.contains("4 are still to be made, 2 of them of the pair labs"));
        fixture.grant(LARGE, 5);
        assert_eq!(fixture.verdicts(&HardwareQuota).0, 2);
        // One whose compute type is not told may be such a one.
        fixture.desktop(On::Standby, "anna").compute = Sym::NONE;
        fixture.grant(LARGE, 4);
        assert!(fixture.judge(&HardwareQuota).unknowns().iter().all(|(_, why)| *why == UNTOLD));
    }

    #[test]
    fn what_is_not_known_of_hardware_is_not_passed() {
        for (hardware, why) in [("", UNTOLD), ("GRAPHICS_G7_2XLARGE", WHICH_QUOTA)] {
            let sheet = with(hardware, 900).judge(&HardwareQuota);
            assert_eq!((sheet.passes(), sheet.fails().len()), (0, 0));
            assert!(matches!(sheet.unknowns(), [(_, one), (_, other)] if [*one, *other] == [why; 2]), "{sheet:?}");
        }
    }

    #[test]
    fn those_who_are_hidden_are_told_of_once() {
        let mut fixture = with("GENERALPURPOSE_4XLARGE", 9);
        let graphics = fixture.sym("GRAPHICS_G4DN");
        fixture.desktop(On::Primary, "carla").compute = graphics;
        let rows = fixture.side(On::Primary).workspaces.items().to_vec();
        let gap = fixture.gap("workspaces", "DescribeWorkspaces");
        fixture.side(On::Primary).workspaces = Slice::cut(rows, gap);
        let sheet = fixture.judge(&HardwareQuota);
        let hidden = sheet.unknowns().iter().filter(|(subject, _)| *subject == Subject::Pair).count();
        assert_eq!((sheet.passes(), hidden, sheet.unknowns().len()), (0, 1, 3), "{sheet:?}");
    }

    #[test]
    fn does_not_apply_to_ordinary_hardware_or_where_nobody_is_missing() {
        assert_eq!(Fixture::clean().judge(&HardwareQuota).reasons(), [NOBODY_MISSING]);
        assert_eq!(with("POWERPRO", 0).judge(&HardwareQuota).reasons(), [ORDINARY_HARDWARE]);
    }

    #[test]
    fn the_missing_desktop_is_its_consequence() {
        let fixture = with("GENERALPURPOSE_4XLARGE", 0);
        let run = fixture.run(&[&HardwareQuota, crate::workspaces::RULES[0]]);
        let findings = &run.pairs[0].findings;
        assert!(findings.iter().all(|finding| (finding.rule == 1) == finding.root.is_some()), "{findings:?}");
    }

    #[test]
    fn denied_calls_are_named() {
        for fixture in [with("GENERALPURPOSE_4XLARGE", 9), with("GENERALPURPOSE_4XLARGE", 1)] {
            fixture.assert_gaps_are_no_passes(&HardwareQuota);
        }
    }
}
