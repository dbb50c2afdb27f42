//! A reply to a check-in, a remark on a goal, or the words to a verdict on its plan:
//! what was said so far above, a text area below, and the same manners as every form.

use std::cell::Cell;

use std::collections::BTreeMap;

use ratatui::layout::Rect;

use super::goal_detail::who;
use super::mention::Mention;
use super::{Goto, Heading, Hint, Painter, Reply, Scene, Screen, Verdict, form, reading};
use crate::actions::{Action, Scope};
use crate::model::check_in::Comment;
use crate::model::dates;
use crate::model::entry::{Draft, DraftKey, Form};
use crate::model::exchange::{Change, ReviewStep};
use crate::model::goal::Goal;
use crate::model::ids::{CheckInId, CommentId, GoalId};
use crate::model::status::ShownStatus;
use crate::model::text::{self, Shown};
use crate::shown;
use crate::store::effect::{Command, Effect, Post, Toast};
use crate::theme::{Glyphs, Role};
use crate::widgets::edit::Edit;
use crate::widgets::line::Line;
use crate::widgets::markdown;
use crate::widgets::text_area::TextArea;

const TEXT: &str = "text";

/// Rows of a page of the preview.
const PAGE: usize = 10;

/// The form for a reply or a remark.
pub struct Remark {
    goal: GoalId,
    check_in: Option<CheckInId>,
    /// It goes with a verdict on the goal's plan.
    verdict: Option<Verdict>,
    key: DraftKey,
    area: TextArea,
    /// First row of the preview, while that is shown instead of the text.
    preview: Option<usize>,
    /// The last row it can begin with, as drawn.
    bottom: Cell<usize>,
    is_commanding: bool,
    /// Posting was tried with nothing written.
    is_missed: bool,
    /// What was found of an earlier draft, until the first key.
    restored: Option<String>,
    /// Why nothing can be said here.
    refusal: Option<String>,
}

impl Remark {
    /// The form for a reply to a check-in, or for a remark on the goal, with its
    /// draft if there is one.
    pub fn new(goal: &GoalId, check_in: Option<&CheckInId>, scene: &Scene<'_>) -> Self {
        let kind = check_in.map_or(Form::Comment, |id| Form::Reply(id.clone()));
        Self::of(goal, check_in, None, kind, scene)
    }

    /// The form for the words to a verdict on a goal's plan: a reason to decline it,
    /// or what is said when it is approved, which may be nothing.
    pub fn verdict(goal: &GoalId, verdict: Verdict, scene: &Scene<'_>) -> Self {
        let kind = match verdict {
            Verdict::Approve => Form::Approve,
            Verdict::Decline => Form::Decline,
        };
        Self::of(goal, None, Some(verdict), kind, scene)
    }

    fn of(
        goal: &GoalId,
        check_in: Option<&CheckInId>,
        verdict: Option<Verdict>,
        kind: Form,
        scene: &Scene<'_>,
    ) -> Self {
        let key = DraftKey {
            goal: Some(goal.clone()),
            form: kind,
        };
        let draft = scene.store.draft(&key);
        let area = draft.map_or_else(TextArea::new, |draft| {
            let text = draft.fields.get(TEXT).map_or("", String::as_str);
            let scroll = u16::try_from(draft.scroll).unwrap_or(u16::MAX);
            TextArea::restored(text, draft.cursor, scroll)
        });
        let restored = draft.map(|draft| form::restored_words(draft, &scene.now));
        let mut form = Self {
            goal: goal.clone(),
            check_in: check_in.cloned(),
            verdict,
            key,
            area,
            preview: None,
            bottom: Cell::new(usize::MAX),
            is_commanding: false,
            is_missed: false,
            restored,
            refusal: None,
        };
        form.follow(scene);
        form
    }

    fn was_typed(&self) -> bool {
        !self.area.is_blank()
    }

    /// Who is being named, while the text is typed.
    fn mention(&self, scene: &Scene<'_>) -> Option<Mention> {
        if self.is_commanding || self.preview.is_some() {
            return None;
        }
        let goal = scene.store.goal(&self.goal)?;
        Mention::at(&self.area, &goal.account, scene)
    }

