//! AWS Security Token Service: whose credentials these are.

use super::calls::Caller;
use super::datasets::GET_CALLER_IDENTITY;
use super::fault::{Effect, Fault, Retry};
use super::whole::client;
use deskpair_rules::model::{Gap, GapCause};

/// The account, which the caller then knows too.
pub(super) async fn account(config: &aws_config::SdkConfig, caller: &Caller) -> Result<String, Gap> {
    let client = client!(aws_sdk_sts, config);
    let answer = caller.read(GET_CALLER_IDENTITY, "", || client.get_caller_identity().send()).await?;
    match answer.account {
        Some(account) if !account.is_empty() => {
            caller.set_account(&account);
            caller.signs_as(answer.arn.as_deref().unwrap_or_default());
            Ok(account)
        }
        Some(_) | None => {
            let message = "the answer names no account".to_owned();
            Err(caller.gap(
                GET_CALLER_IDENTITY,
                "",
                Fault::new(GapCause::Malformed, message, Retry::Never, Effect::None),
            ))
        }
    }
}
