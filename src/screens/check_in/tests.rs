//! The form driven as a person drives it, over a store that knows one goal.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::*;
use crate::keys::chord::Chord;
use crate::keys::edit::TextEdit;
use crate::keys::keymap::{KeyStyle, Keymap};
use crate::keys::resolve::{Resolved, Resolver};
use crate::model::check_in::{CheckIn, Comment, ValueChange};
use crate::model::exchange::{Abilities, Ability, Batch, Change};
use crate::model::goal::Closing;
use crate::model::ids::{IdSource, PersonId};
use crate::model::key_result::{Guardrail, Kind, Reading};
use crate::model::person::Person;
use crate::model::progress::Rules;
use crate::model::time::{Now, Time, Zone};
use crate::screens::{Chosen, Goto, Place, Prefs};
use crate::store::effect::{Effect, Outcome};
use crate::store::{Setup, Store};
use crate::theme::{Glyphs, Theme, ThemeName};
use crate::widgets::edit::Edit;
use crate::widgets::painter;

pub(crate) const TEMPLATE: &str = "## What moved\n\n## Blockers\n\n## Next\n";

pub(crate) fn at(text: &str) -> Time {
    text.parse().unwrap()
}

pub(crate) fn friday() -> Now {
    Now::new(at("2026-11-20T10:42:00Z"), Zone::utc())
}

pub(crate) fn abilities() -> Abilities {
    Abilities {
        check_in: Ability::Native,
        edit_check_in: Ability::Native,
        edit_within: None,
        retract: Ability::Native,
        status: Ability::Native,
        confidence: Ability::Native,
        tell: Ability::Native,
        acknowledge: Ability::Native,
        unacknowledge: Ability::Native,
        comment: Ability::Native,
        remark: Ability::Native,
        react: Ability::Native,
        edit_goals: Ability::Native,
        pause: Ability::Native,
        projects: Ability::Native,
        close: Ability::Native,
        review: Ability::No("this workspace has no approvals of goals"),
        together: false,
        inbox: Ability::Native,
        unread: Ability::Native,
        done: Ability::Native,
        people: Ability::Native,
        immediate: true,
        idempotent: true,
        provider: "the local workspace",
        short: "local",
    }
}

/// The goal of the mock-up.
pub(crate) fn launch() -> Goal {
    let day = |text: &str| text.parse::<chrono::NaiveDate>().ok();
    let mut goal = values::tests::goal(Vec::new());
    goal.champion = Some("local:ana".into());
    goal.reviewer = Some("local:mei".into());
    goal.start = day("2026-10-01");
    goal.due = day("2026-12-31");
    let number = |id: &str, start: f64, target: f64, now: f64| {
        let mut result = values::tests::result(id, Kind::Number, Some(Reading::Number(now)));
        result.start = start;
        result.target = Some(target);
        result
    };
    let rail = Guardrail {
        limit: 1.0,
        above: false,
        critical: None,
        strict: false,
    };
    goal.results = vec![
        number("Sign-ups a week", 40.0, 200.0, 150.0),
        number("Setup time, minutes", 30.0, 10.0, 18.0),
        values::tests::result(
            "Error rate under 1 %",
            Kind::Guardrail(rail),
            Some(Reading::Number(0.4)),
        ),
    ];
    let mut last = CheckIn::new(
        "local:c1".into(),
        "local:ana".into(),
        at("2026-11-13T16:00:00Z"),
    );
    last.status = Some(Status::OnTrack);
    last.confidence = Some(7);
    last.note = "Pricing page out on Tuesday. Setup still slow for spreadsheets.\n\n## Blockers\nnone\n\n## Next\n- [x] pricing page\n- [ ] guided import".into();
    last.comments.push(Comment {
        id: "local:m1".into(),
        author: "local:mei".into(),
        at: at("2026-11-14T09:00:00Z"),
        text: "@ana what do people do after the import?".into(),
    });
    goal.check_ins.push(last);
    goal
}

pub(crate) struct Desk {
    pub store: Store,
    setup: Setup,
    pub now: Now,
    prefs: Prefs,
    resolver: Resolver,
    ids: IdSource,
    size: (u16, u16),
    themes: crate::theme::Themes,
}

