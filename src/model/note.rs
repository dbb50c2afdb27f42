//! Notes of check-ins as Markdown text: their templates, the steps left to do from
//! last time, and what of a filled-in template is worth posting.

/// The words of a heading line, without its signs.
pub fn heading(line: &str) -> Option<&str> {
    let rest = line.trim_start().trim_start_matches('#');
    let level = line.trim_start().len() - rest.len();
    ((1..=6).contains(&level) && (rest.is_empty() || rest.starts_with(' '))).then(|| rest.trim())
}

/// A list item or check box without a word behind it.
fn is_empty_item(line: &str) -> bool {
    let line = line.trim();
    let item = line.strip_prefix(['-', '*', '+']).map(str::trim);
    item.is_some_and(|item| matches!(item, "" | "[ ]" | "[]"))
}

fn is_next(words: &str) -> bool {
    let words = words.trim_end_matches(':').to_lowercase();
    matches!(words.as_str(), "next" | "next steps" | "plans")
}

/// The open steps of a note: its `- [ ]` items under the heading *Next*.
pub fn open_steps(note: &str) -> Vec<String> {
    let mut is_inside = false;
    let mut steps = Vec::new();
    for line in note.lines() {
        if let Some(words) = heading(line) {
            is_inside = is_next(words);
            continue;
        }
        let item = line.trim_start();
        let step = ["- [ ]", "* [ ]", "+ [ ]"]
            .into_iter()
            .find_map(|sign| item.strip_prefix(sign))
            .map(str::trim)
            .filter(|step| is_inside && !step.is_empty());
        steps.extend(step.map(str::to_owned));
    }
    steps
}

/// A template with these steps under its heading *Next*; without one they
/// get the heading themselves.
pub fn with_steps(template: &str, steps: &[String]) -> String {
    if steps.is_empty() {
        return template.to_owned();
    }
    let items: Vec<String> = steps.iter().map(|step| format!("- [ ] {step}")).collect();
    let mut lines: Vec<&str> = template.lines().collect();
    match lines
        .iter()
        .position(|line| heading(line).is_some_and(is_next))
    {
        Some(place) => {
            // An empty box that waits for a step has found one.
            if lines.get(place + 1).is_some_and(|line| is_empty_item(line)) {
                lines.remove(place + 1);
            }
            for item in items.iter().rev() {
                lines.insert(place + 1, item);
            }
        }
        None => {
            if lines.iter().any(|line| !line.trim().is_empty()) {
                lines.push("");
            } else {
                lines = vec!["", ""];
            }
            lines.push("## Next");
            lines.extend(items.iter().map(String::as_str));
        }
    }
    lines.join("\n")
}

/// `text` without those headings of the template that nothing was written
/// under, trimmed. Headings a person typed stay.
pub fn without_empty_headings(text: &str, template: &str) -> String {
    let from_template: Vec<&str> = template.lines().filter_map(heading).collect();
    let lines: Vec<&str> = text.lines().collect();
    let mut kept: Vec<&str> = Vec::with_capacity(lines.len());
    let mut has_dropped = false;
    for (place, line) in lines.iter().enumerate() {
        let is_empty = heading(line).is_some_and(|words| {
            let mut below = lines.iter().skip(place + 1).map(|line| line.trim());
            let next = below.find(|line| !line.is_empty() && !is_empty_item(line));
            from_template.contains(&words) && next.is_none_or(|next| heading(next).is_some())
        });
        // What is empty under a heading goes with it.
        let is_its_gap = has_dropped && (line.trim().is_empty() || is_empty_item(line));
        has_dropped = is_empty || is_its_gap;
        if !has_dropped {
            kept.push(line);
        }
    }
    kept.join("\n").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = "## What moved\n\n## Blockers\n\n## Next\n";

    #[test]
    fn open_steps_are_the_unticked_items_under_next() {
        let note = "## What moved\n- [ ] not a step\n## Next\n- [x] pricing page\n- [ ] guided import\n  * [ ] deeper\n## Later\n- [ ] no";
        assert_eq!(open_steps(note), ["guided import", "deeper"]);
        assert!(open_steps("no list at all").is_empty());
    }

    #[test]
    fn headings_of_ones_own_stay_though_empty() {
        let text = "## Thanks\n\n## Blockers\nnone";
        assert_eq!(without_empty_headings(text, TEMPLATE), text);
    }

    proptest::proptest! {
        #[test]
        fn posting_drops_no_word_that_is_not_a_heading(text in "(## Next\n|[a-z ]{0,8}\n|\n){0,12}") {
            let posted = without_empty_headings(&text, TEMPLATE);
            let words = |text: &str| -> Vec<String> {
                text.lines().filter(|line| heading(line).is_none())
                    .flat_map(str::split_whitespace).map(str::to_owned).collect()
            };
            proptest::prop_assert_eq!(words(&posted), words(&text));
        }
    }
}
