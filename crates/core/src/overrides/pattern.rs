//! Which things an entry means, and which of several entries counts.

use std::cmp::Ordering;

use crate::ids::{check_no_control, text_id};

text_id! {
    /// The name of an entry: `CODE`, wherever it lies, or `PROJECT/CODE`, where nothing before the `/` is what lies in
    /// no project. `*` stands for any characters.
    ///
    /// An entry without `*` is stronger than one with it; of two with it the one with more other characters; of two that
    /// are equal so far the one that names a project, by the same rule. [`Pattern::strength`] has this order.
    Pattern, "the name of an entry", check: check_pattern
}

fn check_pattern(text: &str) -> Result<(), &'static str> {
    check_no_control(text)?;
    let code = text.split_once('/').map_or(text, |(_, code)| code);
    if code.trim().is_empty() {
        return Err("it is blank");
    }
    Ok(())
}

impl Pattern {
    /// Whether something of this project and code is meant.
    pub fn fits(&self, project: Option<&str>, code: &str) -> bool {
        self.fits_code(code)
            && self.project().is_none_or(|wanted| {
                fits(wanted, project.unwrap_or_default()) && wanted.is_empty() == project.is_none()
            })
    }

    /// Whether the code fits, whatever the project.
    pub fn fits_code(&self, code: &str) -> bool {
        fits(self.code(), code)
    }

    /// The pattern of the code.
    pub fn code(&self) -> &str {
        let text = self.as_str();
        text.split_once('/').map_or(text, |(_, code)| code)
    }

    /// The pattern of the project; empty is none, `None` any or none.
    pub fn project(&self) -> Option<&str> {
        Some(self.as_str().split_once('/')?.0)
    }

    /// Whether it can mean one code only.
    pub fn is_exact(&self) -> bool {
        !self.code().contains('*')
    }

    /// Which of two patterns is the stronger, where both fit.
    pub fn strength(&self, other: &Self) -> Ordering {
        self.rank().cmp(&other.rank())
    }

    fn rank(&self) -> [usize; 4] {
        let of = |text: &str| {
            let literal = text.chars().filter(|c| *c != '*').count();
            [usize::from(!text.contains('*')), literal]
        };
        let [exact, literal] = of(self.code());
        let [project_exact, project_literal] = self.project().map_or([0, 0], |project| {
            let [exact, literal] = of(project);
            [exact, literal + 1]
        });
        [exact, literal, project_exact, project_literal]
    }
}

/// Whether the whole of `text` fits; `*` stands for any characters.
pub(super) fn fits(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(mut text) = text.strip_prefix(first) else {
        return false;
    };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        // The leftmost place leaves the most for what follows.
        match text.split_once(part) {
            Some((_, after)) => text = after,
            None => return false,
        }
    }
    text.ends_with(last)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pattern(text: &str) -> Pattern {
        text.parse().unwrap()
    }

    /// The same by trying every way to read the pattern.
    fn slow(pattern: &[char], text: &[char]) -> bool {
        match pattern.split_first() {
            None => text.is_empty(),
            Some(('*', rest)) => (0..=text.len()).any(|from| slow(rest, &text[from..])),
            Some((c, rest)) => text.first() == Some(c) && slow(rest, &text[1..]),
        }
    }

    proptest! {
        #[test]
        fn fits_as_trying_every_way_does(pattern in "[ab*]{0,7}", text in "[ab]{0,9}") {
            let chars = |text: &str| text.chars().collect::<Vec<_>>();
            prop_assert_eq!(fits(&pattern, &text), slow(&chars(&pattern), &chars(&text)));
        }
    }

    #[test]
    fn projects_are_told_apart() {
        for (text, none, finance) in [
            ("DB", true, true),
            ("D*", true, true),
            ("/DB", true, false),
            ("*/DB", false, true),
            ("FINANCE/DB", false, true),
            ("FIN*/*", false, true),
            ("HR/DB", false, false),
            ("/X", false, false),
        ] {
            assert_eq!(pattern(text).fits(None, "DB"), none, "{text}");
            assert_eq!(pattern(text).fits(Some("FINANCE"), "DB"), finance, "{text}");
        }
        for bad in ["", " ", "FINANCE/", "a\nb"] {
            assert!(bad.parse::<Pattern>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn the_order_of_strength_is_the_documented_one() {
        let ascending = [
            "*",
            "*/*",
            "F*/*",
            "F/*",
            "O*",
            "ORD*",
            "*/ORD*",
            "ORDERS*",
            "ORDERS",
            "*/ORDERS",
            "FIN*/ORDERS",
            "F/ORDERS",
        ];
        for pair in ascending.windows(2) {
            let [weak, strong] = pair else { unreachable!() };
            assert_eq!(
                pattern(weak).strength(&pattern(strong)),
                Ordering::Less,
                "{weak} {strong}"
            );
        }
        assert_eq!(pattern("A*").strength(&pattern("*B")), Ordering::Equal);
    }
}
