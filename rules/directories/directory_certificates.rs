//! DIR-015: the standby directory must talk to domain controllers as the primary's does, and its certificates must hold.
//!
//! It reads states and dates. What the certificates are good for on the domain controllers, no AWS API tells.

use super::known::{self, shown};
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::directory::{Directory, DirectoryCertificate};
use crate::model::{Dataset, Moment, PairView, Side, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};
use std::collections::BTreeSet;

/// DIR-015 directory-certificates.
pub(super) struct DirectoryCertificates;

/// Positions in the cases.
const LDAPS: usize = 0;
const MISSING: usize = 1;
const NOT_REGISTERED: usize = 2;
const RUNS_OUT: usize = 3;

static META: Meta = Meta {
    id: "DIR-015",
    name: "directory-certificates",
    area: Area::Directories,
    summary: "the standby directory differs in LDAPS, or a certificate that it trusts is missing or does not hold",
    cases: &[
        Case { key: "ldaps", severity: Severity::High, effect: Effect::Degrades, uncounted: false },
        Case { key: "missing", severity: Severity::High, effect: Effect::Degrades, uncounted: false },
        Case { key: "not-registered", severity: Severity::High, effect: Effect::Degrades, uncounted: false },
        Case { key: "runs-out", severity: Severity::High, effect: Effect::Degrades, uncounted: false },
    ],
    reach: Reach::Pair,
    implies: &[],
    needs: &[
        Dataset::LdapsSettings,
        Dataset::Certificates,
        Dataset::Directories,
        Dataset::Registrations,
        Dataset::Aliases,
    ],
    controls: &[
        controls::REL13_BP04,
        controls::EUCREL03,
        controls::CM_6,
        controls::A_5_29,
        controls::A_5_30,
        controls::ARTICLE_11,
    ],
    remedy: "Register the certificates of the authorities that the primary directory trusts with the standby directory too, before the old ones \
             run out, and set LDAPS alike (`aws ds register-certificate`, `enable-ldaps`).",
    options: &[],
    doc: include_str!("directory_certificates.md"),
};

const NOWHERE: &str = "neither directory uses LDAPS or trusts a certificate";
const STATELESS: Unknown = Unknown::Undetermined("a directory's answer lacks its LDAPS status");
const DATELESS: Unknown =
    Unknown::Undetermined("a certificate of the standby directory lacks its state or the day on which it runs out");

/// How long before a certificate runs out it is said, in seconds: 30 days.
const NOTICE: i64 = 30 * 24 * 3600;

/// The LDAPS status of a directory; "Disabled" where it has none.
fn ldaps<'e>(side: &'e Side, directory: &Directory) -> Result<&'e str, Unknown> {
    match side.ldaps_settings_of(&directory.directory_id)? {
        [] => Ok("Disabled"),
        [setting, ..] if setting.ldaps_status.is_empty() => Err(STATELESS),
        [setting, ..] => Ok(&setting.ldaps_status),
    }
}

/// The certificates of a directory that are not taken away.
fn certificates<'e>(side: &'e Side, directory: &Directory) -> Result<Vec<&'e DirectoryCertificate>, Unknown> {
    let all = side.certificates_of(&directory.directory_id)?.iter();
    Ok(all.filter(|one| !matches!(one.state.as_str(), "Deregistering" | "Deregistered")).collect())
}

/// What certificates are for, of those that are in use.
fn purposes<'e>(certificates: &[&'e DirectoryCertificate]) -> BTreeSet<&'e str> {
    certificates.iter().filter(|one| one.state == "Registered").map(|one| one.r#type.as_str()).collect()
}

/// Whether a certificate runs out soon, and no other of its authority and purpose takes its place.
fn runs_out(at: Moment, one: &DirectoryCertificate, all: &[&DirectoryCertificate]) -> bool {
    let soon = |one: &DirectoryCertificate| one.expiry_date_time.is_some_and(|end| end.secs_since(at) < NOTICE);
    let replaces = |other: &&DirectoryCertificate| {
        other.state == "Registered"
            && other.common_name == one.common_name
            && other.r#type == one.r#type
            && !soon(other)
    };
    soon(one) && !all.iter().any(|other| other.expiry_date_time.is_some() && replaces(other))
}

/// Everything that is compared.
struct Compared<'e> {
    ldaps: (&'e str, &'e str),
    primary: Vec<&'e DirectoryCertificate>,
    standby: Vec<&'e DirectoryCertificate>,
}

impl<'e> Compared<'e> {
    fn of(pair: &PairView<'e>, p: &Directory, s: &Directory) -> Result<Self, Unknown> {
        Ok(Self {
            ldaps: (ldaps(pair.primary, p)?, ldaps(pair.standby, s)?),
            primary: certificates(pair.primary, p)?,
            standby: certificates(pair.standby, s)?,
        })
    }

    /// What the standby directory trusts nobody for, and the primary's does.
    fn missing(&self) -> BTreeSet<&'e str> {
        let known: BTreeSet<&str> = self.standby.iter().map(|one| one.r#type.as_str()).collect();
        purposes(&self.primary).into_iter().filter(|purpose| !known.contains(purpose)).collect()
    }

