//! Which files count.

use std::path::{Path, PathBuf};

use super::error::ConfigError;

const NAME: &str = "ferry.toml";

/// The files that count, the stronger first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sources {
    /// The workspace file: named by `--config`, or `ferry.toml` in the current folder or the nearest above.
    pub workspace: Option<PathBuf>,
    /// The user's own file: `~/.config/ferry/ferry.toml`.
    pub user: Option<PathBuf>,
}

/// Finds the files: `named` is `--config`, `user_folder` is `$XDG_CONFIG_HOME` or `~/.config`.
pub(crate) fn find(
    named: Option<&Path>,
    current: &Path,
    user_folder: Option<&Path>,
) -> Result<Sources, ConfigError> {
    let user = user_folder
        .map(|folder| folder.join("ferry").join(NAME))
        .filter(|file| file.is_file());
    let workspace = match named {
        Some(file) if file.is_file() => Some(file.to_owned()),
        Some(file) => {
            return Err(ConfigError::new(format!(
                "the workspace file {} is not there",
                file.display()
            ))
            .hint("name another by --config or FERRY_CONFIG"));
        }
        None => current
            .ancestors()
            .map(|folder| folder.join(NAME))
            .find(|file| file.is_file()),
    };
    let user = user.filter(|file| workspace.as_ref() != Some(file));
    Ok(Sources { workspace, user })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_file_above_counts() {
        let root = tempfile::tempdir().unwrap();
        let deep = root.path().join("a/b");
        fs_err::create_dir_all(&deep).unwrap();
        assert_eq!(find(None, &deep, Some(root.path())).unwrap().user, None);
        fs_err::write(root.path().join(NAME), "").unwrap();
        assert_eq!(
            find(None, &deep, None).unwrap().workspace,
            Some(root.path().join(NAME))
        );
        fs_err::write(root.path().join("a").join(NAME), "").unwrap();
        assert_eq!(
            find(None, &deep, None).unwrap().workspace,
            Some(root.path().join("a").join(NAME))
        );
        let named = root.path().join(NAME);
        assert_eq!(
            find(Some(&named), &deep, None).unwrap().workspace,
            Some(named)
        );
        let error = find(Some(Path::new("gone.toml")), &deep, None).unwrap_err();
        assert!(error.to_string().contains("gone.toml"));
    }

    #[test]
    fn the_users_file_lies_under_it() {
        let home = tempfile::tempdir().unwrap();
        fs_err::create_dir_all(home.path().join("ferry")).unwrap();
        let user = home.path().join("ferry").join(NAME);
        fs_err::write(&user, "").unwrap();
        let empty = tempfile::tempdir().unwrap();
        assert_eq!(
            find(None, empty.path(), Some(home.path())).unwrap().user,
            Some(user)
        );
    }
}
