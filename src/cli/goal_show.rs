//! `goals show`: everything about one goal, most important first.

use serde_json::{Value, json};

use crate::model::check_in::{CheckIn, Occasion};
use crate::model::dates;
use crate::model::goal::{Goal, Nature};
use crate::model::key_result::{KeyResult, Kind, Reading};
use crate::model::progress;
use crate::model::text;
use crate::model::time::Now;
use crate::model::values;
use crate::store::Store;

use super::print::{Out, Table, Tone, cell};
use super::session::Session;
use super::{Ended, goals, json as schema, pick};

/// `goals show GOAL`
pub fn show(out: &mut Out, session: &Session, text: &str) -> Ended {
    let (store, now) = (session.store(), session.now());
    let goal = pick::goal(store, text, pick::Prefer::Open)?;
    if out.is_json {
        return Ok(out.json(&schema::object("goals", json!([detail(store, goal, &now)])))?);
    }
    head(out, store, goal, &now)?;
    let why = store.why(goal, &now);
    if !why.is_empty() {
        out.say(&crate::shown!(""))?;
        out.toned(&crate::shown!("Why it needs attention"), Tone::Strong)?;
        for (place, why) in why.iter().take(5).enumerate() {
            out.say(&crate::shown!("  {} {}", place + 1, why.text))?;
        }
    }
    results(out, goal)?;
    children(out, store, goal)?;
    match goal.nature {
        Nature::Folder => Ok(()),
        Nature::Goal | Nature::Project => last_check_in(out, store, goal, &now),
    }
}

/// The goal as JSON, with check-ins and comments.
pub fn detail(store: &Store, goal: &Goal, now: &Now) -> Value {
    let mut value = schema::goal(store, goal, now);
    if let Some(fields) = value.as_object_mut() {
        let check_ins: Vec<Value> = goal
            .check_ins
            .iter()
            .map(|check_in| schema::check_in(store, goal, check_in, now))
            .collect();
        let comments: Vec<Value> = goal
            .comments
            .iter()
            .map(|comment| schema::comment(store, goal, comment, now))
            .collect();
        let children: Vec<String> = store
            .own_children(&goal.id)
            .iter()
            .map(ToString::to_string)
            .collect();
        let changes = store
            .changes_since_look(goal)
            .map(|(at, changes)| json!({ "at": schema::moment(at, now), "changes": changes }));
        fields.insert("check_ins".to_owned(), json!(check_ins));
        fields.insert("comments".to_owned(), json!(comments));
        let grafted = store.children(&goal.id).into_iter();
        let grafted: Vec<String> = grafted
            .filter_map(|id| store.goal(&id))
            .filter(|child| store.graft(child).is_some())
            .map(|child| child.id.to_string())
            .collect();
        fields.insert("children".to_owned(), json!(children));
        fields.insert("grafted_here".to_owned(), json!(grafted));
        fields.insert("since_looked".to_owned(), json!(changes));
    }
    value
}

fn head(out: &mut Out, store: &Store, goal: &Goal, now: &Now) -> Ended {
    let status = goals::shown(store, goal);
    let words = status.words();
    let word = goal.status_word.as_ref();
    let word = word.map_or_else(String::new, |word| format!(" [{word}]"));
    match goal.nature {
        Nature::Folder => out.toned(&crate::shown!("Folder   {}", goal.name), Tone::Strong)?,
        Nature::Goal | Nature::Project => out.toned(
            &crate::shown!("{} {}{word}   {}", words.glyph, words.word, goal.name),
            Tone::of(status),
        )?,
    }
    let mut facts = vec![goal.id.to_string()];
    if !goal.space.is_empty() {
        facts.push(goal.space.clone());
    }
    if let Some(champion) = &goal.champion {
        facts.push(format!("champion {}", you(store, goal, champion)));
    }
    if let Some(reviewer) = &goal.reviewer {
        facts.push(format!("reviewer {}", you(store, goal, reviewer)));
    }
    out.say(&crate::shown!("  {}", facts.join(" · ")))?;
    if goal.nature != Nature::Folder {
        out.say(&crate::shown!("  {}", period(store, goal, now)))?;
    }
    if let Some(words) = approval(store, goal) {
        out.say(&crate::shown!("  {words}"))?;
    }
    if let Some(words) = store.counted_words(goal) {
        out.say(&crate::shown!("  {words}"))?;
    }
    match store.graft(goal) {
        Some(Some(under)) => {
            let name = store.goal(under).map_or("", |above| above.name.as_str());
            out.say(&crate::shown!(
                "  grafted under \"{name}\" ({under}), kept here"
            ))?;
        }
        Some(None) => out.say(&crate::shown!("  put at the top, kept here"))?,
        None if store.is_cut_off(goal) => {
            out.say(&crate::shown!("  the goal above it is outside this view"))?;
        }
        None => {}
    }
    if !goal.description.trim().is_empty() {
        out.say(&crate::shown!(""))?;
        out.block(&text::block(goal.description.trim_end()), 2)?;
    }
    Ok(())
}

