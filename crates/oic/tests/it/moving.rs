//! Lists that change while they are read: what stands there all the time comes, and comes once.

use std::collections::BTreeSet;
use std::sync::Arc;

use ferry_oic::ErrorKind;
use proptest::prelude::*;
use serde_json::json;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;

use crate::scripted::{Scripted, answer, read_request};
use crate::support::gen2;

fn number(request: &str, name: &str) -> usize {
    let (_, rest) = request.split_once(&format!("{name}=")).unwrap();
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap()
}

fn name(n: u16) -> String {
    format!("P{n:05}")
}

/// What changes before a request is answered.
#[derive(Debug, Clone)]
enum Change {
    Comes(u16),
    Goes(u16),
}

fn changes() -> impl Strategy<Value = Vec<Vec<Change>>> {
    let change = prop_oneof![
        (0..400_u16).prop_map(Change::Comes),
        (0..400_u16).prop_map(Change::Goes)
    ];
    proptest::collection::vec(proptest::collection::vec(change, 0..6), 0..8)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn nothing_is_lost_that_stood_there_all_the_time(
        first in proptest::collection::btree_set(0..400_u16, 0..60),
        changes in changes(),
        most in 1..20_usize,
        tells in any::<(bool, bool)>(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let mut stood = first.clone();
        for change in changes.iter().flatten() {
            if let Change::Goes(n) = change {
                stood.remove(n);
            }
        }
        let (mut there, mut coming) = (first, changes.into_iter());
        let (stops, counts) = tells;
        // A server of single entries shows no neighbour by which a move could be seen.
        let moves = most > 1;
        let serve = move |request: &str| {
            for change in coming.next().into_iter().flatten().filter(|_| moves) {
                match change {
                    Change::Comes(n) => there.insert(n),
                    Change::Goes(n) => there.remove(&n),
                };
            }
            let (offset, limit) = (number(request, "offset"), number(request, "limit").min(most));
            let items: Vec<_> = there.iter().skip(offset).take(limit).map(|n| json!({"name": name(*n)})).collect();
            let mut page = json!({"items": items});
            if stops {
                page["hasMore"] = json!(offset + items.len() < there.len());
            }
            if counts {
                page["totalResults"] = json!(there.len());
            }
            Some(answer("200 OK", &page.to_string()))
        };
        let listed = runtime.block_on(async {
            let server = Scripted::answering(serve).await;
            gen2(&server).package_pages().all().await.unwrap()
        });
        let names: Vec<String> = listed.into_iter().map(|one| one.name).collect();
        let distinct: BTreeSet<&String> = names.iter().collect();
        prop_assert_eq!(distinct.len(), names.len(), "an entry came twice");
        if moves {
            for n in stood {
                prop_assert!(names.contains(&name(n)), "{} is lost", name(n));
            }
        }
    }
}

#[tokio::test]
async fn a_list_that_never_stands_still_is_given_up() {
    let mut last = 0;
    let server = Scripted::answering(move |_| {
        last += 2;
        let items = [
            json!({"name": last.to_string()}),
            json!({"name": (last + 1).to_string()}),
        ];
        Some(answer(
            "200 OK",
            &json!({"items": items, "hasMore": true}).to_string(),
        ))
    })
    .await;
    let mut pages = gen2(&server).package_pages();
    let error = loop {
        match pages.next().await {
            Ok(Some(_)) => {}
            Ok(None) => panic!("it ended"),
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), ErrorKind::Answer);
    assert!(error.to_string().contains("stand still"), "{error}");
}

#[tokio::test]
async fn pages_are_asked_for_ahead_where_the_list_tells_its_length() {
    // The answer to the second page waits until the third was asked for.
    let third = Arc::new(tokio::sync::Notify::new());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let authority = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let third = Arc::clone(&third);
            tokio::spawn(async move {
                let request = read_request(&mut stream).await;
                if request.is_empty() {
                    return;
                }
                let offset = number(&request, "offset");
                match offset {
                    2 => third.notified().await,
                    4 => third.notify_one(),
                    _ => {}
                }
                let items: Vec<_> = (offset..9).take(3).map(|n| json!({"name": n})).collect();
                let page = json!({"items": items, "totalResults": 9}).to_string();
                stream.write_all(&answer("200 OK", &page)).await.unwrap();
            });
        }
    });
    let pages = gen2(&Scripted::at(authority)).package_pages();
    let names: Vec<String> = pages
        .all()
        .await
        .unwrap()
        .into_iter()
        .map(|one| one.name)
        .collect();
    assert_eq!(names.join(""), "012345678");
}
