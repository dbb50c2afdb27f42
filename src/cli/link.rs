//! `open`, `link`: the web page of a goal; `templates`: what notes begin with.

use std::process::{Command, Stdio};

use serde_json::json;

use crate::config::Environment;
use crate::model::goal::Goal;
use crate::model::text;

use super::args::Templates;
use super::failure::Failure;
use super::pick::{self, Thread};
use super::print::{Out, Table, Tone, cell};
use super::session::Session;
use super::{Ended, json as schema};

/// The goal that an id of it or of one of its check-ins means.
fn goal_of<'s>(session: &'s Session, id: &str) -> Result<&'s Goal, Failure> {
    Ok(match pick::thread(session.store(), id)? {
        Thread::CheckIn(goal, _) | Thread::Goal(goal) => goal,
    })
}

/// `link ID`: the page, or the id where there is none, as `y` copies it.
pub fn link(out: &mut Out, session: &Session, id: &str) -> Ended {
    let goal = goal_of(session, id)?;
    if out.is_json {
        let page = Some(goal.link.as_str()).filter(|link| !link.is_empty());
        let value = json!({ "goal": goal.id.as_str(), "link": page });
        return Ok(out.json(&schema::object("link", value))?);
    }
    let link = match goal.link.as_str() {
        "" => goal.id.as_str(),
        link => link,
    };
    Ok(out.say(&text::line(link))?)
}

/// `open ID`: in the browser; where there is none the link is printed.
pub fn open(out: &mut Out, session: &Session, id: &str) -> Ended {
    let goal = goal_of(session, id)?;
    let link = goal.link.as_str();
    if !(link.starts_with("https://") || link.starts_with("http://")) {
        let what = format!("\"{}\" is not opened", goal.name);
        let why = "it has no web page";
        return Err(Failure::failed(what, why, "goaldeck goals show shows it here").into());
    }
    for browser in browsers(&Environment::of_process()) {
        let Some((program, arguments)) = browser.split_first() else {
            continue;
        };
        let mut command = Command::new(program);
        let takes = arguments.iter().any(|argument| argument.contains("%s"));
        command.args(
            arguments
                .iter()
                .map(|argument| argument.replace("%s", link)),
        );
        if !takes {
            command.arg(link);
        }
        for name in session.config.token_variables() {
            command.env_remove(name);
        }
        command.stdin(Stdio::null()).stdout(Stdio::null());
        if command.status().is_ok_and(|status| status.success()) {
            return Ok(out.note(&crate::shown!("opened {link}"))?);
        }
    }
    Ok(out.say(&text::line(link))?)
}

/// The browsers to try, as words: those of `$BROWSER`, else the desktop's where
/// there is one.
fn browsers(environment: &Environment) -> Vec<Vec<String>> {
    if let Some(named) = environment.text("BROWSER") {
        let named = named.split(':').filter_map(shlex::split);
        return named.filter(|words| !words.is_empty()).collect();
    }
    let is_desktop = ["WAYLAND_DISPLAY", "DISPLAY"]
        .into_iter()
        .any(|name| environment.text(name).is_some());
    let opener = match (cfg!(target_os = "macos"), is_desktop) {
        (true, _) => "open",
        (false, true) => "xdg-open",
        (false, false) => return Vec::new(),
    };
    vec![vec![opener.to_owned()]]
}

/// `templates [NAME]`: what notes begin with; of one its text.
pub fn templates(out: &mut Out, session: &Session, args: &Templates) -> Ended {
    let config = &session.config;
    if let Some(name) = &args.name {
        let Some(text) = config.templates.get(name) else {
            let names: Vec<&str> = config.templates.keys().map(String::as_str).collect();
            let why = format!("there is {}", names.join(", "));
            let what = format!("no template is called \"{name}\"");
            return Err(Failure::new("not_found", 2, what, why, "name one of these").into());
        };
        return Ok(out.block(&text::block(text.trim_end()), 0)?);
    }
    if out.is_json {
        let list: Vec<_> = config
            .templates
            .iter()
            .map(|(name, text)| {
                let is_default = *name == config.default_template;
                json!({ "name": name, "text": text, "default": is_default })
            })
            .collect();
        return Ok(out.json(&schema::object("templates", json!(list)))?);
    }
    let mut table = Table::cutting(2);
    for (name, text) in &config.templates {
        let is_default = *name == config.default_template;
        let headings: Vec<&str> = text
            .lines()
            .map(|line| line.trim_start_matches(['#', '-', '[', ']', ' ']))
            .filter(|line| !line.is_empty())
            .collect();
        table.row(vec![
            cell(name),
            cell(if is_default { "default" } else { "" }).tone(Tone::Dim),
            cell(&headings.join(", ")),
        ]);
    }
    Ok(out.table(&table)?)
}
