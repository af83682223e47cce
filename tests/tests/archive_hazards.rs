//! What an archive may hold to do harm, under a bound on the memory that the binary may have.
#![cfg(target_os = "linux")]

use std::io::{Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use ferry_e2e::{binary, ferry};
use ferry_testkit::archives::{Part, Zip};
use ferry_testkit::cli::Ferry;

const MIB: usize = 1 << 20;

/// What any of them may take beyond what a small archive takes: a few files as they are kept, never the whole.
const ROOM: usize = 128 * MIB;

/// The binary, with so many bytes of memory to ask for.
fn limited(ferry: &Ferry, bytes: usize) -> Ferry {
    let script = format!(
        "#!/bin/sh\nulimit -v {}\nexport MALLOC_ARENA_MAX=1\nexec '{}' \"$@\"\n",
        bytes >> 10,
        binary().display()
    );
    let path = ferry.write(&format!("limited-{bytes}"), script);
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).expect("a script");
    Ferry::new(path)
}

/// What a small archive takes.
async fn least(ferry: &Ferry) -> usize {
    let small = ferry.write("small.zip", Zip::of([Part::stored("a.txt", b"a")]).bytes());
    for bytes in (1..64).map(|times| times * 32 * MIB) {
        let output = limited(ferry, bytes)
            .args([Path::new("archive"), Path::new("verify"), &small])
            .run()
            .await;
        if output.exit == 0 {
            return bytes;
        }
    }
    panic!("a small archive takes more than 2 GiB");
}

fn one(name: &str, content: &[u8]) -> Vec<u8> {
    Zip::of([Part::deflated(name, content)]).bytes()
}

fn of(head: &str, middle: &str, times: usize, end: &str) -> Vec<u8> {
    [head, &middle.repeat(times), end].concat().into_bytes()
}

#[tokio::test]
async fn each_is_answered_within_bounded_memory() {
    let ferry = ferry();
    let bytes = least(&ferry).await + ROOM;
    let limited = limited(&ferry, bytes);
    let zeros = vec![0; 15 * MIB];
    let mut noise = vec![0; 15 * MIB];
    fastrand::Rng::with_seed(1).fill(&mut noise);
    let flow = "icspackage/project/A_01.00.0000/PROJECT-INF/project.xml";
    let mut entries_told = Zip::of([Part::stored("a", b"a")])
        .with(|zip| zip.zip64 = true)
        .bytes();
    // Both counts of the zip64 end record.
    let end = entries_told
        .windows(4)
        .rposition(|it| it == b"PK\x06\x06")
        .expect("its end");
    for at in [end + 24, end + 32] {
        if let Some(count) = entries_told.get_mut(at..at + 8) {
            count.copy_from_slice(&u64::MAX.to_le_bytes());
        }
    }
    let inner = Zip::of([Part::stored("data", &noise)]).bytes();
    let nested = (0..10).map(|at| Part::stored(&format!("{at}.zip"), &inner));
    let resources = (0..10).map(|at| {
        let path = format!("icspackage/project/A_01.00.0000/resources/{at}.bin");
        Part::stored(&path, &noise)
    });
    let resources = resources.chain([Part::stored(flow, b"<a/>")]);
    let cases: Vec<(&str, i32, &str, Vec<u8>)> = vec![
        ("a bomb", 9, "`ratio`", one("bomb", &zeros)),
        ("zips in zips", 9, "`depth`", (0..9).fold(b"x".to_vec(), |inner, at| one(&format!("{at}.zip"), &inner))),
        ("a count that is not there", 9, "`entries`", entries_told),
        ("large zips inside", 0, "not recognised", Zip::of(nested).bytes()),
        ("an artifact of large files", 1, "", Zip::of(resources).bytes()),
        ("deep XML", 1, "nested elements", one(flow, &of("", "<a>", 1 << 16, ""))),
        ("entities", 1, "internal subset", one(flow, b"<!DOCTYPE a [<!ENTITY b \"c\">]><icsproject xmlns='http://www.oracle.com/2014/03/ics/project'>&b;</icsproject>")),
        ("a long attribute", 1, "", one(flow, &of("<a b='", "0123456789abcdef", 1 << 16, "'>"))),
        ("deep JSON", 0, "", one("a.json", &of("", "[{\"a\":", 1 << 17, ""))),
        ("deep YAML", 1, "", one("project/project.yaml", &of("code: A\nname: ", "[", 1 << 17, ""))),
        ("YAML of anchors", 1, "anchor", one("project/project.yaml", b"code: A\nname: &a [x, x]\nb: [*a, *a]\n")),
        ("one long line", 0, "", one("a.properties", &of("a=", "\\u0041b", 1 << 17, ""))),
        ("a quote that does not end", 0, "", one("a.csv", &of("DVM,L,\nA\n\"", "0,1\n", 1 << 17, ""))),
    ];
    for (name, exit, says, content) in cases {
        let path = ferry.write("hazard.zip", &content);
        drop(content);
        let output = limited
            .args([Path::new("archive"), Path::new("verify"), &path])
            .run()
            .await;
        let told = format!("{}{}", output.stdout, output.stderr);
        assert_eq!(output.exit, exit, "{name}: {told:.2000}");
        assert!(told.contains(says), "{name}: {told:.2000}");
    }
}

