//! Clients that mean no good: each is answered, nothing is stored that should not be, and others are served.

use crate::house::House;
use crate::wire::{Answer, Wire};

mod crowd;
mod heads;
mod lengths;
mod manifests;
mod paths;

impl House {
    /// Sends these bytes on a connection of their own, and no more; what comes back, if anything does.
    async fn say(&self, bytes: &[u8]) -> Option<Answer> {
        let mut wire = Wire::connect(self.address).await;
        // It may answer, and end the connection, before it has read everything.
        let _ = wire.send(bytes).await;
        wire.end().await;
        wire.read(false).await.ok()
    }

    /// Nothing is stored but these, and the next request is served.
    async fn holds(&self, names: &[&str]) {
        assert_eq!(self.names("").await, names);
        self.put("next", b"1").await;
        assert_eq!(self.get("next").await.text(), "1");
        self.delete("next").await;
    }
}
