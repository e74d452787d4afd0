//! What name servers say of one alias.

use super::paging::Listing;
use super::slice;
use crate::dns::ask::{AskPlan, Authoritative, ask, server_address};
use deskpair_rules::model::dns::TxtAnswer;
use deskpair_rules::model::settings::{DnsSettings, Settings};
use deskpair_rules::model::{Estate, Gap, GapCause};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// Asks about one alias, everybody whom a pair with it names.
#[derive(Debug)]
pub(super) struct Reader {
    name: String,
    plan: Result<AskPlan, String>,
    deadline: Option<Instant>,
}

/// What was answered.
#[derive(Debug)]
pub(super) struct Harvest(Listing<TxtAnswer>);

impl Reader {
    pub(super) fn new(settings: &Settings, name: &str, deadline: Option<Instant>) -> Self {
        let timeout = Duration::from_millis(settings.limits.dns_timeout_ms);
        let pairs = settings.pairs.iter().filter(|pair| pair.alias == name);
        let plan = plan(&together(pairs.map(|pair| &pair.dns)), timeout);
        Self { name: name.to_owned(), plan, deadline }
    }

    pub(super) async fn read(self) -> Harvest {
        let plan = match self.plan {
            Ok(plan) => plan,
            Err(message) => {
                return Harvest(Listing { items: Vec::new(), gap: Some(gap(&self.name, GapCause::Failed, message)) });
            }
        };
        let asking = ask(&self.name, &plan);
        let (items, gap) = match self.deadline {
            None => asking.await,
            Some(deadline) => timeout_at(deadline, asking).await.unwrap_or_else(|_| {
                let message = "the time allowed for the whole run ended first".to_owned();
                (Vec::new(), Some(gap(&self.name, GapCause::Deadline, message)))
            }),
        };
        Harvest(Listing { items, gap })
    }
}

impl Harvest {
    /// Puts the answers in their place.
    pub(super) fn put_into(self, estate: &mut Estate, at: usize) {
        estate.txt[at].answers = slice(estate, Some(self.0));
    }
}

/// What several pairs with one alias say together: whom one of them wants asked, no other's silence leaves out.
fn together<'s>(all: impl Iterator<Item = &'s DnsSettings>) -> DnsSettings {
    let mut asked = DnsSettings::default();
    let add = |list: &mut Vec<String>, more: &[String]| {
        for text in more {
            if !list.contains(text) {
                list.push(text.clone());
            }
        }
    };
    let unnamed = ["authoritative", "system"].map(ToOwned::to_owned);
    for dns in all {
        add(&mut asked.resolvers, if dns.resolvers.is_empty() { &unnamed } else { &dns.resolvers });
        add(&mut asked.authoritative, &dns.authoritative);
    }
    asked
}

/// Whom to ask: the words and addresses of `resolvers`, or the authoritative servers and this machine's own where it names none.
fn plan(dns: &DnsSettings, timeout: Duration) -> Result<AskPlan, String> {
    let names = |word: &str| dns.resolvers.iter().any(|resolver| resolver == word);
    let addresses = |texts: &[String]| -> Result<Vec<SocketAddr>, String> {
        let texts = texts.iter().filter(|text| !matches!(text.as_str(), "authoritative" | "system"));
        texts.map(|text| server_address(text)).collect()
    };
    let default = dns.resolvers.is_empty();
    let authoritative = if !default && !names("authoritative") {
        Authoritative::None
    } else if dns.authoritative.is_empty() {
        Authoritative::Find
    } else {
        Authoritative::Given(addresses(&dns.authoritative)?)
    };
    let resolvers = addresses(&dns.resolvers)?;
    Ok(AskPlan { authoritative, resolvers, system: default || names("system"), timeout, ..AskPlan::default() })
}

fn gap(name: &str, cause: GapCause, message: String) -> Gap {
    Gap {
        service: "dns".to_owned(),
        operation: "AskTxt".to_owned(),
        region: String::new(),
        about: name.to_owned(),
        cause,
        iam_action: String::new(),
        message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planned(resolvers: &[&str], authoritative: &[&str]) -> Result<AskPlan, String> {
        let texts = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
        let dns =
            DnsSettings { resolvers: texts(resolvers), authoritative: texts(authoritative), ..DnsSettings::default() };
        plan(&dns, Duration::from_secs(1))
    }

    #[test]
    fn pairs_with_one_alias_are_asked_for_together() {
        let named = |resolvers: &[&str], authoritative: &[&str]| DnsSettings {
            resolvers: resolvers.iter().map(|&text| text.to_owned()).collect(),
            authoritative: authoritative.iter().map(|&text| text.to_owned()).collect(),
            ..DnsSettings::default()
        };
        let pairs = [named(&["9.9.9.9"], &[]), named(&[], &["192.0.2.53"]), named(&["10.0.0.2", "9.9.9.9"], &[])];
        let all = together(pairs.iter());
        assert_eq!(all.resolvers, ["9.9.9.9", "authoritative", "system", "10.0.0.2"]);
        assert_eq!(all.authoritative, ["192.0.2.53"]);
        let plan = plan(&together([DnsSettings::default()].iter()), Duration::from_secs(1)).expect("a plan");
        assert_eq!((plan.authoritative, plan.system, plan.resolvers.len()), (Authoritative::Find, true, 0));
    }

    #[test]
    fn resolvers_are_words_and_addresses() {
        let plan = planned(&[], &[]).expect("a plan");
        assert_eq!((plan.authoritative, plan.system, plan.resolvers.len()), (Authoritative::Find, true, 0));
        let plan = planned(&["9.9.9.9", "127.0.0.1:5353"], &[]).expect("a plan");
        assert_eq!((plan.authoritative, plan.system), (Authoritative::None, false));
        let addresses = ["9.9.9.9:53", "127.0.0.1:5353"].map(|text| text.parse().expect("an address"));
        assert_eq!(plan.resolvers, addresses);
        let plan = planned(&["authoritative", "system"], &["127.0.0.1:5300"]).expect("a plan");
        let given = Authoritative::Given(vec!["127.0.0.1:5300".parse().expect("an address")]);
        assert_eq!((plan.authoritative, plan.system), (given, true));
        assert!(planned(&["nine"], &[]).is_err());
    }
}
