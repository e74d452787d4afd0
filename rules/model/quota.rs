//! Quotas of WorkSpaces, as Service Quotas lists them, and which of them rules look at.

use super::wire::wire;
use super::{GapId, Side};

wire! {
    /// `servicequotas:ServiceQuota`. `Value` is a double in the model; what it counts are whole things, so that a fraction grants no more.
    Quota as "PascalCase" {
        service_code: String,
        quota_code: String,
        quota_name: String,
        value: Option<u64>,
        adjustable: Option<bool>,
    }
}

/// A quota that a rule looks at. Its code is the same in every account and Region; where AWS lists none of this code, its name tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Watched {
    /// `QuotaCode`.
    pub code: &'static str,
    /// `QuotaName`.
    pub name: &'static str,
}

/// "The maximum number of WorkSpaces in this account in the current Region" (AWS-FACTS §1.12).
pub const WORKSPACES: Watched = Watched { code: "L-34278094", name: "WorkSpaces" };

/// Standby WorkSpaces, which `CreateStandbyWorkspaces` makes (AWS-FACTS §1.12).
pub const STANDBY_WORKSPACES: Watched = Watched { code: "L-9A67B5CB", name: "Standby WorkSpaces" };

/// The hardware that has a quota of its own, by compute type (AWS-FACTS §1.12). Of what AWS has retired nothing is made any more.
pub const HARDWARE: [(&str, Watched); 4] = [
    ("GENERALPURPOSE_4XLARGE", Watched { code: "L-465DA8AF", name: "GeneralPurpose.4xlarge WorkSpaces" }),
    ("GENERALPURPOSE_8XLARGE", Watched { code: "L-C266A5F4", name: "GeneralPurpose.8xlarge WorkSpaces" }),
    ("GRAPHICS_G4DN", Watched { code: "L-BCACAEBC", name: "Graphics.g4dn WorkSpaces" }),
    ("GRAPHICSPRO_G4DN", Watched { code: "L-BE9A8466", name: "GraphicsPro.g4dn WorkSpaces" }),
];

/// What a standby Region must have besides desktops: images, bundles, connection aliases, IP access control groups. The names are those
/// of the quota page; the codes are the ones that public inventory scripts ask for, and the name tells where AWS lists no such code.
pub const CATALOGUE: [Watched; 4] = [
    Watched { code: "L-18CE281C", name: "Images" },
    Watched { code: "L-843E43DA", name: "Bundles" },
    Watched { code: "L-0798A2C9", name: "Connection aliases" },
    Watched { code: "L-0E312A12", name: "IP access control groups" },
];

/// All of them.
pub fn watched() -> impl Iterator<Item = Watched> {
    let hardware = HARDWARE.into_iter().map(|(_, watched)| watched);
    [WORKSPACES, STANDBY_WORKSPACES].into_iter().chain(hardware).chain(CATALOGUE)
}

impl Watched {
    /// Whether a list has it.
    pub fn find(self, quotas: &[Quota]) -> Option<&Quota> {
        let by_code = quotas.iter().find(|quota| quota.quota_code == self.code);
        by_code.or_else(|| quotas.iter().find(|quota| quota.quota_name == self.name))
    }
}

/// What a quota grants, as far as Service Quotas tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Granted {
    /// How many; `None` where the answer did not have the value.
    pub value: Option<u64>,
    /// Whether it is the default that everybody has: what was granted to this account is not told.
    pub is_default: bool,
}

impl Side {
    /// What one of WorkSpaces' quotas grants here: the applied value, or where that is not listed, the default. `Ok(None)` where neither
    /// list has it.
    ///
    /// # Errors
    /// The gap that may hide it.
    pub fn granted(&self, watched: Watched) -> Result<Option<Granted>, GapId> {
        let (applied, default) = (&self.quotas, &self.default_quotas);
        if let Some(quota) = watched.find(applied.items()) {
            return Ok(Some(Granted { value: quota.value, is_default: false }));
        }
        applied.whole()?;
        if let Some(quota) = watched.find(default.items()) {
            return Ok(Some(Granted { value: quota.value, is_default: true }));
        }
        default.whole().map(|_| None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::Slice;
    use std::collections::BTreeSet;

    fn quota(code: &str, name: &str, value: u64) -> Quota {
        Quota { quota_code: code.to_owned(), quota_name: name.to_owned(), value: Some(value), ..Quota::default() }
    }

    #[test]
    fn each_is_watched_once_under_a_name_of_its_own() {
        let codes: BTreeSet<&str> = watched().map(|watched| watched.code).collect();
        let names: BTreeSet<&str> = watched().map(|watched| watched.name).collect();
        assert_eq!((codes.len(), names.len()), (watched().count(), watched().count()));
    }

    #[test]
    fn what_is_granted_goes_before_the_default_and_a_code_before_a_name() {
        let mut fixture = Fixture::clean();
        let side = fixture.side(On::Standby);
        side.quotas = Slice::whole_of(vec![quota("L-OTHER", "WorkSpaces", 7), quota("L-34278094", "Renamed", 900)]);
        side.default_quotas = Slice::whole_of(vec![quota("L-34278094", "WorkSpaces", 1), quota("L-NEW", "Images", 40)]);
        let granted = |value, is_default| Ok(Some(Granted { value: Some(value), is_default }));
        assert_eq!(side.granted(WORKSPACES), granted(900, false));
        assert_eq!(side.granted(CATALOGUE[0]), granted(40, true));
        assert_eq!(side.granted(STANDBY_WORKSPACES), Ok(None));
        side.quotas.items_mut().pop();
        assert_eq!(side.granted(WORKSPACES), granted(7, false));
    }

    #[test]
    fn a_default_is_none_where_the_granted_value_may_have_been_lost() {
        let mut fixture = Fixture::clean();
        let gap = fixture.gap("servicequotas", "ListServiceQuotas");
        let side = fixture.side(On::Standby);
        side.quotas = Slice::cut(vec![quota("L-18CE281C", "Images", 60)], gap);
        side.default_quotas = Slice::whole_of(vec![quota("L-34278094", "WorkSpaces", 1)]);
        assert_eq!(side.granted(WORKSPACES), Err(gap));
        assert!(side.granted(CATALOGUE[0]).is_ok());
        side.quotas = Slice::whole_of(Vec::new());
        side.default_quotas = Slice::cut(Vec::new(), gap);
        assert_eq!(side.granted(WORKSPACES), Err(gap));
    }
}
