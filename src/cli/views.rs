//! `views list`, `show`, `save`, `delete`.

use serde_json::{Value, json};

use crate::model::view::{self, View};
use crate::run::assemble::Ground;
use crate::run::view_file;

use super::args::{Global, Views};
use super::failure::Failure;
use super::print::{Out, Table, Tone, cell};
use super::session::{self, Session};
use super::{Ended, filters, json as schema};

/// `views …`
pub fn views(out: &mut Out, session: &Session, global: &Global, args: &Views) -> Ended {
    match args {
        Views::List => list(out, &view::all(&session.config.views)),
        Views::Show { name } => show(out, &filters::named(session, name)?),
        Views::Save { name, filter, sort } => {
            // A view that nothing could show is not written down.
            filters::filter(session, filter)?;
            save(
                out,
                global,
                &View::new(name.trim(), filter.trim(), sort.sort()),
            )
        }
        Views::Delete { name } => delete(out, session, global, name),
    }
}

fn list(out: &mut Out, views: &[View]) -> Ended {
    if out.is_json {
        let list: Vec<Value> = views.iter().map(as_json).collect();
        return Ok(out.json(&schema::object("views", json!(list)))?);
    }
    let mut table = Table::cutting(1);
    for view in views {
        let whose = if view.shipped { "" } else { "own" };
        table.row(vec![
            cell(&view.name),
            cell(&view.filter),
            cell(view.sort.word()).tone(Tone::Dim),
            cell(whose).tone(Tone::Dim),
        ]);
    }
    Ok(out.table(&table)?)
}

fn show(out: &mut Out, view: &View) -> Ended {
    if out.is_json {
        return Ok(out.json(&schema::object("view", as_json(view)))?);
    }
    out.say(&crate::shown!("name    {}", view.name))?;
    out.say(&crate::shown!("filter  {}", view.filter))?;
    Ok(out.say(&crate::shown!("sort    {}", view.sort.word()))?)
}

fn as_json(view: &View) -> Value {
    json!({
        "name": view.name,
        "filter": view.filter,
        "sort": view.sort.word(),
        "shipped": view.shipped,
    })
}

fn ground(global: &Global) -> Result<Ground, Failure> {
    Ground::read(&session::options(global)).map_err(|fault| session::of_assembly(&fault))
}

fn save(out: &mut Out, global: &Global, view: &View) -> Ended {
    if let Some(why) = view::View::refused_name(&view.name) {
        let remedy = "give it a short name in one line";
        return Err(Failure::usage("view", why, remedy).into());
    }
    let ground = ground(global)?;
    view_file::keep(&ground, view).map_err(|fault| Failure::of("view", &fault))?;
    if out.is_json {
        return Ok(out.json(&schema::object("view", as_json(view)))?);
    }
    let file = ground.paths.config_file.display();
    Ok(out.note(&crate::shown!("view \"{}\" is in {file} now", view.name))?)
}

fn delete(out: &mut Out, session: &Session, global: &Global, name: &str) -> Ended {
    let view = filters::named(session, name)?;
    if view.shipped {
        let why = format!("\"{}\" came with the program", view.name);
        let remedy = "only views of your own can be deleted";
        return Err(Failure::failed("view not deleted", why, remedy).into());
    }
    let ground = ground(global)?;
    view_file::drop(&ground, &view.name).map_err(|fault| Failure::of("view", &fault))?;
    if out.is_json {
        return Ok(out.json(&schema::object("deleted", as_json(&view)))?);
    }
    Ok(out.note(&crate::shown!("view \"{}\" is gone", view.name))?)
}
