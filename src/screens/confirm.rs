//! A question that only `y` answers with yes; Enter alone means no.

use ratatui::layout::Rect;

use super::{Goto, Heading, Hint, Painter, Question, Reply, Scene, Screen};
use crate::actions::{Action, Scope};
use crate::model::text;
use crate::shown;
use crate::store::effect::Toast;
use crate::theme::Role;
use crate::widgets::line::Line;
use crate::widgets::sheet::Sheet;

/// The sheet with the question.
pub struct Confirm {
    question: Question,
}

impl Confirm {
    /// Asks.
    pub fn new(question: Question) -> Self {
        Self { question }
    }

    fn yes(&self) -> Reply {
        let question = &self.question;
        let goto = match (&question.goto, question.closes) {
            (None, true) => Goto::CloseBoth,
            (None, false) => Goto::Close,
            (Some(goto), _) => goto.as_ref().clone(),
        };
        let mut reply = Reply::goto(goto);
        reply.commands.extend(question.then.iter().cloned());
        if question.said.is_empty() {
            reply
        } else {
            reply.saying(Toast::info(question.said.clone()))
        }
    }
}

impl Screen for Confirm {
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Confirm]
    }

    fn follow(&mut self, _scene: &Scene<'_>) {}

    fn act(&mut self, action: Action, _scene: &Scene<'_>) -> Reply {
        match action {
            Action::Yes => self.yes(),
            Action::No | Action::Back | Action::Accept => Reply::goto(Goto::Close),
            _ => Reply::pass(),
        }
    }

    fn heading(&self, _scene: &Scene<'_>) -> Heading {
        Heading::Title(Line::new(), Line::new())
    }

    fn hints(&self, _scene: &Scene<'_>) -> Vec<Hint> {
        vec![Hint::One(Action::Yes, "yes"), Hint::One(Action::No, "no")]
    }

    fn is_sheet(&self) -> bool {
        true
    }

    fn draw(&self, scene: &Scene<'_>, area: Rect, painter: &mut Painter<'_>) {
        let yes = scene
            .keymap
            .key_for(Action::Yes, &[Scope::Confirm])
            .unwrap_or_else(|| "y".to_owned());
        let question = shown!("{} {yes}/N", self.question.text);
        let width = usize::from(area.width.saturating_sub(8)).clamp(1, 70);
        let rows = question.wrap(width);
        let wide = rows.iter().map(text::Shown::width).max().unwrap_or(0);
        let wide = u16::try_from(wide + 3).unwrap_or(u16::MAX);
        let tall = u16::try_from(rows.len()).unwrap_or(u16::MAX);
        let inside = Sheet::new(wide.max(20), tall).draw(painter, area);
        let mut end = (inside.x, inside.y);
        for (y, row) in (inside.top()..inside.bottom()).zip(&rows) {
            let line = Line::new().space(1).put(Role::Strong, row.clone());
            let written = painter.line(
                Rect {
                    y,
                    height: 1,
                    ..inside
                },
                &line,
            );
            end = (inside.x + written.min(inside.width.saturating_sub(1)), y);
        }
        painter.cursor(end.0, end.1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::effect::Command;

    #[test]
    fn yes_carries_out_says_so_and_closes_the_page_too() {
        let mut question = Question::new("Throw it away?", vec![Command::Flush]);
        question.said = "discarded".into();
        question.closes = true;
        let reply = Confirm::new(question).yes();
        assert_eq!(reply.commands, [Command::Flush]);
        assert_eq!(reply.goto, Some(Goto::CloseBoth));
        assert_eq!(reply.effects.len(), 1);
    }

    #[test]
    fn yes_may_lead_somewhere_else() {
        let mut question = Question::new("Remove it?", Vec::new());
        assert_eq!(Confirm::new(question.clone()).yes().goto, Some(Goto::Close));
        question.goto = Some(Box::new(Goto::Next));
        assert_eq!(Confirm::new(question).yes().goto, Some(Goto::Next));
    }
}
