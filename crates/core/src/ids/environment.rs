//! The name of an environment in the workspace file.

use super::text::{Checked, check_length, text_id};

text_id! {
    /// The name of an environment: 1 to 64 letters, digits, `-` and `_` (ASCII), beginning with a letter or digit.
    /// It is part of file names, job names and references, hence the narrow alphabet.
    EnvironmentName, "the name of an environment", check: check
}

fn check(name: &str) -> Checked {
    check_length(name, 64)?;
    if !name.starts_with(|first: char| first.is_ascii_alphanumeric()) {
        return Err("it does not begin with a letter or digit");
    }
    if name
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
    {
        Ok(())
    } else {
        Err("it may hold only letters, digits, '-' and '_'")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_narrow_alphabet_only() {
        for good in ["test", "prod", "live-2", "A_b", "0", &"a".repeat(64)] {
            assert_eq!(good.parse::<EnvironmentName>().unwrap().as_str(), good);
        }
        for bad in [
            "",
            "-a",
            "_a",
            "a b",
            "a/b",
            "ä",
            "a.b",
            " a",
            &"a".repeat(65),
        ] {
            assert!(bad.parse::<EnvironmentName>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn serde_checks_too() {
        let name: EnvironmentName = serde_json::from_str("\"test\"").unwrap();
        assert_eq!(serde_json::to_string(&name).unwrap(), "\"test\"");
        assert!(serde_json::from_str::<EnvironmentName>("\"a b\"").is_err());
    }
}
