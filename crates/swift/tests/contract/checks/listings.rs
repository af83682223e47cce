//! Listings.

use super::{bytes, name, names};
use crate::stand::Stand;

pub(super) async fn a_listing_is_in_the_order_of_bytes(stand: Stand) {
    let bucket = stand.bucket();
    let prefix = stand.prefix();
    let ordered = [" ", "+", "B", "a", "a.b", "a/", "a/b", "ab", "z", "é", "\u{ff21}", "🚢"];
    for text in ordered.iter().rev() {
        let name = name(format!("{prefix}{text}"));
        bucket.put(&name, bytes("x"), false).await.unwrap();
    }
    let expected = ordered.map(|text| format!("{prefix}{text}"));
    assert_eq!(names(&bucket, &prefix).await, expected);
    let below = names(&bucket, &format!("{prefix}a/")).await;
    assert_eq!(below, [format!("{prefix}a/"), format!("{prefix}a/b")]);
    assert!(names(&bucket, &format!("{prefix}nothing")).await.is_empty());
}

/// To the empty page, whose number is not known: full pages, one more, one less, and none.
pub(super) async fn a_listing_goes_over_pages(stand: Stand) {
    let bucket = stand.bucket();
    let page = stand.can.page.unwrap_or(4);
    for count in [0, 1, page - 1, page, page + 1, 3 * page] {
        let prefix = stand.prefix();
        // What is special in a query ends a page.
        let all: Vec<String> = (0..count).map(|at| format!("{prefix}{at:02}&+ é%")).collect();
        for text in &all {
            bucket.put(&name(text), bytes("x"), false).await.unwrap();
        }
        assert_eq!(names(&bucket, &prefix).await, all);
    }
}
