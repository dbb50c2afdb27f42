//! `approve`, `decline`, `review`, `withdraw`: the approval of goals' plans. Each
//! changes a goal for everybody.

use crate::model::exchange::{Change, ReviewStep};
use crate::model::goal::{Goal, Stage};
use crate::model::ids::PersonId;
use crate::store::Store;

use super::args::{self, Global};
use super::failure::Failure;
use super::pick::{self, Prefer};
use super::print::Out;
use super::session::Session;
use super::{Ended, ask, note, receipt};

/// Refuses where the goal does not wait for my verdict.
fn check_waits(store: &Store, goal: &Goal, what: &str) -> Result<(), Failure> {
    if !goal.is_in_review() {
        let stage = goal.approval.as_deref().map(|approval| approval.stage);
        let why = match stage {
            Some(Stage::Approved) => "it is approved already",
            _ => "it is not in review",
        };
        return Err(Failure::refused(what, why, ""));
    }
    let waits = store
        .me(&goal.account)
        .is_none_or(|me| goal.waits_for_approval_of(me));
    if waits {
        return Ok(());
    }
    let approval = goal.approval.as_deref();
    let reviewers = approval.map_or(&[][..], |approval| &approval.reviewers);
    let names: Vec<String> = reviewers.iter().map(|one| store.name_of(one)).collect();
    let why = match names.is_empty() {
        true => "it is yours: others approve it".to_owned(),
        false => format!("it waits for {}", names.join(", ")),
    };
    Err(Failure::refused(what, why, ""))
}

fn post(
    out: &mut Out,
    session: &mut Session,
    goal: &Goal,
    step: ReviewStep,
    what: &str,
    done: &str,
) -> Ended {
    let change = Change::Review {
        goal: goal.id.clone(),
        step,
    };
    let text = change.text().unwrap_or_default().to_owned();
    let entry = session
        .post(what, &goal.account, change, session.new_entry())
        .map_err(|failure| failure.with_text(&text))?;
    Ok(receipt::print(out, session, &[entry], done)?)
}

/// `approve GOAL`
pub fn approve(
    out: &mut Out,
    session: &mut Session,
    global: &Global,
    args: &args::Verdict,
) -> Ended {
    let goal = pick::goal(session.store(), &args.goal, Prefer::Open)?.clone();
    let what = format!("approval of \"{}\"", goal.name);
    check_waits(session.store(), &goal, &what)?;
    ask::is_sure(
        global,
        &crate::shown!("approve \"{}\" for everybody?", goal.name),
    )?;
    let comment = note::read(&args.note, "", session)?;
    let step = ReviewStep::Approve {
        comment: comment.trim().to_owned(),
    };
    let done = format!("approved \"{}\"", goal.name);
    post(out, session, &goal, step, &what, &done)
}

/// `decline GOAL --note REASON`
pub fn decline(out: &mut Out, session: &mut Session, args: &args::Verdict) -> Ended {
    let goal = pick::goal(session.store(), &args.goal, Prefer::Open)?.clone();
    let what = format!("declining \"{}\"", goal.name);
    check_waits(session.store(), &goal, &what)?;
    let comment = note::read(&args.note, "", session)?;
    if comment.trim().is_empty() {
        let why = "its owner needs a reason";
        return Err(Failure::usage(what, why, "give --note, --note-file or --edit").into());
    }
    let step = ReviewStep::Decline {
        comment: comment.trim().to_owned(),
    };
    let done = format!("sent \"{}\" back to its owner", goal.name);
    post(out, session, &goal, step, &what, &done)
}

/// `review GOAL --reviewer NAME`
pub fn review(out: &mut Out, session: &mut Session, args: &args::Review) -> Ended {
    let goal = pick::goal(session.store(), &args.goal, Prefer::Open)?.clone();
    let what = format!("review of \"{}\"", goal.name);
    if goal.is_in_review() {
        return Err(Failure::refused(what, "it is in review already", "").into());
    }
    let mut reviewers: Vec<PersonId> = Vec::new();
    for name in &args.reviewers {
        let person = pick::person(session.store(), &goal.account, name)?;
        if !reviewers.contains(&person) {
            reviewers.push(person);
        }
    }
    let names: Vec<String> = reviewers
        .iter()
        .map(|one| session.store().name_of(one))
        .collect();
    let done = format!("sent \"{}\" for review to {}", goal.name, names.join(", "));
    let step = ReviewStep::Ask { reviewers };
    post(out, session, &goal, step, &what, &done)
}

/// `withdraw GOAL`
pub fn withdraw(out: &mut Out, session: &mut Session, global: &Global, goal: &str) -> Ended {
    let goal = pick::goal(session.store(), goal, Prefer::Open)?.clone();
    let what = format!("withdrawing \"{}\"", goal.name);
    let stage = goal.approval.as_deref().map(|approval| approval.stage);
    if !matches!(stage, Some(Stage::InReview | Stage::Approved)) {
        return Err(Failure::refused(what, "it is not in review", "").into());
    }
    ask::is_sure(
        global,
        &crate::shown!("make \"{}\" a draft for everybody?", goal.name),
    )?;
    let done = format!("withdrew \"{}\" from review", goal.name);
    post(out, session, &goal, ReviewStep::Withdraw, &what, &done)
}
