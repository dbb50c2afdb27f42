//! Several check-ins as one Markdown file: how it is written, read back, and marked
//! where something is wrong. Text only; knows no store and no editor.

use crate::model::dates;
use crate::model::goal::{Goal, Nature};
use crate::model::ids::{GoalId, ResultId};
use crate::model::key_result::KeyResult;
use crate::model::note;
use crate::model::progress;
use crate::model::status::Status;
use crate::model::text;
use crate::model::time::Now;
use crate::model::values;

use super::sheet::{self, Sheet};

/// How a line begins that says what is wrong with the one above it.
const ERROR: &str = "> error: ";

/// How such a line ends: what the person quotes the same way is theirs.
const OURS: &str = " <!-- goaldeck -->";

/// What is wrong with a heading of level 1 inside a note.
const NO_GOAL: &str = "this heading names no goal; its <!-- goal:… --> is missing, \
                       or if it belongs to the note write ## or \\# for it";

/// What stands on top of the file.
const HEAD: &str = "<!--
Check-ins that are due. Fill in what changed, save and leave the editor; you are
asked before anything is posted. A section left as it is is skipped; to skip one,
delete it. An emptied file posts nothing.

Values: 162, +3, -1 (one less), =-5, 1.5k, 41 %; y or n; of a list: 3, +1, all.
Status: on track, at risk or off track; empty says the last one again.
Due: a day such as 31 Dec or +2w, or none. The note is all that stands under ## Note.
-->
";

/// A goal's section as it was read: texts as typed, with their lines from 0.
#[derive(Clone, Debug, Default)]
pub struct Section {
    /// The goal's id as written in its heading; none if it is not there.
    pub goal: Option<GoalId>,
    /// The line of the heading.
    pub line: usize,
    /// Name of a key result, and what was typed.
    pub values: Vec<Typed>,
    /// The status as typed.
    pub status: Typed,
    /// The confidence as typed.
    pub confidence: Typed,
    /// The due day as typed.
    pub due: Typed,
    /// The note.
    pub note: String,
    /// Lines that belong nowhere.
    pub stray: Vec<usize>,
}

/// Something typed after a label.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    /// The label: the name of the key result.
    pub label: String,
    /// What was typed.
    pub text: String,
    /// In which line, from 0.
    pub line: usize,
}

/// Something wrong, and the line to say it under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The line, from 0.
    pub line: usize,
    /// One sentence.
    pub why: String,
}

impl Wrong {
    fn new(line: usize, why: impl Into<String>) -> Self {
        Self {
            line,
            why: why.into(),
        }
    }
}

/// The note a check-in begins with: the template, and the steps left from last time.
pub fn first_note(goal: &Goal, template: &str) -> String {
    let left = goal
        .last_check_in()
        .map(|last| note::open_steps(&last.note));
    note::with_steps(template, &left.unwrap_or_default())
}

/// The section of a goal, with what a draft of it kept.
pub fn section(goal: &Goal, draft: Option<&Sheet>, template: &str, now: &Now) -> String {
    let name = text::line(&goal.name);
    let mut out = format!("# {name} <!-- goal:{} -->\n\n", goal.id);
    for result in sheet::typed_results(goal) {
        let typed = draft.and_then(|draft| draft.typed(&result.id));
        out.push_str(&format!("- {}: {}\n", label(result), typed.unwrap_or("")));
    }
    let status = draft.and_then(|draft| draft.status);
    let status = status.map_or("", |status| status.words().word);
    out.push_str(&format!("Status: {status}\n"));
    let said = |text: Option<&String>| text.map_or("", |text| text.as_str()).to_owned();
    let confidence = said(draft.map(|draft| &draft.confidence));
    out.push_str(&format!("Confidence: {confidence}\n"));
    if goal.nature == Nature::Goal {
        let due = said(draft.map(|draft| &draft.due));
        out.push_str(&format!("Due: {due}\n"));
    }
    let written = draft.map_or("", |draft| draft.note.as_str());
    let written = match written.trim() {
        "" => first_note(goal, template),
        _ => written.to_owned(),
    };
    let last = goal.last_check_in().map_or_else(String::new, |last| {
        let status = last.status.map_or("", |status| status.words().word);
        format!(" (last: {}, {status})", dates::ago(last.at, now))
    });
    let written: String = written.trim_end().lines().map(escaped).collect();
    let written = match written.is_empty() {
        true => "\n",
        false => &written,
    };
    out.push_str(&format!("\n## Note{last}\n{written}\n"));
    out
}

