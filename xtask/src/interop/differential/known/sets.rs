//! Headers that are sets.

use super::Known;

const SETS: [&str; 3] = [
    "allow",
    "access-control-allow-methods",
    "access-control-expose-headers",
];

pub(super) const ORDER: Known = Known {
    what: "the order in `Allow` and in `Access-Control-Expose-Headers`",
    why: "upstream's is that of a set, and changes from start to start",
    forgive: |pair| {
        for answer in pair.answers() {
            for name in SETS {
                if let Some(set) = answer.headers.get_mut(name) {
                    let mut words: Vec<&str> = set.split(", ").collect();
                    words.sort_unstable();
                    *set = words.join(", ");
                }
            }
        }
    },
};

#[cfg(test)]
mod tests {
    use crate::interop::differential::sample::{alike, answer, request};

    #[test]
    fn a_set_comes_in_any_order_but_whole() {
        let options = request("OPTIONS /v1/AUTH_test/@0");
        let said = |name, value| answer("200 OK", &[(name, value)], "");
        for name in super::SETS {
            assert!(alike(
                &options,
                &said(name, "GET, PUT"),
                &said(name, "PUT, GET")
            ));
            assert!(!alike(
                &options,
                &said(name, "GET, PUT"),
                &said(name, "PUT")
            ));
            assert!(!alike(
                &options,
                &said(name, "GET, PUT"),
                &said(name, "GET,PUT")
            ));
        }
        let vary = "vary";
        assert!(!alike(&options, &said(vary, "a, b"), &said(vary, "b, a")));
    }
}
