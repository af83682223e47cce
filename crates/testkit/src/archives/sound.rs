//! Archives that are whole, in every form that a writer may choose.

use super::layout::{Descriptor, Part, Zip};
use super::{Expected, Record};

const TEXT: &[u8] =
    b"<?xml version=\"1.0\"?><project><name>Hello</name><name>Hello</name></project>\n";

/// The committed whole archives.
pub fn sound() -> Vec<Record> {
    let whole = |file, zip: &Zip| Record {
        file,
        bytes: zip.bytes(),
        expected: Expected::Whole,
    };
    let warned = |file, zip: &Zip, what| Record {
        file,
        bytes: zip.bytes(),
        expected: Expected::Warned(what),
    };
    let two =
        |make: fn(&str, &[u8]) -> Part| Zip::of([make("a/one.xml", TEXT), make("two.txt", b"2")]);
    let unsigned = |name: &str, content: &[u8]| {
        Part::deflated(name, content).followed_by(Descriptor::Unsigned)
    };
    let wide = |name: &str, content: &[u8]| {
        Part::deflated(name, content)
            .followed_by(Descriptor::Signed)
            .wide()
    };
    let link = Part::stored("link", b"/etc/passwd").with(|part| {
        part.host = 3;
        part.attributes = 0o120_777 << 16;
    });
    vec![
        whole("sound/as-the-service-writes.zip", &samples_like()),
        whole("sound/stored.zip", &two(Part::stored)),
        whole("sound/deflated.zip", &two(Part::deflated)),
        whole("sound/descriptor-unsigned.zip", &two(unsigned)),
        whole("sound/zip64.zip", &two(wide).with(|zip| zip.zip64 = true)),
        whole(
            "sound/zip64-end-record-only.zip",
            &two(Part::deflated).with(|zip| zip.zip64 = true),
        ),
        whole(
            "sound/zip64-empty-entry.zip",
            &Zip::of([
                wide("empty", b"").with(|part| part.data = vec![3, 0]),
                wide("two.txt", b"2"),
            ]),
        ),
        whole(
            "sound/comment.zip",
            &two(Part::deflated).with(|zip| zip.comment = b"A comment".to_vec()),
        ),
        whole(
            "sound/directories.zip",
            &Zip::of([
                Part::directory("a/"),
                Part::deflated("a/one.xml", TEXT),
                Part::stored("empty", b""),
            ]),
        ),
        whole(
            "sound/nested.zip",
            &Zip::of([
                Part::like_the_service("inner.iar", &samples_like().bytes()),
                Part::stored("truncated-inner.jar", b"PK\x03\x04 is data like any other"),
            ]),
        ),
        warned(
            "sound/case.zip",
            &Zip::of([
                Part::deflated("Lookup.dvm", TEXT),
                Part::deflated("lookup.dvm", TEXT),
            ]),
            "only in form",
        ),
        warned(
            "sound/normal-form.zip",
            &Zip::of([
                Part::deflated("Z\u{fc}rich.dvm", TEXT),
                Part::deflated("Zu\u{308}rich.dvm", TEXT),
            ]),
            "only in form",
        ),
        warned(
            "sound/file-and-directory.zip",
            &Zip::of([Part::deflated("a", TEXT), Part::directory("a/")]),
            "only in form",
        ),
        warned("sound/symlink.zip", &Zip::of([link]), "symbolic link"),
        warned(
            "sound/zip-slip.zip",
            &Zip::of([Part::deflated("a/../../../etc/passwd", TEXT)]),
            "unsafe name",
        ),
        warned(
            "sound/terminal-name.zip",
            &Zip::of([Part::stored("a\u{1b}[2Jb", b"x")]),
            "unsafe name",
        ),
    ]
}

/// A small archive with the zip features of real exports.
pub fn samples_like() -> Zip {
    Zip::of([
        Part::like_the_service(
            "icspackage/project/HELLO_01.00.0000/PROJECT-INF/project.xml",
            TEXT,
        ),
        Part::like_the_service("icspackage/appinstances/HELLO_REST.xml", &TEXT.repeat(40)),
        Part::like_the_service(
            "icspackage/project/HELLO_01.00.0000/resources/expr.properties",
            b"",
        ),
    ])
}

/// An archive of many small entries, with zip64 end records where they are needed.
pub fn many(count: usize) -> Zip {
    let part = Part::stored("", b"x");
    let parts = (0..count).map(|index| {
        part.clone().with(|part| {
            part.local.name = format!("entries/{index:06}.txt").into_bytes();
            part.central.name.clone_from(&part.local.name);
        })
    });
    Zip::of(parts).with(|zip| zip.zip64 = count >= usize::from(u16::MAX))
}
