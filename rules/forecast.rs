//! How long a failover would take, as far as configuration, answers and documented figures tell: an estimate, its parts, and their sources.
//!
//! The parts are added up: nothing is credited for what might be done at the same time. What is not known is said, and a sum that lacks a
//! part is a lower bound that meets no objective.

use crate::dns::{Kept, longest_kept};
use crate::model::desktops::Counterpart;
use crate::model::moment::span;
use crate::model::settings::{DnsProvider, Rate};
use crate::model::{Estate, GapId, PairView, Unknown};
use std::borrow::Cow;

/// One thing that takes time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Which kind: `declared-step`, `record-change`, `record-kept`, `start-calls`, `desktop-start`.
    pub kind: &'static str,
    /// What happens, for people.
    pub what: Cow<'static, str>,
    /// How long it takes, in seconds.
    pub secs: Result<u64, Unknown>,
    /// Who says so.
    pub source: Cow<'static, str>,
}

/// How the sum stands against the recovery time objective.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Every part is known, and they fit.
    Within,
    /// The parts that are known do not fit.
    Exceeds,
    /// A part is not known, and the others fit.
    Unknown,
}

impl Standing {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Within => "within",
            Self::Exceeds => "exceeds",
            Self::Unknown => "unknown",
        }
    }
}

/// The estimate of one pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forecast {
    /// What takes time, in the order of a failover.
    pub parts: Vec<Part>,
    /// The recovery time objective, in seconds.
    pub objective_secs: u64,
}

/// What the estimate leaves out, and why it is one.
pub const CAVEAT: &str = "An estimate: the parts one after the other, each as its source has it. It does not count noticing the outage, deciding, or \
     people closing and restarting their clients; for standby WorkSpaces AWS advises to wait 15 to 30 minutes after the change before \
     connecting (WorkSpaces administration guide). A drill measures what no estimate can.";

/// `route53:ChangeResourceRecordSets`: changes generally reach all of Route 53's name servers within 60 seconds.
const ROUTE53_CHANGE_SECS: u64 = 60;

/// The WorkSpaces administration guide: a stopped desktop resumes typically in under 90 seconds.
const DESKTOP_START_SECS: u64 = 90;

/// `workspaces:StartWorkspaces` takes 25 desktops.
const DESKTOPS_A_CALL: u64 = 25;

/// Two calls a second, and five at once (WorkSpaces administration guide, throttling).
const CALLS: Rate = Rate { rate: 2.0, burst: 5 };

impl Forecast {
    /// The estimate of a pair.
    pub fn of(pair: &PairView<'_>) -> Self {
        let mut parts: Vec<Part> = pair
            .settings
            .steps
            .iter()
            .map(|step| Part {
                kind: "declared-step",
                what: Cow::Owned(step.name.clone()),
                secs: Ok(u64::from(step.takes_secs)),
                source: Cow::Borrowed("declared in the configuration"),
            })
            .collect();
        parts.extend(starts(pair));
        parts.push(change(pair));
        parts.push(kept(pair));
        Self { parts, objective_secs: u64::from(pair.settings.objectives.rto_secs) }
    }

    /// The estimate of a pair, where what it rests on was collected: a scan by a few rules asks for little.
    pub fn of_run(pair: &PairView<'_>) -> Option<Self> {
        let left_out = |gap: Option<GapId>| gap == Some(Estate::NOT_COLLECTED);
        (!left_out(pair.standby.workspaces.gap()) && !left_out(pair.txt.answers.gap())).then(|| Self::of(pair))
    }

    /// The sum of the parts that are known, in seconds.
    pub fn secs(&self) -> u64 {
        self.parts.iter().filter_map(|part| part.secs.ok()).sum()
    }

    /// Whether every part is known.
    pub fn is_complete(&self) -> bool {
        self.parts.iter().all(|part| part.secs.is_ok())
    }

    /// How it stands against the objective.
    pub fn standing(&self) -> Standing {
        if self.secs() > self.objective_secs {
            Standing::Exceeds
        } else if self.is_complete() {
            Standing::Within
        } else {
            Standing::Unknown
        }
    }

    /// The estimate in a sentence.
    pub fn told(&self) -> String {
        let least = if self.is_complete() { "about" } else { "at least" };
        let (secs, objective) = (span(self.secs()), span(self.objective_secs));
        let stands = match self.standing() {
            Standing::Within => format!("within the objective of {objective}"),
            Standing::Exceeds => format!("longer than the objective of {objective}"),
            Standing::Unknown => format!("against an objective of {objective}; not all of it is known"),
        };
        format!("a failover would take {least} {secs}, {stands}")
    }
}

