//! What happened in a week, to read, to copy and to write to a file. The report is
//! made only while it is in front, and anew only when something moved.

use ratatui::layout::Rect;

use super::pager::Pager;
use super::report_lines;
use super::{
    Choice, Chosen, Goto, Heading, Hint, Painter, Place, Question, Reply, Scene, Screen, Tab,
};
use crate::actions::{Action, Scope};
use crate::model::past::Recall;
use crate::model::report::{self, Format, Missing, Report};
use crate::model::text::FIELD_CAP;
use crate::model::view::{self, View};
use crate::model::week::Week;
use crate::shown;
use crate::store::effect::{Command, Effect, Toast};
use crate::store::report::{self as maker, Wish};
use crate::store::views;
use crate::theme::Role;
use crate::widgets::edit::Edit;
use crate::widgets::field::Field;
use crate::widgets::line::Line;

/// Lines are no longer than this: longer ones are hard to read.
const WIDEST: u16 = 110;

/// What the sheets below answer to.
const VIEWS: &str = "report view";
const FORMATS: &str = "report format";
const OVER: &str = "report over";

/// The tab with the report.
#[derive(Default)]
pub struct ReportScreen {
    /// None: the present one, also when the next has begun.
    week: Option<Week>,
    /// None: all goals, closed ones too.
    view: Option<View>,
    format: Format,
    made: Option<Made>,
    pager: Pager,
    /// Other lines come, which are read from their start.
    is_turned: bool,
    /// The name of the file, while it is typed.
    naming: Option<Field>,
    /// Typed and sent off, for the case that there is such a file.
    text: String,
}

/// A report, what it was made of, and what was made of it.
struct Made {
    report: Report,
    of: Of,
    lines_of: Option<(Format, u16)>,
}

/// Everything a report depends on.
struct Of {
    week: Week,
    view: Option<View>,
    charts: bool,
    moved: u64,
    is_recalling: bool,
    missing: Vec<Missing>,
    /// What is due, late and waiting grows older by itself.
    at: i64,
}

/// A report that lies open is made anew so often, seconds.
const STALE: i64 = 600;

/// Goes to the report of the present week, and has read what it needs of the past.
pub fn open(scene: &Scene<'_>) -> Reply {
    let week = Week::of(scene.now.today());
    Reply::goto(Goto::Tab(Tab::Report)).and(recall(week, scene))
}

fn recall(week: Week, scene: &Scene<'_>) -> Command {
    Command::Recall(Recall::Since(maker::begin(week, &scene.now)))
}

/// The question whether a file that is there shall be written over.
pub fn is_there(path: &str) -> Reply {
    let mut question = Question::new(
        format!("{path} is there already. Write over it?"),
        Vec::new(),
    );
    question.goto = Some(Box::new(Goto::Answer(Chosen {
        about: OVER.to_owned(),
        key: path.to_owned(),
    })));
    Reply::goto(Goto::Open(Place::Confirm(question)))
}

impl ReportScreen {
    fn week(&self, scene: &Scene<'_>) -> Week {
        self.week.unwrap_or_else(|| Week::of(scene.now.today()))
    }

    fn rebuild(&mut self, scene: &Scene<'_>) {
        let of = Of {
            week: self.week(scene),
            view: self.view.clone(),
            charts: self.format.has_charts(),
            moved: scene.store.moved(),
            is_recalling: scene.store.is_recalling(),
            missing: maker::missing(scene.store, &scene.now),
            at: scene.now.at.timestamp() / STALE,
        };
        // While an account is read piece by piece, what is there stays: a report of
        // many goals takes its time.
        let mut accounts = scene.store.accounts();
        let is_reading = accounts.any(|account| scene.store.is_reading(&account.setup.name));
        let is_same = |made: &Made| {
            let is_it = made.of.week == of.week && made.of.view == of.view;
            // Charts that nobody asked for do no harm.
            let has_charts = made.of.charts || !of.charts;
            let is_fresh = made.of.is_as_fresh_as(&of) || is_reading && made.of.at == of.at;
            is_it && has_charts && is_fresh
        };
        if !self.made.as_ref().is_some_and(is_same) {
            let filter = self.view.as_ref();
            let filter = filter.map_or("", |view| view.filter.as_str());
            let filter = views::read(scene.store, filter, &scene.now).filter;
            let wish = Wish {
                week: of.week,
                view: title(self.view.as_ref()),
                includes: &|goal| views::matches(scene.store, &filter, goal),
                charts: of.charts,
            };
            let report = maker::report(scene.store, &wish, &scene.now);
            self.made = Some(Made {
                report,
                of,
                lines_of: None,
            });
        }
        self.reline(scene);
    }

