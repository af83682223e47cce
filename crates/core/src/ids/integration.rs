//! Design-time objects: integrations and connections.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::text::{
    Checked, InvalidId, check_length, check_no_control, check_no_dots, encode_segment, text_id,
};

text_id! {
    /// The code (identifier) of an integration, `ORDER_SYNC`: 1 to 64 letters, digits and `_`; the case is kept.
    IntegrationCode, "the code of an integration", check: check_code
}

text_id! {
    /// The version of an integration, always `NN.NN.NNNN`: `01.00.0000`.
    IntegrationVersion, "the version of an integration", check: check_version
}

text_id! {
    /// The identifier of a connection, `ACME_REST`. The service makes them of letters, digits and `_`; anything that is
    /// not blank and has no control characters is taken, since it only ever goes back to the service.
    ConnectionId, "the identifier of a connection", check: check_connection
}

fn check_code(code: &str) -> Checked {
    check_length(code, 64)?;
    if code.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        Ok(())
    } else {
        Err("it may hold only letters, digits and '_'")
    }
}

fn check_version(version: &str) -> Checked {
    let fits = version.len() == 10
        && version.bytes().enumerate().all(|(at, byte)| match at {
            2 | 5 => byte == b'.',
            _ => byte.is_ascii_digit(),
        });
    if fits {
        Ok(())
    } else {
        Err("it must look like 01.00.0000")
    }
}

fn check_connection(id: &str) -> Checked {
    if id.trim().is_empty() {
        return Err("it is blank");
    }
    check_no_control(id)?;
    check_no_dots(id)
}

impl IntegrationVersion {
    /// The first part, which tells incompatible versions apart: `01`.
    pub fn major(&self) -> &str {
        self.as_str().split('.').next().unwrap_or_default()
    }
}

impl ConnectionId {
    /// The identifier as one segment of a URL's path, percent-encoded.
    pub fn path_segment(&self) -> String {
        encode_segment(self.as_str())
    }
}

/// The identifier of one version of an integration: `CODE|01.00.0000` wherever it is written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct IntegrationId {
    /// The code, which all versions share.
    pub code: IntegrationCode,
    /// The version.
    pub version: IntegrationVersion,
}

impl IntegrationId {
    /// Reads `CODE|01.00.0000`.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        Self::split(text, '|', "it must look like CODE|01.00.0000")
    }

    /// Reads the folder name of an integration inside an archive, `CODE_01.00.0000`.
    pub fn from_folder(folder: &str) -> Result<Self, InvalidId> {
        Self::split(folder, '_', "it must look like CODE_01.00.0000")
    }

    /// A code may hold `_` itself, so the last separator counts.
    fn split(text: &str, separator: char, why: &'static str) -> Result<Self, InvalidId> {
        let invalid = |why| InvalidId {
            what: "an integration",
            value: text.to_owned(),
            why,
        };
        let (code, version) = text.rsplit_once(separator).ok_or_else(|| invalid(why))?;
        Ok(Self {
            code: code.parse().map_err(|e: InvalidId| invalid(e.why))?,
            version: version.parse().map_err(|e: InvalidId| invalid(e.why))?,
        })
    }

    /// The identifier as one segment of a URL's path: `CODE%7C01.00.0000`.
    pub fn path_segment(&self) -> String {
        format!("{}%7C{}", self.code, self.version)
    }

    /// The folder name inside an archive: `CODE_01.00.0000`.
    pub fn folder(&self) -> String {
        format!("{}_{}", self.code, self.version)
    }
}

impl fmt::Display for IntegrationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}|{}", self.code, self.version))
    }
}

impl FromStr for IntegrationId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl TryFrom<String> for IntegrationId {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<IntegrationId> for String {
    fn from(id: IntegrationId) -> Self {
        id.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_form_reads_back(code in "[A-Za-z0-9_]{1,64}", version in "[0-9]{2}\\.[0-9]{2}\\.[0-9]{4}") {
            let id = IntegrationId::parse(&format!("{code}|{version}")).unwrap();
            prop_assert_eq!(id.code.as_str(), code.as_str());
            prop_assert_eq!(&IntegrationId::parse(&id.to_string()).unwrap(), &id);
            prop_assert_eq!(&IntegrationId::from_folder(&id.folder()).unwrap(), &id);
            let json = serde_json::to_string(&id).unwrap();
            prop_assert_eq!(serde_json::from_str::<IntegrationId>(&json).unwrap(), id);
        }

        #[test]
        fn reading_never_panics(text in "\\PC{0,40}") {
            let _ = IntegrationId::parse(&text);
            let _ = IntegrationId::from_folder(&text);
        }
    }

    #[test]
    fn reads_the_forms_of_the_service() {
        let id = IntegrationId::parse("HELLO_WORLD|01.02.0003").unwrap();
        assert_eq!(id.path_segment(), "HELLO_WORLD%7C01.02.0003");
        assert_eq!(id.folder(), "HELLO_WORLD_01.02.0003");
        assert_eq!(id.version.major(), "01");
    }

    #[test]
    fn refuses_what_is_not_an_integration() {
        for bad in [
            "",
            "A",
            "A|",
            "|01.00.0000",
            "A|1.0.0",
            "A|01.00.000",
            "A B|01.00.0000",
            "A|01.00.00000",
            "A|01-00.0000",
        ] {
            let error = IntegrationId::parse(bad).unwrap_err();
            assert_eq!(error.value, bad);
        }
        assert!(IntegrationId::parse("A|é1.00.000").is_err());
    }

    #[test]
    fn connections_are_encoded() {
        assert_eq!(
            "A B/ö".parse::<ConnectionId>().unwrap().path_segment(),
            "A%20B%2F%C3%B6"
        );
        for bad in ["", "  ", "a\nb", ".."] {
            assert!(bad.parse::<ConnectionId>().is_err(), "{bad:?}");
        }
    }
}
