//! Import modes, and the generations that spell them in two ways.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::ids::InvalidId;

/// What an import does with what it brings in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ImportMode {
    /// Import everything, activate nothing: for when connections must be edited first.
    ImportOnly,
    /// Activate what an earlier [`ImportOnly`](Self::ImportOnly) brought in.
    ActivateOnly,
    /// Import, then activate what was active in the source.
    ImportActivate,
}

impl ImportMode {
    /// The value as a generation's documentation spells it: `ImportOnly` on Gen2, `importOnly` on Gen3.
    pub fn spelled(self, generation: Generation) -> &'static str {
        match (self, generation) {
            (Self::ImportOnly, Generation::Gen2) => "ImportOnly",
            (Self::ImportOnly, Generation::Gen3) => "importOnly",
            (Self::ActivateOnly, Generation::Gen2) => "ActivateOnly",
            (Self::ActivateOnly, Generation::Gen3) => "activateOnly",
            (Self::ImportActivate, Generation::Gen2) => "ImportActivate",
            (Self::ImportActivate, Generation::Gen3) => "importActivate",
        }
    }
}

impl fmt::Display for ImportMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::ImportOnly => "import-only",
            Self::ActivateOnly => "activate-only",
            Self::ImportActivate => "import-activate",
        })
    }
}

impl FromStr for ImportMode {
    type Err = InvalidId;

    /// In any letter case; `-` and `_` are passed over.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match plain(text).as_str() {
            "importonly" => Ok(Self::ImportOnly),
            "activateonly" => Ok(Self::ActivateOnly),
            "importactivate" => Ok(Self::ImportActivate),
            _ => Err(InvalidId {
                what: "an import mode",
                value: text.to_owned(),
                why: "it is one of import-only, activate-only, import-activate",
            }),
        }
    }
}

/// The generation of an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Generation {
    /// Oracle Integration Generation 2: calls go to the instance's own host.
    Gen2,
    /// Oracle Integration 3: calls go to the design-time host, with the instance's name as a parameter.
    Gen3,
}

impl fmt::Display for Generation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Gen2 => "gen2",
            Self::Gen3 => "gen3",
        })
    }
}

impl FromStr for Generation {
    type Err = InvalidId;

    /// `gen2`, `Gen3`, `2`, `3`, in any letter case; `-` and `_` are passed over.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match plain(text).as_str() {
            "gen2" | "2" => Ok(Self::Gen2),
            "gen3" | "3" => Ok(Self::Gen3),
            _ => Err(InvalidId {
                what: "a generation",
                value: text.to_owned(),
                why: "it is gen2 or gen3",
            }),
        }
    }
}

/// Lower case, without outer blanks, `-` and `_`.
fn plain(text: &str) -> String {
    text.trim().to_ascii_lowercase().replace(['-', '_'], "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_reads_back() {
        for mode in [
            ImportMode::ImportOnly,
            ImportMode::ActivateOnly,
            ImportMode::ImportActivate,
        ] {
            for generation in [Generation::Gen2, Generation::Gen3] {
                assert_eq!(
                    mode.spelled(generation).parse::<ImportMode>().unwrap(),
                    mode
                );
            }
            let shown = mode.to_string();
            assert_eq!(shown.to_uppercase().parse::<ImportMode>().unwrap(), mode);
            assert_eq!(
                serde_json::to_string(&mode).unwrap(),
                format!("\"{shown}\"")
            );
        }
        assert_eq!(
            "IMPORT_ONLY".parse::<ImportMode>().unwrap(),
            ImportMode::ImportOnly
        );
        assert!("import".parse::<ImportMode>().is_err());
    }

    #[test]
    fn generations_read_in_every_form() {
        for text in ["gen3", "Gen3", "GEN-3", "3"] {
            assert_eq!(text.parse::<Generation>().unwrap(), Generation::Gen3);
        }
        assert_eq!("2".parse::<Generation>().unwrap().to_string(), "gen2");
        assert_eq!(
            serde_json::to_string(&Generation::Gen2).unwrap(),
            "\"gen2\""
        );
        assert!("gen4".parse::<Generation>().is_err());
    }
}