impl Desk {
    pub(crate) fn with(goal: Goal) -> Self {
        Self::holding(goal, 0)
    }

    /// An account whose writes are held for so many seconds.
    pub(crate) fn holding(goal: Goal, seconds: i64) -> Self {
        let setup = Setup {
            name: "local".into(),
            abilities: Abilities {
                immediate: seconds == 0,
                ..abilities()
            },
            hold: chrono::TimeDelta::seconds(seconds),
            refresh: None,
            settle: crate::store::outbox::Settle::default(),
            cadence: crate::model::cadence::Cadence::None,
            origin: None,
        };
        let mut desk = Self {
            store: Store::new(vec![setup.clone()], Rules::default()),
            setup,
            now: friday(),
            prefs: Prefs {
                read_on_open: true,
                default_template: "moved".into(),
                templates: vec![
                    ("moved".into(), TEMPLATE.into()),
                    ("plans".into(), "## Plans\n\n## Problems\n".into()),
                ],
                views: Vec::new(),
                config_path: String::new(),
                data_path: String::new(),
                notifies: false,
                accounts: Vec::new(),
            },
            resolver: Resolver::new(Keymap::built_in(KeyStyle::Vim)),
            ids: IdSource::new(1),
            size: (120, 40),
            themes: crate::theme::Themes::shipped(),
        };
        desk.tell(goal);
        desk
    }

    /// The provider can do more or less than usual.
    fn allow(&mut self, change: impl FnOnce(&mut Abilities)) {
        let mut setup = self.setup.clone();
        change(&mut setup.abilities);
        let goal = self.store.goals().next().cloned();
        self.store = Store::new(vec![setup], Rules::default());
        if let Some(goal) = goal {
            self.tell(goal);
        }
    }

    /// The provider says this of the goal.
    pub(crate) fn tell(&mut self, goal: Goal) {
        let person = |id: &str, name: &str| Person {
            id: PersonId::new(id),
            account: "local".into(),
            name: name.into(),
            handle: String::new(),
        };
        let effects = self.store.command(Command::Refresh, self.now);
        let ticket = effects.iter().find_map(|effect| match effect {
            Effect::Fetch { ticket, .. } => Some(*ticket),
            _ => None,
        });
        let batch = Batch {
            goals: vec![goal],
            people: vec![
                person("local:ana", "Ana Silva"),
                person("local:mei", "Mei Lin"),
            ],
            me: Some("local:ana".into()),
            full: true,
            ..Batch::default()
        };
        let ticket = ticket.unwrap();
        self.store
            .outcome(Outcome::Fetched { ticket, batch }, self.now);
    }

    pub(crate) fn scene(&self) -> Scene<'_> {
        Scene {
            store: &self.store,
            now: self.now,
            size: self.size,
            prefs: &self.prefs,
            keymap: self.resolver.keymap(),
            ids: &self.ids,
            said: &[],
            themes: &self.themes,
            theme: "auto",
        }
    }

    /// Presses keys, separated by spaces, and carries out the commands. Gives
    /// everything else that was answered.
    pub(crate) fn press(&mut self, form: &mut dyn Screen, keys: &str) -> Vec<Reply> {
        let mut replies = Vec::new();
        for key in keys.split(' ') {
            let presses = key.parse::<Chord>().unwrap().presses().to_vec();
            for press in presses {
                let scopes = form.scopes();
                let resolved = self.resolver.press(press, &scopes);
                let reply = match resolved {
                    Resolved::Action(action) => form.act(action, &self.scene()),
                    Resolved::Text(c) => form.typed(&Edit::Insert(c), &self.scene()),
                    Resolved::Edit(edit) => form.typed(&edit_of(edit), &self.scene()),
                    other => panic!("{key} is {other:?} in {scopes:?}"),
                };
                replies.push(self.carry_out(form, reply));
            }
        }
        replies
    }

    pub(crate) fn type_in(&mut self, form: &mut dyn Screen, text: &str) {
        for c in text.chars() {
            let reply = form.typed(&Edit::Insert(c), &self.scene());
            self.carry_out(form, reply);
        }
    }

    pub(crate) fn carry_out(&mut self, form: &mut dyn Screen, mut reply: Reply) -> Reply {
        for command in &reply.commands {
            let effects = self.store.command(command.clone(), self.now);
            reply.effects.extend(effects);
        }
        form.follow(&self.scene());
        reply
    }

    pub(crate) fn drawn(&mut self, form: &dyn Screen, size: (u16, u16)) -> Vec<String> {
        self.drawn_in(form, size, Glyphs::Unicode)
    }

    pub(crate) fn drawn_in(
        &mut self,
        form: &dyn Screen,
        size: (u16, u16),
        glyphs: Glyphs,
    ) -> Vec<String> {
        self.size = size;
        let area = Rect::new(0, 0, size.0, size.1);
        let mut buffer = Buffer::empty(area);
        let theme = Theme::new(ThemeName::Auto);
        let mut painter = painter::Painter::new(&mut buffer, &theme, glyphs);
        form.draw(&self.scene(), area, &mut painter);
        painter.finish();
        let row = |y: u16| {
            let row: String = (0..size.0).map(|x| buffer[(x, y)].symbol()).collect();
            row.trim_end().to_owned()
        };
        (0..size.1).map(row).collect()
    }
}

