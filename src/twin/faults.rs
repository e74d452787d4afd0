//! Faults on demand.
//!
//! A fault is written `REGION CALL KIND [SHARE]`:
//!
//! - REGION: `us-east-1`, `global` (Route 53 and STS), or `*`. Route 53's control plane lives in us-east-1 (AWS-FACTS §4): a fault of that
//!   Region strikes it too.
//! - CALL: `workspaces:DescribeWorkspaces`, `workspaces:*`, or `*`.
//! - KIND: `AccessDenied`, `Throttle`, `Latency` (one second, or `Latency=250ms`), `Drop` (the connection ends without an answer and
//!   nothing is done), `Malformed` (done, but the answer ends in its middle), `Partial` (of what a call names, half is left out of an
//!   answer with status 200; a plain list gives a short page; of a batch of changes, the second half fails; a request for a higher quota is
//!   turned down in its time), `Down` (503), `Internal` (500; nothing is done, which the caller cannot know), `HangBefore` (nothing is done,
//!   no answer comes), `HangAfter` (done, no answer comes).
//! - A kind may say which of the matching calls it strikes, counted from 1: `Drop#3` the third, `Drop#3..` all from the third on,
//!   `Drop#2..4` the second to the fourth.
//! - SHARE: the part of these calls that is struck, `0.3` or `30%`, drawn from a seeded generator.

use super::Service;
use super::model::facts;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;
use thiserror::Error;

/// What happens to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The caller may not do this.
    AccessDenied,
    /// Too fast.
    Throttle,
    /// The answer comes later.
    Latency(Duration),
    /// The connection ends without an answer; nothing is done.
    Drop,
    /// Done; the answer ends in its middle.
    Malformed,
    /// Some of what was asked is missing from an answer with status 200.
    Partial,
    /// 503.
    Down,
    /// 500: nothing is done.
    Internal,
    /// Nothing is done, and no answer comes.
    HangBefore,
    /// Done, and no answer comes.
    HangAfter,
}

impl Kind {
    /// Its name, as faults are written.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AccessDenied => "AccessDenied",
            Self::Throttle => "Throttle",
            Self::Latency(_) => "Latency",
            Self::Drop => "Drop",
            Self::Malformed => "Malformed",
            Self::Partial => "Partial",
            Self::Down => "Down",
            Self::Internal => "Internal",
            Self::HangBefore => "HangBefore",
            Self::HangAfter => "HangAfter",
        }
    }
}

/// One fault.
#[derive(Clone, Debug, PartialEq)]
pub struct FaultRule {
    region: Place,
    service: Option<Service>,
    operation: Option<String>,
    /// What happens.
    pub kind: Kind,
    /// The first and the last matching call that may be struck, from 1.
    calls: (u64, Option<u64>),
    share: f64,
    text: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    Anywhere,
    Global,
    Region(String),
}

/// What is wrong with a written fault.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FaultError {
    /// It has too few or too many parts.
    #[error(
        "a fault is written `REGION CALL KIND [SHARE]`, as in `us-east-1 workspaces:DescribeWorkspaces Throttle 30%`; three or four parts, not {0}"
    )]
    Parts(usize),
    /// The first part.
    #[error("`{0}` is no Region: write one like `us-east-1`, `global`, or `*`")]
    Region(String),
    /// The service in the second part.
    #[error(
        "`{0}` is no service of the twin: write workspaces, ds, fsx, datasync, tagging, route53, ec2, sts, servicequotas or kms"
    )]
    Service(String),
    /// The operation in the second part.
    #[error("the twin serves no operation `{0}`: write `SERVICE:OPERATION`, `SERVICE:*`, or `*`")]
    Operation(String),
    /// The third part.
    #[error(
        "`{0}` is no kind of fault: write AccessDenied, Throttle, Latency, Drop, Malformed, Partial, Down, Internal, HangBefore or HangAfter"
    )]
    Kind(String),
    /// What follows `=` in the third part.
    #[error("`{0}` is no time for Latency: write one like `250ms` or `2s`")]
    Latency(String),
    /// What follows `#` in the third part.
    #[error("`#{0}` names no calls: write `#3`, `#3..` or `#2..4`, counted from 1")]
    Calls(String),
    /// The fourth part.
    #[error("`{0}` is no share: write one like `0.3` or `30%`, more than 0 and at most 1")]
    Share(String),
}

