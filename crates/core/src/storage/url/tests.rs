use proptest::prelude::*;

use std::net::Ipv4Addr;

use super::*;

const PLAIN: &str = "https://swiftobjectstorage.us-phoenix-1.oraclecloud.com/v1/acmens/my-bucket";

fn mistake(text: &str) -> Mistake {
    StorageUrl::parse(text).unwrap_err().mistake
}

/// The mistake, and the URL that is offered instead.
fn offered(text: &str) -> (Mistake, Option<String>) {
    let error = StorageUrl::parse(text).unwrap_err();
    (error.mistake.clone(), error.suggestion().map(str::to_owned))
}

fn host() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z0-9]{1,8}(\\.[a-z0-9-]{1,8}){0,3}\\.example",
        "swiftobjectstorage\\.[a-z]{2}-[a-z]{4,8}-1\\.oraclecloud\\.com",
        any::<[u8; 4]>().prop_map(|ip| Ipv4Addr::from(ip).to_string()),
        any::<[u16; 8]>().prop_map(|ip| format!("[{}]", Ipv6Addr::from(ip))),
        Just("localhost".to_owned()),
    ]
}

proptest! {
    #[test]
    fn a_url_reads_back(
        host in host(),
        port in proptest::option::of(1_u16..),
        namespace in "[A-Za-z0-9][A-Za-z0-9._-]{0,30}",
        bucket in "[A-Za-z0-9][A-Za-z0-9._-]{0,30}",
        slash in "/?",
    ) {
        let port = port.map(|port| format!(":{port}")).unwrap_or_default();
        let url = StorageUrl::parse(&format!("https://{host}{port}/v1/{namespace}/{bucket}{slash}")).unwrap();
        prop_assert_eq!(url.namespace().as_str(), namespace.as_str());
        prop_assert_eq!(url.bucket().as_str(), bucket.as_str());
        prop_assert_eq!(url.to_string(), format!("{}{}", url.origin(), url.bucket_path()));
        prop_assert_eq!(&StorageUrl::parse(&url.to_string()).unwrap(), &url);
        let json = serde_json::to_string(&url).unwrap();
        prop_assert_eq!(serde_json::from_str::<StorageUrl>(&json).unwrap(), url);
    }

    #[test]
    fn what_is_built_reads_back(
        region in "[a-z]{2}-[a-z]{4,9}-[1-9]",
        namespace in "[a-z0-9]{1,20}",
        bucket in "[A-Za-z0-9][A-Za-z0-9._-]{0,30}",
    ) {
        let url = StorageUrl::build(&region, &namespace.parse().unwrap(), &bucket.parse().unwrap()).unwrap();
        prop_assert_eq!(StorageUrl::parse(&url.to_string()).unwrap(), url);
    }

    #[test]
    fn any_text_is_read_or_explained(text in "(https?://)?\\PC{0,60}") {
        match StorageUrl::parse(&text) {
            Ok(url) => prop_assert_eq!(StorageUrl::parse(&url.to_string()).unwrap(), url),
            Err(error) => {
                prop_assert!(!error.to_string().is_empty());
                if let Some(suggestion) = error.suggestion() {
                    prop_assert!(StorageUrl::parse(suggestion).is_ok(), "{}", suggestion);
                }
            }
        }
    }

    #[test]
    fn plain_http_never_leaves_this_machine(host in host()) {
        if let Ok(url) = StorageUrl::parse(&format!("http://{host}/v1/ns/b")) {
            prop_assert!(url.is_loopback());
        }
    }

    #[test]
    fn blanks_are_offered_away(before in "[ \\t\\r\\n]{0,3}", after in "[ \\t\\r\\n]{1,3}") {
        prop_assert_eq!(offered(&format!("{before}{PLAIN}{after}")), (Mistake::Blanks, Some(PLAIN.to_owned())));
    }

    #[test]
    fn an_object_behind_the_bucket_is_offered_away(object in "[a-zA-Z0-9@%._-][a-zA-Z0-9@/%._-]{0,30}") {
        let expected = Mistake::ObjectBehindBucket { suggestion: PLAIN.to_owned() };
        prop_assert_eq!(mistake(&format!("{PLAIN}/{object}")), expected);
    }

    #[test]
    fn secrets_in_a_url_are_never_shown(secret in "[a-zA-Z0-9<>()/?#:;,.+_-]{8,24}", plain_key in "[A-Za-z0-9_-]{12,24}") {
        for text in [
            format!("https://jdoe:S3CR3T{secret}@swiftobjectstorage.us-phoenix-1.oraclecloud.com/v1/acmens/my-bucket"),
            format!("http://jdoe:S3CR3T{secret}@example.com"),
            format!("jdoe:S3CR3T{secret}@example.com/v1/ns/b"),
            format!("https://objectstorage.us-phoenix-1.oraclecloud.com/p/S3CR3T{plain_key}/n/acmens/b/my-bucket/o/a.zip"),
            format!("{PLAIN}?key=S3CR3T{plain_key}"),
        ] {
            let error = StorageUrl::parse(&text).unwrap_err();
            prop_assert!(!error.to_string().contains("S3CR3T"), "{}", error);
            let debug = format!("{error:?}");
            prop_assert!(!debug.contains("S3CR3T"), "{}", debug);
        }
    }
}