fn edit_of(edit: TextEdit) -> Edit {
    match edit {
        TextEdit::NewLine => Edit::Newline,
        TextEdit::DeleteLeft => Edit::Backspace,
        TextEdit::DeleteToLineStart => Edit::KillToStart,
        TextEdit::Up => Edit::Up,
        TextEdit::Down => Edit::Down,
        other => panic!("{other:?} is not used here"),
    }
}

fn posted(replies: &[Reply]) -> Option<CheckIn> {
    replies
        .iter()
        .flat_map(|reply| &reply.commands)
        .find_map(|command| match command {
            Command::Post(post) => match &post.change {
                Change::CheckIn { check_in, .. } => Some(check_in.clone()),
                _ => None,
            },
            _ => None,
        })
}

fn said(replies: &[Reply]) -> Vec<&str> {
    let effects = replies.iter().flat_map(|reply| &reply.effects);
    effects
        .filter_map(|effect| match effect {
            Effect::Say(toast) => Some(toast.text.as_str()),
            _ => None,
        })
        .collect()
}

fn open(goal: Goal) -> (Desk, CheckInForm) {
    let desk = Desk::with(goal);
    let form = CheckInForm::new(&"local:g".into(), &desk.scene());
    (desk, form)
}

fn has(rows: &[String], words: &str) -> bool {
    rows.iter().any(|row| row.contains(words))
}

#[test]
fn task_a_takes_sixteen_keys_besides_the_words() {
    let (mut desk, mut form) = open(launch());
    let keys = "1 6 2 enter 0 1 7 enter 0 . 4 enter 2";
    desk.press(&mut form, keys);
    desk.type_in(&mut form, "Sign-ups passed 160.");
    let replies = desk.press(&mut form, "ctrl-s");
    let check_in = posted(&replies).unwrap();
    let values: Vec<f64> = check_in
        .values
        .iter()
        .map(|value| value.now.number())
        .collect();
    assert_eq!(values, [162.0, 17.0, 0.4]);
    assert_eq!(check_in.status, Some(Status::AtRisk));
    assert_eq!(
        check_in.note,
        "## What moved\nSign-ups passed 160.\n## Next\n- [ ] guided import"
    );
    assert_eq!(said(&replies), ["posted — u undoes"]);
    assert_eq!(
        replies.last().and_then(|reply| reply.goto.clone()),
        Some(Goto::Next)
    );
    assert!(check_in.id.as_str().starts_with("local:c-"));
    // c before and one for each part of ctrl-s.
    assert_eq!(keys.split(' ').count() + 1 + 2, 16);
}

#[test]
fn undoing_brings_the_form_back_as_it_was() {
    let mut desk = Desk::holding(launch(), 10);
    let mut form = CheckInForm::new(&"local:g".into(), &desk.scene());
    let replies = desk.press(&mut form, "+ 3 ctrl-s");
    assert_eq!(said(&replies), ["posting in 10 s — u undoes"]);
    desk.store.command(Command::Undo, desk.now);
    let form = CheckInForm::new(&"local:g".into(), &desk.scene());
    assert_eq!(form.values[0].to_text(), "+3");
    assert!(form.restored.is_some());
}

