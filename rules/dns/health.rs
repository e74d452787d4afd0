//! What Route 53 makes of a health check (AWS-FACTS §3, §9): what its checkers saw, and of a calculated check, which `GetHealthCheckStatus`
//! does not report, what its children are.

use crate::model::route53::HealthCheck;
use crate::model::{GapId, PairView, Slice, Unknown};

/// Of a health check's checkers, the share above which Route 53 holds an endpoint healthy, in percent (Developer Guide, "How Route 53
/// determines whether a health check is healthy").
const SHARE: usize = 18;

/// Why nothing follows from a check that was deleted: what Route 53 makes of one cannot be foretold (service model,
/// `route53:DeleteHealthCheck`).
pub(super) const GONE: Unknown =
    Unknown::Undetermined("a record set names a health check that the account does not have");

const CYCLE: Unknown = Unknown::Undetermined("a calculated health check counts itself among its children");
const NO_THRESHOLD: Unknown = Unknown::Undetermined("a calculated health check has no threshold");
const CHILD_GONE: Unknown =
    Unknown::Undetermined("a calculated health check counts a child that the account does not have");
const UNOBSERVED: Unknown = Unknown::Undetermined("no health checker of Route 53 has told what it sees");

/// The health checks of the account that holds the zone.
#[derive(Clone, Copy, Debug)]
pub(super) struct Checks<'e>(&'e Slice<HealthCheck>);

/// What a check is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Health {
    /// Route 53 gives what rests on it.
    Healthy,
    /// It does not, where it has something better.
    Unhealthy,
    /// The account surely has no such check.
    Gone,
    /// It cannot be told.
    Unknown(Unknown),
}

impl From<bool> for Health {
    fn from(healthy: bool) -> Self {
        if healthy { Self::Healthy } else { Self::Unhealthy }
    }
}

/// The children of a calculated check, counted.
#[derive(Default)]
struct Counted {
    /// Those of which this is known to be true.
    yes: usize,
    /// Those of which it cannot be told, and why not of the first.
    unknown: usize,
    why: Option<Unknown>,
}

impl Counted {
    fn unknown(&mut self, why: Unknown) {
        self.unknown += 1;
        self.why.get_or_insert(why);
    }

    /// Whether at least so many are, where those that are unknown cannot change it.
    fn reaches(&self, threshold: usize) -> Result<bool, Unknown> {
        match self.why {
            _ if self.yes >= threshold => Ok(true),
            Some(why) if self.yes + self.unknown >= threshold => Err(why),
            Some(_) | None => Ok(false),
        }
    }
}

/// Whether a check that counts no others holds now, by its settings and by what its checkers told.
///
/// # Errors
/// Why it cannot be told.
pub fn holds(check: &HealthCheck) -> Result<bool, Unknown> {
    match Checks(&Slice::whole_of(vec![check.clone()])).now(&check.id) {
        Health::Healthy => Ok(true),
        Health::Unhealthy => Ok(false),
        Health::Gone => Err(GONE),
        Health::Unknown(why) => Err(why),
    }
}

impl<'e> Checks<'e> {
    pub(super) const fn of(pair: &PairView<'e>) -> Self {
        Self(&pair.zones.health_checks)
    }

