//! One goal: what needs attention first, then figures, results, the last check-in.

use crate::model::dates;
use crate::model::goal::Goal;
use crate::model::ids::GoalId;
use crate::model::text::{self, Shown};
use crate::run::conversation::Conversation;

use crate::cli::goals;

use super::{Plain, Turn, items, words};

/// Check-ins that `h` reads.
const HISTORY: usize = 5;

/// All choices there are at a goal, a statement each.
const CHOICES: [&str; 13] = [
    "c checks in on the goal.",
    "r replies to the last check-in.",
    "m remarks on the goal.",
    "+ puts a plus one under the last check-in, or takes it away.",
    "a acknowledges the check-ins that wait for you.",
    "h reads the last check-ins.",
    "v reads the goal again.",
    "k says the goal's link.",
    "u takes the last write back.",
    "Enter or b goes back to where you were.",
    "q quits; what is held is sent first.",
    "In a form, .b goes back, .c clears a field, .q keeps a draft, .x throws away.",
    "? says this.",
];

impl Plain<'_> {
    /// Reads a goal and does what is asked of it.
    pub(super) fn open_goal(&mut self, id: &GoalId) -> Turn {
        Conversation::look(self.session.headless(), Some(id));
        let Some(goal) = self.goal(id)? else {
            return Ok(());
        };
        self.read_goal(&goal)?;
        loop {
            let question = "c check in, r reply, m remark, + react, a acknowledge, h check-ins, \
                            v again, k link, u undo, Enter back: ";
            let answer = self.ask(&Shown::fixed(question))?;
            match answer.trim().to_lowercase().as_str() {
                "" | "b" => return Ok(()),
                "q" => return Err(super::Gone::Quit),
                "?" => CHOICES
                    .iter()
                    .try_for_each(|line| self.say(&Shown::fixed(line)))?,
                "v" => {
                    if let Some(goal) = self.goal(id)? {
                        self.read_goal(&goal)?;
                    }
                }
                "h" => self.history(id)?,
                "k" => {
                    let goal = self.store().goal(id);
                    let link = goal.map_or_else(String::new, |goal| match goal.link.is_empty() {
                        true => format!("No web page; its id is {}", goal.id),
                        false => goal.link.clone(),
                    });
                    self.say(&text::line(&link))?;
                }
                "u" => self.undo()?,
                letter => self.act_on_goal(id, letter)?,
            }
        }
    }

    fn read_goal(&mut self, goal: &Goal) -> Turn {
        let now = self.now();
        let store = self.session.store();
        let status = goals::shown(store, goal).words().word;
        let mut lines = vec![crate::shown!("{status}. {}.", goal.name)];
        let why = items::reasons(store, goal, &now, "");
        if why.is_empty() {
            lines.push(Shown::fixed("Nothing needs attention."));
        }
        lines.extend(why);
        lines.push(items::figures(store, goal));
        let mut people = Vec::new();
        if let Some(champion) = &goal.champion {
            people.push(format!("champion {}", words::who(store, champion)));
        }
        if let Some(reviewer) = &goal.reviewer {
            people.push(format!("reviewer {}", words::who(store, reviewer)));
        }
        if let Some(due) = goal.due {
            people.push(format!("due {}", dates::day(due, &now)));
        }
        if !people.is_empty() {
            lines.push(text::line(&words::sentence(&people.join(", "))));
        }
        lines.extend(items::results(store, goal, &now));
        let last = items::last(store, goal, &now, &lines);
        lines.extend(last);
        let children = store.children(&goal.id);
        if !children.is_empty() {
            let noun = if children.len() == 1 { "goal" } else { "goals" };
            lines.push(crate::shown!("{} {noun} under it.", children.len()));
        }
        for comment in &goal.comments {
            lines.extend(words::comments(store, std::slice::from_ref(comment), &now));
        }
        if let Some((at, changes)) = store.changes_since_look(goal) {
            let changes = changes.join(", ").replace(" → ", " to ");
            let at = dates::ago(at, &now);
            lines.push(crate::shown!("Since you looked, {at}: {changes}."));
        }
        self.say_all(&lines)
    }

    fn history(&mut self, id: &GoalId) -> Turn {
        let Some(goal) = self.goal(id)? else {
            return Ok(());
        };
        let (store, now) = (self.session.store(), self.session.now());
        let mut lines = Vec::new();
        for check_in in goal.check_ins.iter().rev().take(HISTORY) {
            let what = words::occasion(&goal, check_in);
            let by = words::who(store, &check_in.author);
            let ago = dates::ago(check_in.at, &now);
            lines.push(crate::shown!("{ago}. {what}. {by}."));
            for change in &check_in.values {
                if let Some(result) = goal.result(&change.result) {
                    let before = change.before.as_ref();
                    lines.push(words::value(
                        store,
                        &goal,
                        result,
                        before,
                        Some(&change.now),
                        &now,
                    ));
                }
            }
            lines.extend(words::noted("Note", &check_in.note, words::NOTE_LINES));
        }
        let more = goal.check_ins.len().saturating_sub(HISTORY);
        match (goal.check_ins.len(), more) {
            (0, _) => lines.push(Shown::fixed("No check-in yet.")),
            (_, 0) => {}
            (_, more) => lines.push(crate::shown!("{more} older ones.")),
        }
        self.say_all(&lines)
    }
}
