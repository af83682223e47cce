//! Each change of an instance is exactly one difference, and no noise is one.

use std::io::{self, Cursor};

use ferry_archive::{Archive, Limits, diff};
use ferry_core::model::ArtifactDifference;
use ferry_testkit::instance::{
    Form, Home, Mutation, Noise, NoiseKind, car, iar, par, sample, whole,
};

fn differences(before: &[u8], after: &[u8]) -> Vec<ArtifactDifference> {
    let before = Archive::new(|| io::Result::Ok(Cursor::new(before)), Limits::default());
    let after = Archive::new(|| io::Result::Ok(Cursor::new(after)), Limits::default());
    let old = before.survey().unwrap();
    let new = after.survey().unwrap();
    diff((&before, &old), (&after, &new)).unwrap()
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

#[test]
fn each_mutation_is_exactly_one_difference() {
    let mut wrong = Vec::new();
    for form in Form::ALL {
        let before = whole(&sample(), form, &Noise::all(1));
        for mutation in Mutation::ALL {
            let mut changed = sample();
            mutation.apply(&mut changed);
            let found = told(&differences(
                &before,
                &whole(&changed, form, &Noise::all(2)),
            ));
            let about = found
                .first()
                .is_some_and(|line| line.contains(mutation.subject()));
            if found.len() != 1 || !about {
                wrong.push(format!("{form:?} {mutation:?}: {found:#?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_noise_is_a_difference() {
    let mut wrong = Vec::new();
    let mut check = |what: String, before: &[u8], after: &[u8]| {
        let found = told(&differences(before, after));
        if !found.is_empty() {
            wrong.push(format!("{what}: {found:#?}"));
        }
    };
    let instance = sample();
    for form in Form::ALL {
        let plain = whole(&instance, form, &Noise::none());
        for kind in NoiseKind::ALL {
            let noisy = whole(&instance, form, &Noise::only(kind, 7));
            check(format!("{form:?} {kind:?}"), &plain, &noisy);
        }
        check(
            format!("{form:?}"),
            &whole(&instance, form, &Noise::all(3)),
            &whole(&instance, form, &Noise::all(4)),
        );
    }
    for it in &instance.integrations {
        let plain = iar(&instance, it, &Noise::none());
        check(it.code.clone(), &plain, &iar(&instance, it, &Noise::all(5)));
    }
    for it in &instance.packages {
        let plain = par(&instance, &it.name, &Noise::none());
        check(
            it.name.clone(),
            &plain,
            &par(&instance, &it.name, &Noise::all(5)),
        );
    }
    for it in &instance.projects {
        let plain = car(&instance, it, None, &Noise::none());
        check(
            it.code.clone(),
            &plain,
            &car(&instance, it, None, &Noise::all(5)),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn one_flow_means_the_same_in_every_container() {
    let instance = sample();
    let wholes = Form::ALL.map(|form| whole(&instance, form, &Noise::none()));
    let [nested, flat, wrapper] = &wholes;
    assert_eq!(told(&differences(nested, flat)), Vec::<String>::new());
    assert_eq!(told(&differences(nested, wrapper)), Vec::<String>::new());
    let project = &instance.projects[0];
    let member = instance
        .integrations
        .iter()
        .find(|it| it.home == Home::Project(project.code.clone()))
        .unwrap();
    let alone = iar(&instance, member, &Noise::all(1));
    let found = told(&differences(
        &alone,
        &car(&instance, project, None, &Noise::all(2)),
    ));
    let changed: Vec<_> = found
        .iter()
        .filter(|line| line.contains(&member.code) && !line.ends_with("Added"))
        .collect();
    assert!(changed.is_empty(), "{changed:#?}");
}
