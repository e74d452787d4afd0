//! The token buckets of AWS, as far as they are published.

use super::Service;
use std::collections::HashMap;
use std::time::Instant;

/// Whether calls are limited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Limits {
    /// As AWS limits them: WorkSpaces 2 calls a second and 5 at once per account and Region (AWS-FACTS §0.2), Route 53 5 calls a second
    /// per account (AWS-FACTS §4). The other services publish no figure and are not limited.
    Aws,
    /// Not at all.
    #[default]
    None,
}

impl Limits {
    /// Calls a second, and at once.
    const fn of(self, service: Service) -> Option<(f64, f64)> {
        match (self, service) {
            (Self::Aws, Service::WorkSpaces) => Some((2.0, 5.0)),
            (Self::Aws, Service::Route53) => Some((5.0, 5.0)),
            (
                Self::Aws,
                Service::Directory
                | Service::Fsx
                | Service::DataSync
                | Service::Tagging
                | Service::Ec2
                | Service::Sts
                | Service::Quotas
                | Service::Kms
                | Service::PrivateCa
                | Service::Iam,
            )
            | (Self::None, _) => None,
        }
    }
}

/// The buckets of all callers.
#[derive(Debug, Default)]
pub struct Buckets {
    limits: Limits,
    levels: HashMap<(Service, String, String), (f64, Instant)>,
}

impl Buckets {
    /// Full buckets.
    pub fn new(limits: Limits) -> Self {
        Self { limits, levels: HashMap::new() }
    }

    /// Takes a token; `false` where there is none. A refused call takes nothing.
    pub fn take(&mut self, service: Service, account: &str, region: &str, now: Instant) -> bool {
        let Some((rate, burst)) = self.limits.of(service) else { return true };
        // Route 53 is global: one bucket an account.
        let region = if service == Service::Route53 { "" } else { region };
        let (level, at) = self.levels.entry((service, account.to_owned(), region.to_owned())).or_insert((burst, now));
        *level = (*level + now.saturating_duration_since(*at).as_secs_f64() * rate).min(burst);
        *at = now;
        let enough = *level >= 1.0;
        if enough {
            *level -= 1.0;
        }
        enough
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn five_at_once_then_two_a_second_per_account_and_region() {
        let mut buckets = Buckets::new(Limits::Aws);
        let start = Instant::now();
        let mut take = |account: &str, region: &str, after_ms: u64| {
            buckets.take(Service::WorkSpaces, account, region, start + Duration::from_millis(after_ms))
        };
        assert_eq!((0..7).filter(|_| take("1", "us-east-1", 0)).count(), 5);
        assert!(take("1", "us-west-2", 0) && take("2", "us-east-1", 0));
        assert!(!take("1", "us-east-1", 400));
        assert!(take("1", "us-east-1", 500));
        assert_eq!((0..9).filter(|_| take("1", "us-east-1", 60_000)).count(), 5);
    }

    #[test]
    fn route_53_has_one_bucket_an_account_and_none_means_none() {
        let mut buckets = Buckets::new(Limits::Aws);
        let now = Instant::now();
        let taken = ["us-east-1", "eu-west-1"].repeat(5);
        assert_eq!(taken.iter().filter(|region| buckets.take(Service::Route53, "1", region, now)).count(), 5);
        assert!((0..100).all(|_| buckets.take(Service::Fsx, "1", "us-east-1", now)));
        let mut free = Buckets::new(Limits::None);
        assert!((0..100).all(|_| free.take(Service::WorkSpaces, "1", "us-east-1", now)));
    }
}
