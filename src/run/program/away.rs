//! Showing a past day: screens look at a store made of how everything was, while
//! answers, sending and deadlines go on in the present one.

use chrono::NaiveDate;

use super::{Backdrop, Program};
use crate::model::entry::Mark;
use crate::model::past::{self, Recall};
use crate::model::time::Now;
use crate::store::Store;
use crate::store::effect::{Command, Effect, Toast};

/// Revisions of the present are far below this; those of past days above.
const VISIT: u64 = 1 << 40;

/// The past day that is shown.
pub struct Away {
    /// Its end.
    pub then: Now,
    /// How everything was.
    pub store: Store,
    /// Of which moves of the present it was made.
    of: u64,
}

impl Backdrop {
    fn leave_for(&mut self, then: Now, now: Now) {
        self.visits += 1;
        let revision = VISIT * self.visits;
        self.away = Some(Away {
            then,
            store: self.store.at_moment(then, now, revision),
            of: self.store.moved(),
        });
    }

    /// Whether something came that the past day that is shown does not have. While
    /// accounts are being read it waits for the end: it is made anew as a whole.
    fn is_behind(&self) -> bool {
        let Some(away) = &self.away else {
            return false;
        };
        let mut accounts = self.store.accounts();
        away.of != self.store.moved()
            && !accounts.any(|account| self.store.is_reading(&account.setup.name))
    }
}

impl Program {
    /// Shows the end of a past day, or the present again.
    pub fn travel(&mut self, day: Option<NaiveDate>, now: Now) -> Vec<Effect> {
        let mut effects = Vec::new();
        self.dirty = true;
        self.back.bound_for = None;
        let Some(day) = day else {
            if self.back.away.take().is_some() {
                self.stack.change_moment(&self.back.scene(now));
                self.say(Toast::info("today again"), now);
            }
            return effects;
        };
        let then = Now::new(past::end_of(day, now.zone), now.zone);
        // Nobody looks at goals of today, and nothing of them counts as seen.
        effects.extend(self.back.store.command(Command::Looking(None), now));
        let recall = Command::Recall(Recall::Since(then.at));
        effects.extend(self.back.store.command(recall, now));
        if self.back.store.is_recalling() {
            self.back.bound_for = Some(then);
            self.stack.change_moment(&self.back.scene(now));
            let day = then.wall().format("%-d %b %Y");
            self.say(Toast::info(format!("reading how it was on {day}")), now);
        } else {
            self.arrive(then, now);
        }
        effects
    }

    fn arrive(&mut self, then: Now, now: Now) {
        self.back.leave_for(then, now);
        self.stack.change_moment(&self.back.scene(now));
        self.say_how_far(now);
        self.dirty = true;
    }

    /// Something came that may belong into the past day that is shown, or left a
    /// state behind: how goals were is read again, and the day made anew with it.
    pub(super) fn keep_up(&mut self, now: Now) -> Vec<Effect> {
        if !self.back.is_behind() {
            return Vec::new();
        }
        let moved = self.back.store.moved();
        let Some(away) = &mut self.back.away else {
            return Vec::new();
        };
        away.of = moved;
        let recall = Command::Recall(Recall::Since(away.then.at));
        self.back.store.command(recall, now)
    }

    /// How goals were was read.
    pub(super) fn recalled(&mut self, recall: &Recall, now: Now) {
        let is_all = matches!(recall, Recall::Since(_));
        if let Some(then) = self.back.bound_for.take_if(|_| is_all) {
            // A form that was opened meanwhile is of today, and what is typed in it
            // must be kept.
            if self.stack.is_writing() {
                let words = "a form is open, so today stays; close it and press T again";
                return self.say(Toast::info(words), now);
            }
            return self.arrive(then, now);
        }
        let Some(away) = &mut self.back.away else {
            return;
        };
        self.dirty = true;
        let then = away.then;
        match recall {
            Recall::Goal(goal) => away.store.take_past_of(goal, &self.back.store),
            Recall::Since(_) => self.back.leave_for(then, now),
        }
    }

    /// Says how much is known of the past day that is shown.
    fn say_how_far(&mut self, now: Now) {
        let Some(away) = &self.back.away else {
            return;
        };
        let words = match self.back.store.past_since() {
            None => "how goals were is not kept here; their check-ins lead back".to_owned(),
            Some(since) if since > away.then.at => format!(
                "nothing was kept before {}; check-ins lead back further",
                now.day_of(since).format("%-d %b %Y")
            ),
            Some(_) => return,
        };
        self.say(Toast::info(words), now);
    }

    /// A wish of a screen. On a past day only what is of the program itself reaches
    /// the present; folds are of the day that is shown, and the rest (what was read
    /// or looked at) is of no day.
    pub(super) fn carry_out(&mut self, command: Command, now: Now) -> Vec<Effect> {
        let Some(away) = &mut self.back.away else {
            return self.back.store.command(command, now);
        };
        match command {
            Command::Recall(_)
            | Command::Refresh
            | Command::Start
            | Command::Flush
            | Command::Leave => self.back.store.command(command, now),
            Command::Put(Mark::Folded { .. }) => {
                let _forgotten = away.store.command(command, away.then);
                Vec::new()
            }
            Command::PutAll(marks) => {
                let folds = marks.into_iter();
                let folds = folds.filter(|mark| matches!(mark, Mark::Folded { .. }));
                let folds = Command::PutAll(folds.collect());
                let _forgotten = away.store.command(folds, away.then);
                Vec::new()
            }
            _ => Vec::new(),
        }
    }
}
