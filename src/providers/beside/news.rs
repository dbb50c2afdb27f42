//! Inbox lines for a provider without an inbox: what differs between what was
//! known of an account and what it says now. The same difference has the same id,
//! so two programs that see it make one line. Of the first reading of an account
//! everything would be new; it makes none.

use std::collections::{HashMap, HashSet};

use chrono::{NaiveDate, TimeDelta};

use super::memory::{Memory, Seen};
use crate::model::cadence;
use crate::model::exchange::{Abilities, Ability, Batch, Query};
use crate::model::goal::{Goal, Nature};
use crate::model::ids::{AccountName, CheckInId, GoalId, NotificationId, PersonId};
use crate::model::kept_here::{Keeping, Note, Places, Slot, Thing};
use crate::model::notification::{Notification, Reason};
use crate::model::time::{Now, Time};

/// Lines one reading makes at most, the newest.
const AT_MOST: usize = 200;
/// Lines are kept for so long.
const STAYS: TimeDelta = TimeDelta::days(90);
/// What falls due is told so many days before.
const AHEAD: i64 = 2;
/// What was due is told for so many days after.
const AFTER: i64 = 7;

/// Something that is new.
#[derive(Clone, Debug)]
struct Found {
    /// What makes it one of its kind, for its id.
    name: String,
    at: Time,
    reason: Reason,
    actor: Option<PersonId>,
    goal: GoalId,
    check_in: Option<CheckInId>,
    text: String,
}

/// One answer on its way, and what was new in it.
pub struct Reading {
    account: AccountName,
    /// It names all goals, or those that changed.
    is_list: bool,
    is_glance: bool,
    /// Lines are made here.
    makes_lines: bool,
    places: Places,
    now: Now,
    /// The lines there are were handed on.
    has_lines: bool,
    /// When the account had been read before this answer began.
    before: Option<Option<Time>>,
    named: HashSet<GoalId>,
    found: HashMap<String, Found>,
}

impl Reading {
    /// The answer to a question begins.
    pub fn new(account: &AccountName, query: &Query, abilities: &Abilities, now: Now) -> Self {
        Self {
            account: account.clone(),
            is_list: matches!(query, Query::All | Query::Since(_)),
            is_glance: *query == Query::Glance,
            makes_lines: abilities.inbox == Ability::KeptHere,
            places: Places::of(abilities),
            now,
            has_lines: false,
            before: None,
            named: HashSet::new(),
            found: HashMap::new(),
        }
    }

    /// What of goals is kept here.
    pub fn places(&self) -> Places {
        self.places
    }

    /// Compares a batch with what is known, before that is remembered.
    pub fn hear(&mut self, batch: &Batch, memory: &mut Memory) {
        if let Some(as_of) = batch.as_of {
            memory.read_at = memory.read_at.or(Some(as_of));
            return;
        }
        if self.is_list {
            self.named
                .extend(batch.goals.iter().map(|goal| goal.id.clone()));
        }
        let before = *self.before.get_or_insert(memory.read_at);
        let Some(read_at) = before.filter(|_| self.makes_lines) else {
            return;
        };
        for goal in batch.goals.iter().filter(|goal| is_told_of(goal)) {
            match memory.seen.get(&goal.id) {
                Some(seen) => self.compare(goal, seen, read_at, memory),
                None if self.is_list => self.appeared(goal, memory),
                None => {}
            }
        }
        for gone in &batch.gone {
            if let Some(seen) = memory.seen.get(gone) {
                self.vanished(&seen.goal);
            }
        }
    }

    fn find(&mut self, kind: &str, goal: &Goal, detail: &str, reason: Reason, text: String) {
        let name = format!("{kind}:{}:{detail}", goal.id);
        // Reads bring no moment with them; what was changed before is of now.
        let found = Found {
            at: self.now.at,
            reason,
            actor: None,
            goal: goal.id.clone(),
            check_in: None,
            text,
            name: name.clone(),
        };
        self.found.entry(name).or_insert(found);
    }

