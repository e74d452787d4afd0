//! Which client addresses a directory admits: the union of its groups' rules.

use crate::model::directory::WorkspaceDirectory;
use crate::model::image::IpGroup;
use crate::model::ranges::Ranges;
use crate::model::{PairView, Side, Unknown};
use std::collections::BTreeSet;

/// What is said of a rule that is no range of addresses.
pub(super) const NO_RANGE: &str = "a rule of an IP access control group is no range of addresses";

/// What is said of a group that a directory names and the Region does not have.
pub(super) const NO_GROUP: &str =
    "an IP access control group that the directory names is not among the Region's groups";

/// How many ranges a sentence names.
const NAMED: usize = 8;

/// Which addresses a directory admits.
#[derive(Debug)]
pub(super) struct Admitted {
    /// Those it surely admits.
    pub(super) known: Ranges,
    /// Why it may admit more than these.
    pub(super) hidden: Option<Unknown>,
    /// Whether no group is associated: then AWS's own default group, which is in no list, admits everybody.
    pub(super) by_default: bool,
}

impl Admitted {
    /// What a registered directory admits. A group without rules admits nobody.
    pub(super) fn of(side: &Side, registration: &WorkspaceDirectory) -> Self {
        let mut admitted = Self { known: Ranges::none(), hidden: None, by_default: false };
        if registration.ip_group_ids.is_empty() {
            return Self { known: Ranges::all(), by_default: true, ..admitted };
        }
        for id in &registration.ip_group_ids {
            let group = match side.ip_groups.find(|group| group.group_id == *id) {
                Ok(Some(group)) => group,
                Ok(None) => {
                    admitted.hide(Unknown::Undetermined(NO_GROUP));
                    continue;
                }
                Err(gap) => {
                    admitted.hide(gap.into());
                    continue;
                }
            };
            for rule in &group.user_rules {
                match Ranges::of([rule.ip_rule.as_str()]) {
                    Ok(range) => admitted.known = admitted.known.union(&range),
                    Err(_) => admitted.hide(Unknown::Undetermined(NO_RANGE)),
                }
            }
        }
        admitted
    }

    /// Of two reasons the first in order stays: a gap, which can be put right, before what no call would tell.
    fn hide(&mut self, why: Unknown) {
        self.hidden = Some(self.hidden.map_or(why, |known| known.min(why)));
    }

    /// Both sides' of a pair, where both directories are registered.
    pub(super) fn both(pair: &PairView<'_>) -> Option<(Self, Self)> {
        let (p, s) = pair.registrations().ok().flatten()?;
        Some((Self::of(pair.primary, p), Self::of(pair.standby, s)))
    }

    /// The addresses that this directory admits and the other does not.
    ///
    /// # Errors
    /// Why it cannot be told.
    pub(super) fn beyond(&self, other: &Self) -> Result<Ranges, Unknown> {
        let beyond = self.known.without(&other.known);
        match (self.hidden, other.hidden) {
            // Whatever else this one admits, these are surely not the other's; and whatever else the other admits, none was missing.
            (_, None) if !beyond.is_empty() => Ok(beyond),
            (None, _) if beyond.is_empty() => Ok(beyond),
            (Some(why), _) | (None, Some(why)) => Err(why),
            (None, None) => Ok(beyond),
        }
    }

    /// What it admits, for a difference.
    pub(super) fn text(&self) -> String {
        match (self.by_default, self.hidden) {
            (true, _) => "every address (no group is associated)".to_owned(),
            (false, None) => self.known.to_string(),
            (false, Some(_)) => format!("{}, and what could not be read", self.known),
        }
    }
}

/// Why groups that a directory names are not among those that were read.
pub(super) fn unread_groups(side: &Side, registration: &WorkspaceDirectory) -> BTreeSet<Unknown> {
    let found = registration.ip_group_ids.iter().map(|id| side.ip_groups.find(|group| group.group_id == *id));
    found
        .filter_map(|found| match found {
            Ok(Some(_)) => None,
            Ok(None) => Some(Unknown::Undetermined(NO_GROUP)),
            Err(gap) => Some(Unknown::Gap(gap)),
        })
        .collect()
}

/// The addresses that one group admits.
///
/// # Errors
/// A rule is no range: what the group admits cannot be told.
pub(super) fn ranges_of(group: &IpGroup) -> Result<Ranges, Unknown> {
    Ranges::of(group.user_rules.iter().map(|rule| rule.ip_rule.as_str())).map_err(|_| Unknown::Undetermined(NO_RANGE))
}

/// Ranges for a sentence.
pub(super) fn named(ranges: &Ranges) -> String {
    ranges.brief(NAMED)
}
