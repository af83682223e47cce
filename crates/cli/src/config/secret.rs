//! Resolving references to secrets, only when one is needed.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use ferry_core::overrides::FileRef;
use ferry_core::reference::SecretRef;
use secrecy::SecretString;

use super::error::ConfigError;
use super::places::Place;
use crate::variables::Variables;

/// A secret longer than this is a wrong file.
const LONGEST: usize = 64 * 1024;

/// A wallet, a key or a schema longer than this is one too: it is held in memory as long as the command runs.
const LARGEST: u64 = 16 * 1024 * 1024;

/// Reads secrets, and says what should be told about how they are kept.
#[derive(Clone)]
pub(crate) struct Secrets {
    variables: Variables,
    warn: std::sync::Arc<dyn Fn(&str) + Send + Sync>,
    hide: std::sync::Arc<dyn Fn(&str) + Send + Sync>,
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Secrets").finish_non_exhaustive()
    }
}

impl Secrets {
    /// `warn` gets notes for the person, such as a file that others may read; `hide` each secret that was read.
    pub(crate) fn new(
        variables: Variables,
        warn: impl Fn(&str) + Send + Sync + 'static,
        hide: impl Fn(&str) + Send + Sync + 'static,
    ) -> Self {
        Self {
            variables,
            warn: std::sync::Arc::new(warn),
            hide: std::sync::Arc::new(hide),
        }
    }

    /// The secret behind a reference that stands at `place` under `key`.
    pub(crate) fn read(
        &self,
        secret: &SecretRef,
        key: &str,
        place: Option<Place>,
    ) -> Result<SecretString, ConfigError> {
        let folder = place
            .as_ref()
            .and_then(|place| place.file.parent())
            .map(Path::to_owned);
        let value = match secret {
            SecretRef::Env(name) => self.variables.get(name).ok_or_else(|| {
                (
                    format!("the variable {name} is not set"),
                    format!("export {name}=… and try again"),
                )
            }),
            SecretRef::File(path) => self.of_file(&self.variables.expand(path, folder.as_deref())),
            SecretRef::Cmd(command) => from_command(command, place.as_ref()),
        };
        let value = value.and_then(|value| {
            let value = value
                .strip_suffix('\n')
                .map_or(value.as_str(), |v| v.strip_suffix('\r').unwrap_or(v));
            if value.is_empty() {
                let what = format!("{secret} gives nothing");
                return Err((what, "put the secret there".to_owned()));
            }
            (self.hide)(value);
            Ok(SecretString::from(value.to_owned()))
        });
        value.map_err(|(what, hint)| ConfigError::new(what).at(place, key).hint(hint))
    }

    /// A file to upload that stands at `place` under `key`: its name, and what is in it.
    pub(crate) fn upload(
        &self,
        file: &FileRef,
        key: &str,
        place: Option<Place>,
    ) -> Result<(String, Vec<u8>), ConfigError> {
        let folder = place.as_ref().and_then(|place| place.file.parent());
        let path = self.variables.expand(file.path(), folder);
        content(&path).map_err(|what| {
            let hint = "put the file there; relative paths begin where the overrides lie";
            ConfigError::new(what).at(place, key).hint(hint)
        })
    }

    fn of_file(&self, path: &Path) -> Result<String, (String, String)> {
        let shown = path.display();
        let hint = || format!("put the secret alone into {shown}, readable by you only");
        let meta = fs_err::metadata(path)
            .map_err(|error| (format!("{shown} cannot be read: {}", error.kind()), hint()))?;
        if meta.len() > LONGEST as u64 {
            return Err((format!("{shown} is too long for a secret"), hint()));
        }
        if others_may(&meta, 0o044) {
            (self.warn)(&format!(
                "others may read the secret in {shown}; chmod 600 {shown}"
            ));
        }
        fs_err::read_to_string(path)
            .map_err(|error| (format!("{shown} cannot be read: {}", error.kind()), hint()))
    }
}