    fn compare(&mut self, goal: &Goal, seen: &Seen, read_at: Time, memory: &Memory) {
        let before = &seen.goal;
        let mut is_told = false;
        for check_in in &goal.check_ins {
            let is_new = !seen.knows(&check_in.id) && (seen.is_whole || check_in.at > read_at);
            if !is_new || memory.me.as_ref() == Some(&check_in.author) {
                continue;
            }
            is_told = true;
            let detail = check_in.id.to_string();
            let words = match check_in.status {
                Some(status) => format!(": {}", status.words().word),
                None => first_line(&check_in.note)
                    .map_or_else(String::new, |line| format!(": \u{201c}{line}\u{201d}")),
            };
            let text = format!("checked in on {}{words}", goal.name);
            self.find("check-in", goal, &detail, Reason::CheckIn, text);
            let name = format!("check-in:{}:{detail}", goal.id);
            if let Some(found) = self.found.get_mut(&name) {
                found.at = check_in.at.min(self.now.at);
                found.actor = Some(check_in.author.clone());
                found.check_in = Some(check_in.id.clone());
            }
        }
        let name = &goal.name;
        let changed = Reason::Changed;
        if before.is_open() && !goal.is_open() {
            let day = self.now.today().to_string();
            self.find(
                "closed",
                goal,
                &day,
                changed,
                format!("{name} is completed"),
            );
        } else if !self.places.status && !is_told && before.status != goal.status {
            let (was, is) = (before.status.words(), goal.status.words());
            let detail = format!("{}>{}", was.code, is.code);
            let text = format!("{name} was {}, is now {}", was.word, is.word);
            self.find("status", goal, &detail, changed, text);
        }
        if before.due != goal.due {
            let detail = format!("{:?}>{:?}", before.due, goal.due);
            let text = match goal.due {
                Some(day) => format!("due date of {name} moved to {}", day.format("%-d %b")),
                None => format!("{name} has no due date any more"),
            };
            self.find("moved", goal, &detail, changed, text);
        }
        if before.champion != goal.champion {
            let detail = format!("{:?}>{:?}", before.champion, goal.champion);
            let (reason, text) = self.handed_over(goal, memory);
            self.find("champion", goal, &detail, reason, text);
        }
    }

    fn handed_over(&self, goal: &Goal, memory: &Memory) -> (Reason, String) {
        let name = &goal.name;
        match &goal.champion {
            Some(champion) if memory.me.as_ref() == Some(champion) => {
                (Reason::Assigned, format!("you are champion of {name} now"))
            }
            Some(champion) => {
                let person = memory.people.get(champion);
                let who = person.map_or(champion.as_str(), |person| person.name.as_str());
                (Reason::Changed, format!("champion of {name} is now {who}"))
            }
            None => (Reason::Changed, format!("{name} has no champion any more")),
        }
    }

    fn appeared(&mut self, goal: &Goal, memory: &Memory) {
        let is_mine = goal.champion.is_some() && goal.champion == memory.me;
        let (reason, text) = if is_mine {
            let text = format!("{} is new, you are its champion", goal.name);
            (Reason::Assigned, text)
        } else {
            (Reason::Changed, format!("{} is new", goal.name))
        };
        self.find("new", goal, "", reason, text);
    }

    fn vanished(&mut self, goal: &Goal) {
        let text = format!("{} is gone", goal.name);
        self.find("gone", goal, "", Reason::Changed, text);
    }

    /// What falls due, of goals I answer for. The store itself tells of check-ins on
    /// their day.
    fn falls_due(&mut self, goal: &Goal, check_in_due: Option<NaiveDate>) {
        let today = self.now.today();
        let days = |day: NaiveDate| (day - today).num_days();
        let words = |days: i64, day: NaiveDate| match days {
            0 => "today".to_owned(),
            1 => "tomorrow".to_owned(),
            _ => day.format("on %-d %b").to_string(),
        };
        if let Some(due) = goal.due {
            match days(due) {
                left @ 0..=AHEAD => {
                    let text = format!("{} is due {}", goal.name, words(left, due));
                    self.find("due", goal, &due.to_string(), Reason::Due, text);
                }
                late if (-AFTER..0).contains(&late) => {
                    let text = format!("{} was due {}", goal.name, words(late, due));
                    self.find("past", goal, &due.to_string(), Reason::Due, text);
                }
                _ => {}
            }
        }
        if let Some(due) = check_in_due {
            match days(due) {
                left @ 1..=AHEAD => {
                    let text = format!("{}: check-in due {}", goal.name, words(left, due));
                    self.find("ask", goal, &due.to_string(), Reason::Due, text);
                }
                late if (-AFTER..0).contains(&late) => {
                    let text = format!("{}: check-in was due {}", goal.name, words(late, due));
                    self.find("late", goal, &due.to_string(), Reason::Due, text);
                }
                _ => {}
            }
        }
    }

