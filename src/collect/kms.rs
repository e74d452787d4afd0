//! AWS KMS: the keys with which volumes are encrypted.

use super::calls::Caller;
use super::convert::{moment, required, text, word};
use super::datasets::DESCRIBE_KEY;
use super::fault::{Effect, Fault, Retry};
use super::paging::Listing;
use super::whole::client;
use aws_sdk_kms::operation::describe_key::DescribeKeyError;
use aws_sdk_kms::{Client, types};
use deskpair_rules::model::GapCause;
use deskpair_rules::model::key::Key;

/// KMS in one Region.
#[derive(Debug)]
pub(super) struct Kms {
    client: Client,
    caller: Caller,
}

impl Kms {
    pub(super) fn new(config: &aws_config::SdkConfig, caller: &Caller) -> Self {
        Self { client: client!(aws_sdk_kms, config), caller: caller.clone() }
    }

    /// The key that a desktop names: one item, none where KMS says that there is no such key here.
    pub(super) async fn key(&self, named: &str) -> Listing<Key> {
        let Self { client, caller } = self;
        let ask = || async {
            match client.describe_key().key_id(named).send().await {
                Ok(answer) => Ok(Some(answer.key_metadata)),
                Err(error) => match error.as_service_error() {
                    Some(DescribeKeyError::NotFoundException(_)) => Ok(None),
                    _ => Err(error),
                },
            }
        };
        let key = caller.read(DESCRIBE_KEY, named, ask).await;
        match key {
            Err(gap) => Listing::from_result(Err(gap)),
            Ok(None) => Listing::from_result(Ok(Vec::new())),
            Ok(Some(Some(metadata))) => Listing::from_result(Ok(vec![key_of(metadata)])),
            Ok(Some(None)) => {
                let message = "the answer tells nothing of the key".to_owned();
                let fault = Fault::new(GapCause::Malformed, message, Retry::Never, Effect::None);
                Listing::from_result(Err(caller.gap(DESCRIBE_KEY, named, fault)))
            }
        }
    }
}

fn key_of(key: types::KeyMetadata) -> Key {
    Key {
        key_id: required(key.key_id),
        arn: text(key.arn),
        key_state: word(key.key_state),
        key_manager: word(key.key_manager),
        deletion_date: moment(key.deletion_date),
    }
}
