//! Notices that another program changed the store: looks at the files four times
//! a second, and asks SQLite only when they changed. Our own writes wake nobody.

use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::{Duration, SystemTime};

use super::writer::{Job, Jobs, Writer};
use crate::model::exchange::Fault;

/// Between two looks: twice this and a little is the longest anybody waits.
const EVERY: Duration = Duration::from_millis(200);

/// What of the files tells a change.
type Look = [Option<(u64, SystemTime)>; 2];

fn look(file: &Path, log: &Path) -> Look {
    [file, log].map(|path| {
        let seen = path.metadata().ok()?;
        Some((seen.len(), seen.modified().ok()?))
    })
}

/// Ends the watching when it is dropped.
#[derive(Debug)]
pub struct Watch {
    _stop: mpsc::Sender<()>,
}

/// Calls `back` from a thread of its own whenever another program changed the
/// store.
///
/// # Errors
/// No thread was left to start.
pub fn start(jobs: &Jobs, file: PathBuf, back: impl Fn() + Send + 'static) -> Result<Watch, Fault> {
    let (stop, stopped) = mpsc::channel::<()>();
    let queue = jobs.weak();
    let mut log = file.clone().into_os_string();
    log.push("-wal");
    let log = PathBuf::from(log);
    std::thread::Builder::new()
        .name("disk-watch".to_owned())
        .spawn(move || {
            // Asks once more after a change: two writes may carry one time stamp.
            let (mut seen, mut settled) = (None, false);
            loop {
                let now = look(&file, &log);
                if seen != Some(now) || !settled {
                    settled = seen == Some(now);
                    let Some(queue) = queue.upgrade() else { return };
                    let (answer, changed) = mpsc::channel();
                    let job: Job = Box::new(move |writer: &mut Writer| {
                        // Nobody listens: the watch has ended meanwhile.
                        let _unheard = answer.send(writer.changed_by_others());
                    });
                    if queue.blocking_send(job).is_err() {
                        return;
                    }
                    drop(queue);
                    match changed.recv() {
                        Ok(Ok(true)) => back(),
                        Ok(_) => {}
                        Err(_) => return,
                    }
                    seen = Some(now);
                }
                match stopped.recv_timeout(EVERY) {
                    Err(mpsc::RecvTimeoutError::Timeout) => {}
                    _ => return,
                }
            }
        })
        .map_err(|error| {
            super::fault::disk(
                format!("no thread to watch the store: {error}"),
                "changes of other programs show after a restart",
            )
        })?;
    Ok(Watch { _stop: stop })
}