    /// Adds the lines there are to the first batch of an answer, so that they show
    /// without a network.
    pub fn add_lines(&mut self, batch: &mut Batch, memory: &Memory) {
        let is_wanted = self.is_list || self.is_glance;
        if !is_wanted || !self.makes_lines || std::mem::replace(&mut self.has_lines, true) {
            return;
        }
        let is_shown = |line: &&Notification| !(self.is_glance && (line.read || line.done));
        // Those that changed just now are among them.
        let lines = &mut batch.notifications;
        lines.retain(|line| !memory.lines.contains_key(&line.id));
        lines.extend(memory.lines.values().filter(is_shown).cloned());
    }

    /// The end of a complete answer names all lines: the others are gone.
    pub fn add_all_lines(&self, last: &mut Batch, memory: &Memory) {
        if self.is_list && self.makes_lines {
            let lines = &mut last.notifications;
            lines.retain(|line| !memory.lines.contains_key(&line.id));
            lines.extend(memory.lines.values().cloned());
        }
    }
}

/// Folders and copies of what is gone are nobody's news.
fn is_told_of(goal: &Goal) -> bool {
    goal.nature != Nature::Folder && goal.gone.is_none()
}

fn first_line(text: &str) -> Option<&str> {
    text.lines().map(str::trim).find(|line| !line.is_empty())
}

impl Memory {
    /// What is to be written at the end of an answer: new lines, and old ones that
    /// leave.
    pub fn news(&mut self, reading: &mut Reading, last: &Batch) -> Keeping {
        let now = reading.now;
        let is_told = last.as_of.is_none();
        if reading.is_list && is_told {
            if last.full {
                let is_gone = |seen: &Seen| !reading.named.contains(&seen.goal.id);
                let gone: Vec<Goal> = self
                    .seen
                    .values()
                    .filter(|seen| is_gone(seen))
                    .map(|seen| seen.goal.clone())
                    .collect();
                for goal in gone {
                    if reading.is_news() && is_told_of(&goal) {
                        reading.vanished(&goal);
                    }
                    self.seen.remove(&goal.id);
                }
            }
            if reading.is_news() {
                self.tell_what_is_due(reading);
            }
            self.read_at = Some(now.at);
        }
        let Some(me) = self.me.clone().filter(|_| reading.makes_lines) else {
            return Keeping::default();
        };
        let mut found: Vec<Found> = reading.found.drain().map(|(_, found)| found).collect();
        found.retain(|found| now.at - found.at < STAYS);
        found.sort_by(|one, other| (other.at, &one.name).cmp(&(one.at, &other.name)));
        found.truncate(AT_MOST);
        let lines = found.into_iter().map(|found| {
            let account = &reading.account;
            Notification {
                id: NotificationId::new(format!("{account}:news:{}", found.name)),
                account: account.clone(),
                to: me.clone(),
                at: found.at,
                reason: found.reason,
                actor: found.actor,
                goal: Some(found.goal),
                check_in: found.check_in,
                comment: None,
                text: found.text,
                read: false,
                done: false,
            }
        });
        let add = lines
            .filter(|line| !self.lines.contains_key(&line.id))
            .map(|line| Note {
                slot: Slot::Line(line.id.clone()),
                thing: Some(Thing::Line(line)),
            })
            .collect();
        let old = self.lines.values().filter(|line| now.at - line.at >= STAYS);
        let put = old
            .map(|line| Note {
                slot: Slot::Line(line.id.clone()),
                thing: None,
            })
            .collect();
        Keeping {
            put,
            add,
            ..Keeping::default()
        }
    }

    fn tell_what_is_due(&self, reading: &mut Reading) {
        for seen in self.seen.values().filter(|seen| is_told_of(&seen.goal)) {
            let (id, champion) = (&seen.goal.id, &seen.goal.champion);
            let may_be_mine = champion == &self.me || self.has_notes(id);
            if !may_be_mine || !seen.goal.is_open() {
                continue;
            }
            let mut goal = seen.outline();
            self.fill(&mut goal, reading.places);
            if self.me.is_some() && goal.champion == self.me && goal.is_open() {
                let check_in_due = cadence::next_due(&goal, &reading.now);
                reading.falls_due(&goal, check_in_due);
            }
        }
    }
}

impl Reading {
    /// Whether what differs is news: the account was read before.
    fn is_news(&self) -> bool {
        self.makes_lines && self.before.flatten().is_some()
    }
}
