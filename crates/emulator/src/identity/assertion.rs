//! Signed assertions (JWT, RFC 7523): of a user's identity, or of the client's own.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::Uri;
use jiff::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::Client;
use super::certificate::Certificate;

/// By how many seconds the clocks of signer and service may differ (assumed).
const LEEWAY: f64 = 60.0;

/// The path of an identity domain's token endpoint.
pub(super) const TOKEN: &str = "/oauth2/v1/token";

/// An assertion that was read and not yet checked.
pub(super) struct Assertion<'a> {
    header: Header,
    claims: Claims,
    /// What the signature is over.
    message: &'a str,
    signature: Vec<u8>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    x5t: Option<String>,
    #[serde(rename = "x5t#S256")]
    x5t_s256: Option<String>,
    /// Extensions that a reader must know. This one knows none.
    crit: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    /// Seconds since 1970, as the next two.
    exp: f64,
    nbf: Option<f64>,
    iat: Option<f64>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl<'a> Assertion<'a> {
    /// Reads an assertion in its compact form.
    pub(super) fn read(text: &'a str) -> Result<Self, &'static str> {
        let parts = "the assertion is not three parts with dots between";
        let (message, signature) = text.rsplit_once('.').ok_or(parts)?;
        let (header, claims) = message.split_once('.').ok_or(parts)?;
        Ok(Self {
            header: part(header)
                .ok_or("the assertion's header is no Base64url of a JSON object with alg")?,
            claims: part(claims).ok_or(
                "the assertion's claims are no Base64url of a JSON object with iss, sub, aud and exp",
            )?,
            message,
            signature: URL_SAFE_NO_PAD
                .decode(signature)
                .map_err(|_| "the assertion's signature is no Base64url")?,
        })
    }

    /// Who is meant.
    pub(super) fn subject(&self) -> &str {
        &self.claims.sub
    }

    /// Checks that this client made the assertion, for this token endpoint and for now.
    pub(super) fn check(
        &self,
        client: &Client,
        authority: &str,
        real_now: Timestamp,
    ) -> Result<(), &'static str> {
        let Claims {
            iss,
            aud,
            exp,
            nbf,
            iat,
            ..
        } = &self.claims;
        let certificate = self.certificate(&client.certificates)?;
        if self.header.crit.is_some() {
            return Err("the assertion has critical extensions, of which none is known");
        }
        if self.header.alg != certificate.algorithm.to_string() {
            return Err("the assertion's alg is not that of the registered key");
        }
        if !certificate.signed(self.message.as_bytes(), &self.signature) {
            return Err("the assertion's signature is not by the registered key");
        }
        if *iss != client.id {
            return Err("the assertion's iss is not the client's id");
        }
        let ours = |audience: &String| is_ours(audience, authority);
        let meant = match aud {
            Audience::One(one) => ours(one),
            Audience::Many(many) => many.iter().any(ours),
        };
        if !meant {
            return Err(
                "the assertion's aud is not https://identity.oraclecloud.com/ or this token endpoint",
            );
        }
        let now = real_now.as_duration().as_secs_f64();
        if *exp <= now - LEEWAY {
            return Err("the assertion has expired");
        }
        if [nbf, iat]
            .into_iter()
            .flatten()
            .any(|time| *time > now + LEEWAY)
        {
            return Err("the assertion's nbf or iat is yet to come");
        }
        Ok(())
    }

    /// The registered certificate that the header names, or the only one that it may mean.
    fn certificate<'c>(&self, all: &'c [Certificate]) -> Result<&'c Certificate, &'static str> {
        let Header {
            kid, x5t, x5t_s256, ..
        } = &self.header;
        let fits = |asked: &Option<String>, has: &Option<String>| {
            asked.is_none() || has.is_none() || asked == has
        };
        let mut fitting = all.iter().filter(|it| {
            fits(kid, &it.alias) && fits(x5t, &it.x5t) && fits(x5t_s256, &it.x5t_s256)
        });
        match (fitting.next(), fitting.next()) {
            (Some(only), None) => Ok(only),
            (Some(_), Some(_)) => all
                .iter()
                .find(|it| it.alias.is_some() && it.alias == *kid)
                .ok_or("several of the client's certificates fit the assertion; name one by kid"),
            (None, _) if all.is_empty() => Err("no certificate is registered for the client"),
            (None, _) => Err("no registered certificate has the assertion's kid and x5t"),
        }
    }
}

fn part<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
}

/// Whether an `aud` means this service: the audience of all identity domains, the address of one, or the host that
/// was asked; with or without the path of the token endpoint.
fn is_ours(audience: &str, authority: &str) -> bool {
    let Ok(uri) = audience.parse::<Uri>() else {
        return false;
    };
    let host = uri.host().unwrap_or_default().to_ascii_lowercase();
    let named = host == "identity.oraclecloud.com"
        || host.ends_with(".identity.oraclecloud.com")
        || uri
            .authority()
            .is_some_and(|it| it.as_str().eq_ignore_ascii_case(authority));
    named && uri.scheme().is_some() && ["", "/", TOKEN].contains(&uri.path())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn audiences_are_told() {
        for ours in [
            "https://identity.oraclecloud.com/",
            "https://identity.oraclecloud.com",
            "https://idcs-0.identity.oraclecloud.com:443/oauth2/v1/token",
            "http://127.0.0.1:8080/oauth2/v1/token",
        ] {
            assert!(is_ours(ours, "127.0.0.1:8080"), "{ours}");
        }
        for other in [
            "",
            "identity.oraclecloud.com",
            "https://identity.oraclecloud.com.example.com/",
            "https://notidentity.oraclecloud.com/",
            "https://identity.oraclecloud.com/elsewhere",
            "http://127.0.0.1:8081/",
        ] {
            assert!(!is_ours(other, "127.0.0.1:8080"), "{other}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in ".*", header in ".*", claims: Vec<u8>, signature: Vec<u8>) {
            let _ = Assertion::read(&text);
            let parts = [header.as_bytes(), &claims, &signature].map(|part| URL_SAFE_NO_PAD.encode(part));
            let _ = Assertion::read(&parts.join("."));
            let _ = is_ours(&text, &header);
        }
    }
}
