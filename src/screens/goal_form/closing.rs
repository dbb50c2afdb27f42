//! Closing a goal as achieved or missed, with a score and a look back; and
//! opening a closed one again, with the reason.

use std::collections::BTreeMap;

use ratatui::layout::Rect;

use crate::actions::{Action, Scope};
use crate::model::check_in::{CheckIn, Occasion};
use crate::model::entry::{Draft, DraftKey, Form};
use crate::model::exchange::Change;
use crate::model::goal::Goal;
use crate::model::ids::{CheckInId, GoalId};
use crate::model::progress;
use crate::model::status::{ShownStatus, Status};
use crate::model::text::Shown;
use crate::model::time::Time;
use crate::model::values;
use crate::screens::{Goto, Heading, Hint, Painter, Reply, Scene, Screen, Target, form, measure};
use crate::shown;
use crate::store::effect::{Command, Effect, Post, Toast};
use crate::theme::{Glyphs, Role};
use crate::widgets::edit::Edit;
use crate::widgets::field::Field;
use crate::widgets::line::Line;
use crate::widgets::markdown;
use crate::widgets::text_area::TextArea;

/// The two ways to close, by their keys 1 and 2.
const ENDS: [Status; 2] = [Status::Achieved, Status::Missed];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Focus {
    End,
    Score,
    Note,
}

/// The form that closes or reopens a goal.
pub struct CloseForm {
    key: DraftKey,
    goal: GoalId,
    /// Open it again instead of closing it.
    reopens: bool,
    focus: Focus,
    end: Option<Status>,
    score: Field,
    /// The score that progress gives, as text.
    proposed: String,
    note: TextArea,
    tried: bool,
    commanding: bool,
    preview: bool,
    told: Option<String>,
    /// Why there is nothing to fill in.
    no_form: Option<String>,
}

impl CloseForm {
    /// A form for a goal: closes it if it is open, else opens it again.
    pub fn new(goal: &GoalId, scene: &Scene<'_>) -> Self {
        let key = DraftKey {
            goal: Some(goal.clone()),
            form: Form::Close,
        };
        let known = scene.store.goal(goal);
        let reopens = known.is_some_and(|known| !known.is_open());
        let proposed = known
            .filter(|_| !reopens)
            .and_then(|known| scene.store.figures(&known.id))
            .and_then(|figures| figures.shown_progress())
            .map(|p| format!("{:.1}", progress::score(p)))
            .unwrap_or_default();
        let mut opened = Self {
            key,
            goal: goal.clone(),
            reopens,
            focus: if reopens { Focus::Note } else { Focus::End },
            end: None,
            score: Field::with(&proposed),
            proposed,
            note: TextArea::new(),
            tried: false,
            commanding: false,
            preview: false,
            told: None,
            no_form: no_form(known, scene),
        };
        if let Some(draft) = scene
            .store
            .draft(&opened.key)
            .filter(|_| opened.no_form.is_none())
        {
            opened.restore(draft);
            opened.told = Some(form::restored_words(draft, &scene.now));
        }
        opened
    }

    fn restore(&mut self, draft: &Draft) {
        let get = |name: &str| draft.fields.get(name).map(String::as_str);
        self.end = get("end")
            .and_then(Status::parse)
            .filter(|end| ENDS.contains(end));
        if let Some(score) = get("score") {
            self.score.set(score);
        }
        let scroll = u16::try_from(draft.scroll).unwrap_or(u16::MAX);
        self.note = TextArea::restored(get("note").unwrap_or_default(), draft.cursor, scroll);
        self.focus = match draft.focus.as_str() {
            _ if self.reopens => Focus::Note,
            "score" => Focus::Score,
            "note" => Focus::Note,
            _ => Focus::End,
        };
    }

    fn draft_now(&self, at: Time) -> Draft {
        let mut fields = BTreeMap::new();
        if let Some(end) = self.end {
            fields.insert("end".to_owned(), end.words().code.to_owned());
        }
        if self.score.text() != self.proposed {
            fields.insert("score".to_owned(), self.score.text().to_owned());
        }
        fields.insert("note".to_owned(), self.note.text());
        let focus = match self.focus {
            Focus::End => "end",
            Focus::Score => "score",
            Focus::Note => "note",
        };
        Draft {
            key: self.key.clone(),
            fields,
            focus: focus.to_owned(),
            cursor: self.note.cursor(),
            scroll: usize::from(self.note.scroll()),
            saved_at: at,
        }
    }

