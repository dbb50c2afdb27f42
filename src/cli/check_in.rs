//! `checkin`: values, status and note of a goal at a moment, posted, kept as a
//! draft, or only shown.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::json;

use crate::model::check_in::{CheckIn, DueMoved, ValueChange};
use crate::model::dates;
use crate::model::entry::{Draft, DraftKey, Form};
use crate::model::exchange::{Ability, Change, Tell};
use crate::model::goal::Goal;
use crate::model::ids::{CheckInId, EntryId};
use crate::model::key_result::Reading;
use crate::model::progress;
use crate::model::status::Status;
use crate::model::time::Time;
use crate::model::values;
use crate::store::effect::Command;

use super::args::Checkin;
use super::failure::Failure;
use super::goal_show::{changed, result_percent};
use super::pick::{self, Prefer};
use super::print::Out;
use super::session::Session;
use super::{Ended, json as schema, note, receipt, results};

/// `checkin GOAL`
pub fn check_in(out: &mut Out, session: &mut Session, args: &Checkin) -> Ended {
    let goal = pick::goal(session.store(), &args.goal, Prefer::Open)?.clone();
    let what = format!("check-in on \"{}\"", goal.name);
    let key = args.key.as_deref().map(check_key).transpose()?;
    if let Some(key) = &key
        && let Some(entry) = session.store().entry(key).cloned()
    {
        let done = format!("{what} was written before with this key");
        return Ok(receipt::print(out, session, &[entry], &done)?);
    }
    // What can be wrong without the note is checked before anybody writes one.
    let flags = Flags::read(session, args, &goal, &what)?;
    let template = if args.note.edit {
        session.config.default_note().to_owned()
    } else {
        String::new()
    };
    let note = note::read(&args.note, &template, session)?;
    let note = if note.trim() == template.trim() {
        String::new()
    } else {
        note
    };
    let result = if args.amend {
        amend(out, session, args, &goal, flags, &note)
    } else if args.draft {
        keep_draft(out, session, args, &goal, &note)
    } else {
        post(out, session, args, &goal, flags, &note, key)
    };
    result.map_err(|stop| stop.with_text(&note))
}

/// The flags besides the note, read and checked.
struct Flags {
    status: Option<Status>,
    values: Vec<ValueChange>,
    confidence: Option<u8>,
    due: Option<DueMoved>,
    at: Time,
    tell: Tell,
}

impl Flags {
    fn read(session: &Session, args: &Checkin, goal: &Goal, what: &str) -> Result<Self, Failure> {
        if !goal.is_open() {
            return Err(Failure::refused(
                what,
                "the goal is closed",
                format!("reopen it with goaldeck goals reopen {}", goal.id),
            )
            .with_text(args.note.note.as_deref().unwrap_or_default()));
        }
        let set = results::readings(goal, "--set", &args.values)?;
        let values = set
            .into_iter()
            .map(|(result, now)| ValueChange {
                before: goal.result(&result).and_then(|found| found.current.clone()),
                result,
                now,
            })
            .collect();
        let now = session.now();
        let at = match &args.at {
            None => now.at,
            Some(text) => moment(text, &now)?,
        };
        let due = args.move_due.as_deref().map(|text| {
            let to = new_due(text, goal, &now)?;
            Ok::<_, Failure>(DueMoved { from: goal.due, to })
        });
        let account = session.store().account(&goal.account);
        if let (Some(_), Some(Ability::No(why))) = (
            &args.confidence,
            account.map(|account| account.setup.abilities.confidence),
        ) {
            return Err(Failure::usage(
                "--confidence",
                why,
                "leave --confidence out",
            ));
        }
        Ok(Self {
            status: status(args.status.as_deref(), goal)?,
            values,
            confidence: args.confidence.as_deref().map(confidence).transpose()?,
            due: due.transpose()?,
            at,
            tell: tell(session, goal, args.tell.as_deref())?,
        })
    }
}

