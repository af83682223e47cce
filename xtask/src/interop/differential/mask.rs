//! What two servers never say alike: times, ids, boundaries.

/// A shape of text: `d` is a digit, `h` a hexadecimal one, `a` a letter; the rest stands for itself.
struct Shape {
    shape: &'static str,
    mask: &'static str,
}

const SHAPES: &[Shape] = &[
    Shape {
        shape: "aaa, dd aaa dddd dd:dd:dd GMT",
        mask: "<date>",
    },
    Shape {
        shape: "dddd-dd-ddTdd:dd:dd.dddddd",
        mask: "<time>",
    },
    Shape {
        // A whole second has no decimals.
        shape: "dddd-dd-ddTdd:dd:dd",
        mask: "<time>",
    },
    Shape {
        shape: "dddddddddd.ddddd",
        mask: "<seconds>",
    },
    Shape {
        shape: "txhhhhhhhhhhhhhhhhhhhhh-hhhhhhhhhh",
        mask: "<id>",
    },
    Shape {
        shape: "AUTH_tkhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh",
        mask: "<token>",
    },
];

/// The text with all such replaced.
pub(super) fn masked(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let fit = SHAPES
            .iter()
            .find_map(|it| Some((it.mask, fits(rest, it.shape)?)));
        if let Some((mask, behind)) = fit {
            out.push_str(mask);
            rest = behind;
        } else {
            out.push(first);
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
        }
    }
    out
}

/// What follows where a text begins so.
fn fits<'a>(text: &'a str, shape: &str) -> Option<&'a str> {
    let mut chars = text.chars();
    for wanted in shape.chars() {
        let char = chars.next()?;
        let fits = match wanted {
            'd' => char.is_ascii_digit(),
            'h' => char.is_ascii_hexdigit(),
            'a' => char.is_ascii_alphabetic(),
            other => char == other,
        };
        if !fits {
            return None;
        }
    }
    Some(chars.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_ids_are_masked_and_the_rest_stays() {
        let text =
            "x 2026-11-23T21:36:56.471010, 1763933816.47101 tx0123456789abcdef01234-0069238abc!";
        assert_eq!(masked(text), "x <time>, <seconds> <id>!");
        assert_eq!(masked("Sun, 23 Nov 2026 21:36:56 GMT"), "<date>");
        assert_eq!(masked("d41d8cd9 \u{e9} 12:34"), "d41d8cd9 \u{e9} 12:34");
    }
}
