//! What waits for me, in four groups; a pure function of the store.

use chrono::{Datelike, Days, NaiveTime};

use crate::model::check_in::Occasion;
use crate::model::goal::Goal;
use crate::model::ids::{CheckInId, CommentId, EntryId, GoalId, PersonId};
use crate::model::time::{Now, Time};
use crate::model::why;

use super::Store;

/// The groups in their order on screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// My check-ins that are due or late.
    Owe,
    /// Check-ins and closings of others that wait for my acknowledgement.
    Acknowledge,
    /// Questions to me without an answer.
    Asked,
    /// Outbox entries that need me.
    CannotSend,
}

impl Group {
    /// All groups in order.
    pub const ALL: [Group; 4] = [
        Group::Owe,
        Group::Acknowledge,
        Group::Asked,
        Group::CannotSend,
    ];

    /// The heading.
    pub fn title(self) -> &'static str {
        match self {
            Group::Owe => "YOU OWE",
            Group::Acknowledge => "TO ACKNOWLEDGE",
            Group::Asked => "ASKED OF YOU",
            Group::CannotSend => "CANNOT SEND",
        }
    }

    /// The word in JSON.
    pub fn code(self) -> &'static str {
        match self {
            Group::Owe => "owe",
            Group::Acknowledge => "acknowledge",
            Group::Asked => "asked",
            Group::CannotSend => "cannot_send",
        }
    }
}

/// One thing that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Stable name, for marks and the cursor.
    pub key: String,
    /// What it is.
    pub what: What,
    /// Since when it waits; of a due check-in the start of its due day.
    pub since: Time,
}

/// What waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A check-in of mine.
    Owe {
        /// On which goal.
        goal: GoalId,
        /// Days past due; 0 today, −1 tomorrow.
        late_days: i64,
    },
    /// Somebody's check-in or closing.
    Acknowledge {
        /// On which goal.
        goal: GoalId,
        /// Which.
        check_in: CheckInId,
    },
    /// Somebody's goal whose plan waits for my approval.
    Approve {
        /// Which.
        goal: GoalId,
    },
    /// Somebody's question.
    Asked {
        /// About which goal.
        goal: GoalId,
        /// Under which check-in; none on the goal itself.
        check_in: Option<CheckInId>,
        /// The question.
        comment: CommentId,
    },
    /// A write that needs me.
    CannotSend {
        /// Which.
        entry: EntryId,
    },
}

impl Item {
    /// Its group.
    pub fn group(&self) -> Group {
        match self.what {
            What::Owe { .. } => Group::Owe,
            What::Acknowledge { .. } | What::Approve { .. } => Group::Acknowledge,
            What::Asked { .. } => Group::Asked,
            What::CannotSend { .. } => Group::CannotSend,
        }
    }

    /// The goal it is about, if it is about one.
    pub fn goal<'a>(&'a self, store: &'a Store) -> Option<&'a Goal> {
        match &self.what {
            What::Owe { goal, .. }
            | What::Acknowledge { goal, .. }
            | What::Approve { goal }
            | What::Asked { goal, .. } => store.goal(goal),
            What::CannotSend { entry } => store
                .entry(entry)?
                .change
                .goals()
                .first()
                .and_then(|id| store.goal(id)),
        }
    }
}

/// All that waits for me now. In *you owe* what is due today comes first (it can
/// still be in time), then what is late, most overdue first, then tomorrow's;
/// in the other groups the oldest comes first.
pub fn queue(store: &Store, now: &Now) -> Vec<Item> {
    let mut items = all(store, now);
    items.retain(|item| put_off_until(store, item, now).is_none());
    items.sort_by(|one, other| {
        (one.group(), urgency(one), one.since, &one.key).cmp(&(
            other.group(),
            urgency(other),
            other.since,
            &other.key,
        ))
    });
    items
}

/// What would wait for me now but was put off, with when it comes back; what comes
/// back first comes first.
pub fn put_off(store: &Store, now: &Now) -> Vec<(Item, Time)> {
    if !store.marks().has_later(now.at) {
        return Vec::new();
    }
    let items = all(store, now).into_iter();
    let mut items: Vec<(Item, Time)> = items
        .filter_map(|item| {
            let until = put_off_until(store, &item, now)?;
            Some((item, until))
        })
        .collect();
    items.sort_by(|(one, until), (other, after)| (until, &one.key).cmp(&(after, &other.key)));
    items
}

fn put_off_until(store: &Store, item: &Item, now: &Now) -> Option<Time> {
    let until = store.marks().later(&item.key)?;
    (until > now.at).then_some(until)
}

