//! What is kept on this machine about things of providers: looked at, put off,
//! folded, pinned, muted, acknowledged here.

use std::collections::HashMap;

use crate::model::entry::{Mark, Seen};
use crate::model::ids::{CheckInId, GoalId};
use crate::model::time::Time;

/// All marks by key.
#[derive(Debug, Default)]
pub struct Marks(HashMap<String, Mark>);

impl Marks {
    /// Replaces all marks.
    pub fn load(&mut self, marks: Vec<Mark>) {
        self.0 = marks.into_iter().map(|mark| (mark.key(), mark)).collect();
    }

    /// Sets one mark.
    pub fn put(&mut self, mark: Mark) {
        self.0.insert(mark.key(), mark);
    }

    /// Removes the mark with this key; whether there was one.
    pub fn remove(&mut self, key: &str) -> bool {
        self.0.remove(key).is_some()
    }

    /// When the goal's detail was looked at last, and what it said.
    pub fn looked(&self, goal: &GoalId) -> Option<(Time, &Seen)> {
        match self.0.get(&format!("looked {goal}"))? {
            Mark::Looked { at, seen, .. } => Some((*at, seen)),
            _ => None,
        }
    }

    /// The newest look at anything.
    pub fn last_look(&self) -> Option<Time> {
        self.0
            .values()
            .filter_map(|mark| {
                if let Mark::Looked { at, .. } = mark {
                    Some(*at)
                } else {
                    None
                }
            })
            .max()
    }

    /// Until when a queue item is put off.
    pub fn later(&self, item: &str) -> Option<Time> {
        match self.0.get(&format!("later {item}"))? {
            Mark::Later { until, .. } => Some(*until),
            _ => None,
        }
    }

    /// The next moment a put-off item comes back.
    pub fn next_return(&self, now: Time) -> Option<Time> {
        self.0
            .values()
            .filter_map(|mark| {
                if let Mark::Later { until, .. } = mark {
                    Some(*until)
                } else {
                    None
                }
            })
            .filter(|until| *until > now)
            .min()
    }

    /// When a check-in was acknowledged here only.
    pub fn acknowledged(&self, check_in: &CheckInId) -> Option<Time> {
        match self.0.get(&format!("ack {check_in}"))? {
            Mark::Acknowledged { at, .. } => Some(*at),
            _ => None,
        }
    }

    /// When an asked-of-you item was dealt with.
    pub fn answered(&self, item: &str) -> Option<Time> {
        match self.0.get(&format!("answered {item}"))? {
            Mark::Answered { at, .. } => Some(*at),
            _ => None,
        }
    }

    /// Whether a goal was folded (true) or opened (false) by hand.
    pub fn folded(&self, goal: &GoalId) -> Option<bool> {
        match self.0.get(&format!("folded {goal}"))? {
            Mark::Folded { folded, .. } => Some(*folded),
            _ => None,
        }
    }

    /// Whether a goal is kept at the top.
    pub fn is_pinned(&self, goal: &GoalId) -> bool {
        self.0.contains_key(&format!("pinned {goal}"))
    }

    /// Whether a goal's news is quiet.
    pub fn is_muted(&self, goal: &GoalId) -> bool {
        self.0.contains_key(&format!("muted {goal}"))
    }

    /// Whether a once-only thing was shown.
    pub fn once(&self, what: &str) -> bool {
        self.0.contains_key(&format!("once {what}"))
    }
}
