//! Tells the person outside the picture that something is new: the bell, or the
//! terminal's own notification. Only writes; whether anybody heard cannot be known.

use crate::model::text::Shown;

/// The bell.
pub const BELL: &[u8] = b"\x07";

/// Most characters of a notification.
const LONGEST: usize = 120;

/// The bytes that make a terminal show a notification (OSC 9).
pub fn osc9(text: &Shown) -> Vec<u8> {
    let text = text.truncate(LONGEST);
    // A number and a semicolon in front mean something else to some terminals.
    let words = text
        .as_str()
        .trim_start_matches(|c: char| !c.is_alphabetic());
    format!("\x1b]9;{words}\x1b\\").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::text;

    #[test]
    fn a_notification_is_one_clean_line() {
        let said = |words: &str| String::from_utf8(osc9(&text::line(words))).unwrap();
        assert_eq!(said("goaldeck: 1 new"), "\x1b]9;goaldeck: 1 new\x1b\\");
        let hostile = said("4;3;100 x\x1b]52;c;ZXZpbA==\x07\n\u{202e}y");
        let inside = hostile
            .strip_prefix("\x1b]9;")
            .and_then(|rest| rest.strip_suffix("\x1b\\"))
            .unwrap();
        assert!(
            inside.chars().all(|c| !c.is_control() && c != '\u{202e}'),
            "{inside:?}"
        );
        assert!(inside.starts_with('x'), "{inside:?}");
        assert!(osc9(&text::line(&"long ".repeat(100))).len() < 140);
    }
}
