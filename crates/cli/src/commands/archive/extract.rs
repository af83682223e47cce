//! `ferry archive extract`.

use ferry_core::exit::Exit;
use ferry_flows::archive::{Extracted, extract};

use super::Opened;
use crate::app::App;
use crate::args::Extracting;
use crate::failure::Failure;
use crate::output::{Outcome, Report, amount, clean_line, counted};

pub(super) async fn run(app: &App, args: Extracting) -> Result<Outcome, Failure> {
    let limits = args.limits.limits();
    let options = (args.with_secrets, args.replace);
    let (source, target) = (args.file, args.target);
    let work = app.aside(move || {
        let opened = Opened::read(&source, limits)?;
        let done = extract(&opened.archive, &opened.survey, &target, options)?;
        Ok::<_, Failure>((opened, done))
    });
    let (opened, done) = work.await??;
    opened.warn_of_damage(app);
    let partly = !opened.survey.is_whole() || !done.tree.left_out.is_empty();
    let exit = if partly { Exit::Partly } else { Exit::Done };
    Ok(Outcome::new(exit, Report::new(&done, text(&done))))
}

fn text(done: &Extracted) -> String {
    let tree = &done.tree;
    let mut text = String::new();
    for (path, why) in &tree.left_out {
        text += &clean_line(&format!("left out {path}: {why}"));
        text.push('\n');
    }
    text += &format!(
        "{}: {}, {}",
        clean_line(&done.folder),
        counted(tree.files, "file"),
        amount(tree.bytes)
    );
    if tree.secrets_taken_out > 0 {
        text += &format!("; {} taken out", counted(tree.secrets_taken_out, "secret"));
    }
    text.push('\n');
    text
}
