//! A bucket behaves as a map from names to contents.

use std::collections::BTreeMap;

use percent_encoding::{NON_ALPHANUMERIC, percent_encode};
use proptest::prelude::*;

use crate::house::House;
use crate::wire::Wire;

#[derive(Debug, Clone)]
enum Step {
    Put(String, Vec<u8>),
    Delete(String),
    Get(String),
    List {
        prefix: String,
        marker: String,
        limit: usize,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let name = "[ab/ %]{1,3}";
    prop_oneof![
        3 => (name, prop::collection::vec(any::<u8>(), 0..40)).prop_map(|(name, body)| Step::Put(name, body)),
        1 => name.prop_map(Step::Delete),
        1 => name.prop_map(Step::Get),
        2 => ("[ab/]{0,2}", "[ab/]{0,2}", 0_usize..6)
            .prop_map(|(prefix, marker, limit)| Step::List { prefix, marker, limit }),
    ]
}

fn encode(name: &str) -> String {
    percent_encode(name.as_bytes(), NON_ALPHANUMERIC).to_string()
}

async fn run(steps: Vec<Step>) {
    let house = House::open().await;
    let mut wire = Wire::connect(house.address).await;
    let mut model: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for step in steps {
        let (method, target, body) = match &step {
            Step::Put(name, body) => ("PUT", house.object(&encode(name)), body.as_slice()),
            Step::Delete(name) => ("DELETE", house.object(&encode(name)), b"".as_slice()),
            Step::Get(name) => ("GET", house.object(&encode(name)), b"".as_slice()),
            Step::List {
                prefix,
                marker,
                limit,
            } => {
                let query = format!(
                    "prefix={}&marker={}&limit={limit}",
                    encode(prefix),
                    encode(marker)
                );
                ("GET", format!("{}?{query}", house.bucket), b"".as_slice())
            }
        };
        wire.write(&house.request(method, &target, &[], body)).await;
        let answer = wire.read(false).await.unwrap();
        match step {
            Step::Put(name, body) => {
                assert_eq!(answer.status, 201);
                model.insert(name, body);
            }
            Step::Delete(name) => {
                let there = model.remove(&name).is_some();
                assert_eq!(answer.status, if there { 204 } else { 404 });
            }
            Step::Get(name) => match model.get(&name) {
                Some(body) => assert_eq!(&answer.body, body),
                None => assert_eq!(answer.status, 404),
            },
            Step::List {
                prefix,
                marker,
                limit,
            } => {
                let expected: Vec<(&str, u64)> = model
                    .iter()
                    .filter(|(name, _)| name.starts_with(&prefix) && **name > marker)
                    .map(|(name, body)| (name.as_str(), body.len() as u64))
                    .take(limit)
                    .collect();
                let json = answer.json();
                let listed: Vec<(&str, u64)> = json
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|row| {
                        (
                            row["name"].as_str().unwrap(),
                            row["bytes"].as_u64().unwrap(),
                        )
                    })
                    .collect();
                assert_eq!(listed, expected);
            }
        }
    }
    drop(wire);
    house.close().await;
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn agrees_with_a_map(steps in prop::collection::vec(step(), 1..40)) {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
            .block_on(run(steps));
    }
}
