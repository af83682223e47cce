//! Writes a whole instance of any size: `make-archive COUNT FILE [NOISE]`.
//!
//! Equal counts give equal instances; another noise gives another export of the same one.

use std::fs::File;
use std::io::{self, BufWriter};

use ferry_testkit::instance::{Noise, large, whole_into};

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (count, file, noise) = match arguments.as_slice() {
        [count, file] => (count, file, "0"),
        [count, file, noise] => (count, file, noise.as_str()),
        _ => return Err(io::Error::other("usage: make-archive COUNT FILE [NOISE]")),
    };
    let count = count.parse().map_err(io::Error::other)?;
    let noise = match noise.parse().map_err(io::Error::other)? {
        0 => Noise::none(),
        seed => Noise::all(seed),
    };
    let out = BufWriter::new(File::create(file)?);
    whole_into(out, large(count, 1), &noise)?;
    Ok(())
}
