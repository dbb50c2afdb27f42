//! What one item of the queue says, statement by statement; the same things in the
//! same order as the Queue shows.

use crate::model::dates;
use crate::model::entry::EntryState;
use crate::model::exchange::Ability;
use crate::model::goal::Goal;
use crate::model::ids::{CheckInId, CommentId, EntryId, GoalId};
use crate::model::text::{self, Shown};
use crate::model::time::Now;
use crate::store::Store;
use crate::store::queue::{self, Item, What};

use crate::cli::{failure, goal_show, goals};

use super::words;

/// The first statement: most important word, name, from whom, since when.
pub fn head(store: &Store, item: &Item, now: &Now) -> Shown {
    let name = item.goal(store).map_or("", |goal| goal.name.as_str());
    match &item.what {
        What::Owe { goal, late_days } => {
            let goal = store.goal(goal);
            let status = goal.map_or("", |goal| goals::shown(store, goal).words().word);
            let due = match late_days {
                ..=-1 => "is due tomorrow".to_owned(),
                0 => "is due today".to_owned(),
                late => format!("is {} late", dates::days(*late)),
            };
            let whose = goal.map_or_else(String::new, |goal| whose(store, goal));
            crate::shown!("{status}. {name}. {whose}Your check-in {due}.")
        }
        What::Acknowledge { goal, check_in } => {
            let found = store
                .goal(goal)
                .and_then(|goal| Some((goal, goal.check_in(check_in)?)));
            let Some((goal, check_in)) = found else {
                return crate::shown!("{name}.");
            };
            let what = words::occasion(goal, check_in);
            let by = words::who(store, &check_in.author);
            let ago = dates::ago(check_in.at, now);
            let account = store.account(&goal.account);
            let is_here = account
                .is_some_and(|account| account.setup.abilities.acknowledge == Ability::KeptHere);
            let here = if is_here { " Kept here." } else { "" };
            crate::shown!("{what}. {name}. From {by}, {ago}.{here}")
        }
        What::Approve { goal } => {
            let champion = store.goal(goal).and_then(|goal| goal.champion.as_ref());
            let by =
                champion.map_or_else(String::new, |by| format!(" of {}", words::who(store, by)));
            let ago = dates::ago(item.since, now);
            crate::shown!("To approve. {name}. Plan{by}, waits since {ago}.")
        }
        What::Asked { goal, comment, .. } => {
            let asked = store
                .goal(goal)
                .and_then(|goal| find_comment(goal, comment));
            let by = asked.map_or_else(String::new, |asked| words::who(store, &asked.author));
            let ago = dates::ago(item.since, now);
            crate::shown!("Question. {name}. From {by}, {ago}.")
        }
        What::CannotSend { entry } => {
            let what = store
                .entry(entry)
                .map_or_else(String::new, |entry| words::sentence(&store.describe(entry)));
            crate::shown!("Not sent. {what}")
        }
    }
}

/// Whose goal it is, where only a key result of it is mine.
fn whose(store: &Store, goal: &Goal) -> String {
    if goal.champion.as_ref() == store.me(&goal.account) {
        return String::new();
    }
    match &goal.champion {
        Some(champion) => format!("Goal of {}. ", words::who(store, champion)),
        None => "Nobody's goal. ".to_owned(),
    }
}

fn find_comment<'a>(goal: &'a Goal, id: &CommentId) -> Option<&'a crate::model::check_in::Comment> {
    let below = goal
        .check_ins
        .iter()
        .flat_map(|check_in| &check_in.comments);
    below
        .chain(&goal.comments)
        .find(|comment| &comment.id == id)
}

/// Everything else an item says.
pub fn body(store: &Store, item: &Item, now: &Now, note_lines: usize) -> Vec<Shown> {
    match &item.what {
        What::Owe { goal, .. } => store
            .goal(goal)
            .map_or_else(Vec::new, |goal| owed(store, goal, now)),
        What::Acknowledge { goal, check_in } => store.goal(goal).map_or_else(Vec::new, |goal| {
            waiting(store, goal, check_in, now, note_lines)
        }),
        What::Approve { goal } => store
            .goal(goal)
            .map_or_else(Vec::new, |goal| plan(goal, now, note_lines)),
        What::Asked {
            goal,
            check_in,
            comment,
        } => asked(store, goal, check_in.as_ref(), comment, now),
        What::CannotSend { entry } => stuck(store, entry, now),
    }
}

/// A check-in of mine that is due: where the goal stands and what was said last.
fn owed(store: &Store, goal: &Goal, now: &Now) -> Vec<Shown> {
    let mut lines = vec![figures(store, goal)];
    // That it is late was said in the first statement.
    lines.extend(reasons(store, goal, now, "late"));
    lines.extend(results(store, goal, now));
    let last = last(store, goal, now, &lines);
    lines.extend(last);
    lines
}

/// `Progress 64 percent, expected 55 percent, ahead by 9 points.`
pub fn figures(store: &Store, goal: &Goal) -> Shown {
    let Some(figures) = store.figures(&goal.id) else {
        return Shown::fixed("No progress.");
    };
    let done = figures.shown_progress();
    let mut words = done.map_or_else(
        || "No progress counted".to_owned(),
        |done| format!("Progress {}", words::percent(done)),
    );
    if let Some(expected) = figures.expected {
        words.push_str(&format!(", expected {}", words::percent(expected)));
    }
    if let Some(gap) = figures.gap {
        words.push_str(&format!(", {}", crate::model::pace::gap_words(gap)));
    }
    crate::shown!("{words}.")
}