/// All that waits and is not dealt with, put off or not, in no order.
fn all(store: &Store, now: &Now) -> Vec<Item> {
    let mut items = Vec::new();
    for goal in store.mine() {
        let Some(me) = store.me(&goal.account) else {
            continue;
        };
        owed(store, goal, me, now, &mut items);
        for check_in in &goal.check_ins {
            let mine = goal.acknowledger(check_in) == Some(me);
            if mine && check_in.waits() && !store.is_acknowledged(goal, &check_in.id) {
                items.push(Item {
                    key: format!("ack {}", check_in.id),
                    what: What::Acknowledge {
                        goal: goal.id.clone(),
                        check_in: check_in.id.clone(),
                    },
                    since: check_in.at,
                });
            }
        }
        if waits_for_approval(store, goal, me) {
            let since = goal.approval.as_ref().and_then(|approval| approval.since);
            let since = since.unwrap_or(goal.updated_at);
            items.push(Item {
                key: format!("approve {}", goal.id),
                what: What::Approve {
                    goal: goal.id.clone(),
                },
                since,
            });
        }
        if let Some(question) = why::open_question(goal, me, &|id| store.name_of(id)) {
            items.push(Item {
                key: format!("asked {}", question.comment),
                what: What::Asked {
                    goal: goal.id.clone(),
                    check_in: question.check_in,
                    comment: question.comment,
                },
                since: question.at,
            });
        }
    }
    items.extend(
        store
            .entries()
            .filter(|entry| entry.state.needs_person())
            .map(|entry| Item {
                key: format!("entry {}", entry.id),
                what: What::CannotSend {
                    entry: entry.id.clone(),
                },
                since: entry.signature.at,
            }),
    );
    items.retain(|item| {
        let answered = store.marks().answered(&item.key);
        answered.is_none_or(|at| at < item.since)
    });
    items
}

/// Whether I may approve a goal's plan, and it waits for that.
pub(super) fn waits_for_approval(store: &Store, goal: &Goal, me: &PersonId) -> bool {
    let account = store.account(&goal.account);
    let may = account.is_some_and(|account| account.setup.abilities.review.is_possible());
    may && goal.is_open() && goal.waits_for_approval_of(me)
}

fn owed(store: &Store, goal: &Goal, me: &PersonId, now: &Now, items: &mut Vec<Item>) {
    if !goal.owes_check_in(me) || !goal.is_open() {
        return;
    }
    let Some(due) = store
        .figures(&goal.id)
        .and_then(|figures| figures.check_in_due)
    else {
        return;
    };
    let late_days = (now.today() - due).num_days();
    if late_days >= -1 {
        items.push(Item {
            key: format!("owe {} {due}", goal.id),
            what: What::Owe {
                goal: goal.id.clone(),
                late_days,
            },
            since: now.zone.start_of(due),
        });
    }
}

fn urgency(item: &Item) -> i64 {
    match item.what {
        What::Owe { late_days: 0, .. } => i64::MIN,
        What::Owe { late_days, .. } => -late_days,
        _ => 0,
    }
}

/// The next check-in of mine that is not waiting yet, for "nothing is waiting".
pub fn next_due<'a>(store: &'a Store, now: &Now) -> Option<(&'a Goal, chrono::NaiveDate)> {
    store
        .mine()
        .filter(|goal| {
            goal.is_open()
                && store
                    .me(&goal.account)
                    .is_some_and(|me| goal.owes_check_in(me))
        })
        .filter_map(|goal| Some((goal, store.figures(&goal.id)?.check_in_due?)))
        .filter(|(_, due)| *due > now.today())
        .min_by(|one, other| (one.1, &one.0.name).cmp(&(other.1, &other.0.name)))
}

/// The day on which a goal's cadence asks next after today, if it has one.
pub fn next_cadence(store: &Store, item: &Item, now: &Now) -> Option<chrono::NaiveDate> {
    let goal = item.goal(store)?;
    let anchor = goal.start.unwrap_or_else(|| now.day_of(goal.created_at));
    goal.cadence.first_from(now.today().succ_opt()?, anchor)
}

/// When an item comes back that was put off with one of these words: `afternoon`,
/// `tomorrow`, `monday`, or `on` and a day (`on 2026-11-27`).
pub fn later_until(key: &str, now: &Now) -> Option<Time> {
    let wall = now.wall();
    let at = |day: chrono::NaiveDate, hour: u32| {
        NaiveTime::from_hms_opt(hour, 0, 0).map(|time| now.zone.moment(day.and_time(time)))
    };
    let today = wall.date();
    match key {
        "afternoon" => {
            let afternoon = at(today, 14)?;
            // After lunch "this afternoon" means in three hours.
            Some(if afternoon > now.at {
                afternoon
            } else {
                now.at + chrono::TimeDelta::hours(3)
            })
        }
        "tomorrow" => at(today.checked_add_days(Days::new(1))?, 9),
        "monday" => {
            let days = 7 - u64::from(today.weekday().num_days_from_monday());
            at(today.checked_add_days(Days::new(days))?, 9)
        }
        on => at(on.strip_prefix("on ")?.parse().ok()?, 9),
    }
}

/// How many items of each group wait, in the order of [`Group::ALL`].
pub fn counts(items: &[Item]) -> [usize; 4] {
    Group::ALL.map(|group| items.iter().filter(|item| item.group() == group).count())
}

/// The last reply of mine under a goal's check-ins or on the goal.
pub fn my_last_reply<'a>(
    store: &Store,
    goal: &'a Goal,
) -> Option<&'a crate::model::check_in::Comment> {
    let me = store.me(&goal.account)?;
    goal.check_ins
        .iter()
        .flat_map(|check_in| &check_in.comments)
        .chain(&goal.comments)
        .filter(|comment| &comment.author == me)
        .max_by_key(|comment| comment.at)
}

/// The check-in before this one, to compare statuses.
pub fn before<'a>(
    goal: &'a Goal,
    check_in: &CheckInId,
) -> Option<&'a crate::model::check_in::CheckIn> {
    let place = goal
        .check_ins
        .iter()
        .position(|other| &other.id == check_in)?;
    goal.check_ins
        .get(..place)?
        .iter()
        .rev()
        .find(|other| other.occasion == Occasion::Regular)
}
