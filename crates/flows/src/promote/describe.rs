//! What a promotion came to, and what it would do.

use ferry_core::exit::Exit;
use ferry_core::flow::Promotion;
use ferry_core::job::ImportMode;

use super::PromoteRequest;
use super::prepare::named;
use crate::export::gen2_note;
use crate::{Environment, PromoteReport, Run};

/// A promotion as far as it has come.
pub(super) fn report(
    machine: &Promotion,
    from: &Environment,
    to: &Environment,
    run: &Run,
) -> PromoteReport {
    let of = |side: &Environment, export| crate::export::describe(side, export, Some(run.id()));
    let export = machine.export().map(|export| of(from, export));
    let safety_copy = machine.safety_copy();
    let safety_copy = safety_copy.name().map(|_| of(to, safety_copy));
    let import = machine.import().placed().map(|_| {
        crate::import::describe(to, machine.import(), ImportMode::ImportOnly, Some(run.id()))
    });
    let exports = export.iter().chain(&safety_copy);
    let mut next: Vec<String> = exports.flat_map(|export| export.next.clone()).collect();
    next.extend(import.iter().flat_map(|import| import.next.clone()));
    PromoteReport {
        exit: Exit::Done,
        run: Some(run.id().to_owned()),
        from: from.name.to_string(),
        to: to.name.to_string(),
        export,
        plan: None,
        safety_copy,
        stopped: machine
            .was_live()
            .map(|((project, id), _)| named(project.as_deref(), id))
            .collect(),
        import,
        connections: machine.connections().cloned().collect(),
        lookups: machine.lookups().cloned().collect(),
        schedules: machine.schedules().cloned().collect(),
        activations: machine.activations().cloned().collect(),
        missed: Vec::new(),
        next,
        notes: Vec::new(),
    }
}

/// What would be done.
pub(super) fn planned(
    from: &Environment,
    to: &Environment,
    request: &PromoteRequest,
) -> PromoteReport {
    let mut next = vec![format!("read what {} and {} hold", from.name, to.name)];
    next.push(match &request.archive {
        Some(archive) => format!("take {}", archive.shown(&to.name)),
        None => format!(
            "export {} at {}, {} security artifacts, verify the archive",
            from.name,
            from.instance.origin(),
            if request.security_artifacts {
                "with"
            } else {
                "without"
            }
        ),
    });
    next.push(format!(
        "make the plan; what stops it stops here ({})",
        if to.protected {
            "it is protected: without an approved plan nothing is changed"
        } else {
            "--live says what becomes of what is live today"
        }
    ));
    next.push(format!(
        "export {} into {}: a safety copy",
        to.name, to.storage.url
    ));
    if !from.storage.is(&to.storage) {
        next.push(format!(
            "carry the archive from {} to {}, and verify it again",
            from.storage.url, to.storage.url
        ));
    }
    next.push(format!(
        "import it into {} at {}, without activating",
        to.name,
        to.instance.origin()
    ));
    for (entry, one) in &to.overrides.stated.connections {
        let properties = one.properties.iter().map(|(name, _)| name);
        let singles = [
            one.policy.as_ref().map(|_| "security policy"),
            one.agent_group.as_ref().map(|_| "agent group"),
        ];
        let names: Vec<&str> = properties
            .chain(one.credentials.keys().map(String::as_str))
            .chain(singles.into_iter().flatten())
            .collect();
        match names.as_slice() {
            [] if one.keep.is_empty() => {}
            [] => next.push(format!("test {entry} as it is")),
            names => next.push(format!(
                "re-point {entry}: {}, and test it",
                names.join(", ")
            )),
        }
    }
    next.push("activate what is active in the source, children first; stop what still points at the source".to_owned());
    next.push("start the schedules that run in the source".to_owned());
    PromoteReport {
        exit: Exit::Done,
        run: None,
        from: from.name.to_string(),
        to: to.name.to_string(),
        export: None,
        plan: None,
        safety_copy: None,
        stopped: Vec::new(),
        import: None,
        connections: Vec::new(),
        lookups: Vec::new(),
        schedules: Vec::new(),
        activations: Vec::new(),
        missed: Vec::new(),
        next,
        notes: [from, to].into_iter().flat_map(gen2_note).collect(),
    }
}
