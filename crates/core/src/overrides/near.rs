//! Names that are close to one that is not there.

/// The known name that was most likely meant: by case, or by few letters.
pub(super) fn nearest<'a>(
    wanted: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    let allowed = (wanted.chars().count() / 4).max(1);
    known
        .into_iter()
        .filter_map(|name| {
            let away = distance(&wanted.to_lowercase(), &name.to_lowercase());
            (away <= allowed).then_some((away, name))
        })
        .min()
        .map(|(_, name)| name.to_owned())
}

/// How many letters must be changed, added or taken away.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (at, a) in from.chars().enumerate() {
        let mut before = at;
        let mut left = at + 1;
        let mut next = vec![left];
        for (b, above) in to.iter().zip(row.iter().skip(1)) {
            left = (before + usize::from(a != *b)).min(above + 1).min(left + 1);
            before = *above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

/// Whether a name is that of a place or of something stored elsewhere, whatever else it says.
pub(super) fn is_place(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["url", "uri", "alias", "host"]
        .iter()
        .any(|end| name.ends_with(end))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_slip_finds_the_name_and_something_else_does_not() {
        let known = ["BILLING_API", "ORDERS_DB"];
        assert_eq!(nearest("BILING_API", known).as_deref(), Some("BILLING_API"));
        assert_eq!(nearest("orders_db", known).as_deref(), Some("ORDERS_DB"));
        assert_eq!(nearest("CUSTOMERS", known), None);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "ab"), 2);
    }

    proptest! {
        #[test]
        fn a_distance_is_one(a in "[a-c]{0,6}", b in "[a-c]{0,6}", c in "[a-c]{0,6}") {
            prop_assert_eq!(distance(&a, &b), distance(&b, &a));
            prop_assert_eq!(distance(&a, &b) == 0, a == b);
            prop_assert!(distance(&a, &c) <= distance(&a, &b) + distance(&b, &c));
        }
    }
}
