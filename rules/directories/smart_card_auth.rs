//! DIR-014: who signs in with a smart card must be able to in both Regions.
//!
//! It reads whether the directories take cards. Which certificates they trust is DIR-015's; whose card is good, no AWS API tells.

use super::known;
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::directory::{ClientAuthentication, Directory};
use crate::model::{Dataset, PairView, Side, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};

/// DIR-014 smart-card-auth.
pub(super) struct SmartCardAuth;

/// Positions in the cases.
const MISSING: usize = 0;
const DEMANDED: usize = 1;

static META: Meta = Meta {
    id: "DIR-014",
    name: "smart-card-auth",
    area: Area::Directories,
    summary: "the directories differ in whether people sign in with a smart card",
    cases: &[
        Case { key: "missing", severity: Severity::Critical, effect: Effect::Strands, uncounted: false },
        Case { key: "demanded", severity: Severity::High, effect: Effect::Strands, uncounted: true },
    ],
    reach: Reach::Pair,
    implies: &[],
    needs: &[Dataset::ClientAuthentications, Dataset::Directories, Dataset::Registrations, Dataset::Aliases],
    controls: &[
        controls::REL13_BP04,
        controls::EUCREL03,
        controls::CP_10,
        controls::CM_6,
        controls::A_5_29,
        controls::A_5_30,
        controls::ARTICLE_11,
    ],
    remedy: "Register the cards' certificate authority with the standby directory and enable smart cards there \
             (`aws ds register-certificate`, `enable-client-authentication`).",
    options: &[],
    doc: include_str!("smart_card_auth.md"),
};

const NOWHERE: &str = "neither directory takes smart cards";
const STATELESS: Unknown =
    Unknown::Undetermined("a directory's answer lacks whether a way of client authentication is on");

/// How a directory takes smart cards, from the least on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Cards {
    /// It does not.
    No,
    /// It takes a password as well.
    OrPassword,
    /// It takes cards.
    Yes,
}

impl Cards {
    /// For a line of differences.
    const fn words(self) -> &'static str {
        match self {
            Self::No => "not enabled",
            Self::OrPassword => "SmartCardOrPassword enabled",
            Self::Yes => "SmartCard enabled",
        }
    }
}

/// How a directory takes cards. A way that is not in the list is taken not to be on, for the list has all that are supported.
fn cards(side: &Side, directory: &Directory) -> Result<Cards, Unknown> {
    let ways: &[ClientAuthentication] = side.client_authentications_of(&directory.directory_id)?;
    if ways.iter().any(|way| way.status.is_empty()) {
        return Err(STATELESS);
    }
    let on = |kind: &str| ways.iter().any(|way| way.r#type == kind && way.status == "Enabled");
    Ok(match (on("SmartCard"), on("SmartCardOrPassword")) {
        (true, _) => Cards::Yes,
        (false, true) => Cards::OrPassword,
        (false, false) => Cards::No,
    })
}

impl Rule for SmartCardAuth {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let Some((p, s)) = known::with_settings(pair, sheet) else { return };
        match (cards(pair.primary, p), cards(pair.standby, s)) {
            (Err(why), _) | (_, Err(why)) => sheet.unknown(Subject::Directories, why),
            (Ok(Cards::No), Ok(Cards::No)) => sheet.not_applicable(NOWHERE),
            (Ok(Cards::OrPassword | Cards::Yes), Ok(Cards::No)) => sheet.fail(Subject::Directories, MISSING),
            (Ok(Cards::No | Cards::OrPassword), Ok(Cards::Yes)) => sheet.fail(Subject::Directories, DEMANDED),
            (Ok(_), Ok(_)) => sheet.pass(),
        }
    }

    fn word(&self, pair: &PairView<'_>, _: Subject, case: usize) -> Wording {
        let Some((p, s)) = known::listed(pair) else { return Wording::new(META.summary) };
        let region = &pair.settings.standby.region;
        let message = if case == MISSING {
            format!(
                "the directory in {region} takes no smart cards, and the primary's does: who signs in with a card does not get in"
            )
        } else {
            format!(
                "the directory in {region} signs people in with smart cards, and the primary's lets them in without: who has none may not get in"
            )
        };
        let shown = |side: &Side, directory: &Directory| cards(side, directory).map_or("not told", Cards::words);
        Wording::new(message).with("ClientAuthenticationSettingsInfo", shown(pair.primary, p), shown(pair.standby, s))
    }
}

