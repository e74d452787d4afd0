//! DIR-011: people of a trusted domain must be let in by the standby side's directory too.
//!
//! It reads the states of trusts. Who of the pair's people is of which domain, no AWS API tells.

use super::known::{self, shown};
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::directory::{Directory, Trust};
use crate::model::pairing::dns_name;
use crate::model::{Dataset, Estate, PairView, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};

/// DIR-011 trust-not-verified.
pub(super) struct TrustNotVerified;

/// Positions in the cases.
const MISSING: usize = 0;
const UNVERIFIED: usize = 1;

static META: Meta = Meta {
    id: "DIR-011",
    name: "trust-not-verified",
    area: Area::Directories,
    summary: "a trust of the primary side's managed AD is missing or not verified for the standby side",
    cases: &[
        Case { key: "missing", severity: Severity::High, effect: Effect::Strands, uncounted: true },
        Case { key: "unverified", severity: Severity::High, effect: Effect::Strands, uncounted: true },
    ],
    reach: Reach::Pair,
    implies: &[],
    needs: &[Dataset::Trusts, Dataset::Directories, Dataset::Registrations, Dataset::Aliases],
    controls: &[
        controls::REL13_BP04,
        controls::EUCREL03,
        controls::CP_10,
        controls::CM_6,
        controls::A_5_29,
        controls::A_5_30,
        controls::ARTICLE_11,
    ],
    remedy: "Make the trust on the standby side's managed AD too, and verify it (`aws ds create-trust`, `verify-trust`); a trust that fails \
             its verification names why.",
    options: &[],
    doc: include_str!("trust_not_verified.md"),
};

const NO_TRUSTS: &str = "the primary side's managed AD trusts no other domain";
const OF_ANOTHER_DOMAIN: &str = "the standby directory is of another domain than the primary side's managed AD";
const STATELESS: Unknown = Unknown::Undetermined("the state of a trust is missing from the answer");
const SHARED: Unknown = Unknown::Unsupported(
    "the standby directory is a managed AD that another account shares: its owner alone may ask for its trusts",
);

/// The trusts of a directory that are not being taken away.
fn live(trusts: &[Trust]) -> impl Iterator<Item = &Trust> {
    trusts.iter().filter(|trust| !matches!(trust.trust_state.as_str(), "Deleting" | "Deleted"))
}

/// A trust of the primary side's managed AD, and the one that takes its place for the standby side.
type Compared<'e> = (&'e Trust, Option<&'e Trust>);

/// Each trust of the managed AD with the one that the standby side rests on: the same, where it rests on the same AD.
fn compared<'e>(pair: &PairView<'e>, managed: &Directory, s: &Directory) -> Result<Vec<Compared<'e>>, Unknown> {
    let id = &managed.directory_id;
    let kept = pair.primary.trusts.get(id).or_else(|| pair.standby.trusts.get(id)).ok_or(Estate::NOT_COLLECTED)?;
    let ours = live(kept.whole()?);
    if s.r#type != "MicrosoftAD" || s.directory_id == *id {
        return Ok(ours.map(|trust| (trust, Some(trust))).collect());
    }
    let theirs = pair.standby.trusts_of(&s.directory_id)?;
    let other = |trust: &Trust| {
        live(theirs).find(|other| dns_name(&other.remote_domain_name) == dns_name(&trust.remote_domain_name))
    };
    Ok(ours.map(|trust| (trust, other(trust))).collect())
}

/// Whether a trust fails in this way.
fn fails(case: usize, (_, standby): &Compared<'_>) -> bool {
    match standby {
        None => case == MISSING,
        Some(trust) => case == UNVERIFIED && !trust.trust_state.is_empty() && trust.trust_state != "Verified",
    }
}