impl FromStr for FaultRule {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let parts: Vec<_> = text.split_whitespace().collect();
        let (region, call, kind, share) = match parts[..] {
            [region, call, kind] => (region, call, kind, None),
            [region, call, kind, share] => (region, call, kind, Some(share)),
            _ => return Err(FaultError::Parts(parts.len())),
        };
        let (service, operation) = read_call(call)?;
        let (kind, calls) = read_kind(kind)?;
        let share = share.map_or(Ok(1.0), read_share)?;
        Ok(Self { region: read_region(region)?, service, operation, kind, calls, share, text: parts.join(" ") })
    }
}

impl fmt::Display for FaultRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn read_region(text: &str) -> Result<Place, FaultError> {
    match text {
        "*" => Ok(Place::Anywhere),
        "global" | "aws-global" => Ok(Place::Global),
        _ => {
            let words: Vec<_> = text.split('-').collect();
            let (last, others) = words.split_last().unwrap_or((&"", &[]));
            let number = !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit());
            let names =
                others.iter().all(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase()));
            if number && names && others.len() >= 2 {
                Ok(Place::Region(text.to_owned()))
            } else {
                Err(FaultError::Region(text.to_owned()))
            }
        }
    }
}

fn read_call(text: &str) -> Result<(Option<Service>, Option<String>), FaultError> {
    if text == "*" || text == "*:*" {
        return Ok((None, None));
    }
    let Some((service, operation)) = text.split_once(':') else { return Err(FaultError::Operation(text.to_owned())) };
    let service = Service::named(service).ok_or_else(|| FaultError::Service(service.to_owned()))?;
    if operation == "*" {
        return Ok((Some(service), None));
    }
    if !facts(service).operations.contains_key(operation) {
        return Err(FaultError::Operation(text.to_owned()));
    }
    Ok((Some(service), Some(operation.to_owned())))
}

fn read_kind(text: &str) -> Result<(Kind, (u64, Option<u64>)), FaultError> {
    let (text, calls) = match text.split_once('#') {
        Some((kind, calls)) => (kind, read_calls(calls)?),
        None => (text, (1, None)),
    };
    let kind = match text {
        "AccessDenied" => Kind::AccessDenied,
        "Throttle" => Kind::Throttle,
        "Latency" => Kind::Latency(Duration::from_secs(1)),
        "Drop" => Kind::Drop,
        "Malformed" => Kind::Malformed,
        "Partial" => Kind::Partial,
        "Down" => Kind::Down,
        "Internal" => Kind::Internal,
        "HangBefore" => Kind::HangBefore,
        "HangAfter" => Kind::HangAfter,
        _ => match text.strip_prefix("Latency=") {
            Some(time) => Kind::Latency(read_time(time)?),
            None => return Err(FaultError::Kind(text.to_owned())),
        },
    };
    Ok((kind, calls))
}

fn read_calls(text: &str) -> Result<(u64, Option<u64>), FaultError> {
    let wrong = || FaultError::Calls(text.to_owned());
    let number = |text: &str| text.parse::<u64>().ok().filter(|&number| number > 0).ok_or_else(wrong);
    match text.split_once("..") {
        None => number(text).map(|only| (only, Some(only))),
        Some((first, "")) => number(first).map(|first| (first, None)),
        Some((first, last)) => {
            let (first, last) = (number(first)?, number(last)?);
            if first <= last { Ok((first, Some(last))) } else { Err(wrong()) }
        }
    }
}

