//! `/_ferry/instances/{instance}/storage`: what the console has under Settings > Storage. A job that names no storage
//! uses it, where the switch `storage-info-optional` allows that. The calls behind the console's page are not
//! documented, so the emulator's own controls stand in for them.

use http::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::answers::{bad_request, not_found, ok, only};
use super::model::{Hidden, Storage};
use crate::blobs::Blobs;
use crate::body::{Refused, Reply, bare};
use crate::store::{BucketKey, Store, StoreRefusal};
use crate::world::World;

/// The name under which a probe writes and deletes an object.
const PROBE: &str = "storage-settings-probe";

/// The storage that an instance was told to use, and its sign-in.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct StorageSettings {
    pub(super) storage_url: String,
    pub(super) storage_user: String,
    pub(super) storage_password: Hidden,
}

impl StorageSettings {
    /// An instance's own bucket.
    pub(crate) fn of(storage: &Storage) -> Self {
        Self {
            storage_url: format!(
                "https://swiftobjectstorage.eu-frankfurt-1.oraclecloud.com/v1/{}/{}",
                storage.namespace, storage.bucket
            ),
            storage_user: storage.user.clone(),
            storage_password: storage.token.clone(),
        }
    }

    /// The bucket that they name.
    pub(super) fn open(&self, store: &Store) -> Result<BucketKey, StoreRefusal> {
        let url = self.storage_url.trim().trim_end_matches('/');
        store.open(url, &self.storage_user, &self.storage_password.0)
    }

    /// Opens the bucket, and writes and deletes an object in it.
    fn probe(&self, store: &mut Store, blobs: &mut Blobs) -> Result<(), String> {
        let key = self.open(store).map_err(|refusal| refusal.to_string())?;
        let blob = blobs.put(b"probe").map_err(|e| e.to_string())?;
        let now = store.now();
        store.put(&key, PROBE, blob, None, now);
        store.remove(&key, PROBE);
        Ok(())
    }
}

/// `GET` shows them, the password masked; `PUT` saves them where a probe succeeds; `DELETE` resets them.
pub(crate) fn storage(world: &mut World, name: &str, method: &Method, body: &[u8]) -> Reply {
    answer(world, name, method, body).unwrap_or_else(Refused::into_reply)
}

fn answer(world: &mut World, name: &str, method: &Method, body: &[u8]) -> Result<Reply, Refused> {
    let mut instances = world.oic.instances.iter_mut();
    let instance = instances
        .find(|instance| instance.name == name)
        .ok_or_else(|| Refused::new(not_found("Instance", name)))?;
    match *method {
        Method::GET => {}
        Method::PUT => {
            // The error's own text may repeat the password.
            let wanted: StorageSettings = serde_json::from_slice(body).map_err(|_| {
                let why =
                    "the body must have storageUrl, storageUser and storagePassword, and no more";
                Refused::new(bad_request(why))
            })?;
            wanted
                .probe(&mut world.store, &mut world.blobs)
                .map_err(|why| Refused::new(bad_request(format!("nothing was saved: {why}"))))?;
            instance.storage_settings = Some(wanted);
        }
        Method::DELETE => {
            instance.storage_settings = None;
            return Ok(bare(StatusCode::NO_CONTENT));
        }
        _ => return Ok(only("GET, PUT, DELETE", "they are read, saved or reset")),
    }
    match &instance.storage_settings {
        Some(it) => Ok(ok(&json!({
            "storageUrl": it.storage_url,
            "storageUser": it.storage_user,
            "storagePassword": "******",
        }))),
        None => Err(Refused::new(not_found("Storage settings of", name))),
    }
}
