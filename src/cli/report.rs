//! `report`: what happened in a week, in every format.

use std::io::Write;

use serde_json::json;

use crate::model::goal::Goal;
use crate::model::past::Recall;
use crate::model::report::{Format, Report, words, write};
use crate::model::week::Week;
use crate::store::effect::Command;
use crate::store::report::{self as maker, View, Wish};
use crate::store::views;

use super::args::{self, Global, ReportFormat};
use super::failure::Failure;
use super::portable::save;
use super::print::Out;
use super::session::Session;
use super::{Ended, ask, filters, json as schema};

/// `report [--week WEEK] [--format FORMAT] [--view VIEW] [--filter WORDS]`
pub fn report(out: &mut Out, session: &mut Session, global: &Global, args: &args::Report) -> Ended {
    let now = session.now();
    let week = Week::parse(&args.week, &now)
        .map_err(|why| Failure::misread("--week", &why, "write it like 2026-W47"))?;
    if week > Week::of(now.today()) {
        let why = format!("week {} has not begun", week.number());
        return Err(Failure::usage("--week", why, "write it like 2026-W47, this or last").into());
    }
    let view = view(session, &args.view)?;
    let format = match global.json && args.output.is_none() {
        true => Format::Json,
        false => format(args.format),
    };
    session.carry_out(vec![Command::Recall(Recall::Since(maker::begin(
        week, &now,
    )))]);
    let report = made(session, week, &view, &args.filter, format)?;
    if let Some(missing) = words::missing(&report) {
        out.remark(&crate::shown!("goaldeck: {missing}"));
    }
    let text = write(&report, format);
    let Some(file) = &args.output else {
        return Ok(out.raw().write_all(text.as_bytes())?);
    };
    if file.symlink_metadata().is_ok() {
        let question = crate::shown!("{} is there already; write over it?", file.display());
        ask::is_sure(global, &question)?;
    }
    save(file, |to| to.write_all(text.as_bytes())).map_err(|error| {
        let why = format!("{} cannot be written: {error}", file.display());
        Failure::failed("report", why, "choose another place")
    })?;
    if out.is_json {
        let value = json!({ "week": week.code(), "file": file.to_string_lossy() });
        return Ok(out.json(&schema::object("written", value))?);
    }
    let (week, name) = (week.number(), file.display());
    Ok(out.note(&crate::shown!("wrote week {week} to {name}"))?)
}

fn made(
    session: &Session,
    week: Week,
    view: &View,
    words: &str,
    format: Format,
) -> Result<Report, Failure> {
    let (store, now) = (session.store(), session.now());
    let filter = filters::filter(session, words)?;
    let includes = |goal: &Goal| view.includes(store, goal) && views::matches(store, &filter, goal);
    let title = match words.trim() {
        "" => view.title(),
        words => format!("{} with \u{201c}{words}\u{201d}", view.title()),
    };
    let wish = Wish {
        week,
        view: title,
        includes: &includes,
        charts: format.has_charts(),
    };
    Ok(maker::report(store, &wish, &now))
}

fn view(session: &Session, name: &str) -> Result<View, Failure> {
    let plain = name.trim().to_lowercase();
    let views = View::all(session.store());
    let found = views.iter().find(|view| {
        let code = view.code().to_lowercase();
        code == plain || code.replace(' ', "_") == plain
    });
    found.cloned().ok_or_else(|| {
        let all: Vec<String> = views.iter().map(View::code).collect();
        let why = format!("there is no view \"{name}\"");
        Failure::usage("--view", why, format!("there are: {}", all.join(", ")))
    })
}

fn format(named: ReportFormat) -> Format {
    match named {
        ReportFormat::Md => Format::Markdown,
        ReportFormat::Txt => Format::Plain,
        ReportFormat::Csv => Format::Csv,
        ReportFormat::Html => Format::Html,
        ReportFormat::Json => Format::Json,
    }
}