    fn is_typed(&self) -> bool {
        self.end.is_some() || self.score.text() != self.proposed || !self.note.is_blank()
    }

    fn changed(&mut self, scene: &Scene<'_>) -> Reply {
        self.told = None;
        if self.is_typed() {
            Reply::command(Command::Keep(self.draft_now(scene.now.at)))
        } else if scene.store.draft(&self.key).is_some() {
            Reply::command(Command::Discard(self.key.clone()))
        } else {
            Reply::done()
        }
    }

    fn step(&mut self, on: bool) -> Reply {
        self.told = None;
        if !self.reopens {
            self.focus = match (self.focus, on) {
                (Focus::End, true) | (Focus::Note, false) => Focus::Score,
                (Focus::Score, true) | (Focus::Note, true) => Focus::Note,
                (Focus::Score, false) | (Focus::End, false) => Focus::End,
            };
        }
        Reply::done()
    }

    fn choose(&mut self, end: Status, scene: &Scene<'_>) -> Reply {
        self.end = Some(end);
        self.focus = Focus::Score;
        self.changed(scene)
    }

    fn errors(&self) -> Vec<(Focus, String)> {
        let mut errors = Vec::new();
        if self.reopens {
            if self.note.is_blank() {
                errors.push((Focus::Note, "write why it is opened again".to_owned()));
            }
            return errors;
        }
        if self.end.is_none() {
            errors.push((Focus::End, "choose 1 achieved or 2 missed".to_owned()));
        }
        if let Err(why) = read_score(self.score.text()) {
            errors.push((Focus::Score, why));
        }
        errors
    }

    fn post(&mut self, scene: &Scene<'_>) -> Reply {
        self.told = None;
        let errors = self.errors();
        if let Some((focus, _)) = errors.first() {
            self.focus = *focus;
            self.tried = true;
            self.commanding = false;
            return Reply::done().saying(form::need_you(errors.len()));
        }
        let Some(goal) = scene.store.goal(&self.goal) else {
            return Reply::done().saying(Toast::error(
                "the goal is gone meanwhile; your text stays a draft",
            ));
        };
        if goal.is_open() == self.reopens {
            let is = if goal.is_open() { "open" } else { "closed" };
            let why = format!("the goal is {is} already; your text stays a draft, Esc d leaves");
            return Reply::done().saying(Toast::error(why));
        }
        let Some(me) = scene.store.me(&goal.account) else {
            return Reply::done().saying(Toast::error(format!(
                "{} has not said yet who you are",
                goal.account
            )));
        };
        let id = CheckInId::new(format!("{}:c-{}", goal.account, scene.ids.next()));
        let mut check_in = CheckIn::new(id, me.clone(), scene.now.at);
        check_in.note = self.note.text().trim_end().to_owned();
        let (change, word) = if self.reopens {
            check_in.occasion = Occasion::Reopening;
            let change = Change::ReopenGoal {
                goal: goal.id.clone(),
                reopening: check_in,
            };
            (change, "reopened".to_owned())
        } else {
            check_in.occasion = Occasion::Closing;
            check_in.status = self.end;
            check_in.score = read_score(self.score.text()).unwrap_or_default();
            let word = self
                .end
                .map_or("closed", |end| end.words().word)
                .to_lowercase();
            let change = Change::CloseGoal {
                goal: goal.id.clone(),
                closing: check_in,
            };
            (change, format!("closed as {word}"))
        };
        let posted = form::posted(&goal.account, &change, scene).text;
        let post = Post {
            id: scene.ids.entry(),
            account: goal.account.clone(),
            change,
            draft: Some(self.key.clone()),
        };
        let said = format!("{word}, {posted}");
        Reply::goto(Goto::Close)
            .and(Command::Keep(self.draft_now(scene.now.at)))
            .and(Command::Post(post))
            .saying(Toast::info(said))
    }

