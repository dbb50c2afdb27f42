//! A report as sentences for who listens to it or reads it in a plain mail: one
//! statement a line, the most important word first, no tables, no signs.

use super::sections::{Item, Section, sections};
use super::{Report, words};
use crate::model::text;

/// The whole report.
pub fn write(report: &Report) -> String {
    let mut out = String::new();
    put(&mut out, &format!("{}.", words::title(report)));
    put(&mut out, &words::scope(report));
    if let Some(missing) = words::missing(report) {
        put(&mut out, &format!("{missing}."));
    }
    if report.is_empty() {
        put(&mut out, &words::nothing(report));
    }
    for section in sections(report) {
        out.push('\n');
        write_section(&mut out, &section);
    }
    out
}

fn write_section(out: &mut String, section: &Section<'_>) {
    put(out, &format!("{}.", section.title));
    if let Some(intro) = &section.intro {
        put(out, intro);
    }
    for item in &section.items {
        put(out, &format!("{}.", line(item)));
        for (place, words) in item.below.iter().enumerate() {
            match item.is_numbered {
                true => put(out, &format!("  {}. {words}.", place + 1)),
                false => put(out, &format!("  {words}.")),
            }
        }
    }
    if let Some(more) = &section.more {
        put(out, more);
    }
}

/// `Off track. Reduce churn to 2 %. 31 percent, expected 55 percent. Ana Silva`
fn line(item: &Item<'_>) -> String {
    let mut parts = Vec::new();
    if let Some(goal) = item.goal {
        if item.has_status {
            let own = goal.status_word.as_ref();
            let own = own.map_or_else(String::new, |own| format!(", {own}"));
            parts.push(format!("{}{own}", goal.status.words().word));
        }
        parts.push(goal.name.clone());
    }
    parts.extend(item.words.iter().cloned());
    parts.join(". ")
}

/// A statement on its own line, cleaned, with signs in words.
fn put(out: &mut String, words: &str) {
    let indent = words.len() - words.trim_start().len();
    let clean = text::line(&spoken(words));
    let words = clean.as_str().trim();
    let words = words
        .strip_suffix("..")
        .map_or(words, |_| words.get(..words.len() - 1).unwrap_or(words));
    out.push_str(&" ".repeat(indent));
    out.push_str(words);
    out.push('\n');
}

/// Signs that a screen reader skips or spells, as words.
fn spoken(words: &str) -> String {
    words
        .replace(" → ", " to ")
        .replace("\u{a0}%", " percent")
        .replace('−', "minus ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_one_line_without_signs() {
        let mut out = String::new();
        put(&mut out, "  24\u{a0}% → 31\u{a0}% (−7 points)\nand …?.");
        assert_eq!(out, "  24 percent to 31 percent (minus 7 points) and …?.\n");
    }
}