impl Rule for TrustNotVerified {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let Some((p, s)) = known::both(pair, sheet) else { return };
        let Some(managed) = known::managed(pair, p, sheet) else { return };
        match s.r#type.as_str() {
            "SharedMicrosoftAD" => return sheet.unknown(Subject::Directories, SHARED),
            "MicrosoftAD" => {}
            _ if dns_name(&s.name) == dns_name(&managed.name) => {}
            _ => return sheet.not_applicable(OF_ANOTHER_DOMAIN),
        }
        let trusts = match compared(pair, managed, s) {
            Ok(trusts) => trusts,
            Err(why) => return sheet.unknown(Subject::Directories, why),
        };
        let case = [MISSING, UNVERIFIED].into_iter().find(|case| trusts.iter().any(|trust| fails(*case, trust)));
        if trusts.is_empty() {
            sheet.not_applicable(NO_TRUSTS);
        } else if let Some(case) = case {
            sheet.fail(Subject::Directories, case);
        } else if trusts.iter().any(|(_, standby)| standby.is_some_and(|trust| trust.trust_state.is_empty())) {
            sheet.unknown(Subject::Directories, STATELESS);
        } else {
            sheet.pass();
        }
    }

    fn word(&self, pair: &PairView<'_>, _: Subject, case: usize) -> Wording {
        let found = known::managed_listed(pair).zip(known::listed(pair));
        let trusts = found.and_then(|(managed, (_, s))| compared(pair, managed, s).ok());
        let Some(trusts) = trusts else { return Wording::new(META.summary) };
        let failing: Vec<&Compared<'_>> = trusts.iter().filter(|trust| fails(case, trust)).collect();
        let domains: Vec<&str> = failing.iter().map(|(trust, _)| trust.remote_domain_name.as_str()).collect();
        let domains = domains.join(", ");
        let region = &pair.settings.standby.region;
        let message = if case == MISSING {
            format!(
                "the managed AD in {region} does not know the trust with {domains}: people of that domain may not get in"
            )
        } else {
            format!(
                "the trust with {domains}, on which sign-ins in {region} rest, is not verified: people of that domain may not get in"
            )
        };
        failing.into_iter().fold(Wording::new(message), |wording, (primary, standby)| {
            let state = standby.map_or("", |trust| trust.trust_state.as_str());
            let reason = standby.map_or("", |trust| trust.trust_state_reason.as_str());
            let told = if reason.is_empty() { shown(state) } else { format!("{state}: {reason}") };
            wording.with(format!("TrustState of {}", primary.remote_domain_name), shown(&primary.trust_state), told)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::known::NO_MANAGED;
    use super::*;
    use crate::fixture::{Fixture, On};

    fn trusting() -> Fixture {
        let mut fixture = Fixture::clean();
        fixture.add_managed_ad();
        fixture
    }

    fn trust(fixture: &mut Fixture) -> &mut Trust {
        &mut fixture.side(On::Primary).trusts.get_mut(Fixture::MANAGED_AD).expect("asked").items_mut()[0]
    }

    fn in_state(state: &str) -> Fixture {
        let mut fixture = trusting();
        trust(&mut fixture).trust_state = state.to_owned();
        fixture
    }

    /// The standby's directory is a managed AD of its own, with these trusts.
    fn apart(trusts: &[(&str, &str)]) -> Fixture {
        let mut fixture = trusting();
        let id = fixture.directory_id(On::Standby);
        let made = trusts.iter().map(|(domain, state)| Trust {
            directory_id: id.clone(),
            remote_domain_name: (*domain).to_owned(),
            trust_state: (*state).to_owned(),
            ..Trust::default()
        });
        let made = made.collect();
        let standby = fixture.side(On::Standby);
        standby.directories.items_mut().truncate(1);
        standby.directories.items_mut()[0].r#type = "MicrosoftAD".to_owned();
        standby.trusts.insert(id, crate::model::Slice::whole_of(made));
        fixture
    }

    fn fails(fixture: &Fixture, case: &str) -> Wording {
        assert_eq!(fixture.verdicts(&TrustNotVerified), (0, vec![format!("{case} corp.example")]));
        let run = fixture.run(&[&TrustNotVerified]);
        assert_eq!((run.pairs[0].readiness.ready, run.pairs[0].readiness.uncounted.len()), (3, 1), "nothing says whom");
        fixture.words(&TrustNotVerified)
    }

    #[test]
    fn passes_for_verified_trusts() {
        assert_eq!(trusting().verdicts(&TrustNotVerified), (1, vec![]));
        let fixture = apart(&[("PEOPLE.example.", "Verified"), ("more.example", "Failed")]);
        assert_eq!(fixture.verdicts(&TrustNotVerified), (1, vec![]), "what the primary does not trust is not asked");
    }

    #[test]
    fn fails_for_a_trust_that_is_not_verified() {
        for state in ["VerifyFailed", "Creating", "Failed", "Updated"] {
            let mut fixture = in_state(state);
            trust(&mut fixture).trust_state_reason = "no conditional forwarder".to_owned();
            let words = fails(&fixture, "unverified");
            assert!(words.message.starts_with("the trust with people.example"), "{}", words.message);
            assert_eq!(words.drift[0].standby, format!("{state}: no conditional forwarder"));
        }
        fails(&apart(&[("people.example", "VerifyFailed")]), "unverified");
    }

    #[test]
    fn fails_for_a_trust_that_the_standbys_own_ad_lacks() {
        for trusts in [&[][..], &[("other.example", "Verified")], &[("people.example", "Deleted")]] {
            let words = fails(&apart(trusts), "missing");
            assert_eq!((words.drift[0].primary.as_str(), words.drift[0].standby.as_str()), ("Verified", "absent"));
        }
    }

    #[test]
    fn what_is_not_told_is_not_judged_and_nothing_to_compare_is_said() {
        assert_eq!(in_state("").judge(&TrustNotVerified).unknowns(), [(Subject::Directories, STATELESS)]);
        for state in ["Deleted", "Deleting"] {
            assert_eq!(in_state(state).judge(&TrustNotVerified).reasons(), [NO_TRUSTS]);
        }
        assert_eq!(Fixture::clean().judge(&TrustNotVerified).reasons(), [NO_MANAGED]);
        let mut fixture = trusting();
        fixture.side(On::Standby).directories.items_mut()[0].name = "other.example".to_owned();
        assert_eq!(fixture.judge(&TrustNotVerified).reasons(), [OF_ANOTHER_DOMAIN]);
        let mut fixture = apart(&[]);
        fixture.side(On::Standby).directories.items_mut()[0].r#type = "SharedMicrosoftAD".to_owned();
        assert_eq!(fixture.judge(&TrustNotVerified).unknowns(), [(Subject::Directories, SHARED)]);
    }

    #[test]
    fn denied_calls_are_named() {
        trusting().assert_gaps_are_no_passes(&TrustNotVerified);
        in_state("Failed").assert_gaps_are_no_passes(&TrustNotVerified);
        apart(&[]).assert_gaps_are_no_passes(&TrustNotVerified);
    }
}
