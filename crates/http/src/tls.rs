//! Which servers are trusted, and what to say when one is not.

use std::sync::{Arc, OnceLock};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{CertificateError, ClientConfig, RootCertStore};

use crate::error::{Error, ErrorKind};

/// The system's authorities, read once: every client of a process trusts the same ones.
static SYSTEM: OnceLock<Vec<CertificateDer<'static>>> = OnceLock::new();

/// The TLS of a client: ring, TLS 1.2 and 1.3, the system's authorities where `system` says so, and the extra ones.
pub(crate) fn config(extra: &[Vec<u8>], system: bool) -> Result<ClientConfig, Error> {
    let mut roots = RootCertStore::empty();
    if system {
        // A system with no or damaged authorities still has extra ones, or plain HTTP to loopback.
        let found = SYSTEM.get_or_init(|| rustls_native_certs::load_native_certs().certs);
        roots.add_parsable_certificates(found.iter().cloned());
    }
    for pem in extra {
        let mut any = false;
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let certificate = certificate
                .map_err(|_| extra_fault("is not PEM that can be read"))?
                .into_owned();
            roots
                .add(certificate)
                .map_err(|error| extra_fault("cannot be trusted as one").caused_by(error))?;
            any = true;
        }
        if !any {
            return Err(extra_fault("holds no `BEGIN CERTIFICATE`"));
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::new(ErrorKind::Tls, "TLS cannot be set up").caused_by(error))?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

fn extra_fault(why: &str) -> Error {
    Error::new(
        ErrorKind::Tls,
        format!("a certificate of an extra authority {why}"),
    )
}

/// What is wrong, and what to do about it.
pub(crate) fn fact(host: &str, error: &rustls::Error) -> String {
    use rustls::Error as Tls;
    match error {
        // A bad signature: an authority of that name is trusted, but it is another one.
        Tls::InvalidCertificate(
            CertificateError::UnknownIssuer | CertificateError::BadSignature,
        ) => format!(
            "the certificate of {host} is signed by an authority that is not trusted here; if that is a private \
             authority or a proxy that inspects TLS, add its certificate (PEM) to the extra trusted roots"
        ),
        Tls::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        ) => format!("the certificate that came is not for {host}; check the host in the URL"),
        Tls::InvalidCertificate(
            CertificateError::Expired | CertificateError::ExpiredContext { .. },
        ) => format!(
            "the certificate of {host} has expired, or the clock of this machine is wrong; check both"
        ),
        Tls::InvalidCertificate(
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. },
        ) => format!(
            "the certificate of {host} is not valid yet, or the clock of this machine is wrong; check both"
        ),
        Tls::InvalidCertificate(_) => {
            format!("the certificate of {host} is not accepted; check who is meant to answer there")
        }
        Tls::InvalidMessage(_) => {
            format!("{host} does not speak TLS on this port; check scheme and port of the URL")
        }
        _ => format!("no secure connection to {host}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extra_roots_must_be_certificates() {
        for bad in [
            "",
            "hello",
            "-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n",
        ] {
            let error = config(&[bad.as_bytes().to_vec()], false).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Tls, "{bad}");
        }
        let key = rcgen::generate_simple_self_signed(["example.com".to_owned()]).unwrap();
        assert!(config(&[key.cert.pem().into_bytes()], false).is_ok());
        assert!(config(&[], true).is_ok());
    }
}
