//! Listings.

use ferry_swift::{Entry, Listing};

use super::{name, names, put};
use crate::stand::Stand;

pub(super) async fn a_listing_is_in_the_order_of_bytes(stand: Stand) {
    let bucket = stand.bucket();
    let prefix = stand.prefix();
    let ordered = [
        " ", "+", "B", "a", "a.b", "a/", "a/b", "ab", "z", "é", "\u{ff21}", "🚢",
    ];
    for text in ordered.iter().rev() {
        let name = name(format!("{prefix}{text}"));
        put(&bucket, &name, "x").await.unwrap();
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
        let all: Vec<String> = (0..count)
            .map(|at| format!("{prefix}{at:02}&+ é%"))
            .collect();
        for text in &all {
            put(&bucket, &name(text), "x").await.unwrap();
        }
        assert_eq!(names(&bucket, &prefix).await, all);
    }
}

/// Over pages, the ends of which are folders, too.
pub(super) async fn pseudo_folders_are_told(stand: Stand) {
    let bucket = stand.bucket();
    let prefix = stand.prefix();
    let below = [
        "a", "b/c", "b/d", "c/", "d//e", "f/g/h", "f/g/i", "f/j", "g+ é/h", "h",
    ];
    for text in below {
        put(&bucket, &name(format!("{prefix}{text}")), "x")
            .await
            .unwrap();
    }
    let mut pages = bucket.pages(Listing {
        prefix: Some(prefix.clone()),
        delimiter: Some('/'),
    });
    let mut told = Vec::new();
    while let Some(page) = pages.next().await.unwrap() {
        assert!(page.len() <= stand.can.page.unwrap_or(below.len()));
        told.extend(page.into_iter().map(|entry| match entry {
            Entry::Object(listed) => listed.name,
            Entry::Folder(folder) => format!("folder {folder}"),
        }));
    }
    let folder = |text: &str| format!("folder {prefix}{text}");
    let expected = [
        format!("{prefix}a"),
        folder("b/"),
        folder("c/"),
        folder("d/"),
        folder("f/"),
        folder("g+ é/"),
        format!("{prefix}h"),
    ];
    assert_eq!(told, expected);
}
