//! A check-in as questions: values one by one, status, confidence, due day, note,
//! then what it would do. Every answer is kept as a draft before the next question.

use crate::model::dates;
use crate::model::exchange::Change;
use crate::model::goal::{Goal, Nature};
use crate::model::ids::{CheckInId, GoalId, ResultId};
use crate::model::key_result::{KeyResult, Kind, Reading};
use crate::model::note;
use crate::model::pace;
use crate::model::progress;
use crate::model::status::Status;
use crate::model::text::{self, Shown};
use crate::model::time::Time;
use crate::model::values;
use crate::store::Store;
use crate::store::effect::Command;

use crate::cli::goal_show;
use crate::cli::outlook::Outlook;
use crate::cli::sheet::{self, Sheet};

use super::compose::Wrote;
use super::{Plain, Turn, words};

/// A question of the form.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Field {
    Value(ResultId),
    Status,
    Confidence,
    Due,
    Note,
    Summary,
}

/// Where to after an answer.
enum Way {
    Stay,
    Next,
    Back,
    Leave,
    Discard,
}

/// A command in any field.
fn command(answer: &str) -> Option<Way> {
    match answer {
        ".b" => Some(Way::Back),
        ".q" => Some(Way::Leave),
        ".x" => Some(Way::Discard),
        _ => None,
    }
}

fn fields(store: &Store, goal: &Goal) -> Vec<Field> {
    let values = sheet::typed_results(goal).map(|result| Field::Value(result.id.clone()));
    let mut fields: Vec<Field> = values.collect();
    let account = store.account(&goal.account);
    if let Some(account) = account {
        let abilities = &account.setup.abilities;
        if abilities.status.is_possible() {
            fields.push(Field::Status);
        }
        if abilities.confidence.is_possible() {
            fields.push(Field::Confidence);
        }
    }
    if goal.nature == Nature::Goal {
        fields.push(Field::Due);
    }
    fields.extend([Field::Note, Field::Summary]);
    fields
}