    fn changed(&mut self, scene: &Scene<'_>) -> Reply {
        self.restored = None;
        self.is_missed &= self.area.is_blank();
        if !self.was_typed() && scene.store.draft(&self.key).is_none() {
            return Reply::done();
        }
        let text = self.area.text();
        Reply::command(Command::Keep(Draft {
            key: self.key.clone(),
            fields: BTreeMap::from([(TEXT.to_owned(), text)]),
            focus: TEXT.to_owned(),
            cursor: self.area.cursor(),
            scroll: usize::from(self.area.scroll()),
            saved_at: scene.now.at,
        }))
    }

    fn post(&mut self, scene: &Scene<'_>) -> Reply {
        self.is_commanding = false;
        if !self.was_typed() && self.verdict != Some(Verdict::Approve) {
            self.is_missed = true;
            return Reply::done().saying(form::need_you(1));
        }
        let Some(goal) = scene.store.goal(&self.goal) else {
            return Reply::done().saying(Toast::error(
                "this goal is gone; your text is kept as a draft",
            ));
        };
        if scene.store.me(&goal.account).is_none() {
            return Reply::done().saying(Toast::error(format!(
                "{} has not said yet who you are; your text is kept, try again in a moment",
                goal.account
            )));
        }
        let text = self.area.text().trim().to_owned();
        let review = |step| Change::Review {
            goal: self.goal.clone(),
            step,
        };
        let change = match self.verdict {
            Some(Verdict::Approve) => review(ReviewStep::Approve { comment: text }),
            Some(Verdict::Decline) => review(ReviewStep::Decline { comment: text }),
            None => Change::Comment {
                goal: self.goal.clone(),
                check_in: self.check_in.clone(),
                id: CommentId::new(format!("{}:m-{}", goal.account, scene.ids.next())),
                text,
            },
        };
        let said = form::posted(&goal.account, &change, scene);
        let post = Post {
            id: scene.ids.entry(),
            account: goal.account.clone(),
            change,
            draft: Some(self.key.clone()),
        };
        self.changed(scene)
            .and(Command::Post(post))
            .saying(said)
            .going(Goto::Next)
    }

    /// What was said so far, `width` columns wide.
    fn thread(&self, goal: &Goal, scene: &Scene<'_>, glyphs: Glyphs, width: usize) -> Vec<Line> {
        if self.verdict.is_some() {
            return reading::plan(goal, scene, glyphs, width);
        }
        let mut lines = Vec::new();
        let check_in = self.check_in.as_ref().and_then(|id| goal.check_in(id));
        if let Some(check_in) = check_in {
            let by = who(Some(&check_in.author), scene);
            let mut head = Line::of(
                Role::Strong,
                shown!("{by}, {}", dates::ago(check_in.at, &scene.now)),
            );
            if let Some(status) = check_in.status {
                let sign = ShownStatus::Said(status);
                let words = shown!("   {} {}", glyphs.status(sign), status.words().word);
                head = head.put(Role::from(sign), words);
            }
            lines.push(head);
            if check_in.note.trim().is_empty() {
                lines.push(Line::new().fixed(Role::Dim, "no note"));
            } else {
                lines.extend(markdown::render(&check_in.note, width));
            }
        }
        let comments = check_in.map_or(&goal.comments, |check_in| &check_in.comments);
        for comment in comments {
            lines.extend(comment_lines(comment, scene, width));
        }
        if lines.is_empty() {
            lines.push(Line::new().fixed(Role::Dim, "Nothing was said here yet."));
        }
        lines
    }
}

fn comment_lines(comment: &Comment, scene: &Scene<'_>, width: usize) -> Vec<Line> {
    let by = who(Some(&comment.author), scene);
    let ago = dates::ago(comment.at, &scene.now);
    let mut lines = vec![Line::new(), Line::of(Role::Strong, shown!("{by}, {ago}"))];
    let rows = text::block(&comment.text).wrap(width);
    lines.extend(rows.into_iter().map(|row| Line::of(Role::Quote, row)));
    lines
}