    fn act_in_field(&mut self, action: Action, scene: &Scene<'_>) -> Reply {
        match action {
            Action::NextField => self.step(true),
            Action::PreviousField => self.step(false),
            Action::ChooseOnTrack => self.choose(Status::Achieved, scene),
            Action::ChooseAtRisk => self.choose(Status::Missed, scene),
            Action::ChooseOffTrack => Reply::say("1 is achieved, 2 is missed"),
            Action::FormCommands | Action::Back => {
                self.commanding = true;
                self.told = None;
                Reply::done()
            }
            _ => Reply::pass(),
        }
    }

    fn rows(&self, scene: &Scene<'_>, glyphs: Glyphs) -> Vec<Line> {
        let Some(goal) = scene.store.goal(&self.goal) else {
            return Vec::new();
        };
        let mut lines = vec![summary(goal, scene, glyphs), Line::new()];
        let error_of = |focus: Focus| {
            let errors = if self.tried {
                self.errors()
            } else {
                Vec::new()
            };
            let found = errors.into_iter().find(|(of, _)| *of == focus);
            found.map(|(_, why)| Line::new().space(11).put(Role::Error, shown!("! {why}")))
        };
        if !self.reopens {
            lines.push(self.end_line(glyphs));
            lines.extend(error_of(Focus::End));
            lines.push(self.score_line(goal.aspirational));
            let wrong = read_score(self.score.text()).err();
            lines
                .extend(wrong.map(|why| Line::new().space(11).put(Role::Error, shown!("! {why}"))));
            lines.push(Line::new());
        }
        lines.extend(error_of(Focus::Note));
        lines
    }

    fn end_line(&self, glyphs: Glyphs) -> Line {
        let focused = self.focus == Focus::End && !self.commanding;
        let label = if focused { Role::Strong } else { Role::Text };
        let mut line = Line::new().fixed(label, "  Closed   ");
        for (place, end) in ENDS.into_iter().enumerate() {
            let shown = ShownStatus::Said(end);
            let word = shown!(
                "{} {} {}",
                place + 1,
                glyphs.status(shown),
                end.words().word
            );
            line = if self.end == Some(end) {
                line.fixed(Role::Strong, "[")
                    .put(measure::status_role(shown), word)
                    .fixed(Role::Strong, "]")
            } else {
                line.space(1).put(Role::Text, word).space(1)
            };
            line = line.space(2);
        }
        line
    }

    /// The label and what the score means; the field itself is drawn between.
    fn score_line(&self, aspirational: bool) -> Line {
        let focused = self.focus == Focus::Score && !self.commanding;
        let label = if focused { Role::Strong } else { Role::Text };
        let words = match read_score(self.score.text()) {
            Ok(Some(score)) => Shown::fixed(progress::score_words(score, aspirational)),
            Ok(None) => Shown::fixed("none"),
            Err(_) => Shown::default(),
        };
        let hint = if self.proposed.is_empty() {
            Shown::fixed("0 to 1, may be empty")
        } else {
            shown!("progress gives {}", self.proposed)
        };
        Line::new()
            .fixed(label, "  Score    ")
            .space(8)
            .put(Role::Text, words.pad_right(10))
            .space(2)
            .put(Role::Dim, hint)
    }
}

/// A score from 0 to 1, kept to one decimal; none if the field is empty.
fn read_score(typed: &str) -> Result<Option<f64>, String> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    let score = values::parse_number(typed)?;
    if !(0.0..=1.0).contains(&score) {
        return Err(format!("a score is 0 to 1: \"{typed}\""));
    }
    Ok(Some((score * 10.0).round() / 10.0))
}

fn no_form(goal: Option<&Goal>, scene: &Scene<'_>) -> Option<String> {
    let Some(goal) = goal else {
        return Some("this goal is gone".to_owned());
    };
    let account = scene.store.account(&goal.account)?;
    account.why_not(account.setup.abilities.close)
}

