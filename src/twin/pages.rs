//! Page tokens: opaque, and good for nothing but the list they were given out for.

use super::Service;
use super::error::ApiError;
use super::model::facts;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Makes and reads tokens. They are hexadecimal, which fits every service's pattern (FSx wants base64 in fours, DataSync `[a-zA-Z0-9=_-]+`).
#[derive(Clone, Debug)]
pub struct Pages {
    secret: [u8; 32],
}

/// The list that a token belongs to: who asked what, with which filter.
#[derive(Clone, Copy, Debug)]
pub struct List<'a> {
    /// The account and Region.
    pub place: (&'a str, &'a str),
    /// The service.
    pub service: Service,
    /// The operation.
    pub operation: &'a str,
    /// The whole input; its page size and token do not count.
    pub input: &'a Value,
}

/// The members that say which page of a list is wanted, not which list.
const PAGING: [&str; 8] =
    ["NextToken", "Limit", "MaxResults", "PaginationToken", "ResourcesPerPage", "TagsPerPage", "Marker", "MaxItems"];

impl List<'_> {
    fn digest(&self) -> Sha256 {
        let filter: Vec<_> =
            self.input.as_object().into_iter().flatten().filter(|(name, _)| !PAGING.contains(&name.as_str())).collect();
        let text = serde_json::to_string(&(self.place, self.service.signing_name(), self.operation, filter))
            .expect("strings and values are written");
        Sha256::new_with_prefix(text)
    }

    /// How the service refuses a token that is not its own.
    fn refusal(&self) -> ApiError {
        let operation = &facts(self.service).operations[self.operation];
        let code = operation
            .first_declared(&[
                "InvalidNextTokenException",
                "InvalidParameterValuesException",
                "InvalidParameterException",
                "InvalidRequestException",
                "BadRequest",
                "InvalidPaginationToken",
                "InvalidPaginationTokenException",
            ])
            .unwrap_or(if self.service == Service::Ec2 { "InvalidNextToken" } else { "ValidationException" });
        ApiError::new(code, "The pagination token is not valid.")
    }
}

impl Pages {
    /// Tokens of one twin: another seed's tokens are foreign.
    pub fn new(seed: u64) -> Self {
        Self { secret: Sha256::digest(format!("page tokens of the twin {seed}")).into() }
    }

    /// The token for the items from `position` on.
    pub fn token(&self, list: &List<'_>, position: u64) -> String {
        let tag = self.tag(list, position);
        let masked = position ^ self.mask(&tag);
        tag.iter().copied().chain(masked.to_be_bytes()).map(|byte| format!("{byte:02x}")).collect()
    }

    /// The position that a token stands for; 0 without one. An empty token is a wrong one.
    ///
    /// # Errors
    /// The service's refusal of a garbled or foreign token.
    pub fn position(&self, list: &List<'_>, token: Option<&str>) -> Result<u64, ApiError> {
        let Some(token) = token else { return Ok(0) };
        self.read(list, token).ok_or_else(|| list.refusal())
    }

    fn read(&self, list: &List<'_>, token: &str) -> Option<u64> {
        if token.len() != 48 || !token.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
            return None;
        }
        let tag: Vec<u8> =
            (0..32).step_by(2).map(|at| u8::from_str_radix(&token[at..at + 2], 16)).collect::<Result<_, _>>().ok()?;
        let masked = u64::from_str_radix(&token[32..], 16).ok()?;
        let position = masked ^ self.mask(&tag);
        (self.tag(list, position)[..] == tag[..]).then_some(position)
    }

    fn tag(&self, list: &List<'_>, position: u64) -> [u8; 16] {
        let digest = list.digest().chain_update(self.secret).chain_update(position.to_be_bytes()).finalize();
        digest[..16].try_into().expect("sixteen of 32 bytes")
    }

    fn mask(&self, tag: &[u8]) -> u64 {
        let digest = Sha256::new_with_prefix(self.secret).chain_update(tag).finalize();
        u64::from_be_bytes(digest[..8].try_into().expect("eight of 32 bytes"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_token_is_good_for_its_own_list_alone() {
        let pages = Pages::new(1);
        let input = json!({"DirectoryId": "d-1", "Limit": 5});
        let list = List {
            place: ("111122223333", "us-east-1"),
            service: Service::WorkSpaces,
            operation: "DescribeWorkspaces",
            input: &input,
        };
        let token = pages.token(&list, 25);
        assert_eq!(pages.position(&list, Some(&token)), Ok(25));
        assert_eq!(pages.position(&list, None), Ok(0));
        let resized = json!({"DirectoryId": "d-1", "Limit": 9, "NextToken": token});
        assert_eq!(pages.position(&List { input: &resized, ..list }, Some(&token)), Ok(25));
        let other = json!({"DirectoryId": "d-2"});
        for foreign in [
            List { input: &other, ..list },
            List { place: ("111122223333", "us-west-2"), ..list },
            List { operation: "DescribeIpGroups", ..list },
        ] {
            assert_eq!(
                pages.position(&foreign, Some(&token)).expect_err("foreign").code,
                "InvalidParameterValuesException"
            );
        }
        let mut garbled = token.clone().into_bytes();
        garbled[40] ^= 1;
        let garbled = String::from_utf8(garbled).expect("text");
        for wrong in ["", "25", "é".repeat(24).as_str(), &garbled, &token[1..]] {
            assert!(pages.position(&list, Some(wrong)).is_err(), "{wrong}");
        }
        assert!(Pages::new(2).position(&list, Some(&token)).is_err());
        assert_ne!(token, pages.token(&list, 50));
    }
}
