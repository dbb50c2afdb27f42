//! Reactions under check-ins. The server takes the same one twice and fails over
//! taking one away that is not there, so both look first.

use serde_json::{Value, json};

use crate::model::exchange::{Change, FaultKind};
use crate::model::ids::{CheckInId, GoalId};

use super::super::ages::Op;
use super::super::decode::signs::{emoji as emoji_of, sign as sign_of};
use super::super::ids::ShortId;
use super::now::{Someone, id_at, list, text_at, unreadable};
use super::spot::Spot;
use super::trail::{Note, turn};
use super::{Out, Step, Stop, invalid, unsupported};

/// Longest sign in bytes: a few emoji, not a text.
const LONGEST: usize = 64;

impl Step<'_> {
    pub(super) async fn react(
        &self,
        goal: &GoalId,
        check_in: &CheckInId,
        sign: &str,
        on: bool,
        note: Option<Note>,
    ) -> Out {
        let begun = turn(note)?;
        if sign.trim().is_empty() || sign.len() > LONGEST {
            return Err(invalid(
                "a reaction is one emoji or a short word",
                "drop this entry (D)",
            ));
        }
        let spot = self.spot(goal, check_in).await?;
        let mine = self.reactions(&spot, sign).await?;
        let undo = Change::React {
            goal: goal.clone(),
            check_in: check_in.clone(),
            sign: sign.to_owned(),
            on: !on,
        };
        match (on, mine.is_empty()) {
            (true, true) if !begun => return Ok(Note::Turn.onward()),
            (true, true) => {
                let body = json!({
                    "entity_id": spot.id()?,
                    "entity_type": spot.word(self.build()),
                    "emoji": emoji_of(sign),
                });
                self.once(Op::CreateReaction, body).await?;
            }
            (false, false) => {
                for id in mine {
                    self.take_away(id).await?;
                }
            }
            // As it shall be already: nothing to take back.
            _ => return self.done(&[goal], None).await,
        }
        self.done(&[goal], Some(undo)).await
    }

    async fn take_away(&self, id: ShortId) -> Result<(), Stop> {
        let body = json!({ "reaction_id": id.to_string() });
        match self.put(Op::DeleteReaction, body).await {
            Ok(_) => Ok(()),
            // Gone meanwhile: the server fails over that.
            Err(Stop::Refused(fault))
                if matches!(fault.kind, FaultKind::Gone | FaultKind::Invalid) =>
            {
                Ok(())
            }
            Err(other) => Err(other),
        }
    }

    /// My reactions with this sign under something.
    async fn reactions(&self, spot: &Spot, sign: &str) -> Result<Vec<ShortId>, Stop> {
        let (op, at) = match spot {
            Spot::CheckIn { .. } => (Op::CheckIn, "/update"),
            Spot::ProjectCheckIn { .. } => (Op::ProjectCheckIn, "/project_check_in"),
            Spot::Thread { .. } => (Op::Activity, "/activity/comment_thread"),
            Spot::ProjectClosing { .. } => {
                return Err(unsupported(
                    "reactions to the closing of a project are given on Operately's own page",
                    "drop this entry (D)",
                ));
            }
        };
        let query = match spot {
            Spot::Thread { activity, .. } => vec![("id", activity.clone())],
            other => vec![
                ("id", other.id()?.to_owned()),
                ("include_reactions", "true".to_owned()),
            ],
        };
        let told = self.read(op, &query).await?;
        let thing = told
            .pointer(at)
            .ok_or_else(|| Stop::Refused(unreadable("the check-in")))?;
        mine(thing, self.me, sign)
    }
}

fn mine(thing: &Value, me: ShortId, sign: &str) -> Result<Vec<ShortId>, Stop> {
    let wanted = sign_of(emoji_of(sign));
    let all = list(thing, "reactions").map_err(Stop::Refused)?;
    let mine = all.iter().filter(|reaction| {
        // An empty emoji is stored as null.
        let emoji = text_at(reaction, "emoji").unwrap_or_default();
        let by = reaction.get("person").and_then(Someone::read);
        sign_of(emoji) == wanted && by.is_some_and(|by| by.id == me)
    });
    Ok(mine.filter_map(|reaction| id_at(reaction, "id")).collect())
}

#[cfg(test)]
mod tests {
    use super::super::tests::id;
    use super::*;

    #[test]
    fn mine_is_told_by_person_and_emoji_and_a_null_one_is_no_trouble() {
        let person = |id: &str| json!({"id": id, "full_name": "X"});
        let thing = json!({"reactions": [
            {"id": "AB", "emoji": null, "person": person("ada-DA")},
            {"id": "AC", "emoji": "👍", "person": person("wei-FO")},
            {"id": "AD", "emoji": "👍", "person": person("ada-DA")},
            {"id": "AE", "emoji": "👍", "person": null},
            {"id": "AF", "emoji": "looks good", "person": person("ada-DA")}]});
        assert_eq!(mine(&thing, id("DA"), "+1"), Ok(vec![id("AD")]));
        assert_eq!(mine(&thing, id("DA"), "👍"), Ok(vec![id("AD")]));
        assert_eq!(mine(&thing, id("DA"), "heart"), Ok(Vec::new()));
        assert_eq!(mine(&thing, id("DA"), "looks good"), Ok(vec![id("AF")]));
        // Null means that it was not asked for, not that there is none.
        assert!(mine(&json!({"reactions": null}), id("DA"), "+1").is_err());
    }
}
