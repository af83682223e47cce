//! The service's figures: how fast it starts and answers, and what it holds in memory.

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use super::memory::resident;
use super::wrk;
use crate::bench::{STARTS, median, megabytes, milliseconds, report};
use crate::emulator::{Card, Running};
use crate::run;

/// What is measured, in this order. Each prints its lines by [`report`].
const FIGURES: &[fn(&Path) -> Result<()>] = &[start, requests, idle, scale];

/// How many connections idle.
const CROWD: usize = 10_000;
/// How many integrations an instance is generated with, and how long one job over them may take.
const SCALES: [(u32, &str); 3] = [(500, "-"), (5_000, "10 s"), (50_000, "-")];

/// Measures all.
pub(in crate::bench) fn measure(ferry: &Path) -> Result<()> {
    FIGURES.iter().try_for_each(|figure| figure(ferry))
}

/// From the start of the process to its first answer.
fn start(ferry: &Path) -> Result<()> {
    for (name, arguments) in [
        ("emulator, first answer, median of 20", &[][..]),
        ("emulator --tls, ready line, median of 20", &["--tls"]),
    ] {
        let mut durations = Vec::with_capacity(STARTS);
        for _ in 0..STARTS {
            let begun = run::clock();
            let emulator = Running::start(ferry, arguments)?;
            if arguments.is_empty() {
                emulator.ask("GET", "/_ferry/health", "", "")?;
            }
            durations.push(begun.elapsed());
        }
        report(name, &milliseconds(median(&mut durations)), "15 ms");
    }
    Ok(())
}

/// Small authenticated requests, kept alive, on the cores that `wrk` needs too.
fn requests(ferry: &Path) -> Result<()> {
    let emulator = Running::start(ferry, &[])?;
    let card = emulator.first_card()?;
    let card = Card(&card);
    let form = format!(
        "grant_type=client_credentials&client_id={}&client_secret={}&scope={}",
        card.text("client_id")?,
        card.text("client_secret")?,
        encoded(card.text("scope")?),
    );
    let kind = "Content-Type: application/x-www-form-urlencoded\r\n";
    let token = emulator.ask("POST", "/oauth2/v1/token", kind, &form)?;
    let token = token.get("access_token").and_then(Value::as_str);
    let token = token.context("the emulator gave no token")?;
    let bearer = format!("Authorization: Bearer {token}");
    let instance = card.text("service_instance")?;
    let all = "/ic/api/integration/v1/integrations";
    let listed = emulator.ask(
        "GET",
        &format!("{all}?integrationInstance={instance}"),
        &format!("{bearer}\r\n"),
        "",
    )?;
    let id = listed.pointer("/items/0/id").and_then(Value::as_str);
    let id = encoded(id.context("the emulator has no integration")?);
    for (name, path) in [
        (
            "activation status by token, requests a second",
            "/activationStatus",
        ),
        ("integration by token, requests a second", ""),
    ] {
        let url = format!(
            "http://{}{all}/{id}{path}?integrationInstance={instance}",
            emulator.authority()
        );
        report(name, &wrk::rate(&bearer, &url)?, ">= 40000");
    }
    Ok(())
}

/// Memory, with connections that were served once and then ask nothing.
fn idle(ferry: &Path) -> Result<()> {
    for (name, crowd) in [
        ("memory, no connections", 0),
        ("memory, idle connections", CROWD),
    ] {
        let emulator = Running::start(ferry, &[])?;
        let mut held = Vec::with_capacity(crowd);
        for _ in 0..crowd {
            // This process, or the emulator, may open fewer files.
            let Ok(stream) = emulator.request("GET", "/_ferry/health", "", "") else {
                break;
            };
            held.push(stream);
        }
        emulator.ask("GET", "/_ferry/health", "", "")?;
        let name = if crowd == 0 {
            name.to_owned()
        } else {
            format!("{name}: {}", held.len())
        };
        report(&name, &megabytes(resident(emulator.process())?), "-");
    }
    Ok(())
}

/// Instances of many integrations: loading, listing every page, exporting, importing; and the peak of memory.
fn scale(_ferry: &Path) -> Result<()> {
    for (integrations, limit) in SCALES {
        let told = run::output(
            run::cargo(["run", "--quiet", "--release", "--locked"])
                .args(["--package", "oic-ferry-emulator", "--example", "scale"])
                .args(["--", &integrations.to_string()]),
        )?;
        let told: Value = serde_json::from_str(&told).context("what the scale example told")?;
        let number = |key: &str| {
            let value = told.get(key).and_then(Value::as_f64);
            value.with_context(|| format!("the scale example told no {key}"))
        };
        for (step, limit) in [
            ("load", "-"),
            ("list", limit),
            ("export", limit),
            ("import", limit),
        ] {
            let seconds = number(&format!("{step}_seconds"))?;
            let each = seconds * 1e6 / f64::from(integrations);
            report(
                &format!("{step}, {integrations} integrations"),
                &format!("{seconds:.2} s, {each:.0} us each"),
                limit,
            );
        }
        let peak = number("peak_bytes")? / f64::from(integrations) / 1024.0;
        report(
            &format!("memory at its peak, {integrations} integrations"),
            &format!("{peak:.1} KiB each"),
            "-",
        );
    }
    Ok(())
}

/// Everything but letters and digits as `%XX`.
fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_encoded() {
        assert_eq!(encoded("https://a:443urn"), "https%3A%2F%2Fa%3A443urn");
    }
}
