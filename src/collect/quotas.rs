//! Service Quotas: how much of WorkSpaces an account may have in a Region.

use super::calls::Caller;
use super::convert::{list, text};
use super::datasets::{LIST_AWS_DEFAULT_SERVICE_QUOTAS, LIST_SERVICE_QUOTAS};
use super::paging::{Listing, Page, pages, token};
use super::whole::client;
use aws_sdk_servicequotas::{Client, types};
use deskpair_rules::model::quota::{Quota, watched};

/// WorkSpaces, as Service Quotas names it.
const SERVICE: &str = "workspaces";

/// `servicequotas:MaxResults`.
const PAGE_SIZE: i32 = 100;

/// Service Quotas in one Region.
#[derive(Debug)]
pub(super) struct ServiceQuotas {
    client: Client,
    caller: Caller,
}

impl ServiceQuotas {
    pub(super) fn new(config: &aws_config::SdkConfig, caller: &Caller) -> Self {
        Self { client: client!(aws_sdk_servicequotas, config), caller: caller.clone() }
    }

    /// What is granted. A quota of which Service Quotas knows the default alone is not among these.
    pub(super) async fn applied(&self) -> Listing<Quota> {
        let Self { client, caller } = self;
        pages(caller, LIST_SERVICE_QUOTAS, "", |next: Option<String>| async move {
            let ask = || {
                let request = client.list_service_quotas().service_code(SERVICE).max_results(PAGE_SIZE);
                request.set_next_token(next.clone()).send()
            };
            let answer = caller.read(LIST_SERVICE_QUOTAS, "", ask).await?;
            Ok(Page { items: list(answer.quotas, quota), next: token(answer.next_token) })
        })
        .await
    }

    /// The defaults of quotas that are not among those granted. Where all are there that rules look at, nobody is asked; where some of
    /// those may have been lost, a default is no answer.
    pub(super) async fn defaults(&self, applied: &Listing<Quota>) -> Listing<Quota> {
        const OPERATION: super::calls::Operation = LIST_AWS_DEFAULT_SERVICE_QUOTAS;
        if applied.gap.is_some() || watched().all(|watched| watched.find(&applied.items).is_some()) {
            return Listing { items: Vec::new(), gap: applied.gap.clone() };
        }
        let Self { client, caller } = self;
        let mut defaults = pages(caller, OPERATION, "", |next: Option<String>| async move {
            let ask = || {
                let request = client.list_aws_default_service_quotas().service_code(SERVICE).max_results(PAGE_SIZE);
                request.set_next_token(next.clone()).send()
            };
            let answer = caller.read(OPERATION, "", ask).await?;
            Ok(Page { items: list(answer.quotas, quota), next: token(answer.next_token) })
        })
        .await;
        let is_applied = |quota: &Quota| applied.items.iter().any(|known| known.quota_code == quota.quota_code);
        defaults.items.retain(|quota| !is_applied(quota));
        defaults
    }
}

fn quota(quota: types::ServiceQuota) -> Quota {
    Quota {
        service_code: text(quota.service_code),
        quota_code: text(quota.quota_code),
        quota_name: text(quota.quota_name),
        value: quota.value.and_then(whole),
        // The SDK gives the member a default, so that its absence cannot be told.
        adjustable: Some(quota.adjustable),
    }
}

/// How many whole things a quota grants. The model's greatest value is 10^10, which a double holds exactly.
fn whole(value: f64) -> Option<u64> {
    (value.is_finite() && value >= 0.0).then_some(value.floor() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fraction_grants_no_more_and_nonsense_grants_nothing() {
        for (value, granted) in [(0.0, Some(0)), (50.0, Some(50)), (2.9, Some(2)), (1e10, Some(10_000_000_000))] {
            assert_eq!(whole(value), granted, "{value}");
        }
        for value in [-1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(whole(value), None, "{value}");
        }
    }
}
