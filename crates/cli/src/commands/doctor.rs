//! `ferry doctor`.

use std::fmt::Write as _;

use ferry_core::exit::Exit;
use ferry_core::ids::EnvironmentName;
use serde_json::json;

use crate::app::App;
use crate::args::DoctorArgs;
use crate::config::SignInSettings;
use crate::doctor::{Finding, Stated, Verdict, diagnose, diagnose_storage, exit, gather, storage};
use crate::failure::Failure;
use crate::output::{Outcome, Report, Table};

/// Gathers, judges, tells.
pub(crate) async fn run(app: &App, args: DoctorArgs) -> Result<Outcome, Failure> {
    let ground = app.ground().await?;
    if ground.is_storage_alone(app, &args.environment)? {
        let (url, sign_in, _) = ground.storage(app, &args.environment)?;
        app.printer
            .talk(&format!("the bucket of {} is {url}", args.environment));
        let facts = app.unless_stopped(storage(app, &url, sign_in)).await??;
        return Ok(answer(&args.environment, &diagnose_storage(&facts)));
    }
    let environment = app.environment(&args.environment).await?;
    app.announce(&environment);
    let stated = stated(app, &args.environment).await?;
    let facts = app
        .unless_stopped(gather(app, &environment, stated))
        .await??;
    Ok(answer(&args.environment, &diagnose(&facts)))
}

fn answer(environment: &EnvironmentName, findings: &[Finding]) -> Outcome {
    let exit = exit(findings);
    let data = json!({ "environment": environment, "findings": findings });
    Outcome::new(exit, Report::new(&data, text(findings, exit)))
}

/// What the configuration, or the emulator, states of the sign-in.
async fn stated(app: &App, name: &EnvironmentName) -> Result<Stated, Failure> {
    if let Some((instance, scope, by_token)) = app.ground().await?.stated(name) {
        return Ok(Stated {
            instance,
            scope,
            by_token,
        });
    }
    let settings = app.config()?.environment(name)?;
    let (scope, by_token) = match settings.sign_in {
        SignInSettings::ClientCredentials { scope, .. } => (scope, true),
        SignInSettings::Basic { .. } => (None, false),
    };
    Ok(Stated {
        instance: settings.instance,
        scope,
        by_token,
    })
}

fn text(findings: &[Finding], exit: Exit) -> String {
    let mut table = Table::new(["CHECK", "", "FOUND"]);
    // Writing to a String cannot fail.
    let mut details = String::new();
    for finding in findings {
        let verdict = match finding.verdict {
            Verdict::Fine => "ok",
            Verdict::Note => "note",
            Verdict::Bad => "BAD",
            Verdict::Skipped => "-",
        };
        table.row([finding.check, verdict, &finding.what]);
        if matches!(finding.verdict, Verdict::Bad | Verdict::Note) {
            let _ = writeln!(details, "\n{}: {}", finding.check, finding.what);
            let lines = [
                ("cause", &finding.cause),
                ("evidence", &finding.evidence),
                ("next", &finding.next),
            ];
            for (label, line) in lines {
                if let Some(line) = line {
                    let _ = writeln!(details, "  {label}: {line}");
                }
            }
        }
    }
    let end = if exit == Exit::Done {
        "\nall that is needed works\n"
    } else {
        ""
    };
    format!("{}{details}{end}", table.text())
}
