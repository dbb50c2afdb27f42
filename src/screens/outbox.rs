//! What is on its way, could not be sent, is unfinished, or was sent.

use ratatui::layout::Rect;

use super::moves;
use super::{Goto, Heading, Hint, Painter, Place, Question, Reply, Scene, Screen, Target, Verdict};
use crate::actions::{Action, Scope};
use crate::model::dates;
use crate::model::entry::{Draft, DraftKey, Entry, EntryState, Form};
use crate::model::exchange::Change;
use crate::model::ids::EntryId;
use crate::model::text::{self, Shown};
use crate::shown;
use crate::store::effect::{Command, Effect, Toast};
use crate::store::{Store, how_far};
use crate::theme::Role;
use crate::widgets::line::Line;
use crate::widgets::list_window::ListWindow;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Entry(u8, std::cmp::Reverse<u64>, EntryId),
    Draft(u8, DraftKey),
}

/// The outbox screen.
#[derive(Default)]
pub struct OutboxScreen {
    list: ListWindow<Key>,
    revision: u64,
}

/// Where a state stands in the list: what needs a person or is under way first.
fn place_of(state: &EntryState) -> u8 {
    match state {
        EntryState::Held { .. } => 0,
        EntryState::Sending { .. } => 1,
        EntryState::Queued { .. } => 2,
        EntryState::Unknown { .. } => 3,
        EntryState::Refused { .. } => 4,
        EntryState::Sent { .. } => 6,
    }
}

const DRAFTS: u8 = 5;

/// Inbox marks that went through: opening things makes many, and there is nothing
/// to be done or known about them.
fn is_of_no_news(entry: &Entry) -> bool {
    matches!(entry.state, EntryState::Sent { .. })
        && matches!(
            entry.change,
            Change::MarkRead { .. } | Change::MarkDone { .. }
        )
}

impl OutboxScreen {
    fn entry<'a>(&self, scene: &Scene<'a>) -> Option<&'a Entry> {
        match self.list.key()? {
            Key::Entry(_, _, id) => scene.store.entry(id),
            Key::Draft(..) => None,
        }
    }

    fn draft<'a>(&self, scene: &Scene<'a>) -> Option<&'a Draft> {
        match self.list.key()? {
            Key::Draft(_, key) => scene.store.draft(key),
            Key::Entry(..) => None,
        }
    }

    fn open(&self, scene: &Scene<'_>) -> Reply {
        if let Some(draft) = self.draft(scene) {
            return place_of_draft(&draft.key)
                .map_or_else(Reply::done, |place| Reply::goto(Goto::Open(place)));
        }
        let Some(entry) = self.entry(scene) else {
            return Reply::done();
        };
        if matches!(
            entry.state,
            EntryState::Unknown {
                next_look: None,
                ..
            }
        ) {
            return found_there(entry, scene);
        }
        if let EntryState::Refused { fault } = &entry.state {
            let again = if entry.state.is_conflict() {
                "Send yours anyway?"
            } else {
                "Send it again?"
            };
            let text = format!("{fault}. {again}");
            return Reply::goto(Goto::Open(Place::Confirm(Question::new(
                text,
                vec![Command::Retry(entry.id.clone())],
            ))));
        }
        let goal = entry.change.goals().first().map(|goal| (*goal).clone());
        if goal.is_none() {
            return Reply::say("this belongs to no goal, so there is nothing to open");
        }
        match goal.filter(|goal| scene.store.goal(goal).is_some()) {
            Some(goal) => super::goal_detail::open(&goal),
            None => Reply::say("its goal is not here any more"),
        }
    }
}

/// Asks about an entry that may have been sent whether it is there.
fn found_there(entry: &Entry, scene: &Scene<'_>) -> Reply {
    let what = scene.store.describe(entry);
    let text = format!(
        "{what} may have been sent. Is it there? (If not: R sends it again, e makes it a draft.)"
    );
    let mut question = Question::new(text, vec![Command::Settle(entry.id.clone())]);
    question.said = "marked as sent".to_owned();
    Reply::goto(Goto::Open(Place::Confirm(question)))
}

