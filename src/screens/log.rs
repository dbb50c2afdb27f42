//! What was said in this session, newest last. Nothing of it is sent or kept.

use ratatui::layout::Rect;

use super::pager::Pager;
use super::{Goto, Heading, Hint, Painter, Reply, Said, Scene, Screen, measure};
use crate::actions::{Action, Scope};
use crate::model::text::{self, Shown};
use crate::shown;
use crate::store::effect::Effect;
use crate::theme::Role;
use crate::widgets::edit::Edit;
use crate::widgets::line::Line;

/// The page with the messages.
#[derive(Default)]
pub struct Log {
    pager: Pager,
    /// How many messages and columns the lines were made from, and which of them.
    made_of: Option<(usize, u16, bool)>,
    /// Only what went wrong.
    only_errors: bool,
    /// Of which message each line is.
    messages: Vec<usize>,
}

impl Log {
    /// The message to copy: the one that was found, else the newest that is shown.
    fn chosen<'a>(&self, scene: &Scene<'a>) -> Option<&'a Said> {
        let line = self.pager.found().or(self.messages.len().checked_sub(1))?;
        scene.said.get(*self.messages.get(line)?)
    }

    fn copy(&self, scene: &Scene<'_>) -> Reply {
        let Some(said) = self.chosen(scene) else {
            return Reply::say("there is nothing to copy");
        };
        // With the moment as machines write it: for who is asked about it.
        let words = format!("{} {}", said.at.to_rfc3339(), said.toast.text);
        Reply::say("copied the message").with(Effect::Copy(words))
    }
}

/// Lines, and of which message each is.
fn lines(said: &[Said], only_errors: bool, scene: &Scene<'_>) -> (Vec<Line>, Vec<usize>) {
    let width = usize::from(scene.size.0.saturating_sub(14)).max(20);
    let (mut lines, mut messages) = (Vec::new(), Vec::new());
    let shown = said.iter().enumerate();
    for (number, message) in shown.filter(|(_, said)| said.toast.is_error || !only_errors) {
        let (sign, role) = if message.toast.is_error {
            ("! ", Role::Error)
        } else {
            ("  ", Role::Text)
        };
        let time = scene.now.zone.local(message.at).format("%H:%M:%S");
        for (place, row) in text::line(&message.toast.text)
            .wrap(width)
            .into_iter()
            .enumerate()
        {
            let lead = if place == 0 {
                shown!(" {time} ")
            } else {
                Shown::spaces(10)
            };
            let sign = if place == 0 { sign } else { "  " };
            lines.push(Line::of(Role::Dim, lead).fixed(role, sign).put(role, row));
            messages.push(number);
        }
    }
    if lines.is_empty() {
        let words = match only_errors {
            true => " Nothing went wrong yet.",
            false => " Nothing was said yet.",
        };
        lines.push(Line::new().fixed(Role::Dim, words));
    }
    (lines, messages)
}

impl Screen for Log {
    fn scopes(&self) -> Vec<Scope> {
        self.pager.scopes(Scope::Log)
    }

    fn follow(&mut self, scene: &Scene<'_>) {
        let made_of = (scene.said.len(), scene.size.0, self.only_errors);
        if self.made_of == Some(made_of) {
            return;
        }
        let (lines, messages) = lines(scene.said, self.only_errors, scene);
        self.pager.set_lines(lines);
        self.messages = messages;
        if self.made_of.is_none() {
            self.pager.to_end();
        }
        self.made_of = Some(made_of);
    }

    fn act(&mut self, action: Action, scene: &Scene<'_>) -> Reply {
        if let Some(reply) = self.pager.act(action) {
            return reply;
        }
        match action {
            Action::CopyLink => self.copy(scene),
            Action::QuickFilter => {
                self.only_errors = !self.only_errors;
                self.follow(scene);
                Reply::done()
            }
            Action::Back | Action::Leave => Reply::goto(Goto::Close),
            _ => Reply::pass(),
        }
    }

    fn typed(&mut self, edit: &Edit, _scene: &Scene<'_>) -> Reply {
        self.pager.typed(edit)
    }

    fn heading(&self, scene: &Scene<'_>) -> Heading {
        let errors = scene.said.iter().filter(|said| said.toast.is_error).count();
        let right = match errors {
            0 => shown!("{} ", measure::count(scene.said.len(), "message")),
            1 => shown!("{}, 1 error ", measure::count(scene.said.len(), "message")),
            more => shown!(
                "{}, {more} errors ",
                measure::count(scene.said.len(), "message")
            ),
        };
        Heading::Title(
            Line::new().fixed(
                Role::Title,
                match self.only_errors {
                    true => " What went wrong in this session",
                    false => " Messages of this session",
                },
            ),
            Line::of(Role::Dim, right),
        )
    }

    fn hints(&self, _scene: &Scene<'_>) -> Vec<Hint> {
        if self.pager.is_typing() {
            return vec![
                Hint::One(Action::Accept, "keep"),
                Hint::One(Action::Back, "clear"),
            ];
        }
        vec![
            Hint::Pair(Action::NextRow, Action::PreviousRow, "scroll"),
            Hint::One(Action::Filter, "search"),
            Hint::Pair(Action::NextMatch, Action::PreviousMatch, "matches"),
            Hint::One(
                Action::QuickFilter,
                match self.only_errors {
                    true => "all",
                    false => "only errors",
                },
            ),
            Hint::One(Action::CopyLink, "copy"),
            Hint::One(Action::Back, "back"),
        ]
    }

    fn draw(&self, _scene: &Scene<'_>, area: Rect, painter: &mut Painter<'_>) {
        self.pager.draw(area, painter);
    }
}
