//! What the account may have in the Region, and the add-ins of Amazon Connect in its directories.

use super::{PAGE_SIZE, WorkSpaces};
use crate::collect::convert::{list, text, word};
use crate::collect::datasets::{DESCRIBE_ACCOUNT, DESCRIBE_CONNECT_CLIENT_ADD_INS};
use crate::collect::paging::{Listing, Page, pages, token};
use deskpair_rules::model::directory::{AccountSettings, ClientAddIn};

impl WorkSpaces {
    /// The account's settings: one item.
    pub(in crate::collect) async fn account_settings(&self) -> Listing<AccountSettings> {
        let ask = || self.client.describe_account().send();
        let answer = self.caller.read(DESCRIBE_ACCOUNT, "", ask).await;
        Listing::from_result(answer.map(|answer| {
            vec![AccountSettings {
                dedicated_tenancy_support: word(answer.dedicated_tenancy_support),
                dedicated_tenancy_management_cidr_range: text(answer.dedicated_tenancy_management_cidr_range),
                dedicated_tenancy_account_type: word(answer.dedicated_tenancy_account_type),
            }]
        }))
    }

    /// The Connect client add-ins of a directory.
    pub(in crate::collect) async fn add_ins(&self, directory: &str) -> Listing<ClientAddIn> {
        let Self { client, caller } = self;
        pages(caller, DESCRIBE_CONNECT_CLIENT_ADD_INS, directory, |next: Option<String>| async move {
            let answer = caller
                .read(DESCRIBE_CONNECT_CLIENT_ADD_INS, directory, || {
                    let request = client.describe_connect_client_add_ins().resource_id(directory);
                    request.max_results(PAGE_SIZE).set_next_token(next.clone()).send()
                })
                .await?;
            let items = list(answer.add_ins, |add_in| ClientAddIn {
                add_in_id: text(add_in.add_in_id),
                resource_id: text(add_in.resource_id),
                name: text(add_in.name),
                url: text(add_in.url),
            });
            Ok(Page { items, next: token(answer.next_token) })
        })
        .await
    }
}
