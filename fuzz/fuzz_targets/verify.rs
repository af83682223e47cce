//! Any bytes: no panic, no hang, and no claim of more entries than the directory lists.
#![no_main]

use std::io::Cursor;

use ferry_archive::{Limits, names, verify};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    // Small limits keep each run short.
    let limits = Limits {
        total_bytes: 1 << 22,
        entry_bytes: 1 << 20,
        entries: 10_000,
        ..Limits::default()
    };
    match verify(Cursor::new(bytes), &limits) {
        Ok(integrity) if integrity.is_whole() => {
            let listed = names(Cursor::new(bytes), &limits).expect("a whole archive can be listed");
            assert_eq!(listed.len() as u64, integrity.entries);
        }
        Ok(integrity) => assert!(!integrity.findings.is_empty()),
        Err(error) => assert!(error.is_limit(), "memory cannot fail to be read: {error}"),
    }
});
