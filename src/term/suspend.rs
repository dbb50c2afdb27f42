//! Stopping the program for the shell. In raw mode Ctrl-Z is a key, so we stop
//! ourselves; giving the terminal back and taking it again is the caller's.

use nix::unistd::{getpgrp, getsid};
use rustix::process::{Signal, kill_current_process_group};

/// Whether a shell would notice that we stop and can continue us: it put us into
/// a process group of our own. Alone in a terminal we would be stuck for ever.
///
/// Asked through nix, not rustix: in a container the leader of our session can be
/// outside the process namespace; the kernel then answers 0, which rustix takes
/// for impossible (its debug builds panic).
pub fn under_job_control() -> bool {
    getsid(None).is_ok_and(|session| session != getpgrp())
}

/// Stops every process of our group, an editor included; returns when we are
/// continued.
pub(super) fn stop() {
    let _ = kill_current_process_group(Signal::STOP);
}
