//! Stopping the program for the shell. In raw mode Ctrl-Z is a key, so we stop
//! ourselves; giving the terminal back and taking it again is the caller's.

use rustix::process::{Signal, getpgrp, getsid, kill_current_process_group};

/// Whether a shell would notice that we stop and can continue us: it put us into
/// a process group of our own. Alone in a terminal we would be stuck for ever.
pub fn under_job_control() -> bool {
    getsid(None).is_ok_and(|session| session != getpgrp())
}

/// Stops every process of our group, an editor included; returns when we are
/// continued.
pub(super) fn stop() {
    let _ = kill_current_process_group(Signal::STOP);
}
