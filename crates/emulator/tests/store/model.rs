//! The store behaves as plain maps do, whatever is asked in whatever order, in both dialects, and over restarts.

use ferry_emulator::{Options, Switches};
use proptest::prelude::*;

use crate::house::options;
use steps::{CONTAINERS, Step, step};

mod asked;
mod map;
mod objects;
mod rows;
mod run;
mod steps;

/// An emulator of this dialect.
fn speaking(dialect: &str) -> Options {
    let mut switches = Switches::default();
    switches.set("store-dialect", dialect).unwrap();
    Options {
        switches,
        ..options()
    }
}

fn run(options: &Options, steps: Vec<Step>) {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(run::run(options, steps));
}

/// So many steps at most. Most of them find their container.
fn steps(most: usize) -> impl Strategy<Value = Vec<Step>> {
    let begin = CONTAINERS.map(|name| Step::PutContainer(name, Vec::new()));
    prop::collection::vec(step(), 1..most)
        .prop_map(move |steps| begin.iter().cloned().chain(steps).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn agrees_with_oci(steps in steps(120)) {
        run(&speaking("oci"), steps);
    }

    #[test]
    fn agrees_with_upstream(steps in steps(120)) {
        run(&speaking("upstream"), steps);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, ..ProptestConfig::default() })]

    #[test]
    fn agrees_over_restarts(before in steps(30), after in steps(30), upstream: bool) {
        let folder = tempfile::tempdir().unwrap();
        let options = Options {
            data: Some(folder.path().to_owned()),
            ..speaking(if upstream { "upstream" } else { "oci" })
        };
        let steps = before.into_iter().chain([Step::Restart]).chain(after);
        run(&options, steps.collect());
    }
}
