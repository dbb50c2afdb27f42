//! What the program says about how it works: the pages behind the list of keys
//! and `goaldeck docs`, one text for both.

/// The handbook, in Markdown.
pub const HANDBOOK: &str = include_str!("../../assets/handbook.md");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_lines_fit_a_mail_and_it_names_every_state() {
        let longest = HANDBOOK.lines().map(|line| line.chars().count()).max();
        assert!(longest.is_some_and(|longest| longest <= 92), "{longest:?}");
        for word in [
            "held",
            "queued",
            "sending",
            "sent",
            "refused",
            "unknown",
            "kept here",
            "On track",
            "At risk",
            "Off track",
            "Not started",
            "Paused",
            "Achieved",
            "Missed",
            "Outdated",
        ] {
            assert!(HANDBOOK.contains(word), "{word}");
        }
    }
}