/// How the goal stands, in one line.
fn summary(goal: &Goal, scene: &Scene<'_>, glyphs: Glyphs) -> Line {
    let status = measure::shown_status(goal, scene.store);
    let mut line = Line::new()
        .space(2)
        .and(measure::status_sign(status, glyphs))
        .put(
            measure::status_role(status),
            shown!(" {}", status.words().word),
        );
    let figures = scene.store.figures(&goal.id);
    if figures.is_some_and(|figures| figures.shown_progress().is_some()) {
        line = line
            .space(3)
            .and(measure::goal_gauge(goal, scene, glyphs, measure::CELLS));
    }
    match goal.results.len() {
        0 => {}
        1 => line = line.fixed(Role::Dim, "   1 key result"),
        more => line = line.put(Role::Dim, shown!("   {more} key results")),
    }
    let open = scene
        .store
        .children(&goal.id)
        .iter()
        .filter_map(|id| scene.store.goal(id))
        .filter(|child| child.is_open())
        .count();
    match open {
        0 => line,
        1 => line.fixed(Role::Warn, "   1 goal under it is still open"),
        more => line.put(
            Role::Warn,
            shown!("   {more} goals under it are still open"),
        ),
    }
}

impl Screen for CloseForm {
    fn scopes(&self) -> Vec<Scope> {
        if self.no_form.is_some() {
            return vec![Scope::Detail];
        }
        if self.commanding {
            return vec![Scope::FormCommands];
        }
        match self.focus {
            Focus::End => vec![Scope::StatusField, Scope::Form],
            Focus::Score => vec![Scope::TextField, Scope::Form],
            Focus::Note if self.preview => vec![Scope::Form],
            Focus::Note => vec![Scope::TextArea, Scope::Form],
        }
    }