    fn reline(&mut self, scene: &Scene<'_>) {
        let width = scene.size.0.saturating_sub(2).clamp(1, WIDEST);
        let Some(made) = &mut self.made else { return };
        if made.lines_of != Some((self.format, width)) {
            made.lines_of = Some((self.format, width));
            let lines = match self.format {
                Format::Markdown => report_lines::told(&made.report, usize::from(width)),
                format => report_lines::raw(&report::write(&made.report, format)),
            };
            self.pager.set_lines(lines);
        }
        // A short text that showed whole was at its end as well.
        if std::mem::take(&mut self.is_turned) {
            self.pager.to_start();
        }
    }

    /// Another week, or the same if there is none.
    fn turn(&mut self, week: Week, scene: &Scene<'_>) -> Reply {
        let present = Week::of(scene.now.today());
        if week > present {
            return Reply::say(format!("week {} has not begun", week.number()));
        }
        self.week = (week != present).then_some(week);
        self.is_turned = true;
        Reply::command(recall(week, scene))
    }

    fn copy(&self, format: Format) -> Reply {
        let Some(made) = &self.made else {
            return Reply::done();
        };
        let text = report::write(&made.report, format);
        let name = format.name();
        if text.len() > FIELD_CAP {
            return Reply::done().saying(Toast::error(format!(
                "the report is too long for the clipboard as {name} ({} KB); w writes it to a file",
                text.len() / 1000
            )));
        }
        let week = made.report.week.number();
        Reply::done()
            .with(Effect::Copy(text))
            .saying(Toast::info(format!("copied week {week} as {name}")))
    }

    fn choose_format(&self) -> Reply {
        let rows = Format::ALL.map(|format| {
            let name = format.name();
            let sign = if format == self.format { " (now)" } else { "" };
            (format.ending().to_owned(), format!("{name}{sign}"))
        });
        choose("Format of the report", FORMATS, rows.to_vec())
    }

    fn choose_view(&self, scene: &Scene<'_>) -> Reply {
        let row = |view: Option<&View>| {
            let name = view.map_or("", |view| view.name.as_str());
            let is_now = view.map(|view| &view.name) == self.view.as_ref().map(|view| &view.name);
            let sign = if is_now { " (now)" } else { "" };
            (name.to_owned(), format!("{}{sign}", title(view)))
        };
        let views = view::all(&scene.prefs.views);
        let rows = std::iter::once(None).chain(views.iter().map(Some));
        choose("Which goals", VIEWS, rows.map(row).collect())
    }

    fn ask_name(&mut self) -> Reply {
        let Some(made) = &self.made else {
            return Reply::done();
        };
        self.naming = Some(Field::with(&made.report.file_name(self.format)));
        Reply::done()
    }

    fn name_given(&mut self) -> Reply {
        let Some(field) = self.naming.take() else {
            return Reply::pass();
        };
        let path = field.text().trim().to_owned();
        let Some(made) = self.made.as_ref().filter(|_| !path.is_empty()) else {
            return Reply::say("nothing was written: the file has no name");
        };
        self.text = report::write(&made.report, self.format);
        Reply::done().with(self.write(path, false))
    }

    fn write(&self, path: String, over: bool) -> Effect {
        Effect::WriteFile {
            path,
            text: self.text.clone(),
            over,
        }
    }

    fn draw_naming(&self, field: &Field, area: Rect, painter: &mut Painter<'_>) {
        let below = Rect {
            y: area.y + area.height.saturating_sub(1),
            height: area.height.min(1),
            ..area
        };
        painter.line(below, &Line::new().space(usize::from(area.width)));
        let prompt = Line::new().fixed(Role::Key, " write to: ");
        let written = painter.line(below, &prompt);
        let room = Rect {
            x: below.x + written,
            width: below.width.saturating_sub(written),
            ..below
        };
        field.draw(painter, room, Role::Text, true);
    }
}

/// `All goals`, `View mine`.
fn title(view: Option<&View>) -> String {
    view.map_or_else(
        || "All goals".to_owned(),
        |view| format!("View {}", view.name),
    )
}

