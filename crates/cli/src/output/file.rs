//! A file that a command leaves behind: the whole of it or nothing, in the place of an earlier one.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// A file that is to be written. That it can be is known before there is anything to write.
#[derive(Debug)]
pub(crate) struct Leaving {
    path: PathBuf,
    file: NamedTempFile,
}

impl Leaving {
    /// Finds room for it.
    pub(crate) fn new(path: &Path) -> io::Result<Self> {
        let folder = path.parent().filter(|dir| !dir.as_os_str().is_empty());
        Ok(Self {
            path: path.to_owned(),
            file: NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?,
        })
    }

    /// Writes it.
    pub(crate) fn write(mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.file.as_file().sync_all()?;
        self.file.persist(&self.path).map_err(|error| error.error)?;
        Ok(())
    }
}
