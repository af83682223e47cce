//! Addresses of the neighbours: consoles, the native API, pre-authenticated requests, the S3 endpoint.

use percent_encoding::percent_decode_str;

use super::super::mistake::Mistake;
use super::StorageUrl;

/// Recognises an address by host (lower case) and by what stands behind it, and translates it where its parts suffice.
pub(super) fn recognise(host: &str, behind: &str) -> Option<(Mistake, Option<String>)> {
    let (path, query) = behind.split_once(['?', '#']).unwrap_or((behind, ""));
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    if let Some(service) = s3_service(host) {
        let bucket = segments.first().copied().unwrap_or_default();
        return Some((Mistake::S3Endpoint, service.url(bucket)));
    }
    match segments.as_slice() {
        ["p", _secret, "n", namespace, "b", bucket, ..] => {
            return Some((
                Mistake::PreauthenticatedRequest,
                native(host, namespace, bucket),
            ));
        }
        ["p", _secret, "n", ..] => return Some((Mistake::PreauthenticatedRequest, None)),
        ["n", namespace, "b", bucket, ..] => {
            return Some((Mistake::NativeApiUrl, native(host, namespace, bucket)));
        }
        ["n", ..] if is_native(host) => return Some((Mistake::NativeApiUrl, None)),
        _ => {}
    }
    if is_native(host) {
        return Some((Mistake::NativeApiUrl, None));
    }
    is_console(host).then(|| (Mistake::ConsoleUrl, from_console(host, &segments, query)))
}

fn is_native(host: &str) -> bool {
    host.split('.').any(|label| label == "objectstorage")
}

/// The Swift host beside a native host, which differs in one label (documented for the public endpoint, seen for
/// dedicated and private ones).
fn native(host: &str, namespace: &str, bucket: &str) -> Option<String> {
    let labels: Vec<&str> = host
        .split('.')
        .map(|label| {
            if label == "objectstorage" {
                "swiftobjectstorage"
            } else {
                label
            }
        })
        .collect();
    if !is_native(host) {
        return None;
    }
    StorageUrl::read(&format!(
        "https://{}/v1/{namespace}/{bucket}",
        labels.join(".")
    ))
}

/// `<namespace>.compat.objectstorage.<region>.…`
struct S3 {
    namespace: String,
    /// From the region on.
    domain: String,
}

fn s3_service(host: &str) -> Option<S3> {
    let (front, domain) = host.split_once("compat.objectstorage.")?;
    let namespace = front.strip_suffix('.').unwrap_or_default();
    Some(S3 {
        namespace: namespace.to_owned(),
        domain: domain.to_owned(),
    })
}

impl S3 {
    fn url(&self, bucket: &str) -> Option<String> {
        let (namespace, domain) = (&self.namespace, &self.domain);
        // The newer domain has the namespace in the host's name as well.
        let front = if domain.ends_with("customer-oci.com") {
            format!("{namespace}.")
        } else {
            String::new()
        };
        StorageUrl::read(&format!(
            "https://{front}swiftobjectstorage.{domain}/v1/{namespace}/{bucket}"
        ))
    }
}

/// The cloud console, and the pages of an Oracle Integration instance.
fn is_console(host: &str) -> bool {
    let oracle = host.ends_with(".oraclecloud.com") || host.ends_with(".oracle.com");
    host == "cloud.oracle.com"
        || (oracle
            && host
                .split('.')
                .any(|label| matches!(label, "cloud" | "console" | "integration")))
}

/// The cloud console's page of a bucket: `/object-storage/buckets/<namespace>/<bucket>/…?region=<region>`.
fn from_console(host: &str, segments: &[&str], query: &str) -> Option<String> {
    let ["object-storage", "buckets", namespace, bucket, ..] = segments else {
        return None;
    };
    let region = query
        .split('&')
        .find_map(|pair| pair.strip_prefix("region="))
        .or_else(|| {
            host.strip_prefix("console.")?
                .strip_suffix(".oraclecloud.com")
        })?;
    let name = |encoded: &str| Some(percent_decode_str(encoded).decode_utf8().ok()?.into_owned());
    let namespace = name(namespace)?.parse().ok()?;
    let bucket = name(bucket)?.parse().ok()?;
    StorageUrl::build(region, &namespace, &bucket)
        .ok()
        .map(|url| url.to_string())
}
