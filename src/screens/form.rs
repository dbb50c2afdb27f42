//! What all forms share: boxed fields, the words on a draft, the commands after
//! Esc, and which rows are shown when not all fit. Knows no particular form.

use std::ops::Range;

use chrono::TimeDelta;
use ratatui::layout::Rect;

use super::{Goto, Hint, Painter, Place, Question, Reply, Scene};
use crate::actions::Action;
use crate::model::entry::{Draft, DraftKey};
use crate::model::exchange::{Ability, Change};
use crate::model::ids::AccountName;
use crate::model::text::{self, Shown};
use crate::model::time::{Now, Time};
use crate::shown;
use crate::store::effect::{Command, Toast};
use crate::theme::Role;
use crate::widgets::field::Field;
use crate::widgets::line::Line;

/// Draws a text field of one line between brackets, `width` columns with them.
pub fn draw_field(field: &Field, area: Rect, focused: bool, painter: &mut Painter<'_>) {
    draw_brackets(area, focused, painter);
    let inside = Rect {
        x: area.x.saturating_add(1),
        width: area.width.saturating_sub(2),
        height: area.height.min(1),
        ..area
    };
    field.draw(painter, inside, Role::Text, focused);
}

/// Draws words between brackets where nothing is typed: a box to tick, a yes or no.
pub fn draw_choice(words: &Shown, area: Rect, focused: bool, painter: &mut Painter<'_>) {
    draw_brackets(area, focused, painter);
    let x = area.x.saturating_add(1);
    painter.text(x, area.y, area.width.saturating_sub(2), words, Role::Text);
    if focused {
        painter.rest(x, area.y);
    }
}

fn draw_brackets(area: Rect, focused: bool, painter: &mut Painter<'_>) {
    let role = if focused { Role::Strong } else { Role::Dim };
    if area.width >= 2 && area.height > 0 {
        painter.fixed(area.x, area.y, 1, "[", role);
        let last = area.x.saturating_add(area.width - 1);
        painter.fixed(last, area.y, 1, "]", role);
    }
}

/// `draft saved 10:42:07` once the disk has it, `draft…` before; nothing if
/// nothing was typed.
pub fn draft_words(key: &DraftKey, scene: &Scene<'_>) -> Line {
    let Some(draft) = scene.store.draft(key) else {
        return Line::new();
    };
    if scene.store.is_draft_written(key) {
        let at = scene.now.zone.local(draft.saved_at).format("%H:%M:%S");
        Line::of(Role::Dim, shown!("draft saved {at} "))
    } else {
        Line::new().fixed(Role::Dim, "draft… ")
    }
}

/// What a reopened form says of the draft it found.
pub fn restored_words(draft: &Draft, now: &Now) -> String {
    format!(
        "draft of {} restored — Esc x discards",
        moment(draft.saved_at, now)
    )
}

/// `10:42` today, `Thu 16:02` within a week, else `13 Nov 16:02`.
fn moment(at: Time, now: &Now) -> String {
    let wall = now.zone.local(at);
    let shape = match now.days_since(at) {
        0 => "today %H:%M",
        1..=6 => "%a %H:%M",
        _ => "%-d %b %H:%M",
    };
    wall.format(shape).to_string()
}

/// Leaves the form and keeps what was typed.
pub fn keep(key: &DraftKey, was_typed: bool, scene: &Scene<'_>) -> Reply {
    let reply = Reply::goto(Goto::Close);
    if was_typed {
        return reply
            .and(Command::Flush)
            .saying(Toast::info("draft kept; the form opens with it again"));
    }
    if scene.store.draft(key).is_some() {
        return reply.and(Command::Discard(key.clone()));
    }
    reply
}

/// Throws away what was typed, after asking; a form without a word just closes.
pub fn discard(key: &DraftKey, was_typed: bool, scene: &Scene<'_>) -> Reply {
    if !was_typed {
        return keep(key, false, scene);
    }
    let mut question = Question::new(
        "Throw away what you wrote here?",
        vec![Command::Discard(key.clone())],
    );
    "discarded".clone_into(&mut question.said);
    question.closes = true;
    Reply::goto(Goto::Open(Place::Confirm(question)))
}

