//! Amazon WorkSpaces. Nearly every list comes 25 items a page, and the service allows two calls a second.

mod account;
mod aliases;
mod applications;
mod desktops;
mod newer;
mod registrations;
mod resources;

pub(super) use desktops::Desktops;

use super::calls::Caller;
use super::whole::client;
use aws_sdk_workspaces::Client;

/// The most items of a page, and the most ids of a request (AWS-FACTS §0.3).
const PAGE: usize = 25;

/// The same for the SDK's page sizes.
const PAGE_SIZE: i32 = 25;

/// Reads one account's WorkSpaces in one Region.
#[derive(Clone, Debug)]
pub(super) struct WorkSpaces {
    client: Client,
    caller: Caller,
}

impl WorkSpaces {
    pub(super) fn new(config: &aws_config::SdkConfig, caller: &Caller) -> Self {
        Self { client: client!(aws_sdk_workspaces, config), caller: caller.clone() }
    }
}
