//! `checkin`: values, status and note of a goal at a moment, posted, kept as a
//! draft, or only shown.

use chrono::NaiveDate;
use serde_json::json;

use crate::model::check_in::{CheckIn, DueMoved, ValueChange};
use crate::model::dates;
use crate::model::entry::Entry;
use crate::model::exchange::{Ability, Change, Tell};
use crate::model::goal::Goal;
use crate::model::ids::{CheckInId, EntryId};
use crate::model::progress;
use crate::model::status::Status;
use crate::model::time::Time;
use crate::model::values;
use crate::store::effect::Command;

use super::args::Checkin;
use super::failure::Failure;
use super::goal_show::{changed, result_percent};
use super::outlook::Outlook;
use super::pick::{self, Prefer};
use super::print::Out;
use super::session::Session;
use super::sheet::{self, Sheet};
use super::{Ended, json as schema, note, receipt, results};

/// The farthest ahead that a check-in can be posted.
const LONGEST: chrono::TimeDelta = chrono::TimeDelta::days(366);

/// `checkin GOAL`
pub fn check_in(out: &mut Out, session: &mut Session, args: &Checkin) -> Ended {
    let goal = pick::goal(
        session.store(),
        args.goal.as_deref().unwrap_or_default(),
        Prefer::Open,
    )?
    .clone();
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
    if at > now.at + LONGEST {
        return Err(Failure::usage(
            "--at",
            format!("{} is more than a year ahead", dates::ago(at, now)),
            "give an earlier moment",
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
    let outlook = outlook(session, goal, &check_in);
    let progress = outlook.then;
    let status = flags.status.map_or("", |status| status.words().word);
    let reads = progress.map_or_else(String::new, |progress| {
        format!(", the goal reads {}", progress::percent_spaced(progress))
    });
    let change = Change::CheckIn {
        goal: goal.id.clone(),
        check_in: check_in.clone(),
        tell: flags.tell,
    };
    let entry = key.unwrap_or_else(|| session.new_entry());
    let now = session.now();
    if session.is_dry_run {
        let entry = session.post(&what, &goal.account, change, entry)?;
        return preview(out, session, goal, &check_in, &outlook, &entry);
    }
    let is_later = flags.at > now.at;
    let entry = match is_later {
        true => session.post_later(&what, &goal.account, change, entry, flags.at)?,
        false => session.post(&what, &goal.account, change, entry)?,
    };
    let of = if args.at.is_some() && !is_later {
        format!(
            " as of {}",
            now.zone.local(flags.at).format("%a %-d %b %H:%M")
        )
    } else {
        String::new()
    };
    let word = if is_later {
        "will check in"
    } else {
        "checked in"
    };
    let done = format!("{word} on \"{}\"{of}: {status}{reads}", goal.name);
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
    let change = Change::EditCheckIn {
        goal: goal.id.clone(),
        check_in: check_in.clone(),
    };
    let entry = session.new_entry();
    let entry = session.post(&what, &goal.account, change, entry)?;
    if session.is_dry_run {
        let outlook = outlook(session, goal, &check_in);
        return preview(out, session, goal, &check_in, &outlook, &entry);
    }
    let done = format!("changed your check-in on \"{}\"", goal.name);
    Ok(receipt::print(out, session, &[entry], &done)?)
}

/// What a check-in would do.
fn outlook(session: &Session, goal: &Goal, check_in: &CheckIn) -> Outlook {
    let (values, due) = (&check_in.values, check_in.due_moved);
    Outlook::of(session.store(), goal, values, due, &session.now())
}

/// What a check-in would say, do and send.
pub fn preview(
    out: &mut Out,
    session: &Session,
    goal: &Goal,
    check_in: &CheckIn,
    outlook: &Outlook,
    entry: &Entry,
) -> Ended {
    let after = &outlook.after;
    let (store, now) = (session.store(), session.now());
    if out.is_json {
        let mut value = json!({
            "goal": goal.id.as_str(),
            "checkin": schema::check_in(store, goal, check_in, &now),
            "progress": outlook.then,
            "progress_before": outlook.was,
        });
        receipt::merge(&mut value, receipt::rehearsed_json(session, entry));
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
    if let Some(words) = outlook.sentence() {
        out.say(&crate::shown!("  {words}"))?;
    }
    if !check_in.note.is_empty() {
        out.block(&crate::model::text::block(&check_in.note), 2)?;
    }
    receipt::requests(out, session, entry)?;
    Ok(out.note(&crate::shown!("nothing was sent, nothing was written"))?)
}

/// What the flags say, put into what a draft says already. Words are added to its
/// words; values, status and the like are the newest that were said.
fn merged(
    args: &Checkin,
    goal: &Goal,
    note: &str,
    before: Option<Sheet>,
) -> Result<Sheet, Failure> {
    let mut sheet = before.unwrap_or_else(|| Sheet::new(&goal.id));
    if let Some(status) = args.status.as_deref().and_then(Status::parse) {
        sheet.status = Some(status);
    }
    if let Some(confidence) = &args.confidence {
        sheet.confidence.clone_from(confidence);
    }
    if let Some(due) = &args.move_due {
        sheet.due.clone_from(due);
    }
    let note = note.trim();
    // The same words again, as from cron, are there already.
    if !sheet.note.contains(note) {
        sheet.note = match sheet.note.trim_end() {
            "" => note.to_owned(),
            words => format!("{words}\n\n{note}"),
        };
    }
    for assignment in &args.values {
        let (name, value) = super::measure::assignment("--set", assignment, |name| {
            pick::result(goal, name).is_ok()
        })?;
        let result = pick::result(goal, name)?;
        sheet.set_value(result, value).map_err(|why| {
            let what = format!("value of \"{}\"", result.name);
            Failure::misread(what, &why, "write 162, +3, -1, =-5, 1.5k or 41%")
        })?;
    }
    Ok(sheet)
}

fn keep_draft(
    out: &mut Out,
    session: &mut Session,
    args: &Checkin,
    goal: &Goal,
    note: &str,
) -> Ended {
    let key = sheet::key_of(&goal.id);
    let before = session.store().draft(&key).map(Sheet::of_draft);
    let verb = if before.is_some() {
        "added to the"
    } else {
        "kept a"
    };
    let draft = merged(args, goal, note, before)?.draft(session.now().at);
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
        "{verb} draft of the check-in on \"{}\"; c on the goal opens it",
        goal.name
    );
    Ok(out.note(&done)?)
}
