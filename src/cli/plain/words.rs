//! Statements of plain mode: what the screens say by colour, glyph and place, in
//! words a screen reader speaks.

use crate::model::check_in::{CheckIn, Comment, Occasion};
use crate::model::dates;
use crate::model::exchange::{Ability, Change};
use crate::model::goal::Goal;
use crate::model::ids::{AccountName, PersonId};
use crate::model::key_result::{KeyResult, Kind, Reading};
use crate::model::pace;
use crate::model::progress;
use crate::model::text::{self, Shown};
use crate::model::time::Now;
use crate::model::values;
use crate::store::Store;

use crate::cli::goal_show;

/// Lines of a note that are read at once; `f` reads the rest.
pub const NOTE_LINES: usize = 12;

/// With a capital letter and a full stop.
pub fn sentence(words: &str) -> String {
    let words = words.trim();
    let mut letters = words.chars();
    let Some(first) = letters.next() else {
        return String::new();
    };
    let end = if words.ends_with(['.', '!', '?', ':']) {
        ""
    } else {
        "."
    };
    format!("{}{}{end}", first.to_uppercase(), letters.as_str())
}

/// `21 percent`.
pub fn percent(share: f64) -> String {
    progress::whole_percent(share).map_or_else(
        || "no progress".to_owned(),
        |whole| format!("{whole} percent"),
    )
}

/// What is said after posting: when it leaves, and what stays here.
pub fn how_it_goes(store: &Store, account: &AccountName, change: &Change) -> String {
    let account = store.account(account);
    let abilities = account.map(|account| &account.setup.abilities);
    if abilities.is_some_and(|abilities| abilities.keeps_here(change)) {
        return "Kept here, on this machine only. u undoes.".to_owned();
    }
    let hold = account
        .filter(|account| !account.setup.abilities.immediate)
        .map_or(0, |account| account.setup.hold.num_seconds());
    let rest = match (change, abilities) {
        (Change::CheckIn { check_in, .. }, Some(abilities)) => {
            let status = check_in.status.is_some() && abilities.status == Ability::KeptHere;
            let confidence =
                check_in.confidence.is_some() && abilities.confidence == Ability::KeptHere;
            match (status, confidence) {
                (true, true) => " Status and confidence are kept here.",
                (true, false) => " The status is kept here.",
                (false, true) => " The confidence is kept here.",
                (false, false) => "",
            }
        }
        _ => "",
    };
    match hold {
        ..=0 => format!("u undoes.{rest}"),
        seconds => format!("Leaves in {seconds} seconds, u undoes.{rest}"),
    }
}

/// A full name, or `you`.
pub fn who(store: &Store, person: &PersonId) -> String {
    match store.is_me(person) {
        true => "you".to_owned(),
        false => store.name_of(person),
    }
}

/// `3.80 to 3.66 %`, `stays 44`, `41`.
fn moved(result: &KeyResult, before: Option<&Reading>, now: Option<&Reading>) -> String {
    let plain = |words: String| words.replace(" → ", " to ");
    match (before, now) {
        (_, None) => "no value".to_owned(),
        (Some(before), Some(now)) if before == now => {
            format!("stays {}", values::show(result, now))
        }
        (Some(before), Some(now)) => plain(goal_show::changed(result, before, now)),
        (None, Some(now)) => values::show(result, now),
    }
}

/// `21 percent, behind by 34 points`, `held`; empty where it says nothing.
pub fn standing(store: &Store, goal: &Goal, result: &KeyResult, now: &Now) -> String {
    if matches!(result.kind, Kind::Guardrail(_)) {
        let held = result.current.as_ref();
        let held = held.and_then(|reading| progress::is_held(result, reading));
        return match held {
            Some(true) => "held".to_owned(),
            Some(false) => "broken".to_owned(),
            None => String::new(),
        };
    }
    let Some(done) = progress::shown_of_result(result) else {
        return String::new();
    };
    let keeps_up = pace::of_result(goal, result, now, store.rules());
    match keeps_up {
        Some(keeps_up) if done < 1.0 => {
            format!("{}, {}", percent(done), pace::gap_words(keeps_up.gap))
        }
        _ => percent(done),
    }
}

/// One key result from one reading to the next: `Monthly churn 3.80 to 3.66 %, 21
/// percent, behind by 34 points.`
pub fn value(
    store: &Store,
    goal: &Goal,
    result: &KeyResult,
    before: Option<&Reading>,
    reading: Option<&Reading>,
    now: &Now,
) -> Shown {
    let mut as_of = result.clone();
    as_of.current = reading.cloned();
    let stands = standing(store, goal, &as_of, now);
    let rest = if stands.is_empty() {
        String::new()
    } else {
        format!(", {stands}")
    };
    let moved = moved(result, before, reading);
    // "NPS at least 40 44" would be one number to the ear.
    let stop = match result
        .name
        .trim_end()
        .ends_with(|c: char| c.is_ascii_digit() || c == '%')
    {
        true => ":",
        false => "",
    };
    text::line(&format!("{}{stop} {moved}{rest}.", result.name))
}

