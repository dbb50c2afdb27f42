//! Marking inbox lines read. The ids stay the uuids they came as: flat servers
//! take no other form here.

use serde_json::json;

use crate::model::exchange::FaultKind;
use crate::model::ids::NotificationId;

use super::super::ages::Op;
use super::{Out, Step, Stop, accepted, may_pass, unsupported};
use crate::model::exchange::Batch;

/// Marked at once; a line of somebody else's makes the server refuse all of them.
const AT_ONCE: usize = 200;

impl Step<'_> {
    pub(super) async fn mark_read(&self, ids: &[NotificationId], read: bool) -> Out {
        if !read {
            return Err(unsupported(
                "Operately marks nothing unread",
                "drop this entry (D)",
            ));
        }
        let ids: Vec<&str> = ids.iter().filter_map(uuid).collect();
        for some in ids.chunks(AT_ONCE) {
            match self.put(Op::MarkManyRead, json!({ "ids": some })).await {
                Ok(_) => {}
                Err(Stop::Refused(fault)) if is_about_one(fault.kind) => {
                    self.one_by_one(some).await?;
                }
                Err(other) => return Err(other),
            }
        }
        match self.desk.facts.inbox().await {
            Ok(batch) => Ok(accepted(batch, None)),
            Err(problem) if may_pass(&problem) => Err(Stop::harmless(&problem)),
            Err(_) => Ok(accepted(Batch::default(), None)),
        }
    }

    /// What is gone or not ours needs no mark.
    async fn one_by_one(&self, ids: &[&str]) -> Result<(), Stop> {
        for id in ids {
            match self.put(Op::MarkRead, json!({ "id": id })).await {
                Ok(_) => {}
                Err(Stop::Refused(fault)) if is_about_one(fault.kind) => {}
                Err(other) => return Err(other),
            }
        }
        Ok(())
    }
}

fn is_about_one(kind: FaultKind) -> bool {
    matches!(kind, FaultKind::Gone | FaultKind::Invalid)
}

/// The server's own id of a line.
fn uuid(id: &NotificationId) -> Option<&str> {
    let (_, theirs) = id.as_str().rsplit_once(':')?;
    (theirs.len() == 36).then_some(theirs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_keeps_the_uuid_it_came_with() {
        let id = |text: &str| NotificationId::new(text);
        let ours = id("work:402701ea-ac60-495f-b84a-588a2bb5052f");
        assert_eq!(uuid(&ours), Some("402701ea-ac60-495f-b84a-588a2bb5052f"));
        assert_eq!(uuid(&id("work:kept-here")), None);
        assert_eq!(uuid(&id("nothing")), None);
    }
}
