//! One pass over an archive, for measuring: `pass inflate FILE`, `pass full FILE`.

use std::fs::File;
use std::io;

use ferry_archive::{Archive, Limits};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (mode, file) = match arguments.as_slice() {
        [mode, file] => (mode.as_str(), file),
        _ => return Err("usage: pass inflate|full FILE".into()),
    };
    // Ten thousand integrations are more than the limits allow that are meant for what people have.
    let limits = Limits {
        total_bytes: 1 << 40,
        ..Limits::default()
    };
    let archive = Archive::new(|| File::open(file), limits);
    let told = match mode {
        "inflate" => format!("{} bytes", archive.inflate()?),
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
        _ => return Err(format!("no pass is called {mode}").into()),
    };
    use_stdout(&told)?;
    Ok(())
}

fn use_stdout(told: &str) -> io::Result<()> {
    use io::Write as _;
    writeln!(io::stdout(), "{told}")
}
