//! No secret shows anywhere, not even one that an answer echoes.

use std::error::Error;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ferry_oic::{ConnectionRef, ConnectionUpdate, Instance, Property, SecretProperty};
use proptest::prelude::*;

use crate::scripted::{Scripted, answer};
use crate::support::{client, export, gen3_settings, import, token};

fn shown(error: &dyn Error) -> String {
    let mut all = String::new();
    let mut next = Some(error);
    while let Some(error) = next {
        writeln!(all, "{error}\n{error:?}\n{error:#?}").unwrap();
        next = error.source();
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_known_secret_never_shows(secret in "[!-~]{10,24}", code in 400_u16..=423) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let pair = STANDARD.encode(format!("ferry:{secret}"));
            let text = format!("you sent {secret} and {pair} and Bearer t0ken-of-test");
            let plain = answer(&format!("{code} No"), &text);
            let json = serde_json::json!({"title": text, "detail": text}).to_string();
            let json = answer(&format!("{code} No"), &json);
            let update = ConnectionUpdate {
                properties: vec![Property {
                    name: "password".to_owned(),
                    group: None,
                    kind: None,
                    value: Some(secret.clone()),
                    required: false,
                    extra: serde_json::Map::from_iter([("was".to_owned(), secret.clone().into())]),
                }],
                security_properties: vec![SecretProperty {
                    name: "password".to_owned(),
                    group: None,
                    kind: None,
                    value: secret.clone().into(),
                }],
                ..ConnectionUpdate::default()
            };
            let which = ConnectionRef { id: "ERP".parse().unwrap(), project: None };
            let mut all = format!("{:?}{update:?}{:?}{:?}", export(&secret), import(&secret), which);
            for body in [plain, json] {
                // The transport may repeat: the same answer stands ready for each attempt.
                let refuse = |lead: Vec<Vec<u8>>| lead.into_iter().chain(vec![body.clone(); 4]).collect::<Vec<_>>();

                // The token call knows of no token yet.
                let untold = String::from_utf8_lossy(&body).replace("t0ken-of-test", "t0ken_of_test").into_bytes();
                let server = Scripted::start(vec![untold; 4]).await;
                let instance = Instance::new(client(), gen3_settings(&server, &secret));
                write!(all, "{instance:?}{:?}", gen3_settings(&server, &secret)).unwrap();
                all.push_str(&shown(&instance.token().await.unwrap_err()));

                // A renewed token after 401, else none: both orders of answers end in a refusal.
                let lead = if code == 401 { vec![token("t0ken-of-test"), body.clone(), token("t0ken-of-test")] } else { vec![token("t0ken-of-test")] };
                let server = Scripted::start(refuse(lead.clone())).await;
                let instance = Instance::new(client(), gen3_settings(&server, "other-secret"));
                all.push_str(&shown(&instance.start_export(&export(&secret)).await.unwrap_err()));

                let server = Scripted::start(refuse(lead)).await;
                let instance = Instance::new(client(), gen3_settings(&server, "other-secret"));
                all.push_str(&shown(&instance.update_connection(&which, &update).await.unwrap_err()));
            }
            prop_assert!(!all.contains(&secret), "{}", all);
            prop_assert!(!all.contains("t0ken-of-test"), "{}", all);
            Ok(())
        })?;
    }
}
