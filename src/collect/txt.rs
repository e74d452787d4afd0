//! What name servers say of one alias.

use super::paging::Listing;
use super::slice;
use crate::dns::ask::{AskPlan, Inquiry, Told};
use deskpair_rules::model::dns::{DelegationAnswer, DnssecAnswer, TxtAnswer};
use deskpair_rules::model::settings::Settings;
use deskpair_rules::model::{Dataset, Estate, Gap, GapCause};
use std::collections::BTreeSet;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// Asks about one alias, everybody whom a pair with it names.
#[derive(Debug)]
pub(super) struct Reader {
    name: String,
    plan: Result<AskPlan, String>,
    deadline: Option<Instant>,
    wanted: Arc<BTreeSet<Dataset>>,
}

/// What was answered. `None` was not wanted.
#[derive(Debug, Default)]
pub(super) struct Harvest {
    answers: Option<Listing<TxtAnswer>>,
    delegation: Option<Listing<DelegationAnswer>>,
    signatures: Option<Listing<DnssecAnswer>>,
}

impl Reader {
    pub(super) fn new(
        settings: &Settings,
        name: &str,
        deadline: Option<Instant>,
        wanted: &Arc<BTreeSet<Dataset>>,
    ) -> Self {
        let timeout = Duration::from_millis(settings.limits.dns_timeout_ms);
        let pairs = settings.pairs.iter().filter(|pair| !pair.left_out && pair.alias == name);
        let plan = AskPlan::of_all(pairs.map(|pair| &pair.dns), timeout).map(|mut plan| {
            // Nobody waits for a cache to forget until the whole run is out of time.
            if let Some(deadline) = deadline {
                plan.longest_wait = plan.longest_wait.min(deadline.saturating_duration_since(Instant::now()) / 2);
            }
            plan
        });
        Self { name: name.to_owned(), plan, deadline, wanted: Arc::clone(wanted) }
    }

    pub(super) async fn read(self) -> Harvest {
        let plan = self.plan.as_ref().map_err(|message| Box::new(self.gap(GapCause::Failed, message.clone())));
        let inquiry = &plan.and_then(|plan| Inquiry::new(&self.name, plan));
        // The record first: what finds its servers finds them for the others too.
        let answers = self.told(Dataset::Txt, inquiry, Inquiry::texts).await;
        let delegation = self.told(Dataset::Delegation, inquiry, Inquiry::delegation);
        let signatures = self.told(Dataset::Dnssec, inquiry, Inquiry::signatures);
        let (delegation, signatures) = tokio::join!(delegation, signatures);
        Harvest { answers, delegation, signatures }
    }

    async fn told<'i, T, A: Future<Output = Told<T>>>(
        &self,
        dataset: Dataset,
        inquiry: &'i Result<Inquiry, Box<Gap>>,
        ask: impl FnOnce(&'i Inquiry) -> A,
    ) -> Option<Listing<T>> {
        if !self.wanted.contains(&dataset) {
            return None;
        }
        let (items, gap) = match (inquiry, self.deadline) {
            (Err(gap), _) => (Vec::new(), Some(Gap::clone(gap.as_ref()))),
            (Ok(inquiry), None) => ask(inquiry).await,
            (Ok(inquiry), Some(deadline)) => timeout_at(deadline, ask(inquiry)).await.unwrap_or_else(|_| {
                let message = "the time allowed for the whole run ended first".to_owned();
                (Vec::new(), Some(self.gap(GapCause::Deadline, message)))
            }),
        };
        Some(Listing { items, gap })
    }

    fn gap(&self, cause: GapCause, message: String) -> Gap {
        Gap {
            service: "dns".to_owned(),
            operation: "AskTxt".to_owned(),
            region: String::new(),
            about: self.name.clone(),
            cause,
            iam_action: String::new(),
            message,
        }
    }
}

impl Harvest {
    /// Puts the answers in their place.
    pub(super) fn put_into(self, estate: &mut Estate, at: usize) {
        estate.txt[at].answers = slice(estate, self.answers);
        estate.txt[at].delegation = slice(estate, self.delegation);
        estate.txt[at].signatures = slice(estate, self.signatures);
    }
}
