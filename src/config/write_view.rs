//! Changes to the views of a configuration file that leave every other byte of it
//! alone. Every change is read back and compared before anybody gets it.

use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, Value};

use crate::model::view::View;

use super::file::Config;
use super::read;
use super::write::{BY_HAND, put};

/// The text with a view at its end, or in place of the one of its name.
///
/// # Errors
/// A sentence when the text is not a valid configuration, or has its views in a form
/// that is to be edited by hand.
pub fn keep_view(text: &str, view: &View) -> Result<String, String> {
    if let Some(why) = View::refused_name(&view.name) {
        return Err(format!("The view was not kept: {why}."));
    }
    let what = "not kept";
    let mut wanted = config(text, what)?;
    match wanted
        .views
        .iter_mut()
        .find(|one| one.is_called(&view.name))
    {
        Some(known) => *known = view.clone(),
        None => wanted.views.push(view.clone()),
    }
    let mut document: DocumentMut = text.parse().map_err(|_| failed(what))?;
    let is_first = document.is_empty();
    let list = document
        .entry("view")
        .or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
    let tables = list.as_array_of_tables_mut().ok_or_else(|| failed(what))?;
    let values = [
        ("name", view.name.as_str()),
        ("filter", view.filter.as_str()),
        ("sort", view.sort.word()),
    ];
    if let Some(table) = tables.iter_mut().find(|table| is_called(table, view)) {
        for (key, value) in values {
            put(table, key, Value::from(value));
        }
    } else {
        let mut table = Table::new();
        for (key, value) in values {
            table.insert(key, Item::Value(Value::from(value)));
        }
        if !is_first {
            table.decor_mut().set_prefix("\n");
        }
        tables.push(table);
    }
    checked(document.to_string(), &wanted, what)
}

/// The text without a view; comments in its table go with it.
///
/// # Errors
/// As for [`keep_view`], and when there is no such view.
pub fn remove_view(text: &str, name: &str) -> Result<String, String> {
    let what = "not deleted";
    let mut wanted = config(text, what)?;
    let place = wanted.views.iter().position(|view| view.is_called(name));
    let view = wanted.views.remove(place.ok_or_else(|| {
        format!("The view was {what}: the configuration has none called \"{name}\".")
    })?);
    let mut document: DocumentMut = text.parse().map_err(|_| failed(what))?;
    let tables = document
        .get_mut("view")
        .and_then(Item::as_array_of_tables_mut)
        .ok_or_else(|| failed(what))?;
    let place = tables.iter().position(|table| is_called(table, &view));
    tables.remove(place.ok_or_else(|| failed(what))?);
    if tables.is_empty() {
        document.remove("view");
    }
    checked(document.to_string(), &wanted, what)
}

fn is_called(table: &Table, view: &View) -> bool {
    let name = table.get("name").and_then(Item::as_str);
    name.is_some_and(|name| view.is_called(name))
}

fn failed(what: &str) -> String {
    format!("The view was {what}. {BY_HAND}")
}

fn config(text: &str, what: &str) -> Result<Config, String> {
    let loaded = read::config(text);
    match loaded.errors.first() {
        Some(error) => Err(format!(
            "The view was {what}: {error}. Mend the configuration file and try again."
        )),
        None => Ok(loaded.config),
    }
}

/// What was written must read back as what was meant, else nothing is written.
fn checked(text: String, wanted: &Config, what: &str) -> Result<String, String> {
    match config(&text, what)? {
        found if without_lines(found.clone()) == without_lines(wanted.clone()) => Ok(text),
        _ => Err(failed(what)),
    }
}

/// Keys may stand in other lines than before: a view above them grew.
fn without_lines(mut config: Config) -> Config {
    for binding in &mut config.keys.bindings {
        binding.line = 0;
    }
    config
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::view::Sort;

    const FILE: &str =
        "# mine\nhold = \"5s\"  # short\n\n[[account]]\nname = \"local\"\nprovider = \"local\"\n";

    fn reds() -> View {
        View::new("my reds", "is:mine status:off,risk", Sort::Due)
    }

    #[test]
    fn keys_below_the_views_may_move_down() {
        let text = format!(
            "{FILE}\n[[view]]\nname = \"reds\"\nfilter = \"status:off\"\n\n[keys]\nacknowledge = [\"a\"]\n"
        );
        let more = keep_view(&text, &reds()).unwrap();
        assert!(more.contains("[keys]\nacknowledge"), "{more}");
        assert_eq!(remove_view(&more, "my reds").unwrap(), text);
    }

    #[test]
    fn a_view_is_added_and_all_else_stays() {
        let text = keep_view(FILE, &reds()).unwrap();
        assert_eq!(
            text,
            format!(
                "{FILE}\n[[view]]\nname = \"my reds\"\nfilter = \"is:mine status:off,risk\"\nsort = \"due\"\n"
            )
        );
        assert_eq!(read::config(&text).config.views, [reds()]);
        assert!(keep_view("", &reds()).unwrap().starts_with("[[view]]\n"));
    }

    #[test]
    fn a_view_takes_the_place_of_one_of_its_name_and_keeps_its_comments() {
        let text = format!(
            "{FILE}\n# the bad ones\n[[view]]\nname = \"My Reds\" # ha\nfilter = \"x\" # why\n"
        );
        let text = keep_view(&text, &reds()).unwrap();
        assert!(
            text.contains("# the bad ones\n[[view]]\nname = \"my reds\" # ha\n"),
            "{text}"
        );
        assert!(
            text.contains("filter = \"is:mine status:off,risk\" # why\nsort = \"due\"\n"),
            "{text}"
        );
        let other = View::new("odd \"name\"", "owner:\"Ana Silva\"", Sort::Name);
        let both = keep_view(&text, &other).unwrap();
        assert_eq!(read::config(&both).config.views, [reds(), other]);
    }

    #[test]
    fn a_view_is_removed_and_the_file_is_as_before() {
        let text = keep_view(FILE, &reds()).unwrap();
        assert_eq!(remove_view(&text, "MY REDS").unwrap(), FILE);
        assert!(
            remove_view(FILE, "my reds")
                .unwrap_err()
                .contains("none called")
        );
    }

    #[test]
    fn what_cannot_be_changed_safely_is_left_alone() {
        let inline = "view = [{ name = \"a\", filter = \"b\" }]\n";
        assert!(keep_view(inline, &reds()).unwrap_err().contains("by hand"));
        assert!(remove_view(inline, "a").unwrap_err().contains("by hand"));
        assert!(
            keep_view("hold = 1 2", &reds())
                .unwrap_err()
                .contains("Mend")
        );
    }
}