fn refusal(
    goal: Option<&Goal>,
    check_in: Option<&CheckInId>,
    verdict: Option<Verdict>,
    scene: &Scene<'_>,
) -> Option<String> {
    let Some(goal) = goal else {
        return Some(
            "This goal is gone at its provider. What you wrote is kept as a draft.".to_owned(),
        );
    };
    if let Some(words) = scene.store.copy_words(goal, &scene.now) {
        return Some(words);
    }
    let account = scene.store.account(&goal.account)?;
    account.why_not(match check_in {
        _ if verdict.is_some() => account.setup.abilities.review,
        Some(_) => account.setup.abilities.comment,
        None => account.setup.abilities.remark,
    })
}

impl Screen for Remark {
    fn scopes(&self) -> Vec<Scope> {
        if self.refusal.is_some() {
            vec![Scope::Choices]
        } else if self.is_commanding {
            vec![Scope::FormCommands]
        } else {
            vec![Scope::TextArea, Scope::Form]
        }
    }

    fn follow(&mut self, scene: &Scene<'_>) {
        let goal = scene.store.goal(&self.goal);
        self.refusal = refusal(goal, self.check_in.as_ref(), self.verdict, scene);
    }

    fn act(&mut self, action: Action, scene: &Scene<'_>) -> Reply {
        if self.refusal.is_some() {
            return match action {
                Action::Back | Action::Leave => Reply::goto(Goto::Close),
                _ => Reply::pass(),
            };
        }
        match action {
            Action::Post => return self.post(scene),
            Action::KeepDraft => return form::keep(&self.key, self.was_typed(), scene),
            Action::Discard => return form::discard(&self.key, self.was_typed(), scene),
            Action::EditExternally => {
                self.is_commanding = false;
                return self
                    .changed(scene)
                    .and(Command::Flush)
                    .with(Effect::Edit(self.area.text()));
            }
            Action::Preview => {
                self.is_commanding = false;
                self.preview = match self.preview {
                    Some(_) => None,
                    None => Some(0),
                };
            }
            Action::FormCommands => self.is_commanding = true,
            Action::BackToField => self.is_commanding = false,
            Action::NextField if self.mention(scene).is_some() => {
                if let Some(mention) = self.mention(scene) {
                    mention.complete(&mut self.area);
                }
                return self.changed(scene);
            }
            // One field: there is no next one.
            Action::NextField | Action::PreviousField => {}
            _ => return Reply::pass(),
        }
        self.restored = None;
        Reply::done()
    }

    fn typed(&mut self, edit: &Edit, scene: &Scene<'_>) -> Reply {
        if self.refusal.is_some() || self.is_commanding {
            return Reply::pass();
        }
        match (&mut self.preview, edit) {
            (Some(row), Edit::Up) => *row = row.saturating_sub(1),
            (Some(row), Edit::Down) => *row = (*row + 1).min(self.bottom.get()),
            (Some(row), Edit::PageUp) => *row = row.saturating_sub(PAGE),
            (Some(row), Edit::PageDown) => *row = (*row + PAGE).min(self.bottom.get()),
            _ => {
                self.preview = None;
                self.area.edit(edit.clone());
                return self.changed(scene);
            }
        }
        Reply::done()
    }

    fn edited(&mut self, text: &str, scene: &Scene<'_>) -> Reply {
        self.preview = None;
        self.area.replace(text);
        self.changed(scene)
    }

    fn why_not(&self, action: Action, _scene: &Scene<'_>) -> Option<String> {
        match action {
            Action::InsertLast | Action::Template => {
                Some("a reply has no template and no last note".to_owned())
            }
            _ => None,
        }
    }

    fn heading(&self, scene: &Scene<'_>) -> Heading {
        let goal = scene.store.goal(&self.goal);
        let name = goal.map_or_else(Shown::default, |goal| text::line(&goal.name));
        let word = match (self.verdict, &self.check_in) {
            (Some(Verdict::Approve), _) => " Approve · ",
            (Some(Verdict::Decline), _) => " Decline · ",
            (None, Some(_)) => " Reply · ",
            (None, None) => " Comment · ",
        };
        let left = Line::new().fixed(Role::Title, word).put(Role::Strong, name);
        Heading::Title(left, form::draft_words(&self.key, scene))
    }

