//! An emulator's environments as the commands see them.

use std::sync::Arc;

use ferry_core::job::{Generation, PollPolicy};
use ferry_core::storage::{StorageUrl, SwiftUser};
use ferry_emulator::EnvironmentCard;
use ferry_flows::{Environment, Now, Overrides, Storage};
use ferry_http::Client;
use ferry_oic::{Instance, Settings, SignIn};
use ferry_swift::Bucket;
use secrecy::SecretString;

pub(crate) fn environment(card: &EnvironmentCard, http: &Client, now: &Now) -> Environment {
    let generation: Generation = card.generation.parse().unwrap();
    let sign_in = match generation {
        Generation::Gen2 => SignIn::Basic {
            user: card.user.clone(),
            password: SecretString::from(card.password.clone()),
        },
        Generation::Gen3 => SignIn::ClientCredentials {
            token_url: card.token_url.clone(),
            client_id: card.client_id.clone(),
            client_secret: SecretString::from(card.client_secret.clone()),
            scope: Some(card.scope.clone()),
        },
    };
    let settings = Settings {
        generation,
        origin: card.url.clone(),
        service_instance: card.service_instance.clone(),
        sign_in,
        now: Arc::clone(now),
    };
    let url = StorageUrl::parse(&card.storage_url).unwrap();
    Environment {
        name: card.name.parse().unwrap(),
        protected: card.protected,
        rails: ferry_core::plan::Rails::default(),
        identity: card.name.clone(),
        instance: Instance::new(http.clone(), settings),
        storage: storage(card, url, http),
        polling: PollPolicy::fast(),
        overrides: Overrides::default(),
    }
}

pub(crate) fn storage(card: &EnvironmentCard, url: StorageUrl, http: &Client) -> Storage {
    let user: SwiftUser = card.storage_user.parse().unwrap();
    let password = SecretString::from(card.storage_password.clone());
    Storage {
        bucket: Bucket::new(
            http.clone(),
            url.clone(),
            ferry_swift::SignIn::Basic {
                user: user.clone(),
                password: password.clone(),
            },
        ),
        url,
        user,
        password,
    }
}
