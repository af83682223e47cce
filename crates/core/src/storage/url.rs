//! The Swift URL of a bucket.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};

use super::mistake::{Mistake, StorageUrlError, is_service_path};
use crate::ids::{BucketName, InvalidId, Namespace, ObjectName, encode_segment};

mod elsewhere;

/// The Swift URL of a bucket, `https://swiftobjectstorage.<region>.oraclecloud.com/v1/<namespace>/<bucket>` (documented).
///
/// Any host is taken, since private and dedicated endpoints have names of their own. `http` is taken for this machine
/// alone: `127.0.0.0/8`, `::1`, `localhost` and `*.localhost`. It shows and compares in one form: lower-case scheme and
/// host, no default port, no slash at the end.
///
/// ```
/// use ferry_core::storage::{Mistake, StorageUrl};
///
/// let pasted = "https://objectstorage.us-phoenix-1.oraclecloud.com/n/acmens/b/archives/o/";
/// let error = StorageUrl::parse(pasted).unwrap_err();
/// assert_eq!(error.mistake, Mistake::NativeApiUrl);
/// let url = StorageUrl::parse(error.suggestion().unwrap()).unwrap();
/// assert_eq!(url.bucket_path(), "/v1/acmens/archives");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct StorageUrl {
    secure: bool,
    /// Without the brackets of an IPv6 address.
    host: String,
    /// `None` is the scheme's own.
    port: Option<u16>,
    namespace: Namespace,
    bucket: BucketName,
}

impl StorageUrl {
    /// Reads a bucket's URL. Every mistake that is recognised is explained; nothing is mended silently but one slash at
    /// the end.
    pub fn parse(text: &str) -> Result<Self, StorageUrlError> {
        if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(blanks(text));
        }
        let (scheme, rest) = text.split_once("://").ok_or_else(|| no_scheme(text))?;
        let secure = match scheme.to_ascii_lowercase().as_str() {
            "https" => true,
            "http" => false,
            _ => {
                return Err(malformed(text, "it must begin with https://"));
            }
        };
        let (authority, path) = split_authority(rest);
        if has_user(authority, path) {
            let clean = rest.rsplit_once('@').map(|(_, clean)| clean);
            let suggestion = clean.and_then(|clean| Self::read(&format!("{scheme}://{clean}")));
            return Err(StorageUrlError::new(Mistake::CredentialsInside, text).or(suggestion));
        }
        let (host, port) = host_and_port(authority)
            .ok_or_else(|| malformed(text, "its host or port can not be read"))?;
        if let Some((mistake, suggestion)) = elsewhere::recognise(&host, path) {
            return Err(StorageUrlError::new(mistake, text).or(suggestion));
        }
        if !secure && !is_loopback(&host) {
            let suggestion = Self::read(&format!("https://{rest}"));
            return Err(StorageUrlError::new(Mistake::NotHttps, text).or(suggestion));
        }
        if let Some((path, _)) = rest.split_once(['?', '#']) {
            let suggestion = Self::read(&format!("{scheme}://{path}"));
            return Err(malformed(text, "it has a query or a fragment").or(suggestion));
        }
        let default = if secure { 443 } else { 80 };
        let port = port.filter(|port| *port != default);
        Self::on_path(text, path, |namespace, bucket| Self {
            secure,
            host,
            port,
            namespace,
            bucket,
        })
    }

    /// Builds the URL of a bucket in the commercial realm from its parts; `region` is an identifier such as `us-phoenix-1`.
    pub fn build(
        region: &str,
        ns: &Namespace,
        bucket: &BucketName,
    ) -> Result<Self, StorageUrlError> {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if region.is_empty() || region.len() > 63 || !region.chars().all(plain) {
            return Err(malformed(
                region,
                "a region's identifier is wanted, such as us-phoenix-1",
            ));
        }
        Ok(Self {
            secure: true,
            host: format!(
                "swiftobjectstorage.{}.oraclecloud.com",
                region.to_ascii_lowercase()
            ),
            port: None,
            namespace: ns.clone(),
            bucket: bucket.clone(),
        })
    }

    /// Reads the path, `/v1/<namespace>/<bucket>`.
    fn on_path(
        text: &str,
        path: &str,
        finish: impl FnOnce(Namespace, BucketName) -> Self,
    ) -> Result<Self, StorageUrlError> {
        let path = path.strip_prefix('/').unwrap_or(path);
        let mut segments = path.splitn(4, '/');
        let mut next = || segments.next().unwrap_or_default();
        let (version, namespace, bucket, object) = (next(), next(), next(), next());
        if !version.is_empty() && version != "v1" {
            return Err(malformed(text, "its path must begin with /v1/"));
        }
        if namespace.is_empty() {
            return Err(StorageUrlError::new(Mistake::MissingNamespace, text));
        }
        let namespace: Namespace = segment(namespace).ok_or_else(|| {
            malformed(
                text,
                "its namespace may hold only letters, digits, '-', '_' and '.'",
            )
        })?;
        if bucket.is_empty() {
            return Err(StorageUrlError::new(Mistake::MissingBucket, text));
        }
        let bucket: BucketName = segment(bucket).ok_or_else(|| {
            malformed(
                text,
                "its bucket may hold only letters, digits, '-', '_' and '.'",
            )
        })?;
        let url = finish(namespace, bucket);
        if object.is_empty() {
            return Ok(url);
        }
        let suggestion = url.to_string();
        Err(StorageUrlError::new(
            Mistake::ObjectBehindBucket { suggestion },
            text,
        ))
    }

    /// A corrected text, if it is right now.
    fn read(text: &str) -> Option<String> {
        Self::parse(text).ok().map(|url| url.to_string())
    }

    /// Scheme, host and port: `https://host[:port]`, the host in brackets where it is an IPv6 address.
    pub fn origin(&self) -> String {
        let scheme = if self.secure { "https" } else { "http" };
        let host = if self.host.contains(':') {
            format!("[{}]", self.host)
        } else {
            self.host.clone()
        };
        match self.port {
            Some(port) => format!("{scheme}://{host}:{port}"),
            None => format!("{scheme}://{host}"),
        }
    }

    /// The host in lower case, without port and without brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The namespace.
    pub fn namespace(&self) -> &Namespace {
        &self.namespace
    }

    /// The bucket.
    pub fn bucket(&self) -> &BucketName {
        &self.bucket
    }

    /// Whether the host is this machine, by its name or number alone.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.host)
    }

    /// The path of the bucket, percent-encoded: `/v1/<namespace>/<bucket>`.
    pub fn bucket_path(&self) -> String {
        format!(
            "/v1/{}/{}",
            encode_segment(self.namespace.as_str()),
            encode_segment(self.bucket.as_str())
        )
    }

    /// The path of an object of the bucket, percent-encoded.
    pub fn object_path(&self, object: &ObjectName) -> String {
        format!("{}/{}", self.bucket_path(), object.encoded())
    }
}

