//! The auth token shows nowhere.

use std::error::Error as _;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;

use crate::scripted::{Scripted, answer};
use crate::support::{bucket, bucket_of};

fn shown(error: &impl std::error::Error) -> String {
    let mut all = format!("{error}\n{error:?}\n{error:#?}");
    let mut next = error.source();
    while let Some(cause) = next {
        write!(all, "\n{cause}\n{cause:?}").unwrap();
        next = cause.source();
    }
    all
}

#[tokio::test]
async fn a_refused_sign_in_tells_what_to_check() {
    let server = Scripted::start(vec![answer(
        "401 Unauthorized",
        &[],
        "<html><h1>Unauthorized</h1>",
    )])
    .await;
    let error = bucket(&server).list(None).await.unwrap_err();
    let text = error.to_string();
    for part in [
        "auth token",
        "console",
        "oracleidentitycloudservice/jdoe@example.com",
        "Unauthorized",
    ] {
        assert!(text.contains(part), "{text}");
    }
    assert_eq!(error.evidence().unwrap().status, Some(401));
    assert!(error.source().is_some());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn not_even_where_the_answer_echoes_it(secret in "[!-~]{8,24}", code in 400_u16..=422) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let pair = STANDARD.encode(format!("jdoe@example.com:{secret}"));
            let body = format!("you sent Basic {pair}, that is {secret}");
            // 408 is repeated by the transport, so the same answer stands ready for each attempt.
            let answers = vec![answer(&format!("{code} No"), &[], &body); 4];
            let server = Scripted::start(answers).await;
            let bucket = bucket_of(&server, &secret);
            let error = bucket.list(None).await.unwrap_err();
            let all = format!("{}{bucket:?}{bucket:#?}", shown(&error));
            prop_assert!(!all.contains(&secret), "{}", all);
            prop_assert!(!all.contains(&pair), "{}", all);
            Ok(())
        })?;
    }
}
