//! Files of a load.

use std::path::Path;

use ferry_testkit::archives::{Part, Zip, read_back};

pub(crate) fn put(folder: &Path, path: &str, bytes: &[u8]) {
    let path = folder.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

/// The integrations of a project, each as a file of its own: Gen2 has no projects.
pub(crate) fn singles(project: &[u8]) -> Vec<(String, Vec<u8>)> {
    let entries = read_back(project).unwrap();
    let own = "project/integrations/";
    let names = entries.iter().filter_map(|(name, _)| {
        let (integration, inside) = name.strip_prefix(own)?.split_once('/')?;
        (inside == "PROJECT-INF/project.xml").then(|| integration.to_owned())
    });
    names
        .map(|integration| {
            let schedule = format!("project/schedules/Schedule_{integration}.xml");
            let moved = [
                (
                    format!("{own}{integration}/"),
                    format!("icspackage/project/{integration}/"),
                ),
                (
                    schedule,
                    format!("icspackage/schedule/Schedule_{integration}.xml"),
                ),
                (
                    "project/connections/".to_owned(),
                    "icspackage/appinstances/".to_owned(),
                ),
                ("project/lookups/".to_owned(), "icspackage/dvms/".to_owned()),
                (
                    "project/libraries/".to_owned(),
                    "icspackage/apilibrary/".to_owned(),
                ),
            ];
            let parts = entries.iter().filter_map(|(name, content)| {
                let (from, to) = moved.iter().find(|(from, _)| name.starts_with(from))?;
                Some(Part::deflated(&name.replacen(from, to, 1), content))
            });
            let bytes = Zip::of(parts).bytes();
            (format!("integrations/{integration}.iar"), bytes)
        })
        .collect()
}
