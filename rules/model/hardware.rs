//! Which hardware is less than which: compute types and volume sizes, of bundles and of desktops.

use std::cmp::Ordering;

/// How the standby side's hardware stands to the primary side's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The same or more.
    Enough,
    /// Less.
    Below,
    /// Neither is less than the other: another family, or a type that this deskpair does not know.
    Incomparable,
    /// One of the two is not told, or not in a form that can be read.
    Untold,
}

impl Standing {
    /// Whether a person would feel the difference, or might: less, or of another kind.
    pub const fn differs(self) -> bool {
        match self {
            Self::Below | Self::Incomparable => true,
            Self::Enough | Self::Untold => false,
        }
    }

    /// How a standby compute type stands to a primary one; an empty text is one that is not told.
    pub fn of_compute(primary: &str, standby: &str) -> Self {
        if primary.is_empty() || standby.is_empty() {
            return Self::Untold;
        }
        match compare_compute(standby, primary) {
            Some(Ordering::Equal | Ordering::Greater) => Self::Enough,
            Some(Ordering::Less) => Self::Below,
            None => Self::Incomparable,
        }
    }

    /// How a standby volume's size in GiB stands to a primary one's.
    pub const fn of_volume(primary: Option<u32>, standby: Option<u32>) -> Self {
        match (primary, standby) {
            (Some(primary), Some(standby)) if standby < primary => Self::Below,
            (Some(_), Some(_)) => Self::Enough,
            (_, _) => Self::Untold,
        }
    }
}

/// Compute types from small to large, a list a family (service model, `workspaces:Compute`). Types of two families have no order: a
/// graphics card is not more of a processor.
const FAMILIES: [&[&str]; 8] = [
    &["VALUE", "STANDARD", "PERFORMANCE", "POWER", "POWERPRO", "GENERALPURPOSE_4XLARGE", "GENERALPURPOSE_8XLARGE"],
    &["GRAPHICS", "GRAPHICSPRO"],
    &["GRAPHICS_G4DN", "GRAPHICSPRO_G4DN"],
    &[
        "GRAPHICS_G6_XLARGE",
        "GRAPHICS_G6_2XLARGE",
        "GRAPHICS_G6_4XLARGE",
        "GRAPHICS_G6_8XLARGE",
        "GRAPHICS_G6_16XLARGE",
    ],
    &["GRAPHICS_GR6_4XLARGE", "GRAPHICS_GR6_8XLARGE"],
    &["GRAPHICS_G6F_LARGE", "GRAPHICS_G6F_XLARGE", "GRAPHICS_G6F_2XLARGE", "GRAPHICS_G6F_4XLARGE"],
    &["GRAPHICS_GR6F_4XLARGE"],
    &["GRAPHICS_G7_2XLARGE", "GRAPHICS_G7_4XLARGE", "GRAPHICS_G7_8XLARGE", "GRAPHICS_G7_12XLARGE"],
];

/// Compares two compute types by name; `None` where they have no order.
pub fn compare_compute(left: &str, right: &str) -> Option<Ordering> {
    if left == right {
        return Some(Ordering::Equal);
    }
    FAMILIES.iter().find_map(|family| {
        let size = |wanted: &str| family.iter().position(|compute| *compute == wanted);
        Some(size(left)?.cmp(&size(right)?))
    })
}

/// A bundle's volume size: whole GiB, as text (service model, `RootStorage$Capacity`). `None` where it is no such number.
pub fn gib(capacity: &str) -> Option<u32> {
    capacity.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_an_order_within_a_family_alone() {
        assert_eq!(Standing::of_compute("POWER", "STANDARD"), Standing::Below);
        assert_eq!(Standing::of_compute("POWER", "POWER"), Standing::Enough);
        assert_eq!(Standing::of_compute("POWERPRO", "GENERALPURPOSE_4XLARGE"), Standing::Enough);
        assert_eq!(Standing::of_compute("GRAPHICS_G6_16XLARGE", "GRAPHICS_G6_8XLARGE"), Standing::Below);
        assert_eq!(Standing::of_compute("GRAPHICS_G6_XLARGE", "GRAPHICS_G7_12XLARGE"), Standing::Incomparable);
        assert_eq!(Standing::of_compute("POWER", "GRAPHICS_G6_XLARGE"), Standing::Incomparable);
        assert_eq!(Standing::of_compute("POWER", "TOMORROWS"), Standing::Incomparable);
        assert_eq!(Standing::of_compute("TOMORROWS", "TOMORROWS"), Standing::Enough);
        assert_eq!(Standing::of_compute("", ""), Standing::Untold);
    }

    #[test]
    fn every_type_is_in_one_family() {
        let mut types: Vec<&str> = FAMILIES.concat();
        let all = types.len();
        types.sort_unstable();
        types.dedup();
        assert_eq!((types.len(), all), (27, 27), "the service model has 27 compute types");
    }

    #[test]
    fn a_size_that_is_no_number_is_untold() {
        assert_eq!(gib(" 80 "), Some(80));
        for text in ["", "eighty", "-1", "80 GB", "99999999999"] {
            assert_eq!(gib(text), None, "{text}");
        }
        assert_eq!(Standing::of_volume(Some(80), Some(50)), Standing::Below);
        assert_eq!(Standing::of_volume(Some(80), Some(80)), Standing::Enough);
        assert_eq!(Standing::of_volume(None, Some(80)), Standing::Untold);
        assert_eq!(Standing::of_volume(Some(80), None), Standing::Untold);
    }
}
