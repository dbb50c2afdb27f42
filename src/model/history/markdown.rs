//! The history of a goal as Markdown, for mails and documents.

use std::fmt::Write;

use super::moments::{self, Moment};
use crate::model::check_in::CheckIn;
use crate::model::dates;
use crate::model::figures;
use crate::model::goal::Goal;
use crate::model::ids::PersonId;
use crate::model::past::Past;
use crate::model::time::Now;

/// All that happened to a goal, newest first, with values, notes and replies.
pub fn history(
    goal: &Goal,
    kept: &[Past],
    now: &Now,
    names: &dyn Fn(&PersonId) -> String,
) -> String {
    let mut out = format!("# {}: history\n", goal.name);
    let moments = moments::moments(goal, kept, now.at);
    if moments.is_empty() {
        out.push_str("\nNo check-in yet.\n");
    }
    for moment in &moments {
        let day = now.day_of(moment.at());
        match moment {
            Moment::CheckIn(one) => {
                let status = one.status.map_or("", |status| status.words().word);
                let word = moments::occasion_word(one);
                let by = names(&one.author);
                let _ = match (word, status) {
                    (word, "") => writeln!(out, "\n## {day} {word}, {by}\n"),
                    ("check-in", status) => writeln!(out, "\n## {day} {status}, {by}\n"),
                    (word, status) => writeln!(out, "\n## {day} {word}: {status}, {by}\n"),
                };
                check_in(&mut out, goal, one, names, now);
            }
            Moment::Found { changes, .. } => {
                let words = changes.iter().map(|change| change.words(names));
                let words: Vec<String> = words.collect();
                let _ = writeln!(out, "\n## {day} seen here\n");
                for words in words {
                    let _ = writeln!(out, "- {words}");
                }
            }
        }
    }
    out
}

fn check_in(
    out: &mut String,
    goal: &Goal,
    one: &CheckIn,
    names: &dyn Fn(&PersonId) -> String,
    now: &Now,
) {
    for step in moments::moves(goal, one) {
        let name = step
            .result
            .map_or("(removed result)", |result| result.name.as_str());
        let points = match (step.result, step.before) {
            (Some(result), Some(before)) => figures::points_words(result, before, step.now),
            _ => None,
        };
        let points = points.map_or_else(String::new, |points| format!(" ({points})"));
        let _ = writeln!(out, "- {name}: {}{points}", step.words());
    }
    if let Some(moved) = one.due_moved {
        let _ = writeln!(out, "- {}", figures::due_words(moved.from, moved.to));
    }
    if let Some(confidence) = one.confidence {
        let _ = writeln!(out, "- confidence {confidence} of 10");
    }
    if !one.note.trim().is_empty() {
        let _ = writeln!(out, "\n{}", one.note.trim());
    }
    if let Some(noted) = &one.acknowledged {
        let (by, when) = (names(&noted.by), now.day_of(noted.at));
        let _ = writeln!(out, "\nacknowledged by {by}, {when}");
    }
    for reaction in &one.reactions {
        let _ = writeln!(out, "\n{} by {}", reaction.sign, names(&reaction.by));
    }
    for comment in &one.comments {
        let (by, when) = (names(&comment.author), dates::clock(comment.at, now));
        let day = now.day_of(comment.at);
        let _ = writeln!(out, "\n> {by}, {day} {when}:");
        for line in comment.text.trim().lines() {
            let _ = writeln!(out, "> {line}");
        }
    }
}
