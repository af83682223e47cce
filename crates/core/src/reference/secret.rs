//! Where a secret is found. The secret itself never stands in an argument or a workspace file.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A reference to a secret: `env:NAME`, `file:PATH` or `cmd:COMMAND`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum SecretRef {
    /// The value of an environment variable.
    Env(String),
    /// The content of a file, by its path.
    File(String),
    /// The output of a command, run without a shell.
    Cmd(String),
}

/// Why a text is no reference to a secret. It never holds the text, which may be the secret itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretRefError {
    /// No scheme: most likely the secret itself.
    #[error(
        "a secret is named by reference, not written out: use env:NAME, file:PATH or cmd:COMMAND (the value is not shown here)"
    )]
    Literal,
    /// `env:` without a usable name.
    #[error("env: wants the name of an environment variable behind it: letters, digits and '_'")]
    Env,
    /// `file:` without a path.
    #[error("file: wants a path behind it")]
    File,
    /// `cmd:` without a command.
    #[error("cmd: wants a command behind it")]
    Cmd,
}

impl FromStr for SecretRef {
    type Err = SecretRefError;

    /// A path needs no scheme when it begins with `/`, `./` or `../`. A `/` further back does not make a path of it:
    /// tokens hold that character too, and a token taken for a path would be shown in "no such file".
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        if let Some(name) = text.strip_prefix("env:") {
            return if is_variable(name) {
                Ok(Self::Env(name.to_owned()))
            } else {
                Err(SecretRefError::Env)
            };
        }
        if let Some(path) = text.strip_prefix("file:") {
            return filled(path).map(Self::File).ok_or(SecretRefError::File);
        }
        if let Some(command) = text.strip_prefix("cmd:") {
            return filled(command).map(Self::Cmd).ok_or(SecretRefError::Cmd);
        }
        if ["/", "./", "../"]
            .iter()
            .any(|start| text.starts_with(start))
        {
            return Ok(Self::File(text.to_owned()));
        }
        Err(SecretRefError::Literal)
    }
}

fn is_variable(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn filled(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

impl fmt::Display for SecretRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Env(name) => write!(f, "env:{name}"),
            Self::File(path) => write!(f, "file:{path}"),
            Self::Cmd(command) => write!(f, "cmd:{command}"),
        }
    }
}

impl TryFrom<String> for SecretRef {
    type Error = SecretRefError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<SecretRef> for String {
    fn from(reference: SecretRef) -> Self {
        reference.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_reference_reads_back(text in "(env:|file:|cmd:|/|\\./|\\.\\./)?\\PC{0,40}") {
            if let Ok(reference) = text.parse::<SecretRef>() {
                prop_assert_eq!(reference.to_string().parse::<SecretRef>().unwrap(), reference);
            }
        }

        #[test]
        fn a_refusal_never_echoes(secret in "[A-Z]{8}[!-~]{8,24}", scheme in "(env:)?") {
            prop_assume!(!secret.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') || scheme.is_empty());
            let error = format!("{scheme}{secret}").parse::<SecretRef>().unwrap_err();
            prop_assert!(!error.to_string().contains(&secret));
            let debug = format!("{error:?}");
            prop_assert!(!debug.contains(&secret));
        }
    }

    #[test]
    fn reads_each_scheme() {
        assert_eq!("env:TOKEN".parse(), Ok(SecretRef::Env("TOKEN".into())));
        assert_eq!("file:a b".parse(), Ok(SecretRef::File("a b".into())));
        assert_eq!(
            "./secret/token".parse(),
            Ok(SecretRef::File("./secret/token".into()))
        );
        assert_eq!(
            "cmd:pass show oic".parse(),
            Ok(SecretRef::Cmd("pass show oic".into()))
        );
        assert_eq!("env:".parse::<SecretRef>(), Err(SecretRefError::Env));
        assert_eq!("env:1A".parse::<SecretRef>(), Err(SecretRefError::Env));
        assert_eq!("file: ".parse::<SecretRef>(), Err(SecretRefError::File));
        assert_eq!("cmd:".parse::<SecretRef>(), Err(SecretRefError::Cmd));
        assert_eq!("abc/def".parse::<SecretRef>(), Err(SecretRefError::Literal));
        assert_eq!("".parse::<SecretRef>(), Err(SecretRefError::Literal));
    }
}
