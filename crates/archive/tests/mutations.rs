//! Each change of an instance is exactly one difference, and no noise is one.

use std::io::{self, Cursor};

use ferry_archive::{Archive, Limits, Survey, add_lines, diff};
use ferry_core::model::ArtifactDifference;
use ferry_testkit::instance::{Form, Home, Mutation, Noise, car, iar, sample, whole};

type Bytes<'a> = Box<dyn Fn() -> io::Result<Cursor<&'a [u8]>> + Sync + 'a>;

/// An archive, looked through once.
struct Known<'a> {
    archive: Archive<Bytes<'a>>,
    survey: Survey,
}

fn known(bytes: &[u8]) -> Known<'_> {
    let open: Bytes<'_> = Box::new(move || Ok(Cursor::new(bytes)));
    let archive = Archive::new(open, Limits::default());
    let survey = archive.survey().expect("it can be read");
    Known { archive, survey }
}

fn differences(before: &Known<'_>, after: &[u8]) -> Vec<ArtifactDifference> {
    let after = known(after);
    diff(
        (&before.archive, &before.survey),
        (&after.archive, &after.survey),
    )
    .expect("both can be read again")
}

fn told(found: &[ArtifactDifference]) -> Vec<String> {
    let mut lines = Vec::new();
    for one in found {
        if one.differences.is_empty() {
            lines.push(format!("{} {:?}", one.artifact, one.change));
        }
        for it in &one.differences {
            lines.push(format!(
                "{} {:?} {:?} {} [{:?} -> {:?}]",
                one.artifact,
                it.section,
                it.change,
                it.path.join(" › "),
                it.before,
                it.after
            ));
        }
    }
    lines
}

/// What is said of each.
fn words(mutation: Mutation) -> &'static str {
    match mutation {
        Mutation::Endpoint => "Content Changed property connectionUrl [",
        Mutation::AdapterProperty => "Content Changed property suppressTimestampForRequest [",
        Mutation::EndpointConfiguration => {
            "Content Changed scope 'StoreOrder' › invoke 'storeOrder' › adapter property HttpVerb ["
        }
        Mutation::SecurityPolicy => "Content Changed security policy [",
        Mutation::Role => "Content Changed role [",
        Mutation::AgentGroup => "Content Changed agent group [",
        Mutation::Attachment => "Content Changed attachment targetWSDLURL 'crm.wsdl' › SHA-256 [",
        Mutation::PlaceholderToLiteral => {
            r#"[Some("(left to the environment)") -> Some("https://orders.example.com")]"#
        }
        Mutation::Expression => {
            "Content Changed assign 'SetTotal' › variable 'total' › expression ["
        }
        Mutation::Map => "Content Changed scope 'StoreOrder' › map 'to storeOrder' › map [",
        Mutation::ActionAdded => "Content Added logger 'LogMore' [",
        Mutation::ActionRemoved => "Content Removed logger 'LogEnd' [",
        Mutation::ActionMoved => {
            r#"Content Moved logger 'LogEnd' [Some("after switch") -> Some("after assign 'SetTotal'")]"#
        }
        Mutation::ActionRenamed => {
            r#"Content Renamed assign 'SetSum' [Some("SetTotal") -> Some("SetSum")]"#
        }
        Mutation::RouterCondition => "Content Changed switch › branch 'Large' › expression [",
        Mutation::Loop => "Content Changed for-each 'EachLine' › expression [",
        Mutation::FaultHandler => "Content Added scope 'StoreOrder' › fault handler [",
        Mutation::ParallelBranch => "Content Added parallel 'Both' › parallel branch 'Audit' [",
        Mutation::TrackingVariable => {
            "Content Changed trigger 'receiveOrder' › tracking variable 2 'customer' › value ["
        }
        Mutation::NotificationText => {
            "Content Changed switch › branch 'Large' › notification 'TellSales' › text ["
        }
        Mutation::JavaScriptFunction => "Content Changed JavaScript 'grossPrice' › function [",
        Mutation::ChildIntegration => "Content Changed invoke 'enrich' › integration called [",
        Mutation::Version => "Content Changed version [",
        Mutation::State => "State Changed activation [",
        Mutation::Name => "Content Changed name [",
        Mutation::Description => "Content Changed description [",
        Mutation::TriggerPattern => "Content Changed trigger pattern [",
        Mutation::PackageMembership => "State Changed package [",
        Mutation::LookupCell => "Content Changed table › row 'FR' › column Name [",
        Mutation::LookupRow => "Content Added table › row 'IT' [",
        Mutation::LookupColumn => "Content Added table › column Continent [",
        Mutation::ScheduleInterval => "Content Changed recurrence › interval [",
        Mutation::ScheduleZone => "Content Changed time-zone [",
        Mutation::ScheduleStart => "Content Changed recurrence › start [",
        Mutation::LibrarySource => "Content Changed source prices.js [",
        Mutation::ProjectDeployment => "Content Removed member integration PAYMENT_RECON [",
        Mutation::Certificate => "Content Changed content [",
    }
}

