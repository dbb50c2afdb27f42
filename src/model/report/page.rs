//! A report as one HTML page that needs nothing else: styles and pictures are in
//! it, no script, nothing is fetched. Whatever is foreign is escaped.

use super::markdown::link;
use super::sections::{Item, Section, sections};
use super::{GoalWeek, MOST, Report, ResultWeek, picture, words};
use crate::model::{progress, text, values};

/// The styles, on screen and on paper.
const STYLES: &str = include_str!("page.css");

/// The whole report.
pub fn write(report: &Report) -> String {
    let title = escape(&words::title(report));
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         style-src 'unsafe-inline'\">\n\
         <title>{title} – goaldeck</title>\n<style>\n{STYLES}</style>\n</head>\n<body>\n\
         <header>\n<h1>{title}</h1>\n<p class=\"scope\">{}</p>\n",
        escape(&words::scope(report))
    );
    if let Some(missing) = words::missing(report) {
        out.push_str(&format!("<p class=\"missing\">{}.</p>\n", escape(&missing)));
    }
    if report.is_empty() {
        let nothing = escape(&words::nothing(report));
        out.push_str(&format!("<p class=\"empty\">{nothing}</p>\n"));
    }
    out.push_str("</header>\n<main>\n");
    for section in sections(report) {
        put(&mut out, &section);
    }
    results(&mut out, report);
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

/// Text that is nothing but text, also inside an attribute.
pub(super) fn escape(words: &str) -> String {
    let clean = text::line(words);
    let mut out = String::with_capacity(clean.as_str().len() + 8);
    for letter in clean.as_str().chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            letter => out.push(letter),
        }
    }
    out
}

fn put(out: &mut String, section: &Section<'_>) {
    out.push_str(&format!("<section>\n<h2>{}</h2>\n", escape(&section.title)));
    if let Some(intro) = &section.intro {
        out.push_str(&format!("<p>{}</p>\n", escape(intro)));
    }
    out.push_str("<ul>\n");
    for item in &section.items {
        out.push_str(&format!("<li>{}", line(item)));
        if !item.below.is_empty() {
            let list = if item.is_numbered { "ol" } else { "ul" };
            out.push_str(&format!("\n<{list}>\n"));
            for words in &item.below {
                out.push_str(&format!("<li>{}</li>\n", escape(words)));
            }
            out.push_str(&format!("</{list}>\n"));
        }
        out.push_str("</li>\n");
    }
    out.push_str("</ul>\n");
    if let Some(more) = &section.more {
        out.push_str(&format!("<p>{}</p>\n", escape(more)));
    }
    out.push_str("</section>\n");
}

fn line(item: &Item<'_>) -> String {
    let mut parts = Vec::new();
    if let Some(goal) = item.goal {
        if item.has_status {
            parts.push(status(goal));
        }
        parts.push(name(goal));
    }
    parts.extend(item.words.iter().map(|words| escape(words)));
    parts.join(" · ")
}

/// Sign and word of a status; its colour only says the same again.
fn status(row: &GoalWeek) -> String {
    let code = row.status.words().code;
    let words = escape(&words::status(row));
    format!("<span class=\"status {code}\">{words}</span>")
}

fn name(row: &GoalWeek) -> String {
    let name = match row.name.trim() {
        "" => "(no name)".to_owned(),
        name => escape(name),
    };
    match link(&row.link) {
        Some(link) => format!(
            "<a rel=\"noopener noreferrer\" href=\"{}\"><b>{name}</b></a>",
            escape_link(&link)
        ),
        None => format!("<b>{name}</b>"),
    }
}

/// An address keeps its length: only what HTML would obey is replaced.
fn escape_link(link: &str) -> String {
    link.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}

/// Every goal with its gauge, its key results and how they went.
fn results(out: &mut String, report: &Report) {
    if report.rows.is_empty() {
        return;
    }
    out.push_str(
        "<section>\n<h2>Goals and key results</h2>\n\
         <p class=\"legend\">Gauges: the bar is what is done, the upright mark what is expected \
         by now. Charts: the line with dots is what was read, the dashed line what is expected, \
         the dotted line where the trend leads, with its likely range.</p>\n",
    );
    for row in report.rows.iter().take(MOST) {
        goal(out, row);
    }
    if let Some(more) = words::more(report.rows.len()) {
        out.push_str(&format!("<p>{}</p>\n", escape(&more)));
    }
    out.push_str("</section>\n");
}

fn goal(out: &mut String, row: &GoalWeek) {
    let figures = words::figures(row).unwrap_or_else(|| "no figure yet".to_owned());
    let label = format!("{}: {figures}", row.name);
    out.push_str(&format!(
        "<article class=\"goal\">\n<h3>{} {}</h3>\n<p>{} {}</p>\n",
        status(row),
        name(row),
        picture::gauge(row.progress, row.expected, &label),
        escape(&figures)
    ));
    let mut facts = vec![row.account.to_string()];
    facts.extend(row.champion.as_ref().map(|who| format!("champion {who}")));
    facts.extend(row.reviewer.as_ref().map(|who| format!("reviewer {who}")));
    facts.extend(row.due.map(|due| due.format("due %-d %b %Y").to_string()));
    out.push_str(&format!(
        "<p class=\"scope\">{}</p>\n",
        escape(&facts.join(" · "))
    ));
    if !row.results.is_empty() {
        table(out, row);
    }
    for one in &row.results {
        if let Some(chart) = picture::chart(one) {
            let caption = escape(&caption(one));
            out.push_str(&format!(
                "<figure>\n<figcaption>{caption}</figcaption>\n{chart}\n</figure>\n"
            ));
        }
    }
    out.push_str("</article>\n");
}

/// `Monthly churn, %`
fn caption(row: &ResultWeek) -> String {
    match values::unit(&row.result) {
        "" => row.result.name.clone(),
        unit => format!("{}, {unit}", row.result.name),
    }
}

fn table(out: &mut String, row: &GoalWeek) {
    out.push_str(
        "<table>\n<thead><tr><th scope=\"col\">Key result</th><th scope=\"col\">In the week</th>\
         <th scope=\"col\">Aim</th><th scope=\"col\">Done</th></tr></thead>\n<tbody>\n",
    );
    for one in &row.results {
        out.push_str(&format!(
            "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td class=\"number\">{}</td></tr>\n",
            escape(&one.result.name),
            escape(&moved(one)),
            escape(&words::aim(one)),
            done(one),
        ));
    }
    out.push_str("</tbody>\n</table>\n");
}

/// `3.80 → 3.66 % (+7 points)`, or what it reads without a move.
fn moved(row: &ResultWeek) -> String {
    let change = words::result_change(row);
    let name = row.result.name.as_str();
    let change =
        change.and_then(|words| words.strip_prefix(name).map(|rest| rest.trim().to_owned()));
    change.unwrap_or_else(|| match row.shown() {
        Some(shown) => format!("{shown}, unchanged"),
        None => "no reading yet".to_owned(),
    })
}

/// The gauge of a key result and the same in words.
fn done(row: &ResultWeek) -> String {
    let Some(words) = words::how_far(row) else {
        return "–".to_owned();
    };
    let (done, expected) = match row.is_held() {
        Some(held) => (Some(f64::from(u8::from(held))), None),
        None => (row.progress(), row.expected),
    };
    let mut label = format!("{}: {words}", row.result.name);
    if let Some(expected) = expected {
        let expected = progress::percent_spaced(expected);
        label.push_str(&format!(", expected {expected}"));
    }
    format!(
        "{} {}",
        picture::gauge(done, expected, &label),
        escape(&words)
    )
}
