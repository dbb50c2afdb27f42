//! `report`: what happened in a week, in every format.

use std::io::Write;

use serde_json::json;

use crate::model::goal::Goal;
use crate::model::past::Recall;
use crate::model::report::{Format, words, write};
use crate::model::view::View;
use crate::model::week::Week;
use crate::store::effect::Command;
use crate::store::report::{self as maker, Wish};
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
    let view = args.view.as_deref();
    let view = view.map(|name| filters::named(session, name)).transpose()?;
    let filter = filters::both(session, view.as_ref(), &args.filter)?;
    let format = match global.json && args.output.is_none() {
        true => Format::Json,
        false => format(args.format),
    };
    session.carry_out(vec![Command::Recall(Recall::Since(maker::begin(
        week, &now,
    )))]);
    let wish = Wish {
        week,
        view: title(view.as_ref(), &args.filter),
        includes: &|goal: &Goal| views::matches(session.store(), &filter, goal),
        charts: format.has_charts(),
    };
    let report = maker::report(session.store(), &wish, &now);
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

/// `All goals`, `View mine with “churn”`.
fn title(view: Option<&View>, words: &str) -> String {
    let name = view.map_or_else(
        || "All goals".to_owned(),
        |view| format!("View {}", view.name),
    );
    match words.trim() {
        "" => name,
        words => format!("{name} with \u{201c}{words}\u{201d}"),
    }
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
