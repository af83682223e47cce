//! Writes the committed archives anew: `cargo run -p oic-ferry-testkit --example fixtures`.

use std::fs;
use std::io;

use ferry_testkit::{archives, fixtures};

fn main() -> io::Result<()> {
    for record in archives::records() {
        let path = fixtures::path(record.file);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, record.bytes)?;
    }
    Ok(())
}
