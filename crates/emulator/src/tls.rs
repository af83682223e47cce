//! TLS with an authority of the emulator's own: a certificate for each name that a client asks for.

use std::collections::HashMap;
use std::fmt;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::{CertifiedKey, SigningKey};

use crate::clock::RealClock;
use crate::route;

/// The name that every certificate of the authority carries as its issuer's.
const AUTHORITY: &str = "Ferry emulator, a test authority of this machine";

/// What a client that names no host, or one that is not served, is shown a certificate for.
const OWN_NAMES: [&str; 4] = ["localhost", "*.localhost", "127.0.0.1", "::1"];

/// How many names have their certificates kept; beyond, all are made anew.
const KEPT_NAMES: usize = 256;

/// The authority's days, about twenty years.
const AUTHORITY_DAYS: i64 = 7300;

/// A certificate's days: no longer than browsers take.
const CERTIFICATE_DAYS: i64 = 397;

/// A certificate authority, and the certificates that it signs as clients ask for names: those of this machine, and
/// those of the real services in any region.
#[derive(Clone)]
pub struct Tls {
    config: Arc<ServerConfig>,
    authority: Arc<str>,
}

impl Tls {
    /// An authority of its own, gone with the value.
    pub(crate) fn new(now: RealClock) -> io::Result<Self> {
        let authority = Authority::new(now())?;
        Self::with(&authority, now)
    }

    /// The authority that is kept in a folder, made where there is none.
    pub(crate) fn kept(folder: &Path, now: RealClock) -> io::Result<Self> {
        let file = folder.join("authority.pem");
        let authority = match fs_err::read_to_string(&file) {
            Ok(pem) => Authority::read(&pem)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let authority = Authority::new(now())?;
                authority.write(folder, &file)?;
                authority
            }
            Err(error) => return Err(error),
        };
        Self::with(&authority, now)
    }

    fn with(authority: &Authority, now: RealClock) -> io::Result<Self> {
        let certificate = authority.certificate.as_str().into();
        let names = Names::new(authority, now)?;
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(names));
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self {
            config: Arc::new(config),
            authority: certificate,
        })
    }

    /// The authority's certificate as PEM: what a client must trust. It holds no key.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    pub(crate) fn config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.config)
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").finish_non_exhaustive()
    }
}

/// The authority: its certificate and its key, both PEM.
struct Authority {
    certificate: String,
    key: String,
}

impl Authority {
    fn new(now: Timestamp) -> io::Result<Self> {
        let key = KeyPair::generate().map_err(io::Error::other)?;
        let mut params = authority_params();
        set_days(&mut params, now, AUTHORITY_DAYS);
        let certificate = params.self_signed(&key).map_err(io::Error::other)?;
        Ok(Self {
            certificate: certificate.pem(),
            key: key.serialize_pem(),
        })
    }

    /// Reads what [`Authority::write`] wrote: the key first.
    fn read(pem: &str) -> io::Result<Self> {
        let begin = "-----BEGIN CERTIFICATE-----";
        let (key, certificate) = pem
            .split_once(begin)
            .ok_or_else(|| io::Error::other("the kept authority holds no certificate"))?;
        Ok(Self {
            certificate: format!("{begin}{certificate}"),
            key: key.to_owned(),
        })
    }

    /// One file, whole or absent, so that key and certificate always fit; for the owner only.
    fn write(&self, folder: &Path, file: &Path) -> io::Result<()> {
        // A temporary file of this crate is made with mode 0600.
        let mut temporary = tempfile::NamedTempFile::new_in(folder)?;
        temporary.write_all(self.key.as_bytes())?;
        temporary.write_all(self.certificate.as_bytes())?;
        temporary.as_file().sync_all()?;
        temporary.persist(file)?;
        Ok(())
    }
}

fn authority_params() -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = named(AUTHORITY);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

fn named(name: &str) -> rcgen::DistinguishedName {
    let mut named = rcgen::DistinguishedName::new();
    named.push(DnType::CommonName, name);
    named
}

/// Valid from two days ago, for clocks that differ.
fn set_days(params: &mut CertificateParams, now: Timestamp, days: i64) {
    let day = |after: i64| {
        let span = SignedDuration::from_hours(after * 24);
        let date = Offset::UTC.to_datetime(now.saturating_add(span).unwrap_or(now));
        let part = |value: i8| u8::try_from(value).unwrap_or(1);
        rcgen::date_time_ymd(date.year().into(), part(date.month()), part(date.day()))
    };
    params.not_before = day(-2);
    params.not_after = day(days);
}

/// The certificates by the name that a client asks for.
struct Names {
    issuer: Issuer<'static, KeyPair>,
    /// One key for all of them.
    key: KeyPair,
    signer: Arc<dyn SigningKey>,
    own: Arc<CertifiedKey>,
    made: Mutex<HashMap<String, Arc<CertifiedKey>>>,
    now: RealClock,
}

impl Names {
    fn new(authority: &Authority, now: RealClock) -> io::Result<Self> {
        let issuer = Issuer::new(
            authority_params(),
            KeyPair::from_pem(&authority.key).map_err(io::Error::other)?,
        );
        let key = KeyPair::generate().map_err(io::Error::other)?;
        let der = PrivateKeyDer::Pkcs8(key.serialize_der().into());
        let signer = ring::sign::any_ecdsa_type(&der).map_err(io::Error::other)?;
        let own = OWN_NAMES.map(str::to_owned).to_vec();
        let own = signed(own, &issuer, &key, &signer, now()).map_err(io::Error::other)?;
        Ok(Self {
            issuer,
            key,
            signer,
            own: Arc::new(own),
            made: Mutex::default(),
            now,
        })
    }

    fn of(&self, name: &str) -> Option<Arc<CertifiedKey>> {
        let name = name.to_ascii_lowercase();
        if !route::is_served(&name) {
            return None;
        }
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(made) = made.get(&name) {
            return Some(Arc::clone(made));
        }
        let now = (self.now)();
        let names = vec![name.clone()];
        let new = Arc::new(signed(names, &self.issuer, &self.key, &self.signer, now).ok()?);
        if made.len() == KEPT_NAMES {
            made.clear();
        }
        made.insert(name, Arc::clone(&new));
        Some(new)
    }
}

impl ResolvesServerCert for Names {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        // For a name that is not served, its client says best that the certificate is another's.
        let asked = hello.server_name().and_then(|name| self.of(name));
        Some(asked.unwrap_or_else(|| Arc::clone(&self.own)))
    }
}

impl fmt::Debug for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Names").finish_non_exhaustive()
    }
}

fn signed(
    names: Vec<String>,
    issuer: &Issuer<'static, KeyPair>,
    key: &KeyPair,
    signer: &Arc<dyn SigningKey>,
    now: Timestamp,
) -> Result<CertifiedKey, rcgen::Error> {
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name = named("Ferry emulator");
    set_days(&mut params, now, CERTIFICATE_DAYS);
    // Strict clients, such as Python from 3.13 on, ask for all of these.
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let certificate = params.signed_by(key, issuer)?.der().clone();
    Ok(CertifiedKey::new(vec![certificate], Arc::clone(signer)))
}