impl Plain<'_> {
    /// Writes a check-in on a goal.
    pub(super) fn check_in(&mut self, id: &GoalId) -> Turn {
        let Some(goal) = self.goal(id)? else {
            return Ok(());
        };
        if self.is_read_only()? {
            return Ok(());
        }
        if let Some(why) = sheet::refusal(self.store(), &goal, &self.now()) {
            return self.say(&text::line(&words::sentence(&why)));
        }
        let mut sheet = self.begin_sheet(&goal)?;
        let fields = fields(self.store(), &goal);
        let mut place = 0;
        while let Some(field) = fields.get(place) {
            let Some(goal) = self.goal(id)? else {
                return Ok(());
            };
            let before = sheet.clone();
            let way = match field {
                Field::Value(result) => self.ask_value(&goal, result, &mut sheet)?,
                Field::Status => self.ask_status(&goal, &mut sheet)?,
                Field::Confidence => self.ask_confidence(&goal, &mut sheet)?,
                Field::Due => self.ask_due(&goal, &mut sheet)?,
                Field::Note => self.ask_note(&goal, &mut sheet)?,
                Field::Summary => match self.summary(&goal, &mut sheet)? {
                    Some(way) => way,
                    None => return Ok(()),
                },
            };
            // A note is kept line by line, also one that is cleared again.
            if sheet != before || *field == Field::Note {
                if sheet.is_empty() {
                    // Nothing is left of what was kept before.
                    self.begin(vec![Command::Discard(sheet.key.clone()), Command::Flush]);
                } else if sheet != before {
                    let at = self.now().at;
                    self.keep(sheet.draft(at));
                }
            }
            match way {
                Way::Stay => {}
                Way::Next => place += 1,
                Way::Back if *field == Field::Summary => place = 0,
                Way::Back => place = place.saturating_sub(1),
                Way::Leave => return self.leave_sheet(&sheet),
                Way::Discard => {
                    let written = if sheet.is_empty() { "" } else { "something" };
                    if self.throws_away(&sheet.key, written)? {
                        return Ok(());
                    }
                }
            }
        }
        Ok(())
    }

    /// The first words of the form, and what a draft kept.
    fn begin_sheet(&mut self, goal: &Goal) -> Turn<Sheet> {
        let (store, now) = (self.store(), self.now());
        let due = store
            .figures(&goal.id)
            .and_then(|figures| figures.check_in_due)
            .map_or_else(String::new, |due| {
                format!(" Due {}.", dates::due(due, &now))
            });
        let reviewer = goal.reviewer.as_ref().map_or_else(String::new, |reviewer| {
            format!(" Reviewer {}.", words::who(store, reviewer))
        });
        let key = sheet::key_of(&goal.id);
        let draft = store.draft(&key).cloned();
        self.say(&crate::shown!("Check-in. {}.{due}{reviewer}", goal.name))?;
        match draft {
            Some(draft) => {
                let ago = dates::ago(draft.saved_at, &now);
                self.say(&crate::shown!(
                    "Draft of {ago} restored, .x throws it away."
                ))?;
                Ok(Sheet::of_draft(&draft))
            }
            None => Ok(Sheet::new(&goal.id)),
        }
    }

    fn leave_sheet(&mut self, sheet: &Sheet) -> Turn {
        let written = if sheet.is_empty() { "" } else { "something" };
        self.keep_or_drop(&sheet.key, written)
    }

    fn ask_value(&mut self, goal: &Goal, id: &ResultId, sheet: &mut Sheet) -> Turn<Way> {
        let Some(result) = goal.result(id) else {
            return Ok(Way::Next);
        };
        let now = self.now();
        for (place, item) in ticks(result).into_iter().enumerate() {
            self.say(&crate::shown!("{}. {item}", place + 1))?;
        }
        let was = result.current.as_ref().map_or_else(
            || "No value yet".to_owned(),
            |reading| format!("Was {}", values::show(result, reading)),
        );
        let aim = goal_show::aim(result).replace(" → ", " to ");
        let falling = match progress::is_falling(result) {
            Some(true) if result.kind.is_ranged() => ", lower is better",
            _ => "",
        };
        let expected = result
            .kind
            .is_ranged()
            .then(|| pace::expected_value(goal, result, now.at, &now))
            .flatten()
            .filter(|_| pace::has_own_pace(result))
            .map_or_else(String::new, |value| {
                let value = values::in_scale(result, value);
                format!(" Expected today {}.", values::with_unit(result, value))
            });
        let (keeps, kept) = match sheet.typed(id) {
            Some(typed) => (format!(" Typed {typed}."), "as typed"),
            None => (String::new(), "unchanged"),
        };
        let how = match &result.kind {
            Kind::YesNo => "y or n",
            Kind::Checklist { .. } | Kind::Milestones { .. } => "How many done, or +1",
            _ => "Now",
        };
        let answer = self.ask(&crate::shown!(
            "{}. {was}. {}{expected}{keeps} {how}, Enter {kept}: ",
            result.name,
            words::sentence(&format!("{aim}{falling}"))
        ))?;
        let answer = answer.trim();
        if let Some(way) = command(answer) {
            return Ok(way);
        }
        if answer.is_empty() {
            return Ok(Way::Next);
        }
        let typed = if answer == ".c" { "" } else { answer };
        if let Err(why) = sheet.set_value(result, typed) {
            self.say(&text::line(&words::sentence(&why)))?;
            return Ok(Way::Stay);
        }
        let reading = sheet.reading(result).ok().flatten();
        let shown = reading.as_ref().or(result.current.as_ref());
        let mut line = words::value(
            self.store(),
            goal,
            result,
            result.current.as_ref(),
            shown,
            &now,
        );
        if reading.is_none() {
            line = crate::shown!("{} unchanged.", result.name);
        }
        self.say(&line)?;
        Ok(Way::Next)
    }

    fn ask_status(&mut self, goal: &Goal, sheet: &mut Sheet) -> Turn<Way> {
        let now = self.now();
        let values = sheet.values(goal);
        let due = sheet.due_moved(goal, &now);
        let outlook = Outlook::of(self.store(), goal, &values, due, &now);
        let pace = outlook.suggested.map_or_else(String::new, |status| {
            let gap = outlook.gap.map_or_else(String::new, pace::gap_words);
            format!(" Pace suggests {}: {gap}; you decide.", status.words().word)
        });
        let chosen = sheet.status.or(sheet::last_said(goal));
        let keeps = chosen.map_or_else(String::new, |status| {
            format!(", Enter {}", status.words().word)
        });
        let answer = self.ask(&crate::shown!(
            "Status.{pace} 1 On track, 2 At risk, 3 Off track{keeps}: "
        ))?;
        let answer = answer.trim();
        if let Some(way) = command(answer) {
            return Ok(way);
        }
        if answer.is_empty() && chosen.is_some() {
            return Ok(Way::Next);
        }
        let choices = Status::CHOICES;
        let by_number = answer.parse::<usize>().ok();
        let by_number = by_number.and_then(|number| choices.get(number.checked_sub(1)?).copied());
        let status = by_number.or_else(|| Status::parse(answer));
        let Some(status) = status.filter(|status| choices.contains(status)) else {
            self.say(&Shown::fixed(
                "A status is needed: 1 On track, 2 At risk, 3 Off track.",
            ))?;
            return Ok(Way::Stay);
        };
        sheet.status = Some(status);
        self.say(&crate::shown!("{}.", status.words().word))?;
        let apart = |status: Status| status.rank().map_or(0, i16::from);
        let contradicts = outlook
            .suggested
            .is_some_and(|other| (apart(other) - apart(status)).abs() >= 2);
        if contradicts {
            self.say(&Shown::fixed("That is far from what pace suggests."))?;
        }
        Ok(Way::Next)
    }

    fn ask_confidence(&mut self, goal: &Goal, sheet: &mut Sheet) -> Turn<Way> {
        let was = goal.check_ins.iter().rev().find_map(|last| last.confidence);
        let was = was.map_or_else(String::new, |was| format!(", was {was}"));
        let keeps = match sheet.confidence.trim() {
            "" => "none".to_owned(),
            typed => typed.to_owned(),
        };
        let answer = self.ask(&crate::shown!("Confidence 0 to 10{was}. Enter {keeps}: "))?;
        let answer = answer.trim();
        if let Some(way) = command(answer) {
            return Ok(way);
        }
        if answer == ".c" {
            sheet.confidence.clear();
        } else if !answer.is_empty() {
            if let Err(why) = values::parse_confidence(answer) {
                self.say(&text::line(&words::sentence(&why)))?;
                return Ok(Way::Stay);
            }
            answer.clone_into(&mut sheet.confidence);
        }
        Ok(Way::Next)
    }

    fn ask_due(&mut self, goal: &Goal, sheet: &mut Sheet) -> Turn<Way> {
        let now = self.now();
        let due = goal.due.map_or_else(
            || "No due day".to_owned(),
            |due| format!("Due {}", dates::day(due, &now)),
        );
        let keeps = match sheet.due.trim() {
            "" => "unchanged".to_owned(),
            typed => typed.to_owned(),
        };
        let answer = self.ask(&crate::shown!("{due}. A new day, or Enter {keeps}: "))?;
        let answer = answer.trim();
        if let Some(way) = command(answer) {
            return Ok(way);
        }
        if answer == ".c" {
            sheet.due.clear();
        } else if !answer.is_empty() {
            if let Err(why) = Sheet::check_due(answer, goal, &now) {
                self.say(&text::line(&words::sentence(&why)))?;
                return Ok(Way::Stay);
            }
            answer.clone_into(&mut sheet.due);
            if let Some(moved) = sheet.due_moved(goal, &now) {
                let to = moved
                    .to
                    .map_or_else(|| "no day".to_owned(), |day| dates::weekday(day, &now));
                self.say(&crate::shown!("Due day moves to {to}."))?;
            }
        }
        Ok(Way::Next)
    }

    fn ask_note(&mut self, goal: &Goal, sheet: &mut Sheet) -> Turn<Way> {
        let steps = if sheet.note.trim().is_empty() {
            match self.ask_steps(goal)? {
                Ok(steps) => steps,
                Err(way) => return Ok(way),
            }
        } else {
            let lines = words::noted("Note so far", &sheet.note, usize::MAX);
            self.say_all(&lines)?;
            String::new()
        };
        self.say(&Shown::fixed(
            "Note. Write line by line. A single full stop ends it, e opens your editor.",
        ))?;
        let rest = sheet.clone();
        // What is left to do stands at the end, under its heading.
        let keeper = |note: &str, at: Time| {
            let mut sheet = rest.clone();
            sheet.note = join(note, &steps);
            sheet.draft(at)
        };
        let mut written = std::mem::take(&mut sheet.note);
        let wrote = self.lines(&mut written, &keeper);
        sheet.note = join(&written, &steps);
        Ok(way_after(wrote?))
    }

    /// Asks for each step left over from last time whether it is done; the steps as
    /// a piece of the note.
    fn ask_steps(&mut self, goal: &Goal) -> Turn<Result<String, Way>> {
        let left = goal
            .last_check_in()
            .map(|last| note::open_steps(&last.note));
        let left = left.unwrap_or_default();
        let mut steps = String::new();
        for step in left {
            let answer = self.ask(&crate::shown!(
                "To do from last time: {step}. y done, Enter still to do, d leaves it out: "
            ))?;
            let answer = answer.trim().to_lowercase();
            if let Some(way) = command(&answer) {
                return Ok(Err(way));
            }
            let sign = match answer.as_str() {
                "d" => continue,
                "y" | "yes" => "x",
                _ => " ",
            };
            if steps.is_empty() {
                steps.push_str("## Next");
            }
            steps.push_str(&format!("\n- [{sign}] {step}"));
        }
        Ok(Ok(steps))
    }

    /// Says what posting would do and asks for it; none if the form is over.
    fn summary(&mut self, goal: &Goal, sheet: &mut Sheet) -> Turn<Option<Way>> {
        let now = self.now();
        let Some(account) = self.store().account(&goal.account) else {
            return Ok(Some(Way::Leave));
        };
        let abilities = account.setup.abilities.clone();
        let Some(me) = self.store().me(&goal.account).cloned() else {
            self.say(&crate::shown!(
                "{} has not said yet who you are.",
                goal.account
            ))?;
            return Ok(Some(Way::Leave));
        };
        let faults = sheet.faults(goal, &abilities, &now);
        let template = self.session.config.default_note().to_owned();
        let id = CheckInId::new(self.session.new_id(&goal.account, 'c'));
        let check_in = sheet.check_in(id, me, goal, &abilities, &template, &now);
        let status = check_in.status.map_or("", |status| status.words().word);
        self.say(&crate::shown!("Summary. {status}. {}.", goal.name))?;
        for change in &check_in.values {
            if let Some(result) = goal.result(&change.result) {
                let (before, reading) = (change.before.as_ref(), Some(&change.now));
                let line = words::value(self.store(), goal, result, before, reading, &now);
                self.say(&line)?;
            }
        }
        let outlook = Outlook::of(
            self.store(),
            goal,
            &check_in.values,
            check_in.due_moved,
            &now,
        );
        self.say(&outlook_words(&outlook))?;
        let note = words::noted("Note", &check_in.note, words::NOTE_LINES);
        self.say_all(&note)?;
        for fault in &faults {
            self.say(&text::line(&words::sentence(fault)))?;
        }
        let answer = self.ask(&Shown::fixed("p post, e edit, d draft, x discard: "))?;
        Ok(match answer.trim().to_lowercase().as_str() {
            "p" if !faults.is_empty() => {
                self.say(&Shown::fixed("Something is missing; e edits."))?;
                Some(Way::Stay)
            }
            "p" => {
                if !self.settle_conflicts(&goal.id, sheet)? {
                    return Ok(Some(Way::Stay));
                }
                let Some(goal) = self.goal(&goal.id)? else {
                    return Ok(Some(Way::Leave));
                };
                let check_in = crate::model::check_in::CheckIn {
                    values: sheet.values(&goal),
                    at: self.now().at,
                    ..check_in
                };
                let change = Change::CheckIn {
                    goal: goal.id.clone(),
                    check_in,
                    tell: sheet.tell(),
                };
                // What is kept last is what undoing gives back.
                let at = self.now().at;
                self.keep(sheet.draft(at));
                self.post(&goal.account, change, Some(sheet.key.clone()), "Posted.")?;
                None
            }
            "e" | ".b" => Some(Way::Back),
            "d" | ".q" => Some(Way::Leave),
            "x" | ".x" => Some(Way::Discard),
            other => {
                self.say(&crate::shown!("No choice {other}; nothing is posted."))?;
                Some(Way::Stay)
            }
        })
    }

    /// Asks about values that somebody else changed meanwhile; whether all is
    /// settled.
    fn settle_conflicts(&mut self, goal: &GoalId, sheet: &mut Sheet) -> Turn<bool> {
        let Some(goal) = self.goal(goal)? else {
            return Ok(false);
        };
        for (result, mine) in sheet.conflicts(&goal) {
            let show = |reading: &Reading| values::show(result, reading);
            let theirs = result.current.as_ref().map_or_else(String::new, show);
            let mine = show(&mine);
            let answer = self.ask(&crate::shown!(
                "Changed meanwhile. {} reads {theirs} now, yours is {mine}. m mine, t theirs, \
                 Enter back: ",
                result.name
            ))?;
            match answer.trim() {
                // What was a difference stays the value it was meant to be.
                "m" => sheet.take(result, sheet.reading(result).ok().flatten().as_ref()),
                "t" => sheet.take(result, None),
                _ => return Ok(false),
            }
        }
        Ok(true)
    }
}

