//! A panic is our bug: it is said so, in one line, and ends with its own exit code.

use std::io::Write;
use std::panic;

/// From now on a panic tells what happened and where, in place of the runtime's own text.
pub(crate) fn report_panics() {
    panic::set_hook(Box::new(|info| {
        let payload = info.payload();
        let what = payload
            .downcast_ref::<&str>()
            .copied()
            .or_else(|| payload.downcast_ref::<String>().map(String::as_str));
        let place = info
            .location()
            .map(|place| format!(" ({}:{})", place.file(), place.line()))
            .unwrap_or_default();
        let mut err = std::io::stderr().lock();
        // Nothing is left to do when stderr is gone.
        let _ = writeln!(
            err,
            "error: this is a bug in ferry: {}{place}",
            super::clean(what.unwrap_or("no message"))
        );
        let _ = writeln!(
            err,
            "hint: run the same command again to go on; please report the line above"
        );
    }));
}
