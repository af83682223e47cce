//! Patterns over object names: `?` is one character of a level, `*` any number of them, `**` goes over levels.

use std::fmt;
use std::str::FromStr;

/// A pattern for whole names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glob {
    text: String,
    parts: Vec<Part>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Is(char),
    /// `?`
    One,
    /// `*`
    Level,
    /// `**`
    Any,
    /// `**/`: any number of whole levels, none too.
    Levels,
}

impl Glob {
    /// Whether the whole of `name` fits.
    ///
    /// Every way to read the pattern is followed at once, so that the time is that of pattern times name at most,
    /// whoever wrote the name.
    pub fn fits(&self, name: &str) -> bool {
        let mut at = vec![false; self.parts.len() + 1];
        self.enter(&mut at, 0);
        for c in name.chars() {
            let mut next = vec![false; at.len()];
            for (here, part) in self.parts.iter().enumerate() {
                if !at.get(here).is_some_and(|is| *is) {
                    continue;
                }
                match part {
                    Part::Is(wanted) if *wanted == c => self.enter(&mut next, here + 1),
                    Part::One if c != '/' => self.enter(&mut next, here + 1),
                    Part::Level if c != '/' => self.enter(&mut next, here),
                    Part::Any => self.enter(&mut next, here),
                    // Behind its levels comes the beginning of one.
                    Part::Levels if c == '/' => self.enter(&mut next, here),
                    Part::Levels => set(&mut next, here),
                    _ => {}
                }
            }
            at = next;
        }
        at.last().is_some_and(|end| *end)
    }

    /// Marks a part as reached, and what follows it where it may stand for nothing.
    fn enter(&self, at: &mut [bool], mut here: usize) {
        set(at, here);
        while let Some(Part::Level | Part::Any | Part::Levels) = self.parts.get(here) {
            here += 1;
            set(at, here);
        }
    }
}

fn set(at: &mut [bool], here: usize) {
    if let Some(mark) = at.get_mut(here) {
        *mark = true;
    }
}

impl FromStr for Glob {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.is_empty() {
            return Err("an empty pattern fits nothing");
        }
        let mut parts = Vec::new();
        let mut rest = text;
        let mut begins = true;
        while let Some(c) = rest.chars().next() {
            let (part, len) = match c {
                '*' if begins && rest.starts_with("**/") => (Part::Levels, 3),
                '*' if rest.starts_with("**") => (Part::Any, 2),
                '*' => (Part::Level, 1),
                '?' => (Part::One, 1),
                c => (Part::Is(c), c.len_utf8()),
            };
            begins = matches!(part, Part::Levels | Part::Is('/'));
            parts.push(part);
            rest = rest.get(len..).unwrap_or_default();
        }
        Ok(Self {
            text: text.to_owned(),
            parts,
        })
    }
}

impl fmt::Display for Glob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Which of many names are meant.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// One of these must fit; none at all is every name.
    pub include: Vec<Glob>,
    /// None of these may fit.
    pub exclude: Vec<Glob>,
}

impl Filter {
    /// Whether a name is meant.
    pub fn takes(&self, name: &str) -> bool {
        let fits = |globs: &[Glob]| globs.iter().any(|glob| glob.fits(name));
        (self.include.is_empty() || fits(&self.include)) && !fits(&self.exclude)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fits(glob: &str, name: &str) -> bool {
        glob.parse::<Glob>().unwrap().fits(name)
    }

    /// The same by plain backtracking.
    fn slowly(parts: &[Part], name: &[char]) -> bool {
        let Some((part, rest)) = parts.split_first() else {
            return name.is_empty();
        };
        let level = name.iter().take_while(|c| **c != '/').count();
        let mut cuts = 0..=name.len();
        match part {
            Part::Is(wanted) => name.first() == Some(wanted) && slowly(rest, &name[1..]),
            Part::One => level > 0 && slowly(rest, &name[1..]),
            Part::Level => (0..=level).any(|cut| slowly(rest, &name[cut..])),
            Part::Any => cuts.any(|cut| slowly(rest, &name[cut..])),
            Part::Levels => {
                cuts.any(|cut| (cut == 0 || name[cut - 1] == '/') && slowly(rest, &name[cut..]))
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]
        #[test]
        fn it_means_what_is_written(glob in "[ab*?/]{1,8}", name in "[ab/]{0,8}") {
            let name_as: Vec<char> = name.chars().collect();
            let parts = glob.parse::<Glob>().unwrap().parts;
            prop_assert_eq!(fits(&glob, &name), slowly(&parts, &name_as), "{} {}", glob, name);
        }

        #[test]
        fn a_plain_name_is_its_own_pattern(name in "[^*?]{1,40}") {
            prop_assert!(fits(&name, &name));
            prop_assert!(fits("**", &name));
        }
    }

    #[test]
    fn levels_count() {
        for (glob, name, expected) in [
            ("*.zip", "a.zip", true),
            ("*.zip", "x/a.zip", false),
            ("**/*.zip", "a.zip", true),
            ("**/*.zip", "x/y/a.zip", true),
            ("**.zip", "x/y/a.zip", true),
            ("x/**", "x/y/z", true),
            ("x/**", "x", false),
            ("x/**/z", "x/z", true),
            ("x/**/z", "x/y/z", true),
            ("x/**/z", "xz", false),
            ("?", "é", true),
            ("?", "/", false),
            ("a?c", "a/c", false),
            ("[ab]", "a", false),
        ] {
            assert_eq!(fits(glob, name), expected, "{glob} {name}");
        }
    }

    #[test]
    fn a_hostile_pair_takes_no_time() {
        let glob = "*a".repeat(40) + "b";
        assert!(!fits(&glob, &"a".repeat(1024)));
        assert!(!fits(&"**a".repeat(40), &"b".repeat(1024)));
    }

    #[test]
    fn what_is_excluded_is_out_whatever_includes_it() {
        let globs = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect();
        let filter = Filter {
            include: globs(&["*.zip", "x/**"]),
            exclude: globs(&["**/b*"]),
        };
        for (name, taken) in [
            ("a.zip", true),
            ("x/c", true),
            ("x/b", false),
            ("a.txt", false),
        ] {
            assert_eq!(filter.takes(name), taken, "{name}");
        }
        assert!(Filter::default().takes("anything"));
    }
}
