//! One case: a transfer, drawn from a seed, and the same again while it fails.

use crate::oracle;
use crate::place::{Pace, Place};
use crate::scene::Scene;
use crate::transfer::Transfer;
use crate::weather::{self, Outing};
use std::sync::Arc;

use bytes::Bytes;
use fastrand::Rng;
use ferry_emulator::{Rule, StoreDialect, Switches};
use ferry_swift::{Cut, Features, Storing};

/// How often a transfer is begun, as a user would who reads of an error.
const ATTEMPTS: u32 = 3;

/// Names that need care on their way.
const NAMES: [&str; 4] = ["plain.zip", "d/e f.bin", "ä+%2F?#&", "a/../b"];

pub(crate) async fn run(seed: u64, pace: Pace) {
    let mut rng = Rng::with_seed(seed);
    let switches = weather::switches(&mut rng);
    let content = content(&mut rng);
    let transfer = Transfer::draw(&mut rng);
    let rules = weather::rules(
        &mut rng,
        Outing {
            transfer,
            size: content.len() as u64,
            etag: switches.etag,
            pace,
        },
    );
    let upstream = switches.store_dialect == StoreDialect::Upstream;
    let wanted = if transfer == Transfer::StoreSegments {
        Features {
            segments: rng.bool(),
            dynamic: true,
            ..Features::all()
        }
    } else if rng.bool() {
        Features::all()
    } else {
        Features::none()
    };
    let mut scene = Scene {
        // What was there before is never as long as what comes.
        before: rng
            .bool()
            .then(|| Bytes::from(vec![b'-'; content.len() + 1])),
        name: rng.choice(NAMES).unwrap().parse().unwrap(),
        token: upstream && rng.bool(),
        how: Storing {
            only_new: rng.u8(..4) == 0,
            segmented: transfer == Transfer::StoreSegments,
            cut: cut(&mut rng, content.len() as u64),
            ..Storing::default()
        },
        notes: Arc::default(),
        stale: switches.listing_stale_seconds > 0,
        folder: tempfile::tempdir().unwrap(),
        place: Place::open(pace, seed, switches.clone()).await,
        transfer,
        content,
    };
    scene.prepare(wanted).await;
    let facts = facts(seed, &scene, &switches, &rules);
    for attempt in 1..=ATTEMPTS {
        for rule in &rules {
            scene.place.emulator.add_rule(rule.clone());
        }
        let since = scene.place.emulator.requests();
        let ended = scene.transfer.carry_out(&scene).await;
        scene.place.emulator.clear_rules();
        if let Some(wrong) = oracle::wrong(&scene, &rules, since, &ended).await {
            panic!(
                "{wrong}\nattempt {attempt} ended with {}\n{}{facts}{}",
                format!("{ended:?}").chars().take(800).collect::<String>(),
                scene.notes.lock().unwrap(),
                asked(&scene)
            );
        }
        if ended.is_ok() {
            return;
        }
        if rng.bool() {
            scene.change().await;
        }
        scene.look().await;
    }
}

/// Mostly few bytes; now and then more than what fits a pipe, a buffer, a part.
fn content(rng: &mut Rng) -> Bytes {
    let most = match rng.u8(..16) {
        0 => 1,
        1..8 => 2_000,
        8..12 => 200_000,
        _ if rng.u8(..8) == 0 => 24 << 20,
        _ => 3 << 20,
    };
    let mut content = vec![0; rng.usize(..=most)];
    rng.fill(&mut content);
    content.into()
}

/// A few segments at most, the last of them shorter than the others or not.
fn cut(rng: &mut Rng, len: u64) -> Cut {
    let each = len / rng.u64(1..8) + 1;
    Cut { from: 1, each }
}

/// What a case is about.
fn facts(seed: u64, scene: &Scene, switches: &Switches, rules: &[Rule]) -> String {
    let mut facts = format!(
        "seed {seed}: {:?} of {} bytes as {}, over {:?}, {:?}, token: {}\n",
        scene.transfer,
        scene.content.len(),
        scene.name,
        scene.before.as_ref().map(Bytes::len),
        scene.how,
        scene.token,
    );
    let all = |switches: &Switches| serde_json::to_value(switches).unwrap();
    let (usual, all) = (all(&Switches::default()), all(switches));
    let changed = all.as_object().unwrap().iter();
    for (name, value) in changed.filter(|(name, value)| usual[name] != **value) {
        facts += &format!("  {name} = {value}\n");
    }
    for rule in rules {
        facts += &format!("  {}\n", serde_json::to_string(rule).unwrap());
    }
    facts
}

/// What was asked and answered.
fn asked(scene: &Scene) -> String {
    let journal = scene.place.emulator.journal().into_iter();
    let lines = journal.map(|it| {
        let (status, why) = (
            it.status.unwrap_or_default(),
            it.refusal.unwrap_or_default(),
        );
        format!("{} {} {} {status} {why}\n", it.at, it.method, it.target)
    });
    lines.collect()
}