/// Starting the standby desktops that are stopped: the calls, and the desktops themselves.
fn starts(pair: &PairView<'_>) -> Vec<Part> {
    let stopped = match stopped(pair) {
        Ok(0) => return Vec::new(),
        Ok(stopped) => Ok(stopped),
        Err(why) => Err(why),
    };
    let rate = pair.estate.settings.limits.services.get("workspaces").copied().unwrap_or(Some(CALLS)).unwrap_or(CALLS);
    let calls = stopped.map(|stopped| stopped.div_ceil(DESKTOPS_A_CALL));
    let secs = calls.map(|calls| (calls.saturating_sub(u64::from(rate.burst)) as f64 / rate.rate).ceil() as u64);
    let what = stopped.map_or(Cow::Borrowed("standby desktops are told to start"), |stopped| {
        let desktops =
            if stopped == 1 { "a standby desktop is".to_owned() } else { format!("{stopped} standby desktops are") };
        Cow::Owned(format!("{desktops} told to start"))
    });
    let desktop = match pair.settings.objectives.desktop_start_secs {
        Some(secs) => (u64::from(secs), Cow::Borrowed("declared in the configuration: `desktop_start`")),
        None => (
            DESKTOP_START_SECS,
            Cow::Borrowed(
                "the WorkSpaces administration guide: a stopped desktop resumes typically in under 90 seconds. Standby WorkSpaces cannot \
                 hibernate and start cold, for which AWS tells no time: measure it in a drill and declare it as `desktop_start`",
            ),
        ),
    };
    vec![
        Part {
            kind: "start-calls",
            what,
            secs,
            source: Cow::Owned(format!(
                "StartWorkspaces takes {DESKTOPS_A_CALL} desktops a call (service model), at {} calls a second after a burst of {}",
                rate.rate, rate.burst
            )),
        },
        Part {
            kind: "desktop-start",
            what: Cow::Borrowed("a stopped standby desktop starts"),
            secs: stopped.map(|_| desktop.0),
            source: desktop.1,
        },
    ]
}

/// The standby desktops that stand in for somebody's and have to be started first, and can be (`workspaces:StartWorkspaces`).
fn stopped(pair: &PairView<'_>) -> Result<u64, Unknown> {
    if let Some(gap) = pair.standby.workspaces.gap() {
        return Err(gap.into());
    }
    if let Some(why) = pair.desktops.hidden {
        return Err(why);
    }
    let symbols = &pair.estate.symbols;
    let rows = pair.standby.workspaces.items();
    let standby = pair.desktops.primary.iter().filter_map(|desktop| match desktop.counterpart {
        Counterpart::Row(at) => rows.get(at as usize),
        Counterpart::Missing | Counterpart::Ambiguous | Counterpart::Unknown(_) => None,
    });
    Ok(standby
        .filter(|row| symbols.text(row.state) == "STOPPED" && symbols.text(row.running_mode) != "ALWAYS_ON")
        .count() as u64)
}

/// Until the name servers answer with the other identifier.
fn change(pair: &PairView<'_>) -> Part {
    let part = |what: &'static str, secs: Result<u64, Unknown>, source: Cow<'static, str>| Part {
        kind: "record-change",
        what: Cow::Borrowed(what),
        secs,
        source,
    };
    if let Some(check) = crate::dns::failover_check(pair) {
        let secs = match (check.request_interval, check.failure_threshold) {
            (Some(interval), Some(threshold)) if interval > 0 && threshold > 0 => {
                Ok(u64::from(interval.unsigned_abs()) * u64::from(threshold.unsigned_abs()))
            }
            _ => Err(Unknown::Undetermined(
                "the primary record's health check is calculated or follows an alarm: how soon it fails is not Route 53's to say",
            )),
        };
        return part(
            "the primary record's health check fails, and Route 53 answers with the standby's",
            secs,
            Cow::Owned(format!("the request interval and the failure threshold of the health check {}", check.id)),
        );
    }
    match pair.settings.dns.provider {
        DnsProvider::Route53 => part(
            "the TXT record is changed, and Route 53's name servers take it over",
            Ok(ROUTE53_CHANGE_SECS),
            Cow::Borrowed(
                "ChangeResourceRecordSets (service model): changes generally reach all name servers within 60 seconds",
            ),
        ),
        DnsProvider::Rfc2136 | DnsProvider::Command | DnsProvider::None => part(
            "the TXT record is changed, and the name servers take it over",
            Err(Unknown::Undetermined(
                "how soon all name servers of this zone take a change over is not known: a drill measures it",
            )),
            Cow::Borrowed("the zone is not Route 53's"),
        ),
    }
}

