//! SHA-256 and its HMAC for signatures, from the crates that the rest of deskpair uses.

use hmac::{Hmac, KeyInit, Mac};
use object_store::Result;
use object_store::client::{CryptoProvider, DigestAlgorithm, DigestContext, HmacContext, Signer, SigningAlgorithm};
use sha2::{Digest, Sha256};

/// What signs requests.
#[derive(Debug)]
pub(super) struct Crypto;

struct Hashing {
    hasher: Sha256,
    digest: Vec<u8>,
}

struct Keyed {
    mac: Hmac<Sha256>,
    code: Vec<u8>,
}

impl CryptoProvider for Crypto {
    fn digest(&self, algorithm: DigestAlgorithm) -> Result<Box<dyn DigestContext>> {
        match algorithm {
            DigestAlgorithm::Sha256 => Ok(Box::new(Hashing { hasher: Sha256::new(), digest: Vec::new() })),
            other => Err(unknown(format!("{other:?}"))),
        }
    }

    fn hmac(&self, algorithm: DigestAlgorithm, secret: &[u8]) -> Result<Box<dyn HmacContext>> {
        match algorithm {
            DigestAlgorithm::Sha256 => {
                let mac = Hmac::new_from_slice(secret).expect("HMAC takes keys of any length");
                Ok(Box::new(Keyed { mac, code: Vec::new() }))
            }
            other => Err(unknown(format!("{other:?}"))),
        }
    }

    fn sign(&self, algorithm: SigningAlgorithm, _pem: &[u8]) -> Result<Box<dyn Signer>> {
        Err(unknown(format!("{algorithm:?}")))
    }
}

/// S3 needs no other.
fn unknown(algorithm: String) -> object_store::Error {
    object_store::Error::NotSupported { source: format!("{algorithm} is not needed for S3").into() }
}

impl DigestContext for Hashing {
    fn update(&mut self, data: &[u8]) {
        self.hasher.update(data);
    }

    fn finish(&mut self) -> Result<&[u8]> {
        self.digest = self.hasher.finalize_reset().to_vec();
        Ok(&self.digest)
    }
}

impl HmacContext for Keyed {
    fn update(&mut self, data: &[u8]) {
        self.mac.update(data);
    }

    fn finish(&mut self) -> Result<&[u8]> {
        self.code = self.mac.clone().finalize().into_bytes().to_vec();
        Ok(&self.code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_and_codes_are_those_of_the_standards() {
        let mut digest = Crypto.digest(DigestAlgorithm::Sha256).expect("SHA-256");
        digest.update(b"a");
        digest.update(b"bc");
        // FIPS 180-2, B.1.
        let expected = [0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea];
        assert_eq!(digest.finish().expect("a digest")[..8], expected);
        let mut keyed = Crypto.hmac(DigestAlgorithm::Sha256, b"Jefe").expect("an HMAC");
        keyed.update(b"what do ya want for nothing?");
        // RFC 4231, test case 2.
        assert_eq!(keyed.finish().expect("a code")[..8], [0x5b, 0xdc, 0xc1, 0x46, 0xbf, 0x60, 0x75, 0x4e]);
    }
}
