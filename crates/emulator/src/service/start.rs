//! Making the world: from a load, or from what an earlier run left.

use std::sync::Arc;

use crate::blobs::Blobs;
use crate::clock::VirtualClock;
use crate::load;
use crate::options::{Options, StartError, Switches};
use crate::persist::{self, DataFolder};
use crate::store::Store;
use crate::world::World;

/// The world, and the folder it is kept in.
pub(super) fn world(options: Options) -> Result<(World, Option<DataFolder>), StartError> {
    let data = options.data.as_deref().map(DataFolder::open).transpose()?;
    let mut blobs = match &data {
        Some(data) => Blobs::kept(&data.blobs())?,
        None => Blobs::temporary()?,
    };
    let saved = data.as_ref().map(DataFolder::load).transpose()?.flatten();
    let real = (options.now)();
    let clock = |start| VirtualClock::new(Arc::clone(&options.now), start, options.speed);
    let world = if let Some(saved) = saved {
        // Assumptions that were given explicitly count; else those of the earlier run go on.
        let given = options.switches != Switches::default();
        let mut world = World {
            clock: clock(saved.now.max(real)),
            blobs,
            store: saved.content.store,
            oic: saved.content.oic,
            identity: saved.content.identity,
            switches: if given {
                options.switches
            } else {
                saved.content.switches
            },
            rng: fastrand::Rng::with_seed(saved.seed),
            quiet_until: None,
        };
        persist::sweep(&mut world)?;
        world
    } else {
        let mut rng = fastrand::Rng::with_seed(options.seed);
        let mut store = Store::default();
        store.advance(real);
        let (oic, identity) = load::load(&options.load, &mut blobs, &mut store, &mut rng, real)?;
        World {
            clock: clock(real),
            blobs,
            store,
            oic,
            identity,
            switches: options.switches,
            rng,
            quiet_until: None,
        }
    };
    Ok((world, data))
}