/// `plan in review, reviewers Bo Berg`
fn approval(store: &Store, goal: &Goal) -> Option<String> {
    let approval = goal.approval.as_deref()?;
    let reviewers = approval.reviewers.iter();
    let names: Vec<String> = reviewers.map(|one| you(store, goal, one)).collect();
    let people = match names.is_empty() {
        true => String::new(),
        false => format!(", reviewers {}", names.join(", ")),
    };
    Some(format!("plan {}{people}", approval.stage.words()))
}

fn you(store: &Store, goal: &Goal, id: &crate::model::ids::PersonId) -> String {
    if store.me(&goal.account) == Some(id) {
        "you".to_owned()
    } else {
        store.name_of(id)
    }
}

fn period(store: &Store, goal: &Goal, now: &Now) -> String {
    let mut parts = Vec::new();
    let day = |day| dates::day(day, now);
    match (goal.start, goal.due) {
        (Some(start), Some(due)) => parts.push(format!("{} – {}", day(start), day(due))),
        (None, Some(due)) => parts.push(format!("due {}", day(due))),
        (Some(start), None) => parts.push(format!("since {}", day(start))),
        (None, None) => {}
    }
    if let Some(figures) = store.figures(&goal.id) {
        let done = figures.shown_progress().map(progress::percent_spaced);
        parts.push(format!("progress {}", done.as_deref().unwrap_or("–")));
        if let Some(expected) = figures.expected {
            parts.push(format!("expected {}", progress::percent_spaced(expected)));
        }
        if let Some(pace) = figures.pace {
            parts.push(pace.word().to_owned());
        }
        if let Some(due) = figures.check_in_due {
            parts.push(if due <= now.today() {
                format!("check-in {}", dates::due(due, now))
            } else {
                format!("next check-in {}", day(due))
            });
        }
    }
    if let Some(closing) = &goal.closed {
        let score = closing
            .score
            .map_or_else(String::new, |score| format!(", score {score:.1}"));
        parts.push(format!("closed {}{score}", dates::ago(closing.at, now)));
    }
    parts.join(" · ")
}

/// The figure of one result in words: `21%`, `held`, `done`, `–`.
pub fn result_percent(result: &KeyResult) -> String {
    if matches!(result.kind, Kind::Guardrail(_)) {
        let held = result
            .current
            .as_ref()
            .and_then(|reading| progress::is_held(result, reading));
        return match held {
            Some(true) => "held".to_owned(),
            Some(false) => "broken".to_owned(),
            None => "–".to_owned(),
        };
    }
    progress::shown_of_result(result).map_or_else(|| "–".to_owned(), progress::percent)
}

/// What a result aims at: `4.1 → 2 %`, `stay below 25`.
pub fn aim(result: &KeyResult) -> String {
    let number = |value: f64| values::with_unit(result, values::number(value));
    match &result.kind {
        Kind::Number | Kind::Percent | Kind::Currency => {
            values::range(result).unwrap_or_else(|| format!("from {}", number(result.start)))
        }
        Kind::YesNo => "done or not".to_owned(),
        Kind::Checklist { items, .. } => format!("{} items", items.len()),
        Kind::Milestones { steps } => format!("{} steps", steps.len()),
        Kind::Zones {
            commit,
            target,
            stretch,
        } => format!(
            "{} / {} / {}",
            values::number(*commit),
            values::number(*target),
            number(*stretch)
        ),
        Kind::Baseline => "watched".to_owned(),
        Kind::Guardrail(rail) => {
            let side = if rail.above { "above" } else { "below" };
            format!("stay {side} {}", number(rail.limit))
        }
    }
}