    /// The check with this id; `Ok(None)` where the account surely has none.
    ///
    /// # Errors
    /// The gap that may hide it.
    pub(super) fn find(self, id: &str) -> Result<Option<&'e HealthCheck>, GapId> {
        self.0.find(|check| check.id == id)
    }

    /// What a check is now.
    pub(super) fn now(self, id: &str) -> Health {
        self.now_below(id, &mut Vec::new())
    }

    fn now_below(self, id: &str, path: &mut Vec<&'e str>) -> Health {
        let check = match self.find(id) {
            Ok(Some(check)) => check,
            Ok(None) => return Health::Gone,
            Err(gap) => return Health::Unknown(gap.into()),
        };
        let told = if is_disabled(check) {
            // Route 53 takes a check that is disabled for healthy.
            Ok(true)
        } else if is_calculated(check) {
            self.calculated(check, path, |child, path| match self.now_below(child, path) {
                Health::Healthy => Ok(true),
                Health::Unhealthy => Ok(false),
                Health::Gone => Err(CHILD_GONE),
                Health::Unknown(why) => Err(why),
            })
        } else {
            self.observed(check)
        };
        match told {
            Ok(healthy) => Health::from(healthy != is_inverted(check)),
            Err(why) => Health::Unknown(why),
        }
    }

    /// What Route 53's checkers make of an endpoint, an alarm or a routing control.
    fn observed(self, check: &HealthCheck) -> Result<bool, Unknown> {
        let says = |word: &str| check.observations.iter().filter(|seen| seen.status.starts_with(word)).count();
        let (well, ill) = (says("Success"), says("Failure"));
        if well + ill == 0 {
            return Err(self.0.gap().map_or(UNOBSERVED, Unknown::Gap));
        }
        Ok(well * 100 > (well + ill) * SHARE)
    }

    /// Whether a check is always healthy or always unhealthy, whatever happens to what it looks at; `Ok(None)` where it can be both.
    ///
    /// # Errors
    /// Why it cannot be told.
    pub(super) fn always(self, id: &str) -> Result<Option<bool>, Unknown> {
        self.always_below(id, &mut Vec::new())
    }

    fn always_below(self, id: &str, path: &mut Vec<&'e str>) -> Result<Option<bool>, Unknown> {
        let Some(check) = self.find(id)? else { return Ok(None) };
        let always = if is_disabled(check) {
            Some(true)
        } else if is_calculated(check) {
            let is_always = |wanted: bool| {
                move |child: &'e str, path: &mut Vec<&'e str>| Ok(self.always_below(child, path)? == Some(wanted))
            };
            // Above the children's number the threshold is never reached, and 0 always is (service model, `HealthThreshold`).
            if self.calculated(check, path, is_always(true))? {
                Some(true)
            } else {
                let children = check.child_health_checks.len();
                let needed = threshold(check)?;
                let ill = self.count(check, path, is_always(false))?;
                let never = needed > children || ill.reaches(children - needed + 1)?;
                never.then_some(false)
            }
        } else {
            None
        };
        Ok(always.map(|healthy| healthy != is_inverted(check)))
    }

    /// Whether as many children as the threshold asks for are what is asked.
    ///
    /// # Errors
    /// Why it cannot be told.
    pub(super) fn calculated(
        self,
        check: &'e HealthCheck,
        path: &mut Vec<&'e str>,
        is: impl Fn(&'e str, &mut Vec<&'e str>) -> Result<bool, Unknown>,
    ) -> Result<bool, Unknown> {
        let needed = threshold(check)?;
        self.count(check, path, is)?.reaches(needed)
    }

    /// Whether any child is what is asked.
    ///
    /// # Errors
    /// Why it cannot be told.
    pub(super) fn any_child(
        self,
        check: &'e HealthCheck,
        path: &mut Vec<&'e str>,
        is: impl Fn(&'e str, &mut Vec<&'e str>) -> Result<bool, Unknown>,
    ) -> Result<bool, Unknown> {
        self.count(check, path, is)?.reaches(1)
    }

    fn count(
        self,
        check: &'e HealthCheck,
        path: &mut Vec<&'e str>,
        is: impl Fn(&'e str, &mut Vec<&'e str>) -> Result<bool, Unknown>,
    ) -> Result<Counted, Unknown> {
        if path.contains(&check.id.as_str()) {
            return Err(CYCLE);
        }
        path.push(&check.id);
        let mut counted = Counted::default();
        for child in &check.child_health_checks {
            match is(child, path) {
                Ok(true) => counted.yes += 1,
                Ok(false) => {}
                Err(why) => counted.unknown(why),
            }
        }
        path.pop();
        Ok(counted)
    }
}

fn threshold(check: &HealthCheck) -> Result<usize, Unknown> {
    let needed = check.health_threshold.and_then(|needed| usize::try_from(needed).ok());
    needed.ok_or(NO_THRESHOLD)
}

/// Whether the check's status is its children's.
pub(super) fn is_calculated(check: &HealthCheck) -> bool {
    check.r#type == "CALCULATED"
}

/// Whether people switch it: a routing control of Application Recovery Controller.
pub(super) fn is_switch(check: &HealthCheck) -> bool {
    check.r#type == "RECOVERY_CONTROL"
}

/// Whether it follows a CloudWatch alarm.
pub(super) fn is_alarm(check: &HealthCheck) -> bool {
    check.r#type == "CLOUDWATCH_METRIC"
}

/// Whether it looks at nothing.
pub(super) fn is_disabled(check: &HealthCheck) -> bool {
    check.disabled == Some(true)
}

