//! ALS: the connection alias on both sides. Reach: the pair. Pairing: the connection string.

mod alias_associated_elsewhere;
mod alias_missing;
mod alias_not_associated;
mod alias_not_created;
mod alias_on_another_directory;
mod alias_shared_unexpectedly;

use crate::model::settings::SideSettings;
use crate::model::{PairView, Side};
use crate::rule::Rule;

/// The area's rules, by id.
pub static RULES: &[&dyn Rule] = &[
    &alias_missing::AliasMissing,
    &alias_not_created::AliasNotCreated,
    &alias_not_associated::AliasNotAssociated,
    &alias_on_another_directory::AliasOnAnotherDirectory,
    &alias_associated_elsewhere::AliasAssociatedElsewhere,
    &alias_shared_unexpectedly::AliasSharedUnexpectedly,
];

/// What is said where there is no alias to look at: ALS-001 says that there should be.
const NO_ALIAS: &str = "neither Region has the connection alias";

/// A side with its configuration.
type Place<'e> = (&'e Side, &'e SideSettings);

/// Both sides with their configurations.
fn places<'e>(pair: &PairView<'e>) -> [Place<'e>; 2] {
    [(pair.primary, &pair.settings.primary), (pair.standby, &pair.settings.standby)]
}