/// What is said after posting: how long it can be undone before it leaves, and what
/// of it stays on this machine.
pub fn posted(account: &AccountName, change: &Change, scene: &Scene<'_>) -> Toast {
    let account = scene.store.account(account);
    let abilities = account.map(|account| &account.setup.abilities);
    if abilities.is_some_and(|abilities| abilities.keeps_here(change)) {
        return Toast::info("kept here, on this machine only — u undoes");
    }
    let hold = account
        .filter(|account| !account.setup.abilities.immediate)
        .map_or_else(TimeDelta::zero, |account| account.setup.hold);
    let rest = match (change, abilities) {
        (Change::CheckIn { check_in, .. }, Some(abilities)) => {
            let status = check_in.status.is_some() && abilities.status == Ability::KeptHere;
            let confidence =
                check_in.confidence.is_some() && abilities.confidence == Ability::KeptHere;
            match (status, confidence) {
                (true, true) => "; status and confidence are kept here",
                (true, false) => "; the status is kept here",
                (false, true) => "; the confidence is kept here",
                (false, false) => "",
            }
        }
        _ => "",
    };
    Toast::info(match hold.num_seconds() {
        ..=0 => format!("posted — u undoes{rest}"),
        seconds => format!("posting in {seconds} s — u undoes{rest}"),
    })
}

/// How many fields have an error, for the toast.
pub fn need_you(fields: usize) -> Toast {
    Toast::error(match fields {
        1 => "1 field needs you".to_owned(),
        more => format!("{more} fields need you"),
    })
}

/// Key hints of a form with a note; after Esc its commands.
pub fn hints(is_commanding: bool, post: &'static str) -> Vec<Hint> {
    let mut hints = vec![Hint::One(Action::Post, post)];
    if is_commanding {
        hints.extend([
            Hint::One(Action::KeepDraft, "keep draft"),
            Hint::One(Action::Discard, "discard"),
            Hint::One(Action::EditExternally, "editor"),
            Hint::One(Action::Preview, "preview"),
            Hint::One(Action::InsertLast, "last"),
            Hint::One(Action::Template, "template"),
            Hint::One(Action::BackToField, "back"),
        ]);
    } else {
        hints.extend([
            Hint::One(Action::EditExternally, "editor"),
            Hint::One(Action::Preview, "preview"),
            Hint::One(Action::NextField, "next"),
            Hint::One(Action::FormCommands, "commands"),
            Hint::One(Action::InsertLast, "last"),
            Hint::One(Action::Template, "template"),
        ]);
    }
    hints
}

/// The first row to show of `total`, so that the focused rows are seen in
/// `height` rows, with one row of what follows where there is room.
pub fn first_row(focused: &Range<usize>, total: usize, height: usize) -> usize {
    let below = (focused.end + 1).min(total);
    below
        .saturating_sub(height)
        .min(focused.start)
        .min(total.saturating_sub(height))
}

/// The one sentence of a form that cannot be filled in now.
pub fn draw_refusal(why: &str, area: Rect, painter: &mut Painter<'_>) {
    let inside = Rect {
        x: area.x.saturating_add(1),
        y: area.y.saturating_add(1),
        width: area.width.saturating_sub(2),
        height: area.height.saturating_sub(1),
    };
    let lines: Vec<Line> = text::line(why)
        .wrap(usize::from(inside.width))
        .into_iter()
        .map(|row| Line::of(Role::Text, row))
        .collect();
    painter.lines(inside, &lines);
    painter.rest(inside.x, inside.y);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::time::Zone;

    fn now() -> Now {
        let at = "2026-11-20T10:42:00Z".parse().unwrap();
        Now::new(at, Zone::utc())
    }

    #[test]
    fn the_focused_rows_are_always_shown() {
        for total in 0..40 {
            for height in 1..40 {
                for start in 0..total {
                    for end in start + 1..=total.min(start + height) {
                        let first = first_row(&(start..end), total, height);
                        assert!(first <= start && end <= first + height);
                        assert!(first + height <= total || first == 0);
                    }
                }
            }
        }
    }

    #[test]
    fn a_form_that_fits_does_not_scroll() {
        assert_eq!(first_row(&(9..10), 10, 12), 0);
    }

    #[test]
    fn an_old_draft_says_its_day() {
        for (at, words) in [
            ("2026-11-20T09:00:00Z", "today 09:00"),
            ("2026-11-19T16:02:00Z", "Thu 16:02"),
            ("2026-11-13T16:02:00Z", "13 Nov 16:02"),
        ] {
            assert_eq!(moment(at.parse().unwrap(), &now()), words);
        }
    }
}
