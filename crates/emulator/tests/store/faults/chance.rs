//! Faults of chance: a client that tries again ends where it would have ended without them.

use ferry_emulator::{Action, Rule};

use super::on;
use crate::house::House;
use crate::wire::{Answer, Wire, request};

/// Asks until there is an answer that counts.
async fn persist(house: &House, method: &str, name: &str, body: &[u8]) -> Answer {
    for _ in 0..100 {
        let asked = house.try_ask(method, &house.object(name), &[], body).await;
        match asked {
            Ok(answer) if answer.whole && !matches!(answer.status, 429 | 500..) => return answer,
            _ => {}
        }
    }
    panic!("a hundred faults in a row");
}

#[tokio::test(start_paused = true)]
async fn any_fault_is_survived() {
    let house = House::open().await;
    house.emulator.add_rule(Rule {
        one_in: Some(2),
        ..Rule::new(Action::Any)
    });
    for round in 0..40_u8 {
        let (name, body) = (format!("o{}", round % 7), vec![round; 3_000]);
        assert_eq!(persist(&house, "PUT", &name, &body).await.status, 201);
        let got = persist(&house, "GET", &name, b"").await;
        assert!(got.status == 200 && got.body == body);
    }
    let gone = persist(&house, "DELETE", "o0", b"").await.status;
    assert!(matches!(gone, 204 | 404), "{gone}");
    house.emulator.clear_rules();
    let names = ["o1", "o2", "o3", "o4", "o5", "o6"];
    assert_eq!(house.names("").await, names);
    house.close().await;
}

#[tokio::test]
async fn tokens_end_before_their_time() {
    let house = House::switched("store-dialect", "upstream").await;
    let ask = async |target: &str, headers: &[(&str, &str)]| {
        let mut wire = Wire::connect(house.address).await;
        wire.write(&request("GET", target, headers, b"")).await;
        wire.read(false).await.unwrap()
    };
    let sign_in = [("X-Auth-User", "test:tester"), ("X-Auth-Key", "testing")];
    let mut seen = Vec::new();
    for ends in [false, true, false] {
        let signed_in = ask("/auth/v1.0", &sign_in).await;
        let token = signed_in.header("x-auth-token").unwrap();
        if ends {
            house.emulator.add_rule(on("GET", Action::ExpireTokens));
        }
        let listed = ask("/v1/AUTH_test", &[("X-Auth-Token", token)]).await;
        seen.push(listed.status);
    }
    assert_eq!(seen, [204, 401, 204]);
    house.close().await;
}
