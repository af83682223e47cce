//! A bucket, and what may be assumed of its server.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use ferry_core::ids::ObjectName;
use ferry_core::storage::StorageUrl;
use ferry_emulator::{EnvironmentCard, Etag, StoreDialect, Switches};
use ferry_http::{Body, Client, Config, Request, Response};
use ferry_swift::{Bucket, SignIn};
use ferry_testkit::clock::{NOON, fixed};
use http::Method;

/// A bucket, and what may be assumed of its server. Every check has a bucket or a prefix of its own.
#[derive(Clone)]
pub(crate) struct Stand {
    pub(crate) client: Client,
    pub(crate) url: StorageUrl,
    pub(crate) sign_in: SignIn,
    pub(crate) can: Can,
    /// How many checks began.
    begun: Arc<AtomicU32>,
}

/// What differs between servers.
#[derive(Debug, Clone, Copy)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an independent difference"
)]
pub(crate) struct Can {
    /// The `ETag` of a plain object is the MD5 of its bytes.
    pub(crate) md5: bool,
    /// A PUT with an `ETag` that is not its content's is refused.
    pub(crate) checks_etags: bool,
    /// A PUT may come without a length.
    pub(crate) chunked: bool,
    /// Manifests join objects.
    pub(crate) large_objects: bool,
    /// The server copies objects by itself.
    pub(crate) copies: bool,
    /// Many objects are deleted by one request.
    pub(crate) bulk: bool,
    /// How many names a page of a listing has, where it takes few objects to fill some.
    pub(crate) page: Option<usize>,
}

/// A client that does not wait long before it asks again, and stays on this machine.
pub(crate) fn client_of(mut config: Config) -> Client {
    config.retry.base = Duration::from_millis(1);
    config.loopback_only = true;
    Client::new(config).unwrap()
}

impl Stand {
    /// The bucket of an environment, in OCI's dialect, or one that is made in upstream's.
    pub(crate) async fn of_emulator(
        client: Client,
        switches: &Switches,
        card: &EnvironmentCard,
        origin: &str,
    ) -> Self {
        let upstream = switches.store_dialect == StoreDialect::Upstream;
        let can = Can {
            md5: switches.etag == Etag::Md5,
            checks_etags: switches.store_checks_etag,
            chunked: switches.store_chunked,
            large_objects: switches.store_large_objects.unwrap_or(upstream),
            copies: switches.store_copies.unwrap_or(upstream),
            bulk: switches.store_bulk.unwrap_or(upstream),
            page: Some(switches.store_page.get()),
        };
        if upstream {
            let sign_in = SignIn::Token {
                auth_url: format!("{origin}/auth/v1.0"),
                user: "test:tester".to_owned(),
                key: "testing".to_owned().into(),
            };
            let account = format!("{origin}/v1/AUTH_test");
            Self::made(client, &account, sign_in, can).await
        } else {
            let sign_in = SignIn::Basic {
                user: card.storage_user.parse().unwrap(),
                password: card.storage_password.clone().into(),
            };
            let url = StorageUrl::parse(&card.storage_url).unwrap();
            Self::new(client, url, sign_in, can)
        }
    }

    /// A genuine Swift, where the environment names one.
    pub(crate) async fn of_environment() -> Option<Self> {
        #[expect(
            clippy::disallowed_methods,
            reason = "tests are told by the environment where a server is"
        )]
        let told = |name: &str| std::env::var(name).ok();
        let account = told("FERRY_SWIFT_URL")?;
        let must = |name: &str| told(name).unwrap_or_else(|| panic!("{name} is not set"));
        let (user, key) = (must("FERRY_SWIFT_USER"), must("FERRY_SWIFT_KEY"));
        let sign_in = match told("FERRY_SWIFT_AUTH") {
            Some(auth_url) => SignIn::Token {
                auth_url,
                user,
                key: key.into(),
            },
            None => SignIn::Basic {
                user: user.parse().unwrap(),
                password: key.into(),
            },
        };
        let can = Can {
            md5: true,
            checks_etags: true,
            chunked: true,
            large_objects: true,
            copies: true,
            bulk: true,
            page: None,
        };
        let client = client_of(Config::new("ferry-test", fixed(NOON)));
        Some(Self::made(client, &account, sign_in, can).await)
    }

    /// With a container that is made here, and is of this process alone.
    async fn made(client: Client, account: &str, sign_in: SignIn, can: Can) -> Self {
        let url = format!("{account}/contract-{}", std::process::id());
        let stand = Self::new(client, StorageUrl::parse(&url).unwrap(), sign_in, can);
        let made = stand.ask(Method::PUT, None, "", &[], Bytes::new()).await;
        made.unwrap();
        stand
    }

    fn new(client: Client, url: StorageUrl, sign_in: SignIn, can: Can) -> Self {
        Self {
            client,
            url,
            sign_in,
            can,
            begun: Arc::default(),
        }
    }

    pub(crate) fn bucket(&self) -> Bucket {
        Bucket::new(self.client.clone(), self.url.clone(), self.sign_in.clone())
    }

    /// Begins the names of a check, and no others.
    pub(crate) fn prefix(&self) -> String {
        format!("{:03}/", self.begun.fetch_add(1, Ordering::Relaxed))
    }

    /// The same way in with a secret that is none.
    pub(crate) fn wrong(&self) -> SignIn {
        let secret = || "wrong".to_owned().into();
        match self.sign_in.clone() {
            SignIn::Basic { user, .. } => SignIn::Basic {
                user,
                password: secret(),
            },
            SignIn::Token { auth_url, user, .. } => SignIn::Token {
                auth_url,
                user,
                key: secret(),
            },
        }
    }

    /// A request of an object, or of the bucket, past the client: for what a client must not do, or leaves to the server.
    /// `query` comes encoded, with its `?`.
    pub(crate) async fn ask(
        &self,
        method: Method,
        object: Option<&ObjectName>,
        query: &str,
        headers: &[(&str, &str)],
        body: Bytes,
    ) -> Result<Response, ferry_http::Error> {
        let path = match object {
            Some(name) => self.url.object_path(name),
            None => self.url.bucket_path(),
        };
        let mut request = Request::new(method, &format!("{}{path}{query}", self.url.origin()))?;
        request = match &self.sign_in {
            SignIn::Basic { user, password } => {
                let password = secrecy::ExposeSecret::expose_secret(password);
                let pair = STANDARD.encode(format!("{}:{password}", user.as_str()));
                request.secret_header("authorization", &format!("Basic {pair}"))
            }
            SignIn::Token {
                auth_url,
                user,
                key,
            } => {
                let sign_in = Request::get(auth_url)?
                    .header("x-auth-user", user)
                    .secret_header("x-auth-key", secrecy::ExposeSecret::expose_secret(key));
                let answer = self.client.send(sign_in).await?;
                request.secret_header("x-auth-token", answer.header("x-auth-token").unwrap())
            }
        };
        for (name, value) in headers {
            request = request.header(name, value);
        }
        self.client.send(request.body(Body::Bytes(body))).await
    }
}