fn results(out: &mut Out, goal: &Goal) -> Ended {
    if goal.nature == Nature::Folder {
        return Ok(());
    }
    out.say(&crate::shown!(""))?;
    if goal.nature == Nature::Project {
        let words = crate::shown!("A project: its progress counts milestones");
        return Ok(out.toned(&words, Tone::Dim)?);
    }
    if goal.results.is_empty() {
        return Ok(out.toned(&crate::shown!("No key results"), Tone::Dim)?);
    }
    out.toned(&crate::shown!("Key results"), Tone::Strong)?;
    let mut table = Table::cutting(0);
    for result in &goal.results {
        let current = result.current.as_ref().map_or_else(
            || "no data".to_owned(),
            |reading| values::show(result, reading),
        );
        let weight = if (result.weight - 1.0).abs() < f64::EPSILON {
            String::new()
        } else {
            format!("weight {}", values::number(result.weight))
        };
        table.row(vec![
            cell(&format!("  {}", result.name)),
            cell(&result_percent(result)).right(),
            cell(&current).right(),
            cell(&aim(result)),
            cell(&weight),
            cell(result.id.as_str()).tone(Tone::Dim),
        ]);
    }
    Ok(out.table(&table)?)
}

fn children(out: &mut Out, store: &Store, goal: &Goal) -> Ended {
    let children = store.children(&goal.id);
    if children.is_empty() {
        return Ok(());
    }
    out.say(&crate::shown!(""))?;
    out.toned(&crate::shown!("Under it"), Tone::Strong)?;
    let mut table = Table::cutting(1);
    for child in children.iter().filter_map(|id| store.goal(id)) {
        let status = goals::shown(store, child);
        table.row(vec![
            cell(&format!("  {}", status.words().glyph)).tone(Tone::of(status)),
            cell(&child.name),
            cell(if store.graft(child).is_some() {
                "grafted"
            } else {
                ""
            })
            .tone(Tone::Dim),
            cell(&goals::percent(store, child)).right(),
            cell(child.id.as_str()).tone(Tone::Dim),
        ]);
    }
    Ok(out.table(&table)?)
}

/// `3.80 → 3.66 %`, `not done → done`.
pub fn changed(result: &KeyResult, before: &Reading, now: &Reading) -> String {
    let change = values::change(result, before, now);
    match result.kind {
        Kind::YesNo | Kind::Checklist { .. } | Kind::Milestones { .. } => change,
        _ => values::with_unit(result, change),
    }
}

/// A check-in's values, note, and what was said to it.
pub fn check_in(out: &mut Out, store: &Store, goal: &Goal, check_in: &CheckIn, now: &Now) -> Ended {
    for change in &check_in.values {
        let Some(result) = goal.result(&change.result) else {
            continue;
        };
        let reads = change.before.as_ref().map_or_else(
            || values::show(result, &change.now),
            |before| changed(result, before, &change.now),
        );
        out.say(&crate::shown!("  {}: {reads}", result.name))?;
    }
    if !check_in.note.trim().is_empty() {
        out.block(&text::block(check_in.note.trim_end()), 2)?;
    }
    if let Some(acknowledged) = &check_in.acknowledged {
        let (by, at) = (
            you(store, goal, &acknowledged.by),
            dates::ago(acknowledged.at, now),
        );
        out.say(&crate::shown!("  acknowledged by {by}, {at}"))?;
    } else if let Some(reader) = goal.acknowledger(check_in).filter(|_| check_in.waits()) {
        let by = you(store, goal, reader);
        out.say(&crate::shown!("  not acknowledged yet, waits for {by}"))?;
    }
    for reaction in &check_in.reactions {
        let by = you(store, goal, &reaction.by);
        out.say(&crate::shown!("  {} by {by}", reaction.sign))?;
    }
    for comment in &check_in.comments {
        let (by, at) = (
            you(store, goal, &comment.author),
            dates::ago(comment.at, now),
        );
        out.say(&crate::shown!("  {by}, {at}:"))?;
        out.block(&text::block(comment.text.trim_end()), 4)?;
    }
    Ok(())
}

fn last_check_in(out: &mut Out, store: &Store, goal: &Goal, now: &Now) -> Ended {
    out.say(&crate::shown!(""))?;
    if let Some(last) = goal.last_check_in() {
        let status = last.status.map_or("", |status| status.words().word);
        let word = match last.occasion {
            Occasion::Regular => status.to_owned(),
            Occasion::Closing => format!("closed as {}", status.to_lowercase()),
            Occasion::Reopening => "opened again".to_owned(),
        };
        let (by, at) = (you(store, goal, &last.author), dates::ago(last.at, now));
        out.toned(
            &crate::shown!("Last check-in   {at}, {by}   {word}   {}", last.id),
            Tone::Strong,
        )?;
        check_in(out, store, goal, last, now)?;
    } else {
        out.toned(&crate::shown!("No check-in yet"), Tone::Dim)?;
    }
    if let Some((at, changes)) = store.changes_since_look(goal) {
        out.say(&crate::shown!(""))?;
        let at = dates::ago(at, now);
        out.say(&crate::shown!(
            "Since you looked ({at}): {}",
            changes.join(", ")
        ))?;
    }
    Ok(())
}
