//! Commands of the palette that take something after their name: `:view mine`,
//! `:sort due`, `:save view my reds`, `:status off`. What may follow is offered as
//! rows of the palette.

use super::Scene;
use super::filter_line;
use super::goal_views;
use crate::actions::{Action, ActionInfo};
use crate::model::status::Status;
use crate::model::view::{self, Sort};

/// What `:status off` answers with.
pub const STATUS: &str = "status";

/// A command with something after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Command {
    /// What must be possible where the palette was opened.
    action: Action,
    /// How it begins, and what it answers with.
    pub word: &'static str,
    kind: Kind,
    /// Whether it means nothing alone.
    needs_more: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    View,
    OwnView,
    /// A name of one's own choice.
    NewView,
    Sort,
    Filter,
    Status,
}

const COMMANDS: [Command; 6] = [
    command(Action::Views, goal_views::VIEW, Kind::View, false),
    command(Action::SaveView, goal_views::SAVE, Kind::NewView, true),
    command(Action::DeleteView, goal_views::DELETE, Kind::OwnView, true),
    command(Action::SortNext, goal_views::SORT, Kind::Sort, false),
    command(Action::Filter, goal_views::FILTER, Kind::Filter, false),
    command(Action::CheckIn, STATUS, Kind::Status, false),
];

const fn command(action: Action, word: &'static str, kind: Kind, needs_more: bool) -> Command {
    Command {
        action,
        word,
        kind,
        needs_more,
    }
}

/// One thing that may follow, and a word about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// What follows the name.
    pub argument: String,
    /// What it does, at the right.
    pub aside: String,
}

impl Command {
    /// The command that a text begins with, of those that are possible, and what
    /// follows its name.
    pub fn read<'q>(query: &'q str, possible: &[&ActionInfo]) -> Option<(Command, &'q str)> {
        COMMANDS.into_iter().find_map(|command| {
            let name = query.get(..command.word.len())?;
            let rest = query.get(command.word.len()..)?.strip_prefix(' ')?;
            let is_it = name.eq_ignore_ascii_case(command.word)
                && possible.iter().any(|info| info.action == command.action);
            is_it.then_some((command, rest))
        })
    }

    /// The command that an action is, if that means nothing alone.
    pub fn that_needs_more(action: Action) -> Option<Command> {
        let mut all = COMMANDS.into_iter();
        all.find(|command| command.action == action && command.needs_more)
    }

    /// Whether any text may follow.
    pub fn is_free(self) -> bool {
        matches!(self.kind, Kind::NewView | Kind::Filter)
    }

    /// What may follow.
    pub fn offers(self, typed: &str, scene: &Scene<'_>) -> Vec<Offer> {
        let offer = |argument: &str, aside: &str| Offer {
            argument: argument.to_owned(),
            aside: aside.to_owned(),
        };
        let views = || view::all(&scene.prefs.views);
        let mut offers: Vec<Offer> = Vec::new();
        if self.is_free() && !typed.trim().is_empty() {
            offers.push(offer(typed.trim(), ""));
        }
        match self.kind {
            Kind::View => {
                let views = views();
                offers.extend(views.iter().map(|view| offer(&view.name, &view.filter)));
            }
            Kind::OwnView | Kind::NewView => {
                let own = &scene.prefs.views;
                offers.extend(own.iter().map(|view| offer(&view.name, &view.filter)));
            }
            Kind::Sort => {
                offers.extend(Sort::ALL.iter().map(|sort| offer(sort.word(), "")));
            }
            Kind::Filter => {
                let recent = scene.store.marks().recent(filter_line::RECENT);
                offers.extend(recent.iter().map(|text| offer(text, "")));
            }
            Kind::Status => offers.extend(Status::CHOICES.iter().map(|status| {
                let words = status.words();
                offer(words.code, words.word)
            })),
        }
        let mut seen: Vec<String> = Vec::new();
        offers.retain(|offer| {
            let is_new = !seen.contains(&offer.argument);
            seen.push(offer.argument.clone());
            is_new
        });
        offers
    }
}

/// The choice in a check-in that a status word means.
pub fn choice(word: &str) -> Option<Action> {
    match Status::parse(word)? {
        Status::OnTrack => Some(Action::ChooseOnTrack),
        Status::AtRisk => Some(Action::ChooseAtRisk),
        Status::OffTrack => Some(Action::ChooseOffTrack),
        Status::NotStarted | Status::Paused | Status::Achieved | Status::Missed => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Option<(&'static str, &str)> {
        let possible: Vec<&ActionInfo> = [Action::Views, Action::SaveView, Action::CheckIn]
            .map(Action::info)
            .to_vec();
        Command::read(query, &possible).map(|(command, rest)| (command.word, rest))
    }

    #[test]
    fn a_command_is_its_word_and_a_space() {
        assert_eq!(read("view mine"), Some(("view", "mine")));
        assert_eq!(read("VIEW "), Some(("view", "")));
        assert_eq!(read("view"), None);
        assert_eq!(read("viewer x"), None);
        assert_eq!(read("save view my reds"), Some(("save view", "my reds")));
        assert_eq!(read("status off"), Some(("status", "off")));
        assert_eq!(read("sort due"), None, "not possible here");
        assert_eq!(read("käse und"), None);
    }

    #[test]
    fn only_the_three_that_a_check_in_gives_are_statuses_here() {
        assert_eq!(choice("off"), Some(Action::ChooseOffTrack));
        assert_eq!(choice("at risk"), Some(Action::ChooseAtRisk));
        assert_eq!(choice("paused"), None);
        assert_eq!(choice("x"), None);
    }
}