/// The header and the record of a stored entry of zeros, with sizes that need zip64.
fn wide(signature: [u8; 4], size: u64) -> Vec<u8> {
    let mut bytes = signature.to_vec();
    if signature == *b"PK\x01\x02" {
        bytes.extend(45_u16.to_le_bytes());
    }
    bytes.extend([45, 0, 0, 0, 0, 0, 0, 0, 0x21, 0x5a]);
    bytes.extend([0; 4]);
    bytes.extend([0xff; 8]);
    bytes.extend([4, 0, 20, 0]);
    if signature == *b"PK\x01\x02" {
        bytes.extend([0; 14]);
    }
    bytes.extend(b"zero");
    bytes.extend([1, 0, 16, 0]);
    bytes.extend(size.to_le_bytes());
    bytes.extend(size.to_le_bytes());
    bytes
}

#[tokio::test]
async fn an_entry_of_more_than_four_gibibytes_is_listed_and_stopped_by_its_limit() {
    const SIZE: u64 = (4 << 30) + 12_345;
    let ferry = ferry();
    let path = ferry.write("wide.zip", wide(*b"PK\x03\x04", SIZE));
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .open(&path)
        .expect("the file");
    let start = file.seek(SeekFrom::End(0)).expect("its end") + SIZE;
    file.seek(SeekFrom::Start(start)).expect("a hole");
    let record = wide(*b"PK\x01\x02", SIZE);
    let length = record.len() as u64;
    let mut end = record;
    end.extend(b"PK\x06\x06");
    for field in [44_u64.to_le_bytes().as_slice(), &[45, 0, 45, 0], &[0; 8]] {
        end.extend(field);
    }
    for field in [1, 1, length, start] {
        end.extend(field.to_le_bytes());
    }
    end.extend(b"PK\x06\x07");
    end.extend([0; 4]);
    end.extend((start + length).to_le_bytes());
    end.extend([1, 0, 0, 0]);
    end.extend(b"PK\x05\x06\0\0\0\0");
    end.extend([0xff; 12]);
    end.extend([0, 0]);
    file.write_all(&end).expect("the directory");
    drop(file);

    let quick = ["archive", "verify", "wide.zip", "--quick"];
    let quick = ferry.args(quick).run().await.expect(0);
    assert!(quick.stdout.contains("1 entry, 4.2 GB packed"), "{quick}");
    let stopped = ferry
        .args(["archive", "verify", "wide.zip"])
        .run()
        .await
        .expect(9);
    assert!(stopped.stderr.contains("`entry_bytes`"), "{stopped}");
}
