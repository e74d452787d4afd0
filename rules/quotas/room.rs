//! How many desktops more a quota of the standby Region has room for, after those that stand there and those that other pairs of the
//! configuration still have to make there.

use crate::missing::Room;
use crate::model::quota::{Granted, Watched};
use crate::model::{Dataset, PairView, Unknown};

/// What the area's rules on desktops read.
pub(super) const NEEDS: &[Dataset] = &[
    Dataset::Quotas,
    Dataset::DefaultQuotas,
    Dataset::Workspaces,
    Dataset::Registrations,
    Dataset::Directories,
    Dataset::Aliases,
];

const NO_QUOTA: Unknown =
    Unknown::Undetermined("Service Quotas lists no such quota of WorkSpaces in the standby Region");
const NO_VALUE: Unknown = Unknown::Undetermined("the value of a quota is missing from the answer");

/// A number of desktops that is not told for certain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct About {
    /// So many at the least.
    pub(super) least: u64,
    /// So many at the most; `None` for any number.
    pub(super) most: Option<u64>,
    /// Why it is not certain, where it is not.
    pub(super) why: Option<Unknown>,
}

impl About {
    /// So many for certain.
    pub(super) const fn exactly(count: u64) -> Self {
        Self { least: count, most: Some(count), why: None }
    }

    /// With so many more that may be.
    #[must_use]
    pub(super) fn perhaps(self, more: u64, why: Unknown) -> Self {
        if more == 0 {
            return self;
        }
        Self { most: self.most.map(|most| most + more), why: self.why.or(Some(why)), ..self }
    }

    /// Any number more, where something hides them.
    #[must_use]
    pub(super) fn open(self, hidden: Option<Unknown>) -> Self {
        match hidden {
            Some(why) => Self { most: None, why: self.why.or(Some(why)), ..self },
            None => self,
        }
    }

    /// Both together.
    #[must_use]
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            least: self.least + other.least,
            most: self.most.zip(other.most).map(|(one, other)| one + other),
            why: self.why.or(other.why),
        }
    }
}

/// What a quota grants: its value, and whether that is only the default.
///
/// # Errors
/// Why it is not known.
pub(super) fn granted(pair: &PairView<'_>, watched: Watched) -> Result<(u64, Granted), Unknown> {
    let granted = pair.standby.granted(watched)?.ok_or(NO_QUOTA)?;
    Ok((granted.value.ok_or(NO_VALUE)?, granted))
}

/// For how many desktops a quota has room beside those that are taken.
pub(super) fn room(pair: &PairView<'_>, watched: Watched, taken: About) -> Room {
    let (value, _) = match granted(pair, watched) {
        Ok(granted) => granted,
        Err(why) => return Room::Unknown(why),
    };
    let most = value.saturating_sub(taken.least);
    match taken.why {
        None => Room::For(most),
        Some(why) => Room::Between { least: taken.most.map_or(0, |taken| value.saturating_sub(taken)), most, why },
    }
}

/// A quota for a sentence: `the quota is 5`, or what is known of it.
pub(super) fn told(pair: &PairView<'_>, watched: Watched) -> String {
    match granted(pair, watched) {
        Ok((value, Granted { is_default: true, .. })) => {
            format!("no more than the default of {value} is known to be granted")
        }
        Ok((value, _)) => format!("the quota is {value}"),
        Err(_) => "the quota is not known".to_owned(),
    }
}

/// How many are still to be made, for a sentence: of this pair, and of which others.
pub(super) fn still_to_make(ours: u64, others: u64, names: &[String]) -> String {
    match others {
        0 => format!("{ours} are still to be made"),
        _ => format!("{} are still to be made, {others} of them of {}", ours + others, named(names)),
    }
}

fn named(names: &[String]) -> String {
    match names {
        [] => "other pairs".to_owned(),
        [one] => format!("the pair {one}"),
        several => format!("the pairs {}", several.join(", ")),
    }
}
