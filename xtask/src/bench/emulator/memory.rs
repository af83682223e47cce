//! What a process holds in memory, as Linux tells it.

use std::fs;

use anyhow::{Context, Result};

/// Bytes, now.
pub(super) fn resident(process: u32) -> Result<u64> {
    told(process, "VmRSS:")
}

/// Bytes, when they were the most.
pub(super) fn peak(process: u32) -> Result<u64> {
    told(process, "VmHWM:")
}

fn told(process: u32, field: &str) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))
        .context("this system does not tell a process's memory")?;
    read(&status, field).with_context(|| format!("a process without {field}"))
}

fn read(status: &str, field: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(field))?;
    let kib: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kib * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_read() {
        let status = "Name:\tferry\nVmHWM:\t   10240 kB\nVmRSS:\t    4096 kB\n";
        assert_eq!(read(status, "VmHWM:"), Some(10 << 20));
        assert_eq!(read(status, "VmRSS:"), Some(4 << 20));
        assert_eq!(read(status, "VmSwap:"), None);
    }
}
