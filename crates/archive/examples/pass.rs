//! One pass over an archive, for measuring: `pass inflate FILE`, `pass list FILE`, `pass full FILE`,
//! `pass diff FILE OTHER`.

use std::fs::File;
use std::io;

use ferry_archive::{Archive, Limits, diff};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (mode, file, other) = match arguments.as_slice() {
        [mode, file] => (mode.as_str(), file, file),
        [mode, file, other] => (mode.as_str(), file, other),
        _ => return Err("usage: pass inflate|list|full|diff FILE [OTHER]".into()),
    };
    // Ten thousand integrations are more than the limits allow that are meant for what people have.
    let limits = Limits {
        total_bytes: 1 << 40,
        ..Limits::default()
    };
    let archive = Archive::new(|| File::open(file), limits.clone());
    let told = match mode {
        "inflate" => format!("{} bytes", archive.inflate()?),
        "list" => {
            let listing = archive.listing()?;
            format!(
                "{} integrations, {} connections, {} artifacts, {} bytes",
                listing.inventory.integrations.len(),
                listing.inventory.connections.len(),
                listing.artifacts.len(),
                listing.unpacked
            )
        }
        "full" => {
            let survey = archive.survey()?;
            format!(
                "{} integrations, {} connections, {} artifacts, {} bytes, {} findings",
                survey.inventory.integrations.len(),
                survey.inventory.connections.len(),
                survey.records.len(),
                survey.unpacked,
                survey.findings.len()
            )
        }
        "diff" => {
            let other = Archive::new(|| File::open(other), limits);
            let (before, after) = (archive.survey()?, other.survey()?);
            let found = diff((&archive, &before), (&other, &after))?;
            format!("{} artifacts differ", found.len())
        }
        _ => return Err(format!("no pass is called {mode}").into()),
    };
    use_stdout(&told)?;
    Ok(())
}

fn use_stdout(told: &str) -> io::Result<()> {
    use io::Write as _;
    writeln!(io::stdout(), "{told}")
}