fn choose(title: &str, about: &str, rows: Vec<(String, String)>) -> Reply {
    Reply::goto(Goto::Open(Place::Choose(Choice {
        title: title.to_owned(),
        about: about.to_owned(),
        rows,
        filters: false,
    })))
}

impl Of {
    fn is_as_fresh_as(&self, other: &Of) -> bool {
        self.moved == other.moved
            && self.is_recalling == other.is_recalling
            && self.missing == other.missing
            && self.at == other.at
    }
}

impl Screen for ReportScreen {
    fn scopes(&self) -> Vec<Scope> {
        match self.naming {
            Some(_) => vec![Scope::TextField, Scope::FilterLine],
            None => self.pager.scopes(Scope::Report),
        }
    }

    fn follow(&mut self, scene: &Scene<'_>) {
        self.rebuild(scene);
    }

    fn act(&mut self, action: Action, scene: &Scene<'_>) -> Reply {
        if self.naming.is_some() {
            match action {
                Action::Accept => return self.name_given(),
                Action::Back => self.naming = None,
                _ => {}
            }
            return Reply::done();
        }
        if let Some(reply) = self.pager.act(action) {
            return reply;
        }
        match action {
            Action::PreviousWeek => self.turn(self.week(scene).previous(), scene),
            Action::NextWeek => self.turn(self.week(scene).next(), scene),
            Action::Views => self.choose_view(scene),
            Action::Format => self.choose_format(),
            Action::CopyReport => self.copy(self.format),
            Action::CopyMarkdown => self.copy(Format::Markdown),
            Action::WriteFile => self.ask_name(),
            _ => Reply::pass(),
        }
    }

    fn typed(&mut self, edit: &Edit, _scene: &Scene<'_>) -> Reply {
        match &mut self.naming {
            Some(field) => {
                field.edit(edit.clone());
                Reply::done()
            }
            None => self.pager.typed(edit),
        }
    }

    fn answered(&mut self, chosen: &Chosen, scene: &Scene<'_>) -> Reply {
        match chosen.about.as_str() {
            VIEWS => {
                self.view = view::named(&scene.prefs.views, &chosen.key);
                self.is_turned = true;
                Reply::done()
            }
            FORMATS => {
                let format = Format::ALL
                    .into_iter()
                    .find(|format| format.ending() == chosen.key);
                self.format = format.unwrap_or_default();
                self.is_turned = true;
                Reply::done()
            }
            OVER => Reply::done().with(self.write(chosen.key.clone(), true)),
            _ => Reply::pass(),
        }
    }

    fn heading(&self, scene: &Scene<'_>) -> Heading {
        let week = self.week(scene).words();
        let view = title(self.view.as_ref()).to_lowercase();
        let left = shown!(" {week} · {view} · {}", self.format.name());
        let right = match scene.store.is_recalling() {
            true => shown!("reading how goals were… "),
            false => shown!(""),
        };
        Heading::Tabs(Line::of(Role::Text, left), Line::of(Role::Dim, right))
    }

    fn hints(&self, _scene: &Scene<'_>) -> Vec<Hint> {
        if self.naming.is_some() {
            return vec![
                Hint::One(Action::Accept, "write"),
                Hint::One(Action::Back, "do not"),
            ];
        }
        if self.pager.is_typing() {
            return vec![
                Hint::One(Action::Accept, "keep"),
                Hint::One(Action::Back, "clear"),
            ];
        }
        vec![
            Hint::One(Action::CopyReport, "copy"),
            Hint::One(Action::WriteFile, "write a file"),
            Hint::Pair(Action::PreviousWeek, Action::NextWeek, "week"),
            Hint::One(Action::Format, "format"),
            Hint::One(Action::Views, "which goals"),
            Hint::Pair(Action::NextRow, Action::PreviousRow, "scroll"),
            Hint::One(Action::Filter, "search"),
        ]
    }

    fn draw(&self, _scene: &Scene<'_>, area: Rect, painter: &mut Painter<'_>) {
        let body = Rect {
            height: area.height.saturating_sub(u16::from(self.naming.is_some())),
            ..area
        };
        self.pager.draw(body, painter);
        if let Some(field) = &self.naming {
            self.draw_naming(field, area, painter);
        }
    }
}