/// The values, due day and confidence of a check-in, a statement each.
pub fn of_check_in(store: &Store, goal: &Goal, check_in: &CheckIn, now: &Now) -> Vec<Shown> {
    let mut lines: Vec<Shown> = goal
        .results
        .iter()
        .map(|result| {
            let mut changes = check_in.values.iter();
            let change = changes.find(|change| change.result == result.id);
            let (before, reading) = match change {
                Some(change) => (change.before.as_ref(), Some(&change.now)),
                None => (result.current.as_ref(), result.current.as_ref()),
            };
            value(store, goal, result, before, reading, now)
        })
        .collect();
    let day = |day: Option<chrono::NaiveDate>| {
        day.map_or_else(|| "no day".to_owned(), |day| dates::day(day, now))
    };
    match (check_in.due_moved, goal.due) {
        (Some(moved), _) => lines.push(crate::shown!(
            "Due day moved from {} to {}.",
            day(moved.from),
            day(moved.to)
        )),
        (None, Some(due)) => lines.push(crate::shown!("Due {}, unchanged.", dates::day(due, now))),
        (None, None) => {}
    }
    if let Some(confidence) = check_in.confidence {
        lines.push(crate::shown!("Confidence {confidence} of 10."));
    }
    lines
}

/// What a check-in calls itself: `Off track`, `Closed as achieved`, `Reopened`.
pub fn occasion(goal: &Goal, check_in: &CheckIn) -> String {
    let status = check_in.status.unwrap_or(goal.status).words().word;
    match check_in.occasion {
        Occasion::Regular => status.to_owned(),
        Occasion::Closing => format!("Closed as {}", status.to_lowercase()),
        Occasion::Reopening => "Reopened".to_owned(),
    }
}

/// Markdown as lines to be spoken: signs that only the eye needs become words.
pub fn markdown(text: &str) -> Vec<Shown> {
    let spoken = |line: &str| -> Option<String> {
        let line = line.trim();
        let bare = line.trim_start_matches('#').trim();
        if bare.is_empty() {
            return None;
        }
        if line.starts_with('#') {
            return Some(format!("{}:", bare.trim_end_matches(':')));
        }
        let items = [
            ("- [ ]", "To do: "),
            ("* [ ]", "To do: "),
            ("- [x]", "Done: "),
            ("- [X]", "Done: "),
            ("* [x]", "Done: "),
            ("> ", "Quote: "),
            ("- ", ""),
            ("* ", ""),
        ];
        let item = items
            .iter()
            .find_map(|(sign, word)| Some(format!("{word}{}", line.strip_prefix(sign)?.trim())));
        Some(item.unwrap_or_else(|| line.to_owned()).replace("**", ""))
    };
    text::block(text)
        .as_str()
        .lines()
        .filter_map(spoken)
        .map(|line| text::line(&line))
        .collect()
}

/// A note with its name before the first line; at most so many lines.
pub fn noted(name: &str, note: &str, at_most: usize) -> Vec<Shown> {
    let lines = markdown(note);
    let more = lines.len().saturating_sub(at_most);
    let mut said: Vec<Shown> = Vec::new();
    for (place, line) in lines.into_iter().take(at_most).enumerate() {
        said.push(match place {
            0 => crate::shown!("{name}: {line}"),
            _ => line,
        });
    }
    if more > 0 {
        let noun = if more == 1 { "line" } else { "lines" };
        said.push(crate::shown!("{more} more {noun}, f reads all."));
    }
    said
}

/// Comments with who wrote them and when.
pub fn comments(store: &Store, comments: &[Comment], now: &Now) -> Vec<Shown> {
    let said = comments.iter().flat_map(|comment| {
        let by = sentence_start(&who(store, &comment.author));
        let name = format!("{by}, {}", dates::ago(comment.at, now));
        noted(&name, &comment.text, usize::MAX)
    });
    said.collect()
}

fn sentence_start(words: &str) -> String {
    let mut words = sentence(words);
    words.pop();
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_for_the_eye_become_words() {
        let note = "## What moved\n\nChurn **fell**.\n- [ ] call\n- [x] mail\n- refunds\n##\n";
        let lines: Vec<String> = markdown(note).iter().map(ToString::to_string).collect();
        let wanted = [
            "What moved:",
            "Churn fell.",
            "To do: call",
            "Done: mail",
            "refunds",
        ];
        assert_eq!(lines, wanted);
    }

    #[test]
    fn a_long_note_says_how_much_is_left() {
        let lines = noted("Note", "one\ntwo\nthree", 2);
        let lines: Vec<&str> = lines.iter().map(Shown::as_str).collect();
        assert_eq!(lines, ["Note: one", "two", "1 more line, f reads all."]);
    }

    #[test]
    fn a_note_cannot_command_the_terminal() {
        let lines = markdown("a\u{1b}[2Jb\rc\u{9b}");
        let all: String = lines.iter().map(|line| line.to_string()).collect();
        assert!(all.chars().all(|c| !c.is_control()), "{all:?}");
    }
}
