//! `--filter` and `--view` wherever something is listed.

use crate::model::filter::{Filter, Trouble};
use crate::model::nearest::nearest;
use crate::model::view::{self, View};
use crate::store::views;

use super::failure::{Failure, Spot};
use super::session::Session;

/// The view of this name.
pub fn named(session: &Session, name: &str) -> Result<View, Failure> {
    let own = &session.config.views;
    view::named(own, name).ok_or_else(|| {
        let all = view::all(own);
        let names = all.iter().map(|view| view.name.as_str());
        let remedy = match nearest(name, names.clone()) {
            Some(near) => format!("did you mean \"{near}\"?"),
            None => {
                let names: Vec<&str> = names.collect();
                format!("there are {}", names.join(", "))
            }
        };
        Failure::usage("--view", format!("no view is called \"{name}\""), remedy)
    })
}

/// The filter of a flag.
pub fn filter(session: &Session, text: &str) -> Result<Filter, Failure> {
    read(session, "--filter", text)
}

/// What a view and a filter both let through.
pub fn both(session: &Session, view: Option<&View>, text: &str) -> Result<Filter, Failure> {
    let own = filter(session, text)?;
    match view {
        Some(view) => {
            let what = format!("view \"{}\"", view.name);
            Ok(read(session, &what, &view.filter)?.and(own))
        }
        None => Ok(own),
    }
}

fn read(session: &Session, what: &str, text: &str) -> Result<Filter, Failure> {
    views::parse(session.store(), text, &session.now())
        .map_err(|trouble| misread(what, text, &trouble))
}

/// What is wrong, and under the filter a sign where.
pub fn misread(what: &str, text: &str, trouble: &Trouble) -> Failure {
    let (before, wide) = trouble.columns(text);
    let signs = format!("{}{}", " ".repeat(before), "^".repeat(wide));
    let letters = |end: usize| text.get(..end).unwrap_or_default().chars().count();
    Failure::usage(what, trouble.why.clone(), trouble.remedy.clone())
        .with_lines(vec![text.to_owned(), signs])
        .at(Spot {
            text: text.to_owned(),
            from: letters(trouble.at.start),
            to: letters(trouble.at.end),
        })
}
