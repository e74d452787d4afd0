//! How the estate was read: every call that was made.

use super::shown;
use crate::text::{counted, number};
use deskpair_rules::engine::Run;
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct Read {
    calls: Vec<Call>,
    made: String,
    throttled: String,
    retried: String,
}

#[derive(Serialize)]
struct Call {
    account: String,
    region: String,
    operation: String,
    count: String,
}

impl Read {
    pub(super) fn of(run: &Run<'_>) -> Self {
        let mut calls = Vec::new();
        let mut total = 0;
        for (account, regions) in &run.estate.calls.made {
            for (region, operations) in regions {
                for (operation, count) in operations {
                    total += count;
                    calls.push(Call {
                        account: shown(account),
                        region: shown(region),
                        operation: shown(operation),
                        count: number(*count),
                    });
                }
            }
        }
        Self {
            calls,
            made: counted(total, "API call", "API calls"),
            throttled: number(run.estate.calls.throttled),
            retried: number(run.estate.calls.retried),
        }
    }
}
