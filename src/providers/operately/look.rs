//! Whether a write of unknown fate arrived: every write looks before it acts, so
//! looking is sending with the acting forbidden.

use crate::model::exchange::{Answer, Batch, Fault, FaultKind, Letter};

use super::send::Desk;

/// More steps than any write has after it was found.
const STEPS: usize = 8;

impl Desk<'_> {
    /// Facts after the write if it arrived, none if a complete look did not find
    /// it. What belongs to a write that arrived and is harmless to repeat (putting
    /// back a goal's first day) is done here too.
    ///
    /// # Errors
    /// The look was not complete. [`FaultKind::Gone`] and [`FaultKind::Forbidden`]:
    /// it cannot be, so a person decides.
    pub async fn look_for(&self, letter: &Letter) -> Result<Option<Batch>, Fault> {
        let mut letter = letter.clone();
        for _ in 0..STEPS {
            match self.work(&letter, true).await {
                Answer::Accepted { batch, .. } => return Ok(Some(batch)),
                Answer::Onward(trail) => letter.trail = Some(trail),
                // It would have to be written, or would be refused if it were.
                Answer::NoAnswer(_) => return Ok(None),
                Answer::Refused(fault)
                    if matches!(
                        fault.kind,
                        FaultKind::Changed | FaultKind::Invalid | FaultKind::Unsupported
                    ) =>
                {
                    return Ok(None);
                }
                Answer::Refused(fault) => return Err(fault),
                Answer::Busy(seconds) => {
                    return Err(Fault::new(
                        FaultKind::Offline,
                        format!("the server asks to wait {seconds} s"),
                        "",
                    ));
                }
                Answer::Offline(why) => return Err(Fault::new(FaultKind::Offline, why, "")),
            }
        }
        Err(Fault::new(
            FaultKind::Unreadable,
            "looking for it came to no end",
            "look on Operately's own page whether it arrived",
        ))
    }
}