#[test]
fn takes_the_documented_form_apart() {
    let url = StorageUrl::parse(PLAIN).unwrap();
    assert_eq!(url.to_string(), PLAIN);
    assert_eq!(
        url.origin(),
        "https://swiftobjectstorage.us-phoenix-1.oraclecloud.com"
    );
    assert_eq!(
        url.host(),
        "swiftobjectstorage.us-phoenix-1.oraclecloud.com"
    );
    assert_eq!(url.namespace().as_str(), "acmens");
    assert_eq!(url.bucket().as_str(), "my-bucket");
    assert_eq!(url.bucket_path(), "/v1/acmens/my-bucket");
    assert_eq!(
        url.object_path(&"a b/c.zip".parse().unwrap()),
        "/v1/acmens/my-bucket/a%20b/c.zip"
    );
    assert!(!url.is_loopback());
    let built = StorageUrl::build("US-Phoenix-1", url.namespace(), url.bucket()).unwrap();
    assert_eq!(built, url);
    for bad in ["", "us phoenix", "evil.example/", "a.b"] {
        assert!(
            StorageUrl::build(bad, url.namespace(), url.bucket()).is_err(),
            "{bad:?}"
        );
    }
}

#[test]
fn comes_to_one_form() {
    for (given, shown) in [
        (
            "HTTPS://Swift.Example.com:443/v1/ns/B/",
            "https://swift.example.com/v1/ns/B",
        ),
        (
            "https://example.com:8443/v1/ns/b",
            "https://example.com:8443/v1/ns/b",
        ),
        ("http://127.0.0.1:80/v1/ns/b", "http://127.0.0.1/v1/ns/b"),
        (
            "http://[0:0::1]:8080/v1/AUTH_test/b",
            "http://[::1]:8080/v1/AUTH_test/b",
        ),
        (
            "https://example.com/v1/ns/my%2Dbucket",
            "https://example.com/v1/ns/my-bucket",
        ),
    ] {
        assert_eq!(StorageUrl::parse(given).unwrap().to_string(), shown);
    }
    assert_eq!(
        StorageUrl::parse("http://[::1]/v1/ns/b").unwrap().host(),
        "::1"
    );
}

#[test]
fn http_is_for_this_machine_alone() {
    for host in [
        "127.0.0.1",
        "127.9.8.7:8080",
        "[::1]:9",
        "localhost:1",
        "demo.LOCALHOST",
    ] {
        let url = StorageUrl::parse(&format!("http://{host}/v1/ns/b")).unwrap();
        assert!(url.is_loopback(), "{host}");
    }
    for host in [
        "example.com",
        "128.0.0.1",
        "localhost.example.com",
        "notlocalhost",
        "127.1",
        "[::ffff:127.0.0.1]",
        "127.0.0.1.example.com",
        "0.0.0.0",
    ] {
        let (mistake, suggestion) = offered(&format!("http://{host}/v1/ns/b"));
        assert_eq!(mistake, Mistake::NotHttps, "{host}");
        assert!(
            suggestion.is_some_and(|url| url.starts_with("https://")),
            "{host}"
        );
    }
}