/// The form a draft goes on in.
pub fn place_of_draft(key: &DraftKey) -> Option<Place> {
    Some(match (&key.form, &key.goal) {
        (Form::CheckIn, Some(goal)) => Place::CheckIn(goal.clone()),
        (Form::EditCheckIn(check_in), Some(goal)) => {
            Place::EditCheckIn(goal.clone(), check_in.clone())
        }
        (Form::Reply(check_in), Some(goal)) => Place::Remark(goal.clone(), Some(check_in.clone())),
        (Form::Comment, Some(goal)) => Place::Remark(goal.clone(), None),
        (Form::EditGoal, Some(goal)) => Place::EditGoal(goal.clone()),
        (Form::Close, Some(goal)) => Place::CloseGoal(goal.clone()),
        (Form::Approve, Some(goal)) => Place::Verdict(goal.clone(), Verdict::Approve),
        (Form::Decline, Some(goal)) => Place::Verdict(goal.clone(), Verdict::Decline),
        (Form::NewGoal, parent) => Place::NewGoal(parent.clone()),
        (_, None) => return None,
    })
}

/// Takes an unsent entry back into its form.
pub fn rewrite(id: &EntryId, scene: &Scene<'_>) -> Reply {
    let Some(entry) = scene.store.entry(id) else {
        return Reply::done();
    };
    let Some(place) = entry
        .draft
        .as_ref()
        .and_then(|draft| place_of_draft(&draft.key))
    else {
        return Reply::say("this entry has no text to edit; y copies it, D drops it");
    };
    // The form opens on the next frame's store, with the draft given back to it.
    Reply::command(Command::Rewrite(id.clone())).going(Goto::Open(place))
}

/// Asks whether an entry shall be dropped.
pub fn confirm_drop(id: &EntryId, scene: &Scene<'_>) -> Reply {
    let Some(entry) = scene.store.entry(id) else {
        return Reply::done();
    };
    let has_text = entry
        .change
        .text()
        .is_some_and(|text| !text.trim().is_empty());
    let rest = if has_text {
        " Its text stays in the bin for 30 days."
    } else {
        ""
    };
    let text = format!("Drop {}?{rest}", scene.store.describe(entry));
    let mut question = Question::new(text, vec![Command::Drop(id.clone())]);
    question.said = "dropped".to_owned();
    Reply::goto(Goto::Open(Place::Confirm(question)))
}

/// Copies the text of an entry.
pub fn copy(id: &EntryId, scene: &Scene<'_>) -> Reply {
    let Some(entry) = scene.store.entry(id) else {
        return Reply::done();
    };
    let words = entry
        .change
        .text()
        .map_or_else(|| scene.store.describe(entry), str::to_owned);
    Reply::done()
        .with(Effect::Copy(words))
        .saying(Toast::info("text copied"))
}

/// The command line of what is done with an entry.
pub fn twin(id: &EntryId, action: Action) -> Option<String> {
    let word = match action {
        Action::Edit => "draft",
        Action::Delete => "drop",
        Action::Refresh => "retry",
        _ => return None,
    };
    let id = super::menu::quoted(id.as_str());
    Some(format!("goaldeck outbox {word} {id}"))
}

/// State word, role of it, what it is, what there is to know.
fn words(entry: &Entry, scene: &Scene<'_>) -> (Role, Shown, Shown) {
    let standing = scene.store.standing(entry, &scene.now);
    let (role, rest) = match &entry.state {
        EntryState::Held { chosen: true, .. } => (Role::Accent, standing),
        EntryState::Held { until, .. } => (
            Role::Accent,
            format!("sends in {} s", super::frame::seconds_left(*until, scene)),
        ),
        EntryState::Queued { .. } if scene.store.kept_back(entry).is_some() => {
            (Role::Warn, standing)
        }
        EntryState::Queued { .. } | EntryState::Sending { .. } => (Role::Text, standing),
        EntryState::Unknown {
            next_look: Some(_), ..
        } => (Role::Warn, standing),
        EntryState::Unknown { .. } => (
            Role::Bad,
            "may have been sent: Enter it is there, R again, e draft".to_owned(),
        ),
        EntryState::Refused { fault } if !entry.state.is_conflict() => (
            Role::Bad,
            how_far(entry).map_or_else(
                || fault.why.clone(),
                |words| format!("{words}: {}", fault.why),
            ),
        ),
        EntryState::Refused { .. } => (Role::Bad, standing),
        EntryState::Sent { at: time } => (Role::Dim, dates::ago(*time, &scene.now)),
    };
    (
        role,
        text::line(&scene.store.describe(entry)),
        text::line(&rest),
    )
}

