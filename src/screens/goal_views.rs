//! The views of the goal tree: choosing, keeping and deleting them, and the pieces
//! of the quick filter. What they show is the tree's.

use super::{Choice, Chosen, Goto, Place, Question, Reply, Scene};
use crate::model::filter::Filter;
use crate::model::nearest::nearest;
use crate::model::text;
use crate::model::view::{self, Sort, View};
use crate::store::effect::{Effect, Toast};
use crate::store::views;

/// What a sheet or the palette answers about views with.
pub const VIEW: &str = "view";
/// The order of a list.
pub const SORT: &str = "sort";
/// A filter as text.
pub const FILTER: &str = "filter";
/// Keeps what is shown as a view.
pub const SAVE: &str = "save view";
/// Keeps it in place of the one of that name.
pub const OVER: &str = "save view over";
/// Asks whether a view shall go.
pub const DELETE: &str = "delete view";
/// It shall.
const DROP: &str = "drop view";
/// A piece of the filter.
pub const QUICK: &str = "quick filter";

/// Pieces of the quick filter: what they are called and what they say.
const PIECES: [(&str, &str); 9] = [
    ("mine", "is:mine"),
    ("check-in late", "is:late"),
    ("off track", "status:off"),
    ("at risk or off track", "status:off,risk"),
    ("changed since you looked", "is:changed"),
    ("waits for acknowledgement", "is:unacked"),
    ("due in 30 days", "due:<30d"),
    ("10 points behind", "behind:>=10"),
    ("no word in 30 days", "is:stale"),
];

/// The sheet with all views; the first nine have digits.
pub fn choose_view(current: &View, scene: &Scene<'_>) -> Reply {
    let views = view::all(&scene.prefs.views);
    let widest = views.iter().map(|view| text::columns(&view.name)).max();
    let row = |view: &View| {
        let sign = if view.is_called(&current.name) {
            "*"
        } else {
            " "
        };
        let pad = widest.unwrap_or(0) - text::columns(&view.name);
        let order = match view.sort {
            Sort::Attention => String::new(),
            sort => format!("  by {}", sort.word()),
        };
        let words = format!(
            "{sign} {}{}   {}{order}",
            view.name,
            " ".repeat(pad),
            view.filter
        );
        (view.name.clone(), words)
    };
    Reply::goto(Goto::Open(Place::Choose(Choice {
        title: "View".into(),
        about: VIEW.into(),
        rows: views.iter().map(row).collect(),
        filters: false,
    })))
}

/// The sheet with the pieces of the quick filter; those that hold are ticked.
pub fn choose_piece(text: &str, scene: &Scene<'_>) -> Reply {
    let filter = read(text, scene);
    let row = |(words, piece): &(&str, &str)| {
        let is_in = filter.includes(&read(piece, scene));
        let sign = if is_in { "[x]" } else { "[ ]" };
        ((*piece).to_owned(), format!("{sign} {words:26} {piece}"))
    };
    Reply::goto(Goto::Open(Place::Choose(Choice {
        title: "Filter".into(),
        about: QUICK.into(),
        rows: PIECES.iter().map(row).collect(),
        filters: false,
    })))
}

/// The text of a filter with a piece put in, or taken out.
pub fn toggled(text: &str, piece: &str, scene: &Scene<'_>) -> String {
    read(text, scene).toggled(&read(piece, scene)).to_string()
}

fn read(text: &str, scene: &Scene<'_>) -> Filter {
    views::read(scene.store, text, &scene.now).filter
}

/// The view of this name, or what there is instead.
pub fn named(name: &str, scene: &Scene<'_>) -> Result<View, String> {
    let own = &scene.prefs.views;
    view::named(own, name).ok_or_else(|| {
        let all = view::all(own);
        match nearest(name, all.iter().map(|view| view.name.as_str())) {
            Some(near) => format!("no view is called \"{name}\"; did you mean \"{near}\"?"),
            None => format!("no view is called \"{name}\"; v lists them"),
        }
    })
}

/// Keeps a view in the configuration; in place of another one only after asking.
pub fn save(view: View, over: bool, scene: &Scene<'_>) -> Reply {
    if let Some(why) = View::refused_name(&view.name) {
        return Reply::done().saying(Toast::error(why));
    }
    let is_there = view::named(&scene.prefs.views, &view.name).is_some();
    if is_there && !over {
        let words = format!("Put this in place of the view \"{}\"?", view.name);
        let mut question = Question::new(words, Vec::new());
        question.goto = Some(Box::new(Goto::Answer(Chosen {
            about: OVER.to_owned(),
            key: view.name,
        })));
        return Reply::goto(Goto::Open(Place::Confirm(question)));
    }
    let word = if is_there { "changed" } else { "kept" };
    let said = format!("view \"{}\" {word}, v lists it", view.name);
    Reply::say(said).with(Effect::KeepView(view))
}

/// Asks whether a view shall go, and lets it go.
pub fn delete(chosen: &Chosen, scene: &Scene<'_>) -> Reply {
    let view = match named(&chosen.key, scene) {
        Ok(view) if view.shipped => {
            let said = format!("view \"{}\" came with the program and stays", view.name);
            return Reply::say(said);
        }
        Ok(view) => view,
        Err(why) => return Reply::done().saying(Toast::error(why)),
    };
    if chosen.about == DROP {
        let said = format!("view \"{}\" is gone", view.name);
        return Reply::say(said).with(Effect::DropView(view.name));
    }
    let mut question = Question::new(format!("Delete the view \"{}\"?", view.name), Vec::new());
    question.goto = Some(Box::new(Goto::Answer(Chosen {
        about: DROP.to_owned(),
        key: view.name,
    })));
    Reply::goto(Goto::Open(Place::Confirm(question)))
}

/// Whether an answer is about deleting a view.
pub fn is_about_deleting(chosen: &Chosen) -> bool {
    matches!(chosen.about.as_str(), DELETE | DROP)
}
