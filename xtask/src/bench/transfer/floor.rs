//! What digests cost on this machine whoever computes them, by openssl.

use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use super::figures::float;
use crate::bench::GIB;
use crate::run;

/// The time of a processor for 1 GiB.
pub(super) struct Floor {
    pub(super) md5: Duration,
    pub(super) sha256: Duration,
}

impl Floor {
    pub(super) fn measure() -> Result<Self> {
        Ok(Self {
            md5: digest("md5")?,
            sha256: digest("sha256")?,
        })
    }

    /// The floor in words.
    pub(super) fn line(&self) -> String {
        format!(
            "\n1 GiB through `openssl speed` in blocks of 64 KiB: MD5 {:.2} s, SHA-256 {:.2} s.\n",
            self.md5.as_secs_f64(),
            self.sha256.as_secs_f64()
        )
    }
}

fn digest(name: &str) -> Result<Duration> {
    let told = run::output(
        Command::new("openssl")
            .args(["speed", "-mr", "-seconds", "3", "-bytes", "65536", "-evp"])
            .arg(name),
    )?;
    let rate = rate(&told).with_context(|| format!("openssl tells no rate:\n{told}"))?;
    Ok(Duration::from_secs_f64(float(GIB) / rate))
}

/// Bytes in a second of its own time.
fn rate(told: &str) -> Option<f64> {
    let line = told.lines().find(|line| line.starts_with("+F:"))?;
    let rate: f64 = line.rsplit(':').next()?.parse().ok()?;
    (rate > 0.0).then_some(rate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_openssl_tells_is_read() {
        let told = "+H:65536\n+F:25:md5:612456781.40\n";
        assert_eq!(rate(told).map(f64::round), Some(612_456_781.0));
        assert_eq!(rate("+H:65536\n"), None);
        assert_eq!(rate("+F:25:md5:0.00\n"), None);
    }
}