    fn status(&self, scene: &Scene<'_>) -> Option<Line> {
        if let Some(mention) = self.mention(scene) {
            return Some(mention.line(scene));
        }
        let words = self.restored.as_ref()?;
        Some(Line::of(Role::Accent, shown!(" {words}")))
    }

    fn hints(&self, _scene: &Scene<'_>) -> Vec<Hint> {
        if self.refusal.is_some() {
            return vec![Hint::One(Action::Back, "back")];
        }
        let post = match self.verdict {
            Some(Verdict::Approve) => "approve",
            Some(Verdict::Decline) => "decline",
            None => "post",
        };
        let mut hints = form::hints(self.is_commanding, post);
        let is_none_of_ours = |action| {
            matches!(
                action,
                Action::InsertLast | Action::Template | Action::NextField
            )
        };
        hints.retain(|hint| !matches!(hint, Hint::One(action, _) if is_none_of_ours(*action)));
        hints
    }

    fn looking(&self, _scene: &Scene<'_>) -> Option<GoalId> {
        Some(self.goal.clone())
    }

    fn draft(&self) -> Option<&DraftKey> {
        Some(&self.key)
    }

    fn draw(&self, scene: &Scene<'_>, area: Rect, painter: &mut Painter<'_>) {
        let area = area.intersection(painter.area());
        let inside = Rect {
            x: area.x.saturating_add(1),
            width: area.width.saturating_sub(2),
            ..area
        };
        if inside.is_empty() {
            return;
        }
        if let Some(why) = &self.refusal {
            form::draw_refusal(why, inside, painter);
            return;
        }
        let Some(goal) = scene.store.goal(&self.goal) else {
            return;
        };
        let lines = self.thread(goal, scene, painter.glyphs(), usize::from(inside.width));
        // The text gets at least half; what was said last is nearest to it.
        let most = usize::from(inside.height.saturating_sub(5).min(inside.height / 2));
        let first = match self.verdict {
            // A plan is read from its top.
            Some(_) => 0,
            None => lines.len().saturating_sub(most),
        };
        let shown = lines.get(first..(first + most).min(lines.len()));
        let shown = shown.unwrap_or_default();
        let rows = painter.lines(
            Rect {
                height: u16::try_from(most).unwrap_or(0),
                ..inside
            },
            shown,
        );
        let rule = Rect {
            y: area.y + rows,
            height: area.height.saturating_sub(rows).min(1),
            ..area
        };
        let title = match (self.preview, self.is_missed) {
            (Some(_), _) => Line::new().fixed(Role::Title, "As it will look"),
            (None, true) if self.verdict.is_some() => {
                Line::new().fixed(Role::Error, "Write first why it goes back")
            }
            (None, true) => Line::new().fixed(Role::Error, "Write something first"),
            (None, false) if self.verdict == Some(Verdict::Approve) => {
                Line::new().fixed(Role::Title, "Your words, or none")
            }
            (None, false) if self.verdict == Some(Verdict::Decline) => {
                Line::new().fixed(Role::Title, "Why it goes back to its owner")
            }
            (None, false) => Line::new().fixed(Role::Title, "Your words (Markdown)"),
        };
        painter.rule_titled(rule, &title);
        let below = Rect {
            y: rule.bottom(),
            height: area.bottom().saturating_sub(rule.bottom()),
            ..inside
        };
        match self.preview {
            None => self.area.draw(painter, below, !self.is_commanding),
            Some(scroll) => {
                let lines = markdown::render(&self.area.text(), usize::from(below.width));
                let most = lines.len().saturating_sub(usize::from(below.height));
                self.bottom.set(most);
                painter.lines(below, lines.get(scroll.min(most)..).unwrap_or_default());
            }
        }
    }
}

#[cfg(test)]
mod tests;
