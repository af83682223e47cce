//! The emulator's own controls are for this machine, and for no page of a browser.

use crate::house::{House, get};

#[tokio::test]
async fn pages_are_refused() {
    let house = House::open().await;
    for (header, status) in [
        ("", 200),
        ("Origin: http://localhost\r\n", 200),
        ("Origin: https://LOCALHOST\r\n", 200),
        ("Sec-Fetch-Site: none\r\n", 200),
        ("Sec-Fetch-Site: same-origin\r\n", 200),
        ("Origin: http://localhost:81\r\n", 403),
        ("Origin: http://localhost.example.com\r\n", 403),
        ("Origin: https://example.com\r\n", 403),
        ("Origin: null\r\n", 403),
        ("Origin: \r\n", 403),
        (
            "Origin: http://localhost\r\nOrigin: https://example.com\r\n",
            403,
        ),
        ("Sec-Fetch-Site: cross-site\r\n", 403),
        ("Sec-Fetch-Site: same-site\r\n", 403),
    ] {
        let answer = house.say(get("/_ferry/health", header)).await;
        assert_eq!(answer.status, status, "{header}");
    }
}

#[tokio::test]
async fn a_form_changes_nothing() {
    let house = House::open().await;
    let form = "POST /_ferry/clock HTTP/1.1\r\nHost: localhost\r\nOrigin: https://example.com\r\n\
                Content-Type: text/plain\r\nContent-Length: 21\r\n\r\n{\"advance_seconds\":9}";
    assert_eq!(house.say(form).await.status, 403);
    let clock = house.say(get("/_ferry/clock", "")).await;
    assert!(clock.body.contains("03:04:05"), "{}", clock.body);
}

#[tokio::test]
async fn other_names_of_this_machine_are_refused() {
    let house = House::open().await;
    for host in [
        "example.com",
        "localhost.example.com",
        "design.integration.eu-frankfurt-1.ocp.oraclecloud.com",
    ] {
        let request = format!("GET /_ferry/environments HTTP/1.1\r\nHost: {host}\r\n\r\n");
        assert_eq!(house.say(request).await.status, 403, "{host}");
    }
}
