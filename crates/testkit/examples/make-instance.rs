//! Writes the folder of an instance whose integrations share connections: `make-instance COUNT CONNECTIONS FOLDER`.

use std::io;
use std::path::Path;

use ferry_testkit::instance::{Noise, iar, wide};

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [count, connections, folder] = arguments.as_slice() else {
        let usage = "usage: make-instance COUNT CONNECTIONS FOLDER";
        return Err(io::Error::other(usage));
    };
    let number = |text: &str| text.parse().map_err(io::Error::other);
    let whole = wide(number(count)?, number(connections)?);
    let folder = Path::new(folder);
    std::fs::create_dir_all(folder)?;
    std::fs::write(folder.join("instance.toml"), "generation = \"gen3\"\n")?;
    for it in &whole.integrations {
        let file = folder.join(format!("{}.iar", it.folder()));
        std::fs::write(file, iar(&whole, it, &Noise::none()))?;
    }
    Ok(())
}
