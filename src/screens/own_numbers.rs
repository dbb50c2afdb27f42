//! What a goal's provider itself says of it, in its own figures and words: its
//! progress, its status, its next check-in, its ids. Says so where it says nothing.

use crate::model::dates;
use crate::model::goal::{Goal, Nature};
use crate::model::key_result::Kind;
use crate::model::progress;
use crate::model::text::{self, Shown};
use crate::screens::Scene;
use crate::shown;
use crate::theme::Role;
use crate::widgets::line::Line;

/// The lines, at most `width` columns wide.
pub fn lines(goal: &Goal, scene: &Scene<'_>, width: usize) -> Vec<Line> {
    let account = scene.store.account(&goal.account);
    let provider = account.map_or("its provider", |account| account.setup.abilities.provider);
    let is_here = account.is_some_and(|account| account.setup.abilities.immediate);
    let title = match is_here {
        true => Shown::fixed("Kept on this machine: there are no numbers of another system"),
        false => shown!("What {provider} itself says"),
    };
    let mut facts: Vec<(&'static str, String)> = Vec::new();
    if !is_here {
        if goal.nature != Nature::Folder {
            facts.push(("progress", progress_words(goal, scene)));
            let status = goal.status_word.clone();
            let ours = goal.status.words().word;
            let status = status.unwrap_or_else(|| format!("no word of its own; {ours}"));
            facts.push(("status", status));
            facts.push(("next check-in", next_words(goal, scene)));
        } else if let Some(theirs) = goal.provider_progress {
            facts.push(("progress", progress::percent_spaced(theirs)));
        }
        let read = scene.store.as_of(&goal.id);
        let read = read.map(|at| dates::ago(at, &scene.now));
        facts.push(("read", read.unwrap_or_else(|| "not yet".to_owned())));
    }
    facts.push(("id", bare(goal.id.as_str())));
    facts.extend(goal.parent.as_ref().map(|id| ("parent", bare(id.as_str()))));
    let mut lines = Line::of(Role::Title, title).wrap(width, 2);
    for (name, value) in facts {
        let fact = Line::new()
            .space(2)
            .put(Role::Dim, Shown::fixed(name).pad_right(15))
            .put(Role::Text, text::line(&value));
        lines.extend(fact.wrap(width, 17));
    }
    for result in &goal.results {
        let theirs = result.particulars().provider_progress;
        let number = match (theirs.filter(|theirs| theirs.is_finite()), &result.kind) {
            (Some(theirs), _) => progress::percent_spaced(theirs),
            (None, Kind::Baseline) => "watched only".to_owned(),
            (None, _) if is_here => String::new(),
            (None, _) => "no figure".to_owned(),
        };
        let status = result.status.map(|status| status.words().word);
        let words: Vec<&str> = [Some(number.as_str()), status]
            .into_iter()
            .flatten()
            .filter(|words| !words.is_empty())
            .collect();
        let id = bare(result.id.as_str());
        let words = match words.join(", ") {
            words if words.is_empty() => id,
            words => format!("{words}   {id}"),
        };
        let fact = Line::new()
            .space(2)
            .put(Role::Text, shown!("{}: ", result.name))
            .put(Role::Dim, text::line(&words));
        lines.extend(fact.wrap(width, 4));
    }
    lines
}

/// An id without the account it has here in front.
fn bare(id: &str) -> String {
    id.split_once(':').map_or(id, |(_, bare)| bare).to_owned()
}

/// `30 %; we count 31 %`.
fn progress_words(goal: &Goal, scene: &Scene<'_>) -> String {
    let figures = scene.store.figures(&goal.id);
    let ours = figures.and_then(|figures| figures.progress);
    let ours = ours.map(|ours| progress::percent_spaced(ours.raw));
    let theirs = goal.provider_progress.filter(|theirs| theirs.is_finite());
    match (theirs.map(progress::percent_spaced), ours) {
        (Some(theirs), Some(ours)) if theirs == ours => format!("{theirs}, as we count"),
        (Some(theirs), Some(ours)) => format!("{theirs}; we count {ours}"),
        (Some(theirs), None) => format!("{theirs}; we count nothing"),
        (None, Some(ours)) => format!("it says none; {ours} is our own count"),
        (None, None) => "it says none, and we count nothing".to_owned(),
    }
}

/// `1 Dec`, or whose reckoning the day is.
fn next_words(goal: &Goal, scene: &Scene<'_>) -> String {
    if let Some(day) = goal.next_check_in {
        return dates::day(day, &scene.now);
    }
    let figures = scene.store.figures(&goal.id);
    match figures.and_then(|figures| figures.check_in_due) {
        Some(due) => {
            let due = dates::day(due, &scene.now);
            format!("it names no day; {due} by the cadence kept here")
        }
        None => "it names no day".to_owned(),
    }
}
