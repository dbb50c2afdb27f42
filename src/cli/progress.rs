//! How far an import or export is: one line on a terminal's stderr that is written
//! over, once a second, and gone at the end. Elsewhere nothing, so that scripts and
//! logs see only what is said at the end.

use std::io::{IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::model::text;

/// What is done sooner shows nothing.
const FIRST: Duration = Duration::from_millis(500);
/// The line stands still for so long.
const STILL: Duration = Duration::from_secs(1);
/// Cells of the bar.
const BAR: usize = 20;

/// A count that other threads add to, and its line.
pub struct Progress {
    doing: &'static str,
    of: Option<usize>,
    done: Arc<AtomicUsize>,
    is_shown: bool,
}

impl Progress {
    /// Of something that is done that often, if that is known; `quiet` for no line.
    pub fn of(doing: &'static str, of: Option<usize>, quiet: bool) -> Self {
        Self {
            doing,
            of,
            done: Arc::new(AtomicUsize::new(0)),
            is_shown: !quiet && std::io::stderr().is_terminal(),
        }
    }

    /// Adds to the count, on any thread.
    pub fn counter(&self) -> impl Fn(usize) + Send + 'static {
        let done = Arc::clone(&self.done);
        move |more| {
            done.fetch_add(more, Ordering::Relaxed);
        }
    }

    /// Does some work and shows meanwhile how far it is.
    pub fn during<T>(&self, work: impl FnOnce() -> T) -> T {
        if !self.is_shown {
            return work();
        }
        std::thread::scope(|threads| {
            let (end, ended) = std::sync::mpsc::channel::<()>();
            let (done, doing, of) = (Arc::clone(&self.done), self.doing, self.of);
            let shows = threads.spawn(move || {
                let mut wait = FIRST;
                let mut was_shown = false;
                // Ends when the work has ended, whichever way.
                while let Err(std::sync::mpsc::RecvTimeoutError::Timeout) = ended.recv_timeout(wait)
                {
                    let words = words(doing, done.load(Ordering::Relaxed), of);
                    show(&format!("\r{words}\x1b[K"));
                    (wait, was_shown) = (STILL, true);
                }
                was_shown
            });
            let result = work();
            drop(end);
            if shows.join().unwrap_or(false) {
                show("\r\x1b[K");
            }
            result
        })
    }
}

fn show(line: &str) {
    let mut to = std::io::stderr().lock();
    // Nobody looks any more: that is no reason to stop.
    let _unseen = to.write_all(line.as_bytes()).and_then(|()| to.flush());
}

/// `importing 2300/10000 ####................`; without a number of all of them the
/// count alone.
fn words(doing: &str, done: usize, of: Option<usize>) -> text::Shown {
    match of.filter(|of| *of > 0) {
        Some(of) => {
            let full = (done.min(of) * BAR) / of;
            let (done_cells, rest) = ("#".repeat(full), ".".repeat(BAR - full));
            crate::shown!("{doing} {done}/{of} {done_cells}{rest}  Ctrl-C leaves nothing behind")
        }
        None => crate::shown!("{doing} {done}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_has_a_count_and_a_bar() {
        let half = words("importing", 50, Some(100));
        let bar = "##########..........";
        assert_eq!(
            half.as_str(),
            format!("importing 50/100 {bar}  Ctrl-C leaves nothing behind")
        );
        let more = words("importing", 200, Some(100));
        assert!(more.as_str().contains("####################  "));
        assert_eq!(words("exporting", 7, None).as_str(), "exporting 7");
        assert_eq!(words("exporting", 7, Some(0)).as_str(), "exporting 7");
    }

    #[test]
    fn work_is_done_once_whether_it_is_shown_or_not() {
        for is_shown in [false, true] {
            let mut progress = Progress::of("counting", Some(3), true);
            progress.is_shown = is_shown;
            let count = progress.counter();
            let made = progress.during(move || {
                count(3);
                "made"
            });
            assert_eq!((made, progress.done.load(Ordering::Relaxed)), ("made", 3));
        }
    }
}
