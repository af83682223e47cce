//! What an `Authorization` header says. One reader for every service.

use base64::Engine;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

use crate::oic::Hidden;

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Credentials of one of the two schemes that the services know.
#[derive(Debug)]
pub(crate) enum Authorization<'a> {
    /// A name and what proves it.
    Basic { name: String, secret: Hidden },
    /// A token.
    Bearer(Token<'a>),
}

/// A token that shows in no debug output.
pub(crate) struct Token<'a>(pub(crate) &'a str);

impl std::fmt::Debug for Token<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[hidden]")
    }
}

impl<'a> Authorization<'a> {
    /// Reads a header's value; the scheme's letter case does not matter.
    ///
    /// # Errors
    ///
    /// What is wrong with it. Nothing of the header is repeated.
    pub(crate) fn read(header: &'a str) -> Result<Self, &'static str> {
        let (scheme, rest) = header
            .trim()
            .split_once(' ')
            .ok_or("the Authorization header holds no credentials")?;
        let rest = rest.trim();
        if scheme.eq_ignore_ascii_case("bearer") {
            return Ok(Self::Bearer(Token(rest)));
        }
        if !scheme.eq_ignore_ascii_case("basic") {
            return Err(
                "the Authorization header is neither of the Basic nor of the Bearer scheme",
            );
        }
        let decoded = BASE64
            .decode(rest)
            .map_err(|_| "the credentials are not Base64")?;
        let text = String::from_utf8(decoded).map_err(|_| "the credentials are not UTF-8")?;
        // A name holds no colon, a secret may: the first one divides them.
        let (name, secret) = text
            .split_once(':')
            .ok_or("the credentials hold no colon")?;
        Ok(Self::Basic {
            name: name.to_owned(),
            secret: Hidden(secret.to_owned()),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn shows_no_secret() {
        let basic = format!("basic {}", BASE64.encode("jane:hush:hush"));
        for header in [basic.as_str(), "BEARER hush"] {
            let shown = format!("{:?}", Authorization::read(header).unwrap());
            assert!(!shown.contains("hush"), "{shown}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(header in ".*", scheme in "[Bb]asic|[Bb]earer", bytes: Vec<u8>) {
            let _ = Authorization::read(&header);
            let _ = Authorization::read(&format!("{scheme} {header}"));
            let _ = Authorization::read(&format!("{scheme} {}", BASE64.encode(bytes)));
        }

        #[test]
        fn names_and_secrets_come_through(name in "[^:]*", secret in ".*") {
            let header = format!("Basic {}", BASE64.encode(format!("{name}:{secret}")));
            let Ok(Authorization::Basic { name: read, secret: proof }) = Authorization::read(&header) else {
                panic!("{header}");
            };
            prop_assert_eq!((read, proof.0), (name, secret));
        }
    }
}