/// The whole file of these sections.
pub fn file(sections: &[String]) -> String {
    format!("{HEAD}\n{}", sections.concat())
}

/// `Monthly churn (now 3.66 %)`
fn label(result: &KeyResult) -> String {
    let now = result.current.as_ref().map_or_else(
        || "no value yet".to_owned(),
        |reading| format!("now {}", values::show(result, reading)),
    );
    let falling = match progress::is_falling(result) {
        Some(true) if result.kind.is_ranged() => ", lower is better",
        _ => "",
    };
    format!("{} ({now}{falling})", text::line(&result.name))
}

/// A file without the lines that say what is wrong.
pub fn without_errors(text: &str) -> String {
    // Editors end lines in three ways; here they end in one.
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let is_ours = |line: &str| line.starts_with(ERROR) && line.trim_end().ends_with(OURS);
    let kept = text.lines().filter(|line| !is_ours(line));
    kept.fold(String::with_capacity(text.len()), |mut all, line| {
        all.push_str(line);
        all.push('\n');
        all
    })
}

/// A file with what is wrong said right under the lines that are.
pub fn with_errors(text: &str, wrong: &[Wrong]) -> String {
    let said = |wrong: &Wrong| format!("{ERROR}{}{OURS}\n", wrong.why.replace('\n', " "));
    let mut out = String::with_capacity(text.len());
    for (place, line) in text.lines().enumerate() {
        out.push_str(line);
        out.push('\n');
        for wrong in wrong.iter().filter(|wrong| wrong.line == place) {
            out.push_str(&said(wrong));
        }
    }
    if text.is_empty() {
        for wrong in wrong {
            out.push_str(&said(wrong));
        }
    }
    out
}

/// Whether a line is a heading of level 1, as Markdown has it.
fn is_top_heading(line: &str) -> bool {
    let words = line.trim_start_matches(' ');
    line.len() - words.len() < 4 && words.starts_with("# ")
}

/// A line of a note as it stands in the file: a heading of level 1 begins a goal
/// there, so that of a note has a backslash before it.
fn escaped(line: &str) -> String {
    match is_top_heading(line.trim_start_matches('\\')) {
        true => format!("\\{line}\n"),
        false => format!("{line}\n"),
    }
}

/// The line of a note that stands in the file so; none if it begins a goal.
fn unescaped(line: &str) -> Option<&str> {
    match line.strip_prefix('\\') {
        Some(rest) if is_top_heading(rest.trim_start_matches('\\')) => Some(rest),
        _ => (!is_top_heading(line)).then_some(line),
    }
}

/// Whether a text has a line that the one it was made from has not.
pub fn adds_to(text: &str, first: &str) -> bool {
    let before: Vec<&str> = first.lines().map(str::trim).collect();
    let mut lines = text.lines().map(str::trim);
    lines.any(|line| !line.is_empty() && !before.contains(&line))
}

/// The id in a section's heading, if the line is one.
fn heading(line: &str) -> Option<GoalId> {
    let rest = is_top_heading(line).then(|| line.trim_start())?;
    let (_, id) = rest.rsplit_once("<!-- goal:")?;
    let id = id.trim_end().strip_suffix("-->")?.trim();
    (!id.is_empty()).then(|| GoalId::new(id))
}

/// Reads a file without error lines: its sections, and what belongs to none.
pub fn parse(text: &str) -> (Vec<Section>, Vec<Wrong>) {
    let mut sections: Vec<Section> = Vec::new();
    let mut wrong = Vec::new();
    let mut is_note = false;
    // The line in which a comment began that is not closed yet.
    let mut comment: Option<usize> = None;
    let unclosed = |line: usize| {
        let why = "this comment is not closed; write --> after it, at the end of a line";
        Wrong::new(line, why)
    };
    for (place, line) in text.lines().enumerate() {
        let words = line.trim();
        let goal = heading(line);
        if comment.is_some() && goal.is_none() {
            comment = comment.filter(|_| !words.ends_with("-->"));
            continue;
        }
        if let Some(goal) = goal {
            wrong.extend(comment.take().map(unclosed));
            is_note = false;
            sections.push(Section {
                goal: Some(goal),
                line: place,
                ..Section::default()
            });
            continue;
        }
        let Some(section) = sections.last_mut() else {
            if words.starts_with("<!--") {
                comment = (!words.ends_with("-->")).then_some(place);
            } else if !words.is_empty() {
                wrong.push(Wrong::new(
                    place,
                    "this stands above the first goal; put it under a heading # Name <!-- goal:ID -->",
                ));
            }
            continue;
        };
        if is_note {
            match unescaped(line) {
                Some(line) => section.note.push_str(line),
                None => wrong.push(Wrong::new(place, NO_GOAL)),
            }
            section.note.push('\n');
        } else if words == "## Note" || words.starts_with("## Note (") {
            is_note = true;
        } else if !words.is_empty() {
            take(section, place, line);
        }
    }
    wrong.extend(comment.map(unclosed));
    (sections, wrong)
}

