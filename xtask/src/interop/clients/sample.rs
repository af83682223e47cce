//! The files that clients carry.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

/// Large enough that clients ask before they send it, and for three segments.
pub(super) const LARGE: &str = "deep/er/large.bin";
pub(super) const SMALL: &str = "plain.txt";
pub(super) const EMPTY: &str = "empty";
/// What addresses, shells and listings give a meaning to.
pub(super) const ODD: &str = "odd/ä b+c%41#&?.txt";

/// Into what clients cut the large file that cut files.
pub(super) const SEGMENT: &str = "1048576";

/// What is in which file.
pub(super) struct Files(BTreeMap<&'static str, Vec<u8>>);

impl Files {
    /// Writes them into a folder.
    pub(super) fn lay(folder: &Path) -> Result<Self> {
        let files = BTreeMap::from([
            (EMPTY, Vec::new()),
            (SMALL, b"hello\n".to_vec()),
            (ODD, b"odd\r\n\0".to_vec()),
            (LARGE, noise(2 * 1_048_576 + 17)),
        ]);
        for (name, bytes) in &files {
            let path = folder.join(name);
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::write(&path, bytes).with_context(|| path.display().to_string())?;
        }
        Ok(Self(files))
    }

    /// Changes one, in the folder too.
    pub(super) fn change(&mut self, folder: &Path, name: &'static str, bytes: &[u8]) -> Result<()> {
        fs::write(folder.join(name), bytes)?;
        self.0.insert(name, bytes.to_vec());
        Ok(())
    }

    /// Removes one, in the folder too.
    pub(super) fn remove(&mut self, folder: &Path, name: &str) -> Result<()> {
        fs::remove_file(folder.join(name))?;
        self.0.remove(name);
        Ok(())
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&'static str, &[u8])> {
        self.0.iter().map(|(name, bytes)| (*name, &**bytes))
    }

    pub(super) fn names(&self) -> Vec<String> {
        self.0.keys().map(|name| (*name).to_owned()).collect()
    }

    pub(super) fn bytes(&self, name: &str) -> &[u8] {
        self.0.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// Fails unless these bytes of a file came back.
    pub(super) fn same(&self, name: &str, bytes: &[u8]) -> Result<()> {
        same(name, bytes, self.bytes(name))
    }

    /// Fails unless a folder holds them.
    pub(super) fn came_back(&self, folder: &Path) -> Result<()> {
        for name in self.0.keys() {
            let bytes = fs::read(folder.join(name));
            self.same(
                name,
                &bytes.with_context(|| format!("{name} did not come"))?,
            )?;
        }
        Ok(())
    }
}

/// Bytes that no two blocks of are alike, always the same.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend(state.to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}

/// Fails unless the bytes are those that were sent.
pub(super) fn same(name: &str, bytes: &[u8], expected: &[u8]) -> Result<()> {
    if bytes != expected {
        bail!(
            "{name} came back otherwise: {} bytes, {} were sent",
            bytes.len(),
            expected.len()
        );
    }
    Ok(())
}

/// Fails unless a list has exactly these lines, in any order.
pub(super) fn listed(mut lines: Vec<String>, mut expected: Vec<String>) -> Result<()> {
    lines.sort();
    expected.sort();
    if lines != expected {
        bail!("listed is {lines:?}, and not {expected:?}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_has_its_length_and_does_not_repeat() {
        let bytes = noise(41);
        assert_eq!(bytes.len(), 41);
        assert_ne!(bytes[..8], bytes[8..16]);
        assert_eq!(bytes, noise(41));
    }

    #[test]
    fn differences_are_found() {
        assert!(same("a", b"x", b"x").is_ok());
        assert!(same("a", b"x", b"y").is_err());
        let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
        assert!(listed(lines("b\na"), lines("a\nb")).is_ok());
        assert!(listed(lines("a"), lines("a\nb")).is_err());
    }
}
