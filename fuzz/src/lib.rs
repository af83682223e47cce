//! What the targets share.

use std::io::{self, Cursor};
use std::num::NonZeroUsize;

use ferry_archive::{Archive, Limits};

/// Surveys any bytes: no panic, and no error but a limit.
pub fn survey(bytes: &[u8]) {
    // Small limits keep each run short, and one thread keeps it the same each time.
    let limits = Limits {
        total_bytes: 1 << 22,
        entry_bytes: 1 << 20,
        nested_bytes: 1 << 20,
        entries: 10_000,
        all_entries: 20_000,
        ..Limits::default()
    };
    let archive = Archive::new(|| io::Result::Ok(Cursor::new(bytes)), limits);
    match archive.with_threads(NonZeroUsize::MIN).survey() {
        Ok(survey) => drop(survey),
        Err(error) => assert!(error.is_limit(), "memory cannot fail to be read: {error}"),
    }
}

/// Surveys an integration in which one file has these bytes.
pub fn survey_inside(path: &str, bytes: &[u8]) {
    let flow = "icspackage/project/HELLO_01.00.0000/PROJECT-INF/project.xml";
    let mut entries = vec![(path, bytes)];
    if path != flow {
        entries.push((flow, include_bytes!("../../fixtures/seeds/project_xml/smallest.xml").as_slice()));
    }
    survey(&stored(&entries));
}

/// A zip of stored entries.
fn stored(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut directory = Vec::new();
    for (name, content) in entries {
        let offset = low32(out.len());
        let mut head = Vec::new();
        for value in [20_u16, 0x0800, 0, 0, 0x5821] {
            head.extend(value.to_le_bytes());
        }
        for value in [crc32fast::hash(content), low32(content.len()), low32(content.len())] {
            head.extend(value.to_le_bytes());
        }
        head.extend(low16(name.len()).to_le_bytes());
        head.extend([0, 0]);
        out.extend(b"PK\x03\x04");
        out.extend(&head);
        out.extend(name.as_bytes());
        out.extend(*content);
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&head);
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let start = low32(out.len());
    let count = low16(entries.len()).to_le_bytes();
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend(count);
    out.extend(count);
    out.extend(low32(directory.len()).to_le_bytes());
    out.extend(start.to_le_bytes());
    out.extend([0, 0]);
    out
}

fn low16(value: usize) -> u16 {
    u16::try_from(value).expect("small")
}

fn low32(value: usize) -> u32 {
    u32::try_from(value).expect("small")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_inside_is_read() {
        let flow = include_bytes!("../../fixtures/seeds/project_xml/smallest.xml");
        let bytes = stored(&[(
            "icspackage/project/HELLO_01.00.0000/PROJECT-INF/project.xml",
            flow,
        )]);
        let open = || io::Result::Ok(Cursor::new(&bytes));
        let survey = Archive::new(open, Limits::default()).survey().unwrap();
        assert_eq!(survey.inventory.integrations.len(), 1, "{survey:?}");
    }
}