#[test]
fn the_neighbours_are_recognised_and_translated() {
    let plain = Some(PLAIN.to_owned());
    for text in [
        "https://objectstorage.us-phoenix-1.oraclecloud.com/n/acmens/b/my-bucket/o/",
        "https://objectstorage.us-phoenix-1.oraclecloud.com/n/acmens/b/my-bucket/o/a/b.zip",
        "http://objectstorage.us-phoenix-1.oraclecloud.com/n/acmens/b/my-bucket",
        "objectstorage.us-phoenix-1.oraclecloud.com/n/acmens/b/my-bucket",
    ] {
        assert_eq!(
            offered(text),
            (Mistake::NativeApiUrl, plain.clone()),
            "{text}"
        );
    }
    assert_eq!(
        offered("https://acmens.objectstorage.us-phoenix-1.oci.customer-oci.com/n/acmens/b/my-bucket/o/"),
        (
            Mistake::NativeApiUrl,
            Some("https://acmens.swiftobjectstorage.us-phoenix-1.oci.customer-oci.com/v1/acmens/my-bucket".to_owned())
        )
    );
    assert_eq!(
        offered("https://objectstorage.us-phoenix-1.oraclecloud.com/p/KEY/n/acmens/b/my-bucket/o/"),
        (Mistake::PreauthenticatedRequest, plain.clone())
    );
    assert_eq!(
        offered("https://acmens.compat.objectstorage.us-phoenix-1.oraclecloud.com/my-bucket/a.zip"),
        (Mistake::S3Endpoint, plain.clone())
    );
    assert_eq!(
        offered("https://acmens.compat.objectstorage.us-phoenix-1.oraclecloud.com"),
        (Mistake::S3Endpoint, None)
    );
    for text in [
        "https://cloud.oracle.com/object-storage/buckets/acmens/my-bucket/objects?region=us-phoenix-1",
        "https://console.us-phoenix-1.oraclecloud.com/object-storage/buckets/acmens/my-bucket",
    ] {
        assert_eq!(
            offered(text),
            (Mistake::ConsoleUrl, plain.clone()),
            "{text}"
        );
    }
    for text in [
        "https://cloud.oracle.com/",
        "https://design.integration.us-phoenix-1.ocp.oraclecloud.com/?integrationInstance=acme",
        "https://acme-acmens.integration.ocp.oraclecloud.com/ic/home",
    ] {
        assert_eq!(offered(text), (Mistake::ConsoleUrl, None), "{text}");
    }
}

#[test]
fn what_is_missing_is_told() {
    for text in [
        "https://example.com",
        "https://example.com/",
        "https://example.com/v1",
        "https://example.com/v1//b",
    ] {
        assert_eq!(mistake(text), Mistake::MissingNamespace, "{text}");
    }
    for text in [
        "https://example.com/v1/ns",
        "https://example.com/v1/ns/",
        "https://example.com/v1/ns//a",
    ] {
        assert_eq!(mistake(text), Mistake::MissingBucket, "{text}");
    }
}

#[test]
fn a_user_inside_is_told_whatever_the_password_holds() {
    for inside in ["jdoe", "jdoe:token", "a/b:to/k?e#n", "jdoe:t@ken"] {
        let text = format!("https://{inside}@example.com/v1/ns/b");
        assert_eq!(
            offered(&text),
            (
                Mistake::CredentialsInside,
                Some("https://example.com/v1/ns/b".to_owned())
            ),
            "{text}"
        );
    }
}

#[test]
fn the_rest_is_malformed() {
    for text in [
        "",
        "   ",
        "bucket",
        "ftp://example.com/v1/ns/b",
        "oci://b@ns/a",
        "https://",
        "https:///v1/ns/b",
        "https://example..com/v1/ns/b",
        "https://example.com:0/v1/ns/b",
        "https://example.com:+1/v1/ns/b",
        "https://example.com:99999/v1/ns/b",
        "https://[::1/v1/ns/b",
        "https://example.com/v2/ns/b",
        "https://example.com/v1/ns/b%2Fc",
        "https://example.com/v1/n%20s/b",
        "https://example.com/v1/ns/..",
        "https://example.com/v1/ns/b?format=json",
        "https://example.com/v1/ns/b#x",
    ] {
        assert_eq!(mistake(text), Mistake::Malformed, "{text}");
    }
    assert_eq!(
        offered("https://example.com/v1/ns/b?format=json")
            .1
            .as_deref(),
        Some("https://example.com/v1/ns/b")
    );
    assert_eq!(
        offered("example.com/v1/ns/b").1.as_deref(),
        Some("https://example.com/v1/ns/b")
    );
}

#[test]
fn the_text_tells_what_was_seen_what_is_wanted_and_the_next_step() {
    let error = StorageUrl::parse(
        "https://cloud.oracle.com/object-storage/buckets/acmens/my-bucket?region=us-phoenix-1",
    )
    .unwrap_err();
    assert_eq!(
        error.to_string(),
        "\"https://cloud.oracle.com/object-storage/buckets/acmens/my-bucket?***\" is the address of a page in a console, \
         not of a bucket; wanted is https://swiftobjectstorage.<region>.oraclecloud.com/v1/<namespace>/<bucket>; build it \
         from the region's identifier, the Object Storage namespace (console: Profile > Tenancy) and the bucket's name, so \
         probably https://swiftobjectstorage.us-phoenix-1.oraclecloud.com/v1/acmens/my-bucket"
    );
}

#[test]
fn a_line_break_inside_is_offered_away() {
    let broken = PLAIN.replace("/v1/", "/v1\n   /");
    assert_eq!(offered(&broken), (Mistake::Blanks, Some(PLAIN.to_owned())));
    let both = format!(" {}", PLAIN.replace("/my-bucket", ""));
    assert_eq!(mistake(&both), Mistake::MissingBucket);
}
