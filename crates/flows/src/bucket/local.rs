//! Local files: what is there already, and what of a folder can be stored.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use ferry_core::exit::Exit;
use ferry_core::ids::ObjectName;
use ferry_swift::{Bucket, Digests, same_by_segments};
use fs_err as fs;

use super::many::ROOM;
use crate::{Context, Failure};

/// What is at a path, compared with an object.
pub(super) enum There {
    Nothing,
    /// A file of the same size and MD5.
    Same(Digests),
    /// Something else, or nobody can tell.
    Other(&'static str),
}

/// Compares a file with an object, whose size and `ETag` are known; where these say no and it may be made of segments, by
/// their MD5s: its own `ETag` is none of its content, and a listing may show it without its size.
pub(super) async fn compare(
    context: &Context,
    bucket: &Bucket,
    name: &ObjectName,
    path: &Path,
    (bytes, etag): (u64, Option<&str>),
) -> Result<There, Failure> {
    let found = by_etag(path, bytes, etag).await;
    let why = match found.map_err(|error| unreadable(path, error))? {
        There::Other(why) => why,
        found => return Ok(found),
    };
    let len = fs::symlink_metadata(path).map(|meta| meta.is_file().then_some(meta.len()));
    if !matches!(len, Ok(Some(len)) if bytes == 0 || bytes == len) {
        return Ok(There::Other(why));
    }
    match context
        .unless_stopped(same_by_segments(bucket, name, path))
        .await?
    {
        Ok(Some(digests)) => Ok(There::Same(digests)),
        Ok(None) => Ok(There::Other(why)),
        // A listing was behind.
        Err(error) if error.is_not_found() => Ok(There::Other(why)),
        Err(error) => {
            let what = format!("cannot compare {} with {name}", path.display());
            Err(Failure::bucket(error, what))
        }
    }
}

pub(super) fn unreadable(path: &Path, error: std::io::Error) -> Failure {
    Failure::new(Exit::Disk, format!("cannot read {}", path.display())).because(error)
}

async fn by_etag(path: &Path, bytes: u64, etag: Option<&str>) -> std::io::Result<There> {
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

/// The nearest folder above a path that is there.
pub(crate) fn there_before(path: &Path) -> &Path {
    let mut above = path.ancestors().skip(1);
    above.find(|above| above.is_dir()).unwrap_or(Path::new(""))
}

/// The folders of files, up to and with `top`: in each of them something new may have its name.
pub(crate) fn folders_of<'a>(
    files: impl IntoIterator<Item = &'a Path>,
    top: &Path,
) -> BTreeSet<PathBuf> {
    let mut folders = BTreeSet::new();
    for file in files {
        for above in file.ancestors().skip(1) {
            if !folders.insert(above.to_owned()) || above == top {
                break;
            }
        }
    }
    folders
}

/// Brings the names in these folders to the disk: what was made or renamed there outlives a power cut.
pub(crate) async fn sync_folders(folders: BTreeSet<PathBuf>) -> Result<(), Failure> {
    use std::io::ErrorKind as Kind;
    let synced = blocking(move || {
        for folder in folders {
            let here = folder.as_os_str().is_empty();
            let path = if here { Path::new(".") } else { &folder };
            match fs::File::open(path).and_then(|folder| folder.sync_all()) {
                Ok(()) => {}
                // Nothing was made there; nobody may look into it; or its file system cannot do that.
                Err(error)
                    if matches!(
                        error.kind(),
                        Kind::NotFound | Kind::PermissionDenied | Kind::InvalidInput
                    ) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    });
    synced.await.map_err(|error| {
        Failure::new(Exit::Disk, "cannot bring the new folders to the disk")
            .because(error)
            .next(ROOM)
    })
}

/// Work on the disk, off the threads that talk to the network.
pub(crate) async fn blocking<T: Send + 'static>(
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
    async fn all_new_folders_are_synced_and_the_one_that_has_their_names() {
        let folder = tempfile::tempdir().unwrap();
        let [out, deep] = ["out", "out/a/b/2"].map(|path| folder.path().join(path));
        let top = there_before(&out).to_owned();
        assert_eq!(top, folder.path());
        assert_eq!(there_before(Path::new("none/x")), Path::new(""));
        let synced = folders_of([out.join("1").as_path(), &deep], &top);
        let expected = ["", "out", "out/a", "out/a/b"].map(|path| folder.path().join(path));
        assert_eq!(synced.iter().map(PathBuf::as_path).collect::<Vec<_>>(), {
            let mut all: Vec<&Path> = expected.iter().map(PathBuf::as_path).collect();
            all.sort();
            all
        });
        fs::create_dir_all(deep.parent().unwrap()).unwrap();
        sync_folders(synced).await.unwrap();
        let here = folders_of([Path::new("file")], there_before(Path::new("file")));
        assert_eq!(here, BTreeSet::from([PathBuf::new()]));
        sync_folders(here).await.unwrap();
    }

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