/// Why a goal needs attention, most serious first; but for the one with this code.
pub fn reasons(store: &Store, goal: &Goal, now: &Now, but: &str) -> Vec<Shown> {
    let why = store.why(goal, now).into_iter().take(5);
    why.filter(|why| why.code != but)
        .map(|why| text::line(&words::sentence(&why.text)))
        .collect()
}

/// The key results as they read now.
pub fn results(store: &Store, goal: &Goal, now: &Now) -> Vec<Shown> {
    let read = goal.results.iter().map(|result| {
        let current = result.current.as_ref();
        words::value(store, goal, result, None, current, now)
    });
    read.collect()
}

/// The last check-in; without the comments that were quoted before.
pub fn last(store: &Store, goal: &Goal, now: &Now, said: &[Shown]) -> Vec<Shown> {
    let Some(last) = goal.last_check_in() else {
        return vec![Shown::fixed("No check-in yet.")];
    };
    let what = words::occasion(goal, last);
    let by = words::who(store, &last.author);
    let ago = dates::ago(last.at, now);
    let mut lines = vec![crate::shown!("Last check-in {ago} by {by}: {what}.")];
    lines.extend(words::noted("Note", &last.note, words::NOTE_LINES));
    for comment in &last.comments {
        let is_said = said
            .iter()
            .any(|line| line.as_str().contains(text::line(&comment.text).as_str()));
        if !is_said {
            lines.extend(words::comments(store, std::slice::from_ref(comment), now));
        }
    }
    lines
}

fn waiting(store: &Store, goal: &Goal, id: &CheckInId, now: &Now, note_lines: usize) -> Vec<Shown> {
    let Some(check_in) = goal.check_in(id) else {
        return Vec::new();
    };
    let before = queue::before(goal, id);
    let was = before
        .and_then(|before| Some((before, before.status?)))
        .map_or_else(String::new, |(before, status)| {
            let day = dates::day(now.day_of(before.at), now);
            format!("Was {} on {day}. ", status.words().word)
        });
    let mut lines = vec![crate::shown!(
        "{was}Waits for you {}.",
        dates::span(now.at - check_in.at)
    )];
    // As the picture of the issue has it: values come right after the first line.
    let values = words::of_check_in(store, goal, check_in, now);
    lines.splice(0..0, values);
    let note = words::noted("Note", &check_in.note, note_lines);
    if note.is_empty() {
        lines.push(Shown::fixed("No note."));
    }
    lines.extend(note);
    if let Some(reply) = queue::my_last_reply(store, goal) {
        let day = dates::day(now.day_of(reply.at), now);
        let name = format!("Your last reply, {day}");
        lines.extend(words::noted(&name, &reply.text, words::NOTE_LINES));
    }
    lines.extend(reactions(store, check_in));
    lines.extend(words::comments(store, &check_in.comments, now));
    lines
}

fn reactions(store: &Store, check_in: &crate::model::check_in::CheckIn) -> Vec<Shown> {
    let said = check_in.reactions.iter().map(|reaction| {
        let by = words::who(store, &reaction.by);
        crate::shown!("Reaction {} by {by}.", reaction.sign)
    });
    said.collect()
}

fn plan(goal: &Goal, now: &Now, note_lines: usize) -> Vec<Shown> {
    let day = |day: chrono::NaiveDate| dates::day(day, now);
    let period = match (goal.start, goal.due) {
        (Some(start), Some(due)) => crate::shown!("From {} to {}.", day(start), day(due)),
        (None, Some(due)) => crate::shown!("Due {}.", day(due)),
        (Some(start), None) => crate::shown!("From {}, no due day.", day(start)),
        (None, None) => Shown::fixed("No dates."),
    };
    let mut lines = vec![period];
    for result in &goal.results {
        let aim = goal_show::aim(result).replace(" → ", " to ");
        lines.push(crate::shown!("{}: {aim}.", result.name));
    }
    if goal.results.is_empty() {
        lines.push(Shown::fixed("No key results."));
    }
    lines.extend(words::noted("Description", &goal.description, note_lines));
    lines
}

fn asked(
    store: &Store,
    goal: &GoalId,
    check_in: Option<&CheckInId>,
    comment: &CommentId,
    now: &Now,
) -> Vec<Shown> {
    let Some(goal) = store.goal(goal) else {
        return Vec::new();
    };
    let mut lines = Vec::new();
    if let Some(asked) = find_comment(goal, comment) {
        lines.extend(words::noted("Question", &asked.text, usize::MAX));
    }
    let thread = match check_in.and_then(|id| goal.check_in(id)) {
        Some(check_in) => {
            let what = words::occasion(goal, check_in);
            let by = words::who(store, &check_in.author);
            let ago = dates::ago(check_in.at, now);
            lines.push(crate::shown!("Under the check-in of {by}, {ago}: {what}."));
            lines.extend(words::noted("Note", &check_in.note, words::NOTE_LINES));
            &check_in.comments
        }
        None => &goal.comments,
    };
    let others: Vec<_> = thread.iter().filter(|one| &one.id != comment).collect();
    for other in others {
        lines.extend(words::comments(store, std::slice::from_ref(other), now));
    }
    lines
}

fn stuck(store: &Store, id: &EntryId, now: &Now) -> Vec<Shown> {
    let Some(entry) = store.entry(id) else {
        return Vec::new();
    };
    let why = match &entry.state {
        EntryState::Refused { .. } => failure::plain(&store.standing(entry, now)),
        EntryState::Unknown { why, .. } => {
            format!("it may have been sent ({why}), nobody can tell from here")
        }
        other => other.word().to_owned(),
    };
    let mut lines = vec![text::line(&words::sentence(&why))];
    if let Some(written) = entry.change.text() {
        lines.extend(words::noted("Your text", written, words::NOTE_LINES));
    }
    lines
}