fn way_after(wrote: Wrote) -> Way {
    match wrote {
        Wrote::Done => Way::Next,
        Wrote::Later => Way::Leave,
        Wrote::Discard => Way::Discard,
        Wrote::Back => Way::Back,
    }
}

/// A note with the steps under it.
fn join(note: &str, steps: &str) -> String {
    match note.trim_end() {
        "" => steps.to_owned(),
        note if steps.is_empty() => note.to_owned(),
        note => format!("{note}\n\n{steps}"),
    }
}

/// `The goal will read 71 percent, was 64 percent, expected 55 percent.`
fn outlook_words(outlook: &Outlook) -> Shown {
    let percent = |p: Option<f64>| p.map_or_else(|| "nothing".to_owned(), words::percent);
    let (was, then) = (percent(outlook.was), percent(outlook.then));
    let words = if was == then {
        format!("The goal stays at {then}")
    } else {
        format!("The goal will read {then}, was {was}")
    };
    let expected = outlook.expected.map_or_else(String::new, |expected| {
        format!(", expected {}", words::percent(expected))
    });
    crate::shown!("{words}{expected}.")
}

/// The items of a checklist or milestones, with their state first.
fn ticks(result: &KeyResult) -> Vec<String> {
    let names: Vec<&str> = match &result.kind {
        Kind::Checklist { items, .. } => items.iter().map(String::as_str).collect(),
        Kind::Milestones { steps } => steps.iter().map(|step| step.name.as_str()).collect(),
        _ => return Vec::new(),
    };
    let ticks = values::ticks_of(result.current.as_ref(), names.len());
    names
        .iter()
        .zip(ticks)
        .map(|(name, done)| format!("{}. {name}.", if done { "Done" } else { "Open" }))
        .collect()
}