    /// The standby's certificates that are not in use, or not for long.
    fn failing(&self, at: Moment, case: usize) -> Vec<&'e DirectoryCertificate> {
        let fails = |one: &&&DirectoryCertificate| match case {
            NOT_REGISTERED => !one.state.is_empty() && one.state != "Registered",
            _ => runs_out(at, one, &self.standby),
        };
        self.standby.iter().filter(fails).copied().collect()
    }

    /// In which way they fail, the first of them.
    fn case(&self, at: Moment) -> Option<usize> {
        let enabled = |status: &str| status == "Enabled";
        if enabled(self.ldaps.0) != enabled(self.ldaps.1) {
            Some(LDAPS)
        } else if !self.missing().is_empty() {
            Some(MISSING)
        } else {
            [NOT_REGISTERED, RUNS_OUT].into_iter().find(|case| !self.failing(at, *case).is_empty())
        }
    }
}

impl Rule for DirectoryCertificates {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let Some((p, s)) = known::with_settings(pair, sheet) else { return };
        let compared = match Compared::of(pair, p, s) {
            Ok(compared) => compared,
            Err(why) => return sheet.unknown(Subject::Directories, why),
        };
        let untold = |one: &&DirectoryCertificate| one.state.is_empty() || one.expiry_date_time.is_none();
        if let Some(case) = compared.case(pair.judged_at) {
            sheet.fail(Subject::Directories, case);
        } else if compared.standby.iter().any(untold) {
            sheet.unknown(Subject::Directories, DATELESS);
        } else if compared.ldaps == ("Disabled", "Disabled")
            && compared.primary.is_empty()
            && compared.standby.is_empty()
        {
            sheet.not_applicable(NOWHERE);
        } else {
            sheet.pass();
        }
    }

    fn word(&self, pair: &PairView<'_>, _: Subject, case: usize) -> Wording {
        let compared = known::listed(pair).and_then(|(p, s)| Compared::of(pair, p, s).ok());
        let Some(compared) = compared else { return Wording::new(META.summary) };
        let region = &pair.settings.standby.region;
        let names = |list: &[&DirectoryCertificate]| {
            let named = list.iter().map(|one| match one.common_name.as_str() {
                "" => one.certificate_id.clone(),
                name => name.to_owned(),
            });
            let set: BTreeSet<String> = named.collect();
            set.into_iter().collect::<Vec<_>>().join(", ")
        };
        match case {
            LDAPS => {
                let (primary, standby) = compared.ldaps;
                Wording::new(format!("LDAPS is {standby} on the directory in {region}, and {primary} on the primary's"))
                    .with("LDAPSStatus", primary, standby)
            }
            MISSING => {
                let missing = compared.missing();
                let lost: Vec<&DirectoryCertificate> =
                    compared.primary.iter().filter(|one| missing.contains(one.r#type.as_str())).copied().collect();
                let purposes = missing.into_iter().collect::<Vec<_>>().join(", ");
                Wording::new(format!(
                    "the directory in {region} trusts no certificate for {purposes}, and the primary's does"
                ))
                .with("CertificatesInfo", shown(&names(&lost)), "absent")
            }
            NOT_REGISTERED => {
                let failing = compared.failing(pair.judged_at, case);
                let states: BTreeSet<&str> = failing.iter().map(|one| one.state.as_str()).collect();
                let states = states.into_iter().collect::<Vec<_>>().join(", ");
                Wording::new(format!(
                    "the directory in {region} does not use a certificate that it was given: {} is {states}",
                    names(&failing)
                ))
                .with("CertificatesInfo.State", "", states)
            }
            _ => {
                let failing = compared.failing(pair.judged_at, case);
                let first = failing.iter().filter_map(|one| one.expiry_date_time).min();
                let when = first.map_or(String::new(), |end| match end.secs_since(pair.judged_at) {
                    left if left <= 0 => "has run out".to_owned(),
                    left => format!("runs out in {} days", left / (24 * 3600)),
                });
                Wording::new(format!(
                    "a certificate that the directory in {region} trusts {when}, and no other takes its place: {}",
                    names(&failing)
                ))
                .with(
                    "CertificatesInfo.ExpiryDateTime",
                    "",
                    first.map_or(String::new(), |end| end.to_string()),
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::known::NO_SETTINGS;
    use super::*;
    use crate::fixture::{Fixture, HOUR, On, TAKEN_AT};

    fn certificates_of(fixture: &mut Fixture, on: On) -> &mut Vec<DirectoryCertificate> {
        let id = fixture.directory_id(on);
        fixture.side(on).certificates.get_mut(&id).expect("asked").items_mut()
    }

    fn with_ldaps(primary: &str, standby: &str) -> Fixture {
        let mut fixture = Fixture::clean();
        for (on, status) in [(On::Primary, primary), (On::Standby, standby)] {
            let id = fixture.directory_id(on);
            let settings = fixture.side(on).ldaps_settings.get_mut(&id).expect("asked").items_mut();
            settings[0].ldaps_status = status.to_owned();
        }
        fixture
    }

    fn change(change: impl Fn(&mut DirectoryCertificate)) -> Fixture {
        let mut fixture = Fixture::clean();
        change(&mut certificates_of(&mut fixture, On::Standby)[0]);
        fixture
    }

    fn runs_out_in(days: i64) -> Fixture {
        change(|one| one.expiry_date_time = Some(Moment::from_secs(TAKEN_AT.secs() + days * 24 * HOUR)))
    }

    fn fails(fixture: &Fixture, verdict: &str) {
        assert_eq!(fixture.verdicts(&DirectoryCertificates), (0, vec![format!("{verdict} corp.example")]));
        assert_eq!(fixture.run(&[&DirectoryCertificates]).pairs[0].readiness.degraded, 3);
    }

    #[test]
    fn passes_for_the_same_with_certificates_that_hold() {
        assert_eq!(Fixture::clean().verdicts(&DirectoryCertificates), (1, vec![]));
        assert_eq!(runs_out_in(30).verdicts(&DirectoryCertificates), (1, vec![]));
        let gone = change(|one| one.state = "Deregistered".to_owned());
        fails(&gone, "missing");
    }

    #[test]
    fn fails_for_another_ldaps_status() {
        for (primary, standby) in [("Enabled", "Disabled"), ("Enabled", "EnableFailed"), ("Disabled", "Enabled")] {
            let fixture = with_ldaps(primary, standby);
            fails(&fixture, "ldaps");
            let message = fixture.words(&DirectoryCertificates).message;
            assert_eq!(
                message,
                format!("LDAPS is {standby} on the directory in us-west-2, and {primary} on the primary's")
            );
        }
        assert_eq!(
            with_ldaps("Enabled", "").judge(&DirectoryCertificates).unknowns(),
            [(Subject::Directories, STATELESS)]
        );
    }

    #[test]
    fn fails_for_certificates_that_are_missing_not_in_use_or_run_out() {
        let mut fixture = Fixture::clean();
        certificates_of(&mut fixture, On::Standby).remove(1);
        fails(&fixture, "missing");
        let words = fixture.words(&DirectoryCertificates);
        assert!(words.message.contains("trusts no certificate for ClientCertAuth"), "{}", words.message);
        assert_eq!(words.drift[0].primary, "Corp Card CA");
        for state in ["Registering", "RegisterFailed", "DeregisterFailed"] {
            let fixture = change(|one| one.state = state.to_owned());
            fails(&fixture, "not-registered");
            assert!(fixture.words(&DirectoryCertificates).message.ends_with(&format!("Corp CA is {state}")));
        }
        for (days, words) in [(29, "runs out in 29 days"), (0, "has run out"), (-9, "has run out")] {
            let fixture = runs_out_in(days);
            fails(&fixture, "runs-out");
            let message = fixture.words(&DirectoryCertificates).message;
            assert!(message.contains(words) && message.ends_with(": Corp CA"), "{message}");
        }
    }

    #[test]
    fn a_renewed_certificate_takes_the_place_of_the_old_one() {
        let mut fixture = runs_out_in(3);
        let list = certificates_of(&mut fixture, On::Standby);
        let mut renewed = list[0].clone();
        renewed.certificate_id = "c-renewed".to_owned();
        renewed.expiry_date_time = Some(Moment::from_secs(TAKEN_AT.secs() + 900 * 24 * HOUR));
        list.push(renewed);
        assert_eq!(fixture.verdicts(&DirectoryCertificates), (1, vec![]));
        certificates_of(&mut fixture, On::Standby)[2].common_name = "Another CA".to_owned();
        fails(&fixture, "runs-out");
    }

    #[test]
    fn what_is_not_told_is_not_judged_and_nothing_to_compare_is_said() {
        for fixture in [change(|one| one.expiry_date_time = None), change(|one| one.state.clear())] {
            assert_eq!(fixture.judge(&DirectoryCertificates).unknowns(), [(Subject::Directories, DATELESS)]);
        }
        let mut fixture = with_ldaps("Disabled", "Disabled");
        for on in [On::Primary, On::Standby] {
            certificates_of(&mut fixture, on).clear();
        }
        assert_eq!(fixture.judge(&DirectoryCertificates).reasons(), [NOWHERE]);
        fixture.side(On::Standby).directories.items_mut()[0].r#type = "SharedMicrosoftAD".to_owned();
        assert_eq!(fixture.judge(&DirectoryCertificates).reasons(), [NO_SETTINGS]);
    }

    #[test]
    fn denied_calls_are_named() {
        Fixture::clean().assert_gaps_are_no_passes(&DirectoryCertificates);
        with_ldaps("Enabled", "Disabled").assert_gaps_are_no_passes(&DirectoryCertificates);
        runs_out_in(3).assert_gaps_are_no_passes(&DirectoryCertificates);
    }
}
