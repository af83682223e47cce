//! The words of a Rust file, without its comments and without what only tests see.
//!
//! Far from a parser: enough to tell an identifier from a word in a comment or in a text.

/// One word, sign or literal, with the line (from 1) on which it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    pub(crate) text: &'a str,
    pub(crate) line: usize,
    pub(crate) kind: Kind,
}

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An identifier or a keyword.
    Word,
    /// A text, a character, a number or a lifetime.
    Literal,
    /// `::` or a single sign.
    Sign,
}

/// All tokens; comments and blanks are left out.
pub(crate) fn tokens(source: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = source;
    let mut line = 1;
    while let Some(first) = rest.chars().next() {
        let (length, kind) = next(rest, first);
        let (text, behind) = rest.split_at(length);
        if let Some(kind) = kind {
            tokens.push(Token { text, line, kind });
        }
        line += text.matches('\n').count();
        rest = behind;
    }
    tokens
}

/// The length of what stands at the beginning, and its kind unless it is a comment or blank.
fn next(rest: &str, first: char) -> (usize, Option<Kind>) {
    if first.is_whitespace() {
        return (first.len_utf8(), None);
    }
    if rest.starts_with("//") {
        return (rest.find('\n').unwrap_or(rest.len()), None);
    }
    if rest.starts_with("/*") {
        return (block_comment(rest), None);
    }
    if let Some(length) = raw_text(rest) {
        return (length, Some(Kind::Literal));
    }
    for prefix in ["\"", "b\"", "c\""] {
        if rest.starts_with(prefix) {
            return (quoted(rest, prefix.len(), '"'), Some(Kind::Literal));
        }
    }
    if rest.starts_with("b'") {
        return (quoted(rest, 2, '\''), Some(Kind::Literal));
    }
    if first == '\'' {
        return (character_or_lifetime(rest), Some(Kind::Literal));
    }
    let word = rest
        .find(|c: char| !(c.is_alphanumeric() || c == '_'))
        .unwrap_or(rest.len());
    if word > 0 {
        let kind = if first.is_ascii_digit() {
            Kind::Literal
        } else {
            Kind::Word
        };
        return (word, Some(kind));
    }
    let sign = if rest.starts_with("::") {
        2
    } else {
        first.len_utf8()
    };
    (sign, Some(Kind::Sign))
}

fn block_comment(rest: &str) -> usize {
    let mut depth = 0_usize;
    let mut previous = ' ';
    for (at, c) in rest.char_indices() {
        match (previous, c) {
            ('/', '*') => {
                depth += 1;
                previous = ' ';
            }
            ('*', '/') => {
                depth = depth.saturating_sub(1);
                previous = ' ';
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => previous = c,
        }
    }
    rest.len()
}

/// The length of `r"…"`, `r#"…"#`, `br"…"`, if one stands here.
fn raw_text(rest: &str) -> Option<usize> {
    let after = ["br", "cr", "r"]
        .iter()
        .find_map(|prefix| rest.strip_prefix(prefix))?;
    let inner = after.trim_start_matches('#');
    let marks = after.len() - inner.len();
    let body = inner.strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(marks));
    let start = rest.len() - body.len();
    Some(
        body.find(&end)
            .map_or(rest.len(), |at| start + at + end.len()),
    )
}

/// The length of a text that ends at the next `end` without a backslash before it.
fn quoted(rest: &str, skip: usize, end: char) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(skip) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == end => return at + c.len_utf8(),
            _ => {}
        }
    }
    rest.len()
}

fn character_or_lifetime(rest: &str) -> usize {
    let mut chars = rest.chars().skip(1);
    match (chars.next(), chars.next()) {
        (Some('\\'), _) => quoted(rest, 1, '\''),
        (Some(c), Some('\'')) => 2 + c.len_utf8(),
        _ => rest
            .char_indices()
            .skip(1)
            .find(|(_, c)| !(c.is_alphanumeric() || *c == '_'))
            .map_or(rest.len(), |(at, _)| at),
    }
}

/// The tokens that are compiled without tests: every item under `#[cfg(test)]` is left out.
pub(crate) fn without_tests<'a>(tokens: &[Token<'a>]) -> Vec<Token<'a>> {
    const MARK: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    let mut kept = Vec::with_capacity(tokens.len());
    let mut rest = tokens;
    while let Some((first, behind)) = rest.split_first() {
        if texts(rest, MARK.len()).eq(MARK) {
            rest = behind_item(rest.get(MARK.len()..).unwrap_or_default());
        } else {
            kept.push(*first);
            rest = behind;
        }
    }
    kept
}

/// The first `count` texts of the tokens.
pub(crate) fn texts<'a>(tokens: &[Token<'a>], count: usize) -> impl Iterator<Item = &'a str> {
    tokens.iter().take(count).map(|token| token.text)
}

/// What follows an item: its `;` or the brace that closes it, attributes before it included.
fn behind_item<'a, 'b>(tokens: &'b [Token<'a>]) -> &'b [Token<'a>] {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate() {
        if token.kind != Kind::Sign {
            continue;
        }
        match token.text {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 && (token.text == "}" || token.text == ";") {
            return tokens.get(at + 1..).unwrap_or_default();
        }
    }
    &[]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(source: &str) -> Vec<&str> {
        let kept = without_tests(&tokens(source));
        kept.into_iter()
            .filter(|token| token.kind == Kind::Word)
            .map(|token| token.text)
            .collect()
    }

    #[test]
    fn comments_and_texts_are_no_words() {
        assert_eq!(
            words("let a = \"zip \\\" more\"; // oic\n/* swift /* deep */ x */ b"),
            ["let", "a", "b"]
        );
        assert_eq!(words("r#\"oic \" swift\"# b\"x\" b'\\'' c"), ["c"]);
        assert_eq!(
            words("fn f<'a>(x: &'a str) { '\\n'; 'x'; '\\'' }"),
            ["fn", "f", "x", "str"]
        );
    }

    #[test]
    fn lines_are_counted() {
        let found = tokens("a\n// x\n\"two\nlines\" b");
        let lines: Vec<_> = found.iter().map(|token| token.line).collect();
        assert_eq!(lines, [1, 3, 4]);
    }

    #[test]
    fn what_only_tests_see_is_left_out() {
        assert_eq!(
            words("fn a() {}\n#[cfg(test)]\nmod tests { fn b() { [1]; } }\nfn c() {}"),
            ["fn", "a", "fn", "c"]
        );
        assert_eq!(
            words("#[cfg(test)]\n#[derive(Debug)]\nuse x::y;\nstruct S;"),
            ["struct", "S"]
        );
    }
}