/// Whether it says the opposite of what it sees.
pub(super) fn is_inverted(check: &HealthCheck) -> bool {
    check.inverted == Some(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::route53::HealthObservation;

    fn endpoint(id: &str, statuses: &[&str]) -> HealthCheck {
        let seen = statuses
            .iter()
            .map(|&status| HealthObservation { status: status.to_owned(), ..HealthObservation::default() });
        HealthCheck {
            id: id.to_owned(),
            r#type: "HTTPS".to_owned(),
            observations: seen.collect(),
            ..HealthCheck::default()
        }
    }

    fn sum(id: &str, threshold: i32, children: &[&str]) -> HealthCheck {
        HealthCheck {
            id: id.to_owned(),
            r#type: "CALCULATED".to_owned(),
            health_threshold: Some(threshold),
            child_health_checks: children.iter().map(|&child| child.to_owned()).collect(),
            ..HealthCheck::default()
        }
    }

    const WELL: &str = "Success: HTTP Status Code 200, OK";
    const ILL: &str = "Failure: Connection timed out";

    fn disabled(check: HealthCheck) -> HealthCheck {
        HealthCheck { disabled: Some(true), ..check }
    }

    fn inverted(check: HealthCheck) -> HealthCheck {
        HealthCheck { inverted: Some(true), ..check }
    }

    #[test]
    fn an_endpoint_is_what_more_than_18_percent_of_its_checkers_see() {
        let of = |well: usize, ill: usize| {
            let statuses: Vec<&str> = std::iter::repeat_n(WELL, well).chain(std::iter::repeat_n(ILL, ill)).collect();
            Checks(&Slice::whole_of(vec![endpoint("a", &statuses)])).now("a")
        };
        assert_eq!(of(16, 0), Health::Healthy);
        assert_eq!((of(3, 13), of(2, 14), of(18, 82)), (Health::Healthy, Health::Unhealthy, Health::Unhealthy));
        assert_eq!((of(0, 0), of(0, 1)), (Health::Unknown(UNOBSERVED), Health::Unhealthy));
        let list = Slice::whole_of(vec![
            inverted(endpoint("ill", &[ILL])),
            disabled(endpoint("off", &[ILL])),
            inverted(disabled(endpoint("switch", &[WELL]))),
        ]);
        let now = |id: &str| Checks(&list).now(id);
        assert_eq!((now("ill"), now("off"), now("switch")), (Health::Healthy, Health::Healthy, Health::Unhealthy));
        assert_eq!(now("another"), Health::Gone);
        let gap = GapId(7);
        let list = Slice::cut(vec![endpoint("seen", &[WELL]), endpoint("unseen", &[])], gap);
        let now = |id: &str| Checks(&list).now(id);
        assert_eq!(now("seen"), Health::Healthy);
        assert_eq!((now("unseen"), now("another")), (Health::Unknown(gap.into()), Health::Unknown(gap.into())));
    }

    #[test]
    fn a_calculated_check_is_what_its_children_are() {
        let mut list = vec![endpoint("well", &[WELL]), endpoint("ill", &[ILL]), endpoint("unseen", &[])];
        list.extend([
            sum("one", 1, &["well", "ill"]),
            sum("two", 2, &["well", "ill"]),
            sum("none", 0, &[]),
            sum("more", 3, &["well", "well"]),
            sum("nested", 2, &["one", "inner", "two"]),
            inverted(sum("inner", 1, &["two"])),
            sum("enough", 1, &["unseen", "well"]),
            sum("perhaps", 2, &["unseen", "well"]),
            sum("never", 3, &["unseen", "ill", "well"]),
            sum("lost", 1, &["gone"]),
            sum("round", 1, &["trip"]),
            sum("trip", 1, &["round"]),
            sum("out", 1, &["trip", "well"]),
            HealthCheck { health_threshold: None, ..sum("bare", 0, &["well"]) },
        ]);
        let list = Slice::whole_of(list);
        for (id, health) in [
            ("one", Health::Healthy),
            ("two", Health::Unhealthy),
            ("none", Health::Healthy),
            ("more", Health::Unhealthy),
            ("nested", Health::Healthy),
            ("enough", Health::Healthy),
            ("perhaps", Health::Unknown(UNOBSERVED)),
            ("never", Health::Unhealthy),
            ("lost", Health::Unknown(CHILD_GONE)),
            ("round", Health::Unknown(CYCLE)),
            ("out", Health::Healthy),
            ("bare", Health::Unknown(NO_THRESHOLD)),
        ] {
            assert_eq!(Checks(&list).now(id), health, "{id}");
        }
    }

    #[test]
    fn what_can_never_change_is_told_apart() {
        let mut list =
            vec![endpoint("plain", &[WELL]), disabled(endpoint("off", &[])), inverted(disabled(endpoint("down", &[])))];
        list.extend([
            sum("zero", 0, &["plain"]),
            sum("high", 2, &["plain"]),
            sum("or", 1, &["plain", "off"]),
            sum("and", 2, &["plain", "off"]),
            sum("both", 2, &["plain", "down"]),
            sum("any", 1, &["plain", "down"]),
            inverted(sum("not", 1, &["or"])),
            sum("lost", 1, &["gone"]),
            sum("round", 1, &["round"]),
        ]);
        let whole = Slice::whole_of(list.clone());
        for (id, always) in [
            ("plain", Ok(None)),
            ("off", Ok(Some(true))),
            ("down", Ok(Some(false))),
            ("zero", Ok(Some(true))),
            ("high", Ok(Some(false))),
            ("or", Ok(Some(true))),
            ("and", Ok(None)),
            ("both", Ok(Some(false))),
            ("any", Ok(None)),
            ("not", Ok(Some(false))),
            ("lost", Ok(None)),
            ("gone", Ok(None)),
            ("round", Err(CYCLE)),
        ] {
            assert_eq!(Checks(&whole).always(id), always, "{id}");
        }
        let gap = GapId(3);
        list.retain(|check| check.id != "off");
        let cut = Slice::cut(list, gap);
        assert_eq!(Checks(&cut).always("or"), Err(Unknown::Gap(gap)));
        assert_eq!(Checks(&cut).always("both"), Ok(Some(false)));
    }
}
