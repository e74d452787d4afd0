//! Keys of AWS KMS, with which volumes are encrypted.

use super::Moment;
use super::wire::wire;

wire! {
    /// `kms:KeyMetadata`.
    Key as "PascalCase" {
        key_id: String,
        arn: String,
        key_state: String,
        key_manager: String,
        deletion_date: Option<Moment>,
    }
}
