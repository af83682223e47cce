//! Reading a load from a folder: each folder in it is an instance.

use std::path::Path;

use super::{Settings, Source, caused, wrong};
use crate::artifact::{self, Recognised};
use crate::options::StartError;

const SETTINGS: &str = "instance.toml";

pub(super) fn sources(folder: &Path) -> Result<Vec<Source>, StartError> {
    let mut sources = Vec::new();
    for (name, path) in children(folder)? {
        if path.is_dir() {
            sources.push(source(name, &path)?);
            continue;
        }
        let bytes = read(&path)?;
        // Anything else at the top, such as notes about the load, is nobody's business.
        if !matches!(artifact::read(&bytes), Ok(Recognised::Opaque)) {
            return Err(wrong(format!(
                "{name} is an artifact beside the instances; move it into the folder of one"
            )));
        }
    }
    if sources.is_empty() {
        return Err(wrong(format!(
            "{} holds no instance: each folder in it is one",
            folder.display()
        )));
    }
    Ok(sources)
}

fn source(name: String, folder: &Path) -> Result<Source, StartError> {
    let mut files = Vec::new();
    collect(folder, "", &mut files)?;
    let settings = match files.iter().position(|(path, _)| path == SETTINGS) {
        None => Settings::default(),
        Some(at) => {
            let (path, bytes) = files.remove(at);
            let place = format!("{name}/{path}");
            let text = String::from_utf8(bytes).map_err(|e| caused(&place, e))?;
            let read: Settings = toml::from_str(&text).map_err(|e| caused(&place, e))?;
            if read.folder.is_some() || read.integrations.is_some() {
                return Err(wrong(format!(
                    "{place}: folder and integrations belong in a description; here the folder is the instance"
                )));
            }
            read
        }
    };
    Ok(Source {
        name,
        settings,
        files,
    })
}

pub(super) fn collect(
    folder: &Path,
    prefix: &str,
    files: &mut Vec<(String, Vec<u8>)>,
) -> Result<(), StartError> {
    for (name, path) in children(folder)? {
        let own = format!("{prefix}{name}");
        if path.is_dir() {
            collect(&path, &format!("{own}/"), files)?;
        } else {
            files.push((own, read(&path)?));
        }
    }
    Ok(())
}

/// What lies in a folder, by name, hidden things left out.
fn children(folder: &Path) -> Result<Vec<(String, std::path::PathBuf)>, StartError> {
    let place = folder.display().to_string();
    let mut out = Vec::new();
    for entry in fs_err::read_dir(folder).map_err(|e| caused(&place, e))? {
        let entry = entry.map_err(|e| caused(&place, e))?;
        let name = entry
            .file_name()
            .into_string()
            .map_err(|name| wrong(format!("{} is no UTF-8 name", name.display())))?;
        if !name.starts_with('.') {
            out.push((name, entry.path()));
        }
    }
    out.sort();
    Ok(out)
}

fn read(path: &Path) -> Result<Vec<u8>, StartError> {
    fs_err::read(path).map_err(|e| caused(&path.display().to_string(), e))
}
