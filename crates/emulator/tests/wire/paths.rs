//! Paths that are no names.

use crate::house::{House, get};

const TRICKS: [&str; 18] = [
    "/../_ferry/health",
    "/x/../_ferry/health",
    "//_ferry/health",
    "/%5fferry/health",
    "/_FERRY/health",
    "/_ferry/../_ferry/rules",
    "/_ferry/%2e%2e/journal",
    "/_ferry/health;x=1",
    "/_ferry/health/",
    "/_ferry/..%2fhealth",
    "/ic/api/integration/v1/integrations/%00",
    "/ic/api/integration/v1/integrations/%ff%fe",
    "/ic/api/integration/v1/integrations/..%2f..%2fx",
    "/ic/api/integration/v1/integrations\\x",
    "/v1/%ff/x/y",
    "/v1/../../etc/passwd",
    "/v1/acme/%2e%2e/%00",
    "/oauth2/v1/token/../../x?%ff=%zz&=&&",
];

#[tokio::test]
async fn lead_nowhere() {
    let house = House::open().await;
    for trick in TRICKS {
        let answer = house.say(get(trick, "")).await;
        assert!(
            (400..500).contains(&answer.status),
            "{trick}: {}",
            answer.status
        );
    }
    house.is_well().await;
}

#[tokio::test]
async fn bytes_that_are_no_text_are_refused() {
    let house = House::open().await;
    let requests: [&[u8]; 5] = [
        b"GET /\xff\xfe HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /ic/api/integration/v1/integrations?\xff=\xc3\x28 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /ic/api/integration/v1/integrations?integrationInstance=test HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \xff\xff\r\n\r\n",
        b"GET /v1/acme/ferry-test HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic \xff\xff\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: \xff\xff\r\n\r\n",
    ];
    for request in requests {
        let answer = house.say(request).await;
        assert!(
            (400..500).contains(&answer.status),
            "{}: {}",
            request.escape_ascii(),
            answer.status
        );
    }
    house.is_well().await;
}
