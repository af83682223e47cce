use super::*;

fn blob(text: &str) -> BlobId {
    BlobId {
        sha256: text.to_owned(),
        md5: text.to_owned(),
        len: text.len() as u64,
    }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn store() -> (Store, BucketKey) {
    let mut store = Store::default();
    let token = ["to:ken".to_owned()];
    store.create_bucket("acme", "ferry", "jane@example.com", &token);
    store.create_bucket("acme", "other", "joe@example.com", &token);
    let url = "https://swiftobjectstorage.eu-frankfurt-1.oraclecloud.com/v1/acme/ferry";
    let key = store.open(url, "jane@example.com", "to:ken").unwrap();
    (store, key)
}

#[test]
fn opens_by_url_and_credentials() {
    let (store, key) = store();
    let open = |url: &str| store.open(url, "jane@example.com", "to:ken");
    assert_eq!(
        open("http://127.0.0.1:8080/v1/acme/ferry/"),
        Ok(key.clone())
    );
    assert_eq!(open("http://[::1]:8080/v1/acme/ferry"), Ok(key));
    assert_eq!(
        open("https://storage.example.com/v1/acme/ferry"),
        Err(StoreRefusal::NoSuchHost)
    );
    assert_eq!(
        open("http://localhost/v1/acme/other"),
        Err(StoreRefusal::NoSuchBucket)
    );
    assert_eq!(
        open("http://localhost/v1/acme/none"),
        Err(StoreRefusal::NoSuchBucket)
    );
    for bad in [
        "",
        "ferry",
        "http://localhost/n/acme/b/ferry",
        "http://localhost/v1/acme",
        "ftp://localhost/v1/acme/ferry",
    ] {
        assert_eq!(open(bad), Err(StoreRefusal::BadUrl), "{bad}");
    }
    let url = "http://localhost/v1/acme/ferry";
    assert_eq!(
        store.open(url, "jane@example.com", "to"),
        Err(StoreRefusal::Unauthorized)
    );
    assert_eq!(
        store.open(url, "jane", "to:ken"),
        Err(StoreRefusal::Unauthorized)
    );
}

#[test]
fn a_late_object_replaces_only_when_it_is_seen() {
    let (mut store, key) = store();
    store.put(&key, "a.zip", blob("old"), None, at(10));
    store.put_visible_from(&key, "a.zip", blob("new"), None, at(11), at(15));
    store.advance(at(14));
    assert_eq!(store.head(&key, "a.zip").unwrap().blob, blob("old"));
    store.advance(at(15));
    assert_eq!(store.head(&key, "a.zip").unwrap().blob, blob("new"));
    assert!(store.remove(&key, "a.zip"));
    assert!(!store.remove(&key, "a.zip"));
    assert!(store.bucket(&key).unwrap().objects.is_empty());
}

#[test]
fn late_objects_come_in_their_order_whatever_their_bucket() {
    let (mut store, key) = store();
    let other = BucketKey {
        bucket: "other".to_owned(),
        ..key.clone()
    };
    for (key, text, visible) in [
        (&key, "third", 15),
        (&other, "first", 12),
        (&key, "fourth", 15),
        (&key, "second", 13),
    ] {
        store.put_visible_from(key, "a.zip", blob(text), None, at(10), at(visible));
    }
    let mut seen = Vec::new();
    while let Some(due) = store.due() {
        store.advance(due);
        let of = |key| Some(store.head(key, "a.zip")?.blob.sha256.clone());
        seen.push((due.as_second(), of(&key), of(&other)));
    }
    let row =
        |second, own: Option<&str>| (second, own.map(str::to_owned), Some("first".to_owned()));
    assert_eq!(
        seen,
        [
            row(12, None),
            row(13, Some("second")),
            row(15, Some("fourth"))
        ]
    );
}

#[test]
fn the_past_is_the_present_undone() {
    let (mut store, key) = store();
    store.put(&key, "a", blob("1"), None, at(10));
    store.put(&key, "a", blob("22"), None, at(20));
    store.put(&key, "b", blob("3"), None, at(20));
    store.advance(at(30));
    store.remove(&key, "a");
    let sizes = |second| -> Vec<(String, u64)> {
        let bucket = store.bucket(&key).unwrap();
        bucket
            .as_of(at(second))
            .into_iter()
            .map(|(name, entry)| (name, entry.bytes))
            .collect()
    };
    let row = |name: &str, bytes| (name.to_owned(), bytes);
    assert_eq!(sizes(9), []);
    assert_eq!(sizes(10), [row("a", 1)]);
    assert_eq!(sizes(29), [row("a", 2), row("b", 1)]);
    assert_eq!(sizes(30), [row("b", 1)]);
}

#[test]
fn names_every_content_that_it_would_write_down() {
    let (mut store, key) = store();
    store.put(&key, "a", blob("one"), None, at(1));
    store.put_visible_from(&key, "b", blob("two"), None, at(1), at(9));
    let mut written = BTreeSet::new();
    crate::persist::living(&store, &mut written).unwrap();
    let named: BTreeSet<String> = store.contents().map(str::to_owned).collect();
    assert_eq!(named, written);
    assert_eq!(named.len(), 2);
}

#[test]
fn an_object_expires_once() {
    let (mut store, key) = store();
    for second in 10..20 {
        let mut object = Object::new(blob("one"), None, at(1));
        object.delete_at = Some(second);
        store.set(&key, "a", object, at(1));
    }
    assert_eq!(store.expiring.len(), 1);
    assert!(store.remove(&key, "a"));
    assert!(store.expiring.is_empty());
}