#[test]
fn the_right_side_is_reckoned_at_every_key() {
    let (mut desk, mut form) = open(launch());
    desk.press(&mut form, "1 6 2 enter - 1");
    let rows = desk.drawn(&form, (120, 36));
    for words in [
        "76\u{a0}%   (+8)",
        "65\u{a0}%   (+5)",
        "held",
        "expected today 128",
        "becomes 17, expected 19",
    ] {
        assert!(has(&rows, words), "{words} in {rows:#?}");
    }
    let verdict = form.verdict().text();
    assert!(
        verdict
            .as_str()
            .starts_with(" the goal will read 71\u{a0}% (was 64\u{a0}%)"),
        "{verdict}"
    );
}

#[test]
fn nothing_is_posted_with_an_error_and_the_first_one_gets_the_focus() {
    let mut goal = launch();
    goal.check_ins.clear();
    let (mut desk, mut form) = open(goal);
    desk.press(&mut form, "enter 1 6 o enter");
    assert!(has(&desk.drawn(&form, (120, 36)), "not a number: \"16o\""));
    let replies = desk.press(&mut form, "ctrl-s");
    assert_eq!(posted(&replies), None);
    assert_eq!(said(&replies), ["2 fields need you"]);
    assert_eq!(form.focus, Focus::Value(1));
    assert!(has(&desk.drawn(&form, (80, 24)), "choose a status"));
}

#[test]
fn a_draft_comes_back_with_fields_and_cursor() {
    let (mut desk, mut form) = open(launch());
    desk.press(&mut form, "1 6 o enter enter enter 3");
    desk.type_in(&mut form, "half a sen");
    let cursor = form.note.area.cursor();
    let replies = desk.press(&mut form, "esc d");
    assert_eq!(
        replies.last().and_then(|reply| reply.goto.clone()),
        Some(Goto::Close)
    );
    let form = CheckInForm::new(&"local:g".into(), &desk.scene());
    assert_eq!(form.values[0].to_text(), "16o");
    assert_eq!(form.status, Some(Status::OffTrack));
    assert_eq!(form.focus, Focus::Note);
    assert_eq!(form.note.area.cursor(), cursor);
    assert!(form.note.area.text().contains("half a sen"));
    let words = Screen::status(&form, &desk.scene()).unwrap().text();
    assert_eq!(
        words.as_str(),
        " draft of today 10:42 restored — Esc x discards"
    );
}

#[test]
fn a_form_without_a_word_leaves_no_draft_and_asks_nothing() {
    let (mut desk, mut form) = open(launch());
    desk.press(&mut form, "tab tab esc");
    let replies = desk.press(&mut form, "x");
    assert_eq!(
        replies.last().and_then(|reply| reply.goto.clone()),
        Some(Goto::Close)
    );
    assert!(desk.store.drafts().is_empty());
}

#[test]
fn discarding_words_asks_first() {
    let (mut desk, mut form) = open(launch());
    let replies = desk.press(&mut form, "1 esc x");
    assert!(matches!(
        replies.last().and_then(|reply| reply.goto.clone()),
        Some(Goto::Open(Place::Confirm(question))) if question.closes
    ));
}

#[test]
fn somebody_elses_newer_value_is_asked_about() {
    let (mut desk, mut form) = open(launch());
    desk.press(&mut form, "1 6 2");
    let mut goal = launch();
    goal.results[0].current = Some(Reading::Number(158.0));
    let mut newer = CheckIn::new(
        "local:c2".into(),
        "local:mei".into(),
        at("2026-11-20T10:31:00Z"),
    );
    newer.status = Some(Status::OnTrack);
    newer.values.push(ValueChange {
        result: goal.results[0].id.clone(),
        before: None,
        now: Reading::Number(158.0),
    });
    goal.check_ins.push(newer);
    desk.tell(goal);
    form.follow(&desk.scene());
    assert!(has(
        &desk.drawn(&form, (120, 36)),
        "you: 162   Mei at 10:31: 158"
    ));
    let replies = desk.press(&mut form, "ctrl-s");
    let Some(Goto::Open(Place::Choose(choice))) =
        replies.last().and_then(|reply| reply.goto.clone())
    else {
        panic!("no sheet");
    };
    assert!(
        choice.title.ends_with("you: 162   Mei at 10:31: 158"),
        "{}",
        choice.title
    );
    let answer = |key: &str| Chosen {
        about: choice.about.clone(),
        key: key.into(),
    };
    let reply = form.answered(&answer("mine"), &desk.scene());
    let check_in = posted(&[reply]).unwrap();
    assert_eq!(check_in.values[0].now, Reading::Number(162.0));
    assert_eq!(check_in.values[0].before, Some(Reading::Number(158.0)));
}