fn read_time(text: &str) -> Result<Duration, FaultError> {
    let wrong = || FaultError::Latency(text.to_owned());
    let (number, unit) = match (text.strip_suffix("ms"), text.strip_suffix('s')) {
        (Some(number), _) => (number, 1),
        (None, Some(number)) => (number, 1000),
        (None, None) => return Err(wrong()),
    };
    let millis = number.parse::<u64>().ok().and_then(|number| number.checked_mul(unit)).ok_or_else(wrong)?;
    Ok(Duration::from_millis(millis))
}

fn read_share(text: &str) -> Result<f64, FaultError> {
    let number = match text.strip_suffix('%') {
        Some(percent) => percent.parse::<f64>().map(|percent| percent / 100.0),
        None => text.parse::<f64>(),
    };
    number.ok().filter(|&share| share > 0.0 && share <= 1.0).ok_or_else(|| FaultError::Share(text.to_owned()))
}

impl FaultRule {
    fn matches(&self, service: Service, operation: &str, region: &str) -> bool {
        let place = match (&self.region, service) {
            (Place::Anywhere, _) | (Place::Global, Service::Route53 | Service::Sts | Service::Iam) => true,
            (Place::Region(wanted), Service::Route53 | Service::Iam) => wanted == "us-east-1",
            (Place::Region(wanted), _) => wanted == region,
            (Place::Global, _) => false,
        };
        place
            && self.service.is_none_or(|wanted| wanted == service)
            && self.operation.as_deref().is_none_or(|wanted| wanted == operation)
    }
}

impl FaultRule {
    /// Whether it takes a whole Region away: every call of every service there is without an answer, each time.
    fn takes_away(&self, region: &str) -> bool {
        let here = match &self.region {
            Place::Anywhere => true,
            Place::Global => false,
            Place::Region(wanted) => wanted == region,
        };
        here && self.service.is_none()
            && self.operation.is_none()
            && matches!(self.kind, Kind::Down | Kind::Drop | Kind::HangBefore)
            && self.calls == (1, None)
            && self.share >= 1.0
    }
}

/// What strikes one call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Strike {
    /// How much later the answer comes.
    pub latency: Duration,
    /// What else happens; the first rule that strikes wins.
    pub kind: Option<Kind>,
}

/// The faults of a twin, changeable while it runs.
#[derive(Debug)]
pub struct Faults {
    rules: Vec<(FaultRule, u64)>,
    random: fastrand::Rng,
}

impl Faults {
    /// These faults, with the generator for their shares.
    pub fn new(rules: Vec<FaultRule>, seed: u64) -> Self {
        let random = fastrand::Rng::with_seed(seed);
        Self { rules: rules.into_iter().map(|rule| (rule, 0)).collect(), random }
    }

    /// Other faults from now on; their calls are counted anew.
    pub fn set(&mut self, rules: Vec<FaultRule>) {
        self.rules = rules.into_iter().map(|rule| (rule, 0)).collect();
    }

    /// Whether a Region is gone, with all that runs there: a fault that strikes every call of every service there (`us-east-1 * Down`).
    /// One of a single service or operation leaves what runs there running.
    pub fn is_gone(&self, region: &str) -> bool {
        self.rules.iter().any(|(rule, _)| rule.takes_away(region))
    }