fn each_mutation_is_exactly_one_difference(form: Form) {
    let mut wrong = Vec::new();
    let before = whole(&sample(), form, &Noise::all(1));
    let before = known(&before);
    for mutation in Mutation::ALL {
        let mut changed = sample();
        mutation.apply(&mut changed);
        let found = told(&differences(
            &before,
            &whole(&changed, form, &Noise::all(2)),
        ));
        let about = found.first().is_some_and(|line| {
            line.contains(mutation.subject()) && line.contains(words(mutation))
        });
        if found.len() != 1 || !about {
            wrong.push(format!("{mutation:?}: {found:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_mutation_is_exactly_one_difference_of_a_nested_instance() {
    each_mutation_is_exactly_one_difference(Form::Nested);
}

#[test]
fn each_mutation_is_exactly_one_difference_of_a_flat_instance() {
    each_mutation_is_exactly_one_difference(Form::Flat);
}

#[test]
fn each_mutation_is_exactly_one_difference_of_a_wrapped_instance() {
    each_mutation_is_exactly_one_difference(Form::Wrapper);
}

#[test]
fn a_changed_map_is_told_line_by_line() {
    let mut changed = sample();
    Mutation::Map.apply(&mut changed);
    let before = whole(&sample(), Form::Nested, &Noise::all(1));
    let after = whole(&changed, Form::Nested, &Noise::all(2));
    let (before, after) = (known(&before), known(&after));
    let (old, new) = (
        (&before.archive, &before.survey),
        (&after.archive, &after.survey),
    );
    let mut found = diff(old, new).unwrap();
    add_lines(old, new, &mut found).unwrap();
    let files = found[0].differences[0].files.take().unwrap();
    let text = files.lines.unwrap();
    let lines: Vec<&str> = text
        .lines()
        .skip(2)
        .filter(|line| line.starts_with(['+', '-']))
        .collect();
    assert!(
        matches!(lines[..], [old, new] if old.contains("+ 1") && new.contains("+ 2")),
        "{text}"
    );
}

#[test]
fn all_noise_together_is_no_difference() {
    for form in Form::ALL {
        let before = whole(&sample(), form, &Noise::all(3));
        let after = whole(&sample(), form, &Noise::all(4));
        let found = told(&differences(&known(&before), &after));
        assert_eq!(found, Vec::<String>::new(), "{form:?}");
    }
}

#[test]
fn one_flow_means_the_same_in_every_container() {
    let instance = sample();
    let wholes = Form::ALL.map(|form| whole(&instance, form, &Noise::none()));
    let [nested, flat, wrapper] = &wholes;
    assert_eq!(
        told(&differences(&known(nested), flat)),
        Vec::<String>::new()
    );
    // The wrapper has a list of its own.
    assert_eq!(
        told(&differences(&known(nested), wrapper)),
        ["unknown manifest.json Added"]
    );
    let project = &instance.projects[0];
    let member = instance
        .integrations
        .iter()
        .find(|it| it.home == Home::Project(project.code.clone()))
        .unwrap();
    let alone = iar(&instance, member, &Noise::all(1));
    let found = told(&differences(
        &known(&alone),
        &car(&instance, project, None, &Noise::all(2)),
    ));
    let changed: Vec<_> = found
        .iter()
        .filter(|line| line.contains(&member.code) && !line.ends_with("Added"))
        .collect();
    assert!(changed.is_empty(), "{changed:#?}");
}
