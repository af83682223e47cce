//! Transfers over bad lines, drawn from seeds: each ends byte-identical, or with an error that tells what happened.
//!
//! `FERRY_SIM_SEED=17` runs one seed alone, with what was asked and answered.

#[cfg(test)]
mod case;
#[cfg(test)]
mod oracle;
#[cfg(test)]
mod place;
#[cfg(test)]
mod scene;
#[cfg(test)]
mod seeds;
#[cfg(test)]
mod transfer;
#[cfg(test)]
mod weather;

#[cfg(test)]
mod tests {
    use crate::place::Pace;
    use crate::seeds;

    #[test]
    fn at_paused_time() {
        seeds::each(500, Pace::Paused);
    }

    #[test]
    fn over_tcp() {
        seeds::each(20, Pace::Real);
    }
}
