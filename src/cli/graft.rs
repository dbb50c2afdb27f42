//! `goals graft` and `goals ungraft`: where a goal shows on this machine, whatever
//! its provider says. Nothing of it is sent.

use serde_json::json;

use crate::model::goal::Goal;
use crate::store::effect::Command;

use super::failure::Failure;
use super::pick::{self, Prefer};
use super::print::Out;
use super::session::Session;
use super::{Ended, json as schema};

/// `goals graft GOAL --under GOAL` or `--top`
pub fn graft(out: &mut Out, session: &mut Session, goal: &str, under: Option<&str>) -> Ended {
    let goal = pick::goal(session.store(), goal, Prefer::Open)?.clone();
    let under = match under {
        Some(under) => Some(pick::goal(session.store(), under, Prefer::Open)?.clone()),
        None => None,
    };
    let what = format!("grafting \"{}\"", goal.name);
    let below = under.as_ref().map(|under| &under.id);
    if let Some(why) = session.store().why_not_graft(&goal.id, below) {
        return Err(Failure::refused(what, why, "").into());
    }
    let command = Command::Graft {
        goal: goal.id.clone(),
        under: below.cloned(),
    };
    session.wish(&what, vec![command])?;
    let words = match &under {
        Some(under) => format!("\"{}\" shows under \"{}\" now", goal.name, under.name),
        None => format!("\"{}\" shows at the top now", goal.name),
    };
    said(out, session, &goal, &words)
}

/// `goals ungraft GOAL`
pub fn ungraft(out: &mut Out, session: &mut Session, goal: &str) -> Ended {
    let goal = pick::goal(session.store(), goal, Prefer::Open)?.clone();
    let what = format!("grafting \"{}\"", goal.name);
    if session.store().marks().graft(&goal.id).is_none() {
        let why = "it is where its provider has it";
        return Err(Failure::refused(what, why, "").into());
    }
    session.wish(&what, vec![Command::Ungraft(goal.id.clone())])?;
    let words = format!("\"{}\" shows where its provider has it", goal.name);
    said(out, session, &goal, &words)
}

fn said(out: &mut Out, session: &Session, goal: &Goal, words: &str) -> Ended {
    if out.is_json {
        let graft = session.store().graft(goal);
        let value = json!({
            "goal": goal.id.as_str(),
            "grafted": graft.is_some(),
            "grafted_under": graft.flatten().map(|id| id.as_str()),
        });
        return Ok(out.json(&schema::object("graft", value))?);
    }
    Ok(out.note(&crate::shown!("{words}, kept here; nothing was sent"))?)
}
