//! What is turned in a case, read from the table of assumptions itself.

use std::fmt;

use ferry_core::job::Generation;
use ferry_emulator::{Row, Standing, Switches, fidelity};

use crate::array;

/// Of these rows, whose defaults are better known, one more value is turned: without it `job-outcome-times` would
/// show in nothing.
const BESIDES: &[(&str, &str)] = &[("job-outcome", "COMPLETED_WITH_ERRORS")];

/// Values that mean something together, and that a pair may hide where it stands beside others.
const TOGETHER: &[&[(&str, &str)]] =
    &[&[("failed-frees-name", "false"), ("import-existing", "fail")]];

const GENERATION: &str = "generation";
const SECURITY: &str = "--security-artifacts";

/// Something that has several values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Factor {
    pub(crate) name: &'static str,
    pub(crate) values: Vec<String>,
}

impl Factor {
    fn place(&self, value: &str) -> usize {
        let found = self.values.iter().position(|own| own == value);
        found.unwrap_or_else(|| panic!("{} has no {value}", self.name))
    }
}

/// Every assumed switch with all its values, and what a command of theirs meets besides.
///
/// # Panics
///
/// The table does not have what is named here.
pub(crate) fn factors() -> Vec<Factor> {
    let assumed = fidelity()
        .iter()
        .filter(|row| row.standing == Standing::Assumed)
        .map(|row| Factor {
            name: row.switch,
            values: [row.default_value().expect("a switch of this name")]
                .into_iter()
                .chain(row.others.iter().map(|&other| other.to_owned()))
                .collect(),
        });
    let besides = BESIDES.iter().map(|&(switch, other)| {
        let row = fidelity().iter().find(|row| row.switch == switch);
        let row = row.expect("a row of this name");
        assert!(row.others.contains(&other), "{switch} has no {other}");
        assert_ne!(row.standing, Standing::Assumed, "{switch} is turned anyway");
        Factor {
            name: row.switch,
            values: vec![
                row.default_value().expect("a switch of this name"),
                other.to_owned(),
            ],
        }
    });
    let own = [
        (GENERATION, ["gen3", "gen2"]),
        (SECURITY, ["true", "false"]),
    ];
    let own = own.map(|(name, values)| Factor {
        name,
        values: values.map(str::to_owned).to_vec(),
    });
    assumed.chain(besides).chain(own).collect()
}

/// Every case: each value alone, where it tells most clearly what is wrong, and every two of them together.
pub(crate) fn cases(factors: &[Factor]) -> Vec<Case> {
    let levels = levels(factors);
    let mut first = array::one_at_a_time(&levels);
    first.extend(TOGETHER.iter().map(|turned| {
        let place = |factor: &Factor| {
            let value = turned.iter().find(|(name, _)| *name == factor.name);
            let value = value.map(|(_, value)| factor.place(value));
            value.unwrap_or_default()
        };
        factors.iter().map(place).collect()
    }));
    let rows = array::covering(&levels, first);
    let numbered = (1..).zip(&rows);
    numbered
        .map(|(number, row)| Case::of(number, factors, row))
        .collect()
}

/// How many values each factor has.
pub(crate) fn levels(factors: &[Factor]) -> Vec<usize> {
    factors.iter().map(|factor| factor.values.len()).collect()
}

/// One value of every factor.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) number: usize,
    /// The place of each factor's value.
    pub(crate) row: Vec<usize>,
    /// Of both instances.
    pub(crate) generation: Generation,
    /// Whether the commands ask for security artifacts.
    pub(crate) security_artifacts: bool,
    /// The switches, each with its value.
    pub(crate) turned: Vec<(&'static str, String)>,
}

impl Case {
    /// The case of a row of the array.
    pub(crate) fn of(number: usize, factors: &[Factor], row: &[usize]) -> Self {
        let mut case = Self {
            number,
            row: row.to_vec(),
            generation: Generation::Gen3,
            security_artifacts: false,
            turned: Vec::new(),
        };
        for (factor, at) in factors.iter().zip(row) {
            let value = factor.values[*at].clone();
            match factor.name {
                GENERATION => case.generation = value.parse().expect("a generation"),
                SECURITY => case.security_artifacts = value == "true",
                switch => case.turned.push((switch, value)),
            }
        }
        case
    }

    /// The switches as the emulator takes them.
    ///
    /// # Panics
    ///
    /// It does not take one of them.
    pub(crate) fn switches(&self) -> Switches {
        let mut switches = Switches::default();
        for (switch, value) in &self.turned {
            switches
                .set(switch, value)
                .unwrap_or_else(|error| panic!("{error}"));
        }
        switches
    }
}

/// What differs from the defaults, as one would type it.
impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "case {}: {}", self.number, self.generation)?;
        if self.security_artifacts {
            write!(f, " {SECURITY}")?;
        }
        for (switch, value) in &self.turned {
            let row = fidelity().iter().find(|row| row.switch == *switch);
            if row.and_then(Row::default_value).as_ref() != Some(value) {
                write!(f, " {switch}={value}")?;
            }
        }
        Ok(())
    }
}
