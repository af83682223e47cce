//! The filter language of lists.

/// One condition. All of a list must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Filter {
    pub(super) field: String,
    pub(super) value: String,
    /// Anywhere in the text, in any letter case (the case is assumed); else the text itself.
    pub(super) contains: bool,
}

impl Filter {
    pub(super) fn takes(&self, text: &str) -> bool {
        if self.contains {
            text.to_lowercase().contains(&self.value.to_lowercase())
        } else {
            text == self.value
        }
    }
}

/// Reads `{name: /contains/, status: 'EXACT'}`, and where `older` says so `{name like 'X'} & {status like 'Y'}`, which
/// is documented for the ancestor of Gen2.
///
/// # Errors
///
/// What is wrong with it.
pub(super) fn read(q: &str, older: bool) -> Result<Vec<Filter>, String> {
    let q = q.trim();
    let inner = q
        .strip_prefix('{')
        .ok_or("q does not begin with {, as in {name: 'X', status: 'Y'}")?;
    if is_older(inner) {
        return if older {
            groups(q)
        } else {
            Err("the form {name like 'X'} is of Gen2; Gen3 takes {name: /X/}".to_owned())
        };
    }
    let (filters, rest) = pairs(inner)?;
    if rest.trim().is_empty() {
        Ok(filters)
    } else {
        Err("q goes on after its }".to_owned())
    }
}

/// Whether the first word is followed by `like`.
fn is_older(inner: &str) -> bool {
    let mut words = inner.split_whitespace();
    words.next().is_some_and(|name| !name.contains(':'))
        && words.next().is_some_and(|w| w.eq_ignore_ascii_case("like"))
}

/// `name: 'value', …}`, and what stands behind.
fn pairs(inner: &str) -> Result<(Vec<Filter>, &str), String> {
    let mut out = Vec::new();
    let mut rest = inner.trim_start();
    if let Some(behind) = rest.strip_prefix('}') {
        return Ok((out, behind));
    }
    loop {
        let (field, after) = rest
            .split_once(':')
            .ok_or("a field of q is followed by no :")?;
        let field = name(field)?;
        let (value, contains, tail) = value(after, &field)?;
        out.push(Filter {
            field,
            value: value.to_owned(),
            contains,
        });
        let tail = tail.trim_start();
        if let Some(behind) = tail.strip_prefix('}') {
            return Ok((out, behind));
        }
        rest = tail
            .strip_prefix(',')
            .ok_or("a value of q is followed by neither , nor }")?;
    }
}

/// `{name like 'X'} & {…}`.
fn groups(q: &str) -> Result<Vec<Filter>, String> {
    let mut out = Vec::new();
    let mut rest = q;
    loop {
        let inner = rest
            .trim_start()
            .strip_prefix('{')
            .ok_or("a group of q does not begin with {")?;
        let (field, after) = inner
            .trim_start()
            .split_once(char::is_whitespace)
            .ok_or("a field of q is followed by no like")?;
        let field = name(field)?;
        let after = after.trim_start();
        let after = after
            .get(..4)
            .filter(|word| word.eq_ignore_ascii_case("like"))
            .and_then(|_| after.get(4..))
            .ok_or("a field of q is followed by no like")?;
        let (value, _, tail) = value(after, &field)?;
        out.push(Filter {
            field,
            value: value.to_owned(),
            contains: true,
        });
        let tail = tail.trim_start();
        let behind = tail
            .strip_prefix('}')
            .ok_or("a group of q does not end with }")?
            .trim_start();
        if behind.is_empty() {
            return Ok(out);
        }
        rest = behind
            .strip_prefix('&')
            .ok_or("groups of q are joined by &")?;
    }
}

fn name(text: &str) -> Result<String, String> {
    let text = text.trim();
    if !text.is_empty() && text.chars().all(char::is_alphanumeric) {
        Ok(text.to_owned())
    } else {
        Err("a field of q has no name of letters and digits".to_owned())
    }
}

/// A text between quotes, or between slashes, which means that it is contained; and what stands behind.
fn value<'a>(after: &'a str, field: &str) -> Result<(&'a str, bool, &'a str), String> {
    let after = after.trim_start();
    for quote in ['\'', '"', '/'] {
        let Some(open) = after.strip_prefix(quote) else {
            continue;
        };
        let (value, tail) = open
            .split_once(quote)
            .ok_or_else(|| format!("the value of {field} in q does not end"))?;
        return Ok((value, quote == '/', tail));
    }
    Err(format!("the value of {field} in q is neither 'X' nor /X/"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn filter(field: &str, value: &str, contains: bool) -> Filter {
        Filter {
            field: field.to_owned(),
            value: value.to_owned(),
            contains,
        }
    }

    #[test]
    fn the_documented_filters() {
        let both = [
            filter("name", "SC2RN", true),
            filter("status", "CONFIGURED", false),
        ];
        assert_eq!(
            read("{name : /SC2RN/, status : 'CONFIGURED'}", false).unwrap(),
            both
        );
        assert_eq!(
            read("{name:'a}b, c'}", false).unwrap(),
            [filter("name", "a}b, c", false)]
        );
        assert!(read("{}", false).unwrap().is_empty());
        assert!(both[0].takes("a sc2rn b") && !both[1].takes("configured"));
    }

    #[test]
    fn the_older_form_is_gen2_s() {
        let q = "{name like 'X'} & {status like 'Y'} & {type like 'Z'}";
        let all = [("name", "X"), ("status", "Y"), ("type", "Z")];
        assert_eq!(read(q, true).unwrap(), all.map(|(f, v)| filter(f, v, true)));
        assert!(read(q, false).unwrap_err().contains("Gen2"));
        assert!(read("{name like 'X'} {type like 'Z'}", true).is_err());
    }

    #[test]
    fn anything_else_is_refused() {
        for q in [
            "",
            "name",
            "{name}",
            "{name:}",
            "{name:'x}",
            "{name:'x'",
            "{name:'x'} y",
            "{name:x}",
            "{name:'x' status:'y'}",
            "{:'x'}",
            "{na me:'x'}",
            "{name:'x',}",
            "{name like X}",
        ] {
            assert!(read(q, true).is_err(), "{q}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(q in ".{0,40}", older: bool) {
            let _ = read(&q, older);
            let _ = read(&format!("{{{q}}}"), older);
            let _ = read(&format!("{{name {q}}} & {{"), older);
        }

        #[test]
        fn values_come_through(value in "[^']{0,20}") {
            let filters = read(&format!("{{name: '{value}'}}"), false).unwrap();
            prop_assert_eq!(&filters[0].value, &value);
            let filters = read(&format!("{{name like '{value}'}}"), true).unwrap();
            prop_assert_eq!(&filters[0].value, &value);
        }
    }
}
