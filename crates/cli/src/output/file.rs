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
    /// Finds room for it. A device or a pipe does not lose its place to a file, nor a link.
    pub(crate) fn new(path: &Path) -> io::Result<Self> {
        let there = fs_err::metadata(path).map(|it| it.is_file() || it.is_dir());
        if matches!(there, Ok(false)) {
            return Err(io::Error::other("it is there, and is no file"));
        }
        let real = fs_err::canonicalize(path);
        let path = real.as_deref().unwrap_or(path);
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

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn only_a_file_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let [file, link, socket] = ["file", "link", "socket"].map(|name| folder.path().join(name));
        std::fs::write(&file, "old").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        Leaving::new(&link).unwrap().write(b"new").unwrap();
        assert!(link.is_symlink());
        assert_eq!(std::fs::read(&file).unwrap(), b"new");
        let _open = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        assert!(Leaving::new(&socket).is_err());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3);
    }
}
