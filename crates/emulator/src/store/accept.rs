//! `Accept`, read as upstream reads it (seen in its source): by quality, then what has no wildcard; a quality of 0 is one.

/// The header is no list of media ranges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Malformed;

/// A media range: type, subtype, and its quality.
type Range<'a> = (&'a str, &'a str, f64);

/// The offer that is accepted first; the first of all where the header says nothing, none where it takes no offer.
pub(super) fn best<'a>(header: &str, offers: &[&'a str]) -> Result<Option<&'a str>, Malformed> {
    if header.is_empty() {
        return Ok(offers.first().copied());
    }
    let mut ranges = header
        .split(',')
        .map(range)
        .collect::<Result<Vec<_>, _>>()?;
    let wild = |(family, kind, _): &Range<'_>| *family == "*" || *kind == "*";
    // The sort is stable: of equals the first stays the first.
    ranges.sort_by(|one, two| {
        let by_quality = two.2.total_cmp(&one.2);
        by_quality.then_with(|| wild(one).cmp(&wild(two)))
    });
    let fits = |(family, kind, _): &Range<'_>, offer: &str| {
        let (own_family, own_kind) = offer.split_once('/').unwrap_or((offer, ""));
        (*family == "*" || *family == own_family) && (*kind == "*" || *kind == own_kind)
    };
    let found = ranges.iter().find_map(|range| {
        let mut offers = offers.iter();
        offers.find(|offer| fits(range, offer)).copied()
    });
    Ok(found)
}

fn range(text: &str) -> Result<Range<'_>, Malformed> {
    let mut parts = text.split(';');
    let (family, kind) = parts
        .next()
        .and_then(|range| range.trim().split_once('/'))
        .filter(|(family, kind)| is_token(family) && is_token(kind))
        .ok_or(Malformed)?;
    let mut quality = None;
    for part in parts {
        let (name, value) = part.split_once('=').ok_or(Malformed)?;
        let (name, value) = (name.trim(), value.trim());
        let quoted = value.len() > 1 && value.starts_with('"') && value.ends_with('"');
        if !is_token(name) || !(is_token(value) || quoted) {
            return Err(Malformed);
        }
        if name == "q" {
            let number = value.parse().map_err(|_| Malformed)?;
            if quality.replace(number).is_some() {
                return Err(Malformed);
            }
        }
    }
    Ok((family, kind, quality.unwrap_or(1.0)))
}

fn is_token(text: &str) -> bool {
    let odd = |c: char| c.is_ascii_control() || " ()<>@,;:\"/[]?={}\\".contains(c);
    !text.is_empty() && !text.contains(odd)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFERS: [&str; 4] = [
        "text/plain",
        "application/json",
        "application/xml",
        "text/xml",
    ];

    #[test]
    fn the_best_offer_is_taken() {
        for (header, offer) in [
            ("", Some("text/plain")),
            ("*/*", Some("text/plain")),
            ("text/xml", Some("text/xml")),
            ("application/*", Some("application/json")),
            (
                "text/plain;q=0.5, application/json",
                Some("application/json"),
            ),
            ("*/*, application/xml", Some("application/xml")),
            ("application/json;q=0", Some("application/json")),
            ("image/png", None),
        ] {
            assert_eq!(best(header, &OFFERS), Ok(offer), "{header}");
        }
    }

    #[test]
    fn what_is_no_media_range_is_malformed() {
        for header in ["bogus", "a/b;q", "a/b;q=x", "a/b;q=1;q=1", "a/b,", "/b"] {
            assert_eq!(best(header, &OFFERS), Err(Malformed), "{header}");
        }
    }
}
