//! Where runs are kept.

use std::path::{Path, PathBuf};

use crate::args::EmulatorChoice;
use crate::variables::Variables;

/// The state folder: the flag (or its variable), else the user's.
pub(crate) fn folder(flag: Option<&Path>, variables: &Variables) -> PathBuf {
    match flag {
        Some(folder) => folder.to_owned(),
        None => variables
            .state_folder()
            .map_or_else(|| PathBuf::from(".ferry"), |folder| folder.join("ferry")),
    }
}

/// The folder of the runs. Those of an emulator never mix with real ones: a kept emulator holds its own, a running
/// one's are kept by its address, and those of a throw-away one go with it (`temporary`).
pub(crate) fn runs(
    state: &Path,
    emulator: Option<&EmulatorChoice>,
    temporary: Option<&Path>,
) -> PathBuf {
    match (emulator, temporary) {
        (Some(EmulatorChoice::Folder(folder)), _) => folder.join("runs"),
        (Some(EmulatorChoice::Url(url)), _) => {
            let authority = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
            let safe = |c: char| {
                if c.is_ascii_alphanumeric() || ".-".contains(c) {
                    c
                } else {
                    '_'
                }
            };
            state
                .join("emulator")
                .join(authority.chars().map(safe).collect::<String>())
                .join("runs")
        }
        (Some(EmulatorChoice::Embedded), Some(temporary)) => temporary.join("runs"),
        _ => state.join("runs"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flag_wins_over_the_users_folder() {
        let variables = Variables::fixed(&[("HOME", "/home/jane"), ("XDG_STATE_HOME", "/state")]);
        assert_eq!(
            folder(Some(Path::new("here")), &variables),
            Path::new("here")
        );
        assert_eq!(folder(None, &variables), Path::new("/state/ferry"));
        let relative = Variables::fixed(&[("HOME", "/home/jane"), ("XDG_STATE_HOME", "state")]);
        assert_eq!(
            folder(None, &relative),
            Path::new("/home/jane/.local/state/ferry")
        );
    }

    #[test]
    fn runs_of_an_emulator_never_mix_with_real_ones() {
        let state = Path::new("/state");
        assert_eq!(runs(state, None, None), Path::new("/state/runs"));
        let kept = EmulatorChoice::Folder("play".into());
        assert_eq!(runs(state, Some(&kept), None), Path::new("play/runs"));
        let running = EmulatorChoice::Url("http://127.0.0.1:8087".to_owned());
        assert_eq!(
            runs(state, Some(&running), None),
            Path::new("/state/emulator/127.0.0.1_8087/runs")
        );
        let embedded = EmulatorChoice::Embedded;
        assert_eq!(
            runs(state, Some(&embedded), Some(Path::new("/tmp/x"))),
            Path::new("/tmp/x/runs")
        );
    }
}