#[test]
fn theirs_leaves_the_value_alone() {
    let (mut desk, mut form) = open(launch());
    desk.press(&mut form, "1 6 2");
    let mut goal = launch();
    goal.results[0].current = Some(Reading::Number(158.0));
    desk.tell(goal);
    form.follow(&desk.scene());
    let id = desk.store.goals().next().unwrap().results[0].id.clone();
    let chosen = Chosen {
        about: format!("conflict {id}"),
        key: "theirs".into(),
    };
    let reply = form.answered(&chosen, &desk.scene());
    assert!(posted(&[reply]).unwrap().values.is_empty());
}

#[test]
fn a_closed_goal_says_why_and_only_goes_back() {
    let mut goal = launch();
    goal.closed = Some(Closing {
        at: at("2026-11-19T09:00:00Z"),
        score: None,
    });
    let (mut desk, mut form) = open(goal);
    assert!(has(&desk.drawn(&form, (80, 24)), "This goal was closed on"));
    let replies = desk.press(&mut form, "esc");
    assert_eq!(
        replies.last().and_then(|reply| reply.goto.clone()),
        Some(Goto::Close)
    );
}

#[test]
fn boxes_are_ticked_and_yes_is_said() {
    let mut goal = launch();
    let items = vec!["one".to_owned(), "two".to_owned()];
    goal.results = vec![
        values::tests::result(
            "list",
            Kind::Checklist {
                items,
                ids: Vec::new(),
            },
            None,
        ),
        values::tests::result("live", Kind::YesNo, None),
    ];
    let (mut desk, mut form) = open(goal);
    desk.press(&mut form, "y enter down space");
    let rows = desk.drawn(&form, (80, 24));
    assert!(
        has(&rows, "[yes       ]") && has(&rows, "[ ] one") && has(&rows, "[x] two"),
        "{rows:#?}"
    );
    let replies = desk.press(&mut form, "ctrl-s");
    let values = posted(&replies).unwrap().values;
    assert_eq!(values[0].now, Reading::Ticks(vec![false, true]));
    assert_eq!(values[1].now, Reading::Yes(true));
}

#[test]
fn the_due_day_moves_or_goes() {
    for (typed, to) in [("15 jan", "2027-01-15".parse().ok()), ("none", None)] {
        let (mut desk, mut form) = open(launch());
        desk.press(&mut form, "enter enter enter tab tab");
        assert_eq!(form.focus, Focus::Due);
        desk.type_in(&mut form, typed);
        let replies = desk.press(&mut form, "ctrl-s");
        assert_eq!(posted(&replies).unwrap().due_moved.unwrap().to, to);
    }
}

#[test]
fn the_editor_gets_the_note_and_gives_it_back() {
    let (mut desk, mut form) = open(launch());
    let replies = desk.press(&mut form, "ctrl-g");
    let edits = replies.iter().flat_map(|reply| &reply.effects);
    assert!(
        edits
            .into_iter()
            .any(|effect| matches!(effect, Effect::Edit(text) if text.contains("guided import")))
    );
    let reply = form.edited("From vi.\n", &desk.scene());
    desk.carry_out(&mut form, reply);
    assert_eq!(form.note.for_posting(), "From vi.");
    assert_eq!(form.focus, Focus::Note);
}