    /// What strikes this call. Every matching rule counts it, whether it strikes or not.
    pub fn strike(&mut self, service: Service, operation: &str, region: &str) -> Strike {
        let mut out = Strike::default();
        for (rule, seen) in &mut self.rules {
            if !rule.matches(service, operation, region) {
                continue;
            }
            *seen += 1;
            let due = *seen >= rule.calls.0 && rule.calls.1.is_none_or(|last| *seen <= last);
            if !due || (rule.share < 1.0 && self.random.f64() >= rule.share) {
                continue;
            }
            match rule.kind {
                Kind::Latency(time) => out.latency += time,
                kind @ (Kind::AccessDenied
                | Kind::Throttle
                | Kind::Drop
                | Kind::Malformed
                | Kind::Partial
                | Kind::Down
                | Kind::Internal
                | Kind::HangBefore
                | Kind::HangAfter) => out.kind = out.kind.or(Some(kind)),
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(text: &str) -> FaultRule {
        text.parse().expect(text)
    }

    #[test]
    fn a_wrong_part_is_named() {
        for (text, words) in [
            ("us-east-1 workspaces:*", "not 2"),
            ("useast1 * Drop", "`useast1` is no Region"),
            ("us-east-1 work:* Drop", "`work` is no service"),
            ("us-east-1 workspaces:Describe Drop", "no operation `workspaces:Describe`"),
            ("us-east-1 workspaces Drop", "no operation `workspaces`"),
            ("* * Dropp", "`Dropp` is no kind"),
            ("* * Latency=soon", "`soon` is no time"),
            ("* * Drop#0", "`#0` names no calls"),
            ("* * Drop#4..2", "`#4..2` names no calls"),
            ("* * Drop 0", "`0` is no share"),
            ("* * Drop 130%", "`130%` is no share"),
        ] {
            let error = text.parse::<FaultRule>().expect_err(text).to_string();
            assert!(error.contains(words), "{text}: {error}");
        }
    }

    #[test]
    fn strikes_the_calls_it_names() {
        let mut faults = Faults::new(vec![rule("us-west-2 workspaces:DescribeWorkspaces Drop#2..3")], 1);
        let mut hit =
            |region: &str, operation: &str| faults.strike(Service::WorkSpaces, operation, region).kind.is_some();
        assert!(!hit("us-west-2", "DescribeWorkspaces"));
        assert!(!hit("us-east-1", "DescribeWorkspaces") && !hit("us-west-2", "DescribeIpGroups"));
        assert!(hit("us-west-2", "DescribeWorkspaces") && hit("us-west-2", "DescribeWorkspaces"));
        assert!(!hit("us-west-2", "DescribeWorkspaces"));
    }

    #[test]
    fn global_services_are_struck_by_their_own_word_and_route_53_with_us_east_1() {
        let strikes = |text: &str, service, region: &str| {
            Faults::new(vec![rule(text)], 1).strike(service, "GetChange", region).kind.is_some()
        };
        assert!(strikes("global * Down", Service::Route53, "eu-west-1"));
        assert!(strikes("us-east-1 * Down", Service::Route53, "eu-west-1"));
        assert!(!strikes("eu-west-1 * Down", Service::Route53, "eu-west-1"));
        assert!(
            strikes("global * Down", Service::Sts, "eu-west-1")
                && strikes("eu-west-1 * Down", Service::Sts, "eu-west-1")
        );
        assert!(!strikes("global * Down", Service::Fsx, "us-east-1"));
    }

    #[test]
    fn a_region_is_gone_where_everything_there_fails_each_time() {
        let gone = |text: &str| Faults::new(vec![rule(text)], 1).is_gone("us-east-1");
        for text in ["us-east-1 * Down", "* * Drop", "us-east-1 *:* HangBefore"] {
            assert!(gone(text), "{text}");
        }
        for text in [
            "us-west-2 * Down",
            "global * Down",
            "us-east-1 workspaces:* Down",
            "us-east-1 * Throttle",
            "us-east-1 * Down 90%",
            "us-east-1 * Down#2..",
        ] {
            assert!(!gone(text), "{text}");
        }
    }

    #[test]
    fn a_share_is_drawn_the_same_way_each_time_and_latency_adds_up() {
        let run = |seed| {
            let mut faults = Faults::new(vec![rule("* * Throttle 30%")], seed);
            (0..1000)
                .map(|_| faults.strike(Service::Fsx, "DescribeBackups", "us-east-1").kind.is_some())
                .collect::<Vec<_>>()
        };
        assert_eq!(run(7), run(7));
        let struck = run(7).into_iter().filter(|&hit| hit).count();
        assert!((250..350).contains(&struck), "{struck}");
        let mut slow =
            Faults::new(vec![rule("* * Latency=250ms"), rule("* * Latency"), rule("* * Drop"), rule("* * Down")], 1);
        let strike = slow.strike(Service::Ec2, "DescribeVpcs", "us-east-1");
        assert_eq!((strike.latency, strike.kind), (Duration::from_millis(1250), Some(Kind::Drop)));
    }
}