/// One decoded segment as a checked name.
fn segment<T: FromStr<Err = InvalidId>>(encoded: &str) -> Option<T> {
    percent_decode_str(encoded).decode_utf8().ok()?.parse().ok()
}

fn malformed(text: &str, why: &'static str) -> StorageUrlError {
    StorageUrlError::new(Mistake::Malformed, text).because(why)
}

/// The documentation's own examples have blanks around values and a line break inside a URL. What is wrong besides
/// matters more than the blanks.
fn blanks(text: &str) -> StorageUrlError {
    let is_blank = |c: char| c.is_whitespace() || c.is_control();
    let trimmed = text.trim_matches(is_blank);
    let joined: String = trimmed.chars().filter(|c| !is_blank(*c)).collect();
    match StorageUrl::parse(&joined) {
        _ if joined.is_empty() => malformed(text, "it is empty"),
        Ok(url) => StorageUrlError::new(Mistake::Blanks, text).or(Some(url.to_string())),
        Err(error) => error,
    }
}

fn no_scheme(text: &str) -> StorageUrlError {
    if text.is_empty() {
        return malformed(text, "it is empty");
    }
    let completed = StorageUrl::parse(&format!("https://{text}"));
    match completed {
        Ok(url) => malformed(text, "it must begin with https://").or(Some(url.to_string())),
        // Something else that was pasted without its scheme is still recognised.
        Err(error) if error.mistake != Mistake::Malformed && text.contains('.') => {
            StorageUrlError::new(error.mistake.clone(), text)
                .or(error.suggestion().map(str::to_owned))
        }
        Err(_) => malformed(text, "it must begin with https://"),
    }
}

/// Authority and the rest, which begins with `/`, `?` or `#` or is empty.
fn split_authority(rest: &str) -> (&str, &str) {
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    rest.split_at_checked(end).unwrap_or((rest, ""))
}

/// Whether user information stands in front of the host. A user or password that holds `/`, `?` or `#` ends the
/// authority too early: then the `@` is further back, behind something that is no host and port, or no service's path.
fn has_user(authority: &str, behind: &str) -> bool {
    let Some((inside, _)) = behind.rsplit_once('@') else {
        return authority.contains('@');
    };
    authority.contains('@')
        || host_and_port(authority).is_none()
        || (inside.contains(':') && !is_service_path(inside))
}

/// The host in its one form, and the port.
fn host_and_port(authority: &str) -> Option<(String, Option<u16>)> {
    if let Some(rest) = authority.strip_prefix('[') {
        let (address, port) = rest.split_once(']')?;
        let address: Ipv6Addr = address.parse().ok()?;
        let port = match port {
            "" => None,
            port => Some(read_port(port.strip_prefix(':')?)?),
        };
        return Some((address.to_string(), port));
    }
    let (host, port) = match authority.split_once(':') {
        Some((host, port)) => (host, Some(read_port(port)?)),
        None => (authority, None),
    };
    is_host(host).then(|| (host.to_ascii_lowercase(), port))
}

fn read_port(text: &str) -> Option<u16> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|port| digits && *port != 0)
}

fn is_host(host: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
    };
    host.len() <= 253 && host.split('.').all(label)
}

/// Whether a host, with or without the brackets of an IPv6 address, is this machine: where a secret may go in the clear.
pub fn is_loopback(host: &str) -> bool {
    let host = host
        .trim_start_matches('[')
        .trim_end_matches(']')
        .to_ascii_lowercase();
    host == "localhost"
        || host.ends_with(".localhost")
        || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

impl fmt::Display for StorageUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}{}", self.origin(), self.bucket_path()))
    }
}

impl FromStr for StorageUrl {
    type Err = StorageUrlError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl TryFrom<String> for StorageUrl {
    type Error = StorageUrlError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<StorageUrl> for String {
    fn from(url: StorageUrl) -> Self {
        url.to_string()
    }
}

#[cfg(test)]
mod tests;