#[test]
fn the_mock_ups_are_drawn() {
    let (mut desk, mut form) = open(launch());
    desk.press(&mut form, "1 6 2 enter - 1 enter enter 1");
    desk.type_in(&mut form, "Sign-ups passed 160.");
    for size in [(120, 37), (80, 21), (60, 13)] {
        let rows = desk.drawn(&form, size);
        eprintln!("{}", rows.join("\n"));
        assert!(has(&rows, "Sign-ups passed 160."), "{rows:#?}");
    }
    assert!(has(&desk.drawn(&form, (120, 37)), "! not answered yet"));
    assert!(has(&desk.drawn(&form, (80, 21)), "1 question open"));
}

#[test]
fn no_size_panics_and_the_focused_field_is_seen() {
    let mut goal = launch();
    let items = (0..30).map(|item| format!("item {item}")).collect();
    goal.results.push(values::tests::result(
        "list",
        Kind::Checklist {
            items,
            ids: Vec::new(),
        },
        None,
    ));
    let (mut desk, mut form) = open(goal);
    for width in [0, 1, 2, 5, 20, 59, 60, 79, 80, 99, 100, 120, 200, 500] {
        for height in [0, 1, 2, 3, 7, 13, 20, 24, 60, 200] {
            for glyphs in [Glyphs::Unicode, Glyphs::Ascii] {
                for focus in [
                    Focus::Value(0),
                    Focus::Tick(3, 29),
                    Focus::Status,
                    Focus::Due,
                    Focus::Note,
                ] {
                    form.focus = focus;
                    let rows = desk.drawn_in(&form, (width, height), glyphs);
                    if width >= 60 && height >= 13 && focus == Focus::Tick(3, 29) {
                        assert!(has(&rows, "[ ] item 29"), "{width}x{height} {rows:#?}");
                    }
                }
            }
        }
    }
}

#[test]
fn who_is_told_is_chosen_kept_and_posted() {
    let mut desk = Desk::with(launch());
    let mut form = CheckInForm::new(&launch().id, &desk.scene());
    let body = |desk: &mut Desk, form: &CheckInForm| desk.drawn(form, (120, 30)).join("\n");
    assert!(body(&mut desk, &form).contains("tells Mei"));
    let sheet = desk.press(&mut form, "esc w").pop().unwrap();
    let Some(Goto::Open(Place::Choose(choice))) = sheet.goto else {
        panic!("no sheet");
    };
    let keys: Vec<&str> = choice.rows.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(keys, ["responsible", "everyone", "nobody", "local:mei"]);
    let pick = |desk: &mut Desk, form: &mut CheckInForm, key: &str| {
        let chosen = Chosen {
            about: choice.about.clone(),
            key: key.to_owned(),
        };
        let reply = form.answered(&chosen, &desk.scene());
        desk.carry_out(form, reply);
    };
    pick(&mut desk, &mut form, "local:mei");
    assert!(body(&mut desk, &form).contains("tells Mei"));
    pick(&mut desk, &mut form, "local:mei");
    assert!(body(&mut desk, &form).contains("tells nobody"));
    pick(&mut desk, &mut form, "everyone");
    let mut again = CheckInForm::new(&launch().id, &desk.scene());
    assert!(body(&mut desk, &again).contains("tells everyone in the space"));
    let replies = desk.press(&mut again, "ctrl-s");
    let told = replies
        .iter()
        .flat_map(|reply| &reply.commands)
        .find_map(|command| {
            let Command::Post(post) = command else {
                return None;
            };
            match &post.change {
                Change::CheckIn { tell, .. } => Some(tell.clone()),
                _ => None,
            }
        });
    assert_eq!(told, Some(Tell::Everyone));
}

fn amending(desk: &mut Desk) -> CheckInForm {
    CheckInForm::over(&launch().id, &"local:c1".into(), &desk.scene())
}

fn amended(replies: &[Reply]) -> Option<CheckIn> {
    let mut commands = replies.iter().flat_map(|reply| &reply.commands);
    commands.find_map(|command| match command {
        Command::Post(post) => match &post.change {
            Change::EditCheckIn { check_in, .. } => Some(check_in.clone()),
            _ => None,
        },
        _ => None,
    })
}

