//! The `[[view]]` tables: a filter and an order under a name. A filter that is wrong
//! makes no file unusable: the view stays, and opening it says what is wrong.

use toml::Spanned;
use toml::de::DeValue;

use crate::model::filter::{Filter, Own, Vocabulary};
use crate::model::nearest::nearest;
use crate::model::time::{Now, Time, Zone};
use crate::model::view::{self, Sort, View};

use super::file::{Config, Loaded, Notice, Start};
use super::read::{Reader, in_order};

const VIEW: [&str; 3] = ["name", "filter", "sort"];

impl Reader<'_> {
    /// Reads after all else: filters may name accounts.
    pub(super) fn views(&mut self, value: &Spanned<DeValue<'_>>) {
        let Some(list) = value.get_ref().as_array() else {
            self.wrong("view", value, "should be tables: [[view]]");
            return;
        };
        for item in list {
            self.view(item);
        }
    }

    fn view(&mut self, item: &Spanned<DeValue<'_>>) {
        let Some(table) = item.get_ref().as_table() else {
            self.wrong("view", item, "should be a table: [[view]]");
            return;
        };
        let mut view = View::new("", "", Sort::default());
        let mut filter_at = None;
        let mut name_at = item.span();
        for (key, value) in in_order(table) {
            let path = format!("view.{}", key.get_ref());
            let text = value.get_ref().as_str();
            match (key.get_ref().as_ref(), text) {
                ("name", Some(text)) => {
                    name_at = value.span();
                    text.trim().clone_into(&mut view.name);
                }
                ("filter", Some(text)) => {
                    filter_at = Some(value.span());
                    text.trim().clone_into(&mut view.filter);
                }
                ("sort", Some(text)) => match Sort::parse(text) {
                    Some(sort) => view.sort = sort,
                    None => {
                        let words = Sort::ALL.map(|sort| format!("\"{}\"", sort.word()));
                        let wanted = format!("should be one of {}", words.join(", "));
                        self.wrong(&path, value, &wanted);
                    }
                },
                ("name" | "filter" | "sort", None) => {
                    self.wrong(&path, value, "should be text in quotes");
                }
                _ => self.unknown(key, &path, &VIEW),
            }
        }
        if let Some(why) = View::refused_name(&view.name) {
            self.error(
                name_at,
                "view.name",
                format!("{why}; write name = \"my reds\""),
            );
            return;
        }
        let known = &self.loaded.config.views;
        if known.iter().any(|other| other.is_called(&view.name)) {
            let text = format!("\"{}\" is there already, this one is ignored", view.name);
            self.warn(name_at, "view.name", text);
            return;
        }
        if let (Some(at), Err(trouble)) = (filter_at, check(&self.loaded.config, &view.filter)) {
            // Behind the quote that opens the text.
            let start = (at.start + 1 + trouble.at.start).min(at.end);
            self.warn(start..at.end, "view.filter", trouble.to_string());
        }
        self.loaded.config.views.push(view);
    }
}

fn check(config: &Config, filter: &str) -> Result<Filter, crate::model::filter::Trouble> {
    let accounts = config.accounts.iter();
    let names = accounts.flat_map(|account| [account.name.as_str(), account.provider.code()]);
    let names: Vec<String> = names.map(str::to_owned).collect();
    let own = |word: &str| {
        let mut words = config.accounts.iter().flat_map(|one| one.status_map.keys());
        match words.any(|known| known.to_lowercase() == word.to_lowercase()) {
            true => Own::Yes,
            false => Own::Unknown,
        }
    };
    let vocabulary = Vocabulary {
        // Whether a filter is right does not depend on the day.
        now: Now::new(Time::default(), Zone::utc()),
        accounts: Some(names).filter(|names| !names.is_empty()),
        own_status: &own,
    };
    Filter::parse(filter, &vocabulary)
}

/// A start that is neither a screen nor a view begins with the queue, and that is
/// worth a word.
pub(super) fn check_start(loaded: &mut Loaded, place: Option<super::file::Place>) {
    let Start::View(name) = &loaded.config.start else {
        return;
    };
    let views = view::all(&loaded.config.views);
    if views.iter().any(|view| view.is_called(name)) {
        return;
    }
    let screens = ["queue", "goals", "inbox", "outbox"];
    let names = views.iter().map(|view| view.name.as_str());
    loaded.warnings.push(Notice {
        place,
        key: "start".to_owned(),
        nearest: nearest(name, screens.into_iter().chain(names)).map(str::to_owned),
        text: format!("no screen or view is called \"{name}\", the queue is shown"),
    });
    loaded.config.start = Start::Queue;
}
