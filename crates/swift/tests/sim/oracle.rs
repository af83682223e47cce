//! What must hold after a transfer, however it ended. It is looked up when no fault is in force any more.

use std::collections::BTreeSet;

use ferry_emulator::{Action, Rule};
use ferry_swift::{Digests, Error, ErrorKind};

use crate::scene::{LISTED, Scene};
use crate::transfer::{Came, Transfer, read};

/// What is wrong after a transfer that ended so; its requests are those after `since`.
pub(crate) async fn wrong(
    scene: &Scene,
    rules: &[Rule],
    since: u64,
    ended: &Result<Came, Error>,
) -> Option<String> {
    let found = match ended {
        Ok(came) => false_success(scene, rules, came),
        Err(error) => unclear(scene, rules, error),
    };
    if found.is_some() {
        return found;
    }
    let error = ended.as_ref().err();
    match scene.transfer {
        Transfer::Fetch => on_disk(scene, error),
        Transfer::Remove => match read(&scene.end(), &scene.name).await {
            Ok(_) if error.is_none() => Some("it is still there".to_owned()),
            _ => None,
        },
        transfer if transfer.stores() => in_the_bucket(scene, rules, since, error).await,
        _ => None,
    }
}

/// What is told of a success, and is not so.
fn false_success(scene: &Scene, rules: &[Rule], came: &Came) -> Option<String> {
    let digests = Digests::of(&scene.content[..]).unwrap();
    let same = match came {
        Came::File(told) => *told == digests,
        Came::Bytes(bytes) => *bytes == scene.content,
        Came::Object(bytes, sha256) => {
            *bytes == digests.bytes && sha256.as_ref().is_none_or(|it| *it == digests.sha256)
        }
        Came::Names(names) => {
            let behind = has(rules, |it| matches!(it, Action::StaleListing { .. }));
            // A listing has no digest, and one that is out of order may repeat itself.
            let reordered = has(rules, |it| matches!(it, Action::ReorderedListing));
            let sorted: BTreeSet<&str> = names.iter().map(String::as_str).collect();
            let complete = *names == LISTED || reordered && sorted == BTreeSet::from(LISTED);
            behind || scene.stale || damaging(rules) || complete
        }
        Came::Nothing => true,
    };
    (!same).then(|| "it did not succeed".to_owned())
}

/// What is wrong with the file, and beside it.
fn on_disk(scene: &Scene, error: Option<&Error>) -> Option<String> {
    let target = std::fs::read(scene.target()).ok();
    let target = target.as_deref();
    let whole = target == Some(&scene.content[..]);
    if !(whole || error.is_some() && target == scene.before.as_deref()) {
        return Some(format!("the file has {:?} bytes", target.map(<[u8]>::len)));
    }
    let part = |name: &str| name == "target.ferry-part" || name == "target.ferry-part.json";
    std::fs::read_dir(scene.folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "original" && name != "target")
        .find(|name| error.is_none() || !part(name))
        .map(|name| format!("{name} is left behind"))
}

/// What is wrong with the object that the transfer leaves.
async fn in_the_bucket(
    scene: &Scene,
    rules: &[Rule],
    since: u64,
    error: Option<&Error>,
) -> Option<String> {
    let held = match read(&scene.end(), &scene.name).await {
        Ok(held) => Some(held),
        Err(error) if error.is_not_found() => None,
        Err(error) => return Some(format!("the object cannot be read: {error}")),
    };
    let held = held.as_deref();
    if held == Some(&scene.content[..]) {
        return None;
    }
    let len = held.map(<[u8]>::len);
    let Some(error) = error else {
        return Some(format!("{len:?} bytes are held"));
    };
    let text = format!("{}{error}", scene.notes.lock().unwrap());
    let told = if held == scene.before.as_deref() {
        held.is_none() || !text.contains("it was removed")
    } else if held.is_none() {
        // What was there before may go only where it was overwritten, or seems to have been.
        let lost = overwritten(scene, since) || has(rules, |it| matches!(it, Action::WrongEtag));
        lost && text.contains("it was removed")
    } else {
        // The removal met a fault as well.
        text.contains("before it is used")
    };
    (!told).then(|| format!("{len:?} bytes are left behind, and the error does not tell"))
}

fn overwritten(scene: &Scene, since: u64) -> bool {
    scene.place.emulator.journal().iter().any(|asked| {
        let done = match (asked.status, &asked.refusal) {
            (Some(status), _) => status == 201,
            (None, why) => why
                .as_ref()
                .is_some_and(|why| why.contains("carried out, answer withheld")),
        };
        asked.nth > since && asked.method == "PUT" && done
    })
}

/// What is not clear in an error.
fn unclear(scene: &Scene, rules: &[Rule], error: &Error) -> Option<String> {
    let text = error.to_string();
    let named = text.contains(&*scene.name.as_str().escape_debug().to_string());
    if !named && scene.transfer != Transfer::List {
        return Some("the error does not name the object".to_owned());
    }
    let expected = match error.kind() {
        ErrorKind::Unavailable => true,
        ErrorKind::Damaged => damaging(rules) || has(rules, |it| matches!(it, Action::WrongEtag)),
        // The name is taken, or what is there seems to be another object each time.
        ErrorKind::Precondition => {
            scene.how.only_new
                || has(rules, |it| {
                    matches!(it, Action::WrongEtag | Action::Truncate { .. })
                })
        }
        ErrorKind::Unauthorized => has(rules, |it| matches!(it, Action::ExpireTokens)),
        // An earlier try removed it, and its answer was lost.
        ErrorKind::NotFound => scene.transfer == Transfer::Remove,
        ErrorKind::Other => match scene.transfer {
            // Some stores want to know the length.
            Transfer::StoreStream { sized } => !sized && !scene.how.features.chunked,
            // What is damaged is no JSON, or names segments that are not there.
            Transfer::List | Transfer::StoreSegments => damaging(rules),
            _ => false,
        },
        _ => false,
    };
    (!expected).then(|| "the error is not what happened".to_owned())
}

/// Whether bodies that come are not what was sent.
fn damaging(rules: &[Rule]) -> bool {
    has(rules, |it| {
        matches!(it, Action::Corrupt { .. } | Action::Truncate { .. })
    })
}

fn has(rules: &[Rule], is: impl Fn(&Action) -> bool) -> bool {
    rules.iter().any(|rule| is(&rule.action))
}
