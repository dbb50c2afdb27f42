//! What surrounds every screen: tab row, info row, status line, key hints.

use ratatui::layout::Rect;

use super::{Heading, Hint, Painter, Scene, Screen, Shape, Tab, accounts_line, as_of};
use crate::actions::{Action, ActionEffect, Scope};
use crate::model::dates;
use crate::model::entry::EntryState;
use crate::model::text::{self, Shown};
use crate::store::effect::Toast;
use crate::store::{inbox, queue};
use crate::theme::Role;
use crate::widgets::line::Line;

/// The counts behind the tabs, made when the store moved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Items in the queue.
    pub queue: usize,
    /// Unread inbox lines.
    pub inbox: usize,
    /// Entries not sent.
    pub outbox: usize,
}

impl Counts {
    /// Counts what waits.
    pub fn of(scene: &Scene<'_>) -> Self {
        Self {
            queue: queue::queue(scene.store, &scene.now).len(),
            inbox: inbox::unread(scene.store, &scene.now),
            outbox: scene.store.unsent(),
        }
    }

    fn of_tab(self, tab: Tab) -> usize {
        match tab {
            Tab::Queue => self.queue,
            Tab::Goals => 0,
            Tab::Inbox => self.inbox,
            Tab::Outbox => self.outbox,
            Tab::Report => 0,
        }
    }
}

/// Draws the rows above a screen's body and returns what is left for it.
pub fn draw_heading(
    screen: &dyn Screen,
    tab: Tab,
    counts: Counts,
    scene: &Scene<'_>,
    area: Rect,
    painter: &mut Painter<'_>,
) -> Rect {
    let row = |line: u16| Rect {
        y: area.y + line,
        height: 1,
        ..area
    };
    match screen.heading(scene) {
        Heading::Tabs(left, right) => {
            draw_tabs(tab, counts, scene, row(0), painter);
            painter.line_split(row(1), &left, &right);
            Rect {
                y: area.y + 2,
                height: area.height.saturating_sub(4),
                ..area
            }
        }
        Heading::Title(left, right) => {
            let right = match as_of::mark(scene) {
                Some(mark) => right.and(mark),
                None => right,
            };
            painter.line_split(row(0), &left, &right);
            Rect {
                y: area.y + 1,
                height: area.height.saturating_sub(3),
                ..area
            }
        }
    }
}

fn draw_tabs(
    active: Tab,
    counts: Counts,
    scene: &Scene<'_>,
    area: Rect,
    painter: &mut Painter<'_>,
) {
    let narrow = area.width < 80;
    let mut left = Line::new();
    if area.width >= 100 {
        left = left.fixed(Role::Title, " goaldeck ");
    }
    let mut at = area.x + columns(left.width());
    for (place, tab) in Tab::ALL.into_iter().enumerate() {
        let (name, action) = match tab {
            Tab::Queue => ("Queue", Action::GoQueue),
            Tab::Goals => ("Goals", Action::GoGoals),
            Tab::Inbox => ("Inbox", Action::GoInbox),
            Tab::Outbox => ("Outbox", Action::GoOutbox),
            Tab::Report => ("Report", Action::GoReport),
        };
        let count = counts.of_tab(tab);
        let mut label = if narrow {
            format!("{}{}", place + 1, &name[..1])
        } else {
            format!("{} {name}", place + 1)
        };
        if count > 0 {
            label.push_str(&format!(" {count}"));
        }
        let (label, role) = if tab == active {
            (format!("[{label}]"), Role::Tab)
        } else {
            (format!(" {label} "), Role::Text)
        };
        let label = text::line(&label);
        let width = columns(label.width());
        painter.hit(
            Rect {
                x: at,
                width,
                ..area
            },
            action,
        );
        at += width;
        left = left.put(role, label);
    }
    let right = as_of::mark(scene).unwrap_or_else(|| {
        let words = format!("{} ", right_of_tabs(scene, area.width));
        Line::new().put(Role::Dim, text::line(&words))
    });
    painter.line_split(area, &left, &right);
}

/// Account set and date, with the time where there is room.
fn right_of_tabs(scene: &Scene<'_>, width: u16) -> String {
    let names: Vec<String> = scene
        .store
        .accounts()
        .map(|account| account.setup.name.to_string())
        .collect();
    let wall = scene.now.wall();
    let when = if width >= 90 {
        wall.format("%a %-d %b %H:%M")
    } else {
        wall.format("%a %-d %b")
    };
    if width >= 100 {
        format!("{}  {when}", names.join("+"))
    } else {
        format!("{} {when}", names.first().map_or("", String::as_str))
    }
}

/// Draws the status line: a toast, or the screen's own word, or the accounts;
/// right of it the outbox.
pub fn draw_status(
    screen: &dyn Screen,
    toast: Option<&Toast>,
    pending_keys: Option<&str>,
    scene: &Scene<'_>,
    area: Rect,
    painter: &mut Painter<'_>,
) {
    let right = match as_of::is_past(scene) {
        // What is to be sent is of today.
        true => Line::new(),
        false => outbox_line(scene, painter),
    };
    let left = match (pending_keys, toast) {
        (Some(keys), _) => Line::new().put(Role::Key, text::line(&format!(" {keys}"))),
        (None, Some(toast)) if toast.is_error => {
            Line::new().put(Role::Error, text::line(&format!(" ! {}", toast.text)))
        }
        (None, Some(toast)) => {
            Line::new().put(Role::Strong, text::line(&format!(" {}", toast.text)))
        }
        (None, None) => screen.status(scene).unwrap_or_else(|| {
            if let Some(words) = as_of::status(scene) {
                return words;
            }
            let room = usize::from(area.width).saturating_sub(right.width() + 1);
            accounts_line::line(scene, painter.glyphs(), room)
        }),
    };
    painter.line_split(area, &left, &right);
}

