//! Local files: what is there already, and what of a folder can be stored.

use std::path::{Path, PathBuf};

use ferry_core::exit::Exit;
use ferry_swift::Digests;
use fs_err as fs;

use crate::Failure;

/// What is at a path, compared with an object.
pub(super) enum There {
    Nothing,
    /// A file of the same size and MD5.
    Same(Digests),
    /// Something else, or nobody can tell.
    Other(&'static str),
}

/// Compares a file with an object's size and `ETag`.
pub(super) async fn compare(path: &Path, bytes: u64, etag: Option<&str>) -> std::io::Result<There> {
    let (path, md5) = (
        path.to_owned(),
        etag.filter(|etag| is_md5(etag)).map(str::to_owned),
    );
    blocking(move || {
        let meta = match fs::symlink_metadata(&path) {
            Ok(meta) => meta,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(There::Nothing);
            }
            Err(error) => return Err(error),
        };
        if meta.is_dir() {
            return Ok(There::Other("a folder of that name is there"));
        }
        if !meta.is_file() {
            return Ok(There::Other("something that is no file is there"));
        }
        if meta.len() != bytes {
            return Ok(There::Other("another content is there"));
        }
        let Some(md5) = md5 else {
            return Ok(There::Other(
                "a content of that size is there, and no MD5 tells whether it is the same",
            ));
        };
        let digests = Digests::of(fs::File::open(&path)?)?;
        Ok(if digests.md5.eq_ignore_ascii_case(&md5) {
            There::Same(digests)
        } else {
            There::Other("another content is there")
        })
    })
    .await
}

/// Whether an `ETag` can be an MD5: 32 hexadecimal digits.
pub(crate) fn is_md5(etag: &str) -> bool {
    etag.len() == 32 && etag.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Work on the disk, off the threads that talk to the network.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> std::io::Result<T> {
    tokio::task::spawn_blocking(work).await?
}

/// A file of a folder.
#[derive(Debug)]
pub(super) struct LocalFile {
    pub(super) path: PathBuf,
    pub(super) bytes: u64,
}

/// What a folder holds.
#[derive(Debug, Default)]
pub(super) struct Folder {
    /// By the path below the folder, its parts joined by `/`.
    pub(super) files: Vec<(String, LocalFile)>,
    /// What is there and cannot be stored, and why.
    pub(super) refused: Vec<(String, String)>,
}

impl Folder {
    /// Reads a folder and all below it, in the order of names. Symbolic links are not followed: they may lead out of
    /// the folder, or round in it.
    pub(super) async fn read(root: &Path) -> Result<Self, Failure> {
        let root = root.to_owned();
        let shown = root.display().to_string();
        let read = blocking(move || {
            let mut folder = Self::default();
            folder.collect(&root, "")?;
            folder.files.sort_by(|(a, _), (b, _)| a.cmp(b));
            Ok(folder)
        });
        read.await.map_err(|error| {
            Failure::new(Exit::Disk, format!("cannot read the folder {shown}")).because(error)
        })
    }

    fn collect(&mut self, folder: &Path, below: &str) -> std::io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let path = entry.path();
            let Ok(name) = entry.file_name().into_string() else {
                self.refuse(
                    format!("{below}{}", entry.file_name().to_string_lossy()),
                    "its name is not UTF-8",
                );
                continue;
            };
            let name = format!("{below}{name}");
            let meta = entry.metadata()?;
            if meta.is_dir() {
                // A folder that cannot be read is one failure of many; the root's ends the command.
                if let Err(error) = self.collect(&path, &format!("{name}/")) {
                    self.refuse(name, &error.to_string());
                }
            } else if meta.is_file() {
                self.files.push((
                    name,
                    LocalFile {
                        path,
                        bytes: meta.len(),
                    },
                ));
            } else if meta.is_symlink() {
                self.refuse(name, "it is a symbolic link, and none is followed");
            } else {
                self.refuse(name, "it is no file");
            }
        }
        Ok(())
    }

    fn refuse(&mut self, name: String, why: &str) {
        self.refused.push((name, why.to_owned()));
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;

    use super::*;

    #[tokio::test]
    async fn a_folder_is_read_without_leaving_it() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("root");
        fs::create_dir_all(root.join("b/c")).unwrap();
        for name in ["b/c/1", "a", "b!"] {
            fs::write(root.join(name), name).unwrap();
        }
        fs::write(folder.path().join("outside"), "x").unwrap();
        symlink("../outside", root.join("link")).unwrap();
        symlink("..", root.join("b/round")).unwrap();
        fs::write(root.join(OsStr::from_bytes(b"caf\xe9")), "x").unwrap();
        let read = Folder::read(&root).await.unwrap();
        let names: Vec<&str> = read.files.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["a", "b!", "b/c/1"]);
        let mut refused: Vec<&str> = read.refused.iter().map(|(name, _)| name.as_str()).collect();
        refused.sort_unstable();
        assert_eq!(refused, ["b/round", "caf\u{fffd}", "link"]);
        assert!(Folder::read(&root.join("none")).await.is_err());
    }
}