/// Who is told, where the account lets people choose.
fn tell(session: &Session, goal: &Goal, text: Option<&str>) -> Result<Tell, Failure> {
    let Some(text) = text else {
        return Ok(Tell::default());
    };
    let store = session.store();
    if let Some(account) = store.account(&goal.account)
        && let Ability::No(why) = account.setup.abilities.tell
    {
        return Err(Failure::usage("--tell", why, "leave --tell out"));
    }
    Ok(match text.trim() {
        "responsible" => Tell::Responsible,
        "everyone" => Tell::Everyone,
        "nobody" => Tell::Nobody,
        names => Tell::These(
            names
                .split(',')
                .map(|name| pick::person(store, &goal.account, name.trim()))
                .collect::<Result<_, _>>()?,
        ),
    })
}

fn check_key(key: &str) -> Result<EntryId, Failure> {
    let is_fine = (6..=64).contains(&key.len())
        && key
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    if !is_fine {
        return Err(Failure::usage(
            "--key",
            "it has to be 6 to 64 letters, digits, - _ or .",
            "choose one like churn-2026-W47",
        ));
    }
    Ok(EntryId::new(key))
}

/// The status given, or the last one that was said.
fn status(text: Option<&str>, goal: &Goal) -> Result<Option<Status>, Failure> {
    let choices = Status::CHOICES.map(|status| status.words().code).join(", ");
    let Some(text) = text else {
        let said = goal.check_ins.iter().rev().filter_map(|last| last.status);
        return Ok(said
            .into_iter()
            .find(|status| Status::CHOICES.contains(status)));
    };
    let chosen = Status::parse(text).filter(|status| Status::CHOICES.contains(status));
    let chosen = chosen.ok_or_else(|| {
        Failure::usage(
            "--status",
            format!("\"{text}\" is none of those a check-in has"),
            format!("choose one of {choices}"),
        )
    })?;
    Ok(Some(chosen))
}

fn confidence(text: &str) -> Result<u8, Failure> {
    let read = text.trim().parse::<u8>().ok();
    read.filter(|value| *value <= 10).ok_or_else(|| {
        Failure::usage(
            "--confidence",
            format!("\"{text}\" is no whole number from 0 to 10"),
            "write it like 7",
        )
    })
}

fn moment(text: &str, now: &crate::model::time::Now) -> Result<Time, Failure> {
    let at = dates::parse_moment(text, now)
        .map_err(|why| Failure::misread("--at", &why, "write Fri 17:00 or 2026-11-20 17:00"))?;
    // "Fri 17:00" means the next one elsewhere; a check-in tells what was.
    let first = text.split_whitespace().next().unwrap_or_default();
    let back = if first.parse::<chrono::Weekday>().is_ok() {
        7
    } else {
        i64::from(first == text.trim() && first.contains(':') && first.len() <= 8)
    };
    let at = if at > now.at {
        at - chrono::TimeDelta::days(back)
    } else {
        at
    };
    if at > now.at {
        return Err(Failure::usage(
            "--at",
            format!(
                "{} lies ahead",
                now.zone.local(at).format("%a %-d %b %H:%M")
            ),
            "give a moment that has passed",
        ));
    }
    Ok(at)
}

fn new_due(
    text: &str,
    goal: &Goal,
    now: &crate::model::time::Now,
) -> Result<Option<NaiveDate>, Failure> {
    if text.trim() == "none" {
        return Ok(None);
    }
    let day = dates::parse_day(text, now)
        .map_err(|why| Failure::misread("--move-due", &why, "write 2026-12-31, 31 Dec or +6w"))?;
    if goal.start.is_some_and(|start| day < start) {
        return Err(Failure::usage(
            "--move-due",
            "the goal would end before it starts",
            "give a later day",
        ));
    }
    Ok(Some(day))
}

