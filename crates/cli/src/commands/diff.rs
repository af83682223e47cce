//! `ferry diff`.

use ferry_core::exit::Exit;
use ferry_core::model::{ArtifactDifference, Change, Difference, Section};
use serde_json::json;

use super::archive::{Opened, unread};
use crate::app::App;
use crate::args::DiffArgs;
use crate::failure::Failure;
use crate::output::markup::{block, code};
use crate::output::{Outcome, Report, clean_line, counted};

/// Runs the command.
pub(crate) async fn run(app: &App, args: DiffArgs) -> Result<Outcome, Failure> {
    let limits = args.limits.limits();
    let (before, after, lines) = (args.before, args.after, args.text);
    let work = app.aside(move || {
        let before = Opened::read(&before, limits.clone())?;
        let after = Opened::read(&after, limits)?;
        let failed = |error: ferry_archive::Error| unread("one of the two", &error);
        let mut found = ferry_archive::diff(before.side(), after.side()).map_err(failed)?;
        if lines {
            ferry_archive::add_lines(before.side(), after.side(), &mut found).map_err(failed)?;
        }
        Ok::<_, Failure>((before, after, found))
    });
    let (before, after, found) = work.await??;
    before.warn_of_damage(app);
    after.warn_of_damage(app);
    let exit = if found.is_empty() {
        Exit::Done
    } else {
        Exit::No
    };
    let data = json!({
        "rule": ferry_archive::SEMANTIC_RULE,
        "equal": found.is_empty(),
        "artifacts": found,
    });
    let report = Report::new(&data, text(&found)).with_markdown(page(&found));
    Ok(Outcome::new(exit, report))
}

fn text(found: &[ArtifactDifference]) -> String {
    let mut text = String::new();
    for artifact in found {
        text += &format!("{}\n", clean_line(&head(artifact)));
        for it in &artifact.differences {
            let section = section(it.section);
            text += &clean_line(&format!(
                "  {section:8} {:8} {}",
                change(it.change),
                path(it)
            ));
            text.push('\n');
            for (label, value) in [("before", &it.before), ("after", &it.after)] {
                if let Some(value) = value {
                    text += &clean_line(&format!("    {label:6} {value}"));
                    text.push('\n');
                }
            }
            if let Some(lines) = it.files.as_ref().and_then(|files| files.lines.as_ref()) {
                for line in lines.lines() {
                    text += &format!("    {}\n", clean_line(line));
                }
            }
        }
    }
    text + &summary(found)
}

fn page(found: &[ArtifactDifference]) -> String {
    let mut page = String::new();
    for artifact in found {
        let end = word_of(artifact);
        page += &format!("### {} {end}\n\n", code(&called(artifact)));
        if let Some(was) = &artifact.was {
            page += &format!("It was {}.\n\n", code(&was.to_string()));
        }
        if artifact.differences.is_empty() {
            continue;
        }
        page += "| Section | What | Where | Before | After |\n| --- | --- | --- | --- | --- |\n";
        for it in &artifact.differences {
            page += &format!(
                "| {} | {} | {} | {} | {} |\n",
                section(it.section),
                change(it.change),
                code(&path(it)),
                code(it.before.as_deref().unwrap_or_default()),
                code(it.after.as_deref().unwrap_or_default())
            );
        }
        page.push('\n');
        for it in &artifact.differences {
            if let Some(lines) = it.files.as_ref().and_then(|files| files.lines.as_ref()) {
                page += &format!("{}\n\n{}\n", code(&path(it)), block("diff", lines));
            }
        }
    }
    page + &summary(found)
}

fn head(artifact: &ArtifactDifference) -> String {
    let was = artifact.was.as_ref().map(|was| format!(", was {was}"));
    format!(
        "{} {}{}",
        called(artifact),
        word_of(artifact),
        was.unwrap_or_default()
    )
}

/// Which one, and of which projects; the same may be outside of them as well.
fn called(artifact: &ArtifactDifference) -> String {
    let projects: Vec<&str> = artifact
        .projects
        .iter()
        .flatten()
        .map(String::as_str)
        .collect();
    let also = if projects.len() < artifact.projects.len() {
        ", also"
    } else {
        ""
    };
    match projects.as_slice() {
        [] => artifact.artifact.to_string(),
        some => format!("{}{also} of project {}", artifact.artifact, some.join(", ")),
    }
}

fn word_of(artifact: &ArtifactDifference) -> &'static str {
    match artifact.change {
        Change::Added => "is new",
        Change::Removed => "is gone",
        Change::Changed | Change::Moved | Change::Renamed => "changed",
    }
}

fn path(difference: &Difference) -> String {
    difference.path.join(" › ")
}

fn section(section: Section) -> &'static str {
    match section {
        Section::Content => "content",
        Section::State => "state",
        Section::Unknown => "unknown",
    }
}

fn change(change: Change) -> &'static str {
    match change {
        Change::Added => "added",
        Change::Removed => "removed",
        Change::Changed => "changed",
        Change::Moved => "moved",
        Change::Renamed => "renamed",
    }
}

fn summary(found: &[ArtifactDifference]) -> String {
    if found.is_empty() {
        return "no difference in what they mean\n".to_owned();
    }
    let of = |change| found.iter().filter(|it| it.change == change).count();
    let (added, removed) = (of(Change::Added), of(Change::Removed));
    let changed = found.len() - added - removed;
    format!(
        "{} changed, {added} new, {removed} gone\n",
        counted(changed as u64, "artifact")
    )
}
