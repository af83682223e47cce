//! What several commands' arguments share.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::Args;
use clap::builder::BoolishValueParser;

use crate::config::{SecureUrl, parse_duration};

/// Which emulator was asked for by `--emulator[=URL|DIR]` or `FERRY_EMULATOR`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum EmulatorChoice {
    /// `FERRY_EMULATOR` is there but empty, `0`, `false`, `no` or `off`.
    Off,
    /// In this process, thrown away at the end.
    Embedded,
    /// A running one.
    Url(String),
    /// In this process, its state kept in this folder.
    Folder(PathBuf),
}

impl FromStr for EmulatorChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Ok(match text.trim() {
            "" | "0" | "false" | "no" | "off" => Self::Off,
            "embedded" | "1" | "true" | "yes" | "on" => Self::Embedded,
            url if url.starts_with("http://") || url.starts_with("https://") => {
                // The rule of every other address that is plain: this machine only.
                let plain = url.replacen("https://", "http://", 1);
                plain.parse::<SecureUrl>().map_err(|_| {
                    "an emulator runs on this machine: http://127.0.0.1:PORT, or https:// with --tls"
                })?;
                Self::Url(url.trim_end_matches('/').to_owned())
            }
            folder => Self::Folder(PathBuf::from(folder)),
        })
    }
}

/// `--[no-]security-artifacts`: one variable for the pair.
#[derive(Clone, Copy, Debug, Default, Args)]
pub(crate) struct SecurityArtifacts {
    /// Credentials and certificates travel too.
    #[arg(
        long = "security-artifacts",
        env = "FERRY_SECURITY_ARTIFACTS",
        value_name = "BOOL",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true",
        value_parser = BoolishValueParser::new()
    )]
    wanted: Option<bool>,
    /// Credentials and certificates stay behind (wins over the other flag and its variable).
    #[arg(long = "no-security-artifacts")]
    unwanted: bool,
}

impl SecurityArtifacts {
    /// What was asked for; `None` leaves it to the command's default.
    pub(crate) fn asked(self) -> Option<bool> {
        if self.unwanted {
            Some(false)
        } else {
            self.wanted
        }
    }
}

/// How long a command waits, and whether it acts at all.
#[derive(Clone, Copy, Debug, Default, Args)]
pub(crate) struct Waiting {
    /// Stop waiting for a job after this long, such as 90s, 45m or 2h; it goes on [default: 2h].
    #[arg(long, env = "FERRY_TIMEOUT", value_name = "TIME", value_parser = parse_duration)]
    pub timeout: Option<Duration>,
    /// Start the job, print how to attach to it, and leave.
    #[arg(long, env = "FERRY_NO_WAIT", value_parser = BoolishValueParser::new())]
    pub no_wait: bool,
    /// Say what would be done, and change nothing.
    #[arg(long, env = "FERRY_DRY_RUN", value_parser = BoolishValueParser::new())]
    pub dry_run: bool,
}