#[cfg(test)]
mod tests {
    use super::super::known::{FOREIGN, NO_SETTINGS, NOT_BOTH};
    use super::*;
    use crate::fixture::{Fixture, On};

    fn set(fixture: &mut Fixture, on: On, ways: &[(&str, &str)]) {
        let id = fixture.directory_id(on);
        let ways = ways.iter().map(|(kind, status)| ClientAuthentication {
            r#type: (*kind).to_owned(),
            status: (*status).to_owned(),
            ..ClientAuthentication::default()
        });
        *fixture.side(on).client_authentications.get_mut(&id).expect("asked").items_mut() = ways.collect();
    }

    fn ways(primary: &[(&str, &str)], standby: &[(&str, &str)]) -> Fixture {
        let mut fixture = Fixture::clean();
        set(&mut fixture, On::Primary, primary);
        set(&mut fixture, On::Standby, standby);
        fixture
    }

    const CARDS: &[(&str, &str)] = &[("SmartCard", "Enabled")];
    const EITHER: &[(&str, &str)] = &[("SmartCardOrPassword", "Enabled")];
    const OFF: &[(&str, &str)] = &[("SmartCard", "Disabled")];

    #[test]
    fn passes_where_both_take_cards() {
        assert_eq!(Fixture::clean().verdicts(&SmartCardAuth), (1, vec![]));
        for (primary, standby) in [(EITHER, EITHER), (CARDS, EITHER)] {
            assert_eq!(ways(primary, standby).verdicts(&SmartCardAuth), (1, vec![]));
        }
    }

    #[test]
    fn fails_where_the_standby_takes_none() {
        for (primary, standby) in [(CARDS, OFF), (CARDS, &[]), (EITHER, OFF)] {
            let fixture = ways(primary, standby);
            assert_eq!(fixture.verdicts(&SmartCardAuth), (0, vec!["missing corp.example".to_owned()]));
            assert_eq!(fixture.run(&[&SmartCardAuth]).pairs[0].readiness.stranded, 3);
            assert!(
                fixture.words(&SmartCardAuth).message.starts_with("the directory in us-west-2 takes no smart cards")
            );
        }
    }

    #[test]
    fn fails_where_the_standby_alone_demands_one_and_counts_nobody() {
        for primary in [OFF, EITHER] {
            let fixture = ways(primary, CARDS);
            assert_eq!(fixture.verdicts(&SmartCardAuth), (0, vec!["demanded corp.example".to_owned()]));
            let run = fixture.run(&[&SmartCardAuth]);
            assert_eq!((run.pairs[0].readiness.ready, run.pairs[0].readiness.uncounted.len()), (3, 1));
            assert_eq!(fixture.words(&SmartCardAuth).drift[0].standby, "SmartCard enabled");
        }
        assert_eq!(ways(OFF, EITHER).verdicts(&SmartCardAuth), (1, vec![]), "a password does still");
    }

    #[test]
    fn nothing_to_compare_is_said() {
        assert_eq!(ways(OFF, &[]).judge(&SmartCardAuth).reasons(), [NOWHERE]);
        assert_eq!(
            ways(CARDS, &[("SmartCard", "")]).judge(&SmartCardAuth).unknowns(),
            [(Subject::Directories, STATELESS)]
        );
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).directories.items_mut()[0].r#type = "SimpleAD".to_owned();
        assert_eq!(fixture.judge(&SmartCardAuth).reasons(), [NO_SETTINGS]);
        // One that is not registered was not asked about.
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).registrations.items_mut().clear();
        fixture.side(On::Standby).aliases.items_mut().clear();
        assert_eq!(fixture.judge(&SmartCardAuth).reasons(), [NO_SETTINGS]);
        fixture.side(On::Standby).directories.items_mut().clear();
        assert_eq!(fixture.judge(&SmartCardAuth).reasons(), [NOT_BOTH]);
        fixture.pair().standby.directory = Some("wsd-0000000aa".to_owned());
        assert_eq!(fixture.judge(&SmartCardAuth).reasons(), [FOREIGN]);
    }

    #[test]
    fn denied_calls_are_named() {
        Fixture::clean().assert_gaps_are_no_passes(&SmartCardAuth);
        ways(CARDS, OFF).assert_gaps_are_no_passes(&SmartCardAuth);
        ways(OFF, CARDS).assert_gaps_are_no_passes(&SmartCardAuth);
    }
}