fn draft_words(draft: &Draft, store: &Store, scene: &Scene<'_>) -> (Shown, Shown) {
    let name = draft
        .key
        .goal
        .as_ref()
        .and_then(|goal| store.goal(goal))
        .map_or("", |goal| goal.name.as_str());
    let form = match draft.key.form {
        Form::CheckIn => "check-in",
        Form::EditCheckIn(_) => "check-in edit",
        Form::Reply(_) => "reply",
        Form::Comment => "comment",
        Form::EditGoal => "edit",
        Form::NewGoal => "new goal",
        Form::Close => "closing",
        Form::Approve => "approval",
        Form::Decline => "decline",
    };
    let count: usize = draft
        .fields
        .values()
        .map(|field| field.split_whitespace().count())
        .sum();
    let what = if name.is_empty() {
        shown!("{form}")
    } else {
        shown!("{form} \u{201c}{name}\u{201d}")
    };
    (
        what,
        shown!(
            "{count} words, saved {}",
            dates::ago(draft.saved_at, &scene.now)
        ),
    )
}

impl Screen for OutboxScreen {
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Outbox]
    }

    fn follow(&mut self, scene: &Scene<'_>) {
        if self.revision == scene.store.revision() {
            return;
        }
        self.revision = scene.store.revision();
        let entries = scene.store.entries();
        let mut rows: Vec<Key> = entries
            .filter(|entry| !is_of_no_news(entry))
            .map(|entry| {
                Key::Entry(
                    place_of(&entry.state),
                    std::cmp::Reverse(entry.seq),
                    entry.id.clone(),
                )
            })
            .chain(
                scene
                    .store
                    .drafts()
                    .into_iter()
                    .map(|draft| Key::Draft(DRAFTS, draft.key.clone())),
            )
            .collect();
        rows.sort_by_key(|key| match key {
            Key::Entry(place, seq, _) => (*place, *seq),
            Key::Draft(place, _) => (*place, std::cmp::Reverse(0)),
        });
        self.list.follow(rows);
    }

    fn act(&mut self, action: Action, scene: &Scene<'_>) -> Reply {
        if moves::moved(&mut self.list, action) {
            return Reply::done();
        }
        match action {
            Action::Open => self.open(scene),
            Action::Edit => match (self.entry(scene), self.draft(scene)) {
                (Some(entry), _) => rewrite(&entry.id, scene),
                (None, Some(_)) => self.open(scene),
                (None, None) => Reply::done(),
            },
            Action::Refresh => {
                let Some(entry) = self.entry(scene) else {
                    return Reply::pass();
                };
                if matches!(entry.state, EntryState::Sent { .. }) {
                    return Reply::pass();
                }
                let said = match scene.store.kept_back(entry) {
                    Some(why) => format!("it waits: {why}"),
                    None => "sending now".to_owned(),
                };
                Reply::command(Command::Retry(entry.id.clone())).saying(Toast::info(said))
            }
            Action::Delete => {
                if let Some(draft) = self.draft(scene) {
                    let question = Question::new(
                        "Throw this draft away?",
                        vec![Command::Discard(draft.key.clone())],
                    );
                    return Reply::goto(Goto::Open(Place::Confirm(question)));
                }
                self.entry(scene)
                    .map_or_else(Reply::done, |entry| confirm_drop(&entry.id, scene))
            }
            Action::CopyLink | Action::CopyMarkdown => {
                if let Some(draft) = self.draft(scene) {
                    let words = draft.fields.get("note").cloned().unwrap_or_default();
                    return Reply::done()
                        .with(Effect::Copy(words))
                        .saying(Toast::info("text copied"));
                }
                self.entry(scene)
                    .map_or_else(Reply::done, |entry| copy(&entry.id, scene))
            }
            _ => Reply::pass(),
        }
    }

    fn why_not(&self, action: Action, scene: &Scene<'_>) -> Option<String> {
        let entry = self.entry(scene)?;
        let done = matches!(entry.state, EntryState::Sent { .. });
        (done && matches!(action, Action::Delete | Action::Edit)).then(|| {
            match scene.store.is_kept_here(entry) {
                true => "it is done, kept here; u takes it back".to_owned(),
                false => "it is sent; u takes back what can be".to_owned(),
            }
        })
    }

    fn pointed(&mut self, place: usize, _scene: &Scene<'_>) -> Reply {
        self.list.go_to(place);
        Reply::done()
    }

    fn twin(&self, action: Action, scene: &Scene<'_>) -> Option<String> {
        let entry = self.entry(scene)?;
        let goals = entry.change.goals();
        let goal = goals.first().copied();
        twin(&entry.id, action).or_else(|| super::menu::about_goal(action, goal))
    }

    fn heading(&self, scene: &Scene<'_>) -> Heading {
        let unsent = scene.store.unsent();
        let left = if unsent == 0 {
            Shown::fixed(" everything is sent")
        } else {
            shown!(" {unsent} not sent yet")
        };
        let drafts = scene.store.drafts().len();
        let right = if drafts > 0 {
            shown!("drafts {drafts} ")
        } else {
            Shown::default()
        };
        Heading::Tabs(Line::of(Role::Text, left), Line::of(Role::Dim, right))
    }

    fn hints(&self, scene: &Scene<'_>) -> Vec<Hint> {
        if self.draft(scene).is_some() {
            return vec![
                Hint::One(Action::Open, "write on"),
                Hint::One(Action::Delete, "throw away"),
                Hint::One(Action::CopyLink, "copy text"),
            ];
        }
        if self.entry(scene).is_none() {
            return vec![
                Hint::One(Action::Undo, "undo last"),
                Hint::One(Action::Log, "log"),
            ];
        }
        vec![
            Hint::One(Action::Open, "open"),
            Hint::One(Action::Edit, "edit"),
            Hint::One(Action::Refresh, "send now"),
            Hint::One(Action::Delete, "drop"),
            Hint::One(Action::CopyLink, "copy text"),
            Hint::One(Action::Undo, "undo last"),
            Hint::One(Action::Log, "log"),
        ]
    }

    fn draw(&self, scene: &Scene<'_>, area: Rect, painter: &mut Painter<'_>) {
        if self.list.is_empty() {
            painter.fixed(
                area.x + 1,
                area.y,
                area.width,
                "Nothing to send.",
                Role::Dim,
            );
            return;
        }
        painter.target(area, Target::List);
        for (row, place) in self.list.visible(usize::from(area.height)).enumerate() {
            let Some(key) = self.list.keys().get(place) else {
                break;
            };
            let line_area = Rect {
                y: area.y + u16::try_from(row).unwrap_or(u16::MAX),
                height: 1,
                ..area
            };
            painter.target(line_area, Target::Row(place));
            let (role, word, what, rest) = match key {
                Key::Entry(_, _, id) => {
                    let Some(entry) = scene.store.entry(id) else {
                        continue;
                    };
                    let (role, what, rest) = words(entry, scene);
                    let is_done = matches!(entry.state, EntryState::Sent { .. });
                    let word = match is_done && scene.store.is_kept_here(entry) {
                        true => Shown::fixed("KEPT HERE"),
                        false => text::line(&entry.state.word().to_uppercase()),
                    };
                    (role, word, what, rest)
                }
                Key::Draft(_, key) => {
                    let Some(draft) = scene.store.draft(key) else {
                        continue;
                    };
                    let (what, rest) = draft_words(draft, scene.store, scene);
                    (Role::Dim, Shown::fixed("DRAFT"), what, rest)
                }
            };
            let rest = rest.truncate(usize::from(area.width / 2));
            let room = usize::from(area.width).saturating_sub(rest.width() + 14);
            let is_long = word.width() >= 9;
            let left = Line::new()
                .space(1)
                .put(role, word.pad_right(if is_long { 10 } else { 9 }))
                .put(Role::Text, what.truncate(room));
            painter.line_split(line_area, &left, &Line::of(Role::Text, rest).space(1));
            if place == self.list.cursor() {
                painter.highlight(line_area, Role::Focus);
                painter.fixed(
                    area.x,
                    line_area.y,
                    1,
                    painter.glyphs().focus(),
                    Role::Focus,
                );
                painter.rest(area.x, line_area.y);
            }
        }
    }
}