fn post(
    out: &mut Out,
    session: &mut Session,
    args: &Checkin,
    goal: &Goal,
    flags: Flags,
    note: &str,
    key: Option<EntryId>,
) -> Ended {
    let what = format!("check-in on \"{}\"", goal.name);
    let says_nothing = flags.values.is_empty()
        && args.status.is_none()
        && note.trim().is_empty()
        && flags.confidence.is_none()
        && flags.due.is_none();
    if says_nothing {
        return Err(Failure::usage(
            what,
            "it says nothing",
            "give --status, --set, --note or --edit",
        )
        .into());
    }
    if flags.status.is_none() {
        return Err(Failure::usage(
            what,
            "a first check-in needs a status",
            "add --status on_track, at_risk or off_track",
        )
        .into());
    }
    let me = session.me(&goal.account)?;
    let id = key.as_ref().map_or_else(
        || session.new_id(&goal.account, 'c'),
        |key| format!("{}:c-{key}", goal.account),
    );
    let check_in = CheckIn {
        status: flags.status,
        values: flags.values,
        note: note.to_owned(),
        confidence: flags.confidence,
        due_moved: flags.due,
        ..CheckIn::new(CheckInId::new(id), me, flags.at)
    };
    let after = after(goal, &check_in);
    let progress = after_progress(session, &after);
    if args.dry_run {
        return preview(out, session, goal, &after, &check_in, progress);
    }
    let status = flags.status.map_or("", |status| status.words().word);
    let reads = progress.map_or_else(String::new, |progress| {
        format!(", the goal reads {}", progress::percent_spaced(progress))
    });
    let change = Change::CheckIn {
        goal: goal.id.clone(),
        check_in,
        tell: flags.tell,
    };
    let entry = key.unwrap_or_else(|| session.new_entry());
    let entry = session.post(&what, &goal.account, change, entry)?;
    let now = session.now();
    let of = if args.at.is_some() {
        format!(
            " as of {}",
            now.zone.local(flags.at).format("%a %-d %b %H:%M")
        )
    } else {
        String::new()
    };
    let done = format!("checked in on \"{}\"{of}: {status}{reads}", goal.name);
    Ok(receipt::print(out, session, &[entry], &done)?)
}

/// Changes my newest check-in: what is not given stays as it was.
fn amend(
    out: &mut Out,
    session: &mut Session,
    args: &Checkin,
    goal: &Goal,
    flags: Flags,
    note: &str,
) -> Ended {
    let what = format!("check-in on \"{}\"", goal.name);
    let mut mine = goal.check_ins.iter().rev();
    let Some(last) =
        mine.find(|last| last.occasion.is_regular() && session.store().is_me(&last.author))
    else {
        return Err(Failure::refused(
            &what,
            "no check-in of yours is there",
            "write one without --amend",
        )
        .into());
    };
    let mut check_in = last.clone();
    if !note.trim().is_empty() {
        note.clone_into(&mut check_in.note);
    }
    if args.status.is_some() {
        check_in.status = flags.status;
    }
    for change in flags.values {
        let mut known = check_in.values.iter_mut();
        match known.find(|value| value.result == change.result) {
            Some(value) => value.now = change.now,
            None => check_in.values.push(change),
        }
    }
    if check_in == *last {
        return Err(Failure::usage(
            "--amend",
            "nothing would change",
            "give --note, --status or --set",
        )
        .into());
    }
    if args.dry_run {
        let after = after(goal, &check_in);
        let progress = after_progress(session, &after);
        return preview(out, session, goal, &after, &check_in, progress);
    }
    let change = Change::EditCheckIn {
        goal: goal.id.clone(),
        check_in,
    };
    let entry = session.new_entry();
    let entry = session.post(&what, &goal.account, change, entry)?;
    let done = format!("changed your check-in on \"{}\"", goal.name);
    Ok(receipt::print(out, session, &[entry], &done)?)
}

/// The goal as it will be.
fn after(goal: &Goal, check_in: &CheckIn) -> Goal {
    let mut after = goal.clone();
    for change in &check_in.values {
        if let Some(result) = after.results.iter_mut().find(|one| one.id == change.result) {
            result.current = Some(change.now.clone());
        }
    }
    if let Some(moved) = check_in.due_moved {
        after.due = moved.to;
    }
    after
}

fn after_progress(session: &Session, after: &Goal) -> Option<f64> {
    let store = session.store();
    let children = store.parts_below(after);
    progress::roll_up(after, &children, store.rules())
}