    fn follow(&mut self, _scene: &Scene<'_>) {}

    fn act(&mut self, action: Action, scene: &Scene<'_>) -> Reply {
        if self.no_form.is_some() {
            return match action {
                Action::Back | Action::Leave | Action::Quit | Action::Suspend | Action::Redraw => {
                    Reply::pass()
                }
                _ => Reply::done(),
            };
        }
        match action {
            Action::Post => self.post(scene),
            Action::KeepDraft => form::keep(&self.key, self.is_typed(), scene),
            Action::Discard => form::discard(&self.key, self.is_typed(), scene),
            Action::EditExternally => {
                Reply::command(Command::Flush).with(Effect::Edit(self.note.text()))
            }
            Action::Preview => {
                self.preview = !self.preview;
                self.commanding = false;
                self.focus = Focus::Note;
                Reply::done()
            }
            Action::BackToField => {
                self.commanding = false;
                Reply::done()
            }
            _ if self.commanding => Reply::pass(),
            other => self.act_in_field(other, scene),
        }
    }

    fn typed(&mut self, edit: &Edit, scene: &Scene<'_>) -> Reply {
        if self.commanding || self.no_form.is_some() {
            return Reply::pass();
        }
        let done = match self.focus {
            Focus::End => return Reply::pass(),
            Focus::Score => self.score.edit(edit.clone()),
            Focus::Note => self.note.edit(edit.clone()),
        };
        if done {
            self.changed(scene)
        } else {
            Reply::done()
        }
    }

    fn edited(&mut self, text: &str, scene: &Scene<'_>) -> Reply {
        self.commanding = false;
        self.focus = Focus::Note;
        self.note.replace(text.trim_end_matches('\n'));
        self.changed(scene)
    }

    fn why_not(&self, action: Action, _scene: &Scene<'_>) -> Option<String> {
        match action {
            Action::InsertLast => Some("a look back begins empty".to_owned()),
            Action::Template => Some("there are no templates for a look back".to_owned()),
            _ => None,
        }
    }

    fn pointed(&mut self, place: usize, _scene: &Scene<'_>) -> Reply {
        self.told = None;
        self.commanding = false;
        if !self.reopens {
            self.focus = match place {
                0 => Focus::End,
                1 => Focus::Score,
                _ => Focus::Note,
            };
        }
        Reply::done()
    }

    fn heading(&self, scene: &Scene<'_>) -> Heading {
        let word = if self.reopens { "Reopen" } else { "Close" };
        let name = scene
            .store
            .goal(&self.goal)
            .map_or("", |goal| goal.name.as_str());
        let title = shown!(" {word} · {name}");
        Heading::Title(
            Line::of(Role::Title, title),
            form::draft_words(&self.key, scene),
        )
    }

    fn status(&self, _scene: &Scene<'_>) -> Option<Line> {
        let told = self.told.as_ref()?;
        Some(Line::of(Role::Accent, shown!(" {told}")))
    }

    fn hints(&self, _scene: &Scene<'_>) -> Vec<Hint> {
        if self.no_form.is_some() {
            return vec![Hint::One(Action::Back, "back")];
        }
        let post = if self.reopens { "reopen" } else { "close" };
        if self.commanding {
            return vec![
                Hint::One(Action::Post, post),
                Hint::One(Action::KeepDraft, "keep draft"),
                Hint::One(Action::Discard, "discard"),
                Hint::One(Action::EditExternally, "editor"),
                Hint::One(Action::Preview, "preview"),
                Hint::One(Action::BackToField, "back"),
            ];
        }
        let mut hints = vec![Hint::One(Action::Post, post)];
        if self.focus == Focus::End {
            hints.push(Hint::One(Action::ChooseOnTrack, "achieved"));
            hints.push(Hint::One(Action::ChooseAtRisk, "missed"));
        }
        hints.extend([
            Hint::One(Action::EditExternally, "editor"),
            Hint::One(Action::Preview, "preview"),
            Hint::One(Action::NextField, "next"),
            Hint::One(Action::FormCommands, "commands"),
        ]);
        hints
    }

    fn draft(&self) -> Option<&DraftKey> {
        self.is_typed().then_some(&self.key)
    }

    fn draw(&self, scene: &Scene<'_>, area: Rect, painter: &mut Painter<'_>) {
        if let Some(why) = &self.no_form {
            let words = Line::of(Role::Warn, shown!(" {why}; Esc goes back"));
            painter.line(area, &words);
            return;
        }
        let lines = self.rows(scene, painter.glyphs());
        let written = painter.lines(area, &lines);
        self.draw_fields(&lines, area, painter);
        let title = if self.reopens {
            "Why it is opened again"
        } else {
            "Looking back (Markdown)"
        };
        let rest = Rect {
            y: area.y + written,
            height: area.height - written,
            ..area
        };
        painter.rule_titled(
            rest,
            &Line::new()
                .fixed(Role::Title, title)
                .put(Role::Dim, shown!("  {} words", self.note.word_count())),
        );
        let note = Rect {
            x: area.x.saturating_add(3),
            y: rest.y.saturating_add(1),
            width: area.width.saturating_sub(4).min(100),
            height: rest.height.saturating_sub(1),
        };
        let focused = self.focus == Focus::Note && !self.commanding;
        painter.target(note, Target::Field(2));
        if self.preview {
            let lines = markdown::render(&self.note.text(), usize::from(note.width));
            painter.lines(note, &lines);
            if focused {
                painter.rest(note.x, note.y);
            }
        } else {
            self.note.draw(painter, note, focused);
        }
    }
}

impl CloseForm {
    /// The score field over its line, and the resting place in the row of ends.
    fn draw_fields(&self, lines: &[Line], area: Rect, painter: &mut Painter<'_>) {
        let row_of = |label: &str| {
            let at = lines
                .iter()
                .position(|line| line.text().as_str().starts_with(label))?;
            let y = area.y.checked_add(u16::try_from(at).ok()?)?;
            (y < area.bottom()).then_some(y)
        };
        if let Some(y) = row_of("  Score") {
            let field = Rect {
                x: area.x.saturating_add(11),
                y,
                width: area.width.saturating_sub(11).min(7),
                height: 1,
            };
            let focused = self.focus == Focus::Score && !self.commanding;
            painter.target(
                Rect {
                    x: area.x,
                    width: area.width,
                    ..field
                },
                Target::Field(1),
            );
            form::draw_field(&self.score, field, focused, painter);
        }
        if let Some(y) = row_of("  Closed") {
            let row = Rect {
                y,
                height: 1,
                ..area
            };
            painter.target(row, Target::Field(0));
        }
        if let Some(y) = row_of("  Closed").filter(|_| self.focus == Focus::End && !self.commanding)
        {
            painter.rest(area.x.saturating_add(11), y);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_is_one_decimal_from_0_to_1() {
        assert_eq!(read_score(""), Ok(None));
        assert_eq!(read_score(" 0.74 "), Ok(Some(0.7)));
        assert_eq!(read_score("0,85"), Ok(Some(0.9)));
        assert_eq!(read_score("1"), Ok(Some(1.0)));
        for wrong in ["1.2", "-0.1", "x", "70"] {
            assert!(read_score(wrong).is_err(), "{wrong}");
        }
    }
}