fn content(path: &Path) -> Result<(String, Vec<u8>), String> {
    let shown = path.display();
    let unread = |error: std::io::Error| format!("{shown} cannot be read: {}", error.kind());
    let meta = fs_err::metadata(path).map_err(unread)?;
    if !meta.is_file() {
        return Err(format!("{shown} is no file"));
    }
    if meta.len() > LARGEST {
        return Err(format!("{shown} is too long to be uploaded"));
    }
    let bytes = fs_err::read(path).map_err(unread)?;
    if bytes.is_empty() {
        return Err(format!("{shown} is empty"));
    }
    let name = path.file_name().unwrap_or_default();
    Ok((name.to_string_lossy().into_owned(), bytes))
}

/// Runs a command without a shell and takes its output. Its own stderr and stdin stay the person's.
fn from_command(command: &str, place: Option<&Place>) -> Result<String, (String, String)> {
    if let Some(place) = place {
        trusted(&place.file)?;
    }
    let words = split_words(command).ok_or_else(|| {
        (
            "a quote in the command is not closed".to_owned(),
            "cmd: is split at blanks; quotes keep words together".to_owned(),
        )
    })?;
    let (program, arguments) = words.split_first().ok_or_else(|| {
        (
            "cmd: names no command".to_owned(),
            "write cmd:COMMAND".to_owned(),
        )
    })?;
    let hint = format!("run {program} by hand and see what it says");
    let output = Command::new(program)
        .args(arguments)
        .stdin(Stdio::inherit())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| {
            (
                format!("the command {program} cannot be run: {}", error.kind()),
                hint.clone(),
            )
        })?;
    if !output.status.success() {
        return Err((
            format!("the command {program} failed ({})", output.status),
            hint,
        ));
    }
    match String::from_utf8(output.stdout) {
        Ok(text) if text.len() <= LONGEST => Ok(text),
        _ => Err((
            format!("what the command {program} printed is not a secret: too long, or not text"),
            hint,
        )),
    }
}

/// A file that names commands to run must be this user's own (or root's), and nobody else's to write.
fn trusted(file: &Path) -> Result<(), (String, String)> {
    let shown = file.display();
    let meta = fs_err::metadata(file).map_err(|error| {
        (
            format!("{shown} cannot be read: {}", error.kind()),
            String::new(),
        )
    })?;
    if others_may(&meta, 0o022) {
        let what = format!("cmd: is not run from {shown}, which others may write");
        return Err((what, format!("chmod go-w {shown}")));
    }
    if foreign(&meta) {
        let what = format!("cmd: is not run from {shown}, which belongs to another user");
        return Err((what, "use a file of your own, or env: or file:".to_owned()));
    }
    Ok(())
}

#[cfg(unix)]
fn others_may(meta: &std::fs::Metadata, bits: u32) -> bool {
    use std::os::unix::fs::PermissionsExt;
    meta.permissions().mode() & bits != 0
}

#[cfg(not(unix))]
fn others_may(_meta: &std::fs::Metadata, _bits: u32) -> bool {
    false
}

/// Whose files we write tells who we are, without a call into the C library.
#[cfg(unix)]
fn foreign(meta: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    let ours = tempfile::tempfile()
        .and_then(|file| file.metadata())
        .map(|meta| meta.uid());
    meta.uid() != 0 && ours.is_ok_and(|ours| ours != meta.uid())
}

#[cfg(not(unix))]
fn foreign(_meta: &std::fs::Metadata) -> bool {
    false
}

/// Words at blanks; single and double quotes keep blanks; nothing else is special. `None`: a quote is open.
fn split_words(text: &str) -> Option<Vec<String>> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for c in text.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

impl Variables {
    /// `~/` is the home folder; other relative paths start at `folder`.
    pub(crate) fn expand(&self, path: &str, folder: Option<&Path>) -> PathBuf {
        match (path.strip_prefix("~/"), self.home(), folder) {
            (Some(rest), Some(home), _) => home.join(rest),
            (_, _, Some(folder)) => folder.join(path),
            _ => PathBuf::from(path),
        }
    }
}

#[cfg(test)]
#[path = "secret_tests.rs"]
mod tests;