/// Until resolvers have forgotten what they were told before.
fn kept(pair: &PairView<'_>) -> Part {
    let (what, secs, source) = match longest_kept(pair) {
        Ok(Kept { secs, place, absence: false }) => {
            ("resolvers keep the old record until its TTL is over", Ok(u64::from(secs)), Cow::Owned(place))
        }
        Ok(Kept { secs, place, absence: true }) => {
            ("resolvers remember that there was no record (negative caching)", Ok(u64::from(secs)), Cow::Owned(place))
        }
        Err(why) => {
            ("resolvers keep the old record until its TTL is over", Err(why), Cow::Borrowed("nobody told the TTL"))
        }
    };
    Part { kind: "record-kept", what: Cow::Borrowed(what), secs, source }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::Dataset;
    use crate::model::settings::Step;

    fn secs(forecast: &Forecast) -> Vec<(&'static str, Option<u64>)> {
        forecast.parts.iter().map(|part| (part.kind, part.secs.ok())).collect()
    }

    #[test]
    fn the_parts_add_up_and_stand_against_the_objective() {
        let mut fixture = Fixture::clean();
        fixture.pair().steps = vec![Step { name: "the war room decides".to_owned(), takes_secs: 300 }];
        let forecast = Forecast::of(&fixture.view());
        let expected = [
            ("declared-step", Some(300)),
            ("start-calls", Some(0)),
            ("desktop-start", Some(90)),
            ("record-change", Some(60)),
            ("record-kept", Some(60)),
        ];
        assert_eq!(secs(&forecast), expected);
        assert_eq!((forecast.secs(), forecast.standing()), (510, Standing::Within));
        assert_eq!(forecast.told(), "a failover would take about 8 min 30 s, within the objective of 15 min");
        fixture.pair().objectives.rto_secs = 509;
        assert_eq!(Forecast::of(&fixture.view()).standing(), Standing::Exceeds);
        fixture.pair().objectives.desktop_start_secs = Some(240);
        assert_eq!(Forecast::of(&fixture.view()).secs(), 660);
    }

    #[test]
    fn what_is_not_known_is_a_lower_bound_that_meets_nothing() {
        let mut fixture = Fixture::clean();
        fixture.deny(On::Standby, Dataset::Workspaces);
        let forecast = Forecast::of(&fixture.view());
        assert_eq!(forecast.standing(), Standing::Unknown);
        assert!(!forecast.is_complete() && forecast.told().contains("at least"), "{}", forecast.told());
        // What is known can be too long all the same.
        fixture.pair().objectives.rto_secs = 60;
        assert_eq!(Forecast::of(&fixture.view()).standing(), Standing::Exceeds);
        let mut fixture = Fixture::clean();
        fixture.pair().dns.provider = DnsProvider::Command;
        let forecast = Forecast::of(&fixture.view());
        assert_eq!(forecast.standing(), Standing::Unknown);
        assert!(secs(&forecast).contains(&("record-change", None)));
    }

    #[test]
    fn calls_beyond_the_burst_wait_for_the_bucket() {
        let mut fixture = Fixture::clean();
        // 40 calls for 1,000 desktops: five at once, and 35 at two a second.
        for number in 0..1_000 {
            for on in [On::Primary, On::Standby] {
                fixture.add_desktop(on, &format!("user{number}"), "standard");
            }
        }
        let stopped = stopped(&fixture.view()).expect("all was read");
        let calls = stopped.div_ceil(25);
        let forecast = Forecast::of(&fixture.view());
        let expected = if calls <= 5 { 0 } else { ((calls - 5) as f64 / 2.0).ceil() as u64 };
        assert!(stopped >= 1_000, "{stopped}");
        assert!(secs(&forecast).contains(&("start-calls", Some(expected))), "{:?}", secs(&forecast));
        fixture.estate.settings.limits.services.insert("workspaces".to_owned(), Some(Rate { rate: 10.0, burst: 10 }));
        assert!(secs(&Forecast::of(&fixture.view())).contains(&("start-calls", Some(4))));
    }

    #[test]
    fn a_failover_pair_waits_for_its_health_check() {
        let mut fixture = Fixture::failover();
        let check = fixture.check("hc-primary");
        (check.request_interval, check.failure_threshold) = (Some(30), Some(3));
        let forecast = Forecast::of(&fixture.view());
        assert!(secs(&forecast).contains(&("record-change", Some(90))), "{:?}", secs(&forecast));
        fixture.check("hc-primary").request_interval = None;
        assert!(secs(&Forecast::of(&fixture.view())).contains(&("record-change", None)));
    }
}
