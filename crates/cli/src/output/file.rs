//! A file that a command leaves behind: the whole of it or nothing, in the place of an earlier one.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// A file that is to be written. That it can be is known before there is anything to write.
#[derive(Debug)]
pub(crate) struct Leaving {
    place: Place,
}

#[derive(Debug)]
enum Place {
    /// Beside the file, whose place it takes.
    File(NamedTempFile, PathBuf),
    /// A terminal, a pipe, `/dev/null`: nothing takes its place.
    Device(File),
}

impl Leaving {
    /// Finds room for it.
    pub(crate) fn new(path: &Path) -> io::Result<Self> {
        let is_device = std::fs::metadata(path).is_ok_and(|there| !there.is_file());
        if is_device {
            // Of a folder this says what it is.
            let file = OpenOptions::new().write(true).open(path)?;
            return Ok(Self {
                place: Place::Device(file),
            });
        }
        // What a link leads to is written, and the link stays.
        let path = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let folder = path.parent().filter(|dir| !dir.as_os_str().is_empty());
        let file = NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
        Ok(Self {
            place: Place::File(file, path),
        })
    }

    /// Writes it.
    pub(crate) fn write(self, bytes: &[u8]) -> io::Result<()> {
        match self.place {
            Place::Device(mut file) => file.write_all(bytes),
            Place::File(mut file, path) => {
                file.write_all(bytes)?;
                file.as_file().sync_all()?;
                file.persist(path).map_err(|error| error.error)?;
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_and_what_leads_to_it_stays() {
        let folder = tempfile::tempdir().unwrap();
        let [file, link] = ["plan.json", "link.json"].map(|name| folder.path().join(name));
        let write = |path: &Path, text: &str| Leaving::new(path).unwrap().write(text.as_bytes());
        write(&file, "one").unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "one");
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(&file, &link).unwrap();
            write(&link, "two").unwrap();
            assert!(link.is_symlink());
            assert_eq!(std::fs::read_to_string(&file).unwrap(), "two");
        }
        assert!(Leaving::new(folder.path()).is_err());
        assert!(Leaving::new(&folder.path().join("none/plan.json")).is_err());
    }

    /// A pipe stands for every device: one that is replaced would be lost to the whole machine.
    #[cfg(unix)]
    #[test]
    fn a_device_is_written_and_stays() {
        use std::os::unix::fs::FileTypeExt as _;

        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.unwrap().success());
        let read = std::thread::spawn({
            let pipe = pipe.clone();
            move || std::fs::read_to_string(pipe).unwrap()
        });
        Leaving::new(&pipe).unwrap().write(b"told").unwrap();
        assert_eq!(read.join().unwrap(), "told");
        let there = std::fs::symlink_metadata(&pipe).unwrap();
        assert!(there.file_type().is_fifo());
    }
}
