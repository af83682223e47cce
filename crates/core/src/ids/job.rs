//! Jobs of the clone API: export and import jobs live in two separate id spaces.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::EnvironmentName;
use super::text::{
    Checked, InvalidId, check_length, check_no_control, check_no_dots, encode_segment, text_id,
};

text_id! {
    /// The id of a job, as the service gave it. Opaque: decimal digits were seen, UUIDs are assumed on Gen3.
    /// 1 to 128 printable ASCII characters.
    JobId, "the id of a job", check: check_id
}

text_id! {
    /// The name of a job, which on Gen3 names the archive too (documented). Outer blanks are cut off; 1 to 200
    /// characters, no control characters, no `/`.
    JobName, "the name of a job", check: check_name, prepare: trimmed
}

fn check_id(id: &str) -> Checked {
    check_length(id, 128)?;
    if id.trim().is_empty() {
        return Err("it is blank");
    }
    check_no_dots(id)?;
    if id.chars().all(|c| matches!(c, ' '..='~')) {
        Ok(())
    } else {
        Err("it may hold only printable ASCII characters")
    }
}

fn trimmed(name: String) -> String {
    let inner = name.trim();
    if inner.len() == name.len() {
        name
    } else {
        inner.to_owned()
    }
}

fn check_name(name: &str) -> Checked {
    check_length(name, 200)?;
    check_no_control(name)?;
    check_no_dots(name)?;
    if name.contains('/') {
        return Err("it has a '/'");
    }
    Ok(())
}

impl JobId {
    /// The id as one segment of a URL's path, percent-encoded.
    pub fn path_segment(&self) -> String {
        encode_segment(self.as_str())
    }
}

impl JobName {
    /// The name of a new job of ours: `ferry-<env>-<YYYYMMDDTHHMMSSZ>-<4 hex>`, in UTC. The four digits keep two
    /// runs of one second apart.
    pub fn generate(env: &EnvironmentName, now: Timestamp, random: u16) -> Self {
        Self(format!(
            "ferry-{env}-{}-{random:04x}",
            now.strftime("%Y%m%dT%H%M%SZ")
        ))
    }
}

/// Which of the two kinds a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum JobKind {
    /// An export of one instance into an archive.
    Export,
    /// An import of an archive into one instance.
    Import,
}

impl JobKind {
    /// `export` or `import`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Export => "export",
            Self::Import => "import",
        }
    }
}

impl fmt::Display for JobKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for JobKind {
    type Err = InvalidId;

    /// In any case: the service says `EXPORT`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.to_ascii_lowercase().as_str() {
            "export" => Ok(Self::Export),
            "import" => Ok(Self::Import),
            _ => Err(InvalidId {
                what: "a kind of job",
                value: text.to_owned(),
                why: "it is either export or import",
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn generated_names_are_valid_names(
            env in "[A-Za-z0-9][A-Za-z0-9_-]{0,63}",
            second in 0_i64..4_102_444_800,
            random: u16,
        ) {
            let env: EnvironmentName = env.parse().unwrap();
            let name = JobName::generate(&env, Timestamp::from_second(second).unwrap(), random);
            prop_assert_eq!(name.as_str().parse::<JobName>().unwrap(), name);
        }

        #[test]
        fn a_kept_name_is_trimmed(text in "\\PC{0,220}") {
            if let Ok(name) = text.parse::<JobName>() {
                prop_assert_eq!(name.as_str(), text.trim());
            }
        }
    }

    #[test]
    fn generates_the_documented_shape() {
        let env: EnvironmentName = "test".parse().unwrap();
        let now: Timestamp = "2026-03-04T05:06:07.9Z".parse().unwrap();
        assert_eq!(
            JobName::generate(&env, now, 0x0a1f).as_str(),
            "ferry-test-20260304T050607Z-0a1f"
        );
    }

    #[test]
    fn names_and_ids_have_bounds() {
        assert_eq!(
            " export_SI_data_0001\n"
                .parse::<JobName>()
                .unwrap()
                .as_str(),
            "export_SI_data_0001"
        );
        for bad in ["", "  ", "a/b", "a\tb", "..", &"x".repeat(201)] {
            assert!(bad.parse::<JobName>().is_err(), "{bad:?}");
        }
        assert_eq!(
            "a/b c".parse::<JobId>().unwrap().path_segment(),
            "a%2Fb%20c"
        );
        for bad in ["", " ", "é", "a\n", "..", &"1".repeat(129)] {
            assert!(bad.parse::<JobId>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn kinds_read_in_any_case() {
        assert_eq!("EXPORT".parse::<JobKind>().unwrap(), JobKind::Export);
        assert_eq!("Import".parse::<JobKind>().unwrap().to_string(), "import");
        assert_eq!(
            serde_json::to_string(&JobKind::Export).unwrap(),
            "\"export\""
        );
        assert!("copy".parse::<JobKind>().is_err());
    }
}
