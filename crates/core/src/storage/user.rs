//! The user of the bucket.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ids::{InvalidId, check_no_control};

/// The domain of users that come from the old identity service.
const FEDERATION: &str = "oracleidentitycloudservice";

/// The user name that opens a bucket, as Basic authentication sends it: no `:`, no control characters, no outer blanks.
///
/// Three forms were seen; which one a tenancy wants can only be tried (a wrong form looks like a wrong password).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SwiftUser(String);

/// The form of a user name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UserForm {
    /// `jdoe@example.com`: a user of the default domain (documented).
    Plain,
    /// `oracleidentitycloudservice/jdoe@example.com`: a federated user (seen).
    Federated,
    /// `<domain>/jdoe@example.com`: a user of another identity domain, or with the tenancy in front (seen).
    Domain,
}

impl SwiftUser {
    /// The name as it is sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Which form this name has.
    pub fn form(&self) -> UserForm {
        match self.0.split_once('/') {
            None => UserForm::Plain,
            Some((domain, _)) if domain.eq_ignore_ascii_case(FEDERATION) => UserForm::Federated,
            Some(_) => UserForm::Domain,
        }
    }

    /// The other forms that the same user's name could have, to be shown when this one is refused. The domain of the
    /// last form is not known, so `<domain>` stands for it.
    pub fn alternatives(&self) -> Vec<(UserForm, String)> {
        let name = self
            .0
            .split_once('/')
            .map_or(self.0.as_str(), |(_, name)| name);
        [
            (UserForm::Plain, name.to_owned()),
            (UserForm::Federated, format!("{FEDERATION}/{name}")),
            (UserForm::Domain, format!("<domain>/{name}")),
        ]
        .into_iter()
        .filter(|(form, _)| *form != self.form())
        .collect()
    }
}

fn check(user: &str) -> Result<(), &'static str> {
    check_no_control(user)?;
    if user.is_empty() {
        Err("it is empty")
    } else if user.trim().len() != user.len() {
        Err("it has blanks around it")
    } else if user.contains(':') {
        Err("it has a ':', which ends the user name in Basic authentication")
    } else if user.starts_with('/') || user.ends_with('/') {
        Err("a part before or behind its '/' is missing")
    } else {
        Ok(())
    }
}

impl TryFrom<String> for SwiftUser {
    type Error = InvalidId;

    fn try_from(user: String) -> Result<Self, Self::Error> {
        match check(&user) {
            Ok(()) => Ok(Self(user)),
            Err(why) => Err(InvalidId {
                what: "the user of a bucket",
                // Behind a ':' there is most likely the password.
                value: match user.split_once(':') {
                    Some((name, _)) => format!("{name}:***"),
                    None => user,
                },
                why,
            }),
        }
    }
}

impl std::str::FromStr for SwiftUser {
    type Err = InvalidId;

    fn from_str(user: &str) -> Result<Self, Self::Err> {
        Self::try_from(user.to_owned())
    }
}

impl fmt::Display for SwiftUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl From<SwiftUser> for String {
    fn from(user: SwiftUser) -> Self {
        user.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(name: &str) -> SwiftUser {
        name.parse().unwrap()
    }

    #[test]
    fn tells_the_forms_apart() {
        assert_eq!(user("jdoe@example.com").form(), UserForm::Plain);
        assert_eq!(
            user("OracleIdentityCloudService/jdoe@example.com").form(),
            UserForm::Federated
        );
        assert_eq!(user("acme/jdoe@example.com").form(), UserForm::Domain);
    }

    #[test]
    fn offers_the_other_forms() {
        let forms = |name: &str| -> Vec<String> {
            user(name)
                .alternatives()
                .into_iter()
                .map(|(_, text)| text)
                .collect()
        };
        assert_eq!(
            forms("jdoe"),
            ["oracleidentitycloudservice/jdoe", "<domain>/jdoe"]
        );
        assert_eq!(
            forms("oracleidentitycloudservice/jdoe"),
            ["jdoe", "<domain>/jdoe"]
        );
        assert_eq!(
            forms("acme/jdoe"),
            ["jdoe", "oracleidentitycloudservice/jdoe"]
        );
    }

    #[test]
    fn a_password_behind_the_name_is_never_shown() {
        let error = "jdoe:s3cr3t:x".parse::<SwiftUser>().unwrap_err();
        assert!(!error.to_string().contains("s3cr3t"));
        assert!(!format!("{error:?}").contains("s3cr3t"));
        for bad in ["", " jdoe", "jdoe\n", "/jdoe", "acme/"] {
            assert!(bad.parse::<SwiftUser>().is_err(), "{bad:?}");
        }
    }
}