/// Takes a line above the note.
fn take(section: &mut Section, place: usize, line: &str) {
    let typed = |text: &str| Typed {
        label: String::new(),
        text: text.trim().to_owned(),
        line: place,
    };
    let words = line.trim();
    if let Some(item) = words.strip_prefix("- ") {
        section.values.push(Typed {
            label: item.to_owned(),
            ..typed("")
        });
        return;
    }
    let Some((label, text)) = words.split_once(':') else {
        section.stray.push(place);
        return;
    };
    match label.trim().to_lowercase().as_str() {
        "status" => section.status = typed(text),
        "confidence" => section.confidence = typed(text),
        "due" => section.due = typed(text),
        _ => section.stray.push(place),
    }
}

/// What was typed behind the name of a key result; none if the line is not its.
fn value_behind<'l>(line: &'l str, name: &str) -> Option<&'l str> {
    let rest = line.strip_prefix(name)?.trim_start();
    if let Some(text) = rest.strip_prefix(':') {
        return Some(text.trim());
    }
    let inside = rest.strip_prefix('(')?;
    let (_, text) = inside.rsplit_once("):")?;
    Some(text.trim())
}

impl Section {
    /// The key result of each value line, and what was typed there.
    fn values_of<'s>(&'s self, goal: &Goal) -> Vec<(Option<ResultId>, &'s str, usize)> {
        let mut used: Vec<ResultId> = Vec::new();
        let mut found = Vec::new();
        for typed in &self.values {
            let mut fits: Vec<(&KeyResult, &str)> = sheet::typed_results(goal)
                .filter(|result| !used.contains(&result.id))
                .filter_map(|result| {
                    let name = text::line(&result.name);
                    Some((result, value_behind(&typed.label, name.as_str())?))
                })
                .collect();
            // The longest name that fits; of equal names the first.
            fits.sort_by_key(|(result, _)| std::cmp::Reverse(result.name.len()));
            match fits.first() {
                Some((result, text)) => {
                    used.push(result.id.clone());
                    found.push((Some(result.id.clone()), *text, typed.line));
                }
                None => found.push((None, "", typed.line)),
            }
        }
        found
    }

    /// What the section says, to be compared with one nobody touched.
    pub fn said(&self, goal: &Goal, template: &str) -> Vec<String> {
        let values = self.values_of(goal).into_iter();
        let mut said: Vec<String> = values
            .filter(|(_, text, _)| !text.is_empty())
            .map(|(id, text, _)| format!("{id:?} {text}"))
            .collect();
        // A value behind a name that is no key result's is still something typed.
        let nameless = self.values_of(goal).into_iter();
        let nameless = nameless.filter(|(id, _, _)| id.is_none());
        for (_, _, line) in nameless {
            let typed = self.values.iter().find(|typed| typed.line == line);
            let label = typed.map_or("", |typed| typed.label.as_str()).trim();
            if !label.is_empty() && !label.ends_with(':') {
                said.push(label.to_owned());
            }
        }
        for typed in [&self.status, &self.confidence, &self.due] {
            said.push(typed.text.clone());
        }
        said.push(note::without_empty_headings(&self.note, template));
        said.extend(self.stray.iter().map(ToString::to_string));
        said
    }

    /// The section as a check-in being written.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn sheet(
        &self,
        goal: &Goal,
        before: Option<&Sheet>,
        now: &Now,
    ) -> Result<Sheet, Vec<Wrong>> {
        let mut sheet = before.cloned().unwrap_or_else(|| Sheet::new(&goal.id));
        let mut wrong: Vec<Wrong> = Vec::new();
        for line in &self.stray {
            let why = "this belongs nowhere; words go under ## Note";
            wrong.push(Wrong::new(*line, why));
        }
        for result in sheet::typed_results(goal) {
            sheet.take(result, None);
        }
        for (id, text, line) in self.values_of(goal) {
            let Some(result) = id.and_then(|id| goal.result(&id)) else {
                let names: Vec<&str> = sheet::typed_results(goal)
                    .map(|result| result.name.as_str())
                    .collect();
                let why = match names.is_empty() {
                    true => "this goal has no key results to fill in".to_owned(),
                    false => format!("no key result is called so; there is {}", names.join(", ")),
                };
                wrong.push(Wrong::new(line, why));
                continue;
            };
            if let Err(why) = sheet.set_value(result, text) {
                wrong.push(Wrong::new(line, why));
            }
        }
        sheet.status = None;
        if !self.status.text.is_empty() {
            let status = Status::parse(&self.status.text);
            sheet.status = status.filter(|status| Status::CHOICES.contains(status));
            if sheet.status.is_none() {
                let why = format!(
                    "no status: \"{}\"; write on track, at risk or off track",
                    self.status.text
                );
                wrong.push(Wrong::new(self.status.line, why));
            }
        }
        sheet.confidence.clone_from(&self.confidence.text);
        if let Err(why) = values::parse_confidence(&sheet.confidence) {
            wrong.push(Wrong::new(self.confidence.line, why));
        }
        sheet.due.clone_from(&self.due.text);
        if let Err(why) = Sheet::check_due(&sheet.due, goal, now) {
            wrong.push(Wrong::new(self.due.line, why));
        }
        sheet.note = text::editable(self.note.trim());
        if wrong.is_empty() {
            Ok(sheet)
        } else {
            Err(wrong)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::key_result::{Kind, Reading};
    use crate::model::time::Zone;

    const TEMPLATE: &str = "## What moved\n\n## Next\n- [ ] ";

    fn now() -> Now {
        Now::new("2026-11-20T10:42:00Z".parse().unwrap(), Zone::utc())
    }

    fn result(id: &str, name: &str, current: f64) -> KeyResult {
        KeyResult {
            particulars: None,
            id: id.into(),
            name: name.to_owned(),
            kind: Kind::Number,
            unit: "%".to_owned(),
            start: 4.0,
            target: Some(2.0),
            current: Some(Reading::Number(current)),
            weight: 1.0,
            falling: false,
            phases: Vec::new(),
            sum_of: Vec::new(),
            status: None,
        }
    }

    fn goal() -> Goal {
        let at = "2026-10-01T10:00:00Z".parse().unwrap();
        let mut goal = Goal::new("a:g-1".into(), "a".into(), "Grow: fast (now)", at);
        goal.results = vec![
            result("a:r-1", "Churn", 3.66),
            result("a:r-2", "Churn (new)", 3.0),
            result("a:r-3", "Churn", 2.5),
        ];
        goal
    }

    fn read(text: &str) -> (Sheet, Goal) {
        let goal = goal();
        let (sections, wrong) = parse(text);
        assert!(wrong.is_empty(), "{wrong:?}");
        (sections[0].sheet(&goal, None, &now()).unwrap(), goal)
    }

    #[test]
    fn a_file_nobody_touched_says_nothing() {
        let goal = goal();
        let text = file(&[section(&goal, None, TEMPLATE, &now())]);
        let (sections, wrong) = parse(&text);
        assert!(wrong.is_empty(), "{wrong:?}");
        assert_eq!(sections.len(), 1);
        assert_eq!(sections[0].goal, Some("a:g-1".into()));
        let sheet = sections[0].sheet(&goal, None, &now()).unwrap();
        assert!(sheet.values(&goal).is_empty());
        assert_eq!(note::without_empty_headings(&sheet.note, TEMPLATE), "");
    }

    #[test]
    fn every_value_goes_to_its_own_key_result() {
        let text = section(&goal(), None, TEMPLATE, &now());
        let mut typed = ["3.5", "-1", "2.4"].into_iter();
        let lines = text.lines().map(|line| match line.starts_with("- Churn") {
            true => format!("{line}{}\n", typed.next().unwrap()),
            false => format!("{line}\n"),
        });
        let (sheet, goal) = read(&lines.collect::<String>());
        let values: Vec<f64> = sheet
            .values(&goal)
            .iter()
            .map(|change| change.now.number())
            .collect();
        assert_eq!(values, [3.5, 2.0, 2.4]);
    }

    #[test]
    fn what_a_draft_kept_stands_in_the_file_and_comes_back() {
        let goal = goal();
        let mut sheet = Sheet::new(&goal.id);
        sheet.set_value(&goal.results[1], "2.9").unwrap();
        sheet.status = Some(Status::AtRisk);
        sheet.confidence = "7".to_owned();
        sheet.note = "# Mine\n\nfine: yes".to_owned();
        let (back, _) = read(&section(&goal, Some(&sheet), TEMPLATE, &now()));
        assert_eq!(back, sheet);
    }

    #[test]
    fn what_is_wrong_is_said_under_its_line_and_goes_again() {
        let goal = goal();
        let text = "# Grow <!-- goal:a:g-1 -->\n- Churn: 16o\n- Nobody: 1\nStatus: fine\n\
                    Confidence: 11\nwords\n## Note\n";
        let (sections, _) = parse(text);
        let wrong = sections[0].sheet(&goal, None, &now()).unwrap_err();
        let marked = with_errors(text, &wrong);
        let lines: Vec<&str> = marked.lines().collect();
        assert_eq!(lines[1], "- Churn: 16o");
        assert!(
            lines[2].starts_with("> error: not a number: \"16o\""),
            "{marked}"
        );
        assert!(lines[4].starts_with("> error: no key result"), "{marked}");
        assert_eq!(marked.matches(ERROR).count(), 5, "{marked}");
        assert_eq!(without_errors(&marked), text);
    }

    #[test]
    fn a_heading_that_lost_its_goal_is_no_part_of_the_note_above_it() {
        let goal = goal();
        let text = section(&goal, None, "", &now()) + "words\n\n# Shrink\n- Churn: 3\n";
        let place = text.lines().position(|line| line == "# Shrink").unwrap();
        let (sections, wrong) = parse(&text);
        assert_eq!(sections.len(), 1);
        assert_eq!(wrong, [Wrong::new(place, NO_GOAL)]);
        // A heading of level 1 that the note has stands there with a backslash.
        for note in [
            "# Mine",
            "\\# Mine",
            "a\n  # b <!-- goal:a:g-2 -->",
            "#1 and\n## Two",
        ] {
            let mut sheet = Sheet::new(&goal.id);
            sheet.note = note.to_owned();
            let (back, _) = read(&section(&goal, Some(&sheet), TEMPLATE, &now()));
            assert_eq!(back.note, note);
        }
        let (sections, wrong) = parse("  # Grow <!-- goal:a:g-1 -->\n");
        assert_eq!((sections.len(), wrong.len()), (1, 0), "an indented heading");
    }

    #[test]
    fn only_our_own_error_lines_go_again() {
        let theirs = "> error: the build says so\n> error: <!-- theirs -->\n";
        assert_eq!(without_errors(theirs), theirs);
        let marked = with_errors(theirs, &[Wrong::new(0, "no\nnumber")]);
        assert_eq!(marked.lines().count(), 3, "{marked}");
        assert_eq!(without_errors(&marked), theirs);
    }

    #[test]
    fn a_comment_that_is_not_closed_is_an_error_where_it_begins() {
        let whole = file(&[section(&goal(), None, TEMPLATE, &now())]);
        let open = whole.replacen("-->\n", "", 1);
        let (sections, wrong) = parse(&open);
        assert_eq!(sections.len(), 1, "the goals after it are still read");
        assert_eq!(wrong.len(), 1, "{wrong:?}");
        assert_eq!(wrong[0].line, 0);
        let (sections, wrong) = parse("\n<!-- all of it\n- Churn: 3\n");
        assert_eq!((sections.len(), wrong.len()), (0, 1));
        assert_eq!(wrong[0].line, 1);
    }

    #[test]
    fn what_is_only_taken_away_adds_nothing() {
        let whole = file(&[section(&goal(), None, TEMPLATE, &now())]);
        assert!(!adds_to("", &whole));
        assert!(!adds_to(&whole.replace("## Next", "  \n"), &whole));
        assert!(adds_to(&whole.replace("## Next", "Next:"), &whole));
    }

    #[test]
    fn a_value_of_no_key_result_counts_as_said() {
        let goal = goal();
        let text = section(&goal, None, TEMPLATE, &now());
        let said = |text: &str| parse(text).0[0].said(&goal, TEMPLATE);
        let with = |line: &str| text.replacen("Status:", &format!("{line}\nStatus:"), 1);
        assert_ne!(said(&with("- Chrun: 3")), said(&text));
        assert_eq!(said(&with("- Chrun (now 3): ")), said(&text));
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "(# [a-z]{0,3} <!-- goal:[a-z]{0,3} -->\n|- .{0,12}\n|## Note\n|.{0,20}\n){0,12}") {
            let goal = goal();
            let clean = without_errors(&text);
            let (sections, mut wrong) = parse(&clean);
            for section in &sections {
                if let Err(more) = section.sheet(&goal, None, &now()) {
                    wrong.extend(more);
                }
            }
            let lines = clean.lines().count();
            proptest::prop_assert!(wrong.iter().all(|wrong| wrong.line < lines.max(1)));
            proptest::prop_assert_eq!(without_errors(&with_errors(&clean, &wrong)), clean);
        }
    }
}