#[test]
fn an_earlier_check_in_opens_with_its_words_and_keeps_what_was_not_changed() {
    let mut desk = Desk::with(launch());
    let mut form = amending(&mut desk);
    let body = desk.drawn(&form, (120, 30)).join("\n");
    assert!(body.contains("Pricing page out on Tuesday"), "{body}");
    assert!(!body.contains("Due "), "{body}");
    desk.type_in(&mut form, " Sorry.");
    let draft = desk.store.draft(form.draft().unwrap()).cloned();
    assert!(draft.unwrap().fields["note"].ends_with("Sorry."));
    let after = amended(&desk.press(&mut form, "ctrl-s")).unwrap();
    let before = launch().check_ins[0].clone();
    assert_eq!(after.note, format!("{} Sorry.", before.note));
    assert_eq!(
        (after.id, after.status, after.values),
        (before.id, before.status, before.values)
    );
}

#[test]
fn outside_the_providers_window_only_the_note_can_be_changed_and_the_form_says_so() {
    let mut desk = Desk::with(launch());
    desk.allow(|abilities| abilities.edit_within = Some(72));
    let mut form = amending(&mut desk);
    let body = desk.drawn(&form, (80, 24)).join("\n");
    assert!(body.contains("after 72 hours"), "{body}");
    assert!(!body.contains("Sign-ups"), "{body}");
    let after = amended(&desk.press(&mut form, "ctrl-s")).unwrap();
    assert_eq!(after, launch().check_ins[0]);
}

#[test]
fn an_older_check_in_keeps_its_values_too() {
    let mut goal = launch();
    let newer = CheckIn::new("local:c2".into(), "local:ana".into(), friday().at);
    goal.check_ins.push(newer);
    let mut desk = Desk::with(goal);
    let form = amending(&mut desk);
    let body = desk.drawn(&form, (80, 24)).join("\n");
    assert!(body.contains("only the note can be changed"), "{body}");
}

#[test]
fn what_cannot_be_changed_at_all_is_said_in_the_place_of_the_form() {
    let mut desk = Desk::with(launch());
    desk.allow(|abilities| abilities.edit_check_in = Ability::No("it stays as it was written"));
    let form = amending(&mut desk);
    let body = desk.drawn(&form, (80, 24)).join("\n");
    assert!(body.contains("it stays as it was written"), "{body}");
}

#[test]
fn a_project_has_a_status_and_a_note_and_nothing_else() {
    let mut project = launch();
    project.nature = crate::model::goal::Nature::Project;
    project.results = Vec::new();
    let (mut desk, form) = open(project);
    assert_eq!(
        form.order(),
        [Focus::Status, Focus::Confidence, Focus::Note]
    );
    desk.allow(|abilities| abilities.confidence = Ability::No("asks for none"));
    let mut form_of = CheckInForm::new(&"local:g".into(), &desk.scene());
    assert_eq!(form_of.order(), [Focus::Status, Focus::Note]);
    for size in [(80, 24), (120, 40)] {
        let rows = desk.drawn(&form_of, size);
        assert!(!has(&rows, "Due ") && !has(&rows, "Values"), "{rows:#?}");
        assert!(has(&rows, "tells Mei"), "{rows:#?}");
    }
    let status = form_of.status(&desk.scene()).unwrap().text().to_string();
    assert_eq!(status, " a project's progress counts its milestones");
    desk.press(&mut form_of, "2");
    desk.type_in(&mut form_of, "Slow.");
    let check_in = posted(&desk.press(&mut form_of, "ctrl-s")).unwrap();
    assert_eq!(
        (check_in.status, check_in.due_moved),
        (Some(Status::AtRisk), None)
    );
}

#[test]
fn an_expected_value_that_is_long_is_shown_whole() {
    let mut goal = launch();
    goal.results[0].start = 4_200_000.0;
    goal.results[0].target = Some(12_500_000.0);
    goal.results[0].current = Some(Reading::Number(8_350_000.0));
    let (mut desk, form) = open(goal);
    let rows = desk.drawn(&form, (80, 24));
    let row = rows.iter().find(|row| row.contains("8350000")).unwrap();
    assert!(row.contains("plan 8") && !row.contains('…'), "{row}");
}
