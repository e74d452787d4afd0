//! AWS Private CA. An authority is asked for in the Region that its ARN names, which may be neither of the pair's.

use super::calls::Caller;
use super::convert::{moment, text, word};
use super::datasets::DESCRIBE_CERTIFICATE_AUTHORITY;
use super::fault::{Effect, Fault, Retry, is_refusal};
use super::paging::Listing;
use super::whole::client;
use aws_config::{Region, SdkConfig};
use aws_sdk_acmpca::types;
use deskpair_rules::model::GapCause;
use deskpair_rules::model::identity::CertificateAuthority;

/// The Region in an authority's ARN, `arn:aws:acm-pca:us-west-2:111122223333:certificate-authority/…`.
pub(super) fn region_of(arn: &str) -> Option<&str> {
    arn.split(':').nth(3).filter(|region| !region.is_empty())
}

/// An authority: one item, or none where the service knows no such authority. The caller is of the Region that is asked.
pub(super) async fn authority(config: &SdkConfig, caller: &Caller, arn: &str) -> Listing<CertificateAuthority> {
    let config = config.to_builder().region(Region::new(caller.region().to_owned())).build();
    let client = client!(aws_sdk_acmpca, &config);
    let ask = || client.describe_certificate_authority().certificate_authority_arn(arn).send();
    match caller.read(DESCRIBE_CERTIFICATE_AUTHORITY, arn, ask).await {
        Ok(answer) => match answer.certificate_authority {
            Some(told) => Listing { items: vec![certificate_authority(told)], gap: None },
            None => {
                let message = "the answer names no authority".to_owned();
                let fault = Fault::new(GapCause::Malformed, message, Retry::Never, Effect::None);
                Listing { items: Vec::new(), gap: Some(caller.gap(DESCRIBE_CERTIFICATE_AUTHORITY, arn, fault)) }
            }
        },
        Err(gap) if is_refusal(&gap, "ResourceNotFoundException") => Listing::default(),
        Err(gap) => Listing { items: Vec::new(), gap: Some(gap) },
    }
}

fn certificate_authority(told: types::CertificateAuthority) -> CertificateAuthority {
    CertificateAuthority {
        arn: text(told.arn),
        owner_account: text(told.owner_account),
        created_at: moment(told.created_at),
        last_state_change_at: moment(told.last_state_change_at),
        r#type: word(told.r#type),
        serial: text(told.serial),
        status: word(told.status),
        not_before: moment(told.not_before),
        not_after: moment(told.not_after),
        failure_reason: word(told.failure_reason),
        restorable_until: moment(told.restorable_until),
        key_storage_security_standard: word(told.key_storage_security_standard),
        usage_mode: word(told.usage_mode),
    }
}
