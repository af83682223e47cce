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
