//! The inbox: what providers reported, and what time itself brought (check-ins
//! of mine that fall due today). A pure function of the store.

use crate::model::goal::Goal;
use crate::model::ids::{AccountName, CheckInId, GoalId, NotificationId, PersonId};
use crate::model::notification::Reason;
use crate::model::time::{Now, Time};

use super::Store;

/// One line of the inbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Stable name for cursor and marks.
    pub key: String,
    /// The provider's line; none for what we derived ourselves.
    pub id: Option<NotificationId>,
    /// Of which account.
    pub account: AccountName,
    /// When.
    pub at: Time,
    /// Why it is here.
    pub reason: Reason,
    /// Who did it.
    pub actor: Option<PersonId>,
    /// About which goal.
    pub goal: Option<GoalId>,
    /// About which check-in.
    pub check_in: Option<CheckInId>,
    /// The sentence without the actor's name; foreign text.
    pub text: String,
    /// Opened or marked read.
    pub read: bool,
}

/// All lines, unread first, newest first, of one reason if asked. Threads that
/// were muted are left out.
pub fn inbox(store: &Store, only: Option<Reason>, now: &Now) -> Vec<Line> {
    let muted = |goal: Option<&GoalId>| goal.is_some_and(|goal| store.marks().is_muted(goal));
    let mut lines: Vec<Line> = store
        .notifications()
        .filter(|line| !muted(line.goal.as_ref()))
        .map(|line| Line {
            key: line.id.to_string(),
            id: Some(line.id.clone()),
            account: line.account.clone(),
            at: line.at,
            reason: line.reason,
            actor: line.actor.clone(),
            goal: line.goal.clone(),
            check_in: line.check_in.clone(),
            text: line.text.clone(),
            read: store.is_read(line),
        })
        .collect();
    lines.extend(
        store
            .mine()
            .filter_map(|goal| due_today(store, goal, now))
            .filter(|line| !muted(line.goal.as_ref())),
    );
    lines.retain(|line| only.is_none_or(|only| line.reason == only));
    lines.sort_by(|one, other| {
        (one.read, other.at, &one.key).cmp(&(other.read, one.at, &other.key))
    });
    lines
}

/// How many lines are unread.
pub fn unread(store: &Store, now: &Now) -> usize {
    inbox(store, None, now)
        .iter()
        .filter(|line| !line.read)
        .count()
}

fn due_today(store: &Store, goal: &Goal, now: &Now) -> Option<Line> {
    let me = store.me(&goal.account)?;
    let due = store.figures(&goal.id)?.check_in_due?;
    if !goal.owes_check_in(me) || !goal.is_open() || due != now.today() {
        return None;
    }
    let key = format!("due {} {due}", goal.id);
    // Answered twice over: read by opening it, removed by "done".
    if store.marks().answered(&format!("done {key}")).is_some() {
        return None;
    }
    let read = store.marks().answered(&key).is_some();
    Some(Line {
        id: None,
        account: goal.account.clone(),
        at: now.zone.start_of(due),
        reason: Reason::Due,
        actor: None,
        goal: Some(goal.id.clone()),
        check_in: None,
        text: format!("{}: check-in due today", goal.name),
        read,
        key,
    })
}
