//! What was said in this session, newest last. Nothing of it is sent or kept.

use ratatui::layout::Rect;

use super::pager::Pager;
use super::{Goto, Heading, Hint, Painter, Reply, Said, Scene, Screen};
use crate::actions::{Action, Scope};
use crate::model::text::{self, Shown};
use crate::shown;
use crate::theme::Role;
use crate::widgets::edit::Edit;
use crate::widgets::line::Line;

/// The page with the messages.
#[derive(Default)]
pub struct Log {
    pager: Pager,
    /// How many messages and columns the lines were made from.
    made_of: Option<(usize, u16)>,
}

fn lines(said: &[Said], scene: &Scene<'_>) -> Vec<Line> {
    let width = usize::from(scene.size.0.saturating_sub(14)).max(20);
    let mut lines = Vec::new();
    for message in said {
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
        }
    }
    if lines.is_empty() {
        lines.push(Line::new().fixed(Role::Dim, " Nothing was said yet."));
    }
    lines
}

impl Screen for Log {
    fn scopes(&self) -> Vec<Scope> {
        self.pager.scopes(Scope::Log)
    }

    fn follow(&mut self, scene: &Scene<'_>) {
        let made_of = (scene.said.len(), scene.size.0);
        if self.made_of == Some(made_of) {
            return;
        }
        self.pager.set_lines(lines(scene.said, scene));
        if self.made_of.is_none() {
            self.pager.to_end();
        }
        self.made_of = Some(made_of);
    }

    fn act(&mut self, action: Action, _scene: &Scene<'_>) -> Reply {
        if let Some(reply) = self.pager.act(action) {
            return reply;
        }
        match action {
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
            0 => shown!("{} messages ", scene.said.len()),
            1 => shown!("{} messages, 1 error ", scene.said.len()),
            more => shown!("{} messages, {more} errors ", scene.said.len()),
        };
        Heading::Title(
            Line::new().fixed(Role::Title, " Messages of this session"),
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
            Hint::One(Action::Back, "back"),
        ]
    }

    fn draw(&self, _scene: &Scene<'_>, area: Rect, painter: &mut Painter<'_>) {
        self.pager.draw(area, painter);
    }
}
