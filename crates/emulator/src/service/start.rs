//! Making the world: from a load, or from what an earlier run left.

use std::sync::Arc;

use crate::blobs::Blobs;
use crate::clock::VirtualClock;
use crate::load;
use crate::options::{Options, StartError, Switches};
use crate::persist::{Content, DataFolder, Saved, Version};
use crate::snapshots::Snapshots;
use crate::store::Store;
use crate::world::World;

/// A world, and what it is kept in.
pub(super) struct Started {
    pub(super) world: World,
    pub(super) data: Option<DataFolder>,
    pub(super) snapshots: Snapshots,
    /// Whether an earlier run left it.
    pub(super) resumed: bool,
}

/// The world as it begins, or as an earlier run left it.
pub(super) fn start(options: &Options) -> Result<Started, StartError> {
    let data = options.data.as_deref().map(DataFolder::open).transpose()?;
    let mut blobs = match &data {
        Some(data) => Blobs::kept(&data.blobs())?,
        None => Blobs::temporary()?,
    };
    let snapshots = match &data {
        Some(data) => Snapshots::kept(data.snapshots())?,
        None => Snapshots::default(),
    };
    let earlier = data.as_ref().map(DataFolder::load).transpose()?.flatten();
    let resumed = earlier.is_some();
    let mut saved = match earlier {
        Some(earlier) => earlier,
        None => beginning(options, &mut blobs)?,
    };
    // Assumptions that were given explicitly count; else those of the earlier run go on.
    if options.switches != Switches::default() {
        saved.content.switches = options.switches.clone();
    }
    let now = saved.now.max((options.now)());
    let clock = VirtualClock::new(Arc::clone(&options.now), now, options.speed);
    Ok(Started {
        world: World::new(clock, blobs, saved),
        data,
        snapshots,
        resumed,
    })
}

/// What is loaded, before anything was done with it.
pub(super) fn beginning(options: &Options, blobs: &mut Blobs) -> Result<Saved, StartError> {
    let now = (options.now)();
    let mut rng = fastrand::Rng::with_seed(options.seed);
    let mut store = Store::default();
    store.advance(now);
    let (oic, identity) = load::load(&options.load, blobs, &mut store, &mut rng, now)?;
    Ok(Saved {
        _version: Version,
        now,
        seed: rng.get_seed(),
        content: Content {
            switches: options.switches.clone(),
            store,
            oic,
            identity,
        },
    })
}
