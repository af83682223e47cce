//! The key that a client's assertions are checked with. The mathematics is that of `ring`, the reading of certificates
//! that of `webpki`, as in TLS.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{Algorithm as Digest, SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{
    AlgorithmIdentifier, CertificateDer, InvalidSignature, SignatureVerificationAlgorithm,
    SubjectPublicKeyInfoDer, alg_id,
};
use serde::{Deserialize, Serialize};
use webpki::{EndEntityCert, Error, RawPublicKeyEntity};

/// A registered certificate or public key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Certificate {
    /// The name that assertions give as `kid`; none fits them all.
    pub(super) alias: Option<String>,
    /// What it signs by.
    pub(super) algorithm: Algorithm,
    /// Thumbprints by SHA-1 and SHA-256, as assertions spell them; none for a mere key.
    pub(super) x5t: Option<String>,
    pub(super) x5t_s256: Option<String>,
    /// The public key with its algorithm (SPKI), DER.
    key: Vec<u8>,
}

/// The algorithms of signatures, by the names that assertions give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Algorithm {
    RS256,
    ES256,
}

/// Why a file registers nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unusable {
    #[error("there is neither a certificate nor a public key in it (PEM)")]
    NoKey,
    #[error("the certificate cannot be read; a version 3 certificate or its public key is needed")]
    Unreadable,
    #[error("the key is neither RSA nor ECDSA on P-256")]
    OtherKey,
}

impl Certificate {
    /// Reads the first certificate, or else the first public key, of a PEM file.
    pub(super) fn read(alias: Option<&str>, pem: &[u8]) -> Result<Self, Unusable> {
        let certificate = CertificateDer::from_pem_slice(pem).ok();
        let key = match &certificate {
            Some(der) => EndEntityCert::try_from(der)
                .map_err(|_| Unusable::Unreadable)?
                .subject_public_key_info(),
            None => SubjectPublicKeyInfoDer::from_pem_slice(pem).map_err(|_| Unusable::NoKey)?,
        };
        let thumbprint = |by: &'static Digest| {
            let der = certificate.as_ref()?;
            Some(URL_SAFE_NO_PAD.encode(digest(by, der)))
        };
        Ok(Self {
            alias: alias.map(str::to_owned),
            algorithm: Algorithm::of(&key)?,
            x5t: thumbprint(&SHA1_FOR_LEGACY_USE_ONLY),
            x5t_s256: thumbprint(&SHA256),
            key: key.to_vec(),
        })
    }

    /// Whether the key made this signature.
    pub(super) fn signed(&self, message: &[u8], signature: &[u8]) -> bool {
        let key = SubjectPublicKeyInfoDer::from(self.key.as_slice());
        self.algorithm.verify(&key, message, signature).is_ok()
    }
}

impl Algorithm {
    /// The algorithm that a key is for.
    fn of(key: &SubjectPublicKeyInfoDer<'_>) -> Result<Self, Unusable> {
        // A signature of no bytes fits no key: what is told of it is whether the key is of the algorithm's kind.
        let fits = |algorithm: &Self| {
            let verified = algorithm.verify(key, b"", b"");
            verified == Err(Error::InvalidSignatureForPublicKey)
        };
        [Self::RS256, Self::ES256]
            .into_iter()
            .find(fits)
            .ok_or(Unusable::OtherKey)
    }

    fn verify(
        self,
        key: &SubjectPublicKeyInfoDer<'_>,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), Error> {
        let algorithm: &dyn SignatureVerificationAlgorithm = match self {
            Self::RS256 => webpki::ring::RSA_PKCS1_2048_8192_SHA256,
            Self::ES256 => &Es256,
        };
        RawPublicKeyEntity::try_from(key)?.verify_signature(algorithm, message, signature)
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::RS256 => "RS256",
            Self::ES256 => "ES256",
        })
    }
}

/// ECDSA on P-256 with the two numbers of a signature side by side (RFC 7518); in certificates they are DER.
#[derive(Debug)]
struct Es256;

impl SignatureVerificationAlgorithm for Es256 {
    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_P256
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_SHA256
    }

    fn verify_signature(
        &self,
        key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key)
            .verify(message, signature)
            .map_err(|_| InvalidSignature)
    }
}
