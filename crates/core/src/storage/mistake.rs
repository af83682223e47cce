//! What people give instead of a bucket's Swift URL, and what to tell them.

use std::fmt;

/// The shape that is wanted.
const WANTED: &str = "https://swiftobjectstorage.<region>.oraclecloud.com/v1/<namespace>/<bucket>";

/// What is wrong with a text that should be a bucket's Swift URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mistake {
    /// The address of a page in a console.
    ConsoleUrl,
    /// The native API of Object Storage: `/n/<namespace>/b/<bucket>/o/`.
    NativeApiUrl,
    /// A pre-authenticated request: `/p/<secret>/n/…`.
    PreauthenticatedRequest,
    /// The S3 compatible endpoint: `<namespace>.compat.objectstorage.…`.
    S3Endpoint,
    /// Nothing behind `/v1`.
    MissingNamespace,
    /// Nothing behind the namespace.
    MissingBucket,
    /// The URL of an object in the bucket.
    ObjectBehindBucket {
        /// The bucket's URL.
        suggestion: String,
    },
    /// Blanks or line breaks around or inside it.
    Blanks,
    /// `http` to a host that is not this machine: the password would travel readable.
    NotHttps,
    /// A user name or a password in front of the host.
    CredentialsInside,
    /// Anything else; the error's text says what.
    Malformed,
}

/// Why a text is not a bucket's Swift URL: what was seen, what is wanted, what to do next.
///
/// What was seen is shown without secrets (user information, the key of a pre-authenticated request, queries).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StorageUrlError {
    /// What is wrong.
    pub mistake: Mistake,
    given: Box<Given>,
}

/// What is known of the text that was given.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Given {
    /// The text without secrets.
    shown: String,
    detail: Option<&'static str>,
    suggestion: Option<String>,
}

impl StorageUrlError {
    /// `seen` is the text as it was given.
    pub(super) fn new(mistake: Mistake, seen: &str) -> Self {
        Self {
            mistake,
            given: Box::new(Given {
                shown: without_secrets(seen),
                detail: None,
                suggestion: None,
            }),
        }
    }

    /// With the rule that is broken, as a clause.
    pub(super) fn because(mut self, detail: &'static str) -> Self {
        self.given.detail = Some(detail);
        self
    }

    /// With the URL that was probably meant.
    pub(super) fn or(mut self, suggestion: Option<String>) -> Self {
        self.given.suggestion = suggestion;
        self
    }

    /// The URL that was probably meant, where it follows from what was given.
    pub fn suggestion(&self) -> Option<&str> {
        match &self.mistake {
            Mistake::ObjectBehindBucket { suggestion } => Some(suggestion),
            _ => self.given.suggestion.as_deref(),
        }
    }

    fn fact(&self) -> &'static str {
        match self.mistake {
            Mistake::ConsoleUrl => "is the address of a page in a console, not of a bucket",
            Mistake::NativeApiUrl => {
                "is an address of the native Object Storage API, which the service can not use here"
            }
            Mistake::PreauthenticatedRequest => {
                "is a pre-authenticated request, which opens a bucket by a secret in the address; the service signs in by user and auth token instead"
            }
            Mistake::S3Endpoint => "is an address of the S3 compatible API, not of the Swift API",
            Mistake::MissingNamespace => "names no namespace and no bucket",
            Mistake::MissingBucket => "names a namespace, but no bucket",
            Mistake::ObjectBehindBucket { .. } => "names an object behind the bucket",
            Mistake::Blanks => "has blanks or line breaks around or inside it",
            Mistake::NotHttps => {
                "is not https, so the auth token would travel readable (http is for this machine alone)"
            }
            Mistake::CredentialsInside => {
                "has a user or a password in front of the host, where it would end up in logs"
            }
            Mistake::Malformed => "is not the Swift URL of a bucket",
        }
    }

    fn next_step(&self) -> &'static str {
        match self.mistake {
            Mistake::ConsoleUrl | Mistake::Malformed => {
                "build it from the region's identifier, the Object Storage namespace (console: Profile > Tenancy) and the bucket's name"
            }
            Mistake::NativeApiUrl | Mistake::S3Endpoint => {
                "take the same region, namespace and bucket in the Swift form"
            }
            Mistake::PreauthenticatedRequest => {
                "take the same region, namespace and bucket in the Swift form, and give a user and an auth token apart from it"
            }
            Mistake::MissingNamespace => {
                "put the Object Storage namespace (console: Profile > Tenancy) and the bucket's name behind /v1"
            }
            Mistake::MissingBucket => "put the bucket's name behind the namespace",
            Mistake::ObjectBehindBucket { .. } => {
                "give the bucket alone; the object is named where it is needed"
            }
            Mistake::Blanks => "take them out",
            Mistake::NotHttps => "write https",
            Mistake::CredentialsInside => {
                "take it out, and give the user and a reference to the auth token apart from the URL"
            }
        }
    }
}

impl fmt::Display for StorageUrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {}", self.given.shown, self.fact())?;
        if let Some(detail) = self.given.detail {
            write!(f, ": {detail}")?;
        }
        write!(f, "; wanted is {WANTED}; {}", self.next_step())?;
        if let Some(suggestion) = self.suggestion() {
            write!(f, ", so probably {suggestion}")?;
        }
        Ok(())
    }
}

impl std::error::Error for StorageUrlError {}

const SCHEMES: [&str; 6] = ["https", "http", "s3", "swift", "oci", "ftp"];

/// A given text as it may be shown.
fn without_secrets(given: &str) -> String {
    // What stands before `://` may as well be a user and the head of a password: only a known scheme is one.
    let (scheme, rest) = given
        .split_once("://")
        .filter(|(scheme, _)| {
            SCHEMES
                .iter()
                .any(|known| scheme.eq_ignore_ascii_case(known))
        })
        .map_or((None, given), |(scheme, rest)| (Some(scheme), rest));
    let rest = without_user(rest);
    let (path, query) = rest
        .split_once(['?', '#'])
        .map_or((rest.as_str(), ""), |(path, _)| (path, "?***"));
    let mut behind_p = false;
    let path: Vec<&str> = path
        .split('/')
        .enumerate()
        .map(|(at, segment)| {
            let secret = std::mem::replace(&mut behind_p, at > 0 && segment == "p");
            if secret { "***" } else { segment }
        })
        .collect();
    let shown = format!(
        "{}{}{query}",
        scheme
            .map(|scheme| format!("{scheme}://"))
            .unwrap_or_default(),
        path.join("/"),
    );
    let mut short: String = shown.chars().take(200).collect();
    if short.len() < shown.len() {
        short.push('…');
    }
    short
}

/// A user or password may hold `/`, `?` and `#`, so everything up to the last `@` goes, unless that is plainly part of
/// an object's name.
fn without_user(rest: &str) -> String {
    let Some((before, behind)) = rest.rsplit_once('@') else {
        return rest.to_owned();
    };
    let host_then_service = before.find('/').is_some_and(|at| {
        let (host, path) = before.split_at_checked(at).unwrap_or_default();
        !host.contains(['@', ':', '?', '#']) && is_service_path(path)
    });
    if host_then_service {
        rest.to_owned()
    } else {
        format!("***@{behind}")
    }
}

/// Whether a path, with its first `/`, is one of the Swift API, the native API or a pre-authenticated request.
pub(super) fn is_service_path(path: &str) -> bool {
    ["/v1/", "/n/", "/p/"]
        .iter()
        .any(|start| path.starts_with(start))
}
