//! ALS-004: where the configuration declares a directory, the alias must lead to that one.

use super::{Place, places};
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::pairing::association;
use crate::model::{Dataset, PairView, Side, Subject};
use crate::rule::{Rule, Sheet, Wording};

/// ALS-004 alias-on-another-directory.
pub(super) struct AliasOnAnotherDirectory;

static META: Meta = Meta {
    id: "ALS-004",
    name: "alias-on-another-directory",
    area: Area::Aliases,
    summary: "the connection alias is associated with another directory than the declared one",
    cases: &[Case {
        key: "another-directory",
        severity: Severity::Critical,
        effect: Effect::Strands,
        uncounted: false,
    }],
    reach: Reach::Pair,
    implies: &[],
    needs: &[Dataset::Aliases],
    controls: &[
        controls::REL13_BP02,
        controls::EUCREL02,
        controls::CP_10,
        controls::CM_6,
        controls::A_5_30,
        controls::ARTICLE_11,
    ],
    remedy: "Associate the alias with the declared directory, or correct `directory` in the configuration. A new association has a new \
             connection identifier: set the TXT record to it where the record names that Region.",
    options: &[],
    doc: include_str!("alias_on_another_directory.md"),
};

/// The directory that a side's alias leads to.
fn associated<'e>(pair: &PairView<'e>, side: &'e Side) -> Option<&'e str> {
    pair.alias(side).ok().flatten().and_then(association).map(|association| association.resource_id.as_str())
}

/// The declared and the associated directory of a side where they differ.
fn strays<'e>(pair: &PairView<'e>, (side, settings): Place<'e>) -> Option<(&'e str, &'e str)> {
    let declared = settings.directory.as_deref()?;
    associated(pair, side).filter(|directory| *directory != declared).map(|directory| (declared, directory))
}

impl Rule for AliasOnAnotherDirectory {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let places = places(pair);
        let mut declared = false;
        for place @ (side, settings) in places {
            if settings.directory.is_none() {
                continue;
            }
            declared = true;
            match pair.alias(side) {
                Err(gap) => sheet.unknown(Subject::Alias, gap),
                // That it is missing or leads nowhere is said by ALS-001 and ALS-003.
                Ok(alias) if alias.and_then(association).is_none() => {}
                Ok(_) if strays(pair, place).is_none() => sheet.pass(),
                Ok(_) => {}
            }
        }
        if places.into_iter().any(|place| strays(pair, place).is_some()) {
            sheet.fail(Subject::Alias, 0);
        } else if !declared {
            sheet.not_applicable("the configuration declares no directory");
        } else if sheet.is_empty() {
            sheet.not_applicable("the alias is associated with no directory where one is declared");
        }
    }

    fn word(&self, pair: &PairView<'_>, _: Subject, _: usize) -> Wording {
        let places = places(pair);
        let strays: Vec<String> = places
            .into_iter()
            .filter_map(|place| {
                let (declared, directory) = strays(pair, place)?;
                Some(format!("{directory} in {}, where {declared} is declared", place.1.region))
            })
            .collect();
        let [primary, standby] =
            places.map(|(side, _)| associated(pair, side).unwrap_or("no association was read").to_owned());
        Wording::new(format!("{} leads to {}", pair.settings.alias, strays.join(", and to "))).with(
            "ResourceId",
            primary,
            standby,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::Unknown;

    fn declared() -> Fixture {
        let mut fixture = Fixture::clean();
        let (primary, standby) = (fixture.directory_id(On::Primary), fixture.directory_id(On::Standby));
        fixture.pair().primary.directory = Some(primary);
        fixture.pair().standby.directory = Some(standby);
        fixture
    }

    #[test]
    fn passes_where_the_declared_directories_are_associated() {
        assert_eq!(declared().verdicts(&AliasOnAnotherDirectory), (2, vec![]));
    }

    #[test]
    fn fails_where_another_is() {
        let mut fixture = declared();
        fixture.side(On::Standby).aliases.items_mut()[0].associations[0].resource_id = "d-92670000cc".to_owned();
        assert_eq!(
            fixture.verdicts(&AliasOnAnotherDirectory),
            (1, vec!["another-directory desktop.corp.example".to_owned()])
        );
        let words = fixture.words(&AliasOnAnotherDirectory);
        assert_eq!(
            words.message,
            "desktop.corp.example leads to d-92670000cc in us-west-2, where d-92670000bb is declared"
        );
        assert_eq!(words.drift[0].standby, "d-92670000cc");
    }

    #[test]
    fn does_not_apply_without_a_declaration_or_an_association() {
        let reasons = |fixture: &Fixture| fixture.judge(&AliasOnAnotherDirectory).reasons().to_vec();
        assert_eq!(reasons(&Fixture::clean()), ["the configuration declares no directory"]);
        let mut fixture = declared();
        for on in [On::Primary, On::Standby] {
            fixture.side(on).aliases.items_mut()[0].associations.clear();
        }
        assert_eq!(reasons(&fixture), ["the alias is associated with no directory where one is declared"]);
    }

    #[test]
    fn a_gap_is_no_pass() {
        let mut fixture = declared();
        let gap = fixture.deny(On::Standby, Dataset::Aliases);
        let sheet = fixture.judge(&AliasOnAnotherDirectory);
        assert_eq!(sheet.unknowns(), [(Subject::Alias, Unknown::Gap(gap))]);
        assert_eq!((sheet.passes(), sheet.fails().len()), (1, 0));
    }

    #[test]
    fn denied_calls_are_named() {
        declared().assert_gaps_are_no_passes(&AliasOnAnotherDirectory);
        let mut drifted = declared();
        drifted.side(On::Standby).aliases.items_mut()[0].associations[0].resource_id = "d-92670000cc".to_owned();
        drifted.assert_gaps_are_no_passes(&AliasOnAnotherDirectory);
    }
}