fn preview(
    out: &mut Out,
    session: &Session,
    goal: &Goal,
    after: &Goal,
    check_in: &CheckIn,
    progress: Option<f64>,
) -> Ended {
    let (store, now) = (session.store(), session.now());
    if out.is_json {
        let value = json!({
            "goal": goal.id.as_str(),
            "checkin": schema::check_in(store, goal, check_in, &now),
            "progress": progress,
        });
        return Ok(out.json(&schema::object("dry_run", value))?);
    }
    let status = check_in.status.map_or("", |status| status.words().word);
    out.say(&crate::shown!(
        "would check in on \"{}\": {status}",
        goal.name
    ))?;
    for change in &check_in.values {
        let (Some(before), Some(result)) =
            (goal.result(&change.result), after.result(&change.result))
        else {
            continue;
        };
        let reads = change.before.as_ref().map_or_else(
            || values::show(result, &change.now),
            |was| changed(before, was, &change.now),
        );
        let percent = result_percent(result);
        out.say(&crate::shown!("  {}: {reads}   {percent}", result.name))?;
    }
    if let Some(progress) = progress {
        let progress = progress::percent_spaced(progress);
        out.say(&crate::shown!("  the goal will read {progress}"))?;
    }
    if !check_in.note.is_empty() {
        out.block(&crate::model::text::block(&check_in.note), 2)?;
    }
    Ok(out.note(&crate::shown!("nothing was written"))?)
}

/// The fields as the editor of check-ins names them.
fn draft_fields(
    args: &Checkin,
    goal: &Goal,
    note: &str,
) -> Result<BTreeMap<String, String>, Failure> {
    let mut fields = BTreeMap::new();
    let mut put = |name: String, text: &str| {
        if !text.is_empty() {
            fields.insert(name, text.to_owned());
        }
    };
    if let Some(status) = args.status.as_deref().and_then(Status::parse) {
        put("status".to_owned(), status.words().code);
    }
    put("note".to_owned(), note);
    put(
        "confidence".to_owned(),
        args.confidence.as_deref().unwrap_or_default(),
    );
    put(
        "due".to_owned(),
        args.move_due.as_deref().unwrap_or_default(),
    );
    for assignment in &args.values {
        let (name, value) = super::measure::assignment("--set", assignment, |name| {
            pick::result(goal, name).is_ok()
        })?;
        let result = pick::result(goal, name)?;
        // The form has no "one more" for ticks: it takes the outcome.
        let typed = match values::parse(result, result.current.as_ref(), value) {
            Ok(Some(Reading::Ticks(ticks))) => values::ticks_text(&ticks),
            _ => value.to_owned(),
        };
        put(format!("value:{}", result.id), &typed);
        let before = result.current.as_ref().map(serde_json::to_string);
        if let Some(Ok(before)) = before {
            put(format!("before:{}", result.id), &before);
        }
    }
    Ok(fields)
}

fn keep_draft(
    out: &mut Out,
    session: &mut Session,
    args: &Checkin,
    goal: &Goal,
    note: &str,
) -> Ended {
    let key = DraftKey {
        goal: Some(goal.id.clone()),
        form: Form::CheckIn,
    };
    if session.store().draft(&key).is_some() {
        return Err(Failure::failed(
            format!("draft of a check-in on \"{}\"", goal.name),
            "there is one already",
            "finish it in the program, or post this one without --draft",
        )
        .into());
    }
    let draft = Draft {
        key: key.clone(),
        fields: draft_fields(args, goal, note)?,
        focus: "note".to_owned(),
        cursor: (0, 0),
        scroll: 0,
        saved_at: session.now().at,
    };
    let what = format!("draft of a check-in on \"{}\"", goal.name);
    session.wish(&what, vec![Command::Keep(draft), Command::Flush])?;
    if !session.store().is_draft_written(&key) {
        return Err(Failure::new("disk", 1, what, "it was not saved", "free some space").into());
    }
    if out.is_json {
        let value = json!({ "goal": goal.id.as_str(), "state": "draft" });
        return Ok(out.json(&schema::object("outbox", json!([value])))?);
    }
    let done = crate::shown!(
        "kept a draft of the check-in on \"{}\"; c on the goal opens it",
        goal.name
    );
    Ok(out.note(&done)?)
}