fn outbox_line(scene: &Scene<'_>, painter: &Painter<'_>) -> Line {
    let sign = painter.glyphs().outbox();
    let unsent = scene.store.unsent();
    let held = scene.store.entries().filter_map(|entry| match entry.state {
        EntryState::Held {
            until,
            chosen: false,
        } => Some(seconds_left(until, scene)),
        _ => None,
    });
    let many = scene.store.sends_many().map(|(so_far, is_stopped)| {
        let of = so_far.of.unwrap_or_default();
        match is_stopped {
            true => format!(
                "{sign} {unsent} stopped at {} of {of}, R goes on ",
                so_far.done
            ),
            false => {
                let bar = accounts_line::bar(so_far, painter.glyphs());
                format!(
                    "{sign} {unsent} sends {} of {of}{bar}, Esc stops ",
                    so_far.done
                )
            }
        }
    });
    let words = match (held.min(), many) {
        (Some(seconds), _) => format!("{sign} {unsent} held {seconds} s, u undoes "),
        (None, Some(many)) => many,
        (None, None) => format!("{sign} {unsent} "),
    };
    Line::new().put(
        if unsent > 0 { Role::Accent } else { Role::Dim },
        text::line(&words),
    )
}

/// Draws the key hints: most useful first, dropped from the right; help stays.
/// While a key repeats they stay: each row has others, and nobody reads them then.
pub fn draw_hints(screen: &dyn Screen, scene: &Scene<'_>, area: Rect, painter: &mut Painter<'_>) {
    if painter.keeps(area) {
        return;
    }
    let mut scopes = screen.scopes();
    if !scopes.contains(&Scope::Program) {
        scopes.push(Scope::Program);
    }
    let key = |action: Action| scene.keymap.key_for(action, &scopes);
    let help = key(Action::Help)
        .map(|key| format!("{key} help "))
        .unwrap_or_default();
    let help = text::line(&help);
    let room = usize::from(area.width).saturating_sub(help.width() + 1);
    let mut line = Line::new().fixed(Role::Text, " ");
    for hint in screen.hints(scene) {
        let (Hint::One(action, _) | Hint::Pair(action, ..)) = &hint;
        if as_of::is_past(scene) && action.info().effect != ActionEffect::Reads {
            continue;
        }
        let (keys, word, action) = match hint {
            Hint::One(action, word) => (key(action), word, action),
            Hint::Pair(one, other, word) => {
                let both = key(one)
                    .zip(key(other))
                    .map(|(one, other)| format!("{one}/{other}"));
                (both, word, one)
            }
        };
        let Some(keys) = keys else { continue };
        let grey = screen.why_not(action, scene).is_some();
        let here = match !grey && screen.is_kept_here(action, scene) {
            true => " (kept here)",
            false => "",
        };
        let (keys, word) = (text::line(&keys), text::line(&format!(" {word}{here}")));
        let gap = if line.width() > 1 { 2 } else { 0 };
        if line.width() + gap + keys.width() + word.width() > room {
            break;
        }
        line = line.space(gap);
        painter.hit(
            Rect {
                x: area.x + columns(line.width()),
                width: columns(keys.width() + word.width()),
                ..area
            },
            action,
        );
        let (strong, plain) = if grey {
            (Role::Dim, Role::Dim)
        } else {
            (Role::Key, Role::Text)
        };
        line = line.put(strong, keys).put(plain, word);
    }
    let right = if help.width() > 0 {
        Line::new().put(Role::Key, help)
    } else {
        Line::new()
    };
    painter.line_split(area, &line, &right);
}

/// The one line of a terminal that is too small.
pub fn draw_too_small(scene: &Scene<'_>, area: Rect, painter: &mut Painter<'_>) {
    debug_assert_eq!(Shape::of(scene.size), Shape::TooSmall);
    let (across, down) = scene.size;
    let words = text::line(&format!(
        "needs 60x16, is {across}x{down} — drafts are safe"
    ));
    let words = words.truncate(usize::from(area.width));
    let x = area.x + area.width.saturating_sub(columns(words.width())) / 2;
    painter.text(x, area.y + area.height / 2, area.width, &words, Role::Text);
}

/// `checked 2 h` style words for a moment, cleaned.
pub fn ago(at: crate::model::time::Time, scene: &Scene<'_>) -> Shown {
    text::line(&dates::ago(at, &scene.now))
}

/// A width as the terminal counts it.
fn columns(width: usize) -> u16 {
    u16::try_from(width).unwrap_or(u16::MAX)
}

/// Whole seconds until a moment, the one that has begun counted.
pub fn seconds_left(until: crate::model::time::Time, scene: &Scene<'_>) -> i64 {
    (until - scene.now.at)
        .num_milliseconds()
        .max(0)
        .saturating_add(999)
        / 1000
}
